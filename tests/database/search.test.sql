-- Search: who finds which home, in which order, and what is no search.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada', 10000);
select tests.home('attic', 'ada', 8000);
select tests.home('tower', 'alan', 20000);
select tests.person(name) from unnest(array['grace', 'margaret']) as name;

-- Search follows at the end of each transaction; this test is one.
set constraints all immediate;

-- The public points, set where the test can name them.
create function pg_temp.put(home text, longitude float8, latitude float8) returns void language sql as $$
  update public.listings set longitude = put.longitude, latitude = put.latitude where listing_id = tests.id(home) $$;
select pg_temp.put('mill', 2.35, 48.85), pg_temp.put('attic', 2.36, 48.86), pg_temp.put('tower', 2.45, 48.95);

create function pg_temp.found(arguments text default '', asking text default 'anon') returns text language plpgsql as $$
declare
  names text;
begin
  if asking = 'anon' then perform tests.become_anon(); else perform tests.become(asking); end if;
  execute format('select coalesce(string_agg(lower(title), '' '' order by place), ''nobody'')
    from (select *, row_number() over () as place from public.search_listings(%s)) as found', arguments) into names;
  perform tests.back();
  return names;
end $$;

create function pg_temp.refused(arguments text) returns text language sql as $$
  select tests.outcome('anon', format('select * from public.search_listings(%s)', arguments)) $$;

-- Who is found

select is(pg_temp.found(), 'attic mill tower', 'a stranger finds what is published, the cheapest first');

select tests.become('ada');
select public.create_listing(tests.id('cellar'), 'Cellar', 'Europe/Paris', 'EUR');
select public.hide_listing(tests.id('attic'));
select tests.back();
select is(pg_temp.found(), 'mill tower', 'drafts and hidden homes are not found');
select tests.become('ada');
select public.publish_listing(tests.id('attic'));
select tests.back();
select is(pg_temp.found(), 'attic mill tower', 'published again, found again');

insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select is(pg_temp.found(), 'attic mill', 'homes of a suspended host are not found');
delete from private.suspensions;
select is(pg_temp.found(), 'attic mill tower',
  'homes are found again when the suspension is lifted');

-- Where

select is(pg_temp.found('2.3, 48.8, 2.4, 48.9'), 'attic mill', 'Grace looks at a map of Paris');
select is(pg_temp.found('2.35, 48.85, 2.35, 48.85'), 'mill', 'a box may be one point, and its edges count');
select is(pg_temp.found('-180, -90, 180, 90'), 'attic mill tower',
  'a map of the whole world finds all homes');
select is(pg_temp.found('3, 48, 2, 49'), 'nobody', 'all around the world except Paris');
select is(pg_temp.found('-100, 0, 100, 60'), 'attic mill tower', 'more than the coarsest tiles hold');
select is(pg_temp.found('2.36, 48, 2.34, 49'), 'attic tower', 'around the world from the attic on');

-- From a street to half the world: whatever tiles cover a map, both its corners are on it.
create function pg_temp.corners(size float8) returns text language plpgsql as $$
begin
  perform pg_temp.put('mill', 0.001, 0.001), pg_temp.put('tower', size, size / 2),
    pg_temp.put('attic', -170, -45);
  return pg_temp.found(format('0, 0, %s, %s', size, size / 2));
end $$;
select is(pg_temp.corners(size), 'mill tower', format('a map %s degrees wide', size))
from unnest('{0.01,0.05,0.08,0.1,0.14,0.2,0.5,0.6,1,2,3,5,10,15,30,45,80,90,91,120,179}'::float8[]) as size;

select pg_temp.put('mill', 180, -16.5), pg_temp.put('attic', -179.99, -16.5), pg_temp.put('tower', 179.99, -16.5);
select is(pg_temp.found('179.9, -17, -179.9, -16'), 'attic mill tower',
  'a map of Fiji across the 180th meridian finds homes on both sides');
select is(pg_temp.found('179.9, -17, 180, -16'), 'mill tower',
  'the western half of the map ends at the meridian');
select is(pg_temp.found(box), found, format('a map that was dragged around the world: %s', box))
from (values
  ('179.9, -17, 180.1, -16', 'attic mill tower'),
  ('539.9, -17, 540.1, -16', 'attic mill tower'),
  ('-180.1, -17, -179.9, -16', 'attic mill tower'),
  ('-540.1, -17, -539.9, -16', 'attic mill tower'),
  ('180, -17, 180.1, -16', 'attic mill'),
  ('180.005, -17, 180.1, -16', 'attic'),
  ('180.015, -17, 180.1, -16', 'nobody'),
  ('179.9, -17, 179.995, -16', 'tower'),
  ('-200, -20, 200, -10', 'attic mill tower'),
  ('-180.5, -20, 179.5, -10', 'attic mill tower'),
  ('20.4, -20, 380.4, -10', 'attic mill tower'),
  ('-1e308, -20, 1e308, -10', 'attic mill tower'),
  ('540, -17, 540, -16', 'mill'),
  ('540, -17, 180, -16', 'mill'),
  ('0, -17, 90, -16', 'nobody'),
  ('-180, -2000, 180, 2000', 'attic mill tower'),
  ('-180, 90, 180, 2000', 'nobody')) as maps (box, found);
select is(
  (select round(distance_metres) from public.search_listings(latitude => -16.5, longitude => 181, radius_metres => 200000)
   where listing_id = tests.id('mill')),
  (select round(distance_metres) from public.search_listings(latitude => -16.5, longitude => -179, radius_metres => 200000)
   where listing_id = tests.id('mill')), 'a point of such a map is the same point');
select is(pg_temp.found('-180, -17, -179.9, -16'), 'attic mill',
  'the eastern half of the map begins at the same meridian');
select is(pg_temp.found('180, -17, -179.9, -16'), 'attic mill', '180 degrees east is 180 west');
select is(pg_temp.found('170, -20, -170, -10, sort => ''newest'''), pg_temp.found('sort => ''newest'''),
  'a map of Fiji has the same homes in every order');
select is(
  pg_temp.found('latitude => -16.5, longitude => 179.995, radius_metres => 1000'), 'mill tower',
  'a circle may cross the meridian');
select pg_temp.put('mill', 0, 89.999), pg_temp.put('attic', 180, 89.999), pg_temp.put('tower', 0, 80);
select is(
  pg_temp.found('latitude => 89.9995, longitude => 90, radius_metres => 1000'), 'attic mill',
  'a circle may lie around the pole');
select pg_temp.put('mill', 2.35, 48.85), pg_temp.put('attic', 2.36, 48.86), pg_temp.put('tower', 2.45, 48.95);

select is(
  pg_temp.found('latitude => 48.85, longitude => 2.35, radius_metres => 2000'), 'attic mill',
  'a circle of two kilometres around the mill finds its homes');
select is(
  pg_temp.found('latitude => 48.85, longitude => 2.35, sort => ''distance'''), 'mill attic tower',
  'the nearest home is first');
select is(
  (select round(distance_metres) from public.search_listings(latitude => 0, longitude => 2.35, sort => 'distance') limit 1),
  round(6371008.8 * radians(48.85)), 'the distance is that over the globe');
select is((select distance_metres from public.search_listings() limit 1), null,
  'the distance is unknown without a point');

-- What

select is(pg_temp.found('guests => 5'), 'nobody', 'no home sleeps five guests');
select is(pg_temp.found('guests => 4, infants => 3'), 'attic mill tower', 'infants need no bed');
select is(pg_temp.found('pets => 3'), 'nobody', 'two pets at most');
select is(pg_temp.found('minimum_price_minor => 8001, maximum_price_minor => 10000, currency => ''EUR'''), 'mill',
  'a price range includes both ends');
select is(pg_temp.found('currency => ''USD'''), 'nobody', 'no home is priced in dollars');

insert into public.listing_amenities (listing_id, amenity) values
  (tests.id('mill'), 'wifi'), (tests.id('mill'), 'books'), (tests.id('tower'), 'wifi');
update public.listings set room_type = 'private_room', instant_book = false where listing_id = tests.id('tower');
select is(pg_temp.found('amenities => ''{wifi}'''), 'mill tower',
  'a search for wifi finds the homes that have it');
select is(pg_temp.found('amenities => ''{wifi,books,wifi}'''), 'mill',
  'a search for two amenities finds the homes that have both');
delete from public.listing_amenities where listing_id = tests.id('mill') and amenity = 'wifi';
select is(pg_temp.found('amenities => ''{wifi}'''), 'tower', 'an amenity taken away is no longer found');
select is(pg_temp.found('room_types => ''{private_room,shared_room}'''), 'tower',
  'a search for kinds of room finds any of them');
select is(pg_temp.found('instant_book => true'), 'attic mill',
  'a search for instant booking finds the homes that need no answer');
select is(pg_temp.found('instant_book => false'), 'tower',
  'a search without instant booking finds the homes that need an answer');
update public.listings set property_type = 'boat', bedrooms = 3, beds = 4, bathrooms = 1.5, cancellation_policy = 'flexible'
where listing_id = tests.id('mill');
insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars) values (tests.id('mill'), tests.person('ada'), 3, 4.5);
update public.profiles set superhost = true where profile_id = tests.person('alan');
select is(pg_temp.found(wish), found, 'a search with ' || wish)
from (values
  ('property_types => ''{boat,castle}''', 'mill'),
  ('property_types => ''{castle}''', 'nobody'),
  ('bedrooms => 3', 'mill'), ('bedrooms => 4', 'nobody'), ('beds => 4', 'mill'),
  ('bathrooms => 1.5', 'mill'), ('bathrooms => 2', 'nobody'), ('bathrooms => 1', 'attic mill tower'),
  ('minimum_rating => 4.5', 'mill'), ('minimum_rating => 4.51', 'nobody'), ('minimum_rating => 0', 'mill'),
  ('superhost => true', 'tower'), ('superhost => false', 'attic mill'),
  (format('host_id => %L', tests.person('alan')), 'tower'),
  ('check_in => ''2031-06-02'', check_out => ''2031-06-04'', free_cancellation_until => ''2031-06-01''', 'mill'),
  ('check_in => ''2031-06-02'', check_out => ''2031-06-04'', free_cancellation_until => ''2031-05-28''', 'attic mill tower'),
  ('check_in => ''2031-06-02'', check_out => ''2031-06-04'', free_cancellation_until => ''2031-06-02''', 'nobody'),
  ('check_in => ''2031-06-02'', check_out => ''2031-07-02'', free_cancellation_until => ''2031-05-28''', 'nobody')
) as wishes (wish, found);
delete from private.listing_stars;
delete from public.listing_ratings;
update public.profiles set superhost = false;
update public.listings set property_type = 'home', bedrooms = 1, beds = 1, bathrooms = 1, cancellation_policy = 'moderate'
where listing_id = tests.id('mill');
select is(pg_temp.refused(wish), refused, 'no search: ' || wish)
from (values
  ('bedrooms => -1', 'invalid_rooms'), ('bathrooms => ''NaN''', 'invalid_rooms'),
  ('property_types => array_fill(''boat''::text, ''{101}'')', 'too_many_results'),
  ('minimum_rating => 6', 'invalid_rating'), ('minimum_rating => ''NaN''', 'invalid_rating'),
  ('free_cancellation_until => ''2031-06-01''', 'dates_required'),
  ('check_in => ''2031-06-02'', check_out => ''2031-06-04'', free_cancellation_until => ''infinity''', 'invalid_dates')
) as wishes (wish, refused);
update public.listing_prices set base_price_minor = 30000 where listing_id = tests.id('attic');
select is(pg_temp.found(), 'mill tower attic', 'a changed price changes the order');
update public.listing_prices set base_price_minor = 8000 where listing_id = tests.id('attic');

-- When: the same rules as stay_problem, which a property compares for any marketplace

create function pg_temp.free(check_in date, check_out date, more text default '', asking text default 'anon')
  returns text language sql as $$
  select pg_temp.found(format('check_in => %L, check_out => %L%s', check_in, check_out, more), asking) $$;

select is(pg_temp.free('2031-06-02', '2031-06-04'), 'attic mill tower',
  'all homes are free in June');
select is(
  pg_temp.free('2032-02-01', '2032-03-10'), 'attic mill tower',
  'all homes are free for 38 nights in winter');
select tests.become('ada');
select count(*) from public.block_nights(tests.id('mill'), '2031-06-03', '2031-06-10');
select tests.back();
select is(pg_temp.free('2031-06-02', '2031-06-04'), 'attic tower', 'a block takes its nights');
select is(pg_temp.free('2031-06-01', '2031-06-03'), 'attic mill tower',
  'a block takes no other nights');
select is(pg_temp.free('2031-06-10', '2031-06-12'), 'attic mill tower',
  'a stay may begin on the day a block ends');
select tests.become('ada');
select count(*) from public.unblock_nights(tests.id('mill'), '2031-06-03', '2031-06-05');
select tests.back();
select is(pg_temp.free('2031-06-02', '2031-06-05'), 'attic mill tower', 'unblocked nights are free at once');
select is(pg_temp.free('2031-06-04', '2031-06-06'), 'attic tower',
  'the rest of an unblocked stretch stays blocked');

select tests.book('stay', 'grace', 'attic', '2031-06-20', '2031-06-23');
select is(pg_temp.free('2031-06-22', '2031-06-24'), 'mill tower', 'Grace holds the attic');
select is(pg_temp.free('2031-06-22', '2031-06-24', '', 'margaret'), 'mill tower',
  'the nights that Grace holds are taken for Margaret too');
select is(pg_temp.free('2031-06-22', '2031-06-24', '', 'grace'), 'attic mill tower',
  'a guest''s own unpaid hold is not in the way');
select tests.at('2031-05-20 12:18+00');
select is(pg_temp.free('2031-06-22', '2031-06-24'), 'attic mill tower', 'an expired hold blocks nobody, even before it is gone');
select private.expire_bookings(10);
set constraints all immediate;
select is(
  (select has_holds from private.listing_search where listing_id = tests.id('attic')), false,
  'a hold that is gone leaves no trace');
select tests.at('2031-05-20 12:00+00');

select is(pg_temp.free('2031-06-22', '2031-06-24', '', 'ada'), 'tower', 'Ada does not book her own homes');
select tests.become('ada');
select public.block_person(tests.person('margaret'));
select tests.become('grace');
select public.block_person(tests.person('ada'));
select tests.back();
select is(pg_temp.free('2031-06-22', '2031-06-24', '', 'grace'), 'tower', 'Grace does not want Ada''s homes');
select tests.become('grace');
select public.unblock_person(tests.person('ada'));
select tests.back();
select is(pg_temp.free('2031-06-22', '2031-06-24', '', 'margaret'), 'tower', 'Margaret is not wanted in Ada''s homes');
select is(pg_temp.found('', 'margaret'), 'attic mill tower', 'though she may look at them');

update public.booking_rules set preparation_nights = 2 where listing_id = tests.id('attic');
select tests.book('next', 'grace', 'attic', '2031-06-20', '2031-06-23');
select is(pg_temp.free('2031-06-18', '2031-06-20'), 'mill tower', 'two nights to prepare before the next stay');
select is(pg_temp.free('2031-06-16', '2031-06-18'), 'attic mill tower',
  'two nights before the next stay are enough to prepare');
select is(pg_temp.free('2031-06-24', '2031-06-26'), 'mill tower',
  'two nights after the next stay are kept for preparation');

update public.booking_rules
set minimum_nights = 2, maximum_nights = 5, arrival_weekdays = '{1,2,3,4,5}', departure_weekdays = '{1,2,3,4,5,6}',
  advance_notice_days = 2, booking_window_months = 2
where listing_id = tests.id('tower');
select is(pg_temp.free('2031-06-16', '2031-06-17'), 'attic mill', 'the tower is for two nights at least');
select is(pg_temp.free('2031-06-11', '2031-06-17'), 'attic mill',
  'a stay in the tower has five nights at most');
select is(pg_temp.free('2031-06-14', '2031-06-16'), 'attic mill', 'nobody arrives there on a Saturday');
select is(pg_temp.free('2031-06-13', '2031-06-15'), 'attic mill',
  'a stay in the tower does not end on a Sunday');
select is(pg_temp.free('2031-05-21', '2031-05-23'), 'attic mill',
  'a home with a day''s notice is not free tomorrow');
select is(pg_temp.free('2031-05-22', '2031-05-24'), 'attic mill tower', 'two days'' notice will do');
select is(pg_temp.free('2031-07-18', '2031-07-21'), 'attic mill',
  'a home is not free beyond two months ahead');

-- At half past ten in London it is tomorrow on Kiritimati and yesterday in Pago Pago.
select tests.at('2031-05-20 10:30+00');
update public.listings set time_zone = 'Pacific/Kiritimati' where listing_id = tests.id('mill');
update public.listings set time_zone = 'Pacific/Pago_Pago' where listing_id = tests.id('attic');
update public.booking_rules set same_day_cutoff_hour = 24, advance_notice_days = 1 where listing_id = tests.id('mill');
update public.booking_rules set same_day_cutoff_hour = 24 where listing_id = tests.id('attic');
select is(pg_temp.free('2031-05-19', '2031-05-20'), 'attic', 'yesterday is today in Pago Pago');
select is(pg_temp.free('2031-05-21', '2031-05-22'), 'attic', 'tomorrow is today on Kiritimati, too late for a day''s notice');
select is(pg_temp.free('2031-05-22', '2031-05-23'), 'attic mill', 'the day after is not');
select is(pg_temp.refused('check_in => ''2031-05-18'', check_out => ''2031-05-19'''), 'date_in_past',
  'a day that is past everywhere is refused');
update public.booking_rules set booking_window_months = 1 where listing_id in (tests.id('mill'), tests.id('attic'));
select is(pg_temp.free('2031-06-20', '2031-06-21', ', currency => ''EUR'', maximum_price_minor => 15000'), 'mill', 'a month from today ends a day later where it is tomorrow');
update public.booking_rules set booking_window_months = 12, advance_notice_days = 0, same_day_cutoff_hour = 18
where listing_id in (tests.id('mill'), tests.id('attic'));
update public.listings set time_zone = 'Europe/Paris';
select tests.at('2031-05-20 12:00+00');

select tests.become('alan');
select count(*) from public.set_calendar(tests.id('tower'), '2031-06-25', '2031-06-26', minimum_nights => 3::smallint);
select count(*) from public.set_calendar(tests.id('tower'), '2031-06-26', '2031-06-27', closed_to_arrival => true);
select count(*) from public.set_calendar(tests.id('tower'), '2031-07-04', '2031-07-05', closed_to_departure => true);
select tests.back();
select is(pg_temp.free('2031-06-25', '2031-06-27'), 'attic mill', 'arriving that day, three nights');
select is(pg_temp.free('2031-06-26', '2031-06-28'), 'attic mill',
  'a day closed to arrival begins no stay');
select is(pg_temp.free('2031-07-02', '2031-07-04'), 'attic mill',
  'a day closed to departure ends no stay');
select is(pg_temp.free('2031-07-01', '2031-07-03'), 'attic mill tower', 'other days are as they were');

select is(
  (select total_minor from public.search_listings(check_in => '2031-06-12', check_out => '2031-06-14', guests => 2)
   where listing_id = tests.id('mill')),
  (public.quote_stay(tests.id('mill'), '2031-06-12', '2031-06-14', 2)).total_minor, 'the total is that of the quote');
select is((select total_minor from public.search_listings() limit 1), null,
  'without dates there is no total');
update public.listing_prices set base_price_minor = 40 where listing_id = tests.id('mill');
select is(pg_temp.free('2031-06-12', '2031-06-13'), 'attic', 'a stay too cheap for a card cannot be booked');
select is(pg_temp.free('2031-06-12', '2031-06-13', ', page_size => 1'), 'attic',
  'a home that is too cheap leaves no gap in a page');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');

-- In which order

insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars) values
  (tests.id('attic'), tests.person('ada'), 400, 4.9), (tests.id('mill'), tests.person('ada'), 3, 5),
  (tests.id('tower'), tests.person('alan'), 1, 5);
select is(pg_temp.found('sort => ''rating'''), 'attic mill tower', 'four hundred at 4.9 before three at 5, and a single one counts little');
select is(
  (select array[rating, review_count] from public.search_listings(sort => 'rating') limit 1), array[4.90, 400],
  'the rating that is shown is the plain one');
update public.listings set published_at = case title
  when 'Mill' then timestamptz '2031-05-03' when 'Tower' then '2031-05-02' else '2031-05-01' end
where status = 'published';
select is(pg_temp.found('sort => ''newest'''), 'mill tower attic', 'the newest home is first');

create function pg_temp.turn(sort text) returns text language plpgsql as $$
declare
  names text := '';
  here  text;
  next  text;
begin
  for page in 1 .. 5 loop
    select lower(title), cursor into here, next
    from public.search_listings(latitude => 48.85, longitude => 2.35, sort => turn.sort, page_size => 1, after => next);
    exit when here is null;
    names := names || ' ' || here;
  end loop;
  return ltrim(names);
end $$;
select is(pg_temp.turn('price'), 'attic mill tower', 'page by page by price');
select is(pg_temp.turn('rating'), 'attic mill tower', 'the pages by rating are the whole list');
select is(pg_temp.turn('newest'), 'mill tower attic', 'the pages by age are the whole list');
select is(pg_temp.turn('distance'), 'mill attic tower', 'the pages by distance are the whole list');

-- What is no search

select is(pg_temp.refused(arguments), code, format('%s: %s', code, arguments))
from (values
  ('invalid_box',          'west => 1, south => 1, east => 2'),
  ('invalid_box',          '1, 2, 2, 1'),
  ('invalid_box',          '0, 0, ''Infinity'', 1'),
  ('invalid_box',          '0, ''-Infinity'', 1, 1'),
  ('invalid_box',          '''NaN'', 0, 1, 1'),
  ('invalid_box',          '''-Infinity'', 0, ''Infinity'', 1'),
  ('invalid_point',        'latitude => 1'),
  ('invalid_point',        'radius_metres => 1000'),
  ('invalid_point',        'latitude => ''Infinity'', longitude => 0'),
  ('invalid_point',        'latitude => 0, longitude => ''-Infinity'''),
  ('invalid_point',        'latitude => ''NaN'', longitude => 0'),
  ('invalid_point',        'latitude => 1, longitude => 1, radius_metres => 0'),
  ('invalid_point',        'latitude => 1, longitude => 1, radius_metres => ''Infinity'''),
  ('invalid_point',        'latitude => 1, longitude => 1, radius_metres => ''NaN'''),
  ('invalid_guests',       'guests => 0'),
  ('invalid_guests',       'guests => null'),
  ('invalid_guests',       'pets => -1'),
  ('invalid_guests',       'infants => -1'),
  ('invalid_guests',       'infants => 51'),
  ('invalid_price_range',  'minimum_price_minor => -1, currency => ''EUR'''),
  ('invalid_price_range',  'minimum_price_minor => 2, maximum_price_minor => 1, currency => ''EUR'''),
  ('currency_required',    'maximum_price_minor => 10000'),
  ('currency_not_offered', 'currency => ''XXX'''),
  ('unknown_amenity',      'amenities => ''{wifi,moat}'''),
  ('unknown_property_type', 'property_types => ''{boat,palace}'''),
  ('unknown_property_type', 'property_types => array[null]::text[]'),
  ('unknown_amenity',      'amenities => array[null]::text[]'),
  ('dates_required',       'check_in => ''2031-06-01'''),
  ('dates_required',       'check_out => ''2031-06-01'''),
  ('invalid_dates',        'check_in => ''2031-06-01'', check_out => ''infinity'''),
  ('dates_reversed',       'check_in => ''2031-06-02'', check_out => ''2031-06-02'''),
  ('date_in_past',         'check_in => ''2031-05-19'', check_out => ''2031-05-22'''),
  ('outside_booking_window', 'check_in => ''2031-06-01'', check_out => ''2058-10-17'''),
  ('invalid_sort',         'sort => ''best'''),
  ('invalid_sort',         'sort => null'),
  ('point_required',       'sort => ''distance'''),
  ('invalid_page_size',    'page_size => 0'),
  ('invalid_page_size',    'page_size => null'),
  ('too_many_results',     'page_size => 101'),
  ('invalid_cursor',       'after => '''''),
  ('invalid_cursor',       'after => ''p1_x'''),
  ('invalid_cursor',       'after => ''r1_00000000000000000000000000000000'''),
  ('invalid_cursor',       'after => ''r99999_00000000000000000000000000000000'', sort => ''rating'''),
  ('invalid_cursor',       'after => ''p99999999999999999999_00000000000000000000000000000000''')) as bad (code, arguments);

-- The read model

select is_empty(
  $$ select listing_id from private.listing_search
     where nights <> (
       select coalesce(bit_or(private.night_bits(claims.nights, first_day)), repeat('0', 768)::bit(768))
       from private.claims where claims.listing_id = listing_search.listing_id) $$,
  'the bits are the nights of the claims');
create temp table kept as
  select listing_id, to_jsonb(listing_search) - '{special_days,priced_at,priced_on}'::text[] as row from private.listing_search;
select is(private.rebuild_search(), 4, 'an operator makes it anew');
select set_eq(
  $$ select listing_id, to_jsonb(listing_search) - '{special_days,priced_at,priced_on}'::text[] from private.listing_search $$,
  'select * from kept', 'a rebuild gets the same rows that the triggers kept');

-- Bulk loads

create function pg_temp.mill() returns jsonb language sql as $$
  select to_jsonb(listing_search) - '{priced_at,priced_on}'::text[] from private.listing_search where listing_id = tests.id('mill') $$;
create temp table before_load as select pg_temp.mill() as row;
select private.begin_bulk_load();
update public.listing_prices set base_price_minor = 12300 where listing_id = tests.id('mill');
update public.booking_rules set minimum_nights = 3 where listing_id = tests.id('mill');
insert into public.calendar_days (listing_id, day, minimum_nights) values (tests.id('mill'), '2031-09-01', 4);
insert into public.listing_amenities values (tests.id('mill'), 'pool');
insert into private.claims (listing_id, nights, lane, kind, source)
values (tests.id('mill'), '[2031-09-10,2031-09-12)', private.own_lane(), 'import', 'elsewhere:1');
insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
values (tests.id('mill'), tests.person('ada'), 4, 5)
on conflict on constraint listing_stars_pkey do update set imported_reviews = 4, imported_stars = 5;
update public.listings set capacity = 9 where listing_id = tests.id('mill');
select is(pg_temp.mill(), (select row from before_load), 'a bulk load does not update search');
select is(private.refresh_whole_search(array[tests.id('mill')]), 1,
  'a refresh brings one home up to date');
create temp table refreshed as select pg_temp.mill() as row;
select isnt(pg_temp.mill(), (select row from before_load),
  'a refreshed home has all that was written');
select set_config('staybase.bulk_load', '', true);
select private.rebuild_search();
select is(pg_temp.mill(), (select row from refreshed),
  'a refreshed home has the row that a rebuild makes');
select private.begin_bulk_load();
insert into public.calendar_days (listing_id, day, price_minor, closed_to_arrival)
values (tests.id('mill'), '2031-07-04', 4500, true);
insert into private.claims (listing_id, nights, lane, kind, source)
values (tests.id('mill'), '[2031-09-20,2031-09-23)', private.own_lane(), 'import', 'elsewhere:2');
select is(private.refresh_calendars(array[tests.id('mill')]), 1,
  'a refresh of its calendar brings one home up to date');
select isnt(pg_temp.mill(), (select row from refreshed), 'its nights, special days and prices');
create temp table calendar_refreshed as select pg_temp.mill() as row;
select set_config('staybase.bulk_load', '', true);
select private.rebuild_search();
select is(pg_temp.mill(), (select row from calendar_refreshed),
  'that is the row that a rebuild makes');
delete from private.claims where source = 'elsewhere:2';
delete from public.calendar_days where listing_id = tests.id('mill') and day = '2031-07-04';
update public.listings set capacity = 8 where listing_id = tests.id('mill');
select is((pg_temp.mill() ->> 'capacity')::integer, 8,
  'search follows row by row after a bulk load');
delete from private.claims where source = 'elsewhere:1';
delete from public.calendar_days where listing_id = tests.id('mill') and day = '2031-09-01';
delete from public.listing_amenities where listing_id = tests.id('mill') and amenity = 'pool';
update public.booking_rules set minimum_nights = 1 where listing_id = tests.id('mill');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');

select tests.at('2031-06-28 12:00+00');
select tests.become('ada');
select count(*) from public.block_nights(tests.id('mill'), '2033-06-20', '2033-06-27');
select tests.back();
select is(
  (select bit_count(nights) from private.listing_search where listing_id = tests.id('mill')), (5 + 4)::bigint,
  'five nights of June; of the seven, those before the bits end');
update public.booking_rules set booking_window_months = 24;
select is(pg_temp.free('2033-06-21', '2033-06-23'), 'attic tower',
  'nights beyond the end of the bits are taken nevertheless');
select is(private.advance_search(100), 4, 'the job moves the bits on');
set constraints all immediate;
select is(
  (select bit_count(nights) from private.listing_search where listing_id = tests.id('mill')), 7::bigint,
  'past nights go and coming ones appear');
select is(private.advance_search(100), 0, 'the job has nothing to do for two weeks');
set constraints all immediate;
select is(pg_temp.free('2033-06-21', '2033-06-23'), 'attic tower',
  'a night that the bits reach later is still taken');

select is_empty(
  $$ select tgname from pg_trigger
     where tgfoid::regproc::text ~ '^private\.(add_to|follow_.*in|price.*_in)_search$'
       and not (tgdeferrable and tginitdeferred) $$,
  'search is told at the end of a transaction, so that its row is the last lock');
select is_empty(
  $$ select indexrelid::regclass from pg_index
     where indrelid = 'private.listing_search'::regclass
       and (select attnum from pg_attribute
            where attrelid = indrelid and attname = 'nights') = any (indkey::smallint[]) $$,
  'the bits stand in no index, so that a booking rewrites none');

select * from finish();
rollback;
