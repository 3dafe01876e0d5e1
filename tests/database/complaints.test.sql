-- Complaints: what a guest finds wrong, the payout that waits for it, and the money that goes back.
--
-- Two nights in Ada's mill from 2031-06-10 at 15:00 in Paris (13:00 UTC) cost 200.00, with a tax of 20.00 and the guest
-- fee of 28.20 Grace pays 248.20; Ada gets 194.00.

begin;
select no_plan();

select tests.at('2031-05-01 12:00+00');
select tests.home('mill', 'ada');
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy']) as name;
insert into private.taxes (name, country_code, basis, rate_bp)
values ('City tax', 'FR', 'percent_of_nights_and_fees', 1000);
insert into private.staff (profile_id) values (tests.person('sam'));
insert into public.host_accounts (host_id, status, country_code, stripe_account_id, created_at, looked_at)
values (tests.person('ada'), 'active', 'FR', 'acct_ada', private.now(), private.now());
select tests.cohost('mill', 'hedy', 'full');

create function pg_temp.stay(name text default 'visit', check_in date default '2031-06-10') returns void
  language plpgsql
as $$
begin
  perform tests.book(name, 'grace', 'mill', check_in, check_in + 2);
  perform tests.money(name, 'succeeded');
end $$;
create function pg_temp.filing(id text default 'dust', booking text default 'visit', words text default 'Dust.') returns text
  language sql
  return format('select * from public.file_complaint(tests.id(%L), tests.id(%L), ''not_clean'', %L)', id, booking, words);
create function pg_temp.says(who text, statement text) returns text language plpgsql as $$
declare
  said text;
begin
  perform tests.become(who);
  execute format('select to_jsonb(told) ->> ''status'' from (%s) as told', statement) into said;
  perform tests.back();
  return said;
end $$;
create function pg_temp.deciding(refund bigint, id text default 'dust', reason text default 'We looked.') returns text
  language sql
  return format('select * from public.staff_decide_complaint(tests.id(%L), %s, %L)', id, coalesce(refund::text, 'null'), reason);
create function pg_temp.withdrawing(id text default 'dust') returns text
  language sql
  return format('select * from public.withdraw_complaint(tests.id(%L))', id);
create function pg_temp.answering(words text, id text default 'dust') returns text
  language sql
  return format('select * from public.answer_complaint(tests.id(%L), %L)', id, words);
create function pg_temp.money() returns text language sql as $$
  select concat_ws(' ', 'paid', captured_minor, 'back', refunded_minor, 'payout', payouts.status, payouts.amount_minor,
    'back ' || nullif(taken_back_minor, 0), payouts.reason)
  from public.payments join public.payouts using (booking_id) where payments.booking_id = tests.id('visit')
$$;
create function pg_temp.paid_out() returns integer language plpgsql as $$
declare
  command public.command_to_run;
  made    integer := 0;
begin
  perform private.release_payouts(10);
  for command in select * from private.claim_commands(100) loop
    case command.kind
      when 'transfer' then
        perform private.apply_transfer(null, command.payout_id, 'tr_' || command.payout_id, command.amount_minor, 'eur');
        made := made + 1;
      when 'refund' then perform private.apply_refund(null, command.refund_id, 're_' || command.refund_id, 'succeeded');
      when 'reverse_transfer' then perform private.apply_reversal(command.reversal_id, 'trr_' || command.reversal_id);
      else null;
    end case;
    perform private.finish_command(command.command_id);
  end loop;
  return made;
end $$;
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
  where kind = 'send_mail' and template like 'complaint%'
$$;

savepoint start;

-- When a guest may complain

select pg_temp.stay();
select tests.at('2031-06-10 12:59:59+00');
select is(tests.outcome('grace', pg_temp.filing()), 'stay_not_begun',
  'a guest cannot complain before check-in');
select tests.at('2031-06-10 13:00+00');
select is(tests.outcome('grace', pg_temp.filing()), '1', 'a guest may complain from check-in on');
select is(tests.outcome(who, pg_temp.filing()), 'booking_not_found', who || ' has no stay to complain of')
from unnest(array['ada', 'hedy', 'margaret', 'sam']) as who;
select is(tests.outcome('grace', pg_temp.filing(words => ' ')), 'complaint_incomplete',
  'a complaint needs a description');
select is(tests.outcome('grace', pg_temp.filing(words => repeat('a', 2001))), 'message_too_long',
  'a description of 2001 characters is too long');
select is(tests.outcome('grace', format('select public.file_complaint(null, %L, ''other'', ''Dust.'')', tests.id('visit'))),
  'complaint_incomplete', 'a complaint needs an id');
select is(tests.outcome('grace', format('select public.file_complaint(%1$L, %1$L, null, ''Dust.'')', tests.id('visit'))),
  'complaint_incomplete', 'a complaint needs a category');
select private.complete_stays(10);
select tests.at('2031-06-12 12:00+00');
select private.complete_stays(10);
select is((select status::text from public.bookings), 'completed', 'the stay is over');
select tests.at('2031-06-13 13:00+00');
select is(tests.outcome('grace', pg_temp.filing()), '1', 'exactly 72 hours after check-in, after check-out too');
select tests.at('2031-06-13 13:00:01+00');
select is(tests.outcome('grace', pg_temp.filing()), 'complaint_too_late',
  'a complaint a second after 72 hours is too late');
rollback to start;

select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.at('2031-06-10 20:00+00');
select is(tests.outcome('grace', pg_temp.filing()), 'not_confirmed', 'an unpaid hold is no stay');
rollback to start;

-- The payout waits; dismissed, it goes on

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select is(pg_temp.says('grace', pg_temp.filing()), 'open', 'Grace files a complaint');
select is(pg_temp.says('grace', pg_temp.filing(words => 'Again.')), 'open',
  'filing a complaint again changes nothing');
select is((select complaint from public.complaints), 'Dust.',
  'a complaint keeps its first description');
select is(tests.outcome('grace', pg_temp.filing('mould')), 'complaint_open',
  'a stay has one open complaint at a time');
select is(pg_temp.mails(), 'complaint_filed to Ada', 'the host is told, once');
select is(pg_temp.money(), 'paid 24820 back 0 payout blocked 19400 complaint',
  'an open complaint blocks the payout');
select tests.at('2031-06-20 12:00+00');
select is(private.release_payouts(10), 0, 'an open complaint blocks the payout however late it is');

select is(tests.outcome('grace', pg_temp.answering('Mine.')), 'complaint_not_found', 'a guest does not answer herself');
select is(tests.outcome('ada', pg_temp.answering(' ')), 'complaint_incomplete', 'an answer has words');
select is(pg_temp.says('hedy', pg_temp.answering('It was cleaned at noon.')), 'open',
  'a co-host answers the complaint');
select is(pg_temp.says('ada', pg_temp.answering('It was cleaned at noon.')), 'open', 'the same words are the same answer');
select is(tests.outcome('ada', pg_temp.answering('And at one.')), 'already_answered',
  'a complaint has one answer');
savepoint answered;

select is(tests.outcome(who, pg_temp.deciding(0)), 'staff_only', who || ' does not decide')
from unnest(array['grace', 'ada', 'hedy']) as who;
savepoint impartial;
insert into private.staff (profile_id) select tests.person(who) from unnest(array['grace', 'ada', 'hedy']) as who;
select is(tests.outcome(who, pg_temp.deciding(24820)), 'own_case', who || ' decides nothing of it when they work here too')
from unnest(array['grace', 'ada', 'hedy']) as who;
rollback to impartial;
select is(tests.outcome('sam', pg_temp.deciding(0, reason => ' ')), 'reason_required',
  'staff need a reason for a decision');
select is(tests.outcome('sam', pg_temp.deciding(0, id => 'other')), 'complaint_not_found', 'about what there is');
select is(pg_temp.says('sam', pg_temp.deciding(0)), 'dismissed', 'Sam dismisses the complaint');
select is(pg_temp.says('sam', pg_temp.deciding(0, reason => 'Again.')), 'dismissed',
  'dismissing a complaint twice changes nothing');
select is(tests.outcome('sam', pg_temp.deciding(100)), 'complaint_closed',
  'a dismissed complaint cannot be refunded');
select is(tests.outcome('grace', pg_temp.withdrawing()), 'complaint_closed',
  'a dismissed complaint cannot be withdrawn');
select is(tests.outcome('ada', pg_temp.answering('Told you.')), 'complaint_closed',
  'a dismissed complaint cannot be answered');
select is(pg_temp.money(), 'paid 24820 back 0 payout scheduled 19400',
  'a dismissed complaint frees the payout');
select is(pg_temp.paid_out(), 1, 'the freed payout is sent');
select is(pg_temp.mails(), 'complaint_answered to Grace, complaint_decided_guest to Grace, complaint_decided_host to Ada, complaint_filed to Ada',
  'both sides are sent an e-mail about the decision');
select pg_temp.books_agree();
rollback to answered;

select is(pg_temp.says('grace', pg_temp.withdrawing()), 'withdrawn',
  'Grace withdraws her complaint');
select is(pg_temp.says('grace', pg_temp.withdrawing()), 'withdrawn',
  'withdrawing a complaint twice changes nothing');
select is(tests.outcome('sam', pg_temp.deciding(100)), 'complaint_closed',
  'a withdrawn complaint cannot be decided');
select is(pg_temp.money(), 'paid 24820 back 0 payout scheduled 19400',
  'a withdrawn complaint frees the payout');
rollback to answered;

-- Money back before the payout

select is(tests.outcome('sam', pg_temp.deciding(amount)), 'invalid_refund', coalesce(amount::text, 'null') || ' is no refund')
from unnest(array[-1, 24821, null]::bigint[]) as amount;
select is(pg_temp.says('sam', pg_temp.deciding(6205)), 'refunded', 'staff give a quarter back');
select is(pg_temp.says('sam', pg_temp.deciding(9999)), 'refunded',
  'a decided refund is not changed by a second one');
select is(pg_temp.money(), 'paid 24820 back 6205 payout scheduled 14550', 'out of all shares alike: the host gets three quarters');
select is((select array_agg(amount_minor || ' ' || reason) from public.refunds), array['6205 complaint'],
  'a decided refund is ordered once');
select is(private.complaint_facts(tests.id('visit'), tests.person('grace')) ->> 'given_back_minor', '6205', 'Grace reads what comes back');
select is(private.complaint_facts(tests.id('visit'), tests.person('grace')) ->> 'share_minor', null,
  'Grace does not read what Ada keeps');
select is(private.complaint_facts(tests.id('visit'), tests.person('ada')) ->> 'share_minor', '14550',
  'Ada reads what she keeps');
select is(private.complaint_facts(tests.id('visit'), tests.person('ada')) ->> 'given_back_minor', null,
  'Ada does not read what Grace gets back');
select is(pg_temp.paid_out(), 1, 'the reduced payout is sent');
select is(pg_temp.booked(), 'platform -2565, stripe_balance 4065, tax -1500', 'nobody is owed anything: fee and tax gave their quarter too');
select pg_temp.books_agree();
rollback to answered;

select is(pg_temp.says('sam', pg_temp.deciding(24820)), 'refunded', 'staff give everything back');
select is(pg_temp.money(), 'paid 24820 back 24820 payout cancelled 19400 nothing_due',
  'after a full refund nothing is due to the host');
select is(pg_temp.paid_out(), 0, 'after a full refund no payout is sent');
select is(pg_temp.booked(), null, 'every account is empty');
rollback to start;

-- Money back after the payout: reversed, or owed

select pg_temp.stay();
select tests.at('2031-06-11 13:00+00');
select is(pg_temp.paid_out(), 1, 'the payout is sent before the complaint');
select tests.at('2031-06-12 20:00+00');
select is(pg_temp.says('grace', pg_temp.filing()), 'open', 'Grace complains after the payout');
select is(pg_temp.money(), 'paid 24820 back 0 payout paid 19400', 'what is paid is paid');
select is(pg_temp.says('sam', pg_temp.deciding(12410)), 'refunded',
  'staff give half back after the payout');
select is(pg_temp.money(), 'paid 24820 back 12410 payout paid 19400 back 9700',
  'half of what the host was paid is taken back');
savepoint halved;
select pg_temp.paid_out();
select is(pg_temp.booked(), 'platform -1710, stripe_balance 2710, tax -1000',
  'the host''s half comes back by a reversal');
select pg_temp.books_agree();
rollback to halved;
select private.apply_reversal(command.reversal_id, null)
from private.claim_commands(100) as command where kind = 'reverse_transfer';
select is((select sum(balance_minor)::integer from private.ledger_balances() where account like 'host\_debt%'), 9700,
  'the host owes what her balance does not cover');
rollback to start;

-- A transfer under way is waited for

select pg_temp.stay();
select tests.at('2031-06-11 13:00+00');
select private.release_payouts(10);
select private.claim_commands(100);
select pg_temp.says('grace', pg_temp.filing());
select is(pg_temp.money(), 'paid 24820 back 0 payout sent 19400', 'a worker has it in hand');
select pg_temp.says('sam', pg_temp.deciding(12410));
select private.apply_transfer(null, payout_id, 'tr_1', 19400, 'eur') from public.payouts;
select is(pg_temp.money(), 'paid 24820 back 12410 payout paid 19400 back 9700',
  'a payout that a refund waited for arrives, and half comes back');
rollback to start;

-- Ordered, in no worker's hand: withdrawn

select pg_temp.stay();
select tests.at('2031-06-11 13:00+00');
select is(private.release_payouts(10), 1, 'a payout is ordered and no worker has taken it');
select pg_temp.says('grace', pg_temp.filing());
select is(pg_temp.money(), 'paid 24820 back 0 payout blocked 19400 complaint', 'the order is withdrawn');
select is(pg_temp.paid_out(), 0, 'a withdrawn payout order sends nothing');
rollback to start;

-- A host is not written to without end

select pg_temp.stay();
update private.settings set attempts_per_stay = 2;
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select pg_temp.says('grace', pg_temp.withdrawing());
select is(pg_temp.says('grace', pg_temp.filing('again')), 'open', 'a second complaint is accepted');
select pg_temp.says('grace', format('select * from public.withdraw_complaint(%L)', tests.id('again')));
select is(tests.outcome('grace', pg_temp.filing('third')), 'too_many_attempts',
  'a third complaint is refused');
select is(pg_temp.says('grace', pg_temp.filing('again')), 'withdrawn',
  'the same complaint again is answered with the first one');
rollback to start;

-- With a no-show, a cancellation, a dispute

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select pg_temp.says('ada', 'select * from public.report_no_show(tests.id(''visit''), ''Nobody.'')');
select pg_temp.says('grace', 'select * from public.object_to_no_show(tests.id(''visit''), ''The door is locked.'')');
select pg_temp.says('sam', 'select * from public.staff_decide_no_show(tests.id(''visit''), false, ''It is.'')');
select tests.at('2031-06-20 12:00+00');
select is(private.release_payouts(10), 0,
  'a payout held twice is not released when one hold is lifted');
select is(pg_temp.money(), 'paid 24820 back 0 payout blocked 19400 complaint',
  'the payout says that the complaint still holds it');
select is(pg_temp.says('sam', pg_temp.deciding(24820)), 'refunded',
  'a complaint beside a no-show is decided');
rollback to start;

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', 'select * from public.cancel_booking(tests.id(''visit''))');
select is(pg_temp.money(), 'paid 24820 back 0 payout scheduled 19400', 'Grace gives up a stay whose first two nights are kept');
select is(pg_temp.says('grace', pg_temp.filing()), 'open', 'Grace may give a reason for leaving');
select is(pg_temp.says('sam', pg_temp.deciding(12410)), 'refunded', 'half goes back beside the settlement');
select is(pg_temp.money(), 'paid 24820 back 12410 payout scheduled 9700',
  'the host keeps half of the settled stay');
select pg_temp.books_agree();
rollback to start;

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select pg_temp.says('sam', pg_temp.deciding(12410));
select pg_temp.says('sam', 'select * from public.staff_cancel_booking(tests.id(''visit''), 24820, ''Mould.'')');
select is(pg_temp.money(), 'paid 24820 back 24820 payout cancelled 9700 nothing_due', 'cancelled afterwards, no more goes back than was paid');
select pg_temp.books_agree();
rollback to start;

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 24820, 'eur', 24820, 0, 0);
select is(tests.outcome('sam', pg_temp.deciding(100)), 'dispute_open', 'while the bank has the money nothing is refunded');
select is(pg_temp.says('sam', pg_temp.deciding(0)), 'dismissed',
  'a complaint may be dismissed while the bank has the money');
select is(pg_temp.money(), 'paid 24820 back 0 payout scheduled 19400',
  'dismissing the complaint lifts one hold');
select is(private.release_payouts(10), 0, 'the dispute still holds the payout');
rollback to start;

-- A second complaint after the first

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select pg_temp.says('sam', pg_temp.deciding(6205));
select is(pg_temp.says('grace', pg_temp.filing('mould', words => 'Mould.')), 'open', 'something else is wrong');
select is(pg_temp.money(), 'paid 24820 back 6205 payout blocked 14550 complaint',
  'a second complaint blocks the payout again');
select is(tests.outcome('sam', pg_temp.deciding(18616, 'mould')), 'invalid_refund',
  'a second refund cannot exceed what is left');
select is(pg_temp.says('sam', pg_temp.deciding(18615, 'mould')), 'refunded',
  'the remaining money may be refunded');
select is(pg_temp.mails(), 'complaint_decided_guest to Grace, complaint_decided_guest to Grace, '
  || 'complaint_decided_host to Ada, complaint_decided_host to Ada, complaint_filed to Ada, complaint_filed to Ada',
  'each is told of');
select pg_temp.books_agree();
select pg_temp.stay('later', '2031-08-01');
select tests.at('2031-08-01 20:00+00');
select is(tests.outcome('grace', pg_temp.filing('dust', 'later')), 'id_reused', 'an id is for one stay');
rollback to start;

-- Who sees it, and what is forgotten

select pg_temp.stay();
select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', pg_temp.filing());
select pg_temp.says('ada', pg_temp.answering('No.'));
select is(tests.outcome(who, 'select from public.complaints'), sees, who || ' sees ' || sees)
from (values ('grace', '1'), ('ada', '1'), ('hedy', '1'), ('sam', '1'), ('margaret', '0'), ('anon', '42501')) as sight (who, sees);
select is(tests.outcome('ada', 'delete from public.complaints'), '42501',
  'nobody writes complaints directly');
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'x');
select is(tests.outcome('grace', pg_temp.withdrawing()), 'account_suspended', 'a suspended guest does nothing');
delete from auth.users where id in (tests.person('grace'), tests.person('ada'));
select is((select complaint || answer from public.complaints), '', 'the words of people who left are forgotten');

select * from finish();
rollback;
