with written as (
  insert into public.calendar_days (listing_id, day, price_minor, minimum_nights)
  select special_days.listing_id, special_days.day, special_days.price_minor,
    special_days.minimum_nights
  from pg_temp.special_days
  where special_days.number > $1 and special_days.number <= $2 and not exists (
    select from public.calendar_days
    where calendar_days.listing_id = special_days.listing_id
      and calendar_days.day = special_days.day
      and calendar_days.price_minor is not distinct from special_days.price_minor
      and calendar_days.minimum_nights is not distinct from special_days.minimum_nights)
  order by special_days.number
  on conflict on constraint calendar_days_pkey do update
  set price_minor = excluded.price_minor, minimum_nights = excluded.minimum_nights
  returning calendar_days.listing_id
)
insert into pg_temp.touched_listings select distinct listing_id from written
