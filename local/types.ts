/**
 * Writes types/database.ts from the migrations, by the Supabase CLI against a throw-away database.
 *
 *   node local/types.ts           write it
 *   node local/types.ts --check   exit 1 when it is not what the migrations make of it
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync, writeFileSync } from 'node:fs';
import { readAnswerTypes, withAnswerTypes } from './answer-types.ts';
import { endWhenTold } from './ending.ts';
import { inProject } from './paths.ts';
import { migrate } from './postgres/migrate.ts';
import { baseTemplate, createDatabase } from './postgres/templates.ts';
import { startThrowaway } from './postgres/throwaway.ts';

const path = 'types/database.ts';

endWhenTold(() => {});

const types = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(inProject(path), types);
  console.log(`Wrote ${path}.`);
} else if (readFileSync(inProject(path), 'utf8') !== types) {
  console.error(`${path} is not what the migrations say. Run npm run types.`);
  process.exitCode = 1;
} else {
  console.log(`${path} is current.`);
}

/** The formatted content of types/database.ts. */
async function generate(): Promise<string> {
  const { cluster, stop } = await startThrowaway();
  try {
    await createDatabase(cluster, 'types', await baseTemplate(cluster));
    await migrate(cluster, 'types');
    const raw = await run('supabase', [
      ...['gen', 'types', 'typescript', '--schema', 'public'],
      `--remote=${cluster.url('types')}`,
    ]);
    const known = await cluster.using('types', 'postgres', readAnswerTypes);
    const format = (text: string) => run('deno', ['fmt', '--quiet', '--ext', 'ts', '-'], text);
    const notice = '// Generated from the migrations by npm run types; never edited.\n\n';
    return notice + await format(withAnswerTypes(await format(raw), known));
  } finally {
    await stop();
  }
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
