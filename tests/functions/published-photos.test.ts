import { beforeEach, describe, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { bookAndPay, hostTogether, type Member, publishHome, signUp } from '../support/journeys.ts';
import { anonClient, type Client, makeStaff, serviceClient } from '../support/people.ts';
import { plain, secrets, telling } from '../support/pictures.ts';
import { session } from '../support/sessions.ts';
import { asPostgres, moveClock, setClock } from '../support/stack.ts';
import { june, meanwhile } from '../support/stays.ts';
import { call } from './paying.ts';

const [, type, bytes] = plain[0]!;
const names = ['Hedy', 'Ada', 'Joan', 'Mary', 'Radia', 'Jean', 'Betty', 'Kay', 'Ruth', 'Marlyn']
  .flatMap((name) => [name, `${name}line`, `${name}ette`]);
let host: Member;
let listing: string;
let anon: Client;
let service: Client;

beforeEach(async () => {
  await setClock('2031-05-20T12:00:00Z');
  anon = await anonClient();
  service = await serviceClient();
  host = await signUp(names.shift()!);
  listing = await publishHome(host);
  await asPostgres('delete from private.files_to_check');
});

const check = async () =>
  (await call('check-files', { headers: { apikey: keys.secret }, body: '{}' })).body;
const nothing = { clean: 0, cleaned: 0, published: 0, withdrawn: 0, refused: 0, failed: 0 };

/** Brings a photo that tells where it was taken. */
async function bring(name = 'mill.jpg', content = telling(type, bytes)): Promise<string> {
  const path = `${listing}/${name}`;
  const { error } = await host.client.storage.from('photo-uploads')
    .upload(path, content, { contentType: type });
  expect(error).toBeNull();
  return path;
}

async function hang(name = 'mill.jpg', content = telling(type, bytes)): Promise<string> {
  const storage_path = await bring(name, content);
  const { data } = await host.client.from('listing_photos').select().eq('listing_id', listing);
  await host.client.from('listing_photos')
    .insert({ listing_id: listing, storage_path, position: data!.length + 1 }).throwOnError();
  return storage_path;
}

/** What everyone gets at the public address; null when nothing. */
async function seen(path: string, bucket = 'listing-photos'): Promise<Buffer | null> {
  const { data } = anon.storage.from(bucket).getPublicUrl(path);
  const answer = await fetch(`${data.publicUrl}?${crypto.randomUUID()}`);
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
}

/** Whether somebody gets the file that was brought; who may also gets a signed address of it. */
async function gets(client: Client, path: string, maySign = true): Promise<boolean> {
  const bucket = client.storage.from('photo-uploads');
  const { data } = await bucket.download(path);
  const signed = await bucket.createSignedUrl(path, 60);
  const asked = signed.data === null ? null : await fetch(signed.data.signedUrl);
  expect(asked?.ok ?? false).toBe(data !== null && maySign);
  return data !== null;
}

/** What somebody reads about the photos of the home: whether each is public. */
const told = async (client: Client) =>
  (await client.from('listing_photos').select('published').eq('listing_id', listing)
    .order('position').throwOnError()).data.map(({ published }) => published);

const hide = (listing_id = listing) =>
  host.client.rpc('hide_listing', { listing_id }).throwOnError();
const publish = (listing_id = listing) =>
  host.client.rpc('publish_listing', { listing_id }).throwOnError();
const claim = async () => (await service.rpc('claim_files', { most: 1 }).throwOnError()).data[0]!;
const put = async (path: string, content: Buffer) =>
  (await service.storage.from('listing-photos')
    .upload(path, content, { contentType: type, upsert: true })).error;

describe('a photo', () => {
  test('of a draft is read by its hosts and staff, and by nobody else at any address', async () => {
    await hide();
    const path = await hang();
    const [full, calendar, other, guest] = await Promise.all(
      [1, 2, 3, 4].map(() => signUp(names.shift()!)),
    );
    await hostTogether(host, full!, listing, 'full');
    await hostTogether(host, calendar!, listing, 'calendar');
    await publishHome(other!);
    const staff = await signUp(names.shift()!);
    await makeStaff(staff);
    for (const checked of [false, true]) {
      if (checked) expect(await check()).toEqual({ ...nothing, cleaned: 1, clean: 1 });
      for (const { client } of [host, full!, calendar!, staff]) {
        expect(await gets(client, path)).toBe(true);
      }
      for (const { client } of [other!, guest!, { client: anon }]) {
        expect(await gets(client, path)).toBe(false);
        expect(await told(client)).toEqual([]);
      }
      expect(await seen(path)).toBeNull();
      expect(await seen(path, 'photo-uploads')).toBeNull();
      expect(await told(host.client)).toEqual([false]);
    }
    const kept = await (await host.client.storage.from('photo-uploads').download(path)).data!
      .arrayBuffer();
    for (const secret of secrets) expect(Buffer.from(kept).includes(secret)).toBe(false);
  });

  test('is public with its home and tells nothing, and private again with it, as often as it likes', async () => {
    await hide();
    const path = await hang();
    expect(await check()).toEqual({ ...nothing, cleaned: 1, clean: 1 });
    for (let round = 0; round < 2; round += 1) {
      await publish();
      // It is told to everyone from the moment in which it can be read.
      expect([await seen(path), await told(anon)]).toEqual([null, []]);
      expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
      const content = await seen(path);
      expect(content?.includes(bytes.subarray(-20))).toBe(true);
      for (const secret of secrets) expect(content?.includes(secret)).toBe(false);
      expect(await told(anon)).toEqual([true]);

      await hide();
      expect(await told(anon)).toEqual([]);
      expect(await check()).toEqual({ ...nothing, withdrawn: 1 });
      expect(await seen(path)).toBeNull();
      expect(await told(host.client)).toEqual([false]);
      expect(await gets(host.client, path)).toBe(true);
      expect(await check()).toEqual(nothing);
    }
  });

  test('is not public before it is clean, nor the other that takes its place', async () => {
    const path = await hang();
    expect([await seen(path), await told(anon)]).toEqual([null, []]);
    expect(await check()).toEqual({ ...nothing, cleaned: 1, published: 1, clean: 1 });
    const first = await seen(path);
    await host.client.storage.from('photo-uploads')
      .update(path, telling(type, bytes, 3), { contentType: type });
    expect(await seen(path)).toEqual(first);
    expect(await check()).toEqual({ ...nothing, cleaned: 1, published: 1, clean: 1 });
    const second = await seen(path);
    expect(second).not.toEqual(first);
    for (const secret of secrets) expect(second?.includes(secret)).toBe(false);

    // Refused, neither the new one nor the old one is left.
    await host.client.storage.from('photo-uploads')
      .update(path, Buffer.from('<script>'), { contentType: type });
    expect(await check()).toEqual({ ...nothing, refused: 1 });
    expect([await seen(path), await told(host.client)]).toEqual([null, []]);
    expect(await gets(host.client, path)).toBe(false);
  });

  test('goes from the public when its row or its file goes', async () => {
    const [one, two, three] = [await hang('1.jpg'), await hang('2.jpg'), await hang('3.jpg')];
    await check();
    expect(await told(anon)).toEqual([true, true, true]);
    await host.client.from('listing_photos').delete().eq('storage_path', one).throwOnError();
    await host.client.storage.from('photo-uploads').remove([two]);
    await host.client.storage.from('photo-uploads').move(three, `${listing}/4.jpg`);
    await check();
    for (const path of [one, two, three]) expect(await seen(path)).toBeNull();
    expect(await told(anon)).toEqual([]);

    // Taken up again, it is shown again.
    await host.client.from('listing_photos')
      .insert({ listing_id: listing, storage_path: one, position: 9 }).throwOnError();
    await check();
    expect(await seen(one)).not.toBeNull();
    expect(await told(anon)).toEqual([true]);
  });

  test('goes with the suspension of its host and comes back without it', async () => {
    const path = await hang();
    await check();
    await service.rpc('suspend_person', { profile_id: host.id, reason: 'Fraud.' }).throwOnError();
    expect(await check()).toEqual({ ...nothing, withdrawn: 1 });
    expect([await seen(path), await told(anon)]).toEqual([null, []]);
    expect(await gets(host.client, path)).toBe(true);
    await service.rpc('lift_suspension', { profile_id: host.id }).throwOnError();
    await check();
    expect(await seen(path)).not.toBeNull();
  });

  test('of a home that was hidden is still seen by a guest who booked it, once it is checked', async () => {
    const path = await hang();
    const [guest, stranger] = [await signUp(names.shift()!), await signUp(names.shift()!)];
    await bookAndPay(guest, listing, june(1, 3));
    await hide();
    expect(await gets(guest.client, path)).toBe(false);
    expect(await check()).toEqual({ ...nothing, cleaned: 1, clean: 1 });
    expect([await gets(guest.client, path, false), await told(guest.client)])
      .toEqual([true, [false]]);
    expect([await gets(stranger.client, path), await told(stranger.client)]).toEqual([false, []]);
  });

  test('is read by who does not host it with their token alone, for no address to outlast it', async () => {
    const path = await hang();
    await check();
    const reader = await signUp(names.shift()!);
    expect(await gets(reader.client, path, false)).toBe(true);
    // An address that was signed now would show what comes later, before it is clean and when it is hidden.
    await hide();
    await host.client.storage.from('photo-uploads')
      .update(path, telling(type, bytes, 3), { contentType: type });
    expect(await gets(reader.client, path)).toBe(false);
    expect(await check()).toEqual({ ...nothing, withdrawn: 1, cleaned: 1, clean: 1 });
    expect(await gets(reader.client, path)).toBe(false);
  });
});

describe('whoever is not the server', () => {
  test('puts, changes, removes and moves nothing in the public bucket', async () => {
    const path = await hang();
    const draft = await bring('draft.jpg');
    await check();
    const before = await seen(path);
    const other = await signUp(names.shift()!);
    for (const { client } of [host, other, { client: anon }]) {
      const [shown, brought] = ['listing-photos', 'photo-uploads']
        .map((bucket) => client.storage.from(bucket));
      const deeds = [
        shown!.upload(`${listing}/new.jpg`, bytes, { contentType: type }),
        shown!.upload(path, bytes, { contentType: type, upsert: true }),
        shown!.update(path, bytes, { contentType: type }),
        shown!.move(path, `${listing}/elsewhere.jpg`),
        brought!.move(draft, draft, { destinationBucket: 'listing-photos' }),
        brought!.copy(draft, draft, { destinationBucket: 'listing-photos' }),
        brought!.move(draft, `${host.id}/me.jpg`, { destinationBucket: 'avatar-uploads' }),
        shown!.move(path, path, { destinationBucket: 'photo-uploads' }),
      ];
      for (const deed of deeds) expect((await deed).error).not.toBeNull();
      await shown!.remove([path]);
    }
    expect(await seen(path)).toEqual(before);
    expect(await seen(draft)).toBeNull();
    expect(await gets(host.client, draft)).toBe(true);
  });
});

describe('a call of check-files', () => {
  test('that dies between its steps is followed by one that does the rest', async () => {
    const path = await hang();
    // It cleaned the file and went.
    await claim();
    const clean = await (async () => {
      await asPostgres(`update private.files_to_check set due_at = private.now()`);
      await check();
      return (await seen(path))!;
    })();
    await hide();
    await check();

    // It put the copy there and went.
    await publish();
    await claim();
    expect(await put(path, clean)).toBeNull();
    expect(await check()).toEqual({ ...nothing, clean: 1 });
    expect(await seen(path)).toEqual(clean);

    // It went before it took the copy away.
    await hide();
    expect(await claim()).toMatchObject({ shown: true, to_show: false });
    expect(await check()).toEqual(nothing);
    await moveClock('2 minutes 1 second');
    expect(await check()).toEqual({ ...nothing, withdrawn: 1 });
    expect(await seen(path)).toBeNull();

    // It took the copy away and went.
    await publish();
    await check();
    await hide();
    await claim();
    await service.storage.from('listing-photos').remove([path]);
    await moveClock('2 minutes 1 second');
    expect(await check()).toEqual({ ...nothing, clean: 1 });
    expect(await told(host.client)).toEqual([false]);
  });

  test('that comes late publishes nothing that is not to be public any more', async () => {
    const path = await hang();
    const late = await claim();
    expect(late).toMatchObject({ shown: false, to_show: true });
    await hide();
    expect(await check()).toEqual({ ...nothing, cleaned: 1, clean: 1 });
    expect(await put(path, bytes)).toMatchObject({ statusCode: '403' });
    expect(await seen(path)).toBeNull();
    const { file_id, attempt } = late;
    expect((await service.rpc('finish_file', { file_id, attempt })).data).toBe(false);
  });

  test('that comes late with an old picture is corrected, and so is one that takes away too much', async () => {
    const path = await hang();
    await check();
    const old = (await seen(path))!;
    await host.client.storage.from('photo-uploads')
      .update(path, telling(type, bytes, 3), { contentType: type });
    await check();
    const current = await seen(path);
    expect(current).not.toEqual(old);
    expect(await put(path, old)).toBeNull();
    expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
    expect(await seen(path)).toEqual(current);

    await service.storage.from('listing-photos').remove([path]);
    expect(await told(anon)).toEqual([]);
    expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
    expect(await seen(path)).toEqual(current);
  });

  test('finds at its end that something changed, and leaves the file to the next', async () => {
    const path = await hang();
    await check();
    await hide();
    const { file_id, attempt } = await claim();
    await publish();
    await service.storage.from('listing-photos').remove([path]);
    expect((await service.rpc('finish_file', { file_id, attempt })).data).toBe(false);
    expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
    expect(await seen(path)).not.toBeNull();
  });

  test('takes a file away whose content it cannot read', async () => {
    const path = `${listing}/lost.jpg`;
    // Rows of Storage without their content.
    const lose = (bucket: string) =>
      asPostgres('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, path]);
    await lose('photo-uploads');
    await host.client.from('listing_photos')
      .insert({ listing_id: listing, storage_path: path, position: 1 }).throwOnError();
    await lose('listing-photos');
    expect(await told(anon)).toEqual([true]);
    await hide();
    expect(await check()).toEqual({ ...nothing, failed: 1 });
    expect(await told(host.client)).toEqual([false]);
    expect(await asPostgres(`select bucket_id from storage.objects where name like '%lost%'`))
      .toEqual([{ bucket_id: 'photo-uploads' }]);
  });

  test('is ordered again for what was missed', async () => {
    const [shown, missing, fine] = [await hang('1.jpg'), await hang('2.jpg'), await hang('3.jpg')];
    await check();
    await asPostgres(`delete from public.listing_photos where storage_path = $1`, [shown]);
    await service.storage.from('listing-photos').remove([missing]);
    await asPostgres('delete from private.files_to_check');
    expect(await check()).toEqual(nothing);
    const compare = async () =>
      (await asPostgres<{ ordered: number }>('select private.compare_files(2) as ordered'))
        .map(({ ordered }) => ordered)[0]!;
    let ordered = 0;
    // Twice around all files and more: what is ordered is not ordered again.
    for (let walked = 0; walked < 40; walked += 1) ordered += await compare();
    expect(ordered).toBe(2);
    expect(await check()).toEqual({ ...nothing, published: 1, withdrawn: 1, clean: 1 });
    expect(await Promise.all([shown, missing, fine].map(async (path) => await seen(path) !== null)))
      .toEqual([false, true, true]);
  });
});

test('a home that is hidden while its photo is written takes it along', async () => {
  const path = await hang();
  await check();
  await hide();
  await check();
  await publish();
  const [worker, owner] = [await session(), await session({ ...host, token: '' })];
  await worker.begin();
  await worker.run(
    `insert into storage.objects (bucket_id, name) values ('listing-photos', $1)`,
    [path],
  );
  await owner.begin();
  const hidden = meanwhile(
    owner.run('select public.hide_listing($1)', [listing]),
  );
  await owner.waits();
  await worker.commit();
  await hidden;
  await owner.commit();
  expect(await asPostgres('select name from private.files_to_check')).toEqual([{ name: path }]);
  expect(await claim()).toMatchObject({ shown: true, to_show: false });

  // The other way round the photo does not come.
  await publish();
  await service.storage.from('listing-photos').remove([path]);
  await owner.begin();
  await owner.run('select public.hide_listing($1)', [listing]);
  await worker.begin();
  const written = meanwhile(worker.run(
    `insert into storage.objects (bucket_id, name) values ('listing-photos', $1)`,
    [path],
  ));
  await worker.waits();
  await owner.commit();
  await expect(written).rejects.toThrow('not_public');
  await worker.rollback();
});
