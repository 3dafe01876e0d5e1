/**
 * How the ratios of the benchmark grow with the marketplace: reads the newest result of each size in
 * bench/results, prints a table in Markdown and draws docs/growth.svg.
 *
 *   node bench/growth.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';
import type { Line } from './measure.ts';

const usage =
  `Draws how the ratios grow with the number of homes, from the results of npm run bench.

  node bench/growth.ts                    reads bench/results, writes docs/growth.svg`;

readCommandLine(usage, { options: {} });

interface Result {
  listings: number;
  lines: Line[];
}

/** The workloads that searchers and guests wait for; the chart would be unreadable with all of them. */
const drawn = [
  'map: search_listings, dates and filters',
  'city: search_listings, with dates',
  'nearest, with dates',
  'facets of a city',
  'pins of a map, with dates',
  'quote_stay, three nights',
  'a deep page',
  'inbox of a company',
  'listing_calendar of 12 months',
  'usually built: not exists over bookings',
];

const results = newestOfEachSize(inProject('bench', 'results'));
if (results.length === 0) {
  endWithUsage(usage, 'There is no result in bench/results yet: npm run bench writes one.');
}
console.log(markdown(results));
const file = inProject('docs', 'growth.svg');
writeFileSync(file, chart(results));
console.log(`\nWritten to ${file}`);

function newestOfEachSize(directory: string): Result[] {
  let names: string[] = [];
  try {
    // Their names are times, so the newest comes last.
    names = readdirSync(directory).filter((name) => name.endsWith('.json')).sort();
  } catch {
    // No run has left a result.
  }
  const bySize = new Map<number, Result>();
  for (const name of names) {
    const result = JSON.parse(readFileSync(join(directory, name), 'utf8')) as Result;
    bySize.set(result.listings, result);
  }
  return [...bySize.values()].sort((one, other) => one.listings - other.listings);
}

function lineOf({ lines }: Result, what: string): Line | undefined {
  return lines.find((line) => line.what === what);
}

/** A row for each workload with a ratio, a column for each size. */
function markdown(all: Result[]): string {
  const names = [...new Set(all.flatMap(({ lines }) => lines))]
    .filter(({ ratio }) => ratio !== undefined).map(({ what }) => what);
  const head = ['workload', ...all.map(({ listings }) => listings.toLocaleString('en'))];
  const rows = [...new Set(names)].map((what) => [
    what,
    ...all.map((result) => lineOf(result, what)?.ratio?.toFixed(2) ?? ''),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Ratios on a logarithmic scale over the number of homes on another, with a legend at the right. */
function chart(all: Result[]): string {
  const [width, height, left, top, right, bottom] = [760, 360, 56, 24, 300, 44];
  const colours = [
    '#0b7285',
    '#c92a2a',
    '#5f3dc4',
    '#2b8a3e',
    '#e67700',
    '#495057',
    '#d6336c',
    '#1864ab',
    '#5c940d',
    '#862e9c',
  ];
  const sizes = all.map(({ listings }) => listings);
  const ratios = drawn.flatMap((what) => all.map((result) => lineOf(result, what)?.ratio ?? 1));
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const steps = [0.5, 1, 2, 5, 10, 20, 50, 100];
  const ceiling = steps.find((step) => step >= Math.max(...ratios)) ?? Math.max(...ratios);
  const x = (size: number) =>
    fewest === most
      ? left
      : left + (width - left - right) * Math.log(size / fewest) / Math.log(most / fewest);
  const y = (ratio: number) =>
    top +
    (height - top - bottom) * (1 - Math.log(Math.max(ratio, 0.5) / 0.5) / Math.log(ceiling / 0.5));
  const text = (at: [number, number], what: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${what}</text>`;

  const grid = steps.filter((step) => step <= ceiling).map((step) =>
    `<path d="M${left} ${y(step).toFixed(1)}H${width - right}" stroke="#dee2e6"/>` +
    text([left - 8, y(step) + 4], String(step), 'text-anchor="end"')
  );
  const marks = sizes.map((size) =>
    text([x(size), height - bottom + 20], size.toLocaleString('en'), 'text-anchor="middle"')
  );
  // Of a run with --only search some lines are missing.
  const measured = drawn.filter((what) =>
    all.some((result) => lineOf(result, what)?.ratio !== undefined)
  );
  const curves = measured.map((what, at) => {
    const points = all.flatMap((result) => {
      const ratio = lineOf(result, what)?.ratio;
      return ratio === undefined ? [] : [[x(result.listings), y(ratio)] as const];
    });
    const colour = colours[at % colours.length] ?? '#495057';
    const path = points.map(([across, down]) => `${across.toFixed(1)} ${down.toFixed(1)}`).join(
      'L',
    );
    const row = top + 16 + at * 22;
    return [
      `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(([across, down]) =>
        `<circle cx="${across.toFixed(1)}" cy="${down.toFixed(1)}" r="3" fill="${colour}"/>`
      ),
      `<path d="M${width - right + 24} ${row - 4}h18" stroke="${colour}" stroke-width="2"/>`,
      text([width - right + 50, row], what),
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img"`,
    `  font-family="system-ui, sans-serif" font-size="12" fill="#212529">`,
    '<title>Ratios to the floor, by the number of homes</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...grid,
    ...marks,
    text([left, 14], 'times its floor (both scales are logarithmic)'),
    text([(left + width - right) / 2, height - 8], 'homes', 'text-anchor="middle"'),
    ...curves,
    '</svg>',
    '',
  ].join('\n');
}
