import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import {
  type CalendarFacts,
  type CalendarFeed,
  calendarFeed,
  type ExportedCalendar,
  exportedCalendar,
  type FeedProblem,
  zoneRules,
} from './calendars.ts';
import { uuid } from './ids.ts';
import { publishableKey, secretKeys, setting } from './environment.ts';
import { Problem, Refusal } from './problem.ts';
import { readRows, type Rows } from './rows.ts';
import { stateless } from './stateless.ts';

const captureMode = z.enum(['automatic', 'manual']);
const minorUnits = z.number().int().safe();

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
export const command = z.object({
  command_id: uuid,
  kind: z.enum([
    'create_intent',
    'create_setup',
    'capture',
    'charge',
    'cancel_intent',
    'cancel_setup',
    'refund',
    'transfer',
    'reverse_transfer',
    'reconcile',
    'delete_customer',
    'remove_evidence',
    'remove_photos',
    'remove_pictures',
    'remove_unused',
    'send_mail',
    'deliver_webhook',
  ]),
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
  problem: z.string().nullish(),
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

/** What is to be looked at again at Stripe, claimed for two minutes. What its kind does not need is null. */
const look = z.object({
  kind: z.enum(['host', 'balance', 'floor']),
  subject: z.string(),
  read_from: z.string().nullable(),
  read_until: z.string().nullable(),
  floors: z.record(z.string(), minorUnits).nullable(),
});

/** What the database says about a host's account that may be opened. */
export const hostAccountStart = z.object({
  host_id: uuid,
  status: z.enum(['new', 'pending', 'active', 'restricted', 'closed']),
  country_code: z.string(),
  contact_email: z.string().nullable(),
  display_name: z.string(),
  stripe_account_id: z.string().nullable(),
  idempotency_key: z.string(),
});

/** An event that was stored and not applied when it came. */
export const storedEvent = z.object({
  event_id: z.string(),
  type: z.string(),
  object_id: z.string(),
});

/** A figure of the metrics. */
const metricSample = z.object({
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

/** A part of the marketplace, and how it is. */
const healthPart = z.object({ part: z.string(), healthy: z.boolean(), detail: z.string() });

export type MetricSample = z.infer<typeof metricSample>;
export type HealthPart = z.infer<typeof healthPart>;
export type StoredEvent = z.infer<typeof storedEvent>;
export type HostAccountStart = z.infer<typeof hostAccountStart>;
export type PaymentStart = z.infer<typeof paymentStart>;
export type Command = z.infer<typeof command>;
export type CommandKind = Command['kind'];
export type Look = z.infer<typeof look>;
export type FileToCheck = z.infer<typeof fileToCheck>;

/** An intent as Stripe told it a moment ago; amounts in minor units, `capture_before` ISO 8601. */
export interface IntentFacts {
  payment_id: string | null;
  stripe_intent_id: string;
  intent_status: string;
  amount_minor: number;
  received_minor: number;
  currency: string;
  stripe_charge_id: string | null;
  capture_before: string | null;
  last_error: string | null;
  /** The card that may be charged later, when the guest agreed to that. */
  stripe_payment_method_id: string | null;
  stripe_customer_id: string | null;
}

/** A setup as Stripe told it a moment ago. */
export interface SetupFacts {
  payment_id: string;
  stripe_setup_intent_id: string;
  setup_status: string;
  stripe_payment_method_id: string | null;
  last_error: string | null;
}

export interface RefundFacts {
  refund_id: string;
  stripe_refund_id: string;
  refund_status: string;
}

/** A host's account as Stripe told it; `asked_at` is the marketplace's time just before it was asked. */
export interface HostAccountFacts {
  host_id: string;
  stripe_account_id: string;
  transfers_status: string | null;
  closed: boolean;
  requirements: string[];
  asked_at: string;
}

/** A transfer as Stripe told it, minor units. */
export interface TransferFacts {
  payout_id: string;
  stripe_transfer_id: string;
  amount_minor: number;
  currency: string;
}

/**
 * A dispute as Stripe told it: what it took, gave back and cost so far, minor units; `asked_at` is the
 * marketplace's time just before it was asked.
 */
export interface DisputeFacts {
  stripe_dispute_id: string;
  stripe_intent_id: string;
  dispute_status: string;
  amount_minor: number;
  currency: string;
  withdrawn_minor: number;
  reinstated_minor: number;
  fee_minor: number;
  asked_at: string;
}

/** A refund that was made outside of Staybase, minor units. */
export interface OutsideRefundFacts {
  stripe_refund_id: string;
  stripe_intent_id: string;
  amount_minor: number;
  refund_status: string;
}

/** What Stripe kept of a charge, minor units of `currency`, in which it settled. */
export interface FeeFacts {
  stripe_intent_id: string;
  fee_minor: number;
  currency: string;
}

/** A movement on the platform's balance, after its fee, minor units; `moved_at` ISO 8601. */
export interface MovementFacts {
  movement_id: string;
  object_id: string;
  /** The charge or transfer that the object belongs to. */
  about_id: string | null;
  type: string;
  currency: string;
  net_minor: number;
  moved_at: string;
}

/** What Stripe holds in a currency, available and pending, minor units. */
export interface BalanceFacts {
  currency: string;
  balance_minor: number;
}

/**
 * The verbs that the functions call; one method each, named and documented as in the database.
 * Each throws a `Refusal` with the database's code, `try_again` when it does not answer, or
 * `internal_error`. `eventId` is null when no event led here.
 */
export interface Database {
  /** As the person whose token it is. */
  startPayment(token: string, bookingId: string): Promise<PaymentStart>;
  recordIntent(paymentId: string, intentId: string): Promise<void>;
  /** False when the payment has another intent already, or is paid or given up. */
  retireIntent(paymentId: string, intentId: string): Promise<boolean>;
  /** Resolves to the customer that counts for this guest; one that was deleted is replaced. */
  recordCustomer(guestId: string, customerId: string, replaces: string | null): Promise<string>;
  /** Of who is gone here and was deleted at Stripe. */
  forgetCustomer(guestId: string): Promise<void>;
  recordSetup(paymentId: string, setupId: string): Promise<void>;
  applySetup(eventId: string | null, setup: SetupFacts): Promise<string>;
  refuseCharge(paymentId: string, reason: string): Promise<void>;
  /** True when the event was applied before. */
  storeStripeEvent(event: { id: string; type: string; objectId: string }): Promise<boolean>;
  closeStripeEvent(eventId: string, outcome: string): Promise<void>;
  claimStripeEvents(most: number): Promise<Rows<StoredEvent>>;
  applyPaymentIntent(eventId: string | null, intent: IntentFacts): Promise<string>;
  applyRefund(eventId: string | null, refund: RefundFacts): Promise<string>;
  importRefund(eventId: string | null, refund: OutsideRefundFacts): Promise<string>;
  recordStripeFee(eventId: string | null, fee: FeeFacts): Promise<string>;
  applyDispute(eventId: string | null, dispute: DisputeFacts): Promise<string>;
  applyFraudWarning(eventId: string | null, warningId: string, intentId: string): Promise<string>;
  applyTransfer(eventId: string | null, transfer: TransferFacts): Promise<string>;
  refuseTransfer(
    payoutId: string,
    reason: 'balance_insufficient' | 'host_not_ready',
  ): Promise<void>;
  /** `stripeReversalId` is null when the host's balance covers nothing of it. */
  applyReversal(
    reversalId: string,
    stripeReversalId: string | null,
    amountMinor: number,
  ): Promise<void>;
  /** A reversal that was made outside of Staybase. Resolves to what became of it. */
  importReversal(payoutId: string, stripeReversalId: string, amountMinor: number): Promise<string>;
  /** Stripe refused a refund and has `leftMinor` left to give. Resolves to what became of it. */
  refuseRefund(refundId: string, leftMinor: number, disputeOpen: boolean): Promise<string>;
  /** As the person whose token it is. */
  startHostAccount(token: string, countryCode: string): Promise<HostAccountStart>;
  recordHostAccount(hostId: string, accountId: string): Promise<void>;
  /** Resolves to the host's status, or to `second_account`. */
  applyHostAccount(eventId: string | null, account: HostAccountFacts): Promise<string>;
  /** True when the endpoint took the event. `statusCode` is null when there was no answer. */
  recordDelivery(
    deliveryId: string,
    attempt: { statusCode: number | null; problem: string | null; tookMs: number },
  ): Promise<boolean>;
  /** Turns e-mail of one kind off for the reader of a letter; resolves to the kind. */
  unsubscribe(token: string): Promise<string>;
  claimCommands(most: number): Promise<Rows<Command>>;
  finishCommand(commandId: string): Promise<void>;
  failCommand(commandId: string, problem: string, retry: boolean): Promise<void>;
  claimCalendarFeeds(most: number): Promise<Rows<CalendarFeed>>;
  /** These three resolve to what came of it, `too_late` when another poll was faster. */
  applyCalendarFeed(feedId: string, attempt: number, calendar: CalendarFacts): Promise<string>;
  keepCalendarFeed(feedId: string, attempt: number): Promise<string>;
  failCalendarFeed(
    feedId: string,
    attempt: number,
    problem: FeedProblem,
    status: number | null,
  ): Promise<string>;
  exportCalendar(token: string, feedId: string | null): Promise<ExportedCalendar>;
  /** The zones whose clocks an engine compares now; none when it did within a day. */
  zonesToCompare(engine: 'deno'): Promise<string[]>;
  recordZoneData(engine: 'deno', version: string, differing: string[]): Promise<void>;
  /** What the clocks of time zones show between two days; names that are not known are left out. */
  zoneRules(
    names: string[],
    first: string,
    last: string,
  ): Promise<Map<string, { since: number[]; offsets: number[] }>>;
  claimFiles(most: number): Promise<Rows<FileToCheck>>;
  /** Both resolve to false when the content changed meanwhile. */
  finishFile(fileId: string, attempt: number): Promise<boolean>;
  refuseFile(fileId: string, attempt: number, problem: string): Promise<boolean>;
  claimLooks(most: number): Promise<Rows<Look>>;
  finishLook(look: Look): Promise<void>;
  failLook(look: { kind: string; subject: string }, problem: string): Promise<void>;
  recordMovements(movements: MovementFacts[], readUntil: string): Promise<void>;
  recordBalances(balances: BalanceFacts[]): Promise<void>;
  recordFloor(currency: string, floorMinor: number): Promise<void>;
  metrics(): Promise<MetricSample[]>;
  healthReport(): Promise<HealthPart[]>;
  /** The marketplace's time, which a local stack may move. */
  now(): Promise<Date>;
}

const patience = 10_000;

/** The database through PostgREST, with no session kept. */
export function openDatabase(): Database {
  const url = setting('SUPABASE_URL');
  const asCaller = createClient(url, publishableKey(), stateless);
  const asServer = createClient(url, secretKeys()[0], stateless);

  async function ask(verb: string, values: Record<string, unknown>, token?: string) {
    const call = (token === undefined ? asServer : asCaller)
      .rpc(verb, values)
      .abortSignal(AbortSignal.timeout(patience));
    if (token !== undefined) call.setHeader('Authorization', `Bearer ${token}`);
    const { data, error, status } = await call;
    if (error) throw problemOf({ ...error, status });
    return data as unknown;
  }

  return {
    startPayment: async (token, bookingId) =>
      paymentStart.parse(await ask('start_payment', { booking_id: bookingId }, token)),
    recordIntent: async (paymentId, intentId) => {
      await ask('record_intent', { payment_id: paymentId, stripe_intent_id: intentId });
    },
    retireIntent: async (paymentId, intentId) =>
      z.boolean().parse(
        await ask('retire_intent', { payment_id: paymentId, stripe_intent_id: intentId }),
      ),
    recordCustomer: async (guestId, customerId, replaces) =>
      z.string().parse(
        await ask('record_customer', {
          guest_id: guestId,
          stripe_customer_id: customerId,
          replaces,
        }),
      ),
    forgetCustomer: async (guestId) => {
      await ask('forget_customer', { guest_id: guestId });
    },
    recordSetup: async (paymentId, setupId) => {
      await ask('record_setup', { payment_id: paymentId, stripe_setup_intent_id: setupId });
    },
    applySetup: async (eventId, setup) =>
      z.string().parse(await ask('apply_setup', { event_id: eventId, ...setup })),
    refuseCharge: async (paymentId, reason) => {
      await ask('refuse_charge', { payment_id: paymentId, reason });
    },
    storeStripeEvent: async ({ id, type, objectId }) =>
      z.boolean().parse(
        await ask('store_stripe_event', { event_id: id, type, object_id: objectId }),
      ),
    closeStripeEvent: async (eventId, outcome) => {
      await ask('close_stripe_event', { event_id: eventId, outcome });
    },
    claimStripeEvents: async (most) =>
      readRows(storedEvent, await ask('claim_stripe_events', { most })),
    applyPaymentIntent: async (eventId, intent) =>
      z.string().parse(await ask('apply_payment_intent', { event_id: eventId, ...intent })),
    applyRefund: async (eventId, refund) =>
      z.string().parse(await ask('apply_refund', { event_id: eventId, ...refund })),
    importRefund: async (eventId, refund) =>
      z.string().parse(await ask('import_refund', { event_id: eventId, ...refund })),
    recordStripeFee: async (eventId, fee) =>
      z.string().parse(await ask('record_stripe_fee', { event_id: eventId, ...fee })),
    applyDispute: async (eventId, dispute) =>
      z.string().parse(await ask('apply_dispute', { event_id: eventId, ...dispute })),
    applyFraudWarning: async (eventId, warningId, intentId) =>
      z.string().parse(
        await ask('apply_fraud_warning', {
          event_id: eventId,
          stripe_warning_id: warningId,
          stripe_intent_id: intentId,
        }),
      ),
    applyTransfer: async (eventId, transfer) =>
      z.string().parse(await ask('apply_transfer', { event_id: eventId, ...transfer })),
    refuseTransfer: async (payoutId, reason) => {
      await ask('refuse_transfer', { payout_id: payoutId, reason });
    },
    applyReversal: async (reversalId, stripeReversalId, amountMinor) => {
      await ask('apply_reversal', {
        reversal_id: reversalId,
        stripe_reversal_id: stripeReversalId,
        amount_minor: amountMinor,
      });
    },
    importReversal: async (payoutId, stripeReversalId, amountMinor) =>
      z.string().parse(
        await ask('import_reversal', {
          payout_id: payoutId,
          stripe_reversal_id: stripeReversalId,
          amount_minor: amountMinor,
        }),
      ),
    refuseRefund: async (refundId, leftMinor, disputeOpen) =>
      z.string().parse(
        await ask('refuse_refund', {
          refund_id: refundId,
          left_minor: leftMinor,
          dispute_open: disputeOpen,
        }),
      ),
    startHostAccount: async (token, countryCode) =>
      hostAccountStart.parse(await ask('start_host_account', { country_code: countryCode }, token)),
    recordHostAccount: async (hostId, accountId) => {
      await ask('record_host_account', { host_id: hostId, stripe_account_id: accountId });
    },
    applyHostAccount: async (eventId, account) =>
      z.string().parse(await ask('apply_host_account', { event_id: eventId, ...account })),
    recordDelivery: async (deliveryId, { statusCode, problem, tookMs }) =>
      z.boolean().parse(
        await ask('record_delivery', {
          delivery_id: deliveryId,
          status_code: statusCode,
          problem,
          took_ms: tookMs,
        }),
      ),
    unsubscribe: async (token) => z.string().parse(await ask('unsubscribe', { token })),
    claimCommands: async (most) => readRows(command, await ask('claim_commands', { most })),
    finishCommand: async (commandId) => {
      await ask('finish_command', { command_id: commandId });
    },
    failCommand: async (commandId, problem, retry) => {
      await ask('fail_command', { command_id: commandId, problem, retry });
    },
    claimCalendarFeeds: async (most) =>
      readRows(calendarFeed, await ask('claim_calendar_feeds', { most })),
    applyCalendarFeed: async (feedId, attempt, calendar) =>
      z.string().parse(await ask('apply_calendar_feed', { feed_id: feedId, attempt, ...calendar })),
    keepCalendarFeed: async (feedId, attempt) =>
      z.string().parse(await ask('keep_calendar_feed', { feed_id: feedId, attempt })),
    failCalendarFeed: async (feedId, attempt, problem, status) =>
      z.string().parse(
        await ask('fail_calendar_feed', { feed_id: feedId, attempt, problem, http_status: status }),
      ),
    exportCalendar: async (token, feedId) =>
      exportedCalendar.parse(await ask('export_calendar', { token, feed_id: feedId })),
    zonesToCompare: async (engine) =>
      z.array(z.string()).parse(await ask('zones_to_compare', { engine })),
    recordZoneData: async (engine, version, differing) => {
      await ask('record_zone_data', { engine, version, differing });
    },
    zoneRules: async (names, first, last) =>
      new Map(
        z.array(zoneRules).parse(await ask('zone_rules', { names, first, last }))
          .map(({ time_zone: name, ...rules }) => [name, rules]),
      ),
    claimFiles: async (most) => readRows(fileToCheck, await ask('claim_files', { most })),
    finishFile: async (fileId, attempt) =>
      z.boolean().parse(await ask('finish_file', { file_id: fileId, attempt })),
    refuseFile: async (fileId, attempt, problem) =>
      z.boolean().parse(await ask('refuse_file', { file_id: fileId, attempt, problem })),
    claimLooks: async (most) => readRows(look, await ask('claim_looks', { most })),
    finishLook: async ({ kind, subject }) => {
      await ask('finish_look', { kind, subject });
    },
    failLook: async ({ kind, subject }, problem) => {
      await ask('fail_look', { kind, subject, problem });
    },
    recordMovements: async (movements, readUntil) => {
      await ask('record_movements', { movements, read_until: readUntil });
    },
    recordBalances: async (balances) => {
      await ask('record_balances', { balances });
    },
    recordFloor: async (currency, floorMinor) => {
      await ask('record_floor', { currency, floor_minor: floorMinor });
    },
    metrics: async () => z.array(metricSample).parse(await ask('metrics', {})),
    healthReport: async () => z.array(healthPart).parse(await ask('health_report', {})),
    now: async () => new Date(z.string().parse(await ask('clock_now', {}))),
  };
}

/** What PostgREST answered, as a problem of this function. */
export function problemOf(
  error: { code: string; message: string; details?: string | null; status: number },
): Problem {
  const { code, message, details, status } = error;
  // The database speaks its vocabulary in errors of class PT: the class is the status.
  if (/^PT\d{3}$/.test(code) && /^[a-z_]+$/.test(message)) {
    return new Refusal(message, Number(code.slice(2)), details || message);
  }
  // A token that Auth let pass a moment ago and PostgREST does not, such as one that just expired.
  if (/^PGRST30[123]$/.test(code)) return new Problem('sign_in_required');
  const cause = new Error(`database ${code || 'no code'} ${status}`);
  const isAway = status === 0 || status >= 502 || code.startsWith('PGRST00') || code === '57014';
  return new Problem(isAway ? 'try_again' : 'internal_error', undefined, { cause });
}
