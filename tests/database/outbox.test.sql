-- The outbox: no command lacks what its kind needs.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');
select tests.home('attic', 'ada');
update public.listings set instant_book = false where listing_id = tests.id('attic');
update private.settings set newcomer_hold_minutes = 15;
select tests.person(name) from unnest(array['grace', 'margaret', 'dorothy']) as name;

create function pg_temp.payment(name text) returns uuid language sql security definer as $$
  select payment_id from public.payments where booking_id = tests.id(name)
$$;
grant execute on function pg_temp.payment to service_role;

create function pg_temp.begin(name text, guest text) returns void language plpgsql as $$
begin
  perform tests.become(guest);
  perform public.start_payment(tests.id(name));
  perform tests.become_service();
  perform public.record_intent(pg_temp.payment(name), 'pi_' || name);
  perform tests.back();
end $$;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select pg_temp.begin('visit', 'grace');

-- Commands are whole
select is(tests.outcome('postgres', statement), outcome, statement)
from (values
  ($$ insert into private.commands (kind, idempotency_key, booking_id, due_at, created_at) values ('capture', 'x', tests.id('visit'), now(), now()) $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, due_at, created_at) values ('send_mail', 'x', tests.id('visit'), now(), now()) $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, payment_id, due_at, created_at)
      values ('refund', 'x', tests.id('visit'), pg_temp.payment('visit'), now(), now()) $$,
      '23514'),
  ($$ update private.commands set status = 'running', finished_at = null $$, '23514'),
  ($$ update private.commands set finished_at = null $$, '23514'),
  ($$ update private.commands set status = 'failed' $$, '23514'),
  ($$ insert into private.commands (kind, idempotency_key, booking_id, payment_id, due_at, created_at)
      values ('capture', 'staybase/create_intent/' || pg_temp.payment('visit'), tests.id('visit'), pg_temp.payment('visit'), now(), now()) $$, '23505')
) as wrong (statement, outcome);

select * from finish();
rollback;
