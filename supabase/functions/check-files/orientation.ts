import { textAt, viewOf } from './bytes.ts';

const tag = 0x112;

/** How a picture is turned, by its Exif (a TIFF header and what follows); 1, upright, when it does not say. */
export function orientationOf(exif: Uint8Array): number {
  const order = textAt(exif, 0, 2);
  if (exif.length < 8 || (order !== 'II' && order !== 'MM')) return 1;
  const [view, little] = [viewOf(exif), order === 'II'];
  const start = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || start + 2 > exif.length) return 1;
  const fields = view.getUint16(start, little);
  for (let field = 0, at = start + 2; field < fields && at + 12 <= exif.length; field++, at += 12) {
    if (view.getUint16(at, little) !== tag || view.getUint16(at + 2, little) !== 3) continue;
    const orientation = view.getUint16(at + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** Exif that says how the picture is turned and nothing else. */
export function exifOf(orientation: number): Uint8Array<ArrayBuffer> {
  const exif = new Uint8Array(26);
  const view = viewOf(exif);
  view.setUint32(0, 0x4d4d002a);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, tag);
  view.setUint16(12, 3);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return exif;
}
