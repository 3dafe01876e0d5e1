import { amountOrZero, instant } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const booking_requested = bookingLetter({
  to: 'host',
  facts: { payout_minor: amountOrZero, answer_until: instant },
}, {
  en: (said) => [
    `Booking request: ${said.listing_title}`,
    `${said.guest_name} would like to stay with you.`,
    ...said.stay,
    said.payout && `You would earn ${said.payout}.`,
    said.answer_until && `Please answer by ${said.answer_until}.`,
  ],
  de: (said) => [
    `Buchungsanfrage: ${said.listing_title}`,
    `${said.guest_name} möchte bei dir übernachten.`,
    ...said.stay,
    said.payout && `Du würdest ${said.payout} verdienen.`,
    said.answer_until && `Bitte antworte bis ${said.answer_until}.`,
  ],
  fr: (said) => [
    `Demande de réservation\u00a0: ${said.listing_title}`,
    `${said.guest_name} aimerait séjourner chez vous.`,
    ...said.stay,
    said.payout && `Vous gagneriez ${said.payout}.`,
    said.answer_until && `Merci de répondre avant le ${said.answer_until}.`,
  ],
  es: (said) => [
    `Solicitud de reserva: ${said.listing_title}`,
    `${said.guest_name} quiere alojarse contigo.`,
    ...said.stay,
    said.payout && `Ganarías ${said.payout}.`,
    said.answer_until && `Responde antes del ${said.answer_until}.`,
  ],
});
