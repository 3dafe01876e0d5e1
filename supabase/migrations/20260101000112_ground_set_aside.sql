-- Set aside: one row that a job cannot handle keeps no other waiting.
--
-- A job asks which rows are due, without those it has set aside (private.rows_aside), and has each
-- of them handled by private.attempt: in a subtransaction of its own, so that an error undoes that
-- row alone. Such a row is set aside with its error and tried again after a pause that grows.

create table private.rows_set_aside (
  job        text        not null,
  subject_id uuid        not null,
  attempts   integer     not null default 1,
  code       text        not null,
  problem    text        not null,
  failed_at  timestamptz not null,
  retry_at   timestamptz not null,

  primary key (job, subject_id),
  constraint rows_set_aside_are_tried_again check (attempts > 0 and retry_at > failed_at)
);

alter table private.rows_set_aside enable row level security;
comment on table private.rows_set_aside is
  'Rows that a job could not handle, with the SQLSTATE and the message of the last error. Each is '
  'tried again at retry_at, and leaves when that succeeds or when it is not due any more.';

create function private.rows_aside(job text)
  returns setof uuid language sql stable security definer set search_path = ''
begin atomic
  select rows_set_aside.subject_id from private.rows_set_aside
  where rows_set_aside.job = rows_aside.job and rows_set_aside.retry_at > private.now();
end;

comment on function private.rows_aside is
  'Rule: the rows that a job leaves alone for now.';

create function private.attempt(job text, subject_id uuid, step text, subject anyelement)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  done integer;
begin
  -- Another row of the same subject may have failed a moment ago.
  if attempt.subject_id in (select private.rows_aside(attempt.job)) then
    return 0;
  end if;
  execute format('select private.%I($1)::integer', step) into done using subject;
  -- Here, where a no undoes this row alone.
  set constraints all immediate;
  set constraints all deferred;
  delete from private.rows_set_aside
  where rows_set_aside.job = attempt.job and rows_set_aside.subject_id = attempt.subject_id;
  return coalesce(done, 0);
exception
  -- These are of the moment, not of the row: the job is tried again as a whole.
  when transaction_rollback or lock_not_available or insufficient_resources
    or operator_intervention then
    raise;
  when others then
    raise warning 'job % sets % aside: % (%)', attempt.job, attempt.subject_id, sqlerrm, sqlstate;
    -- 1 min, 2 min, 4 min ... an hour.
    insert into private.rows_set_aside (job, subject_id, code, problem, failed_at, retry_at)
    values (attempt.job, attempt.subject_id, sqlstate, left(sqlerrm, 500), private.now(),
      private.now() + interval '1 minute')
    on conflict on constraint rows_set_aside_pkey do update
    set attempts = rows_set_aside.attempts + 1, code = excluded.code, problem = excluded.problem,
        failed_at = excluded.failed_at,
        retry_at = excluded.failed_at + least(
          interval '1 minute' * 2 ^ least(rows_set_aside.attempts, 10), interval '1 hour');
    return 0;
end $$;

comment on function private.attempt is
  'Rule: a job handles one row by calling the function `step` in `private` with it. Returns what '
  'the step returns, as a number; 0 if it failed and the row was set aside.';
