import type pg from 'pg';
import type { Entry } from '../archive.ts';
import { connect, databaseOf } from '../connect.ts';
import { forEverybody } from '../extras.ts';
import type { Extra } from '../manifest.ts';
import { BackupProblem } from '../problem.ts';
import { compareSchemas, differs } from './compare.ts';
import type { Restored, RestoreOptions } from './options.ts';
import { prepareProject } from './prepare-project.ts';
import { makeRoles } from './roles.ts';
import { rowsOfServices } from './services.ts';
import { inParallel, notesFor, restoreEntries, restoreStorage } from './steps.ts';

/**
 * Restores the marketplace into a project of Supabase's that has its own auth, storage and extensions, as
 * its owner (postgres). People, their ways to sign in and the rows of Storage are put into the services'
 * own tables; sessions are not, so everybody signs in again. Rights come last: until the rules stand, no
 * one but the owner can read a row.
 */
export async function restoreSchemas(url: string, options: RestoreOptions): Promise<Restored> {
  const { backup, access, replace, progress } = options;
  const { details, contents } = backup;
  const database = databaseOf(url);
  const client = await connect(url);
  try {
    await client.query(`set statement_timeout = 0`);
    const lacking = await prepareProject(client, details, replace, database, progress);
    // A provider's own roles stay the provider's.
    const rules = Object.values(details.fingerprint.own).join('\n');
    const isOurs = (role: string) =>
      role.startsWith('staybase_') || new RegExp(`(^|[^\\w])${role}[=/]|/${role}\\b`).test(rules);
    await makeRoles(client, details, isOurs);

    const own = new Set(details.ownSchemas);
    const skipped = ['PUBLICATION TABLE', 'DEFAULT ACL', 'EVENT TRIGGER', 'EXTENSION'];
    const ours = contents.filter(({ type, schema, rest }) =>
      !skipped.includes(type) &&
      (own.has(schema) || (schema === '-' && isOfOwnSchema(type, rest, own)))
    );
    const isRight = ({ type }: Entry) => type === 'ACL';
    const run = (entries: Entry[], ...how: string[]) =>
      restoreEntries(options, url, entries, ...how);
    const laws = ours.filter((entry) => !isRight(entry));
    progress('Restoring tables and functions');
    await run(laws, '--section=pre-data');
    progress('Restoring rows');
    await run(laws, '--section=data', inParallel);
    await run(await rowsOfServices(client, contents, 'auth'));
    await run(await rowsOfServices(client, contents, 'storage'));

    if (access !== undefined) {
      const rows = await storedObjects(client);
      await restoreStorage(options);
      await giveBackOwners(client, rows);
    }

    progress('Restoring indexes, constraints, triggers and policies');
    await run(laws, '--section=post-data', inParallel);
    const isForEverybody = ({ what }: Extra) => what.startsWith(forEverybody);
    await makeExtras(client, details.extras.filter((extra) => !isForEverybody(extra)));
    progress('Restoring rights');
    await run(ours.filter(isRight));
    await makeExtras(client, details.extras.filter(isForEverybody));
    await client.query('analyze');

    const wrong = await compareSchemas(url, details, access, progress);
    if (wrong.length > 0) throw differs(database, wrong);
    await client.query('drop schema staybase_restore cascade');
    await client.query(`notify pgrst, 'reload schema'`);
    return {
      database,
      notes: [
        `select vault.create_secret('https://PROJECT.supabase.co', 'staybase_url');`,
        `select vault.create_secret('sb_secret_...', 'staybase_secret_key');`,
        ...lacking,
        ...notesFor(details),
      ],
    };
  } finally {
    await client.end();
  }
}

/** `SCHEMA - private postgres` and its comment and rights; public is there already. */
function isOfOwnSchema(type: string, rest: string, own: Set<string>): boolean {
  const words = rest.split(' ');
  if (type === 'SCHEMA') return own.has(words[0] ?? '') && words[0] !== 'public';
  const isAbout = (type === 'ACL' || type === 'COMMENT') && words[0] === 'SCHEMA';
  return isAbout && own.has(words[1] ?? '') && !(type === 'COMMENT' && words[1] === 'public');
}

interface ObjectOwner {
  id: string;
  owner: string | null;
  created_at: Date;
}

async function storedObjects(client: pg.Client): Promise<ObjectOwner[]> {
  const { rows } = await client.query<ObjectOwner>(
    'select id::text, owner::text, created_at from storage.objects',
  );
  return rows;
}

/** An upload with the secret key is nobody's; whose it was counts for the policies. */
async function giveBackOwners(client: pg.Client, rows: ObjectOwner[]): Promise<void> {
  const { rows: columns } = await client.query<{ attname: string }>(
    `select attname::text from pg_attribute where attrelid = 'storage.objects'::regclass and not attisdropped`,
  );
  const has = (name: string) => columns.some(({ attname }) => attname === name);
  await client.query(
    `update storage.objects
     set owner = given.owner::uuid, created_at = given.created_at${
      has('owner_id') ? ', owner_id = given.owner' : ''
    }
     from jsonb_to_recordset($1) as given (id uuid, owner text, created_at timestamptz)
     where objects.id = given.id`,
    [JSON.stringify(rows)],
  );
}

async function makeExtras(client: pg.Client, extras: Extra[]): Promise<void> {
  for (const { what, sql } of extras) {
    await client.query(sql).catch((error) => {
      const isPublished = error.code === '42710' && what.includes(' in publication ');
      if (!isPublished) throw new BackupProblem('target_unfit', `${what}: ${error.message}`);
    });
  }
}
