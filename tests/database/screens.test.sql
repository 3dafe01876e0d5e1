-- Screens: the page, the pins and the facets of one answer are those of the verbs that answer them alone.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.home('home ' || number, (array['ada', 'alan', 'hedy'])[1 + number % 3], 5000 + 700 * (number % 13))
from generate_series(1, 60) as number;
update public.listings
set longitude = 2.1 + (number * 37 % 50) / 100.0, latitude = 48.7 + (number * 53 % 31) / 100.0,
    room_type = (enum_range(null::public.room_type))[1 + number % 3], bedrooms = number % 6, instant_book = number % 4 <> 0
from generate_series(1, 60) as number where listing_id = tests.id('home ' || number);
-- Some at the same time and with the same score, so that ids decide.
update public.listings set published_at = '2031-05-01 00:00:00.123457+00'::timestamptz + number / 4 * interval '1 hour'
from generate_series(1, 60) as number where listing_id = tests.id('home ' || number);
update private.listing_search set score = 4300 + number % 9 * 50
from generate_series(1, 60) as number where listing_id = tests.id('home ' || number);
update public.profiles set superhost = true where profile_id = tests.person('hedy');
-- From all bits: the first, the last and some that share a lane.
insert into public.listing_amenities (listing_id, amenity)
select tests.id('home ' || number), amenity from generate_series(1, 60) as number
join public.amenities on number % (2 + bit % 5) = 0;
select tests.book('visit', 'grace', 'home 1', '2031-06-11', '2031-06-13');
select tests.book('other', 'margaret', 'home 9', '2031-06-09', '2031-06-11');
set constraints all immediate;

create function pg_temp.differences(arguments text, paging text) returns text[] language plpgsql as $$
declare
  screen public.search_screen;
  page   public.found_listing[];
  pins   public.search_pin[];
  facets public.search_facets;
begin
  execute format('select (one).* from public.search_screen(%s) as one', concat_ws(', ', nullif(arguments, ''), nullif(paging, '')))
  into screen;
  execute format('select array(select one from public.search_listings(%s) as one)',
    concat_ws(', ', nullif(arguments, ''), nullif(paging, ''))) into page;
  execute format('select array(select one from public.search_pins(%s) as one order by one)', arguments) into pins;
  execute format('select (one).* from public.search_facets(%s) as one', arguments) into facets;
  return array_remove(array[
    case when screen.page is distinct from page then 'page' end,
    case when array(select pin from unnest(screen.pins) as pin order by pin) is distinct from pins then 'pins' end,
    case when screen.facets is distinct from facets then 'facets' end,
    case when facets.homes <> (select coalesce(sum(homes), 0) from unnest(screen.pins)) then 'number' end], null);
end $$;
create function pg_temp.agree(who text, arguments text, paging text) returns text language plpgsql as $$
declare
  said text[];
begin
  if who = 'anon' then perform tests.become_anon(); else perform tests.become(who); end if;
  said := pg_temp.differences(arguments, paging);
  perform tests.back();
  return is(said, '{}', format('%s: the screen of (%s) %s is what the single verbs say', who, arguments, paging));
end $$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.agree(who, arguments, paging)
from unnest(array['anon', 'ada', 'grace']) as who,
  unnest(array[
    '',
    '2, 48, 3, 49',
    '2.2, 48.75, 2.4, 48.9',
    '3, 48, 4, 49',
    '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12'', guests => 2',
    '2, 48, 3, 49, room_types => ''{private_room}'', bedrooms => 2, amenities => ''{wifi}''',
    '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12'', instant_book => true, superhost => true',
    '2, 48, 3, 49, minimum_price_minor => 7000, maximum_price_minor => 9000, currency => ''EUR''',
    '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12'', minimum_price_minor => 9000, maximum_price_minor => 12000, currency => ''EUR''',
    'latitude => 48.85, longitude => 2.35, radius_metres => 9000']) as arguments,
  unnest(array['page_size => 7', 'sort => ''rating'', page_size => 50', 'sort => ''newest'', page_size => 50']) as paging;
select pg_temp.agree('anon', 'latitude => 48.85, longitude => 2.35, radius_metres => 9000, check_in => ''2031-06-10'', check_out => ''2031-06-12''',
  'sort => ''distance'', page_size => 9');

-- Pages go on from one verb to the other.
create function pg_temp.pages_agree(sort text) returns text language plpgsql as $$
declare
  point constant text := 'latitude => 48.85, longitude => 2.35, radius_metres => 30000';
  wrong text[] := '{}';
  after text;
begin
  for page in 1 .. 4 loop
    wrong := wrong || pg_temp.differences(point, format('sort => %L, page_size => 9, after => %L', sort, after));
    execute format('select (screen).page[9].cursor from public.search_screen(%s, sort => %L, page_size => 9, after => %L) as screen',
      point, sort, after) into after;
  end loop;
  return is(wrong || after, array[after], format('pages by %s begin after a row of either verb', sort));
end $$;
select pg_temp.pages_agree(sort) from unnest(array['price', 'rating', 'newest', 'distance']) as sort;

-- Crowded: four pins at most, or a part of the homes

create function pg_temp.wish() returns private.search_wish language sql as $$
  select jsonb_populate_record(null::private.search_wish,
    '{"west": 2, "south": 48, "east": 3, "north": 49, "guests": 1, "infants": 0, "pets": 0, "check_in": "2031-06-10",
      "check_out": "2031-06-12", "amenities": ["wifi"], "maximum_price_minor": 13000, "currency": "EUR"}') $$;
create function pg_temp.crowded(most_pins integer, most_homes integer) returns public.search_screen language sql as $$
  select private.search_screen(pg_temp.wish(), 'price', 9, null, most_pins, most_homes) $$;
select is((pg_temp.crowded(pins, homes)).page, array(select one from private.search_listings(pg_temp.wish(), 'price', 9, null) as one),
    format('%s homes read: the page is that of search_listings', homes))
from (values (4, 3000), (1000, 20)) as most (pins, homes);
select is((pg_temp.crowded(pins, homes)).facets, private.search_facets(pg_temp.wish(), homes), format('%s homes read: the facets', homes))
from (values (4, 3000), (1000, 20)) as most (pins, homes);
select set_eq(
  format('select pin from unnest((pg_temp.crowded(%s, %s)).pins) as pin', pins, homes),
  format('select pin from private.search_pins(pg_temp.wish(), %s, %s) as pin', pins, homes),
  format('%s homes read, %s pins at most: the clusters are those of search_pins', homes, pins))
from (values (4, 3000), (1000, 20)) as most (pins, homes);
select is((select bool_or(estimated) from unnest((pg_temp.crowded(1000, 20)).pins)), true, 'a crowded box is estimated');

-- What search hides is in no part of a screen.

create function pg_temp.shown(home text) returns boolean language sql as $$
  select exists (select from unnest((screen).page) where listing_id = tests.id(home))
    or exists (select from unnest((screen).pins) where listing_id = tests.id(home))
    or (screen).facets.homes = 60
  from (select public.search_screen(2, 48, 3, 49, page_size => 100) as screen offset 0) as asked $$;
select is(pg_temp.shown('home 1'), true, 'a published home is on the screen');
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select is(pg_temp.shown('home 1'), false, 'the home of a suspended host is in no part of it');
delete from private.suspensions;
select tests.become('alan');
select public.hide_listing(tests.id('home 1'));
select tests.back();
set constraints all immediate;
select is(pg_temp.shown('home 1'), false, 'nor is a hidden one');

select is(tests.outcome('anon', format('select public.search_screen(%s)', arguments)), code, arguments)
from (values ('1', 'invalid_box'), ('guests => 0', 'invalid_guests'), ('check_in => ''2031-06-10''', 'dates_required'),
  ('amenities => ''{moat}''', 'unknown_amenity'), ('sort => ''fame''', 'invalid_sort'), ('page_size => 0', 'invalid_page_size'),
  ('page_size => 101', 'too_many_results'), ('after => ''x''', 'invalid_cursor'), ('sort => ''distance''', 'point_required')) as asked (arguments, code);

select * from finish();
rollback;
