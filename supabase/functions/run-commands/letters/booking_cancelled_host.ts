import { amount } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const booking_cancelled_host = bookingLetter({
  to: 'host',
  facts: { left_minor: amount, penalty_minor: amount },
}, {
  en: (said) => [
    `Booking cancelled: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name}'s stay has been cancelled.`,
    ...said.stay,
    said.left && `You will receive ${said.left}.`,
    said.penalty && `You owe ${said.penalty}, which will be deducted from future payouts.`,
  ],
  de: (said) => [
    `Buchung storniert: ${said.listing_title}, ${said.check_in}`,
    `Der Aufenthalt von ${said.guest_name} wurde storniert.`,
    ...said.stay,
    said.left && `Du bekommst ${said.left}.`,
    said.penalty &&
    `Du schuldest ${said.penalty}. Der Betrag wird von späteren Auszahlungen abgezogen.`,
  ],
  fr: (said) => [
    `Réservation annulée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Le séjour réservé par ${said.guest_name} a été annulé.`,
    ...said.stay,
    said.left && `Vous recevrez ${said.left}.`,
    said.penalty && `Vous devez ${said.penalty}, à déduire de vos prochains versements.`,
  ],
  es: (said) => [
    `Reserva cancelada: ${said.listing_title}, ${said.check_in}`,
    `Se ha cancelado la estancia de ${said.guest_name}.`,
    ...said.stay,
    said.left && `Recibirás ${said.left}.`,
    said.penalty && `Debes ${said.penalty}, que se descontarán de tus próximos cobros.`,
  ],
});
