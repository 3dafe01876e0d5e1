-- Reconciliation: how often a payment is compared with Stripe, and what has it compared at once.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.book('visit', 'grace', 'mill', '2031-09-10', '2031-09-12');

-- Has the comparison run at that instant; returns how long until the next.
create function pg_temp.looks(instant timestamptz) returns interval
  language plpgsql
as $$
begin
  perform tests.at(instant);
  perform private.order_reconciliations(10);
  return (select due_at - private.now() from private.reconciliations);
end $$;
create function pg_temp.orders() returns bigint
  language sql
begin atomic
  select count(*) from private.commands where kind = 'reconcile';
end;

update public.payments set stripe_intent_id = 'pi_visit', status = 'processing';
select is((select due_at - private.now() from private.reconciliations), '1 hour'::interval,
  'a payment is compared for the first time an hour after its intent is known');
select is(private.order_reconciliations(10), 0, 'what is not due is not compared');
select is(pg_temp.looks('2031-05-20 13:00+00'), '1 hour', 'an open payment is compared hourly');
select is(pg_temp.orders(), 1::bigint, 'a comparison is a command to the worker');
select is(private.order_reconciliations(10), 0, 'it is ordered once');

-- Captured

select tests.money('visit', 'succeeded');
select is(pg_temp.looks('2031-05-20 14:00+00'), '1 day', 'just captured, it is compared a day later');
select is(pg_temp.looks('2031-05-23 13:00+00'), '3 days', 'after three days, three days later');
select is(pg_temp.looks('2031-06-20 13:00+00'), '7 days', 'never later than a week');
savepoint quiet;
select tests.at('2031-09-04 15:00+00');
select is(pg_temp.looks('2031-09-04 15:00+00'), '1 day', 'daily in the week before its payout');
select is(pg_temp.looks('2031-09-18 15:00+00'), '1 day', 'and as long as it is not paid out');
update public.payouts set status = 'paid', paid_at = private.now(), stripe_transfer_id = 'tr_visit';
select is(pg_temp.looks('2031-09-19 15:00+00'), '7 days', 'weekly once it is');
select is(pg_temp.looks('2031-11-16 13:00+00'), null, 'half a year after its capture no longer');
rollback to quiet;

insert into public.refunds (refund_id, payment_id, booking_id, guest_id, currency, amount_minor, reason, status, created_at)
select tests.id('back'), payment_id, booking_id, guest_id, currency, 500, 'complaint', 'pending', private.now()
from public.payments;
select is(pg_temp.looks('2031-06-27 13:00+00'), '1 day', 'daily while a refund is on its way');
rollback to quiet;

select private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 22820, 'eur', 22820, 0, 0);
select is(pg_temp.looks('2031-06-27 13:00+00'), '1 day', 'daily while a dispute is open');
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'won', 22820, 'eur', 22820, 22820, 0);
select is(pg_temp.looks('2031-06-28 13:00+00'), '7 days', 'weekly once it is decided');
rollback to quiet;

-- What moved at Stripe

create function pg_temp.moves(object_id text, about_id text, type text, net_minor bigint) returns interval
  language plpgsql
as $$
begin
  perform private.record_movements(array[
    row('txn_' || object_id || net_minor, object_id, about_id, type, 'eur', net_minor, private.now())]
    ::public.stripe_movement[], private.now());
  return (select due_at - private.now() from private.reconciliations);
end $$;
update public.payouts set status = 'paid', paid_at = private.now(), stripe_transfer_id = 'tr_visit';
select is(pg_temp.moves('ch_visit', null, 'charge', 22128), '7 days', 'its own charge tells nothing new');
select is(pg_temp.moves('re_else', 'ch_else', 'refund', -100), '7 days', 'nor does the money of others');
savepoint still;
select is(pg_temp.moves('re_9', 'ch_visit', 'refund', -100), '0', 'a refund that is not known here has it compared at once');
rollback to still;
select is(pg_temp.moves('dp_9', 'ch_visit', 'adjustment', -22820), '0', 'so has a dispute');
rollback to still;
insert into private.reversals (payout_id, status, amount_minor, stripe_reversal_id, created_at)
select payout_id, 'reversed', 100, 'trr_8', private.now() from public.payouts;
select is(pg_temp.moves('trr_8', 'tr_visit', 'transfer_refund', 100), '7 days', 'a reversal from here is expected');
select is(pg_temp.moves('trr_9', 'tr_visit', 'transfer_refund', 100), '0', 'one that is not known here has it compared at once');
rollback to still;
insert into public.refunds (refund_id, payment_id, booking_id, guest_id, currency, amount_minor, reason, status, created_at, stripe_refund_id)
select tests.id('back'), payment_id, booking_id, guest_id, currency, 500, 'complaint', 'succeeded', private.now(), 're_8'
from public.payments;
select is(pg_temp.moves('re_8', 'ch_visit', 'refund', -500), '7 days', 'a refund from here is expected');
select is(pg_temp.moves('re_8', 'ch_visit', 'refund_failure', 500), '0', 'that it came back is not');
rollback to still;
delete from private.reconciliations;
select is(pg_temp.moves('dp_9', 'ch_visit', 'adjustment', -22820), '0',
  'a dispute has it compared however old it is');

select * from finish();
rollback;
