import type { BrowserContextOptions } from 'playwright-core';
import { demoPassword } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/**
 * Signs in one of the demo people without the form: returns a browser's storage state with their session
 * where supabase-js keeps it.
 * @param site the origin of the site to be opened
 */
export async function signedIn(
  { gateway, site, email }: { gateway: string; site: string; email: string },
): Promise<StorageState> {
  const answer = await fetch(`${gateway}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: demoPassword }),
  });
  const session = await answer.json() as { access_token?: string; expires_in: number };
  if (session.access_token === undefined) throw new Error(`${email} could not sign in.`);
  const value = { expires_at: Math.floor(Date.now() / 1000) + session.expires_in, ...session };
  const name = `sb-${new URL(gateway).hostname.split('.')[0]}-auth-token`;
  return {
    cookies: [],
    origins: [{ origin: site, localStorage: [{ name, value: JSON.stringify(value) }] }],
  };
}
