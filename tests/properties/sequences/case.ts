import type { Books, Payment } from './books.ts';
import { type Facts, type Money, noMoney } from './facts.ts';
import type { Asked, Life } from './life.ts';
import type { Agreed } from './settlement.ts';

/** One booking with all that is known of it. */
export interface Case {
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

/** Alterations that came to something, in their order, after what was booked. */
export function agreedOn(asked: Asked, { alterations }: Books): Case['agreed'] {
  const applied = alterations.filter(({ status }) => status === 'applied').flatMap((known) =>
    asked.alterations.filter(({ alteration }) => alteration === known.alteration_id)
  );
  return [asked, ...applied];
}

export const inTheEnd = ({ agreed, asked }: Case) => agreed.at(-1) ?? asked;

export const moneyOf = ({ payments }: Facts, { payment_id: id }: Payment): Money =>
  payments.get(id) ?? noMoney;

/** What of its payouts has not left yet. */
export const waitingIn = ({ payouts }: Books): bigint =>
  total(
    payouts.filter(({ status }) => /^(scheduled|blocked|sent)$/.test(status))
      .map(({ amount }) => BigInt(amount)),
  );

export const least = (one: bigint, other: bigint) => one < other ? one : other;

export const total = (amounts: bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
