import { type Acknowledged, findLosses, type Stored } from './history.ts';
import type { Staybase } from './staybase.ts';

/** What must hold when a fault is over, and how many break it. None of it asks the rules that keep it so. */
export interface Findings {
  'lost bookings': number;
  'lost confirmations': number;
  'shared nights': number;
  'double payments': number;
  'money not in the books': number;
  'ledger differs from Stripe': number;
  /** What was looked at. */
  looked: { bookings: number; payments: number; payouts: number };
  /** Ids and amounts. */
  details: string[];
}

export const guarded = [
  'lost bookings',
  'lost confirmations',
  'shared nights',
  'double payments',
  'money not in the books',
  'ledger differs from Stripe',
] as const;

export async function lookAtTheBooks(
  staybase: Staybase,
  acknowledged: Acknowledged[],
): Promise<Findings> {
  const { query, stripe } = staybase;
  const details: string[] = [];
  const note = (what: string, rows: unknown[]) => {
    for (const row of rows.slice(0, 5)) details.push(`${what}: ${JSON.stringify(row)}`);
    return rows.length;
  };

  const stored = await query(
    `select booking_id as booking, listing_id as listing, guest_id as guest, check_in::text as "checkIn",
       check_out::text as "checkOut", status::text from public.bookings`,
  ) as unknown as Stored[];
  const losses = findLosses(acknowledged, stored);

  const shared = await query(
    `select one.booking_id, other.booking_id as other, one.listing_id
     from public.bookings as one
     join public.bookings as other on other.listing_id = one.listing_id and other.booking_id > one.booking_id
       and other.check_in < one.check_out and one.check_in < other.check_out
     where one.status in ('confirmed', 'completed') and other.status in ('confirmed', 'completed')`,
  );

  const intents = stripe.list('payment_intents', (intent) => intent.status === 'succeeded');
  const charges = stripe.list('charges', (charge) => charge.status === 'succeeded');
  const transfers = stripe.list('transfers');
  const perBooking = repeated(intents.map(({ metadata }) => metadata.booking_id ?? '?'));
  const perCharge = repeated(charges.map(({ payment_intent: intent }) => String(intent)));
  const perPayout = repeated(transfers.map(({ metadata }) => metadata.payout_id ?? '?'));
  const inBooks = await query(
    `select booking_id, count(*) from public.payments where captured_minor > 0 group by booking_id having count(*) > 1`,
  );

  const payments = await query(
    `select stripe_intent_id as id, captured_minor as amount from public.payments where captured_minor > 0`,
  );
  const payouts = await query(
    `select stripe_transfer_id as id, amount_minor - withheld_minor as amount from public.payouts
     where stripe_transfer_id is not null`,
  );
  const differing = [
    ...differences(
      intents.map(({ id, amount_received }) => [id, amount_received]),
      payments.map(({ id, amount }) => [String(id), Number(amount)]),
    ),
    ...differences(
      transfers.map(({ id, amount }) => [id, amount]),
      payouts.map(({ id, amount }) => [String(id), Number(amount)]),
    ),
  ];

  const unbalanced = await query(
    `select source_kind, source_id, sum(amount_minor) from private.ledger_entries
     group by source_kind, source_id, currency having sum(amount_minor) <> 0`,
  );
  const [ledger] = await query(
    `select coalesce(sum(amount_minor), 0)::bigint as held from private.ledger_entries where account = 'stripe_balance'`,
  );
  const atStripe = stripe.list('balance_transactions').reduce((sum, { net }) => sum + net, 0);
  const gap = Number(ledger?.held) - atStripe;

  return {
    'lost bookings': note('lost booking', losses.bookings),
    'lost confirmations': note('lost confirmation', losses.confirmations),
    'shared nights': note('shared night', shared),
    'double payments': note('paid twice', [...perBooking, ...perCharge, ...perPayout, ...inBooks]),
    'money not in the books': note('not in the books', differing),
    'ledger differs from Stripe': note('unbalanced', unbalanced) +
      (gap === 0 ? 0 : note('difference', [gap])),
    looked: {
      bookings: acknowledged.length,
      payments: intents.length,
      payouts: transfers.length,
    },
    details,
  };
}

/** Those that are there more than once. */
export function repeated(ids: string[]): string[] {
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}

/** Ids whose amount is not the same on both sides. */
export function differences(ones: [string, number][], others: [string, number][]): string[] {
  const [left, right] = [new Map(ones), new Map(others)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((id) => left.get(id) !== right.get(id))
    .map((id) =>
      `${id}: ${left.get(id) ?? 'nothing'} at Stripe, ${right.get(id) ?? 'nothing'} here`
    );
}
