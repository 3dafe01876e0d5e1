-- Evidence: files that people add to their reports, and to the cases of their stays.
--
-- A file lies under <own profile_id>/<case>/<file name>. The case is the id of a report, a
-- complaint or a claim for damage; a no-show has that of its booking. Whoever wrote the report, or
-- takes part in the stay, adds files while the case is open. Staff decide by them; apart from staff
-- and whoever added them nobody sees them, the other side of the stay included.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'evidence', 'evidence', false, 20971520,
  array['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'application/pdf', 'video/mp4'])
on conflict (id) do nothing;

-- The cases of stays

create function private.cases_of_stays(case_id uuid)
  returns table (booking_id uuid, is_open boolean)
  language sql stable security definer set search_path = ''
begin atomic
  select complaints.booking_id, complaints.closed_at is null from public.complaints
  where complaints.complaint_id = cases_of_stays.case_id
  union all
  select damage_claims.booking_id, damage_claims.closed_at is null from public.damage_claims
  where damage_claims.claim_id = cases_of_stays.case_id
  union all
  select no_shows.booking_id, no_shows.closed_at is null from public.no_shows
  where no_shows.booking_id = cases_of_stays.case_id;
end;

comment on function private.cases_of_stays is
  'The complaint, claim for damage or no-show with this id: its stay, and whether it is open.';

create function private.people_of_case(case_id uuid)
  returns table (profile_id uuid) language sql stable security definer set search_path = ''
begin atomic
  select bookings.guest_id
  from private.cases_of_stays(people_of_case.case_id) as found
  join public.bookings on bookings.booking_id = found.booking_id
  union
  select hosts.profile_id
  from private.cases_of_stays(people_of_case.case_id) as found
  join public.bookings on bookings.booking_id = found.booking_id
  cross join lateral (
    select listing_hosts.profile_id from public.listing_hosts
    where listing_hosts.listing_id = bookings.listing_id
    union
    select past_hosts.profile_id from private.past_hosts
    where past_hosts.listing_id = bookings.listing_id) as hosts;
end;

comment on function private.people_of_case is
  'Who may have added files to a case of a stay: its guest, and the hosts of the home now and '
  'lately.';

-- Who adds files, and who sees them

create function private.is_party_to_open_case(case_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.reports
    where reports.report_id = case_id and reports.reporter_id = auth.uid()
      and reports.status = 'open')
    or exists (
    select from private.cases_of_stays(case_id) as found
    join public.bookings on bookings.booking_id = found.booking_id
    where found.is_open
      and (bookings.guest_id = auth.uid()
        or private.may_manage(bookings.listing_id, 'bookings')));
end $$;

comment on function private.is_party_to_open_case is
  'Rule: a report is its reporter''s; a case of a stay is its guest''s and of the hosts who manage '
  'its bookings.';

create function private.may_add_evidence(file_name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  folder text := auth.uid()::text || '/' || split_part(file_name, '/', 2) || '/';
begin
  if file_name !~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/){2}[A-Za-z0-9._-]{1,120}$'
    or not starts_with(file_name, folder)
  then
    return false;
  end if;
  return private.is_party_to_open_case(split_part(file_name, '/', 2)::uuid)
    and (select count(*) from storage.objects
      where objects.bucket_id = 'evidence' and starts_with(objects.name, folder))
      < (select settings.evidence_files from private.settings);
end $$;

comment on function private.may_add_evidence is
  'Rule: people add evidence to their own open reports and cases, a few files to each.';

create function private.may_see_evidence(file_name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return starts_with(file_name, auth.uid()::text || '/') or private.caller_is_staff();
end $$;

comment on function private.may_see_evidence is
  'Rule: evidence is visible to whoever uploaded it and to staff.';

grant execute on function private.may_add_evidence, private.may_see_evidence to authenticated;

create policy "people add evidence to their own reports and cases" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'evidence' and (select private.caller_is_active())
      and private.may_add_evidence(name));
create policy "people see their own evidence, staff all of it" on storage.objects
  for select to authenticated
  using (bucket_id = 'evidence' and private.may_see_evidence(name));
-- No update and no delete: evidence stays as it was brought.

-- What staff find with a case of a stay. Reports come with theirs.

create type public.evidence_file as (
  path       text,
  profile_id uuid,
  added_at   timestamptz
);

create function private.evidence_in(folder text)
  returns table (name text, added_at timestamptz)
  language sql stable security definer set search_path = ''
begin atomic
  select files.name, files.created_at
  from (
    -- A range of bytes, for which there is an index whatever the collation; 0 comes after the
    -- slash.
    select objects.name, objects.bucket_id, objects.created_at from storage.objects
    where objects.name ~>=~ evidence_in.folder
      and objects.name ~<~ (rtrim(evidence_in.folder, '/') || '0')
    offset 0) as files
  where files.bucket_id = 'evidence';
end;

create function private.staff_evidence(case_id uuid)
  returns setof public.evidence_file language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select files.name, people.profile_id, files.added_at
    from private.people_of_case(staff_evidence.case_id) as people
    cross join lateral private.evidence_in(
      people.profile_id || '/' || staff_evidence.case_id || '/') as files
    order by files.added_at, files.name;
end $$;

comment on function private.staff_evidence is
  'Rule: staff see the files that the guest and the hosts of a stay added to one of its cases.';

create function public.staff_evidence(case_id uuid)
  returns setof public.evidence_file language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_evidence(case_id);
end;

comment on function public.staff_evidence is
  'The files of evidence of a complaint, a claim for damage or a no-show (its booking_id), the oldest '
  'first, with who added them; read them in the bucket evidence. Guests and hosts upload theirs '
  'while the case is open, under <own profile_id>/<case_id>/. Errors: staff_only.';

grant execute on function private.staff_evidence, public.staff_evidence to authenticated;

-- What goes

create table private.kept_evidence (
  case_id   uuid        primary key,
  people    uuid[]      not null,
  closed_at timestamptz not null
);

alter table private.kept_evidence enable row level security;
create index kept_evidence_closed_at_idx on private.kept_evidence (closed_at);
comment on table private.kept_evidence is
  'Cases of stays that are closed, with who may have added files to them. A row goes with its '
  'files, after as many days as private.retention says: until then nobody forgets former hosts.';

create function private.keep_evidence()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  subject constant uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
begin
  insert into private.kept_evidence (case_id, people, closed_at)
  values (subject, array(
    select people.profile_id from private.people_of_case(subject) as people
    order by people.profile_id), new.closed_at)
  on conflict (case_id) do update set people = excluded.people, closed_at = excluded.closed_at;
  return null;
end $$;

comment on function private.keep_evidence is
  'Rule: from when it is closed, the evidence of a case is kept for a time.';

create trigger keep_the_evidence after update of closed_at on public.complaints
  for each row
  when (new.closed_at is not null and new.closed_at is distinct from old.closed_at)
  execute function private.keep_evidence('complaint_id');
create trigger keep_the_evidence after update of closed_at on public.damage_claims
  for each row
  when (new.closed_at is not null and new.closed_at is distinct from old.closed_at)
  execute function private.keep_evidence('claim_id');
create trigger keep_the_evidence after update of closed_at on public.no_shows
  for each row
  when (new.closed_at is not null and new.closed_at is distinct from old.closed_at)
  execute function private.keep_evidence('booking_id');

create function private.evidence_to_remove(subject_id uuid)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
begin
  return array(
    select files.name
    from (
      select reports.reporter_id || '/' || reports.report_id || '/' as folder, false as of_person
      from public.reports
      where reports.report_id = evidence_to_remove.subject_id
      union all
      select people.profile_id || '/' || kept_evidence.case_id || '/', false
      from private.kept_evidence
      cross join lateral unnest(kept_evidence.people) as people (profile_id)
      where kept_evidence.case_id = evidence_to_remove.subject_id
        and kept_evidence.closed_at < private.kept_until('evidence')
      union all
      select profiles.profile_id || '/', true from public.profiles
      where profiles.profile_id = evidence_to_remove.subject_id
        and profiles.erased_at is not null) as gone
    cross join lateral private.evidence_in(gone.folder) as files
    where not exists (
      select from public.reports
      where reports.report_id::text = split_part(files.name, '/', 2)
        and (reports.status = 'open' or gone.of_person))
    order by files.name);
end $$;

comment on function private.evidence_to_remove is
  'Rule: the evidence of a closed report, of a case of a stay that was closed long ago, or what a '
  'deleted person added to cases of stays, as it is in Storage now. What is with their open reports '
  'stays until the decision, and then goes with them.';
