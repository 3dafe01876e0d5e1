-- Counted reviews: whose reviews count for a home, and how often.
--
-- Stars are worth money, so they are bought: with free stays, with one guest who comes again and
-- again, with people of the house. So of a guest's reviews of a home one counts, that of their
-- latest stay; a free stay has none that counts; and whoever hosts a home, or did in the last year,
-- says nothing about it. What was written stays to be read. Staff see which hosts' reviews come
-- from few guests.

-- People of the house

create table private.past_hosts (
  listing_id uuid        not null references public.listings on delete cascade,
  profile_id uuid        not null references public.profiles on delete restrict,
  since      timestamptz not null,
  until      timestamptz not null,

  primary key (listing_id, profile_id)
);

create index past_hosts_profile_id_idx on private.past_hosts (profile_id);
create index past_hosts_until_idx on private.past_hosts (until);
alter table private.past_hosts enable row level security;
comment on table private.past_hosts is 'Former hosts of a home, from when to when.';

create function private.remember_host()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.past_hosts (listing_id, profile_id, since, until)
  select old.listing_id, old.profile_id, old.since, private.now()
  where exists (select from public.listings where listings.listing_id = old.listing_id)
  on conflict on constraint past_hosts_pkey do update
  set since = least(past_hosts.since, excluded.since), until = excluded.until;
  return null;
end $$;

comment on function private.remember_host is
  'Rule: former hosts of a home are remembered, even after they leave.';

create trigger remember_the_host after delete on public.listing_hosts
  for each row execute function private.remember_host();

create function private.hosted_lately(listing_id uuid, profile_id uuid, moment timestamptz)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = hosted_lately.listing_id
      and listing_hosts.profile_id = hosted_lately.profile_id
      and listing_hosts.since <= moment)
    or exists (
      select from private.past_hosts
      where past_hosts.listing_id = hosted_lately.listing_id
        and past_hosts.profile_id = hosted_lately.profile_id
        and past_hosts.since <= moment and past_hosts.until > moment - interval '1 year');
end $$;

comment on function private.hosted_lately is
  'Rule: whoever hosts a home in any role, or did within the last year, cannot review it, and '
  'their stays there do not count towards superhost status. They may stay there like anyone else.';

-- One guest, one review

create table private.counted_reviews (
  listing_id uuid not null references public.listings on delete cascade,
  guest_id   uuid not null references public.profiles on delete restrict,
  -- No foreign key: a review that was revealed is never deleted.
  review_id  uuid,

  primary key (listing_id, guest_id)
);

create index counted_reviews_guest_id_idx on private.counted_reviews (guest_id);
alter table private.counted_reviews enable row level security;
comment on table private.counted_reviews is
  'Which of a guest''s reviews of a home counts; null: none does any more.';

create function private.count_reviews()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- Whose review of which home: one was revealed or removed.
  guests   private.counted_reviews[];
  counting private.counted_reviews[];
  changes  private.listing_stars[];
begin
  select array_agg(
    distinct row(bookings.listing_id, bookings.guest_id, null)::private.counted_reviews)
  into guests
  from before
  join after on after.review_id = before.review_id
  join public.bookings on bookings.booking_id = after.booking_id
  where (after.revealed_at is not null and after.removed_at is null)
    <> (before.revealed_at is not null and before.removed_at is null);

  insert into private.counted_reviews (listing_id, guest_id)
  select counted.listing_id, counted.guest_id from unnest(guests) as counted
  order by counted.listing_id, counted.guest_id
  on conflict on constraint counted_reviews_pkey do nothing;
  perform from private.counted_reviews
  where (counted_reviews.listing_id, counted_reviews.guest_id) in (
    select counted.listing_id, counted.guest_id from unnest(guests) as counted)
  order by counted_reviews.listing_id, counted_reviews.guest_id
  for no key update;
  -- Seen under the lock: of two stays revealed at once the second knows the first.
  select array_agg(
    row(counted.listing_id, counted.guest_id, latest.review_id)::private.counted_reviews)
  into counting
  from unnest(guests) as counted
  left join lateral (
    select reviews.review_id
    from public.bookings
    join public.reviews on reviews.booking_id = bookings.booking_id
    where bookings.guest_id = counted.guest_id and bookings.listing_id = counted.listing_id
      and reviews.revealed_at is not null and reviews.removed_at is null
      and private.costs_something(bookings.booking_id)
    order by bookings.check_out desc, reviews.review_id
    limit 1) as latest on true;

  select array_agg(row(
    summed.listing_id, summed.host_id, 0, null, summed.imported_removed, summed.reviews,
      summed.stars,
    summed.cleanliness, summed.accuracy, summed.check_in, summed.communication, summed.location,
    summed.value, 0, 0, 0)::private.listing_stars)
  into changes
  from (
    select review.listing_id, listings.host_id,
      sum(sign * (review.booking_id is null)::integer) as imported_removed,
      sum(sign * (review.booking_id is not null)::integer) as reviews,
      coalesce(sum(sign * review.stars), 0) as stars,
      coalesce(sum(sign * review.cleanliness), 0) as cleanliness,
      coalesce(sum(sign * review.accuracy), 0) as accuracy,
      coalesce(sum(sign * review.check_in), 0) as check_in,
      coalesce(sum(sign * review.communication), 0) as communication,
      coalesce(sum(sign * review.location), 0) as location,
      coalesce(sum(sign * review.value), 0) as value
    from (
      select 1 as sign, reviews.*
      from unnest(counting) as counted
      join public.reviews on reviews.review_id = counted.review_id
      union all
      select -1, reviews.*
      from unnest(counting) as counted
      join private.counted_reviews on counted_reviews.listing_id = counted.listing_id
        and counted_reviews.guest_id = counted.guest_id
      join public.reviews on reviews.review_id = counted_reviews.review_id
      union all
      select 1, after.* from after where after.booking_id is null and after.removed_at is not null
      union all
      select -1, before.* from before where before.booking_id is null
        and before.removed_at is not null) as review
    join public.listings on listings.listing_id = review.listing_id
    group by review.listing_id, listings.host_id) as summed
  where (summed.imported_removed, summed.reviews, summed.stars, summed.cleanliness, summed.accuracy,
    summed.check_in, summed.communication, summed.location, summed.value) <> (0, 0, 0, 0, 0, 0, 0,
      0, 0);
  update private.counted_reviews set review_id = counted.review_id
  from unnest(counting) as counted
  where counted_reviews.listing_id = counted.listing_id
    and counted_reviews.guest_id = counted.guest_id
    and counted_reviews.review_id is distinct from counted.review_id;
  if changes is null then
    return null;
  end if;

  insert into private.listing_stars (listing_id, host_id)
  select change.listing_id, change.host_id from unnest(changes) as change order by change.listing_id
  on conflict on constraint listing_stars_pkey do nothing;
  perform from private.listing_stars
  where listing_stars.listing_id in (select change.listing_id from unnest(changes) as change)
  order by listing_stars.listing_id
  for no key update;
  update private.listing_stars
  set imported_removed = listing_stars.imported_removed + change.imported_removed,
      reviews = listing_stars.reviews + change.reviews,
      stars = listing_stars.stars + change.stars,
      cleanliness = listing_stars.cleanliness + change.cleanliness,
      accuracy = listing_stars.accuracy + change.accuracy,
      check_in = listing_stars.check_in + change.check_in,
      communication = listing_stars.communication + change.communication,
      location = listing_stars.location + change.location,
      value = listing_stars.value + change.value
  from unnest(changes) as change
  where listing_stars.listing_id = change.listing_id;
  return null;
end $$;

comment on function private.count_reviews is
  'Rule: a guest counts once for a home, with the revealed review of their latest stay that cost '
  'something; when it is removed, with the one before. Sums move by the difference.';

create trigger count_the_reviews after update on public.reviews
  referencing old table as before new table as after
  for each statement execute function private.count_reviews();

-- For staff

create index reviews_revealed_at_idx on public.reviews (revealed_at)
  where booking_id is not null and revealed_at is not null;

create type public.review_source as (
  host_id      uuid,
  display_name text,
  reviews      integer,
  guests       integer,
  of_free_stays integer,
  average      numeric
);

create function private.staff_review_sources(max_rows integer)
  returns setof public.review_source language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.staff_reader();
  return query
    select profiles.profile_id, profiles.display_name, said.reviews, said.guests,
      said.of_free_stays, said.average
    from (
      select bookings.host_id, count(*)::integer as reviews,
        count(distinct bookings.guest_id)::integer as guests,
        (count(*) filter (where guest_totals.total_minor = 0))::integer as of_free_stays,
        round(avg(reviews.stars), 2) as average
      from public.reviews
      join public.bookings on bookings.booking_id = reviews.booking_id
      join public.guest_totals on guest_totals.booking_id = reviews.booking_id
      where reviews.revealed_at > private.now() - interval '1 year'
        and reviews.booking_id is not null
        and reviews.removed_at is null
      group by bookings.host_id) as said
    join public.profiles on profiles.profile_id = said.host_id
    where said.reviews >= 3
      and (said.guests * 2 <= said.reviews or said.of_free_stays * 2 >= said.reviews)
    order by said.guests::numeric / said.reviews, said.reviews desc, said.host_id
    limit greatest(0, least(coalesce(max_rows, 50), 200));
end $$;

create function public.staff_review_sources(max_rows integer default 50)
  returns setof public.review_source language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_review_sources(staff_review_sources.max_rows);
end;

grant execute on function
  private.staff_review_sources, public.staff_review_sources
  to authenticated;
comment on function public.staff_review_sources is
  'For staff: hosts with at least three reviews in the last year who have at most half as many '
  'guests as reviews, or at least half of their reviews from free stays; those with the fewest '
  'guests per review first. Errors: staff_only.';
