import type { FileToCheck } from '../_shared/answers.ts';
import type { Database } from '../_shared/database.ts';
import type { FileContents } from '../_shared/files.ts';
import type { Handler } from '../_shared/http.ts';
import { causeOf, log } from '../_shared/log.ts';
import { NotThePicture } from './bytes.ts';
import type { FilesAnswer } from './contract.ts';
import { cleanPicture } from './picture.ts';

export interface CheckPorts {
  /** Throws `secret_key_required`. */
  checkKey(request: Request): Promise<void>;
  database: Database;
  files: FileContents;
}

const budget = 20_000;
/**
 * Bytes a call reads. The edge runtime gives two seconds on the processor and 256 MB: four photos of ten
 * megabytes took 262 (measured), for what was read is not collected at once.
 */
const most = 20_000_000;

/**
 * Checks photos and avatars that came: takes away their metadata, or has those refused that are not what
 * they say; and makes the public bucket as the database says it should be. One after another, for two of
 * ten megabytes with their copies are much of the memory a function has. Several calls at once are safe:
 * each file is claimed by one, and whatever is written is ordered to be compared again. Answers
 * `{clean, cleaned, published, withdrawn, refused, failed}`; throws `secret_key_required`, and `try_again`
 * when the database does not answer.
 */
export function checkFiles(ports: CheckPorts): Handler {
  return async (request, note) => {
    await ports.checkKey(request);
    await request.body?.cancel();
    const until = Date.now() + budget;
    const total: FilesAnswer = {
      clean: 0,
      cleaned: 0,
      published: 0,
      withdrawn: 0,
      refused: 0,
      failed: 0,
    };
    for (let bytes = 0; bytes < most && Date.now() < until;) {
      const { read: [file], unread: [broken] } = await ports.database.claim('claim_files', 1);
      if (file === undefined && broken === undefined) break;
      // Its claim runs out, and it comes again later.
      const { outcomes, read } = file === undefined
        ? failed(String(broken?.row.file_id), broken?.problem)
        : await check(file, ports).catch((error) => failed(file.file_id, causeOf(error)));
      for (const outcome of outcomes) total[outcome] += 1;
      bytes += read;
    }
    note({ ...total });
    return Response.json(total);
  };
}

interface Checked {
  outcomes: (keyof FilesAnswer)[];
  read: number;
}

function failed(file: string, problem: string | undefined): Checked {
  log({ file, problem }, 'warn');
  return { outcomes: ['failed'], read: 0 };
}

async function check(file: FileToCheck, { database, files }: CheckPorts): Promise<Checked> {
  const { file_id: id, attempt, bucket_id: bucket, public_bucket: everyone, name, type } = file;
  const outcomes: Checked['outcomes'] = [];
  // First of all, for whatever comes next may fail.
  if (file.shown && !file.to_show) {
    await files.remove(everyone, [name]);
    outcomes.push('withdrawn');
  }
  if (!file.brought) {
    await database.call('finish_file', { file_id: id, attempt });
    return { outcomes, read: 0 };
  }

  const bytes = await files.read(bucket, name);
  let read = bytes.length;
  let clean: Uint8Array;
  try {
    clean = cleanPicture(bytes, type);
  } catch (error) {
    if (!(error instanceof NotThePicture)) throw error;
    // First it is said, then it goes: a call that ends in between is repeated.
    const { problem } = error;
    if (await database.call('refuse_file', { file_id: id, attempt, problem })) {
      await files.remove(everyone, [name]);
      await files.remove(bucket, [name]);
    }
    return { outcomes: [...outcomes, 'refused'], read };
  }

  const told = { type, cacheSeconds: file.cache_seconds };
  if (!isSame(bytes, clean)) {
    await files.replace(bucket, name, clean, told);
    outcomes.push('cleaned');
  }
  if (file.to_show) {
    const seen = file.shown ? await files.read(everyone, name) : undefined;
    read += seen?.length ?? 0;
    if (seen === undefined || !isSame(seen, clean)) {
      // The bytes that were checked, whatever has come to the private bucket meanwhile. The database
      // refuses them when nobody is to see them any more.
      await files.put(everyone, name, clean, told);
      outcomes.push('published');
    }
  }
  // What was written is ordered to be compared, so it needs no end here.
  if (outcomes.includes('cleaned') || outcomes.includes('published')) return { outcomes, read };
  await database.call('finish_file', { file_id: id, attempt });
  return { outcomes: outcomes.length > 0 ? outcomes : ['clean'], read };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
