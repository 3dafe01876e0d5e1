-- Complaints: the guest came, and the home is not what was sold. For three days after check-in a
-- guest may say so.
--
-- What has not left of the payout waits until staff dismiss the complaint or give back as much as
-- they find right. Money that goes back shrinks all shares alike, the host's before or after it was
-- paid: what is too much already is taken back.

alter table private.settings
  add column complaint_hours smallint not null default 72,
  add constraint settings_guests_complain_in_time check (complaint_hours between 1 and 336);

comment on column private.settings.complaint_hours is
  'How long after check-in a guest may complain.';

create type public.complaint_category as enum (
  'no_access', 'not_as_described', 'not_clean', 'not_working', 'not_safe', 'other');
create type public.complaint_status as enum ('open', 'withdrawn', 'dismissed', 'refunded');

create table public.complaints (
  complaint_id uuid                      primary key,
  booking_id   uuid                      not null references public.bookings on delete restrict,
  status       public.complaint_status   not null default 'open',
  category     public.complaint_category not null,
  complaint    text                      not null,
  answer       text,
  decision     text,
  created_at   timestamptz               not null,
  answered_at  timestamptz,
  closed_at    timestamptz,

  constraint complaints_are_told_shortly        check (
    char_length(complaint) <= 2000 and char_length(answer) <= 2000
    and char_length(decision) <= 2000),
  constraint complaints_say_when_they_were_answered check (
    (answer is not null) = (answered_at is not null)),
  constraint complaints_are_decided_with_a_reason check (
    (decision is not null) = (status in ('dismissed', 'refunded'))),
  constraint complaints_say_when_they_closed    check ((closed_at is not null) = (status <> 'open'))
);

create index complaints_booking_id_idx on public.complaints (booking_id, created_at);
create unique index complaints_open_idx on public.complaints (booking_id) where status = 'open';

comment on table public.complaints is
  'A guest''s complaint about a stay, the host''s answer and the decision of staff. At most one '
  'per booking is open. Visible to its guest, its hosts and staff.';
comment on column public.complaints.complaint_id is 'Chosen by the client.';
comment on column public.complaints.decision is
  'Why staff dismissed it or refunded money; the amount is in the guest''s refunds.';

alter table public.complaints enable row level security;

create policy "people see complaints about bookings they see, staff see all" on public.complaints
  for select to authenticated
  using (
    exists (select from public.bookings where bookings.booking_id = complaints.booking_id)
    or (select private.caller_is_staff()));
grant select on public.complaints to authenticated;
-- No writes: only verbs.

-- Rules

create function private.lock_complaint(complaint_id uuid)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_complaint public.complaints;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select complaints.booking_id from public.complaints
    where complaints.complaint_id = lock_complaint.complaint_id)
  for update;
  select * into found_complaint from public.complaints
  where complaints.complaint_id = lock_complaint.complaint_id for update;
  return found_complaint;
end $$;

create function private.close_complaint(
  complaint public.complaints, status public.complaint_status, decision text)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  closed public.complaints;
begin
  update public.complaints
  set status = close_complaint.status, decision = close_complaint.decision,
      closed_at = private.now()
  where complaints.complaint_id = close_complaint.complaint.complaint_id
  returning * into strict closed;
  perform private.lift_hold('complaint', closed.complaint_id::text);
  return closed;
end $$;

create function private.tell_of_complaint(template text, complaint public.complaints)
  returns void language sql volatile security definer set search_path = ''
  return private.write_mail(template, complaint.booking_id, complaint.complaint_id::text);

create function private.forget_complaints()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.complaints set complaint = ''
  from public.bookings
  where bookings.booking_id = complaints.booking_id and bookings.guest_id = new.profile_id
    and complaints.complaint <> '';
  update public.complaints set answer = ''
  from public.bookings
  where bookings.booking_id = complaints.booking_id and bookings.host_id = new.profile_id
    and complaints.answer <> '';
  return null;
end $$;

create trigger forget_the_complaints after update of erased_at on public.profiles
  for each row when (new.erased_at is not null and old.erased_at is null)
  execute function private.forget_complaints();

-- What a mail may say of the latest complaint: to the guest what comes back, to the host what
-- stays.
create function private.complaint_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  latest  public.complaints;
  booking public.bookings;
begin
  select * into latest from public.complaints
  where complaints.booking_id = complaint_facts.booking_id
  order by complaints.created_at desc limit 1;
  if not found then
    return '{}';
  end if;
  select * into strict booking from public.bookings where bookings.booking_id = latest.booking_id;
  return jsonb_build_object(
    'complaint', latest.complaint,
    'complaint_decision', latest.decision,
    'given_back_minor', case when recipient_id = booking.guest_id then (
      select sum(refunds.amount_minor) from public.refunds
      where refunds.booking_id = latest.booking_id and refunds.reason = 'complaint'
        and refunds.created_at = latest.closed_at) end,
    'share_minor', case when recipient_id = booking.host_id and latest.status = 'refunded'
      then (private.shares_of(booking)).host_minor end);
end $$;

-- What the sides do

create function private.check_complaint(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  arrival constant timestamptz := private.stay_begins_at(booking);
  ends    constant timestamptz := arrival + make_interval(
    hours => (select settings.complaint_hours from private.settings));
begin
  if booking.confirmed_at is null
    or booking.status not in ('confirmed', 'completed', 'cancelled_by_guest')
  then
    perform private.refuse('not_confirmed', 'status', booking.status::text);
  end if;
  if private.now() < arrival then perform private.refuse('stay_not_begun'); end if;
  if private.now() > ends then perform private.refuse('complaint_too_late'); end if;
  if exists (
    select from public.complaints
    where complaints.booking_id = booking.booking_id and complaints.status = 'open')
  then
    perform private.refuse('complaint_open');
  end if;
  perform private.check_attempts((
    select count(*) from public.complaints where complaints.booking_id = booking.booking_id));
  return ends;
end $$;

comment on function private.check_complaint is
  'Rule: a guest can complain from check-in on, for complaint_hours, about one thing at a time.';

create function private.check_complaint_open(complaint public.complaints)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if complaint.status <> 'open' then
    perform private.refuse('complaint_closed', 'status', complaint.status::text);
  end if;
end $$;

create function private.check_complaint_answer(complaint public.complaints)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.check_complaint_open(complaint);
  if complaint.answer is not null then perform private.refuse('already_answered'); end if;
end $$;

create function private.file_complaint(
  complaint_id uuid, booking_id uuid, category public.complaint_category, complaint text)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
  filed   public.complaints;
begin
  if complaint_id is null or category is null then
    perform private.refuse('complaint_incomplete');
  end if;
  if coalesce(btrim(complaint), '') = '' then
    perform private.refuse('complaint_incomplete');
  end if;
  perform private.check_text(complaint);
  select * into booking from public.bookings
  where bookings.booking_id = file_complaint.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  select * into filed from public.complaints
  where complaints.complaint_id = file_complaint.complaint_id;
  if found then
    if filed.booking_id <> booking.booking_id then
      perform private.refuse('id_reused', 'id', 'complaint_id');
    end if;
    return filed;
  end if;
  perform private.check_complaint(booking);

  insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
  values (
    file_complaint.complaint_id, booking.booking_id, file_complaint.category,
    btrim(file_complaint.complaint), private.now())
  on conflict on constraint complaints_pkey do nothing
  returning * into filed;
  if not found then perform private.refuse('id_reused', 'id', 'complaint_id'); end if;
  perform private.place_hold(booking.booking_id, 'complaint', filed.complaint_id::text);
  perform private.tell_of_complaint('complaint_filed', filed);
  return filed;
end $$;

comment on function private.file_complaint is
  'Rule: from check-in on for 72 hours, inclusive; also about a stay the guest cancelled. The part '
  'of the payout that has not left is put on hold.';

create function private.withdraw_complaint(complaint_id uuid)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller    uuid := private.active_caller();
  complaint public.complaints := private.lock_complaint(withdraw_complaint.complaint_id);
begin
  perform from public.bookings
  where bookings.booking_id = complaint.booking_id and bookings.guest_id = caller;
  if not found then perform private.refuse('complaint_not_found'); end if;
  if complaint.status = 'withdrawn' then
    return complaint;
  end if;
  perform private.check_complaint_open(complaint);
  complaint := private.close_complaint(complaint, 'withdrawn', null);
  perform private.tell_of_complaint('complaint_withdrawn', complaint);
  return complaint;
end $$;

create function private.answer_complaint(complaint_id uuid, answer text)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  complaint public.complaints;
begin
  perform private.active_caller();
  if coalesce(btrim(answer), '') = '' then perform private.refuse('complaint_incomplete'); end if;
  perform private.check_text(answer);
  complaint := private.lock_complaint(answer_complaint.complaint_id);
  if not exists (
    select from public.bookings
    where bookings.booking_id = complaint.booking_id
      and private.may_manage(bookings.listing_id, 'bookings'))
  then
    perform private.refuse('complaint_not_found');
  end if;
  if complaint.answer = btrim(answer_complaint.answer) then
    return complaint;
  end if;
  perform private.check_complaint_answer(complaint);
  update public.complaints
  set answer = btrim(answer_complaint.answer), answered_at = private.now()
  where complaints.complaint_id = complaint.complaint_id
  returning * into complaint;
  return complaint;
end $$;

comment on function private.answer_complaint is
  'Rule: the host side answers once, while it is open; staff need not wait for the answer.';

create function private.staff_decide_complaint(complaint_id uuid, refund_minor bigint, reason text)
  returns public.complaints language plpgsql volatile security definer set search_path = ''
as $$
declare
  complaint public.complaints;
  booking   public.bookings;
  outcome   public.complaint_status;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  complaint := private.lock_complaint(staff_decide_complaint.complaint_id);
  if complaint.complaint_id is null then perform private.refuse('complaint_not_found'); end if;
  select * into strict booking from public.bookings
  where bookings.booking_id = complaint.booking_id;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  if refund_minor is null or refund_minor < 0 then perform private.refuse('invalid_refund'); end if;
  outcome := case when refund_minor = 0 then 'dismissed' else 'refunded' end;
  if complaint.status = outcome then
    return complaint;
  end if;
  perform private.check_complaint_open(complaint);

  if outcome = 'refunded' then
    perform private.give_back(booking, refund_minor, complaint);
  end if;
  complaint := private.close_complaint(complaint, outcome, btrim(reason));
  perform private.tell_of_complaint('complaint_decided_guest', complaint);
  perform private.tell_of_complaint('complaint_decided_host', complaint);
  return complaint;
end $$;

comment on function private.staff_decide_complaint is
  'Rule: staff decide once, with a reason: either nothing, and the payout continues, or an amount '
  'to be refunded.';

create function private.give_back(
  booking public.bookings, amount_minor bigint, complaint public.complaints)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from private.disputes
    where disputes.booking_id = booking.booking_id and disputes.status = 'open')
  then
    perform private.refuse('dispute_open');
  end if;
  if amount_minor % (
      select currencies.step_minor from private.currencies
      where currencies.currency = booking.currency) <> 0
    or private.claim_refund(booking.booking_id, amount_minor, 'complaint') <> amount_minor
  then
    perform private.refuse('invalid_refund');
  end if;
  perform private.adjust_payout(booking.booking_id);
  perform private.post_shares(
    booking.booking_id, 'share_complaint', complaint.complaint_id::text);
end $$;

comment on function private.give_back is
  'Rule: a refund outside the settlement is reserved, deducted from all shares alike and recorded, '
  'in one transaction; no more than is left, and nothing while a dispute is open.';

create function public.file_complaint(
  complaint_id uuid, booking_id uuid, category public.complaint_category, complaint text)
  returns public.complaints language sql volatile security invoker set search_path = ''
  return private.file_complaint(complaint_id, booking_id, category, complaint);

create function public.withdraw_complaint(complaint_id uuid)
  returns public.complaints language sql volatile security invoker set search_path = ''
  return private.withdraw_complaint(complaint_id);

create function public.answer_complaint(complaint_id uuid, answer text)
  returns public.complaints language sql volatile security invoker set search_path = ''
  return private.answer_complaint(complaint_id, answer);

create function public.staff_decide_complaint(complaint_id uuid, refund_minor bigint, reason text)
  returns public.complaints language sql volatile security invoker set search_path = ''
  return private.staff_decide_complaint(complaint_id, refund_minor, reason);

grant execute on function
  private.file_complaint, public.file_complaint, private.withdraw_complaint,
  public.withdraw_complaint, private.answer_complaint, public.answer_complaint,
  private.staff_decide_complaint, public.staff_decide_complaint
  to authenticated;

comment on function public.file_complaint is
  'The guest reports a problem with a stay that has begun; the payout is put on hold until staff '
  'decide. The client chooses complaint_id; a repeated call returns the same complaint. Errors: '
  'complaint_incomplete, message_too_long, booking_not_found, id_reused, not_confirmed, '
  'stay_not_begun, complaint_too_late, complaint_open, too_many_attempts.';
comment on function public.withdraw_complaint is
  'The guest withdraws an open complaint. Repeating it changes nothing. Errors: '
  'complaint_not_found, complaint_closed.';
comment on function public.answer_complaint is
  'A host answers an open complaint, once. Repeating the same text changes nothing. Errors: '
  'complaint_incomplete, message_too_long, complaint_not_found, complaint_closed, '
  'already_answered.';
comment on function public.staff_decide_complaint is
  'Staff dismiss a complaint (0) or refund part of the payment, in minor units, with a reason. '
  'Repeating it changes nothing. Errors: staff_only, reason_required, complaint_not_found, '
  'own_case, invalid_refund, complaint_closed, dispute_open.';
