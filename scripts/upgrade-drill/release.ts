import { readFileSync } from 'node:fs';
import pg from 'pg';
import { inProject } from '../../local/paths.ts';
import { migrate, type Migration, readMigrations } from '../../local/postgres/migrate.ts';
import type { ThreeHosts } from '../cluster/cluster.ts';
import { type Guests, type Leg, takeLeg } from './legs.ts';

const guide = readFileSync(inProject('docs', 'changing-the-schema.md'), 'utf8');

/** The three releases that docs/changing-the-schema.md shows, as it has them. */
const releases: Migration[] = [
  ...guide.matchAll(/^`(\d+)_(\w+)\.sql`\n\n```sql\n([\s\S]*?)```/gm),
].map(([, version = '', name = '', sql = '']) => made(version, name, sql));
const backfill = /```sql backfill\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';

/** What a release may do to the tables and verbs that every booking goes through. */
const busy = (verb: string): Migration[] => [
  made(
    '20270701090000',
    'guests_can_say_why_they_travel',
    'alter table public.bookings add column purpose text',
  ),
  made(
    '20270701090100',
    'purposes_are_short',
    `alter table public.bookings
     add constraint purposes_are_short check (char_length(purpose) <= 200) not valid`,
  ),
  made(
    '20270701090200',
    'stays_are_found_by_purpose',
    `drop index concurrently if exists public.bookings_purpose_idx;
     create index concurrently bookings_purpose_idx on public.bookings (purpose)`,
  ),
  made(
    '20270701090300',
    'purposes_were_always_short',
    'alter table public.bookings validate constraint purposes_are_short',
  ),
  made('20270701090400', 'guests_book_by_a_new_verb', verb),
];

function made(version: string, name: string, sql: string): Migration {
  return { version, name, path: `supabase/migrations/${version}_${name}.sql`, sql };
}

/** A release after the other while guests book and pay; a report is in the way of the first lock. */
export async function drillRelease(three: ThreeHosts, guests: Guests): Promise<Leg[]> {
  const cluster = three.asCluster();
  const added = [...readMigrations()];
  const release = async (files: Migration[]) => {
    added.push(...files);
    const waits: string[] = [];
    await migrate(cluster, 'postgres', added, { say: (line) => waits.push(line) });
    return `${files.length} files, stepped back ${waits.length} times`;
  };
  const legs = [
    await takeLeg(guests, 'release: expand', async () => {
      const said = await release(releases.slice(0, 1));
      while (
        (await cluster.using('postgres', 'postgres', (client) => client.query(backfill))).rowCount
      );
      return said;
    }),
    await takeLeg(guests, 'release: switch', () => release(releases.slice(1, 2))),
    await takeLeg(guests, 'release: contract', () => release(releases.slice(2))),
  ];
  const [{ verb } = { verb: '' }] = await guests.staybase.query(
    `select pg_get_functiondef(oid) as verb from pg_proc where oid::regproc::text = 'request_booking'`,
  ) as { verb: string }[];
  if (verb === '') throw new Error('There is no verb request_booking.');
  legs.push(
    await takeLeg(guests, 'release: bookings and their verb', async () => {
      // A report that reads the bookings for 4 s: twice as long as a migration waits for its lock.
      const report = new pg.Client({ connectionString: cluster.url('postgres') });
      await report.connect();
      await report.query('begin; select count(*) from public.bookings');
      setTimeout(() => void report.end(), 4_000);
      return await release(busy(verb));
    }),
  );
  return legs;
}
