-- Automated messages: texts that a host has sent at a time before or after a stay.

-- No door code and no address among the placeholders: a message stays in sight when the stay is
-- over or cancelled, and listing_access does not.
create table public.message_templates (
  occasion public.message_occasion not null,
  locale   text                    not null,
  body     text                    not null,

  primary key (occasion, locale),
  constraint message_templates_speak_a_language check (locale ~ '^[a-z]{2,3}$')
);

comment on table public.message_templates is
  'The text sent on an occasion if the host has not written their own. Placeholders: {guest_name}, '
  '{host_name}, {listing_title}, {city}, {check_in}, {check_out}, {check_in_time}, '
  '{check_out_time}.';

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
   '{check_in_time}. You can find the address and how to get in with your booking. {host_name}'),
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
  'Whether and when a home''s automated messages are sent. Without a row they are sent: '
  'instructions 2 days before check-in, the reminder 1 day after check-out.';

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
  'A host''s own texts for an occasion, by language. Guests get their own language, otherwise '
  'English, otherwise the first available.';

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
  'Automated messages still to be sent; a row is deleted when its message is sent or no longer '
  'needed.';

create function private.message_due_at(booking public.bookings, occasion public.message_occasion)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
declare
  days integer := coalesce(
    (select automatic_messages.days from public.automatic_messages
     where automatic_messages.listing_id = booking.listing_id
       and automatic_messages.occasion = message_due_at.occasion),
    case message_due_at.occasion when 'check_in_instructions' then 2 when 'review_reminder' then 1
      else 0 end);
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
  'Rule: instructions are sent a number of days before check-in at the check-in time, never before '
  'the confirmation, and the reminder a number of days after check-out, in the listing''s time '
  'zone.';

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

comment on function private.plan_messages is
  'Rule: automated messages are planned when a stay is confirmed, moved when its days change and '
  'dropped when it ends early.';

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
    where automatic_texts.listing_id = booking.listing_id
      and automatic_texts.occasion = text_for.occasion
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
  'Rule: the host''s own text comes before the marketplace''s, the guest''s language before '
  'English; names are inserted as they are.';

create function private.send_automatic_message(due private.due_messages)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking      public.bookings;
  conversation public.conversations;
  message      public.messages;
  words        text;
begin
  -- The booking first: whoever cancels it holds it, and then takes the row away.
  select * into booking from public.bookings
  where bookings.booking_id = due.booking_id for no key update skip locked;
  if not found then
    return false;
  end if;
  delete from private.due_messages
  where due_messages.booking_id = due.booking_id and due_messages.occasion = due.occasion
    and due_messages.due_at <= private.now();
  if not found
    or booking.status <> (case due.occasion when 'review_reminder' then 'completed'
      else 'confirmed' end)::public.booking_status
    or exists (
      select from public.automatic_messages
      where automatic_messages.listing_id = booking.listing_id
        and automatic_messages.occasion = due.occasion and not automatic_messages.active)
    or exists (
      select from public.messages
      where messages.booking_id = booking.booking_id and messages.occasion = due.occasion)
    or (due.occasion = 'review_reminder' and exists (
      select from public.reviews where reviews.booking_id = booking.booking_id))
  then
    return false;
  end if;

  conversation := private.open_conversation(booking.listing_id, booking.guest_id, false);
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
  return true;
end $$;

create function private.send_automatic_messages(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  due  private.due_messages;
  sent integer := 0;
begin
  for due in
    select * from private.due_messages
    where due_messages.due_at <= private.now()
      and due_messages.booking_id not in (select private.rows_aside('send_automatic_messages'))
    order by due_messages.due_at, due_messages.booking_id, due_messages.occasion
    -- Those that have nothing to say any more do not count.
    limit greatest(send_automatic_messages.most, 100)
  loop
    exit when sent = send_automatic_messages.most;
    sent := sent + private.attempt(
      'send_automatic_messages', due.booking_id, 'send_automatic_message', due);
  end loop;
  return sent;
end $$;

comment on function private.send_automatic_messages is
  'Job: sends each automated message once, even when it runs late; none about a stay that was '
  'cancelled in the meantime.';

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
    listing.listing_id, set_automatic_message.occasion,
      coalesce(set_automatic_message.active, true),
    coalesce(set_automatic_message.days,
      case set_automatic_message.occasion when 'check_in_instructions' then 2
        when 'review_reminder' then 1 else 0 end))
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
  perform private.check_text(body);
  if regexp_replace(body,
      '\{(guest_name|host_name|listing_title|city|check_in|check_out|check_in_time|check_out_time)\}', '', 'g') ~ '[{}]'
  then
    perform private.refuse('invalid_placeholder');
  end if;
  insert into public.automatic_texts (listing_id, occasion, locale, body)
  values (listing.listing_id, set_automatic_text.occasion, set_automatic_text.locale,
    set_automatic_text.body)
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
  'A host sets whether an automated message of a home is sent, and how many days before check-in '
  'or after check-out; null leaves the value as it is. Applies to stays that are already '
  'confirmed, too. Errors: listing_not_found, not_your_listing, invalid_days.';
comment on function public.set_automatic_text is
  'A host sets their own text for an occasion in one language; null removes it. Placeholders as in '
  'message_templates. Errors: listing_not_found, not_your_listing, invalid_locale, '
  'invalid_placeholder, message_too_long.';
