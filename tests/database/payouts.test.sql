-- Payouts: from a confirmed stay to the host's money, what holds it, what changes it, and what is taken back.
--
-- Two nights in Ada's mill cost 200.00, Grace pays 228.20 with the fee, Ada gets 194.00.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');

create function pg_temp.ready(name text, transfers text default 'active') returns text
  language sql
begin atomic
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (tests.person(name), 'FR', private.now(), private.now())
  on conflict do nothing;
  select private.apply_host_account(
    null, tests.person(name), 'acct_' || name, transfers, false, '{}', private.now());
end;

create function pg_temp.stay(name text, check_in date, guest text default 'grace', home text default 'mill') returns uuid
  language plpgsql
as $$
begin
  perform tests.book(name, guest, home, check_in, check_in + 2);
  perform tests.money(name, 'succeeded');
  return tests.id(name);
end $$;

create function pg_temp.payout(name text) returns text
  language sql
begin atomic
  select concat_ws(' ', status, amount_minor, 'withheld ' || nullif(withheld_minor, 0),
    'back ' || nullif(taken_back_minor, 0), reason)
  from public.payouts where booking_id = tests.id(name);
end;

-- What the worker would do with the transfers that are ordered.
create function pg_temp.transfers(problem text default null) returns bigint
  language plpgsql
as $$
declare
  command public.command_to_run;
  made    bigint := 0;
begin
  -- No worker died: what is of another kind was only not taken up.
  update private.commands set status = 'waiting', claimed_until = null where status = 'running';
  for command in select * from private.claim_commands(100) where kind = 'transfer' loop
    if problem is null then
      perform private.apply_transfer(
        null, command.payout_id, 'tr_' || command.payout_id, command.amount_minor, lower(command.currency));
    else
      perform private.refuse_transfer(command.payout_id, problem::public.payout_reason);
    end if;
    perform private.finish_command(command.command_id);
    made := made + command.amount_minor;
  end loop;
  return made;
end $$;

create function pg_temp.reversals(covered boolean default true) returns bigint
  language plpgsql
as $$
declare
  command public.command_to_run;
  made    bigint := 0;
begin
  -- No worker died: what is of another kind was only not taken up.
  update private.commands set status = 'waiting', claimed_until = null where status = 'running';
  for command in select * from private.claim_commands(100) where kind = 'reverse_transfer' loop
    perform private.apply_reversal(command.reversal_id, case when covered then 'trr_' || command.reversal_id end);
    perform private.finish_command(command.command_id);
    made := made + command.amount_minor;
  end loop;
  return made;
end $$;

create function pg_temp.cancel(name text, who text) returns void
  language plpgsql
as $$
begin
  perform tests.become(who);
  perform public.cancel_booking(tests.id(name));
  perform tests.back();
end $$;

create function pg_temp.balance(account text) returns bigint
  language sql
  return coalesce((
    select balance_minor from private.ledger_balances() as balances
    where balances.account = replace(balance.account, 'ada', tests.person('ada')::text) and currency = 'EUR'), 0);

-- Scheduled, due, sent, paid

savepoint start;
select pg_temp.stay('visit', '2031-06-10');
select is(pg_temp.payout('visit'), 'scheduled 19400', 'a confirmed stay schedules what the host gets');
select is(
  (select due_at from public.payouts where booking_id = tests.id('visit')), '2031-06-11 13:00+00',
  'a payout is due 24 hours after check-in, 15:00 in Paris');
select pg_temp.ready('ada');
select tests.at('2031-06-11 12:59:59+00');
select is(private.release_payouts(10), 0, 'a second early the payout is not sent');
select tests.at('2031-06-11 13:00+00');
select is(private.release_payouts(10), 1, 'a due payout is ordered');
select is(private.release_payouts(10), 0, 'a due payout is ordered once');
select is(pg_temp.payout('visit'), 'sent 19400', 'an ordered payout is sent');
select is(
  (select array[stripe_account_id, stripe_charge_id, currency] from private.claim_commands(100) where kind = 'transfer'),
  array['acct_ada', 'ch_visit', 'EUR'], 'the worker hears which account gets it, and which charge funds it');
select is(
  private.apply_transfer(null, (select payout_id from public.payouts), 'tr_1', 19400, 'eur'), 'paid',
  'Stripe''s transfer makes the payout paid');
select is(
  private.apply_transfer(null, (select payout_id from public.payouts), 'tr_1', 19400, 'eur'), 'unchanged',
  'a transfer that is reported twice is applied once');
select is(
  private.apply_transfer(null, (select payout_id from public.payouts), 'tr_2', 19400, 'eur'), 'second_transfer',
  'a second transfer for a payout is refused');
select is(pg_temp.payout('visit'), 'paid 19400', 'the host is paid');
select is(pg_temp.balance('host:ada'), 0::bigint, 'the marketplace owes her nothing any more');
select throws_ok(
  $$ insert into public.payouts (booking_id, payment_id, listing_id, host_id, currency, amount_minor, due_at, created_at)
     select booking_id, payment_id, listing_id, host_id, currency, 1, due_at, created_at from public.payouts $$,
  '23505', null, 'a payment pays its host one payout per instalment');
rollback to start;

-- 26: the host is not ready

select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-12 12:00+00');
select is(private.release_payouts(10), 0, 'without an account no payout is sent');
select is(pg_temp.payout('visit'), 'blocked 19400 host_not_ready',
  'a payout without an account says why it waits');
select pg_temp.ready('ada', 'restricted');
select is(pg_temp.payout('visit'), 'blocked 19400 host_not_ready',
  'a restricted account is not ready');
select is(pg_temp.ready('ada'), 'active',
  'an account is ready when Stripe says that its capability is active');
select is(pg_temp.payout('visit'), 'sent 19400',
  'the event that makes the account ready sends the payout');
select is(pg_temp.transfers(), 19400::bigint, 'the payout that waited is sent whole');
select is(
  private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'restricted', false, '{}', private.now() - interval '1 second'),
  'active', 'an older look at the account changes nothing');
select is(
  private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'active', true, '{}', private.now()), 'closed',
  'an account that Stripe closed is closed');
select is(pg_temp.ready('ada'), 'closed', 'a closed account stays closed');
select is(
  private.apply_host_account(null, tests.person('ada'), 'acct_second', 'active', false, '{}', private.now()),
  'second_account', 'a second account for the same host is refused');
rollback to start;

-- 27: Stripe's balance does not cover it

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select pg_temp.transfers('balance_insufficient');
select is(pg_temp.payout('visit'), 'scheduled 19400 balance_insufficient',
  'a transfer that failed leaves the payout scheduled, with the reason');
select results_eq('select problem from private.payment_problems', array['balance_insufficient'],
  'an operator sees a transfer that failed');
select is(private.release_payouts(10), 0, 'a transfer that failed is not tried again at once');
select tests.at('2031-06-12 13:00+00');
select is(private.release_payouts(10), 1, 'a transfer that failed is tried again an hour later');
select is(
  (select count(distinct idempotency_key) from private.commands where kind = 'transfer'), 2::bigint,
  'a transfer that failed is tried again under another key');
select is(pg_temp.transfers(), 19400::bigint, 'a transfer that is tried again is paid');
select is_empty('select problem from private.payment_problems',
  'a transfer that was paid at last leaves no problem');
rollback to start;

-- A transfer that fails for good

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select private.fail_command(command_id, 'refused', false) from private.claim_commands(100) where kind = 'transfer';
select is(pg_temp.payout('visit'), 'blocked 19400 transfer_failed', 'a transfer given up blocks its payout, with a reason');
select is(private.release_payouts(10), 0,
  'a payout whose transfer was given up is not tried again by itself');
savepoint given_up;
select is(private.apply_transfer(null, payout_id, 'tr_1', 19400, 'eur'), 'paid',
  'a transfer that was made after all is applied')
from public.payouts;
select is(pg_temp.payout('visit'), 'paid 19400',
  'a transfer that was made after all is not paid twice');
rollback to given_up;
select tests.become('sam');
select public.staff_release_payout(tests.id('visit'), 'Asked Stripe.');
select tests.back();
select is(private.release_payouts(10), 1, 'staff order it again');
rollback to start;

select is(tests.outcome('sam', format('select public.staff_release_payout(%L, %L)', booking, words)), code, said)
from (values
  (tests.id('visit'), ' ', 'reason_required', 'a reason is words'),
  (tests.id('visit'), repeat('a', 2001), 'reason_required', 'few of them'),
  (tests.id('nowhere'), 'Asked Stripe.', 'booking_not_found', 'for a booking there is')
) as tried (booking, words, code, said);
select pg_temp.stay('early', '2031-06-24');
select is(
  tests.outcome('service', format($$ select public.import_reversal(%L, 'trr_1', 100) $$,
    (select payout_id from public.payouts where booking_id = tests.id('early')))), 'try_again',
  'nothing comes back of a transfer before it is known as made');
select tests.book('unpaid', 'grace', 'mill', '2031-06-20', '2031-06-22');
select private.record_intent(payment_id, 'pi_unpaid') from public.payments where booking_id = tests.id('unpaid');
select is(
  tests.outcome('service', $$ select public.import_refund('evt_1', 're_1', 'pi_unpaid', 100, 'succeeded') $$), 'try_again',
  'nothing is refunded of a payment before it is known as captured');
rollback to start;

-- Cancelled before the payout

select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-05-22 12:00+00');
select pg_temp.cancel('visit', 'grace');
select is(pg_temp.payout('visit'), 'cancelled 19400 nothing_due',
  'a full refund leaves no payout due');
select tests.at('2031-06-12 12:00+00');
select pg_temp.ready('ada');
select is(private.release_payouts(10), 0, 'a full refund before the payout sends nothing');
rollback to start;

select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-10 12:00+00');
select pg_temp.cancel('visit', 'grace');
select is(pg_temp.payout('visit'), 'scheduled 14550', 'the host keeps a night and half of the other');
rollback to start;

-- 25: a refund races the payout

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
savepoint ordered;
select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 22820, 'Flood.');
select tests.back();
select is(pg_temp.payout('visit'), 'cancelled 19400 nothing_due',
  'a payout order that no worker has taken is withdrawn by a refund');
select is(pg_temp.transfers(), 0::bigint, 'a payout withdrawn by a refund sends nothing');
rollback to ordered;
select private.claim_commands(100);
select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 22820, 'Flood.');
select tests.back();
select is(pg_temp.payout('visit'), 'sent 19400',
  'a refund waits for a payout that a worker has taken');
select private.apply_transfer(null, payout_id, 'tr_1', 19400, 'eur') from public.payouts;
select is(pg_temp.payout('visit'), 'reversed 19400 back 19400',
  'a payout that a refund waited for is taken back whole');
select is(pg_temp.reversals(), 19400::bigint, 'a payout is taken back by a reversal');
select is(pg_temp.balance('host:ada'), 0::bigint, 'the host has nothing after a full refund');
rollback to start;

-- After the payout: a reversal, or a debt that later payouts pay

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
select pg_temp.transfers();
select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 11410, 'Half a flood.');
select tests.back();
select is(pg_temp.payout('visit'), 'paid 19400 back 9700', 'half the refund, half of what the host got');
savepoint halved;
select is(pg_temp.reversals(), 9700::bigint, 'the host''s half of a refund is reversed');
select is(pg_temp.balance('host_debt:ada'), 0::bigint, 'a reversal that succeeds leaves no debt');
rollback to halved;
select pg_temp.reversals(covered => false);
select is(pg_temp.balance('host_debt:ada'), 9700::bigint, 'what her balance does not cover she owes');
select pg_temp.stay('second', '2031-06-20');
select pg_temp.stay('third', '2031-06-24', 'dorothy');
select tests.at('2031-07-01 12:00+00');
select is(private.release_payouts(10), 2, 'two later payouts leave at once');
select is(pg_temp.payout('second'), 'sent 19400 withheld 9700', 'the first pays the debt');
select is(pg_temp.payout('third'), 'sent 19400', 'the second is whole: a debt is paid once');
select is(pg_temp.transfers(), 29100::bigint, 'the transfers are what is left of the payouts');
select is(pg_temp.balance('host_debt:ada'), 0::bigint, 'the debt is paid');
select is(pg_temp.balance('host:ada'), 0::bigint, 'the host is paid what is left after her debt');
rollback to start;

-- A reversal that was given up may have been made: it is no debt until somebody has looked

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
select pg_temp.transfers();
select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 22820, 'Flood.');
select tests.back();
savepoint cancelled;
select private.fail_command(command_id, 'refused', false) from private.claim_commands(100) where kind = 'reverse_transfer';
select is(pg_temp.balance('host_debt:ada'), 19400::bigint, 'a reversal that Stripe refuses is owed');
rollback to cancelled;
update private.commands set attempts = 11 where kind = 'reverse_transfer';
select private.fail_command(command_id, 'no answer', true) from private.claim_commands(100) where kind = 'reverse_transfer';
select is(pg_temp.balance('host_debt:ada'), 0::bigint, 'a reversal of unknown outcome is not owed');
select results_eq('select problem from private.payment_problems', array['reverse_transfer_failed'],
  'an operator sees a reversal of unknown outcome');

-- So may a refund that was given up

update private.commands set status = 'waiting', claimed_until = null, attempts = 11, due_at = private.now() where kind = 'refund';
select private.fail_command(command_id, 'no answer', true) from private.claim_commands(100) where kind = 'refund';
select is((select status::text from public.refunds), 'failed', 'a refund given up has failed');
select is(private.apply_refund(null, refund_id, 're_1', 'succeeded'), 'succeeded',
  'a refund given up is no problem when Stripe made it')
from public.refunds;
select is(private.apply_refund(null, refund_id, 're_1', 'failed'), 'failed',
  'a refund fails at Stripe')
from public.refunds;
select is(private.apply_refund(null, refund_id, 're_1', 'succeeded'), 'failed',
  'a refund that failed at Stripe stays failed')
from public.refunds;
rollback to start;

-- A host who cancels owes a penalty, which may take a payout whole, and never more

select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select pg_temp.cancel('visit', 'ada');
select is(pg_temp.payout('visit'), 'cancelled 19400 nothing_due', 'the host who cancels gets nothing');
select is(pg_temp.balance('host_debt:ada'), 5000::bigint,
  'a host who cancels owes the smallest penalty');
update public.listing_prices set base_price_minor = 2000;
select pg_temp.stay('small', '2031-07-10');
select tests.at('2031-07-12 12:00+00');
select private.release_payouts(10);
select is(pg_temp.payout('small'), 'paid 3880 withheld 3880', 'a small payout is withheld whole: no transfer');
select is(pg_temp.transfers(), 0::bigint, 'a payout is never negative');
select is(pg_temp.balance('host_debt:ada'), 1120::bigint, 'the rest stays owed');
rollback to start;

-- Who sees what

select tests.cohost('mill', 'hedy', 'full');
select pg_temp.ready('ada');
select pg_temp.stay('visit', '2031-06-10');
select is(tests.outcome('ada', 'select from public.payouts'), '1', 'the owner sees her payouts');
select is(tests.outcome('ada', 'select from public.host_accounts'), '1',
  'the owner sees her account');
select is(tests.outcome(person, 'select from public.' || relation), '0', format('%s sees none of %s', person, relation))
from unnest(array['hedy', 'grace', 'alan']) as person, unnest(array['payouts', 'host_accounts']) as relation;
select is(tests.outcome('ada', 'update public.payouts set amount_minor = 1'), '42501',
  'nobody writes payouts directly');

-- What waits without an end is told to an operator

select tests.at('2031-05-20 12:00+00');
select pg_temp.stay('late', '2031-06-20');
update public.host_accounts set status = 'restricted' where host_id = tests.person('ada');
select private.import_refund(null, 're_slow', 'pi_late', 1000, 'pending');
select tests.at('2031-06-21 20:00+00');
select private.release_payouts(100);
create function pg_temp.told() returns text language sql as $$
  select string_agg(difference || ' ' || detail, ', ' order by difference) from private.reconciliation_report()
  where booking_id = tests.id('late') and difference in ('held_too_long', 'refund_slow')
$$;
select tests.at('2031-06-03 11:59+00');
select is(pg_temp.told(), null, 'a refund takes its time');
select tests.at('2031-06-03 12:01+00');
select is(pg_temp.told(), 'refund_slow 1000 EUR, re_slow',
  'a refund that is pending for too long is reported');
select tests.at('2031-08-20 11:59+00');
select is(pg_temp.told(), 'refund_slow 1000 EUR, re_slow', 'money may wait for a host');
select tests.at('2031-08-20 12:01+00');
select is(pg_temp.told(), 'held_too_long blocked host_not_ready, refund_slow 1000 EUR, re_slow',
  'money held for a host for too long is reported');

select * from finish();
rollback;
