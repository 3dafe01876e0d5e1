#!/bin/sh
# Postgres (18, as @electric-sql/pglite 0.5.17 packs it; 17.10 does the same) prints a SQL-standard function body (begin atomic) in
# another way once it was read back from its own print: a constant that takes the type of a column of the
# result in passing is printed `'low'::text`, and the same text, read again, gives the column a name of its
# own and is printed `'low'::text AS text`. The third print equals the second. So a database that was dumped
# and restored is the same and its catalog is not, letter by letter: a comparison of pg_get_functiondef()
# before and after a restore, as tools that look for drift make it, finds a change where there is none.
#
# Seen on 28 November 2026:
#   Postgres 18
#   first 'low'::text new
#   second 'low'::text AS text new
#   third 'low'::text AS text as before
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error @electric-sql/pglite@0.5.17 > /dev/null

cat > bodies.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
const db = new PGlite();
const print = async () =>
  (await db.query(`select pg_get_functiondef('public.levels'::regproc) as text`)).rows[0].text;
const [{ major }] = (await db.query(
  `select current_setting('server_version_num')::integer / 10000 as major`)).rows;
console.log('Postgres', major);
await db.exec(`
  create type public.level as (name text, height integer);
  create function public.levels() returns setof public.level language sql
  begin atomic
    select 'low', 1;
  end;`);
let known = '';
for (const time of ['first', 'second', 'third']) {
  const text = await print();
  console.log(time, text.match(/SELECT (.*),/)[1], text === known ? 'as before' : 'new');
  known = text;
  await db.exec(`drop function public.levels(); ${text}`);
}
JS
node bodies.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
Postgres 18
first 'low'::text new
second 'low'::text AS text new
third 'low'::text AS text as before
TEXT
diff expected.txt seen.txt
