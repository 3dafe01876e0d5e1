import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { makeStaff, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, freshDatabase, setClock } from '../support/stack.ts';
import { hearStripe, home, june, meanwhile, request, startPayment } from '../support/stays.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
});

/** Ada's stay of two nights with Hedy; the payout of 194.00 has been due for a minute. */
async function duePayout() {
  const listing = await home();
  const [ada, hedy, sam] = [await person('Ada'), await person('Hedy'), await person('Sam')];
  await makeStaff(sam);
  await asPostgres(
    `insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
     values ($1, 'active', 'US', 'acct_hedy', private.now(), private.now())`,
    [hedy.id],
  );
  const [guest, stripe] = [await session(ada), await session()];
  await guest.begin();
  const booking = await request(guest, { listing, ...june(1, 3) });
  await guest.commit();
  await startPayment(guest, booking);
  await stripe.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  await stripe.commit();
  await setClock('2031-06-02T15:01:00Z');
  const complaint = randomUUID();
  return {
    booking,
    complaint,
    guest,
    host: await session(hedy),
    staff: [await session(sam), await session(sam)] as const,
    file: () =>
      guest.run(`select * from public.file_complaint($1, $2, 'not_clean', 'Dust.')`, [
        complaint,
        booking,
      ]),
  };
}

/** A session as postgres, for jobs. */
async function jobs(): Promise<Session> {
  const clock = await session();
  await clock.begin();
  await clock.run('set local role none');
  return clock;
}

const release = async (clock: Session) =>
  (await clock.run<{ sent: number }>('select private.release_payouts(100) as sent'))[0]?.sent;

const payout = async (booking: string) =>
  (await asPostgres<{ line: string }>(
    `select concat_ws(' ', status, amount_minor, 'back ' || nullif(taken_back_minor, 0), reason) as line
     from public.payouts where booking_id = $1`,
    [booking],
  ))[0]?.line;
const transfers = (booking: string) =>
  asPostgres(`select status from private.commands where kind = 'transfer' and booking_id = $1`, [
    booking,
  ]);
const decide = (who: Session, complaint: string, refund: number) =>
  who.run<{ status: string }>(
    `select status from public.staff_decide_complaint($1, $2, 'We looked.')`,
    [complaint, refund],
  );

test('a payout that is due while the guest complains stays', async () => {
  const { booking, guest, file } = await duePayout();
  await guest.begin();
  await file();
  const clock = await jobs();
  expect(await release(clock)).toBe(0);
  await clock.commit();
  await guest.commit();
  const later = await jobs();
  expect(await release(later)).toBe(0);
  await later.commit();
  expect(await payout(booking)).toBe('blocked 19400 complaint');
  expect(await transfers(booking)).toEqual([]);
});

test('a complaint that comes while the payout is ordered takes the order back', async () => {
  const { booking, guest, file } = await duePayout();
  const clock = await jobs();
  expect(await release(clock)).toBe(1);
  await guest.begin();
  const filing = meanwhile(file());
  await guest.waits();
  await clock.commit();
  await filing;
  await guest.commit();
  expect(await payout(booking)).toBe('blocked 19400 complaint');
  expect(await transfers(booking)).toEqual([]);
});

test('two complaints at once are one', async () => {
  const { booking, guest, file } = await duePayout();
  const other = await session(await person('Ada'));
  await guest.begin();
  await file();
  await other.begin();
  const filing = meanwhile(
    other.run(`select * from public.file_complaint($1, $2, 'other', 'Noise.')`, [
      randomUUID(),
      booking,
    ]),
  );
  await other.waits();
  await guest.commit();
  await expect(filing).rejects.toThrow('complaint_open');
  await other.rollback();
});

/** A complaint that waits for staff. */
async function openComplaint() {
  const stay = await duePayout();
  await stay.guest.begin();
  await stay.file();
  await stay.guest.commit();
  return stay;
}

test('two of the staff who decide at once give the money back once', async () => {
  const { booking, complaint, staff: [first, second] } = await openComplaint();
  await first.begin();
  await second.begin();
  expect(await decide(first, complaint, 11_410)).toEqual([{ status: 'refunded' }]);
  const deciding = meanwhile(decide(second, complaint, 22_820));
  await second.waits();
  await first.commit();
  expect(await deciding).toEqual([{ status: 'refunded' }]);
  await second.commit();
  const refunds = await asPostgres('select amount_minor::int from public.refunds');
  expect(refunds).toEqual([{ amount_minor: 11_410 }]);
  expect(await payout(booking)).toBe('scheduled 9700');
});

test('staff who dismiss what was just refunded are told so', async () => {
  const { complaint, staff: [first, second] } = await openComplaint();
  await first.begin();
  await second.begin();
  await decide(first, complaint, 11_410);
  const deciding = meanwhile(decide(second, complaint, 0));
  await second.waits();
  await first.commit();
  await expect(deciding).rejects.toThrow('complaint_closed');
  await second.rollback();
});

test('a guest who takes back what was just decided is told so', async () => {
  const { complaint, guest, staff: [sam] } = await openComplaint();
  await sam.begin();
  await decide(sam, complaint, 11_410);
  await guest.begin();
  const withdrawing = meanwhile(
    guest.run('select * from public.withdraw_complaint($1)', [complaint]),
  );
  await guest.waits();
  await sam.commit();
  await expect(withdrawing).rejects.toThrow('complaint_closed');
  await guest.rollback();
});

test('a complaint refunded while the guest cancels gives back no more than was paid', async () => {
  const { booking, complaint, guest, staff: [sam] } = await openComplaint();
  await sam.begin();
  await decide(sam, complaint, 22_820);
  await guest.begin();
  const cancelling = meanwhile(guest.run('select * from public.cancel_booking($1)', [booking]));
  await guest.waits();
  await sam.commit();
  await cancelling;
  await guest.commit();
  const [payment] = await asPostgres(
    'select captured_minor::int, refunded_minor::int from public.payments',
  );
  expect(payment).toEqual({ captured_minor: 22_820, refunded_minor: 22_820 });
  expect(await payout(booking)).toBe('cancelled 19400 nothing_due');
});

test('a refund while the transfer is at Stripe is taken back when the transfer is known', async () => {
  const { booking, guest, file, complaint, staff: [sam] } = await duePayout();
  const clock = await jobs();
  await release(clock);
  await clock.commit();
  const worker = await session();
  await worker.begin();
  await worker.run('select * from public.claim_commands(10)');
  await worker.commit();
  await guest.begin();
  await file();
  await guest.commit();
  expect(await payout(booking)).toBe('sent 19400');

  await worker.begin();
  const [ordered] = await asPostgres<{ payout_id: string }>('select payout_id from public.payouts');
  await worker.run(`select public.apply_transfer(null, $1, 'tr_1', 19400, 'usd')`, [
    ordered?.payout_id,
  ]);
  await sam.begin();
  const deciding = meanwhile(decide(sam, complaint, 11_410));
  await sam.waits();
  await worker.commit();
  await deciding;
  await sam.commit();
  expect(await payout(booking)).toBe('paid 19400 back 9700');
});
