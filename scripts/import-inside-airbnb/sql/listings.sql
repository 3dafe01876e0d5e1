-- Hosts and their listings: a person without a login for every host, a listing for every home.

-- The first row of a listing counts.
with repeated as (
  delete from pg_temp.staged_listings as later
  using pg_temp.staged_listings as earlier
  where earlier.source_id = later.source_id and earlier.line < later.line
  returning later.line, later.source_id
)
insert into pg_temp.import_notes
select 'refused', 'listings', 'duplicate_id', count(*), (array_agg(source_id order by line))[1:3]
from repeated
having count(*) > 0;

-- A listing without a price costs what its calendar says most of the time.
with medians as (
  select staged_days.source_id,
    percentile_disc(0.5) within group (order by staged_days.price) as price
  from pg_temp.staged_days
  where staged_days.price is not null
    and staged_days.source_id in (
      select staged_listings.source_id from pg_temp.staged_listings
      where staged_listings.price is null)
  group by staged_days.source_id
), priced as (
  update pg_temp.staged_listings
  set price = medians.price
  from medians
  where staged_listings.source_id = medians.source_id
  returning staged_listings.line, staged_listings.source_id
)
insert into pg_temp.import_notes
select 'mended', 'listings', 'price_from_calendar', count(*),
  (array_agg(source_id order by line))[1:3]
from priced
having count(*) > 0;

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

-- Rule: what a listing becomes is decided further down; until then a new one is a draft, and an old
-- one stays what it is. A listing keeps its currency: its bookings and prices speak of it.
insert into public.listings (
  listing_id, host_id, title, description, property_type, room_type, capacity, bedrooms, beds,
  bathrooms, maximum_pets, smoking_allowed, parties_allowed, registration_number, country_code,
  region, city, latitude, longitude, time_zone, currency, instant_book, source, source_id)
select
  gen_random_uuid(), profiles.profile_id, titled.title,
  coalesce(staged_listings.description, titled.title), staged_listings.property_type,
  staged_listings.room_type, staged_listings.capacity, staged_listings.bedrooms,
  staged_listings.beds, staged_listings.bathrooms, staged_listings.maximum_pets,
  staged_listings.smoking_allowed, staged_listings.parties_allowed,
  staged_listings.registration_number, import_settings.country_code, import_settings.region,
  import_settings.city, staged_listings.latitude, staged_listings.longitude,
  import_settings.time_zone, import_settings.currency, staged_listings.instant_book,
  'inside_airbnb', staged_listings.source_id
from pg_temp.staged_listings
cross join pg_temp.import_settings
cross join lateral (
  select coalesce(
    staged_listings.title, staged_listings.property_type || ' in ' || import_settings.city
  ) as title) as titled
join public.profiles
  on profiles.source = 'inside_airbnb' and profiles.source_id = staged_listings.host_source_id
order by staged_listings.line
on conflict on constraint listings_come_in_once do update
set host_id = excluded.host_id, title = excluded.title, description = excluded.description,
    property_type = excluded.property_type, room_type = excluded.room_type,
    capacity = excluded.capacity, bedrooms = excluded.bedrooms, beds = excluded.beds,
    bathrooms = excluded.bathrooms, maximum_pets = excluded.maximum_pets,
    smoking_allowed = excluded.smoking_allowed, parties_allowed = excluded.parties_allowed,
    registration_number = excluded.registration_number, country_code = excluded.country_code,
    region = excluded.region, city = excluded.city,
    latitude = coalesce(excluded.latitude, listings.latitude),
    longitude = coalesce(excluded.longitude, listings.longitude), time_zone = excluded.time_zone,
    instant_book = excluded.instant_book
where row(
    listings.host_id, listings.title, listings.description, listings.property_type,
    listings.room_type, listings.capacity, listings.bedrooms, listings.beds, listings.bathrooms,
    listings.maximum_pets, listings.smoking_allowed, listings.parties_allowed,
    listings.registration_number, listings.country_code, listings.region, listings.city,
    listings.latitude, listings.longitude, listings.time_zone, listings.instant_book)
  is distinct from row(
    excluded.host_id, excluded.title, excluded.description, excluded.property_type,
    excluded.room_type, excluded.capacity, excluded.bedrooms, excluded.beds, excluded.bathrooms,
    excluded.maximum_pets, excluded.smoking_allowed, excluded.parties_allowed,
    excluded.registration_number, excluded.country_code, excluded.region, excluded.city,
    coalesce(excluded.latitude, listings.latitude),
    coalesce(excluded.longitude, listings.longitude), excluded.time_zone, excluded.instant_book);

create temporary table taken_listings on commit drop as
select listings.listing_id, listings.host_id, staged_listings.*
from pg_temp.staged_listings
join public.listings
  on listings.source = 'inside_airbnb' and listings.source_id = staged_listings.source_id;
create index on pg_temp.taken_listings (source_id);
analyze pg_temp.taken_listings;

-- Who hosts: a listing that has changed hands has one owner still.
delete from public.listing_hosts
using pg_temp.taken_listings
where listing_hosts.listing_id = taken_listings.listing_id and listing_hosts.role = 'owner'
  and listing_hosts.profile_id <> taken_listings.host_id;
insert into public.listing_hosts (listing_id, profile_id, role)
select taken_listings.listing_id, taken_listings.host_id, 'owner' from pg_temp.taken_listings
on conflict on constraint listing_hosts_pkey do update set role = 'owner'
where listing_hosts.role <> 'owner';

insert into public.booking_rules (listing_id, minimum_nights, maximum_nights)
select taken_listings.listing_id, taken_listings.minimum_nights, taken_listings.maximum_nights
from pg_temp.taken_listings
on conflict on constraint booking_rules_pkey do update
set minimum_nights = excluded.minimum_nights, maximum_nights = excluded.maximum_nights
where row(booking_rules.minimum_nights, booking_rules.maximum_nights)
  is distinct from row(excluded.minimum_nights, excluded.maximum_nights);

insert into public.listing_prices (listing_id, base_price_minor)
select taken_listings.listing_id, priced.price_minor
from pg_temp.taken_listings
cross join pg_temp.import_settings
cross join lateral (
  select pg_temp.minor(
    taken_listings.price, import_settings.exponent, import_settings.step_minor
  ) as price_minor) as priced
where priced.price_minor > 0
on conflict on constraint listing_prices_pkey do update
set base_price_minor = excluded.base_price_minor
where listing_prices.base_price_minor <> excluded.base_price_minor;

delete from public.listing_amenities
using pg_temp.taken_listings
where listing_amenities.listing_id = taken_listings.listing_id
  and not listing_amenities.amenity = any (taken_listings.amenities);
insert into public.listing_amenities (listing_id, amenity)
select taken_listings.listing_id, amenity
from pg_temp.taken_listings, unnest(taken_listings.amenities) as amenity
on conflict on constraint listing_amenities_pkey do nothing;
