import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { readAsked } from '../../scripts/reference/asked.ts';
import { callersOf } from '../../scripts/reference/callers.ts';
import { withoutCaught } from '../../scripts/reference/caught.ts';
import { readReference } from '../support/reference.ts';

const linesOf = (page: string) => readFileSync(inProject('docs', page), 'utf8').split('\n');

/** The cells of the row of a table that begins with this name. */
function rowOf(page: string, name: string): string[] {
  const rows = linesOf(page).filter((line) => line.startsWith(`| \`${name}\``));
  expect(rows, name).toHaveLength(1);
  return (rows[0] ?? '').split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim());
}

const verbs = Object.keys(readReference().paths)
  .flatMap((path) => /\/rpc\/(\w+)$/.exec(path)?.[1] ?? []);

test('every verb stands once on the page of who may what, and the test of access knows it', () => {
  const lines = linesOf('who-may-what.md');
  expect(verbs.length).toBeGreaterThan(150);
  for (const verb of verbs) {
    const rows = lines.filter((line) =>
      line.startsWith(`| \`${verb}\` (`) || (line.startsWith('- `') && line.includes(`\`${verb}\``))
    );
    expect(rows, verb).toHaveLength(1);
  }
  expect(lines.filter((line) => line.includes('not in tests/'))).toEqual([]);
});

test('staff read messages while a case is open, and edge functions call verbs for people', () => {
  const lines = linesOf('who-may-what.md');
  expect(lines.find((line) => line.startsWith('`staff_messages`: '))).toContain('only while');
  const at = lines.indexOf('### Called for people by edge functions');
  expect(lines[at + 2]).toMatch(
    /`create-payment`.*`host-account`|`host-account`.*`create-payment`/,
  );
});

test('a function that catches its own refusal does not decide it', () => {
  expect(rowOf('errors.md', 'nights_taken').at(-1)).toContain('`hold_nights`');
  expect(rowOf('errors.md', 'nights_taken').at(-1)).not.toMatch(/place_with_nights|late_money/);

  const body = (handler: string) =>
    `begin
  begin
    if wanted then perform private.refuse('taken'); end if;
    perform private.refuse('not_found');
  exception when sqlstate 'PT409' then
    ${handler};
  end;
  perform private.refuse('taken');
end`;
  const statuses = new Map([['taken', 409], ['not_found', 404]]);
  const codes = (text: string) =>
    [...withoutCaught(text, statuses).matchAll(/refuse\('(\w+)'/g)].map(([, code]) => code);
  expect(codes(body('null'))).toEqual(['not_found', 'taken']);
  expect(codes(body('raise'))).toEqual(['taken', 'not_found', 'taken']);
});

test('what the test of access says of a call is read from its text', () => {
  const [call] = readAsked().filter(({ verb }) => verb === 'staff_cancel_booking');
  expect(call).toMatchObject({
    given: `'tests.id(''visit''), 0, ''Flood'''`,
    outcomes: { anon: '42501', katherine: 'staff_only', sam: '1', service: '42501' },
  });
});

test('guests, hosts by their role, staff and others are told apart', () => {
  const may = (verb: string) => rowOf('who-may-what.md', verb).slice(1);
  expect(may('search_listings')).toEqual(['everyone', '']);
  expect(may('create_listing')[0]).toBe('whoever is signed in');
  expect(may('withdraw_booking')).toEqual(['guest', '`booking_not_found`']);
  expect(may('accept_booking')).toEqual(['owner; co-host (full)', '`booking_not_found`']);
  expect(may('block_nights')[0]).toBe('owner; co-host (full); co-host (calendar)');
  // A co-host who keeps the calendar sets everything but prices.
  expect(may('set_calendar')[0]).toBe('owner; co-host (full); co-host (calendar), in part');
  expect(may('remove_cohost')[0]).toBe('owner; whoever it is about');
  expect(may('staff_suspend')).toEqual(['staff', '`staff_only`']);
  expect(may('accept_alteration')).toEqual([
    'the other side',
    'whoever proposed it: `own_proposal`; others: `alteration_not_found`',
  ]);
});

test('whoever is refused for the state of things may do it; whoever finds nothing there may not', () => {
  const asked = (outcomes: Record<string, string>) =>
    callersOf([{ verb: '', given: '', outcomes }], 'Booking', statuses).may;
  const statuses = new Map([['not_found', 404], ['too_late', 409], ['not_yours', 403]]);
  const nobody = { anon: '42501', katherine: 'not_found', alan: 'not_found', service: '42501' };
  expect(asked({ ...nobody, grace: 'too_late', ada: 'not_yours' })).toEqual(['guest']);
  expect(asked({ ...nobody, grace: 'too_late', ada: '1' })).toEqual(['owner']);
  expect(asked({ ...nobody, katherine: '0', alan: '0', grace: '0', ada: '2' })).toEqual(['owner']);
});

test('a code stands with its verbs and with the rule that decides, also where another refuses', () => {
  const [, , , answeredBy, decidedBy] = rowOf('errors.md', 'below_minimum_nights');
  expect(answeredBy).toContain('`request_booking`');
  expect(decidedBy).toBe('`stay_problem` ([nights_calendar])');
  expect(rowOf('errors.md', 'account_suspended')[3]).toBe('every verb that changes something');
  expect(rowOf('errors.md', 'staff_only')[3]).toBe('every verb of staff');
  expect(rowOf('errors.md', 'illegal_move')[3]).toBe('writing `bookings`');
  expect(rowOf('errors.md', 'not_awaiting_answer').slice(3))
    .toEqual([
      '`accept_booking`, `decline_booking`',
      '`check_acceptable`, `check_declinable` ([stays_requests])',
    ]);
});

test('every code that a verb names has a rule that decides it', () => {
  const codes = linesOf('errors.md').flatMap((line) => {
    const [, code, cells = ''] = /^\| `(\w+)` \| \d* \|(.*)\|$/.exec(line) ?? [];
    const [answeredBy = '', decidedBy = ''] = cells.split(' | ').slice(-2).map((cell) =>
      cell.trim()
    );
    return code === undefined ? [] : [{ code, answeredBy, decidedBy }];
  });
  expect(codes.length).toBeGreaterThan(200);
  expect(codes.filter(({ answeredBy, decidedBy }) => (answeredBy === '') !== (decidedBy === '')))
    .toEqual([]);
});
