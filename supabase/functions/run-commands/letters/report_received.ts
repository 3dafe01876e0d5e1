import { newsLetter } from '../writing/kinds.ts';

export const report_received = newsLetter({}, {
  en: () => [
    'We have received your report',
    'Thank you. We will look into it and let you know. We will not tell anyone that it came from you.',
  ],
  de: () => [
    'Wir haben deine Meldung erhalten',
    'Vielen Dank. Wir sehen sie uns an und melden uns bei dir. Wir sagen niemandem, dass sie von dir kommt.',
  ],
  fr: () => [
    'Nous avons reçu votre signalement',
    'Merci. Nous allons l’examiner et nous reviendrons vers vous. Nous ne dirons à personne qu’il vient de vous.',
  ],
  es: () => [
    'Hemos recibido tu denuncia',
    'Gracias. La revisaremos y te informaremos. No diremos a nadie que es tuya.',
  ],
});
