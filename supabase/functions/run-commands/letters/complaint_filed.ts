import { text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const complaint_filed = bookingLetter({ to: 'host', facts: { complaint: text } }, {
  en: (said) => [
    `Your guest has a complaint: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} has reported a problem with the stay.`,
    ...said.stay,
    said.complaint && said.complaint,
    'Please reply. We will decide on the complaint. Until then, any part of your payout that has not been sent is on hold.',
  ],
  de: (said) => [
    `Beschwerde deines Gastes: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} hat ein Problem mit dem Aufenthalt gemeldet.`,
    ...said.stay,
    said.complaint && said.complaint,
    'Bitte antworte darauf. Wir entscheiden über die Beschwerde. Bis dahin wird der Teil deiner Auszahlung zurückgehalten, der noch nicht überwiesen ist.',
  ],
  fr: (said) => [
    `Réclamation de votre voyageur\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} a signalé un problème concernant le séjour.`,
    ...said.stay,
    said.complaint && said.complaint,
    'Merci d’y répondre. Nous prendrons une décision. D’ici là, la partie de votre versement qui n’a pas encore été envoyée est suspendue.',
  ],
  es: (said) => [
    `Queja de tu huésped: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} ha comunicado un problema con la estancia.`,
    ...said.stay,
    said.complaint && said.complaint,
    'Responde, por favor. Tomaremos una decisión sobre la queja. Hasta entonces queda retenida la parte de tu cobro que aún no se ha enviado.',
  ],
});
