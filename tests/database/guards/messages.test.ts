import { asked, openToAll, outcome, seesNothing, testGuards } from '../../support/guards.ts';

testGuards([
  // contact_data
  ...[
    ['profiles', 'mask_the_profile', 'display_name', `profile_id = tests.id('ada')`],
    ['listings', 'mask_the_listing', 'title', `listing_id = tests.id('mill')`],
  ].map(([table, trigger, field, which]) => ({
    name: `the ${field} of ${table} shows no contact data`,
    without: `drop trigger ${trigger} on public.${table}`,
    after: `update public.${table} set ${field} = '06 12 34 56 78' where ${which};`,
    holds: `(select ${field} from public.${table} where ${which}) = '•••'`,
  })),
  {
    name: 'the custom fields of listings show no contact data',
    without: 'drop trigger mask_the_custom_fields on public.listings',
    after:
      `select private.set_listing_schema('{"type": "object", "properties": {"tip": {"type": "string"}},
        "additionalProperties": false}');
      update public.listings set custom_fields = '{"tip": "06 12 34 56 78"}' where listing_id = tests.id('mill')`,
    holds:
      `(select custom_fields ->> 'tip' from public.listings where listing_id = tests.id('mill')) = '•••'`,
  },
  {
    name: 'the custom fields of a new listing show no contact data',
    without: 'drop trigger mask_the_new_custom_fields on public.listings',
    after:
      `select private.set_listing_schema('{"type": "object", "properties": {"tip": {"type": "string"}},
        "additionalProperties": false}');
      insert into public.listings
      select (jsonb_populate_record(listings, jsonb_build_object('listing_id', tests.id('new'),
        'custom_fields', '{"tip": "06 12 34 56 78"}'::jsonb))).*
      from public.listings where listing_id = tests.id('mill')`,
    holds:
      `(select custom_fields ->> 'tip' from public.listings where listing_id = tests.id('new')) = '•••'`,
  },
  // conversations
  ...['conversations', 'messages', 'inbox_entries'].map((table) => ({
    name: `${table} are read by those they are for`,
    without: openToAll(table),
    holds: seesNothing(table),
  })),
  // Each way to know somebody is the only one of a pair.
  ...[
    ['themselves', 'katherine', 'katherine', 'profile_id = (select auth.uid())', ''],
    [
      'who placed a booking with them',
      'ada',
      'grace',
      '(select true from public.bookings where bookings.guest_id = profiles.profile_id and placed_at is not null limit 1)',
      `delete from public.inbox_entries; delete from public.messages; delete from public.conversations`,
    ],
    [
      'who wrote to them',
      'ada',
      'katherine',
      '(select true from public.conversations where conversations.guest_id = profiles.profile_id limit 1)',
      asked(
        'katherine',
        `select public.start_conversation(tests.id('hi'), tests.id('mill'), 'Hi')`,
      ),
    ],
    [
      'whom they host with',
      'radia',
      'hedy',
      'profile_id = any (array(select private.people_of_caller()))',
      '',
    ],
  ].map(([whom, who, other, way, after], _, ways) => ({
    name: `people see ${whom}`,
    without:
      `alter policy "people see hosts and those they deal with" on public.profiles using (hosting or ${
        ways.map(([, , , each]) => each).filter((each) => each !== way).join(' or ')
      })`,
    after,
    holds: outcome(
      `${who}`,
      `select from public.profiles where profile_id = tests.person('${other}')`,
      '1',
    ),
  })),
  {
    name: 'contact data is masked until a stay is confirmed',
    without: {
      rule: 'private.words_between',
      piece: 'return private.mask_contacts(body)',
      becomes: 'return body',
    },
    after: `select tests.become('katherine');
      select public.start_conversation(tests.id('hi'), tests.id('mill'), '06 12 34 56 78');
      select tests.back();`,
    holds: `(select body from public.messages where message_id = tests.id('hi')) = '•••'`,
  },
  {
    name: 'contact data split over messages is masked',
    without: {
      rule: 'private.words_between',
      piece: 'private.goes_on_from_before(conversation_id, sender_id, body)',
      becomes: 'false',
    },
    after: `select tests.become('katherine');
      select public.start_conversation(gen_random_uuid(), tests.id('mill'), '06 12 34');
      select public.start_conversation(tests.id('hi'), tests.id('mill'), '56 78');
      select tests.back();`,
    holds: `(select body from public.messages where message_id = tests.id('hi')) = '•••'`,
  },
  {
    name: 'what was masked is kept for staff',
    without: {
      rule: 'private.write_message',
      piece: 'if message.masked then',
      becomes: 'if false then',
    },
    after: `select tests.become('katherine');
      select public.start_conversation(tests.id('hi'), tests.id('mill'), '06 12 34 56 78');
      select tests.back();`,
    holds: `(select original from private.masked_words
      where subject_id = tests.id('hi')) = '06 12 34 56 78'`,
  },
  {
    name: 'the opening words of a booking are masked too',
    without: 'drop trigger mask_the_words on public.bookings',
    after: `select tests.become('katherine');
      select public.request_booking(tests.id('new'), tests.id('loft'), '2031-06-10', '2031-06-12', 22820,
        message => '06 12 34 56 78');
      select tests.back();`,
    holds: `(select message from public.bookings where booking_id = tests.id('new')) = '•••'`,
  },
  {
    name: 'a block stops messages',
    without: {
      rule: 'private.check_correspondence',
      piece: 'private.is_blocked(listing_hosts.profile_id, conversation.guest_id)',
      becomes: 'false',
    },
    after: `insert into public.blocks (blocker_id, blocked_id)
      values (tests.person('ada'), tests.person('grace'));`,
    holds: outcome(
      'grace',
      `select public.start_conversation(gen_random_uuid(), tests.id('mill'), 'Hi')`,
      'host_unavailable',
    ),
  },
  {
    name: 'only who has a part in a conversation writes in it',
    without: {
      rule: 'private.conversation_of_caller',
      piece: 'conversations.guest_id = auth.uid() or',
      becomes: 'true or',
    },
    after: `create temp table room as select conversation_id from public.conversations
        where guest_id = tests.person('grace');
      grant select on room to public;`,
    holds: outcome(
      'katherine',
      `select public.send_message(gen_random_uuid(), (select conversation_id from room), 'Hi')`,
      'conversation_not_found',
    ),
  },
]);
