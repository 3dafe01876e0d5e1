import { newsLetter } from '../writing/kinds.ts';

export const payouts_halted = newsLetter({}, {
  en: () => [
    'Your payouts are on hold',
    'Our payment provider needs something from you. Until then, your payouts are on hold. Please open your payout account.',
  ],
  de: () => [
    'Deine Auszahlungen sind angehalten',
    'Unser Zahlungsdienst benötigt noch etwas von dir. Bis dahin sind deine Auszahlungen angehalten. Bitte öffne dein Auszahlungskonto.',
  ],
  fr: () => [
    'Vos versements sont suspendus',
    'Notre prestataire de paiement attend quelque chose de vous. D’ici là, vos versements sont suspendus. Merci d’ouvrir votre compte de versement.',
  ],
  es: () => [
    'Tus cobros están en pausa',
    'Nuestro proveedor de pagos necesita algo de ti. Hasta entonces, tus cobros están en pausa. Abre tu cuenta de cobro.',
  ],
});
