-- Reviews: what guests say of a stay and hosts of a guest, and the ratings that come of it.
--
-- Both sides write blind: nobody sees a word, a star or a count of the other side's before both have
-- written or the time to write is over. The clock alone reveals: a policy compares closes_at with
-- it, and the job that follows only counts.
--
-- Ratings are sums that each review adds itself to, once, when it is revealed; they stand in
-- `private`, because two reviews have an average too and it is not shown. What is shown stands in
-- tables of its own. Reviews brought in with a listing carry a text but no stars; the average they
-- came with counts with their number.

-- What guests say of a stay

create table public.reviews (
  review_id     uuid        primary key default gen_random_uuid(),
  listing_id    uuid        not null references public.listings on delete restrict,
  booking_id    uuid        references public.bookings on delete restrict,
  author_name   text        not null,
  stars         smallint,
  cleanliness   smallint,
  accuracy      smallint,
  check_in      smallint,
  communication smallint,
  location      smallint,
  value         smallint,
  body          text        not null default '',
  written_on    date        not null,
  closes_at     timestamptz,
  revealed_at   timestamptz,
  removed_at    timestamptz,
  reply         text,
  replied_at    timestamptz,
  source        text,
  source_id     text,

  constraint reviews_are_signed         check (char_length(btrim(author_name)) between 1 and 80),
  constraint reviews_have_a_length      check (char_length(body) <= 20000),
  constraint reviews_come_in_once       unique (source, source_id),
  constraint reviews_are_one_per_stay   unique (booking_id),
  constraint reviews_are_ours_or_came_in check (
    (booking_id is null) = (source is not null) and (source is null) = (source_id is null)
    and (booking_id is null) = (closes_at is null)),
  constraint reviews_of_ours_give_all_stars check (
    num_nulls(stars, cleanliness, accuracy, check_in, communication, location, value)
    = case when booking_id is null then 7 else 0 end),
  constraint reviews_give_one_to_five   check (
    least(stars, cleanliness, accuracy, check_in, communication, location, value) >= 1
    and greatest(stars, cleanliness, accuracy, check_in, communication, location, value) <= 5),
  constraint reviews_are_replied_to_with_words check (
    (reply is null) = (replied_at is null) and char_length(btrim(reply)) between 1 and 2000)
);

create index reviews_listing_id_idx on public.reviews (listing_id, written_on desc, review_id);
create index reviews_closes_at_idx on public.reviews (closes_at)
  where closes_at is not null and revealed_at is null;

comment on table public.reviews is
  'What guests said of their stay, here or where the listing came from (source). Seen with the '
  'listing once revealed, by its author at once.';
comment on column public.reviews.booking_id is
  'The stay; null for a review that came with the listing.';
comment on column public.reviews.author_name is
  'The author''s name as it was when they wrote; taken out when they leave.';
comment on column public.reviews.closes_at is
  'Until when it may be written and changed; afterwards it is revealed.';
comment on column public.reviews.revealed_at is
  'Since when it counts: when both sides had written, or closes_at.';
comment on column public.reviews.removed_at is 'When staff removed it; its author still sees it.';
comment on column public.reviews.reply is 'The hosts'' public answer.';

-- What hosts say of a guest

create table public.guest_reviews (
  review_id     uuid        primary key default gen_random_uuid(),
  booking_id    uuid        not null references public.bookings on delete restrict,
  listing_id    uuid        not null references public.listings on delete restrict,
  guest_id      uuid        not null references public.profiles on delete restrict,
  author_id     uuid        not null references public.profiles on delete restrict,
  author_name   text        not null,
  stars         smallint    not null,
  cleanliness   smallint    not null,
  communication smallint    not null,
  house_rules   smallint    not null,
  body          text        not null default '',
  written_on    date        not null,
  closes_at     timestamptz not null,
  revealed_at   timestamptz,
  removed_at    timestamptz,
  reply         text,
  replied_at    timestamptz,

  constraint guest_reviews_are_signed        check (char_length(btrim(author_name)) between 1 and 80),
  constraint guest_reviews_have_a_length     check (char_length(body) <= 20000),
  constraint guest_reviews_are_one_per_stay  unique (booking_id),
  constraint guest_reviews_give_one_to_five  check (
    least(stars, cleanliness, communication, house_rules) >= 1
    and greatest(stars, cleanliness, communication, house_rules) <= 5),
  constraint guest_reviews_are_replied_to_with_words check (
    (reply is null) = (replied_at is null) and char_length(btrim(reply)) between 1 and 2000)
);

create index guest_reviews_guest_id_idx on public.guest_reviews (guest_id, written_on desc, review_id);
create index guest_reviews_listing_id_idx on public.guest_reviews (listing_id);
create index guest_reviews_author_id_idx on public.guest_reviews (author_id);
create index guest_reviews_closes_at_idx on public.guest_reviews (closes_at) where revealed_at is null;

comment on table public.guest_reviews is
  'What hosts said of a guest. Once revealed seen by that guest and by hosts with whom the guest '
  'placed a booking; by the hosts of the stay at once.';
comment on column public.guest_reviews.author_id is 'The host who wrote it, who may be a co-host.';
comment on column public.guest_reviews.reply is 'The guest''s answer.';

-- Who reads them

create function private.stays_of_caller()
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select bookings.booking_id from public.bookings where bookings.guest_id = (select auth.uid());
end $$;

comment on function private.stays_of_caller is
  'Rule: what the caller booked; of these they see their own review at once.';

grant execute on function private.stays_of_caller to authenticated;
grant execute on function private.read_clock to anon, authenticated;

alter table public.reviews enable row level security;
alter table public.guest_reviews enable row level security;

-- offset 0: whoever reads twenty reviews of one home looks that home up. Left to choose, the planner
-- gathers all homes of the marketplace first (seen with 10,000).
create policy "visitors read revealed reviews of what they see" on public.reviews
  for select to anon
  using (
    removed_at is null
    and (closes_at is null or revealed_at is not null or closes_at < (select private.read_clock()))
    and exists (select from public.listings where listings.listing_id = reviews.listing_id offset 0));
create policy "people read revealed reviews of what they see and their own" on public.reviews
  for select to authenticated
  using (
    (removed_at is null
      and (closes_at is null or revealed_at is not null or closes_at < (select private.read_clock()))
      and exists (select from public.listings where listings.listing_id = reviews.listing_id offset 0))
    or booking_id = any (array(select private.stays_of_caller())));
-- Who placed a booking with the caller is judged by what hosts said before; so is one by oneself. A scalar,
-- not an array of all such guests: that is as long as a host is busy (measured: 20 ms for one with 1,300
-- bookings). A guest who came to host with them sees no more of it than before.
create policy "people read what hosts said of them and of their guests" on public.guest_reviews
  for select to authenticated
  using (
    (removed_at is null
      and (revealed_at is not null or closes_at < (select private.read_clock()))
      and (guest_id = (select auth.uid()) or (
        select true from public.bookings
        where bookings.guest_id = guest_reviews.guest_id and bookings.placed_at is not null limit 1)))
    or (guest_id <> (select auth.uid())
      and listing_id = any (array(select private.listings_of_caller('bookings')))));

grant select on public.reviews to anon, authenticated;
grant select on public.guest_reviews to authenticated;
-- No writes: who says what, and until when, is for the verbs.

-- What the stars add up to

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
    case when imported_stars is null then 0 else greatest(imported_reviews - imported_removed, 0) end
    + reviews) stored,
  rated_stars      numeric       not null generated always as (
    coalesce(imported_stars, 0) * greatest(imported_reviews - imported_removed, 0) + stars) stored,

  constraint listing_stars_count_what_came_in check (imported_reviews >= 0 and imported_removed >= 0),
  constraint listing_stars_came_in_as_stars   check (imported_stars between 1 and 5),
  constraint listing_stars_are_one_to_five    check (
    reviews >= 0 and least(stars, cleanliness, accuracy, check_in, communication, location, value) >= reviews
    and greatest(stars, cleanliness, accuracy, check_in, communication, location, value) <= 5 * reviews)
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
  'The sums behind the rating of a listing: its revealed reviews, and the average that came with it.';
comment on column private.listing_stars.imported_removed is
  'How many of the imported reviews staff removed.';
comment on column private.listing_stars.rated_reviews is
  'Reviews whose stars are known, of which rated_stars is the sum.';
comment on table private.host_stars is 'The sums of all listings of a host.';
comment on table private.guest_stars is 'The sums of what hosts said of a guest.';

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
  'How a listing is rated: averages from three reviews on, null before. Categories are of the '
  'reviews written here.';
comment on column public.listing_ratings.imported_reviews is
  'How many of them came with the listing.';
comment on table public.host_ratings is
  'How the listings of a host are rated together; from three reviews on.';
comment on table public.guest_ratings is
  'How hosts rate a guest, from three reviews on: for that guest, and for hosts with whom the '
  'guest placed a booking.';

alter table public.listing_ratings enable row level security;
alter table public.host_ratings enable row level security;
alter table public.guest_ratings enable row level security;

create policy "anyone reads the ratings of what they see" on public.listing_ratings
  for select to anon, authenticated
  using (exists (select from public.listings where listings.listing_id = listing_ratings.listing_id));
create policy "anyone reads the ratings of hosts they see" on public.host_ratings
  for select to anon, authenticated
  using (exists (select from public.profiles where profiles.profile_id = host_ratings.host_id));
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
  'Rule: a free stay counts for no rating and no superhost: it costs nothing to give many to oneself. One '
  'that was paid elsewhere counts for ratings.';

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
      sum(sign * review.cleanliness) as cleanliness, sum(sign * review.communication) as communication,
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
  'Rule: what a host said of a guest counts once it is revealed, and until it is removed, unless the stay '
  'was free.';

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
      select row(host_id, - review_count, - rated_reviews, - rated_stars)::private.host_stars from before);
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
    select change.host_id, sum(change.reviews) as reviews, sum(change.rated_reviews) as rated_reviews,
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
    listing_id, review_count, imported_reviews, rating, cleanliness, accuracy, check_in, communication,
    location, value)
  values (
    new.listing_id, new.review_count, new.review_count - new.reviews,
    private.shown_rating(new.rated_stars, new.rated_reviews),
    private.shown_rating(new.cleanliness, new.reviews), private.shown_rating(new.accuracy, new.reviews),
    private.shown_rating(new.check_in, new.reviews), private.shown_rating(new.communication, new.reviews),
    private.shown_rating(new.location, new.reviews), private.shown_rating(new.value, new.reviews))
  on conflict on constraint listing_ratings_pkey do update
  set review_count = excluded.review_count, imported_reviews = excluded.imported_reviews,
      rating = excluded.rating, cleanliness = excluded.cleanliness, accuracy = excluded.accuracy,
      check_in = excluded.check_in, communication = excluded.communication,
      location = excluded.location, value = excluded.value;
  return null;
end $$;

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
  insert into public.guest_ratings (guest_id, review_count, rating, cleanliness, communication, house_rules)
  values (
    new.guest_id, new.reviews, private.shown_rating(new.stars, new.reviews),
    private.shown_rating(new.cleanliness, new.reviews),
    private.shown_rating(new.communication, new.reviews),
    private.shown_rating(new.house_rules, new.reviews))
  on conflict on constraint guest_ratings_pkey do update
  set review_count = excluded.review_count, rating = excluded.rating, cleanliness = excluded.cleanliness,
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
create constraint trigger follow_the_rating_in_search after insert or update or delete on public.listing_ratings
  deferrable initially deferred for each row
  when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.follow_in_search();

-- When a review may be written

create type private.review_window as (opens_at timestamptz, closes_at timestamptz);

create function private.review_window(booking public.bookings)
  returns private.review_window language plpgsql stable security definer set search_path = ''
as $$
declare
  opens timestamptz;
begin
  if booking.status in ('confirmed', 'completed') then
    opens := private.instant_at(booking.check_out + booking.check_out_time, booking.time_zone);
  elsif booking.status in ('cancelled_by_guest', 'cancelled_by_host', 'cancelled_by_staff') then
    select cancellations.cancelled_at into opens
    from public.cancellations
    where cancellations.booking_id = booking.booking_id
      and (cancellations.cancelled_at at time zone booking.time_zone)::date >= booking.check_in;
  end if;
  return row(opens, private.days_later(opens, 14, booking.time_zone))::private.review_window;
end $$;

comment on function private.review_window is
  'Rule: a stay is reviewed from its check-out, or from its cancellation on the day of check-in or '
  'later, until the same hour of the listing''s clock 14 days on, which counts. Both null: never, '
  'such as after a no-show.';

-- Frozen

create function private.keep_review()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- What may change after all: staff remove, a reply comes, an author leaves, time reveals.
  loose constant text[] := '{revealed_at,removed_at,reply,replied_at,author_name}';
begin
  if tg_op = 'INSERT' then
    if new.revealed_at is not null or new.removed_at is not null then
      perform private.refuse('frozen', 'review');
    end if;
  elsif tg_op = 'DELETE'
    or (old.revealed_at is not null and new.revealed_at is distinct from old.revealed_at)
    or (old.reply is not null and new.reply is distinct from old.reply)
    or new.closes_at <> old.closes_at
    or ((old.revealed_at is not null or old.closes_at < private.now())
      and to_jsonb(new) - loose <> to_jsonb(old) - loose)
  then
    perform private.refuse('frozen', 'revealed');
  end if;
  return new;
end $$;

comment on function private.keep_review is
  'Rule: what both sides can read is never rewritten, by any role.';

-- Those that came with a listing follow their source.
create trigger keep_the_new_review before insert on public.reviews
  for each row when (new.booking_id is not null) execute function private.keep_review();
create trigger keep_the_review before update or delete on public.reviews
  for each row when (old.booking_id is not null) execute function private.keep_review();
create trigger keep_the_new_review before insert on public.guest_reviews
  for each row execute function private.keep_review();
create trigger keep_the_review before update or delete on public.guest_reviews
  for each row execute function private.keep_review();
create trigger keep_the_reviews before truncate on public.reviews
  for each statement execute function private.refuse_change();
create trigger keep_the_reviews before truncate on public.guest_reviews
  for each statement execute function private.refuse_change();

-- Writing

create function private.booking_to_review(
  booking_id uuid, side public.booking_actor, stars smallint[], body text)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
begin
  if exists (select from unnest(stars) as given where given is null or given not between 1 and 5) then
    perform private.refuse('invalid_stars');
  end if;
  if char_length(body) > 5000 then perform private.refuse('review_too_long'); end if;
  -- Locked, so that of two sides who write at once the second finds the first.
  select * into booking from public.bookings
  where bookings.booking_id = booking_to_review.booking_id
    and case side
      when 'guest' then bookings.guest_id = caller
      else bookings.guest_id <> caller and bookings.placed_at is not null
        and private.may_manage(bookings.listing_id, 'bookings')
    end
  for no key update;
  if not found then perform private.refuse('booking_not_found'); end if;
  return booking;
end $$;

comment on function private.booking_to_review is
  'Rule: the guest of a stay reviews it, its hosts review the guest; the booking, locked.';

create function private.open_window(booking public.bookings)
  returns private.review_window language plpgsql stable security definer set search_path = ''
as $$
declare
  open_from_to private.review_window := private.review_window(booking);
begin
  if open_from_to.closes_at is null then
    perform private.refuse('not_reviewable', 'status', booking.status::text);
  elsif private.now() < open_from_to.opens_at then
    perform private.refuse('review_not_open');
  elsif private.now() > open_from_to.closes_at then
    perform private.refuse('review_closed');
  end if;
  return open_from_to;
end $$;

create function private.reveal_reviews_of(bookings uuid[], revealed_at timestamptz)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  of_stays  integer;
  of_guests integer;
begin
  update public.reviews
  set revealed_at = coalesce(reveal_reviews_of.revealed_at, reviews.closes_at)
  where reviews.booking_id = any (bookings) and reviews.revealed_at is null;
  get diagnostics of_stays = row_count;
  update public.guest_reviews
  set revealed_at = coalesce(reveal_reviews_of.revealed_at, guest_reviews.closes_at)
  where guest_reviews.booking_id = any (bookings) and guest_reviews.revealed_at is null;
  get diagnostics of_guests = row_count;
  return of_stays + of_guests;
end $$;

create function private.review_stay(
  booking_id uuid, stars smallint, cleanliness smallint, accuracy smallint, check_in smallint,
  communication smallint, location smallint, value smallint, body text)
  returns public.reviews language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_review(
    review_stay.booking_id, 'guest',
    array[stars, cleanliness, accuracy, check_in, communication, location, value], body);
  open_from_to private.review_window;
  written public.reviews;
begin
  select * into written from public.reviews where reviews.booking_id = booking.booking_id;
  if found
    and row(written.stars, written.cleanliness, written.accuracy, written.check_in, written.communication,
        written.location, written.value, written.body)
      = row(stars, cleanliness, accuracy, check_in, communication, location, value, coalesce(body, ''))
  then
    return written;
  elsif written.revealed_at is not null or written.closes_at < private.now() then
    perform private.refuse('frozen', 'read');
  end if;
  if private.hosted_lately(booking.listing_id, booking.guest_id, private.now()) then
    perform private.refuse('hosted_here');
  end if;
  open_from_to := private.open_window(booking);

  insert into public.reviews (
    listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication, location,
    value, body, written_on, closes_at)
  select booking.listing_id, booking.booking_id, profiles.display_name, stars, cleanliness, accuracy,
    check_in, communication, review_stay.location, value, coalesce(body, ''),
    private.today(booking.time_zone), open_from_to.closes_at
  from public.profiles where profiles.profile_id = booking.guest_id
  on conflict on constraint reviews_are_one_per_stay do update
  set author_name = excluded.author_name, stars = excluded.stars, cleanliness = excluded.cleanliness,
      accuracy = excluded.accuracy, check_in = excluded.check_in, communication = excluded.communication,
      location = excluded.location, value = excluded.value, body = excluded.body,
      written_on = excluded.written_on;
  if exists (select from public.guest_reviews where guest_reviews.booking_id = booking.booking_id) then
    perform private.reveal_reviews_of(array[booking.booking_id], private.now());
  end if;
  select * into strict written from public.reviews where reviews.booking_id = booking.booking_id;
  return written;
end $$;

comment on function private.review_stay is
  'Rule: one review of a stay by its guest, changed at will until it is revealed, which it is when '
  'the host has written too. Not by whoever hosts the home or did in the last year.';

create function private.review_guest(
  booking_id uuid, stars smallint, cleanliness smallint, communication smallint, house_rules smallint,
  body text)
  returns public.guest_reviews language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_review(
    review_guest.booking_id, 'host', array[stars, cleanliness, communication, house_rules], body);
  open_from_to private.review_window;
  written public.guest_reviews;
begin
  select * into written from public.guest_reviews where guest_reviews.booking_id = booking.booking_id;
  if found
    and row(written.stars, written.cleanliness, written.communication, written.house_rules, written.body)
      = row(stars, cleanliness, communication, house_rules, coalesce(body, ''))
  then
    return written;
  elsif written.revealed_at is not null or written.closes_at < private.now() then
    perform private.refuse('frozen', 'read');
  end if;
  open_from_to := private.open_window(booking);

  insert into public.guest_reviews (
    booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication,
    house_rules, body, written_on, closes_at)
  select booking.booking_id, booking.listing_id, booking.guest_id, profiles.profile_id,
    profiles.display_name, stars, cleanliness, communication, house_rules, coalesce(body, ''),
    private.today(booking.time_zone), open_from_to.closes_at
  from public.profiles where profiles.profile_id = auth.uid()
  on conflict on constraint guest_reviews_are_one_per_stay do update
  set author_id = excluded.author_id, author_name = excluded.author_name, stars = excluded.stars,
      cleanliness = excluded.cleanliness, communication = excluded.communication,
      house_rules = excluded.house_rules, body = excluded.body, written_on = excluded.written_on;
  if exists (select from public.reviews where reviews.booking_id = booking.booking_id) then
    perform private.reveal_reviews_of(array[booking.booking_id], private.now());
  end if;
  select * into strict written from public.guest_reviews
  where guest_reviews.booking_id = booking.booking_id;
  return written;
end $$;

comment on function private.review_guest is
  'Rule: one review of a guest by the hosts of the stay, whichever of them writes.';

create function private.reveal_reviews(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
begin
  return private.reveal_reviews_of(
    array(
      select bookings.booking_id
      from public.bookings
      where bookings.booking_id in (
        select reviews.booking_id from public.reviews
        where reviews.closes_at < private.now() and reviews.revealed_at is null
        union all
        select guest_reviews.booking_id from public.guest_reviews
        where guest_reviews.closes_at < private.now() and guest_reviews.revealed_at is null
        limit reveal_reviews.most)
      order by bookings.booking_id
      for no key update skip locked),
    null);
end $$;

comment on function private.reveal_reviews is
  'Job: counts reviews whose time to write is over; they are seen from that moment on without it.';

-- Replying

create function private.booking_of_review(review_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id in (
    select reviews.booking_id from public.reviews where reviews.review_id = booking_of_review.review_id
    union all
    select guest_reviews.booking_id from public.guest_reviews
    where guest_reviews.review_id = booking_of_review.review_id)
  for no key update;
  return booking;
end $$;

comment on function private.booking_of_review is
  'Rule: who changes a review of either kind locks its booking first.';

create type public.review_reply as (review_id uuid, reply text, replied_at timestamptz);

create function private.reply_to_review(review_id uuid, reply text)
  returns public.review_reply language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
  said    public.reviews;
  of_me   public.guest_reviews;
  answer  public.review_reply;
  shown   timestamptz;
begin
  if coalesce(btrim(reply), '') = '' then perform private.refuse('reply_required'); end if;
  if char_length(reply) > 2000 then perform private.refuse('message_too_long'); end if;
  booking := private.booking_of_review(reply_to_review.review_id);

  select * into said from public.reviews
  where reviews.review_id = reply_to_review.review_id and reviews.booking_id is not null
    and reviews.removed_at is null and (reviews.revealed_at is not null or reviews.closes_at < private.now())
    and private.may_manage(reviews.listing_id, 'bookings');
  select * into of_me from public.guest_reviews
  where guest_reviews.review_id = reply_to_review.review_id and guest_reviews.guest_id = caller
    and guest_reviews.removed_at is null
    and (guest_reviews.revealed_at is not null or guest_reviews.closes_at < private.now());
  if said.review_id is null and of_me.review_id is null then
    perform private.refuse('review_not_found');
  end if;

  answer := row(
    reply_to_review.review_id, coalesce(said.reply, of_me.reply),
    coalesce(said.replied_at, of_me.replied_at))::public.review_reply;
  if answer.reply = reply_to_review.reply then
    return answer;
  elsif answer.reply is not null then
    perform private.refuse('frozen', 'replied');
  end if;
  shown := coalesce(said.revealed_at, said.closes_at, of_me.revealed_at, of_me.closes_at);
  if private.now() > private.days_later(shown, 30, booking.time_zone) then
    perform private.refuse('reply_closed');
  end if;

  answer.reply := reply_to_review.reply;
  answer.replied_at := private.now();
  update public.reviews set reply = answer.reply, replied_at = answer.replied_at
  where reviews.review_id = said.review_id;
  update public.guest_reviews set reply = answer.reply, replied_at = answer.replied_at
  where guest_reviews.review_id = of_me.review_id;
  return answer;
end $$;

comment on function private.reply_to_review is
  'Rule: whoever a review is about replies once, within 30 days of its being revealed, to the same '
  'hour of the listing''s clock.';

-- Removing

create table private.review_removals (
  review_id  uuid        primary key,
  staff_id   uuid        not null references public.profiles on delete restrict,
  reason     text        not null,
  removed_at timestamptz not null,

  constraint review_removals_have_a_reason check (char_length(btrim(reason)) between 1 and 2000)
);

create index review_removals_staff_id_idx on private.review_removals (staff_id);
alter table private.review_removals enable row level security;
comment on table private.review_removals is
  'Who of the staff removed a review of either kind, and why.';

create function private.staff_remove_review(review_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.staff_caller();
begin
  if coalesce(btrim(reason), '') = '' or char_length(reason) > 2000 then
    perform private.refuse('reason_required');
  end if;
  perform private.booking_of_review(staff_remove_review.review_id);
  if not exists (select from public.reviews where reviews.review_id = staff_remove_review.review_id)
    and not exists (
      select from public.guest_reviews where guest_reviews.review_id = staff_remove_review.review_id)
  then
    perform private.refuse('review_not_found');
  end if;
  perform private.check_impartial(bookings.guest_id, said.listing_id)
  from (
    select reviews.listing_id, reviews.booking_id from public.reviews
    where reviews.review_id = staff_remove_review.review_id
    union all
    select guest_reviews.listing_id, guest_reviews.booking_id from public.guest_reviews
    where guest_reviews.review_id = staff_remove_review.review_id) as said
  left join public.bookings on bookings.booking_id = said.booking_id;

  insert into private.review_removals (review_id, staff_id, reason, removed_at)
  values (staff_remove_review.review_id, caller, reason, private.now())
  on conflict on constraint review_removals_pkey do nothing;
  update public.reviews set removed_at = private.now()
  where reviews.review_id = staff_remove_review.review_id and reviews.removed_at is null;
  update public.guest_reviews set removed_at = private.now()
  where guest_reviews.review_id = staff_remove_review.review_id and guest_reviews.removed_at is null;
end $$;

comment on function private.staff_remove_review is
  'Rule: staff take a review out of sight and out of every sum, with a reason; it stays in the '
  'books.';

-- A stay that turns out to be a no-show is reviewed by neither side.
create function private.drop_reviews()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.reviews set removed_at = private.now()
  where reviews.booking_id = new.booking_id and reviews.removed_at is null;
  update public.guest_reviews set removed_at = private.now()
  where guest_reviews.booking_id = new.booking_id and guest_reviews.removed_at is null;
  return null;
end $$;

comment on function private.drop_reviews is 'Rule: a no-show is reviewed by neither side.';

create trigger drop_the_reviews after update of status on public.bookings
  for each row when (new.status = 'no_show' and old.status <> 'no_show')
  execute function private.drop_reviews();

-- Authors who leave

create function private.unsign_reviews()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.reviews set author_name = new.display_name
  where reviews.booking_id in (
    select bookings.booking_id from public.bookings where bookings.guest_id = new.profile_id);
  update public.guest_reviews set author_name = new.display_name
  where guest_reviews.author_id = new.profile_id;
  return null;
end $$;

comment on function private.unsign_reviews is
  'Rule: what was said stays; who said it goes when they go.';

create trigger unsign_the_reviews after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.unsign_reviews();

-- Verbs

create function public.review_stay(
  booking_id    uuid,
  stars         smallint,
  cleanliness   smallint,
  accuracy      smallint,
  check_in      smallint,
  communication smallint,
  location      smallint,
  value         smallint,
  body          text default '')
  returns public.reviews language sql volatile security invoker set search_path = ''
  return private.review_stay(
    booking_id, stars, cleanliness, accuracy, check_in, communication, location, value, body);

create function public.review_guest(
  booking_id    uuid,
  stars         smallint,
  cleanliness   smallint,
  communication smallint,
  house_rules   smallint,
  body          text default '')
  returns public.guest_reviews language sql volatile security invoker set search_path = ''
  return private.review_guest(booking_id, stars, cleanliness, communication, house_rules, body);

create function public.reply_to_review(review_id uuid, reply text)
  returns public.review_reply language sql volatile security invoker set search_path = ''
  return private.reply_to_review(review_id, reply);

create function public.staff_remove_review(review_id uuid, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.staff_remove_review(review_id, reason);

grant execute on function
  private.review_stay, private.review_guest, private.reply_to_review, private.staff_remove_review,
  public.review_stay, public.review_guest, public.reply_to_review, public.staff_remove_review
  to authenticated;

comment on function public.review_stay is
  'The guest reviews a stay, within 14 days of check-out: 1 to 5 stars overall and for each '
  'category, and words. Called again it changes the review until that is revealed: when the host '
  'has written too, or when the 14 days are over. Errors: booking_not_found, invalid_stars, '
  'review_too_long, not_reviewable, review_not_open, review_closed, hosted_here, frozen.';
comment on function public.review_guest is
  'A host of a stay reviews its guest, under the same rules as review_stay. Errors: '
  'booking_not_found, invalid_stars, review_too_long, not_reviewable, review_not_open, '
  'review_closed, frozen.';
comment on function public.reply_to_review is
  'A host replies to a review of their listing, a guest to one of them: once, within 30 days of '
  'its being revealed. Repeating it changes nothing. Errors: review_not_found, reply_required, '
  'message_too_long, reply_closed, frozen.';
comment on function public.staff_remove_review is
  'Staff remove a review of either kind, with a reason; ratings follow. Repeating it changes '
  'nothing. Errors: staff_only, review_not_found, own_case, reason_required.';
