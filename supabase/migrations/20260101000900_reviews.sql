-- Reviews: what guests said, and the rating a listing shows.
--
-- Reviews brought in with a listing carry a text but no stars of their own; the average they came
-- with counts in the rating with their number.

create table public.reviews (
  review_id   uuid        primary key default gen_random_uuid(),
  listing_id  uuid        not null references public.listings on delete restrict,
  author_name text        not null,
  body        text        not null,
  written_on  date        not null,
  source      text        not null,
  source_id   text        not null,

  constraint reviews_are_signed       check (char_length(btrim(author_name)) between 1 and 80),
  constraint reviews_have_a_length    check (char_length(body) <= 20000),
  constraint reviews_come_in_once     unique (source, source_id)
);

create index reviews_listing_id_idx on public.reviews (listing_id, written_on desc, review_id);
comment on table public.reviews is 'What guests said about their stay, imported with the listing.';

create table public.listing_ratings (
  listing_id       uuid          primary key references public.listings on delete cascade,
  imported_reviews integer       not null default 0,
  imported_stars   numeric(3, 2),

  constraint listing_ratings_count_reviews check (imported_reviews >= 0),
  constraint listing_ratings_count_stars   check (imported_stars between 1 and 5),
  rating numeric(3, 2) generated always as (case when imported_reviews >= 3 then imported_stars end) stored
);

comment on table public.listing_ratings is 'How a listing is rated; shown from three reviews on.';
comment on column public.listing_ratings.rating is 'Average stars; null below three reviews.';

create constraint trigger follow_the_rating_in_search after insert or update or delete on public.listing_ratings
  deferrable initially deferred for each row execute function private.follow_in_search();

alter table public.reviews enable row level security;
alter table public.listing_ratings enable row level security;

create policy "anyone reads the reviews of what they see" on public.reviews
  for select to anon, authenticated
  using (exists (select from public.listings where listings.listing_id = reviews.listing_id));
create policy "anyone reads the ratings of what they see" on public.listing_ratings
  for select to anon, authenticated
  using (exists (select from public.listings where listings.listing_id = listing_ratings.listing_id));

grant select on public.reviews, public.listing_ratings to anon, authenticated;
