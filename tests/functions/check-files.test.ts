import { beforeEach, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { anonClient, serviceClient } from '../support/people.ts';
import { plain, secrets, telling, tellingAvif } from '../support/pictures.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
import { call } from './paying.ts';

const names = ['Hedy', 'Ada', 'Grace', 'Joan', 'Mary', 'Radia'];
let host: Member;
let listing: string;

beforeEach(async () => {
  host = await signUp(names.pop()!);
  listing = await publishHome(host);
  await asPostgres('delete from private.files_to_check');
});

const check = async () =>
  (await call('check-files', { headers: { apikey: keys.secret }, body: '{}' })).body;
const nothing = { clean: 0, cleaned: 0, published: 0, withdrawn: 0, refused: 0, failed: 0 };

async function hang(name: string, bytes: Uint8Array, contentType: string, position: number) {
  const storage_path = `${listing}/${name}`;
  const { error } = await host.client.storage.from('photo-uploads')
    .upload(storage_path, bytes, { contentType, cacheControl: '7200' });
  expect(error).toBeNull();
  await host.client.from('listing_photos').insert({ listing_id: listing, storage_path, position })
    .throwOnError();
  return storage_path;
}

/** What everyone gets. */
async function seen(bucket: string, path: string): Promise<Response> {
  const { data } = (await anonClient()).storage.from(bucket).getPublicUrl(path);
  return await fetch(data.publicUrl);
}

const rows = async () =>
  (await (await anonClient()).from('listing_photos').select('storage_path')
    .eq('listing_id', listing).throwOnError()).data?.map(({ storage_path }) => storage_path);

test('photos of a home lose what they tell, and nothing else', async () => {
  const paths: [string, string, Buffer][] = [];
  for (const [place, [, type, bytes]] of plain.entries()) {
    const path = await hang(`${place}`, telling(type, bytes), type, place + 1);
    paths.push([path, type, bytes]);
  }
  const avif = await hang('avif', tellingAvif, 'image/avif', 9);
  expect(await check()).toEqual({ ...nothing, cleaned: 6, published: 6, clean: 6 });
  for (const [path, type, bytes] of paths) {
    const answer = await seen('listing-photos', path);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-control')).toContain('7200');
    const content = Buffer.from(await answer.arrayBuffer());
    for (const secret of secrets) expect(content.includes(secret)).toBe(false);
    expect(content.includes(bytes.subarray(-20))).toBe(true);
  }
  const content = Buffer.from(await (await seen('listing-photos', avif)).arrayBuffer());
  expect(content.includes('Camera')).toBe(false);
  expect(await rows()).toHaveLength(6);
  expect(await check()).toEqual(nothing);

  // Another content under the same name is looked at too.
  const [path, type, bytes] = paths[0]!;
  await host.client.storage.from('photo-uploads')
    .update(path, telling(type as 'image/jpeg', bytes), { contentType: type });
  expect(await check()).toEqual({ ...nothing, cleaned: 1, clean: 1 });
});

test('a file that is not what it says is removed, and its host alone is told', async () => {
  const [, type, bytes] = plain[0]!;
  const page = await hang('page.jpg', Buffer.from('<script>'), 'image/jpeg', 1);
  const other = await hang('other.png', bytes, 'image/png', 2);
  const good = await hang('good.jpg', bytes, type, 3);
  expect(await check()).toEqual({ ...nothing, published: 1, clean: 1, refused: 2 });
  expect(await rows()).toEqual([good]);
  for (const path of [page, other]) {
    expect((await seen('listing-photos', path)).ok).toBe(false);
  }
  const told = async ({ client }: Pick<Member, 'client'>) =>
    (await client.from('refused_files').select('name, problem').order('problem')).data;
  expect(await told(host)).toEqual([
    { name: page, problem: 'not_an_image' },
    { name: other, problem: 'wrong_type' },
  ]);
  expect(await told(await signUp(names.pop()!))).toEqual([]);
  expect(await told({ client: await anonClient() })).toBeNull();

  // With a picture of the name the word goes.
  await hang('page.jpg', bytes, type, 1);
  expect(await told(host)).toEqual([{ name: other, problem: 'wrong_type' }]);
  expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
});

test("a picture of a person is cleaned too, and one that is none is nobody's face", async () => {
  const avatars = host.client.storage.from('avatar-uploads');
  const [, type, bytes] = plain[2]!;
  const path = `${host.id}/me.png`;
  const wear = async (content: Buffer) => {
    const { error } = await avatars.upload(path, content, { contentType: type, upsert: true });
    expect(error).toBeNull();
    await host.client.from('profiles').update({ avatar_path: path }).eq('profile_id', host.id)
      .throwOnError();
  };
  const face = async () =>
    (await host.client.from('profiles').select('avatar_path').eq('profile_id', host.id).single()
      .throwOnError()).data.avatar_path;
  await wear(telling(type, bytes));
  expect((await seen('avatars', path)).ok).toBe(false);
  expect(await check()).toEqual({ ...nothing, cleaned: 1, published: 1, clean: 1 });
  const content = Buffer.from(await (await seen('avatars', path)).arrayBuffer());
  for (const secret of secrets) expect(content.includes(secret)).toBe(false);
  expect(await face()).toBe(path);

  await wear(Buffer.from('GIF89a'));
  expect(await check()).toEqual({ ...nothing, refused: 1 });
  expect(await face()).toBeNull();
  expect((await seen('avatars', path)).ok).toBe(false);
  expect((await host.client.from('refused_files').select('profile_id, problem')).data)
    .toEqual([{ profile_id: host.id, problem: 'not_an_image' }]);
});

test('a worker that died or found another content leaves the file to the next', async () => {
  const page = await hang('page.jpg', Buffer.from('<script>'), 'image/jpeg', 1);
  const service = await serviceClient();
  const claim = async () => (await service.rpc('claim_files', { most: 10 }).throwOnError()).data;
  const [first] = await claim();
  expect(first).toMatchObject({
    bucket_id: 'photo-uploads',
    name: page,
    type: 'image/jpeg',
    public_bucket: 'listing-photos',
    brought: true,
    shown: false,
    to_show: true,
  });
  expect(await claim()).toEqual([]);
  // It said why and did not come to remove it.
  const refuse = {
    file_id: first!.file_id,
    attempt: first!.attempt,
    problem: 'not_an_image',
  } as const;
  expect((await service.rpc('refuse_file', refuse)).data).toBe(true);
  expect((await service.rpc('refuse_file', refuse)).data).toBe(true);
  expect(await check()).toEqual(nothing);
  await moveClock('2 minutes 1 second');
  expect(await check()).toEqual({ ...nothing, refused: 1 });
  expect((await seen('listing-photos', page)).ok).toBe(false);

  // What was read before the content changed has no say.
  const [, type, bytes] = plain[0]!;
  const path = await hang('late.jpg', Buffer.from('<script>'), type, 2);
  const [old] = await claim();
  await host.client.storage.from('photo-uploads').update(path, bytes, { contentType: type });
  const { file_id, attempt } = old!;
  expect((await service.rpc('refuse_file', { file_id, attempt, problem: 'not_an_image' })).data)
    .toBe(false);
  expect((await service.rpc('finish_file', { file_id, attempt })).data).toBe(false);
  expect(await check()).toEqual({ ...nothing, published: 1, clean: 1 });
  expect(await rows()).toEqual([path]);
});
