import type { Cluster } from '../local/postgres/cluster.ts';
import { restOf } from './database.ts';
import { codeOf } from '../types/index.ts';
import { compareTimes, figures, type Line } from './measure.ts';

/** Requests of a stranger for rows in rows in rows; each alone runs into its time limit. */
const deep = [
  'listings?select=*,host:profiles!listings_host_id_fkey(*,listings!listings_host_id_fkey(*,reviews(*,listings(*,listing_photos(*)))))',
  'reviews?select=*,listings(*,reviews(*,listings(*)))',
  'amenities?select=*,listings(*)',
  'amenities?select=*,listing_amenities(*,listings(*,listing_amenities(*)))',
];

/**
 * Four people who search, with twenty strangers beside who ask for rows in rows, over and over; the floor
 * is the same search without them. Rounds alternate. Throws when an answer is neither rows nor `try_again`.
 */
export async function measureAbuse({ cluster, database, directory, seconds, rounds }: {
  cluster: Cluster;
  database: string;
  directory: string;
  seconds: number;
  rounds: number;
}): Promise<Line> {
  const { rows: [place] } = await cluster.using(
    database,
    'postgres',
    (client) =>
      client.query<{ query: string }>(
        `select format('west=%s&south=%s&east=%s&north=%s&check_in=%s&check_out=%s', longitude - 0.05, latitude - 0.04,
           longitude + 0.05, latitude + 0.04, current_date + 20, current_date + 23) as query
         from bench.cities where city = 1`,
      ),
  );
  const rest = await restOf(cluster, database, directory);
  try {
    return await measureAbuseOf(rest.url, place?.query ?? '', seconds, rounds);
  } finally {
    await rest.stop();
  }
}

async function measureAbuseOf(
  url: string,
  place: string,
  seconds: number,
  rounds: number,
): Promise<Line> {
  const endings = { answered: 0, refused: 0, 'out of time': 0, 'searches failed': 0 };
  const ask = async (path: string, onRefusal: (code: string) => void) => {
    const answer = await fetch(`${url}/${path}`);
    const text = await answer.text();
    if (answer.ok) return true;
    const error = JSON.parse(text);
    if (codeOf(error) !== 'try_again') throw new Error(`${path}: ${text}`);
    onRefusal(error.code);
    return false;
  };
  const search = async () => {
    const began = performance.now();
    await ask(`rpc/search_listings?${place}`, () => endings['searches failed'] += 1);
    return (performance.now() - began) * 1000;
  };
  const abuse = async (path: string) => {
    const isAnswered = await ask(
      path,
      (code) => endings[code === 'PT503' ? 'refused' : 'out of time'] += 1,
    );
    if (isAnswered) endings.answered += 1;
  };
  const until = async (end: number, work: () => Promise<unknown>) => {
    while (performance.now() < end) await work();
  };
  const searches = async (end: number) => {
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: 4 }, () => until(end, async () => times.push(await search()))),
    );
    return times;
  };

  const times = { subject: [] as number[], floor: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.floor.push(...await searches(performance.now() + seconds * 1000));
    const end = performance.now() + seconds * 1000;
    const abusers = Promise.all(
      Array.from({ length: 20 }, (_, i) => until(end, () => abuse(deep[i % deep.length]!))),
    );
    times.subject.push(...await searches(end));
    await abusers;
  }
  const slowest = Math.max(...times.subject) / figures(times.floor).p50;
  return compareTimes(
    'search beside 20 deep requests',
    times,
    undefined,
    `floor: search alone; slowest ${slowest.toFixed(0)} x; ` +
      Object.entries(endings).map(([how, count]) => `${count} ${how}`).join(', '),
  );
}
