-- Audit log: everything that staff and money do leaves an entry: who, what, on which object, when,
-- and no word about a person.

create table private.audit_log (
  entry_id    bigint      primary key generated always as identity,
  happened_at timestamptz not null,
  actor       text        not null,
  actor_id    uuid,
  action      text        not null,
  object      text        not null,
  object_id   uuid        not null,

  constraint audit_log_knows_its_actors check (actor in ('person', 'server', 'database')),
  constraint audit_log_names_people     check ((actor_id is not null) = (actor = 'person')),
  constraint audit_log_speaks_in_codes  check (action ~ '^[a-z_.]+$' and object ~ '^[a-z_]+$')
);

create index audit_log_object_id_idx on private.audit_log (object_id, entry_id desc);
create index audit_log_actor_id_idx on private.audit_log (actor_id, entry_id desc)
  where actor_id is not null;
alter table private.audit_log enable row level security;

comment on table private.audit_log is
  'The actions of staff and the movements of money: ids and codes, never a name or a text. '
  'Append-only.';
comment on column private.audit_log.actor is
  'person: with a token of their own (actor_id); server: with the secret key; database: a job, or '
  'an operator''s SQL.';

create trigger keep_the_audit_log before update or delete or truncate on private.audit_log
  for each statement execute function private.refuse_change();

create function private.audit(action text, object text, object_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.audit_log (happened_at, actor, actor_id, action, object, object_id)
  values (
    private.now(),
    case
      when auth.uid() is not null then 'person'
      when auth.role() = 'service_role' then 'server'
      else 'database'
    end,
    auth.uid(), audit.action, audit.object, audit.object_id);
end $$;

create function private.audit_row()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- The noun of the action; the object and the column that names it; the column that says what
  -- became of it.
  noun   text := tg_argv[0];
  object text := tg_argv[1];
  id     text := tg_argv[2];
  state  text := tg_argv[3];
  fields jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
begin
  perform private.audit(
    noun || '.' || coalesce(
      fields ->> state, case tg_op when 'INSERT' then 'added' when 'UPDATE' then 'changed'
        else 'removed' end),
    object, (fields ->> id)::uuid);
  return null;
end $$;

comment on function private.audit_row is
  'Rule: actions of staff and movements of money are recorded where they happen, whichever verb, '
  'job or person causes them.';

create trigger audit_the_staff after insert or delete on private.staff
  for each row execute function private.audit_row('staff', 'person', 'profile_id');
create trigger audit_the_suspension after insert or delete on private.suspensions
  for each row execute function private.audit_row('suspension', 'person', 'profile_id');
create trigger audit_the_staff_move after insert on public.booking_history
  for each row when (new.actor = 'staff')
  execute function private.audit_row('booking', 'booking', 'booking_id', 'to_status');
create trigger audit_the_new_no_show after insert on public.no_shows
  for each row execute function private.audit_row('no_show', 'booking', 'booking_id', 'status');
create trigger audit_the_no_show after update of status on public.no_shows
  for each row when (old.status <> new.status)
  execute function private.audit_row('no_show', 'booking', 'booking_id', 'status');
create trigger audit_the_new_complaint after insert on public.complaints
  for each row execute function private.audit_row('complaint', 'booking', 'booking_id', 'status');
create trigger audit_the_complaint after update of status on public.complaints
  for each row when (old.status <> new.status)
  execute function private.audit_row('complaint', 'booking', 'booking_id', 'status');
create trigger audit_the_new_damage_claim after insert on public.damage_claims
  for each row execute function private.audit_row('damage_claim', 'booking', 'booking_id',
    'status');
create trigger audit_the_damage_claim after update of status on public.damage_claims
  for each row when (old.status <> new.status)
  execute function private.audit_row('damage_claim', 'booking', 'booking_id', 'status');
create trigger audit_the_new_endpoint after insert on private.webhook_endpoints
  for each row execute function private.audit_row('webhook_endpoint', 'webhook_endpoint',
    'endpoint_id');
create trigger audit_the_endpoint after update of secret, disabled_at on private.webhook_endpoints
  for each row when (old.secret <> new.secret or old.disabled_at is distinct from new.disabled_at)
  execute function private.audit_row('webhook_endpoint', 'webhook_endpoint', 'endpoint_id');
create trigger audit_the_removal after insert on private.review_removals
  for each row execute function private.audit_row('review_removal', 'review', 'review_id');
create trigger audit_the_payment after update of status on public.payments
  for each row when (old.status <> new.status)
  execute function private.audit_row('payment', 'booking', 'booking_id', 'status');
create trigger audit_the_problem after insert or delete on private.payment_problems
  for each row execute function private.audit_row('payment_problem', 'payment', 'payment_id');
create trigger audit_the_new_refund after insert on public.refunds
  for each row execute function private.audit_row('refund', 'booking', 'booking_id', 'status');
create trigger audit_the_refund after update of status on public.refunds
  for each row when (old.status <> new.status)
  execute function private.audit_row('refund', 'booking', 'booking_id', 'status');
create trigger audit_the_new_payout after insert on public.payouts
  for each row execute function private.audit_row('payout', 'booking', 'booking_id', 'status');
create trigger audit_the_payout after update of status on public.payouts
  for each row when (old.status <> new.status)
  execute function private.audit_row('payout', 'booking', 'booking_id', 'status');
create trigger audit_the_new_reversal after insert on private.reversals
  for each row execute function private.audit_row('reversal', 'payout', 'payout_id', 'status');
create trigger audit_the_reversal after update of status on private.reversals
  for each row when (old.status <> new.status)
  execute function private.audit_row('reversal', 'payout', 'payout_id', 'status');
create trigger audit_the_new_hold after insert on private.payout_holds
  for each row execute function private.audit_row('payout_hold', 'booking', 'booking_id');
create trigger audit_the_hold after update of lifted_at on private.payout_holds
  for each row when (old.lifted_at is distinct from new.lifted_at)
  execute function private.audit_row('payout_hold', 'booking', 'booking_id');
create trigger audit_the_new_dispute after insert on private.disputes
  for each row execute function private.audit_row('dispute', 'booking', 'booking_id', 'status');
create trigger audit_the_dispute after update of status on private.disputes
  for each row when (old.status <> new.status)
  execute function private.audit_row('dispute', 'booking', 'booking_id', 'status');
