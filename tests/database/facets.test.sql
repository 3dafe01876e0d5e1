-- Facets: every number is what search finds with that filter.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.home('home ' || number, (array['ada', 'alan', 'hedy'])[1 + number % 3], 5000 + 700 * (number % 13))
from generate_series(1, 60) as number;
update public.listings
set longitude = 2.1 + (number * 37 % 50) / 100.0, latitude = 48.7 + (number * 53 % 31) / 100.0,
    room_type = (enum_range(null::public.room_type))[1 + number % 3],
    property_type = (array['home', 'boat', 'tower', 'home', 'castle'])[1 + number % 5],
    bedrooms = number % 6, instant_book = number % 4 <> 0, capacity = 1 + number % 7
from generate_series(1, 60) as number where listing_id = tests.id('home ' || number);
update public.profiles set superhost = true where profile_id = tests.person('hedy');
insert into public.listing_amenities (listing_id, amenity)
select tests.id('home ' || number), amenity
from generate_series(1, 60) as number, (values ('wifi', 2), ('kitchen', 3), ('indoor_fireplace', 7)) as has (amenity, every)
where number % every = 0;
select tests.book('visit', 'grace', 'home 1', '2031-06-11', '2031-06-13');
select tests.book('other', 'margaret', 'home 9', '2031-06-09', '2031-06-11');
set constraints all immediate;

create function pg_temp.found(arguments text) returns bigint language plpgsql as $$
declare
  homes bigint;
begin
  execute format('select count(*) from public.search_listings(%s, page_size => 100)', arguments) into homes;
  return homes;
end $$;
create function pg_temp.facets(arguments text) returns public.search_facets language plpgsql as $$
declare
  facets public.search_facets;
begin
  execute format('select (one).* from public.search_facets(%s) as one', arguments) into facets;
  return facets;
end $$;

-- Under each set of filters: what the verb says, and what search finds when the filter in question is asked for alone.
create temp table wishes (wish text, rooms text, types text, bedrooms text, amenities text, instant text, superhost text, dates text);
insert into wishes
select format('%s-%s', row_number() over (), dates <> ''), rooms, types, bedrooms, amenities, instant, superhost, dates
from (values
  ('', '', '', '', '', ''),
  ('{private_room}', '', '', '', '', ''),
  ('{private_room,entire_home}', '{home,boat}', '', '', '', ''),
  ('', '{tower}', '2', '{wifi}', '', ''),
  ('', '', '3', '{wifi,kitchen}', 'true', ''),
  ('{entire_home,private_room}', '', '1', '{wifi}', 'false', ''),
  ('', '{home}', '', '', 'true', 'true'),
  ('', '{home,castle}', '1', '', '', 'false'),
  ('', '{cave}', '', '', '', '')) as filters (rooms, types, bedrooms, amenities, instant, superhost),
  (values (''), ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', guests => 2')) as days (dates);
create function pg_temp.asked(rooms text, types text, bedrooms text, amenities text, instant text, superhost text, dates text)
  returns text language sql as $$
  select concat_ws(', ', '2, 48, 3, 49', nullif(dates, ''), 'room_types => ' || quote_literal(nullif(rooms, '')),
    'property_types => ' || quote_literal(nullif(types, '')), 'bedrooms => ' || nullif(bedrooms, ''),
    'amenities => ' || quote_literal(nullif(amenities, '')), 'instant_book => ' || nullif(instant, ''),
    'superhost => ' || nullif(superhost, '')) $$;

create temp table compared as
with answers as (
  select wishes.*, pg_temp.facets(pg_temp.asked(rooms, types, bedrooms, amenities, instant, superhost, dates)) as facets from wishes)
select wish, 'homes' as what, (facets).homes as said, pg_temp.found(pg_temp.asked(rooms, types, bedrooms, amenities, instant, superhost, dates)) as found
from answers
union all
select wish, facet.word, facet.homes, pg_temp.found(pg_temp.asked('{' || facet.word || '}', types, bedrooms, amenities, instant, superhost, dates))
from answers, unnest((facets).room_types) as facet
union all
select wish, facet.word, facet.homes, pg_temp.found(pg_temp.asked(rooms, '{' || facet.word || '}', bedrooms, amenities, instant, superhost, dates))
from answers, unnest((facets).property_types) as facet
union all
select wish, facet.word, facet.homes, pg_temp.found(pg_temp.asked(rooms, types, bedrooms,
  (coalesce(nullif(amenities, '')::text[], '{}') || facet.word)::text, instant, superhost, dates))
from answers, unnest((facets).amenities) as facet
where facet.homes > 0 or facet.word in ('wifi', 'kitchen', 'indoor_fireplace', 'pool')
union all
select wish, 'bedrooms ' || least, homes, pg_temp.found(pg_temp.asked(rooms, types, least::text, amenities, instant, superhost, dates))
from answers, unnest((facets).bedrooms) with ordinality as facet (homes, least)
union all
select wish, 'instant_book', (facets).instant_book, pg_temp.found(pg_temp.asked(rooms, types, bedrooms, amenities, 'true', superhost, dates)) from answers
union all
select wish, 'superhost', (facets).superhost, pg_temp.found(pg_temp.asked(rooms, types, bedrooms, amenities, instant, 'true', dates)) from answers;
select is_empty('select * from compared where said <> found', 'every number is what search finds with that filter');
select cmp_ok((select count(*) from compared where found > 0), '>', 200::bigint, 'and many are not nothing');
select is((select count(distinct word) from unnest((pg_temp.facets('guests => 1')).amenities)), (select count(*) from public.amenities),
  'every amenity has its number');
select is((pg_temp.facets('2, 48, 3, 49')).estimated or (pg_temp.facets('2, 48, 3, 49')).more, false, 'sixty homes are counted');

-- Prices

select is(
  (select sum(bar.homes) from unnest((pg_temp.facets('2, 48, 3, 49, bedrooms => 2')).prices) as bar),
  pg_temp.found('2, 48, 3, 49, bedrooms => 2'), 'every home is in one of the bars');
select is(
  (select sum(bar.homes) from unnest((pg_temp.facets(
    '2, 48, 3, 49, bedrooms => 2, minimum_price_minor => 7000, maximum_price_minor => 8000, currency => ''EUR''')).prices) as bar),
  pg_temp.found('2, 48, 3, 49, bedrooms => 2'), 'whatever price was asked for');
select is_empty(
  $$ select bar.* from unnest((pg_temp.facets('2, 48, 3, 49')).prices) as bar
     where bar.homes <> pg_temp.found(format('2, 48, 3, 49, currency => ''EUR'', minimum_price_minor => %s, maximum_price_minor => %s',
       bar.from_minor, coalesce(bar.to_minor - 1, 1000000))) $$, 'each bar has the homes of these prices');
select is(
  (pg_temp.facets('2, 48, 3, 49, minimum_price_minor => 7000, maximum_price_minor => 8000, currency => ''EUR''')).homes::bigint,
  pg_temp.found('2, 48, 3, 49, minimum_price_minor => 7000, maximum_price_minor => 8000, currency => ''EUR'''),
  'a price asked for counts for all else');
select results_eq(
  $$ select bar.from_minor, bar.homes from unnest((pg_temp.facets('2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12''')).prices) as bar $$,
  $$ select bar.from_minor, (
       select count(*)::integer from public.search_listings(2, 48, 3, 49, check_in => '2031-06-10', check_out => '2031-06-12', page_size => 100)
       where nightly_minor >= bar.from_minor and nightly_minor < coalesce(bar.to_minor, nightly_minor + 1))
     from unnest((pg_temp.facets('2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12''')).prices) as bar $$,
  'with days, prices have everything in them');
select is((pg_temp.facets('3, 48, 4, 49')).prices, '{}', 'of no homes there are no prices');
select is((pg_temp.facets('3, 48, 4, 49')).currency, null, 'and no currency');

-- More than can be counted

create function pg_temp.crowded(most integer) returns public.search_facets language sql as $$
  select private.search_facets(jsonb_populate_record(null::private.search_wish,
    '{"west": 2, "south": 48, "east": 3, "north": 49, "guests": 1, "infants": 0, "pets": 0}'), most) $$;
select is((pg_temp.crowded(30)).estimated, true, 'of many homes a part is looked at');
select is((pg_temp.crowded(30)).homes, 60, 'few are counted all the same');
select is(
  (select array_agg(facet.homes) from unnest((pg_temp.crowded(30)).room_types) as facet),
  (select array_agg(homes) from (
     select (4 * count(listing_id))::integer as homes from unnest(enum_range(null::public.room_type)) as kind
     left join public.listings on room_type = kind and uuid_hash(listing_id) & 3 = 0 group by kind order by kind) as parts),
  'the other numbers are those of the part, times four');

insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select is((pg_temp.facets('2, 48, 3, 49')).homes, 40, 'homes of a suspended host do not count');

select is(tests.outcome('anon', format('select public.search_facets(%s)', arguments)), code, arguments)
from (values ('1', 'invalid_box'), ('guests => 0', 'invalid_guests'), ('check_in => ''2031-06-10''', 'dates_required'),
  ('amenities => ''{moat}''', 'unknown_amenity'), ('property_types => ''{palace}''', 'unknown_property_type'), ('maximum_price_minor => 1', 'currency_required')) as asked (arguments, code);

select * from finish();
rollback;
