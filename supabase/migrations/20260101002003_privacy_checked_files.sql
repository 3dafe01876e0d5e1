-- Checked files: what everyone sees is a picture, tells nothing but its pixels, and is meant to be
-- seen.
--
-- People bring files to private buckets. SQL cannot read a file, so each is ordered to be checked
-- by the function check-files: it takes away where and when a photo was taken, has a file refused
-- that is not what it says, and makes the public bucket as it should be. There a checked copy lies
-- under the same name while somebody is to see it, and only then: a photo of a published home, the
-- picture that a person wears.
--
-- Whatever changes what should be (a content, a row, a listing's status) orders the check of its
-- files in the same transaction, and so does every write to a public bucket. The function compares
-- and does what is missing; what it did is compared again, found right and left alone. So nothing
-- has to remember which steps were done, a call that dies in between is followed by one that does
-- the rest, and one that comes late with an old picture is corrected.

create type public.file_problem as enum ('not_an_image', 'wrong_type');

create table private.files_to_check (
  file_id   uuid        primary key default gen_random_uuid(),
  bucket_id text        not null,
  name      text        not null,
  attempt   integer     not null default 0,
  tries     integer     not null default 0,
  due_at    timestamptz not null,

  constraint files_to_check_are_ordered_once unique (bucket_id, name)
);

create index files_to_check_due_at_idx on private.files_to_check (due_at);
alter table private.files_to_check enable row level security;
comment on table private.files_to_check is
  'Files that have to be checked, or made public or private; a row is deleted once everything is '
  'as it should be.';
comment on column private.files_to_check.file_id is
  'The order; a new order for the file gets a new id.';
comment on column private.files_to_check.bucket_id is
  'The private bucket that the file was uploaded to.';
comment on column private.files_to_check.attempt is
  'Counts changes and claims: only the holder of the latest may write.';
comment on column private.files_to_check.tries is 'Claims since the last change.';

create table public.refused_files (
  bucket_id  text                not null,
  name       text                not null,
  listing_id uuid                references public.listings on delete cascade,
  profile_id uuid                references public.profiles on delete cascade,
  problem    public.file_problem not null,
  refused_at timestamptz         not null,

  primary key (bucket_id, name),
  constraint refused_files_are_somebodys check (num_nonnulls(listing_id, profile_id) = 1)
);

create index refused_files_listing_id_idx on public.refused_files (listing_id)
  where listing_id is not null;
create index refused_files_profile_id_idx on public.refused_files (profile_id)
  where profile_id is not null;
create index refused_files_refused_at_idx on public.refused_files (refused_at);
alter table public.refused_files enable row level security;
create policy "people see why their files were removed" on public.refused_files
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('listing')))
    or profile_id = (select auth.uid()));
grant select on public.refused_files to authenticated;
-- No writes: a file is refused by the server, and the row goes after thirty days or with another
-- file of the name.
comment on table public.refused_files is
  'Photos and pictures that were removed because they are not what they claim to be: not_an_image '
  'is not one of the accepted types or is broken, wrong_type is an image of a different type than '
  'declared.';
comment on column public.refused_files.listing_id is
  'The home of a photo; null for a profile picture.';
comment on column public.refused_files.profile_id is
  'The person in a profile picture; null for a photo of a home.';

insert into private.export_rules (relation, owned_by) values
  ('public.refused_files', 'profile_id = $1 or listing_id = any ($2)');
insert into private.export_rules (relation, why_not) values
  ('private.files_to_check',
    'The files themselves are listed; it only says that they are still to be checked.');

-- What should be

create function private.public_bucket(bucket_id text)
  returns text language sql immutable security invoker set search_path = ''
  return case bucket_id when 'photo-uploads' then 'listing-photos' when 'avatar-uploads'
    then 'avatars' end;

create function private.upload_bucket(bucket_id text)
  returns text language sql immutable security invoker set search_path = ''
  return case bucket_id when 'listing-photos' then 'photo-uploads' when 'avatars'
    then 'avatar-uploads' end;

create function private.should_be_public(bucket_id text, name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
      select from storage.objects
      where objects.bucket_id = should_be_public.bucket_id and objects.name = should_be_public.name)
    and case should_be_public.bucket_id
      when 'photo-uploads' then exists (
        select from public.listing_photos
        join public.listings on listings.listing_id = listing_photos.listing_id
        where listing_photos.listing_id = private.listing_of_photo(should_be_public.name)
          and listing_photos.storage_path = should_be_public.name
          and listings.status = 'published'
          and not exists (
            select from private.suspensions where suspensions.profile_id = listings.host_id))
      when 'avatar-uploads' then exists (
        select from public.profiles
        where profiles.profile_id = private.owner_of_avatar(should_be_public.name)
          and profiles.avatar_path = should_be_public.name)
      else false end;
end $$;

comment on function private.should_be_public is
  'Rule: an uploaded file is public while it is a photo of a published home whose host is not '
  'suspended, or the current picture of a person.';

create function private.order_checks(bucket_id text, names text[])
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  ordered integer;
begin
  insert into private.files_to_check (bucket_id, name, due_at)
  select order_checks.bucket_id, brought.name, private.now()
  from (select distinct unnest(names) as name) as brought
  where exists (
    select from storage.objects
    where objects.bucket_id in (order_checks.bucket_id,
      private.public_bucket(order_checks.bucket_id))
      and objects.name = brought.name)
  -- In one order: two that order the same files wait for each other instead of locking each other
  -- out.
  order by brought.name
  on conflict on constraint files_to_check_are_ordered_once do update
  set attempt = files_to_check.attempt + 1, tries = 0, due_at = excluded.due_at;
  get diagnostics ordered = row_count;
  if ordered > 0 then
    perform private.call_function('check-files');
  end if;
  return ordered;
end $$;

-- What changes it

create function private.follow_upload()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and old.name <> new.name) then
    delete from private.files_to_check
    where files_to_check.bucket_id = old.bucket_id and files_to_check.name = old.name;
    perform private.order_checks(old.bucket_id, array[old.name]);
  end if;
  if tg_op <> 'DELETE' then
    perform private.order_checks(new.bucket_id, array[new.name]);
    delete from public.refused_files
    where refused_files.bucket_id = new.bucket_id and refused_files.name = new.name;
  end if;
  return null;
end $$;

comment on function private.follow_upload is
  'Rule: a file is checked whenever its content changes, whoever uploads it; a deleted file is no '
  'longer public.';

create trigger check_the_new_file after insert on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'avatar-uploads'))
    execute function private.follow_upload();
create trigger check_the_changed_file after update of name, metadata, version on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'avatar-uploads')
    and (old.name, old.metadata, old.version) is distinct
      from (new.name, new.metadata, new.version))
  execute function private.follow_upload();
create trigger check_the_removed_file after delete on storage.objects
  for each row when (old.bucket_id in ('photo-uploads', 'avatar-uploads'))
    execute function private.follow_upload();

create function private.follow_photo()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform private.order_checks('photo-uploads', array[old.storage_path]);
  end if;
  if tg_op <> 'DELETE' then
    perform private.order_checks('photo-uploads', array[new.storage_path]);
  end if;
  return null;
end $$;

create trigger check_the_photo after insert or delete
  or update of storage_path on public.listing_photos
  for each row execute function private.follow_photo();

create function private.follow_home()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.order_checks_of_home(new.listing_id);
  return null;
end $$;

create function private.order_checks_of_home(listing_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- What is public is told by its folder, not by the rows: a photo may have lost its row meanwhile.
  perform private.order_checks('photo-uploads', array(
    select listing_photos.storage_path from public.listing_photos
    where listing_photos.listing_id = order_checks_of_home.listing_id
    union
    select objects.name from storage.objects
    where objects.bucket_id = 'listing-photos'
      and objects.name ~>=~ (order_checks_of_home.listing_id || '/')
      and objects.name ~<~ (order_checks_of_home.listing_id || '0')));
end $$;

create trigger check_the_files_of_the_home after update of status on public.listings
  for each row when ((old.status = 'published') <> (new.status = 'published'))
  execute function private.follow_home();

create function private.follow_suspension()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.order_checks_of_home(listings.listing_id)
  from public.listings
  where listings.host_id = coalesce(new.profile_id, old.profile_id)
    and listings.status = 'published';
  return null;
end $$;

create trigger check_the_files_of_the_suspended after insert or delete on private.suspensions
  for each row execute function private.follow_suspension();

create function private.follow_picture()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.order_checks('avatar-uploads',
    array_remove(array[old.avatar_path, new.avatar_path], null));
  return null;
end $$;

create trigger check_the_picture after update of avatar_path on public.profiles
  for each row when (old.avatar_path is distinct from new.avatar_path)
  execute function private.follow_picture();

comment on function private.order_checks_of_home is
  'Rule: the photos of a home become public and private with it: when it is published or hidden, '
  'or its owner is suspended.';

-- What is public

create function private.guard_public_file()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Locked, so that a home that is being hidden has this file among those it takes along, or has it
  -- refused here.
  if new.bucket_id = 'listing-photos' then
    perform from public.listings
    where listings.listing_id = private.listing_of_photo(new.name)
    for share;
    perform from public.listing_photos
    where listing_photos.listing_id = private.listing_of_photo(new.name)
      and listing_photos.storage_path = new.name
    for no key update;
  else
    perform from public.profiles
    where profiles.profile_id = private.owner_of_avatar(new.name)
    for share;
  end if;
  if not private.should_be_public(private.upload_bucket(new.bucket_id), new.name) then
    raise exception 'not_public' using errcode = '42501',
      detail = 'This file must not be public.';
  end if;
  return new;
end $$;

comment on function private.guard_public_file is
  'Rule: no file can be added to a public bucket unless it should be public at that moment, '
  'whoever adds it and however late.';

create trigger guard_the_new_public_file before insert on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars'))
    execute function private.guard_public_file();
create trigger guard_the_public_file before update of name, metadata, version on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars')
    and (old.name, old.metadata, old.version) is distinct
      from (new.name, new.metadata, new.version))
  execute function private.guard_public_file();

create function private.follow_public_file()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and old.name <> new.name) then
    if old.bucket_id = 'listing-photos' then
      update public.listing_photos set published = false
      where listing_photos.listing_id = private.listing_of_photo(old.name)
        and listing_photos.storage_path = old.name and listing_photos.published;
    end if;
    if private.should_be_public(private.upload_bucket(old.bucket_id), old.name) then
      perform private.order_checks(private.upload_bucket(old.bucket_id), array[old.name]);
    end if;
  end if;
  if tg_op <> 'DELETE' then
    if new.bucket_id = 'listing-photos' then
      update public.listing_photos set published = true
      where listing_photos.listing_id = private.listing_of_photo(new.name)
        and listing_photos.storage_path = new.name and not listing_photos.published;
    end if;
    perform private.order_checks(private.upload_bucket(new.bucket_id), array[new.name]);
  end if;
  return null;
end $$;

comment on function private.follow_public_file is
  'Rule: a photo is marked as public while its file is there; a public file that was added or '
  'changed, or was removed and should not have been, is compared with what should be.';

create trigger follow_the_new_public_file after insert on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars'))
    execute function private.follow_public_file();
create trigger follow_the_public_file after update of name, metadata, version on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars')
    and (old.name, old.metadata, old.version) is distinct
      from (new.name, new.metadata, new.version))
  execute function private.follow_public_file();
create trigger follow_the_removed_public_file after delete on storage.objects
  for each row when (old.bucket_id in ('listing-photos', 'avatars'))
    execute function private.follow_public_file();

-- A row that is written again while its file is still public.
create function private.note_published()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.published := new.published or exists (
    select from storage.objects
    where objects.bucket_id = 'listing-photos' and objects.name = new.storage_path);
  return new;
end $$;

create trigger note_the_published_photo before insert on public.listing_photos
  for each row execute function private.note_published();

create function private.is_checked(bucket_id text, name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return not exists (
    select from private.files_to_check
    where files_to_check.bucket_id = is_checked.bucket_id
      and files_to_check.name = is_checked.name);
end $$;

comment on function private.is_checked is
  'Rule: a file without a pending check reveals nothing but its pixels.';
grant execute on function private.is_checked to authenticated;

-- Guests of a home that was hidden still see where they stay. With their own token alone: an
-- address that Storage signs is as good for whatever comes under this name, for as long as whoever
-- asked for it said.
create policy "people see the checked photos they are shown" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'photo-uploads' and private.is_checked(bucket_id, name)
    and (select coalesce(storage.operation(), '') not like '%sign%')
    and exists (
      select from public.listing_photos
      where listing_photos.listing_id = private.listing_of_photo(objects.name)
        and listing_photos.storage_path = objects.name));
