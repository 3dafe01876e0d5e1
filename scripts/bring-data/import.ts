import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type pg from 'pg';
import type { Progress } from '../shared/progress.ts';
import { connect } from './connect.ts';
import { type Kind, kinds, readRow } from './formats.ts';
import { nameOf } from './photos.ts';
import { DataProblem } from './problem.ts';
import { fileOf, type GivenRow, rowsOf, strangersIn } from './read.ts';
import { type RowReport, Summary, wordsFor } from './report.ts';
import { ImportSession, type SessionOptions } from './session.ts';
import type { StagedRow } from './staging.ts';
import type { Verdict } from './verdict.ts';

export interface ImportOptions extends SessionOptions {
  databaseUrl: string;
  folder: string;
  /** Rows of a transaction. */
  batchSize?: number;
  /** Connections that write listings and calendars at the same time; a dry run needs one. */
  sessions?: number;
  onRow?: (row: RowReport) => void;
  progress?: Progress;
}

/** The only import has the first; each of its further sessions shares the second. */
const lock = `hashtext('staybase/import')`;
const sharedLock = `hashtext('staybase/import session')`;

/**
 * The listings of a host and the days of a home are written by one session, so that no two wait for each other. All
 * other kinds of rows are written by one session: stays and reviews meet at people and at homes.
 */
const sharedBy: Partial<Record<Kind, 'host_id' | 'listing_id'>> = {
  listings: 'host_id',
  calendar: 'listing_id',
};

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
  const first = new ImportSession(await connect(options.databaseUrl), options);
  const sessions: Sessions = [first];
  try {
    await beAlone(first.client);
    while (sessions.length < (options.dryRun ? 1 : options.sessions ?? 2)) {
      const further = new ImportSession(await connect(options.databaseUrl), options);
      sessions.push(further);
      await further.client.query(`select pg_advisory_lock_shared(${sharedLock})`);
    }
    for (const session of sessions) await session.begin();
    const importing = new Import(sessions, options);
    for (const { kind, file } of files) await importing.take(kind, file);
    if (options.dryRun) await first.client.query('rollback');
    return importing.summary;
  } finally {
    // What was not committed goes with the connections, and so do the locks.
    await Promise.all(sessions.map(({ client }) => client.end().catch(() => {})));
  }
}

type Sessions = [ImportSession, ...ImportSession[]];

/** Makes sure that the database is ours and this is the only import. */
async function beAlone(client: pg.Client): Promise<void> {
  const { rows: [built] } = await client.query(
    `select to_regclass('private.imported') is not null as is_built`,
  );
  if (!built?.is_built) {
    throw new DataProblem('This database does not have this version of Staybase.');
  }
  // Held by the session: two imports at once would each make what the other is about to.
  const { rows: [locked] } = await client.query(`select pg_try_advisory_lock(${lock}) as is_ours`);
  if (!locked?.is_ours) throw new DataProblem('Another import is running on this database.');
  // Of an import that lost its first connection, others may be at their last batch.
  await client.query(`select pg_advisory_lock(${sharedLock}), pg_advisory_unlock(${sharedLock})`);
}

class Import {
  readonly summary: Summary;
  readonly #sessions: Sessions;
  readonly #options: ImportOptions;

  constructor(sessions: Sessions, options: ImportOptions) {
    this.#sessions = sessions;
    this.#options = options;
    this.summary = new Summary(options.dryRun ?? false);
  }

  /** Takes a file, a batch for each session at a time; the next rows are read meanwhile. */
  async take(kind: Kind, file: string): Promise<void> {
    // Rows of a calendar are small and many of one home: in larger batches, search follows it less often.
    const { batchSize = kind === 'calendar' ? 2000 : 500, progress } = this.#options;
    const size = batchSize * (sharedBy[kind] === undefined ? 1 : this.#sessions.length);
    await this.#sessions[0].client.query('truncate pg_temp.seen');
    let batch: GivenRow[] = [];
    let done = 0;
    let writing = Promise.resolve();
    const flush = async () => {
      const given = batch;
      batch = [];
      const { rows, refused } = this.#read(kind, given);
      await writing;
      writing = (async () => {
        this.#tell(kind, file, [...refused, ...await this.#write(kind, rows)]);
        done += given.length;
        progress?.(`Taking ${kind}`, done);
      })();
      // Told by the next batch, or at the end.
      writing.catch(() => {});
    };
    for await (const row of rowsOf(`${this.#options.folder}/${file}`)) {
      batch.push(row);
      if (batch.length >= size) await flush();
    }
    if (batch.length > 0) await flush();
    await writing;
  }

  /** What can be known of rows without the database. */
  #read(kind: Kind, given: GivenRow[]): { rows: StagedRow[]; refused: Verdict[] } {
    const rows: StagedRow[] = [];
    const refused: Verdict[] = [];
    const refuse = (line: number, id: unknown, code: string, words: string | null) =>
      refused.push({
        line,
        external_id: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
        outcome: 'refused',
        code,
        words,
      });
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
    return { rows, refused };
  }

  async #write(kind: Kind, rows: StagedRow[]): Promise<Verdict[]> {
    const first = await this.#firstOfTheirIds(rows);
    const fresh: StagedRow[] = [];
    const verdicts: Verdict[] = [];
    for (const row of rows) {
      if (first.delete(row.externalId)) fresh.push(row);
      else {
        verdicts.push({
          line: row.line,
          external_id: row.externalId,
          outcome: 'refused',
          code: 'duplicate_id',
          words: null,
        });
      }
    }
    // All end before a problem of one is told: nobody writes for an import that is over.
    const ends = await Promise.allSettled(
      this.#share(kind, fresh).map((share, at) => this.#sessions[at]?.take(kind, share) ?? []),
    );
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      verdicts.push(...end.value);
    }
    return verdicts;
  }

  /** Every id of the file so far is in one table: the second row of an id is refused, in whichever batch it comes. */
  async #firstOfTheirIds(rows: StagedRow[]): Promise<Set<string>> {
    const { rows: fresh } = await this.#sessions[0].client.query<{ external_id: string }>(
      `insert into pg_temp.seen
       select distinct on (external_id) external_id
       from unnest($1::text[], $2::integer[]) as row (external_id, line) order by external_id, line
       on conflict do nothing returning external_id`,
      [rows.map(({ externalId }) => externalId), rows.map(({ line }) => line)],
    );
    return new Set(fresh.map(({ external_id }) => external_id));
  }

  /** The rows of each session. Hosts and homes are dealt out in turn, so the shares are of about one size. */
  #share(kind: Kind, rows: StagedRow[]): StagedRow[][] {
    const field = sharedBy[kind];
    if (field === undefined) return rows.length > 0 ? [rows] : [];
    const places = new Map<unknown, number>();
    const shares: StagedRow[][] = this.#sessions.map(() => []);
    for (const row of rows) {
      const key = row.given[field];
      const place = places.get(key) ?? places.size % shares.length;
      places.set(key, place);
      shares[place]?.push(row);
    }
    return shares.filter((share) => share.length > 0);
  }

  #tell(kind: Kind, file: string, verdicts: Verdict[]): void {
    verdicts.sort((one, other) => one.line - other.line);
    for (const { line, external_id: externalId, outcome, code, words } of verdicts) {
      const report: RowReport = { file, line, kind, id: externalId, outcome };
      if (code !== null) Object.assign(report, { code, words: words ?? wordsFor(code) });
      this.summary.add(report);
      this.#options.onRow?.(report);
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
}
