-- Where the files lie while they are taken in: gone with the transaction, seen by nobody else.
-- Values are readable here already (see rows.ts); what they mean together, the other files decide.

create temporary table staged_listings (
  line                integer          not null,
  source_id           text             not null,
  host_source_id      text             not null,
  host_name           text             not null,
  host_about          text             not null,
  host_location       text             not null,
  host_since          date,
  title               text,
  description         text,
  property_type       text             not null,
  room_type           public.room_type not null,
  capacity            smallint         not null,
  bedrooms            smallint         not null,
  beds                smallint         not null,
  bathrooms           numeric(4, 1)    not null,
  maximum_pets        smallint         not null,
  smoking_allowed     boolean          not null,
  parties_allowed     boolean          not null,
  registration_number text,
  latitude            double precision,
  longitude           double precision,
  instant_book        boolean          not null,
  minimum_nights      smallint         not null,
  maximum_nights      smallint         not null,
  price               numeric,
  -- Null where the file has no such column: what is here already stays.
  weekly_price        numeric,
  monthly_price       numeric,
  cleaning_fee        numeric,
  extra_guest_price   numeric,
  included_guests     smallint,
  cancellation_policy text,
  amenities           text[]           not null,
  reviews             integer,
  stars               numeric(3, 2),
  neighbourhood       text
) on commit drop;

create temporary table staged_days (
  line           integer not null,
  source_id      text    not null,
  day            date    not null,
  available      boolean not null,
  price          numeric,
  minimum_nights smallint
) on commit drop;

create temporary table staged_reviews (
  line              integer not null,
  source_id         text    not null,
  listing_source_id text    not null,
  written_on        date    not null,
  author_name       text    not null,
  body              text    not null
) on commit drop;

-- One row: what the person who imports said, and what the files say about themselves.
create temporary table import_settings (
  city         text    not null,
  region       text,
  country_code text    not null,
  time_zone    text    not null,
  currency     text    not null,
  exponent     integer not null,
  step_minor   bigint  not null,
  today        date    not null,
  shifted_days integer not null
) on commit drop;

-- Listings of which a row was written: what a search asks of them is made new at the end.
create temporary table touched_listings (listing_id uuid not null) on commit drop;

-- What was mended or refused by a look at several rows at once.
create temporary table import_notes (
  verdict text    not null,
  file    text    not null,
  reason  text    not null,
  count   bigint  not null,
  ids     text[]  not null
) on commit drop;

-- How much less a longer stay costs than its nights, in basis points.
create function pg_temp.saved_bp(asked numeric, price numeric, nights integer)
  returns integer
  language sql
  immutable
  return case when asked > 0 and price > 0 then round(10000 * (1 - asked / (price * nights)))::integer end;

-- Rule: an amount of the file in minor units, rounded half up to the smallest coin. Without a look
-- at a table, so that it is inlined: called per row it made the calendar five times as slow.
create function pg_temp.minor(amount numeric, exponent integer, step_minor bigint)
  returns bigint
  language sql
  immutable
  return floor(amount * 10::numeric ^ exponent / step_minor + 0.5)::bigint * step_minor;
