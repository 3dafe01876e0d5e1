import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const payment_returned = bookingLetter(
  { to: 'guest', facts: { total_minor: amountOrZero } },
  {
    en: (said) => [
      `We are refunding your payment: ${said.listing_title}`,
      'Your payment arrived when the nights were no longer held for you, and we could not book them for you any more.',
      ...said.stay,
      `We are refunding the full amount${
        said.total ? ` of ${said.total}` : ''
      }. It may take your bank a few days to show it.`,
    ],
    de: (said) => [
      `Wir erstatten deine Zahlung: ${said.listing_title}`,
      'Deine Zahlung kam an, als die Nächte nicht mehr für dich reserviert waren, und wir konnten sie nicht mehr für dich buchen.',
      ...said.stay,
      `Wir erstatten den vollen Betrag${
        said.total ? ` von ${said.total}` : ''
      }. Es kann einige Tage dauern, bis er auf deinem Konto erscheint.`,
    ],
    fr: (said) => [
      `Nous remboursons votre paiement\u00a0: ${said.listing_title}`,
      'Votre paiement est arrivé alors que les nuits n’étaient plus bloquées pour vous, et nous n’avons plus pu les réserver.',
      ...said.stay,
      `Nous vous remboursons la totalité${
        said.total ? `, soit ${said.total}` : ''
      }. Le montant peut mettre quelques jours à apparaître sur votre compte.`,
    ],
    es: (said) => [
      `Reembolsamos tu pago: ${said.listing_title}`,
      'Tu pago llegó cuando las noches ya no estaban retenidas para ti y ya no pudimos reservártelas.',
      ...said.stay,
      `Te reembolsamos el importe completo${
        said.total ? ` de ${said.total}` : ''
      }. Puede tardar unos días en aparecer en tu cuenta.`,
    ],
  },
);
