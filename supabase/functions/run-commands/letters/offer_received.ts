import { amountOrZero, count, day, instant, name, text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const offer_received = newsLetter({
  facts: {
    other_name: name,
    check_in: day,
    check_out: day,
    guests: count,
    total_minor: amountOrZero,
    until: instant,
    words: text,
  },
}, {
  en: (said, { nights }) => [
    `You have a special offer: ${said.listing_title}`,
    `${said.other_name} has sent you a special offer.`,
    said.place,
    nights(said),
    said.total && `You would pay ${said.total}, including fees and taxes.`,
    said.words,
    `The offer is valid until ${said.until}. It does not hold the nights for you.`,
  ],
  de: (said, { nights }) => [
    `Sonderangebot für dich: ${said.listing_title}`,
    `${said.other_name} hat dir ein Sonderangebot geschickt.`,
    said.place,
    nights(said),
    said.total && `Du würdest ${said.total} bezahlen, inklusive Gebühren und Steuern.`,
    said.words,
    `Das Angebot gilt bis ${said.until}. Die Nächte werden dir dadurch nicht freigehalten.`,
  ],
  fr: (said, { nights }) => [
    `Vous avez reçu une offre spéciale\u00a0: ${said.listing_title}`,
    `${said.other_name} vous a envoyé une offre spéciale.`,
    said.place,
    nights(said),
    said.total && `Vous paieriez ${said.total}, frais et taxes compris.`,
    said.words,
    `L’offre est valable jusqu’au ${said.until}. Elle ne bloque pas les nuits pour vous.`,
  ],
  es: (said, { nights }) => [
    `Tienes una oferta especial: ${said.listing_title}`,
    `${said.other_name} te ha enviado una oferta especial.`,
    said.place,
    nights(said),
    said.total && `Pagarías ${said.total}, con gastos e impuestos incluidos.`,
    said.words,
    `La oferta es válida hasta el ${said.until}. Las noches no quedan bloqueadas para ti.`,
  ],
});
