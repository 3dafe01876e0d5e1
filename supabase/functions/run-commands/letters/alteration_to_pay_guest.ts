import { amountOrZero, count, day } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const alteration_to_pay_guest = bookingLetter({
  to: 'guest',
  facts: {
    new_check_in: day,
    new_check_out: day,
    new_guests: count,
    difference_minor: amountOrZero,
  },
}, {
  en: (said, { newStay }) => [
    `Change accepted, please pay: ${said.listing_title}`,
    `The change to your stay with ${said.host_name} has been accepted.`,
    ...said.stay,
    newStay(said),
    `Please open the booking and pay${
      said.difference ? ` ${said.difference} more` : ' the difference'
    } within a few minutes. Otherwise your stay does not change.`,
  ],
  de: (said, { newStay }) => [
    `Änderung angenommen, bitte bezahle: ${said.listing_title}`,
    `Die Änderung deines Aufenthalts bei ${said.host_name} ist angenommen.`,
    ...said.stay,
    newStay(said),
    `Bitte öffne die Buchung und bezahle ${
      said.difference ? `noch ${said.difference}` : 'die Differenz'
    } in den nächsten Minuten. Sonst bleibt dein Aufenthalt unverändert.`,
  ],
  fr: (said, { newStay }) => [
    `Modification acceptée, paiement attendu\u00a0: ${said.listing_title}`,
    `La modification de votre séjour chez ${said.host_name} est acceptée.`,
    ...said.stay,
    newStay(said),
    `Ouvrez la réservation et payez ${
      said.difference ? `le complément de ${said.difference}` : 'la différence'
    } dans les prochaines minutes. Sinon, votre séjour ne change pas.`,
  ],
  es: (said, { newStay }) => [
    `Cambio aceptado, falta el pago: ${said.listing_title}`,
    `Se ha aceptado el cambio de tu estancia con ${said.host_name}.`,
    ...said.stay,
    newStay(said),
    `Abre la reserva y paga ${
      said.difference ? `${said.difference} más` : 'la diferencia'
    } en los próximos minutos. De lo contrario, tu estancia no cambia.`,
  ],
});
