-- Photo files: two buckets, and who may put files where. Hosted projects allow policies on storage
-- tables, no more.
--
-- Hosts bring files to photo-uploads, which is private. A checked file of a published home lies
-- under the same name in listing-photos too, for everyone; the server puts it there and takes it
-- away (privacy_checked_files). Two buckets, because whoever has the address of a file in a
-- public one reads it, whatever the policies say.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
select bucket_id, bucket_id, public, 10485760, array['image/jpeg', 'image/png', 'image/webp',
  'image/avif']
from (values ('photo-uploads', false), ('listing-photos', true)) as buckets (bucket_id, public)
on conflict (id) do nothing;

-- The first folder of a file's name is the listing it belongs to. What is not a uuid there belongs
-- to no one.
create function private.listing_of_photo(file_name text)
  returns uuid language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when split_part(file_name, '/', 1) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      and file_name ~ '^[^/]+/[A-Za-z0-9._-]{1,120}$'
    then split_part(file_name, '/', 1)::uuid
  end;
end $$;

grant execute on function private.listing_of_photo to authenticated;
comment on function private.listing_of_photo is 'Rule: a photo''s path names its listing.';

-- Staff, and guests who booked: those policies are in the chapters of files and of checked files.
-- No policy for listing-photos: nobody but the server writes there, and what is public is read
-- without one.
create policy "hosts see the photo files of their listings" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'photo-uploads'
    and private.listing_of_photo(name) = any (array(select private.listings_of_caller('see'))));
create policy "hosts add their own photo files" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'photo-uploads'
    and private.listing_of_photo(name) = any (array(select private.listings_of_caller('listing'))));
create policy "hosts replace their own photo files" on storage.objects
  for update to authenticated
  using (
    bucket_id = 'photo-uploads'
    and private.listing_of_photo(name) = any (array(select private.listings_of_caller('listing'))))
  with check (
    bucket_id = 'photo-uploads'
    and private.listing_of_photo(name) = any (array(select private.listings_of_caller('listing'))));
create policy "hosts remove their own photo files" on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'photo-uploads'
    and private.listing_of_photo(name) = any (array(select private.listings_of_caller('listing'))));
