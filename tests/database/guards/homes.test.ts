import {
  editorOf,
  filesOf,
  openToAll,
  outcome,
  readersOf,
  refused,
  testGuards,
} from '../../support/guards.ts';

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

testGuards([
  // listings
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
    name: 'a home appears on earth',
    without: 'alter table public.listings drop constraint listings_appear_on_earth',
    holds: `tests.failure('update public.listings set latitude = null, longitude = null')
      like '%"listings_appear_on_earth"'`,
  },
  {
    name: 'a type of home that does not exist is refused by a code',
    without: 'drop trigger check_the_property_type on public.listings',
    holds: outcome(
      'ada',
      `update public.listings set property_type = 'palace' where listing_id = tests.id('mill')`,
      'unknown_property_type',
    ),
  },
  {
    name: 'a type of home that some home is of stays',
    without: 'alter table public.listings drop constraint listings_property_type_fkey',
    holds: `tests.failure('delete from public.property_types where property_type = ''home''')
      like '%"listings_property_type_fkey"%'`,
  },
  // hosts
  ...readersOf('listing_hosts'),
  {
    name: 'only owners see what a stay brings the host',
    without: `insert into private.host_rights (role, permission) values ('full', 'payouts')`,
    holds: outcome('hedy', 'select from public.host_totals', '0'),
  },
  {
    name: 'who keeps the calendar sees no bookings',
    without: `insert into private.host_rights (role, permission) values ('calendar', 'bookings')`,
    holds: outcome('radia', 'select from public.bookings', '0'),
  },
  editorOf('listings', 'hosts edit their own listings', `title = 'Mine'`),
  {
    name: 'a suspended host hosts nothing',
    without: {
      rule: 'private.listings_of_caller',
      piece: 'suspensions.profile_id = caller',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.')`,
    holds: outcome('ada', `update public.listings set title = 'Mine'`, '0'),
  },
  {
    name: 'a closed account hosts nothing',
    without: {
      rule: 'private.listings_of_caller',
      piece: 'profiles.profile_id = caller and profiles.erased_at is not null',
      becomes: 'false',
    },
    after:
      `update public.profiles set erased_at = private.now() where profile_id = tests.person('ada')`,
    holds: outcome('ada', `update public.listings set title = 'Mine'`, '0'),
  },
  {
    name: 'a home has one owner',
    without: 'drop index public.listing_hosts_one_owner_idx',
    holds: refused(`update public.listing_hosts set role = 'owner'`, '23505'),
  },
  {
    name: "hosts' verbs ask for the right",
    without: {
      rule: 'private.listing_to_manage',
      piece: 'if not private.may_manage(listing.listing_id, listing_to_manage.permission) then',
      becomes: 'if false then',
    },
    holds: outcome('alan', `select public.hide_listing(tests.id('mill'))`, 'not_your_listing'),
  },
  // addresses
  ...readersOf('listing_addresses', 'listing_access'),
  editorOf('listing_addresses', 'hosts edit their own addresses', `street = 'Mine'`),
  editorOf('listing_access', 'hosts edit their own access details', `door_code = '0'`),
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
    name: 'the public point is not the door',
    without: {
      rule: 'private.place_public_point',
      piece: 'new.latitude + way.north_metres / 111320',
      becomes: 'new.latitude',
    },
    after: 'update public.listing_addresses set latitude = 10',
    holds: 'not exists (select from public.listings where latitude = 10)',
  },
  // photos
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
  // invitations
  ...readersOf('cohost_invitations'),
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
  // photo_files
  {
    name: '"hosts add their own photo files"',
    without: `alter policy "hosts add their own photo files" on storage.objects with check (true)`,
    holds: outcome(
      'alan',
      `insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a.jpg')`,
      '42501',
    ),
  },
  filesOf('hosts see the photo files of their listings', 'alan'),
  // custom_fields
  {
    name: 'custom fields fit the schema',
    without: 'drop trigger check_the_custom_fields on public.listings',
    holds: refused(
      `update public.listings set custom_fields = '{"view": "sea"}' where listing_id = tests.id('mill')`,
      'invalid_custom_fields',
    ),
  },
  {
    name: 'custom fields that come with a home fit the schema',
    without: 'drop trigger check_the_new_custom_fields on public.listings',
    holds: refused(
      `insert into public.listings (listing_id, host_id, title, time_zone, currency, custom_fields)
        values (gen_random_uuid(), tests.id('ada'), 'Barn', 'Europe/Paris', 'EUR', '{"view": "sea"}')`,
      'invalid_custom_fields',
    ),
  },
  {
    name: 'a schema is one that can be checked',
    without: 'drop trigger check_the_schema on public.listing_forms',
    holds: refused(
      `update public.listing_forms set schema = '{"type": "object"}'`,
      'invalid_schema',
    ),
  },
  {
    name: 'a search asks only for fields that can be searched',
    without: {
      rule: 'private.custom_filter',
      piece: `rule -> 'filterable' is distinct from 'true'`,
      becomes: 'rule is null',
    },
    after:
      `select private.set_listing_schema('{"type": "object", "properties": {"view": {"type": "string"}},
        "additionalProperties": false}')`,
    holds: refused(`select private.custom_filter('{"view": "sea"}')`, 'invalid_filter'),
  },
]);
