-- Amenities: a vocabulary, and what each listing has of it.

create table public.amenities (
  amenity  text     primary key,
  name     text     not null,
  category text     not null,
  bit      smallint not null,

  constraint amenities_are_codes         check (amenity ~ '^[a-z0-9_]+$'),
  constraint amenities_fit_into_one_mask check (bit between 0 and 62),
  constraint amenities_share_no_bit      unique (bit)
);

comment on table public.amenities is 'The list of amenities. A bit is never reused.';

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
comment on table public.listing_amenities is 'The amenities of each listing.';

alter table public.listing_amenities enable row level security;

-- offset 0, here and wherever a row is seen with its home: the home is looked up for each row. Else
-- Postgres plans the policy of homes twice, and may read all homes first.
create policy "anyone sees the amenities of what they see" on public.listing_amenities
  for select to anon, authenticated
  using (exists (
    select from public.listings where listings.listing_id = listing_amenities.listing_id offset 0));
create policy "hosts add their own amenities" on public.listing_amenities
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts remove their own amenities" on public.listing_amenities
  for delete to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))));

grant select on public.listing_amenities to anon, authenticated;
grant insert (listing_id, amenity), delete on public.listing_amenities to authenticated;
