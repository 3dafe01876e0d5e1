import type { z } from 'zod';
import { alterationLetters, english as alterations } from './alterations.ts';
import type { Draft, messageFacts, Said } from './facts.ts';
import { news, type NewsLetters } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} to ${check_out}, ${guests === 1 ? '1 guest' : `${guests} guests`}`,
];

const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? `You get back ${refund}. Banks take a few days to show it.`
    : backBefore
    ? 'Nothing more is given back.'
    : 'Under the cancellation policy, no refund is due.',
  ...(backBefore ? [`${backBefore} had been given back to you before.`] : []),
  ...(owed ? [`By that policy ${owed} more is charged to your card.`] : []),
];

/** Why staff decided so; many words stay many lines of one paragraph. */
const because = (words: string | null | undefined) => words ? [`The reason: ${words}`] : [];

const letters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `A request to stay at ${said.listing_title}`,
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
    subject: `Booked: ${said.listing_title}, ${said.check_in}`,
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
    subject: `A request was withdrawn: ${said.listing_title}`,
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
    subject: `Cancelled by the guest: ${said.listing_title}, ${said.check_in}`,
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
    subject: `The guest says they came: ${said.listing_title}, ${said.check_in}`,
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
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `The guest did not come: ${said.listing_title}, ${said.check_in}`,
    body: [
      `The stay of ${said.guest_name} has ended. The nights that are left are free again.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`You get ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Your stay goes on: ${said.listing_title}, ${said.check_in}`,
    body: [
      'It is no longer said that you did not come. Your stay is as you booked it.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `The guest came after all: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We found that ${said.guest_name} did come. The stay is as it was booked.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `The guest complains: ${said.listing_title}, ${said.check_in}`,
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
    subject: `The guest's complaint is decided: ${said.listing_title}, ${said.check_in}`,
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
    subject: `The host claims damage: ${said.listing_title}, ${said.check_in}`,
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
    subject: `The guest objects to your claim: ${said.listing_title}, ${said.check_in}`,
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
    subject: `The guest has paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      said.guest_name,
      ...stay(said),
      ...(said.award ? [`All of it is yours: ${said.award}, paid out at once.`] : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `The guest has not paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The card could not be charged, and nobody paid otherwise in time.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `A request has ended: ${said.listing_title}, ${said.check_in}`,
    body: [
      `The request of ${said.guest_name} has ended without a booking. The nights are free again.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `The host answers your complaint: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} has answered. We decide about it.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `The guest accepts your claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} accepts your claim for damage. You hear from us when it is paid.`,
      ...stay(said),
      ...(said.award ? [`Owed: ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `How was it? ${said.listing_title}`,
    body: [
      `Your stay with ${said.host_name} is over. You have 14 days to write a review.`,
      ...stay(said),
      'Nobody reads it before both of you have written, or the 14 days are over.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `How was your guest? ${said.listing_title}, ${said.check_in}`,
    body: [
      `The stay of ${said.guest_name} is over. You have 14 days to write a review.`,
      ...stay(said),
      'Nobody reads it before both of you have written, or the 14 days are over.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Your host has written about you: ${said.listing_title}`,
    body: ['You can read the review now, and reply within 30 days.', said.host_name, ...stay(said)],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `You have a review: ${said.listing_title}, ${said.check_in}`,
    body: [
      'You can read the review now, and reply within 30 days.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `A reply to your review: ${said.listing_title}`,
    body: [`${said.host_name} has replied to what you wrote.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `A reply to your review: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} has replied to what you wrote.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Your payout is on its way: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`We have sent you ${said.moved}.`] : []),
      said.guest_name,
      ...stay(said),
      'Banks take a few days to show it.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Paid: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`You paid ${said.moved} for your stay with ${said.host_name}.`] : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `You get money back: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`You get back ${said.moved}. Banks take a few days to show it.`] : []),
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
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `A payment is disputed: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The bank of whoever paid questions a payment for this stay, or has taken it back.',
      ...stay(said),
      'What has not left of your payout waits until the bank has decided. The booking stays as it is, and you hear from us.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `No longer disputed: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The bank no longer disputes the payment for this stay. Nothing is taken from your share.',
      ...stay(said),
      'Whatever of your payout waited for it goes on. What had been taken back for it is paid to you again.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `A dispute is lost: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The bank has decided against us and keeps the money it took back for this stay.',
      ...stay(said),
      'Your share pays for it first: what has not left of your payout becomes less, and what has left is taken back or kept from later payouts.',
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
} satisfies Record<string, (said: Said) => Draft>;

/** All letters about bookings; every language has each of them. */
export type BookingLetters = Record<keyof typeof letters, (said: Said) => Draft>;

/** What all letters of a language have in common, and all of them. */
export interface Language {
  hello(name: string): string;
  booking(id: string): string;
  unsubscribe(link: string): string;
  message(said: z.infer<typeof messageFacts>): { subject: string; intro: string };
  letters: BookingLetters;
  news: NewsLetters;
}

export const english: Language = {
  hello: (name) => name === '' ? 'Hello,' : `Hello ${name},`,
  booking: (id) => `Booking ${id}`,
  unsubscribe: (link) => `No more letters like this: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `You have a message: ${listing_title}`,
    intro: `${sender_name} wrote to you, about ${listing_title}:`,
  }),
  letters,
  news: news.english,
};
