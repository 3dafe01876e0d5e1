-- Wishlists: homes people keep for later, alone or together.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy', 'katherine', 'alan']) as name;
select tests.home(home, 'ada') from unnest(array['mill', 'loft', 'barn']) as home;
select tests.home('tower', 'alan');
-- Totals of cards are read where search has them, which follows at the end of each transaction.
set constraints all immediate;
insert into public.listing_photos (listing_id, storage_path, position, published)
-- The first, number 0, is still to be checked: nobody else is shown it.
select tests.id(home), tests.id(home) || '/' || home || '-' || number || '.jpg', number + 1, number > 0
from unnest(array['mill', 'loft', 'tower']) as home, generate_series(0, 2) as number;
insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
values (tests.id('mill'), tests.person('ada'), 12, 4.83);

create function pg_temp.cards(list text) returns text language sql as $$
  select string_agg(title || case when available then '' else ' (gone)' end, ', ' order by number)
  from public.wishlist_cards(tests.id(list)) with ordinality as card (
    listing_id, available, title, city, country_code, photo_path, rating, currency, price_minor,
    total_minor, problem, note, added_by, added_by_name, added_at, up_votes, down_votes, own_vote,
    cursor, number)
$$;
create function pg_temp.token(list text, purpose text) returns text language sql security definer as $$
  select token from public.wishlist_links
  where wishlist_id = tests.id(list) and wishlist_links.purpose = token.purpose::public.wishlist_purpose
$$;
create function pg_temp.saves(list text, home text, saved boolean default true)
  returns text language sql as $$
  select format('select public.save_listing(%L, %L, %L)', tests.id(home), tests.id(list), saved)
$$;
grant execute on function pg_temp.cards(text), pg_temp.token(text, text), pg_temp.saves(text, text, boolean)
  to authenticated;

-- A list

select tests.become('grace');
select results_eq(
  $$ select owner_id, name, check_in, check_out, guests::integer, infants::integer, pets::integer,
       created_at
     from public.create_wishlist(tests.id('summer'), 'Summer', '2031-07-01', '2031-07-05', 2::smallint) $$,
  $$ values (tests.person('grace'), 'Summer', date '2031-07-01', date '2031-07-05', 2, 0, 0,
       timestamptz '2031-05-20 12:00+00') $$,
  'Grace begins a list for a trip');
select is((public.create_wishlist(tests.id('summer'), 'Winter')).name, 'Summer',
  'the same id again is the same list');
select is((public.create_wishlist(tests.id('someday'), 'Someday')).check_in, null,
  'a list need not be for a trip');
select tests.back();
select is(tests.outcome('dorothy', format('select public.create_wishlist(%L, ''Mine'')', tests.id('summer'))),
  'id_reused', 'nobody else takes that id');
select is(tests.outcome('grace', format('select public.create_wishlist(gen_random_uuid(), %s)', arguments)),
  outcome, arguments)
from (values
  ('null', '23502'), ('''  ''', '23514'), ('repeat(''x'', 101)', '23514'),
  ('''Trip'', ''2031-07-01''', 'dates_required'),
  ('''Trip'', check_out => ''2031-07-01''', 'dates_required'),
  ('''Trip'', ''2031-07-01'', ''2031-07-01''', 'dates_reversed'),
  ('''Trip'', ''2031-07-01'', ''infinity''', 'invalid_dates'),
  ('''Trip'', ''2031-07-01'', ''2035-07-01''', 'too_many_days'),
  ('''Trip'', guests => 0::smallint', '23514'), ('''Trip'', pets => 11::smallint', '23514'),
  ('''Trip'', infants => null', '23502'), ('''Trip'', guests => 64::smallint', '1')
) as tried (arguments, outcome);

-- Saving and taking out, as often as one likes

select tests.become('grace');
select results_eq(
  $$ select * from public.save_listing(tests.id('mill'), tests.id('summer')) $$,
  $$ values (tests.id('mill'), array[tests.id('summer')]) $$, 'the mill is saved');
select results_eq(
  $$ select * from public.save_listing(tests.id('mill'), tests.id('summer')) $$,
  $$ values (tests.id('mill'), array[tests.id('summer')]) $$,
  'a home that is saved again is saved once');
select is(cardinality((public.save_listing(tests.id('mill'), tests.id('someday'))).wishlist_ids), 2,
  'a home may be in two lists');
select public.save_listing(tests.id(home), tests.id('summer')) from unnest(array['loft', 'tower']) as home;
select is(pg_temp.cards('summer'), 'Tower, Loft, Mill', 'the newest home is first on a list');
select results_eq(
  $$ select listing_id, cardinality(wishlist_ids)
     from public.saved_listings(array[tests.id('mill'), tests.id('barn'), tests.id('tower')])
     order by 2 $$,
  $$ values (tests.id('tower'), 1), (tests.id('mill'), 2) $$,
  'saved_listings returns the saved homes of a page of results');
select is_empty($$ select * from public.saved_listings('{}') $$,
  'saved_listings of no homes is empty');
select is_empty($$ select * from public.saved_listings(null) $$, 'saved_listings of null is empty');
select throws_ok(
  $$ select public.saved_listings(array(select gen_random_uuid() from generate_series(1, 101))) $$,
  'PT400', 'too_many_results', 'a page has at most a hundred');
select results_eq(
  $$ select * from public.save_listing(tests.id('tower'), tests.id('summer'), false) $$,
  $$ values (tests.id('tower'), '{}'::uuid[]) $$, 'the tower is taken out');
select results_eq(
  $$ select * from public.save_listing(tests.id('tower'), tests.id('summer'), false) $$,
  $$ values (tests.id('tower'), '{}'::uuid[]) $$, 'taking a home out twice changes nothing');
select tests.back();
select is(tests.outcome(person, statement), outcome, person || ': ' || outcome)
from (values
  ('grace', format('select public.save_listing(%L, %L)', gen_random_uuid(), tests.id('summer')), 'listing_not_found'),
  ('grace', format('select public.save_listing(%L, %L)', tests.id('mill'), gen_random_uuid()), 'wishlist_not_found'),
  ('grace', format('select public.save_listing(%L, %L, null)', tests.id('mill'), tests.id('summer')), 'saved_required'),
  ('dorothy', pg_temp.saves('summer', 'mill'), 'wishlist_not_found'),
  ('dorothy', pg_temp.saves('summer', 'mill', false), 'wishlist_not_found')
) as tried (person, statement, outcome);

-- Order, notes, votes of one

select tests.become('grace');
select public.save_listing(tests.id('barn'), tests.id('summer'));
select is(pg_temp.cards('summer'), 'Barn, Loft, Mill', 'three in their order');
select public.move_saved_listing(tests.id('summer'), tests.id('mill'), tests.id('loft'));
select is(pg_temp.cards('summer'), 'Barn, Mill, Loft', 'the mill goes before the loft');
select public.move_saved_listing(tests.id('summer'), tests.id('mill'), tests.id('loft'));
select is(pg_temp.cards('summer'), 'Barn, Mill, Loft',
  'a home that is moved to its place stays there');
select public.move_saved_listing(tests.id('summer'), tests.id('barn'));
select public.move_saved_listing(tests.id('summer'), tests.id('barn'), tests.id('barn'));
select is(pg_temp.cards('summer'), 'Mill, Loft, Barn', 'the barn goes to the end');
select public.move_saved_listing(tests.id('summer'), tests.id('barn'), tests.id('mill'));
select is(pg_temp.cards('summer'), 'Barn, Mill, Loft', 'the barn goes to the beginning');
select throws_ok(format('select public.move_saved_listing(%L, %L, %L)', tests.id('summer'), one, other),
  'PT404', 'not_in_wishlist', 'what is not in the list is not moved')
from (values (tests.id('tower'), null), (tests.id('mill'), tests.id('tower'))) as moved (one, other);

select is((public.note_saved_listing(tests.id('summer'), tests.id('mill'), 'With the wheel.')).noted_by,
  tests.person('grace'), 'Grace notes something about the mill');
select results_eq(
  $$ select note, noted_by from public.note_saved_listing(tests.id('summer'), tests.id('loft'), null) $$,
  $$ values ('', null::uuid) $$, 'no note is an empty one');
select throws_ok(
  format('select public.note_saved_listing(%L, %L, repeat(''x'', 501))', tests.id('summer'), tests.id('mill')),
  '23514', null, 'a note is short');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'), 'down');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'), 'up');
select results_eq(
  $$ select title, city, photo_path, rating, currency, price_minor, total_minor, problem, note, added_by,
       added_by_name, added_at, up_votes, down_votes, own_vote::text
     from public.wishlist_cards(tests.id('summer')) where listing_id = tests.id('mill') $$,
  $$ values ('Mill', 'Paris', tests.id('mill') || '/mill-1.jpg', 4.83, 'EUR', 10000::bigint, 45640::bigint,
       null::text, 'With the wheel.', tests.person('grace'), 'Grace', timestamptz '2031-05-20 12:00+00',
       1, 0, 'up') $$,
  'a card shows what the home is now, what the trip costs there, and what they think of it');
select is((public.quote_stay(tests.id('mill'), '2031-07-01', '2031-07-05', 2)).total_minor, 45640::bigint,
  'the total is that of the quote');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'));
select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'));
select is((select count(*) from public.wishlist_votes), 0::bigint, 'a vote is taken back');
select tests.back();

-- The trip may not fit

select tests.become('ada');
select public.block_nights(tests.id('loft'), '2031-07-02', '2031-07-03');
select tests.become('grace');
select results_eq(
  $$ select title, problem, total_minor from public.wishlist_cards(tests.id('summer')) $$,
  $$ values ('Barn', null, 45640::bigint), ('Mill', null, 45640), ('Loft', 'nights_taken', null) $$,
  'the card says why a stay is not possible');
select is((public.edit_wishlist(tests.id('summer'), 'Summer of 31')).check_in, null,
  'the trip is called off');
select results_eq(
  $$ select distinct problem, total_minor from public.wishlist_cards(tests.id('summer')) $$,
  $$ values (null::text, null::bigint) $$, 'a list without dates has no totals');
select results_eq(
  $$ select check_in, pets::integer
     from public.edit_wishlist(tests.id('summer'), 'Summer', '2031-07-01', '2031-07-05', 2::smallint, pets => 3::smallint) $$,
  $$ values (date '2031-07-01', 3) $$, 'the trip is planned again, with pets');
select results_eq(
  $$ select distinct problem from public.wishlist_cards(tests.id('summer')) $$,
  $$ values ('pets_not_allowed') $$, 'with three dogs no home has room');
select public.edit_wishlist(tests.id('summer'), 'Summer');

-- A page at a time

select results_eq(
  $$ select title from public.wishlist_cards(tests.id('summer'), 2) $$,
  $$ values ('Barn'), ('Mill') $$, 'the first page has two homes');
select results_eq(
  $$ select title from public.wishlist_cards(tests.id('summer'), 2, (
       select cursor from public.wishlist_cards(tests.id('summer'), 2) offset 1)) $$,
  $$ values ('Loft') $$, 'the next page goes on after the cursor');
select throws_ok(format('select public.wishlist_cards(%L, %s)', tests.id('summer'), page), 'PT400', problem, page)
from (values ('0', 'invalid_page_size'), ('null', 'invalid_page_size'), ('101', 'too_many_results'),
  ('20, ''first''', 'invalid_cursor'), ('20, ''''', 'invalid_cursor'),
  ('20, ''9999999999''', 'invalid_cursor')) as pages (page, problem);
select results_eq(
  $$ select wishlist_id, name, owner_name, homes, members, photo_paths from public.my_wishlists() order by name $$,
  $$ values
     (tests.id('someday'), 'Someday', 'Grace', 1, 1, array[tests.id('mill') || '/mill-1.jpg']),
     (tests.id('summer'), 'Summer', 'Grace', 3, 1,
       array[tests.id('mill') || '/mill-1.jpg', tests.id('loft') || '/loft-1.jpg']) $$,
  'the lists, with their photos');
select is(
  (select count(distinct page.wishlist_id)
   from public.my_wishlists(1) as first,
     lateral (select first.wishlist_id union all
       select wishlist_id from public.my_wishlists(1, first.cursor)) as page),
  2::bigint, 'the lists can be read page by page');
select throws_ok(format('select public.my_wishlists(20, %L)', cursor), 'PT400', 'invalid_cursor', cursor)
from unnest(array['', 'x', '12_34', '1_' || repeat('g', 32)]) as cursor;
select tests.back();

-- A home that leaves the public's sight

select tests.become('ada');
update public.listings set title = 'The Mill' where listing_id = tests.id('mill');
select public.hide_listing(tests.id('mill'));
update public.listings set title = 'Sold' where listing_id = tests.id('mill');
delete from public.listing_photos where listing_id = tests.id('mill');
select tests.back();
update private.listing_stars set imported_stars = 1;
select tests.become('grace');
select results_eq(
  $$ select available, title, city, country_code, photo_path, rating, price_minor
     from public.wishlist_cards(tests.id('summer')) where listing_id = tests.id('mill') $$,
  $$ values (false, 'The Mill', 'Paris', 'FR', null::text, 4.83, null::bigint) $$,
  'stays on the list as it was seen last, without the photo');
select is(cardinality((public.save_listing(tests.id('mill'), tests.id('summer'))).wishlist_ids), 2,
  'saving what is saved already changes nothing, hidden or not');
select public.save_listing(tests.id('mill'), tests.id('someday'), false);
select throws_ok(format('select public.save_listing(%L, %L)', tests.id('mill'), tests.id('someday')),
  'PT404', 'listing_not_found', 'a hidden home that was taken out cannot be saved again');
select tests.become('ada');
select public.publish_listing(tests.id('mill'));
select tests.become('grace');
select results_eq(
  $$ select available, title, rating from public.wishlist_cards(tests.id('summer'))
     where listing_id = tests.id('mill') $$,
  $$ values (true, 'Sold', 1.00) $$, 'a home that is shown again has its new card');
select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.become('grace');
select results_eq(
  $$ select title, photo_path, rating from public.wishlist_cards(tests.id('summer'))
     where listing_id = tests.id('mill') $$,
  $$ values ('Sold', null::text, 1.00) $$, 'a home that is hidden again keeps its latest card');
select tests.back();
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Test.');
select is(tests.outcome('grace', pg_temp.saves('someday', 'tower')), 'listing_not_found',
  'the home of a suspended host is not to be saved');
delete from private.suspensions;

-- A link to read

select tests.become('grace');
select is((public.share_wishlist(tests.id('summer'))).token, pg_temp.token('summer', 'read'), 'Grace gets a link');
select is((public.share_wishlist(tests.id('summer'), 'read')).token, pg_temp.token('summer', 'read'),
  'asking for a link again gives the same link');
select matches(pg_temp.token('summer', 'read'), '^[0-9a-f]{32}$',
  'the token of a link cannot be guessed');
select public.note_saved_listing(tests.id('summer'), tests.id('loft'), 'For Margaret''s knee.');
select tests.back();
create temp table old as select pg_temp.token('summer', 'read') as token;
grant select on old to public;
select is(tests.outcome(person, format('select * from public.shared_wishlist_cards(%L)', pg_temp.token('summer', 'read'))),
  '3', person || ' reads it')
from unnest(array['anon', 'katherine', 'grace', 'ada']) as person;
select tests.become_anon();
select results_eq(
  $$ select name, owner_name, purpose::text, check_in, homes
     from public.shared_wishlist((select token from old)) $$,
  $$ values ('Summer', 'Grace', 'read', null::date, 3) $$, 'a stranger with the link sees what it is');
select results_eq(
  $$ select title, available, note, added_by, added_by_name, up_votes, down_votes, own_vote::text
     from public.shared_wishlist_cards((select token from old)) $$,
  $$ values
     ('Barn', true, null::text, null::uuid, null::text, null::integer, null::integer, null::text),
     ('Sold', false, null, null, null, null, null, null),
     ('Loft', true, null, null, null, null, null, null) $$,
  'a stranger with the link sees the homes, not what is thought of them');
select throws_ok(format('select public.%s(%L)', verb, token), 'PT404', 'link_not_found', verb)
from unnest(array['shared_wishlist', 'shared_wishlist_cards']) as verb,
  unnest(array['', 'guess', null, repeat('0', 32)]) as token;
select tests.back();
select is(tests.outcome('katherine', format('select public.join_wishlist(%L)', token)), 'link_not_found',
  'a link to read does not let anybody join') from old;
select is(tests.outcome('katherine', 'select from public.wishlist_links'), '0',
  'nobody lists the links of others');
select tests.become('grace');
select isnt((public.share_wishlist(tests.id('summer'), 'read', token)).token, token,
  'a new link replaces the old one')  from old;
select is((public.share_wishlist(tests.id('summer'), 'read', token)).token, pg_temp.token('summer', 'read'),
  'asked for again with the old token, the same new one') from old;
select tests.back();
select is(tests.outcome('anon', format('select public.shared_wishlist(%L)', token)), 'link_not_found',
  'a link that was replaced leads nowhere') from old;
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Test.');
select is(tests.outcome('anon', format('select public.shared_wishlist(%L)', pg_temp.token('summer', 'read'))),
  'link_not_found', 'the links of a suspended person lead nowhere');
delete from private.suspensions;
update old set token = pg_temp.token('summer', 'read');
select tests.become('grace');
select public.unshare_wishlist(tests.id('summer'), 'read');
select public.unshare_wishlist(tests.id('summer'), 'read');
select tests.back();
select is(tests.outcome('anon', format('select public.shared_wishlist_cards(%L)', token)), 'link_not_found',
  'a link that was withdrawn leads nowhere') from old;

-- Planning together

select tests.become('grace');
select public.share_wishlist(tests.id('summer'), 'join');
select tests.back();
update old set token = pg_temp.token('summer', 'join');
select is(tests.outcome('anon', format('select public.join_wishlist(%L)', token)), '42501', 'a stranger joins nothing')
from old;
select is(tests.outcome('anon', format('select public.shared_wishlist(%L)', token)), '1',
  'a stranger sees the list that the link invites to')
from old;
select tests.become('margaret');
select is((public.join_wishlist(token)).name, 'Summer', 'Margaret joins the list') from old;
select is((public.join_wishlist(token)).name, 'Summer',
  'joining a list twice changes nothing') from old;
select results_eq(
  $$ select display_name, owner from public.wishlist_people(tests.id('summer')) $$,
  $$ values ('Grace', true), ('Margaret', false) $$, 'the list has two people');
select is((select name from public.my_wishlists()), 'Summer',
  'the list is one of Margaret''s lists');
select public.save_listing(tests.id('tower'), tests.id('summer'));
select public.note_saved_listing(tests.id('summer'), tests.id('tower'), 'No stairs!');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('tower'), 'up');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('barn'), 'down');
select public.save_listing(tests.id('loft'), tests.id('summer'), false);
select throws_ok(statement, 'PT403', 'not_your_wishlist', statement)
from unnest(array[
  format('select public.edit_wishlist(%L, ''Ours'')', tests.id('summer')),
  format('select public.delete_wishlist(%L)', tests.id('summer')),
  format('select public.share_wishlist(%L)', tests.id('summer')),
  format('select public.unshare_wishlist(%L, ''join'')', tests.id('summer')),
  format('select public.remove_from_wishlist(%L, %L)', tests.id('summer'), tests.person('grace'))]) as statement;
select tests.become('grace');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('tower'), 'up');
select results_eq(
  $$ select title, note, added_by_name, up_votes, down_votes, own_vote::text
     from public.wishlist_cards(tests.id('summer')) $$,
  $$ values ('Tower', 'No stairs!', 'Margaret', 2, 0, 'up'), ('Barn', '', 'Grace', 0, 1, null),
     ('Sold', 'With the wheel.', 'Grace', 0, 0, null) $$,
  'Grace sees what Margaret added, wrote and thinks');
select throws_ok(format('select public.remove_from_wishlist(%L, %L)', tests.id('summer'), tests.person('grace')),
  'PT422', 'owner_stays', 'Grace does not leave her own list');
select tests.back();

savepoint together;
select tests.become('margaret');
select public.remove_from_wishlist(tests.id('summer'), tests.person('margaret'));
select throws_ok(format('select public.remove_from_wishlist(%L, %L)', tests.id('summer'), tests.person('margaret')),
  'PT404', 'wishlist_not_found', 'a person who left is not on the list any more');
select tests.become('grace');
select results_eq(
  $$ select title, note, up_votes, down_votes from public.wishlist_cards(tests.id('summer')) $$,
  $$ values ('Tower', 'No stairs!', 1, 0), ('Barn', '', 0, 0), ('Sold', 'With the wheel.', 0, 0) $$,
  'the votes of a person who left are gone, what she added stays');
select is(pg_temp.token('summer', 'join'), token, 'the link to join stays') from old;
rollback to together;

select tests.become('grace');
select public.remove_from_wishlist(tests.id('summer'), tests.person('margaret'));
select public.remove_from_wishlist(tests.id('summer'), tests.person('margaret'));
select public.remove_from_wishlist(tests.id('summer'), null);
select tests.back();
select is(tests.outcome('margaret', format('select public.join_wishlist(%L)', token)), 'link_not_found',
  'removed, Margaret does not come back by the same link') from old;
select is(tests.outcome('margaret', format('select from public.%I', relation)), '0',
  'and sees nothing of it in ' || relation)
from unnest(array['wishlists', 'wishlist_members', 'wishlist_homes', 'wishlist_votes', 'wishlist_links']) as relation;
select is(tests.outcome('margaret', format('select public.wishlist_cards(%L)', tests.id('summer'))),
  'wishlist_not_found', 'a removed person reads the list by no verb either');
rollback to together;

-- Limits

update private.settings set wishlists_per_person = 2, wishlist_homes = 3, wishlist_members = 2;
select is(tests.outcome('grace', 'select public.create_wishlist(gen_random_uuid(), ''More'')'),
  'too_many_wishlists', 'two lists are enough for Grace');
select is(tests.outcome('grace', format('select public.create_wishlist(%L, ''Summer'')', tests.id('summer'))), '1',
  'a list that exists is answered when the limit is reached');
select is(tests.outcome('grace', pg_temp.saves('summer', 'loft')), 'wishlist_full', 'three homes for a list');
select is(tests.outcome('grace', pg_temp.saves('summer', 'tower')), '1',
  'homes on the list may be saved again when the limit is reached');
select is(tests.outcome('dorothy', format('select public.join_wishlist(%L)', token)), 'wishlist_crowded',
  'a list takes two people at most') from old;
select is(tests.outcome('margaret', format('select public.join_wishlist(%L)', token)), '1',
  'people on the list may join again when the limit is reached')
from old;
update private.settings set wishlists_per_person = 1, wishlist_members = 9;
select tests.become('dorothy');
select public.create_wishlist(tests.id('hers'), 'Hers');
select tests.back();
select is(tests.outcome('dorothy', format('select public.join_wishlist(%L)', token)), 'too_many_wishlists',
  'a list one joins counts as well') from old;
rollback to together;

-- An account that goes leaves nothing

delete from auth.users where id = tests.person('margaret');
select tests.become('grace');
select results_eq(
  $$ select title, note, added_by, added_by_name, up_votes, down_votes from public.wishlist_cards(tests.id('summer')) $$,
  $$ values ('Tower', '', null::uuid, null::text, 1, 0), ('Barn', '', tests.person('grace'), 'Grace', 0, 0),
     ('Sold', 'With the wheel.', tests.person('grace'), 'Grace', 0, 0) $$,
  'a deleted person leaves only the home that she found');
select is((select count(*) from public.wishlist_people(tests.id('summer'))), 1::bigint,
  'a deleted person is not on the list any more');
select tests.back();
select throws_ok(
  $$ select set_config('role', 'authenticated', true),
       set_config('request.jwt.claims', jsonb_build_object('sub', md5('staybase margaret')::uuid)::text, true),
       public.create_wishlist(gen_random_uuid(), 'Again') $$,
  'PT403', 'account_closed', 'a deleted person begins no list with the token she still has');
select tests.back();
delete from auth.users where id = tests.person('grace');
select is((select count(*) from public.wishlists), 0::bigint, 'Grace''s lists go with her');
select is((select count(*) from public.wishlist_homes), 0::bigint,
  'all homes of Grace''s lists go with her');
select is((select count(*) from public.wishlist_links), 0::bigint,
  'the links of Grace''s lists go with her');
select is(tests.outcome('anon', format('select public.shared_wishlist(%L)', token)), 'link_not_found',
  'the links of Grace''s lists lead nowhere')
from old;
rollback to together;

-- A host who goes

delete from auth.users where id = tests.person('alan');
select tests.become('grace');
select results_eq(
  $$ select available, title, photo_path from public.wishlist_cards(tests.id('summer')) limit 1 $$,
  $$ values (false, 'Tower', null::text) $$,
  'a home whose host is deleted leaves its card on the list');
select tests.back();
rollback to together;
insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Test.');
select tests.become('grace');
select results_eq(
  $$ select available, title, price_minor from public.wishlist_cards(tests.id('summer')) limit 1 $$,
  $$ values (false, 'Tower', null::bigint) $$,
  'while a host is suspended the home is not to be had, and has no price');

-- The end

select public.delete_wishlist(tests.id('summer'));
select public.delete_wishlist(tests.id('summer'));
select is((select count(*) from public.wishlist_homes), 0::bigint, 'a list that is deleted leaves nothing');
select tests.back();

select * from finish();
rollback;
