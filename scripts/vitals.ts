/**
 * Measures the pages of the sites in a browser, as Lighthouse does: starts a stack with the demo data, opens each page
 * several times with an empty cache, on a desktop and on a throttled phone, prints the medians and writes them to
 * docs/vitals.md.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { demoPeople } from '../local/demo-people.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { chromiumHere, launchChromium } from './shared/chromium.ts';
import { signedIn } from './shared/demo-session.ts';
import { demoStackAt, startDemoStack } from './shared/demo-stack.ts';
import { floor, serveFloor } from './vitals/floor.ts';
import { look, type Origins, profiles, type Vitals } from './vitals/measure.ts';
import { measured } from './vitals/pages.ts';
import { median, type Row, tableOf, vitalsPage } from './vitals/report.ts';

const usage =
  `Measures the pages of the sites in Chromium, on a desktop and on a throttled phone: loading
times, layout shifts, interactions, bytes and requests. Writes docs/vitals.md.

  npm run vitals                        on a stack of its own
  npm run vitals -- --runs 9            runs of each page; 5 by default
  npm run vitals -- --port 54321        on the running stack with this port
  npm run vitals -- --only search       one page; writes nothing`;
const { values } = readCommandLine(usage, {
  options: {
    runs: { type: 'string', default: '5' },
    port: { type: 'string' },
    only: { type: 'string' },
  },
});
const runs = Number(values.runs);
if (!(runs >= 1)) endWithUsage(usage, '--runs must be at least 1.');
const all = [...measured, floor];
const pages = all.filter(({ name }) => (values.only ?? name) === name);
if (pages.length === 0) {
  endWithUsage(usage, `The pages are ${all.map(({ name }) => name).join(', ')}.`);
}
if (chromiumHere === '') {
  console.error('There is no chromium on PATH.');
  process.exit(1);
}

const own = values.port === undefined ? startDemoStack(55_321) : undefined;
endWhenTold(() => own?.stop());

try {
  const stack = own ? await own.up : demoStackAt(Number(values.port));
  const empty = await serveFloor();
  const { gateway, storefront } = stack;
  const origins: Origins = { gateway, storefront, console: gateway, floor: empty.url };
  const browser = await launchChromium('--hide-scrollbars');
  const sessionOf = (name: string, site: string) =>
    signedIn({
      gateway,
      site,
      email: demoPeople.find((person) => person.name.toLowerCase() === name)!.email,
    });
  const seen = new Map<string, Vitals[]>();
  const [load = 0] = loadavg();
  // In turn, so that a busy minute of the machine affects all pages. The first round warms up a new stack.
  for (let run = own ? 0 : 1; run <= runs; run++) {
    for (const page of pages) {
      const site = origins[page.site];
      for (const profile of run === 0 ? profiles.slice(0, 1) : profiles) {
        const state = page.as === undefined ? undefined : await sessionOf(page.as, site);
        const vitals = await look(browser, origins, page, profile, state);
        const key = `${page.name} ${profile.name}`;
        if (run > 0) seen.set(key, [...seen.get(key) ?? [], vitals]);
      }
    }
    console.error(run === 0 ? 'Warmed up.' : `Run ${run} of ${runs}.`);
  }
  const rows: Row[] = profiles.flatMap((profile) =>
    pages.map((page) => ({
      page,
      profile,
      vitals: median(seen.get(`${page.name} ${profile.name}`) ?? []),
    }))
  );
  console.log(tableOf(rows));
  if (values.only === undefined) {
    const { stdout: chromium } = spawnSync(chromiumHere, ['--version'], { encoding: 'utf8' });
    writeFileSync(
      inProject('docs', 'vitals.md'),
      vitalsPage(rows, { runs, load, chromium: chromium.trim() }),
    );
    console.log('Wrote docs/vitals.md.');
  }
  await browser.close();
  empty.stop();
} finally {
  await own?.stop();
}
