-- Live: messages and inboxes as Realtime sends them.

-- Supabase's Realtime has its own schema; a database without it just does not tell. A topic is
-- `conversation:<id>` or `person:<id>`, and what is told are ids: the words are read like any
-- others.
create function private.tell_live(topic text, event text, facts jsonb)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    -- With read replicas, what is read then is this write or a later one.
    execute 'select realtime.send($1, $2, $3, true)'
    using facts || jsonb_strip_nulls(jsonb_build_object('written', private.write_number())),
      event, topic;
  end if;
exception when others then
  raise warning 'not told live: %', sqlerrm;
end $$;

comment on function private.tell_live is
  'Rule: live updates are best effort; if one fails, the change itself still happens.';

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
      and (conversations.guest_id = auth.uid()
        or private.may_manage(conversations.listing_id, 'bookings')));
end $$;

comment on function private.may_listen is
  'Rule: people receive live updates about themselves and about their conversations.';

create function private.tell_message()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.tell_live('conversation:' || new.conversation_id, 'message', jsonb_build_object(
    'conversation_id', new.conversation_id, 'message_id', new.message_id, 'position',
      new.position));
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
