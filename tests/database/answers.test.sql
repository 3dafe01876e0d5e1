-- Answers: what their comments say of empty fields and of words is read by others, so it has to be readable.

begin;
select plan(8);

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

select * from finish();
rollback;
