-- Persons: people's accounts, for staff who answer them or make decisions about them.

-- In byte order, so that pages continue correctly whatever the collation.
create index profiles_display_name_idx
  on public.profiles ((lower(display_name) collate "C"), profile_id);
create index private_profiles_email_idx on public.private_profiles (lower(email));
create index host_accounts_status_idx on public.host_accounts (status, host_id);

create type public.staff_person as (
  profile_id           uuid,
  display_name         text,
  email                text,
  joined_on            date,
  hosting              boolean,
  superhost            boolean,
  identity_verified    boolean,
  phone_verified       boolean,
  is_staff             boolean,
  suspended_at         timestamptz,
  suspension_reason    text,
  account_status       public.host_account_status,
  account_requirements text[],
  listings             integer,
  erased_at            timestamptz
);

comment on column public.staff_person.email is 'Null: there is none, or the account was deleted.';
comment on column public.staff_person.suspended_at is 'Null: the account is not suspended.';
comment on column public.staff_person.suspension_reason is 'Null: the account is not suspended.';
comment on column public.staff_person.account_status is 'Null: they have no payout account.';
comment on column public.staff_person.account_requirements is
  'What Stripe still requires, as Stripe''s codes.';
comment on column public.staff_person.erased_at is 'Null: the account was not deleted.';

create function private.person_for_staff(profile public.profiles)
  returns public.staff_person language plpgsql stable security definer set search_path = ''
as $$
declare
  seen public.staff_person;
begin
  select profile.profile_id, profile.display_name, private_profiles.email, profile.joined_on,
    profile.hosting, profile.superhost, profile.identity_verified, profile.phone_verified,
    exists (select from private.staff where staff.profile_id = profile.profile_id),
    suspensions.suspended_at, suspensions.reason, host_accounts.status,
    coalesce(host_accounts.requirements, '{}'),
    (select count(*)::integer from public.listings where listings.host_id = profile.profile_id),
    profile.erased_at
  into seen
  from (select) as one
  left join public.private_profiles on private_profiles.profile_id = profile.profile_id
  left join private.suspensions on suspensions.profile_id = profile.profile_id
  left join public.host_accounts on host_accounts.host_id = profile.profile_id;
  return seen;
end $$;

create function private.staff_people(words text, after uuid, page_size integer)
  returns setof public.staff_person language plpgsql stable security definer set search_path = ''
as $$
declare
  wanted text := lower(btrim(coalesce(staff_people.words, '')));
  last   public.profiles;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  perform private.check_text(staff_people.words);
  if wanted like '%_@_%' then
    return query
      select seen.*
      from public.private_profiles
      join public.profiles on profiles.profile_id = private_profiles.profile_id
      cross join lateral private.person_for_staff(profiles) as seen
      where lower(private_profiles.email) = wanted
        and (staff_people.after is null or profiles.profile_id > staff_people.after)
      order by profiles.profile_id
      limit page_size;
    return;
  end if;
  select * into last from public.profiles where profiles.profile_id = staff_people.after;
  return query
    select seen.*
    from (
      select * from public.profiles
      where lower(profiles.display_name) collate "C" >= wanted
        and lower(profiles.display_name) collate "C" < wanted || U&'\+10FFFF'
        and (lower(profiles.display_name) collate "C", profiles.profile_id)
          > (coalesce(lower(last.display_name), ''),
             coalesce(last.profile_id, '00000000-0000-0000-0000-000000000000'))
      order by lower(profiles.display_name) collate "C", profiles.profile_id
      limit page_size) as page
    cross join lateral private.person_for_staff(row(page.*)::public.profiles) as seen
    order by lower(seen.display_name) collate "C", seen.profile_id;
end $$;

comment on function private.staff_people is
  'Rule: staff find people by the beginning of their name or by their full e-mail address.';

create function private.staff_person(profile_id uuid)
  returns public.staff_person language plpgsql stable security definer set search_path = ''
as $$
declare
  profile public.profiles;
begin
  perform private.staff_reader();
  select * into profile from public.profiles
  where profiles.profile_id = staff_person.profile_id;
  if not found then perform private.refuse('profile_not_found'); end if;
  return private.person_for_staff(profile);
end $$;

create function public.staff_people(
  words text default '', after uuid default null, page_size integer default 50)
  returns setof public.staff_person language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_people(words, after, page_size);
end;

comment on function public.staff_people is
  'For staff: people whose name begins with these words, or whose e-mail address matches exactly, '
  'ordered by name. One page at a time: after is the last profile_id seen. Errors: staff_only, '
  'message_too_long, invalid_page_size, too_many_results.';

create function public.staff_person(profile_id uuid)
  returns public.staff_person language sql stable security invoker set search_path = ''
  return private.staff_person(profile_id);

comment on function public.staff_person is
  'For staff: a person, whether they are suspended, and whether they can be paid. Errors: '
  'staff_only, profile_not_found.';

-- Payout accounts of hosts

create type public.staff_host_account as (
  host_id           uuid,
  display_name      text,
  status            public.host_account_status,
  country_code      text,
  requirements      text[],
  stripe_account_id text,
  looked_at         timestamptz
);

comment on column public.staff_host_account.stripe_account_id is
  'Null: Stripe does not know it yet.';

create function private.staff_host_accounts(
  status public.host_account_status, after uuid, page_size integer)
  returns setof public.staff_host_account language plpgsql stable security definer
  set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  return query
    select host_accounts.host_id, profiles.display_name, host_accounts.status,
      host_accounts.country_code, host_accounts.requirements, host_accounts.stripe_account_id,
      host_accounts.looked_at
    from public.host_accounts
    join public.profiles on profiles.profile_id = host_accounts.host_id
    where (staff_host_accounts.status is null or host_accounts.status = staff_host_accounts.status)
      and (staff_host_accounts.after is null or host_accounts.host_id > staff_host_accounts.after)
    order by host_accounts.host_id
    limit page_size;
end $$;

comment on function private.staff_host_accounts is
  'Rule: staff see which hosts Stripe can pay, and what it still requires from the others.';

create function public.staff_host_accounts(
  status    public.host_account_status default null,
  after     uuid                       default null,
  page_size integer                    default 50)
  returns setof public.staff_host_account language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_host_accounts(status, after, page_size);
end;

comment on function public.staff_host_accounts is
  'For staff: the Stripe accounts of hosts, optionally of one status. One page at a time: after is '
  'the last host_id seen. Errors: staff_only, invalid_page_size, too_many_results.';

-- Superhost evaluations

create function private.staff_superhost(host_id uuid)
  returns setof public.superhost_evaluations language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.staff_reader();
  if not exists (
    select from public.profiles where profiles.profile_id = staff_superhost.host_id)
  then
    perform private.refuse('profile_not_found');
  end if;
  return next private.superhost_on(
    staff_superhost.host_id,
    (date_trunc('quarter', private.now() at time zone 'UTC') + interval '3 months')::date);
  return query
    select * from public.superhost_evaluations
    where superhost_evaluations.host_id = staff_superhost.host_id
    order by superhost_evaluations.evaluated_on desc
    limit 20;
end $$;

comment on function private.staff_superhost is
  'Rule: staff see the figures of a host''s superhost evaluations, as the host does.';

create function public.staff_superhost(host_id uuid)
  returns setof public.superhost_evaluations language sql stable security invoker
  set search_path = ''
begin atomic
  select * from private.staff_superhost(host_id);
end;

comment on function public.staff_superhost is
  'For staff: the figures of a host''s next superhost evaluation as of now, then past evaluations, '
  'newest first. Errors: staff_only, profile_not_found.';

grant execute on function
  private.staff_people, private.staff_person, private.staff_host_accounts, private.staff_superhost,
  public.staff_people, public.staff_person, public.staff_host_accounts, public.staff_superhost
  to authenticated;
