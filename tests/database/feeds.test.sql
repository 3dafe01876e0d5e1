-- Feeds: Ada owns the mill and reads a calendar from elsewhere; Grace wants to stay.

begin;
select no_plan();
select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('tower', 'ada');

create function pg_temp.read(feed text, events text[], broken text[] default '{}', seen integer default null)
  returns text language plpgsql as $$
declare
  last_attempt integer;
begin
  update public.calendar_feeds
  set attempt = calendar_feeds.attempt + 1, claimed_until = private.now() + interval '2 minutes'
  where feed_id = tests.id(feed)
  returning attempt into last_attempt;
  return private.apply_calendar_feed(
    tests.id(feed), last_attempt,
    array(
      select row(split_part(event, ' ', 1), split_part(event, ' ', 2)::date, split_part(event, ' ', 3)::date, '')::public.feed_event
      from unnest(events) as event),
    coalesce(seen, cardinality(events)), broken, '{}', '"1"', null);
end $$;

create function pg_temp.taken() returns text language sql as $$
  select string_agg(
    kind || ' ' || to_char(lower(nights), 'DD') || '-' || to_char(upper(nights), 'DD'), ', ' order by nights, kind)
  from private.claims where listing_id = tests.id('mill')
$$;

-- Adding

select tests.become('ada');
select is((select health::text from public.add_calendar_feed(
    tests.id('feed'), tests.id('mill'), 'WEBCAL://example.com/a.ics?s=1#x', ' There ')), 'new', 'Ada adds a feed');
select is((select url || ' ' || name from public.calendar_feeds), 'https://example.com/a.ics?s=1 There',
  'webcal is https, and a fragment means nothing');
select is((select feed_id from public.add_calendar_feed(
    tests.id('feed'), tests.id('mill'), 'https://example.com/a.ics?s=1', 'Other name')), tests.id('feed'),
  'repeated, it is the same');
select throws_ok($$ select public.add_calendar_feed(tests.id('feed'), tests.id('tower'), 'https://example.com/a.ics?s=1', 'x') $$,
  'PT409', 'id_reused', 'the id of a feed cannot be reused for another listing');
select throws_ok($$ select public.add_calendar_feed(tests.id('more'), tests.id('mill'), 'webcals://example.com/a.ics?s=1', 'x') $$,
  'PT409', 'feed_exists', 'a calendar is read once for a listing');
select lives_ok($$ select public.add_calendar_feed(tests.id('of tower'), tests.id('tower'), 'https://example.com/a.ics?s=1', 'x') $$,
  'the same calendar can be added for another listing');
select throws_ok(format('select public.add_calendar_feed(tests.id(''bad''), tests.id(''mill''), %L, ''x'')', url),
  'PT400', 'invalid_calendar_url', format('%s is no address', coalesce(url, 'nothing')))
from unnest(array[null, '', 'example.com', 'ftp://example.com/', 'https://me:you@example.com/', 'https://exa mple.com/']) as url;
select throws_ok($$ select public.add_calendar_feed(tests.id('bad'), tests.id('mill'), 'https://example.com/', ' ') $$,
  '23514', null, 'a feed has a name');
select throws_ok($$ update public.calendar_feeds set url = 'https://evil.example/' $$, '42501', null,
  'nobody changes the address of a feed');
select tests.back();

-- Reading

select is(
  (select array[feed_id::text, time_zone, today::text, starts_on::text, ends_on::text, etag, may_be_local::text]
   from private.claim_calendar_feeds(10) where listing_id = tests.id('mill')),
  array[tests.id('feed')::text, 'Europe/Paris', '2031-05-20', '2029-02-01', '2033-08-01', null, 'true'],
  'a worker gets the feed, and which nights count');
select is_empty($$ select private.claim_calendar_feeds(10) $$,
  'a second worker does not get a feed that is being read');
select tests.at('2031-05-20 12:02:01+00');
select is((select count(*)::integer from private.claim_calendar_feeds(10)), 2,
  'a feed is given to another worker when the first is believed dead');
select is(private.keep_calendar_feed(tests.id('feed'), 1), 'too_late',
  'a worker that is believed dead has no say any more');

select is(pg_temp.read('feed', array['a 2031-06-03 2031-06-05', 'b 2031-06-04 2031-06-08']), 'applied', 'the feed says two events');
select is(pg_temp.taken(), 'import 03-05, import 04-08', 'each has a claim of its own');
select is((select event_count || ' ' || health::text from public.calendar_feeds where feed_id = tests.id('feed')), '2 healthy',
  'the host sees that it works');
select is(private.stay_problem(tests.id('mill'), '2031-06-07', '2031-06-09', 1, 0, 0, null), 'nights_taken', 'no stay passes it');
select is(private.stay_problem(tests.id('mill'), '2031-06-08', '2031-06-09', 1, 0, 0, null), null,
  'on the day on which the other guest leaves one may come');
create temp table before as select claim_id from private.claims where listing_id = tests.id('mill');
select is(pg_temp.read('feed', array['a 2031-06-03 2031-06-05', 'b 2031-06-04 2031-06-08']), 'applied',
  'the same events are read again');
select set_eq($$ select claim_id from private.claims where listing_id = tests.id('mill') $$, $$ select claim_id from before $$,
  'nothing is touched: what is read there keeps its name');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08'], array['a']), 'applied', 'an event that cannot be read');
select is(pg_temp.taken(), 'import 03-05, import 04-08', 'keeps what it held');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08']), 'applied',
  'an event that is gone is read as gone');
select is(pg_temp.taken(), 'import 04-08', 'an event that is gone frees its nights');
select is(pg_temp.read('feed', '{}', array['b'], 0), 'kept', 'nothing that could be read is as good as empty');
select is(pg_temp.read('feed', '{}'), 'applied', 'a calendar that is empty twice is believed');
select is(pg_temp.taken(), null, 'a calendar that is empty twice frees all nights');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08']), 'applied',
  'an event that comes back is read again');
select is(pg_temp.read('feed', '{}', '{}', 3), 'applied', 'a calendar with events that are all over is not empty');
select is(pg_temp.taken(), null, 'events that are all over free their nights at once');

-- Failing

update public.calendar_feeds set attempt = 90, claimed_until = private.now() where feed_id = tests.id('feed');
select is(private.fail_calendar_feed(tests.id('feed'), 90, 'bad_answer', 404::smallint), 'failed',
  'a feed that cannot be read has failed');
select is(private.next_poll(calendar_feeds, expected.failures, 0) - private.now(), wait,
  format('after %s failures it is read again in %s', expected.failures, wait))
from public.calendar_feeds, (values (0, interval '30 minutes'), (1, '30 minutes'), (2, '1 hour'), (4, '4 hours'), (5, '6 hours'), (500, '6 hours'))
  as expected (failures, wait)
where calendar_feeds.feed_id = tests.id('feed');
select is(private.next_poll(calendar_feeds, 0, idle) - private.now(), wait,
  format('read idle %s times it is read again in %s', idle, wait))
from public.calendar_feeds, (values (0, interval '30 minutes'), (2, '30 minutes'), (3, '1 hour'), (4, '2 hours'), (100, '2 hours'))
  as expected (idle, wait)
where calendar_feeds.feed_id = tests.id('feed');

-- How often

create function pg_temp.due_in(feed text) returns interval language sql as $$
  select next_poll_at - private.now() from public.calendar_feeds where feed_id = tests.id(feed)
$$;
create function pg_temp.keep(feed text, after interval) returns text language plpgsql as $$
declare
  last_attempt integer;
begin
  update public.calendar_feeds
  set attempt = attempt + 1, claimed_until = private.now(), last_polled_at = private.now() - after
  where feed_id = tests.id(feed) returning attempt into last_attempt;
  return private.keep_calendar_feed(tests.id(feed), last_attempt);
end $$;
select pg_temp.read('feed', array['b 2031-06-04 2031-06-08']);
select is(pg_temp.due_in('feed'), '30 minutes', 'a calendar with events is read every half an hour');
select pg_temp.keep('feed', '4 seconds');
select is(pg_temp.due_in('feed'), '30 minutes',
  'a calendar that has not changed is read every half an hour');
select pg_temp.keep('feed', '6 seconds'), pg_temp.keep('feed', '6 seconds');
select is(pg_temp.due_in('feed'), '30 minutes', 'slow twice it may be in time again');
select pg_temp.keep('feed', '6 seconds');
select is(pg_temp.due_in('feed'), '1 hour', 'a slow one less often');
select pg_temp.keep('feed', '6 seconds'), pg_temp.keep('feed', '6 seconds');
select is(pg_temp.due_in('feed'), '2 hours', 'a slow calendar is read every 2 hours at last');
select pg_temp.keep('feed', '1 second');
select is(pg_temp.due_in('feed'), '30 minutes',
  'a calendar that answers in time again is read as before');
select pg_temp.read('feed', '{}') from generate_series(1, 5);
select is(pg_temp.due_in('feed'), '2 hours', 'an empty one is read every 2 hours');
select pg_temp.read('feed', array['b 2031-06-04 2031-06-08']);
select is(pg_temp.due_in('feed'), '30 minutes',
  'an empty calendar that holds something again is read more often');
update public.listings set status = 'hidden' where listing_id = tests.id('mill');
select pg_temp.read('feed', array['b 2031-06-04 2031-06-08']);
select is(pg_temp.due_in('feed'), '6 hours',
  'a calendar of a home that nobody can book is read every 6 hours');
update public.listings set status = 'published' where listing_id = tests.id('mill');
select is(pg_temp.due_in('feed'), '0', 'a calendar is read at once when its home can be booked');

-- Turns

delete from public.calendar_feeds;
select tests.home('quiet', 'hedy'), tests.home('loud', 'katherine');
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
select tests.id('loud ' || place), tests.id('loud'), 'x', 'https://example.com/' || place, private.now(),
  private.now() - interval '1 day'
from generate_series(1, 20) as place;
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
select tests.id(home || ' ' || place), tests.id(home), 'x', 'https://example.com/' || home || place, private.now(),
  private.now()
from unnest(array['quiet', 'mill']) as home, generate_series(1, 2) as place;
create temp table turns as
  select row_number() over () as turn, claimed.listing_id
  from (select (private.claim_calendar_feeds(1)).* from generate_series(1, 7)) as claimed;
select is(
  (select string_agg(round, ' | ' order by round_number) from (
     select (turn - 1) / 3 as round_number, string_agg(case listing_id
         when tests.id('loud') then 'loud' when tests.id('quiet') then 'quiet' else 'mill' end, ' ' order by listing_id = tests.id('quiet'), listing_id = tests.id('mill')) as round
     from turns group by 1) as rounds),
  'loud mill quiet | loud mill quiet | loud', 'owners take turns, however many feeds wait');
update public.calendar_feeds set claimed_until = private.now(), next_poll_at = private.now() + interval '1 hour'
where listing_id <> tests.id('loud');
select tests.at('2031-05-20 13:02:02+00');
update public.calendar_feeds set claimed_until = private.now() + interval '1 minute' where feed_id = tests.id('loud 1');
select isnt((select listing_id from private.claim_calendar_feeds(1)), tests.id('loud'),
  'whoever has a feed in hand waits for those who have none');

-- As many as one owner has

update private.settings set feeds_per_owner = 4, drafts_per_owner = 2;
select tests.become('ada');
select lives_ok(format('select public.add_calendar_feed(gen_random_uuid(), tests.id(%L), ''https://example.com/more/%s'', ''x'')',
  home, place), format('Ada adds another to the %s', home))
from (values ('mill', 1), ('tower', 2)) as more (home, place);
select throws_ok($$ select public.add_calendar_feed(tests.id('fifth'), tests.id('tower'), 'https://example.com/more/3', 'x') $$,
  'PT409', 'too_many_feeds', 'all homes of an owner have so many together');
select lives_ok(format('select public.create_listing(tests.id(%L), ''Draft'', ''Europe/Paris'', ''EUR'')', name), 'a ' || name)
from unnest(array['first draft', 'second draft']) as name;
select throws_ok($$ select public.create_listing(tests.id('third draft'), 'Draft', 'Europe/Paris', 'EUR') $$,
  'PT409', 'too_many_drafts', 'an owner has a limited number of drafts');
select lives_ok($$ select public.create_listing(tests.id('first draft'), 'Draft', 'Europe/Paris', 'EUR') $$,
  'said again, a draft is the same');
select tests.back();
select is_empty($$ select from public.listings where listing_id = tests.id('third draft') $$, 'nothing of it is left');

-- A host goes

select tests.become('ada');
select public.calendar_link(tests.id('mill'));
select tests.back();
select is((select count(*) from public.calendar_feeds where listing_id = tests.id('mill')) > 0
  and exists (select from private.calendar_links where listing_id = tests.id('mill')), true, 'Ada reads and is read');
delete from auth.users where id = tests.person('ada');
select is_empty(format('select from public.calendar_feeds where listing_id = %L', tests.id('mill')),
  'the calendars of a deleted host are not read any more');
select is_empty(format('select from private.calendar_links where listing_id = %L', tests.id('mill')),
  'the calendar links of a deleted host are gone');

select * from finish();
rollback;
