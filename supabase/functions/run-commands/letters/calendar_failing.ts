import { text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const calendar_failing = newsLetter({ facts: { words: text } }, {
  en: (said) => [
    `Calendar cannot be read: ${said.listing_title}`,
    `We have failed to read the calendar ${said.words} several times. Nights that are taken there may be booked here.`,
    said.place,
    'Please check that its address is still correct.',
  ],
  de: (said) => [
    `Kalender nicht lesbar: ${said.listing_title}`,
    `Wir konnten den Kalender ${said.words} mehrmals nicht lesen. Nächte, die dort belegt sind, könnten hier gebucht werden.`,
    said.place,
    'Bitte prüfe, ob seine Adresse noch stimmt.',
  ],
  fr: (said) => [
    `Calendrier illisible\u00a0: ${said.listing_title}`,
    `À plusieurs reprises, nous n’avons pas pu lire le calendrier ${said.words}. Des nuits qui y sont occupées peuvent être réservées ici.`,
    said.place,
    'Merci de vérifier que son adresse est toujours la bonne.',
  ],
  es: (said) => [
    `No se puede leer un calendario: ${said.listing_title}`,
    `Hemos intentado leer varias veces, sin éxito, el calendario ${said.words}. Las noches que allí están ocupadas podrían reservarse aquí.`,
    said.place,
    'Comprueba que su dirección siga siendo correcta.',
  ],
});
