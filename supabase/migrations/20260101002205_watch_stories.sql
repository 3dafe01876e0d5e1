-- Stories: everything that happened to a booking, for staff who have to make a decision about it.

-- The newest of one status come from the index alone; those of all merge a dozen scans. By an
-- array, for which only staff ask: by the status itself, Postgres took it for the one of a guest's
-- open bookings while its statistics knew of no holds, and each request read all holds there were:
-- 3.8 ms instead of 3.1, with up to 3,000 (findings/an-index-by-status-reads-all-open-rows.sh).
create index bookings_status_created_at_idx
  on public.bookings ((array[status]), created_at desc, booking_id desc) include (status);

-- Without the words that came with the request: they are the first message of a conversation.
create type public.staff_booking as (
  booking_id          uuid,
  status              public.booking_status,
  listing_id          uuid,
  title               text,
  host_id             uuid,
  host_name           text,
  guest_id            uuid,
  guest_name          text,
  check_in            date,
  check_out           date,
  guests              smallint,
  currency            text,
  total_minor         bigint,
  payout_minor        bigint,
  captured_minor      bigint,
  refunded_minor      bigint,
  cancellation_policy text,
  reason              text,
  nights              text[],
  has_open_case       boolean,
  created_at          timestamptz
);

comment on column public.staff_booking.reason is 'Null: no reason was given.';
comment on column public.staff_booking.nights is 'What it holds in the calendar now.';
comment on column public.staff_booking.has_open_case is
  'Whether it has an undecided complaint, no-show report, damage claim or dispute.';

create function private.has_open_case(booking_id uuid)
  returns boolean language sql stable security definer set search_path = ''
  return exists (
      select from public.complaints
      where complaints.booking_id = has_open_case.booking_id and complaints.status = 'open')
    or exists (
      select from public.no_shows
      where no_shows.booking_id = has_open_case.booking_id
        and no_shows.status in ('reported', 'objected'))
    or exists (
      select from public.damage_claims
      where damage_claims.booking_id = has_open_case.booking_id
        and damage_claims.status in ('open', 'disputed'))
    or exists (
      select from private.disputes
      where disputes.booking_id = has_open_case.booking_id and disputes.closed_at is null);

comment on function private.has_open_case is
  'Whether a booking has an undecided complaint, no-show report, damage claim or dispute.';

create function private.booking_for_staff(booking public.bookings)
  returns public.staff_booking language plpgsql stable security definer set search_path = ''
as $$
declare
  seen public.staff_booking;
begin
  select booking.booking_id, booking.status, booking.listing_id, listings.title, booking.host_id,
    host.display_name, booking.guest_id, guest.display_name, booking.check_in, booking.check_out,
    booking.guests, booking.currency, guest_totals.total_minor, host_totals.payout_minor,
    money.captured_minor, money.refunded_minor, booking.cancellation_policy, booking.reason,
    array(
      select claims.kind || ' ' || lower(claims.nights) || ' to ' || upper(claims.nights)
      from private.claims
      where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id
      order by lower(claims.nights), claims.kind),
    private.has_open_case(booking.booking_id), booking.created_at
  into seen
  from public.listings
  join public.profiles as host on host.profile_id = booking.host_id
  join public.profiles as guest on guest.profile_id = booking.guest_id
  join public.guest_totals on guest_totals.booking_id = booking.booking_id
  join public.host_totals on host_totals.booking_id = booking.booking_id
  cross join lateral (
    select coalesce(sum(payments.captured_minor), 0)::bigint as captured_minor,
      coalesce(sum(payments.refunded_minor), 0)::bigint as refunded_minor
    from public.payments where payments.booking_id = booking.booking_id) as money
  where listings.listing_id = booking.listing_id;
  return seen;
end $$;

create function private.staff_bookings(
  status public.booking_status, profile_id uuid, before uuid, page_size integer)
  returns setof public.staff_booking language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
declare
  last public.bookings;
  wanted public.booking_status[] := case when staff_bookings.status is null
    then enum_range(null::public.booking_status) else array[staff_bookings.status] end;
begin
  perform private.staff_reader();
  perform private.check_page(page_size);
  select * into last from public.bookings where bookings.booking_id = staff_bookings.before;
  last.created_at := coalesce(last.created_at, 'infinity');
  last.booking_id := coalesce(last.booking_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  if staff_bookings.profile_id is null then
    return query
      select seen.*
      from (
        select newest.*
        from unnest(wanted) as one (status)
        cross join lateral (
          select * from public.bookings
          where array[bookings.status] = array[one.status]
            and (bookings.created_at, bookings.booking_id) < (last.created_at, last.booking_id)
          order by bookings.created_at desc, bookings.booking_id desc
          limit page_size) as newest
        order by newest.created_at desc, newest.booking_id desc
        limit page_size) as page
      cross join lateral private.booking_for_staff(row(page.*)::public.bookings) as seen
      order by seen.created_at desc, seen.booking_id desc;
  else
    return query
      select seen.*
      from (
        (select * from public.bookings
          where bookings.guest_id = staff_bookings.profile_id and bookings.status = any (wanted)
            and (bookings.created_at, bookings.booking_id) < (last.created_at, last.booking_id)
          order by bookings.created_at desc, bookings.booking_id desc
          limit page_size)
        union all
        (select * from public.bookings
          where bookings.host_id = staff_bookings.profile_id and bookings.status = any (wanted)
            and (bookings.created_at, bookings.booking_id) < (last.created_at, last.booking_id)
          order by bookings.created_at desc, bookings.booking_id desc
          limit page_size)
        order by created_at desc, booking_id desc
        limit page_size) as page
      cross join lateral private.booking_for_staff(row(page.*)::public.bookings) as seen
      order by seen.created_at desc, seen.booking_id desc;
  end if;
end $$;

comment on function private.staff_bookings is
  'Rule: staff see all bookings, optionally those of one guest or host.';

create function private.staff_booking(booking_id uuid)
  returns public.staff_booking language plpgsql stable security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  perform private.staff_reader();
  select * into booking from public.bookings
  where bookings.booking_id = staff_booking.booking_id;
  if not found then perform private.refuse('booking_not_found'); end if;
  return private.booking_for_staff(booking);
end $$;

create function public.staff_bookings(
  status     public.booking_status default null,
  profile_id uuid                  default null,
  before     uuid                  default null,
  page_size  integer               default 50)
  returns setof public.staff_booking language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_bookings(status, profile_id, before, page_size);
end;

comment on function public.staff_bookings is
  'For staff: bookings, newest first, optionally of one status, or of one person as guest or host. '
  'One page at a time: before is the last booking_id seen. Errors: staff_only, invalid_page_size, '
  'too_many_results.';

create function public.staff_booking(booking_id uuid)
  returns public.staff_booking language sql stable security invoker set search_path = ''
  return private.staff_booking(booking_id);

comment on function public.staff_booking is
  'For staff: a booking with its people, its payments and the nights it holds. Errors: staff_only, '
  'booking_not_found.';

-- The story of a booking

create type public.staff_story_entry as (
  happened_at  timestamptz,
  kind         text,
  what         text,
  actor        text,
  amount_minor bigint,
  currency     text,
  said         text,
  object_id    text
);

comment on type public.staff_story_entry is 'Something that happened to a booking.';
comment on column public.staff_story_entry.kind is
  'One of: move, payment, refund, payout, reversal, hold, dispute, complaint, no_show, damage, '
  'alteration, mail, command, review.';
comment on column public.staff_story_entry.actor is 'Null: no particular person.';
comment on column public.staff_story_entry.amount_minor is 'Null: no money is involved.';
comment on column public.staff_story_entry.currency is 'Null: no money is involved.';
comment on column public.staff_story_entry.said is
  'What somebody wrote, or how an e-mail or a command ended. Null: nobody wrote anything.';
comment on column public.staff_story_entry.object_id is 'Null: it has no id.';

-- A quoted body, not `begin atomic`: Postgres prints a union with untyped literals in a form that
-- it parses differently, so a restored database would differ from the original.
create function private.story_of_money(booking_id uuid)
  returns setof public.staff_story_entry language sql stable security definer set search_path = ''
as $$
  select payments.created_at, 'payment',
    concat_ws(' ', payments.purpose::text, payments.instalment, payments.status::text), 'guest',
    payments.amount_minor, payments.currency,
    nullif(concat_ws(' ', payments.last_error, (
      select string_agg(payment_problems.problem, ', ' order by payment_problems.problem)
      from private.payment_problems where payment_problems.payment_id = payments.payment_id)), ''),
    payments.payment_id::text
  from public.payments where payments.booking_id = story_of_money.booking_id
  union all
  select payments.captured_at, 'payment', 'captured', null, payments.captured_minor,
    payments.currency, null, payments.payment_id::text
  from public.payments
  where payments.booking_id = story_of_money.booking_id and payments.captured_at is not null
  union all
  select refunds.created_at, 'refund', refunds.status::text, null, refunds.amount_minor,
    refunds.currency, refunds.reason::text, refunds.refund_id::text
  from public.refunds where refunds.booking_id = story_of_money.booking_id
  union all
  select coalesce(payouts.paid_at, payouts.created_at), 'payout', payouts.status::text, null,
    payouts.amount_minor, payouts.currency,
    concat_ws(' ', payouts.reason::text, 'due ' || payouts.due_at::date), payouts.payout_id::text
  from public.payouts where payouts.booking_id = story_of_money.booking_id
  union all
  select payouts_by_hand.recorded_at, 'payout', 'paid by hand', 'staff',
    payouts.amount_minor - payouts.withheld_minor, payouts.currency, payouts_by_hand.reason,
    payouts.payout_id::text
  from public.payouts
  join private.payouts_by_hand on payouts_by_hand.payout_id = payouts.payout_id
  where payouts.booking_id = story_of_money.booking_id
  union all
  select reversals.created_at, 'reversal', reversals.status::text, null, reversals.amount_minor,
    payouts.currency, null, reversals.reversal_id::text
  from public.payouts join private.reversals on reversals.payout_id = payouts.payout_id
  where payouts.booking_id = story_of_money.booking_id
  union all
  select payout_holds.placed_at, 'hold', payout_holds.kind || ' placed', null, null, null, null,
    payout_holds.source_id
  from private.payout_holds where payout_holds.booking_id = story_of_money.booking_id
  union all
  select payout_holds.lifted_at, 'hold', payout_holds.kind || ' lifted', null, null, null,
    payout_holds.lift_reason, payout_holds.source_id
  from private.payout_holds
  where payout_holds.booking_id = story_of_money.booking_id and payout_holds.lifted_at is not null
  union all
  select disputes.opened_at, 'dispute', disputes.status::text, 'guest', disputes.amount_minor,
    disputes.currency, null, disputes.stripe_dispute_id
  from private.disputes where disputes.booking_id = story_of_money.booking_id;
$$;

create function private.story_of_trouble(booking_id uuid)
  returns setof public.staff_story_entry language sql stable security definer set search_path = ''
as $$
  select complaints.created_at, 'complaint', complaints.category::text, 'guest', null::bigint,
    null, complaints.complaint, complaints.complaint_id::text
  from public.complaints where complaints.booking_id = story_of_trouble.booking_id
  union all
  select complaints.answered_at, 'complaint', 'answered', 'host', null, null, complaints.answer,
    complaints.complaint_id::text
  from public.complaints
  where complaints.booking_id = story_of_trouble.booking_id and complaints.answered_at is not null
  union all
  select complaints.closed_at, 'complaint', complaints.status::text,
    case complaints.status when 'withdrawn' then 'guest' else 'staff' end, null, null,
    complaints.decision, complaints.complaint_id::text
  from public.complaints
  where complaints.booking_id = story_of_trouble.booking_id and complaints.closed_at is not null
  union all
  select no_shows.reported_at, 'no_show', 'reported', 'host', null, null, no_shows.report, null
  from public.no_shows where no_shows.booking_id = story_of_trouble.booking_id
  union all
  select no_shows.objected_at, 'no_show', 'objected', 'guest', null, null, no_shows.objection, null
  from public.no_shows
  where no_shows.booking_id = story_of_trouble.booking_id and no_shows.objected_at is not null
  union all
  select no_shows.closed_at, 'no_show', no_shows.status::text, null, null, null, no_shows.decision,
    null
  from public.no_shows
  where no_shows.booking_id = story_of_trouble.booking_id and no_shows.closed_at is not null
  union all
  select damage_claims.created_at, 'damage', 'claimed', 'host', damage_claims.amount_minor,
    damage_claims.currency, damage_claims.damage, damage_claims.claim_id::text
  from public.damage_claims where damage_claims.booking_id = story_of_trouble.booking_id
  union all
  select damage_claims.created_at, 'damage', 'disputed', 'guest', null, null,
    damage_claims.objection, damage_claims.claim_id::text
  from public.damage_claims
  where damage_claims.booking_id = story_of_trouble.booking_id
    and damage_claims.objection is not null
  union all
  select damage_claims.closed_at, 'damage', damage_claims.status::text, null,
    damage_claims.award_minor, damage_claims.currency, damage_claims.decision,
    damage_claims.claim_id::text
  from public.damage_claims
  where damage_claims.booking_id = story_of_trouble.booking_id
    and damage_claims.closed_at is not null;
$$;

create function private.staff_booking_story(booking_id uuid, page_size integer)
  returns setof public.staff_story_entry language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.staff_reader();
  if page_size is null or page_size not between 1 and 500 then
    perform private.refuse('invalid_page_size', 'up_to', '500');
  end if;
  return query
    select *
    from (
      select booking_history.moved_at as happened_at, 'move' as kind,
        booking_history.to_status::text as what, booking_history.actor::text as actor,
        null::bigint as amount_minor, null as currency, booking_history.reason as said,
        null as object_id
      from public.booking_history
      where booking_history.booking_id = staff_booking_story.booking_id
      union all
      select alterations.created_at, 'alteration', 'proposed ' || alterations.check_in || ' to '
        || alterations.check_out, alterations.proposed_by::text, null, null, null,
        alterations.alteration_id::text
      from public.alterations where alterations.booking_id = staff_booking_story.booking_id
      union all
      select alterations.ended_at, 'alteration', alterations.status::text, null, null, null, null,
        alterations.alteration_id::text
      from public.alterations
      where alterations.booking_id = staff_booking_story.booking_id
        and alterations.ended_at is not null
      union all
      select coalesce(commands.finished_at, commands.due_at),
        case commands.kind when 'send_mail' then 'mail' else 'command' end,
        coalesce(commands.template, commands.kind::text), null, null, null,
        concat_ws(': ', commands.status, commands.problem), commands.command_id::text
      from private.commands
      where commands.booking_id = staff_booking_story.booking_id
        -- Hourly checks that found nothing are noise.
        and not (commands.kind = 'reconcile' and commands.status = 'done')
      union all
      select reviews.revealed_at, 'review', 'of the stay', 'guest', null, null, reviews.body,
        reviews.review_id::text
      from public.reviews
      where reviews.booking_id = staff_booking_story.booking_id and reviews.revealed_at is not null
      union all
      select * from private.story_of_money(staff_booking_story.booking_id)
      union all
      select * from private.story_of_trouble(staff_booking_story.booking_id)) as story
    order by story.happened_at, story.kind, story.what, story.object_id
    limit page_size;
end $$;

comment on function private.staff_booking_story is
  'Rule: staff see what happened to a booking, in order, from every table that recorded it, except '
  'messages.';

create function public.staff_booking_story(booking_id uuid, page_size integer default 50)
  returns setof public.staff_story_entry language sql stable security invoker set search_path = ''
begin atomic
  select * from private.staff_booking_story(booking_id, page_size);
end;

comment on function public.staff_booking_story is
  'For staff: what happened to a booking, in order: state transitions, money, cases, alterations, '
  'e-mails and other commands; empty for an unknown booking. Errors: staff_only, '
  'invalid_page_size.';

-- Messages, while a case is open

create type public.staff_message as (
  message_id uuid,
  side       public.booking_actor,
  kind       public.message_kind,
  body       text,
  masked     boolean,
  sent_at    timestamptz
);

comment on column public.staff_message.masked is
  'Whether contact details were hidden; while the case is open staff_masked_words has the '
  'original.';

create function private.staff_messages(booking_id uuid, before uuid, page_size integer)
  returns setof public.staff_message language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  booking      public.bookings;
  conversation uuid;
  last         integer;
begin
  perform private.staff_caller();
  perform private.check_page(page_size);
  select * into booking from public.bookings
  where bookings.booking_id = staff_messages.booking_id;
  if not found then perform private.refuse('booking_not_found'); end if;
  perform private.check_impartial(booking.guest_id, booking.listing_id);
  if not private.has_open_case(booking.booking_id) then
    perform private.refuse('no_open_case');
  end if;
  select conversations.conversation_id into conversation from public.conversations
  where conversations.listing_id = booking.listing_id
    and conversations.guest_id = booking.guest_id;
  select messages.position into last from public.messages
  where messages.message_id = staff_messages.before and messages.conversation_id = conversation;
  perform private.audit('messages.read', 'booking', booking.booking_id);
  return query
    select messages.message_id, messages.side, messages.kind, messages.body, messages.masked,
      messages.sent_at
    from public.messages
    where messages.conversation_id = conversation
      and messages.position < coalesce(last, 2147483647)
    order by messages.position desc
    limit page_size;
end $$;

comment on function private.staff_messages is
  'Rule: messages are private to guest and host. Staff read them only while one of the two, or a '
  'bank, has asked for a decision about the stay; each reading is recorded in the audit log.';

create function public.staff_messages(
  booking_id uuid, before uuid default null, page_size integer default 50)
  returns setof public.staff_message language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.staff_messages(booking_id, before, page_size);
end;

comment on function public.staff_messages is
  'For staff: the messages between guest and host of a booking, newest first, while it has an '
  'undecided complaint, no-show report, damage claim or dispute. Each reading is recorded in the '
  'audit log. One page at a time: before is the last message_id seen. Errors: staff_only, '
  'booking_not_found, own_case, no_open_case, invalid_page_size, too_many_results.';

grant execute on function
  private.staff_bookings, private.staff_booking, private.staff_booking_story,
  private.staff_messages, public.staff_bookings, public.staff_booking, public.staff_booking_story,
  public.staff_messages
  to authenticated;

-- Masked texts: those between guest and host are as private as their messages.

create type public.staff_masked_words as (
  masked_id  bigint,
  subject    text,
  subject_id uuid,
  field      text,
  author_id  uuid,
  original   text,
  masked_at  timestamptz
);

comment on column public.staff_masked_words.author_id is 'Null: an operator wrote it.';
comment on column public.staff_masked_words.original is
  'Null: the text of a message or booking while no case about a stay of that guest at that home '
  'is undecided.';

create function private.case_that_opens(subject text, subject_id uuid)
  returns uuid language sql stable security definer set search_path = ''
  return (
    select bookings.booking_id
    from (
      select conversations.listing_id, conversations.guest_id
      from public.messages
      join public.conversations on conversations.conversation_id = messages.conversation_id
      where case_that_opens.subject = 'message'
        and messages.message_id = case_that_opens.subject_id
      union all
      select written.listing_id, written.guest_id
      from public.bookings as written
      where case_that_opens.subject = 'booking'
        and written.booking_id = case_that_opens.subject_id) as words
    join public.bookings on bookings.listing_id = words.listing_id
      and bookings.guest_id = words.guest_id
    where private.has_open_case(bookings.booking_id)
      and private.is_impartial(bookings.guest_id, bookings.listing_id)
    order by bookings.created_at desc, bookings.booking_id
    limit 1);

comment on function private.case_that_opens is
  'The booking with an undecided case that lets the caller read a message or the words of a '
  'booking: the same guest, the same home, and no stay or home of the caller.';

create function private.staff_masked_words(
  author_id uuid, subject_id uuid, before_id bigint, page_size integer)
  returns setof public.staff_masked_words language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  found public.staff_masked_words;
  opens uuid;
  noted uuid[] := '{}';
begin
  perform private.staff_caller();
  if page_size is null or page_size not between 1 and 100 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  for found in
    select masked_words.masked_id, masked_words.subject, masked_words.subject_id,
      masked_words.field, masked_words.author_id, masked_words.original, masked_words.masked_at
    from private.masked_words
    where (staff_masked_words.author_id is null
      or masked_words.author_id = staff_masked_words.author_id)
      and (staff_masked_words.subject_id is null
        or masked_words.subject_id = staff_masked_words.subject_id)
      and masked_words.masked_id < coalesce(staff_masked_words.before_id, 9223372036854775807)
    order by masked_words.masked_id desc
    limit staff_masked_words.page_size
  loop
    if found.subject in ('message', 'booking') then
      opens := private.case_that_opens(found.subject, found.subject_id);
      if opens is null then
        found.original := null;
      elsif not opens = any (noted) then
        perform private.audit('messages.read', 'booking', opens);
        noted := noted || opens;
      end if;
    end if;
    return next found;
  end loop;
end $$;

comment on function private.staff_masked_words is
  'Rule: only staff read masked texts; those of messages and bookings only while a case about the '
  'stay is undecided, and each reading is recorded in the audit log, like private.staff_messages.';

create function public.staff_masked_words(
  author_id  uuid    default null,
  subject_id uuid    default null,
  before_id  bigint  default null,
  page_size  integer default 50)
  returns setof public.staff_masked_words language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.staff_masked_words(
    staff_masked_words.author_id, staff_masked_words.subject_id, staff_masked_words.before_id,
    staff_masked_words.page_size);
end;

grant execute on function private.staff_masked_words, public.staff_masked_words to authenticated;
comment on function public.staff_masked_words is
  'For staff: the original texts in which contact data was hidden, newest first, of everyone, of '
  'one person or of one message, booking, person, listing, photo or review. The original of a '
  'message or of the words of a booking is null unless a complaint, no-show report, damage '
  'claim or dispute about the stay is undecided; reading it is recorded in the audit log. Pass '
  'the last row''s masked_id as before_id to get the next page. Errors: staff_only, '
  'invalid_page_size.';
