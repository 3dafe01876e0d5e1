-- A small town to try things in: four people, a handful of homes, and one booking in every status.
--
-- It creates no login. People who signed up as ada@, alan@, grace@ or hedy@example.com become the
-- people of this town; where they have not (`supabase db reset`), profiles without a login take
-- their place under the ids below, and a login made later with that id is theirs
-- (`auth.admin.createUser({ id, email, password })`).
--
-- It may run again: what is there stays as it is. Days are counted from today, and every booking
-- reaches its status by the moves a booking may make. No card was charged: the commands for Stripe
-- and the mails count as carried out, and the local stack tells its fake Stripe what was paid
-- (local/demo-money.ts). With a Stripe of one's own, `npm start` leaves out whatever was paid: Stripe
-- does not know it, so each refund, payout and comparison would fail there.

-- `supabase db push --include-seed` runs this against any project it is pointed at, and invented homes
-- would be for rent there. Local is a database that npm start made, or one of the CLI's own stack, whose
-- signing secret everybody knows.
do $$
begin
  if not exists (select from private.settings where settings.environment = 'local')
    and current_setting('app.settings.jwt_secret', true)
      is distinct from 'super-secret-jwt-token-with-at-least-32-characters-long'
  then
    raise exception 'not_local'
      using detail = 'The small town is for local stacks alone. Nothing was changed. Push without --include-seed.';
  end if;
end $$;

create or replace function pg_temp.person(name text)
  returns uuid
  language sql
  stable
  return coalesce(
    (select users.id from auth.users where users.email = person.name || '@example.com'),
    case person.name
      when 'ada'   then '00000000-0000-4000-8000-000000000001'
      when 'alan'  then '00000000-0000-4000-8000-000000000002'
      when 'grace' then '00000000-0000-4000-8000-000000000003'
      when 'hedy'  then '00000000-0000-4000-8000-000000000004'
    end::uuid);

create or replace function pg_temp.listing(number integer)
  returns uuid
  language sql
  immutable
  return ('10000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid;

create or replace function pg_temp.booking(status public.booking_status)
  returns uuid
  language sql
  immutable
  return ('20000000-0000-4000-8000-' || lpad(
    array_position(enum_range(null::public.booking_status), status)::text, 12, '0'))::uuid;

create or replace function pg_temp.become(name text)
  returns void
  language sql
  volatile
begin atomic
  select set_config(
    'request.jwt.claims',
    json_build_object('sub', pg_temp.person(name), 'role', 'authenticated')::text, true);
end;

-- People

select private.make_profile(pg_temp.person(lower(name)), name, lower(name) || '@example.com')
from unnest(array['Ada', 'Alan', 'Grace', 'Hedy']) as name;

update public.profiles
set about = told.about, location = told.location, languages = told.languages
from (values
  ('ada',   'Counts the trains. Travels light, leaves early.',          'London', '{en,fr}'::text[]),
  ('alan',  'Runs before breakfast and is no trouble afterwards.',      'Manchester', '{en}'),
  ('grace', 'Keeps the old mill, and knows which floorboard sings.',    'Sainte-Lune', '{en,fr}'),
  ('hedy',  'A houseboat, a garden, and a wooden house far from here.', 'Sainte-Lune', '{de,en,fr}')
) as told (name, about, location, languages)
where profiles.profile_id = pg_temp.person(told.name) and profiles.about = '';

update public.private_profiles
set phone = told.phone
from (values
  ('ada', '+442079460001'), ('alan', '+441614960002'),
  ('grace', '+33199000003'), ('hedy', '+33199000004')
) as told (name, phone)
where private_profiles.profile_id = pg_temp.person(told.name) and private_profiles.phone is null;

-- Homes

insert into public.listings (
  listing_id, host_id, place_id, title, description, property_type, room_type, capacity, bedrooms,
  beds, bathrooms, maximum_pets, house_rules, country_code, city, time_zone, currency,
  cancellation_policy, instant_book, language)
select
  pg_temp.listing(number), pg_temp.person(host), place_id::uuid, title, description, property_type,
  room_type::public.room_type, capacity, bedrooms, beds, bathrooms, maximum_pets, house_rules,
  country_code, city, time_zone, currency, policy, instant_book, 'en'
from (values
  (1, 'grace', null, 'The old mill on the Lune',
    'Three floors of oak above the water wheel. It turns on Sundays; the other days are quiet.',
    'mill', 'entire_home', 6, 3, 4, 2.0, 1, 'No shoes upstairs.', 'FR', 'Sainte-Lune',
    'Europe/Paris', 'EUR',
    'moderate', true),
  (2, 'grace', null, 'Loft above the bakery',
    'One bright room. Warm bread from six in the morning, whether you are awake or not.',
    'loft', 'entire_home', 2, 1, 1, 1.0, 0, '', 'FR', 'Sainte-Lune', 'Europe/Paris', 'EUR',
    'flexible', true),
  (3, 'hedy', null, 'Garden room behind the walnut tree',
    'A room of your own with a door to the garden; the kitchen is shared with the family.',
    'house', 'private_room', 2, 1, 1, 1.0, 2, 'The cat decides where she sleeps.', 'FR',
    'Sainte-Lune',
    'Europe/Paris', 'EUR', 'moderate', false),
  (4, 'hedy', null, 'Houseboat Marianne',
    'She does not sail any more, but she still rocks a little. Two cabins, a deck in the sun.',
    'houseboat', 'entire_home', 4, 2, 3, 1.0, 0, 'Children wear a life jacket on deck.', 'FR',
    'Sainte-Lune',
    'Europe/Paris', 'EUR', 'strict', true),
  (5, 'grace', null, 'Attic for friends of the house',
    'A bed for people who help with the harvest. It is free; Grace wants to know you first.',
    'mill', 'private_room', 1, 1, 1, 1.0, 0, '', 'FR', 'Sainte-Lune', 'Europe/Paris', 'EUR',
    'flexible', false),
  (6, 'hedy', null, 'Machiya with an inner garden',
    'A wooden town house: two tatami rooms, a deep bath, and a garden the size of a carpet.',
    'machiya', 'entire_home', 4, 2, 4, 1.0, 0, 'The floor is older than you. Slippers, please.',
    'JP', 'Kyoto',
    'Asia/Tokyo', 'JPY', 'firm', true),
  (7, 'hedy', '11000000-0000-4000-8000-000000000001', 'Station hotel, room 1',
    'A small hotel with two rooms. This one looks at the platform.',
    'hotel', 'hotel_room', 2, 1, 1, 1.0, 0, '', 'FR', 'Sainte-Lune', 'Europe/Paris', 'EUR',
    'non_refundable', true),
  (8, 'hedy', '11000000-0000-4000-8000-000000000001', 'Station hotel, room 2',
    'A small hotel with two rooms. This one looks at the vineyards.',
    'hotel', 'hotel_room', 2, 1, 1, 1.0, 0, '', 'FR', 'Sainte-Lune', 'Europe/Paris', 'EUR',
    'non_refundable', true),
  (9, 'grace', null, 'The lighthouse, nearly ready',
    '', 'lighthouse', 'entire_home', 2, 1, 1, 1.0, 0, '', 'FR', 'Sainte-Lune', 'Europe/Paris',
    'EUR', 'limited', true)
) as home (
  number, host, place_id, title, description, property_type, room_type, capacity, bedrooms, beds,
  bathrooms, maximum_pets, house_rules, country_code, city, time_zone, currency, policy,
  instant_book)
on conflict do nothing;

insert into public.listing_hosts (listing_id, profile_id, role)
select listings.listing_id, listings.host_id, 'owner'
from public.listings
where listings.listing_id between pg_temp.listing(1) and pg_temp.listing(9)
on conflict do nothing;
insert into public.listing_hosts (listing_id, profile_id, role)
values (pg_temp.listing(1), pg_temp.person('hedy'), 'full')
on conflict do nothing;

insert into public.listing_addresses (listing_id, street, postal_code, latitude, longitude)
select pg_temp.listing(number), street, postal_code, latitude, longitude
from (values
  (1, '1 chemin du Moulin',    '71990', 46.8412, 4.1208),
  (2, '12 rue du Four',        '71990', 46.8391, 4.1262),
  (3, '7 impasse des Noyers',  '71990', 46.8437, 4.1315),
  (4, 'Quai des Mariniers',    '71990', 46.8379, 4.1191),
  (5, '1 chemin du Moulin',    '71990', 46.8412, 4.1208),
  (6, '23 Kamanza-cho',        '604-0000', 35.0087, 135.7561),
  (7, '2 place de la Gare',    '71990', 46.8365, 4.1290),
  (8, '2 place de la Gare',    '71990', 46.8365, 4.1290)
) as address (number, street, postal_code, latitude, longitude)
on conflict do nothing;

insert into public.listing_access (listing_id, instructions, door_code, wifi_name, wifi_password)
select pg_temp.listing(number), instructions, door_code, wifi_name, wifi_password
from (values
  (1, 'The key hangs in the wheel house, behind the calendar of 1987.', '1848', 'oldmill',
    'turn-turn-turn'),
  (2, 'Ring at the bakery; after two in the afternoon use the side door.', '0642', 'levain',
    'sourdough'),
  (3, 'Through the green gate. The cat will show you the way.', '', 'walnut', 'shell-by-shell'),
  (4, 'Mind the second plank.', '2501', 'marianne', 'ahoy-marianne'),
  (6, 'The lock turns the other way round.', '7731', 'machiya', 'tsuboniwa')
) as access (number, instructions, door_code, wifi_name, wifi_password)
on conflict do nothing;

insert into public.listing_prices (
  listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor,
  cleaning_fee_minor, pet_fee_minor, early_bird_days, early_bird_bp, last_minute_days,
  last_minute_bp)
select
  pg_temp.listing(number), base, weekend, included, extra, cleaning, pet, early_days, early_bp,
  late_days, late_bp
from (values
  (2,  8500,  null,     2,     0,  2500,    0,   60, 1000,    3, 1500),
  (1, 18000, 22000,     4,  1500,  6000, 2500, null, null, null, null),
  (3,  5500,  6000,     2,     0,     0, 1000, null, null, null, null),
  (4, 14000, 16500,     2,  2000,  4500,    0, null, null,    7, 1000),
  (5,     0,  null,     1,     0,     0,    0, null, null, null, null),
  (6, 24000, 28000,     2,  4000,  9000,    0, null, null, null, null),
  (7,  7900,  8900,     2,     0,     0,    0, null, null, null, null),
  (8,  8400,  9400,     2,     0,     0,    0, null, null, null, null)
) as price (
  number, base, weekend, included, extra, cleaning, pet, early_days, early_bp, late_days, late_bp)
on conflict do nothing;

insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
values (pg_temp.listing(1), 7, 1000), (pg_temp.listing(1), 28, 2500), (pg_temp.listing(4), 7, 1200)
on conflict do nothing;

insert into public.booking_rules (
  listing_id, minimum_nights, advance_notice_days, same_day_cutoff_hour, preparation_nights,
  departure_weekdays)
select pg_temp.listing(number), minimum_nights, notice, cutoff, preparation, departures
from (values
  (1, 2, 1, 18, 1, '{1,2,3,4,5,6,7}'::smallint[]),
  (2, 1, 0, 20, 0, '{1,2,3,4,5,6,7}'),
  (3, 1, 0, 18, 0, '{1,2,3,4,5,6,7}'),
  (4, 2, 2, 18, 1, '{1,2,3,4,5,6,7}'),
  (5, 1, 0, 18, 0, '{1,2,3,4,5,6,7}'),
  (6, 2, 3, 18, 1, '{1,2,3,4,5,6,7}'),
  (7, 1, 0, 22, 0, '{1,2,3,4,5,6,7}'),
  (8, 1, 0, 22, 0, '{1,2,3,4,5,6}'),
  (9, 1, 0, 18, 0, '{1,2,3,4,5,6,7}')
) as rule (number, minimum_nights, notice, cutoff, preparation, departures)
on conflict do nothing;

insert into public.listing_amenities (listing_id, amenity)
select pg_temp.listing(number), amenity
from (values
  (1, '{wifi,kitchen,heating,washer,free_parking,waterfront,indoor_fireplace,smoke_alarm}'::text[]),
  (2, '{wifi,kitchen,heating,workspace,coffee_maker,hair_dryer,smoke_alarm}'),
  (3, '{wifi,backyard,bbq_grill,breakfast,private_entrance,lock_on_bedroom_door,smoke_alarm}'),
  (4, '{wifi,kitchen,waterfront,patio_or_balcony,board_games,smoke_alarm,carbon_monoxide_alarm}'),
  (5, '{wifi,books}'),
  (6, '{wifi,kitchen,air_conditioning,bathtub,washer,books,smoke_alarm}'),
  (7, '{wifi,tv,paid_parking,elevator,step_free_access}'),
  (8, '{wifi,tv,paid_parking,elevator,step_free_access}')
) as offer (number, amenities), unnest(amenities) as amenity
on conflict do nothing;

insert into public.listing_photos (photo_id, listing_id, storage_path, caption, position)
select
  ('12000000-0000-4000-8000-' || lpad((number * 100 + position)::text, 12, '0'))::uuid,
  pg_temp.listing(number), pg_temp.listing(number) || '/' || position || '.png', caption, position
from (values
  (1, 1, 'The mill from the bridge'), (1, 2, 'Under the roof'), (1, 3, 'The wheel'),
  (2, 1, 'The window over the square'), (3, 1, 'The door to the garden'), (4, 1, 'At her quay'),
  (4, 2, 'On deck'), (6, 1, 'The inner garden'), (7, 1, 'Room 1'), (8, 1, 'Room 2')
) as photo (number, position, caption)
on conflict (photo_id) do nothing;

insert into private.taxes (
  tax_id, name, country_code, city, basis, rate_bp, amount_minor, currency, maximum_nights,
  exempt_from_nights)
values
  ('13000000-0000-4000-8000-000000000001', 'Tourist tax of Sainte-Lune', 'FR', 'Sainte-Lune',
    'percent_of_nights', 500, null, null, null, 28),
  ('13000000-0000-4000-8000-000000000002', 'Kyoto accommodation tax', 'JP', 'Kyoto',
    'per_guest_night', null, 200, 'JPY', null, null),
  ('13000000-0000-4000-8000-000000000003', 'Consumption tax', 'JP', null,
    'percent_of_nights_and_fees', 1000, null, null, null, null)
on conflict do nothing;

-- Harvest prices, a day without a receptionist, a week that Hedy keeps for herself.
insert into public.calendar_days (
  listing_id, day, price_minor, minimum_nights, closed_to_arrival, closed_to_departure)
select pg_temp.listing(1), private.today('Europe/Paris') + ahead, 26000, 3, false, false
from generate_series(60, 66) as ahead
union all
select pg_temp.listing(8), private.today('Europe/Paris') + 30, null, null, true, true
on conflict do nothing;

insert into private.claims (claim_id, listing_id, nights, lane, kind, note)
select '14000000-0000-4000-8000-000000000001', pg_temp.listing(4),
  daterange(private.today('Europe/Paris') + 40, private.today('Europe/Paris') + 47),
  private.own_lane(), 'block', 'My sister visits.'
where not exists (
  select from private.claims where claims.claim_id = '14000000-0000-4000-8000-000000000001');

-- What guests said of two of them before they were here, and how many there were.
insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
select pg_temp.listing(number), author, said, private.today('Europe/Paris') - ago, 'town', number || '-' || ago
from (values
  (1, 'Mary',   'We woke to the river and to nothing else. The third stair does sing.',     300),
  (1, 'Edsger', 'Everything is where it should be. I found no fault, and I looked.',        220),
  (1, 'Joan',   'The wheel turned on Sunday and the children stood before it for an hour.', 150),
  (4, 'Annie',  'She rocks a little. We slept better than at home.',                        190),
  (4, 'Ken',    'The plank is narrow, the sunset is not.',                                   90)
) as told (number, author, said, ago)
on conflict do nothing;
insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
values
  (pg_temp.listing(1), pg_temp.person('grace'), 24, 4.83),
  (pg_temp.listing(4), pg_temp.person('hedy'),   2, 4.50)
on conflict do nothing;

do $$
declare
  home public.listings;
begin
  for home in
    select * from public.listings
    where listings.listing_id between pg_temp.listing(1) and pg_temp.listing(8)
      and listings.status = 'draft'
    order by listings.listing_id
  loop
    perform pg_temp.become(
      case home.host_id when pg_temp.person('grace') then 'grace' else 'hedy' end);
    perform private.publish_listing(home.listing_id);
  end loop;
end $$;

-- Bookings

create or replace function pg_temp.hold(
  guest text, becomes public.booking_status, number integer, check_in date, nights integer,
  guests integer)
  returns uuid
  language plpgsql
  volatile
as $$
begin
  perform pg_temp.become(guest);
  perform private.request_booking(
    pg_temp.booking(becomes), pg_temp.listing(number), check_in, check_in + nights, guests, 0, 0,
    (private.price_stay(
      pg_temp.listing(number), check_in, check_in + nights, guests, 0)).total_minor, '');
  return pg_temp.booking(becomes);
end $$;

-- No verb sells nights that have passed, so a stay that is over is written as it was then.
create or replace function pg_temp.past_hold(
  guest text, becomes public.booking_status, number integer, check_in date, nights integer,
  guests integer)
  returns uuid
  language plpgsql
  volatile
as $$
declare
  priced  private.priced_stay :=
    private.price_stay(pg_temp.listing(number), check_in, check_in + nights, guests, 0);
  booking public.bookings;
begin
  perform pg_temp.become(guest);
  insert into public.bookings (
    booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, currency,
    subtotal_minor, taxes_minor, discount, discount_bp, cancellation_policy, instant_book,
    preparation_nights, time_zone, check_in_time, check_out_time, expires_at, created_at)
  select
    pg_temp.booking(becomes), listings.listing_id, listings.host_id, pg_temp.person(guest),
    past_hold.check_in, past_hold.check_in + nights, past_hold.guests, 0, 0, priced.currency,
    priced.subtotal_minor, priced.taxes_minor, priced.discount, priced.discount_bp,
    listings.cancellation_policy, listings.instant_book, 0, listings.time_zone,
    listings.check_in_time, listings.check_out_time, private.now() + interval '15 minutes',
    private.now() - interval '30 days'
  from public.listings
  where listings.listing_id = pg_temp.listing(number)
  returning * into booking;
  perform private.claim_nights(booking, 'hold');
  perform private.write_lines(booking.booking_id, priced);
  insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
  values (booking.booking_id, booking.guest_id, priced.guest_fee_bp, priced.guest_fee_minor,
    priced.total_minor);
  insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
  values (booking.booking_id, booking.listing_id, priced.host_fee_bp, priced.host_fee_minor,
    priced.payout_minor);
  perform private.open_payments(booking, private.planned_charges(
    priced, booking.check_in, booking.check_in_time, booking.time_zone));
  return booking.booking_id;
end $$;

-- What Stripe would tell about the one intent of a booking.
create or replace function pg_temp.stripe_says(booking_id uuid, intent_status text)
  returns void
  language plpgsql
  volatile
as $$
declare
  payment public.payments;
begin
  select * into strict payment from public.payments
  where payments.booking_id = stripe_says.booking_id;
  perform private.apply_payment_intent(
    null, payment.payment_id, 'pi_seed_' || right(payment.booking_id::text, 4), intent_status,
    payment.amount_minor,
    case intent_status when 'succeeded' then payment.amount_minor else 0 end, payment.currency,
    'ch_seed_' || right(payment.booking_id::text, 4), private.now() + interval '6 days', null);
end $$;

create or replace function pg_temp.pass_time_of(booking_id uuid)
  returns void
  language plpgsql
  volatile
as $$
declare
  booking public.bookings;
begin
  update public.bookings set expires_at = private.now()
  where bookings.booking_id = pass_time_of.booking_id
  returning * into strict booking;
  perform private.expire_if_overdue(booking);
end $$;

-- What goes back has arrived.
create or replace function pg_temp.refunds_arrive(booking_id uuid)
  returns void
  language plpgsql
  volatile
as $$
begin
  perform private.apply_refund(null, refunds.refund_id,
    're_seed_' || right(refunds.booking_id::text, 4), 'succeeded')
  from public.refunds where refunds.booking_id = refunds_arrive.booking_id;
end $$;

-- Reported the evening of check-in, not denied for two days.
create or replace function pg_temp.never_come(booking_id uuid, report text)
  returns void
  language plpgsql
  volatile
as $$
declare
  booking public.bookings;
begin
  select * into strict booking from public.bookings
  where bookings.booking_id = never_come.booking_id;
  insert into public.no_shows (booking_id, report, reported_at, object_until)
  select booking.booking_id, never_come.report, arrival + interval '6 hours',
    arrival + interval '54 hours'
  from (select private.instant_at(booking.check_in + booking.check_in_time, booking.time_zone) as arrival)
    as check_in;
  perform private.uphold_no_show(booking, 'system', null);
  perform pg_temp.refunds_arrive(booking.booking_id);
end $$;

-- Nobody in the town is staff: what staff decided is written as they would have.
create or replace function pg_temp.staff_cancel(booking_id uuid, reason text)
  returns void
  language plpgsql
  volatile
as $$
declare
  booking public.bookings;
  total   bigint;
begin
  select * into strict booking from public.bookings
  where bookings.booking_id = staff_cancel.booking_id;
  select guest_totals.total_minor into strict total from public.guest_totals
  where guest_totals.booking_id = booking.booking_id;
  perform private.end_stay(booking, 'staff', reason, private.share_by_refund(booking, total));
  perform pg_temp.refunds_arrive(booking.booking_id);
end $$;

-- One statement, so that nobody meets the town half-built.
do $$
declare
  today       date    := private.today('Europe/Paris');
  -- Stripe itself cannot be told of payments that were never made.
  real_stripe boolean := coalesce(current_setting('staybase.stripe', true), '') = 'real';
  booking     uuid;
begin
  if exists (
    select from public.bookings where bookings.booking_id = pg_temp.booking('awaiting_payment'))
  then
    return;
  end if;

  if not real_stripe then
    booking := pg_temp.hold('ada', 'confirmed', 1, today + 14, 3, 4);
    perform pg_temp.stripe_says(booking, 'succeeded');

    booking := pg_temp.past_hold('alan', 'completed', 2, today - 12, 4, 2);
    perform pg_temp.stripe_says(booking, 'succeeded');
    perform private.move_booking(booking, 'completed', 'system', null, null);

    booking := pg_temp.past_hold('alan', 'no_show', 7, today - 6, 2, 1);
    perform pg_temp.stripe_says(booking, 'succeeded');
    perform pg_temp.never_come(booking, 'Nobody came, nobody called.');
    update public.bookings
    set placed_at = bookings.created_at + interval '2 minutes',
        confirmed_at = bookings.created_at + interval '2 minutes'
    where bookings.booking_id in (pg_temp.booking('completed'), pg_temp.booking('no_show'));

    -- Asked for, the card authorised, declined: the authorisation is released.
    booking := pg_temp.hold('alan', 'declined', 3, today + 20, 2, 2);
    perform pg_temp.stripe_says(booking, 'requires_capture');
    perform pg_temp.become('hedy');
    perform private.decline_booking(booking, 'The walnut tree is being cut that week.');
    perform pg_temp.stripe_says(booking, 'canceled');

    booking := pg_temp.hold('ada', 'cancelled_by_host', 4, today + 30, 3, 2);
    perform pg_temp.stripe_says(booking, 'succeeded');
    perform pg_temp.become('hedy');
    perform private.cancel_booking(booking, 'Marianne has a leak.', null, null);
    perform pg_temp.refunds_arrive(booking);

    booking := pg_temp.hold('alan', 'cancelled_by_staff', 7, today + 9, 1, 1);
    perform pg_temp.stripe_says(booking, 'succeeded');
    perform pg_temp.staff_cancel(booking, 'The hotel was double-booked elsewhere.');

    -- Alan's hold passed, Grace took the nights for herself, then his money came: it went back.
    booking := pg_temp.hold('alan', 'payment_conflict', 1, today + 70, 2, 2);
    perform private.record_intent((private.start_payment(booking)).payment_id,
      'pi_seed_' || right(booking::text, 4));
    perform pg_temp.pass_time_of(booking);
    insert into private.claims (listing_id, nights, lane, kind, note)
    values (pg_temp.listing(1), daterange(today + 70, today + 72), private.own_lane(), 'block',
      'The wheel rests.');
    perform pg_temp.stripe_says(booking, 'succeeded');
    perform pg_temp.refunds_arrive(booking);
  end if;

  booking := pg_temp.hold('ada', 'cancelled_by_guest', 2, today + 25, 2, 1);
  perform pg_temp.become('ada');
  perform private.withdraw_booking(booking);

  booking := pg_temp.hold('ada', 'expired', 6, today + 50, 3, 2);
  perform pg_temp.pass_time_of(booking);

  -- A free stay asks no card, only Grace. She has a week, so that you have one to be Grace in.
  booking := pg_temp.hold('ada', 'requested', 5, today + 35, 2, 1);
  update public.bookings set expires_at = private.now() + interval '7 days'
  where bookings.booking_id = booking;
  update private.claims set expires_at = private.now() + interval '7 days'
  where claims.booking_id = booking;

  -- Unpaid: be Alan and pay it. A hold usually lasts a quarter of an hour.
  booking := pg_temp.hold('alan', 'awaiting_payment', 4, today + 21, 2, 2);
  update public.bookings set expires_at = private.now() + interval '7 days'
  where bookings.booking_id = booking;
  update private.claims set expires_at = private.now() + interval '7 days'
  where claims.booking_id = booking;

  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.booking_id between pg_temp.booking('awaiting_payment')
    and pg_temp.booking('payment_conflict')
    and commands.status in ('waiting', 'running');
  perform set_config('request.jwt.claims', '', true);
end $$;

-- What a job does a moment later elsewhere: the places of these homes are found at once.
do $$
begin
  set constraints all immediate;
  perform private.count_places(1000);
end $$;
