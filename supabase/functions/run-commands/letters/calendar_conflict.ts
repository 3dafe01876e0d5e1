import { day } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const calendar_conflict = newsLetter({ facts: { check_in: day, check_out: day } }, {
  en: (said) => [
    `Double booking? ${said.listing_title}, ${said.check_in}`,
    `Another calendar shows nights as taken that are booked here: ${said.check_in} to ${said.check_out}.`,
    said.place,
    'Please check your calendar and find a solution with one of the two guests.',
  ],
  de: (said) => [
    `Doppelbuchung? ${said.listing_title}, ${said.check_in}`,
    `In einem anderen Kalender sind Nächte belegt, die hier gebucht sind: ${said.check_in} bis ${said.check_out}.`,
    said.place,
    'Bitte prüfe deinen Kalender und finde mit einem der beiden Gäste eine Lösung.',
  ],
  fr: (said) => [
    `Double réservation\u00a0? ${said.listing_title}, ${said.check_in}`,
    `Un autre calendrier indique comme occupées des nuits qui sont réservées ici\u00a0: du ${said.check_in} au ${said.check_out}.`,
    said.place,
    'Merci de vérifier votre calendrier et de trouver une solution avec l’un des deux voyageurs.',
  ],
  es: (said) => [
    `¿Reserva duplicada? ${said.listing_title}, ${said.check_in}`,
    `Otro calendario muestra como ocupadas noches que aquí están reservadas: del ${said.check_in} al ${said.check_out}.`,
    said.place,
    'Revisa tu calendario y busca una solución con uno de los dos huéspedes.',
  ],
});
