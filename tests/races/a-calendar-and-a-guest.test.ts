import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { booksOf, home, june, meanwhile, newDay, request } from '../support/stays.ts';

beforeEach(newDay);

/** A home, a calendar elsewhere that a worker has just read, and Ada who wants to stay there. */
async function homeAndCalendar() {
  const listing = await home();
  const feed = randomUUID();
  await asPostgres(
    `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at, attempt, claimed_until)
     values ($1, $2, 'There', 'https://example.com/a.ics', private.now(), private.now(), 1, private.now() + interval '1 hour')`,
    [feed, listing],
  );
  const [guest, worker] = [await session(await person('Ada')), await session()];
  await guest.begin();
  await worker.begin();
  return { listing, feed, guest, worker };
}

/** What the worker read: events from one day to another. */
async function read(worker: Session, feed: string, ...events: ReturnType<typeof june>[]) {
  const [known] = await asPostgres<{ attempt: number }>(
    'select attempt from public.calendar_feeds where feed_id = $1',
    [feed],
  );
  return await worker.run<{ outcome: string }>(
    `select public.apply_calendar_feed($1, $2,
       array(select row('event ' || check_in, check_in, check_out, '')::public.feed_event
         from unnest($3::date[], $4::date[]) as said (check_in, check_out)),
       $5, '{}', '{}', null, null) as outcome`,
    [
      feed,
      known?.attempt ?? 1,
      events.map(({ checkIn }) => checkIn),
      events.map(({ checkOut }) => checkOut),
      events.length,
    ],
  );
}

/** The next poll, which finds the feed due again. */
const pollAgain = (feed: string) =>
  asPostgres(
    `update public.calendar_feeds set attempt = attempt + 1, claimed_until = private.now() + interval '1 hour'
     where feed_id = $1`,
    [feed],
  );

const claimsOf = async (listing: string) => (await booksOf(listing)).claims;

test('a calendar that wants what a guest is booking waits, and takes the rest', async () => {
  const { listing, feed, guest, worker } = await homeAndCalendar();
  await request(guest, { listing, ...june(3, 5) });
  const applying = meanwhile(read(worker, feed, june(1, 8)));
  await worker.waits();
  await guest.commit();
  expect((await applying)[0]?.outcome).toBe('applied');
  await worker.commit();
  expect(await claimsOf(listing)).toEqual([
    'import 06-01..06-03',
    'hold 06-03..06-05 Ada for now',
    'import 06-05..06-08',
  ]);
});

test('a guest who wants what a calendar is taking waits, and is refused', async () => {
  const { listing, feed, guest, worker } = await homeAndCalendar();
  await read(worker, feed, june(1, 8));
  const asking = meanwhile(request(guest, { listing, ...june(3, 5) }));
  await guest.waits();
  await worker.commit();
  await expect(asking).rejects.toThrow('nights_taken');
  await guest.rollback();
  expect(await claimsOf(listing)).toEqual(['import 06-01..06-08']);
});

test('a guest who gives up while the calendar is read leaves no free night between', async () => {
  const { listing, feed, guest, worker } = await homeAndCalendar();
  const booking = await request(guest, { listing, ...june(3, 5) });
  await guest.commit();
  await guest.begin();
  await read(worker, feed, june(1, 8));
  // The calendar has seen the hold in the way: it may go only after the calendar is known.
  const leaving = meanwhile(guest.run('select public.withdraw_booking($1)', [booking]));
  await guest.waits();
  await worker.commit();
  await leaving;
  await guest.commit();
  expect(await claimsOf(listing)).toEqual([
    'import 06-01..06-03',
    'import 06-03..06-05',
    'import 06-05..06-08',
  ]);
});

test('a calendar read while the guest gives up waits, and has all of it', async () => {
  const { listing, feed, guest, worker } = await homeAndCalendar();
  const booking = await request(guest, { listing, ...june(3, 5) });
  await guest.commit();
  await guest.begin();
  await guest.run('select public.withdraw_booking($1)', [booking]);
  const applying = meanwhile(read(worker, feed, june(1, 8)));
  await worker.waits();
  await guest.commit();
  await applying;
  await worker.commit();
  expect(await claimsOf(listing)).toEqual(['import 06-01..06-08']);
});

test('nights that a booking lets go belong to the calendar before another guest sees them', async () => {
  const { listing, feed, guest, worker } = await homeAndCalendar();
  const booking = await request(guest, { listing, ...june(3, 5) });
  await guest.commit();
  await read(worker, feed, june(3, 5));
  await worker.commit();
  const other = await session(await person('Grace'));
  await other.begin();
  await guest.begin();
  await guest.run('select public.withdraw_booking($1)', [booking]);
  await expect(request(other, { listing, ...june(3, 5) })).rejects.toThrow('nights_taken');
  await other.rollback();
  await guest.commit();
  await other.begin();
  await expect(request(other, { listing, ...june(3, 5) })).rejects.toThrow('nights_taken');
  await other.rollback();
  expect(await claimsOf(listing)).toEqual(['import 06-03..06-05']);
});

test('two calendars of one listing are applied one after the other', async () => {
  const { listing, feed, worker } = await homeAndCalendar();
  const [two, second] = [await session(), randomUUID()];
  await asPostgres(
    `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at, attempt, claimed_until)
     values ($1, $2, 'Too', 'https://example.com/b.ics', private.now(), private.now(), 1, private.now() + interval '1 hour')`,
    [second, listing],
  );
  await two.begin();
  await read(worker, feed, june(1, 4));
  const applying = meanwhile(read(two, second, june(2, 6)));
  await two.waits();
  await worker.commit();
  await applying;
  await two.commit();
  expect(await claimsOf(listing)).toEqual(['import 06-01..06-04', 'import 06-02..06-06']);
});

test('a poll that took too long changes nothing any more', async () => {
  const { listing, feed, worker } = await homeAndCalendar();
  await pollAgain(feed);
  const [late] = await worker.run<{ outcome: string }>(
    `select public.apply_calendar_feed($1, 1, '{}', 0, '{}', '{}', null, null) as outcome`,
    [feed],
  );
  expect(late?.outcome).toBe('too_late');
  await read(worker, feed, june(1, 3));
  // And each poll has its say once.
  expect((await read(worker, feed))[0]?.outcome).toBe('too_late');
  await worker.commit();
  expect(await claimsOf(listing)).toEqual(['import 06-01..06-03']);
});

test('a calendar that is removed while it is read takes nothing', async () => {
  const { listing, feed, worker } = await homeAndCalendar();
  const hedy = await session(await person('Hedy'));
  await hedy.begin();
  await hedy.run('select public.remove_calendar_feed($1)', [feed]);
  const applying = meanwhile(read(worker, feed, june(1, 3)));
  await worker.waits();
  await hedy.commit();
  expect((await applying)[0]?.outcome).toBe('too_late');
  await worker.commit();
  expect(await claimsOf(listing)).toEqual([]);
});
