-- Maps: that pins are what search finds, and that clusters are what is in their tiles.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.home('home ' || number, (array['ada', 'alan', 'hedy'])[1 + number % 3], 5000 + 700 * (number % 13))
from generate_series(1, 60) as number;
-- Sixty homes in half a degree of Paris, but for ten across the 180th meridian.
update public.listings
set longitude = 2.1 + (number * 37 % 50) / 100.0, latitude = 48.7 + (number * 53 % 31) / 100.0,
    room_type = case when number % 4 = 0 then 'private_room' else 'entire_home' end::public.room_type
from generate_series(1, 50) as number where listing_id = tests.id('home ' || number);
update public.listings
set longitude = case when number % 2 = 0 then 179.9 else -179.9 end + (number - 55) / 100.0, latitude = -16.8
from generate_series(51, 60) as number where listing_id = tests.id('home ' || number);
select tests.book('visit', 'grace', 'home 1', '2031-06-11', '2031-06-13');
select tests.book('other', 'margaret', 'home 8', '2031-06-09', '2031-06-11');
set constraints all immediate;

-- Pins

create function pg_temp.pins(arguments text) returns setof text language plpgsql as $$
begin
  return query execute format(
    'select concat_ws('' '', listing_id, round(latitude::numeric, 6), round(longitude::numeric, 6), homes, currency, nightly_minor, total_minor)
     from public.search_pins(%s)', arguments);
end $$;
create function pg_temp.homes(arguments text) returns setof text language plpgsql as $$
begin
  return query execute format(
    'select concat_ws('' '', listing_id, round(latitude::numeric, 6), round(longitude::numeric, 6), 1, currency, nightly_minor, total_minor)
     from public.search_listings(%s, page_size => 100)', arguments);
end $$;
create function pg_temp.agree(who text, arguments text) returns text language plpgsql as $$
declare
  said text;
begin
  if who = 'anon' then perform tests.become_anon(); else perform tests.become(who); end if;
  said := set_eq(format('select * from pg_temp.pins(%L)', arguments), format('select * from pg_temp.homes(%L)', arguments),
    format('%s: the pins of (%s) are what search finds', who, arguments));
  perform tests.back();
  return said;
end $$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.agree(who, arguments)
from unnest(array['anon', 'ada', 'grace']) as who, unnest(array[
  'guests => 1',
  '2, 48, 3, 49',
  '2.2, 48.75, 2.4, 48.9',
  '179, -17, -179, -16',
  'latitude => 48.85, longitude => 2.35, radius_metres => 9000',
  '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12''',
  '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12'', guests => 3, room_types => ''{private_room}''',
  '2, 48, 3, 49, guests => 5',
  '2, 48, 3, 49, minimum_price_minor => 6000, maximum_price_minor => 9000, currency => ''EUR''',
  '2, 48, 3, 49, check_in => ''2031-06-10'', check_out => ''2031-06-12'', minimum_price_minor => 9000, maximum_price_minor => 12000, currency => ''EUR''']) as arguments;
select isnt_empty('select * from pg_temp.pins(''2, 48, 3, 49'')', 'there are pins');
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select pg_temp.agree('anon', '2, 48, 3, 49');
delete from private.suspensions;

-- Clusters: four pins at most, so that sixty homes are too many

create function pg_temp.clusters(west float8, south float8, east float8, north float8, check_in date default null, most integer default 3000)
  returns setof public.search_pin language sql as $$
  select clusters.* from private.search_pins(
    jsonb_populate_record(null::private.search_wish, jsonb_build_object(
      'west', west, 'south', south, 'east', east, 'north', north, 'check_in', check_in, 'check_out', check_in + 2,
      'guests', 1, 'infants', 0, 'pets', 0)), 4, most) as clusters $$;

select is((select sum(homes) from pg_temp.clusters(-180, -90, 180, 90)), 60::bigint, 'the clusters of the world have every home');
select cmp_ok((select count(*) from pg_temp.clusters(2, 48, 3, 49)), '<=', 150::bigint, 'there are not too many clusters');
select cmp_ok((select count(*) from pg_temp.clusters(2, 48, 3, 49)), '>', 4::bigint, 'nor too few');

-- By hand: the tiles of a box of one degree are a 16th of a degree high at level 11 (360 / 2^11 = 0.176, 180 / 2^11 = 0.088).
create temp table by_hand as
select count(*)::integer as homes, round(avg(latitude)::numeric, 6)::float8 as latitude, round(avg(longitude)::numeric, 6)::float8 as longitude,
  (min(totals.total_minor) + 1) / 2 as nightly_minor, min(totals.total_minor) as total_minor
from public.listings
join private.stay_totals(array(select listing_id from public.listings), '2031-06-10', '2031-06-12', 1, 0) as totals using (listing_id)
where latitude > 0 and private.stay_problem(listing_id, '2031-06-10', '2031-06-12', 1, 0, 0, null) is null
group by floor((longitude + 180) / 360 * 2048), floor((latitude + 90) / 180 * 2048);
select set_eq(
  $$ select homes, latitude, longitude, nightly_minor, total_minor from pg_temp.clusters(2, 48.6, 3, 49.1, '2031-06-10') $$,
  'table by_hand', 'each cluster has the homes of its tile that can be booked, their middle and their least prices');
select set_eq(
  $$ select * from pg_temp.clusters(2, 48.6, 3, 49.1) $$, $$ select * from pg_temp.clusters(2.001, 48.601, 3.001, 49.101) $$,
  'a map that is dragged a little has the same clusters');
select is_empty(
  $$ select * from pg_temp.clusters(2, 48.6, 2.6, 49.1) as one
     where homes > 1 and longitude < 2.5 and not exists (
       select from pg_temp.clusters(1.7, 48.5, 2.3 + 0.3, 49) as other where other = one) and latitude < 48.9 $$,
  'and where two maps overlap, they have the same');
select is(
  (select count(*) from pg_temp.clusters(2, 48, 3, 49) where listing_id is null and homes = 1), 0::bigint,
  'a cluster of one home is a pin');
select is((select sum(homes) from pg_temp.clusters(170, -30, -170, 0)), 10::bigint, 'a map across the 180th meridian has clusters');
select is((select bool_or(estimated) from pg_temp.clusters(-180, -90, 180, 90)), false, 'what was counted is not estimated');

-- Where there are more homes than are looked at, one in four is.
select set_eq(
  $$ select homes, estimated from pg_temp.clusters(-180, -90, 180, 90, null, 30) $$,
  $$ select (4 * count(*))::integer, true from public.listings where uuid_hash(listing_id) & 3 = 0
     group by floor((longitude + 180) / 360 * 8), floor((latitude + 90) / 180 * 8) $$,
  'of a crowded map a part is looked at, and the numbers are estimated');

select is(tests.outcome('anon', format('select * from public.search_pins(%s)', arguments)), code, arguments)
from (values ('1', 'invalid_box'), ('guests => 0', 'invalid_guests'), ('check_in => ''2031-06-10''', 'dates_required'),
  ('amenities => ''{moat}''', 'unknown_amenity'), ('maximum_price_minor => 1', 'currency_required')) as asked (arguments, code);

select * from finish();
rollback;
