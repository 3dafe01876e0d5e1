import { leftOut, testGuards } from '../../support/guards.ts';

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
]);
