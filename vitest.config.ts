import { defineConfig, type Plugin } from 'vitest/config';
import { inProject } from './local/paths.ts';
import { LongestFirst } from './tests/support/order.ts';
import { patience } from './tests/support/patience.ts';

/** Makes every pgTAP file a test file. */
const pgTap: Plugin = {
  name: 'pgtap',
  enforce: 'pre',
  transform(_sql, id) {
    if (!id.endsWith('.test.sql')) return;
    return `import { testPgTap } from '/tests/support/pgtap.ts';
await testPgTap(${JSON.stringify(id)});`;
  },
};

const folder = (name: string, include = [`tests/${name}/**/*.test.ts`], test = {}) => ({
  plugins: [pgTap],
  resolve: { alias: { '@staybase/client': inProject('packages/client/src/index.ts') } },
  test: {
    name,
    include,
    pool: 'forks' as const,
    // Files share nothing but the worker's loaded modules: each has a database of its own.
    isolate: false,
    globalSetup: ['tests/support/cpu.ts', 'tests/support/global-setup.ts'],
    setupFiles: ['tests/support/note-file.ts', 'tests/support/each-file.ts'],
    // They only end what hangs: nobody knows how busy a machine is, so no test has a limit of its own
    // (tests/stack/patience.test.ts).
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 300_000,
    expect: { poll: { timeout: patience, interval: 50 } },
    ...test,
  },
});

export default defineConfig({
  test: {
    projects: [
      folder('database', ['tests/database/**/*.test.{sql,ts}']),
      folder('api'),
      folder('client'),
      folder('races'),
      // Measured: 1,000 lives of money-sequences took twelve minutes on two cores that sixteen processes wanted.
      folder('properties', undefined, { testTimeout: 7_200_000 }),
      folder('functions'),
      folder('stripe'),
      folder('graphql'),
      folder('import'),
      folder('stack'),
      folder('sites', undefined, {
        globalSetup: ['tests/support/cpu.ts', 'tests/sites/support/stack.ts'],
        setupFiles: ['tests/support/note-file.ts'],
        // After all others: a browser measures how a page moves while it loads.
        sequence: { groupOrder: 1 },
      }),
    ],
    sequence: { sequencer: LongestFirst },
    passWithNoTests: false,
    // Vitest keeps a core free; a test file waits for its database more than for its own.
    maxWorkers: Number(process.env.STAYBASE_TEST_WORKERS ?? 2),
  },
});
