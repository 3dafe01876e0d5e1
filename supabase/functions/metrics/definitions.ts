/** What each metric is called, its type and its meaning. The values come from private.metrics(). */
export const definitions = {
  // Stays and money
  staybase_bookings: ['gauge', 'Bookings by status; estimated when the table is larger than 1 MB.'],
  staybase_payments: ['gauge', 'Payments by status; estimated when the table is larger than 1 MB.'],
  staybase_holds_open: ['gauge', 'Bookings that hold nights and are not paid, up to 10000.'],
  staybase_requests_open: ['gauge', 'Bookings that wait for the host to answer, up to 10000.'],
  staybase_hold_expiry_lag_seconds: [
    'gauge',
    'How long ago the oldest hold expired that still takes nights; the job expire_bookings is behind.',
  ],
  staybase_payouts_due: ['gauge', 'Payouts that are due and not sent, up to 10000.'],
  staybase_payout_lag_seconds: ['gauge', 'How long the oldest of them has been due.'],
  staybase_payment_problems: ['gauge', 'Payment problems that need a person, up to 10000.'],
  staybase_reconciliation_differences: [
    'gauge',
    'What did not add up when the ledger was last compared, by kind.',
  ],
  staybase_reconciliation_age_seconds: ['gauge', 'How long ago that was.'],
  staybase_exchange_rates_age_seconds: [
    'gauge',
    'How long ago the day of the newest exchange rates began; absent if none was loaded.',
  ],

  // The outbox
  staybase_outbox_due_commands: ['gauge', 'Commands that are due and not done, by kind.'],
  staybase_outbox_lag_seconds: ['gauge', 'How long the oldest of them has been due, by kind.'],
  staybase_outbox_retrying_commands: [
    'gauge',
    'Commands that were tried five times and more and are not done, by kind.',
  ],
  staybase_outbox_failed_commands: ['gauge', 'Commands that were given up, by kind.'],

  // Stripe, webhooks, calendars, files
  staybase_stripe_events_unapplied: [
    'gauge',
    'Stripe events that were stored and not applied, up to 10000.',
  ],
  staybase_stripe_event_lag_seconds: ['gauge', 'How long ago the oldest of them came.'],
  staybase_stripe_event_last_applied_seconds: [
    'gauge',
    'How long ago a Stripe event was last applied; absent before the first.',
  ],
  staybase_stripe_polls_failing: [
    'gauge',
    'Accounts and balances at Stripe that could not be read five times in a row.',
  ],
  staybase_webhook_delivery_lag_seconds: [
    'gauge',
    'Age of the oldest event that a webhook endpoint has not accepted.',
  ],
  staybase_webhook_endpoints: ['gauge', 'Webhook endpoints by state.'],
  staybase_calendar_feeds_due: ['gauge', 'Calendars that are due to be read, up to 10000.'],
  staybase_calendar_feed_lag_seconds: ['gauge', 'How long the oldest of them has been due.'],
  staybase_calendar_feeds_failing: [
    'gauge',
    'Calendars that could not be read on the last try, up to 10000.',
  ],
  staybase_files_due: ['gauge', 'Uploaded files that are due to be checked, up to 10000.'],
  staybase_file_lag_seconds: ['gauge', 'How long the oldest of them has been due.'],

  // Jobs
  staybase_jobs_failing: ['gauge', 'Jobs whose last run failed, or that have set rows aside.'],
  staybase_job_lag_seconds: ['gauge', 'How long a job has had something to do, by job.'],

  // The server
  staybase_db_connections: ['gauge', 'Sessions of this database, by role and state.'],
  staybase_db_connections_max: ['gauge', 'The most sessions that the server accepts.'],
  staybase_db_lock_waits: ['gauge', 'Sessions that wait for a lock.'],
  staybase_db_oldest_transaction_seconds: ['gauge', 'Age of the oldest open transaction.'],
  staybase_db_idle_in_transaction_seconds: [
    'gauge',
    'How long a session has been idle within a transaction.',
  ],
  staybase_db_transactions_total: ['counter', 'Transactions by outcome.'],
  staybase_db_deadlocks_total: ['counter', 'Deadlocks.'],
  staybase_db_temporary_bytes_total: ['counter', 'Bytes written to temporary files.'],
  staybase_db_blocks_total: ['counter', 'Blocks read, from shared buffers or from outside them.'],
  staybase_db_size_bytes: ['gauge', 'Size of the database, as of the last vacuum of each table.'],
  staybase_db_transaction_id_age: [
    'gauge',
    'Transactions since the oldest that is not frozen; the server stops taking writes at two billion.',
  ],
  staybase_db_multixact_id_age: [
    'gauge',
    'Multixact ids since the oldest in use; the server stops taking writes at two billion.',
  ],
  staybase_db_table_rows: ['gauge', 'Live rows of large tables, estimated.'],
  staybase_db_table_dead_rows: ['gauge', 'Dead rows of large tables, estimated.'],
  staybase_db_table_inserted_rows_total: [
    'counter',
    'Rows inserted into large tables, including those of transactions that were rolled back.',
  ],
  staybase_db_table_bytes: ['gauge', 'Size of large tables without indexes.'],
  staybase_db_replicas: ['gauge', 'Standby servers and other receivers that are connected.'],
  staybase_db_replication_lag_seconds: ['gauge', 'How far behind the slowest of them is.'],
  staybase_db_replication_lag_bytes: ['gauge', 'How much the slowest of them has to replay.'],
  staybase_db_replication_slot_bytes: [
    'gauge',
    'WAL that is kept for the slowest replication slot.',
  ],

  // The scrape
  staybase_scrape_duration_seconds: ['gauge', 'How long the database took to answer this scrape.'],
} as const satisfies Record<string, readonly [type: 'gauge' | 'counter', help: string]>;
