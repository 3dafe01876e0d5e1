import Stripe from 'stripe';
import { optionalSetting, setting } from './environment.ts';

/**
 * Stripe by its SDK, which pins the version of the API. STRIPE_API_URL points it at another server.
 * Three attempts of ten seconds at most: a command is claimed for two minutes.
 */
export function openStripe(): Stripe {
  const url = optionalSetting('STRIPE_API_URL');
  return new Stripe(setting('STRIPE_SECRET_KEY'), {
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 2,
    timeout: 10_000,
    telemetry: false,
    ...(url === undefined ? {} : hostOf(new URL(url))),
  });
}

/** True when the key moves real money. */
export const isLive = () => /^[a-z]+_live_/.test(setting('STRIPE_SECRET_KEY'));

function hostOf(url: URL): { host: string; port: string; protocol: 'http' | 'https' } {
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: url.port || (protocol === 'http' ? '80' : '443'), protocol };
}

/** How a call to Stripe failed. */
export type Failure =
  /** Nobody knows whether it had an effect, or it had none now: the same call again, later. */
  | 'transient'
  /** Stripe looked at it and refused. */
  | 'refused';

/**
 * Sorts what the SDK throws; undefined for what it did not throw. Keys and permissions count as
 * transient: an operator mends them, and what was ordered shall then happen.
 */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Stripe.errors.StripeError)) return undefined;
  const status = error.statusCode;
  if (status === undefined || status >= 500) return 'transient';
  if ([401, 403, 409, 429].includes(status)) return 'transient';
  return error.code === 'lock_timeout' ? 'transient' : 'refused';
}

/**
 * Makes an object once, by a key of its own. While another call by that key is under way, such as that of
 * a first click, its answer is waited for. A first call that ended in a 500 Stripe repeats for a day,
 * whether or not it left an object behind: that is looked for by our ids on it, and when there is none
 * it is made by the next key, for all calls by the keys before have ended.
 */
export async function makeOnce<Made>(
  key: string,
  make: (options: Stripe.RequestOptions) => Promise<Made>,
  find: () => Promise<Made | undefined>,
): Promise<Made> {
  const deadline = Date.now() + patience;
  for (let again = 0;;) {
    try {
      return await make({ idempotencyKey: again === 0 ? key : `${key}/again/${again}` });
    } catch (error) {
      if (isKeyInUse(error) && Date.now() < deadline) {
        await new Promise((wake) => setTimeout(wake, pause));
        continue;
      }
      if (failureOf(error) !== 'transient' || !isReplay(error)) throw error;
      const made = await find();
      if (made !== undefined) return made;
      again += 1;
    }
  }
}

/** Milliseconds between two looks at whether a key is free, and in all. */
const [pause, patience] = [500, 20_000];

/** Whether another call by the same key, or one that holds the same object, has not ended yet. */
const isKeyInUse = (error: unknown) =>
  error instanceof Stripe.errors.StripeError &&
  (error.code === 'idempotency_key_in_use' || error.code === 'lock_timeout');

/** Whether Stripe has no such object, or has it no more. */
export const isMissing = (error: unknown) =>
  error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';

/** Whether Stripe repeated the answer that it gave to this key before, such as a 500 it keeps. */
export const isReplay = (error: unknown) =>
  error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true';
