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
  'PT409', 'id_reused', 'for another listing, it is another feed');
select throws_ok($$ select public.add_calendar_feed(tests.id('more'), tests.id('mill'), 'webcals://example.com/a.ics?s=1', 'x') $$,
  'PT409', 'feed_exists', 'a calendar is read once for a listing');
select lives_ok($$ select public.add_calendar_feed(tests.id('of tower'), tests.id('tower'), 'https://example.com/a.ics?s=1', 'x') $$,
  'and for another listing too');
select throws_ok(format('select public.add_calendar_feed(tests.id(''bad''), tests.id(''mill''), %L, ''x'')', url),
  'PT400', 'invalid_calendar_url', format('%s is no address', coalesce(url, 'nothing')))
from unnest(array[null, '', 'example.com', 'ftp://example.com/', 'https://me:you@example.com/', 'https://exa mple.com/']) as url;
select throws_ok($$ select public.add_calendar_feed(tests.id('bad'), tests.id('mill'), 'https://example.com/', ' ') $$,
  '23514', null, 'a feed has a name');
select throws_ok($$ update public.calendar_feeds set url = 'https://evil.example/' $$, '42501', null,
  'and nobody changes where it leads');
select tests.back();

-- Reading

select is(
  (select array[feed_id::text, time_zone, today::text, starts_on::text, ends_on::text, etag, may_be_local::text]
   from private.claim_calendar_feeds(10) where listing_id = tests.id('mill')),
  array[tests.id('feed')::text, 'Europe/Paris', '2031-05-20', '2029-02-01', '2033-08-01', null, 'true'],
  'a worker gets the feed, and which nights count');
select is_empty($$ select private.claim_calendar_feeds(10) $$, 'a second worker does not');
select tests.at('2031-05-20 12:02:01+00');
select is((select count(*)::integer from private.claim_calendar_feeds(10)), 2, 'until the first is believed dead');
select is(private.keep_calendar_feed(tests.id('feed'), 1), 'too_late', 'which has no say any more');

select is(pg_temp.read('feed', array['a 2031-06-03 2031-06-05', 'b 2031-06-04 2031-06-08']), 'applied', 'the feed says two events');
select is(pg_temp.taken(), 'import 03-05, import 04-08', 'each has a claim of its own');
select is((select event_count || ' ' || health::text from public.calendar_feeds where feed_id = tests.id('feed')), '2 healthy',
  'the host sees that it works');
select is(private.stay_problem(tests.id('mill'), '2031-06-07', '2031-06-09', 1, 0, 0, null), 'nights_taken', 'no stay passes it');
select is(private.stay_problem(tests.id('mill'), '2031-06-08', '2031-06-09', 1, 0, 0, null), null,
  'on the day on which the other guest leaves one may come');
create temp table before as select claim_id from private.claims where listing_id = tests.id('mill');
select is(pg_temp.read('feed', array['a 2031-06-03 2031-06-05', 'b 2031-06-04 2031-06-08']), 'applied', 'said again');
select set_eq($$ select claim_id from private.claims where listing_id = tests.id('mill') $$, $$ select claim_id from before $$,
  'nothing is touched: what is read there keeps its name');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08'], array['a']), 'applied', 'an event that cannot be read');
select is(pg_temp.taken(), 'import 03-05, import 04-08', 'keeps what it held');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08']), 'applied', 'one that is gone');
select is(pg_temp.taken(), 'import 04-08', 'frees it');
select is(pg_temp.read('feed', '{}', array['b'], 0), 'kept', 'nothing that could be read is as good as empty');
select is(pg_temp.read('feed', '{}'), 'applied', 'seen twice it counts');
select is(pg_temp.taken(), null, 'and frees all');
select is(pg_temp.read('feed', array['b 2031-06-04 2031-06-08']), 'applied', 'it comes back');
select is(pg_temp.read('feed', '{}', '{}', 3), 'applied', 'a calendar with events that are all over is not empty');
select is(pg_temp.taken(), null, 'and frees at once');

-- Failing

update public.calendar_feeds set attempt = 90, claimed_until = private.now() where feed_id = tests.id('feed');
select is(private.fail_calendar_feed(tests.id('feed'), 90, 'bad_answer', 404::smallint), 'failed', 'a feed fails');
select is(private.next_poll(failures) - private.now(), wait, format('after %s failures it is read again in %s', failures, wait))
from (values (0, interval '30 minutes'), (1, '30 minutes'), (2, '1 hour'), (4, '4 hours'), (5, '6 hours'), (500, '6 hours'))
  as expected (failures, wait);

-- A host goes

select tests.become('ada');
select public.calendar_link(tests.id('mill'));
select tests.back();
select is((select count(*) from public.calendar_feeds where listing_id = tests.id('mill')) > 0
  and exists (select from private.calendar_links where listing_id = tests.id('mill')), true, 'Ada reads and is read');
delete from auth.users where id = tests.person('ada');
select is_empty(format('select from public.calendar_feeds where listing_id = %L', tests.id('mill')),
  'with Ada go the calendars she read');
select is_empty(format('select from private.calendar_links where listing_id = %L', tests.id('mill')), 'and the links to hers');

select * from finish();
rollback;
