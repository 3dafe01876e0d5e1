-- Checked files: what is ordered to be looked at, who has a say, who is told.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.person('grace');
create function pg_temp.ordered() returns setof text language sql as $$
  select bucket_id || ' ' || split_part(name, '/', 2) from private.files_to_check order by 1
$$;

-- What comes

insert into storage.objects (bucket_id, name, metadata) values
  ('photo-uploads', tests.id('mill') || '/a.jpg', '{"mimetype": "image/jpeg", "cacheControl": "max-age=60"}'),
  ('avatar-uploads', tests.id('grace') || '/me.jpg', null),
  ('evidence', tests.id('grace') || '/' || tests.id('report') || '/a.jpg', null);
select results_eq('select pg_temp.ordered()', array['avatar-uploads me.jpg', 'photo-uploads a.jpg'],
  'what may become public is looked at');
select results_eq(
  $$ select bucket_id, type, cache_seconds from private.claim_files(10) order by bucket_id $$,
  $$ values ('avatar-uploads', '', 3600), ('photo-uploads', 'image/jpeg', 60) $$,
  'a claimed file has its type and cache time');
select is_empty('select private.claim_files(10)',
  'a file that a worker has taken is not taken by another');
select tests.at('2031-05-20 12:02+00');
select is((select count(*) from private.claim_files(1)), 1::bigint,
  'a file is claimed again two minutes later, one if one is asked for');
select is((select count(*) from private.claim_files(10)), 1::bigint,
  'the next claim takes the other file');
select tests.at('2031-05-20 12:05:59+00');
select is_empty('select private.claim_files(10)', 'the third attempt has to wait for four minutes');
select tests.at('2031-05-20 12:06+00');
select is((select count(*) from private.claim_files(10)), 2::bigint,
  'four minutes later the third attempt is due');
update private.files_to_check set tries = 1000, due_at = private.now();
select isnt_empty('select private.claim_files(10)',
  'a file that cannot be checked is tried for ever');
select is((select max(due_at) - private.now() from private.files_to_check), interval '1 day',
  'a file that fails again and again is tried once a day');

update storage.objects set last_accessed_at = now() where bucket_id = 'avatar-uploads';
select is_empty('select private.claim_files(10)', 'reading a file does not make it due');
select results_eq('select private.due_functions()', array['run-commands'],
  'a function without waiting files is not due')
where exists (select from private.commands);
update storage.objects set version = 'two' where bucket_id = 'avatar-uploads';
select isnt_empty($$ select * from private.due_functions() as name where name = 'check-files' $$,
  'a file with another content is due');
select results_eq($$ select bucket_id, attempt from private.claim_files(10) $$, $$ values ('avatar-uploads', 6) $$,
  'a replaced file is checked again');

-- Who has a say

create function pg_temp.file(bucket text) returns uuid language sql as $$
  select file_id from private.files_to_check where bucket_id = bucket
$$;
select is(private.finish_file(pg_temp.file('avatar-uploads'), 5), false,
  'an older check has no say');
select is(private.refuse_file(pg_temp.file('avatar-uploads'), 5, 'wrong_type'), false,
  'an older check cannot refuse a file either');
select is(private.finish_file(pg_temp.file('avatar-uploads'), 6), true,
  'the latest check finishes a file');
select is(private.finish_file(pg_temp.file('avatar-uploads'), 6), false, 'a file is finished once');

insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
select is(private.refuse_file(file_id, attempt, 'wrong_type'), true, 'a photo is refused')
from private.files_to_check where file_id = pg_temp.file('photo-uploads');
select is_empty($$ select from public.listing_photos where listing_id = tests.id('mill') $$,
  'a refused photo is not shown any more');
select is(tests.outcome(person, 'select from public.refused_files'), outcome, person || ' is told')
from (values ('ada', '1'), ('grace', '0'), ('anon', '42501'), ('service', '42501')) as people (person, outcome)
where person <> 'service';
select isnt_empty($$ select from private.files_to_check where file_id = pg_temp.file('photo-uploads') $$,
  'a refused file is checked again until it is gone');
delete from storage.objects where bucket_id = 'photo-uploads';
select is_empty('select from private.files_to_check',
  'a file that is gone is not checked any more');

update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('grace');
update storage.objects set version = 'three' where bucket_id = 'avatar-uploads';
select is(private.refuse_file(file_id, attempt, 'not_an_image'), true,
  'a profile picture is refused like a photo') from private.files_to_check;
select is((select avatar_path from public.profiles where profile_id = tests.id('grace')), null,
  'a refused profile picture is taken off the profile');
select is(tests.outcome('grace', 'select from public.refused_files'), '1',
  'Grace is told that her profile picture was refused');

insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('nowhere') || '/a.jpg');
select is(private.refuse_file(file_id, attempt, 'not_an_image'), true, 'a file of nobody goes too, and nobody is told')
from private.files_to_check where file_id = pg_temp.file('photo-uploads');
select is((select count(*) from public.refused_files), 2::bigint,
  'a refused file without an owner is told to nobody');

-- What is public

delete from storage.objects;
delete from public.refused_files;
delete from private.files_to_check;
create function pg_temp.bring(path text, bucket text default 'photo-uploads') returns void language sql as $$
  insert into storage.objects (bucket_id, name, version) values (bucket, tests.id('mill') || path, gen_random_uuid()::text)
  on conflict (bucket_id, name) do update set version = excluded.version
$$;
create function pg_temp.should(path text default '/a.jpg') returns boolean language sql as $$
  select private.should_be_public('photo-uploads', tests.id('mill') || path)
$$;
create function pg_temp.finished() returns void language sql as $$ delete from private.files_to_check $$;

select is(pg_temp.should(), false, 'a file that is not there should not be public');
select pg_temp.bring('/a.jpg'), pg_temp.bring('/b.jpg');
select is(pg_temp.should(), false, 'a public file without a row should not be there');
select pg_temp.finished();
insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
select is(pg_temp.should(), true, 'a photo of a published home should');
select is(private.should_be_public('evidence', tests.id('mill') || '/a.jpg'), false,
  'a file of another bucket should not be public');
select results_eq('select pg_temp.ordered()', array['photo-uploads a.jpg'],
  'a new photo of a published home is ordered with its row');
select is((select published from public.listing_photos), false,
  'a photo is not published before its file is public');
select results_eq($$ select shown, to_show from private.claim_files(1) $$, $$ values (false, true) $$,
  'the worker is told that a photo should be shown');
select throws_ok($$ select pg_temp.bring('/b.jpg', 'listing-photos') $$, '42501', 'not_public',
  'a photo without a row cannot be made public');
select pg_temp.finished();
select pg_temp.bring('/a.jpg', 'listing-photos');
select is((select published from public.listing_photos), true, 'public, it is told to everyone');
select results_eq('select pg_temp.ordered()', array['photo-uploads a.jpg'],
  'a published photo is compared once more');
select pg_temp.finished();
select pg_temp.bring('/a.jpg', 'listing-photos');
select results_eq('select pg_temp.ordered()', array['photo-uploads a.jpg'],
  'a published photo with another content is compared again');
select pg_temp.finished();
update storage.objects set last_accessed_at = now();
select is_empty('select pg_temp.ordered()', 'reading a published photo orders nothing');

create temp table turns (deed text, reverse text);
insert into turns values
  ($$ update public.listings set status = 'hidden' where listing_id = tests.id('mill') $$,
    $$ update public.listings set status = 'published' where listing_id = tests.id('mill') $$),
  ($$ insert into private.suspensions (profile_id, reason) values (tests.id('ada'), 'Fraud.') $$, 'delete from private.suspensions'),
  ($$ delete from public.listing_photos $$,
    $$ insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1) $$),
  ($$ delete from storage.objects where bucket_id = 'photo-uploads' and name like '%/a.jpg' $$, $$ select pg_temp.bring('/a.jpg') $$),
  ($$ update storage.objects set name = tests.id('mill') || '/c.jpg' where bucket_id = 'photo-uploads' and name like '%/a.jpg' $$,
    $$ update storage.objects set name = tests.id('mill') || '/a.jpg' where bucket_id = 'photo-uploads' and name like '%/c.jpg' $$);
create function pg_temp.turn() returns setof text language plpgsql as $$
declare
  turn turns;
begin
  for turn in select * from turns loop
    perform pg_temp.finished();
    execute turn.deed;
    return next ok(not pg_temp.should(), 'no more: ' || turn.deed);
    return next ok(exists (select from pg_temp.ordered() as name where name = 'photo-uploads a.jpg'), 'ordered: ' || turn.deed);
    perform pg_temp.finished();
    execute turn.reverse;
    return next ok(pg_temp.should(), 'again: ' || turn.reverse);
    return next ok(exists (select from pg_temp.ordered() as name where name = 'photo-uploads a.jpg'), 'ordered: ' || turn.reverse);
    return next ok((select published from public.listing_photos), 'told while it is public: ' || turn.reverse);
  end loop;
end $$;
select pg_temp.turn();

select pg_temp.finished();
update public.listings set status = 'hidden' where listing_id = tests.id('mill');
select results_eq($$ select brought, shown, to_show from private.claim_files(1) $$, $$ values (true, true, false) $$,
  'a home takes its photos along');
delete from storage.objects where bucket_id = 'listing-photos';
select is((select published from public.listing_photos), false, 'gone, a photo is told no more');
select throws_ok($$ select pg_temp.bring('/a.jpg', 'listing-photos') $$, '42501', 'not_public',
  'a deleted photo cannot be made public late');
select pg_temp.finished();
select is(private.compare_files(100), 0, 'a comparison finds nothing when nothing was missed');
update public.listings set status = 'published' where listing_id = tests.id('mill');
select is(private.compare_files(100), 0, 'what is ordered is not missed');
select pg_temp.finished();
select is(private.compare_files(100), 1, 'what is not public and should be is ordered');
select is(private.compare_files(100), 0, 'a missing public file is ordered once');
select pg_temp.bring('/a.jpg', 'listing-photos'), pg_temp.finished();
delete from public.listing_photos;
select pg_temp.finished();
select is(sum(private.compare_files(1))::integer, 1,
  'files that are public and should not be are found one by one')
from generate_series(1, 8);

-- A picture of a person

delete from storage.objects;
insert into storage.objects (bucket_id, name) values ('avatar-uploads', tests.id('grace') || '/me.jpg');
select pg_temp.finished();
update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('grace');
select is(private.should_be_public('avatar-uploads', tests.id('grace') || '/me.jpg'), true, 'a picture is public while it is worn');
select results_eq('select pg_temp.ordered()', array['avatar-uploads me.jpg'],
  'a profile picture is ordered to be made public');
select lives_ok($$ insert into storage.objects (bucket_id, name) values ('avatars', tests.id('grace') || '/me.jpg') $$,
  'an ordered profile picture can be made public');
select throws_ok($$ insert into storage.objects (bucket_id, name) values ('avatars', tests.id('grace') || '/other.jpg') $$,
  '42501', 'not_public', 'a picture that is on no profile cannot be made public');
select pg_temp.finished();
update public.profiles set avatar_path = null where profile_id = tests.id('grace');
select results_eq('select pg_temp.ordered()', array['avatar-uploads me.jpg'], 'taken off, it is ordered too');
delete from storage.objects;
select pg_temp.finished();

-- Orders of one file

insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a.jpg');
create temp table late as select file_id, attempt from private.claim_files(1);
select is(private.finish_file(file_id, attempt), true, 'a worker finishes its order') from late;
update storage.objects set version = 'two';
select is((select attempt from private.claim_files(1)), 1,
  'a new order of the same file begins with the first attempt');
select is(private.finish_file(file_id, attempt), false,
  'an older attempt does not end a new order') from late;
insert into public.refused_files (bucket_id, name, listing_id, problem, refused_at)
select 'photo-uploads', 'page ' || number, tests.id('mill'), 'not_an_image', private.now() from generate_series(1, 2) as number;

-- What is forgotten

select tests.at('2031-06-19 12:05+00');
select is(private.forget_refusals(500), 0, 'a refusal is kept for thirty days');
select tests.at('2031-06-19 12:06+00');
select is(private.forget_refusals(1), 1, 'refusals older than thirty days go a few at once');
select is(private.forget_refusals(500), 1, 'the other refusals go in the next run');

select * from finish();
rollback;
