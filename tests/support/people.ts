import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { createHash, randomUUID } from 'node:crypto';
import { keys, signToken } from '../../local/keys.ts';
import type { Database } from '../../types/database.ts';
import { checkedFetch } from './answers.ts';
import { asPostgres, testApi } from './stack.ts';

export type Client = SupabaseClient<Database>;

/** Somebody who can sign in. */
export interface Person {
  id: string;
  name: string;
  email: string;
  /** An access token, good for an hour. */
  token: string;
}

/**
 * A signed-in person of that name; the same one each time it is asked for. Made by SQL and a token of
 * our own in a millisecond (a sign-up through Auth takes 70), and no different to any rule.
 */
export async function person(name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@example.com`;
  const id = idOf(name);
  const session = randomUUID();
  await asPostgres(
    `with login as (
       insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data, email_confirmed_at, created_at, updated_at)
       values ($1, 'authenticated', 'authenticated', $2, '{"provider": "email", "providers": ["email"]}', $3, now(), now(), now())
       on conflict do nothing
     )
     select from auth.users`,
    [id, email, JSON.stringify({ display_name: name })],
  );
  await asPostgres(
    `insert into auth.sessions (id, user_id, aal, created_at, updated_at) values ($1, $2, 'aal1', now(), now())`,
    [session, id],
  );
  return { id, name, email, token: tokenFor({ id, email, session }) };
}

/** Has somebody work for the marketplace. */
export async function makeStaff({ id }: Pick<Person, 'id'>): Promise<void> {
  await asPostgres('insert into private.staff (profile_id) values ($1) on conflict do nothing', [
    id,
  ]);
}

/** The id a person of that name has, here and in the pgTAP files. */
function idOf(name: string): string {
  const hash = createHash('md5').update(`staybase ${name.toLowerCase()}`).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** An access token as Auth signs it; `expiresIn` is seconds from now and may lie in the past. */
export function tokenFor(
  { id, email, session = randomUUID(), expiresIn = 3600 }: {
    id: string;
    email: string;
    session?: string;
    expiresIn?: number;
  },
): string {
  const seconds = Math.floor(Date.now() / 1000);
  return signToken({
    sub: id,
    aud: 'authenticated',
    role: 'authenticated',
    email,
    session_id: session,
    iat: seconds + Math.min(0, expiresIn),
    exp: seconds + expiresIn,
  });
}

/** supabase-js as that person's browser has it. */
export async function clientOf(someone: Pick<Person, 'token'>): Promise<Client> {
  return await client(keys.publishable, { Authorization: `Bearer ${someone.token}` });
}

/** supabase-js of somebody who is not signed in. */
export const anonClient = (): Promise<Client> => client(keys.publishable);

/** supabase-js on a server, with the secret key. */
export const serviceClient = (): Promise<Client> => client(keys.secret);

async function client(key: string, headers: Record<string, string> = {}): Promise<Client> {
  const { url } = await testApi();
  return createClient<Database>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers, fetch: checkedFetch },
  });
}
