import { bookingLetter } from '../writing/kinds.ts';

export const review_received_guest = bookingLetter({ to: 'guest' }, {
  en: (said) => [
    `Your host has reviewed you: ${said.listing_title}`,
    'You can read the review now and reply within 30 days.',
    `Host: ${said.host_name}`,
    ...said.stay,
  ],
  de: (said) => [
    `Dein Gastgeber hat dich bewertet: ${said.listing_title}`,
    'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
    `Gastgeber: ${said.host_name}`,
    ...said.stay,
  ],
  fr: (said) => [
    `Votre hôte a publié un avis sur vous\u00a0: ${said.listing_title}`,
    'Vous pouvez lire l’avis maintenant, et y répondre pendant 30 jours.',
    `Hôte\u00a0: ${said.host_name}`,
    ...said.stay,
  ],
  es: (said) => [
    `Tu anfitrión te ha escrito una reseña: ${said.listing_title}`,
    'Ya puedes leer la reseña y responder durante 30 días.',
    `Anfitrión: ${said.host_name}`,
    ...said.stay,
  ],
});
