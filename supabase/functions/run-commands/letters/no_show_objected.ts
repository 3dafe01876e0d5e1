import { bookingLetter } from '../writing/kinds.ts';

export const no_show_objected = bookingLetter({ to: 'host' }, {
  en: (said) => [
    `Your guest says they arrived: ${said.listing_title}, ${said.check_in}`,
    `You reported that ${said.guest_name} did not arrive, but ${said.guest_name} says otherwise.`,
    ...said.stay,
    'We are looking into it. Your payout is on hold until we have decided.',
  ],
  de: (said) => [
    `Dein Gast widerspricht: ${said.listing_title}, ${said.check_in}`,
    `Du hast gemeldet, dass ${said.guest_name} nicht angereist ist. ${said.guest_name} widerspricht.`,
    ...said.stay,
    'Wir prüfen das. Bis zur Entscheidung ist deine Auszahlung angehalten.',
  ],
  fr: (said) => [
    `Votre voyageur conteste son absence\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Vous avez signalé une absence, mais ${said.guest_name} affirme avoir été sur place.`,
    ...said.stay,
    'Nous examinons la situation. Votre versement est suspendu jusqu’à notre décision.',
  ],
  es: (said) => [
    `Tu huésped dice que sí se presentó: ${said.listing_title}, ${said.check_in}`,
    `Avisaste de que ${said.guest_name} no se presentó. ${said.guest_name} dice lo contrario.`,
    ...said.stay,
    'Lo estamos revisando. Tu cobro queda retenido hasta que decidamos.',
  ],
});
