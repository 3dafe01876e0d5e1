import pg from 'pg';
import { allSchemas, openCatalog, sequences } from '../backup/catalog.ts';
import { brokenPromises, compareRows, compareSchemas, type Comparison } from './compare.ts';
import { progress, publish, subscribe } from './copy.ts';
import { application, at, type End, link, UpgradeProblem, waitFor } from './ends.ts';
import { keepOut, letIn } from './sessions.ts';

/** What stands between clients and the servers; operate/upgrade/gate.sh is one for PgBouncer. */
export interface Gate {
  /** Clients wait from now on. */
  close(): Promise<void>;
  /** Leads to this server, once it is open. */
  pointTo(end: End): Promise<void>;
  open(): Promise<void>;
}

export interface SwitchOptions {
  from: End;
  to: End;
  gate: Gate;
  /** Every row is compared while clients wait; or afterwards, as both servers were then, for data that takes long. */
  compare: 'meanwhile' | 'afterwards';
  say(line: string): void;
}

export interface Switched {
  /** Milliseconds in which clients waited. */
  pausedMs: number;
  compared: Comparison;
}

/**
 * Lets the other server decide: clients wait, it gets what is missing, both are compared, and from then on the first one
 * follows it. The way there and the way back are the same. Throws `UpgradeProblem` with everything as it was before.
 */
export async function switchOver(options: SwitchOptions): Promise<Switched> {
  const { from, to, gate, compare, say } = options;
  await isReady(from, to);
  const sessions: pg.Client[] = [];
  const open = async ({ url }: End) => {
    const client = await openCatalog(url);
    sessions.push(client);
    await client.query(`set application_name = '${application}'`);
    return client;
  };
  try {
    const [one, other] = [await open(from), await open(to)];
    const later = compare === 'afterwards' ? [await open(from), await open(to)] : [];
    const schema = await compareSchemas(one, other);
    if (schema.length > 0) {
      throw new UpgradeProblem(
        `The schemas differ; a release came in between?\n${schema.join('\n')}`,
      );
    }

    await publish(other);

    const closed = performance.now();
    const since = () => `${Math.round(performance.now() - closed)} ms`;
    const undo: (() => Promise<unknown>)[] = [() => gate.open()];
    let compared: Comparison | undefined;
    try {
      await gate.close();
      const limit = await keepOut(one);
      undo.push(() => letIn(one, limit));
      say(`Nobody writes any more: ${since()}`);
      await catchUp(one);
      await copySequences(one, other);
      await refresh(one, other);
      say(`The ${to.name} server has everything: ${since()}`);
      if (compare === 'meanwhile') {
        compared = agreed(await compareRows(one, other), await brokenPromises(other));
        say(`Both are the same: ${since()}`);
      } else {
        // They see both as they are now, however long they look.
        for (const client of later) {
          await client.query('begin isolation level repeatable read; select 1');
        }
      }
      await subscribe(one, to, { rows: false });
      undo.push(() => unsubscribe(one));
      await unsubscribe(other);
      // From here on the way is forward.
      undo.length = 0;
      await letIn(other, limit);
    } catch (error) {
      for (const step of undo.toReversed()) await step();
      throw error;
    }
    await gate.pointTo(to);
    await gate.open();
    const pausedMs = performance.now() - closed;
    say(`The ${to.name} server decides, the ${from.name} one follows: ${since()}`);
    compared ??= agreed(await compareRows(later[0]!, later[1]!), await brokenPromises(later[1]!));
    return { pausedMs, compared };
  } finally {
    await Promise.all(sessions.map((client) => client.end().catch(() => {})));
  }
}

/** Ends it: nobody follows any more, and there is no way back. */
export async function finish(ends: End[]): Promise<void> {
  for (const end of ends) await at(end, unsubscribe);
  for (const end of ends) {
    await at(end, (client) => client.query(`drop publication if exists ${link}`));
  }
}

/** Which server follows, and how far behind it is, in bytes of the other's log. */
export async function whoFollows(
  ends: [End, End],
): Promise<
  { follower: End; behind: number; errors: number; ready: number; all: number } | undefined
> {
  for (const [end, other] of [ends, ends.toReversed()] as [End, End][]) {
    const isFollower = await at(
      end,
      async (client) =>
        (await client.query(`select from pg_subscription where subname = '${link}'`)).rowCount ===
          1,
    );
    if (isFollower) return { follower: end, behind: await lag(other), ...await progress(end) };
  }
  return undefined;
}

async function isReady(from: End, to: End): Promise<void> {
  const follows = await whoFollows([to, from]);
  if (follows?.follower !== to) {
    throw new UpgradeProblem(`The ${to.name} server does not follow the ${from.name} one.`);
  }
  if (follows.ready < follows.all) {
    throw new UpgradeProblem(`${follows.all - follows.ready} tables are not copied yet.`);
  }
  await waitFor(
    `The ${to.name} server comes within 1 MB of the ${from.name} one`,
    async () => await lag(from) < 1_048_576,
    { seconds: 60, everyMs: 250 },
  );
}

/** Bytes that the follower has not confirmed. */
async function lag(from: End): Promise<number> {
  return await at(from, async (client) => {
    const { rows: [slot] } = await client.query<{ behind: string }>(
      `select pg_current_wal_lsn() - confirmed_flush_lsn as behind from pg_replication_slots where slot_name = '${link}'`,
    );
    return Number(slot?.behind ?? Infinity);
  });
}

async function catchUp(client: pg.ClientBase): Promise<void> {
  // Where commits are not waited for, the last of them may not be in the log yet. One that is waited for takes all along
  // that came before.
  await client.query(
    `begin; set local synchronous_commit = on; select pg_logical_emit_message(true, '${link}', ''); commit`,
  );
  const { rows: [now] } = await client.query<{ lsn: string }>(
    'select pg_current_wal_flush_lsn() as lsn',
  );
  await waitFor('The rest of the changes', async () => {
    const { rowCount } = await client.query(
      `select from pg_replication_slots where slot_name = '${link}' and confirmed_flush_lsn >= $1::pg_lsn`,
      [now!.lsn],
    );
    return rowCount === 1;
  }, { seconds: 60, everyMs: 20 });
}

/** Where a sequence stands is not replicated. */
async function copySequences(from: pg.ClientBase, to: pg.ClientBase): Promise<void> {
  const all = Object.entries(await sequences(from, await allSchemas(from)));
  await to.query(
    `select setval(name::regclass, last, called)
     from unnest($1::text[], $2::bigint[], $3::boolean[]) as sequence (name, last, called)`,
    [
      all.map(([name]) => name),
      all.map(([, { last }]) => last),
      all.map(([, { called }]) => called),
    ],
  );
}

/** Those that hold something: a copy of the schema alone leaves all of them empty. */
async function refresh(from: pg.ClientBase, to: pg.ClientBase): Promise<void> {
  const { rows } = await from.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'm' and relispopulated order by oid`,
  );
  for (const { name } of rows) await to.query(`refresh materialized view ${name}`);
}

async function unsubscribe(client: pg.ClientBase): Promise<void> {
  await client.query(`drop subscription if exists ${link}`);
}

function agreed(compared: Comparison, broken: string[]): Comparison {
  if (compared.differing.length === 0 && broken.length === 0) return compared;
  throw new UpgradeProblem(
    ['The copy is not what it was made of:', ...compared.differing, ...broken].join('\n'),
  );
}
