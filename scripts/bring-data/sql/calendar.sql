--: check
-- Rule: a home of a day stays until the day is written. The foreign key of each day would lock it; days that come
-- without it (below) rely on this lock, which is the same and is taken once for each home.
with named as materialized (
  -- Each home is looked up once, not once for each of its rows.
  select asked.word, pg_temp.listing_of(asked.word) as listing_id
  from (
    select distinct staged.given ->> 'listing_id' as word
    from pg_temp.staged where staged.outcome <> 'unchanged') as asked
), kept as materialized (
  select listings.listing_id from public.listings
  where listings.listing_id = any (array(select named.listing_id from named))
  order by listings.listing_id
  for key share
)
update pg_temp.staged
set first_ref = kept.listing_id,
    code = case when kept.listing_id is null then 'unknown_listing' end
from named
left join kept on kept.listing_id = named.listing_id
where staged.outcome <> 'unchanged' and staged.given ->> 'listing_id' = named.word;

-- Rule: an import never takes a night from a stay; a run that is nothing but stays is refused.
update pg_temp.staged
set code = 'nights_taken'
from (
  select staged.line, range_agg(claims.nights) as nights
  from pg_temp.staged
  join private.claims on claims.listing_id = staged.first_ref and claims.kind in ('hold', 'stay')
    and claims.nights && daterange(
      (staged.given ->> 'first_night')::date, (staged.given ->> 'last_night')::date, '[]')
  group by staged.line) as sold
where sold.line = staged.line and staged.code is null and staged.outcome <> 'unchanged'
  and (staged.given ->> 'blocked')::boolean
  and sold.nights @> daterange(
    (staged.given ->> 'first_night')::date, (staged.given ->> 'last_night')::date, '[]');

--: write
-- Looked up from the rows that changed: most batches have none, and the claims are many.
with former as materialized (
  select unnest(imported.parts) as claim_id
  from pg_temp.staged
  join private.imported on imported.kind = 'calendar' and imported.external_id = staged.external_id
  where staged.outcome = 'updated'
)
delete from private.claims
using former
where claims.claim_id = former.claim_id and claims.kind = 'block';

with runs as (
  select staged.line, staged.first_ref, staged.our_id, staged.given ->> 'note' as note, run,
    row_number() over (partition by staged.line order by run) as part
  from pg_temp.staged
  cross join lateral (
    select range_agg(claims.nights) as nights
    from private.claims
    where claims.listing_id = staged.first_ref and claims.kind in ('hold', 'stay')) as sold
  cross join lateral unnest(
    datemultirange(daterange(
      (staged.given ->> 'first_night')::date, (staged.given ->> 'last_night')::date, '[]'))
    - coalesce(sold.nights, '{}')) as run
  where staged.outcome in ('created', 'updated') and (staged.given ->> 'blocked')::boolean
), written as (
  insert into private.claims (claim_id, listing_id, nights, lane, kind, note)
  select case when part = 1 then our_id else gen_random_uuid() end, first_ref, run, private.own_lane(),
    'block', note
  from runs
  returning claims.claim_id, claims.listing_id, claims.nights
)
update pg_temp.staged
set parts = kept.parts
from (
  select runs.line, array_agg(written.claim_id order by written.nights) as parts
  from runs
  join written on written.listing_id = runs.first_ref and written.nights = runs.run
  group by runs.line) as kept
where kept.line = staged.line;

insert into pg_temp.touched select first_ref from pg_temp.staged where outcome in ('created', 'updated');

--: sure
-- Rule: a price that no coin pays is refused by the rule of calendar_days, so that rule has to see it.
select not exists (
  select
  from pg_temp.staged
  join public.listings on listings.listing_id = staged.first_ref
  join private.currencies on currencies.currency = listings.currency
  where staged.outcome in ('created', 'updated')
    and (staged.given ->> 'price_minor')::bigint % currencies.step_minor <> 0) as is_sure

--: days
-- What is there already is looked up once: an insert that asks of each of a million rows whether it conflicts takes
-- twice as long. A day that somebody writes meanwhile makes the batch start anew.
with wanted as materialized (
  select distinct on (staged.first_ref, listed.day)
    staged.first_ref as listing_id, listed.day, said.price_minor, said.minimum_nights,
    said.closed_to_arrival, said.closed_to_departure,
    said.price_minor is not null or said.minimum_nights is not null
      or said.closed_to_arrival or said.closed_to_departure as speaks
  from pg_temp.staged
  cross join lateral jsonb_populate_record(null::public.calendar_days, staged.fields) as said
  cross join lateral jsonb_to_record(staged.given) as run (first_night date, last_night date, blocked boolean)
  cross join lateral (
    select run.first_night + ahead as day
    from generate_series(0, run.last_night - run.first_night) as ahead) as listed
  where staged.outcome in ('created', 'updated') and (
    not run.blocked or said.price_minor is not null
    or said.minimum_nights is not null or said.closed_to_arrival or said.closed_to_departure)
  -- Of two rows about one day the later counts.
  order by staged.first_ref, listed.day, staged.line desc
), former as materialized (
  -- Homes by name: by the join alone, all days there are would be read.
  select calendar_days.* from public.calendar_days
  where calendar_days.listing_id = any (array(
    select distinct staged.first_ref from pg_temp.staged where staged.outcome in ('created', 'updated')))
), gone as (
  -- A day of which nothing is said is as others again.
  delete from public.calendar_days
  using wanted
  join former on former.listing_id = wanted.listing_id and former.day = wanted.day
  where calendar_days.listing_id = wanted.listing_id and calendar_days.day = wanted.day and not wanted.speaks
), changed as (
  update public.calendar_days
  set price_minor = wanted.price_minor, minimum_nights = wanted.minimum_nights,
      closed_to_arrival = wanted.closed_to_arrival, closed_to_departure = wanted.closed_to_departure
  from wanted
  join former on former.listing_id = wanted.listing_id and former.day = wanted.day
  where calendar_days.listing_id = wanted.listing_id and calendar_days.day = wanted.day and wanted.speaks
    and row(former.price_minor, former.minimum_nights, former.closed_to_arrival, former.closed_to_departure)
      is distinct from row(
        wanted.price_minor, wanted.minimum_nights, wanted.closed_to_arrival, wanted.closed_to_departure)
)
insert into public.calendar_days (
  listing_id, day, price_minor, minimum_nights, closed_to_arrival, closed_to_departure)
select wanted.listing_id, wanted.day, wanted.price_minor, wanted.minimum_nights, wanted.closed_to_arrival,
  wanted.closed_to_departure
from wanted
where wanted.speaks and not exists (
  select from former where former.listing_id = wanted.listing_id and former.day = wanted.day)
order by wanted.listing_id, wanted.day;

