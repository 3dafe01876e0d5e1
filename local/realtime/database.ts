import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Claims } from './token.ts';
import { type Change, LogReader } from './pgoutput.ts';

/** A broadcast to a topic, by `realtime.send`. */
export interface Told {
  topic: string;
  event: string;
  private: boolean;
  payload: Record<string, unknown>;
}

export interface Listeners {
  told(message: Told): void;
  changed(change: Change): Promise<void>;
  /** Called when the connection is lost. */
  lost(): void;
}

/** How often the log is read while somebody listens to it, in milliseconds. */
const every = 100;
/** As on hosted Realtime, broadcasts are kept for three days. */
const kept = '3 days';

/**
 * What Realtime does in the database: it receives broadcasts, reads the log, and checks as a person what
 * that person may hear and see.
 */
export class RealtimeDatabase {
  readonly #pool: pg.Pool;
  readonly #ear: pg.Client;
  readonly #listeners: Listeners;
  #log: Promise<() => Promise<void>> | undefined;

  private constructor(url: string, listeners: Listeners) {
    this.#pool = new pg.Pool({ connectionString: url, max: 3, idleTimeoutMillis: 10_000 });
    // A connection that breaks while idle; the next query reports it.
    this.#pool.on('error', () => {});
    this.#ear = new pg.Client({ connectionString: url });
    this.#listeners = listeners;
  }

  /** @param url a connection string of `postgres` */
  static async open(url: string, listeners: Listeners): Promise<RealtimeDatabase> {
    const database = new RealtimeDatabase(url, listeners);
    try {
      await database.#listen();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async #listen(): Promise<void> {
    this.#ear.on('error', () => {});
    this.#ear.on('end', () => this.#listeners.lost());
    // One after the other, in the order in which they were committed.
    let told: Promise<unknown> = Promise.resolve();
    this.#ear.on('notification', ({ payload }) => {
      told = told.then(() => this.#tell(payload ?? '')).catch(() => {});
    });
    await this.#ear.connect();
    const { rows: [found] } = await this.#ear.query(
      `select to_regclass('realtime.messages') is not null as there`,
    );
    if (!found.there) throw new NoRealtime();
    await this.#ear.query(
      `delete from realtime.messages where inserted_at < now() - interval '${kept}'`,
    );
    await this.#ear.query('listen realtime');
  }

  async #tell(id: string): Promise<void> {
    const { rows: [told] } = await this.#pool.query<Told>(
      `select topic, event, private, payload from realtime.messages where id = $1 and extension = 'broadcast'`,
      [id],
    );
    if (told !== undefined) this.#listeners.told(told);
  }

  /** Whether the policies of realtime.messages let that person listen to a topic; checked as on hosted Realtime. */
  async mayHear(claims: Claims, topic: string): Promise<boolean> {
    return await this.#as(claims, async (client, become) => {
      const { rows: [row] } = await client.query(
        `insert into realtime.messages (topic, extension) values ($1, 'broadcast') returning id`,
        [topic],
      );
      await become();
      const { rows } = await client.query('select from realtime.messages where id = $1', [row.id]);
      return rows.length > 0;
    }, topic);
  }

  /** The row that changed as that person sees it now; undefined when they do not. */
  async rowFor(
    claims: Claims,
    { relation, key }: Change,
  ): Promise<Record<string, unknown> | undefined> {
    const names = Object.keys(key);
    const table = `${pg.escapeIdentifier(relation.schema)}.${pg.escapeIdentifier(relation.table)}`;
    return await this.#as(claims, async (client, become) => {
      await become();
      const { rows: [found] } = await client.query(
        `select to_jsonb(changed) as row from ${table} as changed where ${
          names.map((name, at) => `changed.${pg.escapeIdentifier(name)} = $${at + 1}`).join(' and ')
        }`,
        Object.values(key),
      );
      return found?.row;
    });
  }

  /** In a transaction that leaves nothing behind. */
  async #as<T>(
    claims: Claims,
    work: (client: pg.PoolClient, become: () => Promise<unknown>) => Promise<T>,
    topic = '',
  ): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      return await work(client, () =>
        client.query(
          `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
             set_config('realtime.topic', $3, true)`,
          [claims.role, JSON.stringify(claims), topic],
        ));
    } catch (error) {
      // An error raised by a policy is a refusal too.
      if ((error as { code?: string }).code === '42501') return undefined as T;
      throw error;
    } finally {
      await client.query('rollback').catch((error) => broken = error);
      client.release(broken);
    }
  }

  /** Names and types of a table's columns, if the publication has it. */
  async published(schema: string, table: string): Promise<{ name: string; type: string }[]> {
    const { rows } = await this.#pool.query(
      `select attname::text as name, typname::text as type
       from pg_publication_tables
       join pg_attribute on attrelid = format('%I.%I', schemaname, tablename)::regclass
       join pg_type on pg_type.oid = atttypid
       where pubname = 'supabase_realtime' and schemaname = $1 and tablename = $2
         and attnum > 0 and not attisdropped
       order by attnum`,
      [schema, table],
    );
    return rows;
  }

  /** Starts reading the log, once; from then on each commit is reported. */
  async followLog(): Promise<void> {
    const log = this.#log ??= this.#follow();
    log.catch(() => {
      if (this.#log === log) this.#log = undefined;
    });
    await log;
  }

  async #follow(): Promise<() => Promise<void>> {
    const client = await this.#pool.connect();
    const slot = `realtime_${randomUUID().replaceAll('-', '')}`;
    const reader = new LogReader();
    // A temporary slot: it ends with the session, whatever ends the process.
    await client.query(`select pg_create_logical_replication_slot($1, 'pgoutput', true)`, [slot]);
    let [ended, running] = [false, Promise.resolve()];
    let timer: NodeJS.Timeout;
    const read = async () => {
      const { rows } = await client.query<{ data: Buffer }>(
        `select data from pg_logical_slot_get_binary_changes($1, null, null,
           'proto_version', '1', 'publication_names', 'supabase_realtime')`,
        [slot],
      );
      for (const { data } of rows) {
        const change = reader.read(data);
        if (change !== undefined) await this.#listeners.changed(change);
      }
    };
    const again = () => {
      if (ended) return;
      timer = setTimeout(() => {
        running = read().then(again, () => this.#listeners.lost());
      }, every);
    };
    again();
    return async () => {
      ended = true;
      clearTimeout(timer);
      await running;
      client.release(true);
    };
  }

  /** Nobody listens to changes any more. */
  async leaveLog(): Promise<void> {
    const log = this.#log;
    this.#log = undefined;
    await (await log?.catch(() => undefined))?.();
  }

  async close(): Promise<void> {
    this.#ear.removeAllListeners('end');
    await this.leaveLog();
    await this.#ear.end().catch(() => {});
    await this.#pool.end();
  }
}

/** The database was created when the stack had no Realtime. */
export class NoRealtime extends Error {
  override message =
    'This database was created before the embedded stack had Realtime. Run: npm run reset';
}
