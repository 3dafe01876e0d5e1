-- Evidence: the files that guests and hosts add to the cases of their stays, and who sees them. Reports: reports.test.sql.
--
-- Ada owns the mill, Hedy hosts with her, Radia keeps its calendar; Grace stays there, Margaret elsewhere.

begin;
select no_plan();

select tests.at('2031-05-01 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
select tests.person(name) from unnest(array['grace', 'margaret', 'sam', 'hedy', 'radia']) as name;
update public.listings set damage_claims = true;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');
select tests.book('visit', 'grace', 'mill', '2031-06-10', '2031-06-12');
select tests.book('other', 'margaret', 'tower', '2031-06-10', '2031-06-12');
select tests.money(booking, 'succeeded') from unnest(array['visit', 'other']) as booking;
select private.save_card(tests.id('visit'), 'pm_1');

create function pg_temp.path(person text, id text, file text) returns text language sql as $$
  select tests.id(person) || '/' || tests.id(id) || '/' || file
$$;
grant execute on function pg_temp.path to authenticated;
create function pg_temp.adds(person text, id text, file text default 'a.jpg', folder text default null) returns text language sql as $$
  select tests.outcome(person, format('insert into storage.objects (bucket_id, name) values (''evidence'', %L)',
    pg_temp.path(coalesce(folder, person), id, file)))
$$;
create function pg_temp.sees(person text) returns text language sql as $$
  select tests.outcome(person, 'select from storage.objects where bucket_id = ''evidence''')
$$;
create function pg_temp.says(who text, statement text) returns void language plpgsql as $$
begin
  perform tests.become(who);
  execute statement;
  perform tests.back();
end $$;

select is(pg_temp.adds('grace', 'dust'), '42501', 'there is no case yet');

select tests.at('2031-06-10 20:00+00');
select pg_temp.says('grace', $$ select public.file_complaint(tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.') $$);
select pg_temp.says('ada', $$ select public.report_no_show(tests.id('visit'), 'Nobody.') $$);
select pg_temp.says('ada', $$ select public.claim_damage(tests.id('cup'), tests.id('visit'), 5000, 'A cup.') $$);

-- Who adds

select is(pg_temp.adds(person, id), outcome, format('%s adds evidence to %s: %s', person, id, outcome))
from unnest(array['dust', 'cup', 'visit']) as id, (values
  ('grace', '1'), ('ada', '1'), ('hedy', '1'), ('radia', '42501'), ('margaret', '42501'), ('alan', '42501'),
  ('sam', '42501'), ('anon', '42501')) as people (person, outcome);
select is(pg_temp.adds('ada', 'dust', 'a.jpg', 'grace'), '42501', 'a host adds none in the name of the guest');
select is(pg_temp.adds('grace', 'other'), '42501', 'a stay without a case takes none');
select is(pg_temp.adds('grace', 'dust', file), '42501', format('no file is called %L', file))
from unnest(array['', 'a/b.jpg', 'a b.jpg']) as file;

insert into storage.objects (bucket_id, name) select 'evidence', pg_temp.path(person, id, 'a.jpg')
from (values ('grace', 'dust'), ('ada', 'dust'), ('hedy', 'cup'), ('ada', 'visit')) as files (person, id);
update private.settings set evidence_files = 1;
select is(pg_temp.adds('grace', 'dust', 'b.jpg'), '42501', 'a person adds a limited number of files to a case');
select is(pg_temp.adds('hedy', 'dust', 'b.jpg'), '1', 'the files of the other side do not count');
update private.settings set evidence_files = 10;
savepoint suspended;
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'x');
select is(pg_temp.adds('grace', 'dust', 'b.jpg'), '42501', 'whoever is suspended adds none');
rollback to suspended;

-- Who sees

select is(pg_temp.sees(person), files, format('%s sees %s of four files', person, files))
from (values ('grace', '1'), ('ada', '2'), ('hedy', '1'), ('radia', '0'), ('margaret', '0'), ('alan', '0'),
  ('sam', '4'), ('anon', '0')) as people (person, files);
select is(tests.outcome(person, statement), '0', format('%s: %s', person, statement))
from unnest(array['grace', 'ada', 'sam']) as person, unnest(array[
  'update storage.objects set metadata = ''{}'' where bucket_id = ''evidence''',
  'delete from storage.objects where bucket_id = ''evidence''']) as statement;
select is(tests.outcome(person, $$ select public.staff_evidence(tests.id('dust')) $$), outcome,
  format('%s asks for the evidence of a case: %s', person, outcome))
from (values ('grace', 'staff_only'), ('ada', 'staff_only'), ('anon', '42501'), ('sam', '2')) as people (person, outcome);

select tests.become('sam');
select results_eq($$ select path, profile_id from public.staff_evidence(tests.id('dust')) order by path $$,
  $$ select pg_temp.path(person, 'dust', 'a.jpg'), tests.id(person) from unnest(array['ada', 'grace']) as person order by 1 $$,
  'staff find what both sides added to a complaint');
select is((select path from public.staff_evidence(tests.id('cup'))), pg_temp.path('hedy', 'cup', 'a.jpg'),
  'and what a co-host added to a claim for damage');
select is((select path from public.staff_evidence(tests.id('visit'))), pg_temp.path('ada', 'visit', 'a.jpg'),
  'and to a no-show');
select is_empty($$ select public.staff_evidence(tests.id('other')) $$, 'a stay without a case has none');
select tests.back();

-- A co-host who left

delete from public.listing_hosts where profile_id = tests.id('hedy');
select is(pg_temp.adds('hedy', 'cup', 'b.jpg'), '42501', 'a co-host who left adds none');
select is(pg_temp.sees('hedy'), '1', 'and still sees theirs');
select tests.become('sam');
select is((select path from public.staff_evidence(tests.id('cup'))), pg_temp.path('hedy', 'cup', 'a.jpg'),
  'which staff still find');
select tests.back();

-- After the decision

select pg_temp.says('grace', $$ select public.withdraw_complaint(tests.id('dust')) $$);
select is(pg_temp.adds(person, 'dust', 'late.jpg'), '42501', person || ' adds none to a case that is closed')
from unnest(array['grace', 'ada']) as person;
select is(pg_temp.adds('grace', 'cup', 'b.jpg'), '1', 'other cases of the stay are still open');
savepoint closing;
select pg_temp.says('ada', $$ select public.withdraw_damage_claim(tests.id('cup')) $$);
select pg_temp.says('ada', $$ select public.withdraw_no_show(tests.id('visit')) $$);
select results_eq(
  $$ select case_id, closed_at, people @> array[tests.id('grace'), tests.id('ada'), tests.id('hedy')] from private.kept_evidence order by 1 $$,
  $$ select tests.id(closed), private.now(), true from unnest(array['dust', 'cup', 'visit']) as closed order by 1 $$,
  'of each kind of case it is kept when it closed, and who may have added files, former hosts included');
rollback to closing;

-- What is theirs, and what goes with them

select tests.become('grace');
select ok((public.export_my_data()).document -> 'files' ? ('evidence/' || pg_temp.path('grace', 'dust', 'a.jpg')),
  'an export lists the files that its person added');
select ok(not (public.export_my_data()).document -> 'files' ? ('evidence/' || pg_temp.path('ada', 'dust', 'a.jpg')),
  'and no others');
select public.file_report(tests.id('scam'), 'listing', tests.id('mill'), 'fraud');
select tests.back();
insert into storage.objects (bucket_id, name) values ('evidence', pg_temp.path('grace', 'scam', 'a.jpg'));
select is(private.evidence_to_remove(tests.id('grace')), '{}', 'nothing of somebody who stays is removed');
update public.profiles set erased_at = private.now() where profile_id = tests.id('grace');
select is(private.evidence_to_remove(tests.id('grace')), array[pg_temp.path('grace', 'dust', 'a.jpg')],
  'of somebody who is gone goes what they added to cases, and not what is with an open report');
select is(array(select subject_id from private.commands where kind = 'remove_evidence'), array[tests.id('grace')],
  'and the worker is told');
select is(private.file_facts('remove_evidence', tests.id('grace')),
  jsonb_build_object('bucket', 'evidence', 'names', jsonb_build_array(pg_temp.path('grace', 'dust', 'a.jpg'))),
  'with the names of the files');
update public.reports set status = 'closed', closed_at = private.now() where report_id = tests.id('scam');
select is(private.evidence_to_remove(tests.id('scam')), array[pg_temp.path('grace', 'scam', 'a.jpg')],
  'that of the report goes once it is decided');

select * from finish();
rollback;
