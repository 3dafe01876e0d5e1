-- What guests say of a stay and hosts of a guest: who may, until when, who reads it, and what it adds up to.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('tower', 'alan');
select tests.person(name)
from unnest(array['hedy', 'radia', 'grace', 'margaret', 'dorothy', 'katherine', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');

-- Search follows at the end of each transaction; this test is one.
set constraints all immediate;

-- Those that come in with a listing

select is(tests.outcome('postgres', format(
    'insert into public.reviews (listing_id, author_name, body, written_on, source, source_id) values (tests.id(''mill''), %s)', review)), outcome, review)
from (values
  ('''Lise'', ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '1'),
  ('''  '', ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
  ('repeat(''x'', 81), ''Quiet.'', ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
  ('''Lise'', repeat(''x'', 20001), ''2030-01-01'', ''elsewhere'', ''1''', '23514'),
  ('''Lise'', ''Quiet.'', ''2030-01-01'', ''elsewhere'', null', '23514'),
  ('''Lise'', ''Quiet.'', ''2030-01-01'', null, null', '23514'),
  ('''Lise'', '''', ''2030-01-01'', ''elsewhere'', ''1''', '1')) as reviews (review, outcome);
select is(tests.outcome('postgres',
  $$ insert into public.reviews (listing_id, author_name, written_on, source, source_id, stars)
     values (tests.id('mill'), 'Lise', '2030-01-01', 'elsewhere', '1', 5) $$), '23514',
  'an imported review has no stars of its own');
savepoint bare;
insert into public.reviews (review_id, listing_id, author_name, body, written_on, source, source_id)
  values (tests.id('lise'), tests.id('mill'), 'Lise', 'Quiet.', '2030-01-01', 'elsewhere', '1');
select throws_ok(
  $$ insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
    values (tests.id('mill'), 'Lise', 'Again.', '2030-01-01', 'elsewhere', '1') $$,
  '23505', 'duplicate key value violates unique constraint "reviews_come_in_once"',
  'a review comes in once');

insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
  values (tests.id('mill'), tests.person('ada'), 2, 4.83);
select is((select row(review_count, rating) from public.listing_ratings), row(2, null::numeric(3, 2)),
  'two reviews make no rating');
select is((select row(review_count, rating) from public.host_ratings), row(2, null::numeric(3, 2)),
  'two reviews make no rating of the host');
update private.listing_stars set imported_reviews = 3;
select is((select rating from public.listing_ratings), 4.83, 'three reviews make a rating');
select is((select row(review_count, rating) from public.host_ratings), row(3, 4.83),
  'the host has a rating with three reviews');
update private.listing_stars set imported_stars = null;
select is((select row(review_count, rating) from public.listing_ratings), row(3, null::numeric(3, 2)),
  'reviews without stars make no rating of a listing');
select is((select row(review_count, rating) from public.host_ratings), row(3, null::numeric(3, 2)),
  'reviews without stars make no rating of a host');
select is(tests.outcome('postgres', format('update private.listing_stars set %s', change)),
  outcome, change)
from (values ('imported_stars = 5.01', '23514'), ('imported_stars = 0.99', '23514'),
  ('imported_stars = 5', '1'), ('imported_reviews = -1', '23514'), ('reviews = 1', '23514'),
  ('reviews = 1, stars = 6', '23514'), ('rated_stars = 5', '428C9')) as stars (change, outcome);

-- Staff remove one that came in: it no longer counts, and a newer file does not bring it back.
update private.listing_stars set imported_reviews = 4, imported_stars = 4.5;
select is(tests.outcome('sam', format('select public.staff_remove_review(%L, ''Spam.'')', tests.id('lise'))), '1',
  'Sam may remove a review');
select tests.become('sam');
select public.staff_remove_review(tests.id('lise'), 'Spam.');
select public.staff_remove_review(tests.id('lise'), 'Spam.');
select tests.back();
select is((select row(review_count, imported_reviews, rating) from public.listing_ratings), row(3, 3, 4.5),
  'three reviews are left in the rating');
update private.listing_stars set imported_reviews = 3, imported_stars = 5;
select is((select row(review_count, imported_reviews, rating) from public.listing_ratings),
  row(2, 2, null::numeric(3, 2)), 'an import with one review less leaves two');
select is(tests.outcome('anon', 'select from public.reviews'), '0',
  'a removed review is not shown');
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
update public.reviews set removed_at = null where review_id = tests.id('lise');
select is((select review_count from public.listing_ratings), 3, 'taken back, it counts again');
select is(tests.outcome('anon', 'select from public.reviews'), '0', 'a hidden listing shows no reviews');
select is(tests.outcome('anon', 'select from public.listing_ratings'), '0',
  'a hidden listing shows no rating');
select is(tests.outcome('ada', 'select from public.reviews'), '1',
  'the host of a hidden listing reads its reviews');
select is(tests.outcome('postgres', 'delete from public.listings'), '23503',
  'what guests said keeps the listing');
delete from public.reviews;
delete from private.listing_stars;
select is((select row(review_count, rating) from public.host_ratings), row(0, null::numeric(3, 2)),
  'what a listing counted goes from its host with it');
rollback to bare;

-- When

create function pg_temp.stay(name text, guest text, home text, check_in date, check_out date) returns void
  language plpgsql as $$
begin
  perform tests.book(name, guest, home, check_in, check_out);
  perform tests.money(name, 'succeeded');
end $$;
select pg_temp.stay('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select pg_temp.stay('second', 'margaret', 'mill', '2031-06-05', '2031-06-07');
select tests.book('hold', 'dorothy', 'mill', '2031-06-10', '2031-06-12');

create function pg_temp.says_guest(
  who text, name text default 'visit', stars text default '5', body text default 'Lovely.') returns text language sql as $$
  select tests.outcome(who, format(
    'select * from public.review_stay(%L, %s, 5::smallint, 4::smallint, 5::smallint, 5::smallint, 3::smallint, 4::smallint, %L)',
    tests.id(name), stars || '::smallint', body)) $$;
create function pg_temp.says_host(
  who text, name text default 'visit', stars text default '4', body text default 'Kind.') returns text language sql as $$
  select tests.outcome(who, format(
    'select * from public.review_guest(%L, %s, 4::smallint, 5::smallint, 4::smallint, %L)',
    tests.id(name), stars || '::smallint', body)) $$;
create function pg_temp.stars(who text, name text, stars integer) returns void language plpgsql as $$
begin
  perform tests.become(who);
  perform public.review_stay(tests.id(name), stars::smallint, stars::smallint, stars::smallint, stars::smallint,
    stars::smallint, stars::smallint, stars::smallint, 'Said.');
  perform tests.back();
end $$;
create function pg_temp.of_guest(who text, name text, stars integer) returns void language plpgsql as $$
begin
  perform tests.become(who);
  perform public.review_guest(tests.id(name), stars::smallint, stars::smallint, stars::smallint, stars::smallint, 'Said.');
  perform tests.back();
end $$;

savepoint booked;
select tests.at('2031-06-05 08:59:59.999999+00');
select is(pg_temp.says_guest('grace'), 'review_not_open',
  'a guest cannot review a stay before check-out');
select is(pg_temp.says_host('ada'), 'review_not_open',
  'a host cannot review a guest before check-out');
select tests.at('2031-06-05 09:00+00');
select is((select status from public.bookings where booking_id = tests.id('visit')), 'confirmed', 'the job has not run');
select is(pg_temp.says_guest('grace'), '1',
  'a guest may review from check-out on, whether the job has run or not');
select private.complete_stays(10);
select is(pg_temp.says_guest('grace'), '1', 'Grace may review her stay');
select is(pg_temp.says_host('ada'), '1', 'Ada may review her guest');
select is(pg_temp.says_host('hedy'), '1', 'a co-host may review a guest');
select is(pg_temp.says_host(who), 'booking_not_found', who || ' may not')
from unnest(array['radia', 'alan', 'katherine', 'margaret', 'grace', 'sam']) as who;
select is(pg_temp.says_guest(who), 'booking_not_found', who || ' was no guest')
from unnest(array['ada', 'alan', 'katherine', 'margaret', 'sam']) as who;
select is(pg_temp.says_guest('anon'), '42501', 'somebody unknown cannot review a stay');
select is(pg_temp.says_guest('dorothy', 'hold'), 'not_reviewable', 'what was never paid is no stay');
select is(pg_temp.says_host('ada', 'hold'), 'booking_not_found',
  'Ada does not see a guest who never paid');
select is(pg_temp.says_guest('grace', 'visit', stars), 'invalid_stars', stars || ' stars')
from unnest(array['0', '6', 'null', '(-1)']) as stars;
select is(pg_temp.says_guest('grace', 'visit', '5', repeat('x', 5001)), 'review_too_long',
  'a review of 5001 characters is too long');
select is(pg_temp.says_guest('grace', 'visit', '5', ''), '1', 'a review may have no words');

select tests.at('2031-06-19 09:00+00');
select is(pg_temp.says_guest('grace'), '1', 'the hour two weeks on counts');
select tests.at('2031-06-19 09:00:00.000001+00');
select is(pg_temp.says_guest('grace'), 'review_closed',
  'a guest cannot review a stay when two weeks are over');
select is(pg_temp.says_host('ada'), 'review_closed',
  'a host cannot review a guest when two weeks are over');

-- Two weeks are those of the clock on the wall, an hour more where summer ends.
select is(
  (private.review_window(jsonb_populate_record(bookings, '{"check_out": "2031-10-20"}'))).closes_at,
  '2031-11-03 10:00+00'::timestamptz, 'summer time ends in between')
from public.bookings where booking_id = tests.id('visit');
rollback to booked;

-- Cancelled on the day of check-in it was a stay, the day before it was none
select tests.at('2031-06-01 21:59+00');
select tests.become('grace');
select public.cancel_booking(tests.id('visit'));
select tests.back();
select is(pg_temp.says_guest('grace'), 'not_reviewable', 'the evening before, by the listing''s clock');
rollback to booked;
select tests.at('2031-06-01 22:00+00');
select tests.become('grace');
select public.cancel_booking(tests.id('visit'));
select tests.back();
select is(pg_temp.says_guest('grace'), '1',
  'a cancelled stay may be reviewed by its guest from midnight on');
select is(pg_temp.says_host('ada'), '1',
  'a cancelled stay may be reviewed by its host from midnight on');
select tests.at('2031-06-15 22:00+00');
select is(pg_temp.says_guest('grace'), '1', 'a cancelled stay may be reviewed for two weeks');
select tests.at('2031-06-15 22:00:00.000001+00');
select is(pg_temp.says_guest('grace'), 'review_closed',
  'a cancelled stay may not be reviewed after two weeks');
rollback to booked;

-- Blind

select tests.at('2031-06-05 09:00+00');
select private.complete_stays(10);
select pg_temp.stars('grace', 'visit', 2);
select is(tests.outcome(who, 'select from public.reviews where booking_id is not null'), sees, format('%s sees %s', who, sees))
from (values ('grace', '1'), ('ada', '0'), ('hedy', '0'), ('anon', '0'), ('katherine', '0'), ('sam', '0'), ('margaret', '0'))
  as seen (who, sees);
select is(tests.outcome('service', 'select from public.reviews'), '42501',
  'a server key reads no reviews');
select is_empty('select * from public.listing_ratings',
  'a blind review counts in no rating of a listing');
select is_empty('select * from public.host_ratings',
  'a blind review counts in no rating of a host');
select is_empty('select * from private.listing_stars',
  'a blind review counts in no private figure either');
select pg_temp.stars('grace', 'visit', 3);
select is((select stars::integer from public.reviews), 3, 'Grace changes her mind');
select is_empty('select * from private.listing_stars',
  'a changed blind review leaves no trace of the first');
select is(tests.outcome('postgres', $$ insert into public.guest_reviews select
    gen_random_uuid(), booking_id, listing_id, guest_id, host_id, 'Ada', 5, 5, 5, 5, '', check_out, private.now(), private.now()
    from public.bookings where booking_id = tests.id('visit') $$), 'frozen', 'no review is born revealed');

create function pg_temp.replies(who text, reply text default 'Thank you.') returns text language sql as $$
  select tests.outcome(who, format('select * from public.reply_to_review(%L, %L)',
    (select review_id from public.reviews), reply)) $$;
savepoint one_wrote;

-- The clock reveals, before any job

select tests.at('2031-06-19 09:00+00');
select is(tests.outcome('ada', 'select from public.reviews'), '0',
  'Ada sees nothing in the last hour of the two weeks');
select tests.at('2031-06-19 09:00:00.000001+00');
select is(tests.outcome(who, 'select from public.reviews'), '1', who || ' reads it when the two weeks are over')
from unnest(array['grace', 'ada', 'hedy', 'anon', 'katherine']) as who;
select is((select revealed_at from public.reviews), null,
  'a review is revealed at its time though no job has run');
select is(pg_temp.says_guest('grace'), 'frozen', 'a revealed review is frozen');
select is(pg_temp.says_guest('grace', 'visit', '3', 'x'), 'frozen',
  'neither stars nor words of a revealed review can be changed');
select is(tests.outcome('grace', format('select * from public.review_stay(%L, 3::smallint, 3::smallint, 3::smallint,
  3::smallint, 3::smallint, 3::smallint, 3::smallint, ''Said.'')', tests.id('visit'))), '1', 'saying the same again is answered');
select is(tests.outcome('postgres', 'update public.reviews set stars = 5'), 'frozen',
  'postgres cannot change a revealed review either');
select is(private.reveal_reviews(10), 1, 'the job counts it');
select is(private.reveal_reviews(10), 0, 'the job reveals a review once');
select is((select revealed_at from public.reviews), '2031-06-19 09:00+00'::timestamptz,
  'the review is revealed as of the end of the two weeks');
select is((select row(review_count, rating) from public.listing_ratings), row(1, null::numeric(3, 2)),
  'one review makes no rating of a listing');
select is((select row(review_count, rating) from public.host_ratings), row(1, null::numeric(3, 2)),
  'one review makes no rating of its host');
select is((select score::integer from private.listing_search where listing_id = tests.id('mill')), 4500,
  'one review does not change the score in search');
select is(pg_temp.says_guest('grace'), 'frozen', 'a review stays frozen after the job');
select is(tests.outcome('postgres', 'update public.reviews set stars = 5'), 'frozen',
  'nobody can change the stars of a revealed review');
select is(tests.outcome('postgres', 'update public.reviews set revealed_at = null'), 'frozen',
  'nobody can hide a revealed review again');
select is(tests.outcome('postgres', 'delete from public.reviews'), 'frozen',
  'nobody can delete a revealed review');
select is(tests.outcome('postgres', 'truncate public.reviews'), 'frozen',
  'nobody can truncate the reviews');

-- Replying

select is(pg_temp.replies(who), code, who || ' replies')
from (values ('ada', '1'), ('hedy', '1'), ('radia', 'review_not_found'), ('grace', 'review_not_found'),
  ('alan', 'review_not_found'), ('katherine', 'review_not_found'), ('anon', '42501')) as expected (who, code);
select is(pg_temp.replies('ada', '  '), 'reply_required', 'a reply needs words');
select is(pg_temp.replies('ada', repeat('x', 2001)), 'message_too_long',
  'a reply of 2001 characters is too long');
select tests.at('2031-07-19 09:00+00');
select is(pg_temp.replies('ada'), '1', 'a host may reply for thirty days');
select tests.at('2031-07-19 09:00:00.000001+00');
select is(pg_temp.replies('ada'), 'reply_closed', 'a host may not reply after thirty days');
select tests.at('2031-07-19 09:00+00');
select tests.become('ada');
select public.reply_to_review((select review_id from public.reviews), 'Thank you.');
select tests.back();
select is(pg_temp.replies('ada'), '1', 'the same reply again is answered with the first one');
select is(pg_temp.replies('ada', 'No thanks.'), 'frozen', 'a second reply is refused');
select is(tests.outcome('anon', 'select from public.reviews where reply = ''Thank you.'''), '1',
  'everyone reads a reply');
rollback to one_wrote;
select is(pg_temp.replies('ada'), 'review_not_found', 'nobody replies to what they cannot read');

-- Both wrote

select tests.at('2031-06-06 12:00+00');
select tests.become('hedy');
select public.review_guest(tests.id('visit'), 4::smallint, 4::smallint, 5::smallint, 4::smallint, 'Kind.');
select tests.back();
select is((select array[reviews.revealed_at, guest_reviews.revealed_at] from public.reviews, public.guest_reviews),
  array[private.now(), private.now()], 'both reviews are revealed at once when both have written');
select is(tests.outcome('anon', 'select from public.reviews'), '1',
  'everyone reads what Grace said when both have written');
select is(tests.outcome(who, 'select from public.guest_reviews'), sees, format('%s sees %s of what Hedy said', who, sees))
from (values ('grace', '1'), ('ada', '1'), ('hedy', '1'), ('radia', '0'), ('alan', '0'), ('katherine', '0'),
  ('anon', '42501'), ('service', '42501')) as seen (who, sees);
select is(pg_temp.says_guest('grace', 'visit', '5'), 'frozen',
  'Grace cannot change her review when both have written');
select is(pg_temp.says_host('ada', 'visit', '1'), 'frozen',
  'Ada cannot change Hedy''s review when both have written');
select is((select row(review_count, rating) from public.guest_ratings), row(1, null::numeric(3, 2)),
  'one review makes no rating of a guest');
select is(pg_temp.replies('grace'), 'review_not_found', 'Grace does not reply to herself');
select is(tests.outcome('grace', format('select * from public.reply_to_review(%L, ''Likewise.'')',
  (select review_id from public.guest_reviews))), '1', 'a guest replies to what was said of her');
select is(tests.outcome('ada', format('select * from public.reply_to_review(%L, ''Likewise.'')',
  (select review_id from public.guest_reviews))), 'review_not_found',
  'a host does not reply to what her side said');

-- A host judges who asks by what others said

select tests.at('2031-06-20 12:00+00');
update public.listings set instant_book = false where listing_id = tests.id('tower');
select tests.book('question', 'grace', 'tower', '2031-07-01', '2031-07-03');
select is(tests.outcome('alan', 'select from public.guest_reviews'), '0', 'Alan sees nothing while Grace has not paid');
select tests.money('question', 'requires_capture', capture_before => '2031-06-27 12:00+00');
select is(tests.outcome('alan', 'select from public.guest_reviews where body = ''Kind.'''), '1',
  'Alan sees what was said of Grace when she asks');
select is(tests.outcome('alan', 'select from public.guest_ratings'), '1',
  'Alan sees the rating of Grace when she asks');
select is(tests.outcome('grace', 'select from public.guest_ratings'), '1',
  'Grace sees her own rating as a guest');
select is(tests.outcome('katherine', 'select from public.guest_ratings'), '0',
  'a stranger sees no rating of a guest');

-- A guest who comes to host with them sees no more

savepoint before_joining;
select pg_temp.of_guest('ada', 'second', 1);
select is(tests.outcome('hedy', 'select from public.guest_reviews where stars = 1'), '1', 'Hedy sees what Ada wrote of Margaret');
select tests.cohost('mill', 'margaret', 'full');
select is(tests.outcome('margaret', 'select from public.guest_reviews where stars = 1'), '0',
  'Margaret, hosting too, does not see what was written of her');
select is(pg_temp.says_host('margaret', 'second'), 'booking_not_found',
  'Margaret, hosting too, cannot review herself');
rollback to before_joining;

-- Staff

savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['ada', 'grace', 'hedy']) as who;
select is(tests.outcome(who, format('select public.staff_remove_review(%L, ''Mine.'')', (select review_id from public.reviews))), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['ada', 'grace', 'hedy']) as who;
rollback to impartial;
select tests.become('sam');
select public.staff_remove_review(review_id, 'Names a neighbour.') from public.reviews;
select tests.back();
select is(tests.outcome(who, 'select from public.reviews'), sees, format('removed, %s sees %s', who, sees))
from (values ('anon', '0'), ('ada', '0'), ('grace', '1')) as seen (who, sees);
select is((select row(review_count, rating) from public.listing_ratings), row(0, null::numeric(3, 2)),
  'a removed review does not count any more');
select is((select reason from private.review_removals), 'Names a neighbour.',
  'a removal keeps its reason');
select is(pg_temp.replies('ada'), 'review_not_found', 'nobody replies to a removed review');
select is(tests.outcome(who, format('select public.staff_remove_review(%L, ''No.'')', tests.id('none'))), code, who || ' removes')
from (values ('ada', 'staff_only'), ('sam', 'review_not_found')) as expected (who, code);
select is(tests.outcome('sam', format('select public.staff_remove_review(%L, '' '')', (select review_id from public.guest_reviews))),
  'reason_required', 'staff need a reason for removing a review');

-- What it adds up to

rollback to one_wrote;
select tests.at('2031-06-07 12:00+00');
select pg_temp.of_guest('ada', 'visit', 5);
select pg_temp.stay(name, name, 'mill', '2031-06-10'::date + day::integer, '2031-06-11'::date + day::integer)
from unnest(array['dorothy', 'katherine']) with ordinality as guest (name, day)
where tests.person(name) is not null;
select tests.at('2031-06-20 12:00+00');
select private.complete_stays(10);
set constraints all immediate;
select pg_temp.stars('dorothy', 'dorothy', 4), pg_temp.of_guest('ada', 'dorothy', 4);
select is((select row(review_count, rating) from public.listing_ratings), row(2, null::numeric(3, 2)), 'two make no rating');
select is((select score::integer from private.listing_search where listing_id = tests.id('mill')), 4500,
  'two reviews do not change the score in search');
select pg_temp.stars('katherine', 'katherine', 5), pg_temp.of_guest('ada', 'katherine', 5);
select is((select row(review_count, rating, cleanliness, value) from public.listing_ratings), row(3, 4.00, 4.00, 4.00),
  'three reviews make a rating in each category');
select is((select row(review_count, rating) from public.host_ratings), row(3, 4.00),
  'the host has the rating of the listing');
select is((select score::integer from private.listing_search where listing_id = tests.id('mill')), 4385,
  'search has the weighted score of the listing');
select is((select row(review_count, rating) from public.guest_ratings where guest_id = tests.person('grace')),
  row(1, null::numeric(3, 2)), 'Grace was judged once');
update private.listing_stars set imported_reviews = 7, imported_stars = 5;
select is((select row(review_count, imported_reviews, rating, cleanliness) from public.listing_ratings), row(10, 7, 4.70, 4.00),
  'what came in counts, and is told apart; its stars are of no category');
select tests.become('sam');
select public.staff_remove_review(review_id, 'Spam.') from public.reviews where stars = 5;
select tests.back();
select is((select row(review_count, imported_reviews, rating, cleanliness) from public.listing_ratings),
  row(9, 7, 4.67, null::numeric(3, 2)), 'a removed one is taken out of every sum');

-- No-show: judged by neither side

select tests.person('edith');
select pg_temp.stay('edith', 'edith', 'mill', '2031-06-22', '2031-06-24');
select tests.at('2031-06-24 08:00+00');
select tests.become('ada');
select public.report_no_show(tests.id('edith'), 'Nobody came.');
select tests.back();
select tests.at('2031-06-24 12:00+00');
select pg_temp.of_guest('ada', 'edith', 1);
select tests.at('2031-06-26 08:00:01+00');
select private.settle_no_shows(10);
select is((select status from public.bookings where booking_id = tests.id('edith')), 'no_show',
  'the stay of a guest who never came is a no-show');
select is((select removed_at is not null from public.guest_reviews where booking_id = tests.id('edith')), true,
  'what was written of a no-show is dropped');
select is(pg_temp.says_guest('edith', 'edith'), 'not_reviewable',
  'no review can be added to a no-show by its guest');
select is(pg_temp.says_host('ada', 'edith'), 'not_reviewable',
  'no review can be added to a no-show by its host');

-- Authors who leave

delete from auth.users where id in (tests.person('dorothy'), tests.person('ada'));
select is((select author_name from public.reviews where booking_id = tests.id('dorothy')), 'Former member',
  'an author who left is not named');
select is((select body from public.reviews where booking_id = tests.id('dorothy')), 'Said.', 'what they said stays');
select is((select array_agg(distinct author_name) from public.guest_reviews), '{Former member}',
  'the name of a host who left is not shown either');
select is((select author_name from public.reviews where booking_id = tests.id('katherine')), 'Katherine',
  'the names of other authors stay');

select * from finish();
rollback;
