import { bookingLetter } from '../writing/kinds.ts';

export const booking_expired = bookingLetter({ to: 'guest' }, {
  en: (said, { nothingCharged }) => [
    `Request closed: ${said.listing_title}, ${said.check_in}`,
    'Your request ended without a booking.',
    ...said.stay,
    nothingCharged,
  ],
  de: (said, { nothingCharged }) => [
    `Anfrage beendet: ${said.listing_title}, ${said.check_in}`,
    'Aus deiner Anfrage ist keine Buchung geworden.',
    ...said.stay,
    nothingCharged,
  ],
  fr: (said, { nothingCharged }) => [
    `Demande close\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Votre demande n’a pas abouti à une réservation.',
    ...said.stay,
    nothingCharged,
  ],
  es: (said, { nothingCharged }) => [
    `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    'Tu solicitud se ha cerrado sin reserva.',
    ...said.stay,
    nothingCharged,
  ],
});
