import { amountOrZero, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_decided_guest = bookingLetter({
  to: 'guest',
  facts: { damage_decision: text, award_minor: amountOrZero },
}, {
  en: (said, { because }) => [
    `Decision on the damage claim: ${said.listing_title}, ${said.check_in}`,
    'We have reached a decision on the damage claim.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `You owe ${said.award}. We will charge it to the card you booked with. If that fails, we will let you know.`
      : 'You do not owe anything.',
  ],
  de: (said, { because }) => [
    `Entscheidung über die Schadensforderung: ${said.listing_title}, ${said.check_in}`,
    'Wir haben über die Schadensforderung entschieden.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `Du schuldest ${said.award}. Wir belasten die Karte, mit der du gebucht hast. Falls das nicht gelingt, melden wir uns bei dir.`
      : 'Du schuldest nichts.',
  ],
  fr: (said, { because }) => [
    `Décision sur la demande d’indemnisation\u00a0: ${said.listing_title}, ${said.check_in}`,
    'Nous avons pris une décision sur la demande d’indemnisation.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `Vous devez ${said.award}. Nous débiterons la carte utilisée pour la réservation. Si cela échoue, nous vous préviendrons.`
      : 'Vous ne devez rien.',
  ],
  es: (said, { because }) => [
    `Decisión sobre la reclamación por daños: ${said.listing_title}, ${said.check_in}`,
    'Hemos tomado una decisión sobre la reclamación por daños.',
    ...said.stay,
    because(said.damage_decision),
    said.award
      ? `Debes ${said.award}. Los cobraremos en la tarjeta con la que reservaste. Si no es posible, te avisaremos.`
      : 'No debes nada.',
  ],
});
