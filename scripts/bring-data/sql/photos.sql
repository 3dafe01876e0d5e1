--: check
update pg_temp.staged
set first_ref = pg_temp.listing_of(given ->> 'listing_id')
where outcome <> 'unchanged';
update pg_temp.staged
set code = case
  when staged.first_ref is null then 'unknown_listing'
  when exists (
    select from public.listing_photos
    where listing_photos.photo_id = staged.our_id and listing_photos.listing_id <> staged.first_ref)
    then 'listing_stays'
end
where staged.outcome <> 'unchanged';

--: write
insert into public.listing_photos (photo_id, listing_id, storage_path, caption, position)
select our_id, first_ref, first_ref || '/' || (given ->> 'name'), given ->> 'caption',
  (given ->> 'position')::smallint
from pg_temp.staged
where outcome in ('created', 'updated')
on conflict (photo_id) do update
set storage_path = excluded.storage_path, caption = excluded.caption, position = excluded.position;
