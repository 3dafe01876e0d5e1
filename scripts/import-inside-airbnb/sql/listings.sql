-- Hosts and their listings: a person without a login for every host, a listing for every home.

--: Hosts
-- Hosts: the first row of a host counts. The day they joined is theirs for ever.
insert into public.profiles (display_name, about, location, joined_on, source, source_id)
select distinct on (staged_listings.host_source_id)
  staged_listings.host_name, staged_listings.host_about, staged_listings.host_location,
  coalesce(staged_listings.host_since, import_settings.today), 'inside_airbnb',
  staged_listings.host_source_id
from pg_temp.staged_listings, pg_temp.import_settings
order by staged_listings.host_source_id, staged_listings.line
on conflict on constraint profiles_come_in_once do update
set display_name = excluded.display_name, about = excluded.about, location = excluded.location
where profiles.erased_at is null
  and row(profiles.display_name, profiles.about, profiles.location)
    is distinct from row(excluded.display_name, excluded.about, excluded.location);

--: Homes
-- Rule: what a listing becomes is decided further down; until then a new one is a draft, and an old
-- one stays what it is. A listing keeps its currency: its bookings and prices speak of it.
with written as (insert into public.listings (
  listing_id, host_id, title, description, property_type, room_type, capacity, bedrooms, beds,
  bathrooms, maximum_pets, smoking_allowed, parties_allowed, registration_number, country_code,
  region, city, neighbourhood, latitude, longitude, time_zone, currency, instant_book,
  cancellation_policy, source, source_id)
select
  gen_random_uuid(), profiles.profile_id, titled.title,
  coalesce(staged_listings.description, titled.title), staged_listings.property_type,
  staged_listings.room_type, staged_listings.capacity, staged_listings.bedrooms,
  staged_listings.beds, staged_listings.bathrooms, staged_listings.maximum_pets,
  staged_listings.smoking_allowed, staged_listings.parties_allowed,
  staged_listings.registration_number, import_settings.country_code, import_settings.region,
  import_settings.city, coalesce(staged_listings.neighbourhood, known.neighbourhood),
  staged_listings.latitude, staged_listings.longitude,
  import_settings.time_zone, import_settings.currency, staged_listings.instant_book,
  coalesce(staged_listings.cancellation_policy, known.cancellation_policy, 'moderate'),
  'inside_airbnb', staged_listings.source_id
from pg_temp.staged_listings
cross join pg_temp.import_settings
cross join lateral (
  select coalesce(
    staged_listings.title, (
      select property_types.name from public.property_types
      where property_types.property_type = staged_listings.property_type)
      || ' in ' || import_settings.city) as title) as titled
join public.profiles
  on profiles.source = 'inside_airbnb' and profiles.source_id = staged_listings.host_source_id
left join public.listings as known
  on known.source = 'inside_airbnb' and known.source_id = staged_listings.source_id
order by staged_listings.line
on conflict on constraint listings_come_in_once do update
set host_id = excluded.host_id, title = excluded.title, description = excluded.description,
    property_type = excluded.property_type, room_type = excluded.room_type,
    capacity = excluded.capacity, bedrooms = excluded.bedrooms, beds = excluded.beds,
    bathrooms = excluded.bathrooms, maximum_pets = excluded.maximum_pets,
    smoking_allowed = excluded.smoking_allowed, parties_allowed = excluded.parties_allowed,
    registration_number = excluded.registration_number, country_code = excluded.country_code,
    region = excluded.region, city = excluded.city, neighbourhood = excluded.neighbourhood,
    latitude = coalesce(excluded.latitude, listings.latitude),
    longitude = coalesce(excluded.longitude, listings.longitude), time_zone = excluded.time_zone,
    instant_book = excluded.instant_book, cancellation_policy = excluded.cancellation_policy
where row(
    listings.host_id, listings.title, listings.description, listings.property_type,
    listings.room_type, listings.capacity, listings.bedrooms, listings.beds, listings.bathrooms,
    listings.maximum_pets, listings.smoking_allowed, listings.parties_allowed,
    listings.registration_number, listings.country_code, listings.region, listings.city,
    listings.neighbourhood, listings.latitude, listings.longitude, listings.time_zone, listings.instant_book,
    listings.cancellation_policy)
  is distinct from row(
    excluded.host_id, excluded.title, excluded.description, excluded.property_type,
    excluded.room_type, excluded.capacity, excluded.bedrooms, excluded.beds, excluded.bathrooms,
    excluded.maximum_pets, excluded.smoking_allowed, excluded.parties_allowed,
    excluded.registration_number, excluded.country_code, excluded.region, excluded.city,
    excluded.neighbourhood, coalesce(excluded.latitude, listings.latitude),
    coalesce(excluded.longitude, listings.longitude), excluded.time_zone, excluded.instant_book,
    excluded.cancellation_policy)
returning listings.listing_id)
insert into pg_temp.touched_listings select listing_id from written;

create temporary table taken_listings on commit drop as
select listings.listing_id, listings.host_id, staged_listings.*
from pg_temp.staged_listings
join public.listings
  on listings.source = 'inside_airbnb' and listings.source_id = staged_listings.source_id;
create index on pg_temp.taken_listings (line);
create index on pg_temp.taken_listings (source_id);
analyze pg_temp.taken_listings;
-- Plans are made with numbers that are true: those for an empty table read it from end to end for
-- each row that refers to it.
analyze public.profiles, public.listings;

--: Who hosts
-- A listing that has changed hands has one owner still.
delete from public.listing_hosts
using pg_temp.taken_listings
where listing_hosts.listing_id = taken_listings.listing_id and listing_hosts.role = 'owner'
  and listing_hosts.profile_id <> taken_listings.host_id;
insert into public.listing_hosts (listing_id, profile_id, role)
select taken_listings.listing_id, taken_listings.host_id, 'owner' from pg_temp.taken_listings
on conflict on constraint listing_hosts_pkey do update set role = 'owner'
where listing_hosts.role <> 'owner';

--: Rules and prices
with written as (
  insert into public.booking_rules (listing_id, minimum_nights, maximum_nights)
  select taken_listings.listing_id, taken_listings.minimum_nights, taken_listings.maximum_nights
  from pg_temp.taken_listings
  on conflict on constraint booking_rules_pkey do update
  set minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights
  where row(booking_rules.minimum_nights, booking_rules.maximum_nights)
    is distinct from row(excluded.minimum_nights, excluded.maximum_nights)
  returning booking_rules.listing_id
)
insert into pg_temp.touched_listings select listing_id from written;

with written as (
  insert into public.listing_prices (
    listing_id, base_price_minor, cleaning_fee_minor, extra_guest_price_minor, included_guests)
  select taken_listings.listing_id, asked.price_minor,
    coalesce(asked.cleaning_fee_minor, known.cleaning_fee_minor, 0),
    coalesce(asked.extra_guest_price_minor, known.extra_guest_price_minor, 0),
    case
      when asked.extra_guest_price_minor is null then coalesce(known.included_guests, 64)
      when asked.extra_guest_price_minor = 0 then 64
      else coalesce(taken_listings.included_guests, 1)
    end
  from pg_temp.taken_listings
  cross join pg_temp.import_settings
  cross join lateral (
    select
      pg_temp.minor(
        taken_listings.price, import_settings.exponent, import_settings.step_minor) as price_minor,
      pg_temp.minor(
        taken_listings.cleaning_fee, import_settings.exponent, import_settings.step_minor
      ) as cleaning_fee_minor,
      pg_temp.minor(
        taken_listings.extra_guest_price, import_settings.exponent, import_settings.step_minor
      ) as extra_guest_price_minor) as asked
  left join public.listing_prices as known on known.listing_id = taken_listings.listing_id
  where asked.price_minor > 0
  on conflict on constraint listing_prices_pkey do update
  set base_price_minor = excluded.base_price_minor,
      cleaning_fee_minor = excluded.cleaning_fee_minor,
      extra_guest_price_minor = excluded.extra_guest_price_minor,
      included_guests = excluded.included_guests
  where row(
      listing_prices.base_price_minor, listing_prices.cleaning_fee_minor,
      listing_prices.extra_guest_price_minor, listing_prices.included_guests)
    is distinct from row(
      excluded.base_price_minor, excluded.cleaning_fee_minor, excluded.extra_guest_price_minor,
      excluded.included_guests)
  returning listing_prices.listing_id
)
insert into pg_temp.touched_listings select listing_id from written;

-- Rule: a weekly price is a discount from 7 nights on, a monthly price one from 28 on: the tiers that
-- are ours. Other tiers stay, and so do these when the file has no such column.
create temporary table asked_discounts on commit drop as
select taken_listings.listing_id, tiers.minimum_nights, tiers.discount_bp
from pg_temp.taken_listings
cross join lateral (values
  (7::smallint, taken_listings.weekly_price, taken_listings.weekly_bp),
  (28::smallint, taken_listings.monthly_price, taken_listings.monthly_bp)
) as tiers (minimum_nights, price, discount_bp)
where tiers.price is not null;

delete from public.length_discounts
using pg_temp.asked_discounts
where length_discounts.listing_id = asked_discounts.listing_id
  and length_discounts.minimum_nights = asked_discounts.minimum_nights
  and asked_discounts.discount_bp is null;
insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
select asked_discounts.listing_id, asked_discounts.minimum_nights, asked_discounts.discount_bp
from pg_temp.asked_discounts
where asked_discounts.discount_bp is not null
on conflict on constraint length_discounts_pkey do update
set discount_bp = excluded.discount_bp
where length_discounts.discount_bp <> excluded.discount_bp;

--: Amenities
with gone as (
  delete from public.listing_amenities
  using pg_temp.taken_listings
  where listing_amenities.listing_id = taken_listings.listing_id
    and not listing_amenities.amenity = any (taken_listings.amenities)
  returning listing_amenities.listing_id
)
insert into pg_temp.touched_listings select listing_id from gone;
with written as (
  insert into public.listing_amenities (listing_id, amenity)
  select taken_listings.listing_id, amenity
  from pg_temp.taken_listings, unnest(taken_listings.amenities) as amenity
  on conflict on constraint listing_amenities_pkey do nothing
  returning listing_amenities.listing_id
)
insert into pg_temp.touched_listings select distinct listing_id from written;
analyze public.listing_hosts, public.booking_rules, public.listing_prices, public.listing_amenities;
