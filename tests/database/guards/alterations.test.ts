import {
  agreed,
  answers,
  elsewhere,
  frozenBy,
  type Guard,
  longer,
  openToAll,
  outcome,
  proposes,
  quote,
  refused,
  seesNothing,
  shorter,
  testGuards,
  wants,
  wish,
} from '../../support/guards.ts';

const running = `select tests.at('2031-06-03 12:00+00')`;
/** Grace stays 40 nights in the loft; the second instalment, of ten, is charged in July. */
const later = `select tests.book('long', 'grace', 'loft', '2031-06-24', '2031-08-03');
  select tests.money('long', 'succeeded', card => 'pm_grace');
  update public.payments set stripe_intent_id = nullif('pi_2', '')
  where booking_id = tests.id('long') and instalment = 2`;

testGuards([
  frozenBy(
    'freeze_the_lines',
    'booking_lines',
    `update public.booking_lines set description = 'Free'`,
  ),
  frozenBy(
    'freeze_the_guest_totals',
    'guest_totals',
    'update public.guest_totals set total_minor = total_minor + 1',
  ),
  frozenBy('freeze_the_host_totals', 'host_totals', 'delete from public.host_totals'),
  {
    name: 'the policy by which people read alterations',
    without: openToAll('alterations'),
    after: longer,
    holds: seesNothing('alterations'),
  },
  {
    name: 'one alteration is open at a time',
    without: 'drop index public.alterations_open_booking_id_idx',
    after: longer,
    holds: refused(
      `insert into public.alterations
       select (jsonb_populate_record(alterations, jsonb_build_object('alteration_id', tests.id('other')))).*
       from public.alterations`,
      '23505',
    ),
  },
  {
    name: 'the ages of a stay to come stay as they were agreed',
    without: {
      rule: 'private.only_forgets_ages',
      piece: "booking.status not in ('awaiting_payment', 'requested', 'confirmed')",
      becomes: 'true',
    },
    after: `alter table public.bookings disable trigger freeze_the_stay;
      update public.bookings set guests = 2, child_ages = '{5}' where booking_id = tests.id('visit');
      alter table public.bookings enable trigger freeze_the_stay`,
    holds: refused(
      `update public.bookings set child_ages = '{}' where booking_id = tests.id('visit')`,
      'frozen',
    ),
  },
  // alteration_verbs
  {
    name: 'nobody agrees to another price than they saw',
    without: {
      rule: 'private.propose_alteration',
      piece: 'priced.total_minor <> expected_total_minor',
      becomes: 'false',
    },
    holds: outcome(
      'grace',
      proposes(`check_out => '2031-06-06', expected_total_minor => 1`),
      'price_changed',
    ),
  },
  {
    name: 'a stay that has begun keeps its arrival and its guests',
    without: { rule: 'private.alterable_until', piece: 'check_in, guests', becomes: 'guests' },
    after: running,
    holds: outcome('grace', proposes(`check_in => '2031-06-03'`), 'stay_begun'),
  },
  {
    name: 'the night that is running is not given back',
    without: {
      rule: 'private.alterable_until',
      piece: 'least(check_out, booking.check_out)',
      becomes: 'booking.check_out',
    },
    after: running,
    holds: outcome('grace', proposes(`check_out => '2031-06-03'`), 'nights_spent'),
  },
  {
    name: 'what is over is not altered',
    without: {
      rule: 'private.check_alterable',
      piece: 'private.stay_ends_at(booking)',
      becomes: `timestamptz 'infinity'`,
    },
    after: `select tests.at('2031-06-05 12:00+00')`,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'stay_over'),
  },
  {
    name: 'a guest who is said not to have come alters nothing',
    without: {
      rule: 'private.check_alterable',
      piece: 'private.no_show_open(booking.booking_id)',
      becomes: 'false',
    },
    after: `${running}; select tests.become('ada');
      select public.report_no_show(tests.id('visit'), 'Nobody.'); select tests.back()`,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'not_alterable'),
  },
  ...['open', 'lost'].map((status): Guard => ({
    name: `nothing is altered when a dispute is ${status}`,
    without: {
      rule: 'private.check_alterable',
      piece: `'${status}'`,
      becomes: `'won'`,
    },
    after: `insert into private.disputes
        (stripe_dispute_id, payment_id, booking_id, status, currency, amount_minor, opened_at, closed_at)
      select 'dp_1', payment_id, booking_id, '${status}', currency, 100, now(),
        ${status === 'lost' ? 'now()' : 'null'}
      from public.payments where booking_id = tests.id('visit')`,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'not_alterable'),
  })),
  {
    name: 'nothing is altered for a guest who is suspended',
    without: {
      rule: 'private.check_alterable',
      piece: 'private.is_barred(booking.guest_id)',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Test.')`,
    holds: outcome('ada', proposes(`check_out => '2031-06-06'`), 'host_unavailable'),
  },
  {
    name: 'an alteration that ends lets its payment go',
    without: {
      rule: 'private.end_alteration',
      piece: `perform private.return_payment(payment, 'alteration_ended');`,
      becomes: 'null;',
    },
    after: `${agreed}; select tests.become('grace'); ${answers('withdraw')}; select tests.back()`,
    holds: `(select status = 'cancelled' from public.payments
      where booking_id = tests.id('visit') and instalment = 2)`,
  },
  {
    name: 'an alteration that ends frees its nights',
    without: {
      rule: 'private.end_alteration',
      piece: 'perform private.drop_added_nights(booking);',
      becomes: 'null;',
    },
    after: `${agreed}; select tests.become('grace'); ${answers('withdraw')}; select tests.back()`,
    holds: outcome('katherine', quote('mill', '2031-06-05', '2031-06-06'), '1'),
  },
  {
    name: 'nothing is altered while an instalment is being charged',
    without: {
      rule: 'private.check_alterable',
      piece: 'payments.stripe_intent_id is not null',
      becomes: 'false',
    },
    after: later,
    holds: outcome(
      'grace',
      `select public.propose_alteration(tests.id('other'), tests.id('long'), check_out => '2031-08-01')`,
      'paid_in_parts',
    ),
  },
  {
    name: 'a paid stay does not become one that is paid later',
    without: {
      rule: 'private.alteration_due',
      piece: 'charge.charge_at > private.now()',
      becomes: 'false',
    },
    holds: outcome(
      'grace',
      proposes(`check_in => '2031-12-01', check_out => '2031-12-04'`),
      'paid_in_parts',
    ),
  },
  {
    name: 'the other side does not read what an altered stay costs the guest',
    without: {
      rule: 'private.terms_of(public.alterations, private.priced_stay, private.priced_stay)',
      piece: 'case when pays then agreed.total_minor end',
      becomes: 'agreed.total_minor',
    },
    after: `${longer}; select tests.become('ada')`,
    holds: `(public.read_alteration(tests.id('wish'))).total_minor is null`,
  },
  {
    name: 'a stay that was paid elsewhere is not altered',
    without: {
      rule: 'private.check_alterable',
      piece: 'private.was_settled_elsewhere(booking.booking_id)',
      becomes: 'false',
    },
    after: elsewhere,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'not_alterable'),
  },
  // alteration_answers
  {
    name: 'an alteration is answered by a side of it',
    without: {
      rule: 'private.alteration_to_answer',
      piece: `private.may_manage(alterations.listing_id, 'bookings')`,
      becomes: 'true',
    },
    after: longer,
    holds: outcome('radia', answers('accept'), 'alteration_not_found'),
  },
  {
    name: 'an alteration is told to a side of it',
    without: {
      rule: 'private.alteration_terms',
      piece: `private.may_manage(alterations.listing_id, 'bookings')`,
      becomes: 'true',
    },
    after: longer,
    holds: outcome(
      'katherine',
      `select public.read_alteration(tests.id('wish'))`,
      'alteration_not_found',
    ),
  },
  {
    name: 'who proposes does not accept',
    without: {
      rule: 'private.agree_to_alteration',
      piece: 'perform private.check_other_side(alteration, found_one.side);',
      becomes: 'null;',
    },
    after: longer,
    holds: outcome('grace', answers('accept'), 'own_proposal'),
  },
  {
    name: 'who proposes does not decline',
    without: {
      rule: 'private.decline_alteration',
      piece: 'perform private.check_other_side(alteration, found_one.side);',
      becomes: 'null;',
    },
    after: longer,
    holds: outcome('grace', answers('decline'), 'own_proposal'),
  },
  {
    name: 'the other side does not withdraw a proposal',
    without: {
      rule: 'private.check_endable',
      piece: `alteration.status = 'proposed' and side = alteration.proposed_by`,
      becomes: `alteration.status = 'proposed'`,
    },
    after: longer,
    holds: outcome('ada', answers('withdraw'), 'alteration_closed'),
  },
  {
    name: 'a host does not take back what the guest is paying for',
    without: {
      rule: 'private.check_endable',
      piece: `alteration.status = 'awaiting_payment' and side = 'guest'`,
      becomes: `alteration.status = 'awaiting_payment'`,
    },
    after: agreed,
    holds: outcome('ada', answers('withdraw'), 'alteration_closed'),
  },
  {
    name: 'suspended people alter nothing',
    without: {
      rule: 'private.alteration_to_answer',
      piece: 'perform private.active_caller();',
      becomes: '',
    },
    after: `${wants('ada', `check_out => '2031-06-06'`)};
      insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Test.')`,
    holds: outcome('grace', answers('decline'), 'account_suspended'),
  },
  {
    name: 'a proposal is good for a day',
    without: {
      rule: 'private.check_answerable',
      piece: 'alteration.expires_at <= private.now()',
      becomes: 'false',
    },
    after: `${longer}; select tests.at('2031-05-21 13:00+00')`,
    holds: outcome('ada', answers('accept'), 'alteration_expired'),
  },
  {
    name: 'an alteration is answered once',
    without: {
      rule: 'private.check_answerable',
      piece: `alteration.status <> 'proposed'`,
      becomes: 'false',
    },
    after: `${longer}; select tests.become('grace'); ${answers('withdraw')}; select tests.back()`,
    holds: outcome('ada', answers('accept'), 'alteration_closed'),
  },
  {
    name: 'the rules of a stay are asked again when it is agreed to',
    without: {
      rule: 'private.check_agreeable',
      piece: 'perform private.check_altered_stay(',
      becomes: 'perform concat(',
    },
    after:
      `${longer}; update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    holds: outcome('ada', answers('accept'), 'listing_not_found'),
  },
  {
    name: 'an alteration that is agreed to has its added nights',
    without: {
      rule: 'private.agree_to_alteration',
      piece: 'not private.hold_added_nights(booking, alteration)',
      becomes: 'false',
    },
    after: agreed,
    holds: outcome('katherine', quote('mill', '2031-06-05', '2031-06-06'), 'nights_taken'),
  },
  {
    name: 'a stay is altered when its difference is paid',
    without: {
      rule: 'private.agree_to_alteration',
      piece: 'due = 0',
      becomes: 'true',
    },
    after: agreed,
    holds: `${wish} = 'awaiting_payment'`,
  },
  {
    name: 'the guest can pay the difference',
    without: `delete from private.registrations where question = 'payment_payable_until'`,
    after: agreed,
    holds: outcome('grace', `select public.start_payment(tests.id('visit'))`, '1'),
  },
  {
    name: 'the money for an alteration alters the stay',
    without: `delete from private.registrations where question = 'payment_arrived'`,
    after: `${agreed}; select tests.become('grace'); select public.start_payment(tests.id('visit'));
      select tests.money('visit', 'succeeded', instalment => 2)`,
    holds: `${wish} = 'applied'`,
  },
  {
    name: 'an alteration hears of the end of its intent',
    without: `delete from private.registrations where question = 'intent_cancelled'`,
    after: `${agreed}; select tests.become('grace'); select public.start_payment(tests.id('visit'));
      select tests.money('visit', 'canceled', instalment => 2)`,
    holds: `${wish} = 'expired'`,
  },
  {
    name: 'money for an alteration that ended goes back',
    without: {
      rule: 'private.alteration_paid',
      piece: `perform private.return_payment(payment, 'alteration_ended');`,
      becomes: 'null;',
    },
    after: `${agreed}; select tests.become('grace'); select public.start_payment(tests.id('visit'));
      ${answers('withdraw')}; select tests.money('visit', 'succeeded', instalment => 2)`,
    holds: `(select captured_minor = refunded_minor from public.payments
      where booking_id = tests.id('visit') and instalment = 2)`,
  },
  ...['guest_id', 'host_id'].map((side): Guard => ({
    name: `money alters nothing once the ${side} is suspended`,
    without: {
      rule: 'private.alteration_paid',
      piece: `private.is_barred(booking.${side})`,
      becomes: 'false',
    },
    after: `${agreed}; select tests.become('grace'); select public.start_payment(tests.id('visit'));
      select tests.back(); insert into private.suspensions (profile_id, reason)
      select ${side}, 'Test.' from public.bookings where booking_id = tests.id('visit');
      select tests.money('visit', 'succeeded', instalment => 2)`,
    holds: `${wish} = 'expired'`,
  })),
  {
    name: 'an alteration ends with its intent',
    without: {
      rule: 'private.alteration_unpaid',
      piece: `perform private.end_alteration(booking, alteration, 'expired');`,
      becomes: 'null;',
    },
    after: `${agreed}; select tests.become('grace'); select public.start_payment(tests.id('visit'));
      select tests.money('visit', 'canceled', instalment => 2)`,
    holds: `${wish} = 'expired'`,
  },
  {
    name: 'what a stay costs less comes back',
    without: {
      rule: 'private.apply_alteration',
      piece: 'perform private.claim_refund(',
      becomes: 'perform concat(',
    },
    after: `${shorter}; select tests.become('ada'); ${answers('accept')}; select tests.back()`,
    holds:
      `(select refunded_minor = 11410 from public.payments where booking_id = tests.id('visit'))`,
  },
  {
    name: 'the host gets less of a stay that costs less',
    without: {
      rule: 'private.apply_alteration',
      piece: 'perform private.adjust_payout(booking.booking_id);',
      becomes: 'null;',
    },
    after: `${shorter}; select tests.become('ada'); ${answers('accept')}; select tests.back()`,
    holds: `(select amount_minor = (private.shares_of(bookings)).host_minor
      from public.payouts join public.bookings using (booking_id)
      where booking_id = tests.id('visit'))`,
  },
  {
    name: 'what is charged later follows the altered stay',
    without: {
      rule: 'private.apply_alteration',
      piece: 'perform private.plan_charges_anew(',
      becomes: 'perform concat(',
    },
    after: `${later.replace('pi_2', '')}; ${
      wants('grace', `check_out => '2031-08-01'`).replace(`tests.id('visit')`, `tests.id('long')`)
    }; select tests.become('ada'); ${answers('accept')}; select tests.back()`,
    holds: `(select sum(amount_minor) = (
        select total_minor from public.guest_totals where booking_id = tests.id('long'))
      from public.payments where booking_id = tests.id('long') and status <> 'cancelled')`,
  },
  {
    name: 'a cancelled stay overtakes its alteration',
    without: 'drop trigger overtake_the_alterations on public.bookings',
    after:
      `${agreed}; select tests.become('grace'); select public.cancel_booking(tests.id('visit'));
      select tests.back()`,
    holds: `${wish} = 'overtaken'`,
  },
  {
    name: 'a no-show overtakes an alteration',
    without: 'drop trigger overtake_the_alterations on public.no_shows',
    after: `${running}; ${longer}; select tests.become('ada');
      select public.report_no_show(tests.id('visit'), 'Nobody.'); select tests.back()`,
    holds: `${wish} = 'overtaken'`,
  },
]);
