import { newsLetter } from '../writing/kinds.ts';

export const cohost_removed = newsLetter({}, {
  en: (said) => [
    `You no longer host ${said.listing_title}`,
    'The owner has removed you as a co-host.',
    said.place,
  ],
  de: (said) => [
    `Du betreust ${said.listing_title} nicht mehr`,
    'Der Eigentümer hat dich als Co-Gastgeber entfernt.',
    said.place,
  ],
  fr: (said) => [
    `Vous ne gérez plus ce logement\u00a0: ${said.listing_title}`,
    'Le propriétaire vous a retiré le rôle de co-hôte.',
    said.place,
  ],
  es: (said) => [
    `Ya no gestionas este alojamiento: ${said.listing_title}`,
    'El propietario te ha retirado como coanfitrión.',
    said.place,
  ],
});
