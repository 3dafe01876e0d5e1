import { bookingLetter } from '../writing/kinds.ts';

export const damage_unpaid = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Your guest has not paid for the damage: ${said.listing_title}, ${said.check_in}`,
    'The card could not be charged, and the damage was not paid for in any other way in time.',
    `Guest: ${said.guest_name}`,
    ...said.stay,
  ],
  de: (said) => [
    `Dein Gast hat den Schaden nicht bezahlt: ${said.listing_title}, ${said.check_in}`,
    'Die Karte konnte nicht belastet werden, und der Schaden wurde auch nicht rechtzeitig auf anderem Weg bezahlt.',
    `Gast: ${said.guest_name}`,
    ...said.stay,
  ],
  fr: (said) => [
    `Votre voyageur n’a pas payé le dommage\u00a0: ${said.listing_title}, ${said.check_in}`,
    'La carte n’a pas pu être débitée, et le dommage n’a pas été payé autrement dans les délais.',
    `Voyageur\u00a0: ${said.guest_name}`,
    ...said.stay,
  ],
  es: (said) => [
    `Tu huésped no ha pagado los daños: ${said.listing_title}, ${said.check_in}`,
    'No se pudo cobrar en la tarjeta y los daños no se pagaron a tiempo de otra forma.',
    `Huésped: ${said.guest_name}`,
    ...said.stay,
  ],
});
