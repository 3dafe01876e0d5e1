-- Actions: what people can still do about a booking, and until when.
--
-- Each verb has a rule that refuses, or returns until when the verb is possible (check_...). These
-- rules are called here for everything the caller could do, so that a button is shown exactly while
-- its verb would succeed. Only the verb can judge its arguments, such as the days of an alteration.

create type public.booking_action as (
  action     text,
  side       text,
  subject_id uuid,
  open_until timestamptz
);

comment on column public.booking_action.action is
  'The name of the verb. One of: withdraw_booking, accept_booking, decline_booking, send_message, '
  'propose_alteration, accept_alteration, decline_alteration, withdraw_alteration, review_stay, '
  'review_guest, file_complaint, withdraw_complaint, answer_complaint, staff_decide_complaint, '
  'report_no_show, withdraw_no_show, object_to_no_show, staff_decide_no_show, claim_damage, '
  'accept_damage_claim, dispute_damage_claim, withdraw_damage_claim, staff_decide_damage_claim, '
  'cancel_booking, staff_cancel_booking.';
comment on column public.booking_action.side is
  'The role in which the caller acts. One of: guest, host, staff.';
comment on column public.booking_action.subject_id is
  'What the verb is about: the id of the booking, or of its alteration, complaint, damage claim or '
  'conversation.';
comment on column public.booking_action.open_until is
  'When the action ends by itself. Null: only another event ends it.';

create function private.possible_actions(booking public.bookings, sides text[])
  returns setof public.booking_action language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return query
    with verbs (about, side, action, place) as (
      values
        ('booking',      'guest', 'withdraw_booking',          1),
        ('booking',      'host',  'accept_booking',            2),
        ('booking',      'host',  'decline_booking',           3),
        ('conversation', 'guest', 'send_message',              4),
        ('conversation', 'host',  'send_message',              4),
        ('booking',      'guest', 'propose_alteration',        5),
        ('booking',      'host',  'propose_alteration',        5),
        ('alteration',   'guest', 'accept_alteration',         6),
        ('alteration',   'host',  'accept_alteration',         6),
        ('alteration',   'guest', 'decline_alteration',        7),
        ('alteration',   'host',  'decline_alteration',        7),
        ('alteration',   'guest', 'withdraw_alteration',       8),
        ('alteration',   'host',  'withdraw_alteration',       8),
        ('booking',      'guest', 'review_stay',               9),
        ('booking',      'host',  'review_guest',              9),
        ('booking',      'guest', 'file_complaint',            10),
        ('complaint',    'guest', 'withdraw_complaint',        11),
        ('complaint',    'host',  'answer_complaint',          11),
        ('complaint',    'staff', 'staff_decide_complaint',    11),
        ('booking',      'host',  'report_no_show',            12),
        ('booking',      'host',  'withdraw_no_show',          13),
        ('booking',      'guest', 'object_to_no_show',         13),
        ('booking',      'staff', 'staff_decide_no_show',      13),
        ('booking',      'host',  'claim_damage',              14),
        ('claim',        'guest', 'accept_damage_claim',       15),
        ('claim',        'guest', 'dispute_damage_claim',      16),
        ('claim',        'host',  'withdraw_damage_claim',     16),
        ('claim',        'staff', 'staff_decide_damage_claim', 16),
        ('booking',      'guest', 'cancel_booking',            17),
        ('booking',      'host',  'cancel_booking',            17),
        ('booking',      'staff', 'staff_cancel_booking',      17)
    ), subjects (about, subject_id, since) as (
      select 'booking', booking.booking_id, null::timestamptz
      union all
      select 'conversation', conversations.conversation_id, null
      from public.conversations
      where conversations.listing_id = booking.listing_id
        and conversations.guest_id = booking.guest_id
      union all
      select 'alteration', alterations.alteration_id, alterations.created_at
      from public.alterations where alterations.booking_id = booking.booking_id
      union all
      select 'complaint', complaints.complaint_id, complaints.created_at
      from public.complaints where complaints.booking_id = booking.booking_id
      union all
      select 'claim', damage_claims.claim_id, damage_claims.created_at
      from public.damage_claims where damage_claims.booking_id = booking.booking_id
    )
    select one.action, one.side, one.subject_id, null::timestamptz
    from (
      -- The guest of a home they host themselves acts as its guest (private.cancelling_side).
      select distinct on (verbs.action, subjects.subject_id)
        verbs.action, verbs.side, verbs.place, subjects.subject_id, subjects.since
      from verbs
      join subjects on subjects.about = verbs.about
      where verbs.side = any (sides)
      order by verbs.action, subjects.subject_id, verbs.side) as one
    order by one.place, one.since, one.subject_id;
end $$;

comment on function private.possible_actions is
  'Rule: every action that guests, hosts and staff can ever have on a booking.';

create function private.action_open_until(possible public.booking_action, booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  caller       constant uuid := auth.uid();
  conversation public.conversations;
  alteration   public.alterations;
  complaint    public.complaints;
  claim        public.damage_claims;
  told         public.no_shows;
  written      public.reviews;
  rated        public.guest_reviews;
  open_until   timestamptz;
begin
  if possible.side = 'staff' then
    perform private.check_impartial(booking.guest_id, booking.listing_id);
  end if;
  select * into conversation from public.conversations
  where conversations.conversation_id = possible.subject_id;
  select * into alteration from public.alterations
  where alterations.alteration_id = possible.subject_id;
  select * into complaint from public.complaints
  where complaints.complaint_id = possible.subject_id;
  select * into claim from public.damage_claims
  where damage_claims.claim_id = possible.subject_id;
  select * into told from public.no_shows where no_shows.booking_id = booking.booking_id;
  case possible.action
    when 'withdraw_booking' then return private.check_withdrawable(booking);
    when 'accept_booking' then return private.check_acceptable(booking);
    when 'decline_booking' then return private.check_declinable(booking);
    when 'cancel_booking' then
      open_until := private.check_cancellable(booking);
      if private.still_to_come(booking.booking_id, (private.settle_cancellation(
        booking, possible.side::public.booking_actor, private.now())).refund_minor) > 0
      then
        perform private.check_undisputed(booking.booking_id);
      end if;
      return open_until;
    when 'staff_cancel_booking' then perform private.check_cancellable_by_staff(booking);
    when 'send_message' then
      perform private.check_correspondence(
        conversation, possible.side::public.booking_actor, caller);
    when 'propose_alteration' then
      perform private.check_alterable(booking, booking.check_in, booking.check_out,
        booking.guests::integer, booking.infants::integer, booking.pets::integer,
        booking.child_ages);
      -- The home accepts its own stay: only the caller can be refused.
      perform private.check_altered_stay(booking, booking.check_in, booking.check_out,
        booking.guests::integer, booking.infants::integer, booking.pets::integer,
        booking.child_ages);
      perform private.check_proposable(booking);
      return private.alterable_until(booking, booking.check_in, booking.check_out,
        booking.guests::integer, booking.infants::integer, booking.pets::integer,
        booking.child_ages);
    when 'accept_alteration' then
      perform private.check_other_side(alteration, possible.side::public.booking_actor);
      return private.check_agreeable(booking, alteration);
    when 'decline_alteration' then
      perform private.check_other_side(alteration, possible.side::public.booking_actor);
      return private.check_answerable(alteration);
    when 'withdraw_alteration' then
      return private.check_endable(alteration, possible.side::public.booking_actor);
    when 'review_stay' then
      select * into written from public.reviews where reviews.booking_id = booking.booking_id;
      return private.check_review(booking, 'guest', written.revealed_at, written.closes_at);
    when 'review_guest' then
      if booking.guest_id = caller then perform private.refuse('booking_not_found'); end if;
      select * into rated from public.guest_reviews
      where guest_reviews.booking_id = booking.booking_id;
      return private.check_review(booking, 'host', rated.revealed_at, rated.closes_at);
    when 'file_complaint' then return private.check_complaint(booking);
    when 'answer_complaint' then perform private.check_complaint_answer(complaint);
    when 'withdraw_complaint', 'staff_decide_complaint' then
      perform private.check_complaint_open(complaint);
    when 'report_no_show' then return private.check_no_show(booking);
    when 'object_to_no_show' then return private.check_objection(told);
    when 'withdraw_no_show', 'staff_decide_no_show' then perform private.check_undecided(told);
    when 'claim_damage' then return private.damage_claimable(booking);
    when 'accept_damage_claim', 'withdraw_damage_claim' then perform private.refuse_settled(claim);
    when 'dispute_damage_claim' then perform private.check_disputable(claim);
    when 'staff_decide_damage_claim' then perform private.check_decidable(claim);
  end case;
  return null;
end $$;

comment on function private.action_open_until is
  'Rule: an action is open unless the rule of its verb refuses it; the rule returns until when.';

create function private.booking_actions(booking_id uuid)
  returns setof public.booking_action language plpgsql stable security definer
  set search_path = ''
as $$
declare
  caller  constant uuid := private.signed_in();
  booking public.bookings;
  sides   text[];
  open    public.booking_action;
begin
  select * into booking from public.bookings
  where bookings.booking_id = booking_actions.booking_id;
  sides := array_remove(array[
    case when booking.guest_id = caller then 'guest' end,
    case when booking.placed_at is not null
      and private.may_manage(booking.listing_id, 'bookings') then 'host' end,
    case when booking.booking_id is not null and private.caller_is_staff() then 'staff' end], null);
  if sides = '{}' then perform private.refuse('booking_not_found'); end if;
  if not private.caller_is_active() then
    return;
  end if;
  for open in select * from private.possible_actions(booking, sides) loop
    begin
      open.open_until := private.action_open_until(open, booking);
      return next open;
    exception when others then
      if sqlstate not like 'PT%' then raise; end if;
    end;
  end loop;
end $$;

comment on function private.booking_actions is
  'Rule: the guest, hosts with access to bookings, and impartial staff have actions; for others '
  'the booking does not exist.';

create function public.booking_actions(booking_id uuid)
  returns setof public.booking_action language sql stable security invoker set search_path = ''
begin atomic
  select * from private.booking_actions(booking_id);
end;

grant execute on function private.booking_actions, public.booking_actions to authenticated;

comment on function public.booking_actions is
  'What the caller may do about a booking now, by the rules of the verbs themselves: for its guest '
  'withdraw_booking, send_message, propose_alteration, accept_alteration, decline_alteration, '
  'withdraw_alteration, review_stay, file_complaint, withdraw_complaint, object_to_no_show, '
  'accept_damage_claim, dispute_damage_claim, cancel_booking; for hosts also accept_booking, '
  'decline_booking, review_guest, answer_complaint, report_no_show, withdraw_no_show, '
  'claim_damage, withdraw_damage_claim; for staff staff_decide_complaint, staff_decide_no_show, '
  'staff_decide_damage_claim, staff_cancel_booking. Each has its subject and until when it is '
  'open. Paying is create-payment''s. Empty while suspended. Errors: booking_not_found.';
