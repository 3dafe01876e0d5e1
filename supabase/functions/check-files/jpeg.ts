import { joined, mostParts, must, textAt, viewOf } from './bytes.ts';
import { exifOf, orientationOf } from './orientation.ts';

const exifName = 'Exif\0\0';

/**
 * A JPEG of the segments that a decoder needs. Of the application's segments those that change colours
 * stay: JFIF without its thumbnail, the ICC profile, Adobe's. What follows the end, such as a film or a
 * second picture, goes. A picture whose end is missing gets one: browsers show it too.
 */
export function cleanJpeg(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [];
  let [at, orientation, frame, scans] = [2, 1, false, 0];
  let jfif: Uint8Array | undefined;
  while (at < bytes.length) {
    must(bytes[at] === 0xff && kept.length < mostParts);
    while (bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (marker === undefined || marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    must(marker >= 0xc0 && marker !== 0xd8 && at + 4 <= bytes.length);
    const length = view.getUint16(at + 2);
    must(length >= 2 && at + 2 + length <= bytes.length);
    const segment = bytes.subarray(at, at + 2 + length);
    at += segment.length;
    if (marker === 0xe0 && length >= 16 && textAt(segment, 4, 5) === 'JFIF\0') {
      jfif ??= withoutThumbnail(segment);
    } else if (marker === 0xe1 && textAt(segment, 4, 6) === exifName) {
      if (orientation === 1) orientation = orientationOf(segment.subarray(10));
    } else if (staysWhole(marker, segment)) kept.push(segment);
    if (isFrame(marker)) {
      // Lines, columns and components; the number of lines may follow the first scan.
      must(length >= 11 && view.getUint16(at - segment.length + 7) > 0 && segment[9]! > 0);
      frame = true;
    } else if (marker === 0xda) {
      must(frame);
      const end = endOfScan(bytes, at);
      kept.push(bytes.subarray(at, end));
      at = end;
      scans += 1;
    }
  }
  must(scans > 0);
  return joined([
    Uint8Array.of(0xff, 0xd8),
    ...(jfif ? [jfif] : []),
    ...(orientation === 1 ? [] : [exifSegment(orientation)]),
    ...kept,
    Uint8Array.of(0xff, 0xd9),
  ]);
}

/** Tables, frames and scans; of the application's own what colours depend on; no comment. */
function staysWhole(marker: number, segment: Uint8Array): boolean {
  if (marker === 0xe2) return textAt(segment, 4, 12) === 'ICC_PROFILE\0';
  if (marker === 0xee) return textAt(segment, 4, 5) === 'Adobe' && segment.length === 16;
  return marker < 0xe0;
}

/** The start of a frame: of C0 to CF all but tables and what is reserved. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Where the next marker stands that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start;; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at === -1 || at + 1 >= bytes.length) return at === -1 ? bytes.length : at;
    const next = bytes[at + 1]!;
    if (next === 0xff) at -= 1;
    else if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
  }
}

function withoutThumbnail(segment: Uint8Array): Uint8Array {
  const small = new Uint8Array(segment.subarray(0, 18));
  small.set([0, 16], 2);
  small.set([0, 0], 16);
  return small;
}

function exifSegment(orientation: number): Uint8Array {
  const exif = exifOf(orientation);
  const name = new TextEncoder().encode(exifName);
  return joined([Uint8Array.of(0xff, 0xe1, 0, 2 + name.length + exif.length), name, exif]);
}
