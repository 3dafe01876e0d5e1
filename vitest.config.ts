import { defineConfig, type Plugin } from 'vitest/config';

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
  test: {
    name,
    include,
    pool: 'forks' as const,
    // Files share nothing but the worker's loaded modules: each has a database of its own.
    isolate: false,
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/each-file.ts'],
    // Some go through the whole catalog, and a machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 30_000,
    ...test,
  },
});

export default defineConfig({
  test: {
    projects: [
      folder('database', ['tests/database/*.test.{sql,ts}']),
      folder('api'),
      folder('races', undefined, { testTimeout: 300_000 }),
      folder('properties', undefined, { testTimeout: 300_000 }),
      folder('functions'),
      folder('stripe'),
      folder('import'),
      folder('stack', undefined, { testTimeout: 120_000 }),
    ],
    passWithNoTests: false,
    // Vitest keeps a core free; a test file waits for its database more than for its own.
    maxWorkers: 2,
  },
});
