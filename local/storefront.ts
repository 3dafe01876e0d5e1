import { serve } from '@hono/node-server';
import type { Server } from 'node:http';
import { keys } from './keys.ts';
import { onFreePort, type Ports } from './ports.ts';
import { listenOn, type Reach } from './reach.ts';
import { siteRoutes, storefrontSite } from './sites.ts';

export interface Storefront {
  port: number;
  /** For people. */
  publicUrl: string;
  stop(): Promise<void>;
}

/**
 * Serves the storefront at an address of its own, as a frontend has: what it takes from the stack comes
 * through the gateway.
 * @param stripeUrl the fake Stripe, once it runs; undefined with the real one
 */
export async function startStorefront(
  ports: Ports,
  reach: Reach,
  stripeUrl: () => string | undefined,
): Promise<Storefront> {
  const url = reach.publicUrl ?? `http://127.0.0.1:${ports.gateway}`;
  const app = siteRoutes(
    storefrontSite,
    () => ({
      url,
      key: keys.publishable,
      fakeStripe: stripeUrl(),
      stripeKey: process.env.STRIPE_PUBLISHABLE_KEY,
    }),
    () => {
      const stripe = stripeUrl();
      return {
        'connect-src': [url, url.replace('http', 'ws'), stripe ?? 'https://api.stripe.com'],
        'img-src': [url],
        ...(stripe === undefined
          ? {
            'script-src': ['https://js.stripe.com'],
            'frame-src': ['https://js.stripe.com', 'https://hooks.stripe.com'],
          }
          : {}),
      };
    },
  );
  const listening = await onFreePort(
    ports.storefront,
    (port) =>
      listenOn(
        reach,
        port,
        (hostname, port) =>
          new Promise<Server>((resolve, reject) => {
            const server = serve({ fetch: app.fetch, hostname, port }, () =>
              resolve(server)) as Server;
            server.once('error', reject);
          }),
      ),
  );
  return {
    port: listening.port,
    publicUrl: reach.storefrontUrl ?? `http://127.0.0.1:${listening.port}`,
    stop: listening.close,
  };
}
