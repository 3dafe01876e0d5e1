-- Requests: asking for a stay, answering, withdrawing.

create type public.booking_hold as (
  booking_id   uuid,
  status       public.booking_status,
  expires_at   timestamptz,
  currency     text,
  total_minor  bigint,
  holds_nights boolean
);

comment on type public.booking_hold is
  'holds_nights: false when the nights stay open to others until this booking is paid; the first '
  'to pay gets them (private.holds_for_newcomers).';

create function private.hold_of(booking public.bookings)
  returns public.booking_hold language plpgsql stable security definer set search_path = ''
as $$
declare
  hold public.booking_hold;
begin
  select booking.booking_id, booking.status, booking.expires_at, booking.currency,
    guest_totals.total_minor,
    exists (
      select from private.claims
      where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id)
  into hold
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  return hold;
end $$;

create function private.write_lines(booking_id uuid, priced private.priced_stay)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.booking_lines (
    booking_id, position, kind, night, description, quantity, unit_minor, discount_minor,
      amount_minor)
  select booking_id, line.position, line.kind, line.night, line.description, line.quantity,
    line.unit_minor, line.discount_minor, line.amount_minor
  from unnest(priced.lines) with ordinality as line (
    kind, night, description, quantity, unit_minor, discount_minor, amount_minor, position);
  if priced.taxes is not null then
    insert into private.booking_taxes (booking_id, position, basis, taxed_nights, jurisdiction)
    select booking_id, tax.line, tax.basis, tax.taxed_nights, tax.jurisdiction
    from unnest(priced.taxes) as tax;
  end if;
end $$;

-- What was agreed beside the home's own price and policy (null: the home's).
create type private.stay_terms as (priced private.priced_stay, cancellation_policy text);

create function private.hold_nights(
  booking_id uuid, listing_id uuid, check_in date, check_out date, guests integer, infants integer,
  pets integer, expected_total_minor bigint, message text, offer_id uuid, child_ages smallint[])
  returns public.booking_hold language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller   uuid := private.active_caller();
  clock    timestamptz := private.now();
  problem  text;
  home     record;
  own      public.bookings;
  terms    private.stay_terms;
  priced   private.priced_stay;
  booking  public.bookings;
  charges  public.planned_charge[] := '{}';
  newcomer boolean;
  instant  boolean;
  replaces boolean;
  holds    boolean := true;
begin
  if booking_id is null then perform private.refuse('booking_id_required'); end if;
  perform private.check_text(message);

  -- Of many who want the same nights most are refused here, before anything is locked or priced.
  -- A booking that came with this id before is answered as it is; that is looked up in an `if` of
  -- its own, for as part of a condition a query is started even where it is not needed (2.3 us),
  -- and its tables are locked (findings/a-condition-that-is-decided-locks-the-rest.sh).
  if hold_nights.offer_id is null then
    problem := private.stay_problem(
      hold_nights.listing_id, check_in, check_out, guests, infants, pets, caller,
      child_ages => child_ages);
    if problem is not null then
      if not exists (
        select from public.bookings where bookings.booking_id = hold_nights.booking_id)
      then
        perform private.refuse(problem);
      end if;
    end if;
  end if;

  -- One request of a guest at a time: two at once would each see room for a third hold.
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into booking from public.bookings where bookings.booking_id = hold_nights.booking_id;
  if found then
    if row(booking.guest_id, booking.listing_id, booking.check_in, booking.check_out,
        booking.guests, booking.infants, booking.pets, booking.child_ages, booking.offer_id)
      is distinct from row(caller, hold_nights.listing_id, hold_nights.check_in,
        hold_nights.check_out,
        hold_nights.guests, hold_nights.infants, hold_nights.pets, hold_nights.child_ages,
        hold_nights.offer_id)
    then
      perform private.refuse('id_reused', 'id', 'booking_id');
    end if;
    return private.hold_of(booking);
  end if;

  if hold_nights.offer_id is null then
    priced := private.price_stay(listing_id, check_in, check_out, guests, pets, child_ages);
    perform private.check_charge(priced);
  else
    execute format('select * from private.%I($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      private.registered('terms_of_stay', 'offer'))
    into terms
    using offer_id, caller, listing_id, check_in, check_out, guests, infants, pets, child_ages;
    priced := terms.priced;
  end if;
  if priced.total_minor is distinct from expected_total_minor then
    perform private.refuse('price_changed', 'total', priced.total_minor::text, priced.currency);
  end if;

  select listings.host_id, listings.instant_book, listings.cancellation_policy,
    listings.time_zone, listings.check_in_time, listings.check_out_time
  into strict home
  from public.listings where listings.listing_id = hold_nights.listing_id;
  newcomer := not private.has_paid(caller);
  if priced.total_minor > 0 then
    charges := private.planned_charges(priced, check_in, home.check_in_time, home.time_zone);
  end if;
  instant := hold_nights.offer_id is not null or (home.instant_book and not (
    newcomer and charges[1].charge_at is not null
    and private.newcomers_have_enough(listing_id, check_out - check_in)));

  -- The guest's own unpaid hold there gives way to the new one. Its booking is locked before the
  -- listing (see release_overdue_holds), and ended after it.
  perform from public.bookings
  where bookings.guest_id = caller and bookings.status = 'awaiting_payment'
    and bookings.listing_id = hold_nights.listing_id
  order by bookings.booking_id
  for update;
  replaces := found;
  if replaces then
    perform private.have_nights_alone(listing_id);
    -- They may be gone by now: whoever waited for the home is told before anything is written.
    if not private.nights_free(listing_id, check_in, check_out, 0::smallint, caller) then
      perform private.refuse('nights_taken');
    end if;
  end if;
  perform private.release_overdue_holds(listing_id, daterange(check_in, check_out + 2));
  if replaces then
    for own in
      select * from public.bookings
      where bookings.guest_id = caller and bookings.status = 'awaiting_payment'
        and bookings.listing_id = hold_nights.listing_id
      order by bookings.booking_id
    loop
      perform private.end_booking(own, 'cancelled_by_guest', 'guest', 'replaced');
    end loop;
  end if;
  perform private.check_limits(
    caller, listing_id, daterange(check_in, check_out), instant, charges[1].charge_at is not null
      or charges = '{}', clock);

  insert into public.bookings (
    booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets,
    child_ages, message, currency, subtotal_minor, taxes_minor, discount, discount_bp,
    cancellation_policy, instant_book, preparation_nights, time_zone, check_in_time,
    check_out_time, expires_at, created_at, offer_id)
  select
    hold_nights.booking_id, booking_rules.listing_id, home.host_id, caller, hold_nights.check_in,
    hold_nights.check_out, hold_nights.guests, hold_nights.infants, hold_nights.pets,
    hold_nights.child_ages,
    coalesce(hold_nights.message, ''), priced.currency, priced.subtotal_minor, priced.taxes_minor,
    priced.discount, priced.discount_bp,
    coalesce(terms.cancellation_policy, home.cancellation_policy),
    instant, booking_rules.preparation_nights, home.time_zone, home.check_in_time,
      home.check_out_time,
    clock + make_interval(mins => case when newcomer
      then least(settings.newcomer_hold_minutes, settings.hold_minutes)
        else settings.hold_minutes end),
    clock, hold_nights.offer_id
  from public.booking_rules
  join private.settings on settings.singleton
  where booking_rules.listing_id = hold_nights.listing_id
  on conflict on constraint bookings_pkey do nothing
  returning * into booking;
  if not found then perform private.refuse('id_reused', 'id', 'booking_id'); end if;
  if not private.claim_nights(booking, 'hold') then
    perform private.refuse('nights_taken');
  end if;
  if newcomer and priced.total_minor > 0 and not private.holds_for_newcomers(booking) then
    delete from private.claims
    where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
    holds := false;
  end if;
  if booking.offer_id is not null then
    execute format('select private.%I($1)', private.registered('stay_held', 'offer'))
    using booking.offer_id;
  end if;

  perform private.write_lines(booking.booking_id, priced);
  insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
  values (booking.booking_id, caller, priced.guest_fee_bp, priced.guest_fee_minor,
    priced.total_minor);
  insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
  values (booking.booking_id, booking.listing_id, priced.host_fee_bp, priced.host_fee_minor,
    priced.payout_minor);

  if priced.total_minor = 0 then
    booking := private.place_booking(booking, clock + make_interval(
      hours => (select settings.answer_hours from private.settings)));
    return private.hold_of(booking);
  end if;
  perform private.open_payments(booking, charges);
  return row(booking.booking_id, booking.status, booking.expires_at, booking.currency,
    priced.total_minor, holds)::public.booking_hold;
end $$;

comment on function private.hold_nights is
  'Rule: creates a booking. The same id returns the same booking; the price is the quoted one; '
  'either the nights are claimed or nothing happens.';

create function private.request_booking(
  booking_id uuid, listing_id uuid, check_in date, check_out date, guests integer, infants integer,
  pets integer, expected_total_minor bigint, message text,
  expected_cancellation_policy text default null, offer_id uuid default null,
  child_ages smallint[] default '{}')
  returns public.booking_hold language plpgsql volatile security definer set search_path = ''
  -- All of it goes by keys: one plan does. Otherwise each statement is planned six times in each
  -- connection. A plan made while a table was still empty would read all of it for as long as the
  -- connection lasts, also for the foreign keys. What is read all the same would be compiled
  -- (findings/a-scan-that-is-off-is-compiled.sh).
  set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off set jit = off
as $$
declare
  hold public.booking_hold;
begin
  for attempt in 1 .. 2 loop
    begin
      hold := private.hold_nights(
        booking_id, listing_id, check_in, check_out, guests, infants, pets, expected_total_minor,
          message,
        request_booking.offer_id, child_ages);
      -- Looked at where it is frozen: the host may have changed it a moment ago.
      if expected_cancellation_policy is not null then
        if exists (
          select from public.bookings
          where bookings.booking_id = hold.booking_id
            and bookings.cancellation_policy <> expected_cancellation_policy)
        then
          perform private.refuse('terms_changed');
        end if;
      end if;
      return hold;
    exception when deadlock_detected or serialization_failure then
      null;
    end;
  end loop;
  perform private.refuse('try_again', 'booking');
end $$;

create function public.request_booking(
  booking_id           uuid,
  listing_id           uuid,
  check_in             text,
  check_out            text,
  expected_total_minor bigint,
  guests               integer default 1,
  infants              integer default 0,
  pets                 integer default 0,
  message              text    default '',
  expected_cancellation_policy text default null,
  offer_id             uuid    default null,
  child_ages           smallint[] default null)
  returns public.booking_hold language sql volatile security invoker
  return private.request_booking(
    booking_id, listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, expected_total_minor, message,
    expected_cancellation_policy, offer_id, coalesce(private.in_order(child_ages), '{}'));

grant execute on function private.request_booking, public.request_booking to authenticated;

comment on function public.request_booking is
  'Holds the nights for the caller until expires_at, to be paid through create-payment. The client '
  'chooses booking_id; a repeated call returns the same booking. child_ages must be that of the '
  'quote; guest and host can see it. expected_total_minor is the total of the quote, '
  'expected_cancellation_policy its policy (null: any). A free stay is placed at once. With '
  'holds_nights false the nights stay open to others: the first to pay gets them. With offer_id it '
  'accepts an offer of the host: its stay at its price, without approval (quote_offer). Errors: '
  'those of quote_stay; offer_not_found, offer_differs, offer_closed, offer_expired, '
  'price_changed, terms_changed, id_reused, too_many_holds, too_many_open_requests, '
  'too_many_unpaid_stays, unpaid_stays_overlap, account_suspended, account_closed, '
  'sign_in_required, booking_id_required, message_too_long, try_again.';

-- Answering, withdrawing

create function private.booking_to_answer(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  perform private.active_caller();
  select * into booking from public.bookings
  where bookings.booking_id = booking_to_answer.booking_id
    and bookings.placed_at is not null
    and private.may_manage(bookings.listing_id, 'bookings')
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  return booking;
end $$;

comment on function private.booking_to_answer is
  'Rule: the booking, locked, for a host of it; for others it does not exist.';

create function private.check_acceptable(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'requested' or booking.accepted_at is not null then
    perform private.refuse('not_awaiting_answer', 'status', booking.status::text);
  end if;
  if booking.expires_at <= private.now() then perform private.refuse('request_expired'); end if;
  return booking.expires_at;
end $$;

comment on function private.check_acceptable is
  'Rule: a request can be accepted until it expires, which this returns.';

create function private.check_declinable(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.accepted_at is not null then perform private.refuse('already_accepted'); end if;
  if booking.status <> 'requested' then
    perform private.refuse('not_awaiting_answer', 'status', booking.status::text);
  end if;
  return booking.expires_at;
end $$;

comment on function private.check_declinable is
  'Rule: a request can be declined while it is open and not accepted; it ends by itself when it '
  'expires.';

create function private.check_withdrawable(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.accepted_at is not null then perform private.refuse('already_accepted'); end if;
  if booking.status not in ('awaiting_payment', 'requested') then
    perform private.refuse('not_withdrawable', 'status', booking.status::text);
  end if;
  return booking.expires_at;
end $$;

comment on function private.check_withdrawable is
  'Rule: guests can withdraw an unpaid stay, or a request that is open and not accepted; it ends by '
  'itself when it expires.';

create function private.accept_booking(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(accept_booking.booking_id);
begin
  if booking.accepted_at is not null
    and booking.status in ('requested', 'confirmed', 'completed')
  then
    return booking;
  end if;
  perform private.check_acceptable(booking);

  update public.bookings set accepted_at = private.now(), expires_at = null
  where bookings.booking_id = booking.booking_id
  returning * into booking;
  update private.claims set expires_at = null
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
  if private.capture_money(booking.booking_id) then
    booking := private.confirm_booking(booking);
  end if;
  return booking;
end $$;

comment on function private.accept_booking is
  'Rule: accepting queues the capture; the stay is confirmed when the money has arrived.';

create function private.decline_booking(booking_id uuid, reason text)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(decline_booking.booking_id);
begin
  if booking.status = 'declined' then
    return booking;
  end if;
  perform private.check_declinable(booking);
  perform private.check_text(reason);
  return private.end_booking(booking, 'declined', 'host', reason);
end $$;

create function private.withdraw_booking(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id = withdraw_booking.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  if booking.status = 'cancelled_by_guest' and booking.confirmed_at is null then
    return booking;
  end if;
  perform private.check_withdrawable(booking);
  return private.end_booking(booking, 'cancelled_by_guest', 'guest', 'withdrawn');
end $$;

create function public.accept_booking(booking_id uuid)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.accept_booking(booking_id);

create function public.decline_booking(booking_id uuid, reason text default null)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.decline_booking(booking_id, reason);

create function public.withdraw_booking(booking_id uuid)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.withdraw_booking(booking_id);

grant execute on function
  private.accept_booking, private.decline_booking, private.withdraw_booking, public.accept_booking,
  public.decline_booking, public.withdraw_booking
  to authenticated;

comment on function public.accept_booking is
  'A host accepts a request: the card is charged, then the stay is confirmed. Repeating it changes '
  'nothing. Errors: booking_not_found, not_awaiting_answer, request_expired.';
comment on function public.decline_booking is
  'A host declines a request: the nights become free and the card authorisation is released. '
  'Repeating it changes nothing. Errors: booking_not_found, not_awaiting_answer, already_accepted, '
  'message_too_long.';
comment on function public.withdraw_booking is
  'The guest withdraws an unpaid booking or an unanswered request. Repeating it changes nothing. '
  'Errors: booking_not_found, already_accepted, not_withdrawable.';

create function private.check_attempts(so_far bigint)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if so_far >= (select settings.attempts_per_stay from private.settings) then
    perform private.refuse('too_many_attempts');
  end if;
end $$;

comment on function private.check_attempts is
  'Rule: whatever one side can request of a stay and withdraw again, with an e-mail to the other '
  'side each time, is limited in number.';
