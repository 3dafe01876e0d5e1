--: check
update pg_temp.staged
set second_ref = pg_temp.booking_of(given ->> 'booking_id')
where outcome <> 'unchanged';
update pg_temp.staged
set first_ref = coalesce(
  (select bookings.listing_id from public.bookings where bookings.booking_id = staged.second_ref),
  pg_temp.listing_of(staged.given ->> 'listing_id'))
where staged.outcome <> 'unchanged';

update pg_temp.staged
set code = case
  when staged.given ->> 'booking_id' is not null and staged.second_ref is null then 'unknown_booking'
  when staged.first_ref is null then 'unknown_listing'
  -- What both sides could read is never rewritten.
  when staged.outcome = 'updated' and (
    staged.second_ref is not null
    or exists (
      select from public.reviews
      where reviews.review_id = staged.our_id and (
        reviews.booking_id is not null or reviews.listing_id <> staged.first_ref))) then 'review_stays'
  when exists (
    select from public.bookings
    where bookings.booking_id = staged.second_ref
      and bookings.status in ('awaiting_payment', 'requested', 'confirmed')) then 'stay_to_come'
  when staged.given ->> 'by' = 'guest' and exists (
    select from public.reviews where reviews.booking_id = staged.second_ref) then 'reviewed_already'
  when staged.given ->> 'by' = 'host' and exists (
    select from public.guest_reviews where guest_reviews.booking_id = staged.second_ref) then 'reviewed_already'
end
where staged.outcome <> 'unchanged';

--: write
insert into public.reviews (
  review_id, listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication,
  location, value, body, written_on, closes_at, reply, replied_at, source, source_id)
select staged.our_id, staged.first_ref, staged.second_ref, said.author_name, said.stars, said.cleanliness,
  said.accuracy, said.check_in, said.communication, said.location, said.value, said.body, said.written_on,
  case when staged.second_ref is not null
    then coalesce(said.revealed_at, said.written_on + time '12:00' at time zone 'UTC') end,
  said.reply, said.replied_at,
  case when staged.second_ref is null then 'import' end,
  case when staged.second_ref is null then staged.external_id end
from pg_temp.staged, jsonb_populate_record(null::public.reviews, staged.fields) as said
where staged.outcome in ('created', 'updated') and staged.given ->> 'by' = 'guest'
order by staged.line
on conflict (review_id) do update
set author_name = excluded.author_name, body = excluded.body, written_on = excluded.written_on,
    reply = excluded.reply, replied_at = excluded.replied_at;

insert into public.guest_reviews (
  review_id, booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication,
  house_rules, body, written_on, closes_at, reply, replied_at)
select staged.our_id, bookings.booking_id, bookings.listing_id, bookings.guest_id, bookings.host_id,
  said.author_name, said.stars, said.cleanliness, said.communication, said.house_rules, said.body,
  said.written_on, coalesce(said.revealed_at, said.written_on + time '12:00' at time zone 'UTC'), said.reply,
  said.replied_at
from pg_temp.staged
cross join lateral jsonb_populate_record(null::public.guest_reviews, staged.fields) as said
join public.bookings on bookings.booking_id = staged.second_ref
where staged.outcome = 'created' and staged.given ->> 'by' = 'host'
order by staged.line;

-- A review is written before it is revealed, and counts from then on.
update public.reviews set revealed_at = reviews.closes_at
from pg_temp.staged
where staged.outcome = 'created' and staged.given ->> 'by' = 'guest' and staged.second_ref is not null
  and reviews.review_id = staged.our_id;
update public.guest_reviews set revealed_at = guest_reviews.closes_at
from pg_temp.staged
where staged.outcome = 'created' and staged.given ->> 'by' = 'host' and guest_reviews.review_id = staged.our_id;

insert into pg_temp.touched select first_ref from pg_temp.staged where outcome in ('created', 'updated');
