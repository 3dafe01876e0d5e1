import { join } from 'node:path';
import { type Functions, startFunctions } from './functions.ts';
import { keys, metricsToken } from './keys.ts';
import { Parts } from './parts.ts';
import { onFreePort } from './ports.ts';
import { type Reach, thisMachine } from './reach.ts';
import type { startFakeStripe } from './stripe/server.ts';

export interface EdgeOptions {
  ports: { functions: number; stripe: number };
  /** The gateway: what functions call Supabase, and where Stripe's webhooks arrive. */
  gatewayUrl: string;
  /** The frontend, where letters lead. */
  siteUrl: string;
  /** From where the gateway and the fake Stripe are reached; this machine alone when absent. */
  reach?: Reach;
  databaseUrl: string;
  /** The database as the function `graphql` enters it. */
  graphqlUrl: string;
  dataDirectory: string;
  /** The fake one, or the one whose key is in the environment (there is none: the fake one too). */
  stripe: 'fake' | 'as configured';
  /** True lets the fake Stripe know its payments again after a restart. */
  keepsPayments?: boolean;
  /** Tells the marketplace's time. */
  now(): Promise<Date>;
  onLine?: (line: string) => void;
  /** True serves edited functions at once. */
  reload?: boolean;
  /** Settings of the functions that are others than usual. */
  env?: Record<string, string>;
}

export type FakeStripe = Awaited<ReturnType<typeof startFakeStripe>>;

export interface Edge {
  functions: Functions;
  stripe: FakeStripe | undefined;
  stop(): Promise<void>;
}

const fake = {
  secretKey: 'sk_test_staybase_local',
  webhookSecret: 'whsec_staybase_local',
  hostWebhookSecret: 'whsec_staybase_hosts',
};

/** Where the fake Stripe keeps what it knows from one start to the next. */
export const fakeStripeFile = (dataDirectory: string): string => join(dataDirectory, 'stripe.json');

/** Starts the edge functions and, unless they are to talk to the real one, a fake Stripe. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const isReal = options.stripe === 'as configured' && Boolean(process.env.STRIPE_SECRET_KEY);
  const parts = new Parts();
  try {
    const stripe = isReal ? undefined : parts.add(await startStripe(options));
    const functions = await startFunctions({
      port: options.ports.functions,
      dataDirectory: options.dataDirectory,
      reload: options.reload ?? false,
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      env: {
        STAYBASE_ENVIRONMENT: 'local',
        STAYBASE_SITE_URL: options.siteUrl,
        // In a container only the parts reach the one, and only people the other.
        SUPABASE_URL: options.gatewayUrl,
        SUPABASE_PUBLIC_URL: options.reach?.publicUrl ?? options.gatewayUrl,
        SUPABASE_ANON_KEY: keys.publishable,
        SUPABASE_PUBLISHABLE_KEY: keys.publishable,
        SUPABASE_SERVICE_ROLE_KEY: keys.secret,
        SUPABASE_SECRET_KEY: keys.secret,
        SUPABASE_DB_URL: options.databaseUrl,
        GRAPHQL_DATABASE_URL: options.graphqlUrl,
        METRICS_TOKEN: process.env.METRICS_TOKEN ?? metricsToken,
        MAIL_SINK_URL: `${options.gatewayUrl}/mail/v1/send`,
        ...stripeEnvironment(stripe?.url),
        ...options.env,
      },
    });
    parts.add(functions);
    return { functions, stripe, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function startStripe(
  { ports, gatewayUrl, dataDirectory, keepsPayments, now, reach = thisMachine }: EdgeOptions,
): Promise<FakeStripe> {
  const { startFakeStripe } = await import('./stripe/server.ts');
  const stripe = await onFreePort(ports.stripe, (port) =>
    startFakeStripe({
      port,
      reach,
      secretKey: fake.secretKey,
      webhooks: [
        { url: `${gatewayUrl}/functions/v1/stripe-webhook`, secret: fake.webhookSecret },
        {
          url: `${gatewayUrl}/functions/v1/stripe-host-webhook`,
          secret: fake.hostWebhookSecret,
          payload: 'thin',
        },
      ],
      now,
      ...(keepsPayments ? { dataFile: fakeStripeFile(dataDirectory) } : {}),
    }));
  // Stripe's search is about a minute behind.
  stripe.control.set({ searchLagSeconds: 60 });
  return stripe;
}

function stripeEnvironment(fakeUrl: string | undefined): Record<string, string> {
  if (fakeUrl !== undefined) {
    return {
      STRIPE_SECRET_KEY: fake.secretKey,
      STRIPE_WEBHOOK_SECRET: fake.webhookSecret,
      STRIPE_HOST_WEBHOOK_SECRET: fake.hostWebhookSecret,
      STRIPE_API_URL: fakeUrl,
    };
  }
  const named = [
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'STRIPE_HOST_WEBHOOK_SECRET',
    'STRIPE_API_URL',
  ];
  return Object.fromEntries(named.flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value]] : [];
  }));
}
