import type pg from 'pg';
import { application, waitFor } from './ends.ts';

/** Ends every session and lets none in but superusers'; returns how many were allowed. */
export async function keepOut(client: pg.ClientBase): Promise<number> {
  const { rows: [was] } = await client.query<{ limit: number }>(
    `select datconnlimit as limit from pg_database where datname = current_database()`,
  );
  await letIn(client, 0);
  await waitFor('Every other session ends', async () => {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and application_name <> $1`,
      [application],
    );
    return rowCount === 0;
  }, { seconds: 30 });
  return was!.limit;
}

export async function letIn(client: pg.ClientBase, limit: number): Promise<void> {
  const { rows: [database] } = await client.query<{ name: string }>(
    'select quote_ident(current_database()) as name',
  );
  await client.query(`alter database ${database!.name} connection limit ${limit}`);
}
