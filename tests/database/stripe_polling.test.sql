-- Stripe polling: what is asked of Stripe again because time passed, and how both agree.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');

create function pg_temp.due() returns text
  language sql
begin atomic
  select string_agg(kind || ' ' || subject, ', ' order by kind) from private.stripe_checks where due_at <= private.now();
end;
create function pg_temp.take(name text) returns public.stripe_check_to_run
  language sql
begin atomic
  select due from private.claim_stripe_checks(100) as due where due.subject = name;
end;
create function pg_temp.report() returns text[]
  language sql
begin atomic
  select array_agg(difference || ': ' || detail order by difference, detail) from private.reconciliation_report()
  where difference like 'balance%' or difference like 'stripe_check%';
end;

-- Hosts

insert into public.host_accounts (host_id, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'FR', 'acct_ada', private.now(), private.now());
create function pg_temp.again(status text) returns interval
  language plpgsql
as $$
begin
  update public.host_accounts set status = again.status::public.host_account_status;
  perform private.finish_stripe_check('host', 'acct_ada');
  return (select due_at - private.now() from private.stripe_checks where kind = 'host');
end $$;
select is((select due_at - private.now() from private.stripe_checks), '1 hour'::interval, 'an account is looked at within the hour');
select is(pg_temp.again('restricted'), '1 hour',
  'a new account that is not ready is due each hour');
select is(pg_temp.again('active'), '1 day', 'daily once it is');
update public.host_accounts set created_at = created_at - interval '31 days';
select is(pg_temp.again('restricted'), '1 day', 'daily when the host lost interest');
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');
savepoint paid;
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
select is(pg_temp.again('restricted'), '1 hour', 'hourly while money waits for them');
select is(pg_temp.again('closed'), null, 'never again when it is closed');
rollback to paid;

-- One worker at a time, for ever

savepoint hosts;
update private.stripe_checks set due_at = '2031-05-20 13:00+00';
select tests.at('2031-05-20 13:01+00');
select isnt_empty('select * from private.claim_stripe_checks(10)', 'what is due is taken');
select is_empty('select * from private.claim_stripe_checks(10)',
  'an account that a worker has taken is not taken by another');
select tests.at('2031-05-20 13:04+00');
select isnt_empty('select * from private.claim_stripe_checks(10)',
  'an account is due again when its worker was not heard of for two minutes');
select private.fail_stripe_check('host', 'acct_ada', 'no answer');
select is(pg_temp.due(), null, 'what failed is not tried at once');
select tests.at('2031-05-20 13:05+00');
select is(pg_temp.due(), 'host acct_ada', 'an account that failed is due again later');
select private.fail_stripe_check('host', 'acct_ada', 'not in hand');
select is((select problem from private.stripe_checks), 'no answer',
  'only the worker that has taken an account reports a failure');
update private.stripe_checks set attempts = 40;
select private.claim_stripe_checks(10);
select private.fail_stripe_check('host', 'acct_ada', 'no answer');
select is((select due_at - private.now() from private.stripe_checks), '1 hour'::interval, 'ever more rarely, never given up');
select is(pg_temp.report(), '{"stripe_check_failing: host acct_ada: no answer"}',
  'an operator sees an account that cannot be read');
rollback to hosts;

-- The balance

select private.record_stripe_fee(null, 'pi_visit', 692, 'eur');
select is(private.order_stripe_checks(10), 2,
  'the balance is read and its floor kept with the first money');
select is(private.order_stripe_checks(10), 0, 'reading the balance is planned once');
select tests.at('2031-05-21 12:09+00');
select results_eq(
  $$ select kind::text, read_from, read_until, floors from private.claim_stripe_checks(10) where kind <> 'host' order by kind $$,
  $$ values ('balance', timestamptz '2031-05-20 11:00+00', private.now(), null::jsonb),
       ('floor', null, null, '{"eur": 19400}'::jsonb) $$,
  'the balance is read from the first money on, and what belongs to hosts stays');
select private.record_floor('eur', 19400);
select is(private.balance_floors(), '{}', 'a floor is set once');

select is(private.record_movements(array[
  row('txn_1', 'ch_visit', null, 'charge', 'eur', 22128, '2031-05-20 12:09+00')]::public.stripe_movement[],
  '2031-05-21 11:09+00'), 1, 'a movement of the balance is recorded');
select is(private.record_movements(array[
  row('txn_1', 'ch_visit', null, 'charge', 'eur', 22128, '2031-05-20 12:09+00')]::public.stripe_movement[],
  '2031-05-21 11:09+00'), 0, 'a movement of the balance is recorded once');
select private.finish_stripe_check('balance', 'platform');
select is((select due_at - private.now() from private.stripe_checks where kind = 'balance'), '1 day', 'all read, it comes again in a day');
select tests.at('2031-05-22 12:09+00');
select private.claim_stripe_checks(10);
select private.record_movements('{}', '2031-05-22 11:09+00');
select is(pg_temp.report(), null, 'the charge less the fee is what the ledger has');
select private.record_movements('{}', '2031-06-22 11:09+00');
select is((select read_until from private.balance_reading), timestamptz '2031-05-22 11:09+00', 'nobody reads the future');
savepoint agreed;

update private.stripe_movements set net_minor = 22000;
select is(pg_temp.report(), '{"balance_differs: charge ch_visit is 22000 at Stripe, 22128 in the ledger"}',
  'a charge of another amount is reported');
rollback to agreed;
delete from private.stripe_movements;
select is(pg_temp.report(), '{"balance_differs: object ch_visit is 0 at Stripe, 22128 in the ledger"}',
  'a movement that is missing at Stripe is reported');
rollback to agreed;
select private.record_movements(array[
  row('txn_2', 're_9', 'ch_visit', 'refund', 'eur', -100, '2031-05-20 13:00+00'),
  row('txn_3', 'ch_else', null, 'charge', 'eur', 500, '2031-05-20 13:00+00'),
  row('txn_4', 'po_bank', null, 'payout', 'eur', -2728, '2031-05-20 13:00+00')]::public.stripe_movement[], private.now());
select is(pg_temp.report(), '{"balance_differs: refund re_9 is -100 at Stripe, 0 in the ledger"}',
  'a refund of our charge that the ledger does not know is reported');
select private.record_movements(array[
  row('txn_5', 're_8', 'ch_visit', 'refund', 'eur', -100, private.now())]::public.stripe_movement[], private.now());
select is(cardinality(pg_temp.report()), 1, 'what happened within a day may be on its way');
rollback to agreed;
select private.record_balances(array[row('eur', 19400)]::public.stripe_balance[]);
select is(pg_temp.report(), null, 'Stripe holds what belongs to others');
select private.record_balances(array[row('eur', 19399)]::public.stripe_balance[]);
select is(pg_temp.report(), '{"balance_short: 19399 at Stripe, 19400 belongs to others (EUR)"}',
  'an operator is told when Stripe holds too little');

select * from finish();
rollback;
