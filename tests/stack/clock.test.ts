import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, type ClockOptions, lastRows, startClock, tick } from '../../local/clock.ts';
import { clientOf, person } from '../support/people.ts';
import {
  asPostgres,
  mailTo,
  moveClock,
  setClock,
  testApi,
  testDatabase,
} from '../support/stack.ts';
import { home } from '../support/stays.ts';

/** A clock that beats once an hour by itself, and what it tells. */
async function clockOf(
  gatewayUrl: string,
  options: Partial<ClockOptions> = {},
): Promise<{ clock: Clock; troubles: string[] }> {
  const troubles: string[] = [];
  const clock = await startClock({
    databaseUrl: (await testDatabase()).url,
    gatewayUrl,
    everySeconds: 3600,
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  onTestFinished(async () => {
    // Not in the middle of a job, which the next clock would find lost.
    for (let looks = 0; looks < 100; looks += 1) {
      const running = await asPostgres('select from private.jobs where claimed_until is not null');
      if (running.length === 0) break;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    await clock.stop();
  });
  return { clock, troubles };
}

/** Somebody asks for a stay; its hold lasts a quarter of an hour. A free one is confirmed, and written about. */
async function request(name: string, nightly: number): Promise<string> {
  const client = await clientOf(await person(name));
  const booking_id = randomUUID();
  const { error } = await client.rpc('request_booking', {
    booking_id,
    listing_id: await home({ nightly }),
    check_in: '2031-06-01',
    check_out: '2031-06-03',
    expected_total_minor: nightly === 0 ? 0 : 22_820,
  });
  expect(error).toBeNull();
  return booking_id;
}

const statusOf = async (booking: string) =>
  (await asPostgres<{ status: string }>(
    'select status from public.bookings where booking_id = $1',
    [
      booking,
    ],
  ))[0]?.status;

test('what the database orders is done at once, not at the next beat', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const { troubles } = await clockOf((await testApi()).url);
  const ada = await person('Ada');
  await request('Ada', 0);

  await expect.poll(() => mailTo(ada.email)).toHaveLength(1);
  expect(troubles).toEqual([]);
});

test('a clock that is asked every second ends a hold at its time', async () => {
  const { troubles } = await clockOf((await testApi()).url, { everySeconds: 1 });
  const booking = await request('Grace', 10_000);
  await moveClock('16 minutes 59 seconds');
  expect(await statusOf(booking)).toBe('awaiting_payment');

  await expect.poll(() => statusOf(booking)).toBe('expired');
  expect(await asPostgres(`select from private.job_runs where job = 'expire_bookings'`))
    .toHaveLength(1);
  expect(troubles).toEqual([]);
});

test('a job that is stuck keeps no other from its work', async () => {
  await moveClock('1 hour');
  // The clock before may have been stopped in the middle of a job.
  await asPostgres('update private.jobs set next_at = null, claimed_until = null');
  const { clock } = await clockOf((await testApi()).url, { everySeconds: 1 });
  const booking = await request('Joan', 10_000);
  await moveClock('18 minutes');
  // A lock that nobody gives back.
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language plpgsql as $$ begin perform pg_advisory_xact_lock(4711); return 0; end $$`);
  await asPostgres(
    `update private.jobs set next_at = null, lock_limit = '9 minutes', time_limit = '10 minutes'
    where job = 'forget_homes'`,
  );
  const { pool } = await testDatabase();
  const holder = await pool.connect();
  // Whatever is red below: a pool waits for a session that nobody gives back.
  onTestFinished(() => holder.release(true));
  await holder.query('select pg_advisory_lock(4711)');

  const isStuck = () =>
    asPostgres(`select from pg_stat_activity
      where datname = current_database() and wait_event = 'advisory'`);
  // A run that was under way pauses after it, and then has not met the lock.
  await expect.poll(async () => {
    await asPostgres(`update private.jobs set next_at = null where job in (
      select jobs.job from private.jobs where jobs.job = 'forget_homes' and claimed_until is null
      for no key update skip locked)`);
    return await isStuck();
  }).toHaveLength(1);
  const later = await request('Margaret', 10_000);
  await moveClock('18 minutes');
  await expect.poll(() => statusOf(booking)).toBe('expired');
  await expect.poll(() => statusOf(later)).toBe('expired');
  // A job fails beside it, once: whichever session runs it the next time ends the trouble.
  const [{ as: forgetsRecords } = { as: '' }] = await asPostgres<{ as: string }>(
    `select pg_get_functiondef('private.forget_records'::regproc) as "as"`,
  );
  await asPostgres(`create or replace function private.forget_records(most integer) returns integer
    language plpgsql as $$ begin raise 'not now'; end $$`);
  await expect.poll(async () => {
    await asPostgres(`update private.jobs set next_at = null where job in (
      select jobs.job from private.jobs where jobs.job = 'forget_records' and claimed_until is null
      for no key update skip locked)`);
    return clock.isHealthy();
  }).toBe(false);
  await asPostgres(forgetsRecords);
  expect(await isStuck()).toHaveLength(1);
  await holder.query('select pg_advisory_unlock(4711)');
  await expect.poll(isStuck).toHaveLength(0);
  // A clock that was stopped in the middle of another job, or a busy machine, makes that job fail once; it pauses then.
  await expect.poll(async () => {
    await asPostgres(`update private.jobs set next_at = null, claimed_until = null where job in (
      select jobs.job from private.jobs where jobs.job in (select job from private.job_failures)
      for no key update skip locked)`);
    return clock.isHealthy();
  }).toBe(true);
});

test('a session that lasts too long in a job is ended there by the limit of the job', async () => {
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language plpgsql as $$ begin perform pg_sleep(3600); return 0; end $$`);
  await asPostgres(
    `update private.jobs set next_at = null, claimed_until = null, lock_limit = '1 second',
    time_limit = '3 seconds' where job = 'forget_homes'`,
  );
  const { pool } = await testDatabase();
  const query = async (sql: string) => lastRows(await pool.query(sql));
  await expect(tick({ query, gatewayUrl: (await testApi()).url })).rejects.toThrow(
    'forget_homes failed',
  );
  expect(
    await asPostgres(
      `select code from private.job_runs where job = 'forget_homes' and code is not null`,
    ),
  ).toEqual([{ code: '57014' }]);

  // Called by pg_cron, Postgres ends the session; the next call goes on with the other jobs.
  await asPostgres(`update private.jobs set next_at = null where job = 'forget_homes'`);
  await asPostgres(`update private.jobs set next_at = null where job = 'forget_records'`);
  await expect(asPostgres('call private.run_due_jobs()')).rejects.toThrow('transaction timeout');
  await asPostgres('call private.run_due_jobs()');
  expect(
    await asPostgres(
      `select job from private.jobs where next_at is null and job = 'forget_records'`,
    ),
  )
    .toEqual([]);
  await moveClock('1 minute');
  await asPostgres('call private.run_due_jobs()');
  expect(
    await asPostgres(`select code, problem from private.job_runs
      where code = '08006' and job = 'forget_homes'`),
  )
    .toEqual([{ code: '08006', problem: 'its worker was lost' }]);
  await moveClock('1 minute');
  await expect(asPostgres('call private.run_due_jobs()')).rejects.toThrow('transaction timeout');
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language sql return 0`);
  for (let minute = 1; minute <= 2; minute += 1) {
    await moveClock('1 minute');
    await asPostgres('call private.run_due_jobs()');
  }
  expect(await asPostgres('select from private.job_failures')).toEqual([]);
});

test('a worker that fails is told once and asked again at the next beat, not over and over', async () => {
  let calls = 0;
  const broken = createServer((_request, answer) => {
    calls += 1;
    answer.writeHead(500).end('broken');
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void broken.close());
  await asPostgres(`update private.commands set status = 'waiting', finished_at = null,
    claimed_until = null, due_at = private.now()`);
  const { clock, troubles } = await clockOf(
    `http://127.0.0.1:${(broken.address() as AddressInfo).port}`,
  );

  await expect.poll(() => troubles).toEqual(['run-commands answered 500: broken']);
  await asPostgres(`select private.call_function('run-commands') from generate_series(1, 5)`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(calls).toBeLessThan(3);
  expect(clock.isHealthy()).toBe(false);
});

test('a function that never answers is left alone after its limit', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const gatewayUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const query = (sql: string) =>
    Promise.resolve(sql.includes('due_functions') ? [{ name: 'run-commands' }] : []);
  await expect(tick({ query, gatewayUrl, functionLimitMs: 50 })).rejects.toThrow('timeout');
});

test('a clock whose database ended its sessions goes on with others', async () => {
  const { clock, troubles } = await clockOf((await testApi()).url, { everySeconds: 1 });
  await asPostgres(`select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and query like '%staybase_functions%' and pid <> pg_backend_pid()`);
  await asPostgres('delete from private.commands');
  const barbara = await person('Barbara');
  await request('Barbara', 0);

  await expect.poll(() => mailTo(barbara.email)).toHaveLength(1);
  await expect.poll(() => clock.isHealthy()).toBe(true);
  expect(troubles.length).toBeLessThan(3);
});

test('a clock whose database vanishes in the middle of a job lives on', async () => {
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language plpgsql as $$ begin perform pg_sleep(3600); return 0; end $$`);
  await asPostgres(
    `update private.jobs set next_at = null, claimed_until = null, lock_limit = '9 minutes',
    time_limit = '10 minutes' where job = 'forget_homes'`,
  );
  // A server that is killed says nothing: its connections just end.
  const url = new URL((await testDatabase()).url);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  const way = createTcpServer((socket) => {
    const there = connect(port, host);
    for (const one of [socket, there]) sockets.add(one.on('error', () => {}));
    socket.pipe(there).pipe(socket);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void way.close());
  url.port = String((way.address() as AddressInfo).port);
  const { clock, troubles } = await clockOf((await testApi()).url, {
    databaseUrl: url.href,
    everySeconds: 1,
  });
  const sleepers = () =>
    asPostgres<{ pid: number }>(`select pid from pg_stat_activity
      where datname = current_database() and wait_event = 'PgSleep'`);
  await expect.poll(sleepers).toHaveLength(1);
  sockets.forEach((socket) => socket.destroy());

  await expect.poll(() => troubles.join()).toContain('Connection terminated unexpectedly');
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language sql return 0`);
  await asPostgres(`select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`);
  await expect.poll(async () => {
    await asPostgres(
      `update private.jobs set next_at = null, claimed_until = null where job = 'forget_homes'`,
    );
    return clock.isHealthy();
  }).toBe(true);
});

test('a clock whose database accepts and says nothing asks again until it answers', async () => {
  const url = new URL((await testDatabase()).url);
  const [host, port] = [url.hostname, Number(url.port)];
  const sockets = new Set<Socket>();
  let isSilent = false;
  const way = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    if (isSilent) return;
    const there = connect(port, host).on('error', () => {});
    socket.on('close', () => there.destroy());
    socket.pipe(there).pipe(socket);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void way.close());
  url.port = String((way.address() as AddressInfo).port);
  const { clock, troubles } = await clockOf((await testApi()).url, {
    databaseUrl: url.href,
    everySeconds: 1,
    connectLimitMs: 3_000,
  });
  isSilent = true;
  sockets.forEach((socket) => socket.destroy());
  await expect.poll(() => troubles.join()).toContain('timeout expired');
  isSilent = false;
  await expect.poll(() => clock.isHealthy()).toBe(true);
});

test('a job that fails is told, and the worker runs all the same', async () => {
  const { url: gatewayUrl } = await testApi();
  await request('Dorothy', 0);
  await asPostgres(`update private.jobs set next_at = null`);
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language plpgsql as $$ begin raise exception 'stuck'; end $$`);
  const waiting =
    `select command_id from private.commands where status = 'waiting' and due_at <= private.now()`;
  expect(await asPostgres(waiting)).not.toEqual([]);

  const { pool } = await testDatabase();
  const query = async (sql: string) => lastRows(await pool.query(sql));
  await expect(tick({ query, gatewayUrl })).rejects.toThrow(
    'forget_homes failed; private.job_failures says why',
  );
  expect(await asPostgres(waiting)).toEqual([]);
});
