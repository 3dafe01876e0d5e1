-- Moves: which state of a booking follows which, by whom, and what never changes.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'attic', 'shed', 'loft']) as home;
-- The attic and the shed want to be asked.
update public.listings set instant_book = false
  where listing_id in (tests.id('attic'), tests.id('shed'));
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy', 'hedy']) as name;
-- What newcomers get is in the chapter of limits.
update private.settings set newcomer_hold_minutes = 15;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');

-- Every move there is, and none beside

create function pg_temp.put(name text, status public.booking_status) returns void
  language plpgsql as $$
begin
  alter table public.bookings disable trigger user;
  update public.bookings
  set status = put.status, reason = null, accepted_at = null,
    placed_at = case when put.status <> 'awaiting_payment' then private.now() end,
    expires_at = case when put.status in ('awaiting_payment',
      'requested') then private.now() + interval '10 minutes' end,
    confirmed_at = case when put.status in ('confirmed', 'completed', 'no_show',
      'cancelled_by_host', 'cancelled_by_staff') then private.now() end
  where booking_id = tests.id(name);
  alter table public.bookings enable trigger user;
end $$;

create temp table moves (from_status text, to_status text, actor text);
insert into moves values
  ('awaiting_payment', 'confirmed', 'system'), ('awaiting_payment', 'requested', 'system'),
    ('awaiting_payment', 'expired', 'system'), ('awaiting_payment', 'payment_conflict', 'system'),
  ('awaiting_payment', 'cancelled_by_guest', 'guest'),
  ('requested', 'confirmed', 'system'), ('requested', 'declined', 'host'),
    ('requested', 'expired', 'system'), ('requested', 'cancelled_by_guest', 'guest'),
  ('expired', 'confirmed', 'system'), ('expired', 'requested', 'system'),
    ('expired', 'payment_conflict', 'system'),
  ('cancelled_by_guest', 'payment_conflict', 'system'),
  ('confirmed', 'completed', 'system'), ('confirmed', 'cancelled_by_guest', 'guest'),
    ('confirmed', 'cancelled_by_guest', 'system'),
    ('confirmed', 'cancelled_by_host', 'host'),
  ('confirmed', 'cancelled_by_staff', 'staff'), ('confirmed', 'no_show', 'system'),
    ('confirmed', 'no_show', 'staff');

select set_eq(
  $$ select from_status::text, to_status::text, actor::text from private.booking_moves $$,
  $$ select * from moves $$, 'the moves are these');
-- 11 states, 11 states, 4 actors and nobody.
select is(
  tests.outcome('postgres', format(
    'select pg_temp.put(''visit'', %L), set_config(''staybase.actor'', %L, true);
     update public.bookings set status = %L, expires_at = %L, confirmed_at = %L where booking_id = tests.id(''visit'')',
    from_status, coalesce(actor::text, ''), to_status,
    case when to_status in ('awaiting_payment', 'requested') then '2031-05-21 12:00+00' end,
    case when to_status in ('confirmed', 'completed', 'no_show') then '2031-05-20 12:00+00' end)),
  case
    when from_status = to_status then '1'
    when exists (
      select from moves where moves.from_status = states.from_status::text
        and moves.to_status = states.to_status::text
        and moves.actor = actors.actor) then '1'
    else 'illegal_move'
  end,
  format('%s to %s by %s', from_status, to_status, coalesce(actor, 'nobody')))
from (
    select from_status, to_status
      from unnest(enum_range(null::public.booking_status)) as from_status,
      unnest(enum_range(null::public.booking_status)) as to_status) as states,
  unnest(array['guest', 'host', 'staff', 'system', null]) as actors (actor);
select is(
  tests.outcome('postgres', format(
    'insert into public.bookings select (jsonb_populate_record(null::public.bookings, to_jsonb(bookings) || jsonb_build_object(
       ''booking_id'', gen_random_uuid(), ''status'', %L, ''expires_at'', %L::text))).* from public.bookings where booking_id = tests.id(''visit'')',
    status, case when status in ('awaiting_payment', 'requested') then '2031-05-21 12:00+00' end)),
  case status when 'awaiting_payment' then '1' else 'illegal_move' end,
    format('no booking begins as %s', status))
from unnest(enum_range(null::public.booking_status)) as status;
select is(
  tests.outcome('postgres',
    $$ select pg_temp.put('visit', 'confirmed'), private.move_booking(tests.id('visit'), 'cancelled_by_guest', 'guest', null, null);
    select private.move_booking(tests.id('visit'), 'payment_conflict', 'system', null, null) $$),
  '23514', 'a stay that was confirmed and cancelled is never a conflict of payments');

-- What each verb says in each state

create function pg_temp.asked_when(status public.booking_status, person text, statement text)
  returns text language plpgsql as $$
declare
  outcome text;
begin
  begin
    perform pg_temp.put('visit', status);
    outcome := tests.outcome(person, statement);
    raise exception using errcode = 'UNDO2';
  exception when sqlstate 'UNDO2' then null;
  end;
  return outcome;
end $$;

select is(
  pg_temp.asked_when(status::public.booking_status, person,
    format('select * from public.%s(%L)', verb, tests.id('visit'))),
  outcome, format('%s, when %s', verb, status))
from (values
  ('awaiting_payment',   'booking_not_found',   'booking_not_found',   '1',                '1',
             'not_confirmed'),
  ('requested',          '1',                   '1',                   '1',
                 'already_paid', 'not_confirmed'),
  ('confirmed',          'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'already_paid', '2'),
  ('completed',          'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'already_paid', 'not_confirmed'),
  ('declined',           'not_awaiting_answer', '1',                   'not_withdrawable',
  'hold_expired', 'not_confirmed'),
  ('expired',            'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'hold_expired', 'not_confirmed'),
  ('cancelled_by_guest', 'not_awaiting_answer', 'not_awaiting_answer', '1',
                 'hold_expired', 'not_confirmed'),
  ('cancelled_by_host',  'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'hold_expired', 'not_confirmed'),
  ('cancelled_by_staff', 'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'hold_expired', 'not_confirmed'),
  ('no_show',            'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'hold_expired', 'not_confirmed'),
  ('payment_conflict',   'not_awaiting_answer', 'not_awaiting_answer', 'not_withdrawable',
  'hold_expired', 'not_confirmed')
) as said (status, accept, decline, withdraw, pay, contacts),
  lateral (values
    ('accept_booking', 'ada', accept), ('decline_booking', 'ada', decline),
      ('withdraw_booking', 'grace', withdraw),
    ('start_payment', 'grace', pay), ('booking_contacts', 'grace', contacts)) as asked (verb,
      person, outcome);
select bag_eq(
  $$ select unnest(enum_range(null::public.booking_status))::text $$,
  $$ values ('awaiting_payment'), ('requested'), ('confirmed'), ('completed'), ('declined'),
    ('expired'), ('cancelled_by_guest'),
       ('cancelled_by_host'), ('cancelled_by_staff'), ('no_show'), ('payment_conflict') $$,
  'the table of moves knows every state of a booking');

-- Frozen, for every role

select is(
  tests.outcome(person,
    format('update public.bookings set %I = %s where booking_id = tests.id(''visit'')', attname,
    case
      when atttypid = 'uuid'::regtype then 'gen_random_uuid()'
      when atttypid = 'text'::regtype then format('coalesce(%I, '''') || ''x''', attname)
      when atttypid = 'boolean'::regtype then format('not %I', attname)
      when atttypid = 'smallint[]'::regtype then format('%I || 7::smallint', attname)
      when atttypid in ('timestamptz'::regtype,
        'time'::regtype) then format('%I - interval ''1 hour''', attname)
      else format('%I + 1', attname)
    end)),
  case person when 'postgres' then 'frozen' else '42501' end,
  format('%s does not change %s of a booking', initcap(person), attname))
from pg_attribute, unnest(array['postgres', 'grace', 'ada', 'service']) as person
where attrelid = 'public.bookings'::regclass and attnum > 0 and not attisdropped
  -- The id is kept by what refers to it; a message is the guest's words, no term; the rest moves
  -- with the status.
  and attname not in ('booking_id', 'message', 'status', 'reason', 'expires_at', 'placed_at',
    'accepted_at', 'confirmed_at')
order by attnum, person;
select is(
  tests.outcome(person, format(statement, relation)),
  case person when 'postgres' then 'frozen' else '42501' end,
  format('%s: %s', initcap(person), format(statement, relation)))
from unnest(array['booking_lines', 'guest_totals', 'host_totals', 'booking_history']) as relation,
  unnest(array['update public.%s set booking_id = booking_id', 'delete from public.%s',
    'truncate public.%s cascade']) as statement,
  unnest(array['postgres', 'grace', 'ada', 'service']) as person;
select is(tests.outcome('postgres', statement), 'frozen', statement)
from unnest(array['delete from public.bookings',
  'set constraints all immediate; truncate public.bookings cascade',
  'update public.booking_history set reason = ''x''', 'update public.booking_history set position = 9']) as statement;
select is(tests.outcome('postgres', statement), '23514', statement)
from unnest(array[
  $$ insert into public.booking_lines values (tests.id('visit'), 9, 'cleaning', null, 'x', 2, 100, 0, 100) $$,
  $$ insert into public.booking_lines values (tests.id('visit'), 9, 'cleaning', null, 'x', 1, -100, 0, -100) $$,
  $$ insert into public.booking_lines values (tests.id('visit'), 9, 'night', null, 'x', 1, 100, 0, 100) $$,
  $$ insert into public.booking_lines values (tests.id('visit'), 9, 'tax', '2031-06-02', 'x', 1, 100, 0, 100) $$]) as statement;

select * from finish();
rollback;
