import type { Definition } from './definition.ts';
import { inOneTransaction, isBlocked, lockTimeout } from './patience.ts';
import { fresh, keyOf, type Move } from './shared.ts';
import { moveSchema, PartitionProblem } from './tables.ts';

/** The rows as they lie on disk. What is written meanwhile, wherever it goes, is in the log. */
export async function copy(move: Move, definition: Definition): Promise<void> {
  const { client, batch, progress } = move;
  const columns = definition.columns.join(', ');
  const { rows: [size] } = await client.query<{ pages: string; rows: number }>(
    `select sum(pages) as pages, sum(greatest(reltuples, 0)) as rows
     from ${moveSchema}.copied join pg_class on oid = part`,
  );
  const pages = Number(size?.pages);
  const each = Math.max(
    1,
    Math.round(batch / Math.max(1, Number(size?.rows) / Math.max(1, pages))),
  );
  for (const { oid, relation } of definition.parts) {
    for (let isDone = false; !isDone;) {
      isDone = await inOneTransaction(client, async () => {
        const { rows: [at] } = await client.query<
          { next: string; pages: string; moved: boolean; before: string }
        >(
          `select next_page as next, pages, file <> relfilenode as moved,
             (select coalesce(sum(next_page), 0) from ${moveSchema}.copied) as before
           from ${moveSchema}.copied join pg_class on oid = part where part = $1`,
          [oid],
        );
        // vacuum full and cluster lay rows elsewhere, and no trigger hears of it.
        if (at === undefined || at.moved) throw new Rewritten();
        const [from, most] = [Number(at.next), Number(at.pages)];
        if (from >= most) return true;
        progress('Copying pages', Number(at.before), pages);
        const to = Math.min(most, from + each);
        await client.query(
          `insert into ${fresh(move)} (${columns}) select ${columns} from only ${relation}
           where ctid >= '(${from},0)'::tid and ctid < '(${to},0)'::tid
           -- In the way are rows that are gone by now; both are in the log.
           on conflict do nothing`,
        );
        await client.query(`update ${moveSchema}.copied set next_page = $2 where part = $1`, [
          oid,
          to,
        ]);
        return false;
      });
    }
  }
  progress('Copying pages', pages, pages);
}

export class Rewritten extends PartitionProblem {
  constructor() {
    super('The table was rewritten while it was copied (vacuum full, cluster). Run this again.');
  }
}

/** Copies anew what has changed; returns how many changes it handled. */
export async function drain(
  { client, table, ...move }: Move,
  definition: Definition,
  most: number,
) {
  const columns = definition.columns.join(', ');
  const same = (one: string) =>
    keyOf(table).map((column) => `${one}.${column} = changed.${column}`).join(' and ');
  const { rows } = await client.query<{ change_id: string }>(
    `select change_id from ${moveSchema}.changes order by change_id limit $1`,
    [most],
  );
  if (rows.length === 0) return 0;
  const ids = rows.map(({ change_id }) => change_id);
  const changed = `(select distinct ${
    keyOf(table).join(', ')
  } from ${moveSchema}.changes where change_id = any ($1::bigint[])) as changed`;
  const target = fresh({ client, table, ...move });
  await client.query(`delete from ${target} as one using ${changed} where ${same('one')}`, [ids]);
  await client.query(
    `insert into ${target} (${columns})
     select ${definition.columns.map((column) => `one.${column}`).join(', ')}
     from ${changed} join ${table.relation} as one on ${same('one')} on conflict do nothing`,
    [ids],
  );
  await client.query(`delete from ${moveSchema}.changes where change_id = any ($1::bigint[])`, [
    ids,
  ]);
  return ids.length;
}

/**
 * The same in a transaction of its own. It gives way when it waits for a writer: what it holds may be what that one
 * wants next. A row may also refer to one that has just gone; then its own change is on its way.
 */
export async function drainOnce(move: Move, definition: Definition): Promise<number> {
  for (let attempt = 1;; attempt += 1) {
    try {
      return await inOneTransaction(move.client, async () => {
        await move.client.query(`set local lock_timeout = '${lockTimeout}'`);
        return await drain(move, definition, move.batch);
      });
    } catch (error) {
      if (attempt === 60 || !(isBlocked(error) || (error as { code?: string }).code === '23503')) {
        throw error;
      }
      await new Promise((wake) => setTimeout(wake, 20 * attempt));
    }
  }
}

export async function catchUp(move: Move, definition: Definition): Promise<void> {
  let done = 0;
  for (let handled = move.batch; handled >= Math.min(200, move.batch);) {
    handled = await drainOnce(move, definition);
    done += handled;
    if (done > 0) move.progress('Copying changes', done);
  }
}

/** In one snapshot both tables are the same, but for what the log says. It waits for nobody. */
export async function verify(move: Move, definition: Definition): Promise<void> {
  const { client, table, progress } = move;
  progress('Comparing every row');
  const all = (alias: string) =>
    definition.columns.map((column) => `${alias}.${column}`).join(', ');
  const { rows: [found] } = await client.query<{ different: string }>(
    `select count(*) as different
     from ${table.relation} as one full join ${fresh(move)} as other on ${
      keyOf(table).map((column) => `one.${column} = other.${column}`).join(' and ')
    }
     where row(${all('one')}) is distinct from row(${all('other')})
       and not exists (select from ${moveSchema}.changes where ${
      keyOf(table).map((column) => `changes.${column} = coalesce(one.${column}, other.${column})`)
        .join(' and ')
    })`,
  );
  if (found?.different === '0') return;
  throw new PartitionProblem(
    `${found?.different} rows differ from their copy. Nothing was exchanged; --undo removes the copy.`,
  );
}
