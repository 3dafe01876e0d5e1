import { beforeAll, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { stayed, wrongRatings } from '../support/reviews.ts';
import { session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

beforeAll(() => setClock('2031-07-01T00:01:00Z'));

const reckon = 'select private.evaluate_superhosts(100) as done';

test('a second job leaves the quarter to the first, and does it when the first fails', async () => {
  for (const name of ['Hedy', 'Olga']) await home({ host: await person(name) });
  const [first, second] = [await session(), await session()];
  await first.begin();
  await first.run('reset role');
  expect(await first.run(reckon)).toEqual([{ done: 2 }]);
  expect(await second.run(reckon)).toEqual([{ done: 0 }]);
  await first.rollback();
  expect(await second.run(reckon)).toEqual([{ done: 2 }]);
  expect(await first.run(reckon)).toEqual([{ done: 0 }]);
  expect(
    await asPostgres(
      'select evaluated_on::text, count(*)::integer from public.superhost_evaluations group by 1',
    ),
  )
    .toEqual([{ evaluated_on: '2031-07-01', count: 2 }]);
});

test('a review that is revealed while its host is evaluated counts in the next quarter', async () => {
  await setClock('2031-10-01T00:01:00Z');
  const [hedy, ada] = [await person('Hedy'), await person('Ada')];
  const listing = await home({ host: hedy });
  const booking = await stayed(listing, ada);
  await asPostgres(
    `insert into public.reviews (listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in,
       communication, location, value, written_on, closes_at)
     values ($1, $2, 'Ada', 5, 5, 5, 5, 5, 5, 5, '2031-09-20', '2031-10-01 00:00:30+00')`,
    [listing, booking],
  );
  const [job, reveal] = [await session(), await session()];
  await job.begin();
  await job.run('reset role');
  await job.run(reckon);
  expect(await reveal.run('select private.reveal_reviews(10) as done')).toEqual([{ done: 1 }]);
  await job.commit();
  const reckoned = await asPostgres<{ reviews: number }>(
    `select reviews from public.superhost_evaluations where host_id = $1 and evaluated_on = '2031-10-01'`,
    [hedy.id],
  );
  expect(reckoned).toEqual([{ reviews: 0 }]);
  expect(await asPostgres(`select reviews from private.superhost_on($1, '2032-01-01')`, [hedy.id]))
    .toEqual([{ reviews: 1 }]);
  expect(await wrongRatings()).toEqual([]);
});
