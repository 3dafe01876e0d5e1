-- Saved cards: who a guest is at Stripe, and from which of their cards the later charges of a
-- booking are taken. The card itself is Stripe's secret; here is its name.

-- One at Stripe for every person, whose row is there before Stripe is asked; never looked for by an
-- address, which anyone can type.
create table private.customers (
  guest_id           uuid        primary key references public.profiles on delete restrict,
  stripe_customer_id text,
  leaves             boolean     not null default false,
  created_at         timestamptz not null,

  constraint customers_are_one_person unique (stripe_customer_id)
);

create table private.saved_cards (
  booking_id               uuid        primary key references public.bookings on delete restrict,
  stripe_setup_intent_id   text,
  stripe_payment_method_id text,
  saved_at                 timestamptz,
  lost_at                  timestamptz,

  constraint saved_cards_are_set_up_once unique (stripe_setup_intent_id),
  constraint saved_cards_say_when_saved
    check ((saved_at is not null) = (stripe_payment_method_id is not null)),
  constraint saved_cards_are_lost_after      check (lost_at is null or saved_at is not null)
);

create index customers_leaving_idx on private.customers (guest_id) where leaves;
alter table private.customers enable row level security;
alter table private.saved_cards enable row level security;
comment on table private.customers is 'The Stripe customers of guests.';
comment on column private.customers.leaves is
  'The person deleted their account: the customer is deleted at Stripe, with all cards, once '
  'nothing needs it any more.';
comment on table private.saved_cards is
  'The card that is charged for later payments of a booking: its id at Stripe, no number.';
comment on column private.saved_cards.lost_at is
  'When its customer was found to be deleted at Stripe: it is no longer charged.';

create function private.customer_of(guest_id uuid)
  returns private.customers language plpgsql volatile security definer set search_path = ''
as $$
declare
  customer private.customers;
begin
  insert into private.customers (guest_id, created_at) values (customer_of.guest_id, private.now())
  on conflict on constraint customers_pkey do nothing;
  select * into strict customer from private.customers
    where customers.guest_id = customer_of.guest_id;
  return customer;
end $$;

create function private.record_customer(guest_id uuid, stripe_customer_id text, replaces text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  customer private.customers;
begin
  select * into customer from private.customers
  where customers.guest_id = record_customer.guest_id for update;
  if not found then perform private.refuse('profile_not_found', 'payer'); end if;
  if customer.stripe_customer_id is null or customer.stripe_customer_id = replaces then
    update private.customers set stripe_customer_id = record_customer.stripe_customer_id
    where customers.guest_id = customer.guest_id
    returning * into customer;
    update private.saved_cards set lost_at = private.now()
    from public.bookings
    where bookings.booking_id = saved_cards.booking_id and bookings.guest_id = customer.guest_id
      and saved_cards.saved_at is not null and saved_cards.lost_at is null;
  end if;
  return customer.stripe_customer_id;
end $$;

comment on function private.record_customer is
  'Rule: a guest is one customer, the first that was recorded; if that one was deleted at Stripe, '
  'the first that replaces it. The cards saved for it are lost. Returns the customer that counts.';

create function private.save_card(booking_id uuid, stripe_payment_method_id text)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.saved_cards (booking_id, stripe_payment_method_id, saved_at)
  values (booking_id, stripe_payment_method_id, private.now())
  on conflict on constraint saved_cards_pkey do update
  set stripe_payment_method_id = excluded.stripe_payment_method_id, saved_at = excluded.saved_at,
      lost_at = null;
end;

comment on function private.save_card is
  'Rule: the card used is the one the guest most recently agreed to be charged later.';

create function public.record_customer(
  guest_id uuid, stripe_customer_id text, replaces text default null)
  returns text language sql volatile security invoker set search_path = ''
  return private.record_customer(guest_id, stripe_customer_id, replaces);

grant execute on function private.record_customer, public.record_customer to service_role;

comment on function public.record_customer is
  'Server: records a guest''s customer at Stripe, and which deleted customer it replaces; returns '
  'the one that counts. Errors: profile_not_found.';
