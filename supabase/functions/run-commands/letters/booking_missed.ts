import { bookingLetter } from '../writing/kinds.ts';

export const booking_missed = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Request closed: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name}'s request ended without a booking. The nights are available again.`,
    ...said.stay,
  ],
  de: (said) => [
    `Anfrage beendet: ${said.listing_title}, ${said.check_in}`,
    `Aus der Anfrage von ${said.guest_name} ist keine Buchung geworden. Die Nächte sind wieder frei.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Demande close\u00a0: ${said.listing_title}, ${said.check_in}`,
    `La demande envoyée par ${said.guest_name} n’a pas abouti à une réservation. Les nuits sont de nouveau disponibles.`,
    ...said.stay,
  ],
  es: (said) => [
    `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    `La solicitud de ${said.guest_name} se ha cerrado sin reserva. Las noches vuelven a estar disponibles.`,
    ...said.stay,
  ],
});
