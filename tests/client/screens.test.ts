// The questions of a marketplace's screens, asked of the real API by the people who see them.
import { beforeAll, expect, expectTypeOf, test } from 'vitest';
import {
  booking,
  call,
  callFunction,
  codeOf,
  conversation,
  createCache,
  createStaybase,
  forgetWithSession,
  home,
  hostBookings,
  hosting,
  inbox,
  must,
  notifications,
  type PaymentToMake,
  type Query,
  query,
  quote,
  search,
  trips,
  unreadNotifications,
  wishlist,
  wishlists,
} from '@staybase/client';
import { keys } from '../../local/keys.ts';
import { bookAndPay, type Member, publishHome, signUp } from '../support/journeys.ts';
import { freshDatabase, runDueJobs, setClock, testApi } from '../support/stack.ts';
import { june } from '../support/stays.ts';

const answer = <Answer>(query: Query<Answer>) => query.run(new AbortController().signal);

let host: Member, guest: Member, stranger: Member, listing_id: string, booking_id: string;
const stay = () => ({ listing_id, check_in: '2031-06-20', check_out: '2031-06-23', guests: 2 });

beforeAll(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
  host = await signUp('Ada');
  guest = await signUp('Grace');
  stranger = await signUp('Hedy');
  listing_id = await publishHome(host);
  booking_id = await bookAndPay(guest, listing_id, june(2, 5));
  await runDueJobs();
});

test('a search is a list, a map and filters under one set of criteria', async () => {
  const { url } = await testApi();
  const anyone = createStaybase(url, keys.publishable, { auth: { persistSession: false } });
  const box = { west: -74, south: 42, east: -73, north: 43 };
  const found = search(anyone, { ...box, sort: 'price', guests: 2 });
  const [home] = await answer(found.list());
  expect(home).toMatchObject({ listing_id, currency: 'USD' });
  expect(await answer(found.list({ after: home!.cursor, page_size: 5 }))).toEqual([]);
  expect(await answer(found.pins)).toMatchObject([{ listing_id }]);
  expect(await answer(found.facets)).toMatchObject({ homes: 1 });

  expect(await answer(found.screen())).toEqual({
    page: [home],
    pins: await answer(found.pins),
    facets: await answer(found.facets),
  });

  // One question has one key, in whatever order it was put; another has another.
  const again = search(anyone, { guests: 2, sort: 'price', ...box, pets: undefined! });
  expect(again.list().key).toBe(found.list().key);
  expect(again.pins.key).toBe(found.pins.key);
  expect(search(anyone, { ...box, guests: 3 }).pins.key).not.toBe(found.pins.key);
});

test('everyone reads the page of a home and a quote with what would be refunded', async () => {
  const page = await answer(home(stranger.client, listing_id));
  expectTypeOf(page.host.display_name).toEqualTypeOf<string>();
  expect(page).toMatchObject({ title: 'The Mill', host: { display_name: 'Ada' }, reviews: [] });
  const { quote: priced, refunds } = await answer(quote(stranger.client, stay()));
  expect(priced.total_minor).toBeGreaterThan(0);
  expect(refunds.steps.length).toBeGreaterThan(0);
  const error = await answer(quote(stranger.client, { ...stay(), guests: 40 }))
    .catch((error) => error);
  expect(codeOf(error)).toBe('too_many_guests');
});

test('a stay is a trip for its guest, a booking for its host and invisible to a stranger', async () => {
  expect(await answer(trips(guest.client, guest.id))).toMatchObject([
    { booking_id, status: 'confirmed', listings: { title: 'The Mill' } },
  ]);
  expect(await answer(trips(host.client, host.id))).toEqual([]);
  expect(await answer(hostBookings(host.client, host.id, '2031-05-20'))).toMatchObject([
    { booking_id, guest: { display_name: 'Grace' }, listings: { title: 'The Mill' } },
  ]);
  expect(await answer(hostBookings(guest.client, guest.id, '2031-05-20'))).toEqual([]);
  expect(await answer(hosting(host.client, host.id))).toMatchObject([
    { role: 'owner', listings: { listing_id, status: 'published' } },
  ]);
  const [hers, hosts] = [
    await answer(booking(guest.client, booking_id)),
    await answer(booking(host.client, booking_id)),
  ];
  expect(hers.guest_totals!.total_minor).toBeGreaterThan(hers.subtotal_minor);
  expect(hers.host_totals).toBeNull();
  expect(hosts.guest_totals).toBeNull();
  expect(hosts.host_totals!.payout_minor).toBeGreaterThan(0);
  const error = await answer(booking(stranger.client, booking_id)).catch((error) => error);
  expect(codeOf(error)).toBe('not_found');
});

test('an inbox, its conversations and the bell come in pages', async () => {
  const { conversation_id } = await call(stranger.client, 'start_conversation', {
    message_id: crypto.randomUUID(),
    listing_id,
    body: 'Is it quiet?',
  });
  const send = (body: string) =>
    call(stranger.client, 'send_message', {
      message_id: crypto.randomUUID(),
      conversation_id,
      body,
    });
  await send('Very quiet?');
  const [card, older] = await answer(inbox(host.client));
  expect(card).toMatchObject({ conversation_id, with_name: 'Hedy', unread: 2 });
  expect(await answer(inbox(host.client, card!))).toEqual([older]);
  const messages = await answer(conversation(host.client, conversation_id));
  expect(messages.map(({ body }) => body)).toEqual(['Very quiet?', 'Is it quiet?']);
  expect(await answer(conversation(host.client, conversation_id, messages[0]!.position)))
    .toEqual(messages.slice(1));
  expect(await answer(conversation(guest.client, conversation_id))).toEqual([]);

  const told = await answer(notifications(host.client));
  expect(told.map(({ template }) => template)).toContain('message_received');
  expect(await answer(unreadNotifications(host.client))).toBe(told.length);
  expect(await answer(notifications(host.client, told[0]!))).toEqual(told.slice(1));
  await call(host.client, 'mark_notifications_read');
  expect(await answer(unreadNotifications(host.client))).toBe(0);
});

test('a wishlist is shown to the person who created it', async () => {
  const wishlist_id = crypto.randomUUID();
  await call(stranger.client, 'create_wishlist', { wishlist_id, name: 'Rivers' });
  await call(stranger.client, 'save_listing', { wishlist_id, listing_id });
  expect(await answer(wishlists(stranger.client))).toMatchObject([{ wishlist_id, homes: 1 }]);
  expect(await answer(wishlist(stranger.client, wishlist_id))).toMatchObject([{ listing_id }]);
  expect(await answer(wishlists(guest.client))).toEqual([]);
});

test('an edge function answers with its declared type, and refuses with a code', async () => {
  const hold = await call(stranger.client, 'request_booking', {
    ...stay(),
    booking_id: crypto.randomUUID(),
    expected_total_minor: (await call(stranger.client, 'quote_stay', stay())).total_minor,
  });
  const payment = await callFunction(stranger.client, 'create-payment', {
    booking_id: hold.booking_id,
  });
  expectTypeOf(payment).toEqualTypeOf<PaymentToMake>();
  expect(payment).toMatchObject({ mode: 'payment', amount_minor: hold.total_minor });
  const refused = (client: typeof guest.client) =>
    callFunction(client, 'create-payment', { booking_id: hold.booking_id }).catch(codeOf);
  expect(await refused(guest.client)).toBe('booking_not_found');
  const { url } = await testApi();
  const anyone = createStaybase(url, keys.publishable, { auth: { persistSession: false } });
  expect(await refused(anyone)).toBe('sign_in_required');
});

test('an aborted verb does not answer', async () => {
  const abort = new AbortController();
  const asking = quote(guest.client, stay()).run(abort.signal);
  abort.abort();
  expect(codeOf(await asking.catch((error) => error))).toBe('network_error');
});

test('the answers of one person are gone when another signs in, and stay when a token is renewed', async () => {
  const { url } = await testApi();
  const browser = createStaybase(url, keys.publishable, { auth: { persistSession: false } });
  const [cache, asked] = [createCache(), { times: 0 }];
  const end = forgetWithSession(browser, cache);
  const enter = (who: Member) =>
    must(browser.auth.signInWithPassword({
      email: who.email,
      password: `correct horse battery ${who.name}`,
    }));
  await enter(guest);
  const mine = query('mine', {}, async () => {
    asked.times += 1;
    return (await browser.auth.getUser()).data.user?.id;
  });
  expect(await cache.load(mine)).toBe(guest.id);
  await must(browser.auth.refreshSession());
  expect(await cache.load(mine)).toBe(guest.id);
  expect(asked.times).toBe(1);
  await enter(host);
  await expect.poll(() => cache.load(mine)).toBe(host.id);
  await browser.auth.signOut();
  await expect.poll(() => cache.load(mine)).toBeUndefined();
  end();
});
