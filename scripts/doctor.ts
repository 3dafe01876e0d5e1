/**
 * Looks at a database as a DBA does, and says of each finding what it means and what to do next:
 *
 *   npm run doctor                                the stack on this machine
 *   DATABASE_URL=postgresql://... npm run doctor  any other, as the owner of the schema
 *   npm run doctor -- --json
 *
 * The checks are SQL (private.doctor). What is added here is how much the policies of some hot queries
 * cost, because a function cannot become another role. It changes nothing. The exit code is 0 when
 * nothing was found, 1 when something was, 2 when the database could not be asked.
 */
import pg from 'pg';
import { readCommandLine } from '../local/command-line.ts';
import { addressesOf, runningPorts, settingsOrEnd } from '../local/settings.ts';

interface Finding {
  topic: string;
  object: string;
  seen: string;
  advice: string;
}

/** A query as REST sends it, and what it costs with and without policies. */
interface PolicyCost {
  query: string;
  planned: number;
  planned_without: number;
  ms: number;
  ms_without: number;
}

const usage = `Checks a database the way a DBA would. It changes nothing.

  npm run doctor [-- --json]      the stack on this machine, or the database of DATABASE_URL

The exit code is 0 when nothing was found, 1 when something was, 2 when the database could not be asked.`;

const { values: flags } = readCommandLine(usage, {
  options: { json: { type: 'boolean', default: false } },
});
const url = process.env.DATABASE_URL ?? addressesOf(runningPorts(settingsOrEnd())).database_url;

const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
try {
  await client.connect();
  const { rows: findings } = await client.query<Finding>('select * from private.doctor()');
  const { rows: [sight] } = await client.query<{ sees: boolean }>(
    'select private.can_see_statements() as sees',
  );
  const policies = await policyCosts();
  findings.push(...policies.flatMap(tooCostly));
  const notes = sight?.sees ? [] : [
    'pg_stat_statements is not loaded here, so slow and unsteady queries are not found: ' +
    'add it to shared_preload_libraries and restart.',
  ];
  if (flags.json) console.log(JSON.stringify({ findings, policies, notes }, null, 2));
  else print(findings, policies, notes);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  const why = code === '42883' || code === '3F000'
    ? 'This database has no Staybase, or an older one.'
    : code === '42501'
    ? 'Connect as the owner of the schema (postgres).'
    : message || code;
  console.error(`The database could not be asked: ${why}`);
  process.exitCode = 2;
} finally {
  await client.end();
}

function print(findings: Finding[], policies: PolicyCost[], notes: string[]): void {
  for (const { topic, object, seen, advice } of findings) {
    console.log(`${topic}: ${object}\n  ${seen}\n  -> ${advice}\n`);
  }
  if (policies.length > 0) {
    console.log('Cost of policies in frequent queries (best of five, with / without):');
    for (const { query, ms, ms_without } of policies) {
      console.log(`  ${query.padEnd(24)} ${ms.toFixed(2)} ms / ${ms_without.toFixed(2)} ms`);
    }
  }
  for (const note of notes) console.log(note);
  console.log(findings.length === 0 ? 'Nothing to do.' : `${findings.length} to look at.`);
}

/** Costs are the planner's, which do not depend on how busy a machine is. */
function tooCostly({ query, planned, planned_without: without }: PolicyCost): Finding[] {
  if (planned < 20_000 || planned < 50 * without) return [];
  return [{
    topic: 'policies',
    object: query,
    seen: `With its policies it is planned to cost ${Math.round(planned)}, without them ${
      Math.round(without)
    }.`,
    advice:
      'Run explain (analyze) as authenticated: a policy reads a table that has no index for it.',
  }];
}

/** Hot queries of somebody who has a booking; none where there is no booking. */
async function policyCosts(): Promise<PolicyCost[]> {
  const { rows: [someone] } = await client.query<{ guest: string; listing: string }>(
    'select guest_id as guest, listing_id as listing from public.bookings limit 1',
  );
  if (someone === undefined) return [];
  const queries: [name: string, sql: string, value: string][] = [
    [
      'own bookings',
      'select * from public.bookings where guest_id = $1 order by created_at desc limit 20',
      someone.guest,
    ],
    ['a listing', 'select * from public.listings where listing_id = $1', someone.listing],
    ['its photos', 'select * from public.listing_photos where listing_id = $1', someone.listing],
    ['its reviews', 'select * from public.reviews where listing_id = $1 limit 20', someone.listing],
    [
      'own inbox',
      'select * from public.inbox_entries where profile_id = $1 limit 20',
      someone.guest,
    ],
  ];
  const costs: PolicyCost[] = [];
  for (const [query, sql, value] of queries) {
    const bare = await explain(sql, value);
    const guarded = await explain(sql, value, someone.guest);
    costs.push({
      query,
      planned: guarded.cost,
      planned_without: bare.cost,
      ms: guarded.ms,
      ms_without: bare.ms,
    });
  }
  return costs;
}

async function explain(sql: string, value: string, as?: string) {
  await client.query('begin read only');
  try {
    if (as !== undefined) {
      await client.query('set local role authenticated');
      await client.query(`select set_config('request.jwt.claims', $1, true)`, [
        JSON.stringify({ sub: as, role: 'authenticated' }),
      ]);
    }
    const text = sql.replaceAll('$1', client.escapeLiteral(value));
    let ms = Infinity;
    let cost = 0;
    for (let round = 0; round < 5; round += 1) {
      const { rows } = await client.query({
        text: `explain (analyze, format json) ${text}`,
        rowMode: 'array',
      });
      const plan = rows[0]?.[0]?.[0];
      ms = Math.min(ms, plan['Execution Time']);
      cost = plan.Plan['Total Cost'];
    }
    return { ms, cost };
  } finally {
    await client.query('rollback');
  }
}
