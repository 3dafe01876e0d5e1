-- Files: pictures of people, how many files there may be, and what becomes of those nothing refers to.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'alan'), tests.person('grace'), tests.person('eve');
insert into private.suspensions (profile_id, reason) values (tests.person('eve'), 'Fraud.');

-- Pictures of people

select results_eq(
  $$ select id, public, file_size_limit, allowed_mime_types from storage.buckets where id like 'avatar%' order by id $$,
  $$ values ('avatar-uploads', false, 5242880::bigint, array['image/jpeg', 'image/png', 'image/webp']),
    ('avatars', true, 5242880::bigint, array['image/jpeg', 'image/png', 'image/webp']) $$,
  'one bucket takes pictures up to five megabytes, another shows them to everyone');
select is(tests.outcome(person, format(
    'insert into storage.objects (bucket_id, name) values (''avatar-uploads'', %L)', replace(path, 'grace', tests.id('grace')::text))),
  outcome, format('%s adds %s', person, path))
from (values ('grace', 'grace/me.jpg', '1'), ('grace', 'me.jpg', '42501'), ('grace', 'grace/a/me.jpg', '42501'),
  ('ada', 'grace/me.jpg', '42501'), ('anon', 'grace/me.jpg', '42501')) as files (person, path, outcome);
select is(tests.outcome('eve', $$ insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('eve') || '/me.jpg') $$),
  '42501', 'whoever is suspended adds none');
insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('grace') || '/me.jpg');
select is(tests.outcome(person, statement), outcome, person || ': ' || statement)
from (values
  ('grace', $$ select from storage.objects where bucket_id = 'avatar-uploads' $$, '1'), ('ada', $$ select from storage.objects where bucket_id = 'avatar-uploads' $$, '0'),
  ('grace', $$ update storage.objects set metadata = '{}' where bucket_id = 'avatar-uploads' $$, '1'),
  ('ada', $$ update storage.objects set metadata = '{}' where bucket_id = 'avatar-uploads' $$, '0'),
  ('grace', $$ delete from storage.objects where bucket_id = 'avatar-uploads' $$, '1'), ('ada', $$ delete from storage.objects where bucket_id = 'avatar-uploads' $$, '0'),
  ('grace', $$ update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('grace') $$, '1'),
  ('ada', $$ update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('ada') $$, '23514'),
  ('ada', $$ update public.profiles set avatar_path = 'https://example.com/me.jpg' where profile_id = tests.id('ada') $$, '23514'))
  as deeds (person, statement, outcome);

-- How many there may be

update private.settings set photo_files = 3, avatar_files = 2, evidence_files = 2;
select lives_ok($$ insert into storage.objects (bucket_id, name)
  select 'photo-uploads', tests.id('mill') || '/' || number || '.jpg' from generate_series(1, 3) as number $$, 'three photos of the mill');
select throws_ok($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/4.jpg') $$,
  '42501', 'too_many_files', 'a fourth photo of the mill is refused, for the server too');
select lives_ok($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/3.jpg')
  on conflict (bucket_id, name) do update set metadata = '{}' $$, 'a photo may be replaced');
select lives_ok($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('tower') || '/1.jpg') $$,
  'the tower has room');
select throws_ok($$ update storage.objects set name = tests.id('mill') || '/4.jpg' where name = tests.id('tower') || '/1.jpg' $$,
  '42501', 'too_many_files', 'none moves where there is no room');
select lives_ok($$ update storage.objects set name = tests.id('mill') || '/4.jpg' where name = tests.id('mill') || '/3.jpg' $$,
  'a photo may be renamed');
select lives_ok($$ insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('grace') || '/2.jpg') $$,
  'Grace adds a second picture');
select throws_ok($$ insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('grace') || '/3.jpg') $$,
  '42501', 'too_many_files', 'Grace cannot add a third picture');
select throws_ok($$ insert into storage.objects (bucket_id, name)
    select 'evidence', tests.id('grace') || '/' || tests.id('report') || '/' || number from generate_series(1, 3) as number $$,
  '42501', 'too_many_files', 'evidence brought at once is counted one by one');

-- What nothing refers to

insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/1.jpg', 1);
update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('grace');
select tests.at('2031-05-21 11:59+00');
select is(private.forget_files(100), 0, 'files that nothing refers to stay for a day');
select tests.at('2031-05-21 12:00+00');
select is(private.forget_files(100), 4,
  'a day later the job takes the files that nothing refers to');
select is(private.forget_files(100), 0, 'files that nothing refers to are taken once');
create function pg_temp.going() returns setof text language sql as $$
  select replace(replace(replace(facts ->> 'bucket' || '/' || (facts -> 'names' ->> 0),
    tests.id('mill')::text, 'mill'), tests.id('tower')::text, 'tower'), tests.id('grace')::text, 'grace')
  from private.commands, lateral private.facts_of(commands) as facts
  where kind = 'remove_unused' and status = 'waiting' and facts is not null order by 1
$$;
select results_eq('select pg_temp.going()',
  array['avatar-uploads/grace/2.jpg', 'photo-uploads/mill/2.jpg', 'photo-uploads/mill/4.jpg', 'photo-uploads/tower/1.jpg'],
  'the job takes only files that nothing refers to');
insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/2.jpg', 2);
delete from storage.objects where name = tests.id('tower') || '/1.jpg';
select results_eq('select pg_temp.going()', array['avatar-uploads/grace/2.jpg', 'photo-uploads/mill/4.jpg'],
  'what was taken up meanwhile stays, what is gone is not asked for');
delete from public.listing_photos where storage_path = tests.id('mill') || '/1.jpg';
update public.profiles set avatar_path = null where profile_id = tests.id('grace');
select tests.at('2031-05-22 12:00+00');
select is(private.forget_files(100), 4, 'what was let go follows a day later, and what is still there is asked for again');

-- With the account

delete from auth.users where id = tests.id('grace');
select is((select private.facts_of(commands) from private.commands where kind = 'remove_pictures'),
  jsonb_build_object('bucket', 'avatar-uploads', 'names', jsonb_build_array(tests.id('grace') || '/2.jpg', tests.id('grace') || '/me.jpg')),
  'Grace''s pictures go with her');

select * from finish();
rollback;
