-- Reviews: what guests say of a stay and hosts of a guest, and the ratings that come of it.
--
-- Both sides write blind: nobody sees a word, a star or a count of the other side's before both
-- have written or the time to write is over. The clock alone reveals: a policy compares closes_at
-- with it, and the job that follows only counts.
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
  'Guests'' reviews of their stays, written here or where the listing was imported from (source). '
  'Visible with the listing once revealed, to the author at once.';
comment on column public.reviews.booking_id is 'The stay; null for an imported review.';
comment on column public.reviews.author_name is
  'The author''s name at the time of writing; removed when they delete their account.';
comment on column public.reviews.closes_at is
  'The deadline for writing and changing it; afterwards it is revealed.';
comment on column public.reviews.revealed_at is
  'When it became visible: when both sides had written, or at closes_at.';
comment on column public.reviews.removed_at is
  'When staff removed it; its author can still see it.';
comment on column public.reviews.reply is 'The public reply of the hosts.';

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

  constraint guest_reviews_are_signed
    check (char_length(btrim(author_name)) between 1 and 80),
  constraint guest_reviews_have_a_length     check (char_length(body) <= 20000),
  constraint guest_reviews_are_one_per_stay  unique (booking_id),
  constraint guest_reviews_give_one_to_five  check (
    least(stars, cleanliness, communication, house_rules) >= 1
    and greatest(stars, cleanliness, communication, house_rules) <= 5),
  constraint guest_reviews_are_replied_to_with_words check (
    (reply is null) = (replied_at is null) and char_length(btrim(reply)) between 1 and 2000)
);

create index guest_reviews_guest_id_idx
  on public.guest_reviews (guest_id, written_on desc, review_id);
create index guest_reviews_listing_id_idx on public.guest_reviews (listing_id);
create index guest_reviews_author_id_idx on public.guest_reviews (author_id);
create index guest_reviews_closes_at_idx on public.guest_reviews (closes_at)
  where revealed_at is null;

comment on table public.guest_reviews is
  'Hosts'' reviews of a guest. Visible to the hosts of the stay at once; once revealed, also to '
  'that guest and to hosts with whom the guest has placed a booking.';
comment on column public.guest_reviews.author_id is 'The host who wrote it; this may be a co-host.';
comment on column public.guest_reviews.reply is 'The guest''s reply.';

-- Who reads them

create function private.stays_of_caller()
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select bookings.booking_id from public.bookings where bookings.guest_id = (select auth.uid());
end $$;

comment on function private.stays_of_caller is
  'Rule: the caller''s bookings; they see their own reviews of these at once.';

grant execute on function private.stays_of_caller to authenticated;

alter table public.reviews enable row level security;
alter table public.guest_reviews enable row level security;

-- offset 0: whoever reads twenty reviews of one home looks that home up. Left to choose, the
-- planner gathers all homes of the marketplace first (seen with 10,000).
create policy "visitors read revealed reviews of what they see" on public.reviews
  for select to anon
  using (
    removed_at is null
    and (closes_at is null or revealed_at is not null or closes_at < (select private.read_clock()))
    and exists (select from public.listings
      where listings.listing_id = reviews.listing_id offset 0));
create policy "people read revealed reviews of what they see and their own" on public.reviews
  for select to authenticated
  using (
    (removed_at is null
      and (closes_at is null or revealed_at is not null
        or closes_at < (select private.read_clock()))
      and exists (select from public.listings
        where listings.listing_id = reviews.listing_id offset 0))
    or booking_id = any (array(select private.stays_of_caller())));
-- Who placed a booking with the caller is judged by what hosts said before; so is one by oneself. A
-- scalar, not an array of all such guests: that is as long as a host is busy (measured: 20 ms for
-- one with 1,300 bookings). A guest who came to host with them sees no more of it than before.
create policy "people read what hosts said of them and of their guests" on public.guest_reviews
  for select to authenticated
  using (
    (removed_at is null
      and (revealed_at is not null or closes_at < (select private.read_clock()))
      and (guest_id = (select auth.uid()) or (
        select true from public.bookings
        where bookings.guest_id = guest_reviews.guest_id and bookings.placed_at is not null
          limit 1)))
    or (guest_id <> (select auth.uid())
      and listing_id = any (array(select private.listings_of_caller('bookings')))));

grant select on public.reviews to anon, authenticated;
-- No writes: who says what, and until when, is for the verbs.
grant select on public.guest_reviews to authenticated;
