-- What import reads, told from the tables. Everything has the id it came with, or its own.
--: people
select jsonb_build_object(
    'id', coalesce(imported.external_id, profiles.profile_id::text), 'display_name', profiles.display_name,
    'about', profiles.about, 'location', profiles.location, 'languages', profiles.languages,
    'email', lower(private_profiles.email), 'legal_name', coalesce(private_profiles.legal_name, ''),
    'phone', private_profiles.phone, 'birth_date', private_profiles.birth_date,
    'locale', coalesce(private_profiles.locale, 'en'), 'joined_on', profiles.joined_on) as row
from public.profiles
left join public.private_profiles on private_profiles.profile_id = profiles.profile_id
left join private.imported on imported.our_id = profiles.profile_id and imported.kind = 'person'
order by coalesce(imported.external_id, profiles.profile_id::text) collate "C"
--: listings
select to_jsonb(listings) || jsonb_build_object(
    'id', coalesce(imported.external_id, listings.listing_id::text),
    'host_id', coalesce(host.external_id, listings.host_id::text),
    'public_latitude', listings.latitude, 'public_longitude', listings.longitude,
    'check_in_time', to_char(listings.check_in_time, 'HH24:MI'),
    'check_out_time', to_char(listings.check_out_time, 'HH24:MI'),
    'latitude', listing_addresses.latitude, 'longitude', listing_addresses.longitude,
    'street', listing_addresses.street, 'unit', coalesce(listing_addresses.unit, ''),
    'postal_code', coalesce(listing_addresses.postal_code, ''),
    'access_instructions', coalesce(listing_access.instructions, ''),
    'door_code', coalesce(listing_access.door_code, ''), 'wifi_name', coalesce(listing_access.wifi_name, ''),
    'wifi_password', coalesce(listing_access.wifi_password, ''),
    'amenities', array(
      select listing_amenities.amenity from public.listing_amenities
      where listing_amenities.listing_id = listings.listing_id
      order by listing_amenities.amenity collate "C"),
    'base_price_minor', listing_prices.base_price_minor,
    'weekend_price_minor', listing_prices.weekend_price_minor,
    'included_guests', coalesce(listing_prices.included_guests, 64),
    'extra_guest_price_minor', coalesce(listing_prices.extra_guest_price_minor, 0),
    'cleaning_fee_minor', coalesce(listing_prices.cleaning_fee_minor, 0),
    'pet_fee_minor', coalesce(listing_prices.pet_fee_minor, 0),
    'new_listing_discount', coalesce(listing_prices.new_listing_discount, false),
    'early_bird_days', listing_prices.early_bird_days, 'early_bird_bp', listing_prices.early_bird_bp,
    'last_minute_days', listing_prices.last_minute_days, 'last_minute_bp', listing_prices.last_minute_bp,
    'length_discounts', (
      select coalesce(jsonb_object_agg(length_discounts.minimum_nights, length_discounts.discount_bp), '{}')
      from public.length_discounts where length_discounts.listing_id = listings.listing_id))
  || coalesce(to_jsonb(booking_rules), '{}')
  || jsonb_build_object(
    'imported_reviews', coalesce(listing_stars.imported_reviews, 0),
    'imported_stars', case when listing_stars.imported_reviews > 0 then listing_stars.imported_stars end) as row
from public.listings
left join public.booking_rules on booking_rules.listing_id = listings.listing_id
left join public.listing_addresses on listing_addresses.listing_id = listings.listing_id
left join public.listing_access on listing_access.listing_id = listings.listing_id
left join public.listing_prices on listing_prices.listing_id = listings.listing_id
left join private.listing_stars on listing_stars.listing_id = listings.listing_id
left join private.imported on imported.our_id = listings.listing_id and imported.kind = 'listing'
left join private.imported as host on host.our_id = listings.host_id and host.kind = 'person'
order by coalesce(imported.external_id, listings.listing_id::text) collate "C"
--: photos
select jsonb_build_object(
    'id', coalesce(imported.external_id, listing_photos.photo_id::text),
    'listing_id', coalesce(home.external_id, listing_photos.listing_id::text),
    'position', listing_photos.position, 'caption', listing_photos.caption,
    -- Told by the home's id where that can be a folder's name.
    'file', 'photos/' || case
        when coalesce(home.external_id, '') ~ '^[A-Za-z0-9_-]+$' then home.external_id
        else coalesce(md5(home.external_id), listing_photos.listing_id::text)
      end || '/' || split_part(listing_photos.storage_path, '/', 2)) as row,
  listing_photos.storage_path
from public.listing_photos
left join private.imported on imported.our_id = listing_photos.photo_id and imported.kind = 'photo'
left join private.imported as home on home.our_id = listing_photos.listing_id and home.kind = 'listing'
order by coalesce(imported.external_id, listing_photos.photo_id::text) collate "C"
--: bookings
-- Stays that were agreed. Of money the net: what is settled there is no payment here.
select jsonb_build_object(
    'id', coalesce(imported.external_id, bookings.booking_id::text),
    'listing_id', coalesce(home.external_id, bookings.listing_id::text),
    'guest_id', coalesce(guest.external_id, bookings.guest_id::text), 'status', bookings.status,
    'check_in', bookings.check_in, 'check_out', bookings.check_out, 'guests', bookings.guests,
    'infants', bookings.infants, 'pets', bookings.pets,
    'child_ages', bookings.child_ages, 'message', bookings.message,
    'booked_at', bookings.created_at, 'preparation_nights', bookings.preparation_nights,
    'currency', coalesce(settled_elsewhere.currency, bookings.currency),
    'total_minor', coalesce(settled_elsewhere.total_minor, guest_totals.total_minor),
    'refunded_minor', coalesce(
      settled_elsewhere.refunded_minor, least(guest_settlements.refund_minor, guest_totals.total_minor), 0),
    'host_payout_minor', coalesce(
      settled_elsewhere.host_payout_minor, host_settlements.payout_minor, host_totals.payout_minor)) as row
from public.bookings
join public.guest_totals on guest_totals.booking_id = bookings.booking_id
join public.host_totals on host_totals.booking_id = bookings.booking_id
left join public.guest_settlements on guest_settlements.booking_id = bookings.booking_id
left join public.host_settlements on host_settlements.booking_id = bookings.booking_id
left join private.settled_elsewhere on settled_elsewhere.booking_id = bookings.booking_id
left join private.imported on imported.our_id = bookings.booking_id and imported.kind = 'booking'
left join private.imported as home on home.our_id = bookings.listing_id and home.kind = 'listing'
left join private.imported as guest on guest.our_id = bookings.guest_id and guest.kind = 'person'
where bookings.status in ('confirmed', 'completed', 'no_show', 'cancelled_by_guest', 'cancelled_by_host',
    'cancelled_by_staff')
  and (bookings.confirmed_at is not null or settled_elsewhere.booking_id is not null)
order by coalesce(imported.external_id, bookings.booking_id::text) collate "C"
--: calendar
-- Blocks one by one, whoever made them, and each day that differs.
select jsonb_build_object(
    'id', told.id, 'listing_id', coalesce(home.external_id, told.listing_id::text),
    'first_night', told.first_night, 'last_night', told.last_night, 'blocked', told.blocked,
    'note', told.note, 'price_minor', told.price_minor, 'minimum_nights', told.minimum_nights,
    'closed_to_arrival', told.closed_to_arrival, 'closed_to_departure', told.closed_to_departure) as row
from (
  select coalesce(
      case when cardinality(imported.parts) = 1 then imported.external_id end, claims.claim_id::text) as id,
    claims.listing_id, lower(claims.nights) as first_night, upper(claims.nights) - 1 as last_night,
    true as blocked, case when claims.kind = 'block' then claims.note end as note,
    null::bigint as price_minor, null::smallint as minimum_nights, false as closed_to_arrival,
    false as closed_to_departure
  from private.claims
  left join private.imported on imported.our_id = claims.claim_id and imported.kind = 'calendar'
  where claims.kind in ('block', 'import', 'host_cancelled')
  union all
  select coalesce(days_home.external_id, calendar_days.listing_id::text) || '/' || calendar_days.day,
    calendar_days.listing_id, calendar_days.day, calendar_days.day, false, null, calendar_days.price_minor,
    calendar_days.minimum_nights, calendar_days.closed_to_arrival, calendar_days.closed_to_departure
  from public.calendar_days
  left join private.imported as days_home
    on days_home.our_id = calendar_days.listing_id and days_home.kind = 'listing') as told
left join private.imported as home on home.our_id = told.listing_id and home.kind = 'listing'
order by coalesce(home.external_id, told.listing_id::text) collate "C", told.first_night, told.id collate "C"
--: reviews
-- What everybody may read: a review that is still blind, or was removed, is nobody else's.
select told.row
from (
  select jsonb_build_object(
      'id', coalesce(imported.external_id, reviews.review_id::text), 'by', 'guest',
      'booking_id', case when reviews.booking_id is not null
        then coalesce(stay.external_id, reviews.booking_id::text) end,
      'listing_id', case when reviews.booking_id is null
        then coalesce(home.external_id, reviews.listing_id::text) end,
      'author_name', reviews.author_name, 'stars', reviews.stars, 'cleanliness', reviews.cleanliness,
      'accuracy', reviews.accuracy, 'check_in', reviews.check_in, 'communication', reviews.communication,
      'location', reviews.location, 'value', reviews.value, 'body', reviews.body,
      'written_on', reviews.written_on, 'revealed_at', reviews.revealed_at, 'reply', reviews.reply,
      'replied_at', reviews.replied_at) as row
  from public.reviews
  left join private.imported on imported.our_id = reviews.review_id and imported.kind = 'review'
  left join private.imported as stay on stay.our_id = reviews.booking_id and stay.kind = 'booking'
  left join private.imported as home on home.our_id = reviews.listing_id and home.kind = 'listing'
  where reviews.removed_at is null and (reviews.booking_id is null or reviews.revealed_at is not null)
  union all
  select jsonb_build_object(
      'id', coalesce(imported.external_id, guest_reviews.review_id::text), 'by', 'host',
      'booking_id', coalesce(stay.external_id, guest_reviews.booking_id::text),
      'author_name', guest_reviews.author_name, 'stars', guest_reviews.stars,
      'cleanliness', guest_reviews.cleanliness, 'communication', guest_reviews.communication,
      'house_rules', guest_reviews.house_rules, 'body', guest_reviews.body,
      'written_on', guest_reviews.written_on, 'revealed_at', guest_reviews.revealed_at,
      'reply', guest_reviews.reply, 'replied_at', guest_reviews.replied_at)
  from public.guest_reviews
  left join private.imported on imported.our_id = guest_reviews.review_id and imported.kind = 'review'
  left join private.imported as stay on stay.our_id = guest_reviews.booking_id and stay.kind = 'booking'
  where guest_reviews.removed_at is null and guest_reviews.revealed_at is not null) as told
order by told.row ->> 'id' collate "C"
