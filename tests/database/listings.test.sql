-- Listings: from a draft to a home that can be found, who hosts it, and where the public thinks it
-- is.

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

-- Who hosts: whoever was asked and said yes

create function pg_temp.invite(address text, role text default 'full', id text default null)
  returns text language sql as $$
  select format('select public.invite_cohost(%L, tests.id(''mill''), %L, %s)',
    coalesce(tests.id(id), gen_random_uuid()), role, address)
$$;
create function pg_temp.by_id(person text) returns text language sql as $$
  select format('profile_id => %L', tests.person(person))
$$;

select tests.become('ada');
select is((public.invite_cohost(tests.id('to hedy'), tests.id('mill'), 'calendar', profile_id => tests.person('hedy'))).status::text,
  'open', 'Ada invites Hedy');
select is((public.invite_cohost(tests.id('to hedy'), tests.id('mill'), 'calendar', profile_id => tests.person('hedy'))).status::text,
  'open', 'asking again with the same id is the same invitation');
select tests.back();
select is((select count(*) from public.cohost_invitations), 1::bigint,
  'repeating an invitation adds no row');
select is(private.may_manage(tests.id('mill'), 'see') or exists (
  select from public.listing_hosts where profile_id = tests.person('hedy')), false,
  'an invited person is not yet a host');
select is(tests.outcome('hedy', 'select from public.my_cohost_invitations()'), '1', 'Hedy sees that she was asked');
select is(tests.outcome(person, 'select from public.my_cohost_invitations()'), '0', initcap(person) || ' was not')
from unnest(array['ada', 'grace']) as person;
select is(tests.outcome(person, 'select from public.cohost_invitations'), rows, initcap(person) || ' reads the table')
from (values ('ada', '1'), ('hedy', '0'), ('grace', '0'), ('anon', '42501')) as readers (person, rows);
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to hedy''))'), 'invitation_not_found',
  'Grace cannot accept for her');
select is(tests.outcome('ada', 'select public.accept_cohost_invitation(tests.id(''to hedy''))'), 'invitation_not_found',
  'Ada cannot accept her own invitation');
select tests.become('hedy');
select results_eq('select title, owner_name, role::text from public.my_cohost_invitations()',
  $$ select title, 'Ada', 'calendar' from public.listings where listing_id = tests.id('mill') $$,
  'Hedy sees what the invitation is about');
select is((public.accept_cohost_invitation(tests.id('to hedy'))).role::text, 'calendar',
  'Hedy accepts the invitation');
select is((public.accept_cohost_invitation(tests.id('to hedy'))).role::text, 'calendar',
  'accepting an invitation twice changes nothing');
select is(tests.outcome('hedy', 'select public.decline_cohost_invitation(tests.id(''to hedy''))'), 'invitation_over',
  'Hedy cannot decline an invitation that she accepted');
select is(tests.outcome('ada', 'select public.withdraw_cohost_invitation(tests.id(''to hedy''))'), 'invitation_over',
  'Ada cannot withdraw an invitation that was accepted');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('hedy'))), 'already_cohost',
  'a co-host cannot be invited again');
select is(tests.outcome('ada', $$ select public.set_cohost_role(tests.id('mill'), tests.person('hedy'), 'full') $$), '1',
  'Ada changes how she hosts');
select tests.become('ada');
select public.set_cohost_role(tests.id('mill'), tests.person('hedy'), 'full');
select throws_ok(format('select public.set_cohost_role(tests.id(''mill''), %L, %L)', person, role),
  errcode, code, format('%s: %s', code, role))
from (values
  (tests.person('hedy'), 'owner', 'PT422', 'one_owner_only'),
  (tests.person('ada'), 'full', 'PT422', 'one_owner_only'),
  (tests.person('hedy'), null, 'PT422', 'one_owner_only'),
  (tests.id('nobody'), 'full', 'PT404', 'cohost_not_found'),
  (null, 'full', 'PT404', 'cohost_not_found')) as wrong (person, role, errcode, code);
select tests.back();

-- What an invitation tells the owner: nothing. Somebody, nobody and an import sound alike.

insert into public.profiles (profile_id, display_name, source, source_id)
  values (tests.id('imported'), 'Lise', 'elsewhere', '1');
select is(tests.outcome('ada', pg_temp.invite(address)), outcome, address)
from (values
  (pg_temp.by_id('grace'), '1'), (format('profile_id => %L', tests.id('nobody')), '1'),
  (format('profile_id => %L', tests.id('imported')), '1'),
  ('email => ''grace@example.com''', '1'), ('email => ''nobody@example.com''', '1'),
  (pg_temp.by_id('ada'), 'one_owner_only'), ('email => '' ADA@example.com''', 'one_owner_only'),
  ('email => ''grace''', 'invitee_required'), ('email => '' ''', 'invitee_required'),
  ('email => repeat(''x'', 400) || ''@example.com''', 'invitee_required'),
  ('email => ''grace@example.com'', ' || pg_temp.by_id('grace'), 'invitee_required')) as addresses (address, outcome);
select is(tests.outcome('ada', 'select public.invite_cohost(gen_random_uuid(), tests.id(''mill''), ''full'')'),
  'invitee_required', 'an invitation needs an invitee');
select is(tests.outcome('ada', 'select public.invite_cohost(null, tests.id(''mill''), ''full'', email => ''x@example.com'')'),
  'invitee_required', 'an invitation needs an id');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('grace'), role)), 'one_owner_only',
  format('as %s', coalesce(role, 'nothing'))) from unnest(array['owner', null]) as role;
select is(tests.outcome('hedy', pg_temp.invite(pg_temp.by_id('grace'))), 'not_your_listing',
  'a co-host cannot invite anybody');
select is(tests.outcome('ada', pg_temp.invite(pg_temp.by_id('grace'), 'full', 'to hedy')), 'id_reused',
  'an id is used once');

-- By e-mail, to whoever the address belongs to

select tests.become('ada');
select public.invite_cohost(tests.id('to grace'), tests.id('mill'), 'full', email => ' Grace@Example.com ');
select tests.back();
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '1', 'Grace is asked at her address');
update auth.users set email_confirmed_at = null where id = tests.person('grace');
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0',
  'an invitation is not shown before the address is confirmed');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'proof_required',
  'Grace cannot accept before her address is confirmed');
update auth.users set email_confirmed_at = now() where id = tests.person('grace');
savepoint invited;
select tests.become('grace');
select public.block_person(tests.person('ada'));
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0', 'a block hides it');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'invitation_not_found',
  'a block hides the invitation whoever blocked');
select is(tests.outcome('ada', 'select from public.cohost_invitations where status = ''open'''), '1',
  'Ada still sees the invitation as open when Grace blocks her');
rollback to invited;
select tests.become('ada');
select public.invite_cohost(tests.id('to grace again'), tests.id('mill'), 'calendar', email => 'grace@example.com');
select tests.back();
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace''))'), 'invitation_over',
  'a new invitation takes the place of the old');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace again''))'), '1',
  'an invitation that replaced another can be accepted');
select tests.become('grace');
select public.decline_cohost_invitation(tests.id('to grace again'));
select lives_ok($$ select public.decline_cohost_invitation(tests.id('to grace again')) $$, 'Grace says no, twice');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''to grace again''))'), 'invitation_over',
  'an invitation that was declined cannot be accepted');
select is(tests.outcome('ada', 'select public.withdraw_cohost_invitation(tests.id(''to grace again''))'), '1',
  'withdrawing what was declined changes nothing');
select tests.become('ada');
select public.invite_cohost(tests.id('withdrawn'), tests.id('mill'), 'full', email => 'grace@example.com');
select public.withdraw_cohost_invitation(tests.id('withdrawn')), public.withdraw_cohost_invitation(tests.id('withdrawn'));
select throws_ok('select public.withdraw_cohost_invitation(gen_random_uuid())', 'PT404', 'invitation_not_found',
  'an invitation that does not exist cannot be withdrawn');
select public.invite_cohost(tests.id('late'), tests.id('mill'), 'full', email => 'grace@example.com');
select tests.back();
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''withdrawn''))'), 'invitation_over',
  'an invitation that was withdrawn cannot be accepted');
select is(tests.outcome('hedy', 'select public.withdraw_cohost_invitation(tests.id(''late''))'), 'invitation_not_found',
  'a co-host cannot withdraw an invitation');

-- They end, they are few, and they are forgotten

savepoint before_the_end;
select tests.at(private.now() + interval '14 days');
select is(tests.outcome('grace', 'select from public.my_cohost_invitations()'), '0',
  'an invitation is over after fourteen days');
select is(tests.outcome('grace', 'select public.accept_cohost_invitation(tests.id(''late''))'), 'invitation_over',
  'an invitation that has ended cannot be accepted');
select is(private.forget_invitations(500), 0, 'an invitation that has ended is kept for a while');
select tests.at(private.now() + interval '30 days');
select cmp_ok(private.forget_invitations(500), '>', 4, 'thirty days later all of them are forgotten');
rollback to before_the_end;
update private.settings set invitations_a_day = 5;
select is(tests.outcome('ada', pg_temp.invite('email => ''x@example.com''')), 'too_many_invitations',
  'an owner can send a limited number of invitations a day');
select is(tests.outcome('ada',
  'select public.invite_cohost(tests.id(''late''), tests.id(''mill''), ''full'', email => ''grace@example.com'')'), '1',
  'repeating an invitation does not count towards the limit of a day');
update private.settings set invitations_a_day = 20;

-- Leaving

select tests.become('ada');
select throws_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('ada')) $$, 'PT422',
  'one_owner_only', 'the owner cannot be removed as a host');
select lives_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('grace')) $$,
  'removing a person who does not host changes nothing');
select tests.cohost('mill', 'radia', 'calendar');
select tests.become('radia');
select lives_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('radia')) $$,
  'Radia removes herself as a co-host');
select throws_ok($$ select public.remove_cohost(tests.id('mill'), tests.person('hedy')) $$, 'PT403',
  'not_your_listing', 'a co-host who has left has no permissions any more');
select tests.back();
select is((select count(*) from public.listing_hosts where listing_id = tests.id('mill')),
  2::bigint, 'two hosts are left when Radia leaves');
select is(tests.outcome('radia', format('select public.accept_cohost_invitation(%L)', invitation_id)), 'invitation_over',
  'an old yes does not bring her back')
from public.cohost_invitations where profile_id = tests.person('radia');
select throws_ok($$ update public.listing_hosts set role = 'owner'
  where profile_id = tests.person('hedy') $$, '23505',
  'duplicate key value violates unique constraint "listing_hosts_one_owner_idx"',
  'a listing has one owner');

-- What each role may do
select tests.cohost('mill', 'radia', 'calendar');
create temp table rights (person text, deeds text);
insert into rights values
  ('ada', 'bookings calendar contacts discounts listing payouts prices roles see'),
    ('hedy', 'bookings calendar contacts listing prices see'),
    ('radia', 'calendar see'), ('alan', null), ('grace', null);
create function pg_temp.deeds(person text, rule text) returns text language plpgsql as $$
declare
  deeds text;
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', tests.person(person))::text,
    true);
  select string_agg(deed, ' ' order by deed) into deeds
  from unnest(array['see', 'calendar', 'prices', 'discounts', 'listing', 'bookings', 'contacts', 'roles',
    'payouts', 'everything']) as deed
  where case rule
    when 'may_manage' then private.may_manage(tests.id('mill'), deed)
    else tests.id('mill') in (select private.listings_of_caller(deed)) end;
  return deeds;
end $$;
select is(pg_temp.deeds(person, rule), deeds, format('%s, says %s', initcap(person), rule))
from rights, unnest(array['may_manage', 'listings_of_caller']) as rule;
insert into private.suspensions (profile_id, reason) select tests.person(person), 'Test.'
  from rights;
select is(pg_temp.deeds(person, rule), case person when 'ada' then 'bookings payouts see' end,
  format('%s, suspended, looks at what was hers and does nothing, says %s', initcap(person), rule))
from rights, unnest(array['may_manage', 'listings_of_caller']) as rule;
delete from private.suspensions;
select tests.back();

-- The point the public sees

create function pg_temp.metres(lat1 double precision, lon1 double precision, lat2 double precision,
  lon2 double precision)
  returns double precision language sql as $$
  select 2 * 6371008.8 * asin(sqrt(sin(radians(lat2 - lat1) / 2) ^ 2
    + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2))
$$;
create function pg_temp.off(name text) returns double precision language sql as $$
  select pg_temp.metres(listing_addresses.latitude, listing_addresses.longitude, listings.latitude,
    listings.longitude)
  from public.listings
    join public.listing_addresses on listing_addresses.listing_id = listings.listing_id
  where listings.listing_id = tests.id(name)
$$;
select tests.become('ada');
select public.create_listing(tests.id('home ' || place), 'Home', 'UTC', 'EUR')
  from generate_series(1, 60) as place;
insert into public.listing_addresses (listing_id, street, latitude, longitude)
select tests.id('home ' || place), '1', -70 + 2.3 * place, mod(place * 37, 360) - 180
  from generate_series(1, 60) as place;
select tests.back();
select is_empty(
  $$ select place, pg_temp.off('home ' || place) from generate_series(1, 60) as place
     where not pg_temp.off('home ' || place) between 148 and 452 $$,
  'sixty homes lie 150 to 450 metres from their points');
select cmp_ok((select count(distinct round(degrees(atan2(east_metres, north_metres))::numeric / 30))
  from private.point_offsets), '>', 6::bigint,
  'the public points lie in all directions from their homes');
create temp table points as select latitude, longitude from public.listings
  where listing_id = tests.id('home 1');
update public.listing_addresses set street = '2', unit = 'b' where listing_id = tests.id('home 1');
update public.listing_addresses set latitude = latitude where listing_id = tests.id('home 1');
select results_eq($$ select latitude, longitude from public.listings
  where listing_id = tests.id('home 1') $$, 'select * from points',
  'the point is drawn once: many of them would give the door away');
update public.listing_addresses set latitude = latitude + 1 where listing_id = tests.id('home 1');
select is((select round((listings.latitude - points.latitude)::numeric, 5) from public.listings,
  points where listing_id = tests.id('home 1')), 1.00000,
  'a new address moves it as far');
select lives_ok(format('update public.listing_addresses set latitude = %s, longitude = %s where listing_id = tests.id(''home 2'')', latitude, longitude),
  format('even at %s, %s', latitude, longitude))
from (values (90, 0), (-90, 180), (0, 180), (0, -180), (89.9999, 179.9999)) as places (latitude,
  longitude);
select is(tests.outcome('ada',
  $$ update public.listing_addresses set latitude = 91 where listing_id = tests.id('home 2') $$),
    '23514', 'a latitude is at most 90');
select is(tests.outcome('ada',
  $$ update public.listing_addresses set longitude = 'NaN' where listing_id = tests.id('home 2') $$), '23514',
  'a longitude is a number');

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
