import { bookingLetter } from '../writing/kinds.ts';

export const complaint_withdrawn = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Complaint withdrawn: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} has withdrawn the complaint.`,
    ...said.stay,
  ],
  de: (said) => [
    `Beschwerde zurückgezogen: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} hat die Beschwerde zurückgezogen.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Réclamation retirée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} a retiré sa réclamation.`,
    ...said.stay,
  ],
  es: (said) => [
    `Queja retirada: ${said.listing_title}, ${said.check_in}`,
    `${said.guest_name} ha retirado la queja.`,
    ...said.stay,
  ],
});
