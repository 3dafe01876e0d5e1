import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { deadlocks, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import {
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  request,
  startPayment,
} from '../support/stays.ts';

beforeEach(newDay);

test('a refund that fails at Stripe while it is given up here: one waits for the other', async () => {
  const listing = await home();
  const [ada, server, worker] = [
    await session(await person('Ada')),
    await session(),
    await session(),
  ];
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  await ada.commit();
  await startPayment(ada, booking);
  await server.begin();
  await hearStripe(server, booking);
  await server.commit();
  await ada.begin();
  await ada.run('select from public.cancel_booking($1)', [booking]);
  await ada.commit();
  const [refund] = await asPostgres<{ refund_id: string; command_id: string }>(
    `update private.commands set status = 'running', claimed_until = private.now() + interval '1 minute'
     where booking_id = $1 and kind = 'refund' returning refund_id, command_id`,
    [booking],
  );

  await worker.begin();
  await worker.run('set local role none');
  await worker.run('select from public.bookings where booking_id = $1 for update', [booking]);
  await server.begin();
  const hearing = meanwhile(
    server.run('select public.apply_refund(null, $1, $2, $3)', [
      refund?.refund_id,
      `re_${randomUUID()}`,
      'failed',
    ]),
  );
  await server.waits();
  await worker.run('select private.fail_command($1, $2, false)', [refund?.command_id, 'refused']);
  await worker.commit();
  await hearing;
  await server.commit();
  expect(await asPostgres('select status from public.refunds where booking_id = $1', [booking]))
    .toEqual([{ status: 'failed' }]);
  expect(await deadlocks([server, worker])).toBe(0);
});
