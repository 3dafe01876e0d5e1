import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import {
  book,
  bookAndPay,
  type Member,
  publishHome,
  signUp,
  statusOf,
} from '../support/journeys.ts';
import { anonClient, serviceClient } from '../support/people.ts';
import { setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let sam: Member;
let listing: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, sam] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Sam')];
  listing = await publishHome(hedy);
  await (await serviceClient()).rpc('add_staff', { profile_id: sam.id }).throwOnError();
});

const photo = new Blob(['not really a picture'], { type: 'image/jpeg' });
const found = async () =>
  (await (await anonClient()).rpc('search_listings').throwOnError()).data.length;

test('a report with evidence is decided once, and the host is told', async () => {
  const report_id = randomUUID();
  const report = { report_id, subject: 'listing', subject_id: listing, category: 'fraud' } as const;
  await ada.client.rpc('file_report', { ...report, body: 'No such house.' }).throwOnError();
  const path = `${ada.id}/${report_id}/street.jpg`;
  const evidence = ({ client }: Member) => client.storage.from('evidence');
  expect((await evidence(ada).upload(path, photo)).error).toBeNull();
  expect((await evidence(hedy).upload(`${ada.id}/${report_id}/forged.jpg`, photo)).error)
    .not.toBeNull();
  expect(
    (await evidence(ada).upload(`${ada.id}/${report_id}/run.sh`, new Blob(['#!'])))
      .error,
  ).not.toBeNull();
  expect((await evidence(hedy).download(path)).error).not.toBeNull();
  expect((await evidence(ada).remove([path])).data).toEqual([]);

  const names = async (member: Member, folder: string) =>
    (await evidence(member).list(folder)).data?.map(({ name, id }) => `${name} ${id !== null}`);
  const second = await evidence(ada).upload(`${ada.id}/${report_id}/again.jpg`, photo);
  expect(second.error).toBeNull();
  expect(await names(ada, ada.id)).toEqual([`${report_id} false`]);
  expect(await names(ada, `${ada.id}/${report_id}/`)).toEqual([
    'again.jpg true',
    'street.jpg true',
  ]);
  expect(await names(hedy, `${ada.id}/${report_id}`)).toEqual([]);
  const rest = await evidence(ada).list(`${ada.id}/${report_id}`, { limit: 1, offset: 1 });
  expect(rest.data).toMatchObject([{ name: 'street.jpg' }]);

  const { data: [open] } = await sam.client.rpc('staff_reports').throwOnError();
  expect(open).toMatchObject({
    ...report,
    reporter_id: ada.id,
    profile_id: hedy.id,
    evidence: [`${ada.id}/${report_id}/again.jpg`, path],
  });
  expect(await (await evidence(sam).download(path)).data?.text()).toBe('not really a picture');
  await sam.client.rpc('staff_claim_report', { report_id }).throwOnError();
  const decision = {
    report_id,
    measures: ['warn', 'hide_listing'] as ('warn' | 'hide_listing')[],
    reason: 'The street view shows a field.',
    notice: 'Show us that the house is there.',
  };
  const decided = await sam.client.rpc('staff_decide_report', decision).throwOnError();
  expect(decided.data).toMatchObject({ status: 'closed', measures: ['warn', 'hide_listing'] });
  expect((await sam.client.rpc('staff_decide_report', decision).throwOnError()).data)
    .toEqual(decided.data);

  expect(await found()).toBe(0);
  expect((await hedy.client.rpc('publish_listing', { listing_id: listing })).error?.message)
    .toBe('hidden_by_staff');
  const told = await hedy.client.from('moderation_notices').select('measure, notice')
    .order('measure').throwOnError();
  expect(told.data).toEqual([
    { measure: 'warn', notice: decision.notice },
    { measure: 'hide_listing', notice: decision.notice },
  ]);
  const mine = await ada.client.from('reports').select('status').throwOnError();
  expect(mine.data).toEqual([{ status: 'closed' }]);

  await sam.client.rpc('staff_show_listing', { listing_id: listing, reason: 'It is there.' })
    .throwOnError();
  await hedy.client.rpc('publish_listing', { listing_id: listing }).throwOnError();
  expect(await found()).toBe(1);
});

test('a suspension closes every door at once, to a token that is still good', async () => {
  const mallory = await signUp('Mallory');
  const den = await publishHome(mallory, { title: 'The Den' });
  const stay = await bookAndPay(ada, den, june(1, 3));
  const held = await book(mallory, listing, june(5, 6));
  const report_id = randomUUID();
  await mallory.client.rpc('file_report', {
    report_id,
    subject: 'listing',
    subject_id: listing,
    category: 'spam',
  }).throwOnError();
  expect(await found()).toBe(2);
  const bring = async (bucket: string, path: string) =>
    (await mallory.client.storage.from(bucket).upload(path, photo)).error;
  expect(await bring('photo-uploads', `${den}/before.jpg`)).toBeNull();
  expect(await bring('evidence', `${mallory.id}/${report_id}/before.jpg`)).toBeNull();

  await sam.client.rpc('staff_suspend', { profile_id: mallory.id, reason: 'Fraud.' })
    .throwOnError();

  // Verbs, tables, files, functions.
  const { client } = mallory;
  const verb = await client.rpc('block_person', { profile_id: ada.id });
  expect(verb).toMatchObject({ status: 403, error: { message: 'account_suspended' } });
  const writes = [
    client.from('profiles').update({ about: 'Still here' }).eq('profile_id', mallory.id).select(),
    client.from('private_profiles').update({ phone: '+4930123456' }).eq('profile_id', mallory.id)
      .select(),
    client.from('listings').update({ title: 'The Lair' }).eq('listing_id', den).select(),
    client.from('listing_prices').update({ base_price_minor: 1 }).eq('listing_id', den).select(),
    client.from('listing_access').update({ door_code: '0000' }).eq('listing_id', den).select(),
  ];
  for (const write of writes) expect((await write).data).toEqual([]);
  const row = await client.from('listing_photos')
    .insert({ listing_id: den, storage_path: `${den}/a.jpg`, position: 1 });
  expect(row.error?.code).toBe('42501');
  expect(await bring('photo-uploads', `${den}/after.jpg`)).not.toBeNull();
  expect(await bring('evidence', `${mallory.id}/${report_id}/after.jpg`)).not.toBeNull();
  for (
    const [name, body] of [
      ['create-payment', { booking_id: held.booking_id }],
      ['host-account', { country_code: 'US', return_url: 'https://example.com/' }],
    ] as const
  ) {
    const { error } = await client.functions.invoke(name, { body });
    expect(await error.context.json()).toMatchObject({ code: 'account_suspended' });
  }

  // What was confirmed goes on, for both; what was not is over.
  expect(await found()).toBe(1);
  expect((await book(ada, den, june(10, 11))).error?.message).toBe('host_unavailable');
  expect(await statusOf(mallory, held.booking_id)).toBe('expired');
  expect([await statusOf(mallory, stay), await statusOf(ada, stay)]).toEqual([
    'confirmed',
    'confirmed',
  ]);
  const contacts = await client.rpc('booking_contacts', { booking_id: stay });
  expect(contacts.error?.message).toBe('booking_not_found');

  await sam.client.rpc('staff_lift_suspension', { profile_id: mallory.id, reason: 'A mistake.' })
    .throwOnError();
  expect(await found()).toBe(2);
  expect((await client.rpc('block_person', { profile_id: ada.id })).error).toBeNull();
});

test('what staff and money did stands in the log, without a word about anyone', async () => {
  const { data } = await sam.client.rpc('staff_audit_log', { page_size: 200 }).throwOnError();
  const actions = new Set(data.map(({ action }) => action));
  expect([...actions]).toEqual(expect.arrayContaining([
    'staff.added',
    'decision.warn',
    'hidden_listing.added',
    'suspension.added',
    'payment.captured',
    'payout.scheduled',
  ]));
  expect(JSON.stringify(data)).not.toMatch(/Mallory|example\.com|Fraud\./);
  const byHand = data.filter(({ actor_id }) => actor_id === sam.id);
  expect(byHand.length).toBeGreaterThan(5);
  expect((await ada.client.rpc('staff_audit_log')).error?.message).toBe('staff_only');
});
