import { keys } from './keys.ts';
import type { Cluster } from './postgres/cluster.ts';

/** Whom a newcomer may be; supabase/seed.sql finds them by their addresses. */
export const demoPeople = [
  { name: 'Ada', email: 'ada@example.com', is: 'a guest' },
  { name: 'Alan', email: 'alan@example.com', is: 'another guest' },
  { name: 'Grace', email: 'grace@example.com', is: 'a host' },
  { name: 'Hedy', email: 'hedy@example.com', is: 'another host, and co-host of the mill' },
  { name: 'Margaret', email: 'margaret@example.com', is: 'staff' },
] as const;

export const demoPassword = 'stay-a-night';

/** An access token of one of them; undefined for others, and for a password that was changed. */
export async function signInDemoPerson(
  email: string,
  gatewayUrl: string,
): Promise<string | undefined> {
  const answer = await fetch(`${gatewayUrl}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: demoPassword }),
  });
  const { access_token: token } = await answer.json() as { access_token?: string };
  return token;
}

/** Signs up through Auth those of them who have no login yet. */
export async function signUpDemoPeople(
  cluster: Cluster,
  database: string,
  gatewayUrl: string,
): Promise<void> {
  const known = await cluster.using(database, 'postgres', async (client) => {
    const { rows } = await client.query<{ email: string }>('select email from auth.users');
    return new Set(rows.map(({ email }) => email));
  });
  await Promise.all(
    demoPeople.filter(({ email }) => !known.has(email)).map(async ({ name, email }) => {
      const answer = await fetch(`${gatewayUrl}/auth/v1/signup`, {
        method: 'POST',
        headers: { apikey: keys.publishable, 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: demoPassword, data: { display_name: name } }),
      });
      if (!answer.ok) throw new Error(`${name} could not sign up: ${await answer.text()}`);
    }),
  );
}

/** Makes those of them who work for the marketplace its staff, as a server with the secret key does. */
export async function employDemoStaff(
  cluster: Cluster,
  database: string,
  gatewayUrl: string,
): Promise<void> {
  const staff = demoPeople.filter(({ is }) => is === 'staff').map(({ email }) => email);
  const ids = await cluster.using(database, 'postgres', async (client) => {
    const { rows } = await client.query<{ id: string }>(
      'select id from auth.users where email = any($1)',
      [staff],
    );
    return rows.map(({ id }) => id);
  });
  for (const id of ids) {
    const answer = await fetch(`${gatewayUrl}/rest/v1/rpc/add_staff`, {
      method: 'POST',
      headers: { apikey: keys.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ profile_id: id }),
    });
    if (!answer.ok) throw new Error(`${id} could not become staff: ${await answer.text()}`);
  }
}
