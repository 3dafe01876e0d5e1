import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { hearStripe, home, june, newDay, request, startPayment } from '../support/stays.ts';

beforeEach(newDay);

test('the job passes by a stay that is in hand, whose receipt is issued by who has it', async () => {
  const listing = await home();
  const [ada, server, job] = [await session(await person('Ada')), await session(), await session()];
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  await ada.commit();
  await startPayment(ada, booking);
  await server.begin();
  await hearStripe(server, booking);
  await server.commit();

  for (const each of [server, job]) {
    await each.begin();
    await each.run('set local role none');
  }
  // As who alters the stay.
  await server.run('select from public.bookings where booking_id = $1 for update', [booking]);
  await job.run(`set local lock_timeout = '1min'`);
  expect(await job.run('select private.issue_receipts(100) as issued')).toEqual([{ issued: 0 }]);
  expect(await server.run('select private.issue_receipts(100, $1) as issued', [booking]))
    .toEqual([{ issued: 1 }]);
  await server.commit();
  await job.commit();
  expect(
    await asPostgres(
      'select count(*)::int as receipts from public.receipts where booking_id = $1',
      [booking],
    ),
  ).toEqual([{ receipts: 1 }]);
});
