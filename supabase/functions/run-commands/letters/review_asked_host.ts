import { bookingLetter } from '../writing/kinds.ts';

export const review_asked_host = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `How was your guest? ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name}'s stay is over. You have 14 days to write a review.`,
    ...said.stay,
    'Nobody can read it until you have both written a review or the 14 days are over.',
  ],
  de: (said) => [
    `Wie war dein Gast? ${said.listing_title}, ${said.check_in}`,
    `Der Aufenthalt von ${said.guest_name} ist vorbei. Du kannst 14 Tage lang eine Bewertung schreiben.`,
    ...said.stay,
    'Niemand kann sie lesen, bevor ihr beide eine Bewertung geschrieben habt oder die 14 Tage vorbei sind.',
  ],
  fr: (said) => [
    `Votre avis sur votre voyageur\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Le séjour réservé par ${said.guest_name} est terminé. Vous avez 14 jours pour écrire un avis.`,
    ...said.stay,
    'Personne ne pourra le lire avant que vous ayez tous les deux écrit le vôtre ou que les 14 jours soient écoulés.',
  ],
  es: (said) => [
    `¿Qué tal tu huésped? ${said.listing_title}, ${said.check_in}`,
    `La estancia de ${said.guest_name} ha terminado. Tienes 14 días para escribir una reseña.`,
    ...said.stay,
    'Nadie podrá leerla hasta que ambas partes hayan escrito la suya o pasen los 14 días.',
  ],
});
