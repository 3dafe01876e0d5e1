interface Nights {
  check_in: string;
  check_out: string;
  guests: number;
}

/** A proposed alteration; what it leaves out does not change. */
interface Change extends Nights {
  new_check_in: string;
  new_check_out: string;
  new_guests: number;
}

const changed = (stay: Change): Nights => ({
  check_in: stay.new_check_in || stay.check_in,
  check_out: stay.new_check_out || stay.check_out,
  guests: stay.new_guests || stay.guests,
});

interface Refund {
  refund: string;
  back_before: string;
  owed: string;
}

/** The phrases that several letters use, in one language. */
export interface Words {
  hello(name: string): string;
  booking(id: string): string;
  unsubscribe(link: string): string;
  nights(stay: Nights): string;
  /** The stay that an alteration proposes. */
  newStay(stay: Change): string;
  /** The reason for a decision of staff; its line breaks stay within one paragraph. */
  because(words: string): string;
  nothingCharged: string;
  refunding(amount: string): string;
  /** The refund of a stay that ended early, earlier refunds, and what the guest owes. */
  refunded(refund: Refund): string[];
}

const en: Words = {
  hello: (name) => name === '' ? 'Hello,' : `Hello ${name},`,
  booking: (id) => `Booking ${id}`,
  unsubscribe: (link) => `Unsubscribe from e-mails like this: ${link}`,
  nights: ({ check_in, check_out, guests }) =>
    `${check_in} to ${check_out} · ${guests === 1 ? '1 guest' : `${guests} guests`}`,
  newStay: (stay) => {
    const { check_in, check_out, guests } = changed(stay);
    return `The new stay would be ${check_in} to ${check_out}, ${
      guests === 1 ? '1 guest' : `${guests} guests`
    }.`;
  },
  because: (words) => words && `Reason: ${words}`,
  nothingCharged: 'You have not been charged, and nothing is held on your card any more.',
  refunding: (amount) => `Your refund is ${amount}. It may take your bank a few days to show it.`,
  refunded: ({ refund, back_before, owed }) => [
    refund
      ? en.refunding(refund)
      : back_before
      ? 'Nothing more will be refunded.'
      : 'Under the cancellation policy, no refund is due.',
    back_before && `${back_before} was already refunded to you.`,
    owed && `Under the cancellation policy, a further ${owed} will be charged to your card.`,
  ],
};

const de: Words = {
  hello: (name) => name === '' ? 'Hallo,' : `Hallo ${name},`,
  booking: (id) => `Buchung ${id}`,
  unsubscribe: (link) => `Solche E-Mails abbestellen: ${link}`,
  nights: ({ check_in, check_out, guests }) =>
    `${check_in} bis ${check_out} · ${guests === 1 ? '1 Gast' : `${guests} Gäste`}`,
  newStay: (stay) => {
    const { check_in, check_out, guests } = changed(stay);
    return `Der neue Zeitraum wäre ${check_in} bis ${check_out}, ${
      guests === 1 ? '1 Gast' : `${guests} Gäste`
    }.`;
  },
  because: (words) => words && `Grund: ${words}`,
  nothingCharged:
    'Es wurde nichts abgebucht, und auf deiner Karte ist kein Betrag mehr reserviert.',
  refunding: (amount) =>
    `Du bekommst ${amount} zurück. Es kann einige Tage dauern, bis der Betrag auf deinem Konto erscheint.`,
  refunded: ({ refund, back_before, owed }) => [
    refund
      ? de.refunding(refund)
      : back_before
      ? 'Darüber hinaus wird nichts erstattet.'
      : 'Nach den Stornierungsbedingungen steht dir keine Erstattung zu.',
    back_before && `${back_before} wurden dir bereits erstattet.`,
    owed && `Nach den Stornierungsbedingungen wird deine Karte noch mit ${owed} belastet.`,
  ],
};

const fr: Words = {
  hello: (name) => name === '' ? 'Bonjour,' : `Bonjour ${name},`,
  booking: (id) => `Réservation ${id}`,
  unsubscribe: (link) => `Se désabonner de ces e-mails\u00a0: ${link}`,
  nights: ({ check_in, check_out, guests }) =>
    `du ${check_in} au ${check_out} · ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}`,
  newStay: (stay) => {
    const { check_in, check_out, guests } = changed(stay);
    return `Le nouveau séjour serait du ${check_in} au ${check_out}, ${
      guests === 1 ? '1 voyageur' : `${guests} voyageurs`
    }.`;
  },
  because: (words) => words && `Motif\u00a0: ${words}`,
  nothingCharged: 'Rien n’a été débité, et plus aucun montant n’est bloqué sur votre carte.',
  refunding: (amount) =>
    `Nous vous remboursons ${amount}. Le montant peut mettre quelques jours à apparaître sur votre compte.`,
  refunded: ({ refund, back_before, owed }) => [
    refund
      ? fr.refunding(refund)
      : back_before
      ? 'Aucun autre remboursement n’est prévu.'
      : 'Selon les conditions d’annulation, aucun remboursement n’est dû.',
    back_before && `${back_before} vous ont déjà été remboursés.`,
    owed && `Selon les conditions d’annulation, ${owed} seront encore débités de votre carte.`,
  ],
};

const es: Words = {
  hello: (name) => name === '' ? 'Hola:' : `Hola, ${name}:`,
  booking: (id) => `Reserva ${id}`,
  unsubscribe: (link) => `Darse de baja de estos correos: ${link}`,
  nights: ({ check_in, check_out, guests }) =>
    `del ${check_in} al ${check_out} · ${guests === 1 ? '1 huésped' : `${guests} huéspedes`}`,
  newStay: (stay) => {
    const { check_in, check_out, guests } = changed(stay);
    return `La nueva estancia sería del ${check_in} al ${check_out}, ${
      guests === 1 ? '1 huésped' : `${guests} huéspedes`
    }.`;
  },
  because: (words) => words && `Motivo: ${words}`,
  nothingCharged: 'No se te ha cobrado nada y ya no hay ningún importe retenido en tu tarjeta.',
  refunding: (amount) =>
    `Te reembolsamos ${amount}. El importe puede tardar unos días en aparecer en tu cuenta.`,
  refunded: ({ refund, back_before, owed }) => [
    refund
      ? es.refunding(refund)
      : back_before
      ? 'No se reembolsará nada más.'
      : 'Según la política de cancelación, no corresponde ningún reembolso.',
    back_before && `Ya se te habían reembolsado ${back_before}.`,
    owed && `Según la política de cancelación, se cobrarán otros ${owed} en tu tarjeta.`,
  ],
};

/** By the first part of a locale. */
export const languages = { en, de, fr, es };
export type Code = keyof typeof languages;

/** The language of a locale; who reads another reads English. */
export function codeOf(locale: string): Code {
  const [code = ''] = locale.split('-');
  return Object.hasOwn(languages, code) ? code as Code : 'en';
}
