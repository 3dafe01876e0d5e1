-- Deployments: which revision runs here, and whether a stay was booked with it. npm run deploy
-- writes it, so what is known of a project is in the project: no file elsewhere can say another
-- thing.

create table private.deployments (
  deployment_id bigint      generated always as identity primary key,
  revision      text        not null,
  version       text        not null,
  -- What the platform said about the functions after they were brought; null until then.
  functions     jsonb,
  begun_at      timestamptz not null default now(),
  finished_at   timestamptz,
  proved_at     timestamptz,

  constraint deployments_name_a_commit        check (revision ~ '^[0-9a-f]{40}$'),
  constraint deployments_are_proved_when_done check (proved_at is null or finished_at is not null)
);

alter table private.deployments enable row level security;

comment on table private.deployments is
  'Each deployment: the commit, when all its steps were done, and when its smoke test had booked '
  'and cancelled a stay. Staging is promoted by it, and functions are rolled back by it.';

insert into private.export_rules (relation, why_not) values
  ('private.deployments', 'The marketplace''s internal records of its work.');
