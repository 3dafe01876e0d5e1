import { join } from 'node:path';
import { startApi } from './api.ts';
import { startClock } from './clock.ts';
import { claim, dataHome, release } from './data.ts';
import { signUpDemoPeople } from './demo-people.ts';
import { hangDemoPhotos } from './demo-photos.ts';
import { type Edge, startEdge } from './edge.ts';
import { makeDirectory } from './folders.ts';
import { createMailbox, type KeptMail } from './mail.ts';
import { isFree, type Ports } from './ports.ts';
import { bootstrapDatabase, createRoles, isBootstrapped } from './postgres/bootstrap/bootstrap.ts';
import { startCluster } from './postgres/cluster.ts';
import { markAsLocal } from './postgres/local-database.ts';
import { migrate } from './postgres/migrate.ts';
import { needsSeed, seed } from './postgres/seed.ts';
import { createDatabase } from './postgres/templates.ts';
import { endLeftovers } from './processes.ts';
import type { StackSettings } from './settings.ts';

/** What the person in front of it gets to hear. */
export interface Listener {
  /** A step begins. */
  step(what: string): void;
  mail(mail: KeptMail): void;
  /** A line that an edge function printed. */
  functionSays(line: string): void;
  /** Something goes wrong while the stack runs on. */
  trouble(what: string): void;
}

export interface Stack {
  url: string;
  usesFakeStripe: boolean;
  /** Resolves, with a sentence, when a part ended by itself. */
  broken: Promise<string>;
  stop(): Promise<void>;
}

const database = 'postgres';

/**
 * Brings the whole of Staybase up: a table of contents of `local/`. Throws an `Error` that says what
 * to do; whatever had started by then is stopped again.
 */
export async function startStack(settings: StackSettings, tell: Listener): Promise<Stack> {
  const { ports, directory, siteUrl } = settings;
  const parts: { stop(): Promise<void> | void }[] = [];
  const stop = async () => {
    for (const part of parts.splice(0).toReversed()) await part.stop();
  };

  try {
    takeOver(directory);
    parts.push({ stop: () => release(directory) });
    await endLeftovers(directory);
    await refuseTakenPorts(ports);

    tell.step('Postgres');
    const cluster = await startCluster({
      dataDirectory: directory,
      home: dataHome(),
      port: ports.postgres,
      durable: true,
    });
    parts.push(cluster);

    tell.step('Schema');
    await createRoles(cluster);
    if (!await isBootstrapped(cluster, database)) {
      await createDatabase(cluster, database, 'template0');
      await bootstrapDatabase(cluster, database);
    }
    await migrate(cluster, database);
    await markAsLocal(cluster, database);

    tell.step('REST, Auth and Storage');
    const mailbox = createMailbox(tell.mail);
    const edgeIsUp = Promise.withResolvers<Edge>();
    const health = { functions: () => false, clock: () => false };
    const api = await startApi({
      cluster,
      database,
      ports,
      dataDirectory: directory,
      siteUrl,
      mailbox,
      functions: async () => (await edgeIsUp.promise).functions.url,
      otherHealth: () => ({ functions: health.functions(), clock: health.clock() }),
    });
    parts.push(api);

    tell.step(
      process.env.STRIPE_SECRET_KEY ? 'Edge functions' : 'Edge functions and a fake Stripe',
    );
    const query = (sql: string) =>
      cluster.using(database, 'postgres', async (client) => (await client.query(sql)).rows);
    const edge = await startEdge({
      ports,
      gatewayUrl: api.url,
      siteUrl,
      databaseUrl: cluster.url(database),
      dataDirectory: directory,
      now: async () => (await query('select private.now() as now'))[0].now,
      stripe: 'as configured',
      keepsPayments: true,
      onLine: tell.functionSays,
      reload: true,
    });
    parts.push(edge);
    edgeIsUp.resolve(edge);
    health.functions = () => !edge.functions.hasEnded();

    if (await needsSeed(cluster, database)) {
      tell.step('A small town to try things in');
      await signUpDemoPeople(cluster, database, api.url);
      await seed(cluster, database);
      await hangDemoPhotos(cluster, database, api.url);
    }

    const clock = await startClock({
      query,
      databaseUrl: cluster.url(database),
      gatewayUrl: api.url,
      everySeconds: 5,
      onTrouble: (trouble) => tell.trouble(`The clock could not run due jobs: ${trouble}`),
    });
    parts.push(clock);
    health.clock = clock.isHealthy;

    return {
      url: api.url,
      usesFakeStripe: edge.stripe !== undefined,
      broken: Promise.race([cluster.ended, api.rest.ended, edge.functions.ended]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function takeOver(directory: string): void {
  const other = claim(makeDirectory(directory));
  if (other !== undefined) {
    throw new Error(
      `A stack already works in ${directory} (process ${other}). Stop it with Ctrl-C, or start this ` +
        `one beside it: STAYBASE_PORT=55321 STAYBASE_DATA=${
          join(directory, '..', 'second')
        } npm start`,
    );
  }
}

async function refuseTakenPorts(ports: Ports): Promise<void> {
  const names: Record<keyof Ports, string> = {
    gateway: 'the gateway',
    postgres: 'Postgres',
    rest: 'PostgREST',
    restAdmin: 'the health of PostgREST',
    functions: 'the edge functions',
    stripe: 'the fake Stripe',
  };
  for (const [name, port] of Object.entries(ports) as [keyof Ports, number][]) {
    if (await isFree(port)) continue;
    const part = names[name];
    throw new Error(
      `Port ${port}, for ${part}, is taken. Stop what listens there (a connection that was just closed ` +
        'may hold it for another minute), or let Staybase use other ports: ' +
        `STAYBASE_PORT=${ports.gateway + 1000} npm start`,
    );
  }
}
