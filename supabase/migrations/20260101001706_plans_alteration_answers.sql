-- Alteration answers: nights, money, and what becomes of a proposal.

create function private.hold_added_nights(booking public.bookings, alteration public.alterations)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  was        datemultirange := datemultirange(daterange(booking.check_in, booking.check_out));
  becomes    datemultirange := datemultirange(daterange(alteration.check_in, alteration.check_out));
  added      datemultirange := becomes - was;
  prepared   datemultirange := datemultirange(
    daterange(booking.check_out, booking.check_out + booking.preparation_nights)) - becomes;
  prepares   datemultirange := datemultirange(
    daterange(alteration.check_out,
      alteration.check_out + booking.preparation_nights)) - was - prepared;
  taken      integer;
begin
  perform private.have_nights_alone(booking.listing_id);
  delete from private.claims
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id
    and claims.kind = 'preparation';
  insert into private.claims (listing_id, nights, lane, kind, booking_id, expires_at)
  select booking.listing_id, run, '(,)'::int4range, 'hold'::private.claim_kind, booking.booking_id,
    alteration.expires_at
  from unnest(added) as run
  union all
  select booking.listing_id, run, '[0,1)', 'preparation', booking.booking_id, alteration.expires_at
  from unnest(prepares) as run
  union all
  select booking.listing_id, run, '[0,1)', 'preparation', booking.booking_id, null
    from unnest(prepared) as run
  on conflict do nothing;
  get diagnostics taken = row_count;
  return taken = (select count(*) from unnest(added)) + (select count(*) from unnest(prepares))
    + (select count(*) from unnest(prepared));
end $$;

comment on function private.hold_added_nights is
  'Rule: in addition to the stay as it is, the added nights are held, and the preparation after '
  'both is kept free. The caller undoes a partial claim.';

-- What becomes of it

create function private.apply_alteration(booking public.bookings, alteration public.alterations)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  price   private.alteration_prices;
  agreed  private.priced_stay;
  altered public.bookings;
begin
  select * into strict price from private.alteration_prices
  where alteration_prices.alteration_id = alteration.alteration_id;
  agreed := price.agreed;
  -- What was charged so far is receipted by the terms it was charged by.
  perform private.issue_receipts(1000, booking.booking_id);

  update public.bookings
  set check_in = alteration.check_in, check_out = alteration.check_out, guests = alteration.guests,
      infants = alteration.infants, pets = alteration.pets, child_ages = alteration.child_ages,
      subtotal_minor = agreed.subtotal_minor, taxes_minor = agreed.taxes_minor
  where bookings.booking_id = booking.booking_id
  returning * into altered;
  perform private.have_nights_alone(booking.listing_id);
  -- Imported events that wait for nights get what is free in the end, as they are declared to. All:
  -- the triggers of partitions are constraints of their own, and go by no common name.
  set constraints all deferred;
  delete from private.claims
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;
  if not private.claim_nights(altered, 'stay') then
    perform private.refuse('nights_taken');
  end if;

  delete from private.booking_taxes where booking_taxes.booking_id = booking.booking_id;
  delete from public.booking_lines where booking_lines.booking_id = booking.booking_id;
  perform private.write_lines(booking.booking_id, agreed);
  update public.guest_totals
    set guest_fee_minor = agreed.guest_fee_minor, total_minor = agreed.total_minor
  where guest_totals.booking_id = booking.booking_id;
  update public.host_totals
    set host_fee_minor = agreed.host_fee_minor, payout_minor = agreed.payout_minor
  where host_totals.booking_id = booking.booking_id;
  update public.alterations set status = 'applied', ended_at = private.now()
  where alterations.alteration_id = alteration.alteration_id;

  if private.charged_later(booking.booking_id) then
    perform private.plan_charges_anew(altered,
      private.charges_left(altered, agreed, altered.check_in));
  end if;
  perform private.claim_refund(
    booking.booking_id, private.paid_for(booking.booking_id) - agreed.total_minor, 'altered');
  perform private.post_shares(booking.booking_id, 'share_altered', alteration.alteration_id::text);
  perform private.adjust_payout(booking.booking_id);
  update public.payouts set due_at = private.payout_due(altered, payments)
  from public.payments
  where payouts.booking_id = booking.booking_id and payouts.status in ('scheduled', 'blocked')
    and payments.payment_id = payouts.payment_id and payments.purpose <> 'damage';
  perform private.tell_side(altered, 'guest', 'booking_altered', alteration.alteration_id);
  perform private.tell_side(altered, 'host', 'booking_altered', alteration.alteration_id);
end $$;

comment on function private.apply_alteration is
  'Rule: nights, lines, totals, refunds and the host''s share are changed in one transaction, or '
  'nothing is. Neither the grace period nor the policy restarts.';

create function private.expire_alterations(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  expired integer := 0;
begin
  for booking in
    select bookings.* from public.bookings
    where bookings.booking_id in (
      select alterations.booking_id from public.alterations, private.settings
      where alterations.status in ('proposed', 'awaiting_payment')
        and alterations.expires_at <= private.now() - case alterations.status
          when 'awaiting_payment' then make_interval(secs => settings.expiry_grace_seconds)
            else interval '0' end
        and alterations.booking_id not in (select private.rows_aside('expire_alterations'))
      order by alterations.expires_at
      limit expire_alterations.most)
    order by bookings.booking_id
    for update skip locked
  loop
    expired := expired + private.attempt(
      'expire_alterations', booking.booking_id, 'expire_alteration', booking);
  end loop;
  return expired;
end $$;

comment on function private.expire_alterations is
  'Job: ends proposals when they expire, and accepted ones two minutes after the deadline for '
  'payment (a payment may be under way).';

create function private.alteration_payable_until(payment public.payments)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select alterations.expires_at
    from public.alterations
    join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
    where alteration_prices.payment_id = payment.payment_id
      and alterations.status = 'awaiting_payment');
end $$;

comment on function private.alteration_payable_until is
  'Rule: the difference of an accepted alteration can be paid until the alteration expires, and '
  'not once it has ended.';

create function private.alteration_paid(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  if payment.status <> 'captured' then
    return;
  end if;
  select alterations.* into alteration
  from public.alterations
  join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
  where alteration_prices.payment_id = payment.payment_id
  for update of alterations;
  if alteration.status <> 'awaiting_payment' then
    perform private.return_payment(payment, 'alteration_ended');
  elsif private.is_barred(booking.guest_id) or private.is_barred(booking.host_id)
    or private.now() >= private.alterable_until(booking, alteration.check_in, alteration.check_out,
      alteration.guests::integer, alteration.infants::integer, alteration.pets::integer,
      alteration.child_ages)
  then
    perform private.end_alteration(booking, alteration, 'expired');
  else
    perform private.apply_alteration(booking, alteration);
    return;
  end if;
  perform private.post_shares(booking.booking_id, 'share_alteration_ended',
    payment.payment_id::text);
  perform private.adjust_payout(booking.booking_id);
end $$;

comment on function private.alteration_paid is
  'Rule: if it is paid in time, the stay is altered; money that arrives after the end, after the '
  'moment from which the alteration would have applied, or when either side is suspended or '
  'deleted, is refunded.';

create function private.alteration_unpaid(booking public.bookings, payment public.payments)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  alteration public.alterations;
begin
  select alterations.* into alteration
  from public.alterations
  join private.alteration_prices on alteration_prices.alteration_id = alterations.alteration_id
  where alteration_prices.payment_id = payment.payment_id
    and alterations.status = 'awaiting_payment'
  for update of alterations;
  if found then
    perform private.end_alteration(booking, alteration, 'expired');
  end if;
end $$;

comment on function private.alteration_unpaid is
  'Rule: an intent that Stripe cancelled can no longer be paid: the added nights are freed.';

insert into private.registrations (question, about, answer) values
  ('payment_payable_until', 'alteration', 'alteration_payable_until'),
  ('payment_arrived',       'alteration', 'alteration_paid'),
  ('intent_cancelled',      'alteration', 'alteration_unpaid'),
  -- A confirmed booking has no deadline; nights that an alteration adds have.
  ('booking_overdue',       'confirmed',  'expire_alteration');

create function private.overtake_alterations()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking    public.bookings;
  alteration public.alterations;
begin
  select * into strict booking from public.bookings where bookings.booking_id = new.booking_id;
  select * into alteration from public.alterations
  where alterations.booking_id = new.booking_id
    and alterations.status in ('proposed', 'awaiting_payment')
  for update;
  if found then
    perform private.end_alteration(booking, alteration, 'overtaken');
  end if;
  return null;
end $$;

comment on function private.overtake_alterations is
  'Rule: a stay that is over, cancelled or reported as a no-show cannot be altered.';

create trigger overtake_the_alterations after update of status on public.bookings
  for each row when (old.status = 'confirmed' and new.status <> 'confirmed')
  execute function private.overtake_alterations();
create trigger overtake_the_alterations after insert on public.no_shows
  for each row execute function private.overtake_alterations();

-- Answering

create function private.alteration_to_answer(
  alteration_id uuid, out alteration public.alterations, out booking public.bookings,
    out side public.booking_actor)
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.active_caller();
  select * into alteration from public.alterations
  where alterations.alteration_id = alteration_to_answer.alteration_id
    and (alterations.guest_id = auth.uid()
      or private.may_manage(alterations.listing_id, 'bookings'));
  if not found then perform private.refuse('alteration_not_found'); end if;
  select * into strict booking from public.bookings
  where bookings.booking_id = alteration.booking_id for update;
  side := private.cancelling_side(booking);
  select * into strict alteration from public.alterations
  where alterations.alteration_id = alteration_to_answer.alteration_id for update;
end $$;

comment on function private.alteration_to_answer is
  'Rule: the alteration and its booking, locked, for either side of it; others are told it does '
  'not exist.';

create function private.check_answerable(alteration public.alterations)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if alteration.status <> 'proposed' then
    perform private.refuse('alteration_closed', 'status', alteration.status::text);
  end if;
  if alteration.expires_at <= private.now() then
    perform private.refuse('alteration_expired');
  end if;
  return alteration.expires_at;
end $$;

create function private.check_other_side(
  alteration public.alterations, side public.booking_actor)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if side = alteration.proposed_by then perform private.refuse('own_proposal'); end if;
end $$;

create function private.check_agreeable(
  booking public.bookings, alteration public.alterations)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  open_until constant timestamptz := private.check_answerable(alteration);
begin
  perform private.check_alterable(booking, alteration.check_in, alteration.check_out,
    alteration.guests::integer, alteration.infants::integer, alteration.pets::integer,
    alteration.child_ages);
  perform private.check_altered_stay(booking, alteration.check_in, alteration.check_out,
    alteration.guests::integer, alteration.infants::integer, alteration.pets::integer,
    alteration.child_ages);
  return open_until;
end $$;

comment on function private.check_agreeable is
  'Rule: a proposal can be accepted in time, if the altered stay could be booked now.';

create function private.check_endable(
  alteration public.alterations, side public.booking_actor)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if not (alteration.status = 'proposed' and side = alteration.proposed_by)
    and not (alteration.status = 'awaiting_payment' and side = 'guest')
  then
    perform private.refuse('alteration_closed', 'status', alteration.status::text);
  end if;
  return alteration.expires_at;
end $$;

comment on function private.check_endable is
  'Rule: whoever proposed an alteration can withdraw it until it is accepted; the guest also until '
  'it is paid.';

create function private.agree_to_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
  booking    public.bookings := found_one.booking;
  due        bigint;
  opened     uuid;
begin
  perform private.check_other_side(alteration, found_one.side);
  if alteration.accepted_at is not null
    and alteration.status in ('awaiting_payment', 'applied')
  then
    return private.terms_of(alteration);
  end if;
  -- A request of the guest at the same moment has to see these nights, or be seen.
  perform from public.profiles where profiles.profile_id = booking.guest_id for no key update;
  perform private.check_agreeable(booking, alteration);

  select private.alteration_due(booking, alteration_prices.agreed, alteration.check_in)
    into strict due
  from private.alteration_prices where alteration_prices.alteration_id = alteration.alteration_id;
  update public.alterations
  set status = 'awaiting_payment', accepted_at = private.now(),
      expires_at = least(
        private.now() + make_interval(mins => (select settings.hold_minutes from private.settings)),
        private.alterable_until(booking, alterations.check_in, alterations.check_out,
          alterations.guests::integer,
          alterations.infants::integer, alterations.pets::integer, alterations.child_ages))
  where alterations.alteration_id = alteration.alteration_id
  returning * into alteration;
  perform private.release_overdue_holds(
    booking.listing_id,
      daterange(alteration.check_in, alteration.check_out + booking.preparation_nights));
  if due = 0 then
    perform private.apply_alteration(booking, alteration);
  else
    if not private.hold_added_nights(booking, alteration) then
      perform private.refuse('nights_taken');
    end if;
    insert into public.payments (
      booking_id, listing_id, guest_id, instalment, purpose, capture_mode, currency, amount_minor,
        created_at)
    select booking.booking_id, booking.listing_id, booking.guest_id,
      coalesce(max(payments.instalment), 0) + 1,
      'alteration', 'automatic', booking.currency, due, private.now()
    from public.payments
    where payments.booking_id = booking.booking_id
    returning payments.payment_id into opened;
    update private.alteration_prices set payment_id = opened
    where alteration_prices.alteration_id = alteration.alteration_id;
    if alteration.proposed_by = 'guest' then
      perform private.tell_side(booking, 'guest', 'alteration_to_pay', alteration.alteration_id);
    end if;
  end if;
  select * into strict alteration from public.alterations
  where alterations.alteration_id = agree_to_alteration.alteration_id;
  return private.terms_of(alteration);
end $$;

comment on function private.agree_to_alteration is
  'Rule: if nothing more has to be paid now, the stay is altered at once; otherwise the added '
  'nights are held until the difference is paid.';

create function private.accept_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
begin
  for attempt in 1 .. 2 loop
    begin
      return private.agree_to_alteration(alteration_id);
    exception when deadlock_detected or serialization_failure then
      null;
    end;
  end loop;
  perform private.refuse('try_again', 'alteration');
end $$;

create function private.decline_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
begin
  perform private.check_other_side(alteration, found_one.side);
  if alteration.status <> 'declined' then
    perform private.check_answerable(alteration);
    perform private.end_alteration(found_one.booking, alteration, 'declined');
    select * into strict alteration from public.alterations
    where alterations.alteration_id = decline_alteration.alteration_id;
  end if;
  return private.terms_of(alteration);
end $$;

create function private.withdraw_alteration(alteration_id uuid)
  returns public.alteration_terms language plpgsql volatile security definer set search_path = ''
as $$
declare
  found_one  record := private.alteration_to_answer(alteration_id);
  alteration public.alterations := found_one.alteration;
begin
  if alteration.status <> 'withdrawn' then
    perform private.check_endable(alteration, found_one.side);
    perform private.end_alteration(found_one.booking, alteration, 'withdrawn');
    select * into strict alteration from public.alterations
    where alterations.alteration_id = withdraw_alteration.alteration_id;
  end if;
  return private.terms_of(alteration);
end $$;

comment on function private.withdraw_alteration is
  'Rule: the side that proposed it can withdraw it while it is open; a guest may also decide not '
  'to pay.';

create function private.alteration_terms(alteration_id uuid)
  returns public.alteration_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  caller     uuid := private.signed_in();
  alteration public.alterations;
begin
  select * into alteration from public.alterations
  where alterations.alteration_id = alteration_terms.alteration_id
    and (alterations.guest_id = caller or private.may_manage(alterations.listing_id, 'bookings'));
  if not found then perform private.refuse('alteration_not_found'); end if;
  return private.terms_of(alteration);
end $$;

create function public.accept_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.accept_alteration(alteration_id);

create function public.decline_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.decline_alteration(alteration_id);

create function public.withdraw_alteration(alteration_id uuid)
  returns public.alteration_terms language sql volatile security invoker set search_path = ''
  return private.withdraw_alteration(alteration_id);

create function public.read_alteration(alteration_id uuid)
  returns public.alteration_terms language sql stable security invoker set search_path = ''
  return private.alteration_terms(alteration_id);

grant execute on function
  private.accept_alteration, private.decline_alteration, private.withdraw_alteration,
  private.alteration_terms, public.accept_alteration, public.decline_alteration,
  public.withdraw_alteration, public.read_alteration
  to authenticated;

comment on function public.accept_alteration is
  'The other side accepts: the stay is altered at once, or once the guest has paid the difference '
  'through create-payment by expires_at. Repeating it changes nothing. Errors: '
  'alteration_not_found, own_proposal, alteration_closed, alteration_expired, not_alterable, '
  'stay_begun, nights_spent, stay_over, paid_in_parts, unpaid_stays_overlap, try_again, and those '
  'of quote_stay.';
comment on function public.decline_alteration is
  'The other side declines; the stay does not change. Repeating it changes nothing. Errors: '
  'alteration_not_found, own_proposal, alteration_closed, alteration_expired.';
comment on function public.withdraw_alteration is
  'The side that proposed it withdraws the alteration; a guest may also do so instead of paying. '
  'Repeating it changes nothing. Errors: alteration_not_found, alteration_closed.';
comment on function public.read_alteration is
  'An alteration and its cost, with the figures for the caller''s side. Errors: '
  'alteration_not_found.';
