import { bearerOf } from '../_shared/bearer.ts';
import { publishableKey, setting } from '../_shared/environment.ts';
import { Problem } from '../_shared/problem.ts';
import { stateless } from '../_shared/stateless.ts';

/** Who asks: the role to act in, and the claims that policies read, as PostgREST sets them. */
export interface Caller {
  role: 'anon' | 'authenticated';
  /** JSON, for `request.jwt.claims`. */
  claims: string;
}

export interface Callers {
  /** Throws `sign_in_required` for a token that is not a person's, is forged or has expired. */
  of(request: Request): Promise<Caller>;
}

const anonymous: Caller = { role: 'anon', claims: JSON.stringify({ role: 'anon' }) };

/** How long a token that was checked is believed, as long as it has not expired meanwhile. */
const believedMs = 60_000;
const remembered = 1_000;

/**
 * Tokens are checked by Auth's public keys, or where tokens are signed with a shared secret, by asking
 * Auth. A token stays good until it expires, as in PostgREST, so one that was checked is not checked
 * again for a minute.
 */
export function openCallers(): Callers {
  const [url, key] = [setting('SUPABASE_URL'), publishableKey()];
  let auth: ReturnType<typeof load> | undefined;
  const known = new Map<string, { caller: Promise<Caller>; until: number }>();

  return {
    async of(request) {
      const token = bearerOf(request);
      // supabase-js sends the publishable key as bearer for somebody who is not signed in.
      if (token === undefined || token === publishableKey()) return anonymous;
      const now = Date.now();
      const seen = known.get(token);
      if (seen !== undefined && seen.until > now) return await seen.caller;

      const entry = { caller: check(token), until: now + believedMs };
      known.set(token, entry);
      if (known.size > remembered) known.delete(known.keys().next().value!);
      entry.caller.catch(() => known.delete(token));
      return await entry.caller;

      async function check(token: string): Promise<Caller> {
        const { client, isAway } = await (auth ??= load());
        const { data, error } = await client.auth.getClaims(token);
        if (isAway(error)) {
          throw new Problem('try_again', 'The sign-in could not be checked; try again.');
        }
        if (data?.claims.role !== 'authenticated' || !data.claims.sub) {
          throw new Problem('sign_in_required');
        }
        entry.until = Math.min(entry.until, data.claims.exp * 1000);
        return { role: 'authenticated', claims: JSON.stringify(data.claims) };
      }
    },
  };

  /** Loaded with the first token: a tenth of the time that the function takes to start, and strangers have none. */
  async function load() {
    const { createClient, isAuthApiError, isAuthRetryableFetchError } = await import(
      '@supabase/supabase-js'
    );
    return {
      client: createClient(url, key, stateless),
      isAway: (error: unknown) =>
        isAuthRetryableFetchError(error) || (isAuthApiError(error) && error.status >= 500),
    };
  }
}
