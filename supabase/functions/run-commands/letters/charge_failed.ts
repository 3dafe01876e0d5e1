import { amount, instant } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const charge_failed = bookingLetter({
  to: 'guest',
  facts: { unpaid_minor: amount, pay_by: instant },
}, {
  en: (said) => [
    `Payment failed: ${said.listing_title}, ${said.check_in}`,
    `Your bank declined the payment${
      said.unpaid ? ` of ${said.unpaid}` : ''
    } for your stay with ${said.host_name}.`,
    ...said.stay,
    said.pay_by &&
    `Please open the booking and pay by ${said.pay_by}. Anything still unpaid then will be cancelled under the cancellation policy.`,
  ],
  de: (said) => [
    `Zahlung fehlgeschlagen: ${said.listing_title}, ${said.check_in}`,
    `Deine Bank hat die Zahlung${
      said.unpaid ? ` von ${said.unpaid}` : ''
    } für deinen Aufenthalt bei ${said.host_name} abgelehnt.`,
    ...said.stay,
    said.pay_by &&
    `Bitte öffne die Buchung und bezahle bis ${said.pay_by}. Was bis dahin nicht bezahlt ist, wird nach den Stornierungsbedingungen storniert.`,
  ],
  fr: (said) => [
    `Échec du paiement\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Votre banque a refusé le paiement${
      said.unpaid ? ` de ${said.unpaid}` : ''
    } pour votre séjour chez ${said.host_name}.`,
    ...said.stay,
    said.pay_by &&
    `Ouvrez la réservation et payez avant le ${said.pay_by}. Ce qui n’est pas payé à cette date sera annulé selon les conditions d’annulation.`,
  ],
  es: (said) => [
    `Pago rechazado: ${said.listing_title}, ${said.check_in}`,
    `Tu banco ha rechazado el pago${
      said.unpaid ? ` de ${said.unpaid}` : ''
    } de tu estancia con ${said.host_name}.`,
    ...said.stay,
    said.pay_by &&
    `Abre la reserva y paga antes del ${said.pay_by}. Lo que no esté pagado para entonces se cancelará según la política de cancelación.`,
  ],
});
