-- No shows: the guest who never came. Only the host knows, so the host says so, and the guest has
-- two days to object.
--
-- The booking does not move by what one side says: it stays confirmed, its payout frozen, until the
-- guest let the time pass or staff decided. Then it is settled as if the guest had cancelled at the
-- moment of the report: not showing up is never cheaper than cancelling, and a report never earns a
-- host more than saying nothing.

alter table private.settings
  add column objection_hours smallint not null default 48,
  add constraint settings_guests_have_time check (objection_hours between 1 and 336);

comment on column private.settings.objection_hours is
  'How long a guest may object to a no-show report.';

create type public.no_show_status as enum (
  'reported', 'objected', 'upheld', 'dismissed', 'withdrawn', 'overtaken');

create table public.no_shows (
  booking_id   uuid                  primary key references public.bookings on delete restrict,
  status       public.no_show_status not null default 'reported',
  report       text                  not null,
  objection    text,
  decision     text,
  reported_at  timestamptz           not null,
  object_until timestamptz           not null,
  objected_at  timestamptz,
  closed_at    timestamptz,

  constraint no_shows_are_told_shortly        check (
    char_length(report) <= 2000 and char_length(objection) <= 2000
    and char_length(decision) <= 2000),
  constraint no_shows_leave_time_to_object    check (object_until > reported_at),
  constraint no_shows_say_when_it_was_denied  check (
    (objection is not null) = (objected_at is not null)),
  constraint no_shows_wait_once_it_was_denied check (status <> 'reported' or objected_at is null),
  constraint no_shows_say_when_they_closed    check (
    (closed_at is not null) = (status not in ('reported', 'objected')))
);

create index no_shows_reported_idx on public.no_shows (object_until) where status = 'reported';

comment on table public.no_shows is
  'A host''s report that the guest did not come, the guest''s answer and the outcome. One per '
  'booking, visible to its guest, its hosts and staff.';
comment on column public.no_shows.object_until is
  'The deadline, inclusive, for the guest to object; afterwards the report is upheld.';
comment on column public.no_shows.decision is
  'The reason given by staff; null if they did not decide.';

alter table public.no_shows enable row level security;

create policy "people see no-shows of bookings they see, staff see all" on public.no_shows
  for select to authenticated
  using (
    exists (select from public.bookings where bookings.booking_id = no_shows.booking_id)
    or (select private.caller_is_staff()));
grant select on public.no_shows to authenticated;
-- No writes: only verbs.

-- Rules

create function private.no_show_open(booking_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
    select from public.no_shows
    where no_shows.booking_id = no_show_open.booking_id
      and no_shows.status in ('reported', 'objected'));

comment on function private.no_show_open is
  'Rule: a stay is not completed while a no-show report about it is undecided.';

create function private.close_no_show(booking_id uuid, status public.no_show_status, decision text)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  closed public.no_shows;
begin
  update public.no_shows
  set status = close_no_show.status, decision = close_no_show.decision, closed_at = private.now()
  where no_shows.booking_id = close_no_show.booking_id
    and no_shows.status in ('reported', 'objected')
  returning * into closed;
  if found then
    perform private.lift_hold('no_show', closed.booking_id::text);
  end if;
  return closed;
end $$;

create function private.uphold_no_show(
  booking public.bookings, actor public.booking_actor, decision text)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  report public.no_shows;
  ended  public.bookings;
begin
  select * into strict report from public.no_shows where no_shows.booking_id = booking.booking_id;
  ended := private.move_booking(booking.booking_id, 'no_show', actor, decision, null);
  perform private.keep_settlement(
    ended, 'guest', report.reported_at,
    private.settle_cancellation(booking, 'guest', report.reported_at));
  report := private.close_no_show(booking.booking_id, 'upheld', decision);
  perform private.write_mail('no_show_upheld_guest', ended.booking_id);
  perform private.write_mail('no_show_upheld_host', ended.booking_id);
  return report;
end $$;

comment on function private.uphold_no_show is
  'Rule: a no-show is settled as if the guest had cancelled when it was reported; its nights are '
  'free from then on, and the payout is what the host keeps.';

create function private.overtake_no_show()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.close_no_show(new.booking_id, 'overtaken', null);
  return null;
end $$;

comment on function private.overtake_no_show is
  'Rule: a stay that is cancelled while a no-show report is open is only cancelled. A guest gains '
  'nothing by it: the amount kept only grows with time.';

create trigger overtake_the_no_show after update of status on public.bookings
  for each row when (old.status = 'confirmed' and new.status not in ('confirmed', 'no_show'))
  execute function private.overtake_no_show();

create function private.settle_no_show(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Looked at again once the booking is locked: the guest may have objected in the last moment.
  perform from public.no_shows
  where no_shows.booking_id = booking.booking_id and no_shows.status = 'reported';
  if not found or booking.status <> 'confirmed' then
    return false;
  end if;
  perform private.uphold_no_show(booking, 'system', null);
  return true;
end $$;

create function private.settle_no_shows(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  settled integer := 0;
begin
  for booking in
    select bookings.*
    from public.no_shows
    join public.bookings on bookings.booking_id = no_shows.booking_id
    where no_shows.status = 'reported' and no_shows.object_until < private.now()
      and bookings.status = 'confirmed'
      and not exists (
        select from private.disputes
        where disputes.booking_id = no_shows.booking_id and disputes.status = 'open')
      and bookings.booking_id not in (select private.rows_aside('settle_no_shows'))
    order by bookings.booking_id
    limit settle_no_shows.most
    for update of bookings skip locked
  loop
    settled := settled + private.attempt(
      'settle_no_shows', booking.booking_id, 'settle_no_show', booking);
  end loop;
  return settled;
end $$;

comment on function private.settle_no_shows is
  'Job: upholds a no-show report to which the guest did not object in time. If the payment is '
  'disputed with the bank, it waits: nothing can be refunded until that is decided.';

create function private.forget_no_shows()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.no_shows set objection = ''
  from public.bookings
  where bookings.booking_id = no_shows.booking_id and bookings.guest_id = new.profile_id
    and no_shows.objection <> '';
  update public.no_shows set report = ''
  from public.bookings
  where bookings.booking_id = no_shows.booking_id and bookings.host_id = new.profile_id
    and no_shows.report <> '';
  return null;
end $$;

create trigger forget_the_no_shows after update of erased_at on public.profiles
  for each row when (new.erased_at is not null and old.erased_at is null)
  execute function private.forget_no_shows();

-- What a mail may say

create function private.no_show_facts(booking_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(
    (select jsonb_build_object('object_until', no_shows.object_until, 'decision', no_shows.decision)
     from public.no_shows where no_shows.booking_id = no_show_facts.booking_id),
    '{}');
end $$;

-- What the sides do

create function private.check_no_show(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.refuse('no_show_closed', 'before', no_shows.status::text)
  from public.no_shows where no_shows.booking_id = booking.booking_id;
  if booking.status <> 'confirmed'
    or private.now() < private.stay_begins_at(booking)
    or private.now() >= private.stay_ends_at(booking)
  then
    perform private.refuse('stay_not_under_way');
  end if;
  return private.stay_ends_at(booking);
end $$;

comment on function private.check_no_show is
  'Rule: a stay can have one no-show, reported between check-in and check-out; returns the latter.';

create function private.check_undecided(told public.no_shows)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if told.booking_id is null then perform private.refuse('no_show_not_found'); end if;
  if told.status not in ('reported', 'objected') then
    perform private.refuse('no_show_closed', 'status', told.status::text);
  end if;
end $$;

create function private.check_objection(told public.no_shows)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if told.booking_id is null then perform private.refuse('no_show_not_found'); end if;
  if told.status <> 'reported' then
    perform private.refuse('no_show_closed', 'status', told.status::text);
  end if;
  if private.now() > told.object_until then
    perform private.refuse('objection_too_late', 'ended', told.object_until::text);
  end if;
  return told.object_until;
end $$;

comment on function private.check_objection is
  'Rule: the guest can object to a report once, within the time for it.';

create function private.report_no_show(booking_id uuid, report text)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(report_no_show.booking_id);
  told    public.no_shows;
begin
  select * into told from public.no_shows where no_shows.booking_id = booking.booking_id;
  if told.status in ('reported', 'objected', 'upheld') then
    return told;
  end if;
  perform private.check_text(report);
  perform private.check_no_show(booking);

  insert into public.no_shows (booking_id, report, reported_at, object_until)
  select booking.booking_id, coalesce(report_no_show.report, ''), private.now(),
    private.now() + make_interval(hours => settings.objection_hours)
  from private.settings
  returning * into told;
  perform private.place_hold(booking.booking_id, 'no_show', booking.booking_id::text);
  perform private.write_mail('no_show_reported', booking.booking_id);
  return told;
end $$;

comment on function private.report_no_show is
  'Rule: a host reports between check-in and check-out, once; the guest is told and the payout '
  'waits.';

create function private.withdraw_no_show(booking_id uuid)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(withdraw_no_show.booking_id);
  told    public.no_shows;
begin
  select * into told from public.no_shows where no_shows.booking_id = booking.booking_id;
  if told.status = 'withdrawn' then
    return told;
  end if;
  perform private.check_undecided(told);
  told := private.close_no_show(booking.booking_id, 'withdrawn', null);
  perform private.write_mail('no_show_dropped', booking.booking_id);
  return told;
end $$;

create function private.object_to_no_show(booking_id uuid, objection text)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
  told    public.no_shows;
begin
  perform private.check_text(objection);
  select * into booking from public.bookings
  where bookings.booking_id = object_to_no_show.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  select * into told from public.no_shows where no_shows.booking_id = booking.booking_id;
  if told.status = 'objected' then
    return told;
  end if;
  perform private.check_objection(told);
  update public.no_shows
  set status = 'objected', objection = coalesce(object_to_no_show.objection, ''),
      objected_at = private.now()
  where no_shows.booking_id = booking.booking_id
  returning * into told;
  perform private.write_mail('no_show_objected', booking.booking_id);
  return told;
end $$;

comment on function private.object_to_no_show is
  'Rule: a guest who objects in time leaves the decision to staff.';

create function private.staff_decide_no_show(booking_id uuid, upheld boolean, reason text)
  returns public.no_shows language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  told    public.no_shows;
begin
  perform private.staff_caller();
  if upheld is null then perform private.refuse('decision_required'); end if;
  perform private.check_reason(reason);
  select * into booking from public.bookings
  where bookings.booking_id = staff_decide_no_show.booking_id for update;
  select * into told from public.no_shows where no_shows.booking_id = booking.booking_id;
  if not found then perform private.refuse('no_show_not_found'); end if;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  if told.status::text = (case when upheld then 'upheld' else 'dismissed' end) then
    return told;
  end if;
  perform private.check_undecided(told);
  if upheld then
    return private.uphold_no_show(booking, 'staff', btrim(reason));
  end if;
  told := private.close_no_show(booking.booking_id, 'dismissed', btrim(reason));
  perform private.write_mail('no_show_dropped', booking.booking_id);
  perform private.write_mail('no_show_dismissed', booking.booking_id);
  return told;
end $$;

comment on function private.staff_decide_no_show is
  'Rule: staff decide once, with a reason, and need not wait for the guest; if dismissed, the stay '
  'continues as if nothing had been reported.';

create function public.report_no_show(booking_id uuid, report text default null)
  returns public.no_shows language sql volatile security invoker set search_path = ''
  return private.report_no_show(booking_id, report);

create function public.withdraw_no_show(booking_id uuid)
  returns public.no_shows language sql volatile security invoker set search_path = ''
  return private.withdraw_no_show(booking_id);

create function public.object_to_no_show(booking_id uuid, objection text default null)
  returns public.no_shows language sql volatile security invoker set search_path = ''
  return private.object_to_no_show(booking_id, objection);

create function public.staff_decide_no_show(booking_id uuid, upheld boolean, reason text)
  returns public.no_shows language sql volatile security invoker set search_path = ''
  return private.staff_decide_no_show(booking_id, upheld, reason);

grant execute on function
  private.report_no_show, public.report_no_show, private.withdraw_no_show, public.withdraw_no_show,
  private.object_to_no_show, public.object_to_no_show, private.staff_decide_no_show,
  public.staff_decide_no_show
  to authenticated;

comment on function public.report_no_show is
  'A host reports that the guest of a confirmed stay did not come. The payout is put on hold; the '
  'guest may object by object_until, otherwise the stay is settled as if cancelled at this moment. '
  'Repeating it changes nothing. Errors: booking_not_found, stay_not_under_way, no_show_closed, '
  'message_too_long.';
comment on function public.withdraw_no_show is
  'A host withdraws the report because the guest came after all. Repeating it changes nothing. '
  'Errors: booking_not_found, no_show_not_found, no_show_closed.';
comment on function public.object_to_no_show is
  'The guest says that they did come; staff decide. Repeating it changes nothing. Errors: '
  'booking_not_found, no_show_not_found, no_show_closed, objection_too_late, message_too_long.';
comment on function public.staff_decide_no_show is
  'Staff decide, with a reason, whether the guest failed to come. Repeating it returns the same '
  'answer. Errors: staff_only, decision_required, reason_required, no_show_not_found, own_case, '
  'no_show_closed, dispute_open.';
