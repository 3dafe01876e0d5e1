import {
  answers,
  elsewhere,
  outcome,
  readersOf,
  refused,
  reported,
  shorter,
  status,
  testGuards,
} from '../../support/guards.ts';

const due = `
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (tests.person('ada'), 'FR', private.now(), private.now());
  select private.apply_host_account(
    null, tests.person('ada'), 'acct_ada', 'active', false, '{}', private.now());
  select tests.at('2031-06-04 12:00+00')`;
const paidOut = `${due}; select private.release_payouts(10);
  select private.apply_transfer(null, payout_id, 'tr_1', amount_minor, 'eur') from public.payouts`;
const payout = `(select status || coalesce(' ' || reason, '') from public.payouts)`;

const failed = `${due}; select private.release_payouts(10);
  select private.fail_command(command_id, 'refused', false)
  from private.claim_commands(100) where kind = 'transfer';
  insert into private.staff (profile_id) values (tests.person('sam'))`;
/** What somebody hears who records the payout as paid by hand, whole or less by some cents. */
const byHand = (who: string, less = 0) =>
  `tests.outcome('${who}', (
    select format('select public.staff_record_payout(%L, %s, %L)', payout_id, amount_minor - ${less}, 'Wired.')
    from public.payouts))`;
const paidByHand =
  `${failed}; create temporary table wired as select payout_id, amount_minor from public.payouts;
  grant select on wired to authenticated; select tests.become('sam');
  select public.staff_record_payout(payout_id, amount_minor, 'Wired.') from wired; select tests.back()`;

testGuards([
  // cancellation_rules
  {
    name: 'what an alteration gave back was not paid for the stay',
    without: {
      rule: 'private.paid_for',
      piece: `'altered', `,
      becomes: '',
    },
    after: `${shorter}; select tests.become('ada'); ${answers('accept')}; select tests.back()`,
    holds: `private.paid_for(tests.id('visit')) = 22820`,
  },
  {
    name: 'a host who cancels a stay that was paid elsewhere owes no penalty',
    without: {
      rule: 'private.host_penalty',
      piece: 'private.was_settled_elsewhere(booking.booking_id)',
      becomes: 'false',
    },
    after: `${elsewhere}; select tests.become('ada');
      select public.cancel_booking(tests.id('visit'), 'Water.'); select tests.back()`,
    holds:
      `(select penalty_minor = 0 from public.host_settlements where booking_id = tests.id('visit'))`,
  },
  // checkout
  {
    name: 'nobody begins to pay in the last minute',
    without: {
      rule: 'private.start_payment',
      piece: `+ interval '1 minute' then`,
      becomes: 'then',
    },
    after: `select tests.at('2031-05-20 12:09:30+00')`,
    holds: outcome('margaret', `select public.start_payment(tests.id('hold'))`, 'hold_expired'),
  },
  {
    name: 'only the guest pays',
    without: {
      rule: 'private.start_payment',
      piece: 'and bookings.guest_id = caller',
      becomes: '',
    },
    holds: outcome(
      'katherine',
      `select public.start_payment(tests.id('hold'))`,
      'booking_not_found',
    ),
  },
  // arrivals
  {
    name: 'late money for taken nights goes back',
    without: {
      rule: 'private.late_money_arrived',
      piece: `perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_too_late');`,
      becomes: '',
    },
    after: `select tests.at('2031-05-20 12:30+00'); select private.expire_bookings(9);
      select tests.book('other', 'katherine', 'mill', '2031-06-10', '2031-06-11'); select tests.money('other', 'succeeded');
      update public.payments set status = 'pending', stripe_intent_id = 'pi_hold' where booking_id = tests.id('hold');
      select tests.money('hold', 'succeeded')`,
    holds: `${status('hold')} = 'payment_conflict'`,
  },
  {
    name: "a server's verb is no one else's",
    without: `grant execute on function
      public.apply_payment_intent(text, uuid, text, text, bigint, bigint, text, text, timestamptz, text, text, text),
      private.apply_payment_intent(text, uuid, text, text, bigint, bigint, text, text, timestamptz, text, text, text) to authenticated`,
    holds: outcome(
      'margaret',
      `select public.apply_payment_intent('e', null, 'pi_visit', 'succeeded', 1, 1, 'eur', null, null, null)`,
      '42501',
    ),
  },
  {
    name: 'one intent per payment',
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'payment.stripe_intent_id <> apply_payment_intent.stripe_intent_id',
      becomes: 'false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where stripe_intent_id = 'pi_question'),
      'pi_second', 'succeeded', 22820, 22820, 'eur', null, null, null) = 'second_intent'`,
  },
  {
    name: "the amount is the booking's",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'when apply_payment_intent.amount_minor is distinct from payment.amount_minor',
      becomes: 'when false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where booking_id = tests.id('hold')),
      'pi_hold', 'succeeded', 1, 22820, 'eur', null, null, null) = 'amount_mismatch'`,
  },
  {
    name: "the currency is the booking's",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'upper(apply_payment_intent.currency) is distinct from payment.currency',
      becomes: 'false',
    },
    holds: `tests.money('hold', 'succeeded', currency => 'USD') = 'amount_mismatch'`,
  },
  {
    name: "the customer is the booking's guest",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'apply_payment_intent.stripe_customer_id is not null',
      becomes: 'false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where booking_id = tests.id('hold')),
      'pi_hold', 'succeeded', 22820, 22820, 'eur', 'ch_hold', null, null, 'pm_1', 'cus_other') = 'customer_mismatch'`,
  },
  {
    name: 'a payment goes forward only',
    without: {
      rule: 'private.apply_payment_intent',
      piece: `payment.status in ('captured', 'cancelled') or new_status < payment.status`,
      becomes: 'false',
    },
    holds: `tests.money('visit', 'canceled') = 'unchanged'`,
  },
  // stripe_events
  {
    name: 'an event is stored once',
    without: {
      rule: 'private.store_stripe_event',
      piece: 'on conflict on constraint stripe_events_pkey do nothing',
      becomes: '',
    },
    after: `select private.store_stripe_event('e', 't', 'o')`,
    holds: `tests.failure($s$ select private.store_stripe_event('e', 't', 'o') $s$) is null`,
  },
  // payouts
  ...readersOf('payouts'),
  {
    name: 'co-hosts see no payouts',
    without: `alter policy "hosts see their own payouts" on public.payouts
      using (listing_id = any (array(select private.listings_of_caller('bookings'))))`,
    holds: outcome('hedy', 'select from public.payouts', '0'),
  },
  {
    name: 'only a host who is ready is paid',
    without: {
      rule: 'private.release_payout',
      piece: `account.status is distinct from 'active'`,
      becomes: 'false',
    },
    after: `${due}; update public.host_accounts set status = 'restricted';
      select private.release_payouts(10)`,
    holds: `${payout} = 'blocked host_not_ready'`,
  },
  {
    name: 'a hold holds',
    without: {
      rule: 'private.release_payout',
      piece: 'payout_holds.lifted_at is null',
      becomes: 'false',
    },
    after: `${due}; insert into private.payout_holds (kind, source_id, booking_id, placed_at)
      values ('disputed', 'dp_1', tests.id('visit'), private.now());
      select private.release_payouts(10)`,
    holds: `${payout} = 'blocked disputed'`,
  },
  {
    name: 'what a host owes is kept back',
    without: {
      rule: 'private.release_payout',
      piece: 'private.host_debt(payout.host_id, payout.currency)',
      becomes: '0',
    },
    after:
      `${due}; select private.post('penalty', 'debt', bookings, host_debt => 100, platform => -100)
      from public.bookings where booking_id = tests.id('visit');
      select private.release_payouts(10)`,
    holds: '(select withheld_minor = 100 from public.payouts)',
  },
  {
    name: 'the payout waits for the guest who is missing',
    without: 'drop function private.place_hold; create function private.place_hold(' +
      'booking_id uuid, kind public.payout_reason, source_id text) returns void language sql as $$ $$',
    after: `${reported}; ${due}; select private.release_payouts(10)`,
    holds: `${payout} = 'blocked no_show'`,
  },
  // share_changes
  {
    name: 'a payout follows what the host keeps',
    without: 'drop trigger adjust_the_payout on public.host_settlements',
    after: `select tests.become('ada'); select public.cancel_booking(tests.id('visit'));
      select tests.back()`,
    holds: `${payout} = 'cancelled nothing_due'`,
  },
  {
    name: 'what was taken back of a payout is paid again when the share grows',
    without: {
      rule: 'private.grow_payouts',
      piece: `payout.payout_id is null or payout.status in ('paid', 'reversed')`,
      becomes: 'payout.payout_id is null',
    },
    after: `${paidOut};
      select private.import_refund(null, 're_1', 'pi_visit', 11410, 'succeeded');
      select private.apply_refund(null, refund_id, 're_1', 'failed') from public.refunds
      where stripe_refund_id = 're_1'`,
    holds: '(select amount_minor = 9700 from public.payouts where part = 2)',
  },
  {
    name: 'what an operator reversed in the dashboard is not paid again',
    without: {
      rule: 'private.grow_payouts',
      piece: 'sum(reversals.by_hand_minor)',
      becomes: 'sum(0)',
    },
    after: `${paidOut};
      select private.import_reversal(payout_id, 'trr_1', 4000) from public.payouts`,
    holds: `(select count(*) = 1 from public.payouts) and (
      select problem = 'host_underpaid' from private.payment_problems)`,
  },
  // payouts_by_hand
  {
    name: 'what is under way is not paid by hand',
    without: {
      rule: 'private.check_by_hand',
      piece: `payout.status <> 'blocked'`,
      becomes: 'false',
    },
    after: `${due}; select private.release_payouts(10);
      insert into private.staff (profile_id) values (tests.person('sam'))`,
    holds: `${byHand('sam')} = 'payout_not_by_hand'`,
  },
  {
    name: 'what waits for a decision is not paid by hand',
    without: {
      rule: 'private.check_by_hand',
      piece: `waits is not null`,
      becomes: 'false',
    },
    after: `select private.apply_fraud_warning(null, 'issfr_1', 'pi_visit');
      insert into private.staff (profile_id) values (tests.person('sam'))`,
    holds: `${byHand('sam')} = 'payout_not_by_hand'`,
  },
  {
    name: 'a case that is hidden behind another reason holds',
    without: {
      rule: 'private.check_by_hand',
      piece: 'payout_holds.lifted_at is null',
      becomes: 'false',
    },
    after: `${failed};
      select private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 1, 'eur', 1, 0, 0)`,
    holds: `${byHand('sam')} = 'payout_not_by_hand'`,
  },
  {
    name: 'who hosts the home does not record its payout',
    without: {
      rule: 'private.staff_record_payout',
      piece: 'perform private.check_impartial(booking.guest_id, booking.listing_id);',
      becomes: '',
    },
    after: `${failed}; insert into private.staff (profile_id) values (tests.person('ada'))`,
    holds: `${byHand('ada')} = 'own_case'`,
  },
  {
    name: 'no more is withheld by hand than the host owes',
    without: {
      rule: 'private.staff_record_payout',
      piece: 'not between 0 and debt',
      becomes: 'not between 0 and payout.amount_minor',
    },
    after: failed,
    holds: `${byHand('sam', 1)} = 'invalid_payout_amount'`,
  },
  {
    name: 'what was paid by hand has no transfer to reverse',
    without: {
      rule: 'private.take_back',
      piece: 'payout.is_by_hand',
      becomes: 'false',
    },
    after:
      `${paidByHand}; select private.import_refund(null, 're_1', 'pi_visit', 11410, 'succeeded')`,
    holds: `(select status = 'owed' from private.reversals)`,
  },
  {
    name: 'what was paid by hand is not booked as money of Stripe',
    without: {
      rule: 'private.book_payout',
      piece: `stripe_balance => case when new.is_by_hand then 0 else -paid end,
    by_hand => case when new.is_by_hand then -paid else 0 end`,
      becomes: 'stripe_balance => -paid',
    },
    after: paidByHand,
    holds: `(select sum(amount_minor) < 0 from private.ledger_entries where account = 'by_hand')`,
  },
  // ledger
  {
    name: 'the ledger balances',
    without: 'drop trigger check_the_balance on private.ledger_entries',
    holds: refused(
      `select private.post('damage_share', 'one', bookings, guest => 1) from public.bookings limit 1`,
      'ledger_unbalanced',
    ),
  },
  {
    name: 'the ledger is never rewritten',
    without: 'drop trigger keep_the_ledger on private.ledger_entries',
    holds: refused('delete from private.ledger_entries', 'frozen'),
  },
  {
    name: 'a source is booked once',
    without: 'alter table private.ledger_entries drop constraint ledger_entries_happen_once',
    after: `select private.record_stripe_fee(null, 'pi_visit', 5, 'eur');
      select private.record_stripe_fee(null, 'pi_visit', 5, 'eur')`,
    holds: `(select count(*) = 2 from private.ledger_entries where source_kind = 'stripe_fee')`,
  },
]);
