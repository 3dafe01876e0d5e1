import type { Result } from 'autocannon';
import type { Cluster } from '../local/postgres/cluster.ts';
import { restOf } from './database.ts';
import { compareThroughput, connect, type Line } from './measure.ts';

/**
 * Search over HTTP, sixteen at once, against a function that answers with the same bytes and looks at no table,
 * and against one that reads as many homes without rules (floors.ts).
 */
export async function measureHttp({ cluster, database, directory, seconds, rounds }: {
  cluster: Cluster;
  database: string;
  directory: string;
  seconds: number;
  rounds: number;
}): Promise<Line[]> {
  const admin = await connect(cluster.url(database, 'supabase_admin'));
  const { rows: [place] } = await admin.query<{ query: string }>(
    `select format('west=%s&south=%s&east=%s&north=%s&check_in=%s&check_out=%s', longitude - 0.05, latitude - 0.04,
       longitude + 0.05, latitude + 0.04, current_date + 20, current_date + 23) as query
     from bench.cities where city = 1`,
  );
  await admin.query(
    `create function bench.answer() returns text language sql as $$
       select array_agg(found)::text from public.search_listings(
         (select longitude - 0.05 from bench.cities where city = 1), (select latitude - 0.04 from bench.cities where city = 1),
         (select longitude + 0.05 from bench.cities where city = 1), (select latitude + 0.04 from bench.cities where city = 1),
         check_in => (current_date + 20)::text, check_out => (current_date + 23)::text) as found $$;
     do $$ begin
       execute format('create function public.same_bytes() returns setof public.found_listing language plpgsql stable
         as $f$ begin return query select * from unnest(%L::public.found_listing[]); end $f$', bench.answer());
     end $$;
     grant execute on function public.same_bytes() to anon`,
  );
  await admin.end();
  const rest = await restOf(cluster, database, directory);
  try {
    const urls = {
      subject: `${rest.url}/rpc/search_listings?${place?.query}`,
      constant: `${rest.url}/rpc/same_bytes`,
      plain: `${rest.url}/rpc/plain_page_11?${place?.query}`,
    };
    const [answer, same, plain] = await Promise.all(
      [urls.subject, urls.constant, urls.plain].map((url) =>
        fetch(url).then((response) => response.text())
      ),
    );
    if (answer !== same || !answer?.startsWith('[{')) {
      throw new Error(`The two answers differ:\n${answer}\n${same}`);
    }
    const homes = (text = '') => (JSON.parse(text) as unknown[]).length;
    if (homes(plain) !== homes(answer)) {
      throw new Error(`The plain page has other homes:\n${plain}\n${answer}`);
    }
    const names = ['subject', 'constant', 'plain'] as const;
    const parts: Record<typeof names[number], Result[]> = { subject: [], constant: [], plain: [] };
    const { default: autocannon } = await import('autocannon');
    // The first one warms caches and plans.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of names) {
        const result = await autocannon({ url: urls[name], connections: 16, duration: seconds });
        if (result.non2xx > 0 || result.errors > 0) throw new Error(`${urls[name]} failed.`);
        if (round > 0) parts[name].push(result);
      }
    }
    const subject = sum(parts.subject);
    return [
      compareThroughput(
        'search over HTTP, concurrency 16',
        subject,
        sum(parts.constant),
        0.75,
        `floor: the same ${answer.length} bytes; p97.5 for p95`,
      ),
      compareThroughput(
        'search over HTTP, beside plain reads',
        subject,
        sum(parts.plain),
        0.5,
        'floor: as many homes walked, priced and shown, no rules',
      ),
    ];
  } finally {
    await rest.stop();
  }
}

const median = (numbers: number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const sum = (results: Result[]) => ({
  p50: median(results.map(({ latency }) => latency.p50 * 1000)),
  p95: median(results.map(({ latency }) => latency.p97_5 * 1000)),
  perSecond: median(results.map(({ requests }) => requests.average)),
});
