import { readFileSync } from 'node:fs';
import pg from 'pg';

/** Latencies in microseconds. */
export interface Figures {
  p50: number;
  p95: number;
  perSecond?: number;
}

/** One line of the table: a workload against the least it could cost. */
export interface Line {
  what: string;
  subject: Figures;
  floor?: Figures;
  /** Subject to floor; of times unless `of` says throughput. */
  ratio?: number;
  of?: 'throughput';
  /** What the figures count, if not time. */
  unit?: 'bytes';
  target?: string;
  met?: boolean;
  note?: string;
}

/** A connection; when the server goes first, that is no news. */
export async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}

export function figures(times: number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

/** A workload that took `times`, against its floor in the same run; smaller ratios are better. */
export function compareTimes(
  what: string,
  times: { subject: number[]; floor: number[] },
  most?: number,
  note?: string,
): Line {
  const [subject, floor] = [figures(times.subject), figures(times.floor)];
  const ratio = subject.p50 / floor.p50;
  return {
    what,
    subject,
    floor,
    ratio,
    ...(most === undefined ? {} : { target: `<= ${most} x`, met: ratio <= most }),
    ...(note === undefined ? {} : { note }),
  };
}

/** One value, against the most it may be where that is said: microseconds, or bytes. */
export function compareValue(
  what: string,
  value: number,
  shownAs: 'time' | 'bytes',
  most?: number,
): Line {
  const unit = shownAs === 'bytes' ? 'bytes' : undefined;
  return {
    what,
    subject: { p50: value, p95: value },
    ...(most === undefined ? {} : { target: `<= ${amount(most, unit)}`, met: value <= most }),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** Throughput against throughput; larger ratios are better. */
export function compareThroughput(
  what: string,
  subject: Figures & { perSecond: number },
  floor: Figures & { perSecond: number },
  least: number,
  note?: string,
): Line {
  const ratio = subject.perSecond / floor.perSecond;
  return {
    what,
    subject,
    floor,
    ratio,
    of: 'throughput',
    target: `>= ${least} x`,
    met: ratio >= least,
    ...(note === undefined ? {} : { note }),
  };
}

/**
 * Times two functions bench.<name>(i) in turn, i = 1 .. rounds, inside the database: no network and no
 * parsing is in the figures. The first tenth warms the caches and is not counted.
 *
 * Where a session first touches a page of shared memory, the kernel has to map it. Where each round asks for
 * another person, most of what the subject reads is new to the session, and the floor, which comes after it, finds
 * it mapped (measured with 100,000 homes: 1.4 of 2.0 ms of an inbox). With `again` each round asks once before it is timed, as
 * a session of a pooler has answered most of what it is asked.
 */
export async function interleave(
  client: pg.Client,
  subject: string,
  floor: string,
  rounds: number,
  { again = false } = {},
): Promise<{ subject: number[]; floor: number[] }> {
  const { rows: [row] } = await client.query<{ subject: number[]; floor: number[] }>(
    'select * from bench.interleave($1, $2, $3, $4)',
    [subject, floor, rounds, again],
  );
  if (row === undefined) throw new Error('Nothing was measured.');
  return row;
}

/** The CPU time of a session in microseconds, read between its statements (Linux). */
export async function processorOf(client: pg.Client): Promise<() => number> {
  const { rows: [row] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return () => Number(readFileSync(`/proc/${row?.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

/** Times two statements of clients in turn, from here to the server and back, or by other clocks. */
export async function alternate(
  rounds: number,
  subject: (round: number) => Promise<unknown>,
  floor: (round: number) => Promise<unknown>,
  clocks: { subject: () => number; floor: () => number } = { subject: elapsed, floor: elapsed },
): Promise<{ subject: number[]; floor: number[] }> {
  const times = { subject: [] as number[], floor: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, work] of [['subject', subject], ['floor', floor]] as const) {
      const began = clocks[name]();
      await work(round);
      if (round > rounds / 10) times[name].push(clocks[name]() - began);
    }
  }
  return times;
}

const elapsed = () => performance.now() * 1000;

/** Works through jobs with many clients at once. */
export async function inParallel<Job>(
  clients: pg.Client[],
  jobs: Job[],
  work: (client: pg.Client, job: Job) => Promise<void>,
): Promise<Figures & { perSecond: number; times: number[] }> {
  const times: number[] = [];
  const began = performance.now();
  let next = 0;
  await Promise.all(clients.map(async (client) => {
    while (next < jobs.length) {
      const job = jobs[next];
      next += 1;
      if (job === undefined) return;
      const start = performance.now();
      await work(client, job);
      times.push((performance.now() - start) * 1000);
    }
  }));
  return { ...figures(times), perSecond: times.length / (performance.now() - began) * 1000, times };
}

function amount(value: number, unit?: 'bytes'): string {
  if (unit === 'bytes') {
    return value < 100_000 ? `${Math.round(value)} B` : `${(value / 1_000_000).toFixed(1)} MB`;
  }
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} ms` : `${Math.round(value)} us`;
}

/** The table as it is printed and kept. */
export function table(lines: Line[]): string {
  const rate = (each: Figures | undefined) =>
    each?.perSecond === undefined ? '' : ` ${Math.round(each.perSecond)}/s`;
  const cell = (each: Figures | undefined, unit?: 'bytes') => {
    if (each === undefined) return '';
    const [p50, p95] = [amount(each.p50, unit), amount(each.p95, unit)];
    return each.p50 === each.p95 ? p50 : `${p50} / ${p95}${rate(each)}`;
  };
  const rows = [
    ['workload', 'p50 / p95', 'floor', 'ratio', 'target', ''],
    ...lines.map((line) => [
      line.what,
      cell(line.subject, line.unit),
      cell(line.floor),
      line.ratio === undefined ? '' : line.ratio.toFixed(2),
      line.target ?? '',
      [line.met === undefined ? '' : line.met ? 'met' : 'missed', line.note ?? ''].filter(Boolean)
        .join(', '),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((text, column) => text.padEnd(widths[column]!)).join('  ').trimEnd()
  )
    .join('\n');
}
