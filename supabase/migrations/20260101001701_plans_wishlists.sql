-- Wishlists: homes people keep for later, alone or together.
--
-- A list belongs to who made it. Those who join it by a link put homes in and vote; whoever has the
-- link to read sees the homes and no more. What is saved outlives the listing being shown: when a
-- home leaves the sight of the public, its card is kept as it was then.

create type public.wishlist_purpose as enum ('read', 'join');
create type public.vote_direction as enum ('up', 'down');

alter table private.settings
  add column wishlists_per_person smallint not null default 100,
  add column wishlist_homes       smallint not null default 500,
  add column wishlist_members     smallint not null default 25,
  add constraint settings_limit_wishlists check (
    wishlists_per_person > 0 and wishlist_homes > 0 and wishlist_members > 1);

comment on column private.settings.wishlists_per_person is
  'How many wishlists a person may be in, their own and those they joined.';
comment on column private.settings.wishlist_homes is 'The maximum number of homes in a wishlist.';
comment on column private.settings.wishlist_members is
  'The maximum number of members of a wishlist.';

-- Lists and who plans with them

create table public.wishlists (
  wishlist_id uuid        primary key,
  owner_id    uuid        not null references public.profiles on delete restrict,
  name        text        not null,
  check_in    date,
  check_out   date,
  guests      smallint,
  infants     smallint    not null default 0,
  pets        smallint    not null default 0,
  created_at  timestamptz not null,

  constraint wishlists_have_a_name    check (char_length(btrim(name)) between 1 and 100),
  constraint wishlists_are_for_a_trip check (
    (check_in is null) = (check_out is null) and isfinite(check_in) and check_out > check_in),
  constraint wishlists_are_for_people check (
    guests between 1 and 64 and infants between 0 and 50 and pets between 0 and 10)
);

create index wishlists_owner_id_idx on public.wishlists (owner_id);
comment on table public.wishlists is
  'A person''s list of homes, with the trip it is for if given. Visible to its owner and members.';
comment on column public.wishlists.guests is 'Null: not given.';

create table public.wishlist_members (
  wishlist_id uuid        not null references public.wishlists on delete cascade,
  profile_id  uuid        not null references public.profiles on delete restrict,
  joined_at   timestamptz not null,

  primary key (wishlist_id, profile_id)
);

create index wishlist_members_profile_id_idx on public.wishlist_members (profile_id, wishlist_id);
comment on table public.wishlist_members is
  'The members of a wishlist: its owner, and everyone who joined.';

create function private.wishlists_of_caller()
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select wishlist_members.wishlist_id
    from public.wishlist_members
    where wishlist_members.profile_id = (select auth.uid());
end $$;

comment on function private.wishlists_of_caller is
  'Rule: people see the wishlists they created or joined.';
grant execute on function private.wishlists_of_caller to authenticated;

alter table public.wishlists enable row level security;
alter table public.wishlist_members enable row level security;

create policy "people see their own wishlists and those they joined" on public.wishlists
  for select to authenticated
  using (wishlist_id = any (array(select private.wishlists_of_caller())));
create policy "people see who plans with them" on public.wishlist_members
  for select to authenticated
  using (wishlist_id = any (array(select private.wishlists_of_caller())));

grant select on public.wishlists, public.wishlist_members to authenticated;
-- No writes: limits and links need the list locked, so all of it is verbs.

-- The homes in them

create table public.wishlist_homes (
  wishlist_id uuid        not null references public.wishlists on delete cascade,
  listing_id  uuid        not null references public.listings on delete cascade,
  position    integer     not null,
  note        text        not null default '',
  noted_by    uuid        references public.profiles on delete restrict,
  added_by    uuid        references public.profiles on delete restrict,
  added_at    timestamptz not null,

  primary key (wishlist_id, listing_id),
  constraint wishlist_homes_stand_in_order    unique (wishlist_id,
    position) deferrable initially deferred,
  constraint wishlist_homes_have_a_short_note check (char_length(note) <= 500)
);

create index wishlist_homes_listing_id_idx on public.wishlist_homes (listing_id);
create index wishlist_homes_noted_by_idx on public.wishlist_homes (noted_by)
  where noted_by is not null;
create index wishlist_homes_added_by_idx on public.wishlist_homes (added_by)
  where added_by is not null;

comment on table public.wishlist_homes is
  'The homes in a wishlist, lowest position first, with a note for its members.';
comment on column public.wishlist_homes.added_by is 'Null: the account was deleted.';

create table public.wishlist_votes (
  wishlist_id uuid                 not null,
  listing_id  uuid                 not null,
  profile_id  uuid                 not null,
  vote        public.vote_direction not null,

  primary key (wishlist_id, listing_id, profile_id),
  constraint wishlist_votes_are_about_a_home foreign key (wishlist_id, listing_id)
    references public.wishlist_homes (wishlist_id, listing_id) on delete cascade,
  constraint wishlist_votes_are_of_members foreign key (wishlist_id, profile_id)
    references public.wishlist_members (wishlist_id, profile_id) on delete cascade
);

create index wishlist_votes_profile_id_idx on public.wishlist_votes (wishlist_id, profile_id);
comment on table public.wishlist_votes is
  'The members'' votes on a home; the votes of people who leave are deleted.';

alter table public.wishlist_homes enable row level security;
alter table public.wishlist_votes enable row level security;

create policy "people see the homes in wishlists they see" on public.wishlist_homes
  for select to authenticated
  using (wishlist_id = any (array(select private.wishlists_of_caller())));
create policy "people see the votes in wishlists they see" on public.wishlist_votes
  for select to authenticated
  using (wishlist_id = any (array(select private.wishlists_of_caller())));

grant select on public.wishlist_homes, public.wishlist_votes to authenticated;

-- Links

create table public.wishlist_links (
  wishlist_id uuid                    not null references public.wishlists on delete cascade,
  purpose     public.wishlist_purpose not null,
  owner_id    uuid                    not null references public.profiles on delete restrict,
  -- 122 random bits from a strong source.
  token       text                    not null default replace(gen_random_uuid()::text, '-', ''),
  created_at  timestamptz             not null,

  primary key (wishlist_id, purpose),
  constraint wishlist_links_are_secret unique (token)
);

create index wishlist_links_owner_id_idx on public.wishlist_links (owner_id);
comment on table public.wishlist_links is
  'The secret links to a wishlist, one to read it and one to join it. Without a row it is private.';

alter table public.wishlist_links enable row level security;
create policy "owners see the links to their wishlists" on public.wishlist_links
  for select to authenticated using (owner_id = (select auth.uid()));
grant select on public.wishlist_links to authenticated;

-- What is left of a home

-- One row per home that went, not one per wishlist it is in: a home thousands saved is hidden as
-- fast as any other.
create table private.last_cards (
  listing_id   uuid          primary key references public.listings on delete cascade,
  title        text          not null,
  city         text,
  country_code text,
  rating       numeric(3, 2),
  taken_at     timestamptz   not null
);

alter table private.last_cards enable row level security;
comment on table private.last_cards is
  'How a home looked when it was last public; shown for homes that are not visible now.';

create function private.keep_last_card()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.last_cards (listing_id, title, city, country_code, rating, taken_at)
  values (
    old.listing_id, old.title, old.city, old.country_code,
    (select listing_ratings.rating from public.listing_ratings
     where listing_ratings.listing_id = old.listing_id),
    private.now())
  on conflict on constraint last_cards_pkey do update
  set title = excluded.title, city = excluded.city, country_code = excluded.country_code,
      rating = excluded.rating, taken_at = excluded.taken_at;
  return null;
end $$;

comment on function private.keep_last_card is
  'Rule: when a home is hidden, its card is kept as it was at that moment, without the photo, '
  'whose files become private too.';

create trigger keep_the_last_card after update of status on public.listings
  for each row when (old.status = 'published' and new.status <> 'published')
  execute function private.keep_last_card();

-- An account that goes

create function private.forget_wishes()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Every list they touched is locked, in the order of the ids: two accounts that planned together
  -- may go at once.
  perform from public.wishlists
  where wishlists.wishlist_id in (
    select wishlist_members.wishlist_id from public.wishlist_members
    where wishlist_members.profile_id = new.profile_id
    union
    select wishlist_homes.wishlist_id from public.wishlist_homes
    where wishlist_homes.added_by = new.profile_id
    union
    select wishlist_homes.wishlist_id from public.wishlist_homes
    where wishlist_homes.noted_by = new.profile_id)
  order by wishlists.wishlist_id
  for no key update;
  delete from public.wishlists where wishlists.owner_id = new.profile_id;
  delete from public.wishlist_members where wishlist_members.profile_id = new.profile_id;
  update public.wishlist_homes set note = '', noted_by = null
  where wishlist_homes.noted_by = new.profile_id;
  update public.wishlist_homes set added_by = null where wishlist_homes.added_by = new.profile_id;
  return null;
end $$;

comment on function private.forget_wishes is
  'Rule: wishlists, votes and notes are deleted with the account; homes added to others'' lists '
  'stay there, without a name.';

create trigger forget_the_wishes after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.forget_wishes();

-- Who may do what

create function private.wisher()
  returns uuid language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  -- Held until the end, so that the account cannot go meanwhile and leave something behind.
  perform from public.profiles
  where profiles.profile_id = caller and profiles.erased_at is null
  for share;
  if not found then perform private.refuse('account_closed'); end if;
  return caller;
end $$;

comment on function private.wisher is
  'Rule: anyone who changes a wishlist has an account, and still has it when the change is '
  'committed.';

create function private.open_wishlist(wishlist_id uuid, by_owner boolean)
  returns public.wishlists language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.wisher();
  wishlist public.wishlists;
begin
  -- Locked, then looked at: who was removed while this waited is no member any more.
  select * into wishlist from public.wishlists
  where wishlists.wishlist_id = open_wishlist.wishlist_id
  for no key update;
  if not found or not exists (
    select from public.wishlist_members
    where wishlist_members.wishlist_id = wishlist.wishlist_id
      and wishlist_members.profile_id = caller)
  then
    perform private.refuse('wishlist_not_found');
  end if;
  if by_owner and wishlist.owner_id <> caller then
    perform private.refuse('not_your_wishlist');
  end if;
  return wishlist;
end $$;

comment on function private.open_wishlist is
  'Rule: a wishlist, locked, for its members or for its owner alone; others are told it does not '
  'exist.';

create function private.check_wishlist_room(profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- One new list of a person at a time: two at once would each see room for the last.
  perform from public.profiles
  where profiles.profile_id = check_wishlist_room.profile_id
  for no key update;
  if (select count(*) from public.wishlist_members
      where wishlist_members.profile_id = check_wishlist_room.profile_id)
    >= (select settings.wishlists_per_person from private.settings)
  then
    perform private.refuse('too_many_wishlists');
  end if;
end $$;

comment on function private.check_wishlist_room is
  'Rule: the number of wishlists per person is limited.';

create function private.check_trip(check_in date, check_out date)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if num_nonnulls(check_in, check_out) > 0 then
    perform private.check_days(check_in, check_out);
  end if;
end $$;

-- A list

create function private.create_wishlist(
  wishlist_id uuid, name text, check_in date, check_out date, guests smallint, infants smallint,
  pets smallint)
  returns public.wishlists language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.active_caller();
  wishlist public.wishlists;
begin
  perform private.check_trip(check_in, check_out);
  select * into wishlist from public.wishlists
  where wishlists.wishlist_id = create_wishlist.wishlist_id;
  if not found then
    perform private.check_wishlist_room(caller);
    perform private.wisher();
    insert into public.wishlists
      (wishlist_id, owner_id, name, check_in, check_out, guests, infants, pets, created_at)
    values (
      create_wishlist.wishlist_id, caller, create_wishlist.name, create_wishlist.check_in,
      create_wishlist.check_out, create_wishlist.guests, create_wishlist.infants,
      create_wishlist.pets, private.now())
    on conflict on constraint wishlists_pkey do nothing
    returning * into wishlist;
    if found then
      insert into public.wishlist_members (wishlist_id, profile_id, joined_at)
      values (wishlist.wishlist_id, caller, wishlist.created_at);
      return wishlist;
    end if;
    select * into wishlist from public.wishlists
    where wishlists.wishlist_id = create_wishlist.wishlist_id;
  end if;
  if wishlist.owner_id is distinct from caller then
    perform private.refuse('id_reused', 'id', 'wishlist_id');
  end if;
  return wishlist;
end $$;

create function private.edit_wishlist(
  wishlist_id uuid, name text, check_in date, check_out date, guests smallint, infants smallint,
  pets smallint)
  returns public.wishlists language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.open_wishlist(edit_wishlist.wishlist_id, true);
begin
  perform private.check_trip(check_in, check_out);
  update public.wishlists
  set name = edit_wishlist.name, check_in = edit_wishlist.check_in,
      check_out = edit_wishlist.check_out, guests = edit_wishlist.guests,
      infants = edit_wishlist.infants, pets = edit_wishlist.pets
  where wishlists.wishlist_id = wishlist.wishlist_id
  returning * into wishlist;
  return wishlist;
end $$;

create function private.delete_wishlist(wishlist_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists;
begin
  perform private.active_caller();
  if exists (select from public.wishlists
    where wishlists.wishlist_id = delete_wishlist.wishlist_id)
  then
    wishlist := private.open_wishlist(delete_wishlist.wishlist_id, true);
    delete from public.wishlists where wishlists.wishlist_id = wishlist.wishlist_id;
  end if;
end $$;

create function public.create_wishlist(
  wishlist_id uuid,
  name        text,
  check_in    text     default null,
  check_out   text     default null,
  guests      smallint default null,
  infants     smallint default 0,
  pets        smallint default 0)
  returns public.wishlists language sql volatile security invoker set search_path = ''
  return private.create_wishlist(wishlist_id, name,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets);

create function public.edit_wishlist(
  wishlist_id uuid,
  name        text,
  check_in    text     default null,
  check_out   text     default null,
  guests      smallint default null,
  infants     smallint default 0,
  pets        smallint default 0)
  returns public.wishlists language sql volatile security invoker set search_path = ''
  return private.edit_wishlist(wishlist_id, name,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets);

create function public.delete_wishlist(wishlist_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.delete_wishlist(wishlist_id);

grant execute on function
  private.create_wishlist, private.edit_wishlist, private.delete_wishlist, public.create_wishlist,
  public.edit_wishlist, public.delete_wishlist
  to authenticated;

comment on function public.create_wishlist is
  'Creates a private wishlist for the caller, for a trip if dates and guests are given. The client '
  'chooses wishlist_id; a repeated call returns the same list. Errors: id_reused, '
  'too_many_wishlists, dates_required, invalid_dates, dates_reversed, too_many_days, '
  'invalid_value.';
comment on function public.edit_wishlist is
  'The owner changes the name of the list and its trip; anything left out is removed. Repeating it '
  'changes nothing. Errors: wishlist_not_found, not_your_wishlist, dates_required, invalid_dates, '
  'dates_reversed, too_many_days, invalid_value.';
comment on function public.delete_wishlist is
  'The owner deletes the list for all its members. Repeating it changes nothing. Errors: '
  'not_your_wishlist; wishlist_not_found for a list of others.';
