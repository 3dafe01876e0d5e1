-- The habits of the house, read from the catalogs: what every chapter keeps to without saying so.

begin;
select no_plan();

create temp view our_functions as select * from tests.our_functions;

create temp view our_tables as
  select pg_class.*, pg_namespace.nspname as schema, pg_class.relname as name
  from pg_class join pg_namespace on pg_namespace.oid = pg_class.relnamespace
  where pg_namespace.nspname in ('public', 'private', 'gate') and pg_class.relkind in ('r', 'p');

select cmp_ok((select count(*) from our_tables), '>', 30::bigint, 'the house has rooms to look at');
select cmp_ok((select count(*) from our_functions), '>', 80::bigint,
  'the house has rules to look at');

-- How long records are kept

select set_eq(
  $$ select distinct said[1] from our_functions,
       regexp_matches(pg_get_functiondef(oid), $r$kept_until\('(\w+)'$r$, 'g') as said
     where prokind = 'f' $$,
  'select record from private.retention',
  'each kind of record of private.retention is deleted by a job, and nothing else asks for one');
select is_empty(
  $$ select signature from our_functions
     -- What nothing refers to has a day, for whoever is about to name it.
     where prokind = 'f' and name like 'forget\_%' and name <> 'forget_files'
       and pg_get_functiondef(oid) ~ $r$(- interval '|::interval)$r$ $$,
  'how long a record is kept stands in private.retention and not in its job');

-- What is shown in another currency

select set_eq(
  $$ select schema || '.' || name from our_functions
     where prokind = 'f' and pg_get_functiondef(oid)
       ~ '\m(exchange_rates|display_currencies|rate_to_show|show_amounts|coin_of)\M' $$,
  array['private.coin_of', 'private.load_exchange_rates', 'private.offered_currencies',
    'private.rate_to_show', 'private.show_amounts', 'public.show_amounts',
    -- Its age is a figure.
    'private.marketplace_samples'],
  'no rule about money, bookings or prices reads an exchange rate: amounts are converted for show');

-- Tables

select is_empty(
  $$ select schema, name from our_tables where not relrowsecurity $$,
  'every table has row-level security');
select is_empty(
  $$ select schema, name from our_tables where schema = 'gate' $$,
  'gate holds no table');
select is_empty(
  $$ select schema, name from our_tables where obj_description(oid, 'pg_class') is null $$,
  'every table says what it is');
select is_empty(
  $$ select attname from pg_attribute
     where attrelid = 'private.settings'::regclass and attnum > 0 and not attisdropped
       and col_description(attrelid, attnum) is null $$,
  'every setting says what it does');
select is_empty(
  $$ select nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where nspname in ('public', 'private', 'gate') and relkind in ('v', 'm', 'f') $$,
  'no views stand in front of tables, no materialized views, no foreign tables');
select is_empty(
  $$ select schema, name from our_tables
     where not exists (select from pg_index where indrelid = our_tables.oid and indisprimary) $$,
  'every table has a primary key');
select is_empty(
  $$ select pg_policies.schemaname, pg_policies.tablename, pg_policies.policyname
     from pg_policies where pg_policies.schemaname in ('private', 'gate') $$,
  'no client has a way into a private table');

create temp table columns_in_sight as
  select attrelid::regclass as relation, attname, atttypid
  from pg_attribute
  join pg_class on pg_class.oid = attrelid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'c')
    and attnum > 0 and not attisdropped;

select is_empty(
  $$ select relation, attname from columns_in_sight
     join pg_type on pg_type.oid = atttypid where typtype in ('r', 'm') $$,
  'clients see check_in and check_out, never a range');
select is_empty(
  $$ select relation, attname from columns_in_sight
     where atttypid in ('real'::regtype, 'money'::regtype)
       or (attname like '%\_minor' and atttypid <> 'bigint'::regtype)
       or (attname like '%\_bp' and atttypid <> 'integer'::regtype)
       or (attname like '%\_at' and atttypid <> 'timestamptz'::regtype)
       -- Clients write the days of a range, and private.day reads them.
       or (attname like '%\_on' and atttypid <> 'date'::regtype
         and relation <> 'public.day_range'::regclass)
       or atttypid in ('varchar'::regtype, 'timestamp'::regtype, 'char'::regtype) $$,
  'money is bigint minor units, instants are timestamptz, days are dates, text is text');
select is_empty(
  $$ select pg_constraint.conrelid::regclass, pg_constraint.conname
     from pg_constraint
     where pg_constraint.contype = 'f'
       and pg_constraint.connamespace in ('public'::regnamespace, 'private'::regnamespace)
       and not exists (
         select from pg_index
         where pg_index.indrelid = pg_constraint.conrelid
           and (pg_index.indkey::int2[])[0:cardinality(pg_constraint.conkey) - 1] @> pg_constraint.conkey
           -- A partial index serves only when it leaves out nothing but nulls, which refer to
           -- nothing.
           and (pg_index.indpred is null
             or pg_get_expr(pg_index.indpred, pg_index.indrelid) like '(% IS NOT NULL)')) $$,
  'every foreign key is indexed');
select is_empty(
  $$ select one.indrelid::regclass, one.indexrelid::regclass, two.indexrelid::regclass
     from pg_index as one
     join pg_index as two on two.indrelid = one.indrelid and two.indexrelid > one.indexrelid
       and two.indkey = one.indkey and two.indclass = one.indclass and two.indoption = one.indoption
       and two.indpred::text is not distinct from one.indpred::text
       and two.indexprs::text is not distinct from one.indexprs::text
     join our_tables on our_tables.oid = one.indrelid $$,
  'no index stands there twice');
-- While statistics know of no holds, such an index looks as good as one by guest and status: then a
-- request reads all holds there are.
select is_empty(
  $$ select pg_index.indexrelid::regclass
     from pg_index
     where pg_index.indrelid = 'public.bookings'::regclass and pg_index.indpred is null
       and pg_index.indkey[0] = (
         select attnum from pg_attribute
         where attrelid = 'public.bookings'::regclass and attname = 'status') $$,
  'no index of all bookings begins with their status');

-- Policies

select cmp_ok(
  (select count(*) from pg_policies where schemaname = 'public'), '>', 30::bigint,
    'there are policies to look at');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and not roles <@ '{anon,authenticated}'::name[] $$,
  'a policy names its roles, and only those that clients have');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and cmd = 'ALL' $$,
  'a policy is for one command');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and permissive <> 'PERMISSIVE'
       and policyname <> 'people read many rows only a few at once' $$,
  'policies permit; what is not permitted is refused');
-- The one policy that takes something away, the same on every table that a client reads.
select results_eq(
  $$ select concat_ws(' ', tablename, permissive, cmd, roles, regexp_replace(qual, '\s+', ' ', 'g')) collate "default" from pg_policies
     where policyname = 'people read many rows only a few at once' order by 1 $$,
  $$ select concat(name, ' RESTRICTIVE SELECT {anon,authenticated} ',
       '( CASE WHEN (random() < (0.05)::double precision) THEN private.count_rows_read() ELSE true END IS NOT NULL)')
       collate "default"
     from our_tables
     where schema = 'public' and exists (
       select from unnest(array['anon', 'authenticated']) as role where has_table_privilege(role, oid, 'select'))
     order by 1 $$,
  'the rows of every table that a client may read are counted');
select is_empty(
  $$ select tablename, cmd, role, count(*) from pg_policies, unnest(roles) as role
     where schemaname = 'public' and permissive = 'PERMISSIVE'
     group by tablename, cmd, role having count(*) > 1 $$,
  'what a role may do with a table stands in one policy');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage')
       and regexp_replace(coalesce(qual, '') || ' ' || coalesce(with_check, ''),
         '\( SELECT (auth\.)?uid\(\) AS uid\)', '', 'g') ~ '(uid|jwt|role)\(\)|current_setting' $$,
  'who asks is asked once per query: (select auth.uid()), and nothing else about the token');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and cmd <> 'SELECT'
       and (qual = 'true' or with_check = 'true') $$,
  'no policy lets everyone write');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and cmd <> 'SELECT' and 'anon' = any (roles) $$,
  'no policy lets somebody unknown write');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage') and cmd = 'UPDATE' and with_check is null $$,
  'a row that may be edited may not be given away: every update policy checks the new row');
select is_empty(
  $$ select schemaname, tablename, policyname, qual from pg_policies
     where schemaname in ('public', 'storage') and cmd in ('SELECT', 'UPDATE', 'DELETE')
       and qual ~ 'may_manage\(' $$,
  'a policy asks for the caller''s listings once, not for a right row by row');
select is_empty(
  $$ select tablename, policyname from pg_policies
     where schemaname = 'public' and cmd = 'SELECT' and qual ~ 'EXISTS \( SELECT\s+FROM (listings|profiles)\M'
       and qual !~ 'OFFSET 0' $$,
  'what is seen with its home looks that home up (offset 0), and never reads all homes');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname = 'storage' and cmd = 'SELECT'
       and qual not like '%listing_of_photo%' and qual not like '%may_see_evidence%'
       and qual not like '%owner_of_avatar%' and qual not like '%caller_is_staff%' $$,
  'no bucket can be listed past the rule of its files (splinter 0025)');

-- Functions

select is_empty(
  $$ select signature from our_functions where prosecdef and schema <> 'private' $$,
  'functions that act as their owner live in private alone (splinter 0028, 0029)');
-- price_stay keeps its plan from call to call: planned anew, a quote takes three times as long. What may be
-- asked in several ways has no one plan.
select is_empty(
  $$ select signature, proconfig from our_functions
     -- Postgres lets a procedure that commits have no settings. Without any, a resolved query becomes
     -- a part of the one that joins it (the chapter search_wishes says why).
     where signature <> 'private.run_due_jobs(IN seconds integer)'
       and not (proretset and prosqlbody is not null and proconfig is null and schema = 'private'
         and not prosecdef and provolatile = 's')
       and not (schema = 'public' and prosqlbody is not null and proconfig is null) and (
       select array_agg(setting) from unnest(proconfig) as setting
       where schema <> 'private'
         or setting not in (
           'plan_cache_mode=force_generic_plan', 'plan_cache_mode=force_custom_plan',
           'enable_bitmapscan=off', 'enable_seqscan=off', 'enable_sort=off', 'jit=off'))
       is distinct from '{"search_path=\"\""}' $$,
  'every function has an empty search_path, and no other setting but a rule''s word to the planner');
-- A scan that is off and has to be made all the same counts as 10,000,000,000 units of cost, and from 100,000 on a server
-- with LLVM compiles the statement each time it runs (decision 0026). private.now has one statement, by its key.
select is_empty(
  $$ select signature from our_functions
     where 'enable_seqscan=off' = any (proconfig) and not 'jit=off' = any (proconfig)
       and signature <> 'private.now()' $$,
  'what does without sequential scans does without the compiler');
-- Their names were bound when they were made, so no path can change what they mean. With one of its own
-- such a verb is planned again by every call.
select set_eq(
  $$ select name::text from our_functions where schema = 'public' and proconfig is null $$,
  array['host_calendars', 'listing_calendar', 'my_conversations', 'quote_stay', 'request_booking', 'search_facets',
    'search_listings', 'search_pins', 'search_screen', 'staff_audit_log', 'stay_prices'],
  'the verbs that pages begin with, and only these, have no search_path and are inlined');
select is_empty(
  $$ select signature from our_functions where schema = 'public'
    and (language <> 'sql' or prosqlbody is null) $$,
  'a verb is one resolved SQL statement: no plpgsql and no strings in public');
select is_empty(
  $$ select signature from our_functions
     where schema = 'public' and coalesce(obj_description(oid, 'pg_proc'), '') = '' $$,
  'every public function says what it does');
select is_empty(
  $$ select signature from our_functions where schema = 'public' and prokind <> 'f' $$,
  'public has no procedures and no aggregates');

-- By GET, and so by a replica, a verb is answered when it is stable; then nothing that it calls may write. That a
-- caller gets their profile at the first call, and that the log says what staff read, is not what a verb is for.
create temp table what_verbs_reach as
with recursive texts as materialized (
  select oid, schema, name, regexp_replace(pg_get_functiondef(oid), '--[^\n]*', '', 'g') as text
  from our_functions where prokind = 'f'
), calls as materialized (
  select texts.oid as caller, called.oid as called
  from texts
  cross join lateral regexp_matches(texts.text, '\mprivate\.(\w+)', 'g') as said
  join texts as called on called.schema = 'private' and called.name = said[1]
  group by 1, 2
), writers as materialized (
  select oid, name from texts
  where text ~* '\m(insert into|delete from|merge into|update\s+(public|private|auth|storage)\.)'
), reached (verb, oid) as (
  select oid, oid from texts where schema = 'public'
  union
  select reached.verb, calls.called from reached join calls on calls.caller = reached.oid
)
select reached.verb, writers.name from reached join writers on writers.oid = reached.oid;
select is_empty(
  $$ select signature, what_verbs_reach.name
     from what_verbs_reach join our_functions on our_functions.oid = what_verbs_reach.verb
     where provolatile <> 'v' $$,
  'nothing that a stable verb calls writes');
select set_eq(
  $$ select name::text from our_functions
     where schema = 'public' and provolatile = 'v' and not exists (
       select from what_verbs_reach
       where what_verbs_reach.verb = our_functions.oid
         and what_verbs_reach.name not in ('make_profile', 'audit')) $$,
  -- What staff read of people's messages is written down, and without that is not answered.
  array['staff_masked_words', 'staff_messages'],
  'a verb that only reads is stable');
select is_empty(
  $$ select name from our_functions where schema = 'public' group by name having count(*) > 1 $$,
  'a verb has one shape: PostgREST never has to choose');
select is_empty(
  $$ select signature from our_functions
     where schema = 'public'
     and prorettype in ('json'::regtype, 'jsonb'::regtype, 'record'::regtype) $$,
  'a verb returns a named type, never bare json');
select is_empty(
  $$ select signature, argument from our_functions, unnest(proargnames) as argument
     where argument ~ '^(p|_|in|v)_' $$,
  'arguments are the keys of the API, without prefixes');
select is_empty(
  $$ select signature from our_functions
     where schema = 'private' and obj_description(oid, 'pg_proc') is not null
       and obj_description(oid, 'pg_proc') !~ '^[A-Z].*[.?]$' $$,
  'what is said about a rule is a sentence');

-- Names

select is_empty(
  $$ select pg_constraint.conrelid::regclass, pg_constraint.conname
     from pg_constraint join our_tables on our_tables.oid = pg_constraint.conrelid
     where pg_constraint.contype in ('c', 'u', 'x')
       and (pg_constraint.conname not like replace(our_tables.name, '_', '\_') || '\_%'
         or pg_constraint.conname ~ '_(check|key|excl)[0-9]*$') $$,
  'a constraint is called by its table and the promise it keeps');
select is_empty(
  $$ select pg_index.indexrelid::regclass
     from pg_index
     join our_tables on our_tables.oid = pg_index.indrelid
     join pg_class on pg_class.oid = pg_index.indexrelid
     where not exists (select from pg_constraint where pg_constraint.conindid = pg_index.indexrelid)
       and pg_class.relname not like replace(our_tables.name, '_', '\_') || '\_%\_idx' $$,
  'an index is called by its table and columns');
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage')
       and policyname !~ '^(anyone|visitors|people|guests|hosts|owners|staff) ([a-z ]+ )?(see|sees|read|reads|edit|write|add|remove|replace|set) [a-z, -]+$' $$,
  'a policy says who does what to what');
select is_empty(
  $$ select pg_trigger.tgrelid::regclass, pg_trigger.tgname
     from pg_trigger join pg_class on pg_class.oid = pg_trigger.tgrelid
     join pg_proc on pg_proc.oid = pg_trigger.tgfoid
     where not pg_trigger.tgisinternal and pg_proc.pronamespace = 'private'::regnamespace
       and pg_trigger.tgname !~ '^[a-z]+_the_[a-z_]+$' $$,
  'a trigger is an action');
select is_empty(
  $$ select schema, name from our_tables where name !~ '^[a-z]+(_[a-z]+)*$'
     union all
     select relation::text, attname from columns_in_sight where attname !~ '^[a-z]+(_[a-z]+)*$' $$,
  'names are lower-case words');

-- Names that the graph can tell apart: a table's rows are of a type named after one of them, which a verb's
-- rows or a set of words must not have; a table is a field of the root under its name and under that of one
-- row. The builder would leave one of the two out, and fails.

create temp view one_of_each as
  select oid, name as plural,
    case
      when name ~ 'ies$' then regexp_replace(name, 'ies$', 'y')
      when name ~ '(ss|sh|ch|x|z)es$' then regexp_replace(name, 'es$', '')
      else regexp_replace(name, '([^s])s$', '\1')
    end as singular
  from our_tables where schema = 'public';

select is_empty(
  $$ select pg_type.typname, one_of_each.plural
     from pg_type
     join one_of_each on pg_type.typname in (one_of_each.singular, one_of_each.plural)
     left join pg_class on pg_class.oid = pg_type.typrelid
     where pg_type.typnamespace = 'public'::regnamespace
       and (pg_type.typtype in ('e', 'd') or pg_class.relkind = 'c') $$,
  'no row type, enum or domain is named after a row of a table');
select is_empty(
  $$ select our_functions.signature, one_of_each.plural
     from our_functions
     join one_of_each on our_functions.name = one_of_each.plural
       or our_functions.name = one_of_each.singular and our_functions.provolatile <> 'v'
     where our_functions.schema = 'public' $$,
  'no verb has the name of a table, and none that reads that of a row');
select is_empty(
  $$ select our_functions.signature, privilege
     from our_functions
     cross join one_of_each
     cross join (values ('create', 'insert'), ('update', 'update'), ('delete', 'delete'))
       as deed (name, privilege)
     where our_functions.schema = 'public'
       and our_functions.name = deed.name || '_' || one_of_each.singular
       and case deed.privilege
         when 'delete' then has_table_privilege('authenticated', one_of_each.oid, 'delete')
         else has_any_column_privilege('authenticated', one_of_each.oid, deed.privilege) end $$,
  'no verb has the name of a write that the same table allows');
-- after, before and last may be: verbs are plain lists, and these three belong to connections.
select is_empty(
  $$ select signature from our_functions
     where schema = 'public' and proretset
       and proargnames[1:pronargs] && array['first', 'offset']
       and (has_function_privilege('anon', oid, 'execute')
         or has_function_privilege('authenticated', oid, 'execute')) $$,
  'no verb that gives people rows takes first or offset, which lists of the graph have');

-- A request may choose its session's time zone (Prefer: timezone), a job has the server's.
select is_empty(
  $$ select signature from our_functions
     join pg_proc using (oid)
     where pg_proc.prosrc ~ '\((private\.now\(\)|now\(\)|present|moment)((?!time zone)[^()])*\)::date' $$,
  'no rule takes an instant''s day in the time zone of whoever asks');

-- Supabase's own rooms

select set_eq(
  $$ select pg_class.oid::regclass::text, pg_trigger.tgname::text
     from pg_trigger join pg_class on pg_class.oid = pg_trigger.tgrelid
     join pg_proc on pg_proc.oid = pg_trigger.tgfoid
     where pg_class.relnamespace in ('auth'::regnamespace, 'storage'::regnamespace)
       and pg_proc.pronamespace in ('public'::regnamespace, 'private'::regnamespace,
         'gate'::regnamespace) $$,
  $$ values ('auth.users', 'make_the_profile'), ('auth.users', 'follow_the_address'),
       ('auth.users', 'erase_the_profile'), ('storage.objects', 'limit_the_files'),
       ('storage.objects', 'limit_the_moved_files'), ('storage.objects', 'follow_the_new_file'),
       ('storage.objects', 'follow_the_moved_file'), ('storage.objects', 'follow_the_removed_file'),
       ('storage.objects', 'check_the_new_file'), ('storage.objects', 'check_the_changed_file'),
       ('storage.objects', 'check_the_removed_file'), ('storage.objects', 'keep_the_bucket'),
       ('storage.objects', 'guard_the_new_public_file'), ('storage.objects', 'guard_the_public_file'),
       ('storage.objects', 'follow_the_new_public_file'), ('storage.objects', 'follow_the_public_file'),
       ('storage.objects', 'follow_the_removed_public_file') $$,
  'three triggers follow the logins, fourteen the files, and nothing else of ours is in auth and storage');
select is_empty(
  $$ select pg_constraint.conrelid::regclass, pg_constraint.conname from pg_constraint
     where pg_constraint.contype = 'f'
     and pg_constraint.connamespace in ('public'::regnamespace, 'private'::regnamespace)
       and pg_constraint.confrelid in (
         select pg_class.oid from pg_class
         where pg_class.relnamespace in ('auth'::regnamespace, 'storage'::regnamespace)) $$,
  'no book refers to a login');
select is_empty(
  $$ select registrations.question, registrations.about, registrations.answer
     from private.registrations
     where (select count(*) from pg_proc
            where proname = registrations.answer and pronamespace = 'private'::regnamespace) <> 1 $$,
  'whoever is registered to answer is one private function');
-- Splinter 0026 and 0027: what GraphQL would show is what PostgREST shows; the house does not
-- install pg_graphql.
select is_empty(
  $$ select extname, extnamespace::regnamespace from pg_extension
     where extname = 'pg_graphql' or extnamespace = 'public'::regnamespace $$,
  'no extension lives in public, and pg_graphql is not there');

select * from finish();
rollback;
