-- Alterations: other days or other guests for a stay that is confirmed. One side proposes, the
-- other accepts or declines. Of a stay that has begun only the end moves.
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
  former_child_ages smallint[]              not null default '{}',
  check_in         date                     not null,
  check_out        date                     not null,
  guests           smallint                 not null,
  infants          smallint                 not null,
  pets             smallint                 not null,
  child_ages       smallint[]               not null default '{}',
  expires_at       timestamptz              not null,
  created_at       timestamptz              not null,
  accepted_at      timestamptz,
  ended_at         timestamptz,

  constraint alterations_are_proposed_by_a_side check (proposed_by in ('guest', 'host')),
  constraint alterations_last_some_nights       check (check_out > check_in),
  constraint alterations_are_for_someone        check (guests > 0 and infants >= 0 and pets >= 0),
  constraint alterations_tell_ages_of_children  check (
    private.are_children(child_ages, guests)),
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
  'Proposed changes to a confirmed stay, and their outcome. Visible to its guest and its hosts; '
  'alteration_terms has the cost, with each side''s own figures.';
comment on column public.alterations.expires_at is
  'The deadline for an answer; once accepted, the deadline for paying the difference.';

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
  'The price of the altered stay, locked when it was proposed, and the one it replaces: the '
  'history of agreed prices.';

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
  'Rule: lines and totals can be replaced only while an alteration of their booking is accepted '
  'and not yet applied, whoever writes.';

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
      and row(alterations.check_in, alterations.check_out, alterations.guests, alterations.infants,
        alterations.pets, alterations.child_ages,
          (alteration_prices.agreed).subtotal_minor, (alteration_prices.agreed).taxes_minor)
        = row(booking.check_in, booking.check_out, booking.guests, booking.infants, booking.pets,
          booking.child_ages, booking.subtotal_minor, booking.taxes_minor));
end $$;

create function private.only_forgets_ages(former public.bookings, booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  former.child_ages := '{}';
  return former = booking
    and (booking.status not in ('awaiting_payment', 'requested', 'confirmed')
      or private.is_erased(booking.guest_id));
end $$;

comment on function private.only_forgets_ages is
  'Rule: once a stay is over or its guest has left, the ages of children can be cleared, and '
  'nothing else changed.';

create function private.keep_stay()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.alters_so(new) and not private.only_forgets_ages(old, new) then
    perform private.refuse('frozen', 'terms');
  end if;
  return new;
end $$;

comment on function private.keep_stay is
  'Rule: dates, guests and amounts of a booking become exactly what an accepted alteration says, '
  'whoever writes.';

create trigger freeze_the_stay
  before update of check_in, check_out, guests, infants, pets, child_ages, subtotal_minor,
    taxes_minor
  on public.bookings
  for each row when (
    row(old.check_in, old.check_out, old.guests, old.infants, old.pets, old.child_ages,
      old.subtotal_minor, old.taxes_minor)
    is distinct from
    row(new.check_in, new.check_out, new.guests, new.infants, new.pets, new.child_ages,
      new.subtotal_minor, new.taxes_minor))
  execute function private.keep_stay();

-- What it costs

create function private.price_alteration(
  booking public.bookings, check_in date, check_out date, guests integer, pets integer,
  child_ages smallint[])
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  former       private.priced_stay := private.frozen_price(booking);
  priced       private.priced_stay := private.price_stay(booking.listing_id, check_in, check_out,
    guests, pets, child_ages);
  step         bigint;
  nights_minor bigint;
  extra_nights integer;
  line         public.stay_line;
begin
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
    select greatest(0,
      guests - greatest(listing_prices.included_guests, booking.guests)) * priced.nights,
      listing_prices.extra_guest_price_minor
    into strict extra_nights, line.unit_minor
    from public.listing_prices where listing_prices.listing_id = booking.listing_id;
  end if;
  if extra_nights > 0 and line.unit_minor > 0 then
    priced.lines := priced.lines
      || row('extra_guests', null, 'Extra guests', extra_nights, line.unit_minor, 0,
      extra_nights * line.unit_minor)::public.stay_line;
    priced.subtotal_minor := priced.subtotal_minor + extra_nights * line.unit_minor;
  end if;
  for line in select agreed.* from unnest(former.lines) as agreed where agreed.kind = 'cleaning'
    loop
    priced.lines := priced.lines || line;
    priced.subtotal_minor := priced.subtotal_minor + line.amount_minor;
  end loop;
  if pets > 0 then
    select agreed.* into line from unnest(former.lines) as agreed where agreed.kind = 'pets';
    if not found and booking.pets = 0 then
      select 'pets', null, 'Pet fee', 1, listing_prices.pet_fee_minor, 0,
        listing_prices.pet_fee_minor into strict line
      from public.listing_prices where listing_prices.listing_id = booking.listing_id;
    end if;
    if line.kind = 'pets' and line.amount_minor > 0 then
      priced.lines := priced.lines || line;
      priced.subtotal_minor := priced.subtotal_minor + line.amount_minor;
    end if;
  end if;

  -- Taxes as of today; the fees at the rates that were agreed.
  priced.taxes := null;
  priced := private.add_fees_and_taxes(
    priced, booking.listing_id, nights_minor, guests, child_ages, step);
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
  'Rule: existing nights keep their price, added ones cost today''s price; cleaning, pets and '
  'extra guests keep the price they had; fees keep their rates; taxes are today''s.';

-- What is charged when

create function private.charged_later(booking_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
    select from public.payments
    where payments.booking_id = charged_later.booking_id and payments.purpose = 'stay'
      and payments.status = 'pending');

create function private.charges_left(
  booking public.bookings, priced private.priced_stay, check_in date)
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
  foreach charge in array private.planned_charges(priced, check_in, booking.check_in_time,
    booking.time_zone) loop
    planned := planned + charge.amount_minor;
    select * into known from public.payments
    where payments.booking_id = booking.booking_id and payments.instalment = charge.instalment;
    continue when (known.purpose = 'stay' and known.status = 'captured')
      or planned - billed < minimum;
    if known.purpose <> 'stay' then
      charge.instalment := charge.instalment + (
        select max(payments.instalment) from public.payments
          where payments.booking_id = booking.booking_id);
    end if;
    charge.amount_minor := planned - billed;
    charge.charge_at := coalesce(charge.charge_at, private.now());
    charges := charges || charge;
    billed := planned;
  end loop;

  charge.amount_minor := priced.total_minor - billed;
  if charge.amount_minor > 0 and cardinality(charges) > 0 then
    charges[cardinality(charges)].amount_minor := charges[cardinality(charges)].amount_minor
      + charge.amount_minor;
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
  'Rule: for a stay that is charged later, what is not charged yet is planned like that of a new '
  'stay; what is due by now is charged at once, all of it to the saved card. An amount that cannot '
  'be charged to a card is added to another instalment.';

create function private.plan_charges_anew(booking public.bookings, charges public.planned_charge[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.payments set status = 'cancelled'
  where payments.booking_id = booking.booking_id and payments.purpose = 'stay'
    and payments.status = 'pending'
    and payments.instalment not in (select charge.instalment from unnest(charges) as charge);
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, capture_mode, charge_at, currency, amount_minor,
      created_at)
  select booking.booking_id, booking.listing_id, booking.guest_id, charge.instalment, 'automatic',
    charge.charge_at,
    booking.currency, charge.amount_minor, private.now()
  from unnest(charges) as charge
  on conflict on constraint payments_one_per_instalment do update
  set status = 'pending', charge_at = excluded.charge_at, amount_minor = excluded.amount_minor;
end $$;

comment on function private.plan_charges_anew is
  'Rule: replaces the later charges that have not been started; Stripe does not know any of them.';
