import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import {
  booksOf,
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  request,
  startPayment,
} from '../support/stays.ts';

beforeEach(newDay);

/** Ada's hold with an intent she can pay; she and two workers of the server have begun. */
async function holdWithIntent() {
  const listing = await home();
  const ada = await session(await person('Ada'));
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  await ada.commit();
  await startPayment(ada, booking);
  const [stripe, again] = [await session(), await session()];
  for (const everyone of [ada, stripe, again]) await everyone.begin();
  return { listing, booking, ada, stripe, again };
}

const confirmed = {
  claims: ['stay 06-01..06-03 Ada'],
  bookings: ['Ada 06-01: awaiting_payment, confirmed by system'],
  payments: ['Ada 06-01: captured 22820 refunded 0'],
  commands: ['Ada 06-01: create_intent done'],
  mails: ['booking_confirmed_guest to Ada', 'booking_confirmed_host to Hedy'],
};

test('the same event twice at once confirms once', async () => {
  const { listing, booking, stripe, again } = await holdWithIntent();
  expect(await hearStripe(stripe, booking, { event: 'evt_1' })).toBe('captured');
  const hearing = meanwhile(hearStripe(again, booking, { event: 'evt_1' }));
  await again.waits();
  await stripe.commit();

  expect(await hearing).toBe('applied before');
  await again.commit();
  expect(await booksOf(listing)).toEqual(confirmed);
  expect(await asPostgres('select event_id, outcome from private.stripe_events')).toEqual([
    { event_id: 'evt_1', outcome: 'captured' },
  ]);
});

test('two events of one payment at once confirm once', async () => {
  const { listing, booking, stripe, again } = await holdWithIntent();
  await hearStripe(stripe, booking, { event: 'evt_1' });
  const hearing = meanwhile(hearStripe(again, booking, { event: 'evt_2' }));
  await again.waits();
  await stripe.commit();

  expect(await hearing).toBe('unchanged');
  await again.commit();
  expect(await booksOf(listing)).toEqual(confirmed);
});

test('a guest who withdraws while their money arrives is too late', async () => {
  const { listing, booking, ada, stripe } = await holdWithIntent();
  await hearStripe(stripe, booking);
  const withdrawing = meanwhile(ada.run('select * from public.withdraw_booking($1)', [booking]));
  await ada.waits();
  await stripe.commit();

  await expect(withdrawing).rejects.toMatchObject({ message: 'not_withdrawable', code: 'PT409' });
  await ada.rollback();
  expect(await booksOf(listing)).toEqual(confirmed);
});

test('money that arrives while the guest withdraws goes back once', async () => {
  const { listing, booking, ada, stripe, again } = await holdWithIntent();
  await ada.run('select * from public.withdraw_booking($1)', [booking]);
  const paying = meanwhile(hearStripe(stripe, booking));
  await stripe.waits();
  await ada.commit();
  expect(await paying).toBe('captured');
  await stripe.commit();
  expect(await hearStripe(again, booking)).toBe('unchanged');
  await again.commit();

  expect(await booksOf(listing)).toEqual({
    claims: [],
    bookings: [
      'Ada 06-01: awaiting_payment, cancelled_by_guest by guest (withdrawn), payment_conflict by system (paid_after_the_end)',
    ],
    payments: ['Ada 06-01: captured 22820 refunded 22820'],
    commands: [
      'Ada 06-01: create_intent done',
      'Ada 06-01: cancel_intent waiting',
      'Ada 06-01: refund waiting',
    ],
    mails: ['payment_returned to Ada'],
  });
});

test('a double click on pay is one intent', async () => {
  const { booking, ada } = await holdWithIntent();
  const tab = await session(await person('Ada'));
  await tab.begin();
  const start = 'select idempotency_key, stripe_intent_id from public.start_payment($1)';
  const first = await ada.run(start, [booking]);
  const clicking = meanwhile(tab.run(start, [booking]));
  await tab.waits();
  await ada.commit();

  expect(await clicking).toEqual(first);
  await tab.commit();
  expect(await asPostgres(`select from private.commands where kind = 'create_intent'`))
    .toHaveLength(1);
});

test('an intent that is recorded while its booking is withdrawn is cancelled', async () => {
  const listing = await home();
  const [ada, server] = [await session(await person('Ada')), await session()];
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  await ada.run('select * from public.start_payment($1)', [booking]);
  await ada.commit();
  await ada.begin();
  await server.begin();
  const [payment] = await asPostgres<{ payment_id: string }>(
    'select payment_id from public.payments where booking_id = $1',
    [booking],
  );
  await ada.run('select * from public.withdraw_booking($1)', [booking]);
  const recording = meanwhile(
    server.run(`select public.record_intent($1, 'pi_1')`, [payment?.payment_id]),
  );
  await server.waits();
  await ada.commit();
  await recording;
  await server.commit();

  expect(await booksOf(listing)).toMatchObject({
    claims: [],
    commands: ['Ada 06-01: create_intent done', 'Ada 06-01: cancel_intent waiting'],
  });
  await server.begin();
  expect(await server.run('select kind, stripe_intent_id from public.claim_commands(10)')).toEqual([
    { kind: 'cancel_intent', stripe_intent_id: 'pi_1' },
  ]);
  await server.rollback();
});

test('two workers never run the same command, and neither waits', async () => {
  const { booking, stripe, again } = await holdWithIntent();
  await hearStripe(stripe, booking);
  await stripe.commit();
  await stripe.begin();
  const take = 'select command_id, kind from public.claim_commands($1)';
  const first = await stripe.run(take, [1]);
  const second = await again.run(take, [10]);
  await again.commit();
  await stripe.commit();

  expect(first).toHaveLength(1);
  expect(second).toHaveLength(1);
  expect(second).not.toEqual(first);
  await again.begin();
  expect(await again.run(take, [10])).toEqual([]);
  await again.rollback();
});

test('commands whose worker died are run by the next one, two minutes later and each alone', async () => {
  const { booking, stripe, again } = await holdWithIntent();
  await hearStripe(stripe, booking);
  await stripe.commit();
  type Command = { command_id: string; attempts: number };
  const take = async (worker: Session) => {
    await worker.begin();
    const taken = await worker.run<Command>(
      'select command_id, attempts from public.claim_commands(10)',
    );
    await worker.commit();
    return taken;
  };
  const wait = () => asPostgres(`update private.clock set shift = shift + interval '121 seconds'`);
  const byId = (one: Command, other: Command) => one.command_id < other.command_id ? -1 : 1;

  const first = await take(stripe);
  expect(first).toHaveLength(2);
  await again.commit();
  expect(await take(again)).toEqual([]);

  // Any of them may be what the worker died of, which costs the others no attempt.
  await wait();
  const next = [await take(again), await take(again)];
  expect(next.map((taken) => taken.length)).toEqual([1, 1]);
  expect(next.flat().sort(byId)).toEqual([...first].sort(byId));
  expect(await take(again)).toEqual([]);

  // One that ends a worker while it is alone has had its attempt.
  await wait();
  const [[command]] = [await take(again)];
  expect(command?.attempts).toBe(2);
});
