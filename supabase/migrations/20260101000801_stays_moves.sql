-- Moves: from which status to which, by whom, and what each brings with it.

create table private.booking_moves (
  from_status public.booking_status not null,
  to_status   public.booking_status not null,
  actor       public.booking_actor  not null,

  primary key (from_status, to_status, actor)
);

alter table private.booking_moves enable row level security;
comment on table private.booking_moves is
  'Every allowed status change of a booking, and who may make it.';

insert into private.booking_moves (from_status, to_status, actor) values
  ('awaiting_payment',   'confirmed',          'system'),
  ('awaiting_payment',   'requested',          'system'),
  ('awaiting_payment',   'expired',            'system'),
  ('awaiting_payment',   'payment_conflict',   'system'),
  ('awaiting_payment',   'cancelled_by_guest', 'guest'),
  ('requested',          'confirmed',          'system'),
  ('requested',          'declined',           'host'),
  ('requested',          'expired',            'system'),
  ('requested',          'cancelled_by_guest', 'guest'),
  ('expired',            'confirmed',          'system'),
  ('expired',            'requested',          'system'),
  ('expired',            'payment_conflict',   'system'),
  ('cancelled_by_guest', 'payment_conflict',   'system'),
  ('confirmed',          'completed',          'system'),
  ('confirmed',          'cancelled_by_guest', 'guest'),
  ('confirmed',          'cancelled_by_guest', 'system'),
  ('confirmed',          'cancelled_by_host',  'host'),
  ('confirmed',          'cancelled_by_staff', 'staff'),
  ('confirmed',          'no_show',            'system'),
  ('confirmed',          'no_show',            'staff');

-- When a stay is under way

create function private.stay_begins_at(booking public.bookings)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  return private.instant_at(booking.check_in + booking.check_in_time, booking.time_zone);
end $$;

create function private.stay_ends_at(booking public.bookings)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  return private.instant_at(booking.check_out + booking.check_out_time, booking.time_zone);
end $$;

comment on function private.stay_begins_at is
  'Rule: a stay begins at its check-in time in the listing''s time zone.';
comment on function private.stay_ends_at is
  'Rule: a stay is over at its check-out time in the listing''s time zone, not when a job says so.';

-- History

create table public.booking_history (
  booking_id  uuid                  not null references public.bookings on delete restrict,
  position    smallint              not null,
  from_status public.booking_status,
  to_status   public.booking_status not null,
  actor       public.booking_actor  not null,
  reason      text,
  moved_at    timestamptz           not null,

  primary key (booking_id, position)
);

comment on table public.booking_history is 'Every status change of a booking; append-only.';

alter table public.booking_history enable row level security;

create policy "people see the history of bookings they see" on public.booking_history
  for select to authenticated
  using (exists (select from public.bookings
    where bookings.booking_id = booking_history.booking_id));
grant select on public.booking_history to authenticated;

-- What stays as it is

create trigger keep_the_lines before truncate on public.booking_lines
  for each statement execute function private.refuse_change();
create trigger keep_the_taxes before truncate on private.booking_taxes
  for each statement execute function private.refuse_change();
create trigger keep_the_guest_totals before truncate on public.guest_totals
  for each statement execute function private.refuse_change();
create trigger keep_the_host_totals before truncate on public.host_totals
  for each statement execute function private.refuse_change();
create trigger keep_the_history before delete or truncate on public.booking_history
  for each statement execute function private.refuse_change();
create trigger keep_the_bookings before delete or truncate on public.bookings
  for each statement execute function private.refuse_change();

create function private.keep_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if old.reason is null or new.reason is not null
    or to_jsonb(new) - 'reason' <> to_jsonb(old) - 'reason'
  then
    perform private.refuse('frozen', 'rows', 'booking_history');
  end if;
  return new;
end $$;

comment on function private.keep_move is
  'Rule: history is immutable, except that the text is removed when its author is erased.';

create trigger keep_the_moves before update on public.booking_history
  for each row execute function private.keep_move();

-- Checking and recording moves

create function private.check_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  mover public.booking_actor := nullif(current_setting('staybase.actor', true), '');
begin
  if tg_op = 'INSERT' then
    if new.status <> 'awaiting_payment' and not private.was_settled_elsewhere(new.booking_id) then
      perform private.refuse('illegal_move', 'begin');
    end if;
  else
    if row(old.listing_id, old.host_id, old.guest_id, old.currency, old.discount, old.discount_bp,
        old.cancellation_policy, old.instant_book, old.preparation_nights, old.time_zone,
        old.check_in_time, old.check_out_time, old.created_at, old.offer_id)
      is distinct from
      row(new.listing_id, new.host_id, new.guest_id, new.currency, new.discount, new.discount_bp,
        new.cancellation_policy, new.instant_book, new.preparation_nights, new.time_zone,
        new.check_in_time, new.check_out_time, new.created_at, new.offer_id)
    then
      perform private.refuse('frozen', 'terms');
    end if;
    if new.status = old.status then
      return new;
    end if;
    if not exists (
      select from private.booking_moves
      where booking_moves.from_status = old.status and booking_moves.to_status = new.status
        and booking_moves.actor = mover)
      or (old.status = 'requested' and old.accepted_at is not null and mover <> 'system')
    then
      perform private.refuse(
        'illegal_move', 'move', old.status::text, new.status::text,
        coalesce(mover::text, 'anyone'));
    end if;
  end if;
  return new;
end $$;

comment on function private.check_move is
  'Rule: only the status changes in private.booking_moves are allowed, whoever writes; an accepted '
  'request waits for its money; terms do not change (but see keep_stay). A booking starts unpaid, '
  'unless it was paid on another platform.';

create function private.record_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.booking_history (booking_id, position, to_status, actor, moved_at)
    values (new.booking_id, 1, new.status,
      coalesce(nullif(current_setting('staybase.actor', true), ''), 'guest')::public.booking_actor,
      private.now());
    return null;
  end if;
  insert into public.booking_history (booking_id, position, from_status, to_status, actor, reason,
    moved_at)
  select new.booking_id, 1 + count(*), old.status, new.status,
    coalesce(nullif(current_setting('staybase.actor', true), ''), 'guest')::public.booking_actor,
    new.reason, private.now()
  from public.booking_history
  where booking_history.booking_id = new.booking_id;
  return null;
end $$;

comment on function private.record_move is
  'Rule: every status of a booking is recorded in its history, with who set it, why and when.';

create trigger check_the_first_move before insert on public.bookings
  for each row when (new.status <> 'awaiting_payment') execute function private.check_move();
create trigger check_the_move before update on public.bookings
  for each row execute function private.check_move();
create trigger record_the_first_move after insert on public.bookings
  for each row execute function private.record_move();
create trigger record_the_move after update of status on public.bookings
  for each row when (old.status <> new.status) execute function private.record_move();

create function private.move_booking(
  booking_id uuid, to_status public.booking_status, actor public.booking_actor, reason text,
  expires_at timestamptz)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  moved public.bookings;
begin
  perform set_config('staybase.actor', move_booking.actor::text, true);
  update public.bookings
  set status = move_booking.to_status,
      reason = move_booking.reason,
      expires_at = move_booking.expires_at,
      placed_at = case when move_booking.to_status in ('requested', 'confirmed')
        then coalesce(bookings.placed_at, private.now()) else bookings.placed_at end,
      confirmed_at = case when move_booking.to_status = 'confirmed'
        then private.now() else bookings.confirmed_at end
  where bookings.booking_id = move_booking.booking_id
  returning * into strict moved;
  perform set_config('staybase.actor', '', true);
  return moved;
end $$;

-- What a move brings with it

create function private.nights_key(listing_id uuid)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return hashtextextended('staybase/nights/' || listing_id, 0);
end $$;

create function private.have_nights_alone(listing_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.listings
    where listings.listing_id = have_nights_alone.listing_id for no key update;
  perform pg_advisory_xact_lock(private.nights_key(have_nights_alone.listing_id));
end $$;

comment on function private.have_nights_alone is
  'Rule: replacing a claim takes an exclusive lock on the listing; adding one takes a shared lock.';

create function private.claim_nights(booking public.bookings, kind private.claim_kind)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted integer := case when booking.preparation_nights > 0 then 2 else 1 end;
  taken  integer;
begin
  perform pg_advisory_xact_lock_shared(private.nights_key(booking.listing_id));
  -- Both rows in one statement, and no error when another was faster: measured without a deadlock
  -- at 64 sessions on one listing, where the bare constraint had dozens.
  insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
  select booking.listing_id, claim.nights, claim.lane, claim.kind, booking.booking_id,
    case when booking.status = 'awaiting_payment' then booking.guest_id end,
    case when claim_nights.kind = 'hold' then booking.expires_at end
  from (values
    (daterange(booking.check_in, booking.check_out), '(,)'::int4range, claim_nights.kind),
    (daterange(booking.check_out, booking.check_out + booking.preparation_nights),
      '[0,1)'::int4range,
      'preparation'::private.claim_kind)) as claim (nights, lane, kind)
  where not isempty(claim.nights)
  on conflict do nothing;
  get diagnostics taken = row_count;
  return taken = wanted;
end $$;

comment on function private.claim_nights is
  'Rule: a stay claims all its nights and its preparation, or nothing; false if one of them is '
  'taken. The caller undoes a partial claim.';

create function private.end_booking(
  booking public.bookings, to_status public.booking_status, actor public.booking_actor, reason text)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  ended public.bookings;
begin
  ended := private.move_booking(booking.booking_id, to_status, actor, reason, null);
  perform private.return_money(booking.booking_id, to_status::text::public.refund_reason);
  delete from private.claims
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
  perform private.tell_about_end(ended);
  return ended;
end $$;

comment on function private.end_booking is
  'Rule: a booking that ends before it is confirmed frees its nights and returns all money, in one '
  'transaction, without waiting for Stripe.';

create function private.place_booking(booking public.bookings, expires_at timestamptz)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  placed public.bookings;
begin
  -- A suspension or a deletion may have come while the guest was paying.
  if private.is_barred(booking.host_id) or private.is_barred(booking.guest_id) then
    return private.end_booking(booking, 'expired', 'system', 'suspended');
  end if;
  if booking.instant_book then
    return private.confirm_booking(booking);
  end if;
  placed := private.move_booking(booking.booking_id, 'requested', 'system', null,
    place_booking.expires_at);
  update private.claims set expires_at = place_booking.expires_at, held_by = null
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
  perform private.write_mail('booking_requested', placed.booking_id);
  return placed;
end $$;

comment on function private.place_booking is
  'Rule: a hold that is paid becomes a stay, or with approval a request that the host must answer '
  'by expires_at; if either side has been suspended or deleted by now, it ends instead.';

create function private.may_revive(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return not private.is_barred(booking.host_id) and not private.is_barred(booking.guest_id)
    and not private.is_blocked(booking.host_id, booking.guest_id)
    and (booking.accepted_at is not null or exists (
      select from public.listings
      where listings.listing_id = booking.listing_id and listings.status = 'published'))
    and (booking.instant_book or booking.accepted_at is not null or (
      select count(*) from public.bookings as other
      where other.guest_id = booking.guest_id and other.status = 'requested'
        and other.accepted_at is null)
      < (select settings.open_requests from private.settings));
end $$;

comment on function private.may_revive is
  'Rule: an expired hold is restored by its late payment only while the home is published and '
  'neither side is suspended, deleted or blocks the other, and as a request only while the guest '
  'may have another.';

create function private.confirm_booking(booking public.bookings)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  confirmed public.bookings;
begin
  confirmed := private.move_booking(booking.booking_id, 'confirmed', 'system', null, null);
  update private.claims
  set kind = case when claims.kind = 'hold' then 'stay'
    else claims.kind end, expires_at = null, held_by = null
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
  perform private.write_mail('booking_confirmed_guest', confirmed.booking_id);
  perform private.write_mail('booking_confirmed_host', confirmed.booking_id);
  return confirmed;
end $$;

comment on function private.confirm_booking is
  'Rule: a confirmed stay keeps its nights without a time limit, and guest and host are told by '
  'e-mail.';

create function private.tell_about_end(booking public.bookings)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if booking.status = 'payment_conflict' then
    perform private.write_mail('payment_returned', booking.booking_id);
  elsif booking.placed_at is not null then
    case booking.status
      when 'declined' then
        perform private.write_mail('booking_declined', booking.booking_id);
      when 'expired' then
        perform private.write_mail('booking_expired', booking.booking_id);
        perform private.write_mail('booking_missed', booking.booking_id);
      when 'cancelled_by_guest' then
        perform private.write_mail('booking_withdrawn', booking.booking_id);
    end case;
  end if;
end $$;
