import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { person } from '../support/people.ts';
import { keys } from '../../local/keys.ts';
import { asPostgres, runDueJobs, setClock } from '../support/stack.ts';
import { call } from './paying.ts';
import { home } from '../support/stays.ts';

let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.end('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

async function feedAt(url: string): Promise<string> {
  const feed = randomUUID();
  await asPostgres(
    `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
     values ($1, $2, 'Here', $3, private.now(), private.now())`,
    [feed, await home({ host: await person('Hedy') }), url],
  );
  return feed;
}

const standing = async (feed: string) =>
  (await asPostgres(
    'select health, last_error, failures from public.calendar_feeds where feed_id = $1',
    [feed],
  ))[0];

test('a database that is not local has no calendar of this machine read', async () => {
  const { port } = server.address() as AddressInfo;
  for (const environment of ['production', 'staging']) {
    await asPostgres('update private.settings set environment = $1', [environment]);
    const feeds = [
      await feedAt(`http://127.0.0.1:${port}/a.ics`),
      await feedAt(`http://localhost:${port}/a.ics`),
      await feedAt(`http://[::ffff:127.0.0.1]:${port}/a.ics`),
    ];
    await runDueJobs();
    for (const feed of feeds) {
      expect(await standing(feed)).toEqual({
        health: 'failing',
        last_error: 'address_not_allowed',
        failures: 1,
      });
    }
    expect(asked).toBe(0);
  }
  await asPostgres(`update private.settings set environment = 'local'`);
  const feed = await feedAt(`http://127.0.0.1:${port}/a.ics`);
  await runDueJobs();
  expect(await standing(feed)).toMatchObject({ health: 'healthy' });
  expect(asked).toBe(1);
});

test('forty calendars of one account that never answer keep nobody else unread', async () => {
  // They take what is asked, and say one letter now and then.
  const slow = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\n\r\nB');
    const timer = setInterval(() => socket.write('B'), 1000);
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void slow.close());
  await asPostgres('delete from public.calendar_feeds');
  const loud = await home({ host: await person('Katherine') });
  await asPostgres(
    `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
     select gen_random_uuid(), $1, 'Slow', $2 || number, private.now(), private.now() - interval '1 hour'
     from generate_series(1, 40) as number`,
    [loud, `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`],
  );
  const { port } = server.address() as AddressInfo;
  const feeds: string[] = [];
  for (const host of ['Hedy', 'Grace', 'Ada'] as const) {
    const listing = await home({ host: await person(host) });
    for (let number = 0; number < 4; number += 1) {
      const feed = randomUUID();
      feeds.push(feed);
      await asPostgres(
        `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
         values ($1, $2, 'Here', $3, private.now(), private.now())`,
        [feed, listing, `http://127.0.0.1:${port}/${feed}.ics`],
      );
    }
  }
  const { body } = await call('sync-calendars', { headers: { apikey: keys.secret }, body: '{}' });
  expect(body).toMatchObject({ applied: feeds.length });
  for (const feed of feeds) expect(await standing(feed)).toMatchObject({ health: 'healthy' });
  // The slow ones had their turns, and are asked less often from now on.
  const failing = await asPostgres<{ wait: string }>(
    `select (next_poll_at - private.now() > interval '20 minutes')::text as wait
     from public.calendar_feeds where last_error = 'too_slow'`,
  );
  expect(failing.length).toBeGreaterThan(0);
  expect(new Set(failing.map(({ wait }) => wait))).toEqual(new Set(['true']));
});

test('the nights of a calendar and the deadlines of a stay have the same clocks', async () => {
  // Engines disagree about Vancouver's winters: at 7:30 UTC it is half past midnight or an hour before.
  const zone = 'America/Vancouver';
  const calendar = createServer((_, response) => {
    response.end([
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'UID:a',
      'DTSTART:20311210T073000Z',
      'DTEND:20311212T073000Z',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'));
  });
  await new Promise<void>((resolve) => calendar.listen(0, '127.0.0.1', resolve));
  try {
    await setClock('2031-05-20T12:00:00Z');
    const feed = randomUUID();
    await asPostgres(
      `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
       values ($1, $2, 'Here', $3, private.now(), private.now())`,
      [
        feed,
        await home({ host: await person('Hedy'), timeZone: zone }),
        `http://127.0.0.1:${(calendar.address() as AddressInfo).port}/`,
      ],
    );
    await runDueJobs();
    expect(
      await asPostgres(
        'select check_in::text, check_out::text from public.imported_events where feed_id = $1',
        [
          feed,
        ],
      ),
    ).toEqual(
      await asPostgres(
        `select ('2031-12-10 07:30Z'::timestamptz at time zone $1)::date::text as check_in,
           ('2031-12-12 07:30Z'::timestamptz at time zone $1)::date::text as check_out`,
        [zone],
      ),
    );
  } finally {
    calendar.close();
  }
});

test('an operator sees which engines have other clocks than Postgres', async () => {
  const { healthy, detail } = (await asPostgres<{ healthy: boolean; detail: string }>(
    `select healthy, detail from private.health() where part = 'zone_data'`,
  ))[0]!;
  expect(detail).toMatch(
    /^Postgres \d+\.\d+.* decides; deno \d+\.\d+\.\d+ (agrees|differs in America\/Vancouver)$/,
  );
  expect(healthy).toBe(detail.endsWith('agrees'));
});
