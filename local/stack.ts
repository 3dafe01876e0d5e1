import { join } from 'node:path';
import pg from 'pg';
import { startApi } from './api.ts';
import { startClock } from './clock.ts';
import { claim, dataHome, release } from './data.ts';
import { bringDemoMoney, countPaymentsOfTheFake } from './demo-money.ts';
import { employDemoStaff, signInDemoPerson, signUpDemoPeople } from './demo-people.ts';
import { hangDemoPhotos } from './demo-photos.ts';
import { type Edge, fakeStripeFile, startEdge } from './edge.ts';
import { makeDirectory } from './folders.ts';
import { createMailbox, type KeptMail } from './mail.ts';
import { Parts } from './parts.ts';
import { freeStackPort, type HeldPort, hold, isAnswering, type Ports } from './ports.ts';
import { bootstrapDatabase, createRoles, isBootstrapped } from './postgres/bootstrap/bootstrap.ts';
import { startCluster } from './postgres/cluster.ts';
import { markAsLocal } from './postgres/local-database.ts';
import { migrate } from './postgres/migrate.ts';
import { needsSeed, seed } from './postgres/seed.ts';
import { createDatabase } from './postgres/templates.ts';
import { endLeftovers } from './processes.ts';
import { notePorts, type StackSettings } from './settings.ts';
import { buildSite, consoleSite } from './sites.ts';
import { startStorefront, storefrontFrom } from './storefront.ts';

/** What the person in front of it gets to hear. */
export interface Listener {
  /** A step begins; the one before it is done. */
  step(what: string): void;
  mail(mail: KeptMail): void;
  /** A line that an edge function printed. */
  functionSays(line: string): void;
  /** Something goes wrong while the stack runs on. */
  trouble(what: string): void;
}

export interface Stack {
  /** On this machine. */
  url: string;
  /** For people. */
  publicUrl: string;
  /** The fake Stripe's pages, for people. */
  stripeUrl: string | undefined;
  /** The storefront, for people. */
  storefrontUrl: string;
  /** Where its parts listen. */
  ports: Ports;
  usesFakeStripe: boolean;
  /** Taken by the fake Stripe at an earlier start, while this one talks to the real one. */
  paymentsUnknownToStripe: number;
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
  const { ports: usual, directory, reach } = settings;
  const frontend = storefrontFrom(process.env);
  const parts = new Parts();

  try {
    takeOver(directory);
    parts.add({ stop: () => (notePorts(directory), release(directory)) });
    await endLeftovers(directory);
    const door = parts.add(doorAt(await holdGateway(usual.gateway, tell)));

    tell.step('Postgres');
    const cluster = parts.add(
      await startCluster({
        dataDirectory: directory,
        home: dataHome(),
        port: usual.postgres,
        durable: true,
      }),
    );

    tell.step('Schema');
    await createRoles(cluster);
    if (!await isBootstrapped(cluster, database)) {
      await createDatabase(cluster, database, 'template0');
      await bootstrapDatabase(cluster, database);
    }
    await migrate(cluster, database);
    await markAsLocal(cluster, database);

    tell.step('Storefront and console');
    await buildSite(frontend.site);
    await buildSite(consoleSite);
    const running: { edge?: Edge } = {};
    const storefront = parts.add(
      await startStorefront(frontend, usual, reach, () => running.edge?.stripe?.publicUrl),
    );
    const siteUrl = settings.siteUrl ?? storefront.publicUrl;

    tell.step('REST, Auth and Storage');
    const mailbox = createMailbox(tell.mail);
    const edgeIsUp = Promise.withResolvers<Edge>();
    const health = { functions: () => false, clock: () => false };
    const api = parts.add(
      await startApi({
        cluster,
        database,
        ports: usual,
        beforeGateway: door.stop,
        dataDirectory: directory,
        siteUrl,
        reach,
        mailbox,
        functions: async () => (await edgeIsUp.promise).functions,
        otherHealth: () => ({ functions: health.functions(), clock: health.clock() }),
      }),
    );

    tell.step(
      process.env.STRIPE_SECRET_KEY ? 'Edge functions' : 'Edge functions and a fake Stripe',
    );
    // One session that stays open: the fake Stripe asks for the time every second.
    const sessions = new pg.Pool({ connectionString: cluster.url(database), max: 1 });
    sessions.on('error', () => {});
    parts.add({ stop: () => sessions.end() });
    const query = async (sql: string) => (await sessions.query(sql)).rows;
    const edge = parts.add(
      await startEdge({
        ports: usual,
        gatewayUrl: api.url,
        siteUrl,
        reach,
        databaseUrl: cluster.url(database),
        graphqlUrl: cluster.url(database, 'staybase_graphql'),
        dataDirectory: directory,
        now: async () => (await query('select private.now() as now'))[0].now,
        stripe: 'as configured',
        keepsPayments: true,
        onLine: tell.functionSays,
        reload: true,
        env: { MAIL_FROM: process.env.MAIL_FROM || `${frontend.name} <no-reply@localhost>` },
      }),
    );
    edgeIsUp.resolve(edge);
    running.edge = edge;
    health.functions = () => !edge.functions.hasEnded();

    if (await needsSeed(cluster, database)) {
      tell.step(
        edge.stripe === undefined
          ? 'A small town to try things in, without paid stays: Stripe would not know them'
          : 'A small town to try things in',
      );
      await signUpDemoPeople(cluster, database, api.url);
      await seed(cluster, database, edge.stripe === undefined ? 'real' : 'fake');
      await hangDemoPhotos(cluster, database, api.url);
      await employDemoStaff(cluster, database, api.url);
    }
    if (edge.stripe !== undefined) {
      await bringDemoMoney({
        query,
        control: edge.stripe.control,
        gatewayUrl: api.url,
        signIn: (email) => signInDemoPerson(email, api.url),
      });
    }

    const clock = parts.add(
      await startClock({
        databaseUrl: cluster.url(database),
        gatewayUrl: api.url,
        everySeconds: 5,
        onTrouble: (trouble) => tell.trouble(`The clock could not run due jobs: ${trouble}`),
      }),
    );
    health.clock = clock.isHealthy;

    const ports: Ports = {
      gateway: usual.gateway,
      postgres: cluster.port,
      rest: api.rest.port,
      restAdmin: api.rest.adminPort,
      functions: edge.functions.port,
      stripe: edge.stripe?.port ?? usual.stripe,
      storefront: storefront.port,
    };
    notePorts(directory, ports);
    return {
      url: api.url,
      publicUrl: reach.publicUrl ?? api.url,
      stripeUrl: edge.stripe?.publicUrl,
      storefrontUrl: storefront.publicUrl,
      ports,
      usesFakeStripe: edge.stripe !== undefined,
      paymentsUnknownToStripe: edge.stripe === undefined
        ? await countPaymentsOfTheFake(query, fakeStripeFile(directory))
        : 0,
      broken: Promise.race([cluster.ended, api.rest.ended, edge.functions.ended]),
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
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

// A connection that was just closed holds its port for a minute.
const patience = 90_000;

/**
 * Takes the gateway's port, so that nobody else does while the parts behind it start. It is the one
 * address that is written down elsewhere, so the gateway does not move when it is taken.
 */
async function holdGateway(port: number, tell: Listener): Promise<HeldPort> {
  const deadline = Date.now() + patience;
  for (let tries = 1;; tries += 1) {
    try {
      return await hold(port);
    } catch {
      if (Date.now() > deadline || await isAnswering(port)) {
        throw new Error(
          `Port ${port}, for the gateway, is taken. Stop what listens there, or let Staybase use ` +
            `others: STAYBASE_PORT=${await freeStackPort(port)} npm start`,
        );
      }
      if (tries === 1) tell.step(`Waiting for port ${port}, which a closed connection still holds`);
      await new Promise((wake) => setTimeout(wake, 500));
    }
  }
}

/** Gives a held port free once, for the gateway or because nothing came of it. */
function doorAt(held: HeldPort): { stop(): Promise<void> } {
  let released: Promise<void> | undefined;
  return { stop: () => released ??= held.release() };
}
