import { amountOrZero, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const complaint_decided_host = bookingLetter({
  to: 'host',
  facts: { complaint_decision: text, share_minor: amountOrZero },
}, {
  en: (said, { because }) => [
    `Decision on your guest's complaint: ${said.listing_title}, ${said.check_in}`,
    `We have reached a decision on ${said.guest_name}'s complaint.`,
    ...said.stay,
    because(said.complaint_decision),
    said.share
      ? `The guest will receive a refund. Your share of the stay is now ${said.share}.`
      : 'There is no refund, and your payout will go ahead.',
  ],
  de: (said, { because }) => [
    `Entscheidung über die Beschwerde deines Gastes: ${said.listing_title}, ${said.check_in}`,
    `Wir haben über die Beschwerde von ${said.guest_name} entschieden.`,
    ...said.stay,
    because(said.complaint_decision),
    said.share
      ? `Der Gast bekommt eine Erstattung. Dein Anteil am Aufenthalt beträgt jetzt ${said.share}.`
      : 'Es gibt keine Erstattung, und deine Auszahlung wird fortgesetzt.',
  ],
  fr: (said, { because }) => [
    `Décision sur la réclamation de votre voyageur\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Nous avons pris une décision sur la réclamation envoyée par ${said.guest_name}.`,
    ...said.stay,
    because(said.complaint_decision),
    said.share
      ? `Le voyageur recevra un remboursement. Votre part du séjour est désormais de ${said.share}.`
      : 'Aucun remboursement n’est prévu, et votre versement suit son cours.',
  ],
  es: (said, { because }) => [
    `Decisión sobre la queja de tu huésped: ${said.listing_title}, ${said.check_in}`,
    `Hemos tomado una decisión sobre la queja de ${said.guest_name}.`,
    ...said.stay,
    because(said.complaint_decision),
    said.share
      ? `El huésped recibirá un reembolso. Tu parte de la estancia es ahora de ${said.share}.`
      : 'No hay reembolso y tu cobro sigue su curso.',
  ],
});
