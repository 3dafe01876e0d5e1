-- Invitations: to host together. Whoever hosts a home sees more of it and cannot book it, so nobody
-- hosts without having accepted. An invitation to an e-mail address is for whoever can show that
-- the address is theirs: by a login whose address Auth confirmed, or by the code in the
-- invitation's e-mail.

create type public.invitation_status as enum ('open', 'accepted', 'declined', 'withdrawn');

-- An invitation is written to an address as the owner knows it and looked up when somebody reads
-- their invitations, so that inviting tells nothing about who has an account.
create table public.cohost_invitations (
  invitation_id uuid                     primary key,
  listing_id    uuid                     not null references public.listings on delete cascade,
  invited_by    uuid                     not null references public.profiles on delete restrict,
  profile_id    uuid,
  email         text,
  role          public.host_role         not null,
  status        public.invitation_status not null default 'open',
  created_at    timestamptz              not null,
  expires_at    timestamptz              not null,
  answered_at   timestamptz,
  accepted_by   uuid,

  constraint cohost_invitations_go_to_one_address check (num_nonnulls(profile_id, email) = 1),
  constraint cohost_invitations_can_be_delivered  check (
    email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320 and email = lower(email)),
  constraint cohost_invitations_make_no_owner     check (role <> 'owner'),
  constraint cohost_invitations_end               check (expires_at > created_at),
  constraint cohost_invitations_say_when          check ((answered_at is null) = (status = 'open')),
  constraint cohost_invitations_say_who
    check ((accepted_by is not null) = (status = 'accepted'))
);

create unique index cohost_invitations_one_open_idx
  on public.cohost_invitations (listing_id, coalesce(profile_id::text, email))
    where status = 'open';
create index cohost_invitations_listing_id_idx on public.cohost_invitations (listing_id);
create index cohost_invitations_invited_by_idx
  on public.cohost_invitations (invited_by, created_at);
create index cohost_invitations_profile_id_idx on public.cohost_invitations (profile_id)
  where profile_id is not null;
create index cohost_invitations_email_idx on public.cohost_invitations (email)
  where email is not null;
create index cohost_invitations_accepted_by_idx on public.cohost_invitations (accepted_by)
  where accepted_by is not null;
create index cohost_invitations_expires_at_idx on public.cohost_invitations (expires_at);

comment on table public.cohost_invitations is
  'Co-host invitations. Visible to the owner; invited people call my_cohost_invitations.';
comment on column public.cohost_invitations.profile_id is
  'The id the owner gave; the invitation does not reveal whether such a person exists.';
comment on column public.cohost_invitations.expires_at is
  'From then on an open invitation is no longer valid.';
comment on column public.cohost_invitations.accepted_by is
  'The co-host who accepted. With the code from the e-mail this may be a login with another '
  'address.';

alter table public.cohost_invitations enable row level security;

create policy "owners see their own invitations" on public.cohost_invitations
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('roles'))));
grant select on public.cohost_invitations to authenticated;
-- No writes: invite_cohost, withdraw_, accept_ and decline_cohost_invitation.

-- The code of an invitation is computed from a key, so no table has it, and it is the same in an
-- e-mail that is sent again. 80 bits: an error rolls back whatever the call wrote, so wrong tries
-- could not be counted, and a thousand tries a second for 90 days, the longest an invitation may
-- last, find it with a chance of 1 in 2^47.
create extension if not exists pgcrypto with schema extensions;

create table private.invitation_keys (
  singleton boolean primary key default true,
  key       bytea   not null default extensions.gen_random_bytes(32),

  constraint invitation_keys_are_one_row check (singleton)
);

alter table private.invitation_keys enable row level security;
insert into private.invitation_keys default values;
comment on table private.invitation_keys is
  'The key from which invitation codes are derived; generated once.';

create function private.invitation_code(invitation public.cohost_invitations)
  returns text language sql stable security definer set search_path = ''
  return (
    select substr(digits, 1, 5) || '-' || substr(digits, 6, 5) || '-' || substr(digits, 11, 5)
      || '-' || substr(digits, 16, 5)
    from private.invitation_keys,
      encode(extensions.hmac(
        convert_to(invitation.invitation_id || ' ' || invitation.email, 'UTF8'),
          invitation_keys.key, 'sha256'),
        'hex') as digits);

comment on function private.invitation_code is
  'Rule: only the e-mail to the invited address contains the code of an invitation. An invitation '
  'to a login has none.';

-- Digests are compared, so the time it takes says nothing about how much of a code is right.
create function private.is_code_of(invitation public.cohost_invitations, code text)
  returns boolean language sql stable security definer set search_path = ''
  return coalesce(
    sha256(convert_to(regexp_replace(lower(left(code, 100)), '[^0-9a-f]', '', 'g'), 'UTF8'))
      = sha256(convert_to(replace(private.invitation_code(invitation), '-', ''), 'UTF8')), false);

create function private.has_proven(profile_id uuid, address text)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
    select from auth.users
    where users.id = has_proven.profile_id and lower(users.email) = has_proven.address
      and users.email_confirmed_at is not null
      and (select settings.addresses_are_confirmed from private.settings));

comment on function private.has_proven is
  'Rule: the address of a login is proven if Auth confirmed it and confirmations are on. Without '
  'them Auth records every address as confirmed.';

create function private.is_invited(invitation public.cohost_invitations)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from auth.users
    where users.id = (select auth.uid())
      and (users.id in (invitation.profile_id, invitation.accepted_by)
        or private.has_proven(users.id, invitation.email))
      and not private.is_blocked(users.id, invitation.invited_by));
end $$;

comment on function private.is_invited is
  'Rule: an invitation is for the login it names, or for whoever has proven that the address is '
  'theirs. A block between the two hides it.';

create type public.cohost_invitation_card as (
  invitation_id uuid,
  listing_id    uuid,
  title         text,
  city          text,
  owner_id      uuid,
  owner_name    text,
  role          public.host_role,
  expires_at    timestamptz
);

create function private.my_cohost_invitations()
  returns setof public.cohost_invitation_card language plpgsql stable security definer
  set search_path = ''
as $$
declare
  caller  uuid := private.signed_in();
  address text := (select lower(users.email) from auth.users where users.id = caller);
begin
  return query
    select cohost_invitations.invitation_id, listings.listing_id, listings.title, listings.city,
      profiles.profile_id, profiles.display_name, cohost_invitations.role,
        cohost_invitations.expires_at
    from public.cohost_invitations
    join public.listings on listings.listing_id = cohost_invitations.listing_id
    join public.profiles on profiles.profile_id = listings.host_id
    where (cohost_invitations.profile_id = caller or cohost_invitations.email = address)
      and cohost_invitations.status = 'open'
      and cohost_invitations.expires_at > (select private.now())
      and private.is_invited(cohost_invitations)
    order by cohost_invitations.created_at, cohost_invitations.invitation_id;
end $$;

-- Whether an address is a stranger's is not looked up: a refusal would tell who has an account.
create function private.check_may_write_to_strangers(caller uuid, setting private.settings)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select from auth.users where users.id = caller
    and users.email_confirmed_at is not null)
  then
    perform private.refuse('email_unconfirmed');
  end if;
  if not exists (
    select from public.listings where listings.host_id = caller and listings.status = 'published')
  then
    perform private.refuse('published_home_required');
  end if;
  if (select count(*) from public.cohost_invitations
      where cohost_invitations.invited_by = caller and cohost_invitations.email is not null
        and cohost_invitations.created_at > private.now() - interval '24 hours')
    >= setting.emailed_invitations_a_day
  then
    perform private.refuse(
      'too_many_invitations', 'emailed', setting.emailed_invitations_a_day::text);
  end if;
end $$;

comment on function private.check_may_write_to_strangers is
  'Rule: only a confirmed account with a published home can cause an e-mail to an address, and '
  'only a few times a day.';

create function private.invite_cohost(
  invitation_id uuid, listing_id uuid, role public.host_role, profile_id uuid, email text)
  returns public.cohost_invitations language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller     uuid := private.active_caller();
  listing    public.listings := private.listing_to_manage(invite_cohost.listing_id, 'roles');
  setting    private.settings;
  address    text := nullif(lower(btrim(invite_cohost.email)), '');
  invitation public.cohost_invitations;
begin
  select * into strict setting from private.settings;
  if invite_cohost.role is null or invite_cohost.role = 'owner'
    or invite_cohost.profile_id = listing.host_id
    or address = (select lower(users.email) from auth.users where users.id = listing.host_id)
  then
    perform private.refuse('one_owner_only');
  end if;
  if num_nonnulls(invite_cohost.profile_id, address) <> 1
    or address !~ '^[^@\s]+@[^@\s]+$' or char_length(address) > 320
      or invite_cohost.invitation_id is null
  then
    perform private.refuse('invitee_required');
  end if;

  select * into invitation from public.cohost_invitations
  where cohost_invitations.invitation_id = invite_cohost.invitation_id;
  if found then
    if row(invitation.listing_id, invitation.role, invitation.profile_id, invitation.email)
      is distinct from row(listing.listing_id, invite_cohost.role, invite_cohost.profile_id,
        address)
    then
      perform private.refuse('id_reused', 'id', 'invitation_id');
    end if;
    return invitation;
  end if;
  if exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = listing.listing_id
      and listing_hosts.profile_id = invite_cohost.profile_id)
  then
    perform private.refuse('already_cohost');
  end if;
  if (select count(*) from public.cohost_invitations
      where cohost_invitations.invited_by = caller
        and cohost_invitations.created_at > private.now() - interval '24 hours')
    >= setting.invitations_a_day
  then
    perform private.refuse('too_many_invitations', 'day', setting.invitations_a_day::text);
  end if;
  if address is not null then
    perform private.check_may_write_to_strangers(caller, setting);
  end if;

  -- The new invitation stands in the place of one to the same address.
  update public.cohost_invitations set status = 'withdrawn', answered_at = private.now()
  where cohost_invitations.listing_id = listing.listing_id and cohost_invitations.status = 'open'
    and coalesce(cohost_invitations.profile_id::text, cohost_invitations.email)
      = coalesce(invite_cohost.profile_id::text, address);
  insert into public.cohost_invitations
    (invitation_id, listing_id, invited_by, profile_id, email, role, created_at, expires_at)
  values (
    invite_cohost.invitation_id, listing.listing_id, caller, invite_cohost.profile_id, address,
    invite_cohost.role, private.now(),
      private.now() + make_interval(days => setting.invitation_days))
  on conflict on constraint cohost_invitations_pkey do nothing
  returning * into invitation;
  if not found then perform private.refuse('id_reused', 'id', 'invitation_id'); end if;
  return invitation;
end $$;

comment on function private.invite_cohost is
  'Rule: the response to an invitation is the same whether or not the address belongs to an '
  'account.';

create function private.check_proof(caller uuid, invitation public.cohost_invitations, code text)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if invitation.email is null or private.is_blocked(caller, invitation.invited_by)
    or check_proof.code is null
      and not exists (select from auth.users where users.id = caller
        and lower(users.email) = invitation.email)
  then
    perform private.refuse('invitation_not_found');
  end if;
  if check_proof.code is null then perform private.refuse('proof_required'); end if;
  if not private.is_code_of(invitation, check_proof.code) then
    perform private.refuse('invalid_code');
  end if;
end $$;

comment on function private.check_proof is
  'Rule: if an address is not proven, the code from the e-mail is required to accept or decline.';

-- Whoever answers an invitation, or takes it back, has its listing first: as in every other verb of
-- hosts.
create function private.invitation_to_answer(invitation_id uuid, code text)
  returns public.cohost_invitations language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller     uuid := private.active_caller();
  invitation public.cohost_invitations;
begin
  select * into invitation from public.cohost_invitations
  where cohost_invitations.invitation_id = invitation_to_answer.invitation_id;
  if not found or not private.is_invited(invitation) then
    perform private.check_proof(caller, invitation, invitation_to_answer.code);
  end if;
  perform from public.listings where listings.listing_id = invitation.listing_id for no key update;
  select * into strict invitation from public.cohost_invitations
  where cohost_invitations.invitation_id = invitation_to_answer.invitation_id
  for no key update;
  return invitation;
end $$;

create function private.check_invitation_open(invitation public.cohost_invitations)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if invitation.status <> 'open' or invitation.expires_at <= private.now() then
    perform private.refuse(
      'invitation_over', case when invitation.status = 'open' then 'expired' else 'status' end,
      invitation.status::text);
  end if;
end $$;

create function private.accept_cohost_invitation(invitation_id uuid, code text)
  returns public.listing_hosts language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller     uuid := private.active_caller();
  invitation public.cohost_invitations := private.invitation_to_answer(
    accept_cohost_invitation.invitation_id, accept_cohost_invitation.code);
  cohost     public.listing_hosts;
begin
  if invitation.status = 'accepted' then
    select * into cohost from public.listing_hosts
    where listing_hosts.listing_id = invitation.listing_id and listing_hosts.profile_id = caller;
    if found then
      return cohost;
    end if;
  end if;
  perform private.check_invitation_open(invitation);
  if exists (
    select from public.listings
    where listings.listing_id = invitation.listing_id and listings.host_id = caller)
  then
    perform private.refuse('one_owner_only');
  end if;
  update public.cohost_invitations
  set status = 'accepted', answered_at = private.now(), accepted_by = caller
  where cohost_invitations.invitation_id = invitation.invitation_id;
  insert into public.listing_hosts (listing_id, profile_id, role, since)
  values (invitation.listing_id, caller, invitation.role, private.now())
  on conflict on constraint listing_hosts_pkey do update set role = excluded.role
  returning * into cohost;
  return cohost;
end $$;

comment on function private.accept_cohost_invitation is
  'Rule: only the invited person becomes a co-host, by accepting in time. The owner stays the '
  'owner.';

create function private.decline_cohost_invitation(invitation_id uuid, code text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  invitation public.cohost_invitations := private.invitation_to_answer(
    decline_cohost_invitation.invitation_id, decline_cohost_invitation.code);
begin
  if invitation.status = 'declined' then
    return;
  end if;
  perform private.check_invitation_open(invitation);
  update public.cohost_invitations set status = 'declined', answered_at = private.now()
  where cohost_invitations.invitation_id = invitation.invitation_id;
end $$;

create function private.withdraw_cohost_invitation(invitation_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  invitation public.cohost_invitations;
begin
  perform private.active_caller();
  select * into invitation from public.cohost_invitations
  where cohost_invitations.invitation_id = withdraw_cohost_invitation.invitation_id;
  if not found or not private.may_manage(invitation.listing_id, 'roles') then
    perform private.refuse('invitation_not_found');
  end if;
  perform private.listing_to_manage(invitation.listing_id, 'roles');
  update public.cohost_invitations set status = 'withdrawn', answered_at = private.now()
  where cohost_invitations.invitation_id = invitation.invitation_id
    and cohost_invitations.status = 'open'
  returning * into invitation;
  if not found then
    select * into strict invitation from public.cohost_invitations
    where cohost_invitations.invitation_id = withdraw_cohost_invitation.invitation_id;
    if invitation.status = 'accepted' then
      perform private.refuse('invitation_over', 'accepted');
    end if;
  end if;
end $$;

create function private.forget_invitations(most integer)
  returns integer language sql volatile security definer set search_path = ''
begin atomic
  with forgotten as (
    delete from public.cohost_invitations
    where cohost_invitations.invitation_id in (
      select cohost_invitations.invitation_id from public.cohost_invitations
      where cohost_invitations.expires_at <= (select private.kept_until('invitations'))
      limit forget_invitations.most
      for update skip locked)
    returning 1
  )
  select count(*)::integer from forgotten;
end;

comment on function private.forget_invitations is
  'Job: deletes an invitation, with its address, some time after it expired (private.retention).';

create function public.my_cohost_invitations()
  returns setof public.cohost_invitation_card language sql stable security invoker
  set search_path = ''
begin atomic
  select * from private.my_cohost_invitations();
end;

create function public.invite_cohost(
  invitation_id uuid,
  listing_id    uuid,
  role          public.host_role,
  profile_id    uuid default null,
  email         text default null)
  returns public.cohost_invitations language sql volatile security invoker set search_path = ''
  return private.invite_cohost(invitation_id, listing_id, role, profile_id, email);

create function public.accept_cohost_invitation(invitation_id uuid, code text default null)
  returns public.listing_hosts language sql volatile security invoker set search_path = ''
  return private.accept_cohost_invitation(invitation_id, code);

create function public.decline_cohost_invitation(invitation_id uuid, code text default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.decline_cohost_invitation(invitation_id, code);

create function public.withdraw_cohost_invitation(invitation_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.withdraw_cohost_invitation(invitation_id);

grant execute on function
  private.my_cohost_invitations, private.invite_cohost, private.accept_cohost_invitation,
  private.decline_cohost_invitation, private.withdraw_cohost_invitation,
  public.my_cohost_invitations, public.invite_cohost, public.accept_cohost_invitation,
  public.decline_cohost_invitation, public.withdraw_cohost_invitation
  to authenticated;

comment on function public.my_cohost_invitations is
  'The caller''s open co-host invitations, addressed to their id or to their confirmed e-mail '
  'address.';
comment on function public.invite_cohost is
  'The owner invites a co-host with the role full or calendar, either by profile_id or by e-mail. '
  'The response does not reveal whether such an account exists. The client chooses invitation_id; '
  'a repeated call returns the same invitation. A new invitation to the same address replaces the '
  'old one. Errors: listing_not_found, not_your_listing, invitee_required, one_owner_only, '
  'already_cohost, too_many_invitations, id_reused; by e-mail also email_unconfirmed and '
  'published_home_required.';
comment on function public.accept_cohost_invitation is
  'The caller becomes a host of the listing and can no longer book it. Repeating it changes '
  'nothing. People who were invited by e-mail have to give the code in that e-mail if Auth has not '
  'confirmed their address or their account has a different one. Errors: invitation_not_found, '
  'proof_required, invalid_code, invitation_over, one_owner_only.';
comment on function public.decline_cohost_invitation is
  'The caller declines to host. Repeating it changes nothing. The code is required in the same '
  'cases as for accepting. Errors: invitation_not_found, proof_required, invalid_code, '
  'invitation_over.';
comment on function public.withdraw_cohost_invitation is
  'The owner withdraws an invitation. Repeating it changes nothing, and neither does withdrawing a '
  'declined one. Errors: invitation_not_found, invitation_over (it was accepted).';
