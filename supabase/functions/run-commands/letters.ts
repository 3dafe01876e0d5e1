import { z } from 'zod';
import { Impossible } from './command.ts';
import { alterationLetters, english as alterations } from './letters-alterations.ts';
import { french } from './letters-french.ts';
import { german } from './letters-german.ts';
import { spanish } from './letters-spanish.ts';

/** What the database tells about a booking; totals in minor units, each only to whom it concerns. */
const facts = z.object({
  booking_id: z.string(),
  listing_title: z.string(),
  city: z.string(),
  check_in: z.string(),
  check_out: z.string(),
  check_in_time: z.string(),
  check_out_time: z.string(),
  guests: z.number(),
  guest_name: z.string(),
  host_name: z.string(),
  currency: z.string(),
  exponent: z.number(),
  answer_until: z.string().nullable(),
  total_minor: z.number().nullable(),
  payout_minor: z.number().nullable(),
  paid_minor: z.number().nullish(),
  later_minor: z.number().nullish(),
  unpaid_minor: z.number().nullish(),
  pay_by: z.string().nullish(),
  /** Of a stay that was cancelled. */
  refund_minor: z.number().nullish(),
  owed_minor: z.number().nullish(),
  left_minor: z.number().nullish(),
  penalty_minor: z.number().nullish(),
  /** Of a guest who is said not to have come. */
  object_until: z.string().nullish(),
  decision: z.string().nullish(),
  /** Of a complaint: the guest reads what comes back, the host what stays. */
  complaint: z.string().nullish(),
  complaint_decision: z.string().nullish(),
  given_back_minor: z.number().nullish(),
  share_minor: z.number().nullish(),
  /** Of damage that a host claims; both sides know the amounts. */
  damage: z.string().nullish(),
  claimed_minor: z.number().nullish(),
  award_minor: z.number().nullish(),
  damage_decision: z.string().nullish(),
  answer_damage_until: z.string().nullish(),
  /** Of an alteration: what was proposed last; the guest reads what it costs more. */
  new_check_in: z.string().nullish(),
  new_check_out: z.string().nullish(),
  new_guests: z.number().nullish(),
  difference_minor: z.number().nullish(),
});

/** What the database tells about a conversation, to somebody who has not read all of it. */
const messageFacts = z.object({
  conversation_id: z.string(),
  listing_title: z.string(),
  recipient_name: z.string(),
  sender_name: z.string(),
  body: z.string(),
});

/** The facts of a letter, ready to be read. */
export type Said = Omit<z.infer<typeof facts>, `${string}_minor`> & {
  total: string;
  payout: string;
  paid: string;
  later: string;
  unpaid: string;
  refund: string;
  owed: string;
  left: string;
  penalty: string;
  givenBack: string;
  share: string;
  claimed: string;
  award: string;
  difference: string;
};

export interface Draft {
  greets: 'guest' | 'host';
  subject: string;
  /** Sentences and lines; each a paragraph. */
  body: string[];
}

/** What all letters of a language have in common, and those that are written in it. */
export interface Language {
  hello(name: string): string;
  booking(id: string): string;
  unsubscribe(link: string): string;
  message(said: z.infer<typeof messageFacts>): { subject: string; intro: string };
  letters: Record<string, (said: Said) => Draft>;
}

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} to ${check_out}, ${guests === 1 ? '1 guest' : `${guests} guests`}`,
];

const refunded = ({ refund, owed }: Said) => [
  refund
    ? `You get back ${refund}. Banks take a few days to show it.`
    : 'By the policy of the booking nothing is given back.',
  ...(owed ? [`By that policy ${owed} more is charged to your card.`] : []),
];

/** Why staff decided so; many words stay many lines of one paragraph. */
const reason = ({ decision }: Said) => because(decision);
const because = (words: string | null | undefined) => words ? [`The reason: ${words}`] : [];

const templates: Record<string, (said: Said) => Draft> = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} asks to stay at ${said.listing_title}`,
    body: [
      `${said.guest_name} would like to stay with you.`,
      ...stay(said),
      ...(said.payout ? [`You would get ${said.payout}.`] : []),
      ...(said.answer_until ? [`Please answer until ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Confirmed: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} is confirmed.`,
      ...stay(said),
      `Check-in from ${said.check_in_time}, check-out until ${said.check_out_time}.`,
      ...(said.paid ? [`You paid ${said.paid}.`] : []),
      ...(said.later ? [`Your card is charged ${said.later} later, as you were shown.`] : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} stays at ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} has booked, and the stay is confirmed.`,
      ...stay(said),
      ...(said.payout ? [`You get ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Not this time: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} could not take your request.`,
      ...stay(said),
      'Nothing was charged, and nothing is held on your card any more.',
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `No longer open: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Your request has ended without a booking.',
      ...stay(said),
      'Nothing was charged, and nothing is held on your card any more.',
    ],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} no longer asks for ${said.listing_title}`,
    body: [
      `${said.guest_name} has withdrawn the request. The nights are free again.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Cancelled: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} is cancelled.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Cancelled: ${said.guest_name} at ${said.listing_title}, ${said.check_in}`,
    body: [
      `The stay of ${said.guest_name} is cancelled.`,
      ...stay(said),
      ...(said.left ? [`You get ${said.left}.`] : []),
      ...(said.penalty ? [`You owe ${said.penalty}; later payouts pay it.`] : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Your card was not charged: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your bank refused the charge${
        said.unpaid ? ` of ${said.unpaid}` : ''
      } for your stay with ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Please open the booking and pay until ${said.pay_by}; what is not paid then is cancelled by the policy of the booking.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Did you come? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} reports that you did not come.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `If you did, please say so until ${said.object_until}. Otherwise the stay ends as if you had cancelled it now.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} says they came: ${said.listing_title}, ${said.check_in}`,
    body: [
      `You reported that ${said.guest_name} did not come; ${said.guest_name} says otherwise.`,
      ...stay(said),
      'We look into it. Until then your payout waits.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Ended, as you did not come: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} has ended, because you did not come.`,
      ...stay(said),
      ...reason(said),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} did not come: ${said.listing_title}, ${said.check_in}`,
    body: [
      `The stay of ${said.guest_name} has ended. The nights that are left are free again.`,
      ...stay(said),
      ...reason(said),
      ...(said.left ? [`You get ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Your stay goes on: ${said.listing_title}, ${said.check_in}`,
    body: [
      'It is no longer said that you did not come. Your stay is as you booked it.',
      ...stay(said),
      ...reason(said),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} came after all: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We found that ${said.guest_name} did come. The stay is as it was booked.`,
      ...stay(said),
      ...reason(said),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} complains: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} says that something is wrong with the stay.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Please answer. We decide about it; until then what has not left of your payout waits.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `No longer a complaint: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} has taken the complaint back.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Your complaint is decided: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have decided about your complaint.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack
        ? `You get back ${said.givenBack}. Banks take a few days to show it.`
        : 'Nothing is given back.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject:
      `The complaint of ${said.guest_name} is decided: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We have decided about the complaint of ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `The guest gets money back. Your share of the stay is ${said.share} now.`
        : 'Nothing is given back, and your payout goes on.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `${said.host_name} claims damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} says that something was damaged during your stay.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Claimed: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Please accept it or object until ${said.answer_damage_until}. Otherwise we decide without you. Nothing is charged before.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Please pay for the damage at ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your card could not be charged${said.award ? ` ${said.award}` : ''} for damage.`,
      ...stay(said),
      ...(said.pay_by ? [`Please open the booking and pay until ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `No damage is claimed any more: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} has taken the claim back.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} objects to your claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} does not accept your claim for damage. We look into it.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `The claim for damage is decided: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have decided about the damage that was claimed.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `You owe ${said.award}. It is charged to the card you booked with; if that fails you hear from us.`
        : 'You owe nothing.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Your claim for damage is decided: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have decided about the damage that you claimed.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} owes you ${said.award}. You hear from us when it is paid.`
        : 'Nothing is owed.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Paid: damage at ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`You paid ${said.award} for damage.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} has paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...stay(said),
      ...(said.award ? [`All of it is yours: ${said.award}, paid out at once.`] : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject:
      `${said.guest_name} has not paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The card could not be charged, and nobody paid otherwise in time.',
      ...stay(said),
    ],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Your money is on its way back: ${said.listing_title}`,
    body: [
      'Your payment came after the nights were no longer held, and they could not be given to you.',
      ...stay(said),
      `All of it goes back${
        said.total ? `: ${said.total}` : ''
      }. Banks take a few days to show it.`,
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

const english: Language = {
  hello: (name) => `Hello ${name},`,
  booking: (id) => `Booking ${id}`,
  unsubscribe: (link) => `No more letters like this: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `${sender_name} wrote to you: ${listing_title}`,
    intro: `${sender_name} wrote to you, about ${listing_title}:`,
  }),
  letters: templates,
};

/** By the first part of a locale; whatever a language does not have is said in English. */
const languages: Record<string, Language> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
};

/** All letters about bookings that can be written. */
export const templateNames = Object.keys(templates);

/** The languages in which a letter is written. */
export const languagesOf = (template: string) =>
  Object.keys(languages).filter((language) =>
    Object.hasOwn(languages[language]!.letters, template)
  );

interface Written {
  subject: string;
  text: string;
  html: string;
}

/**
 * A letter as plain text and as HTML.
 * @param locale of its reader, such as `de` or `pt-BR`
 * @param link turns letters of this kind off, where they can be
 * @throws Impossible for an unknown template and for facts that are not those it needs
 */
export function letterAbout(
  template: string,
  given: Record<string, unknown>,
  locale: string,
  link?: string,
): Written {
  const reads = languageOf(locale);
  if (template === 'message_received') return letterAboutMessage(given, reads, link);
  const language = Object.hasOwn(reads.letters, template) ? reads : english;
  const write = Object.hasOwn(language.letters, template) ? language.letters[template] : undefined;
  if (write === undefined) {
    throw new Impossible(`there is no letter ${template}`);
  }
  const { success, data } = facts.safeParse(given);
  if (!success) {
    throw new Impossible(
      `the facts for ${template} are not those of a booking`,
    );
  }

  const {
    total_minor: total,
    payout_minor: payout,
    paid_minor: paid,
    later_minor: later,
    unpaid_minor: unpaid,
    refund_minor: refund,
    owed_minor: owed,
    left_minor: left,
    penalty_minor: penalty,
    given_back_minor: givenBack,
    share_minor: share,
    claimed_minor: claimed,
    award_minor: award,
    difference_minor: difference,
    ...rest
  } = data;
  const amount = (minor: number | null) =>
    minor === null ? '' : money(minor, data.currency, data.exponent, locale);
  const { greets, subject, body } = write({
    ...rest,
    guest_name: oneLine(rest.guest_name),
    host_name: oneLine(rest.host_name),
    listing_title: oneLine(rest.listing_title),
    city: oneLine(rest.city),
    answer_until: rest.answer_until && instant(rest.answer_until),
    object_until: rest.object_until && instant(rest.object_until),
    pay_by: rest.pay_by && instant(rest.pay_by),
    answer_damage_until: rest.answer_damage_until && instant(rest.answer_damage_until),
    total: amount(total),
    payout: amount(payout),
    paid: amount(paid || null),
    later: amount(later || null),
    unpaid: amount(unpaid || null),
    refund: amount(refund || null),
    owed: amount(owed || null),
    left: amount(left || null),
    penalty: amount(penalty || null),
    givenBack: amount(givenBack || null),
    share: amount(share ?? null),
    claimed: amount(claimed ?? null),
    award: amount(award ?? null),
    difference: amount(difference ?? null),
  });
  const name = oneLine(greets === 'guest' ? rest.guest_name : rest.host_name);
  return written(subject, [
    language.hello(name),
    ...body,
    language.booking(data.booking_id),
    ...(link === undefined ? [] : [language.unsubscribe(link)]),
  ]);
}

function letterAboutMessage(
  given: Record<string, unknown>,
  language: Language,
  link: string | undefined,
): Written {
  const { success, data } = messageFacts.safeParse(given);
  if (!success) throw new Impossible('the facts are not those of a conversation');
  const { subject, intro } = language.message({
    ...data,
    sender_name: oneLine(data.sender_name),
    listing_title: oneLine(data.listing_title),
  });
  return written(subject, [
    language.hello(oneLine(data.recipient_name)),
    intro,
    data.body,
    ...(link === undefined ? [] : [language.unsubscribe(link)]),
  ]);
}

function languageOf(locale: string): Language {
  const [code = ''] = locale.split('-');
  return (Object.hasOwn(languages, code) ? languages[code] : undefined) ?? english;
}

const written = (subject: string, paragraphs: string[]): Written => ({
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
  html: `<!doctype html>\n<html><body>\n${
    paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')
  }\n</body></html>\n`,
});

/** An amount in its currency, exact however large: digits are moved, never divided. */
export function money(
  minor: number,
  currency: string,
  exponent: number,
  locale: string,
): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  const decimal = `${minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${fraction}` : ''}`;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: exponent,
  }).format(decimal as `${number}`);
}

/** `2026-12-01 17:22 UTC` */
const instant = (iso: string) =>
  `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A name as one line: a subject with a line break in it would begin another header. */
const oneLine = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, 200);

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
