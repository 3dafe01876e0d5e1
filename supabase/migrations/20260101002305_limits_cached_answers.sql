-- Cached answers: what caches may keep of what strangers are answered.
--
-- Here stands what every stranger is answered alike, and what may be a little old: a search shows
-- what was free a moment ago, and a quote and a booking look again. Not here: quotes and refunds,
-- which a decision rests on, and whatever a secret in the address opens (a wishlist that is shared
-- by a link).

insert into private.cached_answers (path) values
  ('/amenities'),
  ('/booking_rules'),
  ('/cancellation_policies'),
  ('/host_ratings'),
  ('/length_discounts'),
  ('/listing_amenities'),
  ('/listing_forms'),
  ('/listing_photos'),
  ('/listing_prices'),
  ('/listing_ratings'),
  ('/listings'),
  ('/profiles'),
  ('/property_types'),
  ('/reviews'),
  ('/rpc/cancellation_tiers'),
  ('/rpc/listing_calendar'),
  ('/rpc/offered_currencies'),
  ('/rpc/search_facets'),
  ('/rpc/search_flexible_days'),
  ('/rpc/search_listings'),
  ('/rpc/search_pins'),
  ('/rpc/search_places'),
  ('/rpc/search_price_calendar'),
  ('/rpc/search_screen'),
  ('/rpc/similar_homes'),
  ('/rpc/stay_prices');
