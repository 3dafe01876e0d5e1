-- What guests said, and the rating of a listing.

insert into pg_temp.import_notes
select 'refused', 'reviews', 'unknown_listing', count(*), (array_agg(source_id order by line))[1:3]
from pg_temp.staged_reviews
where not exists (
  select from pg_temp.taken_listings
  where taken_listings.source_id = staged_reviews.listing_source_id)
having count(*) > 0;

create temporary table taken_reviews on commit drop as
select distinct on (staged_reviews.source_id) staged_reviews.*, taken_listings.listing_id
from pg_temp.staged_reviews
join pg_temp.taken_listings on taken_listings.source_id = staged_reviews.listing_source_id
order by staged_reviews.source_id, staged_reviews.line;

insert into pg_temp.import_notes
select 'refused', 'reviews', 'duplicate_id', count(*),
  (array_agg(staged_reviews.source_id order by staged_reviews.line))[1:3]
from pg_temp.staged_reviews
join pg_temp.taken_listings on taken_listings.source_id = staged_reviews.listing_source_id
join pg_temp.taken_reviews on taken_reviews.source_id = staged_reviews.source_id
where staged_reviews.line <> taken_reviews.line
having count(*) > 0;

insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
select taken_reviews.listing_id, taken_reviews.author_name, taken_reviews.body,
  taken_reviews.written_on,
  'inside_airbnb', taken_reviews.source_id
from pg_temp.taken_reviews
order by taken_reviews.line
on conflict on constraint reviews_come_in_once do update
set listing_id = excluded.listing_id, author_name = excluded.author_name, body = excluded.body,
    written_on = excluded.written_on
where row(reviews.listing_id, reviews.author_name, reviews.body, reviews.written_on)
  is distinct from row(
    excluded.listing_id, excluded.author_name, excluded.body, excluded.written_on);

-- The file counts more reviews than it brings: its own count is what its average is of.
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
  is distinct from row(excluded.host_id, excluded.imported_reviews, excluded.imported_stars);
