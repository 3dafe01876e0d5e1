/**
 * What is timed inside the database: functions bench.<name>(i) that prepare the i-th case and return the
 * microseconds of its one statement. Plans are cached, as they are in a pooled connection.
 */
export const timed = (name: string, declare: string, prepare: string, statement: string) => `
  create function bench.${name}(i integer) returns double precision
    language plpgsql set plan_cache_mode = force_generic_plan as $$
  declare
    began double precision;
    ${declare}
  begin
    ${prepare}
    began := bench.clock();
    ${statement}
    return bench.clock() - began;
  end $$;`;

/** Searchers look where the homes are. A map shows a part of a city, a city search all of it. */
// Searchers look where the homes are. A map shows a part of a city, a city search all of it.
export const where = `
  select * into city from bench.cities where cities.city = 1 + floor(500 * power(bench.h(i, 999), 3))::integer;
  day := current_date + 10 + i % 60;`;
export const declareWhere = 'city bench.cities; day date; found bigint;';
export const mapBox =
  'city.longitude - 0.05, city.latitude - 0.04, city.longitude + 0.05, city.latitude + 0.04';
export const cityBox =
  'city.longitude - 0.2, city.latitude - 0.15, city.longitude + 0.2, city.latitude + 0.15';
const filters =
  `guests => 2, maximum_price_minor => 20000, currency => city.currency, amenities => '{wifi}'`;

const corners = (box: string) => {
  const [west, south, east, north] = box.split(', ');
  return `'west', ${west}, 'south', ${south}, 'east', ${east}, 'north', ${north}`;
};
const termsFor = (box: string, more: string) => `
  terms := private.search_route(private.search_page(private.search_terms(jsonb_populate_record(
      null::private.search_wish,
      jsonb_build_object(${corners(box)}, 'check_in', day, 'check_out', day + 3,
        'infants', 0, 'pets', 0, ${more}))),
    'price', 20, null));`;

const branches = Array.from({ length: 9 }, (_, at) => `
  (select * from private.listing_search where listed and tile_11 = tiles[${at + 1}]
     and (lowest_minor, listing_id) > (-1::bigint, '00000000-0000-0000-0000-000000000000'::uuid)
   order by lowest_minor, listing_id)`).join(' union all ');

/** Somebody asks, and is known by their number; the company is host 1. */
const by = (kind: 'host' | 'guest', number: string) =>
  `someone := bench.id('${kind}', ${number});
   perform set_config('request.jwt.claims', json_build_object('sub', someone, 'role', 'authenticated')::text, true);`;
const declareSomeone = 'someone uuid; found bigint;';

const inbox = (name: string, number: string) => [
  timed(
    `${name}_inbox`,
    declareSomeone,
    by('host', number),
    'select count(*) into found from public.my_conversations();',
  ),
  timed(
    `${name}_inbox_rows`,
    declareSomeone,
    by('host', number),
    `select sum(length(body)) into found from (
       select * from public.inbox_entries where profile_id = someone
       order by last_message_at desc, conversation_id desc limit 20) as page
     join public.conversations on conversations.conversation_id = page.conversation_id
     join public.messages on messages.conversation_id = page.conversation_id and position = conversations.messages;`,
  ),
];

const ofPeople = [
  ...inbox('small', '2 + i % 300'),
  ...inbox('company', '1'),
  timed(
    'wishlist',
    `${declareSomeone} list uuid;`,
    `${by('guest', '1 + i % 300')}
     select wishlist_id into list from public.wishlists where owner_id = someone;`,
    'select count(*) into found from public.wishlist_cards(list);',
  ),
  timed(
    'wishlist_rows',
    `${declareSomeone} list uuid;`,
    `${by('guest', '1 + i % 300')}
     select wishlist_id into list from public.wishlists where owner_id = someone;`,
    `select sum(length(title)) into found from public.wishlist_homes
     join public.listings on listings.listing_id = wishlist_homes.listing_id
     left join public.listing_prices on listing_prices.listing_id = wishlist_homes.listing_id
     left join public.listing_ratings on listing_ratings.listing_id = wishlist_homes.listing_id
     where wishlist_id = list;`,
  ),
  timed(
    'earned',
    declareSomeone,
    by('host', '1'),
    'select count(*) into found from public.my_earnings((current_date - 60)::text, current_date::text);',
  ),
  timed(
    'earned_rows',
    declareSomeone,
    by('host', '1'),
    `select sum(net_minor) into found from (
       select * from public.earnings where host_id = someone and earned_on >= current_date - 60
       order by earned_on, entered_at, earning_id limit 50) as page;`,
  ),
  timed(
    'conflicts',
    declareSomeone,
    by('host', '1'),
    'select count(*) into found from public.calendar_conflicts();',
  ),
  timed(
    'conflict_rows',
    `${declareSomeone} homes uuid[];`,
    `${by('host', '1')}
     homes := array(select listing_id from public.listing_hosts where profile_id = someone);`,
    `select count(*) into found from public.imported_events
     join private.claims on claims.listing_id = imported_events.listing_id
       and claims.nights && daterange(imported_events.check_in, imported_events.check_out)
     where imported_events.listing_id = any (homes) and claims.kind in ('hold', 'stay');`,
  ),
  timed(
    'host_calendar',
    declareSomeone,
    by('host', '1'),
    'select count(*) into found from public.host_calendars(current_date::text, (current_date + 62)::text);',
  ),
  timed(
    'host_calendar_rows',
    declareSomeone,
    by('host', '1'),
    `select sum(length(homes.title)) + sum(base_price_minor) + sum(minimum_nights) + (
       select count(*) from public.calendar_days
       where listing_id = any (array_agg(homes.listing_id)) and day >= current_date and day < current_date + 62) + (
       select count(display_name) from private.claims
       left join public.bookings on bookings.booking_id = claims.booking_id
       left join public.profiles on profiles.profile_id = bookings.guest_id
       where claims.listing_id = any (array_agg(homes.listing_id))
         and claims.nights && daterange(current_date, current_date + 62))
     into found
     from (
       select listing_id, title from public.listings
       where host_id = someone order by title, listing_id limit 20) as homes
     left join public.booking_rules on booking_rules.listing_id = homes.listing_id
     left join public.listing_prices on listing_prices.listing_id = homes.listing_id;`,
  ),
  timed(
    'reports',
    declareSomeone,
    by('guest', '1'),
    'select count(*) into found from public.staff_reports();',
  ),
  timed(
    'report_rows',
    declareSomeone,
    by('guest', '1'),
    `select sum(length(excerpt)) into found from (
       select * from public.reports where status = 'open' order by created_at, report_id limit 50) as page
     join private.report_cases on report_cases.report_id = page.report_id;`,
  ),
  timed(
    'log_of_one',
    `${declareSomeone} home uuid;`,
    `${by('guest', '1')} home := bench.id('listing', 1 + i % 1000);`,
    'select count(*) into found from public.staff_audit_log(object_id => home);',
  ),
  timed(
    'log_rows',
    `${declareSomeone} home uuid;`,
    `${by('guest', '1')} home := bench.id('listing', 1 + i % 1000);`,
    `select sum(length(action)) into found from (
       select * from private.audit_log where object_id = home order by entry_id desc limit 50) as page;`,
  ),
];

/**
 * bench.clock() in microseconds. On a shared machine, a long statement is interrupted more often than its short
 * floor, so that ratios of elapsed time say how busy the machine was (with two dozen processes on two cores, a
 * search took a hundred times its floor instead of fifteen). CPU time does not have this problem. Linux updates it
 * when a session sleeps, so the clock sleeps before it reads. The cost of reading is subtracted.
 */
export const clock = (of: 'wall' | 'processor') =>
  of === 'wall'
    ? `
  create function bench.clock() returns double precision language plpgsql as $$
  begin
    return extract(epoch from clock_timestamp()) * 1000000;
  end $$;`
    : `
  create table bench.looking (microseconds double precision not null);
  insert into bench.looking values (0);
  create function bench.clock() returns double precision language plpgsql as $$
  begin
    perform pg_sleep(0.001);
    return split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision / 1000
      - (select microseconds from bench.looking) * nextval('bench.looks');
  end $$;
  create sequence bench.looks minvalue 0;
  with looked as (
    select bench.clock() as at from generate_series(1, 60))
  update bench.looking set microseconds = (
    select percentile_cont(0.5) within group (order by later - at)
    from (select at, lead(at) over () as later from looked) as pairs);`;

export const workloads = `
  create function bench.interleave(
    one_name text, other_name text, rounds integer, again boolean,
    out subject double precision[], out floor double precision[])
    language plpgsql as $$
  declare
    one   double precision;
    other double precision;
  begin
    for round in 1 .. rounds loop
      if again then execute format('select bench.%I($1)', one_name) using round; end if;
      execute format('select bench.%I($1)', one_name) into one using round;
      execute format('select bench.%I($1)', other_name) into other using round;
      if round > rounds / 10 then
        subject := subject || one;
        floor := floor || other;
      end if;
    end loop;
  end $$;
  ${
  [
    timed(
      'map_search',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(${mapBox}, check_in => day::text, check_out => (day + 3)::text, ${filters});`,
    ),
    timed(
      'map_search_undated',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(${mapBox});`,
    ),
    timed(
      'map_walk',
      `${declareWhere} terms private.search_terms;`,
      `${where} ${
        termsFor(
          mapBox,
          `'guests', 2, 'maximum_price_minor', 20000, 'currency', city.currency,
           'amenities', array['wifi']`,
        )
      }`,
      'found := cardinality(private.search_walk(terms));',
    ),
    timed(
      'tile_merge',
      `${declareWhere} tiles integer[];`,
      `${where}
       tiles := array(
         select distinct private.tile(11, point(city.longitude + 0.05 * x, city.latitude + 0.04 * y))
         from generate_series(-1, 1) as x, generate_series(-1, 1) as y);`,
      `select count(*) into found from (
         select merged.* from (${branches} order by lowest_minor, listing_id offset 0) as merged limit 20) as page;`,
    ),
    timed(
      'city_search',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(${cityBox}, check_in => day::text, check_out => (day + 3)::text);`,
    ),
    timed(
      'city_walk',
      `${declareWhere} terms private.search_terms;`,
      `${where} ${termsFor(cityBox, "'guests', 1")}`,
      'found := cardinality(private.search_walk(terms));',
    ),
    timed(
      'heap_rows',
      declareWhere,
      where,
      `select sum(length(page.title)) into found from (
         select listings.title from (
           select listing_id from private.listing_search
           where listed and tile_9 = private.tile(9, point(city.longitude, city.latitude))
           order by lowest_minor, listing_id limit 20) as first
         join public.listings on listings.listing_id = first.listing_id) as page;`,
    ),
    timed(
      'rating_search',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(${mapBox}, check_in => day::text, check_out => (day + 3)::text, sort => 'rating');`,
    ),
    timed(
      'distance_search',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(
         latitude => city.latitude, longitude => city.longitude, check_in => day::text, check_out => (day + 3)::text, sort => 'distance');`,
    ),
    timed(
      'newest_search',
      declareWhere,
      where,
      `select count(*) into found from public.search_listings(check_in => day::text, check_out => (day + 3)::text, sort => 'newest');`,
    ),
    timed(
      'deep_page',
      `${declareWhere} cursor text;`,
      `${where}
       select 'p' || price_minor || '_' || replace(listing_id::text, '-', '') into cursor
       from private.listing_search where listed and price_minor > 15000 order by price_minor, listing_id limit 1;`,
      'select count(*) into found from public.search_listings(after => cursor);',
    ),
    timed(
      'first_page',
      declareWhere,
      where,
      'select count(*) into found from public.search_listings();',
    ),
    timed(
      'calendar',
      'home uuid; found bigint;',
      `home := bench.id('listing', 1 + i % 5000);
       select listing_id into home from public.listings where status = 'published' and listing_id >= home order by listing_id limit 1;`,
      'select count(*) into found from public.listing_calendar(home, current_date::text, (current_date + 365)::text);',
    ),
    timed(
      'nothing',
      'found bigint;',
      '',
      'select count(*) into found from generate_series(1, 365);',
    ),
    ...ofPeople,
  ].join('\n')
}
`;
