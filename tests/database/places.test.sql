-- Places: which names find which place, how many homes it has, and where.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;

-- A home that can be found, in a city; its public point is what the test says.
create function pg_temp.place_home(
  home text, country text, region text, city text, longitude float8, latitude float8, host text default 'ada')
  returns void language plpgsql as $$
begin
  perform tests.home(home, host);
  update public.listings
  set country_code = country, region = place_home.region, city = place_home.city,
      longitude = place_home.longitude, latitude = place_home.latitude
  where listing_id = tests.id(home);
end $$;
create function pg_temp.count() returns void language plpgsql as $$
begin
  set constraints all immediate;
  perform private.count_places(1000);
  set constraints all deferred;
end $$;
create function pg_temp.found(name text, page_size integer default 10) returns text language plpgsql as $$
declare
  names text;
begin
  perform tests.become_anon();
  select coalesce(string_agg(format('%s %s', one.name, one.homes), ', ' order by one.ordinality), 'nothing') into names
  from public.search_places(found.name, found.page_size) with ordinality as one;
  perform tests.back();
  return names;
end $$;
create function pg_temp.box(name text) returns float8[] language sql as $$
  select array[west, south, east, north] from public.search_places(box.name) limit 1 $$;

select pg_temp.place_home('alta', 'ES', 'Gipuzkoa', 'San Sebastián', -1.9812, 43.3183);
select pg_temp.place_home('baja', 'ES', 'Gipuzkoa', 'San Sebastian', -1.9755, 43.3221, 'alan');
select pg_temp.place_home('casa', 'ES', 'Gipuzkoa', 'San Sebastián', -1.9754, 43.3222, 'alan');
select pg_temp.place_home('deva', 'ES', 'Gipuzkoa', 'Deba', -2.3551, 43.2948);
select pg_temp.place_home('este', 'ES', 'Canarias', 'San Sebastián de La Gomera', -17.1133, 28.0916);
select pg_temp.place_home('forge', 'FR', 'Lune', 'Sainte-Lune', 4.1, 46.85);
select pg_temp.place_home('grange', 'FR', 'Lune', 'Saint-Lô', 4.2, 46.9);
select pg_temp.place_home('hytte', 'DK', null, 'Ærøskøbing', 10.41, 54.89);
select pg_temp.place_home('isba', 'RU', 'Москва', 'Москва', 37.6, 55.75);
select pg_temp.count();
select is_empty('select * from private.place_changes', 'the job takes out of its queue what it counted');

-- Names

select is(pg_temp.found(name), found, format('who writes %s finds %s', name, found))
from (values
  ('San Sebastián', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('san sebastian', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('  SAN-SEBASTIAN!', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('sebastian', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('san sebastian de la', 'San Sebastián de La Gomera 1, San Sebastián 3'),
  ('gomera', 'San Sebastián de La Gomera 1'),
  ('sainte lune', 'Sainte-Lune 1'),
  ('lune', 'Lune 2, Sainte-Lune 1'),
  ('saint lo', 'Saint-Lô 1, Sainte-Lune 1'),
  ('sain', 'Saint-Lô 1, Sainte-Lune 1'),
  ('s', 'San Sebastián 3, San Sebastián de La Gomera 1, Saint-Lô 1, Sainte-Lune 1'),
  ('SA', 'San Sebastián 3, San Sebastián de La Gomera 1, Saint-Lô 1, Sainte-Lune 1'),
  ('san sebastina', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('sansebastian', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('gipuzcoa', 'Gipuzkoa 4'),
  ('zan zebastian', 'San Sebastián 3, San Sebastián de La Gomera 1'),
  ('Gomrea', 'San Sebastián de La Gomera 1'),
  ('aeroskobing', 'Ærøskøbing 1'),
  ('ærøskøbing', 'Ærøskøbing 1'),
  ('москва', 'Москва 1, Москва 1'),
  ('Москв', 'Москва 1, Москва 1'),
  ('atlantis', 'nothing'),
  ('x%', 'nothing'), ('_____q', 'nothing')) as asked (name, found);

-- Neighbourhoods: each is one of its city, wherever else its name is.

update public.listings set neighbourhood = 'Parte Vieja' where listing_id in (tests.id('alta'), tests.id('casa'));
update public.listings set neighbourhood = 'PARTE VIEJA' where listing_id = tests.id('deva');
update public.listings set neighbourhood = ' - ' where listing_id = tests.id('baja');
select pg_temp.count();
select is(pg_temp.found('parte vieja'), 'Parte Vieja 2, PARTE VIEJA 1', 'a neighbourhood is found in each city that has one of its name');
select results_eq(
  $$ select kind, city, region, country_code from public.search_places('vieja') $$,
  $$ values ('neighbourhood', 'San Sebastián', 'Gipuzkoa', 'ES'), ('neighbourhood', 'Deba', 'Gipuzkoa', 'ES') $$, 'it says of which');
select is(pg_temp.found('parte veija'), 'Parte Vieja 2, PARTE VIEJA 1', 'it may be misspelled');
select is(
  (select array_agg(round(edge::numeric, 4)) from unnest(pg_temp.box('parte vieja')) as edge), '{-1.99,43.31,-1.97,43.33}', 'its box is that of its homes');
select is(pg_temp.found('san sebastian'), 'San Sebastián 3, San Sebastián de La Gomera 1', 'its city has all of them');
select is(pg_temp.found('gipuzkoa'), 'Gipuzkoa 4', 'and so has the region');
insert into private.place_aliases (country_code, name, alias) values ('ES', 'Parte Vieja', 'Alde Zaharra');
select pg_temp.count();
select is(pg_temp.found('alde zaharra'), 'Parte Vieja 2, PARTE VIEJA 1', 'other names are the gazetteer''s');
delete from private.place_aliases;
update public.listings set neighbourhood = null where listing_id = tests.id('casa');
update public.listings set neighbourhood = 'Itziar' where listing_id = tests.id('deva');
select pg_temp.count();
select is(pg_temp.found('parte vieja'), 'Parte Vieja 1', 'homes that move are counted again');
select is(pg_temp.found('itziar'), 'Itziar 1', 'in both');
update public.listings set neighbourhood = null;
select pg_temp.count();
select is(pg_temp.found('itziar'), 'nothing', 'without homes there is none');

select is(pg_temp.found('san', 1), 'San Sebastián 3', 'a page has as many places as were asked for');
select is(
  (select array_agg(array[kind, coalesce(region, '-'), country_code]) from public.search_places('lune')),
  array[['region', '-', 'FR'], ['city', 'Lune', 'FR']], 'a region and a city are told apart');
select is(tests.outcome('anon', format('select * from public.search_places(%L)', name)), 'invalid_place_name',
  format('%L is no name', name))
from unnest(array['', ' - ', null, '%', repeat('a', 101)]) as name;
select is(tests.outcome('anon', format('select * from public.search_places(''san'', %s)', size)), code,
  format('a page has no %s places', size))
from (values ('0', 'invalid_page_size'), ('null', 'invalid_page_size'), ('101', 'too_many_results')) as sizes (size, code);

-- Other names

insert into private.place_aliases (country_code, name, alias) values
  ('ES', 'San Sebastián', 'Donostia'), ('ES', 'Gipuzkoa', 'Guipúzcoa'), ('FR', 'San Sebastián', 'Elsewhere'),
  ('RU', 'Москва', 'Moscow');
select pg_temp.count();
select is(pg_temp.found('donostia'), 'San Sebastián 3', 'another name of a city finds it');
select is((select matched from public.search_places('donosti')), 'Donostia', 'and is told');
select is(pg_temp.found('guipuzcoa'), 'Gipuzkoa 4', 'another name of a region finds it');
select is(pg_temp.found('donotsia'), 'San Sebastián 3', 'it may be misspelled, too');
select is(pg_temp.found('elsewhere'), 'nothing', 'a name is one of its country');
select is(pg_temp.found('moscow'), 'Москва 1, Москва 1', 'a place is found in another script');
update private.place_aliases set alias = 'Irutxulo' where alias = 'Donostia';
select pg_temp.count();
select is(pg_temp.found('irutxulo'), 'San Sebastián 3', 'a name that was corrected finds the city');
select is(pg_temp.found('donostia'), 'nothing', 'and as it was no more');
delete from private.place_aliases;
select pg_temp.count();
select is(pg_temp.found('irutxulo'), 'nothing', 'nor a name that was taken out');

-- Homes

select is(pg_temp.found('gipuzkoa'), 'Gipuzkoa 4', 'a region has the homes of its cities');
select tests.become('ada');
select public.create_listing(tests.id('draft'), 'Draft', 'Europe/Paris', 'EUR');
update public.listings set country_code = 'ES', region = 'Gipuzkoa', city = 'Zarautz' where listing_id = tests.id('draft');
select public.hide_listing(tests.id('deva'));
select tests.back();
select pg_temp.count();
select is(pg_temp.found('zarautz'), 'nothing', 'a draft has no place yet');
select unalike(pg_temp.found('deba'), '%Deba%', 'a city whose only home was hidden is not found');
select is(pg_temp.found('gipuzkoa'), 'Gipuzkoa 3', 'its region has one home less');
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select pg_temp.count();
select is(pg_temp.found('gipuzkoa'), 'Gipuzkoa 1', 'homes of a suspended host do not count');
delete from private.suspensions;
select pg_temp.count();
select is(pg_temp.found('gipuzkoa'), 'Gipuzkoa 3', 'when the suspension is lifted, they do');
select tests.become('ada');
update public.listings set city = 'Saint-Lo' where listing_id = tests.id('forge');
select tests.back();
select pg_temp.count();
select is(pg_temp.found('saint lo'), 'Saint-Lo 2', 'a home that is said to be elsewhere counts there');
select is(pg_temp.found('sainte lune'), 'Saint-Lo 2, Lune 2', 'its former city is gone, and only its like is found');
delete from public.listings where listing_id = tests.id('grange');
select pg_temp.count();
select is(pg_temp.found('saint lo'), 'Saint-Lo 1', 'a home that is gone does not count');

-- A name with a grapheme joiner between two marks, which Unicode sorts where none is. One home must
-- not stop the count of all.
select pg_temp.place_home('joiner', 'ES', 'Gipuzkoa', U&'Ora\0483\034F\0591n', -2.3, 43.2);
select lives_ok('select pg_temp.count()', 'any name can be counted');
select is(pg_temp.found(U&'ora\0483\034F\0591n'), U&'Ora\0483\034F\0591n 1', 'and found as it is written');
delete from public.listings where listing_id = tests.id('joiner');
select pg_temp.count();

-- Boxes

select is(pg_temp.box('san sebastian'), array[-1.99, 43.31, -1.97, 43.33]::float8[],
  'a box has the public points, rounded outwards to hundredths');
select is(pg_temp.box('gomera'), array[-17.12, 28.09, -17.11, 28.10]::float8[], 'that of one home says less than its point');
update public.listings set longitude = 180, latitude = -16.8 where listing_id = tests.id('casa');
update public.listings set longitude = -179.985, latitude = -16.8 where listing_id = tests.id('baja');
update public.listings set longitude = 179.985, latitude = -16.5 where listing_id = tests.id('alta');
select pg_temp.count();
select is(pg_temp.box('san sebastian'), array[179.98, -16.8, -179.98, -16.5]::float8[],
  'a city may lie across the 180th meridian');
select is(
  (select array[west, south, east, north] from public.search_places('gipuzkoa')), array[179.98, -16.8, -179.98, -16.5]::float8[],
  'and so may a region');
select is(
  (select count(*) from public.search_listings(179.98, -16.81, -179.98, -16.5)), 3::bigint,
  'search finds the homes of a box');

-- Kept right in the same way, whatever happened

create function pg_temp.all_places() returns setof jsonb language sql as $$
  select to_jsonb(places) - 'place_id' || jsonb_build_object('names', (
    select jsonb_agg(array[words, position::text, place_names.name, place_names.homes::text] order by words)
    from private.place_names where place_names.place_id = places.place_id))
  from private.places $$;
create temp table as_kept as select * from pg_temp.all_places();
select isnt_empty('table as_kept', 'there are places');
select private.rebuild_places();
select bag_eq('table as_kept', 'select * from pg_temp.all_places()', 'built anew, they are the same');

select * from finish();
rollback;
