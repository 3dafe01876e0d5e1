-- A search right after a big import must not wait for the planner to hear of it.
analyze public.profiles, public.listings, public.listing_hosts, public.listing_amenities,
  public.listing_prices, public.booking_rules, public.calendar_days, public.reviews,
  public.listing_ratings, private.listing_stars, private.claims, private.listing_search;
