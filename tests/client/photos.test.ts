// A host's photos: shrunk in a real browser, and put behind the others.
import { addPhoto, codeOf, createStaybase, type ListingPhoto, photoUrl } from '@staybase/client';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { bundle } from '../support/bundle.ts';
import { chromiumHere, launchChromium } from '../../scripts/shared/chromium.ts';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { plain, secrets, telling } from '../support/pictures.ts';
import { asPostgres, freshDatabase, setClock, testApi } from '../support/stack.ts';

const isHere = chromiumHere !== '' || process.env.CI !== undefined;
if (!isHere) console.info('There is no chromium here: no photo is shrunk.');

let host: Member, stranger: Member, listing_id: string;

beforeAll(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
  [host, stranger] = [await signUp('Ada'), await signUp('Hedy')];
  listing_id = await publishHome(host);
});

const files = () =>
  asPostgres<{ name: string }>(
    `select name from storage.objects where bucket_id = 'photo-uploads'`,
  );
const bytesOf = async (path: string) => {
  const { data } = await host.client.storage.from('photo-uploads').download(path);
  return Buffer.from(await data!.arrayBuffer());
};

test('photos keep the order of upload, and two at once get different positions', async () => {
  const [, type, bytes] = plain[0]!;
  const picture = new Blob([new Uint8Array(bytes)], { type });
  const first = await addPhoto(host.client, listing_id, picture, 'The door');
  expect(first).toMatchObject({ listing_id, position: 1, caption: 'The door', published: false });
  expect(await bytesOf(first.storage_path)).toEqual(bytes);
  expect(photoUrl(host.client, first.storage_path))
    .toBe(`${(await testApi()).url}/storage/v1/object/public/listing-photos/${first.storage_path}`);

  // Between the look at the places and the row, another photo takes the next one.
  let taken: ListingPhoto | undefined;
  const slow = createStaybase((await testApi()).url, keys.publishable, {
    accessToken: async () => (await host.client.auth.getSession()).data.session!.access_token,
    global: {
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        if (taken === undefined && String(input).includes('select=position')) {
          taken = await addPhoto(host.client, listing_id, picture);
        }
        return answer;
      },
    },
  });
  const late = await addPhoto(slow, listing_id, picture);
  expect([taken?.position, late.position]).toEqual([2, 3]);
});

test('a photo whose row is refused leaves no file, and nobody adds photos to the home of another host', async () => {
  const [, type, bytes] = plain[0]!;
  const picture = new Blob([new Uint8Array(bytes)], { type });
  const before = await files();
  const long = await addPhoto(host.client, listing_id, picture, 'x'.repeat(501)).catch(codeOf);
  expect(long).toBe('invalid_value');
  expect(await addPhoto(stranger.client, listing_id, picture).catch(codeOf)).toBe('not_allowed');
  expect(await files()).toEqual(before);
});

/** A page with the package in it, signed in as the host. */
async function page(): Promise<Page> {
  const { url } = await testApi();
  const code = await bundle(
    `import * as client from '@staybase/client'; Object.assign(globalThis, { client });`,
    { modulePreload: false },
  );
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  // From a server, for Chromium lets no page without an address talk to this machine.
  const site = createServer(({ url }, answer) => {
    const isScript = url === '/page.js';
    answer.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    answer.end(isScript ? code : '<script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void site.close());
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const { data: { session } } = await host.client.auth.getSession();
  await page.waitForFunction(() => 'client' in globalThis);
  await page.evaluate(([url, key, access_token, refresh_token]) => {
    const staybase = globalThis.client.createStaybase(url!, key!);
    Object.assign(globalThis, { staybase });
    return staybase.auth.setSession({ access_token: access_token!, refresh_token: refresh_token! });
  }, [url, keys.publishable, session!.access_token, session!.refresh_token]);
  return page;
}

declare global {
  var client: typeof import('@staybase/client');
  var staybase: import('@staybase/client').Staybase;
}

test.runIf(isHere)(
  'a browser rotates a photo as its metadata says, shrinks it, and removes its location',
  async () => {
    const tab = await page();
    const drawn = await tab.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [3000, 1000];
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#f00';
      context.fillRect(0, 0, 1500, 1000);
      context.fillStyle = '#00f';
      context.fillRect(1500, 0, 1500, 1000);
      return canvas.toDataURL('image/jpeg', 1).split(',')[1]!;
    });
    const camera = telling('image/jpeg', Buffer.from(drawn, 'base64'));
    expect(secrets.filter((secret) => camera.includes(secret))).toEqual(secrets);
    const row = await tab.evaluate(async ([listing_id, photo]) => {
      const blob = await (await fetch(`data:image/jpeg;base64,${photo}`)).blob();
      return await globalThis.client.uploadPhoto(globalThis.staybase, listing_id!, blob, {
        caption: 'Red',
      });
    }, [listing_id, camera.toString('base64')]) as ListingPhoto;
    expect(row).toMatchObject({ caption: 'Red', position: 4 });
    expect(row.storage_path).toMatch(/\.jpeg$/);

    const uploaded = await bytesOf(row.storage_path);
    expect([...secrets, 'Exif'].filter((secret) => uploaded.includes(secret))).toEqual([]);
    const seen = await tab.evaluate(async (photo) => {
      const blob = await (await fetch(`data:image/jpeg;base64,${photo}`)).blob();
      const picture = await createImageBitmap(blob);
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [picture.width, picture.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(picture, 0, 0);
      const colour = (y: number) => [...context.getImageData(100, y, 1, 1).data.slice(0, 3)];
      return { size: [picture.width, picture.height], top: colour(100), bottom: colour(1900) };
    }, uploaded.toString('base64'));
    expect(seen.size).toEqual([683, 2048]);
    expect(seen.top[0]).toBeGreaterThan(200);
    expect(seen.bottom[2]).toBeGreaterThan(200);

    // A profile picture is small; one that is smaller stays as large as it is, and what shows nothing is white.
    const small = await tab.evaluate(async () => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [40, 20];
      const clear = await (await fetch(canvas.toDataURL('image/png'))).blob();
      const picture = await createImageBitmap(await globalThis.client.shrinkPhoto(clear));
      const context = canvas.getContext('2d')!;
      context.drawImage(picture, 0, 0);
      return [picture.width, picture.height, ...context.getImageData(5, 5, 1, 1).data];
    });
    expect(small).toEqual([40, 20, 255, 255, 255, 255]);
    const path = await tab.evaluate(async ([id, photo]) => {
      const blob = await (await fetch(`data:image/jpeg;base64,${photo}`)).blob();
      return await globalThis.client.uploadAvatar(globalThis.staybase, id!, blob);
    }, [host.id, camera.toString('base64')]);
    const { data: profile } = await host.client.from('profiles').select('avatar_path')
      .eq('profile_id', host.id).single().throwOnError();
    expect(profile.avatar_path).toBe(path);
  },
);
