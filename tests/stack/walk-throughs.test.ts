import type { SupabaseClient } from '@supabase/supabase-js';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { markAsLocal } from '../../local/postgres/local-database.ts';
import { migrate, readMigrations } from '../../local/postgres/migrate.ts';
import { baseTemplate, createDatabase } from '../../local/postgres/templates.ts';
import { clientOf, person } from '../support/people.ts';
import { runPgTap } from '../support/pgtap.ts';
import { asPostgres, setClock, testDatabase } from '../support/stack.ts';
import { follow, scratchCopy, steps } from '../support/walk-throughs.ts';

// CONTRIBUTING.md is followed in a copy of the project, step by step as it stands there; then this file's
// database is built again, from the chapters of the copy.
let folder = '';

beforeAll(async () => {
  folder = scratchCopy();
  for (const step of steps) follow(step, folder);
  const { name } = await testDatabase();
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  await createDatabase(cluster, name, await baseTemplate(cluster));
  await migrate(cluster, name, readMigrations(join(folder, 'supabase', 'migrations')));
  await markAsLocal(cluster, name);
  await asPostgres(readFileSync(inCopy('000-helpers.sql'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inCopy = (file: string) => join(folder, 'tests', 'database', file);
const pgTap = async (file: string, without = '') =>
  await runPgTap(inCopy(file), { without, pool: (await testDatabase()).pool });
const failures = async (without = '') => {
  const { results, complaint } = await pgTap('arrivals.test.sql', without);
  return { failed: results.filter(({ passed }) => !passed).map(({ name }) => name), complaint };
};

test('there are four walk-throughs, of a verb, a rule, an e-mail and a job', () => {
  expect([...new Set(steps.map(({ walk }) => walk))]).toEqual([
    'Add a verb',
    'Add a rule',
    'Add an e-mail',
    'Add a job: something that happens in time',
  ]);
});

test('no line of them is over 100 columns', () => {
  const long = steps.flatMap(({ text }) => text.split('\n').filter((line) => line.length > 100));
  expect(long).toEqual([]);
});

test('their database test passes', async () => {
  expect(await failures()).toEqual({ failed: [], complaint: undefined });
});

test('it fails without the rule, and without the policy', async () => {
  expect((await failures('drop trigger check_the_arrival on public.arrivals')).failed)
    .toEqual(['eight days before check-in is too early']);
  const open = await failures(
    `alter policy "people see arrivals for the bookings they see" on public.arrivals using (true)`,
  );
  expect(open.failed).toEqual(['a stranger does not']);
});

test('it fails when the job forgets too early, and when it is never due', async () => {
  const { rows: [job] } = await (await testDatabase()).pool.query<{ text: string }>(
    `select pg_get_functiondef('private.forget_arrivals'::regproc) as text`,
  );
  const early = await failures(
    `create or replace function private.job_due_times()
       returns table (job text, due_at timestamptz) language sql stable security definer
       set search_path = '' as $f$ select 'forget_arrivals', '-infinity'::timestamptz $f$;
     ${job?.text.replace('+ 30', '+ 29')}`,
  );
  expect(early.failed).toContain('an arrival is kept until thirty days after the check-out');
  const never = await failures(
    `create or replace function private.job_due_times()
       returns table (job text, due_at timestamptz) language sql stable security definer
       set search_path = '' as $f$ select 'forget_arrivals', null::timestamptz $f$`,
  );
  expect(never.failed).toEqual(['then it is forgotten', 'nothing of it is left']);
});

test.for(['house.test.sql', 'rights.test.sql', 'exports.test.sql', 'schedules.test.sql'])(
  'the chapter keeps the rules of %s',
  async (file) => {
    const { results, complaint } = await pgTap(file);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(complaint).toBeUndefined();
  },
);

test('the verb answers through PostgREST, and its rule refuses there', async () => {
  await asPostgres(`
    select tests.at('2031-05-25 12:00+00');
    select tests.home('mill', 'ada');
    select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
    select tests.money('visit', 'succeeded');
    select tests.back()`);
  const [{ id: booking_id } = { id: '' }] = await asPostgres<{ id: string }>(
    `select tests.id('visit') as id`,
  );
  // The types of the project do not know the verb.
  const grace = await clientOf(await person('Grace')) as unknown as SupabaseClient;
  const announce = () => grace.rpc('announce_arrival', { booking_id, words: 'At nine.' });

  expect((await announce()).error).toMatchObject({ code: 'PT409', message: 'too_early' });
  await setClock('2031-05-30T12:00:00Z');
  expect((await announce()).data).toMatchObject({ booking_id, words: 'At nine.' });
  expect((await announce()).error).toBeNull();
  expect((await grace.from('arrivals').select('words')).data).toEqual([{ words: 'At nine.' }]);
  const hedy = await clientOf(await person('Hedy')) as unknown as SupabaseClient;
  expect((await hedy.from('arrivals').select('words')).data).toEqual([]);
});

test('the e-mail is ordered once, and written in every language', async () => {
  const orders = await asPostgres<{ template: string; recipient: string; facts: object }>(
    `select template, recipient, facts from public.claim_commands(100)
     where template = 'arrival_announced'`,
  );
  expect(orders).toMatchObject([{ recipient: 'ada@example.com' }]);
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { languageNames, letterAbout } from './supabase/functions/run-commands/writing/letter.ts';
     const facts = JSON.parse(process.argv[1]);
     console.log(JSON.stringify(languageNames.map((language) =>
       letterAbout('arrival_announced', facts, language))));`,
    JSON.stringify(orders[0]?.facts),
  ], { cwd: folder });
  const letters = JSON.parse(stdout) as { subject: string; text: string }[];
  expect(letters).toHaveLength(4);
  expect(new Set(letters.map(({ subject }) => subject)).size).toBe(4);
  expect(letters[0]?.subject).toMatch(/^When your guest arrives: Mill, .*June/);
  expect(letters[0]?.text).toContain('Hello Ada,\n\nGrace has told you when they will arrive.');
});
