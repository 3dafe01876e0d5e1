import { bookingLetter } from '../writing/kinds.ts';

const toEach = (to: 'guest' | 'host') =>
  bookingLetter({ to }, {
    en: (said) => [
      `Booking not changed: ${said.listing_title}, ${said.check_in}`,
      'The change you proposed was not accepted or did not go through in time. Your booking stays as it was.',
      ...said.stay,
    ],
    de: (said) => [
      `Buchung nicht geändert: ${said.listing_title}, ${said.check_in}`,
      'Dein Änderungsvorschlag wurde nicht angenommen oder kam nicht rechtzeitig zustande. Deine Buchung bleibt, wie sie war.',
      ...said.stay,
    ],
    fr: (said) => [
      `Réservation inchangée\u00a0: ${said.listing_title}, ${said.check_in}`,
      'La modification que vous avez proposée n’a pas été acceptée ou n’a pas abouti à temps. Votre réservation reste inchangée.',
      ...said.stay,
    ],
    es: (said) => [
      `Reserva sin cambios: ${said.listing_title}, ${said.check_in}`,
      'El cambio que propusiste no se aceptó o no se completó a tiempo. Tu reserva sigue como estaba.',
      ...said.stay,
    ],
  });

export const alteration_ended_guest = toEach('guest');
export const alteration_ended_host = toEach('host');
