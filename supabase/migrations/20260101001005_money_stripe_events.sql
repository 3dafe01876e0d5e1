-- Stripe events: what Stripe tells, and what is believed of it.

create table private.stripe_events (
  event_id    text        primary key,
  type        text        not null,
  object_id   text        not null,
  outcome     text,
  received_at timestamptz not null,
  tried_at    timestamptz,
  applied_at  timestamptz,

  constraint stripe_events_are_named
    check (char_length(event_id) between 1 and 255 and char_length(type) between 1 and 255),
  constraint stripe_events_have_effect check ((applied_at is null) = (outcome is null))
);

create index stripe_events_unapplied_idx on private.stripe_events (received_at)
  where applied_at is null;
alter table private.stripe_events enable row level security;
comment on table private.stripe_events is
  'Events from Stripe, once each: the type and the id of the object, no personal data.';
comment on column private.stripe_events.tried_at is
  'When the worker last took it, because it could not be applied on arrival.';

create function private.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.stripe_events (event_id, type, object_id, received_at)
  values (store_stripe_event.event_id, store_stripe_event.type, store_stripe_event.object_id,
    private.now())
  on conflict on constraint stripe_events_pkey do nothing;
  return exists (
    select from private.stripe_events
    where stripe_events.event_id = store_stripe_event.event_id
      and stripe_events.applied_at is not null);
end $$;

create function private.close_stripe_event(event_id text, outcome text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update private.stripe_events
  set applied_at = private.now(), outcome = close_stripe_event.outcome
  where stripe_events.event_id = close_stripe_event.event_id and stripe_events.applied_at is null;
end $$;

create type public.stripe_event_to_apply as (event_id text, type text, object_id text);

create function private.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  return query
    with due as (
      select stripe_events.event_id from private.stripe_events
      where stripe_events.applied_at is null
        and stripe_events.received_at <= private.now() - interval '1 hour'
        and (stripe_events.tried_at is null
          or stripe_events.tried_at <= private.now() - interval '1 hour')
      order by stripe_events.received_at
      limit least(claim_stripe_events.most, 100)
      for update skip locked
    )
    update private.stripe_events set tried_at = private.now()
    from due
    where stripe_events.event_id = due.event_id
    returning stripe_events.event_id, stripe_events.type, stripe_events.object_id;
end $$;

comment on function private.claim_stripe_events is
  'Rule: an event that was stored and not applied is retried every hour, even after Stripe has '
  'stopped sending it.';

create function private.lock_refund(refund_id uuid)
  returns public.refunds language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds;
begin
  perform private.lock_payment(refunds.payment_id) from public.refunds
  where refunds.refund_id = lock_refund.refund_id;
  select * into refund from public.refunds
  where refunds.refund_id = lock_refund.refund_id for update;
  if not found then perform private.refuse('refund_not_found'); end if;
  return refund;
end $$;

comment on function private.lock_refund is
  'Rule: changing a refund requires its booking and its payment to be locked first.';

create function private.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  refund public.refunds := private.lock_refund(apply_refund.refund_id);
begin
  -- What an operator gave back by hand, and did not get to the guest, was only claimed by that.
  update public.payments
  set refunded_minor = greatest(payments.refunded_minor - refund.amount_minor, (
    select coalesce(sum(others.amount_minor), 0) from public.refunds as others
    where others.payment_id = refund.payment_id and others.refund_id <> refund.refund_id
      and others.status <> 'failed'))
  where payments.payment_id = refund.payment_id and refund.reason = 'dashboard'
    and refund.status <> 'failed'
    and apply_refund.refund_status in ('failed', 'canceled');
  update public.refunds
  set stripe_refund_id = coalesce(refunds.stripe_refund_id, apply_refund.stripe_refund_id),
      status = case
        -- One that was given up, of which Stripe knows after all, was made.
        when apply_refund.refund_status = 'succeeded'
          and (refunds.status <> 'failed' or refunds.stripe_refund_id is null) then 'succeeded'
        when apply_refund.refund_status in ('failed', 'canceled') then 'failed'
        else refunds.status
      end::public.refund_status
  where refunds.refund_id = refund.refund_id
  returning * into refund;
  if refund.status = 'failed' then
    perform private.note_problem(refund.payment_id, 'refund_failed');
  end if;
  perform private.close_stripe_event(event_id, 'refund_' || refund.status);
  return refund.status;
end $$;

comment on function private.apply_refund is
  'Rule: a refund that fails, even after it succeeded, is reported to an operator; its money stays '
  'reserved, unless it was made in the dashboard.';

-- Verbs

create function public.store_stripe_event(event_id text, type text, object_id text)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.store_stripe_event(event_id, type, object_id);

comment on function public.store_stripe_event is
  'Server: stores an event once; returns true if it was already applied and needs no further work.';

create function public.close_stripe_event(event_id text, outcome text)
  returns void language sql volatile security invoker set search_path = ''
  return private.close_stripe_event(event_id, outcome);

comment on function public.close_stripe_event is
  'Server: marks an event that changes nothing here as done, and why.';

create function public.claim_stripe_events(most integer)
  returns setof public.stripe_event_to_apply language sql volatile security invoker
  set search_path = ''
begin atomic
  select * from private.claim_stripe_events(claim_stripe_events.most);
end;

comment on function public.claim_stripe_events is
  'Server: claims up to the given number of events that were stored at least an hour ago and are '
  'not applied.';

create function public.apply_refund(
  event_id text, refund_id uuid, stripe_refund_id text, refund_status text)
  returns text language sql volatile security invoker set search_path = ''
  return private.apply_refund(event_id, refund_id, stripe_refund_id, refund_status);

comment on function public.apply_refund is
  'Server: applies a refund as fetched from Stripe. Returns its status. Errors: refund_not_found.';

grant execute on function
  private.store_stripe_event, private.close_stripe_event, private.claim_stripe_events,
  private.apply_refund, public.store_stripe_event, public.close_stripe_event,
  public.claim_stripe_events, public.apply_refund
  to service_role;
