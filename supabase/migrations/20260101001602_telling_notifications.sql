-- Notifications: what people read in the app, and the one outbox of e-mails.

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
create index notifications_booking_id_idx on public.notifications (booking_id)
  where booking_id is not null;
create index notifications_conversation_id_idx on public.notifications (conversation_id)
  where conversation_id is not null;

comment on table public.notifications is
  'In-app notifications of a person: the name of the event, the same as in e-mails, and its '
  'subject. The text is up to the frontend.';
comment on column public.notifications.about is
  'What subject_id refers to, such as offer, review or home; booking and conversation have columns '
  'of their own.';
comment on column public.notifications.cause is 'The key of the command that created it.';

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
  'Marks these notifications of the caller as read, or all of them with null; those of others are '
  'ignored. Returns how many were unread.';

-- The one outbox

alter table private.commands
  add foreign key (conversation_id) references public.conversations on delete restrict;

create function private.tell_reader()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  letter private.letter_kinds;
begin
  select * into letter from private.letter_kinds where letter_kinds.template = new.template;
  if letter.reader is not null then
    new.recipient_id := (
      select case letter.reader when 'guest' then bookings.guest_id else bookings.host_id end
      from public.bookings where bookings.booking_id = new.booking_id);
  end if;
  if private.is_erased(new.recipient_id) then
    return null;
  end if;
  -- An address without an account, or an unknown template, which its foreign key refuses.
  if new.recipient_id is null or letter.template is null then
    return new;
  end if;
  if private.wants(new.recipient_id, letter.kind, 'in_app') then
    insert into public.notifications (
      profile_id, kind, template, booking_id, conversation_id, about, subject_id, cause, created_at)
    values (
      new.recipient_id, letter.kind, new.template, new.booking_id, new.conversation_id,
        letter.about,
      new.subject_id, new.idempotency_key, private.now())
    on conflict on constraint notifications_happen_once do nothing;
  end if;
  return case when private.wants(new.recipient_id, letter.kind, 'email') then new end;
end $$;

comment on function private.tell_reader is
  'Rule: an e-mail about a booking goes to the side that private.letter_kinds names; every e-mail '
  'is also an in-app notification; an e-mail that its recipient turned off is '
  'not queued, and none for a deleted account.';

create trigger tell_the_reader before insert on private.commands
  for each row when (new.kind = 'send_mail' and new.template is not null)
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
