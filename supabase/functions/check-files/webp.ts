import { joined, mostParts, must, textAt, viewOf } from './bytes.ts';
import { exifOf, orientationOf } from './orientation.ts';

const pictures = ['VP8 ', 'VP8L'];
const kept = new Set([...pictures, 'VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH']);
const keptInFrames = new Set([...pictures, 'ALPH']);
/** Bits of VP8X. */
const flags = { exif: 0x08, xmp: 0x04 };

interface Chunk {
  type: string;
  data: Uint8Array;
}

/** A WebP of the chunks that a decoder needs, and of how it is turned. */
export function cleanWebp(bytes: Uint8Array): Uint8Array {
  const end = 8 + viewOf(bytes).getUint32(4, true);
  must(end >= 12 && end <= bytes.length);
  const chunks = chunksOf(bytes.subarray(12, end));
  const first = chunks[0]?.type ?? '';
  must([...pictures, 'VP8X'].includes(first));
  must(chunks.some(({ type, data }) => [...pictures, 'ANMF'].includes(type) && data.length > 4));
  const exif = chunks.find(({ type }) => type === 'EXIF')?.data;
  // Some write the name that JPEG has in front.
  const orientation = exif === undefined || first !== 'VP8X'
    ? 1
    : orientationOf(textAt(exif, 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif);
  const parts = chunks.filter(({ type }) => kept.has(type)).map(({ type, data }) => {
    if (type === 'VP8X') return written({ type, data: told(data, orientation !== 1) });
    if (type === 'ANMF') return written({ type, data: cleanFrame(data) });
    return written({ type, data });
  });
  if (orientation !== 1) parts.push(written({ type: 'EXIF', data: exifOf(orientation) }));
  const body = joined(parts);
  const head = new Uint8Array(12);
  head.set(new TextEncoder().encode('RIFF\0\0\0\0WEBP'));
  viewOf(head).setUint32(4, body.length + 4, true);
  return joined([head, body]);
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length;) {
    must(at + 8 <= bytes.length && chunks.length < mostParts);
    const length = viewOf(bytes).getUint32(at + 4, true);
    must(at + 8 + length <= bytes.length);
    chunks.push({ type: textAt(bytes, at, 4), data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + length % 2;
  }
  return chunks;
}

function written({ type, data }: Chunk): Uint8Array {
  const chunk = new Uint8Array(8 + data.length + data.length % 2);
  chunk.set(new TextEncoder().encode(type));
  viewOf(chunk).setUint32(4, data.length, true);
  chunk.set(data, 8);
  return chunk;
}

/** What the head says of the picture, without what is gone. */
function told(head: Uint8Array, turned: boolean): Uint8Array {
  must(head.length >= 10);
  const said = new Uint8Array(head.subarray(0, 10));
  said[0] = (said[0]! & ~(flags.exif | flags.xmp)) | (turned ? flags.exif : 0);
  return said;
}

/** A frame of an animation: sixteen bytes of where and how long, then chunks. */
function cleanFrame(data: Uint8Array): Uint8Array {
  must(data.length > 16);
  const chunks = chunksOf(data.subarray(16)).filter(({ type }) => keptInFrames.has(type));
  return joined([data.subarray(0, 16), ...chunks.map(written)]);
}
