import { bookingLetter } from '../writing/kinds.ts';

export const damage_disputed = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Your guest disputes your claim: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} does not accept your damage claim. We are looking into it.`,
    ...said.stay,
  ],
  de: (said) => [
    `Dein Gast widerspricht deiner Forderung: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} stimmt deiner Schadensforderung nicht zu. Wir prüfen das.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Votre voyageur conteste votre demande\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} n’accepte pas votre demande d’indemnisation. Nous examinons la situation.`,
    ...said.stay,
  ],
  es: (said) => [
    `Tu huésped rechaza tu reclamación: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} no acepta tu reclamación por daños. Lo estamos revisando.`,
    ...said.stay,
  ],
});
