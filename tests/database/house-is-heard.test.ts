import { beforeAll, describe, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { runPgTap } from '../support/pgtap.ts';

// The habits of the house stand for what no other test asks about: tables and functions of the server's
// own. house.test.sql and rights.test.sql must name each of these slips.

type Results = Awaited<ReturnType<typeof runPgTap>>['results'];

interface Slip {
  slip: string;
  /** The assertion that must fail. */
  habit: string;
  /** What a line of it must hold. */
  names: string | RegExp;
}

/** What both files say of a database with a slip in it; one after the other, for a slip may lock what is read. */
async function ofTheHouse(without: string): Promise<Results> {
  const results: Results = [];
  for (const file of ['house', 'rights']) {
    const path = inProject('tests', 'database', `${file}.test.sql`);
    results.push(...(await runPgTap(path, { without })).results);
  }
  return results;
}

const roles = ['anon', 'authenticated', 'service_role'];

const privateTables = [
  'refusals',
  'refusal_details',
  'registrations',
  'retention',
  'jobs',
  'job_runs',
  'rows_set_aside',
  'imported',
  'settled_elsewhere',
  'deployments',
  'difference_counts',
  'invitation_keys',
  'compared_files',
  'zone_data',
  'display_currencies',
  'exchange_rates',
].flatMap((table): Slip[] => [
  {
    slip: `alter table private.${table} disable row level security`,
    habit: 'every table has row-level security',
    names: `(private,${table})`,
  },
  {
    slip:
      `create policy "people see everything" on private.${table} for select to authenticated using (true)`,
    habit: 'no client has a way into a private table',
    names: `(private,${table},`,
  },
  ...roles.map((role) => ({
    slip: `grant select on private.${table} to ${role}`,
    habit: 'no private table or sequence is granted to anyone',
    names: `(private.${table},${role},SELECT)`,
  })),
]);

/** Functions of the server alone, and arguments where there are some. */
const privateFunctions = [
  ['doctor'],
  ['health'],
  ['slow_queries', 'double precision, bigint'],
  ['statements_seen'],
  ['blocked_sessions', 'interval'],
  ['untrusted_settings'],
  ['server_samples'],
  ['marketplace_samples'],
  ['count_differences', 'integer'],
  ['was_settled_elsewhere', 'uuid'],
  ['run_job', 'bigint'],
  ['limit_roles'],
  ['refuse', 'text, text, text[]'],
  ['lock_payment', 'uuid, text'],
].flatMap(([rule, types = '']) =>
  roles.map((role): Slip => ({
    slip: `grant execute on function private.${rule}(${types}) to ${role}`,
    habit: 'a private function that clients may execute is named by a verb or a policy',
    names: new RegExp(`private\\.${rule}\\(.*,${role}\\)`),
  }))
);

const rules: Slip[] = [
  ...['metrics', 'health_report'].map((verb) => ({
    slip: `grant execute on function private.${verb}() to authenticated`,
    habit: 'a rule behind a verb is for the callers of that verb',
    names: `("private.${verb}()",authenticated)`,
  })),
  {
    slip: 'revoke execute on function private.count_rows_read() from anon',
    habit: 'a rule behind a policy is for the roles of that policy',
    names: '("private.count_rows_read()",',
  },
  {
    slip: 'revoke execute on function private.is_checked(text, text) from authenticated',
    habit: 'a rule behind a policy is for the roles of that policy',
    names: 'private.is_checked(',
  },
];

const triggers = [
  'keep_the_bucket',
  'limit_the_moved_files',
  'follow_the_moved_file',
  'follow_the_new_public_file',
].map((trigger): Slip => ({
  slip: `drop trigger ${trigger} on storage.objects`,
  habit:
    'three triggers follow the logins, fourteen the files, and nothing else of ours is in auth and storage',
  names: `(storage.objects,${trigger})`,
}));

const graphql = [
  ['grant service_role to staybase_graphql', '(service_role,'],
  ['grant authenticated to staybase_graphql with inherit true', '(authenticated,t,t,f)'],
  ['revoke anon from staybase_graphql', '(anon,f,t,f)'],
].map(([slip = '', names = '']): Slip => ({
  slip,
  habit:
    'GraphQL becomes somebody unknown or somebody who is signed in, by saying so, and nobody else',
  names,
}));

/** These say all that is wrong at once, so they are looked at together. */
const together: Slip[] = [
  ...privateTables,
  ...privateFunctions,
  ...rules,
  ...triggers,
  ...graphql,
  {
    slip: `create function private.charge_abroad() returns numeric language sql stable
      set search_path = '' begin atomic select sum(rate) from private.exchange_rates; end`,
    habit:
      'no rule about money, bookings or prices reads an exchange rate: amounts are converted for show',
    names: '(private.charge_abroad)',
  },
  {
    slip: 'comment on column private.settings.hold_minutes is null',
    habit: 'every setting says what it does',
    names: 'hold_minutes',
  },
  {
    slip: `update private.registrations set answer = 'nobody' where question = 'payment_arrived'`,
    habit: 'whoever is registered to answer is one private function',
    names: '(payment_arrived,alteration,nobody)',
  },
  {
    slip:
      `insert into private.retention (record, keep_days, what) values ('letters', 30, 'Nobody.')`,
    habit:
      'each kind of record of private.retention is deleted by a job, and nothing else asks for one',
    names: 'letters',
  },
  ...[
    `create function private.forget_letters() returns timestamptz language sql
       begin atomic select private.now() - interval '30 days'; end`,
    `create function private.forget_cards() returns timestamptz language plpgsql
       as $$ begin return private.now() - interval '30 days'; end $$`,
  ].map((slip) => ({
    slip,
    habit: 'how long a record is kept stands in private.retention and not in its job',
    names: /forget_(letters|cards)/.exec(slip)?.[0] ?? '',
  })),
  {
    slip: 'alter function public.my_conversations volatile',
    habit: 'a verb that only reads is stable',
    names: 'my_conversations',
  },
  {
    slip: 'alter function public.staff_claim_report stable',
    habit: 'nothing that a stable verb calls writes',
    names: 'staff_claim_report',
  },
  {
    slip: 'alter role staybase_graphql bypassrls',
    habit: 'GraphQL has a login and no power of its own',
    names: 'staybase_graphql',
  },
];

/** These say the first thing that is wrong. */
const counted = 'the rows of every table that a client may read are counted';
const callers = 'every verb is for exactly the callers named here';
const alone: Slip[] = [
  ...['listings', 'cohost_invitations'].map((table) => ({
    slip: `drop policy "people read many rows only a few at once" on public.${table}`,
    habit: counted,
    names: `${table} RESTRICTIVE`,
  })),
  {
    slip: `create table public.forgotten (forgotten_id integer primary key);
      grant select on public.forgotten to authenticated`,
    habit: counted,
    names: 'forgotten RESTRICTIVE',
  },
  {
    slip: `alter policy "people read many rows only a few at once" on public.listings using (true)`,
    habit: counted,
    names: 'listings RESTRICTIVE',
  },
  {
    slip: 'grant execute on function public.metrics() to anon',
    habit: callers,
    names: '(metrics,"anon service_role")',
  },
  {
    slip: 'grant execute on function public.health_report() to authenticated',
    habit: callers,
    names: '(health_report,"authenticated service_role")',
  },
  {
    slip: 'revoke execute on function public.metrics() from service_role',
    habit: callers,
    names: '(metrics,nobody)',
  },
];

function expectNamed(results: Results, { habit, names }: Slip): void {
  const told = results.find(({ name }) => name === habit);
  expect(told, habit).toMatchObject({ passed: false });
  expect(told?.diagnosis.join('\n')).toMatch(names);
}

describe('of many slips the house names', () => {
  let results: Results;
  beforeAll(async () => {
    results = await ofTheHouse(together.map(({ slip }) => slip).join(';\n'));
  });
  test.each(together)('$slip', (slip) => expectNamed(results, slip));
});

test.each(alone)('the house names: $slip', async (slip) => {
  expectNamed(await ofTheHouse(slip.slip), slip);
});
