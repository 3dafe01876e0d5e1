import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_paid_guest = bookingLetter({
  to: 'guest',
  facts: { award_minor: amountOrZero },
}, {
  en: (said) => [
    `Damage paid: ${said.listing_title}, ${said.check_in}`,
    said.award && `You have paid ${said.award} for the damage.`,
    ...said.stay,
  ],
  de: (said) => [
    `Schaden bezahlt: ${said.listing_title}, ${said.check_in}`,
    said.award && `Du hast ${said.award} für den Schaden bezahlt.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Dommage payé\u00a0: ${said.listing_title}, ${said.check_in}`,
    said.award && `Vous avez payé ${said.award} pour le dommage.`,
    ...said.stay,
  ],
  es: (said) => [
    `Daños pagados: ${said.listing_title}, ${said.check_in}`,
    said.award && `Has pagado ${said.award} por los daños.`,
    ...said.stay,
  ],
});
