import { count, day } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

const facts = { new_check_in: day, new_check_out: day, new_guests: count };

const toEach = (to: 'guest' | 'host') =>
  bookingLetter({ to, facts }, {
    en: (said, { newStay }) => [
      `Proposed change: ${said.listing_title}`,
      `${said.other_name} has proposed a change to this booking.`,
      ...said.stay,
      newStay(said),
      'Please open the booking and accept or decline. Until then, your booking does not change.',
    ],
    de: (said, { newStay }) => [
      `Änderungsvorschlag: ${said.listing_title}`,
      `${said.other_name} schlägt eine Änderung dieser Buchung vor.`,
      ...said.stay,
      newStay(said),
      'Bitte öffne die Buchung und nimm an oder lehne ab. Bis dahin ändert sich nichts.',
    ],
    fr: (said, { newStay }) => [
      `Modification proposée\u00a0: ${said.listing_title}`,
      `${said.other_name} propose de modifier cette réservation.`,
      ...said.stay,
      newStay(said),
      'Ouvrez la réservation pour accepter ou refuser. D’ici là, votre réservation ne change pas.',
    ],
    es: (said, { newStay }) => [
      `Cambio propuesto: ${said.listing_title}`,
      `${said.other_name} propone un cambio en esta reserva.`,
      ...said.stay,
      newStay(said),
      'Abre la reserva para aceptar o rechazar. Hasta entonces, tu reserva no cambia.',
    ],
  });

export const alteration_proposed_guest = toEach('guest');
export const alteration_proposed_host = toEach('host');
