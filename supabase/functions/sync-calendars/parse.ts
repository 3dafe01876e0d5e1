import { type Observance, rulesDefinedBy } from './definitions.ts';
import { dateOf, type Day, dayOf, type Moment, readMoment } from './moment.ts';
import { type Budget, daysOf, readRule, TooManySteps } from './recurrence.ts';
import { namesIn, type RuleBook, type ZoneRules, type Zones, zonesFrom } from './zones.ts';

/** Nights that a calendar says are taken; `check_out` is the day after the last. */
export interface FeedEvent {
  uid: string;
  check_in: string;
  check_out: string;
  summary: string;
}

export interface ParseOptions {
  /** The listing, whose own events come back from elsewhere as echoes. */
  listingId: string;
  /** The zone of the listing. */
  timeZone: string;
  /** Today there: what ended before is left out. */
  today: string;
  /** Nights before this day are cut off. */
  from: string;
  /** Nights from this day on are cut off. */
  until: string;
  /** What the clocks show in the zones that `zonesOf` names; it names none when no event has hours. */
  rules?: RuleBook;
}

/** An iCalendar text taken apart: what its events say is not understood yet. */
export interface Calendar {
  events: Component[];
  /** The time zones that it defines itself, by their TZID. */
  definitions: Map<string, Observance[]>;
}

export interface ParsedCalendar {
  /** Each once, ordered by day. */
  events: FeedEvent[];
  /** How many events it had that could be read, past, cancelled and our own ones too. */
  seen: number;
  /** Events that could not be read: their uid if they have one, and why. */
  broken: { uid: string | undefined; problem: string }[];
}

/** The text is no calendar, or only the beginning of one. */
export class NotACalendar extends Error {
  override name = 'NotACalendar';
}

export class TooManyEvents extends Error {
  override name = 'TooManyEvents';
}

const mostEvents = 3000;
const mostZones = 200;

/**
 * Which zones' rules it takes to read a calendar seen from a home, by every name that they may have.
 * None when all that it says is whole days, as most marketplaces do.
 */
export function zonesOf({ events }: Calendar, home: string): string[] {
  const names = new Set<string>();
  for (const { properties } of events) {
    for (const name of timed) {
      for (const { value, parameters } of properties.get(name) ?? []) {
        if (!/\dT\d/i.test(value)) continue;
        names.add(home);
        const tzid = parameters.get('TZID');
        if (tzid === undefined || names.size > mostZones) continue;
        const { places, alias } = namesIn(tzid);
        for (const place of places) names.add(place);
        if (alias !== undefined) names.add(alias);
      }
    }
  }
  return [...names];
}

const timed = ['DTSTART', 'DTEND', 'RECURRENCE-ID', 'RDATE', 'EXDATE', 'RRULE'];

/**
 * Reads the taken nights of a calendar (RFC 5545). An event that cannot be read is told in `broken` and
 * is no reason to refuse the others. Throws `NotACalendar` and `TooManyEvents`.
 *
 * What an event means for nights: from the day of its start to the day of its end, exclusive, where
 * the listing stands; at least one night. Whether its owner shows whole days as free or busy does not
 * matter: Google and Apple show them as free unless told otherwise. Free hours within one day are the
 * markers of arrivals and departures that channel managers write, and take no night; busy ones do.
 */
export function parseCalendar(calendar: string | Calendar, options: ParseOptions): ParsedCalendar {
  const { events: components, definitions } = typeof calendar === 'string'
    ? readCalendar(calendar)
    : calendar;
  const window = {
    today: dayOf(options.today),
    from: dayOf(options.from),
    until: dayOf(options.until),
  };
  const context: Context = {
    zones: zonesFrom(options.timeZone, options.rules ?? new Map(), rulesOf(definitions, window)),
    budget: { steps: 200_000 },
    window,
  };
  const own = `@${options.listingId}.staybase`;
  const result: ParsedCalendar = { events: [], seen: 0, broken: [] };
  const series = new Map<string, Series>();

  for (const component of components) {
    const uid = uidOf(component);
    const event = component.isWhole ? eventOf(component, context) : 'it does not end';
    if (typeof event === 'string') {
      result.broken.push({ uid, problem: event });
      continue;
    }
    result.seen += 1;
    if (uid?.toLowerCase().endsWith(own)) continue;
    const name = uid ?? `unnamed ${dateOf(event.nights.from)} ${dateOf(event.nights.until)}`;
    const known = series.get(name) ?? { masters: [], instead: new Set<string>() };
    series.set(name, known);
    known.masters.push(event);
    if (event.insteadOf !== undefined) known.instead.add(event.insteadOf);
  }

  const events = new Map<string, FeedEvent>();
  for (const [uid, { masters, instead }] of series) {
    for (const event of masters) {
      if (event.isCancelled || event.isMarker) continue;
      try {
        for (const { from, until } of nightsOf(event, instead, context)) {
          const [checkIn, checkOut] = [dateOf(from), dateOf(until)];
          events.set(`${uid} ${checkIn} ${checkOut}`, {
            uid,
            check_in: checkIn,
            check_out: checkOut,
            summary: event.summary,
          });
          if (events.size > mostEvents) throw new TooManyEvents();
        }
      } catch (error) {
        if (!(error instanceof TooManySteps)) throw error;
        result.broken.push({ uid, problem: 'its recurrence is too much' });
      }
    }
  }
  result.events = [...events.values()].sort((one, other) =>
    one.check_in < other.check_in ? -1 : one.check_in > other.check_in ? 1 : 0
  );
  return result;
}

function rulesOf(definitions: Calendar['definitions'], window: Context['window']): RuleBook {
  // A budget of their own: no definition keeps the events of its calendar from being read.
  const budget: Budget = { steps: 100_000 };
  const found = new Map<string, ZoneRules>();
  for (const [tzid, observances] of definitions) {
    const rules = rulesDefinedBy(
      observances,
      { first: window.from, last: window.until },
      budget,
    );
    if (rules !== undefined) found.set(tzid, rules);
  }
  return found;
}

interface Context {
  zones: Zones;
  budget: Budget;
  window: { today: Day; from: Day; until: Day };
}

interface Nights {
  from: Day;
  until: Day;
}

/** All events of one uid: an event that comes again, and those that stand instead of one of its days. */
interface Series {
  masters: Event[];
  instead: Set<string>;
}

interface Event {
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

// Components

export interface Property {
  parameters: Map<string, string>;
  value: string;
}

export interface Component {
  properties: Map<string, Property[]>;
  /** False when another event or the end of the calendar came before its own end. */
  isWhole: boolean;
}

/**
 * Takes a text apart: events with their own properties only (an alarm inside an event is skipped), and
 * definitions of time zones. Throws `NotACalendar`.
 */
export function readCalendar(text: string): Calendar {
  const lines = text.replace(/^\uFEFF/, '').replace(/(?:\r\n|\n|\r)[ \t]/g, '').split(/\r\n|\n|\r/);
  const events: Component[] = [];
  const definitions = new Map<string, Observance[]>();
  let zone: { names: Component; observances: Component[] } | undefined;
  const open: string[] = [];
  let calendars = 0;
  let event: Component | undefined;
  const leave = () => {
    if (event !== undefined) event.isWhole = false;
    event = undefined;
  };

  for (const line of lines) {
    const [, edge, found = ''] = /^\s*(BEGIN|END)\s*:\s*([\w-]+)\s*$/i.exec(line) ?? [];
    const name = found.toUpperCase();
    if (edge === undefined) {
      if (open.length === 0 && calendars === 0 && line.trim() !== '') throw new NotACalendar();
      const part = open.at(-1);
      if (event !== undefined && part === 'VEVENT') addProperty(event, line);
      if (zone !== undefined && part === 'VTIMEZONE') addProperty(zone.names, line);
      if (zone !== undefined && isObservance(part)) addProperty(zone.observances.at(-1)!, line);
    } else if (edge.toUpperCase() === 'BEGIN') {
      if (open.length === 0) {
        if (name !== 'VCALENDAR') throw new NotACalendar();
        calendars += 1;
      } else if (name === 'VEVENT' || name === 'VCALENDAR') {
        // The end of what came before is missing.
        leave();
        open.length = name === 'VCALENDAR' ? 0 : 1;
      }
      open.push(name);
      if (name === 'VEVENT') events.push(event = emptyComponent());
      if (name === 'VTIMEZONE') zone = { names: emptyComponent(), observances: [] };
      if (isObservance(name)) zone?.observances.push(emptyComponent());
    } else {
      const depth = open.lastIndexOf(name);
      if (depth < 0) continue;
      if (name === 'VCALENDAR') leave();
      if (name === 'VEVENT') event = undefined;
      if (name === 'VTIMEZONE' && zone !== undefined) {
        const tzid = zone.names.properties.get('TZID')?.[0]?.value.trim();
        if (tzid && !definitions.has(tzid) && definitions.size < mostZones) {
          definitions.set(tzid, zone.observances.map(observanceOf));
        }
        zone = undefined;
      }
      open.length = depth;
    }
  }
  if (calendars === 0 || open.length > 0) throw new NotACalendar();
  return { events, definitions };
}

const emptyComponent = (): Component => ({ properties: new Map(), isWhole: true });
const isObservance = (name: string | undefined) => name === 'STANDARD' || name === 'DAYLIGHT';
const observanceOf = ({ properties }: Component): Observance =>
  new Map([...properties].map(([name, found]) => [name, found.map(({ value }) => value)]));

const head =
  /^\s*([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

/** What is no property is skipped: a description may have been broken into lines without folding. */
function addProperty({ properties }: Component, line: string): void {
  const found = head.exec(line);
  if (found === null) return;
  const [, name = '', parameterText = '', value = ''] = found;
  const parameters = new Map<string, string>();
  for (
    const [, key = '', content = ''] of parameterText.matchAll(/;([^=;]+)=((?:"[^"]*"|[^";])*)/g)
  ) {
    parameters.set(key.toUpperCase(), content);
  }
  const known = properties.get(name.toUpperCase()) ?? [];
  known.push({ parameters, value });
  properties.set(name.toUpperCase(), known);
}

// Events

const textOf = (value: string, most: number) =>
  value
    .replace(/\\([\\;,nN])/g, (_, escaped: string) => escaped.toLowerCase() === 'n' ? ' ' : escaped)
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, most)
    .toWellFormed();

const uidOf = ({ properties }: Component): string | undefined =>
  textOf(properties.get('UID')?.[0]?.value ?? '', 300) || undefined;

/** An event, or why it cannot be read. */
function eventOf({ properties }: Component, { zones }: Context): Event | string {
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
function nightsOf(
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
