import type { Books } from './books.ts';
import { type Case, inTheEnd, least, moneyOf, total } from './case.ts';
import {
  type Agreed,
  asAgreed,
  cancelledByGuest,
  cancelledByHost,
  cancelledByStaff,
  cancelledUnpaid,
  type Settled,
  sharedOut,
} from './settlement.ts';

/** What the stay comes to by the rules; undefined when it never was confirmed. */
export function settledOf(one: Case): Settled | undefined {
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

/** What staff gave back: what was said with the reason that is kept. */
function staffRefundOf({ asked, books, say }: Case): bigint {
  const refund = asked.staffRefunds.get(books.reason ?? '');
  if (refund === undefined) say(`was cancelled for "${books.reason}", which no staff said`);
  return refund ?? 0n;
}

const isTold = ({ report }: Books) => report.includes('payment_problem stay_unpaid');

/** Who gets what in the end. */
export interface Shares {
  host: bigint;
  tax: bigint;
  /** All the host's: what was paid for damage, less what went back or to a bank. */
  damage: bigint;
}

export function sharesOf(one: Case, settled: Settled | undefined): Shares {
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

/** What a guest gets back in all: by the settlement, for complaints, from the dashboard. */
export function owedTo(one: Case, settled: Settled | undefined): bigint {
  const { captured, outside } = one.stay;
  return least(captured, settledBack(one, settled) + outside + one.asked.complaintRefund);
}

/**
 * What the dashboard gave back of payments of which nothing is left: it may have been a part of what
 * came back of them anyway, for a payment gives back no more than it brought.
 */
export const goneBackWhole = ({ books, facts }: Case): bigint =>
  total(
    books.payments.map((payment) => moneyOf(facts, payment))
      .map(({ captured, refunded, outside }) => refunded < captured ? 0n : outside),
  );
