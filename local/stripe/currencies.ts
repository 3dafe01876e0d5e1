import { invalid } from './http/errors.ts';

const zeroDecimal = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '));
// Without minor units in the world, yet sent times one hundred.
const wholeHundreds = new Set(['isk', 'ugx']);

const twoDecimal = new Set(
  ('usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd ' +
    'cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd ' +
    'hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt ' +
    'mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub ' +
    'sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs wst ' +
    'xcd yer zar zmw').split(' '),
);

// docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units.
const minimum: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50, // deno-fmt-ignore
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

/** Digits after the point in what Stripe calls the smallest unit: 0, 2 or 3. */
export function exponentOf(currency: string): 0 | 2 | 3 {
  return zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2;
}

/**
 * The currency in lower case.
 * @throws StripeFailure 400 when Stripe has no such currency
 */
export function checkCurrency(given: string): string {
  const currency = given.toLowerCase();
  if (twoDecimal.has(currency) || zeroDecimal.has(currency) || threeDecimal.has(currency)) {
    return currency;
  }
  throw invalid(`Invalid currency: ${given}.`, undefined, 'currency');
}

/** The smallest amount a charge may have; where Stripe lists none, one unit of what it accepts. */
function minimumCharge(currency: string): number {
  return minimum[currency] ??
    (threeDecimal.has(currency) ? 10 : wholeHundreds.has(currency) ? 100 : 1);
}

/**
 * Refuses an amount that cannot be charged in this currency.
 * @throws StripeFailure 400 parameter_invalid_integer, amount_too_small, amount_too_large
 */
export function checkChargeAmount(amount: number, currency: string, param = 'amount'): void {
  checkUnits(amount, currency, param);
  const least = minimumCharge(currency);
  if (amount < least) {
    throw invalid(
      `Amount must be at least ${written(least, currency)}`,
      'amount_too_small',
      param,
    );
  }
  const most = currency === 'idr' ? 999_999_999_999 : 99_999_999;
  if (amount > most) {
    throw invalid(
      `Amount must be no more than ${written(most, currency)}`,
      'amount_too_large',
      param,
    );
  }
}

/** Refuses what is no positive number of units that Stripe takes for this currency. */
export function checkUnits(amount: number, currency: string, param = 'amount'): void {
  if (amount < 1) {
    throw invalid(
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
      param,
    );
  }
  if (threeDecimal.has(currency) && amount % 10 !== 0) {
    throw invalid(
      `Invalid amount: amounts in ${currency} must be rounded to the nearest ten (the last digit must be 0).`,
      'parameter_invalid_integer',
      param,
    );
  }
  if (wholeHundreds.has(currency) && amount % 100 !== 0) {
    throw invalid(
      `Invalid amount: amounts in ${currency} must be evenly divisible by 100.`,
      'parameter_invalid_integer',
      param,
    );
  }
}

/** An amount for people: `$12.50 usd`, `500 jpy`. */
export function written(amount: number, currency: string): string {
  const exponent = exponentOf(currency);
  return `${(amount / 10 ** exponent).toFixed(exponent)} ${currency}`;
}

/** Stripe's fee: 2.9 % and 30 cents (or what comes near to them), never more than the amount. */
export function feeFor(amount: number, currency: string): number {
  const fixed = currency === 'jpy'
    ? 30
    : exponentOf(currency) === 3
    ? 90
    : exponentOf(currency) === 0
    ? 0
    : 30;
  return Math.min(amount, Math.round(amount * 0.029) + fixed);
}
