import { createClient, isAuthApiError, isAuthRetryableFetchError } from '@supabase/supabase-js';
import { publishableKey, secretKeys, setting } from './environment.ts';
import { Problem } from './problem.ts';

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
  const client = createClient(setting('SUPABASE_URL'), publishableKey(), {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
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
    const offered = [request.headers.get('apikey'), bearerOf(request)];
    for (const candidate of offered) {
      for (const key of keys) {
        if (candidate && await isSame(candidate, key)) return;
      }
    }
    throw new Problem('secret_key_required');
  };
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

/** The token that came as bearer. */
export function bearerOf(request: Request): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}
