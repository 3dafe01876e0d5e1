/**
 * Writes what is generated from the migrations, against a throw-away database: types/database.ts (by the
 * Supabase CLI), its excerpt for the edge functions, types/fields.ts, the vocabulary of errors for clients,
 * functions and docs/errors.md, the reference, docs/openapi.json, and docs/who-may-what.md.
 *
 *   node local/types.ts           write them
 *   node local/types.ts --check   exit 1 when one is not what the migrations make of it
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type pg from 'pg';
import { readAnswerTypes, withAnswerTypes } from './answer-types.ts';
import { readCommandLine } from './command-line.ts';
import { endWhenTold } from './ending.ts';
import { fromMigrations, writeOrCheck } from './generated.ts';
import { inProject } from './paths.ts';
import type { Cluster } from './postgres/cluster.ts';
import { refusalFiles } from './refusals.ts';
import { verbFiles } from './verbs.ts';
import { referenceFiles } from '../scripts/reference/document.ts';
import { readVerbWriters } from '../scripts/what-follows/verbs.ts';
import { whoMayWhatFiles } from '../scripts/reference/who-may-what.ts';

const notice = '// Generated from the migrations by npm run types; never edited.\n\n';

const { values } = readCommandLine(
  `Writes types/database.ts and types/fields.ts from the migrations.

  npm run types           writes them
  npm run types:check     exits with 1 when they are not current; writes nothing`,
  { options: { check: { type: 'boolean', default: false } } },
);

endWhenTold(() => {});

writeOrCheck(await fromMigrations('types', generate), {
  check: values.check,
  command: 'npm run types',
});

/** The files with their content, formatted. */
async function generate(cluster: Cluster): Promise<Record<string, string>> {
  const raw = await run('supabase', [
    ...['gen', 'types', 'typescript', '--schema', 'public'],
    `--remote=${cluster.url('types')}`,
  ]);
  const known = await cluster.using('types', 'postgres', readAnswerTypes);
  const fields = await cluster.using('types', 'postgres', fieldsOf);
  const refusals = await cluster.using('types', 'postgres', refusalFiles);
  const reference = await cluster.using('types', 'postgres', referenceFiles);
  const whoMayWhat = await cluster.using('types', 'postgres', whoMayWhatFiles);
  const types = await formatted(withAnswerTypes(await formatted(raw), known));
  const files: Record<string, string> = {
    'types/database.ts': types,
    'types/fields.ts': fields,
    ...verbFiles(types),
    ...refusals,
    ...reference,
    ...whoMayWhat,
  };
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('.ts')) files[path] = notice + await formatted(content);
  }
  return files;
}

/** What a frontend needs to say which field is at fault, of verbs and tables that clients write to. */
async function fieldsOf(client: pg.Client): Promise<string> {
  const { rows: verbs } = await client.query<{ verb: string; required: string[]; rest: string[] }>(
    `select proname as verb,
       (proargnames[: pronargs])[: pronargs - pronargdefaults] as required,
       (proargnames[: pronargs])[pronargs - pronargdefaults + 1 :] as rest
     from pg_proc
     where pronamespace = 'public'::regnamespace and pronargs > 0
       and has_function_privilege('authenticated', oid, 'execute')
     order by proname collate "C"`,
  );
  const writers = await readVerbWriters(client);
  const written = verbs.flatMap(({ verb, required, rest }) => {
    const given = [...required ?? [], ...rest ?? []];
    return (writers.get(`public.${verb}`) ?? []).flatMap(({ tables }) =>
      [...tables.keys()].flatMap((table) => given.map((name) => `${table}.${name}`))
    );
  });
  // Of a table that only verbs write: the checks of what they are given. With a broken key Postgres names it.
  const { rows: checks } = await client.query<{ conname: string; columns: string[] }>(
    `select conname, columns
     from pg_constraint
     join pg_class on pg_class.oid = conrelid
     join pg_namespace on pg_namespace.oid = relnamespace
     cross join lateral (select array(
       select attname::text from unnest(conkey) with ordinality as key (attnum, place)
       join pg_attribute on attrelid = conrelid and pg_attribute.attnum = key.attnum order by place) as columns) as about
     where nspname = 'public' and contype in ('c', 'f', 'p', 'u')
         and has_any_column_privilege('authenticated', conrelid, 'insert, update')
       or contype = 'c' and exists (
         select from unnest(columns) as name where concat_ws('.', nspname, relname, name) = any ($1))
     order by conname collate "C"`,
    [written],
  );
  const entries = (pairs: [string, unknown][]) => JSON.stringify(Object.fromEntries(pairs));
  return `/** The arguments of each verb: those it must have, and the others. */
    export const verbArguments: Record<string, readonly [required: string[], optional: string[]]> =
      ${entries(verbs.map(({ verb, required, rest }) => [verb, [required ?? [], rest ?? []]]))};

    /** The columns that each constraint is about, of tables that clients write to, themselves or by a verb. */
    export const constrainedColumns: Record<string, string[]> =
      ${entries(checks.map(({ conname, columns }) => [conname, columns]))};`;
}

function formatted(code: string): Promise<string> {
  return run('deno', ['fmt', '--quiet', '--ext', 'ts', '-'], code);
}

async function run(command: string, args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)(inProject('node_modules', '.bin', command), args, {
    cwd: inProject(),
    env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}
