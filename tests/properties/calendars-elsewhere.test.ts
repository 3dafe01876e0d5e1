import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { folded, writeCalendar } from '../../supabase/functions/calendar-export/write.ts';
import { NotACalendar } from '../../supabase/functions/sync-calendars/components.ts';
import {
  parseCalendar,
  type ParseOptions,
  TooManyEvents,
} from '../../supabase/functions/sync-calendars/parse.ts';
import { person, serviceClient } from '../support/people.ts';
import { runs } from '../support/seeds.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { session } from '../support/sessions.ts';
import { home, request } from '../support/stays.ts';
import { rulesByIntl } from '../support/zone-rules.ts';

const listingId = '10000000-0000-4000-8000-00000000000a';
const options: ParseOptions = {
  listingId,
  timeZone: 'Europe/Paris',
  today: '2031-05-20',
  from: '2029-02-01',
  until: '2033-08-01',
  rules: rulesByIntl('America/New_York', 'Asia/Tokyo', 'Europe/Paris', 'Pacific/Auckland'),
};

/** A day of about 2031, and the date it has. */
const date = (offset: number) =>
  new Date(Date.UTC(2031, 4, 1) + offset * 86_400_000).toISOString().slice(0, 10);

// Noise: whatever comes, the answer is events in order and in sight, or one of two refusals.

function tryToParse(text: string): string {
  try {
    const { events, seen, broken } = parseCalendar(text, options);
    for (const event of events) {
      expect(event.check_in < event.check_out).toBe(true);
      expect(event.check_in >= options.from && event.check_out <= options.until).toBe(true);
      expect(event.check_out > options.today).toBe(true);
      expect(event.uid.length > 0 && event.uid.length <= 300 && event.summary.length <= 200).toBe(
        true,
      );
      // deno-lint-ignore no-control-regex
      expect(`${event.uid}${event.summary}`).not.toMatch(/[\u0000-\u001f]/);
      expect(`${event.uid}${event.summary}`.isWellFormed()).toBe(true);
    }
    expect(new Set(events.map((event) => `${event.uid} ${event.check_in} ${event.check_out}`)).size)
      .toBe(events.length);
    if (events.length > 0) expect(seen).toBeGreaterThan(0);
    expect(broken.every(({ problem }) => problem !== '')).toBe(true);
    return 'read';
  } catch (error) {
    if (error instanceof NotACalendar || error instanceof TooManyEvents) return 'refused';
    throw error;
  }
}

const word = fc.constantFrom(
  'BEGIN:VCALENDAR',
  'END:VCALENDAR',
  'BEGIN:VEVENT',
  'END:VEVENT',
  'BEGIN:VALARM',
  'END:VALARM',
  'BEGIN:VTIMEZONE',
  'TZID:Nowhere/Land',
  'BEGIN:STANDARD',
  'BEGIN:DAYLIGHT',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:-0930',
  'END:STANDARD',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'UID:a',
  'UID:',
  'DTSTART:20310601',
  'DTSTART;VALUE=DATE:20310601',
  'DTSTART:20310601T150000Z',
  'DTSTART;TZID=Asia/Tokyo:20310601T150000',
  'DTSTART;TZID="Nowhere/Land":20310601T150000',
  'DTEND:20310603',
  'DTEND;TZID=America/New_York:20310603T110000',
  'DTEND:20310101',
  'DURATION:P3D',
  'DURATION:PT99999999S',
  'STATUS:CANCELLED',
  'RRULE:FREQ=DAILY',
  'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'RRULE:FREQ=MONTHLY;BYDAY=-1SU;BYSETPOS=9',
  'RRULE:',
  'EXDATE:20310602,20310603T150000Z',
  'RDATE:20310701',
  'RDATE;VALUE=PERIOD:20310701T000000Z/P1D',
  'RECURRENCE-ID:20310601',
  'RECURRENCE-ID;RANGE=THISANDFUTURE:20310602',
  'SUMMARY:a\\nb',
  'X-NOISE;P="a:b;c":d',
  ' folded',
  '\tfolded',
  '',
  ':',
  ';',
  '"',
);

const good = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:one@example.com',
  'DTSTART;TZID=Asia/Tokyo:20310601T150000',
  'DTEND;TZID=Asia/Tokyo:20310603T110000',
  'RRULE:FREQ=WEEKLY;BYDAY=MO,-1TU;COUNT=9;UNTIL=20320101T000000Z',
  'EXDATE;VALUE=DATE:20310608',
  'SUMMARY:Café \\, and more',
  'BEGIN:VALARM',
  'TRIGGER:-P1D',
  'END:VALARM',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:two@example.com',
  'DTSTART;VALUE=DATE:20310610',
  'DTEND;VALUE=DATE:20310614',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

/** What loses, doubles or changes some characters of the good feed. */
const mangled = fc.array(
  fc.record({
    at: fc.nat(good.length),
    cut: fc.nat(6),
    add: fc.string({ unit: 'grapheme', maxLength: 4 }),
  }),
  { maxLength: 4 },
).map((edits) =>
  edits.reduce((text, { at, cut, add }) => text.slice(0, at) + add + text.slice(at + cut), good)
);

/** Words in any order. */
const noise = fc.tuple(
  fc.array(
    fc.oneof({ weight: 9, arbitrary: word }, fc.string({ unit: 'binary', maxLength: 40 })),
    { maxLength: 60 },
  ),
  fc.constantFrom('\r\n', '\n', '\r'),
  fc.boolean(),
).map(([lines, end, framed]) =>
  (framed ? ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'] : lines).join(end)
);

describe('a feed of noise', () => {
  test('words in any order never crash the reader', () => {
    const ends: Record<string, number> = {};
    fc.assert(
      fc.property(noise, (text) => {
        const found = tryToParse(text);
        ends[found] = (ends[found] ?? 0) + 1;
      }),
      { numRuns: 3000 },
    );
    expect(ends.read).toBeGreaterThan(100);
    expect(ends.refused).toBeGreaterThan(100);
  });

  test('a good feed that lost, doubled or changed some characters never crashes it', () => {
    fc.assert(fc.property(mangled, (text) => void tryToParse(text)), { numRuns: 3000 });
  });

  test('is taken by the database, frees nothing that it does not take back, and displaces no stay', async () => {
    await setClock(`${options.today}T12:00:00Z`);
    const listing = await home({ host: await person('Hedy'), timeZone: 'Europe/Paris' });
    const server = await serviceClient();
    const feed = randomUUID();
    await asPostgres(
      `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
       values ($1, $2, 'Feed', 'https://example.com/', private.now(), private.now())`,
      [feed, listing],
    );
    const ada = await session(await person('Ada'));
    await ada.begin();
    await request(ada, { listing, checkIn: '2031-06-11', checkOut: '2031-06-13' });
    await ada.commit();
    const booked = ['2031-06-11', '2031-06-12'];
    const nightsOf = (events: { check_in: string; check_out: string }[]) =>
      asPostgres<{ night: string }>(
        `select distinct night::date::text as night
         from unnest($1::date[], $2::date[]) as events (check_in, check_out),
           generate_series(check_in, check_out - 1, '1 day') as night
         where night <> all ($3::date[]) order by night`,
        [events.map((one) => one.check_in), events.map((one) => one.check_out), booked],
      );
    const held = () =>
      asPostgres<{ night: string }>(
        `select distinct night::date::text as night
         from private.claims, generate_series(lower(nights), upper(nights) - 1, '1 day') as night
         where listing_id = $1 and kind = 'import' order by night`,
        [listing],
      );
    const say = async (text: string) => {
      const { events, seen, broken } = parseCalendar(text, { ...options, listingId: listing });
      const [claimed] = await asPostgres<{ attempt: number }>(
        `update public.calendar_feeds set attempt = attempt + 1, claimed_until = private.now() + interval '2 minutes'
         where feed_id = $1 returning attempt`,
        [feed],
      );
      const { data } = await server.rpc('apply_calendar_feed', {
        feed_id: feed,
        attempt: claimed?.attempt ?? 0,
        events,
        events_seen: seen,
        broken_uids: broken.map(({ uid }) => uid ?? null) as string[],
        event_problems: broken.slice(0, 10).map(({ problem }) => problem),
        etag: null as unknown as string,
        last_modified: null as unknown as string,
      }).throwOnError();
      return { outcome: data, events, broken };
    };
    const ends: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(fc.oneof(mangled, noise), async (text) => {
        const { events: before } = await say(good);
        try {
          const { outcome, events, broken } = await say(text);
          ends[outcome] = (ends[outcome] ?? 0) + 1;
          const names = new Set(broken.map(({ uid }) => uid));
          const kept = before.filter(({ uid }) =>
            outcome === 'kept' || names.has(undefined) || names.has(uid)
          );
          expect(await held()).toEqual(await nightsOf([...events, ...kept]));
        } catch (error) {
          if (!(error instanceof NotACalendar || error instanceof TooManyEvents)) throw error;
          expect(await held()).toEqual(await nightsOf(before));
        }
      }),
      runs(100),
    );
    expect(Object.keys(ends).sort()).toEqual(['applied', 'kept']);
  });
});

// Sense: events that are known, written in every way the standard allows, against the nights they are.

const event = fc.record({
  start: fc.integer({ min: -60, max: 700 }),
  length: fc.integer({ min: 1, max: 30 }),
  form: fc.constantFrom(
    'date',
    'bare date',
    'no end',
    'duration',
    'weeks',
    'floating',
    'unknown zone',
    'home zone',
    'UTC',
    'Auckland',
  ),
  hours: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 23 })),
  status: fc.constantFrom('', 'CONFIRMED', 'tentative', 'Cancelled'),
  transparent: fc.boolean(),
  alarm: fc.boolean(),
  summary: fc.string({ unit: 'grapheme', maxLength: 90 }),
  broken: fc.option(
    fc.constantFrom('DTSTART:20310231', 'DTSTART:', 'DTSTART;VALUE=DATE:2031-06-01'),
    { freq: 8 },
  ),
});
type Wish = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

const digits = (text: string) => text.replaceAll('-', '');
const clockOf = (hour: number) => `T${String(hour).padStart(2, '0')}0000`;

/** What an event says of its time, and the nights that it means. */
function timesOf(
  { start, length, form, hours: [from, to] }: Wish,
): { lines: string[]; nights: [string, string]; isWithinADay?: boolean } {
  const [first, last] = [date(start), date(start + length)];
  const timed = (zone: string, suffix = '') => [
    `DTSTART${zone}:${digits(first)}${clockOf(from)}${suffix}`,
    `DTEND${zone}:${digits(last)}${clockOf(to)}${suffix}`,
  ];
  /** The date in Paris when it is that hour elsewhere: reckoned by Intl alone. */
  const inParis = (day: string, hour: number, zone: string) => {
    const asUtc = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`);
    // The instant at which a clock there shows this: found by trying every quarter of an hour.
    for (let shift = -15 * 60; shift <= 15 * 60; shift += 15) {
      const instant = new Date(asUtc + shift * 60_000);
      const shown = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(instant);
      if (shown === `${day} ${String(hour).padStart(2, '0')}:00:00`) {
        return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(instant);
      }
    }
    return undefined;
  };
  const abroad = (zone: string): { nights: [string, string]; isWithinADay: boolean } => {
    const [begins, ends] = [inParis(first, from, zone) ?? first, inParis(last, to, zone) ?? last];
    const isWithinADay = ends <= begins;
    return { nights: [begins, isWithinADay ? date(offsetOf(begins) + 1) : ends], isWithinADay };
  };
  switch (form) {
    case 'date':
      return {
        lines: [`DTSTART;VALUE=DATE:${digits(first)}`, `DTEND;VALUE=DATE:${digits(last)}`],
        nights: [first, last],
      };
    case 'bare date':
      return {
        lines: [`DTEND:${digits(last)}`, `DTSTART:${digits(first)}`],
        nights: [first, last],
      };
    case 'no end':
      return { lines: [`DTSTART;VALUE=DATE:${digits(first)}`], nights: [first, date(start + 1)] };
    case 'duration':
      return {
        lines: [`DTSTART;VALUE=DATE:${digits(first)}`, `DURATION:P${length}D`],
        nights: [first, last],
      };
    case 'weeks':
      return {
        lines: [`DTSTART;VALUE=DATE:${digits(first)}`, 'DURATION:P2W'],
        nights: [first, date(start + 14)],
      };
    case 'floating':
      return { lines: timed(''), nights: [first, last] };
    case 'unknown zone':
      return { lines: timed(';TZID="Romance Standard Time"'), nights: [first, last] };
    case 'home zone':
      return { lines: timed(';TZID=/example.org/2031/Europe/Paris'), nights: [first, last] };
    case 'UTC':
      return { lines: timed('', 'Z'), ...abroad('UTC') };
    case 'Auckland':
      return { lines: timed(';TZID=Pacific/Auckland'), ...abroad('Pacific/Auckland') };
  }
}

const offsetOf = (day: string) => (Date.parse(day) - Date.UTC(2031, 4, 1)) / 86_400_000;

/** Folds a line wherever it likes, and not only after 75 octets. */
const foldedAt = (line: string, places: number[]) =>
  [...line].map((character, place) =>
    places.includes(place % 50) && place > 0 ? `\r\n ${character}` : character
  ).join('');

const escape = (text: string) => text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/[\r\n]/g, '\\n');

describe('a feed that makes sense', () => {
  test('takes exactly the nights it means: every form, folding, order, case and line end', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 12 }),
        fc.array(fc.nat(49), { maxLength: 3 }),
        fc.constantFrom('\r\n', '\n'),
        fc.boolean(),
        (wishes, folds, end, small) => {
          const expected: string[] = [];
          const lines = wishes.flatMap((wish, place) => {
            const { lines: times, nights: [from, until], isWithinADay } = timesOf(wish);
            // Free hours within one day say that somebody comes or goes.
            const isMarker = wish.transparent && isWithinADay === true;
            if (
              wish.broken === null && wish.status !== 'Cancelled' && !isMarker &&
              until > options.today
            ) {
              expected.push(`${place}@example.com ${from} ${until}`);
            }
            const properties = [
              ...(wish.broken === null ? times : [wish.broken]),
              `UID:${place}@example.com`,
              `SUMMARY;LANGUAGE=fr:${escape(wish.summary)}`,
              ...(wish.status === '' ? [] : [`STATUS:${wish.status}`]),
              ...(wish.transparent ? ['TRANSP:TRANSPARENT'] : []),
            ];
            const written = properties.map((line) => {
              const colon = line.search(/[;:]/);
              return foldedAt(
                (small ? line.slice(0, colon).toLowerCase() : line.slice(0, colon)) +
                  line.slice(colon),
                folds,
              );
            });
            const alarm = [
              'BEGIN:VALARM',
              'DTSTART:20310601',
              'DTEND:20310630',
              'STATUS:CANCELLED',
              'UID:alarm',
              'END:VALARM',
            ];
            return ['BEGIN:VEVENT', ...(wish.alarm ? alarm : []), ...written, 'END:VEVENT'];
          });
          const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join(
            '\r\n',
          ).replaceAll('\r\n', end);
          const { events, seen, broken } = parseCalendar(text, options);
          expect(events.map((one) => `${one.uid} ${one.check_in} ${one.check_out}`).sort()).toEqual(
            expected.sort(),
          );
          expect(broken).toHaveLength(wishes.filter((wish) => wish.broken !== null).length);
          expect(seen).toBe(wishes.length - broken.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('comes back from our own export as it went, in lines of 75 octets', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.uniqueArray(
          fc.record({
            start: fc.integer({ min: 20, max: 700 }),
            length: fc.integer({ min: 1, max: 40 }),
          }),
          {
            maxLength: 20,
            selector: ({ start, length }) => `${start} ${length}`,
          },
        ),
        (title, stays) => {
          const text = writeCalendar({
            listing_id: randomUUID(),
            title,
            asked_at: '2031-05-20T12:00:00.123+00:00',
            events: stays.map(({ start, length }, place) => ({
              uid: `${place}@elsewhere.staybase`,
              check_in: date(start),
              check_out: date(start + length),
              is_stay: place % 2 === 0,
            })),
          });
          for (const line of text.split('\r\n')) {
            expect(Buffer.byteLength(line))
              .toBeLessThanOrEqual(75);
          }
          expect(text).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
          const { events, broken } = parseCalendar(text, options);
          expect(broken).toEqual([]);
          expect(events.map((one) => `${one.check_in} ${one.check_out}`).sort())
            .toEqual(
              stays.map(({ start, length }) => `${date(start)} ${date(start + length)}`).sort(),
            );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('folding splits no character, and unfolds to the same line', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (line) => {
      const written = folded(line);
      for (const part of written.split('\r\n')) {
        expect(Buffer.byteLength(part)).toBeLessThanOrEqual(75);
        expect(part.isWellFormed()).toBe(line.isWellFormed());
      }
      expect(written.replaceAll('\r\n ', '')).toBe(line);
    }));
  });
});

// Time: what feeds say, fail to say and take back, and what guests do meanwhile, against a model of sets.

describe('feeds over time', () => {
  const nights = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }));
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        deed: fc.constant('says' as const),
        feed: fc.nat(1),
        events: fc.uniqueArray(fc.record({ uid: fc.nat(3), nights }), {
          maxLength: 3,
          selector: ({ uid }) => uid,
        }),
        broken: fc.array(fc.nat(3), { maxLength: 1 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        deed: fc.constantFrom('fails' as const, 'is unchanged' as const, 'is empty' as const),
        feed: fc.nat(1),
      }),
    },
    { weight: 3, arbitrary: fc.record({ deed: fc.constant('stay' as const), nights }) },
    { weight: 2, arbitrary: fc.record({ deed: fc.constant('ends' as const), which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ deed: fc.constant('removed' as const), feed: fc.nat(1) }) },
  );

  test('no night is freed or taken that the model does not free or take, and no stay is displaced', async () => {
    await setClock('2031-05-20T12:00:00Z');
    const host = await person('Hedy');
    const guest = await person('Ada');
    const day = (number: number) => `2031-06-${String(number).padStart(2, '0')}`;

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
        const listing = await home({ host });
        const feeds: string[] = [];
        const newFeed = async (place: number) => {
          feeds[place] = randomUUID();
          await asPostgres(
            `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
           values ($1, $2, 'Feed', 'https://example.com/' || $1::uuid, private.now(), private.now())`,
            [feeds[place], listing],
          );
        };
        await newFeed(0);
        await newFeed(1);
        /** By feed: uid to nights. */
        const said: Map<number, [number, number]>[] = [new Map(), new Map()];
        const emptied = [false, false];
        const stays = new Map<string, [number, number]>();
        const covers = ([from, length]: [number, number], night: number) =>
          night >= from && night < from + length;

        const poll = async (feed: number) => {
          const [claimed] = await asPostgres<{ attempt: number }>(
            `update public.calendar_feeds set attempt = attempt + 1, claimed_until = private.now() + interval '2 minutes'
           where feed_id = $1 returning attempt`,
            [feeds[feed]],
          );
          return claimed!.attempt;
        };
        const apply = async (
          feed: number,
          events: [string, [number, number]][],
          broken: number[],
        ) => {
          const [answer] = await asPostgres<{ outcome: string }>(
            `select private.apply_calendar_feed($1, $2, array(
             select row(uid, check_in, check_out, '')::public.feed_event
             from unnest($3::text[], $4::date[], $5::date[]) as read (uid, check_in, check_out)),
             $6, $7, '{}', null, null) as outcome`,
            [
              feeds[feed],
              await poll(feed),
              events.map(([uid]) => uid),
              events.map(([, [from]]) => day(from)),
              events.map(([, [from, length]]) => day(from + length)),
              events.length,
              broken.map(String),
            ],
          );
          return answer!.outcome;
        };

        for (const one of steps) {
          switch (one.deed) {
            case 'says': {
              const broken = one.broken.filter((uid) =>
                one.events.every((event) => event.uid !== uid)
              );
              const before = said[one.feed]!;
              const outcome = await apply(
                one.feed,
                one.events.map(({ uid, nights }) => [String(uid), nights]),
                broken,
              );
              if (one.events.length === 0 && before.size > 0 && !emptied[one.feed]) {
                expect(outcome).toBe('kept');
                emptied[one.feed] = true;
                break;
              }
              expect(outcome).toBe('applied');
              emptied[one.feed] = false;
              const after = new Map(one.events.map(({ uid, nights }) => [uid, nights]));
              for (const uid of broken) {
                const known = before.get(uid);
                if (known !== undefined) after.set(uid, known);
              }
              said[one.feed] = after;
              break;
            }
            case 'is empty': {
              const outcome = await apply(one.feed, [], []);
              const keeps = said[one.feed]!.size > 0 && !emptied[one.feed];
              expect(outcome).toBe(keeps ? 'kept' : 'applied');
              if (!keeps) said[one.feed] = new Map();
              emptied[one.feed] = keeps;
              break;
            }
            case 'fails':
              await asPostgres(`select private.fail_calendar_feed($1, $2, 'too_slow', null)`, [
                feeds[one.feed],
                await poll(one.feed),
              ]);
              break;
            case 'is unchanged':
              await asPostgres('select private.keep_calendar_feed($1, $2)', [
                feeds[one.feed],
                await poll(one.feed),
              ]);
              break;
            case 'removed':
              await asPostgres('delete from public.calendar_feeds where feed_id = $1', [
                feeds[one.feed],
              ]);
              await newFeed(one.feed);
              said[one.feed] = new Map();
              emptied[one.feed] = false;
              break;
            case 'stay': {
              const [from, length] = one.nights;
              const free = Array.from({ length }, (_, place) => from + place).every((night) =>
                [...stays.values()].every((stay) => !covers(stay, night)) &&
                said.every((events) => [...events.values()].every((event) => !covers(event, night)))
              );
              const id = randomUUID();
              const problem = await asPostgres<{ problem: string | null }>(
                'select private.stay_problem($1, $2, $3, 1, 0, 0, $4) as problem',
                [listing, day(from), day(from + length), guest.id],
              );
              expect(problem[0]!.problem).toBe(free ? null : 'nights_taken');
              if (free) {
                await asPostgres(
                  `insert into public.bookings (booking_id, listing_id, host_id, guest_id, status, check_in, check_out,
                   guests, infants, pets, currency, subtotal_minor, taxes_minor, discount_bp, cancellation_policy,
                   instant_book, preparation_nights, time_zone, check_in_time, check_out_time, created_at,
                   expires_at)
                 select $1, $2, host_id, $3, 'awaiting_payment', $4, $5, 1, 0, 0, 'USD', 0, 0, 0, 'moderate', true, 0, 'UTC',
                   '15:00', '11:00', private.now(), private.now() + interval '1 day'
                 from public.listings where listing_id = $2`,
                  [id, listing, guest.id, day(from), day(from + length)],
                );
                await asPostgres(
                  `insert into private.claims (listing_id, nights, lane, kind, booking_id)
                 values ($1, daterange($2, $3), '(,)', 'stay', $4)`,
                  [listing, day(from), day(from + length), id],
                );
                stays.set(id, one.nights);
              }
              break;
            }
            case 'ends': {
              const id = [...stays.keys()][one.which];
              if (id === undefined) break;
              await asPostgres('delete from private.claims where booking_id = $1', [id]);
              stays.delete(id);
              break;
            }
          }

          const claims = await asPostgres<{ night: number; kind: string; feed: string | null }>(
            `select extract(day from night)::int as night, kind::text as kind, feed_id::text as feed
           from private.claims left join public.imported_events using (event_id),
             generate_series(lower(nights), upper(nights) - 1, '1 day') as night
           where claims.listing_id = $1`,
            [listing],
          );
          for (let night = 1; night <= 26; night += 1) {
            const there = claims.filter((claim) => claim.night === night);
            const booked = [...stays.values()].some((stay) => covers(stay, night));
            expect([night, there.some(({ kind }) => kind === 'stay')]).toEqual([night, booked]);
            for (const feed of [0, 1]) {
              const wanted = [...said[feed]!.values()].some((event) => covers(event, night));
              expect([night, feed, there.some((claim) => claim.feed === feeds[feed])])
                .toEqual([night, feed, wanted && !booked]);
            }
          }
        }
      }),
      runs(25),
    );
  });
});
