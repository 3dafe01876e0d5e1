import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { lastRows, runDueJobs } from '../../local/clock.ts';
import { makeStaff, type Person, person } from '../support/people.ts';
import { brokenPromises } from '../support/promises.ts';
import { stayed } from '../support/reviews.ts';
import { deadlocks, type Session, session } from '../support/sessions.ts';
import { asPostgres, moveClock, runJobs, setClock, testDatabase } from '../support/stack.ts';
import {
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  request,
  startPayment,
} from '../support/stays.ts';

let sam: Person;

beforeAll(async () => {
  sam = await person('Sam');
  await newDay();
  await makeStaff(sam);
  await asPostgres('update private.settings set staff_need_second_factor = false');
});
beforeEach(newDay);

/** A session in which somebody has begun a transaction. */
async function at(someone?: Person): Promise<Session> {
  const tab = await session(someone);
  await tab.begin();
  return tab;
}

/** The same for a job, which runs as postgres. */
async function job(): Promise<Session> {
  const tab = await at();
  await tab.run('set local role none');
  return tab;
}

const suspend = (staff: Session, someone: Person) =>
  staff.run(`select public.staff_suspend($1, 'Fraud.', '')`, [someone.id]);

async function hold(guest: Person, listing: string, day: number, booking: string): Promise<void> {
  const tab = await at(guest);
  await request(tab, { listing, ...june(day, day + 1), booking });
  await tab.commit();
}

test('two suspensions whose stays share homes refresh search in one order', async () => {
  const host = await person('Hedy');
  const homes = [await home({ host }), await home({ host }), await home({ host })].toSorted();
  const [ada, grace] = [await person('Ada'), await person('Grace')];
  // Ada's bookings are numbered in the order of the homes, Grace's the other way round.
  const numbered = (person: number, place: number) =>
    `${person}000000${place}-0000-4000-8000-${randomUUID().slice(-12)}`;
  for (const place of [0, 1, 2]) {
    await hold(ada, homes[place]!, 1 + place, numbered(1, place));
    await hold(grace, homes[2 - place]!, 11 + place, numbered(2, place));
  }
  const [first, second] = [await at(sam), await at(sam)];
  await suspend(first, ada);
  await suspend(second, grace);
  // Both have to wait half-way through their homes.
  const holder = await job();
  await holder.run('select from private.listing_search where listing_id = $1 for update', [
    homes[1],
  ]);
  const ending = [meanwhile(first.commit()), meanwhile(second.commit())];
  await first.waits();
  await second.waits();
  await holder.commit();

  await Promise.all(ending);
  expect(await deadlocks([first, second])).toBe(0);
});

test('a job ends one hold in a transaction, so a suspension of guests of the same homes goes on', async () => {
  const host = await person('Hedy');
  const homes = [await home({ host }), await home({ host }), await home({ host })].toSorted();
  const [joan, mary] = [await person('Joan'), await person('Mary')];
  for (const place of [0, 1, 2]) {
    await hold(
      mary,
      homes[2 - place]!,
      1 + place,
      `3000000${place}-0000-4000-8000-${randomUUID().slice(-12)}`,
    );
  }
  await hold(joan, homes[0]!, 11, randomUUID());
  await hold(joan, homes[2]!, 12, randomUUID());
  await moveClock('18 minutes');
  await asPostgres(
    `update private.jobs set next_at = null, lock_limit = '9 minutes', time_limit = '10 minutes'
    where job = 'expire_bookings'`,
  );
  const [staff, holder, worker] = [await at(sam), await job(), await session()];
  await suspend(staff, joan);
  await holder.run('select from private.listing_search where listing_id = $1 for update', [
    homes[1],
  ]);
  const [run] = await worker.run<{ job: string; run_id: string }>(
    'select * from private.take_job()',
  );
  expect(run?.job).toBe('expire_bookings');
  const expiring = meanwhile((async () => {
    const batch = 'select private.run_job($1) as more';
    while ((await worker.run<{ more: boolean }>(batch, [run?.run_id]))[0]?.more);
  })());
  await worker.waits();
  const ending = meanwhile(staff.commit());
  await Promise.race([ending, staff.waits().catch(() => {})]);
  await holder.commit();

  await Promise.all([ending, expiring]);
  expect(
    await asPostgres('select code, done from private.job_runs where run_id = $1', [run?.run_id]),
  )
    .toEqual([{ code: null, done: 3 }]);
  expect(await deadlocks([staff, worker])).toBe(0);
});

/** What a verb may answer when another was quicker; `try_again` and raw errors are not among them. */
const refusals = [
  'account_has_open_stays',
  'account_closed',
  'account_suspended',
  'alteration_closed',
  'booking_not_found',
  'hold_expired',
  'host_unavailable',
  'listing_not_found',
  'nights_taken',
  'not_cancellable',
  'not_withdrawable',
  'too_many_holds',
  'not_alterable',
];

const rounds = 3;

test('every job beside the verbs that it can meet: no deadlock, and every promise is kept', async () => {
  const sessions: Session[] = [];
  const answers = new Map<string, number>();
  const { url } = await testDatabase();
  for (let round = 1; round <= rounds; round += 1) {
    await crowd(round, sessions, url, answers);
    expect(await brokenPromises()).toEqual({});
  }

  expect([...answers.keys()].filter((answer) => answer !== 'done' && !refusals.includes(answer)))
    .toEqual([]);
  expect(await deadlocks(sessions)).toBe(0);
  const jobs = await asPostgres<{ job: string }>(
    'select distinct job from private.job_runs where done > 0',
  );
  expect(jobs.map(({ job }) => job)).toEqual(expect.arrayContaining([
    'expire_bookings',
    'expire_alterations',
    'give_up_commands',
    'complete_stays',
    'order_reconciliations',
    'issue_receipts',
    'release_payouts',
  ]));
  // A job may have given up to wait for a lock; nothing else went wrong.
  expect(
    await asPostgres(`select job, set_aside, code, problem from private.job_runs
      where code <> '55P03' or set_aside > 0`),
  ).toEqual([]);
  await moveClock('1 minute');
  await runJobs();
  expect(await asPostgres('select job, problem from private.job_failures')).toEqual([]);
});

/** The coming night, in UTC. */
async function tomorrow(): Promise<{ checkIn: string; checkOut: string }> {
  const [day] = await asPostgres<{ checkIn: string; checkOut: string }>(
    `select (private.now()::date + 1)::text as "checkIn", (private.now()::date + 2)::text as "checkOut"`,
  );
  if (day === undefined) throw new Error('The clock is gone.');
  return day;
}

/** Guests with overdue holds, stays that end and alterations that lapse at four homes of two hosts. */
async function crowd(
  round: number,
  sessions: Session[],
  url: string,
  answers: Map<string, number>,
): Promise<void> {
  const hosts = [await person(`Host${round}a`), await person(`Host${round}b`)] as const;
  const homes: string[] = [];
  for (const host of [...hosts, ...hosts]) homes.push(await home({ host }));
  await asPostgres(
    `insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
     select host, 'active', 'US', 'acct_' || replace(host::text, '-', ''), private.now(), private.now()
     from unnest($1::uuid[]) as host`,
    [hosts.map(({ id }) => id)],
  );
  const guests: Person[] = [];
  for (let number = 0; number < 8; number += 1) {
    guests.push(await person(`Guest${round}x${number}`));
  }
  const server = await session();

  const confirmed: string[] = [];
  for (const [number, guest] of guests.entries()) {
    if (number === 2 || number === 3) continue;
    const booking = randomUUID();
    const tab = await session(guest);
    await tab.begin();
    const nights = number < 6 ? june(number + 1, number + 2) : await tomorrow();
    await request(tab, { listing: homes[number % 4]!, ...nights, booking });
    await tab.commit();
    await startPayment(tab, booking);
    await server.begin();
    await hearStripe(server, booking);
    await server.commit();
    confirmed[number] = booking;
  }
  await runJobs();
  // Two of them are over by now.
  await moveClock('4 days');
  const alterations: string[] = [];
  for (const number of [1, 4, 5]) {
    const tab = await at(guests[number]!);
    const alteration = randomUUID();
    await tab.run('select public.propose_alteration($1, $2, guests => 2)', [
      alteration,
      confirmed[number],
    ]);
    await tab.commit();
    alterations[number] = alteration;
  }
  const held: string[] = [];
  for (const [number, guest] of guests.entries()) {
    for (const place of [0, 1, 2]) {
      const booking = randomUUID();
      await hold(guest, homes[(number + place) % 4]!, 10 + number + 8 * place % 20, booking).catch(
        () => {},
      );
      if (place === 0) held[number] = booking;
    }
    await startPayment(await session(guest), held[number]!).catch(() => {});
  }
  await moveClock('18 minutes');
  await asPostgres(
    `update public.alterations set expires_at = private.now() - interval '3 minutes'
    where status = 'proposed' and alteration_id <> $1`,
    [alterations[4]],
  );
  // A worker died twelve times.
  await asPostgres(`update private.commands set status = 'running', alone = true, attempts = 12,
      claimed_until = private.now() - interval '1 minute'
    where kind in ('create_intent', 'send_mail', 'cancel_intent') and status = 'waiting'`);
  await asPostgres(`update private.reconciliations set due_at = private.now()`);
  await asPostgres(`update public.payouts set due_at = private.now()`);
  await asPostgres('update private.jobs set next_at = null, claimed_until = null');

  const attempt = async (who: Person | undefined, work: (tab: Session) => Promise<unknown>) => {
    const tab = await session(who);
    sessions.push(tab);
    await tab.begin();
    const answer = await work(tab).then(() => tab.commit()).then(
      () => 'done',
      async (error: Error) => {
        await tab.rollback();
        if (!(error instanceof pg.DatabaseError)) throw error;
        return error.message;
      },
    );
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  let over = false;
  const workers = [1, 2, 3].map(async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const query = async (sql: string) => lastRows(await client.query(sql));
      while (!over) await runDueJobs(query);
    } finally {
      await client.query('select pg_stat_force_next_flush()');
      await client.end();
    }
  });
  const run = (sql: string, ...values: unknown[]) => (tab: Session) => tab.run(sql, values);
  const verbs = [
    attempt(sam, (tab) => suspend(tab, guests[0]!)),
    attempt(sam, (tab) => suspend(tab, guests[1]!)),
    attempt(sam, (tab) => suspend(tab, hosts[1])),
    attempt(sam, run(`select public.staff_hide_listing($1, 'Fraud.')`, homes[0])),
    attempt(guests[2], run('select from public.delete_my_account()')),
    attempt(guests[3], run('select from public.delete_my_account()')),
    attempt(guests[2], run('select from public.delete_my_account()')),
    attempt(guests[4], run('select from public.cancel_booking($1)', confirmed[4])),
    attempt(guests[5], run('select from public.cancel_booking($1)', confirmed[5])),
    attempt(hosts[0], run('select from public.accept_alteration($1)', alterations[4])),
    attempt(guests[6], run('select from public.withdraw_booking($1)', held[6])),
    attempt(undefined, (tab) => hearStripe(tab, held[7]!)),
    ...[8, 9, 10, 11].map(async (number) => {
      const newcomer = await person(`Guest${round}x${number}`);
      const checkIn = 10 + number - 8;
      await attempt(
        newcomer,
        (tab) => request(tab, { listing: homes[number % 4]!, ...june(checkIn, checkIn + 2) }),
      );
    }),
  ];
  await Promise.all(verbs).finally(() => over = true);
  await Promise.all(workers);
  await runJobs();
}

test('a guest who leaves waits for a job that shows what was said of them', async () => {
  const [host, lea] = [await person('Hedy'), await person('Lea')];
  const listing = await home({ host });
  await setClock('2031-06-02T12:00:00Z');
  const booking = await stayed(listing, lea);
  await asPostgres(`update public.bookings set message = 'Hello' where booking_id = $1`, [booking]);
  const hostSide = await at(host);
  await hostSide.run('select from public.review_guest($1, $2, $2, $2, $2)', [booking, 5]);
  await hostSide.commit();
  await moveClock('30 days');

  const holder = await job();
  await holder.run('select from public.guest_reviews where booking_id = $1 for update', [booking]);
  const [reveals, leaves] = [await job(), await at(lea)];
  const revealing = meanwhile(
    reveals.run<{ done: number }>('select private.reveal_reviews(1) as done'),
  );
  await reveals.waits();
  const leaving = meanwhile(leaves.run('select from public.delete_my_account()'));
  await leaves.waits();
  await holder.commit();

  expect(await revealing).toEqual([{ done: 1 }]);
  await reveals.commit();
  await leaving;
  await leaves.commit();
  expect(await deadlocks([reveals, leaves])).toBe(0);
});
