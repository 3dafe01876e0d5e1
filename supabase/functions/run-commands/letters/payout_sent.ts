import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const payout_sent = bookingLetter({ to: 'host', facts: { moved_minor: amountOrZero } }, {
  en: (said) => [
    `Your payout is on its way: ${said.listing_title}, ${said.check_in}`,
    said.moved && `We have sent you ${said.moved}.`,
    `Guest: ${said.guest_name}`,
    ...said.stay,
    'It may take your bank a few days to show it.',
  ],
  de: (said) => [
    `Deine Auszahlung ist unterwegs: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Wir haben dir ${said.moved} überwiesen.`,
    `Gast: ${said.guest_name}`,
    ...said.stay,
    'Es kann einige Tage dauern, bis der Betrag auf deinem Konto erscheint.',
  ],
  fr: (said) => [
    `Votre versement est en route\u00a0: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Nous vous avons envoyé ${said.moved}.`,
    `Voyageur\u00a0: ${said.guest_name}`,
    ...said.stay,
    'Le montant peut mettre quelques jours à apparaître sur votre compte.',
  ],
  es: (said) => [
    `Tu cobro está en camino: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Te hemos enviado ${said.moved}.`,
    `Huésped: ${said.guest_name}`,
    ...said.stay,
    'El importe puede tardar unos días en aparecer en tu cuenta.',
  ],
});
