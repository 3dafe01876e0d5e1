-- Flexible days: that each home is shown with its cheapest stay of those that would do, at the total that search shows
-- for these days, and that what is looked at is bounded.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.home('home ' || number, (array['ada', 'alan', 'hedy'])[1 + number % 3], 5000 + 700 * (number % 13))
from generate_series(1, 40) as number;
update public.listings
set longitude = 2.1 + (number * 37 % 50) / 100.0, latitude = 48.7 + (number * 53 % 31) / 100.0,
    room_type = case when number % 4 = 0 then 'private_room' else 'entire_home' end::public.room_type
from generate_series(1, 40) as number where listing_id = tests.id('home ' || number);
-- Nights that cost more or less, homes that begin on some days only, and long stays only.
insert into public.calendar_days (listing_id, day, price_minor)
select tests.id('home ' || number), date '2031-06-01' + (number * 7 + step) % 40, 3000 + (number * step * 911) % 15000
from generate_series(1, 40) as number, generate_series(1, 12) as step;
update public.booking_rules set minimum_nights = 3 where listing_id in (tests.id('home 5'), tests.id('home 6'));
update public.booking_rules set arrival_weekdays = '{5,6}' where listing_id in (tests.id('home 9'), tests.id('home 10'));
insert into public.length_discounts values (tests.id('home 11'), 7, 2000);
insert into private.taxes (name, listing_id, basis, rate_bp) values ('Tax', tests.id('home 14'), 'percent_of_nights', 2500);
select tests.book('visit', 'grace', 'home 1', '2031-06-11', '2031-06-13');
select tests.book('other', 'margaret', 'home 8', '2031-06-05', '2031-06-26');
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
insert into public.listing_photos (listing_id, storage_path, position, published)
select tests.id('home 3'), tests.id('home 3') || '/photo-' || position, position, position > 1 from generate_series(1, 3) as position;
set constraints all immediate;

-- What search says of each stay

create function pg_temp.by_search(arguments text, days date[], nights integer)
  returns table (listing_id uuid, check_in date, check_out date, currency text, nightly_minor bigint, total_minor bigint)
  language plpgsql as $$
declare
  day date;
begin
  foreach day in array days loop
    return query execute format(
      'select listing_id, %L::date, %L::date, currency, nightly_minor, total_minor
       from public.search_listings(%s, check_in => %L, check_out => %L, page_size => 100)',
      day, day + nights, arguments, day, day + nights);
  end loop;
end $$;
create function pg_temp.cheapest_by_search(arguments text, days date[], nights integer, most integer)
  returns setof text language sql as $$
  select concat_ws(' ', one.listing_id, one.check_in, one.check_out, one.currency, one.nightly_minor, one.total_minor)
  from (
    select distinct on (found.listing_id) found.* from pg_temp.by_search(arguments, days, nights) as found
    order by found.listing_id, found.total_minor, found.check_in) as one
  order by one.total_minor, one.listing_id limit most $$;
create function pg_temp.flexible(arguments text) returns setof text language plpgsql as $$
begin
  return query execute format(
    'select concat_ws('' '', listing_id, check_in, check_out, currency, nightly_minor, total_minor)
     from public.search_flexible_days(%s)', arguments);
end $$;
create function pg_temp.agree(who text, wish text, asked text, days date[], nights integer, most integer) returns text
  language plpgsql as $$
declare
  said text;
begin
  if who = 'anon' then perform tests.become_anon(); else perform tests.become(who); end if;
  said := results_eq(
    format('select * from pg_temp.flexible(%L)', format('%s, %s, page_size => %s', wish, asked, most)),
    format('select * from pg_temp.cheapest_by_search(%L, %L, %s, %s)', wish, days, nights, most),
    format('%s: (%s, %s) are the %s cheapest of all that search finds', who, wish, asked, most));
  perform tests.back();
  return said;
end $$;
create function pg_temp.days(starts date, ends date) returns date[] language sql as $$
  select array_agg(day::date order by day) from generate_series(starts, ends, '1 day') as day $$;
grant execute on all functions in schema pg_temp to public;

create temp table asked (asked text, days date[], nights integer);
insert into asked values
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', flex_days => 1', pg_temp.days('2031-06-09', '2031-06-11'), 2),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-15'', flex_days => 3', pg_temp.days('2031-06-07', '2031-06-13'), 5),
  ('month => ''2031-06'', stay => ''weekend''', '{2031-06-06,2031-06-13,2031-06-20,2031-06-27}', 2),
  ('month => ''2031-06'', stay => ''week''', pg_temp.days('2031-06-01', '2031-06-30'), 7),
  ('month => ''2031-07'', nights => 1', pg_temp.days('2031-07-01', '2031-07-31'), 1),
  ('month => ''2032-02'', nights => 28', pg_temp.days('2032-02-01', '2032-02-29'), 28),
  -- Of the month that has begun, its rest
  ('month => ''2031-05'', nights => 3', pg_temp.days('2031-05-20', '2031-05-31'), 3);
select pg_temp.agree(who, wish, asked, days, nights, most)
from asked, (values
  ('anon', '2, 48, 3, 49', 100), ('ada', '2, 48, 3, 49', 7), ('grace', '2, 48, 3, 49, guests => 3', 5),
  ('anon', 'guests => 1', 1),
  ('anon', 'latitude => 48.85, longitude => 2.35, radius_metres => 15000, room_types => ''{private_room}''', 20),
  ('anon', '2, 48, 3, 49, minimum_price_minor => 6000, maximum_price_minor => 9000, currency => ''EUR''', 20))
  as wishes (who, wish, most);
select pg_temp.agree('anon', '2, 48, 3, 49, free_cancellation_until => ''2031-06-08''', asked, days, nights, 30)
from asked limit 2;
select cmp_ok(count(*), '>', 20::bigint, 'there are homes to compare')
from public.search_flexible_days(2, 48, 3, 49, month => '2031-06', stay => 'week', page_size => 100);
select cmp_ok(count(distinct check_in), '>', 3::bigint, 'whose cheapest days differ')
from public.search_flexible_days(2, 48, 3, 49, month => '2031-06', stay => 'week', page_size => 100);
select is(
  (select bool_or(quote.total_minor is distinct from found.total_minor)
   from public.search_flexible_days(2, 48, 3, 49, month => '2031-06', stay => 'weekend') as found
   cross join public.quote_stay(found.listing_id, found.check_in::text, found.check_out::text) as quote),
  false, 'what is shown is what a quote says');

select is_empty(
  $$ select found.check_in, found.listing_id
     from (
       select * from public.search_flexible_days(2, 48, 3, 49, latitude => 48.85, longitude => 2.35,
         month => '2031-06', stay => 'week', page_size => 100)) as found
     left join lateral (
       select * from public.search_listings(2, 48, 3, 49, latitude => 48.85, longitude => 2.35,
         check_in => found.check_in::text, check_out => found.check_out::text, page_size => 100) as one
       where one.listing_id = found.listing_id) as card on true
     where to_jsonb(card) - 'cursor' is distinct from to_jsonb(found) - '{check_in,check_out,estimated}'::text[] $$,
  'a card shows the same as search_listings for these days');
select is((select count(photo_path) from public.search_flexible_days(2, 48, 3, 49, month => '2031-06', stay => 'week')), 1::bigint,
  'with its first published photo');

-- The days of a month

create function pg_temp.calendar(wish text, month text, nights integer) returns setof text language plpgsql as $$
begin
  return query execute format(
    'select concat_ws('' '', check_in, check_out, currency, nightly_minor, total_minor)
     from public.search_price_calendar(%s, month => %L, nights => %s)', wish, month, nights);
end $$;
create function pg_temp.calendar_by_search(wish text, days date[], nights integer) returns setof text language sql as $$
  select concat_ws(' ', one.check_in, one.check_out, one.currency, one.nightly_minor, one.total_minor)
  from (
    select distinct on (found.check_in) found.* from pg_temp.by_search(wish, days, nights) as found
    order by found.check_in, found.total_minor, found.listing_id) as one
  order by one.check_in $$;
select results_eq(
  format('select * from pg_temp.calendar(%L, %L, %s)', wish, to_char(days[1], 'YYYY-MM'), nights),
  format('select * from pg_temp.calendar_by_search(%L, %L, %s)', wish, days, nights),
  format('each day of %s has the least price that search finds for %s nights (%s)', days[1], nights, wish))
from asked, unnest(array[
  '2, 48, 3, 49', 'guests => 4',
  '2, 48, 3, 49, minimum_price_minor => 6000, maximum_price_minor => 7000, currency => ''EUR''']) as wish
where asked like '%nights =>%';

-- Bounds

create function pg_temp.few(most_homes integer) returns setof public.flexible_stay language sql as $$
  select found.* from private.search_flexible_days(
    jsonb_populate_record(null::private.search_wish, '{"guests": 1, "infants": 0, "pets": 0}'),
    null, '2031-06', 'week', null, 20, most_homes) as found $$;
select is((select bool_or(estimated) from pg_temp.few(3000)), false, 'where every home that counts was looked at, nothing is estimated');
select is((select bool_and(estimated) from pg_temp.few(5)), true, 'where the search ended before, it says so');
select set_eq(
  'select listing_id from pg_temp.few(12)',
  $$ select looked_at.listing_id
     from (select listing_id from private.listing_search
           where listed and not exists (
             select from private.suspensions where profile_id = listing_search.host_id)
           order by lowest_minor, listing_id limit 12) as looked_at
     where exists (select from pg_temp.by_search('guests => 1', pg_temp.days('2031-06-01', '2031-06-30'), 7) as found
       where found.listing_id = looked_at.listing_id) $$,
  'the homes that were looked at are those with the lowest prices of a night');

select is(tests.outcome('anon', format('select * from public.search_flexible_days(%s)', arguments)), code, arguments)
from (values
  ('1', 'invalid_flexibility'),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12''', 'invalid_flexibility'),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', flex_days => 0', 'invalid_flexibility'),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', flex_days => 4', 'invalid_flexibility'),
  ('check_in => ''2031-06-10'', flex_days => 1', 'dates_required'),
  ('check_in => ''2031-06-12'', check_out => ''2031-06-10'', flex_days => 3', 'dates_reversed'),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', flex_days => 1, nights => 2', 'invalid_flexibility'),
  ('check_in => ''2031-06-10'', check_out => ''2031-06-12'', month => ''2031-06'', nights => 2', 'invalid_flexibility'),
  ('month => ''2031-06'', flex_days => 1, nights => 2', 'invalid_flexibility'),
  ('month => ''2031-06''', 'invalid_flexibility'),
  ('month => ''2031-06'', stay => ''fortnight''', 'invalid_flexibility'),
  ('month => ''2031-06'', stay => ''week'', nights => 7', 'invalid_flexibility'),
  ('month => ''2031-06'', nights => 0', 'invalid_flexibility'),
  ('month => ''2031-06'', nights => 29', 'invalid_flexibility'),
  ('month => ''2031-6'', nights => 2', 'invalid_dates'),
  ('month => ''2031-13'', nights => 2', 'invalid_dates'),
  ('month => ''0000-01'', nights => 2', 'invalid_dates'),
  ('month => ''2031-04'', nights => 2', 'date_in_past'),
  ('month => ''2033-06'', nights => 2', 'outside_booking_window'),
  ('month => ''2031-06'', nights => 2, page_size => 0', 'invalid_page_size'),
  ('month => ''2031-06'', nights => 2, page_size => 101', 'too_many_results'),
  ('month => ''2031-06'', nights => 2, guests => 0', 'invalid_guests'),
  ('month => ''2031-06'', nights => 2, maximum_price_minor => 1', 'currency_required')) as asked (arguments, code);
select is(tests.outcome('anon', format('select * from public.search_price_calendar(%s)', arguments)), code, arguments)
from (values
  ('1, month => ''2031-06''', 'invalid_box'),
  ('guests => 1', 'invalid_flexibility'),
  ('month => ''2031-06'', nights => null', 'invalid_flexibility'),
  ('month => ''2031-04''', 'date_in_past'),
  ('month => ''June''', 'invalid_dates')) as asked (arguments, code);

select * from finish();
rollback;
