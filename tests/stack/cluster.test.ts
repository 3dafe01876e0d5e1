import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { differences, repeated } from '../../scripts/cluster/checks.ts';
import { fillIn } from '../../scripts/cluster/cluster.ts';
import {
  type Acknowledged,
  findLosses,
  longestSilence,
  quantile,
  randomFrom,
} from '../../scripts/cluster/history.ts';

// `npm run cluster:prove` needs root and minutes. What it judges by is tried here.

const said = (booking: string, more: Partial<Acknowledged> = {}): Acknowledged => ({
  booking,
  listing: 'mill',
  guest: 'ada',
  checkIn: '2031-06-01',
  checkOut: '2031-06-03',
  at: 0,
  ...more,
});
const stored = (booking: string, status = 'awaiting_payment') => ({ ...said(booking), status });

test('a booking that was acknowledged and is gone, or is another stay, is lost', () => {
  const acknowledged = [said('one'), said('two'), said('three', { checkOut: '2031-06-04' })];
  expect(findLosses(acknowledged, [stored('one'), stored('three'), stored('four')])).toEqual({
    bookings: ['two', 'three'],
    confirmations: [],
  });
});

test('a hold may end, a stay that its guest read as confirmed may not', () => {
  const acknowledged = [
    said('hold'),
    said('stay', { confirmed: true }),
    said('past', { confirmed: true }),
  ];
  const rows = [
    stored('hold', 'expired'),
    stored('stay', 'awaiting_payment'),
    stored('past', 'completed'),
  ];
  expect(findLosses(acknowledged, rows).confirmations).toEqual(['stay']);
});

test('the silence after a fault is the longest one that ends after it', () => {
  const times = [900, 1_000, 1_200, 9_200, 9_300];
  expect(longestSilence(times, 1_100, 10_000)).toEqual({ length: 8_000, endedAfter: 8_100 });
  expect(longestSilence([900], 1_100, 10_000).endedAfter).toBe(Infinity);
});

test('a quantile is one of the numbers, and of none it is 0', () => {
  expect([0.5, 0.95, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([2, 4, 4]);
  expect(quantile([], 0.5)).toBe(0);
});

test('money that only one side knows, or twice, is found', () => {
  expect(repeated(['a', 'b', 'a', 'a'])).toEqual(['a']);
  expect(differences([['a', 1], ['b', 2]], [['a', 1], ['b', 3], ['c', 4]])).toEqual([
    'b: 2 at Stripe, 3 here',
    'c: nothing at Stripe, 4 here',
  ]);
});

test('the same seed gives the same numbers', () => {
  const numbers = (seed: number) => Array.from({ length: 5 }, randomFrom(seed));
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});

const kit = (file: string) => readFileSync(inProject('operate', 'cluster', file), 'utf8');

test('a template of which something is not filled in is refused', () => {
  expect(fillIn('# ${KEPT}\nname: ${NAME}', { NAME: 'db1' })).toBe('# ${KEPT}\nname: db1');
  expect(() => fillIn('name: ${NAME}', {})).toThrow('${NAME}');
});

test("Patroni's times fit together: a primary that etcd does not answer steps down before it is replaced", () => {
  const of = (name: string) =>
    Number(new RegExp(`^ +${name}: (\\d+)$`, 'm').exec(kit('patroni.yml'))?.[1]);
  expect(of('loop_wait') + 2 * of('retry_timeout')).toBeLessThanOrEqual(of('ttl'));
  const election = Number(/^election-timeout: (\d+)$/m.exec(kit('etcd.yml'))?.[1]);
  expect(2 * election).toBeLessThan(of('retry_timeout') * 1000);
});

test('a machine that cannot have hosts skips with a word', () => {
  const answer = execFileSync(process.execPath, [inProject('scripts', 'cluster.ts')], {
    encoding: 'utf8',
    env: { PATH: '/nowhere' },
  });
  expect(answer).toMatch(/^Skipped: /);
});
