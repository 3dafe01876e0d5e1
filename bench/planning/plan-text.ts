import type { Plan, Range } from './model.ts';
import { bytes, type Costs, shown, type Year } from './tables.ts';

export const range = ({ least, most }: Range, show: (value: number) => string): string =>
  show(least) === show(most) ? show(least) : `${show(least)} to ${show(most)}`;

/** A plan as a person reads it. */
export function planText(plan: Plan, costs: Costs, year: Year): string {
  const { wanted, cores } = plan;
  const lines: [string, string][] = [
    ['Postgres, for searches and pages', `${shown(cores.reads)} cores`],
    ['Postgres, for all that writes', `${shown(cores.writes)} cores`],
    ['PostgREST', `${shown(cores.postgrest)} cores`],
    ['edge functions', `${shown(cores.functions)} cores`],
    ['sessions of the database', `${plan.sessions}, 2 for each of its cores`],
    ['WAL a day', range(plan.walADay, bytes)],
    ['disk with the homes that are there', bytes(plan.diskAtFirst)],
    ['disk more, each year', bytes(plan.diskAYear)],
    ['memory for what is read again and again', range(plan.hotSet, bytes)],
  ];
  const wide = Math.max(...lines.map(([what]) => what.length));
  return [
    `${wanted.homes.toLocaleString('en')} homes, ${wanted.bookingsADay.toLocaleString('en')} ` +
    'bookings a day',
    `Assumed: ${wanted.searchesABooking} searches, ${wanted.pagesABooking} pages and ` +
    `${wanted.messagesABooking} messages for each booking, ${
      shown(wanted.newHomesADay)
    } new homes ` +
    `a day, a busiest hour of ${wanted.peak} times the average, in which ` +
    `${shown(wanted.busy * 100)} % of a core are busy.`,
    '',
    ...lines.map(([what, value]) => `  ${what.padEnd(wide)}  ${value}`),
    '',
    ...plan.steps.map(({ step, why, see }) => `  - ${step}: ${why} (${see})`),
    '',
    `Measured on ${costs.measuredOn} with ${costs.homes.toLocaleString('en')} homes on ` +
    `${costs.cores} cores (${costs.processor}, Postgres ${costs.postgres}); a sample of ` +
    `${year.days} days with ${year.booked.toLocaleString('en')} bookings.`,
    ...(wanted.homes > costs.homes * 3
      ? [
        `More than ${
          (costs.homes * 3).toLocaleString('en')
        } homes are an extrapolation: searches ` +
        'and pages are taken to cost what they cost there.',
      ]
      : []),
  ].join('\n');
}
