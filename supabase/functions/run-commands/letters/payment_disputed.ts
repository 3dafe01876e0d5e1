import { bookingLetter } from '../writing/kinds.ts';

export const payment_disputed = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Payment disputed: ${said.listing_title}, ${said.check_in}`,
    "The payer's bank has questioned a payment for this stay or has taken it back.",
    ...said.stay,
    'Any part of your payout that has not been sent is on hold until the bank has decided. The booking does not change, and we will let you know.',
  ],
  de: (said) => [
    `Zahlung angefochten: ${said.listing_title}, ${said.check_in}`,
    'Die Bank des Zahlenden hat eine Zahlung für diesen Aufenthalt angezweifelt oder zurückgeholt.',
    ...said.stay,
    'Der Teil deiner Auszahlung, der noch nicht überwiesen ist, wird zurückgehalten, bis die Bank entschieden hat. Die Buchung bleibt unverändert, und wir melden uns bei dir.',
  ],
  fr: (said) => [
    `Paiement contesté\u00a0: ${said.listing_title}, ${said.check_in}`,
    'La banque de la personne qui a payé a contesté un paiement de ce séjour ou l’a repris.',
    ...said.stay,
    'La partie de votre versement qui n’a pas encore été envoyée est suspendue jusqu’à la décision de la banque. La réservation reste inchangée, et nous vous tiendrons au courant.',
  ],
  es: (said) => [
    `Pago impugnado: ${said.listing_title}, ${said.check_in}`,
    'El banco de quien pagó ha impugnado un pago de esta estancia o lo ha retirado.',
    ...said.stay,
    'La parte de tu cobro que aún no se ha enviado queda retenida hasta que el banco decida. La reserva no cambia y te informaremos.',
  ],
});
