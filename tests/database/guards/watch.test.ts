import { type Guard, outcome, testGuards } from '../../support/guards.ts';

const staffed = `insert into private.staff (profile_id) values (tests.person('alan'));`;
const undecided =
  `insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
  values (tests.id('complaint'), tests.id('visit'), 'not_clean', 'Dust.', private.now());`;
/** Of Grace about the mill and the loft, and of Margaret about the mill. */
const wrote = `select tests.become('grace');
  select public.start_conversation(tests.id('to grace'), tests.id('mill'), 'To Grace.');
  select public.start_conversation(tests.id('elsewhere'), tests.id('loft'), 'Elsewhere.');
  select tests.become('margaret');
  select public.start_conversation(tests.id('other'), tests.id('mill'), 'Of another.');
  select tests.back();`;
/** What was hidden in the words of that stay. */
const masked =
  `select private.keep_words('booking', tests.id('visit'), 'reason', tests.person('grace'), 'Mine.');`;
const original =
  `(select original from public.staff_masked_words(subject_id => tests.id('visit')))`;
const givenUp =
  `insert into private.commands (command_id, kind, idempotency_key, booking_id, payment_id, status,
    problem, due_at, created_at, finished_at)
  select tests.id('given up'), 'cancel_intent', 'guard', booking_id, payment_id, 'failed', 'Refused.', private.now(),
    private.now(), private.now()
  from public.payments where booking_id = tests.id('visit');`;

testGuards([
  {
    name: 'an e-mail that fails again and again is told although it is not due',
    without: {
      rule: 'private.marketplace_samples',
      piece: 'and commands.attempts >= 5',
      becomes: 'and commands.attempts >= 5 and commands.due_at <= moment',
    },
    after: `update private.commands set attempts = 5, due_at = private.now() + interval '1 hour'
      where kind = 'send_mail'`,
    holds: `(select value from public.metrics() where metric = 'staybase_outbox_retrying_commands'
      and labels ->> 'kind' = 'send_mail') > 0`,
  },
  ...['metrics', 'health_report'].flatMap((verb): Guard[] => [
    ...['anon', 'katherine'].map((who) => ({
      name: `public.${verb} is for servers alone, not for ${who}`,
      without:
        `grant execute on function public.${verb}(), private.${verb}() to anon, authenticated`,
      holds: outcome(who, `select public.${verb}()`, '42501'),
    })),
    {
      name: `a server reads public.${verb}`,
      without: `revoke execute on function public.${verb}() from service_role`,
      holds: `tests.outcome('service', 'select public.${verb}()') ~ '^[1-9][0-9]{0,3}$'`,
    },
  ]),
  // What staff see and do: the desk, stories, movements, persons
  ...[
    'staff_health',
    'staff_jobs',
    'staff_commands',
    'staff_feeds',
    'staff_settings',
    'staff_bookings',
    'staff_differences',
    'staff_ledger',
    'staff_payments',
    'staff_payouts',
    'staff_disputes',
    'staff_people',
    'staff_host_accounts',
  ].map((verb): Guard => ({
    name: `public.${verb} is for staff`,
    without: { rule: `private.${verb}`, piece: 'perform private.staff_reader();', becomes: '' },
    holds: outcome('katherine', `select public.${verb}()`, 'staff_only'),
  })),
  ...[
    ['staff_booking', `tests.id('visit')`],
    ['staff_booking_story', `tests.id('visit')`],
    ['staff_figures', `'2031-05-20', '2031-05-21'`],
    ['staff_person', `tests.person('ada')`],
    ['staff_superhost', `tests.person('ada')`],
  ].map(([verb, about]): Guard => ({
    name: `public.${verb} is for staff`,
    without: { rule: `private.${verb}`, piece: 'perform private.staff_reader();', becomes: '' },
    holds: outcome('katherine', `select public.${verb}(${about})`, 'staff_only'),
  })),
  {
    name: 'the messages of a stay are read by staff alone',
    without: {
      rule: 'private.staff_messages',
      piece: 'perform private.staff_caller();',
      becomes: '',
    },
    after: undecided,
    holds: outcome('katherine', `select public.staff_messages(tests.id('visit'))`, 'staff_only'),
  },
  {
    name: 'staff read messages only while somebody asked for a decision',
    without: {
      rule: 'private.staff_messages',
      piece: 'if not private.has_open_case(booking.booking_id) then',
      becomes: 'if false then',
    },
    after: staffed,
    holds: outcome('alan', `select public.staff_messages(tests.id('visit'))`, 'no_open_case'),
  },
  {
    name: 'a case that is decided opens no messages',
    without: {
      rule: 'private.has_open_case',
      piece: `AND (complaints.status = 'open'::complaint_status)`,
      becomes: '',
    },
    after: `${staffed} ${undecided}
      update public.complaints set status = 'withdrawn', closed_at = private.now()`,
    holds: outcome('alan', `select public.staff_messages(tests.id('visit'))`, 'no_open_case'),
  },
  {
    name: 'staff do not read the messages about a home of their own',
    without: {
      rule: 'private.staff_messages',
      piece: 'perform private.check_impartial(booking.guest_id, booking.listing_id);',
      becomes: '',
    },
    after: `insert into private.staff (profile_id) values (tests.person('ada')); ${undecided}`,
    holds: outcome('ada', `select public.staff_messages(tests.id('visit'))`, 'own_case'),
  },
  {
    name: 'who reads messages is in the audit log',
    without: {
      rule: 'private.staff_messages',
      piece: `perform private.audit('messages.read', 'booking', booking.booking_id);`,
      becomes: 'null;',
    },
    after: `${staffed} ${undecided} select tests.become('alan');
      select public.staff_messages(tests.id('visit')); select tests.back();`,
    holds: `exists (select from private.audit_log where action = 'messages.read')`,
  },
  {
    name: 'a page further on is a reading of messages, too',
    without: {
      rule: 'private.staff_messages',
      piece: `perform private.audit('messages.read', 'booking', booking.booking_id);`,
      becomes: `if last is null then
        perform private.audit('messages.read', 'booking', booking.booking_id);
      end if;`,
    },
    after: `${staffed} ${undecided} ${wrote} select tests.become('alan');
      select public.staff_messages(tests.id('visit'), before => tests.id('to grace'));
      select tests.back();`,
    holds: `exists (select from private.audit_log where action = 'messages.read')`,
  },
  {
    name: 'staff alone read what was masked',
    without: {
      rule: 'private.staff_masked_words',
      piece: 'perform private.staff_caller();',
      becomes: '',
    },
    holds: outcome('katherine', 'select public.staff_masked_words()', 'staff_only'),
  },
  {
    name: 'staff read what was hidden in messages only while somebody asked for a decision',
    without: {
      rule: 'private.staff_masked_words',
      piece: 'found.original := null;',
      becomes: 'null;',
    },
    after: `${staffed} ${masked} select tests.become('alan');`,
    holds: `${original} is null`,
  },
  {
    name: 'a case opens what was hidden about that stay alone',
    without: {
      rule: 'private.case_that_opens',
      piece: 'private.has_open_case(bookings.booking_id)',
      becomes: 'true',
    },
    after: `${staffed} ${masked} select tests.become('alan');`,
    holds: `${original} is null`,
  },
  {
    name: 'staff do not read what was hidden about a home of their own',
    without: {
      rule: 'private.case_that_opens',
      piece: 'private.is_impartial(bookings.guest_id, bookings.listing_id)',
      becomes: 'true',
    },
    after: `insert into private.staff (profile_id) values (tests.person('ada')); ${undecided}
      ${masked} select tests.become('ada');`,
    holds: `${original} is null`,
  },
  ...[
    ['at another home', 'bookings.listing_id = words.listing_id'],
    ['of another guest', 'bookings.guest_id = words.guest_id'],
  ].map(([whose, piece = '']): Guard => ({
    name: `a case opens nothing that was hidden ${whose}`,
    without: { rule: 'private.case_that_opens', piece, becomes: piece.replace('=', '<>') },
    after: `${staffed} ${undecided} ${masked} select tests.become('alan');`,
    holds: `${original} = 'Mine.'`,
  })),
  {
    name: 'who reads what was hidden in messages is in the audit log',
    without: {
      rule: 'private.staff_masked_words',
      piece: `perform private.audit('messages.read', 'booking', opens);`,
      becomes: 'null;',
    },
    after: `${staffed} ${undecided} ${masked} select tests.become('alan');
      select public.staff_masked_words(); select tests.back();`,
    holds: `exists (select from private.audit_log where action = 'messages.read')`,
  },
  ...[
    ['at another home', 'conversations.listing_id = booking.listing_id'],
    ['of another guest', 'conversations.guest_id = booking.guest_id'],
  ].map(([whose, piece = '']): Guard => ({
    name: `a case opens no messages ${whose}`,
    // The other one, and not whichever comes first.
    without: {
      rule: 'private.staff_messages',
      piece,
      becomes: piece.replace('=', '<>'),
    },
    after: `${staffed} ${undecided} ${wrote} select tests.become('alan');`,
    holds: `(select string_agg(body, ', ') from public.staff_messages(tests.id('visit'))
      where kind = 'text') = 'To Grace.'`,
  })),
  {
    name: 'the messages of a stay are those of one conversation',
    without: {
      rule: 'private.staff_messages',
      piece: 'where messages.conversation_id = conversation and messages.position',
      becomes: 'where messages.position',
    },
    after: `${staffed} ${undecided} ${wrote} select tests.become('alan');`,
    holds: `(select string_agg(body, ', ') from public.staff_messages(tests.id('visit'))
      where kind = 'text') = 'To Grace.'`,
  },
  {
    name: 'only staff have a command tried again',
    without: {
      rule: 'private.staff_retry_command',
      piece: 'perform private.staff_caller();',
      becomes: '',
    },
    holds: outcome(
      'katherine',
      `select public.staff_retry_command(tests.id('none'))`,
      'staff_only',
    ),
  },
  {
    name: 'a command about a payment is not tried again by itself',
    without: {
      rule: 'private.staff_retry_command',
      piece: 'if command.payment_id is not null then',
      becomes: 'if false then',
    },
    after: `${staffed} ${givenUp}`,
    holds: outcome(
      'alan',
      `select public.staff_retry_command(tests.id('given up'))`,
      'not_repeatable',
    ),
  },
  {
    name: 'a command that did not fail stays as it is',
    without: {
      rule: 'private.staff_retry_command',
      piece: `if command.status <> 'failed' then`,
      becomes: 'if false then',
    },
    after: `${staffed} ${givenUp}
      update private.commands set status = 'done', payment_id = null, kind = 'remove_unused',
        subject_id = tests.id('mill')
      where command_id = tests.id('given up');
      select tests.become('alan');
      select public.staff_retry_command(tests.id('given up'));
      select tests.back();`,
    holds: `(select status from private.commands where command_id = tests.id('given up')) = 'done'`,
  },
  {
    name: 'the address of a calendar elsewhere is nothing for staff',
    without: {
      rule: 'private.staff_feeds',
      piece: `substring(calendar_feeds.url from '^[a-zA-Z]+://([^/?:]+)')`,
      becomes: 'calendar_feeds.url',
    },
    after: `${staffed}
      insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at, last_error)
      values (tests.id('feed'), tests.id('mill'), 'Elsewhere', 'https://example.com/secret.ics', private.now(),
        private.now(), 'unreachable');
      select tests.become('alan');`,
    holds: `(select string_agg(server, '') from public.staff_feeds()) = 'example.com'`,
  },
]);
