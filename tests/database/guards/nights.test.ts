import {
  editorOf,
  outcome,
  proposes,
  quote,
  readersOf,
  refused,
  testGuards,
} from '../../support/guards.ts';

testGuards([
  // calendar
  ...readersOf('calendar_days'),
  editorOf('booking_rules', 'hosts edit their own rules', 'minimum_nights = 9'),
  {
    name: 'claims never share a night',
    without: 'alter table private.claims drop constraint claims_never_share_a_night',
    holds: refused(
      `insert into private.claims (listing_id, nights, lane, kind, booking_id)
       values (tests.id('mill'), '[2031-06-04,2031-06-07)', '(,)', 'stay', tests.id('hold'))`,
      '23P01',
    ),
  },
  {
    name: 'claims cover some nights',
    without: 'alter table private.claims drop constraint claims_cover_some_nights',
    holds: refused(
      `insert into private.claims (listing_id, nights, lane, kind, booking_id)
       values (tests.id('mill'), 'empty', '(,)', 'stay', tests.id('hold'))`,
      '23514',
    ),
  },
  {
    name: 'claims keep to their lanes',
    without: 'alter table private.claims drop constraint claims_keep_to_their_lanes',
    holds: refused(
      `insert into private.claims (listing_id, nights, lane, kind)
       values (tests.id('mill'), '[2031-06-04,2031-06-05)', 'empty', 'block')`,
      '23514',
    ),
  },
  {
    name: 'a quote looks at all claims',
    without: {
      rule: 'private.nights_free',
      piece: 'where claims.listing_id = nights_free.listing_id',
      becomes: 'where claims.booking_id is null and claims.listing_id = nights_free.listing_id',
    },
    holds: outcome('anon', quote('mill', '2031-06-04', '2031-06-06'), 'nights_taken'),
  },
  ...[
    ['own_listing', 'ada', quote('mill', '2031-07-10', '2031-07-12'), ''],
    ['date_in_past', 'anon', quote('mill', '2031-05-18', '2031-05-22'), ''],
    [
      'too_short_notice',
      'anon',
      quote('mill', '2031-05-20', '2031-05-22'),
      `select tests.at('2031-05-20 18:00+00')`,
    ],
    [
      'outside_booking_window',
      'anon',
      quote('mill', '2031-07-10', '2031-07-12'),
      `update public.booking_rules set booking_window_months = 1`,
    ],
    [
      'below_minimum_nights',
      'anon',
      quote('mill', '2031-07-10', '2031-07-12'),
      'update public.booking_rules set minimum_nights = 3',
    ],
    [
      'too_many_guests',
      'anon',
      `select public.quote_stay(tests.id('mill'), '2031-07-10', '2031-07-12', 5)`,
      '',
    ],
  ].map(([code = '', who = '', statement = '', after = '']) => ({
    name: `a stay is refused as ${code}`,
    without: {
      rule: 'private.stay_problem',
      piece: `'${code}'`,
      becomes: 'null',
    },
    after,
    holds: outcome(who, statement, code),
  })),
  ...['ada', 'katherine'].map((blocker) => ({
    name: `a block keeps a guest out, made by ${blocker}`,
    without: {
      rule: 'private.stay_problem',
      piece: 'private.is_blocked(listing_hosts.profile_id, stay_problem.guest_id)',
      becomes: 'false',
    },
    after: `insert into public.blocks (blocker_id, blocked_id)
      select tests.person('${blocker}'), tests.person(other)
      from unnest(array['ada', 'katherine']) as other where other <> '${blocker}'`,
    holds: outcome('katherine', quote('mill', '2031-07-10', '2031-07-12'), 'host_unavailable'),
  })),
  {
    name: 'a suspended host takes nobody',
    without: {
      rule: 'private.stay_problem',
      piece: 'suspensions.profile_id = listing.host_id',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.')`,
    holds: outcome('anon', quote('mill', '2031-07-10', '2031-07-12'), 'host_unavailable'),
  },
  {
    name: 'co-hosts of the calendar set no prices',
    without: {
      rule: 'private.set_calendar',
      piece: `then 'prices' else`,
      becomes: `then 'calendar' else`,
    },
    holds: outcome(
      'radia',
      `select public.set_calendar(tests.id('mill'), '2031-07-01', '2031-07-02', 1)`,
      'not_your_listing',
    ),
  },
  {
    name: 'no night is added in a home that is hidden',
    without: {
      rule: 'private.stay_problem',
      piece: 'check_out <= besides.check_out',
      becomes: 'check_out <> besides.check_out',
    },
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'listing_not_found'),
  },
]);
