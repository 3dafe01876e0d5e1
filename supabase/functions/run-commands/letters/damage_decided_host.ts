import { amountOrZero, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_decided_host = bookingLetter({
  to: 'host',
  facts: { damage_decision: text, award_minor: amountOrZero },
}, {
  en: (said, { because }) => [
    `Decision on your damage claim: ${said.listing_title}, ${said.check_in}`,
    'We have reached a decision on your damage claim.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `${said.guest_name} owes you ${said.award}. We will let you know when it is paid.`
      : 'The guest does not owe you anything.',
  ],
  de: (said, { because }) => [
    `Entscheidung über deine Schadensforderung: ${said.listing_title}, ${said.check_in}`,
    'Wir haben über deine Schadensforderung entschieden.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `${said.guest_name} schuldet dir ${said.award}. Wir melden uns, sobald der Betrag bezahlt ist.`
      : 'Der Gast schuldet dir nichts.',
  ],
  fr: (said, { because }) => [
    `Décision sur votre demande d’indemnisation\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Nous avons pris une décision sur votre demande d’indemnisation.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `${said.guest_name} vous doit ${said.award}. Nous vous préviendrons dès que ce sera payé.`
      : 'Le voyageur ne vous doit rien.',
  ],
  es: (said, { because }) => [
    `Decisión sobre tu reclamación por daños: ${said.listing_title}, ${said.check_in}`,
    'Hemos tomado una decisión sobre tu reclamación por daños.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `${said.guest_name} te debe ${said.award}. Te avisaremos cuando esté pagado.`
      : 'El huésped no te debe nada.',
  ],
});
