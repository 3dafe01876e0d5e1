import { bookingLetter } from '../writing/kinds.ts';

export const complaint_answered = bookingLetter({ to: 'guest' }, {
  en: (said) => [
    `Your host has replied to your complaint: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} has replied. We will decide on the complaint.`,
    ...said.stay,
  ],
  de: (said) => [
    `Antwort auf deine Beschwerde: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} hat geantwortet. Wir entscheiden über die Beschwerde.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Réponse à votre réclamation\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} a répondu. Nous prendrons une décision.`,
    ...said.stay,
  ],
  es: (said) => [
    `Respuesta a tu queja: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} ha respondido. Tomaremos una decisión sobre la queja.`,
    ...said.stay,
  ],
});
