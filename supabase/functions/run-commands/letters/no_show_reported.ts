import { instant } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const no_show_reported = bookingLetter({ to: 'guest', facts: { object_until: instant } }, {
  en: (said) => [
    `Did you arrive? ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} has reported that you did not arrive.`,
    ...said.stay,
    said.object_until &&
    `If you did, please tell us by ${said.object_until}. Otherwise the stay will end as if you had cancelled it now.`,
  ],
  de: (said) => [
    `Bist du angereist? ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} hat gemeldet, dass du nicht angereist bist.`,
    ...said.stay,
    said.object_until &&
    `Falls doch, gib uns bitte bis ${said.object_until} Bescheid. Andernfalls endet der Aufenthalt so, als hättest du ihn jetzt storniert.`,
  ],
  fr: (said) => [
    `Absence signalée\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} a signalé votre absence.`,
    ...said.stay,
    said.object_until &&
    `Si vous étiez sur place, dites-le-nous avant le ${said.object_until}. Sinon, le séjour prendra fin comme si vous l’aviez annulé maintenant.`,
  ],
  es: (said) => [
    `¿Llegaste al alojamiento? ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} ha avisado de que no te presentaste.`,
    ...said.stay,
    said.object_until &&
    `Si no es así, avísanos antes del ${said.object_until}. De lo contrario, la estancia terminará como si la hubieras cancelado ahora.`,
  ],
});
