-- News: what people hear of without asking, each of it once.
--
-- Ada has the mill, which Hedy hosts with her; Grace stays there. Sam works for the marketplace.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
insert into private.webhook_endpoints (endpoint_id, url, description, secret, created_at)
values (tests.id('ear'), 'https://example.com/hook', '', 'whsec_x', private.now());
select tests.home('mill', 'ada');
select tests.cohost('mill', 'hedy', 'calendar');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');

-- What was told since the last time this was asked, to whom; by letter unless the app alone tells it.
create table pg_temp.heard (cause text primary key);
create function pg_temp.news() returns text language plpgsql as $$
declare
  told text;
begin
  with fresh as (
    insert into pg_temp.heard
    select idempotency_key from private.commands where kind = 'send_mail'
    union
    select cause from public.notifications
    on conflict do nothing
    returning cause
  )
  select string_agg(
      coalesce(commands.template, notifications.template) || ' to '
        || coalesce(lower(profiles.display_name), private.address(commands)),
      ', ' order by coalesce(commands.template, notifications.template), profiles.display_name)
  into told
  from fresh
  left join private.commands on commands.idempotency_key = fresh.cause
  left join public.notifications on notifications.cause = fresh.cause
  left join public.profiles on profiles.profile_id = coalesce(commands.recipient_id, notifications.profile_id);
  return told;
end $$;
create function private.address(command private.commands) returns text language sql as $$
  select email from private.invited(command.subject_id)
$$;
create function pg_temp.facts(template text) returns jsonb language sql as $$
  select private.facts_of(commands) from private.commands
  where commands.template = facts.template
  order by commands.created_at desc, commands.command_id
  limit 1
$$;
create function pg_temp.disputed(dispute text, status text) returns text language plpgsql as $$
begin
  perform private.apply_dispute(null, dispute, 'pi_visit', status, 100, 'eur', 0, 0, 0);
  return pg_temp.news();
end $$;
create function pg_temp.events() returns text language plpgsql as $$
declare
  told text;
begin
  with told_now as (delete from private.webhook_events returning type)
  select string_agg(type, ', ' order by type) into told from told_now;
  return told;
end $$;
select pg_temp.news();
select pg_temp.events();

-- Every letter there is

select is_empty(
  $$ select template from private.letter_kinds
     where kind not in (select kind from public.notification_kinds) $$, 'every letter is of a kind that people can set');
select throws_ok($$ select private.mail_about('no_such_letter', tests.person('ada'), tests.id('visit')) $$, '23503', null,
  'a letter that nobody can write is not ordered');

-- Reviews

select private.move_booking(tests.id('visit'), 'completed', 'system', null, null);
select is(pg_temp.news(), 'review_asked_guest to grace, review_asked_host to ada',
  'both sides are asked for a review after the stay');
select pg_temp.events();
create function pg_temp.review(who text) returns void language plpgsql as $$
begin
  perform tests.become(who);
  if who = 'grace' then
    perform public.review_stay(tests.id('visit'), stars => 5::smallint, cleanliness => 5::smallint, accuracy => 5::smallint,
      check_in => 5::smallint, communication => 5::smallint, location => 5::smallint, value => 5::smallint, body => 'Fine.');
  else
    perform public.review_guest(tests.id('visit'), stars => 5::smallint, cleanliness => 5::smallint,
      communication => 5::smallint, house_rules => 5::smallint, body => 'Fine.');
  end if;
  perform tests.back();
end $$;
select tests.at('2031-06-06 12:00+00');
savepoint alone;
select pg_temp.review('grace');
select is(pg_temp.news(), null, 'nobody is told of a review that is not revealed');
select is(pg_temp.events(), null, 'webhooks are not sent a review that is not revealed');
savepoint one;
select tests.at('2031-06-30 12:00+00');
select private.reveal_reviews(10);
select is(pg_temp.news(), 'review_received_host to ada', 'Ada hears of it when the time to write is over');
rollback to one;
select pg_temp.review('ada');
select is(pg_temp.news(), 'review_received_guest to grace, review_received_host to ada',
  'both are told of their reviews when both have written');
select is(pg_temp.events(), 'review.revealed, review.revealed',
  'webhooks are sent the revealed reviews');
select tests.become('ada');
select public.reply_to_review(review_id, 'Come again!') from public.reviews where booking_id = tests.id('visit');
select tests.become('grace');
select public.reply_to_review(review_id, 'With pleasure.') from public.guest_reviews where booking_id = tests.id('visit');
select tests.back();
select is(pg_temp.news(), 'review_replied_guest to grace, review_replied_host to ada',
  'both authors are told of the replies');
select is(pg_temp.events(), 'review.replied, review.replied', 'webhooks are sent the reply');
rollback to alone;
select tests.become('grace');
select public.set_notification('review', 'email', false);
select tests.back();
select pg_temp.review('grace'), pg_temp.review('ada');
select is((select count(*) from private.commands where template = 'review_received_guest'), 0::bigint, 'Grace wants no letters about it');
select is((select about || ' ' || kind from public.notifications where template = 'review_received_guest'), 'review review',
  'the app tells Grace of a review of which she wants no e-mail');
rollback to alone;

-- Offers, with and without words

select tests.become('grace');
select public.send_inquiry(tests.id('question'), tests.id('mill'), '2031-07-02', '2031-07-05', 'Is it free?');
select tests.back();
select pg_temp.news(), pg_temp.events();
savepoint asked;
select tests.become('ada');
select public.preapprove_inquiry(tests.id('yes'), tests.id('question'));
select tests.back();
select is(pg_temp.news(), 'inquiry_preapproved to grace', 'Grace hears of a pre-approval without words');
select is(pg_temp.events(), 'offer.open', 'webhooks are sent the pre-approval');
select is(pg_temp.facts('inquiry_preapproved') - '{until,recipient_name,city}'::text[], jsonb_build_object('listing_title', 'Mill', 'other_name', 'Ada',
  'check_in', '2031-07-02', 'check_out', '2031-07-05', 'guests', 1, 'currency', 'EUR', 'exponent', 2, 'total_minor', null,
  'words', null), 'the e-mail about a pre-approval has what Grace needs to know');
select tests.become('ada');
select public.withdraw_offer(tests.id('yes')), public.withdraw_offer(tests.id('yes'));
select tests.back();
select is(pg_temp.news(), 'offer_withdrawn to grace',
  'Grace is told when the pre-approval is withdrawn');
select is(pg_temp.facts('inquiry_preapproved'), null,
  'the e-mail about a withdrawn pre-approval is not sent');
rollback to asked;
select tests.become('ada');
select public.send_special_offer(tests.id('cheap'), tests.id('question'), 20000, message => 'For you.');
select tests.back();
select is(pg_temp.news(), 'offer_received to grace',
  'Grace is told once of a pre-approval with words');
select is(pg_temp.facts('offer_received') ->> 'words', 'For you.',
  'the e-mail has the words of the pre-approval');
select is(pg_temp.facts('offer_received') ->> 'total_minor', (select (priced).total_minor::text from private.offer_prices),
  'the e-mail has all that Grace would pay');
select tests.become('ada');
select public.send_message(gen_random_uuid(), conversation_id, 'Until tomorrow.') from public.conversations;
select tests.back();
select is(pg_temp.news(), 'message_received to grace', 'what Ada writes afterwards has a letter of its own');
select tests.become('grace');
select public.decline_offer(tests.id('cheap'));
select tests.back();
select is(pg_temp.news(), 'offer_declined to ada', 'Ada hears that Grace says no');
select is(pg_temp.facts('offer_declined') ->> 'total_minor', null,
  'Ada is not told what Grace would have paid');
rollback to alone;

-- Calendars

select tests.book('stay', 'grace', 'mill', '2031-07-10', '2031-07-13');
select tests.money('stay', 'succeeded');
select tests.book('hold', 'alan', 'mill', '2031-08-10', '2031-08-13');
insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
values (tests.id('feed'), tests.id('mill'), 'Elsewhere', 'https://example.com/a.ics', private.now(), private.now());
select pg_temp.news(), pg_temp.events();
create function pg_temp.import(uid text, check_in date, check_out date) returns void language sql as $$
  insert into public.imported_events (event_id, feed_id, listing_id, uid, check_in, check_out)
  values (tests.id(uid), tests.id('feed'), tests.id('mill'), uid, check_in, check_out)
$$;
select pg_temp.import('echo', '2031-07-10', '2031-07-13');
select is(pg_temp.news(), null, 'the echo of our own booking is no conflict');
select pg_temp.import('free', '2031-07-20', '2031-07-23'), pg_temp.import('over a hold', '2031-08-11', '2031-08-12');
select is(pg_temp.news(), null,
  'what takes free nights, or those of an unpaid hold, is no conflict');
select pg_temp.import('guest', '2031-07-12', '2031-07-15');
select is(pg_temp.news(), 'calendar_conflict to ada, calendar_conflict to hedy', 'a guest elsewhere is one, and its hosts hear of it');
select is(pg_temp.events(), 'calendar.conflict', 'webhooks are sent the conflict');
select is(pg_temp.facts('calendar_conflict') - array['recipient_name', 'unsubscribe_token'],
  '{"listing_title": "Mill", "city": "Paris", "check_in": "2031-07-12", "check_out": "2031-07-15"}',
  'the e-mail names the nights of the conflict');
select tests.money('hold', 'succeeded');
select is(pg_temp.news(), 'booking_confirmed_guest to alan, booking_confirmed_host to ada, calendar_conflict to ada, calendar_conflict to hedy',
  'a hold that is paid later is a conflict too');
select private.tell_of_conflicts(array(select event_id from public.imported_events));
select is(pg_temp.news(), null, 'each conflict is told once');
delete from public.imported_events where uid = 'guest';
select is((select count(*) from private.commands where template = 'calendar_conflict'
  and private.facts_of(commands) is null), 2::bigint, 'gone again, the letters have nothing to say');
select pg_temp.events();
update public.calendar_feeds set failures = 2, last_error = 'unreachable';
select is(pg_temp.news(), null, 'a calendar that cannot be read twice may be back soon');
update public.calendar_feeds set failures = 3;
select is(pg_temp.news(), 'calendar_failing to ada, calendar_failing to hedy',
  'the hosts are told of a calendar that failed three times');
update public.calendar_feeds set failures = 4;
update public.calendar_feeds set failures = 0;
update public.calendar_feeds set failures = 3;
select is(pg_temp.news(), null, 'a calendar that fails is told once');
update public.calendar_feeds set failures = 0, last_success_at = private.now() + interval '1 hour';
update public.calendar_feeds set failures = 3;
select is(pg_temp.news(), 'calendar_failing to ada, calendar_failing to hedy',
  'a calendar that fails again after it was read is told again');
rollback to alone;

-- Hosting together

update private.settings set addresses_are_confirmed = true;
create function pg_temp.invite(name text, address text) returns void language plpgsql as $$
begin
  perform tests.become('ada');
  perform public.invite_cohost(tests.id(name), tests.id('mill'), 'full', email => address);
  perform tests.back();
end $$;
select pg_temp.invite('to alan', 'alan@example.com');
select is(pg_temp.news(), 'cohost_invited to alan', 'Alan hears of it');
select is((select (recipient, locale)::text from public.claim_commands(100) where facts ->> 'recipient_name' = 'Alan'), '(alan@example.com,en)',
  'Alan is sent the invitation at his address');
select pg_temp.invite('to nobody', 'nobody@example.com');
select is(pg_temp.news(), 'cohost_invited to nobody@example.com', 'somebody without an account hears of it too');
update public.private_profiles set locale = 'fr' where profile_id = tests.person('ada');
select results_eq($$ select recipient, locale, facts from public.claim_commands(100) where template = 'cohost_invited' $$,
  $$ values ('nobody@example.com', 'fr', jsonb_build_object('listing_title', 'Mill', 'city', 'Paris', 'other_name', 'Ada',
       'recipient_name', '', 'until', timestamptz '2031-06-20 12:00+00', 'invitation_id', tests.id('to nobody'),
       'code', (select private.invitation_code(cohost_invitations) from public.cohost_invitations
         where invitation_id = tests.id('to nobody')))) $$,
  'the invitation is in the language of who asks, without a link to unsubscribe');
select tests.become('ada');
select results_eq($$ select status::text, profile_id is null from public.cohost_invitations where email is not null order by email $$,
  $$ values ('open', true), ('open', true) $$, 'Ada reads the same of both');
select is((select count(*) from public.notifications where template = 'cohost_invited'), 0::bigint,
  'an invitation by e-mail is no notification in the app');
select tests.back();
savepoint invited;
select tests.become('alan');
select public.accept_cohost_invitation(tests.id('to alan'));
select tests.back();
select is(pg_temp.news(), 'cohost_accepted to ada', 'Ada hears that he accepts');
select is(pg_temp.facts('cohost_accepted') ->> 'other_name', 'Alan',
  'the e-mail has the name of who accepted');
select is((select count(*) from private.commands where template = 'cohost_invited' and private.facts_of(commands) is not null),
  1::bigint, 'an invitation that was accepted is not sent any more');
select tests.become('ada');
select public.remove_cohost(tests.id('mill'), tests.person('alan'));
select tests.back();
select is(pg_temp.news(), 'cohost_removed to alan', 'Alan is told that Ada removed him');
rollback to invited;
select tests.become('alan');
select public.decline_cohost_invitation(tests.id('to alan'));
select tests.back();
select is(pg_temp.news(), 'cohost_declined to ada', 'Ada is told that Alan declines');
select is(pg_temp.facts('cohost_declined') ->> 'other_name', null,
  'the e-mail about a declined invitation names nobody');
rollback to invited;
select tests.become('hedy');
select public.remove_cohost(tests.id('mill'), tests.person('hedy'));
select tests.back();
select is(pg_temp.news(), null, 'a co-host who leaves knows');
rollback to invited;
select tests.become('alan');
select public.block_person(tests.person('ada'));
select tests.back();
select pg_temp.invite('again', 'alan@example.com');
select is(pg_temp.news(), null, 'whom Alan blocks does not reach him, and is not told');
rollback to alone;

-- Money

select tests.book('next', 'grace', 'mill', '2031-07-10', '2031-07-13');
select tests.money('next', 'succeeded');
select pg_temp.news();
update public.payments set charge_at = private.now(), captured_minor = 0, captured_at = null, status = 'pending'
where booking_id = tests.id('next');
update public.payments set status = 'captured', captured_minor = amount_minor, captured_at = private.now()
where booking_id = tests.id('next');
select is(pg_temp.news(), 'charge_made to grace', 'Grace hears of a later charge');
select is(pg_temp.facts('charge_made') ->> 'moved_minor', (select captured_minor::text from public.payments where booking_id = tests.id('next')),
  'the e-mail about a later charge has its amount');
insert into public.refunds (payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
select payment_id, booking_id, guest_id, currency, 100, reason, private.now()
from public.payments, unnest(array['dashboard', 'cancelled_by_guest']::public.refund_reason[]) as reason where booking_id = tests.id('next');
select is(pg_temp.news(), 'refund_made to grace',
  'Grace is told of a refund from the dashboard and of no other');
select is(pg_temp.facts('refund_made') ->> 'moved_minor', '100',
  'the e-mail about a refund has its amount');
update public.payouts set status = 'paid', paid_at = private.now(), stripe_transfer_id = 'tr_1'
where booking_id = tests.id('next');
select is(pg_temp.news(), 'payout_sent to ada', 'Ada hears of her payout');
select is(pg_temp.facts('payout_sent') ->> 'moved_minor',
  (select (amount_minor - withheld_minor)::text from public.payouts where booking_id = tests.id('next')),
  'the e-mail about a payout has its amount');
insert into public.host_accounts (host_id, stripe_account_id, country_code, status, created_at, looked_at)
values (tests.person('ada'), 'acct_1', 'FR', 'new', private.now(), private.now())
on conflict (host_id) do update set status = 'new';
select pg_temp.news();
update public.host_accounts set status = new_status::public.host_account_status
from (values ('active')) as change (new_status);
select is(pg_temp.news(), 'payouts_ready to ada', 'Ada is told that she can be paid');
update public.host_accounts set status = 'restricted';
select is(pg_temp.news(), 'payouts_halted to ada', 'Ada is told that she can no longer be paid');
rollback to alone;

-- Disputes

select is(pg_temp.disputed('dp_1', 'needs_response'), 'payment_disputed to ada', 'Ada hears that a bank disputes');
select is((select status || ' ' || reason from public.payouts where booking_id = tests.id('visit')), 'blocked disputed',
  'an open dispute is why Ada''s payout waits');
select isnt(pg_temp.facts('payment_disputed'), null,
  'the e-mail about the dispute has its facts');
select is(pg_temp.disputed('dp_1', 'under_review'), null,
  'a dispute that is reported again is told once');
savepoint disputed;
select is(pg_temp.disputed('dp_1', 'won'), 'dispute_won to ada',
  'Ada is told that the dispute was won');
select is(pg_temp.facts('payment_disputed'), null, 'what was not sent by then is not sent');
select is(pg_temp.disputed('dp_1', 'won'), null, 'a dispute that is won again is told once');
select is(pg_temp.disputed('dp_2', 'needs_response'), 'payment_disputed to ada',
  'Ada is told of another dispute');
rollback to disputed;
select is(pg_temp.disputed('dp_1', 'lost'), 'dispute_lost to ada',
  'Ada is told that a dispute is lost');
rollback to alone;
select is(pg_temp.disputed('dp_1', 'lost'), 'dispute_lost to ada',
  'Ada is told of a lost dispute that was not known before');
rollback to alone;
select is(pg_temp.disputed('dp_1', 'won'), null, 'what was won before we heard of it is not told');
rollback to alone;
select is(pg_temp.disputed('dp_1', 'warning_needs_response'), 'payment_disputed to ada', 'an inquiry that freezes a payout is told');
savepoint asked;
select is(pg_temp.disputed('dp_1', 'warning_closed'), 'dispute_won to ada',
  'Ada is told that an inquiry is over');
rollback to asked;
select is(pg_temp.disputed('dp_1', 'needs_response'), null,
  'an inquiry that becomes a dispute is not told again');
rollback to alone;
update public.payouts set status = 'paid', paid_at = private.now(), stripe_transfer_id = 'tr_1'
where booking_id = tests.id('visit');
select pg_temp.news();
savepoint paid;
select is(pg_temp.disputed('dp_1', 'warning_needs_response'), null, 'an inquiry after the payout is not told');
savepoint asked;
select is(pg_temp.disputed('dp_1', 'warning_closed'), null,
  'the end of an inquiry after the payout is not told');
rollback to asked;
select is(pg_temp.disputed('dp_1', 'needs_response'), 'payment_disputed to ada',
  'Ada is told when an inquiry after the payout becomes a dispute');
rollback to alone;

-- What went wrong

select tests.at('2031-06-04 12:00+00');
select tests.become('grace');
select public.file_complaint(tests.id('mice'), tests.id('visit'), (enum_range(null::public.complaint_category))[1], 'Mice.');
select tests.become('ada');
select public.answer_complaint(tests.id('mice'), 'One mouse.');
select public.answer_complaint(tests.id('mice'), 'One mouse.');
select tests.back();
select is(pg_temp.news(), 'complaint_answered to grace, complaint_filed to ada', 'a complaint and its answer are told');
select is(pg_temp.events(), 'complaint.open, payout.blocked',
  'webhooks are sent the complaint and what it stops');
update public.listings set damage_claims = true where listing_id = tests.id('mill');
select tests.become('ada');
select public.claim_damage(tests.id('wheel'), tests.id('visit'), 8000, 'The wheel.');
select tests.become('grace');
select public.accept_damage_claim(tests.id('wheel'));
select tests.back();
select is(pg_temp.news(), 'damage_accepted to ada, damage_claimed to grace',
  'guest and host are told of a claim and of its acceptance');
select is(pg_temp.events(), 'damage_claim.open, damage_claim.owed',
  'webhooks are sent each step of a damage claim');

-- What staff decide

select tests.become('grace');
select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
select tests.back();
select is(pg_temp.news(), 'report_received to grace', 'Grace hears that her report came');
savepoint reported;
select tests.become('sam');
select public.staff_decide_report(tests.id('report'), '{warn}', 'It is true.', 'Do not.');
select tests.back();
select is(pg_temp.news(), 'decision_made to ada, report_decided to grace', 'a decision is told to both sides');
select is(pg_temp.facts('decision_made') - 'recipient_name' - 'city', '{"measure": "warn", "words": "Do not.", "listing_title": "Mill"}',
  'the person who was warned is told in the words of staff');
select is(pg_temp.facts('report_decided') - 'recipient_name', '{"acted": true}',
  'the person who reported is told that something was done, and no more');
select is((select string_agg(distinct kind, ' ') from public.notifications where template in ('decision_made', 'report_decided')),
  'account', 'notifications of decisions are of a kind that cannot be turned off');
rollback to reported;
select tests.become('sam');
select public.staff_decide_report(tests.id('report'), '{dismiss}', 'It is not.');
select tests.back();
select is(pg_temp.news(), 'report_decided to grace', 'dismissed, only Grace hears of it');
select is(pg_temp.facts('report_decided') - 'recipient_name', '{"acted": false}',
  'Grace is told that nothing was found');
rollback to alone;
update public.profiles set superhost = true where profile_id = tests.person('ada');
select is(pg_temp.news(), 'superhost_gained to ada', 'a superhost hears of it');
select tests.at('2031-10-01 12:00+00');
update public.profiles set superhost = false where profile_id = tests.person('ada');
select is(pg_temp.news(), 'superhost_lost to ada',
  'a host is told that they are not a superhost any more');

-- Nobody who is gone is told anything

rollback to alone;
select tests.become('grace');
select public.send_inquiry(tests.id('question'), tests.id('mill'), '2031-07-02', '2031-07-05', 'Is it free?');
select tests.become('ada');
select public.preapprove_inquiry(tests.id('yes'), tests.id('question'));
select tests.back();
select pg_temp.news();
delete from auth.users where id = tests.person('grace');
select is(pg_temp.news(), null, 'whoever is gone is told nothing, nor anybody about it');

select * from finish();
rollback;
