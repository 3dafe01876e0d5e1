-- Notifications: what people and other programs are told about.
--
-- Whoever has something to tell writes a letter into private.commands, the one outbox. Here a letter
-- becomes a notification in the app too, and stays unsent where its reader does not want it. What the
-- law and safety ask for is always sent. Operators register addresses that hear of everything, signed.

create type public.notification_channel as enum ('in_app', 'email');

-- Kinds

create table public.notification_kinds (
  kind      text    primary key,
  essential boolean not null,
  summary   text    not null
);

comment on table public.notification_kinds is
  'What people are told about. What is essential cannot be turned off.';

alter table public.notification_kinds enable row level security;
create policy "people read the kinds of notifications" on public.notification_kinds
  for select to authenticated using (true);
grant select on public.notification_kinds to authenticated;

insert into public.notification_kinds (kind, essential, summary) values
  ('booking', true,  'What becomes of your bookings.'),
  ('payment', true,  'What becomes of your money.'),
  ('message', false, 'Somebody wrote to you.'),
  ('review',  false, 'Reviews that you may write or received.'),
  ('hosting', false, 'Your homes: calendars that cannot be read, people who host with you, superhost.'),
  ('calendar', false, 'A calendar elsewhere wants nights that are booked here.'),
  ('account', true,  'What was decided about you, and about what you reported.');

create table private.letter_kinds (
  template text primary key,
  kind     text not null references public.notification_kinds,
  about    text not null,

  constraint letter_kinds_are_about_something check (about in (
    'booking', 'conversation', 'event', 'feed', 'home', 'invitation', 'notice', 'offer', 'payment', 'payout',
    'person', 'refund', 'report', 'review'))
);

create index letter_kinds_kind_idx on private.letter_kinds (kind);
alter table private.letter_kinds enable row level security;
comment on table private.letter_kinds is
  'All letters there are: which kind of notification each is, and what subject_id names.';

insert into private.letter_kinds (template, kind, about) values
  ('alteration_ended_guest',   'booking',  'booking'),
  ('alteration_ended_host',    'booking',  'booking'),
  ('alteration_proposed_guest', 'booking',  'booking'),
  ('alteration_proposed_host', 'booking',  'booking'),
  ('alteration_to_pay_guest',  'booking',  'booking'),
  ('booking_altered_guest',    'booking',  'booking'),
  ('booking_altered_host',     'booking',  'booking'),
  ('booking_cancelled_guest',  'booking',  'booking'),
  ('booking_cancelled_host',   'booking',  'booking'),
  ('booking_confirmed_guest',  'booking',  'booking'),
  ('booking_confirmed_host',   'booking',  'booking'),
  ('booking_declined',         'booking',  'booking'),
  ('booking_expired',          'booking',  'booking'),
  ('booking_missed',           'booking',  'booking'),
  ('booking_requested',        'booking',  'booking'),
  ('booking_withdrawn',        'booking',  'booking'),
  ('charge_failed',            'booking',  'booking'),
  ('complaint_answered',       'booking',  'booking'),
  ('complaint_decided_guest',  'booking',  'booking'),
  ('complaint_decided_host',   'booking',  'booking'),
  ('complaint_filed',          'booking',  'booking'),
  ('complaint_withdrawn',      'booking',  'booking'),
  ('damage_accepted',          'booking',  'booking'),
  ('damage_claimed',           'booking',  'booking'),
  ('damage_decided_guest',     'booking',  'booking'),
  ('damage_decided_host',      'booking',  'booking'),
  ('damage_disputed',          'booking',  'booking'),
  ('damage_dropped',           'booking',  'booking'),
  ('damage_paid_host',         'booking',  'booking'),
  ('damage_unpaid',            'booking',  'booking'),
  ('no_show_dismissed',        'booking',  'booking'),
  ('no_show_dropped',          'booking',  'booking'),
  ('no_show_objected',         'booking',  'booking'),
  ('no_show_reported',         'booking',  'booking'),
  ('no_show_upheld_guest',     'booking',  'booking'),
  ('no_show_upheld_host',      'booking',  'booking'),
  ('damage_paid_guest',        'payment',  'booking'),
  ('damage_refused',           'payment',  'booking'),
  ('payment_returned',         'payment',  'booking'),
  ('payment_disputed',         'payment',  'payment'),
  ('dispute_won',              'payment',  'payment'),
  ('dispute_lost',             'payment',  'payment'),
  ('payout_sent',              'payment',  'payout'),
  ('charge_made',              'payment',  'payment'),
  ('refund_made',              'payment',  'refund'),
  ('review_asked_guest',       'review',   'booking'),
  ('review_asked_host',        'review',   'booking'),
  ('review_received_guest',    'review',   'review'),
  ('review_received_host',     'review',   'review'),
  ('review_replied_guest',     'review',   'review'),
  ('review_replied_host',      'review',   'review'),
  ('message_received',         'message',  'conversation'),
  ('offer_received',           'booking',  'offer'),
  ('inquiry_preapproved',      'booking',  'offer'),
  ('offer_withdrawn',          'booking',  'offer'),
  ('offer_declined',           'booking',  'offer'),
  ('calendar_conflict',        'calendar', 'event'),
  ('calendar_failing',         'hosting',  'feed'),
  ('cohost_invited',           'hosting',  'invitation'),
  ('cohost_accepted',          'hosting',  'invitation'),
  ('cohost_declined',          'hosting',  'invitation'),
  ('cohost_removed',           'hosting',  'home'),
  ('payouts_ready',            'payment',  'person'),
  ('payouts_halted',           'payment',  'person'),
  ('superhost_gained',         'hosting',  'person'),
  ('superhost_lost',           'hosting',  'person'),
  ('decision_made',            'account',  'notice'),
  ('report_received',          'account',  'report'),
  ('report_decided',           'account',  'report');

alter table private.commands
  add constraint commands_send_letters_there_are foreign key (template) references private.letter_kinds;
create index commands_template_idx on private.commands (template) where template is not null;

-- What each person wants

create table public.notification_settings (
  profile_id uuid                        not null references public.profiles on delete restrict,
  kind       text                        not null references public.notification_kinds,
  channel    public.notification_channel not null,
  wanted     boolean                     not null,

  primary key (profile_id, kind, channel)
);

create index notification_settings_kind_idx on public.notification_settings (kind);
comment on table public.notification_settings is
  'What a person wants to be told, and where; without a row: everything, everywhere.';

alter table public.notification_settings enable row level security;
create policy "people see their own notification settings" on public.notification_settings
  for select to authenticated using (profile_id = (select auth.uid()));
grant select on public.notification_settings to authenticated;

create function private.wants(profile_id uuid, kind text, channel public.notification_channel)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select notification_kinds.essential from public.notification_kinds
    where notification_kinds.kind = wants.kind)
    or coalesce((
      select notification_settings.wanted from public.notification_settings
      where notification_settings.profile_id = wants.profile_id
        and notification_settings.kind = wants.kind and notification_settings.channel = wants.channel), true);
end $$;

comment on function private.wants is
  'Rule: people are told what they have not turned off; bookings and money cannot be turned off.';

create function private.change_setting(profile_id uuid, kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  known   public.notification_kinds;
  setting public.notification_settings;
begin
  select * into known from public.notification_kinds where notification_kinds.kind = change_setting.kind;
  if not found then perform private.refuse('kind_not_found'); end if;
  if known.essential and not change_setting.wanted then
    perform private.refuse('kind_essential');
  end if;
  insert into public.notification_settings (profile_id, kind, channel, wanted)
  values (change_setting.profile_id, change_setting.kind, change_setting.channel, change_setting.wanted)
  on conflict on constraint notification_settings_pkey do update set wanted = excluded.wanted
  returning * into setting;
  return setting;
end $$;

create function private.set_notification(kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  return private.change_setting(caller, kind, channel, wanted);
end $$;

create function public.set_notification(kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language sql volatile security invoker set search_path = ''
  return private.set_notification(kind, channel, wanted);

grant execute on function private.set_notification, public.set_notification to authenticated;
comment on function public.set_notification is
  'The caller wants to be told about this kind in this channel, or not. Repeating it changes nothing. '
  'Errors: kind_not_found, kind_essential.';

-- Out of a letter, without signing in

create extension if not exists pgcrypto with schema extensions;

create table private.unsubscribe_keys (
  singleton boolean primary key default true,
  key       bytea   not null default extensions.gen_random_bytes(32),

  constraint unsubscribe_keys_are_one_row check (singleton)
);

alter table private.unsubscribe_keys enable row level security;
insert into private.unsubscribe_keys default values;
comment on table private.unsubscribe_keys is 'What signs the links with which letters are turned off; drawn once.';

create function private.unsubscribe_token(profile_id uuid, kind text)
  returns text language sql stable security definer set search_path = ''
  return (
    select profile_id || '.' || kind || '.'
      || encode(extensions.hmac(convert_to(profile_id || '.' || kind, 'UTF8'), unsubscribe_keys.key, 'sha256'), 'hex')
    from private.unsubscribe_keys);

create function private.unsubscribe(token text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  reader  text := split_part(token, '.', 1);
  turned  text := split_part(token, '.', 2);
begin
  if token is null or char_length(token) > 200 or reader !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    or private.unsubscribe_token(reader::uuid, turned) is distinct from token
    or not exists (select from public.profiles where profiles.profile_id = reader::uuid)
  then
    perform private.refuse('invalid_token');
  end if;
  perform private.change_setting(reader::uuid, turned, 'email', false);
  return turned;
end $$;

comment on function private.unsubscribe is
  'Rule: whoever holds the link of a letter may turn letters of its kind off for its reader, and do '
  'nothing else.';

create function public.unsubscribe(token text)
  returns text language sql volatile security invoker set search_path = ''
  return private.unsubscribe(token);

grant execute on function private.unsubscribe, public.unsubscribe to service_role;
comment on function public.unsubscribe is
  'Server: turns e-mail of one kind off for the reader of a letter; returns the kind. Repeating it '
  'changes nothing. Errors: invalid_token.';

-- Notifications

create table public.notifications (
  notification_id uuid        primary key default gen_random_uuid(),
  profile_id      uuid        not null references public.profiles on delete restrict,
  kind            text        not null references public.notification_kinds,
  template        text        not null,
  booking_id      uuid        references public.bookings on delete restrict,
  conversation_id uuid        references public.conversations on delete restrict,
  about           text        not null,
  subject_id      uuid,
  cause           text        not null,
  created_at      timestamptz not null,
  read_at         timestamptz,

  constraint notifications_happen_once unique (cause)
);

create index notifications_profile_id_idx
  on public.notifications (profile_id, created_at desc, notification_id desc);
create index notifications_unread_idx on public.notifications (profile_id) where read_at is null;
create index notifications_created_at_idx on public.notifications (created_at);
create index notifications_kind_idx on public.notifications (kind);
create index notifications_booking_id_idx on public.notifications (booking_id) where booking_id is not null;
create index notifications_conversation_id_idx on public.notifications (conversation_id)
  where conversation_id is not null;

comment on table public.notifications is
  'What a person was told in the app: the name of what happened, as letters have it, and what it is '
  'about. The words are the frontend''s.';
comment on column public.notifications.about is
  'What subject_id names, such as offer, review or home; booking and conversation have columns of their '
  'own.';
comment on column public.notifications.cause is 'The key of the command that told it.';

alter table public.notifications enable row level security;
create policy "people see their own notifications" on public.notifications
  for select to authenticated using (profile_id = (select auth.uid()));
grant select on public.notifications to authenticated;

create function private.mark_notifications_read(notification_ids uuid[])
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  marked integer;
begin
  update public.notifications set read_at = private.now()
  where notifications.profile_id = caller and notifications.read_at is null
    and (mark_notifications_read.notification_ids is null
      or notifications.notification_id = any (mark_notifications_read.notification_ids));
  get diagnostics marked = row_count;
  return marked;
end $$;

create function public.mark_notifications_read(notification_ids uuid[] default null)
  returns integer language sql volatile security invoker set search_path = ''
  return private.mark_notifications_read(notification_ids);

grant execute on function
  private.mark_notifications_read, public.mark_notifications_read
  to authenticated;
comment on function public.mark_notifications_read is
  'The caller has read these notifications, or with null all; others'' are left alone. Returns how many '
  'were unread.';

-- The one outbox

-- A letter about a message is about no booking, and a delivery to another program about nothing that
-- is read here.
alter table private.commands
  alter column booking_id drop not null,
  add column conversation_id uuid references public.conversations on delete restrict,
  add column delivery_id     uuid,
  add constraint commands_are_about_something check (
    booking_id is not null or conversation_id is not null or delivery_id is not null
    or subject_id is not null),
  add constraint commands_name_their_delivery check ((kind = 'deliver_webhook') = (delivery_id is not null));

create index commands_conversation_id_idx on private.commands (conversation_id) where conversation_id is not null;
create index commands_delivery_id_idx on private.commands (delivery_id) where delivery_id is not null;

create function private.tell_reader()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  letter private.letter_kinds;
begin
  if private.is_erased(new.recipient_id) then
    return null;
  end if;
  select * into letter from private.letter_kinds where letter_kinds.template = new.template;
  if not found then
    return new;
  end if;
  if private.wants(new.recipient_id, letter.kind, 'in_app') then
    insert into public.notifications (
      profile_id, kind, template, booking_id, conversation_id, about, subject_id, cause, created_at)
    values (
      new.recipient_id, letter.kind, new.template, new.booking_id, new.conversation_id, letter.about,
      new.subject_id, new.idempotency_key, private.now())
    on conflict on constraint notifications_happen_once do nothing;
  end if;
  return case when private.wants(new.recipient_id, letter.kind, 'email') then new end;
end $$;

comment on function private.tell_reader is
  'Rule: what is told by letter is told in the app too; a letter that its reader turned off is not '
  'ordered, and none to somebody who is gone.';

create trigger tell_the_reader before insert on private.commands
  for each row when (new.kind = 'send_mail' and new.recipient_id is not null and new.template is not null)
  execute function private.tell_reader();

create function private.tell_notification()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_live('person:' || new.profile_id, 'notification', jsonb_build_object(
    'notification_id', new.notification_id, 'kind', new.kind, 'template', new.template));
  return null;
end $$;

create trigger tell_the_notification after insert on public.notifications
  for each row execute function private.tell_notification();

do $$
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime') then
    alter publication supabase_realtime add table public.notifications;
  end if;
end $$;

-- A letter about messages, one until its reader has read: its key names how far they had.
create function private.write_to_reader()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.unread = 0 or (tg_op = 'UPDATE' and new.unread <= old.unread) then
    return null;
  end if;
  -- What a booking says by itself has a letter of its own, and so have words that came with an offer.
  if exists (
    select from public.conversations
    join public.messages on messages.conversation_id = conversations.conversation_id
      and messages.position = conversations.messages
    where conversations.conversation_id = new.conversation_id
      and case messages.kind
        when 'text' then messages.booking_id is null
          and not exists (select from public.offers where offers.offer_id = messages.message_id)
        else messages.occasion <> 'booking_confirmed'
      end)
  then
    insert into private.commands (
      kind, idempotency_key, conversation_id, recipient_id, template, due_at, created_at)
    values (
      'send_mail',
      'staybase/mail/message_received/' || new.profile_id || '/' || new.conversation_id || '/' || new.read_position,
      new.conversation_id, new.profile_id, 'message_received', private.now(), private.now())
    on conflict on constraint commands_happen_once do nothing;
  end if;
  return null;
end $$;

comment on function private.write_to_reader is
  'Rule: who has something unread is written to once, and again when they have read and there is more.';

create trigger address_the_reader after insert or update of unread on public.inbox_entries
  for each row execute function private.write_to_reader();

create function private.message_facts(conversation_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'conversation_id', conversations.conversation_id,
      'listing_title', listings.title,
      'city', coalesce(listings.city, ''),
      'recipient_name', recipient.display_name,
      'sender_name', sender.display_name,
      'unread', inbox_entries.unread,
      'body', messages.body)
    from public.inbox_entries
    join public.conversations on conversations.conversation_id = inbox_entries.conversation_id
    join public.listings on listings.listing_id = conversations.listing_id
    join public.profiles as recipient on recipient.profile_id = inbox_entries.profile_id
    join public.messages on messages.conversation_id = conversations.conversation_id
    join public.profiles as sender on sender.profile_id = messages.sender_id
    where inbox_entries.conversation_id = message_facts.conversation_id
      and inbox_entries.profile_id = message_facts.recipient_id
      and messages.position > inbox_entries.read_position
      and messages.kind <> 'event' and messages.side <> inbox_entries.side
    order by messages.position desc
    limit 1);
end $$;

comment on function private.message_facts is
  'What a letter about messages says: the newest that its reader has not read; nothing when they have '
  'read all meanwhile.';

create function private.facts_of(command_id uuid, booking_facts jsonb)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  command private.commands;
  letter  private.letter_kinds;
  told    jsonb := booking_facts;
begin
  select * into command from private.commands where commands.command_id = facts_of.command_id;
  if command.kind = 'deliver_webhook' then
    return private.delivery_facts(command.delivery_id);
  end if;
  if command.kind in ('remove_evidence', 'remove_photos', 'remove_pictures', 'remove_unused') then
    return private.file_facts(command.kind, command.subject_id);
  end if;
  if command.conversation_id is not null then
    told := private.message_facts(command.conversation_id, command.recipient_id);
  end if;
  if command.kind = 'send_mail' then
    select * into letter from private.letter_kinds where letter_kinds.template = command.template;
    if letter.about in ('payout', 'payment', 'refund') then
      told := told || private.money_facts(command.subject_id, command.template);
    elsif command.booking_id is null and command.conversation_id is null then
      told := private.news_facts(letter.about, command.template, command.subject_id, command.recipient_id);
    end if;
    if command.recipient_id is not null and exists (
      select from public.notification_kinds
      where notification_kinds.kind = letter.kind and not notification_kinds.essential)
    then
      told := told || jsonb_build_object(
        'unsubscribe_token', private.unsubscribe_token(command.recipient_id, letter.kind));
    end if;
  end if;
  return told;
end $$;

comment on function private.facts_of is
  'What the worker is told of a command: the facts of its booking, or of its conversation, delivery or '
  'files; nothing where there is nothing to do any more.';

-- Other programs

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

  constraint webhook_endpoints_are_on_the_web     check (url ~ '^https?://[^[:space:]]+$' and char_length(url) <= 2000),
  constraint webhook_endpoints_say_what_for       check (char_length(description) <= 500),
  constraint webhook_endpoints_name_events        check (
    cardinality(event_types) between 1 and 50
    and array_to_string(event_types, ' ', '?') ~ '^[a-z_]+\.[a-z_]+( [a-z_]+\.[a-z_]+)*$'),
  constraint webhook_endpoints_retire_one_secret  check ((old_secret is null) = (old_secret_until is null)),
  constraint webhook_endpoints_count_failures     check (failures >= 0)
);

alter table private.webhook_endpoints enable row level security;
comment on table private.webhook_endpoints is
  'Programs that hear of what happens. No event_types: of everything.';
comment on column private.webhook_endpoints.failures is 'Attempts that failed since the last that did not.';

create table private.webhook_events (
  event_id   uuid        primary key default gen_random_uuid(),
  type       text        not null,
  facts      jsonb       not null,
  created_at timestamptz not null
);

create index webhook_events_created_at_idx on private.webhook_events (created_at);
alter table private.webhook_events enable row level security;
comment on table private.webhook_events is
  'What happened and was told: ids and states, no personal data; the listener asks for the rest.';

create table private.webhook_deliveries (
  delivery_id  uuid        primary key default gen_random_uuid(),
  endpoint_id  uuid        not null references private.webhook_endpoints on delete cascade,
  event_id     uuid        not null references private.webhook_events on delete cascade,
  delivered_at timestamptz,
  created_at   timestamptz not null,

  constraint webhook_deliveries_are_made_once unique (event_id, endpoint_id)
);

create index webhook_deliveries_endpoint_id_idx on private.webhook_deliveries (endpoint_id, created_at desc);
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
comment on table private.webhook_attempts is 'Each attempt of a delivery, and what the endpoint said.';

-- What is told

create function private.tell_programs(type text, facts jsonb)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  event private.webhook_events;
begin
  if not exists (
    select from private.webhook_endpoints
    where webhook_endpoints.disabled_at is null
      and (webhook_endpoints.event_types is null or tell_programs.type = any (webhook_endpoints.event_types)))
  then
    return;
  end if;
  insert into private.webhook_events (type, facts, created_at)
  values (tell_programs.type, tell_programs.facts, private.now())
  returning * into event;
  with deliveries as (
    insert into private.webhook_deliveries (endpoint_id, event_id, created_at)
    select webhook_endpoints.endpoint_id, event.event_id, private.now()
    from private.webhook_endpoints
    where webhook_endpoints.disabled_at is null
      and (webhook_endpoints.event_types is null or tell_programs.type = any (webhook_endpoints.event_types))
    returning webhook_deliveries.delivery_id
  )
  insert into private.commands (kind, idempotency_key, delivery_id, due_at, created_at)
  select 'deliver_webhook', 'staybase/webhook/' || deliveries.delivery_id, deliveries.delivery_id,
    private.now(), private.now()
  from deliveries;
end $$;

comment on function private.tell_programs is
  'Rule: an event is told in the transaction in which it happens, or did not happen.';

create function private.tell_of_booking()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_programs('booking.' || new.status, jsonb_build_object(
    'booking_id', new.booking_id, 'listing_id', new.listing_id, 'host_id', new.host_id,
    'guest_id', new.guest_id, 'status', new.status));
  return null;
end $$;

create function private.tell_of_money()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  facts jsonb := to_jsonb(new);
begin
  perform private.tell_programs(
    rtrim(tg_table_name, 's') || '.' || new.status,
    jsonb_strip_nulls(jsonb_build_object(
      'refund_id', facts -> 'refund_id', 'payout_id', facts -> 'payout_id', 'booking_id', new.booking_id,
      'amount_minor', new.amount_minor, 'currency', new.currency, 'status', new.status)));
  return null;
end $$;

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
  'What the worker needs to deliver an event; nothing when its endpoint was disabled meanwhile.';

create function private.record_delivery(delivery_id uuid, status_code integer, problem text, took_ms integer)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  delivery private.webhook_deliveries;
  fine     boolean := coalesce(record_delivery.status_code between 200 and 299, false);
begin
  select * into delivery from private.webhook_deliveries
  where webhook_deliveries.delivery_id = record_delivery.delivery_id for update;
  if not found then perform private.refuse('delivery_not_found'); end if;
  insert into private.webhook_attempts (delivery_id, attempt, status_code, problem, took_ms, attempted_at)
  select delivery.delivery_id, 1 + count(*), record_delivery.status_code::smallint,
    case when not fine then left(coalesce(record_delivery.problem, 'refused'), 500) end,
    greatest(0, record_delivery.took_ms), private.now()
  from private.webhook_attempts where webhook_attempts.delivery_id = delivery.delivery_id;
  if fine then
    update private.webhook_deliveries set delivered_at = coalesce(webhook_deliveries.delivered_at, private.now())
    where webhook_deliveries.delivery_id = delivery.delivery_id;
  end if;
  -- Fifty in a row: with twelve attempts each, four events that could not be told.
  update private.webhook_endpoints
  set failures = case when fine then 0 else webhook_endpoints.failures + 1 end,
      disabled_at = case when not fine and (webhook_endpoints.failures + 1 >= 50 or record_delivery.status_code = 410)
        then coalesce(webhook_endpoints.disabled_at, private.now()) else webhook_endpoints.disabled_at end
  where webhook_endpoints.endpoint_id = delivery.endpoint_id;
  return fine;
end $$;

comment on function private.record_delivery is
  'Rule: every attempt is noted; an endpoint that says it is gone, or fails fifty times in a row, is told '
  'no more.';

create function public.record_delivery(delivery_id uuid, status_code integer, problem text, took_ms integer)
  returns boolean language sql volatile security invoker set search_path = ''
  return private.record_delivery(delivery_id, status_code, problem, took_ms);

grant execute on function private.record_delivery, public.record_delivery to service_role;
comment on function public.record_delivery is
  'Server: what an endpoint answered, or the problem when it did not; true when it took the event. '
  'Errors: delivery_not_found.';

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
  'Rule: what runs the marketplace''s programs is for staff, and for servers with the secret key.';

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
    endpoint.endpoint_id, endpoint.url, endpoint.description, endpoint.event_types, endpoint_card.secret,
    endpoint.failures, endpoint.disabled_at, endpoint.created_at)::public.webhook_endpoint;

create function private.new_webhook_secret()
  returns text language sql volatile security invoker set search_path = ''
  return 'whsec_' || encode(extensions.gen_random_bytes(24), 'hex');

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
  if url is null or char_length(url) > 2000 or url !~ '^https?://[^[:space:]]+$' or url ~ '^[a-z]+://[^/?#]*@'
    or (not exists (select from private.settings where settings.environment = 'local')
      and (url !~ '^https://' or host !~ '[a-z]' or host !~ '\.' or host ~ '\.(local|internal|localhost)$'))
  then
    perform private.refuse('invalid_url');
  end if;
  if event_types is not null and (cardinality(event_types) not between 1 and 50
    or array_to_string(event_types, ' ', '?') !~ '^[a-z_]+\.[a-z_]+( [a-z_]+\.[a-z_]+)*$')
  then
    perform private.refuse('invalid_event_types');
  end if;
  insert into private.webhook_endpoints (endpoint_id, url, description, event_types, secret, created_at)
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
  endpoint private.webhook_endpoints := private.endpoint_to_manage(rotate_webhook_secret.endpoint_id);
begin
  update private.webhook_endpoints
  set old_secret = webhook_endpoints.secret, old_secret_until = private.now() + interval '24 hours',
      secret = private.new_webhook_secret()
  where webhook_endpoints.endpoint_id = endpoint.endpoint_id
  returning * into endpoint;
  return private.endpoint_card(endpoint, endpoint.secret);
end $$;

comment on function private.rotate_webhook_secret is
  'Rule: for a day after a change events are signed with both secrets, so that none is refused.';

create function private.enable_webhook_endpoint(endpoint_id uuid, enabled boolean)
  returns public.webhook_endpoint language plpgsql volatile security definer set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints := private.endpoint_to_manage(enable_webhook_endpoint.endpoint_id);
begin
  update private.webhook_endpoints
  set disabled_at = case when enable_webhook_endpoint.enabled then null
        else coalesce(webhook_endpoints.disabled_at, private.now()) end,
      failures = case when enable_webhook_endpoint.enabled then 0 else webhook_endpoints.failures end
  where webhook_endpoints.endpoint_id = endpoint.endpoint_id and enable_webhook_endpoint.enabled is not null
  returning * into endpoint;
  if not found then perform private.refuse('enabled_required'); end if;
  return private.endpoint_card(endpoint, null);
end $$;

create function private.list_webhook_endpoints()
  returns setof public.webhook_endpoint language plpgsql stable security definer
  set search_path = ''
as $$
begin
  perform private.operator_caller();
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
  returns setof public.webhook_attempt language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  endpoint private.webhook_endpoints := private.endpoint_to_manage(list_webhook_attempts.endpoint_id);
begin
  return query
    select webhook_events.event_id, webhook_events.type, webhook_attempts.attempt,
      webhook_attempts.status_code, webhook_attempts.problem, webhook_attempts.took_ms,
      webhook_attempts.attempted_at
    from private.webhook_deliveries
    join private.webhook_events on webhook_events.event_id = webhook_deliveries.event_id
    join private.webhook_attempts on webhook_attempts.delivery_id = webhook_deliveries.delivery_id
    where webhook_deliveries.endpoint_id = endpoint.endpoint_id
    order by webhook_deliveries.created_at desc, webhook_deliveries.delivery_id, webhook_attempts.attempt desc
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
  returns setof public.webhook_attempt language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.list_webhook_attempts(list_webhook_attempts.endpoint_id, list_webhook_attempts.most);
end;

grant execute on function
  private.add_webhook_endpoint, private.rotate_webhook_secret, private.enable_webhook_endpoint,
  private.list_webhook_endpoints, private.list_webhook_attempts, public.add_webhook_endpoint,
  public.rotate_webhook_secret, public.enable_webhook_endpoint, public.list_webhook_endpoints,
  public.list_webhook_attempts
  to authenticated, service_role;

comment on function public.add_webhook_endpoint is
  'Staff or a server: from now on this address hears of these events, null for all. The answer holds the '
  'secret that signs them. The caller chooses endpoint_id; repeated, the same endpoint comes back. '
  'Errors: staff_only, invalid_url, invalid_event_types, id_reused.';
comment on function public.rotate_webhook_secret is
  'Staff or a server: a new secret; for 24 hours events are signed with the old one too. Errors: '
  'staff_only, endpoint_not_found.';
comment on function public.enable_webhook_endpoint is
  'Staff or a server: tells an endpoint again, or no more. Repeating it changes nothing. Errors: '
  'staff_only, endpoint_not_found, enabled_required.';
comment on function public.list_webhook_endpoints is
  'Staff or a server: all endpoints, without their secrets. Errors: staff_only.';
comment on function public.list_webhook_attempts is
  'Staff or a server: the last attempts to tell an endpoint, newest event first, at most 500. Errors: '
  'staff_only, endpoint_not_found.';

create function private.erase_notifications()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.notifications where notifications.profile_id = new.profile_id;
  delete from public.notification_settings where notification_settings.profile_id = new.profile_id;
  return null;
end $$;

comment on function private.erase_notifications is
  'Rule: with the person go their notifications and what they wanted to hear.';

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
    where old.created_at < private.now() - interval '30 days'
    order by old.created_at
    limit forget_news.most
    for update skip locked);
  get diagnostics events = row_count;
  delete from public.notifications
  where notifications.notification_id in (
    select old.notification_id from public.notifications as old
    where old.created_at < private.now() - interval '1 year'
    order by old.created_at
    limit forget_news.most
    for update skip locked);
  get diagnostics lines = row_count;
  return events + lines;
end $$;

comment on function private.forget_news is
  'Job: forgets what other programs were told after 30 days, with the log of it, and what people were '
  'told after a year.';
