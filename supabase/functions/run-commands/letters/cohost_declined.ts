import { newsLetter } from '../writing/kinds.ts';

export const cohost_declined = newsLetter({}, {
  en: (said) => [
    `Invitation declined: ${said.listing_title}`,
    'The person you invited declined.',
    said.place,
  ],
  de: (said) => [
    `Einladung abgelehnt: ${said.listing_title}`,
    'Die Person, die du eingeladen hast, hat abgelehnt.',
    said.place,
  ],
  fr: (said) => [
    `Invitation refusée\u00a0: ${said.listing_title}`,
    'La personne que vous avez invitée a refusé.',
    said.place,
  ],
  es: (said) => [
    `Invitación rechazada: ${said.listing_title}`,
    'La persona a la que invitaste ha rechazado la invitación.',
    said.place,
  ],
});
