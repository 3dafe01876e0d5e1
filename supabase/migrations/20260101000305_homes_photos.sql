-- Photos: their rows, in order.

create table public.listing_photos (
  photo_id     uuid     primary key default gen_random_uuid(),
  listing_id   uuid     not null references public.listings on delete cascade,
  storage_path text     not null,
  caption      text     not null default '',
  position     smallint not null,
  published    boolean  not null default false,

  constraint listing_photos_have_a_short_caption check (char_length(caption) <= 500),
  constraint listing_photos_lie_with_the_listing check (
    starts_with(storage_path, listing_id::text || '/')
      and substr(storage_path, 38) ~ '^[A-Za-z0-9._-]{1,120}$'),
  constraint listing_photos_appear_once          unique (listing_id, storage_path),
  constraint listing_photos_stand_in_order       unique (listing_id, position)
                                                 deferrable initially deferred,
  constraint listing_photos_are_not_endless      check (position between 1 and 100)
);

comment on table public.listing_photos is
  'A listing''s photos in order. Hosts upload the files to the storage bucket photo-uploads; once '
  'they are checked and the listing is published, they are public in listing-photos.';
comment on column public.listing_photos.storage_path is
  '<listing_id>/<file name>: in photo-uploads, and under the same name in listing-photos.';
comment on column public.listing_photos.published is
  'Whether the file is public in listing-photos. Set by the server.';

alter table public.listing_photos enable row level security;

create policy "visitors see the published photos of what they see" on public.listing_photos
  for select to anon
  using (published and exists (
    select from public.listings where listings.listing_id = listing_photos.listing_id offset 0));
-- Of a home that is not published, guests who booked it see the photos too; of one that is, only
-- its hosts see a photo that is still to be checked.
create policy "people see the photos of what they see" on public.listing_photos
  for select to authenticated
  using (
    exists (
      select from public.listings
      where listings.listing_id = listing_photos.listing_id
        and (listing_photos.published or listings.status <> 'published')
      offset 0)
    or listing_id = any (array(select private.listings_of_caller('see'))));
create policy "hosts add their own photos" on public.listing_photos
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own photos" on public.listing_photos
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));
create policy "hosts remove their own photos" on public.listing_photos
  for delete to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));

grant select on public.listing_photos to anon, authenticated;
grant insert (listing_id, storage_path, caption, position), update (caption, position), delete
  on public.listing_photos to authenticated;

create function private.order_photos(listing_id uuid, photo_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.active_caller();
  if not private.may_manage(order_photos.listing_id, 'listing') then
    perform private.refuse('not_your_listing');
  end if;
  perform from public.listings
    where listings.listing_id = order_photos.listing_id for no key update;
  if (select array_agg(listing_photos.photo_id order by listing_photos.photo_id)
      from public.listing_photos where listing_photos.listing_id = order_photos.listing_id)
    is distinct from
     (select array_agg(photo_id order by photo_id) from unnest(order_photos.photo_ids) as photo_id)
  then
    perform private.refuse('photos_do_not_match');
  end if;
  update public.listing_photos
  set position = wanted.place
  from unnest(order_photos.photo_ids) with ordinality as wanted (photo_id, place)
  where listing_photos.photo_id = wanted.photo_id;
end $$;

create function public.order_photos(listing_id uuid, photo_ids uuid[])
  returns void language sql volatile security invoker set search_path = ''
  return private.order_photos(listing_id, photo_ids);

grant execute on function private.order_photos to authenticated;
grant execute on function public.order_photos to authenticated;
comment on function public.order_photos is
  'Sets the order of a listing''s photos; the list names each of them once. Errors: '
  'not_your_listing, photos_do_not_match.';
