/** Days are counted from 1970-01-01, so that they can be added and compared. */
export type Day = number;

const msOfDay = 86_400_000;

/** The day of a date like 2026-06-10. */
export const dayOf = (date: string): Day => Date.parse(`${date}T00:00:00Z`) / msOfDay;

/** A day between the years 1 and 9999 as a date like 2026-06-10. */
export const dateOf = (day: Day): string => new Date(day * msOfDay).toISOString().slice(0, 10);

export interface YearMonthDay {
  year: number;
  /** From 1 to 12. */
  month: number;
  day: number;
}

export function partsOf(day: Day): YearMonthDay {
  const date = new Date(day * msOfDay);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The day of a year, month and day of month, or undefined when the calendar has none such. */
export function dayFrom(year: number, month: number, day: number): Day | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return undefined;
  if (day > daysIn(year, month)) return undefined;
  return dayAt(year, month, day);
}

export const daysIn = (year: number, month: number): number =>
  dayAt(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - dayAt(year, month, 1);

function dayAt(year: number, month: number, day: number): Day {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) / msOfDay;
}

/** 0 is Monday. */
export const weekdayOf = (day: Day): number => (((day + 3) % 7) + 7) % 7;

/** A day, or a time of a day in some zone; without a zone it floats: it is the clock on the wall. */
export interface Moment {
  day: Day;
  /** Undefined for a whole day. */
  seconds: number | undefined;
  zone: string | undefined;
}

const form = /^(\d{4})(\d{2})(\d{2})(?:[Tt](\d{2})(\d{2})(\d{2})?([Zz])?)?$/;

/** Reads a DATE or DATE-TIME; undefined when it is neither. `zone` counts unless it says UTC itself. */
export function readMoment(text: string, zone: string | undefined): Moment | undefined {
  const found = form.exec(text.trim());
  if (found === null) return undefined;
  const [year, month, date, hour, minute, second] = found.slice(1, 7).map(Number);
  const day = dayFrom(year!, month!, date!);
  if (day === undefined) return undefined;
  if (found[4] === undefined) return { day, seconds: undefined, zone: undefined };
  const secondOfMinute = found[6] === undefined ? 0 : second!;
  if (hour! > 23 || minute! > 59 || secondOfMinute > 60) return undefined;
  const seconds = hour! * 3600 + minute! * 60 + Math.min(secondOfMinute, 59);
  return { day, seconds, zone: found[7] === undefined ? zone : 'UTC' };
}
