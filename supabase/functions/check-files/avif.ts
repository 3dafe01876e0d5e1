import { mostParts, must, textAt, viewOf } from './bytes.ts';

interface Box {
  type: string;
  /** Where it begins, where its content begins, where it ends. */
  at: number;
  inside: number;
  end: number;
}

const told = new Set(['Exif', 'mime', 'uri ']);
const keptOutside = new Set(['ftyp', 'meta', 'mdat', 'moov']);

/**
 * An AVIF whose descriptions are blank. Pictures in it are found by where they stand in the file, so
 * nothing is cut out: the bytes of Exif and XMP become zeros. How it is turned is said elsewhere (`irot`,
 * `imir`), which counts alone.
 */
export function cleanAvif(bytes: Uint8Array): Uint8Array {
  const clean = new Uint8Array(bytes);
  const boxes = boxesOf(clean, 0, clean.length);
  const [first] = boxes;
  must(first?.type === 'ftyp' && boxes.some(({ type }) => type === 'mdat' || type === 'meta'));
  const metas: Box[] = [];
  for (const box of boxes) {
    if (!keptOutside.has(box.type)) blank(clean, box);
    if (box.type === 'meta') metas.push(box);
    if (box.type === 'moov') emptyFilm(clean, box, metas);
  }
  must(metas.length > 0);
  const media = boxes.filter(({ type }) => type === 'mdat');
  for (const meta of metas) blankItems(clean, meta, media);
  return clean;
}

function boxesOf(bytes: Uint8Array, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  const view = viewOf(bytes);
  for (let at = start; at < end;) {
    must(at + 8 <= end && boxes.length < mostParts);
    let [size, inside] = [view.getUint32(at), at + 8];
    if (size === 1) {
      must(at + 16 <= end);
      size = Number(view.getBigUint64(at + 8));
      inside += 8;
    } else if (size === 0) size = end - at;
    must(at + size >= inside && at + size <= end);
    boxes.push({ type: textAt(bytes, at + 4, 4), at, inside, end: at + size });
    at += size;
  }
  return boxes;
}

/** Free space instead of a box: everything behind it stays where it is. */
function blank(bytes: Uint8Array, { at, inside, end }: Box): void {
  bytes.set(new TextEncoder().encode('free'), at + 4);
  bytes.fill(0, inside, end);
}

/** What a film and its tracks say about themselves. */
function emptyFilm(bytes: Uint8Array, film: Box, metas: Box[]): void {
  for (const box of boxesOf(bytes, film.inside, film.end)) {
    if (['udta', 'uuid'].includes(box.type)) blank(bytes, box);
    if (box.type === 'meta') metas.push(box);
    if (box.type === 'trak' && film.type === 'moov') emptyFilm(bytes, box, metas);
  }
}

function blankItems(bytes: Uint8Array, meta: Box, media: Box[]): void {
  must(meta.inside + 4 <= meta.end);
  const boxes = boxesOf(bytes, meta.inside + 4, meta.end);
  const one = (type: string) => boxes.find((box) => box.type === type);
  const [names, places, data] = [one('iinf'), one('iloc'), one('idat')];
  const going = names === undefined ? new Set<number>() : itemsThatTell(bytes, names);
  if (going.size === 0) return;
  must(places);
  let left = bytes.length;
  for (const { item, method, from, length } of extentsOf(bytes, places)) {
    if (!going.has(item)) continue;
    // In the boxes of media, or in that of data: no box is broken, whatever the places say. Parts of other
    // items do not occur.
    must(method === 0 || (method === 1 && data !== undefined));
    const start = method === 0 ? from : data!.inside + from;
    const holders = method === 0 ? media : [data!];
    must(holders.some(({ inside, end }) => start >= inside && start + length <= end));
    // And nothing over and over.
    left -= length;
    must(length > 0 && left >= 0);
    bytes.fill(0, start, start + length);
  }
}

function itemsThatTell(bytes: Uint8Array, names: Box): Set<number> {
  const wide = bytes[names.inside] !== 0;
  const items = new Set<number>();
  for (const { type, inside, end } of boxesOf(bytes, names.inside + (wide ? 8 : 6), names.end)) {
    must(type === 'infe' && inside + 12 <= end);
    const version = bytes[inside];
    must(version === 2 || (version === 3 && inside + 14 <= end));
    const view = viewOf(bytes);
    const item = version === 2 ? view.getUint16(inside + 4) : view.getUint32(inside + 4);
    if (told.has(textAt(bytes, inside + (version === 2 ? 8 : 10), 4))) items.add(item);
  }
  return items;
}

interface Extent {
  item: number;
  method: number;
  from: number;
  length: number;
}

function* extentsOf(bytes: Uint8Array, places: Box): Generator<Extent> {
  const view = viewOf(bytes);
  let at = places.inside;
  const number = (size: number): number => {
    must([0, 2, 4, 8].includes(size) && at + size <= places.end);
    at += size;
    if (size === 0) return 0;
    if (size === 2) return view.getUint16(at - 2);
    return size === 4 ? view.getUint32(at - 4) : Number(view.getBigUint64(at - 8));
  };
  const version = number(4) >>> 24;
  must(version <= 2);
  const sizes = number(2);
  const [ofOffset, ofLength, ofBase] = [sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15];
  const ofIndex = version === 0 ? 0 : sizes & 15;
  for (let items = number(version === 2 ? 4 : 2); items > 0; items--) {
    const item = number(version === 2 ? 4 : 2);
    const method = version === 0 ? 0 : number(2) & 15;
    number(2); // where the data is: in this file
    const base = number(ofBase);
    for (let parts = number(2); parts > 0; parts--) {
      must(ofIndex + ofOffset + ofLength > 0);
      number(ofIndex);
      yield { item, method, from: base + number(ofOffset), length: number(ofLength) };
    }
  }
}
