-- Offers: what a guest asks about before they book, and what a host answers with.
--
-- A guest inquires about days; the host lets them book these at the listed price without asking
-- again, or makes them a price. Either is an offer: to one guest, for one stay, used once, open for
-- `offer_hours`. It holds no nights. It is accepted by booking, through `request_booking` and
-- nothing else.

create type public.offer_kind as enum ('pre_approval', 'special_offer');
create type public.offer_status as enum ('open', 'accepted', 'declined', 'withdrawn', 'expired');

alter table private.settings
  add column offer_hours        smallint not null default 24,
  add column offers_per_inquiry smallint not null default 5,
  add constraint settings_limit_offers
    check (offer_hours between 1 and 168 and offers_per_inquiry > 0);

comment on column private.settings.offer_hours is 'How long an offer is valid.';
comment on column private.settings.offers_per_inquiry is
  'How many open offers a guest may have for one inquiry.';

-- What a guest asks

create table public.inquiries (
  inquiry_id      uuid        primary key,
  conversation_id uuid        not null references public.conversations on delete restrict,
  listing_id      uuid        not null references public.listings on delete restrict,
  guest_id        uuid        not null references public.profiles on delete restrict,
  check_in        date        not null,
  check_out       date        not null,
  guests          smallint    not null,
  infants         smallint    not null,
  pets            smallint    not null,
  child_ages      smallint[]  not null default '{}',
  created_at      timestamptz not null,

  constraint inquiries_are_about_some_nights check (check_out > check_in),
  constraint inquiries_are_for_someone       check (guests > 0 and infants >= 0 and pets >= 0),
  constraint inquiries_tell_ages_of_children check (private.are_children(child_ages, guests))
);

create index inquiries_conversation_id_idx on public.inquiries (conversation_id);
create index inquiries_listing_id_idx on public.inquiries (listing_id, created_at desc);
create index inquiries_guest_id_idx on public.inquiries (guest_id, created_at desc);

comment on table public.inquiries is
  'The dates and guests a guest asked about; the text is in the conversation. Visible to the guest '
  'and the hosts who manage bookings.';

alter table public.inquiries enable row level security;
create policy "people see what they asked and what was asked of their homes" on public.inquiries
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or listing_id = any (array(select private.listings_of_caller('bookings'))));
grant select on public.inquiries to authenticated;

-- What a host answers

create table public.offers (
  offer_id            uuid                primary key,
  inquiry_id          uuid                not null references public.inquiries on delete restrict,
  listing_id          uuid                not null references public.listings on delete restrict,
  guest_id            uuid                not null references public.profiles on delete restrict,
  sent_by             uuid                not null references public.profiles on delete restrict,
  kind                public.offer_kind   not null,
  status              public.offer_status not null default 'open',
  check_in            date                not null,
  check_out           date                not null,
  guests              smallint            not null,
  infants             smallint            not null,
  pets                smallint            not null,
  child_ages          smallint[]          not null default '{}',
  currency            text                not null references private.currencies,
  subtotal_minor      bigint,
  taxes_minor         bigint,
  cancellation_policy text                references public.cancellation_policies,
  created_at          timestamptz         not null,
  expires_at          timestamptz         not null,

  constraint offers_last_some_nights  check (check_out > check_in),
  constraint offers_are_for_someone   check (guests > 0 and infants >= 0 and pets >= 0),
  constraint offers_tell_ages_of_children check (private.are_children(child_ages, guests)),
  constraint offers_end_some_day      check (expires_at > created_at),
  constraint offers_lock_their_price  check (
    (kind = 'special_offer') = (subtotal_minor is not null)
    and (kind = 'special_offer') = (taxes_minor is not null)
    and (kind = 'special_offer') = (cancellation_policy is not null)),
  constraint offers_never_pay_a_guest check (subtotal_minor >= 0 and taxes_minor >= 0)
);

create index offers_inquiry_id_idx on public.offers (inquiry_id);
create index offers_listing_id_idx on public.offers (listing_id, created_at desc);
create index offers_guest_id_idx on public.offers (guest_id, created_at desc);
create index offers_sent_by_idx on public.offers (sent_by);
create index offers_currency_idx on public.offers (currency);
create index offers_cancellation_policy_idx on public.offers (cancellation_policy);
create index offers_expires_at_idx on public.offers (expires_at) where status = 'open';

comment on table public.offers is
  'A host''s offer to one guest: as asked at the listed price (pre_approval), or at a price set by '
  'the host (special_offer). Open until expires_at.';
comment on column public.offers.subtotal_minor is
  'The host''s whole price: nights, cleaning, extra guests and pets; null: the listed price.';
comment on column public.offers.status is
  'Accepted once the guest has booked it; open again, while it is valid, if that booking was not '
  'paid.';

alter table public.offers enable row level security;
create policy "people see offers made to them and for their homes" on public.offers
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or listing_id = any (array(select private.listings_of_caller('bookings'))));
grant select on public.offers to authenticated;
-- No writes: an offer changes only through its verbs, and what it says never.

-- The price of a special offer, computed once: what the guest saw is what they pay, whatever fees,
-- taxes and prices have become meanwhile. Hosts see their part of it in `offers`, guests all of
-- theirs through quote_offer.
create table private.offer_prices (
  offer_id uuid                primary key references public.offers on delete restrict,
  priced   private.priced_stay not null
);

alter table private.offer_prices enable row level security;
comment on table private.offer_prices is 'The locked price of each special offer, line by line.';

create trigger keep_the_price before update or delete or truncate on private.offer_prices
  for each statement execute function private.refuse_change();
create trigger keep_the_inquiries before delete or truncate on public.inquiries
  for each statement execute function private.refuse_change();
create trigger keep_the_inquiry before update on public.inquiries
  for each row when (
    new.child_ages <> '{}' or to_jsonb(new) - 'child_ages' <> to_jsonb(old) - 'child_ages')
  execute function private.refuse_change();
create trigger keep_the_offers before delete or truncate on public.offers
  for each statement execute function private.refuse_change();

create function private.check_offer()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if to_jsonb(new) - '{status,child_ages}'::text[]
      is distinct from to_jsonb(old) - '{status,child_ages}'::text[]
    or new.child_ages not in ('{}', old.child_ages)
    or (old.status, new.status) not in (
      ('open', 'open'), ('open', 'accepted'), ('open', 'declined'), ('open', 'withdrawn'),
      ('open', 'expired'), ('accepted', 'accepted'), ('accepted', 'open'), ('accepted', 'expired'),
      ('expired', 'accepted'))
  then
    perform private.refuse('frozen', 'offer');
  end if;
  return new;
end $$;

comment on function private.check_offer is
  'Rule: the terms of an offer never change, but that the ages of children are forgotten. A booking '
  'accepts it; if unpaid, the booking releases it; a late payment takes it even after it expired.';

create trigger check_the_offer before update on public.offers
  for each row execute function private.check_offer();

alter table public.bookings
  add constraint bookings_accept_an_offer foreign key (offer_id)
  references public.offers on delete restrict;

-- Asking

create function private.send_inquiry(
  inquiry_id uuid, listing_id uuid, check_in date, check_out date, guests integer, infants integer,
  pets integer, message text, child_ages smallint[])
  returns public.inquiries language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  problem text;
  inquiry public.inquiries;
begin
  if inquiry_id is null then perform private.refuse('inquiry_id_required'); end if;
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into inquiry from public.inquiries where inquiries.inquiry_id = send_inquiry.inquiry_id;
  if found then
    if row(inquiry.guest_id, inquiry.listing_id, inquiry.check_in, inquiry.check_out,
      inquiry.guests,
        inquiry.infants, inquiry.pets, inquiry.child_ages)
      is distinct from row(caller, send_inquiry.listing_id, send_inquiry.check_in,
        send_inquiry.check_out, send_inquiry.guests, send_inquiry.infants, send_inquiry.pets,
        send_inquiry.child_ages)
    then
      perform private.refuse('id_reused', 'id', 'inquiry_id');
    end if;
    return inquiry;
  end if;

  -- What stands against the stay is for the host to say; they may offer what their own rules
  -- refuse.
  problem := private.stay_problem(
    send_inquiry.listing_id, check_in, check_out, guests, infants, pets, caller,
    child_ages => child_ages);
  if problem in (
    'dates_required', 'invalid_dates', 'dates_reversed', 'invalid_guests', 'listing_not_found',
    'host_unavailable', 'own_listing', 'date_in_past')
  then
    perform private.refuse(problem);
  end if;
  perform private.check_days(check_in, check_out);

  insert into public.inquiries (
    inquiry_id, conversation_id, listing_id, guest_id, check_in, check_out, guests, infants, pets,
    child_ages, created_at)
  select send_inquiry.inquiry_id, message.conversation_id, send_inquiry.listing_id, caller,
    send_inquiry.check_in, send_inquiry.check_out, send_inquiry.guests, send_inquiry.infants,
    send_inquiry.pets, send_inquiry.child_ages, private.now()
  from private.start_conversation(
    send_inquiry.inquiry_id, send_inquiry.listing_id, send_inquiry.message) as message
  returning * into inquiry;
  return inquiry;
end $$;

comment on function private.send_inquiry is
  'Rule: a guest may ask about any future dates of a published home, with a message to its hosts.';

create function public.send_inquiry(
  inquiry_id uuid,
  listing_id uuid,
  check_in   text,
  check_out  text,
  message    text,
  guests     integer default 1,
  infants    integer default 0,
  pets       integer default 0,
  child_ages smallint[] default null)
  returns public.inquiries language sql volatile security invoker set search_path = ''
  return private.send_inquiry(
    inquiry_id, listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, message, coalesce(private.in_order(child_ages), '{}'));

grant execute on function private.send_inquiry, public.send_inquiry to authenticated;

comment on function public.send_inquiry is
  'The caller asks the hosts of a home about dates, for a number of guests; message goes into '
  'their conversation, as in start_conversation. The client chooses inquiry_id; a repeated call '
  'returns the same inquiry. The dates need not be bookable. Errors: dates_required, '
  'invalid_dates, dates_reversed, too_many_days, date_in_past, invalid_guests, listing_not_found, '
  'host_unavailable, own_listing, inquiry_id_required, id_reused, and those of start_conversation.';

-- Offering

create function private.price_agreed(
  listing_id uuid, check_in date, check_out date, guests integer, subtotal_minor bigint,
  child_ages smallint[])
  returns private.priced_stay language plpgsql stable security definer set search_path = ''
as $$
declare
  listing public.listings;
  step    bigint;
  coins   bigint;
  priced  private.priced_stay;
begin
  select * into strict listing from public.listings
    where listings.listing_id = price_agreed.listing_id;
  select currencies.step_minor into strict step
  from private.currencies where currencies.currency = listing.currency;
  if subtotal_minor % step <> 0 then
    perform private.refuse('price_not_in_steps', 'step', step::text);
  end if;
  coins := subtotal_minor / step;

  priced.currency := listing.currency;
  priced.nights := check_out - check_in;
  priced.discount_bp := 0;
  priced.subtotal_minor := subtotal_minor;
  -- Each night ends at its share of the whole, in coins: the nights differ by one at most and add
  -- up.
  select array_agg(
    row('night', check_in + ahead, 'Night', 1, share.amount, 0, share.amount)::public.stay_line
    order by ahead)
  into priced.lines
  from generate_series(0, priced.nights - 1) as ahead
  cross join lateral (
    select (coins * (ahead + 1) / priced.nights - coins * ahead / priced.nights) * step as amount
  ) as share;
  return private.add_fees_and_taxes(
    priced, price_agreed.listing_id, subtotal_minor, guests, child_ages, step);
end $$;

comment on function private.price_agreed is
  'Rule: a price agreed for a whole stay is split evenly over its nights; fees and taxes are those '
  'of any stay, on all of it.';

create function private.inquiry_to_answer(inquiry_id uuid)
  returns public.inquiries language plpgsql volatile security definer set search_path = ''
as $$
declare
  inquiry public.inquiries;
begin
  perform private.active_caller();
  -- Locked, so that two answers at once count each other.
  select * into inquiry from public.inquiries
  where inquiries.inquiry_id = inquiry_to_answer.inquiry_id
    and private.may_manage(inquiries.listing_id, 'bookings')
  for no key update;
  if not found then perform private.refuse('inquiry_not_found'); end if;
  return inquiry;
end $$;

comment on function private.inquiry_to_answer is
  'Rule: the inquiry, locked, for a host who manages bookings of the home; others are told it does '
  'not exist.';

create function private.add_offer(offer public.offers, inquiry public.inquiries, message text)
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
declare
  setting private.settings;
  known   public.offers;
  problem text;
  priced  private.priced_stay;
begin
  if offer.offer_id is null then perform private.refuse('offer_id_required'); end if;
  select * into known from public.offers where offers.offer_id = offer.offer_id;
  if found then
    if row(known.inquiry_id, known.kind, known.check_in, known.check_out, known.guests,
      known.infants,
        known.pets, known.child_ages, known.subtotal_minor)
      is distinct from row(inquiry.inquiry_id, offer.kind, offer.check_in, offer.check_out,
        offer.guests, offer.infants, offer.pets, offer.child_ages, offer.subtotal_minor)
    then
      perform private.refuse('id_reused', 'id', 'offer_id');
    end if;
    return known;
  end if;

  if private.is_barred(inquiry.guest_id) then perform private.refuse('guest_unavailable'); end if;
  select * into strict setting from private.settings;
  if (select count(*) from public.offers
      where offers.inquiry_id = inquiry.inquiry_id and offers.status = 'open'
        and offers.expires_at > private.now()) >= setting.offers_per_inquiry
  then
    perform private.refuse('too_many_offers');
  end if;
  problem := private.stay_problem(
    inquiry.listing_id, offer.check_in, offer.check_out, offer.guests::integer,
      offer.infants::integer,
    offer.pets::integer, inquiry.guest_id, true, child_ages => offer.child_ages);
  if problem is not null then
    perform private.refuse(problem);
  end if;

  offer.inquiry_id := inquiry.inquiry_id;
  offer.listing_id := inquiry.listing_id;
  offer.guest_id := inquiry.guest_id;
  offer.sent_by := auth.uid();
  offer.status := 'open';
  offer.created_at := private.now();
  offer.expires_at := offer.created_at + make_interval(hours => setting.offer_hours);
  select listings.currency, case when offer.kind = 'special_offer'
    then listings.cancellation_policy end
  into strict offer.currency, offer.cancellation_policy
  from public.listings where listings.listing_id = inquiry.listing_id;
  if offer.kind = 'special_offer' then
    perform private.check_offered_price(
      offer.listing_id, offer.check_in, offer.check_out, offer.guests::integer, offer.pets::integer,
      offer.subtotal_minor);
    priced := private.price_agreed(
      offer.listing_id, offer.check_in, offer.check_out, offer.guests::integer,
        offer.subtotal_minor, offer.child_ages);
    perform private.check_charge(priced);
    offer.taxes_minor := priced.taxes_minor;
  else
    perform private.check_charge(private.price_stay(
      offer.listing_id, offer.check_in, offer.check_out, offer.guests::integer,
        offer.pets::integer, offer.child_ages));
  end if;

  insert into public.offers select offer.*
  on conflict on constraint offers_pkey do nothing;
  if not found then perform private.refuse('id_reused', 'id', 'offer_id'); end if;
  if offer.kind = 'special_offer' then
    insert into private.offer_prices (offer_id, priced) values (offer.offer_id, priced);
  end if;
  perform private.note_answer(inquiry.conversation_id);
  if message ~ '[^[:space:]]' then
    perform private.send_message(offer.offer_id, inquiry.conversation_id, message);
  end if;
  return offer;
end $$;

comment on function private.add_offer is
  'Rule: an offer is for a stay the guest could book now except for its price, the approval and '
  'the minimum nights; it answers the inquiry.';

create function private.preapprove_inquiry(offer_id uuid, inquiry_id uuid, message text)
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
declare
  inquiry public.inquiries := private.inquiry_to_answer(preapprove_inquiry.inquiry_id);
  offer   public.offers;
begin
  offer.offer_id := preapprove_inquiry.offer_id;
  offer.kind := 'pre_approval';
  offer.check_in := inquiry.check_in;
  offer.check_out := inquiry.check_out;
  offer.guests := inquiry.guests;
  offer.infants := inquiry.infants;
  offer.pets := inquiry.pets;
  offer.child_ages := inquiry.child_ages;
  return private.add_offer(offer, inquiry, message);
end $$;

create function private.send_special_offer(
  offer_id uuid, inquiry_id uuid, subtotal_minor bigint, check_in date, check_out date,
  guests integer, infants integer, pets integer, message text, child_ages smallint[])
  returns public.offers language plpgsql volatile security definer set search_path = ''
as $$
declare
  inquiry public.inquiries := private.inquiry_to_answer(send_special_offer.inquiry_id);
  offer   public.offers;
begin
  if subtotal_minor is null or subtotal_minor not between 0 and 1000000000000 then
    perform private.refuse('invalid_price');
  end if;
  if num_nonnulls(check_in, check_out) = 1 then
    perform private.refuse('dates_required');
  end if;
  offer.offer_id := send_special_offer.offer_id;
  offer.kind := 'special_offer';
  offer.check_in := coalesce(send_special_offer.check_in, inquiry.check_in);
  offer.check_out := coalesce(send_special_offer.check_out, inquiry.check_out);
  offer.guests := coalesce(send_special_offer.guests, inquiry.guests);
  offer.infants := coalesce(send_special_offer.infants, inquiry.infants);
  offer.pets := coalesce(send_special_offer.pets, inquiry.pets);
  offer.child_ages := coalesce(send_special_offer.child_ages, inquiry.child_ages);
  offer.subtotal_minor := send_special_offer.subtotal_minor;
  return private.add_offer(offer, inquiry, message);
end $$;

create function public.preapprove_inquiry(offer_id uuid, inquiry_id uuid, message text default '')
  returns public.offers language sql volatile security invoker set search_path = ''
  return private.preapprove_inquiry(offer_id, inquiry_id, message);

create function public.send_special_offer(
  offer_id       uuid,
  inquiry_id     uuid,
  subtotal_minor bigint,
  check_in       text    default null,
  check_out      text    default null,
  guests         integer default null,
  infants        integer default null,
  pets           integer default null,
  message        text    default '',
  child_ages     smallint[] default null)
  returns public.offers language sql volatile security invoker set search_path = ''
  return private.send_special_offer(
    offer_id, inquiry_id, subtotal_minor,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, message, private.in_order(child_ages));

grant execute on function
  private.preapprove_inquiry, private.send_special_offer, public.preapprove_inquiry,
  public.send_special_offer
  to authenticated;

comment on function public.preapprove_inquiry is
  'A host lets the guest book what they asked about at the listed price within 24 hours, without '
  'approval. The client chooses offer_id; a repeated call returns the same offer. message, if '
  'given, goes into the conversation. Errors: inquiry_not_found, guest_unavailable, '
  'too_many_offers, offer_id_required, id_reused, those of quote_stay without '
  'below_minimum_nights, and those of send_message.';
comment on function public.send_special_offer is
  'A host offers the guest a price, valid for 24 hours: subtotal_minor is the host''s whole price, '
  'including nights, cleaning, extra guests and pets; the guest''s fee and taxes are added and '
  'locked with it. Dates and guests that are left out are those of the inquiry. The client chooses '
  'offer_id; a repeated call returns the same offer. Co-hosts cannot offer less than the stay '
  'costs, or than the owner''s floor (set_price_floor). Errors: invalid_price, price_not_in_steps, '
  'below_price_floor, and those of preapprove_inquiry.';
