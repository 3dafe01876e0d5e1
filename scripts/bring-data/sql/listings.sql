--: check
update pg_temp.staged set first_ref = pg_temp.person_of(given ->> 'host_id')
where outcome <> 'unchanged';

update pg_temp.staged
set code = case
  when staged.first_ref is null then 'unknown_person'
  when private.is_erased(staged.first_ref) then 'account_closed'
  when exists (
    select from public.listings
    where listings.listing_id = staged.our_id and listings.currency <> staged.given ->> 'currency')
    then 'currency_stays'
  when exists (
    select from public.listings
    where listings.listing_id = staged.our_id and listings.host_id <> staged.first_ref) then 'host_stays'
  when not exists (
    select from private.currencies where currencies.currency = staged.given ->> 'currency')
    then 'currency_not_offered'
  when private.known_time_zone(staged.given ->> 'time_zone') is null then 'invalid_time_zone'
  when not exists (
    select from public.property_types
    where property_types.property_type = staged.given ->> 'property_type') then 'unknown_property_type'
end
where staged.outcome <> 'unchanged';

update pg_temp.staged
set code = 'unknown_amenity', words = 'There is no amenity ' || odd.names || '.'
from (
  select staged.line, string_agg(word, ', ' order by word) as names
  from pg_temp.staged, jsonb_array_elements_text(staged.given -> 'amenities') as word
  where not exists (select from public.amenities where amenities.amenity = word)
  group by staged.line) as odd
where staged.line = odd.line and staged.outcome <> 'unchanged' and staged.code is null;

-- Rule: what publish_listing asks of a host is asked of a file. Of each row once: joined to itself, what it
-- lacks was asked of each pair of rows.
update pg_temp.staged
set code = 'listing_incomplete', words = 'Still missing: ' || lacks.names || '.'
from (
  select same.line, concat_ws(', ',
    case when coalesce(same.given ->> 'public_latitude', same.given ->> 'latitude') is null then 'latitude' end,
    case when same.given ->> 'country_code' is null then 'country_code' end,
    case when same.given ->> 'city' is null then 'city' end,
    case when btrim(same.given ->> 'description') = '' then 'description' end,
    case when same.given ->> 'base_price_minor' is null then 'base_price_minor' end,
    'custom_fields.' || (
      select problem[1]
      from private.fields_problem(
        same.given -> 'custom_fields', (select listing_forms.schema from public.listing_forms), true) as problem
      where problem[2] = 'is required')) as names
  from pg_temp.staged as same
  where same.given ->> 'status' = 'published' and same.outcome <> 'unchanged' and same.code is null
  offset 0) as lacks
where lacks.line = staged.line and lacks.names <> '';

--: write
insert into public.listings (
  listing_id, host_id, status, title, description, property_type, room_type, capacity, bedrooms, beds,
  bathrooms, maximum_pets, smoking_allowed, parties_allowed, house_rules, registration_number, country_code,
  region, city, neighbourhood, latitude, longitude, time_zone, currency, cancellation_policy, instant_book,
  damage_claims, check_in_time, check_out_time, language, custom_fields, published_at)
select
  staged.our_id, staged.first_ref,
  -- Staff took it out of sight.
  case when said.status = 'published' and exists (
    select from private.hidden_listings where hidden_listings.listing_id = staged.our_id)
    then 'hidden' else said.status end,
  said.title, said.description, said.property_type, said.room_type, said.capacity, said.bedrooms, said.beds,
  said.bathrooms, said.maximum_pets, said.smoking_allowed, said.parties_allowed, said.house_rules,
  said.registration_number, said.country_code, said.region, said.city, said.neighbourhood,
  -- A point by the door only until the address below gives it the public one, in this transaction.
  coalesce((staged.given ->> 'public_latitude')::double precision, known.latitude, said.latitude),
  coalesce((staged.given ->> 'public_longitude')::double precision, known.longitude, said.longitude),
  said.time_zone, said.currency, said.cancellation_policy, said.instant_book, said.damage_claims,
  said.check_in_time, said.check_out_time, said.language, said.custom_fields,
  coalesce(said.published_at, known.published_at, case when said.status = 'published' then private.now() end)
from pg_temp.staged
cross join lateral jsonb_populate_record(null::public.listings, staged.fields) as said
left join public.listings as known on known.listing_id = staged.our_id
where staged.outcome in ('created', 'updated')
on conflict (listing_id) do update
set status = excluded.status, title = excluded.title, description = excluded.description,
    property_type = excluded.property_type, room_type = excluded.room_type, capacity = excluded.capacity,
    bedrooms = excluded.bedrooms, beds = excluded.beds, bathrooms = excluded.bathrooms,
    maximum_pets = excluded.maximum_pets, smoking_allowed = excluded.smoking_allowed,
    parties_allowed = excluded.parties_allowed, house_rules = excluded.house_rules,
    registration_number = excluded.registration_number, country_code = excluded.country_code,
    region = excluded.region, city = excluded.city, neighbourhood = excluded.neighbourhood,
    language = excluded.language, custom_fields = excluded.custom_fields, latitude = excluded.latitude,
    longitude = excluded.longitude, time_zone = excluded.time_zone,
    cancellation_policy = excluded.cancellation_policy, instant_book = excluded.instant_book,
    damage_claims = excluded.damage_claims, check_in_time = excluded.check_in_time,
    check_out_time = excluded.check_out_time, published_at = excluded.published_at;

insert into public.listing_hosts (listing_id, profile_id, role)
select our_id, first_ref, 'owner' from pg_temp.staged where outcome in ('created', 'updated')
on conflict (listing_id, profile_id) do nothing;

update public.profiles set hosting = true
where not profiles.hosting and profiles.profile_id in (
  select first_ref from pg_temp.staged
  where outcome in ('created', 'updated') and given ->> 'status' = 'published');

insert into public.booking_rules (
  listing_id, minimum_nights, maximum_nights, advance_notice_days, same_day_cutoff_hour,
  booking_window_months, preparation_nights, arrival_weekdays, departure_weekdays)
select staged.our_id, said.minimum_nights, said.maximum_nights, said.advance_notice_days,
  said.same_day_cutoff_hour, said.booking_window_months, said.preparation_nights, said.arrival_weekdays,
  said.departure_weekdays
from pg_temp.staged, jsonb_populate_record(null::public.booking_rules, staged.fields) as said
where staged.outcome in ('created', 'updated')
on conflict (listing_id) do update
set minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights,
    advance_notice_days = excluded.advance_notice_days,
    same_day_cutoff_hour = excluded.same_day_cutoff_hour,
    booking_window_months = excluded.booking_window_months,
    preparation_nights = excluded.preparation_nights, arrival_weekdays = excluded.arrival_weekdays,
    departure_weekdays = excluded.departure_weekdays;

insert into public.listing_prices (
  listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor,
  cleaning_fee_minor, pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp, last_minute_days,
  last_minute_bp)
select staged.our_id, said.base_price_minor, said.weekend_price_minor, said.included_guests,
  said.extra_guest_price_minor, said.cleaning_fee_minor, said.pet_fee_minor, said.new_listing_discount,
  said.early_bird_days, said.early_bird_bp, said.last_minute_days, said.last_minute_bp
from pg_temp.staged, jsonb_populate_record(null::public.listing_prices, staged.fields) as said
where staged.outcome in ('created', 'updated') and said.base_price_minor is not null
on conflict (listing_id) do update
set base_price_minor = excluded.base_price_minor, weekend_price_minor = excluded.weekend_price_minor,
    included_guests = excluded.included_guests,
    extra_guest_price_minor = excluded.extra_guest_price_minor,
    cleaning_fee_minor = excluded.cleaning_fee_minor, pet_fee_minor = excluded.pet_fee_minor,
    new_listing_discount = excluded.new_listing_discount, early_bird_days = excluded.early_bird_days,
    early_bird_bp = excluded.early_bird_bp, last_minute_days = excluded.last_minute_days,
    last_minute_bp = excluded.last_minute_bp;

delete from public.length_discounts
using pg_temp.staged
where staged.outcome = 'updated' and length_discounts.listing_id = staged.our_id
  and not staged.given -> 'length_discounts' ? length_discounts.minimum_nights::text;
insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
select staged.our_id, tier.key::smallint, tier.value::integer
from pg_temp.staged, jsonb_each_text(staged.given -> 'length_discounts') as tier
where staged.outcome in ('created', 'updated')
on conflict (listing_id, minimum_nights) do update set discount_bp = excluded.discount_bp;

delete from public.listing_amenities
using pg_temp.staged
where staged.outcome = 'updated' and listing_amenities.listing_id = staged.our_id
  and not staged.given -> 'amenities' ? listing_amenities.amenity;
insert into public.listing_amenities (listing_id, amenity)
select staged.our_id, word
from pg_temp.staged, jsonb_array_elements_text(staged.given -> 'amenities') as word
where staged.outcome in ('created', 'updated')
on conflict (listing_id, amenity) do nothing;

-- Rule: where the other platform showed the home, it is shown here; otherwise a way from the door is drawn.
insert into private.point_offsets (listing_id, north_metres, east_metres)
select staged.our_id,
  (shown.public_latitude - shown.latitude) * 111320,
  (shown.public_longitude - shown.longitude) * 111320 * greatest(0.01, cos(radians(shown.latitude)))
from pg_temp.staged
cross join lateral jsonb_to_record(staged.given) as shown (
  public_latitude double precision, public_longitude double precision, latitude double precision,
  longitude double precision, street text)
where staged.outcome in ('created', 'updated') and shown.street is not null
  and shown.public_latitude is not null
on conflict (listing_id) do update
set north_metres = excluded.north_metres, east_metres = excluded.east_metres;

insert into public.listing_addresses (listing_id, street, unit, postal_code, latitude, longitude)
select staged.our_id, said.street, said.unit, said.postal_code, said.latitude, said.longitude
from pg_temp.staged, jsonb_populate_record(null::public.listing_addresses, staged.fields) as said
where staged.outcome in ('created', 'updated') and said.street is not null
on conflict (listing_id) do update
set street = excluded.street, unit = excluded.unit, postal_code = excluded.postal_code,
    latitude = excluded.latitude, longitude = excluded.longitude;

-- Reckoned from the way it is the same point but for the last decimal.
update public.listings
set latitude = shown.public_latitude, longitude = shown.public_longitude
from pg_temp.staged
cross join lateral jsonb_to_record(staged.given) as shown (
  public_latitude double precision, public_longitude double precision)
where listings.listing_id = staged.our_id and staged.outcome in ('created', 'updated')
  and shown.public_latitude is not null
  and row(listings.latitude, listings.longitude) is distinct from row(shown.public_latitude, shown.public_longitude);

insert into public.listing_access (listing_id, instructions, door_code, wifi_name, wifi_password)
select staged.our_id, staged.given ->> 'access_instructions', said.door_code, said.wifi_name, said.wifi_password
from pg_temp.staged, jsonb_populate_record(null::public.listing_access, staged.fields) as said
where staged.outcome in ('created', 'updated')
  and concat(staged.given ->> 'access_instructions', said.door_code, said.wifi_name, said.wifi_password) <> ''
on conflict (listing_id) do update
set instructions = excluded.instructions, door_code = excluded.door_code, wifi_name = excluded.wifi_name,
    wifi_password = excluded.wifi_password;

insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
select staged.our_id, staged.first_ref, said.imported_reviews, said.imported_stars
from pg_temp.staged, jsonb_populate_record(null::private.listing_stars, staged.fields) as said
where staged.outcome in ('created', 'updated') and said.imported_reviews > 0
on conflict (listing_id) do update
set imported_reviews = excluded.imported_reviews, imported_stars = excluded.imported_stars;

insert into pg_temp.touched select our_id from pg_temp.staged where outcome in ('created', 'updated');
