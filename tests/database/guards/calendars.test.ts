import { leftOut, outcome, testGuards } from '../../support/guards.ts';

testGuards([
  // feeds
  {
    name: 'an event that is left out takes no night',
    without: {
      rule: 'private.claim_imports',
      piece: ' and not imported_events.left_out',
      becomes: '',
    },
    after: `${leftOut('2031-06-14', '2031-06-16')};
      select private.claim_imports(tests.id('mill'), '[2031-06-14,2031-06-16)')`,
    holds: `not exists (select from private.claims where kind = 'import')`,
  },
  {
    name: 'an event that is left out lets go of the nights it had',
    without: {
      rule: 'private.claim_feed',
      piece: 'imported_events.left_out)',
      becomes: 'false)',
    },
    after: `${leftOut('2031-06-14', '2031-06-16')};
      insert into private.claims (listing_id, nights, lane, kind, source, event_id)
        select listing_id, '[2031-06-14,2031-06-16)', private.own_lane(), 'import', 'calendar_feed', event_id
        from public.imported_events;
      select private.claim_feed(calendar_feeds) from public.calendar_feeds`,
    holds: `not exists (select from private.claims where kind = 'import')`,
  },
  // feed_verbs
  {
    name: 'an event that is left out is no conflict to show',
    without: {
      rule: 'private.calendar_conflicts',
      piece: 'and not imported_events.left_out',
      becomes: '',
    },
    after: `${leftOut('2031-06-02', '2031-06-03')};
      select tests.become('ada')`,
    holds: `not exists (select from public.calendar_conflicts())`,
  },
  // links
  {
    name: 'a guest elsewhere is told to a calendar whose own event is left out',
    without: {
      rule: 'private.export_calendar',
      piece: ' and not imported_events.left_out',
      becomes: '',
    },
    after: `${leftOut('2031-06-14', '2031-06-16')};
      insert into private.calendar_links (listing_id, token, made_at)
        values (tests.id('mill'), 'secret', private.now());
      insert into private.claims (listing_id, nights, lane, kind, source)
        values (tests.id('mill'), '[2031-06-14,2031-06-16)', private.own_lane(), 'import', 'calendar_feed')`,
    holds:
      `exists (select from unnest((private.export_calendar('secret', tests.id('feed'))).events) as event
      where event.check_in = '2031-06-14')`,
  },
  // host_calendars
  {
    name: 'who keeps the calendar does not see who stays',
    without: {
      rule: 'private.host_calendars',
      piece: 'and asked.shows_bookings',
      becomes: '',
    },
    after: `select tests.become('radia')`,
    holds:
      `not exists (select from public.host_calendars('2031-06-01', '2031-07-01'), unnest(taken) as one
      where one.guest_name is not null)`,
  },
  {
    name: 'a hold is shown without its guest until it is placed',
    without: {
      rule: 'private.host_calendars',
      piece: 'and bookings.placed_at is not null',
      becomes: '',
    },
    after: `select tests.become('ada')`,
    holds:
      `not exists (select from public.host_calendars('2031-06-01', '2031-09-01'), unnest(taken) as one
      where one.booking_status = 'awaiting_payment')`,
  },
  {
    name: 'a hold that ran out takes nothing in a host’s calendar',
    without: {
      rule: 'private.host_calendars',
      piece: 'and (claims.expires_at is null or claims.expires_at > instant)',
      becomes: '',
    },
    after: `select tests.at('2031-05-22 12:00+00'); select tests.become('ada')`,
    holds:
      `not exists (select from public.host_calendars('2031-06-01', '2031-09-01'), unnest(taken) as one
      where one.kind = 'hold')`,
  },
  {
    name: 'a suspended owner does not read what other calendars say',
    without: {
      rule: 'private.host_calendars',
      piece: 'and asked.shows_events',
      becomes: '',
    },
    after: `${leftOut('2031-06-14', '2031-06-16')};
      update public.imported_events set left_out = false, summary = 'Reserved';
      select private.claim_imports(tests.id('mill'), '[2031-06-14,2031-06-16)');
      insert into private.suspensions (profile_id, reason, suspended_at) values (tests.id('ada'), 'Fraud', private.now());
      select tests.become('ada')`,
    holds:
      `not exists (select from public.host_calendars('2031-06-01', '2031-09-01'), unnest(taken) as one
      where one.note = 'Reserved')`,
  },
  {
    name: 'a closed account has no calendars, though its homes are still its own',
    without: {
      rule: 'private.host_calendars',
      piece: 'listings.host_id = owner and listings.listing_id = any (managed)',
      becomes: 'listings.host_id = owner',
    },
    after:
      `update public.profiles set erased_at = private.now() where profile_id = tests.person('ada')`,
    holds: outcome('ada', 'select public.host_calendars()', '0'),
  },
  {
    name: 'a host reads and changes their own homes alone',
    without: {
      rule: 'private.check_homes',
      piece: '(asked.listing_id = any (managed)) is not true',
      becomes: 'false',
    },
    holds: outcome(
      'alan',
      `select public.host_calendars(listing_ids => array[tests.id('mill')])`,
      'not_your_listing',
    ),
  },
  {
    name: 'a call is about some days of some homes',
    without: {
      rule: 'private.check_home_days',
      piece: 'homes::bigint * days > 20000',
      becomes: 'false',
    },
    holds: outcome(
      'ada',
      `select public.host_calendars('2031-06-01', '2032-06-01', page_size => 100)`,
      'too_many_days',
    ),
  },
  // many_homes
  {
    name: 'prices of many homes need the permission for prices',
    without: { rule: 'private.set_calendars', piece: `then 'prices'`, becomes: `then 'calendar'` },
    holds: outcome(
      'radia',
      `select public.set_calendars(array[tests.id('mill')],
        array[row('2031-07-01', '2031-07-02')::public.day_range], null, 30000)`,
      'not_your_listing',
    ),
  },
  {
    name: 'a block of many homes takes no guest’s night',
    without: { rule: 'private.write_blocks', piece: 'refused is not null', becomes: 'false' },
    holds: outcome(
      'ada',
      `select public.block_calendars(array[tests.id('mill'), tests.id('attic')],
        array[row('2031-06-01', '2031-06-03')::public.day_range])`,
      'nights_taken',
    ),
  },
  {
    name: 'a home whose longest stay would be shorter than the shortest is named',
    without: {
      rule: 'private.set_booking_rules',
      piece: 'if found then',
      becomes: 'if false then',
    },
    holds: outcome(
      'ada',
      `select public.set_booking_rules(array[tests.id('mill')], 30::smallint, 20::smallint)`,
      'invalid_value',
    ),
  },
  {
    name: 'a suspended host changes no home',
    without: {
      rule: 'private.homes_to_manage',
      piece: 'perform private.active_caller();',
      becomes: '',
    },
    after: `insert into private.suspensions (profile_id, reason, suspended_at)
      values (tests.id('ada'), 'Fraud', private.now())`,
    holds: outcome('ada', `select public.set_booking_rules('{}')`, 'account_suspended'),
  },
]);
