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
/** A rule with a piece of it replaced. */
const changed = async (rule: string, piece: string, instead: string) => {
  const { rows: [found] } = await (await testDatabase()).pool.query<{ text: string }>(
    `select pg_get_functiondef($1::regproc) as text`,
    [`private.${rule}`],
  );
  const text = found?.text ?? '';
  expect(text.split(piece), `${piece} in ${rule}`).toHaveLength(2);
  return text.replace(piece, instead);
};

test('there are five walk-throughs, of a verb, a rule, an e-mail, a job and a reminder', () => {
  expect([...new Set(steps.map(({ walk }) => walk))]).toEqual([
    'Add a verb',
    'Add a rule',
    'Add an e-mail',
    'Add a job: something that happens in time',
    'Add a reminder: an e-mail that is due because time has passed',
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
  const early = await failures(
    `create or replace function private.job_due_times()
       returns table (job text, due_at timestamptz) language sql stable security definer
       set search_path = '' as $f$ select 'forget_arrivals', '-infinity'::timestamptz $f$;
     ${await changed('forget_arrivals', '+ 30', '+ 29')}`,
  );
  expect(early.failed).toContain('an arrival is kept until thirty days after the check-out');
  const never = await failures(
    await changed('job_due_times', 'min(bookings.check_out) + 30', 'null::date'),
  );
  expect(never.failed).toEqual(['then it is forgotten', 'nothing of it is left']);
});

test.for([
  {
    wrong: 'it is never due',
    rule: 'job_due_times',
    piece: 'min(arrival_reminders.due_at)',
    becomes: 'null::timestamptz',
    red: [
      'three days before check-in the guest is reminded',
      'a guest whose stay moved is reminded again',
      'each reminder is an e-mail',
    ],
  },
  {
    wrong: 'it comes a day early',
    rule: 'plan_arrival_reminder',
    piece: 'check_in - 3',
    becomes: 'check_in - 4',
    red: [
      'no guest is reminded until three days before check-in',
      'three days before check-in the guest is reminded',
      'the reminder of a stay that moves, moves',
      'a guest whose stay moved is reminded again',
    ],
  },
  {
    wrong: 'its row stays',
    rule: 'remind_of_arrival',
    piece: 'delete from',
    becomes: 'perform from',
    red: [
      'a guest is reminded once',
      'a guest who cancelled is not reminded',
      'a guest who said when they arrive is not reminded',
    ],
  },
  {
    wrong: 'its day is not its occasion',
    rule: 'remind_of_arrival',
    piece: ', booking.check_in::text',
    becomes: '',
    red: ['each reminder is an e-mail'],
  },
  {
    wrong: 'it outlasts the booking',
    rule: 'plan_arrival_reminder',
    piece: `bookings.status = 'confirmed'`,
    becomes: 'true',
    red: ['a guest who cancelled is not reminded'],
  },
  {
    wrong: 'it outlasts the announcement',
    rule: 'plan_arrival_reminder',
    piece: 'arrivals.booking_id = bookings.booking_id',
    becomes: 'false',
    red: ['a guest who said when they arrive is not reminded'],
  },
])('it fails when the reminder is wrong: $wrong', async ({ rule, piece, becomes, red }) => {
  expect((await failures(await changed(rule, piece, becomes))).failed).toEqual(red);
});

test('it fails without either trigger of the reminder, and when none follows the dates', async () => {
  expect((await failures('drop trigger plan_the_arrival_reminder on public.bookings')).failed)
    .toEqual([
      'three days before check-in the guest is reminded',
      'a guest whose stay moved is reminded again',
      'each reminder is an e-mail',
    ]);
  const forStatusAlone = await failures(
    `drop trigger plan_the_arrival_reminder on public.bookings;
     create trigger plan_the_arrival_reminder after update of status on public.bookings
       for each row when (old.status <> new.status)
       execute function private.plan_arrival_reminder()`,
  );
  expect(forStatusAlone.failed).toEqual([
    'a guest whose stay moved is reminded again',
    'each reminder is an e-mail',
  ]);
  expect((await failures('drop trigger drop_the_arrival_reminder on public.arrivals')).failed)
    .toEqual(['a guest who said when they arrive is not reminded']);
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

test('the e-mail is ordered once; it and the reminder are written in every language', async () => {
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
     console.log(JSON.stringify(['arrival_announced', 'arrival_reminder'].map((template) =>
       languageNames.map((language) => letterAbout(template, facts, language)))));`,
    JSON.stringify(orders[0]?.facts),
  ], { cwd: folder });
  const letters = JSON.parse(stdout) as { subject: string; text: string }[][];
  for (const one of letters) expect(new Set(one.map(({ subject }) => subject)).size).toBe(4);
  const [announced, reminder] = letters.map(([english]) => english);
  expect(announced?.subject).toMatch(/^When your guest arrives: Mill, .*June/);
  expect(announced?.text).toContain('Hello Ada,\n\nGrace has told you when they will arrive.');
  expect(reminder?.subject).toMatch(/^When will you arrive\? Mill, .*June/);
  expect(reminder?.text).toContain('Hello Grace,\n\nPlease let Ada know when you will arrive.');
});
