-- Stay prices: what a stay costs in each home of a list, in one call: recently viewed homes,
-- similar homes, a host's other homes.

create type public.stay_price as (
  listing_id    uuid,
  bookable      boolean,
  problem       text,
  currency      text,
  nights        integer,
  nightly_minor bigint,
  total_minor   bigint
);

comment on column public.stay_price.problem is
  'A code that says why the stay is not possible. One of: host_unavailable, own_listing, '
  'too_many_guests, pets_not_allowed, date_in_past, too_short_notice, outside_booking_window, '
  'below_minimum_nights, above_maximum_nights, arrival_not_allowed, departure_not_allowed, '
  'nights_taken, below_minimum_charge, above_maximum_charge. Null: when it is.';
comment on column public.stay_price.nightly_minor is
  'The total by the nights, rounded up. Null: if the stay is not possible.';
comment on column public.stay_price.total_minor is
  'As in quote_stay, with fees and taxes. Null: if the stay is not possible.';

create function private.stay_prices(
  listing_ids uuid[], check_in date, check_out date, guests integer, infants integer, pets integer,
  child_ages smallint[])
  returns setof public.stay_price language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  problems text[];
  homes    uuid[];
begin
  if cardinality(listing_ids) > 100 then perform private.refuse('too_many_results'); end if;
  perform private.check_days(check_in, check_out);
  if guests is null or infants is null or pets is null or guests < 1
    or infants not between 0 and 50 or pets < 0 or not private.are_children(child_ages, guests)
  then
    perform private.refuse('invalid_guests');
  end if;

  select array_agg(asked.listing_id order by asked.position),
    array_agg(asked.problem order by asked.position)
  into homes, problems
  from (
    select wanted.listing_id, min(wanted.position) as position,
      private.stay_problem(wanted.listing_id, check_in, check_out,
        guests, infants, pets, auth.uid()) as problem
    from unnest(stay_prices.listing_ids) with ordinality as wanted (listing_id, position)
    join private.listing_search
      on listing_search.listing_id = wanted.listing_id and listing_search.listed
    group by wanted.listing_id) as asked
  where asked.problem is distinct from 'listing_not_found';

  return query
    select listings.listing_id, home.problem is null and totals.total_minor is not null,
      -- What stay_totals leaves out is rare: an amount that no card can be charged. Only then is it
      -- priced again, which a join would do for every home.
      coalesce(home.problem, case when totals.total_minor is null then (
        select case when (private.price_stay(
            home.listing_id, check_in, check_out, guests, pets, child_ages)).total_minor
              < currencies.minimum_charge_minor
          then 'below_minimum_charge' else 'above_maximum_charge' end
        from private.currencies where currencies.currency = listings.currency) end),
      listings.currency, check_out - check_in,
      private.nightly(totals.total_minor, check_out - check_in),
      totals.total_minor
    from unnest(homes, problems) with ordinality as home (listing_id, problem, position)
    join public.listings on listings.listing_id = home.listing_id
    left join private.stay_totals(
      array(
        select possible.listing_id from unnest(homes, problems) as possible (listing_id, problem)
        where possible.problem is null),
      check_in, check_out, guests, pets, child_ages) as totals
      on totals.listing_id = home.listing_id and home.problem is null
    order by home.position;
end $$;

comment on function private.stay_prices is
  'Rule: a home is bookable where search_listings would find it for these days, and costs what is '
  'shown there; why not is what quote_stay would say.';

create function public.stay_prices(
  listing_ids uuid[],
  check_in    text,
  check_out   text,
  guests      integer default 1,
  infants     integer default 0,
  pets        integer default 0,
  child_ages  smallint[] default null)
  returns setof public.stay_price language sql stable security invoker
begin atomic
  select * from private.stay_prices(listing_ids,
    private.day(check_in, 'check_in'), private.day(check_out, 'check_out'),
    guests, infants, pets, child_ages);
end;

grant execute on function private.stay_prices, public.stay_prices to anon, authenticated;

comment on function public.stay_prices is
  'For each of these listings (at most 100) that is published, in the order given: whether the '
  'caller can book these days, the total as in quote_stay, or the code that says why not, as '
  'quote_stay would refuse it. Listings that do not exist or are not published are left out. '
  'Errors: too_many_results, dates_required, invalid_dates, dates_reversed, too_many_days, '
  'invalid_guests.';
