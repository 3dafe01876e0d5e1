-- Actions: what is offered is taken by its verb, and what is not offered is refused, whoever asks and at whatever time.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy', 'dorothy', 'alan']) as name;
select tests.home('mill', 'ada');
select tests.cohost('mill', 'hedy', 'full');
select tests.cohost('mill', 'dorothy', 'calendar');
insert into private.staff (profile_id) values (tests.person('sam')), (tests.person('hedy'));
update private.settings set complaint_hours = 48, damage_days = 14;

-- Every verb that an action names, with words of its own; each try is undone.
create function pg_temp.verb(action text, subject uuid) returns text language sql as $$
  select case action
    when 'send_message' then format('public.send_message(gen_random_uuid(), %L, ''Hello.'')', subject)
    when 'decline_booking' then format('public.decline_booking(%L, ''No.'')', subject)
    when 'cancel_booking' then format(
      'public.preview_cancellation(%1$L) as p, public.cancel_booking(%1$L, ''No.'', p.refund_minor, p.owed_minor)', subject)
    when 'staff_cancel_booking' then format('public.staff_cancel_booking(%L, 0, ''The house burnt down.'')', subject)
    when 'propose_alteration' then format(
      'public.preview_alteration(%1$L, check_out => %2$L) as p,
      public.propose_alteration(gen_random_uuid(), %1$L, check_out => %2$L, expected_total_minor => p.total_minor)', subject,
      (select check_out + 1 from public.bookings where booking_id = subject))
    when 'review_stay' then format('public.review_stay(%L, 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint,
      5::smallint, 5::smallint, ''Quiet, again.'')', subject)
    when 'review_guest' then format(
      'public.review_guest(%L, 5::smallint, 5::smallint, 5::smallint, 5::smallint, ''Kind, again.'')', subject)
    when 'file_complaint' then format('public.file_complaint(gen_random_uuid(), %L, ''no_access'', ''Mice.'')', subject)
    when 'answer_complaint' then format('public.answer_complaint(%L, ''We come.'')', subject)
    when 'staff_decide_complaint' then format('public.staff_decide_complaint(%L, 0, ''There are no mice.'')', subject)
    when 'report_no_show' then format('public.report_no_show(%L, ''Nobody.'')', subject)
    when 'object_to_no_show' then format('public.object_to_no_show(%L, ''I am here.'')', subject)
    when 'staff_decide_no_show' then format('public.staff_decide_no_show(%L, false, ''She was there.'')', subject)
    when 'claim_damage' then format('public.claim_damage(gen_random_uuid(), %L, 5000, ''A cup.'')', subject)
    when 'dispute_damage_claim' then format('public.dispute_damage_claim(%L, ''It was broken.'')', subject)
    when 'staff_decide_damage_claim' then format('public.staff_decide_damage_claim(%L, 0, ''It was broken.'')', subject)
    else format('public.%I(%L)', action, subject) end $$;
-- taken: something was written. A repeat is taken too, and writes nothing.
create function pg_temp.comes_of(who text, action text, subject uuid) returns text language plpgsql as $$
declare
  counted constant text := 'select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_xact_user_tables';
  before  bigint;
  since   bigint;
  said    text;
begin
  -- What was put off until the commit is no work of the verb.
  set constraints all immediate;
  set constraints all deferred;
  execute counted into before;
  said := tests.outcome(who, 'select * from ' || pg_temp.verb(action, subject));
  execute counted into since;
  return case when said !~ '^[0-9]+$' then said when since > before then 'taken' else 'repeat' end;
end $$;
create function pg_temp.offered(who text) returns text language plpgsql as $$
declare
  said text;
begin
  perform tests.become(who);
  select string_agg(action || ' ' || side, ', ') into said from public.booking_actions(tests.id('visit'));
  perform tests.back();
  return said;
exception when sqlstate 'PT404' then
  perform tests.back();
  return sqlerrm;
end $$;
grant execute on all functions in schema pg_temp to public;

-- All that somebody could try, and whether booking_actions and the verbs agree.
create function pg_temp.agree(state text, who text) returns setof text language plpgsql as $$
declare
  offered   text[];
  said      text;
  tried     record;
  wrong     text[] := '{}';
  booking   public.bookings;
begin
  select * into booking from public.bookings where booking_id = tests.id('visit');
  perform tests.become(who);
  begin
    select coalesce(array_agg(action || ' ' || subject_id), '{}') into offered
    from public.booking_actions(tests.id('visit'));
  exception when sqlstate 'PT404' then
    offered := '{}';
  end;
  perform tests.back();
  for tried in
    select distinct action, subject_id from private.possible_actions(booking, '{guest,host,staff}')
  loop
    said := pg_temp.comes_of(who, tried.action, tried.subject_id);
    if (tried.action || ' ' || tried.subject_id = any (offered)) is distinct from (said = 'taken')
      -- A proposal that somebody made themselves, repeated; or nothing to do.
      and said <> 'repeat'
    then
      wrong := wrong || format('%s: %s', tried.action, said);
    elsif said = 'repeat' and tried.action || ' ' || tried.subject_id = any (offered) then
      wrong := wrong || format('%s: offered for nothing', tried.action);
    end if;
  end loop;
  return next is(wrong, '{}', format('%s: %s has exactly what the verbs take', state, who));
end $$;
create function pg_temp.all_agree(state text) returns setof text language sql as $$
  select pg_temp.agree(state, who)
  from unnest(array['grace', 'ada', 'hedy', 'dorothy', 'sam', 'margaret']) as who $$;

-- A request

update public.listings set instant_book = false where listing_id = tests.id('mill');
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-14');
select pg_temp.all_agree('held');
select is(pg_temp.offered('grace'), 'withdraw_booking guest', 'a hold is withdrawn');
select is(pg_temp.offered('ada'), 'booking_not_found', 'hosts do not see it yet');
select tests.money('visit', 'requires_capture');
select pg_temp.all_agree('requested');
select is(pg_temp.offered('ada'), 'accept_booking host, decline_booking host, send_message host', 'a request is answered');
select is(pg_temp.offered('hedy'), pg_temp.offered('ada'), 'by a co-host too');
select is(pg_temp.offered('dorothy'), 'booking_not_found', 'a co-host for the calendar only does not');
select is(pg_temp.offered('margaret'), 'booking_not_found', 'a stranger has nothing');
select tests.become('ada');
select is(
  (select open_until from public.booking_actions(tests.id('visit')) where action = 'accept_booking'),
  (select expires_at from public.bookings where booking_id = tests.id('visit')), 'until it expires');
select tests.back();
select is(tests.outcome('anon', $$ select public.booking_actions(tests.id('visit')) $$), '42501', 'without a session there is none');
update public.bookings set expires_at = private.now() where booking_id = tests.id('visit');
select pg_temp.all_agree('overdue');
update public.bookings set expires_at = private.now() + interval '1 hour' where booking_id = tests.id('visit');
select tests.become('ada');
select public.accept_booking(tests.id('visit'));
select tests.back();
select pg_temp.all_agree('accepted');
select tests.money('visit', 'succeeded');
select is((select status::text from public.bookings where booking_id = tests.id('visit')), 'confirmed', 'it is confirmed');

-- Before the stay

select pg_temp.all_agree('confirmed');
select is(pg_temp.offered('grace'), 'send_message guest, propose_alteration guest, cancel_booking guest', 'a guest before the stay');
select is(pg_temp.offered('sam'), 'staff_cancel_booking staff', 'staff may end it');
savepoint before;
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Complaints.');
select pg_temp.all_agree('a suspended guest');
select is(pg_temp.offered('grace'), null, 'a suspended guest has nothing');
rollback to before;
select tests.become('grace');
select public.block_person(tests.person('ada'));
select tests.back();
select pg_temp.all_agree('blocked');
rollback to before;
insert into private.disputes (stripe_dispute_id, booking_id, payment_id, status, currency, amount_minor, opened_at)
select 'dp_1', booking_id, payment_id, 'open', currency, amount_minor, private.now() from public.payments
where booking_id = tests.id('visit');
select pg_temp.all_agree('disputed at the bank');
rollback to before;
select tests.become('ada');
select public.propose_alteration(tests.id('change'), tests.id('visit'), check_out => '2031-06-15');
select tests.back();
select pg_temp.all_agree('an alteration of the host');
select is(pg_temp.offered('grace'),
  'send_message guest, accept_alteration guest, decline_alteration guest, cancel_booking guest', 'the guest answers it');
savepoint proposed;
select tests.become('grace');
select public.accept_alteration(tests.id('change'));
select tests.back();
select pg_temp.all_agree('an alteration to pay');
rollback to proposed;
select tests.book('other', 'margaret', 'mill', '2031-06-14', '2031-06-16');
select pg_temp.all_agree('an alteration whose nights are gone');
rollback to proposed;
update public.alterations set expires_at = private.now() where alteration_id = tests.id('change');
select pg_temp.all_agree('an alteration that expired');
rollback to before;

-- The stay

select tests.at('2031-06-10 14:00+00');
select pg_temp.all_agree('arrived');
select is(pg_temp.offered('ada'),
  'send_message host, propose_alteration host, report_no_show host, claim_damage host, cancel_booking host', 'a host during the stay');
savepoint stay;
select tests.become('ada');
select public.report_no_show(tests.id('visit'), 'Nobody.');
select tests.back();
select pg_temp.all_agree('reported');
savepoint told;
select tests.at('2031-06-13 14:00+00');
select pg_temp.all_agree('reported long ago');
rollback to told;
select tests.become('grace');
select public.object_to_no_show(tests.id('visit'), 'I am here.');
select tests.back();
select pg_temp.all_agree('objected');
select is(pg_temp.offered('sam'), 'staff_decide_no_show staff, staff_cancel_booking staff', 'staff decide');
select tests.become('ada');
select public.withdraw_no_show(tests.id('visit'));
select tests.back();
select pg_temp.all_agree('a report withdrawn');
rollback to stay;
select tests.become('grace');
select public.file_complaint(tests.id('mice'), tests.id('visit'), 'no_access', 'Mice.');
select tests.back();
select pg_temp.all_agree('a complaint');
select is(pg_temp.offered('ada'),
  'send_message host, propose_alteration host, answer_complaint host, report_no_show host, claim_damage host, cancel_booking host',
  'its answer is the host''s');
select tests.become('ada');
select public.answer_complaint(tests.id('mice'), 'A cat comes.');
select tests.back();
select pg_temp.all_agree('a complaint answered');
select tests.become('grace');
select public.withdraw_complaint(tests.id('mice'));
select tests.back();
select pg_temp.all_agree('a complaint withdrawn');
rollback to stay;

-- After it

select tests.at('2031-06-14 12:00+00');
select pg_temp.all_agree('left');
select tests.run_due_jobs();
select pg_temp.all_agree('completed');
select is(pg_temp.offered('grace'), 'send_message guest, review_stay guest', 'a guest after the stay');
savepoint after;
select tests.become('ada');
select public.claim_damage(tests.id('cup'), tests.id('visit'), 5000, 'A cup.');
select tests.back();
select pg_temp.all_agree('a claim');
savepoint claimed;
select tests.at('2031-06-25 12:00+00');
select pg_temp.all_agree('a claim unanswered');
rollback to claimed;
select tests.become('grace');
select public.dispute_damage_claim(tests.id('cup'), 'It was broken.');
select tests.back();
select pg_temp.all_agree('a claim disputed');
rollback to claimed;
select tests.become('grace');
select public.accept_damage_claim(tests.id('cup'));
select tests.back();
select pg_temp.all_agree('a claim accepted');
rollback to after;
select tests.become('grace');
select public.review_stay(tests.id('visit'), 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint, 5::smallint,
  5::smallint, 'Quiet.');
select tests.back();
select pg_temp.all_agree('a review written');
select tests.become('ada');
select public.review_guest(tests.id('visit'), 5::smallint, 5::smallint, 5::smallint, 5::smallint, 'Kind.');
select tests.back();
select pg_temp.all_agree('both reviews written');
rollback to after;
insert into public.listing_hosts (listing_id, profile_id, role) values (tests.id('mill'), tests.person('grace'), 'full');
select pg_temp.all_agree('a guest who hosts it by now');
rollback to after;
select tests.at('2031-07-20 12:00+00');
select pg_temp.all_agree('long ago');
select is(pg_temp.offered('ada'), 'send_message host', 'then they can still write');

select * from finish();
rollback;
