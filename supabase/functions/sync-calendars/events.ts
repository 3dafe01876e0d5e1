import type { Component, Property } from './components.ts';
import { type Day, dayOf, type Moment, readMoment } from './moment.ts';
import { type Budget, daysOf, readRule } from './recurrence.ts';
import type { Zones } from './zones.ts';

export interface Context {
  zones: Zones;
  budget: Budget;
  window: { today: Day; from: Day; until: Day };
}

interface Nights {
  from: Day;
  until: Day;
}

export interface Event {
  start: Moment;
  nights: Nights;
  /** Seconds from its start to its end by the clock on the wall; undefined when it does not say. */
  length: number | undefined;
  summary: string;
  isCancelled: boolean;
  /** Somebody comes or goes: free hours within one day take no night. */
  isMarker: boolean;
  rules: string[];
  also: Moment[];
  except: Set<string>;
  /** Which day of its series this event stands for. */
  insteadOf: string | undefined;
}

const textOf = (value: string, most: number) =>
  value
    .replace(/\\([\\;,nN])/g, (_, escaped: string) => escaped.toLowerCase() === 'n' ? ' ' : escaped)
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, most)
    .toWellFormed();

export const uidOf = ({ properties }: Component): string | undefined =>
  textOf(properties.get('UID')?.[0]?.value ?? '', 300) || undefined;

/** An event, or why it cannot be read. */
export function eventOf({ properties }: Component, { zones }: Context): Event | string {
  const single = (name: string) => {
    const values = properties.get(name) ?? [];
    return values.every(({ value }) => value === values[0]?.value) ? values[0] : 'several' as const;
  };
  const momentOf = ({ value, parameters }: Property) =>
    readMoment(value, zoneOf(parameters, zones));
  const momentsOf = (name: string) =>
    (properties.get(name) ?? []).flatMap(({ value, parameters }) =>
      value.split(',').map((one) => readMoment(one.split('/')[0]!, zoneOf(parameters, zones)))
    );

  const [dtstart, dtend, duration] = [single('DTSTART'), single('DTEND'), single('DURATION')];
  if (dtstart === undefined) return 'it has no start';
  if (dtstart === 'several' || dtend === 'several' || duration === 'several') {
    return 'it has two starts or ends';
  }
  const start = momentOf(dtstart);
  if (start === undefined) return 'its start is no date';

  let length: number | undefined;
  if (dtend !== undefined) {
    const end = momentOf(dtend);
    if (end === undefined) return 'its end is no date';
    const isElsewhere = start.seconds !== undefined && end.seconds !== undefined &&
      start.zone !== end.zone;
    length = isElsewhere
      ? zones.instantOf(end) - zones.instantOf(start)
      // A date as the end of a time is its day.
      : wallOf(end) - (end.seconds === undefined ? start.day * secondsOfDay : wallOf(start));
    if (length < 0) return 'it ends before it starts';
  } else if (duration !== undefined) {
    length = readDuration(duration.value);
    if (length === undefined) return 'its duration is none';
  }

  const recurrence = properties.get('RECURRENCE-ID')?.[0];
  const insteadOf = recurrence === undefined ? undefined : momentOf(recurrence);
  if (recurrence !== undefined && insteadOf === undefined) return 'its RECURRENCE-ID is no date';
  const [also, except] = [momentsOf('RDATE'), momentsOf('EXDATE')];
  if (also.includes(undefined) || except.includes(undefined)) {
    return 'a date of its recurrence is none';
  }
  const rules = (properties.get('RRULE') ?? []).map(({ value }) => value);
  if (rules.some((rule) => readRule(rule, start.zone) === undefined)) {
    return 'its recurrence is not understood';
  }
  const status = properties.get('STATUS')?.[0]?.value ?? '';
  return {
    start,
    length,
    nights: nightsFrom(start, length, zones),
    summary: textOf(properties.get('SUMMARY')?.[0]?.value ?? '', 200),
    isCancelled: status.trim().toUpperCase() === 'CANCELLED',
    isMarker: start.seconds !== undefined && isTransparent(properties) &&
      endOf(start, length ?? 0, zones) === zones.dayOf(start),
    rules,
    also: also as Moment[],
    except: new Set((except as Moment[]).flatMap((moment) => keysOf(moment, zones))),
    // With all that follow it stands for more than one day: those stay taken where they were too.
    insteadOf: insteadOf === undefined || recurrence?.parameters.has('RANGE')
      ? undefined
      : keysOf(insteadOf, zones)[0],
  };
}

const isTransparent = (properties: Component['properties']) =>
  properties.get('TRANSP')?.[0]?.value.trim().toUpperCase() === 'TRANSPARENT';

function zoneOf(parameters: Map<string, string>, zones: Zones): string | undefined {
  const tzid = parameters.get('TZID');
  return tzid === undefined ? undefined : zones.named(tzid);
}

/** How a moment is named where another property refers to it: its instant, or the day alone. */
function keysOf(moment: Moment, zones: Zones): string[] {
  return moment.seconds === undefined ? [`day ${moment.day}`] : [`at ${zones.instantOf(moment)}`];
}

function readDuration(text: string): number | undefined {
  const found =
    /^\+?P(?:(\d{1,5})W|(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?)$/i
      .exec(text.trim());
  if (found === null || found.slice(1).every((part) => part === undefined)) return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (weeks! * 7 + days!) * secondsOfDay + hours! * 3600 + minutes! * 60 + seconds!;
}

const secondsOfDay = 86_400;
const lastDay = dayOf('9999-12-31');
const wallOf = ({ day, seconds }: Moment) => day * secondsOfDay + (seconds ?? 0);

/**
 * The nights of an event that starts then: one at least. Its length is added to the clock on the
 * wall, so that no change of clocks takes a night away.
 */
function nightsFrom(start: Moment, length: number | undefined, zones: Zones): Nights {
  const from = zones.dayOf(start);
  return { from, until: Math.max(endOf(start, length ?? 0, zones), from + 1) };
}

/** The day on which something ends that takes so long. */
function endOf(start: Moment, length: number, zones: Zones): Day {
  const wall = Math.min(wallOf(start) + length, lastDay * secondsOfDay);
  const day = Math.floor(wall / secondsOfDay);
  return start.seconds === undefined
    ? day
    : zones.dayOf({ ...start, day, seconds: wall - day * secondsOfDay });
}

/** The nights of an event and of its repetitions that lie in the window; adjacent ones as one run. */
export function nightsOf(
  event: Event,
  instead: Set<string>,
  { zones, budget, window }: Context,
): Nights[] {
  const isOut = (moment: Moment) => {
    if (event.except.size === 0 && instead.size === 0) return false;
    const keys = [`day ${moment.day}`, ...keysOf(moment, zones)];
    return keys.some((key) =>
      event.except.has(key) || event.insteadOf === undefined && instead.has(key)
    );
  };
  if (event.rules.length === 0 && event.also.length === 0) {
    return isOut(event.start) ? [] : inWindow(event.nights, window);
  }

  const reach = event.nights.until - event.nights.from;
  const span = { first: window.today - reach - 2, last: window.until + 1 };
  const starts: Moment[] = event.rules.length === 0 ? [event.start] : [];
  for (const text of event.rules) {
    const rule = readRule(text, event.start.zone)!;
    const until = rule.until === undefined ? undefined : lastMoment(rule.until, zones);
    for (const day of daysOf(rule, event.start.day, span, budget)) {
      const start = { ...event.start, day };
      if (until !== undefined && day !== event.start.day && until(start)) break;
      if (day >= span.first) starts.push(start);
    }
  }
  const runs = [...starts, ...event.also]
    .filter((start) => (budget.steps -= 1, !isOut(start)))
    .flatMap((start) => inWindow(nightsFrom(start, event.length, zones), window))
    .sort((one, other) => one.from - other.from);
  const joined: Nights[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && run.from <= last.until) last.until = Math.max(last.until, run.until);
    else joined.push({ ...run });
  }
  return joined;
}

/** Whether a moment lies after the last that UNTIL allows; a date allows its whole day. */
function lastMoment(until: Moment, zones: Zones): (moment: Moment) => boolean {
  return (moment) =>
    until.seconds === undefined || moment.seconds === undefined
      ? moment.day > until.day
      : zones.instantOf(moment) > zones.instantOf(until);
}

function inWindow({ from, until }: Nights, window: Context['window']): Nights[] {
  if (until <= window.today || from >= window.until) return [];
  return [{ from: Math.max(from, window.from), until: Math.min(until, window.until) }];
}
