import type { RuleBook, ZoneRules } from '../../supabase/functions/sync-calendars/zones.ts';

/**
 * What clocks show from 2029 to 2033 by the rules of this Node, for tests of the reader alone; a
 * calendar that is really read gets the rules of Postgres (private.zone_rules).
 */
export function rulesByIntl(...names: string[]): RuleBook {
  return new Map(names.map((name) => [name, rulesOf(name)]));
}

function rulesOf(timeZone: string): ZoneRules {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt = (instant: number) => {
    const name = format.formatToParts(instant * 1000)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return sign === undefined
      ? 0
      : Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60);
  };
  const [hour, first, last] = [3600, Date.UTC(2029, 0) / 1000, Date.UTC(2034, 0) / 1000];
  const rules: ZoneRules = { since: [], offsets: [offsetAt(first)] };
  for (let instant = first; instant < last; instant += hour / 2) {
    const offset = offsetAt(instant);
    if (offset === rules.offsets.at(-1)) continue;
    rules.since.push(instant);
    rules.offsets.push(offset);
  }
  return rules;
}
