import { cpus } from 'node:os';
import type { Profile, Vitals } from './measure.ts';
import type { Measured } from './pages.ts';

export interface Row {
  page: Measured;
  profile: Profile;
  vitals: Vitals;
}

/** Of each figure the one in the middle; of what must never happen, such as errors, the most. */
export function median(seen: Vitals[]): Vitals {
  const middle = (of: (vitals: Vitals) => number) => {
    const sorted = seen.map(of).sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const most = (of: (vitals: Vitals) => number) => Math.max(...seen.map(of));
  return {
    ttfb: middle(({ ttfb }) => ttfb),
    fcp: middle(({ fcp }) => fcp),
    lcp: middle(({ lcp }) => lcp),
    cls: most(({ cls }) => cls),
    interaction: middle(({ interaction }) => interaction),
    script: middle(({ script }) => script),
    all: middle(({ all }) => all),
    requests: most(({ requests }) => requests),
    errors: most(({ errors }) => errors),
  };
}

const ms = (time: number) => `${Math.round(time)} ms`;
const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

interface Column {
  head: string;
  of(vitals: Vitals): number;
  shown(value: number): string;
  /** The most it may be; undefined where nothing was promised. */
  aim?(row: Row): number | undefined;
}

const onDesktop = (most: number) => ({ profile }: Row) => profile.cpu ? undefined : most;

const columns: Column[] = [
  { head: 'TTFB', of: ({ ttfb }) => ttfb, shown: ms },
  { head: 'FCP', of: ({ fcp }) => fcp, shown: ms },
  { head: 'LCP', of: ({ lcp }) => lcp, shown: ms, aim: onDesktop(1000) },
  { head: 'CLS', of: ({ cls }) => cls, shown: (cls) => cls.toFixed(3), aim: () => 0.01 },
  {
    head: 'interaction',
    of: ({ interaction }) => interaction,
    shown: (time) => time === 0 ? '< 16 ms' : ms(time),
    aim: onDesktop(100),
  },
  {
    head: 'scripts',
    of: ({ script }) => script,
    shown: kB,
    aim: ({ page }) => page.mostScript,
  },
  { head: 'all', of: ({ all }) => all, shown: kB },
  {
    head: 'API requests',
    of: ({ requests }) => requests,
    shown: String,
    aim: ({ page }) => page.mostRequests,
  },
  { head: 'errors', of: ({ errors }) => errors, shown: String, aim: () => 0 },
];

/** As Markdown, which is as well read in a terminal; what misses its aim is bold. */
export function tableOf(rows: Row[]): string {
  const cells = [
    ['page', ...columns.map(({ head }) => head)],
    ...rows.map((row) => [
      `${row.page.name}, ${row.profile.name}`,
      ...columns.map(({ of, shown, aim }) => {
        const value = of(row.vitals);
        const text = shown(value);
        return value > (aim?.(row) ?? Infinity) ? `**${text}**` : text;
      }),
    ]),
  ];
  const widths = cells[0]!.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  const line = (texts: string[]) =>
    `| ${texts.map((text, at) => text.padEnd(widths[at]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, rule, ...body].join('\n');
}

export function vitalsPage(
  rows: Row[],
  { runs, load, chromium }: {
    runs: number;
    /** How many processes wanted a core when it began. */
    load: number;
    chromium: string;
  },
): string {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()})`;
  return `# What the sites take in a browser

Written by \`npm run vitals\` on ${day}: ${chromium}, Node ${process.versions.node}, ${machine},
the stack of \`npm start\` on the same machine with its small town. When it began, ${
    load.toFixed(1)
  } processes wanted a core:
above ${cpus().length}, times say little. Each page was opened ${runs} times, in turn with the others, in a browser that had
nothing of it; medians, but of CLS, requests and errors the most. What misses its aim is bold.

${tableOf(rows)}

- The aims: LCP at most 1 s and an interaction at most 100 ms on the desktop, which is not slowed down; CLS below 0.01, no
  errors; at most 120 kB of scripts for search, at most 3 requests for a home. \`tests/sites/figures.test.ts\` holds what needs
  no clock: bytes, requests, shifts, errors. Times are held by nobody, because machines differ and are never quiet.
- The phone is that of Lighthouse's mobile report with applied throttling
  ([core/config/constants.js](https://github.com/GoogleChrome/lighthouse/blob/main/core/config/constants.js), \`mobileSlow4G\`):
  each request waits 562.5 ms (150 times 3.75), 1.4 Mbit/s come and 0.66 leave, scripts take four times as long,
  412 by 823 pixels of 1.75. Nothing is simulated afterwards, as Lighthouse does it by default, so these times are higher
  than its own.
- An interaction is what Chrome measures for INP (Event Timing): from a click or key to the next frame, the slowest of a
  few. On the page of a home the dates are opened and a day is chosen, in the inbox a conversation is opened and a message
  is typed, and so on (\`scripts/vitals/pages.ts\`). Shorter than 16 ms is not told apart.
- Scripts are as they are sent (gzip), until the page has loaded; all is everything that came, with pictures and heads.
  API requests are those to the gateway, without pictures and preflights.
`;
}
