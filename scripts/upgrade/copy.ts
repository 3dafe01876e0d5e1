import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { inDatabase } from '../backup/connect.ts';
import { findPostgresPrograms, runPostgresProgram } from '../backup/programs.ts';
import { at, type End, link, tables, UpgradeProblem, waitFor } from './ends.ts';
import { look } from './look.ts';
import { letIn } from './sessions.ts';

export interface CopyOptions {
  old: End;
  next: End;
  say(line: string): void;
}

/** Roles, schema and rows to the new server, which follows the old one from then on. */
export async function copy({ old, next, say }: CopyOptions): Promise<void> {
  const { problems, notes, withoutIdentity } = await look(old, next);
  if (problems.length > 0) throw new UpgradeProblem(problems.join('\n'));
  for (const note of notes) say(note);

  await copyRoles(old, next);
  await copySchema(old, next);
  // Nobody is to write there before the switch.
  await at(next, (client) => letIn(client, 0));
  say('Roles and schema are there');

  await at(old, async (client) => {
    for (const table of withoutIdentity) {
      await client.query(`alter table ${table} replica identity full`);
    }
  });
  await at(next, async (client) => {
    for (const table of withoutIdentity) {
      await client.query(`alter table ${table} replica identity full`);
    }
  });
  await at(old, publish);
  await at(next, (client) => subscribe(client, old, { rows: true }));
  await waitFor('The rows', async () => {
    const { ready, all, errors } = await progress(next);
    if (errors > 0) {
      throw new UpgradeProblem(
        'The new server cannot apply a change: its log says which. Drop it and begin again.',
      );
    }
    if (ready < all) say(`${ready} of ${all} tables are there`);
    return ready === all;
  }, { seconds: 7 * 86_400, everyMs: 1_000 });
  // A copy comes without statistics, and without them every plan is a guess.
  await at(next, (client) => client.query('vacuum (analyze)'));
  say('Every table is there, and follows');
}

/** Offers every table to a subscriber; partitions as the table that they are parts of. */
export async function publish(client: pg.ClientBase): Promise<void> {
  const names = (await tables(client)).filter(({ unlogged }) => !unlogged).map(({ table }) =>
    table
  );
  await client.query(`drop publication if exists ${link}`);
  await client.query(
    `create publication ${link} for table ${
      names.join(', ')
    } with (publish_via_partition_root = true)`,
  );
}

/** `origin = none`: what came from there does not go back there. */
export async function subscribe(
  client: pg.ClientBase,
  from: End,
  { rows }: { rows: boolean },
): Promise<void> {
  await client.query(
    `create subscription ${link} connection ${pg.escapeLiteral(connectionOf(from))}
     publication ${link} with (copy_data = ${rows}, origin = ${
      rows ? 'any' : 'none'
    }, run_as_owner = true)`,
  );
}

const connectionOf = ({ seenAs }: End): string => {
  const url = new URL(seenAs);
  url.searchParams.set('application_name', link);
  return url.href;
};

/** How many tables of the subscription are copied, and how many changes could not be applied. */
export async function progress(next: End): Promise<{ ready: number; all: number; errors: number }> {
  return await at(next, async (client) => {
    const { rows: [found] } = await client.query<{ ready: number; all: number; errors: number }>(
      `select count(*) filter (where srsubstate = 'r')::integer as ready, count(*)::integer as all,
         coalesce((select sum(apply_error_count + sync_error_count) from pg_stat_subscription_stats), 0)::integer as errors
       from pg_subscription_rel`,
    );
    return found!;
  });
}

async function copyRoles(old: End, next: End): Promise<void> {
  const { dump } = findPostgresPrograms();
  const said = await runPostgresProgram(
    join(dirname(dump), 'pg_dumpall'),
    ['--roles-only'],
    old.url,
  );
  await at(next, async (client) => {
    const { rows: [self] } = await client.query<{ name: string }>(
      'select quote_ident(current_user) as name',
    );
    // Whom we are connected as stays as it is there, with its password.
    const own = new RegExp(`^(CREATE|ALTER) ROLE ${self!.name}( WITH.*)?;$`);
    for (const line of said.split('\n')) {
      if (!/^(CREATE|ALTER|GRANT) /.test(line) || own.test(line)) continue;
      await client.query(line).catch((error) => {
        if (error.code !== '42710') throw new UpgradeProblem(`${line}\n${error.message}`);
      });
    }
  });
}

async function copySchema(old: End, next: End): Promise<void> {
  const { dump, restore } = findPostgresPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'staybase-upgrade-'));
  try {
    const file = join(folder, 'schema');
    await runPostgresProgram(
      dump,
      ['--format=custom', '--schema-only', '--create', '--no-subscriptions', `--file=${file}`],
      old.url,
    );
    // Made anew with the old one's encoding, collation, owner and settings: it is empty, look() saw to that.
    await runPostgresProgram(
      restore,
      ['--create', '--clean', '--if-exists', '--exit-on-error', '--dbname=template1', file],
      inDatabase(next.url, 'template1'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
