-- Webhooks: what other programs are told.

create table private.webhook_endpoints (
  endpoint_id      uuid        primary key,
  url              text        not null,
  description      text        not null,
  event_types      text[],
  secret           text        not null,
  old_secret       text,
  old_secret_until timestamptz,
  failures         integer     not null default 0,
  disabled_at      timestamptz,
  created_at       timestamptz not null,

  constraint webhook_endpoints_are_on_the_web
    check (url ~ '^https?://[^[:space:]]+$' and char_length(url) <= 2000),
  constraint webhook_endpoints_say_what_for       check (char_length(description) <= 500),
  constraint webhook_endpoints_name_events        check (
    cardinality(event_types) between 1 and 50
    and array_to_string(event_types, ' ', '?') ~ '^[a-z_]+\.[a-z_]+( [a-z_]+\.[a-z_]+)*$'),
  constraint webhook_endpoints_retire_one_secret
    check ((old_secret is null) = (old_secret_until is null)),
  constraint webhook_endpoints_count_failures     check (failures >= 0)
);

alter table private.webhook_endpoints enable row level security;
comment on table private.webhook_endpoints is
  'Programs that receive events. Without event_types: all events.';
comment on column private.webhook_endpoints.failures is 'Failed attempts since the last success.';

create table private.webhook_events (
  event_id   uuid        primary key default gen_random_uuid(),
  type       text        not null,
  facts      jsonb       not null,
  created_at timestamptz not null
);

create index webhook_events_created_at_idx on private.webhook_events (created_at);
alter table private.webhook_events enable row level security;
comment on table private.webhook_events is
  'Events that were emitted: ids and states, no personal data; the receiver fetches the rest.';

create table private.webhook_deliveries (
  delivery_id  uuid        primary key default gen_random_uuid(),
  endpoint_id  uuid        not null references private.webhook_endpoints on delete cascade,
  event_id     uuid        not null references private.webhook_events on delete cascade,
  delivered_at timestamptz,
  created_at   timestamptz not null,

  constraint webhook_deliveries_are_made_once unique (event_id, endpoint_id)
);

create index webhook_deliveries_endpoint_id_idx
  on private.webhook_deliveries (endpoint_id, created_at desc);
alter table private.webhook_deliveries enable row level security;
comment on table private.webhook_deliveries is 'An event on its way to an endpoint.';

alter table private.commands
  add constraint commands_deliver_something foreign key (delivery_id)
  references private.webhook_deliveries on delete cascade;

create table private.webhook_attempts (
  delivery_id  uuid        not null references private.webhook_deliveries on delete cascade,
  attempt      smallint    not null,
  status_code  smallint,
  problem      text,
  took_ms      integer     not null,
  attempted_at timestamptz not null,

  primary key (delivery_id, attempt),
  constraint webhook_attempts_came_to_something check (num_nonnulls(status_code, problem) > 0),
  constraint webhook_attempts_are_told_shortly  check (char_length(problem) <= 500)
);

alter table private.webhook_attempts enable row level security;
comment on table private.webhook_attempts is
  'Each attempt of a delivery, and the response of the endpoint.';

-- What is told

create function private.tell_programs(type text, facts jsonb)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  event    private.webhook_events;
  delivery private.webhook_deliveries;
begin
  if not exists (
    select from private.webhook_endpoints
    where webhook_endpoints.disabled_at is null
      and (webhook_endpoints.event_types is null
        or tell_programs.type = any (webhook_endpoints.event_types)))
  then
    return;
  end if;
  insert into private.webhook_events (type, facts, created_at)
  values (tell_programs.type, tell_programs.facts, private.now())
  returning * into event;
  for delivery in
    insert into private.webhook_deliveries (endpoint_id, event_id, created_at)
    select webhook_endpoints.endpoint_id, event.event_id, private.now()
    from private.webhook_endpoints
    where webhook_endpoints.disabled_at is null
      and (webhook_endpoints.event_types is null
        or tell_programs.type = any (webhook_endpoints.event_types))
    returning *
  loop
    perform private.queue_command('deliver_webhook', delivery.delivery_id::text,
      delivery_id => delivery.delivery_id);
  end loop;
end $$;

comment on function private.tell_programs is
  'Rule: an event is emitted in the same transaction as the change, so there is never one without '
  'the other.';

create function private.tell_of_booking()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_programs('booking.' || new.status, jsonb_build_object(
    'booking_id', new.booking_id, 'listing_id', new.listing_id, 'host_id', new.host_id,
    'guest_id', new.guest_id, 'status', new.status));
  return null;
end $$;

comment on function private.tell_of_booking is
  'Rule: webhooks are sent each status of a booking, once it has been placed.';

create function private.tell_of_money()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  facts jsonb := to_jsonb(new);
begin
  perform private.tell_programs(
    rtrim(tg_table_name, 's') || '.' || new.status,
    jsonb_strip_nulls(jsonb_build_object(
      'refund_id', facts -> 'refund_id', 'payout_id', facts -> 'payout_id', 'booking_id',
        new.booking_id,
      'amount_minor', new.amount_minor, 'currency', new.currency, 'status', new.status)));
  return null;
end $$;

comment on function private.tell_of_money is
  'Rule: webhooks are sent each status of a refund or payout.';

create function private.tell_of_message()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_programs('message.sent', jsonb_build_object(
    'message_id', new.message_id, 'conversation_id', new.conversation_id, 'side', new.side,
    'kind', new.kind));
  return null;
end $$;

create trigger announce_the_booking after update of status on public.bookings
  for each row when (old.status <> new.status and new.placed_at is not null)
  execute function private.tell_of_booking();
create trigger announce_the_first_refund after insert on public.refunds
  for each row execute function private.tell_of_money();
create trigger announce_the_refund after update of status on public.refunds
  for each row when (old.status <> new.status) execute function private.tell_of_money();
create trigger announce_the_first_payout after insert on public.payouts
  for each row execute function private.tell_of_money();
create trigger announce_the_payout after update of status on public.payouts
  for each row when (old.status <> new.status) execute function private.tell_of_money();
create trigger announce_the_message after insert on public.messages
  for each row when (new.kind <> 'event') execute function private.tell_of_message();

-- How it is delivered

create function private.delivery_facts(delivery_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'delivery_id', webhook_deliveries.delivery_id,
      'url', webhook_endpoints.url,
      'secrets', case when webhook_endpoints.old_secret_until > private.now()
        then jsonb_build_array(webhook_endpoints.secret, webhook_endpoints.old_secret)
        else jsonb_build_array(webhook_endpoints.secret) end,
      'event', jsonb_build_object(
        'id', webhook_events.event_id, 'type', webhook_events.type,
        'created_at', webhook_events.created_at, 'data', webhook_events.facts))
    from private.webhook_deliveries
    join private.webhook_endpoints on webhook_endpoints.endpoint_id = webhook_deliveries.endpoint_id
    join private.webhook_events on webhook_events.event_id = webhook_deliveries.event_id
    where webhook_deliveries.delivery_id = delivery_facts.delivery_id
      and webhook_endpoints.disabled_at is null);
end $$;

comment on function private.delivery_facts is
  'What the worker needs to deliver an event; nothing if its endpoint was disabled in the '
  'meantime.';

create function private.record_delivery(
  delivery_id uuid, status_code integer, problem text, took_ms integer)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  delivery private.webhook_deliveries;
  fine     boolean := coalesce(record_delivery.status_code between 200 and 299, false);
begin
  select * into delivery from private.webhook_deliveries
  where webhook_deliveries.delivery_id = record_delivery.delivery_id for update;
  if not found then perform private.refuse('delivery_not_found'); end if;
  insert into private.webhook_attempts (delivery_id, attempt, status_code, problem, took_ms,
    attempted_at)
  select delivery.delivery_id, 1 + count(*), record_delivery.status_code::smallint,
    case when not fine then left(coalesce(record_delivery.problem, 'refused'), 500) end,
    greatest(0, record_delivery.took_ms), private.now()
  from private.webhook_attempts where webhook_attempts.delivery_id = delivery.delivery_id;
  if fine then
    update private.webhook_deliveries
      set delivered_at = coalesce(webhook_deliveries.delivered_at, private.now())
    where webhook_deliveries.delivery_id = delivery.delivery_id;
  end if;
  -- Fifty in a row: with twelve attempts each, four events that could not be told.
  update private.webhook_endpoints
  set failures = case when fine then 0 else webhook_endpoints.failures + 1 end,
      disabled_at = case when not fine
        and (webhook_endpoints.failures + 1 >= 50 or record_delivery.status_code = 410)
        then coalesce(webhook_endpoints.disabled_at, private.now())
          else webhook_endpoints.disabled_at end
  where webhook_endpoints.endpoint_id = delivery.endpoint_id;
  return fine;
end $$;

comment on function private.record_delivery is
  'Rule: every attempt is recorded; an endpoint that says it is gone, or fails fifty times in a '
  'row, is disabled.';

create function public.record_delivery(
  delivery_id uuid, status_code integer, problem text, took_ms integer)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.record_delivery(delivery_id, status_code, problem, took_ms);

grant execute on function private.record_delivery, public.record_delivery to service_role;
comment on function public.record_delivery is
  'Server: records what an endpoint answered, or the problem if it did not; returns true if it '
  'accepted the event. Errors: delivery_not_found.';

-- How operators register them

create function private.operator_caller()
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if auth.role() is distinct from 'service_role' then
    perform private.staff_caller();
  end if;
end $$;

comment on function private.operator_caller is
  'Rule: webhooks are managed by staff, and by servers with the secret key.';

create function private.operator_reader()
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if auth.role() is distinct from 'service_role' then
    perform private.staff_reader();
  end if;
end $$;

comment on function private.operator_reader is
  'Rule: like operator_caller, for verbs that only read.';

create type public.webhook_endpoint as (
  endpoint_id uuid,
  url         text,
  description text,
  event_types text[],
  secret      text,
  failures    integer,
  disabled_at timestamptz,
  created_at  timestamptz
);

create function private.endpoint_card(endpoint private.webhook_endpoints, secret text)
  returns public.webhook_endpoint language sql immutable security invoker set search_path = ''
  return row(
    endpoint.endpoint_id, endpoint.url, endpoint.description, endpoint.event_types,
      endpoint_card.secret,
    endpoint.failures, endpoint.disabled_at, endpoint.created_at)::public.webhook_endpoint;

-- In the format of Standard Webhooks, so that its libraries accept the secret.
create function private.new_webhook_secret()
  returns text language sql volatile security invoker set search_path = ''
  return 'whsec_' || encode(extensions.gen_random_bytes(24), 'base64');

create function private.add_webhook_endpoint(
  endpoint_id uuid, url text, event_types text[], description text)
  returns public.webhook_endpoint language plpgsql volatile security definer set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints;
  host     text := lower(substring(url from '^https?://([^/:?#]+)'));
begin
  perform private.operator_caller();
  -- The worker looks at the addresses behind a name; this refuses what is wrong at first sight.
  if url is null or char_length(url) > 2000 or url !~ '^https?://[^[:space:]]+$'
    or url ~ '^[a-z]+://[^/?#]*@'
    or (not exists (select from private.settings where settings.environment = 'local')
      and (url !~ '^https://' or host !~ '[a-z]' or host !~ '\.'
        or host ~ '\.(local|internal|localhost)$'))
  then
    perform private.refuse('invalid_url');
  end if;
  if event_types is not null and (cardinality(event_types) not between 1 and 50
    or array_to_string(event_types, ' ', '?') !~ '^[a-z_]+\.[a-z_]+( [a-z_]+\.[a-z_]+)*$')
  then
    perform private.refuse('invalid_event_types');
  end if;
  insert into private.webhook_endpoints (endpoint_id, url, description, event_types, secret,
    created_at)
  values (
    add_webhook_endpoint.endpoint_id, add_webhook_endpoint.url,
    left(coalesce(add_webhook_endpoint.description, ''), 500), add_webhook_endpoint.event_types,
    private.new_webhook_secret(), private.now())
  on conflict on constraint webhook_endpoints_pkey do nothing
  returning * into endpoint;
  if not found then
    select * into strict endpoint from private.webhook_endpoints
    where webhook_endpoints.endpoint_id = add_webhook_endpoint.endpoint_id;
    if endpoint.url <> add_webhook_endpoint.url then
      perform private.refuse('id_reused', 'id', 'endpoint_id');
    end if;
  end if;
  return private.endpoint_card(endpoint, endpoint.secret);
end $$;

create function private.endpoint_to_manage(endpoint_id uuid)
  returns private.webhook_endpoints language plpgsql volatile security definer set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints;
begin
  perform private.operator_caller();
  select * into endpoint from private.webhook_endpoints
  where webhook_endpoints.endpoint_id = endpoint_to_manage.endpoint_id for update;
  if not found then perform private.refuse('endpoint_not_found'); end if;
  return endpoint;
end $$;

create function private.rotate_webhook_secret(endpoint_id uuid)
  returns public.webhook_endpoint language plpgsql volatile security definer set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints := private.endpoint_to_manage(
    rotate_webhook_secret.endpoint_id);
begin
  update private.webhook_endpoints
  set old_secret = webhook_endpoints.secret, old_secret_until = private.now() + interval '24 hours',
      secret = private.new_webhook_secret()
  where webhook_endpoints.endpoint_id = endpoint.endpoint_id
  returning * into endpoint;
  return private.endpoint_card(endpoint, endpoint.secret);
end $$;

comment on function private.rotate_webhook_secret is
  'Rule: for one day after a change events are signed with both secrets, so that none is rejected.';

create function private.enable_webhook_endpoint(endpoint_id uuid, enabled boolean)
  returns public.webhook_endpoint language plpgsql volatile security definer set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints := private.endpoint_to_manage(
    enable_webhook_endpoint.endpoint_id);
begin
  update private.webhook_endpoints
  set disabled_at = case when enable_webhook_endpoint.enabled then null
        else coalesce(webhook_endpoints.disabled_at, private.now()) end,
      failures = case when enable_webhook_endpoint.enabled then 0
        else webhook_endpoints.failures end
  where webhook_endpoints.endpoint_id = endpoint.endpoint_id
    and enable_webhook_endpoint.enabled is not null
  returning * into endpoint;
  if not found then perform private.refuse('enabled_required'); end if;
  return private.endpoint_card(endpoint, null);
end $$;

create function private.list_webhook_endpoints()
  returns setof public.webhook_endpoint language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.operator_reader();
  return query
    select card.*
    from private.webhook_endpoints
    cross join lateral private.endpoint_card(webhook_endpoints, null) as card
    order by webhook_endpoints.created_at, webhook_endpoints.endpoint_id;
end $$;

create type public.webhook_attempt as (
  event_id     uuid,
  type         text,
  attempt      smallint,
  status_code  smallint,
  problem      text,
  took_ms      integer,
  attempted_at timestamptz
);

create function private.list_webhook_attempts(endpoint_id uuid, most integer)
  returns setof public.webhook_attempt language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.operator_reader();
  if not exists (select from private.webhook_endpoints
    where webhook_endpoints.endpoint_id = list_webhook_attempts.endpoint_id)
  then
    perform private.refuse('endpoint_not_found');
  end if;
  return query
    select webhook_events.event_id, webhook_events.type, webhook_attempts.attempt,
      webhook_attempts.status_code, webhook_attempts.problem, webhook_attempts.took_ms,
      webhook_attempts.attempted_at
    from private.webhook_deliveries
    join private.webhook_events on webhook_events.event_id = webhook_deliveries.event_id
    join private.webhook_attempts on webhook_attempts.delivery_id = webhook_deliveries.delivery_id
    where webhook_deliveries.endpoint_id = list_webhook_attempts.endpoint_id
    order by webhook_deliveries.created_at desc, webhook_deliveries.delivery_id,
      webhook_attempts.attempt desc
    limit greatest(0, least(coalesce(list_webhook_attempts.most, 50), 500));
end $$;

create function public.add_webhook_endpoint(
  endpoint_id uuid,
  url         text,
  event_types text[] default null,
  description text   default '')
  returns public.webhook_endpoint language sql volatile security invoker set search_path = ''
  return private.add_webhook_endpoint(endpoint_id, url, event_types, description);

create function public.rotate_webhook_secret(endpoint_id uuid)
  returns public.webhook_endpoint language sql volatile security invoker set search_path = ''
  return private.rotate_webhook_secret(endpoint_id);

create function public.enable_webhook_endpoint(endpoint_id uuid, enabled boolean)
  returns public.webhook_endpoint language sql volatile security invoker set search_path = ''
  return private.enable_webhook_endpoint(endpoint_id, enabled);

create function public.list_webhook_endpoints()
  returns setof public.webhook_endpoint language sql stable security invoker set search_path = ''
begin atomic
  select * from private.list_webhook_endpoints();
end;

create function public.list_webhook_attempts(endpoint_id uuid, most integer default 50)
  returns setof public.webhook_attempt language sql stable security invoker set search_path = ''
begin atomic
  select * from private.list_webhook_attempts(list_webhook_attempts.endpoint_id,
    list_webhook_attempts.most);
end;

grant execute on function
  private.add_webhook_endpoint, private.rotate_webhook_secret, private.enable_webhook_endpoint,
  private.list_webhook_endpoints, private.list_webhook_attempts, public.add_webhook_endpoint,
  public.rotate_webhook_secret, public.enable_webhook_endpoint, public.list_webhook_endpoints,
  public.list_webhook_attempts
  to authenticated, service_role;

comment on function public.add_webhook_endpoint is
  'Staff or a server: sends these events to this address from now on, or all events with null. The '
  'answer contains the signing secret. The caller chooses endpoint_id; a repeated call returns the '
  'same endpoint. Errors: staff_only, invalid_url, invalid_event_types, id_reused.';
comment on function public.rotate_webhook_secret is
  'Staff or a server: creates a new secret; for 24 hours events are also signed with the old one. '
  'Errors: staff_only, endpoint_not_found.';
comment on function public.enable_webhook_endpoint is
  'Staff or a server: turns an endpoint on or off. Repeating it changes nothing. Errors: '
  'staff_only, endpoint_not_found, enabled_required.';
comment on function public.list_webhook_endpoints is
  'Staff or a server: all endpoints, without their secrets. Errors: staff_only.';
comment on function public.list_webhook_attempts is
  'Staff or a server: the latest delivery attempts to an endpoint, newest event first, at most '
  '500. Errors: staff_only, endpoint_not_found.';

create function private.erase_notifications()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.notifications where notifications.profile_id = new.profile_id;
  delete from public.notification_settings where notification_settings.profile_id = new.profile_id;
  return null;
end $$;

comment on function private.erase_notifications is
  'Rule: notifications and notification settings are deleted with the person.';

create trigger erase_the_notifications after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.erase_notifications();

-- What is no longer news

create function private.forget_news(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  events integer;
  lines  integer;
begin
  delete from private.webhook_events
  where webhook_events.event_id in (
    select old.event_id from private.webhook_events as old
    where old.created_at < (select private.kept_until('webhook_events'))
    order by old.created_at
    limit forget_news.most
    for update skip locked);
  get diagnostics events = row_count;
  delete from public.notifications
  where notifications.notification_id in (
    select old.notification_id from public.notifications as old
    where old.created_at < (select private.kept_until('notifications'))
    order by old.created_at
    limit forget_news.most
    for update skip locked);
  get diagnostics lines = row_count;
  return events + lines;
end $$;

comment on function private.forget_news is
  'Job: deletes webhook events with their log, and people''s notifications, that have been kept as '
  'long as private.retention says.';
