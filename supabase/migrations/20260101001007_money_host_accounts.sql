-- Host accounts: where hosts are paid at Stripe, and what they still owe there.

-- The hosts' accounts at Stripe

create type public.host_account_status as enum ('new', 'pending', 'active', 'restricted', 'closed');

create table public.host_accounts (
  host_id           uuid                       primary key references public.profiles
    on delete restrict,
  status            public.host_account_status not null default 'new',
  country_code      text                       not null,
  requirements      text[]                     not null default '{}',
  stripe_account_id text,
  created_at        timestamptz                not null,
  looked_at         timestamptz                not null,

  constraint host_accounts_belong_to_one_host  unique (stripe_account_id),
  constraint host_accounts_are_in_a_country    check (country_code ~ '^[A-Z]{2}$'),
  constraint host_accounts_exist_before_they_are_judged
    check (status = 'new' or stripe_account_id is not null)
);

comment on table public.host_accounts is
  'Whether a host can be paid, as last reported by Stripe. Visible to that host alone; bookings do '
  'not wait for it.';
comment on column public.host_accounts.requirements is 'What Stripe still requires, as its codes.';
comment on column public.host_accounts.looked_at is
  'When Stripe was asked; the answer to an older request changes nothing.';

alter table public.host_accounts enable row level security;

create policy "hosts see their own account" on public.host_accounts
  for select to authenticated using (host_id = (select auth.uid()));
grant select on public.host_accounts to authenticated;

create type public.host_account_start as (
  host_id           uuid,
  status            public.host_account_status,
  country_code      text,
  contact_email     text,
  display_name      text,
  stripe_account_id text,
  idempotency_key   text
);

create function private.start_host_account(country_code text)
  returns public.host_account_start language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  account public.host_accounts;
  email   text;
  name    text;
begin
  if country_code is null or country_code !~ '^[A-Za-z]{2}$' then
    perform private.refuse('invalid_country');
  end if;
  if not exists (
    select from public.listing_hosts where listing_hosts.profile_id = caller
      and listing_hosts.role = 'owner')
  then
    perform private.refuse('listing_required');
  end if;
  -- Until the account exists the country may still be corrected; afterwards it is Stripe's.
  insert into public.host_accounts (host_id, country_code, created_at, looked_at)
  values (caller, upper(start_host_account.country_code), private.now(), private.now())
  on conflict on constraint host_accounts_pkey do update
  set country_code = case when host_accounts.stripe_account_id is null
    then excluded.country_code else host_accounts.country_code end
  returning * into account;

  select private_profiles.email, profiles.display_name into email, name
  from public.profiles
  join public.private_profiles on private_profiles.profile_id = profiles.profile_id
  where profiles.profile_id = caller;
  -- The key stands for these words: Stripe refuses it with others.
  return row(
    account.host_id, account.status, account.country_code, email, name, account.stripe_account_id,
    'staybase/host_account/' || account.host_id || '/'
      || md5(concat_ws(' ', account.country_code, email, name)))::public.host_account_start;
end $$;

comment on function private.start_host_account is
  'Rule: an owner has one account, and its row exists before Stripe is asked for it.';

create function private.record_host_account(host_id uuid, stripe_account_id text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.host_accounts;
begin
  update public.host_accounts
  set stripe_account_id = coalesce(host_accounts.stripe_account_id,
    record_host_account.stripe_account_id)
  where host_accounts.host_id = record_host_account.host_id
  returning * into account;
  if not found then perform private.refuse('host_account_not_found'); end if;
  if account.stripe_account_id <> record_host_account.stripe_account_id then
    perform private.refuse('account_mismatch');
  end if;
end $$;

create function private.apply_host_account(
  event_id text, host_id uuid, stripe_account_id text, transfers_status text, closed boolean,
  requirements text[], asked_at timestamptz)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  account    public.host_accounts;
  new_status public.host_account_status;
begin
  select * into account from public.host_accounts
  where host_accounts.stripe_account_id = apply_host_account.stripe_account_id for update;
  if not found then
    select * into account from public.host_accounts
    where host_accounts.host_id = apply_host_account.host_id for update;
    if account.stripe_account_id <> apply_host_account.stripe_account_id then
      perform private.close_stripe_event(event_id, 'second_account');
      return 'second_account';
    end if;
    perform private.record_host_account(apply_host_account.host_id,
      apply_host_account.stripe_account_id);
  end if;

  new_status := case
    when closed or account.status = 'closed' then 'closed'
    when transfers_status = 'active' then 'active'
    when transfers_status = 'pending' then 'pending'
    when transfers_status is null then 'new'
    else 'restricted'
  end;
  if asked_at >= account.looked_at then
    update public.host_accounts
    set status = new_status, requirements = coalesce(apply_host_account.requirements, '{}'),
      looked_at = asked_at
    where host_accounts.host_id = account.host_id
    returning * into account;
  end if;
  perform private.close_stripe_event(event_id, 'host_' || account.status);
  return account.status;
end $$;

comment on function private.apply_host_account is
  'Rule: a host is ready when Stripe says that transfers to the account are active; payouts that '
  'were waiting for it leave at once. A closed account stays closed; a second one is ignored.';

-- Verbs

create function public.start_host_account(country_code text)
  returns public.host_account_start language sql volatile security invoker set search_path = ''
  return private.start_host_account(country_code);

comment on function public.start_host_account is
  'What the function host-account needs to open the caller''s payout account; a repeated call '
  'returns the same. Frontends call that function instead. Errors: invalid_country, '
  'listing_required.';

create function public.record_host_account(host_id uuid, stripe_account_id text)
  returns void language sql volatile security invoker set search_path = ''
  return private.record_host_account(host_id, stripe_account_id);

comment on function public.record_host_account is
  'Server: records the account opened for a host. Errors: host_account_not_found, '
  'account_mismatch.';

create function public.apply_host_account(
  event_id text, host_id uuid, stripe_account_id text, transfers_status text, closed boolean,
  requirements text[], asked_at timestamptz)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_host_account(
    event_id, host_id, stripe_account_id, transfers_status, closed, requirements, asked_at);

comment on function public.apply_host_account is
  'Server: applies an account as fetched from Stripe, and when it was requested. Returns the '
  'host''s status, or second_account for one that is not theirs. Errors: host_account_not_found.';

grant execute on function private.start_host_account, public.start_host_account to authenticated;

grant execute on function
  private.record_host_account, public.record_host_account, private.apply_host_account,
  public.apply_host_account
  to service_role;
