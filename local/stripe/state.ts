import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stripe } from 'stripe';
import type { CardName } from './cards.ts';

/** The objects the fake holds, by the name of their table. References are kept as ids. */
export interface Tables {
  customers: Stripe.Customer | Stripe.DeletedCustomer;
  payment_methods: Stripe.PaymentMethod;
  payment_intents: Stripe.PaymentIntent;
  setup_intents: Stripe.SetupIntent;
  charges: Stripe.Charge;
  refunds: Stripe.Refund;
  disputes: Stripe.Dispute;
  early_fraud_warnings: Stripe.Radar.EarlyFraudWarning;
  transfers: Stripe.Transfer;
  transfer_reversals: Stripe.TransferReversal;
  payouts: Stripe.Payout;
  accounts: Stripe.V2.Core.Account;
  balance_transactions: Stripe.BalanceTransaction;
  events: Stripe.Event;
  thin_events: ThinEvent;
}

export type TableName = keyof Tables;

/** A v2 event as it can be fetched; what is delivered is only its head. */
export interface ThinEvent {
  id: string;
  object: 'v2.core.event';
  type: string;
  /** ISO 8601, as all times of v2. */
  created: string;
  livemode: boolean;
  context?: string;
  reason: { type: 'request'; request: { id: string; idempotency_key: string } } | null;
  related_object: { id: string; type: string; url: string };
  data?: Record<string, unknown>;
  /** Deliveries still to come. Not part of what Stripe shows. */
  pending_webhooks: number;
}

/** For each table, how its ids begin and what Stripe calls one object when it is missing. */
export const tableTraits: { [name in TableName]: { prefix: string; kind: string } } = {
  customers: { prefix: 'cus', kind: 'customer' },
  payment_methods: { prefix: 'pm', kind: 'PaymentMethod' },
  payment_intents: { prefix: 'pi', kind: 'payment_intent' },
  setup_intents: { prefix: 'seti', kind: 'setupintent' },
  charges: { prefix: 'ch', kind: 'charge' },
  refunds: { prefix: 're', kind: 'refund' },
  disputes: { prefix: 'dp', kind: 'dispute' },
  early_fraud_warnings: { prefix: 'issfr', kind: 'early fraud warning' },
  transfers: { prefix: 'tr', kind: 'transfer' },
  transfer_reversals: { prefix: 'trr', kind: 'transfer reversal' },
  payouts: { prefix: 'po', kind: 'payout' },
  accounts: { prefix: 'acct', kind: 'account' },
  balance_transactions: { prefix: 'txn', kind: 'balance transaction' },
  events: { prefix: 'evt', kind: 'event' },
  thin_events: { prefix: 'evt', kind: 'event' },
};

export const tableNames = Object.keys(tableTraits) as TableName[];

/** What Stripe knows of an object and does not show. Keyed by object id. */
export interface Hidden {
  /** The test card behind a payment method. No card number is ever kept. */
  card: Record<string, CardName>;
  /** Payment methods that served once without a customer and may not serve again. */
  spent: Record<string, true>;
  /** Cards that the customer has authenticated for later use, off session too. */
  authenticated: Record<string, true>;
  /** When (unix seconds) something happens by itself, and what. */
  due: Record<string, Due>;
  /** What came into and went out of the balances of connected accounts. */
  movements: AccountMovement[];
  /** The connected account that a payout is of; the platform's own are absent. */
  payoutOf: Record<string, string>;
  /** Per currency, what payouts leave on the platform's balance. */
  floor: Record<string, number>;
  /** Refunds that wait until the platform has the money for them, oldest first. */
  waitingRefunds: string[];
  /** How accounts are paid out, when it was set for one; the platform is `platform`. */
  payoutInterval: Record<string, 'daily' | 'manual'>;
  /** The day (since 1970) on which balances were paid out last. */
  paidOutOn: number;
}

export interface AccountMovement {
  account: string;
  currency: string;
  /** Signed, in minor units. */
  amount: number;
  /** Unix seconds. */
  availableOn: number;
}

export interface Due {
  at: number;
  deed:
    | 'settle_charge'
    | 'settle_refund'
    | 'expire_authorization'
    | 'finish_processing'
    | 'make_available';
}

/** The first answer to an idempotency key. */
export interface KeptAnswer {
  endpoint: string;
  /** Digest of the parameters. */
  parameters: string;
  created: number;
  requestId: string;
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string;
  event: string;
  url: string;
  attempts: number;
  status: 'pending' | 'delivered' | 'failed' | 'dropped';
  /** What the endpoint last said: status and the first 200 characters. */
  answer: string | null;
}

interface Saved {
  tables: Record<string, unknown[]>;
  hidden: Hidden;
  kept: [string, KeptAnswer][];
  deliveries: Delivery[];
}

function nothingHidden(): Hidden {
  return {
    card: {},
    spent: {},
    authenticated: {},
    due: {},
    movements: [],
    payoutOf: {},
    floor: {},
    waitingRefunds: [],
    payoutInterval: {},
    paidOutOn: 0,
  };
}

function read(file: string): Saved {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch (cause) {
    throw new Error(`${file} is not what a fake Stripe saves: remove it to begin anew`, { cause });
  }
}

/** Everything the fake remembers, in memory and, when a file is named, on disk. */
export class State {
  tables = Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as {
    [name in TableName]: Map<string, Tables[name]>;
  };
  hidden: Hidden = nothingHidden();
  kept = new Map<string, KeptAnswer>();
  deliveries = new Map<string, Delivery>();
  #file: string | undefined;
  /** Nothing is due before (unix seconds). */
  #soonest = 0;
  #saving: NodeJS.Timeout | undefined;

  constructor(file?: string) {
    this.#file = file;
    if (!file || !existsSync(file)) return;
    const saved = read(file);
    for (const name of tableNames) {
      const table = this.tables[name] as Map<string, { id: string }>;
      for (const row of (saved.tables[name] ?? []) as { id: string }[]) table.set(row.id, row);
    }
    this.hidden = { ...this.hidden, ...saved.hidden };
    this.kept = new Map(saved.kept);
    this.deliveries = new Map(saved.deliveries.map((delivery) => [delivery.id, delivery]));
  }

  /** Has something happen to an object by itself; one thing per object. */
  schedule(id: string, at: number, deed: Due['deed']): void {
    this.hidden.due[id] = { at, deed };
    this.#soonest = Math.min(this.#soonest, at);
  }

  /** Takes what has become due by now, in the order in which it was scheduled. */
  takeDue(now: number): [id: string, deed: Due['deed']][] {
    if (now < this.#soonest) return [];
    const taken: [string, Due['deed']][] = [];
    this.#soonest = Infinity;
    for (const [id, { at, deed }] of Object.entries(this.hidden.due)) {
      if (at <= now) {
        taken.push([id, deed]);
        delete this.hidden.due[id];
      } else this.#soonest = Math.min(this.#soonest, at);
    }
    return taken;
  }

  /** Notes that something changed; the file follows within a tenth of a second. */
  changed(): void {
    if (!this.#file || this.#saving) return;
    this.#saving = setTimeout(() => this.save(), 100);
    this.#saving.unref();
  }

  /** Writes the file now. A crash in the middle leaves the former file. */
  save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    if (!this.#file) return;
    const saved: Saved = {
      tables: Object.fromEntries(tableNames.map((name) => [name, [...this.tables[name].values()]])),
      hidden: this.hidden,
      kept: [...this.kept],
      deliveries: [...this.deliveries.values()],
    };
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Forgets every object and key. */
  clear(): void {
    for (const name of tableNames) this.tables[name].clear();
    this.hidden = nothingHidden();
    this.kept.clear();
    this.deliveries.clear();
    this.changed();
  }
}

/** Whether there is a table of this name. */
export function isTableName(name: string): name is TableName {
  return (tableNames as string[]).includes(name);
}
