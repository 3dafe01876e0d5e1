import { newsLetter } from '../writing/kinds.ts';

export const payouts_ready = newsLetter({}, {
  en: () => [
    'You can now be paid',
    'Your payout account is ready. Any payouts that were waiting for it are on their way.',
  ],
  de: () => [
    'Du kannst jetzt Auszahlungen erhalten',
    'Dein Auszahlungskonto ist bereit. Auszahlungen, die darauf gewartet haben, sind unterwegs.',
  ],
  fr: () => [
    'Vous pouvez recevoir vos versements',
    'Votre compte de versement est prêt. Les versements en attente sont en route.',
  ],
  es: () => [
    'Ya puedes recibir cobros',
    'Tu cuenta de cobro está lista. Los cobros que estaban pendientes de ella van en camino.',
  ],
});
