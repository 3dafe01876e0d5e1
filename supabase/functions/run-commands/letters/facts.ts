import { z } from 'zod';

/** What the database tells about a booking; totals in minor units, each only to whom it concerns. */
export const bookingFacts = z.object({
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
  back_before_minor: z.number().nullish(),
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
  /** Of money that has moved just now. */
  moved_minor: z.number().nullish(),
});

/** What the database tells about a conversation, to somebody who has not read all of it. */
export const messageFacts = z.object({
  conversation_id: z.string(),
  listing_title: z.string(),
  recipient_name: z.string(),
  sender_name: z.string(),
  body: z.string(),
});

/** The facts of a letter, ready to be read. */
export type Said = Omit<z.infer<typeof bookingFacts>, `${string}_minor`> & {
  total: string;
  payout: string;
  paid: string;
  later: string;
  unpaid: string;
  refund: string;
  backBefore: string;
  owed: string;
  left: string;
  penalty: string;
  givenBack: string;
  share: string;
  claimed: string;
  award: string;
  difference: string;
  moved: string;
};

export interface Draft {
  greets: 'guest' | 'host';
  subject: string;
  /** Sentences and lines; each a paragraph. */
  body: string[];
}

/** What the database tells for a letter about no booking; each names what it needs. */
export const newsFacts = z.object({
  recipient_name: z.string(),
  listing_title: z.string().nullish(),
  city: z.string().nullish(),
  /** Who did it. */
  other_name: z.string().nullish(),
  check_in: z.string().nullish(),
  check_out: z.string().nullish(),
  guests: z.number().nullish(),
  currency: z.string().nullish(),
  exponent: z.number().nullish(),
  total_minor: z.number().nullish(),
  until: z.string().nullish(),
  /** Somebody's own: of a host with an offer, of staff, or the name of a calendar. */
  words: z.string().nullish(),
  /** Of an invitation by e-mail: what proves the address. */
  invitation_id: z.string().nullish(),
  code: z.string().nullish(),
  /** Of a decision of staff. */
  measure: z.string().nullish(),
  /** Of a report: whether something was done. */
  acted: z.boolean().nullish(),
});

/** The facts of a letter, ready to be read; empty where there are none. */
export interface News {
  home: string;
  place: string;
  other: string;
  from: string;
  to: string;
  guests: number;
  total: string;
  until: string;
  words: string;
  code: string;
  measure: string;
  acted: boolean;
}
