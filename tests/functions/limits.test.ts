import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { serviceClient } from '../support/people.ts';
import { plain, telling } from '../support/pictures.ts';
import { home } from '../support/stays.ts';
import { asPostgres, closeStack, moveClock, testEdge } from '../support/stack.ts';
import { begin, begins, call, control, pay, work } from './paying.ts';

// Hosted functions may compute for two seconds a call and hold 256 MB. What is counted here is the time on
// the processor and the most memory of the one process that serves all functions: no clock on the wall.
const limits = { milliseconds: 2000, megabytes: 256 };

interface Spent {
  milliseconds: number;
  megabytes: number;
  answer: Record<string, unknown>;
}

/** Calls a function with the secret key; resolves to what that took. */
async function costOf(name: string): Promise<Spent> {
  const { functions: { pid } } = await testEdge();
  const computed = () => {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    // Linux counts in hundredths of a second.
    return 10 * ((user ?? 0) + (system ?? 0));
  };
  // From here on the peak is that of this call.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = computed();
  const { status, body } = await call(name, { headers: { apikey: keys.secret }, body: '{}' });
  expect(status).toBe(200);
  const milliseconds = computed() - before;
  const [, peak] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { milliseconds, megabytes: Number(peak) / 1024, answer: body };
}

const staysWithin = ({ milliseconds, megabytes }: Spent) => {
  expect(milliseconds).toBeLessThan(limits.milliseconds);
  expect(megabytes).toBeLessThan(limits.megabytes);
};

/** A paid stay, with the outbox empty and all functions warm. */
async function paidStay() {
  await begins();
  const begun = await begin(await home());
  await pay(begun.intent);
  await work();
  (await control()).weather({ drop: 1 });
  return begun;
}

/** Orders so many looks at everything that Stripe has about a stay's payment. */
const order = (booking: string, count: number) =>
  asPostgres(
    `insert into private.commands (kind, idempotency_key, booking_id, payment_id, due_at, created_at)
     select 'reconcile', gen_random_uuid()::text, booking_id, payment_id, private.now(), private.now()
     from public.payments, generate_series(1, $2) where booking_id = $1`,
    [booking, count],
  );

const event = (number: number, more = '') => {
  const day = (from: number) =>
    new Date(Date.UTC(2031, 5, from + number % 600)).toISOString().slice(0, 10).replaceAll('-', '');
  return [
    'BEGIN:VEVENT',
    `UID:${number}@example.com`,
    `DTSTART;TZID=America/New_York:${day(1)}T150000`,
    `DTEND;TZID=America/New_York:${day(2)}T110000`,
    `DESCRIPTION:${'x'.repeat(300)}`,
    more,
    'END:VEVENT',
    '',
  ].join('\r\n');
};

const past = (number: number) =>
  event(number, 'X-NOTE:' + 'x'.repeat(400)).replaceAll(':2031', ':2015').replaceAll(
    ':2032',
    ':2016',
  );

describe.skipIf(process.platform !== 'linux')('a call stays within two seconds and 256 MB', () => {
  test('a full outbox: no more is taken than can be done, and the rest the next time', async () => {
    const { booking } = await paidStay();
    await order(booking, 150);
    const first = await costOf('run-commands');
    expect(first.answer).toEqual({ done: 100, retried: 0, failed: 0 });
    staysWithin(first);
    expect((await costOf('run-commands')).answer).toEqual({ done: 50, retried: 0, failed: 0 });
  });

  test('a payment of a hundred refunds that nobody heard of', async () => {
    const { booking, intent } = await paidStay();
    const stripe = await control();
    for (let made = 0; made < 100; made += 1) {
      await stripe.refund({ payment_intent: intent, amount: 100 });
    }
    await order(booking, 1);
    const spent = await costOf('run-commands');
    expect(spent.answer).toMatchObject({ retried: 0, failed: 0 });
    expect(
      await asPostgres(
        `select refunded_minor::int as refunded from public.payments where booking_id = $1`,
        [booking],
      ),
    ).toEqual([{ refunded: 10_000 }]);
    staysWithin(spent);
  });

  test('two thousand movements on the balance', async () => {
    const { intent } = await paidStay();
    const stripe = await control();
    for (let made = 0; made < 2000; made += 1) {
      await stripe.refund({ payment_intent: intent, amount: 10 });
    }
    await moveClock('1 minute');
    await asPostgres(
      `update private.stripe_checks set due_at = private.now() where kind = 'balance'`,
    );
    const spent = await costOf('run-commands');
    const [read] = await asPostgres<{ count: number }>(
      'select count(*)::int as count from private.stripe_movements',
    );
    expect(read?.count).toBeGreaterThanOrEqual(2000);
    staysWithin(spent);
  });

  test.each([
    ['2,000 events', (number: number) => event(number), 'applied'],
    ['10,000 events of the past', (number: number) => past(number), 'applied', 10_000],
    [
      'events that come again for ever',
      (number: number) => event(number, 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE'),
      'failed',
    ],
  ])('a calendar of one megabyte or eight: %s', async (_, eventOf, outcome, count = 2000) => {
    const { booking } = await paidStay();
    const text = `BEGIN:VCALENDAR\r\n${
      Array.from({ length: count }, (_, number) => eventOf(number)).join('')
    }END:VCALENDAR\r\n`;
    expect(text.length).toBeGreaterThan(900_000);
    const server = createServer((_, response) => response.end(text));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    await asPostgres(
      `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
       select $1, listing_id, 'Here', $2, private.now(), private.now() from public.bookings where booking_id = $3`,
      [randomUUID(), `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, booking],
    );
    const spent = await costOf('sync-calendars');
    expect(spent.answer).toMatchObject({ [outcome]: 1 });
    staysWithin(spent);
  });

  test('photos of ten megabytes, as many as come at once', async () => {
    // Functions of their own: those of before keep the memory that calendars took.
    await closeStack();
    await begins();
    const listing = await home();
    const [, type, small] = plain[0]!;
    // Bytes of a scan: each 255 of them is followed by a zero, as JPEG has it.
    const pixels = Buffer.alloc(10_000_000, Buffer.from([0xff, 0, 7, 211, 90, 13, 44, 3]));
    const photo = telling(type, Buffer.concat([small.subarray(0, -2), pixels, small.subarray(-2)]));
    const photos = (await serviceClient()).storage.from('photo-uploads');
    for (let made = 0; made < 3; made += 1) {
      const { error } = await photos.upload(`${listing}/${made}.jpg`, photo, { contentType: type });
      expect(error).toBeNull();
    }
    const spent = await costOf('check-files');
    // The others wait for the next call.
    const nothing = { clean: 0, published: 0, withdrawn: 0, refused: 0, failed: 0 };
    expect(spent.answer).toEqual({ ...nothing, cleaned: 2 });
    staysWithin(spent);
  });
});
