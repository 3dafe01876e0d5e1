-- No-shows: reported by the host, denied by the guest or not, settled as a late cancellation.
--
-- Four nights in Ada's mill, from 2031-06-10 at 15:00 in Paris (13:00 UTC) to 06-14 at 11:00: 100.00 each, cleaning
-- 30.00, tax 10 %: subtotal 430.00, guest fee 60.63, tax 43.00, total 533.63; Ada gets 417.10.

begin;
select no_plan();

select tests.at('2031-05-01 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy']) as name;
update public.listing_prices set cleaning_fee_minor = 3000;
insert into private.taxes (name, country_code, basis, rate_bp)
values ('City tax', 'FR', 'percent_of_nights_and_fees', 1000);
insert into private.staff (profile_id) values (tests.person('sam'));
insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'active', 'FR', 'acct_ada', private.now(), private.now());

create function pg_temp.stay(policy text default 'flexible', nights integer default 4) returns void
  language plpgsql
as $$
begin
  update public.listings set cancellation_policy = policy where listing_id = tests.id('mill');
  perform tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-10'::date + nights);
  perform tests.money('visit', 'succeeded');
end $$;
create function pg_temp.report(at timestamptz default '2031-06-10 19:00+00') returns void
  language plpgsql
as $$
begin
  perform tests.at(at);
  perform tests.become('ada');
  perform public.report_no_show(tests.id('visit'), 'The bed is as it was.');
  perform tests.back();
end $$;
create function pg_temp.say(who text, verb text, arguments text default '') returns text
  language sql
  return tests.outcome(who, format('select * from public.%s(tests.id(''visit'')%s)', verb, arguments));
-- Like say, and it stays said.
create function pg_temp.does(who text, verb text, arguments text default '') returns text
  language plpgsql
as $$
declare
  said text;
begin
  perform tests.become(who);
  execute format('select to_jsonb(answer) ->> ''status'' from public.%s(tests.id(''visit'')%s) as answer', verb, arguments)
  into said;
  perform tests.back();
  return said;
end $$;
create function pg_temp.booking() returns text language sql as $$
  select concat_ws(' ', bookings.status, no_shows.status, 'payout ' || payouts.status, payouts.amount_minor,
    'back ' || nullif(taken_back_minor, 0), payouts.reason)
  from public.bookings left join public.no_shows using (booking_id) left join public.payouts using (booking_id)
  where booking_id = tests.id('visit')
$$;
create function pg_temp.settled() returns text language sql as $$
  select format('%s by %s: refund %s, fee kept %s, host keeps %s less %s, owes %s', rule, cancelled_by, refund_minor,
    kept_fee_minor, kept_minor, host_fee_minor, penalty_minor)
  from public.cancellations
  join public.guest_settlements using (booking_id) join public.host_settlements using (booking_id)
  where booking_id = tests.id('visit')
$$;
create function pg_temp.mails() returns text language sql as $$
  select string_agg(template || ' to ' || display_name, ', ' order by template)
  from private.commands join public.profiles on profile_id = recipient_id
  where kind = 'send_mail' and template like 'no\_show%'
$$;
create function pg_temp.report_is_empty() returns text language sql as $$
  select is_empty('select * from private.reconciliation_report() where difference = ''ledger_differs''', 'and the books agree')
$$;

savepoint start;

-- When it can be reported

select pg_temp.stay();
select tests.at('2031-06-10 12:59:59+00');
select is(pg_temp.say('ada', 'report_no_show'), 'stay_not_under_way', 'a second before check-in nobody can be missing');
select tests.at('2031-06-10 13:00+00');
select is(pg_temp.say('ada', 'report_no_show'), '1', 'a host may report a no-show at check-in');
select is(pg_temp.say('ada', 'report_no_show', ', repeat(''a'', 2001)'), 'message_too_long',
  'a report of 2001 characters is too long');
select is(pg_temp.say(who, 'report_no_show'), 'booking_not_found', who || ' may not')
from unnest(array['grace', 'hedy', 'sam']) as who;
select tests.at('2031-06-14 08:59:59+00');
select is(pg_temp.say('ada', 'report_no_show'), '1', 'a no-show may be reported up to check-out');
select tests.at('2031-06-14 09:00+00');
select is(pg_temp.say('ada', 'report_no_show'), 'stay_not_under_way',
  'a no-show cannot be reported after check-out');
rollback to start;

-- Without an objection

select pg_temp.stay();
select pg_temp.report();
select is(pg_temp.booking(), 'confirmed reported payout blocked 41710 no_show', 'the stay stays, the payout waits');
select is(pg_temp.mails(), 'no_show_reported to Grace', 'the guest is told');
select is(private.no_show_facts(tests.id('visit')) ->> 'object_until', '2031-06-12T19:00:00+00:00',
  'the guest is told until when to object');
select is(pg_temp.does('ada', 'report_no_show', ', ''again'''), 'reported', 'reported again, it is the same');
select is((select report from public.no_shows), 'The bed is as it was.',
  'a no-show keeps the words of its first report');
select tests.at('2031-06-12 19:00+00');
select is(private.release_payouts(10), 0, 'the payout that is due does not leave');
select is(private.settle_no_shows(10), 0, 'exactly 48 hours later the guest may still object');
select is(pg_temp.say('grace', 'object_to_no_show'), '1',
  'an objection is possible within exactly 48 hours');
select tests.at('2031-06-12 19:00:01+00');
select is(pg_temp.say('grace', 'object_to_no_show'), 'objection_too_late',
  'an objection a second after 48 hours is refused');
select is(private.settle_no_shows(10), 1, 'a no-show without an objection is upheld');
select is(private.settle_no_shows(10), 0, 'a no-show is upheld once');
-- As a cancellation of the first evening: one night spent, one more kept: 200 of 400, cleaning whole.
select is(pg_temp.settled(), 'flexible by guest: refund 22000, fee kept 6063, host keeps 23000 less 690, owes 0',
  'settled as if she had cancelled when it was reported');
select is(pg_temp.booking(), 'no_show upheld payout scheduled 22310',
  'the payout of an upheld no-show is what Ada keeps');
select is((select cancelled_at from public.cancellations), '2031-06-10 19:00+00',
  'the cancellation of a no-show has the time of its report');
select is((select array[actor::text, reason] from public.booking_history order by position desc limit 1),
  array['system', null], 'nobody''s word moved it but time');
select is_empty($$ select from private.claims where booking_id = tests.id('visit') $$,
  'the nights of an upheld no-show are free');
select is(pg_temp.mails(), 'no_show_reported to Grace, no_show_upheld_guest to Grace, no_show_upheld_host to Ada',
  'both sides are sent an e-mail about the upheld no-show');
select is((select amount_minor from public.refunds), 22000::bigint,
  'the refund of an upheld no-show is ordered');
select is(private.release_payouts(10), 1, 'the payout of an upheld no-show is sent');
select pg_temp.report_is_empty();
select is(pg_temp.does('ada', 'report_no_show'), 'upheld', 'reported once more, it is as decided');
select is(pg_temp.say('grace', 'object_to_no_show'), 'no_show_closed',
  'the guest cannot object to an upheld no-show');
select is(pg_temp.say('ada', 'withdraw_no_show'), 'no_show_closed',
  'the host cannot withdraw an upheld no-show');
select is(pg_temp.say('grace', 'cancel_booking'), 'not_cancellable',
  'the guest cannot cancel after an upheld no-show');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', false, ''Mercy.'''), 'no_show_closed',
  'staff cannot dismiss an upheld no-show');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', true, ''Indeed.'''), '1', 'staff who say the same change nothing');
select is(pg_temp.say('grace', 'booking_contacts'), 'not_confirmed', 'the sides no longer see each other''s contacts');
rollback to start;

-- The golden table: what each policy makes of a no-show, and that a cancellation of the same moment is the same

create temp table golden (policy text, nights integer, reported timestamptz, refund bigint, payout bigint, rule text);
insert into golden values
  ('flexible',       4, '2031-06-10 13:00+00',    22000, 22310, 'flexible'),
  ('flexible',       4, '2031-06-11 08:59:59+00', 22000, 22310, 'flexible'),
  ('flexible',       4, '2031-06-11 09:00+00',    11000, 32010, 'flexible'),
  ('flexible',       4, '2031-06-14 08:59:59+00',     0, 41710, 'flexible'),
  ('moderate',       4, '2031-06-10 13:00+00',    11000, 32010, 'moderate'),
  ('limited',        4, '2031-06-10 13:00+00',        0, 41710, 'limited'),
  ('firm',           4, '2031-06-10 13:00+00',        0, 41710, 'firm'),
  ('strict',         4, '2031-06-10 13:00+00',        0, 41710, 'strict'),
  ('non_refundable', 4, '2031-06-10 13:00+00',        0, 41710, 'non_refundable'),
  -- The only night there is.
  ('flexible',       1, '2031-06-10 13:00+00',        0, 12610, 'flexible');

create function pg_temp.outcome_of(case_ golden, by text) returns text language plpgsql as $$
declare
  told text;
begin
  begin
    perform pg_temp.stay(case_.policy, case_.nights);
    if by = 'no-show' then
      perform pg_temp.report(case_.reported);
      perform tests.at(case_.reported + interval '48 hours 1 second');
      -- The stay may be over by then: it is not completed while it is open.
      perform private.complete_stays(10);
      perform private.settle_no_shows(10);
    else
      perform tests.at(case_.reported);
      perform pg_temp.does('grace', 'cancel_booking');
    end if;
    select concat_ws(' ', rule, refund_minor, payout_minor, (
      select sum(amount_minor) from public.payouts where booking_id = tests.id('visit') and status <> 'cancelled'))
    into told
    from public.cancellations join public.guest_settlements using (booking_id) join public.host_settlements using (booking_id)
    where booking_id = tests.id('visit');
    raise exception using errcode = 'UNDO1';
  exception when sqlstate 'UNDO1' then null;
  end;
  return told;
end $$;
select is(pg_temp.outcome_of(golden, 'no-show'), concat_ws(' ', rule, refund, payout, payout),
  format('%s, %s nights, reported at %s', policy, nights, reported))
from golden;
select is(pg_temp.outcome_of(golden, 'cancel'), pg_temp.outcome_of(golden, 'no-show'),
  format('%s, %s nights: who cancels at %s gets the same', policy, nights, reported))
from golden;

-- The guest objects

select pg_temp.stay();
select pg_temp.report();
select is(pg_temp.say(who, 'object_to_no_show'), 'booking_not_found', who || ' has nothing to object to')
from unnest(array['ada', 'margaret', 'sam']) as who;
select is(pg_temp.does('grace', 'object_to_no_show', ', ''I am in the kitchen.'''), 'objected',
  'Grace objects to the no-show');
select is(pg_temp.does('grace', 'object_to_no_show', ', ''Still.'''), 'objected',
  'objecting twice changes nothing');
select is((select objection from public.no_shows), 'I am in the kitchen.',
  'an objection keeps its first words');
select is(pg_temp.mails(), 'no_show_objected to Ada, no_show_reported to Grace',
  'the host is told of the objection');
select tests.at('2031-06-20 12:00+00');
select is(private.settle_no_shows(10) + private.complete_stays(10) + private.release_payouts(10), 0,
  'no time decides it any more: nothing is settled, completed or paid');
savepoint objected;

select is(pg_temp.say(who, 'staff_decide_no_show', ', true, ''Mine.'''), 'staff_only', who || ' does not decide')
from unnest(array['ada', 'grace']) as who;
savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['ada', 'grace']) as who;
select is(pg_temp.say(who, 'staff_decide_no_show', ', true, ''Mine.'''), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['ada', 'grace']) as who;
rollback to impartial;
select is(pg_temp.say('sam', 'staff_decide_no_show', ', null, ''Hm.'''), 'decision_required',
  'staff must uphold or dismiss a no-show');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', true, '' '''), 'reason_required',
  'staff need a reason for a decision about a no-show');
select is(pg_temp.does('sam', 'staff_decide_no_show', ', true, ''The lock was never opened.'''), 'upheld',
  'Sam upholds the no-show');
select is(pg_temp.does('sam', 'staff_decide_no_show', ', true, ''Again.'''), 'upheld',
  'upholding a no-show twice changes nothing');
select is((select decision from public.no_shows), 'The lock was never opened.',
  'an upheld no-show keeps its first reason');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', false, ''No.'''), 'no_show_closed',
  'an upheld no-show cannot be dismissed');
select is(pg_temp.booking(), 'no_show upheld payout scheduled 22310', 'settled by the moment of the report, not of the decision');
select is((select actor::text from public.booking_history order by position desc limit 1), 'staff',
  'the history names staff as the actor of a decided no-show');
select pg_temp.report_is_empty();
rollback to objected;

select is(pg_temp.does('sam', 'staff_decide_no_show', ', false, ''She has photos.'''), 'dismissed',
  'Sam dismisses the no-show');
select is(pg_temp.booking(), 'confirmed dismissed payout scheduled 41710', 'the stay is as it was, the payout free');
select is(private.complete_stays(10), 1, 'the stay of a dismissed no-show is completed');
select is(private.release_payouts(10), 1, 'the stay of a dismissed no-show is paid out whole');
select is(pg_temp.mails(), 'no_show_dismissed to Ada, no_show_dropped to Grace, no_show_objected to Ada, no_show_reported to Grace',
  'both sides are sent an e-mail about the dismissed no-show');
select is(pg_temp.say('ada', 'report_no_show'), 'no_show_closed',
  'a dismissed no-show cannot be reported again');
select pg_temp.report_is_empty();
rollback to start;

-- The host takes it back

select pg_temp.stay();
select is(pg_temp.say('ada', 'withdraw_no_show'), 'no_show_not_found',
  'a dismissed no-show cannot be withdrawn');
select is(pg_temp.say('grace', 'object_to_no_show'), 'no_show_not_found',
  'a guest cannot object to a dismissed no-show');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', true, ''x'''), 'no_show_not_found',
  'staff cannot decide a no-show that was not reported');
select pg_temp.report();
select is(pg_temp.say('grace', 'withdraw_no_show'), 'booking_not_found', 'a guest does not take it back');
select is(pg_temp.does('ada', 'withdraw_no_show'), 'withdrawn',
  'Ada withdraws the no-show when Grace comes late');
select is(pg_temp.does('ada', 'withdraw_no_show'), 'withdrawn',
  'withdrawing a no-show twice changes nothing');
select is(pg_temp.booking(), 'confirmed withdrawn payout scheduled 41710',
  'a withdrawn no-show leaves booking and payout as they were');
select is(pg_temp.mails(), 'no_show_dropped to Grace, no_show_reported to Grace',
  'Grace is sent an e-mail about the withdrawn no-show');
select is(pg_temp.say('ada', 'report_no_show'), 'no_show_closed',
  'a withdrawn no-show cannot be reported again');
rollback to start;

-- Somebody cancels meanwhile

select pg_temp.stay();
select pg_temp.report();
savepoint reported;
select tests.at('2031-06-11 19:00+00');
select pg_temp.does('grace', 'cancel_booking');
select is(pg_temp.booking(), 'cancelled_by_guest overtaken payout scheduled 32010', 'the guest cancels: that counts, and costs no less');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', true, ''x'''), 'no_show_closed',
  'a no-show of a cancelled stay cannot be decided');
select pg_temp.report_is_empty();
rollback to reported;
select pg_temp.does('ada', 'cancel_booking');
select is(pg_temp.booking(), 'cancelled_by_host overtaken payout cancelled 41710 nothing_due',
  'a host who cancels after a no-show gives everything back');
select is((select penalty_minor from public.host_settlements), 21500::bigint,
  'a host who cancels after a no-show owes the penalty');
rollback to reported;
select pg_temp.does('sam', 'staff_cancel_booking', ', 53363, ''Flood.''');
select is(pg_temp.booking(), 'cancelled_by_staff overtaken payout cancelled 41710 nothing_due',
  'staff who cancel after a no-show decide the refund');
select is(private.settle_no_shows(10), 0, 'time settles no no-show of a cancelled stay');
rollback to reported;

-- The bank takes the money back meanwhile

select private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 53363, 'eur', 53363, 0, 0);
select tests.at('2031-06-13 12:00+00');
select is(private.settle_no_shows(10), 0, 'while a dispute is open nothing is settled');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', true, ''x'''), 'dispute_open',
  'staff cannot uphold a no-show while a dispute is open');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', false, ''x'''), '1',
  'staff may dismiss a no-show while a dispute is open');
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'won', 53363, 'eur', 53363, 53363, 0);
select is(pg_temp.booking(), 'confirmed reported payout scheduled 41710',
  'a dispute that was won leaves the no-show reported');
select is(private.release_payouts(10), 0, 'the payout still waits for the no-show');
select is(private.settle_no_shows(10), 1, 'a no-show is settled when the dispute is won');
select is(pg_temp.booking(), 'no_show upheld payout scheduled 22310',
  'a no-show after a dispute that was won has the usual payout');
select pg_temp.report_is_empty();
rollback to start;

-- Reported after the payout left: what is too much is taken back

select pg_temp.stay();
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
select private.apply_transfer(null, payout_id, 'tr_1', 41710, 'eur') from public.payouts;
select pg_temp.report('2031-06-11 20:00+00');
select is(pg_temp.booking(), 'confirmed reported payout paid 41710', 'what is paid is paid');
select tests.at('2031-06-14 12:00+00');
select is(private.complete_stays(10), 0,
  'a stay with an open no-show is not completed at check-out');
select is(private.settle_no_shows(10), 1,
  'a stay that was not settled by check-out still ends as a no-show');
select is(pg_temp.booking(), 'no_show upheld payout paid 41710 back 9700', 'the host gives back what she does not keep');
select pg_temp.report_is_empty();
rollback to start;

-- A free stay has no money to settle

update public.listing_prices set base_price_minor = 0, cleaning_fee_minor = 0;
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-14');
select pg_temp.report();
select tests.at('2031-06-13 12:00+00');
select is(private.settle_no_shows(10), 1, 'a free stay can be missed too');
select is(pg_temp.booking(), 'no_show upheld', 'a no-show at a free stay costs nobody anything');
rollback to start;

-- Suspended, erased

select pg_temp.stay();
select pg_temp.report();
insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'x'), (tests.person('grace'), 'x');
select is(pg_temp.say('ada', 'withdraw_no_show'), 'account_suspended', 'a suspended host decides nothing');
select is(pg_temp.say('grace', 'object_to_no_show'), 'account_suspended',
  'a suspended guest decides nothing');
select is(pg_temp.say('sam', 'staff_decide_no_show', ', false, ''She wrote to us.'''), '1',
  'staff may decide a no-show of a suspended guest at once');
delete from private.suspensions;
select pg_temp.does('grace', 'object_to_no_show', ', ''I was ill.''');
delete from auth.users where id in (tests.person('grace'), tests.person('ada'));
select is((select report || objection from public.no_shows), '', 'the words of people who left are forgotten');
rollback to start;

-- Who sees it

select pg_temp.stay();
select pg_temp.report();
select is(tests.outcome(who, 'select from public.no_shows'), sees, who || ' sees ' || sees)
from (values ('grace', '1'), ('ada', '1'), ('sam', '1'), ('hedy', '0'), ('margaret', '0'), ('anon', '42501')) as sight (who, sees);
select is(tests.outcome('ada', 'update public.no_shows set status = ''upheld'''), '42501',
  'nobody writes no-shows directly');

select * from finish();
rollback;
