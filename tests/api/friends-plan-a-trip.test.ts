import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeOf } from '../../types/errors.ts';
import { publishHome, signUp } from '../support/journeys.ts';
import { anonClient } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';

test('friends keep homes for a trip, show them around, and lose none when a host goes', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [hedy, ada, grace] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Grace')];
  const mill = await publishHome(hedy);
  const loft = await publishHome(hedy, { title: 'The Loft' });

  // Ada looks around and taps a heart; her list knows the trip it is for.
  const wishlist_id = randomUUID();
  await ada.client.rpc('create_wishlist', {
    wishlist_id,
    name: 'Midsummer',
    check_in: '2031-06-20',
    check_out: '2031-06-23',
    guests: 2,
  }).throwOnError();
  const { data: found } = await ada.client.rpc('search_listings').throwOnError();
  const page = found.map(({ listing_id }) => listing_id ?? '');
  const hearts = async () =>
    (await ada.client.rpc('saved_listings', { listing_ids: page }).throwOnError()).data;
  expect(await hearts()).toEqual([]);
  await ada.client.rpc('save_listing', { wishlist_id, listing_id: mill }).throwOnError();
  await ada.client.rpc('save_listing', { wishlist_id, listing_id: mill }).throwOnError();
  expect(await hearts()).toEqual([{ listing_id: mill, wishlist_ids: [wishlist_id] }]);

  // Nobody else knows of it; Grace joins by the link that Ada sends her.
  expect((await grace.client.from('wishlists').select('*').throwOnError()).data).toEqual([]);
  const join = await ada.client.rpc('share_wishlist', { wishlist_id, purpose: 'join' })
    .throwOnError();
  await grace.client.rpc('join_wishlist', { token: join.data.token ?? '' }).throwOnError();
  await grace.client.rpc('save_listing', { wishlist_id, listing_id: loft }).throwOnError();
  await grace.client.rpc('vote_on_saved_listing', { wishlist_id, listing_id: mill, vote: 'up' })
    .throwOnError();
  await grace.client.rpc('note_saved_listing', { wishlist_id, listing_id: mill, note: 'A wheel!' })
    .throwOnError();
  const cards = async () =>
    (await ada.client.rpc('wishlist_cards', { wishlist_id }).throwOnError()).data;
  expect(await cards()).toMatchObject([
    { title: 'The Loft', added_by_name: 'Grace', total_minor: 34_230, problem: null, up_votes: 0 },
    { title: 'The Mill', added_by_name: 'Ada', note: 'A wheel!', up_votes: 1, own_vote: null },
  ]);
  expect((await grace.client.rpc('wishlist_people', { wishlist_id }).throwOnError()).data)
    .toMatchObject([{ display_name: 'Ada', owner: true }, { display_name: 'Grace', owner: false }]);

  // A friend who has no account gets the link to read, and sees the homes alone.
  const stranger = await anonClient();
  const read = await ada.client.rpc('share_wishlist', { wishlist_id }).throwOnError();
  const token = read.data.token ?? '';
  expect((await stranger.rpc('shared_wishlist', { token }).throwOnError()).data)
    .toMatchObject({ name: 'Midsummer', owner_name: 'Ada', homes: 2 });
  expect((await stranger.rpc('shared_wishlist_cards', { token }).throwOnError()).data)
    .toMatchObject([
      { title: 'The Loft', note: null, added_by_name: null, up_votes: null },
      { title: 'The Mill', note: null, added_by_name: null, up_votes: null },
    ]);
  expect(codeOf((await grace.client.rpc('join_wishlist', { token })).error)).toBe('link_not_found');
  await ada.client.rpc('unshare_wishlist', { wishlist_id, purpose: 'read' }).throwOnError();
  expect(codeOf((await stranger.rpc('shared_wishlist_cards', { token })).error))
    .toBe('link_not_found');

  // Hedy's account is closed: her homes are gone, the cards stay.
  await asPostgres('delete from auth.users where id = $1', [hedy.id]);
  expect(await cards()).toMatchObject([
    { title: 'The Loft', available: false, price_minor: null, problem: 'listing_not_found' },
    { title: 'The Mill', available: false, city: 'Albany', note: 'A wheel!' },
  ]);

  // Ada removes Grace, whose link is dead with it.
  await ada.client.rpc('remove_from_wishlist', { wishlist_id, profile_id: grace.id })
    .throwOnError();
  expect(codeOf((await grace.client.rpc('wishlist_cards', { wishlist_id })).error))
    .toBe('wishlist_not_found');
  expect(
    codeOf((await grace.client.rpc('join_wishlist', { token: join.data.token ?? '' })).error),
  ).toBe('link_not_found');
});
