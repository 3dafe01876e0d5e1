-- What Supabase's Realtime has in a database, as far as Staybase speaks to it: messages under row-level
-- security, the topic that somebody wants to join, and the function that broadcasts. local/realtime sends
-- them on.

create schema realtime;
grant usage on schema realtime to postgres, anon, authenticated, service_role;

create table realtime.messages (
  id          uuid      primary key default gen_random_uuid(),
  topic       text      not null,
  extension   text      not null,
  payload     jsonb,
  event       text,
  private     boolean   default true,
  inserted_at timestamp not null default now()
);

alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
alter table realtime.messages owner to postgres;

create function realtime.topic()
returns text
language sql
stable
as $$
  select nullif(current_setting('realtime.topic', true), '')::text
$$;

create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void
language plpgsql
as $$
begin
  insert into realtime.messages (payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
end
$$;

-- Hosted reads the log of the database; here whoever inserts says so, and it is heard at the commit.
create function realtime.tell()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('realtime', new.id::text);
  return null;
end
$$;

create trigger tell after insert on realtime.messages
  for each row execute function realtime.tell();
