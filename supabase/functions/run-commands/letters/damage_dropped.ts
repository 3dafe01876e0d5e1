import { bookingLetter } from '../writing/kinds.ts';

export const damage_dropped = bookingLetter({ to: 'guest' }, {
  en: (said) => [
    `Damage claim withdrawn: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} has withdrawn the claim.`,
    ...said.stay,
  ],
  de: (said) => [
    `Schadensforderung zurückgezogen: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} hat die Forderung zurückgezogen.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Demande d’indemnisation retirée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} a retiré sa demande.`,
    ...said.stay,
  ],
  es: (said) => [
    `Reclamación por daños retirada: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} ha retirado la reclamación.`,
    ...said.stay,
  ],
});
