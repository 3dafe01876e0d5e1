-- One batch of rows at a time, and what becomes of each.
create temporary table staged (
  line        integer not null,
  external_id text    not null,
  hash        text    not null,
  given       jsonb   not null,
  -- Without other rows' ids, which have the names of our columns and are none of our ids.
  fields      jsonb   not null generated always as (
    given - '{host_id,listing_id,guest_id,booking_id}'::text[]) stored,
  our_id      uuid,
  outcome     text,
  code        text,
  words       text,
  first_ref   uuid,
  second_ref  uuid,
  parts       uuid[]  not null default '{}'
);

-- Each step reads them again: packed, most of an import went into unpacking them.
alter table pg_temp.staged alter column given set storage external, alter column fields set storage external;

-- Every id of the file so far: the second row of one is refused, in whichever batch it comes.
create temporary table seen (external_id text primary key);

-- Homes of which a row was written: what a search asks of them is made new with the batch.
create temporary table touched (listing_id uuid);

create function pg_temp.uuid_of(word text)
  returns uuid
  language sql
  immutable
  return case when word ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then word::uuid end;

-- What a row of another file is here: as it came in, or as it was made here.
create function pg_temp.person_of(word text)
  returns uuid
  language sql
  stable
  return coalesce(
    (select our_id from private.imported where kind = 'person' and external_id = word),
    (select profile_id from public.profiles where profile_id = pg_temp.uuid_of(word)));

create function pg_temp.listing_of(word text)
  returns uuid
  language sql
  stable
  return coalesce(
    (select our_id from private.imported where kind = 'listing' and external_id = word),
    (select listing_id from public.listings where listing_id = pg_temp.uuid_of(word)));

create function pg_temp.booking_of(word text)
  returns uuid
  language sql
  stable
  return coalesce(
    (select our_id from private.imported where kind = 'booking' and external_id = word),
    (select booking_id from public.bookings where booking_id = pg_temp.uuid_of(word)));
