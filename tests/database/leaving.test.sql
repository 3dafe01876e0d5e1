-- Leaving: what goes when people go. What goes by itself: retention.test.sql.
--
-- Ada has the mill, which Hedy hosts with her; Grace stays there. Alan has the tower.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan', 'katherine', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
select tests.cohost('mill', 'hedy', 'full');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.become('grace');
update public.private_profiles set phone = '+4930123456', legal_name = 'Grace H.';
select public.start_conversation(tests.id('question'), tests.id('tower'), 'Is it high?');
select public.block_person(tests.person('katherine'));
select public.file_report(tests.id('report'), 'listing', tests.id('tower'), 'inaccurate', 'It is low.');
select tests.become('ada');
select public.block_nights(tests.id('mill'), '2031-08-01', '2031-08-04', 'My birthday');
select public.invite_cohost(tests.id('to katherine'), tests.id('mill'), 'full', email => 'katherine@example.com');
select tests.back();

select private.move_booking(tests.id('visit'), 'completed', 'system', null, null);

-- Leaving

select is(tests.outcome('ada', 'select public.delete_my_account()'), 'account_has_open_stays', 'Ada is not paid yet');
create function pg_temp.open(name text) returns text language sql as $$
  select array_to_string(private.open_business(tests.person(name)), ' ')
$$;
select is(pg_temp.open('ada'), 'payouts', 'a pending payout keeps Ada from going');
select is(pg_temp.open('grace'), '', 'Grace has nothing open');
savepoint open;
select tests.book('next', 'grace', 'mill', '2031-06-10', '2031-06-12');
select is(pg_temp.open(person), business, initcap(person) || ' has ' || business)
from (values ('grace', 'stays'), ('ada', 'stays payouts'), ('alan', '')) as open (person, business);
select is(tests.outcome('grace', 'select public.delete_my_account()'), 'account_has_open_stays', 'an unpaid hold is open');
rollback to open;
insert into public.refunds (payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
select payment_id, booking_id, guest_id, currency, 100, 'complaint', private.now() from public.payments;
select is(pg_temp.open('grace'), 'refunds', 'money on its way is open');
rollback to open;
insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
select tests.id('complaint'), tests.id('visit'), (enum_range(null::public.complaint_category))[1], 'Mice.', private.now();
select is(pg_temp.open(person), business, initcap(person) || ' has ' || business)
from (values ('grace', 'complaints'), ('ada', 'payouts complaints')) as open (person, business);
rollback to open;

select tests.become('grace');
select lives_ok('select public.delete_my_account()', 'Grace deletes her account');
select throws_ok('select public.export_my_data()', 'PT403', 'account_closed',
  'a deleted person exports nothing with an old token');
select throws_ok('select public.delete_my_account()', 'PT403', 'account_closed',
  'an account is deleted once');
select tests.back();
select is((select count(*) from auth.users where id = tests.id('grace')), 0::bigint,
  'the login of a deleted person is gone');
select results_eq($$ select display_name, erased_at is not null from public.profiles where profile_id = tests.id('grace') $$,
  $$ values ('Former member', true) $$, 'the name of a deleted person is out of the books');
select results_eq($$ select legal_name, email, phone from public.private_profiles where profile_id = tests.id('grace') $$,
  $$ values ('', null::text, null::text) $$, 'the private half of a deleted profile is gone');
select is((select status::text from public.bookings where booking_id = tests.id('visit')), 'completed',
  'the books of a deleted account stay');
select is((select body from public.messages where message_id = tests.id('question')), '',
  'the messages of a deleted account lose their words');
select is((select count(*) from public.blocks), 0::bigint,
  'the blocks of a deleted account are gone');

-- A host goes, and a guest still has to get in

savepoint going;
select tests.book('next', 'alan', 'mill', '2031-06-10', '2031-06-12');
select tests.money('next', 'succeeded');
delete from auth.users where id = tests.id('ada');
select is(tests.outcome('alan', 'select street from public.listing_addresses where listing_id = tests.id(''mill'')'), '1',
  'Alan still knows where the mill is');
select is((select count(*) from public.cohost_invitations), 0::bigint, 'Ada''s invitations are gone');
select is(private.forget_homes(10), 0, 'nothing is forgotten yet');
select private.move_booking(tests.id('next'), 'completed', 'system', null, null);
select is(private.forget_homes(10), 1, 'a home is forgotten when its last stay is over');
select is(private.forget_homes(10), 0, 'a home is forgotten once');
select is((select count(*) from public.listing_addresses where listing_id = tests.id('mill'))
  + (select count(*) from public.listing_access where listing_id = tests.id('mill'))
  + (select count(*) from private.claims where note is not null), 0::bigint,
  'the address, the way in and the reason for a closing of a deleted home are gone');
select ok((select latitude is not null from public.listings where listing_id = tests.id('mill')), 'the public point stays in the books');
rollback to going;
delete from auth.users where id = tests.id('ada');
select is((select count(*) from public.listing_addresses where listing_id = tests.id('mill')), 0::bigint,
  'a home with no stay to come is forgotten at once');
select is((select count(*) from public.listing_hosts where profile_id = tests.id('hedy')), 1::bigint, 'Hedy still hosts it');
delete from auth.users where id = tests.id('hedy');
select is((select count(*) from public.listing_hosts where profile_id = tests.id('hedy')), 0::bigint,
  'a co-host who deletes the account hosts nothing any more');
rollback to going;

-- Somebody pays while their host goes
select tests.book('next', 'alan', 'mill', '2031-06-10', '2031-06-12');
delete from auth.users where id = tests.id('ada');
select is(tests.money('next', 'succeeded'), 'captured', 'a payment comes while the host goes');
select is((select status || ' ' || (select status from public.refunds where booking_id = tests.id('next')) from public.bookings
  where booking_id = tests.id('next')), 'expired pending',
  'a payment for a home whose host went is refunded');

select * from finish();
rollback;
