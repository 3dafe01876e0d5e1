import { newsLetter } from '../writing/kinds.ts';

export const superhost_gained = newsLetter({}, {
  en: () => [
    'You are a superhost',
    'Your guests and your figures have earned you this. Everyone can see it until the next quarter.',
  ],
  de: () => [
    'Du bist Superhost',
    'Das verdankst du deinen Gästen und deinen Zahlen. Bis zum nächsten Quartal können es alle sehen.',
  ],
  fr: () => [
    'Vous avez le statut de superhôte',
    'Vous le devez à vos voyageurs et à vos résultats. Tout le monde peut le voir jusqu’au prochain trimestre.',
  ],
  es: () => [
    'Has obtenido la categoría de superanfitrión',
    'Te la has ganado gracias a tus huéspedes y a tus resultados. Todo el mundo puede verla hasta el próximo trimestre.',
  ],
});
