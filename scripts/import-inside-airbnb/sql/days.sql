-- The calendar by listing and day. A line that begins with "--:" says what is being done, for the
-- person who waits.

--: Listings that come twice
-- The first row of a listing counts.
with repeated as (
  delete from pg_temp.staged_listings as later
  using (
    select min(line) as line, source_id from pg_temp.staged_listings group by source_id having count(*) > 1
  ) as earliest
  where earliest.source_id = later.source_id and earliest.line < later.line
  returning later.line, later.source_id
)
insert into pg_temp.import_notes
select 'refused', 'listings', 'duplicate_id', count(*), (array_agg(source_id order by line))[1:3]
from repeated
having count(*) > 0;
analyze pg_temp.staged_listings;

--: Days of unknown listings
insert into pg_temp.import_notes
select 'refused', 'calendar', 'unknown_listing', count(*), (array_agg(distinct source_id))[1:3]
from pg_temp.staged_days
where not exists (
  select from pg_temp.staged_listings where staged_listings.source_id = staged_days.source_id)
having count(*) > 0;

--: Sorting the days
-- By the number of the listing's line: a third of the time that its id takes, which is text.
create temporary table days on commit drop as
select staged_listings.line as listing_line,
  staged_days.day + import_settings.shifted_days as day,
  staged_days.available, staged_days.minimum_nights, staged_days.price,
  row_number() over (
    partition by staged_listings.line, staged_days.day order by staged_days.line desc) > 1 as overruled
from pg_temp.staged_days
join pg_temp.staged_listings on staged_listings.source_id = staged_days.source_id
cross join pg_temp.import_settings;
truncate pg_temp.staged_days;

--: Days that come twice, have passed or lie too far ahead
insert into pg_temp.import_notes
select 'refused', 'calendar', found.reason, count(*),
  (array_agg(distinct staged_listings.source_id))[1:3]
from pg_temp.days
join pg_temp.staged_listings on staged_listings.line = days.listing_line
cross join pg_temp.import_settings
cross join lateral (
  select case
    when days.overruled then 'duplicate_day'
    when days.day >= import_settings.today + 731 then 'too_far_ahead'
  end as reason) as found
where found.reason is not null
group by found.reason;

create temporary table calendar_span on commit drop as
select min(days.day) as first_day,
  max(days.day) filter (where days.day < import_settings.today + 731) as last_day,
  count(*) filter (where days.day < import_settings.today and not days.overruled) as past_days,
  count(*) filter (
    where days.day >= import_settings.today and days.day < import_settings.today + 731
      and not days.overruled) as kept_days
from pg_temp.days, pg_temp.import_settings;

-- Every listing that the calendar speaks of, with days that passed, too.
create temporary table calendar_listings on commit drop as
select distinct days.listing_line from pg_temp.days;

delete from pg_temp.days
using pg_temp.import_settings
where days.overruled or days.day < import_settings.today or days.day >= import_settings.today + 731;
analyze pg_temp.days;

--: Prices of free nights
create temporary table free_nights on commit drop as
select days.listing_line, count(*) as nights,
  percentile_disc(0.5) within group (order by days.price) as median_price
from pg_temp.days
where days.available
group by days.listing_line;
analyze pg_temp.free_nights;

alter table pg_temp.staged_listings add weekly_bp integer, add monthly_bp integer;
-- What a week or a month costs is measured against the price that stands beside it in the file.
with saved as (
  select staged_listings.line, staged_listings.source_id,
    pg_temp.saved_bp(staged_listings.weekly_price, priced.price, 7) as weekly_bp,
    pg_temp.saved_bp(staged_listings.monthly_price, priced.price, 28) as monthly_bp
  from pg_temp.staged_listings
  left join pg_temp.free_nights on free_nights.listing_line = staged_listings.line
  cross join lateral (
    select coalesce(staged_listings.price, free_nights.median_price) as price) as priced
), updated as (
  update pg_temp.staged_listings
  set weekly_bp = case when saved.weekly_bp between 1 and 7000 then saved.weekly_bp end,
      monthly_bp = case when saved.monthly_bp between 1 and 7000 then saved.monthly_bp end
  from saved
  where staged_listings.line = saved.line
  returning saved.line, saved.source_id,
    saved.weekly_bp not between 0 and 7000 or saved.monthly_bp not between 0 and 7000 as odd
)
insert into pg_temp.import_notes
select 'mended', 'listings', 'odd_discount', count(*), (array_agg(source_id order by line))[1:3]
from updated
where odd
having count(*) > 0;

-- Rule: a home costs what most of its free nights cost. The price of the listings file is the one of
-- some night: of 2,541 homes in Antwerp 353 cost over half as much again in their calendar.
with priced as (
  update pg_temp.staged_listings
  set price = free_nights.median_price
  from pg_temp.free_nights
  join pg_temp.staged_listings as before on before.line = free_nights.listing_line
  where staged_listings.line = free_nights.listing_line
    and free_nights.median_price is not null
    and staged_listings.price is distinct from free_nights.median_price
  returning staged_listings.line, staged_listings.source_id, before.price
)
insert into pg_temp.import_notes
select 'mended', 'listings', found.reason, count(*), (array_agg(source_id order by line))[1:3]
from priced
cross join lateral (
  select case when price is null then 'price_from_calendar' else 'price_of_free_nights' end as reason) as found
group by found.reason;
