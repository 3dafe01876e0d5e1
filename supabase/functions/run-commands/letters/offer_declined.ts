import { day, name } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const offer_declined = newsLetter({ facts: { other_name: name, check_in: day } }, {
  en: (said) => [
    `Offer declined: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} has declined your offer.`,
    said.place,
  ],
  de: (said) => [
    `Angebot abgelehnt: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} hat dein Angebot abgelehnt.`,
    said.place,
  ],
  fr: (said) => [
    `Offre refusée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} a refusé votre offre.`,
    said.place,
  ],
  es: (said) => [
    `Oferta rechazada: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} ha rechazado tu oferta.`,
    said.place,
  ],
});
