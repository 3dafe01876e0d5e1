-- Many homes: days, blocks and rules of several homes in one call, all or nothing.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'ada', 5000), tests.home('barn', 'alan');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('tower', 'hedy', 'calendar'), tests.cohost('mill', 'radia', 'calendar');
select tests.cohost('tower', 'radia', 'calendar');
select tests.home('dune', 'ada', 5000, 'ISK');
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
select tests.back();

create function pg_temp.homes(variadic names text[]) returns uuid[] language sql as $$
  select array_agg(tests.id(name)) from unnest(names) as name $$;
create function pg_temp.from_to(variadic days text[]) returns public.day_range[] language sql as $$
  select array_agg(row(days[at], days[at + 1])::public.day_range) from generate_series(1, cardinality(days), 2) as at $$;
-- What a call changed, by the name of the home.
create function pg_temp.changed(call text) returns text language plpgsql as $$
declare said text;
begin
  execute format('select string_agg(listings.title || '' '' || changed_days, '', '' order by listings.title)
    from %s as change join public.listings on listings.listing_id = change.listing_id', call) into said;
  return said;
end $$;
create function pg_temp.days(home text) returns setof text language sql as $$
  select concat_ws(' ', to_char(day, 'MM-DD'), price_minor, minimum_nights, case when closed_to_arrival then 'no arrival' end,
    case when closed_to_departure then 'no departure' end)
  from public.calendar_days where listing_id = tests.id(home) order by day $$;
create function pg_temp.blocks(home text) returns setof text language sql as $$
  select concat_ws(' ', check_in, check_out - check_in, note) from public.listing_blocks(tests.id(home)) order by check_in $$;
grant execute on all functions in schema pg_temp to public;
-- A refusal: its code and its sentence.
create function pg_temp.refusal(call text) returns text language plpgsql as $$
declare sentence text;
begin
  execute call;
  return 'none';
exception when others then
  get stacked diagnostics sentence = pg_exception_detail;
  return sqlerrm || ': ' || sentence;
end $$;
grant execute on function pg_temp.refusal to public;

-- Days

select tests.become('ada');
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower', 'attic'),
    pg_temp.from_to('2031-07-01', '2031-07-04', '2031-08-01', '2031-08-02'), price_minor => 20000, minimum_nights => 2::smallint) $$),
  'Attic 4, Mill 4, Tower 4', 'two ranges of three homes');
select results_eq($$ select * from pg_temp.days('tower') $$, array['07-01 20000 2', '07-02 20000 2', '07-03 20000 2', '08-01 20000 2'],
  'each of them has these days');
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower', 'attic', 'mill'),
    pg_temp.from_to('2031-07-01', '2031-07-04', '2031-08-01', '2031-08-02'), price_minor => 20000, minimum_nights => 2::smallint) $$),
  'Attic 0, Mill 0, Tower 0', 'said again, it changes nothing; a home named twice is one');
-- 2031-07-01 is a Tuesday.
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-07-01', '2031-07-15'), '{5,6}', 30000) $$),
  'Mill 4, Tower 4', 'on Fridays and Saturdays');
select results_eq($$ select * from pg_temp.days('mill') $$,
  array['07-01 20000 2', '07-02 20000 2', '07-03 20000 2', '07-04 30000', '07-05 30000', '07-11 30000', '07-12 30000', '08-01 20000 2'],
  'and on no other day');
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-07-01', '2031-07-04'),
    closed_to_arrival => true, clear_fields => '{price_minor}') $$), 'Mill 3, Tower 3', 'one thing set, another taken back');
select results_eq($$ select * from pg_temp.days('mill') limit 2 $$, array['07-01 2 no arrival', '07-02 2 no arrival'], 'what is not named stays');
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-01', '2031-09-01'),
    closed_to_arrival => false, closed_to_departure => false, clear_fields => '{price_minor, minimum_nights}') $$),
  'Mill 8, Tower 8', 'only days that said something are changed');
select is_empty($$ select * from pg_temp.days('mill') $$, 'a day that says nothing is no row');
select is(pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-02'), '{1}', 100) $$),
  'Mill 0', 'a range without such a weekday is no day');
select is_empty($$ select * from public.set_calendars('{}', pg_temp.from_to('2031-07-01', '2031-07-02'), null, 100) $$, 'no home, no change');

-- All or nothing, and the home that is refused is named

select is(
  pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('mill', 'dune'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 5050) $$),
  'price_not_in_steps: Amounts in this currency must be multiples of 100 minor units; see listing ' || tests.id('dune') || '.',
  'a price that one currency does not know');
select is_empty($$ select * from pg_temp.days('mill') $$, 'then the others have it neither');
select is(
  pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('mill', 'barn'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 5000) $$),
  'not_your_listing: Only a host of listing ' || tests.id('barn') || ' with the required role may do this.', 'a home of somebody else''s');
select tests.become('radia');
select is(
  pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-07-01', '2031-07-03'), minimum_nights => 4::smallint) $$),
  'Mill 2, Tower 2', 'who keeps calendars sets minimum nights');
select matches(pg_temp.refusal(format('select public.set_calendars(pg_temp.homes(''mill'', ''tower''), pg_temp.from_to(''2031-07-01'', ''2031-07-03''), %s)', given)),
  '^not_your_listing', 'who keeps calendars sets no prices: ' || given)
from unnest(array['price_minor => 20000', 'clear_fields => ''{price_minor}''']) as given;
select tests.become('hedy');
select is(
  pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 20000) $$),
  'not_your_listing: Only a host of listing ' || tests.id('tower') || ' with the required role may do this.',
  'each home needs the permission');
select is(
  pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 9999) $$),
  'below_price_floor: Only the owner can go below the price of listing ' || tests.id('mill') || '; co-hosts can go down to the floor the owner set.',
  'a co-host goes no lower than the owner lets them');
select is(pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 10000) $$),
  'Mill 2', 'down to the price she does');
select tests.become('ada');
select is(pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 100) $$),
  'Mill 2', 'the owner goes where she likes');
select tests.become('hedy');
select is(pg_temp.changed($$ public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 200) $$),
  'Mill 2', 'raising a price that is below is allowed');
select matches(
  pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-04'), null, 200) $$),
  '^below_price_floor', 'a day that has no price yet is not lowered with them');
select tests.become('grace');
select matches(pg_temp.refusal($$ select public.set_calendars(pg_temp.homes('attic'), pg_temp.from_to('2031-07-01', '2031-07-04'), null, 200) $$),
  '^listing_not_found: Listing', 'a draft of others does not exist');

-- Blocks

select tests.book('visit', 'grace', 'tower', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
select tests.book('unpaid', 'margaret', 'mill', '2031-06-14', '2031-06-16');
select tests.become('radia');
select is(
  pg_temp.changed($$ public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-02', '2031-06-05', '2031-06-20', '2031-06-22'), note => 'Paint') $$),
  'Mill 5, Tower 5', 'two runs of nights in two homes');
select results_eq($$ select * from pg_temp.blocks('tower') $$, array['2031-06-02 3 Paint', '2031-06-20 2 Paint'], 'each has them as its own');
select is(
  pg_temp.changed($$ public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-01', '2031-06-06'), note => 'More') $$),
  'Mill 2, Tower 2', 'nights that are blocked stay as they are');
select is(
  pg_temp.changed($$ public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-01', '2031-06-06')) $$),
  'Mill 0, Tower 0', 'repeated, it blocks nothing more');
select is(
  pg_temp.refusal($$ select public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-07', '2031-06-11')) $$),
  'nights_taken: At least one of these nights is booked by a guest in listing ' || tests.id('tower') || '; nothing was changed.',
  'a stay in one home refuses all');
select is((select count(*) from pg_temp.blocks('mill')), 4::bigint, 'and nothing of it is left');
select matches(
  pg_temp.refusal($$ select public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-13', '2031-06-15')) $$),
  '^nights_taken', 'so does a hold');
select tests.at('2031-05-20 12:30+00');
select tests.become('radia');
select is(
  pg_temp.changed($$ public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-13', '2031-06-15')) $$),
  'Mill 2, Tower 2', 'one that ran out does not');
select is((select status from public.bookings where booking_id = tests.id('unpaid')), null, 'a hold is not hers to see');
select tests.back();
select is((select status from public.bookings where booking_id = tests.id('unpaid')), 'expired', 'it has ended');
select tests.become('radia');
select is(
  pg_temp.changed($$ public.unblock_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-03', '2031-06-21')) $$),
  'Mill 6, Tower 6', 'blocks are cut');
select results_eq($$ select * from pg_temp.blocks('tower') $$, array['2031-06-01 1 More', '2031-06-02 1 Paint', '2031-06-21 1 Paint'],
  'what is left keeps its note');
select is(
  pg_temp.changed($$ public.unblock_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-03', '2031-06-21')) $$),
  'Mill 0, Tower 0', 'repeated, it frees nothing');
select is(
  pg_temp.changed($$ public.block_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-07-01', '2031-07-15'), '{5,6}') $$),
  'Mill 4, Tower 4', 'only the nights of some weekdays');
select results_eq($$ select * from pg_temp.blocks('mill') offset 3 $$, array['2031-07-04 2', '2031-07-11 2'], 'which are runs of their own');
select is(
  pg_temp.changed($$ public.unblock_calendars(pg_temp.homes('mill', 'tower'), pg_temp.from_to('2031-06-01', '2031-08-01'), '{6}') $$),
  'Mill 3, Tower 3', 'and only those of some are freed');
select tests.become('alan');
select matches(pg_temp.refusal(format('select public.%s(pg_temp.homes(''barn'', ''mill''), pg_temp.from_to(''2031-06-03'', ''2031-06-21''))', verb)),
  '^not_your_listing', verb || ' of a home of others')
from unnest(array['block_calendars', 'unblock_calendars', 'set_calendars']) as verb;

-- Rules

select tests.become('radia');
select results_eq(
  $$ select listing_id, minimum_nights::integer, maximum_nights::integer, preparation_nights::integer, arrival_weekdays
     from public.set_booking_rules(pg_temp.homes('mill', 'tower'), 3::smallint, preparation_nights => 1::smallint, arrival_weekdays => '{6}') $$,
  $$ select id, 3, 365, 1, '{6}'::smallint[] from unnest(pg_temp.homes('mill', 'tower')) as id order by id $$,
  'rules of two homes, the rest as it was');
select tests.become('ada');
select public.set_booking_rules(pg_temp.homes('tower'), maximum_nights => 10::smallint);
select is(
  pg_temp.refusal($$ select public.set_booking_rules(pg_temp.homes('mill', 'tower', 'attic'), 14::smallint) $$),
  'invalid_value: The longest stay in listing ' || tests.id('tower') || ' would be shorter than the shortest; nothing was changed.',
  'a home that cannot have it is named');
select is((select minimum_nights::integer from public.booking_rules where listing_id = tests.id('mill')), 3, 'and nobody has it');
select is((select count(*) from public.set_booking_rules(pg_temp.homes('mill', 'tower', 'attic'), 14::smallint, 28::smallint)), 3::bigint,
  'both together are possible');
select throws_ok($$ select public.set_booking_rules(pg_temp.homes('mill'), 0::smallint) $$, '23514', null, 'the constraints of rules hold');
select tests.become('hedy');
select matches(pg_temp.refusal($$ select public.set_booking_rules(pg_temp.homes('mill', 'barn'), 2::smallint) $$), '^not_your_listing', 'each home is hers');

-- Repeating writes no row

select tests.back();
create function pg_temp.is_written() returns trigger language plpgsql as $$ begin raise 'written'; end $$;
create trigger is_written before update on public.booking_rules for each row execute function pg_temp.is_written();
create trigger is_written before insert or update or delete on public.calendar_days for each row execute function pg_temp.is_written();
create trigger is_written before insert or update or delete on private.claims for each row execute function pg_temp.is_written();
select tests.become('ada');
select lives_ok($$ select public.set_booking_rules(pg_temp.homes('mill', 'tower', 'attic'), 14::smallint, 28::smallint) $$, 'the same rules again');
select lives_ok($$ select public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 200) $$, 'the same days again');
select lives_ok($$ select public.block_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-04', '2031-07-05')) $$, 'the same block again');
select throws_ok($$ select public.set_calendars(pg_temp.homes('mill'), pg_temp.from_to('2031-07-01', '2031-07-03'), null, 300) $$, 'written', 'others are written');

-- What is no range, no weekday, no home

select matches(pg_temp.refusal(format('select public.set_calendars(%s)', given)), '^' || code, given)
from (values
  ('null, pg_temp.from_to(''2031-07-01'', ''2031-07-03'')', 'listing_not_found'), ('array[null::uuid], pg_temp.from_to(''2031-07-01'', ''2031-07-03'')', 'listing_not_found'),
  ('pg_temp.homes(''mill''), null', 'dates_required'), ('pg_temp.homes(''mill''), ''{}''', 'dates_required'),
  ('pg_temp.homes(''mill''), array[null::public.day_range]', 'dates_required'),
  ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', null)', 'dates_required'), ('pg_temp.homes(''mill''), pg_temp.from_to(''today'', ''2031-07-03'')', 'invalid_dates'),
  ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-03'', ''2031-07-03'')', 'dates_reversed'), ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', ''2035-07-03'')', 'too_many_days'),
  ('pg_temp.homes(''mill''), array(select row(''2031-07-01'', ''2031-07-02'')::public.day_range from generate_series(1, 101))', 'too_many_days'),
  ('array(select gen_random_uuid() from generate_series(1, 100)), pg_temp.from_to(''2031-07-01'', ''2032-07-01'')', 'too_many_days'),
  ('array(select gen_random_uuid() from generate_series(1, 101)), pg_temp.from_to(''2031-07-01'', ''2031-07-02'')', 'too_many_results'),
  ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', ''2031-07-03''), ''{0}''', 'invalid_value'), ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', ''2031-07-03''), ''{}''', 'invalid_value'),
  ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', ''2031-07-03''), ''{1,null}''', 'invalid_value'),
  ('pg_temp.homes(''mill''), pg_temp.from_to(''2031-07-01'', ''2031-07-03''), clear_fields => ''{day}''', 'invalid_field')
) as calls (given, code);

select tests.become_anon();
select throws_ok(format('select public.%s', call), '42501', null, call)
from unnest(array['set_calendars(''{}'', ''{}'')', 'block_calendars(''{}'', ''{}'')', 'unblock_calendars(''{}'', ''{}'')', 'set_booking_rules(''{}'')']) as call;
select tests.back();
insert into private.suspensions (profile_id, reason, suspended_at) values (tests.person('ada'), 'Fraud', private.now());
select is(tests.outcome('ada', $$ select public.set_booking_rules('{}') $$), 'account_suspended', 'a suspended host changes nothing');

select * from finish();
rollback;
