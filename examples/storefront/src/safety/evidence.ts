import { must, query } from '@staybase/client';
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

const bucket = () => staybase.storage.from('evidence');
const folderOf = async (case_id: string) => {
  const { data } = await staybase.auth.getSession();
  return `${data.session?.user.id}/${case_id}`;
};

const namesIn = async (folder: string) =>
  (await must(bucket().list(folder))).map(({ name }) => name);

/**
 * Adds files to a report or a case of a stay; only its staff see them. Those that are there are not sent again.
 * @param after how many there were when these were chosen: the first of them has the next number
 */
export async function addEvidence(case_id: string, files: File[], after = 0): Promise<void> {
  if (files.length === 0) return;
  const folder = await folderOf(case_id);
  const there = new Set(await namesIn(folder));
  for (const [at, file] of files.entries()) {
    const name = `${after + at + 1}-${file.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(-100)}`;
    if (there.has(name)) continue;
    await must(bucket().upload(`${folder}/${name}`, file, { contentType: file.type }));
  }
}

/** The reader's own files of a case; nobody else's are theirs to see. */
export const myEvidence = (case_id: string) =>
  query('my_evidence', { case_id }, async () => {
    const folder = await folderOf(case_id);
    return (await namesIn(folder)).map((name) => ({ name, path: `${folder}/${name}` }));
  });

/** Shows a file in a tab of its own. */
export async function openEvidence(path: string): Promise<void> {
  // Opened before it is known where: a browser blocks tabs that come later than the click.
  const tab = open('about:blank');
  try {
    const { signedUrl } = await must(bucket().createSignedUrl(path, 60));
    if (tab) tab.location.href = signedUrl;
  } catch (error) {
    tab?.close();
    throw error;
  }
}
