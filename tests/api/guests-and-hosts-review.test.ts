import { beforeAll, expect, test } from 'vitest';
import { codeOf } from '../../types/index.ts';
import { bookAndPay, type Member, publishHome, signUp, timePasses } from '../support/journeys.ts';
import { anonClient, type Client, makeStaff } from '../support/people.ts';
import { asPostgres, moveClock, setClock } from '../support/stack.ts';

let ada: Member;
let grace: Member;
let hedy: Member;
let alan: Member;
let sam: Member;
let visitor: Client;
let mill: string;
let tower: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [ada, grace, hedy, alan, sam] = [
    await signUp('Ada'),
    await signUp('Grace'),
    await signUp('Hedy'),
    await signUp('Alan'),
    await signUp('Sam'),
  ];
  await makeStaff(sam);
  visitor = await anonClient();
  mill = await publishHome(hedy);
  tower = await publishHome(alan, { instantBook: false, title: 'The Tower' });
});

const stars = {
  stars: 4,
  cleanliness: 5,
  accuracy: 4,
  check_in: 5,
  communication: 5,
  location: 3,
  value: 4,
};
const ofGuest = { stars: 5, cleanliness: 5, communication: 4, house_rules: 5 };

/** Every way in which somebody may come across a review of this booking. */
async function reviewsFound(client: Client, booking: string): Promise<number> {
  const plain = await client.from('reviews').select('*', { count: 'exact' })
    .eq('booking_id', booking).throwOnError();
  const counted = await client.from('reviews').select('*', { count: 'exact', head: true })
    .eq('booking_id', booking);
  const inside = await client.from('listings').select('listing_id, reviews(booking_id)')
    .eq('listing_id', mill).single().throwOnError();
  const embedded = inside.data.reviews.filter(({ booking_id }) => booking_id === booking);
  const filtered = await client.from('listings').select('listing_id, reviews!inner(booking_id)')
    .eq('reviews.booking_id', booking).throwOnError();
  expect([plain.count, counted.count, embedded.length, filtered.data.length])
    .toEqual(Array.from({ length: 4 }, () => plain.data.length));
  return plain.data.length;
}

test('Ada and Hedy review each other, and neither can tell what the other did before both have', async () => {
  const booking_id = await bookAndPay(ada, mill, { checkIn: '2031-06-02', checkOut: '2031-06-05' });
  const early = await ada.client.rpc('review_stay', { booking_id, ...stars });
  expect(codeOf(early.error)).toBe('review_not_open');

  await setClock('2031-06-05T18:00:00Z');
  await timePasses();
  const mine = await ada.client.rpc('review_stay', { booking_id, ...stars, body: 'Quiet.' })
    .throwOnError();
  expect(mine.data).toMatchObject({ ...stars, author_name: 'Ada', revealed_at: null });
  expect(await reviewsFound(ada.client, booking_id)).toBe(1);
  for (const client of [hedy.client, grace.client, alan.client, visitor]) {
    expect(await reviewsFound(client, booking_id)).toBe(0);
  }
  const { data: booked } = await hedy.client.from('bookings')
    .select('reviews(review_id), guest_reviews(review_id)').eq('booking_id', booking_id).single()
    .throwOnError();
  expect(booked).toEqual({ reviews: null, guest_reviews: null });
  expect((await visitor.from('listing_ratings').select()).data).toEqual([]);

  const hers = await hedy.client.rpc('review_guest', { booking_id, ...ofGuest, body: 'Kind.' })
    .throwOnError();
  expect(hers.data.revealed_at).not.toBeNull();
  for (const client of [ada.client, hedy.client, grace.client, visitor]) {
    expect(await reviewsFound(client, booking_id)).toBe(1);
  }
  const { data: said } = await ada.client.from('guest_reviews').select('body, author_name')
    .throwOnError();
  expect(said).toEqual([{ body: 'Kind.', author_name: 'Hedy' }]);

  const again = await ada.client.rpc('review_stay', { booking_id, ...stars, body: 'Quiet.' });
  expect(again.error).toBeNull();
  const other = await ada.client.rpc('review_stay', { booking_id, ...stars, stars: 1 });
  expect(codeOf(other.error)).toBe('frozen');
  const { data: rating } = await visitor.from('listing_ratings').select('review_count, rating')
    .single().throwOnError();
  expect(rating).toEqual({ review_count: 1, rating: null });
  const { data: found } = await visitor.rpc('search_listings', { sort: 'rating' }).throwOnError();
  expect(found.map(({ review_count, rating }) => [review_count, rating]).sort())
    .toEqual([[0, null], [1, null]]);

  const review_id = mine.data.review_id ?? '';
  await hedy.client.rpc('reply_to_review', { review_id, reply: 'Come again.' }).throwOnError();
  const notAda = await ada.client.rpc('reply_to_review', { review_id, reply: 'I will.' });
  expect(codeOf(notAda.error)).toBe('review_not_found');
  const { data: read } = await visitor.from('reviews').select('stars, reply').single()
    .throwOnError();
  expect(read).toEqual({ stars: 4, reply: 'Come again.' });
});

test('Alan reads what was said of Ada before he takes her', async () => {
  const listing = { listing_id: tower, check_in: '2031-07-01', check_out: '2031-07-03', guests: 1 };
  expect((await alan.client.from('guest_reviews').select()).data).toEqual([]);
  const { data: quote } = await ada.client.rpc('quote_stay', listing).throwOnError();
  const booking_id = crypto.randomUUID();
  await ada.client.rpc('request_booking', {
    ...listing,
    booking_id,
    expected_total_minor: quote.total_minor ?? -1,
  }).throwOnError();
  expect((await alan.client.from('guest_reviews').select()).data).toEqual([]);
  await asPostgres(
    `select private.move_booking($1, 'requested', 'system', null, private.now() + interval '1 day')`,
    [booking_id],
  );
  const { data } = await alan.client.from('bookings')
    .select(
      'status, guest:profiles!bookings_guest_id_fkey(guest_reviews!guest_reviews_guest_id_fkey(stars, body), guest_ratings(review_count, rating))',
    )
    .eq('booking_id', booking_id).single().throwOnError();
  expect(data).toEqual({
    status: 'requested',
    guest: {
      guest_reviews: [{ stars: 5, body: 'Kind.' }],
      guest_ratings: { review_count: 1, rating: null },
    },
  });
  expect((await grace.client.from('guest_reviews').select()).data).toEqual([]);
});

test('What Grace said is read when her two weeks are over, though no job has run, and Sam takes it out', async () => {
  await setClock('2031-06-20T12:00:00Z');
  const booking_id = await bookAndPay(grace, mill, {
    checkIn: '2031-06-22',
    checkOut: '2031-06-24',
  });
  await setClock('2031-06-24T15:00:00Z');
  const { data: review } = await grace.client.rpc('review_stay', {
    booking_id,
    ...stars,
    stars: 1,
    body: 'The neighbour is Joe Smith of 4 Mill Lane.',
  }).throwOnError();
  await moveClock('13 days 23 hours');
  expect(await reviewsFound(visitor, booking_id)).toBe(0);
  await moveClock('2 hours');
  expect(await reviewsFound(visitor, booking_id)).toBe(1);
  const late = await hedy.client.rpc('review_guest', { booking_id, ...ofGuest });
  expect(codeOf(late.error)).toBe('review_closed');

  await timePasses();
  const { data: counted } = await visitor.from('listing_ratings').select('review_count').single()
    .throwOnError();
  expect(counted.review_count).toBe(2);
  const review_id = review.review_id ?? '';
  const reason = 'Names a neighbour.';
  const notHedy = await hedy.client.rpc('staff_remove_review', { review_id, reason });
  expect(codeOf(notHedy.error)).toBe('staff_only');
  await sam.client.rpc('staff_remove_review', { review_id, reason }).throwOnError();
  expect(await reviewsFound(visitor, booking_id)).toBe(0);
  expect(await reviewsFound(hedy.client, booking_id)).toBe(0);
  expect(await reviewsFound(grace.client, booking_id)).toBe(1);
  const { data: left } = await visitor.from('listing_ratings').select('review_count').single()
    .throwOnError();
  expect(left.review_count).toBe(1);
});

test('Hedy sees why she is no superhost yet, and nobody else does', async () => {
  const { data } = await hedy.client.rpc('superhost_figures').throwOnError();
  expect(data).toMatchObject({
    evaluated_on: '2031-10-01',
    stays: 2,
    nights: 5,
    reviews: 1,
    rating: null,
    hosts_often: false,
    keeps_bookings: true,
    superhost: false,
  });
  await setClock('2031-10-01T00:05:00Z');
  await timePasses();
  const own = await hedy.client.from('superhost_evaluations').select('evaluated_on, stays')
    .eq('evaluated_on', '2031-10-01').single().throwOnError();
  expect(own.data).toEqual({ evaluated_on: '2031-10-01', stays: 2 });
  expect((await ada.client.from('superhost_evaluations').select()).data).toEqual([]);
  const { data: shown } = await visitor.from('profiles').select('display_name, superhost')
    .eq('profile_id', hedy.id).single().throwOnError();
  expect(shown).toEqual({ display_name: 'Hedy', superhost: false });
});

test('When Ada leaves, her words stay and her name goes', async () => {
  await asPostgres('delete from auth.users where id = $1', [ada.id]);
  const { data } = await visitor.from('reviews').select('author_name, body').single()
    .throwOnError();
  expect(data).toEqual({ author_name: 'Former member', body: 'Quiet.' });
});
