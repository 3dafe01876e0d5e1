-- Outbox: commands to Stripe and others, carried out once by the worker.

create type public.command_kind as enum (
  'create_intent', 'create_setup', 'capture', 'charge', 'cancel_intent', 'cancel_setup', 'refund',
  'transfer', 'reverse_transfer', 'reconcile', 'delete_customer', 'remove_evidence',
  'remove_photos', 'remove_pictures', 'remove_unused', 'send_mail', 'deliver_webhook');
create type private.command_status as enum ('waiting', 'running', 'done', 'failed');

create table private.commands (
  command_id      uuid                   primary key default gen_random_uuid(),
  position        bigint                 generated always as identity,
  kind            public.command_kind    not null,
  idempotency_key text                   not null,
  booking_id      uuid                   references public.bookings on delete restrict,
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
  -- Their foreign keys come with the tables they point to.
  payout_id       uuid,
  reversal_id     uuid,
  conversation_id uuid,
  delivery_id     uuid,

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
  constraint commands_are_about_something check (
    booking_id is not null or conversation_id is not null or delivery_id is not null
    or subject_id is not null),
  constraint commands_name_their_payout   check (
    (payout_id is not null) = (kind in ('transfer', 'reverse_transfer'))
    and (reversal_id is not null) = (kind = 'reverse_transfer')),
  constraint commands_name_their_delivery check (
    (kind = 'deliver_webhook') = (delivery_id is not null)),
  constraint commands_run_under_a_claim
    check ((status = 'running') = (claimed_until is not null)),
  constraint commands_end_some_time
    check ((status in ('done', 'failed')) = (finished_at is not null)),
  constraint commands_fail_for_a_reason   check (status <> 'failed' or problem is not null)
)
-- Each command is written three times within seconds and never again. The worker looks for what is
-- due every few seconds, at the end of an index where the dead ones lie.
with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

create index commands_due_idx on private.commands (due_at, position)
  where status in ('waiting', 'running');
create index commands_kind_finished_at_idx on private.commands (kind, finished_at)
  where status = 'done';
create index commands_lapsed_idx on private.commands (claimed_until) where status = 'running'
  and alone;
create index commands_booking_id_idx on private.commands (booking_id);
create index commands_payment_id_idx on private.commands (payment_id) where payment_id is not null;
create index commands_refund_id_idx on private.commands (refund_id) where refund_id is not null;
create index commands_recipient_id_idx on private.commands (recipient_id)
  where recipient_id is not null;
create index commands_payout_id_idx on private.commands (payout_id) where payout_id is not null;
create index commands_reversal_id_idx on private.commands (reversal_id)
  where reversal_id is not null;
create index commands_conversation_id_idx on private.commands (conversation_id)
  where conversation_id is not null;
create index commands_delivery_id_idx on private.commands (delivery_id)
  where delivery_id is not null;
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

create function private.queue_command(
  kind public.command_kind, occasion text,
  booking_id uuid default null, payment_id uuid default null, refund_id uuid default null,
  payout_id uuid default null, reversal_id uuid default null, delivery_id uuid default null,
  conversation_id uuid default null, recipient_id uuid default null, subject_id uuid default null,
  template text default null, claimed boolean default false)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.commands (
    kind, idempotency_key, booking_id, payment_id, refund_id, payout_id, reversal_id, delivery_id,
    conversation_id, recipient_id, subject_id, template, due_at, created_at,
    status, attempts, claimed_until)
  values (
    kind,
    concat_ws('/', 'staybase',
      case kind when 'send_mail' then 'mail' when 'deliver_webhook' then 'webhook'
        else kind::text end,
      occasion),
    booking_id, payment_id, refund_id, payout_id, reversal_id, delivery_id,
    conversation_id, recipient_id, subject_id, template, private.now(), private.now(),
    case when claimed then 'running' else 'waiting' end::private.command_status,
    claimed::integer,
    case when claimed then private.now() + interval '1 minute' end)
  on conflict on constraint commands_happen_once do nothing;
  return found;
end $$;

comment on function private.queue_command is
  'Rule: a command is queued once for each occasion, in the transaction that makes it necessary. '
  'A claimed one is run by whoever queues it; the worker takes over a minute later. False if it '
  'was queued before.';

create function private.write_mail(
  template text, booking_id uuid, occasion text default null, subject_id uuid default null)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.queue_command('send_mail',
    concat_ws('/', template, coalesce(subject_id, booking_id), occasion),
    booking_id => booking_id, subject_id => subject_id, template => template);
end $$;

comment on function private.write_mail is
  'Rule: an e-mail about a booking is written once for each occasion; without an occasion, once '
  'per booking or subject. Which side reads it is a row of private.letter_kinds.';
