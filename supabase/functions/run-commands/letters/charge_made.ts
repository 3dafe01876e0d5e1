import { amountOrZero } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const charge_made = bookingLetter({ to: 'guest', facts: { moved_minor: amountOrZero } }, {
  en: (said) => [
    `Payment received: ${said.listing_title}, ${said.check_in}`,
    said.moved && `You have paid ${said.moved} for your stay with ${said.host_name}.`,
    ...said.stay,
  ],
  de: (said) => [
    `Zahlung erhalten: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Du hast ${said.moved} für deinen Aufenthalt bei ${said.host_name} bezahlt.`,
    ...said.stay,
  ],
  fr: (said) => [
    `Paiement reçu\u00a0: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Vous avez payé ${said.moved} pour votre séjour chez ${said.host_name}.`,
    ...said.stay,
  ],
  es: (said) => [
    `Pago recibido: ${said.listing_title}, ${said.check_in}`,
    said.moved && `Has pagado ${said.moved} por tu estancia con ${said.host_name}.`,
    ...said.stay,
  ],
});
