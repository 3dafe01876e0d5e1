import pg from 'pg';
import { comparedDays, differingZones } from '../supabase/functions/_shared/zone-data.ts';

/** Whose clocks agree with those of Postgres, for the zones that homes are in. */
export interface ZoneHealth {
  healthy: boolean;
  detail: string;
}

/** Compares the clocks of this Node with those of Postgres, and answers what `private.health()` says of all. */
export async function compareClocks(databaseUrl: string): Promise<ZoneHealth> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const days = comparedDays(new Date());
    const { rows } = await client.query<{ zone: string; since: string[]; offsets: number[] }>(
      `select rules.time_zone as zone, rules.since, rules.offsets
       from private.zone_rules(array(select distinct time_zone from public.listings), $1, $2) as rules`,
      [days.first, days.last],
    );
    const rules = new Map(
      rows.map(({ zone, since, offsets }) => [zone, { since: since.map(Number), offsets }]),
    );
    await client.query(`select private.record_zone_data('node', $1, $2)`, [
      process.versions.node,
      differingZones(rules, days),
    ]);
    const health = await client.query<ZoneHealth>(
      'select healthy, detail from private.zone_health()',
    );
    return health.rows[0]!;
  } finally {
    await client.end();
  }
}
