import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import {
  book,
  bookAndPay,
  hostTogether,
  type Member,
  publishHome,
  signUp,
} from '../support/journeys.ts';
import { anonClient, type Client } from '../support/people.ts';
import { runDueJobs, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let stranger: Client;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, stranger] = [await signUp('Hedy'), await signUp('Ada'), await anonClient()];
});

/** The smallest PNG: one transparent pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

test('from an empty draft to a published home', async () => {
  const listing_id = randomUUID();
  const draft = { listing_id, title: 'The Mill', time_zone: 'America/New_York', currency: 'USD' };
  const created = await hedy.client.rpc('create_listing', draft).throwOnError();
  expect(created.data).toMatchObject({ listing_id, status: 'draft', host_id: hedy.id });
  const again = await hedy.client.rpc('create_listing', draft).throwOnError();
  expect(again.data).toEqual(created.data);
  const taken = await ada.client.rpc('create_listing', draft);
  expect(taken).toMatchObject({ status: 409, error: { message: 'id_reused' } });

  const missing = await hedy.client.rpc('publish_listing', { listing_id });
  expect(missing).toMatchObject({
    status: 422,
    error: {
      message: 'listing_incomplete',
      details: 'Still missing: address, country_code, city, description, prices.',
    },
  });
  expect((await stranger.from('listings').select('*').throwOnError()).data).toEqual([]);

  // Where it is: the public point is near, and stays when the rest of the address changes.
  const door = { latitude: 42.6488, longitude: -73.7502 };
  await hedy.client.from('listing_addresses')
    .insert({ listing_id, street: '11 State Street', ...door }).throwOnError();
  const pointOf = async () =>
    (await hedy.client.from('listings').select('latitude, longitude').eq('listing_id', listing_id)
      .single().throwOnError()).data;
  const point = await pointOf();
  const metres = Math.hypot(
    (point.latitude! - door.latitude) * 111_320,
    (point.longitude! - door.longitude) * 111_320 * Math.cos(door.latitude * Math.PI / 180),
  );
  expect(metres).toBeGreaterThan(149);
  expect(metres).toBeLessThan(451);
  await hedy.client.from('listing_addresses').update({ ...door, unit: '2b' })
    .eq('listing_id', listing_id).throwOnError();
  expect(await pointOf()).toEqual(point);

  await hedy.client.from('listings').update({
    description: 'A mill by the river.',
    country_code: 'US',
    city: 'Albany',
  }).eq('listing_id', listing_id).throwOnError();
  await hedy.client.from('listing_amenities')
    .insert([{ listing_id, amenity: 'wifi' }, { listing_id, amenity: 'sauna' }]).throwOnError();
  await hedy.client.from('listing_prices').insert({ listing_id, base_price_minor: 10_000 })
    .throwOnError();

  const { data: published } = await hedy.client.rpc('publish_listing', { listing_id })
    .throwOnError();
  expect(published).toMatchObject({ status: 'published' });
  const { data: seen } = await stranger.from('listings')
    .select('title, listing_amenities(amenity), listing_prices(base_price_minor)')
    .order('amenity', { referencedTable: 'listing_amenities' })
    .eq('listing_id', listing_id).single().throwOnError();
  expect(seen).toEqual({
    title: 'The Mill',
    listing_amenities: [{ amenity: 'sauna' }, { amenity: 'wifi' }],
    listing_prices: { base_price_minor: 10_000 },
  });
  expect((await stranger.from('profiles').select('display_name').throwOnError()).data)
    .toEqual([{ display_name: 'Hedy' }]);

  // Hidden, it is out of sight for others and still there for its host.
  await hedy.client.rpc('hide_listing', { listing_id }).throwOnError();
  expect((await stranger.from('listings').select('*').throwOnError()).data).toEqual([]);
  expect((await book(ada, listing_id, june(1, 2))).error?.message).toBe('listing_not_found');
  expect((await hedy.client.from('listings').select('status').throwOnError()).data)
    .toEqual([{ status: 'hidden' }]);
  await hedy.client.rpc('publish_listing', { listing_id }).throwOnError();
  expect((await book(ada, listing_id, june(1, 2))).error).toBeNull();
});

test('photos are uploaded, shown in their order, and kept from others', async () => {
  const listing_id = await publishHome(hedy);
  const names = ['mill.png', 'river.png', 'kitchen.png'];
  for (const [place, name] of names.entries()) {
    const storage_path = `${listing_id}/${name}`;
    const { error } = await hedy.client.storage.from('photo-uploads')
      .upload(storage_path, pixel, { contentType: 'image/png' });
    expect(error).toBeNull();
    await hedy.client.from('listing_photos')
      .insert({ listing_id, storage_path, position: place + 1 }).throwOnError();
  }
  const photos = async () =>
    (await stranger.from('listing_photos').select('photo_id, storage_path')
      .eq('listing_id', listing_id).order('position').throwOnError()).data;
  expect(await photos()).toEqual([]);
  await runDueJobs();
  const before = await photos();
  await hedy.client.rpc('order_photos', {
    listing_id,
    photo_ids: before.map((photo) => photo.photo_id).toReversed(),
  }).throwOnError();
  expect((await photos()).map((photo) => photo.storage_path.split('/')[1]))
    .toEqual(names.toReversed());
  const partly = await hedy.client.rpc('order_photos', {
    listing_id,
    photo_ids: [before[0]!.photo_id],
  });
  expect(partly).toMatchObject({ status: 422, error: { message: 'photos_do_not_match' } });

  const { data: { publicUrl } } = stranger.storage.from('listing-photos')
    .getPublicUrl(`${listing_id}/mill.png`);
  const file = await fetch(publicUrl);
  expect(file.headers.get('content-type')).toContain('image/png');
  expect(Buffer.from(await file.arrayBuffer()).equals(pixel)).toBe(true);

  // Neither another member nor a stranger puts, replaces or removes anything there.
  for (const client of [ada.client, stranger]) {
    const bucket = client.storage.from('photo-uploads');
    for (const upsert of [false, true]) {
      const path = `${listing_id}/${upsert ? 'mill' : 'intruder'}.png`;
      const { error } = await bucket.upload(path, pixel, { contentType: 'image/png', upsert });
      expect(error).not.toBeNull();
    }
    await bucket.remove([`${listing_id}/mill.png`]);
    expect((await fetch(`${publicUrl}?again`)).status).toBe(200);
    const { error: row } = await client.from('listing_photos')
      .insert({ listing_id, storage_path: `${listing_id}/mill2.png`, position: 9 });
    expect(row?.code).toBe('42501');
  }
  const script = await hedy.client.storage.from('photo-uploads')
    .upload(`${listing_id}/page.html`, '<script>', { contentType: 'text/html' });
  expect(script.error).not.toBeNull();
  const elsewhere = await hedy.client.storage.from('photo-uploads')
    .upload(`${randomUUID()}/mill.png`, pixel, { contentType: 'image/png' });
  expect(elsewhere.error).not.toBeNull();
});

test('a host keeps the calendar: blocks, prices, days without arrivals', async () => {
  const listing_id = await publishHome(hedy);
  const { client } = hedy;
  await client.rpc('block_nights', {
    listing_id,
    check_in: '2031-06-10',
    check_out: '2031-06-13',
    note: 'Painting',
  }).throwOnError();
  await client.rpc('set_calendar', {
    listing_id,
    starts_on: '2031-06-02',
    ends_on: '2031-06-04',
    price_minor: 15_000,
    minimum_nights: 2,
  }).throwOnError();
  await client.rpc('set_calendar', {
    listing_id,
    starts_on: '2031-06-05',
    ends_on: '2031-06-06',
    closed_to_arrival: true,
    closed_to_departure: true,
  }).throwOnError();

  const { data: days } = await stranger.rpc('listing_calendar', {
    listing_id,
    starts_on: '2031-06-01',
    ends_on: '2031-06-14',
  }).throwOnError();
  expect(
    days.map((day) =>
      [
        day.day?.slice(8),
        day.available ? 'free' : 'taken',
        day.price_minor,
        day.minimum_nights,
        `${day.arrival_allowed ? 'in' : ''}${day.departure_allowed ? 'out' : ''}`,
      ].join(' ')
    ),
  ).toEqual([
    '01 free 10000 1 inout',
    '02 free 15000 2 inout',
    '03 free 15000 2 inout',
    '04 free 10000 1 inout',
    '05 free 10000 1 ',
    '06 free 10000 1 inout',
    '07 free 10000 1 inout',
    '08 free 10000 1 inout',
    '09 free 10000 1 inout',
    '10 taken 10000 1 out',
    '11 taken 10000 1 out',
    '12 taken 10000 1 out',
    '13 free 10000 1 inout',
  ]);
  const refusal = async (checkIn: number, checkOut: number) =>
    (await book(ada, listing_id, june(checkIn, checkOut))).error?.message;
  expect(await refusal(2, 3)).toBe('below_minimum_nights');
  expect(await refusal(5, 6)).toBe('arrival_not_allowed');
  expect(await refusal(4, 5)).toBe('departure_not_allowed');
  expect(await refusal(9, 11)).toBe('nights_taken');
  // A stay may end where a block begins.
  expect(await refusal(9, 10)).toBeUndefined();

  const overStay = await client.rpc('block_nights', {
    listing_id,
    check_in: '2031-06-08',
    check_out: '2031-06-12',
  });
  expect(overStay).toMatchObject({ status: 409, error: { message: 'nights_taken' } });
  const { data: left } = await client.rpc('unblock_nights', {
    listing_id,
    check_in: '2031-06-11',
    check_out: '2031-06-12',
  }).throwOnError();
  expect(left.map((block) => [block.check_in, block.check_out, block.note])).toEqual([
    ['2031-06-10', '2031-06-11', 'Painting'],
    ['2031-06-12', '2031-06-13', 'Painting'],
  ]);
});

test('co-hosts do what their role allows, and no more', async () => {
  const listing_id = await publishHome(hedy, { instantBook: false });
  const [carla, frida] = [await signUp('Carla'), await signUp('Frida')];
  await hostTogether(hedy, carla, listing_id, 'calendar');
  await hostTogether(hedy, frida, listing_id, 'full');
  const booking_id = await bookAndPay(ada, listing_id, june(1, 3));

  const nights = { listing_id, check_in: '2031-06-20', check_out: '2031-06-21' };
  await carla.client.rpc('block_nights', nights).throwOnError();
  const rename = (member: Member) =>
    member.client.from('listings').update({ title: `${member.name}’s mill` })
      .eq('listing_id', listing_id).select('title').throwOnError();
  expect((await rename(carla)).data).toEqual([]);
  const price = await carla.client.from('listing_prices').update({ base_price_minor: 1 })
    .eq('listing_id', listing_id).select().throwOnError();
  expect(price.data).toEqual([]);
  expect((await carla.client.rpc('accept_booking', { booking_id })).error?.message)
    .toBe('booking_not_found');
  expect((await carla.client.from('bookings').select('*').throwOnError()).data).toEqual([]);

  expect((await rename(frida)).data).toEqual([{ title: 'Frida’s mill' }]);
  await frida.client.rpc('accept_booking', { booking_id }).throwOnError();
  expect((await frida.client.from('host_totals').select('*').throwOnError()).data).toEqual([]);
  const grab = await frida.client.rpc('invite_cohost', {
    invitation_id: crypto.randomUUID(),
    listing_id,
    profile_id: ada.id,
    role: 'full',
  });
  expect(grab).toMatchObject({ status: 403, error: { message: 'not_your_listing' } });

  // A co-host leaves; then the home is as strange to her as to anyone.
  await carla.client.rpc('remove_cohost', { listing_id, profile_id: carla.id }).throwOnError();
  expect((await carla.client.rpc('block_nights', nights)).error?.message).toBe('not_your_listing');
  const ousting = await frida.client.rpc('remove_cohost', { listing_id, profile_id: hedy.id });
  expect(ousting.error?.message).toBe('not_your_listing');
});
