import { type Guard, testGuards } from '../../support/guards.ts';

/** The loft is found, and after this it is not. */
const leaves = (name: string, trigger: string, table: string, then: string): Guard => ({
  name,
  without: `drop trigger ${trigger} on ${table}`,
  // Search follows at the end of a transaction.
  after: `${then}; set constraints all immediate`,
  holds: `not exists (
    select from public.search_listings(check_in => '2031-06-10', check_out => '2031-06-12') as found
    where found.listing_id = tests.id('loft'))`,
});

/** A place was counted, and is counted again after this. */
const moves = (
  name: string,
  trigger: string,
  table: string,
  then: string,
  holds: string,
): Guard => ({
  name,
  without: `drop trigger ${trigger} on ${table}`,
  after: `set constraints all immediate; select private.count_places(1000);
    ${then}; select private.count_places(1000)`,
  holds,
});

testGuards([
  // read_model
  leaves(
    'a home that is hidden is not found',
    'follow_the_listing_in_search',
    'public.listings',
    `update public.listings set status = 'hidden' where listing_id = tests.id('loft')`,
  ),
  leaves(
    'a home is not found for fewer nights than its minimum',
    'follow_the_rules_in_search',
    'public.booking_rules',
    `update public.booking_rules set minimum_nights = 3 where listing_id = tests.id('loft')`,
  ),
  leaves(
    'a home is not found for nights that are booked',
    'follow_the_claim_in_search',
    'private.claims',
    `select tests.book('new', 'katherine', 'loft', '2031-06-11', '2031-06-13')`,
  ),

  // places
  moves(
    'a home that is hidden no longer counts in its city',
    'follow_the_home_in_places',
    'private.listing_search',
    `update public.listings set status = 'hidden' where listing_id = tests.id('loft')`,
    "(select homes from public.search_places('paris') limit 1) = 3",
  ),
  moves(
    'a home that moved counts where it is',
    'follow_the_address_in_places',
    'public.listings',
    `update public.listings set city = 'Lyon' where listing_id = tests.id('loft')`,
    "(select homes from public.search_places('lyon')) = 1",
  ),
  moves(
    'homes of a suspended host do not count',
    'follow_the_suspension_in_places',
    'private.suspensions',
    `insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'x')`,
    "(select homes from public.search_places('paris') limit 1) = 3",
  ),
  moves(
    'another name finds a city that is there already',
    'follow_the_alias_in_places',
    'private.place_aliases',
    `insert into private.place_aliases values ('FR', 'Paris', 'Lutetia')`,
    "(select count(*) from public.search_places('lutetia')) = 2",
  ),
  moves(
    'a home that is deleted no longer counts',
    'forget_the_home_in_places',
    'private.listing_search',
    `delete from public.listings where listing_id = tests.id('loft')`,
    "(select homes from public.search_places('paris') limit 1) = 3",
  ),
  {
    name: 'a box says less than the point of its only home',
    without: {
      rule: 'private.narrowest',
      piece: 'floor(case when far_east',
      becomes: '100 * (case when far_east',
    },
    after: `update public.listings set city = 'Lyon', longitude = 4.8357, latitude = 45.764
      where listing_id = tests.id('loft');
      set constraints all immediate; select private.count_places(1000)`,
    holds: "(select west from public.search_places('lyon')) = 4.83",
  },
]);
