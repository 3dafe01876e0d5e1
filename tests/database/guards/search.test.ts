import { type Guard, outcome, testGuards } from '../../support/guards.ts';

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

/** The loft costs less than it did, and this is known where search walks. */
const cheaper = (name: string, trigger: string, table: string, then: string): Guard => ({
  name,
  without: `drop trigger ${trigger} on ${table}`,
  after: `${then}; set constraints all immediate`,
  holds: `(select lowest_minor * 2 from private.listing_search where listing_id = tests.id('loft'))
    <= (public.quote_stay(tests.id('loft'), '2031-06-10', '2031-06-12')).total_minor`,
});
/** The loft has no guest fee, and is found by what it costs without one. */
const foundWithoutFee = {
  after:
    `insert into private.listing_fee_schemes values (tests.id('loft'), 'single'); set constraints all immediate`,
  holds:
    `exists (select from public.search_listings(check_in => '2031-06-10', check_out => '2031-06-12',
    currency => 'EUR', maximum_price_minor => 10000) as found where found.listing_id = tests.id('loft'))`,
};
const last = `update public.listing_prices set last_minute_days = 28, last_minute_bp = 9000
  where listing_id = tests.id('loft')`;

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
  {
    name: 'a home that sleeps fewer is not found',
    without: 'drop trigger follow_the_listing_in_search on public.listings',
    after:
      `update public.listings set capacity = 2 where listing_id = tests.id('loft'); set constraints all immediate`,
    holds:
      `not exists (select from public.search_listings(guests => 4) as found where found.listing_id = tests.id('loft'))`,
  },
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

  // words
  {
    name: 'a home is found by a word of its new title',
    without: 'drop trigger follow_the_words_in_search on public.listings',
    after:
      `update public.listings set title = 'Lighthouse' where listing_id = tests.id('loft'); set constraints all immediate`,
    holds: `(select count(*) from public.search_listings(words => 'lighthouse')) = 1`,
  },
  {
    name: 'a word that is misspelled finds a new title',
    without: 'drop trigger follow_the_title_in_places on public.listings',
    after: `set constraints all immediate; select private.count_places(1000);
      update public.listings set title = 'Lighthouse' where listing_id = tests.id('loft');
      set constraints all immediate; select private.count_places(1000)`,
    holds: `(select count(*) from public.search_listings(words => 'lighthuse')) = 1`,
  },
  {
    name: 'a home that moves to another neighbourhood is counted there',
    without: 'drop trigger follow_the_address_in_places on public.listings',
    after: `set constraints all immediate; select private.count_places(1000);
      update public.listings set neighbourhood = 'Marais' where listing_id = tests.id('loft');
      select private.count_places(1000)`,
    holds: `(select homes from public.search_places('marais')) = 1`,
  },
  {
    name: 'a list of the homes with the words has all of them',
    without: {
      rule: 'private.homes_with_words',
      piece: 'case when cardinality(homes) <= 3000 then homes end',
      becomes: 'homes[:2]',
    },
    after: `update public.listings set description = 'Common.'; set constraints all immediate`,
    holds: `(select count(*) from public.search_listings(words => 'common')) = 4`,
  },
  {
    name: 'a home that is hidden is not found by its words',
    without: {
      rule: 'private.homes_around',
      piece: 'WHERE listing_search.listed',
      becomes: 'WHERE true',
    },
    after: `update public.listings set title = 'Lighthouse' where listing_id = tests.id('loft');
      set constraints all immediate;
      update public.listings set status = 'hidden' where listing_id = tests.id('loft');
      set constraints all immediate`,
    holds: `(select count(*) from public.search_listings(words => 'lighthouse')) = 0`,
  },
  {
    name: 'a minus leaves homes out',
    without: { rule: 'private.word_query', piece: '(?!["-])', becomes: '' },
    after: `set constraints all immediate`,
    holds: `(select count(*) from public.search_listings(words => '-mill')) = 3`,
  },
  {
    name: 'the stays of flexible days keep to the homes with the words',
    without: {
      rule: 'private.walk_without_days',
      piece: 'stay.among := walk.among;',
      becomes: '',
    },
    after: `set constraints all immediate`,
    holds:
      `(select count(*) from public.search_flexible_days(month => '2031-09', nights => 2, words => 'tower')) = 1`,
  },
  {
    name: 'a map that shows a part of many homes keeps to those with the words',
    without: {
      rule: 'private.share_looked_at',
      piece: 'terms.among is not null or',
      becomes: '',
    },
    after: `set constraints all immediate`,
    holds:
      `(select sum(homes) from private.search_pins(jsonb_populate_record(null::private.search_wish,
        '{"guests": 1, "infants": 0, "pets": 0, "words": "mill or tower or loft"}'), 1, 1)) = 3`,
  },

  {
    name: 'a field is asked of each home where many have it',
    without: {
      rule: 'private.search_terms',
      piece: 'terms.custom_fields := private.custom_filter(wish.custom_fields);',
      becomes: 'perform private.custom_filter(wish.custom_fields);',
    },
    after:
      `select private.set_listing_schema('{"type": "object", "properties": {"floor": {"type": "integer", "filterable": true}},
        "additionalProperties": false}');
      update public.listings set custom_fields = '{"floor": 3}' where listing_id = tests.id('loft');
      set constraints all immediate`,
    holds:
      `(select count(*) from public.search_listings(custom_fields => '{"floor": {"minimum": 2}}')) = 1`,
  },
  {
    name: 'a type of home that does not exist is not searched for',
    without: {
      rule: 'private.search_terms',
      piece: 'if known <> cardinality(terms.property_types) then',
      becomes: 'if false then',
    },
    holds: outcome(
      'grace',
      `select * from public.search_listings(property_types => '{palace}')`,
      'unknown_property_type',
    ),
  },

  // lowest_prices
  cheaper(
    'a lower price lowers what a home costs at least',
    'price_the_home_again',
    'public.listing_prices',
    `update public.listing_prices set base_price_minor = 100 where listing_id = tests.id('loft')`,
  ),
  cheaper(
    'a discount for long stays lowers it',
    'price_the_home_again',
    'public.length_discounts',
    `insert into public.length_discounts values (tests.id('loft'), 2, 9000)`,
  ),
  cheaper(
    'the price of a day lowers it',
    'price_the_day_in_search',
    'public.calendar_days',
    `insert into public.calendar_days (listing_id, day, price_minor)
     select tests.id('loft'), day, 100 from unnest('{2031-06-10,2031-06-11}'::date[]) as day`,
  ),
  cheaper(
    'a larger discount for new listings lowers it',
    'price_the_homes_again',
    'private.settings',
    `update private.settings set new_listing_bp = 0;
     update public.listing_prices set new_listing_discount = true where listing_id = tests.id('loft');
     set constraints all immediate;
     update private.settings set new_listing_bp = 9000`,
  ),
  {
    name: 'a discount rounded to larger coins lowers it',
    without: 'drop trigger price_the_homes_again on private.currencies',
    after: `${last}; set constraints all immediate;
      update private.currencies set step_minor = 100 where currency = 'EUR'; set constraints all immediate`,
    holds:
      `(select step_minor from private.listing_search where listing_id = tests.id('loft')) = 100`,
  },
  {
    name: 'a home of a fee scheme without a guest fee is not left out as too dear',
    without: {
      rule: 'private.bound_of_night',
      piece: 'case when own_fee_scheme then minor * 2 / 3 else minor end',
      becomes: 'minor',
    },
    ...foundWithoutFee,
  },
  {
    name: 'a home with a fee scheme of its own may have no fee',
    without: 'drop trigger price_the_home_again on private.listing_fee_schemes',
    ...foundWithoutFee,
  },
  {
    name: 'a home that is published is priced',
    without: 'drop trigger price_the_listing_in_search on public.listings',
    after:
      `update public.listings set status = 'hidden' where listing_id = tests.id('loft'); set constraints all immediate`,
    holds:
      `not exists (select from public.search_listings() as found where found.listing_id = tests.id('loft'))`,
  },
  {
    name: 'a stay that costs more a night than was asked for is not found',
    without: {
      rule: 'private.prices_for',
      piece: 'totals.total_minor <= terms.maximum_price * terms.nights',
      becomes: 'true',
    },
    after:
      `insert into private.taxes (name, listing_id, basis, rate_bp) values ('Tax', tests.id('loft'), 'percent_of_nights', 10000)`,
    holds:
      `not exists (select from public.search_listings(check_in => '2031-06-10', check_out => '2031-06-12',
      currency => 'EUR', maximum_price_minor => 15000) as found where found.listing_id = tests.id('loft'))`,
  },
  {
    name: 'a page is priced until no home that waits can be cheaper',
    without: {
      rule: 'private.cheapest',
      piece: 'terms.most_minor := best[wanted].minor;',
      becomes: 'terms.most_minor := 0;',
    },
    // The others have the lower price and, with their tax, the higher total.
    after:
      `update public.listing_prices set base_price_minor = 10100 where listing_id = tests.id('loft');
      insert into private.taxes (name, listing_id, basis, rate_bp)
      select 'Tax', tests.id(home), 'percent_of_nights', 5000 from unnest('{mill,tower,attic}'::text[]) as home;
      set constraints all immediate`,
    holds:
      `(select listing_id from public.search_listings(check_in => '2031-07-10', check_out => '2031-07-12', page_size => 1))
      = tests.id('loft')`,
  },

  {
    name: 'a search taxes the children that a quote taxes',
    without: {
      rule: 'private.stay_totals',
      piece: 'where age < taxes.minimum_age',
      becomes: 'where false',
    },
    after:
      `insert into private.taxes (name, country_code, basis, amount_minor, currency, minimum_age)
      values ('Kurtaxe', 'FR', 'per_guest_night', 200, 'EUR', 12); set constraints all immediate`,
    holds:
      `(select total_minor from public.search_listings(check_in => '2031-08-10', check_out => '2031-08-12',
        guests => 2, child_ages => '{3}') as found where found.listing_id = tests.id('loft'))
      = (public.quote_stay(tests.id('loft'), '2031-08-10', '2031-08-12', 2, child_ages => '{3}')).total_minor`,
  },
  {
    name: 'a search has the children of its wish',
    without: {
      rule: 'private.search_terms',
      piece: 'terms.child_ages := wish.child_ages;',
      becomes: '',
    },
    after:
      `insert into private.taxes (name, country_code, basis, amount_minor, currency, minimum_age)
      values ('Kurtaxe', 'FR', 'per_guest_night', 200, 'EUR', 12); set constraints all immediate`,
    holds:
      `(select total_minor from public.search_pins(check_in => '2031-08-10', check_out => '2031-08-12',
        guests => 2, child_ages => '{3}') as found where found.listing_id = tests.id('loft')) = 23220`,
  },

  // maps
  {
    name: 'without days, a pin costs what was asked for',
    without: {
      rule: 'private.seen_homes',
      piece: 'or home.price_minor between terms.minimum_price and terms.maximum_price',
      becomes: 'or true',
    },
    after: 'set constraints all immediate',
    holds: `not exists (
      select from public.search_pins(maximum_price_minor => 100, currency => 'EUR'))`,
  },
  {
    name: 'a cluster has the homes of its tile, whatever part of it is on the map',
    without: {
      rule: 'private.clusters_of_homes',
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
      rule: 'private.faceted_homes',
      piece: 'wide.room_types := null;',
      becomes: '',
    },
    after: 'set constraints all immediate',
    holds: `(select sum(facet.homes) from unnest((public.search_facets(
      room_types => '{private_room}')).room_types) as facet) = 4`,
  },

  // screens
  {
    name: 'the page of a screen has only homes that meet every filter',
    without: {
      rule: 'private.first_of_homes',
      piece: `where home.missed = 0
          and (known.minor, home.listing_id)`,
      becomes: 'where (known.minor, home.listing_id)',
    },
    after: 'set constraints all immediate',
    holds: `cardinality((public.search_screen(room_types => '{private_room}')).page)
      = (select count(*) from public.search_listings(room_types => '{private_room}'))`,
  },
  {
    name: 'the map of a screen has only homes that meet every filter',
    without: {
      rule: 'private.search_screen',
      piece: 'from unnest(seen) as home where home.missed = 0);',
      becomes: 'from unnest(seen) as home);',
    },
    after: 'set constraints all immediate',
    holds: `cardinality((public.search_screen(room_types => '{private_room}')).pins)
      = (select count(*) from public.search_listings(room_types => '{private_room}'))`,
  },

  // flexible_days
  {
    name: 'a home is shown with the cheapest of the stays that would do',
    without: {
      rule: 'private.cheapest_stays',
      piece: 'order by priced.listing_id, priced.total_minor,',
      becomes: 'order by priced.listing_id,',
    },
    // The mill costs more on its first two nights of July.
    after: 'set constraints all immediate',
    holds: `(select check_in from public.search_flexible_days(check_in => '2031-07-02',
      check_out => '2031-07-03', flex_days => 1) where listing_id = tests.id('mill')) = '2031-07-02'`,
  },
  {
    name: 'a search of many stays looks at a part of very many homes, and says so',
    without: {
      rule: 'private.cheapest_stays',
      piece: 'unfinished := looked_at >= most_homes;',
      becomes: 'unfinished := looked_at >= 1000;',
    },
    after: 'set constraints all immediate',
    holds: `(select count(*) = 1 and bool_and(estimated) from private.search_flexible_days(
      jsonb_populate_record(null::private.search_wish, '{"guests": 1, "infants": 0, "pets": 0}'),
      null, '2031-07', 'week', null, 20, 1))`,
  },

  {
    name: 'a card of flexible days shows no photo that is still to be checked',
    without: {
      rule: 'private.search_flexible_days',
      piece: 'and listing_photos.published',
      becomes: '',
    },
    after: `insert into storage.objects (bucket_id, name)
      values ('photo-uploads', tests.id('mill') || '/a.jpg');
      insert into public.listing_photos (listing_id, storage_path, position)
      values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
      set constraints all immediate`,
    holds:
      `(select photo_path is null from public.search_flexible_days(month => '2031-07', nights => 2)
      where listing_id = tests.id('mill'))`,
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

  // stay_prices, similar_homes
  {
    name: 'a home whose nights are taken is not bookable in a list',
    without: {
      rule: 'private.stay_prices',
      piece: 'home.problem is null and totals.total_minor is not null,',
      becomes: 'true,',
    },
    after: 'set constraints all immediate',
    holds:
      `not (select bookable from public.stay_prices(array[tests.id('mill')], '2031-06-02', '2031-06-04'))`,
  },
  {
    name: 'homes of a suspended host are like no other',
    without: {
      rule: 'private.similar_homes',
      piece: 'cross join private.fits(row(near.*)::private.listing_search, terms)',
      becomes: '',
    },
    after: `insert into private.suspensions (profile_id, reason) values (tests.id('alan'), 'x');
      set constraints all immediate`,
    holds:
      `not exists (select from public.similar_homes(tests.id('mill')) where listing_id = tests.id('tower'))`,
  },
  {
    name: 'nothing is like a draft, which nobody may know of',
    without: {
      rule: 'private.similar_homes',
      piece: 'listing_search.listing_id = similar_homes.listing_id and listing_search.listed;',
      becomes: 'listing_search.listing_id = similar_homes.listing_id;',
    },
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('loft');
      set constraints all immediate`,
    holds: outcome(
      'ada',
      `select public.similar_homes(tests.id('loft'))`,
      'listing_not_found',
    ),
  },
]);
