import { outcome, refused, testGuards } from '../../support/guards.ts';

const complaint = `insert into public.complaints
    (complaint_id, booking_id, category, complaint, created_at)
  values (tests.id('dust'), tests.id('visit'), 'not_clean', 'Dust.', private.now())`;
/** Adds a file to that complaint. */
const added = (person: string) =>
  `insert into storage.objects (bucket_id, name)
   values ('evidence', tests.id('${person}') || '/' || tests.id('dust') || '/a.jpg')`;
/** A complaint with a file, which is closed. */
const withdrawn = `${complaint}; ${added('grace')};
  select tests.become('grace');
  select public.withdraw_complaint(tests.id('dust'));
  select tests.back()`;

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
  // evidence
  {
    name: 'evidence lies with a report of one’s own',
    without: {
      rule: 'private.is_party_to_open_case',
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
    name: 'evidence lies with a case of one’s own stay',
    without: {
      rule: 'private.is_party_to_open_case',
      piece: 'bookings.guest_id = auth.uid()',
      becomes: 'true',
    },
    after: complaint,
    holds: outcome('katherine', added('katherine'), '42501'),
  },
  {
    name: 'hosts who do not manage bookings add no evidence',
    without: {
      rule: 'private.is_party_to_open_case',
      piece: `private.may_manage(bookings.listing_id, 'bookings')`,
      becomes: `private.may_manage(bookings.listing_id, 'see')`,
    },
    after: complaint,
    holds: outcome('radia', added('radia'), '42501'),
  },
  {
    name: 'no evidence comes after the decision',
    without: { rule: 'private.is_party_to_open_case', piece: 'found.is_open', becomes: 'true' },
    after: `${complaint};
      select tests.become('grace');
      select public.withdraw_complaint(tests.id('dust'));
      select tests.back()`,
    holds: outcome('grace', added('grace'), '42501'),
  },
  {
    name: 'the other side of a stay does not see evidence',
    without: {
      rule: 'private.may_see_evidence',
      piece: `starts_with(file_name, auth.uid()::text || '/')`,
      becomes: `private.is_party_to_open_case(split_part(file_name, '/', 2)::uuid)`,
    },
    after: `${complaint};
      insert into storage.objects (bucket_id, name) values
        ('evidence', tests.id('grace') || '/' || tests.id('dust') || '/a.jpg')`,
    holds: outcome('ada', `select from storage.objects where bucket_id = 'evidence'`, '0'),
  },
  {
    name: 'only staff look for the evidence of a case',
    without: {
      rule: 'private.staff_evidence',
      piece: 'perform private.staff_reader();',
      becomes: '',
    },
    after: complaint,
    holds: outcome('ada', `select public.staff_evidence(tests.id('dust'))`, 'staff_only'),
  },
  {
    name: 'evidence of an open report is not removed',
    without: {
      rule: 'private.evidence_to_remove',
      piece: `and (reports.status = 'open' or gone.of_person)`,
      becomes: 'and false',
    },
    after: `select tests.become('grace');
      select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
      select tests.back();
      insert into storage.objects (bucket_id, name)
        values ('evidence', tests.person('grace') || '/' || tests.id('report') || '/a.jpg')`,
    holds: `private.evidence_to_remove(tests.id('report')) = '{}'`,
  },
  {
    name: 'evidence of somebody who is gone waits for the decision of their report',
    without: {
      rule: 'private.evidence_to_remove',
      piece: `and (reports.status = 'open' or gone.of_person)`,
      becomes: 'and false',
    },
    after: `select tests.become('grace');
      select public.file_report(tests.id('report'), 'listing', tests.id('mill'), 'fraud', 'A scam.');
      select tests.back();
      insert into storage.objects (bucket_id, name)
        values ('evidence', tests.person('grace') || '/' || tests.id('report') || '/a.jpg');
      update public.profiles set erased_at = private.now()
        where profile_id = tests.person('grace')`,
    holds: `private.evidence_to_remove(tests.id('grace')) = '{}'`,
  },
  {
    name: 'evidence of a case is not removed before its time',
    without: {
      rule: 'private.evidence_to_remove',
      piece: `and kept_evidence.closed_at < private.kept_until('evidence')`,
      becomes: '',
    },
    after: withdrawn,
    holds: `private.evidence_to_remove(tests.id('dust')) = '{}'`,
  },
  {
    name: 'evidence of a case is kept from its decision on, and then goes',
    without: 'drop trigger keep_the_evidence on public.complaints',
    after: `${withdrawn}; select tests.at('2034-07-01 12:00+00')`,
    holds: `private.evidence_to_remove(tests.id('dust')) <> '{}'`,
  },
]);
