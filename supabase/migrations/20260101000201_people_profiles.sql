-- Profiles: who people are, in two halves.
--
-- A person is a profile, not a login: for those who sign in `profile_id` equals the auth id, hosts
-- brought in from elsewhere have a random one, and there is no foreign key to auth.users. Books
-- refer to profiles, so a profile is never deleted: when the login goes, the person is taken out of
-- it.

-- The public half

create table public.profiles (
  profile_id        uuid        primary key default gen_random_uuid(),
  display_name      text        not null,
  about             text        not null default '',
  location          text        not null default '',
  languages         text[]      not null default '{}',
  avatar_path       text,
  hosting           boolean     not null default false,
  source            text,
  source_id         text,
  joined_on         date        not null default current_date,
  identity_verified boolean     not null default false,
  phone_verified    boolean     not null default false,
  erased_at         timestamptz,

  constraint profiles_have_a_name
    check (char_length(btrim(display_name)) between 1 and 80),
  constraint profiles_are_about_a_page      check (char_length(about) <= 5000),
  constraint profiles_name_a_place          check (char_length(location) <= 200),
  constraint profiles_speak_a_few_languages check (
    cardinality(languages) <= 20
      and array_to_string(languages, ',', '?') ~ '^([a-z]{2,3}(,[a-z]{2,3})*)?$'),
  constraint profiles_keep_their_avatar     check (
    starts_with(avatar_path, profile_id::text || '/')
      and substr(avatar_path, 38) ~ '^[A-Za-z0-9._-]{1,120}$'),
  constraint profiles_say_where_from        check ((source is null) = (source_id is null)),
  constraint profiles_come_in_once          unique (source, source_id)
);

comment on table public.profiles is
  'The public half of a person''s profile. Hosts are visible to everyone, others to the people '
  'they deal with.';
comment on column public.profiles.hosting is 'True once one of their listings has been published.';
comment on column public.profiles.identity_verified is
  'Staff or a provider have verified the person''s identity; a change of legal name or birth date '
  'resets it.';
comment on column public.profiles.phone_verified is
  'Somebody was reached at the number in the private half; a change of number resets it.';
comment on column public.profiles.languages is 'ISO 639 codes.';
comment on column public.profiles.avatar_path is
  '<profile_id>/<file name>: uploaded to the storage bucket avatar-uploads; public in avatars once '
  'it has been checked.';
comment on column public.profiles.source is
  'Where an imported profile came from; null for people who signed up here.';

alter table public.profiles enable row level security;

create policy "visitors see the people who host" on public.profiles
  for select to anon using (hosting);
-- What signed-in people see depends on their bookings and conversations too: that policy is in
-- messages_conversations.
-- Who edits a profile depends on suspensions: that policy stands with them.

grant select on public.profiles to anon, authenticated;
grant update (display_name, about, location, languages, avatar_path)
  on public.profiles to authenticated;
-- No insert and no delete: a profile comes with a login or an import, and stays.

-- The private half

create table public.private_profiles (
  profile_id uuid primary key references public.profiles on delete restrict,
  legal_name text not null default '',
  email      text,
  phone      text,
  birth_date text,
  locale     text not null default 'en',

  constraint private_profiles_have_a_short_legal_name check (char_length(legal_name) <= 200),
  constraint private_profiles_can_be_written_to
    check (email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  constraint private_profiles_can_be_called           check (phone ~ '^\+[0-9]{6,15}$'),
  constraint private_profiles_were_born               check (
    birth_date between '1900-01-01' and '2100-01-01'
      and birth_date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  constraint private_profiles_have_a_locale           check (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$')
);

comment on table public.private_profiles is
  'The private half of a person''s profile: visible to its owner, and through verbs to those who '
  'need it for a stay.';
comment on column public.private_profiles.email is 'Copied from the login; changed through Auth.';
comment on column public.private_profiles.phone is 'E.164.';
comment on column public.private_profiles.birth_date is
  'A day, YYYY-MM-DD; anything else is invalid_dates.';

alter table public.private_profiles enable row level security;

create policy "people see their own private half" on public.private_profiles
  for select to authenticated using (profile_id = (select auth.uid()));
grant select on public.private_profiles to authenticated;
grant update (legal_name, phone, birth_date, locale) on public.private_profiles to authenticated;

create function private.read_birth_date()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.day(new.birth_date, 'birth_date');
  return new;
end $$;

create trigger read_the_birth_date before insert or update of birth_date on public.private_profiles
  for each row execute function private.read_birth_date();

-- Logins become profiles

-- A sign-up must never fail because of a profile: a name that breaks a rule is replaced, and
-- whatever else goes wrong is a warning. The person's first verb makes what is missing
-- (private.active_caller).
create function private.make_profile(profile_id uuid, display_name text, email text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.profiles (profile_id, display_name)
  values (
    make_profile.profile_id,
    coalesce(nullif(btrim(left(btrim(make_profile.display_name), 80)), ''), 'New member'))
  on conflict on constraint profiles_pkey do nothing;

  insert into public.private_profiles (profile_id, email)
  values (
    make_profile.profile_id,
    case when make_profile.email ~ '^[^@\s]+@[^@\s]+$' and char_length(make_profile.email) <= 320
      then make_profile.email end)
  on conflict on constraint private_profiles_pkey do update set email = excluded.email;
end $$;

create function private.follow_login()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.make_profile(new.id, new.raw_user_meta_data ->> 'display_name', new.email);
  return null;
exception when others then
  raise warning 'profile of login % was not written: %', new.id, sqlerrm;
  return null;
end $$;

create trigger make_the_profile after insert on auth.users
  for each row execute function private.follow_login();
create trigger follow_the_address after update of email on auth.users
  for each row when (old.email is distinct from new.email) execute function private.follow_login();

-- Suspensions

create table private.suspensions (
  profile_id   uuid        primary key references public.profiles on delete restrict,
  reason       text        not null,
  suspended_at timestamptz not null default now(),

  constraint suspensions_have_a_reason check (char_length(btrim(reason)) between 1 and 2000)
);

alter table private.suspensions enable row level security;
comment on table private.suspensions is
  'People who can neither book nor host for now; lifting a suspension deletes its row.';

create function private.is_barred(profile_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from private.suspensions where suspensions.profile_id = is_barred.profile_id)
    or exists (
      select from public.profiles
      where profiles.profile_id = is_barred.profile_id and profiles.erased_at is not null);
end $$;

comment on function private.is_barred is
  'Rule: a suspended or closed account cannot start anything new, from the moment it is recorded.';

create function private.is_erased(profile_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
    select from public.profiles
    where profiles.profile_id = is_erased.profile_id and profiles.erased_at is not null);

create function private.active_caller()
  returns uuid language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
begin
  if exists (select from private.suspensions where suspensions.profile_id = caller) then
    perform private.refuse('account_suspended');
  end if;
  if not exists (select from public.profiles where profiles.profile_id = caller
    and profiles.erased_at is null)
  then
    if not exists (select from auth.users where users.id = caller) then
      perform private.refuse('account_closed');
    end if;
    perform private.make_profile(users.id, users.raw_user_meta_data ->> 'display_name', users.email)
    from auth.users where users.id = caller;
  end if;
  return caller;
end $$;

comment on function private.active_caller is
  'Rule: a suspended or closed account cannot act, even with a valid token.';

create function private.caller_is_active()
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.profiles
    where profiles.profile_id = (select auth.uid()) and profiles.erased_at is null
      and not exists (
        select from private.suspensions where suspensions.profile_id = profiles.profile_id));
end $$;

comment on function private.caller_is_active is
  'Rule: the same check as active_caller, for the policies of tables, files and channels: only an '
  'account that is neither suspended nor closed can write.';

grant execute on function private.caller_is_active to authenticated;

-- A token outlives its account by up to an hour: nobody writes themselves back into the books with
-- it.
create policy "people edit their own profile" on public.profiles
  for update to authenticated
  using (profile_id = (select auth.uid()) and (select private.caller_is_active()))
  with check (profile_id = (select auth.uid()));
create policy "people edit their own private half" on public.private_profiles
  for update to authenticated
  using (profile_id = (select auth.uid()) and (select private.caller_is_active()))
  with check (profile_id = (select auth.uid()));

-- Blocks: two people who shall have nothing to do with each other

create table public.blocks (
  blocker_id uuid        not null references public.profiles on delete restrict,
  blocked_id uuid        not null references public.profiles on delete restrict,
  blocked_at timestamptz not null default now(),

  primary key (blocker_id, blocked_id),
  constraint blocks_are_for_others check (blocker_id <> blocked_id)
);

create index blocks_blocked_id_idx on public.blocks (blocked_id);

comment on table public.blocks is
  'People blocked by a person: no bookings and no messages, in either direction. Visible to the '
  'one who blocks, never to the one who is blocked.';

alter table public.blocks enable row level security;

create policy "people see whom they block" on public.blocks
  for select to authenticated using (blocker_id = (select auth.uid()));
grant select on public.blocks to authenticated;
-- No writes: block_person and unblock_person.

create function private.is_blocked(one uuid, other uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.blocks where blocks.blocker_id = one and blocks.blocked_id = other)
    or exists (
      select from public.blocks where blocks.blocker_id = other and blocks.blocked_id = one);
end $$;

comment on function private.is_blocked is
  'Rule: a block applies in both directions, whoever made it. The person refused is not told that '
  'it is a block.';

create function private.block_person(profile_id uuid)
  returns public.blocks language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  block  public.blocks;
begin
  if block_person.profile_id = caller
    or not exists (select from public.profiles where profiles.profile_id = block_person.profile_id)
  then
    perform private.refuse('profile_not_found');
  end if;
  insert into public.blocks (blocker_id, blocked_id, blocked_at)
  values (caller, block_person.profile_id, private.now())
  on conflict on constraint blocks_pkey do nothing;
  select * into strict block from public.blocks
  where blocks.blocker_id = caller and blocks.blocked_id = block_person.profile_id;
  return block;
end $$;

create function private.unblock_person(profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  delete from public.blocks
  where blocks.blocker_id = caller and blocks.blocked_id = unblock_person.profile_id;
end $$;

create function public.block_person(profile_id uuid)
  returns public.blocks language sql volatile security invoker set search_path = ''
  return private.block_person(profile_id);

create function public.unblock_person(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.unblock_person(profile_id);

grant execute on function private.block_person, private.unblock_person to authenticated;
grant execute on function public.block_person, public.unblock_person to authenticated;

comment on function public.block_person is
  'Blocks a person for the caller: neither can book the other''s homes or write to the other. '
  'Existing bookings continue. The other person is not told. Repeating it changes nothing. Errors: '
  'profile_not_found.';
comment on function public.unblock_person is 'Reverses block_person. Repeating it changes nothing.';
