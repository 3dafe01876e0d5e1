import { beforeEach, expect, test } from 'vitest';
import { hangPictures } from '../../scripts/import-inside-airbnb/pictures.ts';
import { readOptions } from '../../scripts/import-inside-airbnb/options.ts';
import { asPostgres, freshDatabase, setClock, testApi, testDatabase } from '../support/stack.ts';
import { importFixtures } from './inside-airbnb.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2026-06-01T12:00:00Z');
});

const stack = async () => ({
  databaseUrl: (await testDatabase()).url,
  gatewayUrl: (await testApi()).url,
});
const photos = () =>
  asPostgres<{ source_id: string; status: string; storage_path: string }>(`
    select listings.source_id, listings.status, listing_photos.storage_path
    from public.listing_photos join public.listings using (listing_id) order by 1, 3`);

test('every published imported home without a photo gets a picture that can be seen, once', async () => {
  await importFixtures();
  await asPostgres(`
    insert into public.listing_photos (listing_id, storage_path, position)
    select listing_id, listing_id || '/own.jpg', 1 from public.listings where source_id = '1001'`);
  const told: unknown[] = [];
  expect(await hangPictures(await stack(), (...words) => told.push(words))).toBe(8);
  expect(told.at(-1)).toEqual(['Hanging pictures', 8, 8]);

  const hung = await photos();
  expect(hung).toHaveLength(9);
  expect(hung.every(({ status }) => status === 'published')).toBe(true);
  expect(hung[0]?.storage_path).toMatch(/own\.jpg$/);
  const { gatewayUrl } = await stack();
  const seen = await fetch(
    `${gatewayUrl}/storage/v1/object/public/listing-photos/${hung[1]?.storage_path}`,
  );
  expect(seen.status).toBe(200);
  expect(seen.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await seen.arrayBuffer()).subarray(1, 4).toString()).toBe('PNG');

  expect(await hangPictures(await stack())).toBe(0);
  expect(await photos()).toEqual(hung);
  // Nor does the next import take them down.
  await importFixtures();
  expect(await photos()).toEqual(hung);
});

test('pictures are for the local stack only, and can be left out', () => {
  const files = ['--listings', 'listings.csv'];
  expect(readOptions(files)?.gatewayUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(readOptions([...files, '--no-pictures'])?.gatewayUrl).toBeUndefined();
  expect(readOptions([...files, '--database-url', 'postgresql://elsewhere/db'])?.gatewayUrl)
    .toBeUndefined();
});
