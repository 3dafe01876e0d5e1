import pg from 'pg';
import { openCatalog } from '../backup/catalog.ts';

/** One of the two servers. */
export interface End {
  name: 'old' | 'new';
  /** As its superuser. */
  url: string;
  /** How the other server reaches it, as its superuser. */
  seenAs: string;
}

/** Something that has to be put right first; nothing was changed, or it was changed back. */
export class UpgradeProblem extends Error {}

/** Publication, subscription and slot have one name, on both servers. */
export const link = 'staybase_upgrade';

/** How the sessions of the upgrade call themselves: they are the ones that stay when all others are ended. */
export const application = 'staybase upgrade';

/** Lends a session in which values are written alike whatever a database's settings are. */
export async function at<T>(
  { url, name }: End,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await openCatalog(url).catch((error) => {
    throw new UpgradeProblem(`The ${name} server: ${error.message}`);
  });
  try {
    await client.query(`set application_name = '${application}'`);
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

export interface Table {
  /** Quoted, with its schema. */
  table: string;
  /** Neither a key nor anything else by which a changed row is found again. */
  withoutIdentity: boolean;
  unlogged: boolean;
}

/** Every table that is no extension's own: whole ones, and the roots of those in partitions. */
export async function tables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select format('%I.%I', nspname, relname) as table, relpersistence = 'u' as unlogged,
       relreplident = 'n' or relreplident = 'd' and not exists (
         select from pg_index where indrelid = pg_class.oid and indisprimary) as "withoutIdentity"
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'p') and not relispartition and relpersistence <> 't'
       and nspname !~ '^pg_' and nspname <> 'information_schema'
       and not exists (select from pg_depend
         where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
     order by 1`,
  );
  return rows;
}

/** Asks until the answer is yes. */
export async function waitFor(
  what: string,
  look: () => Promise<boolean>,
  { seconds, everyMs = 50 }: { seconds: number; everyMs?: number },
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!await look()) {
    if (Date.now() > deadline) throw new UpgradeProblem(`${what}: not within ${seconds} s.`);
    await new Promise((wake) => setTimeout(wake, everyMs));
  }
}
