-- Retention: what was kept for a while goes by itself.
--
-- Ada has the mill, Alan the tower; Grace and Katherine are guests.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan', 'katherine', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
update public.listings set damage_claims = true where listing_id = tests.id('mill');
select tests.book('paid', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('paid', 'succeeded');
select private.move_booking(tests.id('paid'), 'completed', 'system', null, null);
select tests.become('grace');
select public.file_report(tests.id('report'), 'listing', tests.id('tower'), 'inaccurate', 'It is low.');
select tests.back();

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

-- Files of cases

savepoint cases;
select tests.book('visit', 'grace', 'mill', '2034-06-02', '2034-06-05');
select tests.money('visit', 'succeeded');
select tests.cohost('mill', 'hedy', 'full');
select tests.at('2034-06-02 20:00+00');
select tests.become('grace');
select public.file_complaint(tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.');
select tests.become('ada');
select public.claim_damage(tests.id('cup'), tests.id('visit'), 5000, 'A cup.');
select tests.back();
create function pg_temp.file(person text, id text) returns text language sql as $$
  select tests.id(person) || '/' || tests.id(id) || '/a.jpg' $$;
insert into storage.objects (bucket_id, name) select 'evidence', pg_temp.file(person, id)
from (values ('grace', 'dust'), ('hedy', 'dust'), ('hedy', 'cup')) as files (person, id);
delete from public.listing_hosts where profile_id = tests.id('hedy');
select tests.become('grace');
select public.withdraw_complaint(tests.id('dust'));
select tests.back();
create function pg_temp.removals() returns text language sql as $$
  select string_agg(array_to_string(private.evidence_to_remove(commands.subject_id), ' '), ', ')
  from private.commands where kind = 'remove_evidence' and status = 'waiting' $$;
delete from private.commands;
select tests.at('2036-06-01 19:59+00');
select private.forget_records(100);
select is(pg_temp.removals(), null, 'for two years the files of a case are kept');
select tests.at('2036-06-01 20:00:01+00');
select is(private.forget_records(100), 1, 'then they go');
select is(pg_temp.removals(), concat_ws(' ', variadic (select array_agg(file order by file)
    from unnest(array[pg_temp.file('grace', 'dust'), pg_temp.file('hedy', 'dust')]) as file)),
  'of everybody who took part, also of hosts who are forgotten by now, and not of a case that is open');
select is((select count(*) from private.past_hosts where profile_id = tests.id('hedy')), 0::bigint,
  'a former host is forgotten before');
select is(private.forget_records(100), 0, 'they are asked for once');
-- As the worker has Storage do it.
delete from storage.objects where name in (pg_temp.file('grace', 'dust'), pg_temp.file('hedy', 'dust'));
select is(private.forget_records(100), 1, 'when they are gone, the case is forgotten');
select is((select count(*) from private.kept_evidence), 0::bigint, 'and nothing is left to do');
select is(private.forget_records(100), 0, 'old records are forgotten once, whatever they are');
rollback to cases;

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
