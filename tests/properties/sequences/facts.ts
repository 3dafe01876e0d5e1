import type { Stripe } from 'stripe';
import type { World } from './world.ts';

/** What Stripe has done with the money of one payment. Minor units. */
export interface Money {
  captured: bigint;
  chargedAt: Date | null;
  refunded: bigint;
  /** Of what was refunded: what somebody made in the dashboard. */
  outside: bigint;
  failedRefunds: number;
  lost: bigint;
  /** Disputes that banks decided for us, some of them after an appeal. */
  won: number;
  /** Paid to the host and not taken back. */
  transferred: bigint;
  transferredAt: Date[];
}

/** What Stripe has done for a booking. */
export interface Facts {
  intents: Stripe.PaymentIntent[];
  setups: Stripe.SetupIntent[];
  payments: Map<string, Money>;
  /** What all of it did to the platform's balance. */
  balance: bigint;
}

export const noMoney: Readonly<Money> = {
  captured: 0n,
  chargedAt: null,
  refunded: 0n,
  outside: 0n,
  failedRefunds: 0,
  lost: 0n,
  won: 0,
  transferred: 0n,
  transferredAt: [],
};

export const nothing: Readonly<Facts> = {
  intents: [],
  setups: [],
  payments: new Map(),
  balance: 0n,
};

type Reference = string | { id: string } | null | undefined;

/** What Stripe's own objects say, by booking. */
export function factsOf({ stripe: { control } }: World): Map<string, Facts> {
  const facts = new Map<string, Facts>();
  /** Of every object that moves money: whose it is. */
  const paymentOf = new Map<string, { booking: string; payment: string }>();
  const known = (reference: Reference) =>
    paymentOf.get(typeof reference === 'string' ? reference : reference?.id ?? '') ??
      { booking: '', payment: '' };
  const factsFor = (booking: string): Facts => {
    const some = facts.get(booking) ??
      { ...nothing, intents: [], setups: [], payments: new Map<string, Money>() };
    facts.set(booking, some);
    return some;
  };
  const moneyOf = (id: string, reference: Reference): Money => {
    const owner = known(reference);
    paymentOf.set(id, owner);
    const { payments } = factsFor(owner.booking);
    const money = payments.get(owner.payment) ?? { ...noMoney, transferredAt: [] };
    payments.set(owner.payment, money);
    return money;
  };

  for (const intent of control.list('payment_intents')) {
    const { booking_id: booking = '', payment_id: payment = '' } = intent.metadata;
    paymentOf.set(intent.id, { booking, payment });
    factsFor(booking).intents.push(intent);
  }
  for (const setup of control.list('setup_intents')) {
    factsFor(setup.metadata?.['booking_id'] ?? '').setups.push(setup);
  }
  for (const charge of control.list('charges')) {
    const money = moneyOf(charge.id, charge.payment_intent);
    money.captured += BigInt(charge.amount_captured);
    if (charge.captured) money.chargedAt = new Date(charge.created * 1000);
  }
  for (const refund of control.list('refunds')) {
    const money = moneyOf(refund.id, refund.payment_intent);
    // A released authorisation looks like a refund, and moves no money.
    if (refund.destination_details?.card?.type === 'reversal') continue;
    if (refund.status === 'failed') money.failedRefunds += 1;
    else {
      money.refunded += BigInt(refund.amount);
      if (refund.metadata?.['refund_id'] === undefined) money.outside += BigInt(refund.amount);
    }
  }
  for (const dispute of control.list('disputes')) {
    const money = moneyOf(dispute.id, dispute.payment_intent);
    if (dispute.status === 'won') money.won += 1;
    if (dispute.status !== 'lost') continue;
    for (const { amount } of dispute.balance_transactions) money.lost -= BigInt(amount);
  }
  for (const transfer of control.list('transfers')) {
    // What is paid again comes from the balance, and only names its payment.
    if (transfer.source_transaction === null) {
      const { booking_id: booking = '', payment_id: payment = '' } = transfer.metadata;
      paymentOf.set(transfer.id, { booking, payment });
    }
    const money = moneyOf(transfer.id, transfer.source_transaction ?? transfer.id);
    money.transferred += BigInt(transfer.amount - transfer.amount_reversed);
    money.transferredAt.push(new Date(transfer.created * 1000));
  }
  for (const reversal of control.list('transfer_reversals')) {
    moneyOf(reversal.id, reversal.transfer);
  }
  for (const movement of control.list('balance_transactions')) {
    factsFor(known(movement.source).booking).balance += BigInt(movement.net);
  }
  return facts;
}

/** All of it together. */
export function sumOf(some: Money[]): Money {
  const sum = { ...noMoney, transferredAt: some.flatMap((money) => money.transferredAt) };
  for (const money of some) {
    sum.captured += money.captured;
    sum.refunded += money.refunded;
    sum.outside += money.outside;
    sum.failedRefunds += money.failedRefunds;
    sum.lost += money.lost;
    sum.won += money.won;
    sum.transferred += money.transferred;
  }
  return sum;
}
