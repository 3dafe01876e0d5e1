-- Reports: what people report, and the evidence they bring.
--
-- Ada has the mill and the attic, Alan the tower. Grace stays at the mill, Margaret holds nights there, Dorothy has
-- asked for the attic. Sam and Sally work for the marketplace.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name)
from unnest(array['ada', 'alan', 'grace', 'margaret', 'dorothy', 'katherine', 'sam', 'sally']) as name;
select tests.home('mill', 'ada'), tests.home('attic', 'ada'), tests.home('tower', 'alan');
update public.listings set instant_book = false where listing_id = tests.id('attic');
-- Grace arrives in 13 days; when a door opens is in the chapter of contacts.
update private.settings set access_days = 14;
-- Search follows at the end of each transaction; here it is asked for within one.
set constraints all immediate;

select tests.become_service();
select public.add_staff(tests.person(name)) from unnest(array['sam', 'sally']) as name;
select tests.back();

-- Filing a report

create function pg_temp.report(name text, subject text, subject_id text, category text default 'fraud', body text default 'A scam.')
  returns text language sql as $$
  select format('select public.file_report(%L, %L, %L, %L, %L)', tests.id(name), subject,
    case when subject = 'person' then tests.person(subject_id) else tests.id(subject_id) end, category, body)
$$;
create function pg_temp.staff(verb text, subject text, rest text default '''Looked at.''') returns text language sql as $$
  select format('select public.%I(%L, %s)', 'staff_' || verb, tests.id(subject), rest)
$$;
grant execute on function pg_temp.report(text, text, text, text, text), pg_temp.staff(text, text, text) to public;

select is(tests.outcome('grace', pg_temp.report('first', 'listing', 'mill')), '1', 'Grace reports the mill');
select tests.become('grace');
select lives_ok(pg_temp.report('first', 'listing', 'mill'), 'Grace files the report');
select lives_ok(pg_temp.report('first', 'listing', 'mill'),
  'the same report again is answered with the first one');
select tests.back();
select is((select count(*) from public.reports), 1::bigint,
  'a report that was made twice is one row');
select is(tests.outcome(person, 'select from public.reports'), rows, initcap(person) || ' reads reports')
from (values ('grace', '1'), ('ada', '0'), ('sam', '0'), ('anon', '42501')) as readers (person, rows);
select is((select profile_id from private.report_cases), tests.person('ada'),
  'the report of a listing is about its owner');
select is((select excerpt from private.report_cases), E'Mill\nQuiet.',
  'a report keeps what it is about as it was');
select is(tests.outcome('grace', statement), outcome, statement)
from (values
  (pg_temp.report('first', 'listing', 'tower'), 'id_reused'),
  (pg_temp.report('first', 'listing', 'mill', 'spam'), 'id_reused'),
  (pg_temp.report('second', 'listing', 'nothing'), 'report_subject_not_found'),
  (pg_temp.report('second', 'person', 'grace'), 'report_subject_not_found'),
  (pg_temp.report('second', 'person', 'katherine'), 'report_subject_not_found'),
  (pg_temp.report('second', 'person', 'ada'), '1'),
  (pg_temp.report('second', 'listing', 'mill', 'fraud', repeat('x', 5001)), 'report_too_long'),
  (pg_temp.report('second', 'listing', 'mill', null), 'report_incomplete'),
  ('select public.file_report(null, ''listing'', gen_random_uuid(), ''spam'')', 'report_incomplete'),
  ('insert into public.reports default values', '42501')) as tried (statement, outcome);
select is(tests.outcome('ada', pg_temp.report('first', 'listing', 'mill')), 'id_reused',
  'nobody repeats the report of another');
update private.settings set reports_a_day = 1;
select is(tests.outcome('grace', pg_temp.report('second', 'listing', 'mill')), 'too_many_reports',
  'a person can file a limited number of reports a day');
select is(tests.outcome('grace', pg_temp.report('first', 'listing', 'mill')), '1',
  'repeating a report does not count towards the limit');
update private.settings set reports_a_day = 20;

-- Evidence

select results_eq(
  $$ select public, file_size_limit, allowed_mime_types from storage.buckets where id = 'evidence' $$,
  $$ values (false, 20971520::bigint,
    array['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'application/pdf', 'video/mp4']) $$,
  'evidence is pictures, papers and films up to twenty megabytes, shown to nobody');
create function pg_temp.bring(path text) returns text language sql as $$
  select format('insert into storage.objects (bucket_id, name) values (''evidence'', %L)', path)
$$;
create function pg_temp.path(person text, report text, file text) returns text language sql as $$
  select tests.id(person) || '/' || tests.id(report) || '/' || file
$$;
select is(tests.outcome('grace', pg_temp.bring(path)), outcome, path)
from (values
  (pg_temp.path('grace', 'first', 'a.jpg'), '1'),
  (pg_temp.path('ada', 'first', 'a.jpg'), '42501'),
  (pg_temp.path('grace', 'second', 'a.jpg'), '42501'),
  (pg_temp.path('grace', 'first', 'a/b.jpg'), '42501'),
  (pg_temp.path('grace', 'first', ''), '42501'),
  (pg_temp.path('grace', 'first', '..'), '1'),
  (pg_temp.path('grace', 'first', 'a b.jpg'), '42501'),
  (tests.id('grace') || '/a.jpg', '42501'),
  ('a.jpg', '42501')) as files (path, outcome);
select is(tests.outcome('ada', pg_temp.bring(pg_temp.path('grace', 'first', 'a.jpg'))), '42501', 'nobody brings evidence for another');
insert into storage.objects (bucket_id, name) values ('evidence', pg_temp.path('grace', 'first', 'a.jpg'));
select is(tests.outcome(person, 'select from storage.objects where bucket_id = ''evidence'''), rows, initcap(person) || ' looks for evidence')
from (values ('grace', '1'), ('ada', '0'), ('sam', '1'), ('anon', '0')) as readers (person, rows);
select is(tests.outcome(person, statement), '0', format('%s: %s', initcap(person), statement))
from unnest(array['grace', 'sam']) as person, unnest(array[
  'update storage.objects set metadata = ''{}'' where bucket_id = ''evidence''',
  'delete from storage.objects where bucket_id = ''evidence''']) as statement;
update private.settings set evidence_files = 1;
select is(tests.outcome('grace', pg_temp.bring(pg_temp.path('grace', 'first', 'b.jpg'))), '42501',
  'a report takes a limited number of files');
update private.settings set evidence_files = 10;

select * from finish();
rollback;
