import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const booking_confirmed_host = bookingLetter({
  to: 'host',
  facts: { payout_minor: amountOrZero },
}, {
  en: (said) => [
    `New booking: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} has booked, and the stay is confirmed.`,
    ...said.stay,
    said.payout && `You will earn ${said.payout}.`,
  ],
  de: (said) => [
    `Neue Buchung: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} hat gebucht, und der Aufenthalt ist bestätigt.`,
    ...said.stay,
    said.payout && `Du verdienst ${said.payout}.`,
  ],
  fr: (said) => [
    `Nouvelle réservation\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} a réservé, et le séjour est confirmé.`,
    ...said.stay,
    said.payout && `Vous gagnerez ${said.payout}.`,
  ],
  es: (said) => [
    `Nueva reserva: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} ha reservado y la estancia está confirmada.`,
    ...said.stay,
    said.payout && `Ganarás ${said.payout}.`,
  ],
});
