-- The calendar: which nights are taken, by what, and why a stay is refused.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('tower', 'alan');
select tests.person(name) from unnest(array['grace', 'margaret', 'hedy', 'radia']) as name;

-- The one constraint

-- Two bookings to hang claims on; their own claims are put away.
select tests.book('one', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.book('two', 'margaret', 'mill', '2031-07-02', '2031-07-05');
delete from private.claims;

-- Every kind of claim against every other on the same nights: who was there first makes no
-- difference.
create function pg_temp.claim(kind private.claim_kind, nights daterange, name text,
  lane int4range default null)
  returns void language plpgsql as $$
begin
  insert into private.claims (listing_id, nights, lane, kind, booking_id, expires_at, source)
  values (
    tests.id('mill'), nights,
    coalesce(lane, case kind
      when 'hold' then '(,)'::int4range when 'stay' then '(,)' when 'preparation' then '[0,1)'
      else private.own_lane() end),
    kind,
    case when kind in ('hold', 'stay', 'preparation', 'host_cancelled') then tests.id(name) end,
    case when kind = 'hold' then timestamptz '2031-05-20 12:15+00' end,
    case when kind = 'import' then 'feed' end);
end $$;

create function pg_temp.together(first private.claim_kind, first_nights daterange,
  second private.claim_kind, second_nights daterange)
  returns text language plpgsql as $$
begin
  return tests.outcome('postgres', format(
    'select pg_temp.claim(%L, %L, ''one''), pg_temp.claim(%L, %L, ''two'')', first, first_nights,
    second, second_nights));
end $$;

select is(
  pg_temp.together(first, '[2031-06-10,2031-06-13)', second, '[2031-06-12,2031-06-15)'),
  case
    -- A hold or a stay shares a night with nothing.
    when 'hold' in (first::text, second::text) or 'stay' in (first::text, second::text) then '23P01'
    -- Preparation excludes stays; two runs of it cannot meet without their stays meeting.
    when first = 'preparation' and second = 'preparation' then '23P01'
    -- Blocks, imports, host-cancelled runs and preparation may lie upon each other.
    else '1'
  end,
  format('%s, then %s, on one night', first, second))
from unnest(enum_range(null::private.claim_kind)) as first,
  unnest(enum_range(null::private.claim_kind)) as second;

select is(
  pg_temp.together(first, '[2031-06-10,2031-06-13)', second, '[2031-06-13,2031-06-15)'), '1',
  format('%s until the 13th, %s from the 13th: arrival on a departure day', first, second))
from unnest(enum_range(null::private.claim_kind)) as first,
  unnest(enum_range(null::private.claim_kind)) as second;

select is(
  pg_temp.together('stay', '[2031-06-10,2031-06-13)', 'stay', nights), '23P01',
  format('a stay against %s', nights))
from unnest(array[
  '[2031-06-10,2031-06-13)', '[2031-06-12,2031-06-13)', '[2031-06-11,2031-06-12)',
  '[2031-06-09,2031-06-11)',
  '[2031-06-01,2031-06-30)']::daterange[]) as nights;
select is(
  pg_temp.together('stay', '[2031-06-10,2031-06-13)', 'stay', nights), '1',
  format('a stay beside %s', nights))
from unnest(array['[2031-06-09,2031-06-10)', '[2031-06-13,2031-06-14)']::daterange[]) as nights;

-- In partitions, the row is one of another relation.
select throws_matching(
  format('select pg_temp.claim(''stay'', %L, ''one'')', nights),
  'violates check constraint "claims_cover_some_nights"',
  format('no claim covers %s', nights))
from unnest(array[
  'empty', '[2031-06-10,2031-06-10)', '(,2031-06-10)', '[2031-06-10,)', '(,)',
  '[2031-06-10,infinity)',
  '[-infinity,2031-06-10)']::daterange[]) as nights;
select throws_matching(
  format('select pg_temp.claim(%L, ''[2031-06-10,2031-06-12)'', ''one'', %L)', kind, lane),
  'violates check constraint "claims_keep_to_their_lanes"',
  format('no %s in lane %s', kind, lane))
from (values
  ('stay', '[1,2)'), ('stay', '[0,)'), ('stay', 'empty'), ('hold', '[1,2)'), ('hold', '(,0]'),
  ('preparation', '[1,2)'), ('preparation', '(,)'), ('preparation', '[0,2)'),
  ('block', '[0,1)'), ('block', '[1,3)'), ('block', '(,2)'), ('block', '[1,)'), ('block', '(,)'),
    ('block', 'empty'),
  ('import', '(,)'), ('import', '[-1,0)'), ('host_cancelled', '[0,1)')) as wrong (kind, lane);
select throws_matching(
  $$ insert into private.claims (listing_id, nights, lane, kind)
    values (tests.id('mill'), '[2031-06-10,2031-06-12)', '(,)', 'stay') $$,
  'violates check constraint "claims_name_their_booking"',
  'a stay names its booking');
select throws_matching(
  $$ insert into private.claims (listing_id, nights, lane, kind, expires_at)
     values (tests.id('mill'), '[2031-06-10,2031-06-12)', '[5,6)', 'block', now()) $$,
  'violates check constraint "claims_expire_only_as_holds"',
  'a block never expires');

-- Two homes share no calendar.
select lives_ok(
  $$ insert into private.claims (listing_id, nights, lane, kind, booking_id)
     values (tests.id('mill'), '[2031-06-10,2031-06-12)', '(,)', 'stay', tests.id('one')),
       (tests.id('tower'), '[2031-06-10,2031-06-12)', '(,)', 'stay', tests.id('two')) $$,
  'the same nights in two homes are two claims');
delete from private.claims;

-- When one of two claims on a night goes, the other still holds it.
select pg_temp.claim('block', '[2031-06-10,2031-06-12)', null);
select pg_temp.claim('import', '[2031-06-11,2031-06-13)', null);
select is(private.nights_free(tests.id('mill'), '2031-06-11', '2031-06-12', 0::smallint, null),
  false, 'a night that is blocked twice is not free');
delete from private.claims where kind = 'block';
select is(private.nights_free(tests.id('mill'), '2031-06-11', '2031-06-12', 0::smallint, null),
  false, 'a night that is still blocked once is not free');
select is(private.nights_free(tests.id('mill'), '2031-06-10', '2031-06-11', 0::smallint, null),
  true, 'a night without any claim is free');
delete from private.claims;

-- Preparation, by the rule and in both orders

create function pg_temp.free(check_in date, check_out date, preparation integer,
  guest text default null) returns boolean
  language plpgsql as $$
begin
  return private.nights_free(tests.id('mill'), check_in, check_out, preparation::smallint,
    case when guest is not null then tests.person(guest) end);
end $$;

select pg_temp.claim('stay', '[2031-06-10,2031-06-13)', 'one');
select pg_temp.claim('preparation', '[2031-06-13,2031-06-15)', 'one');
select is(pg_temp.free('2031-06-13', '2031-06-16', 0), false,
  'no stay begins in the preparation after another');
select is(pg_temp.free('2031-06-14', '2031-06-16', 0), false,
  'no stay begins on the second night of preparation');
select is(pg_temp.free('2031-06-15', '2031-06-16', 0), true,
  'a stay may begin after the preparation');
select is(pg_temp.free('2031-06-08', '2031-06-10', 0), true,
  'a stay before, without preparation, ends at the arrival');
select is(pg_temp.free('2031-06-08', '2031-06-10', 1), false,
  'a stay that ends the day before the next leaves no night of preparation');
select is(pg_temp.free('2031-06-07', '2031-06-09', 1), true,
  'a stay with one night of preparation fits a day earlier');
select is(pg_temp.free('2031-06-07', '2031-06-09', 2), false,
  'a stay with two nights of preparation does not fit a day earlier');
delete from private.claims;
select pg_temp.claim('block', '[2031-06-10,2031-06-13)', null);
select is(pg_temp.free('2031-06-08', '2031-06-10', 2), true,
  'a stay may end at a block, whatever preparation follows');
select is(pg_temp.free('2031-06-08', '2031-06-11', 0), false, 'a stay may not lie upon a block');
delete from private.claims;
select pg_temp.claim('import', '[2031-06-10,2031-06-13)', null);
select is(pg_temp.free('2031-06-08', '2031-06-10', 2), true,
  'a stay may end at an import, whatever preparation follows');
delete from private.claims;

-- Whose hold, and until when

insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
values (tests.id('mill'), '[2031-06-10,2031-06-13)', '(,)', 'hold', tests.id('one'),
  tests.person('grace'), '2031-05-20 12:15+00');
select is(pg_temp.free('2031-06-10', '2031-06-13', 0), false, 'a hold stands in a stranger''s way');
select is(pg_temp.free('2031-06-10', '2031-06-13', 0, 'margaret'), false,
  'a hold stands in the way of Margaret');
select is(pg_temp.free('2031-06-10', '2031-06-13', 0, 'grace'), true,
  'a hold does not stand in the way of Grace, whose it is');
select tests.at('2031-05-20 12:15+00');
select is(pg_temp.free('2031-06-10', '2031-06-13', 0, 'margaret'), true,
  'a hold does not count from its last instant on');
select tests.at('2031-05-20 12:14:59+00');
select is(pg_temp.free('2031-06-10', '2031-06-13', 0, 'margaret'), false,
  'a hold counts until its last instant');
delete from private.claims;

-- Blocking

select tests.at('2031-05-20 12:00+00');
select tests.become('ada');
select results_eq(
  $$ select check_in, check_out, note
    from public.block_nights(tests.id('mill'), '2031-06-10', '2031-06-14', 'Paint') $$,
  $$ values ('2031-06-10'::date, '2031-06-14'::date, 'Paint') $$,
  'Ada blocks four nights');
select results_eq(
  $$ select check_in, check_out, note
    from public.block_nights(tests.id('mill'), '2031-06-12', '2031-06-16') $$,
  $$ values ('2031-06-10'::date, '2031-06-14'::date, 'Paint'),
    ('2031-06-14', '2031-06-16', null) $$,
  'blocking more nights adds the missing ones and keeps the notes');
select results_eq(
  $$ select check_in, check_out
    from public.block_nights(tests.id('mill'), '2031-06-11', '2031-06-15') $$,
  $$ values ('2031-06-10'::date, '2031-06-14'::date), ('2031-06-14', '2031-06-16') $$,
  'blocking what is blocked changes nothing');
select results_eq(
  $$ select check_in, check_out, note
    from public.unblock_nights(tests.id('mill'), '2031-06-11', '2031-06-12') $$,
  $$ values ('2031-06-10'::date, '2031-06-11'::date, 'Paint'),
    ('2031-06-12', '2031-06-14', 'Paint'), ('2031-06-14', '2031-06-16', null) $$,
  'unblocking one night cuts the block in two');
select results_eq(
  $$ select check_in, check_out
    from public.block_nights(tests.id('mill'), '2031-06-09', '2031-06-17') $$,
  $$ values ('2031-06-09'::date, '2031-06-10'::date), ('2031-06-10', '2031-06-11'),
    ('2031-06-11', '2031-06-12'),
       ('2031-06-12', '2031-06-14'), ('2031-06-14', '2031-06-16'), ('2031-06-16', '2031-06-17') $$,
  'every gap is filled');
select results_eq(
  $$ select check_in, check_out
    from public.unblock_nights(tests.id('mill'), '2031-01-01', '2031-12-31') $$,
  $$ select null::date, null::date limit 0 $$,
  'unblocking everything leaves nothing');
select results_eq(
  $$ select count(*)::integer
    from public.unblock_nights(tests.id('mill'), '2031-06-01', '2031-06-02') $$,
  $$ values (0) $$,
  'unblocking free nights does nothing');
select tests.back();

-- Imports and host-cancelled nights are not blocks of hers.
select pg_temp.claim('import', '[2031-06-10,2031-06-12)', null);
select pg_temp.claim('host_cancelled', '[2031-06-12,2031-06-14)', 'one');
select tests.become('ada');
select results_eq(
  $$ select check_in, check_out
    from public.block_nights(tests.id('mill'), '2031-06-09', '2031-06-15') $$,
  $$ values ('2031-06-09'::date, '2031-06-15'::date) $$,
  'Ada may block over an import and over nights she cancelled');
select is_empty(
  $$ select * from public.unblock_nights(tests.id('mill'), '2031-06-09', '2031-06-15') $$,
  'unblocking takes away the block alone');
select tests.back();
select results_eq(
  $$ select kind::text, nights from private.claims order by nights $$,
  $$ values ('import', '[2031-06-10,2031-06-12)'::daterange),
    ('host_cancelled', '[2031-06-12,2031-06-14)') $$,
  'the import and the cancelled nights are still there');
delete from private.claims;

-- Over a stay: nothing at all happens, not even to the free nights.
select pg_temp.claim('stay', '[2031-06-10,2031-06-12)', 'one');
select pg_temp.claim('preparation', '[2031-06-12,2031-06-13)', 'one');
select tests.become('ada');
select throws_ok(
  $$ select public.block_nights(tests.id('mill'), '2031-06-08', '2031-06-11') $$,
  'PT409', 'nights_taken', 'a stay is not blocked away');
select is_empty($$ select public.listing_blocks(tests.id('mill')) $$,
  'the free nights beside a stay stay free when the block is refused');
select is((select count(*) from public.block_nights(tests.id('mill'), '2031-06-12', '2031-06-14')),
  1::bigint,
  'preparation may be blocked over');
select tests.back();
delete from private.claims;

-- An unpaid hold that is over gives way to a block; its booking ends as expired.
select tests.book('three', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.become('ada');
select throws_ok(
  $$ select public.block_nights(tests.id('mill'), '2031-06-10', '2031-06-11') $$,
  'PT409', 'nights_taken', 'a hold that lasts is not blocked away');
select tests.back();
select tests.at('2031-05-20 12:15+00');
select tests.become('ada');
select is((select count(*) from public.block_nights(tests.id('mill'), '2031-06-10', '2031-06-11')),
  1::bigint,
  'a hold that is over can be blocked away');
select tests.back();
select is((select status::text from public.bookings where booking_id = tests.id('three')),
  'expired', 'a hold that is blocked away has expired');
delete from private.claims;

select tests.become('ada');
select throws_ok(format('select public.%s(tests.id(''mill''), %L, %L)', verb, check_in, check_out),
  'PT400', code,
  format('%s from %s to %s', verb, coalesce(check_in, 'no day'), coalesce(check_out, 'no day')))
from unnest(array['block_nights', 'unblock_nights', 'set_calendar']) as verb,
  (values
    (null, '2031-06-02', 'dates_required'), ('2031-06-02', null, 'dates_required'),
      (null, null, 'dates_required'),
    ('2031-06-02', '2031-06-02', 'dates_reversed'), ('2031-06-03', '2031-06-02', 'dates_reversed'),
    ('2031-06-02', 'infinity', 'invalid_dates'), ('-infinity', '2031-06-02', 'invalid_dates'),
    ('2031-06-02', '2033-08-11', 'too_many_days'),
      ('0001-01-01', '2031-06-02', 'too_many_days')) as wrong (check_in, check_out, code);
select lives_ok($$ select public.block_nights(tests.id('mill'), '2031-06-02', '2033-08-10') $$,
  '800 days are not too many');
select throws_ok($$ select public.block_nights(gen_random_uuid(), '2031-06-02', '2031-06-03') $$,
  'PT404', 'listing_not_found', 'nobody blocks a home that is not there');
select tests.back();
delete from private.claims;

-- Single days

select tests.become('ada');
select results_eq(
  $$ select day, price_minor, minimum_nights::integer, closed_to_arrival, closed_to_departure
     from public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-12', 20000, 3::smallint,
       true) $$,
  $$ values ('2031-06-10'::date, 20000::bigint, 3, true, false),
    ('2031-06-11', 20000, 3, true, false) $$,
  'two days get a price, least nights, and no arrivals');
select results_eq(
  $$ select day, price_minor, minimum_nights::integer, closed_to_arrival, closed_to_departure
     from public.set_calendar(tests.id('mill'), '2031-06-11', '2031-06-13',
       closed_to_departure => true) $$,
  $$ values ('2031-06-11'::date, 20000::bigint, 3, true, true),
    ('2031-06-12', null::bigint, null, false, true) $$,
  'what is not named stays as it was');
select results_eq(
  $$ select day, price_minor, minimum_nights::integer from public.set_calendar(
       tests.id('mill'), '2031-06-10', '2031-06-13', clear_fields => '{price_minor}') $$,
  $$ values ('2031-06-10'::date, null::bigint, 3), ('2031-06-11', null, 3),
    ('2031-06-12', null, null) $$,
  'a price is taken back');
select results_eq(
  $$ select day from public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-13',
       closed_to_arrival => false, closed_to_departure => false,
       clear_fields => '{minimum_nights}') $$,
  $$ select null::date limit 0 $$,
  'a day of which nothing special is left is not returned');
select is_empty(
  $$ select day from public.calendar_days where day between '2031-06-10' and '2031-06-13' $$,
  'a day of which nothing special is left has no row in the table either');
select is_empty($$ select public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-13') $$,
  'saying nothing says nothing');
select throws_ok(
  $$ select public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-12',
    clear_fields => '{closed_to_arrival}') $$,
  'PT400', 'invalid_field', 'only a price and the least nights can be cleared');
select throws_ok(
  $$ select public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-12', -1) $$,
  '23514',
  'new row for relation "calendar_days" violates check constraint "calendar_days_cost_something"',
  'no night pays the guest');
select throws_ok(
  $$ select public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-12',
    minimum_nights => 0::smallint) $$,
  '23514',
  'new row for relation "calendar_days" violates check constraint "calendar_days_ask_for_nights"',
  'a stay has a night at least');
select tests.back();

-- Why a stay is refused: each reason, on both sides of its boundary

create function pg_temp.problem(
  check_in date, check_out date, guests integer default 1, infants integer default 0,
  pets integer default 0,
  guest text default 'grace', home text default 'mill') returns text language plpgsql as $$
begin
  return coalesce(private.stay_problem(tests.id(home), check_in, check_out, guests, infants, pets,
    case when guest is not null then tests.person(guest) end), 'none');
end $$;

create temp table reasons (problem text);
create function pg_temp.says(problem text, wanted text, description text) returns text
  language plpgsql as $$
begin
  insert into reasons values (wanted);
  return is(problem, wanted, description);
end $$;

-- It is Tuesday, the 20th of May 2031, two in the afternoon in Paris.
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'none', 'an ordinary stay');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guest => null), 'none',
  'for anyone');

select pg_temp.says(pg_temp.problem(null, '2031-06-05'), 'dates_required', 'no arrival');
select pg_temp.says(pg_temp.problem('2031-06-02', null), 'dates_required', 'no departure');
select pg_temp.says(pg_temp.problem('2031-06-02', 'infinity'), 'invalid_dates', 'for ever');
select pg_temp.says(pg_temp.problem('-infinity', '2031-06-02'), 'invalid_dates', 'since ever');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-02'), 'dates_reversed', 'no night');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-01'), 'dates_reversed', 'back in time');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-03'), 'none', 'one night');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guests => 0), 'invalid_guests',
  'nobody comes');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guests => null), 'invalid_guests',
  'who comes');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', infants => -1), 'invalid_guests',
  'a negative infant');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', infants => null), 'invalid_guests',
  'an unknown infant');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', infants => 2147483647),
  'invalid_guests', 'a world of infants');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', pets => -1), 'invalid_guests',
  'a negative pet');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guests => 4, infants => 3), 'none',
  'infants are no guests');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guests => 5), 'too_many_guests',
  'the mill sleeps four');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', pets => 2), 'none',
  'two pets may come');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', pets => 3), 'pets_not_allowed',
  'three not');

select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', home => 'nowhere'),
  'listing_not_found', 'no such home');
update public.listings set status = 'hidden' where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'listing_not_found',
  'a hidden home');
update public.listings set status = 'draft' where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guest => 'ada'),
  'listing_not_found', 'a draft, for its owner too');
update public.listings set status = 'published' where listing_id = tests.id('mill');

insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'host_unavailable',
  'a suspended host');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', home => 'tower'), 'none',
  'not another''s home');
delete from private.suspensions;

insert into public.listing_hosts (listing_id, profile_id, role)
values (tests.id('mill'), tests.person('hedy'), 'full'),
  (tests.id('mill'), tests.person('radia'), 'calendar');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guest => person), 'own_listing',
  format('%s hosts the mill', initcap(person)))
from unnest(array['ada', 'hedy', 'radia']) as person;
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guest => 'ada', home => 'tower'),
  'none', 'Ada may stay at Alan''s');

select tests.become('hedy');
select public.block_person(tests.person('grace'));
select tests.back();
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'host_unavailable',
  'Hedy does not want Grace');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', home => 'tower'), 'none',
  'Alan does');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05', guest => 'margaret'), 'none',
  'and Hedy wants Margaret');
select tests.become('hedy');
select public.unblock_person(tests.person('grace'));
select tests.become('grace');
select public.block_person(tests.person('hedy'));
select tests.back();
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'host_unavailable',
  'Grace wants nothing to do with Hedy');
select tests.become('grace');
select public.unblock_person(tests.person('hedy'));
select tests.become('radia');
select public.block_person(tests.person('grace'));
select tests.back();
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'none',
  'who keeps the calendar chooses no guests');

-- Today, where the home stands
select pg_temp.says(pg_temp.problem('2031-05-19', '2031-05-22'), 'date_in_past', 'yesterday');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'none',
  'today, before the cut-off');
select tests.at('2031-05-20 15:59:59+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'none',
  'a second before six in Paris');
select tests.at('2031-05-20 16:00+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'too_short_notice',
  'at six the day is closed');
select pg_temp.says(pg_temp.problem('2031-05-21', '2031-05-22'), 'none', 'tomorrow is not');
update public.booking_rules set same_day_cutoff_hour = 24 where listing_id = tests.id('mill');
select tests.at('2031-05-20 21:59:59+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'none',
  'with hour 24, until midnight');
select tests.at('2031-05-20 22:00+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'date_in_past',
  'and then it is yesterday in Paris');
update public.booking_rules set same_day_cutoff_hour = 0 where listing_id = tests.id('mill');
select tests.at('2031-05-20 00:00+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'too_short_notice',
  'with hour 0, never on the same day');
update public.booking_rules set same_day_cutoff_hour = 18 where listing_id = tests.id('mill');

update public.listings set time_zone = 'Pacific/Kiritimati' where listing_id = tests.id('mill');
select tests.at('2031-05-20 09:59:59+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'too_short_notice',
  'a second to midnight on Kiritimati, it is still the 20th');
select tests.at('2031-05-20 10:00+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'date_in_past',
  'then the 21st has come, when London has the 20th');
select pg_temp.says(pg_temp.problem('2031-05-21', '2031-05-22'), 'none', 'and the 21st is today');
update public.listings set time_zone = 'Pacific/Niue' where listing_id = tests.id('mill');
select tests.at('2031-05-21 10:59:59+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'too_short_notice',
  'on Niue the 20th lasts until eleven the next morning in London');
select tests.at('2031-05-21 11:00+00');
select pg_temp.says(pg_temp.problem('2031-05-20', '2031-05-22'), 'date_in_past', 'and no longer');
-- New York puts its clocks forward on the 9th of March 2031 and back on the 2nd of November.
update public.listings set time_zone = 'America/New_York' where listing_id = tests.id('mill');
select tests.at('2031-03-09 21:59:59+00');
select pg_temp.says(pg_temp.problem('2031-03-09', '2031-03-11'), 'none',
  'a second before six on a day of 23 hours');
select tests.at('2031-03-09 22:00+00');
select pg_temp.says(pg_temp.problem('2031-03-09', '2031-03-11'), 'too_short_notice', 'at six');
select tests.at('2031-11-02 22:59:59+00');
select pg_temp.says(pg_temp.problem('2031-11-02', '2031-11-04'), 'none',
  'a second before six on a day of 25 hours');
select tests.at('2031-11-02 23:00+00');
select pg_temp.says(pg_temp.problem('2031-11-02', '2031-11-04'), 'too_short_notice', 'at six');
select tests.at('2031-11-03 04:59:59+00');
select pg_temp.says(pg_temp.problem('2031-11-02', '2031-11-04'), 'too_short_notice',
  'its last second');
select tests.at('2031-11-03 05:00+00');
select pg_temp.says(pg_temp.problem('2031-11-02', '2031-11-04'), 'date_in_past',
  'and the day after');
update public.listings set time_zone = 'Europe/Paris' where listing_id = tests.id('mill');
select tests.at('2031-05-20 12:00+00');

update public.booking_rules set advance_notice_days = 3 where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-05-22', '2031-05-24'), 'too_short_notice',
  'two days where three are asked for');
select pg_temp.says(pg_temp.problem('2031-05-23', '2031-05-24'), 'none', 'three');
select tests.at('2031-05-20 21:59+00');
select pg_temp.says(pg_temp.problem('2031-05-23', '2031-05-24'), 'none',
  'three, late in the evening: days, not hours');
select tests.at('2031-05-20 12:00+00');
update public.booking_rules set advance_notice_days = 0 where listing_id = tests.id('mill');

update public.booking_rules set booking_window_months = 1 where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-06-18', '2031-06-20'), 'none',
  'the last night of the window is its eve');
select pg_temp.says(pg_temp.problem('2031-06-18', '2031-06-21'), 'outside_booking_window',
  'one night more is outside');
select tests.at('2031-01-31 12:00+00');
select pg_temp.says(pg_temp.problem('2031-02-26', '2031-02-28'), 'none',
  'a month from the 31st of January is the 28th of February');
select pg_temp.says(pg_temp.problem('2031-02-26', '2031-03-01'), 'outside_booking_window',
  'and not a day more');
select tests.at('2031-05-20 12:00+00');
update public.booking_rules set booking_window_months = 12 where listing_id = tests.id('mill');

select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-29'), 'none', '27 nights');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-30'), 'none', '28 nights');
select pg_temp.says(pg_temp.problem('2031-06-02', '2058-10-18'), 'outside_booking_window',
  '10,000 nights');
select pg_temp.says(pg_temp.problem('2032-02-01', '2032-02-03'), 'none',
  'further away than money may be held: it is charged later');

update public.booking_rules set minimum_nights = 3, maximum_nights = 5
  where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-04'), 'below_minimum_nights',
  'two nights of three');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'none', 'three');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-07'), 'none', 'five');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-08'), 'above_maximum_nights',
  'six of five');
insert into public.calendar_days (listing_id, day, minimum_nights)
  values (tests.id('mill'), '2031-06-02', 2), (tests.id('mill'), '2031-06-03', 4);
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-04'), 'none',
  'two, where the day of arrival asks for two: it beats the home''s three');
select pg_temp.says(pg_temp.problem('2031-06-03', '2031-06-06'), 'below_minimum_nights',
  'three, where the day asks for four');
select pg_temp.says(pg_temp.problem('2031-06-04', '2031-06-07'), 'none',
  'three, on a day that asks for nothing of its own');
select pg_temp.says(pg_temp.problem('2031-06-01', '2031-06-04'), 'none',
  'a day within the stay asks nothing');
delete from public.calendar_days where listing_id = tests.id('mill');
update public.booking_rules set minimum_nights = 1, maximum_nights = 365
  where listing_id = tests.id('mill');

-- The 2nd of June 2031 is a Monday.
update public.booking_rules set arrival_weekdays = '{1,7}', departure_weekdays = '{3,5}'
  where listing_id = tests.id('mill');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-04'), 'none', 'Monday to Wednesday');
select pg_temp.says(pg_temp.problem('2031-06-01', '2031-06-06'), 'none', 'Sunday to Friday');
select pg_temp.says(pg_temp.problem('2031-06-03', '2031-06-04'), 'arrival_not_allowed',
  'from Tuesday');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'departure_not_allowed',
  'until Thursday');
update public.booking_rules set arrival_weekdays = '{1,2,3,4,5,6,7}',
  departure_weekdays = '{1,2,3,4,5,6,7}' where listing_id = tests.id('mill');
insert into public.calendar_days (listing_id, day, closed_to_arrival, closed_to_departure)
values (tests.id('mill'), '2031-06-03', true, false), (tests.id('mill'), '2031-06-06', false, true);
select pg_temp.says(pg_temp.problem('2031-06-03', '2031-06-05'), 'arrival_not_allowed',
  'arrival on a day closed to it');
select pg_temp.says(pg_temp.problem('2031-06-01', '2031-06-03'), 'none', 'departure on that day');
select pg_temp.says(pg_temp.problem('2031-06-02', '2031-06-05'), 'none', 'staying over it');
select pg_temp.says(pg_temp.problem('2031-06-04', '2031-06-06'), 'departure_not_allowed',
  'departure on a day closed to it');
select pg_temp.says(pg_temp.problem('2031-06-06', '2031-06-08'), 'none', 'arrival on that day');
delete from public.calendar_days where listing_id = tests.id('mill');

select pg_temp.claim('block', '[2031-06-10,2031-06-13)', null);
select pg_temp.says(pg_temp.problem('2031-06-12', '2031-06-14'), 'nights_taken', 'over a block');
select pg_temp.says(pg_temp.problem('2031-06-08', '2031-06-10'), 'none', 'up to it');
select pg_temp.says(pg_temp.problem('2031-06-13', '2031-06-14'), 'none', 'from its end');
delete from private.claims;

select set_eq(
  $$ select problem from reasons where problem <> 'none' $$,
  $$ select distinct said[1] from regexp_matches(
       (select prosrc from pg_proc where oid = 'private.stay_problem'::regproc),
       $re$(?:return|then|else) '([a-z_]+)'$re$, 'g') as said $$,
  'each reason that the rule knows was given');
select throws_ok(
  format('select private.refuse(%L)', problem), 'PT' || status, problem,
  format('%s answers %s', problem, status))
from private.refusals join (select distinct problem from reasons) as given on problem = code;

-- What a guest reads

create function pg_temp.days(starts_on text, ends_on text, home text default 'mill') returns text
  language sql as $$
  select string_agg(
    case when available then 'f' else 't' end || case when arrival_allowed then 'a' else '-' end
      || case when departure_allowed then 'd' else '-' end, ' ' order by day)
  from public.listing_calendar(tests.id(home), starts_on, ends_on)
$$;
grant execute on function pg_temp.days to anon;

select is(pg_temp.days('2031-05-19', '2031-05-23'), 't-- fa- fad fad',
  'yesterday is over; today one may arrive, not depart');
select pg_temp.claim('block', '[2031-06-10,2031-06-12)', null);
select is(pg_temp.days('2031-06-09', '2031-06-13'), 'fad t-d t-d fad',
  'blocked nights: no arrival; departure on the first of them');
delete from private.claims;
insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
values (tests.id('mill'), '[2031-06-10,2031-06-12)', '(,)', 'hold', tests.id('one'),
  tests.person('grace'), '2031-05-20 12:15+00');
select tests.become_anon();
select is(pg_temp.days('2031-06-10', '2031-06-12'), 't-d t-d',
  'a stranger sees that a hold takes its nights');
select tests.back();
select tests.at('2031-05-20 12:15+00');
select tests.become_anon();
select is(pg_temp.days('2031-06-10', '2031-06-12'), 'fad fad',
  'a stranger sees that a hold is over');
select tests.back();
delete from private.claims;
select tests.at('2031-05-20 16:00+00');
select is(pg_temp.days('2031-05-20', '2031-05-23'), 'f-- fa- fad',
  'after the cut-off nobody arrives today and nobody departs tomorrow');
update public.booking_rules set advance_notice_days = 2 where listing_id = tests.id('mill');
select is(pg_temp.days('2031-05-20', '2031-05-24'), 'f-- f-- fa- fad',
  'two days'' notice closes today and tomorrow for arrival');
update public.booking_rules set advance_notice_days = 0, booking_window_months = 1
  where listing_id = tests.id('mill');
select is(pg_temp.days('2031-06-18', '2031-06-22'), 'fad fad t-d t--',
  'the window ends: one may still leave on its last day');
update public.booking_rules set booking_window_months = 12, arrival_weekdays = '{1}',
  departure_weekdays = '{3}', minimum_nights = 2
where listing_id = tests.id('mill');
insert into public.calendar_days (listing_id, day, price_minor, minimum_nights, closed_to_arrival)
values (tests.id('mill'), '2031-06-02', 25000, 5, true);
update public.listing_prices set weekend_price_minor = 15000 where listing_id = tests.id('mill');
select is(pg_temp.days('2031-06-02', '2031-06-05'), 'f-- f-- f-d', 'weekdays and closed days');
select results_eq(
  $$ select day, price_minor, currency, minimum_nights::integer
    from public.listing_calendar(tests.id('mill'), '2031-06-02', '2031-06-09') $$,
  $$ values ('2031-06-02'::date, 25000::bigint, 'EUR', 5), ('2031-06-03', 10000, 'EUR', 2),
    ('2031-06-04', 10000, 'EUR', 2),
       ('2031-06-05', 10000, 'EUR', 2), ('2031-06-06', 15000, 'EUR', 2),
         ('2031-06-07', 15000, 'EUR', 2),
       ('2031-06-08', 10000, 'EUR', 2) $$,
  'the day''s own price and least nights, the weekend''s, the home''s');
update public.booking_rules set arrival_weekdays = '{1,2,3,4,5,6,7}',
  departure_weekdays = '{1,2,3,4,5,6,7}', minimum_nights = 1
where listing_id = tests.id('mill');
delete from public.calendar_days where listing_id = tests.id('mill');
select results_eq(
  $$ select min(day), max(day), count(*)::integer from public.listing_calendar(tests.id('mill')) $$,
  $$ values ('2031-05-20'::date, '2032-05-18'::date, 365) $$,
  'a year from today, if nothing is said');
update public.listings set time_zone = 'Pacific/Kiritimati' where listing_id = tests.id('mill');
select is((select min(day) from public.listing_calendar(tests.id('mill'))), '2031-05-21'::date,
  'today where the home stands');
update public.listings set time_zone = 'Europe/Paris' where listing_id = tests.id('mill');
select throws_ok($$ select public.listing_calendar(tests.id('mill'), '2031-06-02', '2031-06-02') $$,
  'PT400', 'dates_reversed', 'a calendar of no days is refused');
select throws_ok($$ select public.listing_calendar(tests.id('mill'), '2031-06-02', 'infinity') $$,
  'PT400', 'invalid_dates', 'a calendar without an end is refused');
select throws_ok($$ select public.listing_calendar(tests.id('mill'), '2031-06-02', '2034-06-02') $$,
  'PT400', 'too_many_days', 'a calendar of three years is refused');
select throws_ok($$ select public.listing_calendar(tests.id('nowhere')) $$, 'PT404',
  'listing_not_found', 'a calendar of an unknown home is refused');

-- The calendar and the reasons agree: a day shown as free and open to arrival can be booked for its
-- least nights, and one that is not, not.
select tests.at('2031-05-20 12:00+00');
update public.booking_rules set advance_notice_days = 2, booking_window_months = 2,
  arrival_weekdays = '{1,3,5,6}' where listing_id = tests.id('mill');
insert into public.calendar_days (listing_id, day, closed_to_arrival)
  values (tests.id('mill'), '2031-06-04', true);
select pg_temp.claim('stay', '[2031-06-09,2031-06-12)', 'one');
select pg_temp.claim('import', '[2031-06-20,2031-06-22)', null);
select is_empty(
  $$ select days.day, days.arrival_allowed, pg_temp.problem(days.day, days.day + 1)
     from public.listing_calendar(tests.id('mill'), '2031-05-15', '2031-08-01') as days
     where days.arrival_allowed <> (pg_temp.problem(days.day, days.day + 1) = 'none') $$,
  'what the calendar offers can be asked for, and nothing else');

select * from finish();
rollback;
