-- Staff: who they are, what they decide, what a suspension does, and what is written down.
--
-- Ada has the mill and the attic, Alan the tower. Grace stays at the mill, Margaret holds nights there, Dorothy has
-- asked for the attic. Sam and Sally work for the marketplace.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name)
from unnest(array['ada', 'alan', 'grace', 'margaret', 'dorothy', 'katherine', 'sam', 'sally']) as name;
select tests.home('mill', 'ada'), tests.home('attic', 'ada'), tests.home('tower', 'alan');
update public.listings set instant_book = false where listing_id = tests.id('attic');
-- Grace arrives in 13 days; when a door opens is in the chapter of contacts.
update private.settings set access_days = 14;
-- Search follows at the end of each transaction; here it is asked for within one.
set constraints all immediate;

-- Who works here

select tests.become_service();
select public.add_staff(tests.person(name)) from unnest(array['sam', 'sam', 'sally', 'alan']) as name;
select public.remove_staff(tests.person('alan')), public.remove_staff(tests.person('alan'));
select throws_ok('select public.add_staff(gen_random_uuid())', 'PT404', 'profile_not_found',
  'nobody becomes staff without a profile');
select tests.back();
select results_eq('select profile_id from private.staff order by 1',
  $$ select tests.person(name) from unnest(array['sam', 'sally']) as name order by 1 $$,
  'a server says who works here, and repeating it changes nothing');
select results_eq($$ select actor, action from private.audit_log where object_id = tests.person('alan') order by entry_id $$,
  $$ values ('server', 'staff.added'), ('server', 'staff.removed') $$,
  'adding and removing staff is written to the audit log');

-- Staff and staff

select is(tests.outcome('sam', format('select public.staff_suspend(%L, ''Mine now.'')', tests.person('sally'))), 'staff_member',
  'staff do not suspend each other');
savepoint colleagues;
select tests.become_service();
select public.suspend_person(tests.person('sally'), 'Her account was taken over.');
select public.suspend_person(tests.person('sally'), 'Her account was taken over.');
select throws_ok('select public.suspend_person(gen_random_uuid(), ''Fraud.'')', 'PT404', 'profile_not_found',
  'a person without a profile cannot be suspended by a server');
select throws_ok(format('select public.suspend_person(%L, '' '')', tests.person('sally')), 'PT400', 'reason_required',
  'a suspension needs a reason');
select tests.back();
select is(tests.outcome('sally', 'select public.staff_reports()'), 'staff_only',
  'a member of staff whom a server suspends reads no reports');
select is(tests.outcome('sam', format('select public.staff_lift_suspension(%L, ''A friend.'')', tests.person('sally'))), 'staff_member',
  'staff cannot lift the suspension of a colleague');
select tests.become_service();
select public.lift_suspension(tests.person('sally')), public.lift_suspension(tests.person('sally'));
select tests.back();
select is(tests.outcome('sally', 'select public.staff_reports()'), '0',
  'a member of staff whose suspension a server lifts reads reports again');
select results_eq($$ select actor, action from private.audit_log where object_id = tests.person('sally') and action like 'suspension.%' order by entry_id $$,
  $$ values ('server', 'suspension.added'), ('server', 'suspension.removed') $$,
  'a suspension and its end are written to the audit log');
rollback to colleagues;

-- A second factor

update private.settings set staff_need_second_factor = true;
create function pg_temp.with_factors(name text, factors text, statement text) returns text language plpgsql as $$
begin
  perform tests.become(name);
  perform set_config('request.jwt.claims', (current_setting('request.jwt.claims')::jsonb
    || case when factors is null then '{}' else jsonb_build_object('aal', factors) end)::text, true);
  begin
    execute statement;
    perform tests.back();
    return 'done';
  exception when others then
    perform tests.back();
    return sqlerrm;
  end;
end $$;
select is(pg_temp.with_factors('sam', factors, statement), case factors when 'aal2' then 'done' else 'second_factor_required' end,
  coalesce(factors, 'no claim') || ': ' || statement)
from unnest(array[null, 'aal1', 'aal2']) as factors, unnest(array[
  'select public.staff_reports()', 'select public.staff_review_sources()', 'select public.staff_audit_log()',
  'select public.list_webhook_endpoints()',
  format('select public.staff_suspend(%L, ''Fraud.'')', tests.person('katherine'))]) as statement;
select is(pg_temp.with_factors('grace', 'aal2', 'select public.staff_reports()'), 'staff_only', 'two factors make nobody staff');
rollback to colleagues;

create function pg_temp.report(name text, subject text, subject_id text, category text default 'fraud', body text default 'A scam.')
  returns text language sql as $$
  select format('select public.file_report(%L, %L, %L, %L, %L)', tests.id(name), subject,
    case when subject = 'person' then tests.person(subject_id) else tests.id(subject_id) end, category, body)
$$;
create function pg_temp.staff(verb text, subject text, rest text default '''Looked at.''') returns text language sql as $$
  select format('select public.%I(%L, %s)', 'staff_' || verb, tests.id(subject), rest)
$$;

grant execute on function pg_temp.report(text, text, text, text, text), pg_temp.staff(text, text, text) to public;

select tests.become('grace');
select public.file_report(tests.id('first'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
select tests.back();
select tests.become('sam');
select public.staff_decide_report(tests.id('first'), '{warn}', 'A first time.', 'Please mend it.');
select tests.back();

-- A home that staff hide

select tests.book('attic hold', 'katherine', 'attic', '2031-07-01', '2031-07-03');
savepoint hiding;
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
select tests.become('margaret');
select public.start_payment(tests.id('hold'));
select tests.back();
select is(tests.outcome('sam', statement), outcome, statement)
from (values
  (pg_temp.staff('hide_listing', 'nothing'), 'listing_not_found'), (pg_temp.staff('hide_listing', 'mill', 'null'), 'reason_required'),
  (pg_temp.staff('hide_listing', 'mill', '''Why.'', repeat(''x'', 2001)'), 'message_too_long')) as tried (statement, outcome);
select tests.become('sam');
select lives_ok(pg_temp.staff('hide_listing', 'mill', '''A scam.'', ''Call us.'''), 'Sam hides the mill');
select lives_ok(pg_temp.staff('hide_listing', 'mill'), 'hiding a listing twice changes nothing');
select tests.back();
select is((select count(*) from private.decisions where measure = 'hide_listing'), 1::bigint,
  'a listing that was hidden twice has one decision');
select is((select status::text from public.listings where listing_id = tests.id('mill')), 'hidden',
  'a listing that staff hid is not shown');
select is((select string_agg(status::text, ' ' order by created_at) from public.bookings where listing_id = tests.id('mill')),
  'confirmed expired', 'what was booked goes on, what was not paid is over');
select is(tests.outcome('ada', format('select public.publish_listing(%L)', tests.id('mill'))), 'hidden_by_staff', 'Ada cannot show it');
select is(tests.money('hold', 'succeeded'), 'captured', 'money for the hold comes late');
select is((select status::text from public.bookings where booking_id = tests.id('hold')), 'payment_conflict',
  'late money for an expired hold is a payment conflict');
select is((select status::text from public.refunds where booking_id = tests.id('hold')), 'pending',
  'late money for an expired hold is refunded');
select tests.become('sam');
select lives_ok(pg_temp.staff('show_listing', 'mill'), 'Sam lets it be shown again');
select lives_ok(pg_temp.staff('show_listing', 'mill'), 'allowing a listing twice changes nothing');
select tests.back();
select is((select string_agg(measure::text, ' ' order by decided_at, measure) from private.decisions where object_id = tests.id('mill')),
  'warn hide_listing show_listing', 'hiding and allowing a listing are one decision each');
select is(tests.outcome('ada', format('select public.publish_listing(%L)', tests.id('mill'))), '1',
  'Ada shows her listing again');
rollback to hiding;

-- Money that comes late for a home the host hid

select tests.book('late', 'margaret', 'mill', '2031-06-10', '2031-06-12');
select tests.become('margaret');
select public.start_payment(tests.id('late'));
select tests.back();
select tests.at('2031-05-20 12:20+00');
select private.expire_bookings(10);
savepoint late;
select is(tests.money('late', 'succeeded'), 'captured',
  'money comes late for a home that its host hid');
select is((select status::text from public.bookings where booking_id = tests.id('late')), 'confirmed', 'the nights are free: it is a stay');
rollback to late;
create function pg_temp.then_it_is(change text) returns text language plpgsql as $$
declare
  status text;
begin
  begin
    execute change;
    perform tests.money('late', 'succeeded');
    select bookings.status::text into status from public.bookings where booking_id = tests.id('late');
    raise exception using errcode = 'UNDO1';
  exception when sqlstate 'UNDO1' then
    return status;
  end;
end $$;
select is(pg_temp.then_it_is(change), 'payment_conflict', 'not when ' || change)
from (values
  ('update public.listings set status = ''hidden'' where listing_id = tests.id(''mill'')'),
  ('insert into private.suspensions (profile_id, reason) values (tests.person(''ada''), ''Test.'')'),
  ('insert into private.suspensions (profile_id, reason) values (tests.person(''margaret''), ''Test.'')'),
  ('insert into public.blocks (blocker_id, blocked_id) values (tests.person(''ada''), tests.person(''margaret''))')) as changes (change);
rollback to hiding;
select tests.at('2031-05-20 12:00+00');

-- A suspension

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
select tests.book('question', 'dorothy', 'attic', '2031-06-20', '2031-06-22');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select tests.book('elsewhere', 'ada', 'tower', '2031-06-20', '2031-06-22');
select is(tests.outcome('sam', pg_temp.staff('suspend', 'nobody')), 'profile_not_found',
  'a person who does not exist cannot be suspended');
select is(tests.outcome('sam', pg_temp.staff('suspend', 'ada', ''' ''')), 'reason_required',
  'nobody is suspended without a reason');
select is(tests.outcome('grace', pg_temp.staff('suspend', 'ada')), 'staff_only',
  'Grace cannot suspend anybody');
savepoint suspending;

-- The hold was paid in the moment of the suspension: nobody sees the row yet, the money finds it.
insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
select is(tests.money('hold', 'succeeded'), 'captured', 'money comes for what is held with her');
select is((select status || ' ' || reason from public.bookings where booking_id = tests.id('hold')), 'expired suspended',
  'a payment in the moment of a suspension confirms nothing');
select is((select amount_minor from public.refunds where booking_id = tests.id('hold')),
  (select total_minor from public.guest_totals where booking_id = tests.id('hold')),
  'a payment in the moment of a suspension is refunded whole');
rollback to suspending;

select tests.become('sam');
select lives_ok(pg_temp.staff('suspend', 'ada', '''Fraud.'', ''Call us.'''), 'Sam suspends Ada');
select lives_ok(pg_temp.staff('suspend', 'ada'), 'suspending a person twice changes nothing');
select tests.back();
select results_eq('select profile_id, reason from private.suspensions', $$ values (tests.person('ada'), 'Fraud.') $$,
  'a person who was suspended twice has one suspension');
select is((select count(*) from private.decisions where measure = 'suspend'), 1::bigint,
  'a person who was suspended twice has one decision');
select results_eq('select booking_id, status::text, reason from public.bookings order by booking_id',
  $$ select tests.id(name), status, reason
     from (values ('visit', 'confirmed', null), ('hold', 'expired', 'suspended'), ('question', 'expired', 'suspended'),
       ('elsewhere', 'expired', 'suspended'), ('attic hold', 'expired', 'suspended')) as ends (name, status, reason)
     order by 1 $$,
  'what was confirmed goes on; what was not, with her or hers elsewhere, is over');
select is((select string_agg(kind::text, ' ') from private.commands where booking_id = tests.id('question') and kind <> 'send_mail'),
  'cancel_intent', 'the card of a request to a suspended host is released at once');
select is((select count(*) from private.claims where booking_id = tests.id('question')), 0::bigint,
  'the nights of a request to a suspended host are released');
select is(tests.outcome('ada', 'select from public.bookings where status = ''confirmed'''), '1', 'Ada sees who comes');
select is(tests.outcome('ada', 'select from public.payouts'), '1',
  'a suspended host sees her payout');
select is(tests.outcome('grace', 'select from public.bookings'), '1', 'Grace sees her stay');
select is(tests.outcome('grace', 'select from public.listing_access'), '1',
  'the guest of a suspended host sees how to get in');
select is(tests.outcome('ada', 'select from public.moderation_notices where measure = ''suspend'''), '1', 'Ada reads what she was told');
select is(tests.outcome('ada', pg_temp.report('hers', 'listing', 'tower')), 'account_suspended',
  'a suspended host cannot file a report');
select is(tests.outcome('anon', format('select public.quote_stay(%L, ''2031-07-10'', ''2031-07-12'')', tests.id('mill'))),
  'host_unavailable', 'homes of a suspended host cannot be booked');
select is(tests.outcome('anon', 'select public.search_listings()'), '1',
  'homes of a suspended host are not found');
select is(tests.outcome('sam', 'select public.staff_decisions(tests.id(''ada''))'), '2', 'Sam reads what was decided about her');
select tests.become('sam');
select lives_ok(pg_temp.staff('lift_suspension', 'ada'), 'Sam lifts the suspension');
select lives_ok(pg_temp.staff('lift_suspension', 'ada'),
  'lifting a suspension twice changes nothing');
select tests.back();
select is((select count(*) from private.decisions where measure = 'lift_suspension'), 1::bigint,
  'a suspension that was lifted twice has one decision');
select is(tests.outcome('anon', 'select public.search_listings()'), '3',
  'homes are found again when the suspension is lifted');
select is(tests.outcome('ada', format('select public.hide_listing(%L)', tests.id('mill'))), '1',
  'Ada hosts again when her suspension is lifted');

-- One of the staff is suspended, and is staff no more meanwhile.

insert into private.suspensions (profile_id, reason) values (tests.person('sam'), 'Test.');
select is(tests.outcome('sam', statement), code, statement)
from (values ('select public.staff_reports()', 'staff_only'), ('select public.staff_audit_log()', 'staff_only'),
  (pg_temp.staff('suspend', 'ada'), 'account_suspended'),
  ('select from storage.objects where bucket_id = ''evidence''', '0')) as tried (statement, code);
delete from private.suspensions;

-- Who was looked at

select is(tests.outcome('sam', format('select public.staff_verify_person(%L, %L, %L)', person, kind, verified)), outcome,
  format('%s %s', kind, verified))
from (values (tests.person('ada'), 'identity', true, '1'), (tests.person('ada'), null, true, 'invalid_verification'),
  (tests.person('ada'), 'phone', null, 'invalid_verification'), (tests.id('nobody'), 'phone', true, 'profile_not_found'))
  as tried (person, kind, verified, outcome);
update public.private_profiles set phone = '+4930123456', legal_name = 'Ada L.' where profile_id = tests.person('ada');
select tests.become_service();
select throws_ok($$ select public.record_verification(tests.id('ada'), 'phone', true, '+4930999999') $$, 'PT409', 'phone_mismatch',
  'a phone is not verified by a call to another number');
select throws_ok($$ select public.record_verification(tests.id('ada'), 'phone', true) $$, 'PT409', 'phone_mismatch',
  'a number cannot be verified on a profile without one');
select ok((public.record_verification(tests.id('ada'), 'phone', true, '+4930123456')).phone_verified,
  'a server records that the phone was verified');
select ok((public.record_verification(tests.id('ada'), 'identity', true)).identity_verified,
  'a server records that a passport was seen');
select tests.become_anon();
select results_eq($$ select identity_verified, phone_verified from public.profiles where profile_id = tests.id('ada') $$,
  $$ values (true, true) $$, 'everyone who sees her sees that');
select is(tests.outcome('ada', 'update public.profiles set identity_verified = true'), '42501', 'nobody says so of themselves');
select tests.become('ada');
update public.private_profiles set phone = '+4930999999';
select results_eq($$ select identity_verified, phone_verified from public.profiles where profile_id = tests.id('ada') $$,
  $$ values (true, false) $$, 'the verification of a phone ends when the number changes');
update public.private_profiles set locale = 'fr';
select ok((select identity_verified from public.profiles where profile_id = tests.id('ada')),
  'the verification stays when the language changes');
update public.private_profiles set legal_name = 'Ada M.';
select ok((select not identity_verified from public.profiles where profile_id = tests.id('ada')),
  'the verification of an identity ends when the name changes');
select tests.back();

-- The log

select results_eq(
  $$ select action from private.audit_log where object_id = tests.id('visit') order by entry_id $$,
  $$ values ('payment.captured'), ('payout.scheduled') $$, 'what money did is in it');
select results_eq(
  $$ select actor, actor_id, action from private.audit_log where object_id = tests.id('ada') and action like 'suspension%' order by entry_id $$,
  $$ values ('person', tests.person('sam'), 'suspension.added'), ('person', tests.person('sam'), 'suspension.removed') $$,
  'the audit log has what staff did');
select results_eq(
  $$ select action, actor from private.audit_log where action like '%verified%' order by entry_id $$,
  $$ values ('phone_verified.true', 'server'), ('identity_verified.true', 'server'),
    ('phone_verified.false', 'person'), ('identity_verified.false', 'person') $$,
  'the audit log has what servers did');
select tests.become('sam');
select is((select count(*) from public.staff_audit_log(page_size => 200)),
  (select count(*) from public.staff_audit_log(page_size => 3)) + (select count(*) from public.staff_audit_log(
    before => (select min(entry_id) from public.staff_audit_log(page_size => 3)), page_size => 200)),
  'Sam reads it page by page');
select set_eq($$ select distinct action from public.staff_audit_log(object_id => tests.id('ada')) $$,
  $$ values ('suspension.added'), ('suspension.removed'), ('identity_verified.true'), ('identity_verified.false'),
    ('phone_verified.true'), ('phone_verified.false') $$,
  'the audit log can be read for one object');
select ok((select bool_and(actor_id = tests.id('sam')) from public.staff_audit_log(actor_id => tests.id('sam'))),
  'the audit log can be read for one person''s actions');
select tests.back();
create temp table kept as table private.audit_log;
grant select on kept to authenticated;
select tests.become('sam');
select results_eq(
  format('select entry_id from public.staff_audit_log(%L, %L, %L, 2)', before, object, actor),
  format('select entry_id from kept where entry_id < %L and (%L is null or object_id::text = %2$L)
    and (%3$L is null or actor_id::text = %3$L) order by entry_id desc limit 2', before, object, actor),
  format('the log before %s, of %s, by %s', case page when 1 then 'none' else 'an entry' end,
    case when object is null then 'all' else 'Ada' end, case when actor is null then 'all' else 'Sam' end))
from (values (1, null::bigint), (2, (select percentile_disc(0.7) within group (order by entry_id) from kept))) as start (page, at),
  (values (null::uuid), (tests.id('ada'))) as objects (object), (values (null::uuid), (tests.id('sam'))) as actors (actor),
  lateral (select coalesce(at, 9223372036854775807) as before) as first;
select throws_ok('select public.staff_audit_log(page_size => 0)', 'PT400', 'invalid_page_size',
  'a page of the audit log has at least one row');
select tests.back();
select is(tests.outcome(person, 'select public.staff_audit_log()'), outcome, initcap(person) || ' asks for the log')
from (values ('grace', 'staff_only'), ('anon', '42501'), ('service', '42501')) as readers (person, outcome);

select * from finish();
rollback;
