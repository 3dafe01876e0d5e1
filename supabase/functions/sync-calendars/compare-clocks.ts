import { byZone } from '../_shared/calendars.ts';
import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { comparedDays, differingZones } from '../_shared/zone-data.ts';

/**
 * The handler, and once a day afterwards a comparison of this engine's clocks with those of Postgres,
 * for `private.health()`.
 */
export function comparingClocks(handler: Handler, database: Database, version: string): Handler {
  return async (request, note) => {
    const answer = await handler(request, note);
    const zones = await database.call('zones_to_compare', { engine: 'deno' });
    if (zones.length > 0) {
      const days = comparedDays(new Date());
      const rules = byZone(await database.call('zone_rules', { names: zones, ...days }));
      await database.call('record_zone_data', {
        engine: 'deno',
        version,
        differing: differingZones(rules, days),
      });
    }
    return answer;
  };
}
