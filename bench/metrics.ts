/**
 * Measures what a scrape of the metrics costs the database, against `select 1` in the same session:
 *
 *   node bench/metrics.ts                      1,000,000 bookings, two minutes
 *   node bench/metrics.ts --bookings 10000 --rounds 20
 *
 * What counts is CPU, which a busy machine does not change as it changes times: it is read from
 * /proc, so this runs on Linux alone. It also says which large tables a scrape reads from end to end, and ends
 * with 1 when there are any.
 */
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { createDatabase, migratedTemplate } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';

const usage = `Measures what a scrape of the metrics costs the database.

  node bench/metrics.ts [--bookings 1000000] [--rounds 400]

From 1,000 bookings up; Linux only.`;

const { values } = readCommandLine(usage, {
  options: {
    bookings: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '400' },
  },
});
const bookings = Number(values.bookings);
if (!Number.isInteger(bookings) || bookings < 1000) {
  endWithUsage(usage, '--bookings is a whole number from 1000 up.');
}
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  endWithUsage(usage, '--rounds is a whole number from 1 up.');
}

const { cluster, stop } = await startThrowaway();
endWhenTold(stop);
try {
  await createDatabase(cluster, 'bench', await migratedTemplate(cluster));
  await cluster.using('bench', 'supabase_admin', fill);
  await cluster.using('bench', 'postgres', measure);
} finally {
  await stop();
}

/** Rows as a marketplace of that age has them: nearly all of them are over. No trigger runs. */
async function fill(client: pg.Client): Promise<void> {
  await client.query('set session_replication_role = replica');
  await client.query(`set maintenance_work_mem = '512MB'`);
  // Indexes are made when the rows are in: a fraction of the time.
  const indexes: string[] = [];
  for (
    const table of [
      'public.bookings',
      'public.payments',
      'private.commands',
      'private.stripe_events',
      'public.calendar_feeds',
    ]
  ) indexes.push(...await takeIndexesOff(client, table));
  const say = (what: string) => console.error(`${new Date().toISOString()} ${what}`);
  const id = (prefix: string) => `md5('${prefix}' || n)::uuid`;
  await client.query(
    `insert into public.bookings (booking_id, listing_id, host_id, guest_id, status, check_in, check_out, guests,
       infants, pets, currency, subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book,
       preparation_nights, time_zone, check_in_time, check_out_time, expires_at, created_at, confirmed_at)
     select ${id('b')}, ${id('l')}, ${id('h')}, ${id('g')},
       case when n % 2000 = 0 then 'awaiting_payment' when n % 20 = 0 then 'confirmed'
         when n % 7 = 0 then 'cancelled_by_guest' else 'completed' end::public.booking_status,
       '2031-06-01', '2031-06-04', 2, 0, 0, 'EUR', 30000, 2000, 0, 'flexible', true, 0, 'UTC', '15:00', '11:00',
       case when n % 2000 = 0 then now() + interval '10 minutes' end, now(), now()
     from generate_series(1, $1::int) as n`,
    [bookings],
  );
  await client.query(
    `insert into public.payments (payment_id, booking_id, listing_id, guest_id, status, capture_mode, currency,
       amount_minor, captured_minor, created_at, captured_at)
     select ${id('p')}, ${id('b')}, ${id('l')}, ${
      id('g')
    }, 'captured', 'automatic', 'EUR', 32000, 32000, now(), now()
     from generate_series(1, $1::int) as n`,
    [bookings],
  );
  await client.query(
    `insert into private.commands (command_id, kind, idempotency_key, booking_id, payment_id, status, due_at, created_at, finished_at)
     select ${id('c')}, 'capture', 'c' || n, ${id('b')}, ${id('p')},
       case when n % 10000 = 0 then 'waiting' else 'done' end::private.command_status, now(), now(),
       case when n % 10000 <> 0 then now() end
     from generate_series(1, $1::int) as n`,
    [bookings],
  );
  await client.query(
    `insert into private.stripe_events (event_id, type, object_id, outcome, received_at, applied_at)
     select 'evt_' || n, 'charge.updated', 'ch_' || n, 'applied', now(), now() from generate_series(1, $1::int) as n`,
    [bookings],
  );
  await client.query(
    `insert into public.calendar_feeds (feed_id, listing_id, name, url, last_error, created_at, next_poll_at)
     select ${id('f')}, ${id('l')}, 'A', 'https://example.com/' || n,
       case when n % 100 = 0 then 'unreachable'::public.feed_problem end, now(), now() + interval '1 hour'
     from generate_series(1, $1::int / 10) as n`,
    [bookings],
  );
  say('rows');
  for (const statement of indexes) await client.query(statement);
  say('indexes');
  await client.query('vacuum (analyze)');
  say('vacuum');
}

/** Drops the indexes of a table that keep no promise; returns the statements that bring them back. */
async function takeIndexesOff(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
     from pg_index where indrelid = $1::regclass and not indisunique`,
    [table],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ made }) => made);
}

/** CPU of a session's process so far, in milliseconds. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function shown({ least, median }: { least: number; median: number }): string {
  return `${least.toFixed(2)} ms (median ${median.toFixed(2)})`;
}

async function measure(client: pg.Client): Promise<void> {
  const { rows: [session] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // Neighbours on the same core make a statement cost more: the least is what it takes by itself.
  const cost = async (sql: string, times: number) => {
    for (let warm = 0; warm < 10; warm += 1) await client.query(sql);
    const costs: number[] = [];
    for (let done = 0; done < times; done += 1) {
      const before = cpuOf(session!.pid);
      await client.query(sql);
      costs.push(cpuOf(session!.pid) - before);
    }
    costs.sort((one, other) => one - other);
    return { least: costs[0] ?? 0, median: costs[times >> 1] ?? 0 };
  };
  const wholeReads = async () => {
    await client.query('select pg_stat_force_next_flush()');
    const { rows } = await client.query<{ name: string; scans: string }>(
      `select relid::regclass::text as name, seq_scan as scans from pg_stat_user_tables
       where pg_relation_size(relid) > 1048576`,
    );
    return new Map(rows.map(({ name, scans }) => [name, Number(scans)]));
  };
  const before = await wholeReads();
  await client.query('select * from public.metrics()');
  const after = await wholeReads();
  const whole = [...after].filter(([name, scans]) => scans > (before.get(name) ?? 0));
  console.log(
    `large tables: ${after.size}, read whole: ${whole.map(([name]) => name).join(', ') || 'none'}`,
  );
  if (whole.length > 0) process.exitCode = 1;

  const scrape = await cost('select * from public.metrics()', rounds);
  const floor = await cost('select 1', rounds * 5);
  const { rows } = await client.query<{ value: number }>(
    `select value from public.metrics() where metric = 'staybase_bookings' and labels ->> 'status' = 'confirmed'`,
  );
  console.log(`${bookings} bookings; confirmed by the figures: ${Math.round(rows[0]?.value ?? 0)}`);
  console.log(
    `a scrape: ${shown(scrape)} of CPU, select 1: ${shown(floor)}, ratio ${
      Math.round(scrape.least / floor.least)
    }; aim: 5 ms`,
  );
  for (const part of ['marketplace_samples', 'job_samples', 'server_samples']) {
    console.log(`  ${part}: ${shown(await cost(`select * from private.${part}()`, rounds))}`);
  }
}
