import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Progress } from '../shared/progress.ts';
import { connect } from './connect.ts';
import { type Kind, kinds, readRow, singular } from './formats.ts';
import { nameOf, type PhotoFiles } from './photos.ts';
import { DataProblem } from './problem.ts';
import { fileOf, type GivenRow, rowsOf, strangersIn } from './read.ts';
import { type RowReport, Summary, wordsFor } from './report.ts';
import { copyLine, identify, loginStatement, sql, type StagedRow } from './staging.ts';
import { mayBeSureOfDays, sureOfDays } from './sure-days.ts';
import { hasLost, problemOf, type Verdict } from './verdict.ts';

export interface ImportOptions {
  databaseUrl: string;
  folder: string;
  /** Does everything, reports it and takes it back. */
  dryRun?: boolean;
  /** Addresses were proved on the other platform, or each is proved at the first sign-in. */
  emailsAreConfirmed?: boolean;
  /** Brings the photos' files; without it photos are left out. */
  photos?: PhotoFiles | undefined;
  /** Rows of a transaction. */
  batchSize?: number;
  onRow?: (row: RowReport) => void;
  progress?: Progress;
}

const lock = `hashtext('staybase/import')`;

/**
 * Takes a folder in, a batch of rows a transaction: whatever ends it, what is there is whole, and the next
 * run goes on. A row that cannot be taken is reported and stops no other.
 */
export async function importFolder(options: ImportOptions): Promise<Summary> {
  const files = kinds.flatMap((kind) => {
    const file = fileOf(options.folder, kind);
    return file === undefined ? [] : [{ kind, file }];
  });
  if (files.length === 0) {
    throw new DataProblem(
      `${options.folder} has none of the files ${
        kinds.map((kind) => `${kind}.ndjson`).join(', ')
      } (or .csv).`,
    );
  }
  const strangers = strangersIn(options.folder);
  if (strangers.length > 0) {
    throw new DataProblem(
      `Nothing here reads ${strangers.join(', ')}. The files are ${
        kinds.join(', ')
      }, each .ndjson or .csv.`,
    );
  }
  const client = await connect(options.databaseUrl);
  try {
    await client.query(`set statement_timeout = 0; set time zone 'UTC'`);
    const { rows: [built] } = await client.query(
      `select to_regclass('private.imported') is not null as is_built`,
    );
    if (!built?.is_built) {
      throw new DataProblem('This database does not have this version of Staybase.');
    }
    // Held by the session: two imports at once would each make what the other is about to.
    const { rows: [locked] } = await client.query(
      `select pg_try_advisory_lock(${lock}) as is_ours`,
    );
    if (!locked?.is_ours) throw new DataProblem('Another import is running on this database.');

    const importing = new Import(client, options);
    await importing.begin();
    for (const { kind, file } of files) await importing.take(kind, file);
    await importing.end();
    return importing.summary;
  } finally {
    // What was not committed goes with the connection, and so does the lock.
    await client.end().catch(() => {});
  }
}

class Import {
  readonly summary: Summary;
  readonly #client: pg.Client;
  readonly #options: ImportOptions;
  readonly #steps = new Map<Kind, Record<string, string>>();
  #logins = '';
  #mayBeSure = false;

  constructor(client: pg.Client, options: ImportOptions) {
    this.#client = client;
    this.#options = options;
    this.summary = new Summary(options.dryRun ?? false);
  }

  async begin(): Promise<void> {
    // Of a dry run, everything is one transaction, or later files would know nothing of earlier ones.
    if (this.#options.dryRun) await this.#client.query('begin');
    await this.#client.query(sql('staging'));
    this.#logins = await loginStatement(this.#client, this.#options.emailsAreConfirmed ?? false);
    this.#mayBeSure = await mayBeSureOfDays(this.#client, this.#options.dryRun ?? false);
  }

  async end(): Promise<void> {
    if (this.#options.dryRun) await this.#client.query('rollback');
  }

  async take(kind: Kind, file: string): Promise<void> {
    // Rows of a calendar are small and many of one home: in larger batches, search follows it less often.
    const { batchSize = kind === 'calendar' ? 2000 : 500, progress } = this.#options;
    await this.#client.query('truncate pg_temp.seen');
    let batch: GivenRow[] = [];
    let done = 0;
    const flush = async () => {
      if (batch.length === 0) return;
      await this.#takeBatch(kind, file, batch);
      done += batch.length;
      batch = [];
      progress?.(`Taking ${kind}`, done);
    };
    for await (const row of rowsOf(`${this.#options.folder}/${file}`)) {
      batch.push(row);
      if (batch.length >= batchSize) await flush();
    }
    await flush();
  }

  async #takeBatch(kind: Kind, file: string, given: GivenRow[]): Promise<void> {
    const verdicts: Verdict[] = [];
    const refuse = (line: number, id: unknown, code: string, words: string | null) =>
      verdicts.push({
        line,
        external_id: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
        outcome: 'refused',
        code,
        words,
      });

    const rows: StagedRow[] = [];
    for (const { line, fields } of given) {
      if (fields === undefined) {
        refuse(line, '', 'unreadable', null);
        continue;
      }
      const result = readRow(kind, fields);
      if ('problem' in result) {
        refuse(line, fields.id, result.problem.code, result.problem.words);
        continue;
      }
      const externalId = String(result.row.id);
      const size = kind === 'photos' ? this.#sizeOf(result.row.file) : '';
      const hash = createHash('sha256').update(JSON.stringify(result.row) + size).digest('hex');
      if (kind === 'photos') result.row.name = nameOf(result.row, externalId);
      rows.push({ line, externalId, hash, given: result.row });
    }

    await this.#patiently(async () => {
      const found: Verdict[] = [];
      await this.#begin();
      const { rows: fresh } = await this.#client.query<{ external_id: string; line: number }>(
        `insert into pg_temp.seen
         select distinct on (external_id) external_id
         from unnest($1::text[], $2::integer[]) as row (external_id, line) order by external_id, line
         on conflict do nothing returning external_id`,
        [rows.map(({ externalId }) => externalId), rows.map(({ line }) => line)],
      );
      const first = new Set(fresh.map(({ external_id }) => external_id));
      const kept: StagedRow[] = [];
      for (const row of rows) {
        if (first.delete(row.externalId)) kept.push(row);
        else {
          found.push({
            line: row.line,
            external_id: row.externalId,
            outcome: 'refused',
            code: 'duplicate_id',
            words: null,
          });
        }
      }
      if (kept.length > 0) await this.#takeRows(kind, kept, found);
      await this.#commit();
      verdicts.push(...found);
    });

    verdicts.sort((one, other) => one.line - other.line);
    for (const { line, external_id: externalId, outcome, code, words } of verdicts) {
      const report: RowReport = { file, line, kind, id: externalId, outcome };
      if (code !== null) Object.assign(report, { code, words: words ?? wordsFor(code) });
      this.summary.add(report);
      this.#options.onRow?.(report);
    }
  }

  /** Takes rows together; when one of them cannot be taken, each half by itself. */
  async #takeRows(kind: Kind, rows: StagedRow[], verdicts: Verdict[]): Promise<void> {
    await this.#client.query('savepoint rows');
    try {
      verdicts.push(...await this.#write(kind, rows));
      await this.#client.query('release rows');
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      await this.#client.query('rollback to rows; release rows');
      const [only] = rows;
      if (rows.length === 1 && only !== undefined) {
        verdicts.push({
          line: only.line,
          external_id: only.externalId,
          outcome: 'refused',
          ...problem,
        });
        return;
      }
      const middle = Math.ceil(rows.length / 2);
      await this.#takeRows(kind, rows.slice(0, middle), verdicts);
      await this.#takeRows(kind, rows.slice(middle), verdicts);
    }
  }

  async #write(kind: Kind, rows: StagedRow[]): Promise<Verdict[]> {
    const client = this.#client;
    await client.query(
      'truncate pg_temp.staged, pg_temp.touched; select private.begin_bulk_load()',
    );
    await pipeline(
      Readable.from(rows.map(copyLine)),
      client.query(copyFrom('copy pg_temp.staged (line, external_id, hash, given) from stdin')),
    );
    await client.query(identify(kind));
    // What is joined to some hundred rows is looked up or hashed, if it is known that they are so few.
    await client.query('analyze pg_temp.staged (line, external_id, outcome)');
    if (await this.#isNews()) await this.#follow(kind);
    const { rows: verdicts } = await client.query<Verdict>(
      'select line, external_id, outcome, code, words from pg_temp.staged',
    );
    return verdicts;
  }

  /** A repeated import is mostly rows that are known, and there is nothing else to do about those. */
  async #isNews(): Promise<boolean> {
    const { rows } = await this.#client.query(
      `select from pg_temp.staged where outcome <> 'unchanged' limit 1`,
    );
    return rows.length > 0;
  }

  async #follow(kind: Kind): Promise<void> {
    const client = this.#client;
    const { check = '', write = '', days } = this.#stepsOf(kind);
    await client.query(check);
    await client.query(
      `update pg_temp.staged set outcome = 'refused' where code is not null and outcome <> 'unchanged'`,
    );
    if (kind === 'photos') await this.#bringPhotos();
    await client.query(write);
    if (days !== undefined) await client.query(await this.#isSure(kind) ? sureOfDays(days) : days);
    if (kind === 'people') await client.query(this.#logins);
    await client.query(
      `insert into private.imported (kind, external_id, our_id, parts, hash)
       select $1, external_id, our_id, parts, hash from pg_temp.staged where outcome in ('created', 'updated')
       on conflict (kind, external_id) do update
       set hash = excluded.hash, parts = excluded.parts, imported_at = now()`,
      [singular[kind]],
    );
    // Of a calendar, neither words nor fields of homes: half the time.
    const refresh = kind === 'calendar' ? 'refresh_calendars' : 'refresh_whole_search';
    await client.query(
      `select private.${refresh}(array(
         select distinct listing_id from pg_temp.touched order by listing_id))
       where exists (select from pg_temp.touched)`,
    );
    // What is checked at the commit is checked while it is still known whose row it is.
    await client.query('set constraints all immediate; set constraints all deferred');
  }

  /** Statements by the names that stand before them in the file of a kind. */
  #stepsOf(kind: Kind): Record<string, string> {
    let steps = this.#steps.get(kind);
    if (steps === undefined) {
      const [, ...parts] = sql(kind).split(/^--: (.+)\n/m);
      steps = {};
      for (let at = 0; at < parts.length; at += 2) steps[parts[at] ?? ''] = parts[at + 1] ?? '';
      this.#steps.set(kind, steps);
    }
    return steps;
  }

  async #isSure(kind: Kind): Promise<boolean> {
    if (!this.#mayBeSure) return false;
    const { rows: [asked] } = await this.#client.query<{ is_sure: boolean }>(
      this.#stepsOf(kind).sure ?? 'select false as is_sure',
    );
    return asked?.is_sure ?? false;
  }

  async #bringPhotos(): Promise<void> {
    const { rows } = await this.#client.query<
      { line: number; path: string; file: string | null; url: string | null }
    >(
      `select line, first_ref || '/' || (given ->> 'name') as path, given ->> 'file' as file, given ->> 'url' as url
       from pg_temp.staged where outcome in ('created', 'updated') order by line`,
    );
    for (const { line, ...photo } of rows) {
      const problem = this.#options.photos === undefined
        ? { code: 'no_storage', words: null }
        : await this.#options.photos.bring(photo, this.#options.dryRun ?? false);
      if (problem === undefined) continue;
      await this.#client.query(
        `update pg_temp.staged set outcome = 'refused', code = $2, words = $3 where line = $1`,
        [line, problem.code, problem.words],
      );
    }
  }

  /** A photo whose file is another is another photo, though its row says the same. */
  #sizeOf(file: unknown): string {
    if (typeof file !== 'string') return '';
    try {
      return String(statSync(`${this.#options.folder}/${file}`).size);
    } catch {
      return '';
    }
  }

  async #begin(): Promise<void> {
    await this.#client.query(this.#options.dryRun ? 'savepoint batch' : 'begin');
  }

  async #commit(): Promise<void> {
    await this.#client.query(this.#options.dryRun ? 'release batch' : 'commit');
  }

  /** Whoever lost against others that book meanwhile tries again. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!hasLost(error) || tries === 5) throw error;
        await this.#client.query(this.#options.dryRun ? 'rollback to batch' : 'rollback');
      }
    }
  }
}
