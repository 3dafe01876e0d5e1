-- Alteration verbs: whether a stay can be altered, what it would cost, and proposing it.

create function private.alterable_until(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer,
    pets integer, child_ages smallint[])
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if row(check_in, guests, infants, pets, child_ages)
    <> row(booking.check_in, booking.guests::integer, booking.infants::integer,
      booking.pets::integer, booking.child_ages)
  then
    return private.stay_begins_at(booking);
  end if;
  return private.instant_at(
    least(check_out, booking.check_out) + booking.check_out_time, booking.time_zone);
end $$;

comment on function private.alterable_until is
  'Rule: once a stay has begun only its check-out can change, and no further back than the current '
  'night.';

create function private.check_alterable(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer,
    pets integer, child_ages smallint[])
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'confirmed' then
    perform private.refuse('not_alterable', 'status', booking.status::text);
  end if;
  if private.was_settled_elsewhere(booking.booking_id) then
    perform private.refuse('not_alterable', 'elsewhere');
  end if;
  if private.now() >= private.stay_ends_at(booking) then
    perform private.refuse('stay_over');
  end if;
  if private.now() >= private.alterable_until(booking, check_in, check_out, guests, infants,
    pets, child_ages)
  then
    if row(check_in, guests, infants, pets, child_ages)
      = row(booking.check_in, booking.guests::integer, booking.infants::integer,
        booking.pets::integer, booking.child_ages)
    then
      perform private.refuse('nights_spent');
    end if;
    perform private.refuse('stay_begun');
  end if;
  if private.no_show_open(booking.booking_id) then
    perform private.refuse('not_alterable', 'undecided');
  end if;
  if exists (
    select from private.disputes
    where disputes.booking_id = booking.booking_id and disputes.status in ('open', 'lost'))
  then
    perform private.refuse('not_alterable', 'disputed');
  end if;
  if exists (
    select from public.payments
    where payments.booking_id = booking.booking_id and payments.purpose = 'stay'
      and payments.status <> 'captured'
      and (payments.stripe_intent_id is not null
        or (payments.status <> 'cancelled' and payments.charge_at <= private.now())))
  then
    perform private.refuse('paid_in_parts', 'charging');
  end if;
  if private.is_barred(booking.guest_id) then
    perform private.refuse('host_unavailable');
  end if;
end $$;

comment on function private.check_alterable is
  'Rule: a stay can be altered while it is confirmed and not over; not while an instalment is '
  'being charged, while a no-show is undecided, after a bank has taken its money, nor if it was '
  'paid on another platform.';

create function private.check_altered_stay(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer,
    pets integer, child_ages smallint[])
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  problem text := private.stay_problem(
    booking.listing_id, check_in, check_out, guests, infants, pets, booking.guest_id,
      any_length => true,
    besides => row(booking.booking_id, booking.check_in, booking.check_out, booking.guests,
      booking.pets, booking.preparation_nights)::private.standing_stay,
    child_ages => child_ages);
begin
  if problem is not null then
    perform private.refuse(problem);
  end if;
  perform private.check_altered_nights(booking, daterange(check_in, check_out));
end $$;

create function private.alteration_due(
  booking public.bookings, priced private.priced_stay, check_in date)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
declare
  later      boolean := private.charged_later(booking.booking_id);
  difference bigint;
begin
  if exists (
    select from unnest(
      private.planned_charges(priced, check_in, booking.check_in_time, booking.time_zone)) as charge
    left join public.payments on payments.booking_id = booking.booking_id
      and payments.instalment = charge.instalment
    where charge.charge_at > private.now() and (not later or payments.status = 'captured'))
  then
    perform private.refuse('paid_in_parts', 'later');
  end if;
  if later then
    perform private.charges_left(booking, priced, check_in);
    return 0;
  end if;
  select greatest(0, priced.total_minor - guest_totals.total_minor) into strict difference
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  if difference > 0 and difference < (
    select currencies.minimum_charge_minor from private.currencies
      where currencies.currency = booking.currency)
  then
    perform private.refuse('below_minimum_charge');
  end if;
  return difference;
end $$;

comment on function private.alteration_due is
  'Rule: what the guest pays before the stay is altered: the difference, if the stay is paid; '
  'nothing, if it is charged later. A paid stay does not become one that is paid later.';

create function private.offer_alteration(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer,
    pets integer, child_ages smallint[])
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  priced private.priced_stay;
begin
  perform private.check_days(check_in, check_out);
  perform private.check_alterable(
    booking, check_in, check_out, guests, infants, pets, child_ages);
  if row(check_in, check_out, guests, infants, pets, child_ages)
    = row(booking.check_in, booking.check_out, booking.guests::integer, booking.infants::integer,
      booking.pets::integer, booking.child_ages)
  then
    perform private.refuse('nothing_changed');
  end if;
  perform private.check_altered_stay(
    booking, check_in, check_out, guests, infants, pets, child_ages);
  priced := private.price_alteration(booking, check_in, check_out, guests, pets, child_ages);
  if priced.currency <> booking.currency then
    perform private.refuse('not_alterable', 'currency');
  end if;
  perform private.check_charge(priced);
  perform private.alteration_due(booking, priced, check_in);
  return priced;
end $$;

comment on function private.offer_alteration is
  'Rule: what is previewed can be proposed. All availability conditions apply to what changes, '
  'except the minimum nights: both sides agree.';

create type public.alteration_terms as (
  alteration_id    uuid,
  booking_id       uuid,
  status           public.alteration_status,
  proposed_by      public.booking_actor,
  check_in         date,
  check_out        date,
  guests           integer,
  infants          integer,
  pets             integer,
  child_ages       smallint[],
  expires_at       timestamptz,
  currency         text,
  subtotal_minor   bigint,
  guest_fee_minor  bigint,
  taxes_minor      bigint,
  total_minor      bigint,
  difference_minor bigint,
  payout_minor     bigint,
  lines            public.stay_line[]
);

create function private.terms_of(
  alteration public.alterations, agreed private.priced_stay, former private.priced_stay)
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  pays boolean := alteration.guest_id = auth.uid();
begin
  return row(
    alteration.alteration_id, alteration.booking_id, alteration.status, alteration.proposed_by,
      alteration.check_in,
    alteration.check_out, alteration.guests, alteration.infants, alteration.pets,
    alteration.child_ages, alteration.expires_at,
    agreed.currency, agreed.subtotal_minor, case when pays then agreed.guest_fee_minor end,
    agreed.taxes_minor, case when pays then agreed.total_minor end,
    case when pays then agreed.total_minor - former.total_minor end,
    case when private.may_manage(alteration.listing_id, 'payouts') then agreed.payout_minor end,
    agreed.lines)::public.alteration_terms;
end $$;

comment on function private.terms_of(public.alterations, private.priced_stay,
  private.priced_stay) is
  'Rule: the guest is told the total and the difference, the owner the payout.';

create function private.terms_of(alteration public.alterations)
  returns public.alteration_terms language sql stable security definer set search_path = ''
begin atomic
  select private.terms_of(alteration, alteration_prices.agreed, alteration_prices.former)
  from private.alteration_prices
  where alteration_prices.alteration_id = alteration.alteration_id;
end;

create function private.preview_alteration(
  booking_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  child_ages smallint[])
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  alteration public.alterations;
begin
  perform private.signed_in();
  select * into booking from public.bookings
    where bookings.booking_id = preview_alteration.booking_id;
  alteration.proposed_by := private.cancelling_side(booking);
  alteration.booking_id := booking.booking_id;
  alteration.listing_id := booking.listing_id;
  alteration.guest_id := booking.guest_id;
  alteration.check_in := coalesce(preview_alteration.check_in, booking.check_in);
  alteration.check_out := coalesce(preview_alteration.check_out, booking.check_out);
  guests := coalesce(guests, booking.guests);
  infants := coalesce(infants, booking.infants);
  pets := coalesce(pets, booking.pets);
  child_ages := coalesce(child_ages, booking.child_ages);
  return private.terms_of(
    private.with_guests(alteration, guests, infants, pets, child_ages),
    private.offer_alteration(booking, alteration.check_in, alteration.check_out, guests, infants,
      pets, child_ages),
    private.frozen_price(booking));
end $$;

create function private.with_guests(
  alteration public.alterations, guests integer, infants integer, pets integer,
  child_ages smallint[])
  returns public.alterations language plpgsql immutable security invoker set search_path = ''
as $$
begin
  -- More than a home can have is refused where the rules are.
  alteration.guests := least(guests, 32767);
  alteration.infants := least(infants, 32767);
  alteration.pets := least(pets, 32767);
  alteration.child_ages := child_ages;
  return alteration;
end $$;

-- Proposing

create function private.check_proposable(booking public.bookings)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (
    select from public.alterations
    where alterations.booking_id = booking.booking_id
      and alterations.status in ('proposed', 'awaiting_payment')
      and alterations.expires_at > private.now())
  then
    perform private.refuse('alteration_open');
  end if;
  perform private.check_attempts((
    select count(*) from public.alterations where alterations.booking_id = booking.booking_id));
end $$;

comment on function private.check_proposable is
  'Rule: a stay has one open alteration at a time, and a limited number of them.';

create function private.propose_alteration(
  alteration_id uuid, booking_id uuid, check_in date, check_out date, guests integer,
    infants integer, pets integer, expected_total_minor bigint, child_ages smallint[])
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  side       public.booking_actor;
  priced     private.priced_stay;
  alteration public.alterations;
begin
  perform private.active_caller();
  if alteration_id is null then perform private.refuse('alteration_id_required'); end if;
  select * into booking from public.bookings
  where bookings.booking_id = propose_alteration.booking_id for update;
  side := private.cancelling_side(booking);
  select * into alteration from public.alterations
  where alterations.alteration_id = propose_alteration.alteration_id;
  if found then
    if alteration.booking_id <> booking.booking_id or alteration.proposed_by <> side
      or row(alteration.check_in, alteration.check_out, alteration.guests::integer,
        alteration.infants::integer, alteration.pets::integer, alteration.child_ages)
        is distinct from row(
          coalesce(propose_alteration.check_in, alteration.former_check_in),
          coalesce(propose_alteration.check_out, alteration.former_check_out),
          coalesce(propose_alteration.guests, alteration.former_guests::integer),
          coalesce(propose_alteration.infants, alteration.former_infants::integer),
          coalesce(propose_alteration.pets, alteration.former_pets::integer),
          coalesce(propose_alteration.child_ages, alteration.former_child_ages))
    then
      perform private.refuse('id_reused', 'id', 'alteration_id');
    end if;
    return private.terms_of(alteration);
  end if;

  perform private.expire_alteration(booking);
  check_in := coalesce(check_in, booking.check_in);
  check_out := coalesce(check_out, booking.check_out);
  guests := coalesce(guests, booking.guests);
  infants := coalesce(infants, booking.infants);
  pets := coalesce(pets, booking.pets);
  child_ages := coalesce(child_ages, booking.child_ages);
  priced := private.offer_alteration(
    booking, check_in, check_out, guests, infants, pets, child_ages);
  if side = 'guest' and priced.total_minor <> expected_total_minor then
    perform private.refuse('price_changed', 'total', priced.total_minor::text, priced.currency);
  end if;
  perform private.check_proposable(booking);

  insert into public.alterations (
    alteration_id, booking_id, listing_id, guest_id, proposed_by, former_check_in,
      former_check_out, former_guests,
    former_infants, former_pets, former_child_ages, check_in, check_out, guests, infants, pets,
    child_ages, expires_at, created_at)
  select propose_alteration.alteration_id, booking.booking_id, booking.listing_id,
    booking.guest_id, side,
    booking.check_in, booking.check_out, booking.guests, booking.infants, booking.pets,
    booking.child_ages, propose_alteration.check_in, propose_alteration.check_out,
    propose_alteration.guests, propose_alteration.infants, propose_alteration.pets,
    propose_alteration.child_ages,
    least(private.now() + make_interval(hours => settings.answer_hours), private.alterable_until(
      booking, propose_alteration.check_in, propose_alteration.check_out, propose_alteration.guests,
      propose_alteration.infants, propose_alteration.pets, propose_alteration.child_ages)),
    private.now()
  from private.settings
  on conflict on constraint alterations_pkey do nothing
  returning * into alteration;
  if not found then perform private.refuse('id_reused', 'id', 'alteration_id'); end if;
  insert into private.alteration_prices (alteration_id, agreed, former)
  values (alteration.alteration_id, priced, private.frozen_price(booking));
  perform private.tell_side(booking, case side when 'guest' then 'host'
    else 'guest' end::public.booking_actor,
    'alteration_proposed', alteration.alteration_id);
  return private.terms_of(alteration);
end $$;

comment on function private.propose_alteration is
  'Rule: either side proposes, one alteration at a time; the price is locked until it is answered, '
  'but the nights are not held.';

create function private.tell_side(
  booking public.bookings, side public.booking_actor, template text, alteration_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  select private.write_mail(template || '_' || side, booking.booking_id, alteration_id::text);
end;

create function private.alteration_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce((
    select jsonb_build_object(
      'new_check_in', alterations.check_in, 'new_check_out', alterations.check_out, 'new_guests',
        alterations.guests,
      'difference_minor', case when alteration_facts.recipient_id = alterations.guest_id
        then (alteration_prices.agreed).total_minor - (alteration_prices.former).total_minor end)
    from public.alterations
    join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
    where alterations.booking_id = alteration_facts.booking_id
    order by alterations.created_at desc
    limit 1), '{}');
end $$;

comment on function private.alteration_facts is
  'The additional facts for an e-mail about an alteration, besides those of the booking.';

create function private.expire_alteration(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  select * into alteration from public.alterations
  where alterations.booking_id = booking.booking_id
    and alterations.status in ('proposed', 'awaiting_payment')
    and alterations.expires_at <= private.now()
  for update;
  if not found then
    return false;
  end if;
  perform private.end_alteration(booking, alteration, 'expired');
  return true;
end $$;

comment on function private.expire_alteration is
  'Rule: a proposal that is not answered, or not paid, by its deadline ends, and frees the nights '
  'it added; the stay goes on as it was.';

create function private.end_alteration(
  booking public.bookings, alteration public.alterations, status public.alteration_status)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment public.payments;
begin
  update public.alterations set status = end_alteration.status, ended_at = private.now()
  where alterations.alteration_id = alteration.alteration_id;
  if alteration.status = 'awaiting_payment' then
    select payments.* into payment
    from private.alteration_prices
    join public.payments on payments.payment_id = alteration_prices.payment_id
    where alteration_prices.alteration_id = alteration.alteration_id
    for update of payments;
    if found then
      perform private.return_payment(payment, 'alteration_ended');
    end if;
    perform private.drop_added_nights(booking);
  end if;
  -- Who ends it themselves needs no letter.
  if end_alteration.status in ('declined', 'expired')
    or (end_alteration.status = 'withdrawn' and alteration.status = 'awaiting_payment'
      and alteration.proposed_by = 'host')
  then
    perform private.tell_side(booking, alteration.proposed_by, 'alteration_ended',
      alteration.alteration_id);
  end if;
end $$;

comment on function private.end_alteration is
  'Rule: an alteration that fails frees its added nights and releases its payment; the stay does '
  'not change.';

create function private.drop_added_nights(booking public.bookings)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.claims
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id
    and claims.kind <> 'stay';
  insert into private.claims (listing_id, nights, lane, kind, booking_id)
  select booking.listing_id,
    daterange(booking.check_out, booking.check_out + booking.preparation_nights), '[0,1)',
    'preparation', booking.booking_id
  where booking.preparation_nights > 0;
end $$;

-- Verbs

create function public.preview_alteration(
  booking_id uuid, check_in text default null, check_out text default null,
    guests integer default null,
  infants integer default null, pets integer default null, child_ages smallint[] default null)
  returns public.alteration_terms language sql stable security invoker set search_path = ''
  return private.preview_alteration(booking_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, private.in_order(child_ages));

comment on function public.preview_alteration is
  'What other dates or guests would cost; null leaves the value as it is. The guest sees the total '
  'and the difference (negative: it is refunded), the owner the payout. Once a stay has begun, '
  'only check_out can change. Errors: booking_not_found, not_alterable, stay_begun, nights_spent, '
  'stay_over, paid_in_parts, nothing_changed, below_minimum_charge, above_maximum_charge, '
  'unpaid_stays_overlap, and those of quote_stay.';

create function public.propose_alteration(
  alteration_id uuid, booking_id uuid, check_in text default null, check_out text default null,
  guests integer default null, infants integer default null, pets integer default null,
  expected_total_minor bigint default null, child_ages smallint[] default null)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.propose_alteration(
    alteration_id, booking_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, expected_total_minor, private.in_order(child_ages));

comment on function public.propose_alteration is
  'The guest or a host proposes other dates or guests for a confirmed stay, at the price of the '
  'preview. The client chooses alteration_id; a repeated call returns the same alteration. A guest '
  'may pass expected_total_minor. Errors: those of preview_alteration; alteration_id_required, '
  'alteration_open, too_many_attempts, price_changed, id_reused.';

grant execute on function
  private.preview_alteration, private.propose_alteration, public.preview_alteration,
  public.propose_alteration
  to authenticated;
