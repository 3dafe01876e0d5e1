import { describe, expect, test } from 'vitest';
import { chapterPaths, definitions, linesOf } from '../../scripts/shared/definitions.ts';

// Whoever adds a status of a booking reads here, in red, where it must be known: CONTRIBUTING.md, "A new
// status of a booking".

const whole = chapterPaths().map((path) => linesOf(path).join('\n')).join('\n').replaceAll(
  /--.*$/gm,
  '',
);
const known = definitions();
const placeOf = (name: string) => {
  const found = known.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No chapter creates ${name}.`);
  return `${name} (${found.path}:${found.line})`;
};
const words = (sql: string) => [...sql.matchAll(/'([a-z_]+)'/g)].map(([, word = '']) => word);
/** The text from where it begins to where it ends. */
const between = (from: string, to: string) => {
  const start = whole.indexOf(from);
  if (start < 0) throw new Error(`The chapters do not say "${from}" any more.`);
  return whole.slice(start, whole.indexOf(to, start));
};
const valuesOf = (type: string) => words(between(`create type ${type} as enum`, ';'));
/** What the branches of the `case booking.status` of a function name. */
const branchesOf = (name: string) =>
  [...between(`create function ${name}(`, 'end $$;').matchAll(/^ {4,6}when ('[^\n]*') then/gm)]
    .flatMap(([, branch = '']) => words(branch));

const statuses = valuesOf('public.booking_status');
const moves = words(between('insert into private.booking_moves', ';'));
const refundReasons = valuesOf('public.refund_reason');
const whenMoneyArrives = branchesOf('private.money_arrived');
const ends = new Set(
  [...whole.matchAll(/private\.end_booking\(\s*\w+, ('[a-z_]+')/g)].flatMap(([, end = '']) =>
    words(end)
  ),
);
// Told whether or not the host heard of the booking.
const whenItEnds = [...branchesOf('private.tell_about_end'), 'payment_conflict'];

test('there are statuses, and bookings that end without a stay', () => {
  expect(statuses).toContain('confirmed');
  expect([...ends].sort()).toEqual([
    'cancelled_by_guest',
    'declined',
    'expired',
    'payment_conflict',
  ]);
});

describe.each(statuses)('the status %s', (status) => {
  const isNamedIn = (place: string, names: string[]) =>
    expect(
      names,
      `\`${status}\` is a status of a booking, and ${place} does not name it`,
    ).toContain(status);

  test('is reached or left by a move', () => isNamedIn(placeOf('private.booking_moves'), moves));

  test('says what money means that arrives then', () =>
    isNamedIn(`the case of ${placeOf('private.money_arrived')}`, whenMoneyArrives));

  test.runIf(ends.has(status))('is told and refunded, as an end without a stay', () => {
    isNamedIn(placeOf('public.refund_reason'), refundReasons);
    isNamedIn(`the case of ${placeOf('private.tell_about_end')}`, whenItEnds);
  });

  test('can be brought along by an import, or says why not', () => {
    const brought = linesOf('docs/bringing-data.md').join('\n');
    // What is under way is asked for again after the move.
    const underWay = ['awaiting_payment', 'requested', 'declined', 'expired', 'payment_conflict'];
    expect(
      underWay.includes(status) || brought.includes(`\`${status}\``),
      `\`${status}\` is a status of a booking, and neither docs/bringing-data.md nor this test names it`,
    ).toBe(true);
  });
});
