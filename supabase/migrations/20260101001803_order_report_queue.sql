-- Report queue: what staff take and decide, and measures without a report.

create type public.staff_report as (
  report_id   uuid,
  subject     public.report_subject,
  subject_id  uuid,
  category    public.report_category,
  body        text,
  excerpt     text,
  evidence    text[],
  reporter_id uuid,
  profile_id  uuid,
  status      public.report_status,
  claimed_by  uuid,
  claimed_at  timestamptz,
  measures    public.moderation_measure[],
  created_at  timestamptz,
  closed_at   timestamptz
);

create function private.report_for_staff(report public.reports)
  returns public.staff_report language plpgsql stable security definer set search_path = ''
as $$
declare
  folder text := report.reporter_id || '/' || report.report_id;
  seen   public.staff_report;
begin
  select report.report_id, report.subject, report.subject_id, report.category, report.body,
    report_cases.excerpt,
    array(
      select found.name
      from (
        -- All that begins with the folder and a slash, as a range of bytes, for which there is an
        -- index whatever the collation; the character after the slash is 0. Fenced, or all evidence
        -- is read.
        select objects.name, objects.bucket_id from storage.objects
        where objects.name ~>=~ (folder || '/') and objects.name ~<~ (folder || '0')
        offset 0) as found
      where found.bucket_id = 'evidence'
      order by found.name),
    report.reporter_id, report_cases.profile_id, report.status, report_cases.claimed_by,
    report_cases.claimed_at,
    array(
      select decisions.measure from private.decisions
      where decisions.report_id = report.report_id order by decisions.measure),
    report.created_at, report.closed_at
  into seen
  from private.report_cases where report_cases.report_id = report.report_id;
  return seen;
end $$;

create function private.staff_reports(status public.report_status, after uuid, page_size integer)
  returns setof public.staff_report language plpgsql stable security definer set search_path = ''
as $$
declare
  last public.reports;
begin
  perform private.staff_reader();
  if page_size is null or page_size not between 1 and 100 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  select * into last from public.reports where reports.report_id = staff_reports.after;
  return query
    select case_of.*
    from (
      select * from public.reports
      where reports.status = staff_reports.status
        and (reports.created_at, reports.report_id)
          > (coalesce(last.created_at, '-infinity'),
             coalesce(last.report_id, '00000000-0000-0000-0000-000000000000'))
      order by reports.created_at, reports.report_id
      limit page_size) as page
    cross join lateral private.report_for_staff(row(page.*)::public.reports) as case_of
    order by case_of.created_at, case_of.report_id;
end $$;

create function private.report_to_decide(report_id uuid)
  returns public.reports language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.staff_caller();
  report public.reports;
  holder private.report_cases;
begin
  select * into report from public.reports
  where reports.report_id = report_to_decide.report_id for no key update;
  if not found then perform private.refuse('report_not_found'); end if;
  select * into strict holder from private.report_cases
    where report_cases.report_id = report.report_id;
  if caller = report.reporter_id or caller = holder.profile_id then
    perform private.refuse('own_case');
  end if;
  if report.subject = 'listing' then
    perform private.check_impartial(null, report.subject_id);
  end if;
  if report.status = 'open' and holder.claimed_by <> caller
    and holder.claimed_at > private.now()
      - make_interval(hours => (select settings.report_claim_hours from private.settings))
  then
    perform private.refuse('report_claimed');
  end if;
  return report;
end $$;

comment on function private.report_to_decide is
  'Rule: one staff member has a report at a time, until they decide or their time is over; never '
  'one who reported it, whom it is about or whose home it is.';

create function private.staff_claim_report(report_id uuid)
  returns public.staff_report language plpgsql volatile security definer set search_path = ''
as $$
declare
  report public.reports := private.report_to_decide(staff_claim_report.report_id);
begin
  if report.status = 'closed' then perform private.refuse('report_closed'); end if;
  update private.report_cases set claimed_by = auth.uid(), claimed_at = private.now()
  where report_cases.report_id = report.report_id and report_cases.claimed_by is distinct
    from auth.uid();
  return private.report_for_staff(report);
end $$;

create trigger audit_the_claim after update of claimed_by on private.report_cases
  for each row when (old.claimed_by is distinct from new.claimed_by)
  execute function private.audit_row('report', 'report', 'report_id');

create function private.staff_decide_report(
  report_id uuid, measures public.moderation_measure[], reason text, notice text)
  returns public.staff_report language plpgsql volatile security definer set search_path = ''
as $$
declare
  report  public.reports := private.report_to_decide(staff_decide_report.report_id);
  about   uuid := (select report_cases.profile_id from private.report_cases
                   where report_cases.report_id = staff_decide_report.report_id);
  wanted  public.moderation_measure[] := array(
    select distinct measure from unnest(measures) as measure where measure is not null
      order by measure);
  measure public.moderation_measure;
begin
  perform private.check_reason(reason);
  perform private.check_text(notice);
  if report.status = 'closed' then
    if wanted = array(
      select decisions.measure from private.decisions
      where decisions.report_id = report.report_id order by decisions.measure)
    then
      return private.report_for_staff(report);
    end if;
    perform private.refuse('report_closed');
  end if;
  if wanted = '{}' or ('dismiss' = any (wanted) and cardinality(wanted) > 1)
    or wanted && '{show_listing,lift_suspension}'
    or ('remove_review' = any (wanted) and report.subject <> 'review')
    or ('remove_message' = any (wanted) and report.subject <> 'message')
    or ('hide_listing' = any (wanted) and report.subject <> 'listing')
    or (about is null and wanted && '{warn,suspend}')
  then
    perform private.refuse('invalid_measures');
  end if;

  foreach measure in array wanted loop
    perform private.decide(report.report_id, measure, report.subject_id, about, reason, notice);
  end loop;
  update private.report_cases set claimed_by = auth.uid(), claimed_at = private.now()
  where report_cases.report_id = report.report_id and report_cases.claimed_by is distinct
    from auth.uid();
  update public.reports set status = 'closed', closed_at = private.now()
  where reports.report_id = report.report_id
  returning * into report;
  return private.report_for_staff(report);
end $$;

comment on function private.staff_decide_report is
  'Rule: a report is decided once, by measures that fit what it is about.';

-- Measures without a report

create function private.judge_person(
  profile_id uuid, measure public.moderation_measure, reason text, notice text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.staff_caller();
begin
  perform private.check_reason(reason);
  perform private.check_text(notice);
  if judge_person.profile_id = caller then perform private.refuse('own_case'); end if;
  if not exists (select from public.profiles
    where profiles.profile_id = judge_person.profile_id)
  then
    perform private.refuse('profile_not_found');
  end if;
  perform private.decide(
    null, judge_person.measure, judge_person.profile_id, judge_person.profile_id, reason, notice);
end $$;

create function private.judge_listing(
  listing_id uuid, measure public.moderation_measure, reason text, notice text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  host uuid;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  perform private.check_text(notice);
  select listings.host_id into host from public.listings
  where listings.listing_id = judge_listing.listing_id;
  if not found then perform private.refuse('listing_not_found'); end if;
  perform private.check_impartial(null, judge_listing.listing_id);
  perform private.decide(null, judge_listing.measure, judge_listing.listing_id, host, reason,
    notice);
end $$;

-- One rule for each verb: a right given to one is not a right to the others.
create function private.staff_suspend(profile_id uuid, reason text, notice text)
  returns void language sql volatile security definer set search_path = ''
  return private.judge_person(profile_id, 'suspend', reason, notice);

create function private.staff_lift_suspension(profile_id uuid, reason text, notice text)
  returns void language sql volatile security definer set search_path = ''
  return private.judge_person(profile_id, 'lift_suspension', reason, notice);

create function private.staff_hide_listing(listing_id uuid, reason text, notice text)
  returns void language sql volatile security definer set search_path = ''
  return private.judge_listing(listing_id, 'hide_listing', reason, notice);

create function private.staff_show_listing(listing_id uuid, reason text, notice text)
  returns void language sql volatile security definer set search_path = ''
  return private.judge_listing(listing_id, 'show_listing', reason, notice);

-- Messages that were removed

alter table public.messages add column removed_at timestamptz;
comment on column public.messages.removed_at is
  'When staff removed it; its text is gone for both sides.';

-- What was decided about a person or an object

create type public.staff_decision as (
  decision_id uuid,
  report_id   uuid,
  staff_id    uuid,
  measure     public.moderation_measure,
  object_id   uuid,
  profile_id  uuid,
  reason      text,
  decided_at  timestamptz
);

create function private.staff_decisions(about_id uuid)
  returns setof public.staff_decision language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select decisions.decision_id, decisions.report_id, decisions.staff_id, decisions.measure,
      decisions.object_id, decisions.profile_id, decisions.reason, decisions.decided_at
    from private.decisions
    where decisions.profile_id = about_id or decisions.object_id = about_id
    order by decisions.decided_at desc, decisions.decision_id
    limit 200;
end $$;

create function public.staff_reports(
  status public.report_status default 'open', after uuid default null, page_size integer default 50)
  returns setof public.staff_report language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_reports(status, after, page_size);
end;

comment on function public.staff_reports is
  'The queue of reports, oldest first, one page at a time: after is the last report_id seen. Each '
  'has the text as it was when reported, the paths of its evidence, the person it is about and the '
  'decision. Errors: staff_only, invalid_page_size.';

create function public.staff_claim_report(report_id uuid)
  returns public.staff_report language sql volatile security invoker set search_path = ''
  return private.staff_claim_report(report_id);

comment on function public.staff_claim_report is
  'Claims a report for the calling staff member; nobody else can decide it for a day. Repeating it '
  'changes nothing. Errors: staff_only, report_not_found, report_claimed, report_closed, own_case.';

create function public.staff_decide_report(
  report_id uuid, measures public.moderation_measure[], reason text, notice text default '')
  returns public.staff_report language sql volatile security invoker set search_path = ''
  return private.staff_decide_report(report_id, measures, reason, notice);

comment on function public.staff_decide_report is
  'Staff close a report: dismiss, or any of warn, suspend, hide_listing, remove_review and '
  'remove_message that fit it. The reason is internal, the notice goes to the person concerned. '
  'Repeating it changes nothing. Errors: staff_only, report_not_found, report_claimed, '
  'report_closed, own_case, staff_member, invalid_measures, reason_required, message_too_long.';

create function public.staff_suspend(profile_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_suspend(profile_id, reason, notice);

comment on function public.staff_suspend is
  'Suspends a person from now on: no bookings, no listings in search, no messages. Bookings that '
  'are not confirmed end and are refunded. Repeating it changes nothing. Errors: staff_only, '
  'profile_not_found, own_case, staff_member, reason_required, message_too_long.';

create function public.staff_lift_suspension(profile_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_lift_suspension(profile_id, reason, notice);

comment on function public.staff_lift_suspension is
  'Lifts a suspension. Repeating it changes nothing. Errors: those of staff_suspend.';

create function public.staff_hide_listing(listing_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_hide_listing(listing_id, reason, notice);

comment on function public.staff_hide_listing is
  'Hides a listing until staff show it again. Bookings that are not confirmed end and are '
  'refunded. Repeating it changes nothing. Errors: staff_only, listing_not_found, own_case, '
  'reason_required, message_too_long.';

create function public.staff_show_listing(listing_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_show_listing(listing_id, reason, notice);

comment on function public.staff_show_listing is
  'Lets the hosts publish a listing that staff had hidden. Repeating it changes nothing. Errors: '
  'those of staff_hide_listing.';

create function public.staff_decisions(about_id uuid)
  returns setof public.staff_decision language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_decisions(about_id);
end;

comment on function public.staff_decisions is
  'The decisions of staff about a person, listing, review or message, newest first, at most 200. '
  'Errors: staff_only.';

grant execute on function
  private.staff_reports, private.staff_claim_report, private.staff_decide_report,
  private.staff_suspend, private.staff_lift_suspension, private.staff_hide_listing,
  private.staff_show_listing, private.staff_decisions, public.staff_reports,
  public.staff_claim_report, public.staff_decide_report, public.staff_suspend,
  public.staff_lift_suspension, public.staff_hide_listing, public.staff_show_listing,
  public.staff_decisions
  to authenticated;
