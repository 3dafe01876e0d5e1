-- Conversations: what a guest and the hosts of a home say to each other, before, during and after a
-- stay.
--
-- There is one conversation for a guest and a listing, however many stays come of it, and both
-- sides read the bookings' moves in it. Each person has an entry in their own inbox: what they have
-- read, what they have not. Counts move with each message and are never computed anew.

create type public.message_kind as enum ('text', 'automated', 'event');
create type public.message_occasion as enum (
  'booking_confirmed', 'check_in_instructions', 'review_reminder');

alter table private.settings
  add column new_conversations smallint not null default 20,
  add column messages_per_hour smallint not null default 120,
  add constraint settings_let_people_ask  check (new_conversations between 1 and 1000),
  add constraint settings_let_people_talk check (messages_per_hour between 1 and 10000);

comment on column private.settings.new_conversations is
  'How many homes a guest may newly ask about in 24 hours.';
comment on column private.settings.messages_per_hour is
  'How many messages one person may send in an hour.';

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
  'The conversation between a guest and the hosts of a listing: there is only one, covering all '
  'bookings of that guest there.';
comment on column public.conversations.inquiry is 'Started by a question, not by a booking.';
comment on column public.conversations.messages is
  'The number of messages: the position of the last one.';

alter table public.conversations enable row level security;

create policy "people see their own conversations and those of their homes" on public.conversations
  for select to authenticated
  using (
    guest_id = (select auth.uid())
    or listing_id = any (array(select private.listings_of_caller('bookings'))));

grant select on public.conversations to authenticated;
-- No writes: messages are written by verbs.

-- A host sees who placed a booking with them or wrote to them. Scalars, not an array of all of
-- them: that is as long as a host is busy (measured: 33 ms for one with 1,300 bookings). They are
-- asked before the people one hosts with, who are looked for among all homes of a company.
create policy "people see hosts and those they deal with" on public.profiles
  for select to authenticated
  using (
    hosting
    or profile_id = (select auth.uid())
    or (select true from public.bookings
      where bookings.guest_id = profiles.profile_id and bookings.placed_at is not null limit 1)
    or (select true from public.conversations
      where conversations.guest_id = profiles.profile_id limit 1)
    or profile_id = any (array(select private.people_of_caller())));

-- Messages

create table public.messages (
  message_id      uuid                    primary key,
  conversation_id uuid                    not null references public.conversations
    on delete restrict,
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
  constraint messages_are_short
    check (char_length(body) <= case kind when 'text' then 2000 else 5000 end)
);

-- That an automated message is sent once is promised here, whatever the job does.
create unique index messages_occasion_idx on public.messages (booking_id, occasion)
  where occasion is not null;
create index messages_booking_id_idx on public.messages (booking_id) where booking_id is not null;
create index messages_sender_id_idx on public.messages (sender_id, sent_at)
  where sender_id is not null;

comment on table public.messages is
  'Messages in order of position. An event records a status change of a booking and has no text; '
  'an automated message is sent in the host''s name on an occasion.';
comment on column public.messages.masked is
  'Contact data was hidden when it was written; staff can read the original.';

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
  'A person''s view of a conversation: how far they have read, and how many messages of the other '
  'side are unread.';

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

-- How soon hosts answer (reviews_superhosts)

alter table private.host_responses
  add foreign key (conversation_id) references public.conversations on delete restrict;
