import type { Stripe } from 'stripe';
import { asPostgres } from '../../support/stack.ts';
import { brokenPromises } from '../../support/promises.ts';
import type { Asked, Life } from './life.ts';
import {
  type Agreed,
  asAgreed,
  cancelledByGuest,
  cancelledByHost,
  cancelledByStaff,
  type Settled,
  sharedOut,
} from './settlement.ts';
import type { World } from './world.ts';

/** Where a booking stands in the books, when nothing moves any more. */
interface Books {
  booking_id: string;
  status: string;
  confirmed_at: Date | null;
  cancelled_by: 'guest' | 'host' | 'staff' | null;
  cancelled_at: Date | null;
  payment: string | null;
  intent: string | null;
  captured: string | null;
  /** Of refunds that did not fail. */
  refunded: string;
  refunds_pending: number;
  payout: string | null;
  payout_minor: string | null;
  ledger: Record<string, number>;
  commands: string[];
  /** What was carried out at Stripe, and what became of it. */
  done: string[];
  report: string[];
}

/** What Stripe has done for a booking. Minor units. */
interface Facts {
  intents: Stripe.PaymentIntent[];
  captured: bigint;
  refunded: bigint;
  /** Of what was refunded: what somebody made in the dashboard. */
  outside: bigint;
  failedRefunds: number;
  lost: bigint;
  /** Paid to the host and not taken back. */
  transferred: bigint;
  transfers: number;
  /** What all of it did to the platform's balance. */
  balance: bigint;
}

/** What does not hold, by life; `everywhere` for what is nobody's. */
export async function verdict(
  world: World,
  lives: Life[],
): Promise<{ complaints: Map<Life, string[]>; everywhere: string[]; reached: string[] }> {
  const books = new Map((await readBooks()).map((row) => [row.booking_id, row]));
  const facts = factsOf(world);
  const debts = new Map(
    (await asPostgres<{ host_id: string; minor: string }>(
      `select host_id, sum(amount_minor) as minor from private.ledger_entries
       where account = 'host_debt' group by host_id`,
    )).map(({ host_id: host, minor }) => [host, BigInt(minor)]),
  );
  const reached: string[] = [];
  const complaints = new Map<Life, string[]>();
  for (const life of lives) {
    const about = judge(life, books, facts, debts.get(life.host.id) ?? 0n, reached);
    const all = [...life.complaints, ...about];
    if (all.length > 0) complaints.set(life, all);
  }
  return { complaints, everywhere: await judgeAll(world), reached };
}

function judge(
  life: Life,
  books: Map<string, Books>,
  facts: Map<string, Facts>,
  debt: bigint,
  reached: string[],
): string[] {
  const wrong: string[] = [];
  let received = 0n;
  let due = 0n;
  let waiting = 0n;
  let isTroubled = false;
  for (const asked of life.asked) {
    const known = books.get(asked.booking);
    const happened = facts.get(asked.booking) ?? nothing;
    if (known === undefined) {
      wrong.push(`booking ${asked.booking} is gone`);
      continue;
    }
    const say = (what: string) => wrong.push(`${asked.booking} (${known.status}): ${what}`);
    reached.push(`booking ${known.status}`, `payment ${known.payment}`, ...known.done);
    if (known.payout !== null) reached.push(`payout ${known.payout.split(' ')[0]}`);
    if (happened.lost > 0n) reached.push('dispute lost');

    judgeEnds(asked, known, happened, say);
    const settled = settledOf(life, asked, known);
    const { refunded, lost } = happened;
    // What the guest gets back by the settlement and has from the bank is nobody's loss. What staff gave
    // for a complaint and a bank was faster with is no refund any more: the host bears the bank's.
    const claimed = settled === undefined ? happened.captured : settled.refund;
    const covered = claimed > refunded ? least(claimed - refunded, lost) : 0n;
    const troubles = troublesOf(known, happened);
    if (owedTo(asked, settled, happened) - refunded > lost) {
      troubles.push('a refund a lost dispute stands against');
    }
    reached.push(...troubles.map((trouble) => `trouble ${trouble}`));
    if (troubles.length === 0) {
      for (const difference of known.report) say(`reported: ${difference}`);
    }

    const { step } = life.currency;
    const shared = settled === undefined
      ? { host: 0n, tax: 0n }
      : sharedOut(settled, { ...happened, lost: lost - covered, step });
    received += happened.transferred;
    due += shared.host - (settled?.penalty ?? 0n);
    if (known.payout !== null && /^(scheduled|blocked|sent)/.test(known.payout)) {
      waiting += BigInt(known.payout_minor ?? 0);
    }
    isTroubled ||= troubles.length > 0;

    if (troubles.length > 0) {
      if (known.report.length === 0) say(`nobody is told of ${troubles.join(', ')}`);
      continue;
    }
    judgeMoney(life, asked, known, happened, settled, shared, say);
  }
  if (!isTroubled && received - debt + waiting !== due) {
    wrong.push(
      `the host got ${received}, owes ${debt}, waits for ${waiting}; in all that should be ${due}`,
    );
  }
  if (debt > 0n) reached.push('host in debt');
  if (debt < 0n) wrong.push(`the host owes ${debt}`);
  return wrong;
}

/** Nothing is in limbo, and whoever was told yes finds it so. */
function judgeEnds(
  asked: Asked,
  known: Books,
  { intents, transfers, captured, refunded }: Facts,
  say: (what: string) => void,
): void {
  const ends = [
    'completed',
    'declined',
    'expired',
    'cancelled_by_guest',
    'cancelled_by_host',
    'cancelled_by_staff',
    'no_show',
    'payment_conflict',
  ];
  if (!ends.includes(known.status)) say('is no end');
  if (!/^(captured|cancelled)$/.test(known.payment ?? '')) say(`payment ${known.payment}`);
  for (const command of known.commands) {
    if (/waiting|running/.test(command)) say(`command ${command}`);
  }
  if (known.refunds_pending > 0) say('a refund is pending');
  for (const { id, status } of intents) {
    if (!/^(succeeded|canceled)$/.test(status)) say(`intent ${status}`);
    if (status === 'succeeded' && id !== known.intent) say('a second intent took money');
  }
  if (captured !== BigInt(known.captured ?? 0)) {
    say(`captured ${captured}, known as ${known.captured}`);
  }
  if (refunded !== BigInt(known.refunded)) say(`refunded ${refunded}, known as ${known.refunded}`);
  if (refunded > captured) say(`refunded ${refunded} of ${captured}`);
  if (transfers > 1) say(`${transfers} transfers`);

  const [by] = asked.cancelledBy;
  if (by !== undefined && known.status !== `cancelled_by_${by}`) say(`was cancelled by ${by}`);
  if (asked.declined && known.status !== 'declined') say('was declined');
  if (asked.withdrawn && !/^(cancelled_by_guest|payment_conflict)$/.test(known.status)) {
    say('was withdrawn');
  }
}

/** To the cent: the guest's refund, the host's share, the tax office's, and Stripe's balance. */
function judgeMoney(
  life: Life,
  asked: Asked,
  known: Books,
  { captured, refunded, outside, lost, balance }: Facts,
  settled: Settled | undefined,
  shared: { host: bigint; tax: bigint },
  say: (what: string) => void,
): void {
  const account = (name: string) => BigInt(known.ledger[name] ?? 0);
  if (account('stripe_balance') !== balance) {
    say(`Stripe holds ${balance}, the ledger says ${account('stripe_balance')}`);
  }
  for (const name of ['guest', 'dispute']) {
    if (account(name) !== 0n) say(`the account ${name} is ${account(name)}`);
  }
  const platform = captured - refunded - lost - shared.host - shared.tax + (settled?.penalty ?? 0n);
  if (settled === undefined) {
    // A bank may take back what had gone back already: that is the marketplace's loss.
    if (refunded < captured && refunded + lost !== captured) {
      say(`the guest paid ${captured} and got back ${refunded}`);
    }
    if (-account('platform') !== platform) say(`the platform has ${-account('platform')}`);
    return;
  }
  const owed = owedTo(asked, settled, { captured, outside });
  if (refunded > owed || refunded + lost < owed) {
    say(`the guest got ${refunded} back, not ${owed}`);
  }
  if (-account('platform') !== platform) {
    say(`the platform has ${-account('platform')}, not ${platform}`);
  }
  if (-account('tax') !== shared.tax) say(`taxes are ${-account('tax')}, not ${shared.tax}`);
  const waits = /^(scheduled|blocked|sent)/.test(known.payout ?? '')
    ? BigInt(known.payout_minor ?? 0)
    : 0n;
  if (-account('host') !== waits) say(`the host's account is ${account('host')}`);
  const mayWait = life.hasLeft && known.payout === 'blocked host_not_ready';
  if (waits > 0n && !mayWait) say(`the payout is ${known.payout}`);
}

/** What a guest gets back in all: by the settlement, for complaints, from the dashboard. */
function owedTo(
  asked: Asked,
  settled: Settled | undefined,
  { captured, outside }: Pick<Facts, 'captured' | 'outside'>,
): bigint {
  return settled === undefined
    ? captured
    : least(captured, settled.refund + outside + asked.complaintRefund);
}

/** What the rules leave to a person, and therefore show. */
function troublesOf(known: Books, happened: Facts): string[] {
  const failed = known.commands.filter((command) => command.includes('failed'));
  return [
    ...(happened.failedRefunds > 0 ? ['a refund that failed'] : []),
    ...failed.map((command) => `${command.split(' ')[0]} given up`),
  ];
}

/** What the stay comes to by the rules; undefined when it never was confirmed. */
function settledOf(life: Life, asked: Asked, known: Books): Settled | undefined {
  const { confirmed_at: confirmedAt, cancelled_at: at, cancelled_by: by } = known;
  if (confirmedAt === null) return undefined;
  const { stay, price } = asked;
  const { policy } = life.plan.home;
  const { timeZone, penalty: [least, most] } = life.currency;
  const agreed: Agreed = { stay, price, policy, timeZone, confirmedAt };
  if (at === null) return asAgreed(agreed);
  switch (by) {
    case 'host':
      return cancelledByHost(agreed, at, [least, most]);
    case 'staff':
      return cancelledByStaff(agreed, asked.staffRefund);
    default:
      return cancelledByGuest(agreed, at);
  }
}

async function judgeAll({ stripe, wire }: World): Promise<string[]> {
  const wrong = wire.surprises.splice(0);
  const balances = new Map<string, bigint>();
  const { available, pending } = stripe.control.balance();
  for (const { currency, amount } of [...available, ...pending]) {
    const name = currency.toUpperCase();
    balances.set(name, (balances.get(name) ?? 0n) + BigInt(amount));
  }
  const ledger = await asPostgres<{ currency: string; minor: string }>(
    `select currency, balance_minor as minor from private.ledger_balances() where account = 'stripe_balance'`,
  );
  for (const { currency, minor } of ledger) {
    if (balances.get(currency) !== BigInt(minor)) {
      wrong.push(`Stripe holds ${balances.get(currency)} ${currency}, the ledger says ${minor}`);
    }
  }
  const queries: Record<string, string> = {
    'a job fails': 'select job, problem from private.job_failures',
    'an event was never applied':
      'select event_id, type from private.stripe_events where applied_at is null',
    'the ledger does not balance': `select source_kind, source_id from private.ledger_entries
       group by source_kind, source_id, currency having sum(amount_minor) <> 0`,
    // A balance that disputes and debts have eaten is rightly told; it is nobody's mistake.
    'a report about nobody': `select * from private.reconciliation_report()
       where booking_id is null and difference <> 'balance_short'`,
  };
  for (const [what, sql] of Object.entries(queries)) {
    for (const row of await asPostgres(sql)) wrong.push(`${what}: ${JSON.stringify(row)}`);
  }
  const promised = [
    'no stay shares a night with anything but its own preparation',
    'every claim of a booking lies on the listing of that booking',
    'the history of a booking is an unbroken chain of legal moves to where it is',
    'no payment is ordered the same thing twice',
  ];
  for (const [promise, rows] of Object.entries(await brokenPromises())) {
    if (promised.includes(promise)) wrong.push(`broken: ${promise}: ${JSON.stringify(rows)}`);
  }
  return wrong;
}

const readBooks = () =>
  asPostgres<Books>(
    `with reported as materialized (select * from private.reconciliation_report())
     select bookings.booking_id, bookings.status, confirmed_at, cancelled_by, cancelled_at,
       payments.status as payment, stripe_intent_id as intent, captured_minor as captured,
       (select coalesce(sum(amount_minor), 0) from public.refunds
        where refunds.booking_id = bookings.booking_id and status <> 'failed') as refunded,
       (select count(*)::int from public.refunds
        where refunds.booking_id = bookings.booking_id and status = 'pending') as refunds_pending,
       (select concat_ws(' ', status, reason) from public.payouts
        where payouts.booking_id = bookings.booking_id) as payout,
       (select amount_minor from public.payouts where payouts.booking_id = bookings.booking_id) as payout_minor,
       (select coalesce(jsonb_object_agg(account, minor), '{}') from (
          select account::text, sum(amount_minor) as minor from private.ledger_entries
          where ledger_entries.booking_id = bookings.booking_id group by account) as booked) as ledger,
       array(select concat_ws(' ', kind, status, problem) from private.commands
         where commands.booking_id = bookings.booking_id and status <> 'done') as commands,
       array(select 'command ' || kind from private.commands
         where commands.booking_id = bookings.booking_id and status = 'done'
           and kind not in ('send_mail', 'reconcile')
         union all
         select 'taken back: ' || reversals.status
         from private.reversals join public.payouts using (payout_id)
         where payouts.booking_id = bookings.booking_id
         union all
         select 'withheld' from public.payouts
         where payouts.booking_id = bookings.booking_id and withheld_minor > 0
         union all
         select 'refund ' || reason from public.refunds
         where refunds.booking_id = bookings.booking_id) as done,
       array(select difference || ' ' || detail from reported
         where reported.booking_id = bookings.booking_id) as report
     from public.bookings
     left join public.cancellations on cancellations.booking_id = bookings.booking_id
     left join public.payments on payments.booking_id = bookings.booking_id`,
  );

const least = (one: bigint, other: bigint) => one < other ? one : other;

const nothing: Facts = {
  intents: [],
  captured: 0n,
  refunded: 0n,
  outside: 0n,
  failedRefunds: 0,
  lost: 0n,
  transferred: 0n,
  transfers: 0,
  balance: 0n,
};

/** What Stripe's own objects say, by booking. */
function factsOf({ stripe: { control } }: World): Map<string, Facts> {
  const facts = new Map<string, Facts>();
  const of = (booking: string | undefined): Facts => {
    const known = facts.get(booking ?? '') ?? { ...nothing, intents: [] };
    facts.set(booking ?? '', known);
    return known;
  };
  const bookingOf = new Map<string, string | undefined>();
  const idOf = (reference: string | { id: string } | null | undefined) =>
    typeof reference === 'string' ? reference : reference?.id ?? '';
  const bookingBy = (reference: string | { id: string } | null | undefined) =>
    bookingOf.get(idOf(reference));

  for (const intent of control.list('payment_intents')) {
    bookingOf.set(intent.id, intent.metadata['booking_id']);
    of(intent.metadata['booking_id']).intents.push(intent);
  }
  for (const charge of control.list('charges')) {
    const booking = bookingBy(charge.payment_intent);
    bookingOf.set(charge.id, booking);
    of(booking).captured += BigInt(charge.amount_captured);
  }
  for (const refund of control.list('refunds')) {
    const booking = bookingBy(refund.payment_intent);
    bookingOf.set(refund.id, booking);
    // A released authorisation looks like a refund that never moved money.
    if (refund.balance_transaction === null) continue;
    if (refund.status === 'failed') of(booking).failedRefunds += 1;
    else {
      of(booking).refunded += BigInt(refund.amount);
      if (refund.metadata?.['refund_id'] === undefined) {
        of(booking).outside += BigInt(refund.amount);
      }
    }
  }
  for (const dispute of control.list('disputes')) {
    const booking = bookingBy(dispute.payment_intent);
    bookingOf.set(dispute.id, booking);
    if (dispute.status !== 'lost') continue;
    for (const { amount } of dispute.balance_transactions) of(booking).lost -= BigInt(amount);
  }
  for (const transfer of control.list('transfers')) {
    const booking = transfer.metadata['booking_id'];
    bookingOf.set(transfer.id, booking);
    of(booking).transfers += 1;
    of(booking).transferred += BigInt(transfer.amount - transfer.amount_reversed);
  }
  for (const reversal of control.list('transfer_reversals')) {
    bookingOf.set(reversal.id, bookingBy(reversal.transfer));
  }
  for (const movement of control.list('balance_transactions')) {
    of(bookingBy(movement.source)).balance += BigInt(movement.net);
  }
  return facts;
}
