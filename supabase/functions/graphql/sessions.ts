import pg from 'pg';
import { setting } from '../_shared/environment.ts';
import { currentTrace } from '../_shared/trace.ts';
import type { Caller } from './caller.ts';

// Not by a literal, as in _shared/trace.ts.
const processModule: string = 'node:process';
const { nextTick } = await import(processModule) as { nextTick(work: () => void): void };

/** What grafast asks of a database client. */
export interface Client {
  query(query: { text: string; values?: unknown[]; arrayMode?: boolean }): Promise<pg.QueryResult>;
  withTransaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

export interface Sessions {
  /** Runs work as a caller, in a transaction of its own: all of it or nothing. */
  as<T>(caller: Caller, readOnly: boolean, work: (client: Client) => Promise<T>): Promise<T>;
  /** The columns that a constraint of the API's tables is about; none where it cannot be read. */
  columnsOf(table: string, constraint: string): Promise<string[]>;
}

/**
 * Connections of the login role that may become anon and authenticated and nothing else. Who asks is
 * set per transaction, never on the session, so that a pooler in transaction mode may stand between;
 * for its sake no statement has a name either.
 */
export function openSessions(): Sessions {
  const pool = new pg.Pool({
    connectionString: setting('GRAPHQL_DATABASE_URL'),
    max: 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    pipeline: true,
  });
  // An idle connection that breaks is replaced by the next call.
  pool.on('error', () => {});
  let limits: Promise<TimeLimits> | undefined;
  let readAt = 0;
  const columns = new Map<string, string[]>();

  return {
    async columnsOf(table, constraint) {
      const name = `${table} ${constraint}`;
      const known = columns.get(name);
      if (known !== undefined) return known;
      // The refusal stands without them.
      const read = await readColumns(pool, table, constraint).catch(() => []);
      if (read.length > 0) columns.set(name, read);
      return read;
    },
    async as(caller, readOnly, work) {
      if (limits === undefined || Date.now() - readAt > limitsAreGoodFor) {
        readAt = Date.now();
        limits = timeLimits(pool).catch((error) => {
          limits = undefined;
          throw error;
        });
      }
      const { [caller.role]: own, authenticator: login = '5s' } = await limits;
      const limit = own ?? login;
      const client = await pool.connect();
      const end = async (statement: 'commit' | 'rollback') => {
        let broken: Error | undefined;
        await client.query(statement).catch((fault) => broken = fault);
        client.release(broken);
        if (broken !== undefined && statement === 'commit') throw broken;
      };
      let result;
      try {
        // Sent without waiting for its answer, so that the first statement goes along with it; should it
        // fail, that statement is refused: the login may do nothing as itself.
        inOnePacket(client);
        const begun = client.query(
          `begin${readOnly ? ' read only' : ''}; ` +
            `set local role ${caller.role}; ` +
            `set local statement_timeout = ${pg.escapeLiteral(limit)}; ` +
            `select set_config('request.jwt.claims', ${pg.escapeLiteral(caller.claims)}, true)` +
            naming(),
        );
        [result] = await Promise.all([work(clientOf(client)), begun]);
      } catch (error) {
        await end('rollback');
        throw error;
      }
      // What was read is read, however its transaction ends; what was changed stands when it has ended.
      const ended = end('commit');
      if (readOnly) ended.catch(() => {});
      else await ended;
      return result;
    },
  };
}

/**
 * What is sent now, and what follows before anything else happens, leaves together: the server wakes once.
 * The stream is pg's own business; without it all works the same, in two packets.
 */
function inOnePacket(client: pg.PoolClient): void {
  const { stream } = (client as { connection?: { stream?: Partial<Corked> } }).connection ?? {};
  if (stream?.cork === undefined) return;
  stream.cork();
  nextTick(() => stream.uncork?.());
}

interface Corked {
  cork(): void;
  uncork(): void;
}

/** Names the request to the database, as gate.check_request does for REST; its log shows it. */
function naming(): string {
  const trace = currentTrace();
  if (trace === undefined) return '';
  const id = pg.escapeLiteral(trace.requestId);
  return `, set_config('application_name', 'staybase ' || ${id}, true)`;
}

/** Everything of one caller is one transaction already, so a transaction in it is the same one. */
function clientOf(client: pg.PoolClient): Client {
  const same: Client = {
    query: ({ text, values, arrayMode }) =>
      client.query({
        text,
        ...(values === undefined ? {} : { values }),
        ...(arrayMode ? { rowMode: 'array' } : {}),
      } as pg.QueryConfig),
    withTransaction: (work) => work(same),
  };
  return same;
}

/** An operator's change counts within a minute; REST is told (`notify pgrst, 'reload config'`). */
const limitsAreGoodFor = 60_000;

/** A role's statement_timeout; absent where none is set. */
type TimeLimits = Partial<Record<Caller['role'] | 'authenticator', string>>;

/** The statement time limits of REST: a role's own, else that of its login. */
async function timeLimits(pool: pg.Pool): Promise<TimeLimits> {
  const { rows } = await pool.query<{ rolname: string; rolconfig: string[] | null }>(
    `select rolname, rolconfig from pg_catalog.pg_roles
     where rolname in ('anon', 'authenticated', 'authenticator')`,
  );
  return Object.fromEntries(
    rows.flatMap(({ rolname, rolconfig }) =>
      (rolconfig ?? []).flatMap((entry) => {
        const [name, value] = entry.split('=');
        return name === 'statement_timeout' && value !== undefined ? [[rolname, value]] : [];
      })
    ),
  );
}

async function readColumns(pool: pg.Pool, table: string, constraint: string): Promise<string[]> {
  const { rows } = await pool.query<{ attname: string }>(
    `select attname
     from pg_catalog.pg_constraint
     join pg_catalog.pg_class on pg_class.oid = conrelid
     cross join unnest(conkey) with ordinality as key (attnum, place)
     join pg_catalog.pg_attribute on attrelid = conrelid and pg_attribute.attnum = key.attnum
     where connamespace = 'public'::regnamespace and relname = $1 and conname = $2
     order by place`,
    [table, constraint],
  );
  return rows.map(({ attname }) => attname);
}
