-- Messages: what a guest and the hosts of a home say to each other, before, during and after a stay.
--
-- There is one conversation for a guest and a listing, however many stays come of it, and both sides
-- read the bookings' moves in it. Each person has an entry in their own inbox: what they have read,
-- what they have not. Counts move with each message and are never reckoned anew.

create type public.message_kind as enum ('text', 'automated', 'event');
create type public.message_occasion as enum (
  'booking_confirmed', 'check_in_instructions', 'review_reminder');

alter table private.settings
  add column new_conversations smallint not null default 20,
  add column messages_per_hour smallint not null default 120,
  add constraint settings_let_people_ask  check (new_conversations between 1 and 1000),
  add constraint settings_let_people_talk check (messages_per_hour between 1 and 10000);

comment on column private.settings.new_conversations is
  'How many homes a guest may ask about in 24 hours, for the first time.';
comment on column private.settings.messages_per_hour is 'How many messages one person may write in an hour.';

-- Conversations

create table public.conversations (
  conversation_id uuid        primary key default gen_random_uuid(),
  listing_id      uuid        not null references public.listings on delete restrict,
  guest_id        uuid        not null references public.profiles on delete restrict,
  inquiry         boolean     not null,
  messages        integer     not null default 0,
  started_at      timestamptz not null,
  last_message_at timestamptz not null,

  constraint conversations_one_per_guest_and_listing unique (listing_id, guest_id),
  constraint conversations_count_their_messages      check (messages >= 0)
);

create index conversations_guest_id_idx on public.conversations (guest_id, started_at);

comment on table public.conversations is
  'What a guest and the hosts of a listing say to each other: one for ever, with all bookings of that '
  'guest there.';
comment on column public.conversations.inquiry is 'Begun by a question, not by a booking.';
comment on column public.conversations.messages is 'How many there are: the position of the last.';

alter table public.conversations enable row level security;

create policy "people see their own conversations and those of their homes" on public.conversations
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or listing_id = any (array(select private.listings_of_caller('bookings'))));

grant select on public.conversations to authenticated;
-- No writes: messages are written by verbs.

-- A host sees who placed a booking with them or wrote to them. Scalars, not an array of all of them:
-- that is as long as a host is busy (measured: 33 ms for one with 1,300 bookings).
create policy "people see hosts and those they deal with" on public.profiles
  for select to authenticated
  using (
    hosting
    or profile_id = any (array(select private.people_of_caller()))
    or (select true from public.bookings
      where bookings.guest_id = profiles.profile_id and bookings.placed_at is not null limit 1)
    or (select true from public.conversations
      where conversations.guest_id = profiles.profile_id limit 1));

-- Messages

create table public.messages (
  message_id      uuid                    primary key,
  conversation_id uuid                    not null references public.conversations on delete restrict,
  position        integer                 not null,
  kind            public.message_kind     not null,
  side            public.booking_actor    not null,
  sender_id       uuid                    references public.profiles on delete restrict,
  booking_id      uuid                    references public.bookings on delete restrict,
  occasion        public.message_occasion,
  event           public.booking_status,
  body            text                    not null,
  masked          boolean                 not null default false,
  sent_at         timestamptz             not null,

  constraint messages_stand_in_order     unique (conversation_id, position),
  constraint messages_come_from_a_side   check (side in ('guest', 'host', 'system')),
  constraint messages_have_a_sender      check ((sender_id is null) = (kind = 'event')),
  constraint messages_have_an_occasion   check ((occasion is not null) = (kind = 'automated')),
  constraint messages_tell_of_a_move     check (
    (event is not null) = (kind = 'event') and (kind = 'text' or booking_id is not null)),
  constraint messages_are_short          check (char_length(body) <= case kind when 'text' then 2000 else 5000 end)
);

-- That an automated message is sent once is promised here, whatever the job does.
create unique index messages_occasion_idx on public.messages (booking_id, occasion) where occasion is not null;
create index messages_booking_id_idx on public.messages (booking_id) where booking_id is not null;
create index messages_sender_id_idx on public.messages (sender_id, sent_at) where sender_id is not null;

comment on table public.messages is
  'What was said, in order of its position. An event tells of a booking''s move and has no words; an '
  'automated message is the host''s, sent on an occasion.';
comment on column public.messages.masked is
  'Contact data was hidden when it was written; staff read the original.';

alter table public.messages enable row level security;

create policy "people see the messages of conversations they see" on public.messages
  for select to authenticated
  -- A scalar, not `exists`: that would be hashed, for which all conversations there are were read
  -- (measured: 30 ms a page among 5,000; so it is below one).
  using ((
    select true from public.conversations
    where conversations.conversation_id = messages.conversation_id));

grant select on public.messages to authenticated;

-- The inbox

create table public.inbox_entries (
  conversation_id uuid                 not null references public.conversations on delete restrict,
  profile_id      uuid                 not null references public.profiles on delete restrict,
  side            public.booking_actor not null,
  read_position   integer              not null,
  unread          integer              not null,
  last_message_at timestamptz          not null,

  primary key (conversation_id, profile_id),
  constraint inbox_entries_are_of_a_side   check (side in ('guest', 'host')),
  constraint inbox_entries_count_up_from_0 check (read_position >= 0 and unread >= 0)
);

create index inbox_entries_profile_id_idx
  on public.inbox_entries (profile_id, last_message_at desc, conversation_id desc);
create index inbox_entries_unread_idx on public.inbox_entries (profile_id) where unread > 0;

comment on table public.inbox_entries is
  'A conversation as one person has it: how far they have read, and how many messages of the other '
  'side they have not.';

alter table public.inbox_entries enable row level security;

create policy "people see their own inbox" on public.inbox_entries
  for select to authenticated using (profile_id = (select auth.uid()));

grant select on public.inbox_entries to authenticated;

-- Who left a home, or sees no bookings any more, has no part in its conversations.
create function private.leave_conversations()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.inbox_entries
  using public.conversations
  where conversations.conversation_id = inbox_entries.conversation_id
    and conversations.listing_id = old.listing_id
    and inbox_entries.profile_id = old.profile_id and inbox_entries.side = 'host';
  return null;
end $$;

create trigger leave_the_conversations after delete or update of role on public.listing_hosts
  for each row execute function private.leave_conversations();

-- How soon hosts answer

create table private.host_responses (
  response_id     uuid        primary key default gen_random_uuid(),
  host_id         uuid        not null references public.profiles on delete restrict,
  conversation_id uuid        references public.conversations on delete restrict,
  booking_id      uuid        references public.bookings on delete restrict,
  asked_at        timestamptz not null,
  answered_at     timestamptz,

  constraint host_responses_are_to_one_question  check (num_nonnulls(conversation_id, booking_id) = 1),
  constraint host_responses_one_per_conversation unique (conversation_id),
  constraint host_responses_one_per_booking      unique (booking_id),
  constraint host_responses_come_after           check (answered_at >= asked_at)
);

create index host_responses_host_id_idx on private.host_responses (host_id, asked_at);
alter table private.host_responses enable row level security;
comment on table private.host_responses is
  'What the owner of a home was asked, by an inquiry (its first message) or a request to book, and when '
  'they or a co-host answered; null while they have not.';

-- Writing

create function private.conversation_of_caller(conversation_id uuid)
  returns public.conversations language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations;
begin
  select * into conversation from public.conversations
  where conversations.conversation_id = conversation_of_caller.conversation_id
    and (conversations.guest_id = auth.uid() or private.may_manage(conversations.listing_id, 'bookings'));
  if not found then perform private.refuse('conversation_not_found'); end if;
  return conversation;
end $$;

comment on function private.conversation_of_caller is
  'Rule: the guest, and the hosts who manage bookings, have a part in a conversation; for others it does '
  'not exist.';

create function private.open_conversation(listing_id uuid, guest_id uuid, inquiry boolean)
  returns public.conversations language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations;
begin
  insert into public.conversations (listing_id, guest_id, inquiry, started_at, last_message_at)
  values (
    open_conversation.listing_id, open_conversation.guest_id, open_conversation.inquiry, private.now(),
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
    message.message_id, conversation.conversation_id, conversation.messages, message.kind, message.side,
    message.sender_id, message.booking_id, message.occasion, message.event, message.body, message.masked,
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
    join private.host_rights on host_rights.role = listing_hosts.role and host_rights.deed = 'bookings'
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
  'Rule: a message takes the next place of its conversation and counts as unread for the other side.';

create function private.words_between(
  listing_id uuid, guest_id uuid, body text, conversation_id uuid default null, sender_id uuid default null)
  returns text language plpgsql stable security definer set search_path = ''
as $$
begin
  if exists (
    select from public.bookings
    where bookings.guest_id = words_between.guest_id and bookings.listing_id = words_between.listing_id
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
  'Rule: contact data passes between a guest and the hosts of a home once a stay there opened it '
  '(private.contacts_open_at), also when it is over, as things are left behind; no longer when it was '
  'cancelled.';

-- Pieces of a number sent one by one are read as one: with the last few messages of the sender, and with
-- those that are nothing but figures, whatever they said in between. A line separator marks where one message ends;
-- what is no number to call in one message is none together with the next.
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
  'Rule: contact data split over messages is contact data.';

create function private.write_message(
  message_id uuid, conversation public.conversations, caller uuid, body text)
  returns public.messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  side    public.booking_actor := case when caller = conversation.guest_id then 'guest' else 'host' end;
  message public.messages;
begin
  -- The same message, sent again, waits here for itself.
  perform from public.conversations
  where conversations.conversation_id = conversation.conversation_id for no key update;
  select * into message from public.messages where messages.message_id = write_message.message_id;
  if found then
    if message.conversation_id <> conversation.conversation_id or message.sender_id is distinct from caller then
      perform private.refuse('id_reused', 'id', 'message_id');
    end if;
    return message;
  end if;

  -- A block sounds like a suspension: nobody is told that they are blocked.
  if exists (
    select from public.listing_hosts
    where listing_hosts.listing_id = conversation.listing_id and listing_hosts.role in ('owner', 'full')
      and private.is_blocked(listing_hosts.profile_id, conversation.guest_id))
    or exists (
      select from private.suspensions
      where suspensions.profile_id = case side when 'host' then conversation.guest_id else (
        select listings.host_id from public.listings
        where listings.listing_id = conversation.listing_id) end)
    or (side = 'host' and exists (
      select from public.profiles
      where profiles.profile_id = conversation.guest_id and profiles.erased_at is not null))
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

  message.message_id := write_message.message_id;
  message.conversation_id := conversation.conversation_id;
  message.kind := 'text';
  message.side := side;
  message.sender_id := caller;
  message.body := private.words_between(
    conversation.listing_id, conversation.guest_id, write_message.body, conversation.conversation_id, caller);
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
  where host_responses.conversation_id = note_answer.conversation_id and host_responses.answered_at is null;
end;

comment on function private.note_answer is
  'Rule: an inquiry is answered by the first thing a host does about it.';

create function private.check_words(message_id uuid, body text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if message_id is null then perform private.refuse('message_id_required'); end if;
  if body is null or body !~ '[^[:space:]]' then perform private.refuse('message_empty'); end if;
  if char_length(body) > 2000 then perform private.refuse('message_too_long'); end if;
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
  where conversations.listing_id = start_conversation.listing_id and conversations.guest_id = caller;
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
  'Rule: anyone may ask about a published home they do not host, a limited number of homes a day.';

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
  'A guest writes to the hosts of a published home; where a conversation is, it goes on. The client '
  'chooses message_id: repeated, the same message comes back. Contact data is masked until a stay there '
  'is confirmed. Errors: listing_not_found, own_listing, host_unavailable, too_many_conversations, '
  'too_many_messages, message_id_required, message_empty, message_too_long, id_reused.';
comment on function public.send_message is
  'The guest or a host with full rights writes. Repeated with the same message_id, the same message '
  'comes back. Errors: conversation_not_found, host_unavailable, guest_unavailable, '
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
  where inbox_entries.conversation_id = conversation.conversation_id and inbox_entries.profile_id = caller
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
  'Rule: reading goes forward, and takes from the unread what was just read.';

create function public.mark_read(conversation_id uuid, read_position integer)
  returns public.inbox_entries language sql volatile security invoker set search_path = ''
  return private.mark_read(conversation_id, read_position);

grant execute on function private.mark_read, public.mark_read to authenticated;
comment on function public.mark_read is
  'The caller has read the conversation up to the message at this position. Reading never goes back; '
  'repeating it changes nothing. Errors: conversation_not_found.';

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
  -- In the order of their index, twenty and no more: a plan for people with three conversations sorts all
  -- that a company has (measured: 58 times what the page takes).
  return query
    select
      conversations.conversation_id, listings.listing_id, listings.title, inbox_entries.side,
      other.profile_id, other.display_name, inbox_entries.last_message_at, left(messages.body, 200),
      messages.event, conversations.messages, inbox_entries.read_position, inbox_entries.unread
    from public.inbox_entries
    join public.conversations on conversations.conversation_id = inbox_entries.conversation_id
    join public.listings on listings.listing_id = conversations.listing_id
    join public.profiles as other
      on other.profile_id = case inbox_entries.side when 'guest' then listings.host_id else conversations.guest_id end
    join public.messages
      on messages.conversation_id = conversations.conversation_id and messages.position = conversations.messages
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
  returns setof public.conversation_card language sql stable security invoker set search_path = ''
begin atomic
  select * from private.my_conversations(
    private.instant(my_conversations.before_at, 'before_at'), my_conversations.before_id,
    my_conversations.most);
end;

grant execute on function private.my_conversations, public.my_conversations to authenticated;
comment on function public.my_conversations is
  'The caller''s conversations as guest and as host, newest first, at most 100. The next page: '
  'last_message_at and conversation_id of the last card as before_at and before_id.';

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
  elsif new.reason is distinct from old.reason
    and coalesce(current_setting('staybase.actor', true), '') in ('guest', 'host')
  then
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
  'Rule: what is said with a booking, and why it is declined or cancelled, goes by the rule of messages; '
  'staff may say how to reach them.';

create trigger mask_the_words before insert or update of reason on public.bookings
  for each row execute function private.mask_words();

create function private.join_conversation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  conversation public.conversations := private.open_conversation(new.listing_id, new.guest_id, false);
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
  'Rule: a booking that was placed appears in the conversation of its guest and home, its opening words '
  'first.';

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
  'Rule: a request to book is a question; accepting and declining answer it. One that the guest took back '
  'was none.';

create trigger note_the_request after update of status, accepted_at on public.bookings
  for each row execute function private.note_request();

-- Automated messages

-- No door code and no address among the placeholders: a message stays in sight when the stay is over
-- or cancelled, and listing_access does not.
create table public.message_templates (
  occasion public.message_occasion not null,
  locale   text                    not null,
  body     text                    not null,

  primary key (occasion, locale),
  constraint message_templates_speak_a_language check (locale ~ '^[a-z]{2,3}$')
);

comment on table public.message_templates is
  'What is sent on an occasion where the host has written nothing else. Placeholders: {guest_name}, '
  '{host_name}, {listing_title}, {city}, {check_in}, {check_out}, {check_in_time}, {check_out_time}.';

alter table public.message_templates enable row level security;
create policy "people read the message templates" on public.message_templates
  for select to authenticated using (true);
grant select on public.message_templates to authenticated;

insert into public.message_templates (occasion, locale, body) values
  ('booking_confirmed', 'en',
   'Hello {guest_name}, your stay at {listing_title} from {check_in} to {check_out} is '
   'confirmed. Write to me here if you have any questions. {host_name}'),
  ('booking_confirmed', 'de',
   'Hallo {guest_name}, dein Aufenthalt in {listing_title} vom {check_in} bis '
   '{check_out} ist bestätigt. Bei Fragen schreib mir hier. {host_name}'),
  ('booking_confirmed', 'fr',
   'Bonjour {guest_name}, votre séjour à {listing_title} du {check_in} au {check_out} '
   'est confirmé. Pour toute question, écrivez-moi ici. {host_name}'),
  ('booking_confirmed', 'es',
   'Hola {guest_name}: tu estancia en {listing_title} del {check_in} al {check_out} está '
   'confirmada. Si tienes preguntas, escríbeme aquí. {host_name}'),
  ('check_in_instructions', 'en',
   'Hello {guest_name}, you arrive at {listing_title} on {check_in}. Check-in is from '
   '{check_in_time}. The address and how to get in stand with your booking. {host_name}'),
  ('check_in_instructions', 'de',
   'Hallo {guest_name}, am {check_in} kommst du in {listing_title} an. Der Check-in '
   'beginnt um {check_in_time}. Adresse und Zugang stehen bei deiner Buchung. '
   '{host_name}'),
  ('check_in_instructions', 'fr',
   'Bonjour {guest_name}, vous arrivez à {listing_title} le {check_in}. L''arrivée se '
   'fait à partir de {check_in_time}. L''adresse et l''accès figurent dans votre '
   'réservation. {host_name}'),
  ('check_in_instructions', 'es',
   'Hola {guest_name}: llegas a {listing_title} el {check_in}. La entrada es a partir de '
   'las {check_in_time}. La dirección y cómo entrar están en tu reserva. {host_name}'),
  ('review_reminder', 'en',
   'Hello {guest_name}, thank you for staying at {listing_title}. How was it? A review '
   'helps other guests. {host_name}'),
  ('review_reminder', 'de',
   'Hallo {guest_name}, danke für deinen Aufenthalt in {listing_title}. Wie war es? Eine '
   'Bewertung hilft anderen Gästen. {host_name}'),
  ('review_reminder', 'fr',
   'Bonjour {guest_name}, merci d''avoir séjourné à {listing_title}. Comment était-ce ? '
   'Un commentaire aide les autres voyageurs. {host_name}'),
  ('review_reminder', 'es',
   'Hola {guest_name}: gracias por alojarte en {listing_title}. ¿Qué tal fue? Una reseña '
   'ayuda a otros huéspedes. {host_name}');

create table public.automatic_messages (
  listing_id uuid                    not null references public.listings on delete cascade,
  occasion   public.message_occasion not null,
  active     boolean                 not null,
  days       smallint                not null,

  primary key (listing_id, occasion),
  constraint automatic_messages_come_in_time check (days between 0 and 30)
);

comment on table public.automatic_messages is
  'Whether and when a home''s automated messages are sent. Without a row: yes; instructions 2 days before '
  'check-in, the reminder 1 day after check-out.';

create table public.automatic_texts (
  listing_id uuid                    not null references public.listings on delete cascade,
  occasion   public.message_occasion not null,
  locale     text                    not null,
  body       text                    not null,

  primary key (listing_id, occasion, locale),
  constraint automatic_texts_speak_a_language check (locale ~ '^[a-z]{2,3}$'),
  constraint automatic_texts_have_a_length    check (char_length(body) between 1 and 2000)
);

comment on table public.automatic_texts is
  'A host''s own words for an occasion, by language. A guest reads them in theirs, else in English, else '
  'in the first there is.';

alter table public.automatic_messages enable row level security;
alter table public.automatic_texts enable row level security;

create policy "hosts see when their messages are sent" on public.automatic_messages
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));
create policy "hosts see their own message texts" on public.automatic_texts
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));

grant select on public.automatic_messages, public.automatic_texts to authenticated;

create table private.due_messages (
  booking_id uuid                    not null references public.bookings on delete restrict,
  occasion   public.message_occasion not null,
  due_at     timestamptz             not null,

  primary key (booking_id, occasion)
);

create index due_messages_due_at_idx on private.due_messages (due_at);
alter table private.due_messages enable row level security;
comment on table private.due_messages is
  'Automated messages still to be sent; a row goes when its message is sent, or no longer to be.';

create function private.message_due_at(booking public.bookings, occasion public.message_occasion)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  days integer := coalesce(
    (select automatic_messages.days from public.automatic_messages
     where automatic_messages.listing_id = booking.listing_id
       and automatic_messages.occasion = message_due_at.occasion),
    case message_due_at.occasion when 'check_in_instructions' then 2 when 'review_reminder' then 1 else 0 end);
begin
  return case message_due_at.occasion
    -- Who books for tonight is first told that they may come.
    when 'check_in_instructions' then greatest(
      private.instant_at(booking.check_in - days + booking.check_in_time, booking.time_zone),
      booking.confirmed_at)
    when 'review_reminder' then
      private.instant_at(booking.check_out + days + booking.check_out_time, booking.time_zone)
    else booking.confirmed_at
  end;
end $$;

comment on function private.message_due_at is
  'Rule: instructions come so many days before check-in at the hour of check-in, never before the '
  'confirmation, the reminder so many days after check-out, by the clock where the home stands.';

create function private.plan_messages()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'confirmed' and old.status <> 'confirmed' then
    insert into private.due_messages (booking_id, occasion, due_at)
    select new.booking_id, every.occasion, private.message_due_at(new, every.occasion)
    from unnest(enum_range(null::public.message_occasion)) as every (occasion)
    on conflict on constraint due_messages_pkey do nothing;
  elsif new.status not in ('confirmed', 'completed') then
    delete from private.due_messages where due_messages.booking_id = new.booking_id;
  elsif (old.check_in, old.check_out) <> (new.check_in, new.check_out) then
    update private.due_messages
    set due_at = private.message_due_at(new, due_messages.occasion)
    where due_messages.booking_id = new.booking_id;
  end if;
  return null;
end $$;

create trigger plan_the_messages after update of status, check_in, check_out on public.bookings
  for each row execute function private.plan_messages();

create function private.text_for(
  booking public.bookings, occasion public.message_occasion, locale text)
  returns text language plpgsql stable security definer set search_path = ''
as $$
declare
  reads  text := split_part(text_for.locale, '-', 1);
  source text;
  filled text;
begin
  select texts.body into source
  from (
    select automatic_texts.body, automatic_texts.locale, 1 as rank from public.automatic_texts
    where automatic_texts.listing_id = booking.listing_id and automatic_texts.occasion = text_for.occasion
    union all
    select message_templates.body, message_templates.locale, 2 from public.message_templates
    where message_templates.occasion = text_for.occasion) as texts
  order by texts.rank, texts.locale = reads desc, texts.locale = 'en' desc, texts.locale
  limit 1;

  -- In one go, so that a name which looks like a placeholder stays a name.
  select string_agg(parts.part || coalesce(said.fact, ''), '' order by parts.place) into filled
  from regexp_split_to_table(source, '\{[a-z_]+\}') with ordinality as parts (part, place)
  left join regexp_matches(source, '\{([a-z_]+)\}', 'g') with ordinality as holes (name, place)
    on holes.place = parts.place
  left join (
    select fact.key, fact.value as fact
    from public.listings
    join public.profiles as guest on guest.profile_id = booking.guest_id
    join public.profiles as host on host.profile_id = listings.host_id
    cross join jsonb_each_text(jsonb_build_object(
      'guest_name', guest.display_name, 'host_name', host.display_name,
      'listing_title', listings.title, 'city', coalesce(listings.city, ''),
      'check_in', booking.check_in, 'check_out', booking.check_out,
      'check_in_time', to_char(booking.check_in_time, 'HH24:MI'),
      'check_out_time', to_char(booking.check_out_time, 'HH24:MI'))) as fact
    where listings.listing_id = booking.listing_id) as said
    on said.key = holes.name[1];
  return left(filled, 5000);
end $$;

comment on function private.text_for is
  'Rule: the host''s own words before the marketplace''s, the guest''s language before English; names are '
  'put in as they are.';

create function private.send_automatic_messages(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  due          private.due_messages;
  booking      public.bookings;
  conversation public.conversations;
  message      public.messages;
  words        text;
  sent         integer := 0;
begin
  for due in
    select * from private.due_messages
    where due_messages.due_at <= private.now()
    order by due_messages.due_at, due_messages.booking_id, due_messages.occasion
    -- Those that have nothing to say any more do not count.
    limit greatest(send_automatic_messages.most, 100)
  loop
    exit when sent = send_automatic_messages.most;
    -- The booking first: whoever cancels it holds it, and then takes the row away.
    select * into booking from public.bookings
    where bookings.booking_id = due.booking_id for no key update skip locked;
    continue when not found;
    delete from private.due_messages
    where due_messages.booking_id = due.booking_id and due_messages.occasion = due.occasion
      and due_messages.due_at <= private.now();
    continue when not found;
    continue when booking.status
        <> case due.occasion when 'review_reminder' then 'completed' else 'confirmed' end::public.booking_status
      or exists (
        select from public.automatic_messages
        where automatic_messages.listing_id = booking.listing_id
          and automatic_messages.occasion = due.occasion and not automatic_messages.active)
      or exists (
        select from public.messages
        where messages.booking_id = booking.booking_id and messages.occasion = due.occasion)
      or (due.occasion = 'review_reminder' and exists (
        select from public.reviews where reviews.booking_id = booking.booking_id));

    conversation := private.open_conversation(booking.listing_id, booking.guest_id, false);
    message := null;
    message.message_id := gen_random_uuid();
    message.conversation_id := conversation.conversation_id;
    message.kind := 'automated';
    message.side := 'host';
    message.sender_id := booking.host_id;
    message.booking_id := booking.booking_id;
    message.occasion := due.occasion;
    words := private.text_for(booking, due.occasion, coalesce(
      (select private_profiles.locale from public.private_profiles
       where private_profiles.profile_id = booking.guest_id), 'en'));
    message.body := private.words_between(booking.listing_id, booking.guest_id, words);
    message.masked := message.body <> words;
    perform private.add_message(message);
    sent := sent + 1;
  end loop;
  return sent;
end $$;

comment on function private.send_automatic_messages is
  'Job: sends each automated message once, also when it comes late; none about a stay that was cancelled '
  'meanwhile.';

create function private.set_automatic_message(
  listing_id uuid, occasion public.message_occasion, active boolean, days integer)
  returns public.automatic_messages language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(set_automatic_message.listing_id, 'listing');
  setting public.automatic_messages;
begin
  if days not between 0 and 30 then perform private.refuse('invalid_days'); end if;
  insert into public.automatic_messages (listing_id, occasion, active, days)
  values (
    listing.listing_id, set_automatic_message.occasion, coalesce(set_automatic_message.active, true),
    coalesce(set_automatic_message.days,
      case set_automatic_message.occasion when 'check_in_instructions' then 2 when 'review_reminder' then 1 else 0 end))
  on conflict on constraint automatic_messages_pkey do update
  set active = coalesce(set_automatic_message.active, automatic_messages.active),
      days = coalesce(set_automatic_message.days, automatic_messages.days)
  returning * into setting;
  update private.due_messages
  set due_at = private.message_due_at(bookings, due_messages.occasion)
  from public.bookings
  where bookings.booking_id = due_messages.booking_id and bookings.listing_id = listing.listing_id
    and due_messages.occasion = set_automatic_message.occasion;
  return setting;
end $$;

create function private.set_automatic_text(
  listing_id uuid, occasion public.message_occasion, locale text, body text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(set_automatic_text.listing_id, 'listing');
begin
  if locale is null or locale !~ '^[a-z]{2,3}$' then
    perform private.refuse('invalid_locale');
  end if;
  if body is null or body !~ '[^[:space:]]' then
    delete from public.automatic_texts
    where automatic_texts.listing_id = listing.listing_id
      and automatic_texts.occasion = set_automatic_text.occasion
      and automatic_texts.locale = set_automatic_text.locale;
    return;
  end if;
  if char_length(body) > 2000 then perform private.refuse('message_too_long'); end if;
  if regexp_replace(body,
      '\{(guest_name|host_name|listing_title|city|check_in|check_out|check_in_time|check_out_time)\}', '', 'g') ~ '[{}]'
  then
    perform private.refuse('invalid_placeholder');
  end if;
  insert into public.automatic_texts (listing_id, occasion, locale, body)
  values (listing.listing_id, set_automatic_text.occasion, set_automatic_text.locale, set_automatic_text.body)
  on conflict on constraint automatic_texts_pkey do update set body = excluded.body;
end $$;

create function public.set_automatic_message(
  listing_id uuid,
  occasion   public.message_occasion,
  active     boolean default null,
  days       integer default null)
  returns public.automatic_messages language sql volatile security invoker set search_path = ''
  return private.set_automatic_message(listing_id, occasion, active, days);

create function public.set_automatic_text(
  listing_id uuid,
  occasion   public.message_occasion,
  locale     text,
  body       text default null)
  returns void language sql volatile security invoker set search_path = ''
  return private.set_automatic_text(listing_id, occasion, locale, body);

grant execute on function
  private.set_automatic_message, private.set_automatic_text, public.set_automatic_message,
  public.set_automatic_text
  to authenticated;

comment on function public.set_automatic_message is
  'A host says whether an automated message of a home is sent, and how many days before check-in or after '
  'check-out; null leaves it. Counts for confirmed stays too. Errors: listing_not_found, '
  'not_your_listing, invalid_days.';
comment on function public.set_automatic_text is
  'A host''s own words for an occasion in one language; null takes them back. Placeholders as in '
  'message_templates. Errors: listing_not_found, not_your_listing, invalid_locale, '
  'invalid_placeholder, message_too_long.';

-- When somebody goes

create function private.erase_words()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.messages set body = '' where messages.sender_id = new.profile_id and messages.kind <> 'event';
  delete from public.inbox_entries where inbox_entries.profile_id = new.profile_id;
  return null;
end $$;

comment on function private.erase_words is
  'Rule: with the person go their words; that something was said there stays.';

create trigger erase_the_words after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.erase_words();

-- Live

-- Supabase's Realtime has its own schema; a database without it just does not tell. A topic is
-- `conversation:<id>` or `person:<id>`, and what is told are ids: the words are read like any others.
create function private.tell_live(topic text, event text, facts jsonb)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    execute 'select realtime.send($1, $2, $3, true)' using facts, event, topic;
  end if;
exception when others then
  raise warning 'not told live: %', sqlerrm;
end $$;

comment on function private.tell_live is
  'Rule: telling live is a courtesy; when it fails, what was told about still happens.';

create function private.may_listen(topic text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
declare
  kind  text := split_part(topic, ':', 1);
  about text := split_part(topic, ':', 2);
begin
  if topic is null or topic !~ '^(person|conversation):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return false;
  end if;
  if kind = 'person' then
    return about::uuid = auth.uid();
  end if;
  return exists (
    select from public.conversations
    where conversations.conversation_id = about::uuid
      and (conversations.guest_id = auth.uid() or private.may_manage(conversations.listing_id, 'bookings')));
end $$;

comment on function private.may_listen is
  'Rule: people hear of themselves, and of conversations they have a part in.';

create function private.tell_message()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_live('conversation:' || new.conversation_id, 'message', jsonb_build_object(
    'conversation_id', new.conversation_id, 'message_id', new.message_id, 'position', new.position));
  return null;
end $$;

create function private.tell_entry()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_live('person:' || new.profile_id, 'inbox', jsonb_build_object(
    'conversation_id', new.conversation_id, 'unread', new.unread));
  return null;
end $$;

create trigger tell_the_message after insert on public.messages
  for each row execute function private.tell_message();
create trigger tell_the_entry after insert or update on public.inbox_entries
  for each row execute function private.tell_entry();

do $$
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime') then
    alter publication supabase_realtime add table public.messages, public.inbox_entries;
  else
    raise notice 'There is no publication supabase_realtime here: nothing is told live.';
  end if;
  if to_regclass('realtime.messages') is not null then
    grant execute on function private.may_listen(text) to authenticated;
    execute 'create policy "people hear of themselves and their conversations" on realtime.messages
      for select to authenticated
      using (extension = ''broadcast'' and private.may_listen((select realtime.topic())))';
  end if;
end $$;
