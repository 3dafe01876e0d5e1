import { alterationLetters, german as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} bis ${check_out}, ${guests === 1 ? '1 Gast' : `${guests} Gäste`}`,
];
const nothingCharged =
  'Es wurde nichts abgebucht, und auf deiner Karte ist nichts mehr reserviert.';
const because = (words: string | null | undefined) => words ? [`Der Grund: ${words}`] : [];
const returned = (amount: string) =>
  `Du bekommst ${amount} zurück. Banken brauchen einige Tage, bis man es sieht.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? 'Mehr wird nicht erstattet.'
    : 'Nach den Bedingungen der Buchung wird nichts erstattet.',
  ...(backBefore ? [`${backBefore} hattest du schon zurückbekommen.`] : []),
  ...(owed ? [`Nach diesen Bedingungen wird deine Karte noch mit ${owed} belastet.`] : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Eine Anfrage für ${said.listing_title}`,
    body: [
      `${said.guest_name} möchte bei dir wohnen.`,
      ...stay(said),
      ...(said.payout ? [`Du bekämst ${said.payout}.`] : []),
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
        ? [`Deine Karte wird später mit ${said.later} belastet, wie du gesehen hast.`]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Gebucht: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} hat gebucht, und der Aufenthalt ist bestätigt.`,
      ...stay(said),
      ...(said.payout ? [`Du bekommst ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Diesmal nicht: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} konnte deine Anfrage nicht annehmen.`,
      ...stay(said),
      nothingCharged,
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Nicht mehr offen: ${said.listing_title}, ${said.check_in}`,
    body: ['Deine Anfrage ist ohne Buchung zu Ende gegangen.', ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Eine Anfrage wurde zurückgezogen: ${said.listing_title}`,
    body: [
      `${said.guest_name} hat die Anfrage zurückgezogen. Die Nächte sind wieder frei.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Storniert: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} ist storniert.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Vom Gast storniert: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} ist storniert.`,
      ...stay(said),
      ...(said.left ? [`Du bekommst ${said.left}.`] : []),
      ...(said.penalty ? [`Du schuldest ${said.penalty}; spätere Auszahlungen bezahlen es.`] : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Deine Karte wurde nicht belastet: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Deine Bank hat die Zahlung${
        said.unpaid ? ` von ${said.unpaid}` : ''
      } für deinen Aufenthalt bei ${said.host_name} abgelehnt.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Bitte öffne die Buchung und bezahle bis ${said.pay_by}; was dann nicht bezahlt ist, wird nach den Bedingungen der Buchung storniert.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Bist du gekommen? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} meldet, dass du nicht gekommen bist.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Wenn du da warst, sag es bitte bis ${said.object_until}. Sonst endet der Aufenthalt, als hättest du ihn jetzt storniert.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Der Gast sagt, er war da: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Du hast gemeldet, dass ${said.guest_name} nicht gekommen ist; ${said.guest_name} widerspricht.`,
      ...stay(said),
      'Wir sehen es uns an. Bis dahin wartet deine Auszahlung.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Beendet, weil du nicht gekommen bist: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} ist beendet, weil du nicht gekommen bist.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Der Gast ist nicht gekommen: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} ist beendet. Die übrigen Nächte sind wieder frei.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Du bekommst ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Dein Aufenthalt geht weiter: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Es heißt nicht mehr, dass du nicht gekommen bist. Dein Aufenthalt bleibt, wie du ihn gebucht hast.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Der Gast ist doch gekommen: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Wir haben festgestellt, dass ${said.guest_name} gekommen ist. Der Aufenthalt bleibt, wie er gebucht war.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Der Gast beschwert sich: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} sagt, dass mit dem Aufenthalt etwas nicht stimmt.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Bitte antworte. Wir entscheiden darüber; bis dahin wartet, was von deiner Auszahlung noch nicht fort ist.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Keine Beschwerde mehr: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} hat die Beschwerde zurückgenommen.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Über deine Beschwerde ist entschieden: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über deine Beschwerde entschieden.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'Es wird nichts erstattet.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject:
      `Über die Beschwerde des Gastes ist entschieden: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Wir haben über die Beschwerde von ${said.guest_name} entschieden.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `Der Gast bekommt Geld zurück. Dein Anteil am Aufenthalt ist jetzt ${said.share}.`
        : 'Es wird nichts erstattet, und deine Auszahlung geht weiter.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `Ein Schaden wird gemeldet: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} sagt, dass während deines Aufenthalts etwas beschädigt wurde.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Gefordert: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Bitte stimme bis ${said.answer_damage_until} zu oder widersprich. Sonst entscheiden wir ohne dich. Vorher wird nichts abgebucht.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Bitte bezahle den Schaden in ${said.listing_title}, ${said.check_in}`,
    body: [
      `Deine Karte konnte für einen Schaden nicht belastet werden${
        said.award ? `: ${said.award}` : ''
      }.`,
      ...stay(said),
      ...(said.pay_by ? [`Bitte öffne die Buchung und bezahle bis ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Kein Schaden mehr gemeldet: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} hat die Forderung zurückgenommen.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Der Gast widerspricht deiner Forderung: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} stimmt deiner Forderung wegen eines Schadens nicht zu. Wir sehen es uns an.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Über den Schaden ist entschieden: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über den gemeldeten Schaden entschieden.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Du schuldest ${said.award}. Die Karte, mit der du gebucht hast, wird belastet; gelingt es nicht, hörst du von uns.`
        : 'Du schuldest nichts.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Über deine Forderung ist entschieden: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Wir haben über den Schaden entschieden, den du gemeldet hast.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} schuldet dir ${said.award}. Du hörst von uns, wenn es bezahlt ist.`
        : 'Es wird nichts geschuldet.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Bezahlt: Schaden in ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Du hast ${said.award} für einen Schaden bezahlt.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Der Gast hat den Schaden bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      said.guest_name,
      ...stay(said),
      ...(said.award ? [`Alles davon ist deins: ${said.award}, sofort ausgezahlt.`] : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Der Gast hat den Schaden nicht bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Karte konnte nicht belastet werden, und niemand hat rechtzeitig anders bezahlt.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Eine Anfrage ist beendet: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Die Anfrage von ${said.guest_name} ist ohne Buchung zu Ende gegangen. Die Nächte sind wieder frei.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `Eine Antwort auf deine Beschwerde: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} hat geantwortet. Wir entscheiden darüber.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Der Gast stimmt deiner Forderung zu: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} stimmt deiner Forderung wegen eines Schadens zu. Du hörst von uns, wenn es bezahlt ist.`,
      ...stay(said),
      ...(said.award ? [`Geschuldet: ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `Wie war es? ${said.listing_title}`,
    body: [
      `Dein Aufenthalt bei ${said.host_name} ist vorbei. Du kannst 14 Tage lang eine Bewertung schreiben.`,
      ...stay(said),
      'Niemand liest sie, bevor ihr beide geschrieben habt oder die 14 Tage vorbei sind.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `Wie war es mit deinem Gast? ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} ist vorbei. Du kannst 14 Tage lang eine Bewertung schreiben.`,
      ...stay(said),
      'Niemand liest sie, bevor ihr beide geschrieben habt oder die 14 Tage vorbei sind.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Über dich wurde eine Bewertung geschrieben: ${said.listing_title}`,
    body: [
      'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
      said.host_name,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Du hast eine Bewertung: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Du kannst die Bewertung jetzt lesen und 30 Tage lang antworten.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Eine Antwort auf deine Bewertung: ${said.listing_title}`,
    body: [`${said.host_name} hat auf das geantwortet, was du geschrieben hast.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Eine Antwort auf deine Bewertung: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} hat auf das geantwortet, was du geschrieben hast.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Deine Auszahlung ist unterwegs: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Wir haben dir ${said.moved} geschickt.`] : []),
      said.guest_name,
      ...stay(said),
      'Banken brauchen einige Tage, bis man es sieht.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Bezahlt: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved
        ? [`Du hast ${said.moved} für deinen Aufenthalt bei ${said.host_name} bezahlt.`]
        : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Du bekommst Geld zurück: ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Dein Geld ist auf dem Rückweg: ${said.listing_title}`,
    body: [
      'Deine Zahlung kam, als die Nächte nicht mehr gehalten wurden, und du konntest sie nicht mehr bekommen.',
      ...stay(said),
      `Alles geht zurück${
        said.total ? `: ${said.total}` : ''
      }. Banken brauchen einige Tage, bis man es sieht.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Eine Zahlung wird bestritten: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank, von der bezahlt wurde, bezweifelt eine Zahlung für diesen Aufenthalt oder hat sie zurückgeholt.',
      ...stay(said),
      'Was von deiner Auszahlung noch nicht fort ist, wartet, bis die Bank entschieden hat. Die Buchung bleibt, wie sie ist, und du hörst von uns.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Eine Zahlung wird nicht mehr bestritten: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank bestreitet die Zahlung für diesen Aufenthalt nicht mehr. Von deinem Anteil geht nichts ab.',
      ...stay(said),
      'Was von deiner Auszahlung darauf gewartet hat, geht weiter. Was dafür zurückgeholt wurde, bekommst du wieder.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Eine bestrittene Zahlung ist verloren: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Die Bank hat gegen uns entschieden und behält das Geld, das sie für diesen Aufenthalt zurückgeholt hat.',
      ...stay(said),
      'Zuerst bezahlt es dein Anteil: Was von deiner Auszahlung noch nicht fort ist, wird weniger; was fort ist, wird zurückgeholt oder von späteren Auszahlungen einbehalten.',
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const german: Language = {
  hello: (name) => name === '' ? 'Hallo,' : `Hallo ${name},`,
  booking: (id) => `Buchung ${id}`,
  unsubscribe: (link) => `Keine solchen Briefe mehr: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Du hast eine Nachricht: ${listing_title}`,
    intro: `${sender_name} hat dir geschrieben, zu ${listing_title}:`,
  }),
  letters,
  news: news.german,
};
