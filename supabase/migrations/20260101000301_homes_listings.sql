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
  ('flexible',       'Full refund up to 24 hours before check-in, then all but the first night.'),
  ('moderate',
   'Full refund up to 5 days before check-in, then half, without the first night.'),
  ('limited',        'Full refund up to 14 days before check-in, half up to 7 days, then none.'),
  ('firm',           'Full refund up to 30 days before check-in, half up to 7 days, then none.'),
  ('strict',         'Half refund up to 7 days before check-in, then none.'),
  ('non_refundable', 'No refund.');

-- Property types, by code: the choices of a form or a filter.
create table public.property_types (
  property_type text     primary key,
  name          text     not null,
  category      text     not null,
  position      smallint not null,

  constraint property_types_are_codes   check (property_type ~ '^[a-z0-9_]+$'),
  constraint property_types_have_a_name check (char_length(btrim(name)) between 1 and 80)
);

alter table public.property_types enable row level security;
create policy "anyone reads the property types" on public.property_types
  for select to anon, authenticated using (true);
grant select on public.property_types to anon, authenticated;
comment on table public.property_types is
  'The property types a host can choose from, in the order of position. Operators can add, rename '
  'and reorder them; a type that listings use cannot be deleted. home (the default for drafts) and '
  'other (for imports with an unknown type) must stay.';

insert into public.property_types (position, property_type, name, category) values
  ( 10, 'apartment',          'Apartment',          'apartments'),
  ( 20, 'condo',              'Condominium',        'apartments'),
  ( 30, 'loft',               'Loft',               'apartments'),
  ( 40, 'studio',             'Studio',             'apartments'),
  ( 50, 'serviced_apartment', 'Serviced apartment', 'apartments'),
  ( 60, 'casa_particular',    'Casa particular',    'apartments'),
  ( 70, 'home',               'Home',               'houses'),
  ( 80, 'house',              'House',              'houses'),
  ( 90, 'townhouse',          'Townhouse',          'houses'),
  (100, 'villa',              'Villa',              'houses'),
  (110, 'cottage',            'Cottage',            'houses'),
  (120, 'bungalow',           'Bungalow',           'houses'),
  (130, 'cabin',              'Cabin',              'houses'),
  (140, 'chalet',             'Chalet',             'houses'),
  (150, 'farm_stay',          'Farm stay',          'houses'),
  (160, 'guesthouse',         'Guesthouse',         'houses'),
  (170, 'guest_suite',        'Guest suite',        'houses'),
  (180, 'vacation_home',      'Holiday home',       'houses'),
  (190, 'tiny_home',          'Tiny home',          'houses'),
  (200, 'mansion',            'Mansion',            'houses'),
  (210, 'cycladic_home',      'Cycladic home',      'regional'),
  (220, 'dammuso',            'Dammuso',            'regional'),
  (230, 'machiya',            'Machiya',            'regional'),
  (240, 'riad',               'Riad',               'regional'),
  (250, 'trullo',             'Trullo',             'regional'),
  (260, 'barn',               'Barn',               'unusual'),
  (270, 'boat',               'Boat',               'unusual'),
  (280, 'houseboat',          'Houseboat',          'unusual'),
  (290, 'bus',                'Bus',                'unusual'),
  (300, 'camper',             'Camper',             'unusual'),
  (310, 'castle',             'Castle',             'unusual'),
  (320, 'cave',               'Cave',               'unusual'),
  (330, 'container',          'Container',          'unusual'),
  (340, 'dome',               'Dome',               'unusual'),
  (350, 'hut',                'Hut',                'unusual'),
  (360, 'island',             'Island',             'unusual'),
  (370, 'lighthouse',         'Lighthouse',         'unusual'),
  (380, 'mill',               'Mill',               'unusual'),
  (390, 'plane',              'Plane',              'unusual'),
  (400, 'religious_building', 'Religious building', 'unusual'),
  (410, 'shepherds_hut',      'Shepherd''s hut',    'unusual'),
  (420, 'tent',               'Tent',               'unusual'),
  (430, 'tipi',               'Tipi',               'unusual'),
  (440, 'tower',              'Tower',              'unusual'),
  (450, 'train',              'Train',              'unusual'),
  (460, 'treehouse',          'Treehouse',          'unusual'),
  (470, 'yurt',               'Yurt',               'unusual'),
  (480, 'campsite',           'Campsite',           'unusual'),
  (490, 'hotel',              'Hotel',              'hotels'),
  (500, 'aparthotel',         'Aparthotel',         'hotels'),
  (510, 'bed_and_breakfast',  'Bed and breakfast',  'hotels'),
  (520, 'boutique_hotel',     'Boutique hotel',     'hotels'),
  (530, 'hostel',             'Hostel',             'hotels'),
  (540, 'lodge',              'Nature lodge',       'hotels'),
  (550, 'pension',            'Pension',            'hotels'),
  (560, 'resort',             'Resort',             'hotels'),
  (570, 'ryokan',             'Ryokan',             'hotels'),
  (580, 'other',              'Other',              'other');

-- Listings

create table public.listings (
  listing_id          uuid                  primary key,
  host_id             uuid                  not null references public.profiles on delete restrict,
  place_id            uuid,
  status              public.listing_status not null default 'draft',
  title               text                  not null,
  description         text                  not null default '',
  language            text,
  property_type       text                  not null default 'home'
                                            references public.property_types,
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
  neighbourhood       text,
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
  constraint listings_speak_a_language       check (language ~ '^[a-z]{2,3}$'),
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
  -- Everybody reads it: no links, apps, or digits in the groups of a telephone number. A run of
  -- digits without a gap is what many registers give out.
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
  constraint listings_stand_in_a_neighbourhood
    check (char_length(neighbourhood) between 1 and 100),
  constraint listings_stand_on_earth        check (
    (latitude is null) = (longitude is null)
    and latitude between -90 and 90 and longitude between -180 and 180),
  constraint listings_price_in_a_currency   check (currency ~ '^[A-Z]{3}$'),
  constraint listings_let_guests_leave      check (check_out_time <= check_in_time),
  constraint listings_say_where_from        check ((source is null) = (source_id is null)),
  constraint listings_come_in_once          unique (source, source_id),
  constraint listings_appear_on_earth       check (status <> 'published' or latitude is not null)
);

-- A host's homes are shown by title, page by page.
create index listings_host_id_idx on public.listings (host_id, title, listing_id);
create index listings_cancellation_policy_idx on public.listings (cancellation_policy);
create index listings_property_type_idx on public.listings (property_type);
create index listings_place_id_idx on public.listings (place_id) where place_id is not null;
create index listings_newest_idx on public.listings (published_at desc, listing_id)
  where status = 'published';

comment on table public.listings is 'A home or room that can be booked: always one bookable unit.';
comment on column public.listings.language is
  'The language of title and description as an ISO 639 code (en); word search uses its stemming '
  'rules. Null: not specified.';
comment on column public.listings.neighbourhood is 'The part of the city, under its local name.';
comment on column public.listings.registration_number is
  'The official registration number of the home, shown to everyone: letters, digits and '
  'separators, without contact data.';
comment on column public.listings.damage_claims is
  'Whether guests'' cards are saved so that damage can be charged to them.';
comment on column public.listings.place_id is
  'Several similar units in one place are several listings with the same place_id.';
comment on column public.listings.latitude is
  'The public point: near the address, always the same, updated when the address changes.';
comment on column public.listings.host_id is 'The owner; co-hosts are rows of listing_hosts.';
comment on column public.listings.source is
  'Where an imported listing came from; null for those created here.';

alter table public.listings enable row level security;

create policy "visitors see published listings" on public.listings
  for select to anon using (status = 'published');
-- What signed-in people see depends on their bookings too: that policy is in
-- trouble_contacts.

grant select on public.listings to anon, authenticated;
-- No insert: create_listing makes the owner and the booking rules with it. No status: publishing is
-- a verb. No currency: prices would change their meaning under it. No point: it follows the
-- address.
grant update (
  title, description, language, property_type, room_type, capacity, bedrooms, beds, bathrooms,
  maximum_pets, smoking_allowed, parties_allowed, house_rules, registration_number, country_code,
  region, city, neighbourhood, time_zone, cancellation_policy, instant_book, damage_claims,
  check_in_time, check_out_time
) on public.listings to authenticated;

create function private.check_property_type()
  returns trigger language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (
    select from public.property_types
    where property_types.property_type = new.property_type)
  then
    perform private.refuse('unknown_property_type');
  end if;
  return new;
end $$;

comment on function private.check_property_type is
  'Rule: a listing has a known property type. The foreign key enforces it; this trigger gives it '
  'an error code.';

create trigger check_the_property_type before insert or update of property_type on public.listings
  for each row execute function private.check_property_type();
