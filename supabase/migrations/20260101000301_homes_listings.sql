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

-- Listings

create table public.listings (
  listing_id          uuid                  primary key,
  host_id             uuid                  not null references public.profiles on delete restrict,
  place_id            uuid,
  status              public.listing_status not null default 'draft',
  title               text                  not null,
  description         text                  not null default '',
  language            text,
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
  constraint listings_speak_a_language       check (language ~ '^[a-z]{2,3}$'),
  constraint listings_are_of_some_type
    check (char_length(btrim(property_type)) between 1 and 80),
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

comment on table public.listings is 'A home or room that can be booked: always one bookable unit.';
comment on column public.listings.language is
  'The language of title and description, ISO 639 (en): searches for words know its forms. Null: '
  'not said.';
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
  title, description, language, property_type, room_type, capacity, bedrooms, beds, bathrooms, maximum_pets,
  smoking_allowed, parties_allowed, house_rules, registration_number, country_code, region, city,
  time_zone, cancellation_policy, instant_book, damage_claims, check_in_time, check_out_time
) on public.listings to authenticated;
