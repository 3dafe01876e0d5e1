import { newsLetter } from '../writing/kinds.ts';

export const superhost_lost = newsLetter({}, {
  en: () => [
    'You are not a superhost this quarter',
    'Your figures show what was missing and where you stand for the next quarter.',
  ],
  de: () => [
    'In diesem Quartal bist du kein Superhost',
    'Deine Zahlen zeigen, was gefehlt hat und wo du für das nächste Quartal stehst.',
  ],
  fr: () => [
    'Vous n’avez pas le statut de superhôte ce trimestre',
    'Vos résultats montrent ce qui a manqué et où vous en êtes pour le prochain trimestre.',
  ],
  es: () => [
    'Este trimestre no tienes la categoría de superanfitrión',
    'Tus resultados muestran qué faltó y cómo vas para el próximo trimestre.',
  ],
});
