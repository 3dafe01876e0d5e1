-- Payouts by hand: staff record what a host was paid outside Stripe, once, and the books follow.
--
-- Two nights in Ada's mill cost 200.00, Grace pays 228.20 with the fee, Ada gets 194.00.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
insert into private.staff (profile_id) values (tests.person('sam')), (tests.person('ada'));
select tests.home('mill', 'ada');
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');

create function pg_temp.payout() returns text
  language sql
begin atomic
  select concat_ws(' ', status, amount_minor, 'withheld ' || nullif(withheld_minor, 0),
    'back ' || nullif(taken_back_minor, 0), reason, case when is_by_hand then 'by hand' end)
  from public.payouts where booking_id = tests.id('visit') and part = 1;
end;

create function pg_temp.balances() returns text
  language sql
begin atomic
  select string_agg(account || ' ' || minor, ', ' order by account::text)
  from (
    select account, sum(amount_minor) as minor from private.ledger_entries
    where booking_id = tests.id('visit') group by account having sum(amount_minor) <> 0) as accounts;
end;

create function pg_temp.record(paid_minor bigint, reason text default 'Wired on Monday.', who text default 'sam',
    payout_id uuid default null) returns text
  language sql
  return tests.outcome(who, format('select public.staff_record_payout(%L, %L, %L)',
    coalesce(payout_id, (select payouts.payout_id from public.payouts
      where payouts.booking_id = tests.id('visit') and payouts.part = 1)), paid_minor, reason));

-- The same, and it stays.
create function pg_temp.recorded(paid_minor bigint, part integer default 1) returns text
  language plpgsql
as $$
declare
  payout uuid := payout_id from public.payouts
    where payouts.booking_id = tests.id('visit') and payouts.part = recorded.part;
begin
  perform tests.become('sam');
  perform public.staff_record_payout(payout, paid_minor, 'Wired on Monday.');
  perform tests.back();
  return pg_temp.payout();
end $$;

create function pg_temp.owes(minor bigint) returns void
  language sql
begin atomic
  select private.post('penalty', 'test', bookings, host_debt => minor, platform => -minor)
  from public.bookings where booking_id = tests.id('visit');
end;

create function pg_temp.ready() returns text
  language sql
begin atomic
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (tests.person('ada'), 'FR', private.now(), private.now());
  select private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'active', false, '{}', private.now());
end;

-- Who, and what

select is(pg_temp.record(19400), 'payout_not_by_hand', 'what leaves by itself in time is not paid by hand');
savepoint start;
select private.record_stripe_fee(null, 'pi_visit', 1, 'usd');
select is(pg_temp.payout(), 'blocked 19400 settled_in_another_currency',
  'what settled in another currency waits for a person');
select is(pg_temp.record(19400, who => who), said, who || ' records no payout')
from (values ('grace', 'staff_only'), ('katherine', 'staff_only'), ('ada', 'own_case')) as asked (who, said);
select is(pg_temp.record(19400, words), 'reason_required', 'a payout is recorded with a reason')
from unnest(array[' ', repeat('a', 2001)]) as words;
select is(pg_temp.record(19400, payout_id => tests.id('nowhere')), 'payout_not_found',
  'what is recorded is a payout');
select is(pg_temp.record(paid), 'invalid_payout_amount', 'who owes nothing is paid neither more nor less')
from unnest(array[19399, 19401, 0, -1, null]) as paid;
select is(pg_temp.payout(), 'blocked 19400 settled_in_another_currency', 'what is refused changes nothing');
select is_empty('select * from private.payouts_by_hand', 'a payout that is refused leaves nothing behind');

-- It is paid

select is((select count(*) from private.payment_problems), 1::bigint, 'staff see that it waits');
select is(pg_temp.recorded(19400), 'paid 19400 by hand', 'staff record that they paid the host');
select is(pg_temp.balances(), 'by_hand -19400, platform -3420, stripe_balance 22820',
  'the money of the guest is still at Stripe, and the host was paid with other money');
select is_empty('select * from private.payment_problems', 'nobody has to look at it any more');
select is_empty('select * from private.reconciliation_report()', 'the report has nothing to say');
select is((select concat_ws(' ', kind, gross_minor, host_fee_minor, net_minor) from public.earnings),
  'payout 20000 600 19400', 'the host has earned it');
select is((select action from private.audit_log order by entry_id desc limit 1), 'payment_problem.removed',
  'what staff did is in the audit log');
select is((select count(*) from private.audit_log where action = 'payout.paid' and actor_id = tests.person('sam')),
  1::bigint, 'the audit log says who paid');
select is((select count(*) from private.commands where template = 'payout_sent'), 1::bigint,
  'the host is told that the money has been sent');
select is((select said from private.story_of_money(tests.id('visit')) where what = 'paid by hand'), 'Wired on Monday.',
  'the story of the booking has the reason');
savepoint paid;
select is(pg_temp.recorded(19400), 'paid 19400 by hand', 'to record it again is no error');
select is((select count(*) from private.payouts_by_hand), 1::bigint, 'a payout is recorded once');
select is(pg_temp.balances(), 'by_hand -19400, platform -3420, stripe_balance 22820', 'it is booked once');
select is(pg_temp.record(19000), 'payout_not_by_hand', 'another amount is another payment');

select pg_temp.ready();
select tests.at('2031-06-20 12:00+00');
select private.release_payouts(10);
select is_empty($$ select * from private.commands where kind = 'transfer' $$,
  'what was paid by hand is not transferred, when its time comes and the host is ready');
select is(private.apply_transfer(null, payout_id, 'tr_1', 19400, 'eur'), 'second_transfer',
  'a transfer that turns up after it is one too many')
from public.payouts;
select private.record_movements(
  array[('txn_1', 'ch_visit', 'ch_visit', 'charge', 'usd', 25102, '2031-05-20 12:00+00')]::public.stripe_movement[],
  private.now());
select is_empty(
  $$ select * from private.reconciliation_report()
     where difference not in ('payment_problem', 'command_overdue', 'receipt_missing') $$,
  'weeks later the report is silent about its payout, and about its fee and amount in dollars');
rollback to paid;

-- The host's share changes afterwards

select private.import_refund(null, 're_1', 'pi_visit', 11410, 'succeeded');
select is(pg_temp.payout(), 'paid 19400 back 9700 by hand', 'a refund takes back the share of what was paid by hand');
select is_empty($$ select * from private.commands where kind = 'reverse_transfer' $$,
  'there is no transfer to reverse');
select is((select concat_ws(' ', status, amount_minor) from private.reversals), 'owed 9700', 'the host owes it');
select private.apply_refund(null, refund_id, 're_1', 'failed') from public.refunds;
select is((select concat_ws(' ', part, status, amount_minor, reason) from public.payouts where part = 2),
  '2 scheduled 9700', 'what the share grows by again is another part');
select pg_temp.ready();
select private.release_payouts(10);
select is((select concat_ws(' ', part, status, amount_minor, reason) from public.payouts where part = 2),
  '2 blocked 9700 settled_in_another_currency', 'that part is not transferred either');
select pg_temp.recorded(0, 2);
select is((select concat_ws(' ', status, withheld_minor) from public.payouts where part = 2), 'paid 9700',
  'what the host owes is withheld, here all of it');
select is(pg_temp.balances(), 'by_hand -19400, platform -3420, stripe_balance 22820', 'both sides are even again');
rollback to start;

-- What a host owes

select private.record_stripe_fee(null, 'pi_visit', 1, 'usd');
select pg_temp.owes(5000);
select tests.become('sam');
select results_eq('select withheld_minor, is_by_hand from public.staff_payouts()', $$ values (5000::bigint, false) $$,
  'staff read how much of it the host owes');
select tests.back();
select is(pg_temp.record(14399), 'invalid_payout_amount', 'no more is withheld than the host owes');
savepoint owing;
select is(pg_temp.recorded(14400), 'paid 19400 withheld 5000 by hand', 'a debt can be withheld');
select is(private.host_debt(tests.person('ada'), 'EUR'), 0::bigint, 'what was withheld is not owed any more');
rollback to owing;
select is(pg_temp.recorded(19400), 'paid 19400 by hand', 'it need not be withheld');
select is(private.host_debt(tests.person('ada'), 'EUR'), 5000::bigint, 'what was not withheld is still owed');
rollback to start;

-- Other reasons to pay by hand

select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select is(pg_temp.payout(), 'blocked 19400 host_not_ready', 'a host without an account is not paid by Stripe');
select is(pg_temp.record(19400), '1', 'a host without an account can be paid by hand');
select pg_temp.ready();
select is(pg_temp.payout(), 'sent 19400', 'a transfer is under way');
select is(pg_temp.record(19400), 'payout_not_by_hand', 'what is under way is not paid by hand');
select private.fail_command(command_id, 'refused', false) from private.claim_commands(100) where kind = 'transfer';
select is(pg_temp.payout(), 'blocked 19400 transfer_failed', 'a transfer that was given up waits for a person');
savepoint failed;
select is(pg_temp.recorded(19400), 'paid 19400 by hand', 'a host whose transfer failed can be paid by hand');
select tests.become('sam');
select public.staff_release_payout(tests.id('visit'), 'Once more.');
select tests.back();
select is(private.release_payouts(10), 0, 'what was paid by hand cannot be released');
rollback to failed;
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 22820, 'eur', 22820, 0, 0);
select is(pg_temp.record(19400), 'payout_not_by_hand', 'while a bank asks nobody is paid by hand either');
rollback to start;
select private.apply_fraud_warning(null, 'issfr_1', 'pi_visit');
select is(pg_temp.record(19400), 'payout_not_by_hand', 'what waits for a decision is not paid by hand');

select * from finish();
rollback;
