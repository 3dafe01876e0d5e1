import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import pg from 'pg';
import { describe, test } from 'vitest';
import { splitStatements } from '../../local/postgres/statements.ts';
import { sharedDatabase } from './stack.ts';

interface TapResult {
  name: string;
  passed: boolean;
  skipped: boolean;
  /** What pgTAP says about a failure. */
  diagnosis: string[];
}

/** Runs a pgTAP file and makes each of its TAP lines a test of vitest's. */
export async function testPgTap(path: string): Promise<void> {
  const { results, complaint } = await runPgTap(path);
  describe(basename(path, '.test.sql'), () => {
    for (const result of results) {
      test.skipIf(result.skipped)(result.name, () => {
        if (!result.passed) throw plainError(result.diagnosis.join('\n') || result.name);
      });
    }
    test('runs to its end and keeps its plan', () => {
      if (complaint !== undefined) throw plainError(complaint);
    });
  });
}

/**
 * Runs a pgTAP file statement by statement in a transaction that is rolled back. `complaint` says why
 * the file as a whole is not to be trusted: a statement that failed, a plan not kept, no assertion.
 * @param without takes something away first, in that transaction
 * @param pool sessions of the test's own database, if that has more than the template
 */
export async function runPgTap(
  path: string,
  { without = '', pool }: { without?: string; pool?: pg.Pool } = {},
): Promise<{ results: TapResult[]; complaint: string | undefined }> {
  const client = await (pool ?? await (shared ??= sharedSession())).connect();
  try {
    // What a session had for itself before, such as pgTAP's own tables.
    await client.query('discard all');
    const sql = readFileSync(path, 'utf8');
    const lines: string[] = [];
    let at = 0;
    if (without !== '') await client.query(`begin; ${without}`);
    for (const statement of splitStatements(sql)) {
      at = sql.indexOf(statement, at);
      try {
        lines.push(...tapLines(await client.query(statement)));
      } catch (error) {
        const line = sql.slice(0, at).split('\n').length;
        const { results } = readTap(lines);
        return { results, complaint: `${path}:${line}: ${describeError(error)}\n${statement}` };
      }
      at += statement.length;
    }
    return readTap(lines);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** One session for all files of a worker: what it has planned and compiled once it keeps. */
let shared: Promise<pg.Pool> | undefined;
const sharedSession = async () =>
  new pg.Pool({
    connectionString: await sharedDatabase(),
    max: 1,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  });

/** A TAP line is the only column of its row, and text. */
function tapLines(result: pg.QueryResult): string[] {
  if (result.fields?.length !== 1) return [];
  return result.rows.flatMap((row) => {
    const [value] = Object.values(row);
    return typeof value === 'string' ? value.split('\n') : [];
  });
}

/** Reads TAP and judges it. */
export function readTap(
  lines: string[],
): { results: TapResult[]; complaint: string | undefined } {
  const results: TapResult[] = [];
  let planned: number | undefined;
  for (const line of lines) {
    const plan = /^1\.\.(\d+)/.exec(line);
    const result = /^(not )?ok \d+(?: - (.*))?$/.exec(line);
    if (plan) planned = Number(plan[1]);
    else if (result) {
      const [, not, description = ''] = result;
      const directive = /# (skip|todo)\b/i.exec(description);
      results.push({
        name: description.replace(/\s*# (skip|todo)\b.*$/i, '') || `test ${results.length + 1}`,
        passed: not === undefined,
        skipped: directive !== null,
        diagnosis: [],
      });
    } else if (line.startsWith('#')) results.at(-1)?.diagnosis.push(line.replace(/^#\s?/, ''));
  }
  const complaint = results.length === 0
    ? 'The file asserts nothing.'
    : planned === undefined
    ? 'The file has no plan.'
    : planned !== results.length
    ? `The file planned ${planned} tests and ran ${results.length}.`
    : undefined;
  return { results, complaint };
}

/** The stack of such an error points into this runner and helps nobody. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

function describeError(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return String(error);
  return [`${error.message} (${error.code})`, error.detail, error.hint, error.where]
    .filter(Boolean).join('\n');
}
