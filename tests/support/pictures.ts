import { crc32 } from 'node:zlib';

/** Six pixels from red to blue, as libvips 8.17 writes them; the AVIF with Exif of a camera in it. */
const written = {
  jpeg: [
    '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk',
    'eFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj',
    'Y2NjY2NjY2P/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAZEAACAwEAAAAAAAAA',
    'AAAAAAAAAgESIpH/xAAVAQEBAAAAAAAAAAAAAAAAAAAEBv/EABkRAAIDAQAAAAAAAAAAAAAAAAABAgMycf/aAAwD',
    'AQACEQMRAD8AkXd7zpugAoa8Lg2emf/Z',
  ],
  progressive: [
    '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk',
    'eFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj',
    'Y2NjY2NjY2P/wgARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAVAQEBAAAAAAAAAAAA',
    'AAAAAAADBf/aAAwDAQACEAMQAAABkCg3/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//8QAFhEAAwAA',
    'AAAAAAAAAAAAAAAAAAEx/9oACAEDAQE/AXT/xAAWEQADAAAAAAAAAAAAAAAAAAAAAjH/2gAIAQIBAT8BWH//xAAU',
    'EAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAY/An//xAAXEAEAAwAAAAAAAAAAAAAAAAABABEx/9oACAEBAAE/IVb1',
    'n//aAAwDAQACAAMAAAAQD//EABURAQEAAAAAAAAAAAAAAAAAAAAx/9oACAEDAQE/ELP/xAAWEQADAAAAAAAAAAAA',
    'AAAAAAAAMXH/2gAIAQIBAT8QTD//xAAWEAADAAAAAAAAAAAAAAAAAAAAEbH/2gAIAQEAAT8Qf0P/2Q==',
  ],
  png: [
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAHElEQVR4nGP4',
    'z8BwgsFoGkMKQwrDNCOGEwwM/wE7EAXnRhwqVwAAAABJRU5ErkJggg==',
  ],
  webp: [
    'UklGRkQAAABXRUJQVlA4IDgAAAAwAgCdASoDAAIAAsBMJagCdEcAZIACzZucjAD+9bnTWlk3/jtkrb/vk/u0UtvI',
    'D5feiYjjIj4gAA==',
  ],
  lossless: [
    'UklGRjYAAABXRUJQVlA4TCoAAAAvAkAAAC8QCtI2YGE17SpI24DxL22vljb/wUsEQThAIEAZKx74JKL/8Q4=',
  ],
  avif: [
    'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAAw5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA',
    'AAAAAAAAAAAAAA5waXRtAAAAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAMyAAEAAAAAAAAAKQACAAAAAANbAAEA',
    'AAAAAAABKAAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAC',
    'TWlwcnAAAAItaXBjbwAAAAxhdjFDgSACAAAAAexjb2xycklDQwAAAeBsY21zBCAAAG1udHJSR0IgWFlaIAfiAAMA',
    'FAAJAA4AHWFjc3BNU0ZUAAAAAHNhd3NjdHJsAAAAAAAAAAAAAAAAAAD21gABAAAAANMtaGFuZHnpv1ZaPgG2gyOF',
    'VUb3T6oAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACmRlc2MAAAD8AAAAJGNwcnQAAAEgAAAAInd0cHQA',
    'AAFEAAAAFGNoYWQAAAFYAAAALHJYWVoAAAGEAAAAFGdYWVoAAAGYAAAAFGJYWVoAAAGsAAAAFHJUUkMAAAHAAAAA',
    'IGdUUkMAAAHAAAAAIGJUUkMAAAHAAAAAIG1sdWMAAAAAAAAAAQAAAAxlblVTAAAACAAAABwAcwBSAEcAQm1sdWMA',
    'AAAAAAAAAQAAAAxlblVTAAAABgAAABwAQwBDADAAAFhZWiAAAAAAAAD21gABAAAAANMtc2YzMgAAAAAAAQw/AAAF',
    '3f//8yYAAAeQAAD9kv//+6H///2iAAAD3AAAwHFYWVogAAAAAAAAb6AAADjyAAADj1hZWiAAAAAAAABilgAAt4kA',
    'ABjaWFlaIAAAAAAAACSgAAAPhQAAtsRwYXJhAAAAAAADAAAAAmZpAADypwAADVkAABPQAAAKWwAAABRpc3BlAAAA',
    'AAAAAAMAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABhpcG1hAAAAAAAAAAEAAQWBAgMEhQAAABppcmVm',
    'AAAAAAAAAA5jZHNjAAIAAQABAAABWW1kYXQSAAoIOAQrCAhoNIAyGxgAAABQq2uHL14CGvUFMIXhCJnFSKZ5u2YM',
    'cAAAAAZFeGlmAABJSSoACAAAAAkADwECAAcAAACKAAAAEgEDAAEAAAAGAAAAGgEFAAEAAAB6AAAAGwEFAAEAAACC',
    'AAAAKAEDAAEAAAACAAAAEwIDAAEAAAABAAAAmIICAAcAAACSAAAAaYcEAAEAAACaAAAAJYgEAAEAAADoAAAAAAAA',
    'ADhjAADoAwAAOGMAAOgDAABDYW1lcmEAAEdQU0dQUwAABgAAkAcABAAAADAyMTABkQcABAAAAAECAwAAoAcABAAA',
    'ADAxMDABoAMAAQAAAP//AAACoAQAAQAAAAMAAAADoAQAAQAAAAIAAAAAAAAAAgABAAIAAgAAAE4AAAACAAUAAwAA',
    'AAYBAAAAAAAAMwAAAAEAAAAeAAAAAQAAAAAAAAABAAAA',
  ],
};

export type Format = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/avif';

const bytesOf = (name: keyof typeof written) => Buffer.from(written[name].join(''), 'base64');

/** Pictures that tell nothing, with what their type is. */
export const plain: [name: string, type: Format, bytes: Buffer][] = [
  ['a JPEG', 'image/jpeg', bytesOf('jpeg')],
  ['a progressive JPEG', 'image/jpeg', bytesOf('progressive')],
  ['a PNG', 'image/png', bytesOf('png')],
  ['a WebP', 'image/webp', bytesOf('webp')],
  ['a lossless WebP', 'image/webp', bytesOf('lossless')],
];

/** An AVIF that says which camera took it: `Camera`. */
export const tellingAvif = bytesOf('avif');

/** What must not be left of a picture. */
export const secrets = ['GPS-SECRET', 'XMP-SECRET', 'IPTC-SECRET', 'WORDS-SECRET'];

/** Exif of a picture that lies on its side and says where it was taken. */
export function exifWithPlace(orientation: number): Buffer {
  const entries = [
    [0x0112, 3, 1, orientation << 16], // how it is turned
    [0x8825, 4, 1, 38], // where the directory of the place stands
  ];
  const head = Buffer.from('4d4d002a00000008', 'hex');
  const directory = (rows: number[][]) => {
    const bytes = Buffer.alloc(2 + 12 * rows.length + 4);
    bytes.writeUInt16BE(rows.length, 0);
    for (const [row, [tag, type, count, value]] of rows.entries()) {
      const at = 2 + 12 * row;
      bytes.writeUInt16BE(tag!, at);
      bytes.writeUInt16BE(type!, at + 2);
      bytes.writeUInt32BE(count!, at + 4);
      bytes.writeUInt32BE(value! >>> 0, at + 8);
    }
    return bytes;
  };
  const place = directory([[0x001b, 2, secrets[0]!.length, 56]]);
  return Buffer.concat([head, directory(entries), place, Buffer.from(secrets[0]!)]);
}

const riff = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length % 2)]);
};

const pngChunk = (type: string, data: Buffer) => {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
};

const segment = (marker: number, data: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

/** The same picture with Exif, XMP, IPTC, words, and something behind its end. */
export function telling(type: Format, bytes: Buffer, orientation = 6): Buffer {
  const exif = exifWithPlace(orientation);
  const named = Buffer.concat([Buffer.from('Exif\0\0'), exif]);
  const xmp = Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x>${secrets[1]}</x>`);
  const iptc = Buffer.from(`Photoshop 3.0\x008BIM${secrets[2]}`);
  const words = Buffer.from(secrets[3]!);
  if (type === 'image/jpeg') {
    return Buffer.concat([
      bytes.subarray(0, 2),
      segment(0xe0, Buffer.concat([Buffer.from('JFIF\0\x01\x02\0\0\x01\0\x01\0\0', 'latin1')])),
      segment(0xe1, named),
      segment(0xe1, xmp),
      segment(0xed, iptc),
      segment(0xe2, Buffer.concat([Buffer.from('MPF\0'), words])),
      segment(0xfe, words),
      bytes.subarray(2),
      words,
    ]);
  }
  if (type === 'image/png') {
    return Buffer.concat([
      bytes.subarray(0, 33),
      pngChunk('eXIf', exif),
      pngChunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0'), xmp])),
      pngChunk('tEXt', Buffer.concat([Buffer.from('Raw profile type iptc\0'), iptc])),
      pngChunk('zTXt', words),
      pngChunk('tIME', Buffer.alloc(7)),
      bytes.subarray(33),
      words,
    ]);
  }
  // The simple form of WebP has no room for it: a head comes in front.
  const head = Buffer.from([0x0c, 0, 0, 0, 2, 0, 0, 1, 0, 0]);
  const chunks = Buffer.concat([
    Buffer.from('WEBP'),
    riff('VP8X', head),
    bytes.subarray(12),
    riff('EXIF', exif),
    riff('XMP ', xmp),
    riff('IPTC', iptc),
    riff('junk', words),
  ]);
  return Buffer.concat([riff('RIFF', chunks), words]);
}
