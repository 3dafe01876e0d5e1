-- Checked files: what everyone sees is a picture, and tells nothing but its pixels.
--
-- A phone writes into a photo where and when it was taken. SQL cannot read a file, so each that comes to a
-- public bucket is ordered to be checked by the function check-files, which puts the same picture without
-- its metadata in its place, or has it refused. A file that was put in place is one that came: it is
-- checked again, found clean and left alone, so nothing has to remember which were done.

create type public.file_problem as enum ('not_an_image', 'wrong_type');

create table private.files_to_check (
  file_id uuid        primary key,
  attempt integer     not null default 0,
  tries   integer     not null default 0,
  due_at  timestamptz not null
);

create index files_to_check_due_at_idx on private.files_to_check (due_at);
alter table private.files_to_check enable row level security;
comment on table private.files_to_check is
  'Files of public buckets that are still to be checked; a row goes with its answer or its file.';
comment on column private.files_to_check.attempt is
  'Counts contents and claims: only whoever has the latest has a say.';
comment on column private.files_to_check.tries is 'Claims since this content came.';

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

create index refused_files_listing_id_idx on public.refused_files (listing_id) where listing_id is not null;
create index refused_files_profile_id_idx on public.refused_files (profile_id) where profile_id is not null;
create index refused_files_refused_at_idx on public.refused_files (refused_at);
alter table public.refused_files enable row level security;
create policy "people see why their files were removed" on public.refused_files
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('listing')))
    or profile_id = (select auth.uid()));
grant select on public.refused_files to authenticated;
-- No writes: a file is refused by the server, and the row goes after thirty days or with another file of the name.
comment on table public.refused_files is
  'Photos and pictures that were removed because they are not what they say: not_an_image is none of '
  'the types we take or is broken, wrong_type is an image of another type than was said.';
comment on column public.refused_files.listing_id is 'The home of a photo; null for a picture of a person.';
comment on column public.refused_files.profile_id is 'The person of a picture; null for a photo of a home.';

insert into private.export_rules (relation, owned_by) values
  ('public.refused_files', 'profile_id = $1 or listing_id = any ($2)');
insert into private.export_rules (relation, why_not) values
  ('private.files_to_check', 'The files themselves are listed; it says only that they are still to be looked at.');

-- What comes

create function private.order_check()
  returns trigger
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  insert into private.files_to_check (file_id, due_at) values (new.id, private.now())
  on conflict on constraint files_to_check_pkey do update
  set attempt = files_to_check.attempt + 1, tries = 0, due_at = excluded.due_at;
  delete from public.refused_files
  where refused_files.bucket_id = new.bucket_id and refused_files.name = new.name;
  perform private.call_function('check-files');
  return null;
end $$;

comment on function private.order_check() is
  'Rule: a file is checked whenever another content comes to a public place, whoever brings it.';

create trigger check_the_new_file after insert on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars')) execute function private.order_check();
create trigger check_the_changed_file after update of bucket_id, name, metadata, version on storage.objects
  for each row when (new.bucket_id in ('listing-photos', 'avatars')
    and (old.bucket_id, old.name, old.metadata, old.version)
      is distinct from (new.bucket_id, new.name, new.metadata, new.version))
  execute function private.order_check();

create function private.drop_check()
  returns trigger
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  delete from private.files_to_check where files_to_check.file_id = old.id;
  return null;
end $$;

create trigger drop_the_check after delete on storage.objects
  for each row when (old.bucket_id in ('listing-photos', 'avatars')) execute function private.drop_check();

-- What the function does

create type public.file_to_check as (
  file_id       uuid,
  attempt       integer,
  bucket_id     text,
  name          text,
  type          text,
  cache_seconds integer
);

create function private.claim_files(most integer)
  returns setof public.file_to_check
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  return query
    with due as (
      select files_to_check.file_id from private.files_to_check
      where files_to_check.due_at <= private.now()
      order by files_to_check.due_at
      limit least(claim_files.most, 100)
      for update skip locked
    ), claimed as (
      update private.files_to_check
      set attempt = files_to_check.attempt + 1, tries = files_to_check.tries + 1,
          due_at = private.now() + least(interval '2 minutes' * 2 ^ least(files_to_check.tries, 10), interval '1 day')
      from due
      where files_to_check.file_id = due.file_id
      returning files_to_check.file_id, files_to_check.attempt
    )
    select
      claimed.file_id, claimed.attempt, objects.bucket_id, objects.name,
      coalesce(objects.metadata ->> 'mimetype', ''),
      coalesce(substring(objects.metadata ->> 'cacheControl' from 'max-age=([0-9]{1,8})')::integer, 3600)
    from claimed
    join storage.objects on objects.id = claimed.file_id;
end $$;

comment on function private.claim_files(integer) is
  'Rule: a file is checked by one worker at a time. One that is not heard of gives it back after two '
  'minutes, then four, up to a day, so a file that nobody can read waits behind the others.';

create function private.finish_file(file_id uuid, attempt integer)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  delete from private.files_to_check
  where files_to_check.file_id = finish_file.file_id and files_to_check.attempt = finish_file.attempt;
  return found;
end $$;

comment on function private.finish_file(uuid, integer) is
  'Rule: a file is clean when its latest content was found so.';

create function private.refuse_file(file_id uuid, attempt integer, problem public.file_problem)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  file    storage.objects;
  listing uuid;
  person  uuid;
begin
  perform from private.files_to_check
  where files_to_check.file_id = refuse_file.file_id and files_to_check.attempt = refuse_file.attempt
  for update;
  if not found then
    return false;
  end if;
  select * into file from storage.objects where objects.id = refuse_file.file_id;
  if file.bucket_id = 'listing-photos' then
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
  -- The order stays for as long as the file: a worker that dies before it removed it, another follows.
  return true;
end $$;

comment on function private.refuse_file(uuid, integer, public.file_problem) is
  'Rule: a file that is not what it says is shown nowhere any more, and its people are told why.';

create function private.forget_refusals(most integer)
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from public.refused_files
  where (refused_files.bucket_id, refused_files.name) in (
    select old.bucket_id, old.name from public.refused_files as old
    where old.refused_at <= private.now() - interval '30 days'
    limit forget_refusals.most);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

comment on function private.forget_refusals(integer) is
  'Job: why a file was refused is told for thirty days.';

create function public.claim_files(most integer)
  returns setof public.file_to_check
  language sql
  volatile
  security invoker
  set search_path = ''
begin atomic
  select * from private.claim_files(claim_files.most);
end;

create function public.finish_file(file_id uuid, attempt integer)
  returns boolean
  language sql
  volatile
  security invoker
  set search_path = ''
  return private.finish_file(file_id, attempt);

create function public.refuse_file(file_id uuid, attempt integer, problem public.file_problem)
  returns boolean
  language sql
  volatile
  security invoker
  set search_path = ''
  return private.refuse_file(file_id, attempt, problem);

grant execute on function
  private.claim_files(integer), public.claim_files(integer),
  private.finish_file(uuid, integer), public.finish_file(uuid, integer),
  private.refuse_file(uuid, integer, public.file_problem), public.refuse_file(uuid, integer, public.file_problem)
  to service_role;
comment on function public.claim_files(integer) is
  'Server: takes files of public buckets that are to be checked, for two minutes.';
comment on function public.finish_file(uuid, integer) is
  'Server: a file was found clean; false when its content changed meanwhile.';
comment on function public.refuse_file(uuid, integer, public.file_problem) is
  'Server: a file is not what it says. True when it is to be removed, false when its content changed meanwhile.';
