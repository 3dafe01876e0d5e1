-- Counted reviews: whose reviews count for a home and how often, and which hosts' reviews come from few guests.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'loft']) as home;
select tests.home('tower', 'alan');
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy', 'hedy', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
set constraints all immediate;

-- A stay that ended so many days ago, and what its guest said of it, revealed.
create function pg_temp.stay(
  name text, guest text, days_ago integer, home text default 'mill', total_minor bigint default 10000)
  returns void language plpgsql as $$
begin
  insert into public.bookings (
    booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, currency, subtotal_minor,
    taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights, time_zone, check_in_time,
    check_out_time, expires_at, created_at)
  select tests.id(name), listing_id, host_id, tests.person(guest), '2031-05-20'::date - days_ago - 2,
    '2031-05-20'::date - days_ago, 1, 0, 0, 'EUR', 0, 0, 0, 'moderate', true, 0, 'Europe/Paris', '15:00', '11:00',
    private.now(), '2031-03-01'
  from public.listings where listing_id = tests.id(home);
  insert into public.guest_totals values (tests.id(name), tests.person(guest), 0, 0, total_minor);
  insert into public.host_totals values (tests.id(name), tests.id(home), 0, 0, 0);
  perform private.move_booking(tests.id(name), 'confirmed', 'system', null, null),
    private.move_booking(tests.id(name), 'completed', 'system', null, null);
end $$;
create function pg_temp.say(name text, stars integer) returns void language plpgsql as $$
begin
  insert into public.reviews (
    review_id, listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication, location, value,
    written_on, closes_at)
  select booking_id, listing_id, booking_id, 'A guest', say.stars, say.stars, say.stars, say.stars, say.stars, say.stars,
    say.stars, check_out, private.now() + interval '1 day'
  from public.bookings where booking_id = tests.id(name);
  perform private.reveal_reviews_of(array[tests.id(name)], private.now());
end $$;
create function pg_temp.sums(home text default 'mill') returns text language sql as $$
  select concat_ws(' ', reviews, stars, cleanliness, value) from private.listing_stars where listing_id = tests.id(home) $$;

select pg_temp.stay('first', 'grace', 9), pg_temp.stay('second', 'grace', 5), pg_temp.stay('third', 'grace', 2),
  pg_temp.stay('loft', 'grace', 3, 'loft'), pg_temp.stay('gift', 'grace', 1, 'mill', 0), pg_temp.stay('other', 'margaret', 4);

-- Of a guest's reviews one counts: that of the latest stay

select pg_temp.say('second', 2);
select is(pg_temp.sums(), '1 2 2 2', 'one review counts for listing and host');
select pg_temp.say('first', 5);
select is(pg_temp.sums(), '1 2 2 2',
  'a late review of an earlier stay does not take the place of the later one');
select pg_temp.say('third', 4);
select is(pg_temp.sums(), '1 4 4 4',
  'the review of a later stay takes the place of the one before');
select pg_temp.say('other', 1);
select is(pg_temp.sums(), '2 5 5 5', 'a review of another guest counts beside it');
select pg_temp.say('loft', 3);
select is(pg_temp.sums('loft') || ', ' || pg_temp.sums(), '1 3 3 3, 2 5 5 5',
  'a review of another home counts beside it');
select is((select review_count from public.host_ratings where host_id = tests.person('ada')), 3, 'three reviews rate the host');
select is(tests.outcome('anon', 'select from public.reviews'), '5', 'all there is to read is read');

-- What is removed gives its place back

savepoint removing;
select tests.become('sam');
select public.staff_remove_review(tests.id('third'), 'Bought.');
select tests.back();
select is(pg_temp.sums(), '2 3 3 3', 'the one before counts again');
select tests.become('sam');
select public.staff_remove_review(tests.id('first'), 'Bought.');
select tests.back();
select is(pg_temp.sums(), '2 3 3 3', 'removing a review that did not count changes no rating');
select tests.become('sam');
select public.staff_remove_review(tests.id('second'), 'Bought.');
select tests.back();
select is(pg_temp.sums(), '1 1 1 1', 'the last one does');
select is((select review_id from private.counted_reviews where guest_id = tests.person('grace') and listing_id = tests.id('mill')), null, 'none is left that counts');
rollback to removing;

-- Free stays have none

select pg_temp.say('gift', 5);
select is(pg_temp.sums(), '2 5 5 5', 'what a free stay says counts for nothing, late as it is');
insert into public.guest_reviews (booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication,
  house_rules, written_on, closes_at)
select booking_id, listing_id, guest_id, host_id, 'Ada', 5, 5, 5, 5, '2031-05-20', private.now() + interval '1 day'
from public.bookings where booking_id in (tests.id('gift'), tests.id('third'));
select private.reveal_reviews_of(array[tests.id('gift'), tests.id('third')], private.now());
select is((select reviews from private.guest_stars where guest_id = tests.person('grace')), 1,
  'what is said of the guest of a free stay counts for nothing');

-- The review of an author who leaves counts as before

delete from auth.users where id = tests.person('margaret');
select is(pg_temp.sums(), '2 5 5 5', 'whoever leaves does not take the stars along');
rollback to removing;

-- People of the house

select pg_temp.stay('hers', 'hedy', 2);
create function pg_temp.review(who text) returns text language sql as $$
  select tests.outcome(who, format('select public.review_stay(%L, 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint)', tests.id('hers'))) $$;
select is(pg_temp.review('hedy'), '1', 'Hedy may review her stay');
select tests.cohost('mill', 'hedy', 'calendar');
select is(pg_temp.review('hedy'), 'hosted_here',
  'a guest who came to host the home cannot review it, in whichever role');
select tests.become('ada');
select public.remove_cohost(tests.id('mill'), tests.person('hedy'));
select tests.back();
select is(pg_temp.review('hedy'), 'hosted_here',
  'Hedy may not review when she has left the home again');
select is((select count(*) from private.past_hosts where profile_id = tests.person('hedy')), 1::bigint,
  'it is kept that Hedy hosted here');
savepoint year;
update private.past_hosts set until = private.now() - interval '1 year' + interval '1 second';
select is(pg_temp.review('hedy'), 'hosted_here', 'a past host cannot review the home for a year');
update private.past_hosts set until = private.now() - interval '1 year';
select is(pg_temp.review('hedy'), '1', 'a past host may review the home a year later');
update private.past_hosts set until = private.now() - interval '400 days';
select private.forget_records(100);
select is((select count(*) from private.past_hosts), 0::bigint,
  'the record of a past host is deleted after a year');
rollback to year;
select is(tests.outcome('hedy', format('select public.request_booking(%L, %L, ''2031-06-10'', ''2031-06-12'', 22820)', gen_random_uuid(), tests.id('mill'))),
  '1', 'a past host may book a stay in the home');
select is(tests.outcome('hedy', format('select public.request_booking(%L, %L, ''2031-06-10'', ''2031-06-12'', 22820)', gen_random_uuid(), tests.id('tower'))),
  '1', 'a past host may book a stay elsewhere');
rollback to removing;

-- Superhosts: stays of different guests who paid and are no people of the house

create function pg_temp.figures() returns text language sql as $$
  select concat_ws(' ', stays, guests, reviews, rating, hosts_often, well_rated) from private.superhost_on(tests.person('ada'), '2031-07-01') $$;
select pg_temp.say('gift', 5);
select is(pg_temp.figures(), '5 2 2 f f', 'Ada had five stays that were paid, of two guests');
select pg_temp.stay('again ' || n, 'grace', 10 + n), pg_temp.say('again ' || n, 5) from generate_series(1, 10) as n;
select is(pg_temp.figures(), '15 2 2 f f', 'ten stays of one guest make no superhost');
select pg_temp.stay('hers', 'hedy', 2);
select tests.cohost('mill', 'hedy', 'full');
select is(pg_temp.figures(), '15 2 2 f f', 'stays of a co-host make no superhost');
select pg_temp.stay('new', 'dorothy', 6), pg_temp.say('new', 5);
select is(pg_temp.figures(), '16 3 3 3.33 t f',
  'stays of three guests make a superhost, and each has one vote');

-- Staff see where reviews come from few guests

select tests.become('sam');
select results_eq('select host_id, reviews, guests, of_free_stays from public.staff_review_sources()',
  $$ values (tests.person('ada'), 17, 3, 1) $$, 'Ada''s seventeen come from three guests');
select tests.back();
select is(tests.outcome('ada', 'select public.staff_review_sources()'), 'staff_only',
  'a host does not see the list of review sources');
select pg_temp.stay('t' || n, 'guest ' || n, n, 'tower'), pg_temp.say('t' || n, 5) from generate_series(1, 6) as n;
select tests.become('sam');
select is((select count(*) from public.staff_review_sources()), 1::bigint, 'six guests of six stays are nothing to look at');
select is((select count(*) from public.staff_review_sources(0)), 0::bigint,
  'staff are shown as many stays of few guests as they ask for');
select tests.back();
select pg_temp.stay('f' || n, 'guest ' || n, n + 20, 'tower', 0), pg_temp.say('f' || n, 5) from generate_series(1, 6) as n;
select tests.become('sam');
select is((select of_free_stays from public.staff_review_sources() where host_id = tests.person('alan')), 6,
  'staff are shown how many reviews are of free stays');
select tests.back();

select * from finish();
rollback;
