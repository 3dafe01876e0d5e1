import pg from 'pg';
import { BackupProblem } from './problem.ts';

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {});
  await client.connect().catch((error) => {
    // Where several addresses were tried, as for localhost, only the code says something.
    const said = error instanceof Error
      ? error.message || (error as { code?: string }).code
      : error;
    throw new BackupProblem('unreachable', `The database does not answer: ${said}`, {
      cause: error,
    });
  });
  return client;
}

/** Lends a connection. */
export async function using<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The name of the database that an address leads to. */
export const databaseOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';

/** The address of another database of the same server. */
export const inDatabase = (url: string, database: string): string => {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
};
