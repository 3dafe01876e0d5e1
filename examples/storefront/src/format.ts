import { formatMoney, minorDigits, todayIn } from '@staybase/client';
import { locale } from './i18n/language.ts';

export { addDays, nightsBetween } from '@staybase/client';

/** Amounts are shown again and again, and each would make a format, which takes a tenth of a millisecond. */
function kept(text: (minor: number, currency: string) => string): typeof text {
  const texts = new Map<string, string>();
  return (minor, currency) => {
    const key = `${minor} ${currency}`;
    const found = texts.get(key) ?? text(minor, currency);
    texts.set(key, found);
    return found;
  };
}

/** An exact amount, as it is charged. */
export const money = kept((minor, currency) =>
  formatMoney(minor, currency, locale, { currencyDisplay: 'narrowSymbol' })
);

/** An amount on a card or a pin: whole amounts without their zeros. */
export const price = kept((minor, currency) =>
  formatMoney(minor, currency, locale, { currencyDisplay: 'narrowSymbol', whole: true })
);

/** For a pin of the map: without cents. */
export function roundPrice(minor: number, currency: string): string {
  const unit = 10 ** minorDigits(currency);
  return price(Math.round(minor / unit) * unit, currency);
}

const at = (day: string) => new Date(`${day}T00:00:00Z`);
/** A format takes long to make: it is made when the first page needs it, and kept. */
const once = <Format>(make: () => Format) => {
  let format: Format | undefined;
  return () => format ??= make();
};
const inUtc = (options: Intl.DateTimeFormatOptions) =>
  once(() => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }));
const dayFormat = inUtc({ day: 'numeric', month: 'short' });
const dayOfYearFormat = inUtc({ day: 'numeric', month: 'short', year: 'numeric' });
const longDayFormat = inUtc({ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });
const monthFormat = inUtc({ month: 'long', year: 'numeric' });

/** "4 May 2027" */
export const dayOfYear = (day: string): string => dayOfYearFormat().format(at(day));
/** "Tue, 4 May 2027" */
export const longDay = (day: string): string => longDayFormat().format(at(day));
/** "May 2027" */
export const monthText = (month: string): string => monthFormat().format(at(`${month}-01`));
/** "4 – 7 May" */
export const daysText = (from: string, to: string): string =>
  (from.slice(0, 4) === today().slice(0, 4) && to.slice(0, 4) === today().slice(0, 4)
    ? dayFormat
    : dayOfYearFormat)().formatRange(at(from), at(to));

const instantFormats = new Map<string | undefined, Intl.DateTimeFormat>();
/** An instant as the reader's clock shows it, or as the clock of a place does. */
export function instantText(instant: string, timeZone?: string): string {
  const format = instantFormats.get(timeZone) ??
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
      ...(timeZone === undefined ? {} : { timeZone }),
    });
  instantFormats.set(timeZone, format);
  return format.format(new Date(instant));
}

const clockFormat = once(() => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }));
const dateFormat = once(() => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }));
/** "14:05" today, a day before. */
export function shortInstant(instant: string): string {
  const date = new Date(instant);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? clockFormat : dateFormat)().format(date);
}

const timeFormat = inUtc({ timeStyle: 'short' });
/** "15:00" for a time such as 15:00:00, in the reader's format. */
export const timeText = (time: string): string =>
  timeFormat().format(new Date(`2000-01-01T${time}Z`));

const weekdayFormats = {
  short: inUtc({ weekday: 'short' }),
  long: inUtc({ weekday: 'long' }),
  narrow: inUtc({ weekday: 'narrow' }),
};
export const weekdays = (style: 'short' | 'long' | 'narrow'): string[] =>
  Array.from({ length: 7 }, (_, day) => weekdayFormats[style]().format(at(`2024-01-0${day + 1}`)));

const numberFormat = once(() => new Intl.NumberFormat(locale));
const starsFormat = once(() =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 2 })
);
const countryNames = once(() => new Intl.DisplayNames(locale, { type: 'region' }));
const listFormat = once(() => new Intl.ListFormat(locale));
export const number = (value: number): string => numberFormat().format(value);
export const stars = (value: number): string => starsFormat().format(value);
export const countryName = (code: string): string => countryNames().of(code) ?? code;
export const list = (words: string[]): string => listFormat().format(words);

/** Today where the reader is. */
export const today = (): string => todayIn();

export const addMonths = (month: string, months: number): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
};
