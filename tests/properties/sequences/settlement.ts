import { dayAfter, type Line, type Price, type PricedCase } from '../../support/price-model.ts';

/**
 * What a cancellation comes to, a second time: written from the published rules and not from the
 * SQL, in BigInt, so that a mistake in one of the two shows.
 */

export type Policy =
  | 'flexible'
  | 'moderate'
  | 'limited'
  | 'firm'
  | 'strict'
  | 'non_refundable';

/** A stay as it was agreed. Check-in is at 15:00 and check-out at 11:00, where it stands. */
export interface Agreed {
  stay: PricedCase;
  price: Price;
  policy: Policy;
  timeZone: string;
  confirmedAt: Date;
}

/** Who gets what of the total, and what the host owes beside it. Minor units. */
export interface Settled {
  refund: bigint;
  host: bigint;
  tax: bigint;
  penalty: bigint;
}

/** The part of a stay that is kept: so many nights whole, of the others a share. */
interface Terms {
  whole: number;
  shareBp: bigint;
  spent: number;
}

const hour = 3_600_000;

/** The instant of a wall clock's day and hour in a time zone. */
export function instantOf(day: string, hours: number, timeZone: string): Date {
  const wall = Date.parse(`${day}T00:00Z`) + hours * hour;
  let instant = wall;
  // Twice, for the offset may differ between the guess and the answer.
  for (let look = 0; look < 2; look += 1) instant = wall - offsetAt(timeZone, instant);
  return new Date(instant);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function offsetAt(timeZone: string, instant: number): number {
  const clock = clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  clocks.set(timeZone, clock);
  const name = clock.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = 0, minutes = 0] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * 60_000);
}

/** What remains when nobody cancels. */
export const asAgreed = ({ price }: Agreed): Settled => ({
  refund: 0n,
  host: price.payout,
  tax: price.taxes,
  penalty: 0n,
});

export function cancelledByHost(agreed: Agreed, at: Date, bounds: [bigint, bigint]): Settled {
  const { stay, price } = agreed;
  const left = arrivalOf(agreed).getTime() - at.getTime();
  const bp = at < daysBefore(agreed, 30) ? 1000n : left > 48 * hour ? 2500n : 5000n;
  const penalty = rounded(price.subtotal * bp, 10_000n, stay.step);
  const [least, most] = bounds;
  const bounded = penalty < least ? least : penalty > most ? most : penalty;
  return { refund: price.total, host: 0n, tax: 0n, penalty: bounded };
}

/** Staff choose the refund; the rest is shared as the total was. */
export function cancelledByStaff({ stay, price }: Agreed, refund: bigint): Settled {
  const kept = price.total - refund;
  const subtotal = rounded(price.subtotal * kept, price.total, stay.step);
  const taxes = rounded(price.taxes * kept, price.total, stay.step);
  return {
    refund,
    host: subtotal - rounded(subtotal * BigInt(stay.hostFeeBp), 10_000n, stay.step),
    tax: taxes < kept - subtotal ? taxes : kept - subtotal,
    penalty: 0n,
  };
}

export function cancelledByGuest(agreed: Agreed, at: Date): Settled {
  const { price } = agreed;
  const terms = termsOf(agreed, at);
  if (terms === 'all') return { refund: price.total, host: 0n, tax: 0n, penalty: 0n };
  return kept(agreed, terms);
}

/** What the guest gets back by the policy: all, or what is not kept by these terms. */
function termsOf(agreed: Agreed, at: Date): 'all' | Terms {
  const { policy, confirmedAt, stay: { nights } } = agreed;
  const spent = nightsBegun(agreed, at);
  const by = (days: number) => at <= daysBefore(agreed, days);
  const keep = (whole: number, shareBp: bigint): Terms => ({ whole, shareBp, spent });
  const grace = spent === 0 && at.getTime() <= confirmedAt.getTime() + 24 * hour &&
    confirmedAt <= daysBefore(agreed, 7);

  if (policy === 'non_refundable') return keep(spent, 10_000n);
  if (grace) return 'all';
  if (nights >= 28) return by(30) ? 'all' : keep(spent + 30, 0n);
  switch (policy) {
    case 'flexible': {
      const inTime = at.getTime() <= arrivalOf(agreed).getTime() - 24 * hour;
      return inTime ? 'all' : keep(spent + 1, 0n);
    }
    case 'moderate':
      return by(5) ? 'all' : keep(spent + 1, 5_000n);
    case 'limited':
      return by(14) ? 'all' : by(7) ? keep(spent, 5_000n) : keep(spent, 10_000n);
    case 'firm':
      return by(30) ? 'all' : by(7) ? keep(spent, 5_000n) : keep(spent, 10_000n);
    case 'strict':
      return by(7) ? keep(spent, 5_000n) : keep(spent, 10_000n);
  }
}

/** The night that runs counts; it ends at the hour of check-out. */
function nightsBegun(agreed: Agreed, at: Date): number {
  const { stay: { checkIn, nights }, timeZone } = agreed;
  if (at < arrivalOf(agreed)) return 0;
  let begun = 1;
  while (begun < nights && at >= instantOf(dayAfter(checkIn, begun), 11, timeZone)) begun += 1;
  return begun;
}

function kept({ stay, price }: Agreed, { whole, shareBp, spent }: Terms): Settled {
  const nights = price.lines.filter(({ kind }) => kind === 'night');
  // In ten-thousandths of a minor unit, so that nothing is rounded before its line is.
  const keptOf = ({ amount }: Line, place: number) =>
    place < whole ? amount * 10_000n : amount * shareBp;
  const keptNights = nights.map(keptOf);
  const all = total(nights.map(({ amount }) => amount)) * 10_000n;
  const share = (amount: bigint) => rounded(amount * total(keptNights), all, stay.step);

  const extras = price.lines.filter(({ kind }) => /^(extra_guests|cleaning|pets)$/.test(kind));
  const keptExtras = total(
    extras.map(({ kind, amount }) => kind !== 'extra_guests' && spent > 0 ? amount : share(amount)),
  );
  const keptPrice = rounded(total(keptNights), 10_000n, stay.step) + keptExtras;

  const levied = stay.taxes
    .filter((tax) => tax.exemptFromNights === null || stay.nights < tax.exemptFromNights)
    .toSorted((one, other) => one.name < other.name ? -1 : 1);
  const taxes = price.lines.filter(({ kind }) => kind === 'tax').map(({ amount }, place) => {
    const basis = levied[place];
    if (basis === undefined) throw new Error('A tax line without its tax.');
    if (basis.basis === 'per_booking') return share(amount);
    const taxed = Math.min(stay.nights, basis.maximumNights ?? stay.nights);
    const keptBase = total(keptNights.slice(0, taxed));
    const base = total(nights.slice(0, taxed).map((night) => night.amount)) * 10_000n;
    if (basis.basis !== 'percent_of_nights_and_fees') {
      return rounded(amount * keptBase, base, stay.step);
    }
    const fees = total(extras.map((line) => line.amount)) * 10_000n;
    return rounded(amount * (keptBase + keptExtras * 10_000n), base + fees, stay.step);
  });

  return {
    refund: price.total - price.guestFee - keptPrice - total(taxes),
    host: keptPrice - rounded(keptPrice * BigInt(stay.hostFeeBp), 10_000n, stay.step),
    tax: total(taxes),
    penalty: 0n,
  };
}

/**
 * Shares after money went elsewhere: refunds beside the settlement shrink all alike, what a bank took
 * in a lost dispute is the host's loss first.
 */
export function sharedOut(
  { host, tax, refund }: Settled,
  { captured, refunded, lost, step }: {
    captured: bigint;
    refunded: bigint;
    lost: bigint;
    step: bigint;
  },
): { host: bigint; tax: bigint } {
  const remains = captured - refund;
  const beside = refunded > refund ? refunded - refund : 0n;
  const left = remains > beside ? remains - beside : 0n;
  if (left === remains) return { host: host > lost ? host - lost : 0n, tax };
  const least = (one: bigint, other: bigint) => one < other ? one : other;
  const shrunkHost = least(left, rounded(host * left, remains, step));
  const shrunkTax = least(left - shrunkHost, rounded(tax * left, remains, step));
  return { host: shrunkHost > lost ? shrunkHost - lost : 0n, tax: shrunkTax };
}

const arrivalOf = ({ stay, timeZone }: Agreed) => instantOf(stay.checkIn, 15, timeZone);
const daysBefore = ({ stay, timeZone }: Agreed, days: number) =>
  instantOf(dayAfter(stay.checkIn, -days), 15, timeZone);

/** A fraction rounded half up, in whole coins. */
function rounded(numerator: bigint, denominator: bigint, step: bigint): bigint {
  const coin = denominator * step;
  return (2n * numerator + coin) / (2n * coin) * step;
}

const total = (amounts: bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
