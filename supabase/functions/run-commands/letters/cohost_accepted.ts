import { name } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const cohost_accepted = newsLetter({ facts: { other_name: name } }, {
  en: (said) => [
    `Invitation accepted: ${said.listing_title}`,
    `${said.other_name} is now hosting with you.`,
    said.place,
  ],
  de: (said) => [
    `Einladung angenommen: ${said.listing_title}`,
    `${said.other_name} betreut die Unterkunft jetzt mit dir.`,
    said.place,
  ],
  fr: (said) => [
    `Invitation acceptée\u00a0: ${said.listing_title}`,
    `${said.other_name} gère désormais ce logement avec vous.`,
    said.place,
  ],
  es: (said) => [
    `Invitación aceptada: ${said.listing_title}`,
    `${said.other_name} ya gestiona el alojamiento contigo.`,
    said.place,
  ],
});
