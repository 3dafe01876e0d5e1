-- Lowest prices: with days, search is by what is paid.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('a', 'ada', 9000, 'USD'), tests.home('b', 'ada', 9000, 'USD'),
  tests.home('c', 'ada', 10500, 'USD'), tests.home('d', 'ada', 10500, 'USD');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
set constraints all immediate;

create function tests.searched(arguments text) returns setof public.found_listing language plpgsql as $$
begin
  return query execute format('select * from public.search_listings(%s)', arguments);
end $$;
create function pg_temp.found(more text default '') returns text language sql as $$
  select coalesce(string_agg(lower(title), ' ' order by place), 'nobody')
  from (select *, row_number() over () as place
    from tests.searched('check_in => ''2031-06-09'', check_out => ''2031-06-11'', guests => 2, currency => ''USD''' || more)) as found $$;

-- Two nights of June: one home is dear then, one has a cleaning fee, one is cheap.
select tests.become('ada');
select count(*) from public.set_calendar(tests.id('a'), '2031-06-09', '2031-06-11', 50000);
select count(*) from public.set_calendar(tests.id('d'), '2031-06-09', '2031-06-11', 6000);
select tests.back();
update public.listing_prices set cleaning_fee_minor = 20000 where listing_id = tests.id('b');

select is(pg_temp.found(), 'd c b a', 'the order is that of the totals');
select results_eq(
  $$ select lower(title), total_minor, nightly_minor
     from tests.searched('check_in => ''2031-06-09'', check_out => ''2031-06-11'', guests => 2') $$,
  $$ values ('d', 13692::bigint, 6846::bigint), ('c', 23961, 11981), ('b', 43358, 21679), ('a', 114100, 57050) $$,
  'a night costs the total by the nights, rounded up');
select results_eq(
  $$ select total_minor from tests.searched('check_in => ''2031-06-09'', check_out => ''2031-06-11'', guests => 2') as found
     where total_minor <> (public.quote_stay(found.listing_id, '2031-06-09', '2031-06-11', 2)).total_minor $$,
  array[]::bigint[], 'each total is that of its quote');
select is(pg_temp.found(', maximum_price_minor => 10000'), 'd', 'who wants to pay 100 a night finds what costs 100 a night');
select is(pg_temp.found(', maximum_price_minor => ' || most), found, format('nights up to %s', most))
from (values (6845, 'nobody'), (6846, 'd'), (11980, 'd'), (11981, 'd c')) as prices (most, found);
select is(pg_temp.found(', minimum_price_minor => ' || least), found, format('nights from %s on', least))
from (values (11981, 'c b a'), (11982, 'b a'), (57051, 'nobody')) as prices (least, found);
select is(pg_temp.found(format(', maximum_price_minor => 30000, sort => %L', sort)), found, 'a price range in the order of ' || sort)
from (values ('newest', (select string_agg(lower(title), ' ' order by published_at desc, listing_id desc)
  from public.listings where title in ('B', 'C', 'D')))) as sorts (sort, found);
select is((select string_agg(lower(title), ' ') from tests.searched(
    'check_in => ''2031-06-09'', check_out => ''2031-06-11'', guests => 2, page_size => 2, after => ' || quote_literal((
      select cursor from tests.searched('check_in => ''2031-06-09'', check_out => ''2031-06-11'', guests => 2, page_size => 2')
      offset 1)))), 'b a', 'the next page goes on after the last total');

-- Without days: the middle of eight weeks, before fees and taxes

select results_eq(
  $$ select lower(title), nightly_minor, total_minor from tests.searched('page_size => 9') order by 1 $$,
  $$ values ('a', 9000::bigint, null::bigint), ('b', 9000, null), ('c', 10500, null), ('d', 10500, null) $$,
  'without days it is the usual price of a night');
select tests.become('ada');
select count(*) from public.set_calendar(tests.id('a'), '2031-05-20', '2031-06-18', 15000);
select tests.back();
select is((select nightly_minor from tests.searched('page_size => 9') where title = 'A'), 15000::bigint,
  'thirty of 56 nights have another price');
select is((select string_agg(lower(title), ' ') from tests.searched('currency => ''USD'', maximum_price_minor => 10500')), 'b c d',
  'and who looks below it does not find the home');
select tests.at('2031-05-24 12:00+00');
select private.advance_search(100);
set constraints all immediate;
select is((select nightly_minor from tests.searched('page_size => 9') where title = 'A'), 9000::bigint,
  'four days later there are fewer of them in eight weeks');

-- What changes the bound

create function pg_temp.held() returns bigint language sql security definer as $$
  select count(*) from (
    select home, (public.quote_stay(home.listing_id, (date '2031-06-01' + arrival)::text, (date '2031-06-01' + arrival + stays)::text, 3, 0, 1)).total_minor as total,
      private.search_terms(jsonb_populate_record(null::private.search_wish, jsonb_build_object(
        'check_in', date '2031-06-01' + arrival, 'check_out', date '2031-06-01' + arrival + stays, 'guests', 3, 'infants', 0, 'pets', 1))) as terms
    from private.listing_search as home, unnest('{0,5,30,61,200}'::integer[]) as arrival, unnest('{1,2,6,7,27,28,40}'::integer[]) as stays
    where home.listed offset 0) as stay
  cross join private.least_total(stay.home, stay.terms) as least (minor)
  cross join private.limit_walk(stay.terms, stay.terms, total) as walk
  where least.minor > total or (stay.home).lowest_minor * (stay.terms).nights > total
    or (stay.home).lowest_minor > walk.most_lowest
    or (stay.home).short_night_minor > walk.most_short_night
    or (stay.home).week_night_minor > walk.most_week_night $$;

select is(pg_temp.held(), 0::bigint, 'no stay costs less than its home costs at least');
insert into public.length_discounts values (tests.id('b'), 5, 2500), (tests.id('b'), 28, 9000);
select is(pg_temp.held(), 0::bigint, 'nor with discounts for long stays');
update public.listing_prices
set last_minute_days = 28, last_minute_bp = 8000, extra_guest_price_minor = 500, included_guests = 1, pet_fee_minor = 700
where listing_id = tests.id('c');
select is(pg_temp.held(), 0::bigint, 'nor with one for the last minute');
update public.listing_prices set new_listing_discount = true where listing_id = tests.id('d');
update private.settings set new_listing_bp = 9000;
select is(pg_temp.held(), 0::bigint, 'nor when new listings get a larger one');
insert into private.listing_fee_schemes values (tests.id('d'), 'single');
select is(pg_temp.held(), 0::bigint, 'nor in a scheme of fees of their own');
update private.fee_schemes set guest_bp = 0 where fee_scheme = 'split';
select is(pg_temp.held(), 0::bigint, 'nor when there is no fee');
select tests.become('ada');
select count(*) from public.set_calendar(tests.id('c'), '2031-06-30', '2031-07-03', 100);
select tests.back();
select is(pg_temp.held(), 0::bigint, 'nor when a night is cheap');
select tests.become('ada');
select count(*) from public.set_calendar(tests.id('c'), '2031-06-01', '2031-09-01', 90000);
select tests.back();
select is(pg_temp.held(), 0::bigint, 'nor when a summer is dear');
select cmp_ok((select min(weekday_floors[3]) from private.listing_search where listing_id = tests.id('c')), '>', 10000::bigint,
  'then no night of that span costs what other nights cost');
select tests.become('ada');
select count(*) from public.set_calendar(tests.id('c'), '2031-07-20', '2031-07-21', clear_fields => '{price_minor}');
select tests.back();
select is(pg_temp.held(), 0::bigint, 'nor when one of its nights has the usual price again');
delete from public.calendar_days where listing_id = tests.id('c') and day >= '2031-08-01';
select is(pg_temp.held(), 0::bigint, 'nor when prices of days are deleted');
update public.listing_prices set cleaning_fee_minor = 300 where listing_id = tests.id('b');
select is(pg_temp.held(), 0::bigint, 'nor when the cleaning costs less');

-- What a walk passes over
select results_eq(
  $$ select length, lowest, short_night, week_night
     from unnest('{2,6,7,27,28}'::integer[]) as length
     cross join private.search_terms(jsonb_populate_record(null::private.search_wish, jsonb_build_object(
       'check_in', date '2031-07-01', 'check_out', date '2031-07-01' + length, 'guests', 1, 'infants', 0, 'pets', 0))) as terms
     cross join lateral (
       select most_lowest, most_short_night, most_week_night from private.limit_walk(terms, terms, 100 * length))
         as walk (lowest, short_night, week_night) $$,
  $$ values (2, 100::bigint, 100::bigint, 1000000000000::bigint), (6, 100, 100, 1000000000000),
       (7, 100, 1000000000000, 100), (27, 100, 1000000000000, 100), (28, 100, 1000000000000, 1000000000000) $$,
  'a short stay is compared with the bound of short ones, one of weeks with that of weeks');
update private.fee_schemes set guest_bp = 2500 where fee_scheme = 'split';
select is((
  select walk.most_short_night
  from private.search_terms(jsonb_populate_record(null::private.search_wish, jsonb_build_object(
    'check_in', '2031-07-01', 'check_out', '2031-07-03', 'guests', 1, 'infants', 0, 'pets', 0))) as terms
  cross join private.limit_walk(terms, terms, 200) as walk), 80::bigint, 'the guest fee comes on top of the bound');
update private.fee_schemes set guest_bp = 0 where fee_scheme = 'split';

-- How many homes a page prices

select tests.home(name, 'ada', 3000, 'USD') from unnest(array['e', 'f', 'g', 'h', 'i', 'j']) as name;
set constraints all immediate;
create function pg_temp.page(sort text, page_size integer, most_priced integer) returns bigint language sql as $$
  select cardinality(private.found_homes(private.search_page(private.search_terms(jsonb_populate_record(null::private.search_wish,
    jsonb_build_object('check_in', '2031-10-05', 'check_out', '2031-10-07', 'guests', 2, 'infants', 0, 'pets', 0))),
    sort, page_size, null), most_priced))::bigint $$;
select is(pg_temp.page('price', 6, 10), 6::bigint, 'a page prices its homes');
select throws_ok($$ select pg_temp.page('price', 6, 5) $$, 'PT400', 'too_many_results', 'and is refused if it may not price as many');
select is(pg_temp.page('newest', 10, 10), 10::bigint, 'a page in another order prices what it walks');
select throws_ok($$ select pg_temp.page('newest', 10, 9) $$, 'PT400', 'too_many_results', 'and is refused in the same way');

select * from finish();
rollback;
