import { beforeEach, expect, test } from 'vitest';
import { makeStaff, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, freshDatabase, setClock } from '../support/stack.ts';
import { hearStripe, home, june, meanwhile, request, startPayment } from '../support/stays.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
});

/** Hedy has no account at Stripe, and the payouts of two stays with her are due; two of the staff look. */
async function twoPayouts() {
  const listing = await home();
  const [ada, sam, tom] = [await person('Ada'), await person('Sam'), await person('Tom')];
  await makeStaff(sam);
  await makeStaff(tom);
  const guest = await session(ada);
  const stripe = await session();
  for (const nights of [june(1, 3), june(5, 7)]) {
    await guest.begin();
    const booking = await request(guest, { listing, ...nights });
    await guest.commit();
    await startPayment(guest, booking);
    await stripe.begin();
    expect(await hearStripe(stripe, booking)).toBe('captured');
    await stripe.commit();
  }
  await setClock('2031-06-10T12:00:00Z');
  await asPostgres('select private.release_payouts(10)');
  expect(await payouts()).toEqual(['blocked host_not_ready', 'blocked host_not_ready']);
  const [first = '', second = ''] = (await asPostgres<{ payout_id: string }>(
    'select payout_id from public.payouts order by due_at',
  )).map(({ payout_id: id }) => id);
  return { first, second, sam: await session(sam), tom: await session(tom) };
}

const record = (who: Session, payout: string, paid = 19_400) =>
  who.run(`select public.staff_record_payout($1, $2, 'Wired.')`, [payout, paid]);

const payouts = async () =>
  (await asPostgres<{ line: string }>(
    `select concat_ws(' ', status, reason, 'withheld ' || nullif(withheld_minor, 0)) as line
     from public.payouts order by due_at`,
  )).map(({ line }) => line);

test('one debt is withheld from one of two payouts that are recorded at once', async () => {
  const { first, second, sam, tom } = await twoPayouts();
  await asPostgres(
    `select private.post('penalty', 'test', bookings, host_debt => 5000, platform => -5000)
     from public.bookings limit 1`,
  );
  await sam.begin();
  await record(sam, first, 14_400);
  await tom.begin();
  const recording = meanwhile(record(tom, second, 14_400));
  await tom.waits();
  await sam.commit();
  await expect(recording).rejects.toThrow('invalid_payout_amount');
  await tom.rollback();
  expect(await payouts()).toEqual(['paid withheld 5000', 'blocked host_not_ready']);
});

test('a payout that two of the staff record at once is recorded once', async () => {
  const { first, sam, tom } = await twoPayouts();
  await sam.begin();
  await record(sam, first);
  await tom.begin();
  const recording = meanwhile(record(tom, first));
  await tom.waits();
  await sam.commit();
  await recording;
  await tom.commit();
  expect(await payouts()).toEqual(['paid', 'blocked host_not_ready']);
  const [booked] = await asPostgres<{ minor: number }>(
    `select sum(amount_minor)::int as minor from private.ledger_entries where account = 'by_hand'`,
  );
  expect(booked?.minor).toBe(-19_400);
});

const ready = async (stripe: Session) =>
  stripe.run(
    `select public.apply_host_account(null, $1, 'acct_hedy', 'active', false, '{}', '2031-06-10 13:00+00')`,
    [(await person('Hedy')).id],
  );

/** Hedy has begun to set up an account. */
const begins = () =>
  asPostgres(
    `insert into public.host_accounts (host_id, country_code, created_at, looked_at)
     select host_id, 'FR', private.now(), private.now() from public.bookings limit 1`,
  );

test('what staff record while the account becomes ready is not transferred', async () => {
  const { first, sam } = await twoPayouts();
  await begins();
  const stripe = await session();
  await sam.begin();
  await record(sam, first);
  await stripe.begin();
  const opening = meanwhile(ready(stripe));
  await stripe.waits();
  await sam.commit();
  await opening;
  await stripe.commit();
  await asPostgres('select private.release_payouts(10)');
  expect(await payouts()).toEqual(['paid', 'sent']);
});

test('what leaves while staff record it is not recorded', async () => {
  const { first, sam } = await twoPayouts();
  await begins();
  const stripe = await session();
  await stripe.begin();
  await ready(stripe);
  await sam.begin();
  const recording = meanwhile(record(sam, first));
  await sam.waits();
  await stripe.commit();
  await expect(recording).rejects.toThrow('payout_not_by_hand');
  await sam.rollback();
  expect(await payouts()).toEqual(['sent', 'sent']);
});
