import type { Cluster } from '../local/postgres/cluster.ts';
import { restOf } from './database.ts';
import { alternate, compareTimes, connect, type Line } from './measure.ts';
import { where } from './workloads.ts';

/** The screen of a search in one request beside its page alone, over HTTP, one after the other. */
export async function measureScreen({ cluster, database, directory, rounds }: {
  cluster: Cluster;
  database: string;
  directory: string;
  rounds: number;
}): Promise<Line> {
  const admin = await connect(cluster.url(database, 'supabase_admin'));
  await admin.query(
    `create or replace function bench.map_query(i integer) returns text language plpgsql as $$
     declare city bench.cities; day date;
     begin
       ${where}
       return format('west=%s&south=%s&east=%s&north=%s&check_in=%s&check_out=%s',
         city.longitude - 0.05, city.latitude - 0.04, city.longitude + 0.05, city.latitude + 0.04,
         day, day + 3);
     end $$`,
  );
  const { rows } = await admin.query<{ query: string }>(
    'select bench.map_query(i) as query from generate_series(1, $1) as i',
    [rounds],
  );
  await admin.end();
  const rest = await restOf(cluster, database, directory);
  try {
    const ask = (verb: string) => async (round: number) => {
      const answer = await fetch(`${rest.url}/rpc/${verb}?${rows[round - 1]?.query}`);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${verb} failed: ${text}`);
    };
    return compareTimes(
      'screen of a map over HTTP, with dates',
      await alternate(rounds, ask('search_screen'), ask('search_listings')),
      2,
      'floor: its page alone',
    );
  } finally {
    await rest.stop();
  }
}
