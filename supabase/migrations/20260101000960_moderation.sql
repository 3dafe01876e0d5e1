-- Moderation: what people report, what staff decide about it, and who did what.
--
-- A report is the reporter's and stays it; what staff make of it stands in `private`. A decision is
-- a row that is never changed, and takes effect where it is made: a suspension counts from the next
-- call on, whatever token comes with it. Everything staff and money do leaves an entry in
-- `private.audit_log`: who, what, on which object, when, and no word about a person.

create type public.report_subject as enum ('listing', 'person', 'review', 'message');
create type public.report_category as enum (
  'fraud', 'harassment', 'hate', 'danger', 'illegal', 'inaccurate', 'spam', 'other');
create type public.report_status as enum ('open', 'closed');
create type public.moderation_measure as enum (
  'dismiss', 'warn', 'remove_review', 'remove_message', 'hide_listing', 'show_listing', 'suspend',
  'lift_suspension');
create type public.verification_kind as enum ('identity', 'phone');

alter table private.settings
  add column reports_a_day      smallint not null default 20,
  add column report_claim_hours smallint not null default 24,
  add column evidence_files     smallint not null default 10,
  add constraint settings_let_people_report check (reports_a_day between 1 and 1000),
  add constraint settings_claims_lapse      check (report_claim_hours between 1 and 168),
  add constraint settings_take_some_files   check (evidence_files between 1 and 100);

comment on column private.settings.reports_a_day is 'How many reports a person may file in 24 hours.';
comment on column private.settings.report_claim_hours is
  'How long a report waits for the member of staff who took it, before another may.';
comment on column private.settings.evidence_files is 'How many files may lie with one report.';

-- The audit log

create table private.audit_log (
  entry_id    bigint      primary key generated always as identity,
  happened_at timestamptz not null,
  actor       text        not null,
  actor_id    uuid,
  action      text        not null,
  object      text        not null,
  object_id   uuid        not null,

  constraint audit_log_knows_its_actors check (actor in ('person', 'server', 'database')),
  constraint audit_log_names_people     check ((actor_id is not null) = (actor = 'person')),
  constraint audit_log_speaks_in_codes  check (action ~ '^[a-z_.]+$' and object ~ '^[a-z_]+$')
);

create index audit_log_object_id_idx on private.audit_log (object_id, entry_id desc);
create index audit_log_actor_id_idx on private.audit_log (actor_id, entry_id desc) where actor_id is not null;
alter table private.audit_log enable row level security;

comment on table private.audit_log is
  'What staff and money did: ids and codes, never a name or a word. Rows are only added.';
comment on column private.audit_log.actor is
  'person: with a token of their own (actor_id); server: with the secret key; database: a job, or '
  'an operator''s SQL.';

create trigger keep_the_audit_log before update or delete or truncate on private.audit_log
  for each statement execute function private.refuse_change();

create function private.audit(action text, object text, object_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.audit_log (happened_at, actor, actor_id, action, object, object_id)
  values (
    private.now(),
    case
      when auth.uid() is not null then 'person'
      when auth.role() = 'service_role' then 'server'
      else 'database'
    end,
    auth.uid(), audit.action, audit.object, audit.object_id);
end $$;

create function private.audit_row()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- The noun of the action; the object and the column that names it; the column that says what
  -- became of it.
  noun   text := tg_argv[0];
  object text := tg_argv[1];
  id     text := tg_argv[2];
  state  text := tg_argv[3];
  fields jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
begin
  perform private.audit(
    noun || '.' || coalesce(
      fields ->> state, case tg_op when 'INSERT' then 'added' when 'UPDATE' then 'changed' else 'removed' end),
    object, (fields ->> id)::uuid);
  return null;
end $$;

comment on function private.audit_row is
  'Rule: what staff and money do is written down where it happens, whichever verb, job or hand did '
  'it.';

create trigger audit_the_staff after insert or delete on private.staff
  for each row execute function private.audit_row('staff', 'person', 'profile_id');
create trigger audit_the_suspension after insert or delete on private.suspensions
  for each row execute function private.audit_row('suspension', 'person', 'profile_id');
create trigger audit_the_staff_move after insert on public.booking_history
  for each row when (new.actor = 'staff')
  execute function private.audit_row('booking', 'booking', 'booking_id', 'to_status');
create trigger audit_the_new_no_show after insert on public.no_shows
  for each row execute function private.audit_row('no_show', 'booking', 'booking_id', 'status');
create trigger audit_the_no_show after update of status on public.no_shows
  for each row when (old.status <> new.status)
  execute function private.audit_row('no_show', 'booking', 'booking_id', 'status');
create trigger audit_the_new_complaint after insert on public.complaints
  for each row execute function private.audit_row('complaint', 'booking', 'booking_id', 'status');
create trigger audit_the_complaint after update of status on public.complaints
  for each row when (old.status <> new.status)
  execute function private.audit_row('complaint', 'booking', 'booking_id', 'status');
create trigger audit_the_new_damage_claim after insert on public.damage_claims
  for each row execute function private.audit_row('damage_claim', 'booking', 'booking_id', 'status');
create trigger audit_the_damage_claim after update of status on public.damage_claims
  for each row when (old.status <> new.status)
  execute function private.audit_row('damage_claim', 'booking', 'booking_id', 'status');
create trigger audit_the_new_endpoint after insert on private.webhook_endpoints
  for each row execute function private.audit_row('webhook_endpoint', 'webhook_endpoint', 'endpoint_id');
create trigger audit_the_endpoint after update of secret, disabled_at on private.webhook_endpoints
  for each row when (old.secret <> new.secret or old.disabled_at is distinct from new.disabled_at)
  execute function private.audit_row('webhook_endpoint', 'webhook_endpoint', 'endpoint_id');
create trigger audit_the_removal after insert on private.review_removals
  for each row execute function private.audit_row('review_removal', 'review', 'review_id');
create trigger audit_the_payment after update of status on public.payments
  for each row when (old.status <> new.status)
  execute function private.audit_row('payment', 'booking', 'booking_id', 'status');
create trigger audit_the_problem after insert or delete on private.payment_problems
  for each row execute function private.audit_row('payment_problem', 'payment', 'payment_id');
create trigger audit_the_new_refund after insert on public.refunds
  for each row execute function private.audit_row('refund', 'booking', 'booking_id', 'status');
create trigger audit_the_refund after update of status on public.refunds
  for each row when (old.status <> new.status)
  execute function private.audit_row('refund', 'booking', 'booking_id', 'status');
create trigger audit_the_new_payout after insert on public.payouts
  for each row execute function private.audit_row('payout', 'booking', 'booking_id', 'status');
create trigger audit_the_payout after update of status on public.payouts
  for each row when (old.status <> new.status)
  execute function private.audit_row('payout', 'booking', 'booking_id', 'status');
create trigger audit_the_new_reversal after insert on private.reversals
  for each row execute function private.audit_row('reversal', 'payout', 'payout_id', 'status');
create trigger audit_the_reversal after update of status on private.reversals
  for each row when (old.status <> new.status)
  execute function private.audit_row('reversal', 'payout', 'payout_id', 'status');
create trigger audit_the_new_hold after insert on private.payout_holds
  for each row execute function private.audit_row('payout_hold', 'booking', 'booking_id');
create trigger audit_the_hold after update of lifted_at on private.payout_holds
  for each row when (old.lifted_at is distinct from new.lifted_at)
  execute function private.audit_row('payout_hold', 'booking', 'booking_id');
create trigger audit_the_new_dispute after insert on private.disputes
  for each row execute function private.audit_row('dispute', 'booking', 'booking_id', 'status');
create trigger audit_the_dispute after update of status on private.disputes
  for each row when (old.status <> new.status)
  execute function private.audit_row('dispute', 'booking', 'booking_id', 'status');

-- Reports

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
  'What people told staff about a listing, a person, a review or a message. Seen by the one who '
  'reported; whoever is reported is not told by whom.';
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

create index report_cases_profile_id_idx on private.report_cases (profile_id) where profile_id is not null;
create index report_cases_claimed_by_idx on private.report_cases (claimed_by) where claimed_by is not null;
alter table private.report_cases enable row level security;
comment on table private.report_cases is
  'Whom a report is about, what was written there when it was filed, and who of the staff has it.';

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
create index decisions_profile_id_idx on private.decisions (profile_id, decided_at) where profile_id is not null;
create index decisions_object_id_idx on private.decisions (object_id, decided_at);
alter table private.decisions enable row level security;
comment on table private.decisions is
  'What staff decided, about what and whom, and why; on a report or without one. Never changed.';

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

create index moderation_notices_profile_id_idx on public.moderation_notices (profile_id, sent_at desc);

comment on table public.moderation_notices is
  'What staff decided about a person or what is theirs, told to that person: the measure, what it '
  'is about, and the words of staff.';

alter table public.moderation_notices enable row level security;

create policy "people see what was decided about them" on public.moderation_notices
  for select to authenticated using (profile_id = (select auth.uid()));
grant select on public.moderation_notices to authenticated;

create table private.hidden_listings (
  listing_id uuid        primary key references public.listings on delete restrict,
  hidden_at  timestamptz not null
);

alter table private.hidden_listings enable row level security;
comment on table private.hidden_listings is
  'Homes that staff took out of sight; their hosts cannot publish them. Shown again: a deleted row.';
create trigger audit_the_listing after insert or delete on private.hidden_listings
  for each row execute function private.audit_row('hidden_listing', 'listing', 'listing_id');

-- Evidence

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'evidence', 'evidence', false, 20971520,
  array['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'application/pdf', 'video/mp4'])
on conflict (id) do nothing;

-- <reporter>/<report>/<file name>: a file lies with an open report of the one who brings it.
create function private.may_add_evidence(file_name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  folder text := auth.uid()::text || '/' || split_part(file_name, '/', 2) || '/';
begin
  return file_name ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/){2}[A-Za-z0-9._-]{1,120}$'
    and starts_with(file_name, folder)
    and exists (
      select from public.reports
      where reports.report_id::text = split_part(file_name, '/', 2)
        and reports.reporter_id = auth.uid() and reports.status = 'open')
    and (select count(*) from storage.objects
      where objects.bucket_id = 'evidence' and starts_with(objects.name, folder))
      < (select settings.evidence_files from private.settings);
end $$;

comment on function private.may_add_evidence is
  'Rule: evidence is added to one''s own open report, a few files to each.';

create function private.may_see_evidence(file_name text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return starts_with(file_name, auth.uid()::text || '/') or private.caller_is_staff();
end $$;

comment on function private.may_see_evidence is
  'Rule: evidence is seen by whoever brought it and by staff.';

grant execute on function private.may_add_evidence, private.may_see_evidence to authenticated;

create policy "people add evidence to their own reports" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'evidence' and (select private.caller_is_active()) and private.may_add_evidence(name));
create policy "people see their own evidence, staff all of it" on storage.objects
  for select to authenticated
  using (bucket_id = 'evidence' and private.may_see_evidence(name));
-- No update and no delete: evidence stays as it was brought.

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
  if file_report.report_id is null or file_report.subject is null or file_report.category is null then
    perform private.refuse('report_incomplete');
  end if;
  if char_length(body) > 5000 then perform private.refuse('report_too_long'); end if;

  -- One report of a person at a time: two at once would each see room for the last.
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into report from public.reports where reports.report_id = file_report.report_id;
  if found then
    if row(report.reporter_id, report.subject, report.subject_id, report.category, report.body)
      is distinct from row(caller, file_report.subject, file_report.subject_id, file_report.category,
        coalesce(file_report.body, ''))
    then
      perform private.refuse('id_reused', 'id', 'report_id');
    end if;
    return report;
  end if;
  if not coalesce(seen, false) or (file_report.subject = 'person' and file_report.subject_id = caller) then
    perform private.refuse('report_subject_not_found');
  end if;
  if (select count(*) from public.reports
      where reports.reporter_id = caller and reports.created_at > private.now() - interval '24 hours')
    >= (select settings.reports_a_day from private.settings)
  then
    perform private.refuse('too_many_reports');
  end if;

  insert into public.reports (report_id, reporter_id, subject, subject_id, category, body, created_at)
  values (
    file_report.report_id, caller, file_report.subject, file_report.subject_id, file_report.category,
    coalesce(file_report.body, ''), private.now())
  on conflict on constraint reports_pkey do nothing
  returning * into report;
  if not found then perform private.refuse('id_reused', 'id', 'report_id'); end if;
  perform private.open_case(report);
  return report;
end $$;

comment on function private.file_report is
  'Rule: people report what they can see; whether they can, the verb asks with their own eyes.';

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
      select profiles.profile_id, profiles.display_name || E'\n' || profiles.about into about, excerpt
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
  'Rule: staff see what was reported as it was then, and who answers for it.';

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
  'Tells staff about a listing, person, review or message that the caller can see. The client '
  'chooses report_id; repeated, the same report comes back. Files of evidence go into the bucket '
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
  -- which the ends refresh search: see the lock order in the chapter of the schedules.
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
  'Rule: with a suspension, and with a home that staff hide, what is not confirmed ends and its '
  'money goes back; what is confirmed goes on until somebody cancels it.';

create function private.check_no_colleague(profile_id uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (select from private.staff where staff.profile_id = check_no_colleague.profile_id) then
    perform private.refuse('staff_member');
  end if;
end $$;

comment on function private.check_no_colleague is
  'Rule: staff neither suspend each other nor lift such a suspension: one account that was taken over would '
  'otherwise lock out all others. Servers do.';

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
  'Rule: what each measure does; false when it was done already.';

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
    decide.report_id, auth.uid(), decide.measure, decide.object_id, decide.profile_id, decide.reason,
    private.now());
  if decide.measure <> 'dismiss' and decide.profile_id is not null then
    insert into public.moderation_notices (profile_id, measure, object_id, notice, sent_at)
    values (
      decide.profile_id, decide.measure, decide.object_id, coalesce(decide.notice, ''), private.now());
  end if;
end $$;

comment on function private.decide is
  'Rule: a measure is taken, written down for ever and told to the person concerned in one '
  'transaction.';

create function private.check_reason(reason text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if coalesce(btrim(reason), '') = '' or char_length(reason) > 2000 then
    perform private.refuse('reason_required');
  end if;
end $$;

create function private.check_notice(notice text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if char_length(notice) > 2000 then perform private.refuse('message_too_long'); end if;
end $$;

-- The queue

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
        -- All that begins with the folder and a slash, as a range of bytes, for which there is an index
        -- whatever the collation; the character after the slash is 0. Fenced, or all evidence is read.
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

create function private.staff_reader()
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
begin
  if not private.has_second_factor() and exists (
    select from private.staff where staff.profile_id = caller)
  then
    perform private.refuse('second_factor_required');
  end if;
  if not private.caller_is_staff() then perform private.refuse('staff_only'); end if;
  return caller;
end $$;

comment on function private.staff_reader is 'Rule: as staff_caller, for verbs that only read.';

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
  select * into strict holder from private.report_cases where report_cases.report_id = report.report_id;
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
  'Rule: one of the staff has a report at a time, until they decide or their time is over; never '
  'one who reported it, whom it is about or whose home.';

create function private.staff_claim_report(report_id uuid)
  returns public.staff_report language plpgsql volatile security definer set search_path = ''
as $$
declare
  report public.reports := private.report_to_decide(staff_claim_report.report_id);
begin
  if report.status = 'closed' then perform private.refuse('report_closed'); end if;
  update private.report_cases set claimed_by = auth.uid(), claimed_at = private.now()
  where report_cases.report_id = report.report_id and report_cases.claimed_by is distinct from auth.uid();
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
    select distinct measure from unnest(measures) as measure where measure is not null order by measure);
  measure public.moderation_measure;
begin
  perform private.check_reason(reason);
  perform private.check_notice(notice);
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
  where report_cases.report_id = report.report_id and report_cases.claimed_by is distinct from auth.uid();
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
  perform private.check_notice(notice);
  if judge_person.profile_id = caller then perform private.refuse('own_case'); end if;
  if not exists (select from public.profiles where profiles.profile_id = judge_person.profile_id) then
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
  perform private.check_notice(notice);
  select listings.host_id into host from public.listings
  where listings.listing_id = judge_listing.listing_id;
  if not found then perform private.refuse('listing_not_found'); end if;
  perform private.check_impartial(null, judge_listing.listing_id);
  perform private.decide(null, judge_listing.measure, judge_listing.listing_id, host, reason, notice);
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
  'When staff removed it; its words are gone for both sides.';

create table private.removed_messages (
  message_id uuid        primary key references public.messages on delete restrict,
  body       text        not null,
  removed_at timestamptz not null
);

alter table private.removed_messages enable row level security;
comment on table private.removed_messages is 'What staff took out of a conversation, for the files.';

create function private.remove_message(message_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.removed_messages (message_id, body, removed_at)
  select messages.message_id, messages.body, private.now()
  from public.messages where messages.message_id = remove_message.message_id
  on conflict on constraint removed_messages_pkey do nothing;
  update public.messages set body = '', removed_at = private.now()
  where messages.message_id = remove_message.message_id and messages.removed_at is null;
end $$;

comment on function private.remove_message is
  'Rule: a removed message keeps its place in the conversation, and no words.';

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

-- Who was looked at

create function private.set_verification(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
declare
  profile public.profiles;
begin
  if set_verification.kind is null or set_verification.verified is null then
    perform private.refuse('invalid_verification');
  end if;
  update public.profiles
  set identity_verified = case set_verification.kind
        when 'identity' then set_verification.verified else profiles.identity_verified end,
      phone_verified = case set_verification.kind
        when 'phone' then set_verification.verified else profiles.phone_verified end
  where profiles.profile_id = set_verification.profile_id and profiles.erased_at is null
  returning * into profile;
  if not found then perform private.refuse('profile_not_found'); end if;
  return profile;
end $$;

create trigger audit_the_identity after update of identity_verified on public.profiles
  for each row when (old.identity_verified <> new.identity_verified)
  execute function private.audit_row('identity_verified', 'person', 'profile_id', 'identity_verified');
create trigger audit_the_phone after update of phone_verified on public.profiles
  for each row when (old.phone_verified <> new.phone_verified)
  execute function private.audit_row('phone_verified', 'person', 'profile_id', 'phone_verified');

create function private.staff_verify_person(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.staff_caller() = staff_verify_person.profile_id then
    perform private.refuse('own_case');
  end if;
  return private.set_verification(
    staff_verify_person.profile_id, staff_verify_person.kind, staff_verify_person.verified);
end $$;

create function private.record_verification(
  profile_id uuid, kind public.verification_kind, verified boolean, phone text)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
begin
  if record_verification.kind = 'phone' and record_verification.verified then
    -- Locked: the number that was called is the number that is marked.
    perform from public.private_profiles
    where private_profiles.profile_id = record_verification.profile_id
      and private_profiles.phone = record_verification.phone
    for no key update;
    if not found then perform private.refuse('phone_mismatch'); end if;
  end if;
  return private.set_verification(
    record_verification.profile_id, record_verification.kind, record_verification.verified);
end $$;

comment on function private.record_verification is
  'Rule: a provider of verifications says what it found; a telephone only for the number it called.';

create function private.forget_verification()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.profiles
  set phone_verified = profiles.phone_verified and new.phone is not distinct from old.phone,
      identity_verified = profiles.identity_verified
        and new.legal_name = old.legal_name and new.birth_date is not distinct from old.birth_date
  where profiles.profile_id = new.profile_id and (profiles.phone_verified or profiles.identity_verified);
  return null;
end $$;

comment on function private.forget_verification is
  'Rule: what was verified is the number and the name of then; another is not.';

create trigger forget_the_verification after update of phone, legal_name, birth_date on public.private_profiles
  for each row when (
    old.phone is distinct from new.phone or old.legal_name <> new.legal_name
    or old.birth_date is distinct from new.birth_date)
  execute function private.forget_verification();

-- Who works here

create function private.add_staff(profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (select from auth.users where users.id = add_staff.profile_id) then
    perform private.refuse('profile_not_found');
  end if;
  insert into private.staff (profile_id, since) values (add_staff.profile_id, private.now())
  on conflict on constraint staff_pkey do nothing;
end $$;

create function private.suspend_person(profile_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.check_reason(reason);
  if not exists (select from public.profiles where profiles.profile_id = suspend_person.profile_id) then
    perform private.refuse('profile_not_found');
  end if;
  insert into private.suspensions (profile_id, reason, suspended_at)
  values (suspend_person.profile_id, suspend_person.reason, private.now())
  on conflict on constraint suspensions_pkey do nothing;
  perform private.end_open_bookings(suspend_person.profile_id, null);
end $$;

create function private.lift_suspension(profile_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  delete from private.suspensions where suspensions.profile_id = lift_suspension.profile_id;
end;

create function private.remove_staff(profile_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  delete from private.staff where staff.profile_id = remove_staff.profile_id;
end;

-- Reading the log

create type public.audit_entry as (
  entry_id    bigint,
  happened_at timestamptz,
  actor       text,
  actor_id    uuid,
  action      text,
  object      text,
  object_id   uuid
);

create function private.staff_audit_log(
  before bigint, object_id uuid, actor_id uuid, page_size integer)
  returns setof public.audit_entry language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
begin
  perform private.staff_reader();
  if page_size is null or page_size not between 1 and 200 then
    perform private.refuse('invalid_page_size', 'up_to', '200');
  end if;
  -- Planned for what is asked: one plan for all of it reads the log from its end (measured: 86 times what
  -- the entries of one home take).
  return query
    select audit_log.entry_id, audit_log.happened_at, audit_log.actor, audit_log.actor_id,
      audit_log.action, audit_log.object, audit_log.object_id
    from private.audit_log
    where (staff_audit_log.before is null or audit_log.entry_id < staff_audit_log.before)
      and (staff_audit_log.object_id is null or audit_log.object_id = staff_audit_log.object_id)
      and (staff_audit_log.actor_id is null or audit_log.actor_id = staff_audit_log.actor_id)
    order by audit_log.entry_id desc
    limit page_size;
end $$;

-- Verbs

create function public.staff_reports(
  status public.report_status default 'open', after uuid default null, page_size integer default 50)
  returns setof public.staff_report language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_reports(status, after, page_size);
end;

create function public.staff_claim_report(report_id uuid)
  returns public.staff_report language sql volatile security invoker set search_path = ''
  return private.staff_claim_report(report_id);

create function public.staff_decide_report(
  report_id uuid, measures public.moderation_measure[], reason text, notice text default '')
  returns public.staff_report language sql volatile security invoker set search_path = ''
  return private.staff_decide_report(report_id, measures, reason, notice);

create function public.staff_suspend(profile_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_suspend(profile_id, reason, notice);

create function public.staff_lift_suspension(profile_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_lift_suspension(profile_id, reason, notice);

create function public.staff_hide_listing(listing_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_hide_listing(listing_id, reason, notice);

create function public.staff_show_listing(listing_id uuid, reason text, notice text default '')
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_show_listing(listing_id, reason, notice);

create function public.staff_decisions(about_id uuid)
  returns setof public.staff_decision language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_decisions(about_id);
end;

create function public.staff_verify_person(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language sql volatile security invoker set search_path = ''
  return private.staff_verify_person(profile_id, kind, verified);

create function public.staff_audit_log(
  before    bigint  default null,
  object_id uuid    default null,
  actor_id  uuid    default null,
  page_size integer default 50)
  returns setof public.audit_entry language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_audit_log(before, object_id, actor_id, page_size);
end;

grant execute on function
  private.staff_reports, private.staff_claim_report, private.staff_decide_report,
  private.staff_suspend, private.staff_lift_suspension, private.staff_hide_listing,
  private.staff_show_listing, private.staff_decisions, private.staff_verify_person,
  private.staff_audit_log, public.staff_reports, public.staff_claim_report,
  public.staff_decide_report, public.staff_suspend, public.staff_lift_suspension,
  public.staff_hide_listing, public.staff_show_listing, public.staff_decisions,
  public.staff_verify_person, public.staff_audit_log
  to authenticated;

create function public.record_verification(
  profile_id uuid, kind public.verification_kind, verified boolean, phone text default null)
  returns public.profiles language sql volatile security invoker set search_path = ''
  return private.record_verification(profile_id, kind, verified, phone);

create function public.suspend_person(profile_id uuid, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.suspend_person(profile_id, reason);

create function public.lift_suspension(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.lift_suspension(profile_id);

create function public.add_staff(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.add_staff(profile_id);

create function public.remove_staff(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_staff(profile_id);

grant execute on function
  private.record_verification, private.suspend_person, private.lift_suspension, private.add_staff,
  private.remove_staff, public.record_verification, public.suspend_person, public.lift_suspension,
  public.add_staff, public.remove_staff
  to service_role;

comment on function public.staff_reports is
  'The queue of reports, oldest first, a page at a time: after is the last report_id seen. Each '
  'with what was written there when it was filed, the paths of its evidence, whom it is about and '
  'what was decided. Errors: staff_only, invalid_page_size.';
comment on function public.staff_claim_report is
  'One of the staff takes a report; nobody else decides it for a day. Repeating it changes nothing. '
  'Errors: staff_only, report_not_found, report_claimed, report_closed, own_case.';
comment on function public.staff_decide_report is
  'Staff close a report: dismiss, or any of warn, suspend, hide_listing, remove_review and '
  'remove_message that fit it. The reason is for the files, the notice for the person concerned. '
  'Repeating it changes nothing. Errors: staff_only, report_not_found, report_claimed, '
  'report_closed, own_case, staff_member, invalid_measures, reason_required, message_too_long.';
comment on function public.staff_suspend is
  'From now on this person decides nothing: no bookings, no homes in search, no messages. What is '
  'not confirmed ends and its money goes back. Repeating it changes nothing. Errors: staff_only, '
  'profile_not_found, own_case, staff_member, reason_required, message_too_long.';
comment on function public.staff_lift_suspension is
  'Takes back a suspension. Repeating it changes nothing. Errors: as staff_suspend.';
comment on function public.staff_hide_listing is
  'Takes a home out of sight until staff show it again. What is not confirmed ends and its money '
  'goes back. Repeating it changes nothing. Errors: staff_only, listing_not_found, own_case, '
  'reason_required, message_too_long.';
comment on function public.staff_show_listing is
  'Lets its hosts publish a home that staff hid. Repeating it changes nothing. Errors: as '
  'staff_hide_listing.';
comment on function public.staff_decisions is
  'What staff decided about a person, listing, review or message, newest first, 200 at most. '
  'Errors: staff_only.';
comment on function public.staff_verify_person is
  'Staff have seen who this is, or called the number: or take that back. Errors: staff_only, '
  'profile_not_found, own_case, invalid_verification.';
comment on function public.staff_audit_log is
  'What staff and money did, newest first, a page at a time: before is the last entry_id seen. Of '
  'one object, or of one person''s doing, when asked for. Errors: staff_only, invalid_page_size.';
comment on function public.record_verification is
  'What a provider of verifications found; for a telephone with the number it called. Errors: '
  'profile_not_found, phone_mismatch, invalid_verification.';
comment on function public.suspend_person is
  'For servers: suspends anybody, staff too, as staff_suspend does. Repeating it changes nothing. Errors: '
  'profile_not_found, reason_required.';
comment on function public.lift_suspension is
  'For servers: takes back a suspension, whoever made it. Repeating it changes nothing.';
comment on function public.add_staff is
  'Makes somebody one of the staff. Repeating it changes nothing. Errors: profile_not_found.';
comment on function public.remove_staff is
  'Ends it, from the next call on. Repeating it changes nothing.';
