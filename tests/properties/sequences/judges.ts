import type { Books } from './books.ts';
import { type Case, inTheEnd, moneyOf, waitingIn } from './case.ts';
import { sumOf } from './facts.ts';
import { goneBackWhole, owedTo, type Shares } from './owed.ts';
import { payoutDue, plannedCharges, type Settled } from './settlement.ts';

/** Nothing is in limbo, and whoever was told yes finds it so. */
export function judgeEnds({ asked, books, facts, say }: Case): void {
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
export function judgeCharges(one: Case): void {
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
export function judgeClaims({ asked, books, facts, say }: Case): void {
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
export function judgeAlterations({ asked, agreed, books, facts, say }: Case): void {
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

/** To the cent: the guest's refund, the host's share, the tax office's, and Stripe's balance. */
export function judgeMoney(one: Case, settled: Settled | undefined, shares: Shares): void {
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
