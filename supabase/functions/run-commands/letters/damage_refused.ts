import { amountOrZero, instant } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_refused = bookingLetter({
  to: 'guest',
  facts: { award_minor: amountOrZero, pay_by: instant },
}, {
  en: (said) => [
    `Please pay for the damage: ${said.listing_title}, ${said.check_in}`,
    `We could not charge ${said.award ? `${said.award} to ` : ''}your card for the damage.`,
    ...said.stay,
    said.pay_by && `Please open the booking and pay by ${said.pay_by}.`,
  ],
  de: (said) => [
    `Bitte bezahle den Schaden: ${said.listing_title}, ${said.check_in}`,
    `Deine Karte konnte für den Schaden nicht${
      said.award ? ` mit ${said.award}` : ''
    } belastet werden.`,
    ...said.stay,
    said.pay_by && `Bitte öffne die Buchung und bezahle bis ${said.pay_by}.`,
  ],
  fr: (said) => [
    `Paiement du dommage attendu\u00a0: ${said.listing_title}, ${said.check_in}`,
    `Votre carte n’a pas pu être débitée${said.award ? ` de ${said.award}` : ''} pour le dommage.`,
    ...said.stay,
    said.pay_by && `Ouvrez la réservation et payez avant le ${said.pay_by}.`,
  ],
  es: (said) => [
    `Falta pagar los daños: ${said.listing_title}, ${said.check_in}`,
    `No hemos podido cobrar los daños${said.award ? ` (${said.award})` : ''} en tu tarjeta.`,
    ...said.stay,
    said.pay_by && `Abre la reserva y paga antes del ${said.pay_by}.`,
  ],
});
