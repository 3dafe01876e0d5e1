import { type Guard, status, testGuards } from '../../support/guards.ts';

/** Two minutes after Margaret's hold ended, a worker runs the job that is for it. */
const run = `select tests.at('2031-05-20 12:17+00');
  insert into private.job_runs (job, due_at, started_at)
  values ('expire_bookings', private.now(), private.now());
  select private.run_job(max(run_id)) from private.job_runs`;

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
