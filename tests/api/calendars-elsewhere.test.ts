import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeOf } from '../../types/index.ts';
import { type Client, clientOf, person } from '../support/people.ts';
import { asPostgres, moveClock, runDueJobs, setClock, testApi } from '../support/stack.ts';
import { home, june } from '../support/stays.ts';

/** Another marketplace: what it serves at a path, and what it was asked. */
const elsewhere = {
  url: '',
  answers: new Map<string, (request: IncomingMessage, response: ServerResponse) => void>(),
  asked: [] as IncomingMessage[],
};

const server = createServer((request, response) => {
  elsewhere.asked.push(request);
  const answer = elsewhere.answers.get(request.url ?? '');
  if (answer === undefined) response.writeHead(404).end();
  else answer(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  elsewhere.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await setClock('2031-05-20T12:00:00Z');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

let hedy: Client;
let listing: string;

beforeEach(async () => {
  await asPostgres('delete from public.calendar_feeds');
  elsewhere.answers.clear();
  elsewhere.asked = [];
  hedy = await clientOf(await person('Hedy'));
  listing = await home();
});

type Event = [uid: string, checkIn: string, checkOut: string];

const calendar = (...events: Event[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Elsewhere//EN',
    ...events.flatMap(([uid, checkIn, checkOut]) => [
      'BEGIN:VEVENT',
      `UID:${uid}`,
      `DTSTART;VALUE=DATE:${checkIn.replaceAll('-', '')}`,
      `DTEND;VALUE=DATE:${checkOut.replaceAll('-', '')}`,
      'SUMMARY:Reserved',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

/** Has a path answer with a calendar, or with what is no calendar. */
const serve = (path: string, body: string, headers: Record<string, string> = {}, status = 200) =>
  elsewhere.answers.set(path, (_, response) => {
    response.writeHead(status, { 'content-type': 'text/calendar', ...headers }).end(body);
  });

async function add(path: string, to = listing) {
  const feedId = randomUUID();
  const { error } = await hedy.rpc('add_calendar_feed', {
    feed_id: feedId,
    listing_id: to,
    url: elsewhere.url + path,
    name: 'Elsewhere',
  });
  if (error) throw error;
  return feedId;
}

async function feedOf(feedId: string) {
  const { data, error } = await hedy.from('calendar_feeds').select('*').eq('feed_id', feedId)
    .single();
  if (error) throw error;
  return data;
}

/** Reads the calendars that are due half an hour later. */
async function later() {
  await moveClock('31 minutes');
  await runDueJobs();
}

async function takenNights(of = listing) {
  const { data, error } = await hedy.rpc('listing_calendar', {
    listing_id: of,
    starts_on: '2031-06-01',
    ends_on: '2031-07-01',
  });
  if (error) throw error;
  return data.filter(({ available }) => !available).map(({ day }) => Number(day!.slice(-2)));
}

async function book(client: Client, checkIn: number, checkOut: number) {
  const { checkIn: check_in, checkOut: check_out } = june(checkIn, checkOut);
  const stay = { listing_id: listing, check_in, check_out };
  const quote = await client.rpc('quote_stay', stay);
  if (quote.error) return codeOf(quote.error);
  const { data, error } = await client.rpc('request_booking', {
    booking_id: randomUUID(),
    ...stay,
    expected_total_minor: quote.data.total_minor!,
  });
  return error === null ? data.booking_id! : codeOf(error);
}

/** A stay that cost nothing is confirmed at once. */
let guests = 0;

async function confirmed(checkIn: number, checkOut: number) {
  await asPostgres('update public.listing_prices set base_price_minor = 0 where listing_id = $1', [
    listing,
  ]);
  // Another guest each time: nobody has two free stays on the same nights.
  return await book(await clientOf(await person(`Guest${guests += 1}`)), checkIn, checkOut);
}

describe('what is taken elsewhere', () => {
  test('cannot be booked here, and is free again when it goes', async () => {
    serve(
      '/a.ics',
      calendar(['one', '2031-06-03', '2031-06-05'], ['two', '2031-06-10', '2031-06-11']),
    );
    const feed = await add('/a.ics');
    expect(await feedOf(feed)).toMatchObject({ health: 'new', last_error: null });
    await runDueJobs();

    expect(await takenNights()).toEqual([3, 4, 10]);
    expect(await feedOf(feed)).toMatchObject({ health: 'healthy', event_count: 2, failures: 0 });
    const ada = await clientOf(await person('Ada'));
    expect(await book(ada, 4, 6)).toBe('nights_taken');
    const { data: imported } = await hedy.from('imported_events').select(
      'uid, check_in, check_out, summary',
    )
      .eq('feed_id', feed).order('check_in');
    expect(imported?.[0]).toEqual({
      uid: 'one',
      check_in: '2031-06-03',
      check_out: '2031-06-05',
      summary: 'Reserved',
    });

    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-04']));
    await later();
    expect(await takenNights()).toEqual([3]);
  });

  test('stays taken by the other when one of two calendars lets it go', async () => {
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-05']));
    serve('/b.ics', calendar(['other', '2031-06-04', '2031-06-06']));
    await add('/a.ics');
    const other = await add('/b.ics');
    await runDueJobs();
    expect(await takenNights()).toEqual([3, 4, 5]);
    await hedy.rpc('block_nights', {
      listing_id: listing,
      check_in: '2031-06-05',
      check_out: '2031-06-07',
    });
    expect((await hedy.rpc('remove_calendar_feed', { feed_id: other })).error).toBeNull();
    expect(await takenNights()).toEqual([3, 4, 5, 6]);
    await hedy.rpc('unblock_nights', {
      listing_id: listing,
      check_in: '2031-06-01',
      check_out: '2031-06-30',
    });
    expect(await takenNights()).toEqual([3, 4]);
    expect((await hedy.rpc('remove_calendar_feed', { feed_id: other })).error).toBeNull();
  });

  test('is asked for with the tag of last time, and kept while it is unchanged', async () => {
    elsewhere.answers.set('/a.ics', (request, response) => {
      const same = request.headers['if-none-match'] === '"v1"';
      response.writeHead(same ? 304 : 200, { etag: '"v1"' });
      response.end(same ? undefined : calendar(['one', '2031-06-03', '2031-06-05']));
    });
    const feed = await add('/a.ics');
    await runDueJobs();
    await later();
    expect(elsewhere.asked.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      '"v1"',
    ]);
    expect(await takenNights()).toEqual([3, 4]);
    expect(await feedOf(feed)).toMatchObject({ health: 'healthy', event_count: 1 });
    // Once a day it is read anew: what was too far away may have come into sight.
    await moveClock('1 day');
    await runDueJobs();
    expect(elsewhere.asked.at(-1)?.headers['if-none-match']).toBeUndefined();
    await setClock('2031-05-20T12:00:00Z');
  });

  test.for(
    [
      ['an error', 500, 'oops', 'bad_answer'],
      ['a page that asks to sign in', 200, '<html>Sign in</html>', 'not_a_calendar'],
      ['no word', 200, '', 'not_a_calendar'],
      [
        'a calendar that breaks off',
        200,
        calendar(['two', '2031-06-10', '2031-06-12']).slice(0, 150),
        'not_a_calendar',
      ],
    ] as const,
  )('is not freed by %s', async ([_, status, body, problem]) => {
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-05']));
    const feed = await add('/a.ics');
    await runDueJobs();
    serve('/a.ics', body, {}, status);
    await later();
    const failing = await feedOf(feed);
    expect(failing).toMatchObject({ health: 'failing', last_error: problem, failures: 1 });
    expect(failing.last_status).toBe(status === 200 ? null : status);
    expect(await takenNights()).toEqual([3, 4]);
    await later();
    expect((await feedOf(feed)).failures).toBe(2);
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-04']));
    await moveClock('1 hour');
    await runDueJobs();
    expect(await feedOf(feed)).toMatchObject({ health: 'healthy', last_error: null, failures: 0 });
    expect(await takenNights()).toEqual([3]);
  });

  test('is freed by an empty calendar only when it is seen empty twice', async () => {
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-05']), { etag: '"full"' });
    const feed = await add('/a.ics');
    await runDueJobs();
    elsewhere.answers.set('/a.ics', (request, response) => {
      const same = request.headers['if-none-match'] === '"empty"';
      response.writeHead(same ? 304 : 200, { etag: '"empty"' }).end(same ? undefined : calendar());
    });
    await later();
    expect(await takenNights()).toEqual([3, 4]);
    expect((await feedOf(feed)).empty_at).not.toBeNull();
    await later();
    expect(await takenNights()).toEqual([]);

    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-05']));
    await later();
    serve('/a.ics', calendar());
    await later();
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-05']));
    await later();
    serve('/a.ics', calendar());
    await later();
    expect(await takenNights()).toEqual([3, 4]);
  });

  test('is kept by an event that cannot be read any more', async () => {
    serve(
      '/a.ics',
      calendar(['one', '2031-06-03', '2031-06-05'], ['two', '2031-06-10', '2031-06-11']),
    );
    const feed = await add('/a.ics');
    await runDueJobs();
    serve(
      '/a.ics',
      calendar(['one', '2031-06-33', '2031-06-05'], ['new', '2031-06-20', '2031-06-21']),
    );
    await later();
    expect(await takenNights()).toEqual([3, 4, 20]);
    expect(await feedOf(feed)).toMatchObject({
      health: 'healthy',
      event_problems: ['one: its start is no date'],
    });
  });
});

describe('what marks arrivals and departures elsewhere', () => {
  /** Three events for a stay from 1 to 4 June, and half an hour of another day. */
  const markers = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Elsewhere//EN',
    ...([
      ['1', ';VALUE=DATE:20310601', ';VALUE=DATE:20310602', 'Check-in: A. Guest'],
      ['2', ';VALUE=DATE:20310604', ';VALUE=DATE:20310605', 'Check-out: A. Guest'],
      ['3', ';VALUE=DATE:20310601', ';VALUE=DATE:20310604', 'A. Guest'],
      ['4', ':20310620T110000', ':20310620T113000', 'Check-out: another', 'TRANSP:TRANSPARENT'],
    ].flatMap(([uid, start, end, summary, ...more]) => [
      'BEGIN:VEVENT',
      `UID:${uid}`,
      `DTSTART${start}`,
      `DTEND${end}`,
      `SUMMARY:${summary}`,
      ...more,
      'END:VEVENT',
    ])),
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const patterns = ['Check-in:*', 'Check-out:*'];

  test('takes the night after each stay, unless a host leaves it out', async () => {
    serve('/markers.ics', markers);
    const feed = await add('/markers.ics');
    await runDueJobs();
    expect(await takenNights()).toEqual([1, 2, 3, 4]);

    const preview = async (client = hedy) =>
      await client.rpc('preview_feed_filters', { feed_id: feed, patterns });
    const leftOut = [
      { summary: 'Check-in: A. Guest', check_in: '2031-06-01', left_out: true },
      { summary: 'A. Guest', check_in: '2031-06-01', left_out: false },
      { summary: 'Check-out: A. Guest', check_in: '2031-06-04', left_out: true },
    ];
    expect((await preview()).data).toMatchObject(leftOut);
    expect(await takenNights()).toEqual([1, 2, 3, 4]);

    const set = await hedy.rpc('set_feed_filters', { feed_id: feed, patterns });
    expect(set.error).toBeNull();
    expect(set.data?.ignored_summaries).toEqual(patterns);
    expect(await takenNights()).toEqual([1, 2, 3]);
    expect((await preview()).data).toMatchObject(leftOut);

    await later();
    expect(await takenNights()).toEqual([1, 2, 3]);
    expect(await feedOf(feed)).toMatchObject({ health: 'healthy', event_count: 3 });
    const ada = await clientOf(await person('Ada'));
    expect(codeOf((await preview(ada)).error)).toBe('feed_not_found');
    expect(await book(ada, 3, 6)).toBe('nights_taken');
    expect(await book(ada, 4, 6)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a booking here', () => {
  test('is never displaced: the host sees a conflict, and the rest of the event counts', async () => {
    const booking = await confirmed(4, 6);
    serve('/a.ics', calendar(['one', '2031-06-03', '2031-06-08']));
    const feed = await add('/a.ics');
    await runDueJobs();

    expect(await takenNights()).toEqual([3, 4, 5, 6, 7]);
    const { data: conflicts } = await hedy.rpc('calendar_conflicts');
    expect(conflicts).toMatchObject([{
      listing_id: listing,
      feed_id: feed,
      booking_id: booking,
      check_in: '2031-06-03',
      check_out: '2031-06-08',
      booked_from: '2031-06-04',
      booked_to: '2031-06-06',
      summary: 'Reserved',
    }]);

    // The guest cancels: the other calendar has the nights in the same moment.
    const guest = await clientOf(await person(`Guest${guests}`));
    const { data: preview } = await guest.rpc('preview_cancellation', { booking_id: booking })
      .throwOnError();
    expect(
      (await guest.rpc('cancel_booking', {
        booking_id: booking,
        expected_refund_minor: preview!.refund_minor!,
      })).error,
    ).toBeNull();
    expect(await takenNights()).toEqual([3, 4, 5, 6, 7]);
    expect((await hedy.rpc('calendar_conflicts')).data).toEqual([]);
  });

  test('that comes back from elsewhere is an echo, alone or joined with the next', async () => {
    await confirmed(4, 6);
    await confirmed(6, 8);
    serve(
      '/a.ics',
      calendar(['joined', '2031-06-04', '2031-06-08'], ['alone', '2031-06-04', '2031-06-06']),
    );
    await add('/a.ics');
    await runDueJobs();
    expect((await hedy.rpc('calendar_conflicts', { listing_id: listing })).data).toEqual([]);
    const rows = await asPostgres(
      'select from private.claims where listing_id = $1 and kind = $2',
      [
        listing,
        'import',
      ],
    );
    expect(rows).toEqual([]);
  });

  test('that was never paid gives its nights to the other calendar when it ends', async () => {
    const ada = await clientOf(await person('Ada'));
    await book(ada, 4, 6);
    serve('/a.ics', calendar(['one', '2031-06-05', '2031-06-08']));
    await add('/a.ics');
    await runDueJobs();
    // An unpaid hold is nothing that a host should call someone about.
    expect((await hedy.rpc('calendar_conflicts')).data).toMatchObject([{ booking_id: null }]);
    await moveClock('20 minutes');
    await runDueJobs();
    expect(await takenNights()).toEqual([5, 6, 7]);
    expect((await hedy.rpc('calendar_conflicts')).data).toEqual([]);
  });
});

describe('what is taken here', () => {
  async function linkOf(feedId?: string) {
    const { data, error } = await hedy.rpc('calendar_link', {
      listing_id: listing,
      ...(feedId === undefined ? {} : { feed_id: feedId }),
    });
    if (error) throw error;
    return (await testApi()).url + data.path;
  }
  const read = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers });
  const daysIn = (text: string) =>
    [...text.matchAll(/DTSTART;VALUE=DATE:\d{6}(\d\d)\r\nDTEND;VALUE=DATE:\d{6}(\d\d)/g)]
      .map(([, from, to]) => `${Number(from)}-${Number(to)}`);

  test('is read by others at a secret address, without a word about guests', async () => {
    // An unpaid hold ends in minutes; others would keep its nights for hours.
    await book(await clientOf(await person('Grace')), 20, 22);
    const booking = await confirmed(4, 6);
    await asPostgres('update public.listings set title = $2 where listing_id = $1', [
      listing,
      'Haus „Sonne“; am See, mit Blick auf die Berge und mit einem sehr langen Namen 🏔️🏔️🏔️',
    ]);
    await hedy.rpc('block_nights', {
      listing_id: listing,
      check_in: '2031-06-10',
      check_out: '2031-06-12',
      note: 'Ada knows why',
    });
    const answer = await read(await linkOf());
    const text = await answer.text();

    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(daysIn(text)).toEqual(['4-6', '10-12']);
    const uids = (of: string) => of.replaceAll('\r\n ', '').match(/(?<=^UID:).*(?=\r$)/gm);
    expect(uids(text)).toHaveLength(2);
    for (const uid of uids(text)!) {
      expect(uid).toMatch(new RegExp(`^[0-9a-f]{32}@${listing}.staybase$`));
    }
    expect(uids(await (await read(await linkOf())).text())).toEqual(uids(text));
    expect(text.replaceAll('\r\n ', '')).not.toContain(booking);
    expect(text).not.toContain('Ada');
    expect(text.replaceAll('\r\n ', '')).toContain(
      'X-WR-CALNAME:Haus „Sonne“\\; am See\\, mit Blick',
    );
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text).not.toMatch(/[^\r]\n/);
    expect(text).toMatch(/DTSTAMP:2031\d{4}T\d{6}Z/);
  });

  test('has a tag that changes with it', async () => {
    const url = await linkOf();
    const first = await read(url);
    const etag = first.headers.get('etag')!;
    expect((await read(url, { 'if-none-match': etag })).status).toBe(304);
    await moveClock('1 hour');
    expect((await read(url, { 'if-none-match': `"x", ${etag}` })).status).toBe(304);
    await hedy.rpc('block_nights', {
      listing_id: listing,
      check_in: '2031-06-10',
      check_out: '2031-06-12',
    });
    const changed = await read(url, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('leaves out what the reader said itself, also by way of a third calendar', async () => {
    serve('/a.ics', calendar(['a', '2031-06-03', '2031-06-05']));
    serve(
      '/b.ics',
      calendar(['echo of a', '2031-06-03', '2031-06-05'], ['b', '2031-06-10', '2031-06-12']),
    );
    const [a, b] = [await add('/a.ics'), await add('/b.ics')];
    await runDueJobs();
    expect(daysIn(await (await read(await linkOf())).text())).toEqual(['3-5', '3-5', '10-12']);
    expect(daysIn(await (await read(await linkOf(a))).text())).toEqual(['10-12']);
    expect(daysIn(await (await read(await linkOf(b))).text())).toEqual([]);
  });

  test('has a secret that can be made again', async () => {
    const [old, same] = [await linkOf(), await linkOf()];
    expect(same).toBe(old);
    const { data } = await hedy.rpc('rotate_calendar_link', { listing_id: listing });
    expect((await testApi()).url + data!.path).not.toBe(old);
    const answer = await read(old);
    expect([answer.status, answer.headers.get('x-error-code')]).toEqual([
      404,
      'calendar_not_found',
    ]);
    expect((await read(await linkOf())).status).toBe(200);
  });

  test('round trip: one listing reads the calendar of another', async () => {
    await confirmed(4, 6);
    await hedy.rpc('block_nights', {
      listing_id: listing,
      check_in: '2031-06-10',
      check_out: '2031-06-12',
    });
    const url = await linkOf();
    const wholeHouse = await home();
    const { error } = await hedy.rpc('add_calendar_feed', {
      feed_id: randomUUID(),
      listing_id: wholeHouse,
      url,
      name: 'The room',
    });
    expect(error).toBeNull();
    await runDueJobs();
    expect(await takenNights(wholeHouse)).toEqual([4, 5, 10, 11]);
    // Its own calendar it knows: nothing of it comes back.
    await hedy.rpc('add_calendar_feed', {
      feed_id: randomUUID(),
      listing_id: listing,
      url,
      name: 'Myself',
    });
    await runDueJobs();
    const imported = await hedy.from('imported_events').select('*').eq('listing_id', listing);
    expect(imported.data).toEqual([]);
  });
});

describe('a host', () => {
  test('says where calendars are, and hears what cannot be one', async () => {
    const say = async (url: string | null, feed_id = randomUUID() as string) =>
      codeOf(
        (await hedy.rpc('add_calendar_feed', {
          feed_id,
          listing_id: listing,
          url: url as string,
          name: 'x',
        })).error,
      );
    for (
      const url of [
        null,
        '',
        'calendar',
        'ftp://example.com/a.ics',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'https://user:secret@example.com/a.ics',
        'https://example.com\\@127.0.0.1/',
        'https:///a.ics',
        'https://exa mple.com/',
        `https://example.com/${'a'.repeat(2000)}`,
        'https://example.com:123456/',
        'https://example.com:0/',
        'https://example.com:65536/',
      ]
    ) expect([url, await say(url)]).toEqual([url, 'invalid_calendar_url']);

    const id = randomUUID();
    const webcal = {
      feed_id: id,
      listing_id: listing,
      url: 'webcal://example.com/a.ics#top',
      name: 'Web',
    };
    const { data } = await hedy.rpc('add_calendar_feed', webcal);
    expect(data?.url).toBe('https://example.com/a.ics');
    expect((await hedy.rpc('add_calendar_feed', webcal)).data?.feed_id).toBe(id);
    expect(await say('https://example.com/a.ics')).toBe('feed_exists');
    expect(await say('https://example.com/b.ics', id)).toBe('id_reused');
    for (let place = 0; place < 19; place += 1) await say(`https://example.com/more/${place}.ics`);
    expect(await say('https://example.com/c.ics')).toBe('too_many_feeds');
  });

  test('has a calendar read now, once a minute at most', async () => {
    serve('/a.ics', calendar());
    const feed = await add('/a.ics');
    await runDueJobs();
    const sync = async () => (await hedy.rpc('sync_calendar_feed', { feed_id: feed })).data!;
    const { next_poll_at: next, last_polled_at: last } = await sync();
    expect(Date.parse(next!) - Date.parse(last!)).toBe(60_000);
    await runDueJobs();
    expect(elsewhere.asked).toHaveLength(1);
    await moveClock('1 minute');
    await sync();
    await runDueJobs();
    expect(elsewhere.asked).toHaveLength(2);
  });

  test('who closes the account leaves no calendar behind', async () => {
    const leaver = await person('Leaver');
    const client = await clientOf(leaver);
    const own = await home({ host: leaver });
    await client.rpc('add_calendar_feed', {
      feed_id: randomUUID(),
      listing_id: own,
      url: `${elsewhere.url}/secret.ics`,
      name: 'Elsewhere',
    });
    const { data } = await client.rpc('calendar_link', { listing_id: own });
    await asPostgres('delete from auth.users where id = $1', [leaver.id]);
    expect(await asPostgres('select from public.calendar_feeds where listing_id = $1', [own]))
      .toEqual([]);
    expect((await fetch((await testApi()).url + data!.path)).status).toBe(404);
  });
});
