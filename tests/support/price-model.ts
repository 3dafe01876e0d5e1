/**
 * What a stay costs, a second time: written from the rules and not from the SQL, in BigInt, so that a
 * mistake in one of the two shows.
 */

/** A share of a price, or so much per night, guest and night, or booking. */
export interface TaxRule {
  name: string;
  basis:
    | 'percent_of_nights'
    | 'percent_of_nights_and_fees'
    | 'per_night'
    | 'per_guest_night'
    | 'per_booking';
  rateBp: number | null;
  amount: bigint | null;
  maximumNights: number | null;
  exemptFromNights: number | null;
  /** Of a tax by guests and nights: who is younger is not counted. */
  minimumAge: number | null;
}

/** Everything a price depends on. Amounts are minor units, multiples of `step`; days are ISO dates. */
export interface PricedCase {
  step: bigint;
  today: string;
  checkIn: string;
  nights: number;
  guests: number;
  pets: number;
  /** Of those guests who are under 18. */
  childAges: number[];
  base: bigint;
  weekend: bigint | null;
  days: Map<string, bigint>;
  includedGuests: number;
  extraGuest: bigint;
  cleaning: bigint;
  pet: bigint;
  /** The discount of new listings, when this is one. */
  newListingBp: number | null;
  lengthTiers: { minimumNights: number; bp: number }[];
  earlyBird: { days: number; bp: number } | null;
  lastMinute: { days: number; bp: number } | null;
  guestFeeBp: number;
  hostFeeBp: number;
  taxes: TaxRule[];
  /** What a host asks for the whole stay in a special offer, instead of all of the above but fees and taxes. */
  agreed?: bigint;
}

export interface Line {
  kind: string;
  night: string | null;
  quantity: bigint;
  unit: bigint;
  discount: bigint;
  amount: bigint;
}

export interface Price {
  discount: string | null;
  discountBp: number;
  lines: Line[];
  subtotal: bigint;
  guestFee: bigint;
  hostFee: bigint;
  taxes: bigint;
  total: bigint;
  payout: bigint;
}

export function priceOf(stay: PricedCase): Price {
  const { agreed } = stay;
  if (agreed !== undefined) {
    // Each night ends where its share of the whole does.
    const upTo = (night: number) =>
      agreed / stay.step * BigInt(night) / BigInt(stay.nights) * stay.step;
    const nights = range(stay.nights).map((ahead) => ({
      ...plain('night', 1n, upTo(ahead + 1) - upTo(ahead)),
      night: dayAfter(stay.checkIn, ahead),
    }));
    return withFeesAndTaxes(stay, [null, 0], nights, []);
  }
  const [discount, discountBp] = discountOf(stay);
  const nights: Line[] = range(stay.nights).map((ahead) => {
    const night = dayAfter(stay.checkIn, ahead);
    const unit = stay.days.get(night) ?? (isWeekend(night) ? stay.weekend : null) ?? stay.base;
    const off = share(unit, discountBp, stay.step);
    return { kind: 'night', night, quantity: 1n, unit, discount: off, amount: unit - off };
  });

  const extraNights = BigInt(Math.max(0, stay.guests - stay.includedGuests) * stay.nights);
  const fees = [
    plain('extra_guests', extraNights, stay.extraGuest),
    plain('cleaning', 1n, stay.cleaning),
    plain('pets', stay.pets > 0 ? 1n : 0n, stay.pet),
  ].filter((line) => line.amount > 0n);
  return withFeesAndTaxes(stay, [discount, discountBp], nights, fees);
}

/** A stay as it was agreed. */
export interface AgreedStay {
  nights: number;
  guests: number;
  pets: number;
  guestFeeBp: number;
  hostFeeBp: number;
  price: Price;
}

/**
 * What a stay costs that is altered: nights that stay keep their price, added ones cost what a new
 * stay would; cleaning, pets and extra guests keep the price they had; fees keep their rates.
 */
export function alteredPriceOf(agreed: AgreedStay, stay: PricedCase): Price {
  const fresh = priceOf(stay);
  const had = (kind: string) => agreed.price.lines.find((line) => line.kind === kind);
  const nights = fresh.lines
    .filter(({ kind }) => kind === 'night')
    .map((line) => agreed.price.lines.find(({ night }) => night === line.night) ?? line);

  // Guests who came in the price stay in it.
  const extra = had('extra_guests');
  const paying = extra === undefined
    ? stay.guests - Math.max(stay.includedGuests, agreed.guests)
    : Number(extra.quantity) / agreed.nights + stay.guests - agreed.guests;
  const pet = had('pets')?.unit ?? (agreed.pets > 0 ? 0n : stay.pet);
  const fees = [
    plain(
      'extra_guests',
      BigInt(Math.max(0, paying) * stay.nights),
      extra?.unit ?? stay.extraGuest,
    ),
    plain('cleaning', 1n, had('cleaning')?.unit ?? 0n),
    plain('pets', stay.pets > 0 ? 1n : 0n, pet),
  ].filter((line) => line.amount > 0n);
  return withFeesAndTaxes(
    { ...stay, guestFeeBp: agreed.guestFeeBp, hostFeeBp: agreed.hostFeeBp },
    [agreed.price.discount, agreed.price.discountBp],
    nights,
    fees,
  );
}

function withFeesAndTaxes(
  stay: PricedCase,
  [discount, discountBp]: [string | null, number],
  nights: Line[],
  fees: Line[],
): Price {
  const feeTotal = sum(fees);
  const subtotal = sum(nights) + feeTotal;

  const taxLines = stay.taxes
    .filter((tax) => tax.exemptFromNights === null || stay.nights < tax.exemptFromNights)
    .toSorted((one, other) => one.name < other.name ? -1 : 1)
    .map((tax) => plain('tax', 1n, taxOn(tax, stay, nights, feeTotal)))
    .filter((line) => line.amount > 0n);

  const guestFee = share(subtotal, stay.guestFeeBp, stay.step);
  const hostFee = share(subtotal, stay.hostFeeBp, stay.step);
  const taxes = sum(taxLines);
  return {
    discount,
    discountBp,
    lines: [...nights, ...fees, ...taxLines],
    subtotal,
    guestFee,
    hostFee,
    taxes,
    total: subtotal + guestFee + taxes,
    payout: subtotal - hostFee,
  };
}

function discountOf(stay: PricedCase): [string | null, number] {
  if (stay.newListingBp !== null) return ['new_listing', stay.newListingBp];
  const tier = stay.lengthTiers
    .filter((each) => each.minimumNights <= stay.nights)
    .toSorted((one, other) => other.minimumNights - one.minimumNights)[0];
  if (tier) return ['length_of_stay', tier.bp];
  const ahead = daysBetween(stay.today, stay.checkIn);
  if (stay.earlyBird && ahead >= stay.earlyBird.days) return ['early_bird', stay.earlyBird.bp];
  if (stay.lastMinute && ahead <= stay.lastMinute.days) return ['last_minute', stay.lastMinute.bp];
  return [null, 0];
}

function taxOn(tax: TaxRule, stay: PricedCase, nights: Line[], fees: bigint): bigint {
  const taxed = Math.min(stay.nights, tax.maximumNights ?? stay.nights);
  switch (tax.basis) {
    case 'per_booking':
      return tax.amount ?? 0n;
    case 'per_night':
      return (tax.amount ?? 0n) * BigInt(taxed);
    case 'per_guest_night': {
      const spared = stay.childAges.filter((age) => age < (tax.minimumAge ?? 0)).length;
      return (tax.amount ?? 0n) * BigInt(taxed * (stay.guests - spared));
    }
    case 'percent_of_nights':
      return share(sum(nights.slice(0, taxed)), tax.rateBp ?? 0, stay.step);
    case 'percent_of_nights_and_fees':
      return share(sum(nights.slice(0, taxed)) + fees, tax.rateBp ?? 0, stay.step);
  }
}

/** Rounded half up, in whole steps. */
function share(amount: bigint, bp: number, step: bigint): bigint {
  const coin = 10_000n * step;
  return (2n * amount * BigInt(bp) + coin) / (2n * coin) * step;
}

const plain = (kind: string, quantity: bigint, unit: bigint): Line => ({
  kind,
  night: null,
  quantity,
  unit,
  discount: 0n,
  amount: quantity * unit,
});

const sum = (lines: Line[]) => lines.reduce((total, line) => total + line.amount, 0n);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / 86_400_000;

/** Friday and Saturday nights. */
const isWeekend = (day: string): boolean => [5, 6].includes(new Date(`${day}T00:00Z`).getUTCDay());

/** The day it is in a time zone, by the tables of the JavaScript engine. */
export const dayIn = (timeZone: string, instant: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .format(instant);
