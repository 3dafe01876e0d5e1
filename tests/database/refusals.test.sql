-- Refusals: codes, statuses and sentences.

begin;
select no_plan();

select throws_ok(
  $$ select private.refuse('booking_not_found') $$, 'PT404', 'booking_not_found',
  'a refusal has the code of its row as its message and the status as its class');

create function pg_temp.said(call text) returns text language plpgsql as $$
declare
  detail text;
begin
  execute 'select ' || call;
  return null;
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return detail;
end $$;

select is(
  pg_temp.said($$ private.refuse('own_listing') $$),
  (select detail from private.refusals where code = 'own_listing'),
  'a refusal says the sentence of its code');
select is(
  pg_temp.said($$ private.refuse('not_confirmed', 'status', 'declined') $$),
  'The status of this booking is declined.', 'a refusal shows the values it was given');
select is(
  pg_temp.said($$ private.refuse('id_reused', 'id', '100%s') $$),
  'Choose a new 100%s.', 'a value is shown as it is, whatever it looks like');
select throws_ok(
  $$ select private.refuse('no_such_code') $$, 'P0002', null,
  'a code that is not in the vocabulary is a fault, not a refusal');
select throws_ok(
  $$ select private.refuse('not_confirmed', 'no such words') $$, 'P0002', null,
  'words that are not listed are a fault too');
select throws_ok(
  $$ select private.refuse('not_confirmed', 'status') $$, '22023', null,
  'a sentence without its values is never said');

select tests.become_anon();
select throws_ok(
  $$ select private.refuse('own_listing') $$, '42501', null,
  'strangers raise nothing themselves');
select throws_ok(
  $$ select detail from private.refusals $$, '42501', null,
  'strangers read the vocabulary in the documentation, not in the table');

select * from finish();
rollback;
