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

// Roughly so many units for a dollar: where Stripe lists no minimum it asks for as much as 50 cents.
const perDollar: Record<string, number> = {};
for (
  const line of [
    '0.31 kwd 0.38 bhd omr 0.71 jod 0.8 fkp gip 0.83 kyd 1 bmd bnd bsd pab usd',
    '1.7 azn 1.8 bam 2 awg bbd bzd tjs top 2.2 fjd 2.7 gel wst xcd 3 tnd 3.4 ils pen 3.7 pgk qar sar',
    '4 pgk 4.3 byn 7 bob hrk 7.2 cny 7.7 gtq 8 mop sbd 8.5 scr 10 mad 12 zmw 13 mvr 15 ghs 17 mdl 18 lsl nad szl zar',
    '23 sle 25 hnl 34 try 36 srd 37 nio 40 uah uyu 48 mru 50 egp 57 php 58 mkd 60 dop 64 mzn 68 gmd 70 afn',
    '80 rub 90 all 105 rsd 110 xpf 120 bdt kgs vuv 130 dzd 132 htg 135 isk jmd kes 140 npr 178 djf 210 gyd',
    '250 yer 280 pkr 300 lkr 390 amd 450 kmf 500 crc kzt 600 xaf xof 900 aoa 930 ars clp 1300 rwf 1400 krw',
    '1500 ngn 2100 mmk 2500 tzs 2800 cdf 2900 bif 3400 mnt 3700 ugx 4000 cop khr 4500 mga 7500 pyg 8600 gnf',
    '12500 uzs 16000 idr 21000 lak std 25000 vnd 89000 lbp 32 twd',
  ]
) {
  let rate = 1;
  for (const word of line.split(' ')) {
    if (/^[\d.]+$/.test(word)) rate = Number(word);
    else perDollar[word] = rate;
  }
}

/** The smallest amount a charge may have. */
function minimumCharge(currency: string): number {
  const step = threeDecimal.has(currency) ? 10 : wholeHundreds.has(currency) ? 100 : 1;
  const halfDollar = 0.5 * (perDollar[currency] ?? 1) * 10 ** exponentOf(currency);
  return minimum[currency] ?? Math.max(step, Math.ceil(halfDollar / step) * step);
}

// Charged with two decimals, paid out in whole units.
const wholePayouts = new Set(['huf', 'twd', ...wholeHundreds]);

/** What of an amount can be paid out to a bank. */
export const wholePayout = (amount: number, currency: string) =>
  wholePayouts.has(currency) ? Math.floor(amount / 100) * 100 : amount;

/**
 * Refuses what cannot be paid out to a bank.
 * @throws StripeFailure 400 parameter_invalid_integer
 */
export function checkPayout(amount: number, currency: string): void {
  checkUnits(amount, currency);
  if (wholePayout(amount, currency) === amount) return;
  throw invalid(
    `Invalid amount: payouts in ${currency} must be evenly divisible by 100.`,
    'parameter_invalid_integer',
    'amount',
  );
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
