-- Invitations to host by e-mail: what proves an address, and who may have us write to one.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
select tests.person(name) from unnest(array['grace', 'hedy', 'katherine']) as name;

-- tests.outcome undoes what it tried; this does not.
create function pg_temp.does(person text, statement text) returns text language plpgsql as $$
begin
  perform tests.become(person);
  execute statement;
  perform tests.back();
  return 'done';
exception when others then
  perform tests.back();
  return sqlerrm;
end $$;
create function pg_temp.ask(name text, address text) returns text language sql as $$
  select pg_temp.does('ada', format(
    'select public.invite_cohost(%L, tests.id(''mill''), ''calendar'', email => %L)', tests.id(name), address))
$$;
create function pg_temp.accept(name text, code text default null) returns text language sql as $$
  select format('select public.accept_cohost_invitation(%L, %L)', tests.id(name), code)
$$;
create function pg_temp.decline(name text, code text default null) returns text language sql as $$
  select format('select public.decline_cohost_invitation(%L, %L)', tests.id(name), code)
$$;
create function pg_temp.code(name text) returns text language sql as $$
  select facts ->> 'code' from public.claim_commands(100)
  where template = 'cohost_invited' and facts ->> 'invitation_id' = tests.id(name)::text
$$;
create function pg_temp.role_of(person text) returns text language sql as $$
  select role::text from public.listing_hosts
  where listing_id = tests.id('mill') and profile_id = tests.person(person)
$$;

-- Where Auth confirms addresses, a confirmed one is a proof.

update private.settings set addresses_are_confirmed = true;
select is(pg_temp.ask('to hedy', 'hedy@example.com'), 'done', 'Ada asks Hedy by e-mail');
select is(tests.outcome('grace', pg_temp.accept('to hedy')), 'invitation_not_found',
  'Grace cannot accept the invitation of Hedy');
select is(pg_temp.does('hedy', pg_temp.accept('to hedy')), 'done', 'Hedy, whose address is confirmed, needs no code');

-- Elsewhere the address of a login proves nothing: anybody may have signed up with it.

update private.settings set addresses_are_confirmed = false;
select is(pg_temp.ask('to grace', 'grace@example.com'), 'done', 'Ada invites Grace by e-mail');
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0', 'Grace, not proven, reads no invitation');
select is(tests.outcome('grace', pg_temp.accept('to grace')), 'proof_required',
  'Grace is asked for a proof before she accepts');
select is(tests.outcome('grace', pg_temp.decline('to grace')), 'proof_required',
  'Grace is asked for a proof before she declines');
select is(tests.outcome('hedy', pg_temp.decline('to grace')), 'invitation_not_found',
  'nobody else declines the invitation for Grace');
select is(tests.outcome('grace', verb), 'invalid_code', format('"%s" is not the code', left(wrong, 30)))
from unnest(array['', '-', '0', '00000-00000-00000-00000', repeat('0', 10000)]) as wrong,
  unnest(array[pg_temp.accept('to grace', wrong), pg_temp.decline('to grace', wrong)]) as verb;
select is(pg_temp.role_of('grace'), null, 'a wrong code changes nothing');
create temporary table codes as select pg_temp.code('to grace') as code;
grant select on codes to authenticated;
select matches(code, '^[0-9a-f]{5}(-[0-9a-f]{5}){3}$', 'the e-mail has a code of 80 bits') from codes;
select is(count(*), 0::bigint, 'the owner cannot read the code of an invitation')
from public.cohost_invitations, codes where to_jsonb(cohost_invitations)::text like '%' || code || '%';
select is(pg_temp.ask('to nobody', 'nobody@example.com'), 'done', 'Ada invites somebody else');
select is(tests.outcome('grace', pg_temp.accept('to nobody', code)), 'invalid_code', 'a code counts for its own invitation')
from codes;
select is(tests.outcome('grace', format('select public.accept_cohost_invitation(gen_random_uuid(), %L)', code)),
  'invitation_not_found', 'a code opens nothing without its invitation') from codes;
select is(tests.outcome('ada', pg_temp.accept('to grace', code)), 'one_owner_only', 'the owner stays the owner') from codes;
select is(pg_temp.role_of('ada'), 'owner', 'the code leaves the owner''s role as it was');
savepoint asked;
select is(pg_temp.does('grace', pg_temp.accept('to grace', upper(replace(code, '-', ' ')))), 'done',
  'Grace accepts with the code, however she types it') from codes;
select is(pg_temp.role_of('grace'), 'calendar', 'accepting makes Grace a co-host');
select is(pg_temp.does('grace', pg_temp.accept('to grace', code)), 'done',
  'accepting twice changes nothing') from codes;
select is(pg_temp.does('grace', pg_temp.accept('to grace')), 'done',
  'an accepted invitation needs no code any more');
select is(tests.outcome('katherine', pg_temp.accept('to grace', code)), 'invitation_over', 'nobody uses it a second time')
from codes;
rollback to asked;
select is(pg_temp.does('katherine', pg_temp.accept('to grace', code)), 'done',
  'Grace may accept with another login than the one of that address') from codes;
select is((select accepted_by from public.cohost_invitations where invitation_id = tests.id('to grace')),
  tests.person('katherine'), 'Ada sees whose login accepted the invitation');
select is((select private.invitation_facts(tests.id('to grace'), 'cohost_accepted') ->> 'other_name'), 'Katherine',
  'the name of who accepted stands in the e-mail to Ada');
select is(pg_temp.does('katherine', pg_temp.accept('to grace')), 'done',
  'accepting with another login twice changes nothing');
rollback to asked;
select is(pg_temp.does('katherine', pg_temp.decline('to grace', code)), 'done', 'whoever may accept with the code declines with it')
from codes;
select is((select status::text from public.cohost_invitations where invitation_id = tests.id('to grace')), 'declined',
  'a declined invitation is over');
select is(pg_temp.does('katherine', pg_temp.decline('to grace', code)), 'done',
  'declining twice changes nothing') from codes;
select is(tests.outcome('grace', pg_temp.accept('to grace', code)), 'invitation_over',
  'a declined invitation is over for the invited address as well')
from codes;
rollback to asked;
select tests.at('2031-06-03 12:00+00');
select is(tests.outcome('grace', pg_temp.accept('to grace', code)), 'invitation_over', 'the code ends with the invitation')
from codes;
rollback to asked;
select tests.become('ada');
select public.withdraw_cohost_invitation(tests.id('to grace'));
select tests.back();
select is(tests.outcome('grace', pg_temp.accept('to grace', code)), 'invitation_over',
  'the code of a withdrawn invitation opens nothing') from codes;
rollback to asked;
select tests.become('ada');
select public.invite_cohost(tests.id('by id'), tests.id('mill'), 'full', profile_id => tests.person('grace'));
select tests.back();
select is(pg_temp.code('by id'), null, 'an invitation to a login has no code');
select is(tests.outcome('hedy', pg_temp.accept('by id', '')), 'invitation_not_found',
  'nobody else accepts an invitation to a login');
select is(pg_temp.does('grace', pg_temp.accept('by id')), 'done',
  'Grace needs no code for an invitation to her login');

-- Letters to strangers

rollback to asked;
update private.settings set emailed_invitations_a_day = 4;
select is(pg_temp.ask('last', 'y@example.com'), 'done', 'Ada asks a fourth person by e-mail');
select is(pg_temp.ask('another', 'x@example.com'), 'too_many_invitations', 'a fifth e-mail in a day is one too many');
select is(pg_temp.ask('last', 'y@example.com'), 'done', 'repeating one sends none');
select is(tests.outcome('ada', 'select public.invite_cohost(gen_random_uuid(), tests.id(''mill''), ''full'', tests.person(''katherine''))'),
  '1', 'logins are asked beyond that');
update private.settings set emailed_invitations_a_day = 100;
update auth.users set email_confirmed_at = null where id = tests.person('ada');
select is(pg_temp.ask('another', address), 'email_unconfirmed', format('an account that is not confirmed writes to nobody: %s', address))
from unnest(array['x@example.com', 'grace@example.com']) as address;
update auth.users set email_confirmed_at = now() where id = tests.person('ada');
update public.listings set status = 'hidden' where listing_id = tests.id('mill');
select is(pg_temp.ask('another', address), 'published_home_required', format('nor does one without a published home: %s', address))
from unnest(array['x@example.com', 'grace@example.com']) as address;
select * from finish();
rollback;
