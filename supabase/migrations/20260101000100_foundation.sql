-- Foundation: where things live, who may do nothing by default, what time it is, which money is
-- taken.
--
-- `public` holds what the API shows: tables under row-level security and one-line verbs. `private`
-- holds the rules, and no API role has USAGE on it: a verb reaches its rule because its body was
-- resolved when it was created. `gate` holds only the check that PostgREST runs before every
-- request.
--
-- The chapters are read in order. A plpgsql body is resolved when it runs, so here and there a rule
-- names what a later chapter makes.

create schema private;
create schema gate;
create schema if not exists extensions;
create extension if not exists btree_gist with schema extensions;

comment on schema private is 'Rules, claims, secrets and the event log; never exposed.';
comment on schema gate is 'The check before each API request, and nothing else.';

grant usage on schema public to anon, authenticated, service_role;
grant usage on schema gate to anon, authenticated, service_role;

-- Supabase projects may carry default grants to the API roles, and Postgres lets everyone execute a
-- new function. Both end here: from now on a grant exists only where a chapter writes it. Without
-- `in schema`: the per-schema form cannot take away a global default.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;

-- Settings

create table private.settings (
  singleton            boolean  primary key default true,
  environment          text     not null default 'production',
  hold_minutes         smallint not null default 15,
  answer_hours         smallint not null default 24,
  expiry_grace_seconds smallint not null default 120,
  unpaid_holds         smallint not null default 3,
  unpaid_tries         smallint not null default 12,
  attempts_per_stay    smallint not null default 20,
  hold_limit_days      smallint not null default 90,
  charge_ahead_days    smallint not null default 7,
  pay_hours            smallint not null default 72,
  fee_scheme           text     not null default 'split',
  new_listing_bookings smallint not null default 3,
  new_listing_bp       integer  not null default 2000,
  invitation_days      smallint not null default 14,
  invitations_a_day    smallint not null default 20,
  emailed_invitations_a_day smallint not null default 5,
  addresses_are_confirmed boolean not null default true,
  calendar_poll_minutes smallint not null default 30,
  feeds_per_owner      smallint not null default 200,
  drafts_per_owner     smallint not null default 100,
  staff_need_second_factor boolean not null default false,

  constraint settings_are_one_row            check (singleton),
  constraint settings_environment_is_unique  unique (environment),
  constraint settings_know_the_environment   check (environment in ('production', 'staging', 'local')),
  constraint settings_holds_last_a_while     check (hold_minutes between 5 and 60),
  constraint settings_hosts_have_time        check (answer_hours between 1 and 72),
  constraint settings_grace_is_short         check (expiry_grace_seconds between 0 and 600),
  constraint settings_allow_some_holds       check (unpaid_holds between 1 and 20),
  constraint settings_allow_some_tries       check (unpaid_tries >= 1),
  constraint settings_allow_some_attempts    check (attempts_per_stay between 1 and 1000),
  constraint settings_money_is_not_kept_long check (hold_limit_days between 1 and 730),
  constraint settings_charge_before_they_pay check (charge_ahead_days between 0 and 60),
  constraint settings_guests_may_pay_late    check (pay_hours between 12 and 168),
  constraint settings_new_listings_are_few   check (new_listing_bookings between 0 and 100),
  constraint settings_new_listings_cost      check (new_listing_bp between 0 and 9000),
  constraint settings_invitations_end        check (invitation_days between 1 and 90),
  constraint settings_invitations_are_few    check (invitations_a_day between 1 and 1000),
  constraint settings_emails_to_strangers_are_few check (emailed_invitations_a_day between 0 and 1000),
  constraint settings_poll_now_and_then      check (calendar_poll_minutes between 5 and 360),
  constraint settings_owners_read_some_feeds check (feeds_per_owner between 1 and 20000),
  constraint settings_owners_begin_some_homes check (drafts_per_owner between 1 and 20000)
);

alter table private.settings enable row level security;
insert into private.settings default values;

comment on table private.settings is 'One row: what an operator may set for the whole marketplace.';
comment on column private.settings.unpaid_holds is
  'How many unpaid holds a guest may have at a time.';
comment on column private.settings.unpaid_tries is
  'How often in 24 hours a guest may hold nights of one listing without paying for any of them.';
comment on column private.settings.attempts_per_stay is
  'How many complaints, claims for damage and alterations a stay may have, of each kind.';
comment on column private.settings.invitations_a_day is
  'How many people a person may invite in 24 hours to host with them.';
comment on column private.settings.emailed_invitations_a_day is
  'How many of these may go to an e-mail address in 24 hours.';
comment on column private.settings.addresses_are_confirmed is
  'Whether Auth confirms addresses (enable_confirmations), so that email_confirmed_at proves one.';
comment on column private.settings.calendar_poll_minutes is
  'How often a calendar elsewhere is read.';
comment on column private.settings.feeds_per_owner is
  'How many calendars elsewhere are read for all homes of one owner.';
comment on column private.settings.drafts_per_owner is
  'How many homes of one owner may be drafts at a time.';
comment on column private.settings.staff_need_second_factor is
  'Whether what staff do needs a session of two factors (the claim aal of the token is aal2).';
comment on column private.settings.hold_limit_days is
  'How long a guest''s money may be held before the payout it funds: 90, in the US 730, in '
  'Thailand 10.';
comment on column private.settings.charge_ahead_days is
  'How many days before its nights begin a later instalment of a long stay is charged.';
comment on column private.settings.pay_hours is
  'How long a guest has to pay a later charge that their saved card refused.';

-- The clock

-- The environment is copied here by the foreign key, so that one check can promise:
-- only a local stack may live in another time.
create table private.clock (
  singleton   boolean  primary key default true,
  environment text     not null default 'production',
  shift       interval not null default '0',

  constraint clock_is_one_row         check (singleton),
  constraint clock_knows_its_place    foreign key (environment)
    references private.settings (environment) on update cascade,
  constraint clock_moves_only_locally check (shift = '0' or environment = 'local')
);

create index clock_environment_idx on private.clock (environment);
alter table private.clock enable row level security;
insert into private.clock default values;

comment on table private.clock is
  'One row: how far the marketplace''s time is ahead of the machine''s.';

create function private.now()
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  return pg_catalog.now() + (select clock.shift from private.clock);
end $$;

comment on function private.now is 'Rule: every rule reads the time here, never from the machine.';

create function private.today(time_zone text)
  returns date language plpgsql stable security invoker set search_path = ''
as $$
begin
  return (private.now() at time zone time_zone)::date;
end $$;

comment on function private.today is 'Rule: today is the day it is where the listing stands.';

create function private.read_clock()
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.now();
end $$;

create function public.clock_now()
  returns timestamptz language sql stable security invoker set search_path = ''
  return private.read_clock();

grant execute on function private.read_clock to service_role;
grant execute on function public.clock_now to service_role;
comment on function public.clock_now is 'The marketplace''s time, for the edge functions.';

-- Days and instants as clients write them

create function private.day(written text, argument text)
  returns date language plpgsql immutable security definer set search_path = ''
as $$
begin
  if written is null then
    return null;
  end if;
  if written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
    begin
      return make_date(left(written, 4)::integer, substr(written, 6, 2)::integer, right(written, 2)::integer);
    exception when datetime_field_overflow then
      null;
    end;
  end if;
  perform private.refuse('invalid_dates', 'written', argument);
end $$;

-- Not the type date: Postgres reads a time in it and drops it, so that midnight in Paris, which a
-- date picker sends as 22:00 of the day before in UTC, is a day too early; it also reads 05/06/2027,
-- tomorrow and J2461500. Nor a domain: `supabase gen types` 3.1.0 makes arguments of one `unknown`.
comment on function private.day is
  'Rule: a day is YYYY-MM-DD and nothing else. Every argument of a verb that is a day is text named '
  'check_in, check_out or ..._on, and read by this function.';

create function private.instant(written text, argument text)
  returns timestamptz language plpgsql stable security definer set search_path = ''
as $$
begin
  if written is null then
    return null;
  end if;
  if written ~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?'
    || '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$')
  then
    begin
      return written::timestamptz;
    exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
      null;
    end;
  end if;
  perform private.refuse('invalid_value', 'instant', argument);
end $$;

comment on function private.instant is
  'Rule: an instant has its offset; without one it would be read in the time zone of the database.';

grant execute on function private.day, private.instant to anon, authenticated;

-- Places as maps write them

create function private.longitude(degrees double precision)
  returns double precision language sql immutable security invoker set search_path = ''
  return case
    when degrees between -180 and 180 then degrees
    -- By numeric, which makes 21.1 of -338.9 and not 21.100000000000023.
    else (mod(mod(degrees::numeric, 360) + 540, 360) - 180)::double precision
  end;

comment on function private.longitude is
  'Rule: a longitude is one modulo 360, from -180 to 180: a map that was dragged around the world says '
  '190, 530 or -339. NaN for what is not finite.';

-- Currencies

create table private.currencies (
  currency              text     primary key,
  exponent              smallint not null,
  step_minor            bigint   not null default 1,
  minimum_charge_minor  bigint   not null,
  maximum_charge_minor  bigint   not null default 99999999,
  minimum_penalty_minor bigint   not null,
  maximum_penalty_minor bigint   not null,

  constraint currencies_are_iso_codes         check (currency ~ '^[A-Z]{3}$'),
  constraint currencies_have_an_exponent      check (exponent in (0, 2, 3)),
  constraint currencies_step_up               check (step_minor in (1, 10, 100)),
  constraint currencies_charge_something      check (
    minimum_charge_minor > 0 and maximum_charge_minor >= minimum_charge_minor),
  constraint currencies_bound_their_penalties check (
    minimum_penalty_minor >= 0 and maximum_penalty_minor >= minimum_penalty_minor)
);

alter table private.currencies enable row level security;

comment on table private.currencies is
  'A row per currency the platform settles in. Amounts are minor units; step_minor is the smallest '
  'coin Stripe takes.';

-- The greatest charge has eight digits in every currency. Minimum charges:
-- docs.stripe.com/currencies#minimum-and-maximum-charge-amounts; where Stripe names none, about USD
-- 0.50. Penalty bounds follow USD 50 to 1000, rounded to what a host of that currency would call a
-- round figure.
insert into private.currencies
  (currency, exponent, step_minor, minimum_charge_minor, minimum_penalty_minor, maximum_penalty_minor)
values
  ('USD', 2,   1,    50,    5000,   100000),
  ('EUR', 2,   1,    50,    5000,   100000),
  ('GBP', 2,   1,    30,    4000,    80000),
  ('CHF', 2,   1,    50,    5000,   100000),
  ('CAD', 2,   1,    50,    7000,   140000),
  ('AUD', 2,   1,    50,    7500,   150000),
  ('DKK', 2,   1,   250,   35000,   700000),
  ('NOK', 2,   1,   300,   50000,  1000000),
  ('SEK', 2,   1,   300,   50000,  1000000),
  ('MXN', 2,   1,  1000,  100000,  2000000),
  ('THB', 2,   1,  2000,  180000,  3600000),
  ('JPY', 0,   1,    50,    7500,   150000),
  ('KRW', 0,   1,   700,   70000,  1400000),
  ('ISK', 2, 100, 10000,  700000, 14000000),
  ('KWD', 3,  10,   200,   15000,   300000);

-- Callers

create function private.signed_in()
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if caller is null then perform private.refuse('sign_in_required'); end if;
  return caller;
end $$;

comment on function private.signed_in is
  'Rule: a verb acts for the person whose token came with the call.';

-- The gate

create function gate.check_request()
  returns void language plpgsql volatile security invoker set search_path = ''
as $$
declare
  headers json := nullif(pg_catalog.current_setting('request.headers', true), '')::json;
  request text := pg_catalog."substring"(headers ->> 'x-request-id', '^[A-Za-z0-9_.-]{1,50}$');
  written oid;
begin
  -- The server's log names the application, so that what was raised here is found by the request's id.
  if request is not null then
    perform pg_catalog.set_config('application_name', 'staybase ' || request, true),
      pg_catalog.set_config('response.headers',
        pg_catalog.json_build_array(pg_catalog.json_build_object('x-request-id', request))::text, true);
  end if;

  -- The planner's row estimate ignores row-level security: it would tell anyone how many bookings
  -- there are.
  if headers ->> 'prefer' ~* 'count\s*=\s*(planned|estimated)' then
    raise exception 'count_not_allowed' using errcode = 'PT400',
      detail = 'Ask for count=exact, or for no count.';
  end if;

  -- Postgres would refuse it too, with "permission denied" and no word on what to do instead.
  if headers ->> 'prefer' ~* 'resolution\s*=\s*merge-duplicates'
    and pg_catalog.current_setting('request.method', true) = 'POST'
  then
    written := pg_catalog.to_regclass(
      'public.' || pg_catalog.quote_ident(pg_catalog.substr(pg_catalog.current_setting('request.path', true), 2)));
    if written is not null and exists (
      select from pg_catalog.pg_attribute
      where attrelid = written and attnum > 0 and not attisdropped
      having not pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert'))
        or pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert')
          and not pg_catalog.has_column_privilege(written, attnum, 'update')))
    then
      raise exception 'not_allowed' using errcode = 'PT403',
        detail = 'Rows of this table are not written by upsert.',
        hint = case
          when pg_catalog.has_any_column_privilege(written, 'insert') then
            'Use insert(), or upsert() with ignoreDuplicates: true; change what is there by update(), if at all.'
          when pg_catalog.has_any_column_privilege(written, 'update') then
            'The row is there already: use update().'
          else 'Rows of this table are made and changed by verbs: use rpc().'
        end;
    end if;
  end if;
end $$;

grant execute on function gate.check_request to anon, authenticated, service_role;
comment on function gate.check_request is
  'Rule: no request may ask for the planner''s estimates; an upsert that no grant allows is refused with a '
  'hint. The id of a request names the session for as long as it lasts.';

alter role authenticator set pgrst.db_pre_request = 'gate.check_request';
notify pgrst, 'reload config';
