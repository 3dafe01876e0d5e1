import { amountOrZero, instant, text } from '../writing/facts.ts';
import { bookingLetter } from '../writing/kinds.ts';

export const damage_claimed = bookingLetter({
  to: 'guest',
  facts: { damage: text, claimed_minor: amountOrZero, answer_damage_until: instant },
}, {
  en: (said) => [
    `Your host claims damage: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} says that something was damaged during your stay.`,
    ...said.stay,
    said.damage && said.damage,
    said.claimed && `Amount claimed: ${said.claimed}.`,
    said.answer_damage_until &&
    `Please accept or dispute the claim by ${said.answer_damage_until}. Otherwise we will decide without your answer. Nothing is charged until you accept or we decide.`,
  ],
  de: (said) => [
    `Dein Gastgeber meldet einen Schaden: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} sagt, dass während deines Aufenthalts etwas beschädigt wurde.`,
    ...said.stay,
    said.damage && said.damage,
    said.claimed && `Geforderter Betrag: ${said.claimed}.`,
    said.answer_damage_until &&
    `Bitte stimme bis ${said.answer_damage_until} zu oder widersprich. Andernfalls entscheiden wir ohne deine Antwort. Es wird nichts abgebucht, bevor du zustimmst oder wir entscheiden.`,
  ],
  fr: (said) => [
    `Votre hôte signale un dommage\u00a0: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} indique que quelque chose a été endommagé pendant votre séjour.`,
    ...said.stay,
    said.damage && said.damage,
    said.claimed && `Montant demandé\u00a0: ${said.claimed}.`,
    said.answer_damage_until &&
    `Merci d’accepter ou de contester avant le ${said.answer_damage_until}. Sinon, nous déciderons sans votre réponse. Rien n’est débité avant votre accord ou notre décision.`,
  ],
  es: (said) => [
    `Tu anfitrión reclama daños: ${said.listing_title}, ${said.check_in}`,
    `${said.host_name} dice que algo se dañó durante tu estancia.`,
    ...said.stay,
    said.damage && said.damage,
    said.claimed && `Importe reclamado: ${said.claimed}.`,
    said.answer_damage_until &&
    `Acepta o rechaza la reclamación antes del ${said.answer_damage_until}. De lo contrario, decidiremos sin tu respuesta. No se cobra nada hasta que aceptes o decidamos.`,
  ],
});
