import type pg from 'pg';
import { allSchemas, differences, fingerprint, hashRows, tablesOf } from '../backup/catalog.ts';

/** How the schemas of two servers differ. */
export async function compareSchemas(one: pg.ClientBase, other: pg.ClientBase): Promise<string[]> {
  const [wanted, found] = await Promise.all([one, other].map(async (client) => {
    const prints = await fingerprint(client, await allSchemas(client));
    // From Postgres 18 on a column that is not null has a constraint that says so, and a publication of
    // this upgrade is not on both sides all the time.
    return Object.fromEntries(
      Object.entries(prints).filter(([name, definition]) =>
        !(name.startsWith('constraint ') && /^NOT NULL /.test(definition)) &&
        !name.startsWith('published table staybase_upgrade ')
      ),
    );
  }));
  return differences(wanted!, found!);
}

export interface Comparison {
  tables: number;
  rows: number;
  /** One line for each table that is not the same on both sides. */
  differing: string[];
}

/** Counts and hashes every row of every table on both sides. Unlogged tables and those of extensions are left out. */
export async function compareRows(one: pg.ClientBase, other: pg.ClientBase): Promise<Comparison> {
  const { rows: skipped } = await one.query<{ table: string }>(
    `select format('%I.%I', nspname, relname) as table
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relpersistence = 'u' or exists (select from pg_depend
       where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')`,
  );
  const apart = new Set(skipped.map(({ table }) => table));
  const all = (await tablesOf(one, await allSchemas(one))).filter(({ table }) => !apart.has(table));
  const result: Comparison = { tables: all.length, rows: 0, differing: [] };
  for (const { table, columns } of all) {
    const [here, there] = await Promise.all(
      [one, other].map((client) => hashRows(client, table, columns)),
    );
    result.rows += Number(here!.rows);
    if (here!.rows !== there!.rows || here!.hash !== there!.hash) {
      result.differing.push(
        `${table}: ${here!.rows} rows, ${there!.rows} rows` +
          (here!.rows === there!.rows ? ', with other content' : ''),
      );
    }
  }
  return result;
}

/** What must hold of the books, asked of the tables and not of the rules that keep it. */
export async function brokenPromises(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select format('%s %s does not balance: %s', source_kind, source_id, sum(amount_minor)) as line
     from private.ledger_entries group by source_kind, source_id, currency having sum(amount_minor) <> 0
     union all
     select format('bookings %s and %s share a night', one.booking_id, other.booking_id)
     from public.bookings as one
       join public.bookings as other on other.listing_id = one.listing_id and other.booking_id > one.booking_id
         and other.check_in < one.check_out and one.check_in < other.check_out
     where one.status in ('confirmed', 'completed') and other.status in ('confirmed', 'completed')
     limit 20`,
  );
  return rows.map(({ line }) => line);
}
