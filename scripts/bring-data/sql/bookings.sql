--: check
update pg_temp.staged
set first_ref = pg_temp.listing_of(given ->> 'listing_id'), second_ref = pg_temp.person_of(given ->> 'guest_id')
where outcome <> 'unchanged';

-- A stay that is over is not confirmed any more, and nobody is asked for a review of it.
update pg_temp.staged
set given = staged.given || '{"status": "completed"}'
from public.listings
where listings.listing_id = staged.first_ref and staged.given ->> 'status' = 'confirmed'
  and private.instant_at(
    (staged.given ->> 'check_out')::date + listings.check_out_time, listings.time_zone) <= private.now();

update pg_temp.staged
set code = case
  when staged.first_ref is null then 'unknown_listing'
  when staged.second_ref is null then 'unknown_person'
  when exists (
    select from public.listings
    where listings.listing_id = staged.first_ref and listings.host_id = staged.second_ref) then 'own_listing'
  when private.is_erased(staged.second_ref) then 'account_closed'
  when staged.outcome = 'created' and staged.given ->> 'status' in ('completed', 'no_show') and exists (
    select from public.listings
    where listings.listing_id = staged.first_ref
      and private.instant_at((staged.given ->> 'check_in')::date + listings.check_in_time, listings.time_zone)
        > private.now())
    then 'stay_to_come'
  when staged.outcome = 'created' and staged.given ->> 'status' in ('confirmed', 'completed') and exists (
    select from private.claims
    where claims.listing_id = staged.first_ref and claims.kind <> 'preparation'
      and claims.nights && daterange((staged.given ->> 'check_in')::date, (staged.given ->> 'check_out')::date))
    then 'nights_taken'
  -- Rule: a stay that is here follows its own rules; only its end, which came here too, is news of no change.
  when staged.outcome = 'updated' and not exists (
    select from public.bookings
    join private.settled_elsewhere on settled_elsewhere.booking_id = bookings.booking_id
    where bookings.booking_id = staged.our_id and bookings.listing_id = staged.first_ref
      and bookings.guest_id = staged.second_ref and bookings.status::text = staged.given ->> 'status'
      and bookings.check_in = (staged.given ->> 'check_in')::date
      and bookings.check_out = (staged.given ->> 'check_out')::date
      and settled_elsewhere.currency = staged.given ->> 'currency'
      and settled_elsewhere.total_minor = (staged.given ->> 'total_minor')::bigint
      and settled_elsewhere.refunded_minor = (staged.given ->> 'refunded_minor')::bigint
      and settled_elsewhere.host_payout_minor = (staged.given ->> 'host_payout_minor')::bigint)
    then 'booking_stays'
end
where staged.outcome <> 'unchanged';

--: write
select set_config('staybase.actor', 'system', true);

insert into private.settled_elsewhere (booking_id, currency, total_minor, refunded_minor, host_payout_minor)
select staged.our_id, said.currency, said.total_minor, said.refunded_minor, said.host_payout_minor
from pg_temp.staged, jsonb_populate_record(null::private.settled_elsewhere, staged.fields) as said
where staged.outcome = 'created';

insert into public.bookings (
  booking_id, listing_id, host_id, guest_id, status, check_in, check_out, guests, infants, pets, child_ages,
  message, currency, subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights,
  time_zone, check_in_time, check_out_time, created_at, placed_at, confirmed_at)
select staged.our_id, listings.listing_id, listings.host_id, staged.second_ref, said.status, said.check_in,
  said.check_out, said.guests, said.infants, said.pets,
  private.in_order(said.child_ages), said.message, listings.currency, 0, 0, 0,
  listings.cancellation_policy, true, said.preparation_nights, listings.time_zone, listings.check_in_time,
  listings.check_out_time, booked.at, booked.at,
  -- What was cancelled there was settled there: there is no settlement of it here.
  case when said.status in ('confirmed', 'completed', 'no_show') then booked.at end
from pg_temp.staged
cross join lateral jsonb_populate_record(null::public.bookings, staged.fields) as said
cross join lateral (select (staged.given ->> 'booked_at')::timestamptz as at) as booked
join public.listings on listings.listing_id = staged.first_ref
where staged.outcome = 'created'
order by staged.line;

select set_config('staybase.actor', '', true);

insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
select our_id, second_ref, 0, 0, 0 from pg_temp.staged where outcome = 'created';
insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
select our_id, first_ref, 0, 0, 0 from pg_temp.staged where outcome = 'created';

insert into private.claims (listing_id, nights, lane, kind, booking_id)
select bookings.listing_id, claim.nights, claim.lane, claim.kind, bookings.booking_id
from pg_temp.staged
join public.bookings on bookings.booking_id = staged.our_id
cross join lateral (values
  (daterange(bookings.check_in, bookings.check_out), '(,)'::int4range, 'stay'::private.claim_kind),
  (daterange(bookings.check_out, bookings.check_out + bookings.preparation_nights), '[0,1)'::int4range,
    'preparation'::private.claim_kind)) as claim (nights, lane, kind)
where staged.outcome = 'created' and bookings.status in ('confirmed', 'completed')
  and not isempty(claim.nights)
order by staged.line;

insert into pg_temp.touched select first_ref from pg_temp.staged where outcome = 'created';
