-- Review verbs: writing, replying, removing.

create type private.review_window as (opens_at timestamptz, closes_at timestamptz);

create function private.review_window(booking public.bookings)
  returns private.review_window language plpgsql stable security definer set search_path = ''
as $$
declare
  opens timestamptz;
begin
  if booking.status in ('confirmed', 'completed') then
    opens := private.stay_ends_at(booking);
  elsif booking.status in ('cancelled_by_guest', 'cancelled_by_host', 'cancelled_by_staff') then
    select cancellations.cancelled_at into opens
    from public.cancellations
    where cancellations.booking_id = booking.booking_id
      and (cancellations.cancelled_at at time zone booking.time_zone)::date >= booking.check_in;
  end if;
  return row(opens, private.days_later(opens, 14, booking.time_zone))::private.review_window;
end $$;

comment on function private.review_window is
  'Rule: a stay can be reviewed from its check-out, or from its cancellation on the day of '
  'check-in or later, until the same local time of the listing 14 days later, inclusive. Both '
  'null: never, for example after a no-show.';

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
  'Rule: a review that both sides can read is never changed, by any role.';

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
  if exists (select from unnest(stars) as given where given is null
    or given not between 1 and 5)
  then
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
  'Rule: the booking, locked: for its guest to review the stay, or for its hosts to review the '
  'guest.';

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

create function private.check_review(
  booking public.bookings, side public.booking_actor, revealed_at timestamptz,
  closes_at timestamptz)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if revealed_at is not null or closes_at < private.now() then
    perform private.refuse('frozen', 'read');
  end if;
  if side = 'guest'
    and private.hosted_lately(booking.listing_id, booking.guest_id, private.now())
  then
    perform private.refuse('hosted_here');
  end if;
  return (private.open_window(booking)).closes_at;
end $$;

comment on function private.check_review is
  'Rule: a review can be written and changed until the other side can read it or the days for it '
  'are over, which this returns; not for a home that the guest hosts.';

create function private.review_stay(
  booking_id uuid, stars smallint, cleanliness smallint, accuracy smallint, check_in smallint,
  communication smallint, location smallint, value smallint, body text)
  returns public.reviews language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_review(
    review_stay.booking_id, 'guest',
    array[stars, cleanliness, accuracy, check_in, communication, location, value], body);
  written    public.reviews;
  open_until timestamptz;
begin
  select * into written from public.reviews where reviews.booking_id = booking.booking_id;
  if found
    and row(written.stars, written.cleanliness, written.accuracy, written.check_in,
      written.communication,
        written.location, written.value, written.body)
      = row(stars, cleanliness, accuracy, check_in, communication, location, value,
        coalesce(body, ''))
  then
    return written;
  end if;
  open_until := private.check_review(booking, 'guest', written.revealed_at, written.closes_at);

  insert into public.reviews (
    listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication,
      location,
    value, body, written_on, closes_at)
  select booking.listing_id, booking.booking_id, profiles.display_name, stars, cleanliness,
    accuracy,
    check_in, communication, review_stay.location, value, coalesce(body, ''),
    private.today(booking.time_zone), open_until
  from public.profiles where profiles.profile_id = booking.guest_id
  on conflict on constraint reviews_are_one_per_stay do update
  set author_name = excluded.author_name, stars = excluded.stars,
    cleanliness = excluded.cleanliness,
      accuracy = excluded.accuracy, check_in = excluded.check_in,
        communication = excluded.communication,
      location = excluded.location, value = excluded.value, body = excluded.body,
      written_on = excluded.written_on;
  if exists (select from public.guest_reviews
    where guest_reviews.booking_id = booking.booking_id)
  then
    perform private.reveal_reviews_of(array[booking.booking_id], private.now());
  end if;
  select * into strict written from public.reviews where reviews.booking_id = booking.booking_id;
  return written;
end $$;

comment on function private.review_stay is
  'Rule: one review of a stay by its guest, changeable until it is revealed, which happens when '
  'the host has written too. Not by anyone who hosts the home or did in the last year.';

create function private.review_guest(
  booking_id uuid, stars smallint, cleanliness smallint, communication smallint,
    house_rules smallint,
  body text)
  returns public.guest_reviews language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_review(
    review_guest.booking_id, 'host', array[stars, cleanliness, communication, house_rules], body);
  written    public.guest_reviews;
  open_until timestamptz;
begin
  select * into written from public.guest_reviews
    where guest_reviews.booking_id = booking.booking_id;
  if found
    and row(written.stars, written.cleanliness, written.communication, written.house_rules,
      written.body)
      = row(stars, cleanliness, communication, house_rules, coalesce(body, ''))
  then
    return written;
  end if;
  open_until := private.check_review(booking, 'host', written.revealed_at, written.closes_at);

  insert into public.guest_reviews (
    booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication,
    house_rules, body, written_on, closes_at)
  select booking.booking_id, booking.listing_id, booking.guest_id, profiles.profile_id,
    profiles.display_name, stars, cleanliness, communication, house_rules, coalesce(body, ''),
    private.today(booking.time_zone), open_until
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

create function private.reveal_closed_reviews(booking_id uuid)
  returns integer language sql volatile security definer set search_path = ''
  return private.reveal_reviews_of(array[booking_id], null);

create function private.reveal_reviews(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  closed   uuid;
  revealed integer := 0;
begin
  for closed in
    select bookings.booking_id
    from public.bookings
    where bookings.booking_id in (
      select reviews.booking_id from public.reviews
      where reviews.closes_at < private.now() and reviews.revealed_at is null
        and reviews.booking_id not in (select private.rows_aside('reveal_reviews'))
      union all
      select guest_reviews.booking_id from public.guest_reviews
      where guest_reviews.closes_at < private.now() and guest_reviews.revealed_at is null
        and guest_reviews.booking_id not in (select private.rows_aside('reveal_reviews'))
      limit reveal_reviews.most)
    order by bookings.booking_id
    for no key update skip locked
  loop
    revealed := revealed + private.attempt(
      'reveal_reviews', closed, 'reveal_closed_reviews', closed);
  end loop;
  return revealed;
end $$;

comment on function private.reveal_reviews is
  'Job: counts reviews whose time for writing is over; they are visible from that moment even '
  'without it.';

-- Replying

create function private.booking_of_review(review_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id in (
    select reviews.booking_id from public.reviews
      where reviews.review_id = booking_of_review.review_id
    union all
    select guest_reviews.booking_id from public.guest_reviews
    where guest_reviews.review_id = booking_of_review.review_id)
  for no key update;
  return booking;
end $$;

comment on function private.booking_of_review is
  'Rule: changing a review of either kind requires its booking to be locked first.';

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
  perform private.check_text(reply);
  booking := private.booking_of_review(reply_to_review.review_id);

  select * into said from public.reviews
  where reviews.review_id = reply_to_review.review_id and reviews.booking_id is not null
    and reviews.removed_at is null
      and (reviews.revealed_at is not null or reviews.closes_at < private.now())
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
  'Rule: the person a review is about replies once, within 30 days of its being revealed, to the '
  'same local time of the listing.';

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
  'Which staff member removed a review of either kind, and why.';

create function private.staff_remove_review(review_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.staff_caller();
begin
  perform private.check_reason(reason);
  perform private.booking_of_review(staff_remove_review.review_id);
  if not exists (select from public.reviews where reviews.review_id = staff_remove_review.review_id)
    and not exists (
      select from public.guest_reviews
        where guest_reviews.review_id = staff_remove_review.review_id)
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
  where guest_reviews.review_id = staff_remove_review.review_id
    and guest_reviews.removed_at is null;
end $$;

comment on function private.staff_remove_review is
  'Rule: staff remove a review from view and from every sum, with a reason; its row is kept.';

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

comment on function private.drop_reviews is
  'Rule: after a no-show neither side can write a review.';

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
  'Rule: reviews stay; their author''s name is removed when the author''s account is deleted.';

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
  'The guest reviews a stay within 14 days of check-out: 1 to 5 stars overall and for each '
  'category, and a text. Calling it again changes the review until it is revealed: when the host '
  'has reviewed too, or when the 14 days are over. Errors: booking_not_found, invalid_stars, '
  'review_too_long, not_reviewable, review_not_open, review_closed, hosted_here, frozen.';
comment on function public.review_guest is
  'A host of a stay reviews its guest, under the same rules as review_stay. Errors: '
  'booking_not_found, invalid_stars, review_too_long, not_reviewable, review_not_open, '
  'review_closed, frozen.';
comment on function public.reply_to_review is
  'A host replies to a review of their listing, or a guest to a review about them: once, within 30 '
  'days of its being revealed. Repeating it changes nothing. Errors: review_not_found, '
  'reply_required, message_too_long, reply_closed, frozen.';
comment on function public.staff_remove_review is
  'Staff remove a review of either kind, with a reason: it is hidden from all but its author, and '
  'ratings are updated. Repeating it changes nothing. Errors: staff_only, review_not_found, '
  'own_case, reason_required.';
