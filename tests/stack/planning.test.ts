import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { faultsOf, readBooks } from '../../bench/planning/books.ts';
import { extrapolated, planTables, withTables } from '../../bench/planning/documents.ts';
import { kindOfGrowth } from '../../bench/planning/growth.ts';
import type { Market } from '../../bench/planning/market.ts';
import { type Cost, perDeed, spreadOf } from '../../bench/planning/meter.ts';
import { assumed, planFor, type Wanted } from '../../bench/planning/model.ts';
import { bytes, type Costs, rounded, type Year } from '../../bench/planning/tables.ts';
import { inProject } from '../../local/paths.ts';
import type { Control } from '../../local/stripe/control.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';
import { home } from '../support/stays.ts';

const node = inProject('node_modules', '.bin', 'node');
const run = (script: string, ...args: string[]) =>
  promisify(execFile)(node, [`bench/${script}.ts`, ...args], {
    cwd: inProject(),
    maxBuffer: 16 * 1024 * 1024,
  });
const kept = <T>(name: string) =>
  JSON.parse(readFileSync(inProject('bench', 'planning', `${name}.json`), 'utf8')) as T;

const always = (mean: number) => ({ mean, least: mean, most: mean });
const cost = (postgres: number, { records = 0, images = 0, diskBytes = 0 } = {}): Cost => ({
  cpuMs: { postgres: always(postgres), postgrest: always(1), deno: always(0) },
  wal: { records: always(records), images: always(images) },
  diskBytes,
  transactions: 1,
  sessionMs: 1,
  rounds: 1,
  each: 1,
});
/** Round figures, so that every result can be calculated by hand. */
const costs: Costs = {
  command: 'npm run costs',
  homes: 1000,
  stored: { searchOfHome: 2000, homeItself: 1000, calendarDay: 100, claim: 300 },
  costs: {
    home: cost(100, { records: 1000, images: 2000, diskBytes: 50_000 }),
    search: cost(10),
    page: cost(20),
    booking: cost(100, { records: 10_000, images: 100_000 }),
    payout: cost(50, { records: 5_000, images: 50_000 }),
    message: cost(5, { records: 500, images: 1_000 }),
  },
};
const year = {
  command: 'npm run year',
  homes: 100,
  bookingsADay: 1,
  days: 4,
  booked: 10,
  walOfABooking: 20_000,
  cpuOfABooking: 0.36,
  jobsCpuOfADay: always(1),
  jobsCpuByQuarter: [1, 1, 1, 1],
  tables: {
    'public.bookings': { bytes: [10_000, 60_000], rows: [0, 10] },
    'public.messages': { bytes: [0, 50_000], rows: [0, 40] },
  },
  bloat: {},
} satisfies Year;
const wanted: Wanted = {
  homes: 1000,
  bookingsADay: 86_400,
  searchesABooking: 10,
  pagesABooking: 5,
  messagesABooking: 2,
  newHomesADay: 0,
  peak: 2,
  busy: 0.5,
  cores: 16,
  memory: 64,
};

test('a plan adds up what each deed costs, in the busiest hour', () => {
  const plan = planFor(wanted, costs, year);
  // A booking each second: 10 searches of 10 ms and 5 pages of 20 ms, twice at the peak, half of a core each.
  expect(plan.cores.reads).toBeCloseTo(0.2 * 2 / 0.5);
  // A booking of 100 ms, a payout of 50, and two messages of 5.
  expect(plan.cores.writes).toBeCloseTo(0.16 * 4);
  // Ten searches, five pages, a booking, a payout and two messages, a millisecond each.
  expect(plan.cores.postgrest).toBeCloseTo(0.019 * 4);
  expect(plan.walADay.least).toBeCloseTo(86_400 * (10_000 + 5_000 + 2 * 500));
  expect(plan.walADay.most - plan.walADay.least)
    .toBeCloseTo(86_400 * (100_000 + 50_000 + 2 * 1_000));
  expect(plan.diskAtFirst).toBe(1000 * 50_000);
  // The tables of the sample grew by 100,000 bytes for ten bookings.
  expect(plan.diskAYear).toBeCloseTo(86_400 * 365 * 10_000);
  expect(plan.hotSet.least).toBeCloseTo(1000 * 2000 + 86_400 * 365 * 300);
  expect(plan.hotSet.most - plan.hotSet.least).toBeCloseTo(1000 * (1000 + 365 * 100));
  expect(plan.yearsToPartitions).toBeCloseTo(20_000_000 / (86_400 * 365));
});

test('new homes cost what making them costs, every day, and stay', () => {
  const [none, some] = [0, 10].map((newHomesADay) =>
    planFor({ ...wanted, newHomesADay }, costs, year)
  );
  expect(some!.diskAYear - none!.diskAYear).toBeCloseTo(10 * 365 * 50_000);
  expect(some!.walADay.least - none!.walADay.least).toBeCloseTo(10 * 1000);
});

test('the steps come when they are needed, each with its reason', () => {
  const stepsOf = (more: Partial<Wanted>) =>
    planFor({ ...wanted, ...more }, costs, year).steps.map(({ step, see }) => `${step} ${see}`)
      .join('\n');
  const small = stepsOf({ bookingsADay: 100 });
  expect(small).toContain('one machine for Postgres docs/deploying.md');
  expect(small).not.toMatch(/replica|partitions|primary|memory/);
  // 40 cores of searches, of 16.
  expect(stepsOf({ searchesABooking: 1000 })).toMatch(/3 read replicas docs\/reads-from-replicas/);
  expect(stepsOf({})).toContain('partitions within the year docs/partitions.md');
  expect(stepsOf({ memory: 1 })).toContain('more memory');
  const large = stepsOf({ bookingsADay: 86_400 * 30 });
  expect(large).toContain('more than one primary docs/beyond-one-primary.md');
  for (const { see } of planFor({ ...wanted, bookingsADay: 86_400 * 30 }, costs, year).steps) {
    expect(() => readFileSync(inProject(see))).not.toThrow();
  }
});

test('a cost that was not measured is missed, and not taken for nothing', () => {
  const { search: _, ...rest } = costs.costs;
  expect(() => planFor(wanted, { ...costs, costs: rest }, year)).toThrow(/no measured cost/);
});

test('a reading is divided by its deeds, and says how far the rounds are apart', () => {
  const reading = (postgres: number) => ({
    cpu: { postgres, postgrest: 0, deno: 0 },
    records: 1000 * postgres,
    images: 0,
  });
  const { cpuMs, wal } = perDeed([reading(1), reading(3)], 10);
  expect(cpuMs.postgres).toEqual({ mean: 200, least: 100, most: 300 });
  expect(wal.records).toEqual({ mean: 200, least: 100, most: 300 });
  expect(() => spreadOf([])).toThrow();
  expect(rounded({ a: 1.23456, b: [12_345.678], c: 'x', d: 7 }))
    .toEqual({ a: 1.23, b: [12_345.7], c: 'x', d: 7 });
  expect([999, 1000, 1_234_567, 5.6e9, 2e12].map(bytes))
    .toEqual(['999 B', '1 kB', '1.23 MB', '5.6 GB', '2 TB']);
});

test('the growth of a table is told from its quarters', () => {
  expect(kindOfGrowth([0, 50, 100, 150, 200])).toBe('with bookings');
  expect(kindOfGrowth([0, 50, 100, 110, 115])).toBe('levels off');
  expect(kindOfGrowth([0, 50, 100, 200, 400])).toBe('ever faster');
  expect(kindOfGrowth([0, 1, 2, 3, 4])).toBe('hardly');
  expect(kindOfGrowth([0, 200, 100, 100, 150])).toBe('ever faster');
  // A run that was ended early.
  expect(kindOfGrowth([0, 50, 100])).toBe('too short to say');
});

test('a million homes are a sample times what it is smaller, and shown beside it', () => {
  // 100 homes and 4 days.
  expect(extrapolated(year)).toContain('| bookings | 10 | 9,125,000 |');
  expect(extrapolated(year)).toContain('| disk | 100 kB | 91.3 GB |');
});

test('whatever is wrong with the books is said', () => {
  const clean = {
    sharedNights: 0,
    unbalancedPostings: 0,
    ledgerFromStripe: 0,
    differences: 0,
    unhealthy: [],
  };
  expect(faultsOf(clean)).toEqual([]);
  expect(faultsOf({ ...clean, sharedNights: 1, ledgerFromStripe: -5, unhealthy: ['jobs: x'] }))
    .toEqual(['sharedNights: 1', 'ledgerFromStripe: -5', 'jobs: x']);
});

test('the books of a sample show a shared night, and money that Stripe does not have', async () => {
  await testDatabase();
  const market = {
    query: asPostgres,
    stripe: { list: () => [] } as unknown as Control,
  } as unknown as Market;
  const { sharedNights, unbalancedPostings, ledgerFromStripe } = await readBooks(market);
  expect({ sharedNights, unbalancedPostings, ledgerFromStripe })
    .toEqual({ sharedNights: 0, unbalancedPostings: 0, ledgerFromStripe: 0 });

  const listing = await home();
  await asPostgres(
    `alter table private.claims drop constraint claims_never_share_a_night,
       drop constraint claims_keep_to_their_lanes;
     alter table private.ledger_entries disable trigger user,
       alter column listing_id drop not null, alter column booking_id drop not null`,
  );
  for (const nights of ['[2031-06-01,2031-06-04)', '[2031-06-03,2031-06-05)']) {
    await asPostgres(
      `insert into private.claims (listing_id, nights, lane, kind) values ($1, $2, '(,)', 'block')`,
      [listing, nights],
    );
  }
  await asPostgres(
    `insert into private.ledger_entries
       (account, source_kind, source_id, currency, amount_minor, entered_at)
     values ('stripe_balance', 'capture', 'nowhere', 'EUR', 700, private.now())`,
  );
  expect(await readBooks(market))
    .toMatchObject({ sharedNights: 1, unbalancedPostings: 1, ledgerFromStripe: 700 });
});

test('the tables of docs/planning.md are those of the kept measurements', async () => {
  const text = readFileSync(inProject('docs', 'planning.md'), 'utf8');
  const tables = planTables(kept<Costs>('costs'), kept<Year>('year'));
  expect(withTables(text, tables)).toBe(text);
  await expect(run('plan', '--tables', '--check')).resolves.toBeDefined();
  expect(() => withTables('Nothing is marked here.', tables)).toThrow(/no place for costs/);
});

test('npm run plan prints a plan with its assumptions, and refuses what is no number', async () => {
  const { stdout } = await run('plan', '--homes', '1000000', '--bookings-a-day', '20000');
  expect(stdout).toContain('1,000,000 homes, 20,000 bookings a day');
  expect(stdout).toContain(`Assumed: ${assumed.searchesABooking} searches`);
  expect(stdout).toContain('are an extrapolation');
  const json = await run('plan', '--homes', '10', '--bookings-a-day', '1', '--json');
  expect(JSON.parse(json.stdout).wanted).toMatchObject({ homes: 10, newHomesADay: 10 / 2000 });
  for (
    const [flag, value] of [
      ['--homes', '0'],
      ['--homes', ''],
      ['--homes', 'many'],
      ['--busy', '2'],
      ['--searches', '-1'],
      ['--peak', 'NaN'],
    ] as const
  ) {
    await expect(run('plan', '--homes', '10', '--bookings-a-day', '1', `${flag}=${value}`))
      .rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`${flag} is a number from`),
      });
  }
});

// They read the CPU of their programs from /proc.
test.runIf(process.platform === 'linux')('npm run costs measures every deed', async () => {
  const { stdout } = await run('unit-costs', '--quick');
  for (
    const deed of [
      'a home, made and published',
      'a search \\(`search_screen`\\)',
      'a page of a home',
      'a booking, paid',
      'its payout',
      'a message',
    ]
  ) {
    expect(stdout).toMatch(new RegExp(`^\\| ${deed} \\| .+ \\|$`, 'm'));
  }
});

test.runIf(process.platform === 'linux')('npm run year ends with clean books', async () => {
  const { stdout } = await run('year', '--quick');
  expect(stdout).toContain('day 12: 12 bookings');
  expect(stdout).toMatch(/^\| `private\.ledger_entries` \| /m);
  expect(stdout).toContain('The books are clean.');
});
