import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
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

/** Ada's request, authorised and waiting for an answer of Hedy or her co-host Carla; all have begun. */
async function waitingRequest() {
  const listing = await home({ instantBook: false });
  const [ada, hedy, carla] = [await person('Ada'), await person('Hedy'), await person('Carla')];
  await asPostgres(`insert into public.listing_hosts values ($1, $2, 'full')`, [listing, carla.id]);
  const [guest, owner, cohost] = [await session(ada), await session(hedy), await session(carla)];
  const stripe = await session();
  await guest.begin();
  const booking = await request(guest, { listing, ...june(1, 3) });
  await guest.commit();
  await startPayment(guest, booking);
  await stripe.begin();
  expect(await hearStripe(stripe, booking, { status: 'requires_capture' })).toBe('authorized');
  await stripe.commit();
  for (const everyone of [guest, owner, cohost, stripe]) await everyone.begin();
  return { listing, booking, guest, owner, cohost, stripe };
}

const answer = (host: Session, verb: 'accept' | 'decline' | 'withdraw', booking: string) =>
  host.run<{ status: string }>(`select * from public.${verb}_booking($1)`, [booking]);

const placed = 'Ada 06-01: awaiting_payment, requested by system';

const accepted = {
  claims: ['hold 06-01..06-03 Ada'],
  bookings: [placed],
  payments: ['Ada 06-01: authorized 0 refunded 0'],
  commands: ['Ada 06-01: create_intent done', 'Ada 06-01: capture waiting'],
  mails: ['booking_requested to Hedy'],
};

const ended = (how: string, mails: string[]) => ({
  claims: [],
  bookings: [`${placed}, ${how}`],
  payments: ['Ada 06-01: authorized 0 refunded 0'],
  commands: ['Ada 06-01: create_intent done', 'Ada 06-01: cancel_intent waiting'],
  mails,
});

const declined = ended('declined by host', [
  'booking_declined to Ada',
  'booking_requested to Hedy',
]);
const withdrawn = ended('cancelled_by_guest by guest (withdrawn)', [
  'booking_requested to Hedy',
  'booking_withdrawn to Hedy',
]);
const expired = ended('expired by system (not_answered)', [
  'booking_expired to Ada',
  'booking_missed to Hedy',
  'booking_requested to Hedy',
]);

test('two hosts who accept at once order one capture', async () => {
  const { listing, booking, owner, cohost } = await waitingRequest();
  await answer(owner, 'accept', booking);
  const accepting = meanwhile(answer(cohost, 'accept', booking));
  await cohost.waits();
  await owner.commit();

  expect(await accepting).toMatchObject([{ status: 'requested' }]);
  await cohost.commit();
  expect(await booksOf(listing)).toEqual(accepted);
});

test('a host who declines what was just accepted is told so', async () => {
  const { listing, booking, owner, cohost } = await waitingRequest();
  await answer(owner, 'accept', booking);
  const declining = meanwhile(answer(cohost, 'decline', booking));
  await cohost.waits();
  await owner.commit();

  await expect(declining).rejects.toMatchObject({ message: 'already_accepted', code: 'PT409' });
  await cohost.rollback();
  expect(await booksOf(listing)).toEqual(accepted);
});

test('a host who accepts what was just declined is told so', async () => {
  const { listing, booking, owner, cohost } = await waitingRequest();
  await answer(owner, 'decline', booking);
  const accepting = meanwhile(answer(cohost, 'accept', booking));
  await cohost.waits();
  await owner.commit();

  await expect(accepting).rejects.toMatchObject({ message: 'not_awaiting_answer', code: 'PT409' });
  await cohost.rollback();
  expect(await booksOf(listing)).toEqual(declined);
});

test('a guest who withdraws what was just accepted is told so', async () => {
  const { listing, booking, owner, guest } = await waitingRequest();
  await answer(owner, 'accept', booking);
  const withdrawing = meanwhile(answer(guest, 'withdraw', booking));
  await guest.waits();
  await owner.commit();

  await expect(withdrawing).rejects.toThrow('already_accepted');
  await guest.rollback();
  expect(await booksOf(listing)).toEqual(accepted);
});

test('a host who accepts what was just withdrawn is told so', async () => {
  const { listing, booking, owner, guest } = await waitingRequest();
  await answer(guest, 'withdraw', booking);
  const accepting = meanwhile(answer(owner, 'accept', booking));
  await owner.waits();
  await guest.commit();

  await expect(accepting).rejects.toThrow('not_awaiting_answer');
  await owner.rollback();
  expect(await booksOf(listing)).toEqual(withdrawn);
});

/** The job that ends what is overdue, as the clock runs it; it commits when told to. */
async function expiry() {
  const jobs = await session();
  await jobs.begin();
  await jobs.run('set local role none');
  const [done] = await jobs.run<{ expired: number }>(
    'select private.expire_bookings(100) as expired',
  );
  return { expired: done?.expired, commit: () => jobs.commit() };
}

test('a request accepted in its last moment does not expire', async () => {
  const { listing, booking, owner } = await waitingRequest();
  await answer(owner, 'accept', booking);
  await moveClock('25 hours');
  const job = await expiry();
  expect(job.expired).toBe(0);
  await job.commit();
  await owner.commit();

  const later = await expiry();
  expect(later.expired).toBe(0);
  await later.commit();
  expect(await booksOf(listing)).toEqual(accepted);
});

test('a host who accepts while the request expires is too late', async () => {
  const { listing, booking, owner } = await waitingRequest();
  await moveClock('25 hours');
  const job = await expiry();
  expect(job.expired).toBe(1);
  const accepting = meanwhile(answer(owner, 'accept', booking));
  await owner.waits();
  await job.commit();

  await expect(accepting).rejects.toThrow('not_awaiting_answer');
  await owner.rollback();
  expect(await booksOf(listing)).toEqual(expired);
});

test('an accepted request is confirmed by its capture while another host declines', async () => {
  const { listing, booking, owner, cohost, stripe } = await waitingRequest();
  await answer(owner, 'accept', booking);
  await owner.commit();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  const declining = meanwhile(answer(cohost, 'decline', booking));
  await cohost.waits();
  await stripe.commit();

  await expect(declining).rejects.toThrow('already_accepted');
  await cohost.rollback();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['stay 06-01..06-03 Ada'],
    bookings: [`${placed}, confirmed by system`],
    payments: ['Ada 06-01: captured 22820 refunded 0'],
    mails: [
      'booking_confirmed_guest to Ada',
      'booking_confirmed_host to Hedy',
      'booking_requested to Hedy',
    ],
  });
});

test('an authorisation that Stripe cancels while the host accepts ends the request', async () => {
  const { listing, booking, owner, stripe } = await waitingRequest();
  await answer(owner, 'accept', booking);
  const hearing = meanwhile(hearStripe(stripe, booking, { status: 'canceled' }));
  await stripe.waits();
  await owner.commit();

  expect(await hearing).toBe('cancelled');
  await stripe.commit();
  expect(await booksOf(listing)).toMatchObject({
    claims: [],
    bookings: [`${placed}, expired by system (capture_failed)`],
    payments: ['Ada 06-01: cancelled 0 refunded 0'],
  });
});
