import {
  elsewhere,
  openToAll,
  outcome,
  refused,
  seesNothing,
  testGuards,
} from '../../support/guards.ts';

const stars = (many: number, of: number) =>
  Array.from({ length: many }, () => `${of}::smallint`).join(', ');
const reviewStay = (of = 2) => `select public.review_stay(tests.id('visit'), ${stars(7, of)})`;
const reviewGuest = (of = 2) => `select public.review_guest(tests.id('visit'), ${stars(4, of)})`;
/** Grace's visit is over, and this was said. */
const afterwards = (...said: [who: string, what: string][]) =>
  `select tests.at('2031-06-05 12:00+00');
   ${
    said.map(([who, what]) => `select tests.become('${who}'); ${what}; select tests.back();`).join(
      '\n',
    )
  }`;
const removeReview = `
  insert into private.staff (profile_id) values (tests.person('katherine'));
  select tests.become('katherine');
  select public.staff_remove_review(review_id, 'Spam.') from public.reviews;
  select tests.back()`;
const free = `alter table public.guest_totals disable trigger user;
  update public.guest_totals set total_minor = 0, guest_fee_minor = 0`;

testGuards([
  {
    name: 'people read a review when it is revealed',
    without: openToAll('reviews'),
    after: afterwards(['grace', reviewStay()]),
    holds: outcome('ada', 'select from public.reviews', '0'),
  },
  {
    name: 'visitors read a review when it is revealed',
    without:
      `alter policy "visitors read revealed reviews of what they see" on public.reviews using (true)`,
    after: afterwards(['grace', reviewStay()]),
    holds: outcome('anon', 'select from public.reviews', '0'),
  },
  {
    name: 'guests read what hosts said when it is revealed',
    without: openToAll('guest_reviews'),
    after: afterwards(['ada', reviewGuest()]),
    holds: outcome('grace', 'select from public.guest_reviews', '0'),
  },
  {
    name: 'a guest who hosts too reads no more of themselves',
    without:
      `alter policy "people read what hosts said of them and of their guests" on public.guest_reviews
      using (listing_id = any (array(select private.listings_of_caller('bookings'))))`,
    after: `select tests.cohost('mill', 'grace', 'full'); ${afterwards(['ada', reviewGuest()])}`,
    holds: outcome('grace', 'select from public.guest_reviews', '0'),
  },
  {
    name: 'a removed review is read by its author alone',
    without: openToAll('reviews'),
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])} ${removeReview}`,
    holds: outcome('ada', 'select from public.reviews', '0'),
  },
  // ratings
  {
    name: 'two reviews make no rating',
    without: { rule: 'private.shown_rating', piece: 'reviews >= 3', becomes: 'reviews >= 1' },
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: '(select rating is null from public.listing_ratings)',
  },
  {
    name: 'a guest is judged before those alone whom they asked',
    without: openToAll('guest_ratings'),
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: outcome('alan', 'select from public.guest_ratings', '0'),
  },
  {
    name: 'a stay that was paid elsewhere counts for ratings, though it costs nothing here',
    without: {
      rule: 'private.costs_something',
      piece: 'or private.was_settled_elsewhere(guest_totals.booking_id)',
      becomes: '',
    },
    after: `${free}; ${elsewhere};
      ${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}`,
    holds:
      `(select review_count = 1 from public.listing_ratings where listing_id = tests.id('mill'))`,
  },
  // counted_reviews
  {
    name: 'a removed review counts no more',
    without: {
      rule: 'private.count_reviews',
      piece: 'and reviews.removed_at is null',
      becomes: '',
    },
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])} ${removeReview}`,
    holds: '(select review_count = 0 from public.listing_ratings)',
  },
  {
    name: 'a free stay rates nothing',
    without: {
      rule: 'private.count_reviews',
      piece: 'and private.costs_something(bookings.booking_id)',
      becomes: '',
    },
    after: `alter table public.guest_totals disable trigger user;
      update public.guest_totals set total_minor = 0, guest_fee_minor = 0;
      ${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}`,
    holds: `coalesce((select review_count = 0 from public.listing_ratings
      where listing_id = tests.id('mill')), true)`,
  },
  {
    name: 'people of the house do not review it',
    without: {
      rule: 'private.hosted_lately',
      piece: 'past_hosts.until > moment',
      becomes: "past_hosts.until > moment + interval '2 years'",
    },
    after: `insert into private.past_hosts values
        (tests.id('mill'), tests.person('grace'), private.now(), private.now());
      select tests.at('2031-06-06 12:00+00')`,
    holds: outcome('grace', reviewStay(), 'hosted_here'),
  },
  // review_verbs
  {
    name: 'guests do not review themselves as hosts',
    without: {
      rule: 'private.booking_to_review',
      piece: 'bookings.guest_id <> caller and',
      becomes: '',
    },
    after: `select tests.cohost('mill', 'grace', 'full'); ${afterwards()}`,
    holds: outcome('grace', reviewGuest(), 'booking_not_found'),
  },
  {
    name: 'a review has its two weeks',
    without: {
      rule: 'private.open_window',
      piece: 'private.now() > open_from_to.closes_at',
      becomes: 'false',
    },
    after: `select tests.at('2031-06-20 12:00+00')`,
    holds: outcome('grace', reviewStay(), 'review_closed'),
  },
  {
    name: 'a review waits for check-out',
    without: {
      rule: 'private.open_window',
      piece: 'private.now() < open_from_to.opens_at',
      becomes: 'false',
    },
    holds: outcome('grace', reviewStay(), 'review_not_open'),
  },
  {
    name: 'a review that was read is not rewritten',
    without: 'drop trigger keep_the_review on public.reviews',
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: refused('update public.reviews set stars = 5', 'frozen'),
  },
  {
    name: 'a no-show is reviewed by neither',
    without: 'drop trigger drop_the_reviews on public.bookings',
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}
      select private.move_booking(tests.id('visit'), 'no_show', 'staff', 'Nobody came.', null)`,
    holds: outcome('anon', 'select from public.reviews', '0'),
  },
  // superhosts
  {
    name: 'no figure of a host knows what is not revealed',
    without: {
      rule: 'private.superhost_on',
      piece: 'and (reviews.revealed_at is not null or reviews.closes_at < private.now())',
      becomes: '',
    },
    after: afterwards(['grace', reviewStay()]),
    holds: `(select reviews = 0 from private.superhost_on(tests.person('ada'), '2031-07-01'))`,
  },
  {
    name: 'why somebody is a superhost is their own to see',
    without: openToAll('superhost_evaluations'),
    after: 'select private.evaluate_superhosts(100)',
    holds: seesNothing('superhost_evaluations'),
  },
  {
    name: 'no quarter is over while a host is not evaluated',
    without: {
      rule: 'private.evaluate_superhosts',
      piece: `select from private.rows_set_aside where rows_set_aside.job = 'evaluate_superhosts')`,
      becomes: 'select where false)',
    },
    after: `create or replace function private.evaluate_superhost(host_id uuid) returns boolean
      language plpgsql as $$ begin raise exception 'broken'; end $$;
      select private.evaluate_superhosts(100)`,
    holds: 'not exists (select from private.superhost_rounds where finished_at is not null)',
  },
]);
