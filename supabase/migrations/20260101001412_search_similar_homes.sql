-- Similar homes: what else a guest who looks at a home may like, free on the same days.

create type public.similar_home as (
  listing_id      uuid,
  title           text,
  room_type       public.room_type,
  property_type   text,
  city            text,
  country_code    text,
  latitude        double precision,
  longitude       double precision,
  capacity        smallint,
  bedrooms        smallint,
  instant_book    boolean,
  rating          numeric(3, 2),
  review_count    integer,
  currency        text,
  nightly_minor   bigint,
  nights          integer,
  total_minor     bigint,
  distance_metres double precision,
  photo_path      text
);

comment on column public.similar_home.city is 'Null: for a listing without a location.';
comment on column public.similar_home.country_code is 'Null: for a listing without a location.';
comment on column public.similar_home.rating is 'Null: before the third review.';
comment on column public.similar_home.nights is 'Null: without dates.';
comment on column public.similar_home.total_minor is 'Null: without dates.';
comment on column public.similar_home.photo_path is 'Null: without a photo.';

create function private.similar_homes(
  listing_id uuid, check_in date, check_out date, guests integer, infants integer, pets integer,
  page_size integer, child_ages smallint[])
  returns setof public.similar_home language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set jit = off
as $$
declare
  wish  private.search_wish;
  terms private.search_terms;
  model private.listing_search;
  -- Across the 180th meridian, where the nearest by degrees are on the other side of the world.
  twin  point;
  alike uuid[];
begin
  perform private.check_page(page_size);
  wish.check_in := check_in;
  wish.check_out := check_out;
  wish.guests := guests;
  wish.infants := infants;
  wish.pets := pets;
  wish.child_ages := child_ages;
  terms := private.search_terms(wish);
  select * into model from private.listing_search
  where listing_search.listing_id = similar_homes.listing_id and listing_search.listed;
  if not found then perform private.refuse('listing_not_found'); end if;
  twin := point(model.place[0] - 360 * sign(model.place[0]), model.place[1]);

  -- The four hundred nearest are looked at, however many there are. The index finds the boxes: only
  -- by what lies on which side, all homes of an ocean would be gone through for a few beyond it.
  alike := array(
    select near.listing_id
    from (
      select home.*
      from (
        select listing_search.* from private.listing_search
        where listing_search.listed and abs(listing_search.place[0] - model.place[0]) <= 180
          and listing_search.place <@ box(
            point(model.place[0] - 180, -90), point(model.place[0] + 180, 90))
        order by listing_search.place <-> model.place
        limit 401) as home
      union all
      select home.*
      from (
        select listing_search.* from private.listing_search
        where listing_search.listed and abs(model.place[0]) > 170
          and abs(listing_search.place[0] - model.place[0]) > 180
          and listing_search.place <@ box(point(twin[0] - 180, -90), point(twin[0] + 180, 90))
        order by listing_search.place <-> twin
        limit 401) as home
      offset 0) as near
    cross join private.fits(row(near.*)::private.listing_search, terms)
    where near.listing_id <> model.listing_id
    order by
      -- One step is a kilometre become two, or a half more or less of anything.
      ln(1 + private.metres_between(model.place[1], model.place[0], near.place) / 1000) / ln(2)
      + case when near.room_type = model.room_type then 0 else 2 end
      + abs(ln(near.capacity::double precision / model.capacity)) / ln(1.5)
      + case when near.currency = model.currency
          then abs(ln(greatest(near.price_minor, 1)::double precision
            / greatest(model.price_minor, 1))) / ln(1.5)
          else 2 end,
      near.listing_id
    -- A few more: what costs less than a card can be charged is left out.
    limit page_size + 10);

  return query
    select listings.listing_id, listings.title, listings.room_type, listings.property_type,
      listings.city, listings.country_code, listings.latitude, listings.longitude,
      listings.capacity, listings.bedrooms, listings.instant_book, listing_ratings.rating,
      coalesce(listing_ratings.review_count, 0), listings.currency,
      case when terms.nights is null then listing_search.price_minor
        else private.nightly(totals.total_minor, terms.nights) end,
      terms.nights, totals.total_minor,
      private.metres_between(
        model.place[1], model.place[0], point(listings.longitude, listings.latitude)),
      (select listing_photos.storage_path
       from public.listing_photos
       where listing_photos.listing_id = listings.listing_id and listing_photos.published
       order by listing_photos.position
       limit 1)
    from unnest(alike) with ordinality as home (listing_id, position)
    join public.listings on listings.listing_id = home.listing_id
    join private.listing_search on listing_search.listing_id = home.listing_id
    left join public.listing_ratings on listing_ratings.listing_id = home.listing_id
    left join private.stay_totals(
      alike, terms.check_in, terms.check_out, terms.guests, terms.pets, terms.child_ages) as totals
      on totals.listing_id = home.listing_id
    where terms.check_in is null or totals.total_minor is not null
    order by home.position
    limit page_size;
end $$;

comment on function private.similar_homes is
  'Rule: of the four hundred nearest homes that search would find for these days, those most alike '
  'in distance, kind of room, capacity and price.';

create function public.similar_homes(
  listing_id uuid,
  check_in   text    default null,
  check_out  text    default null,
  guests     integer default 1,
  infants    integer default 0,
  pets       integer default 0,
  page_size  integer default 10,
  child_ages smallint[] default null)
  returns setof public.similar_home language sql stable security invoker set search_path = ''
begin atomic
  select * from private.similar_homes(similar_homes.listing_id,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, page_size, child_ages);
end;

grant execute on function private.similar_homes, public.similar_homes to anon, authenticated;

comment on function public.similar_homes is
  'Published homes like this one, the most alike first: near it, of the same kind of room, for as '
  'many guests, at a similar price (page_size 10, at most 100). With check_in and check_out, only '
  'homes the caller can book then, with total_minor as in quote_stay and, by the night, '
  'nightly_minor; without, nightly_minor is as in search_listings. Errors: listing_not_found, '
  'invalid_guests, dates_required, invalid_dates, dates_reversed, date_in_past, '
  'outside_booking_window, invalid_page_size, too_many_results.';
