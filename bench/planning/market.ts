import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startApi } from '../../local/api.ts';
import { lastRows, tick } from '../../local/clock.ts';
import { type Edge, startEdge } from '../../local/edge.ts';
import { endWhenTold } from '../../local/ending.ts';
import { keys, signToken } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { Parts } from '../../local/parts.ts';
import { freePort } from '../../local/ports.ts';
import type { Cluster } from '../../local/postgres/cluster.ts';
import { dropDatabases } from '../../local/postgres/templates.ts';
import { startThrowaway } from '../../local/postgres/throwaway.ts';
import type { Control } from '../../local/stripe/control.ts';
import { createMarketplace } from '../database.ts';

/** A marketplace with everything that works for a booking: PostgREST, the functions and a fake Stripe. */
export interface Market {
  stripe: Control;
  /** As postgres. */
  query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** As the superuser. */
  superQuery<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A request to PostgREST or a function, as that person or as nobody; throws when it is refused. */
  ask(path: string, body?: object, as?: Person, method?: string): Promise<unknown>;
  /** What is due is done once: jobs, the functions, and the webhooks that follow. */
  beat(): Promise<void>;
  /** Beats until no command waits. */
  work(): Promise<void>;
  /** The same, with every job whether it paused or not: what comes next is measured alone. */
  quiet(): Promise<void>;
  setClock(to: Date): Promise<void>;
  people(kind: string, count: number): Promise<Person[]>;
  stop(): Promise<void>;
}

export interface Person {
  id: string;
  token: string;
}

const database = 'planning';

/** What a server in production has of the settings that decide how much WAL it writes. */
const usual = { full_page_writes: 'on', wal_level: 'replica', wal_compression: 'off' };

/** Starts one in a Postgres of its own; `fill` runs before the API reads the schema. */
export async function startMarket(
  fill: (cluster: Cluster, database: string) => Promise<void>,
  settings: Record<string, string> = {},
): Promise<Market> {
  const parts = new Parts();
  try {
    const throwaway = parts.add(await startThrowaway({ ...usual, ...settings }));
    const { cluster, directory } = throwaway;
    parts.add({ stop: () => dropDatabases(cluster, database) });
    await createMarketplace(cluster, database);
    await fill(cluster, database);

    const pools = (['postgres', 'supabase_admin'] as const).map((role) => {
      const pool = new pg.Pool({ connectionString: cluster.url(database, role), max: 4 });
      pool.on('error', () => {});
      parts.add({ stop: () => pool.end() });
      return async <Row>(sql: string, values: unknown[] = []) =>
        lastRows(await pool.query(sql, values)) as Row[];
    });
    const [query, superQuery] = pools as [typeof pools[0], typeof pools[0]];
    let shift = 0;
    const mailbox = createMailbox();
    const edgeIsUp = Promise.withResolvers<Edge>();
    const api = parts.add(
      await startApi({
        cluster,
        database,
        ports: { gateway: 0, rest: await freePort(), restAdmin: await freePort() },
        dataDirectory: directory,
        siteUrl: 'http://127.0.0.1:3000',
        mailbox,
        functions: async () => (await edgeIsUp.promise).functions,
      }),
    );
    const edge = parts.add(
      await startEdge({
        ports: { functions: await freePort(), stripe: await freePort() },
        gatewayUrl: api.url,
        siteUrl: 'http://127.0.0.1:3000',
        databaseUrl: cluster.url(database),
        graphqlUrl: cluster.url(database, 'staybase_graphql'),
        dataDirectory: directory,
        now: () => Promise.resolve(new Date(Date.now() + shift)),
        stripe: 'fake',
      }),
    );
    edgeIsUp.resolve(edge);
    const stripe = edge.stripe!.control;

    const beat = async () => {
      await tick({ query, gatewayUrl: api.url });
      await stripe.settled();
    };
    const work = async () => {
      for (let rounds = 0; rounds < 100; rounds += 1) {
        await beat();
        const [open] = await query<{ commands: number }>(
          `select count(*)::integer as commands from private.commands
           where status in ('waiting', 'running') and due_at <= private.now()`,
        );
        if (open?.commands === 0) return;
      }
      throw new Error('Commands still wait after a hundred beats.');
    };
    return {
      stripe,
      query,
      superQuery,
      async ask(path, body, as, method) {
        const answer = await fetch(`${api.url}${path}`, {
          method: method ?? (body === undefined ? 'GET' : 'POST'),
          headers: {
            apikey: keys.publishable,
            'content-type': 'application/json',
            ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Refused(path, answer.status, text);
        return text === '' ? undefined : JSON.parse(text);
      },
      beat,
      work,
      async quiet() {
        await query('update private.jobs set next_at = null, claimed_until = null');
        await work();
      },
      async setClock(to) {
        shift = to.getTime() - Date.now();
        await query('update private.clock set shift = $1::interval', [`${shift} milliseconds`]);
        await stripe.tick();
      },
      people: (kind, count) => signIn(query, kind, count),
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** A request that was answered with an error. */
export class Refused extends Error {
  readonly code: string;
  constructor(path: string, status: number, text: string) {
    super(`${path}: ${status} ${text.slice(0, 300)}`);
    let said: { message?: string; code?: string } = {};
    try {
      said = JSON.parse(text);
    } catch {
      // It is no JSON, and the text is in the message.
    }
    this.code = said.message ?? said.code ?? String(status);
  }
}

/** People who can sign in, without the time that Auth takes for each. */
async function signIn(query: Market['query'], kind: string, count: number): Promise<Person[]> {
  const rows = await query<{ id: string; email: string; session: string }>(
    `with logins as (
       insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data,
         email_confirmed_at, created_at, updated_at)
       select gen_random_uuid(), 'authenticated', 'authenticated', $1 || number || '@example.com',
         '{"provider": "email"}', jsonb_build_object('display_name', initcap($1) || ' ' || number),
         now(), now(), now()
       from generate_series(1, $2::integer) as number
       returning id, email
     ), sessions as (
       insert into auth.sessions (id, user_id, aal, created_at, updated_at)
       select gen_random_uuid(), id, 'aal1', now(), now() from logins
       returning id, user_id
     )
     select logins.id, email, sessions.id as session
     from logins join sessions on user_id = logins.id`,
    [kind, count],
  );
  const now = Math.floor(Date.now() / 1000);
  return rows.map(({ id, email, session }) => ({
    id,
    token: signToken({
      sub: id,
      aud: 'authenticated',
      role: 'authenticated',
      email,
      session_id: session,
      iat: now,
      exp: now + 86_400,
    }),
  }));
}

/** Opens an account at Stripe for a host, so that stays can be paid out. */
export async function onboard(market: Market, host: Person): Promise<void> {
  await market.ask('/functions/v1/host-account', {
    country_code: 'FR',
    return_url: 'http://127.0.0.1:3000/host',
  }, host);
  const [account] = await market.query<{ id: string }>(
    'select stripe_account_id as id from public.host_accounts where host_id = $1',
    [host.id],
  );
  await market.stripe.onboard(account?.id ?? '', 'active');
  await market.stripe.settled();
}

export const newId = () => randomUUID();

/** Runs it, stops what runs, and exits with its status: also when somebody ends it, and when it fails. */
export async function runAndExit(market: Market, run: () => Promise<number>): Promise<never> {
  let isEnding = false;
  endWhenTold(async () => {
    isEnding = true;
    await market.stop();
  });
  let status = 1;
  try {
    status = await run();
  } catch (error) {
    if (!isEnding) console.error(error);
  }
  // Whoever ended it stops what runs, and exits.
  if (isEnding) await new Promise(() => {});
  await market.stop();
  process.exit(status);
}
