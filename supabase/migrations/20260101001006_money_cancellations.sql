-- Cancellations: what was settled, the preview and the verbs.

create table public.cancellations (
  booking_id   uuid                     primary key references public.bookings on delete restrict,
  cancelled_by public.booking_actor     not null,
  rule         public.cancellation_rule not null,
  cancelled_at timestamptz              not null
);

create table public.guest_settlements (
  booking_id       uuid   primary key references public.bookings on delete restrict,
  guest_id         uuid   not null references public.profiles on delete restrict,
  paid_minor       bigint not null,
  refund_minor     bigint not null,
  back_before_minor bigint not null default 0,
  owed_minor       bigint not null,
  kept_fee_minor   bigint not null,

  constraint guest_settlements_refund_what_was_paid check (
    refund_minor >= 0 and back_before_minor >= 0 and refund_minor + back_before_minor <= paid_minor
    and kept_fee_minor >= 0),
  constraint guest_settlements_refund_or_ask
    check (owed_minor >= 0 and (refund_minor = 0 or owed_minor = 0))
);

create table public.host_settlements (
  booking_id     uuid   primary key references public.bookings on delete restrict,
  listing_id     uuid   not null references public.listings on delete restrict,
  kept_minor     bigint not null,
  host_fee_minor bigint not null,
  payout_minor   bigint not null,
  penalty_minor  bigint not null,

  constraint host_settlements_add_up
    check (payout_minor = kept_minor - host_fee_minor and penalty_minor >= 0)
);

create index guest_settlements_guest_id_idx on public.guest_settlements (guest_id);
create index host_settlements_listing_id_idx on public.host_settlements (listing_id);

comment on table public.cancellations is
  'Who cancelled a confirmed stay, when, and which rule decided the amounts.';
comment on column public.cancellations.rule is
  'The policy, or the rule that takes precedence over it: grace, long_stay, host_cancelled, staff, '
  'unpaid.';
comment on table public.guest_settlements is 'What the guest gets back; not visible to hosts.';
comment on column public.guest_settlements.refund_minor is
  'The refund still to come at the time of cancellation, which is sent: the figure of the preview '
  'and the e-mail.';
comment on column public.guest_settlements.back_before_minor is
  'The part of the amount to be given back that had gone back before: by a refund, or by the bank '
  'in a lost dispute.';
comment on column public.guest_settlements.owed_minor is
  'What the stay costs beyond what was paid; charged to the saved card.';
comment on table public.host_settlements is
  'What the owner keeps of a cancelled stay and owes for cancelling it; not visible to guests and '
  'co-hosts.';

alter table public.cancellations enable row level security;
alter table public.guest_settlements enable row level security;
alter table public.host_settlements enable row level security;

create policy "people see how bookings they see were cancelled" on public.cancellations
  for select to authenticated
  using (exists (select from public.bookings where bookings.booking_id = cancellations.booking_id));
create policy "guests see what they got back" on public.guest_settlements
  for select to authenticated using (guest_id = (select auth.uid()));
create policy "owners see what they keep" on public.host_settlements
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('payouts'))));

grant select on public.cancellations, public.guest_settlements,
  public.host_settlements to authenticated;

create trigger keep_the_cancellations before update or delete or truncate on public.cancellations
  for each statement execute function private.refuse_change();
create trigger keep_the_guest_settlements before update or delete
  or truncate on public.guest_settlements
  for each statement execute function private.refuse_change();
create trigger keep_the_host_settlements before update or delete
  or truncate on public.host_settlements
  for each statement execute function private.refuse_change();

-- Cancelling

create type public.cancellation_preview as (
  booking_id    uuid,
  cancelled_by  public.booking_actor,
  rule          public.cancellation_rule,
  currency      text,
  refund_minor  bigint,
  owed_minor    bigint,
  payout_minor  bigint,
  penalty_minor bigint
);

create function private.cancelling_side(booking public.bookings)
  returns public.booking_actor language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.guest_id = auth.uid() then
    return 'guest';
  elsif booking.placed_at is not null and private.may_manage(booking.listing_id, 'bookings') then
    return 'host';
  end if;
  perform private.refuse('booking_not_found');
end $$;

comment on function private.cancelling_side is
  'Rule: the guest or a host of the booking may cancel it; for others it does not exist.';

create function private.still_to_come(booking_id uuid, refund_minor bigint)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  -- Claimed as private.claim_refund does it; what a bank keeps of a payment the guest has already.
  return (
    select coalesce(sum(least(
      paid.left_minor, greatest(0,
        still_to_come.refund_minor - (paid.so_far_minor - paid.left_minor)))), 0)
    from (
      select payments.payment_id, payments.captured_minor - payments.refunded_minor as left_minor,
        sum(payments.captured_minor - payments.refunded_minor)
          over (order by payments.instalment desc) as so_far_minor
      from public.payments
      where payments.booking_id = still_to_come.booking_id and payments.status = 'captured'
        and payments.purpose <> 'damage') as paid
    where not exists (
      select from private.disputes where disputes.payment_id = paid.payment_id
        and disputes.is_lost))::bigint;
end $$;

comment on function private.still_to_come is
  'Rule: the refund shown to a guest is what is still to come: less than the amount to be given '
  'back, if part of it was refunded before or returned by their bank.';

-- Each side is told its own figures: the guest the refund, the owner the payout and the penalty.
create function private.preview_of(
  booking public.bookings, actor public.booking_actor, settled private.settlement,
    coming_minor bigint)
  returns public.cancellation_preview language plpgsql stable security definer set search_path = ''
as $$
declare
  owns boolean := private.may_manage(booking.listing_id, 'payouts');
begin
  return row(
    booking.booking_id, actor, settled.rule, booking.currency,
    case when actor = 'guest' then coming_minor end,
    case when actor = 'guest' then settled.owed_minor end,
    case when owns then settled.payout_minor end,
    case when owns then settled.penalty_minor end)::public.cancellation_preview;
end $$;

create function private.check_cancellable(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'confirmed' then
    perform private.refuse('not_cancellable', 'status', booking.status::text);
  end if;
  if private.now() >= private.stay_ends_at(booking) then
    perform private.refuse('stay_over');
  end if;
  return private.stay_ends_at(booking);
end $$;

create function private.preview_cancellation(booking_id uuid)
  returns public.cancellation_preview language plpgsql stable security definer set search_path = ''
as $$
declare
  booking public.bookings;
  actor   public.booking_actor;
  settled private.settlement;
begin
  perform private.signed_in();
  select * into booking from public.bookings
    where bookings.booking_id = preview_cancellation.booking_id;
  actor := private.cancelling_side(booking);
  perform private.check_cancellable(booking);
  settled := private.settle_cancellation(booking, actor, private.now());
  return private.preview_of(
    booking, actor, settled, private.still_to_come(booking.booking_id, settled.refund_minor));
end $$;

create function private.cancel_booking(
  booking_id uuid, reason text, expected_refund_minor bigint, expected_owed_minor bigint)
  returns public.cancellation_preview language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  booking public.bookings;
  actor   public.booking_actor;
  settled private.settlement;
  coming  bigint;
begin
  perform private.active_caller();
  perform private.check_text(reason);
  select * into booking from public.bookings
  where bookings.booking_id = cancel_booking.booking_id for update;
  actor := private.cancelling_side(booking);
  if booking.status = ('cancelled_by_' || actor)::public.booking_status
    and booking.confirmed_at is not null
  then
    return private.preview_of(
      booking, actor, private.settled_before(booking), private.told_to_come(booking.booking_id));
  end if;
  perform private.check_cancellable(booking);
  if actor = 'host' and num_nonnulls(expected_refund_minor, expected_owed_minor) > 0 then
    perform private.refuse('invalid_value', 'guests_figures');
  end if;

  settled := private.settle_cancellation(booking, actor, private.now());
  coming := private.still_to_come(booking.booking_id, settled.refund_minor);
  if actor = 'guest'
    and (coming <> expected_refund_minor or settled.owed_minor <> expected_owed_minor)
  then
    perform private.refuse(
      'refund_changed', 'amounts', booking.currency, coming::text, settled.owed_minor::text);
  end if;
  booking := private.end_stay(booking, actor, reason, settled);
  return private.preview_of(booking, actor, settled, coming);
end $$;

comment on function private.cancel_booking is
  'Rule: a cancellation settles what its preview showed, once; the guest can require the figure '
  'they saw.';

create function private.settled_before(booking public.bookings)
  returns private.settlement language sql stable security definer set search_path = ''
begin atomic
  select cancellations.rule, guest_settlements.paid_minor,
    guest_settlements.refund_minor + guest_settlements.back_before_minor,
    guest_settlements.owed_minor, host_settlements.kept_minor,
    guest_settlements.paid_minor - guest_settlements.refund_minor
      - guest_settlements.back_before_minor + guest_settlements.owed_minor
      - guest_settlements.kept_fee_minor - host_settlements.kept_minor,
    guest_settlements.kept_fee_minor, host_settlements.host_fee_minor,
      host_settlements.payout_minor,
    host_settlements.penalty_minor
  from public.cancellations
  join public.guest_settlements on guest_settlements.booking_id = cancellations.booking_id
  join public.host_settlements on host_settlements.booking_id = cancellations.booking_id
  where cancellations.booking_id = booking.booking_id;
end;

create function private.told_to_come(booking_id uuid)
  returns bigint language sql stable security definer set search_path = ''
  return (
    select guest_settlements.refund_minor from public.guest_settlements
    where guest_settlements.booking_id = told_to_come.booking_id);

create function private.keep_settlement(
  ended public.bookings, cancelled_by public.booking_actor, cancelled_at timestamptz,
    settled private.settlement)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  coming bigint := private.still_to_come(ended.booking_id, settled.refund_minor);
begin
  perform private.claim_refund(
    ended.booking_id, settled.refund_minor, ended.status::text::public.refund_reason);
  perform private.return_open_payments(ended.booking_id, ended.status::text::public.refund_reason);
  perform private.open_shortfall(ended, settled.owed_minor);
  insert into public.cancellations (booking_id, cancelled_by, rule, cancelled_at)
  values (ended.booking_id, keep_settlement.cancelled_by, settled.rule,
    keep_settlement.cancelled_at);
  insert into public.guest_settlements (
    booking_id, guest_id, paid_minor, refund_minor, back_before_minor, owed_minor, kept_fee_minor)
  values (
    ended.booking_id, ended.guest_id, settled.paid_minor, coming, settled.refund_minor - coming,
      settled.owed_minor,
    settled.kept_fee_minor);
  insert into public.host_settlements (
    booking_id, listing_id, kept_minor, host_fee_minor, payout_minor, penalty_minor)
  values (
    ended.booking_id, ended.listing_id, settled.kept_minor, settled.host_fee_minor,
    settled.payout_minor, settled.penalty_minor);
  delete from private.claims
  where claims.booking_id = ended.booking_id and claims.listing_id = ended.listing_id;
end $$;

comment on function private.keep_settlement is
  'Rule: a stay that ended early is settled once, its refund reserved or the amount still owed '
  'charged, and its nights freed, in the transaction that ended it.';

create function private.end_stay(
  booking public.bookings, actor public.booking_actor, reason text, settled private.settlement)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  ended public.bookings;
begin
  ended := private.move_booking(
    booking.booking_id,
    case actor when 'system' then 'cancelled_by_guest' else 'cancelled_by_'
      || actor end::public.booking_status,
    actor, reason, null);
  perform private.keep_settlement(ended, actor, private.now(), settled);
  if actor = 'host' then
    -- A host who cancels cannot sell the same nights again.
    insert into private.claims (listing_id, nights, lane, kind, booking_id)
    select booking.listing_id, nights, private.own_lane(), 'host_cancelled', booking.booking_id
    from (select daterange(greatest(booking.check_in, private.today(booking.time_zone)),
      booking.check_out) as nights)
      as left_over
    where not isempty(nights);
  end if;
  perform private.write_mail('booking_cancelled_guest', booking.booking_id);
  perform private.write_mail('booking_cancelled_host', booking.booking_id);
  return ended;
end $$;

comment on function private.end_stay is
  'Rule: a confirmed stay that is cancelled changes status, is settled and refunded and frees its '
  'nights in one transaction; nights of a stay that the host cancelled stay closed.';

create function private.cancellation_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(
    (select jsonb_build_object(
       'refund_minor', guest_settlements.refund_minor, 'back_before_minor',
         guest_settlements.back_before_minor,
       'owed_minor', guest_settlements.owed_minor)
     from public.guest_settlements
     where guest_settlements.booking_id = cancellation_facts.booking_id
       and guest_settlements.guest_id = cancellation_facts.recipient_id),
    (select jsonb_build_object(
       'left_minor', host_settlements.payout_minor, 'penalty_minor', host_settlements.penalty_minor)
     from public.host_settlements
     join public.bookings on bookings.booking_id = host_settlements.booking_id
     where host_settlements.booking_id = cancellation_facts.booking_id
       and bookings.host_id = cancellation_facts.recipient_id),
    '{}');
end $$;

comment on function private.cancellation_facts is
  'The additional facts for an e-mail about a cancelled stay, besides those of the booking.';

-- Staff

create function private.is_impartial(guest_id uuid, listing_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return is_impartial.guest_id is distinct from auth.uid() and not exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = is_impartial.listing_id
      and listing_hosts.profile_id = auth.uid());

comment on function private.is_impartial is
  'Whether the caller neither booked the stay nor hosts the home.';

create function private.check_impartial(guest_id uuid, listing_id uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if not private.is_impartial(guest_id, listing_id) then perform private.refuse('own_case'); end if;
end $$;

comment on function private.check_impartial is
  'Rule: staff cannot decide about a stay they booked or a home they host.';

create function private.share_by_refund(booking public.bookings, refund_minor bigint)
  returns private.settlement language plpgsql stable security definer set search_path = ''
as $$
declare
  paid bigint := private.paid_for(booking.booking_id);
begin
  if refund_minor is null or refund_minor not between 0 and paid
    or refund_minor % (select currencies.step_minor from private.currencies
      where currencies.currency = booking.currency) <> 0
  then
    perform private.refuse('invalid_refund');
  end if;
  return private.share_by_kept(booking, paid - refund_minor, 'staff');
end $$;

comment on function private.share_by_refund is
  'Rule: staff decide how much of the money paid is refunded; nothing more is charged.';

create function private.check_cancellable_by_staff(booking public.bookings)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'confirmed' then
    perform private.refuse('not_cancellable', 'status', booking.status::text);
  end if;
end $$;

create function private.staff_cancel_booking(booking_id uuid, refund_minor bigint, reason text)
  returns public.cancellation_preview language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  booking public.bookings;
  settled private.settlement;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  select * into booking from public.bookings
  where bookings.booking_id = staff_cancel_booking.booking_id for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  if booking.status = 'cancelled_by_staff' then
    settled := private.settled_before(booking);
  else
    perform private.check_cancellable_by_staff(booking);
    settled := private.share_by_refund(booking, staff_cancel_booking.refund_minor);
    booking := private.end_stay(booking, 'staff', reason, settled);
  end if;
  return row(
    booking.booking_id, 'staff', settled.rule, booking.currency,
      private.told_to_come(booking.booking_id), settled.owed_minor,
    settled.payout_minor, settled.penalty_minor)::public.cancellation_preview;
end $$;

create function public.preview_cancellation(booking_id uuid)
  returns public.cancellation_preview language sql stable security invoker set search_path = ''
  return private.preview_cancellation(booking_id);

create function public.cancel_booking(
  booking_id uuid, reason text default null, expected_refund_minor bigint default null,
  expected_owed_minor bigint default null)
  returns public.cancellation_preview language sql volatile security invoker set search_path = ''
  return private.cancel_booking(booking_id, reason, expected_refund_minor, expected_owed_minor);

create function public.staff_cancel_booking(booking_id uuid, refund_minor bigint, reason text)
  returns public.cancellation_preview language sql volatile security invoker set search_path = ''
  return private.staff_cancel_booking(booking_id, refund_minor, reason);

grant execute on function
  private.preview_cancellation, private.cancel_booking, private.staff_cancel_booking,
  public.preview_cancellation, public.cancel_booking, public.staff_cancel_booking
  to authenticated;

comment on function public.preview_cancellation is
  'What cancelling now would mean for the caller. The guest sees the refund that is still to come '
  '(less than the policy gives, if part of it was refunded before), or what is still owed and will '
  'be charged; the owner sees the remaining payout and the penalty. Minor units. Errors: '
  'booking_not_found, not_cancellable, stay_over.';
comment on function public.cancel_booking is
  'The guest or a host cancels a confirmed stay. A guest, and no host, may pass '
  'expected_refund_minor and expected_owed_minor, the figures of the preview. Repeated by the same '
  'side, it returns the same answer. Errors: booking_not_found, not_cancellable, stay_over, '
  'refund_changed, invalid_value, message_too_long.';
comment on function public.staff_cancel_booking is
  'Staff cancel a confirmed stay with a refund of their choice, limited to what is left, and a '
  'reason. refund_minor of the answer is what is still to come. Repeating it changes nothing. '
  'Errors: staff_only, booking_not_found, own_case, not_cancellable, dispute_open, invalid_refund, '
  'reason_required.';
