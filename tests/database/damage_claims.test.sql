-- Damage claims: what a host claims, what the guest says, what the card is charged and whose the money is.
--
-- Two nights in Ada's mill from 2031-06-10 at 15:00 to 06-12 at 11:00 in Paris (13:00 and 09:00 UTC) cost 200.00; Grace
-- pays 228.20, Ada gets 194.00 and has been paid. The card was saved, for Ada claims damage.

begin;
select no_plan();

select tests.at('2031-05-01 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy']) as name;
update public.listings set damage_claims = true;
insert into private.staff (profile_id) values (tests.person('sam'));
insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'active', 'FR', 'acct_ada', private.now(), private.now());
select tests.cohost('mill', 'hedy', 'full');
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
select private.save_card(tests.id('visit'), 'pm_1');

create function pg_temp.claiming(amount bigint default 5000, id text default 'cup', booking text default 'visit', words text default 'A cup.')
  returns text
  language sql
  return format('select * from public.claim_damage(tests.id(%L), tests.id(%L), %s, %L)', id, booking, coalesce(amount::text, 'null'), words);
create function pg_temp.doing(verb text, more text default '', id text default 'cup') returns text
  language sql
  return format('select * from public.%s_damage_claim(tests.id(%L)%s)', verb, id, more);
create function pg_temp.deciding(award bigint, id text default 'cup') returns text
  language sql
  return pg_temp.doing('staff_decide', format(', %s, ''We looked.''', coalesce(award::text, 'null')), id);
create function pg_temp.says(who text, statement text) returns text language plpgsql as $$
declare
  said text;
begin
  perform tests.become(who);
  execute format('select to_jsonb(told) ->> ''status'' from (%s) as told', statement) into said;
  perform tests.back();
  return said;
end $$;
-- What the worker does with what is ordered. The damage's intent is called pi_cup.
create function pg_temp.work(card text default 'pays') returns text language plpgsql as $$
declare
  command public.command_to_run;
  done    text[] := '{}';
begin
  perform private.release_payouts(10);
  for command in select * from private.claim_commands(100) order by created_at loop
    case command.kind
      when 'create_intent' then perform private.record_intent(command.payment_id, 'pi_cup');
      when 'charge' then
        if card = 'pays' then
          perform private.apply_payment_intent(null, command.payment_id, 'pi_cup', 'succeeded', command.amount_minor,
            command.amount_minor, 'eur', 'ch_cup', null, null);
        else
          perform private.refuse_charge(command.payment_id, card);
        end if;
      when 'cancel_intent' then
        perform private.apply_payment_intent(null, command.payment_id, 'pi_cup', 'canceled', command.amount_minor, 0, 'eur',
          null, null, null);
      when 'transfer' then
        perform private.apply_transfer(null, command.payout_id, 'tr_' || command.payout_id, command.amount_minor, 'eur');
      when 'reverse_transfer' then perform private.apply_reversal(command.reversal_id, 'trr_' || command.reversal_id);
      when 'refund' then perform private.apply_refund(null, command.refund_id, 're_' || command.refund_id, 'succeeded');
      else null;
    end case;
    perform private.finish_command(command.command_id);
    if command.kind not in ('send_mail', 'reconcile') then
      done := done || command.kind::text;
    end if;
  end loop;
  return array_to_string(done, ' ');
end $$;
create function pg_temp.claim() returns text language sql as $$
  select concat_ws(' ', damage_claims.status, award_minor, 'payment ' || payments.status, 'of ' || payments.amount_minor,
    'refunded ' || nullif(refunded_minor, 0), 'payout ' || payouts.status, payouts.amount_minor,
    'back ' || nullif(taken_back_minor, 0), payouts.reason)
  from public.damage_claims left join public.payments using (payment_id) left join public.payouts using (payment_id)
  where claim_id = tests.id('cup')
$$;
create function pg_temp.booked() returns text language sql as $$
  select string_agg(account || ' ' || minor, ', ' order by account::text) from (
    select account, sum(amount_minor) as minor from private.ledger_entries
    where booking_id = tests.id('visit') group by account having sum(amount_minor) <> 0) as accounts
$$;
create function pg_temp.books_agree() returns text language sql as $$
  select is_empty('select * from private.reconciliation_report() where difference = ''ledger_differs''', 'and the books agree')
$$;
create function pg_temp.mails() returns text language sql as $$
  select string_agg(template || ' to ' || display_name, ', ' order by template)
  from private.commands join public.profiles on profile_id = recipient_id
  where kind = 'send_mail' and (template like 'damage%')
$$;

savepoint start;

-- When it can be claimed, by whom, how much

select tests.at('2031-06-10 12:59:59+00');
select is(tests.outcome('ada', pg_temp.claiming()), 'stay_not_begun', 'nothing breaks before check-in');
select tests.at('2031-06-10 13:00+00');
select is(tests.outcome('ada', pg_temp.claiming()), '1', 'damage can be claimed from check-in on');
select is(tests.outcome('hedy', pg_temp.claiming()), '1', 'a co-host too can claim damage');
select is(tests.outcome(who, pg_temp.claiming()), 'booking_not_found', who || ' claims nothing')
from unnest(array['grace', 'margaret', 'sam']) as who;
select is(tests.outcome('ada', pg_temp.claiming(words => ' ')), 'claim_incomplete',
  'a claim needs a description');
select is(tests.outcome('ada', pg_temp.claiming(words => repeat('a', 2001))), 'message_too_long',
  'a description of 2001 characters is too long');
select is(tests.outcome('ada', pg_temp.claiming(amount)), outcome, format('%s: %s', amount, outcome))
from (values (null::bigint, 'invalid_damage'), (-1, 'invalid_damage'), (0, 'invalid_damage'), (49, 'invalid_damage'), (50, '1'),
  (500000, '1'), (500001, 'invalid_damage')) as tried (amount, outcome);
select tests.at('2031-06-12 10:00+00');
select private.complete_stays(10);
select tests.at('2031-06-26 09:00+00');
select is(tests.outcome('ada', pg_temp.claiming()), '1',
  'damage may be claimed until 14 days after check-out, to the second');
select tests.at('2031-06-26 09:00:01+00');
select is(tests.outcome('ada', pg_temp.claiming()), 'claim_too_late',
  'a claim 14 days and a second after check-out is too late');
rollback to start;

select tests.at('2031-06-09 12:00+00');
select tests.become('grace');
select public.cancel_booking(tests.id('visit'));
select tests.back();
select tests.at('2031-06-11 12:00+00');
select is(tests.outcome('ada', pg_temp.claiming()), 'stay_not_begun',
  'a guest who cancelled before check-in broke nothing');
rollback to start;

select tests.at('2031-06-10 20:00+00');
select tests.become('grace');
select public.cancel_booking(tests.id('visit'));
select tests.back();
select is(tests.outcome('ada', pg_temp.claiming()), '1',
  'a claim against a guest who left early is accepted');
rollback to start;

select tests.at('2031-06-10 20:00+00');
select pg_temp.says('ada', 'select * from public.report_no_show(tests.id(''visit''))');
select tests.at('2031-06-13 20:00+00');
select private.settle_no_shows(10);
select is(tests.outcome('ada', pg_temp.claiming()), 'not_confirmed',
  'a claim against a guest who never came is refused');
select is(tests.outcome('sam', format('select public.staff_decide_damage_claim(tests.id(''cup''), 0, %L)', words)),
  'reason_required', 'staff decide for a reason')
from unnest(array[null, ' ', repeat('a', 2001)]) as words;
rollback to start;

-- The guest accepts: the card is charged once, and all of it is the host's

select tests.at('2031-06-12 12:00+00');
select private.complete_stays(10);
select pg_temp.work();
select is(pg_temp.booked(), 'platform -3420, stripe_balance 3420', 'the stay is paid out');
savepoint over;
select is(pg_temp.says('ada', pg_temp.claiming()), 'open', 'Ada claims 50.00 for a broken cup');
select is(pg_temp.says('ada', pg_temp.claiming()), 'open',
  'the same claim again is answered with the first one');
select is(tests.outcome('ada', pg_temp.claiming(6000)), 'id_reused', 'the same id is for the same amount');
select is(tests.outcome('ada', pg_temp.claiming(id => 'plate')), 'claim_open',
  'a stay has one open claim at a time');
select is(pg_temp.mails(), 'damage_claimed to Grace', 'Grace is told, once');
select is(tests.outcome('sam', pg_temp.deciding(5000)), 'claim_waits_for_guest', 'staff wait for her');
select is(tests.outcome(who, pg_temp.doing('accept')), 'claim_not_found', who || ' does not accept for her')
from unnest(array['ada', 'hedy', 'margaret', 'sam']) as who;
savepoint claimed;

select is(pg_temp.says('grace', pg_temp.doing('accept')), 'owed', 'Grace accepts the claim');
select is(pg_temp.says('grace', pg_temp.doing('accept')), 'owed',
  'accepting a claim twice changes nothing');
select is((select count(*)::integer from public.payments), 2, 'an accepted claim has one payment');
select is(tests.outcome('grace', pg_temp.doing('dispute')), 'claim_closed',
  'Grace cannot object to a claim that she has accepted');
select is(tests.outcome('ada', pg_temp.doing('withdraw')), 'claim_closed',
  'Ada cannot withdraw a claim that was accepted');
select is(pg_temp.work(), 'create_intent', 'the payment of an accepted claim gets one intent');
savepoint intent;
select is(pg_temp.work(), 'charge', 'an accepted claim is charged to the saved card');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout scheduled 5000', 'all of it is the host''s');
select is(pg_temp.mails(), 'damage_accepted to Ada, damage_claimed to Grace, damage_paid_guest to Grace, damage_paid_host to Ada',
  'guest and host are sent an e-mail about the paid claim');
select is(pg_temp.work(), 'transfer', 'the payout of the claim is sent at once');
select is(pg_temp.work(), '', 'a paid claim leaves no command behind');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout paid 5000',
  'a claim is paid when its payout is');
select is(pg_temp.booked(), 'platform -3420, stripe_balance 3420', 'the marketplace has no share of it');
select pg_temp.books_agree();
select is(private.order_charges(10), 0, 'nothing is charged again');
select is(pg_temp.says('grace', pg_temp.doing('accept')), 'paid',
  'accepting a paid claim again changes nothing');
select is((select array_agg(amount_minor order by instalment) from public.payouts), array[19400, 5000]::bigint[],
  'the payout of the stay is as it was');
savepoint paid;

-- A refund of it, from the dashboard: whose loss it is

select is(private.import_refund(null, 're_1', 'pi_cup', 2000, 'succeeded'), 'imported', 'an operator gives 20.00 of it back');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 refunded 2000 payout paid 5000 back 2000', 'the host gives it back');
select is((select sum(taken_back_minor)::integer from public.payouts), 2000,
  'a refund of the claim takes nothing back from the stay');
select is(pg_temp.work(), 'reverse_transfer', 'the host gives back a refund by a reversal');
select is(pg_temp.booked(), 'platform -3420, stripe_balance 3420',
  'a refund of the claim is no loss for the marketplace');
select pg_temp.books_agree();
select is(private.apply_refund(null, (select refund_id from public.refunds), 're_1', 'failed'), 'failed',
  'the refund of the claim fails after all');
select is((select string_agg(concat_ws(' ', part, status, amount_minor, nullif(taken_back_minor, 0)), ', ' order by part)
  from public.payouts where instalment = 2), '1 paid 5000 2000, 2 scheduled 2000', 'the host gets it again');
select is_empty($$ select problem from private.payment_problems where problem = 'host_underpaid' $$,
  'a host who gets it again is not underpaid');
rollback to paid;

-- A bank takes it back

select is(private.apply_dispute(null, 'dp_1', 'pi_cup', 'needs_response', 5000, 'eur', 5000, 0, 0), 'open',
  'the guest''s bank disputes the payment of the claim');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout paid 5000', 'nothing is lost yet');
select is(private.apply_dispute(null, 'dp_1', 'pi_cup', 'lost', 5000, 'eur', 5000, 0, 0), 'lost',
  'the dispute about the claim is lost');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout reversed 5000 back 5000', 'the host loses it');
select is((select array_agg(taken_back_minor order by instalment) from public.payouts), array[0, 5000]::bigint[],
  'a lost dispute takes back the payout of the claim alone');
select is(pg_temp.work(), 'reverse_transfer', 'the lost claim comes back by a reversal');
select is(pg_temp.booked(), 'platform -3420, stripe_balance 3420',
  'a lost dispute leaves the stay as it was');
select pg_temp.books_agree();
rollback to paid;

select private.apply_dispute(null, 'dp_1', 'pi_cup', 'needs_response', 5000, 'eur', 5000, 0, 0);
select private.apply_dispute(null, 'dp_1', 'pi_cup', 'won', 5000, 'eur', 5000, 5000, 0);
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout paid 5000',
  'a dispute that is won leaves the claim paid');
select pg_temp.books_agree();
rollback to paid;

-- Before the payout has left

rollback to intent;
select pg_temp.work();
select private.import_refund(null, 're_1', 'pi_cup', 2000, 'succeeded');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 refunded 2000 payout scheduled 3000',
  'a refund before the payout makes the payout smaller');
select private.import_refund(null, 're_2', 'pi_cup', 3000, 'succeeded');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 refunded 5000 payout cancelled 3000 nothing_due',
  'a full refund before the payout cancels it');
select is(pg_temp.work(), '', 'a cancelled payout sends nothing');
select is(pg_temp.booked(), 'platform -3420, stripe_balance 3420', 'every account is as before');
select pg_temp.books_agree();
rollback to intent;

-- While the transfer is under way

select pg_temp.work();
select private.release_payouts(10);
select private.claim_commands(100);
select private.import_refund(null, 're_1', 'pi_cup', 2000, 'succeeded');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 refunded 2000 payout sent 5000',
  'a refund of the claim waits for a payout under way');
select private.apply_transfer(null, payout_id, 'tr_x', 5000, 'eur') from public.payouts where status = 'sent';
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 refunded 2000 payout paid 5000 back 2000',
  'a payout under way is taken back by what was refunded');
select pg_temp.work();
select pg_temp.books_agree();
rollback to intent;

-- The card refuses: the guest may pay, and if nobody does nothing is owed by anyone but in the books of staff

select is(pg_temp.work('expired_card'), 'charge', 'the card refuses the charge for the claim');
select is(pg_temp.claim(), 'owed 5000 payment pending of 5000',
  'a claim that the card refused is still owed');
select is(pg_temp.mails(), 'damage_accepted to Ada, damage_claimed to Grace, damage_refused to Grace',
  'Grace is sent an e-mail about the refused charge');
select is(tests.outcome('ada', pg_temp.claiming(id => 'plate')), 'claim_open',
  'no second claim can be opened while one is owed');
savepoint refused;
select tests.become('grace');
select is((public.start_payment(tests.id('visit'))).stripe_intent_id, 'pi_cup', 'create-payment shows her the same intent');
select tests.back();
select is(private.apply_payment_intent(null, null, 'pi_cup', 'succeeded', 5000, 5000, 'eur', 'ch_cup', null, null), 'captured',
  'a guest pays a claim with another card');
select is(pg_temp.claim(), 'paid 5000 payment captured of 5000 payout scheduled 5000',
  'a claim that is paid with another card is paid');
rollback to refused;
select tests.at('2031-07-12 12:00+00');
select private.let_unpaid_charges_go(10);
select is(pg_temp.work(), 'cancel_intent', 'the intent of a claim that nobody pays is cancelled');
select is(pg_temp.claim(), 'unpaid 5000 payment cancelled of 5000',
  'a claim that nobody pays is unpaid');
select is((select status::text from public.bookings where booking_id = tests.id('visit')), 'completed',
  'an unpaid claim leaves the stay as it was');
select is(tests.outcome('grace', pg_temp.doing('accept')), 'claim_closed',
  'an unpaid claim cannot be accepted any more');
select matches(pg_temp.mails(), 'damage_unpaid to Ada',
  'Ada is sent an e-mail about the unpaid claim');
select is(pg_temp.work(), '', 'an unpaid claim is not charged any more');
select pg_temp.books_agree();
rollback to claimed;

-- No card was saved: the guest is asked to pay

delete from private.saved_cards;
select pg_temp.says('grace', pg_temp.doing('accept'));
select is(pg_temp.work(), 'create_intent', 'the intent is made');
select is(pg_temp.work('no_card'), 'charge', 'a claim without a saved card is not charged');
select is((select pay_by is not null from public.payments where purpose = 'damage'), true, 'the guest may pay');
rollback to claimed;

-- A guest is not written to without end

update private.settings set attempts_per_stay = 1;
select is(pg_temp.says('ada', pg_temp.doing('withdraw')), 'withdrawn', 'Ada withdraws a claim');
select is(tests.outcome('ada', pg_temp.claiming(id => 'again')), 'too_many_attempts',
  'Ada claims no more than the limit');
rollback to claimed;

-- The guest objects, or says nothing: staff decide

select is(pg_temp.says('grace', pg_temp.doing('dispute', ', ''It was cracked.''')), 'disputed',
  'Grace objects to the claim');
select is(pg_temp.says('grace', pg_temp.doing('dispute', ', ''Still.''')), 'disputed',
  'objecting to a claim twice changes nothing');
select is((select objection from public.damage_claims), 'It was cracked.',
  'an objection to a claim keeps its first words');
select is(tests.outcome('ada', pg_temp.doing('dispute')), 'claim_not_found', 'Ada does not object to herself');
savepoint disputed;
select is(tests.outcome(who, pg_temp.deciding(5000)), 'staff_only', who || ' does not decide') from unnest(array['ada', 'grace']) as who;
savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['ada', 'grace']) as who;
select is(tests.outcome(who, pg_temp.deciding(5000)), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['ada', 'grace']) as who;
rollback to impartial;
select is(tests.outcome('sam', pg_temp.deciding(amount)), 'invalid_damage', coalesce(amount::text, 'null') || ' is no award')
from unnest(array[-1, 49, 5001, null]::bigint[]) as amount;
select is(tests.outcome('sam', pg_temp.deciding(100, 'plate')), 'claim_not_found',
  'staff award nothing for a claim that does not exist');
select is(pg_temp.says('sam', pg_temp.deciding(3000)), 'owed', 'Sam finds 30.00 right');
select is(pg_temp.says('sam', pg_temp.deciding(3000)), 'owed',
  'awarding the same amount twice changes nothing');
select is(tests.outcome('sam', pg_temp.deciding(4000)), 'claim_closed',
  'an award cannot be changed');
select is((select count(*)::integer from public.payments where purpose = 'damage'), 1,
  'an award creates one payment');
select pg_temp.work();
select is(pg_temp.work(), 'charge', 'an award is charged to the saved card');
select is(pg_temp.claim(), 'paid 3000 payment captured of 3000 payout scheduled 3000',
  'an awarded claim is paid');
select is(pg_temp.mails(), 'damage_claimed to Grace, damage_decided_guest to Grace, damage_decided_host to Ada, '
  || 'damage_disputed to Ada, damage_paid_guest to Grace, damage_paid_host to Ada', 'everyone is told of everything');
select is(tests.outcome('ada', pg_temp.claiming(497001, 'roof')), 'invalid_damage', 'all claims of a stay have one bound');
select is(tests.outcome('ada', pg_temp.claiming(497000, 'roof')), '1',
  'a claim within the remaining limit is accepted');
rollback to disputed;
select is(pg_temp.says('sam', pg_temp.deciding(0)), 'dismissed', 'Sam dismisses a claim');
select is(pg_temp.says('sam', pg_temp.deciding(0)), 'dismissed',
  'dismissing a claim twice changes nothing');
select is(pg_temp.work(), '', 'a dismissed claim is not charged');
select is(tests.outcome('ada', pg_temp.claiming(500000, 'roof')), '1', 'what was dismissed does not count');
rollback to disputed;
select is(pg_temp.says('grace', pg_temp.doing('accept')), 'owed', 'Grace may still accept');
rollback to disputed;
select is(pg_temp.says('ada', pg_temp.doing('withdraw')), 'withdrawn', 'Ada may take it back');
select is(pg_temp.says('ada', pg_temp.doing('withdraw')), 'withdrawn',
  'withdrawing a claim twice changes nothing');
select is(tests.outcome('sam', pg_temp.deciding(5000)), 'claim_closed',
  'a withdrawn claim cannot be decided');
rollback to claimed;

select tests.at('2031-06-13 12:00+00');
select is(tests.outcome('sam', pg_temp.deciding(5000)), 'claim_waits_for_guest',
  'staff cannot decide within the guest''s 24 hours');
select tests.at('2031-06-13 12:00:01+00');
select is(tests.outcome('sam', pg_temp.deciding(5000)), '1',
  'staff decide without the guest after 24 hours');
select is(tests.outcome('grace', pg_temp.doing('dispute')), '1',
  'the guest may still object until staff have decided');
rollback to claimed;

-- Who sees it, who is forgotten

select pg_temp.says('grace', pg_temp.doing('dispute', ', ''No.'''));
select is(tests.outcome(who, 'select from public.damage_claims'), sees, who || ' sees ' || sees)
from (values ('grace', '1'), ('ada', '1'), ('hedy', '1'), ('sam', '1'), ('margaret', '0'), ('anon', '42501')) as sight (who, sees);
select is(tests.outcome('ada', 'update public.damage_claims set award_minor = 1'), '42501',
  'nobody writes damage claims directly');
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'x');
select is(tests.outcome('grace', pg_temp.doing('accept')), 'account_suspended', 'a suspended guest does nothing');
delete from auth.users where id in (tests.person('grace'), tests.person('ada'));
select is((select damage || objection from public.damage_claims), '', 'the words of people who left are forgotten');

select * from finish();
rollback;
