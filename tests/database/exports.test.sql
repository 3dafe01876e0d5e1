-- Exports: what people are given of what is kept about them.
--
-- Ada has the mill, which Hedy hosts with her; Grace stays there. Alan has the tower.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan', 'katherine', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
select tests.cohost('mill', 'hedy', 'full');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
select tests.become('grace');
update public.private_profiles set phone = '+4930123456', legal_name = 'Grace H.';
select public.start_conversation(tests.id('question'), tests.id('tower'), 'Is it high?');
select public.block_person(tests.person('katherine'));
select public.file_report(tests.id('report'), 'listing', tests.id('tower'), 'inaccurate', 'It is low.');
select tests.become('ada');
select public.block_nights(tests.id('mill'), '2031-08-01', '2031-08-04', 'My birthday');
select public.invite_cohost(tests.id('to katherine'), tests.id('mill'), 'full', email => 'katherine@example.com');
select tests.back();

-- Every table was thought about

select set_eq(
  $$ select relnamespace::regnamespace || '.' || relname from pg_class
     where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p') $$,
  'select relation from private.export_rules',
  'every table has a row in private.export_rules that says what is a person''s own, or why nothing is');
select is_empty(
  $$ select relation, owned_by from private.export_rules
     join pg_constraint on conrelid = relation::regclass and contype = 'f' and confrelid = 'public.profiles'::regclass
     where owned_by is null
       and relation not in ('private.decisions', 'private.review_removals', 'private.report_cases', 'private.ledger_entries',
         'private.guest_stars', 'private.host_stars', 'private.listing_stars', 'private.listing_search', 'private.counted_reviews') $$,
  'a table that names people gives them what is theirs, but for these few');
select is_empty(
  $$ select relation, omitted from private.export_rules, unnest(omits) as omitted
     where not exists (
       select from pg_attribute where attrelid = relation::regclass and attname = omitted) $$,
  'what is left out is a column');

-- The export

create function pg_temp.export(name text) returns jsonb language plpgsql as $$
declare
  document jsonb;
begin
  perform tests.become(name);
  document := (public.export_my_data()).document;
  perform tests.back();
  return document;
end $$;
select is(pg_temp.export('grace') ->> 'format', 'staybase-export-1', 'a document says what it is');
select is(pg_temp.export('grace') #>> '{login,email}', 'grace@example.com',
  'an export has the login of its person');
select is(jsonb_array_length(pg_temp.export(person) -> relation), rows, format('%s has %s of %s', initcap(person), rows, relation))
from (values
  ('grace', 'public.bookings', 1), ('grace', 'public.booking_lines', 3), ('grace', 'public.payments', 1),
  ('grace', 'public.guest_totals', 1), ('grace', 'public.host_totals', 0), ('grace', 'public.payouts', 0),
  ('grace', 'public.messages', 1), ('grace', 'public.blocks', 1), ('grace', 'public.reports', 1),
  ('grace', 'public.listings', 0), ('grace', 'private.commands', 2), ('grace', 'private.claims', 0),
  ('ada', 'public.bookings', 1), ('ada', 'public.host_totals', 1), ('ada', 'public.guest_totals', 0),
  ('ada', 'public.payments', 0), ('ada', 'public.payouts', 1), ('ada', 'public.listing_addresses', 1),
  ('ada', 'private.claims', 1), ('ada', 'public.cohost_invitations', 2), ('ada', 'public.reports', 0),
  ('hedy', 'public.listing_hosts', 1), ('hedy', 'public.bookings', 0), ('hedy', 'public.listing_access', 0),
  ('alan', 'public.conversations', 1), ('alan', 'public.messages', 0),
  ('katherine', 'public.cohost_invitations', 1), ('katherine', 'public.blocks', 0)) as owned (person, relation, rows);
select is(
  (select string_agg(relation, ' ') from private.export_rules, pg_temp.export('grace') as document
   where owned_by is not null and not document ? relation), null,
  'no table is missing from the exports');
select doesnt_match(pg_temp.export(person)::text, other, format('%s reads nothing of %s', initcap(person), other))
from (values ('grace', 'ada@example.com'), ('grace', '1815'), ('grace', 'rue du Moulin'), ('ada', '30123456'),
  ('ada', 'grace@example.com'), ('alan', 'It is low'), ('katherine', 'Grace H')) as secrets (person, other);
select matches(pg_temp.export('grace')::text, '30123456', 'Grace reads her own number');
insert into private.suspensions (profile_id, reason) values (tests.person('grace'), 'Between us.');
select is(pg_temp.export('grace') -> 'private.suspensions' -> 0 ->> 'profile_id', tests.person('grace')::text,
  'suspended, she still gets what is hers');
select doesnt_match(pg_temp.export('grace')::text, 'Between us',
  'an export leaves out the words of staff');
select is(tests.outcome('grace', 'select public.delete_my_account()'), 'account_suspended',
  'a suspended person cannot delete the account');
delete from private.suspensions;

-- A review that is blind stays blind
select private.move_booking(tests.id('visit'), 'completed', 'system', null, null);
select tests.at('2031-06-06 12:00+00');
select tests.become('grace');
select public.review_stay(tests.id('visit'), stars => 1::smallint, cleanliness => 1::smallint, accuracy => 1::smallint,
  check_in => 1::smallint, communication => 1::smallint, location => 1::smallint, value => 1::smallint, body => 'Mice.');
select tests.back();
select matches(pg_temp.export('grace')::text, 'Mice', 'Grace has what she wrote');
select doesnt_match(pg_temp.export('ada')::text, 'Mice',
  'Ada does not export a review before it is revealed');
select tests.at('2031-06-30 12:00+00');
select matches(pg_temp.export('ada')::text, 'Mice', 'Ada exports a review when it is revealed');

select * from finish();
rollback;
