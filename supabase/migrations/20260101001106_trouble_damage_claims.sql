-- Damage claims: what a guest broke, the host may claim for two weeks after check-out. The guest
-- accepts, or staff decide; then the card that was saved for it is charged.
--
-- A claim has one payment, and a payment one intent: however often it is asked for, it is paid
-- once. What the card refuses the guest may pay otherwise for some days, as any later charge. All
-- of it is the host's, no fee is taken; what the guest gets back, or a bank takes, is too.

alter table private.settings
  add column damage_days         smallint not null default 14,
  add column damage_answer_hours smallint not null default 24,
  add constraint settings_damage_is_claimed_soon check (damage_days between 1 and 90),
  add constraint settings_damage_can_be_denied   check (damage_answer_hours between 1 and 336);

comment on column private.settings.damage_days is
  'How long after check-out a host may claim damage.';
comment on column private.settings.damage_answer_hours is
  'How long staff wait for the guest''s answer to a claim.';

alter table private.currencies add column maximum_damage_minor bigint;
update private.currencies set maximum_damage_minor = 5 * currencies.maximum_penalty_minor;
alter table private.currencies
  alter column maximum_damage_minor set not null,
  add constraint currencies_bound_the_damage check (maximum_damage_minor >= minimum_charge_minor);

comment on column private.currencies.maximum_damage_minor is
  'The maximum that can be claimed for damage of one stay, in total.';

create type public.damage_claim_status as enum (
  'open', 'disputed', 'withdrawn', 'dismissed', 'owed', 'paid', 'unpaid');

create table public.damage_claims (
  claim_id     uuid                       primary key,
  booking_id   uuid                       not null references public.bookings on delete restrict,
  status       public.damage_claim_status not null default 'open',
  currency     text                       not null references private.currencies,
  amount_minor bigint                     not null,
  award_minor  bigint,
  damage       text                       not null,
  objection    text,
  decision     text,
  payment_id   uuid                       references public.payments on delete restrict,
  created_at   timestamptz                not null,
  answer_until timestamptz                not null,
  closed_at    timestamptz,

  constraint damage_claims_are_paid_once         unique (payment_id),
  constraint damage_claims_ask_for_something     check (amount_minor > 0),
  constraint damage_claims_award_what_was_asked  check (award_minor between 1 and amount_minor),
  constraint damage_claims_award_what_is_charged check (
    (award_minor is not null) = (status in ('owed', 'paid', 'unpaid'))
    and (payment_id is not null) = (award_minor is not null)),
  constraint damage_claims_are_told_shortly      check (
    char_length(damage) <= 2000 and char_length(objection) <= 2000
    and char_length(decision) <= 2000),
  constraint damage_claims_are_dismissed_with_a_reason check (
    status <> 'dismissed' or decision is not null),
  constraint damage_claims_are_denied_with_words check (
    status <> 'disputed' or objection is not null),
  constraint damage_claims_say_when_they_closed  check (
    (closed_at is not null) = (status in ('withdrawn', 'dismissed', 'paid', 'unpaid')))
);

create index damage_claims_booking_id_idx on public.damage_claims (booking_id, created_at);
create index damage_claims_currency_idx on public.damage_claims (currency);
create unique index damage_claims_undecided_idx on public.damage_claims (booking_id)
  where status in ('open', 'disputed', 'owed');

comment on table public.damage_claims is
  'A host''s claim for damage, the guest''s answer, the decision and whether it was paid. One per '
  'stay at a time. Visible to its guest, its hosts and staff.';
comment on column public.damage_claims.claim_id is 'Chosen by the client.';
comment on column public.damage_claims.award_minor is
  'The amount the guest accepted or staff decided.';

alter table public.damage_claims enable row level security;

create policy "people see claims about bookings they see, staff see all" on public.damage_claims
  for select to authenticated
  using (
    exists (select from public.bookings where bookings.booking_id = damage_claims.booking_id)
    or (select private.caller_is_staff()));
grant select on public.damage_claims to authenticated;
-- No writes: only verbs.

-- Rules

create function private.lock_damage_claim(claim_id uuid)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim public.damage_claims;
begin
  perform from public.bookings
  where bookings.booking_id = (
    select damage_claims.booking_id from public.damage_claims
    where damage_claims.claim_id = lock_damage_claim.claim_id)
  for update;
  select * into claim from public.damage_claims
  where damage_claims.claim_id = lock_damage_claim.claim_id for update;
  return claim;
end $$;

create function private.tell_of_damage(template text, claim public.damage_claims)
  returns void language sql volatile security definer set search_path = ''
  return private.write_mail(template, claim.booking_id, claim.claim_id::text);

create function private.damage_claimable(booking public.bookings)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  arrival constant timestamptz := private.stay_begins_at(booking);
  ends    constant timestamptz := private.instant_at(
    booking.check_out + (select settings.damage_days from private.settings)
      + booking.check_out_time,
    booking.time_zone);
begin
  if booking.confirmed_at is null or booking.status = 'no_show' then
    perform private.refuse('not_confirmed', 'status', booking.status::text);
  end if;
  if private.was_settled_elsewhere(booking.booking_id) then
    perform private.refuse('not_confirmed', 'elsewhere');
  end if;
  -- A guest who gave the stay up before it began broke nothing.
  if private.now() < arrival or exists (
    select from public.cancellations
    where cancellations.booking_id = booking.booking_id and cancellations.cancelled_at < arrival)
  then
    perform private.refuse('stay_not_begun');
  end if;
  if private.now() > ends then perform private.refuse('claim_too_late'); end if;
  if exists (
    select from public.damage_claims
    where damage_claims.booking_id = booking.booking_id
      and damage_claims.status in ('open', 'disputed', 'owed'))
  then
    perform private.refuse('claim_open');
  end if;
  perform private.check_attempts((
    select count(*) from public.damage_claims where damage_claims.booking_id = booking.booking_id));
  return ends;
end $$;

comment on function private.damage_claimable is
  'Rule: damage can be claimed from check-in until 14 days after check-out, inclusive, in the '
  'listing''s time zone, from a guest who came and booked here.';

create function private.charge_damage(claim public.damage_claims, award_minor bigint, decision text)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
  payment public.payments;
  owed    public.damage_claims;
begin
  select * into strict booking from public.bookings where bookings.booking_id = claim.booking_id;
  insert into public.payments (
    booking_id, listing_id, guest_id, instalment, purpose, capture_mode, charge_at, currency,
    amount_minor, created_at)
  select booking.booking_id, booking.listing_id, booking.guest_id,
    coalesce(max(payments.instalment), 0) + 1, 'damage', 'automatic', private.now(),
    claim.currency, charge_damage.award_minor, private.now()
  from public.payments
  where payments.booking_id = booking.booking_id
  returning * into payment;
  update public.damage_claims
  set status = 'owed', award_minor = charge_damage.award_minor,
      decision = charge_damage.decision, payment_id = payment.payment_id
  where damage_claims.claim_id = claim.claim_id
  returning * into owed;
  perform private.customer_of(booking.guest_id);
  perform private.order_charge(payment);
  return owed;
end $$;

comment on function private.charge_damage is
  'Rule: an amount owed for damage is a later charge of the booking, taken from the saved card at '
  'once; without a card, or if it is declined, the guest is asked to pay it.';

-- Whose the money is

create function private.follow_damage(payment_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  payment  public.payments;
  booking  public.bookings;
  kept     bigint;
  lost     bigint;
  share    bigint;
  missing  bigint;
  booked   record;
  entry_no integer;
begin
  payment := private.lock_payment(follow_damage.payment_id);
  select * into strict booking from public.bookings
  where bookings.booking_id = payment.booking_id;
  if payment.captured_minor = 0 then
    return;
  end if;
  select payment.captured_minor - coalesce(sum(refunds.amount_minor), 0) into kept
  from public.refunds
  where refunds.payment_id = payment.payment_id and refunds.status <> 'failed';
  select coalesce(sum(disputes.withdrawn_minor - disputes.reinstated_minor), 0) into lost
  from private.disputes
  where disputes.payment_id = payment.payment_id and disputes.is_lost;
  kept := greatest(0, kept);
  share := greatest(0, kept - lost);

  select
    -coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.account = 'host'), 0) as host,
    -coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.account = 'dispute'), 0) as dispute,
    -coalesce(sum(ledger_entries.amount_minor) filter (
      where ledger_entries.account = 'platform'), 0) as platform,
    count(distinct ledger_entries.source_id) as entries
  into booked
  from private.ledger_entries
  where ledger_entries.booking_id = payment.booking_id
    and ledger_entries.source_kind = 'damage_share'
    and starts_with(ledger_entries.source_id, payment.payment_id::text);
  entry_no := booked.entries + 1;
  perform private.post('damage_share', concat_ws('/', payment.payment_id, entry_no), booking,
    host => (booked.host - share)::bigint,
    dispute => (booked.dispute - lost)::bigint,
    platform => (booked.platform - (kept - share - lost))::bigint,
    guest => (kept - booked.host - booked.dispute - booked.platform)::bigint);

  perform from public.payouts where payouts.payment_id = payment.payment_id
    order by payouts.part for update;
  select share - coalesce(sum(payouts.amount_minor - payouts.taken_back_minor), 0) into missing
  from public.payouts
  where payouts.payment_id = payment.payment_id and payouts.status <> 'cancelled';
  if missing < 0 then
    perform private.shrink_payouts(booking, -missing, payment.payment_id);
  elsif missing > 0 then
    perform private.grow_payouts(booking, missing, payment.payment_id);
  end if;
end $$;

comment on function private.follow_damage is
  'Rule: what was paid for damage goes to the host in full, less what was returned to the guest or '
  'to their bank; the payout and the ledger follow it. A transfer under way is waited for.';

create function private.damage_changed()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.follow_damage(payments.payment_id)
  from public.payments
  where payments.payment_id = new.payment_id and payments.purpose = 'damage';
  return null;
end $$;

comment on function private.damage_changed is
  'Rule: a damage claim follows the payout, refunds and disputes of its payment.';

create trigger follow_the_damage_refund after insert or update of status on public.refunds
  for each row execute function private.damage_changed();
create trigger follow_the_damage_dispute after insert or update on private.disputes
  for each row execute function private.damage_changed();
create trigger follow_the_damage_transfer after update of status on public.payouts
  for each row when (old.status = 'sent' and new.status <> 'sent')
  execute function private.damage_changed();

create function private.damage_paid()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim public.damage_claims;
begin
  update public.damage_claims
  set status = case new.status when 'captured' then 'paid' else 'unpaid' end
        ::public.damage_claim_status,
      closed_at = private.now()
  where damage_claims.payment_id = new.payment_id
    and damage_claims.status = any (array['owed', 'unpaid']::public.damage_claim_status[])
  returning * into claim;
  if not found then
    return null;
  end if;
  if new.status = 'captured' then
    perform private.follow_damage(new.payment_id);
    perform private.tell_of_damage('damage_paid_guest', claim);
    perform private.tell_of_damage('damage_paid_host', claim);
  else
    perform private.tell_of_damage('damage_unpaid', claim);
  end if;
  return null;
end $$;

comment on function private.damage_paid is
  'Rule: a claim is paid when its money has arrived, unpaid when its intent is cancelled because '
  'nobody paid it in time.';

create trigger settle_the_damage after update of status on public.payments
  for each row when (new.purpose = 'damage' and new.status in ('captured', 'cancelled')
    and old.status <> new.status)
  execute function private.damage_paid();

create function private.forget_damage()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.damage_claims set objection = ''
  from public.bookings
  where bookings.booking_id = damage_claims.booking_id and bookings.guest_id = new.profile_id
    and damage_claims.objection <> '';
  update public.damage_claims set damage = ''
  from public.bookings
  where bookings.booking_id = damage_claims.booking_id and bookings.host_id = new.profile_id
    and damage_claims.damage <> '';
  return null;
end $$;

create trigger forget_the_damage after update of erased_at on public.profiles
  for each row when (new.erased_at is not null and old.erased_at is null)
  execute function private.forget_damage();

-- What a mail may say of the latest claim. Both sides know its amounts.
create function private.damage_facts(booking_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(
    (select jsonb_build_object(
       'damage', damage_claims.damage,
       'claimed_minor', damage_claims.amount_minor,
       'award_minor', damage_claims.award_minor,
       'damage_decision', damage_claims.decision,
       'answer_damage_until', damage_claims.answer_until)
     from public.damage_claims
     where damage_claims.booking_id = damage_facts.booking_id
     order by damage_claims.created_at desc
     limit 1),
    '{}');
end $$;

-- What the sides do

create function private.claim_damage(
  claim_id uuid, booking_id uuid, amount_minor bigint, damage text)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking  public.bookings;
  claim    public.damage_claims;
  currency private.currencies;
begin
  perform private.active_caller();
  if claim_id is null or coalesce(btrim(damage), '') = '' then
    perform private.refuse('claim_incomplete');
  end if;
  perform private.check_text(damage);
  booking := private.booking_to_answer(claim_damage.booking_id);
  select * into claim from public.damage_claims
  where damage_claims.claim_id = claim_damage.claim_id;
  if found then
    if claim.booking_id <> booking.booking_id
      or claim.amount_minor is distinct from claim_damage.amount_minor
    then
      perform private.refuse('id_reused', 'id', 'claim_id');
    end if;
    return claim;
  end if;
  perform private.damage_claimable(booking);
  select * into strict currency from private.currencies
  where currencies.currency = booking.currency;
  if amount_minor is null or amount_minor < currency.minimum_charge_minor
    or amount_minor % currency.step_minor <> 0
    or amount_minor > currency.maximum_damage_minor - (
      select coalesce(sum(coalesce(damage_claims.award_minor, damage_claims.amount_minor)), 0)
      from public.damage_claims
      where damage_claims.booking_id = booking.booking_id
        and damage_claims.status not in ('withdrawn', 'dismissed'))
  then
    perform private.refuse(
      'invalid_damage', 'limits', currency.minimum_charge_minor::text,
      currency.maximum_damage_minor::text, currency.currency);
  end if;

  insert into public.damage_claims (
    claim_id, booking_id, currency, amount_minor, damage, created_at, answer_until)
  select claim_damage.claim_id, booking.booking_id, booking.currency, claim_damage.amount_minor,
    btrim(claim_damage.damage), private.now(),
    private.now() + make_interval(hours => settings.damage_answer_hours)
  from private.settings
  on conflict on constraint damage_claims_pkey do nothing
  returning * into claim;
  if not found then perform private.refuse('id_reused', 'id', 'claim_id'); end if;
  perform private.tell_of_damage('damage_claimed', claim);
  return claim;
end $$;

comment on function private.claim_damage is
  'Rule: one claim per stay at a time, all of them within the limit of the currency; the guest is '
  'told at once.';

create function private.own_damage_claim(claim_id uuid, actor public.booking_actor)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  claim  public.damage_claims := private.lock_damage_claim(claim_id);
begin
  if not exists (
    select from public.bookings
    where bookings.booking_id = claim.booking_id
      and case actor
        when 'guest' then bookings.guest_id = caller
        else private.may_manage(bookings.listing_id, 'bookings')
      end)
  then
    perform private.refuse('claim_not_found');
  end if;
  return claim;
end $$;

comment on function private.own_damage_claim is
  'Rule: the claim, locked, for the side it concerns; others are told it does not exist.';

create function private.refuse_settled(claim public.damage_claims)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if claim.status not in ('open', 'disputed') then
    perform private.refuse('claim_closed', 'status', claim.status::text);
  end if;
end $$;

create function private.withdraw_damage_claim(claim_id uuid)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim public.damage_claims := private.own_damage_claim(withdraw_damage_claim.claim_id, 'host');
begin
  if claim.status = 'withdrawn' then
    return claim;
  end if;
  perform private.refuse_settled(claim);
  update public.damage_claims set status = 'withdrawn', closed_at = private.now()
  where damage_claims.claim_id = claim.claim_id
  returning * into claim;
  perform private.tell_of_damage('damage_dropped', claim);
  return claim;
end $$;

create function private.accept_damage_claim(claim_id uuid)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim public.damage_claims := private.own_damage_claim(accept_damage_claim.claim_id, 'guest');
begin
  if claim.status in ('owed', 'paid') then
    return claim;
  end if;
  perform private.refuse_settled(claim);
  return private.charge_damage(claim, claim.amount_minor, null);
end $$;

comment on function private.accept_damage_claim is
  'Rule: a guest who accepts owes what was claimed, even after they objected.';

create function private.check_disputable(claim public.damage_claims)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if claim.status <> 'open' then
    perform private.refuse('claim_closed', 'status', claim.status::text);
  end if;
end $$;

create function private.dispute_damage_claim(claim_id uuid, objection text)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim public.damage_claims;
begin
  perform private.check_text(objection);
  claim := private.own_damage_claim(dispute_damage_claim.claim_id, 'guest');
  if claim.status = 'disputed' then
    return claim;
  end if;
  perform private.check_disputable(claim);
  update public.damage_claims
  set status = 'disputed', objection = coalesce(btrim(dispute_damage_claim.objection), '')
  where damage_claims.claim_id = claim.claim_id
  returning * into claim;
  perform private.tell_of_damage('damage_disputed', claim);
  return claim;
end $$;

create function private.check_decidable(claim public.damage_claims)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.refuse_settled(claim);
  if claim.status = 'open' and private.now() <= claim.answer_until then
    perform private.refuse('claim_waits_for_guest', 'until', claim.answer_until::text);
  end if;
end $$;

create function private.staff_decide_damage_claim(claim_id uuid, award_minor bigint, reason text)
  returns public.damage_claims language plpgsql volatile security definer set search_path = ''
as $$
declare
  claim    public.damage_claims;
  currency private.currencies;
begin
  perform private.staff_caller();
  perform private.check_reason(reason);
  claim := private.lock_damage_claim(staff_decide_damage_claim.claim_id);
  if claim.claim_id is null then perform private.refuse('claim_not_found'); end if;
  perform private.check_impartial(bookings.guest_id, bookings.listing_id)
  from public.bookings where bookings.booking_id = claim.booking_id;
  if (claim.status = 'dismissed' and award_minor = 0)
    or (claim.status in ('owed', 'paid')
      and claim.award_minor = staff_decide_damage_claim.award_minor)
  then
    return claim;
  end if;
  perform private.check_decidable(claim);
  select * into strict currency from private.currencies
  where currencies.currency = claim.currency;
  if award_minor is null or award_minor not between 0 and claim.amount_minor
    or award_minor % currency.step_minor <> 0
    or (award_minor > 0 and award_minor < currency.minimum_charge_minor)
  then
    perform private.refuse('invalid_damage');
  end if;

  if award_minor = 0 then
    update public.damage_claims
    set status = 'dismissed', decision = btrim(staff_decide_damage_claim.reason),
        closed_at = private.now()
    where damage_claims.claim_id = claim.claim_id
    returning * into claim;
  else
    claim := private.charge_damage(
      claim, staff_decide_damage_claim.award_minor, btrim(staff_decide_damage_claim.reason));
  end if;
  perform private.tell_of_damage('damage_decided_guest', claim);
  perform private.tell_of_damage('damage_decided_host', claim);
  return claim;
end $$;

comment on function private.staff_decide_damage_claim is
  'Rule: staff decide once, with a reason, after the guest objected or did not answer for 24 '
  'hours: nothing, or up to what was claimed.';

create function public.claim_damage(
  claim_id uuid, booking_id uuid, amount_minor bigint, damage text)
  returns public.damage_claims language sql volatile security invoker set search_path = ''
  return private.claim_damage(claim_id, booking_id, amount_minor, damage);

create function public.withdraw_damage_claim(claim_id uuid)
  returns public.damage_claims language sql volatile security invoker set search_path = ''
  return private.withdraw_damage_claim(claim_id);

create function public.accept_damage_claim(claim_id uuid)
  returns public.damage_claims language sql volatile security invoker set search_path = ''
  return private.accept_damage_claim(claim_id);

create function public.dispute_damage_claim(claim_id uuid, objection text default null)
  returns public.damage_claims language sql volatile security invoker set search_path = ''
  return private.dispute_damage_claim(claim_id, objection);

create function public.staff_decide_damage_claim(claim_id uuid, award_minor bigint, reason text)
  returns public.damage_claims language sql volatile security invoker set search_path = ''
  return private.staff_decide_damage_claim(claim_id, award_minor, reason);

grant execute on function
  private.claim_damage, public.claim_damage, private.withdraw_damage_claim,
  public.withdraw_damage_claim, private.accept_damage_claim, public.accept_damage_claim,
  private.dispute_damage_claim, public.dispute_damage_claim, private.staff_decide_damage_claim,
  public.staff_decide_damage_claim
  to authenticated;

comment on function public.claim_damage is
  'A host claims an amount for damage, in minor units of the booking''s currency. The client '
  'chooses claim_id; a repeated call returns the same claim. Errors: claim_incomplete, '
  'message_too_long, booking_not_found, id_reused, not_confirmed, stay_not_begun, claim_too_late, '
  'claim_open, too_many_attempts, invalid_damage.';
comment on function public.withdraw_damage_claim is
  'A host withdraws an undecided claim. Repeating it changes nothing. Errors: claim_not_found, '
  'claim_closed.';
comment on function public.accept_damage_claim is
  'The guest agrees to pay the claim: the saved card is charged, or otherwise they pay through '
  'create-payment. Repeating it changes nothing. Errors: claim_not_found, claim_closed.';
comment on function public.dispute_damage_claim is
  'The guest objects; staff decide. Repeating it changes nothing. Errors: message_too_long, '
  'claim_not_found, claim_closed.';
comment on function public.staff_decide_damage_claim is
  'Staff decide what a guest owes, up to the amount claimed; 0 dismisses the claim. Repeating the '
  'same decision changes nothing. Errors: staff_only, reason_required, claim_not_found, own_case, '
  'claim_closed, claim_waits_for_guest, invalid_damage.';
