-- Disputed: what cardholders' banks took back.

create type private.dispute_status as enum ('inquiry', 'open', 'inquiry_closed', 'won', 'lost');

create table private.disputes (
  stripe_dispute_id text                   primary key,
  payment_id        uuid                   not null references public.payments on delete restrict,
  booking_id        uuid                   not null references public.bookings on delete restrict,
  status            private.dispute_status not null,
  currency          text                   not null references private.currencies,
  amount_minor      bigint                 not null,
  withdrawn_minor   bigint                 not null default 0,
  reinstated_minor  bigint                 not null default 0,
  fee_minor         bigint                 not null default 0,
  is_appealed       boolean                not null default false,
  is_lost           boolean                not null generated always as (status = 'lost'
    or is_appealed) stored,
  round             smallint               not null default 1,
  opened_at         timestamptz            not null,
  closed_at         timestamptz,
  looked_at         timestamptz            not null default '-infinity',

  constraint disputes_are_over_something     check (amount_minor > 0),
  constraint disputes_give_back_what_they_took check (
    withdrawn_minor >= 0 and reinstated_minor between 0 and withdrawn_minor and fee_minor >= 0),
  constraint disputes_say_when_they_ended    check (
    (closed_at is not null) = (status in ('inquiry_closed', 'won', 'lost'))),
  constraint disputes_are_open_while_appealed check (not is_appealed or status = 'open'),
  constraint disputes_are_opened_once_at_least check (round > 0)
);

create index disputes_payment_id_idx on private.disputes (payment_id);
create index disputes_booking_id_idx on private.disputes (booking_id);
create index disputes_currency_idx on private.disputes (currency);
alter table private.disputes enable row level security;
comment on table private.disputes is
  'Charges that a cardholder''s bank questions (an inquiry, no money moves) or reverses (a '
  'dispute, until it is decided).';
comment on column private.disputes.is_appealed is 'Lost, and reopened by an appeal.';
comment on column private.disputes.is_lost is
  'The bank keeps the money: from the decision on, and through an appeal until it is won.';
comment on column private.disputes.round is 'How often it was opened: an appeal opens it again.';
comment on column private.disputes.looked_at is
  'When Stripe was asked; the answer to an older request changes nothing.';

create function private.round_of(dispute private.disputes)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return dispute.stripe_dispute_id || case when dispute.round > 1 then '/' || dispute.round
    else '' end;
end $$;

comment on function private.round_of is
  'Rule: the id for what happens once each time a dispute is opened: its own, and a different one '
  'for an appeal.';
