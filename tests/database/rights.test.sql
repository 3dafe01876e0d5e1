-- Who may do what, read from the catalogs: each grant and each verb is listed, so that none comes about
-- by accident. What comes of a call is in access.test.sql.

begin;
select no_plan();

create temp table api_roles (role text primary key);
insert into api_roles values ('anon'), ('authenticated'), ('service_role');

create temp view our_functions as select * from tests.our_functions;

-- Grants

create temp view grants_we_made as
select kind collate "default" as kind, object collate "default" as object, grantor, grantee,
  privilege_type collate "default" as privilege_type
from (
  select 'schema' as kind, nspname::text as object, grantor, grantee, privilege_type
  from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
  where nspname in ('public', 'private', 'gate') and grantee <> nspowner
  union all
  select 'relation', oid::regclass::text, grantor, grantee, privilege_type
  from (
    select pg_class.oid, aclexplode.*, relowner from pg_class,
      aclexplode(coalesce(relacl,
        acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)))
    where relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'gate'::regnamespace)
      and relkind in ('r', 'p', 'v', 'm', 'S')) as relations
  where grantee <> relowner
  union all
  select 'column', format('%s.%s', attrelid::regclass, attname), grantor, grantee, privilege_type
  from pg_attribute join pg_class on pg_class.oid = attrelid, aclexplode(attacl)
  where relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'gate'::regnamespace)
    and grantee <> relowner
  union all
  select 'function', signature, grantor, grantee, privilege_type
  from our_functions, aclexplode(coalesce(proacl, acldefault('f', proowner)))
  where grantee <> proowner
) as grants;

-- Postgres gives everyone USAGE of the schema public; taking it away would take extensions'
-- functions from Supabase's own roles, and USAGE alone shows names, no rows.
select results_eq(
  $$ select kind, object, privilege_type from grants_we_made where grantee = 0 $$,
  $$ values ('schema', 'public', 'USAGE') $$,
  'nothing of ours is granted to PUBLIC');
select is_empty(
  $$ select object, grantee::regrole, privilege_type from grants_we_made
     where kind in ('relation', 'column')
     and privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') $$,
  'nobody but the owner may truncate, refer to, hang a trigger on or maintain a table, or use a sequence');
select is_empty(
  $$ select object, grantee::regrole, privilege_type from grants_we_made
     where kind = 'schema' and object = 'private' $$,
  'only the owner has USAGE on private');
select is_empty(
  $$ select role, privilege from api_roles, unnest(array['USAGE', 'CREATE']) as privilege
     where has_schema_privilege(role, 'private', privilege)
     union all
     select 'authenticator', 'USAGE'
       where has_schema_privilege('authenticator', 'private', 'USAGE') $$,
  'no API role reaches private, by whatever way');
select is_empty(
  $$ select role, schema from api_roles, unnest(array['public', 'gate', 'extensions']) as schema
     where has_schema_privilege(role, schema, 'CREATE') $$,
  'no API role makes anything of its own');
select is_empty(
  $$ select object, grantee::regrole, privilege_type from grants_we_made
     where kind in ('relation', 'column') and object like 'private.%' $$,
  'no private table or sequence is granted to anyone');
select is_empty(
  $$ select object, privilege_type from grants_we_made
     where kind in ('relation', 'column') and grantee = 'anon'::regrole
     and privilege_type <> 'SELECT' $$,
  'somebody unknown writes nothing');
select is_empty(
  $$ select object, grantee::regrole, privilege_type from grants_we_made
     where kind = 'relation' and privilege_type in ('INSERT', 'UPDATE') $$,
  'a grant to write names its columns');
select is_empty(
  $$ select object, grantee::regrole from grants_we_made where kind = 'column'
    and privilege_type = 'SELECT' $$,
  'a grant to read is for the whole table');
select is_empty(
  $$ select object, grantee::regrole, privilege_type from grants_we_made
     where grantee <> 0
     and grantee::regrole::text not in ('anon', 'authenticated', 'service_role') $$,
  'grants go to the three roles of the API, by name');

-- The login of the function graphql: it has nothing until it becomes one of the two.
select set_eq(
  $$ select roleid::regrole::text, inherit_option, set_option, admin_option from pg_auth_members
     where member = 'staybase_graphql'::regrole $$,
  $$ values ('anon', false, true, false), ('authenticated', false, true, false) $$,
  'GraphQL becomes somebody unknown or somebody who is signed in, by saying so, and nobody else');
select is_empty(
  $$ select rolname from pg_roles
     where rolname = 'staybase_graphql'
       and (not rolcanlogin or rolinherit or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
         or rolreplication) $$,
  'GraphQL has a login and no power of its own');

-- Money, bookings and claims are written by verbs alone. Naming them here keeps a policy from
-- undoing that unseen.
select is_empty(
  $$ select relation, role, privilege
     from unnest(array[
         'public.bookings', 'public.booking_lines', 'public.booking_history', 'public.guest_totals',
         'public.calendar_feeds', 'public.imported_events', 'private.calendar_links',
         'public.host_totals', 'public.payments', 'public.refunds', 'public.calendar_days',
         'public.listing_hosts', 'public.cohost_invitations', 'public.blocks',
         'public.reviews', 'public.guest_reviews', 'public.listing_ratings', 'public.host_ratings',
         'public.guest_ratings', 'private.listing_stars', 'private.host_stars', 'private.guest_stars',
         'private.review_removals', 'public.payouts', 'public.host_accounts',
         'public.reports', 'public.moderation_notices', 'private.report_cases', 'private.decisions',
         'private.hidden_listings', 'private.audit_log',
         'public.superhost_evaluations', 'private.superhost_rounds',
         'public.receipts', 'public.earnings', 'private.receipt_series', 'private.receipts_due',
         'private.stripe_checks', 'private.stripe_movements', 'private.stripe_balances', 'private.balance_reading',
         'private.ledger_entries', 'private.reversals', 'private.disputes', 'private.payout_holds',
         'private.claims', 'private.commands',
         'private.stripe_events',
         'private.payment_problems', 'private.staff', 'private.suspensions', 'private.settings',
         'private.clock', 'private.time_zones', 'private.zone_data',
         'public.alterations', 'private.alteration_prices',
         'public.inquiries', 'public.offers', 'private.offer_prices', 'private.booking_moves', 'private.fee_schemes', 'private.taxes',
         'private.currencies', 'private.display_currencies', 'private.exchange_rates']) as relation,
       (select role from api_roles) as roles,
       unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as privilege
     where has_table_privilege(role, relation, privilege)
       or (privilege in ('INSERT', 'UPDATE')
         and has_any_column_privilege(role, relation, privilege)) $$,
  'no client and no server key writes money, bookings, claims or roles past the verbs');

select results_eq(
  $$ select object, string_agg(privilege_type, ' ' order by privilege_type)
     from grants_we_made
     where kind = 'relation' and grantee = 'authenticated'::regrole and privilege_type <> 'SELECT'
     group by object order by object $$,
  $$ values ('length_discounts', 'DELETE'), ('listing_amenities', 'DELETE'),
    ('listing_photos', 'DELETE') $$,
  'people delete discounts, amenities and photos, and nothing else');
select results_eq(
  $$ select split_part(object, '.', 1) || ' ' || lower(privilege_type),
       string_agg(split_part(object, '.', 2), ' ' order by split_part(object, '.', 2))
     from grants_we_made where kind = 'column' and grantee = 'authenticated'::regrole
     group by 1 order by 1 $$,
  $$ values
     ('booking_rules update',
     'advance_notice_days arrival_weekdays booking_window_months departure_weekdays maximum_nights minimum_nights preparation_nights same_day_cutoff_hour'),
     ('length_discounts insert', 'discount_bp listing_id minimum_nights'),
     ('length_discounts update', 'discount_bp listing_id minimum_nights'),
     ('listing_access insert', 'door_code instructions listing_id wifi_name wifi_password'),
     ('listing_access update', 'door_code instructions listing_id wifi_name wifi_password'),
     ('listing_addresses insert', 'latitude listing_id longitude postal_code street unit'),
     ('listing_addresses update', 'latitude listing_id longitude postal_code street unit'),
     ('listing_amenities insert', 'amenity listing_id'),
     ('listing_photos insert', 'caption listing_id position storage_path'),
     ('listing_photos update', 'caption position'),
     ('listing_prices insert',
     'base_price_minor cleaning_fee_minor early_bird_bp early_bird_days extra_guest_price_minor included_guests last_minute_bp last_minute_days listing_id new_listing_discount pet_fee_minor weekend_price_minor'),
     ('listing_prices update',
     'base_price_minor cleaning_fee_minor early_bird_bp early_bird_days extra_guest_price_minor included_guests last_minute_bp last_minute_days listing_id new_listing_discount pet_fee_minor weekend_price_minor'),
     ('listings update',
     'bathrooms bedrooms beds cancellation_policy capacity check_in_time check_out_time city country_code custom_fields damage_claims description house_rules instant_book language maximum_pets neighbourhood parties_allowed property_type region registration_number room_type smoking_allowed time_zone title'),
     ('private_profiles update', 'birth_date legal_name locale phone'),
     ('profiles update', 'about avatar_path display_name languages location') $$,
  'these columns people write themselves, and no others');

-- Verbs

-- A new verb fails here until somebody has thought about who may call it.
create temp table verbs (verb text primary key, callers text not null);
insert into verbs values
  ('accept_alteration',    'authenticated'),
  ('accept_booking',       'authenticated'),
  ('decline_alteration',   'authenticated'),
  ('preview_alteration',   'authenticated'),
  ('propose_alteration',   'authenticated'),
  ('read_alteration',      'authenticated'),
  ('withdraw_alteration',  'authenticated'),
  ('accept_cohost_invitation', 'authenticated'),
  ('accept_damage_claim',  'authenticated'),
  ('add_calendar_feed',    'authenticated'),
  ('add_staff',            'service_role'),
  ('add_webhook_endpoint', 'authenticated service_role'),
  ('answer_complaint',     'authenticated'),
  ('apply_calendar_feed',  'service_role'),
  ('apply_dispute',        'service_role'),
  ('apply_fraud_warning',  'service_role'),
  ('apply_host_account',   'service_role'),
  ('apply_payment_intent', 'service_role'),
  ('apply_refund',         'service_role'),
  ('apply_reversal',       'service_role'),
  ('apply_setup',          'service_role'),
  ('apply_transfer',       'service_role'),
  ('block_calendars',      'authenticated'),
  ('block_nights',         'authenticated'),
  ('block_person',         'authenticated'),
  ('booking_actions',      'authenticated'),
  ('booking_contacts',     'authenticated'),
  ('booking_receipt',      'authenticated'),
  ('calendar_conflicts',   'authenticated'),
  ('calendar_link',        'authenticated'),
  ('cancel_booking',       'authenticated'),
  ('cancellation_tiers',   'anon authenticated'),
  ('claim_calendar_feeds', 'service_role'),
  ('claim_commands',       'service_role'),
  ('claim_damage',         'authenticated'),
  ('claim_files',          'service_role'),
  ('claim_stripe_checks',  'service_role'),
  ('claim_stripe_events',  'service_role'),
  ('clock_now',            'service_role'),
  ('close_stripe_event',   'service_role'),
  ('create_listing',       'authenticated'),
  ('create_wishlist',      'authenticated'),
  ('decline_booking',      'authenticated'),
  ('decline_cohost_invitation', 'authenticated'),
  ('decline_offer',        'authenticated'),
  ('delete_my_account',    'authenticated'),
  ('delete_wishlist',      'authenticated'),
  ('dispute_damage_claim', 'authenticated'),
  ('earning_totals',       'authenticated'),
  ('my_earnings',          'authenticated'),
  ('earnings_csv',         'authenticated'),
  ('edit_wishlist',        'authenticated'),
  ('enable_webhook_endpoint', 'authenticated service_role'),
  ('export_calendar',      'service_role'),
  ('export_my_data',       'authenticated'),
  ('fail_calendar_feed',   'service_role'),
  ('fail_command',         'service_role'),
  ('fail_stripe_check',    'service_role'),
  ('file_complaint',       'authenticated'),
  ('file_report',          'authenticated'),
  ('finish_command',       'service_role'),
  ('finish_file',          'service_role'),
  ('refuse_file',          'service_role'),
  ('finish_stripe_check',  'service_role'),
  ('forget_customer',      'service_role'),
  ('health_report',        'service_role'),
  ('hide_listing',         'authenticated'),
  ('host_calendars',       'authenticated'),
  ('import_refund',        'service_role'),
  ('import_reversal',      'service_role'),
  ('invite_cohost',        'authenticated'),
  ('join_wishlist',        'authenticated'),
  ('keep_calendar_feed',   'service_role'),
  ('list_webhook_attempts', 'authenticated service_role'),
  ('list_webhook_endpoints', 'authenticated service_role'),
  ('listing_blocks',       'authenticated'),
  ('load_exchange_rates',  'service_role'),
  ('listing_calendar',     'anon authenticated'),
  ('mark_notifications_read', 'authenticated'),
  ('mark_read',            'authenticated'),
  ('missing_for_publishing', 'authenticated'),
  ('metrics',              'service_role'),
  ('move_saved_listing',   'authenticated'),
  ('my_cohost_invitations', 'authenticated'),
  ('my_conversations',     'authenticated'),
  ('my_wishlists',         'authenticated'),
  ('note_saved_listing',   'authenticated'),
  ('object_to_no_show',    'authenticated'),
  ('offered_currencies',   'anon authenticated'),
  ('order_photos',         'authenticated'),
  ('preapprove_inquiry',   'authenticated'),
  ('preview_cancellation', 'authenticated'),
  ('preview_feed_filters', 'authenticated'),
  ('publish_listing',      'authenticated'),
  ('quote_offer',          'authenticated'),
  ('quote_refunds',        'anon authenticated'),
  ('quote_stay',           'anon authenticated'),
  ('record_balances',      'service_role'),
  ('record_customer',      'service_role'),
  ('record_delivery',      'service_role'),
  ('record_floor',         'service_role'),
  ('record_host_account',  'service_role'),
  ('record_intent',        'service_role'),
  ('record_movements',     'service_role'),
  ('record_setup',         'service_role'),
  ('record_stripe_fee',    'service_role'),
  ('record_verification',  'service_role'),
  ('refuse_charge',        'service_role'),
  ('refuse_refund',        'service_role'),
  ('refuse_transfer',      'service_role'),
  ('remove_calendar_feed', 'authenticated'),
  ('remove_cohost',        'authenticated'),
  ('remove_from_wishlist', 'authenticated'),
  ('remove_staff',         'service_role'),
  ('reply_to_review',      'authenticated'),
  ('report_no_show',       'authenticated'),
  ('request_booking',      'authenticated'),
  ('retire_intent',        'service_role'),
  ('review_guest',         'authenticated'),
  ('review_stay',          'authenticated'),
  ('rotate_calendar_link', 'authenticated'),
  ('rotate_webhook_secret', 'authenticated service_role'),
  ('save_listing',         'authenticated'),
  ('saved_listings',       'authenticated'),
  ('search_facets',        'anon authenticated'),
  ('search_flexible_days', 'anon authenticated'),
  ('search_listings',      'anon authenticated'),
  ('search_pins',          'anon authenticated'),
  ('search_places',        'anon authenticated'),
  ('search_price_calendar', 'anon authenticated'),
  ('search_screen',        'anon authenticated'),
  ('send_inquiry',         'authenticated'),
  ('send_message',         'authenticated'),
  ('send_special_offer',   'authenticated'),
  ('set_automatic_message', 'authenticated'),
  ('set_automatic_text',   'authenticated'),
  ('set_booking_rules',    'authenticated'),
  ('set_calendar',         'authenticated'),
  ('set_calendars',        'authenticated'),
  ('set_cohost_role',      'authenticated'),
  ('set_feed_filters',     'authenticated'),
  ('set_notification',     'authenticated'),
  ('share_wishlist',       'authenticated'),
  ('shared_wishlist',      'anon authenticated'),
  ('similar_homes',        'anon authenticated'),
  ('show_amounts',         'anon authenticated'),
  ('shared_wishlist_cards', 'anon authenticated'),
  ('staff_audit_log',      'authenticated'),
  ('staff_cancel_booking', 'authenticated'),
  ('staff_booking',        'authenticated'),
  ('staff_booking_story',  'authenticated'),
  ('staff_bookings',       'authenticated'),
  ('staff_commands',       'authenticated'),
  ('staff_differences',    'authenticated'),
  ('staff_disputes',       'authenticated'),
  ('staff_evidence',       'authenticated'),
  ('staff_feeds',          'authenticated'),
  ('staff_figures',        'authenticated'),
  ('staff_health',         'authenticated'),
  ('staff_host_accounts',  'authenticated'),
  ('staff_jobs',           'authenticated'),
  ('staff_ledger',         'authenticated'),
  ('staff_messages',       'authenticated'),
  ('staff_payments',       'authenticated'),
  ('staff_payouts',        'authenticated'),
  ('staff_people',         'authenticated'),
  ('staff_person',         'authenticated'),
  ('staff_retry_command',  'authenticated'),
  ('staff_settings',       'authenticated'),
  ('staff_superhost',      'authenticated'),
  ('staff_claim_report',   'authenticated'),
  ('staff_decide_complaint', 'authenticated'),
  ('staff_decide_damage_claim', 'authenticated'),
  ('staff_decide_no_show', 'authenticated'),
  ('staff_decide_report',  'authenticated'),
  ('staff_decisions',      'authenticated'),
  ('staff_hide_listing',   'authenticated'),
  ('staff_lift_suspension', 'authenticated'),
  ('staff_masked_words',   'authenticated'),
  ('staff_record_payout',  'authenticated'),
  ('staff_release_payout', 'authenticated'),
  ('staff_remove_review',  'authenticated'),
  ('staff_reports',        'authenticated'),
  ('staff_review_sources', 'authenticated'),
  ('suspend_person',       'service_role'),
  ('lift_suspension',      'service_role'),
  ('set_price_floor',      'authenticated'),
  ('staff_show_listing',   'authenticated'),
  ('staff_suspend',        'authenticated'),
  ('staff_verify_person',  'authenticated'),
  ('start_conversation',   'authenticated'),
  ('start_host_account',   'authenticated'),
  ('start_payment',        'authenticated'),
  ('stay_prices',          'anon authenticated'),
  ('store_stripe_event',   'service_role'),
  ('superhost_figures',    'authenticated'),
  ('sync_calendar_feed',   'authenticated'),
  ('unblock_calendars',    'authenticated'),
  ('unblock_nights',       'authenticated'),
  ('unblock_person',       'authenticated'),
  ('unshare_wishlist',     'authenticated'),
  ('unsubscribe',          'service_role'),
  ('vote_on_saved_listing', 'authenticated'),
  ('wishlist_cards',       'authenticated'),
  ('wishlist_people',      'authenticated'),
  ('withdraw_booking',     'authenticated'),
  ('withdraw_cohost_invitation', 'authenticated'),
  ('withdraw_complaint',   'authenticated'),
  ('withdraw_damage_claim', 'authenticated'),
  ('withdraw_no_show',     'authenticated'),
  ('withdraw_offer',       'authenticated'),
  ('zone_rules',           'service_role'),
  ('zones_to_compare',     'service_role'),
  ('record_zone_data',     'service_role');

select results_eq(
  $$ select our_functions.name::text collate "default",
       coalesce((select string_agg(role::text, ' ' order by role) collate "default" from api_roles
         where has_function_privilege(role, our_functions.oid, 'EXECUTE')), 'nobody')
     from our_functions where schema = 'public' order by 1 $$,
  $$ select verb, callers from verbs order by verb $$,
  'every verb is for exactly the callers named here');

-- What reads a word that a client wrote: any verb may name it, and it knows nothing of the database.
create temp view readers as
  select oid from our_functions
  where signature in (
    'private.day(written text, argument text)', 'private.instant(written text, argument text)',
    'private.in_order(child_ages smallint[])');
select is((select count(*) from readers), 3::bigint, 'days, instants and the ages of children have a reader each');

create temp view named_by as
  select pg_depend.refobjid as function, 'verb' as kind, pg_depend.objid as by
  from pg_depend
  join our_functions on our_functions.oid = pg_depend.objid and our_functions.schema in ('public', 'gate')
  where pg_depend.classid = 'pg_proc'::regclass and pg_depend.refclassid = 'pg_proc'::regclass
    and pg_depend.refobjid not in (select oid from readers)
  union
  select pg_depend.refobjid, 'policy', pg_depend.objid
  from pg_depend
  where pg_depend.classid = 'pg_policy'::regclass and pg_depend.refclassid = 'pg_proc'::regclass;

select is_empty(
  $$ select signature, role from our_functions, api_roles
     where schema = 'private' and has_function_privilege(role, our_functions.oid, 'EXECUTE')
       and not exists (select from named_by where named_by.function = our_functions.oid)
       and our_functions.oid not in (select oid from readers) $$,
  'a private function that clients may execute is named by a verb or a policy');
select is_empty(
  $$ select signature from our_functions
     join named_by on named_by.function = our_functions.oid and named_by.kind = 'verb'
     where our_functions.schema = 'private' group by signature having count(*) > 1 $$,
  'a private function is named by one verb only');
select is_empty(
  $$ select rule.signature, role
     from named_by
     join our_functions as rule on rule.oid = named_by.function and rule.schema = 'private'
     cross join api_roles
     where named_by.kind = 'verb'
       and has_function_privilege(role, rule.oid, 'EXECUTE')
         <> has_function_privilege(role, named_by.by, 'EXECUTE')
       and not exists (
         select from named_by as policies where policies.function = rule.oid
           and policies.kind = 'policy') $$,
  'a rule behind a verb is for the callers of that verb');
select is_empty(
  $$ select rule.signature, pg_policy.polname, role.oid::regrole
     from named_by
     join our_functions as rule on rule.oid = named_by.function
     join pg_policy on pg_policy.oid = named_by.by and named_by.kind = 'policy'
     cross join unnest(pg_policy.polroles) as role (oid)
     where not has_function_privilege(role.oid, rule.oid, 'EXECUTE') $$,
  'a rule behind a policy is for the roles of that policy');
-- Measured: a policy that asks listings_of_caller costs 0.3 ms a query instead of 0.9.
select is_empty(
  $$ select distinct rule.signature from named_by
     join our_functions as rule on rule.oid = named_by.function
     where named_by.kind = 'policy' and rule.language <> 'plpgsql' $$,
  'a rule that policies ask keeps its plan; one in SQL is planned anew for every query');
select is_empty(
  $$ select signature from our_functions
     where schema = 'public'
       and (select count(*) from named_by
            join our_functions as rule on rule.oid = named_by.function and rule.schema = 'private'
            where named_by.by = our_functions.oid) <> 1 $$,
  'a verb hands over to one rule');
select is_empty(
  $$ select signature, role from our_functions, api_roles
     where schema = 'public' and role <> 'service_role'
       and has_function_privilege(role, our_functions.oid, 'EXECUTE')
       and exists (
         select from unnest(proargtypes) as argument (type)
         where argument.type::regtype::text ~ '^(date|time|interval)') $$,
  'no verb of a client has Postgres guess what day or instant is meant');
create temp view days as
  select our_functions.oid, signature, argument
  from our_functions, unnest(proargnames[: pronargs]) as argument
  where schema = 'public' and argument ~ '^(check_in|check_out|.+_on)$'
    -- The stars for it.
    and (name, argument) <> ('review_stay', 'check_in');
select cmp_ok((select count(*) from days), '>', 30::bigint, 'the house has verbs that take days');
select is_empty(
  $$ select signature, argument from days
     where position(argument || ', ''' || argument || '''::text)' in pg_get_functiondef(oid)) = 0
       or pg_get_functiondef(oid) !~ 'private\.day' $$,
  'each day of a verb is read by private.day, under its name');
select results_eq(
  $$ select name::text collate "default" from our_functions
     where schema = 'gate' order by 1 $$,
  $$ values ('cache_seconds'), ('check_replica'), ('check_request'), ('write_number') $$,
  'gate holds the check before each request, what it asks, and nothing else');
select is_empty(
  $$ select signature, role from our_functions, api_roles
     where prorettype = 'trigger'::regtype
     and has_function_privilege(role, our_functions.oid, 'EXECUTE') $$,
  'what a trigger runs nobody calls');
select is_empty(
  $$ select signature from our_functions
     where proowner <> (select nspowner from pg_namespace where nspname = 'private') $$,
  'one role owns every function');

-- Later grants start from nothing as well.
create function public.forgotten() returns integer language sql set search_path = '' return 1;
create function private.forgotten() returns integer language sql set search_path = '' return 1;
create table public.forgotten_table (forgotten_id integer generated by default as identity primary key);
select is_empty(
  $$ select role from api_roles
     where has_function_privilege(role, 'public.forgotten()', 'EXECUTE')
       or has_function_privilege(role, 'private.forgotten()', 'EXECUTE') $$,
  'a function nobody granted is nobody''s');
select is_empty(
  $$ select role from api_roles
     where has_table_privilege(role, 'public.forgotten_table',
       'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
       or has_sequence_privilege(role, 'public.forgotten_table_forgotten_id_seq',
         'USAGE, SELECT, UPDATE') $$,
  'a table nobody granted is nobody''s, with its sequence');
drop table public.forgotten_table;
drop function public.forgotten();
drop function private.forgotten();

select * from finish();
rollback;
