import type pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../support/stack.ts';

/**
 * A guard, what takes it away, and what it protects: `holds` is a boolean expression of SQL that must be
 * true while the guard stands and false (or fail) without it. `after` runs before it, guard or no guard.
 */
interface Guard {
  name: string;
  without: string | Weakened;
  after?: string;
  holds: string;
}

/** A function whose text lost a piece, which must stand in it exactly once. */
interface Weakened {
  rule: string;
  piece: string;
  becomes: string;
}

/**
 * Ada owns the mill and the attic, Hedy hosts with her, Radia keeps the calendar, Alan has the tower. At the
 * mill Grace has a confirmed stay and Margaret an unpaid hold; Dorothy asked for the attic.
 */
const town = `
  select tests.at('2031-05-20 12:00+00');
  select tests.person(name)
  from unnest(array['ada', 'hedy', 'radia', 'alan', 'grace', 'margaret', 'dorothy', 'katherine']) as name;
  select tests.home('mill', 'ada'), tests.home('attic', 'ada'), tests.home('tower', 'alan'), tests.home('loft', 'ada');
  update public.listings set instant_book = false where listing_id = tests.id('attic');
  select tests.cohost(home, 'hedy', 'full') from unnest(array['mill', 'attic']) as home;
  select tests.cohost(home, 'radia', 'calendar') from unnest(array['mill', 'attic']) as home;
  select tests.become('ada');
  select public.set_calendar(tests.id('mill'), '2031-07-01', '2031-07-02', 20000);
  select tests.back();
  select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
  select tests.money('visit', 'succeeded');
  insert into public.refunds (payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
  select payment_id, booking_id, guest_id, currency, 100, 'complaint', private.now() from public.payments;
  select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
  select tests.book('question', 'dorothy', 'attic', '2031-06-20', '2031-06-22');
  select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
  select tests.become('grace');
  select public.create_wishlist(tests.id('summer'), 'Summer');
  select public.save_listing(tests.id('mill'), tests.id('summer'));
  select public.note_saved_listing(tests.id('summer'), tests.id('mill'), 'Ours.');
  select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'), 'up');
  select public.share_wishlist(tests.id('summer'), purpose) from unnest(enum_range(null::public.wishlist_purpose)) as purpose;
  select tests.back();
  update public.wishlist_links set token = 'to ' || purpose;
  select tests.become('margaret');
  select public.join_wishlist('to join');
  select tests.back();
`;

const outcome = (who: string, statement: string, is: string) =>
  `tests.outcome('${who}', $s$ ${statement} $s$) = '${is}'`;
const refused = (statement: string, code: string) => outcome('postgres', statement, code);
const status = (booking: string) =>
  `(select status::text from public.bookings where booking_id = tests.id('${booking}'))`;
const request = (id: string, home = 'loft', total = 22820) =>
  `select public.request_booking(tests.id('${id}'), tests.id('${home}'), '2031-06-10', '2031-06-12', ${total})`;
/** A stay at the loft that is charged in some months. */
const farRequest = (id: string, checkIn: string, checkOut: string) =>
  `select public.request_booking(tests.id('${id}'), tests.id('loft'), '${checkIn}', '${checkOut}',
    (public.quote_stay(tests.id('loft'), '${checkIn}', '${checkOut}')).total_minor)`;
/** A photo of the mill that everyone sees. */
const shownPhoto = `
  insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a.jpg');
  insert into public.listing_photos (listing_id, storage_path, position)
  values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
  insert into storage.objects (bucket_id, name) values ('listing-photos', tests.id('mill') || '/a.jpg');
`;
/** A calendar elsewhere wants nights of the mill, and Ada leaves that event out. */
const leftOut = (checkIn: string, checkOut: string) =>
  `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
    values (tests.id('feed'), tests.id('mill'), 'x', 'https://example.com/a.ics', private.now(), private.now());
  insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out, left_out)
    values (tests.id('feed'), tests.id('mill'), 'x', '${checkIn}', '${checkOut}', true)`;
/** Margaret holds such a stay in another home. */
const heldFar = `select tests.book('far', 'margaret', 'tower', '2031-12-01', '2031-12-04')`;
const quote = (home: string, checkIn: string, checkOut: string) =>
  `select public.quote_stay(tests.id('${home}'), '${checkIn}', '${checkOut}')`;

/** Lets everyone who is signed in read all of a table, as a policy gone wrong would. */
const openToAll = (table: string) => `
  do $do$
  declare
    policy name;
  begin
    select policyname into strict policy from pg_policies
    where schemaname = 'public' and tablename = '${table}' and cmd = 'SELECT' and 'authenticated' = any (roles)
      and permissive = 'PERMISSIVE';
    execute format('alter policy %I on public.%I using (true)', policy, '${table}');
  end $do$`;

const seesNothing = (table: string) => outcome('katherine', `select from public.${table}`, '0');

const privateToSome = [
  'bookings',
  'booking_lines',
  'booking_history',
  'guest_totals',
  'host_totals',
  'payments',
  'refunds',
  'calendar_days',
  'listing_hosts',
  'cohost_invitations',
  'listing_addresses',
  'listing_access',
  'payouts',
  'wishlists',
  'wishlist_members',
  'wishlist_homes',
  'wishlist_votes',
  'wishlist_links',
];

const readers: Guard[] = privateToSome.flatMap((table) => [
  {
    name: `the policy by which people read ${table}`,
    without: openToAll(table),
    holds: seesNothing(table),
  },
  {
    name: `row-level security of ${table}`,
    without: `alter table public.${table} disable row level security`,
    holds: seesNothing(table),
  },
]);

const moreReaders: Guard[] = [
  {
    name: 'the policy by which people read their private half',
    without: openToAll('private_profiles'),
    holds: outcome('katherine', 'select from public.private_profiles', '1'),
  },
  {
    name: 'the policy by which people read profiles',
    without: openToAll('profiles'),
    holds: outcome(
      'katherine',
      `select from public.profiles where profile_id = tests.person('grace')`,
      '0',
    ),
  },
  {
    name: "an unpaid hold is out of the host's sight",
    without:
      `alter policy "people see what they booked and what was placed with them" on public.bookings
      using (guest_id = (select auth.uid()) or listing_id = any (array(select private.listings_of_caller('bookings'))))`,
    holds: outcome(
      'ada',
      `select from public.bookings where booking_id = tests.id('hold')`,
      '0',
    ),
  },
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
    name: 'only owners have a right to payouts',
    without: `insert into private.host_rights (role, deed) values ('full', 'payouts')`,
    holds: outcome('hedy', 'select from public.host_totals', '0'),
  },
  {
    name: 'who keeps the calendar sees no bookings',
    without: `insert into private.host_rights (role, deed) values ('calendar', 'bookings')`,
    holds: outcome('radia', 'select from public.bookings', '0'),
  },
  {
    name: 'a draft is seen by its hosts alone',
    without: openToAll('listings'),
    after: `update public.listings set status = 'draft' where listing_id = tests.id('tower')`,
    holds: outcome(
      'katherine',
      `select from public.listings where listing_id = tests.id('tower')`,
      '0',
    ),
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
];

const writers: Guard[] = [
  ...[
    ['listings', 'hosts edit their own listings', `title = 'Mine'`],
    ['listing_addresses', 'hosts edit their own addresses', `street = 'Mine'`],
    ['listing_access', 'hosts edit their own access details', `door_code = '0'`],
    ['listing_prices', 'hosts edit their own prices', 'base_price_minor = 1'],
    ['booking_rules', 'hosts edit their own rules', 'minimum_nights = 9'],
  ].map(([table, policy, change]) => ({
    name: `"${policy}"`,
    // Postgres shows an update only what may be read: the readers are let in as well.
    without: `${openToAll(table ?? '')};
      alter policy "${policy}" on public.${table} using (true) with check (true)`,
    holds: outcome(
      'alan',
      `update public.${table} set ${change} where listing_id = tests.id('mill')`,
      '0',
    ),
  })),
  {
    name: "an address is not given to another's home",
    without:
      `alter policy "hosts edit their own addresses" on public.listing_addresses with check (true)`,
    after: `delete from public.listing_addresses where listing_id = tests.id('mill')`,
    holds: outcome(
      'alan',
      `update public.listing_addresses set listing_id = tests.id('mill')`,
      '42501',
    ),
  },
  {
    name: '"people edit their own profile"',
    without:
      `alter policy "people edit their own profile" on public.profiles using (true) with check (true)`,
    holds: outcome('katherine', `update public.profiles set about = 'x'`, '1'),
  },
  {
    name: '"hosts add their own photo files"',
    without: `alter policy "hosts add their own photo files" on storage.objects with check (true)`,
    holds: outcome(
      'alan',
      `insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a.jpg')`,
      '42501',
    ),
  },
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
  ...[
    ['"hosts see the photo files of their listings"', 'alan', ''],
    ['"staff see the photos and pictures that people bring"', 'alan', ''],
    [
      '"people see the checked photos they are shown"',
      'grace',
      'delete from public.listing_photos;',
    ],
  ].map(([policy, who, then]) => ({
    name: policy!,
    without:
      `alter policy ${policy} on storage.objects using (bucket_id in ('photo-uploads', 'evidence'))`,
    after: `${shownPhoto} ${then}`,
    holds: outcome(who!, `select from storage.objects where bucket_id = 'photo-uploads'`, '0'),
  })),
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
  ...[
    ['"visitors see the published photos of what they see"', 'anon'],
    ['"people see the photos of what they see"', 'katherine'],
  ].map(([policy, who]) => ({
    name: `${policy}: what is not public is told to nobody else`,
    without: `alter policy ${policy} on public.listing_photos using (exists (
      select from public.listings where listings.listing_id = listing_photos.listing_id))`,
    after: `insert into public.listing_photos (listing_id, storage_path, position)
      values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);`,
    holds: outcome(who!, 'select from public.listing_photos', '0'),
  })),
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
  {
    name: 'a photo lies with its listing',
    without:
      'alter table public.listing_photos drop constraint listing_photos_lie_with_the_listing',
    holds: outcome(
      'alan',
      `insert into public.listing_photos (listing_id, storage_path, position)
       values (tests.id('tower'), tests.id('mill') || '/door.jpg', 1)`,
      '23514',
    ),
  },
];

const reach: Guard[] = [
  {
    name: 'no USAGE on private',
    without: 'grant usage on schema private to authenticated',
    holds: outcome('ada', `select private.may_manage(tests.id('mill'), 'see')`, '42501'),
  },
  {
    name: "a server's verb is no one else's",
    without: `grant execute on function
      public.apply_payment_intent(text, uuid, text, text, bigint, bigint, text, text, timestamptz, text, text, text),
      private.apply_payment_intent(text, uuid, text, text, bigint, bigint, text, text, timestamptz, text, text, text) to authenticated`,
    holds: outcome(
      'margaret',
      `select public.apply_payment_intent('e', null, 'pi_visit', 'succeeded', 1, 1, 'eur', null, null, null)`,
      '42501',
    ),
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
  {
    name: 'default privileges of functions',
    without: 'alter default privileges grant execute on functions to public',
    after:
      `create function public.forgotten() returns integer language sql set search_path = '' return 1`,
    holds: outcome('anon', 'select public.forgotten()', '42501'),
  },
  {
    name: 'default privileges of tables',
    without: 'alter default privileges in schema public grant all on tables to anon',
    after: 'create table public.forgotten (forgotten_id integer primary key)',
    holds: outcome('anon', 'select from public.forgotten', '42501'),
  },
  {
    name: "the gate refuses the planner's counts",
    without: { rule: 'gate.check_request', piece: '(planned|estimated)', becomes: 'never' },
    after: `select set_config('request.headers', '{"prefer": "count=planned"}', true)`,
    holds: outcome('anon', 'select gate.check_request()', 'count_not_allowed'),
  },
  {
    name: 'only a local clock moves',
    without: 'alter table private.clock drop constraint clock_moves_only_locally',
    after:
      `update private.clock set shift = '0'; update private.settings set environment = 'production'`,
    holds: refused(`update private.clock set shift = '1 day'`, '23514'),
  },
  {
    name: 'a suspended account decides nothing',
    without: {
      rule: 'private.active_caller',
      piece: 'select from private.suspensions where suspensions.profile_id = caller',
      becomes: 'select where false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('katherine'), 'Test.')`,
    holds: outcome('katherine', request('new', 'loft'), 'account_suspended'),
  },
  {
    name: 'a suspended host hosts nothing',
    without: {
      rule: 'private.listings_of_caller',
      piece: 'suspensions.profile_id = listing_hosts.profile_id',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.')`,
    holds: outcome('ada', `update public.listings set title = 'Mine'`, '0'),
  },
  {
    name: 'a closed account decides nothing',
    without: {
      rule: 'private.active_caller',
      piece: 'profiles.profile_id = caller and profiles.erased_at is null',
      becomes: 'profiles.profile_id = caller',
    },
    after: `delete from auth.users where id = tests.person('katherine');
      select set_config('request.jwt.claims', json_build_object('sub', md5('staybase katherine')::uuid)::text, true)`,
    holds: `tests.failure('select private.active_caller()') = 'account_closed'`,
  },
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
];

/** Ada asks Katherine by e-mail, in a stack whose addresses prove nothing; `the_code` is that of the e-mail. */
const askedByMail = `select tests.become('ada');
  select public.invite_cohost(tests.id('asked'), tests.id('mill'), 'full', email => 'katherine@example.com');
  select tests.back();
  create temporary table the_code as
    select private.invitation_code(cohost_invitations) as code
    from public.cohost_invitations where invitation_id = tests.id('asked');
  grant select on the_code to authenticated`;
const inviteStranger =
  `select public.invite_cohost(tests.id('stranger'), tests.id('mill'), 'full', email => 'x@example.org')`;

const calendar: Guard[] = [
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
  {
    name: 'an expired hold is ended by who wants its nights',
    without: {
      rule: 'private.release_overdue_holds',
      piece: 'released := released + private.expire_if_overdue(overdue)::integer;',
      becomes: 'null;',
    },
    after: `select tests.at('2031-05-20 12:16+00')`,
    holds: outcome('katherine', request('new', 'mill'), '1'),
  },
  {
    name: "a block takes no stay's night",
    without: {
      rule: 'private.block_nights',
      piece: 'if blocked < (select count(*) from unnest(missing)) then',
      becomes: 'if false then',
    },
    holds: outcome(
      'ada',
      `select public.block_nights(tests.id('mill'), '2031-06-01', '2031-06-04')`,
      'nights_taken',
    ),
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
      piece: `return '${code}'`,
      becomes: 'perform 1',
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
    name: 'an invitation is for the one who was asked',
    without: {
      rule: 'private.is_invited',
      piece: 'users.id in (invitation.profile_id, invitation.accepted_by)',
      becomes: 'true',
    },
    after: `select tests.become('ada');
      select public.invite_cohost(tests.id('asked'), tests.id('mill'), 'full', profile_id => tests.id('nobody'));
      select tests.back()`,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'))`,
      'invitation_not_found',
    ),
  },
  {
    name: 'an invitation by e-mail is for whoever has shown that the address is theirs',
    without: {
      rule: 'private.has_proven',
      piece: 'AND (users.email_confirmed_at IS NOT NULL)',
      becomes: '',
    },
    after: `update private.settings set addresses_are_confirmed = true;
      update auth.users set email_confirmed_at = null where id = tests.person('katherine');
      select tests.become('ada');
      select public.invite_cohost(tests.id('asked'), tests.id('mill'), 'full', email => 'katherine@example.com');
      select tests.back()`,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'))`,
      'proof_required',
    ),
  },
  {
    name: 'an address that Auth lets in without a proof is none for an invitation',
    without: {
      rule: 'private.has_proven',
      piece: 'AND (SELECT settings.addresses_are_confirmed FROM private.settings)',
      becomes: '',
    },
    after: askedByMail,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'))`,
      'proof_required',
    ),
  },
  {
    name: 'only the code of the e-mail stands for an address that is not proven',
    without: {
      rule: 'private.check_proof',
      piece: 'not private.is_code_of',
      becomes: 'false and not private.is_code_of',
    },
    after: askedByMail,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'), '00000-00000-00000-00000')`,
      'invalid_code',
    ),
  },
  {
    name: 'a block counts for whoever holds the code of an invitation too',
    without: {
      rule: 'private.check_proof',
      piece: 'or private.is_blocked(caller, invitation.invited_by)',
      becomes: '',
    },
    after: `${askedByMail};
      select tests.become('ada'); select public.block_person(tests.person('katherine')); select tests.back()`,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'), (select code from the_code))`,
      'invitation_not_found',
    ),
  },
  {
    name: 'an owner who holds the code of an invitation stays the owner',
    without: {
      rule: 'private.accept_cohost_invitation',
      piece: 'and listings.host_id = caller',
      becomes: 'and false',
    },
    after: askedByMail,
    holds: outcome(
      'ada',
      `select public.accept_cohost_invitation(tests.id('asked'), (select code from the_code))`,
      'one_owner_only',
    ),
  },
  {
    name: 'only a confirmed account has an address written to',
    without: {
      rule: 'private.check_may_write_to_strangers',
      piece: 'and users.email_confirmed_at is not null',
      becomes: '',
    },
    after: `update auth.users set email_confirmed_at = null where id = tests.person('ada')`,
    holds: outcome('ada', inviteStranger, 'email_unconfirmed'),
  },
  {
    name: 'only a host with a published home has an address written to',
    without: {
      rule: 'private.check_may_write_to_strangers',
      piece: `and listings.status = 'published'`,
      becomes: '',
    },
    after: `update public.listings set status = 'hidden'`,
    holds: outcome('ada', inviteStranger, 'published_home_required'),
  },
  {
    name: 'addresses are written to only a few times a day',
    without: {
      rule: 'private.check_may_write_to_strangers',
      piece: '>= setting.emailed_invitations_a_day',
      becomes: '> setting.emailed_invitations_a_day',
    },
    after: `update private.settings set emailed_invitations_a_day = 1; ${askedByMail}`,
    holds: outcome('ada', inviteStranger, 'too_many_invitations'),
  },
  {
    name: 'an invitation expires',
    without: {
      rule: 'private.check_invitation_open',
      piece: 'or invitation.expires_at <= private.now()',
      becomes: '',
    },
    after: `select tests.become('ada');
      select public.invite_cohost(tests.id('asked'), tests.id('mill'), 'full', profile_id => tests.person('katherine'));
      select tests.back();
      select tests.at('2031-06-04 12:00+00')`,
    holds: outcome(
      'katherine',
      `select public.accept_cohost_invitation(tests.id('asked'))`,
      'invitation_over',
    ),
  },
];

const safety: Guard[] = [
  {
    name: 'only staff decide',
    without: {
      rule: 'private.staff_caller',
      piece: 'staff.profile_id = caller',
      becomes: 'true',
    },
    after: `insert into private.staff (profile_id) values (tests.person('alan'))`,
    holds: outcome(
      'katherine',
      `select public.staff_suspend(tests.id('grace'), 'Mine.')`,
      'staff_only',
    ),
  },
  {
    name: 'only staff read what staff decided',
    without: {
      rule: 'private.staff_reader',
      piece: 'if not private.caller_is_staff() then',
      becomes: 'if false then',
    },
    holds: outcome('katherine', 'select public.staff_audit_log()', 'staff_only'),
  },
  {
    name: 'people report what they can see',
    without: {
      rule: 'private.file_report',
      piece: 'not coalesce(seen, false)',
      becomes: 'false',
    },
    after: `select tests.become('ada');
      select public.hide_listing(tests.id('loft'));
      select tests.back()`,
    holds: outcome(
      'katherine',
      `select public.file_report(tests.id('report'), 'listing', tests.id('loft'), 'spam')`,
      'report_subject_not_found',
    ),
  },
  {
    name: 'evidence lies with a report of one’s own',
    without: {
      rule: 'private.may_add_evidence',
      piece: 'reports.reporter_id = auth.uid()',
      becomes: 'true',
    },
    after: `select tests.become('grace');
      select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'spam');
      select tests.back()`,
    holds: outcome(
      'katherine',
      `insert into storage.objects (bucket_id, name)
       values ('evidence', tests.id('katherine') || '/' || tests.id('report') || '/a.jpg')`,
      '42501',
    ),
  },
  {
    name: 'nobody judges themselves',
    without: {
      rule: 'private.judge_person',
      piece: 'judge_person.profile_id = caller',
      becomes: 'false',
    },
    after: `insert into private.staff (profile_id) values (tests.person('alan'))`,
    holds: outcome('alan', `select public.staff_suspend(tests.id('alan'), 'Tired.')`, 'own_case'),
  },
  {
    name: 'a home that staff hid stays hidden',
    without: {
      rule: 'private.publish_listing',
      piece:
        'select from private.hidden_listings where hidden_listings.listing_id = listing.listing_id',
      becomes: 'select where false',
    },
    after: `insert into private.hidden_listings values (tests.id('loft'), private.now());
      update public.listings set status = 'hidden' where listing_id = tests.id('loft')`,
    holds: outcome('ada', `select public.publish_listing(tests.id('loft'))`, 'hidden_by_staff'),
  },
  {
    name: 'money on its way to a suspended host confirms nothing',
    without: {
      rule: 'private.place_booking',
      piece: 'private.is_barred(booking.host_id)',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
      select tests.money('hold', 'succeeded')`,
    holds: `${status('hold')} = 'expired'`,
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
    name: 'the log is kept',
    without: 'drop trigger keep_the_audit_log on private.audit_log',
    holds: refused('delete from private.audit_log', 'frozen'),
  },
];

const bookings: Guard[] = [
  {
    name: 'only legal moves',
    without: 'drop trigger check_the_move on public.bookings',
    holds: refused(
      `select private.move_booking(tests.id('hold'), 'declined', 'host', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'a move is for its actor',
    without: {
      rule: 'private.check_move',
      piece: 'and booking_moves.actor = mover',
      becomes: '',
    },
    holds: refused(
      `select private.move_booking(tests.id('question'), 'confirmed', 'guest', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'an accepted request waits for its money',
    without: {
      rule: 'private.check_move',
      piece: `old.status = 'requested' and old.accepted_at is not null and mover <> 'system'`,
      becomes: 'false',
    },
    after:
      `update public.bookings set accepted_at = now(), expires_at = null where booking_id = tests.id('question')`,
    holds: refused(
      `select private.move_booking(tests.id('question'), 'declined', 'host', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'terms are frozen',
    without: {
      rule: 'private.check_move',
      piece: 'and not private.alters_so(new)',
      becomes: 'and false',
    },
    holds: refused('update public.bookings set subtotal_minor = 1', 'frozen'),
  },
  ...[
    [
      'freeze_the_lines',
      'booking_lines',
      `update public.booking_lines set description = 'Free'`,
    ],
    [
      'freeze_the_guest_totals',
      'guest_totals',
      'update public.guest_totals set total_minor = total_minor + 1',
    ],
    ['freeze_the_host_totals', 'host_totals', 'delete from public.host_totals'],
    ['keep_the_history', 'booking_history', 'delete from public.booking_history'],
    ['keep_the_bookings', 'bookings', 'delete from public.bookings where false'],
  ].map(([trigger, table, statement = '']) => ({
    name: `"${trigger}"`,
    without: `drop trigger ${trigger} on public.${table}`,
    holds: refused(statement, 'frozen'),
  })),
  {
    name: 'every move is recorded',
    without: 'drop trigger record_the_move on public.bookings',
    after: `select private.move_booking(tests.id('question'), 'declined', 'host', null, null)`,
    holds:
      `exists (select from public.booking_history where booking_id = tests.id('question') and to_status = 'declined')`,
  },
  {
    name: 'the price is the one expected',
    without: {
      rule: 'private.hold_nights',
      piece: 'priced.total_minor is distinct from expected_total_minor',
      becomes: 'false',
    },
    holds: outcome('katherine', request('new', 'loft', 1), 'price_changed'),
  },
  {
    name: 'an id is of one guest',
    without: {
      rule: 'private.hold_nights',
      piece: 'is distinct from row(caller, hold_nights.listing_id',
      becomes: 'is distinct from row(booking.guest_id, hold_nights.listing_id',
    },
    holds: outcome('katherine', request('hold', 'mill'), 'id_reused'),
  },
  {
    name: 'the same request is the same booking',
    without: {
      rule: 'private.hold_nights',
      piece: 'where bookings.booking_id = hold_nights.booking_id;\n  if found then',
      becomes: 'where bookings.booking_id = hold_nights.booking_id;\n  if false then',
    },
    holds: outcome('margaret', request('hold', 'mill'), '1'),
  },
  {
    name: 'three unpaid holds and no more',
    without: {
      rule: 'private.check_limits',
      piece: '>= setting.unpaid_holds',
      becomes: '>= 1000',
    },
    after: 'update private.settings set unpaid_holds = 1',
    holds: outcome('margaret', request('new', 'loft'), 'too_many_holds'),
  },
  {
    name: 'so many stays of which nothing is paid and no more',
    without: {
      rule: 'private.check_limits',
      piece: 'if unpaid and stays >= setting.unpaid_stays then',
      becomes: 'if false then',
    },
    after: `update public.booking_rules set booking_window_months = 24;
      update private.settings set unpaid_stays = 1; ${heldFar}`,
    holds: outcome(
      'margaret',
      farRequest('second', '2031-12-10', '2031-12-12'),
      'too_many_unpaid_stays',
    ),
  },
  {
    name: 'no two stays of which nothing is paid on the same night',
    without: {
      rule: 'private.check_limits',
      piece: 'if unpaid and clash then',
      becomes: 'if false then',
    },
    after: `update public.booking_rules set booking_window_months = 24; ${heldFar}`,
    holds: outcome(
      'margaret',
      farRequest('second', '2031-12-02', '2031-12-05'),
      'unpaid_stays_overlap',
    ),
  },
  {
    name: 'so many requests that wait and no more',
    without: {
      rule: 'private.check_limits',
      piece: 'if not instant_book and requests >= setting.open_requests then',
      becomes: 'if false then',
    },
    after: `update private.settings set open_requests = 1;
      update public.listings set instant_book = false`,
    holds: outcome('dorothy', request('new', 'loft'), 'too_many_open_requests'),
  },
  {
    name: 'newcomers hold a night so often and no more',
    without: {
      rule: 'private.holds_for_newcomers',
      piece: ') as counted) < most',
      becomes: ') as counted) is not null',
    },
    after: `update private.settings set newcomer_holds = 0;
      select tests.book('free for all', 'katherine', 'loft', '2031-06-10', '2031-06-12')`,
    holds: `not exists (select from private.claims where booking_id = tests.id('free for all'))`,
  },
  {
    name: 'a booking that holds no nights is not confirmed with those of another',
    without: {
      rule: 'private.place_with_nights',
      piece:
        `if exists (select from private.claims where claims.booking_id = booking.booking_id) then`,
      becomes: 'if true then',
    },
    after: `update private.settings set newcomer_holds = 0;
      select tests.book('one', 'katherine', 'loft', '2031-06-10', '2031-06-12'),
        tests.book('other', 'dorothy', 'loft', '2031-06-10', '2031-06-12');
      select tests.money('one', 'succeeded'), tests.money('other', 'succeeded')`,
    holds:
      `(select status = 'payment_conflict' from public.bookings where booking_id = tests.id('other'))`,
  },
  {
    name: 'beyond enough nights newcomers ask the host',
    without: {
      rule: 'private.newcomers_have_enough',
      piece: '> (select settings.newcomer_nights from private.settings)',
      becomes: 'is null',
    },
    after: `update private.settings set newcomer_nights = 0;
      update public.booking_rules set booking_window_months = 24; ${heldFar}`,
    holds: `not (select instant_book from public.bookings where booking_id = tests.id('far'))`,
  },
  {
    name: 'nights are claimed or nothing happened',
    without: {
      rule: 'private.hold_nights',
      piece: `if not private.claim_nights(booking, 'hold') then`,
      becomes: `perform private.claim_nights(booking, 'hold');\n  if false then`,
    },
    // As if the quick look came too early: only the constraint is left.
    after: `do $do$
      begin
        execute replace(pg_get_functiondef('private.nights_free(uuid, date, date, smallint, uuid, uuid)'::regprocedure),
          'where claims.listing_id', 'where false and claims.listing_id');
      end $do$`,
    holds: outcome('katherine', request('new', 'mill'), 'nights_taken'),
  },
  {
    name: 'an end frees the nights',
    without: {
      rule: 'private.end_booking',
      piece: 'delete from private.claims where claims.booking_id = booking.booking_id;',
      becomes: '',
    },
    after:
      `select tests.become('ada'); select public.decline_booking(tests.id('question')); select tests.back()`,
    holds: `not exists (select from private.claims where booking_id = tests.id('question'))`,
  },
  {
    name: 'an end gives the money back',
    without: {
      rule: 'private.end_booking',
      piece:
        'perform private.return_money(booking.booking_id, to_status::text::public.refund_reason);',
      becomes: '',
    },
    after:
      `select tests.become('ada'); select public.decline_booking(tests.id('question')); select tests.back()`,
    holds:
      `exists (select from private.commands where booking_id = tests.id('question') and kind = 'cancel_intent')`,
  },
  {
    name: 'a yes is no confirmation',
    without: {
      rule: 'private.accept_booking',
      piece: 'if private.capture_money(booking.booking_id) then',
      becomes: 'if true then',
    },
    after:
      `select tests.become('ada'); select public.accept_booking(tests.id('question')); select tests.back()`,
    holds: `${status('question')} = 'requested'`,
  },
  {
    name: 'only a host of it answers',
    without: {
      rule: 'private.booking_to_answer',
      piece: `and private.may_manage(bookings.listing_id, 'bookings')`,
      becomes: '',
    },
    holds: outcome(
      'alan',
      `select public.accept_booking(tests.id('question'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'only the guest withdraws',
    without: {
      rule: 'private.withdraw_booking',
      piece: 'and bookings.guest_id = caller',
      becomes: '',
    },
    holds: outcome('alan', `select public.withdraw_booking(tests.id('hold'))`, 'booking_not_found'),
  },
  {
    name: 'a request is answered in time',
    without: {
      rule: 'private.accept_booking',
      piece: 'booking.expires_at <= private.now()',
      becomes: 'false',
    },
    after: `select tests.at('2031-05-22 12:00+00')`,
    holds: outcome('ada', `select public.accept_booking(tests.id('question'))`, 'request_expired'),
  },
];

const money: Guard[] = [
  {
    name: 'never refund more than captured',
    without: 'alter table public.payments drop constraint payments_never_refund_more_than_captured',
    holds: refused(
      `update public.payments set refunded_minor = captured_minor + 1 where stripe_intent_id = 'pi_visit'`,
      '23514',
    ),
  },
  {
    name: 'one payment per instalment',
    without: 'alter table public.payments drop constraint payments_one_per_instalment',
    holds: refused(
      `insert into public.payments (booking_id, listing_id, guest_id, capture_mode, currency, amount_minor, created_at)
       select booking_id, listing_id, guest_id, capture_mode, currency, amount_minor, created_at from public.payments`,
      '23505',
    ),
  },
  {
    name: 'one payment per intent',
    without: 'alter table public.payments drop constraint payments_one_per_intent',
    holds: refused(`update public.payments set stripe_intent_id = 'pi_visit'`, '23505'),
  },
  {
    name: 'one intent per payment',
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'payment.stripe_intent_id <> apply_payment_intent.stripe_intent_id',
      becomes: 'false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where stripe_intent_id = 'pi_question'),
      'pi_second', 'succeeded', 22820, 22820, 'eur', null, null, null) = 'second_intent'`,
  },
  {
    name: "the amount is the booking's",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'when apply_payment_intent.amount_minor is distinct from payment.amount_minor',
      becomes: 'when false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where booking_id = tests.id('hold')),
      'pi_hold', 'succeeded', 1, 22820, 'eur', null, null, null) = 'amount_mismatch'`,
  },
  {
    name: "the currency is the booking's",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'upper(apply_payment_intent.currency) is distinct from payment.currency',
      becomes: 'false',
    },
    holds: `tests.money('hold', 'succeeded', currency => 'USD') = 'amount_mismatch'`,
  },
  {
    name: "the customer is the booking's guest",
    without: {
      rule: 'private.apply_payment_intent',
      piece: 'apply_payment_intent.stripe_customer_id is not null',
      becomes: 'false',
    },
    holds:
      `private.apply_payment_intent('e', (select payment_id from public.payments where booking_id = tests.id('hold')),
      'pi_hold', 'succeeded', 22820, 22820, 'eur', 'ch_hold', null, null, 'pm_1', 'cus_other') = 'customer_mismatch'`,
  },
  {
    name: 'a payment goes forward only',
    without: {
      rule: 'private.apply_payment_intent',
      piece: `payment.status in ('captured', 'cancelled') or new_status < payment.status`,
      becomes: 'false',
    },
    holds: `tests.money('visit', 'canceled') = 'unchanged'`,
  },
  {
    name: 'late money for taken nights goes back',
    without: {
      rule: 'private.late_money_arrived',
      piece: `perform private.end_booking(booking, 'payment_conflict', 'system', 'paid_too_late');`,
      becomes: '',
    },
    after: `select tests.at('2031-05-20 12:30+00'); select private.expire_bookings(9);
      select tests.book('other', 'katherine', 'mill', '2031-06-10', '2031-06-11'); select tests.money('other', 'succeeded');
      update public.payments set status = 'pending', stripe_intent_id = 'pi_hold' where booking_id = tests.id('hold');
      select tests.money('hold', 'succeeded')`,
    holds: `${status('hold')} = 'payment_conflict'`,
  },
  {
    name: 'a command happens once',
    without: {
      rule: 'private.write_command',
      piece: `'staybase/' ||`,
      becomes: 'gen_random_uuid()::text ||',
    },
    after:
      `select private.return_money(tests.id('question'), 'expired'), private.return_money(tests.id('question'), 'expired')`,
    holds:
      `(select count(*) from private.commands where booking_id = tests.id('question') and kind = 'cancel_intent') = 1`,
  },
  {
    name: 'an event is stored once',
    without: {
      rule: 'private.store_stripe_event',
      piece: 'on conflict on constraint stripe_events_pkey do nothing',
      becomes: '',
    },
    after: `select private.store_stripe_event('e', 't', 'o')`,
    holds: `tests.failure($s$ select private.store_stripe_event('e', 't', 'o') $s$) is null`,
  },
  {
    name: "a command is one worker's",
    without: {
      rule: 'private.due_commands',
      piece:
        'and (commands.claimed_until is null or commands.claimed_until <= due_commands.lapsed_by)',
      becomes: '',
    },
    after: 'select private.claim_commands(100)',
    holds: 'not exists (select from private.claim_commands(100))',
  },
  {
    name: 'a command that a worker died with is run alone',
    without: {
      rule: 'private.claim_commands',
      piece: `picked := private.due_commands('running', private.now(), 1)`,
      becomes: `picked := private.due_commands('running', private.now(), 100)`,
    },
    after: `select private.claim_commands(100);
      update private.commands set claimed_until = private.now() where status = 'running'`,
    holds:
      `(select count(*) from private.commands where status = 'running') > 1 and (select count(*) from private.claim_commands(100)) = 1`,
  },
  {
    name: 'a day is written YYYY-MM-DD',
    without: {
      rule: 'private.day',
      piece: `written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'`,
      becomes: 'true',
    },
    holds: refused(`select private.day('2031-06-09T22:00:00Z', 'check_in')`, 'invalid_dates'),
  },
  {
    name: 'a capture that failed confirms nothing',
    without: {
      rule: 'private.fail_command',
      piece: `perform private.end_booking(booking, 'expired', 'system', 'capture_failed');`,
      becomes: 'null;',
    },
    after:
      `select tests.become('ada'); select public.accept_booking(tests.id('question')); select tests.back();
      select private.claim_commands(100);
      select private.fail_command(command_id, 'declined', false) from private.commands where kind = 'capture'`,
    holds: `${status('question')} = 'expired'`,
  },
  {
    name: 'nobody begins to pay in the last minute',
    without: {
      rule: 'private.start_payment',
      piece: `+ interval '1 minute' then`,
      becomes: 'then',
    },
    after: `select tests.at('2031-05-20 12:09:30+00')`,
    holds: outcome('margaret', `select public.start_payment(tests.id('hold'))`, 'hold_expired'),
  },
  {
    name: 'only the guest pays',
    without: {
      rule: 'private.start_payment',
      piece: 'and bookings.guest_id = caller',
      becomes: '',
    },
    holds: outcome(
      'katherine',
      `select public.start_payment(tests.id('hold'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'a mail to the owner does not tell what the guest pays',
    without: {
      rule: 'private.mail_facts',
      piece: '(mail_facts.recipient_id = bookings.guest_id)',
      becomes: 'true',
    },
    holds: `private.mail_facts(tests.id('visit'), tests.person('ada')) ->> 'total_minor' is null`,
  },
  {
    name: 'amounts are paid in coins',
    without: 'drop trigger check_the_price_steps on public.listing_prices',
    after: `select tests.home('lava', 'ada', 50000, 'ISK')`,
    holds: refused(
      `update public.listing_prices set base_price_minor = 50050 where listing_id = tests.id('lava')`,
      'price_not_in_steps',
    ),
  },
];

const listings: Guard[] = [
  {
    name: 'a home has one owner',
    without: 'drop index public.listing_hosts_one_owner_idx',
    holds: refused(`update public.listing_hosts set role = 'owner'`, '23505'),
  },
  {
    name: 'a home appears on earth',
    without: 'alter table public.listings drop constraint listings_appear_on_earth',
    holds: `tests.failure('update public.listings set latitude = null, longitude = null')
      like '%"listings_appear_on_earth"'`,
  },
  {
    name: 'a published home is complete',
    without: { rule: 'private.publish_listing', piece: `missing <> '{}'`, becomes: 'false' },
    after:
      `update public.listings set status = 'draft', description = '' where listing_id = tests.id('mill')`,
    holds: outcome('ada', `select public.publish_listing(tests.id('mill'))`, 'listing_incomplete'),
  },
  {
    name: 'the public point is not the door',
    without: {
      rule: 'private.place_public_point',
      piece: 'new.latitude + way.north_metres / 111320',
      becomes: 'new.latitude',
    },
    after: 'update public.listing_addresses set latitude = 10',
    holds: 'not exists (select from public.listings where latitude = 10)',
  },
  {
    name: "hosts' verbs ask for the right",
    without: {
      rule: 'private.listing_to_manage',
      piece: 'if not private.may_manage(listing.listing_id, listing_to_manage.deed) then',
      becomes: 'if false then',
    },
    holds: outcome('alan', `select public.hide_listing(tests.id('mill'))`, 'not_your_listing'),
  },
];

const due = `
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (tests.person('ada'), 'FR', private.now(), private.now());
  select private.apply_host_account(
    null, tests.person('ada'), 'acct_ada', 'active', false, '{}', private.now());
  select tests.at('2031-06-04 12:00+00')`;
const payout = `(select status || coalesce(' ' || reason, '') from public.payouts)`;

const payingOut: Guard[] = [
  {
    name: 'the ledger balances',
    without: 'drop trigger check_the_balance on private.ledger_entries',
    holds: refused(
      `select private.post('damage_share', 'one', bookings, guest => 1) from public.bookings limit 1`,
      'ledger_unbalanced',
    ),
  },
  {
    name: 'the ledger is never rewritten',
    without: 'drop trigger keep_the_ledger on private.ledger_entries',
    holds: refused('delete from private.ledger_entries', 'frozen'),
  },
  {
    name: 'a source is booked once',
    without: 'alter table private.ledger_entries drop constraint ledger_entries_happen_once',
    after: `select private.record_stripe_fee(null, 'pi_visit', 5, 'eur');
      select private.record_stripe_fee(null, 'pi_visit', 5, 'eur')`,
    holds: `(select count(*) = 2 from private.ledger_entries where source_kind = 'stripe_fee')`,
  },
  {
    name: 'only a host who is ready is paid',
    without: {
      rule: 'private.release_payout',
      piece: `account.status is distinct from 'active'`,
      becomes: 'false',
    },
    after: `${due}; update public.host_accounts set status = 'restricted';
      select private.release_payouts(10)`,
    holds: `${payout} = 'blocked host_not_ready'`,
  },
  {
    name: 'a hold holds',
    without: {
      rule: 'private.release_payout',
      piece: 'payout_holds.lifted_at is null',
      becomes: 'false',
    },
    after: `${due}; insert into private.payout_holds (kind, source_id, booking_id, placed_at)
      values ('disputed', 'dp_1', tests.id('visit'), private.now());
      select private.release_payouts(10)`,
    holds: `${payout} = 'blocked disputed'`,
  },
  {
    name: 'a payout follows what the host keeps',
    without: 'drop trigger adjust_the_payout on public.host_settlements',
    after: `select tests.become('ada'); select public.cancel_booking(tests.id('visit'));
      select tests.back()`,
    holds: `${payout} = 'cancelled nothing_due'`,
  },
  {
    name: 'what a host owes is kept back',
    without: {
      rule: 'private.release_payout',
      piece: 'private.host_debt(payout.host_id, payout.currency)',
      becomes: '0',
    },
    after:
      `${due}; select private.post('penalty', 'debt', bookings, host_debt => 100, platform => -100)
      from public.bookings where booking_id = tests.id('visit');
      select private.release_payouts(10)`,
    holds: '(select withheld_minor = 100 from public.payouts)',
  },
  {
    name: 'a refund in the dashboard is imported once',
    without: 'alter table public.refunds drop constraint refunds_come_in_once',
    after: `select private.import_refund(null, 're_9', 'pi_visit', 5, 'succeeded');
      select private.import_refund(null, 're_9', 'pi_visit', 5, 'succeeded')`,
    holds: `(select count(*) = 1 from public.refunds where stripe_refund_id = 're_9')`,
  },
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
];

const wishlists: Guard[] = [
  {
    name: 'a wishlist is there only for those who joined it',
    without: {
      rule: 'private.open_wishlist',
      piece:
        'wishlist_members.wishlist_id = wishlist.wishlist_id and wishlist_members.profile_id = caller',
      becomes: 'true',
    },
    holds: outcome(
      'katherine',
      `select public.save_listing(tests.id('loft'), tests.id('summer'))`,
      'wishlist_not_found',
    ),
  },
  {
    name: 'only the owner of a wishlist shares it',
    without: {
      rule: 'private.open_wishlist',
      piece: 'by_owner and wishlist.owner_id <> caller',
      becomes: 'false',
    },
    holds: outcome(
      'margaret',
      `select public.share_wishlist(tests.id('summer'))`,
      'not_your_wishlist',
    ),
  },
  {
    name: 'a link to read lets nobody join',
    without: {
      rule: 'private.join_wishlist',
      piece: `link.purpose <> 'join'`,
      becomes: 'false',
    },
    holds: outcome('katherine', `select public.join_wishlist('to read')`, 'link_not_found'),
  },
  {
    name: 'who is removed from a wishlist does not come back by its link',
    without: {
      rule: 'private.remove_from_wishlist',
      piece: 'found and not leaving',
      becomes: 'false',
    },
    after: `select tests.become('grace');
      select public.remove_from_wishlist(tests.id('summer'), tests.person('margaret'));
      select tests.back()`,
    holds: outcome('margaret', `select public.join_wishlist('to join')`, 'link_not_found'),
  },
  {
    name: 'a link shows no notes',
    without: {
      rule: 'private.shared_wishlist_cards',
      piece: 'auth.uid(), false',
      becomes: 'auth.uid(), true',
    },
    holds: `(select note from public.shared_wishlist_cards('to read')) is null`,
  },
  {
    name: 'a hidden home keeps its card',
    without: 'alter table public.listings disable trigger keep_the_last_card',
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    holds: `(select title = 'Mill' from public.shared_wishlist_cards('to read'))`,
  },
  {
    name: 'a deleted account takes its wishlists along',
    without: 'alter table public.profiles disable trigger forget_the_wishes',
    after: `delete from auth.users where id = tests.person('grace')`,
    holds: `not exists (select from public.wishlists)`,
  },
];

const dealt = `
  select tests.become('grace');
  select public.send_inquiry(tests.id('ask'), tests.id('attic'), '2031-07-10', '2031-07-12', 'Hello');
  select tests.become('ada');
  select public.send_special_offer(tests.id('deal'), tests.id('ask'), 10000);
  select tests.back();
`;
const accepts = (id: string) => `
  select public.request_booking(tests.id('${id}'), tests.id('attic'), '2031-07-10', '2031-07-12', 11410,
    offer_id => tests.id('deal'))`;

const offers: Guard[] = [
  {
    name: 'an offer is for one guest',
    without: {
      rule: 'private.price_offer',
      piece: 'offers.offer_id = price_offer.offer_id and offers.guest_id = price_offer.guest_id',
      becomes: 'offers.offer_id = price_offer.offer_id',
    },
    after: dealt,
    holds: outcome('margaret', accepts('theirs'), 'offer_not_found'),
  },
  {
    name: 'an offer is for one stay',
    without: {
      rule: 'private.price_offer',
      piece: 'is distinct from row',
      becomes: 'is null and null is distinct from row',
    },
    after: dealt,
    holds: outcome(
      'grace',
      `select public.request_booking(tests.id('longer'), tests.id('attic'), '2031-07-10', '2031-07-20', 11410,
        offer_id => tests.id('deal'))`,
      'offer_differs',
    ),
  },
  {
    name: 'an offer is over after a day',
    without: {
      rule: 'private.price_offer',
      piece: 'if offer.expires_at <= private.now() then',
      becomes: 'if false then',
    },
    after: `${dealt}; select tests.at('2031-05-21 12:05+00')`,
    holds: outcome('grace', `select public.quote_offer(tests.id('deal'))`, 'offer_expired'),
  },
  {
    name: 'an offer is used once',
    without: {
      rule: 'private.price_offer',
      piece: `offer.status <> 'open' and`,
      becomes: 'false and',
    },
    after: `${dealt}; select tests.become('grace'); ${accepts('first')}; select tests.back();
      select tests.money('first', 'succeeded')`,
    holds: outcome('grace', `select public.quote_offer(tests.id('deal'))`, 'offer_closed'),
  },
  {
    name: 'the price of an offer is locked',
    without: {
      rule: 'private.price_offer',
      piece: `if offer.kind = 'special_offer' then`,
      becomes: 'if false then',
    },
    after: dealt,
    holds: outcome('grace', accepts('deal'), '1'),
  },
  {
    name: 'an offer that is accepted needs the nights free',
    without: {
      rule: 'private.price_offer',
      piece: 'if problem is not null then',
      becomes: 'if false then',
    },
    after: `${dealt};
      update public.listings set status = 'hidden' where listing_id = tests.id('attic')`,
    holds: outcome('grace', accepts('deal'), 'listing_not_found'),
  },
  {
    name: 'only hosts who manage bookings make offers',
    without: {
      rule: 'private.inquiry_to_answer',
      piece: `private.may_manage(inquiries.listing_id, 'bookings')`,
      becomes: 'true',
    },
    after: dealt,
    holds: outcome(
      'radia',
      `select public.preapprove_inquiry(tests.id('hers'), tests.id('ask'))`,
      'inquiry_not_found',
    ),
  },
  {
    name: 'a booking that was not paid gives its offer back',
    without: 'alter table public.bookings disable trigger follow_the_offer',
    after: `${dealt}; select tests.become('grace'); ${accepts('first')};
      select public.withdraw_booking(tests.id('first')); select tests.back()`,
    holds: `(select status = 'open' from public.offers)`,
  },
  {
    name: 'what an offer says never changes',
    without: 'alter table public.offers disable trigger check_the_offer',
    after: dealt,
    holds: refused(`update public.offers set expires_at = '2032-01-01'`, 'frozen'),
  },
];

/** Grace's visit is 2 to 5 June: she wants a night more, and Ada agrees; or leaves a night earlier. */
const wants = (who: string, wish: string) =>
  `select tests.become('${who}');
   select public.propose_alteration(tests.id('wish'), tests.id('visit'), ${wish}); select tests.back()`;
const longer = wants('grace', `check_out => '2031-06-06'`);
const shorter = wants('grace', `check_out => '2031-06-04'`);
const answers = (verb: string) => `select public.${verb}_alteration(tests.id('wish'))`;
const agreed = `${longer}; select tests.become('ada'); ${answers('accept')}; select tests.back()`;
const running = `select tests.at('2031-06-03 12:00+00')`;
const wish = `(select status::text from public.alterations where alteration_id = tests.id('wish'))`;
const proposes = (wish: string) =>
  `select public.propose_alteration(tests.id('other'), tests.id('visit'), ${wish})`;

/** Grace stays 40 nights in the loft; the second instalment, of ten, is charged in July. */
const later = `select tests.book('long', 'grace', 'loft', '2031-06-24', '2031-08-03');
  select tests.money('long', 'succeeded', card => 'pm_grace');
  update public.payments set stripe_intent_id = nullif('pi_2', '')
  where booking_id = tests.id('long') and instalment = 2`;

const altering: Guard[] = [
  {
    name: 'the policy by which people read alterations',
    without: openToAll('alterations'),
    after: longer,
    holds: seesNothing('alterations'),
  },
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
      piece: 'found_one.side = alteration.proposed_by',
      becomes: 'false',
    },
    after: longer,
    holds: outcome('grace', answers('accept'), 'own_proposal'),
  },
  {
    name: 'who proposes does not decline',
    without: {
      rule: 'private.decline_alteration',
      piece: 'found_one.side = alteration.proposed_by',
      becomes: 'false',
    },
    after: longer,
    holds: outcome('grace', answers('decline'), 'own_proposal'),
  },
  {
    name: 'the other side does not withdraw a proposal',
    without: {
      rule: 'private.withdraw_alteration',
      piece: `alteration.status = 'proposed' and found_one.side = alteration.proposed_by`,
      becomes: `alteration.status = 'proposed'`,
    },
    after: longer,
    holds: outcome('ada', answers('withdraw'), 'alteration_closed'),
  },
  {
    name: 'a host does not take back what the guest is paying for',
    without: {
      rule: 'private.withdraw_alteration',
      piece: `alteration.status = 'awaiting_payment' and found_one.side = 'guest'`,
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
      piece: 'private.instant_at(booking.check_out + booking.check_out_time, booking.time_zone)',
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
    name: 'no night is added in a home that is hidden',
    without: {
      rule: 'private.stay_problem',
      piece: 'check_out <= had_end',
      becomes: 'check_out <> had_end',
    },
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    holds: outcome('grace', proposes(`check_out => '2031-06-06'`), 'listing_not_found'),
  },
  {
    name: 'the rules of a stay are asked again when it is agreed to',
    without: {
      rule: 'private.agree_to_alteration',
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
    name: 'an alteration that is not paid does not block',
    without: {
      rule: 'private.expire_if_overdue',
      piece: 'return private.expire_alteration(booking);',
      becomes: 'return false;',
    },
    after: `${agreed}; select tests.at('2031-05-20 13:00+00')`,
    holds: outcome(
      'katherine',
      request('new', 'mill').replace('06-10', '06-05').replace('06-12', '06-07'),
      '1',
    ),
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
    name: 'what an alteration gave back was not paid for the stay',
    without: {
      rule: 'private.paid_for',
      piece: `'altered', `,
      becomes: '',
    },
    after: `${shorter}; select tests.become('ada'); ${answers('accept')}; select tests.back()`,
    holds: `private.paid_for(tests.id('visit')) = 22820`,
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
];

const stars = (many: number, of: number) =>
  Array.from({ length: many }, () => `${of}::smallint`).join(', ');
const reviewStay = (of = 2) => `select public.review_stay(tests.id('visit'), ${stars(7, of)})`;
const reviewGuest = (of = 2) => `select public.review_guest(tests.id('visit'), ${stars(4, of)})`;
/** Grace's visit is over, and this was said. */
const afterwards = (...said: [who: string, what: string][]) =>
  `select tests.at('2031-06-05 12:00+00');
   ${
    said.map(([who, what]) => `select tests.become('${who}'); ${what}; select tests.back();`).join(
      '\n',
    )
  }`;
const removeReview = `
  insert into private.staff (profile_id) values (tests.person('katherine'));
  select tests.become('katherine');
  select public.staff_remove_review(review_id, 'Spam.') from public.reviews;
  select tests.back()`;

const reviewing: Guard[] = [
  {
    name: 'people read a review when it is revealed',
    without: openToAll('reviews'),
    after: afterwards(['grace', reviewStay()]),
    holds: outcome('ada', 'select from public.reviews', '0'),
  },
  {
    name: 'visitors read a review when it is revealed',
    without:
      `alter policy "visitors read revealed reviews of what they see" on public.reviews using (true)`,
    after: afterwards(['grace', reviewStay()]),
    holds: outcome('anon', 'select from public.reviews', '0'),
  },
  {
    name: 'guests read what hosts said when it is revealed',
    without: openToAll('guest_reviews'),
    after: afterwards(['ada', reviewGuest()]),
    holds: outcome('grace', 'select from public.guest_reviews', '0'),
  },
  {
    name: 'a guest who hosts too reads no more of themselves',
    without:
      `alter policy "people read what hosts said of them and of their guests" on public.guest_reviews
      using (listing_id = any (array(select private.listings_of_caller('bookings'))))`,
    after: `select tests.cohost('mill', 'grace', 'full'); ${afterwards(['ada', reviewGuest()])}`,
    holds: outcome('grace', 'select from public.guest_reviews', '0'),
  },
  {
    name: 'guests do not review themselves as hosts',
    without: {
      rule: 'private.booking_to_review',
      piece: 'bookings.guest_id <> caller and',
      becomes: '',
    },
    after: `select tests.cohost('mill', 'grace', 'full'); ${afterwards()}`,
    holds: outcome('grace', reviewGuest(), 'booking_not_found'),
  },
  {
    name: 'a review has its two weeks',
    without: {
      rule: 'private.open_window',
      piece: 'private.now() > open_from_to.closes_at',
      becomes: 'false',
    },
    after: `select tests.at('2031-06-20 12:00+00')`,
    holds: outcome('grace', reviewStay(), 'review_closed'),
  },
  {
    name: 'a review waits for check-out',
    without: {
      rule: 'private.open_window',
      piece: 'private.now() < open_from_to.opens_at',
      becomes: 'false',
    },
    holds: outcome('grace', reviewStay(), 'review_not_open'),
  },
  {
    name: 'a review that was read is not rewritten',
    without: 'drop trigger keep_the_review on public.reviews',
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: refused('update public.reviews set stars = 5', 'frozen'),
  },
  {
    name: 'a removed review counts no more',
    without: {
      rule: 'private.count_reviews',
      piece: 'and reviews.removed_at is null',
      becomes: '',
    },
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])} ${removeReview}`,
    holds: '(select review_count = 0 from public.listing_ratings)',
  },
  {
    name: 'a free stay rates nothing',
    without: {
      rule: 'private.count_reviews',
      piece: 'and private.costs_something(bookings.booking_id)',
      becomes: '',
    },
    after: `alter table public.guest_totals disable trigger user;
      update public.guest_totals set total_minor = 0, guest_fee_minor = 0;
      ${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}`,
    holds: `coalesce((select review_count = 0 from public.listing_ratings
      where listing_id = tests.id('mill')), true)`,
  },
  {
    name: 'people of the house do not review it',
    without: {
      rule: 'private.hosted_lately',
      piece: 'past_hosts.until > moment',
      becomes: "past_hosts.until > moment + interval '2 years'",
    },
    after: `insert into private.past_hosts values
        (tests.id('mill'), tests.person('grace'), private.now(), private.now());
      select tests.at('2031-06-06 12:00+00')`,
    holds: outcome('grace', reviewStay(), 'hosted_here'),
  },
  {
    name: 'a co-host sells no lower than the owner lets them',
    without: {
      rule: 'private.sells_below_price',
      piece: 'auth.uid() is null',
      becomes: 'true',
    },
    holds: outcome(
      'hedy',
      `update public.listing_prices set base_price_minor = 1 where listing_id = tests.id('mill')`,
      'below_price_floor',
    ),
  },
  {
    name: 'staff do not suspend staff',
    without: {
      rule: 'private.check_no_colleague',
      piece: 'where staff.profile_id = check_no_colleague.profile_id',
      becomes: 'where false',
    },
    after:
      `insert into private.staff (profile_id) values (tests.person('alan')), (tests.person('dorothy'))`,
    holds: outcome(
      'alan',
      `select public.staff_suspend(tests.person('dorothy'), 'Mine now.')`,
      'staff_member',
    ),
  },
  {
    name: 'staff need a second factor where the setting says so',
    without: { rule: 'private.has_second_factor', piece: `= 'aal2'`, becomes: 'is not null' },
    after: `insert into private.staff (profile_id) values (tests.person('alan'));
      update private.settings set staff_need_second_factor = true`,
    holds: outcome('alan', `select public.staff_reports()`, 'second_factor_required'),
  },
  {
    name: 'a removed review is read by its author alone',
    without: openToAll('reviews'),
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])} ${removeReview}`,
    holds: outcome('ada', 'select from public.reviews', '0'),
  },
  {
    name: 'two reviews make no rating',
    without: { rule: 'private.shown_rating', piece: 'reviews >= 3', becomes: 'reviews >= 1' },
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: '(select rating is null from public.listing_ratings)',
  },
  {
    name: 'a guest is judged before those alone whom they asked',
    without: openToAll('guest_ratings'),
    after: afterwards(['grace', reviewStay()], ['ada', reviewGuest()]),
    holds: outcome('alan', 'select from public.guest_ratings', '0'),
  },
  {
    name: 'a no-show is reviewed by neither',
    without: 'drop trigger drop_the_reviews on public.bookings',
    after: `${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}
      select private.move_booking(tests.id('visit'), 'no_show', 'staff', 'Nobody came.', null)`,
    holds: outcome('anon', 'select from public.reviews', '0'),
  },
  {
    name: 'no figure of a host knows what is not revealed',
    without: {
      rule: 'private.superhost_on',
      piece: 'and (reviews.revealed_at is not null or reviews.closes_at < private.now())',
      becomes: '',
    },
    after: afterwards(['grace', reviewStay()]),
    holds: `(select reviews = 0 from private.superhost_on(tests.person('ada'), '2031-07-01'))`,
  },
  {
    name: 'why somebody is a superhost is their own to see',
    without: openToAll('superhost_reckonings'),
    after: 'select private.reckon_superhosts(100)',
    holds: seesNothing('superhost_reckonings'),
  },
];

const arrived = `select tests.at('2031-06-02 20:00+00')`;
const asked = (who: string, statement: string) =>
  `select tests.become('${who}'); ${statement}; select tests.back()`;
const reported = `${arrived};
  ${asked('ada', `select public.report_no_show(tests.id('visit'))`)}`;
const complained = `${arrived}; ${
  asked(
    'grace',
    `select public.file_complaint(tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.')`,
  )
}`;
const staffed = `insert into private.staff (profile_id) values (tests.person('katherine'))`;
const given = (refund: number) =>
  `select public.staff_decide_complaint(tests.id('dust'), ${refund}, 'Looked.')`;

const goneWrong: Guard[] = [
  {
    name: 'the policy by which people read no_shows',
    without: openToAll('no_shows'),
    after: reported,
    holds: seesNothing('no_shows'),
  },
  {
    name: 'the policy by which people read complaints',
    without: openToAll('complaints'),
    after: complained,
    holds: seesNothing('complaints'),
  },
  {
    name: 'no guest is missing before check-in',
    without: {
      rule: 'private.report_no_show',
      piece:
        'private.now() < private.instant_at(booking.check_in + booking.check_in_time, booking.time_zone)',
      becomes:
        'private.now() is null and private.now() < private.instant_at(booking.check_in + booking.check_in_time, booking.time_zone)',
    },
    holds: outcome('ada', `select public.report_no_show(tests.id('visit'))`, 'stay_not_under_way'),
  },
  {
    name: 'the payout waits for the guest who is missing',
    without: 'drop function private.place_hold; create function private.place_hold(' +
      'booking_id uuid, kind public.payout_reason, source_id text) returns void language sql as $$ $$',
    after: `${reported}; ${due}; select private.release_payouts(10)`,
    holds: `${payout} = 'blocked no_show'`,
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
  {
    name: 'a guest complains in time',
    without: {
      rule: 'private.file_complaint',
      piece: 'private.now() > arrival +',
      becomes: 'private.now() is null and private.now() > arrival +',
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
];

const talking: Guard[] = [
  ...['conversations', 'messages', 'inbox_entries', 'notifications'].map((table) => ({
    name: `${table} are read by those they are for`,
    without: openToAll(table),
    holds: seesNothing(table),
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
    name: 'staff alone read what was masked',
    without: {
      rule: 'private.staff_masked_words',
      piece: 'perform private.staff_reader();',
      becomes: '',
    },
    holds: outcome('katherine', 'select public.staff_masked_words()', 'staff_only'),
  },
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
      rule: 'private.write_message',
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
  {
    name: 'only operators see where events go',
    without: {
      rule: 'private.operator_caller',
      piece: 'perform private.staff_caller();',
      becomes: 'null;',
    },
    holds: outcome('ada', 'select public.list_webhook_endpoints()', 'staff_only'),
  },
];

/** Who is told what, and what is left of whom. */
const tellingAndForgetting: Guard[] = [
  {
    name: 'whoever is gone is told nothing',
    without: {
      rule: 'private.tell_reader',
      piece: 'private.is_erased(new.recipient_id)',
      becomes: 'false',
    },
    after: `delete from auth.users where id = tests.person('grace');
      select private.write_mail('booking_altered_guest', tests.person('grace'), tests.id('visit'))`,
    holds: `not exists (select from private.commands where template = 'booking_altered_guest')
      and not exists (select from public.notifications where template = 'booking_altered_guest')`,
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
  {
    name: 'evidence of an open report is not removed',
    without: {
      rule: 'private.file_facts',
      piece: ` and reports.status = 'closed'`,
      becomes: '',
    },
    after: `select tests.become('grace');
      select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
      select tests.back();
      insert into storage.objects (bucket_id, name)
        values ('evidence', tests.person('grace') || '/' || tests.id('report') || '/a.jpg')`,
    holds: `private.file_facts('remove_evidence', tests.id('report')) is null`,
  },
  {
    name: 'of a move that was made only the words go',
    without: 'drop trigger keep_the_moves on public.booking_history',
    holds: refused(`update public.booking_history set position = position + 50`, 'frozen'),
  },
];

/** Grace's visit was paid on another platform. */
const elsewhere =
  `insert into private.settled_elsewhere values (tests.id('visit'), 'EUR', 34230, 0, 29100)`;
/** A stay that begins as one that is confirmed. */
const begun = `insert into public.bookings
  select (jsonb_populate_record(bookings, jsonb_build_object('booking_id', tests.id('begun')))).*
  from public.bookings where booking_id = tests.id('visit')`;
const free = `alter table public.guest_totals disable trigger user;
  update public.guest_totals set total_minor = 0, guest_fee_minor = 0`;

const movedIn: Guard[] = [
  {
    name: 'a stay begins unpaid',
    without: {
      rule: 'private.check_move',
      piece: 'and not private.was_settled_elsewhere(new.booking_id)',
      becomes: 'and false',
    },
    holds: refused(begun, 'illegal_move'),
  },
  {
    name: 'only a stay that was paid elsewhere begins confirmed',
    without: {
      rule: 'private.was_settled_elsewhere',
      piece: 'settled_elsewhere.booking_id = was_settled_elsewhere.booking_id',
      becomes: 'true',
    },
    after: elsewhere,
    holds: refused(begun, 'illegal_move'),
  },
  {
    name: 'a stay that was paid elsewhere may begin confirmed',
    without: {
      rule: 'private.check_move',
      piece: 'and not private.was_settled_elsewhere(new.booking_id)',
      becomes: '',
    },
    after: elsewhere.replace(`'visit'`, `'begun'`),
    holds: refused(begun, '1'),
  },
  {
    name: 'a host who cancels a stay that was paid elsewhere owes no penalty',
    without: {
      rule: 'private.host_penalty',
      piece: 'private.was_settled_elsewhere(booking.booking_id)',
      becomes: 'false',
    },
    after: `${elsewhere}; select tests.become('ada');
      select public.cancel_booking(tests.id('visit'), 'Water.'); select tests.back()`,
    holds:
      `(select penalty_minor = 0 from public.host_settlements where booking_id = tests.id('visit'))`,
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
  {
    name: 'a stay that was paid elsewhere counts for ratings, though it costs nothing here',
    without: {
      rule: 'private.costs_something',
      piece: 'or private.was_settled_elsewhere(guest_totals.booking_id)',
      becomes: '',
    },
    after: `${free}; ${elsewhere};
      ${afterwards(['grace', reviewStay()], ['ada', reviewGuest()])}`,
    holds:
      `(select review_count = 1 from public.listing_ratings where listing_id = tests.id('mill'))`,
  },
  {
    name: 'what was settled elsewhere is never rewritten',
    without: 'drop trigger keep_the_settlements_elsewhere on private.settled_elsewhere',
    after: elsewhere,
    holds: refused(
      'update private.settled_elsewhere set total_minor = 0, refunded_minor = 0',
      'frozen',
    ),
  },
];

const guards = [
  ...readers,
  ...moreReaders,
  ...writers,
  ...reach,
  ...calendar,
  ...safety,
  ...bookings,
  ...money,
  ...listings,
  ...payingOut,
  ...wishlists,
  ...offers,
  ...altering,
  ...goneWrong,
  ...reviewing,
  ...talking,
  ...tellingAndForgetting,
  ...movedIn,
];

beforeAll(async () => {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    await client.query(`begin; ${town} commit`);
    // What fails, as one code; null when nothing does. Effects of what does not fail stay.
    await client.query(`
      create function tests.failure(statement text) returns text language plpgsql as $$
      begin
        execute statement;
        return null;
      exception when others then
        return sqlerrm;
      end $$`);
  } finally {
    client.release();
  }
});

test('names each guard once', () => {
  const names = guards.map((guard) => guard.name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(guards)('without it: $name', async (guard) => {
  expect(await probe(guard, (client) => client.query('select'))).toBe(true);
  expect(await probe(guard, (client) => remove(guard, client))).toBe(false);
});

/** What becomes of a guard's promise after `prepare`; an error keeps no promise. Nothing of it stays. */
async function probe(
  { name, after = '', holds }: Guard,
  prepare: (client: pg.PoolClient) => Promise<unknown>,
): Promise<boolean> {
  const { pool } = await testDatabase();
  const client = await pool.connect();
  try {
    await client.query('begin');
    await prepare(client);
    try {
      if (after !== '') await client.query(after);
      const { rows: [row] } = await client.query<{ holds: boolean | null }>(
        `select ${holds} as holds`,
      );
      if (row === undefined) throw new Error(`${name} says nothing.`);
      return row.holds === true;
    } catch {
      return false;
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function remove({ without }: Guard, client: pg.PoolClient): Promise<void> {
  if (typeof without === 'string') {
    await client.query(without);
    return;
  }
  const { rule, piece, becomes } = without;
  const { rows: [found] } = await client.query<{ definition: string }>(
    `select pg_get_functiondef(coalesce(to_regproc($1), to_regprocedure($1))) as definition`,
    [rule],
  );
  if (found === undefined) throw new Error(`There is no ${rule}.`);
  // A piece is the same piece however its lines are broken.
  const words = piece.trim().split(/\s+/).map((word) =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  );
  const pieces = found.definition.split(new RegExp(words.join('\\s+')));
  if (pieces.length !== 2) {
    throw new Error(
      `"${piece}" stands ${pieces.length - 1} times in ${rule}:\n${found.definition}`,
    );
  }
  await client.query(pieces.join(becomes));
}
