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
  $$ values ('avatar-uploads', '', 3600), ('photo-uploads', 'image/jpeg', 60) $$, 'with what it says of itself');
select is_empty('select private.claim_files(10)', 'by one worker');
select tests.at('2031-05-20 12:02+00');
select is((select count(*) from private.claim_files(1)), 1::bigint, 'or by another two minutes later, one if one is asked for');
select is((select count(*) from private.claim_files(10)), 1::bigint, 'and then the other');
select tests.at('2031-05-20 12:05:59+00');
select is_empty('select private.claim_files(10)', 'the third has to wait for four');
select tests.at('2031-05-20 12:06+00');
select is((select count(*) from private.claim_files(10)), 2::bigint, 'minutes');
update private.files_to_check set tries = 1000, due_at = private.now();
select isnt_empty('select private.claim_files(10)', 'it is tried for ever');
select is((select max(due_at) - private.now() from private.files_to_check), interval '1 day', 'but once a day at most');

update storage.objects set last_accessed_at = now() where bucket_id = 'avatar-uploads';
select is_empty('select private.claim_files(10)', 'who reads a file does not change it');
select results_eq('select private.due_functions()', array['run-commands'], 'nothing is due')
where exists (select from private.commands);
update storage.objects set version = 'two' where bucket_id = 'avatar-uploads';
select isnt_empty($$ select * from private.due_functions() as name where name = 'check-files' $$, 'another content is due');
select results_eq($$ select bucket_id, attempt from private.claim_files(10) $$, $$ values ('avatar-uploads', 6) $$, 'and looked at');

-- Who has a say

create function pg_temp.file(bucket text) returns uuid language sql as $$
  select file_id from private.files_to_check where bucket_id = bucket
$$;
select is(private.finish_file(pg_temp.file('avatar-uploads'), 5), false, 'an older look has no say');
select is(private.refuse_file(pg_temp.file('avatar-uploads'), 5, 'wrong_type'), false, 'in no way');
select is(private.finish_file(pg_temp.file('avatar-uploads'), 6), true, 'the latest has');
select is(private.finish_file(pg_temp.file('avatar-uploads'), 6), false, 'once');

insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
select is(private.refuse_file(file_id, attempt, 'wrong_type'), true, 'a photo is refused')
from private.files_to_check where file_id = pg_temp.file('photo-uploads');
select is_empty($$ select from public.listing_photos where listing_id = tests.id('mill') $$, 'and shown no more');
select is(tests.outcome(person, 'select from public.refused_files'), outcome, person || ' is told')
from (values ('ada', '1'), ('grace', '0'), ('anon', '42501'), ('service', '42501')) as people (person, outcome)
where person <> 'service';
select isnt_empty($$ select from private.files_to_check where file_id = pg_temp.file('photo-uploads') $$,
  'it is looked at again until it is gone');
delete from storage.objects where bucket_id = 'photo-uploads';
select is_empty('select from private.files_to_check', 'then no more');

update public.profiles set avatar_path = tests.id('grace') || '/me.jpg' where profile_id = tests.id('grace');
update storage.objects set version = 'three' where bucket_id = 'avatar-uploads';
select is(private.refuse_file(file_id, attempt, 'not_an_image'), true, 'so is a picture') from private.files_to_check;
select is((select avatar_path from public.profiles where profile_id = tests.id('grace')), null, 'that nobody wears any more');
select is(tests.outcome('grace', 'select from public.refused_files'), '1', 'Grace is told');

insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('nowhere') || '/a.jpg');
select is(private.refuse_file(file_id, attempt, 'not_an_image'), true, 'a file of nobody goes too, and nobody is told')
from private.files_to_check where file_id = pg_temp.file('photo-uploads');
select is((select count(*) from public.refused_files), 2::bigint, 'of it');

-- What is forgotten

select tests.at('2031-06-19 12:05+00');
select is(private.forget_refusals(500), 0, 'for thirty days it is said');
select tests.at('2031-06-19 12:06+00');
select is(private.forget_refusals(1), 1, 'then it goes, a few at once');
select is(private.forget_refusals(500), 1, 'and the others after');

select * from finish();
rollback;
