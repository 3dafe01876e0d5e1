import { amount, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const no_show_upheld_guest = bookingLetter({
  to: 'guest',
  facts: { decision: text, refund_minor: amount, back_before_minor: amount, owed_minor: amount },
}, {
  en: (said, { because, refunded }) => [
    `Stay ended because you did not arrive: ${said.listing_title}, ${said.check_in}`,
    `Your stay with ${said.host_name} has ended because you did not arrive.`,
    ...said.stay,
    because(said.decision),
    ...refunded(said),
  ],
  de: (said, { because, refunded }) => [
    `Aufenthalt beendet, weil du nicht angereist bist: ${said.listing_title}, ${said.check_in}`,
    `Dein Aufenthalt bei ${said.host_name} wurde beendet, weil du nicht angereist bist.`,
    ...said.stay,
    because(said.decision),
    ...refunded(said),
  ],
  fr: (said, { because, refunded }) => [
    `Séjour terminé en raison de votre absence\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Votre séjour chez ${said.host_name} a pris fin en raison de votre absence.`,
    ...said.stay,
    because(said.decision),
    ...refunded(said),
  ],
  es: (said, { because, refunded }) => [
    `Estancia terminada porque no te presentaste: ${said.listing_title}, ${said.check_in}`,
    `Tu estancia con ${said.host_name} ha terminado porque no te presentaste.`,
    ...said.stay,
    because(said.decision),
    ...refunded(said),
  ],
});
