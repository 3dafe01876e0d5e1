-- Feed conflicts: Grace stays at Ada's mill, and a calendar elsewhere wants nights of it day after day.

begin;
select no_plan();
select tests.at('2031-05-01 09:00+00');
select tests.home('mill', 'ada');
update public.booking_rules set booking_window_months = 24 where listing_id = tests.id('mill');
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
select tests.id(name), tests.id('mill'), name, 'https://example.com/' || name, private.now(), private.now()
from unnest(array['elsewhere', 'third']) as name;

-- Day by day a feed is read; events are `<uid> <first day> <last day> <summary>`, days from its first on.
create function pg_temp.read(day integer, events text[], feed text default 'elsewhere') returns bigint language plpgsql as $$
declare
  last_attempt integer;
  told         bigint;
begin
  perform tests.at('2031-06-01 09:00+00'::timestamptz + make_interval(days => day));
  update public.calendar_feeds
  set attempt = calendar_feeds.attempt + 1, claimed_until = private.now() + interval '2 minutes'
  where feed_id = tests.id(feed) returning attempt into last_attempt;
  select count(*) into told from private.commands where template = 'calendar_conflict';
  perform private.apply_calendar_feed(
    tests.id(feed), last_attempt,
    array(
      select row(part[1], '2031-06-01'::date + part[2]::integer, '2031-06-01'::date + part[3]::integer,
        coalesce(part[4], ''))::public.feed_event
      from unnest(events) as event, regexp_match(event, '^(\S+) (\S+) (\S+) ?(.*)$') as part),
    cardinality(events), '{}', '{}', null, null);
  return (select count(*) from private.commands where template = 'calendar_conflict') - told;
end $$;

select tests.book('stay', 'grace', 'mill', '2031-06-02', '2031-06-06');
select tests.money('stay', 'succeeded');
select tests.book('far', 'alan', 'mill', '2032-03-07', '2032-03-10');
select tests.money('far', 'succeeded');
savepoint before;

select results_eq(
  $$ select pg_temp.read(day, array[format('block-%s %s %s Airbnb (Not available)', day, day, day + 2)]) from generate_series(0, 4) as day $$,
  array_fill(0::bigint, array[5]), 'the days of notice elsewhere, moving on each day, are nobody''s guest');
rollback to before;
select results_eq(
  $$ select pg_temp.read(day, array[format('one %s %s Airbnb (Not available)', day, day + 2)]) from generate_series(0, 4) as day $$,
  array_fill(0::bigint, array[5]), 'a moving block with the same uid is nobody''s guest either');
rollback to before;
select results_eq(
  $$ select pg_temp.read(day, array['guest 20 23 Reserved',
       format('block-%s %s %s Airbnb (Not available)', day, 275 + day, 370 + day)]) from generate_series(0, 6) as day $$,
  array_fill(0::bigint, array[7]), 'a block beyond its booking window is nobody''s guest either');
rollback to before;
select results_eq(
  $$ select pg_temp.read(day, array[format('block-%s %s 12 CLOSED - Not available', day, day)]) from generate_series(0, 4) as day $$,
  array[1, 0, 0, 0, 0]::bigint[], 'a running block that loses its past, and is another each day, is told once');
rollback to before;
select results_eq(
  $$ select pg_temp.read(day, array[format('block-%s %s %s', day, day, day + 20)]) from generate_series(0, 4) as day $$,
  array[1, 0, 0, 0, 0]::bigint[], 'any other block that moves is told of once');
rollback to before;
select results_eq(
  $$ select pg_temp.read(day, array['guest 279 284']) from generate_series(0, 4) as day $$,
  array[1, 0, 0, 0, 0]::bigint[], 'a guest of next spring is one at once, when the calendar ends earlier than in 300 days');
rollback to before;
select tests.book('farthest', 'hedy', 'mill', '2032-04-20', '2032-04-25');
select tests.money('farthest', 'succeeded');
select results_eq(
  $$ select pg_temp.read(day, array['guest 320 326 CLOSED - Not available']) from generate_series(0, 4) as day $$,
  array[0, 0, 1, 0, 0]::bigint[], 'what is last in a calendar, and did not move for two days, is a guest');
rollback to before;
select tests.book('farthest', 'hedy', 'mill', '2032-04-20', '2032-04-25');
select tests.money('farthest', 'succeeded');
select is(pg_temp.read(0, array['guest 320 326 Reserved']), 1::bigint, 'what says that it is reserved is one at once');
select is(pg_temp.read(0, array['guest 320 326 Reserved', 'last-minute 0 2 Reserved - Z']), 1::bigint,
  'an entry of today that says it is reserved is a guest too');
rollback to before;

select is(pg_temp.read(0, array['a 2 8']), 1::bigint, 'a guest elsewhere is told');
select is(pg_temp.read(0, array['b 3 9']), 0::bigint,
  'a guest elsewhere who moves is not told again');
select is(pg_temp.read(0, array['c 3 9'], 'third'), 1::bigint, 'a third calendar is told too');
select is(pg_temp.read(1, array['x 30 31']), 0::bigint,
  'two calendars that agree again are no conflict');
select is(pg_temp.read(1, array['b 3 9']), 1::bigint,
  'two calendars that disagree again are a conflict again');
select is(pg_temp.read(1, array['b 3 9']), 0::bigint, 'a repeated conflict is told once');
select is(pg_temp.read(1, array['b 3 9', 'd 279 281']), 1::bigint,
  'another stay elsewhere is another conflict');
select is((select count(*) from private.told_conflicts), 3::bigint, 'each pair is kept');
select tests.become('grace');
select public.cancel_booking(tests.id('stay'));
select tests.back();
select pg_temp.read(2, array['b 3 9', 'd 279 281']);
select is((select count(*) from private.told_conflicts where feed_id = tests.id('elsewhere')), 1::bigint,
  'a stay that is cancelled disagrees with nobody');
rollback to before;

-- Off

select tests.become('ada');
select is((select wanted from public.set_notification('calendar', 'email', false)), false, 'Ada turns these off');
select tests.back();
select is(pg_temp.read(0, array['a 2 8']), 0::bigint, 'no e-mail is ordered');
select is((select count(*) from public.notifications where profile_id = tests.person('ada') and kind = 'calendar'), 1::bigint,
  'a conflict is shown in the app though its e-mail is turned off');
select is((select kind from private.letter_kinds where template = 'calendar_conflict'), 'calendar',
  'the e-mail about a conflict is of the calendar kind');

select * from finish();
rollback;
