-- Outbox: commands to Stripe and others, carried out once by the worker.

create type public.command_kind as enum (
  'create_intent', 'create_setup', 'capture', 'charge', 'cancel_intent', 'cancel_setup', 'refund',
    'transfer',
  'reverse_transfer', 'reconcile', 'delete_customer', 'remove_evidence', 'remove_photos',
    'remove_pictures',
  'remove_unused', 'send_mail', 'deliver_webhook');
create type private.command_status as enum ('waiting', 'running', 'done', 'failed');

create table private.commands (
  command_id      uuid                   primary key default gen_random_uuid(),
  position        bigint                 generated always as identity,
  kind            public.command_kind    not null,
  idempotency_key text                   not null,
  booking_id      uuid                   not null references public.bookings on delete restrict,
  payment_id      uuid                   references public.payments on delete restrict,
  refund_id       uuid                   references public.refunds on delete restrict,
  recipient_id    uuid                   references public.profiles on delete restrict,
  template        text,
  subject_id      uuid,
  status          private.command_status not null default 'waiting',
  attempts        integer                not null default 0,
  due_at          timestamptz            not null,
  claimed_until   timestamptz,
  alone           boolean                not null default false,
  problem         text,
  created_at      timestamptz            not null,
  finished_at     timestamptz,

  constraint commands_happen_once         unique (idempotency_key),
  constraint commands_name_their_object   check (
    case
      when kind = 'send_mail' then template is not null
        and num_nonnulls(recipient_id, subject_id) > 0
      when kind = 'deliver_webhook' then true
      when kind in ('delete_customer', 'remove_evidence', 'remove_photos', 'remove_pictures',
        'remove_unused') then subject_id is not null
      when kind = 'refund' then refund_id is not null and payment_id is not null
      else payment_id is not null
    end),
  constraint commands_run_under_a_claim
    check ((status = 'running') = (claimed_until is not null)),
  constraint commands_end_some_time
    check ((status in ('done', 'failed')) = (finished_at is not null)),
  constraint commands_fail_for_a_reason   check (status <> 'failed' or problem is not null)
);

create index commands_due_idx on private.commands (due_at, position)
  where status in ('waiting', 'running');
create index commands_lapsed_idx on private.commands (claimed_until) where status = 'running'
  and alone;
create index commands_booking_id_idx on private.commands (booking_id);
create index commands_payment_id_idx on private.commands (payment_id) where payment_id is not null;
create index commands_refund_id_idx on private.commands (refund_id) where refund_id is not null;
create index commands_recipient_id_idx on private.commands (recipient_id)
  where recipient_id is not null;
create index commands_failed_idx on private.commands (finished_at) where status = 'failed';
alter table private.commands enable row level security;

comment on table private.commands is
  'Work to be done outside the database: a row with its own idempotency key, committed before '
  'anything is called.';
comment on column private.commands.position is
  'The order in which they were written: commands due at the same instant are claimed in it.';
comment on column private.commands.subject_id is
  'What it is about, where no other column says so: the guest, report or home whose customer or '
  'files are to go; for a letter what letter_kinds.about names.';
comment on column private.commands.alone is
  'Its worker has no other command: an earlier worker disappeared while it had this one.';
comment on column private.commands.claimed_until is
  'When the command is released if its worker died.';

create function private.write_command(
  kind public.command_kind, object_id uuid, booking_id uuid, payment_id uuid, refund_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.commands (
    kind, idempotency_key, booking_id, payment_id, refund_id, due_at, created_at)
  values (
    kind, 'staybase/' || kind || '/' || object_id, booking_id, payment_id, refund_id,
    private.now(), private.now())
  on conflict on constraint commands_happen_once do nothing;
end $$;

create function private.write_mail(
  template text, recipient_id uuid, booking_id uuid, occasion text default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.commands (
    kind, idempotency_key, booking_id, recipient_id, template, due_at, created_at)
  values (
    'send_mail', concat_ws('/', 'staybase/mail', template, recipient_id, booking_id, occasion),
      booking_id,
    recipient_id, template, private.now(), private.now())
  on conflict on constraint commands_happen_once do nothing;
end $$;

comment on function private.write_mail is
  'Rule: an e-mail is written once for each occasion; without an occasion, once per booking.';
