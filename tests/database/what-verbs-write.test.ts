import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { splitStatements } from '../../local/postgres/statements.ts';
import { accessTest } from '../../scripts/reference/asked.ts';
import { readVerbWriters, type Writer } from '../../scripts/what-follows/verbs.ts';
import { testDatabase } from '../support/stack.ts';

const writes = (writers: Writer[]) =>
  new Set(
    writers.flatMap(({ tables }) =>
      [...tables].flatMap(([table, deeds]) => [...deeds].map((deed) => `${deed} ${table}`))
    ),
  );

test('a verb that only reads writes nothing', async () => {
  const { pool } = await testDatabase();
  const verbs = await readVerbWriters(pool);
  const { rows } = await pool.query<{ verb: string }>(
    `select 'public.' || proname as verb from pg_proc
     where pronamespace = 'public'::regnamespace and prokind = 'f' and provolatile <> 'v'`,
  );
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(({ verb }) => verbs.get(verb)?.length !== 0)).toEqual([]);
});

test('an insert that updates what is there is both, and what a verb calls writes for it', async () => {
  const verbs = await readVerbWriters((await testDatabase()).pool);
  expect(writes(verbs.get('public.set_notification') ?? [])).toEqual(
    new Set(['adds to public.notification_settings', 'changes public.notification_settings']),
  );
  expect(verbs.get('public.accept_booking')?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['private.accept_booking', 'private.confirm_booking']),
  );
  expect(writes(verbs.get('public.accept_booking') ?? [])).toContain('adds to private.commands');
});

test('what a verb writes, called by everyone who may, is on its line', async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    const listed = new Map(
      [...await readVerbWriters(client)].map(([verb, writers]) => [verb, writes(writers)]),
    );
    for (const statement of splitStatements(readFileSync(inProject(accessTest), 'utf8'))) {
      // The calls are made below.
      if (/^select (is|ok|set_eq|is_empty)\(/.test(statement)) {
        if (statement.includes('from asks')) break;
        continue;
      }
      await client.query(statement);
    }
    await client.query(`
      create temp table counted as
        select oid, relnamespace::regnamespace || '.' || relname as name from pg_class
        where relkind in ('r', 'p') and relnamespace = any ('{public,private,auth,storage}'::regnamespace[]);
      create function pg_temp.counts() returns table (deed text, done bigint) language sql volatile as $f$
        select deed || ' ' || name, done
        from counted, unnest(array['adds to', 'changes', 'deletes from'], array[
          pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),
          pg_stat_get_xact_tuples_deleted(oid)]) as counts (deed, done)
        where done > 0
      $f$;
      create temp table seen (verb text, deed text);
      -- Without triggers and cascades: what is left, the functions write.
      set local session_replication_role = replica;
      do $f$
      declare
        call   record;
        before jsonb;
      begin
        for call in
          select verb, statement, person.name
          from asks
          cross join jsonb_each_text(to_jsonb(asks) - 'verb' - 'statement') as person (name, outcome)
          join pg_proc on proname = verb and pronamespace = 'public'::regnamespace and provolatile = 'v'
          where outcome <> '42501' and outcome !~ '[a-z]'
        loop
          select coalesce(jsonb_object_agg(deed, done), '{}') into before from pg_temp.counts();
          perform tests.outcome(call.name, call.statement);
          insert into seen select call.verb, deed from pg_temp.counts()
          where done > coalesce((before ->> deed)::bigint, 0);
        end loop;
      end $f$`);
    const { rows: seen } = await client.query<{ verb: string; deed: string }>(
      'select distinct verb, deed from seen order by verb, deed',
    );
    expect(seen.length).toBeGreaterThan(150);
    const unlisted = seen.filter(({ verb, deed }) => !listed.get(`public.${verb}`)?.has(deed));
    expect(unlisted.map(({ verb, deed }) => `${verb} ${deed}`)).toEqual([]);
  } finally {
    await client.query('rollback');
    client.release();
  }
});
