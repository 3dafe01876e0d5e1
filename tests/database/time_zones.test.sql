-- Time zones: which a home can be in, and when it is what its clocks show.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'grace']) as name;

-- Where a home can be

select is(tests.outcome('ada',
  format('select public.create_listing(gen_random_uuid(), ''Loft'', %L, ''EUR'')', zone)), '1', zone || ' is a time zone')
from unnest(array['Europe/Paris', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince', 'Etc/GMT+5', 'Etc/UTC', 'UTC',
  'Asia/Calcutta', 'US/Eastern', 'Cuba', 'NZ-CHAT']) as zone;
select is(tests.outcome('ada',
  format('select public.create_listing(gen_random_uuid(), ''Loft'', %L, ''EUR'')', zone)), 'invalid_time_zone',
  zone || ' means something else in Postgres, or nothing in JavaScript')
from unnest(array['Europe/Paris5', 'Foo/5', 'Etc/GMT-15', 'Etc/GMT+13', 'CET', 'EST', 'EST5EDT', 'MST', 'GMT', 'GMT+1',
  '+05:00', '-03', 'UTC+3', 'Factory', 'localtime', 'posixrules', 'posix/Europe/Paris', 'right/Europe/Paris', ' Europe/Paris',
  'Europe/Paris ', 'Europe', 'Europe/', 'BST', '<+03>-3', 'Europe/Paris,M3.5.0,M10.5.0', '']) as zone;

select tests.become('ada');
select is((public.create_listing(tests.id('loft'), 'Loft', 'europe/PARIS', 'EUR')).time_zone, 'Europe/Paris',
  'a home has the canonical spelling of its time zone');
update public.listings set time_zone = 'america/port-AU-prince' where listing_id = tests.id('loft');
select is((select time_zone from public.listings where listing_id = tests.id('loft')), 'America/Port-au-Prince',
  'a changed time zone is spelled in its canonical form as well');
select throws_ok($$ update public.listings set time_zone = 'Europe/Paris5' where listing_id = tests.id('loft') $$,
  'PT422', 'invalid_time_zone', 'no other spelling can be written past the verb');
select tests.back();
select throws_ok($$ update public.listings set time_zone = 'Foo/5' $$, 'PT422', 'invalid_time_zone',
  'the owner of the database cannot write another spelling either');
select is((select array_agg(time_zone) from private.time_zones where private.known_time_zone(time_zone) is distinct from time_zone),
  null, 'this Postgres knows all time zones of the list');
select is((
  select array_agg(name) from pg_timezone_names
  where name like '%/%' and name !~ '^(posix|right)/'
    and not exists (select from private.time_zones where time_zone = name)),
  null, 'the list has all places that this Postgres knows');

-- When it is what the clocks show

create function pg_temp.at(wall timestamp, zone text) returns text language sql as $$
  select to_char(private.instant_at(wall, zone) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') $$;
select is(pg_temp.at('2031-06-01 15:00', 'Europe/Paris'), '2031-06-01 13:00',
  'a time in summer has the offset of summer');
select is(pg_temp.at('2031-12-01 15:00', 'Europe/Paris'), '2031-12-01 14:00',
  'a time in winter has the offset of winter');
select is(pg_temp.at('2031-03-30 02:30', 'Europe/Paris'), '2031-03-30 01:30', 'a skipped hour counts with the offset before');
select is(pg_temp.at('2031-03-30 03:00', 'Europe/Paris'), '2031-03-30 01:00', 'the hour after it does not');
select is(pg_temp.at('2031-10-26 01:59', 'Europe/Paris'), '2031-10-25 23:59',
  'the hour before one that comes twice has the summer offset');
select is(pg_temp.at('2031-10-26 02:00', 'Europe/Paris'), '2031-10-26 00:00',
  'the first of two hours counts for its beginning');
select is(pg_temp.at('2031-10-26 02:59', 'Europe/Paris'), '2031-10-26 00:59',
  'the first of two hours counts to its end');
select is(pg_temp.at('2031-10-26 03:00', 'Europe/Paris'), '2031-10-26 02:00',
  'the second of two hours is over after its end');
select is(pg_temp.at('2031-04-06 01:45', 'Australia/Lord_Howe'), '2031-04-05 14:45', 'half an hour that comes twice');
select is(pg_temp.at('1969-09-30 12:00', 'Pacific/Kwajalein'), '1969-09-30 01:00', 'a day that came twice but for an hour');
select is(pg_temp.at('2011-12-30 12:00', 'Pacific/Apia'), '2011-12-30 22:00', 'a day that never came');

-- Each rule about a clock on the wall. Both homes change their clocks in the night.

create function pg_temp.stay(name text, zone text, arrives text, leaves text, arrival time, departure time) returns uuid
language plpgsql as $$
begin
  perform tests.home('home of ' || name, 'ada', time_zone => zone);
  update public.listings set check_in_time = arrival, check_out_time = departure where listing_id = tests.id('home of ' || name);
  perform tests.book(name, 'grace', 'home of ' || name, arrives::date, leaves::date);
  perform tests.money(name, 'succeeded');
  return tests.id(name);
end $$;
create function pg_temp.of(name text) returns public.bookings language sql as $$
  select bookings from public.bookings where booking_id = tests.id(name) $$;
create function pg_temp.utc(instant timestamptz) returns text language sql as $$
  select to_char(instant at time zone 'UTC', 'YYYY-MM-DD HH24:MI') $$;

select pg_temp.stay('twice', 'Europe/Paris', '2031-10-26', '2031-10-29', '02:30', '02:00');
select is(pg_temp.utc(due_at), '2031-10-27 00:30', 'a payout is due a day after the first 2:30')
from public.payouts where booking_id = tests.id('twice');
select is(pg_temp.utc(private.deadline('2031-10-26', '02:30', 'Europe/Paris', null, 24::smallint)), '2031-10-25 00:30',
  'hours before the first 2:30');
select is(pg_temp.utc(private.deadline('2031-10-31', '02:30', 'Europe/Paris', 5::smallint, null)), '2031-10-26 00:30',
  'a deadline some days before at 2:30 is the first 2:30');
select is(pg_temp.utc(private.alterable_until(stay, stay.check_in, stay.check_out, 3, 0, 0, null)), '2031-10-26 00:30',
  'the number of guests is altered until the first 2:30') from pg_temp.of('twice') as stay;
select is(pg_temp.utc(private.message_due_at(stay, 'check_in_instructions')), '2031-10-24 00:30',
  'instructions come at 2:30 two days before') from pg_temp.of('twice') as stay;
select tests.at('2031-10-26 00:29+00');
select is(tests.outcome('ada', $$ select public.report_no_show(tests.id('twice'), 'Nobody.') $$), 'stay_not_under_way',
  'nobody can be reported missing before the first 2:30');
select is(tests.outcome('grace', $$ select public.file_complaint(gen_random_uuid(), tests.id('twice'), 'not_as_described', 'No.') $$), 'stay_not_begun',
  'a guest does not complain before the first 2:30');
select is(tests.outcome('ada', $$ select public.claim_damage(gen_random_uuid(), tests.id('twice'), 500, 'A lamp.') $$), 'stay_not_begun',
  'a host claims no damage before the first 2:30');
select tests.at('2031-10-26 00:30+00');
select is(tests.outcome('ada', $$ select public.report_no_show(tests.id('twice'), 'Nobody.') $$), '1',
  'a host may report a no-show from the first 2:30 on');

select tests.at('2031-05-20 12:00+00');
select pg_temp.stay('leaves twice', 'Europe/Paris', '2031-10-24', '2031-10-26', '15:00', '02:30');
select is(pg_temp.utc((private.review_window(stay)).opens_at), '2031-10-26 00:30', 'a stay is reviewed from the first 2:30 on')
from pg_temp.of('leaves twice') as stay;
select is(pg_temp.utc((private.review_window(stay)).closes_at), '2031-11-09 01:30',
  'a stay is reviewed until 2:30 two weeks later')
from pg_temp.of('leaves twice') as stay;
select is(pg_temp.utc(private.days_later('2031-10-26 01:15+00', 14, 'Europe/Paris')), '2031-11-09 01:15',
  'two weeks after the second 2:15 it is 2:15');
select is(pg_temp.utc(private.days_later('2031-10-12 00:15+00', 14, 'Europe/Paris')), '2031-10-26 00:15',
  'two weeks before the hour that comes twice it is the first');
select is(pg_temp.utc(private.days_later('2031-03-16 01:15+00', 14, 'Europe/Paris')), '2031-03-30 01:15',
  'two weeks before a skipped hour have the offset before');

select is(array[
    (private.refund_terms('moderate', '2031-10-24', '2031-10-28', '15:00', '02:30', 'Europe/Paris', '2031-05-20', at)).spent_nights],
  array[spent], format('%s nights are spent at %s', spent, at))
from (values
  ('2031-10-24 13:00+00'::timestamptz, 1), ('2031-10-25 00:29+00', 1), ('2031-10-25 00:30+00', 2), ('2031-10-26 00:29+00', 2),
  ('2031-10-26 00:30+00', 3), ('2031-10-26 00:59+00', 3), ('2031-10-26 01:00+00', 3), ('2031-10-26 01:29+00', 3),
  ('2031-10-26 01:31+00', 3), ('2031-10-27 01:29+00', 3), ('2031-10-27 01:30+00', 4), ('2031-10-30 01:30+00', 4)) as cases (at, spent);

select tests.at('2031-10-26 00:29+00');
select is(private.complete_stays(10), 0, 'a stay is not over before the first 2:30');
select is(tests.outcome('grace', $$ select public.propose_alteration(gen_random_uuid(), tests.id('leaves twice'), guests => 2) $$),
  'stay_begun', 'a stay is under way before the first 2:30 of its last day');
select tests.at('2031-10-26 00:30+00');
select is(tests.outcome('grace', $$ select public.propose_alteration(gen_random_uuid(), tests.id('leaves twice'), guests => 2) $$),
  'stay_over', 'a stay is over from the first 2:30 of its last day');
select is(tests.outcome('grace', $$ select public.cancel_booking(tests.id('leaves twice')) $$), 'stay_over',
  'nobody cancels a stay that is over');
select is(private.complete_stays(10), 1, 'a stay that is over is completed');

-- A stay that was cancelled in the second of two hours is reviewed from that moment on.
select tests.at('2031-05-20 12:00+00');
select pg_temp.stay('given up', 'Europe/Paris', '2031-10-25', '2031-10-28', '15:00', '11:00');
select tests.at('2031-10-26 01:15+00');
select tests.become('grace');
select public.cancel_booking(tests.id('given up'));
select tests.back();
select is(pg_temp.utc((private.review_window(stay)).opens_at), '2031-10-26 01:15',
  'a stay may be reviewed from the second 2:15 and not the first')
from pg_temp.of('given up') as stay;
select is(tests.outcome('grace', $$ select public.review_stay(tests.id('given up'), 5::smallint, 5::smallint, 5::smallint,
  5::smallint, 5::smallint, 5::smallint, 5::smallint, 'Fine.') $$), '1',
  'a stay cancelled in the second hour may be reviewed at once');

select * from finish();
rollback;
