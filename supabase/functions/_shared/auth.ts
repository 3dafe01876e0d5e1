import { createClient, isAuthApiError, isAuthRetryableFetchError } from '@supabase/supabase-js';
import { bearerOf } from './bearer.ts';
import { optionalSetting, publishableKey, secretKeys, setting } from './environment.ts';
import { Problem } from './problem.ts';
import { stateless } from './stateless.ts';

/** Somebody who is signed in, with the token that says so. */
export interface SignedIn {
  id: string;
  token: string;
}

/** Finds out who calls. */
export interface Auth {
  /** The person whose token came with the request. Throws `sign_in_required` or `try_again`. */
  person(request: Request): Promise<SignedIn>;
}

/** Asks Supabase Auth: by its public keys, or where tokens are signed with a shared secret, itself. */
export function openAuth(): Auth {
  const client = createClient(setting('SUPABASE_URL'), publishableKey(), stateless);
  return {
    async person(request) {
      const token = bearerOf(request);
      if (token === undefined) throw new Problem('sign_in_required');
      const { data, error } = await client.auth.getClaims(token);
      // Auth that does not answer says nothing about the token.
      if (isAuthRetryableFetchError(error) || (isAuthApiError(error) && error.status >= 500)) {
        throw new Problem('try_again', 'The sign-in could not be checked; try again.');
      }
      // Anonymous keys and server tokens are signed too: only a person may pay.
      if (data?.claims.role !== 'authenticated' || !data.claims.sub) {
        throw new Problem('sign_in_required');
      }
      return { id: data.claims.sub, token };
    },
  };
}

/** A check for the secret key, in `apikey` or as bearer token. Throws `secret_key_required`. */
export function openKeyCheck(): (request: Request) => Promise<void> {
  const keys = secretKeys();
  return async (request) => {
    if (!await offersOneOf(keys, request)) throw new Problem('secret_key_required');
  };
}

/**
 * Whether a request comes from whoever watches: with METRICS_TOKEN, which opens nothing else, or with the
 * secret key. A token that could be guessed is `not_configured`.
 */
export function openWatcherCheck(): (request: Request) => Promise<boolean> {
  const token = optionalSetting('METRICS_TOKEN');
  if (token !== undefined && token.length < 20) {
    throw new Problem('not_configured', 'METRICS_TOKEN has fewer than 20 characters.');
  }
  const keys = [...secretKeys(), ...token === undefined ? [] : [token]];
  return (request) => offersOneOf(keys, request);
}

async function offersOneOf(keys: string[], request: Request): Promise<boolean> {
  for (const candidate of [request.headers.get('apikey'), bearerOf(request)]) {
    for (const key of keys) {
      if (candidate && await isSame(candidate, key)) return true;
    }
  }
  return false;
}

/** Compares digests, so that the time it takes tells nothing about where two strings differ. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map(async (text) =>
      new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
    ),
  );
  return a!.reduce((difference, byte, i) => difference | (byte ^ b![i]!), 0) === 0;
}
