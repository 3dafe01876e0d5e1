import { type Calendar, mostZones, readCalendar } from './components.ts';
import { rulesDefinedBy } from './definitions.ts';
import { type Context, type Event, eventOf, nightsOf, uidOf } from './events.ts';
import { dateOf, dayOf } from './moment.ts';
import { type Budget, TooManySteps } from './recurrence.ts';
import { namesIn, type RuleBook, type ZoneRules, zonesFrom } from './zones.ts';

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

export interface ParsedCalendar {
  /** Each once, ordered by day. */
  events: FeedEvent[];
  /** How many events it had that could be read, past, cancelled and our own ones too. */
  seen: number;
  /** Events that could not be read: their uid if they have one, and why. */
  broken: { uid: string | undefined; problem: string }[];
}

export class TooManyEvents extends Error {
  override name = 'TooManyEvents';
}

const mostEvents = 3000;

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

/** All events of one uid: an event that comes again, and those that stand instead of one of its days. */
interface Series {
  masters: Event[];
  instead: Set<string>;
}
