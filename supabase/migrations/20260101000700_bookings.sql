-- Bookings: from a hold to a stay that is over. Every move is a row, every term is frozen, and only
-- verbs move it.

create type public.booking_status as enum (
  'awaiting_payment', 'requested', 'confirmed', 'completed', 'declined', 'expired',
  'cancelled_by_guest', 'cancelled_by_host', 'cancelled_by_staff', 'no_show', 'payment_conflict');
create type public.booking_actor as enum ('guest', 'host', 'staff', 'system');

-- The booking

create table public.bookings (
  booking_id          uuid                  primary key,
  listing_id          uuid                  not null references public.listings on delete restrict,
  host_id             uuid                  not null references public.profiles on delete restrict,
  guest_id            uuid                  not null references public.profiles on delete restrict,
  status              public.booking_status not null default 'awaiting_payment',
  check_in            date                  not null,
  check_out           date                  not null,
  guests              smallint              not null,
  infants             smallint              not null,
  pets                smallint              not null,
  message             text                  not null default '',
  currency            text                  not null references private.currencies,
  subtotal_minor      bigint                not null,
  taxes_minor         bigint                not null,
  discount            text,
  discount_bp         integer               not null,
  cancellation_policy text                  not null references public.cancellation_policies,
  instant_book        boolean               not null,
  preparation_nights  smallint              not null,
  time_zone           text                  not null,
  check_in_time       time                  not null,
  check_out_time      time                  not null,
  reason              text,
  expires_at          timestamptz,
  created_at          timestamptz           not null,
  placed_at           timestamptz,
  accepted_at         timestamptz,
  confirmed_at        timestamptz,
  offer_id            uuid,

  constraint bookings_last_some_nights      check (check_out > check_in),
  constraint bookings_are_for_someone       check (guests > 0 and infants >= 0 and pets >= 0),
  constraint bookings_are_not_ones_own      check (guest_id <> host_id),
  constraint bookings_never_owe_the_guest   check (subtotal_minor >= 0 and taxes_minor >= 0),
  constraint bookings_carry_a_short_message check (char_length(message) <= 2000),
  constraint bookings_have_a_short_reason   check (char_length(reason) <= 2000),
  constraint bookings_know_their_discount   check (
    discount in ('new_listing', 'length_of_stay', 'early_bird', 'last_minute')),
  constraint bookings_wait_for_an_end       check (
    (expires_at is not null)
    = (status = 'awaiting_payment' or (status = 'requested' and accepted_at is null))),
  constraint bookings_confirmed_say_when    check (
    status not in ('confirmed', 'completed', 'no_show') or confirmed_at is not null),
  constraint bookings_conflict_before_they_are_confirmed check (
    status <> 'payment_conflict' or confirmed_at is null)
);

create index bookings_listing_id_idx on public.bookings (listing_id, check_in);
create index bookings_host_id_idx on public.bookings (host_id, created_at desc);
create index bookings_guest_id_idx on public.bookings (guest_id, created_at desc);
create index bookings_currency_idx on public.bookings (currency);
create index bookings_cancellation_policy_idx on public.bookings (cancellation_policy);
create index bookings_confirmed_idx on public.bookings (listing_id) where confirmed_at is not null;
create index bookings_expires_at_idx on public.bookings (expires_at) where expires_at is not null;
create index bookings_check_out_idx on public.bookings (check_out) where status = 'confirmed';
create index bookings_offer_id_idx on public.bookings (offer_id) where offer_id is not null;
create index bookings_open_idx on public.bookings (guest_id)
  where status in ('awaiting_payment', 'requested', 'confirmed');
create index bookings_unplaced_idx on public.bookings (listing_id, created_at) where placed_at is null;

comment on table public.bookings is
  'A stay somebody asked for, with the terms as they were then. Seen by its guest, and by its '
  'hosts once it was placed.';
comment on column public.bookings.placed_at is
  'When it was paid or authorised for the first time; only then hosts see it.';
comment on column public.bookings.expires_at is
  'Unpaid: until when the nights are held. Requested: until when the host may answer.';
comment on column public.bookings.accepted_at is
  'The host said yes; it is confirmed once the money is captured.';
comment on column public.bookings.offer_id is 'The host''s offer that it accepts; then without approval.';

alter table private.claims
  add constraint claims_belong_to_a_booking foreign key (booking_id)
  references public.bookings on delete restrict;

alter table public.bookings enable row level security;

create policy "people see what they booked and what was placed with them" on public.bookings
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or (placed_at is not null
      and listing_id = any (array(select private.listings_of_caller('bookings')))));

grant select on public.bookings to authenticated;
-- No writes: a booking changes only through its verbs.

-- Its lines: what both sides may read, then each side's own

create table public.booking_lines (
  booking_id     uuid             not null references public.bookings on delete restrict,
  position       smallint         not null,
  kind           public.line_kind not null,
  night          date,
  description    text             not null,
  quantity       integer          not null,
  unit_minor     bigint           not null,
  discount_minor bigint           not null,
  amount_minor   bigint           not null,

  primary key (booking_id, position),
  constraint booking_lines_add_up          check (amount_minor = quantity * unit_minor - discount_minor),
  constraint booking_lines_never_pay_back  check (amount_minor >= 0 and discount_minor >= 0),
  constraint booking_lines_date_the_nights check ((kind = 'night') = (night is not null))
);

comment on table public.booking_lines is
  'The nights, what the host asks beside them, and the taxes; frozen until an alteration is agreed.';

create table public.guest_totals (
  booking_id      uuid    primary key references public.bookings on delete restrict,
  guest_id        uuid    not null references public.profiles on delete restrict,
  guest_fee_bp    integer not null,
  guest_fee_minor bigint  not null,
  total_minor     bigint  not null,

  constraint guest_totals_are_paid_by_the_guest check (guest_fee_minor >= 0 and total_minor >= guest_fee_minor)
);

create index guest_totals_guest_id_idx on public.guest_totals (guest_id);
comment on table public.guest_totals is
  'What the guest pays in all, and the fee in it; hosts do not see it.';

create table public.host_totals (
  booking_id     uuid    primary key references public.bookings on delete restrict,
  listing_id     uuid    not null references public.listings on delete restrict,
  host_fee_bp    integer not null,
  host_fee_minor bigint  not null,
  payout_minor   bigint  not null,

  constraint host_totals_pay_the_host check (host_fee_minor >= 0 and payout_minor >= 0)
);

create index host_totals_listing_id_idx on public.host_totals (listing_id);
comment on table public.host_totals is
  'What the owner gets and the fee taken from it; guests and co-hosts do not see it.';

alter table public.booking_lines enable row level security;
alter table public.guest_totals enable row level security;
alter table public.host_totals enable row level security;

create policy "people see the lines of bookings they see" on public.booking_lines
  for select to authenticated
  using (exists (select from public.bookings where bookings.booking_id = booking_lines.booking_id));
create policy "guests see what they pay" on public.guest_totals
  for select to authenticated using (guest_id = (select auth.uid()));
create policy "owners see what they get" on public.host_totals
  for select to authenticated
  using (
    listing_id = any (array(select private.listings_of_caller('payouts')))
    and exists (select from public.bookings where bookings.booking_id = host_totals.booking_id));

grant select on public.booking_lines, public.guest_totals, public.host_totals to authenticated;

-- Taxes are given back in proportion to what they were levied on, so that is kept with the booking.
create table private.booking_taxes (
  booking_id   uuid              not null,
  position     smallint          not null,
  basis        private.tax_basis not null,
  taxed_nights smallint          not null,
  jurisdiction text              not null,

  primary key (booking_id, position),
  constraint booking_taxes_belong_to_a_line foreign key (booking_id, position)
    references public.booking_lines (booking_id, position) on delete restrict,
  constraint booking_taxes_tax_some_nights check (taxed_nights > 0)
);

alter table private.booking_taxes enable row level security;
comment on table private.booking_taxes is
  'What each tax line of a booking was levied on, and where; frozen.';

-- Its moves

create table private.booking_moves (
  from_status public.booking_status not null,
  to_status   public.booking_status not null,
  actor       public.booking_actor  not null,

  primary key (from_status, to_status, actor)
);

alter table private.booking_moves enable row level security;
comment on table private.booking_moves is
  'Every move a booking can make, and who makes it. There are no others.';

insert into private.booking_moves (from_status, to_status, actor) values
  ('awaiting_payment',   'confirmed',          'system'),
  ('awaiting_payment',   'requested',          'system'),
  ('awaiting_payment',   'expired',            'system'),
  ('awaiting_payment',   'payment_conflict',   'system'),
  ('awaiting_payment',   'cancelled_by_guest', 'guest'),
  ('requested',          'confirmed',          'system'),
  ('requested',          'declined',           'host'),
  ('requested',          'expired',            'system'),
  ('requested',          'cancelled_by_guest', 'guest'),
  ('expired',            'confirmed',          'system'),
  ('expired',            'requested',          'system'),
  ('expired',            'payment_conflict',   'system'),
  ('cancelled_by_guest', 'payment_conflict',   'system'),
  ('confirmed',          'completed',          'system'),
  ('confirmed',          'cancelled_by_guest', 'guest'),
  ('confirmed',          'cancelled_by_guest', 'system'),
  ('confirmed',          'cancelled_by_host',  'host'),
  ('confirmed',          'cancelled_by_staff', 'staff'),
  ('confirmed',          'no_show',            'system'),
  ('confirmed',          'no_show',            'staff');

create table public.booking_history (
  booking_id  uuid                  not null references public.bookings on delete restrict,
  position    smallint              not null,
  from_status public.booking_status,
  to_status   public.booking_status not null,
  actor       public.booking_actor  not null,
  reason      text,
  moved_at    timestamptz           not null,

  primary key (booking_id, position)
);

comment on table public.booking_history is 'Every move a booking made; rows are only added.';

alter table public.booking_history enable row level security;

create policy "people see the history of bookings they see" on public.booking_history
  for select to authenticated
  using (exists (select from public.bookings where bookings.booking_id = booking_history.booking_id));
grant select on public.booking_history to authenticated;

create function private.refuse_change()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refuse('frozen', 'rows', tg_table_name::text);
end $$;

comment on function private.refuse_change is
  'Rule: what was agreed and what happened is never rewritten, by any role.';

create trigger keep_the_lines before truncate on public.booking_lines
  for each statement execute function private.refuse_change();
create trigger keep_the_taxes before truncate on private.booking_taxes
  for each statement execute function private.refuse_change();
create trigger keep_the_guest_totals before truncate on public.guest_totals
  for each statement execute function private.refuse_change();
create trigger keep_the_host_totals before truncate on public.host_totals
  for each statement execute function private.refuse_change();
create trigger keep_the_history before delete or truncate on public.booking_history
  for each statement execute function private.refuse_change();
create trigger keep_the_bookings before delete or truncate on public.bookings
  for each statement execute function private.refuse_change();

create function private.keep_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if old.reason is null or new.reason is not null or to_jsonb(new) - 'reason' <> to_jsonb(old) - 'reason' then
    perform private.refuse('frozen', 'rows', 'booking_history');
  end if;
  return new;
end $$;

comment on function private.keep_move is
  'Rule: of a move that was made only the words go, with the one who said them.';

create trigger keep_the_moves before update on public.booking_history
  for each row execute function private.keep_move();

create function private.check_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  mover public.booking_actor := nullif(current_setting('staybase.actor', true), '');
begin
  if tg_op = 'INSERT' then
    if new.status <> 'awaiting_payment' and not private.was_settled_elsewhere(new.booking_id) then
      perform private.refuse('illegal_move', 'begin');
    end if;
  else
    if row(old.listing_id, old.host_id, old.guest_id, old.currency, old.discount, old.discount_bp,
        old.cancellation_policy, old.instant_book, old.preparation_nights, old.time_zone,
        old.check_in_time, old.check_out_time, old.created_at, old.offer_id)
      is distinct from
      row(new.listing_id, new.host_id, new.guest_id, new.currency, new.discount, new.discount_bp,
        new.cancellation_policy, new.instant_book, new.preparation_nights, new.time_zone,
        new.check_in_time, new.check_out_time, new.created_at, new.offer_id)
      or (row(old.check_in, old.check_out, old.guests, old.infants, old.pets, old.subtotal_minor, old.taxes_minor)
        is distinct from
        row(new.check_in, new.check_out, new.guests, new.infants, new.pets, new.subtotal_minor, new.taxes_minor)
        and not private.alters_so(new))
    then
      perform private.refuse('frozen', 'terms');
    end if;
    if new.status = old.status then
      return new;
    end if;
    if not exists (
      select from private.booking_moves
      where booking_moves.from_status = old.status and booking_moves.to_status = new.status
        and booking_moves.actor = mover)
      or (old.status = 'requested' and old.accepted_at is not null and mover <> 'system')
    then
      perform private.refuse(
        'illegal_move', 'move', old.status::text, new.status::text,
        coalesce(mover::text, 'anyone'));
    end if;
  end if;
  return new;
end $$;

comment on function private.check_move is
  'Rule: only the moves of private.booking_moves, whoever writes; an accepted request waits for '
  'its money; terms change only as both sides agreed. A booking begins unpaid, unless it was paid elsewhere.';

create function private.record_move()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.booking_history (booking_id, position, from_status, to_status, actor, reason, moved_at)
  select new.booking_id, 1 + count(*), case when tg_op = 'UPDATE' then old.status end, new.status,
    coalesce(nullif(current_setting('staybase.actor', true), ''), 'guest')::public.booking_actor,
    case when tg_op = 'UPDATE' then new.reason end, private.now()
  from public.booking_history
  where booking_history.booking_id = new.booking_id;
  return null;
end $$;

create trigger check_the_move before insert or update on public.bookings
  for each row execute function private.check_move();
create trigger record_the_first_move after insert on public.bookings
  for each row execute function private.record_move();
create trigger record_the_move after update of status on public.bookings
  for each row when (old.status <> new.status) execute function private.record_move();

create function private.move_booking(
  booking_id uuid, to_status public.booking_status, actor public.booking_actor, reason text,
  expires_at timestamptz)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  moved public.bookings;
begin
  perform set_config('staybase.actor', move_booking.actor::text, true);
  update public.bookings
  set status = move_booking.to_status,
      reason = move_booking.reason,
      expires_at = move_booking.expires_at,
      placed_at = case when move_booking.to_status in ('requested', 'confirmed')
        then coalesce(bookings.placed_at, private.now()) else bookings.placed_at end,
      confirmed_at = case when move_booking.to_status = 'confirmed'
        then private.now() else bookings.confirmed_at end
  where bookings.booking_id = move_booking.booking_id
  returning * into strict moved;
  perform set_config('staybase.actor', '', true);
  return moved;
end $$;

-- What a move brings with it

create function private.nights_key(listing_id uuid)
  returns bigint language sql immutable security invoker set search_path = ''
  return hashtextextended('staybase/nights/' || listing_id, 0);

create function private.have_nights_alone(listing_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.listings where listings.listing_id = have_nights_alone.listing_id for no key update;
  perform pg_advisory_xact_lock(private.nights_key(have_nights_alone.listing_id));
end $$;

comment on function private.have_nights_alone is
  'Rule: who undoes a claim to take its nights has the listing alone; who only takes nights does so '
  'beside others.';

create function private.claim_nights(booking public.bookings, kind private.claim_kind)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted integer := case when booking.preparation_nights > 0 then 2 else 1 end;
  taken  integer;
begin
  perform pg_advisory_xact_lock_shared(private.nights_key(booking.listing_id));
  -- Both rows in one statement, and no error when another was faster: measured without a deadlock
  -- at 64 sessions on one listing, where the bare constraint had dozens.
  insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
  select booking.listing_id, claim.nights, claim.lane, claim.kind, booking.booking_id,
    case when booking.status = 'awaiting_payment' then booking.guest_id end,
    case when claim_nights.kind = 'hold' then booking.expires_at end
  from (values
    (daterange(booking.check_in, booking.check_out), '(,)'::int4range, claim_nights.kind),
    (daterange(booking.check_out, booking.check_out + booking.preparation_nights), '[0,1)'::int4range,
      'preparation'::private.claim_kind)) as claim (nights, lane, kind)
  where not isempty(claim.nights)
  on conflict do nothing;
  get diagnostics taken = row_count;
  return taken = wanted;
end $$;

comment on function private.claim_nights is
  'Rule: a stay takes all its nights and its preparation, or nothing; false when another has one '
  'of them. The caller undoes a partial claim.';

create function private.end_booking(
  booking public.bookings, to_status public.booking_status, actor public.booking_actor, reason text)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  ended public.bookings;
begin
  ended := private.move_booking(booking.booking_id, to_status, actor, reason, null);
  perform private.return_money(booking.booking_id, to_status::text::public.refund_reason);
  delete from private.claims where claims.booking_id = booking.booking_id;
  perform private.tell_about_end(ended);
  return ended;
end $$;

comment on function private.end_booking is
  'Rule: a booking that ends before it is confirmed frees its nights and gives all money back, in '
  'one transaction; nobody waits for Stripe.';

create function private.place_booking(booking public.bookings, expires_at timestamptz)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  placed public.bookings;
begin
  -- It came while the guest was paying.
  if private.is_barred(booking.host_id) or private.is_barred(booking.guest_id) then
    return private.end_booking(booking, 'expired', 'system', 'suspended');
  end if;
  if booking.instant_book then
    return private.confirm_booking(booking);
  end if;
  placed := private.move_booking(booking.booking_id, 'requested', 'system', null, place_booking.expires_at);
  update private.claims set expires_at = place_booking.expires_at, held_by = null
  where claims.booking_id = booking.booking_id;
  perform private.write_mail('booking_requested', placed.host_id, placed.booking_id);
  return placed;
end $$;

comment on function private.place_booking is
  'Rule: a hold with its money is a stay, or with approval a request that the host answers until '
  'expires_at; where either side is suspended or gone by now, it ends instead.';

create function private.may_revive(booking public.bookings)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return not private.is_barred(booking.host_id) and not private.is_barred(booking.guest_id)
    and not private.is_blocked(booking.host_id, booking.guest_id)
    and (booking.accepted_at is not null or exists (
      select from public.listings
      where listings.listing_id = booking.listing_id and listings.status = 'published'))
    and (booking.instant_book or booking.accepted_at is not null or (
      select count(*) from public.bookings as other
      where other.guest_id = booking.guest_id and other.status = 'requested' and other.accepted_at is null)
      < (select settings.open_requests from private.settings));
end $$;

comment on function private.may_revive is
  'Rule: a hold that expired comes back with its late money only while the home is published and '
  'neither side is suspended, gone or blocks the other, and as a request only while the guest may have '
  'another.';

create function private.confirm_booking(booking public.bookings)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  confirmed public.bookings;
begin
  confirmed := private.move_booking(booking.booking_id, 'confirmed', 'system', null, null);
  update private.claims
  set kind = case when claims.kind = 'hold' then 'stay' else claims.kind end, expires_at = null, held_by = null
  where claims.booking_id = booking.booking_id;
  perform private.write_mail('booking_confirmed_guest', confirmed.guest_id, confirmed.booking_id);
  perform private.write_mail('booking_confirmed_host', confirmed.host_id, confirmed.booking_id);
  return confirmed;
end $$;

create function private.tell_about_end(booking public.bookings)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if booking.status = 'payment_conflict' then
    perform private.write_mail('payment_returned', booking.guest_id, booking.booking_id);
  elsif booking.placed_at is not null then
    case booking.status
      when 'declined' then
        perform private.write_mail('booking_declined', booking.guest_id, booking.booking_id);
      when 'expired' then
        perform private.write_mail('booking_expired', booking.guest_id, booking.booking_id);
        perform private.write_mail('booking_missed', booking.host_id, booking.booking_id);
      when 'cancelled_by_guest' then
        perform private.write_mail('booking_withdrawn', booking.host_id, booking.booking_id);
    end case;
  end if;
end $$;

-- Time passes

create function private.expire_if_overdue(booking public.bookings)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  if booking.status = 'confirmed' then
    return private.expire_alteration(booking);
  end if;
  if booking.expires_at is null or booking.expires_at > private.now() then
    return false;
  end if;
  perform private.end_booking(booking, 'expired', 'system',
    case booking.status when 'requested' then 'not_answered' else 'not_paid' end);
  return true;
end $$;

create function private.release_overdue_holds(listing_id uuid, nights daterange)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  overdue  public.bookings;
  released integer := 0;
begin
  if not exists (
    select from private.claims
    where claims.listing_id = release_overdue_holds.listing_id
      and claims.nights && release_overdue_holds.nights
      and claims.expires_at <= private.now())
  then
    return 0;
  end if;

  -- Two who each undo a claim and then want what the other undoes would deadlock (measured: up to
  -- four times in 2,000 requests for three listings whose holds expire), and so would who undoes one
  -- and who found the listing free before it was made: that one holds a night, and waits with the
  -- preparation after it. From here on nobody may wait for a booking, so those that another session
  -- has in hand are passed by.
  perform private.have_nights_alone(release_overdue_holds.listing_id);
  for overdue in
    select * from public.bookings
    where bookings.booking_id in (
      select claims.booking_id from private.claims
      where claims.listing_id = release_overdue_holds.listing_id
        and claims.nights && release_overdue_holds.nights
        and claims.expires_at <= private.now())
    order by bookings.booking_id
    for update skip locked
  loop
    released := released + private.expire_if_overdue(overdue)::integer;
  end loop;
  return released;
end $$;

comment on function private.release_overdue_holds is
  'Rule: an expired hold never blocks; whoever wants its nights ends it in their own transaction.';

create function private.expire_bookings(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  overdue public.bookings;
  expired integer := 0;
begin
  for overdue in
    select bookings.* from public.bookings, private.settings
    where bookings.expires_at <= private.now() - case bookings.status
      when 'awaiting_payment' then make_interval(secs => settings.expiry_grace_seconds) else interval '0' end
    order by bookings.booking_id
    limit expire_bookings.most
    for update of bookings skip locked
  loop
    expired := expired + private.expire_if_overdue(overdue)::integer;
  end loop;
  return expired;
end $$;

comment on function private.expire_bookings is
  'Job: ends holds two minutes after their time (a payment may be on its way) and requests at '
  'theirs.';

create function private.complete_stays(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  over      public.bookings;
  completed integer := 0;
begin
  for over in
    select * from public.bookings
    where bookings.status = 'confirmed'
      and bookings.check_out <= ((private.now() + interval '1 day') at time zone 'UTC')::date
      and private.instant_at(bookings.check_out + bookings.check_out_time, bookings.time_zone)
        <= private.now()
      and not private.no_show_open(bookings.booking_id)
    order by bookings.booking_id
    limit complete_stays.most
    for update skip locked
  loop
    -- Asked once it is locked: a host may have reported a no-show in the last moment.
    if not private.no_show_open(over.booking_id) then
      perform private.move_booking(over.booking_id, 'completed', 'system', null, null);
      completed := completed + 1;
    end if;
  end loop;
  return completed;
end $$;

comment on function private.complete_stays is
  'Job: a confirmed stay is completed at its check-out, unless the host says that nobody came.';

create function private.lock_bookings_of(person uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.bookings
  where bookings.guest_id = person or bookings.host_id = person
  order by bookings.listing_id, bookings.booking_id
  for no key update;
end $$;

comment on function private.lock_bookings_of is
  'Rule: what touches many bookings of a person locks them all before anything else of theirs.';

-- Asking for a stay

create type public.booking_hold as (
  booking_id   uuid,
  status       public.booking_status,
  expires_at   timestamptz,
  currency     text,
  total_minor  bigint,
  holds_nights boolean
);

comment on type public.booking_hold is
  'holds_nights: false when the nights are open to others until this booking is paid, which whoever '
  'pays first wins (private.holds_for_newcomers).';

create function private.hold_of(booking public.bookings)
  returns public.booking_hold language plpgsql stable security definer set search_path = ''
as $$
declare
  hold public.booking_hold;
begin
  select booking.booking_id, booking.status, booking.expires_at, booking.currency, guest_totals.total_minor,
    exists (select from private.claims where claims.booking_id = booking.booking_id)
  into hold
  from public.guest_totals where guest_totals.booking_id = booking.booking_id;
  return hold;
end $$;

create function private.write_lines(booking_id uuid, priced private.priced_stay)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.booking_lines (
    booking_id, position, kind, night, description, quantity, unit_minor, discount_minor, amount_minor)
  select booking_id, line.position, line.kind, line.night, line.description, line.quantity,
    line.unit_minor, line.discount_minor, line.amount_minor
  from unnest(priced.lines) with ordinality as line (
    kind, night, description, quantity, unit_minor, discount_minor, amount_minor, position);
  insert into private.booking_taxes (booking_id, position, basis, taxed_nights, jurisdiction)
  select booking_id, tax.line, tax.basis, tax.taxed_nights, tax.jurisdiction
  from unnest(priced.taxes) as tax;
end $$;

create function private.hold_nights(
  booking_id uuid, listing_id uuid, check_in date, check_out date, guests integer, infants integer,
  pets integer, expected_total_minor bigint, message text, offer_id uuid)
  returns public.booking_hold language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  setting private.settings;
  listing public.listings;
  own     public.bookings;
  priced  private.priced_stay;
  booking public.bookings;
  charges public.planned_charge[] := '{}';
  newcomer boolean;
  instant  boolean;
begin
  if booking_id is null then perform private.refuse('booking_id_required'); end if;
  if char_length(message) > 2000 then perform private.refuse('message_too_long'); end if;
  select * into strict setting from private.settings;

  -- One request of a guest at a time: two at once would each see room for a third hold.
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into booking from public.bookings where bookings.booking_id = hold_nights.booking_id;
  if found then
    if row(booking.guest_id, booking.listing_id, booking.check_in, booking.check_out,
        booking.guests, booking.infants, booking.pets, booking.offer_id)
      is distinct from row(caller, hold_nights.listing_id, hold_nights.check_in, hold_nights.check_out,
        hold_nights.guests, hold_nights.infants, hold_nights.pets, hold_nights.offer_id)
    then
      perform private.refuse('id_reused', 'id', 'booking_id');
    end if;
    return private.hold_of(booking);
  end if;

  if hold_nights.offer_id is null then
    priced := private.offer_stay(listing_id, check_in, check_out, guests, infants, pets, caller);
  else
    priced := private.price_offer(
      hold_nights.offer_id, caller, listing_id, check_in, check_out, guests, infants, pets);
  end if;
  if priced.total_minor is distinct from expected_total_minor then
    perform private.refuse('price_changed', 'total', priced.total_minor::text, priced.currency);
  end if;

  select * into strict listing from public.listings where listings.listing_id = hold_nights.listing_id;
  newcomer := not private.has_paid(caller);
  if priced.total_minor > 0 then
    charges := private.planned_charges(priced, check_in, listing.check_in_time, listing.time_zone);
  end if;
  instant := hold_nights.offer_id is not null or (listing.instant_book and not (
    newcomer and charges[1].charge_at is not null
    and private.newcomers_have_enough(listing_id, check_out - check_in)));

  -- The guest's own unpaid hold there gives way to the new one. Its booking is locked before the
  -- listing (see release_overdue_holds), and ended after it.
  perform from public.bookings
  where bookings.guest_id = caller and bookings.status = 'awaiting_payment'
    and bookings.listing_id = hold_nights.listing_id
  order by bookings.booking_id
  for update;
  if found then
    perform private.have_nights_alone(listing_id);
  end if;
  perform private.release_overdue_holds(listing_id, daterange(check_in, check_out + 2));
  for own in
    select * from public.bookings
    where bookings.guest_id = caller and bookings.status = 'awaiting_payment'
      and bookings.listing_id = hold_nights.listing_id
    order by bookings.booking_id
  loop
    perform private.end_booking(own, 'cancelled_by_guest', 'guest', 'replaced');
  end loop;
  perform private.check_limits(
    caller, listing_id, daterange(check_in, check_out), instant, charges[1].charge_at is not null or charges = '{}');

  insert into public.bookings (
    booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, message, currency,
    subtotal_minor, taxes_minor, discount, discount_bp, cancellation_policy, instant_book,
    preparation_nights, time_zone, check_in_time, check_out_time, expires_at, created_at, offer_id)
  select
    hold_nights.booking_id, listings.listing_id, listings.host_id, caller, hold_nights.check_in,
    hold_nights.check_out, hold_nights.guests, hold_nights.infants, hold_nights.pets,
    coalesce(hold_nights.message, ''), priced.currency, priced.subtotal_minor, priced.taxes_minor,
    priced.discount, priced.discount_bp,
    coalesce(offers.cancellation_policy, listings.cancellation_policy),
    instant, booking_rules.preparation_nights, listings.time_zone, listings.check_in_time, listings.check_out_time,
    private.now() + make_interval(mins => case when newcomer
      then least(setting.newcomer_hold_minutes, setting.hold_minutes) else setting.hold_minutes end),
    private.now(), offers.offer_id
  from public.listings
  join public.booking_rules on booking_rules.listing_id = listings.listing_id
  left join public.offers on offers.offer_id = hold_nights.offer_id
  where listings.listing_id = hold_nights.listing_id
  on conflict on constraint bookings_pkey do nothing
  returning * into booking;
  if not found then perform private.refuse('id_reused', 'id', 'booking_id'); end if;
  if not private.claim_nights(booking, 'hold') then
    perform private.refuse('nights_taken');
  end if;
  if newcomer and priced.total_minor > 0 and not private.holds_for_newcomers(booking) then
    delete from private.claims where claims.booking_id = booking.booking_id;
  end if;
  if booking.offer_id is not null then
    perform private.use_offer(booking.offer_id);
  end if;

  perform private.write_lines(booking.booking_id, priced);
  insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
  values (booking.booking_id, caller, priced.guest_fee_bp, priced.guest_fee_minor, priced.total_minor);
  insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
  values (booking.booking_id, booking.listing_id, priced.host_fee_bp, priced.host_fee_minor, priced.payout_minor);

  if priced.total_minor = 0 then
    booking := private.place_booking(
      booking, private.now() + make_interval(hours => setting.answer_hours));
  else
    perform private.open_payments(booking, charges);
  end if;
  return private.hold_of(booking);
end $$;

comment on function private.hold_nights is
  'Rule: a booking is asked for. The same id gives the same booking; the price is the quoted one; '
  'the nights are claimed or nothing happened.';

create function private.request_booking(
  booking_id uuid, listing_id uuid, check_in date, check_out date, guests integer, infants integer,
  pets integer, expected_total_minor bigint, message text,
  expected_cancellation_policy text default null, offer_id uuid default null)
  returns public.booking_hold language plpgsql volatile security definer set search_path = ''
as $$
declare
  hold public.booking_hold;
begin
  for attempt in 1 .. 2 loop
    begin
      hold := private.hold_nights(
        booking_id, listing_id, check_in, check_out, guests, infants, pets, expected_total_minor, message,
        request_booking.offer_id);
      -- Looked at where it is frozen: the host may have changed it a moment ago.
      if exists (
        select from public.bookings
        where bookings.booking_id = hold.booking_id
          and bookings.cancellation_policy <> expected_cancellation_policy)
      then
        perform private.refuse('terms_changed');
      end if;
      return hold;
    exception when deadlock_detected or serialization_failure then
      null;
    end;
  end loop;
  perform private.refuse('try_again', 'booking');
end $$;

create function public.request_booking(
  booking_id           uuid,
  listing_id           uuid,
  check_in             text,
  check_out            text,
  expected_total_minor bigint,
  guests               integer default 1,
  infants              integer default 0,
  pets                 integer default 0,
  message              text    default '',
  expected_cancellation_policy text default null,
  offer_id             uuid    default null)
  returns public.booking_hold language sql volatile security invoker set search_path = ''
  return private.request_booking(
    booking_id, listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, expected_total_minor, message,
    expected_cancellation_policy, offer_id);

grant execute on function private.request_booking, public.request_booking to authenticated;

comment on function public.request_booking is
  'Holds the nights for the caller until expires_at, to be paid through create-payment. The client '
  'chooses booking_id: repeated, the same booking comes back. expected_total_minor is the total of '
  'the quote, expected_cancellation_policy its policy (null: any). A free stay is placed at once. '
  'With holds_nights false the nights stay open to others: whoever pays first has them. '
  'With offer_id an offer of the host is accepted: its stay, its price, no approval (quote_offer). '
  'Errors: every refusal of quote_stay; offer_not_found, offer_differs, offer_closed, '
  'offer_expired, price_changed, terms_changed, id_reused, too_many_holds, '
  'too_many_open_requests, too_many_unpaid_stays, unpaid_stays_overlap, account_suspended, account_closed, sign_in_required, booking_id_required, message_too_long, '
  'try_again.';

-- Answering, withdrawing

create function private.booking_to_answer(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings;
begin
  perform private.active_caller();
  select * into booking from public.bookings
  where bookings.booking_id = booking_to_answer.booking_id
    and bookings.placed_at is not null
    and private.may_manage(bookings.listing_id, 'bookings')
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  return booking;
end $$;

comment on function private.booking_to_answer is
  'Rule: the booking, locked, for a host of it; for others it does not exist.';

create function private.accept_booking(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(accept_booking.booking_id);
begin
  if booking.accepted_at is not null and booking.status in ('requested', 'confirmed', 'completed') then
    return booking;
  end if;
  if booking.status <> 'requested' then
    perform private.refuse('not_awaiting_answer', 'status', booking.status::text);
  end if;
  if booking.expires_at <= private.now() then perform private.refuse('request_expired'); end if;

  update public.bookings set accepted_at = private.now(), expires_at = null
  where bookings.booking_id = booking.booking_id
  returning * into booking;
  update private.claims set expires_at = null where claims.booking_id = booking.booking_id;
  if private.capture_money(booking.booking_id) then
    booking := private.confirm_booking(booking);
  end if;
  return booking;
end $$;

comment on function private.accept_booking is
  'Rule: accepting orders the capture; the stay is confirmed when the money is there.';

create function private.decline_booking(booking_id uuid, reason text)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking public.bookings := private.booking_to_answer(decline_booking.booking_id);
begin
  if booking.status = 'declined' then
    return booking;
  end if;
  if booking.accepted_at is not null then perform private.refuse('already_accepted'); end if;
  if booking.status <> 'requested' then
    perform private.refuse('not_awaiting_answer', 'status', booking.status::text);
  end if;
  if char_length(reason) > 2000 then perform private.refuse('message_too_long'); end if;
  return private.end_booking(booking, 'declined', 'host', reason);
end $$;

create function private.withdraw_booking(booking_id uuid)
  returns public.bookings language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  booking public.bookings;
begin
  select * into booking from public.bookings
  where bookings.booking_id = withdraw_booking.booking_id and bookings.guest_id = caller
  for update;
  if not found then perform private.refuse('booking_not_found'); end if;
  if booking.status = 'cancelled_by_guest' and booking.confirmed_at is null then
    return booking;
  end if;
  if booking.accepted_at is not null then perform private.refuse('already_accepted'); end if;
  if booking.status not in ('awaiting_payment', 'requested') then
    perform private.refuse('not_withdrawable', 'status', booking.status::text);
  end if;
  return private.end_booking(booking, 'cancelled_by_guest', 'guest', 'withdrawn');
end $$;

create function public.accept_booking(booking_id uuid)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.accept_booking(booking_id);

create function public.decline_booking(booking_id uuid, reason text default null)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.decline_booking(booking_id, reason);

create function public.withdraw_booking(booking_id uuid)
  returns public.bookings language sql volatile security invoker set search_path = ''
  return private.withdraw_booking(booking_id);

grant execute on function
  private.accept_booking, private.decline_booking, private.withdraw_booking, public.accept_booking,
  public.decline_booking, public.withdraw_booking
  to authenticated;

comment on function public.accept_booking is
  'A host says yes to a request: the card is charged, then the stay is confirmed. Repeating it '
  'changes nothing. Errors: booking_not_found, not_awaiting_answer, request_expired.';
comment on function public.decline_booking is
  'A host says no to a request: the nights are free and the card is released. Repeating it changes '
  'nothing. Errors: booking_not_found, not_awaiting_answer, already_accepted, message_too_long.';
comment on function public.withdraw_booking is
  'The guest takes back an unpaid booking or an unanswered request. Repeating it changes nothing. '
  'Errors: booking_not_found, already_accepted, not_withdrawable.';

create function private.check_attempts(so_far bigint)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if so_far >= (select settings.attempts_per_stay from private.settings) then
    perform private.refuse('too_many_attempts');
  end if;
end $$;

comment on function private.check_attempts is
  'Rule: what one side may ask of a stay and take back again, a letter to the other each time, it '
  'asks so many times and no more.';
