-- Files: pictures of people, how many files there may be, and what becomes of those that nothing
-- refers to.
--
-- Hosted projects allow policies and triggers on storage's tables, no more. What a policy counts,
-- two uploads at once count alike; so the limits are kept by a trigger that takes one folder at a
-- time. What was uploaded and is not part of anything a day later is removed.

alter table private.settings
  add column photo_files  smallint not null default 100,
  add column avatar_files smallint not null default 3,
  add constraint settings_take_some_photos  check (photo_files between 1 and 1000),
  add constraint settings_take_some_avatars check (avatar_files between 1 and 100);

comment on column private.settings.photo_files is
  'How many photo files a home may have in Storage.';
comment on column private.settings.avatar_files is
  'How many profile pictures a person may have in Storage.';

-- Pictures of people: brought to avatar-uploads, public in avatars, as photos are.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
select bucket_id, bucket_id, public, 5242880, array['image/jpeg', 'image/png', 'image/webp']
from (values ('avatar-uploads', false), ('avatars', true)) as buckets (bucket_id, public)
on conflict (id) do nothing;

-- <profile_id>/<file name>; what is not of this form is nobody's.
create function private.owner_of_avatar(file_name text)
  returns uuid language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when file_name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[A-Za-z0-9._-]{1,120}$'
    then left(file_name, 36)::uuid
  end;
end $$;

grant execute on function private.owner_of_avatar to authenticated;
comment on function private.owner_of_avatar is
  'Rule: the path of a profile picture names its person.';

create policy "people see their own pictures" on storage.objects
  for select to authenticated
  using (bucket_id = 'avatar-uploads' and private.owner_of_avatar(name) = (select auth.uid()));
create policy "people add their own pictures" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatar-uploads' and private.owner_of_avatar(name) = (select auth.uid())
    and (select private.caller_is_active()));
create policy "people replace their own pictures" on storage.objects
  for update to authenticated
  using (bucket_id = 'avatar-uploads' and private.owner_of_avatar(name) = (select auth.uid()))
  with check (
    bucket_id = 'avatar-uploads' and private.owner_of_avatar(name) = (select auth.uid())
    and (select private.caller_is_active()));
create policy "people remove their own pictures" on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'avatar-uploads' and private.owner_of_avatar(name) = (select auth.uid())
    and (select private.caller_is_active()));

create policy "staff see the photos and pictures that people bring" on storage.objects
  for select to authenticated
  using (bucket_id in ('photo-uploads', 'avatar-uploads') and (select private.caller_is_staff()));

-- A file keeps its bucket: Storage's move looks at the policies of both buckets and at neither's
-- limits of size and type.
create function private.keep_bucket()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  raise exception 'frozen'
    using errcode = '42501', detail = 'A file cannot be moved to another bucket.';
end $$;

comment on function private.keep_bucket is
  'Rule: no file can be moved into or out of one of our buckets, by anyone.';

create trigger keep_the_bucket before update of bucket_id on storage.objects
  for each row when (old.bucket_id <> new.bucket_id
    and (old.bucket_id in ('photo-uploads', 'listing-photos', 'avatar-uploads', 'avatars',
      'evidence')
      or new.bucket_id in ('photo-uploads', 'listing-photos', 'avatar-uploads', 'avatars',
        'evidence')))
  execute function private.keep_bucket();

-- How many files there may be

create function private.limit_files()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  folder text := regexp_replace(new.name, '[^/]*$', '');
  most   integer := (
    select case new.bucket_id
      when 'photo-uploads' then settings.photo_files
      when 'evidence' then settings.evidence_files
      else settings.avatar_files end
    from private.settings);
begin
  -- One file of a folder at a time: two at once would each see room for the last.
  perform pg_advisory_xact_lock(hashtextextended('files/' || new.bucket_id || '/' || folder, 0));
  -- A range of bytes, for which there is an index whatever the collation; 0 comes after the slash.
  if (select count(*) from storage.objects
      where objects.bucket_id = new.bucket_id and objects.name <> new.name and objects.id <> new.id
        and objects.name ~>=~ folder and objects.name ~<~ (left(folder, -1) || '0')) >= most
  then
    -- Storage says 403 to this state (in the body of a 400), with this message; to any other of our
    -- own 500.
    raise exception 'too_many_files' using errcode = '42501',
      detail = 'At most ' || most || ' files are allowed here.';
  end if;
  return new;
end $$;

comment on function private.limit_files is
  'Rule: a home, a report and a person have a limited number of files, even with concurrent '
  'uploads. A public file is one of them.';

create trigger limit_the_files before insert on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'evidence', 'avatar-uploads'))
  execute function private.limit_files();
create trigger limit_the_moved_files before update of name on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'evidence', 'avatar-uploads')
    and old.name <> new.name)
  execute function private.limit_files();

-- What nothing refers to

create table private.loose_files (
  file_id   uuid        primary key default gen_random_uuid(),
  bucket_id text        not null,
  name      text        not null,
  since     timestamptz not null,

  constraint loose_files_are_listed_once unique (bucket_id, name)
);

create index loose_files_since_idx on private.loose_files (since);
alter table private.loose_files enable row level security;
comment on table private.loose_files is
  'Files that nothing refers to, or did not when they were uploaded. A row is deleted when its '
  'file is, or once something refers to it.';

create function private.is_used(bucket_id text, name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return case is_used.bucket_id
    when 'photo-uploads' then exists (
      select from public.listing_photos
      where listing_photos.listing_id = private.listing_of_photo(is_used.name)
        and listing_photos.storage_path = is_used.name)
    else exists (
      select from public.profiles
      where profiles.profile_id = private.owner_of_avatar(is_used.name)
        and profiles.avatar_path = is_used.name) end;
end $$;

comment on function private.is_used is
  'Rule: a photo file is used by a row of its home, a profile picture by the profile of its '
  'person.';

create function private.follow_file()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    delete from private.loose_files
    where loose_files.bucket_id = old.bucket_id and loose_files.name = old.name;
  end if;
  if tg_op <> 'DELETE' and new.bucket_id in ('photo-uploads', 'avatar-uploads')
    and not private.is_used(new.bucket_id, new.name)
  then
    insert into private.loose_files (bucket_id, name, since)
    values (new.bucket_id, new.name, private.now())
    on conflict on constraint loose_files_are_listed_once do update set since = excluded.since;
  end if;
  return null;
end $$;

create trigger follow_the_new_file after insert on storage.objects
  for each row when (new.bucket_id in ('photo-uploads', 'avatar-uploads'))
    execute function private.follow_file();
create trigger follow_the_moved_file after update of name on storage.objects
  for each row when (old.name <> new.name) execute function private.follow_file();
create trigger follow_the_removed_file after delete on storage.objects
  for each row when (old.bucket_id in ('photo-uploads', 'avatar-uploads'))
    execute function private.follow_file();

create function private.release_file()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  bucket text := tg_argv[0];
  path   text := to_jsonb(old) ->> tg_argv[1];
begin
  insert into private.loose_files (bucket_id, name, since)
  select objects.bucket_id, objects.name, private.now() from storage.objects
  where objects.bucket_id = bucket and objects.name = path
  on conflict on constraint loose_files_are_listed_once do update set since = excluded.since;
  return null;
end $$;

comment on function private.release_file is
  'Rule: a file is loose from the moment its photo or profile no longer refers to it.';

create trigger release_the_photo after delete on public.listing_photos
  for each row execute function private.release_file('photo-uploads', 'storage_path');
create trigger release_the_picture after update of avatar_path on public.profiles
  for each row when (old.avatar_path is distinct from new.avatar_path
    and old.avatar_path is not null)
  execute function private.release_file('avatar-uploads', 'avatar_path');

create function private.forget_file(file private.loose_files)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_used(file.bucket_id, file.name) then
    delete from private.loose_files where loose_files.file_id = file.file_id;
    return false;
  end if;
  perform private.queue_command('remove_unused',
    concat_ws('/', file.file_id, extract(epoch from file.since)), subject_id => file.file_id);
  -- Another day from now it is ordered again, should the file still be there.
  update private.loose_files set since = private.now() where loose_files.file_id = file.file_id;
  return true;
end $$;

create function private.forget_files(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  file    private.loose_files;
  ordered integer := 0;
begin
  for file in
    select * from private.loose_files
    where loose_files.since <= private.now() - interval '1 day'
      and loose_files.file_id not in (select private.rows_aside('forget_files'))
    order by loose_files.since
    limit forget_files.most
    for update skip locked
  loop
    ordered := ordered + private.attempt('forget_files', file.file_id, 'forget_file', file);
  end loop;
  return ordered;
end $$;

comment on function private.forget_files is
  'Job: removes photos and profile pictures that nothing has referred to for a day.';

insert into private.export_rules (relation, why_not) values
  ('private.loose_files', 'Names of files in Storage, which are exported themselves.');
