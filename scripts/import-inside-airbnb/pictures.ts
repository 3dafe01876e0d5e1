import pg from 'pg';
import { bringPhoto, landscape, showPhoto } from '../../local/demo-photos.ts';
import type { Progress } from '../shared/progress.ts';

/** So many landscapes there are; each home has one of them. */
const kinds = 24;
const atOnce = 8;

/**
 * Hangs a painted landscape in every published imported home of a local stack that has no photo: a
 * frontend has something to show, and nothing is fetched from anywhere. Resolves to how many.
 */
export async function hangPictures(
  stack: { databaseUrl: string; gatewayUrl: string },
  progress: Progress = () => {},
): Promise<number> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ path: string }>(`
      select listings.listing_id || '/landscape.png' as path
      from public.listings
      where listings.source = 'inside_airbnb' and listings.status = 'published'
        and not exists (
          select from public.listing_photos where listing_photos.listing_id = listings.listing_id)
      order by listings.listing_id`);
    const painted = new Map<number, Buffer>();
    for (let done = 0; done < rows.length; done += atOnce) {
      progress('Hanging pictures', done, rows.length);
      const paths = rows.slice(done, done + atOnce).map(({ path }) => path);
      const pictureOf = (at: number): Buffer => {
        const kind = (done + at) % kinds;
        const picture = painted.get(kind) ?? landscape(kind * 37);
        painted.set(kind, picture);
        return picture;
      };
      await Promise.all(
        paths.map((path, at) => bringPhoto(path, pictureOf(at), stack.gatewayUrl)),
      );
      await client.query(
        `insert into public.listing_photos (listing_id, storage_path, caption, position)
         select split_part(path, '/', 1)::uuid, path, 'A landscape, painted for trying things out.', 1
         from unnest($1::text[]) as path`,
        [paths],
      );
      await Promise.all(paths.map((path, at) => showPhoto(path, pictureOf(at), stack.gatewayUrl)));
    }
    if (rows.length > 0) progress('Hanging pictures', rows.length, rows.length);
    return rows.length;
  } finally {
    await client.end();
  }
}
