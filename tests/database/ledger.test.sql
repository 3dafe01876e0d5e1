-- The ledger: every cent has two sides, whatever happens.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');
select private.start_host_account('FR') from (select tests.become('ada')) as asking;
select tests.back();
select private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'active', false, '{}', private.now());

create function pg_temp.balances(name text) returns text
  language sql
begin atomic
  select string_agg(account || ' ' || minor, ', ' order by account::text)
  from (
    select account, sum(amount_minor) as minor from private.ledger_entries
    where booking_id = tests.id(name) group by account having sum(amount_minor) <> 0) as accounts;
end;

-- host payout + platform + taxes = captured - refunded - lost, for every confirmed stay; nothing is created.
create function pg_temp.differences() returns bigint
  language sql
begin atomic
  select count(*)
  from public.bookings
  join public.payments on payments.booking_id = bookings.booking_id and payments.status = 'captured'
  cross join lateral (
    select
      -coalesce(sum(amount_minor) filter (where starts_with(source_kind::text, 'share_') and account in ('host', 'platform', 'tax')), 0) as shared,
      -coalesce(sum(amount_minor) filter (where starts_with(source_kind::text, 'share_') and account = 'dispute'), 0) as lost,
      coalesce(sum(amount_minor), 0) as total
    from private.ledger_entries where ledger_entries.booking_id = bookings.booking_id) as booked
  cross join lateral (
    select coalesce(sum(amount_minor), 0) as minor from public.refunds
    where refunds.booking_id = bookings.booking_id and refunds.status <> 'failed') as refunded
  where bookings.confirmed_at is not null
    and (booked.shared <> payments.captured_minor - refunded.minor - booked.lost or booked.total <> 0);
end;

-- The rules of the book itself

select throws_ok($$ update private.ledger_entries set amount_minor = 1 $$, 'PT409', 'frozen', 'entries are never changed');
select throws_ok($$ delete from private.ledger_entries $$, 'PT409', 'frozen',
  'entries are never removed');
select throws_ok($$ truncate private.ledger_entries $$, 'PT409', 'frozen',
  'the entries are never truncated');

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select is(
  tests.outcome('postgres', $$ select private.post('damage_share', 'one', bookings, guest => 5, tax => -4) from public.bookings $$),
  'ledger_unbalanced', 'what does not sum to zero is not booked');
select is(
  tests.outcome('postgres', $$ select private.post('damage_share', 'one', bookings, guest => 5, tax => -5) from public.bookings $$),
  '1', 'an entry that sums to zero is booked');
select is(
  tests.outcome('postgres', $$ select private.post('gift', 'one', bookings, guest => 5, tax => -5) from public.bookings $$),
  '22P02', 'nothing is booked under a name that nobody reads');

-- One stay, event by event

create function pg_temp.dispute(status text, withdrawn bigint default 22820, reinstated bigint default 0) returns text
  language sql
  return private.apply_dispute(null, 'dp_1', 'pi_visit', status, 22820, 'eur', withdrawn, reinstated,
    case when withdrawn > 0 then 1500 else 0 end);
create function pg_temp.payout() returns text
  language sql
  return (select concat_ws(' ', status, amount_minor, reason) from public.payouts);

savepoint start;
select tests.money('visit', 'succeeded');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 22820',
  'captured and confirmed: Stripe holds it, the host and the marketplace own it');
select tests.money('visit', 'succeeded');
select is((select count(*) from private.ledger_entries), 5::bigint,
  'a capture that is reported twice is booked once');

select private.record_stripe_fee(null, 'pi_visit', 692, 'eur');
select private.record_stripe_fee(null, 'pi_visit', 692, 'eur');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 22128, stripe_fee 692',
  'the Stripe fee is booked once');
savepoint paid;

select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 11410, 'Half a flood.');
select tests.back();
select is(pg_temp.balances('visit'), 'guest -11410, host -9700, platform -1710, stripe_balance 22128, stripe_fee 692',
  'a refund that is ordered belongs to the guest');
select private.apply_refund(null, refund_id, 're_1', 'succeeded') from public.refunds;
select is(pg_temp.balances('visit'), 'host -9700, platform -1710, stripe_balance 10718, stripe_fee 692',
  'a refund leaves the balance');
select private.apply_refund(null, refund_id, 're_1', 'failed') from public.refunds;
select is(pg_temp.balances('visit'), 'guest -11410, host -9700, platform -1710, stripe_balance 22128, stripe_fee 692',
  'a refund that fails comes back, and is still owed');
select is(pg_temp.differences(), 1::bigint,
  'a refund that failed is a difference to what was refunded');
rollback to paid;

-- 24: a refund in the dashboard

select is(private.import_refund(null, 're_9', 'pi_visit', 5705, 'succeeded'), 'imported',
  'a refund made in the dashboard is imported');
select is(private.import_refund(null, 're_9', 'pi_visit', 5705, 'succeeded'), 'succeeded',
  'a refund made in the dashboard is imported once');
select is((select refunded_minor from public.payments), 5705::bigint,
  'a refund made in the dashboard leaves less to refund');
select is(pg_temp.balances('visit'), 'host -14550, platform -2565, stripe_balance 16423, stripe_fee 692',
  'a refund of a quarter takes a quarter of each share');
select is((select amount_minor from public.payouts), 14550::bigint,
  'a refund of a quarter takes a quarter of the payout');
select is(pg_temp.differences(), 0::bigint, 'a refund made in the dashboard leaves no difference');
rollback to paid;

-- 28: disputes

select is(pg_temp.dispute('warning_needs_response', 0), 'inquiry', 'an inquiry is recorded');
select is(pg_temp.payout(), 'blocked 19400 disputed', 'an inquiry freezes the payout');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 22128, stripe_fee 692',
  'an inquiry moves no money');
select is(pg_temp.dispute('needs_response'), 'open', 'an inquiry becomes a dispute');
select is(pg_temp.balances('visit'), 'dispute 22820, host -19400, platform -3420, stripe_balance -2192, stripe_fee 2192',
  'a dispute takes the money and a fee');
select is(tests.outcome('grace', format('select * from public.cancel_booking(%L)', tests.id('visit'))), 'dispute_open',
  'nothing is refunded while a dispute is open');
select tests.at('2031-06-12 12:00+00');
select is(private.release_payouts(10), 0, 'nothing is paid out while a dispute is open');
savepoint disputed;

select is(pg_temp.dispute('won', 22820, 22820), 'won', 'a dispute is won');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 20628, stripe_fee 2192',
  'the money of a dispute that was won is back');
select is(pg_temp.dispute('needs_response'), 'won',
  'an older answer does not reopen a dispute that was won');
savepoint won;
select private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'restricted', false, '{}', private.now());
select private.release_payouts(10);
select is(pg_temp.dispute('won', 22820, 22820), 'won',
  'a dispute that was won is polled every day');
select is(pg_temp.payout(), 'blocked 19400 host_not_ready',
  'winning a dispute releases no payout that waits for something else');
rollback to won;
select is(private.release_payouts(10), 1, 'the host is paid when the dispute is won');
rollback to disputed;

select is(pg_temp.dispute('lost'), 'lost', 'a dispute is lost');
select is(pg_temp.payout(), 'cancelled 19400 nothing_due',
  'the host gets nothing when the dispute is lost');
select is(pg_temp.balances('visit'), 'stripe_balance -2192, stripe_fee 2192',
  'the ledger balances after a lost dispute');
select is(pg_temp.differences(), 0::bigint, 'a lost dispute leaves no difference');
rollback to paid;

-- 28: lost after the transfer

select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select private.apply_transfer(null, command.payout_id, 'tr_1', command.amount_minor, 'eur')
from private.claim_commands(100) as command where command.kind = 'transfer';
select is(pg_temp.balances('visit'), 'platform -3420, stripe_balance 2728, stripe_fee 692',
  'the payout is sent before the dispute');
select pg_temp.dispute('needs_response');
select is(pg_temp.payout(), 'paid 19400',
  'a payout that was sent stays until the dispute is decided');
select pg_temp.dispute('lost');
select is(pg_temp.payout(), 'reversed 19400', 'a payout is taken back when the dispute is lost');
select private.apply_reversal(reversal_id, null) from private.reversals;
select is(pg_temp.balances('visit'), 'host_debt 19400, stripe_balance -21592, stripe_fee 2192',
  'the host owes a payout that cannot be taken back');
rollback to paid;

-- 28: appealed, before the transfer

select pg_temp.dispute('needs_response');
select pg_temp.dispute('lost');
select is(pg_temp.dispute('appeal_needs_response'), 'open', 'an appeal opens the dispute again');
select is(pg_temp.dispute('a_status_of_tomorrow'), 'open',
  'a dispute with an unknown status is open');
select is(pg_temp.dispute('appeal_under_review'), 'open',
  'an appealed dispute is polled once more');
select is(pg_temp.payout(), 'cancelled 19400 nothing_due',
  'the loss stands while the dispute is appealed');
select is(pg_temp.balances('visit'), 'stripe_balance -2192, stripe_fee 2192',
  'the ledger books the loss while the dispute is appealed');
select is(pg_temp.differences(), 0::bigint, 'an appealed dispute leaves no difference');
select is((select problem from private.payment_problems), 'disputed',
  'an operator sees an appealed dispute');
savepoint appealed;
select is(pg_temp.dispute('won', 22820, 22820), 'won', 'a dispute is won on appeal');
select is(pg_temp.payout(), 'scheduled 19400',
  'the payout is scheduled again when the appeal is won');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 20628, stripe_fee 2192',
  'the ledger has everybody''s share again when the appeal is won');
select is(pg_temp.differences(), 0::bigint, 'an appeal that is won leaves no difference');
select is_empty('select * from private.payment_problems',
  'an appeal that is won needs no operator');
select is(pg_temp.dispute('won', 22820, 22820), 'won',
  'an appeal that is won is polled again the next day');
select is((select count(*) from private.ledger_entries where source_kind = 'dispute_reinstated' and account = 'dispute'),
  1::bigint, 'the money of an appeal comes back once');
rollback to appealed;
select is(pg_temp.dispute('lost'), 'lost', 'a dispute is lost again on appeal');
select is(pg_temp.balances('visit'), 'stripe_balance -2192, stripe_fee 2192',
  'a second loss on appeal changes nothing');
select is((select array_agg(template || ' ' || idempotency_key order by created_at, idempotency_key)
    from private.commands where template in ('payment_disputed', 'dispute_lost')),
  (select array_agg(template || ' staybase/mail/' || template || '/' || payment_id || '/dp_1' || round
    order by template, round) from public.payments, unnest(array['dispute_lost', 'payment_disputed']) as template,
    unnest(array['', '/2']) as round), 'the host is told of each round of an appeal');
rollback to paid;
select is(
  private.apply_dispute(null, 'dp_1', 'pi_visit', 'lost', 22820, 'eur', 22820, 0, 0, private.now()), 'lost',
  'the outcome of a dispute is recorded before an older answer arrives');
select is(
  private.apply_dispute(null, 'dp_1', 'pi_visit', 'appeal_under_review', 22820, 'eur', 22820, 0, 0, private.now() - interval '1 second'),
  'lost', 'an answer to an older question changes nothing');
select is(private.apply_dispute(null, 'dp_1', 'pi_visit', 'won', 22820, 'eur', 22820, 22820, 0, private.now()), 'won',
  'a win counts although the appeal before it was missed');
select is(pg_temp.differences(), 0::bigint,
  'a win whose appeal was missed puts everything in its place');
rollback to paid;

-- 28: appealed, after the transfer

select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select private.apply_transfer(null, command.payout_id, 'tr_1', command.amount_minor, 'eur')
from private.claim_commands(100) as command where command.kind = 'transfer';
select pg_temp.dispute('lost');
savepoint reversing;
select private.apply_reversal(reversal_id, 'trr_1') from private.reversals;
select pg_temp.dispute('appeal_under_review');
select pg_temp.dispute('won', 22820, 22820);
select is((select array_agg(concat_ws(' ', part, status, amount_minor) order by part) from public.payouts),
  '{1 reversed 19400,2 scheduled 19400}',
  'a payout that was taken back is paid again after the appeal');
select is(pg_temp.balances('visit'), 'host -19400, platform -3420, stripe_balance 20628, stripe_fee 2192',
  'the ledger knows the returned payout as the host''s');
select is(pg_temp.differences(), 0::bigint, 'an appeal after the transfer leaves no difference');
select private.release_payouts(10);
select is((select array_agg(amount_minor || coalesce(' out of ' || stripe_charge_id, ' out of the balance'))
    from private.claim_commands(100) where kind = 'transfer'), '{19400 out of the balance}',
  'a payout after an appeal comes out of the balance, for the charge has paid once');
select private.apply_transfer(null, payout_id, 'tr_2', 19400, 'eur') from public.payouts where part = 2;
select is(pg_temp.balances('visit'), 'platform -3420, stripe_balance 1228, stripe_fee 2192',
  'everything is paid after the appeal');
select is(pg_temp.differences(), 0::bigint, 'the shares add up after the appeal');
select pg_temp.dispute('lost', 22820, 22820);
select is((select array_agg(concat_ws(' ', part, status) order by part) from public.payouts),
  '{1 reversed,2 paid}', 'a loss that took nothing more takes nothing back');
rollback to reversing;
select private.apply_reversal(reversal_id, null) from private.reversals;
select pg_temp.dispute('won', 22820, 22820);
select private.release_payouts(10);
select is((select array_agg(concat_ws(' ', part, status, amount_minor, withheld_minor) order by part) from public.payouts),
  '{1 reversed 19400 0,2 paid 19400 19400}', 'what the host owed for the dispute is owed no more');
select is(pg_temp.balances('visit'), 'platform -3420, stripe_balance 1228, stripe_fee 2192',
  'the host''s debt is cleared without a transfer');
select is(pg_temp.differences(), 0::bigint, 'a debt that an appeal clears leaves no difference');
rollback to paid;

-- A refund that the bank stood in for

select pg_temp.dispute('lost');
select tests.become('sam');
select public.staff_cancel_booking(tests.id('visit'), 22820, 'A flood.');
select tests.back();
select is(private.refuse_refund(refund_id, 0, true), 'waits', 'a refund waits for the bank') from public.refunds;
select is(private.refuse_refund(refund_id, 0, false), 'cut',
  'a refund is cut when the bank has given the guest the money') from public.refunds;
select is(pg_temp.balances('visit'), 'stripe_balance -2192, stripe_fee 2192',
  'a refund that the bank made is owed to nobody');
select is_empty($$ select * from private.reconciliation_report() where difference = 'ledger_differs' $$,
  'the ledger balances when the bank made the refund');
select pg_temp.dispute('appeal_under_review');
select is((select count(*) from public.refunds), 1::bigint, 'while it is appealed nothing is refunded');
select pg_temp.dispute('won', 22820, 22820);
select is((select array_agg(concat_ws(' ', status, amount_minor, reason) order by status) from public.refunds),
  '{pending 22820 cancelled_by_staff,failed 22820 cancelled_by_staff}',
  'the guest is refunded after an appeal that was won');
select is(pg_temp.balances('visit'), 'guest -22820, stripe_balance 20628, stripe_fee 2192',
  'the refund after an appeal is made out of what came back');
select pg_temp.dispute('won', 22820, 22820);
select is((select count(*) from public.refunds), 2::bigint,
  'the refund after an appeal is made once');
select is(pg_temp.differences(), 0::bigint,
  'the ledger balances after the refund that followed an appeal');
rollback to paid;

-- What a bank takes or costs later than at first

select pg_temp.dispute('needs_response', 10000);
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'lost', 22820, 'eur', 22820, 0, 3000);
select is(pg_temp.balances('visit'), 'stripe_balance -3692, stripe_fee 3692', 'each taking and each fee is booked');
select is(pg_temp.differences(), 0::bigint,
  'the report agrees when each taking and each fee is booked');
rollback to paid;

-- A warning of fraud

select private.apply_fraud_warning(null, 'issfr_1', 'pi_visit');
select is(pg_temp.payout(), 'blocked 19400 fraud_warning', 'a warning of fraud holds the payout');
select is(
  tests.outcome('ada', format('select public.staff_release_payout(%L, %L)', tests.id('visit'), 'Mine')), 'staff_only',
  'the host does not release a payout held by a fraud warning');
savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['ada']) as who;
select is(tests.outcome(who, format('select public.staff_release_payout(%L, %L)', tests.id('visit'), 'Mine')), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['ada']) as who;
rollback to impartial;
select tests.become('sam');
select public.staff_release_payout(tests.id('visit'), 'Called the guest.');
select tests.back();
select private.apply_fraud_warning(null, 'issfr_1', 'pi_visit');
select is(pg_temp.payout(), 'scheduled 19400',
  'staff release the payout, and the same warning does not come back');
select is_empty('select * from private.payment_problems',
  'a warning that staff decided is not a problem again');
rollback to paid;

-- Money that settled elsewhere

select is(private.record_stripe_fee(null, 'pi_visit', 1, 'usd'), 'settled_in_another_currency',
  'a fee in dollars marks a payment as settled in another currency');
select is(pg_temp.payout(), 'blocked 19400 settled_in_another_currency', 'the payout waits for a person');
rollback to start;

-- Late money: the guest's all the way

select private.record_intent(payment_id, 'pi_visit') from public.payments;
select tests.at('2031-05-20 12:20+00');
select private.expire_bookings(10);
select tests.book('quick', 'dorothy', 'mill', '2031-06-10', '2031-06-12');
select tests.money('quick', 'succeeded');
select tests.money('visit', 'succeeded');
select is(pg_temp.balances('visit'), 'guest -22820, stripe_balance 22820', 'money that came too late is shared with nobody');
savepoint late;
select pg_temp.dispute('lost');
select private.fail_command(command_id, 'Stripe refused the refund', false)
from private.claim_commands(100) where kind = 'refund';
select is(
  pg_temp.balances('visit'), 'stripe_balance -1500, stripe_fee 1500',
  'what its guest''s bank has taken is not owed to the guest any more');
rollback to late;
select private.apply_refund(null, refund_id, 're_2', 'succeeded') from public.refunds;
savepoint returned;
select pg_temp.dispute('lost');
select is(
  pg_temp.balances('visit'), 'platform 22820, stripe_balance -24320, stripe_fee 1500',
  'a bank that takes it a second time takes it from the marketplace');
rollback to returned;
select is(pg_temp.balances('visit'), null, 'money that came too late is refunded whole');

select * from finish();
rollback;
