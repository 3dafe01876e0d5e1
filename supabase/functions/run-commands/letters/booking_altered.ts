import { bookingLetter } from '../writing/kinds.ts';

const toEach = (to: 'guest' | 'host') =>
  bookingLetter({ to }, {
    en: (said) => [
      `Booking changed: ${said.listing_title}, ${said.check_in}`,
      'The booking has been changed as you both agreed.',
      ...said.stay,
    ],
    de: (said) => [
      `Buchung geändert: ${said.listing_title}, ${said.check_in}`,
      'Die Buchung wurde so geändert, wie ihr es vereinbart habt.',
      ...said.stay,
    ],
    fr: (said) => [
      `Réservation modifiée\u00a0: ${said.listing_title}, ${said.check_in}`,
      'La réservation a été modifiée comme convenu entre vous.',
      ...said.stay,
    ],
    es: (said) => [
      `Reserva modificada: ${said.listing_title}, ${said.check_in}`,
      'La reserva se ha modificado según lo acordado.',
      ...said.stay,
    ],
  });

export const booking_altered_guest = toEach('guest');
export const booking_altered_host = toEach('host');
