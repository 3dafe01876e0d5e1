import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_paid_host = bookingLetter(
  { to: 'host', facts: { award_minor: amountOrZero } },
  {
    en: (said) => [
      `Your guest has paid for the damage: ${said.listing_title}, ${said.check_in}`,
      `Guest: ${said.guest_name}`,
      ...said.stay,
      said.award && `You receive the full ${said.award}, and we are paying it out right away.`,
    ],
    de: (said) => [
      `Dein Gast hat den Schaden bezahlt: ${said.listing_title}, ${said.check_in}`,
      `Gast: ${said.guest_name}`,
      ...said.stay,
      said.award &&
      `Du bekommst den vollen Betrag von ${said.award}, und wir zahlen ihn sofort aus.`,
    ],
    fr: (said) => [
      `Votre voyageur a payé le dommage\u00a0: ${said.listing_title}, ${said.check_in}`,
      `Voyageur\u00a0: ${said.guest_name}`,
      ...said.stay,
      said.award &&
      `Le montant total de ${said.award} vous revient, et nous vous le versons immédiatement.`,
    ],
    es: (said) => [
      `Tu huésped ha pagado los daños: ${said.listing_title}, ${said.check_in}`,
      `Huésped: ${said.guest_name}`,
      ...said.stay,
      said.award &&
      `El importe completo de ${said.award} es para ti y te lo enviamos de inmediato.`,
    ],
  },
);
