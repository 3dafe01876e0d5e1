import { must } from '@staybase/client';
import { staybase } from '../api.ts';

/** What the bucket takes. */
export const types = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'application/pdf',
  'video/mp4',
];
export const mostFiles = 10;
const mostBytes = 20 * 1024 * 1024;

export const fits = (files: File[]): boolean =>
  files.length <= mostFiles &&
  files.every(({ type, size }) => types.includes(type) && size <= mostBytes);

/** Adds files to a report or a case of a stay; only its staff see them. Those that are there are not sent again. */
export async function addEvidence(case_id: string, files: File[]): Promise<void> {
  if (files.length === 0) return;
  const bucket = staybase.storage.from('evidence');
  const { data } = await staybase.auth.getSession();
  const folder = `${data.session?.user.id}/${case_id}`;
  const there = new Set((await must(bucket.list(folder))).map(({ name }) => name));
  for (const [at, file] of files.entries()) {
    const name = `${at + 1}-${file.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(-100)}`;
    if (there.has(name)) continue;
    await must(bucket.upload(`${folder}/${name}`, file, { contentType: file.type }));
  }
}
