-- Earnings: what a host is told of what they got, to the cent of the ledger.
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

create function pg_temp.earned() returns text[]
  language sql
begin atomic
  select array_agg(concat_ws(' ', kind, gross_minor, -host_fee_minor, adjustment_minor, -penalty_minor, debt_minor,
    '=', net_minor) order by entered_at, kind)
  from public.earnings;
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

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.money('visit', 'succeeded');

-- Earnings: a payout

select tests.at('2031-06-12 12:00+00');
select private.release_payouts(10);
select is(pg_temp.earned(), null, 'what has not left is not earned yet');
select is(pg_temp.run('transfer'), 19400::bigint, 'the payout is transferred');
select is(pg_temp.earned(), '{payout 20000 -600 0 0 0 = 19400}', 'gross, less the fee, is what was paid');
select throws_ok($$ update public.earnings set net_minor = 1 $$, 'PT409', 'frozen', 'told, it is never changed');
savepoint paid_out;

-- Taken back

select tests.at('2031-06-12 13:00+00');
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'lost', 25150, 'eur', 25150, 0, 1500);
select pg_temp.run('reverse_transfer');
select is((pg_temp.earned())[2], 'reversal 0 0 -19400 0 0 = -19400', 'a lost dispute takes it back');
select is(pg_temp.differences(), 0::bigint,
  'the earnings agree with the ledger after a lost dispute');
rollback to paid_out;

-- Owed, and netted

select tests.at('2031-06-12 13:00+00');
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'lost', 25150, 'eur', 10000, 0, 1500);
select pg_temp.run('reverse_transfer', covered => false);
select tests.at('2031-06-12 14:00+00');
select is((pg_temp.earned())[2], 'reversal_owed 0 0 -10000 0 10000 = 0',
  'a lost dispute makes what cannot be taken back a debt');
select tests.book('second', 'dorothy', 'mill', '2031-07-10', '2031-07-12');
select tests.money('second', 'succeeded');
select tests.at('2031-07-12 12:00+00');
select private.release_payouts(10);
select pg_temp.run('transfer');
select is((pg_temp.earned())[3], 'payout 20000 -600 0 0 -10000 = 9400',
  'the next payout pays the host''s debt');
select is(pg_temp.differences(), 0::bigint,
  'the earnings agree with the ledger after a debt is netted');

-- A penalty

select tests.at('2031-07-12 13:00+00');
select tests.book('third', 'dorothy', 'mill', '2031-08-10', '2031-08-12');
select tests.money('third', 'succeeded');
select tests.become('ada');
select public.cancel_booking(tests.id('third'));
select tests.back();
select is((pg_temp.earned())[4], 'penalty 0 0 0 -5000 5000 = 0', 'a host who cancels owes the penalty');
select is(pg_temp.differences(), 0::bigint, 'the earnings agree with the ledger after a penalty');

-- A dispute before the payout: an adjustment

select tests.book('fourth', 'grace', 'mill', '2031-08-20', '2031-08-22');
select tests.money('fourth', 'succeeded');
select private.apply_dispute(null, 'dp_2', 'pi_fourth', 'lost', 25150, 'eur', 4000, 0, 1500);
select tests.at('2031-08-22 12:00+00');
select private.release_payouts(10);
select pg_temp.run('transfer');
select is((pg_temp.earned())[5], 'payout 20000 -600 -4000 0 -5000 = 10400', 'what the bank took lessens the payout');
select is(pg_temp.differences(), 0::bigint,
  'the earnings agree with the ledger after a dispute before the payout');

-- A cancellation before the payout

select tests.book('fifth', 'grace', 'mill', '2031-09-10', '2031-09-12');
select tests.money('fifth', 'succeeded');
select pg_temp.staff_cancel('fifth', 12575);
select tests.at('2031-09-12 12:00+00');
select private.release_payouts(10);
select pg_temp.run('transfer');
select is((pg_temp.earned())[6], 'payout 10000 -300 0 0 0 = 9700',
  'what was kept of a cancelled stay is earned');
select is(pg_temp.differences(), 0::bigint,
  'the earnings agree with the ledger after a cancellation');

-- Asked for

select tests.become('ada');
select results_eq(
  $$ select month_on, currency, payouts, gross_minor, host_fee_minor, adjustment_minor, penalty_minor, debt_minor, net_minor
     from public.earning_totals('2031-01-01', '2032-01-01') $$,
  $$ values (date '2031-06-01', 'EUR', 1, 20000::bigint, 600::bigint, -10000::bigint, 0::bigint, 10000::bigint, 19400::bigint),
       ('2031-07-01', 'EUR', 1, 20000, 600, 0, 5000, -5000, 9400),
       ('2031-08-01', 'EUR', 1, 20000, 600, -4000, 0, -5000, 10400),
       ('2031-09-01', 'EUR', 1, 10000, 300, 0, 0, 0, 9700) $$,
  'earnings can be added up by month');
select is((select count(*) from public.my_earnings('2031-01-01', '2032-01-01')), 6::bigint,
  'earnings can be listed for a year');
select is((select count(*) from public.my_earnings('2031-06-12', '2031-07-12')), 2::bigint,
  'earnings end before the last day');
create function pg_temp.pages() returns text[]
  language plpgsql
as $$
declare
  last uuid;
  page uuid[];
  ids  uuid[];
begin
  loop
    select array_agg(earning_id) into page from public.my_earnings('2031-01-01', '2032-01-01', last, 2);
    exit when page is null;
    ids := ids || page;
    last := page[cardinality(page)];
  end loop;
  return ids;
end $$;
select is(pg_temp.pages(), (select array_agg(earning_id::text) from public.my_earnings('2031-01-01', '2032-01-01')),
  'page by page the same');
select is(
  (string_to_array(public.earnings_csv('2031-06-01', '2031-07-01'), e'\r\n'))[3],
  format('2031-06-12,reversal_owed,%s,%s,"Mill",2031-06-10,2031-06-12,EUR,0.00,0.00,-100.00,0.00,100.00,0.00',
    tests.id('visit'), (select payout_id from public.payouts where booking_id = tests.id('visit'))),
  'earnings can be had as a file');
select is(
  (string_to_array(public.earnings_csv('2031-07-12', '2031-08-01'), e'\r\n'))[3],
  format('2031-07-12,penalty,%s,,"Mill",2031-08-10,2031-08-12,EUR,0.00,0.00,0.00,50.00,50.00,0.00', tests.id('third')),
  'a line of the file without a payout leaves its cell empty');
select tests.back();
select is(private.csv_field(content), escaped, 'a spreadsheet computes nothing of ' || content)
from (values
  ('=HYPERLINK("x")', '"''=HYPERLINK(""x"")"'), ('+1', '"''+1"'), ('-1', '"''-1"'), ('@a', '"''@a"'),
  (e'\t=1', e'"''\t=1"'), (e' =1', '"'' =1"'), ('a, "b"', '"a, ""b"""'), ('', '""')) as field (content, escaped);
select is(array[private.csv_amount(-1234, 0::smallint), private.csv_amount(-5, 2::smallint), private.csv_amount(1234, 3::smallint)],
  '{-1234,-0.05,1.234}', 'amounts have the digits of their currency');

-- Who sees what

select tests.cohost('mill', 'hedy', 'full');
select private.issue_receipts(100);
select is(tests.outcome(person, statement), seen, format('%s: %s', person, statement))
from (values ('ada', '6', '0'), ('hedy', '0', '0'), ('grace', '0', '4'), ('dorothy', '0', '3'), ('katherine', '0', '0'))
  as sight (person, earnings, receipts)
cross join lateral (values
  ('select * from public.earnings', earnings), ($$ select * from public.my_earnings('2031-01-01', '2032-01-01') $$, earnings),
  ('select * from public.receipts', receipts)) as asked (statement, seen);
select is(tests.outcome('ada', statement), code, code)
from (values
  ($$ select * from public.my_earnings(null, '2031-01-01') $$, 'dates_required'),
  ($$ select * from public.my_earnings('2031-01-01', '2034-01-01') $$, 'too_many_days'),
  ($$ select * from public.my_earnings('2031-01-01', '2032-01-01', page_size => 0) $$, 'invalid_page_size'),
  ($$ select * from public.my_earnings('2031-01-01', '2032-01-01', page_size => 101) $$, 'too_many_results'),
  ($$ select * from public.my_earnings('2031-01-01', '2032-01-01', gen_random_uuid()) $$, 'invalid_cursor'),
  ($$ select * from public.earning_totals('2032-01-01', '2031-01-01') $$, 'dates_reversed'),
  ($$ select * from public.earnings_csv('2031-01-01', 'infinity') $$, 'invalid_dates')) as bad (statement, code);

-- Nobody is kept waiting

select tests.book('last', 'grace', 'mill', '2031-11-10', '2031-11-12');
select tests.money('last', 'succeeded');
select is_empty($$ select * from private.reconciliation_report() where difference = 'receipt_missing' $$, 'a receipt may take a while');
select tests.at('2031-09-12 13:00:01+00');
select is((select booking_id from private.reconciliation_report() where difference = 'receipt_missing'), tests.id('last'),
  'a receipt that is not issued within an hour is reported');

-- What hosts and guests are told of the ledger's sources

select is_empty(
  $$ select unnest(enum_range(null::public.earning_kind))::text except select unnest(enum_range(null::private.ledger_source))::text $$,
  'an earning is of a kind that the ledger knows');
select set_eq(
  $$ select unnest(enum_range(null::public.receipt_source))::text $$,
  $$ select source::text from unnest(enum_range(null::private.ledger_source)) as source where starts_with(source::text, 'share_') $$,
  'every change of what a guest is charged can have its receipt');

select * from finish();
rollback;
