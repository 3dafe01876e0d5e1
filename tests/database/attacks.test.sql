-- Attacks: what people try who mean no good, each with the harm it once did.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan']) as name;
select tests.home('mill', 'ada');
select tests.home('barn', 'ada');
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
select public.create_listing(tests.id('shed'), 'Shed', 'Europe/Paris', 'EUR');
insert into public.length_discounts (listing_id, minimum_nights, discount_bp) values (tests.id('mill'), 7, 1000);
select tests.back();

-- A host moves a row to another listing: the first one was found, and every quote for it failed with a 500.

select is(
  tests.outcome('ada', format('update public.%s set listing_id = tests.id(''attic'') where listing_id = tests.id(''mill'')', relation)),
  'frozen', 'rows of ' || relation || ' stay with their listing')
from unnest(array['listing_prices', 'listing_addresses', 'listing_access', 'length_discounts']) as relation;
select is(
  tests.outcome('ada', $$ insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('mill'), 12000)
    on conflict (listing_id) do update set listing_id = excluded.listing_id, base_price_minor = excluded.base_price_minor $$),
  '1', 'an upsert, as PostgREST writes it, names the listing and leaves it');

-- A host takes the city out of a published listing: no mail about it could be written any more.

select tests.become('ada');
update public.listings set city = null where listing_id = tests.id('barn');
select tests.back();
select tests.book('visit', 'grace', 'barn', '2031-06-02', '2031-06-05');
select is(private.mail_facts(tests.id('visit'), tests.person('grace')) ->> 'city', '', 'a place without a name has an empty one');

-- Several homes behind one door: the mean of their public points, each drawn by itself, was the door.

select tests.become('hedy');
select public.create_listing(tests.id('unit ' || unit), 'Unit', 'Europe/Paris', 'EUR') from generate_series(1, 6) as unit;
insert into public.listing_addresses (listing_id, street, unit, latitude, longitude)
select tests.id('unit ' || unit), '2 rue du Moulin', unit, 43.6, 3.88 + case unit when 6 then 0.01 else 0.00001 * unit end
from generate_series(1, 6) as unit;
select tests.back();
select is(count(distinct (north_metres, east_metres)), 1::bigint, 'five units behind one door share one way to the public point')
from private.point_offsets join public.listing_addresses using (listing_id)
where street = '2 rue du Moulin' and unit <> '6';
select is(count(*), 0::bigint, 'a home of the same host further on has its own: who knows one door learns no other')
from private.point_offsets as one join private.point_offsets as six using (north_metres, east_metres)
where one.listing_id = tests.id('unit 1') and six.listing_id = tests.id('unit 6');

-- A guest who asks anew every quarter of an hour kept the nights from everyone, for nothing.

select tests.book('try ' || try, 'alan', 'barn', '2031-06-10', '2031-06-12') from generate_series(1, 12) as try;
select is(tests.outcome('alan', $$ select tests.book('try 13', 'alan', 'barn', '2031-06-10', '2031-06-12') $$),
  'too_many_holds', 'twelve times in a day is enough');
select is(tests.outcome('alan', $$ select tests.book('try 12', 'alan', 'barn', '2031-06-10', '2031-06-12') $$), '1',
  'the twelfth is still held, and can be asked for again');
select is(tests.outcome('alan', $$ select tests.book('elsewhere', 'alan', 'mill', '2031-06-10', '2031-06-12') $$), '1',
  'other homes can be held');
select tests.at('2031-05-20 12:16+00');
select is(tests.outcome('grace', $$ select tests.book('hers', 'grace', 'barn', '2031-06-10', '2031-06-12') $$), '1',
  'nights that were held too often can be held by another guest');
select tests.at('2031-05-21 12:01+00');
select is(tests.outcome('alan', $$ select tests.book('next day', 'alan', 'barn', '2031-06-10', '2031-06-12') $$), '1',
  'nights that were held too often can be held again a day later');

-- A hold costs nothing: whoever once held nights kept seeing the home after its host had hidden it.

create function pg_temp.homes_seen_by(name text) returns bigint language plpgsql as $$
declare
  seen bigint;
begin
  perform tests.become(name);
  select count(*) into seen from public.listings where listing_id = tests.id('barn');
  perform tests.back();
  return seen;
end $$;

select tests.at('2031-05-21 12:00+00');
select tests.book('paid', 'hedy', 'barn', '2031-06-20', '2031-06-22');
select tests.money('paid', 'succeeded');
select tests.book('held', 'alan', 'barn', '2031-06-24', '2031-06-26');
select tests.become('ada');
select public.hide_listing(tests.id('barn'));
select tests.back();
select is(pg_temp.homes_seen_by('alan'), 1::bigint, 'a guest who holds nights sees the home');
select tests.at('2031-05-21 12:20+00');
select private.expire_bookings(10);
select is(pg_temp.homes_seen_by('alan'), 0::bigint,
  'a guest whose hold ended does not see a hidden home');
select is(pg_temp.homes_seen_by('hedy'), 1::bigint,
  'a guest who has paid keeps seeing a hidden home');

-- A host changes the policy between quote and request: the price stayed, and flexible became no refund.

create function pg_temp.ask(policy text) returns text language sql as $$
  select tests.outcome('grace', format(
    'select public.request_booking(tests.id(''asked''), tests.id(''mill''), %L, %L, %s, expected_cancellation_policy => %L)',
    '2031-07-01', '2031-07-03', (public.quote_stay(tests.id('mill'), '2031-07-01', '2031-07-03')).total_minor, policy))
$$;
select is(pg_temp.ask('moderate'), '1', 'the policy of the quote is the policy of the booking');
update public.listings set cancellation_policy = 'non_refundable' where listing_id = tests.id('mill');
select is(pg_temp.ask('moderate'), 'terms_changed', 'a policy that changed since is not agreed to');
select is(pg_temp.ask(null), '1',
  'a request without an expected policy takes the policy of the home');

-- A login goes while its token is still good: the person wrote themselves back into the books, and hosted on.

select tests.cohost(home, 'hedy', 'full') from unnest(array['mill', 'shed']) as home;
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
-- Not tests.person: asked for each row, it would sign her up again.
delete from auth.users where id = tests.id('ada');

create function pg_temp.tries_with_an_old_token(statement text) returns text language plpgsql as $$
declare
  touched bigint;
begin
  perform set_config('request.jwt.claims',
    json_build_object('sub', tests.id('ada'), 'role', 'authenticated', 'aud', 'authenticated')::text, true);
  set local role authenticated;
  begin
    execute statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'UNDO1', message = touched::text;
  exception when others then
    perform tests.back();
    return case when sqlstate = 'UNDO1' or sqlstate like 'PT%' then sqlerrm else sqlstate end;
  end;
end $$;

select is(pg_temp.tries_with_an_old_token(statement), outcome, statement)
from (values
  ('update public.profiles set display_name = ''Ada again''', '0'),
  ('update public.private_profiles set phone = ''+4930123456''', '0'),
  ('update public.listings set title = ''Still mine''', '0'),
  ('update public.listing_access set door_code = ''0000''', '0'),
  ('update public.listing_prices set base_price_minor = 1', '0'),
  ('update public.booking_rules set minimum_nights = 3', '0'),
  ('delete from public.length_discounts', '0'),
  ('insert into public.listing_amenities (listing_id, amenity) values (tests.id(''mill''), ''wifi'')', '42501'),
  ('select * from public.listing_blocks(tests.id(''mill''))', 'not_your_listing'),
  ('select * from public.block_nights(tests.id(''mill''), ''2031-07-01'', ''2031-07-02'')', 'account_closed'),
  ('select * from public.publish_listing(tests.id(''mill''))', 'account_closed')) as tried (statement, outcome);

-- The owner is gone: whoever hosts with them could show the home again, and nobody would have been paid.

select is(tests.outcome('hedy', $$ select public.publish_listing(tests.id('mill')) $$), 'account_closed',
  'a co-host cannot publish what nobody owns');
select is(tests.outcome('hedy', $$ update public.listings set title = 'The mill' where listing_id = tests.id('mill') $$), '1',
  'a co-host may still edit a home that nobody owns');

-- A list of a hundred thousand room types was once gone through for every home a search looked at.

select is(
  (private.search_terms(jsonb_populate_record(null::private.search_wish,
    jsonb_build_object('guests', 1, 'infants', 0, 'pets', 0, 'room_types', types)))).room_types,
  wanted, format('%s room types asked for', cardinality(types)))
from (values
  (array_fill('entire_home'::public.room_type, array[1000]) || 'hotel_room'::public.room_type,
    '{entire_home,hotel_room}'::public.room_type[]),
  ('{}', null), (null, null), ('{null}', '{null}'), ('{hotel_room}', '{hotel_room}')) as asked (types, wanted);

-- A worker that cannot be called is no reason to undo what it was to be told: it looks by itself every minute.

create schema net;
create schema vault;
create table vault.decrypted_secrets as
  select * from (values ('staybase_url', 'https://x.example'), ('staybase_secret_key', 'sb_secret_x')) as secrets (name, decrypted_secret);
create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000)
  returns bigint language plpgsql as $$
begin
  raise exception 'permission denied for table http_request_queue';
end $$;
select lives_ok($$ select private.write_mail('booking_confirmed_guest', tests.id('visit')) $$,
  'a command is kept when nobody can be called');
select lives_ok('select tests.run_due_jobs()', 'jobs run when nobody can be called');
create or replace function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000)
  returns bigint language plpgsql as $$
begin
  insert into vault.decrypted_secrets values ('called', format('%s %s %s %s', url, body, headers ->> 'apikey', timeout_milliseconds));
  return 1;
end $$;
select private.call_function('run-commands');
select results_eq($$ select decrypted_secret from vault.decrypted_secrets where name = 'called' $$,
  $$ values ('https://x.example/functions/v1/run-commands {} sb_secret_x 30000') $$,
  'else it is called as pg_net wants it, and has half a minute to answer');

-- Verbs without a search_path of their own, called under one where every name means something else.

select tests.home('tower', 'alan');
set constraints all immediate;
create schema evil;
create function evil.day(written text, field text) returns date language sql immutable as 'select date ''2031-12-31''';
create function evil.lower(written text) returns text language sql immutable as 'select ''stolen''';
create function evil.same(one date, other date) returns boolean language sql immutable as 'select false';
create function evil.joined(one text, other text) returns text language sql immutable as 'select ''stolen''';
create operator evil.= (function = evil.same, leftarg = date, rightarg = date);
create operator evil.|| (function = evil.joined, leftarg = text, rightarg = text);
create table evil.listings (listing_id uuid);
create domain evil.date as text;
create domain evil.uuid as text check (false);
create temp table listings (listing_id text);
grant usage on schema evil to anon;
grant execute on all functions in schema evil to anon;
create function pg_temp.quoted() returns text language sql stable as $$ select lower('A') $$;
create function pg_temp.under(path text, call text) returns text language plpgsql as $$
declare
  usual constant text := current_setting('search_path');
  said  text;
begin
  perform tests.become_anon();
  perform set_config('search_path', path, true);
  execute format('select pg_catalog.string_agg(answer::pg_catalog.text, '' '') from %s as answer', call) into said;
  perform pg_catalog.set_config('search_path', usual, true);
  if said is null then raise exception '% answers nothing', call; end if;
  perform tests.back();
  return said;
end $$;
grant execute on all functions in schema pg_temp to anon;
select is(pg_temp.under('evil, pg_catalog', 'pg_temp.quoted()'), 'stolen', 'names in a quoted body follow the caller');
select is(pg_temp.under('evil, pg_temp, pg_catalog', call), pg_temp.under('', call), call || ' means the same under any path')
from unnest(array[
  format('public.quote_stay(%L, ''2031-06-10'', ''2031-06-12'')', tests.id('tower')),
  format('public.listing_calendar(%L, ''2031-06-10'', ''2031-06-12'')', tests.id('tower')),
  format('public.stay_prices(array[%L]::pg_catalog.uuid[], ''2031-06-10'', ''2031-06-12'')', tests.id('tower')),
  'public.search_listings(words => ''tower'')', 'public.search_pins(2, 48, 3, 49)',
  'public.search_screen(words => ''tower'')', 'public.search_facets(check_in => ''2031-06-10'', check_out => ''2031-06-12'')']) as call;
drop table pg_temp.listings;

-- Whoever has the password of the database empties a book: each is kept from its owner too.

select is(tests.outcome('postgres', 'truncate ' || book), 'frozen', book || ' is not emptied')
from unnest(array[
  'private.booking_taxes', 'public.guest_totals', 'public.host_totals', 'public.booking_history',
  'public.cancellations', 'public.guest_settlements', 'public.host_settlements', 'private.ledger_entries',
  'public.receipts', 'public.earnings', 'public.reviews', 'public.guest_reviews', 'public.superhost_evaluations',
  'private.offer_prices', 'private.audit_log', 'private.decisions']) as book;

select * from finish();
rollback;
