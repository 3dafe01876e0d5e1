import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import {
  asPostgres,
  mailTo,
  moveClock,
  setClock,
  testApi,
  testDatabase,
} from '../support/stack.ts';
import { home, june, request } from '../support/stays.ts';

/** `npm run worker`, with its surroundings replaced where a test says so. */
async function worker(args: string[], env: Record<string, string | undefined> = {}) {
  const child = spawn(process.execPath, [inProject('scripts', 'worker.ts'), ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: (await testDatabase()).url,
      SUPABASE_URL: (await testApi()).url,
      SUPABASE_SECRET_KEY: keys.secret,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => output += chunk);
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, output: () => output };
}

/** A guest's holds at as many homes. */
async function holds(name: string, number: number): Promise<string[]> {
  const guest = await session(await person(name));
  const bookings: string[] = [];
  for (let day = 1; day <= number; day += 1) {
    const booking = randomUUID();
    await guest.begin();
    await request(guest, { listing: await home(), ...june(day, day + 1), booking });
    await guest.commit();
    bookings.push(booking);
  }
  return bookings;
}

const statuses = async (bookings: string[]) => (await asPostgres<{ status: string; moves: number }>(
  `select status::text, (select count(*)::integer from public.booking_history
       where booking_history.booking_id = bookings.booking_id and to_status = 'expired') as moves
     from public.bookings where booking_id = any ($1)`,
  [bookings],
));

test('two workers at once do what is due, each thing once', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const bookings = await holds('Ada', 3);
  await moveClock('18 minutes');
  const workers = [await worker(['--once']), await worker(['--once'])];
  for (const one of workers) expect([await one.ended, one.output()]).toEqual([0, '']);

  expect(await statuses(bookings)).toEqual(
    bookings.map(() => ({ status: 'expired', moves: 1 })),
  );
  const [done] = await asPostgres<{ done: number }>(
    `select sum(done)::integer as done from private.job_runs where job = 'expire_bookings'`,
  );
  expect(done).toEqual({ done: 3 });
});

test('a worker that runs on does what becomes due, sends what is ordered, and stops when told', async () => {
  const running = await worker([]);
  await expect.poll(running.output).toContain('The worker runs.');
  const bookings = await holds('Grace', 1);
  await moveClock('18 minutes');
  const grace = await person('Grace');
  await asPostgres(`update private.settings set environment = 'local'`);
  await asPostgres(
    `select private.write_mail('booking_expired', $1)`,
    [bookings[0]],
  );

  await expect.poll(() => statuses(bookings)).toEqual([{ status: 'expired', moves: 1 }]);
  await expect.poll(() => mailTo(grace.email)).toHaveLength(1);
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
});

test('a worker says which job fails, and what it lacks', async () => {
  await asPostgres(`create or replace function private.forget_homes(most integer) returns integer
    language plpgsql as $$ begin raise exception 'stuck'; end $$`);
  await asPostgres('update private.jobs set next_at = null');
  const failing = await worker(['--once']);
  expect([await failing.ended, failing.output()]).toEqual([
    1,
    'forget_homes failed; private.job_failures says why\n',
  ]);
  const lacking = await worker(['--once'], { SUPABASE_SECRET_KEY: undefined });
  expect([await lacking.ended, lacking.output()]).toEqual([
    1,
    expect.stringMatching(/^Set SUPABASE_SECRET_KEY:/),
  ]);
});
