/**
 * The bloat of many changes: nights of homes are taken and freed again, as by bookings, in the claims and in the read
 * model of search. Prints the size of both tables and the time of a walk before, after the changes with autovacuum
 * alone, and after a vacuum; the share of updates that stayed on their page (HOT); and the WAL of one change.
 *
 *   node bench/churn.ts                        1,000,000 changes at 10,000 homes
 *   node bench/churn.ts --changes 10000000
 *   node bench/churn.ts --defaults             without the vacuum settings of these tables
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { dropDatabases } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { createProgressLine } from '../scripts/shared/progress.ts';
import { createMarketplace } from './database.ts';
import { buildMarketplace } from './marketplace.ts';
import { connect, figures, interleave } from './measure.ts';
import { clock, workloads } from './workloads.ts';

const usage = `Measures what many changes leave behind.

  node bench/churn.ts                      1,000,000 changes at 10,000 homes
  node bench/churn.ts --changes 10000000   from 1,000 up
  node bench/churn.ts --listings 100000    from 1,000 up
  node bench/churn.ts --sessions 4         at the same time, 1 to 16; default 2
  node bench/churn.ts --defaults           vacuum as Postgres does by default, without the settings of the tables`;

const { values: flags } = readCommandLine(usage, {
  options: {
    changes: { type: 'string' },
    listings: { type: 'string' },
    sessions: { type: 'string', default: '2' },
    defaults: { type: 'boolean', default: false },
  },
});
const changes = Number(flags.changes ?? 1_000_000);
const listings = Number(flags.listings ?? 10_000);
const sessions = Number(flags.sessions);
if (![changes, listings].every((number) => Number.isInteger(number) && number >= 1000)) {
  endWithUsage(usage, '--changes and --listings are whole numbers from 1000 up.');
}
if (!Number.isInteger(sessions) || sessions < 1 || sessions > 16) {
  endWithUsage(usage, '--sessions is a whole number from 1 to 16.');
}

const throwaway = await startThrowaway({ autovacuum_naptime: '10s' });
const { cluster } = throwaway;
const database = 'churn';
const stop = async () => {
  await dropDatabases(cluster, database);
  await throwaway.stop();
};
endWhenTold(stop);

const began = performance.now();
const say = (what: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}`);
await createMarketplace(cluster, database);
await buildMarketplace(
  cluster,
  database,
  { listings, claimsEach: 20, onlySearch: true },
  () => {},
);
const client = await connect(cluster.url(database, 'supabase_admin'));
await client.query(clock('processor') + workloads);
if (flags.defaults) {
  for (const table of ['private.claims', 'private.listing_search']) {
    await client.query(
      `alter table ${table} reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor)`,
    );
  }
}
await client.query('select pg_stat_reset()');
const homesEach = Math.floor(listings / sessions);
// Blocks a night far ahead and frees it again, as a host does, without a verb. Search follows both at the end of
// the transaction.
await client.query(`
  create function bench.change(session integer, homes integer, salt integer) returns void language plpgsql as $$
  declare
    taken uuid[];
  begin
    with blocked as (
      insert into private.claims (listing_id, nights, lane, kind)
      select distinct on (home) bench.id('listing', home),
        daterange(current_date + 420 + i % 200, current_date + 421 + i % 200), private.own_lane(), 'block'
      from generate_series(1, homes) as i
      -- Each session has homes of its own, so none waits for another.
      cross join lateral (
        select 1 + session + ${sessions} * floor(${homesEach} * bench.h(i, salt))::integer as home
        offset 0) as any_home
      returning claim_id)
    select array_agg(claim_id) into taken from blocked;
    set constraints all immediate;
    set constraints all deferred;
    delete from private.claims where claim_id = any (taken);
  end $$`);

await tell('before');
const each = 250;
const { rows: [start] } = await client.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn');
let done = 0;
const line = createProgressLine(process.stderr);
await Promise.all(Array.from({ length: sessions }, async (_, session) => {
  const own = await connect(cluster.url(database, 'supabase_admin'));
  while (done < changes) {
    // Taking and freeing are two changes.
    done += 2 * each;
    await own.query('select bench.change($1, $2, $3)', [session, each, done / each]);
    line.progress('Changes', done, changes);
  }
  await own.end();
}));
line.end();
say(`${done.toLocaleString('en')} changes`);
const { rows: [log] } = await client.query<{ bytes: string }>(
  'select pg_wal_lsn_diff(pg_current_wal_lsn(), $1) as bytes',
  [start?.lsn],
);
say(`the log of a change: ${Math.round(Number(log?.bytes) / done)} bytes`);
await tell('after, with autovacuum');
const vacuumed = performance.now();
await client.query('vacuum private.claims, private.listing_search');
say(`a vacuum of both took ${((performance.now() - vacuumed) / 1000).toFixed(1)} s`);
await tell('after a vacuum');
await client.end();
await stop();
process.exit(0);

async function tell(when: string): Promise<void> {
  const { rows } = await client.query<Record<string, string>>(
    `select relname, pg_size_pretty(pg_table_size(relid)) as table, pg_size_pretty(pg_indexes_size(relid)) as indexes,
       n_dead_tup as dead, n_tup_upd as updates, round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 1) as hot,
       autovacuum_count as vacuums
     from pg_stat_user_tables where relid in ('private.claims'::regclass, 'private.listing_search'::regclass)
     order by relname`,
  );
  for (const row of rows) {
    say(
      `${when}: ${row.relname} ${row.table}, indexes ${row.indexes}, ${row.dead} dead rows, ${row.updates} updates` +
        `${row.hot === null ? '' : ` of which ${row.hot} % HOT`}, ${row.vacuums} autovacuums`,
    );
  }
  const { subject, floor } = await interleave(client, 'city_walk', 'heap_rows', 200);
  say(
    `${when}: a walk through a city to its floor ${
      (figures(subject).p50 / figures(floor).p50).toFixed(2)
    }`,
  );
}
