/** How many hours, days, weeks and months keep a backup each. */
export interface Retention {
  hourly: number;
  daily: number;
  weekly: number;
  monthly: number;
}

export interface Dated {
  id: string;
  at: Date;
}

/**
 * The backups to keep: the newest of all, and the newest of each of the last so many hours,
 * days, weeks (Monday to Sunday) and months, in UTC, that have one at all. A day without one costs no place, so
 * that backups which stopped for a month don't take the older ones with them.
 */
export function backupsToKeep(backups: Dated[], retention: Retention): Set<string> {
  const newestFirst = backups.toSorted((one, other) =>
    other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1)
  );
  const kept = new Set<string>();
  const [newest] = newestFirst;
  if (newest !== undefined) kept.add(newest.id);
  for (
    const [places, periodOf] of [
      [retention.hourly, hourOf],
      [retention.daily, dayOf],
      [retention.weekly, weekOf],
      [retention.monthly, monthOf],
    ] as const
  ) {
    const periods = new Set<string>();
    for (const { id, at } of newestFirst) {
      const period = periodOf(at);
      if (periods.has(period)) continue;
      if (periods.size === places) break;
      periods.add(period);
      kept.add(id);
    }
  }
  return kept;
}

const hourOf = (at: Date) => at.toISOString().slice(0, 13);
const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const monthOf = (at: Date) => at.toISOString().slice(0, 7);

/** The Monday of its week. */
function weekOf(at: Date): string {
  const monday = new Date(at);
  monday.setUTCDate(at.getUTCDate() - (at.getUTCDay() + 6) % 7);
  return dayOf(monday);
}
