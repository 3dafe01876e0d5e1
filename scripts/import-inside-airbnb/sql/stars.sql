-- The rating of a listing.

--: Ratings
-- The file counts more reviews than it brings: its own count is what its average is of.
with written as (
  insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
  select taken_listings.listing_id, taken_listings.host_id, counted.reviews,
    case when counted.reviews > 0 then taken_listings.stars end
  from pg_temp.taken_listings
  left join (
    select reviews.listing_id, count(*)::integer as reviews
    from public.reviews
    where reviews.source = 'inside_airbnb'
    group by reviews.listing_id) as brought on brought.listing_id = taken_listings.listing_id
  cross join lateral (
    select coalesce(taken_listings.reviews, brought.reviews, 0) as reviews) as counted
  where counted.reviews > 0
    or exists (
      select from private.listing_stars
      where listing_stars.listing_id = taken_listings.listing_id)
  order by taken_listings.listing_id
  on conflict on constraint listing_stars_pkey do update
  set host_id = excluded.host_id, imported_reviews = excluded.imported_reviews,
      imported_stars = excluded.imported_stars
  where row(listing_stars.host_id, listing_stars.imported_reviews, listing_stars.imported_stars)
    is distinct from row(excluded.host_id, excluded.imported_reviews, excluded.imported_stars)
  returning listing_stars.listing_id
)
insert into pg_temp.touched_listings select listing_id from written;
