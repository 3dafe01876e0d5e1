import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotThePicture } from '../../supabase/functions/check-files/bytes.ts';
import { exifOf, orientationOf } from '../../supabase/functions/check-files/orientation.ts';
import { cleanPicture } from '../../supabase/functions/check-files/picture.ts';
import { type Format, plain, secrets, telling, tellingAvif } from '../support/pictures.ts';
import { runs } from '../support/seeds.ts';

const clean = (bytes: Uint8Array, type: string) => Buffer.from(cleanPicture(bytes, type));

describe.each(plain)('%s', (_, type, bytes) => {
  test('that tells nothing stays as it is, byte by byte', () => {
    expect(clean(bytes, type).equals(bytes)).toBe(true);
  });

  test('keeps every byte of its pixels and how it is turned, and nothing else that it told', () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const made = clean(telling(type, bytes, orientation), type);
      for (const secret of secrets) expect(made.includes(secret)).toBe(false);
      expect(segmentsOf(made, type)).toEqual([
        ...(orientation === 1 ? [] : ['exif']),
        ...segmentsOf(bytes, type),
      ]);
      const exif = made.indexOf(Buffer.from(exifOf(orientation)));
      expect(exif > 0).toBe(orientation !== 1);
      expect(made.includes(pixelsOf(bytes, type))).toBe(true);
      expect(clean(made, type).equals(made)).toBe(true);
    }
  });

  test('is refused when it is cut off before its pixels or said to be another', () => {
    for (let end = 0; end < bytes.length; end++) {
      const outcome = outcomeOf(bytes.subarray(0, end), type);
      // A JPEG without its end is still shown by browsers, and gets one.
      if (type === 'image/jpeg' && outcome !== 'not_an_image') {
        expect(clean(bytes.subarray(0, end), type).subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
      } else expect(outcome).toBe('not_an_image');
    }
    const other = type === 'image/png' ? 'image/jpeg' : 'image/png';
    expect(outcomeOf(bytes, other)).toBe('wrong_type');
  });
});

test('an AVIF keeps its length and its pixels, and names no camera', () => {
  expect(tellingAvif.includes('Camera')).toBe(true);
  const made = clean(tellingAvif, 'image/avif');
  expect(made.includes('Camera')).toBe(false);
  expect(made).toHaveLength(tellingAvif.length);
  const changed = [...made.entries()].filter(([at, byte]) => byte !== tellingAvif[at]);
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.every(([, byte]) => byte === 0)).toBe(true);
  // All of it lies where the Exif lay: behind its four bytes of offset begins the TIFF header.
  const start = tellingAvif.indexOf('Exif\0\0');
  expect(changed.every(([at]) => at >= start - 4)).toBe(true);
  expect(clean(made, 'image/avif').equals(made)).toBe(true);
});

test.each([
  ['a page', '<html><script>alert(1)</script>'],
  ['a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['a GIF', 'GIF89a\x01\0\x01\0'],
  ['nothing', ''],
  ['a page behind the first bytes of a JPEG', '\xff\xd8\xff<script>'],
  ['a page behind the first bytes of a PNG', '\x89PNG\r\n\x1a\n<script>alert(1)</script>'],
  ['a film', '\0\0\0\x18ftypisom\0\0\0\0isommp42'],
])('%s is no image, whatever it is said to be', (_, content) => {
  const bytes = Buffer.from(content, 'latin1');
  for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'text/html', '']) {
    expect(outcomeOf(bytes, type)).toMatch(/^(not_an_image|wrong_type)$/);
  }
});

const samples: [Format, Buffer][] = [
  ...plain.map(([, type, bytes]): [Format, Buffer] => [type, telling(type, bytes)]),
  ['image/avif', tellingAvif],
];

test('whatever is done to a picture, it is cleaned or refused, and cleaned once is clean', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(1200), fc.oneof(fc.constantFrom(0, 1, 0xff), fc.nat(255))), {
        maxLength: 6,
      }),
      fc.option(fc.nat(1200)),
      ([type, bytes], changes, end) => {
        const broken = Buffer.from(bytes.subarray(0, end ?? bytes.length));
        for (const [at, byte] of changes) if (at < broken.length) broken[at] = byte;
        const before = Buffer.from(broken);
        if (outcomeOf(broken, type) === 'clean') {
          const made = clean(broken, type);
          expect(clean(made, type).equals(made)).toBe(true);
        }
        expect(broken.equals(before)).toBe(true);
      },
    ),
    runs(5000),
  );
});

test('Exif is read for how a picture is turned, and never beyond its end', () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    expect(orientationOf(exifOf(orientation))).toBe(orientation);
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('MM\0*', 'II*\0', ''),
      (bytes, head) => {
        const orientation = orientationOf(Buffer.concat([Buffer.from(head), bytes]));
        expect(orientation >= 1 && orientation <= 8).toBe(true);
      },
    ),
    runs(2000),
  );
});

/** `clean`, or why not; anything else that is thrown fails the test. */
function outcomeOf(bytes: Uint8Array, type: string): string {
  try {
    cleanPicture(bytes, type);
    return 'clean';
  } catch (error) {
    if (error instanceof NotThePicture) return error.problem;
    throw error;
  }
}

/** What a picture says of itself, part by part; Exif first, and what only holds the parts left out. */
function segmentsOf(bytes: Buffer, type: Format): string[] {
  const found: string[] = [];
  if (type === 'image/jpeg') {
    for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + bytes.readUInt16BE(at + 2)) {
      if (bytes[at + 1] === 0xe1) found.unshift('exif');
      else if (bytes[at + 1] !== 0xe0) found.push(bytes[at + 1]!.toString(16));
    }
  } else if (type === 'image/png') {
    for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
      const name = bytes.toString('latin1', at + 4, at + 8);
      if (name === 'eXIf') found.unshift('exif');
      else found.push(name);
    }
  } else {
    for (let at = 12; at < bytes.length;) {
      const [name, length] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
      if (name === 'EXIF') found.unshift('exif');
      else if (name !== 'VP8X') found.push(name);
      else expect(bytes[at + 8]! & 0x04).toBe(0);
      at += 8 + length + length % 2;
    }
  }
  return found;
}

/** From the first byte of the pixels on. */
function pixelsOf(bytes: Buffer, type: Format): Buffer {
  if (type === 'image/jpeg') return bytes.subarray(2);
  return type === 'image/png' ? bytes.subarray(bytes.indexOf('IDAT')) : bytes.subarray(12);
}
