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

/** What a stay costs in the end, who gets what of that, and what the host owes beside it. Minor units. */
export interface Settled {
  costs: bigint;
  host: bigint;
  tax: bigint;
  penalty: bigint;
  /** The total of the stay, if all is shared as it was: what is left is then a part of it, rounded once. */
  whole?: { costs: bigint; host: bigint; tax: bigint };
}

/** One of the payments that a stay is charged by; `at` is null for what is paid when it is booked. */
export interface Charge {
  at: Date | null;
  amount: bigint;
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

/**
 * How a stay is charged: at once, or 90 days before its payout; from 28 nights on 30 nights at a time,
 * the later ones 7 days before they begin, each the share of the total that its nights have.
 */
export function plannedCharges(stay: PricedCase, price: Price, timeZone: string): Charge[] {
  const due = (days: number) => instantOf(dayAfter(stay.checkIn, days), 15, timeZone);
  const isFar = dayAfter(stay.today, 90) < dayAfter(stay.checkIn, 1);
  const first = isFar ? due(1 - 90) : null;
  if (stay.nights < 28) return [{ at: first, amount: price.total }];
  const nights = price.lines.filter(({ kind }) => kind === 'night').map(({ amount }) => amount);
  const upTo = (night: number) =>
    rounded(price.total * total(nights.slice(0, night)), total(nights), stay.step);
  return Array.from({ length: Math.ceil(stay.nights / 30) }, (_, block) => ({
    at: block === 0 ? first : due(block * 30 - 7),
    amount: upTo(block * 30 + 30) - upTo(block * 30),
  }));
}

/** From when on a payment of the stay may be paid out: a day after its nights began. */
export const payoutDue = (
  { stay, timeZone }: Pick<Agreed, 'stay' | 'timeZone'>,
  instalment: number,
): Date =>
  new Date(
    instantOf(dayAfter(stay.checkIn, (instalment - 1) * 30), 15, timeZone).getTime() + 24 * hour,
  );

/** What remains when nobody cancels. */
export const asAgreed = ({ price }: Agreed): Settled => ({
  costs: price.total,
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
  return { costs: 0n, host: 0n, tax: 0n, penalty: bounded };
}

/** Staff choose what of the money paid goes back; nothing more is charged. */
export const cancelledByStaff = (agreed: Agreed, paid: bigint, refund: bigint): Settled =>
  sharedAsTheTotal(agreed, paid - refund);

/** As if the guest had cancelled, but for no more than they paid. */
export function cancelledUnpaid(agreed: Agreed, at: Date, paid: bigint): Settled {
  const settled = cancelledByGuest(agreed, at);
  return settled.costs > paid ? sharedAsTheTotal(agreed, paid) : settled;
}

function sharedAsTheTotal({ stay, price }: Agreed, costs: bigint): Settled {
  const subtotal = rounded(price.subtotal * costs, price.total, stay.step);
  const taxes = rounded(price.taxes * costs, price.total, stay.step);
  return {
    costs,
    host: rounded(price.payout * costs, price.total, stay.step),
    tax: taxes < costs - subtotal ? taxes : costs - subtotal,
    penalty: 0n,
    whole: { costs: price.total, host: price.payout, tax: price.taxes },
  };
}

export function cancelledByGuest(agreed: Agreed, at: Date): Settled {
  const terms = termsOf(agreed, at);
  if (terms === 'all') return { costs: 0n, host: 0n, tax: 0n, penalty: 0n };
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
    costs: price.guestFee + keptPrice + total(taxes),
    host: keptPrice - rounded(keptPrice * BigInt(stay.hostFeeBp), 10_000n, stay.step),
    tax: total(taxes),
    penalty: 0n,
  };
}

/**
 * The shares when less is there than the stay costs, because it was never paid or went back beside the
 * settlement: all shrink alike. What a bank took in a lost dispute is the host's loss first.
 */
export function sharedOut(
  { costs, host, tax, whole = { costs, host, tax } }: Settled,
  { left, lost, step }: { left: bigint; lost: bigint; step: bigint },
): { host: bigint; tax: bigint } {
  if (left >= costs) return { host: host > lost ? host - lost : 0n, tax };
  const least = (one: bigint, other: bigint) => one < other ? one : other;
  const shrunkHost = least(left, rounded(whole.host * left, whole.costs, step));
  const shrunkTax = least(left - shrunkHost, rounded(whole.tax * left, whole.costs, step));
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
