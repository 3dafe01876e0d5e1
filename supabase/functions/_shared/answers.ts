import { z } from 'zod';
import { calendarFeed, exportedCalendar, zoneRules } from './calendars.ts';
import { uuid } from './ids.ts';
import { type Database, words } from './verbs.ts';

// What the verbs answer, checked when it comes: the database may be of a version that is ahead or behind.
// That both lists say what the migrations say is checked by the compiler; `npm run types` writes verbs.ts
// for the verbs that are named here.

type Functions = Database['public']['Functions'];

const minorUnits = z.number().int().safe();
const captureMode = z.enum(words.capture_mode);

/** What the database says about a payment that may begin. */
const paymentStart = z.object({
  payment_id: uuid,
  booking_id: uuid,
  /** What is to be made: an intent to pay now, or a setup that only saves the card. */
  mode: z.enum(['payment', 'setup']),
  amount_minor: minorUnits,
  currency: z.string(),
  capture_mode: captureMode,
  saves_card: z.boolean(),
  charge_at: z.string().nullable(),
  guest_id: uuid,
  stripe_customer_id: z.string().nullable(),
  /** Of the mode's kind. */
  stripe_intent_id: z.string().nullable(),
  idempotency_key: z.string(),
  expires_at: z.string().nullable(),
});

/** A command from the outbox, claimed for two minutes. What its kind does not need is null. */
const command = z.object({
  command_id: uuid,
  kind: z.enum(words.command_kind),
  idempotency_key: z.string(),
  attempts: z.number().int(),
  created_at: z.string(),
  /** Null for what is about no booking: letters about messages, events for other programs, files. */
  booking_id: uuid.nullable(),
  payment_id: uuid.nullable(),
  refund_id: uuid.nullable(),
  payout_id: uuid.nullable(),
  reversal_id: uuid.nullable(),
  amount_minor: minorUnits.nullable(),
  currency: z.string().nullable(),
  capture_mode: captureMode.nullable(),
  saves_card: z.boolean().nullable(),
  charge_at: z.string().nullable(),
  guest_id: uuid.nullable(),
  stripe_customer_id: z.string().nullable(),
  stripe_intent_id: z.string().nullable(),
  stripe_setup_intent_id: z.string().nullable(),
  stripe_payment_method_id: z.string().nullable(),
  stripe_charge_id: z.string().nullable(),
  stripe_account_id: z.string().nullable(),
  stripe_transfer_id: z.string().nullable(),
  template: z.string().nullable(),
  recipient: z.string().nullable(),
  locale: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()).nullable(),
  /** Why the database could not say what the command needs. */
  problem: z.string().nullable().default(null),
});

/** A file of a public bucket that is to be checked. */
const fileToCheck = z.object({
  file_id: uuid,
  attempt: z.number().int(),
  bucket_id: z.string(),
  name: z.string(),
  /** What it says it is. */
  type: z.string(),
  cache_seconds: z.number().int(),
  /** Where everyone sees a copy, under the same name. */
  public_bucket: z.string(),
  /** Whether it is still where somebody brought it. */
  brought: z.boolean(),
  /** Whether there is a copy in the public bucket. */
  shown: z.boolean(),
  /** Whether there should be one. */
  to_show: z.boolean(),
});

/** What is to be read again at Stripe, claimed for two minutes. What its kind does not need is null. */
const stripeCheck = z.object({
  kind: z.enum(words.stripe_check_kind),
  subject: z.string(),
  read_from: z.string().nullable(),
  read_until: z.string().nullable(),
  floors: z.record(z.string(), minorUnits).nullable(),
});

/** What the database says about a host's account that may be opened. */
const hostAccountStart = z.object({
  host_id: uuid,
  status: z.enum(words.host_account_status),
  country_code: z.string(),
  contact_email: z.string().nullable(),
  display_name: z.string(),
  stripe_account_id: z.string().nullable(),
  idempotency_key: z.string(),
});

/** An event that was stored and not applied when it came. */
const storedEvent = z.object({ event_id: z.string(), type: z.string(), object_id: z.string() });

/** A figure of the metrics. */
const metricSample = z.object({
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

/** A part of the marketplace, and how it is. */
const healthPart = z.object({ part: z.string(), healthy: z.boolean(), detail: z.string() });

/** What came of it, in a word of the database's. */
const outcome = z.string();
const yesOrNo = z.boolean();
const nothing = z.unknown().transform(() => undefined);

/** What each verb answers; its comment in the database says what it does. */
export const answers = {
  // Payments
  start_payment: paymentStart,
  record_intent: nothing,
  /** False when the payment has another intent already, or is paid or given up. */
  retire_intent: yesOrNo,
  /** The customer that counts for this guest; one that was deleted is replaced. */
  record_customer: z.string(),
  /** Of who is gone here and was deleted at Stripe. */
  forget_customer: nothing,
  record_setup: nothing,
  apply_setup: outcome,
  apply_payment_intent: outcome,
  refuse_charge: nothing,
  record_stripe_fee: outcome,
  apply_refund: outcome,
  /** One that was made outside of Staybase. */
  import_refund: outcome,
  /** Stripe refused it and has `left_minor` left to give. */
  refuse_refund: outcome,
  apply_dispute: outcome,
  apply_fraud_warning: outcome,

  // Events of Stripe
  /** True when the event was applied before. */
  store_stripe_event: yesOrNo,
  close_stripe_event: nothing,

  // Hosts and what they are paid
  start_host_account: hostAccountStart,
  record_host_account: nothing,
  /** The host's status, or `second_account`. */
  apply_host_account: outcome,
  apply_transfer: outcome,
  refuse_transfer: nothing,
  apply_reversal: nothing,
  /** One that was made outside of Staybase. */
  import_reversal: outcome,

  // Commands
  finish_command: nothing,
  fail_command: nothing,
  /** True when the endpoint took the event. */
  record_delivery: yesOrNo,
  /** The kind of e-mail that the reader of a letter gets no more. */
  unsubscribe: z.string(),

  // Checks at Stripe of what no event told
  finish_stripe_check: nothing,
  fail_stripe_check: nothing,
  record_movements: z.number(),
  record_balances: nothing,
  record_floor: nothing,

  // Calendars; `too_late` when another poll was faster
  apply_calendar_feed: outcome,
  keep_calendar_feed: outcome,
  fail_calendar_feed: outcome,
  export_calendar: exportedCalendar,
  zone_rules: z.array(zoneRules),
  /** None when the engine compared them within a day. */
  zones_to_compare: z.array(z.string()),
  record_zone_data: yesOrNo,

  // Files; false when the content changed meanwhile
  finish_file: yesOrNo,
  refuse_file: yesOrNo,

  // The watch
  metrics: z.array(metricSample),
  health_report: z.array(healthPart),
  clock_now: z.string(),
} satisfies { [Verb in keyof Functions]?: z.ZodType<Functions[Verb]['Returns']> };

/** A row of each verb that hands out work. */
export const claims = {
  claim_commands: command,
  claim_stripe_events: storedEvent,
  claim_stripe_checks: stripeCheck,
  claim_calendar_feeds: calendarFeed,
  claim_files: fileToCheck,
} satisfies {
  [Verb in keyof Functions]?: Functions[Verb] extends { Returns: (infer Row)[] } ? z.ZodType<Row>
    : never;
};

export type MetricSample = z.infer<typeof metricSample>;
export type HealthPart = z.infer<typeof healthPart>;
export type StoredEvent = z.infer<typeof storedEvent>;
export type HostAccountStart = z.infer<typeof hostAccountStart>;
export type PaymentStart = z.infer<typeof paymentStart>;
export type Command = z.infer<typeof command>;
export type CommandKind = Command['kind'];
export type StripeCheck = z.infer<typeof stripeCheck>;
export type FileToCheck = z.infer<typeof fileToCheck>;
