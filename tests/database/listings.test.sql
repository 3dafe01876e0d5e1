-- Listings: from a draft to a home that can be found.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
update private.settings set addresses_are_confirmed = true;
select tests.person(name) from unnest(array['ada', 'hedy', 'radia', 'alan', 'grace']) as name;

-- A draft

select tests.become('ada');
select results_eq(
  $$ select host_id, status::text, title, time_zone, currency, room_type::text, capacity::integer,
    cancellation_policy, instant_book, published_at
     from public.create_listing(tests.id('mill'), 'Mill', 'Europe/Paris', 'EUR', 'private_room',
       3::smallint) $$,
  $$ values (tests.person('ada'), 'draft', 'Mill', 'Europe/Paris', 'EUR', 'private_room', 3,
    'moderate', true, null::timestamptz) $$,
  'Ada begins a draft');
select is((public.create_listing(tests.id('mill'), 'Other', 'UTC', 'USD')).title, 'Mill',
  'saying it again gives the same draft');
select results_eq($$ select profile_id, role::text from public.listing_hosts $$,
  $$ values (tests.person('ada'), 'owner') $$, 'Ada is the owner of her draft');
select results_eq($$ select minimum_nights::integer, maximum_nights::integer
  from public.booking_rules $$, $$ values (1, 365) $$, 'a draft has booking rules');
select tests.back();
select is(tests.outcome('alan',
  $$ select public.create_listing(tests.id('mill'), 'Mine', 'UTC', 'USD') $$), 'id_reused',
    'Alan does not get it by its id');
select is(tests.outcome('ada',
  format('select public.create_listing(gen_random_uuid(), %s)', arguments)), outcome, arguments)
from (values
  ('''Loft'', ''UTC'', ''USD''', '1'),
    ('''Loft'', ''America/Argentina/Buenos_Aires'', ''USD''', '1'),
      ('''Loft'', ''Etc/GMT+5'', ''USD''', '1'),
  ('''Loft'', ''EST'', ''USD''', 'invalid_time_zone'),
    ('''Loft'', ''+02:00'', ''USD''', 'invalid_time_zone'),
  ('''Loft'', ''EST5EDT'', ''USD''', 'invalid_time_zone'),
    ('''Loft'', ''Europe/Nowhere'', ''USD''', 'invalid_time_zone'),
  ('''Loft'', '''', ''USD''', 'invalid_time_zone'),
    ('''Loft'', ''Europe/Paris; drop'', ''USD''', 'invalid_time_zone'),
  ('''Loft'', ''UTC'', ''usd''', 'currency_not_offered'), ('''Loft'', ''UTC'', ''EURO''', 'currency_not_offered'),
    (''' '', ''UTC'', ''USD''', '23514'),
  ('repeat(''x'', 201), ''UTC'', ''USD''', '23514'),
    ('''Loft'', ''UTC'', ''USD'', capacity => 0::smallint', '23514'),
  ('''Loft'', ''UTC'', ''USD'', capacity => 65::smallint', '23514'),
    ('null, ''UTC'', ''USD''', '23502')) as drafts (arguments, outcome);
select is(tests.outcome('ada', $$ select public.create_listing(null, 'Loft', 'UTC', 'USD') $$),
  '23502', 'a draft needs an id');

-- Publishing

select tests.become('ada');
create function pg_temp.missing() returns text language plpgsql as $$
declare
  missing text;
begin
  perform public.publish_listing(tests.id('mill'));
  return 'nothing';
exception when sqlstate 'PT422' then
  get stacked diagnostics missing = pg_exception_detail;
  return sqlerrm || ': ' || missing;
end $$;
select is(public.missing_for_publishing(tests.id('mill')), '{address,country_code,city,description,prices}',
  'a verb lists what is missing');
select is(pg_temp.missing(),
  'listing_incomplete: Still missing: address, country_code, city, description, prices.',
  'a draft lacks everything');
update public.listings set description = 'Quiet.', country_code = 'FR'
  where listing_id = tests.id('mill');
select is(pg_temp.missing(), 'listing_incomplete: Still missing: address, city, prices.',
  'a title and rooms leave fewer things missing');
update public.listings set city = 'Paris' where listing_id = tests.id('mill');
insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('mill'), 10000);
select is(pg_temp.missing(), 'listing_incomplete: Still missing: address.',
  'an address and prices leave one thing missing');
select is((select hosting from public.profiles where profile_id = tests.person('ada')), false,
  'Ada does not host yet');
insert into public.listing_addresses (listing_id, street, latitude, longitude)
  values (tests.id('mill'), '1 rue du Moulin', 48.85, 2.35);
select is((public.publish_listing(tests.id('mill'))).status::text, 'published',
  'a complete draft is published');
select is((select hosting from public.profiles where profile_id = tests.person('ada')), true,
  'the owner of a published home is shown as a host');
select tests.back();
select tests.at('2031-05-22 12:00+00');
select tests.become('ada');
select is((public.publish_listing(tests.id('mill'))).published_at, '2031-05-20 12:00+00',
  'publishing again changes nothing');
select is((public.hide_listing(tests.id('mill'))).status::text, 'hidden', 'Ada hides her home');
select is((public.hide_listing(tests.id('mill'))).status::text, 'hidden',
  'hiding a hidden home changes nothing');
select is((public.publish_listing(tests.id('mill'))).published_at, '2031-05-20 12:00+00',
  'shown again it is not new');
select throws_ok($$ select public.create_listing(tests.id('tent'), 'Tent', 'UTC', 'XTS') $$, 'PT422',
  'currency_not_offered', 'a home in a currency that nobody settles in is not even begun');
select public.create_listing(tests.id('tent'), 'Tent', 'UTC', 'EUR');
select is((public.hide_listing(tests.id('tent'))).status::text, 'draft',
  'hiding a draft leaves it a draft');
select tests.back();
update public.listings set currency = 'XTS' where listing_id = tests.id('tent');
select tests.become('ada');
select throws_ok($$ select public.publish_listing(tests.id('tent')) $$, 'PT422',
  'currency_not_offered', 'a home in a currency that nobody settles in cannot be published');
select throws_ok($$ select public.publish_listing(tests.id('nowhere')) $$, 'PT404',
  'listing_not_found', 'what is not there is not shown');
select throws_ok($$ update public.listings set time_zone = 'Mars/Olympus'
  where listing_id = tests.id('mill') $$, 'PT422', 'invalid_time_zone', 'a home stays on earth');
select tests.back();
select is(tests.outcome('ada',
  format('update public.listings set %s where listing_id = tests.id(''mill'')', change)), outcome,
    change)
from (values
  ('check_in_time = ''10:00''', '23514'), ('check_out_time = ''16:00''', '23514'),
    ('check_in_time = ''11:00''', '1'), ('maximum_pets = -1', '23514'),
  ('country_code = ''fr''', '23514'), ('city = ''''', '23514'),
    ('cancellation_policy = ''kind''', '23503'), ('cancellation_policy = ''strict''', '1'),
  ('bathrooms = 1.5', '1'), ('beds = -1', '23514'),
    ('description = repeat(''x'', 20001)', '23514')) as edits (change, outcome);
select is(tests.outcome('postgres',
  $$ update public.listings set latitude = null, longitude = null where listing_id = tests.id('mill') $$), '23514', 'a published home has a place');
select is(tests.outcome('postgres',
  $$ update public.listings set latitude = 1, longitude = null where listing_id = tests.id('tent') $$), '23514',
  'an address has both coordinates');

-- Amenities

select is_empty($$ select bit from public.amenities where bit not between 0 and 62 $$,
  'every amenity has a bit of one mask');
select is(tests.outcome('ada', statement), outcome, statement)
from (values
  ($$ insert into public.listing_amenities (listing_id, amenity) values (tests.id('mill'), 'wifi'), (tests.id('mill'), 'pool') $$, '2'),
  ($$ insert into public.listing_amenities (listing_id, amenity) values (tests.id('mill'), 'helipad') $$, '23503'),
  ($$ insert into public.listing_amenities (listing_id, amenity) values (tests.id('mill'), 'wifi'), (tests.id('mill'), 'wifi') $$, '23505')) as offers (statement, outcome);

select * from finish();
rollback;
