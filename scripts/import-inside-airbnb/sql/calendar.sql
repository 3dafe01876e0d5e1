-- The calendar: nights that are taken become claims, prices and least nights of their own days.

--: Runs of taken nights
-- Rule: nights of the calendar that are not free become one claim a run, in a lane of its own. What
-- a guest has booked here stays theirs: an import never takes a night from a stay, and says so.
create temporary table wanted_runs on commit drop as
with islands as (
  select numbered.listing_line, daterange(min(numbered.day), max(numbered.day) + 1) as nights
  from (
    select days.listing_line, days.day,
      days.day - row_number() over (partition by days.listing_line order by days.day)::integer as island
    from pg_temp.days
    where not days.available) as numbered
  group by numbered.listing_line, numbered.island
), taken as (
  select taken_listings.listing_id, taken_listings.source_id, range_agg(islands.nights) as nights
  from islands
  join pg_temp.taken_listings on taken_listings.line = islands.listing_line
  group by taken_listings.listing_id, taken_listings.source_id
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
select row_number() over (order by wanted_runs.listing_id, run) as number, wanted_runs.listing_id,
  'inside_airbnb:' || wanted_runs.source_id as source, run as nights
from pg_temp.wanted_runs, unnest(wanted_runs.nights) as run;
create index on pg_temp.runs (number);
create index on pg_temp.runs (listing_id, nights);
analyze pg_temp.runs;

--: Runs that are free again
-- What is there already stays untouched, with its lane: a second import writes nothing.
with gone as (
  delete from private.claims
  using pg_temp.taken_listings
  where claims.listing_id = taken_listings.listing_id and claims.kind = 'import'
    and taken_listings.line in (select listing_line from pg_temp.calendar_listings)
    and claims.source = 'inside_airbnb:' || taken_listings.source_id
    and not exists (
      select from pg_temp.runs
      where runs.listing_id = claims.listing_id and runs.nights = claims.nights)
  returning claims.listing_id
)
insert into pg_temp.touched_listings select distinct listing_id from gone;

--: Days with a price or least nights of their own
-- Rule: only free days can be special; a taken one says so when it opens again.
create temporary table special_days on commit drop as
select row_number() over (order by days.listing_line, days.day) as number, taken_listings.listing_id,
  days.day, said.price_minor, said.minimum_nights
from pg_temp.days
join pg_temp.taken_listings on taken_listings.line = days.listing_line
join public.booking_rules on booking_rules.listing_id = taken_listings.listing_id
left join public.listing_prices on listing_prices.listing_id = taken_listings.listing_id
cross join pg_temp.import_settings
cross join lateral (
  select
    nullif(
      nullif(pg_temp.minor(days.price, import_settings.exponent, import_settings.step_minor), 0),
      listing_prices.base_price_minor) as price_minor,
    nullif(days.minimum_nights, booking_rules.minimum_nights) as minimum_nights) as said
where days.available and (said.price_minor is not null or said.minimum_nights is not null);
drop table pg_temp.days;
create index on pg_temp.special_days (number);
create index on pg_temp.special_days (listing_id, day);
analyze pg_temp.special_days;

--: Days that are as others again
-- Days closed by hand stay closed; all else that the file does not say is taken back.
with gone as (
  delete from public.calendar_days
  using pg_temp.taken_listings, pg_temp.import_settings
  where calendar_days.listing_id = taken_listings.listing_id
    and taken_listings.line in (select listing_line from pg_temp.calendar_listings)
    and calendar_days.day >= import_settings.today
    and not calendar_days.closed_to_arrival and not calendar_days.closed_to_departure
    and not exists (
      select from pg_temp.special_days
      where special_days.listing_id = calendar_days.listing_id
        and special_days.day = calendar_days.day)
  returning calendar_days.listing_id
)
insert into pg_temp.touched_listings select distinct listing_id from gone;
