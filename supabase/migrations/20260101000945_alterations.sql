-- Alterations: other days or other guests for a stay that is confirmed. One side proposes, the other
-- accepts or declines. Of a stay that has begun only the end moves.
--
-- A proposal is a price that is locked for a day; it holds no nights. Accepting it swaps nights,
-- lines and totals in one transaction. What it costs more is paid first: until then the added
-- nights are held beside the stay, and the stay stays as it was.

create type public.alteration_status as enum (
  'proposed', 'awaiting_payment', 'applied', 'declined', 'withdrawn', 'expired', 'overtaken');

create table public.alterations (
  alteration_id    uuid                     primary key,
  booking_id       uuid                     not null references public.bookings on delete restrict,
  listing_id       uuid                     not null references public.listings on delete restrict,
  guest_id         uuid                     not null references public.profiles on delete restrict,
  proposed_by      public.booking_actor     not null,
  status           public.alteration_status not null default 'proposed',
  former_check_in  date                     not null,
  former_check_out date                     not null,
  former_guests    smallint                 not null,
  former_infants   smallint                 not null,
  former_pets      smallint                 not null,
  check_in         date                     not null,
  check_out        date                     not null,
  guests           smallint                 not null,
  infants          smallint                 not null,
  pets             smallint                 not null,
  expires_at       timestamptz              not null,
  created_at       timestamptz              not null,
  accepted_at      timestamptz,
  ended_at         timestamptz,

  constraint alterations_are_proposed_by_a_side check (proposed_by in ('guest', 'host')),
  constraint alterations_last_some_nights       check (check_out > check_in),
  constraint alterations_are_for_someone        check (guests > 0 and infants >= 0 and pets >= 0),
  constraint alterations_end_some_time          check (
    (ended_at is null) = (status in ('proposed', 'awaiting_payment'))),
  constraint alterations_are_accepted_before_they_count check (
    accepted_at is not null or status not in ('awaiting_payment', 'applied'))
);

create unique index alterations_open_booking_id_idx on public.alterations (booking_id)
  where status in ('proposed', 'awaiting_payment');
create index alterations_booking_id_idx on public.alterations (booking_id, created_at);
create index alterations_listing_id_idx on public.alterations (listing_id);
create index alterations_guest_id_idx on public.alterations (guest_id);
create index alterations_expires_at_idx on public.alterations (expires_at)
  where status in ('proposed', 'awaiting_payment');

comment on table public.alterations is
  'Changes of a confirmed stay that somebody proposed, and what became of them. Seen by its guest '
  'and its hosts; what they cost says alteration_terms, to each side its own.';
comment on column public.alterations.expires_at is
  'Until when it may be answered; once accepted, until when the difference may be paid.';

alter table public.alterations enable row level security;

create policy "people see the alterations of bookings they see" on public.alterations
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or listing_id = any (array(select private.listings_of_caller('bookings'))));
grant select on public.alterations to authenticated;
-- No writes: verbs.

create table private.alteration_prices (
  alteration_id uuid                 primary key references public.alterations on delete restrict,
  payment_id    uuid                 references public.payments on delete restrict,
  agreed        private.priced_stay  not null,
  former        private.priced_stay  not null,

  constraint alteration_prices_are_paid_once unique (payment_id)
);

alter table private.alteration_prices enable row level security;
comment on table private.alteration_prices is
  'The price of the altered stay, locked when it was proposed, and the one it takes the place of: '
  'the history of what was agreed.';

-- What was agreed is replaced only by what was agreed anew

create function private.keep_terms()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (
    select from public.alterations
    where alterations.booking_id = old.booking_id and alterations.status = 'awaiting_payment')
  then
    perform private.refuse('frozen', 'altered', tg_table_name::text);
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

comment on function private.keep_terms is
  'Rule: lines and totals are replaced only while an alteration of their booking is accepted and '
  'not yet applied, whoever writes.';

create trigger freeze_the_lines before update or delete on public.booking_lines
  for each row execute function private.keep_terms();
create trigger freeze_the_taxes before update or delete on private.booking_taxes
  for each row execute function private.keep_terms();
create trigger freeze_the_guest_totals before update or delete on public.guest_totals
  for each row execute function private.keep_terms();
create trigger freeze_the_host_totals before update or delete on public.host_totals
  for each row execute function private.keep_terms();

create function private.alters_so(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.alterations
    join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
    where alterations.booking_id = booking.booking_id and alterations.status = 'awaiting_payment'
      and row(alterations.check_in, alterations.check_out, alterations.guests, alterations.infants, alterations.pets,
          (alteration_prices.agreed).subtotal_minor, (alteration_prices.agreed).taxes_minor)
        = row(booking.check_in, booking.check_out, booking.guests, booking.infants, booking.pets,
          booking.subtotal_minor, booking.taxes_minor));
end $$;

comment on function private.alters_so is
  'Rule: days, guests and sums of a booking become what an accepted alteration says, nothing else.';

-- What it costs

create function private.frozen_price(booking public.bookings)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  priced private.priced_stay;
begin
  priced.currency := booking.currency;
  priced.nights := booking.check_out - booking.check_in;
  priced.discount := booking.discount;
  priced.discount_bp := booking.discount_bp;
  priced.subtotal_minor := booking.subtotal_minor;
  priced.taxes_minor := booking.taxes_minor;
  select guest_totals.guest_fee_bp, guest_totals.guest_fee_minor, guest_totals.total_minor
  into strict priced.guest_fee_bp, priced.guest_fee_minor, priced.total_minor
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  select host_totals.host_fee_bp, host_totals.host_fee_minor, host_totals.payout_minor
  into strict priced.host_fee_bp, priced.host_fee_minor, priced.payout_minor
  from public.host_totals where host_totals.booking_id = booking.booking_id;
  select array_agg(
    row(booking_lines.kind, booking_lines.night, booking_lines.description, booking_lines.quantity,
      booking_lines.unit_minor, booking_lines.discount_minor, booking_lines.amount_minor)::public.stay_line
    order by booking_lines.position)
  into priced.lines
  from public.booking_lines where booking_lines.booking_id = booking.booking_id;
  select array_agg(
    row(booking_taxes.position, booking_taxes.basis, booking_taxes.taxed_nights,
      booking_taxes.jurisdiction)::private.priced_tax
    order by booking_taxes.position)
  into priced.taxes
  from private.booking_taxes where booking_taxes.booking_id = booking.booking_id;
  return priced;
end $$;

create function private.price_alteration(
  booking public.bookings, check_in date, check_out date, guests integer, pets integer)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  former       private.priced_stay := private.frozen_price(booking);
  priced       private.priced_stay := private.price_stay(booking.listing_id, check_in, check_out, guests, pets);
  listing      public.listings;
  step         bigint;
  nights_minor bigint;
  extra_nights integer;
  line         public.stay_line;
begin
  select * into strict listing from public.listings where listings.listing_id = booking.listing_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = booking.currency;

  -- A night that stays keeps its line, one that is added has today's.
  select array_agg(
    case when agreed.night is null then added
      else row(agreed.kind, agreed.night, agreed.description, agreed.quantity, agreed.unit_minor,
        agreed.discount_minor, agreed.amount_minor)::public.stay_line end
    order by added.night),
    sum(coalesce(agreed.amount_minor, added.amount_minor))
  into priced.lines, nights_minor
  from unnest(priced.lines) as added
  left join unnest(former.lines) as agreed on agreed.kind = 'night' and agreed.night = added.night
  where added.kind = 'night';
  priced.subtotal_minor := nights_minor;

  -- So does what is asked beside the nights. Guests who came in the price stay in it.
  select agreed.* into line from unnest(former.lines) as agreed where agreed.kind = 'extra_guests';
  if found then
    extra_nights := (line.quantity / former.nights + guests - booking.guests) * priced.nights;
  else
    select greatest(0, guests - greatest(listing_prices.included_guests, booking.guests)) * priced.nights,
      listing_prices.extra_guest_price_minor
    into strict extra_nights, line.unit_minor
    from public.listing_prices where listing_prices.listing_id = booking.listing_id;
  end if;
  if extra_nights > 0 and line.unit_minor > 0 then
    priced.lines := priced.lines || row('extra_guests', null, 'Extra guests', extra_nights, line.unit_minor, 0,
      extra_nights * line.unit_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + extra_nights * line.unit_minor;
  end if;
  for line in select agreed.* from unnest(former.lines) as agreed where agreed.kind = 'cleaning' loop
    priced.lines := priced.lines || line;
    priced.subtotal_minor := priced.subtotal_minor + line.amount_minor;
  end loop;
  if pets > 0 then
    select agreed.* into line from unnest(former.lines) as agreed where agreed.kind = 'pets';
    if not found and booking.pets = 0 then
      select 'pets', null, 'Pet fee', 1, listing_prices.pet_fee_minor, 0, listing_prices.pet_fee_minor into strict line
      from public.listing_prices where listing_prices.listing_id = booking.listing_id;
    end if;
    if line.kind = 'pets' and line.amount_minor > 0 then
      priced.lines := priced.lines || line;
      priced.subtotal_minor := priced.subtotal_minor + line.amount_minor;
    end if;
  end if;

  -- Taxes as of today; the fees at the rates that were agreed.
  priced.taxes := null;
  priced := private.add_fees_and_taxes(priced, listing, nights_minor, guests);
  priced.discount := former.discount;
  priced.discount_bp := former.discount_bp;
  priced.guest_fee_bp := former.guest_fee_bp;
  priced.guest_fee_minor := private.share_of(priced.subtotal_minor, former.guest_fee_bp, step);
  priced.host_fee_bp := former.host_fee_bp;
  priced.host_fee_minor := private.share_of(priced.subtotal_minor, former.host_fee_bp, step);
  priced.total_minor := priced.subtotal_minor + priced.guest_fee_minor + priced.taxes_minor;
  priced.payout_minor := priced.subtotal_minor - priced.host_fee_minor;
  return priced;
end $$;

comment on function private.price_alteration is
  'Rule: nights that stay keep their price, added ones cost what they cost today; cleaning, pets and '
  'extra guests keep the price they had; fees keep their rates; taxes are those of today.';

-- What is charged when

create function private.charged_later(booking_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
    select from public.payments
    where payments.booking_id = charged_later.booking_id and payments.purpose = 'stay' and payments.status = 'pending');

create function private.charges_left(booking public.bookings, priced private.priced_stay, check_in date)
  returns public.planned_charge[] language plpgsql stable security definer set search_path = ''
as $$
declare
  paid    bigint := private.paid_for(booking.booking_id);
  billed  bigint := paid;
  planned bigint := 0;
  minimum bigint;
  known   public.payments;
  charge  public.planned_charge;
  charges public.planned_charge[] := '{}';
begin
  if priced.total_minor <= paid then
    return charges;
  end if;
  select currencies.minimum_charge_minor into strict minimum
  from private.currencies where currencies.currency = priced.currency;
  foreach charge in array private.planned_charges(priced, check_in, booking.check_in_time, booking.time_zone) loop
    planned := planned + charge.amount_minor;
    select * into known from public.payments
    where payments.booking_id = booking.booking_id and payments.instalment = charge.instalment;
    continue when (known.purpose = 'stay' and known.status = 'captured') or planned - billed < minimum;
    if known.purpose <> 'stay' then
      charge.instalment := charge.instalment + (
        select max(payments.instalment) from public.payments where payments.booking_id = booking.booking_id);
    end if;
    charge.amount_minor := planned - billed;
    charge.charge_at := coalesce(charge.charge_at, private.now());
    charges := charges || charge;
    billed := planned;
  end loop;

  charge.amount_minor := priced.total_minor - billed;
  if charge.amount_minor > 0 and cardinality(charges) > 0 then
    charges[cardinality(charges)].amount_minor := charges[cardinality(charges)].amount_minor + charge.amount_minor;
  elsif charge.amount_minor >= minimum then
    select max(payments.instalment) + 1 into charge.instalment
    from public.payments where payments.booking_id = booking.booking_id;
    charge.charge_at := private.now();
    charges := charges || charge;
  elsif charge.amount_minor > 0 then
    perform private.refuse('below_minimum_charge');
  end if;
  return charges;
end $$;

comment on function private.charges_left is
  'Rule: of a stay that is charged later, what is not charged yet is planned as that of a new stay; '
  'what is due by now at once, all of it from the saved card. What no card can be charged goes with '
  'another instalment.';

create function private.plan_charges_anew(booking public.bookings, charges public.planned_charge[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.payments set status = 'cancelled'
  where payments.booking_id = booking.booking_id and payments.purpose = 'stay' and payments.status = 'pending'
    and payments.instalment not in (select charge.instalment from unnest(charges) as charge);
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, capture_mode, charge_at, currency, amount_minor, created_at)
  select booking.booking_id, booking.listing_id, booking.guest_id, charge.instalment, 'automatic', charge.charge_at,
    booking.currency, charge.amount_minor, private.now()
  from unnest(charges) as charge
  on conflict on constraint payments_one_per_instalment do update
  set status = 'pending', charge_at = excluded.charge_at, amount_minor = excluded.amount_minor;
end $$;

comment on function private.plan_charges_anew is
  'Rule: later charges that nobody has begun become these; Stripe has heard of none of them.';

-- Whether it can be

create function private.alterable_until(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  if row(check_in, guests, infants, pets)
    <> row(booking.check_in, booking.guests::integer, booking.infants::integer, booking.pets::integer)
  then
    return private.instant_at(booking.check_in + booking.check_in_time, booking.time_zone);
  end if;
  return private.instant_at(
    least(check_out, booking.check_out) + booking.check_out_time, booking.time_zone);
end $$;

comment on function private.alterable_until is
  'Rule: once a stay has begun only its end moves, and no further back than the night that is '
  'running.';

create function private.check_alterable(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if booking.status <> 'confirmed' then
    perform private.refuse('not_alterable', 'status', booking.status::text);
  end if;
  if private.was_settled_elsewhere(booking.booking_id) then
    perform private.refuse('not_alterable', 'elsewhere');
  end if;
  if private.now() >= private.instant_at(booking.check_out + booking.check_out_time, booking.time_zone) then
    perform private.refuse('stay_over');
  end if;
  if private.now() >= private.alterable_until(booking, check_in, check_out, guests, infants, pets) then
    if row(check_in, guests, infants, pets)
      = row(booking.check_in, booking.guests::integer, booking.infants::integer, booking.pets::integer)
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
  'Rule: a stay can be altered while it is confirmed and not over; not while an instalment is being '
  'charged, while it is open whether the guest came, when a bank has taken its money, nor when it was paid '
  'elsewhere.';

create function private.check_altered_stay(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  problem text := private.stay_problem(
    booking.listing_id, check_in, check_out, guests, infants, pets, booking.guest_id, any_length => true,
    besides => booking.booking_id);
begin
  if problem is not null then
    perform private.refuse(problem);
  end if;
  perform private.check_altered_nights(booking, daterange(check_in, check_out));
end $$;

create function private.alteration_due(booking public.bookings, priced private.priced_stay, check_in date)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
declare
  later      boolean := private.charged_later(booking.booking_id);
  difference bigint;
begin
  if exists (
    select from unnest(private.planned_charges(priced, check_in, booking.check_in_time, booking.time_zone)) as charge
    left join public.payments on payments.booking_id = booking.booking_id and payments.instalment = charge.instalment
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
    select currencies.minimum_charge_minor from private.currencies where currencies.currency = booking.currency)
  then
    perform private.refuse('below_minimum_charge');
  end if;
  return difference;
end $$;

comment on function private.alteration_due is
  'Rule: what the guest pays before the stay is altered: the difference, when the stay is paid; '
  'nothing, when it is charged later. What is paid does not become what is paid later.';

create function private.offer_alteration(
  booking public.bookings, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  priced private.priced_stay;
begin
  perform private.check_days(check_in, check_out);
  perform private.check_alterable(booking, check_in, check_out, guests, infants, pets);
  if row(check_in, check_out, guests, infants, pets)
    = row(booking.check_in, booking.check_out, booking.guests::integer, booking.infants::integer, booking.pets::integer)
  then
    perform private.refuse('nothing_changed');
  end if;
  perform private.check_altered_stay(booking, check_in, check_out, guests, infants, pets);
  priced := private.price_alteration(booking, check_in, check_out, guests, pets);
  if priced.currency <> booking.currency then
    perform private.refuse('not_alterable', 'currency');
  end if;
  perform private.check_charge(priced);
  perform private.alteration_due(booking, priced, check_in);
  return priced;
end $$;

comment on function private.offer_alteration is
  'Rule: what is previewed is what can be proposed. All conditions of availability hold for what '
  'changes, but for the least nights: both sides agree.';

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
  expires_at       timestamptz,
  currency         text,
  subtotal_minor   bigint,
  taxes_minor      bigint,
  total_minor      bigint,
  difference_minor bigint,
  payout_minor     bigint,
  lines            public.stay_line[]
);

create function private.terms_of(alteration public.alterations, agreed private.priced_stay, former private.priced_stay)
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  pays boolean := alteration.guest_id = auth.uid();
begin
  return row(
    alteration.alteration_id, alteration.booking_id, alteration.status, alteration.proposed_by, alteration.check_in,
    alteration.check_out, alteration.guests, alteration.infants, alteration.pets, alteration.expires_at,
    agreed.currency, agreed.subtotal_minor, agreed.taxes_minor,
    case when pays then agreed.total_minor end,
    case when pays then agreed.total_minor - former.total_minor end,
    case when private.may_manage(alteration.listing_id, 'payouts') then agreed.payout_minor end,
    agreed.lines)::public.alteration_terms;
end $$;

comment on function private.terms_of(public.alterations, private.priced_stay, private.priced_stay) is
  'Rule: the guest is told the total and the difference, the owner the payout.';

create function private.terms_of(alteration public.alterations)
  returns public.alteration_terms language sql stable security definer set search_path = ''
begin atomic
  select private.terms_of(alteration, alteration_prices.agreed, alteration_prices.former)
  from private.alteration_prices
  where alteration_prices.alteration_id = alteration.alteration_id;
end;

create function private.preview_alteration(
  booking_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer)
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  alteration public.alterations;
begin
  perform private.signed_in();
  select * into booking from public.bookings where bookings.booking_id = preview_alteration.booking_id;
  alteration.proposed_by := private.cancelling_side(booking);
  alteration.booking_id := booking.booking_id;
  alteration.listing_id := booking.listing_id;
  alteration.guest_id := booking.guest_id;
  alteration.check_in := coalesce(preview_alteration.check_in, booking.check_in);
  alteration.check_out := coalesce(preview_alteration.check_out, booking.check_out);
  guests := coalesce(guests, booking.guests);
  infants := coalesce(infants, booking.infants);
  pets := coalesce(pets, booking.pets);
  return private.terms_of(
    private.with_guests(alteration, guests, infants, pets),
    private.offer_alteration(booking, alteration.check_in, alteration.check_out, guests, infants, pets),
    private.frozen_price(booking));
end $$;

create function private.with_guests(alteration public.alterations, guests integer, infants integer, pets integer)
  returns public.alterations language plpgsql immutable security invoker set search_path = ''
as $$
begin
  -- More than a home can have is refused where the rules are.
  alteration.guests := least(guests, 32767);
  alteration.infants := least(infants, 32767);
  alteration.pets := least(pets, 32767);
  return alteration;
end $$;

-- Proposing

create function private.propose_alteration(
  alteration_id uuid, booking_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  expected_total_minor bigint)
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
      or row(alteration.check_in, alteration.check_out, alteration.guests::integer, alteration.infants::integer,
          alteration.pets::integer)
        is distinct from row(
          coalesce(propose_alteration.check_in, alteration.former_check_in),
          coalesce(propose_alteration.check_out, alteration.former_check_out),
          coalesce(propose_alteration.guests, alteration.former_guests::integer),
          coalesce(propose_alteration.infants, alteration.former_infants::integer),
          coalesce(propose_alteration.pets, alteration.former_pets::integer))
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
  priced := private.offer_alteration(booking, check_in, check_out, guests, infants, pets);
  if side = 'guest' and priced.total_minor <> expected_total_minor then
    perform private.refuse('price_changed', 'total', priced.total_minor::text, priced.currency);
  end if;
  if exists (
    select from public.alterations
    where alterations.booking_id = booking.booking_id and alterations.status in ('proposed', 'awaiting_payment'))
  then
    perform private.refuse('alteration_open');
  end if;
  perform private.check_attempts((
    select count(*) from public.alterations where alterations.booking_id = booking.booking_id));

  insert into public.alterations (
    alteration_id, booking_id, listing_id, guest_id, proposed_by, former_check_in, former_check_out, former_guests,
    former_infants, former_pets, check_in, check_out, guests, infants, pets, expires_at, created_at)
  select propose_alteration.alteration_id, booking.booking_id, booking.listing_id, booking.guest_id, side,
    booking.check_in, booking.check_out, booking.guests, booking.infants, booking.pets,
    propose_alteration.check_in, propose_alteration.check_out, propose_alteration.guests, propose_alteration.infants,
    propose_alteration.pets,
    least(private.now() + make_interval(hours => settings.answer_hours), private.alterable_until(
      booking, propose_alteration.check_in, propose_alteration.check_out, propose_alteration.guests,
      propose_alteration.infants, propose_alteration.pets)),
    private.now()
  from private.settings
  on conflict on constraint alterations_pkey do nothing
  returning * into alteration;
  if not found then perform private.refuse('id_reused', 'id', 'alteration_id'); end if;
  insert into private.alteration_prices (alteration_id, agreed, former)
  values (alteration.alteration_id, priced, private.frozen_price(booking));
  perform private.tell_side(booking, case side when 'guest' then 'host' else 'guest' end::public.booking_actor,
    'alteration_proposed', alteration.alteration_id);
  return private.terms_of(alteration);
end $$;

comment on function private.propose_alteration is
  'Rule: either side proposes, one alteration at a time; the price is locked until it is answered, '
  'the nights are not.';

create function private.tell_side(
  booking public.bookings, side public.booking_actor, template text, alteration_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  select private.write_mail(
    template || '_' || side, case side when 'guest' then booking.guest_id else booking.host_id end,
    booking.booking_id, alteration_id::text);
end;

create function private.alteration_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language sql stable security definer set search_path = ''
  return coalesce((
    select jsonb_build_object(
      'new_check_in', alterations.check_in, 'new_check_out', alterations.check_out, 'new_guests', alterations.guests,
      'difference_minor', case when recipient_id = alterations.guest_id
        then (alteration_prices.agreed).total_minor - (alteration_prices.former).total_minor end)
    from public.alterations
    join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
    where alterations.booking_id = alteration_facts.booking_id
    order by alterations.created_at desc
    limit 1), '{}');

comment on function private.alteration_facts is
  'What a mail about an alteration may say to its recipient beside the facts of the booking.';

-- Nights

create function private.hold_added_nights(booking public.bookings, alteration public.alterations)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  was        datemultirange := datemultirange(daterange(booking.check_in, booking.check_out));
  becomes    datemultirange := datemultirange(daterange(alteration.check_in, alteration.check_out));
  added      datemultirange := becomes - was;
  prepared   datemultirange := datemultirange(
    daterange(booking.check_out, booking.check_out + booking.preparation_nights)) - becomes;
  prepares   datemultirange := datemultirange(
    daterange(alteration.check_out, alteration.check_out + booking.preparation_nights)) - was - prepared;
  taken      integer;
begin
  perform private.have_nights_alone(booking.listing_id);
  delete from private.claims where claims.booking_id = booking.booking_id and claims.kind = 'preparation';
  insert into private.claims (listing_id, nights, lane, kind, booking_id, expires_at)
  select booking.listing_id, run, '(,)'::int4range, 'hold'::private.claim_kind, booking.booking_id, alteration.expires_at
  from unnest(added) as run
  union all
  select booking.listing_id, run, '[0,1)', 'preparation', booking.booking_id, alteration.expires_at
  from unnest(prepares) as run
  union all
  select booking.listing_id, run, '[0,1)', 'preparation', booking.booking_id, null from unnest(prepared) as run
  on conflict do nothing;
  get diagnostics taken = row_count;
  return taken = (select count(*) from unnest(added)) + (select count(*) from unnest(prepares))
    + (select count(*) from unnest(prepared));
end $$;

comment on function private.hold_added_nights is
  'Rule: beside the stay as it is, the added nights are held, and the preparation after both is '
  'kept free. The caller undoes a partial claim.';

create function private.drop_added_nights(booking public.bookings)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.claims where claims.booking_id = booking.booking_id and claims.kind <> 'stay';
  insert into private.claims (listing_id, nights, lane, kind, booking_id)
  select booking.listing_id, daterange(booking.check_out, booking.check_out + booking.preparation_nights), '[0,1)',
    'preparation', booking.booking_id
  where booking.preparation_nights > 0;
end $$;

-- What becomes of it

create function private.apply_alteration(booking public.bookings, alteration public.alterations)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  price   private.alteration_prices;
  agreed  private.priced_stay;
  altered public.bookings;
begin
  select * into strict price from private.alteration_prices
  where alteration_prices.alteration_id = alteration.alteration_id;
  agreed := price.agreed;
  -- What was charged so far is receipted by the terms it was charged by.
  perform private.issue_receipts(1000, booking.booking_id);

  update public.bookings
  set check_in = alteration.check_in, check_out = alteration.check_out, guests = alteration.guests,
      infants = alteration.infants, pets = alteration.pets, subtotal_minor = agreed.subtotal_minor,
      taxes_minor = agreed.taxes_minor
  where bookings.booking_id = booking.booking_id
  returning * into altered;
  perform private.have_nights_alone(booking.listing_id);
  -- Imported events that wait for nights get what is free in the end.
  set constraints private.give_the_nights_to_imports deferred;
  delete from private.claims where claims.booking_id = booking.booking_id;
  if not private.claim_nights(altered, 'stay') then
    perform private.refuse('nights_taken');
  end if;

  delete from private.booking_taxes where booking_taxes.booking_id = booking.booking_id;
  delete from public.booking_lines where booking_lines.booking_id = booking.booking_id;
  perform private.write_lines(booking.booking_id, agreed);
  update public.guest_totals set guest_fee_minor = agreed.guest_fee_minor, total_minor = agreed.total_minor
  where guest_totals.booking_id = booking.booking_id;
  update public.host_totals set host_fee_minor = agreed.host_fee_minor, payout_minor = agreed.payout_minor
  where host_totals.booking_id = booking.booking_id;
  update public.alterations set status = 'applied', ended_at = private.now()
  where alterations.alteration_id = alteration.alteration_id;

  if private.charged_later(booking.booking_id) then
    perform private.plan_charges_anew(altered, private.charges_left(altered, agreed, altered.check_in));
  end if;
  perform private.claim_refund(
    booking.booking_id, private.paid_for(booking.booking_id) - agreed.total_minor, 'altered');
  perform private.post_shares(booking.booking_id, 'share_altered', alteration.alteration_id::text);
  perform private.adjust_payout(booking.booking_id);
  update public.payouts set due_at = private.payout_due(altered, payments)
  from public.payments
  where payouts.booking_id = booking.booking_id and payouts.status in ('scheduled', 'blocked')
    and payments.payment_id = payouts.payment_id and payments.purpose <> 'damage';
  perform private.tell_side(altered, 'guest', 'booking_altered', alteration.alteration_id);
  perform private.tell_side(altered, 'host', 'booking_altered', alteration.alteration_id);
end $$;

comment on function private.apply_alteration is
  'Rule: nights, lines, totals, the money that goes back and the host''s share are swapped in one '
  'transaction, or nothing is. Neither grace nor the policy begins anew.';

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
    or (end_alteration.status = 'withdrawn' and alteration.status = 'awaiting_payment' and alteration.proposed_by = 'host')
  then
    perform private.tell_side(booking, alteration.proposed_by, 'alteration_ended', alteration.alteration_id);
  end if;
end $$;

comment on function private.end_alteration is
  'Rule: an alteration that comes to nothing frees its added nights and lets its payment go; the '
  'stay is as it was.';

create function private.expire_alteration(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  select * into alteration from public.alterations
  where alterations.booking_id = booking.booking_id and alterations.status in ('proposed', 'awaiting_payment')
    and alterations.expires_at <= private.now()
  for update;
  if not found then
    return false;
  end if;
  perform private.end_alteration(booking, alteration, 'expired');
  return true;
end $$;

create function private.expire_alterations(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  expired integer := 0;
begin
  for booking in
    select bookings.* from public.bookings
    where bookings.booking_id in (
      select alterations.booking_id from public.alterations, private.settings
      where alterations.status in ('proposed', 'awaiting_payment')
        and alterations.expires_at <= private.now() - case alterations.status
          when 'awaiting_payment' then make_interval(secs => settings.expiry_grace_seconds) else interval '0' end
      order by alterations.expires_at
      limit expire_alterations.most)
    order by bookings.booking_id
    for update skip locked
  loop
    expired := expired + private.expire_alteration(booking)::integer;
  end loop;
  return expired;
end $$;

comment on function private.expire_alterations is
  'Job: ends proposals at their time, and accepted ones two minutes after the time to pay (a '
  'payment may be on its way).';

create function private.alteration_under_way(booking_id uuid)
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select alteration_prices.payment_id
    from public.alterations
    join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
    where alterations.booking_id = alteration_under_way.booking_id and alterations.status = 'awaiting_payment');
end $$;

create function private.alteration_to_pay(booking_id uuid)
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  -- In the last minute a payment would more likely arrive too late than in time.
  return (
    select private.alteration_under_way(alteration_to_pay.booking_id)
    from public.alterations
    where alterations.booking_id = alteration_to_pay.booking_id and alterations.status = 'awaiting_payment'
      and alterations.expires_at > private.now() + interval '1 minute');
end $$;

create function private.alteration_paid(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  if payment.status <> 'captured' then
    return;
  end if;
  select alterations.* into alteration
  from public.alterations
  join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
  where alteration_prices.payment_id = payment.payment_id
  for update of alterations;
  if alteration.status <> 'awaiting_payment' then
    perform private.return_payment(payment, 'alteration_ended');
  elsif private.is_barred(booking.guest_id) or private.is_barred(booking.host_id)
    or private.now() >= private.alterable_until(booking, alteration.check_in, alteration.check_out,
      alteration.guests::integer, alteration.infants::integer, alteration.pets::integer)
  then
    perform private.end_alteration(booking, alteration, 'expired');
  else
    perform private.apply_alteration(booking, alteration);
    return;
  end if;
  perform private.post_shares(booking.booking_id, 'share_alteration_ended', payment.payment_id::text);
  perform private.adjust_payout(booking.booking_id);
end $$;

comment on function private.alteration_paid is
  'Rule: paid in time, the stay is altered; money that comes after the end, after the moment the '
  'alteration would have counted from, or when either side is suspended or gone, goes back.';

create function private.alteration_unpaid(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  select alterations.* into alteration
  from public.alterations
  join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
  where alteration_prices.payment_id = payment.payment_id and alterations.status = 'awaiting_payment'
  for update of alterations;
  if found then
    perform private.end_alteration(booking, alteration, 'expired');
  end if;
end $$;

comment on function private.alteration_unpaid is
  'Rule: an intent that Stripe cancelled pays nothing any more: the added nights are free.';

create function private.overtake_alterations()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  alteration public.alterations;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  select * into alteration from public.alterations
  where alterations.booking_id = new.booking_id and alterations.status in ('proposed', 'awaiting_payment')
  for update;
  if found then
    perform private.end_alteration(booking, alteration, 'overtaken');
  end if;
  return null;
end $$;

comment on function private.overtake_alterations is
  'Rule: a stay that is over, cancelled or said to be a no-show is not altered.';

create trigger overtake_the_alterations after update of status on public.bookings
  for each row when (old.status = 'confirmed' and new.status <> 'confirmed')
  execute function private.overtake_alterations();
create trigger overtake_the_alterations after insert on public.no_shows
  for each row execute function private.overtake_alterations();

-- Answering

create function private.alteration_to_answer(
  alteration_id uuid, out alteration public.alterations, out booking public.bookings, out side public.booking_actor)
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.active_caller();
  select * into alteration from public.alterations
  where alterations.alteration_id = alteration_to_answer.alteration_id
    and (alterations.guest_id = auth.uid() or private.may_manage(alterations.listing_id, 'bookings'));
  if not found then perform private.refuse('alteration_not_found'); end if;
  select * into strict booking from public.bookings
  where bookings.booking_id = alteration.booking_id for update;
  side := private.cancelling_side(booking);
  select * into strict alteration from public.alterations
  where alterations.alteration_id = alteration_to_answer.alteration_id for update;
end $$;

comment on function private.alteration_to_answer is
  'Rule: the alteration and its booking, locked, for either side of it; for others it does not '
  'exist.';

create function private.check_answerable(alteration public.alterations)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if alteration.status <> 'proposed' then
    perform private.refuse('alteration_closed', 'status', alteration.status::text);
  end if;
  if alteration.expires_at <= private.now() then
    perform private.refuse('alteration_expired');
  end if;
end $$;

create function private.agree_to_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
  booking    public.bookings := found_one.booking;
  due        bigint;
  opened     uuid;
begin
  if found_one.side = alteration.proposed_by then perform private.refuse('own_proposal'); end if;
  if alteration.accepted_at is not null and alteration.status in ('awaiting_payment', 'applied') then
    return private.terms_of(alteration);
  end if;
  perform private.check_answerable(alteration);
  -- A request of the guest at the same moment has to see these nights, or be seen.
  perform from public.profiles where profiles.profile_id = booking.guest_id for no key update;
  perform private.check_alterable(booking, alteration.check_in, alteration.check_out,
    alteration.guests::integer, alteration.infants::integer, alteration.pets::integer);
  perform private.check_altered_stay(booking, alteration.check_in, alteration.check_out,
    alteration.guests::integer, alteration.infants::integer, alteration.pets::integer);

  select private.alteration_due(booking, alteration_prices.agreed, alteration.check_in) into strict due
  from private.alteration_prices where alteration_prices.alteration_id = alteration.alteration_id;
  update public.alterations
  set status = 'awaiting_payment', accepted_at = private.now(),
      expires_at = least(
        private.now() + make_interval(mins => (select settings.hold_minutes from private.settings)),
        private.alterable_until(booking, alterations.check_in, alterations.check_out, alterations.guests::integer,
          alterations.infants::integer, alterations.pets::integer))
  where alterations.alteration_id = alteration.alteration_id
  returning * into alteration;
  perform private.release_overdue_holds(
    booking.listing_id, daterange(alteration.check_in, alteration.check_out + booking.preparation_nights));
  if due = 0 then
    perform private.apply_alteration(booking, alteration);
  else
    if not private.hold_added_nights(booking, alteration) then
      perform private.refuse('nights_taken');
    end if;
    insert into public.payments (
      booking_id, listing_id, guest_id, instalment, purpose, capture_mode, currency, amount_minor, created_at)
    select booking.booking_id, booking.listing_id, booking.guest_id, coalesce(max(payments.instalment), 0) + 1,
      'alteration', 'automatic', booking.currency, due, private.now()
    from public.payments
    where payments.booking_id = booking.booking_id
    returning payments.payment_id into opened;
    update private.alteration_prices set payment_id = opened
    where alteration_prices.alteration_id = alteration.alteration_id;
    if alteration.proposed_by = 'guest' then
      perform private.tell_side(booking, 'guest', 'alteration_to_pay', alteration.alteration_id);
    end if;
  end if;
  select * into strict alteration from public.alterations
  where alterations.alteration_id = agree_to_alteration.alteration_id;
  return private.terms_of(alteration);
end $$;

comment on function private.agree_to_alteration is
  'Rule: accepted without more to pay now, the stay is altered at once; else the added nights are '
  'held until the difference is paid.';

create function private.accept_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
begin
  for attempt in 1 .. 2 loop
    begin
      return private.agree_to_alteration(alteration_id);
    exception when deadlock_detected or serialization_failure then
      null;
    end;
  end loop;
  perform private.refuse('try_again', 'alteration');
end $$;

create function private.decline_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
begin
  if found_one.side = alteration.proposed_by then perform private.refuse('own_proposal'); end if;
  if alteration.status <> 'declined' then
    perform private.check_answerable(alteration);
    perform private.end_alteration(found_one.booking, alteration, 'declined');
    select * into strict alteration from public.alterations
    where alterations.alteration_id = decline_alteration.alteration_id;
  end if;
  return private.terms_of(alteration);
end $$;

create function private.withdraw_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
begin
  if alteration.status <> 'withdrawn' then
    if not (alteration.status = 'proposed' and found_one.side = alteration.proposed_by)
      and not (alteration.status = 'awaiting_payment' and found_one.side = 'guest')
    then
      perform private.refuse('alteration_closed', 'status', alteration.status::text);
    end if;
    perform private.end_alteration(found_one.booking, alteration, 'withdrawn');
    select * into strict alteration from public.alterations
    where alterations.alteration_id = withdraw_alteration.alteration_id;
  end if;
  return private.terms_of(alteration);
end $$;

comment on function private.withdraw_alteration is
  'Rule: who proposed takes it back while it is open; a guest may also rather not pay.';

create function private.alteration_terms(alteration_id uuid)
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  caller     uuid := private.signed_in();
  alteration public.alterations;
begin
  select * into alteration from public.alterations
  where alterations.alteration_id = alteration_terms.alteration_id
    and (alterations.guest_id = caller or private.may_manage(alterations.listing_id, 'bookings'));
  if not found then perform private.refuse('alteration_not_found'); end if;
  return private.terms_of(alteration);
end $$;

create function public.preview_alteration(
  booking_id uuid, check_in text default null, check_out text default null, guests integer default null,
  infants integer default null, pets integer default null)
  returns public.alteration_terms language sql stable security invoker set search_path = ''
  return private.preview_alteration(booking_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets);

create function public.propose_alteration(
  alteration_id uuid, booking_id uuid, check_in text default null, check_out text default null,
  guests integer default null, infants integer default null, pets integer default null,
  expected_total_minor bigint default null)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.propose_alteration(
    alteration_id, booking_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, expected_total_minor);

create function public.accept_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.accept_alteration(alteration_id);

create function public.decline_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.decline_alteration(alteration_id);

create function public.withdraw_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.withdraw_alteration(alteration_id);

create function public.read_alteration(alteration_id uuid)
  returns public.alteration_terms language sql stable security invoker set search_path = ''
  return private.alteration_terms(alteration_id);

grant execute on function
  private.preview_alteration, private.propose_alteration, private.accept_alteration,
  private.decline_alteration, private.withdraw_alteration, private.alteration_terms,
  public.preview_alteration, public.propose_alteration, public.accept_alteration,
  public.decline_alteration, public.withdraw_alteration, public.read_alteration
  to authenticated;

comment on function public.preview_alteration is
  'What other days or guests would cost; null stays as it is. The guest sees total and difference '
  '(below 0: comes back), the owner the payout. Of a stay that has begun only check_out moves. '
  'Errors: booking_not_found, not_alterable, stay_begun, nights_spent, stay_over, paid_in_parts, '
  'nothing_changed, below_minimum_charge, above_maximum_charge, unpaid_stays_overlap, and every '
  'refusal of a stay.';
comment on function public.propose_alteration is
  'Proposes other days or guests for a confirmed stay, by its guest or a host of it, at the price '
  'of the preview. The client chooses alteration_id: repeated, the same comes back. A guest may give '
  'expected_total_minor. Errors: as preview_alteration; alteration_id_required, alteration_open, '
  'too_many_attempts, '
  'price_changed, id_reused.';
comment on function public.accept_alteration is
  'The other side accepts: the stay is altered at once, or once the guest has paid the difference '
  'through create-payment until expires_at. Repeating it changes nothing. Errors: '
  'alteration_not_found, own_proposal, alteration_closed, alteration_expired, not_alterable, '
  'stay_begun, nights_spent, stay_over, paid_in_parts, unpaid_stays_overlap, try_again, and every '
  'refusal of a stay.';
comment on function public.decline_alteration is
  'The other side declines; the stay is as it was. Repeating it changes nothing. Errors: '
  'alteration_not_found, own_proposal, alteration_closed, alteration_expired.';
comment on function public.withdraw_alteration is
  'Who proposed takes it back; a guest may also do so instead of paying. Repeating it changes '
  'nothing. Errors: alteration_not_found, alteration_closed.';
comment on function public.read_alteration is
  'An alteration with what it costs, to each side its own figures. Errors: alteration_not_found.';
