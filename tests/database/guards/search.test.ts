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

  // maps
  {
    name: 'with days, what a pin costs is the total of the stay',
    without: {
      rule: 'private.seen_homes',
      piece: 'where totals.total_minor between least_paid and most_paid',
      becomes: '',
    },
    after: 'set constraints all immediate',
    holds: `not exists (select from public.search_pins(check_in => '2031-06-10',
      check_out => '2031-06-12', maximum_price_minor => 15000, currency => 'EUR'))`,
  },
  {
    name: 'a cluster has the homes of its tile, whatever part of it is on the map',
    without: {
      rule: 'private.search_pins',
      piece: 'terms.west := first_x',
      becomes: 'terms.west := 0 * first_x + 0.1 + 0',
    },
    after: 'set constraints all immediate',
    holds: `(select sum(homes) from private.search_pins(jsonb_populate_record(
      null::private.search_wish, '{"west": -9, "south": 40, "east": 9, "north": 60, "guests": 1,
        "infants": 0, "pets": 0}'), 1)) = 4`,
  },
  {
    name: 'a map looks at a part of very many homes',
    without: {
      rule: 'private.share_looked_at',
      piece: 'share := share * 4',
      becomes: 'exit',
    },
    after: 'set constraints all immediate',
    holds: `private.share_looked_at(private.search_terms(jsonb_populate_record(
      null::private.search_wish, '{"guests": 1, "infants": 0, "pets": 0}')), 0) > 1`,
  },

  // facets
  {
    name: 'the number of a kind of room is that without the kind asked for',
    without: {
      rule: 'private.search_facets',
      piece: 'wide.room_types := null;',
      becomes: '',
    },
    after: 'set constraints all immediate',
    holds: `(select sum(facet.homes) from unnest((public.search_facets(
      room_types => '{private_room}')).room_types) as facet) = 4`,
  },

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
