import { readFileSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { person } from '../support/people.ts';
import { asPostgres, freshDatabase, runJobs, testDatabase } from '../support/stack.ts';

const seed = () => asPostgres(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
const everyBooking = () =>
  asPostgres(`
    select booking_id, status, guest_id, check_in, expires_at, confirmed_at
    from public.bookings order by booking_id`);

beforeEach(freshDatabase);

test('the town has one booking in every status', async () => {
  await seed();
  const counts = await asPostgres(`
    select status, (select count(*) from public.bookings where bookings.status = every.status)::integer as bookings
    from unnest(enum_range(null::public.booking_status)) as every (status)`);
  expect(counts.length).toBeGreaterThan(10);
  expect(counts.filter(({ bookings }) => bookings !== 1)).toEqual([]);
});

test('nothing is left to do outside, and nothing looks wrong to an operator', async () => {
  await seed();
  expect(
    await asPostgres(
      `select kind from private.commands where status in ('waiting', 'running', 'failed')`,
    ),
  ).toEqual([]);
  expect(await asPostgres('select * from private.health() where not healthy')).toEqual([]);
  await runJobs();
  expect(await asPostgres('select job, problem from private.job_failures')).toEqual([]);
  expect(await asPostgres('select * from private.reconciliation_report()')).toEqual([]);
  const [row] = await asPostgres(`
    select count(distinct status)::integer as statuses from public.bookings`);
  expect(row?.statuses).toBe(11);
});

test('for a Stripe of one’s own the town has no payment, and nothing to ask Stripe for', async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('staybase.stripe', 'real', true)`);
    await client.query(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
    await client.query('commit');
  } finally {
    client.release(true);
  }
  expect(
    await asPostgres(
      'select status, count(*)::integer from public.bookings group by status order by status',
    ),
  ).toEqual(
    ['awaiting_payment', 'requested', 'expired', 'cancelled_by_guest']
      .map((status) => ({ status, count: 1 })),
  );
  expect(
    await asPostgres(`
    select payment_id from public.payments
    where stripe_intent_id is not null or stripe_charge_id is not null or status not in ('pending', 'cancelled')`),
  )
    .toEqual([]);
  for (const days of [0, 10, 100]) {
    await asPostgres('update private.clock set shift = make_interval(days => $1)', [days]);
    expect(await runJobs()).toEqual([]);
    expect(
      await asPostgres(
        `select kind from private.commands where kind <> 'send_mail' and status <> 'done'`,
      ),
    ).toEqual([]);
    expect(
      await asPostgres(
        `select * from private.reconciliation_report() where difference <> 'command_overdue'`,
      ),
    ).toEqual([]);
  }
});

test('a second run changes nothing', async () => {
  await seed();
  const before = await everyBooking();
  await seed();
  expect(await everyBooking()).toEqual(before);
});

test('it is built on any day of the year', async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  onTestFinished(() => client.release(true));
  for (let day = 0; day < 365; day += 17) {
    await client.query('begin');
    await client.query('update private.clock set shift = make_interval(days => $1)', [day]);
    await client.query(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
    const { rows } = await client.query(
      'select count(*)::integer as bookings from public.bookings',
    );
    expect({ day, ...rows[0] }).toEqual({ day, bookings: 11 });
    await client.query('rollback');
  }
});

test('people who signed up first are the people of the town', async () => {
  const [ada, grace] = [await person('Ada'), await person('Grace')];
  await seed();
  expect(
    await asPostgres('select guest_id, host_id from public.bookings where status = $1', [
      'confirmed',
    ]),
  ).toEqual([{ guest_id: ada.id, host_id: grace.id }]);
});

test('a login made later with the id of the town is that person', async () => {
  await seed();
  const id = '00000000-0000-4000-8000-000000000001';
  await asPostgres('insert into auth.users (id, email) values ($1, $2)', [id, 'ada@example.com']);
  await seed();
  expect(
    await asPostgres(
      'select display_name, about <> $2 as described from public.profiles where profile_id = $1',
      [
        id,
        '',
      ],
    ),
  ).toEqual([{ display_name: 'Ada', described: true }]);
});

test('every published home can be booked by somebody new', async () => {
  await seed();
  const quotes = await asPostgres(`
    select listings.title, private.stay_problem(
      listing_id, private.today(time_zone) + 55, private.today(time_zone) + 57, 1, 0, 0, null) as problem
    from public.listings where status = 'published'`);
  expect(quotes).toHaveLength(8);
  expect(quotes.filter(({ problem }) => problem !== null && problem !== 'departure_not_allowed'))
    .toEqual([]);
});
