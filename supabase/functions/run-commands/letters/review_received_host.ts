import { bookingLetter } from '../writing/kinds.ts';

export const review_received_host = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `You have a new review: ${said.listing_title}, ${said.check_in}`,
    'You can read the review now and reply within 30 days.',
    `Guest: ${said.guest_name}`,
    ...said.stay,
  ],
  de: (said) => [
    `Du hast eine neue Bewertung: ${said.listing_title}, ${said.check_in}`,
    'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
    `Gast: ${said.guest_name}`,
    ...said.stay,
  ],
  fr: (said) => [
    `Vous avez un nouvel avis\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Vous pouvez lire l’avis maintenant, et y répondre pendant 30 jours.',
    `Voyageur\u00a0: ${said.guest_name}`,
    ...said.stay,
  ],
  es: (said) => [
    `Tienes una nueva reseña: ${said.listing_title}, ${said.check_in}`,
    'Ya puedes leer la reseña y responder durante 30 días.',
    `Huésped: ${said.guest_name}`,
    ...said.stay,
  ],
});
