import { bookingLetter } from '../writing/kinds.ts';

export const review_replied_guest = bookingLetter({ to: 'guest' }, {
  en: (said) => [
    `Reply to your review: ${said.listing_title}`,
    `${said.host_name} has replied to your review.`,
    ...said.stay,
  ],
  de: (said) => [
    `Antwort auf deine Bewertung: ${said.listing_title}`,
    `${said.host_name} hat auf deine Bewertung geantwortet.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Réponse à votre avis\u00a0: ${said.listing_title}`,
    `${said.host_name} a répondu à votre avis.`,
    ...said.stay,
  ],
  es: (said) => [
    `Respuesta a tu reseña: ${said.listing_title}`,
    `${said.host_name} ha respondido a tu reseña.`,
    ...said.stay,
  ],
});
