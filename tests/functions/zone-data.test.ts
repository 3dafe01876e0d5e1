import { expect, test } from 'vitest';
import { differingZones } from '../../supabase/functions/_shared/zone-data.ts';
import { rulesByIntl } from '../support/zone-rules.ts';

const days = { first: '2029-02-01', last: '2032-02-01' };
const zones = ['Europe/Paris', 'Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
const rules = rulesByIntl(...zones);

test('an engine whose clocks are the same differs nowhere', () => {
  expect(differingZones(rules, days)).toEqual([]);
});

test('an engine differs where a change is missing, too much, or at another moment', () => {
  const { since, offsets } = rules.get('Europe/Paris')!;
  const changed = (changes: { since?: number[]; offsets?: number[] }) =>
    differingZones(new Map(rules).set('Europe/Paris', { since, offsets, ...changes }), days);
  expect(changed({ since: [], offsets: [3600] })).toEqual(['Europe/Paris']);
  expect(changed({ since: since.slice(0, 2), offsets: offsets.slice(0, 3) })).toEqual([
    'Europe/Paris',
  ]);
  expect(changed({ since: since.map((at) => at + 1) })).toEqual(['Europe/Paris']);
  expect(changed({ since: since.map((at) => at - 1) })).toEqual(['Europe/Paris']);
  expect(differingZones(new Map(rules).set('Asia/Tokyo', rules.get('UTC')!), days)).toEqual([
    'Asia/Tokyo',
  ]);
});

test('a zone that an engine does not know differs', () => {
  expect(differingZones(new Map([['Mars/Olympus', rules.get('UTC')!]]), days)).toEqual([
    'Mars/Olympus',
  ]);
});
