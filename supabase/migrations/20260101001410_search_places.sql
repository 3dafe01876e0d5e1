-- Places: where there are homes, found by name.
--
-- People type "san sebastian", "donostia" or "sainte lune" and pick a place; its box then goes to
-- search_listings. Places are the regions, cities and neighbourhoods of published homes. A job
-- recounts them shortly after a change: publishing only adds a row to a queue, and homes in the
-- same city do not wait for each other. Alternative names come from a gazetteer that an operator
-- loads.

insert into private.refusals (topic, code, status, raised_by, detail) values
  ('Search and pagination', 'invalid_place_name', 400, 'database',
   'Give at most 100 characters of a name, at least one of them a letter or a digit.');

-- Where each home counts

create table private.listing_places (
  listing_id        uuid  primary key,
  country_code      text  not null,
  region_key        text  not null,
  city_key          text  not null,
  neighbourhood_key text  not null,
  region            text,
  city              text,
  neighbourhood     text,
  place             point not null
);

create index listing_places_place_idx
  on private.listing_places (country_code, region_key, city_key, neighbourhood_key);
alter table private.listing_places enable row level security;
comment on table private.listing_places is
  'Each published home and the place in which it was last counted. No foreign key: a deleted home '
  'still has to be removed from its place.';

-- Places

create table private.places (
  place_id          bigint           generated always as identity primary key,
  kind              text             not null,
  country_code      text             not null,
  region_key        text             not null,
  city_key          text             not null,
  neighbourhood_key text             not null default '',
  name_key          text             not null generated always as (
    case kind when 'region' then region_key when 'city' then city_key
      else neighbourhood_key end) stored,
  region            text,
  city              text,
  name              text             not null,
  homes             integer          not null,
  west              double precision not null,
  south             double precision not null,
  east              double precision not null,
  north             double precision not null,

  constraint places_are_of_a_kind    check (
    case kind when 'region' then region_key <> '' and city_key = '' and neighbourhood_key = ''
      when 'city' then neighbourhood_key = ''
      when 'neighbourhood' then neighbourhood_key <> '' else false end),
  constraint places_are_counted_once
    unique (country_code, region_key, kind, city_key, neighbourhood_key),
  constraint places_have_homes       check (homes > 0)
);

create index places_name_key_idx on private.places (country_code, name_key);
alter table private.places enable row level security;
comment on table private.places is
  'The regions, cities and neighbourhoods of published homes, derived from listings by '
  'count_places. A city without a name stands for the homes of a region that name no city; search '
  'does not return it.';
comment on column private.places.west is
  'The box has every public point of its homes, rounded outwards to hundredths of a degree, so '
  'that the box of one home says less than its point. West greater than east crosses the 180th '
  'meridian.';

create table private.place_names (
  place_id bigint   not null references private.places on delete cascade,
  words    text     not null collate "C",
  position smallint not null,
  name     text     not null,
  homes    integer  not null,

  constraint place_names_stand_once primary key (place_id, words),
  constraint place_names_are_folded check (words <> '' and words = private.folded(words))
);

create index place_names_words_idx on private.place_names (words);
-- One or two letters fit many names: those of the largest places are read alone.
create index place_names_first_letter_idx
  on private.place_names (left(words, 1), homes desc) where position = 1;
create index place_names_two_letters_idx
  on private.place_names (left(words, 2), homes desc) where position = 1;
create index place_names_likeness_idx
  on private.place_names using gist (words extensions.gist_trgm_ops (siglen = 32))
  where position = 1;
alter table private.place_names enable row level security;
comment on table private.place_names is
  'What a place is found by: each of its names from each of its words on ("san sebastian", '
  '"sebastian"), folded.';
comment on column private.place_names.position is 'From which word of the name on.';
comment on column private.place_names.homes is 'Of the place: names are read in this order.';

-- Other names

create table private.place_aliases (
  country_code text not null,
  name         text not null,
  alias        text not null,
  name_key     text not null generated always as (private.folded(name)) stored,

  constraint place_aliases_stand_once       primary key (country_code, name, alias),
  constraint place_aliases_are_in_a_country check (country_code ~ '^[A-Z]{2}$'),
  constraint place_aliases_are_names        check (
    char_length(name) <= 100 and private.folded(name) <> ''
    and char_length(alias) <= 100 and private.folded(alias) <> '')
);

create index place_aliases_name_key_idx on private.place_aliases (country_code, name_key);
alter table private.place_aliases enable row level security;
comment on table private.place_aliases is
  'A gazetteer for operators: alternative names (alias) for the names that hosts use, per country. '
  'Rows for places without homes have no effect until there are some.';

-- What has changed

create table private.place_changes (
  change_id  bigint generated always as identity primary key,
  listing_id uuid   not null
);

alter table private.place_changes enable row level security;
comment on table private.place_changes is
  'Homes whose places are to be counted again. Rows are only added and taken out: nobody waits for '
  'another.';

create function private.follow_home_in_places()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.place_changes (listing_id)
  values (case when tg_op = 'DELETE' then old.listing_id else new.listing_id end);
  return null;
end $$;

create function private.follow_suspension_in_places()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.place_changes (listing_id)
  select listings.listing_id
  from public.listings
  where listings.status = 'published'
    and listings.host_id = case when tg_op = 'DELETE' then old.profile_id else new.profile_id end;
  return null;
end $$;

create function private.follow_alias_in_places()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- One of its homes stands for a place.
  insert into private.place_changes (listing_id)
  select one.listing_id
  from private.places
  cross join lateral (
    select listing_places.listing_id from private.listing_places
    where listing_places.country_code = places.country_code
      and listing_places.region_key = places.region_key
      and (places.kind = 'region' or listing_places.city_key = places.city_key)
      and (places.kind <> 'neighbourhood'
        or listing_places.neighbourhood_key = places.neighbourhood_key)
    limit 1) as one
  where (tg_op <> 'INSERT' and places.country_code = old.country_code
      and places.name_key = old.name_key)
    or (tg_op <> 'DELETE' and places.country_code = new.country_code
      and places.name_key = new.name_key);
  return null;
end $$;

create trigger follow_the_address_in_places
  after update of country_code, region, city, neighbourhood on public.listings
  for each row
  when ((old.country_code, old.region, old.city, old.neighbourhood)
    is distinct from (new.country_code, new.region, new.city, new.neighbourhood))
  execute function private.follow_home_in_places();
create trigger follow_the_title_in_places after update of title on public.listings
  for each row when (old.title <> new.title) execute function private.follow_home_in_places();
-- The read model knows whether a home can be found, and where, whatever the reason.
create trigger follow_the_new_home_in_places after insert on private.listing_search
  for each row when (new.listed) execute function private.follow_home_in_places();
create trigger follow_the_home_in_places after update of listed, place on private.listing_search
  for each row
  when (old.listed <> new.listed
    or (new.listed and (old.place[0] <> new.place[0] or old.place[1] <> new.place[1])))
  execute function private.follow_home_in_places();
create trigger forget_the_home_in_places after delete on private.listing_search
  for each row when (old.listed) execute function private.follow_home_in_places();
create trigger follow_the_suspension_in_places after insert or delete on private.suspensions
  for each row execute function private.follow_suspension_in_places();
create trigger follow_the_alias_in_places after insert or update or delete on private.place_aliases
  for each row execute function private.follow_alias_in_places();

-- Counting

-- Around the world a box may be told from Greenwich or from the other side: the narrower is meant.
create function private.narrowest(
  west double precision, east double precision,
  far_west double precision, far_east double precision,
  out west_edge double precision, out east_edge double precision)
  returns record language plpgsql immutable security invoker set search_path = ''
as $$
begin
  west_edge := floor(case when far_east - far_west < east - west then far_west
    else west end * 100) / 100;
  east_edge := ceil(case when far_east - far_west < east - west then far_east
    else east end * 100) / 100;
  if east_edge - west_edge >= 360 then
    west_edge := -180;
    east_edge := 180;
  end if;
  west_edge := case when west_edge >= 180 then west_edge - 360 else west_edge end;
  east_edge := case when east_edge > 180 then east_edge - 360 else east_edge end;
end $$;

comment on function private.narrowest is
  'Rule: of the two boxes around points, one with longitudes from -180 on and one with longitudes '
  'from 0 on, the narrower, rounded outwards to hundredths of a degree.';

create function private.name_place(place private.places)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  with named as (
    select place.name as name
    union
    select place_aliases.alias from private.place_aliases
    where place_aliases.country_code = place.country_code
      and place_aliases.name_key = place.name_key
  ), tails as (
    -- A name of one place stands once, whole before in part.
    select distinct on (tail.words) tail.words, tail.position, named.name
    from named
    cross join lateral string_to_array(private.folded(named.name), ' ') as word
    cross join lateral (
      select array_to_string(word[first:], ' ') as words, first as position
      from generate_series(1, least(cardinality(word), 10)) as first) as tail
    order by tail.words, tail.position, named.name <> place.name, named.name
  ), outdated as (
    delete from private.place_names
    where place_names.place_id = place.place_id
      and place_names.words not in (select tails.words from tails)
  )
  insert into private.place_names (place_id, words, position, name, homes)
  select place.place_id, tails.words, tails.position, tails.name, place.homes
  from tails
  on conflict on constraint place_names_stand_once do update
  set position = excluded.position, name = excluded.name, homes = excluded.homes
  where (place_names.position, place_names.name, place_names.homes)
    <> (excluded.position, excluded.name, excluded.homes);
end $$;

-- For a city, or one of its neighbourhoods
create function private.count_city(
  country_code text, region_key text, city_key text, neighbourhood_key text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  place private.places;
  sort  constant text := case neighbourhood_key when '' then 'city' else 'neighbourhood' end;
begin
  insert into private.places (
    kind, country_code, region_key, city_key, neighbourhood_key, region, city, name, homes,
    west, south, east, north)
  select sort, count_city.country_code, count_city.region_key, count_city.city_key,
    count_city.neighbourhood_key, found.region,
    case sort when 'neighbourhood' then found.city end,
    coalesce(case sort when 'city' then found.city else found.neighbourhood end, ''), found.homes,
    edges.west_edge, greatest(-90, floor(found.south * 100) / 100),
    edges.east_edge, least(90, ceil(found.north * 100) / 100)
  from (
    select count(*)::integer as homes,
      -- As most of them write it
      mode() within group (order by listing_places.region) as region,
      mode() within group (order by listing_places.city) as city,
      mode() within group (order by listing_places.neighbourhood) as neighbourhood,
      min(listing_places.place[0]) as west, max(listing_places.place[0]) as east,
      min(listing_places.place[0] + case when listing_places.place[0] < 0 then 360 else 0 end)
        as far_west,
      max(listing_places.place[0] + case when listing_places.place[0] < 0 then 360 else 0 end)
        as far_east,
      min(listing_places.place[1]) as south, max(listing_places.place[1]) as north
    from private.listing_places
    where listing_places.country_code = count_city.country_code
      and listing_places.region_key = count_city.region_key
      and listing_places.city_key = count_city.city_key
      and (sort = 'city'
        or listing_places.neighbourhood_key = count_city.neighbourhood_key)) as found
  cross join private.narrowest(found.west, found.east, found.far_west, found.far_east) as edges
  where found.homes > 0
  on conflict on constraint places_are_counted_once do update
  set region = excluded.region, city = excluded.city, name = excluded.name,
      homes = excluded.homes,
      west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north
  returning * into place;
  if not found then
    delete from private.places
    where places.kind = sort and places.country_code = count_city.country_code
      and places.region_key = count_city.region_key and places.city_key = count_city.city_key
      and places.neighbourhood_key = count_city.neighbourhood_key;
  elsif place.name <> '' then
    perform private.name_place(place);
  end if;
end $$;

create function private.count_region(country_code text, region_key text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  place private.places;
begin
  if region_key = '' then
    return;
  end if;
  insert into private.places (
    kind, country_code, region_key, city_key, region, name, homes, west, south, east, north)
  select 'region', count_region.country_code, count_region.region_key, '', null,
    found.name, found.homes, edges.west_edge, found.south, edges.east_edge, found.north
  from (
    select sum(city.homes)::integer as homes,
      (array_agg(city.region order by city.homes desc, city.region))[1] as name,
      min(city.west) as west, max(city.west + city.width) as east,
      min(city.far_west) as far_west, max(city.far_west + city.width) as far_east,
      min(city.south) as south, max(city.north) as north
    from (
      select places.*,
        places.east - places.west + case when places.east < places.west then 360 else 0 end
          as width,
        places.west + case when places.west < 0 then 360 else 0 end as far_west
      from private.places
      where places.kind = 'city' and places.country_code = count_region.country_code
        and places.region_key = count_region.region_key) as city) as found
  cross join private.narrowest(found.west, found.east, found.far_west, found.far_east) as edges
  where found.homes > 0
  on conflict on constraint places_are_counted_once do update
  set name = excluded.name, homes = excluded.homes,
      west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north
  returning * into place;
  if found then
    perform private.name_place(place);
  else
    delete from private.places
    where places.kind = 'region' and places.country_code = count_region.country_code
      and places.region_key = count_region.region_key;
  end if;
end $$;

create function private.count_places(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  changes integer;
  homes   uuid[];
  left_to jsonb;
  came_to jsonb;
  changed jsonb;
begin
  -- One at a time: of two counts of one place the older could be written last. What is taken here
  -- was committed before, so the later statements see it.
  perform pg_advisory_xact_lock(hashtext('staybase/places'));
  with taken as (
    delete from private.place_changes
    where place_changes.change_id in (
      select earliest.change_id from private.place_changes as earliest
      order by earliest.change_id limit count_places.most)
    returning place_changes.listing_id)
  select count(*), array_agg(distinct taken.listing_id) into changes, homes from taken;

  with gone as (
    delete from private.listing_places where listing_places.listing_id = any (homes)
    returning listing_places.*)
  select jsonb_agg(distinct jsonb_build_array(
    gone.country_code, gone.region_key, gone.city_key, gone.neighbourhood_key))
  into left_to from gone;
  with come as (
    insert into private.listing_places (
      listing_id, country_code, region_key, city_key, neighbourhood_key, region, city,
      neighbourhood, place)
    select listings.listing_id, listings.country_code,
      coalesce(private.folded(listings.region), ''), coalesce(private.folded(listings.city), ''),
      coalesce(private.folded(listings.neighbourhood), ''), listings.region, listings.city,
      listings.neighbourhood, listing_search.place
    from public.listings
    join private.listing_search
      on listing_search.listing_id = listings.listing_id and listing_search.listed
    where listings.listing_id = any (homes) and listings.country_code is not null
      and not exists (
        select from private.suspensions where suspensions.profile_id = listings.host_id)
    returning listing_places.*)
  select jsonb_agg(distinct jsonb_build_array(
    come.country_code, come.region_key, come.city_key, come.neighbourhood_key))
  into came_to from come;

  perform private.learn_words(homes);
  select jsonb_agg(distinct city.value) into changed
  from jsonb_array_elements(coalesce(left_to, '[]') || coalesce(came_to, '[]')) as city;
  perform private.count_city(city.country_code, city.region_key, city.city_key, city.part_key)
  from (
    select city.value ->> 0 as country_code, city.value ->> 1 as region_key,
      city.value ->> 2 as city_key, part.key as part_key
    from jsonb_array_elements(changed) as city
    cross join lateral unnest(array['', city.value ->> 3]) as part (key)
    group by 1, 2, 3, 4
    order by 1, (city.value ->> 1) collate "C", (city.value ->> 2) collate "C", 4) as city;
  perform private.count_region(region.country_code, region.region_key)
  from (
    select distinct city.value ->> 0 as country_code, city.value ->> 1 as region_key
    from jsonb_array_elements(changed) as city) as region;
  return changes;
end $$;

comment on function private.count_places is
  'Job: recounts the homes of the places where something changed, and computes their boxes. Homes '
  'of suspended hosts do not count, as in search. Also collects the words of new titles.';

create function private.rebuild_places()
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtext('staybase/places'));
  delete from private.places;
  delete from private.listing_places;
  delete from private.place_changes;
  insert into private.place_changes (listing_id)
  select listing_search.listing_id from private.listing_search where listing_search.listed;
  return private.count_places(2147483647);
end $$;

comment on function private.rebuild_places is
  'For operators: rebuilds all places, after a load that ran without triggers.';

-- The verb

create type public.found_place as (
  kind         text,
  name         text,
  matched      text,
  city         text,
  region       text,
  country_code text,
  homes        integer,
  west         double precision,
  south        double precision,
  east         double precision,
  north        double precision
);

comment on column public.found_place.kind is 'One of: city, neighbourhood, region.';
comment on column public.found_place.matched is
  'The name that was found: the same, or another one from the gazetteer.';
comment on column public.found_place.city is
  'The city of a neighbourhood. Null: for a city or region, and where homes name none.';
comment on column public.found_place.region is
  'Null: for a region, and where homes name none.';

create function private.search_places(name text, page_size integer)
  returns setof public.found_place language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  wanted  text := private.folded(left(name, 101));
  letters integer := char_length(wanted);
begin
  if name is null or char_length(name) > 100 or wanted = '' then
    perform private.refuse('invalid_place_name');
  end if;
  perform private.check_page(page_size);

  return query
    with begins as materialized (
      select place_names.place_id, place_names.name, place_names.words, place_names.position
      from private.place_names
      where letters > 2 and place_names.words >= wanted
        and place_names.words < wanted || chr(1114111)
      union all
      select place_names.place_id, place_names.name, place_names.words, place_names.position
      from private.place_names
      where letters < 3 and place_names.words = wanted
      union all (
        select place_names.place_id, place_names.name, place_names.words, place_names.position
        from private.place_names
        where letters = 1 and left(place_names.words, 1) = wanted and place_names.position = 1
        order by place_names.homes desc
        limit 10 * search_places.page_size)
      union all (
        select place_names.place_id, place_names.name, place_names.words, place_names.position
        from private.place_names
        where letters = 2 and left(place_names.words, 2) = wanted and place_names.position = 1
        order by place_names.homes desc
        limit 10 * search_places.page_size)
    ), alike as (
      -- Misspelled: only where the letters as they are do not fill the page.
      select nearest.place_id, nearest.name, nearest.words, nearest.likeness
      from (
        select place_names.place_id, place_names.name, place_names.words,
          extensions.word_similarity(wanted, place_names.words) as likeness
        from private.place_names
        where letters > 3 and place_names.position = 1
          and (select count(distinct begins.place_id) from begins) < search_places.page_size
        order by place_names.words operator(extensions.<->>) wanted
        limit 3 * search_places.page_size) as nearest
      -- Where nothing else was found, two letters may have changed places early in the word.
      where nearest.likeness >= case when exists (select from begins) then 0.5 else 0.38 end
    ), best as (
      select distinct on (hit.place_id) hit.place_id, hit.name, hit.rank, hit.likeness
      from (
        select begins.place_id, begins.name,
          case when begins.position > 1 then 3 when begins.words = wanted then 1 else 2 end as rank,
          1::real as likeness
        from begins
        union all
        select alike.place_id, alike.name, 4,
          -- Of names that hold the letters alike, the one with fewer others.
          (alike.likeness + extensions.similarity(wanted, alike.words)) / 2
        from alike) as hit
      order by hit.place_id, hit.rank, hit.likeness desc, hit.name
    )
    select places.kind, places.name, best.name, places.city, places.region,
      places.country_code, places.homes,
      places.west, places.south, places.east, places.north
    from best
    join private.places on places.place_id = best.place_id
    order by best.rank, round(best.likeness::numeric, 1) desc, places.homes desc, places.place_id
    limit search_places.page_size;
end $$;

comment on function private.search_places is
  'Rule: a whole name comes before one that begins so, then names with a word that begins so, then '
  'names that are spelled alike; among these, the place with more homes.';

create function public.search_places(name text, page_size integer default 10)
  returns setof public.found_place language sql stable security invoker set search_path = ''
begin atomic
  select * from private.search_places(search_places.name, search_places.page_size);
end;

grant execute on function private.search_places, public.search_places to anon, authenticated;

comment on function public.search_places is
  'Regions, cities and neighbourhoods with published homes whose name begins with name or is '
  'similar to it, for the suggestions of a search field: accents, case and small typos do not '
  'matter; other names of a place come from the operator''s gazetteer. homes is how many homes can '
  'be found there, as of about a minute ago; west, south, east and north are a box for '
  'search_listings. Best match first, then most homes (page_size 10, at most 100). Errors: '
  'invalid_place_name, invalid_page_size, too_many_results.';
