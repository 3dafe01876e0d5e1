-- The report queue: what staff read, claim and decide.
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

create function pg_temp.report(name text, subject text, subject_id text, category text default 'fraud', body text default 'A scam.')
  returns text language sql as $$
  select format('select public.file_report(%L, %L, %L, %L, %L)', tests.id(name), subject,
    case when subject = 'person' then tests.person(subject_id) else tests.id(subject_id) end, category, body)
$$;
create function pg_temp.staff(verb text, subject text, rest text default '''Looked at.''') returns text language sql as $$
  select format('select public.%I(%L, %s)', 'staff_' || verb, tests.id(subject), rest)
$$;

grant execute on function pg_temp.report(text, text, text, text, text), pg_temp.staff(text, text, text) to public;

create function pg_temp.bring(path text) returns text language sql as $$
  select format('insert into storage.objects (bucket_id, name) values (''evidence'', %L)', path)
$$;
create function pg_temp.path(person text, report text, file text) returns text language sql as $$
  select tests.id(person) || '/' || tests.id(report) || '/' || file
$$;

select tests.become('grace');
select public.file_report(tests.id('first'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
select tests.back();
insert into storage.objects (bucket_id, name) values ('evidence', pg_temp.path('grace', 'first', 'a.jpg'));

-- The queue

select tests.become('katherine');
select public.file_report(tests.id('by katherine'), 'listing', tests.id('tower'), 'inaccurate', 'No tower.');
select tests.become('sam');
select results_eq(
  'select report_id, profile_id, reporter_id, cardinality(evidence) from public.staff_reports() where report_id = tests.id(''first'')',
  $$ values (tests.id('first'), tests.person('ada'), tests.person('grace'), 1) $$, 'Sam sees it all');
select results_eq('select report_id from public.staff_reports(page_size => 1)',
  $$ select report_id from public.staff_reports() limit 1 $$, 'staff read one page of reports');
select set_eq(
  $$ select report_id from public.staff_reports(page_size => 1)
     union all select next.report_id from public.staff_reports(page_size => 1) as first,
       public.staff_reports(after => first.report_id, page_size => 1) as next $$,
  $$ values (tests.id('first')), (tests.id('by katherine')) $$,
  'staff read the next page of reports');
select throws_ok('select public.staff_reports(page_size => 0)', 'PT400', 'invalid_page_size',
  'a page of reports has at least one row');
select is((public.staff_claim_report(tests.id('first'))).claimed_by, tests.person('sam'),
  'Sam claims the report');
select is((public.staff_claim_report(tests.id('first'))).claimed_by, tests.person('sam'),
  'claiming a report twice changes nothing');
select tests.back();
select is(tests.outcome('sally', format('select public.staff_claim_report(%L)', tests.id('first'))), 'report_claimed',
  'Sally cannot claim a report that Sam has claimed');
select is(tests.outcome('sally', pg_temp.staff('decide_report', 'first', '''{dismiss}'', ''No.''')), 'report_claimed',
  'Sally cannot decide a report that Sam has claimed');
savepoint a_day_later;
select tests.at('2031-05-21 12:00:01+00');
select is(tests.outcome('sally', format('select public.staff_claim_report(%L)', tests.id('first'))), '1',
  'Sally may claim a report that Sam has kept for a day');
rollback to a_day_later;
select is(tests.outcome('grace', format('select public.staff_claim_report(%L)', tests.id('first'))), 'staff_only',
  'Grace cannot claim a report');
select is(tests.outcome('sam', statement), outcome, statement)
from (values
  (pg_temp.staff('decide_report', 'nothing', '''{dismiss}'', ''No.'''), 'report_not_found'),
  (pg_temp.staff('decide_report', 'first', '''{dismiss}'', '' '''), 'reason_required'),
  (pg_temp.staff('decide_report', 'first', '''{dismiss}'', ''No.'', repeat(''x'', 2001)'), 'message_too_long'),
  (pg_temp.staff('decide_report', 'first', '''{}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', 'null, ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{dismiss,warn}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{remove_review}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{remove_message}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{lift_suspension}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{show_listing}'', ''No.'''), 'invalid_measures'),
  (pg_temp.staff('decide_report', 'first', '''{dismiss}'', ''No.'''), '1'),
  (pg_temp.staff('decide_report', 'first', '''{warn,hide_listing,suspend}'', ''All of it.'''), '1')) as tried (statement, outcome);
select tests.become('sam');
select is((public.staff_decide_report(tests.id('first'), '{warn}', 'A first time.', 'Please mend it.')).status::text, 'closed',
  'Sam warns Ada about the report');
select is((public.staff_decide_report(tests.id('first'), '{warn,warn,null}', 'Again.')).measures::text, '{warn}', 'saying so twice changes nothing');
select throws_ok(pg_temp.staff('decide_report', 'first', '''{dismiss}'', ''No.'''), 'PT409', 'report_closed',
  'a decided report cannot be decided in another way');
select throws_ok(format('select public.staff_claim_report(%L)', tests.id('first')), 'PT409', 'report_closed',
  'a decided report cannot be claimed');
select tests.back();
select is((select count(*) from private.decisions), 1::bigint,
  'a report that was decided twice has one decision');
select is(tests.outcome('grace', pg_temp.bring(pg_temp.path('grace', 'first', 'late.jpg'))), '42501', 'no evidence comes after it');
select results_eq('select measure::text, notice from public.moderation_notices', $$ values ('warn', 'Please mend it.') $$,
  'Ada is sent a notice of the warning');
select is(tests.outcome(person, 'select from public.moderation_notices'), rows, initcap(person) || ' reads notices')
from (values ('ada', '1'), ('grace', '0'), ('sam', '0'), ('anon', '42501')) as readers (person, rows);
select is(tests.outcome('postgres', statement), 'frozen', statement)
from unnest(array['update private.decisions set reason = ''Other.''', 'delete from private.decisions',
  'update private.audit_log set action = ''none''', 'delete from private.audit_log', 'truncate private.audit_log']) as statement;

-- A message

select tests.become('katherine');
select public.start_conversation(tests.id('rude'), tests.id('tower'), 'You old goat.');
select tests.back();
select is(tests.outcome(person, pg_temp.report('of words', 'message', 'rude', 'harassment')), outcome, initcap(person) || ' reports a message')
from (values ('alan', '1'), ('katherine', '1'), ('ada', 'report_subject_not_found'), ('sam', 'report_subject_not_found'))
  as readers (person, outcome);
select tests.become('alan');
select public.file_report(tests.id('of words'), 'message', tests.id('rude'), 'harassment');
select tests.become('sam');
select results_eq($$ select excerpt, profile_id from public.staff_reports() where report_id = tests.id('of words') $$,
  $$ values ('You old goat.', tests.id('katherine')) $$, 'Sam reads it as it was');
select throws_ok(pg_temp.staff('decide_report', 'of words', '''{hide_listing}'', ''No.'''), 'PT422', 'invalid_measures',
  'Sam cannot hide a listing for a message');
select lives_ok(pg_temp.staff('decide_report', 'of words', '''{warn,remove_message}'', ''Rude.'', ''Be kind.'''),
  'Sam removes the message');
select tests.back();
select results_eq($$ select body, removed_at is not null from public.messages where message_id = tests.id('rude') $$,
  $$ values ('', true) $$, 'a removed message has no words');
select is((select body from private.removed_messages), 'You old goat.',
  'the words of a removed message stay in the case file');
select is(tests.outcome('katherine', 'select from public.moderation_notices'), '2',
  'Katherine is sent a notice of the removed message');

-- A review

insert into public.reviews (review_id, listing_id, author_name, body, written_on, source, source_id)
values (tests.id('lise'), tests.id('tower'), 'Lise', 'Rats.', '2030-01-01', 'elsewhere', '1');
select tests.become('alan');
select public.file_report(tests.id('of lise'), 'review', tests.id('lise'), 'inaccurate');
select tests.become('sam');
select results_eq($$ select excerpt, profile_id from public.staff_reports() where report_id = tests.id('of lise') $$,
  $$ values ('Rats.', null::uuid) $$, 'an imported review has no author here');
select throws_ok(pg_temp.staff('decide_report', 'of lise', '''{warn}'', ''No.'''), 'PT422', 'invalid_measures',
  'nobody can be warned about an imported review');
select lives_ok(pg_temp.staff('decide_report', 'of lise', '''{remove_review}'', ''Made up.'''),
  'Sam removes the review');
select tests.back();
select is(tests.outcome('anon', 'select from public.reviews'), '0',
  'a removed review is not shown');
select is((select action from private.audit_log where object_id = tests.id('lise')), 'review_removal.added',
  'removing a review is written to the audit log');
select is(tests.outcome('alan', pg_temp.report('again', 'review', 'lise')), 'report_subject_not_found',
  'a review that was removed cannot be reported');

-- Nobody judges themselves, or what they reported.

select is(tests.outcome('sam', pg_temp.report('of sally', 'listing', 'tower')), '1', 'Sam reports as anyone does');
select tests.become('sam');
select public.file_report(tests.id('by sam'), 'listing', tests.id('tower'), 'spam');
select tests.back();
select tests.cohost('tower', 'sally', 'calendar');
select is(tests.outcome('sam', statement), 'own_case', statement)
from (values (format('select public.staff_claim_report(%L)', tests.id('by sam'))),
  (pg_temp.staff('suspend', 'sam')), (pg_temp.staff('lift_suspension', 'sam')),
  (format('select public.staff_verify_person(%L, ''identity'', true)', tests.id('sam')))) as tried (statement);
select is(tests.outcome('sally', statement), 'own_case', 'Sally hosts the tower: ' || statement)
from (values (pg_temp.staff('hide_listing', 'tower')),
  (format('select public.staff_claim_report(%L)', tests.id('by sam')))) as tried (statement);

select * from finish();
rollback;
