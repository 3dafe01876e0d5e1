-- People: a profile with each login, in two halves, that outlives it.

begin;
select no_plan();

create function pg_temp.sign_up(name text, email text, metadata jsonb) returns void
  language sql as $$
  insert into auth.users (id, email, raw_user_meta_data) values (tests.id(name), email, metadata)
$$;
create function pg_temp.name_of(name text) returns text language sql as $$
  select display_name from public.profiles where profile_id = tests.id(name)
$$;

-- Signing up

select pg_temp.sign_up('mary', 'mary@example.com', '{"display_name": "  Mary  "}');
select results_eq(
  $$ select display_name, about, hosting, source, erased_at from public.profiles
    where profile_id = tests.id('mary') $$,
  $$ values ('Mary', '', false, null::text, null::timestamptz) $$,
  'Mary signs up and has a profile by her name');
select results_eq(
  $$ select email, phone, legal_name, locale from public.private_profiles
    where profile_id = tests.id('mary') $$,
  $$ values ('mary@example.com', null::text, '', 'en') $$,
  'Mary''s sign-up makes a private profile');

select pg_temp.sign_up('odd ' || place, format('odd%s@example.com', place), metadata)
from (values (1, null::jsonb), (2, '{}'), (3, '{"display_name": null}'),
  (4, '{"display_name": "   "}')) as odd (place, metadata);
select is(pg_temp.name_of('odd ' || place), 'New member', format('no name, no matter (%s)', place))
  from generate_series(1, 4) as place;
select pg_temp.sign_up('long', 'long@example.com',
  jsonb_build_object('display_name', repeat('é', 200)));
select is(pg_temp.name_of('long'), repeat('é', 80), 'a long name is cut');
select pg_temp.sign_up('edge', 'edge@example.com',
  jsonb_build_object('display_name', repeat(' ', 80) || 'x'));
select is(pg_temp.name_of('edge'), 'x', 'a name behind blanks is found');
select pg_temp.sign_up('phone', null, '{"display_name": "By Phone"}');
select is((select email from public.private_profiles where profile_id = tests.id('phone')), null,
  'a person who signs up by telephone has no address');
select pg_temp.sign_up('blank', '', '{"display_name": "Blank"}');
select is(pg_temp.name_of('blank'), 'Blank', 'an address that is not valid keeps nobody out');
select is((select email from public.private_profiles where profile_id = tests.id('blank')), null,
  'an address that is not valid is not kept');

update auth.users set email = 'mary.s@example.com' where id = tests.id('mary');
select is((select email from public.private_profiles where profile_id = tests.id('mary')),
  'mary.s@example.com', 'a new address is followed');
select tests.become('mary');
update public.profiles set display_name = 'Mary S.' where profile_id = tests.id('mary');
select tests.back();
update auth.users set raw_user_meta_data = '{"display_name": "Other"}', email = 'mary@example.com'
  where id = tests.id('mary');
select is(pg_temp.name_of('mary'), 'Mary S.', 'the name is hers from then on');

-- A sign-up never fails because of a profile; the first deed makes what is missing.
alter table public.profiles add constraint profiles_are_never_unlucky check (display_name <> 'Unlucky');
set local client_min_messages = error;
select lives_ok($$
  select pg_temp.sign_up('unlucky', 'unlucky@example.com', '{"display_name": "Unlucky"}') $$,
    'a profile that cannot be made stops no sign-up');
set local client_min_messages = notice;
select is(pg_temp.name_of('unlucky'), null, 'a sign-up whose profile failed has none');
alter table public.profiles drop constraint profiles_are_never_unlucky;
select set_config('request.jwt.claims', jsonb_build_object('sub', tests.id('unlucky'))::text, true);
select is(private.active_caller(), tests.id('unlucky'),
  'the first verb makes a profile that failed at sign-up');
select tests.back();
select is(pg_temp.name_of('unlucky'), 'Unlucky',
  'the profile that failed is there after the first verb');

-- What a person may write about themselves

select tests.become('ada');
select is(tests.outcome('ada', statement), outcome, statement)
from (values
  ('update public.profiles set display_name = ''A'', about = ''I'', location = ''Paris'', languages = ''{en,fr,gsw}'', avatar_path = profile_id || ''/a.png''
    where profile_id = tests.person(''ada'')', '1'),
  ('update public.profiles set display_name = ''  ''', '23514'),
  ('update public.profiles set display_name = repeat(''x'', 81)', '23514'),
  ('update public.profiles set about = repeat(''x'', 5001)', '23514'),
  ('update public.profiles set languages = ''{English}''', '23514'),
  ('update public.profiles set languages = ''{en,NULL}''', '23514'),
  ('update public.profiles set languages = array_fill(''en''::text, array[21])', '23514'),
  ('update public.private_profiles set phone = ''+4930123456'', birth_date = ''1990-01-01'', locale = ''pt-BR'', legal_name = ''Ada L.''', '1'),
  ('update public.private_profiles set phone = ''030 123456''', '23514'),
  ('update public.private_profiles set birth_date = ''infinity''', 'invalid_dates'),
  ('update public.private_profiles set birth_date = ''1990-01-01T00:00:00Z''', 'invalid_dates'),
  ('update public.private_profiles set birth_date = ''1890-01-01''', '23514'),
  ('update public.private_profiles set locale = ''english''', '23514')) as edits (statement,
    outcome);
select tests.back();

-- Whom people want nothing to do with

select tests.person('grace');
select tests.become('ada');
select is((public.block_person(tests.person('grace'))).blocked_id, tests.person('grace'),
  'Ada blocks Grace');
select lives_ok($$ select public.block_person(tests.person('grace')) $$,
  'blocking a person twice changes nothing');
select throws_ok(format('select public.block_person(%L)', person), 'PT404', 'profile_not_found',
  'nobody blocks ' || who)
from (values (tests.person('ada'), 'themselves'), (gen_random_uuid(), 'nobody'), (null, 'null')) as wrong (person, who);
select results_eq($$ select blocker_id, blocked_id from public.blocks $$,
  $$ values (tests.person('ada'), tests.person('grace')) $$, 'Ada sees the one row of her block');
select tests.become('grace');
select is_empty('select from public.blocks', 'Grace does not see that she is blocked');
select lives_ok($$ select public.unblock_person(tests.person('ada')) $$, 'Grace cannot take it back');
select tests.back();
select ok(private.is_blocked(tests.person('ada'), tests.person('grace'))
  and private.is_blocked(tests.person('grace'), tests.person('ada')),
  'a block stands in both directions');
select ok(not private.is_blocked(tests.person('ada'), tests.person('alan'))
  and not private.is_blocked(tests.person('alan'), tests.person('grace')),
  'a block stands between no other people');
select tests.become('ada');
select lives_ok($$ select public.unblock_person(tests.person('grace')) $$, 'Ada removes her block');
select lives_ok($$ select public.unblock_person(tests.person('grace')) $$,
  'removing a block twice changes nothing');
select tests.back();
select is((select count(*) from public.blocks), 0::bigint, 'a removed block leaves no row');

-- A suspended account writes nothing about itself

insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
select is(tests.outcome('ada', statement), outcome, 'suspended: ' || statement)
from (values
  ('update public.profiles set about = ''Me''', '0'),
  ('update public.private_profiles set phone = ''+4930123456''', '0'),
  ('select from public.private_profiles', '1')) as tried (statement, outcome);
delete from private.suspensions;

-- Imported people

select is(tests.outcome('postgres', statement), outcome, statement)
from (values
  ($$ insert into public.profiles (display_name, source, source_id) values ('Lise', 'elsewhere', '1') $$, '1'),
  ($$ insert into public.profiles (display_name, source) values ('Lise', 'elsewhere') $$, '23514'),
  ($$ insert into public.profiles (display_name, source, source_id) values ('Lise', 'elsewhere', '1'), ('Lise', 'elsewhere', '1') $$, '23505')
) as imports (statement, outcome);

-- Going

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
update public.bookings set message = 'Call me: +4930123456.';
update public.profiles set about = 'I', location = 'Paris', languages = '{fr}',
  avatar_path = profile_id || '/a.png' where profile_id in (tests.person('ada'), tests.person('grace'));
update public.private_profiles set legal_name = 'X', phone = '+4930123456',
  birth_date = '1990-01-01' where profile_id in (tests.person('ada'), tests.person('grace'));
select lives_ok(format('delete from auth.users where id = %L', person), 'a login is deleted')
from unnest(array[md5('staybase ada')::uuid, md5('staybase grace')::uuid]) as person;
select results_eq(
  $$ select distinct display_name, about, location, languages, avatar_path, erased_at
    from public.profiles
     where profile_id in (md5('staybase ada')::uuid, md5('staybase grace')::uuid) $$,
  $$ values ('Former member', '', '', '{}'::text[], null::text,
    timestamptz '2031-05-20 12:00+00') $$,
  'nothing of the person stays in the public half');
select results_eq(
  $$ select distinct legal_name, email, phone, birth_date from public.private_profiles
     where profile_id in (md5('staybase ada')::uuid, md5('staybase grace')::uuid) $$,
  $$ values ('', null::text, null::text, null::text) $$,
  'nothing of a deleted person stays in the private half');
select results_eq(
  $$ select status::text, guest_id, host_id from public.bookings $$,
  $$ values ('confirmed', md5('staybase grace')::uuid, md5('staybase ada')::uuid) $$,
  'the bookings of a deleted person stay');
select is((select message from public.bookings), '', 'the words of a deleted person are gone');
select is((select status::text from public.listings), 'hidden',
  'the home of a deleted person is not found any more');
select throws_ok($$ delete from public.profiles where profile_id = md5('staybase grace')::uuid $$,
  '23503', null, 'a profile is never deleted');

select * from finish();
rollback;
