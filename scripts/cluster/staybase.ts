import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Api, startApi } from '../../local/api.ts';
import { type Clock, lastRows, startClock } from '../../local/clock.ts';
import { type Edge, startEdge } from '../../local/edge.ts';
import { keys, signToken } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { Parts } from '../../local/parts.ts';
import { freePort } from '../../local/ports.ts';
import { bootstrapDatabase, createRoles } from '../../local/postgres/bootstrap/bootstrap.ts';
import { markAsLocal } from '../../local/postgres/local-database.ts';
import { migrate } from '../../local/postgres/migrate.ts';
import type { Control } from '../../local/stripe/control.ts';
import type { ThreeHosts } from './cluster.ts';
import { openDoor } from './door.ts';

/** Staybase in front of three hosts: PostgREST, the functions, a worker and a fake Stripe. */
export interface Staybase {
  url: string;
  stripe: Control;
  /** Asks the leader as postgres, in a session that is opened for it. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Moves the marketplace's clock on. */
  moveClock(hours: number): Promise<void>;
  /** Its day so many days from now, in UTC. */
  day(ahead: number): string;
  guests: Person[];
  homes: string[];
  stop(): Promise<void>;
}

export interface Person {
  id: string;
  token: string;
}

const database = 'postgres';

export interface StaybaseOptions {
  three: Pick<ThreeHosts, 'asCluster' | 'letRolesIn'>;
  folder: string;
  guests: number;
  homes: number;
  say(line: string): void;
}

export async function startStaybase(options: StaybaseOptions): Promise<Staybase> {
  const { three, folder, say } = options;
  const cluster = three.asCluster();
  const parts = new Parts();
  try {
    await createRoles(cluster);
    await bootstrapDatabase(cluster, database);
    await migrate(cluster, database);
    await markAsLocal(cluster, database);
    await three.letRolesIn();
    say('Staybase is installed');

    const query: Staybase['query'] = async (sql, values = []) => {
      const client = new pg.Client({
        connectionString: cluster.url(database),
        connectionTimeoutMillis: 5_000,
        query_timeout: 60_000,
      });
      client.on('error', () => {});
      await client.connect();
      try {
        return lastRows(await client.query(sql, values));
      } finally {
        await client.end().catch(() => {});
      }
    };

    // Known here too: Stripe goes on while nobody can ask the database.
    let shift = 0;
    const edgeIsUp = Promise.withResolvers<Edge>();
    edgeIsUp.promise.catch(() => {});
    const api: Api = parts.add(
      await startApi({
        cluster,
        database,
        ports: { gateway: 0, rest: await freePort(), restAdmin: await freePort() },
        dataDirectory: folder,
        siteUrl: 'http://127.0.0.1:3000',
        mailbox: createMailbox(),
        functions: async () => (await edgeIsUp.promise).functions,
      }),
    );
    const logins = new Map<string, { id: string; email: string }>();
    const door = parts.add(await openDoor(api.url, (token) => logins.get(token)));
    const edge = parts.add(
      await startEdge({
        ports: { functions: await freePort(), stripe: await freePort() },
        gatewayUrl: door.url,
        siteUrl: 'http://127.0.0.1:3000',
        databaseUrl: cluster.url(database),
        graphqlUrl: cluster.url(database, 'staybase_graphql'),
        dataDirectory: folder,
        now: () => Promise.resolve(new Date(Date.now() + shift)),
        stripe: 'fake',
      }),
    );
    edgeIsUp.resolve(edge);
    const stripe = edge.stripe!.control;
    // An event that fails comes again within seconds, as often as it must.
    stripe.set({
      webhookTimeoutMs: 5_000,
      webhookRetryMs: [500, 1_000, 2_000, 4_000, ...Array<number>(60).fill(5_000)],
      searchLagSeconds: 1,
    });
    say('PostgREST, functions and Stripe are up');

    const { guests, homes } = await buildTown(options, query, api.url, stripe, logins);
    say(`${homes.length} homes, ${guests.length} guests`);
    const clock: Clock = await startClock({
      databaseUrl: cluster.url(database),
      gatewayUrl: api.url,
      everySeconds: 5,
      functionLimitMs: 20_000,
      onTrouble(trouble) {
        say(`worker: ${trouble}`);
        // Forgotten as soon as the job succeeds.
        query('select job, problem from private.job_failures').then(
          (rows) => rows.forEach(({ job, problem }) => say(`  ${job}: ${problem}`)),
          () => {},
        );
      },
    });
    parts.add({ stop: () => clock.stop() });
    return {
      url: api.url,
      stripe,
      query,
      async moveClock(hours) {
        await query(`update private.clock set shift = shift + make_interval(hours => $1)`, [hours]);
        shift += hours * 3_600_000;
      },
      day: (ahead) => new Date(Date.now() + shift + ahead * 86_400_000).toISOString().slice(0, 10),
      guests,
      homes,
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function buildTown(
  { guests, homes }: StaybaseOptions,
  query: Staybase['query'],
  url: string,
  stripe: Control,
  logins: Map<string, { id: string; email: string }>,
): Promise<{ guests: Person[]; homes: string[] }> {
  const people = async (kind: string, count: number) => {
    const rows = await query(
      `with logins as (
         insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data, email_confirmed_at,
           created_at, updated_at)
         select gen_random_uuid(), 'authenticated', 'authenticated', format('%s%s@example.com', $1::text, number),
           '{"provider": "email", "providers": ["email"]}', jsonb_build_object('display_name', format('%s %s', $1::text, number)),
           now(), now(), now()
         from generate_series(1, $2::integer) as number
         returning id, email
       ), sessions as (
         insert into auth.sessions (id, user_id, aal, created_at, updated_at)
         select gen_random_uuid(), id, 'aal1', now(), now() from logins
         returning id, user_id
       )
       select logins.id, email, sessions.id as session from logins join sessions on user_id = logins.id`,
      [kind, count],
    );
    return rows.map(({ id, email, session }) => {
      const token = signToken({
        sub: id,
        aud: 'authenticated',
        role: 'authenticated',
        email,
        session_id: session,
        iat: Math.floor(Date.now() / 1000),
        exp: Math.floor(Date.now() / 1000) + 86_400,
      });
      logins.set(token, { id: String(id), email: String(email) });
      return { id: String(id), token };
    });
  };
  // What one guest may hold is not what is tried here.
  await query(
    `update private.settings set unpaid_holds = 20, unpaid_stays = 100, newcomer_holds = 30000, newcomer_nights = 30000`,
  );
  const hosts = await people('host', 4);
  const made: string[] = [];
  for (const [at, host] of hosts.entries()) {
    const own = Array.from({ length: Math.ceil((homes - at) / hosts.length) }, () => randomUUID());
    made.push(...own);
    await query(
      `with listing as (
         insert into public.listings
           (listing_id, host_id, status, title, description, capacity, maximum_pets, country_code, city,
            latitude, longitude, time_zone, currency, instant_book, published_at)
         select listing_id, $2, 'published', 'Home ' || number, 'Quiet.', 4, 2, 'US', 'Albany', 42.65, -73.75,
           'UTC', 'EUR', true, private.now()
         from unnest($1::uuid[]) with ordinality as own (listing_id, number)
         returning listing_id
       ), hosts as (
         insert into public.listing_hosts (listing_id, profile_id, role)
         select listing_id, $2, 'owner' from listing
       ), rules as (
         insert into public.booking_rules (listing_id, preparation_nights) select listing_id, 0 from listing
       )
       update public.profiles set hosting = true where profile_id = $2`,
      [own, host.id],
    );
    await query(
      `insert into public.listing_prices (listing_id, base_price_minor)
       select listing_id, 8000 + number * 10 from unnest($1::uuid[]) with ordinality as own (listing_id, number)`,
      [own],
    );
    const answer = await fetch(`${url}/functions/v1/host-account`, {
      method: 'POST',
      headers: { apikey: keys.publishable, authorization: `Bearer ${host.token}` },
      body: JSON.stringify({ country_code: 'FR', return_url: 'http://127.0.0.1:3000/host' }),
    });
    if (!answer.ok) throw new Error(`A host got no account: ${await answer.text()}`);
    const [account] = await query(
      'select stripe_account_id as id from public.host_accounts where host_id = $1',
      [host.id],
    );
    await stripe.onboard(String(account?.id), 'active');
  }
  await stripe.settled();
  return { guests: await people('guest', guests), homes: made };
}
