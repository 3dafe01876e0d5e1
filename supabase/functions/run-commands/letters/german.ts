import { alterationLetters, german as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} bis ${check_out} · ${guests === 1 ? '1 Gast' : `${guests} Gäste`}`,
];
const nothingCharged =
  'Es wurde nichts abgebucht, und auf deiner Karte ist kein Betrag mehr reserviert.';
const because = (words: string | null | undefined) => words ? [`Grund: ${words}`] : [];
const returned = (amount: string) =>
  `Du bekommst ${amount} zurück. Es kann einige Tage dauern, bis der Betrag auf deinem Konto erscheint.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? 'Darüber hinaus wird nichts erstattet.'
    : 'Nach den Stornierungsbedingungen steht dir keine Erstattung zu.',
  ...(backBefore ? [`${backBefore} wurden dir bereits erstattet.`] : []),
  ...(owed ? [`Nach den Stornierungsbedingungen wird deine Karte noch mit ${owed} belastet.`] : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Buchungsanfrage: ${said.listing_title}`,
    body: [
      `${said.guest_name} möchte bei dir übernachten.`,
      ...stay(said),
      ...(said.payout ? [`Du würdest ${said.payout} verdienen.`] : []),
      ...(said.answer_until ? [`Bitte antworte bis ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Bestätigt: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} ist bestätigt.`,
      ...stay(said),
      `Check-in ab ${said.check_in_time}, Check-out bis ${said.check_out_time}.`,
      ...(said.paid ? [`Du hast ${said.paid} bezahlt.`] : []),
      ...(said.later
        ? [`${said.later} werden später von deiner Karte abgebucht, wie beim Buchen vereinbart.`]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Neue Buchung: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} hat gebucht, und der Aufenthalt ist bestätigt.`,
      ...stay(said),
      ...(said.payout ? [`Du verdienst ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Anfrage abgelehnt: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} konnte deine Anfrage nicht annehmen.`,
      ...stay(said),
      nothingCharged,
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Anfrage beendet: ${said.listing_title}, ${said.check_in}`,
    body: ['Aus deiner Anfrage ist keine Buchung geworden.', ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Anfrage zurückgezogen: ${said.listing_title}`,
    body: [
      `${said.guest_name} hat die Anfrage zurückgezogen. Die Nächte sind wieder frei.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Storniert: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} wurde storniert.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Buchung storniert: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} wurde storniert.`,
      ...stay(said),
      ...(said.left ? [`Du bekommst ${said.left}.`] : []),
      ...(said.penalty
        ? [`Du schuldest ${said.penalty}. Der Betrag wird von späteren Auszahlungen abgezogen.`]
        : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Zahlung fehlgeschlagen: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Deine Bank hat die Zahlung${
        said.unpaid ? ` von ${said.unpaid}` : ''
      } für deinen Aufenthalt bei ${said.host_name} abgelehnt.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Bitte öffne die Buchung und bezahle bis ${said.pay_by}. Was bis dahin nicht bezahlt ist, wird nach den Stornierungsbedingungen storniert.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Bist du angereist? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} hat gemeldet, dass du nicht angereist bist.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Falls doch, gib uns bitte bis ${said.object_until} Bescheid. Andernfalls endet der Aufenthalt so, als hättest du ihn jetzt storniert.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Dein Gast widerspricht: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Du hast gemeldet, dass ${said.guest_name} nicht angereist ist. ${said.guest_name} widerspricht.`,
      ...stay(said),
      'Wir prüfen das. Bis zur Entscheidung ist deine Auszahlung angehalten.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject:
      `Aufenthalt beendet, weil du nicht angereist bist: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} wurde beendet, weil du nicht angereist bist.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Dein Gast ist nicht angereist: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} wurde beendet. Die übrigen Nächte sind wieder frei.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Du bekommst ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Dein Aufenthalt geht weiter: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Meldung, dass du nicht angereist bist, gilt nicht mehr. Deine Buchung bleibt unverändert.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Dein Gast ist angereist: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Wir haben festgestellt, dass ${said.guest_name} angereist ist. Die Buchung bleibt unverändert.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Beschwerde deines Gastes: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} hat ein Problem mit dem Aufenthalt gemeldet.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Bitte antworte darauf. Wir entscheiden über die Beschwerde. Bis dahin wird der Teil deiner Auszahlung zurückgehalten, der noch nicht überwiesen ist.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Beschwerde zurückgezogen: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} hat die Beschwerde zurückgezogen.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Entscheidung über deine Beschwerde: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über deine Beschwerde entschieden.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'Du bekommst keine Erstattung.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject:
      `Entscheidung über die Beschwerde deines Gastes: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Wir haben über die Beschwerde von ${said.guest_name} entschieden.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `Der Gast bekommt eine Erstattung. Dein Anteil am Aufenthalt beträgt jetzt ${said.share}.`
        : 'Es gibt keine Erstattung, und deine Auszahlung wird fortgesetzt.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `Dein Gastgeber meldet einen Schaden: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} sagt, dass während deines Aufenthalts etwas beschädigt wurde.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Geforderter Betrag: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Bitte stimme bis ${said.answer_damage_until} zu oder widersprich. Andernfalls entscheiden wir ohne deine Antwort. Es wird nichts abgebucht, bevor du zustimmst oder wir entscheiden.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Bitte bezahle den Schaden: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Deine Karte konnte für den Schaden nicht${
        said.award ? ` mit ${said.award}` : ''
      } belastet werden.`,
      ...stay(said),
      ...(said.pay_by ? [`Bitte öffne die Buchung und bezahle bis ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Schadensforderung zurückgezogen: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} hat die Forderung zurückgezogen.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Dein Gast widerspricht deiner Forderung: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} stimmt deiner Schadensforderung nicht zu. Wir prüfen das.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Entscheidung über die Schadensforderung: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über die Schadensforderung entschieden.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Du schuldest ${said.award}. Wir belasten die Karte, mit der du gebucht hast. Falls das nicht gelingt, melden wir uns bei dir.`
        : 'Du schuldest nichts.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Entscheidung über deine Schadensforderung: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über deine Schadensforderung entschieden.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} schuldet dir ${said.award}. Wir melden uns, sobald der Betrag bezahlt ist.`
        : 'Der Gast schuldet dir nichts.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Schaden bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Du hast ${said.award} für den Schaden bezahlt.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Dein Gast hat den Schaden bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Gast: ${said.guest_name}`,
      ...stay(said),
      ...(said.award
        ? [`Du bekommst den vollen Betrag von ${said.award}, und wir zahlen ihn sofort aus.`]
        : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Dein Gast hat den Schaden nicht bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Karte konnte nicht belastet werden, und der Schaden wurde auch nicht rechtzeitig auf anderem Weg bezahlt.',
      `Gast: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Anfrage beendet: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Aus der Anfrage von ${said.guest_name} ist keine Buchung geworden. Die Nächte sind wieder frei.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `Antwort auf deine Beschwerde: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} hat geantwortet. Wir entscheiden über die Beschwerde.`,
      ...stay(said),
    ],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Dein Gast stimmt deiner Forderung zu: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} hat deiner Schadensforderung zugestimmt. Wir melden uns, sobald der Betrag bezahlt ist.`,
      ...stay(said),
      ...(said.award ? [`Offener Betrag: ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `Wie war dein Aufenthalt? ${said.listing_title}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} ist vorbei. Du kannst 14 Tage lang eine Bewertung schreiben.`,
      ...stay(said),
      'Niemand liest sie, bevor ihr beide geschrieben habt oder die 14 Tage vorbei sind.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `Wie war dein Gast? ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} ist vorbei. Du kannst 14 Tage lang eine Bewertung schreiben.`,
      ...stay(said),
      'Niemand liest sie, bevor ihr beide geschrieben habt oder die 14 Tage vorbei sind.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Dein Gastgeber hat dich bewertet: ${said.listing_title}`,
    body: [
      'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
      `Gastgeber: ${said.host_name}`,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Du hast eine neue Bewertung: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
      `Gast: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Antwort auf deine Bewertung: ${said.listing_title}`,
    body: [`${said.host_name} hat auf deine Bewertung geantwortet.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Antwort auf deine Bewertung: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} hat auf deine Bewertung geantwortet.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Deine Auszahlung ist unterwegs: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Wir haben dir ${said.moved} überwiesen.`] : []),
      `Gast: ${said.guest_name}`,
      ...stay(said),
      'Es kann einige Tage dauern, bis der Betrag auf deinem Konto erscheint.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Zahlung erhalten: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved
        ? [`Du hast ${said.moved} für deinen Aufenthalt bei ${said.host_name} bezahlt.`]
        : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Deine Erstattung: ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Wir erstatten deine Zahlung: ${said.listing_title}`,
    body: [
      'Deine Zahlung kam an, als die Nächte nicht mehr für dich reserviert waren, und wir konnten sie nicht mehr für dich buchen.',
      ...stay(said),
      `Wir erstatten den vollen Betrag${
        said.total ? ` von ${said.total}` : ''
      }. Es kann einige Tage dauern, bis er auf deinem Konto erscheint.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Zahlung angefochten: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank des Zahlenden hat eine Zahlung für diesen Aufenthalt angezweifelt oder zurückgeholt.',
      ...stay(said),
      'Der Teil deiner Auszahlung, der noch nicht überwiesen ist, wird zurückgehalten, bis die Bank entschieden hat. Die Buchung bleibt unverändert, und wir melden uns bei dir.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Zahlung nicht mehr angefochten: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank ficht die Zahlung für diesen Aufenthalt nicht mehr an. Von deinem Anteil wird nichts abgezogen.',
      ...stay(said),
      'Auszahlungen, die deshalb zurückgehalten wurden, werden fortgesetzt. Was dafür zurückgeholt wurde, zahlen wir dir erneut aus.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Angefochtene Zahlung verloren: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank hat gegen uns entschieden und behält das Geld, das sie für diesen Aufenthalt zurückgeholt hat.',
      ...stay(said),
      'Dafür kommt zuerst dein Anteil auf: Was noch nicht ausgezahlt ist, wird gekürzt. Was schon ausgezahlt ist, wird zurückgeholt oder von späteren Auszahlungen abgezogen.',
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const german: Language = {
  hello: (name) => name === '' ? 'Hallo,' : `Hallo ${name},`,
  booking: (id) => `Buchung ${id}`,
  unsubscribe: (link) => `Solche E-Mails abbestellen: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Neue Nachricht: ${listing_title}`,
    intro: `${sender_name} hat dir zu ${listing_title} geschrieben:`,
  }),
  letters,
  news: news.german,
};
