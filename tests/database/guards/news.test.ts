import { leftOut, testGuards } from '../../support/guards.ts';

testGuards([
  {
    name: 'whom somebody blocks does not invite them by letter',
    without: {
      rule: 'private.tell_of_invitation',
      piece: 'not private.is_blocked(reader, new.invited_by)',
      becomes: 'true',
    },
    after: `update private.settings set addresses_are_confirmed = true;
      select tests.become('katherine');
      select public.block_person(tests.person('ada'));
      select tests.become('ada');
      select public.invite_cohost(tests.id('please'), tests.id('loft'), 'full', email => 'katherine@example.com');
      select tests.back()`,
    holds: `not exists (select from private.commands where template = 'cohost_invited'
      and recipient_id = tests.person('katherine'))`,
  },
  // feed_conflicts
  {
    name: 'an echo of our own booking is no conflict',
    without: {
      rule: 'private.disagreements',
      piece: '<> datemultirange(met.wanted)',
      becomes: 'is not null',
    },
    after:
      `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
        values (tests.id('feed'), tests.id('mill'), 'x', 'https://example.com/a.ics', private.now(), private.now());
      insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out)
        values (tests.id('feed'), tests.id('mill'), 'x', '2031-06-02', '2031-06-05')`,
    holds: `not exists (select from private.commands where template = 'calendar_conflict')`,
  },
  {
    name: 'an event that is left out is no conflict worth a letter',
    without: {
      rule: 'private.disagreements',
      piece: ' and not imported_events.left_out',
      becomes: '',
    },
    after: leftOut('2031-06-02', '2031-06-03'),
    holds: `not exists (select from private.commands where template = 'calendar_conflict')`,
  },
]);
