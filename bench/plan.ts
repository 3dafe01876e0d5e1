/**
 * Calculates from homes and bookings a day what machines a marketplace needs, from what was measured by
 * `npm run costs` and `npm run year`. docs/planning.md has the same for some sizes.
 *
 *   npm run plan -- --homes 1000000 --bookings-a-day 20000
 *   npm run plan -- --tables             writes the tables of docs/planning.md
 *   npm run plan -- --tables --check     says whether they are current
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import { planTables, withTables } from './planning/documents.ts';
import { assumed, planFor, type Wanted } from './planning/model.ts';
import { planText } from './planning/plan-text.ts';
import type { Costs, Year } from './planning/tables.ts';

const usage = `Calculates what machines a marketplace needs, from measured costs.

  npm run plan -- --homes 1000000 --bookings-a-day 20000
      --searches ${assumed.searchesABooking}         searches for each booking
      --pages ${assumed.pagesABooking}             pages of homes that are opened for each booking
      --messages ${assumed.messagesABooking}           messages for each booking
      --new-homes-a-day 500  one in two thousand homes unless told
      --peak ${assumed.peak}               how many times the average hour the busiest one is
      --busy ${assumed.busy}             the share of a core that may be busy then
      --cores ${assumed.cores}             cores of the largest machine there is
      --memory ${assumed.memory}            its memory, in gigabytes
      --json                 the same for programs
  npm run plan -- --tables             writes the tables of docs/planning.md
  npm run plan -- --tables --check     fails when they are not current

What is in these lines is assumed unless told; everything else was measured (bench/planning/*.json).`;

const number = { type: 'string' } as const;
const { values: flags } = readCommandLine(usage, {
  options: {
    homes: number,
    'bookings-a-day': number,
    searches: number,
    pages: number,
    messages: number,
    'new-homes-a-day': number,
    peak: number,
    busy: number,
    cores: number,
    memory: number,
    json: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
const readJson = (name: string) =>
  JSON.parse(readFileSync(inProject('bench', 'planning', `${name}.json`), 'utf8'));
const [costs, year] = [readJson('costs') as Costs, readJson('year') as Year];

if (flags.check && !flags.tables) endWithUsage(usage, '--check goes with --tables.');
if (flags.tables) keepTables();
else {
  const plan = planFor(readWanted(), costs, year);
  console.log(flags.json ? JSON.stringify(plan, null, 2) : planText(plan, costs, year));
}

function keepTables(): void {
  const file = inProject('docs', 'planning.md');
  const before = readFileSync(file, 'utf8');
  const after = withTables(before, planTables(costs, year));
  if (!flags.check) return void (after === before || writeFileSync(file, after));
  if (after !== before) {
    console.error('The tables of docs/planning.md are not current. Run npm run plan -- --tables.');
    process.exit(1);
  }
}

function readWanted(): Wanted {
  const read = (
    flag: Exclude<keyof typeof flags, 'json' | 'tables' | 'check'>,
    [least, most]: [number, number],
    usual?: number,
  ) => {
    const said = flags[flag];
    if (said === undefined && usual !== undefined) return usual;
    const value = said === undefined || said.trim() === '' ? Number.NaN : Number(said);
    if (!(value >= least && value <= most)) {
      endWithUsage(usage, `--${flag} is a number from ${least} to ${most}.`);
    }
    return value;
  };
  const homes = read('homes', [1, 1e9]);
  return {
    homes,
    bookingsADay: read('bookings-a-day', [0, 1e8]),
    searchesABooking: read('searches', [0, 1e6], assumed.searchesABooking),
    pagesABooking: read('pages', [0, 1e6], assumed.pagesABooking),
    messagesABooking: read('messages', [0, 1e6], assumed.messagesABooking),
    newHomesADay: read('new-homes-a-day', [0, 1e7], homes / 2000),
    peak: read('peak', [1, 24], assumed.peak),
    busy: read('busy', [0.05, 1], assumed.busy),
    cores: read('cores', [1, 1024], assumed.cores),
    memory: read('memory', [1, 100_000], assumed.memory),
  };
}
