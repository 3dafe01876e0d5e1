import pg from 'pg';
import { DataProblem } from './problem.ts';

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  // A connection that breaks is told by the query that needs it.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataProblem(
      `The database does not answer (${
        message || code
      }). Start the stack with npm start, or set DATABASE_URL.`,
    );
  }
}
