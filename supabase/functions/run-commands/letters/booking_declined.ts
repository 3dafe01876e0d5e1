import { bookingLetter } from '../writing/kinds.ts';

export const booking_declined = bookingLetter({ to: 'guest' }, {
  en: (said, { nothingCharged }) => [
    `Request declined: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} could not accept your request.`,
    ...said.stay,
    nothingCharged,
  ],
  de: (said, { nothingCharged }) => [
    `Anfrage abgelehnt: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} konnte deine Anfrage nicht annehmen.`,
    ...said.stay,
    nothingCharged,
  ],
  fr: (said, { nothingCharged }) => [
    `Demande refusée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} n’a pas pu accepter votre demande.`,
    ...said.stay,
    nothingCharged,
  ],
  es: (said, { nothingCharged }) => [
    `Solicitud rechazada: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} no ha podido aceptar tu solicitud.`,
    ...said.stay,
    nothingCharged,
  ],
});
