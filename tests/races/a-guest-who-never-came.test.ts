import { beforeEach, expect, test } from 'vitest';
import { makeStaff, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, freshDatabase, now, setClock } from '../support/stack.ts';
import {
  booksOf,
  hearStripe,
  home,
  june,
  meanwhile,
  request,
  startPayment,
} from '../support/stays.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
});

/** Ada's confirmed stay with Hedy, check-in at 15:00 UTC on the first of June; it is that evening. */
async function begunStay(wish: { booking?: string } = {}) {
  const listing = await home();
  const [ada, hedy, sam] = [await person('Ada'), await person('Hedy'), await person('Sam')];
  await makeStaff(sam);
  const [guest, host, stripe] = [await session(ada), await session(hedy), await session()];
  await guest.begin();
  const booking = await request(guest, { listing, ...june(1, 3), ...wish });
  await guest.commit();
  await startPayment(guest, booking);
  await stripe.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  await stripe.commit();
  await setClock('2031-06-01T20:00:00Z');
  const [first, second] = [await session(sam), await session(sam)];
  return { listing, booking, guest, host, staff: [first, second] as const };
}

const ask = async (who: Session, verb: string, booking: string, more = '') =>
  (await who.run<{ status: string }>(
    `select to_jsonb(answer) ->> 'status' as status from public.${verb}($1${more}) as answer`,
    [booking],
  ))[0]?.status;

/** A job, as the clock runs it; it commits when told to. */
async function job(name: 'settle_no_shows' | 'complete_stays') {
  const jobs = await session();
  await jobs.begin();
  await jobs.run('set local role none');
  const [done] = await jobs.run<{ done: number }>(`select private.${name}(100) as done`);
  return { done: done?.done, commit: () => jobs.commit() };
}

const reportOf = async (booking: string) =>
  (await asPostgres<{ status: string }>(
    'select status from public.no_shows where booking_id = $1',
    [booking],
  ))[0]?.status;
const lastMove = async (listing: string) =>
  (await booksOf(listing)).bookings[0]?.split(', ').at(-1);
const holds = (booking: string) =>
  asPostgres(
    'select kind from private.payout_holds where booking_id = $1 and lifted_at is null',
    [booking],
  );
/** The job finds nothing to do any more, and breaks over nothing. */
async function nothingIsLeft() {
  await setClock('2031-06-09T00:00:00Z');
  await asPostgres('select private.settle_no_shows(100), private.complete_stays(100)');
}

test('a host who reports what was just cancelled is told so', async () => {
  const { listing, booking, guest, host } = await begunStay();
  await guest.begin();
  await ask(guest, 'cancel_booking', booking);
  await host.begin();
  const reporting = meanwhile(ask(host, 'report_no_show', booking));
  await host.waits();
  await guest.commit();

  await expect(reporting).rejects.toThrow('stay_not_under_way');
  await host.rollback();
  expect(await reportOf(booking)).toBeUndefined();
  expect(await lastMove(listing)).toBe('cancelled_by_guest by guest');
});

test('a guest who cancels what was just reported has cancelled, and nothing stays frozen', async () => {
  const { listing, booking, guest, host } = await begunStay();
  await host.begin();
  expect(await ask(host, 'report_no_show', booking)).toBe('reported');
  await guest.begin();
  const cancelling = meanwhile(ask(guest, 'cancel_booking', booking));
  await guest.waits();
  await host.commit();
  await cancelling;
  await guest.commit();

  expect(await reportOf(booking)).toBe('overtaken');
  expect(await holds(booking)).toEqual([]);
  await nothingIsLeft();
  expect(await lastMove(listing)).toBe('cancelled_by_guest by guest');
});

test('two hosts who report at once make one report', async () => {
  const { booking, host } = await begunStay();
  const hedy = await session(await person('Hedy'));
  await host.begin();
  await ask(host, 'report_no_show', booking);
  await hedy.begin();
  const reporting = meanwhile(ask(hedy, 'report_no_show', booking));
  await hedy.waits();
  await host.commit();

  expect(await reporting).toBe('reported');
  await hedy.commit();
  const mails = await asPostgres(
    `select from private.commands where booking_id = $1 and template = 'no_show_reported'`,
    [booking],
  );
  expect(mails).toHaveLength(1);
});

/** Reported, and the guest begins to object in the last moment that counts. */
async function lastMomentObjection() {
  const stay = await begunStay();
  await stay.host.begin();
  await ask(stay.host, 'report_no_show', stay.booking);
  await stay.host.commit();
  await setClock('2031-06-03T19:59:58Z');
  await stay.guest.begin();
  expect(await ask(stay.guest, 'object_to_no_show', stay.booking)).toBe('objected');
  await setClock('2031-06-03T20:00:05Z');
  return stay;
}

test('an objection of the last moment counts while the job looks elsewhere', async () => {
  const { listing, booking, guest } = await lastMomentObjection();
  const settling = await job('settle_no_shows');
  expect(settling.done).toBe(0);
  await settling.commit();
  await guest.commit();
  await nothingIsLeft();
  expect(await reportOf(booking)).toBe('objected');
  expect(await lastMove(listing)).toBe('confirmed by system');
});

test('a guest who objects while the job settles it is too late', async () => {
  const { listing, booking, guest, host } = await begunStay();
  await host.begin();
  await ask(host, 'report_no_show', booking);
  await host.commit();
  await setClock('2031-06-03T20:00:05Z');
  await guest.begin();
  const settling = await job('settle_no_shows');
  expect(settling.done).toBe(1);
  const objecting = meanwhile(ask(guest, 'object_to_no_show', booking));
  await guest.waits();
  await settling.commit();

  await expect(objecting).rejects.toThrow('no_show_closed');
  await guest.rollback();
  expect(await lastMove(listing)).toBe('no_show by system');
});

test('a stay reported in its last second is not completed', async () => {
  const { listing, booking, host } = await begunStay();
  await setClock('2031-06-03T10:59:58Z');
  await host.begin();
  await ask(host, 'report_no_show', booking);
  await setClock('2031-06-03T11:00:05Z');
  const completing = await job('complete_stays');
  expect(completing.done).toBe(0);
  await completing.commit();
  await host.commit();

  const later = await job('complete_stays');
  expect(later.done).toBe(0);
  await later.commit();
  await nothingIsLeft();
  expect(await lastMove(listing)).toBe('no_show by system');
});

test('two of the staff who decide at once decide once', async () => {
  const { listing, booking, guest, host, staff: [first, second] } = await begunStay();
  await host.begin();
  await ask(host, 'report_no_show', booking);
  await host.commit();
  await guest.begin();
  await ask(guest, 'object_to_no_show', booking);
  await guest.commit();

  await first.begin();
  await second.begin();
  expect(await ask(first, 'staff_decide_no_show', booking, `, true, 'No key was used.'`))
    .toBe('upheld');
  const deciding = meanwhile(
    ask(second, 'staff_decide_no_show', booking, `, false, 'She has photos.'`),
  );
  await second.waits();
  await first.commit();
  await expect(deciding).rejects.toThrow('no_show_closed');
  await second.rollback();
  expect(await lastMove(listing)).toBe('no_show by staff (No key was used.)');
  const refunds = await asPostgres('select from public.refunds where booking_id = $1', [booking]);
  expect(refunds).toHaveLength(0);
});

test('staff who cancel while it is upheld by time are told that it is over', async () => {
  const { listing, booking, host, staff: [sam] } = await begunStay();
  await host.begin();
  await ask(host, 'report_no_show', booking);
  await host.commit();
  await setClock('2031-06-03T21:00:00Z');
  const settling = await job('settle_no_shows');
  expect(settling.done).toBe(1);
  await sam.begin();
  const cancelling = meanwhile(ask(sam, 'staff_cancel_booking', booking, `, 22820, 'Flood.'`));
  await sam.waits();
  await settling.commit();
  await expect(cancelling).rejects.toThrow('not_cancellable');
  await sam.rollback();
  expect(await lastMove(listing)).toBe('no_show by system');
});

/**
 * A job reads ten bookings at a time, all as they were when it began. Eleven are due, and it waits for the
 * first: what happens to the last meanwhile it must see.
 */
async function elevenStays() {
  const stays = [];
  for (let number = 10; number <= 20; number += 1) {
    await setClock('2031-05-20T12:00:00Z');
    stays.push(await begunStay({ booking: `000000${number}-0000-4000-8000-000000000000` }));
  }
  const [first, last] = [stays[0], stays.at(-1)];
  if (first === undefined || last === undefined) throw new Error('There are no stays.');
  const blocker = await session();
  await blocker.begin();
  await blocker.run('set local role none');
  return { stays, first, last, blocker, jobs: await session() };
}

test('a report taken back while the job is busy with others is not upheld', async () => {
  const { stays, first, last, blocker, jobs } = await elevenStays();
  for (const { host, booking } of stays) {
    await host.begin();
    await ask(host, 'report_no_show', booking);
    await host.commit();
  }
  await setClock('2031-06-03T20:00:05Z');
  await jobs.begin();
  await jobs.run('set local role none');
  await blocker.run('select from public.payments where booking_id = $1 for update', [
    first.booking,
  ]);
  const settling = meanwhile(
    jobs.run<{ done: number }>('select private.settle_no_shows(100) as done'),
  );
  await jobs.waits();
  await last.host.begin();
  expect(await ask(last.host, 'withdraw_no_show', last.booking)).toBe('withdrawn');
  await last.host.commit();
  await blocker.commit();

  expect(await settling).toEqual([{ done: 10 }]);
  await jobs.commit();
  expect(await reportOf(last.booking)).toBe('withdrawn');
  expect(await lastMove(last.listing)).toBe('confirmed by system');
});

test('a stay reported while the job completes others is not completed', async () => {
  const { last, blocker, jobs } = await elevenStays();
  // A transaction keeps the time at which it began: the host's is before check-out. A busy machine may
  // need more than two seconds for it.
  for (let ahead = 2;; ahead *= 4) {
    await setClock(new Date(Date.UTC(2031, 5, 3, 11) - ahead * 1000));
    await last.host.begin();
    const [begun] = await last.host.run<{ at: string }>('select now()::text as at');
    const [{ early } = {}] = await asPostgres<{ early: boolean }>(
      `select $1::timestamptz + shift < '2031-06-03T11:00:00Z' as early from private.clock`,
      [begun?.at],
    );
    if (early) break;
    await last.host.rollback();
  }
  await expect.poll(async () => (await now()).getTime()).toBeGreaterThan(Date.UTC(2031, 5, 3, 11));
  await jobs.begin();
  await jobs.run('set local role none');
  await blocker.run('lock table public.booking_history in share mode');
  const completing = meanwhile(
    jobs.run<{ done: number }>('select private.complete_stays(100) as done'),
  );
  await jobs.waits();
  expect(await ask(last.host, 'report_no_show', last.booking)).toBe('reported');
  await last.host.commit();
  await blocker.commit();

  expect(await completing).toEqual([{ done: 10 }]);
  await jobs.commit();
  expect(await lastMove(last.listing)).toBe('confirmed by system');
});
