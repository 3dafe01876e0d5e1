-- Retention: how long what is no longer needed is kept, of all kinds in one table.

create table private.retention (
  record    text    primary key,
  keep_days integer not null,
  what      text    not null,

  constraint retention_keeps_some_days check (keep_days between 1 and 36500)
);

alter table private.retention enable row level security;
comment on table private.retention is
  'How many days each kind of record is kept, and what happens then. If its row is deleted, that '
  'kind is kept indefinitely.';

insert into private.retention (record, keep_days, what) values
  ('messages',       1095, 'The text of messages, unless the two have an open stay.'),
  ('removed_words',   365, 'Messages that staff removed from conversations.'),
  ('child_ages',     1095, 'Ages of children in stays, inquiries and offers, from check-out on.'),
  ('reports',         730,
    'The text of reports closed that long ago, what they quoted, and their evidence.'),
  ('evidence',        730,
    'The files of complaints, claims for damage and no-shows that were closed that long ago.'),
  ('notices',        1095, 'Notices to people about decisions.'),
  ('notifications',   365, 'Notifications of people, read or not.'),
  ('invitations',      30, 'Invitations to host, with their address, since they expired.'),
  ('refused_files',    30, 'Why a file was refused.'),
  -- private.hosted_lately looks back a year.
  ('past_hosts',      366, 'Former hosts of a home.'),
  ('stripe_events',    90, 'Which Stripe events were applied.'),
  ('commands',        365,
    'Commands that are done and moved no money: e-mails, removed files and customers.'),
  ('comparisons',      30, 'Comparisons of a payment with Stripe that are done.'),
  ('webhook_events',   30, 'What webhook endpoints were told, with each attempt.'),
  ('job_runs',          7, 'Runs of jobs.');

create function private.kept_for(record text)
  returns interval language sql stable security definer set search_path = ''
begin atomic
  select make_interval(days => retention.keep_days)
  from private.retention where retention.record = kept_for.record;
end;

comment on function private.kept_for is
  'Rule: how long records of a kind are kept; null keeps them.';

create function private.kept_until(record text)
  returns timestamptz language sql stable security definer set search_path = ''
  return private.now() - private.kept_for(record);

comment on function private.kept_until is 'Rule: older records are deleted; null keeps them.';
