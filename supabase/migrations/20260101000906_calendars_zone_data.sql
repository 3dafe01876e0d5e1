-- Zone data: whether the engines around Postgres know the same clocks.
--
-- Postgres decides (private.instant_at), so a difference books no night twice. But frontends and
-- programs show times by the rules of JavaScript, and a government may change them at short notice:
-- an operator sees which engine is behind, for the zones that homes are in.

create table private.zone_data (
  engine      text        primary key,
  version     text        not null,
  differing   text[]      not null,
  compared_at timestamptz not null,

  constraint zone_data_is_of_engines check (engine in ('deno', 'node')),
  constraint zone_data_has_a_version check (char_length(version) between 1 and 100)
);

alter table private.zone_data enable row level security;

comment on table private.zone_data is
  'Time zones of homes whose offsets differ between an engine and Postgres, over the next three '
  'years.';

create function private.zones_to_compare(engine text)
  returns setof text language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (
    select from private.zone_data
    where zone_data.engine = zones_to_compare.engine
      and zone_data.compared_at > private.now() - interval '1 day')
  then
    return query select distinct listings.time_zone from public.listings
      order by listings.time_zone limit 1000;
  end if;
end $$;

comment on function private.zones_to_compare is
  'Rule: each engine compares its offsets once a day, for the zones that homes are in.';

create function private.record_zone_data(engine text, version text, differing text[])
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.zone_data (engine, version, differing, compared_at)
  values (
    record_zone_data.engine, left(record_zone_data.version, 100),
    (coalesce(record_zone_data.differing, '{}'))[1:1000], private.now())
  on conflict on constraint zone_data_pkey do update
  set version = excluded.version, differing = excluded.differing,
    compared_at = excluded.compared_at;
  return true;
end $$;

create function private.zone_health()
  returns table (part text, healthy boolean, detail text) language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return query
    select 'zone_data',
      coalesce(bool_and(not exists (
        select from public.listings where listings.time_zone = any (zone_data.differing))), true),
      concat_ws('; ',
        'Postgres ' || current_setting('server_version') || ' decides',
        string_agg(
          format('%s %s %s', zone_data.engine, zone_data.version,
            case when zone_data.differing = '{}' then 'agrees'
              else 'differs in ' || array_to_string(zone_data.differing, ', ') end),
          '; ' order by zone_data.engine))
    from private.zone_data;
end $$;

comment on function private.zone_health is
  'Rule: an engine whose offsets differ from Postgres in a home''s time zone is a warning.';

create function public.zones_to_compare(engine text)
  returns setof text language sql stable security invoker set search_path = ''
begin atomic
  select * from private.zones_to_compare(zones_to_compare.engine);
end;

create function public.record_zone_data(engine text, version text, differing text[])
  returns boolean language sql volatile security invoker set search_path = ''
  return private.record_zone_data(engine, version, differing);

grant execute on function
  private.zones_to_compare, public.zones_to_compare, private.record_zone_data,
  public.record_zone_data
  to service_role;
comment on function public.zones_to_compare is
  'Server: the time zones whose offsets an engine (deno, node) should compare with zone_rules now; '
  'none if it did so within the last day.';
comment on function public.record_zone_data is
  'Server: records which of the compared zones have different offsets in an engine of this '
  'version. private.health() warns of them.';
