-- Hosts: the owner of a listing and the co-hosts, each with a role.

create table public.listing_hosts (
  listing_id uuid             not null references public.listings on delete cascade,
  profile_id uuid             not null references public.profiles on delete restrict,
  role       public.host_role not null,
  since      timestamptz      not null default now(),

  primary key (listing_id, profile_id)
);

create unique index listing_hosts_one_owner_idx on public.listing_hosts (listing_id)
  where role = 'owner';
-- With the role, so that a company's homes are read from the index alone.
create index listing_hosts_profile_id_idx on public.listing_hosts (profile_id, listing_id)
  include (role);

comment on table public.listing_hosts is
  'The hosts of a listing: its owner, co-hosts with the role full and co-hosts with the role '
  'calendar.';

-- What each role may do, as rows; later chapters add those that their rules ask for, and nothing
-- else gives a host a right. A suspended owner goes on seeing what was booked with them, and what
-- they are paid for it.
create table private.host_rights (
  role            public.host_role not null,
  permission      text             not null,
  while_suspended boolean          not null default false,

  primary key (role, permission)
);

alter table private.host_rights enable row level security;
comment on table private.host_rights is 'The rights of each host role.';
comment on column private.host_rights.while_suspended is
  'Read rights that a suspended account keeps; verbs that change something refuse it themselves.';

insert into private.host_rights (role, permission, while_suspended) values
  ('owner',    'see',      true),
  ('owner',    'calendar', false),
  ('owner',    'prices',   false),
  ('owner',    'listing',  false),
  ('owner',    'bookings', true),
  ('owner',    'contacts', false),
  ('owner',    'roles',    false),
  ('owner',    'payouts',  true),
  ('full',     'see',      false),
  ('full',     'calendar', false),
  ('full',     'prices',   false),
  ('full',     'listing',  false),
  ('full',     'bookings', false),
  ('full',     'contacts', false),
  ('calendar', 'see',      false),
  ('calendar', 'calendar', false);

create function private.may_manage(listing_id uuid, permission text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select
    from public.listing_hosts
    join private.host_rights on host_rights.role = listing_hosts.role
    where listing_hosts.listing_id = may_manage.listing_id
      and listing_hosts.profile_id = (select auth.uid())
      and host_rights.permission = may_manage.permission
      and (host_rights.while_suspended or not exists (
        select from private.suspensions where suspensions.profile_id = listing_hosts.profile_id))
      and not exists (
        select from public.profiles
        where profiles.profile_id = listing_hosts.profile_id and profiles.erased_at is not null));
end $$;

comment on function private.may_manage is
  'Rule: whether the caller has this permission (see, calendar, prices, discounts, listing, '
  'bookings, contacts, roles, payouts) as a host of this listing. Never with a closed account; '
  'with a suspended one only for the rights marked so.';

-- What may be decided about the caller is decided once: for a company of 500 homes, asking for the
-- rights of each took 0.8 ms in every query whose policy asks (measured; now 0.1).
create function private.listings_of_caller(permission text)
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  return query
    select listing_hosts.listing_id
    from public.listing_hosts
    where listing_hosts.profile_id = caller
      and listing_hosts.role = any (array(
        select host_rights.role
        from private.host_rights
        where host_rights.permission = listings_of_caller.permission
          and (host_rights.while_suspended or not exists (
            select from private.suspensions where suspensions.profile_id = caller))))
      and not exists (
        select from public.profiles
        where profiles.profile_id = caller and profiles.erased_at is not null);
end $$;

comment on function private.listings_of_caller is
  'Rule: the listings for which may_manage(listing, permission) is true; evaluated once per query, not '
  'per row.';

grant execute on function private.may_manage to authenticated;
grant execute on function private.listings_of_caller to authenticated;

create policy "hosts edit their own listings" on public.listings
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (listing_id = any (array(select private.listings_of_caller('listing'))));

alter table public.listing_hosts enable row level security;

create policy "hosts see who hosts with them" on public.listing_hosts
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('see'))));

grant select on public.listing_hosts to authenticated;
-- No writes: who hosts accepted an invitation; the owner changes roles through verbs.

-- PostgREST writes every column of an upsert, so clients may write listing_id where they may
-- upsert. They say it again and no more: a published listing whose prices went elsewhere could be
-- found and not be priced.
create function private.keep_listing()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refuse('frozen', 'listing');
end $$;

comment on function private.keep_listing is
  'Rule: rows that belong to one listing cannot be moved to another.';

create function private.listing_to_manage(listing_id uuid, permission text)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings;
begin
  perform private.active_caller();
  select * into listing from public.listings
  where listings.listing_id = listing_to_manage.listing_id
  for no key update;
  if not found then perform private.refuse('listing_not_found'); end if;
  if not private.may_manage(listing.listing_id, listing_to_manage.permission) then
    if listing.status = 'published' or private.may_manage(listing.listing_id, 'see') then
      perform private.refuse('not_your_listing');
    end if;
    perform private.refuse('listing_not_found');
  end if;
  return listing;
end $$;

comment on function private.listing_to_manage is
  'Rule: the listing, locked, for a host with this permission; others learn no more than what they '
  'can see.';
