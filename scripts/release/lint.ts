import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitStatements } from '../../local/postgres/statements.ts';
import { frozenProblems, isFrozen, newMigrations } from './frozen.ts';

export interface LintReport {
  /** The files that were read: those that no release has. Before the first frozen release, none. */
  files: string[];
  /** One line each. */
  problems: string[];
}

/**
 * What would stop a running marketplace, in the migrations since the last release: locks held while a
 * table is read or written anew, and changes that programs of the last release would not survive. The
 * chapters of a release are not looked at: on a new database nobody waits.
 */
export function lintMigrations(root: string): LintReport {
  if (!isFrozen(root)) return { files: [], problems: [] };
  const folder = join(root, 'supabase', 'migrations');
  const files = Object.keys(newMigrations(root));
  const problems = frozenProblems(root);
  for (const file of files) {
    const sql = readFileSync(join(folder, file), 'utf8');
    problems.push(...ignoredWithoutReason(file, sql), ...concurrentProblems(file, sql));
  }
  if (files.length > 0) problems.push(...squawk(root, files.map((file) => join(folder, file))));
  return { files, problems };
}

function squawk(root: string, paths: string[]): string[] {
  const program = install(root);
  return [true, false].flatMap((inTransaction) => {
    const some = paths.filter((path) => isConcurrent(readFileSync(path, 'utf8')) !== inTransaction);
    if (some.length === 0) return [];
    const { status, stdout, stderr, error } = spawnSync(program, [
      `--config=${join(root, 'lint', 'squawk.toml')}`,
      '--reporter=json',
      inTransaction ? '--assume-in-transaction' : '--no-assume-in-transaction',
      ...some,
    ], { encoding: 'utf8' });
    if (error !== undefined || (status !== 0 && stdout.trim() === '')) {
      throw new Error(`squawk did not run: ${error?.message ?? stderr}`);
    }
    const found = JSON.parse(stdout || '[]') as {
      file: string;
      line: number;
      rule_name: string;
      message: string;
      help?: string | null;
    }[];
    return found.map(({ file, line, rule_name, message, help }) =>
      `${file.slice(file.lastIndexOf('/') + 1)}:${line + 1}: ${rule_name}: ${message}` +
      (help ? ` ${help}` : '')
    );
  });
}

/** squawk weighs 25 MB, so it is a package of its own, which only those who write migrations need. */
function install(root: string): string {
  const folder = join(root, 'lint');
  const program = join(folder, 'node_modules', '.bin', 'squawk');
  if (existsSync(program)) return program;
  const { status, stderr, error } = spawnSync('npm', [
    ...['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder],
  ], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`squawk can't be installed: ${error?.message ?? stderr}`);
  return program;
}

const isConcurrent = (sql: string) =>
  splitStatements(sql).some((statement) => /\bindex\s+concurrently\b/i.test(statement));

/** A rule is set aside where somebody wrote why. */
const ignoredWithoutReason = (file: string, sql: string): string[] =>
  sql.split('\n').flatMap((line, at, lines) =>
    /^\s*--\s*squawk-ignore/.test(line) && !/^\s*--\s*\w+/.test(lines[at - 1] ?? '')
      ? [`${file}:${at + 1}: a rule is ignored; say why in a comment on the line above.`]
      : []
  );

/** An index whose build failed stays behind as invalid, and the next attempt would meet its name. */
const concurrentProblems = (file: string, sql: string): string[] =>
  [...sql.matchAll(
    /create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(\w+)/gi,
  )]
    .flatMap(([, name]) =>
      new RegExp(`drop\\s+index\\s+concurrently\\s+if\\s+exists\\s+(\\w+\\.)?${name}\\b`, 'i').test(
          sql,
        )
        ? []
        : [
          `${file}: ${name} is created concurrently; begin with drop index concurrently if exists, ` +
          'because a build that failed leaves an invalid index.',
        ]
    );
