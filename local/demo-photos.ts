import { crc32, deflateSync } from 'node:zlib';
import { keys } from './keys.ts';
import type { Cluster } from './postgres/cluster.ts';

/** Paints the photos of the small town: supabase/seed.sql has their rows, and no files. */
export async function hangDemoPhotos(
  cluster: Cluster,
  database: string,
  gatewayUrl: string,
): Promise<void> {
  const paths = await cluster.using(database, 'postgres', async (client) => {
    const { rows } = await client.query<{ storage_path: string }>(
      'select storage_path from public.listing_photos order by storage_path',
    );
    return rows.map(({ storage_path }) => storage_path);
  });
  await hangPhotos(paths, gatewayUrl);
}

/** Paints photos whose rows are there, each its own. */
export async function hangPhotos(paths: string[], gatewayUrl: string): Promise<void> {
  await Promise.all(paths.map(async (path) => {
    const painted = landscape(crc32(path));
    await bringPhoto(path, painted, gatewayUrl);
    await showPhoto(path, painted, gatewayUrl);
  }));
}

/** Puts a picture where hosts bring theirs, or over the one that is there. */
export const bringPhoto = (path: string, png: Buffer, gatewayUrl: string) =>
  putPhoto('photo-uploads', path, png, gatewayUrl);

/**
 * Puts the same picture where everyone sees it. The function check-files would do so moments later; of a
 * picture that was painted here it is known that it tells nothing. Its row must be there by now, and its
 * home published.
 */
export const showPhoto = (path: string, png: Buffer, gatewayUrl: string) =>
  putPhoto('listing-photos', path, png, gatewayUrl);

async function putPhoto(bucket: string, path: string, png: Buffer, gatewayUrl: string) {
  const put = () =>
    fetch(`${gatewayUrl}/storage/v1/object/${bucket}/${path}`, {
      method: 'POST',
      headers: { apikey: keys.secret, 'content-type': 'image/png', 'x-upsert': 'true' },
      body: new Uint8Array(png),
    });
  let answer = await put();
  // check-files may have put it there in between, and Lite makes a file in two steps.
  if (!answer.ok) answer = await put();
  if (!answer.ok) throw new Error(`${path} could not be hung: ${await answer.text()}`);
}

const [width, height] = [480, 320];

/** How much of a pixel's column lies below the ridge: edges are soft when a photo is shown larger. */
const below = (ridge: number, y: number) => Math.max(0, Math.min(1, y - ridge + 0.5));

/** Two ranges of hills under a sky, as a PNG; every number has a weather of its own. */
export function landscape(number: number): Buffer {
  const [tint, slope, steep] = [number % 96, number % 61, 40 + number % 37];
  const near = Array.from(
    { length: width },
    (_, x) => height * 0.66 + steep * 0.9 * Math.sin((x + slope * 8) / 75),
  );
  const far = Array.from(
    { length: width },
    (_, x) => height * 0.5 + steep * 0.45 * Math.sin((x + slope * 23) / 110 + tint),
  );
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y++) {
    at++; // each row begins with its filter: none
    for (let x = 0; x < width; x++) {
      const sky = [120 + tint + y / 4, 170 + y / 6, 235 - tint / 2];
      const haze = [sky[0]! * 0.55 + 40, sky[1]! * 0.5 + 64, sky[2]! * 0.5 + 36];
      const meadow = [70 + tint / 2, 130 - (y - near[x]!) / 3, 60 + tint / 3];
      const [behind, before] = [below(far[x]!, y), below(near[x]!, y)];
      for (let light = 0; light < 3; light++) {
        const back = sky[light]! + (haze[light]! - sky[light]!) * behind;
        const shown = back + (meadow[light]! - back) * before;
        rows[at++] = Math.max(0, Math.min(255, shown));
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // eight bits a channel; red, green and blue
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
