import type { z } from 'zod';
import { alterationLetters, english as alterations } from './alterations.ts';
import type { Draft, messageFacts, Said } from './facts.ts';
import { news, type NewsLetters } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `${check_in} to ${check_out} · ${guests === 1 ? '1 guest' : `${guests} guests`}`,
];

const returned = (amount: string) =>
  `Your refund is ${amount}. It may take your bank a few days to show it.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? 'Nothing more will be refunded.'
    : 'Under the cancellation policy, no refund is due.',
  ...(backBefore ? [`${backBefore} was already refunded to you.`] : []),
  ...(owed
    ? [`Under the cancellation policy, a further ${owed} will be charged to your card.`]
    : []),
];
const nothingCharged = 'You have not been charged, and nothing is held on your card any more.';

/** Why staff decided so; many words stay many lines of one paragraph. */
const because = (words: string | null | undefined) => words ? [`Reason: ${words}`] : [];

const letters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Booking request: ${said.listing_title}`,
    body: [
      `${said.guest_name} would like to stay with you.`,
      ...stay(said),
      ...(said.payout ? [`You would earn ${said.payout}.`] : []),
      ...(said.answer_until ? [`Please answer by ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Confirmed: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} is confirmed.`,
      ...stay(said),
      `Check-in is from ${said.check_in_time}, check-out by ${said.check_out_time}.`,
      ...(said.paid ? [`You have paid ${said.paid}.`] : []),
      ...(said.later
        ? [`${said.later} will be charged to your card later, as agreed at checkout.`]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `New booking: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} has booked, and the stay is confirmed.`,
      ...stay(said),
      ...(said.payout ? [`You will earn ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Request declined: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} could not accept your request.`,
      ...stay(said),
      nothingCharged,
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Request closed: ${said.listing_title}, ${said.check_in}`,
    body: ['Your request ended without a booking.', ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Request withdrawn: ${said.listing_title}`,
    body: [
      `${said.guest_name} has withdrawn the request. The nights are available again.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Cancelled: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} has been cancelled.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Booking cancelled: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name}'s stay has been cancelled.`,
      ...stay(said),
      ...(said.left ? [`You will receive ${said.left}.`] : []),
      ...(said.penalty
        ? [`You owe ${said.penalty}, which will be deducted from future payouts.`]
        : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Payment failed: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your bank declined the payment${
        said.unpaid ? ` of ${said.unpaid}` : ''
      } for your stay with ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Please open the booking and pay by ${said.pay_by}. Anything still unpaid then will be cancelled under the cancellation policy.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Did you arrive? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} has reported that you did not arrive.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `If you did, please tell us by ${said.object_until}. Otherwise the stay will end as if you had cancelled it now.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Your guest says they arrived: ${said.listing_title}, ${said.check_in}`,
    body: [
      `You reported that ${said.guest_name} did not arrive, but ${said.guest_name} says otherwise.`,
      ...stay(said),
      'We are looking into it. Your payout is on hold until we have decided.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Stay ended because you did not arrive: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Your stay with ${said.host_name} has ended because you did not arrive.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Your guest did not arrive: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name}'s stay has ended. The remaining nights are available again.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`You will receive ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Your stay continues: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The report that you did not arrive no longer stands. Your booking is unchanged.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Your guest did arrive: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We found that ${said.guest_name} did arrive. The booking is unchanged.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Your guest has a complaint: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} has reported a problem with the stay.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Please reply. We will decide on the complaint. Until then, any part of your payout that has not been sent is on hold.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Complaint withdrawn: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} has withdrawn the complaint.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Decision on your complaint: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have reached a decision on your complaint.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'You will not receive a refund.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject: `Decision on your guest's complaint: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We have reached a decision on ${said.guest_name}'s complaint.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `The guest will receive a refund. Your share of the stay is now ${said.share}.`
        : 'There is no refund, and your payout will go ahead.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `Your host claims damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} says that something was damaged during your stay.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Amount claimed: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Please accept or dispute the claim by ${said.answer_damage_until}. Otherwise we will decide without your answer. Nothing is charged until you accept or we decide.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Please pay for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      `We could not charge ${said.award ? `${said.award} to ` : ''}your card for the damage.`,
      ...stay(said),
      ...(said.pay_by ? [`Please open the booking and pay by ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Damage claim withdrawn: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} has withdrawn the claim.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Your guest disputes your claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} does not accept your damage claim. We are looking into it.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Decision on the damage claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have reached a decision on the damage claim.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `You owe ${said.award}. We will charge it to the card you booked with. If that fails, we will let you know.`
        : 'You do not owe anything.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Decision on your damage claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      'We have reached a decision on your damage claim.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} owes you ${said.award}. We will let you know when it is paid.`
        : 'The guest does not owe you anything.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Damage paid: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`You have paid ${said.award} for the damage.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Your guest has paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Guest: ${said.guest_name}`,
      ...stay(said),
      ...(said.award
        ? [`You receive the full ${said.award}, and we are paying it out right away.`]
        : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Your guest has not paid for the damage: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The card could not be charged, and the damage was not paid for in any other way in time.',
      `Guest: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Request closed: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name}'s request ended without a booking. The nights are available again.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `Your host has replied to your complaint: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} has replied. We will decide on the complaint.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Your guest accepted your claim: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} has accepted your damage claim. We will let you know when it is paid.`,
      ...stay(said),
      ...(said.award ? [`Amount owed: ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `How was your stay? ${said.listing_title}`,
    body: [
      `Your stay with ${said.host_name} is over. You have 14 days to write a review.`,
      ...stay(said),
      'Nobody can read it until you have both written a review or the 14 days are over.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `How was your guest? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name}'s stay is over. You have 14 days to write a review.`,
      ...stay(said),
      'Nobody can read it until you have both written a review or the 14 days are over.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Your host has reviewed you: ${said.listing_title}`,
    body: [
      'You can read the review now and reply within 30 days.',
      `Host: ${said.host_name}`,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `You have a new review: ${said.listing_title}, ${said.check_in}`,
    body: [
      'You can read the review now and reply within 30 days.',
      `Guest: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Reply to your review: ${said.listing_title}`,
    body: [`${said.host_name} has replied to your review.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Reply to your review: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} has replied to your review.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Your payout is on its way: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`We have sent you ${said.moved}.`] : []),
      `Guest: ${said.guest_name}`,
      ...stay(said),
      'It may take your bank a few days to show it.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Payment received: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`You have paid ${said.moved} for your stay with ${said.host_name}.`] : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Your refund: ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `We are refunding your payment: ${said.listing_title}`,
    body: [
      'Your payment arrived when the nights were no longer held for you, and we could not book them for you any more.',
      ...stay(said),
      `We are refunding the full amount${
        said.total ? ` of ${said.total}` : ''
      }. It may take your bank a few days to show it.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Payment disputed: ${said.listing_title}, ${said.check_in}`,
    body: [
      "The payer's bank has questioned a payment for this stay or has taken it back.",
      ...stay(said),
      'Any part of your payout that has not been sent is on hold until the bank has decided. The booking does not change, and we will let you know.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Payment no longer disputed: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The bank no longer disputes the payment for this stay. Nothing will be deducted from your share.',
      ...stay(said),
      'Any payout that was on hold because of the dispute will go ahead. Anything that was taken back for it will be paid to you again.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Dispute lost: ${said.listing_title}, ${said.check_in}`,
    body: [
      'The bank has decided against us and is keeping the money it took back for this stay.',
      ...stay(said),
      'Your share covers this first: what has not been paid out is reduced, and what has been paid out is taken back or deducted from future payouts.',
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
  unsubscribe: (link) => `Unsubscribe from e-mails like this: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `New message: ${listing_title}`,
    intro: `${sender_name} sent you a message about ${listing_title}:`,
  }),
  letters,
  news: news.english,
};
