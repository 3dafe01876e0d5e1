import type pg from 'pg';
import { at, type End, link, tables } from './ends.ts';

export interface Report {
  /** What keeps the upgrade from beginning. */
  problems: string[];
  /** What does not come along, or is changed for it. */
  notes: string[];
  /** Tables in which a changed row is only found by all of its columns. */
  withoutIdentity: string[];
}

/** One server, as far as it may be in the way. */
export interface Facts {
  name: End['name'];
  database: string;
  version: number;
  isSuper: boolean;
  /** `wal_level`. */
  level: string;
  /** Replication slots and senders that are free. */
  slots: number;
  senders: number;
  tables: number;
  /** Large objects. */
  objects: number;
  /** Prepared transactions. */
  prepared: number;
}

const factsOf = ({ name }: End, client: pg.ClientBase): Promise<Facts> =>
  client.query<Facts>(
    `select $1 as name, current_database()::text as database,
       current_setting('server_version_num')::integer as version,
       (select rolsuper from pg_roles where rolname = current_user) as "isSuper",
       current_setting('wal_level') as level,
       current_setting('max_replication_slots')::integer - (select count(*) from pg_replication_slots)::integer as slots,
       current_setting('max_wal_senders')::integer - (select count(*) from pg_stat_replication)::integer as senders,
       (select count(*)::integer from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relkind in ('r', 'p') and nspname !~ '^pg_' and nspname <> 'information_schema') as tables,
       (select count(*)::integer from pg_largeobject_metadata) as objects,
       (select count(*)::integer from pg_prepared_xacts) as prepared`,
    [name],
  ).then(({ rows: [found] }) => found!);

/** What of the servers themselves keeps the upgrade from beginning. Both publish: the new one for the way back. */
export function inTheWay(old: Facts, next: Facts): string[] {
  const problems: string[] = [];
  for (const { name, isSuper, level, slots, senders } of [old, next]) {
    const say = (what: string) => problems.push(`The ${name} server: ${what}`);
    if (!isSuper) say('only a superuser can publish what others own.');
    if (level !== 'logical') say(`wal_level is ${level}, not logical; it needs a restart.`);
    if (slots < 4 || senders < 4) {
      say(`${slots} replication slots and ${senders} senders are free; 4 are needed.`);
    }
  }
  if (old.database !== next.database) problems.push('Both databases need the same name.');
  if (old.objects > 0) {
    problems.push(`The old server has ${old.objects} large objects, which are not replicated.`);
  }
  if (old.prepared > 0) {
    problems.push(`The old server has ${old.prepared} prepared transactions.`);
  }
  if (next.tables > 0) problems.push(`The new database is not empty: ${next.tables} tables.`);
  if (next.version < old.version) problems.push('The new server is older than the old one.');
  return problems;
}

/** What logical replication does not carry, of all that is there. It changes nothing. */
export async function look(old: End, next: End): Promise<Report> {
  const there = await at(next, (client) => factsOf(next, client));
  return await at(old, async (client) => {
    const problems = inTheWay(await factsOf(old, client), there);
    const notes: string[] = [];
    const all = await tables(client);
    const { rows: triggers } = await client.query<{ name: string }>(
      `select format('%I on %s', tgname, tgrelid::regclass) as name from pg_trigger
       where not tgisinternal and tgenabled in ('A', 'R') order by 1`,
    );
    for (const { name } of triggers) {
      problems.push(
        `Trigger ${name} fires for replicated rows too, so its work would be done twice.`,
      );
    }
    const withoutIdentity = all.filter((one) => one.withoutIdentity && !one.unlogged)
      .map(({ table }) => table);
    for (const table of withoutIdentity) notes.push(`${table} has no key: replica identity full`);
    for (const { table } of all.filter(({ unlogged }) => unlogged)) {
      notes.push(`${table} is unlogged: its rows stay behind`);
    }
    const { rows: others } = await client.query<{ note: string }>(
      `select format('%s is a materialized view: refreshed at the switch', oid::regclass) as note
       from pg_class where relkind = 'm' and relnamespace::regnamespace::text !~ '^pg_'
       union all
       select format('%s belongs to extension %s: its rows stay behind', pg_class.oid::regclass, extname)
       from pg_class
         join pg_depend on classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e'
         join pg_extension on pg_extension.oid = refobjid
       where relkind = 'r'
       union all
       select format('slot %s: its reader begins again at the new server', slot_name) from pg_replication_slots
       where slot_type = 'logical' and not temporary and slot_name not like '${link}%'
       order by 1`,
    );
    notes.push(...others.map(({ note }) => note));
    return { problems, notes, withoutIdentity };
  });
}
