import { amount, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const booking_confirmed_guest = bookingLetter({
  to: 'guest',
  facts: { check_in_time: text, check_out_time: text, paid_minor: amount, later_minor: amount },
}, {
  en: (said) => [
    `Confirmed: ${said.listing_title}, ${said.check_in}`,
    `Your stay with ${said.host_name} is confirmed.`,
    ...said.stay,
    `Check-in is from ${said.check_in_time}, check-out by ${said.check_out_time}.`,
    said.paid && `You have paid ${said.paid}.`,
    said.later && `${said.later} will be charged to your card later, as agreed at checkout.`,
  ],
  de: (said) => [
    `Bestätigt: ${said.listing_title}, ${said.check_in}`,
    `Dein Aufenthalt bei ${said.host_name} ist bestätigt.`,
    ...said.stay,
    `Anreise ab ${said.check_in_time}, Abreise bis ${said.check_out_time}.`,
    said.paid && `Du hast ${said.paid} bezahlt.`,
    said.later &&
    `${said.later} werden später von deiner Karte abgebucht, wie beim Buchen vereinbart.`,
  ],
  fr: (said) => [
    `Réservation confirmée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Votre séjour chez ${said.host_name} est confirmé.`,
    ...said.stay,
    `Arrivée à partir de ${said.check_in_time}, départ avant ${said.check_out_time}.`,
    said.paid && `Vous avez payé ${said.paid}.`,
    said.later &&
    `${said.later} seront débités plus tard de votre carte, comme convenu lors de la réservation.`,
  ],
  es: (said) => [
    `Reserva confirmada: ${said.listing_title}, ${said.check_in}`,
    `Tu estancia con ${said.host_name} está confirmada.`,
    ...said.stay,
    `Llegada a partir de las ${said.check_in_time}, salida antes de las ${said.check_out_time}.`,
    said.paid && `Has pagado ${said.paid}.`,
    said.later &&
    `Más adelante se cobrarán ${said.later} en tu tarjeta, según lo acordado al reservar.`,
  ],
});
