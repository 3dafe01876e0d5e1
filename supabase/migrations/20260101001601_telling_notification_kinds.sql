-- Notification kinds: what people and other programs are told about.
--
-- Whoever has something to tell writes a letter into private.commands, the one outbox. Here a
-- letter becomes a notification in the app too, and stays unsent where its reader does not want it.
-- What the law and safety ask for is always sent. Operators register addresses that hear of
-- everything, signed.

create type public.notification_channel as enum ('in_app', 'email');

-- Kinds

create table public.notification_kinds (
  kind      text    primary key,
  essential boolean not null,
  summary   text    not null
);

comment on table public.notification_kinds is
  'The kinds of notifications. Essential ones cannot be turned off.';

alter table public.notification_kinds enable row level security;
create policy "people read the kinds of notifications" on public.notification_kinds
  for select to authenticated using (true);
grant select on public.notification_kinds to authenticated;

insert into public.notification_kinds (kind, essential, summary) values
  ('booking', true,  'Updates on your bookings.'),
  ('payment', true,  'Updates on your payments, refunds and payouts.'),
  ('message', false, 'Somebody wrote to you.'),
  ('review',  false, 'Reviews that you can write or have received.'),
  ('hosting', false, 'Your homes: calendars that cannot be read, co-hosts, superhost status.'),
  ('calendar', false, 'An external calendar has events on nights that are booked here.'),
  ('account', true,  'Decisions about you and about your reports.');

create table private.letter_kinds (
  template text   primary key,
  kind     text   not null references public.notification_kinds,
  about    text   not null,
  reader   text,
  facts    text[] not null default '{}',

  constraint letter_kinds_are_about_something check (about in (
    'booking', 'conversation', 'event', 'feed', 'home', 'invitation', 'notice', 'offer', 'payment',
      'payout',
    'person', 'refund', 'report', 'review')),
  constraint letter_kinds_name_a_side_of_a_booking check (
    case when about in ('booking', 'payment', 'payout', 'refund', 'review')
      then coalesce(reader, '') in ('guest', 'host')
      else reader is null end),
  constraint letter_kinds_say_what_is_known check (
    facts <@ array['alteration', 'cancellation', 'complaint', 'damage', 'money', 'no_show'])
);

create index letter_kinds_kind_idx on private.letter_kinds (kind);
alter table private.letter_kinds enable row level security;
comment on table private.letter_kinds is
  'All e-mails there are: the kind of notification of each, and what its subject_id refers to.';
comment on column private.letter_kinds.reader is
  'Which side of its booking reads it; host is the owner, co-hosts are not written to. Null: it is '
  'about none, and its caller names the reader.';
comment on column private.letter_kinds.facts is
  'The facts of the e-mail in addition to its stay, conversation or news; no others are looked up.';

insert into private.letter_kinds (template, kind, about, reader, facts) values
  ('alteration_ended_guest',    'booking',  'booking',      'guest', '{}'),
  ('alteration_ended_host',     'booking',  'booking',      'host',  '{}'),
  ('alteration_proposed_guest', 'booking',  'booking',      'guest', '{alteration}'),
  ('alteration_proposed_host',  'booking',  'booking',      'host',  '{alteration}'),
  ('alteration_to_pay_guest',   'booking',  'booking',      'guest', '{alteration}'),
  ('booking_altered_guest',     'booking',  'booking',      'guest', '{}'),
  ('booking_altered_host',      'booking',  'booking',      'host',  '{}'),
  ('booking_cancelled_guest',   'booking',  'booking',      'guest', '{cancellation}'),
  ('booking_cancelled_host',    'booking',  'booking',      'host',  '{cancellation}'),
  ('booking_confirmed_guest',   'booking',  'booking',      'guest', '{}'),
  ('booking_confirmed_host',    'booking',  'booking',      'host',  '{}'),
  ('booking_declined',          'booking',  'booking',      'guest', '{}'),
  ('booking_expired',           'booking',  'booking',      'guest', '{}'),
  ('booking_missed',            'booking',  'booking',      'host',  '{}'),
  ('booking_requested',         'booking',  'booking',      'host',  '{}'),
  ('booking_withdrawn',         'booking',  'booking',      'host',  '{}'),
  ('charge_failed',             'booking',  'booking',      'guest', '{}'),
  ('complaint_answered',        'booking',  'booking',      'guest', '{}'),
  ('complaint_decided_guest',   'booking',  'booking',      'guest', '{complaint}'),
  ('complaint_decided_host',    'booking',  'booking',      'host',  '{complaint}'),
  ('complaint_filed',           'booking',  'booking',      'host',  '{complaint}'),
  ('complaint_withdrawn',       'booking',  'booking',      'host',  '{}'),
  ('damage_accepted',           'booking',  'booking',      'host',  '{damage}'),
  ('damage_claimed',            'booking',  'booking',      'guest', '{damage}'),
  ('damage_decided_guest',      'booking',  'booking',      'guest', '{damage}'),
  ('damage_decided_host',       'booking',  'booking',      'host',  '{damage}'),
  ('damage_disputed',           'booking',  'booking',      'host',  '{}'),
  ('damage_dropped',            'booking',  'booking',      'guest', '{}'),
  ('damage_paid_host',          'booking',  'booking',      'host',  '{damage}'),
  ('damage_unpaid',             'booking',  'booking',      'host',  '{}'),
  ('no_show_dismissed',         'booking',  'booking',      'host',  '{no_show}'),
  ('no_show_dropped',           'booking',  'booking',      'guest', '{no_show}'),
  ('no_show_objected',          'booking',  'booking',      'host',  '{}'),
  ('no_show_reported',          'booking',  'booking',      'guest', '{no_show}'),
  ('no_show_upheld_guest',      'booking',  'booking',      'guest', '{no_show,cancellation}'),
  ('no_show_upheld_host',       'booking',  'booking',      'host',  '{no_show,cancellation}'),
  ('damage_paid_guest',         'payment',  'booking',      'guest', '{damage}'),
  ('damage_refused',            'payment',  'booking',      'guest', '{damage}'),
  ('payment_returned',          'payment',  'booking',      'guest', '{}'),
  ('payment_disputed',          'payment',  'payment',      'host',  '{money}'),
  ('dispute_won',               'payment',  'payment',      'host',  '{}'),
  ('dispute_lost',              'payment',  'payment',      'host',  '{}'),
  ('payout_sent',               'payment',  'payout',       'host',  '{money}'),
  ('charge_made',               'payment',  'payment',      'guest', '{money}'),
  ('refund_made',               'payment',  'refund',       'guest', '{money}'),
  ('review_asked_guest',        'review',   'booking',      'guest', '{}'),
  ('review_asked_host',         'review',   'booking',      'host',  '{}'),
  ('review_received_guest',     'review',   'review',       'guest', '{}'),
  ('review_received_host',      'review',   'review',       'host',  '{}'),
  ('review_replied_guest',      'review',   'review',       'guest', '{}'),
  ('review_replied_host',       'review',   'review',       'host',  '{}'),
  ('message_received',          'message',  'conversation', null,    '{}'),
  ('offer_received',            'booking',  'offer',        null,    '{}'),
  ('inquiry_preapproved',       'booking',  'offer',        null,    '{}'),
  ('offer_withdrawn',           'booking',  'offer',        null,    '{}'),
  ('offer_declined',            'booking',  'offer',        null,    '{}'),
  ('calendar_conflict',         'calendar', 'event',        null,    '{}'),
  ('calendar_failing',          'hosting',  'feed',         null,    '{}'),
  ('cohost_invited',            'hosting',  'invitation',   null,    '{}'),
  ('cohost_accepted',           'hosting',  'invitation',   null,    '{}'),
  ('cohost_declined',           'hosting',  'invitation',   null,    '{}'),
  ('cohost_removed',            'hosting',  'home',         null,    '{}'),
  ('payouts_ready',             'payment',  'person',       null,    '{}'),
  ('payouts_halted',            'payment',  'person',       null,    '{}'),
  ('superhost_gained',          'hosting',  'person',       null,    '{}'),
  ('superhost_lost',            'hosting',  'person',       null,    '{}'),
  ('decision_made',             'account',  'notice',       null,    '{}'),
  ('report_received',           'account',  'report',       null,    '{}'),
  ('report_decided',            'account',  'report',       null,    '{}');

alter table private.commands
  add constraint commands_send_letters_there_are foreign key (template)
    references private.letter_kinds;
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
  'The notifications a person wants, by channel; without a row: everything, everywhere.';

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
        and notification_settings.kind = wants.kind
          and notification_settings.channel = wants.channel), true);
end $$;

comment on function private.wants is
  'Rule: people are notified of what they have not turned off; bookings and money cannot be turned '
  'off.';

create function private.change_setting(
  profile_id uuid, kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  known   public.notification_kinds;
  setting public.notification_settings;
begin
  select * into known from public.notification_kinds
    where notification_kinds.kind = change_setting.kind;
  if not found then perform private.refuse('kind_not_found'); end if;
  if known.essential and not change_setting.wanted then
    perform private.refuse('kind_essential');
  end if;
  insert into public.notification_settings (profile_id, kind, channel, wanted)
  values (change_setting.profile_id, change_setting.kind, change_setting.channel,
    change_setting.wanted)
  on conflict on constraint notification_settings_pkey do update set wanted = excluded.wanted
  returning * into setting;
  return setting;
end $$;

create function private.set_notification(
  kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  return private.change_setting(caller, kind, channel, wanted);
end $$;

create function public.set_notification(
  kind text, channel public.notification_channel, wanted boolean)
  returns public.notification_settings language sql volatile security invoker set search_path = ''
  return private.set_notification(kind, channel, wanted);

grant execute on function private.set_notification, public.set_notification to authenticated;
comment on function public.set_notification is
  'Turns notifications of this kind in this channel on or off for the caller. Repeating it changes '
  'nothing. Errors: kind_not_found, kind_essential.';

-- Out of a letter, without signing in

create extension if not exists pgcrypto with schema extensions;

create table private.unsubscribe_keys (
  singleton boolean primary key default true,
  key       bytea   not null default extensions.gen_random_bytes(32),

  constraint unsubscribe_keys_are_one_row check (singleton)
);

alter table private.unsubscribe_keys enable row level security;
insert into private.unsubscribe_keys default values;
comment on table private.unsubscribe_keys is
  'The key that signs unsubscribe links; generated once.';

create function private.unsubscribe_token(profile_id uuid, kind text)
  returns text language sql stable security definer set search_path = ''
  return (
    select profile_id || '.' || kind || '.'
      || encode(extensions.hmac(convert_to(profile_id || '.' || kind, 'UTF8'),
        unsubscribe_keys.key, 'sha256'), 'hex')
    from private.unsubscribe_keys);

create function private.unsubscribe(token text)
  returns text language plpgsql volatile security definer set search_path = ''
as $$
declare
  reader  text := split_part(token, '.', 1);
  turned  text := split_part(token, '.', 2);
begin
  if token is null or char_length(token) > 200
    or reader !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    or private.unsubscribe_token(reader::uuid, turned) is distinct from token
    or not exists (select from public.profiles where profiles.profile_id = reader::uuid)
  then
    perform private.refuse('invalid_token');
  end if;
  perform private.change_setting(reader::uuid, turned, 'email', false);
  return turned;
end $$;

comment on function private.unsubscribe is
  'Rule: whoever holds the link of an e-mail can turn off e-mails of its kind for its recipient, '
  'and nothing else.';

create function public.unsubscribe(token text)
  returns text language sql volatile security invoker set search_path = ''
  return private.unsubscribe(token);

grant execute on function private.unsubscribe, public.unsubscribe to service_role;
comment on function public.unsubscribe is
  'Server: turns off e-mail of one kind for the recipient of an e-mail; returns the kind. '
  'Repeating it changes nothing. Errors: invalid_token.';
