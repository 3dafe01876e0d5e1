import type { CalendarFeed } from '../../../supabase/functions/_shared/calendars.ts';
import type { Database } from '../../../supabase/functions/_shared/database.ts';
import type { Network } from '../../../supabase/functions/_shared/network.ts';
import { syncCalendars } from '../../../supabase/functions/sync-calendars/handler.ts';
import { assertEquals } from './assert.ts';

/** A function whose database hands out one feed, and a network that notes where it was led. */
function worker(environment: string, feed: Partial<CalendarFeed>, answer: string | Uint8Array) {
  const [led, heard] = [[] as string[], [] as unknown[]];
  let left = 1;
  const network: Network = {
    resolve: () => Promise.resolve(['127.0.0.1']),
    connect(address) {
      led.push(address);
      let bytes: Uint8Array | undefined = typeof answer === 'string'
        ? new TextEncoder().encode(answer)
        : answer;
      return Promise.resolve({
        read(into) {
          if (bytes === undefined) return Promise.resolve(null);
          into.set(bytes);
          const { length } = bytes;
          bytes = undefined;
          return Promise.resolve(length);
        },
        write: ({ length }) => Promise.resolve(length),
        close() {},
      });
    },
  };
  const database = {
    claim: () =>
      Promise.resolve(
        {
          unread: [],
          read: left-- < 1 ? [] : [{
            feed_id: 'feed',
            attempt: 1,
            url: 'http://me.example:8123/',
            listing_id: 'listing',
            time_zone: 'UTC',
            today: '2031-05-20',
            starts_on: '2029-02-01',
            ends_on: '2033-08-01',
            etag: null,
            last_modified: null,
            may_be_local: true,
            ...feed,
          }],
        },
      ),
    call: (verb: string, values: Record<string, unknown>) => {
      const { feed_id: _, attempt: __, ...facts } = values;
      const said = verb === 'apply_calendar_feed'
        ? ['applied', facts]
        : verb === 'keep_calendar_feed'
        ? ['unchanged']
        : ['failed', facts.problem, facts.http_status];
      heard.push(said);
      return Promise.resolve(said[0]);
    },
  } as unknown as Database;
  const run = async () => {
    const handler = syncCalendars({
      checkKey: () => Promise.resolve(),
      database,
      network,
      environment,
    });
    return await (await handler(new Request('http://x/', { method: 'POST' }), () => {})).json();
  };
  return { run, led, heard };
}

const calendar =
  'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20310601\r\nEND:VEVENT\r\nEND:VCALENDAR';

Deno.test('a function that is not local reads no calendar of its machine, whatever the database says', async () => {
  for (const environment of ['production', 'staging', '']) {
    const { run, led, heard } = worker(environment, {}, `HTTP/1.1 200 OK\r\n\r\n${calendar}`);
    assertEquals((await run()).failed, 1);
    assertEquals([led, heard], [[], [['failed', 'address_not_allowed', null]]]);
  }
  const { run, led } = worker('local', {}, `HTTP/1.1 200 OK\r\n\r\n${calendar}`);
  assertEquals((await run()).applied, 1);
  assertEquals(led, ['127.0.0.1']);
});

Deno.test('what was read is told to the database, and so is what was wrong', async () => {
  const good = worker('local', {}, `HTTP/1.1 200 OK\r\nETag: "1"\r\n\r\n${calendar}`);
  await good.run();
  assertEquals(good.heard, [['applied', {
    events: [{ uid: 'a', check_in: '2031-06-01', check_out: '2031-06-02', summary: '' }],
    events_seen: 1,
    broken_uids: [],
    event_problems: [],
    etag: '"1"',
    last_modified: null,
  }]]);
  const nameless = worker(
    'local',
    {},
    `HTTP/1.1 200 OK\r\n\r\n${calendar.replace('UID:a\r\nDTSTART:2031', 'DTSTART:x')}`,
  );
  await nameless.run();
  assertEquals((nameless.heard as [string, { broken_uids: unknown }][])[0]?.[1].broken_uids, [
    null,
  ]);
  const same = worker('local', { etag: '"1"' }, 'HTTP/1.1 304 Not Modified\r\n\r\n');
  assertEquals((await same.run()).unchanged, 1);
  const page = worker('local', {}, 'HTTP/1.1 200 OK\r\n\r\n<html>');
  await page.run();
  assertEquals(page.heard, [['failed', 'not_a_calendar', null]]);
  const gone = worker('local', {}, 'HTTP/1.1 410 Gone\r\n\r\n');
  await gone.run();
  assertEquals(gone.heard, [['failed', 'bad_answer', 410]]);
});

async function packed(format: CompressionFormat, bytes: Uint8Array<ArrayBuffer>) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test('a calendar is read that came compressed though nobody asked for that', async () => {
  const text = new TextEncoder().encode(calendar);
  // printf '<the calendar>' | brotli, in base64
  const inBrotli = Uint8Array.from(
    atob(
      'G1AAcIyTVHO7TucW0lOHYnhkfI5CQrqhAA45cPgWBJxwGgAEDjmCh5G3zFsdutXcJXAQerXqwavkR05Ws9faMYc6LegZDA==',
    ),
    (letter) => letter.charCodeAt(0),
  );
  for (
    const [coding, body] of [
      ['gzip', await packed('gzip', text)],
      ['x-gzip', await packed('gzip', text)],
      ['deflate', await packed('deflate', text)],
      ['deflate', await packed('deflate-raw', text)],
      ['br', inBrotli],
      ['br, gzip', await packed('gzip', inBrotli)],
    ] as const
  ) {
    const head = new TextEncoder().encode(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\n\r\n`);
    const { run } = worker('local', {}, new Uint8Array([...head, ...body]));
    assertEquals((await run()).applied, 1, coding);
    const cut = worker('local', {}, new Uint8Array([...head, ...body.subarray(0, -12)]));
    assertEquals((await cut.run()).failed, 1, coding);
  }
  const { run, heard } = worker(
    'local',
    {},
    `HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n${calendar}`,
  );
  assertEquals((await run()).failed, 1);
  assertEquals(heard, [['failed', 'unknown_encoding', 200]]);
});
