-- Reports: what people report, and what staff decide about it.
--
-- A report is the reporter's and stays it; what staff make of it stands in `private`. A decision is
-- a row that is never changed, and takes effect where it is made: a suspension counts from the next
-- call on, whatever token comes with it.

create type public.report_subject as enum ('listing', 'person', 'review', 'message');
create type public.report_category as enum (
  'fraud', 'harassment', 'hate', 'danger', 'illegal', 'inaccurate', 'spam', 'other');
comment on type public.report_category is
  'Why somebody reports: the reasons that a client may offer.';

create type public.report_status as enum ('open', 'closed');
create type public.moderation_measure as enum (
  'dismiss', 'warn', 'remove_review', 'remove_message', 'hide_listing', 'show_listing', 'suspend',
  'lift_suspension');

alter table private.settings
  add column reports_a_day      smallint not null default 20,
  add column report_claim_hours smallint not null default 24,
  add column evidence_files     smallint not null default 10,
  add constraint settings_let_people_report check (reports_a_day between 1 and 1000),
  add constraint settings_claims_lapse      check (report_claim_hours between 1 and 168),
  add constraint settings_take_some_files   check (evidence_files between 1 and 100);

comment on column private.settings.reports_a_day is
  'How many reports a person may file in 24 hours.';
comment on column private.settings.report_claim_hours is
  'How long a claimed report is reserved for one staff member.';
comment on column private.settings.evidence_files is
  'The maximum number of files that one person adds to one report or case.';

create table public.reports (
  report_id   uuid                   primary key,
  reporter_id uuid                   not null references public.profiles on delete restrict,
  subject     public.report_subject  not null,
  subject_id  uuid                   not null,
  category    public.report_category not null,
  body        text                   not null,
  status      public.report_status   not null default 'open',
  created_at  timestamptz            not null,
  closed_at   timestamptz,

  constraint reports_say_something   check (char_length(body) <= 5000),
  constraint reports_close_some_time check ((closed_at is not null) = (status = 'closed'))
);

create index reports_reporter_id_idx on public.reports (reporter_id, created_at);
create index reports_queue_idx on public.reports (status, created_at, report_id);

comment on table public.reports is
  'Reports to staff about a listing, a person, a review or a message. Visible to the reporter; the '
  'reported person is not told who it was.';
comment on column public.reports.subject_id is
  'The listing_id, profile_id, review_id or message_id.';

alter table public.reports enable row level security;

create policy "people see their own reports" on public.reports
  for select to authenticated using (reporter_id = (select auth.uid()));
grant select on public.reports to authenticated;
-- No writes: file_report.

-- The staff's half of a report. Here, because who wrote a review or a message is not for whoever
-- reports it.
create table private.report_cases (
  report_id  uuid        primary key references public.reports on delete restrict,
  profile_id uuid        references public.profiles on delete restrict,
  excerpt    text        not null,
  claimed_by uuid        references public.profiles on delete restrict,
  claimed_at timestamptz,

  constraint report_cases_quote_a_page check (char_length(excerpt) <= 5000),
  constraint report_cases_say_when     check ((claimed_by is null) = (claimed_at is null))
);

create index report_cases_profile_id_idx on private.report_cases (profile_id)
  where profile_id is not null;
create index report_cases_claimed_by_idx on private.report_cases (claimed_by)
  where claimed_by is not null;
alter table private.report_cases enable row level security;
comment on table private.report_cases is
  'The person a report is about, the text as it was when reported, and which staff member has it.';

-- Decisions

create table private.decisions (
  decision_id uuid                      primary key default gen_random_uuid(),
  report_id   uuid                      references public.reports on delete restrict,
  staff_id    uuid                      not null references public.profiles on delete restrict,
  measure     public.moderation_measure not null,
  object_id   uuid,
  profile_id  uuid                      references public.profiles on delete restrict,
  reason      text                      not null,
  decided_at  timestamptz               not null,

  constraint decisions_have_a_reason  check (char_length(btrim(reason)) between 1 and 2000),
  constraint decisions_take_one_of_each unique (report_id, measure)
);

create index decisions_staff_id_idx on private.decisions (staff_id);
create index decisions_profile_id_idx on private.decisions (profile_id, decided_at)
  where profile_id is not null;
create index decisions_object_id_idx on private.decisions (object_id, decided_at);
alter table private.decisions enable row level security;
comment on table private.decisions is
  'The decisions of staff, their subject and person, and the reason; with or without a report. '
  'Immutable.';

create trigger keep_the_decisions before update or delete or truncate on private.decisions
  for each statement execute function private.refuse_change();
create trigger audit_the_decision after insert on private.decisions
  for each row execute function private.audit_row('decision', 'decision', 'decision_id', 'measure');

-- What the person concerned is told.
create table public.moderation_notices (
  notice_id  uuid                      primary key default gen_random_uuid(),
  profile_id uuid                      not null references public.profiles on delete restrict,
  measure    public.moderation_measure not null,
  object_id  uuid,
  notice     text                      not null,
  sent_at    timestamptz               not null,

  constraint moderation_notices_are_short check (char_length(notice) <= 2000)
);

create index moderation_notices_profile_id_idx
  on public.moderation_notices (profile_id, sent_at desc);

comment on table public.moderation_notices is
  'Decisions of staff about a person or their content, sent to that person: the measure, its '
  'subject and the text from staff.';

alter table public.moderation_notices enable row level security;

create policy "people see what was decided about them" on public.moderation_notices
  for select to authenticated using (profile_id = (select auth.uid()));
grant select on public.moderation_notices to authenticated;

create trigger audit_the_listing after insert or delete on private.hidden_listings
  for each row execute function private.audit_row('hidden_listing', 'listing', 'listing_id');

-- Filing a report

create function private.file_report(
  report_id uuid, subject public.report_subject, subject_id uuid, category public.report_category,
  body text, seen boolean)
  returns public.reports language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  report public.reports;
begin
  if file_report.report_id is null or file_report.subject is null
    or file_report.category is null
  then
    perform private.refuse('report_incomplete');
  end if;
  if char_length(body) > 5000 then perform private.refuse('report_too_long'); end if;

  -- One report of a person at a time: two at once would each see room for the last.
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into report from public.reports where reports.report_id = file_report.report_id;
  if found then
    if row(report.reporter_id, report.subject, report.subject_id, report.category, report.body)
      is distinct from row(caller, file_report.subject, file_report.subject_id,
        file_report.category,
        coalesce(file_report.body, ''))
    then
      perform private.refuse('id_reused', 'id', 'report_id');
    end if;
    return report;
  end if;
  if not coalesce(seen, false)
    or (file_report.subject = 'person' and file_report.subject_id = caller)
  then
    perform private.refuse('report_subject_not_found');
  end if;
  if (select count(*) from public.reports
      where reports.reporter_id = caller
        and reports.created_at > private.now() - interval '24 hours')
    >= (select settings.reports_a_day from private.settings)
  then
    perform private.refuse('too_many_reports');
  end if;

  insert into public.reports (report_id, reporter_id, subject, subject_id, category, body,
    created_at)
  values (
    file_report.report_id, caller, file_report.subject, file_report.subject_id,
      file_report.category,
    coalesce(file_report.body, ''), private.now())
  on conflict on constraint reports_pkey do nothing
  returning * into report;
  if not found then perform private.refuse('id_reused', 'id', 'report_id'); end if;
  perform private.open_case(report);
  return report;
end $$;

comment on function private.file_report is
  'Rule: people can report what they can see; the verb checks that with their own rights.';

create function private.open_case(report public.reports)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  about   uuid;
  excerpt text;
begin
  case report.subject
    when 'listing' then
      select listings.host_id, listings.title || E'\n' || listings.description into about, excerpt
      from public.listings where listings.listing_id = report.subject_id;
    when 'person' then
      select profiles.profile_id, profiles.display_name || E'\n'
        || profiles.about into about, excerpt
      from public.profiles where profiles.profile_id = report.subject_id;
    when 'review' then
      select bookings.guest_id, reviews.body into about, excerpt
      from public.reviews
      left join public.bookings on bookings.booking_id = reviews.booking_id
      where reviews.review_id = report.subject_id;
      if not found then
        select guest_reviews.author_id, guest_reviews.body into about, excerpt
        from public.guest_reviews where guest_reviews.review_id = report.subject_id;
      end if;
    when 'message' then
      select messages.sender_id, messages.body into about, excerpt
      from public.messages where messages.message_id = report.subject_id;
  end case;
  insert into private.report_cases (report_id, profile_id, excerpt)
  values (report.report_id, about, left(coalesce(excerpt, ''), 5000));
end $$;

comment on function private.open_case is
  'Rule: staff see what was reported as it was then, and who is responsible for it.';

create function public.file_report(
  report_id  uuid,
  subject    public.report_subject,
  subject_id uuid,
  category   public.report_category,
  body       text default '')
  returns public.reports language sql volatile security invoker set search_path = ''
  -- Row-level security answers here whether there is something that the caller sees.
  return private.file_report(
    report_id, subject, subject_id, category, body,
    case subject
      when 'listing' then exists (
        select from public.listings where listings.listing_id = file_report.subject_id)
      when 'person' then exists (
        select from public.profiles where profiles.profile_id = file_report.subject_id)
      when 'review' then exists (
        select from public.reviews where reviews.review_id = file_report.subject_id)
        or exists (
        select from public.guest_reviews where guest_reviews.review_id = file_report.subject_id)
      when 'message' then exists (
        select from public.messages where messages.message_id = file_report.subject_id)
    end);

grant execute on function private.file_report, public.file_report to authenticated;

comment on function public.file_report is
  'Reports a listing, person, review or message that the caller can see to staff. The client '
  'chooses report_id; a repeated call returns the same report. Upload evidence files to the bucket '
  'evidence, under <own profile_id>/<report_id>/. Errors: report_incomplete, report_too_long, '
  'report_subject_not_found, too_many_reports, id_reused.';

-- What a decision does

create function private.end_open_bookings(person uuid, home uuid)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  locked uuid[];
  open   public.bookings;
begin
  -- All bookings before anything that ending one of them touches, and home by home, the order in
  -- which the ends refresh search: see the lock order in time_schedules.
  locked := array(
    select bookings.booking_id from public.bookings
    where (bookings.host_id = person or bookings.guest_id = person or bookings.listing_id = home)
      and bookings.status in ('awaiting_payment', 'requested') and bookings.accepted_at is null
    order by bookings.listing_id, bookings.booking_id
    for update);
  -- Who asks for a home has it before its nights.
  perform from public.listings where listings.listing_id = home for no key update;
  for open in
    select * from public.bookings
    where bookings.booking_id = any (locked)
    order by bookings.listing_id, bookings.booking_id
  loop
    perform private.end_booking(open, 'expired', 'system', 'suspended');
  end loop;
  return cardinality(locked);
end $$;

comment on function private.end_open_bookings is
  'Rule: when a person is suspended or a home hidden by staff, bookings that are not confirmed end '
  'and are refunded; confirmed ones continue until somebody cancels them.';

create function private.check_no_colleague(profile_id uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (select from private.staff where staff.profile_id = check_no_colleague.profile_id) then
    perform private.refuse('staff_member');
  end if;
end $$;

comment on function private.check_no_colleague is
  'Rule: staff cannot suspend each other or lift such a suspension: otherwise one compromised '
  'account could lock out all others. Servers can.';

create function private.take_measure(
  measure public.moderation_measure, object_id uuid, profile_id uuid, reason text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- A row that is there already means that it was done: of two at once the second waits here, and
  -- does nothing.
  case take_measure.measure
    when 'suspend' then
      perform private.check_no_colleague(take_measure.profile_id);
      insert into private.suspensions (profile_id, reason, suspended_at)
      values (take_measure.profile_id, take_measure.reason, private.now())
      on conflict on constraint suspensions_pkey do nothing;
      if not found then return false; end if;
      perform private.end_open_bookings(take_measure.profile_id, null);
    when 'lift_suspension' then
      perform private.check_no_colleague(take_measure.profile_id);
      delete from private.suspensions where suspensions.profile_id = take_measure.profile_id;
      return found;
    when 'hide_listing' then
      insert into private.hidden_listings (listing_id, hidden_at)
      values (take_measure.object_id, private.now())
      on conflict on constraint hidden_listings_pkey do nothing;
      if not found then return false; end if;
      perform private.end_open_bookings(null, take_measure.object_id);
      update public.listings set status = 'hidden'
      where listings.listing_id = take_measure.object_id and listings.status = 'published';
    when 'show_listing' then
      delete from private.hidden_listings where hidden_listings.listing_id = take_measure.object_id;
      return found;
    when 'remove_review' then
      perform private.staff_remove_review(take_measure.object_id, take_measure.reason);
    when 'remove_message' then
      perform private.remove_message(take_measure.object_id);
    when 'dismiss', 'warn' then
      null;
  end case;
  return true;
end $$;

comment on function private.take_measure is
  'Rule: the effect of each measure; false if it was already in effect.';

create function private.decide(
  report_id uuid, measure public.moderation_measure, object_id uuid, profile_id uuid, reason text,
  notice text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.take_measure(decide.measure, decide.object_id, decide.profile_id, decide.reason)
    and decide.report_id is null
  then
    return;
  end if;
  insert into private.decisions
    (report_id, staff_id, measure, object_id, profile_id, reason, decided_at)
  values (
    decide.report_id, auth.uid(), decide.measure, decide.object_id, decide.profile_id,
      decide.reason,
    private.now());
  if decide.measure <> 'dismiss' and decide.profile_id is not null then
    insert into public.moderation_notices (profile_id, measure, object_id, notice, sent_at)
    values (
      decide.profile_id, decide.measure, decide.object_id, coalesce(decide.notice, ''),
        private.now());
  end if;
end $$;

comment on function private.decide is
  'Rule: a measure is carried out, recorded permanently and told to the person concerned in one '
  'transaction.';
