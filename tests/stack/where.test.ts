import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

const where = (...words: string[]) =>
  spawnSync(process.execPath, [inProject('scripts', 'where.ts'), ...words], {
    encoding: 'utf8',
    cwd: '/',
  });

/** The line of the project that a printed place points at. */
function lineAt(output: string, about: string): string {
  const [, path, line] = new RegExp(`^(\\S+):(\\d+)  ${about}$`, 'm').exec(output) ?? [];
  if (path === undefined) throw new Error(`"${about}" is not in:\n${output}`);
  return readFileSync(inProject(path), 'utf8').split('\n')[Number(line) - 1] ?? '';
}

test('a word leads to its rule, what the rule says, and a test of it', () => {
  const { stdout, status } = where('nights', 'free');
  expect(status).toBe(0);
  expect(lineAt(stdout, 'function private.nights_free')).toContain(
    'create function private.nights_free',
  );
  expect(stdout).toContain('Rule: free of every claim that counts');
});

test('an error code leads to the line that raises it', () => {
  expect(where('price_changed').stdout).toMatch(
    /bookings_requests\.sql:\d+ {2}perform private\.refuse\('price_changed'/,
  );
});

/** What is asked by somebody who is new here, and a place or name that must be in the first lines of the answer. */
const questions: [question: string, answer: RegExp][] = [
  [
    'which file decides a refund?',
    /migrations\/\d+_\w+\.sql:\d+ {2}function private\.refund_terms/,
  ],
  [
    'what runs when a stay is confirmed?',
    /what-follows\.md:\d+ {2}change public\.bookings: becomes confirmed/,
  ],
  ["where is an e-mail's text?", /supabase\/functions\/run-commands\/\w+/],
  ['who may see a message?', /policy people see the messages of conversations they see/],
  ['how is the fee computed?', /function private\.add_fees_and_taxes/],
  ['who can see the door code', /function private\.access_is_open/],
  ['when is a host paid', /function private\.release_payout/],
  ['who may cancel', /function private\.cancel_booking/],
  [
    'what happens when a payout is sent',
    /what-follows\.md:\d+ {2}change public\.payouts: becomes sent/,
  ],
  ['what may a co-host do?', /host_rights/],
];

test.for(questions)('"%s" is answered in the first lines', ([question, answer]) => {
  const { stdout, status } = where(...question.split(' '));
  expect(status).toBe(0);
  expect(stdout.split('\n').slice(0, 45).join('\n')).toMatch(answer);
});

test('what is exactly so named comes first', () => {
  for (const name of ['request_booking', 'refund_terms', 'claims_never_share_a_night']) {
    expect(where(name).stdout.split('\n')[1]).toMatch(
      new RegExp(` ${'(public|private|constraint)'}[. ]${name}$`),
    );
  }
});

test('what nobody speaks of is said to be unknown', () => {
  expect(where('x'.repeat(30))).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('No rule'),
  });
  expect(where().status).toBe(1);
});
