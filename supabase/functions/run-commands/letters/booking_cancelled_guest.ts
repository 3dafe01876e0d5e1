import { amount } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const booking_cancelled_guest = bookingLetter({
  to: 'guest',
  facts: { refund_minor: amount, back_before_minor: amount, owed_minor: amount },
}, {
  en: (said, { refunded }) => [
    `Cancelled: ${said.listing_title}, ${said.check_in}`,
    `Your stay with ${said.host_name} has been cancelled.`,
    ...said.stay,
    ...refunded(said),
  ],
  de: (said, { refunded }) => [
    `Storniert: ${said.listing_title}, ${said.check_in}`,
    `Dein Aufenthalt bei ${said.host_name} wurde storniert.`,
    ...said.stay,
    ...refunded(said),
  ],
  fr: (said, { refunded }) => [
    `Séjour annulé\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Votre séjour chez ${said.host_name} a été annulé.`,
    ...said.stay,
    ...refunded(said),
  ],
  es: (said, { refunded }) => [
    `Estancia cancelada: ${said.listing_title}, ${said.check_in}`,
    `Se ha cancelado tu estancia con ${said.host_name}.`,
    ...said.stay,
    ...refunded(said),
  ],
});
