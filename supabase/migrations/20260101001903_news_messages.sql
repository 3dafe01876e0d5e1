-- Messages: people who have not read what they were sent hear of it, once until they have.

-- A letter about messages, one until its reader has read: its key names how far they had.
create function private.write_to_reader()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.unread = 0 or (tg_op = 'UPDATE' and new.unread <= old.unread) then
    return null;
  end if;
  -- What a booking says by itself has a letter of its own, and so have words that came with an
  -- offer.
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
    perform private.queue_command('send_mail',
      concat_ws('/', 'message_received', new.profile_id, new.conversation_id, new.read_position),
      conversation_id => new.conversation_id, recipient_id => new.profile_id,
      template => 'message_received');
  end if;
  return null;
end $$;

comment on function private.write_to_reader is
  'Rule: people with unread messages get one e-mail, and another when they have read them and '
  'there are new ones.';

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
  'The facts for an e-mail about messages: the newest unread ones; nothing if all have been read '
  'in the meantime.';
