import { type Day, type Moment, readMoment } from './moment.ts';
import { type Budget, daysOf, readRule, TooManySteps } from './recurrence.ts';
import type { ZoneRules } from './zones.ts';

/** What a part of a VTIMEZONE says, STANDARD or DAYLIGHT: the values of its properties by name. */
export type Observance = ReadonlyMap<string, readonly string[]>;

const secondsOfDay = 86_400;
/** An observance comes once a year; some calendars leave years out. */
const reach = 800;
const mostChanges = 2000;

/**
 * The rules that a VTIMEZONE defines (RFC 5545, 3.6.5), right between two days; undefined when they
 * cannot be read.
 */
export function rulesDefinedBy(
  observances: readonly Observance[],
  { first, last }: { first: Day; last: Day },
  budget: Budget,
): ZoneRules | undefined {
  const changes: { at: number; from: number; to: number }[] = [];
  for (const observance of observances) {
    const value = (name: string) => observance.get(name)?.[0] ?? '';
    const start = readMoment(value('DTSTART'), undefined);
    const from = readOffset(value('TZOFFSETFROM'));
    const to = readOffset(value('TZOFFSETTO'));
    if (start?.seconds === undefined || from === undefined || to === undefined) return undefined;
    const add = (day: Day, until = Infinity) => {
      const at = day * secondsOfDay + start.seconds! - from;
      if (at <= until) changes.push({ at, from, to });
    };
    add(start.day);
    for (const date of (observance.get('RDATE') ?? []).flatMap((dates) => dates.split(','))) {
      const moment = readMoment(date.split('/')[0]!, undefined);
      if (moment === undefined) return undefined;
      changes.push({ at: wallOf(moment) - from, from, to });
    }
    for (const text of observance.get('RRULE') ?? []) {
      const rule = readRule(text, undefined);
      if (rule === undefined) return undefined;
      const until = rule.until === undefined ? Infinity : untilOf(rule.until, from);
      const span = { first: Math.min(first, until / secondsOfDay) - reach, last: last + 1 };
      try {
        for (const day of daysOf(rule, start.day, span, budget)) {
          if (day * secondsOfDay > until + 2 * secondsOfDay) break;
          add(day, until);
          if (changes.length > mostChanges) return undefined;
        }
      } catch (error) {
        if (error instanceof TooManySteps) return undefined;
        throw error;
      }
    }
  }
  const [begins] = changes.sort((one, other) => one.at - other.at);
  if (begins === undefined) return undefined;
  return {
    since: changes.map(({ at }) => at),
    offsets: [begins.from, ...changes.map(({ to }) => to)],
  };
}

const wallOf = ({ day, seconds }: Moment) => day * secondsOfDay + (seconds ?? 0);

/** The last instant of a rule; UNTIL is in UTC here, though some write it by the clock on the wall. */
const untilOf = (until: Moment, offset: number): number =>
  until.seconds === undefined
    ? (until.day + 1) * secondsOfDay
    : wallOf(until) - (until.zone === 'UTC' ? 0 : offset);

function readOffset(text: string): number | undefined {
  const found = /^([+-])(\d{2})(\d{2})(\d{2})?$/.exec(text.trim());
  if (found === null) return undefined;
  const [hours, minutes, seconds] = found.slice(2).map((part) => Number(part ?? 0));
  const offset = hours! * 3600 + minutes! * 60 + seconds!;
  if (hours! > 23 || minutes! > 59 || seconds! > 59) return undefined;
  return found[1] === '-' ? -offset : offset;
}
