import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { storageFiles } from '../../local/storage-files.ts';
import { decrypted, encryptTo } from './encryption.ts';
import type { StoredFile } from './manifest.ts';
import { BackupProblem } from './problem.ts';
import { type FileIndex, objectPath } from './store.ts';

/** Where the contents of Storage are read from and written to. */
export interface FileAccess {
  /** The content; undefined when there is none under this name. */
  read(bucket: string, name: string): Promise<Buffer | undefined>;
  write(file: StoredFile, content: Buffer): Promise<void>;
}

/** A project's Storage, by its API and the secret key. */
export function storageApi(url: string, secretKey: string): FileAccess {
  const address = (bucket: string, name: string) =>
    `${url}/storage/v1/object/${encodeURIComponent(bucket)}/${
      name.split('/').map(encodeURIComponent).join('/')
    }`;
  const headers = { apikey: secretKey, authorization: `Bearer ${secretKey}` };
  const patiently = async (ask: () => Promise<Response>): Promise<Response> => {
    for (let tries = 1;; tries += 1) {
      const answer = await ask().catch((error) => error as Error);
      const isTransient = answer instanceof Error || answer.status >= 500 || answer.status === 429;
      if (!isTransient) return answer;
      if (tries === 4) {
        throw new BackupProblem(
          'storage_failed',
          `Storage does not answer: ${answer instanceof Error ? answer.message : answer.status}`,
        );
      }
      await new Promise((wake) => setTimeout(wake, 250 * 4 ** tries));
    }
  };
  return {
    async read(bucket, name) {
      const answer = await patiently(() => fetch(address(bucket, name), { headers }));
      if (answer.ok) return Buffer.from(await answer.arrayBuffer());
      const said = await answer.text();
      if (answer.status === 404 || /not.?found/i.test(said)) return undefined;
      throw new BackupProblem('storage_failed', `${bucket}/${name}: ${answer.status} ${said}`);
    },
    async write({ bucket, name, mimetype, cacheControl }, content) {
      const answer = await patiently(() =>
        fetch(address(bucket, name), {
          method: 'POST',
          headers: {
            ...headers,
            'content-type': mimetype,
            'cache-control': cacheControl,
            'x-upsert': 'true',
          },
          body: new Uint8Array(content),
        })
      );
      if (!answer.ok) {
        throw new BackupProblem(
          'storage_failed',
          `Storage did not accept ${bucket}/${name}: ${answer.status} ${await answer.text()}`,
        );
      }
    },
  };
}

/** The folder in which an embedded stack keeps them. */
export function storageFolder(directory: string): FileAccess {
  const adapter = storageFiles(directory);
  return {
    async read(bucket, name) {
      try {
        const { body } = await adapter.getObject(bucket, name, undefined);
        return Buffer.from(body as Uint8Array);
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write({ bucket, name, mimetype, cacheControl }, content) {
      await adapter.uploadObject(bucket, name, undefined, content, mimetype, cacheControl);
    },
  };
}

/** A row of storage.objects, as far as it tells whether the content is another. */
export interface ObjectRow {
  bucket: string;
  name: string;
  changed: string;
  mimetype: string | null;
  cache_control: string | null;
}

/**
 * Stores the contents that no backup has yet, encrypted, and returns what all of them are. An object whose
 * row says the same as last time is not read again.
 */
export async function backUpFiles(
  { rows, access, store, recipients, index, onFile }: {
    rows: ObjectRow[];
    access: FileAccess;
    store: string;
    recipients: string[];
    index: FileIndex;
    onFile: (done: number, of: number) => void;
  },
): Promise<
  {
    files: StoredFile[];
    missing: Pick<StoredFile, 'bucket' | 'name'>[];
    index: FileIndex;
    added: number;
  }
> {
  const files: StoredFile[] = [];
  const missing: Pick<StoredFile, 'bucket' | 'name'>[] = [];
  const known: FileIndex = {};
  /** By hash. Two files may have the same content, and be read at the same time. */
  const begun = new Set<string>();
  let [done, added] = [0, 0];
  await inParallel(rows, async ({ bucket, name, changed, mimetype, cache_control }) => {
    const key = createHash('sha256').update(JSON.stringify([bucket, name, changed])).digest('hex');
    let content = index[key];
    if (content === undefined || !existsSync(objectPath(store, content.sha256))) {
      const bytes = await access.read(bucket, name);
      if (bytes === undefined) {
        missing.push({ bucket, name });
        onFile(++done, rows.length);
        return;
      }
      content = {
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes: bytes.length,
      };
      const path = objectPath(store, content.sha256);
      if (!begun.has(content.sha256) && !existsSync(path)) {
        begun.add(content.sha256);
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        const unfinished = `${path}.${randomUUID()}`;
        await encryptTo(unfinished, Readable.from([bytes]), recipients);
        renameSync(unfinished, path);
        added += 1;
      }
    }
    known[key] = content;
    files.push({
      bucket,
      name,
      ...content,
      mimetype: mimetype ?? 'application/octet-stream',
      cacheControl: cache_control ?? 'no-cache',
    });
    onFile(++done, rows.length);
  });
  const byName = (one: { bucket: string; name: string }, other: { bucket: string; name: string }) =>
    `${one.bucket}/${one.name}` < `${other.bucket}/${other.name}` ? -1 : 1;
  return { files: files.sort(byName), missing: missing.sort(byName), index: known, added };
}

/** Puts the contents back; each is held against its hash before it is written. */
export async function restoreFiles(
  { files, access, store, identities, onFile }: {
    files: StoredFile[];
    access: FileAccess;
    store: string;
    identities: string[];
    onFile: (done: number, of: number) => void;
  },
): Promise<void> {
  let done = 0;
  await inParallel(files, async (file) => {
    await access.write(file, await contentOf(file, store, identities));
    onFile(++done, files.length);
  });
}

/** The content of a file in the backups. */
export async function contentOf(
  { bucket, name, sha256 }: StoredFile,
  store: string,
  identities: string[],
): Promise<Buffer> {
  const path = objectPath(store, sha256);
  const chunks: Buffer[] = [];
  for await (const chunk of await decrypted(path, identities)) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new BackupProblem(
      'damaged',
      `${path}, the file ${bucket}/${name}, has different content.`,
    );
  }
  return content;
}

/** Names of the files whose content in the copy is not that of the backup. */
export async function filesThatDiffer(files: StoredFile[], access: FileAccess): Promise<string[]> {
  const differing: string[] = [];
  await inParallel(files, async ({ bucket, name, sha256 }) => {
    const content = await access.read(bucket, name);
    if (content === undefined) differing.push(`missing in the copy: file ${bucket}/${name}`);
    else if (createHash('sha256').update(content).digest('hex') !== sha256) {
      differing.push(`differs: file ${bucket}/${name}`);
    }
  });
  return differing.sort();
}

/** Six at a time. After a failure no further one begins, and none is left running. */
async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, async () => {
    for (const item of queue) {
      if (hasFailed) return;
      await work(item).catch((error) => {
        hasFailed = true;
        throw error;
      });
    }
  }));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
