/**
 * Writes supabase/functions/graphql/schema.js and schema.graphql from the migrations.
 *
 *   npm run graphql            build them
 *   npm run graphql -- --check exit 1 when they are not what the migrations make of them
 *
 * Everything is read from a database that was just built from the migrations: the export keeps the order
 * in which things were created, so any other database with the same schema gives another file.
 */
import { build } from 'esbuild';
import { makeSchema } from 'graphile-build';
import { exportSchema } from 'graphile-export';
import {
  getIntrospectionQuery,
  type GraphQLSchema,
  graphqlSync,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../local/paths.ts';
import { localPassword } from '../local/postgres/cluster.ts';
import { migrate } from '../local/postgres/migrate.ts';
import { baseTemplate, createDatabase } from '../local/postgres/templates.ts';
import { startThrowaway } from '../local/postgres/throwaway.ts';
import { fingerprint } from './fingerprint.ts';
import { lean } from './lean.ts';
import { modulesPlugin } from './modules.ts';
import { presetOf } from './preset.ts';

const here = import.meta.dirname;
const target = (name: string) => inProject('supabase', 'functions', 'graphql', name);
/** What is written on the way, for as long as it is needed. */
const exportedFile = join(here, 'schema.exported.js');
const leanFile = join(here, 'schema.lean.exported.js');
const bundleFile = join(here, 'schema.bundle.exported.js');

const files = await buildGraph();
let stale = false;
for (const [name, content] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(target(name), content);
    console.log(`Wrote ${name}, ${Math.round(content.length / 1000)} kB.`);
  } else if (readFileSync(target(name), 'utf8') !== content) {
    console.error(`${name} is not what the migrations say. Run npm run graphql.`);
    stale = true;
  } else {
    console.log(`${name} is current.`);
  }
}
process.exit(stale ? 1 : 0);

async function buildGraph(): Promise<Record<'schema.js' | 'schema.graphql', string>> {
  const { cluster, stop } = await startThrowaway();
  try {
    await createDatabase(cluster, 'graph', await baseTemplate(cluster));
    await migrate(cluster, 'graph');
    const print = await cluster.using('graph', 'supabase_admin', async (client) => {
      await client.query(`alter role staybase_graphql password '${localPassword}'`);
      return await fingerprint((sql) => client.query(sql));
    });

    console.log('Reading the catalog.');
    const { schema } = await withoutLosses(() =>
      makeSchema(presetOf(cluster.url('graph', 'staybase_graphql')))
    );
    console.log('Exporting.');
    await exportSchema(schema, exportedFile, { mode: 'graphql-js' });
    const { schema: whole } = await import(exportedFile) as { schema: GraphQLSchema };
    const [flaw] = validateSchema(whole);
    if (flaw !== undefined) throw flaw;
    console.log('Bundling.');
    const types = Object.keys(whole.getTypeMap());
    writeFileSync(leanFile, lean(readFileSync(exportedFile, 'utf8'), types));
    const bundle = await bundled();
    saysTheSame(bundle, whole);
    return {
      'schema.js': bundle,
      'schema.graphql': `# Built from the migrations by npm run graphql; never edited.\n` +
        `# fingerprint: ${print}\n\n${printSchema(lexicographicSortSchema(schema))}\n`,
    };
  } finally {
    for (const file of [exportedFile, leanFile, bundleFile]) rmSync(file, { force: true });
    await stop();
  }
}

/**
 * The builder leaves out a field that clashes with another and says so on stderr: a table or a verb
 * would be missing without anybody noticing. Here it fails.
 */
async function withoutLosses<T>(work: () => Promise<T>): Promise<T> {
  const losses: string[] = [];
  const { error, warn } = console;
  const listen = (...words: unknown[]) => {
    const line = words.map(String).join(' ');
    // Inflectors of plugins that are switched off.
    if (/attempted to overwrite inflector/.test(line)) return;
    losses.push(line);
  };
  Object.assign(console, { error: listen, warn: listen });
  try {
    const result = await work();
    if (losses.length > 0) throw new Error(`Something is lost on the way:\n${losses.join('\n')}`);
    return result;
  } finally {
    Object.assign(console, { error, warn });
  }
}

/** Asks the bundle about itself: every type, field, argument and description, in the same order. */
function saysTheSame(bundle: string, whole: GraphQLSchema): void {
  const source = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  writeFileSync(bundleFile, bundle);
  // In a process of its own: two copies of grafast do not get along.
  const asking = `
    const { execute, parse, schema } = await import(${JSON.stringify(bundleFile)});
    const document = parse(${JSON.stringify(source)});
    const { data, errors } = await execute({ schema, document, outputDataAsString: true });
    if (errors) throw errors[0];
    process.stdout.write(data);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', asking],
    { encoding: 'utf8', maxBuffer: 50_000_000 },
  );
  if (stdout !== JSON.stringify(graphqlSync({ schema: whole, source }).data)) {
    throw new Error(`The bundle has another schema than was exported. ${stderr}`);
  }
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'entry.js')],
    absWorkingDir: here,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    // One copy of graphql: its module and its CommonJS build do not take each other's types for types.
    mainFields: ['module', 'main'],
    conditions: ['node', 'import'],
    plugins: [modulesPlugin],
    external: ['assert', 'crypto', 'os', 'tty', 'util'],
    banner: {
      js: '// Built from the migrations by npm run graphql; never edited.\n' +
        "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.GRAPHILE_ENV': '"production"' },
    minify: true,
    legalComments: 'none',
    // A file of ASCII alone takes half the memory while it is compiled.
    charset: 'ascii',
  });
  return outputFiles[0]!.text;
}
