/**
 * Builds the GraphQL schema from the migrations, by the tools of the folder `graphql`, which are
 * installed first where they are missing or not those of its lock file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';

const usage = `Builds supabase/functions/graphql/schema.js and schema.graphql from the migrations.

  npm run graphql               writes them
  npm run graphql -- --check    exits with 1 when they are not current; writes nothing`;

const { values } = readCommandLine(usage, {
  options: { check: { type: 'boolean', default: false } },
});
const folder = inProject('graphql');
if (!isInstalled()) {
  console.log('Installing the tools of the folder graphql.');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder]);
}
run(process.execPath, [inProject('graphql', 'build.ts'), ...(values.check ? ['--check'] : [])]);

function run(command: string, args: string[]): void {
  const env = { ...process.env, GRAPHILE_ENV: 'development' };
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env });
  if (status !== 0) {
    if (error) console.error(error.message);
    process.exit(status ?? 1);
  }
}

/** npm keeps in node_modules what it installed there. */
function isInstalled(): boolean {
  const installed = inProject('graphql', 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const versions = (file: string) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return new Map<string, string>(
      Object.entries<{ version: string }>(packages).map(([name, { version }]) => [name, version]),
    );
  };
  const there = versions(installed);
  return Object.keys(
    JSON.parse(readFileSync(inProject('graphql', 'package.json'), 'utf8')).dependencies,
  )
    .every((name) =>
      there.get(`node_modules/${name}`) ===
        versions(inProject('graphql', 'package-lock.json')).get(`node_modules/${name}`)
    );
}
