-- Rule: a listing is published when it has all that private.publish_listing asks of a host: a
-- currency of the marketplace, a point and a price (a place and a description it has always), and
-- when a guest could want it: a night that is free, at a price somebody means. Else it is a draft,
-- and why is said. Hidden ones stay hidden: somebody here hid them.

--: Homes that are complete
-- Rule: a price is one of joke below a tenth of the least penalty of its currency (about USD 5), over
-- nine times the greatest (about USD 9,000), or over thirty times the median of a city that has twenty
-- priced homes: hosts who do not want guests write 9,999.
create temporary table completeness on commit drop as
with usual as (
  select percentile_cont(0.5) within group (order by listing_prices.base_price_minor) as price_minor
  from pg_temp.taken_listings
  join public.listing_prices on listing_prices.listing_id = taken_listings.listing_id
  having count(*) >= 20
)
select taken_listings.listing_id, taken_listings.line, taken_listings.source_id, listings.status,
  array_remove(array[
    case when currencies.currency is null then 'currency_not_offered' end,
    case when listings.latitude is null then 'no_point' end,
    case when listing_prices.base_price_minor is null then 'no_price' end,
    case when
      listing_prices.base_price_minor < currencies.minimum_penalty_minor / 10.0
      or listing_prices.base_price_minor > 9 * currencies.maximum_penalty_minor
      or listing_prices.base_price_minor > 30 * (select usual.price_minor from usual)
      then 'price_of_joke' end,
    case when calendar_listings.listing_line is not null and free_nights.listing_line is null
      then 'no_free_night' end], null) as missing
from pg_temp.taken_listings
join public.listings on listings.listing_id = taken_listings.listing_id
left join public.listing_prices on listing_prices.listing_id = taken_listings.listing_id
left join private.currencies on currencies.currency = listings.currency
left join pg_temp.calendar_listings on calendar_listings.listing_line = taken_listings.line
left join pg_temp.free_nights on free_nights.listing_line = taken_listings.line;

with written as (
  update public.listings
  set status = 'published', published_at = coalesce(listings.published_at, private.now())
  from pg_temp.completeness
  where listings.listing_id = completeness.listing_id and completeness.missing = '{}'
    and listings.status = 'draft'
  returning listings.listing_id
)
insert into pg_temp.touched_listings select listing_id from written;

update public.profiles set hosting = true
where not profiles.hosting
  and profiles.profile_id in (
    select listings.host_id
    from public.listings
    join pg_temp.completeness on completeness.listing_id = listings.listing_id
    where listings.status = 'published');

insert into pg_temp.import_notes
select 'drafts', 'listings', reason, count(*),
  (array_agg(completeness.source_id order by completeness.line))[1:3]
from pg_temp.completeness, unnest(completeness.missing) as reason
where completeness.status = 'draft'
group by reason;

create temporary table outdated_search on commit drop as
select row_number() over (order by touched.listing_id) as number, touched.listing_id
from (select distinct touched_listings.listing_id from pg_temp.touched_listings) as touched;
create index on pg_temp.outdated_search (number);
