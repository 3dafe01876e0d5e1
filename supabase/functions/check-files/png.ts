import { joined, mostParts, must, textAt, viewOf } from './bytes.ts';
import { exifOf, orientationOf } from './orientation.ts';

/** Pixels, colours, transparency, size and animation. Texts, times, Exif and what is not known go. */
const kept = new Set([
  ...[
    'IHDR',
    'PLTE',
    'IDAT',
    'IEND',
    'tRNS',
    'gAMA',
    'cHRM',
    'sRGB',
    'iCCP',
    'sBIT',
    'bKGD',
    'hIST',
  ],
  ...['pHYs', 'cICP', 'mDCV', 'cLLI', 'acTL', 'fcTL', 'fdAT'],
]);

/** A PNG of the chunks that a decoder needs, and of how it is turned; what follows its end goes. */
export function cleanPng(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const before: Uint8Array[] = [bytes.subarray(0, 8)];
  const after: Uint8Array[] = [];
  let [at, orientation, pixels] = [8, 1, false];
  for (let type = ''; type !== 'IEND';) {
    must(at + 12 <= bytes.length && before.length + after.length < mostParts);
    const length = view.getUint32(at);
    must(at + 12 + length <= bytes.length);
    const chunk = bytes.subarray(at, at + 12 + length);
    type = textAt(chunk, 4, 4);
    if (at === 8) {
      must(type === 'IHDR' && length === 13 && view.getUint32(16) > 0 && view.getUint32(20) > 0);
    }
    pixels ||= type === 'IDAT' && length > 0;
    if (type === 'eXIf') orientation = orientationOf(chunk.subarray(8, 8 + length));
    else if (kept.has(type)) (pixels ? after : before).push(chunk);
    at += chunk.length;
  }
  must(pixels);
  return joined([...before, ...(orientation === 1 ? [] : [exifChunk(orientation)]), ...after]);
}

function exifChunk(orientation: number): Uint8Array {
  const exif = exifOf(orientation);
  const chunk = new Uint8Array(12 + exif.length);
  const view = viewOf(chunk);
  view.setUint32(0, exif.length);
  chunk.set(new TextEncoder().encode('eXIf'), 4);
  chunk.set(exif, 8);
  view.setUint32(8 + exif.length, crcOf(chunk.subarray(4, 8 + exif.length)));
  return chunk;
}

/** The sum of ISO 3309 that ends a chunk. */
function crcOf(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
