// The statements that buildMarketplace runs.

// h(i, salt): a number from 0 up to 1; id(kind, i): the same id each time. Both name their arguments once, so that
// Postgres writes them out. Measured: an md5 takes 7 us, this 2. The bench schema is no part of the product.
export const helpers = `
  create schema bench;
  grant usage on schema bench to public;
  create function bench.h(i bigint, salt integer) returns double precision language sql immutable
    return (hashint8extended(i, salt) & 2147483647) / 2147483648.0;
  create function bench.id(kind text, i bigint) returns uuid language sql immutable
    return rpad(to_hex(hashtextextended(kind, i)), 32, 'b')::uuid;
  create function bench.named(name text) returns uuid language sql immutable
    return bench.id(rtrim(name, '0123456789'), ltrim(name, 'abcdefghijklmnopqrstuvwxyz')::bigint);
  grant execute on all functions in schema bench to public;
  create table bench.cities as
    select city,
      -50 + 105 * bench.h(city, 1) as latitude,
      -180 + 360 * bench.h(city, 2) as longitude,
      (array['US', 'FR', 'DE', 'BR', 'AU', 'ZA'])[1 + floor(6 * bench.h(city, 3))::integer] as country_code,
      (array['USD', 'EUR'])[1 + floor(2 * bench.h(city, 4))::integer] as currency,
      (array['America/New_York', 'Europe/Paris', 'Europe/Berlin', 'America/Sao_Paulo', 'Australia/Sydney',
        'Asia/Tokyo', 'America/Los_Angeles', 'UTC'])[1 + floor(8 * bench.h(city, 5))::integer] as time_zone
    from generate_series(1, 500) as city;
  alter table bench.cities add primary key (city);
  insert into private.taxes (name, country_code, basis, rate_bp, amount_minor, currency, maximum_nights) values
    ('Occupancy tax', 'US', 'percent_of_nights_and_fees', 1100, null, null, null),
    ('Taxe de séjour', 'FR', 'per_guest_night', null, 250, 'EUR', null),
    ('Übernachtungssteuer', 'DE', 'percent_of_nights', 700, null, null, 21);
`;

export const people = `
  with person as (
    insert into public.profiles (profile_id, display_name, hosting)
    select bench.id(kind, i), initcap(kind) || ' ' || i, kind = 'host'
    from unnest(array['host', 'guest']) as kind, generate_series(1, $1::integer) as i
    returning profile_id)
  insert into public.private_profiles (profile_id, email)
  select profile_id, profile_id || '@example.com' from person`;

export const staff = `insert into private.staff (profile_id) values (bench.id('guest', 1))`;

// The larger cities are far larger: a tenth of them has half of all homes.
const cityOf = (i: string) => `1 + floor(500 * power(bench.h(${i}, 10), 3))::integer`;

// Most hosts have three homes; one is a company with a two-hundredth of all.
const hostOf = (i: string) =>
  `bench.id('host', case when bench.h(${i}, 9) < 0.005 then 1
    else 1 + floor($3::integer * bench.h(${i}, 11))::integer end)`;

export const ofEachListing = [
  {
    name: 'listings',
    sql: `
      insert into public.listings (
        listing_id, host_id, status, title, description, property_type, room_type, capacity, bedrooms, beds,
        maximum_pets, country_code, region, city, latitude, longitude, time_zone, currency, instant_book,
        created_at, published_at, language)
      select
        bench.id('listing', i), ${hostOf('i')},
        case when bench.h(i, 12) < 0.97 then 'published' else 'hidden' end::public.listing_status,
        (array['Quiet', 'Sunny', 'Old', 'Small', 'Bright', 'Romantic', 'Modern', 'Charming'])[
          1 + floor(8 * bench.h(i, 31))::integer] || ' '
          || (array['loft', 'apartment', 'villa', 'cottage', 'studio', 'townhouse', 'mill', 'lighthouse'])[
          1 + floor(8 * power(bench.h(i, 32), 4))::integer] || ' number ' || i,
        repeat('A quiet place with a view. ', 20)
          || case when bench.h(i, 33) < 0.2 then 'There is a swimming pool. ' else '' end
          || case when bench.h(i, 34) < 0.001 then 'A sauna stands in the garden. ' else '' end,
        'apartment',
        (array['entire_home', 'entire_home', 'entire_home', 'private_room', 'private_room', 'shared_room',
          'hotel_room'])[1 + floor(7 * bench.h(i, 13))::integer]::public.room_type,
        1 + floor(8 * bench.h(i, 14) * bench.h(i, 15)), 1 + floor(3 * bench.h(i, 14)),
        1 + floor(4 * bench.h(i, 15)), floor(3 * bench.h(i, 16)), cities.country_code, 'Region', 'City ' || city,
        round((cities.latitude + 0.15 * (bench.h(i, 17) + bench.h(i, 18) - 1))::numeric, 6),
        round((mod((cities.longitude + 540 + 0.2 * (bench.h(i, 19) + bench.h(i, 20) - 1))::numeric, 360) - 180), 6),
        cities.time_zone, cities.currency, bench.h(i, 21) < 0.6,
        now() - 1000 * bench.h(i, 22) * interval '1 day', now() - 1000 * bench.h(i, 22) * interval '1 day',
        (array['en', 'en', 'fr', 'de', 'es', null])[1 + floor(6 * bench.h(i, 35))::integer]
      from generate_series($1::integer, $2::integer) as i
      join bench.cities on cities.city = ${cityOf('i')}`,
  },
  {
    name: 'hosts, rules and prices',
    sql: `
      with hosts as (
        insert into public.listing_hosts (listing_id, profile_id, role)
        select bench.id('listing', i), ${hostOf('i')}, 'owner'
        from generate_series($1::integer, $2::integer) as i
      ), rules as (
        insert into public.booking_rules (
          listing_id, minimum_nights, maximum_nights, advance_notice_days, same_day_cutoff_hour,
          booking_window_months, preparation_nights, arrival_weekdays)
        select bench.id('listing', i), 1 + floor(3 * power(bench.h(i, 30), 2)), 30 + floor(300 * bench.h(i, 31)),
          floor(4 * power(bench.h(i, 32), 3)), 12 + floor(10 * bench.h(i, 33)), 3 + floor(20 * bench.h(i, 34)),
          floor(1.25 * bench.h(i, 35)),
          case when bench.h(i, 36) < 0.05 then '{6}' else '{1,2,3,4,5,6,7}' end::smallint[]
        from generate_series($1::integer, $2::integer) as i
      )
      insert into public.listing_prices (
        listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor,
        cleaning_fee_minor, pet_fee_minor)
      select bench.id('listing', i), 100 * floor(25 + 300 * power(bench.h(i, 40), 3) + 40 * bench.h(i, 41)),
        case when bench.h(i, 42) < 0.3 then 100 * floor(60 + 300 * power(bench.h(i, 40), 3)) end,
        case when bench.h(i, 43) < 0.3 then 2 else 64 end, 1500, 100 * floor(80 * bench.h(i, 44)), 2000
      from generate_series($1::integer, $2::integer) as i`,
  },
  {
    name: 'discounts, ratings and photos',
    sql: `
      with discounts as (
        insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
        select bench.id('listing', i), 7, 1000
        from generate_series($1::integer, $2::integer) as i where bench.h(i, 50) < 0.4
      ), photos as (
        insert into public.listing_photos (listing_id, storage_path, position, published)
        select bench.id('listing', i), bench.id('listing', i) || '/front.jpg', 1, true
        from generate_series($1::integer, $2::integer) as i
      ), stars as (
        insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
        select bench.id('listing', i), ${hostOf('i')},
          floor(200 * power(bench.h(i, 51), 3)), round((5 - 2 * power(bench.h(i, 52), 3))::numeric, 2)
        from generate_series($1::integer, $2::integer) as i
        where bench.h(i, 53) < 0.7
        returning *
      )
      insert into public.listing_ratings (listing_id, review_count, imported_reviews, rating)
      select listing_id, review_count, imported_reviews, private.shown_rating(rated_stars, rated_reviews)
      from stars`,
  },
  {
    // One home in five hundred is talked about, as those are that everyone looks at.
    name: 'reviews',
    sql: `
      insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
      select bench.id('listing', i), 'Guest ' || number, repeat('We slept well. ', 20),
        current_date - floor(1500 * bench.h(1000 * i + number, 54))::integer, 'bench', i || ' ' || number
      from generate_series($1::integer, $2::integer) as i,
        generate_series(1, case when i % 500 = 0 then 400 else 1 end) as number
      where $3::integer > 0`,
  },
  {
    name: 'amenities',
    sql: `
      insert into public.listing_amenities (listing_id, amenity)
      select bench.id('listing', i), amenities.amenity
      from generate_series($1::integer, $2::integer) as i
      join public.amenities on bench.h(i, 100 + amenities.bit) < 0.9::float8 / (1 + amenities.bit) + 0.05::float8
      where $3::integer > 0`,
  },
  {
    name: 'days of their own price or rule',
    sql: `
      insert into public.calendar_days (listing_id, day, price_minor, minimum_nights, closed_to_arrival)
      select bench.id('listing', i), current_date + day, 100 * floor(50 + 200 * bench.h(i, 60)),
        case when i % 4 = 0 then 3 end, i % 8 = 0 and day % 7 = 0
      from generate_series($1::integer, $2::integer) as i, generate_series(5, 34) as day
      where bench.h(i, 61) < 0.1 and $3::integer > 0`,
  },
  {
    name: 'uploaded photos',
    sql: `
      insert into storage.objects (bucket_id, name)
      select 'photo-uploads', bench.id('listing', i) || '/front.jpg'
      from generate_series($1::integer, $2::integer) as i where $3::integer > 0`,
  },
  {
    name: 'calendars elsewhere',
    sql: `
      with feeds as (
        insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
        select bench.id('feed', i), bench.id('listing', i), 'Elsewhere', 'https://example.com/' || i, now(), now()
        from generate_series($1::integer, $2::integer) as i
        where i % 5 = 0 or ${hostOf('i')} = bench.id('host', 1)
        returning feed_id, listing_id
      )
      insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out)
      select feed_id, listing_id, 'event ' || place, current_date + 10 * place, current_date + 10 * place + 3
      from feeds, generate_series(1, 8) as place`,
  },
];

// One run of nights in each fortnight, so that none meet: seven of ten are stays. `offset 0` keeps what has a name
// from being reckoned again wherever it is named. Claims and bookings are both made of these, so that neither is
// looked up for the other: without their indexes, that would read all of them for every block of homes.
const runs = `
  (
    select i, bench.id('listing', i) as listing_id
    from generate_series($1::integer, $2::integer) as i offset 0) as home
  cross join generate_series(1, $3::integer) as k
  cross join lateral (
    select number, bench.h(number, 72) < 0.7 as stay, starts_on,
      starts_on + 1 + floor(6 * bench.h(number, 71))::integer as ends_on
    from (select home.i * 1000 + k as number,
      current_date - 70 + 14 * k + floor(7 * bench.h(home.i * 1000 + k, 70))::integer as starts_on offset 0) as start
    offset 0) as run`;

export const claims = `
  insert into private.claims (claim_id, listing_id, nights, lane, kind, booking_id)
  select bench.id('claim', run.number), home.listing_id, daterange(run.starts_on, run.ends_on),
    case when run.stay then '(,)'::int4range
      else int4range((home.i * 100 + k)::integer, (home.i * 100 + k + 1)::integer) end,
    case when run.stay then 'stay' else 'block' end::private.claim_kind,
    case when run.stay then bench.id('booking', run.number) end
  from ${runs}`;

export const emptyTalked = `
  create temp table if not exists talked (like public.bookings, talk_id uuid, number bigint);
  truncate talked`;

// Of one booking in five there is all that people write, read and are paid: 280,000 of 1.4 million. A guest and a
// home talk in one place, however often they meet.
export const bookings = `
  with made as (
    insert into public.bookings (
      booking_id, listing_id, host_id, guest_id, status, check_in, check_out, guests, infants, pets, currency,
      subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights, time_zone,
      check_in_time, check_out_time, created_at, placed_at, confirmed_at)
    select bench.id('booking', run.number), listings.listing_id, listings.host_id,
      bench.id('guest', 1 + floor($4::integer * bench.h(run.number, 80))::integer),
      case when ends_on < current_date then 'completed' else 'confirmed' end::public.booking_status,
      starts_on, ends_on, 2, 0, 0, listings.currency, 30000, 0, 0,
      listings.cancellation_policy, true, 0, listings.time_zone, listings.check_in_time, listings.check_out_time,
      starts_on - interval '40 days', starts_on - interval '40 days', starts_on - interval '40 days'
    from ${runs}
    join public.listings on listings.listing_id = home.listing_id
    where run.stay
    returning bookings.*
  )
  insert into talked
  select once.*, bench.id('talk', $5::integer + row_number() over ()), $5::integer + row_number() over ()
  from (
    select distinct on (listing_id, guest_id) made.* from made
    where bench.h(uuid_hash(booking_id), 81) < 0.2
    order by listing_id, guest_id, booking_id) as once`;

export const ofTheirLives = [
  {
    name: 'conversations, four messages each',
    sql: `
      with conversations as (
        insert into public.conversations (
          conversation_id, listing_id, guest_id, inquiry, messages, started_at, last_message_at)
        select talk_id, listing_id, guest_id, false, 4, created_at, created_at + interval '3 hours' from talked
      ), inbox as (
        insert into public.inbox_entries (conversation_id, profile_id, side, read_position, unread, last_message_at)
        select talk_id, profile_id, side, case when bench.h(number, 90) < 0.1 then 2 else 4 end,
          case when bench.h(number, 90) < 0.1 then 1 else 0 end, created_at + interval '3 hours'
        from talked cross join lateral (values
          (guest_id, 'guest'::public.booking_actor), (host_id, 'host')) as party (profile_id, side)
      )
      insert into public.messages (
        message_id, conversation_id, position, kind, side, sender_id, booking_id, event, body, sent_at)
      select bench.id('message', number * 4 + position), talk_id, position,
        case when position = 1 then 'event' else 'text' end::public.message_kind,
        (array['system', 'guest', 'host', 'guest'])[position]::public.booking_actor,
        (array[null, guest_id, host_id, guest_id])[position], case when position = 1 then booking_id end,
        case when position = 1 then 'confirmed'::public.booking_status end,
        case when position = 1 then '' else repeat('When may we come? ', 6) end, created_at + position * interval '1 hour'
      from talked, generate_series(1, 4) as position`,
  },
  {
    name: 'notifications',
    sql: `
      insert into public.notifications (
        profile_id, kind, template, booking_id, about, subject_id, cause, created_at, read_at)
      select profile_id, 'booking', 'booking_confirmed', booking_id, 'booking', booking_id, side || ' ' || booking_id, created_at,
        case when bench.h(number, 91) < 0.9 then created_at + interval '1 day' end
      from talked cross join lateral (values (guest_id, 'guest'), (host_id, 'host')) as party (profile_id, side)`,
  },
  {
    name: 'what hosts said of guests, and their ratings',
    sql: `
      with reviews as (
        insert into public.guest_reviews (
          booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication, house_rules,
          body, written_on, closes_at, revealed_at)
        select booking_id, listing_id, guest_id, host_id, 'Host', 5, 5, 5, 5, repeat('Welcome again. ', 10),
          check_out, check_out + 14, check_out + 14
        from talked where status = 'completed'
        returning guest_id
      )
      insert into public.guest_ratings (guest_id, review_count, rating)
      select guest_id, count(*), 5 from reviews group by guest_id
      on conflict (guest_id) do update
      set review_count = guest_ratings.review_count + excluded.review_count`,
  },
  {
    name: 'inquiries and offers',
    sql: `
      with asked as (
        insert into public.inquiries (
          inquiry_id, conversation_id, listing_id, guest_id, check_in, check_out, guests, infants, pets, created_at)
        select bench.id('inquiry', number), talk_id, listing_id, guest_id, check_in, check_out, 2, 0, 0, created_at
        from talked where number % 5 = 0
      )
      insert into public.offers (
        offer_id, inquiry_id, listing_id, guest_id, sent_by, kind, status, check_in, check_out, guests, infants, pets,
        currency, created_at, expires_at)
      select bench.id('offer', number), bench.id('inquiry', number), listing_id, guest_id, host_id, 'pre_approval',
        'expired', check_in, check_out, 2, 0, 0, currency, created_at, created_at + interval '1 day'
      from talked where number % 5 = 0`,
  },
  {
    name: 'the ledger and what hosts earned',
    sql: `
      with entries as (
        insert into private.ledger_entries (
          source_kind, source_id, account, host_id, listing_id, booking_id, currency, amount_minor, entered_at)
        select 'payout', booking_id, account, case when account = 'host' then host_id end, listing_id, booking_id,
          currency, amount_minor, created_at
        from talked cross join lateral (values
          ('host'::private.ledger_account, 29100), ('stripe_balance', -29100)) as leg (account, amount_minor)
        where status = 'completed'
      )
      insert into public.earnings (
        kind, source_id, host_id, booking_id, listing_id, listing_title, check_in, check_out, currency, gross_minor,
        host_fee_minor, adjustment_minor, penalty_minor, debt_minor, net_minor, earned_on, entered_at)
      select 'payout', booking_id, host_id, booking_id, listing_id, 'A home', check_in, check_out, currency, 30000, 900,
        0, 0, 0, 29100, check_in + 1, check_in + 1
      from talked where status = 'completed'`,
  },
  {
    name: 'reports, and what staff did',
    sql: `
      with reports as (
        insert into public.reports (report_id, reporter_id, subject, subject_id, category, body, status, created_at, closed_at)
        select bench.id('report', number), guest_id, 'listing', listing_id, 'fraud', 'Look at this.',
          case when number % 200 = 0 then 'open' else 'closed' end::public.report_status, created_at,
          case when number % 200 > 0 then created_at end
        from talked where number % 20 = 0
        returning report_id, subject_id
      ), cases as (
        insert into private.report_cases (report_id, excerpt) select report_id, 'Home' from reports
      ), files as (
        insert into storage.objects (bucket_id, name)
        select 'evidence', guest_id || '/' || bench.id('report', number) || '/photo.jpg'
        from talked where number % 20 = 0
      ), decisions as (
        insert into private.decisions (report_id, staff_id, measure, object_id, reason, decided_at)
        select bench.id('report', number), bench.id('guest', 1), 'dismiss', listing_id, 'Nothing.', created_at
        from talked where number % 20 = 0 and number % 200 > 0
      ), log as (
        insert into private.audit_log (happened_at, actor, action, object, object_id)
        select created_at, 'server', 'report.claimed', 'report', bench.id('report', number)
        from talked where number % 20 = 0
      )
      insert into private.audit_log (happened_at, actor, actor_id, action, object, object_id)
      select created_at, 'person', bench.id('guest', 1), 'listing.hidden', 'listing', listing_id
      from talked`,
  },
];

/** Of the guests $1 to $2, with $3 homes in all. */
export const ofTheirWishes = `
  with owners as (
    select bench.id('guest', i) as profile_id, i as number
    from generate_series($1::integer, $2::integer) as i
  ), lists as (
    insert into public.wishlists (wishlist_id, owner_id, name, created_at)
    select bench.id('wishlist', number), profile_id, 'Summer', now() - interval '9 days' from owners
  ), members as (
    insert into public.wishlist_members (wishlist_id, profile_id, joined_at)
    select bench.id('wishlist', number), profile_id, now() - interval '9 days' from owners
  )
  insert into public.wishlist_homes (wishlist_id, listing_id, position, added_by, added_at)
  select bench.id('wishlist', number), bench.id('listing', 1 + (number * 13 + place * 101) % $3::integer),
    place, profile_id, now() - interval '9 days'
  from owners, generate_series(1, 10) as place`;
