with written as (
  insert into private.claims (listing_id, nights, lane, kind, source)
  select runs.listing_id, runs.nights, private.own_lane(), 'import', runs.source
  from pg_temp.runs
  where runs.number > $1 and runs.number <= $2 and not exists (
    select from private.claims
    where claims.listing_id = runs.listing_id and claims.kind = 'import'
      and claims.source = runs.source and claims.nights = runs.nights)
  order by runs.number
  on conflict do nothing
  returning claims.listing_id
)
insert into pg_temp.touched_listings select distinct listing_id from written
