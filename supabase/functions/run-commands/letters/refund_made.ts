import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const refund_made = bookingLetter({ to: 'guest', facts: { moved_minor: amountOrZero } }, {
  en: (said, { refunding }) => [
    `Your refund: ${said.listing_title}, ${said.check_in}`,
    said.moved && refunding(said.moved),
    ...said.stay,
  ],
  de: (said, { refunding }) => [
    `Deine Erstattung: ${said.listing_title}, ${said.check_in}`,
    said.moved && refunding(said.moved),
    ...said.stay,
  ],
  fr: (said, { refunding }) => [
    `Votre remboursement\u00a0: ${said.listing_title}, ${said.check_in}`,
    said.moved && refunding(said.moved),
    ...said.stay,
  ],
  es: (said, { refunding }) => [
    `Tu reembolso: ${said.listing_title}, ${said.check_in}`,
    said.moved && refunding(said.moved),
    ...said.stay,
  ],
});
