-- Wishlist homes: saving, ordering and reading the homes of a wishlist.

create type public.saved_listing as (listing_id uuid, wishlist_ids uuid[]);

create function private.lists_holding(listing_ids uuid[], profile_id uuid)
  returns setof public.saved_listing language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select wishlist_homes.listing_id,
      array_agg(wishlist_homes.wishlist_id order by wishlist_homes.wishlist_id)
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
    select wishlist.wishlist_id, save_listing.listing_id,
      coalesce(min(wishlist_homes.position), 0) - 1,
      caller, private.now()
    from public.wishlist_homes
    where wishlist_homes.wishlist_id = wishlist.wishlist_id;
  end if;

  select * into held from private.lists_holding(array[save_listing.listing_id], caller);
  return row(save_listing.listing_id, coalesce(held.wishlist_ids, '{}'))::public.saved_listing;
end $$;

comment on function private.save_listing is
  'Rule: only published homes can be saved, newest first; a saved home stays when it is hidden.';

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

create function public.move_saved_listing(
  wishlist_id uuid, listing_id uuid, before uuid default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.move_saved_listing(wishlist_id, listing_id, before);

grant execute on function
  private.saved_listings, private.save_listing, private.note_saved_listing,
  private.vote_on_saved_listing, private.move_saved_listing, public.saved_listings,
  public.save_listing, public.note_saved_listing, public.vote_on_saved_listing,
  public.move_saved_listing
  to authenticated;

comment on function public.saved_listings is
  'Which of these listings (at most 100, such as a page of search_listings) are in the caller''s '
  'wishlists, and in which; the others are left out. Errors: too_many_results.';
comment on function public.save_listing is
  'Adds a published home to a wishlist the caller created or joined, or removes it with saved '
  'false; returns which of their lists contain it now. Repeating it changes nothing. Errors: '
  'wishlist_not_found, listing_not_found, wishlist_full, saved_required.';
comment on function public.note_saved_listing is
  'Sets the note on a home, for the members of the list; empty or null removes it. At most 500 '
  'characters. Repeating it changes nothing. Errors: wishlist_not_found, not_in_wishlist, '
  'invalid_value.';
comment on function public.vote_on_saved_listing is
  'The caller votes for a home (up) or against it (down); null removes the vote. Repeating it '
  'changes nothing. Errors: wishlist_not_found, not_in_wishlist.';
comment on function public.move_saved_listing is
  'Moves a home directly before another one in the same list, or to the end with null. Repeating '
  'it does not change the order. Errors: wishlist_not_found, not_in_wishlist.';

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
  'Rule: a visible home shows its current card, any other its card when it was last seen, without '
  'a price.';

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
          card.listing_id, wishlist.check_in, wishlist.check_out,
            coalesce(wishlist.guests, 1)::integer,
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
  'Rule: members see notes, votes and who added what; people with only the link to read see the '
  'homes.';

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
  'Rule: a link works for anyone who has it, until it is revoked or its owner is suspended.';

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
    order by profiles.profile_id <> wishlist.owner_id, wishlist_members.joined_at,
      profiles.profile_id;
end $$;

create function private.shared_wishlist(token text)
  returns public.linked_wishlist language plpgsql stable security definer set search_path = ''
as $$
declare
  link  public.wishlist_links := private.link_to_wishlist(shared_wishlist.token);
  found public.linked_wishlist;
begin
  select wishlists.name, profiles.display_name, link.purpose, wishlists.check_in,
    wishlists.check_out,
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
  'The wishlists the caller created or joined, newest first, with up to four photos each. Pass the '
  'last row''s cursor as after to get the next page (page_size 20, at most 100); an empty page is '
  'the end. Errors: invalid_page_size, too_many_results, invalid_cursor.';
comment on function public.wishlist_cards is
  'The homes in one of the caller''s wishlists, in order. available false: the home is not visible '
  'at the moment, and the card shows it as last seen. If the list has dates: total_minor as in '
  'quote_stay, or problem, a code that says why the caller cannot book them. Pages as in '
  'my_wishlists. Errors: wishlist_not_found, invalid_page_size, too_many_results, invalid_cursor.';
comment on function public.wishlist_people is
  'The members of one of the caller''s wishlists, the owner first. Errors: wishlist_not_found.';
comment on function public.shared_wishlist is
  'The wishlist behind the link with this token, for anyone who has it, signed in or not. Errors: '
  'link_not_found.';
comment on function public.shared_wishlist_cards is
  'The homes in the wishlist behind the link, as in wishlist_cards, without notes, votes and '
  'people. Errors: link_not_found, invalid_page_size, too_many_results, invalid_cursor.';
