-- Walks: how the homes of a wish are found in order.

-- A home that was found, where it stands in the order, and what it costs: a walk says at least how
-- much, a page exactly.
create type private.search_hit as (listing_id uuid, key double precision, minor bigint);

-- Each walk is one prepared query over one index in the order of its result, and stops when it has
-- as many homes as it was asked for. The planner may not look inside what is walked (offset 0): it
-- would leave the order for a sort.

-- By the lowest price through at most nine tiles: nine ordered branches, merged. What a branch asks
-- is again a part of the query that joins it, see `fits`.

create function private.in_tile_3(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_3 = in_tile_3.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_3(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_3(terms.tiles[1], terms)
      union all select * from private.in_tile_3(terms.tiles[2], terms)
      union all select * from private.in_tile_3(terms.tiles[3], terms)
      union all select * from private.in_tile_3(terms.tiles[4], terms)
      union all select * from private.in_tile_3(terms.tiles[5], terms)
      union all select * from private.in_tile_3(terms.tiles[6], terms)
      union all select * from private.in_tile_3(terms.tiles[7], terms)
      union all select * from private.in_tile_3(terms.tiles[8], terms)
      union all select * from private.in_tile_3(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.in_tile_5(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_5 = in_tile_5.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_5(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_5(terms.tiles[1], terms)
      union all select * from private.in_tile_5(terms.tiles[2], terms)
      union all select * from private.in_tile_5(terms.tiles[3], terms)
      union all select * from private.in_tile_5(terms.tiles[4], terms)
      union all select * from private.in_tile_5(terms.tiles[5], terms)
      union all select * from private.in_tile_5(terms.tiles[6], terms)
      union all select * from private.in_tile_5(terms.tiles[7], terms)
      union all select * from private.in_tile_5(terms.tiles[8], terms)
      union all select * from private.in_tile_5(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.in_tile_7(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_7 = in_tile_7.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_7(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_7(terms.tiles[1], terms)
      union all select * from private.in_tile_7(terms.tiles[2], terms)
      union all select * from private.in_tile_7(terms.tiles[3], terms)
      union all select * from private.in_tile_7(terms.tiles[4], terms)
      union all select * from private.in_tile_7(terms.tiles[5], terms)
      union all select * from private.in_tile_7(terms.tiles[6], terms)
      union all select * from private.in_tile_7(terms.tiles[7], terms)
      union all select * from private.in_tile_7(terms.tiles[8], terms)
      union all select * from private.in_tile_7(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.in_tile_9(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_9 = in_tile_9.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_9(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_9(terms.tiles[1], terms)
      union all select * from private.in_tile_9(terms.tiles[2], terms)
      union all select * from private.in_tile_9(terms.tiles[3], terms)
      union all select * from private.in_tile_9(terms.tiles[4], terms)
      union all select * from private.in_tile_9(terms.tiles[5], terms)
      union all select * from private.in_tile_9(terms.tiles[6], terms)
      union all select * from private.in_tile_9(terms.tiles[7], terms)
      union all select * from private.in_tile_9(terms.tiles[8], terms)
      union all select * from private.in_tile_9(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.in_tile_11(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_11 = in_tile_11.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_11(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_11(terms.tiles[1], terms)
      union all select * from private.in_tile_11(terms.tiles[2], terms)
      union all select * from private.in_tile_11(terms.tiles[3], terms)
      union all select * from private.in_tile_11(terms.tiles[4], terms)
      union all select * from private.in_tile_11(terms.tiles[5], terms)
      union all select * from private.in_tile_11(terms.tiles[6], terms)
      union all select * from private.in_tile_11(terms.tiles[7], terms)
      union all select * from private.in_tile_11(terms.tiles[8], terms)
      union all select * from private.in_tile_11(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.in_tile_13(tile integer, terms private.search_terms)
  returns setof private.listing_search language sql stable security invoker
begin atomic
  select listing_search.* from private.listing_search
  where listing_search.listed and listing_search.tile_13 = in_tile_13.tile
    and (listing_search.lowest_minor, listing_search.listing_id)
      > (terms.after_key::bigint, terms.after_id)
    and listing_search.lowest_minor <= terms.most_lowest
    and listing_search.longitude_e4 between terms.west_e4 and terms.east_e4
    and listing_search.latitude_e4 between terms.south_e4 and terms.north_e4
    and listing_search.short_night_minor <= terms.most_short_night
    and listing_search.week_night_minor <= terms.most_week_night
  order by listing_search.lowest_minor, listing_search.listing_id;
end;

create function private.walk_tiles_13(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.in_tile_13(terms.tiles[1], terms)
      union all select * from private.in_tile_13(terms.tiles[2], terms)
      union all select * from private.in_tile_13(terms.tiles[3], terms)
      union all select * from private.in_tile_13(terms.tiles[4], terms)
      union all select * from private.in_tile_13(terms.tiles[5], terms)
      union all select * from private.in_tile_13(terms.tiles[6], terms)
      union all select * from private.in_tile_13(terms.tiles[7], terms)
      union all select * from private.in_tile_13(terms.tiles[8], terms)
      union all select * from private.in_tile_13(terms.tiles[9], terms)
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

-- Through all the world

create function private.walk_by_lowest(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (
      select * from private.listing_search
      where listed and (lowest_minor, listing_id) > (terms.after_key::bigint, terms.after_id)
        and lowest_minor <= terms.most_lowest
        and short_night_minor <= terms.most_short_night
        and week_night_minor <= terms.most_week_night
      order by lowest_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.walk_by_price(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.price_minor::double precision, least.minor
    from (
      select * from private.listing_search
      where listed and (price_minor, listing_id) > (terms.after_key::bigint, terms.after_id)
      order by price_minor, listing_id
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.price_minor, home.listing_id
    limit terms.most;
end $$;

create function private.walk_by_rating(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.score::double precision, least.minor
    from (
      select * from private.listing_search
      where listed and (score, listing_id) < (terms.after_key::smallint, terms.after_id)
      order by score desc, listing_id desc
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.score desc, home.listing_id desc
    limit terms.most;
end $$;

create function private.walk_by_newest(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id,
      (extract(epoch from home.published_at) * 1000000)::double precision, least.minor
    from (
      select * from private.listing_search
      where listed and (published_at, listing_id) < (
        case when terms.after_key = 'infinity' then 'infinity'::timestamptz
          else timestamptz 'epoch' + terms.after_key * interval '1 microsecond' end,
        terms.after_id)
      order by published_at desc, listing_id desc
      offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
    order by home.published_at desc, home.listing_id desc
    limit terms.most;
end $$;

-- Through a small region, or the few homes that can match, which are collected and sorted

create function private.gather_by_lowest(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.lowest_minor::double precision, least.minor
    from (select one.* from private.homes_around(terms) as one offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
      and (home.lowest_minor, home.listing_id) > (terms.after_key, terms.after_id)
    order by home.lowest_minor, home.listing_id
    limit terms.most;
end $$;

create function private.gather_by_rating(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id, home.score::double precision, least.minor
    from (select one.* from private.homes_around(terms) as one offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
      and (home.score, home.listing_id) < (terms.after_key, terms.after_id)
    order by home.score desc, home.listing_id desc
    limit terms.most;
end $$;

create function private.gather_by_newest(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  return query
    select home.listing_id,
      (extract(epoch from home.published_at) * 1000000)::double precision, least.minor
    from (select one.* from private.homes_around(terms) as one offset 0) as home
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
      and (extract(epoch from home.published_at) * 1000000, home.listing_id)
        < (terms.after_key, terms.after_id)
    order by home.published_at desc, home.listing_id desc
    limit terms.most;
end $$;

create function private.gather_by_distance(terms private.search_terms)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  -- metres_between, written out
  return query
    select home.listing_id, distance.metres, least.minor
    from (select one.* from private.homes_around(terms) as one offset 0) as home
    cross join lateral (select 12742017.6 * asin(least(1, sqrt(
        sin(radians(home.place[1] - terms.latitude) / 2) ^ 2
        + cos(radians(terms.latitude)) * cos(radians(home.place[1]))
          * sin(radians(home.place[0] - terms.longitude) / 2) ^ 2))) as metres) as distance
    cross join private.fits(row(home.*)::private.listing_search, terms)
    cross join private.least_total(row(home.*)::private.listing_search, terms) as least (minor)
    where least.minor between terms.least_minor and terms.most_minor
      and (distance.metres, home.listing_id) > (terms.after_key, terms.after_id)
    order by distance.metres, home.listing_id
    limit terms.most;
end $$;

-- Which walk

create function private.gather_or_walk(terms private.search_terms)
  returns text language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  if terms.width = 360 and terms.north - terms.south = 180 or (
    select count(*) from (
      select from private.listing_search where listed and listing_search.place <@ terms.near[1]
      union all
      select from private.listing_search where listed and listing_search.place <@ terms.near[2]
      limit 3001) as found) > 3000
  then
    return 'walk';
  end if;
  return 'gather';
end $$;

comment on function private.gather_or_walk is
  'Rule: up to 3000 listings are collected and sorted; if there are more, walking them in order '
  'soon fills a page.';

create function private.reach_of_nearest(
  latitude double precision, longitude double precision, homes integer)
  returns double precision language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  -- Nearest in degrees is not nearest over the ground, but near enough for a guess.
  return (
    select percentile_disc(0.67) within group (order by private.metres_between(
      reach_of_nearest.latitude, reach_of_nearest.longitude, near.place))
    from (
      select listing_search.place
      from private.listing_search
      where listing_search.listed
      order by listing_search.place <-> point(reach_of_nearest.longitude, reach_of_nearest.latitude)
      limit reach_of_nearest.homes) as near);
end $$;

comment on function private.reach_of_nearest is
  'Rule: the initial search radius for the nearest homes: the distance at which two thirds of them '
  'are expected.';

create function private.search_route(terms private.search_terms)
  returns private.search_terms language plpgsql stable security definer set search_path = ''
as $$
declare
  level   integer;
  across  integer;
  x       integer;
  y       integer;
  columns integer;
  rows    integer;
begin
  if terms.among is not null then
    terms.route := 'gather ' || case terms.sort when 'price' then 'lowest' else terms.sort end;
    return terms;
  end if;
  -- By price: at most three by three tiles cover the box. The same floor as in private.tile.
  if terms.sort = 'price' and terms.width <= 90 then
    foreach level in array '{13,11,9,7,5,3}'::integer[] loop
      across := 1 << level;
      x := floor((terms.west + 180) / 360 * across)::integer % across;
      y := least(across - 1, floor((terms.south + 90) / 180 * across)::integer);
      columns := 1 + (floor((
        case when terms.west + terms.width >= 180 then terms.west + terms.width - 360
          else terms.west + terms.width end
        + 180) / 360 * across)::integer - x + across) % across;
      rows := 1 + least(across - 1, floor((terms.north + 90) / 180 * across)::integer) - y;
      if columns <= 3 and rows <= 3 then
        for tile in 0 .. columns * rows - 1 loop
          terms.tiles[tile + 1] := ((y + tile / columns) << level)
            | ((x + tile % columns) % across);
        end loop;
        terms.route := 'tiles ' || level;
        return terms;
      end if;
    end loop;
  end if;
  terms.route := private.gather_or_walk(terms) || ' ' || case
    when terms.sort <> 'price' then terms.sort
    -- Without days this is the order itself; with days, and through a region, it is one that comes
    -- close, see private.cheapest.
    when terms.check_in is null and terms.width = 360 and terms.north - terms.south = 180
      then 'price'
    else 'lowest' end;
  if terms.route = 'gather price' then terms.route := 'walk price'; end if;
  return terms;
end $$;

comment on function private.search_route is
  'Rule: the walk that has to read the fewest homes.';

create function private.search_walk(terms private.search_terms)
  returns private.search_hit[] language plpgsql stable security definer set search_path = ''
as $$
declare
  reach   double precision;
  farthest double precision := coalesce(terms.radius_metres, 20037508);
  found   private.search_hit[];
begin
  case terms.route
    when 'tiles 13' then return array(select hit from private.walk_tiles_13(terms) as hit);
    when 'tiles 11' then return array(select hit from private.walk_tiles_11(terms) as hit);
    when 'tiles 9'  then return array(select hit from private.walk_tiles_9(terms) as hit);
    when 'tiles 7'  then return array(select hit from private.walk_tiles_7(terms) as hit);
    when 'tiles 5'  then return array(select hit from private.walk_tiles_5(terms) as hit);
    when 'tiles 3'  then return array(select hit from private.walk_tiles_3(terms) as hit);
    when 'walk price'      then return array(select hit from private.walk_by_price(terms) as hit);
    when 'walk lowest'     then return array(select hit from private.walk_by_lowest(terms) as hit);
    when 'walk rating'     then return array(select hit from private.walk_by_rating(terms) as hit);
    when 'walk newest'     then return array(select hit from private.walk_by_newest(terms) as hit);
    when 'gather lowest' then
      return array(select hit from private.gather_by_lowest(terms) as hit);
    when 'gather rating' then
      return array(select hit from private.gather_by_rating(terms) as hit);
    when 'gather newest' then
      return array(select hit from private.gather_by_newest(terms) as hit);
    when 'gather distance' then
      return array(select hit from private.gather_by_distance(terms) as hit);
    when 'walk distance' then
      -- Outwards in circles: the nearest lie in the first one that holds a page of them.
      reach := greatest(
        100, 1.5 * terms.after_key,
        private.reach_of_nearest(terms.latitude, terms.longitude, 3 * terms.most));
      loop
        reach := least(reach, farthest);
        select private.boxes(around.west, around.width, around.south, around.north) into terms.near
        from private.box_around(terms.latitude, terms.longitude, reach) as around;
        found := array(select hit from private.gather_by_distance(terms) as hit
          where hit.key <= reach);
        exit when cardinality(found) = terms.most or reach = farthest;
        reach := reach * 1.7;
      end loop;
      return found;
  end case;
end $$;

comment on function private.search_walk is
  'Rule: the next homes of a route, at most terms.most, in its order.';
