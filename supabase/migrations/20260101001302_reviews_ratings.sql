-- Ratings: what the stars of a home, a host and a guest add up to, and what is shown of them. Which
-- reviews count is in reviews_counted_reviews.

create table private.listing_stars (
  listing_id       uuid          primary key references public.listings on delete cascade,
  host_id          uuid          not null references public.profiles on delete restrict,
  imported_reviews integer       not null default 0,
  imported_stars   numeric(3, 2),
  imported_removed integer       not null default 0,
  reviews          integer       not null default 0,
  stars            bigint        not null default 0,
  cleanliness      bigint        not null default 0,
  accuracy         bigint        not null default 0,
  check_in         bigint        not null default 0,
  communication    bigint        not null default 0,
  location         bigint        not null default 0,
  value            bigint        not null default 0,
  review_count     integer       not null generated always as (
    greatest(imported_reviews - imported_removed, 0) + reviews) stored,
  rated_reviews    integer       not null generated always as (
    case when imported_stars is null then 0
      else greatest(imported_reviews - imported_removed, 0) end
    + reviews) stored,
  rated_stars      numeric       not null generated always as (
    coalesce(imported_stars, 0) * greatest(imported_reviews - imported_removed, 0) + stars) stored,

  constraint listing_stars_count_what_came_in
    check (imported_reviews >= 0 and imported_removed >= 0),
  constraint listing_stars_came_in_as_stars   check (imported_stars between 1 and 5),
  constraint listing_stars_are_one_to_five    check (
    reviews >= 0 and least(stars, cleanliness, accuracy, check_in, communication, location,
      value) >= reviews
    and greatest(stars, cleanliness, accuracy, check_in, communication, location,
      value) <= 5 * reviews)
);

create index listing_stars_host_id_idx on private.listing_stars (host_id);

create table private.host_stars (
  host_id       uuid    primary key references public.profiles on delete restrict,
  reviews       integer not null,
  rated_reviews integer not null,
  rated_stars   numeric not null,

  constraint host_stars_are_one_to_five check (
    rated_reviews between 0 and reviews
    and rated_stars between rated_reviews and 5 * rated_reviews)
);

create table private.guest_stars (
  guest_id      uuid    primary key references public.profiles on delete restrict,
  reviews       integer not null,
  stars         bigint  not null,
  cleanliness   bigint  not null,
  communication bigint  not null,
  house_rules   bigint  not null,

  constraint guest_stars_are_one_to_five check (
    reviews >= 0 and least(stars, cleanliness, communication, house_rules) >= reviews
    and greatest(stars, cleanliness, communication, house_rules) <= 5 * reviews)
);

alter table private.listing_stars enable row level security;
alter table private.host_stars enable row level security;
alter table private.guest_stars enable row level security;

comment on table private.listing_stars is
  'The sums behind the rating of a listing: its revealed reviews, and the average that came with '
  'it.';
comment on column private.listing_stars.imported_removed is
  'How many of the imported reviews staff removed.';
comment on column private.listing_stars.rated_reviews is
  'Reviews whose stars are known, of which rated_stars is the sum.';
comment on table private.host_stars is 'The sums of all listings of a host.';
comment on table private.guest_stars is 'The sums of hosts'' reviews of a guest.';

-- What is shown of it

create table public.listing_ratings (
  listing_id       uuid          primary key references public.listings on delete cascade,
  review_count     integer       not null,
  imported_reviews integer       not null,
  rating           numeric(3, 2),
  cleanliness      numeric(3, 2),
  accuracy         numeric(3, 2),
  check_in         numeric(3, 2),
  communication    numeric(3, 2),
  location         numeric(3, 2),
  value            numeric(3, 2)
);

create table public.host_ratings (
  host_id      uuid          primary key references public.profiles on delete restrict,
  review_count integer       not null,
  rating       numeric(3, 2)
);

create table public.guest_ratings (
  guest_id      uuid          primary key references public.profiles on delete restrict,
  review_count  integer       not null,
  rating        numeric(3, 2),
  cleanliness   numeric(3, 2),
  communication numeric(3, 2),
  house_rules   numeric(3, 2)
);

comment on table public.listing_ratings is
  'The ratings of a listing: averages from three reviews on, null before. Categories only include '
  'reviews written here.';
comment on column public.listing_ratings.imported_reviews is
  'How many of them were imported with the listing.';
comment on table public.host_ratings is
  'The combined ratings of a host''s listings, from three reviews on.';
comment on table public.guest_ratings is
  'The ratings of a guest by hosts, from three reviews on: visible to that guest, and to hosts '
  'with whom the guest has placed a booking.';

alter table public.listing_ratings enable row level security;
alter table public.host_ratings enable row level security;
alter table public.guest_ratings enable row level security;

create policy "anyone reads the ratings of what they see" on public.listing_ratings
  for select to anon, authenticated
  using (exists (select from public.listings
    where listings.listing_id = listing_ratings.listing_id offset 0));
create policy "anyone reads the ratings of hosts they see" on public.host_ratings
  for select to anon, authenticated
  using (exists (select from public.profiles where profiles.profile_id = host_ratings.host_id
    offset 0));
create policy "people read how they and their guests are rated" on public.guest_ratings
  for select to authenticated
  using (guest_id = (select auth.uid()) or (
    select true from public.bookings
    where bookings.guest_id = guest_ratings.guest_id and bookings.placed_at is not null limit 1));

grant select on public.listing_ratings, public.host_ratings to anon, authenticated;
grant select on public.guest_ratings to authenticated;

create function private.shown_rating(stars numeric, reviews integer)
  returns numeric language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case when reviews >= 3 then round(stars / reviews, 2) end;
end $$;

comment on function private.shown_rating is 'Rule: an average is shown from three reviews on.';

-- Counting
--
-- Deltas, never a recount: a recount loses one of two reviews that come at once. Every statement
-- locks the sums it changes in the order of their ids, listings before hosts before guests, so that
-- whoever reveals many at once deadlocks with nobody.

create function private.costs_something(booking_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select guest_totals.total_minor > 0 or private.was_settled_elsewhere(guest_totals.booking_id)
    from public.guest_totals
    where guest_totals.booking_id = costs_something.booking_id);
end $$;

comment on function private.costs_something is
  'Rule: a free stay does not count for ratings or superhosts, because it costs nothing to give '
  'oneself many. One that was paid on another platform counts for ratings.';

create function private.count_guest_reviews()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  changes private.guest_stars[];
begin
  select array_agg(row(
    summed.guest_id, summed.reviews, summed.stars, summed.cleanliness, summed.communication,
    summed.house_rules)::private.guest_stars)
  into changes
  from (
    select review.guest_id, sum(sign) as reviews, sum(sign * review.stars) as stars,
      sum(sign * review.cleanliness) as cleanliness,
        sum(sign * review.communication) as communication,
      sum(sign * review.house_rules) as house_rules
    from (select 1 as sign, after.* from after union all select -1, before.* from before) as review
    where review.revealed_at is not null and review.removed_at is null
      and private.costs_something(review.booking_id)
    group by review.guest_id) as summed
  where summed.reviews <> 0;
  if changes is null then
    return null;
  end if;

  insert into private.guest_stars
  select change.guest_id, 0, 0, 0, 0, 0 from unnest(changes) as change order by change.guest_id
  on conflict on constraint guest_stars_pkey do nothing;
  perform from private.guest_stars
  where guest_stars.guest_id in (select change.guest_id from unnest(changes) as change)
  order by guest_stars.guest_id
  for no key update;
  update private.guest_stars
  set reviews = guest_stars.reviews + change.reviews,
      stars = guest_stars.stars + change.stars,
      cleanliness = guest_stars.cleanliness + change.cleanliness,
      communication = guest_stars.communication + change.communication,
      house_rules = guest_stars.house_rules + change.house_rules
  from unnest(changes) as change
  where guest_stars.guest_id = change.guest_id;
  return null;
end $$;

comment on function private.count_guest_reviews is
  'Rule: a host''s review of a guest counts once it is revealed, and until it is removed, unless '
  'the stay was free.';

create function private.count_for_hosts()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  changes private.host_stars[] := '{}';
begin
  if tg_op <> 'DELETE' then
    changes := array(
      select row(host_id, review_count, rated_reviews, rated_stars)::private.host_stars from after);
  end if;
  if tg_op <> 'INSERT' then
    changes := changes || array(
      select row(host_id, - review_count, - rated_reviews, - rated_stars)::private.host_stars
        from before);
  end if;

  insert into private.host_stars
  select distinct change.host_id, 0, 0, 0 from unnest(changes) as change order by change.host_id
  on conflict on constraint host_stars_pkey do nothing;
  perform from private.host_stars
  where host_stars.host_id in (select change.host_id from unnest(changes) as change)
  order by host_stars.host_id
  for no key update;
  update private.host_stars
  set reviews = host_stars.reviews + summed.reviews,
      rated_reviews = host_stars.rated_reviews + summed.rated_reviews,
      rated_stars = host_stars.rated_stars + summed.rated_stars
  from (
    select change.host_id, sum(change.reviews) as reviews,
      sum(change.rated_reviews) as rated_reviews,
      sum(change.rated_stars) as rated_stars
    from unnest(changes) as change
    group by change.host_id) as summed
  where host_stars.host_id = summed.host_id
    and (summed.reviews, summed.rated_reviews, summed.rated_stars) <> (0, 0, 0);
  return null;
end $$;

comment on function private.count_for_hosts is
  'Rule: a host is rated by all their listings, each review alike.';

create trigger count_the_guest_reviews after update on public.guest_reviews
  referencing old table as before new table as after
  for each statement execute function private.count_guest_reviews();
create trigger count_the_new_stars after insert on private.listing_stars
  referencing new table as after
  for each statement execute function private.count_for_hosts();
create trigger count_the_changed_stars after update on private.listing_stars
  referencing old table as before new table as after
  for each statement execute function private.count_for_hosts();
create trigger count_the_lost_stars after delete on private.listing_stars
  referencing old table as before
  for each statement execute function private.count_for_hosts();

-- Showing

create function private.show_listing_rating()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.listing_ratings (
    listing_id, review_count, imported_reviews, rating, cleanliness, accuracy, check_in,
      communication,
    location, value)
  values (
    new.listing_id, new.review_count, new.review_count - new.reviews,
    private.shown_rating(new.rated_stars, new.rated_reviews),
    private.shown_rating(new.cleanliness, new.reviews),
      private.shown_rating(new.accuracy, new.reviews),
    private.shown_rating(new.check_in, new.reviews),
      private.shown_rating(new.communication, new.reviews),
    private.shown_rating(new.location, new.reviews), private.shown_rating(new.value, new.reviews))
  on conflict on constraint listing_ratings_pkey do update
  set review_count = excluded.review_count, imported_reviews = excluded.imported_reviews,
      rating = excluded.rating, cleanliness = excluded.cleanliness, accuracy = excluded.accuracy,
      check_in = excluded.check_in, communication = excluded.communication,
      location = excluded.location, value = excluded.value;
  return null;
end $$;

comment on function private.show_listing_rating is
  'Rule: the rating of a home follows its stars at once. It is the mean of the reviews that count, '
  'shown from three on (private.shown_rating).';

create function private.show_host_rating()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.host_ratings (host_id, review_count, rating)
  values (new.host_id, new.reviews, private.shown_rating(new.rated_stars, new.rated_reviews))
  on conflict on constraint host_ratings_pkey do update
  set review_count = excluded.review_count, rating = excluded.rating;
  return null;
end $$;

create function private.show_guest_rating()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.guest_ratings (guest_id, review_count, rating, cleanliness, communication,
    house_rules)
  values (
    new.guest_id, new.reviews, private.shown_rating(new.stars, new.reviews),
    private.shown_rating(new.cleanliness, new.reviews),
    private.shown_rating(new.communication, new.reviews),
    private.shown_rating(new.house_rules, new.reviews))
  on conflict on constraint guest_ratings_pkey do update
  set review_count = excluded.review_count, rating = excluded.rating,
    cleanliness = excluded.cleanliness,
      communication = excluded.communication, house_rules = excluded.house_rules;
  return null;
end $$;

create trigger show_the_rating after insert or update on private.listing_stars
  for each row execute function private.show_listing_rating();
-- A row of nothing is only there to be locked.
create trigger show_the_rating after update on private.host_stars
  for each row execute function private.show_host_rating();
create trigger show_the_rating after update on private.guest_stars
  for each row execute function private.show_guest_rating();
