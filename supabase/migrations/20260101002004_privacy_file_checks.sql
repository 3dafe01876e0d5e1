-- File checks: what the function check-files claims, reports and publishes.

create type public.file_to_check as (
  file_id       uuid,
  attempt       integer,
  bucket_id     text,
  name          text,
  type          text,
  cache_seconds integer,
  public_bucket text,
  brought       boolean,
  shown         boolean,
  to_show       boolean
);

create function private.claim_files(most integer)
  returns setof public.file_to_check language plpgsql volatile security definer set search_path = ''
as $$
declare
  claims uuid[];
begin
  with due as (
    select files_to_check.file_id from private.files_to_check
    where files_to_check.due_at <= private.now()
    order by files_to_check.due_at
    limit least(claim_files.most, 100)
    for update skip locked
  ), claimed as (
    update private.files_to_check
    set attempt = files_to_check.attempt + 1, tries = files_to_check.tries + 1,
        due_at = private.now()
          + least(interval '2 minutes' * 2 ^ least(files_to_check.tries, 10), interval '1 day')
    from due
    where files_to_check.file_id = due.file_id
    returning files_to_check.file_id
  )
  select array_agg(claimed.file_id) into claims from claimed;
  -- A statement of its own, which sees whatever was ordered before the claim.
  return query
    select
      claimed.file_id, claimed.attempt, claimed.bucket_id, claimed.name,
      coalesce(uploads.metadata ->> 'mimetype', ''),
      coalesce(substring(uploads.metadata ->> 'cacheControl' from 'max-age=([0-9]{1,8})')::integer,
        3600),
      private.public_bucket(claimed.bucket_id), uploads.id is not null, shown.id is not null,
      private.should_be_public(claimed.bucket_id, claimed.name)
    from private.files_to_check as claimed
    left join storage.objects as uploads
      on uploads.bucket_id = claimed.bucket_id and uploads.name = claimed.name
    left join storage.objects as shown
      on shown.bucket_id = private.public_bucket(claimed.bucket_id) and shown.name = claimed.name
    where claimed.file_id = any (claims);
end $$;

comment on function private.claim_files is
  'Rule: a file is checked by one worker at a time. A worker that is not heard of releases it '
  'after two minutes, then four, up to a day, so that a file nobody can read waits behind the '
  'others.';

create function private.finish_file(file_id uuid, attempt integer)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.files_to_check
  where files_to_check.file_id = finish_file.file_id
    and files_to_check.attempt = finish_file.attempt;
  return found;
end $$;

comment on function private.finish_file is
  'Rule: a file is valid if it was found so after its latest change.';

create function private.refuse_file(file_id uuid, attempt integer, problem public.file_problem)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  file    private.files_to_check;
  listing uuid;
  person  uuid;
begin
  select * into file from private.files_to_check where files_to_check.file_id = refuse_file.file_id;
  -- First the photo, then the order: as whoever writes to the public bucket does.
  if file.bucket_id = 'photo-uploads' then
    perform from public.listing_photos
    where listing_photos.listing_id = private.listing_of_photo(file.name)
      and listing_photos.storage_path = file.name
    for update;
  else
    perform from public.profiles
    where profiles.profile_id = private.owner_of_avatar(file.name)
    for no key update;
  end if;
  select * into file from private.files_to_check
  where files_to_check.file_id = refuse_file.file_id
    and files_to_check.attempt = refuse_file.attempt
  for update;
  if not found then
    return false;
  end if;
  if file.bucket_id = 'photo-uploads' then
    select listings.listing_id into listing from public.listings
    where listings.listing_id = private.listing_of_photo(file.name);
    delete from public.listing_photos
    where listing_photos.listing_id = listing and listing_photos.storage_path = file.name;
  else
    select profiles.profile_id into person from public.profiles
    where profiles.profile_id = private.owner_of_avatar(file.name);
    update public.profiles set avatar_path = null
    where profiles.profile_id = person and profiles.avatar_path = file.name;
  end if;
  if num_nonnulls(listing, person) = 1 then
    insert into public.refused_files (bucket_id, name, listing_id, profile_id, problem, refused_at)
    values (file.bucket_id, file.name, listing, person, refuse_file.problem, private.now())
    on conflict on constraint refused_files_pkey do update
    set problem = excluded.problem, refused_at = excluded.refused_at;
  end if;
  -- The order stays as it was, for as long as the file: a worker that dies before it removed it,
  -- another follows. That the row went is no change to come back for at once.
  update private.files_to_check
  set attempt = file.attempt, tries = file.tries, due_at = file.due_at
  where files_to_check.file_id = file.file_id and files_to_check.attempt <> file.attempt;
  return true;
end $$;

comment on function private.refuse_file is
  'Rule: a file that is not what it claims to be is not shown anywhere any more, and its people '
  'are told why.';

-- What was missed

-- Orders are written with what makes them necessary, so none is missed, unless somebody restores a
-- backup, writes past the triggers or deletes an order by hand. A file must not stay public because
-- of that.
create table private.compared_files (
  singleton boolean primary key default true,
  bucket_id text    not null default '',
  name      text    not null default '',

  constraint compared_files_are_one_row check (singleton)
);

alter table private.compared_files enable row level security;
insert into private.compared_files default values;
comment on table private.compared_files is 'The last file that private.compare_files checked.';

create function private.compare_file(file_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  file record;
begin
  select objects.name,
    coalesce(private.upload_bucket(objects.bucket_id), objects.bucket_id) as uploads
  into file
  from storage.objects where objects.id = compare_file.file_id;
  if private.should_be_public(file.uploads, file.name) is not distinct from exists (
      select from storage.objects
      where objects.bucket_id = private.public_bucket(file.uploads) and objects.name = file.name)
    or exists (
      select from private.files_to_check
      where files_to_check.bucket_id = file.uploads and files_to_check.name = file.name)
  then
    return false;
  end if;
  return private.order_checks(file.uploads, array[file.name]) > 0;
end $$;

create function private.compare_files(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  file    record;
  last    private.compared_files;
  looked  integer := 0;
  ordered integer := 0;
begin
  select * into last from private.compared_files for update skip locked;
  if not found then
    return 0;
  end if;
  for file in
    select objects.id, objects.bucket_id, objects.name
    from storage.objects
    where (objects.bucket_id, objects.name) > (last.bucket_id, last.name)
      and objects.bucket_id in ('photo-uploads', 'listing-photos', 'avatar-uploads', 'avatars')
    order by objects.bucket_id, objects.name
    limit compare_files.most
  loop
    looked := looked + 1;
    last.bucket_id := file.bucket_id;
    last.name := file.name;
    ordered := ordered + private.attempt('compare_files', file.id, 'compare_file', file.id);
  end loop;
  -- At the end it begins again.
  if looked < compare_files.most then
    last.bucket_id := '';
    last.name := '';
  end if;
  update private.compared_files set bucket_id = last.bucket_id, name = last.name
  where (compared_files.bucket_id, compared_files.name) <> (last.bucket_id, last.name);
  return ordered;
end $$;

comment on function private.compare_files is
  'Job: walks through all photos and profile pictures, a few at a time, and queues those that are '
  'public and should not be, or the reverse.';

create function private.forget_refusals(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from public.refused_files
  where (refused_files.bucket_id, refused_files.name) in (
    select old.bucket_id, old.name from public.refused_files as old
    where old.refused_at <= (select private.kept_until('refused_files'))
    limit forget_refusals.most
    for update skip locked);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

comment on function private.forget_refusals is
  'Job: deletes the reason why a file was refused, once it has been kept as long as '
  'private.retention says.';

create function public.claim_files(most integer)
  returns setof public.file_to_check language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.claim_files(claim_files.most);
end;

create function public.finish_file(file_id uuid, attempt integer)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.finish_file(file_id, attempt);

create function public.refuse_file(file_id uuid, attempt integer, problem public.file_problem)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.refuse_file(file_id, attempt, problem);

grant execute on function
  private.claim_files, public.claim_files, private.finish_file, public.finish_file,
  private.refuse_file, public.refuse_file
  to service_role;
comment on function public.claim_files is
  'Server: claims files that have to be checked, or made public or private, for two minutes. '
  'brought: somebody uploaded it and it is still there; shown: it is in the public bucket; '
  'to_show: it should be there.';
comment on function public.finish_file is
  'Server: records that a file was found to be valid; returns false if something changed in the '
  'meantime.';
comment on function public.refuse_file is
  'Server: records that a file is not what it claims to be. Returns true if it is to be removed, '
  'false if something changed in the meantime.';

insert into private.export_rules (relation, why_not) values
  ('private.compared_files', 'The progress of a job of the marketplace.');
