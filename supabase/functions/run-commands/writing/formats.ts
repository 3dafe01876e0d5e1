import { codeOf } from './languages.ts';

/** The reader's language, and the currency of the letter's amounts. */
export interface Reader {
  /** Such as `de` or `pt-BR`. */
  locale: string;
  currency: string | undefined;
  exponent: number;
}

/** An amount in its currency, exact however large: digits are moved, never divided. */
export function money(
  minor: number,
  currency: string,
  exponent: number,
  locale: string,
): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  const decimal = `${minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${fraction}` : ''}`;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: exponent,
  }).format(decimal as `${number}`);
}

/** Such as `December 1, 2026` and `1. Dezember 2026`. */
export const dayOf = (iso: string, locale: string) => date(iso, locale, {});

/** Such as `December 1, 2026 at 17:22 UTC`; hours in the format of check-in times. */
export const instantOf = (iso: string, locale: string) =>
  `${date(iso, locale, { timeStyle: 'short', hourCycle: 'h23' })} UTC`;

/** A date in the language of the letter, which may differ from the reader's. */
function date(iso: string, locale: string, time: Intl.DateTimeFormatOptions): string {
  const code = codeOf(locale);
  const written = new Intl.DateTimeFormat(locale.split('-')[0] === code ? locale : code, {
    dateStyle: 'long',
    timeZone: 'UTC',
    ...time,
  }).format(new Date(iso));
  // French writes the first of a month as an ordinal, which Intl does not know.
  return code === 'fr' ? written.replace(/^1 /, '1er ') : written;
}

/** A name in one line: a line break in a subject would start another header. */
export const oneLine = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, 200);
