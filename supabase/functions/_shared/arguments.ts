import type { Database } from './verbs.ts';

type Functions = Database['public']['Functions'];

/**
 * Which arguments may be null, and what else they may be. The database's catalog does not say: all others
 * the verbs refuse to find empty.
 */
interface Nulls {
  /** No event led here. */
  apply_dispute: { event_id: null };
  apply_fraud_warning: { event_id: null };
  apply_refund: { event_id: null };
  apply_transfer: { event_id: null };
  import_refund: { event_id: null };
  record_stripe_fee: { event_id: null };
  /** Stripe has not asked for transfers yet. */
  apply_host_account: { event_id: null; transfers_status: null };
  apply_payment_intent: {
    event_id: null;
    payment_id: null;
    stripe_charge_id: null;
    capture_before: null;
    last_error: null;
    /** The card that may be charged later, when the guest agreed to that. */
    stripe_payment_method_id: null;
    stripe_customer_id: null;
  };
  apply_setup: { event_id: null; stripe_payment_method_id: null; last_error: null };
  /** None was deleted. */
  record_customer: { replaces: null };
  /** The host's balance covers nothing of it. */
  apply_reversal: { stripe_reversal_id: null };
  /** There was no answer, or nothing wrong. */
  record_delivery: { status_code: null; problem: null };
  /** Events without a name are null. */
  apply_calendar_feed: { etag: null; last_modified: null; broken_uids: (string | null)[] };
  fail_calendar_feed: { http_status: null };
  /** The calendar of all that takes nights. */
  export_calendar: { feed_id: null };
}

type Null<Verb, Name> = Verb extends keyof Nulls
  ? Name extends keyof Nulls[Verb] ? Nulls[Verb][Name] : never
  : never;

/** What a verb takes. */
export type Arguments<Verb extends keyof Functions> = {
  [Name in keyof Functions[Verb]['Args']]: Functions[Verb]['Args'][Name] | Null<Verb, Name>;
};
