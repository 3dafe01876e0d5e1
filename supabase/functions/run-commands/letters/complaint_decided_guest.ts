import { amountOrZero, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const complaint_decided_guest = bookingLetter({
  to: 'guest',
  facts: { complaint_decision: text, given_back_minor: amountOrZero },
}, {
  en: (said, { because, refunding }) => [
    `Decision on your complaint: ${said.listing_title}, ${said.check_in}`,
    'We have reached a decision on your complaint.',
    ...said.stay,
    because(said.complaint_decision),
    said.given_back ? refunding(said.given_back) : 'You will not receive a refund.',
  ],
  de: (said, { because, refunding }) => [
    `Entscheidung über deine Beschwerde: ${said.listing_title}, ${said.check_in}`,
    'Wir haben über deine Beschwerde entschieden.',
    ...said.stay,
    because(said.complaint_decision),
    said.given_back ? refunding(said.given_back) : 'Du bekommst keine Erstattung.',
  ],
  fr: (said, { because, refunding }) => [
    `Décision sur votre réclamation\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Nous avons pris une décision sur votre réclamation.',
    ...said.stay,
    because(said.complaint_decision),
    said.given_back ? refunding(said.given_back) : 'Vous ne recevrez pas de remboursement.',
  ],
  es: (said, { because, refunding }) => [
    `Decisión sobre tu queja: ${said.listing_title}, ${said.check_in}`,
    'Hemos tomado una decisión sobre tu queja.',
    ...said.stay,
    because(said.complaint_decision),
    said.given_back ? refunding(said.given_back) : 'No recibirás ningún reembolso.',
  ],
});
