import { text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const no_show_dismissed = bookingLetter({ to: 'host', facts: { decision: text } }, {
  en: (said, { because }) => [
    `Your guest did arrive: ${said.listing_title}, ${said.check_in}`,
    `We found that ${said.guest_name} did arrive. The booking is unchanged.`,
    ...said.stay,
    because(said.decision),
  ],
  de: (said, { because }) => [
    `Dein Gast ist angereist: ${said.listing_title}, ${said.check_in}`,
    `Wir haben festgestellt, dass ${said.guest_name} angereist ist. Die Buchung bleibt unverändert.`,
    ...said.stay,
    because(said.decision),
  ],
  fr: (said, { because }) => [
    `Votre voyageur était bien sur place\u00a0: ${said.listing_title}, ${said.check_in}`,
    `D’après nos vérifications, ${said.guest_name} était bien sur place. La réservation reste inchangée.`,
    ...said.stay,
    because(said.decision),
  ],
  es: (said, { because }) => [
    `Tu huésped sí se presentó: ${said.listing_title}, ${said.check_in}`,
    `Hemos comprobado que ${said.guest_name} sí se presentó. La reserva no cambia.`,
    ...said.stay,
    because(said.decision),
  ],
});
