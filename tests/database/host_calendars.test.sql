-- Host calendars: what each host reads of the homes they host, in runs of nights and days.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'ada', 5000), tests.home('barn', 'alan');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');
update public.listings set instant_book = false where listing_id = tests.id('tower');
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
update public.listing_prices set weekend_price_minor = 12000 where listing_id = tests.id('mill');
update public.booking_rules
set preparation_nights = 1, advance_notice_days = 2, arrival_weekdays = '{1,6}'
where listing_id = tests.id('tower');
select public.set_calendar(tests.id('mill'), '2031-06-10', '2031-06-12', 20000, 3::smallint, closed_to_arrival => true);
select public.block_nights(tests.id('mill'), '2031-06-20', '2031-06-22', 'Paint');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('unpaid', 'margaret', 'mill', '2031-06-14', '2031-06-16');
select tests.book('asked', 'dorothy', 'tower', '2031-06-02', '2031-06-04');
select tests.money('asked', 'requires_capture', capture_before => '2031-07-20 12:00+00');
select tests.become('ada');
select public.add_calendar_feed(tests.id('feed'), tests.id('tower'), 'https://example.com/a.ics', 'Elsewhere');
select tests.back();
insert into public.imported_events (event_id, feed_id, listing_id, uid, check_in, check_out, summary)
values (tests.id('event'), tests.id('feed'), tests.id('tower'), 'a', '2031-06-25', '2031-06-28', 'Reserved');
select private.claim_imports(tests.id('tower'), '[2031-06-01,2031-07-01)');

-- A reader and a month, as text.
create function pg_temp.taken(home text) returns setof text language sql as $$
  select concat_ws(' ', one.kind, one.check_in, one.check_out - one.check_in, one.note, one.booking_status, one.guest_name,
    case when one.booking_id is not null then 'booking' end, case when one.guest_id is not null then 'guest' end, one.guests,
    case when one.feed_id is not null then 'feed' end, case when one.expires_at is not null then 'expires' end)
  from public.host_calendars('2031-06-01', '2031-07-01') as calendar, unnest(calendar.taken) as one
  where calendar.listing_id = tests.id(home) $$;
create function pg_temp.runs(home text, starts_on text, ends_on text) returns setof text language sql as $$
  select concat_ws(' ', to_char(run.starts_on, 'MM-DD'), to_char(run.ends_on, 'MM-DD'), run.price_minor,
    case when run.price_is_own then 'own' end, run.minimum_nights, case when run.minimum_is_own then 'own' end,
    case when run.closed_to_arrival then 'no arrival' end, case when run.closed_to_departure then 'no departure' end)
  from public.host_calendars(starts_on, ends_on, array[tests.id(home)]) as calendar, unnest(calendar.days) as run $$;

grant execute on function pg_temp.taken, pg_temp.runs to public;

select tests.become('ada');
select results_eq($$ select * from pg_temp.taken('mill') $$, array[
    'stay 2031-06-02 3 confirmed Grace booking guest 1', 'hold 2031-06-14 2 expires', 'block 2031-06-20 2 Paint'],
  'the owner sees the stay with its guest, the unpaid hold without, and the block');
select results_eq($$ select * from pg_temp.taken('tower') $$, array[
    'hold 2031-06-02 2 requested Dorothy booking guest 1 expires', 'preparation 2031-06-04 1 requested Dorothy booking guest 1 expires',
    'import 2031-06-25 3 Reserved feed'],
  'a request that was placed has its guest, an event what the other calendar calls it');
select results_eq(
  $$ select title, status::text from public.host_calendars('2031-06-01', '2031-06-02') $$,
  $$ values ('Attic', 'draft'), ('Mill', 'published'), ('Tower', 'published') $$, 'all homes, drafts too, by title');
select results_eq(
  $$ select title, bookable_from, bookable_until, arrival_weekdays
     from public.host_calendars('2031-06-01', '2031-06-02', array[tests.id('tower'), tests.id('mill')]) $$,
  $$ values ('Mill', '2031-05-20'::date, '2032-05-20'::date, '{1,2,3,4,5,6,7}'::smallint[]),
       ('Tower', '2031-05-22'::date, '2032-05-20'::date, '{1,6}'::smallint[]) $$,
  'chosen ones, with what their rules open');
select results_eq($$ select * from pg_temp.runs('mill', '2031-06-05', '2031-06-16') $$, array[
    '06-05 06-06 10000 1', '06-06 06-08 12000 1', '06-08 06-10 10000 1', '06-10 06-12 20000 own 3 own no arrival',
    '06-12 06-13 10000 1', '06-13 06-15 12000 1', '06-15 06-16 10000 1'],
  'days that are alike are one run; weekends and exceptions are their own');
select results_eq($$ select * from pg_temp.runs('attic', '2031-06-05', '2031-06-16') $$, array['06-05 06-16 1'],
  'a draft without a price has days without one');
select results_eq(
  $$ select one.check_in, one.check_out from public.host_calendars('2031-06-03', '2031-06-04', array[tests.id('mill')]) as calendar,
       unnest(calendar.taken) as one $$,
  $$ values ('2031-06-02'::date, '2031-06-05'::date) $$, 'a stay that reaches beyond the range is whole');
select is_empty(
  $$ select unnest(taken) from public.host_calendars('2031-06-05', '2031-06-14', array[tests.id('mill')]) $$,
  'nights of check-out are free, and those before an arrival');

-- The same nights and prices as a guest reads them
select results_eq(
  $$ select calendar.listing_id, run.starts_on + ahead, run.price_minor, run.minimum_nights,
       run.starts_on + ahead >= current_date - 100000 and not exists (
         select from unnest(calendar.taken) as one where run.starts_on + ahead >= one.check_in and run.starts_on + ahead < one.check_out)
     from public.host_calendars('2031-06-01', '2031-07-20', array[tests.id('mill'), tests.id('tower')]) as calendar,
       unnest(calendar.days) as run, generate_series(0, run.ends_on - run.starts_on - 1) as ahead
     order by 1, 2 $$,
  $$ select home.id, guests.day, guests.price_minor, guests.minimum_nights, guests.available
     from (values (tests.id('mill')), (tests.id('tower'))) as home (id),
       public.listing_calendar(home.id, '2031-06-01', '2031-07-20') as guests
     order by 1, 2 $$,
  'it agrees with the calendar that guests read, night by night');

-- Roles

select tests.become('hedy');
select results_eq($$ select * from pg_temp.taken('mill') $$, array[
    'stay 2031-06-02 3 confirmed Grace booking guest 1', 'hold 2031-06-14 2 expires', 'block 2031-06-20 2 Paint'],
  'a co-host with full rights sees what the owner sees');
select is((select count(*) from public.host_calendars()), 1::bigint, 'of the homes she hosts');
select tests.become('radia');
select results_eq($$ select * from pg_temp.taken('mill') $$, array[
    'stay 2031-06-02 3', 'hold 2031-06-14 2 expires', 'block 2031-06-20 2 Paint'],
  'who keeps the calendar sees that nights are taken, not by whom');
select tests.become('grace');
select is_empty($$ select * from public.host_calendars() $$, 'a guest hosts no home');
select throws_ok($$ select * from public.host_calendars(listing_ids => array[tests.id('mill')]) $$, 'PT403', 'not_your_listing',
  'and reads no host''s calendar');
select tests.become('alan');
select throws_ok($$ select * from public.host_calendars(listing_ids => array[tests.id('barn'), tests.id('mill')]) $$, 'PT403',
  'not_your_listing', 'one home of others is one too many');
select throws_ok($$ select * from public.host_calendars(listing_ids => array[tests.id('barn'), tests.id('attic')]) $$, 'PT404',
  'listing_not_found', 'of a draft of others nothing is said');
select throws_ok($$ select * from public.host_calendars(listing_ids => array[tests.id('barn'), null]) $$, 'PT404',
  'listing_not_found', 'null is no home');
select is_empty($$ select * from public.host_calendars(listing_ids => '{}') $$, 'no home has no calendar');
select tests.become_anon();
select throws_ok($$ select * from public.host_calendars() $$, '42501', null, 'nobody who is not signed in reads one');

-- A suspended owner sees what was booked, and no longer what another calendar says.
select tests.back();
insert into private.suspensions (profile_id, reason, suspended_at) values (tests.person('ada'), 'Fraud', private.now());
select tests.become('ada');
select results_eq($$ select * from pg_temp.taken('tower') $$, array[
    'hold 2031-06-02 2 requested Dorothy booking guest 1 expires', 'preparation 2031-06-04 1 requested Dorothy booking guest 1 expires',
    'import 2031-06-25 3'],
  'a suspended owner sees bookings and not the summaries of feeds');
select tests.back();
delete from private.suspensions;

-- What time and the guest do

select tests.at('2031-05-20 12:30+00');
select tests.become('ada');
select is((select count(*) from pg_temp.taken('mill')), 2::bigint, 'a hold that ran out takes nothing');

-- Runs end where days change and nowhere else

select tests.back();
savepoint special;
insert into public.calendar_days (listing_id, day, price_minor)
select tests.id('mill'), day, price_minor
from (values ('2031-06-05'::date, 10000::bigint), ('2031-06-06', 10000), ('2031-06-07', 12000), ('2031-06-15', 12000)) as days (day, price_minor);
select tests.become('ada');
select results_eq($$ select * from pg_temp.runs('mill', '2031-06-05', '2031-06-16') $$, array[
    '06-05 06-07 10000 own 1', '06-07 06-08 12000 own 1', '06-08 06-10 10000 1', '06-10 06-12 20000 own 3 own no arrival',
    '06-12 06-13 10000 1', '06-13 06-15 12000 1', '06-15 06-16 12000 own 1'],
  'prices of single days, equal to others or not, begin and end runs');
select results_eq($$ select * from pg_temp.runs('mill', '2031-06-07', '2031-06-08') $$, array['06-07 06-08 12000 own 1'],
  'one day is one run');
rollback to special;
select tests.become('ada');

-- Pages and limits

select results_eq(
  $$ select title from public.host_calendars('2031-06-01', '2031-06-02', page_size => 2, after => tests.id('attic')) $$,
  array['Mill', 'Tower'], 'the page after a home');
select is_empty($$ select title from public.host_calendars('2031-06-01', '2031-06-02', after => tests.id('tower')) $$,
  'an empty page is the end');
select tests.cohost(home, 'alan', 'full') from unnest(array['attic', 'mill']) as home;
select tests.become('alan');
select results_eq(
  format('select title from public.host_calendars(''2031-06-01'', ''2031-06-02'', page_size => %s, after => %L)', size,
    tests.id(home)),
  titles, format('a page of %s of homes of one''s own and of others, after %s', size, coalesce(home, 'none')))
from (values
  (null, 9, array['Attic', 'Barn', 'Mill']), (null, 2, array['Attic', 'Barn']), ('attic', 1, array['Barn']),
  ('attic', 9, array['Barn', 'Mill']), ('barn', 9, array['Mill'])) as pages (home, size, titles);
select results_eq(
  $$ select title from public.host_calendars('2031-06-01', '2031-06-02', array[tests.id('mill'), tests.id('barn')]) $$,
  array['Barn', 'Mill'], 'chosen ones, of one''s own and of others');
select tests.back();
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Fraud');
select tests.become('alan');
select results_eq($$ select title from public.host_calendars() $$, array['Barn'],
  'who is suspended sees their own homes and no others');
select tests.back();
delete from private.suspensions;
select tests.become('ada');
select throws_ok($$ select * from public.host_calendars(after => tests.id('barn')) $$, 'PT400', 'invalid_cursor',
  'a page begins after a home of the caller''s');
select is(
  (select min(run.starts_on) || ' ' || max(run.ends_on) from public.host_calendars() as calendar, unnest(calendar.days) as run),
  '2031-05-20 2031-06-20', 'without days it is today and the thirty after');
select throws_ok(format('select * from public.host_calendars(%s)', given), state, code, given)
from (values
  ('''2031-06-01'', ''2031-06-01''', 'PT400', 'dates_reversed'), ('''2031-06-01'', ''2034-06-01''', 'PT400', 'too_many_days'),
  ('''2031-06-01'', ''2032-06-01'', page_size => 100', 'PT400', 'too_many_days'), ('''soon''', 'PT400', 'invalid_dates'),
  ('page_size => 0', 'PT400', 'invalid_page_size'), ('page_size => 101', 'PT400', 'too_many_results'),
  ('listing_ids => array(select gen_random_uuid() from generate_series(1, 101))', 'PT400', 'too_many_results')
) as calls (given, state, code);
select lives_ok($$ select * from public.host_calendars('2031-06-01', '2031-12-18', page_size => 100) $$,
  'two hundred days of a hundred homes');

select * from finish();
rollback;
