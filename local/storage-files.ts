import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { App } from '@supabase/lite';

type StorageAdapter = NonNullable<App['_storageAdapter']>;
type ObjectMetadata = Awaited<ReturnType<StorageAdapter['headObject']>>;

/**
 * Keeps Storage's objects as files in a folder: `<hash>` is the content, `<hash>.json` what the upload
 * said about it. A file is named by the hash of its key, so no key can point outside the folder.
 * Versions are left out: Lite writes without one and reads with one.
 */
export function storageFiles(directory: string): StorageAdapter {
  const fileOf = (bucket: string, key: string) => {
    const hash = createHash('sha256').update(`${bucket}/${key}`).digest('hex');
    return join(directory, hash.slice(0, 2), hash);
  };

  const metadataOf = async (file: string): Promise<ObjectMetadata> => {
    const [said, { size, mtime }] = await Promise.all([
      readFile(`${file}.json`, 'utf8').then(JSON.parse),
      stat(file),
    ]);
    return { ...said, size, contentLength: size, lastModified: mtime, httpStatusCode: 200 };
  };

  const remove = async (file: string) => {
    await Promise.all([rm(file, { force: true }), rm(`${file}.json`, { force: true })]);
  };

  return {
    driver: directory,

    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      const file = fileOf(bucket, key);
      const content = body instanceof Uint8Array
        ? body
        : Buffer.from(await new Response(body as BodyInit).arrayBuffer());
      const eTag = `"${createHash('md5').update(content).digest('hex')}"`;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await writeFile(`${file}.json`, JSON.stringify({ mimetype, cacheControl, eTag }));
      return await metadataOf(file);
    },

    async getObject(bucket, key, _version, headers) {
      const file = fileOf(bucket, key);
      const metadata = await metadataOf(file);
      if (headers?.ifNoneMatch === metadata.eTag) {
        return { metadata: { ...metadata, httpStatusCode: 304 }, httpStatusCode: 304 };
      }
      return { metadata, httpStatusCode: 200, body: await readFile(file) };
    },

    headObject: (bucket, key) => metadataOf(fileOf(bucket, key)),

    async copyObject(fromBucket, from, _fromVersion, toBucket, to) {
      const source = fileOf(fromBucket, from);
      const target = fileOf(toBucket, to);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(source, target);
      await copyFile(`${source}.json`, `${target}.json`);
      const { eTag, lastModified } = await metadataOf(target);
      return { httpStatusCode: 200, eTag, ...(lastModified ? { lastModified } : {}) };
    },

    deleteObject: (bucket, key) => remove(fileOf(bucket, key)),

    async deleteObjects(bucket, keys) {
      await Promise.all(keys.map((key) => remove(fileOf(bucket, key))));
    },

    privateAssetUrl: (bucket, key) => Promise.resolve(`file://${fileOf(bucket, key)}`),
  };
}
