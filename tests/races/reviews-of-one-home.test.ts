import { beforeAll, expect, test } from 'vitest';
import { makeStaff, person } from '../support/people.ts';
import { stayed, wrongRatings } from '../support/reviews.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

beforeAll(() => setClock('2031-06-02T12:00:00Z'));

const ofStay = 'select * from public.review_stay($1, $2, $2, $2, $2, $2, $2, $2)';
const ofGuest = 'select * from public.review_guest($1, $2, $2, $2, $2)';

const revealed = (listing: string) =>
  asPostgres<{ stars: number; revealed: boolean }>(
    `select stars, revealed_at is not null as revealed from public.reviews where listing_id = $1 order by stars`,
    [listing],
  );

const rating = async (listing: string) =>
  (await asPostgres(
    'select review_count, rating from public.listing_ratings where listing_id = $1',
    [listing],
  ))[0];

/** Somebody says something, each in a transaction of their own. */
async function say(who: Session, sql: string, values: unknown[]): Promise<void> {
  await who.begin();
  await who.run(sql, values);
  await who.commit();
}

test('both sides write at once: the second finds the first, and both are revealed', async () => {
  const [host, ada] = [await person('Hedy'), await person('Ada')];
  const listing = await home({ host });
  const booking = await stayed(listing, ada);
  const [guestSide, hostSide] = [await session(ada), await session(host)];

  await guestSide.begin();
  await guestSide.run(ofStay, [booking, 4]);
  await hostSide.begin();
  const waiting = hostSide.run<{ revealed_at: Date | null }>(ofGuest, [booking, 5]);
  await hostSide.waits();
  await guestSide.commit();
  expect((await waiting)[0]?.revealed_at).not.toBeNull();
  await hostSide.commit();
  expect(await revealed(listing)).toEqual([{ stars: 4, revealed: true }]);
  expect(await wrongRatings()).toEqual([]);
});

test('a review that is being changed while the other side writes counts as it was changed', async () => {
  const [host, ada] = [await person('Hedy'), await person('Ada')];
  const listing = await home({ host });
  const booking = await stayed(listing, ada);
  const [guestSide, hostSide] = [await session(ada), await session(host)];
  await say(guestSide, ofStay, [booking, 1]);

  await guestSide.begin();
  await guestSide.run(ofStay, [booking, 5]);
  await hostSide.begin();
  const waiting = hostSide.run(ofGuest, [booking, 5]);
  await hostSide.waits();
  await guestSide.commit();
  await waiting;
  await hostSide.commit();
  expect(await revealed(listing)).toEqual([{ stars: 5, revealed: true }]);
  expect(await wrongRatings()).toEqual([]);
});

test('of two reviews of one home that are revealed at once none is lost', async () => {
  const [host, ada, grace] = [await person('Hedy'), await person('Ada'), await person('Grace')];
  const listing = await home({ host });
  const [first, second] = [await session(ada), await session(grace)];
  const [one, two] = [await stayed(listing, ada), await stayed(listing, grace)];
  const hostSide = await session(host);
  await say(hostSide, ofGuest, [one, 5]);
  await say(hostSide, ofGuest, [two, 5]);

  await first.begin();
  await first.run(ofStay, [one, 2]);
  await second.begin();
  const waiting = second.run(ofStay, [two, 4]);
  await second.waits();
  await first.commit();
  await waiting;
  await second.commit();
  expect(await rating(listing)).toEqual({ review_count: 2, rating: null });
  expect(await wrongRatings()).toEqual([]);
});

test('of two reviews of one guest that are revealed at once one counts', async () => {
  const [host, ada] = [await person('Hedy'), await person('Ada')];
  const listing = await home({ host });
  const [one, two] = [await stayed(listing, ada), await stayed(listing, ada)];
  const [first, second, hostSide] = [await session(ada), await session(ada), await session(host)];
  await say(hostSide, ofGuest, [one, 5]);
  await say(hostSide, ofGuest, [two, 5]);

  await first.begin();
  await first.run(ofStay, [one, 2]);
  await second.begin();
  const waiting = second.run(ofStay, [two, 4]);
  await second.waits();
  await first.commit();
  await waiting;
  await second.commit();
  expect(await revealed(listing)).toEqual([
    { stars: 2, revealed: true },
    { stars: 4, revealed: true },
  ]);
  expect(await rating(listing)).toEqual({ review_count: 1, rating: null });
  expect(await wrongRatings()).toEqual([]);
});

test('staff remove a review while the clock reveals it: it counts as removed', async () => {
  const [host, ada, sam] = [await person('Hedy'), await person('Ada'), await person('Sam')];
  await makeStaff(sam);
  const listing = await home({ host });
  const booking = await stayed(listing, ada);
  await say(await session(ada), ofStay, [booking, 1]);
  await setClock('2031-06-16T12:00:00Z');
  const [job, staff] = [await session(), await session(sam)];
  const [review] = await asPostgres<{ review_id: string }>(
    'select review_id from public.reviews where booking_id = $1',
    [booking],
  );

  await job.begin();
  await job.run('reset role');
  expect(await job.run('select private.reveal_reviews(10) as done')).toEqual([{ done: 1 }]);
  await staff.begin();
  const waiting = staff.run('select public.staff_remove_review($1, $2)', [
    review?.review_id,
    'Spam.',
  ]);
  await staff.waits();
  await job.commit();
  await waiting;
  await staff.commit();
  expect(await rating(listing)).toEqual({ review_count: 0, rating: null });
  expect(await wrongRatings()).toEqual([]);
  await setClock('2031-06-02T12:00:00Z');
});

test(
  '64 guests of one home write, change and are answered at once, staff remove, the clock reveals: nothing is lost',
  async () => {
    const [host, sam] = [await person('Hedy'), await person('Sam')];
    const [listing, other] = [await home({ host }), await home({ host })];
    const stays = [];
    for (let number = 0; number < 64; number += 1) {
      const guest = await person(`Guest${number}`);
      stays.push({
        number,
        guest: await session(guest),
        host: await session(host),
        booking: await stayed(number % 8 === 0 ? other : listing, guest),
      });
    }
    const [staff, job] = [await session(sam), await session()];
    // Of every fourth stay the guest wrote long ago, and only the job has not counted it yet.
    const late = (number: number) => number % 4 === 1;
    await asPostgres(
      `insert into public.reviews (listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in,
       communication, location, value, written_on, closes_at)
     select listing_id, booking_id, 'Guest', 2, 2, 2, 2, 2, 2, 2, check_out, private.now() - interval '1 second'
     from public.bookings where booking_id = any ($1)`,
      [stays.filter(({ number }) => late(number)).map(({ booking }) => booking)],
    );

    let over = false;
    const jobs = (async () => {
      while (!over) {
        await job.run('select private.reveal_reviews(5)');
        await job.run('select private.evaluate_superhosts(1)');
      }
    })();
    const removals = (async () => {
      while (!over) {
        const [review] = await asPostgres<{ review_id: string }>(
          `select review_id from public.reviews
         where revealed_at is not null and removed_at is null and stars = 1 limit 1`,
        );
        if (review === undefined) await new Promise((wake) => setTimeout(wake, 5));
        else await say(staff, `select public.staff_remove_review($1, 'Spam.')`, [review.review_id]);
      }
    })();
    await Promise.all(
      stays.filter(({ number }) => !late(number)).flatMap(({ number, guest, host, booking }) => [
        (async () => {
          const written = (stars: number) => say(guest, ofStay, [booking, stars]);
          await written(1 + (number + 1) % 5);
          // It may have been revealed meanwhile; then it stays.
          await written(1 + number % 5).catch(async (error: Error) => {
            expect(error.message).toBe('frozen');
            await guest.rollback();
          });
        })(),
        say(host, ofGuest, [booking, 1 + number % 5]),
      ]),
    ).finally(() => over = true);
    await Promise.all([jobs, removals]);

    while (
      (await asPostgres<{ done: number }>('select private.reveal_reviews(5) as done'))[0]?.done
    );
    const [counted] = await asPostgres<{ revealed: number }>(
      `select count(*)::integer as revealed from public.reviews where booking_id = any ($1) and revealed_at is not null`,
      [stays.map(({ booking }) => booking)],
    );
    expect(counted).toEqual({ revealed: 64 });
    expect(await wrongRatings()).toEqual([]);
    const [deadlocks] = await asPostgres<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(deadlocks?.deadlocks).toBe('0');
  },
);
