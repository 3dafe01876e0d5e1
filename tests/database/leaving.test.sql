-- Leaving: what goes when people go, and what goes by itself.
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
rollback to going;

-- What goes by itself

insert into public.moderation_notices (profile_id, measure, notice, sent_at) values (tests.id('alan'), 'warn', 'Do not.', private.now());
update public.reports set status = 'closed', closed_at = private.now();
select private.store_stripe_event('evt_old', 'refund.updated', 're_1');
select private.close_stripe_event('evt_old', 'ignored');
select tests.become('katherine');
select public.start_conversation(tests.id('answer'), tests.id('tower'), 'Is it free? katherine@example.com');
select public.send_message(tests.id('second'), (select conversation_id from public.messages where message_id = tests.id('answer')),
  'Or write to johnson@example.com');
select tests.back();
select private.remove_message(tests.id('second'));
create function pg_temp.unmasked() returns text language sql as $$
  select string_agg(original, ', ' order by masked_id) from private.masked_words where subject = 'message' $$;
select is(private.forget_records(100), 0, 'the job finds nothing that is old enough');
select tests.at('2031-08-20 12:00+00');
select cmp_ok(private.forget_records(100), '>=', 1,
  'Stripe''s events are deleted after ninety days');
select is((select count(*) from private.stripe_events where event_id = 'evt_old'), 0::bigint,
  'an event of ninety days ago is deleted');
select is(pg_temp.unmasked(), 'Is it free? katherine@example.com, Or write to johnson@example.com',
  'what was masked in messages is kept for staff');
select tests.at('2032-06-20 12:00+00');
select is(private.forget_records(100), 1, 'the job finds a message that staff removed a year ago');
select is(pg_temp.unmasked(), 'Is it free? katherine@example.com', 'what was masked in it goes with it');
select tests.at('2033-05-20 12:00+00');
select is(private.forget_records(100), 1, 'the job finds a report that was closed two years ago');
select results_eq('select reports.body, excerpt, category::text from public.reports join private.report_cases using (report_id)',
  $$ values ('', '', 'inaccurate') $$, 'a report that was closed two years ago loses its words');
select tests.at('2034-05-20 12:00+00');
select is(private.forget_records(100), 2, 'the job finds messages and notices of three years ago');
select is((select body from public.messages where message_id = tests.id('answer')), '',
  'messages and notices of three years ago lose their words');
select is(pg_temp.unmasked(), null, 'and what was masked in them is gone');
select is(private.forget_records(100), 0, 'old records are forgotten once');

savepoint letters;
delete from private.commands;
insert into private.commands (kind, idempotency_key, subject_id, template, status, problem, due_at, created_at, finished_at)
select kind, key, tests.id('tower'), template, status, problem, private.now(), private.now(), private.now()
from (values
  ('send_mail'::public.command_kind, 'sent', 'booking_requested', 'done'::private.command_status, null),
  ('remove_photos', 'removed', null, 'done', null),
  ('send_mail', 'failed', 'booking_requested', 'failed', 'refused')) as made (kind, key, template, status, problem);
insert into private.commands (kind, idempotency_key, booking_id, payment_id, status, due_at, created_at, finished_at)
select kind, kind::text, booking_id, payment_id, 'done', private.now(), private.now(), private.now()
from (select * from public.payments limit 1) as paid, unnest('{capture,reconcile}'::public.command_kind[]) as kind;
select tests.at('2034-06-19 11:59+00');
select is(private.forget_records(100), 0, 'for thirty days it is known when a payment was compared with Stripe');
select tests.at('2034-06-19 12:00:01+00');
select is(private.forget_records(100), 1, 'then it goes');
select tests.at('2035-05-20 11:59+00');
select is(private.forget_records(100), 0, 'for a year it is known what was sent and done');
select tests.at('2035-05-20 12:00:01+00');
select is(private.forget_records(1), 1, 'then it goes, in batches');
select is(private.forget_records(100), 1, 'the rest of it');
select results_eq($$ select idempotency_key from private.commands order by 1 $$, $$ values ('capture'), ('failed') $$,
  'what moved money, and what failed, is kept');
rollback to letters;

-- How old the children were
select tests.at('2034-06-01 12:00+00');
select tests.home('cabin', 'alan');
select tests.become('katherine');
select public.send_inquiry(tests.id('family'), tests.id('cabin'), '2034-06-10', '2034-06-12', 'Us?', 3, child_ages => '{3,9}');
select tests.become('alan');
select public.preapprove_inquiry(tests.id('offer'), tests.id('family'));
select tests.become('katherine');
select public.request_booking(tests.id('family stay'), tests.id('cabin'), '2034-06-10', '2034-06-12',
  (public.quote_offer(tests.id('offer'))).total_minor, 3, offer_id => tests.id('offer'), child_ages => '{3,9}');
select tests.back();
select tests.money('family stay', 'succeeded');
select tests.become('alan');
select public.propose_alteration(tests.id('older'), tests.id('family stay'), child_ages => '{4,9}');
select tests.become('katherine');
select public.accept_alteration(tests.id('older'));
select tests.back();
create function pg_temp.ages() returns text language sql as $$
  select concat_ws(' ', (select child_ages from public.bookings where booking_id = tests.id('family stay')),
    (select former_child_ages::text || ' ' || child_ages::text from public.alterations where alteration_id = tests.id('older')),
    (select child_ages from public.inquiries where inquiry_id = tests.id('family')),
    (select child_ages from public.offers where offer_id = tests.id('offer')))
$$;
select is(pg_temp.ages(), '{4,9} {3,9} {4,9} {3,9} {3,9}', 'the ages are kept wherever they were said');
savepoint kept;
select tests.become('katherine');
select is(
  (select string_agg(key, ' ' order by key) from jsonb_each((public.export_my_data()).document)
   where value::text ~ '"child_ages": \[[34], 9\]'),
  'public.alterations public.bookings public.inquiries public.offers', 'who asks what is kept of them is told');
rollback to kept;
delete from auth.users where id = tests.id('katherine');
select is(pg_temp.ages(), '{} {} {} {} {}', 'they go with the guest');
rollback to kept;
select private.move_booking(tests.id('family stay'), 'completed', 'system', null, null);
select tests.at('2037-06-11 23:59+00');
select private.forget_child_ages(100);
select is(pg_temp.ages(), '{4,9} {3,9} {4,9} {3,9} {3,9}', 'three years after check-out they are still there');
select tests.at('2037-06-12 00:00+00');
select is(private.forget_child_ages(100), 4, 'then they go by themselves');
select is(pg_temp.ages(), '{} {} {} {} {}', 'they are gone everywhere');
select is(private.forget_child_ages(100), 0, 'once');
rollback to kept;
select tests.at('2034-05-20 12:00+00');
insert into private.webhook_events (event_id, type, facts, created_at) values (tests.id('told'), 'booking.confirmed', '{}', private.now());
insert into public.refused_files (bucket_id, name, listing_id, problem, refused_at)
values ('photo-uploads', 'a page', tests.id('tower'), 'not_an_image', private.now());
insert into private.job_runs (job, due_at, started_at) values ('expire_bookings', private.now(), private.now());
delete from public.cohost_invitations;
insert into public.cohost_invitations (invitation_id, listing_id, invited_by, role, email, created_at, expires_at)
values (tests.id('invited'), tests.id('tower'), tests.id('alan'), 'full', 'x@example.com', private.now() - interval '1 day', private.now());
delete from public.notifications;
create temp view due as
  select job, due_at - private.now() as wait from private.job_due_times()
  where job in ('forget_news', 'forget_invitations', 'forget_refusals', 'forget_job_runs') order by job;
update private.retention set keep_days = 3 where record in ('webhook_events', 'invitations', 'refused_files', 'job_runs');
select results_eq('select job, wait from due',
  $$ values ('forget_invitations', interval '3 days'), ('forget_job_runs', '3 days'), ('forget_news', '3 days'),
       ('forget_refusals', '3 days') $$, 'a job is due when its records have been kept as long as private.retention says');
delete from private.retention;
select results_eq('select job, wait from due where wait is not null', 'select job, wait from due where false',
  'no job is due for what is kept for good');
select is(private.kept_until('messages'), null, 'a kind without a row is kept');

select * from finish();
rollback;
