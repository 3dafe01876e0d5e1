-- Hosts: who hosts a home, how they are invited, and what each of them may do.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
update private.settings set addresses_are_confirmed = true;
select tests.person(name) from unnest(array['ada', 'hedy', 'radia', 'alan', 'grace']) as name;

select tests.home('mill', 'ada');

-- Who hosts: whoever was asked and said yes

create function pg_temp.invite(address text, role text default 'full', id text default null)
  returns text language sql as $$
  select format('select public.invite_cohost(%L, tests.id(''mill''), %L, %s)',
    coalesce(tests.id(id), gen_random_uuid()), role, address)
$$;
create function pg_temp.by_id(person text) returns text language sql as $$
  select format('profile_id => %L', tests.person(person))
$$;

select tests.become('ada');
select is((public.invite_cohost(tests.id('to hedy'), tests.id('mill'), 'calendar', profile_id => tests.person('hedy'))).status::text,
  'open', 'Ada invites Hedy');
select is((public.invite_cohost(tests.id('to hedy'), tests.id('mill'), 'calendar', profile_id => tests.person('hedy'))).status::text,
  'open', 'asking again with the same id is the same invitation');
select tests.back();
select is((select count(*) from public.cohost_invitations), 1::bigint,
  'repeating an invitation adds no row');
select is(private.may_manage(tests.id('mill'), 'see') or exists (
  select from public.listing_hosts where profile_id = tests.person('hedy')), false,
  'an invited person is not yet a host');
select is(tests.outcome('hedy', 'select from public.my_cohost_invitations()'), '1', 'Hedy sees that she was asked');
select is(tests.outcome(person, 'select from public.my_cohost_invitations()'), '0', initcap(person) || ' was not')
from unnest(array['ada', 'grace']) as person;
select is(tests.outcome(person, 'select from public.cohost_invitations'), rows, initcap(person) || ' reads the table')
from (values ('ada', '1'), ('hedy', '0'), ('grace', '0'), ('anon', '42501')) as readers (person, rows);
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to hedy''))'), 'invitation_not_found',
  'Grace cannot accept for her');
select is(tests.outcome('ada', 'select public.accept_cohost_invitation(tests.id(''to hedy''))'), 'invitation_not_found',
  'Ada cannot accept her own invitation');
select tests.become('hedy');
select results_eq('select title, owner_name, role::text from public.my_cohost_invitations()',
  $$ select title, 'Ada', 'calendar' from public.listings where listing_id = tests.id('mill') $$,
  'Hedy sees what the invitation is about');
select is((public.accept_cohost_invitation(tests.id('to hedy'))).role::text, 'calendar',
  'Hedy accepts the invitation');
select is((public.accept_cohost_invitation(tests.id('to hedy'))).role::text, 'calendar',
  'accepting an invitation twice changes nothing');
select is(tests.outcome('hedy', 'select public.decline_cohost_invitation(tests.id(''to hedy''))'), 'invitation_over',
  'Hedy cannot decline an invitation that she accepted');
select is(tests.outcome('ada', 'select public.withdraw_cohost_invitation(tests.id(''to hedy''))'), 'invitation_over',
  'Ada cannot withdraw an invitation that was accepted');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('hedy'))), 'already_cohost',
  'a co-host cannot be invited again');
select is(tests.outcome('ada', $$ select public.set_cohost_role(tests.id('mill'), tests.person('hedy'), 'full') $$), '1',
  'Ada changes how she hosts');
select tests.become('ada');
select public.set_cohost_role(tests.id('mill'), tests.person('hedy'), 'full');
select throws_ok(format('select public.set_cohost_role(tests.id(''mill''), %L, %L)', person, role),
  errcode, code, format('%s: %s', code, role))
from (values
  (tests.person('hedy'), 'owner', 'PT422', 'one_owner_only'),
  (tests.person('ada'), 'full', 'PT422', 'one_owner_only'),
  (tests.person('hedy'), null, 'PT422', 'one_owner_only'),
  (tests.id('nobody'), 'full', 'PT404', 'cohost_not_found'),
  (null, 'full', 'PT404', 'cohost_not_found')) as wrong (person, role, errcode, code);
select tests.back();

-- What an invitation tells the owner: nothing. Somebody, nobody and an import sound alike.

insert into public.profiles (profile_id, display_name, source, source_id)
  values (tests.id('imported'), 'Lise', 'elsewhere', '1');
select is(tests.outcome('ada', pg_temp.invite(address)), outcome, address)
from (values
  (pg_temp.by_id('grace'), '1'), (format('profile_id => %L', tests.id('nobody')), '1'),
  (format('profile_id => %L', tests.id('imported')), '1'),
  ('email => ''grace@example.com''', '1'), ('email => ''nobody@example.com''', '1'),
  (pg_temp.by_id('ada'), 'one_owner_only'), ('email => '' ADA@example.com''', 'one_owner_only'),
  ('email => ''grace''', 'invitee_required'), ('email => '' ''', 'invitee_required'),
  ('email => repeat(''x'', 400) || ''@example.com''', 'invitee_required'),
  ('email => ''grace@example.com'', ' || pg_temp.by_id('grace'), 'invitee_required')) as addresses (address, outcome);
select is(tests.outcome('ada', 'select public.invite_cohost(gen_random_uuid(), tests.id(''mill''), ''full'')'),
  'invitee_required', 'an invitation needs an invitee');
select is(tests.outcome('ada', 'select public.invite_cohost(null, tests.id(''mill''), ''full'', email => ''x@example.com'')'),
  'invitee_required', 'an invitation needs an id');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('grace'), role)), 'one_owner_only',
  format('as %s', coalesce(role, 'nothing'))) from unnest(array['owner', null]) as role;
select is(tests.outcome('hedy', pg_temp.invite(pg_temp.by_id('grace'))), 'not_your_listing',
  'a co-host cannot invite anybody');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('grace'), 'full', 'to hedy')), 'id_reused',
  'an id is used once');

-- By e-mail, to whoever the address belongs to

select tests.become('ada');
select public.invite_cohost(tests.id('to grace'), tests.id('mill'), 'full', email => ' Grace@Example.com ');
select tests.back();
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '1', 'Grace is asked at her address');
update auth.users set email_confirmed_at = null where id = tests.person('grace');
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0',
  'an invitation is not shown before the address is confirmed');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'proof_required',
  'Grace cannot accept before her address is confirmed');
update auth.users set email_confirmed_at = now() where id = tests.person('grace');
savepoint invited;
select tests.become('grace');
select public.block_person(tests.person('ada'));
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0', 'a block hides it');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'invitation_not_found',
  'a block hides the invitation whoever blocked');
select is(tests.outcome('ada', 'select from public.cohost_invitations where status = ''open'''), '1',
  'Ada still sees the invitation as open when Grace blocks her');
rollback to invited;
select tests.become('ada');
select public.invite_cohost(tests.id('to grace again'), tests.id('mill'), 'calendar', email => 'grace@example.com');
select tests.back();
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'invitation_over',
  'a new invitation takes the place of the old');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace again''))'), '1',
  'an invitation that replaced another can be accepted');
select tests.become('grace');
select public.decline_cohost_invitation(tests.id('to grace again'));
select lives_ok($$ select public.decline_cohost_invitation(tests.id('to grace again')) $$, 'Grace says no, twice');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace again''))'), 'invitation_over',
  'an invitation that was declined cannot be accepted');
select is(tests.outcome('ada', 'select public.withdraw_cohost_invitation(tests.id(''to grace again''))'), '1',
  'withdrawing what was declined changes nothing');
select tests.become('ada');
select public.invite_cohost(tests.id('withdrawn'), tests.id('mill'), 'full', email => 'grace@example.com');
select public.withdraw_cohost_invitation(tests.id('withdrawn')), public.withdraw_cohost_invitation(tests.id('withdrawn'));
select throws_ok('select public.withdraw_cohost_invitation(gen_random_uuid())', 'PT404', 'invitation_not_found',
  'an invitation that does not exist cannot be withdrawn');
select public.invite_cohost(tests.id('late'), tests.id('mill'), 'full', email => 'grace@example.com');
select tests.back();
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''withdrawn''))'), 'invitation_over',
  'an invitation that was withdrawn cannot be accepted');
select is(tests.outcome('hedy', 'select public.withdraw_cohost_invitation(tests.id(''late''))'), 'invitation_not_found',
  'a co-host cannot withdraw an invitation');

-- They end, they are few, and they are forgotten

savepoint before_the_end;
select tests.at(private.now() + interval '14 days');
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0',
  'an invitation is over after fourteen days');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''late''))'), 'invitation_over',
  'an invitation that has ended cannot be accepted');
select is(private.forget_invitations(500), 0, 'an invitation that has ended is kept for a while');
select tests.at(private.now() + interval '30 days');
select cmp_ok(private.forget_invitations(500), '>', 4, 'thirty days later all of them are forgotten');
rollback to before_the_end;
update private.settings set invitations_a_day = 5;
select is(tests.outcome('ada', pg_temp.invite('email => ''x@example.com''')), 'too_many_invitations',
  'an owner can send a limited number of invitations a day');
select is(tests.outcome('ada',
  'select public.invite_cohost(tests.id(''late''), tests.id(''mill''), ''full'', email => ''grace@example.com'')'), '1',
  'repeating an invitation does not count towards the limit of a day');
update private.settings set invitations_a_day = 20;

-- Leaving

select tests.become('ada');
select throws_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('ada')) $$, 'PT422',
  'one_owner_only', 'the owner cannot be removed as a host');
select lives_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('grace')) $$,
  'removing a person who does not host changes nothing');
select tests.cohost('mill', 'radia', 'calendar');
select tests.become('radia');
select lives_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('radia')) $$,
  'Radia removes herself as a co-host');
select throws_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('hedy')) $$, 'PT403',
  'not_your_listing', 'a co-host who has left has no permissions any more');
select tests.back();
select is((select count(*) from public.listing_hosts where listing_id = tests.id('mill')),
  2::bigint, 'two hosts are left when Radia leaves');
select is(tests.outcome('radia', format('select public.accept_cohost_invitation(%L)', invitation_id)), 'invitation_over',
  'an old yes does not bring her back')
from public.cohost_invitations where profile_id = tests.person('radia');
select throws_ok($$ update public.listing_hosts set role = 'owner'
  where profile_id = tests.person('hedy') $$, '23505',
  'duplicate key value violates unique constraint "listing_hosts_one_owner_idx"',
  'a listing has one owner');

-- What each role may do
select tests.cohost('mill', 'radia', 'calendar');
create temp table rights (person text, deeds text);
insert into rights values
  ('ada', 'bookings calendar contacts discounts listing payouts prices roles see'),
    ('hedy', 'bookings calendar contacts listing prices see'),
    ('radia', 'calendar see'), ('alan', null), ('grace', null);
create function pg_temp.deeds(person text, rule text) returns text language plpgsql as $$
declare
  deeds text;
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', tests.person(person))::text,
    true);
  select string_agg(permission, ' ' order by permission) into deeds
  from unnest(array['see', 'calendar', 'prices', 'discounts', 'listing', 'bookings', 'contacts', 'roles',
    'payouts', 'everything']) as permission
  where case rule
    when 'may_manage' then private.may_manage(tests.id('mill'), permission)
    else tests.id('mill') in (select private.listings_of_caller(permission)) end;
  return deeds;
end $$;
select is(pg_temp.deeds(person, rule), deeds, format('%s, says %s', initcap(person), rule))
from rights, unnest(array['may_manage', 'listings_of_caller']) as rule;
insert into private.suspensions (profile_id, reason) select tests.person(person), 'Test.'
  from rights;
select is(pg_temp.deeds(person, rule), case person when 'ada' then 'bookings payouts see' end,
  format('%s, suspended, looks at what was hers and does nothing, says %s', initcap(person), rule))
from rights, unnest(array['may_manage', 'listings_of_caller']) as rule;
delete from private.suspensions;
select tests.back();

select * from finish();
rollback;
