import { serve } from '@hono/node-server';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { keys } from './keys.ts';
import { exampleStorefront, ownStorefront, projectDirectory } from './paths.ts';
import { onFreePort, type Ports } from './ports.ts';
import { listenOn, type Reach } from './reach.ts';
import { type Site, siteRoutes } from './sites.ts';

/** The storefront, as configured by environment variables. */
export interface StorefrontSettings {
  site: Site;
  /** What guests know it by. */
  name: string;
  tiles?: Tiles;
}

interface Tiles {
  /** With {z}, {x}, {y}, and perhaps {s} for three servers. */
  url: string;
  attribution?: string;
  /** The origins of their servers, for the Content-Security-Policy. */
  origins: string[];
}

/**
 * Reads STAYBASE_STOREFRONT (the folder of the site; by default the project's own, otherwise the example),
 * STAYBASE_TILES and STAYBASE_TILES_ATTRIBUTION.
 * @throws an `Error` that names the wrong one
 */
export function storefrontFrom(
  env: NodeJS.ProcessEnv,
  project = projectDirectory,
): StorefrontSettings {
  // A Docker image has only the build.
  const isSite = (folder: string) =>
    ['index.html', join('dist', 'index.html')].some((file) => existsSync(join(folder, file)));
  const named = env.STAYBASE_STOREFRONT;
  const own = join(project, ownStorefront);
  const folder = named
    ? resolve(project, named)
    : isSite(own)
    ? own
    : join(project, exampleStorefront);
  if (named && !isSite(folder)) {
    throw new Error(`STAYBASE_STOREFRONT is "${named}", a folder without an index.html.`);
  }
  const tiles = tilesFrom(env);
  return {
    site: { folder, base: '/' },
    name: nameIn(folder),
    ...(tiles === undefined ? {} : { tiles }),
  };
}

function nameIn(folder: string): string {
  const file = join(folder, 'package.json');
  const { displayName } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return typeof displayName === 'string' && displayName !== '' ? displayName : 'Staybase';
}

function tilesFrom(env: NodeJS.ProcessEnv): Tiles | undefined {
  const { STAYBASE_TILES: url, STAYBASE_TILES_ATTRIBUTION: attribution } = env;
  if (!url) return undefined;
  // Leaflet replaces {s} with one of these.
  const origins = [...new Set(['a', 'b', 'c'].map((server) => originOf(url, server)))];
  const isWhole = ['{z}', '{x}', '{y}'].every((part) => url.includes(part));
  if (!isWhole || !origins.every((origin) => /^https?:\/\/[\w.:-]+$/.test(origin))) {
    throw new Error(
      `STAYBASE_TILES is "${url}", not a tile URL such as https://tiles.example/{z}/{x}/{y}.png.`,
    );
  }
  return { url, origins, ...(attribution ? { attribution } : {}) };
}

const originOf = (url: string, server: string) =>
  URL.parse(url.replace('{s}', server))?.origin ?? '';

/**
 * What the page may load besides itself, by directive of its Content-Security-Policy: the API, the tiles,
 * and Stripe with its script, frames and 3D Secure (https://docs.stripe.com/security/guide#content-security-policy).
 * @param stripe the fake Stripe's origin; undefined with the real one
 */
export function sourcesOf(
  url: string,
  stripe: string | undefined,
  tiles?: Tiles,
): Record<string, string[]> {
  const scripts = ['https://js.stripe.com', 'https://*.js.stripe.com'];
  return {
    'connect-src': [url, url.replace('http', 'ws'), stripe ?? 'https://api.stripe.com'],
    'img-src': [url, ...tiles?.origins ?? []],
    ...(stripe === undefined
      ? { 'script-src': scripts, 'frame-src': [...scripts, 'https://hooks.stripe.com'] }
      : {}),
  };
}

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
  { site, tiles }: StorefrontSettings,
  ports: Ports,
  reach: Reach,
  stripeUrl: () => string | undefined,
): Promise<Storefront> {
  const url = reach.publicUrl ?? `http://127.0.0.1:${ports.gateway}`;
  const app = siteRoutes(
    site,
    () => ({
      url,
      key: keys.publishable,
      fakeStripe: stripeUrl(),
      stripeKey: process.env.STRIPE_PUBLISHABLE_KEY,
      tiles: tiles?.url,
      tilesAttribution: tiles?.attribution,
    }),
    () => sourcesOf(url, stripeUrl(), tiles),
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
