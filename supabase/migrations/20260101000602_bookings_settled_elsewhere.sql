-- Settled elsewhere: stays whose money moved on another platform. They hold their nights and are
-- reviewed like any other, and cost nothing here: their totals are 0, so they have no payment, no
-- payout, no receipt and no line of the ledger. What was paid stands beside them, as a note.

create table private.settled_elsewhere (
  booking_id        uuid   primary key references public.bookings
    on delete restrict deferrable initially deferred,
  currency          text   not null,
  total_minor       bigint not null,
  refunded_minor    bigint not null,
  host_payout_minor bigint not null,

  constraint settled_elsewhere_in_a_currency check (currency ~ '^[A-Z]{3}$'),
  constraint settled_elsewhere_add_up check (
    total_minor >= 0 and host_payout_minor >= 0 and refunded_minor between 0 and total_minor)
);

alter table private.settled_elsewhere enable row level security;

comment on table private.settled_elsewhere is
  'Stays that were paid on another platform, with what was paid, refunded and paid out there. No '
  'money moves here.';

create trigger keep_the_settlements_elsewhere before update or delete
  or truncate on private.settled_elsewhere
  for each statement execute function private.refuse_change();

create function private.was_settled_elsewhere(booking_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from private.settled_elsewhere
    where settled_elsewhere.booking_id = was_settled_elsewhere.booking_id);
end $$;

comment on function private.was_settled_elsewhere is
  'Rule: a stay paid on another platform may start as confirmed or over. Here it costs nothing, '
  'cannot be altered, and a host who cancels it owes no penalty.';
