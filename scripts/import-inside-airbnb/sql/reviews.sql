-- What guests said.

--: Reviews of unknown listings
insert into pg_temp.import_notes
select 'refused', 'reviews', 'unknown_listing', count(*), (array_agg(source_id order by line))[1:3]
from pg_temp.staged_reviews
where not exists (
  select from pg_temp.taken_listings
  where taken_listings.source_id = staged_reviews.listing_source_id)
having count(*) > 0;

--: Reviews that come twice
-- The first row of a review counts. Only its line is kept: texts are read once, when they are written.
create temporary table taken_reviews on commit drop as
select row_number() over (order by first_rows.line) as number, first_rows.line, first_rows.listing_id
from (
  select distinct on (staged_reviews.source_id collate "C")
    staged_reviews.source_id, staged_reviews.line, taken_listings.listing_id
  from pg_temp.staged_reviews
  join pg_temp.taken_listings on taken_listings.source_id = staged_reviews.listing_source_id
  order by staged_reviews.source_id collate "C", staged_reviews.line) as first_rows;
create index on pg_temp.taken_reviews (number);
create unique index on pg_temp.taken_reviews (line);
create index on pg_temp.staged_reviews (line);
analyze pg_temp.taken_reviews;

insert into pg_temp.import_notes
select 'refused', 'reviews', 'duplicate_id', count(*),
  (array_agg(staged_reviews.source_id order by staged_reviews.line))[1:3]
from pg_temp.staged_reviews
join pg_temp.taken_listings on taken_listings.source_id = staged_reviews.listing_source_id
where not exists (select from pg_temp.taken_reviews where taken_reviews.line = staged_reviews.line)
having count(*) > 0;
