-- Receipts: what a guest is told of what they paid and got back, to the cent of the ledger.
--
-- Two nights in Ada's mill cost 200.00; Grace pays 28.20 for the service and 23.30 of taxes to
-- three offices; Ada gets 194.00.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada');
insert into private.taxes (name, country_code, region, city, basis, rate_bp) values
  ('Value added tax', 'FR', null, null, 'percent_of_nights', 1000);
insert into private.taxes (name, country_code, region, city, basis, amount_minor, currency) values
  ('City tax', 'FR', 'Paris', 'Paris', 'per_guest_night', 115, 'EUR');
insert into private.taxes (name, listing_id, basis, amount_minor, currency) values
  ('Lake levy', tests.id('mill'), 'per_booking', 100, 'EUR');
insert into public.host_accounts (host_id, country_code, created_at, looked_at)
values (tests.person('ada'), 'FR', private.now(), private.now());
select private.apply_host_account(null, tests.person('ada'), 'acct_ada', 'active', false, '{}', private.now());

create function pg_temp.documents(name text) returns text[]
  language sql
begin atomic
  select array_agg(concat_ws(' ', kind, stay_minor, fee_minor, taxes_minor, total_minor) order by number)
  from public.receipts where booking_id = tests.id(name);
end;

-- What the documents and the earnings say and the ledger does not, or the other way round.
create function pg_temp.differences() returns bigint
  language plpgsql
as $$
begin
  perform private.issue_receipts(100);
  return (select count(*)
     from (
       select booking_id, sum(case kind when 'receipt' then total_minor else -total_minor end) as charged,
         sum(case kind when 'receipt' then taxes_minor else -taxes_minor end) as taxes
       from public.receipts group by booking_id) as told
     full join (
       select booking_id, sum(amount_minor) filter (where account = 'guest') as charged,
         -coalesce(sum(amount_minor) filter (where account = 'tax'), 0) as taxes
       from private.ledger_entries where starts_with(source_kind::text, 'share_') group by booking_id) as booked
       using (booking_id)
     where (told.charged, told.taxes) is distinct from (booked.charged, booked.taxes))
    + (select count(*)
     from (
       select host_id, currency, sum(net_minor) as net, sum(debt_minor) as debt
       from public.earnings group by host_id, currency) as told
     full join (
       select entries.host_id, entries.currency,
         coalesce(sum(entries.amount_minor) filter (where entries.account = 'host_debt'), 0) as debt,
         coalesce(sum((
           select -moved.amount_minor from private.ledger_entries as moved
           where moved.source_kind = entries.source_kind and moved.source_id = entries.source_id
             and moved.account = 'stripe_balance' and entries.account = 'host')), 0) as net
       from private.ledger_entries as entries
       where entries.host_id is not null
       group by entries.host_id, entries.currency) as booked using (host_id, currency)
     where (coalesce(told.net, 0), coalesce(told.debt, 0)) is distinct from (booked.net, booked.debt));
end $$;

create function pg_temp.run(kind text, covered boolean default true) returns bigint
  language plpgsql
as $$
declare
  command public.command_to_run;
  made    bigint := 0;
begin
  -- No worker died: what is of another kind was only not taken up.
  update private.commands set status = 'waiting', claimed_until = null where status = 'running';
  for command in select * from private.claim_commands(100) loop
    continue when command.kind::text <> run.kind;
    case command.kind
      when 'transfer' then
        perform private.apply_transfer(
          null, command.payout_id, 'tr_' || command.payout_id, command.amount_minor, lower(command.currency));
      when 'reverse_transfer' then
        perform private.apply_reversal(command.reversal_id, case when covered then 'trr_' || command.reversal_id end);
      else
        perform private.apply_refund(null, command.refund_id, 're_' || command.refund_id, 'succeeded');
    end case;
    perform private.finish_command(command.command_id);
    made := made + command.amount_minor;
  end loop;
  return made;
end $$;

create function pg_temp.staff_cancel(name text, refund_minor bigint) returns void
  language plpgsql
as $$
begin
  perform tests.become('sam');
  perform public.staff_cancel_booking(tests.id(name), refund_minor, 'Flood.');
  perform tests.back();
end $$;

-- A receipt

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.become('grace');
select is((public.booking_receipt(tests.id('visit'))).documents, '{}',
  'a guest who has not paid has no receipt');
select tests.back();
select tests.money('visit', 'succeeded');
savepoint paid;
select is(private.issue_receipts(10), 1, 'a confirmed stay gets one');
select is(private.issue_receipts(10), 0, 'a receipt is issued once');
select is(pg_temp.documents('visit'), '{receipt 20000 2820 2330 25150}', 'over what was paid');
select results_eq(
  $$ select number, listing_title, city, country_code, check_in, check_out, currency, issued_at from public.receipts $$,
  $$ values ('2031-000001', 'Mill', 'Paris', 'FR', date '2031-06-10', date '2031-06-12', 'EUR', private.now()) $$,
  'a receipt has a number, a place, the days and the time');
select results_eq(
  $$ select line.kind, line.night, line.description, line.jurisdiction, line.amount_minor
     from public.receipts, unnest(lines) as line $$,
  $$ values ('night', date '2031-06-10', 'Night', null, 10000::bigint),
       ('night', date '2031-06-11', 'Night', null, 10000),
       ('service_fee', null, 'Service fee', null, 2820),
       ('tax', null, 'City tax', 'Paris, Paris, FR', 230),
       ('tax', null, 'Lake levy', 'Paris, Paris, FR', 100),
       ('tax', null, 'Value added tax', 'FR', 2000) $$,
  'line by line, each tax with its office');
select throws_ok($$ update public.receipts set total_minor = 1 $$, 'PT409', 'frozen', 'issued, it is never changed');
select throws_ok($$ delete from public.receipts $$, 'PT409', 'frozen',
  'a receipt is never withdrawn');
rollback to paid;

select tests.become('grace');
select is(
  (select row(charged_minor, paid_minor, refunded_minor, cardinality(documents), cardinality(movements))::text
   from public.booking_receipt(tests.id('visit'))),
  '(25150,25150,0,1,1)', 'asked for, it is issued at once');
select is(
  (select row(movement.kind, movement.status, movement.amount_minor)::text
   from public.booking_receipt(tests.id('visit')) as receipt, unnest(receipt.movements) as movement),
  '(payment,captured,25150)', 'the receipt of a booking lists the payment');
select tests.back();
select is(tests.outcome(person, format('select * from public.booking_receipt(%L)', tests.id('visit'))), 'booking_not_found',
  person || ' has no receipt of it')
from unnest(array['ada', 'katherine', 'sam']) as person;
select is(tests.outcome('anon', format('select * from public.booking_receipt(%L)', tests.id('visit'))), '42501',
  'strangers ask for none');
select is(pg_temp.differences(), 0::bigint, 'the receipts agree with the ledger after the payment');

-- Credit notes

select pg_temp.staff_cancel('visit', 12575);
select private.issue_receipts(10);
select is(pg_temp.documents('visit'), '{receipt 20000 2820 2330 25150,credit_note 10000 1410 1165 12575}',
  'half given back, half of everything credited');
select results_eq(
  $$ select line.kind, line.description, line.amount_minor
     from public.receipts, unnest(lines) as line where receipts.kind = 'credit_note' $$,
  $$ values ('stay', 'Accommodation', 10000::bigint), ('service_fee', 'Service fee', 1410),
       ('tax', 'City tax', 115), ('tax', 'Lake levy', 50), ('tax', 'Value added tax', 1000) $$,
  'a credit note has a line for each tax');
select is(pg_temp.run('refund'), 12575::bigint, 'half of the payment is refunded');
select tests.become('grace');
select is(
  (select row(charged_minor, paid_minor, refunded_minor, cardinality(documents), cardinality(movements))::text
   from public.booking_receipt(tests.id('visit'))),
  '(12575,25150,12575,2,2)', 'charged is paid less refunded');
select tests.back();
select is(pg_temp.differences(), 0::bigint, 'the receipts agree with the ledger after a refund');

select is(private.import_refund(null, 're_9', 'pi_visit', 1000, 'succeeded'), 'imported', 'an operator refunds 10.00 more');
select private.issue_receipts(10);
select is((pg_temp.documents('visit'))[3], 'credit_note 795 112 93 1000',
  'a refund by an operator is credited in proportion');
select is(private.import_refund(null, 're_9', 'pi_visit', 1000, 'failed'), 'failed',
  'a refund by an operator fails');
select private.issue_receipts(10);
select is((pg_temp.documents('visit'))[4], 'receipt 795 112 93 1000',
  'a refund that failed is charged again');
select is(pg_temp.differences(), 0::bigint,
  'the receipts agree with the ledger after a refund that failed');
select is(
  (select array_agg(number order by number) from public.receipts),
  '{2031-000001,2031-000002,2031-000003,2031-000004}', 'numbers have no gaps');
rollback to paid;

-- A long stay: a receipt for each charge, an earning for each payout, and the sums are those of the stay

select tests.book('long', 'dorothy', 'mill', '2031-07-02', '2031-08-08');
select tests.money('long', 'succeeded', card => 'pm_dorothy');
select tests.at('2031-07-25 13:00+00');
select private.order_charges(10);
select tests.money('long', 'succeeded', instalment => 2);
select is(private.issue_receipts(10), 3, 'each charge has its receipt');
select is(
  (select array[sum(stay_minor), sum(fee_minor), sum(taxes_minor), sum(total_minor)] from public.receipts
   where booking_id = tests.id('long')),
  (select array[bookings.subtotal_minor, guest_totals.guest_fee_minor, bookings.taxes_minor, guest_totals.total_minor]::numeric[]
   from public.bookings join public.guest_totals using (booking_id) where booking_id = tests.id('long')),
  'together they are the whole stay');
select tests.at('2031-07-03 13:00+00');
select private.release_payouts(10);
select pg_temp.run('transfer');
select tests.at('2031-08-02 13:00+00');
select private.release_payouts(10);
select pg_temp.run('transfer');
select results_eq(
  $$ select gross_minor, host_fee_minor, adjustment_minor, net_minor from public.earnings
     where booking_id = tests.id('long') order by entered_at $$,
  $$ values (300000::bigint, 9000::bigint, 0::bigint, 291000::bigint), (70000, 2100, 0, 67900) $$,
  'the earnings are for thirty nights and for seven');
select is(pg_temp.differences(), 0::bigint, 'the receipts agree with the ledger after all charges');
rollback to paid;

select pg_temp.staff_cancel('visit', 25150);
select is(private.issue_receipts(10), 2, 'paid and cancelled within a minute: a receipt and a credit note');
select is(pg_temp.documents('visit'), '{receipt 20000 2820 2330 25150,credit_note 20000 2820 2330 25150}',
  'the receipt comes before the credit note');
select tests.at('2032-01-01 00:00+00');
select tests.book('next', 'grace', 'mill', '2032-02-10', '2032-02-12');
select tests.money('next', 'succeeded');
select private.issue_receipts(10);
select is((select number from public.receipts where booking_id = tests.id('next')), '2032-000001', 'each year counts anew');

select * from finish();
rollback;
