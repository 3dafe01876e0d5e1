-- Wishlist sharing: links, members, leaving.

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
    where wishlist_members.wishlist_id = wishlist.wishlist_id
      and wishlist_members.profile_id = caller)
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
  'Rule: a removed member cannot come back with the link they joined with.';

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
  'The owner''s secret link to the list: to read it, or to join it. There is one of each; a '
  'repeated call returns the same link. replacing names a token to be revoked: a new one replaces '
  'it, once. Errors: wishlist_not_found, not_your_wishlist.';
comment on function public.unshare_wishlist is
  'The owner revokes the link; people who joined with it stay. Repeating it changes nothing. '
  'Errors: wishlist_not_found, not_your_wishlist.';
comment on function public.join_wishlist is
  'The caller joins the list with its link to join. Repeating it changes nothing. Errors: '
  'link_not_found, too_many_wishlists, wishlist_crowded.';
comment on function public.remove_from_wishlist is
  'The owner removes a member, whose votes are deleted and whose link to join is revoked; or the '
  'caller leaves. Repeating it changes nothing, but people who left can no longer find the list. '
  'Errors: wishlist_not_found, not_your_wishlist, owner_stays.';
