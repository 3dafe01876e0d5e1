// Intl has the digits that people write, which are not always those of the minor unit (ISK, HUF).
// No digits, and three.
const none = /^(BIF|CLP|DJF|GNF|JPY|KMF|KRW|MGA|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF)$/;
const three = /^(BHD|IQD|JOD|KWD|LYD|OMR|TND)$/;

/** How many digits of an amount in minor units come after the decimal point. */
export function minorDigits(currency: string): number {
  return none.test(currency) ? 0 : three.test(currency) ? 3 : 2;
}

/**
 * An amount in minor units for display, such as `€123.45` or `¥12,000`.
 * @param options of Intl.NumberFormat; `{ whole: true }` leaves out zero minor units, for nightly prices
 */
export function formatMoney(
  minor: number,
  currency: string,
  locale?: string,
  { whole = false, ...options }: Intl.NumberFormatOptions & { whole?: boolean } = {},
): string {
  const exponent = minorDigits(currency);
  const shown = whole && minor % 10 ** exponent === 0 ? 0 : exponent;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
    ...options,
  }).format(minor / 10 ** exponent);
}

/** Parses what a person typed, such as `12,50`, to minor units; undefined if it is not an amount in this currency. */
export function parseMoney(text: string, currency: string): number | undefined {
  const exponent = minorDigits(currency);
  const [, whole, , part = ''] = /^(\d{1,12})([.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || part.length > exponent) return undefined;
  return Number(whole + part.padEnd(exponent, '0'));
}
