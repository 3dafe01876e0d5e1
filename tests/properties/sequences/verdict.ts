import { asPostgres } from '../../support/stack.ts';
import { brokenPromises } from '../../support/promises.ts';
import { type Books, type Payment, readBooks } from './books.ts';
import { type Facts, factsOf, type Money, noMoney, nothing, sumOf } from './facts.ts';
import type { Asked, Life } from './life.ts';
import {
  type Agreed,
  asAgreed,
  cancelledByGuest,
  cancelledByHost,
  cancelledByStaff,
  cancelledUnpaid,
  payoutDue,
  plannedCharges,
  type Settled,
  sharedOut,
} from './settlement.ts';
import type { World } from './world.ts';

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

/** One booking with all that is known of it. */
interface Case {
  life: Life;
  asked: Asked;
  /** As it was booked, and as it was altered since, the last as it was in the end. */
  agreed: Pick<Agreed, 'stay' | 'price'>[];
  books: Books;
  facts: Facts;
  /** What moved for the stay, whichever payment brought it. */
  stay: Money;
  say: (what: string) => void;
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
    if (known === undefined) {
      wrong.push(`booking ${asked.booking} is gone`);
      continue;
    }
    const happened = facts.get(asked.booking) ?? nothing;
    const one: Case = {
      life,
      asked,
      agreed: agreedOn(asked, known),
      books: known,
      facts: happened,
      stay: sumOf(
        known.payments.filter(({ purpose }) => purpose !== 'damage').map((payment) =>
          moneyOf(happened, payment)
        ),
      ),
      say: (what) => wrong.push(`${asked.booking} (${known.status}): ${what}`),
    };
    reached.push(...reachedBy(one));
    judgeEnds(one);
    judgeCharges(one);
    judgeClaims(one);
    judgeAlterations(one);

    const settled = settledOf(one);
    const troubles = troublesOf(one, settled);
    reached.push(...troubles.map((trouble) => `trouble ${trouble}`));
    const told = known.report.filter((difference) => !isRightlyTold(one, difference));
    if (troubles.length === 0) {
      for (const difference of told) one.say(`reported: ${difference}`);
    }

    const shared = sharesOf(one, settled);
    received += sumOf([...happened.payments.values()]).transferred + asked.paidByHand;
    due += shared.host + shared.damage - (settled?.penalty ?? 0n);
    waiting += waitingIn(known);
    isTroubled ||= troubles.length > 0;

    if (troubles.length > 0) {
      if (told.length === 0) one.say(`nobody is told of ${troubles.join(', ')}`);
      continue;
    }
    judgeMoney(one, settled, shared);
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

/** Alterations that came to something, in their order, after what was booked. */
function agreedOn(asked: Asked, { alterations }: Books): Case['agreed'] {
  const applied = alterations.filter(({ status }) => status === 'applied').flatMap((known) =>
    asked.alterations.filter(({ alteration }) => alteration === known.alteration_id)
  );
  return [asked, ...applied];
}

const inTheEnd = ({ agreed, asked }: Case) => agreed.at(-1) ?? asked;

const moneyOf = ({ payments }: Facts, { payment_id: id }: Payment): Money =>
  payments.get(id) ?? noMoney;

/** What of its payouts has not left yet. */
const waitingIn = ({ payouts }: Books): bigint =>
  total(
    payouts.filter(({ status }) => /^(scheduled|blocked|sent)$/.test(status))
      .map(({ amount }) => BigInt(amount)),
  );

/** What has happened to it, for the test to know that everything does to somebody. */
function reachedBy({ asked, books, facts, stay }: Case): string[] {
  const captured = books.payments.filter(({ status }) => status === 'captured');
  const instalments = captured.filter(({ purpose }) => purpose === 'stay').length;
  const refused = captured.filter(({ refusals }) => refusals > 0);
  return [
    `booking ${books.status}`,
    ...(books.cancelled_by === 'system' ? ['booking cancelled unpaid'] : []),
    ...books.done,
    ...books.payments.map(({ purpose, status }) => `payment ${purpose} ${status}`),
    ...refused.map(({ purpose }) => `payment ${purpose} refused and paid`),
    ...books.payouts.map(({ status }) => `payout ${status}`),
    ...books.alterations.map(({ status, payment_id: paid }) =>
      `alteration ${status}${paid === null ? '' : ' with a payment'}`
    ),
    ...books.claims.map(({ status }) => `damage ${status}`),
    ...facts.setups.map(({ status }) => `setup ${status}`),
    ...(instalments > 1 ? [`instalments ${instalments}`] : []),
    ...(stay.lost > 0n ? ['dispute lost'] : []),
    ...(asked.paidByHand > 0n ? ['payout by hand'] : []),
  ];
}

/** Nothing is in limbo, and whoever was told yes finds it so. */
function judgeEnds({ asked, books, facts, say }: Case): void {
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
  if (!ends.includes(books.status)) say('is no end');
  if (books.payments.length === 0) say('has no payment');
  for (const command of books.commands) {
    if (/waiting|running/.test(command)) say(`command ${command}`);
  }
  if (books.refunds_pending > 0) say('a refund is pending');
  for (const { id, status } of facts.setups) {
    if (!/^(succeeded|canceled)$/.test(status)) say(`setup ${id} ${status}`);
  }
  for (const { id, status } of facts.intents) {
    if (!/^(succeeded|canceled)$/.test(status)) say(`intent ${status}`);
    if (status === 'succeeded' && !books.payments.some(({ intent }) => intent === id)) {
      say('a second intent took money');
    }
  }
  // What was taken back, from whichever payout, is paid again when a dispute is won in the end or a refund fails, and the
  // share of what was paid out grows when the guest leaves early.
  const { won, failedRefunds } = sumOf([...facts.payments.values()]);
  const isPaidOnce = won === 0 && failedRefunds === 0 && books.cancelled_by !== 'guest';
  for (const payment of books.payments) {
    const { instalment, status } = payment;
    const { captured, refunded, transferred, transferredAt } = moneyOf(facts, payment);
    const says = (what: string) => say(`payment ${instalment}: ${what}`);
    if (!/^(captured|cancelled)$/.test(status)) says(status);
    if (captured !== BigInt(payment.captured)) {
      says(`captured ${captured}, known as ${payment.captured}`);
    }
    if (refunded !== BigInt(payment.refunded)) {
      says(`refunded ${refunded}, known as ${payment.refunded}`);
    }
    if (refunded > captured) says(`refunded ${refunded} of ${captured}`);
    if (transferredAt.length > 1 && isPaidOnce) {
      says(`${transferredAt.length} transfers`);
    }
    if (transferred > captured) says(`${transferred} of ${captured} transferred`);
  }

  const [by] = asked.cancelledBy;
  if (by !== undefined && books.status !== `cancelled_by_${by}`) say(`was cancelled by ${by}`);
  if (asked.declined && books.status !== 'declined') say('was declined');
  if (asked.withdrawn && !/^(cancelled_by_guest|payment_conflict)$/.test(books.status)) {
    say('was withdrawn');
  }
}

/** What was agreed is charged, instalment by instalment, and neither charged nor paid out too soon. */
function judgeCharges(one: Case): void {
  const { life, asked, books, facts, say } = one;
  const { stay, price } = asked;
  const { timeZone } = life.currency;
  const planned = plannedCharges(stay, price, timeZone);
  const ofStay = books.payments.filter(({ purpose }) => purpose === 'stay');
  const amounts = ofStay.map(({ amount }) => amount).join();
  if (amounts !== planned.map(({ amount }) => amount).join()) say(`is paid by ${amounts}`);
  for (const payment of books.payments) {
    const { instalment, purpose } = payment;
    const { chargedAt, transferredAt } = moneyOf(facts, payment);
    const at = purpose === 'stay' ? planned[instalment - 1]?.at : null;
    if (chargedAt !== null && at && isBefore(chargedAt, at)) {
      say(`payment ${instalment} was charged at ${chargedAt.toISOString()}`);
    }
    if (purpose === 'damage') continue;
    const due = payoutDue(
      { stay: inTheEnd(one).stay, timeZone },
      purpose === 'stay' ? instalment : 1,
    );
    for (const left of transferredAt) {
      if (isBefore(left, due)) say(`payment ${instalment} left at ${left.toISOString()}`);
    }
  }
  if (books.cancelled_by !== 'system') return;
  // The guest has three days to pay what a card refused.
  const { cancelled_at: at } = books;
  const unpaid = ofStay.findIndex(({ captured_at: paid }) =>
    paid === null || at === null || new Date(paid) > at
  );
  const charged = planned[unpaid]?.at;
  if (at === null || !charged) say('was cancelled as if unpaid');
  else if (isBefore(at, new Date(charged.getTime() + 72 * 3_600_000))) {
    say(`was cancelled as unpaid at ${at.toISOString()}`);
  }
}

/** Stripe tells whole seconds. */
const isBefore = (one: Date, other: Date) => one.getTime() < other.getTime() - 1_000;

/** A claim is settled, and what was awarded is paid once or not at all. */
function judgeClaims({ asked, books, facts, say }: Case): void {
  if (books.claims.length !== asked.claims.length) say(`has ${books.claims.length} claims`);
  for (const { claim, amount, award, withdrawn } of asked.claims) {
    const known = books.claims.find(({ claim_id: id }) => id === claim);
    const says = (what: string) => say(`the claim of ${amount} (${known?.status}): ${what}`);
    const payment = books.payments.find(({ payment_id: id }) => id === known?.payment_id);
    const paid = payment === undefined ? 0n : moneyOf(facts, payment).captured;
    if (withdrawn && known?.status !== 'withdrawn') says('was withdrawn');
    if (award === 0n && known?.status !== 'dismissed') says('was dismissed');
    if (award !== undefined && award > 0n) {
      if (!/^(paid|unpaid)$/.test(known?.status ?? '')) says('was awarded');
      if (BigInt(known?.award ?? 0) !== award) says(`${known?.award} is not ${award}`);
      if (paid !== (known?.status === 'paid' ? award : 0n)) says(`${paid} was paid of ${award}`);
    } else if (payment !== undefined) says(`${payment.amount} is charged`);
    else if (!/^(withdrawn|dismissed)$/.test(known?.status ?? '')) says('is open');
  }
}

/** None is left open, what was answered is so, and each that costs more is paid by the difference. */
function judgeAlterations({ asked, agreed, books, facts, say }: Case): void {
  const ends = { accepted: /^(?!declined$)/, declined: /^declined$/, withdrawn: /^withdrawn$/ };
  for (const { alteration, said } of asked.alterations) {
    const known = books.alterations.find(({ alteration_id: id }) => id === alteration);
    if (!/^(applied|declined|withdrawn|expired|overtaken)$/.test(known?.status ?? '')) {
      say(`an alteration is ${known?.status}`);
    }
    if (said !== undefined && !ends[said].test(known?.status ?? '')) {
      say(`an alteration was ${said}, and is ${known?.status}`);
    }
  }
  const applied = books.alterations.filter(({ status }) => status === 'applied');
  for (const [place, { payment_id: id }] of applied.entries()) {
    const more = (agreed[place + 1]?.price.total ?? 0n) - (agreed[place]?.price.total ?? 0n);
    const payment = books.payments.find(({ payment_id: paid }) => paid === id);
    const paid = payment === undefined ? 0n : moneyOf(facts, payment).captured;
    if (paid !== (more > 0n ? more : 0n)) say(`an alteration that costs ${more} took ${paid}`);
  }
}

/** What alterations gave back: what was paid for one that came to nothing, and what one costs less. */
function backByAlterations({ agreed, books, facts }: Case): bigint {
  const applied = books.alterations.filter(({ status }) => status === 'applied');
  const inVain = books.payments.filter(({ purpose, payment_id: id }) =>
    purpose === 'alteration' && !applied.some((alteration) => alteration.payment_id === id)
  );
  const less = agreed.slice(1).map(({ price }, place) =>
    (agreed[place]?.price.total ?? 0n) - price.total
  );
  return total(inVain.map((payment) => moneyOf(facts, payment).captured)) +
    total(less.filter((difference) => difference > 0n));
}

/** Who gets what in the end. */
interface Shares {
  host: bigint;
  tax: bigint;
  /** All the host's: what was paid for damage, less what went back or to a bank. */
  damage: bigint;
}

function sharesOf(one: Case, settled: Settled | undefined): Shares {
  const { life, books, facts, stay: { captured, refunded, lost } } = one;
  const damage = total(
    books.payments.filter(({ purpose }) => purpose === 'damage').map((payment) => {
      const money = moneyOf(facts, payment);
      const left = money.captured - money.refunded - money.lost;
      return left > 0n ? left : 0n;
    }),
  );
  const back = settledBack(one, settled);
  // What the guest gets back by the settlement and has from the bank is nobody's loss. What staff gave
  // for a complaint and a bank was faster with is no refund any more: the host bears the bank's.
  const covered = back > refunded ? least(back - refunded, lost) : 0n;
  if (settled === undefined) return { host: 0n, tax: 0n, damage };
  const left = captured - (back > refunded ? back : refunded);
  const { step } = life.currency;
  return {
    ...sharedOut(settled, { left: left > 0n ? left : 0n, lost: lost - covered, step }),
    damage,
  };
}

/** To the cent: the guest's refund, the host's share, the tax office's, and Stripe's balance. */
function judgeMoney(one: Case, settled: Settled | undefined, shares: Shares): void {
  const { life, books, facts, stay, say } = one;
  const { captured, refunded, lost } = stay;
  const account = (name: string) => BigInt(books.ledger[name] ?? 0);
  if (account('stripe_balance') !== facts.balance) {
    say(`Stripe holds ${facts.balance}, the ledger says ${account('stripe_balance')}`);
  }
  if (-account('by_hand') !== one.asked.paidByHand) {
    say(`by hand came ${one.asked.paidByHand}, the ledger says ${-account('by_hand')}`);
  }
  for (const name of ['guest', 'dispute']) {
    if (account(name) !== 0n) say(`the account ${name} is ${account(name)}`);
  }
  if (settled === undefined) {
    // A bank may take back what had gone back already: that is the marketplace's loss.
    if (refunded < captured && refunded + lost !== captured) {
      say(`the guest paid ${captured} and got back ${refunded}`);
    }
  } else {
    const owed = owedTo(one, settled);
    if (refunded > owed || refunded + lost + goneBackWhole(one) < owed) {
      say(`the guest got ${refunded} back, not ${owed}`);
    }
  }
  const all = sumOf([...facts.payments.values()]);
  const platform = all.captured - all.refunded - all.lost - shares.host - shares.tax -
    shares.damage + (settled?.penalty ?? 0n);
  if (-account('platform') !== platform) {
    say(`the platform has ${-account('platform')}, not ${platform}`);
  }
  if (-account('tax') !== shares.tax) say(`taxes are ${-account('tax')}, not ${shares.tax}`);
  const waits = waitingIn(books);
  if (-account('host') !== waits) say(`the host's account is ${account('host')}`);
  const mayWait = ({ status, reason }: Books['payouts'][number]) =>
    life.hasLeft && status === 'blocked' && reason === 'host_not_ready';
  for (const payout of books.payouts) {
    if (/^(scheduled|blocked|sent)$/.test(payout.status) && !mayWait(payout)) {
      say(`a payout is ${payout.status} ${payout.reason}`);
    }
  }
}

/**
 * What comes back because the stay never was, was altered or ended early: of what was paid for it what
 * it does not cost, and all that came afterwards.
 */
function settledBack(one: Case, settled: Settled | undefined): bigint {
  const { books, facts, stay } = one;
  if (settled === undefined) return stay.captured;
  const altered = backByAlterations(one);
  if (books.paid === null) return altered;
  const paid = BigInt(books.paid);
  const came = total(
    books.payments.filter(({ purpose }) => /^(stay|alteration)$/.test(purpose))
      .map((payment) => moneyOf(facts, payment).captured),
  );
  // By then `paid` was there for the stay; the rest came later, and goes back.
  return came - paid + (paid > settled.costs ? paid - settled.costs : 0n);
}

/** What a guest gets back in all: by the settlement, for complaints, from the dashboard. */
function owedTo(one: Case, settled: Settled | undefined): bigint {
  const { captured, outside } = one.stay;
  return least(captured, settledBack(one, settled) + outside + one.asked.complaintRefund);
}

/**
 * What the dashboard gave back of payments of which nothing is left: it may have been a part of what
 * came back of them anyway, for a payment gives back no more than it brought.
 */
const goneBackWhole = ({ books, facts }: Case): bigint =>
  total(
    books.payments.map((payment) => moneyOf(facts, payment))
      .map(({ captured, refunded, outside }) => refunded < captured ? 0n : outside),
  );

/** What the rules leave to a person, and therefore show. */
function troublesOf(one: Case, settled: Settled | undefined): string[] {
  const { books, facts, stay } = one;
  const failed = books.commands.filter((command) => command.includes('failed'));
  const { failedRefunds } = sumOf([...facts.payments.values()]);
  return [
    ...(failedRefunds > 0 ? ['a refund that failed'] : []),
    ...failed.map((command) => `${command.split(' ')[0]} given up`),
    ...(owedTo(one, settled) - stay.refunded - goneBackWhole(one) > stay.lost
      ? ['a refund a lost dispute stands against']
      : []),
  ];
}

const unpaidReport = ({ purpose }: Payment) => `payment_problem ${purpose}_unpaid`;

/** An operator sees what nobody paid in time, and the money of a host who left, though nothing is wrong. */
const isRightlyTold = ({ life, books }: Case, difference: string) =>
  books.payments.some((payment) =>
    payment.charge_at !== null && difference === unpaidReport(payment)
  ) || (life.hasLeft && difference === 'held_too_long blocked host_not_ready');

/** What staff gave back: what was said with the reason that is kept. */
function staffRefundOf({ asked, books, say }: Case): bigint {
  const refund = asked.staffRefunds.get(books.reason ?? '');
  if (refund === undefined) say(`was cancelled for "${books.reason}", which no staff said`);
  return refund ?? 0n;
}

/** What the stay comes to by the rules; undefined when it never was confirmed. */
function settledOf(one: Case): Settled | undefined {
  const { life, books, say } = one;
  const { confirmed_at: confirmedAt, cancelled_at: at, cancelled_by: by } = books;
  if (confirmedAt === null) return undefined;
  const { stay, price } = inTheEnd(one);
  const { policy } = life.plan.home;
  const { timeZone, penalty: [least, most] } = life.currency;
  const agreed: Agreed = { stay, price, policy, timeZone, confirmedAt };
  if (at === null) return asAgreed(agreed);
  const paid = BigInt(books.paid ?? 0);
  switch (by) {
    case 'host':
      return cancelledByHost(agreed, at, [least, most]);
    case 'staff':
      return cancelledByStaff(agreed, paid, staffRefundOf(one));
    case 'system':
      if (!isTold(books)) say('nobody is told that it was not paid');
      return cancelledUnpaid(agreed, at, paid);
    default:
      return cancelledByGuest(agreed, at);
  }
}

const isTold = ({ report }: Books) => report.includes('payment_problem stay_unpaid');

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
    'a job fails': `select job, problem from private.job_failures
       union all select job, problem from private.rows_set_aside`,
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

const least = (one: bigint, other: bigint) => one < other ? one : other;
const total = (amounts: bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
