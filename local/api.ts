import { join } from 'node:path';
import { type Gateway, startGateway } from './gateway.ts';
import { keys } from './keys.ts';
import { type AuthAndStorage, startAuthAndStorage } from './lite.ts';
import type { Mailbox } from './mail.ts';
import type { Cluster } from './postgres/cluster.ts';
import { type Rest, startRest } from './rest.ts';

export interface ApiOptions {
  cluster: Cluster;
  database: string;
  ports: { gateway: number; rest: number; restAdmin: number };
  dataDirectory: string;
  /** Where links in mails lead. */
  siteUrl: string;
  mailbox: Mailbox;
  /** Where the edge functions listen; called for each request to one. */
  functions(): Promise<string>;
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
  const { cluster, database, ports, dataDirectory, siteUrl, mailbox } = options;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of started.toReversed()) await part.stop();
  };
  try {
    const [rest, authAndStorage] = await Promise.all([
      startRest({
        databaseUrl: cluster.url(database, 'authenticator'),
        port: ports.rest,
        adminPort: ports.restAdmin,
        dataDirectory,
      }),
      startAuthAndStorage({
        databaseUrl: cluster.url(database, 'supabase_lite'),
        siteUrl,
        storageDirectory: join(dataDirectory, 'storage', database),
        mailbox,
      }),
    ]);
    started.push(rest, authAndStorage);

    const gateway: Gateway = await startGateway({
      rest: rest.url,
      authAndStorage: authAndStorage.fetch,
      functions: options.functions,
      mailbox,
      health: async () => ({
        postgres: await answers(cluster, database),
        rest: await rest.isReady(),
        auth: await isHealthy(authAndStorage),
        ...options.otherHealth?.(),
      }),
    }, ports.gateway);
    started.push(gateway);
    return { url: gateway.url, rest, stop };
  } catch (error) {
    await stop();
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
