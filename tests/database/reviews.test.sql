-- Reviews that came with a listing, and the rating it shows.

begin;
select no_plan();

select tests.home('mill', 'ada');
select is(tests.outcome('postgres', format(
    'insert into public.reviews (listing_id, author_name, body, written_on, source, source_id) values (tests.id(''mill''), %s)', review)), outcome, review)
from (values
  ('''Lise'', ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '1'),
    ('''  '', ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
  ('repeat(''x'', 81), ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
    ('''Lise'', repeat(''x'', 20001), ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
  ('''Lise'', ''Quiet.'', ''2030-01-01'', ''elsewhere'', null', '23502'),
    ('''Lise'', '''', ''2030-01-01'', ''elsewhere'', ''1''', '1')) as reviews (review, outcome);
insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
  values (tests.id('mill'), 'Lise', 'Quiet.', '2030-01-01', 'elsewhere', '1');
select throws_ok(
  $$ insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
    values (tests.id('mill'), 'Lise', 'Again.', '2030-01-01', 'elsewhere', '1') $$,
  '23505', 'duplicate key value violates unique constraint "reviews_come_in_once"',
  'a review comes in once');

insert into public.listing_ratings (listing_id, imported_reviews, imported_stars)
  values (tests.id('mill'), 2, 4.83);
select is((select rating from public.listing_ratings), null, 'two reviews make no rating');
update public.listing_ratings set imported_reviews = 3;
select is((select rating from public.listing_ratings), 4.83, 'three do');
update public.listing_ratings set imported_stars = null;
select is((select rating from public.listing_ratings), null, 'if they have stars');
select is(tests.outcome('postgres', format('update public.listing_ratings set %s', change)),
  outcome, change)
from (values ('imported_stars = 5.01', '23514'), ('imported_stars = 0.99', '23514'),
  ('imported_stars = 5', '1'), ('imported_reviews = -1', '23514'),
  ('rating = 5', '428C9')) as ratings (change, outcome);

-- A rating is read with its listing, and not before it is published.
select is(tests.outcome('anon', 'select from public.reviews'), '1',
  'strangers read the mill''s review');
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
select is(tests.outcome('anon', 'select from public.reviews'), '0', 'not when it is hidden');
select is(tests.outcome('anon', 'select from public.listing_ratings'), '0', 'nor its rating');
select is(tests.outcome('ada', 'select from public.reviews'), '1', 'Ada does');
select is(tests.outcome('postgres', 'delete from public.listings'), '23503',
  'what guests said keeps the listing');

select * from finish();
rollback;
