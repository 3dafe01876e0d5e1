-- Messages: writing and reading them, and what bookings say in a conversation.

create function private.conversation_of_caller(conversation_id uuid)
  returns public.conversations language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations;
begin
  select * into conversation from public.conversations
  where conversations.conversation_id = conversation_of_caller.conversation_id
    and (conversations.guest_id = auth.uid()
      or private.may_manage(conversations.listing_id, 'bookings'));
  if not found then perform private.refuse('conversation_not_found'); end if;
  return conversation;
end $$;

comment on function private.conversation_of_caller is
  'Rule: the guest and the hosts who manage bookings are part of a conversation; others are told '
  'it does not exist.';

create function private.open_conversation(listing_id uuid, guest_id uuid, inquiry boolean)
  returns public.conversations language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations;
begin
  insert into public.conversations (listing_id, guest_id, inquiry, started_at, last_message_at)
  values (
    open_conversation.listing_id, open_conversation.guest_id, open_conversation.inquiry,
      private.now(),
    private.now())
  on conflict on constraint conversations_one_per_guest_and_listing do nothing;
  select * into strict conversation from public.conversations
  where conversations.listing_id = open_conversation.listing_id
    and conversations.guest_id = open_conversation.guest_id;
  return conversation;
end $$;

create function private.add_message(message public.messages)
  returns public.messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations;
  added        public.messages;
begin
  -- Its row is the queue in which the messages of a conversation stand; inbox entries are written
  -- under it alone.
  update public.conversations
  set messages = conversations.messages + 1, last_message_at = private.now()
  where conversations.conversation_id = message.conversation_id
  returning * into strict conversation;

  insert into public.messages (
    message_id, conversation_id, position, kind, side, sender_id, booking_id, occasion, event, body,
    masked, sent_at)
  values (
    message.message_id, conversation.conversation_id, conversation.messages, message.kind,
      message.side,
    message.sender_id, message.booking_id, message.occasion, message.event, message.body,
      message.masked,
    private.now())
  on conflict on constraint messages_pkey do nothing
  returning * into added;
  if not found then perform private.refuse('id_reused', 'id', 'message_id'); end if;

  -- Who writes has read what was there; the opening words of a booking were written before.
  insert into public.inbox_entries (
    conversation_id, profile_id, side, read_position, unread, last_message_at)
  select conversation.conversation_id, member.profile_id, member.side,
    added.position - 1 + (member.profile_id is not distinct from added.sender_id)::integer,
    (added.kind <> 'event' and added.side <> member.side)::integer, added.sent_at
  from (
    select conversation.guest_id, 'guest'::public.booking_actor
    union all
    select listing_hosts.profile_id, 'host'
    from public.listing_hosts
    join private.host_rights on host_rights.role = listing_hosts.role
      and host_rights.permission = 'bookings'
    where listing_hosts.listing_id = conversation.listing_id
      and listing_hosts.profile_id <> conversation.guest_id) as member (profile_id, side)
  on conflict on constraint inbox_entries_pkey do update
  set last_message_at = excluded.last_message_at,
      unread = case when added.kind = 'text' and added.booking_id is null
          and inbox_entries.profile_id = added.sender_id
        then 0 else inbox_entries.unread + excluded.unread end,
      read_position = case when added.kind = 'text' and added.booking_id is null
          and inbox_entries.profile_id = added.sender_id
        then added.position else inbox_entries.read_position end;
  return added;
end $$;

comment on function private.add_message is
  'Rule: a message takes the next position in its conversation and counts as unread for the other '
  'side.';

create function private.words_between(
  listing_id uuid, guest_id uuid, body text, conversation_id uuid default null,
    sender_id uuid default null)
  returns text language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (
    select from public.bookings
    where bookings.guest_id = words_between.guest_id
      and bookings.listing_id = words_between.listing_id
      and bookings.status in ('confirmed', 'completed')
      and private.contacts_open_at(bookings) <= private.now())
  then
    return body;
  end if;
  if sender_id is not null and private.goes_on_from_before(conversation_id, sender_id, body) then
    return '•••';
  end if;
  return private.mask_contacts(body);
end $$;

comment on function private.words_between is
  'Rule: contact data is shown between a guest and the hosts of a home once a stay there allows it '
  '(private.contacts_open_at), including after it is over, because things are left behind; no '
  'longer once it was cancelled.';

-- Pieces of a number sent one by one are read as one: with the last few messages of the sender, and
-- with those that are nothing but figures, whatever they said in between. A line separator marks
-- where one message ends; what is no number to call in one message is none together with the next.
create function private.goes_on_from_before(conversation_id uuid, sender_id uuid, body text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  seam   constant text := U&'\2028';
  piece  constant text := translate(private.mask_contacts(body, true), seam, E'\n');
  series text;
begin
  for series in
    with before as (
      select translate(private.mask_contacts(right(messages.body, 60), true), seam, E'\n') as body,
        messages.body ~ '[0-9]' and messages.body !~ '[[:alpha:]]{3}' as figures, messages.position,
        row_number() over (order by messages.position desc) as place
      from (
        select * from public.messages
        where messages.conversation_id = goes_on_from_before.conversation_id
          and messages.sender_id = goes_on_from_before.sender_id and messages.kind = 'text'
        order by messages.position desc
        limit 12) as messages)
    select string_agg(before.body || seam, '' order by before.position) || piece
    from before where before.place <= 3
    union all
    select string_agg(before.body || seam, '' order by before.position) || piece
    from before where before.figures
  loop
    if regexp_count(private.mask_contacts(series), seam) < regexp_count(series, seam) then
      return true;
    end if;
  end loop;
  return false;
end $$;

comment on function private.goes_on_from_before is
  'Rule: contact data split over several messages is still contact data.';

create function private.check_correspondence(
  conversation public.conversations, side public.booking_actor, caller uuid)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  -- A block sounds like a suspension: nobody is told that they are blocked.
  if exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = conversation.listing_id
      and listing_hosts.role in ('owner', 'full')
      and private.is_blocked(listing_hosts.profile_id, conversation.guest_id))
    or (side = 'host' and private.is_barred(conversation.guest_id))
    or (side = 'guest' and exists (
      select from private.suspensions
      join public.listings on listings.host_id = suspensions.profile_id
      where listings.listing_id = conversation.listing_id))
  then
    if side = 'host' then perform private.refuse('guest_unavailable'); end if;
    perform private.refuse('host_unavailable');
  end if;
  if (select count(*) from public.messages
      where messages.sender_id = caller and messages.sent_at > private.now() - interval '1 hour')
    >= (select settings.messages_per_hour from private.settings)
  then
    perform private.refuse('too_many_messages');
  end if;
end $$;

create function private.write_message(
  message_id uuid, conversation public.conversations, caller uuid, body text)
  returns public.messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  side    public.booking_actor := case when caller = conversation.guest_id then 'guest'
    else 'host' end;
  message public.messages;
begin
  -- A repeat of the same message waits here for the first to commit.
  perform from public.conversations
  where conversations.conversation_id = conversation.conversation_id for no key update;
  select * into message from public.messages where messages.message_id = write_message.message_id;
  if found then
    if message.conversation_id <> conversation.conversation_id
      or message.sender_id is distinct from caller
    then
      perform private.refuse('id_reused', 'id', 'message_id');
    end if;
    return message;
  end if;

  perform private.check_correspondence(conversation, side, caller);
  message.message_id := write_message.message_id;
  message.conversation_id := conversation.conversation_id;
  message.kind := 'text';
  message.side := side;
  message.sender_id := caller;
  message.body := private.words_between(
    conversation.listing_id, conversation.guest_id, write_message.body,
      conversation.conversation_id, caller);
  message.masked := message.body <> write_message.body;
  message := private.add_message(message);
  if message.masked then
    perform private.keep_words('message', message.message_id, 'body', caller, write_message.body);
  end if;

  if side = 'host' then
    perform private.note_answer(conversation.conversation_id);
  elsif conversation.inquiry and message.position = 1 then
    insert into private.host_responses (host_id, conversation_id, asked_at)
    select listings.host_id, conversation.conversation_id, private.now()
    from public.listings where listings.listing_id = conversation.listing_id;
  end if;
  return message;
end $$;

create function private.note_answer(conversation_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  update private.host_responses set answered_at = private.now()
  where host_responses.conversation_id = note_answer.conversation_id
    and host_responses.answered_at is null;
end;

comment on function private.note_answer is
  'Rule: an inquiry is answered by the first thing a host does about it.';

create function private.check_words(message_id uuid, body text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if message_id is null then perform private.refuse('message_id_required'); end if;
  if body is null or body !~ '[^[:space:]]' then perform private.refuse('message_empty'); end if;
  perform private.check_text(body);
end $$;

create function private.start_conversation(message_id uuid, listing_id uuid, body text)
  returns public.messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller       uuid := private.active_caller();
  listing      public.listings;
  conversation public.conversations;
begin
  perform private.check_words(message_id, body);
  -- One first message of a guest at a time: two at once would each see room for one more.
  perform from public.profiles where profiles.profile_id = caller for no key update;
  select * into conversation from public.conversations
  where conversations.listing_id = start_conversation.listing_id
    and conversations.guest_id = caller;
  if not found then
    select * into listing from public.listings
    where listings.listing_id = start_conversation.listing_id and listings.status = 'published';
    if not found then perform private.refuse('listing_not_found'); end if;
    if exists (
      select from public.listing_hosts
      where listing_hosts.listing_id = listing.listing_id and listing_hosts.profile_id = caller)
    then
      perform private.refuse('own_listing');
    end if;
    if (select count(*) from public.conversations
        where conversations.guest_id = caller and conversations.inquiry
          and conversations.started_at > private.now() - interval '24 hours')
      >= (select settings.new_conversations from private.settings)
    then
      perform private.refuse('too_many_conversations');
    end if;
    conversation := private.open_conversation(listing.listing_id, caller, true);
  end if;
  return private.write_message(message_id, conversation, caller, body);
end $$;

comment on function private.start_conversation is
  'Rule: anyone may ask about a published home they do not host, a limited number of homes per '
  'day.';

create function private.send_message(message_id uuid, conversation_id uuid, body text)
  returns public.messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller       uuid := private.active_caller();
  conversation public.conversations;
begin
  perform private.check_words(message_id, body);
  conversation := private.conversation_of_caller(send_message.conversation_id);
  return private.write_message(message_id, conversation, caller, body);
end $$;

create function public.start_conversation(message_id uuid, listing_id uuid, body text)
  returns public.messages language sql volatile security invoker set search_path = ''
  return private.start_conversation(message_id, listing_id, body);

create function public.send_message(message_id uuid, conversation_id uuid, body text)
  returns public.messages language sql volatile security invoker set search_path = ''
  return private.send_message(message_id, conversation_id, body);

grant execute on function
  private.start_conversation, private.send_message, public.start_conversation, public.send_message
  to authenticated;

comment on function public.start_conversation is
  'A guest writes to the hosts of a published home; an existing conversation is continued. The '
  'client chooses message_id; a repeated call returns the same message. Contact data is masked '
  'until a stay there is confirmed. Errors: listing_not_found, own_listing, host_unavailable, '
  'too_many_conversations, too_many_messages, message_id_required, message_empty, '
  'message_too_long, id_reused.';
comment on function public.send_message is
  'The guest or a host with the role full sends a message. Repeated with the same message_id, it '
  'returns the same message. Errors: conversation_not_found, host_unavailable, guest_unavailable, '
  'too_many_messages, message_id_required, message_empty, message_too_long, id_reused.';

-- Reading

create function private.mark_read(conversation_id uuid, read_position integer)
  returns public.inbox_entries language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller       uuid := private.active_caller();
  conversation public.conversations := private.conversation_of_caller(mark_read.conversation_id);
  entry        public.inbox_entries;
  upto         integer;
begin
  -- A co-host who came later has no entry yet.
  insert into public.inbox_entries (
    conversation_id, profile_id, side, read_position, unread, last_message_at)
  values (
    conversation.conversation_id, caller,
    case when caller = conversation.guest_id then 'guest' else 'host' end::public.booking_actor,
    conversation.messages, 0, conversation.last_message_at)
  on conflict on constraint inbox_entries_pkey do nothing;
  select * into strict entry from public.inbox_entries
  where inbox_entries.conversation_id = conversation.conversation_id
    and inbox_entries.profile_id = caller
  for update;

  -- Nobody reads what is not there; a message on its way waits for this row and counts afterwards.
  select least(mark_read.read_position, conversations.messages) into upto
  from public.conversations where conversations.conversation_id = conversation.conversation_id;
  if mark_read.read_position is null or upto <= entry.read_position then
    return entry;
  end if;
  update public.inbox_entries
  set read_position = upto,
      unread = inbox_entries.unread - (
        select count(*) from public.messages
        where messages.conversation_id = entry.conversation_id
          and messages.position > entry.read_position and messages.position <= upto
          and messages.kind <> 'event' and messages.side <> entry.side)
  where inbox_entries.conversation_id = entry.conversation_id and inbox_entries.profile_id = caller
  returning * into entry;
  return entry;
end $$;

comment on function private.mark_read is
  'Rule: the read position only moves forward, and the messages just read are deducted from the '
  'unread ones.';

create function public.mark_read(conversation_id uuid, read_position integer)
  returns public.inbox_entries language sql volatile security invoker set search_path = ''
  return private.mark_read(conversation_id, read_position);

grant execute on function private.mark_read, public.mark_read to authenticated;
comment on function public.mark_read is
  'The caller has read the conversation up to the message at this position. The position never '
  'goes back; repeating it changes nothing. Errors: conversation_not_found.';

create type public.conversation_card as (
  conversation_id uuid,
  listing_id      uuid,
  listing_title   text,
  side            public.booking_actor,
  with_id         uuid,
  with_name       text,
  last_message_at timestamptz,
  last_message    text,
  last_event      public.booking_status,
  last_position   integer,
  read_position   integer,
  unread          integer
);

create function private.my_conversations(before_at timestamptz, before_id uuid, most integer)
  returns setof public.conversation_card language plpgsql stable security definer
  set search_path = '' set enable_sort = off
as $$
declare
  caller uuid := private.signed_in();
  homes  uuid[] := array(select private.listings_of_caller('bookings'));
begin
  -- In the order of their index, twenty and no more: a plan for people with three conversations
  -- sorts all that a company has (measured: 58 times what the page takes).
  return query
    select
      conversations.conversation_id, listings.listing_id, listings.title, inbox_entries.side,
      other.profile_id, other.display_name, inbox_entries.last_message_at,
      nullif(left(messages.body, 200), ''), messages.event, conversations.messages, inbox_entries.read_position, inbox_entries.unread
    from public.inbox_entries
    join public.conversations on conversations.conversation_id = inbox_entries.conversation_id
    join public.listings on listings.listing_id = conversations.listing_id
    join public.profiles as other
      on other.profile_id = case inbox_entries.side when 'guest' then listings.host_id
        else conversations.guest_id end
    join public.messages
      on messages.conversation_id = conversations.conversation_id
        and messages.position = conversations.messages
    where inbox_entries.profile_id = caller
      and (inbox_entries.side = 'guest' or conversations.listing_id = any (homes))
      and (inbox_entries.last_message_at, inbox_entries.conversation_id)
        < (coalesce(my_conversations.before_at, 'infinity'),
           coalesce(my_conversations.before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by inbox_entries.last_message_at desc, inbox_entries.conversation_id desc
    limit greatest(0, least(coalesce(my_conversations.most, 20), 100));
end $$;

create function public.my_conversations(
  before_at text    default null,
  before_id uuid    default null,
  most      integer default 20)
  returns setof public.conversation_card language sql stable security invoker
begin atomic
  select * from private.my_conversations(
    private.instant(my_conversations.before_at, 'before_at'), my_conversations.before_id,
    my_conversations.most);
end;

grant execute on function private.my_conversations, public.my_conversations to authenticated;
comment on function public.my_conversations is
  'The caller''s conversations as guest and as host, newest first, at most 100. Pass '
  'last_message_at and conversation_id of the last card as before_at and before_id to get the next '
  'page. Errors: invalid_value.';

-- What bookings say

create function private.mask_words()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  written text;
begin
  if tg_op = 'INSERT' then
    written := new.message;
    new.message := private.words_between(new.listing_id, new.guest_id, new.message);
    if new.message <> written then
      perform private.keep_words('booking', new.booking_id, 'message', new.guest_id, written);
    end if;
  elsif coalesce(current_setting('staybase.actor', true), '') in ('guest', 'host') then
    written := new.reason;
    new.reason := private.words_between(new.listing_id, new.guest_id, new.reason);
    if new.reason <> written then
      perform private.keep_words(
        'booking', new.booking_id, 'reason', coalesce(auth.uid(), new.host_id), written);
    end if;
  end if;
  return new;
end $$;

comment on function private.mask_words is
  'Rule: the message with a booking, and the reason why it is declined or cancelled, follow the '
  'rule of messages; staff may say how to reach them.';

create trigger mask_the_words before insert on public.bookings
  for each row when (new.message <> '') execute function private.mask_words();
create trigger mask_the_reason before update of reason on public.bookings
  for each row when (new.reason is distinct from old.reason) execute function private.mask_words();

create function private.join_conversation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations := private.open_conversation(new.listing_id, new.guest_id,
    false);
  message      public.messages;
begin
  message.conversation_id := conversation.conversation_id;
  message.booking_id := new.booking_id;
  if old.placed_at is null and btrim(new.message) <> '' then
    message.message_id := gen_random_uuid();
    message.kind := 'text';
    message.side := 'guest';
    message.sender_id := new.guest_id;
    message.body := new.message;
    message.masked := position('•••' in new.message) > 0;
    perform private.add_message(message);
  end if;
  message.message_id := gen_random_uuid();
  message.kind := 'event';
  message.side := 'system';
  message.sender_id := null;
  message.event := new.status;
  message.body := '';
  message.masked := false;
  perform private.add_message(message);
  return null;
end $$;

comment on function private.join_conversation is
  'Rule: a placed booking appears in the conversation of its guest and home, its opening message '
  'first, and each later status as an event that both sides read.';

create trigger join_the_conversation after update of status on public.bookings
  for each row when (old.status <> new.status and new.placed_at is not null)
  execute function private.join_conversation();

create function private.note_request()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'requested' and old.status <> 'requested' then
    insert into private.host_responses (host_id, booking_id, asked_at)
    values (new.host_id, new.booking_id, private.now())
    on conflict on constraint host_responses_one_per_booking do nothing;
  elsif new.status = 'cancelled_by_guest' and old.status = 'requested' then
    delete from private.host_responses
    where host_responses.booking_id = new.booking_id and host_responses.answered_at is null;
  elsif new.status = 'declined' or (old.accepted_at is null and new.accepted_at is not null) then
    update private.host_responses set answered_at = private.now()
    where host_responses.booking_id = new.booking_id and host_responses.answered_at is null;
  end if;
  return null;
end $$;

comment on function private.note_request is
  'Rule: a request to book is a question to the host: asked when it is placed, answered when it '
  'is accepted or declined, and not counted when the guest withdraws it.';

create trigger note_the_request after update of status, accepted_at on public.bookings
  for each row execute function private.note_request();

create table private.removed_messages (
  message_id uuid        primary key references public.messages on delete restrict,
  body       text        not null,
  removed_at timestamptz not null
);

alter table private.removed_messages enable row level security;
comment on table private.removed_messages is
  'Messages that staff removed from a conversation, for the record.';

create function private.remove_message(message_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.bookings set message = ''
  from public.messages
  where messages.message_id = remove_message.message_id and messages.kind = 'text'
    and messages.side = 'guest' and bookings.booking_id = messages.booking_id;
  insert into private.removed_messages (message_id, body, removed_at)
  select messages.message_id, messages.body, private.now()
  from public.messages where messages.message_id = remove_message.message_id
  on conflict on constraint removed_messages_pkey do nothing;
  update public.messages set body = '', removed_at = private.now()
  where messages.message_id = remove_message.message_id and messages.removed_at is null;
end $$;

comment on function private.remove_message is
  'Rule: a removed message keeps its position in the conversation, without its text. If it is the '
  'opening message of a booking, the booking loses it too.';

-- When somebody goes

create function private.erase_words()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.messages set body = '' where messages.sender_id = new.profile_id
    and messages.kind <> 'event';
  delete from public.inbox_entries where inbox_entries.profile_id = new.profile_id;
  return null;
end $$;

comment on function private.erase_words is
  'Rule: a person''s text is erased with the person; the fact that something was written stays.';

create trigger erase_the_words after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.erase_words();
