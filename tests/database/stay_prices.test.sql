-- Stay prices: what each home of a list would cost, and why it cannot be booked.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada', 8000);
select tests.home('tower', 'alan', 20000);
select tests.home('penny', 'alan', 10);
select tests.home('palace', 'alan', 99999999);
select tests.book('visit', 'grace', 'tower', '2031-06-11', '2031-06-13');
set constraints all immediate;

create function pg_temp.prices(homes text, asking text default 'anon', more text default '') returns text
  language plpgsql as $$
declare
  said text;
begin
  if asking = 'anon' then perform tests.become_anon(); else perform tests.become(asking); end if;
  execute format(
    'select string_agg(lower(coalesce(listings.title, ''?'')) || '' '' || coalesce(total_minor::text, problem), '', '' order by place)
     from (select *, row_number() over () as place from public.stay_prices(
       array(select tests.id(home) from unnest(%L::text[]) as home), ''2031-06-10'', ''2031-06-12''%s)) as priced
     left join public.listings on listings.listing_id = priced.listing_id', homes, more) into said;
  perform tests.back();
  return said;
end $$;

select is(pg_temp.prices('{tower,mill,attic}'), 'tower nights_taken, mill 22820, attic 18256',
  'each home in the order of the list, with its total or why not');
select is(pg_temp.prices('{mill,mill,nowhere}'), 'mill 22820', 'each once, and what does not exist not at all');
select is(pg_temp.prices('{}'), null, 'of no homes there is nothing to say');
select is(pg_temp.prices('{mill,attic}', 'ada'), 'mill own_listing, attic own_listing', 'a host cannot book their own');
select is(pg_temp.prices('{mill}', 'anon', ', 5'), 'mill too_many_guests', 'guests count');
savepoint children;
insert into private.taxes (name, country_code, basis, amount_minor, currency, minimum_age)
values ('Kurtaxe', 'FR', 'per_guest_night', 200, 'EUR', 12);
select is(pg_temp.prices('{mill,attic}', 'anon', ', 2' || more), said, 'with ' || more)
from (values
  ('', 'mill 23620, attic 19056'), (', child_ages => ''{12}''', 'mill 23620, attic 19056'),
  (', child_ages => ''{11}''', 'mill 23220, attic 18656')) as told (more, said);
select throws_ok(
  format($$ select public.stay_prices(array[tests.id('mill')], '2031-06-10', '2031-06-12', 2, child_ages => %L) $$, ages),
  'PT400', 'invalid_guests', format('no children: %s', ages))
from (values ('{1}'), ('{18}'), ('{5,6}')) as told (ages);
-- Whatever verb shows a total shows that of the quote.
create temp view shown as
  select 'quote' as verb, total_minor
  from public.quote_stay(tests.id('mill'), '2031-06-10', '2031-06-12', 2, child_ages => '{11}')
  union all
  select 'page', total_minor
  from public.search_listings(check_in => '2031-06-10', check_out => '2031-06-12', guests => 2, child_ages => '{11}')
  where listing_id = tests.id('mill')
  union all
  select 'similar', total_minor
  from public.similar_homes(tests.id('attic'), '2031-06-10', '2031-06-12', 2, child_ages => '{11}')
  where listing_id = tests.id('mill')
  union all
  select 'map', total_minor
  from public.search_pins(check_in => '2031-06-10', check_out => '2031-06-12', guests => 2, child_ages => '{11}')
  where listing_id = tests.id('mill')
  union all
  select 'flexible', total_minor
  from public.search_flexible_days(check_in => '2031-06-10', check_out => '2031-06-12', flex_days => 1, guests => 2,
    child_ages => '{11}')
  where listing_id = tests.id('mill');
select is((select string_agg(verb || ' ' || total_minor, ', ' order by verb) from shown),
  'flexible 23220, map 23220, page 23220, quote 23220, similar 23220', 'every verb asks the same for a child');
rollback to children;
select is(pg_temp.prices('{mill}', 'anon', ', 1, 0, 3'), 'mill pets_not_allowed', 'pets count');
select is(pg_temp.prices('{penny}'), 'penny below_minimum_charge', 'what is too little to be charged is no offer');
select is(pg_temp.prices('{palace}'), 'palace above_maximum_charge', 'nor is what is too much');
select is(
  (select array_agg(total_minor) from public.stay_prices(array[tests.id('mill')], '2031-06-10', '2031-06-12', 2)),
  array[(public.quote_stay(tests.id('mill'), '2031-06-10', '2031-06-12', 2)).total_minor],
  'the total is that of a quote');

insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Complaints.');
select is(pg_temp.prices('{mill}'), 'mill host_unavailable', 'homes of a suspended host cannot be booked');
delete from private.suspensions;
select tests.become('ada');
select public.block_person(tests.person('grace'));
select tests.back();
select is(pg_temp.prices('{mill}', 'grace'), 'mill host_unavailable', 'nor those of a host who blocked the guest, in the same words');
select is(pg_temp.prices('{mill}', 'hedy'), 'mill 22820', 'others can book them');
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
select is(pg_temp.prices('{mill,attic}'), 'attic 18256', 'a hidden home is left out');

create function pg_temp.refused(arguments text) returns text language sql as $$
  select tests.outcome('anon', format('select * from public.stay_prices(%s)', arguments)) $$;
select is(pg_temp.refused('array(select gen_random_uuid() from generate_series(1, 101)), ''2031-06-10'', ''2031-06-12'''),
  'too_many_results', 'a list has at most 100 homes');
select is(pg_temp.refused(format('''{}'', %s', days)), code, format('%s: %s', days, code))
from (values
  ('null, ''2031-06-12''', 'dates_required'), ('''2031-06-12'', ''2031-06-10''', 'dates_reversed'),
  ('''2031-06-12'', ''2051-06-10''', 'too_many_days'), ('''2031-06-10'', ''2031-06-12'', 0', 'invalid_guests')) as asked (days, code);

select * from finish();
rollback;
