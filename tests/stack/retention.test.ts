import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backupsToKeep, type Dated } from '../../scripts/backup/retention.ts';
import { runs } from '../support/seeds.ts';

const hours = 3_600_000;
const moments = fc.array(fc.integer({ min: 0, max: 24 * 800 * 60 }), { maxLength: 60 })
  .map((minutes) =>
    minutes.map((minute, at): Dated => ({
      id: String(at).padStart(3, '0'),
      at: new Date(Date.UTC(2030, 0, 1) + minute * 60_000),
    }))
  );
const few = fc.integer({ min: 0, max: 6 });
const retentions = fc.record({ hourly: few, daily: few, weekly: few, monthly: few });

test('the newest backup stays, no more stay than there are places, and a second run removes nothing', () => {
  fc.assert(
    fc.property(moments, retentions, (backups, retention) => {
      const kept = backupsToKeep(backups, retention);
      const left = backups.filter(({ id }) => kept.has(id));
      expect(left).toHaveLength(kept.size);
      const newest = Math.max(...backups.map(({ at }) => at.getTime()));
      if (backups.length > 0) expect(left.some(({ at }) => at.getTime() === newest)).toBe(true);
      const { hourly, daily, weekly, monthly } = retention;
      expect(kept.size).toBeLessThanOrEqual(Math.max(1, hourly + daily + weekly + monthly));
      expect(backupsToKeep(left, retention)).toEqual(kept);
    }),
    runs(500),
  );
});

test('each of the last days, weeks and months that have a backup keeps its newest', () => {
  const periods: [keyof typeof none, (at: Date) => string][] = [
    ['hourly', (at) => at.toISOString().slice(0, 13)],
    ['daily', (at) => at.toISOString().slice(0, 10)],
    // ISO weeks begin on Monday; 1970-01-01 was a Thursday.
    ['weekly', (at) => String(Math.floor((at.getTime() / hours / 24 + 3) / 7))],
    ['monthly', (at) => at.toISOString().slice(0, 7)],
  ];
  const none = { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
  fc.assert(
    fc.property(moments, fc.constantFrom(...periods), few, (backups, [name, periodOf], places) => {
      const newestOf = new Map<string, number>();
      for (const { at } of backups) {
        const period = periodOf(at);
        newestOf.set(period, Math.max(newestOf.get(period) ?? 0, at.getTime()));
      }
      const wanted = [...newestOf.values()].sort((one, other) => other - one)
        .slice(0, Math.max(places, 1));
      const kept = backupsToKeep(backups, { ...none, [name]: places });
      const found = backups.filter(({ id }) => kept.has(id)).map(({ at }) => at.getTime());
      expect(found.sort((one, other) => other - one)).toEqual(wanted);
    }),
    runs(500),
  );
});
