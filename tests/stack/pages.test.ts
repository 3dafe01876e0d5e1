import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';

const linesOf = (page: string) => readFileSync(inProject('docs', page), 'utf8').split('\n');

/** The cells of the row of a table that begins with this name. */
function rowOf(page: string, name: string): string[] {
  const rows = linesOf(page).filter((line) => line.startsWith(`| \`${name}\``));
  expect(rows, name).toHaveLength(1);
  return (rows[0] ?? '').split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim());
}

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
