import {
  type Day,
  dayFrom,
  daysIn,
  type Moment,
  partsOf,
  readMoment,
  weekdayOf,
} from './moment.ts';

/** A rule by which an event comes again, as far as it is about days. */
export interface Rule {
  every: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  count: number | undefined;
  until: Moment | undefined;
  /** Weekdays from Monday = 0, and which of them in the month or year: 1 the first, -1 the last. */
  weekdays: { weekday: number; nth: number | undefined }[];
  monthDays: number[];
  months: number[];
  positions: number[];
  weekStart: number;
}

const names = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Reads an RRULE; undefined for one that is wrong or repeats within the day, by week or by day of year. */
export function readRule(text: string, zone: string | undefined): Rule | undefined {
  const rule: Partial<Rule> & Omit<Rule, 'every'> = {
    interval: 1,
    count: undefined,
    until: undefined,
    weekdays: [],
    monthDays: [],
    months: [],
    positions: [],
    weekStart: 0,
  };
  for (const part of text.trim().split(';')) {
    if (part === '') continue;
    const [name, value = ''] = part.toUpperCase().split('=', 2);
    switch (name) {
      case 'FREQ':
        if (!['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(value)) return undefined;
        rule.every = value as Rule['every'];
        break;
      case 'INTERVAL':
      case 'COUNT': {
        if (!/^\d{1,6}$/.test(value) || Number(value) === 0) return undefined;
        rule[name === 'COUNT' ? 'count' : 'interval'] = Number(value);
        break;
      }
      case 'UNTIL':
        rule.until = readMoment(value, zone);
        if (rule.until === undefined) return undefined;
        break;
      case 'WKST':
        rule.weekStart = names.indexOf(value);
        if (rule.weekStart < 0) return undefined;
        break;
      case 'BYDAY':
        for (const one of value.split(',')) {
          const [, nth = '', weekday = ''] = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(one) ??
            [];
          if (weekday === '' || Number(nth) === 0 && nth !== '') return undefined;
          rule.weekdays.push({
            weekday: names.indexOf(weekday),
            nth: nth === '' ? undefined : Number(nth),
          });
        }
        break;
      case 'BYMONTHDAY':
      case 'BYMONTH':
      case 'BYSETPOS': {
        const [list, most] = name === 'BYMONTH'
          ? [rule.months, 12]
          : name === 'BYMONTHDAY'
          ? [rule.monthDays, 31]
          : [rule.positions, 366];
        for (const one of value.split(',')) {
          const number = /^[+-]?\d{1,3}$/.test(one) ? Number(one) : 0;
          if (number === 0 || Math.abs(number) > most || name === 'BYMONTH' && number < 0) {
            return undefined;
          }
          list.push(number);
        }
        break;
      }
      default:
        return undefined;
    }
  }
  return rule.every === undefined ? undefined : { ...rule, every: rule.every };
}

/** Counts down the days that may still be looked at; throws `TooManySteps` at the end. */
export interface Budget {
  steps: number;
}

export class TooManySteps extends Error {
  override name = 'TooManySteps';
}

/**
 * The days on which an event that begins on `start` comes again, in their order, up to `last`; the
 * first is `start` itself, also when the rule does not name it. Those before `first` may be left out.
 */
export function* daysOf(
  rule: Rule,
  start: Day,
  { first, last }: { first: Day; last: Day },
  budget: Budget,
): Generator<Day> {
  yield start;
  let counted = 0;
  // With a count nothing may be left out.
  let index = rule.count === undefined ? Math.max(0, periodOf(rule, start, first) - 1) : 0;
  for (;; index += 1) {
    if ((budget.steps -= 1) < 0) throw new TooManySteps();
    const period = candidates(rule, start, index);
    if (period === undefined || period.from > last) return;
    budget.steps -= period.days.length;
    for (const day of chosen(period.days, rule.positions)) {
      if (day < start) continue;
      if (day > last) return;
      counted += 1;
      if (rule.count !== undefined && counted > rule.count) return;
      if (day !== start) yield day;
    }
  }
}

/** About which period, counted in intervals from the start, a day lies in. */
function periodOf({ every, interval }: Rule, start: Day, day: Day): number {
  const length = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[every];
  return Math.floor((day - start) / (length * interval));
}

interface Period {
  from: Day;
  days: Day[];
}

function candidates(rule: Rule, start: Day, index: number): Period | undefined {
  const inMonths = (day: Day) =>
    rule.months.length === 0 || rule.months.includes(partsOf(day).month);
  const on = partsOf(start);
  switch (rule.every) {
    case 'DAILY': {
      const day = start + index * rule.interval;
      if (day > 2_932_896) return undefined;
      const { year, month, day: date } = partsOf(day);
      const fits = inMonths(day) &&
        (rule.monthDays.length === 0 ||
          rule.monthDays.some((wanted) =>
            wanted === date || wanted === date - daysIn(year, month) - 1
          )) &&
        (rule.weekdays.length === 0 ||
          rule.weekdays.some(({ weekday }) => weekday === weekdayOf(day)));
      return { from: day, days: fits ? [day] : [] };
    }
    case 'WEEKLY': {
      const from = start - ((weekdayOf(start) - rule.weekStart + 7) % 7) +
        7 * index * rule.interval;
      if (from > 2_932_896) return undefined;
      const wanted = rule.weekdays.length === 0
        ? [weekdayOf(start)]
        : rule.weekdays.map(({ weekday }) => weekday);
      const days = wanted.map((weekday) => from + ((weekday - rule.weekStart + 7) % 7));
      return { from, days: sorted(days.filter(inMonths)) };
    }
    case 'MONTHLY': {
      const months = on.year * 12 + on.month - 1 + index * rule.interval;
      const [year, month] = [Math.floor(months / 12), months % 12 + 1];
      const from = dayFrom(year, month, 1);
      if (from === undefined) return undefined;
      const days = rule.months.length === 0 || rule.months.includes(month)
        ? daysOfMonth(rule, year, month, on.day)
        : [];
      return { from, days: sorted(days) };
    }
    case 'YEARLY': {
      const year = on.year + index * rule.interval;
      const from = dayFrom(year, 1, 1);
      if (from === undefined) return undefined;
      if (rule.months.length > 0) {
        return {
          from,
          days: sorted(rule.months.flatMap((month) => daysOfMonth(rule, year, month, on.day))),
        };
      }
      if (rule.monthDays.length > 0) {
        const months = Array.from({ length: 12 }, (_, month) => month + 1);
        return {
          from,
          days: sorted(months.flatMap((month) => daysOfMonth(rule, year, month, on.day))),
        };
      }
      if (rule.weekdays.length > 0) {
        return { from, days: sorted(weekdaysBetween(rule, from, dayFrom(year, 12, 31)!)) };
      }
      const day = dayFrom(year, on.month, on.day);
      return { from, days: day === undefined ? [] : [day] };
    }
  }
}

function daysOfMonth(rule: Rule, year: number, month: number, date: number): Day[] {
  const length = daysIn(year, month);
  const first = dayFrom(year, month, 1)!;
  const onDates = (rule.monthDays.length > 0 ? rule.monthDays : [date])
    .map((wanted) => wanted < 0 ? length + wanted + 1 : wanted)
    .filter((wanted) => wanted >= 1 && wanted <= length)
    .map((wanted) => first + wanted - 1);
  if (rule.weekdays.length === 0) return onDates;
  const onWeekdays = weekdaysBetween(rule, first, first + length - 1);
  return rule.monthDays.length === 0
    ? onWeekdays
    : onWeekdays.filter((day) => onDates.includes(day));
}

function weekdaysBetween({ weekdays }: Rule, first: Day, last: Day): Day[] {
  return weekdays.flatMap(({ weekday, nth }) => {
    const days: Day[] = [];
    for (let day = first + ((weekday - weekdayOf(first) + 7) % 7); day <= last; day += 7) {
      days.push(day);
    }
    if (nth === undefined) return days;
    const day = days.at(nth > 0 ? nth - 1 : nth);
    return day === undefined ? [] : [day];
  });
}

const sorted = (days: Day[]) => [...new Set(days)].sort((one, other) => one - other);

function chosen(days: Day[], positions: number[]): Day[] {
  if (positions.length === 0) return days;
  return sorted(
    positions.flatMap((position) => days.at(position > 0 ? position - 1 : position) ?? []),
  );
}
