insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
select taken_reviews.listing_id, staged_reviews.author_name, staged_reviews.body,
  staged_reviews.written_on, 'inside_airbnb', staged_reviews.source_id
from pg_temp.taken_reviews
join pg_temp.staged_reviews on staged_reviews.line = taken_reviews.line
where taken_reviews.number > $1 and taken_reviews.number <= $2
order by taken_reviews.number
on conflict on constraint reviews_come_in_once do update
set listing_id = excluded.listing_id, author_name = excluded.author_name, body = excluded.body,
    written_on = excluded.written_on
where row(reviews.listing_id, reviews.author_name, reviews.body, reviews.written_on)
  is distinct from row(
    excluded.listing_id, excluded.author_name, excluded.body, excluded.written_on)
