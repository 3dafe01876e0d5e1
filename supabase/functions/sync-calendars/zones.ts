import type { Day, Moment } from './moment.ts';
import { zoneOfAlias } from './zone-aliases.ts';

const secondsOfDay = 86_400;

/** Seconds between two times on one scale. */
export type Instant = number;

/** What the clocks of a zone show: `offsets[0]` seconds ahead of UTC, from `since[0]` on `offsets[1]`. */
export interface ZoneRules {
  since: Instant[];
  offsets: number[];
}

/** The rules of zones, by the name that they were asked for. */
export type RuleBook = ReadonlyMap<string, ZoneRules>;

/** Knows what the clocks show in the zones of a calendar, seen from the zone of a listing. */
export interface Zones {
  /** The zone that a TZID names, for a moment; undefined for one that nobody knows. */
  named(tzid: string): string | undefined;
  /** When a moment is; a whole day begins at midnight, and what floats is in the zone seen from. */
  instantOf(moment: Moment): Instant;
  /** The day on which a moment falls in the zone seen from. */
  dayOf(moment: Moment): Day;
}

/**
 * Reads clocks by rules that Postgres gave and by those that the calendar defines itself, never by
 * those of this engine: nights and deadlines would disagree. A TZID is looked up as an IANA name, then
 * among the calendar's definitions, then as a name of Windows or an abbreviation. The IANA name comes
 * first because definitions are often old: what was written of Moscow in 2010 is wrong since 2011.
 */
export function zonesFrom(home: string, rules: RuleBook, defined: RuleBook = new Map()): Zones {
  const named = new Map<string, string | undefined>();
  const known = new Map<string, ZoneRules>([
    ...rules,
    ...[...defined].map(([tzid, found]) => [definition(tzid), found] as const),
  ]);
  known.set('UTC', utc);
  const rulesOf = (zone: string) => known.get(zone) ?? utc;

  function find(tzid: string): string | undefined {
    const candidates = namesIn(tzid);
    const iana = candidates.places.find((name) => known.has(name));
    if (iana !== undefined) return iana;
    const unquoted = tzid.trim().replace(/^"(.*)"$/, '$1');
    if (defined.has(unquoted)) return definition(unquoted);
    const alias = candidates.alias;
    return alias !== undefined && known.has(alias) ? alias : undefined;
  }

  const instantOf = ({ day, seconds, zone }: Moment) =>
    instantAt(
      day * secondsOfDay + (seconds ?? 0),
      rulesOf(seconds === undefined ? home : zone ?? home),
    );

  return {
    named(tzid) {
      if (!named.has(tzid)) named.set(tzid, find(tzid));
      return named.get(tzid);
    },
    instantOf,
    dayOf(moment) {
      const { day, seconds, zone = home } = moment;
      if (seconds === undefined || zone === home) return day;
      const instant = instantOf(moment);
      return Math.floor((instant + offsetAt(instant, rulesOf(home))) / secondsOfDay);
    },
  };
}

const utc: ZoneRules = { since: [], offsets: [0] };
/** A name that no IANA zone has. */
const definition = (tzid: string) => `defined ${tzid}`;

/**
 * Which zones a TZID may mean, quoted, prefixed or not: in `/freeassociation.sourceforge.net/Europe/Berlin`
 * and `tzone://Microsoft/Utc` the name is at the end.
 */
export function namesIn(tzid: string): { places: string[]; alias: string | undefined } {
  const steps = tzid.trim().replace(/^"(.*)"$/, '$1').split('/').filter((step) => step !== '');
  const whole = steps.join('/');
  const places: string[] = [];
  // The names of the IANA database have up to three steps.
  for (let first = Math.max(0, steps.length - 3); first < steps.length; first += 1) {
    const name = steps.slice(first).join('/');
    if (name.length <= 40 && /^[A-Za-z][\w+/-]*$/.test(name)) places.push(name);
  }
  return { places, alias: zoneOfAlias(whole) ?? zoneOfAlias(steps.at(-1) ?? '') };
}

/** How many changes of a zone's clocks came by then. */
function changesBy(instant: Instant, { since }: ZoneRules): number {
  let [low, high] = [0, since.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (since[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

const offsetAt = (instant: Instant, rules: ZoneRules): number =>
  rules.offsets[changesBy(instant, rules)]!;

/**
 * When a clock on the wall shows this. A time that is skipped counts with the offset before the gap,
 * one that comes twice is the first (RFC 5545, 3.3.5), as in `private.instant_at`.
 */
export function instantAt(wall: Instant, rules: ZoneRules): Instant {
  // No clock is more than a day away from UTC, nor was any put forward or back by more.
  const earliest = changesBy(wall - 2 * secondsOfDay, rules);
  for (let period = earliest;; period += 1) {
    const instant = wall - rules.offsets[period]!;
    const end = rules.since[period];
    // Once a period ends after this instant it shows the time, or the next one begins beyond it.
    if (end === undefined || instant < end) return instant;
    if (wall < end + rules.offsets[period + 1]!) return instant;
  }
}
