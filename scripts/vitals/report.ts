import { cpus } from 'node:os';
import type { Profile, Vitals } from './measure.ts';
import type { Measured } from './pages.ts';

export interface Row {
  page: Measured;
  profile: Profile;
  vitals: Vitals;
}

/** The median of each figure; the highest of those that must never happen, such as errors. */
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
  /** The highest value allowed; undefined if there is no aim. */
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

/** As Markdown, which is also readable in a terminal; figures that miss their aim are bold. */
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
    /** The load average at the start. */
    load: number;
    chromium: string;
  },
): string {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()})`;
  return `# Page speed and size

Written by \`npm run vitals\` on ${day}: ${chromium}, Node ${process.versions.node}, ${machine},
with the stack of \`npm start\` and its demo data on the same machine. The load average at the start was ${
    load.toFixed(1)
  }:
above ${cpus().length}, times say little. Runs of each page: ${runs}, in turn with the other pages, each with an empty browser
cache. Figures are medians; CLS, requests and errors are the highest of all runs. Figures that miss their aim are bold.

${tableOf(rows)}

- Aims: on the desktop, which is not throttled, LCP at most 1 s and an interaction at most 100 ms; CLS at most 0.01, no
  errors; at most 120 kB of scripts for search, at most 3 requests for a home. \`tests/sites/figures.test.ts\` asserts what
  needs no clock: bytes, requests, shifts, errors. No test asserts times, because machines differ and are never idle.
- The phone has the throttling and screen of Lighthouse's mobile report
  ([core/config/constants.js](https://github.com/GoogleChrome/lighthouse/blob/main/core/config/constants.js), \`mobileSlow4G\`):
  562.5 ms of latency for each request (150 times 3.75), 1.4 Mbit/s down and 0.66 Mbit/s up, a CPU four times slower,
  412 by 823 pixels at a device pixel ratio of 1.75. The throttling is applied, not simulated as Lighthouse does by default,
  so these times are higher than its own.
- An interaction is what Chrome measures for INP (Event Timing): the time from a click or key press to the next frame, the
  slowest of a few. On the page of a home, for example, the calendar is opened and a day is chosen; in the inbox, a
  conversation is opened and a message is typed (\`scripts/vitals/pages.ts\`). Chrome does not report times below 16 ms.
- The page of words has a button that shows other words: what the browser itself takes to draw a window on this machine,
  which has no graphics card.
- The browser loads no pages of its own meanwhile: Chromium's address bar has two, with 150 scripts, for each window
  (\`scripts/shared/chromium.ts\`).
- scripts: compressed size (gzip) of those loaded with the page; all: everything received, including images and response
  headers; API requests: requests to the gateway, without images and preflights.
`;
}
