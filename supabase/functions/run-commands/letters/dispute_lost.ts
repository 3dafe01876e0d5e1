import { bookingLetter } from '../writing/kinds.ts';

export const dispute_lost = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Dispute lost: ${said.listing_title}, ${said.check_in}`,
    'The bank has decided against us and is keeping the money it took back for this stay.',
    ...said.stay,
    'Your share covers this first: what has not been paid out is reduced, and what has been paid out is taken back or deducted from future payouts.',
  ],
  de: (said) => [
    `Angefochtene Zahlung verloren: ${said.listing_title}, ${said.check_in}`,
    'Die Bank hat gegen uns entschieden und behält das Geld, das sie für diesen Aufenthalt zurückgeholt hat.',
    ...said.stay,
    'Dafür kommt zuerst dein Anteil auf: Was noch nicht ausgezahlt ist, wird gekürzt. Was schon ausgezahlt ist, wird zurückgeholt oder von späteren Auszahlungen abgezogen.',
  ],
  fr: (said) => [
    `Contestation perdue\u00a0: ${said.listing_title}, ${said.check_in}`,
    'La banque a tranché en notre défaveur et garde l’argent qu’elle a repris pour ce séjour.',
    ...said.stay,
    'Votre part couvre d’abord cette perte\u00a0: ce qui n’a pas encore été versé est réduit, et ce qui a été versé est repris ou déduit de vos prochains versements.',
  ],
  es: (said) => [
    `Impugnación perdida: ${said.listing_title}, ${said.check_in}`,
    'El banco ha decidido en nuestra contra y se queda con el dinero que retiró de esta estancia.',
    ...said.stay,
    'Tu parte cubre primero esta pérdida: lo que aún no se te ha pagado se reduce, y lo que ya se te ha pagado se recupera o se descuenta de tus próximos cobros.',
  ],
});
