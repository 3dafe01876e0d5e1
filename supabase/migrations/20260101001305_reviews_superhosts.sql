-- Superhosts: who hosts often, answers soon, keeps their word and is liked by their guests.
--
-- Evaluated on the first day of each quarter over the 365 days before it (days of UTC). The day
-- decides what counts, not the minute in which the job comes to a host. What was found is kept as
-- it was, so that hosts see why; everyone else sees the outcome.

alter table public.profiles add column superhost boolean not null default false;
comment on column public.profiles.superhost is
  'Hosts often, answers quickly, rarely cancels and has good ratings; evaluated each quarter.';

create index profiles_hosting_idx on public.profiles (profile_id) where hosting;

create table public.superhost_evaluations (
  host_id        uuid          not null references public.profiles on delete restrict,
  evaluated_on   date          not null,
  stays          integer       not null,
  nights         integer       not null,
  guests         integer       not null,
  questions      integer       not null,
  answered       integer       not null,
  cancellations  integer       not null,
  reviews        integer       not null,
  rating         numeric(3, 2),
  hosts_often    boolean       not null,
  answers_soon   boolean       not null,
  keeps_bookings boolean       not null,
  well_rated     boolean       not null,
  superhost      boolean       not null,

  primary key (host_id, evaluated_on),
  constraint superhost_evaluations_answer_what_was_asked check (answered between 0 and questions),
  constraint superhost_evaluations_follow_from_all_four  check (
    superhost = (hosts_often and answers_soon and keeps_bookings and well_rated))
);

comment on table public.superhost_evaluations is
  'Why somebody was or was not a superhost in a quarter: the figures of the 365 days before it. '
  'Visible to that host alone.';
comment on column public.superhost_evaluations.guests is
  'How many different guests these stays had. Free stays, and stays of people who host the listing '
  'or did so in the last year, are not counted.';
comment on column public.superhost_evaluations.questions is
  'Requests and inquiries whose 24 hours to answer ended in that period.';
comment on column public.superhost_evaluations.answered is 'Those answered within 24 hours.';
comment on column public.superhost_evaluations.cancellations is
  'Confirmed stays that the host cancelled in that period.';
comment on column public.superhost_evaluations.rating is
  'The average of the reviews revealed in that period, counting each guest''s latest, from three '
  'on.';

alter table public.superhost_evaluations enable row level security;

create policy "hosts see their own evaluations" on public.superhost_evaluations
  for select to authenticated using (host_id = (select auth.uid()));
grant select on public.superhost_evaluations to authenticated;

create trigger keep_the_evaluations before update or delete
  or truncate on public.superhost_evaluations
  for each statement execute function private.refuse_change();

-- How soon hosts answer

-- Inquiries are of a later chapter, and so is their foreign key.
create table private.host_responses (
  response_id     uuid        primary key default gen_random_uuid(),
  host_id         uuid        not null references public.profiles on delete restrict,
  conversation_id uuid,
  booking_id      uuid        references public.bookings on delete restrict,
  asked_at        timestamptz not null,
  answered_at     timestamptz,

  constraint host_responses_are_to_one_question
    check (num_nonnulls(conversation_id, booking_id) = 1),
  constraint host_responses_one_per_conversation unique (conversation_id),
  constraint host_responses_one_per_booking      unique (booking_id),
  constraint host_responses_come_after           check (answered_at >= asked_at)
);

create index host_responses_host_id_idx on private.host_responses (host_id, asked_at);
alter table private.host_responses enable row level security;
comment on table private.host_responses is
  'Questions to the owner of a home, by an inquiry (its first message) or a request to book, and '
  'when they or a co-host answered; null while unanswered.';

-- What the figures are

create function private.superhost_on(host_id uuid, evaluated_on date)
  returns public.superhost_evaluations language plpgsql stable security definer set search_path = ''
as $$
declare
  since  date := evaluated_on - 365;
  starts timestamptz := since::timestamp at time zone 'UTC';
  ends   timestamptz := evaluated_on::timestamp at time zone 'UTC';
  result public.superhost_evaluations;
  stars  bigint;
begin
  result.host_id := superhost_on.host_id;
  result.evaluated_on := superhost_on.evaluated_on;

  select count(*), coalesce(sum(bookings.check_out - bookings.check_in), 0),
    count(distinct bookings.guest_id)
  into result.stays, result.nights, result.guests
  from public.bookings
  join public.guest_totals on guest_totals.booking_id = bookings.booking_id
    and guest_totals.total_minor > 0
  where bookings.host_id = superhost_on.host_id
    and bookings.check_out >= since and bookings.check_out < superhost_on.evaluated_on
    and (bookings.status = 'completed'
      or (bookings.status = 'confirmed'
        and private.instant_at(bookings.check_out + bookings.check_out_time, bookings.time_zone)
          <= private.now()))
    and not private.hosted_lately(bookings.listing_id, bookings.guest_id, ends);

  -- A question counts when its time to be answered is over, or it was answered.
  select count(*), count(*)
    filter (where host_responses.answered_at <= host_responses.asked_at + interval '24 hours')
  into result.questions, result.answered
  from private.host_responses
  where host_responses.host_id = superhost_on.host_id
    and host_responses.asked_at >= starts - interval '24 hours'
    and host_responses.asked_at < ends - interval '24 hours'
    and (host_responses.asked_at + interval '24 hours' < private.now()
      or host_responses.answered_at is not null);

  select count(*) into result.cancellations
  from public.bookings
  join public.cancellations on cancellations.booking_id = bookings.booking_id
  where bookings.host_id = superhost_on.host_id and cancellations.cancelled_by = 'host'
    and cancellations.cancelled_at >= starts and cancellations.cancelled_at < ends;

  select count(*), sum(latest.stars) into result.reviews, stars
  from (
    select distinct on (bookings.guest_id) reviews.stars
    from public.bookings
    join public.reviews on reviews.booking_id = bookings.booking_id
    join public.guest_totals on guest_totals.booking_id = bookings.booking_id
      and guest_totals.total_minor > 0
    where bookings.host_id = superhost_on.host_id and reviews.removed_at is null
      and (reviews.revealed_at is not null or reviews.closes_at < private.now())
      and coalesce(reviews.revealed_at, reviews.closes_at) >= starts
      and coalesce(reviews.revealed_at, reviews.closes_at) < ends
    order by bookings.guest_id, bookings.check_out desc, reviews.review_id) as latest;
  result.rating := private.shown_rating(stars, result.reviews);

  result.hosts_often := result.guests >= 3
    and (result.stays >= 10 or (result.stays >= 3 and result.nights >= 100));
  result.answers_soon := result.answered * 100 >= result.questions * 90;
  result.keeps_bookings := result.cancellations = 0
    or result.cancellations * 100 < result.stays + result.cancellations;
  result.well_rated := result.rating is not null and stars * 10 >= result.reviews * 48;
  result.superhost := result.hosts_often and result.answers_soon and result.keeps_bookings
    and result.well_rated;
  return result;
end $$;

comment on function private.superhost_on is
  'Rule: over the 365 days before a day: 10 stays or more, or 3 with 100 nights, of at least 3 '
  'different guests (free stays, and those of people who host the listing or did in the last year, '
  'do not count); 90 % of requests and inquiries answered within 24 hours; less than 1 % of stays '
  'and cancellations cancelled by the host; and at least 4.8 stars from three guests or more. A '
  'host who received no questions meets the answer rate.';

-- When they are evaluated

create table private.superhost_rounds (
  evaluated_on date        primary key,
  done_to      uuid        not null default '00000000-0000-0000-0000-000000000000',
  finished_at  timestamptz
);

alter table private.superhost_rounds enable row level security;
comment on table private.superhost_rounds is
  'The progress of the job in a quarter: hosts are evaluated in the order of their ids.';

create function private.evaluate_superhost(host_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  result public.superhost_evaluations := private.superhost_on(
    evaluate_superhost.host_id, date_trunc('quarter', private.now() at time zone 'UTC')::date);
begin
  insert into public.superhost_evaluations select result.*
  on conflict on constraint superhost_evaluations_pkey do nothing;
  update public.profiles set superhost = result.superhost
  where profiles.profile_id = evaluate_superhost.host_id and profiles.erased_at is null
    and profiles.superhost <> result.superhost;
  return true;
end $$;

create function private.evaluate_superhosts(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  quarter   date := date_trunc('quarter', private.now() at time zone 'UTC')::date;
  round     private.superhost_rounds;
  host      uuid;
  met       integer := 0;
  evaluated integer := 0;
begin
  -- One job at a time; a second would wait for the first one's row.
  if not pg_try_advisory_xact_lock(hashtext('staybase/superhosts')) then
    return 0;
  end if;
  insert into private.superhost_rounds (evaluated_on) values (quarter)
  on conflict on constraint superhost_rounds_pkey do nothing;
  select * into round from private.superhost_rounds
  where superhost_rounds.evaluated_on = quarter and superhost_rounds.finished_at is null;
  if not found then
    return 0;
  end if;

  for host in
    (select profiles.profile_id
     from public.profiles
     where profiles.hosting and profiles.profile_id > round.done_to
     order by profiles.profile_id
     limit evaluate_superhosts.most)
    union all
    -- Passed by, and to be tried again.
    (select rows_set_aside.subject_id
     from private.rows_set_aside
     join public.profiles on profiles.profile_id = rows_set_aside.subject_id and profiles.hosting
     where rows_set_aside.job = 'evaluate_superhosts'
       and rows_set_aside.subject_id <= round.done_to
       and rows_set_aside.retry_at <= private.now())
    limit evaluate_superhosts.most
  loop
    evaluated := evaluated + private.attempt(
      'evaluate_superhosts', host, 'evaluate_superhost', host);
    met := met + 1;
    round.done_to := greatest(round.done_to, host);
  end loop;
  update private.superhost_rounds
  set done_to = round.done_to,
      finished_at = case when met < evaluate_superhosts.most and not exists (
          select from private.rows_set_aside where rows_set_aside.job = 'evaluate_superhosts')
        then private.now() end
  where superhost_rounds.evaluated_on = quarter;
  return evaluated;
end $$;

comment on function private.evaluate_superhosts is
  'Job: on 1 January, April, July and October every host is evaluated, once; results depend on the '
  'quarter''s date, not on when the job runs.';

create function private.forget_superhost()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.superhost := false;
  return new;
end $$;

create trigger forget_the_superhost before update of erased_at on public.profiles
  for each row when (new.erased_at is not null)
  execute function private.forget_superhost();

-- How hosts see where they stand

create function private.superhost_figures()
  returns public.superhost_evaluations language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.superhost_on(
    private.signed_in(),
    (date_trunc('quarter', private.now() at time zone 'UTC') + interval '3 months')::date);
end $$;

create function public.superhost_figures()
  returns public.superhost_evaluations language sql stable security invoker set search_path = ''
  return private.superhost_figures();

grant execute on function private.superhost_figures, public.superhost_figures to authenticated;
comment on function public.superhost_figures is
  'The figures that the caller''s next superhost evaluation (on evaluated_on) would use if nothing '
  'changed; past evaluations are rows of superhost_evaluations. Errors: sign_in_required.';
