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
  'In how many wishlists a person may be, their own and those they joined.';
comment on column private.settings.wishlist_homes is 'How many homes a wishlist holds.';
comment on column private.settings.wishlist_members is 'How many people share a wishlist.';

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
  'A list of homes somebody keeps, with the trip it is for if they said so. Seen by its owner and '
  'those who joined it.';
comment on column public.wishlists.guests is 'Null: not said.';

create table public.wishlist_members (
  wishlist_id uuid        not null references public.wishlists on delete cascade,
  profile_id  uuid        not null references public.profiles on delete restrict,
  joined_at   timestamptz not null,

  primary key (wishlist_id, profile_id)
);

create index wishlist_members_profile_id_idx on public.wishlist_members (profile_id, wishlist_id);
comment on table public.wishlist_members is 'Who plans with a wishlist: its owner, and who joined.';

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
  'Rule: people see the wishlists they made or joined.';
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
  constraint wishlist_homes_stand_in_order    unique (wishlist_id, position) deferrable initially deferred,
  constraint wishlist_homes_have_a_short_note check (char_length(note) <= 500)
);

create index wishlist_homes_listing_id_idx on public.wishlist_homes (listing_id);
create index wishlist_homes_noted_by_idx on public.wishlist_homes (noted_by) where noted_by is not null;
create index wishlist_homes_added_by_idx on public.wishlist_homes (added_by) where added_by is not null;

comment on table public.wishlist_homes is
  'The homes in a wishlist, lowest position first; with a note for those who plan together.';
comment on column public.wishlist_homes.added_by is 'Null: somebody whose account is gone.';

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
  'What those who plan together think of a home; who leaves takes their votes along.';

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
  'How a home looked when the public saw it last; shown of homes that cannot be seen now.';

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
  'Rule: a home that leaves the public''s sight leaves its card as it was at that moment, without the photo: '
  'its files leave with it.';

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
  'Rule: with an account go its wishlists, votes and notes; homes it put into others'' lists stay '
  'there, by nobody.';

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
  'Rule: who changes a wishlist has an account, and still has it when the change is done.';

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
    where wishlist_members.wishlist_id = wishlist.wishlist_id and wishlist_members.profile_id = caller)
  then
    perform private.refuse('wishlist_not_found');
  end if;
  if by_owner and wishlist.owner_id <> caller then
    perform private.refuse('not_your_wishlist');
  end if;
  return wishlist;
end $$;

comment on function private.open_wishlist is
  'Rule: a wishlist, locked, for its members or for its owner alone; for others it does not exist.';

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
  'Rule: a person is in so many wishlists and no more.';

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
  if exists (select from public.wishlists where wishlists.wishlist_id = delete_wishlist.wishlist_id) then
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
  'A new private wishlist of the caller''s, for a trip if its days and guests are given. The client '
  'chooses wishlist_id; repeated, the same list comes back. Errors: id_reused, too_many_wishlists, '
  'dates_required, invalid_dates, dates_reversed, too_many_days.';
comment on function public.edit_wishlist is
  'The owner names the list and its trip anew; what is left out is not said any more. Repeating it '
  'changes nothing. Errors: wishlist_not_found, not_your_wishlist, dates_required, invalid_dates, '
  'dates_reversed, too_many_days.';
comment on function public.delete_wishlist is
  'The owner deletes the list, for all who joined it. Repeating it changes nothing. Errors: '
  'not_your_wishlist; wishlist_not_found for a list of others.';

-- What is in it

create type public.saved_listing as (listing_id uuid, wishlist_ids uuid[]);

create function private.lists_holding(listing_ids uuid[], profile_id uuid)
  returns setof public.saved_listing language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select wishlist_homes.listing_id, array_agg(wishlist_homes.wishlist_id order by wishlist_homes.wishlist_id)
    from public.wishlist_members
    join public.wishlist_homes on wishlist_homes.wishlist_id = wishlist_members.wishlist_id
    where wishlist_members.profile_id = lists_holding.profile_id
      and wishlist_homes.listing_id = any (lists_holding.listing_ids)
    group by wishlist_homes.listing_id
    order by wishlist_homes.listing_id;
end $$;

create function private.saved_listings(listing_ids uuid[])
  returns setof public.saved_listing language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
begin
  if cardinality(listing_ids) > 100 then perform private.refuse('too_many_results'); end if;
  return query select * from private.lists_holding(saved_listings.listing_ids, caller);
end $$;

create function private.save_listing(listing_id uuid, wishlist_id uuid, saved boolean)
  returns public.saved_listing language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.open_wishlist(save_listing.wishlist_id, false);
  caller   uuid := auth.uid();
  held     public.saved_listing;
begin
  if saved is null then perform private.refuse('saved_required'); end if;
  if not saved then
    delete from public.wishlist_homes
    where wishlist_homes.wishlist_id = wishlist.wishlist_id
      and wishlist_homes.listing_id = save_listing.listing_id;
  elsif not exists (
    select from public.wishlist_homes
    where wishlist_homes.wishlist_id = wishlist.wishlist_id
      and wishlist_homes.listing_id = save_listing.listing_id)
  then
    if not exists (
      select from public.listings
      where listings.listing_id = save_listing.listing_id and listings.status = 'published'
        and not exists (
          select from private.suspensions where suspensions.profile_id = listings.host_id))
    then
      perform private.refuse('listing_not_found');
    end if;
    if (select count(*) from public.wishlist_homes
        where wishlist_homes.wishlist_id = wishlist.wishlist_id)
      >= (select settings.wishlist_homes from private.settings)
    then
      perform private.refuse('wishlist_full');
    end if;
    insert into public.wishlist_homes (wishlist_id, listing_id, position, added_by, added_at)
    select wishlist.wishlist_id, save_listing.listing_id, coalesce(min(wishlist_homes.position), 0) - 1,
      caller, private.now()
    from public.wishlist_homes
    where wishlist_homes.wishlist_id = wishlist.wishlist_id;
  end if;

  select * into held from private.lists_holding(array[save_listing.listing_id], caller);
  return row(save_listing.listing_id, coalesce(held.wishlist_ids, '{}'))::public.saved_listing;
end $$;

comment on function private.save_listing is
  'Rule: published homes are saved, newest first; what is saved stays when the home is hidden.';

create function private.home_in_wishlist(wishlist_id uuid, listing_id uuid)
  returns public.wishlist_homes language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.open_wishlist(home_in_wishlist.wishlist_id, false);
  home     public.wishlist_homes;
begin
  select * into home from public.wishlist_homes
  where wishlist_homes.wishlist_id = wishlist.wishlist_id
    and wishlist_homes.listing_id = home_in_wishlist.listing_id;
  if not found then perform private.refuse('not_in_wishlist'); end if;
  return home;
end $$;

create function private.note_saved_listing(wishlist_id uuid, listing_id uuid, note text)
  returns public.wishlist_homes language plpgsql volatile security definer set search_path = ''
as $$
declare
  home public.wishlist_homes := private.home_in_wishlist(
    note_saved_listing.wishlist_id, note_saved_listing.listing_id);
begin
  update public.wishlist_homes
  set note = coalesce(note_saved_listing.note, ''),
      noted_by = case when coalesce(note_saved_listing.note, '') <> '' then auth.uid() end
  where wishlist_homes.wishlist_id = home.wishlist_id
    and wishlist_homes.listing_id = home.listing_id
    and wishlist_homes.note <> coalesce(note_saved_listing.note, '')
  returning * into home;
  if not found then
    select * into home from public.wishlist_homes
    where wishlist_homes.wishlist_id = note_saved_listing.wishlist_id
      and wishlist_homes.listing_id = note_saved_listing.listing_id;
  end if;
  return home;
end $$;

create function private.vote_on_saved_listing(
  wishlist_id uuid, listing_id uuid, vote public.vote_direction)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  home public.wishlist_homes := private.home_in_wishlist(
    vote_on_saved_listing.wishlist_id, vote_on_saved_listing.listing_id);
begin
  if vote is null then
    delete from public.wishlist_votes
    where wishlist_votes.wishlist_id = home.wishlist_id
      and wishlist_votes.listing_id = home.listing_id
      and wishlist_votes.profile_id = auth.uid();
  else
    insert into public.wishlist_votes (wishlist_id, listing_id, profile_id, vote)
    values (home.wishlist_id, home.listing_id, auth.uid(), vote_on_saved_listing.vote)
    on conflict on constraint wishlist_votes_pkey do update set vote = excluded.vote;
  end if;
end $$;

create function private.move_saved_listing(wishlist_id uuid, listing_id uuid, before uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  home   public.wishlist_homes := private.home_in_wishlist(
    move_saved_listing.wishlist_id, move_saved_listing.listing_id);
  target integer;
begin
  if before = home.listing_id then
    return;
  end if;
  if before is null then
    select 1 + max(wishlist_homes.position) into target
    from public.wishlist_homes where wishlist_homes.wishlist_id = home.wishlist_id;
  else
    target := (private.home_in_wishlist(home.wishlist_id, before)).position;
    update public.wishlist_homes set position = wishlist_homes.position + 1
    where wishlist_homes.wishlist_id = home.wishlist_id and wishlist_homes.position >= target;
  end if;
  update public.wishlist_homes set position = target
  where wishlist_homes.wishlist_id = home.wishlist_id
    and wishlist_homes.listing_id = home.listing_id;
end $$;

create function public.saved_listings(listing_ids uuid[])
  returns setof public.saved_listing language sql stable security invoker set search_path = ''
begin atomic
  select * from private.saved_listings(saved_listings.listing_ids);
end;

create function public.save_listing(listing_id uuid, wishlist_id uuid, saved boolean default true)
  returns public.saved_listing language sql volatile security invoker set search_path = ''
  return private.save_listing(listing_id, wishlist_id, saved);

create function public.note_saved_listing(wishlist_id uuid, listing_id uuid, note text)
  returns public.wishlist_homes language sql volatile security invoker set search_path = ''
  return private.note_saved_listing(wishlist_id, listing_id, note);

create function public.vote_on_saved_listing(
  wishlist_id uuid, listing_id uuid, vote public.vote_direction default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.vote_on_saved_listing(wishlist_id, listing_id, vote);

create function public.move_saved_listing(wishlist_id uuid, listing_id uuid, before uuid default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.move_saved_listing(wishlist_id, listing_id, before);

grant execute on function
  private.saved_listings, private.save_listing, private.note_saved_listing,
  private.vote_on_saved_listing, private.move_saved_listing, public.saved_listings,
  public.save_listing, public.note_saved_listing, public.vote_on_saved_listing,
  public.move_saved_listing
  to authenticated;

comment on function public.saved_listings is
  'Which of these listings (at most 100, such as a page of search_listings) are in wishlists of the '
  'caller, and in which; the others are left out. Errors: too_many_results.';
comment on function public.save_listing is
  'Puts a published home into a wishlist the caller made or joined, or with saved false takes it '
  'out; says in which of their lists it is now. Repeating it changes nothing. Errors: '
  'wishlist_not_found, listing_not_found, wishlist_full, saved_required.';
comment on function public.note_saved_listing is
  'Writes the note of a home, for those who plan together; empty or null takes it away. At most 500 '
  'characters. Repeating it changes nothing. Errors: wishlist_not_found, not_in_wishlist.';
comment on function public.vote_on_saved_listing is
  'The caller is for a home (up) or against it (down); null takes the vote back. Repeating it '
  'changes nothing. Errors: wishlist_not_found, not_in_wishlist.';
comment on function public.move_saved_listing is
  'Puts a home right before another of the same list, or with null at its end. Repeating it changes '
  'no order. Errors: wishlist_not_found, not_in_wishlist.';

-- Reading

create type public.wishlist_summary as (
  wishlist_id uuid,
  name        text,
  owner_id    uuid,
  owner_name  text,
  check_in    date,
  check_out   date,
  guests      smallint,
  infants     smallint,
  pets        smallint,
  homes       integer,
  members     integer,
  photo_paths text[],
  created_at  timestamptz,
  cursor      text
);

create type public.wishlist_card as (
  listing_id    uuid,
  available     boolean,
  title         text,
  city          text,
  country_code  text,
  photo_path    text,
  rating        numeric(3, 2),
  currency      text,
  price_minor   bigint,
  total_minor   bigint,
  problem       text,
  note          text,
  added_by      uuid,
  added_by_name text,
  added_at      timestamptz,
  up_votes      integer,
  down_votes    integer,
  own_vote      public.vote_direction,
  cursor        text
);

create type public.wishlist_person as (
  profile_id   uuid,
  display_name text,
  avatar_path  text,
  owner        boolean,
  joined_at    timestamptz
);

create type public.linked_wishlist as (
  name       text,
  owner_name text,
  purpose    public.wishlist_purpose,
  check_in   date,
  check_out  date,
  guests     smallint,
  infants    smallint,
  pets       smallint,
  homes      integer
);

create function private.check_page(page_size integer)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if page_size is null or page_size < 1 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  if page_size > 100 then perform private.refuse('too_many_results'); end if;
end $$;

create function private.my_wishlists(page_size integer, after text)
  returns setof public.wishlist_summary language plpgsql stable security definer
  set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
  since  timestamptz := 'infinity';
  behind uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
begin
  perform private.check_page(page_size);
  if after is not null then
    if after !~ '^[0-9]{1,17}_[0-9a-f]{32}$' then perform private.refuse('invalid_cursor'); end if;
    since := timestamptz 'epoch' + split_part(after, '_', 1)::bigint * interval '1 microsecond';
    behind := split_part(after, '_', 2)::uuid;
  end if;

  return query
    select wishlists.wishlist_id, wishlists.name, wishlists.owner_id, profiles.display_name,
      wishlists.check_in, wishlists.check_out, wishlists.guests, wishlists.infants, wishlists.pets,
      (select count(*)::integer from public.wishlist_homes
       where wishlist_homes.wishlist_id = wishlists.wishlist_id),
      (select count(*)::integer from public.wishlist_members
       where wishlist_members.wishlist_id = wishlists.wishlist_id),
      array(
        select card.photo_path
        from private.cards_in(wishlists.wishlist_id, 4, -2147483647) as card
        where card.photo_path is not null),
      wishlists.created_at,
      (extract(epoch from wishlists.created_at) * 1000000)::bigint
        || '_' || replace(wishlists.wishlist_id::text, '-', '')
    from public.wishlists
    join public.profiles on profiles.profile_id = wishlists.owner_id
    where wishlists.wishlist_id = any (array(select private.wishlists_of_caller()))
      and (wishlists.created_at, wishlists.wishlist_id) < (since, behind)
    order by wishlists.created_at desc, wishlists.wishlist_id desc
    limit page_size;
end $$;

create type private.kept_card as (
  listing_id   uuid,
  available    boolean,
  title        text,
  city         text,
  country_code text,
  photo_path   text,
  rating       numeric(3, 2),
  currency     text,
  price_minor  bigint,
  position     integer
);

create function private.cards_in(wishlist_id uuid, most integer, after integer)
  returns setof private.kept_card language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select listings.listing_id, seen.listed and seen.hosted,
      case when seen.listed then listings.title else last_cards.title end,
      case when seen.listed then listings.city else last_cards.city end,
      case when seen.listed then listings.country_code else last_cards.country_code end,
      case when seen.listed then (
        select listing_photos.storage_path from public.listing_photos
        where listing_photos.listing_id = listings.listing_id and listing_photos.published
        order by listing_photos.position
        limit 1) end,
      case when seen.listed then listing_ratings.rating else last_cards.rating end,
      case when seen.listed and seen.hosted then listings.currency end,
      case when seen.listed and seen.hosted then listing_prices.base_price_minor end,
      wishlist_homes.position
    from public.wishlist_homes
    join public.listings on listings.listing_id = wishlist_homes.listing_id
    cross join lateral (
      select listings.status = 'published' as listed,
        not exists (
          select from private.suspensions where suspensions.profile_id = listings.host_id) as hosted
    ) as seen
    left join private.last_cards on last_cards.listing_id = listings.listing_id
    left join public.listing_ratings on listing_ratings.listing_id = listings.listing_id
    left join public.listing_prices on listing_prices.listing_id = listings.listing_id
    where wishlist_homes.wishlist_id = cards_in.wishlist_id
      and wishlist_homes.position > cards_in.after
    order by wishlist_homes.position
    limit cards_in.most;
end $$;

comment on function private.cards_in is
  'Rule: a home that can be seen shows what it is now, another what it was when it was seen last, '
  'and no price.';

create function private.cards_for(
  wishlist public.wishlists, asker uuid, planning boolean, page_size integer, after text)
  returns setof public.wishlist_card language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.check_page(page_size);
  if after !~ '^-?[0-9]{1,9}$' then perform private.refuse('invalid_cursor'); end if;

  return query
    with cards as materialized (
      select card.*,
        case when wishlist.check_in is not null then private.stay_problem(
          card.listing_id, wishlist.check_in, wishlist.check_out, coalesce(wishlist.guests, 1)::integer,
          wishlist.infants::integer, wishlist.pets::integer, asker) end as problem
      from private.cards_in(
        wishlist.wishlist_id, page_size, coalesce(after::integer, -2147483647)) as card
    )
    select cards.listing_id, cards.available, cards.title, cards.city, cards.country_code,
      cards.photo_path, cards.rating, cards.currency, cards.price_minor, totals.total_minor,
      cards.problem,
      case when planning then wishlist_homes.note end,
      case when planning then wishlist_homes.added_by end,
      case when planning then profiles.display_name end,
      wishlist_homes.added_at,
      case when planning then votes.up end,
      case when planning then votes.down end,
      case when planning then votes.own end,
      cards.position::text
    from cards
    join public.wishlist_homes
      on wishlist_homes.wishlist_id = wishlist.wishlist_id
      and wishlist_homes.listing_id = cards.listing_id
    left join public.profiles on profiles.profile_id = wishlist_homes.added_by
    left join private.stay_totals(
      array(select cards.listing_id from cards where cards.problem is null),
      wishlist.check_in, wishlist.check_out, coalesce(wishlist.guests, 1)::integer,
      wishlist.pets::integer) as totals
      on totals.listing_id = cards.listing_id
    cross join lateral (
      select
        (count(*) filter (where wishlist_votes.vote = 'up'))::integer as up,
        (count(*) filter (where wishlist_votes.vote = 'down'))::integer as down,
        max(wishlist_votes.vote) filter (where wishlist_votes.profile_id = asker) as own
      from public.wishlist_votes
      where wishlist_votes.wishlist_id = wishlist.wishlist_id
        and wishlist_votes.listing_id = cards.listing_id) as votes
    order by cards.position;
end $$;

comment on function private.cards_for is
  'Rule: those who plan together see notes, votes and who added what; who has only the link to read '
  'sees the homes.';

create function private.seen_wishlist(wishlist_id uuid)
  returns public.wishlists language plpgsql stable security definer set search_path = ''
as $$
declare
  caller   uuid := private.signed_in();
  wishlist public.wishlists;
begin
  select wishlists.* into wishlist
  from public.wishlists
  join public.wishlist_members on wishlist_members.wishlist_id = wishlists.wishlist_id
  where wishlists.wishlist_id = seen_wishlist.wishlist_id and wishlist_members.profile_id = caller;
  if not found then perform private.refuse('wishlist_not_found'); end if;
  return wishlist;
end $$;

create function private.link_to_wishlist(token text)
  returns public.wishlist_links language plpgsql stable security definer set search_path = ''
as $$
declare
  link public.wishlist_links;
begin
  select * into link from public.wishlist_links
  where wishlist_links.token = link_to_wishlist.token
    and not exists (
      select from private.suspensions where suspensions.profile_id = wishlist_links.owner_id);
  if not found then perform private.refuse('link_not_found'); end if;
  return link;
end $$;

comment on function private.link_to_wishlist is
  'Rule: a link is good for whoever has it, until it is taken back or its owner is suspended.';

create function private.wishlist_cards(wishlist_id uuid, page_size integer, after text)
  returns setof public.wishlist_card language plpgsql stable security definer set search_path = ''
as $$
begin
  return query select * from private.cards_for(
    private.seen_wishlist(wishlist_cards.wishlist_id), auth.uid(), true, page_size, after);
end $$;

create function private.wishlist_people(wishlist_id uuid)
  returns setof public.wishlist_person language plpgsql stable security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.seen_wishlist(wishlist_people.wishlist_id);
begin
  return query
    select profiles.profile_id, profiles.display_name, profiles.avatar_path,
      profiles.profile_id = wishlist.owner_id, wishlist_members.joined_at
    from public.wishlist_members
    join public.profiles on profiles.profile_id = wishlist_members.profile_id
    where wishlist_members.wishlist_id = wishlist.wishlist_id
    order by profiles.profile_id <> wishlist.owner_id, wishlist_members.joined_at, profiles.profile_id;
end $$;

create function private.shared_wishlist(token text)
  returns public.linked_wishlist language plpgsql stable security definer set search_path = ''
as $$
declare
  link  public.wishlist_links := private.link_to_wishlist(shared_wishlist.token);
  found public.linked_wishlist;
begin
  select wishlists.name, profiles.display_name, link.purpose, wishlists.check_in, wishlists.check_out,
    wishlists.guests, wishlists.infants, wishlists.pets,
    (select count(*)::integer from public.wishlist_homes
     where wishlist_homes.wishlist_id = wishlists.wishlist_id)
  into found
  from public.wishlists
  join public.profiles on profiles.profile_id = wishlists.owner_id
  where wishlists.wishlist_id = link.wishlist_id;
  return found;
end $$;

create function private.shared_wishlist_cards(token text, page_size integer, after text)
  returns setof public.wishlist_card language plpgsql stable security definer set search_path = ''
as $$
declare
  link     public.wishlist_links := private.link_to_wishlist(shared_wishlist_cards.token);
  wishlist public.wishlists;
begin
  select * into strict wishlist from public.wishlists
  where wishlists.wishlist_id = link.wishlist_id;
  return query select * from private.cards_for(wishlist, auth.uid(), false, page_size, after);
end $$;

create function public.my_wishlists(page_size integer default 20, after text default null)
  returns setof public.wishlist_summary language sql stable security invoker set search_path = ''
begin atomic
  select * from private.my_wishlists(my_wishlists.page_size, my_wishlists.after);
end;

create function public.wishlist_cards(
  wishlist_id uuid, page_size integer default 20, after text default null)
  returns setof public.wishlist_card language sql stable security invoker set search_path = ''
begin atomic
  select * from private.wishlist_cards(
    wishlist_cards.wishlist_id, wishlist_cards.page_size, wishlist_cards.after);
end;

create function public.wishlist_people(wishlist_id uuid)
  returns setof public.wishlist_person language sql stable security invoker set search_path = ''
begin atomic
  select * from private.wishlist_people(wishlist_people.wishlist_id);
end;

create function public.shared_wishlist(token text)
  returns public.linked_wishlist language sql stable security invoker set search_path = ''
  return private.shared_wishlist(token);

create function public.shared_wishlist_cards(
  token text, page_size integer default 20, after text default null)
  returns setof public.wishlist_card language sql stable security invoker set search_path = ''
begin atomic
  select * from private.shared_wishlist_cards(
    shared_wishlist_cards.token, shared_wishlist_cards.page_size, shared_wishlist_cards.after);
end;

grant execute on function
  private.my_wishlists, private.wishlist_cards, private.wishlist_people, public.my_wishlists,
  public.wishlist_cards, public.wishlist_people
  to authenticated;
grant execute on function
  private.shared_wishlist, private.shared_wishlist_cards, public.shared_wishlist,
  public.shared_wishlist_cards
  to anon, authenticated;

comment on function public.my_wishlists is
  'The wishlists the caller made or joined, newest first, with up to four photos each. Give the last '
  'row''s cursor as after for the next page (page_size 20, at most 100); the end is an empty page. '
  'Errors: invalid_page_size, too_many_results, invalid_cursor.';
comment on function public.wishlist_cards is
  'The homes in a wishlist of the caller''s, in their order. available false: the home is not shown '
  'at the moment, and the card is how it was seen last. When the list has dates: total_minor as '
  'quote_stay says it, or the problem, a code, why the caller cannot book them. Pages as '
  'my_wishlists. Errors: wishlist_not_found, invalid_page_size, too_many_results, invalid_cursor.';
comment on function public.wishlist_people is
  'Who plans with a wishlist of the caller''s: its owner first. Errors: wishlist_not_found.';
comment on function public.shared_wishlist is
  'What the link with this token leads to, for whoever has it, signed in or not. Errors: '
  'link_not_found.';
comment on function public.shared_wishlist_cards is
  'The homes in the wishlist that the link leads to, as wishlist_cards, without notes, votes and '
  'people. Errors: link_not_found, invalid_page_size, too_many_results, invalid_cursor.';

-- Sharing

create function private.share_wishlist(
  wishlist_id uuid, purpose public.wishlist_purpose, replacing text)
  returns public.wishlist_links language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.open_wishlist(share_wishlist.wishlist_id, true);
  link     public.wishlist_links;
begin
  delete from public.wishlist_links
  where wishlist_links.wishlist_id = wishlist.wishlist_id
    and wishlist_links.purpose = share_wishlist.purpose
    and wishlist_links.token = share_wishlist.replacing;
  insert into public.wishlist_links (wishlist_id, purpose, owner_id, created_at)
  values (wishlist.wishlist_id, share_wishlist.purpose, wishlist.owner_id, private.now())
  on conflict on constraint wishlist_links_pkey do nothing
  returning * into link;
  if not found then
    select * into link from public.wishlist_links
    where wishlist_links.wishlist_id = wishlist.wishlist_id
      and wishlist_links.purpose = share_wishlist.purpose;
  end if;
  return link;
end $$;

create function private.unshare_wishlist(wishlist_id uuid, purpose public.wishlist_purpose)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  wishlist public.wishlists := private.open_wishlist(unshare_wishlist.wishlist_id, true);
begin
  delete from public.wishlist_links
  where wishlist_links.wishlist_id = wishlist.wishlist_id
    and wishlist_links.purpose = unshare_wishlist.purpose;
end $$;

create function private.join_wishlist(token text)
  returns public.wishlists language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.active_caller();
  link     public.wishlist_links := private.link_to_wishlist(join_wishlist.token);
  wishlist public.wishlists;
begin
  if link.purpose = 'join' and not exists (
    select from public.wishlist_members
    where wishlist_members.wishlist_id = link.wishlist_id and wishlist_members.profile_id = caller)
  then
    perform private.check_wishlist_room(caller);
    perform private.wisher();
  end if;
  -- Locked, then looked at again: the link may have been taken back meanwhile.
  select * into wishlist from public.wishlists
  where wishlists.wishlist_id = link.wishlist_id
  for no key update;
  link := private.link_to_wishlist(join_wishlist.token);
  if link.purpose <> 'join' then perform private.refuse('link_not_found', 'reading'); end if;
  if not exists (
    select from public.wishlist_members
    where wishlist_members.wishlist_id = wishlist.wishlist_id and wishlist_members.profile_id = caller)
  then
    if (select count(*) from public.wishlist_members
        where wishlist_members.wishlist_id = wishlist.wishlist_id)
      >= (select settings.wishlist_members from private.settings)
    then
      perform private.refuse('wishlist_crowded');
    end if;
    insert into public.wishlist_members (wishlist_id, profile_id, joined_at)
    values (wishlist.wishlist_id, caller, private.now());
  end if;
  return wishlist;
end $$;

create function private.remove_from_wishlist(wishlist_id uuid, profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  leaving  boolean := coalesce(remove_from_wishlist.profile_id = auth.uid(), false);
  wishlist public.wishlists := private.open_wishlist(remove_from_wishlist.wishlist_id, not leaving);
begin
  if remove_from_wishlist.profile_id = wishlist.owner_id then
    perform private.refuse('owner_stays');
  end if;
  delete from public.wishlist_members
  where wishlist_members.wishlist_id = wishlist.wishlist_id
    and wishlist_members.profile_id = remove_from_wishlist.profile_id;
  if found and not leaving then
    delete from public.wishlist_links
    where wishlist_links.wishlist_id = wishlist.wishlist_id and wishlist_links.purpose = 'join';
  end if;
end $$;

comment on function private.remove_from_wishlist is
  'Rule: who is removed cannot come back by the link they came with.';

create function public.share_wishlist(
  wishlist_id uuid, purpose public.wishlist_purpose default 'read', replacing text default null)
  returns public.wishlist_links language sql volatile security invoker set search_path = ''
  return private.share_wishlist(wishlist_id, purpose, replacing);

create function public.unshare_wishlist(wishlist_id uuid, purpose public.wishlist_purpose)
  returns void language sql volatile security invoker set search_path = ''
  return private.unshare_wishlist(wishlist_id, purpose);

create function public.join_wishlist(token text)
  returns public.wishlists language sql volatile security invoker set search_path = ''
  return private.join_wishlist(token);

create function public.remove_from_wishlist(wishlist_id uuid, profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_from_wishlist(wishlist_id, profile_id);

grant execute on function
  private.share_wishlist, private.unshare_wishlist, private.join_wishlist,
  private.remove_from_wishlist, public.share_wishlist, public.unshare_wishlist,
  public.join_wishlist, public.remove_from_wishlist
  to authenticated;

comment on function public.share_wishlist is
  'The owner''s secret link to the list: to read it, or to join it. There is one of each; asked '
  'again, the same comes back. replacing names a token that shall lead nowhere from now on: a new '
  'one takes its place, once. Errors: wishlist_not_found, not_your_wishlist.';
comment on function public.unshare_wishlist is
  'The owner takes the link back; who joined by it stays. Repeating it changes nothing. Errors: '
  'wishlist_not_found, not_your_wishlist.';
comment on function public.join_wishlist is
  'The caller plans with the list whose link to join this is. Repeating it changes nothing. Errors: '
  'link_not_found, too_many_wishlists, wishlist_crowded.';
comment on function public.remove_from_wishlist is
  'The owner removes somebody, who loses their votes and whose link to join is taken back; or the '
  'caller leaves. Repeating it changes nothing, but who left no longer finds the list. Errors: '
  'wishlist_not_found, not_your_wishlist, owner_stays.';
