import type { Draft, Language, Said } from './letters.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} bis ${check_out}, ${guests === 1 ? '1 Gast' : `${guests} Gäste`}`,
];
const nothingCharged =
  'Es wurde nichts abgebucht, und auf deiner Karte ist nichts mehr reserviert.';

const letters: Record<string, (said: Said) => Draft> = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} möchte in ${said.listing_title} wohnen`,
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
      ...(said.total ? [`Du hast ${said.total} bezahlt.`] : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} wohnt in ${said.listing_title}, ${said.check_in}`,
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
    subject: `${said.guest_name} fragt nicht mehr nach ${said.listing_title}`,
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
      ...(said.refund
        ? [`Du bekommst ${said.refund} zurück. Banken brauchen einige Tage, bis man es sieht.`]
        : ['Nach den Bedingungen der Buchung wird nichts erstattet.']),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Storniert: ${said.guest_name} in ${said.listing_title}, ${said.check_in}`,
    body: [
      `Der Aufenthalt von ${said.guest_name} ist storniert.`,
      ...stay(said),
      ...(said.left ? [`Du bekommst ${said.left}.`] : []),
      ...(said.penalty ? [`Du schuldest ${said.penalty}; spätere Auszahlungen bezahlen es.`] : []),
    ],
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
};

export const german: Language = {
  hello: (name) => `Hallo ${name},`,
  booking: (id) => `Buchung ${id}`,
  unsubscribe: (link) => `Keine solchen Briefe mehr: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `${sender_name} schreibt dir: ${listing_title}`,
    intro: `${sender_name} hat dir geschrieben, zu ${listing_title}:`,
  }),
  letters,
};
