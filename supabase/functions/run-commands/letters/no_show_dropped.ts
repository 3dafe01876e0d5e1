import { text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const no_show_dropped = bookingLetter({ to: 'guest', facts: { decision: text } }, {
  en: (said, { because }) => [
    `Your stay continues: ${said.listing_title}, ${said.check_in}`,
    'The report that you did not arrive no longer stands. Your booking is unchanged.',
    ...said.stay,
    because(said.decision),
  ],
  de: (said, { because }) => [
    `Dein Aufenthalt geht weiter: ${said.listing_title}, ${said.check_in}`,
    'Die Meldung, dass du nicht angereist bist, gilt nicht mehr. Deine Buchung bleibt unverändert.',
    ...said.stay,
    because(said.decision),
  ],
  fr: (said, { because }) => [
    `Votre séjour continue\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Le signalement de votre absence n’est plus retenu. Votre réservation reste inchangée.',
    ...said.stay,
    because(said.decision),
  ],
  es: (said, { because }) => [
    `Tu estancia continúa: ${said.listing_title}, ${said.check_in}`,
    'El aviso de que no te presentaste ya no es válido. Tu reserva no cambia.',
    ...said.stay,
    because(said.decision),
  ],
});
