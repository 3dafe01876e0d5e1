import { assumed, planFor } from './model.ts';
import { range } from './plan-text.ts';
import { bytes, type Costs, costTable, markdown, shown, type Year, yearTable } from './tables.ts';

/** Homes and bookings a day for which the document has a column; each home has as many. */
const sizes: [homes: number, bookingsADay: number][] = [
  [1_000, 20],
  [10_000, 200],
  [100_000, 2_000],
  [1_000_000, 20_000],
];

/** The tables of docs/planning.md, by the names of their marks. */
export function planTables(costs: Costs, year: Year): Record<string, string> {
  const plans = sizes.map(([homes, bookingsADay]) =>
    planFor({ ...assumed, homes, bookingsADay, newHomesADay: homes / 2000 }, costs, year)
  );
  const row = (what: string, show: (plan: typeof plans[0]) => string) => [what, ...plans.map(show)];
  return {
    costs: `Measured on ${where(costs)}, ${costs.homes.toLocaleString('en')} homes beside, by ` +
      `\`${costs.command}\`; the mean, and the least and most of ${costs.costs.search?.rounds} ` +
      `rounds.\n\n${costTable(costs)}`,
    plans: markdown([
      [
        'homes; bookings a day',
        ...sizes.map((size) => size.map((part) => part.toLocaleString('en')).join('; ')),
      ],
      row('Postgres for searches and pages, cores', ({ cores }) => shown(cores.reads)),
      row('Postgres for all that writes, cores', ({ cores }) => shown(cores.writes)),
      row('PostgREST, cores', ({ cores }) => shown(cores.postgrest)),
      row('edge functions, cores', ({ cores }) => shown(cores.functions)),
      row('sessions', ({ sessions }) => String(sessions)),
      row('WAL a day', ({ walADay }) => range(walADay, bytes)),
      row('disk with the homes', ({ diskAtFirst }) => bytes(diskAtFirst)),
      row('disk more, each year', ({ diskAYear }) => bytes(diskAYear)),
      row('memory, hot', ({ hotSet }) => range(hotSet, bytes)),
      row('steps', ({ steps }) => steps.map(({ step }) => step).join('; ')),
    ]),
    year: `${year.days} days, ${year.homes} homes, ${year.booked.toLocaleString('en')} bookings, ` +
      `measured on ${where(year)} by \`${year.command}\`.\n\n${yearTable(year)}\n\n` +
      yearFigures(year),
    thousandfold: extrapolated(year),
  };
}

const where = ({ measuredOn, cores, processor, postgres, postgrest, deno }: Costs | Year) =>
  `${measuredOn} (${cores} cores of ${processor}, Postgres ${postgres}, PostgREST ` +
  `${postgrest}, Deno ${deno})`;

const yearFigures = (year: Year) =>
  markdown([
    ['the sample', 'figure'],
    [
      'Postgres, CPU of a day, for each of its bookings',
      `${shown(year.cpuOfABooking)} s`,
    ],
    ['of a day: its jobs, commands and webhooks', spread(year)],
    ['the same by quarters of the year', year.jobsCpuByQuarter.map(shown).join(', ') + ' s'],
    ['WAL of a booking, with all that follows', bytes(year.walOfABooking)],
  ]);

const spread = ({ jobsCpuOfADay: { mean, least, most } }: Year) =>
  `${shown(mean)} s (${shown(least)} to ${shown(most)})`;

/** The sample, enlarged to a year of a million homes. */
export function extrapolated(year: Year): string {
  const factor = 1_000_000 / year.homes * 365 / year.days;
  const grew = Object.values(year.tables).reduce(
    (sum, { bytes: sizesOf }) => sum + sizesOf.at(-1)! - sizesOf[0]!,
    0,
  );
  return markdown([
    [
      'in all',
      `the sample, ${year.days} days`,
      `365 days of a million homes, times ${Math.round(factor).toLocaleString('en')}`,
    ],
    ['homes', String(year.homes), '1,000,000'],
    [
      'bookings',
      year.booked.toLocaleString('en'),
      Math.round(year.booked * factor).toLocaleString('en'),
    ],
    ['disk', bytes(grew), bytes(grew * factor)],
    [
      'WAL',
      bytes(year.walOfABooking * year.booked),
      bytes(year.walOfABooking * year.booked * factor),
    ],
  ]);
}

/** Puts each table between its marks. */
export function withTables(text: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((before, [name, table]) => {
    const [from, to] = [
      `<!-- ${name}: npm run plan -- --tables -->\n`,
      `\n<!-- end of ${name} -->`,
    ];
    const [start, end] = [before.indexOf(from), before.indexOf(to)];
    if (start < 0 || end < start) throw new Error(`The document has no place for ${name}.`);
    return before.slice(0, start + from.length) + table + before.slice(end);
  }, text);
}
