-- The calendar: nights that are taken become claims, prices and least nights of their own days.

create temporary table days on commit drop as
select distinct on (taken_listings.listing_id, staged_days.day)
  taken_listings.listing_id, taken_listings.source_id,
  staged_days.day + import_settings.shifted_days as day,
  staged_days.available, staged_days.minimum_nights,
  nullif(
    pg_temp.minor(staged_days.price, import_settings.exponent, import_settings.step_minor),
    0) as price_minor
from pg_temp.staged_days
join pg_temp.taken_listings on taken_listings.source_id = staged_days.source_id
cross join pg_temp.import_settings
order by taken_listings.listing_id, staged_days.day, staged_days.line desc;

with repeated as (
  select staged_days.source_id, count(*) - count(distinct staged_days.day) as too_many
  from pg_temp.staged_days
  join pg_temp.taken_listings on taken_listings.source_id = staged_days.source_id
  group by staged_days.source_id
)
insert into pg_temp.import_notes
select 'refused', 'calendar', 'duplicate_day', sum(too_many),
  (array_agg(source_id order by source_id))[1:3]
from repeated where too_many > 0
having count(*) > 0;

insert into pg_temp.import_notes
select 'refused', 'calendar', 'unknown_listing', count(*), (array_agg(distinct source_id))[1:3]
from pg_temp.staged_days
where not exists (
  select from pg_temp.taken_listings where taken_listings.source_id = staged_days.source_id)
having count(*) > 0;

insert into pg_temp.import_notes
select 'refused', 'calendar', 'too_far_ahead', count(*), (array_agg(distinct source_id))[1:3]
from pg_temp.days, pg_temp.import_settings
where days.day >= import_settings.today + 731
having count(*) > 0;

create temporary table calendar_span on commit drop as
select min(days.day) as first_day, max(days.day) as last_day,
  count(*) filter (where days.day < import_settings.today) as past_days
from pg_temp.days, pg_temp.import_settings;

create temporary table calendar_listings on commit drop as
select distinct days.listing_id, days.source_id from pg_temp.days;

delete from pg_temp.days
using pg_temp.import_settings
where days.day < import_settings.today or days.day >= import_settings.today + 731;
analyze pg_temp.days;

-- Rule: nights of the calendar that are not free become one claim a run, in a lane of its own. What
-- a guest has booked here stays theirs: an import never takes a night from a stay, and says so.
create temporary table wanted_runs on commit drop as
with taken as (
  select days.listing_id, days.source_id, range_agg(daterange(days.day, days.day + 1)) as nights
  from pg_temp.days
  where not days.available
  group by days.listing_id, days.source_id
), sold as (
  select claims.listing_id, range_agg(claims.nights) as nights
  from private.claims
  where claims.kind in ('hold', 'stay')
    and claims.listing_id in (select taken.listing_id from taken)
  group by claims.listing_id
)
select taken.listing_id, taken.source_id, taken.nights * coalesce(sold.nights, '{}') as sold,
  taken.nights - coalesce(sold.nights, '{}') as nights
from taken
left join sold on sold.listing_id = taken.listing_id;

insert into pg_temp.import_notes
select 'refused', 'calendar', 'night_sold_here', sum(upper(run) - lower(run)),
  (array_agg(distinct source_id))[1:3]
from pg_temp.wanted_runs, unnest(wanted_runs.sold) as run
having count(*) > 0;

create temporary table runs on commit drop as
select wanted_runs.listing_id, 'inside_airbnb:' || wanted_runs.source_id as source, run as nights
from pg_temp.wanted_runs, unnest(wanted_runs.nights) as run;
create index on pg_temp.runs (listing_id, nights);
analyze pg_temp.runs;

-- What is there already stays untouched, with its lane: a second import writes nothing.
delete from private.claims
using pg_temp.calendar_listings
where claims.listing_id = calendar_listings.listing_id and claims.kind = 'import'
  and claims.source = 'inside_airbnb:' || calendar_listings.source_id
  and not exists (
    select from pg_temp.runs
    where runs.listing_id = claims.listing_id and runs.nights = claims.nights);

insert into private.claims (listing_id, nights, lane, kind, source)
select runs.listing_id, runs.nights, private.own_lane(), 'import', runs.source
from pg_temp.runs
where not exists (
  select from private.claims
  where claims.listing_id = runs.listing_id and claims.kind = 'import'
    and claims.source = runs.source and claims.nights = runs.nights)
order by runs.listing_id, runs.nights
on conflict do nothing;

-- Rule: only free days can be special; a taken one says so when it opens again.
create temporary table special_days on commit drop as
select days.listing_id, days.day,
  nullif(days.price_minor, listing_prices.base_price_minor) as price_minor,
  nullif(days.minimum_nights, booking_rules.minimum_nights) as minimum_nights
from pg_temp.days
join public.booking_rules on booking_rules.listing_id = days.listing_id
left join public.listing_prices on listing_prices.listing_id = days.listing_id
where days.available
  and (nullif(days.price_minor, listing_prices.base_price_minor) is not null
    or nullif(days.minimum_nights, booking_rules.minimum_nights) is not null);
create index on pg_temp.special_days (listing_id, day);
analyze pg_temp.special_days;

-- Days closed by hand stay closed; all else that the file does not say is taken back.
delete from public.calendar_days
using pg_temp.calendar_listings, pg_temp.import_settings
where calendar_days.listing_id = calendar_listings.listing_id
  and calendar_days.day >= import_settings.today
  and not calendar_days.closed_to_arrival and not calendar_days.closed_to_departure
  and not exists (
    select from pg_temp.special_days
    where special_days.listing_id = calendar_days.listing_id
      and special_days.day = calendar_days.day);

insert into public.calendar_days (listing_id, day, price_minor, minimum_nights)
select special_days.listing_id, special_days.day, special_days.price_minor,
  special_days.minimum_nights
from pg_temp.special_days
where not exists (
  select from public.calendar_days
  where calendar_days.listing_id = special_days.listing_id and calendar_days.day = special_days.day
    and calendar_days.price_minor is not distinct from special_days.price_minor
    and calendar_days.minimum_nights is not distinct from special_days.minimum_nights)
order by special_days.listing_id, special_days.day
on conflict on constraint calendar_days_pkey do update
set price_minor = excluded.price_minor, minimum_nights = excluded.minimum_nights;
