import { openToAll, outcome, seesNothing, testGuards } from '../../support/guards.ts';

testGuards([
  // notification_kinds
  {
    name: 'a link of another ends no letters',
    without: {
      rule: 'private.unsubscribe',
      piece: 'or private.unsubscribe_token(reader::uuid, turned) is distinct from token',
      becomes: '',
    },
    holds: outcome(
      'service',
      `select public.unsubscribe(tests.person('grace') || '.message.0')`,
      'invalid_token',
    ),
  },
  {
    name: 'letters about bookings cannot be turned off',
    without: {
      rule: 'private.change_setting',
      piece: 'known.essential and not change_setting.wanted',
      becomes: 'false',
    },
    holds: outcome(
      'grace',
      `select public.set_notification('booking', 'email', false)`,
      'kind_essential',
    ),
  },
  // notifications
  ...['notifications'].map((table) => ({
    name: `${table} are read by those they are for`,
    without: openToAll(table),
    holds: seesNothing(table),
  })),
  {
    name: 'whoever is gone is told nothing',
    without: {
      rule: 'private.tell_reader',
      piece: 'private.is_erased(new.recipient_id)',
      becomes: 'false',
    },
    after: `delete from auth.users where id = tests.person('grace');
      select private.write_mail('booking_altered_guest', tests.id('visit'))`,
    holds: `not exists (select from private.commands where template = 'booking_altered_guest')
      and not exists (select from public.notifications where template = 'booking_altered_guest')`,
  },
  {
    name: 'a letter about a booking goes to the side that its row names',
    without: {
      rule: 'private.tell_reader',
      piece: `when 'guest' then bookings.guest_id`,
      becomes: `when 'guest' then bookings.host_id`,
    },
    after: `select private.write_mail('booking_altered_guest', tests.id('visit'))`,
    holds: `(select recipient_id from private.commands where template = 'booking_altered_guest')
      = tests.person('grace')`,
  },
  {
    name: 'words that came with an offer have one letter',
    without: {
      rule: 'private.write_to_reader',
      piece: 'offers.offer_id = messages.message_id',
      becomes: 'false',
    },
    after: `select tests.become('grace');
      select public.send_inquiry(tests.id('inquiry'), tests.id('loft'), '2031-07-01', '2031-07-03', 'Free?');
      select tests.become('ada');
      select public.preapprove_inquiry(tests.id('yes'), tests.id('inquiry'), message => 'Come!');
      select tests.back()`,
    holds: `not exists (select from private.commands
      where template = 'message_received' and recipient_id = tests.person('grace'))`,
  },
  // webhooks
  {
    name: 'only operators see where events go',
    without: {
      rule: 'private.operator_reader',
      piece: 'perform private.staff_reader();',
      becomes: 'null;',
    },
    holds: outcome('ada', 'select public.list_webhook_endpoints()', 'staff_only'),
  },
  {
    name: 'only operators turn an endpoint on or off',
    without: {
      rule: 'private.operator_caller',
      piece: 'perform private.staff_caller();',
      becomes: 'null;',
    },
    holds: outcome(
      'ada',
      `select public.enable_webhook_endpoint(tests.id('hook'), true)`,
      'staff_only',
    ),
  },
]);
