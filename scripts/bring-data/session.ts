import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type Kind, singular } from './formats.ts';
import type { PhotoFiles } from './photos.ts';
import { copyLine, identify, loginStatement, sql, type StagedRow } from './staging.ts';
import { mayBeSureOfDays, sureOfDays } from './sure-days.ts';
import { hasLost, problemOf, type Verdict } from './verdict.ts';

export interface SessionOptions {
  /** Does everything, reports it and takes it back. */
  dryRun?: boolean;
  /** Addresses were proved on the other platform, or each is proved at the first sign-in. */
  emailsAreConfirmed?: boolean;
  /** Brings the photos' files; without it photos are left out. */
  photos?: PhotoFiles | undefined;
}

/** A connection that writes rows, a batch a transaction, through temporary tables of its own. */
export class ImportSession {
  readonly client: pg.Client;
  readonly #options: SessionOptions;
  readonly #steps = new Map<Kind, Record<string, string>>();
  #logins = '';
  #mayBeSure = false;

  constructor(client: pg.Client, options: SessionOptions) {
    this.client = client;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { dryRun = false, emailsAreConfirmed = false } = this.#options;
    await this.client.query(`set statement_timeout = 0; set time zone 'UTC'`);
    // Of a dry run, everything is one transaction, or later files would know nothing of earlier ones.
    if (dryRun) await this.client.query('begin');
    await this.client.query(sql('staging'));
    this.#logins = await loginStatement(this.client, emailsAreConfirmed);
    this.#mayBeSure = await mayBeSureOfDays(this.client, dryRun);
  }

  /** Takes rows in one transaction, and says what became of each. */
  async take(kind: Kind, rows: StagedRow[]): Promise<Verdict[]> {
    const { dryRun = false } = this.#options;
    // Whoever lost against others that book meanwhile tries again.
    for (let tries = 1;; tries++) {
      const verdicts: Verdict[] = [];
      try {
        await this.client.query(dryRun ? 'savepoint batch' : 'begin');
        await this.#takeRows(kind, rows, verdicts);
        await this.client.query(dryRun ? 'release batch' : 'commit');
        return verdicts;
      } catch (error) {
        if (!hasLost(error) || tries === 5) throw error;
        await this.client.query(dryRun ? 'rollback to batch' : 'rollback');
      }
    }
  }

  /** Takes rows together; when one of them cannot be taken, each half by itself. */
  async #takeRows(kind: Kind, rows: StagedRow[], verdicts: Verdict[]): Promise<void> {
    await this.client.query('savepoint rows');
    try {
      verdicts.push(...await this.#write(kind, rows));
      await this.client.query('release rows');
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      await this.client.query('rollback to rows; release rows');
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
    const client = this.client;
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
    const { rows } = await this.client.query(
      `select from pg_temp.staged where outcome <> 'unchanged' limit 1`,
    );
    return rows.length > 0;
  }

  async #follow(kind: Kind): Promise<void> {
    const client = this.client;
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
    const { rows: [asked] } = await this.client.query<{ is_sure: boolean }>(
      this.#stepsOf(kind).sure ?? 'select false as is_sure',
    );
    return asked?.is_sure ?? false;
  }

  async #bringPhotos(): Promise<void> {
    const { rows } = await this.client.query<
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
      await this.client.query(
        `update pg_temp.staged set outcome = 'refused', code = $2, words = $3 where line = $1`,
        [line, problem.code, problem.words],
      );
    }
  }
}
