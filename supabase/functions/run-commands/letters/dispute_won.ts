import { bookingLetter } from '../writing/kinds.ts';

export const dispute_won = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Payment no longer disputed: ${said.listing_title}, ${said.check_in}`,
    'The bank no longer disputes the payment for this stay. Nothing will be deducted from your share.',
    ...said.stay,
    'Any payout that was on hold because of the dispute will go ahead. Anything that was taken back for it will be paid to you again.',
  ],
  de: (said) => [
    `Zahlung nicht mehr angefochten: ${said.listing_title}, ${said.check_in}`,
    'Die Bank ficht die Zahlung für diesen Aufenthalt nicht mehr an. Von deinem Anteil wird nichts abgezogen.',
    ...said.stay,
    'Auszahlungen, die deshalb zurückgehalten wurden, werden fortgesetzt. Was dafür zurückgeholt wurde, zahlen wir dir erneut aus.',
  ],
  fr: (said) => [
    `Le paiement n’est plus contesté\u00a0: ${said.listing_title}, ${said.check_in}`,
    'La banque ne conteste plus le paiement de ce séjour. Rien n’est déduit de la part qui vous revient.',
    ...said.stay,
    'Les versements suspendus pour cette raison suivent leur cours. Ce qui vous avait été repris vous sera versé de nouveau.',
  ],
  es: (said) => [
    `El pago ya no está impugnado: ${said.listing_title}, ${said.check_in}`,
    'El banco ya no impugna el pago de esta estancia. No se descontará nada de tu parte.',
    ...said.stay,
    'Los cobros retenidos por este motivo siguen su curso. Lo que se te había retirado se te volverá a pagar.',
  ],
});
