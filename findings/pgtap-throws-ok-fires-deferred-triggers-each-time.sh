#!/bin/sh
# A pgTAP file is one transaction, so the deferred triggers of its setup wait for a commit that never comes. Where a
# test has to see a promise that is put off to the commit broken, its statement asks for it (set constraints all
# immediate). That fires all that waits, not only what the statement itself queued; throws_ok takes the error and rolls
# the subtransaction back, and with it the firing: Postgres 18.6 (PGlite 0.5.14, pgTAP from @electric-sql/pglite-pgtap
# 0.0.15) has all of it waiting again for the next throws_ok. So n tests over a setup of m rows do n * m triggers' work,
# and nothing in pgTAP's output says so. Fired once before the first test, the queue is empty and stays so. Each firing
# is counted by a sequence, because that is what a rollback leaves as it is.
#
# Seen on 29 November 2026:
#   rows whose trigger waits: 100
#   fired after one throws_ok: 100
#   fired after ten: 1000
#   fired once for good: 1100
#   fired after ten more: 1100
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error \
  @electric-sql/pglite@0.5.14 @electric-sql/pglite-pgtap@0.0.15 > /dev/null

cat > run.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { pgtap } from '@electric-sql/pglite-pgtap';

const db = await PGlite.create({ extensions: { pgtap } });
await db.exec(`
  create extension pgtap;
  create table homes (home_id integer primary key);
  create sequence fired;
  create function refresh() returns trigger language plpgsql as
    'begin perform nextval(''fired''); return null; end';
  create constraint trigger refresh after insert on homes deferrable initially deferred
    for each row execute function refresh();
  begin;
  select no_plan();
  insert into homes select generate_series(1, 100);
`);
const count = async () =>
  (await db.query('select case when is_called then last_value else 0 end as n from fired')).rows[0].n;
const try_ = (times) =>
  db.exec(`select throws_ok(
    'set constraints all immediate; insert into homes values (1)', '23505') from generate_series(1, ${times})`);
console.log('rows whose trigger waits: 100');
await try_(1);
console.log(`fired after one throws_ok: ${await count()}`);
await try_(9);
console.log(`fired after ten: ${await count()}`);
await db.exec('set constraints all immediate');
console.log(`fired once for good: ${await count()}`);
await try_(10);
console.log(`fired after ten more: ${await count()}`);
await db.exec('rollback');
await db.close();
JS
node run.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
rows whose trigger waits: 100
fired after one throws_ok: 100
fired after ten: 1000
fired once for good: 1100
fired after ten more: 1100
TEXT
diff expected.txt seen.txt
