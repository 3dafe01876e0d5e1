-- Feed filters: Ada reads the calendar of a channel manager that marks arrivals and departures.

begin;
select no_plan();
select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'alan'), tests.person('hedy'), tests.person('radia');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
select tests.id(name), tests.id('mill'), name, 'https://example.com/' || name, private.now(), private.now()
from unnest(array['feed', 'third']) as name;

-- Events are `<uid> <first day of June> <last> <summary>`.
create function pg_temp.read(events text[], feed text default 'feed', broken text[] default '{}')
  returns text language plpgsql as $$
declare
  last_attempt integer;
begin
  update public.calendar_feeds
  set attempt = calendar_feeds.attempt + 1, claimed_until = private.now() + interval '2 minutes'
  where feed_id = tests.id(feed) returning attempt into last_attempt;
  return private.apply_calendar_feed(
    tests.id(feed), last_attempt,
    array(
      select row(part[1], '2031-05-31'::date + part[2]::integer, '2031-05-31'::date + part[3]::integer, part[4])::public.feed_event
      from unnest(events) as event, regexp_match(event, '^(\S+) (\S+) (\S+) ?(.*)$') as part),
    cardinality(events), broken, '{}', null, null);
end $$;
create function pg_temp.taken() returns text language sql as $$
  select string_agg(
    kind || ' ' || extract(day from lower(nights)) || '-' || extract(day from upper(nights)), ', ' order by nights, kind)
  from private.claims where listing_id = tests.id('mill') and kind <> 'preparation'
$$;
create function pg_temp.set_to(patterns text[], person text default 'ada') returns text language plpgsql as $$
declare
  answer text;
begin
  perform tests.become(person);
  select ignored_summaries into answer from public.set_feed_filters(tests.id('feed'), patterns);
  perform tests.back();
  return answer;
end $$;
create function pg_temp.previewed(patterns text[], person text default 'ada') returns text language plpgsql as $$
declare
  answer text;
begin
  perform tests.become(person);
  select string_agg(summary || case when left_out then ' is left out' else ' counts' end, ', ' order by place) into answer
  from public.preview_feed_filters(tests.id('feed'), patterns) with ordinality
    as event (event_id, summary, check_in, check_out, left_out, place);
  perform tests.back();
  return answer;
end $$;

-- What a pattern means

select is(private.is_left_out(summary, array[pattern]), matches, format('%s %s %s', pattern,
  case when matches then 'matches' else 'does not match' end, summary))
from (values
  ('Check-out:*', 'Check-out: A. Guest', true),
  ('Check-out:*', 'Check-out:', true),
  ('check-OUT:*', 'CHECK-out: A', true),
  ('départ*', 'DÉPART de Zoé', true),
  ('Check-out', 'Check-out: A', false),
  ('Check-out:*', 'Late Check-out: A', false),
  ('*check-out*', 'Late Check-out: A', true),
  ('A*B*C', 'a - b - c', true),
  ('A*B*C', 'a - c - b', false),
  ('*out', 'Check-out: out of out', true),
  ('Check-out:*', E'Check-out: two\nlines', true),
  ('100%', '100 guests', false),
  ('100%', '100%', true),
  ('A_B', 'A-B', false),
  ('A\B', 'A\B', true),
  ('A\', 'A\', true),
  ('\*', '\ and more', true),
  ('.*', 'Reserved', false),
  ('[A-Z]*', 'Reserved', false),
  ('(a+)+$', 'aaaa', false),
  ('*' || repeat('a', 99), repeat('a', 100) || ' and more', true)) as example (pattern, summary, matches);
select is(private.is_left_out('Reserved', '{}'), false, 'without filters no event is left out');
select is(private.is_left_out('', '{a*}'), false, 'an event without a summary is not left out');
select is(private.is_left_out('Check-out: A', '{Check-in:*,Check-out:*}'), true,
  'an event that matches one pattern of several is left out');

-- The preview

select pg_temp.read(array['in 1 2 Check-in: A. Guest', 'out 4 5 Check-out: A. Guest', 'stay 1 4 A. Guest']);
select is(pg_temp.taken(), 'import 1-2, import 1-4, import 4-5', 'unless told otherwise every event takes its nights');
select is(pg_temp.previewed('{check-*}'),
  'Check-in: A. Guest is left out, A. Guest counts, Check-out: A. Guest is left out', 'Ada sees what a pattern would leave out');
select is(pg_temp.taken(), 'import 1-2, import 1-4, import 4-5',
  'a preview of filters changes nothing');

-- Leaving out

select is(pg_temp.set_to('{" Check-in:* ",Check-out:*}'), '{Check-in:*,Check-out:*}', 'Ada leaves the markers out');
select is(pg_temp.taken(), 'import 1-4', 'the night after the stay is free at once');
select is(pg_temp.set_to('{Check-in:*,Check-out:*}'), '{Check-in:*,Check-out:*}',
  'the same filters again give the same answer');
select is(pg_temp.taken(), 'import 1-4', 'the same filters again change nothing');
select is((select string_agg(uid, ' ' order by uid) from public.imported_events where left_out), 'in out',
  'what is left out stays in sight');
select is(pg_temp.previewed('{}'),
  'Check-in: A. Guest counts, A. Guest counts, Check-out: A. Guest counts',
  'a preview of no filters shows what would be taken again');
select is(pg_temp.read(array['in 1 2 Check-in: A. Guest', 'out 4 5 Check-out: A. Guest', 'stay 1 4 A. Guest', 'next 8 9 Check-in: B']),
  'applied', 'a calendar with filters is read again');
select is(pg_temp.taken(), 'import 1-4', 'markers stay left out, and so does a new one');
select is((select event_count from public.calendar_feeds where feed_id = tests.id('feed')), 4, 'all of them were read');
select pg_temp.read(array['in 1 2 B. Guest', 'out 4 5 Check-out: A. Guest', 'stay 1 4 Check-out: of A']);
select is(pg_temp.taken(), 'import 1-2', 'an event that is called otherwise now is judged by its new name');
select pg_temp.read(array['stay 1 4 A. Guest', 'late 10 12 C'], broken => array['out']);
select is(pg_temp.taken(), 'import 1-4, import 10-12', 'what can no longer be read stays left out');
select is(pg_temp.set_to('{}'), '{}', 'Ada takes all back');
select is(pg_temp.taken(), 'import 1-4, import 4-5, import 10-12',
  'events that count again take their nights at once');
select pg_temp.set_to('{Check-out:*}');
select is(pg_temp.read('{}'), 'kept', 'an empty calendar is believed the second time only');
select pg_temp.read(array['out 4 5 Check-out: A']);
select is((select empty_at is null and idle_reads = 0 from public.calendar_feeds where feed_id = tests.id('feed')), true,
  'a calendar with nothing but events left out is not empty');

-- With bookings and other calendars

select tests.book('stay', 'grace', 'mill', '2031-06-04', '2031-06-06');
select is((select count(*) from public.bookings where booking_id = tests.id('stay')), 1::bigint, 'Grace books a night that is left out');
select tests.money('stay', 'succeeded');
create function pg_temp.told() returns bigint language sql as $$
  select count(*) from private.commands where template = 'calendar_conflict' and recipient_id = tests.person('ada')
$$;
create function pg_temp.conflicts() returns bigint language plpgsql as $$
declare
  found bigint;
begin
  perform tests.become('ada');
  select count(*) into found from public.calendar_conflicts(tests.id('mill'));
  perform tests.back();
  return found;
end $$;
select is(array[pg_temp.told(), pg_temp.conflicts()], array[0, 0]::bigint[],
  'a stay over an event that is left out is no conflict');
select pg_temp.set_to('{}');
select is(array[pg_temp.told(), pg_temp.conflicts()], array[1, 1]::bigint[],
  'an event that counts again in a booked night is told as a conflict');
select is(pg_temp.taken(), 'stay 4-6',
  'a night that an event and a booking want belongs to the booking');
select pg_temp.set_to('{Check-out:*}');
select is(array[pg_temp.conflicts(), (select count(*) from private.told_conflicts)], array[0, 0]::bigint[], 'left out again, they agree');
select is(private.calendar_facts(event_id, 'calendar_conflict'), null,
  'an e-mail about an event that is left out again is not sent')
from public.imported_events where uid = 'out';
select tests.become('grace');
select public.cancel_booking(tests.id('stay'));
select tests.back();
set constraints all immediate;
set constraints all deferred;
select is(pg_temp.taken(), null, 'a night that a booking lets go is not for an event that is left out');
select tests.book('hold', 'margaret', 'mill', '2031-06-04', '2031-06-06');
select tests.at('2031-05-21 12:00+00');
select pg_temp.set_to('{}');
select is(pg_temp.taken(), 'import 4-5', 'a hold that is over does not keep an event from its night');
select pg_temp.set_to('{Check-out:*}');
select pg_temp.read(array['guest 4 5 Reserved'], 'third');
select tests.become('ada');
select public.calendar_link(tests.id('mill'));
select tests.back();
select is(
  (select count(*) from private.calendar_links, unnest((private.export_calendar(token, tests.id('feed'))).events)
   where listing_id = tests.id('mill')),
  1::bigint, 'the other side hears of a guest on the night for which it only has a marker');

-- Who may

select is(pg_temp.set_to(array[person], person), format('{%s}', person), format('%s, who keeps the calendar, sets filters', person))
from unnest(array['hedy', 'radia']) as person;
select is(pg_temp.previewed('{Check*}', person), 'Check-out: A is left out', format('and %s sees what they would do', person))
from unnest(array['hedy', 'radia']) as person;
select tests.become('alan');
select throws_ok($$ select public.set_feed_filters(tests.id('feed'), '{x}') $$, 'PT404', 'feed_not_found',
  'another host cannot set filters');
select throws_ok($$ select public.preview_feed_filters(tests.id('feed'), '{x}') $$, 'PT404', 'feed_not_found',
  'another host cannot preview filters');
select tests.become('grace');
select throws_ok($$ select public.set_feed_filters(tests.id('feed'), '{x}') $$, 'PT404', 'feed_not_found',
  'a guest cannot set filters');
select throws_ok($$ select public.preview_feed_filters(tests.id('feed'), '{x}') $$, 'PT404', 'feed_not_found',
  'a guest cannot preview filters');
select tests.back();
set local role anon;
select throws_ok($$ select public.set_feed_filters('00000000-0000-0000-0000-000000000001', '{x}') $$, '42501', null,
  'somebody unknown cannot set filters');
select throws_ok($$ select public.preview_feed_filters('00000000-0000-0000-0000-000000000001', '{x}') $$, '42501', null,
  'somebody unknown cannot preview filters');
reset role;

-- What is no pattern

select tests.become('ada');
select throws_ok(format('select public.%s(tests.id(''feed''), %L::text[])', verb, patterns), 'PT400', 'invalid_patterns',
  format('%s: %s', verb, problem))
from unnest(array['set_feed_filters', 'preview_feed_filters']) as verb, (values
  (null::text[], 'no list'),
  (array[null::text], 'a list of nothing'),
  (array[''], 'an empty pattern'),
  (array['  '], 'blanks'),
  (array['*'], 'one that leaves everything out'),
  (array['a', '* **'], 'also in another spelling'),
  (array[repeat('x', 101)], 'one that is too long'),
  (array_fill('x'::text, array[11]), 'too many')) as wrong (patterns, problem);
select is((select ignored_summaries from public.calendar_feeds where feed_id = tests.id('feed')), '{radia}',
  'refused filters change nothing');
select is((select cardinality(ignored_summaries) from public.set_feed_filters(tests.id('feed'), array_fill(repeat('x', 100), array[10]))),
  10, 'ten of a hundred characters are taken');
select tests.back();

select * from finish();
rollback;
