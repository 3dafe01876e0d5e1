-- Addresses: where the public thinks a home is.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
update private.settings set addresses_are_confirmed = true;
select tests.person(name) from unnest(array['ada', 'hedy', 'radia', 'alan', 'grace']) as name;

-- The point the public sees

create function pg_temp.metres(lat1 double precision, lon1 double precision, lat2 double precision,
  lon2 double precision)
  returns double precision language sql as $$
  select 2 * 6371008.8 * asin(sqrt(sin(radians(lat2 - lat1) / 2) ^ 2
    + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2))
$$;
create function pg_temp.off(name text) returns double precision language sql as $$
  select pg_temp.metres(listing_addresses.latitude, listing_addresses.longitude, listings.latitude,
    listings.longitude)
  from public.listings
    join public.listing_addresses on listing_addresses.listing_id = listings.listing_id
  where listings.listing_id = tests.id(name)
$$;
select tests.become('ada');
select public.create_listing(tests.id('home ' || place), 'Home', 'UTC', 'EUR')
  from generate_series(1, 60) as place;
insert into public.listing_addresses (listing_id, street, latitude, longitude)
select tests.id('home ' || place), '1', -70 + 2.3 * place, mod(place * 37, 360) - 180
  from generate_series(1, 60) as place;
select tests.back();
select is_empty(
  $$ select place, pg_temp.off('home ' || place) from generate_series(1, 60) as place
     where not pg_temp.off('home ' || place) between 148 and 452 $$,
  'sixty homes lie 150 to 450 metres from their points');
select cmp_ok((select count(distinct round(degrees(atan2(east_metres, north_metres))::numeric / 30))
  from private.point_offsets), '>', 6::bigint,
  'the public points lie in all directions from their homes');
create temp table points as select latitude, longitude from public.listings
  where listing_id = tests.id('home 1');
update public.listing_addresses set street = '2', unit = 'b' where listing_id = tests.id('home 1');
update public.listing_addresses set latitude = latitude where listing_id = tests.id('home 1');
select results_eq($$ select latitude, longitude from public.listings
  where listing_id = tests.id('home 1') $$, 'select * from points',
  'the point is drawn once: many of them would give the door away');
update public.listing_addresses set latitude = latitude + 1 where listing_id = tests.id('home 1');
select is((select round((listings.latitude - points.latitude)::numeric, 5) from public.listings,
  points where listing_id = tests.id('home 1')), 1.00000,
  'a new address moves it as far');
select lives_ok(format('update public.listing_addresses set latitude = %s, longitude = %s where listing_id = tests.id(''home 2'')', latitude, longitude),
  format('even at %s, %s', latitude, longitude))
from (values (90, 0), (-90, 180), (0, 180), (0, -180), (89.9999, 179.9999)) as places (latitude,
  longitude);
select is(tests.outcome('ada',
  $$ update public.listing_addresses set latitude = 91 where listing_id = tests.id('home 2') $$),
    '23514', 'a latitude is at most 90');
select is(tests.outcome('ada',
  $$ update public.listing_addresses set longitude = 'NaN' where listing_id = tests.id('home 2') $$), '23514',
  'a longitude is a number');

select * from finish();
rollback;
