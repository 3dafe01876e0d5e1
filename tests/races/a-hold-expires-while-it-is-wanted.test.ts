import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { moveClock } from '../support/stack.ts';
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

/** Ada let her hold run out while her payment page was open; Grace wants the nights. */
async function overdueHold() {
  const listing = await home({ preparationNights: 1 });
  const [ada, grace] = [await session(await person('Ada')), await session(await person('Grace'))];
  await ada.begin();
  const booking = await request(ada, { listing, ...june(1, 3) });
  await ada.commit();
  await startPayment(ada, booking);
  await moveClock('18 minutes');
  return { listing, booking, ada, grace };
}

/** A session of the clock's, which runs as postgres. */
async function clock(): Promise<Session> {
  const jobs = await session();
  await jobs.begin();
  await jobs.run('set local role none');
  return jobs;
}

const expire = (jobs: Session) =>
  jobs.run<{ expired: number }>('select private.expire_bookings(100) as expired');

const graceHasIt = {
  claims: ['hold 06-02..06-04 Grace for now', 'preparation 06-04..06-05 Grace for now'],
  bookings: [
    'Ada 06-01: awaiting_payment, expired by system (not_paid)',
    'Grace 06-02: awaiting_payment',
  ],
  payments: ['Ada 06-01: pending 0 refunded 0', 'Grace 06-02: pending 0 refunded 0'],
  commands: ['Ada 06-01: create_intent done', 'Ada 06-01: cancel_intent waiting'],
  mails: [],
};

test('a newcomer waits for the job that expires a hold, and has its nights', async () => {
  const { listing, grace } = await overdueHold();
  const jobs = await clock();
  await grace.begin();
  expect(await expire(jobs)).toEqual([{ expired: 1 }]);
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  await jobs.commit();

  await asking;
  await grace.commit();
  expect(await booksOf(listing)).toEqual(graceHasIt);
});

test('the job passes by a hold that a newcomer is reclaiming', async () => {
  const { listing, grace } = await overdueHold();
  const jobs = await clock();
  await grace.begin();
  await request(grace, { listing, ...june(2, 4) });
  expect(await expire(jobs)).toEqual([{ expired: 0 }]);
  await grace.commit();
  await jobs.commit();

  const later = await clock();
  expect(await expire(later)).toEqual([{ expired: 0 }]);
  await later.commit();
  expect(await booksOf(listing)).toEqual(graceHasIt);
});

test('two newcomers for one expired hold: it expires once, and one of them has the night', async () => {
  const { listing, grace } = await overdueHold();
  const joan = await session(await person('Joan'));
  await grace.begin();
  await joan.begin();
  await request(grace, { listing, ...june(2, 4) });
  const asking = meanwhile(request(joan, { listing, ...june(1, 3) }));
  await joan.waits();
  await grace.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await joan.rollback();
  expect(await booksOf(listing)).toEqual(graceHasIt);
});

test('a host blocks the nights of a hold that is over', async () => {
  const { listing } = await overdueHold();
  const host = await session(await person('Hedy'));
  const jobs = await clock();
  await host.begin();
  await expire(jobs);
  const blocking = meanwhile(
    host.run('select * from public.block_nights($1, $2, $3)', [
      listing,
      '2031-06-01',
      '2031-06-05',
    ]),
  );
  await host.waits();
  await jobs.commit();

  expect(await blocking).toHaveLength(1);
  await host.commit();
  expect(await booksOf(listing)).toMatchObject({ claims: ['block 06-01..06-05'] });
});

test('a newcomer passes by a hold that its own guest is about to replace', async () => {
  const { listing, ada, grace } = await overdueHold();
  const host = await session(await person('Hedy'));
  for (const everyone of [host, grace, ada]) await everyone.begin();
  await host.run(`select public.set_calendar($1, '2031-06-20', '2031-06-21', 12000)`, [listing]);
  // Grace asks for the listing first; Ada has her old booking in hand when she asks for it too.
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  const changing = meanwhile(request(ada, { listing, ...june(7, 8) }));
  await ada.waits();
  await host.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await grace.rollback();
  await changing;
  await ada.commit();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['hold 06-07..06-08 Ada for now', 'preparation 06-08..06-09 Ada for now'],
    bookings: [
      'Ada 06-01: awaiting_payment, cancelled_by_guest by guest (replaced)',
      'Ada 06-07: awaiting_payment',
    ],
  });
});

const adaIsPaidBack = {
  ...graceHasIt,
  bookings: [
    'Ada 06-01: awaiting_payment, expired by system (not_paid), payment_conflict by system (paid_too_late)',
    'Grace 06-02: awaiting_payment',
  ],
  payments: ['Ada 06-01: captured 22820 refunded 22820', 'Grace 06-02: pending 0 refunded 0'],
  commands: [...graceHasIt.commands, 'Ada 06-01: refund waiting'],
  mails: ['payment_returned to Ada'],
};

const adaIsConfirmed = (moves: string, commands: string[]) => ({
  claims: ['stay 06-01..06-03 Ada', 'preparation 06-03..06-04 Ada'],
  bookings: [`Ada 06-01: ${moves}, confirmed by system`],
  payments: ['Ada 06-01: captured 22820 refunded 0'],
  commands,
  mails: ['booking_confirmed_guest to Ada', 'booking_confirmed_host to Hedy'],
});

test('late money waits for the newcomer who took the nights, and goes back', async () => {
  const { listing, booking, grace } = await overdueHold();
  const jobs = await clock();
  await expire(jobs);
  await jobs.commit();
  const stripe = await session();
  await grace.begin();
  await stripe.begin();
  await request(grace, { listing, ...june(2, 4) });
  const paying = meanwhile(hearStripe(stripe, booking));
  await stripe.waits();
  await grace.commit();

  expect(await paying).toBe('captured');
  await stripe.commit();
  expect(await booksOf(listing)).toEqual(adaIsPaidBack);
});

test('a newcomer waits for late money, and the nights are taken', async () => {
  const { listing, booking, grace } = await overdueHold();
  const jobs = await clock();
  await expire(jobs);
  await jobs.commit();
  const stripe = await session();
  await stripe.begin();
  await grace.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  await stripe.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await grace.rollback();
  expect(await booksOf(listing)).toEqual(
    adaIsConfirmed('awaiting_payment, expired by system (not_paid)', [
      'Ada 06-01: create_intent done',
      'Ada 06-01: cancel_intent waiting',
    ]),
  );
});

test('money that comes while a newcomer reclaims the hold goes back', async () => {
  const { listing, booking, grace } = await overdueHold();
  const stripe = await session();
  await grace.begin();
  await stripe.begin();
  await request(grace, { listing, ...june(2, 4) });
  const paying = meanwhile(hearStripe(stripe, booking));
  await stripe.waits();
  await grace.commit();

  await paying;
  await stripe.commit();
  expect(await booksOf(listing)).toEqual(adaIsPaidBack);
});

test('a newcomer cannot reclaim a hold whose money is arriving', async () => {
  const { listing, booking, grace } = await overdueHold();
  const stripe = await session();
  await stripe.begin();
  await grace.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  await stripe.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await grace.rollback();
  expect(await booksOf(listing)).toEqual(
    adaIsConfirmed('awaiting_payment', ['Ada 06-01: create_intent done']),
  );
});

test('the job passes by a hold whose money is arriving', async () => {
  const { listing, booking } = await overdueHold();
  const [stripe, jobs] = [await session(), await clock()];
  await stripe.begin();
  await hearStripe(stripe, booking);
  expect(await expire(jobs)).toEqual([{ expired: 0 }]);
  await jobs.commit();
  await stripe.commit();
  expect(await booksOf(listing)).toEqual(
    adaIsConfirmed('awaiting_payment', ['Ada 06-01: create_intent done']),
  );
});

test('money that waits for the job that expires its hold takes the nights again', async () => {
  const { listing, booking } = await overdueHold();
  const [stripe, jobs] = [await session(), await clock()];
  await stripe.begin();
  await expire(jobs);
  const paying = meanwhile(hearStripe(stripe, booking));
  await stripe.waits();
  await jobs.commit();

  await paying;
  await stripe.commit();
  expect(await booksOf(listing)).toEqual(
    adaIsConfirmed('awaiting_payment, expired by system (not_paid)', [
      'Ada 06-01: create_intent done',
      'Ada 06-01: cancel_intent waiting',
    ]),
  );
});
