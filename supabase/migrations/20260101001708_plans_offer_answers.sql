-- Offer answers: withdrawing, declining, accepting.

create function private.close_offer(offer public.offers, closed public.offer_status)
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
begin
  if offer.status = closed then
    return offer;
  end if;
  if offer.status <> 'open' then
    perform private.refuse('offer_closed', 'status', offer.status::text);
  end if;
  update public.offers set status = closed
  where offers.offer_id = offer.offer_id
  returning * into offer;
  return offer;
end $$;

create function private.withdraw_offer(offer_id uuid)
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
declare
  offer public.offers;
begin
  perform private.active_caller();
  select * into offer from public.offers
  where offers.offer_id = withdraw_offer.offer_id
    and private.may_manage(offers.listing_id, 'bookings')
  for no key update;
  if not found then perform private.refuse('offer_not_found'); end if;
  return private.close_offer(offer, 'withdrawn');
end $$;

create function private.decline_offer(offer_id uuid)
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  offer  public.offers;
begin
  select * into offer from public.offers
  where offers.offer_id = decline_offer.offer_id and offers.guest_id = caller
  for no key update;
  if not found then perform private.refuse('offer_not_found'); end if;
  return private.close_offer(offer, 'declined');
end $$;

create function private.expire_offer(offer_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.offers set status = 'expired' where offers.offer_id = expire_offer.offer_id;
  return found;
end $$;

create function private.expire_offers(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  overdue uuid;
  expired integer := 0;
begin
  for overdue in
    select offers.offer_id from public.offers
    where offers.status = 'open' and offers.expires_at <= private.now()
      and offers.offer_id not in (select private.rows_aside('expire_offers'))
    order by offers.offer_id
    limit expire_offers.most
    for no key update skip locked
  loop
    expired := expired + private.attempt('expire_offers', overdue, 'expire_offer', overdue);
  end loop;
  return expired;
end $$;

comment on function private.expire_offers is
  'Job: records that an offer has expired. It is invalid from expires_at on in any case.';

create function public.withdraw_offer(offer_id uuid)
  returns public.offers language sql volatile security invoker set search_path = ''
  return private.withdraw_offer(offer_id);

create function public.decline_offer(offer_id uuid)
  returns public.offers language sql volatile security invoker set search_path = ''
  return private.decline_offer(offer_id);

grant execute on function
  private.withdraw_offer, private.decline_offer, public.withdraw_offer, public.decline_offer
  to authenticated;

comment on function public.withdraw_offer is
  'A host withdraws an open offer. Repeating it changes nothing. Errors: offer_not_found, '
  'offer_closed (the guest is booking it, has declined it, or it has expired).';
comment on function public.decline_offer is
  'The guest declines an offer. Repeating it changes nothing. Errors: offer_not_found, '
  'offer_closed.';

-- Accepting

create function private.price_offer(
  offer_id uuid, guest_id uuid, listing_id uuid, check_in date, check_out date, guests integer,
  infants integer, pets integer, child_ages smallint[])
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  offer   public.offers;
  problem text;
  priced  private.priced_stay;
begin
  select * into offer from public.offers
  where offers.offer_id = price_offer.offer_id and offers.guest_id = price_offer.guest_id;
  if not found then perform private.refuse('offer_not_found'); end if;
  if row(offer.listing_id, offer.check_in, offer.check_out, offer.guests, offer.infants, offer.pets,
      offer.child_ages)
    is distinct from row(price_offer.listing_id, price_offer.check_in, price_offer.check_out,
      price_offer.guests, price_offer.infants, price_offer.pets, price_offer.child_ages)
  then
    perform private.refuse('offer_differs');
  end if;
  -- Accepted by an unpaid booking of theirs, which a new one replaces.
  if offer.status <> 'open' and not (offer.status = 'accepted' and exists (
    select from public.bookings
    where bookings.offer_id = offer.offer_id and bookings.status = 'awaiting_payment'))
  then
    perform private.refuse('offer_closed', 'status', offer.status::text);
  end if;
  if offer.expires_at <= private.now() then perform private.refuse('offer_expired'); end if;

  problem := private.stay_problem(
    offer.listing_id, offer.check_in, offer.check_out, offer.guests::integer,
      offer.infants::integer,
    offer.pets::integer, offer.guest_id, true, child_ages => offer.child_ages);
  if problem is not null then
    perform private.refuse(problem);
  end if;
  if offer.kind = 'special_offer' then
    select (offer_prices.priced).* into strict priced
    from private.offer_prices where offer_prices.offer_id = offer.offer_id;
  else
    priced := private.price_stay(
      offer.listing_id, offer.check_in, offer.check_out, offer.guests::integer,
        offer.pets::integer, offer.child_ages);
    perform private.check_charge(priced);
  end if;
  return priced;
end $$;

comment on function private.price_offer is
  'Rule: an offer is for its guest and that stay alone, while it is open. The minimum nights are '
  'waived, the price of a special offer is locked; everything else is checked as for any stay.';

create function private.terms_of_offer(
  offer_id uuid, guest_id uuid, listing_id uuid, check_in date, check_out date, guests integer,
  infants integer, pets integer, child_ages smallint[])
  returns private.stay_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  terms private.stay_terms;
begin
  terms.priced := private.price_offer(
    offer_id, guest_id, listing_id, check_in, check_out, guests, infants, pets, child_ages);
  select offers.cancellation_policy into strict terms.cancellation_policy
  from public.offers where offers.offer_id = terms_of_offer.offer_id;
  return terms;
end $$;

comment on function private.terms_of_offer is
  'Rule: who accepts an offer gets its price and its cancellation policy.';

create function private.use_offer(offer_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.offers set status = 'accepted'
  where offers.offer_id = use_offer.offer_id and offers.status = 'open'
    and offers.expires_at > private.now();
  if not found then perform private.refuse('offer_closed'); end if;
end $$;

comment on function private.use_offer is
  'Rule: an offer is used once. Its lock is the last of all: after booking, payment, claim and '
  'listing.';

insert into private.registrations (question, about, answer) values
  ('terms_of_stay', 'offer', 'terms_of_offer'),
  ('stay_held',     'offer', 'use_offer');

create function private.follow_offer()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'confirmed' then
    perform from public.offers where offers.offer_id = new.offer_id for no key update;
    if exists (
      select from public.bookings
      where bookings.offer_id = new.offer_id and bookings.booking_id <> new.booking_id
        and (bookings.confirmed_at is not null or bookings.status = 'awaiting_payment'))
      or exists (
        select from public.offers
        where offers.offer_id = new.offer_id and offers.status in ('withdrawn', 'declined'))
    then
      perform private.refuse('offer_closed', 'late');
    end if;
    update public.offers set status = 'accepted'
    where offers.offer_id = new.offer_id and offers.status <> 'accepted';
  elsif old.status = 'awaiting_payment' then
    update public.offers
    set status = case when offers.expires_at > private.now() then 'open'
      else 'expired' end::public.offer_status
    where offers.offer_id = new.offer_id and offers.status = 'accepted';
  end if;
  return null;
end $$;

comment on function private.follow_offer is
  'Rule: an offer is accepted when its booking is confirmed, and open again (or expired) when the '
  'booking ends unpaid. Money that arrives later takes it again unless it was used, withdrawn or '
  'declined in the meantime; then the money is refunded.';

create trigger follow_the_offer after update of status on public.bookings
  for each row when (new.offer_id is not null and old.status <> new.status)
  execute function private.follow_offer();

-- Whose account goes has no offers any more.
create function private.forget_offers()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.offers set status = 'withdrawn'
  where offers.offer_id in (
    select open.offer_id from public.offers as open
    where open.guest_id = new.profile_id and open.status = 'open'
    order by open.offer_id
    for no key update);
  return null;
end $$;

create trigger forget_the_offers after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.forget_offers();

create function private.quote_offer(offer_id uuid)
  returns public.stay_quote language plpgsql stable security definer set search_path = ''
as $$
declare
  caller  uuid := private.signed_in();
  offer   public.offers;
  listing public.listings;
  priced  private.priced_stay;
  quote   public.stay_quote;
begin
  select * into offer from public.offers
  where offers.offer_id = quote_offer.offer_id and offers.guest_id = caller;
  priced := private.price_offer(
    quote_offer.offer_id, caller, offer.listing_id, offer.check_in, offer.check_out,
    offer.guests::integer, offer.infants::integer, offer.pets::integer, offer.child_ages);
  select * into strict listing from public.listings where listings.listing_id = offer.listing_id;
  quote.listing_id := offer.listing_id;
  quote.check_in := offer.check_in;
  quote.check_out := offer.check_out;
  quote.nights := priced.nights;
  quote.guests := offer.guests;
  quote.infants := offer.infants;
  quote.pets := offer.pets;
  quote.child_ages := offer.child_ages;
  quote.currency := priced.currency;
  quote.discount := priced.discount;
  quote.discount_bp := priced.discount_bp;
  quote.subtotal_minor := priced.subtotal_minor;
  quote.guest_fee_minor := priced.guest_fee_minor;
  quote.taxes_minor := priced.taxes_minor;
  quote.total_minor := priced.total_minor;
  quote.cancellation_policy := coalesce(offer.cancellation_policy, listing.cancellation_policy);
  quote.instant_book := true;
  quote.lines := priced.lines;
  quote.charges := private.planned_charges(priced, quote.check_in, listing.check_in_time,
    listing.time_zone);
  return quote;
end $$;

create function public.quote_offer(offer_id uuid)
  returns public.stay_quote language sql stable security invoker set search_path = ''
  return private.quote_offer(offer_id);

grant execute on function private.quote_offer, public.quote_offer to authenticated;

comment on function public.quote_offer is
  'The price of an offer for its guest, line by line, if it can be booked now: pass its stay and '
  'total to request_booking with offer_id. Errors: offer_not_found, offer_closed, offer_expired, '
  'and those of quote_stay without below_minimum_nights.';
