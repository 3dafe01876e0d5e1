import {
  filesOf,
  type Guard,
  outcome,
  refused,
  shownPhoto,
  testGuards,
} from '../../support/guards.ts';

/** Katherine wants to stay in the loft, and says how to reach her. */
const opened = `select tests.become('katherine');
  select public.request_booking(tests.id('said'), tests.id('loft'), '2031-06-10', '2031-06-12', 22820,
    message => 'I am katherine@example.com'); select tests.back()`;

testGuards([
  // files
  filesOf('staff see the photos and pictures that people bring', 'alan'),
  {
    name: 'a file stays in its bucket',
    without: 'drop trigger keep_the_bucket on storage.objects',
    after: shownPhoto,
    holds: outcome(
      'ada',
      `update storage.objects set bucket_id = 'avatar-uploads', name = tests.id('ada') || '/me.jpg'
       where bucket_id = 'photo-uploads'`,
      '42501',
    ),
  },
  {
    name: 'a person has a limited number of pictures',
    without: 'drop trigger limit_the_files on storage.objects',
    after: `update private.settings set avatar_files = 1;
      insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('ada') || '/1.jpg')`,
    holds: outcome(
      'ada',
      `insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('ada') || '/2.jpg')`,
      '42501',
    ),
  },
  // checked_files
  {
    name: '"people see why their files were removed"',
    without:
      `alter policy "people see why their files were removed" on public.refused_files using (true)`,
    after: `insert into public.refused_files (bucket_id, name, listing_id, problem, refused_at)
      values ('photo-uploads', 'a.jpg', tests.id('mill'), 'wrong_type', private.now());
      insert into public.refused_files (bucket_id, name, profile_id, problem, refused_at)
      values ('avatar-uploads', 'a.jpg', tests.person('ada'), 'wrong_type', private.now());`,
    holds: outcome('katherine', 'select from public.refused_files', '0'),
  },
  filesOf(
    'people see the checked photos they are shown',
    'grace',
    'delete from public.listing_photos;',
  ),
  ...['storage.object.sign', 'storage.object.sign_many'].map((operation) => ({
    name: `guests sign no address of a photo, which would show what comes later (${operation})`,
    without: `alter policy "people see the checked photos they are shown" on storage.objects
      using (bucket_id = 'photo-uploads' and private.is_checked(bucket_id, name) and exists (
        select from public.listing_photos where listing_photos.storage_path = objects.name))`,
    after: `${shownPhoto} delete from private.files_to_check;
      select set_config('storage.operation', '${operation}', true);`,
    holds: outcome('grace', `select from storage.objects where bucket_id = 'photo-uploads'`, '0'),
  })),
  {
    name: 'guests see no photo that is still to be checked',
    without: `alter policy "people see the checked photos they are shown" on storage.objects
      using (bucket_id = 'photo-uploads' and exists (
        select from public.listing_photos where listing_photos.storage_path = objects.name))`,
    after:
      `${shownPhoto} update public.listings set status = 'hidden' where listing_id = tests.id('mill');`,
    holds: outcome('grace', `select from storage.objects where bucket_id = 'photo-uploads'`, '0'),
  },
  {
    name: 'no file is public that should not be',
    without: 'drop trigger guard_the_new_public_file on storage.objects',
    after: shownPhoto,
    holds: refused(
      `insert into storage.objects (bucket_id, name) values ('listing-photos', tests.id('mill') || '/b.jpg')`,
      '42501',
    ),
  },
  {
    name: 'no other content is public once it should not be',
    without: 'drop trigger guard_the_public_file on storage.objects',
    after:
      `${shownPhoto} update public.listings set status = 'hidden' where listing_id = tests.id('mill');`,
    holds: refused(
      `update storage.objects set version = 'two' where bucket_id = 'listing-photos'`,
      '42501',
    ),
  },
  ...[
    `and listings.status = 'published'`,
    `and not exists (
            select from private.suspensions where suspensions.profile_id = listings.host_id)`,
  ].map((piece) => ({
    name: `a photo is public: ${piece.split(' ').slice(1, 3).join(' ')}`,
    without: { rule: 'private.should_be_public', piece, becomes: '' },
    after: `${shownPhoto}
      insert into private.suspensions (profile_id, reason) values (tests.id('ada'), 'Fraud.');
      update public.listings set status = 'hidden' where listing_id = tests.id('mill');
      ${
      piece.includes('status')
        ? 'delete from private.suspensions;'
        : `update public.listings set status = 'published' where listing_id = tests.id('mill');`
    }`,
    holds: `not private.should_be_public('photo-uploads', tests.id('mill') || '/a.jpg')`,
  })),
  ...[
    [
      'check_the_files_of_the_home',
      'public.listings',
      `update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    ],
    [
      'check_the_files_of_the_suspended',
      'private.suspensions',
      `insert into private.suspensions (profile_id, reason) values (tests.id('ada'), 'Fraud.')`,
    ],
    ['check_the_photo', 'public.listing_photos', 'delete from public.listing_photos'],
    [
      'check_the_removed_file',
      'storage.objects',
      `delete from storage.objects where bucket_id = 'photo-uploads'`,
    ],
    [
      'follow_the_public_file',
      'storage.objects',
      `update storage.objects set version = 'two' where bucket_id = 'listing-photos'`,
    ],
    [
      'follow_the_removed_public_file',
      'storage.objects',
      `delete from storage.objects where bucket_id = 'listing-photos'`,
    ],
  ].map(([trigger, table, deed]) => ({
    name: `a public file is compared: ${trigger}`,
    without: `drop trigger ${trigger} on ${table}`,
    after: `${shownPhoto} delete from private.files_to_check; ${deed};`,
    holds: `exists (select from private.files_to_check where name = tests.id('mill') || '/a.jpg')`,
  })),
  {
    name: 'a picture that is taken off is compared',
    without: 'drop trigger check_the_picture on public.profiles',
    after:
      `insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('ada') || '/a.jpg');
      update public.profiles set avatar_path = tests.id('ada') || '/a.jpg' where profile_id = tests.id('ada');
      delete from private.files_to_check;
      update public.profiles set avatar_path = null where profile_id = tests.id('ada');`,
    holds: 'exists (select from private.files_to_check)',
  },
  {
    name: 'a photo is told to everyone while its file is public',
    without: 'drop trigger follow_the_new_public_file on storage.objects',
    after: shownPhoto,
    holds: '(select published from public.listing_photos)',
  },
  ...[
    ['a file that comes is checked', 'check_the_new_file', ''],
    [
      'another content of a file is checked',
      'check_the_changed_file',
      `delete from private.files_to_check;
       update storage.objects set version = 'two' where name = tests.id('mill') || '/a.jpg';`,
    ],
  ].map(([name, trigger, then]) => ({
    name: name!,
    without: `drop trigger ${trigger} on storage.objects`,
    after: `insert into storage.objects (bucket_id, name)
      values ('photo-uploads', tests.id('mill') || '/a.jpg'); ${then}`,
    holds: `(select count(*) from private.files_to_check) = 1`,
  })),
  // file_checks
  {
    name: 'a file is refused by whoever looked at its latest content',
    without: {
      rule: 'private.refuse_file',
      piece: 'and files_to_check.attempt = refuse_file.attempt',
      becomes: '',
    },
    after: `insert into storage.objects (bucket_id, name)
      values ('photo-uploads', tests.id('mill') || '/a.jpg');`,
    holds: `not private.refuse_file(
      (select file_id from private.files_to_check), 7, 'wrong_type')`,
  },
  // leaving
  {
    name: 'a login that goes takes the person along',
    without: {
      rule: 'private.erase_profile',
      piece: `display_name = 'Former member'`,
      becomes: 'display_name = display_name',
    },
    after: `delete from auth.users where id = tests.person('grace')`,
    holds: `not exists (select from public.profiles where display_name = 'Grace')`,
  },
  {
    name: 'the ages of children go with the guest who said them',
    without: {
      rule: 'private.erase_profile',
      piece: "where inquiries.guest_id = old.id and inquiries.child_ages <> '{}'",
      becomes: 'where false',
    },
    after: `select tests.become('katherine');
      select public.send_inquiry(tests.id('family'), tests.id('loft'), '2031-06-10', '2031-06-12', 'Us?', 2,
        child_ages => '{3}');
      select tests.back();
      delete from auth.users where id = tests.person('katherine')`,
    holds: `not exists (select from public.inquiries where child_ages <> '{}')`,
  },
  {
    name: 'the ages of children are kept for a while',
    without: {
      rule: 'private.forget_records',
      piece: `forgotten := private.forget_child_ages(most);`,
      becomes: 'forgotten := 0;',
    },
    after: `select tests.become('katherine');
      select public.send_inquiry(tests.id('family'), tests.id('loft'), '2031-06-10', '2031-06-12', 'Us?', 2,
        child_ages => '{3}');
      select tests.back();
      select tests.at('2034-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `not exists (select from public.inquiries where child_ages <> '{}')`,
  },
  {
    name: 'the files of a case are kept for a while',
    without: {
      rule: 'private.forget_records',
      piece: 'forgotten := forgotten + private.forget_evidence(most);',
      becomes: '',
    },
    after:
      `insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
        values (tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.', private.now());
      insert into storage.objects (bucket_id, name)
        values ('evidence', tests.id('grace') || '/' || tests.id('dust') || '/a.jpg');
      select tests.become('grace'); select public.withdraw_complaint(tests.id('dust')); select tests.back();
      select tests.at('2034-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `exists (select from private.commands
      where kind = 'remove_evidence' and subject_id = tests.id('dust'))`,
  },
  ...[
    { of: 'emptied', goes: 'with its words', after: '' },
    {
      of: 'deleted',
      goes: 'with what staff removed',
      after: `select private.remove_message(tests.id('asked'));`,
    },
  ].map(({ of, goes, after }) => ({
    name: `what was masked in a message goes ${goes}`,
    without: {
      rule: 'private.forget_records',
      piece: `masked_words.subject_id = ${of}.message_id`,
      becomes: 'false',
    },
    after: `select tests.become('katherine');
      select public.start_conversation(tests.id('asked'), tests.id('tower'), 'katherine@example.com');
      select tests.back(); ${after}
      select tests.at('2034-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `not exists (select from private.masked_words where subject_id = tests.id('asked'))`,
  })),
  // The message that came with a booking stands in two places.
  ...[
    ['private.remove_message', `bookings.booking_id = messages.booking_id`, 'false'],
    [
      'private.forget_records',
      `masked_words.subject_id = messages.booking_id`,
      'false',
    ],
  ].map(([rule, piece, becomes]): Guard => ({
    name: `an opening message that staff removed is gone from its booking, too (${rule})`,
    without: { rule: rule!, piece: piece!, becomes: becomes! },
    after: `${opened};
      select tests.money('said', 'succeeded');
      select private.remove_message(message_id) from public.messages
      where booking_id = tests.id('said') and side = 'guest';
      select tests.at('2032-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `(select message = '' from public.bookings where booking_id = tests.id('said'))
      and not exists (select from private.masked_words where subject_id = tests.id('said'))`,
  })),
  ...[
    ['private.forget_records', 'forgotten := forgotten + private.forget_opening_words(most);'],
    ['private.forget_opening_words', 'and masked_words.subject_id = emptied.booking_id'],
  ].map(([rule, piece]): Guard => ({
    name: `an opening message is kept no longer than other messages (${rule})`,
    without: {
      rule: rule!,
      piece: piece!,
      becomes: piece!.startsWith('and') ? 'and false' : '',
    },
    after: `${opened};
      select tests.become('katherine'); select public.withdraw_booking(tests.id('said')); select tests.back();
      select tests.at('2034-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `(select message = '' from public.bookings where booking_id = tests.id('said'))
      and not exists (select from private.masked_words where subject_id = tests.id('said'))`,
  })),
  {
    name: 'an opening message stays while the two have a stay',
    without: {
      rule: 'private.forget_opening_words',
      piece: 'open.listing_id = old.listing_id',
      becomes: 'false',
    },
    after: `${opened};
      select tests.money('said', 'succeeded');
      select tests.at('2034-07-01 12:00+00');
      select private.forget_records(100)`,
    holds: `(select message <> '' from public.bookings where booking_id = tests.id('said'))`,
  },
  {
    name: 'an account with open business stays',
    without: {
      rule: 'private.delete_my_account',
      piece: "if open <> '{}' then",
      becomes: 'if false then',
    },
    holds: outcome('grace', 'select public.delete_my_account()', 'account_has_open_stays'),
  },
  {
    name: 'a host who goes takes the way to their home with them',
    without: 'drop trigger erase_the_traces on public.profiles',
    after: `delete from auth.users where id = tests.person('alan')`,
    holds: `not exists (select from public.listing_addresses where listing_id = tests.id('tower'))`,
  },
  {
    name: 'a customer stays at Stripe while a stay is to come',
    without: {
      rule: 'private.needs_customer',
      piece: `bookings.status in ('awaiting_payment', 'requested', 'confirmed')`,
      becomes: 'false',
    },
    after:
      `insert into private.customers (guest_id, created_at) values (tests.person('grace'), private.now());
      delete from auth.users where id = tests.person('grace')`,
    holds: `private.forget_customers(10) = 0`,
  },
  {
    name: 'a customer of somebody who stays is not forgotten',
    without: { rule: 'private.forget_customer', piece: ' and customers.leaves', becomes: '' },
    after:
      `insert into private.customers (guest_id, created_at) values (tests.person('grace'), private.now());
      select private.forget_customer(tests.person('grace'))`,
    holds: `exists (select from private.customers)`,
  },
]);
