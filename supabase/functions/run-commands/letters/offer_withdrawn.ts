import { day, name } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const offer_withdrawn = newsLetter({ facts: { other_name: name, check_in: day } }, {
  en: (said) => [
    `Offer withdrawn: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} has withdrawn the offer.`,
    said.place,
  ],
  de: (said) => [
    `Angebot zurückgezogen: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} hat das Angebot zurückgezogen.`,
    said.place,
  ],
  fr: (said) => [
    `Offre retirée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} a retiré son offre.`,
    said.place,
  ],
  es: (said) => [
    `Oferta retirada: ${said.listing_title}, ${said.check_in}`,
    `${said.other_name} ha retirado la oferta.`,
    said.place,
  ],
});
