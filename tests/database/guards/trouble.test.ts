import {
  arrived,
  asked,
  elsewhere,
  openToAll,
  outcome,
  reported,
  seesNothing,
  status,
  testGuards,
} from '../../support/guards.ts';

const complained = `${arrived}; ${
  asked(
    'grace',
    `select public.file_complaint(tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.')`,
  )
}`;
const staffed = `insert into private.staff (profile_id) values (tests.person('katherine'))`;
const given = (refund: number) =>
  `select public.staff_decide_complaint(tests.id('dust'), ${refund}, 'Looked.')`;

testGuards([
  // no_shows
  {
    name: 'the policy by which people read no_shows',
    without: openToAll('no_shows'),
    after: reported,
    holds: seesNothing('no_shows'),
  },
  {
    name: 'no guest is missing before check-in',
    without: {
      rule: 'private.check_no_show',
      piece: 'private.now() < private.stay_begins_at(booking)',
      becomes: 'private.now() is null and private.now() < private.stay_begins_at(booking)',
    },
    holds: outcome('ada', `select public.report_no_show(tests.id('visit'))`, 'stay_not_under_way'),
  },
  {
    name: 'a stay is not over while its guest is missing',
    without: {
      rule: 'private.no_show_open',
      piece: 'no_shows.booking_id = no_show_open.booking_id',
      becomes: 'false and no_shows.booking_id = no_show_open.booking_id',
    },
    after: `select tests.at('2031-06-05 08:00+00');
      ${asked('ada', `select public.report_no_show(tests.id('visit'))`)};
      select tests.at('2031-06-05 10:00+00'); select private.complete_stays(10)`,
    holds: `${status('visit')} = 'confirmed'`,
  },
  {
    name: 'a no-show is settled by the moment of the report',
    without: {
      rule: 'private.uphold_no_show',
      piece: "private.settle_cancellation(booking, 'guest', report.reported_at)",
      becomes: "private.settle_cancellation(booking, 'guest', private.now())",
    },
    after:
      `${reported}; select tests.at('2031-06-05 08:00+00'); select private.settle_no_shows(10)`,
    holds: '(select refund_minor = 5000 from public.guest_settlements)',
  },
  {
    name: 'who cancels meanwhile cancels',
    without: 'drop trigger overtake_the_no_show on public.bookings',
    after: `${reported}; ${asked('grace', `select public.cancel_booking(tests.id('visit'))`)}`,
    holds: `(select status = 'overtaken' from public.no_shows)`,
  },
  // contacts
  {
    name: 'only guests whose stay opens it see the address',
    without: {
      rule: 'private.listings_open_to_guest',
      piece: `else private.contacts_are_open(bookings) end`,
      becomes: 'else true end or true',
    },
    holds: outcome('margaret', 'select from public.listing_addresses', '0'),
  },
  {
    name: 'a door opens some days before check-in',
    without: {
      rule: 'private.access_is_open',
      piece: '>= booking.check_in - (select settings.access_days from private.settings)::integer',
      becomes: 'is not null',
    },
    holds: outcome('grace', 'select from public.listing_access', '0'),
  },
  {
    name: 'no door opens for a stay that costs something and is not paid',
    without: {
      rule: 'private.access_is_open',
      piece: `payments.status = 'captured'`,
      becomes: 'true',
    },
    after:
      `update private.settings set access_days = 14; alter table public.payments disable trigger user;
      update public.payments set status = 'pending', captured_minor = 0, refunded_minor = 0, captured_at = null,
        charge_at = now() where booking_id = tests.id('visit');
      select tests.at('2031-05-25 12:00+00')`,
    holds: outcome('grace', 'select from public.listing_access', '0'),
  },
  {
    name: 'a stay of which nothing is paid opens no address in its grace period',
    without: {
      rule: 'private.contacts_open_at',
      piece: `coalesce(
      private.grace_ends_at(`,
      becomes: `least(booking.confirmed_at,
      private.grace_ends_at(`,
    },
    after: `alter table public.payments disable trigger user;
      update public.payments set status = 'pending', captured_minor = 0, refunded_minor = 0, captured_at = null,
        charge_at = now() where booking_id = tests.id('visit')`,
    holds: outcome('grace', 'select from public.listing_addresses', '0'),
  },
  {
    name: 'check-out closes the address, whenever a job comes',
    without: {
      rule: 'private.contacts_are_open',
      piece: 'and private.now() < private.stay_ends_at(booking)',
      becomes: '',
    },
    after: `select tests.at('2031-06-05 09:00+00')`,
    holds: outcome('grace', 'select from public.listing_addresses', '0'),
  },
  {
    name: 'contact data is for confirmed stays',
    without: {
      rule: 'private.booking_contacts',
      piece: `booking.status <> 'confirmed'`,
      becomes: 'false',
    },
    holds: outcome(
      'ada',
      `select public.booking_contacts(tests.id('question'))`,
      'not_confirmed',
    ),
  },
  // complaints
  {
    name: 'the policy by which people read complaints',
    without: openToAll('complaints'),
    after: complained,
    holds: seesNothing('complaints'),
  },
  {
    name: 'a guest complains in time',
    without: {
      rule: 'private.check_complaint',
      piece: 'private.now() > ends',
      becomes: 'false',
    },
    after: `select tests.at('2031-06-06 08:00+00')`,
    holds: outcome(
      'grace',
      `select public.file_complaint(tests.id('dust'), tests.id('visit'), 'other', 'Dust.')`,
      'complaint_too_late',
    ),
  },
  {
    name: 'only staff give back',
    without: {
      rule: 'private.staff_decide_complaint',
      piece: 'perform private.staff_caller();',
      becomes: '',
    },
    after: complained,
    holds: outcome('grace', given(100), 'staff_only'),
  },
  {
    name: 'no more is given back than was paid',
    without: {
      rule: 'private.give_back',
      piece: "private.claim_refund(booking.booking_id, amount_minor, 'complaint') <> amount_minor",
      becomes: "private.claim_refund(booking.booking_id, amount_minor, 'complaint') is null",
    },
    after: `${complained}; ${staffed}`,
    holds: outcome('katherine', given(999_999), 'invalid_refund'),
  },
  {
    name: 'what is given back shrinks the payout',
    without: {
      rule: 'private.give_back',
      piece: 'perform private.adjust_payout(booking.booking_id);',
      becomes: '',
    },
    after: `${complained}; ${staffed}; ${asked('katherine', given(17_115))}`,
    holds: '(select amount_minor < 29100 from public.payouts)',
  },
  // disputes
  {
    name: 'nothing is refunded during a dispute',
    without: 'drop trigger refuse_the_refund_in_dispute on public.guest_settlements',
    after: `select private.apply_dispute(
      null, 'dp_1', 'pi_visit', 'needs_response', 100, 'eur', 100, 0, 15)`,
    holds: outcome('grace', `select public.cancel_booking(tests.id('visit'))`, 'dispute_open'),
  },
  {
    name: 'a dispute that was decided stays decided',
    without: {
      rule: 'private.apply_dispute',
      piece: 'new_status < known.status',
      becomes: 'false',
    },
    after: `select private.apply_dispute(null, 'dp_1', 'pi_visit', 'lost', 100, 'eur', 100, 0, 15);
      update private.disputes set closed_at = private.now()`,
    holds:
      `private.apply_dispute(null, 'dp_1', 'pi_visit', 'needs_response', 100, 'eur', 100, 0, 15) = 'lost'`,
  },
  // damage_claims
  {
    name: 'a stay that was booked elsewhere has no damage claimed',
    without: {
      rule: 'private.damage_claimable',
      piece: 'private.was_settled_elsewhere(booking.booking_id)',
      becomes: 'false',
    },
    after: `${elsewhere}; select tests.at('2031-06-04 12:00+00')`,
    holds: outcome(
      'ada',
      `select public.claim_damage(tests.id('cup'), tests.id('visit'), 5000, 'A cup.')`,
      'not_confirmed',
    ),
  },
]);
