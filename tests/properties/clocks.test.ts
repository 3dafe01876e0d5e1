import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantAt, type ZoneRules } from '../../supabase/functions/sync-calendars/zones.ts';
import { asPostgres } from '../support/stack.ts';

interface Zone extends ZoneRules {
  name: string;
}

/** All time zones that a home can be in, and their changes of the last and the next years. */
async function zones(first: string, last: string): Promise<Zone[]> {
  const rows = await asPostgres<{ name: string; since: string[]; offsets: number[] }>(
    `select rules.time_zone as name, rules.since, rules.offsets
     from private.zone_rules((select array_agg(time_zone) from private.time_zones), $1, $2) as rules`,
    [first, last],
  );
  return rows.map(({ name, since, offsets }) => ({ name, since: since.map(Number), offsets }));
}

const hour = 3600;

/** RFC 5545, 3.3.5, as slowly as it reads: the first instant that shows it, or the offset before the gap. */
function slowInstantAt(wall: number, { since, offsets }: ZoneRules): number {
  const shows = (instant: number) =>
    instant + offsets[since.filter((change) => change <= instant).length]! === wall;
  const candidates = offsets.map((offset) => wall - offset).filter(shows);
  if (candidates.length > 0) return Math.min(...candidates);
  const gap = since.findIndex((change, place) =>
    wall >= change + offsets[place]! && wall < change + offsets[place + 1]!
  );
  return wall - offsets[gap]!;
}

test('a clock on the wall is the same instant in SQL, in TypeScript and in RFC 5545, at every change of every zone', async () => {
  const walls: { zone: string; wall: number; typescript: number; slow: number }[] = [];
  let [gaps, repeats] = [0, 0];
  for (const zone of await zones('2024-01-01', '2036-12-31')) {
    for (const [place, change] of zone.since.entries()) {
      const [before, after] = [zone.offsets[place]!, zone.offsets[place + 1]!];
      if (after > before) gaps += 1;
      else repeats += 1;
      const [from, to] = [change + Math.min(before, after), change + Math.max(before, after)];
      for (
        const wall of [
          from - hour,
          from - 1,
          from,
          from + 1,
          (from + to) / 2,
          to - 1,
          to,
          to + hour,
        ]
      ) {
        walls.push({
          zone: zone.name,
          wall,
          typescript: instantAt(wall, zone),
          slow: slowInstantAt(wall, zone),
        });
      }
    }
  }
  expect(gaps).toBeGreaterThan(1000);
  expect(repeats).toBeGreaterThan(1000);
  const rows = await asPostgres<{ sql: string }>(
    `select extract(epoch from private.instant_at(to_timestamp(wall) at time zone 'UTC', zone))::bigint as sql
     from unnest($1::text[], $2::bigint[]) with ordinality as asked (zone, wall, place) order by place`,
    [walls.map(({ zone }) => zone), walls.map(({ wall }) => wall)],
  );
  const differing = walls.flatMap((one, place) => {
    const sql = Number(rows[place]!.sql);
    return sql === one.slow && one.typescript === one.slow ? [] : [{ ...one, sql }];
  });
  expect(differing).toEqual([]);
});

test('clocks that change as no clock does are read as RFC 5545 says too', () => {
  const rules = fc.array(
    fc.record({
      days: fc.integer({ min: 3, max: 200 }),
      offset: fc.integer({ min: -50, max: 56 }),
    }),
    { minLength: 1, maxLength: 8 },
  ).map((periods): ZoneRules => {
    let at = 0;
    return {
      since: periods.slice(1).map(({ days }) => at += days * 24 * hour),
      offsets: periods.map(({ offset }) => offset * 900),
    };
  });
  fc.assert(
    fc.property(rules, fc.nat(1600 * 96), (zone, quarter) => {
      expect(instantAt(quarter * 900, zone)).toBe(slowInstantAt(quarter * 900, zone));
    }),
    { numRuns: 5000 },
  );
});

test('the rules that are told name every change that an hourly look finds', async () => {
  const [first, last] = ['2026-01-01', '2029-12-31'];
  const told = await zones(first, last);
  const found = await asPostgres<{ zone: string; hour: string; seconds: number }>(
    `select zone, extract(epoch from hour)::bigint as hour, seconds from (
       select zone, hour, seconds, lag(seconds) over (partition by zone order by hour) as before
       from unnest($1::text[]) as zone,
         lateral (
           select hour, extract(epoch from (hour at time zone zone) - (hour at time zone 'UTC'))::integer as seconds
           from generate_series($2::timestamptz, $3::timestamptz, '1 hour') as hour) as looks) as compared
     where seconds <> before order by zone, hour`,
    [
      [
        'Africa/Casablanca',
        'America/New_York',
        'Australia/Lord_Howe',
        'Europe/Paris',
        'Asia/Tokyo',
      ],
      `${first} 00:00Z`,
      `${last} 00:00Z`,
    ],
  );
  const asFound = found.map(({ zone, hour: at, seconds }) => `${zone} ${at} ${seconds}`);
  const asTold = told.flatMap(({ name, since, offsets }) =>
    since.filter((at) => at < Date.parse(last) / 1000).map((at, place) =>
      `${name} ${Math.ceil(at / hour) * hour} ${offsets[place + 1]}`
    )
  );
  expect(asFound.length).toBeGreaterThan(20);
  expect(asTold).toEqual(expect.arrayContaining(asFound));
});
