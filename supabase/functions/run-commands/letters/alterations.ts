import type { Draft, Said } from './facts.ts';

/** The letters about a stay that is to be altered, in the words of one language. */
interface Words {
  stay(said: Said): string[];
  proposed(said: Said): string;
  /** Who proposed it. */
  by(other: string): string;
  asked(said: Said): string;
  answer: string;
  accepted(said: Said): string;
  agreed(said: Said): string;
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
        body: [words.by(other), ...words.stay(said), words.asked(said), words.answer],
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
      body: [words.agreed(said), ...words.stay(said), words.asked(said), words.pay(said)],
    }),
    alteration_ended_guest: guest.ended,
    alteration_ended_host: host.ended,
    booking_altered_guest: guest.altered,
    booking_altered_host: host.altered,
  };
};

export const english: Omit<Words, 'stay'> = {
  proposed: (said) => `Proposed change: ${said.listing_title}`,
  by: (other) => `${other} has proposed a change to this booking.`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `The new stay would be ${from} to ${to}, ${
      guests === 1 ? '1 guest' : `${guests} guests`
    }.`;
  },
  answer:
    'Please open the booking and accept or decline. Until then, your booking does not change.',
  accepted: (said) => `Change accepted, please pay: ${said.listing_title}`,
  agreed: (said) => `The change to your stay with ${said.host_name} has been accepted.`,
  pay: (said) =>
    `Please open the booking and pay${
      said.difference ? ` ${said.difference} more` : ' the difference'
    } within a few minutes. Otherwise your stay does not change.`,
  ended: (said) => `Booking not changed: ${said.listing_title}, ${said.check_in}`,
  unchanged:
    'The change you proposed was not accepted or did not go through in time. Your booking stays as it was.',
  altered: (said) => `Booking changed: ${said.listing_title}, ${said.check_in}`,
  now: 'The booking has been changed as you both agreed.',
};

export const german: Omit<Words, 'stay'> = {
  proposed: (said) => `Änderungsvorschlag: ${said.listing_title}`,
  by: (other) => `${other} schlägt eine Änderung dieser Buchung vor.`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `Der neue Zeitraum wäre ${from} bis ${to}, ${
      guests === 1 ? '1 Gast' : `${guests} Gäste`
    }.`;
  },
  answer: 'Bitte öffne die Buchung und nimm an oder lehne ab. Bis dahin ändert sich nichts.',
  accepted: (said) => `Änderung angenommen, bitte bezahle: ${said.listing_title}`,
  agreed: (said) => `Die Änderung deines Aufenthalts bei ${said.host_name} ist angenommen.`,
  pay: (said) =>
    `Bitte öffne die Buchung und bezahle ${
      said.difference ? `noch ${said.difference}` : 'die Differenz'
    } in den nächsten Minuten. Sonst bleibt dein Aufenthalt unverändert.`,
  ended: (said) => `Buchung nicht geändert: ${said.listing_title}, ${said.check_in}`,
  unchanged:
    'Dein Änderungsvorschlag wurde nicht angenommen oder kam nicht rechtzeitig zustande. Deine Buchung bleibt, wie sie war.',
  altered: (said) => `Buchung geändert: ${said.listing_title}, ${said.check_in}`,
  now: 'Die Buchung wurde so geändert, wie ihr es vereinbart habt.',
};

export const french: Omit<Words, 'stay'> = {
  proposed: (said) => `Modification proposée : ${said.listing_title}`,
  by: (other) => `${other} propose de modifier cette réservation.`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `Le nouveau séjour serait du ${from} au ${to}, ${
      guests === 1 ? '1 voyageur' : `${guests} voyageurs`
    }.`;
  },
  answer:
    "Ouvrez la réservation pour accepter ou refuser. D'ici là, votre réservation ne change pas.",
  accepted: (said) => `Modification acceptée, paiement attendu : ${said.listing_title}`,
  agreed: (said) => `La modification de votre séjour chez ${said.host_name} est acceptée.`,
  pay: (said) =>
    `Ouvrez la réservation et payez ${
      said.difference ? `le complément de ${said.difference}` : 'la différence'
    } dans les prochaines minutes. Sinon, votre séjour ne change pas.`,
  ended: (said) => `Réservation inchangée : ${said.listing_title}, ${said.check_in}`,
  unchanged:
    "La modification que vous avez proposée n'a pas été acceptée ou n'a pas abouti à temps. Votre réservation reste inchangée.",
  altered: (said) => `Réservation modifiée : ${said.listing_title}, ${said.check_in}`,
  now: 'La réservation a été modifiée comme convenu entre vous.',
};

export const spanish: Omit<Words, 'stay'> = {
  proposed: (said) => `Cambio propuesto: ${said.listing_title}`,
  by: (other) => `${other} propone un cambio en esta reserva.`,
  asked: (said) => {
    const { from, to, guests } = days(said);
    return `La nueva estancia sería del ${from} al ${to}, ${
      guests === 1 ? '1 huésped' : `${guests} huéspedes`
    }.`;
  },
  answer: 'Abre la reserva para aceptar o rechazar. Hasta entonces, tu reserva no cambia.',
  accepted: (said) => `Cambio aceptado, falta el pago: ${said.listing_title}`,
  agreed: (said) => `Se ha aceptado el cambio de tu estancia con ${said.host_name}.`,
  pay: (said) =>
    `Abre la reserva y paga ${
      said.difference ? `${said.difference} más` : 'la diferencia'
    } en los próximos minutos. De lo contrario, tu estancia no cambia.`,
  ended: (said) => `Reserva sin cambios: ${said.listing_title}, ${said.check_in}`,
  unchanged:
    'El cambio que propusiste no se aceptó o no se completó a tiempo. Tu reserva sigue como estaba.',
  altered: (said) => `Reserva modificada: ${said.listing_title}, ${said.check_in}`,
  now: 'La reserva se ha modificado según lo acordado.',
};
