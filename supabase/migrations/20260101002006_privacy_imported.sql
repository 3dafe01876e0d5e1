-- Imported: what another platform's rows became here, and stays whose money was settled there.
--
-- A marketplace that moves in brings people, homes, calendars, stays and reviews
-- (docs/bringing-data.md). Each row is told again by the id it had, so that an import can be
-- repeated and goes on where it was ended.

create table private.imported (
  kind        text        not null,
  external_id text        not null,
  our_id      uuid        not null,
  parts       uuid[]      not null default '{}',
  hash        text        not null,
  imported_at timestamptz not null default now(),

  primary key (kind, external_id),
  constraint imported_are_of_a_kind check (
    kind in ('person', 'listing', 'photo', 'booking', 'calendar', 'review')),
  -- An address of a person would stay here after they are gone. Lengths are counted outside the
  -- patterns: a pattern with {1,200} has as many states, and a row took five times as long.
  constraint imported_have_a_plain_id check (
    char_length(external_id) between 1 and 200 and external_id !~ '[[:space:]@]'),
  constraint imported_have_a_hash check (char_length(hash) = 64 and hash !~ '[^0-9a-f]')
);

create index imported_our_id_idx on private.imported (our_id);
alter table private.imported enable row level security;

comment on table private.imported is
  'What each row of another platform became here: never two for one. It stays when a person is '
  'deleted, so that no later import brings them back.';
comment on column private.imported.parts is
  'The claims of a blocked range of nights, which are several if there is a stay in between.';
comment on column private.imported.hash is 'SHA-256 of the content of the row.';

insert into private.export_rules (relation, owned_by, omits) values
  ('private.imported', 'our_id = $1 or our_id = any ($2 || $3 || $4)', '{hash}'),
  -- Guests see what they paid, not what their host got.
  ('private.settled_elsewhere', 'booking_id = any ($3)', '{host_payout_minor}');
