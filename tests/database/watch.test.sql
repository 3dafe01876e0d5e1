-- The figures of a town whose numbers are known, and what they cost.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('attic', 'ada');
update public.listings set instant_book = false where listing_id = tests.id('attic');
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;

create function pg_temp.figure(metric text, labels jsonb default '{}') returns double precision language sql as $$
  select samples.value from public.metrics() as samples
  where samples.metric = figure.metric and samples.labels = figure.labels
$$;

-- Bookings and holds

select is(pg_temp.figure('staybase_bookings', '{"status": "confirmed"}'), 0::double precision, 'nothing is 0 and not silence');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
select tests.book('question', 'dorothy', 'attic', '2031-06-20', '2031-06-22');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
select results_eq(
  $$ select labels ->> 'status', value from public.metrics()
     where metric = 'staybase_bookings' and value > 0 order by 1 $$,
  $$ values ('awaiting_payment', 1::double precision), ('confirmed', 1), ('requested', 1) $$, 'bookings are counted by status');
select results_eq(
  $$ select labels ->> 'status', value from public.metrics()
     where metric = 'staybase_payments' and value > 0 order by 1 $$,
  $$ values ('authorized', 1::double precision), ('captured', 1), ('pending', 1) $$,
  'payments are counted by status');
select is(pg_temp.figure('staybase_holds_open'), 1::double precision,
  'one booking holds nights without a payment');
select is(pg_temp.figure('staybase_requests_open'), 1::double precision,
  'one request waits for the host');
select is(pg_temp.figure('staybase_hold_expiry_lag_seconds'), 0::double precision,
  'no hold is past its end');
update public.bookings set expires_at = private.now() - interval '5 minutes' where booking_id = tests.id('hold');
select is(pg_temp.figure('staybase_hold_expiry_lag_seconds'), 300::double precision, 'a hold that ended five minutes ago and still stands is seen');

-- The outbox

delete from private.commands;
insert into private.commands (kind, idempotency_key, payment_id, booking_id, status, due_at, claimed_until, created_at, finished_at, problem)
select 'capture', 'watch/' || n, payments.payment_id, payments.booking_id,
  case when n = 4 then 'failed' when n = 5 then 'running' else 'waiting' end::private.command_status,
  private.now() + make_interval(secs => case when n = 3 then 60 else -60 * n end),
  case when n = 5 then private.now() end, private.now(), case when n = 4 then private.now() end, case when n = 4 then 'refused' end
from generate_series(1, 5) as n
cross join (select payment_id, booking_id from public.payments order by payment_id limit 1) as payments;
select is(pg_temp.figure('staybase_outbox_due_commands', '{"kind": "capture"}'), 3::double precision, 'what waits for later is not due');
select is(pg_temp.figure('staybase_outbox_lag_seconds', '{"kind": "capture"}'), 300::double precision, 'the oldest counts, running or not');
select is(pg_temp.figure('staybase_outbox_failed_commands', '{"kind": "capture"}'), 1::double precision, 'what was given up is counted');
select is(pg_temp.figure('staybase_outbox_due_commands', '{"kind": "refund"}'), 0::double precision, 'each kind by itself');
update private.commands set attempts = case when status = 'failed' then 12 when status = 'running' then 6 else 4 end;
select is(pg_temp.figure('staybase_outbox_retrying_commands', '{"kind": "capture"}'), 1::double precision,
  'four failures are not told; what is given up is not tried again, what runs again is');
update private.commands set attempts = 5, due_at = private.now() + interval '1 hour' where status = 'waiting';
select is(pg_temp.figure('staybase_outbox_retrying_commands', '{"kind": "capture"}'), 4::double precision,
  'a command that failed five times is told although it is not due');
select is(pg_temp.figure('staybase_outbox_retrying_commands', '{"kind": "send_mail"}'), 0::double precision,
  'no e-mail fails: 0 and not silence');

-- Stripe, webhooks and calendars

delete from private.stripe_events;
select is(pg_temp.figure('staybase_stripe_event_last_applied_seconds'), null,
  'the last event has no figure before the first');
insert into private.stripe_events (event_id, type, object_id, outcome, received_at, applied_at) values
  ('evt_1', 'charge.updated', 'ch_1', 'applied', private.now() - interval '1 hour', private.now() - interval '50 seconds'),
  ('evt_2', 'charge.updated', 'ch_2', null, private.now() - interval '20 seconds', null);
select is(pg_temp.figure('staybase_stripe_events_unapplied'), 1::double precision, 'an event that waits is counted');
select is(pg_temp.figure('staybase_stripe_event_lag_seconds'), 20::double precision,
  'the oldest waiting event says how long it waits');
select is(pg_temp.figure('staybase_stripe_event_last_applied_seconds'), 50::double precision, 'the last applied one is dated');
insert into private.stripe_checks (kind, subject, due_at, attempts, problem) values
  ('host', 'acct_1', private.now(), 5, 'stripe 401'), ('host', 'acct_2', private.now(), 4, 'stripe 401');
select is(pg_temp.figure('staybase_stripe_polls_failing'), 1::double precision, 'five failures in a row are one too many');
insert into private.webhook_endpoints (endpoint_id, url, description, secret, disabled_at, created_at) values
  (gen_random_uuid(), 'https://one.test/', 'One', 'whsec_x', null, private.now()),
  (gen_random_uuid(), 'https://two.test/', 'Two', 'whsec_x', private.now(), private.now());
select is(pg_temp.figure('staybase_webhook_endpoints', '{"state": "disabled"}'), 1::double precision, 'endpoints are counted by state');
insert into private.webhook_events (event_id, type, facts, created_at) values (tests.id('told'), 'booking.confirmed', '{}', private.now());
insert into private.webhook_deliveries (delivery_id, endpoint_id, event_id, created_at)
select tests.id('delivery'), endpoint_id, tests.id('told'), private.now() from private.webhook_endpoints where disabled_at is null;
insert into private.commands (kind, idempotency_key, delivery_id, due_at, created_at)
values ('deliver_webhook', 'watch/webhook', tests.id('delivery'), private.now() + interval '1 hour', private.now() - interval '2 hours');
select is(pg_temp.figure('staybase_webhook_delivery_lag_seconds'), 7200::double precision, 'an event that waits for its next attempt is late all the same');
select is(pg_temp.figure('staybase_outbox_due_commands', '{"kind": "deliver_webhook"}'), 0::double precision,
  'an event is late although no command is due');
insert into public.calendar_feeds (feed_id, listing_id, name, url, last_error, created_at, next_poll_at) values
  (gen_random_uuid(), tests.id('mill'), 'One', 'https://one.test/', 'unreachable', private.now(), private.now() - interval '90 seconds'),
  (gen_random_uuid(), tests.id('mill'), 'Two', 'https://two.test/', null, private.now(), private.now() + interval '90 seconds');
select is(pg_temp.figure('staybase_calendar_feeds_due'), 1::double precision, 'a calendar that is due is counted');
select is(pg_temp.figure('staybase_calendar_feed_lag_seconds'), 90::double precision,
  'a due calendar says for how long it is due');
select is(pg_temp.figure('staybase_calendar_feeds_failing'), 1::double precision,
  'a calendar that fails is counted');

-- Money that does not add up

select is(pg_temp.figure('staybase_payment_problems'), 0::double precision, 'no payment waits for a person');
insert into private.payment_problems (payment_id, problem, noted_at) select payment_id, 'disputed', private.now() from public.payments limit 1;
select is(pg_temp.figure('staybase_payment_problems'), 1::double precision,
  'one payment waits for a person');
select is(pg_temp.figure('staybase_reconciliation_age_seconds'), null, 'the report was not read yet');
select is(private.count_differences(1), (select count(*)::integer from private.reconciliation_report()), 'the job counts what the report says');
select is(pg_temp.figure('staybase_reconciliation_differences', '{"difference": "payment_problem"}'), 1::double precision,
  'differences of the report are counted by kind');
select is(pg_temp.figure('staybase_reconciliation_differences', '{"difference": "ledger_differs"}'), 0::double precision, 'what was not found is 0');
delete from private.payment_problems;
select is(private.count_differences(1), 0, 'the report is not read again within six hours');
select is(pg_temp.figure('staybase_reconciliation_differences', '{"difference": "payment_problem"}'), 1::double precision,
  'the report stays as it was for six hours');
select tests.at('2031-05-20 18:21+00');
select is(pg_temp.figure('staybase_reconciliation_age_seconds'), 22860::double precision,
  'the age of the report is shown');
select private.count_differences(1);
select is(pg_temp.figure('staybase_reconciliation_differences', '{"difference": "payment_problem"}'), 0::double precision,
  'the report is read again after six hours');
select is_empty(
  $$ select distinct said[1] from pg_proc, regexp_matches(prosrc, 'select\s+''([a-z_]+)'',', 'g') as said
     where oid in ('private.reconciliation_report'::regproc, 'private.balance_differences'::regproc)
     except select difference from private.difference_counts $$,
  'every kind of difference in the report has a figure, found or not');

-- Jobs

select is(pg_temp.figure('staybase_jobs_failing'), 0::double precision, 'at first no job fails');
select is((select count(*) from public.metrics() where metric = 'staybase_job_lag_seconds'), (select count(*) from private.jobs),
  'each job has its lag');
insert into private.job_failures (job, problem, failed_at) values ('expire_bookings', 'stuck', private.now());
select is(pg_temp.figure('staybase_jobs_failing'), 1::double precision,
  'one failing job is counted');

-- The server

select ok(pg_temp.figure('staybase_db_connections', '{"role": "postgres", "state": "active"}') >= 1,
  'a session is counted by its role');
select is(pg_temp.figure('staybase_db_connections_max'), current_setting('max_connections')::double precision,
  'the limit of connections is shown');
select ok(pg_temp.figure('staybase_db_size_bytes') > 1000000, 'the database has a size');
select is((select count(*) from public.metrics() where metric in ('staybase_db_transaction_id_age', 'staybase_db_multixact_id_age') and value >= 0), 2::bigint,
  'both kinds of ids that can run out are looked at');
select is((select count(*) from public.metrics() where metric = 'staybase_db_table_rows'), 12::bigint, 'large tables are looked at');

-- A large table is estimated, without reading it.
select is_empty(
  $$ select word from private.rows_by_word('public.bookings', 'status', enum_range(null::public.booking_status)::text[])
     group by word having count(*) <> 1 $$, 'each status comes once');
create table private.many (word text) with (autovacuum_enabled = off);
insert into private.many select case when n % 10 = 0 then 'rare' else 'common' end || repeat(' ', 0) from generate_series(1, 60000) as n;
analyze private.many;
select results_eq(
  $$ select word, round(rows / 6000) from private.rows_by_word('private.many', 'word', array['common', 'rare', 'none']) order by word $$,
  $$ values ('common', 9::double precision), ('none', 0), ('rare', 1) $$, 'a large table is estimated by its statistics');
delete from private.many;
select is((select rows from private.rows_by_word('private.many', 'word', array['rare'])) > 0, true,
  'a large table is not read: what was deleted since still counts');

-- Nobody's

select is_empty(
  $$ select metric from public.metrics(), jsonb_each_text(labels) as label
     where label.value ~ '[0-9a-f]{8}-|@' or label.value ~* 'grace|margaret|dorothy|ada' $$, 'no label says anything about a person');

select * from finish();
rollback;
