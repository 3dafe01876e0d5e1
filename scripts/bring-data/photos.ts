import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileAccess } from '../backup/files.ts';

type PhotoProblem = { code: string; words: string | null };

/** Brings files of photos to where hosts bring theirs; the server checks and shows them from there. */
export interface PhotoFiles {
  bring(
    photo: { path: string; file: string | null; url: string | null },
    dryRun: boolean,
  ): Promise<PhotoProblem | undefined>;
}

const bucket = 'photo-uploads';
const largest = 10 * 1024 * 1024;

/** The name of a photo's file in Storage: its own where it can be one. */
export function nameOf(row: Record<string, unknown>, externalId: string): string {
  const source = typeof row.file === 'string' ? row.file : new URL(String(row.url)).pathname;
  const name = source.slice(source.lastIndexOf('/') + 1);
  if (typeof row.file === 'string' && /^[A-Za-z0-9._-]{1,120}$/.test(name) && !/^\.+$/.test(name)) {
    return name;
  }
  // Several addresses may end alike.
  return createHash('sha256').update(externalId).digest('hex').slice(0, 32);
}

export function photoFiles(folder: string, storage: FileAccess): PhotoFiles {
  return {
    async bring({ path, file, url }, dryRun) {
      if (url !== null && dryRun) return undefined;
      const content = file !== null ? await fromFolder(folder, file) : await fromAddress(url ?? '');
      if ('code' in content) return content;
      const mimetype = typeOf(content);
      if (mimetype === undefined || content.length > largest) {
        return { code: 'photo_unfit', words: null };
      }
      if (!dryRun) {
        await storage.write({
          bucket,
          name: path,
          mimetype,
          cacheControl: 'max-age=3600',
          sha256: '',
          bytes: content.length,
        }, content);
      }
      return undefined;
    },
  };
}

async function fromFolder(folder: string, file: string): Promise<Buffer | PhotoProblem> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, file))]);
    // Files beside the folder are nobody's photos.
    if (!path.startsWith(root + sep)) {
      return { code: 'photo_missing', words: 'The file is not in the folder.' };
    }
    return await readFile(path);
  } catch {
    return { code: 'photo_missing', words: `${file} cannot be read.` };
  }
}

async function fromAddress(url: string): Promise<Buffer | PhotoProblem> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (!answer.ok || answer.body === null) {
      return { code: 'photo_unreachable', words: `The address answers ${answer.status}.` };
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body) {
      length += part.length;
      if (length > largest) return { code: 'photo_unfit', words: null };
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (error) {
    return {
      code: 'photo_unreachable',
      words: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Told by the first bytes, whatever the name says. */
function typeOf(content: Buffer): string | undefined {
  const at = (from: number, to: number) => content.toString('latin1', from, to);
  if (at(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (at(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'image/webp';
  if (at(4, 12) === 'ftypavif') return 'image/avif';
  return undefined;
}
