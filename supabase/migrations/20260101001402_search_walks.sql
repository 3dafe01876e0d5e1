-- Walks: what can be asked of search, and how its homes are found in order.

create type private.search_wish as (
  sort               text,
  most               integer,
  after_key          double precision,
  after_id           uuid,
  west               double precision,
  width              double precision,
  south              double precision,
  north              double precision,
  latitude           double precision,
  longitude          double precision,
  radius_metres      double precision,
  tiles              integer[],
  near               box[],
  guests             integer,
  pets               integer,
  minimum_price      bigint,
  maximum_price      bigint,
  currency           text,
  room_types         public.room_type[],
  amenities          bigint,
  instant_book       boolean,
  check_in           date,
  check_out          date,
  nights             integer,
  caller             uuid,
  not_theirs         uuid[],
  arrival_bit        integer,
  departure_bit      integer,
  clock              timestamptz,
  surely_ahead       integer,
  surely_open_months integer
);

create type private.search_hit as (listing_id uuid, key double precision, price_minor bigint);

create function private.metres_between(
  latitude double precision, longitude double precision, place point)
  returns double precision language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return 12742017.6 * asin(least(1, sqrt(
    sin(radians(place[1] - latitude) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(place[1])) * sin(
      radians(place[0] - longitude) / 2) ^ 2)));
end $$;

comment on function private.metres_between is
  'Rule: the distance on a sphere the size of the earth (mean radius 6,371,008.8 m).';

-- The walks
--
-- Each walk is one prepared query over one index in the order of its result. They differ in that
-- index and share the test of a row, which is written out in each: called as a function it costs
-- more than all the rest (measured: 1 us a call against 0.05). The planner may not look inside the
-- walk (offset 0): it would leave the order for a sort.
do $walks$
declare
  -- stay_problem for a row, in the same order, where only what is rare asks a second table. A test
  -- holds both equal.
  fits text := $fits$
      (case when walk.place[0] < wish.west then walk.place[0] + 360
        else walk.place[0] end) - wish.west <= wish.width
      and walk.place[1] between wish.south and wish.north
      and walk.capacity >= wish.guests
      and walk.maximum_pets >= wish.pets
      and walk.price_minor between wish.minimum_price and wish.maximum_price
      and (walk.amenities & wish.amenities) = wish.amenities
      and (wish.currency is null or walk.currency = wish.currency)
      and (wish.room_types is null or walk.room_type = any (wish.room_types))
      and (wish.instant_book is null or walk.instant_book = wish.instant_book)
      and (wish.radius_metres is null or {metres} <= wish.radius_metres)
      and (select true from private.suspensions where suspensions.profile_id = walk.host_id) is null
      and (wish.check_in is null or (
        (wish.not_theirs is null or walk.listing_id <> all (wish.not_theirs))
        -- Days ahead, for a guest anywhere on earth; near today and at the end of the window the
        -- time zone decides.
        and (
          (wish.surely_ahead >= walk.advance_notice_days
            and wish.surely_open_months <= walk.booking_window_months)
          or exists (
            select
            from (select wish.clock at time zone walk.time_zone as now offset 0) as local
            where wish.check_in - local.now::date >= walk.advance_notice_days
              and (wish.check_in > local.now::date
                or extract(hour from local.now) < walk.same_day_cutoff_hour)
              and wish.check_out
                <= (local.now::date + make_interval(months => walk.booking_window_months))::date))
        and wish.nights <= walk.maximum_nights
        and walk.arrival_weekdays & wish.arrival_bit <> 0
        and walk.departure_weekdays & wish.departure_bit <> 0
        and case
          when walk.special_days then
            wish.nights >= coalesce(
              (select calendar_days.minimum_nights from public.calendar_days
               where calendar_days.listing_id = walk.listing_id
                 and calendar_days.day = wish.check_in),
              walk.minimum_nights)
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = walk.listing_id and calendar_days.day = wish.check_in
                and calendar_days.closed_to_arrival) is null
            and (
              select true from public.calendar_days
              where calendar_days.listing_id = walk.listing_id
                and calendar_days.day = wish.check_out
                and calendar_days.closed_to_departure) is null
          else wish.nights >= walk.minimum_nights
        end
        -- The bits answer when they know; a hold, preparation that meets a claim and far nights ask
        -- the claims.
        and case
          when wish.check_in < walk.first_day
            or wish.check_out + walk.preparation_nights > walk.first_day + 768
          then private.nights_free(
            walk.listing_id, wish.check_in, wish.check_out, walk.preparation_nights, wish.caller)
          when bit_count(substring(walk.nights
            from 1 + wish.check_in - walk.first_day for wish.nights + walk.preparation_nights)) = 0
          then true
          when walk.has_holds
            or (walk.preparation_nights > 0
              and bit_count(substring(walk.nights
                from 1 + wish.check_in - walk.first_day for wish.nights)) = 0)
          then private.nights_free(
            walk.listing_id, wish.check_in, wish.check_out, walk.preparation_nights, wish.caller)
          else false
        end))
  $fits$;

  -- metres_between, written out
  metres constant text := $metres$(12742017.6 * asin(least(1, sqrt(
        sin(radians(walk.place[1] - wish.latitude) / 2) ^ 2
        + cos(radians(wish.latitude)) * cos(radians(walk.place[1]))
          * sin(radians(walk.place[0] - wish.longitude) / 2) ^ 2))))$metres$;

  walk constant text := $walk$
    create function private.%1$I(wish private.search_wish)
      returns setof private.search_hit
      language plpgsql
      stable
      security definer
      set search_path = ''
      set plan_cache_mode = force_generic_plan
      set enable_bitmapscan = off
      set enable_seqscan = off
      set jit = off
    as $body$
    begin
      return query
        select walk.listing_id, (%2$s)::double precision, walk.price_minor
        from (%3$s offset 0) as walk
        where %4$s
        order by %5$s
        limit wish.most;
    end $body$ $walk$;

  level  integer;
  source text;
begin
  fits := replace(fits, '{metres}', metres);

  -- By price through at most nine tiles: nine ordered branches, merged.
  foreach level in array '{3,5,7,9,11,13}'::integer[] loop
    select string_agg(format($branch$
          (select * from private.listing_search
           where listed and tile_%1$s = wish.tiles[%2$s]
             and (price_minor, listing_id) > (wish.after_key::bigint, wish.after_id)
           order by price_minor, listing_id)$branch$, level, branch),
        ' union all ' order by branch)
      || ' order by price_minor, listing_id'
    into source
    from generate_series(1, 9) as branch;
    execute format(walk,
      'walk_tiles_' || level, 'walk.price_minor', source, fits,
        'walk.price_minor, walk.listing_id');
  end loop;

  -- Through all the world
  execute format(walk, 'walk_by_price', 'walk.price_minor', $source$
    select * from private.listing_search
    where listed and (price_minor, listing_id) > (wish.after_key::bigint, wish.after_id)
    order by price_minor, listing_id$source$, fits, 'walk.price_minor, walk.listing_id');
  execute format(walk, 'walk_by_rating', 'walk.score', $source$
    select * from private.listing_search
    where listed and (score, listing_id) < (wish.after_key::smallint, wish.after_id)
    order by score desc, listing_id desc$source$, fits, 'walk.score desc, walk.listing_id desc');
  execute format(walk, 'walk_by_newest', 'extract(epoch from walk.published_at) * 1000000', $source$
    select * from private.listing_search
    where listed
      and (published_at, listing_id) < (
        case when wish.after_key = 'infinity' then 'infinity'::timestamptz
          else timestamptz 'epoch' + wish.after_key * interval '1 microsecond' end, wish.after_id)
    order by published_at desc, listing_id desc$source$, fits,
      'walk.published_at desc, walk.listing_id desc');

  -- Through a small region, which is gathered and sorted
  source := $source$
    select * from private.listing_search where listed and place <@ wish.near[1]
    union all
    select * from private.listing_search where listed and place <@ wish.near[2]$source$;
  execute format(walk, 'gather_by_price', 'walk.price_minor', source,
    fits || ' and (walk.price_minor, walk.listing_id) > (wish.after_key, wish.after_id)',
    'walk.price_minor, walk.listing_id');
  execute format(walk, 'gather_by_rating', 'walk.score', source,
    fits || ' and (walk.score, walk.listing_id) < (wish.after_key, wish.after_id)',
    'walk.score desc, walk.listing_id desc');
  execute format(walk, 'gather_by_newest', 'extract(epoch from walk.published_at) * 1000000',
    source,
    fits || ' and (extract(epoch from walk.published_at) * 1000000, walk.listing_id) < (wish.after_key, wish.after_id)',
    'walk.published_at desc, walk.listing_id desc');
  execute format(walk, 'gather_by_distance', metres, source,
    fits || format(' and (%s, walk.listing_id) > (wish.after_key, wish.after_id)', metres),
    metres || ', walk.listing_id');
end $walks$;

create function private.gather_or_walk(wish private.search_wish)
  returns text language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off set enable_seqscan = off
  set jit = off
as $$
begin
  if wish.near is null or (
    select count(*) from (
      select from private.listing_search where listed and listing_search.place <@ wish.near[1]
      union all
      select from private.listing_search where listed and listing_search.place <@ wish.near[2]
      limit 3001) as found) > 3000
  then
    return 'walk';
  end if;
  return 'gather';
end $$;

comment on function private.gather_or_walk is
  'Rule: up to 3000 listings are collected and sorted; if there are more, walking them in order '
  'soon fills a page.';

create function private.boxes(
  west double precision, width double precision, south double precision, north double precision)
  returns box[] language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when west + width < 180
      or width >= 360 then array[box(point(west, south), point(west + width, north))]
    else array[box(point(west, south), point(180, north)),
      box(point(-180, south), point(west + width - 360, north))]
  end;
end $$;

comment on function private.boxes is 'Rule: a box across the 180th meridian is two boxes.';

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

create function private.box_around(
  latitude double precision, longitude double precision, radius_metres double precision,
  out west double precision, out width double precision, out south double precision,
    out north double precision)
  returns record language plpgsql immutable security invoker set search_path = ''
as $$
declare
  -- A hair more than the circle, so that rounding leaves out nobody on its edge.
  reach double precision := radius_metres / 6371008.8 * 1.000001 + 1e-9;
begin
  south := greatest(-90, latitude - degrees(reach));
  north := least(90, latitude + degrees(reach));
  if south = -90 or north = 90 then
    west := -180;
    width := 360;
  else
    width := 2 * degrees(asin(least(1, sin(reach) / cos(radians(latitude)))));
    west := longitude - width / 2;
    west := case when west < -180 then west + 360 else west end;
  end if;
end $$;

comment on function private.box_around is
  'Rule: the box around a circle on the globe; around a pole it has every longitude.';

create function private.search_step(wish private.search_wish)
  returns setof private.search_hit language plpgsql stable security definer set search_path = ''
as $$
declare
  level   integer;
  across  integer;
  x       integer;
  y       integer;
  columns integer;
  rows    integer;
  reach   double precision;
  farthest double precision := coalesce(wish.radius_metres, 20037508);
  found   private.search_hit[];
begin
  -- By price: at most three by three tiles cover the box. The same floor as in private.tile.
  if wish.sort = 'price' and wish.width <= 90 then
    foreach level in array '{13,11,9,7,5,3}'::integer[] loop
      across := 1 << level;
      x := floor((wish.west + 180) / 360 * across)::integer % across;
      y := least(across - 1, floor((wish.south + 90) / 180 * across)::integer);
      columns := 1 + (floor((
        case when wish.west + wish.width >= 180 then wish.west + wish.width - 360
          else wish.west + wish.width end
        + 180) / 360 * across)::integer - x + across) % across;
      rows := 1 + least(across - 1, floor((wish.north + 90) / 180 * across)::integer) - y;
      if columns <= 3 and rows <= 3 then
        for tile in 0 .. columns * rows - 1 loop
          wish.tiles[tile + 1] := ((y + tile / columns) << level) | ((x + tile % columns) % across);
        end loop;
        case level
          when 13 then return query select * from private.walk_tiles_13(wish);
          when 11 then return query select * from private.walk_tiles_11(wish);
          when  9 then return query select * from private.walk_tiles_9(wish);
          when  7 then return query select * from private.walk_tiles_7(wish);
          when  5 then return query select * from private.walk_tiles_5(wish);
          when  3 then return query select * from private.walk_tiles_3(wish);
        end case;
        return;
      end if;
    end loop;
  end if;

  if wish.width < 360 or wish.north - wish.south < 180 then
    wish.near := private.boxes(wish.west, wish.width, wish.south, wish.north);
  end if;
  case private.gather_or_walk(wish) || ' ' || wish.sort
    when 'walk price'      then return query select * from private.walk_by_price(wish);
    when 'walk rating'     then return query select * from private.walk_by_rating(wish);
    when 'walk newest'     then return query select * from private.walk_by_newest(wish);
    when 'gather price'    then return query select * from private.gather_by_price(wish);
    when 'gather rating'   then return query select * from private.gather_by_rating(wish);
    when 'gather newest'   then return query select * from private.gather_by_newest(wish);
    when 'gather distance' then return query select * from private.gather_by_distance(wish);
    when 'walk distance' then
      -- Outwards in circles: the nearest lie in the first one that holds a page of them.
      reach := greatest(
        100, 1.5 * wish.after_key,
        private.reach_of_nearest(wish.latitude, wish.longitude, 3 * wish.most));
      loop
        reach := least(reach, farthest);
        select private.boxes(around.west, around.width, around.south, around.north) into wish.near
        from private.box_around(wish.latitude, wish.longitude, reach) as around;
        found := array(select hit from private.gather_by_distance(wish) as hit
          where hit.key <= reach);
        exit when cardinality(found) = wish.most or reach = farthest;
        reach := reach * 1.7;
      end loop;
      return query select * from unnest(found);
  end case;
end $$;

comment on function private.search_step is
  'Rule: the next results in order, at most wish.most, by the walk that has to read the fewest '
  'homes.';
