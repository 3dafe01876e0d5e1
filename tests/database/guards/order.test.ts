import { outcome, refused, testGuards } from '../../support/guards.ts';

testGuards([
  // audit_log
  {
    name: 'the log is kept',
    without: 'drop trigger keep_the_audit_log on private.audit_log',
    holds: refused('delete from private.audit_log', 'frozen'),
  },
  // reports
  {
    name: 'people report what they can see',
    without: {
      rule: 'private.file_report',
      piece: 'not coalesce(seen, false)',
      becomes: 'false',
    },
    after: `select tests.become('ada');
      select public.hide_listing(tests.id('loft'));
      select tests.back()`,
    holds: outcome(
      'katherine',
      `select public.file_report(tests.id('report'), 'listing', tests.id('loft'), 'spam')`,
      'report_subject_not_found',
    ),
  },
  {
    name: 'evidence lies with a report of one’s own',
    without: {
      rule: 'private.may_add_evidence',
      piece: 'reports.reporter_id = auth.uid()',
      becomes: 'true',
    },
    after: `select tests.become('grace');
      select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'spam');
      select tests.back()`,
    holds: outcome(
      'katherine',
      `insert into storage.objects (bucket_id, name)
       values ('evidence', tests.id('katherine') || '/' || tests.id('report') || '/a.jpg')`,
      '42501',
    ),
  },
  {
    name: 'staff do not suspend staff',
    without: {
      rule: 'private.check_no_colleague',
      piece: 'where staff.profile_id = check_no_colleague.profile_id',
      becomes: 'where false',
    },
    after:
      `insert into private.staff (profile_id) values (tests.person('alan')), (tests.person('dorothy'))`,
    holds: outcome(
      'alan',
      `select public.staff_suspend(tests.person('dorothy'), 'Mine now.')`,
      'staff_member',
    ),
  },
  // report_queue
  {
    name: 'nobody judges themselves',
    without: {
      rule: 'private.judge_person',
      piece: 'judge_person.profile_id = caller',
      becomes: 'false',
    },
    after: `insert into private.staff (profile_id) values (tests.person('alan'))`,
    holds: outcome('alan', `select public.staff_suspend(tests.id('alan'), 'Tired.')`, 'own_case'),
  },
]);
