import pg from 'pg';
import { DeployProblem } from './problem.ts';

/**
 * How a database is connected to: encrypted, unless it is on this machine or the address says otherwise.
 * Supabase signs with a root of its own, so who answers is checked only where the address asks for it:
 * `?sslmode=verify-full&sslrootcert=FILE`.
 */
export function connectionTo(url: string): pg.ClientConfig {
  const { hostname, searchParams } = new URL(url);
  const isHere = ['127.0.0.1', 'localhost', '[::1]', ''].includes(hostname);
  return {
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    ...(isHere || searchParams.has('sslmode') ? {} : { ssl: { rejectUnauthorized: false } }),
  };
}

/** Lends a connection. */
export async function using<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connectionTo(url), application_name: 'staybase deploy' });
  try {
    await client.connect();
  } catch (error) {
    throw new DeployProblem(`Can't reach the database: ${(error as Error).message}`);
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** True when there is such a table or view. */
export async function isThere(client: pg.Client, relation: string): Promise<boolean> {
  const { rows: [found] } = await client.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [relation],
  );
  return found?.there === true;
}
