-- Doctor: the check that reads rows. tests/stack/doctor.test.ts has those of catalogs and statistics.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada');
select tests.home('tower', 'alan');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
-- Search follows at the end of each transaction; this test is one.
set constraints all immediate;

create function pg_temp.seen(home text) returns text language sql as $$
  select seen from private.stale_search() where object = tests.id(home)::text $$;

select is_empty('select * from private.stale_search()', 'what search knows is found to be current');

update private.listing_search set nights = repeat('0', 768)::bit(768)
where listing_id = tests.id('mill');
select is(
  pg_temp.seen('mill'), 'Nights with a claim that search has as free: 3; as taken without one: 0.',
  'nights that search shows as free, and that have a claim, are found');
select is(
  (select count(*) from private.stale_search()), 1::bigint, 'the homes that are current are not');
select results_eq(
  $$ select object from private.doctor() where topic = 'search' $$,
  array[tests.id('mill')::text], 'the doctor says so');

select private.refresh_nights(tests.id('mill'));
select is_empty('select * from private.stale_search()', 'refreshing the nights is a cure');

update private.listing_search set nights = nights | 1::bit(768)
where listing_id = tests.id('attic');
select is(
  pg_temp.seen('attic'), 'Nights with a claim that search has as free: 0; as taken without one: 1.',
  'nights that search shows as taken without a claim are found');
update private.listing_search set has_holds = false where listing_id = tests.id('mill');
select is(
  pg_temp.seen('mill'), 'Search does not know that some of its claims expire.',
  'a hold that search takes for a stay is found');
update private.listing_search set listed = false where listing_id = tests.id('tower');
select is(
  pg_temp.seen('tower'), 'It is published, and search does not find it.',
  'a published home that search does not find is found');
select private.refresh_whole_search(array(select object::uuid from private.stale_search()));
select is_empty('select * from private.stale_search()', 'writing the whole rows again is a cure');

update public.listings set status = 'hidden' where listing_id = tests.id('tower');
update private.listing_search set listed = true where listing_id = tests.id('tower');
select is(
  pg_temp.seen('tower'), 'Search finds it, and it is not published.',
  'a hidden home that search finds is found');
delete from private.listing_search where listing_id = tests.id('tower');
select is(
  pg_temp.seen('tower'), 'It has no row in private.listing_search.',
  'a home without a row is found');

-- Of many homes some are read, from any one on and again from the first after the last.
delete from private.listing_search;
select is(
  array(select (select count(*) from private.stale_search(2, listing_id)) from public.listings),
  array[2, 2, 2]::bigint[], 'it reads as many homes as it is told, whichever it begins with');
select is(
  (select count(*) from private.stale_search(null)), 3::bigint, 'without a number it reads all');

select * from finish();
rollback;
