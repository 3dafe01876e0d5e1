import { amount, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const no_show_upheld_host = bookingLetter({
  to: 'host',
  facts: { decision: text, left_minor: amount },
}, {
  en: (said, { because }) => [
    `Your guest did not arrive: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name}'s stay has ended. The remaining nights are available again.`,
    ...said.stay,
    because(said.decision),
    said.left && `You will receive ${said.left}.`,
  ],
  de: (said, { because }) => [
    `Dein Gast ist nicht angereist: ${said.listing_title}, ${said.check_in}`,
    `Der Aufenthalt von ${said.guest_name} wurde beendet. Die übrigen Nächte sind wieder frei.`,
    ...said.stay,
    because(said.decision),
    said.left && `Du bekommst ${said.left}.`,
  ],
  fr: (said, { because }) => [
    `Votre voyageur ne s’est pas présenté\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Le séjour réservé par ${said.guest_name} a pris fin. Les nuits restantes sont de nouveau disponibles.`,
    ...said.stay,
    because(said.decision),
    said.left && `Vous recevrez ${said.left}.`,
  ],
  es: (said, { because }) => [
    `Tu huésped no se presentó: ${said.listing_title}, ${said.check_in}`,
    `La estancia de ${said.guest_name} ha terminado. Las noches que quedan vuelven a estar disponibles.`,
    ...said.stay,
    because(said.decision),
    said.left && `Recibirás ${said.left}.`,
  ],
});
