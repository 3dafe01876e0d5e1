import { type Guard, status, testGuards } from '../../support/guards.ts';

/** Two minutes after Margaret's hold ended, a worker runs the job that is for it. */
const run = `select tests.at('2031-05-20 12:17+00');
  insert into private.job_runs (job, due_at, started_at)
  values ('expire_bookings', private.now(), private.now());
  select private.run_job(max(run_id)) from private.job_runs`;

/** Two holds are due, and the one that comes first fails with `error` when it ends. */
const stuck = (error: string) =>
  `select tests.book('late', 'katherine', 'loft', '2031-06-10', '2031-06-12');
  create function public.fail() returns trigger language plpgsql as $$ begin ${error} return new; end $$;
  do $$
  begin
    execute format('create trigger fail after update of status on public.bookings for each row
      when (old.booking_id = %L) execute function public.fail()', (
        select booking_id from public.bookings where booking_id in (tests.id('hold'), tests.id('late'))
        order by booking_id limit 1));
  end $$;
  set constraints all immediate;
  set constraints all deferred;
  select tests.at('2031-05-20 12:17+00')`;
const stuckAtOnce = `${stuck("raise exception 'broken';")}; select tests.run_due_jobs()`;
const oneIsAside = '(select count(*) = 1 from private.rows_set_aside)';
const oneExpired = `(select count(*) = 1 from public.bookings where status = 'expired')`;

const cancelled = `select tests.become('ada');
  select public.cancel_booking(tests.id('visit'), 'Water.'); select tests.back()`;

testGuards([
  // worker
  {
    name: "a command is one worker's",
    without: {
      rule: 'private.due_commands',
      piece:
        'and (commands.claimed_until is null or commands.claimed_until <= due_commands.lapsed_by)',
      becomes: '',
    },
    after: 'select private.claim_commands(100)',
    holds: 'not exists (select from private.claim_commands(100))',
  },
  {
    name: 'a command that a worker died with is run alone',
    without: {
      rule: 'private.claim_commands',
      piece: `picked := private.due_commands('running', private.now(), 1)`,
      becomes: `picked := private.due_commands('running', private.now(), 100)`,
    },
    after: `select private.claim_commands(100);
      update private.commands set claimed_until = private.now() where status = 'running'`,
    holds:
      `(select count(*) from private.commands where status = 'running') > 1 and (select count(*) from private.claim_commands(100)) = 1`,
  },
  {
    name: 'a capture that failed confirms nothing',
    without: {
      rule: 'private.fail_command',
      piece: `perform private.end_booking(booking, 'expired', 'system', 'capture_failed');`,
      becomes: 'null;',
    },
    after:
      `select tests.become('ada'); select public.accept_booking(tests.id('question')); select tests.back();
      select private.claim_commands(100);
      select private.fail_command(command_id, 'declined', false) from private.commands where kind = 'capture'`,
    holds: `${status('question')} = 'expired'`,
  },
  {
    name: 'a mail to the owner does not tell what the guest pays',
    without: {
      rule: 'private.mail_facts',
      piece: 'mail_facts.recipient_id = bookings.guest_id',
      becomes: 'true',
    },
    holds: `private.mail_facts(tests.id('visit'), tests.person('ada')) ->> 'total_minor' is null`,
  },
  {
    name: 'a mail to the guest does not tell what the owner is paid',
    without: {
      rule: 'private.mail_facts',
      piece: 'mail_facts.recipient_id = bookings.host_id',
      becomes: 'true',
    },
    holds:
      `private.mail_facts(tests.id('visit'), tests.person('grace')) ->> 'payout_minor' is null`,
  },
  {
    name: 'a mail to the owner does not tell what the guest gets back',
    without: {
      rule: 'private.cancellation_facts',
      piece: 'and guest_settlements.guest_id = cancellation_facts.recipient_id',
      becomes: '',
    },
    after: cancelled,
    holds:
      `private.cancellation_facts(tests.id('visit'), tests.person('ada')) ->> 'refund_minor' is null`,
  },
  {
    name: 'a mail about a stay that ended tells nothing to others',
    without: {
      rule: 'private.cancellation_facts',
      piece: 'and bookings.host_id = cancellation_facts.recipient_id',
      becomes: '',
    },
    after: cancelled,
    holds: `private.cancellation_facts(tests.id('visit'), tests.person('hedy')) = '{}'`,
  },
  {
    name: 'a mail looks up no facts of others',
    without: {
      rule: 'private.letter_facts',
      piece: 'array letter.facts',
      becomes: `array array['money']`,
    },
    after: `create or replace function private.money_facts(subject_id uuid, template text)
        returns jsonb language plpgsql as $$ begin raise exception 'asked'; end $$`,
    holds:
      `(select count(*) > 0 and count(problem) = 0 from private.claim_commands(100) where kind = 'send_mail')`,
  },
  // health
  {
    name: 'commands that fail again and again are not well',
    without: {
      rule: 'private.health',
      piece: 'commands.attempts >= 5 and commands.kind',
      becomes: 'commands.attempts > 12 and commands.kind',
    },
    after: "update private.commands set attempts = 5, due_at = private.now() + interval '1 hour'",
    holds: "not (select healthy from private.health() where part = 'commands')",
  },
  // schedules
  ...[
    ['forget_news', 'notifications', '365'],
    ['forget_job_runs', 'job_runs', '7'],
  ].map(([job = '', record, days]): Guard => ({
    name: `${job} is due when private.retention says`,
    without: {
      rule: 'private.job_due_times',
      piece: `private.kept_for('${record}')`,
      becomes: `interval '${days} days'`,
    },
    after: `${run};
      update private.retention set keep_days = 1;
      delete from private.webhook_events`,
    holds: `(select due_at from private.job_due_times() where job = '${job}')
      < private.now() + interval '2 days'`,
  })),
  {
    name: 'a job of a later migration is due when the function says that is registered for it',
    without: { rule: 'private.job_due_times', piece: 'return next;', becomes: '' },
    after:
      `create function private.bicycles_due() returns timestamptz language sql return '-infinity'::timestamptz;
      insert into private.registrations (question, about, answer)
      values ('job_due_at', 'lend_bicycles', 'bicycles_due')`,
    holds: `exists (select from private.job_due_times() where job = 'lend_bicycles')`,
  },
  {
    name: 'a command that is queued calls the worker at once',
    without: 'drop trigger nudge_the_worker on private.commands',
    after: `create or replace function private.call_function(name text) returns void language sql
        as $$ select set_config('tests.called', name, true) $$;
      select tests.become('ada'); select public.decline_booking(tests.id('question'));
      select tests.back()`,
    holds: `current_setting('tests.called', true) = 'run-commands'`,
  },
  {
    name: 'a job that failed waits a minute',
    without: {
      rule: 'private.run_job',
      piece:
        `when run.code is not null then private.now() + greatest(jobs.every, interval '1 minute')`,
      becomes: 'when run.code is not null then private.now()',
    },
    after: `create or replace function private.expire_bookings(most integer)
        returns integer language plpgsql as $$ begin raise exception 'stuck'; end $$;
      ${run}`,
    holds: `(select next_at > private.now() from private.jobs where job = 'expire_bookings')`,
  },
  {
    name: 'a booking that fails does not stop the one behind it',
    without: {
      rule: 'private.attempt',
      piece: 'when transaction_rollback or',
      becomes: 'when raise_exception or',
    },
    after: stuckAtOnce,
    holds: oneExpired,
  },
  {
    name: 'a job does not begin with the row again that it set aside',
    without: {
      rule: 'private.expire_bookings',
      piece: `and bookings.booking_id not in (select private.rows_aside('expire_bookings'))`,
      becomes: '',
    },
    after: stuckAtOnce,
    holds: oneExpired,
  },
  {
    name: 'a run goes on behind a row that it set aside',
    without: {
      rule: 'private.run_job',
      piece: 'is_over := run.code is not null or handled + aside = 0',
      becomes: 'is_over := run.code is not null or handled = 0',
    },
    after: stuckAtOnce,
    holds: `exists (select from private.job_runs
      where job = 'expire_bookings' and done = 1 and set_aside = 1)`,
  },
  {
    name: 'what a transaction promises for its end is asked for with each row',
    without: {
      rule: 'private.attempt',
      piece: 'set constraints all immediate;',
      becomes: '',
    },
    after: `${stuck(`perform private.post('damage_share', 'one', new, guest => 5);`)};
      select tests.run_due_jobs()`,
    holds: oneExpired,
  },
  {
    name: 'a lock that did not come sets no row aside',
    without: { rule: 'private.attempt', piece: 'or lock_not_available', becomes: '' },
    after: `${stuck("raise exception 'busy' using errcode = '55P03';")};
      select tests.run_due_jobs()`,
    holds: 'not exists (select from private.rows_set_aside)',
  },
  {
    name: 'the pause of a row that is aside grows',
    without: {
      rule: 'private.attempt',
      piece: '2 ^ least(rows_set_aside.attempts, 10)',
      becomes: '1',
    },
    after: `${stuckAtOnce}; select tests.at('2031-05-20 12:18+00'); select tests.run_due_jobs()`,
    holds: `(select retry_at = '2031-05-20 12:20+00' from private.rows_set_aside)`,
  },
  {
    name: 'a job with a row aside is not late by it',
    without: {
      rule: 'private.due_jobs',
      piece: `then '-infinity' else`,
      becomes: 'then job_due_times.due_at else',
    },
    after: `${stuckAtOnce}; select tests.at('2031-05-20 14:00+00'); select tests.run_due_jobs()`,
    holds: `${oneIsAside} and (select overdue < interval '1 hour' from private.job_metrics()
      where job = 'expire_bookings')`,
  },
  {
    name: 'a row that is not due any more is not aside any more',
    without: {
      rule: 'private.run_job',
      piece: 'rows_set_aside.retry_at <= private.now()',
      becomes: 'false',
    },
    after: `${stuckAtOnce}; drop trigger fail on public.bookings;
      select private.end_booking(bookings, 'expired', 'system', 'not_paid') from public.bookings
      where booking_id in (select subject_id from private.rows_set_aside);
      select tests.at('2031-05-20 12:18+00'); select tests.run_due_jobs()`,
    holds: `not ${oneIsAside}`,
  },
  {
    name: 'an operator sees that a row is aside',
    without: {
      rule: 'private.run_job',
      piece: 'having count(*) > 0',
      becomes: 'having false',
    },
    after: stuckAtOnce,
    holds: `not (select healthy from private.health() where part = 'jobs')`,
  },
  {
    name: 'a run that ended does not go on',
    without: {
      rule: 'private.run_job',
      piece: 'where job_runs.run_id = run_job.run_id and job_runs.ended_at is null;',
      becomes: 'where job_runs.run_id = run_job.run_id;',
    },
    after: `${run}; update private.job_runs set ended_at = private.now();
      select tests.book('late', 'katherine', 'loft', '2031-06-10', '2031-06-12');
      select tests.at('2031-05-20 12:40+00')`,
    holds: 'not private.run_job((select max(run_id) from private.job_runs))',
  },
]);
