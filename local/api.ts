import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { keys } from './keys.ts';
import { type AuthAndStorage, startAuthAndStorage } from './lite.ts';
import type { Mailbox } from './mail.ts';
import { Parts } from './parts.ts';
import type { Cluster } from './postgres/cluster.ts';
import { type Reach, thisMachine } from './reach.ts';
import { type Rest, startRest } from './rest.ts';

export interface ApiOptions {
  cluster: Cluster;
  database: string;
  ports: { gateway: number; rest: number; restAdmin: number };
  dataDirectory: string;
  /** Where links in mails lead. */
  siteUrl: string;
  /** From where the gateway is reached; this machine alone when absent. */
  reach?: Reach;
  mailbox: Mailbox;
  /** The edge functions; called for each request to one. */
  functions(): Promise<{ url: string; door: string }>;
  /** Gives the gateway's port free, if somebody held it. */
  beforeGateway?(): Promise<void>;
  /** Health of the parts that stand beside the API. */
  otherHealth?(): Record<string, boolean>;
}

export interface Api {
  url: string;
  rest: Rest;
  stop(): Promise<void>;
}

/** Everything a supabase-js client needs, in front of one database. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { cluster, database, ports, dataDirectory, siteUrl, mailbox, reach = thisMachine } =
    options;
  // Its own port is open to every page in a browser here, so the secret that everybody knows ends at the
  // gateway, which sees whose page it is.
  const jwtSecret = randomBytes(32).toString('base64url');
  const parts = new Parts();
  try {
    const [rest, authAndStorage] = await Promise.all([
      startRest({
        databaseUrl: cluster.url(database, 'authenticator'),
        port: ports.rest,
        adminPort: ports.restAdmin,
        jwtSecret,
        dataDirectory,
        // A gateway that takes any free port has no address yet.
        ...(ports.gateway === 0
          ? {}
          : { publicUrl: `${reach.publicUrl ?? `http://127.0.0.1:${ports.gateway}`}/rest/v1` }),
      }).then((part) => parts.add(part)),
      startAuthAndStorage({
        databaseUrl: cluster.url(database, 'supabase_lite'),
        siteUrl,
        storageDirectory: join(dataDirectory, 'storage', database),
        mailbox,
      }).then((part) => parts.add(part)),
    ]);

    const [{ startGateway }, { createRealtime }] = await Promise.all([
      import('./gateway.ts'),
      import('./realtime/server.ts'),
    ]);
    await options.beforeGateway?.();
    const gateway = parts.add(
      await startGateway(
        {
          rest: { url: rest.url, jwtSecret },
          authAndStorage: authAndStorage.fetch,
          functions: options.functions,
          realtime: createRealtime(cluster.url(database)),
          mailbox,
          health: async () => ({
            postgres: await answers(cluster, database),
            rest: await rest.isReady(),
            auth: await isHealthy(authAndStorage),
            ...options.otherHealth?.(),
          }),
        },
        ports.gateway,
        reach,
      ),
    );
    return { url: gateway.url, rest, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

const answers = (cluster: Cluster, database: string) =>
  cluster.using(database, 'postgres', (client) => client.query('select'))
    .then(() => true, () => false);

const isHealthy = (auth: AuthAndStorage) =>
  auth.fetch(
    new Request('http://stack/auth/v1/health', { headers: { apikey: keys.publishable } }),
  ).then((answer) => answer.ok, () => false);
