import { type Guard, openToAll, outcome, request, testGuards } from '../../support/guards.ts';

testGuards([
  // profiles
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
    name: '"people edit their own profile"',
    without:
      `alter policy "people edit their own profile" on public.profiles using (true) with check (true)`,
    holds: outcome('katherine', `update public.profiles set about = 'x'`, '1'),
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
  // staff
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
    name: 'staff need a second factor where the setting says so',
    without: { rule: 'private.has_second_factor', piece: `= 'aal2'`, becomes: 'is not null' },
    after: `insert into private.staff (profile_id) values (tests.person('alan'));
      update private.settings set staff_need_second_factor = true`,
    holds: outcome('alan', `select public.staff_reports()`, 'second_factor_required'),
  },
  {
    name: 'staff decide with a second factor where the setting says so',
    without: {
      rule: 'private.staff_caller',
      piece: 'if not private.has_second_factor() then',
      becomes: 'if false then',
    },
    after: `insert into private.staff (profile_id) values (tests.person('alan'));
      update private.settings set staff_need_second_factor = true`,
    holds: outcome(
      'alan',
      `select public.staff_suspend(tests.id('grace'), 'Mine.')`,
      'second_factor_required',
    ),
  },
  ...[
    [
      'who showed no second factor',
      'and private.has_second_factor()',
      'update private.settings set staff_need_second_factor = true',
    ],
    [
      'who are suspended',
      'private.caller_is_active() and',
      `insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Test.')`,
    ],
  ].map(([who, piece = '', so]): Guard => ({
    name: `staff ${who} see no case`,
    without: { rule: 'private.caller_is_staff', piece, becomes: '' },
    after: `insert into private.staff (profile_id) values (tests.person('alan'));
      insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
      values (tests.id('complaint'), tests.id('visit'), 'not_clean', 'Dust.', private.now());
      ${so}`,
    holds: outcome('alan', 'select from public.complaints', '0'),
  })),
  // strangers
  {
    name: 'an operator hears of people who did not confirm their address',
    without: {
      rule: 'private.stranger_checks',
      piece: `'confirmations', unproven = 0,`,
      becomes: `'confirmations', true,`,
    },
    after: `update private.clock set shift = '0';
      update private.settings set environment = 'production';
      update auth.users set email_confirmed_at = now(), confirmation_sent_at = null,
        created_at = now(), raw_app_meta_data = '{"provider": "email"}'`,
    holds: `(select not healthy from private.stranger_checks() where part = 'confirmations')`,
  },
]);
