// A day is `YYYY-MM-DD` in the time zone of the home. It is never converted to the browser's time zone: it is
// computed and formatted in UTC, where every day has 24 hours.
const dayLength = 86_400_000;

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * dayLength);
}

/** The nights from check-in to check-out, or between any two days. */
export function nightsBetween(check_in: string, check_out: string): number {
  return Math.round((Date.parse(check_out) - Date.parse(check_in)) / dayLength);
}

/** All days from the first up to, but not including, `ends_on`. */
export function daysBetween(starts_on: string, ends_on: string): string[] {
  const number = Math.max(0, nightsBetween(starts_on, ends_on));
  return Array.from({ length: number }, (_, at) => addDays(starts_on, at));
}

/** 1 is Monday, 7 Sunday. */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

/** Today in a time zone; without one, in the browser's. */
export function todayIn(timeZone?: string, now = new Date()): string {
  // Pages ask for each of their days, and a format takes 200 microseconds to make.
  if (timeZone === undefined) return dayOf(now.getTime() - now.getTimezoneOffset() * 60_000);
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const { year, month, day } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}`;
}

const format = (locale: string | undefined, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });

/** A day for display, such as `Mon, 3 May`. */
export function formatDay(
  day: string,
  locale?: string,
  options: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' },
): string {
  return format(locale, options).format(Date.parse(day));
}

/** The days of a stay for display, such as `3 – 7 May 2027`. */
export function formatStay(
  check_in: string,
  check_out: string,
  locale?: string,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' },
): string {
  return format(locale, options).formatRange(Date.parse(check_in), Date.parse(check_out));
}
