import { expect } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { begins, type Begun, control, onboard, paidStay, payoutOf, staff, work } from './paying.ts';

/** Begins a test, with no payout of the tests before it still to be made. */
export async function beginsWithoutPayouts(): Promise<void> {
  await begins();
  await asPostgres('update public.payouts set due_at = $1 where status in ($2, $3)', [
    '2099-01-01',
    'scheduled',
    'blocked',
  ]);
}

let hosts = 0;
const letter = (n: number) => String.fromCharCode(97 + n % 26);

/** A host nobody has paid yet. */
export const newHost = () => person(`Hostess${letter(Math.floor(hosts / 26))}${letter(hosts++)}`);

/** Where a host stands, and what Stripe still asks for. */
export async function hostStatus(host: Person) {
  const [row] = await asPostgres<{ status: string; requirements: string[] }>(
    'select status, requirements from public.host_accounts where host_id = $1',
    [host.id],
  );
  return row;
}

export interface Stay extends Begun {
  host: Person;
}

/** Ada has paid for two nights of June with a host; the payout is scheduled. */
export async function stay(host: Person, nights = june(1, 3)): Promise<Stay> {
  const begun = await paidStay(await home({ host }), nights);
  expect(await payoutOf(begun.booking)).toBe('scheduled 19400');
  (await control()).clearRequests();
  return { ...begun, host };
}

/** The day after check-in has come. */
export const due = () => setClock('2031-06-02T15:00:01Z');

/** A stay whose host has been paid. */
export async function paidOut() {
  const host = await newHost();
  const { booking, intent } = await stay(host);
  const account = await onboard(host);
  await due();
  await work();
  return { account, booking, host, intent, stripe: await control() };
}

/** Staff let go what a warning of fraud holds. */
export async function staffReleases(booking: string): Promise<void> {
  await (await staff())
    .rpc('staff_release_payout', { booking_id: booking, reason: 'Called.' })
    .throwOnError();
}

/** Staff record that they paid the host of a stay outside Stripe. */
export async function staffPaysByHand(booking: string): Promise<void> {
  const desk = await staff();
  const { data } = await desk.rpc('staff_payouts', { status: 'blocked' }).throwOnError();
  const payout = data.find(({ booking_id }) => booking_id === booking)!;
  await desk.rpc('staff_record_payout', {
    payout_id: payout.payout_id!,
    paid_minor: payout.amount_minor! - payout.withheld_minor!,
    reason: 'Wired.',
  }).throwOnError();
}

/** What the ledger says a booking's accounts hold, without those at zero. */
export async function ledgerOf(booking: string): Promise<Record<string, number>> {
  const rows = await asPostgres<{ account: string; minor: number }>(
    `select account, sum(amount_minor)::int as minor from private.ledger_entries
     where booking_id = $1 group by account having sum(amount_minor) <> 0`,
    [booking],
  );
  return Object.fromEntries(rows.map(({ account, minor }) => [account, minor]));
}

/** The ledger's Stripe balance of the bookings that this fake Stripe knows, and the fake's own. */
export async function balances(...bookings: string[]) {
  const { available, pending } = (await control()).balance();
  const [row] = await asPostgres<{ minor: number }>(
    `select coalesce(sum(amount_minor), 0)::int as minor from private.ledger_entries
     where account = 'stripe_balance' and booking_id = any ($1)`,
    [bookings],
  );
  return {
    ledger: row?.minor,
    stripe: [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0),
  };
}

/** Payouts of a booking, part by part. */
export async function partsOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ line: string }>(
    `select concat_ws(' ', part, status, amount_minor, 'withheld ' || nullif(withheld_minor, 0)) as line
     from public.payouts where booking_id = $1 order by part`,
    [booking],
  );
  return rows.map(({ line }) => line);
}
