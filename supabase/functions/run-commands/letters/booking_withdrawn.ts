import { bookingLetter } from '../writing/kinds.ts';

export const booking_withdrawn = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Request withdrawn: ${said.listing_title}`,
    `${said.guest_name} has withdrawn the request. The nights are available again.`,
    ...said.stay,
  ],
  de: (said) => [
    `Anfrage zurückgezogen: ${said.listing_title}`,
    `${said.guest_name} hat die Anfrage zurückgezogen. Die Nächte sind wieder frei.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Demande retirée\u00a0: ${said.listing_title}`,
    `${said.guest_name} a retiré sa demande. Les nuits sont de nouveau disponibles.`,
    ...said.stay,
  ],
  es: (said) => [
    `Solicitud retirada: ${said.listing_title}`,
    `${said.guest_name} ha retirado la solicitud. Las noches vuelven a estar disponibles.`,
    ...said.stay,
  ],
});
