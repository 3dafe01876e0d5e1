-- Answers: what their comments say of empty fields and of words is read by others, so it has to be readable.

begin;
select plan(12);

select is_empty(
  $$ select pg_class.relname, pg_attribute.attname, said.comment
     from pg_class
     join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0
     cross join lateral (select col_description(pg_class.oid, pg_attribute.attnum) as comment) as said
     where pg_class.relkind = 'c' and pg_class.relnamespace = 'public'::regnamespace
       and said.comment ~* '\m(null|one of)\M' and said.comment !~ '\m(Null: [^.]+\.$|One of: [a-z_]+(, [a-z_]+)+\.)' $$,
  'a comment that speaks of null or of words does so in the form that is read');

select results_eq(
  $$ select nullable, words from private.answer_fields() where answer = 'stay_quote' and field = 'discount' $$,
  $$ values (true, '{new_listing,length_of_stay,early_bird,last_minute}'::text[]) $$,
  'a field says whether it can be empty, and which words it holds');
select results_eq(
  $$ select nullable, words from private.answer_fields() where answer = 'stay_quote' and field = 'total_minor' $$,
  $$ values (false, null::text[]) $$,
  'a field without a word about it is never empty');
select is_empty(
  $$ select pg_type.typname, pg_attribute.attname
     from pg_type
     join pg_class on pg_class.oid = pg_type.typrelid and pg_class.relkind = 'c'
     join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0
     where pg_type.typnamespace = 'public'::regnamespace
       and not exists (
         select from private.answer_fields()
         where answer_fields.answer = pg_type.typname and answer_fields.field = pg_attribute.attname) $$,
  'every field of every answer is described');
select is_empty(
  $$ select answer, field from private.answer_fields() where field ~ '_ids?$|_at$' and cardinality(words) > 0 $$,
  'no id and no instant is a word');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'receipt_movement' and field = 'status' $$,
  $$ select unnest(enum_range(null::public.payment_status))::text
     union select unnest(enum_range(null::public.refund_status))::text $$,
  'a movement has the status of a payment or of a refund');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'receipt_movement' and field = 'reason' $$,
  $$ select unnest(enum_range(null::public.payment_purpose))::text
     union select unnest(enum_range(null::public.refund_reason))::text $$,
  'a movement has the purpose of a payment or the reason of a refund');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'receipt_line' and field = 'kind' $$,
  $$ select unnest(enum_range(null::public.line_kind))::text union values ('stay'), ('service_fee') $$,
  'a line of a receipt is one of the price, the stay as a whole, or the service fee');

create function pg_temp.said_by(rule regproc, form text) returns setof text language sql as $f$
  select found[1] from pg_proc, regexp_matches(prosrc, form, 'g') as found where pg_proc.oid = rule
$f$;
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'booking_action' and field = 'action' $$,
  $$ select pg_temp.said_by('private.possible_actions', '''\w+'', +''\w+'', +''(\w+)''') $$,
  'an action is a verb that somebody can have on a booking');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'booking_action' and field = 'side' $$,
  $$ select pg_temp.said_by('private.possible_actions', '''\w+'', +''(\w+)'', +''\w+''') $$,
  'its side is one of those that have it');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'wishlist_card' and field = 'problem' $$,
  -- A wishlist is always for people, and for nights in their order.
  $$ select pg_temp.said_by('private.stay_problem', '(?:then|return) ''(\w+)''')
     except values ('dates_required'), ('invalid_dates'), ('dates_reversed'), ('invalid_guests') $$,
  'the problem of a saved home is what is wrong with the stay');
select set_eq(
  $$ select unnest(words) from private.answer_fields() where answer = 'stay_price' and field = 'problem' $$,
  -- It leaves out the homes that it does not find.
  $$ (select unnest(words) from private.answer_fields()
      where answer = 'wishlist_card' and field = 'problem' except values ('listing_not_found'))
     union values ('below_minimum_charge'), ('above_maximum_charge') $$,
  'a price can also be too small or too large for a card');

select * from finish();
rollback;
