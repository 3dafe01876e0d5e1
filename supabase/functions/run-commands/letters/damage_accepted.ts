import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_accepted = bookingLetter({ to: 'host', facts: { award_minor: amountOrZero } }, {
  en: (said) => [
    `Your guest accepted your claim: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} has accepted your damage claim. We will let you know when it is paid.`,
    ...said.stay,
    said.award && `Amount owed: ${said.award}.`,
  ],
  de: (said) => [
    `Dein Gast stimmt deiner Forderung zu: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} hat deiner Schadensforderung zugestimmt. Wir melden uns, sobald der Betrag bezahlt ist.`,
    ...said.stay,
    said.award && `Offener Betrag: ${said.award}.`,
  ],
  fr: (said) => [
    `Votre voyageur accepte votre demande\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} a accepté votre demande d’indemnisation. Nous vous préviendrons dès que ce sera payé.`,
    ...said.stay,
    said.award && `Montant dû\u00a0: ${said.award}.`,
  ],
  es: (said) => [
    `Tu huésped acepta tu reclamación: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} ha aceptado tu reclamación por daños. Te avisaremos cuando esté pagado.`,
    ...said.stay,
    said.award && `Importe pendiente: ${said.award}.`,
  ],
});
