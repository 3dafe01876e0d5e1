import { cleanAvif } from './avif.ts';
import { NotThePicture, textAt } from './bytes.ts';
import { cleanJpeg } from './jpeg.ts';
import { cleanPng } from './png.ts';
import { cleanWebp } from './webp.ts';

const cleaners: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
  'image/avif': cleanAvif,
};

/** What a file is by its first bytes; null when it is none of the images we take. */
function typeOf(bytes: Uint8Array): string | null {
  if (textAt(bytes, 0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (textAt(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP') return 'image/webp';
  if (textAt(bytes, 4, 4) === 'ftyp' && /avi[fs]/.test(textAt(bytes, 8, 64))) return 'image/avif';
  return null;
}

/**
 * A picture as everyone may have it: its pixels, colours and how it is turned, without where and when it
 * was taken, by what and whom. Nothing is decoded. Cleaned again it stays as it is. Throws
 * `NotThePicture`, whatever the bytes are.
 */
export function cleanPicture(bytes: Uint8Array, type: string): Uint8Array {
  const found = typeOf(bytes);
  const clean = found === null ? undefined : cleaners[found];
  if (clean === undefined) throw new NotThePicture('not_an_image');
  if (found !== type) throw new NotThePicture('wrong_type');
  return clean(bytes);
}
