-- Rule: a listing is published when it has all that private.publish_listing asks of a host: a
-- currency of the marketplace, a point and a price (a place and a description it has always). Else
-- it is a draft, and why is said. Hidden ones stay hidden: somebody here hid them.

create temporary table completeness on commit drop as
select taken_listings.listing_id, taken_listings.line, taken_listings.source_id,
  array_remove(array[
    case when not exists (
      select from private.currencies where currencies.currency = listings.currency)
      then 'currency_not_offered' end,
    case when listings.latitude is null then 'no_point' end,
    case when not exists (
      select from public.listing_prices where listing_prices.listing_id = listings.listing_id)
      then 'no_price' end], null) as missing
from pg_temp.taken_listings
join public.listings on listings.listing_id = taken_listings.listing_id;

update public.listings
set status = 'published', published_at = coalesce(listings.published_at, private.now())
from pg_temp.completeness
where listings.listing_id = completeness.listing_id and completeness.missing = '{}'
  and listings.status = 'draft';

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
group by reason;
