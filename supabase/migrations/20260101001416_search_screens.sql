-- Screens: all that the screen of a search shows, in one answer: the page, the map and the filters.
--
-- The figures are those of search_listings, search_pins and search_facets, which share their rules
-- with it. Where a box has at most three thousand homes, these are read and priced once, for all
-- three; a page is then the first of them in its order. In a more crowded box the page is walked.

create type public.search_screen as (
  page   public.found_listing[],
  pins   public.search_pin[],
  facets public.search_facets
);

comment on column public.search_screen.page is 'As search_listings answers, in its order.';
comment on column public.search_screen.pins is 'As search_pins answers: pins, or clusters.';
comment on column public.search_screen.facets is 'As search_facets answers.';

create function private.first_of_homes(
  terms private.search_terms, seen private.faceted_home[])
  returns private.search_hit[] language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  case terms.sort
    when 'price' then
      return array(
        select row(home.listing_id, known.minor, known.minor)::private.search_hit
        from unnest(seen) as home
        cross join lateral (
          select coalesce(home.total_minor, home.nightly_minor) as minor) as known
        where home.missed = 0
          and (known.minor, home.listing_id) > (terms.after_key, terms.after_id)
        order by known.minor, home.listing_id
        limit terms.most);
    when 'distance' then
      -- metres_between, written out as in gather_by_distance, so that cursors are the same.
      return array(
        select row(home.listing_id, distance.metres,
          coalesce(home.total_minor, home.nightly_minor))::private.search_hit
        from unnest(seen) as home
        cross join lateral (select 12742017.6 * asin(least(1, sqrt(
            sin(radians(home.place[1] - terms.latitude) / 2) ^ 2
            + cos(radians(terms.latitude)) * cos(radians(home.place[1]))
              * sin(radians(home.place[0] - terms.longitude) / 2) ^ 2))) as metres) as distance
        where home.missed = 0
          and (distance.metres, home.listing_id) > (terms.after_key, terms.after_id)
        order by distance.metres, home.listing_id
        limit terms.most);
    else
      return array(
        select row(home.listing_id, known.key,
          coalesce(home.total_minor, home.nightly_minor))::private.search_hit
        from unnest(seen) as home
        join private.listing_search on listing_search.listing_id = home.listing_id
        cross join lateral (
          select case terms.sort when 'rating' then listing_search.score
            else extract(epoch from listing_search.published_at) * 1000000
          end::double precision as key) as known
        where home.missed = 0
          and (known.key, home.listing_id) < (terms.after_key, terms.after_id)
        order by known.key desc, home.listing_id desc
        limit terms.most);
  end case;
end $$;

comment on function private.first_of_homes is
  'Rule: the homes of a page, in order, when all homes that fit are known with what they cost: as '
  'private.found_homes finds them.';

create function private.search_screen(
  wish private.search_wish, sort text, page_size integer, after text,
  most_pins integer default 1000, most_homes integer default 3000)
  returns public.search_screen language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  terms  private.search_terms := private.search_page(
    private.search_terms(wish), sort, page_size, after);
  share  integer := private.share_looked_at(terms, most_homes);
  seen   private.faceted_home[] := private.faceted_homes(terms, share);
  hits   private.search_hit[];
  screen public.search_screen;
begin
  if share = 1 then
    hits := private.first_of_homes(terms, seen);
  else
    hits := private.found_homes(terms);
  end if;
  screen.page := array(select row from private.rows_of_page(terms, hits) as row);
  screen.facets := private.facets_of_homes(terms, share, seen, most_homes);
  if share = 1 and (
    select count(*) from unnest(seen) as home where home.missed = 0) <= most_pins
  then
    screen.pins := array(
      select row(home.listing_id, home.place[1], home.place[0], 1, false, home.currency,
        home.nightly_minor, home.total_minor)::public.search_pin
      from unnest(seen) as home where home.missed = 0);
  else
    screen.pins := array(select pin from private.clusters_of_homes(terms, most_homes) as pin);
  end if;
  return screen;
end $$;

comment on function private.search_screen is
  'Rule: the page, the pins and the facets of a wish, each as its own verb answers.';

create function public.search_screen(
  west                    double precision   default null,
  south                   double precision   default null,
  east                    double precision   default null,
  north                   double precision   default null,
  latitude                double precision   default null,
  longitude               double precision   default null,
  radius_metres           double precision   default null,
  check_in                text               default null,
  check_out               text               default null,
  guests                  integer            default 1,
  infants                 integer            default 0,
  pets                    integer            default 0,
  child_ages              smallint[]         default null,
  minimum_price_minor     bigint             default null,
  maximum_price_minor     bigint             default null,
  currency                text               default null,
  room_types              public.room_type[] default null,
  property_types          text[]             default null,
  bedrooms                integer            default null,
  beds                    integer            default null,
  bathrooms               numeric            default null,
  amenities               text[]             default null,
  instant_book            boolean            default null,
  minimum_rating          numeric            default null,
  superhost               boolean            default null,
  host_id                 uuid               default null,
  free_cancellation_until text               default null,
  words                   text               default null,
  custom_fields           jsonb              default null,
  sort                    text               default 'price',
  page_size               integer            default 20,
  after                   text               default null)
  returns public.search_screen language sql stable security invoker
  return private.search_screen(
    row(
      west, south, east, north, latitude, longitude, radius_metres,
      private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
      guests, infants, pets, child_ages, minimum_price_minor, maximum_price_minor, currency,
      room_types, property_types, bedrooms, beds, bathrooms, amenities, instant_book,
      minimum_rating, superhost, host_id,
      private.day(free_cancellation_until, 'free_cancellation_until'),
      words, custom_fields)::private.search_wish,
    sort, page_size, after);

grant execute on function private.search_screen, public.search_screen to anon, authenticated;

comment on function public.search_screen is
  'Everything the screen of a search shows, in one request: page (the rows of search_listings), '
  'pins (of search_pins) and facets (of search_facets), with the same arguments and the same '
  'figures. sort is one of: price, rating, distance, newest. For the next page, call '
  'search_listings with the last row''s cursor. Errors: those of search_listings.';
