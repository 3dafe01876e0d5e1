/**
 * Builds side by side: the same searches over HTTP, sixteen at once, against several checkouts in turn on one
 * machine, each with its own chapters and its own marketplace of the same homes. Throughput, and the CPU time of
 * Postgres and PostgREST for a request, which counts on a shared machine (Linux).
 *
 *   node bench/beside.ts ../before      that checkout beside this one; both with their packages installed
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import type { Served } from './beside-child.ts';
import { connect, figures } from './measure.ts';
import { secondsOf } from './processes.ts';

const usage = `Measures the same searches over HTTP against other checkouts and this one, in turn.

  node bench/beside.ts ../before                   its packages are installed, its bench/marketplace.ts runs
  node bench/beside.ts ../before ../half-way       ratios are to the first
  node bench/beside.ts ../before --listings 2000   from 1,000 up; default 10,000
  node bench/beside.ts ../before --rounds 3        of each search; default 8
  node bench/beside.ts ../before --seconds 4       of each round; default 10`;

const { values: flags, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    listings: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '10' },
  },
});
const [listings, rounds, seconds] = [flags.listings, flags.rounds, flags.seconds].map(Number) as [
  number,
  number,
  number,
];
if (!Number.isInteger(listings) || listings < 1000) {
  endWithUsage(usage, '--listings is a whole number from 1000 up.');
}
if (![rounds, seconds].every((number) => Number.isInteger(number) && number >= 1)) {
  endWithUsage(usage, '--rounds and --seconds are whole numbers from 1 up.');
}
if (positionals.length === 0) endWithUsage(usage, 'Which checkout stands beside this one?');
const folders = [...positionals.map((path) => resolve(path)), inProject()];
for (const folder of folders) {
  if (!existsSync(join(folder, 'bench', 'marketplace.ts'))) {
    endWithUsage(usage, `${folder} is no checkout with a benchmark.`);
  }
}

interface Build extends Served {
  folder: string;
  child: ChildProcess;
  client: pg.Client;
}

/** Searches of one kind, each in another city or on other days. */
interface Search {
  what: string;
  paths: string[];
}

interface Round {
  perSecond: number;
  p50: number;
  postgres: number;
  postgrest: number;
}

const children: ChildProcess[] = [];
const stop = async () => {
  await Promise.all(children.map((child) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((wake) => child.once('exit', wake));
    if (child.connected) child.disconnect();
    return ended;
  }));
};
endWhenTold(stop);

/** Where most homes are: there a page is full. */
const searches = `
  select what, array_agg('/rpc/search_listings?' || query order by i) as paths
  from (
    select place, what, i,
      format('west=%s&south=%s&east=%s&north=%s', longitude - wide, latitude - high, longitude + wide,
        latitude + high)
      || case when with_days then format('&check_in=%s&check_out=%s', current_date + 10 + i,
        current_date + 13 + i) else '' end as query
    from (values
      (1, 'a city, with days', 0.2, 0.15, true, 5),
      (2, 'a map, with days', 0.05, 0.04, true, 2),
      (3, 'a map, without days', 0.05, 0.04, false, 2))
      as kinds (place, what, wide, high, with_days, cities)
    cross join generate_series(1, 40) as i
    join bench.cities on city = 1 + i % cities) as asked
  group by place, what
  order by place`;

async function start(folder: string): Promise<Build> {
  const child = fork(inProject('bench', 'beside-child.ts'), [String(listings)], { cwd: folder });
  children.push(child);
  const served = await new Promise<Served>((done, fail) => {
    child.once('message', (message) => done(message as Served));
    child.once('exit', () => fail(new Error(`${folder} does not run.`)));
  });
  const client = await connect(served.admin);
  console.log(`${folder} is built.`);
  return { ...served, folder, child, client };
}

/** The first page of a search, as a constant with the same arguments: nothing is searched. */
async function addFloor({ client, url }: Build, { paths }: Search): Promise<Search> {
  const asked = new URL(paths[0] ?? '', url).searchParams;
  const named = [...asked.keys()];
  const isDay = (name: string) => name.startsWith('check_');
  const { rows: [found] } = await client.query<{ page: string }>(
    `select array_agg(found)::text as page from public.search_listings(${
      named.map((name, at) => `${name} => $${at + 1}`).join(', ')
    }) as found`,
    [...asked.values()],
  );
  await client.query(
    `create function public.same_page(${
      named.map((name) => `${name} ${isDay(name) ? 'text' : 'double precision'}`).join(', ')
    }) returns setof public.found_listing language plpgsql stable as $answer$ begin
       return query select * from unnest(${
      client.escapeLiteral(found?.page ?? '{}')
    }::public.found_listing[]);
     end $answer$;
     grant execute on function public.same_page to anon;
     notify pgrst, 'reload schema'`,
  );
  return { what: 'its answer, not searched', paths: [`/rpc/same_page?${asked}`] };
}

/** Asks each once: errors and pages without homes measure nothing. */
async function homesAndBytes({ url }: Build, { what, paths }: Search): Promise<string> {
  let [homes, bytes] = [0, 0];
  for (const path of paths) {
    const answer = await fetch(url + path);
    const text = await answer.text();
    const page: unknown = answer.ok ? JSON.parse(text) : undefined;
    if (!Array.isArray(page)) throw new Error(`${what} failed: ${text}`);
    homes += page.length;
    bytes += Buffer.byteLength(text);
  }
  if (homes === 0) throw new Error(`${what} found no home.`);
  return `${(homes / paths.length).toFixed(1)} homes, ${Math.round(bytes / paths.length)} bytes`;
}

async function measure(build: Build, { what, paths }: Search, duration: number): Promise<Round> {
  const { default: autocannon } = await import('autocannon');
  const before = secondsOf(build.child.pid);
  const result = await autocannon({
    url: build.url,
    connections: 16,
    duration,
    requests: paths.map((path) => ({ path })),
  });
  const after = secondsOf(build.child.pid);
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${what} failed: ${build.folder}`);
  const each = (program: 'postgres' | 'postgrest') =>
    (after[program] - before[program]) / result.requests.total * 1000;
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    postgres: each('postgres'),
    postgrest: each('postgrest'),
  };
}

const spread = (numbers: number[], digits: number) =>
  `${figures(numbers).p50.toFixed(digits)} (${
    [Math.min(...numbers), Math.max(...numbers)].map((number) => number.toFixed(digits)).join('-')
  })`;
const cpu = ({ postgres, postgrest }: Round) => postgres + postgrest;

async function compare(): Promise<void> {
  const builds: Build[] = [];
  for (const folder of folders) builds.push(await start(folder));
  // PostgREST reads the schema again when the floor is there.
  const asked = new Map<Build, Search[]>();
  for (const build of builds) {
    const { rows } = await build.client.query<Search>(searches);
    const [first] = rows as [Search, ...Search[]];
    asked.set(build, [...rows, await addFloor(build, first)]);
  }
  const whats = asked.get(builds[0] as Build)?.map(({ what }) => what) ?? [];
  const found = new Map<string, string>();
  const measured = new Map<string, Round[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const at of whats.keys()) {
      const inOrder = [...builds.entries()];
      for (const [place, build] of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
        const search = asked.get(build)?.[at] as Search;
        const key = `${at} ${place}`;
        // The first round warms caches and plans.
        if (round === 0) {
          found.set(key, await homesAndBytes(build, search));
          await measure(build, search, Math.min(seconds, 3));
        } else {measured.set(key, [
            ...measured.get(key) ?? [],
            await measure(build, search, seconds),
          ]);}
      }
    }
  }
  for (const [at, what] of whats.entries()) {
    console.log(`\n${what}`);
    const first = measured.get(`${at} 0`) ?? [];
    console.table(folders.map((folder, place) => {
      const own = measured.get(`${at} ${place}`) ?? [];
      const toFirst = (value: (round: Round) => number) =>
        spread(own.map((round, index) => value(round) / value(first[index] as Round)), 2);
      return {
        checkout: folder,
        answer: found.get(`${at} ${place}`),
        'per second': spread(own.map(({ perSecond }) => perSecond), 0),
        'to the first': toFirst(({ perSecond }) => perSecond),
        'p50 ms': figures(own.map(({ p50 }) => p50)).p50,
        'CPU ms': spread(own.map(cpu), 2),
        'CPU to the first': toFirst(cpu),
        Postgres: spread(own.map(({ postgres }) => postgres), 2),
        PostgREST: spread(own.map(({ postgrest }) => postgrest), 2),
      };
    }));
  }
  await Promise.all(builds.map(({ client }) => client.end()));
}

try {
  await compare();
} finally {
  await stop();
}
process.exit(0);
