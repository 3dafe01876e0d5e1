import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { asPostgres, runDueJobs } from '../support/stack.ts';
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
