import type { Draft, Said } from './facts.ts';

/** The letters about a stay that is to be altered, in the words of one language. */
interface Words {
  stay(said: Said): string[];
  proposed(said: Said): string;
  asked(said: Said): string;
  answer: string;
  accepted(said: Said): string;
  pay(said: Said): string;
  ended(said: Said): string;
  unchanged: string;
  altered(said: Said): string;
  now: string;
}

/** What is proposed; without it, the stay as it is. */
const days = (said: Said) => ({
  from: said.new_check_in ?? said.check_in,
  to: said.new_check_out ?? said.check_out,
  guests: said.new_guests ?? said.guests,
});

export const alterationLetters = (words: Words) => {
  const to = (greets: Draft['greets']) => ({
    proposed: (said: Said): Draft => {
      const other = greets === 'guest' ? said.host_name : said.guest_name;
      return {
        greets,
        subject: words.proposed(said),
        body: [other, ...words.stay(said), words.asked(said), words.answer],
      };
    },
    ended: (said: Said): Draft => ({
      greets,
      subject: words.ended(said),
      body: [words.unchanged, ...words.stay(said)],
    }),
    altered: (said: Said): Draft => ({
      greets,
      subject: words.altered(said),
      body: [words.now, ...words.stay(said)],
    }),
  });
  const [guest, host] = [to('guest'), to('host')];
  return {
    alteration_proposed_guest: guest.proposed,
    alteration_proposed_host: host.proposed,
    alteration_to_pay_guest: (said: Said): Draft => ({
      greets: 'guest',
      subject: words.accepted(said),
      body: [said.host_name, ...words.stay(said), words.asked(said), words.pay(said)],
    }),
    alteration_ended_guest: guest.ended,
    alteration_ended_host: host.ended,
    booking_altered_guest: guest.altered,
    booking_altered_host: host.altered,
  };
};

export const english: Omit<Words, 'stay'> = {
  proposed: (said) => `Another stay is proposed: ${said.listing_title}`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `It would be ${from} to ${to}, ${guests === 1 ? '1 guest' : `${guests} guests`}.`;
  },
  answer: 'Please open the booking and accept or decline; until then the stay is as it was.',
  accepted: (said) => `Agreed, please pay: ${said.listing_title}`,
  pay: (said) =>
    `Please open the booking and pay${
      said.difference ? ` ${said.difference} more` : ' the difference'
    } within a few minutes; else the stay is as it was.`,
  ended: (said) => `Not altered: ${said.listing_title}, ${said.check_in}`,
  unchanged: 'What you proposed was not accepted, or not in time. The stay is as it was.',
  altered: (said) => `Altered: ${said.listing_title}, ${said.check_in}`,
  now: 'The stay is altered, as both of you agreed.',
};

export const german: Omit<Words, 'stay'> = {
  proposed: (said) => `Eine Änderung wird vorgeschlagen: ${said.listing_title}`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `Es wäre ${from} bis ${to}, ${guests === 1 ? '1 Gast' : `${guests} Gäste`}.`;
  },
  answer: 'Bitte öffne die Buchung und sag ja oder nein; bis dahin bleibt alles, wie es war.',
  accepted: (said) => `Einverstanden, bitte bezahle: ${said.listing_title}`,
  pay: (said) =>
    `Bitte öffne die Buchung und bezahle ${
      said.difference ? `noch ${said.difference}` : 'den Unterschied'
    } in den nächsten Minuten; sonst bleibt der Aufenthalt, wie er war.`,
  ended: (said) => `Nicht geändert: ${said.listing_title}, ${said.check_in}`,
  unchanged:
    'Dein Vorschlag wurde nicht oder nicht rechtzeitig angenommen. Der Aufenthalt bleibt, wie er war.',
  altered: (said) => `Geändert: ${said.listing_title}, ${said.check_in}`,
  now: 'Der Aufenthalt ist geändert, wie ihr es vereinbart habt.',
};

export const french: Omit<Words, 'stay'> = {
  proposed: (said) => `Un autre séjour est proposé : ${said.listing_title}`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `Ce serait du ${from} au ${to}, ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}.`;
  },
  answer:
    'Ouvrez la réservation pour accepter ou refuser ; jusque-là, le séjour reste comme il était.',
  accepted: (said) => `Accord donné, merci de payer : ${said.listing_title}`,
  pay: (said) =>
    `Ouvrez la réservation et payez ${
      said.difference ? `encore ${said.difference}` : 'la différence'
    } dans les minutes qui viennent ; sinon, le séjour reste comme il était.`,
  ended: (said) => `Non modifié : ${said.listing_title}, ${said.check_in}`,
  unchanged:
    "Votre proposition n'a pas été acceptée, ou pas à temps. Le séjour reste comme il était.",
  altered: (said) => `Modifié : ${said.listing_title}, ${said.check_in}`,
  now: 'Le séjour est modifié, comme convenu entre vous.',
};

export const spanish: Omit<Words, 'stay'> = {
  proposed: (said) => `Se propone otra estancia: ${said.listing_title}`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `Sería del ${from} al ${to}, ${guests === 1 ? '1 huésped' : `${guests} huéspedes`}.`;
  },
  answer: 'Abre la reserva y acepta o rechaza; hasta entonces la estancia queda como estaba.',
  accepted: (said) => `De acuerdo; falta pagar: ${said.listing_title}`,
  pay: (said) =>
    `Abre la reserva y paga ${
      said.difference ? `${said.difference} más` : 'la diferencia'
    } en los próximos minutos; si no, la estancia queda como estaba.`,
  ended: (said) => `Sin cambios: ${said.listing_title}, ${said.check_in}`,
  unchanged: 'Tu propuesta no fue aceptada, o no a tiempo. La estancia queda como estaba.',
  altered: (said) => `Modificada: ${said.listing_title}, ${said.check_in}`,
  now: 'La estancia está modificada, como habéis acordado.',
};
