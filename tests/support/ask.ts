import pg from 'pg';

/**
 * Runs SQL in a session of a pool, and keeps the session when Postgres refuses the statement. The pool's own
 * `query` ends it then, and what it has compiled and planned goes with it: half of what Postgres did in
 * money-sequences was to begin anew (measured).
 */
export async function ask<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  const client = await pool.connect();
  let isBroken = true;
  // A session that is ended from outside says so here as well.
  client.on('error', ignore);
  try {
    const result = await client.query<Row>(sql, values);
    isBroken = false;
    return result;
  } catch (error) {
    isBroken = !(error instanceof pg.DatabaseError) || error.severity !== 'ERROR';
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(isBroken);
  }
}

const ignore = () => {};
