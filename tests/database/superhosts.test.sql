-- Superhosts: what each figure counts, where the lines are, and when it is evaluated.

begin;
select no_plan();

select tests.at('2031-01-15 12:00+00');
select tests.home('mill', 'ada'), tests.home('loft', 'ada'), tests.home('tower', 'alan');
select tests.person(name) from unnest(array['grace', 'hedy', 'katherine']) as name;
select tests.cohost('mill', 'hedy', 'full');

-- A stay as the books have it afterwards, whenever it was.
create function pg_temp.stay(
  name text, check_out date, nights integer default 1, home text default 'mill',
  status public.booking_status default 'completed', guest text default null, total_minor bigint default 10000)
  returns uuid language plpgsql as $$
declare
  -- Each stay is of another guest, unless somebody is named.
  guest_id uuid := tests.person(coalesce(guest, 'guest of ' || name));
begin
  insert into public.bookings (
    booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, currency, subtotal_minor,
    taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights, time_zone, check_in_time,
    check_out_time, expires_at, created_at)
  select tests.id(name), listings.listing_id, listings.host_id, guest_id, stay.check_out - nights,
    stay.check_out, 1, 0, 0, 'EUR', 0, 0, 0, 'moderate', true, 0, 'Europe/Paris', '15:00', '11:00', private.now(),
    stay.check_out - 60
  from public.listings where listings.listing_id = tests.id(home);
  insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
  values (tests.id(name), guest_id, 0, 0, total_minor);
  insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
  values (tests.id(name), tests.id(home), 0, 0, 0);
  perform private.move_booking(tests.id(name), 'confirmed', 'system', null, null);
  case stay.status
    when 'completed' then perform private.move_booking(tests.id(name), 'completed', 'system', null, null);
    when 'cancelled_by_host' then perform private.move_booking(tests.id(name), 'cancelled_by_host', 'host', null, null);
    when 'cancelled_by_guest' then perform private.move_booking(tests.id(name), 'cancelled_by_guest', 'guest', null, null);
    else null;
  end case;
  return tests.id(name);
end $$;
create function pg_temp.cancelled(name text, cancelled_at timestamptz, by public.booking_actor default 'host')
  returns void language plpgsql as $$
begin
  perform pg_temp.stay(name, (cancelled_at + interval '90 days')::date, 1, 'mill', ('cancelled_by_' || by)::public.booking_status);
  insert into public.cancellations (booking_id, cancelled_by, rule, cancelled_at)
  values (tests.id(name), by, 'host_cancelled', cancelled.cancelled_at);
end $$;
create function pg_temp.asked(name text, asked_at timestamptz, answered_after interval default null) returns void language plpgsql as $$
begin
  insert into private.host_responses (host_id, booking_id, asked_at, answered_at)
  values (tests.person('ada'), pg_temp.stay(name, '2020-01-01', 1, 'mill', 'cancelled_by_guest'), asked.asked_at,
    asked.asked_at + answered_after);
end $$;
create function pg_temp.judged(name text, stars integer, revealed_at timestamptz) returns void language plpgsql as $$
begin
  insert into public.reviews (
    review_id, listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication, location, value,
    written_on, closes_at)
  select booking_id, listing_id, booking_id, 'Grace', judged.stars, 5, 5, 5, 5, 5, 5, check_out, judged.revealed_at
  from public.bookings where booking_id = tests.id(name);
  update public.reviews set revealed_at = judged.revealed_at where review_id = tests.id(name);
end $$;

create function pg_temp.figures(day date default '2031-01-01') returns text language sql as $$
  select concat_ws(' ', stays, nights, questions, answered, cancellations, reviews, coalesce(rating::text, '-'))
  from private.superhost_on(tests.person('ada'), day) $$;
create function pg_temp.meets(day date default '2031-01-01') returns text language sql as $$
  select concat_ws(' ', case when hosts_often then 'often' end, case when answers_soon then 'soon' end,
    case when keeps_bookings then 'kept' end, case when well_rated then 'liked' end,
    case when superhost then 'superhost' end)
  from private.superhost_on(tests.person('ada'), day) $$;

select is(pg_temp.figures(), '0 0 0 0 0 0 -', 'a host of whom nothing happened has no figures');
select is(pg_temp.meets(), 'soon kept', 'a host without questions left nothing unanswered');

-- Stays

select pg_temp.stay('early', '2029-12-31'), pg_temp.stay('first', '2030-01-01'), pg_temp.stay('last', '2030-12-31'),
  pg_temp.stay('late', '2031-01-01');
select is(pg_temp.figures(), '2 2 0 0 0 0 -', 'stays that ended in the 365 days before, of the last and of the first day');
select pg_temp.stay('elsewhere', '2030-06-01', 1, 'tower'), pg_temp.stay('loft', '2030-06-01', 1, 'loft');
select is(pg_temp.figures(), '3 3 0 0 0 0 -',
  'stays in all homes of a host count, and in no other');
select pg_temp.stay('called off', '2030-06-01', 1, 'mill', 'cancelled_by_guest');
select pg_temp.stay('just over', '2030-12-31', 1, 'mill', 'confirmed');
select is(pg_temp.figures(), '4 4 0 0 0 0 -', 'no cancelled one; one that is over counts before its job has run');
savepoint few;
select pg_temp.stay('s' || n, '2030-06-01') from generate_series(1, 5) as n;
select is(pg_temp.meets(), 'soon kept', 'nine stays are not often');
select pg_temp.stay('s6', '2030-06-01');
select is(pg_temp.meets(), 'often soon kept', 'ten stays are often enough');
rollback to few;
select pg_temp.stay('long', '2030-06-01', 95);
select is(pg_temp.meets(), 'soon kept', 'five stays with 99 nights are not often enough');
rollback to few;
select pg_temp.stay('long', '2030-06-01', 96);
select is(pg_temp.meets(), 'often soon kept', 'five stays with 100 nights are often enough');

-- Answers

select pg_temp.asked('q1', '2029-12-30 23:59+00'), pg_temp.asked('q2', '2029-12-31 00:00+00', '1 hour');
select is(pg_temp.figures(), '5 100 1 1 0 0 -', 'a question counts when its 24 hours end in the time');
select pg_temp.asked('q3', '2030-12-30 23:59+00', '24 hours'), pg_temp.asked('q4', '2030-12-31 00:00+00');
select is(pg_temp.figures(), '5 100 2 2 0 0 -', 'exactly 24 hours are in time');
select pg_temp.asked('a' || n, '2030-06-01 12:00+00', '1 hour') from generate_series(1, 7) as n;
select pg_temp.asked('slow', '2030-06-01 12:00+00', '24 hours 1 microsecond');
select is(pg_temp.figures(), '5 100 10 9 0 0 -', 'an answer a microsecond after 24 hours is late');
select is(pg_temp.meets(), 'often soon kept', 'nine of ten is enough');
savepoint answered;
select pg_temp.asked('never', '2030-06-01 12:00+00');
select is(pg_temp.figures(), '5 100 11 9 0 0 -',
  'a question without an answer counts as not answered');
select is(pg_temp.meets(), 'often kept', 'nine of eleven is not');
rollback to answered;

-- Cancellations

select pg_temp.cancelled('g', '2030-06-01 12:00+00', 'guest');
select pg_temp.cancelled('h0', '2029-12-31 23:59:59+00'), pg_temp.cancelled('h2', '2031-01-01 00:00+00');
select is(pg_temp.figures(), '5 100 10 9 0 0 -', 'the guest''s do not count, nor those of other years');
savepoint kept;
select pg_temp.cancelled('h1', '2030-01-01 00:00+00');
select is(pg_temp.figures(), '5 100 10 9 1 0 -', 'the host''s count from the first second on');
select is(pg_temp.meets(), 'often soon', 'one cancellation in six stays is too many');
select pg_temp.stay('many' || n, '2030-07-01') from generate_series(1, 94) as n;
select is(pg_temp.figures(), '99 194 10 9 1 0 -', 'one cancellation in a hundred stays is counted');
select is(pg_temp.meets(), 'often soon', 'one cancellation in a hundred stays is too many');
select pg_temp.stay('many95', '2030-07-01');
select is(pg_temp.meets(), 'often soon kept',
  'one cancellation in a hundred and one stays is less than 1 %');
rollback to kept;

-- Stars

select pg_temp.judged('first', 5, '2030-01-01 00:00+00'), pg_temp.judged('last', 5, '2030-12-31 23:59+00');
select is(pg_temp.figures(), '5 100 10 9 0 2 -', 'two reviews make no rating');
select is(pg_temp.meets(), 'often soon kept', 'a host without a rating does not meet the stars');
select pg_temp.judged('early', 1, '2029-12-31 23:59+00'), pg_temp.judged('late', 1, '2031-01-01 00:00+00'),
  pg_temp.judged('elsewhere', 1, '2030-06-15 12:00+00');
select pg_temp.judged('loft', 5, '2030-06-15 12:00+00');
select is(pg_temp.figures(), '5 100 10 9 0 3 5.00',
  'reviews of her homes that were revealed in the time count');
select is(pg_temp.meets(), 'often soon kept liked superhost', 'Ada is a superhost');
savepoint liked;
select pg_temp.judged('just over', 4, '2030-12-31 12:00+00');
select is(pg_temp.figures(), '5 100 10 9 0 4 4.75', 'a review in the time counts in the rating');
select is(pg_temp.meets(), 'often soon kept', 'a rating below 4.8 does not meet the stars');
select pg_temp.judged('long', 5, '2030-06-15 12:00+00');
select is(pg_temp.meets(), 'often soon kept liked superhost', 'exactly 4.8 will do');
update public.reviews set removed_at = private.now() where review_id = tests.id('just over');
select is(pg_temp.figures(), '5 100 10 9 0 4 5.00', 'what staff removed does not count');
rollback to liked;
insert into public.reviews (listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication,
  location, value, written_on, closes_at)
select listing_id, booking_id, 'Grace', 1, 1, 1, 1, 1, 1, 1, check_out, '2031-01-15 12:00+00'
from public.bookings where booking_id = tests.id('long');
select is(pg_temp.figures('2031-04-01'), pg_temp.figures('2031-04-01'),
  'a review that is not revealed changes no figures');
select is(
  (select reviews from private.superhost_on(tests.person('ada'), '2031-04-01')), 3,
  'a blind review is not counted while it can still be changed');
select tests.at('2031-01-15 12:00:00.000001+00');
select is(
  (select reviews from private.superhost_on(tests.person('ada'), '2031-04-01')), 4,
  'a review is in the next figures when its time is over, though no job has run');
rollback to liked;

-- The job

select is(private.evaluate_superhosts(1), 1, 'the job takes one host at a time');
select is(private.evaluate_superhosts(1), 1, 'the job takes the next host in its next batch');
select is(private.evaluate_superhosts(1), 0, 'the job is done when both hosts have a row');
select is(private.evaluate_superhosts(1), 0, 'the job runs once for a quarter');
select set_eq(
  $$ select display_name, evaluated_on, superhost_evaluations.superhost as found, profiles.superhost as shown
     from public.superhost_evaluations join public.profiles on profile_id = host_id $$,
  $$ values ('Ada', '2031-01-01'::date, true, true), ('Alan', '2031-01-01', false, false) $$,
  'the figures are as of the first of January');
select is(tests.outcome('anon', 'select from public.profiles where superhost'), '1', 'everyone sees who is one');
select is(tests.outcome(who, 'select from public.superhost_evaluations'), sees, format('%s sees %s', who, sees))
from (values ('ada', '1'), ('alan', '1'), ('hedy', '0'), ('katherine', '0'), ('anon', '42501')) as seen (who, sees);
select is(tests.outcome('ada', 'update public.profiles set superhost = true'), '42501', 'nobody calls themselves one');
select is(tests.outcome('postgres', 'update public.superhost_evaluations set superhost = true'), 'frozen', 'what was evaluated stays');

-- What comes
select tests.become('ada');
select is((public.superhost_figures()).evaluated_on, '2031-04-01'::date, 'Ada sees what the next would find');
select is((select array[stays, reviews] from public.superhost_figures()), array[5, 3], 'figure by figure, as things stand');
select tests.become('katherine');
select is((select array[stays, nights, questions] from public.superhost_figures()), array[0, 0, 0],
  'a person who hosts nothing has no figures');
select tests.back();

-- A job that comes late finds what it would have found in time.
select pg_temp.asked('open', '2031-03-31 12:00+00');
select tests.at('2031-04-01 00:00+00');
select is(pg_temp.figures('2031-04-01'), figures.in_time,
  'a late job finds the figures of midnight')
from (select pg_temp.figures('2031-04-01') as in_time) as figures;
create temp table in_time as select * from private.superhost_on(tests.person('ada'), '2031-04-01');
select tests.at('2031-05-09 12:00+00');
select results_eq($$ select * from private.superhost_on(tests.person('ada'), '2031-04-01') $$, 'select * from in_time',
  'the figures of April are the same five weeks later');
select is(private.evaluate_superhosts(100), 2, 'both hosts are evaluated in the new quarter');
select is((select count(*) from public.superhost_evaluations), 4::bigint,
  'the rows of the old quarter stay');
select is((select superhost from public.profiles where profile_id = tests.person('ada')), false, 'Ada is none any more');

-- A host who cannot be evaluated is passed by, and comes up again before the round ends
savepoint next_quarter;
select tests.at('2031-07-01 00:00+00');
create function pg_temp.fail() returns trigger language plpgsql as $$
begin
  if new.host_id = (select profile_id from public.profiles where hosting order by profile_id limit 1) then
    raise exception 'broken';
  end if;
  return new;
end $$;
create trigger fail before insert on public.superhost_evaluations for each row execute function pg_temp.fail();
select is((select done from tests.run_due_jobs() where job = 'evaluate_superhosts'), 1,
  'behind a host who cannot be evaluated the other one is');
select is((select finished_at from private.superhost_rounds where evaluated_on = '2031-07-01'), null,
  'the round is not over');
drop trigger fail on public.superhost_evaluations;
select is((select count(*) from tests.run_due_jobs() where job = 'evaluate_superhosts'), 0::bigint,
  'the host waits for the next attempt');
select tests.at('2031-07-01 00:01+00');
select is((select done from tests.run_due_jobs() where job = 'evaluate_superhosts'), 1,
  'a minute later the host is evaluated');
select isnt((select finished_at from private.superhost_rounds where evaluated_on = '2031-07-01'), null,
  'then the round is over');
select is((select count(*) from public.superhost_evaluations where evaluated_on = '2031-07-01'), 2::bigint,
  'each of them once');
rollback to next_quarter;

-- Who leaves is none
update public.profiles set superhost = true where profile_id = tests.person('ada');
delete from auth.users where id = tests.person('ada');
select is((select superhost from public.profiles where profile_id = tests.person('ada')), false,
  'a host who left is not a superhost');
select tests.at('2031-07-01 00:00+00');
select private.evaluate_superhosts(100);
select is((select superhost from public.profiles where profile_id = tests.person('ada')), false,
  'a superhost who leaves is not a superhost any more');

select * from finish();
rollback;
