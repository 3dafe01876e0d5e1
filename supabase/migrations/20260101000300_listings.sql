-- Listings: a home or a room that can be booked as one unit, from draft to published.
--
-- What everyone may read of a listing stands in `listings`. Where exactly it is
-- (`listing_addresses`) and how to get in (`listing_access`) are tables of their own, because
-- readers differ and a policy hides rows, not columns.

create type public.listing_status as enum ('draft', 'published', 'hidden');
create type public.room_type as enum ('entire_home', 'private_room', 'shared_room', 'hotel_room');
create type public.host_role as enum ('owner', 'full', 'calendar');

-- Cancellation policies by name; what each gives back belongs to the rules of cancelling.
create table public.cancellation_policies (
  cancellation_policy text primary key,
  summary             text not null
);

alter table public.cancellation_policies enable row level security;
create policy "anyone reads the cancellation policies" on public.cancellation_policies
  for select to anon, authenticated using (true);
grant select on public.cancellation_policies to anon, authenticated;
comment on table public.cancellation_policies is
  'The cancellation policies a host can choose from.';

insert into public.cancellation_policies (cancellation_policy, summary) values
  ('flexible',       'Full refund until 24 hours before check-in, then all but the first night.'),
  ('moderate',       'Full refund until 5 days before check-in, then half, without the first night.'),
  ('limited',        'Full refund until 14 days before check-in, half until 7 days, then none.'),
  ('firm',           'Full refund until 30 days before check-in, half until 7 days, then none.'),
  ('strict',         'Half refund until 7 days before check-in, then none.'),
  ('non_refundable', 'No refund.');

-- Listings

create table public.listings (
  listing_id          uuid                  primary key,
  host_id             uuid                  not null references public.profiles on delete restrict,
  place_id            uuid,
  status              public.listing_status not null default 'draft',
  title               text                  not null,
  description         text                  not null default '',
  property_type       text                  not null default 'home',
  room_type           public.room_type      not null default 'entire_home',
  capacity            smallint              not null default 2,
  bedrooms            smallint              not null default 1,
  beds                smallint              not null default 1,
  bathrooms           numeric(4, 1)         not null default 1,
  maximum_pets        smallint              not null default 0,
  smoking_allowed     boolean               not null default false,
  parties_allowed     boolean               not null default false,
  house_rules         text                  not null default '',
  registration_number text,
  country_code        text,
  region              text,
  city                text,
  latitude            double precision,
  longitude           double precision,
  time_zone           text                  not null,
  currency            text                  not null,
  cancellation_policy text                  not null default 'moderate'
                                            references public.cancellation_policies,
  instant_book        boolean               not null default true,
  damage_claims       boolean               not null default false,
  check_in_time       time                  not null default '15:00',
  check_out_time      time                  not null default '11:00',
  source              text,
  source_id           text,
  created_at          timestamptz           not null default now(),
  published_at        timestamptz,

  constraint listings_have_a_title          check (char_length(btrim(title)) between 1 and 200),
  constraint listings_describe_themselves   check (char_length(description) <= 20000),
  constraint listings_are_of_some_type      check (char_length(btrim(property_type)) between 1 and 80),
  constraint listings_sleep_someone         check (capacity between 1 and 64),
  constraint listings_count_their_bedrooms  check (bedrooms between 0 and 100),
  constraint listings_count_their_beds      check (beds between 0 and 200),
  constraint listings_count_their_bathrooms check (bathrooms between 0 and 100),
  constraint listings_count_their_pets      check (maximum_pets between 0 and 10),
  constraint listings_have_readable_rules   check (char_length(house_rules) <= 10000),
  constraint listings_have_a_short_number   check (char_length(registration_number) <= 200),
  -- Latin, Greek, Cyrillic, Japanese, Chinese and Korean letters, digits, and what joins them.
  constraint listings_have_a_plain_number   check (
    registration_number ~
      '^[-0-9A-Za-z .,:;/()#_\u00AA\u00B0\u00BA\u00C0-\u024F\u0370-\u0481\u3041-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3]*$'),
  -- Everybody reads it: no links, apps, or digits in the groups of a telephone number. A run of digits without
  -- a gap is what many registers give out.
  constraint listings_number_calls_nobody   check (
    registration_number !~* (
      '//|www[.]|[0-9a-z-]{3,}[.](com|net|org|info|biz|app|io|eu|me|de|fr|es|it|pt|nl|uk|us|ca|au|br|mx)(?![0-9a-z])'
      || '|whats ?app|telegram|instagram|facebook|messenger|viber|skype|gmail|hotmail'
      || '|(?<![a-z])(tel|phone|call|e-?mail)(?![a-z])'
      || '|(?<![0-9a-z-])([0-9]{2}([ .-][0-9]{2}){3,}|([(]?[0-9]{3}[)]?|[0-9]{5})[ .-][0-9]{3,4}[ .-][0-9]{3,4}'
      || '|0[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3})(?![0-9a-z-])')),
  constraint listings_stand_in_a_country    check (country_code ~ '^[A-Z]{2}$'),
  constraint listings_stand_in_a_region     check (char_length(region) between 1 and 100),
  constraint listings_stand_in_a_city       check (char_length(city) between 1 and 100),
  constraint listings_stand_on_earth        check (
    (latitude is null) = (longitude is null)
    and latitude between -90 and 90 and longitude between -180 and 180),
  constraint listings_price_in_a_currency   check (currency ~ '^[A-Z]{3}$'),
  constraint listings_let_guests_leave      check (check_out_time <= check_in_time),
  constraint listings_say_where_from        check ((source is null) = (source_id is null)),
  constraint listings_come_in_once          unique (source, source_id),
  constraint listings_appear_on_earth       check (status <> 'published' or latitude is not null)
);

create index listings_host_id_idx on public.listings (host_id);
create index listings_cancellation_policy_idx on public.listings (cancellation_policy);
create index listings_place_id_idx on public.listings (place_id) where place_id is not null;
create index listings_newest_idx on public.listings (published_at desc, listing_id)
  where status = 'published';

comment on table public.listings is
  'A home or room that can be booked: one bookable unit for ever.';
comment on column public.listings.registration_number is
  'The number that a register gave the home, shown to everyone: letters, digits and what joins them, without '
  'contact data.';
comment on column public.listings.damage_claims is
  'Whether the cards of guests are kept, so that damage can be claimed from them.';
comment on column public.listings.place_id is
  'Several like units in one place are several listings with one place_id.';
comment on column public.listings.latitude is
  'The public point: near the address, always the same, set when the address is.';
comment on column public.listings.host_id is 'The owner; co-hosts are rows of listing_hosts.';
comment on column public.listings.source is
  'Where an imported listing came from; null for those made here.';

alter table public.listings enable row level security;

create policy "visitors see published listings" on public.listings
  for select to anon using (status = 'published');
-- What signed-in people see depends on their bookings too: that policy is in the chapter of
-- bookings.

grant select on public.listings to anon, authenticated;
grant update (
  title, description, property_type, room_type, capacity, bedrooms, beds, bathrooms, maximum_pets,
  smoking_allowed, parties_allowed, house_rules, registration_number, country_code, region, city,
  time_zone, cancellation_policy, instant_book, damage_claims, check_in_time, check_out_time
) on public.listings to authenticated;
-- No insert: create_listing makes the owner and the booking rules with it. No status: publishing is
-- a verb. No currency: prices would change their meaning under it. No point: it follows the address.

-- Who hosts

create table public.listing_hosts (
  listing_id uuid             not null references public.listings on delete cascade,
  profile_id uuid             not null references public.profiles on delete restrict,
  role       public.host_role not null,
  since      timestamptz      not null default now(),

  primary key (listing_id, profile_id)
);

create unique index listing_hosts_one_owner_idx on public.listing_hosts (listing_id)
  where role = 'owner';
create index listing_hosts_profile_id_idx on public.listing_hosts (profile_id, listing_id);

comment on table public.listing_hosts is
  'Who hosts a listing: its owner, co-hosts with full rights, co-hosts of the calendar.';

-- What each role may do, as rows: the one place where a right is given. A suspended owner goes on
-- seeing what was booked with them, and what they are paid for it.
create table private.host_rights (
  role            public.host_role not null,
  deed            text             not null,
  while_suspended boolean          not null default false,

  primary key (role, deed)
);

alter table private.host_rights enable row level security;
comment on table private.host_rights is 'What a host of each role may do.';
comment on column private.host_rights.while_suspended is
  'Rights to look, which a suspended account keeps; verbs that do something refuse it by themselves.';

insert into private.host_rights (role, deed, while_suspended) values
  ('owner',    'see',      true),
  ('owner',    'calendar', false),
  ('owner',    'prices',   false),
  ('owner',    'listing',  false),
  ('owner',    'bookings', true),
  ('owner',    'contacts', false),
  ('owner',    'roles',    false),
  ('owner',    'payouts',  true),
  ('full',     'see',      false),
  ('full',     'calendar', false),
  ('full',     'prices',   false),
  ('full',     'listing',  false),
  ('full',     'bookings', false),
  ('full',     'contacts', false),
  ('calendar', 'see',      false),
  ('calendar', 'calendar', false);

create function private.may_manage(listing_id uuid, deed text)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select
    from public.listing_hosts
    join private.host_rights on host_rights.role = listing_hosts.role
    where listing_hosts.listing_id = may_manage.listing_id
      and listing_hosts.profile_id = (select auth.uid())
      and host_rights.deed = may_manage.deed
      and (host_rights.while_suspended or not exists (
        select from private.suspensions where suspensions.profile_id = listing_hosts.profile_id))
      and not exists (
        select from public.profiles
        where profiles.profile_id = listing_hosts.profile_id and profiles.erased_at is not null));
end $$;

comment on function private.may_manage is
  'Rule: may the caller do this deed (see, calendar, prices, listing, bookings, contacts, roles, '
  'payouts) as a host of this listing? Not with a closed account; with a suspended one look at the '
  'rights marked so.';

create function private.listings_of_caller(deed text)
  returns setof uuid language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select listing_hosts.listing_id
    from public.listing_hosts
    join private.host_rights on host_rights.role = listing_hosts.role
    where listing_hosts.profile_id = (select auth.uid())
      and host_rights.deed = listings_of_caller.deed
      and (host_rights.while_suspended or not exists (
        select from private.suspensions where suspensions.profile_id = listing_hosts.profile_id))
      and not exists (
        select from public.profiles
        where profiles.profile_id = listing_hosts.profile_id and profiles.erased_at is not null);
end $$;

comment on function private.listings_of_caller is
  'Rule: the listings for which may_manage(listing, deed) holds; asked once per query, not per '
  'row.';

grant execute on function private.may_manage to authenticated;
grant execute on function private.listings_of_caller to authenticated;

create policy "hosts edit their own listings" on public.listings
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (listing_id = any (array(select private.listings_of_caller('listing'))));

alter table public.listing_hosts enable row level security;

create policy "hosts see who hosts with them" on public.listing_hosts
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('see'))));

grant select on public.listing_hosts to authenticated;
-- No writes: who hosts accepted an invitation; the owner changes roles through verbs.

-- PostgREST writes every column of an upsert, so clients may write listing_id where they may upsert.
-- They say it again and no more: a published listing whose prices went elsewhere could be found and
-- not be priced.
create function private.keep_listing()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refuse('frozen', 'listing');
end $$;

comment on function private.keep_listing is
  'Rule: what was written about one listing never becomes another''s.';

-- Where it is

create table public.listing_addresses (
  listing_id  uuid             primary key references public.listings on delete cascade,
  street      text             not null,
  unit        text             not null default '',
  postal_code text             not null default '',
  latitude    double precision not null,
  longitude   double precision not null,

  constraint listing_addresses_have_a_street     check (char_length(btrim(street)) between 1 and 300),
  constraint listing_addresses_have_a_short_unit check (char_length(unit) <= 100),
  constraint listing_addresses_have_a_short_code check (char_length(postal_code) <= 20),
  constraint listing_addresses_stand_on_earth    check (
    latitude between -90 and 90 and longitude between -180 and 180)
);

comment on table public.listing_addresses is
  'The exact address: for its hosts, and for guests with a confirmed stay.';

alter table public.listing_addresses enable row level security;

create function private.wrap_longitude()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.longitude := private.longitude(new.longitude);
  return new;
end $$;

comment on function private.wrap_longitude is
  'Rule: the longitude of a home is stored from -180 to 180, whichever map it was picked on. A latitude '
  'beyond a pole is refused: it is a mistake, such as a swapped pair.';

create trigger wrap_the_longitude before insert or update of longitude on public.listing_addresses
  for each row execute function private.wrap_longitude();

-- Guests with a confirmed stay read it too: that policy is in the chapter of bookings.
create policy "hosts write their own addresses" on public.listing_addresses
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own addresses" on public.listing_addresses
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));

grant select on public.listing_addresses to authenticated;
grant insert (listing_id, street, unit, postal_code, latitude, longitude)
  on public.listing_addresses to authenticated;
grant update (listing_id, street, unit, postal_code, latitude, longitude)
  on public.listing_addresses to authenticated;

-- How far the public point lies from the door. Drawn once: the mean of many points would be the
-- door.
create table private.point_offsets (
  listing_id   uuid             primary key references public.listings on delete cascade,
  north_metres double precision not null,
  east_metres  double precision not null
);

alter table private.point_offsets enable row level security;
comment on table private.point_offsets is
  'The secret way from a listing''s address to its public point: 150 to 450 metres.';

create function private.place_public_point()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  way     private.point_offsets;
  bearing double precision;
  metres  double precision;
begin
  select * into way from private.point_offsets where point_offsets.listing_id = new.listing_id;
  if not found then
    -- Units behind one door share its way: the mean of many points would be the door. Not further
    -- than about 100 metres, or who knows one door of a host could reckon the others.
    select point_offsets.* into way
    from public.listings
    join public.listings as neighbours on neighbours.host_id = listings.host_id
    join public.listing_addresses on listing_addresses.listing_id = neighbours.listing_id
    join private.point_offsets on point_offsets.listing_id = neighbours.listing_id
    where listings.listing_id = new.listing_id
      and abs(listing_addresses.latitude - new.latitude) < 0.001
      and abs(listing_addresses.longitude - new.longitude) * cos(radians(new.latitude)) < 0.001
    order by neighbours.created_at, neighbours.listing_id
    limit 1;
    if not found then
      -- 48 random bits each of a version 4 uuid, which Postgres takes from a strong source; random()
      -- is guessable.
      bearing := 2 * pi() * private.strong_random();
      metres  := sqrt(150.0 ^ 2 + (450.0 ^ 2 - 150.0 ^ 2) * private.strong_random());
      way.north_metres := metres * cos(bearing);
      way.east_metres  := metres * sin(bearing);
    end if;
    insert into private.point_offsets (listing_id, north_metres, east_metres)
    values (new.listing_id, way.north_metres, way.east_metres)
    on conflict on constraint point_offsets_pkey do nothing;
    select * into way from private.point_offsets where point_offsets.listing_id = new.listing_id;
  end if;

  -- 111,320 metres to a degree of latitude; at the poles every longitude is near.
  update public.listings
  set latitude  = round(greatest(-90, least(90, new.latitude + way.north_metres / 111320))::numeric, 6),
      longitude = round((mod((new.longitude + 540
        + way.east_metres / (111320 * greatest(0.01, cos(radians(new.latitude)))))::numeric, 360) - 180), 6)
  where listings.listing_id = new.listing_id;
  return null;
end $$;

comment on function private.place_public_point is
  'Rule: the public sees one stable point a few hundred metres from the door.';

create function private.strong_random()
  returns double precision language sql volatile security invoker set search_path = ''
  return ('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint / 281474976710656.0;

create trigger keep_the_listing after update of listing_id on public.listing_addresses
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();
create trigger place_the_public_point
  after insert or update of latitude, longitude on public.listing_addresses
  for each row execute function private.place_public_point();

-- How to get in

create table public.listing_access (
  listing_id    uuid primary key references public.listings on delete cascade,
  instructions  text not null default '',
  door_code     text not null default '',
  wifi_name     text not null default '',
  wifi_password text not null default '',

  constraint listing_access_is_short check (
    char_length(instructions) <= 5000 and char_length(door_code) <= 100
    and char_length(wifi_name) <= 100 and char_length(wifi_password) <= 100)
);

comment on table public.listing_access is
  'How to get in: for its hosts, and for guests with a confirmed stay.';

alter table public.listing_access enable row level security;

-- Guests with a confirmed stay read it too: that policy is in the chapter of bookings.
create policy "hosts write their own access details" on public.listing_access
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own access details" on public.listing_access
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));

grant select on public.listing_access to authenticated;
grant insert (listing_id, instructions, door_code, wifi_name, wifi_password)
  on public.listing_access to authenticated;
grant update (listing_id, instructions, door_code, wifi_name, wifi_password)
  on public.listing_access to authenticated;

create trigger keep_the_listing after update of listing_id on public.listing_access
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();

-- Amenities

create table public.amenities (
  amenity  text     primary key,
  name     text     not null,
  category text     not null,
  bit      smallint not null,

  constraint amenities_are_codes         check (amenity ~ '^[a-z0-9_]+$'),
  constraint amenities_fit_into_one_mask check (bit between 0 and 62),
  constraint amenities_share_no_bit      unique (bit)
);

comment on table public.amenities is
  'The vocabulary of amenities. A bit, once given, is never given again.';

alter table public.amenities enable row level security;
create policy "anyone reads the amenities" on public.amenities
  for select to anon, authenticated using (true);
grant select on public.amenities to anon, authenticated;

insert into public.amenities (bit, amenity, name, category) values
  ( 0, 'wifi',                  'Wifi',                     'essentials'),
  ( 1, 'kitchen',               'Kitchen',                  'kitchen'),
  ( 2, 'heating',               'Heating',                  'essentials'),
  ( 3, 'air_conditioning',      'Air conditioning',         'essentials'),
  ( 4, 'washer',                'Washer',                   'laundry'),
  ( 5, 'dryer',                 'Dryer',                    'laundry'),
  ( 6, 'tv',                    'TV',                       'entertainment'),
  ( 7, 'workspace',             'Dedicated workspace',      'work'),
  ( 8, 'free_parking',          'Free parking',             'parking'),
  ( 9, 'paid_parking',          'Paid parking',             'parking'),
  (10, 'ev_charger',            'EV charger',               'parking'),
  (11, 'pool',                  'Pool',                     'outdoors'),
  (12, 'hot_tub',               'Hot tub',                  'outdoors'),
  (13, 'sauna',                 'Sauna',                    'outdoors'),
  (14, 'gym',                   'Gym',                      'outdoors'),
  (15, 'patio_or_balcony',      'Patio or balcony',         'outdoors'),
  (16, 'backyard',              'Backyard',                 'outdoors'),
  (17, 'bbq_grill',             'Barbecue grill',           'outdoors'),
  (18, 'fire_pit',              'Fire pit',                 'outdoors'),
  (19, 'indoor_fireplace',      'Indoor fireplace',         'entertainment'),
  (20, 'waterfront',            'Waterfront',               'location'),
  (21, 'beach_access',          'Beach access',             'location'),
  (22, 'lake_access',           'Lake access',              'location'),
  (23, 'ski_in_ski_out',        'Ski-in, ski-out',          'location'),
  (24, 'breakfast',             'Breakfast',                'services'),
  (25, 'luggage_dropoff',       'Luggage drop-off',         'services'),
  (26, 'self_check_in',         'Self check-in',            'services'),
  (27, 'long_stays',            'Long stays allowed',       'services'),
  (28, 'crib',                  'Crib',                     'family'),
  (29, 'high_chair',            'High chair',               'family'),
  (30, 'bathtub',               'Bathtub',                  'bathroom'),
  (31, 'hair_dryer',            'Hair dryer',               'bathroom'),
  (32, 'shampoo',               'Shampoo',                  'bathroom'),
  (33, 'hot_water',             'Hot water',                'bathroom'),
  (34, 'essentials',            'Towels, sheets and soap',  'essentials'),
  (35, 'bed_linens',            'Bed linens',               'essentials'),
  (36, 'iron',                  'Iron',                     'laundry'),
  (37, 'hangers',               'Hangers',                  'laundry'),
  (38, 'refrigerator',          'Refrigerator',             'kitchen'),
  (39, 'freezer',               'Freezer',                  'kitchen'),
  (40, 'microwave',             'Microwave',                'kitchen'),
  (41, 'oven',                  'Oven',                     'kitchen'),
  (42, 'stove',                 'Stove',                    'kitchen'),
  (43, 'dishwasher',            'Dishwasher',               'kitchen'),
  (44, 'coffee_maker',          'Coffee maker',             'kitchen'),
  (45, 'cooking_basics',        'Cooking basics',           'kitchen'),
  (46, 'dishes_and_silverware', 'Dishes and silverware',    'kitchen'),
  (47, 'smoke_alarm',           'Smoke alarm',              'safety'),
  (48, 'carbon_monoxide_alarm', 'Carbon monoxide alarm',    'safety'),
  (49, 'fire_extinguisher',     'Fire extinguisher',        'safety'),
  (50, 'first_aid_kit',         'First aid kit',            'safety'),
  (51, 'security_cameras',      'Security cameras outside', 'safety'),
  (52, 'lock_on_bedroom_door',  'Lock on bedroom door',     'safety'),
  (53, 'elevator',              'Elevator',                 'access'),
  (54, 'step_free_access',      'Step-free access',         'access'),
  (55, 'single_level_home',     'Single level home',        'access'),
  (56, 'private_entrance',      'Private entrance',         'access'),
  (57, 'sound_system',          'Sound system',             'entertainment'),
  (58, 'board_games',           'Board games',              'entertainment'),
  (59, 'books',                 'Books',                    'entertainment');

create table public.listing_amenities (
  listing_id uuid not null references public.listings on delete cascade,
  amenity    text not null references public.amenities on delete restrict,

  primary key (listing_id, amenity)
);

create index listing_amenities_amenity_idx on public.listing_amenities (amenity);
comment on table public.listing_amenities is 'Which listing offers what.';

alter table public.listing_amenities enable row level security;

create policy "anyone sees the amenities of what they see" on public.listing_amenities
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = listing_amenities.listing_id));
create policy "hosts add their own amenities" on public.listing_amenities
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts remove their own amenities" on public.listing_amenities
  for delete to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));

grant select on public.listing_amenities to anon, authenticated;
grant insert (listing_id, amenity), delete on public.listing_amenities to authenticated;

-- Photos

create table public.listing_photos (
  photo_id     uuid     primary key default gen_random_uuid(),
  listing_id   uuid     not null references public.listings on delete cascade,
  storage_path text     not null,
  caption      text     not null default '',
  position     smallint not null,
  published    boolean  not null default false,

  constraint listing_photos_have_a_short_caption check (char_length(caption) <= 500),
  constraint listing_photos_lie_with_the_listing check (
    starts_with(storage_path, listing_id::text || '/') and substr(storage_path, 38) ~ '^[A-Za-z0-9._-]{1,120}$'),
  constraint listing_photos_appear_once          unique (listing_id, storage_path),
  constraint listing_photos_stand_in_order       unique (listing_id, position)
                                                 deferrable initially deferred,
  constraint listing_photos_are_not_endless      check (position between 1 and 100)
);

comment on table public.listing_photos is
  'A listing''s photos in their order. Hosts bring the files to the storage bucket photo-uploads; once they '
  'are checked and the listing is published, everyone sees them in listing-photos.';
comment on column public.listing_photos.storage_path is
  '<listing_id>/<file name>: in photo-uploads, and under the same name in listing-photos.';
comment on column public.listing_photos.published is
  'Whether everyone sees the file in listing-photos. Set by the server.';

alter table public.listing_photos enable row level security;

create policy "visitors see the published photos of what they see" on public.listing_photos
  for select to anon
  using (published and exists (
    select from public.listings where listings.listing_id = listing_photos.listing_id));
-- Of a home that is not published, guests who booked it see the photos too; of one that is, only its
-- hosts see a photo that is still to be checked.
create policy "people see the photos of what they see" on public.listing_photos
  for select to authenticated
  using (
    exists (
      select from public.listings
      where listings.listing_id = listing_photos.listing_id
        and (listing_photos.published or listings.status <> 'published'))
    or listing_id = any (array(select private.listings_of_caller('see'))));
create policy "hosts add their own photos" on public.listing_photos
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own photos" on public.listing_photos
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));
create policy "hosts remove their own photos" on public.listing_photos
  for delete to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));

grant select on public.listing_photos to anon, authenticated;
grant insert (listing_id, storage_path, caption, position), update (caption, position), delete
  on public.listing_photos to authenticated;

create function private.order_photos(listing_id uuid, photo_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.active_caller();
  if not private.may_manage(order_photos.listing_id, 'listing') then
    perform private.refuse('not_your_listing');
  end if;
  perform from public.listings where listings.listing_id = order_photos.listing_id for no key update;
  if (select array_agg(listing_photos.photo_id order by listing_photos.photo_id)
      from public.listing_photos where listing_photos.listing_id = order_photos.listing_id)
    is distinct from
     (select array_agg(photo_id order by photo_id) from unnest(order_photos.photo_ids) as photo_id)
  then
    perform private.refuse('photos_do_not_match');
  end if;
  update public.listing_photos
  set position = wanted.place
  from unnest(order_photos.photo_ids) with ordinality as wanted (photo_id, place)
  where listing_photos.photo_id = wanted.photo_id;
end $$;

create function public.order_photos(listing_id uuid, photo_ids uuid[])
  returns void language sql volatile security invoker set search_path = ''
  return private.order_photos(listing_id, photo_ids);

grant execute on function private.order_photos to authenticated;
grant execute on function public.order_photos to authenticated;
comment on function public.order_photos is
  'Puts a listing''s photos in this order; the list names each of them once. Errors: '
  'not_your_listing, photos_do_not_match.';

-- Rules of a listing

create function private.check_listing()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  known text := private.known_time_zone(new.time_zone);
begin
  if known is null and new.time_zone is not null then
    perform private.refuse('invalid_time_zone');
  end if;
  new.time_zone := known;
  return new;
end $$;

comment on function private.check_listing is
  'Rule: a home is in a time zone of the IANA database, written as it is there.';

create trigger check_the_listing before insert or update of time_zone on public.listings
  for each row execute function private.check_listing();

-- Verbs

create function private.create_listing(
  listing_id uuid, title text, time_zone text, currency text, room_type public.room_type, capacity smallint)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller  uuid := private.active_caller();
  listing public.listings;
begin
  -- The currency stays for ever: a draft that could never be published would be a trap.
  if not exists (
    select from private.currencies where currencies.currency = create_listing.currency)
  then
    perform private.refuse('currency_not_offered');
  end if;
  insert into public.listings (listing_id, host_id, title, time_zone, currency, room_type, capacity)
  values (
    create_listing.listing_id, caller, create_listing.title, create_listing.time_zone,
    create_listing.currency, create_listing.room_type, create_listing.capacity)
  on conflict on constraint listings_pkey do nothing
  returning * into listing;

  if not found then
    select * into listing from public.listings
    where listings.listing_id = create_listing.listing_id and listings.host_id = caller;
    if not found then perform private.refuse('id_reused', 'id', 'listing_id'); end if;
    return listing;
  end if;
  -- One after another; the new one counts.
  perform pg_advisory_xact_lock(hashtextextended('drafts of ' || caller, 0));
  if (select count(*) from public.listings where listings.host_id = caller and listings.status = 'draft')
    > (select settings.drafts_per_owner from private.settings)
  then
    perform private.refuse('too_many_drafts');
  end if;

  insert into public.listing_hosts (listing_id, profile_id, role)
  values (listing.listing_id, caller, 'owner');
  insert into public.booking_rules (listing_id) values (listing.listing_id);
  return listing;
end $$;

create function public.create_listing(
  listing_id uuid,
  title      text,
  time_zone  text,
  currency   text,
  room_type  public.room_type default 'entire_home',
  capacity   smallint         default 2)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.create_listing(listing_id, title, time_zone, currency, room_type, capacity);

grant execute on function private.create_listing to authenticated;
grant execute on function public.create_listing to authenticated;
comment on function public.create_listing is
  'A new draft with the caller as its owner. The client chooses listing_id; repeated, the same '
  'draft comes back. Errors: id_reused, invalid_time_zone, currency_not_offered, too_many_drafts.';

create function private.listing_to_manage(listing_id uuid, deed text)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings;
begin
  perform private.active_caller();
  select * into listing from public.listings
  where listings.listing_id = listing_to_manage.listing_id
  for no key update;
  if not found then perform private.refuse('listing_not_found'); end if;
  if not private.may_manage(listing.listing_id, listing_to_manage.deed) then
    if listing.status = 'published' or private.may_manage(listing.listing_id, 'see') then
      perform private.refuse('not_your_listing');
    end if;
    perform private.refuse('listing_not_found');
  end if;
  return listing;
end $$;

comment on function private.listing_to_manage is
  'Rule: the listing, locked, for a host who may do this deed; others learn no more than they can '
  'see.';

create function private.publish_listing(listing_id uuid)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(publish_listing.listing_id, 'listing');
  missing text[];
begin
  if listing.status = 'published' then
    return listing;
  end if;
  if exists (
    select from private.hidden_listings where hidden_listings.listing_id = listing.listing_id)
  then
    perform private.refuse('hidden_by_staff');
  end if;

  -- Locked, so that it cannot go meanwhile: private.erase_profile hides what it finds published.
  perform from public.profiles
  where profiles.profile_id = listing.host_id and profiles.erased_at is null
  for no key update;
  if not found then perform private.refuse('account_closed', 'owner'); end if;
  if not exists (select from private.currencies where currencies.currency = listing.currency) then
    perform private.refuse('currency_not_offered', 'in', listing.currency);
  end if;
  missing := array_remove(array[
    case when listing.latitude is null then 'address' end,
    case when listing.country_code is null then 'country_code' end,
    case when listing.city is null then 'city' end,
    case when btrim(listing.description) = '' then 'description' end,
    case when not exists (
      select from public.listing_prices where listing_prices.listing_id = listing.listing_id)
      then 'prices' end], null);
  if missing <> '{}' then
    perform private.refuse('listing_incomplete', 'missing', array_to_string(missing, ', '));
  end if;

  update public.listings
  set status = 'published', published_at = coalesce(listings.published_at, private.now())
  where listings.listing_id = listing.listing_id
  returning * into listing;
  update public.profiles set hosting = true
  where profiles.profile_id = listing.host_id and not profiles.hosting;
  return listing;
end $$;

create function private.hide_listing(listing_id uuid)
  returns public.listings language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(hide_listing.listing_id, 'listing');
begin
  update public.listings set status = 'hidden'
  where listings.listing_id = listing.listing_id and listings.status = 'published'
  returning * into listing;
  if not found then
    select * into listing from public.listings where listings.listing_id = hide_listing.listing_id;
  end if;
  return listing;
end $$;

create function public.publish_listing(listing_id uuid)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.publish_listing(listing_id);

create function public.hide_listing(listing_id uuid)
  returns public.listings language sql volatile security invoker set search_path = ''
  return private.hide_listing(listing_id);

grant execute on function private.publish_listing, private.hide_listing to authenticated;
grant execute on function public.publish_listing, public.hide_listing to authenticated;
comment on function public.publish_listing is
  'Shows a complete draft or hidden listing to everyone. Repeating it changes nothing. Errors: '
  'listing_not_found, not_your_listing, listing_incomplete (the detail names what), '
  'currency_not_offered, hidden_by_staff, account_closed (the caller''s or the owner''s).';
comment on function public.hide_listing is
  'Takes a listing out of search; booked stays go on. Repeating it changes nothing. Errors: '
  'listing_not_found, not_your_listing.';

create function private.set_cohost_role(listing_id uuid, profile_id uuid, role public.host_role)
  returns public.listing_hosts language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(set_cohost_role.listing_id, 'roles');
  cohost  public.listing_hosts;
begin
  if set_cohost_role.role is null or set_cohost_role.role = 'owner' or set_cohost_role.profile_id = listing.host_id
  then
    perform private.refuse('one_owner_only');
  end if;
  update public.listing_hosts set role = set_cohost_role.role
  where listing_hosts.listing_id = listing.listing_id
    and listing_hosts.profile_id = set_cohost_role.profile_id
  returning * into cohost;
  if not found then perform private.refuse('cohost_not_found'); end if;
  return cohost;
end $$;

create function private.remove_cohost(listing_id uuid, profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  listing public.listings := private.listing_to_manage(
    remove_cohost.listing_id, case when remove_cohost.profile_id = auth.uid() then 'see' else 'roles' end);
begin
  if remove_cohost.profile_id = listing.host_id then
    perform private.refuse('one_owner_only');
  end if;
  delete from public.listing_hosts
  where listing_hosts.listing_id = listing.listing_id
    and listing_hosts.profile_id = remove_cohost.profile_id;
end $$;

create function public.set_cohost_role(listing_id uuid, profile_id uuid, role public.host_role)
  returns public.listing_hosts language sql volatile security invoker set search_path = ''
  return private.set_cohost_role(listing_id, profile_id, role);

create function public.remove_cohost(listing_id uuid, profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_cohost(listing_id, profile_id);

grant execute on function private.set_cohost_role, private.remove_cohost to authenticated;
grant execute on function public.set_cohost_role, public.remove_cohost to authenticated;
comment on function public.set_cohost_role is
  'The owner changes the role (full or calendar) of somebody who hosts with them. Errors: '
  'listing_not_found, not_your_listing, cohost_not_found, one_owner_only.';
comment on function public.remove_cohost is
  'The owner takes a role back, or a co-host leaves. Repeating it changes nothing. Errors: '
  'listing_not_found, not_your_listing, one_owner_only.';
