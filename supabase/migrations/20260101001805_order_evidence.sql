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

create function private.staff_evidence(case_id uuid)
  returns setof public.evidence_file language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    with people as (
      select bookings.guest_id as profile_id
      from private.cases_of_stays(staff_evidence.case_id) as found
      join public.bookings on bookings.booking_id = found.booking_id
      union
      select hosts.profile_id
      from private.cases_of_stays(staff_evidence.case_id) as found
      join public.bookings on bookings.booking_id = found.booking_id
      cross join lateral (
        select listing_hosts.profile_id from public.listing_hosts
        where listing_hosts.listing_id = bookings.listing_id
        union
        select past_hosts.profile_id from private.past_hosts
        where past_hosts.listing_id = bookings.listing_id) as hosts
    )
    select files.name, people.profile_id, files.created_at
    from people
    cross join lateral (
      -- A range of bytes, for which there is an index whatever the collation; 0 comes after the
      -- slash.
      select objects.name, objects.bucket_id, objects.created_at from storage.objects
      where objects.name ~>=~ (people.profile_id || '/' || staff_evidence.case_id || '/')
        and objects.name ~<~ (people.profile_id || '/' || staff_evidence.case_id || '0')
      offset 0) as files
    where files.bucket_id = 'evidence'
    order by files.created_at, files.name;
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

create function private.evidence_to_remove(subject_id uuid)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
declare
  closed public.reports;
  folder text;
begin
  select * into closed from public.reports
  where reports.report_id = evidence_to_remove.subject_id and reports.status = 'closed';
  folder := coalesce(closed.reporter_id || '/' || closed.report_id || '/', (
    select profiles.profile_id || '/' from public.profiles
    where profiles.profile_id = evidence_to_remove.subject_id
      and profiles.erased_at is not null));
  return array(
    select objects.name from storage.objects
    where objects.bucket_id = 'evidence' and starts_with(objects.name collate "C", folder)
      and (closed.report_id is not null or not exists (
        select from public.reports
        where reports.report_id::text = split_part(objects.name, '/', 2)))
    order by objects.name);
end $$;

comment on function private.evidence_to_remove is
  'Rule: the evidence of a closed report, or what a deleted person added to cases of stays, as it '
  'is in Storage now. What is with their open reports stays until the decision.';
