-- Exports: what is kept about a person, and given to them.
--
-- What belongs to whom is a row for every table: an export is made of these rows, and a test fails
-- for a table that has none.

-- What an export holds

-- A condition may use $1, the person; $2, the homes they own; $3, the stays they booked; $4, the
-- stays booked with them.
create table private.export_rules (
  relation text   primary key,
  owned_by text,
  omits    text[] not null default '{}',
  why_not  text,

  constraint export_rules_give_or_say_why check ((owned_by is null) = (why_not is not null))
);

alter table private.export_rules enable row level security;
comment on table private.export_rules is
  'For every table, which of its rows belong to a person, or why none do.';

insert into private.export_rules (relation, owned_by) values
  ('public.profiles',             'profile_id = $1'),
  ('public.private_profiles',     'profile_id = $1'),
  ('public.blocks',               'blocker_id = $1'),
  ('public.cohost_invitations',
    'invited_by = $1 or profile_id = $1 or accepted_by = $1 or email = (
       select private_profiles.email from public.private_profiles
         where private_profiles.profile_id = $1)'),
  ('public.listings',             'host_id = $1'),
  ('public.listing_hosts',        'profile_id = $1'),
  ('private.past_hosts',          'profile_id = $1'),
  ('public.listing_addresses',    'listing_id = any ($2)'),
  ('public.listing_access',       'listing_id = any ($2)'),
  ('public.listing_amenities',    'listing_id = any ($2)'),
  ('public.listing_photos',       'listing_id = any ($2)'),
  ('public.listing_prices',       'listing_id = any ($2)'),
  ('public.price_floors',         'listing_id = any ($2)'),
  ('public.listing_ratings',      'listing_id = any ($2)'),
  ('public.length_discounts',     'listing_id = any ($2)'),
  ('public.booking_rules',        'listing_id = any ($2)'),
  ('public.calendar_days',        'listing_id = any ($2)'),
  ('public.automatic_messages',   'listing_id = any ($2)'),
  ('public.automatic_texts',      'listing_id = any ($2)'),
  ('private.hidden_listings',     'listing_id = any ($2)'),
  ('private.claims',              'held_by = $1 or (listing_id = any ($2) and kind = ''block'')'),
  ('public.bookings',             'guest_id = $1 or (host_id = $1 and placed_at is not null)'),
  ('public.booking_lines',        'booking_id = any ($3 || $4)'),
  ('private.booking_taxes',       'booking_id = any ($3 || $4)'),
  ('public.booking_history',      'booking_id = any ($3 || $4)'),
  ('public.guest_totals',         'guest_id = $1'),
  ('public.host_totals',          'booking_id = any ($4)'),
  ('public.cancellations',        'booking_id = any ($3 || $4)'),
  ('public.guest_settlements',    'guest_id = $1'),
  ('public.host_settlements',     'booking_id = any ($4)'),
  ('public.no_shows',             'booking_id = any ($3 || $4)'),
  ('public.complaints',           'booking_id = any ($3 || $4)'),
  ('public.damage_claims',        'booking_id = any ($3 || $4)'),
  ('public.payments',             'guest_id = $1'),
  ('public.refunds',              'guest_id = $1'),
  ('private.customers',           'guest_id = $1'),
  ('private.saved_cards',         'booking_id = any ($3)'),
  ('private.disputes',            'booking_id = any ($3)'),
  ('public.payouts',              'host_id = $1'),
  ('public.host_accounts',        'host_id = $1'),
  ('private.host_responses',      'host_id = $1'),
  ('public.host_ratings',         'host_id = $1'),
  ('public.guest_ratings',        'guest_id = $1'),
  ('public.reviews',
    'booking_id = any ($3) or (listing_id = any ($2) and removed_at is null
       and (closes_at is null or revealed_at is not null or closes_at < private.now()))'),
  ('public.guest_reviews',
    'author_id = $1 or (guest_id = $1 and removed_at is null
       and (revealed_at is not null or closes_at < private.now()))'),
  ('public.calendar_feeds',         'listing_id = any ($2)'),
  ('public.earnings',               'host_id = $1'),
  ('public.imported_events',        'listing_id = any ($2)'),
  ('public.receipts',               'guest_id = $1'),
  ('public.superhost_evaluations',  'host_id = $1'),
  ('public.conversations',        'guest_id = $1 or listing_id = any ($2)'),
  ('public.inbox_entries',        'profile_id = $1'),
  ('public.messages',             'sender_id = $1'),
  ('private.removed_messages',
    'message_id in (select messages.message_id from public.messages where messages.sender_id = $1)'),
  ('private.masked_words',        'author_id = $1'),
  ('private.commands',            'recipient_id = $1'),
  ('public.notifications',        'profile_id = $1'),
  ('public.notification_settings', 'profile_id = $1'),
  ('public.inquiries',            'guest_id = $1 or listing_id = any ($2)'),
  ('public.offers',               'guest_id = $1 or listing_id = any ($2)'),
  ('public.alterations',          'guest_id = $1 or listing_id = any ($2)'),
  ('public.wishlists',            'owner_id = $1'),
  ('public.wishlist_members',     'profile_id = $1'),
  ('public.wishlist_homes',       'added_by = $1 or noted_by = $1'),
  ('public.wishlist_votes',       'profile_id = $1'),
  ('public.reports',              'reporter_id = $1'),
  ('public.moderation_notices',   'profile_id = $1'),
  ('private.staff',               'profile_id = $1'),
  ('private.audit_log',           'actor_id = $1');

insert into private.export_rules (relation, owned_by, omits) values
  -- Staff's own words are for staff; the person's are in moderation_notices.
  ('private.suspensions',         'profile_id = $1', '{reason}'),
  -- Whoever has the link has the list.
  ('private.calendar_links',        'listing_id = any ($2)', '{token}'),
  ('public.wishlist_links',       'owner_id = $1',   '{token}');

insert into private.export_rules (relation, why_not) values
  ('public.amenities',            'The same for everyone.'),
  ('public.listing_forms',        'The same for everyone.'),
  ('public.property_types',       'The same for everyone.'),
  ('public.cancellation_policies', 'The same for everyone.'),
  ('public.message_templates',    'The same for everyone.'),
  ('public.notification_kinds',   'The same for everyone.'),
  ('private.letter_kinds',        'The same for everyone.'),
  ('private.kept_evidence',       'How long files are kept; the files themselves are named.'),
  ('private.told_conflicts',      'What was sent is in notifications.'),
  ('private.invitation_keys',     'The same for everyone, and secret.'),
  ('private.unsubscribe_keys',    'The same for everyone, and secret.'),
  ('private.booking_moves',       'The same for everyone.'),
  ('private.clock',               'The same for everyone.'),
  ('private.currencies',          'The same for everyone.'),
  ('private.display_currencies',  'The same for everyone.'),
  ('private.exchange_rates',      'The same for everyone.'),
  ('private.export_rules',        'The same for everyone.'),
  ('private.fee_schemes',         'The same for everyone.'),
  ('private.host_rights',         'The same for everyone.'),
  ('private.penalty_tiers',       'The same for everyone.'),
  ('private.refund_tiers',        'The same for everyone.'),
  ('private.time_zones',          'The same for everyone.'),
  ('private.zone_data',           'The same for everyone.'),
  ('private.settings',            'The same for everyone.'),
  ('private.registrations',       'Which function answers which question, not about a person.'),
  ('private.cached_answers',      'The same for everyone.'),
  ('private.refusals',            'The same for everyone.'),
  ('private.refusal_details',     'The same for everyone.'),
  ('private.taxes',               'Set by the marketplace, for places and homes.'),
  ('private.listing_fee_schemes', 'Set by the marketplace, for homes.'),
  ('private.listing_search',      'Derived from the listing, its prices and its calendar.'),
  ('private.listing_words',       'Derived from the listing.'),
  ('private.search_words',        'Derived from the titles of all homes.'),
  ('private.listing_places',      'Derived from the listing.'),
  ('private.places',              'Derived from the listings of all hosts.'),
  ('private.place_names',         'Derived from the listings of all hosts.'),
  ('private.place_aliases',       'The same for everyone.'),
  ('private.place_changes',       'The marketplace''s internal records of its work.'),
  ('private.last_cards',          'Derived from the listing and its rating.'),
  ('private.point_offsets',       'Made of chance.'),
  ('private.listing_stars',
    'The sums behind listing_ratings; they would reveal unpublished reviews.'),
  ('private.host_stars', 'The sums behind host_ratings; they would reveal unpublished reviews.'),
  ('private.owner_prices',        'Derived from listing_prices and length_discounts.'),
  ('private.counted_reviews',     'Derived from reviews and stays.'),
  ('private.guest_stars', 'The sums behind guest_ratings; they would reveal unpublished reviews.'),
  ('private.alteration_prices',
    'What each side would pay and get; what was agreed is in bookings and payments.'),
  ('private.offer_prices',        'What each side would pay and get; each side''s is in offers.'),
  ('private.webhook_endpoints',   'Programs of the marketplace.'),
  ('private.webhook_events', 'What is sent to those programs about the other tables.'),
  ('private.webhook_deliveries',  'Whether it was delivered to those programs.'),
  ('private.webhook_attempts',    'Whether it was delivered to those programs.'),
  ('private.balance_reading',       'The marketplace''s internal records of its work.'),
  ('private.stripe_checks',                 'The marketplace''s internal records of its work.'),
  ('private.receipt_series',        'The same for everyone.'),
  ('private.receipts_due',          'The marketplace''s internal records of its work.'),
  ('private.stripe_balances',       'The marketplace''s own balance, as reported by Stripe.'),
  ('private.stripe_movements',      'The marketplace''s own balance, as reported by Stripe.'),
  ('private.superhost_rounds',      'The marketplace''s internal records of its work.'),
  ('private.due_messages', 'When automated messages are due: derived from bookings and settings.'),
  ('private.ledger_entries',      'The marketplace''s ledger, derived from payments and payouts.'),
  ('private.reversals',           'In taken_back_minor of the payout.'),
  ('private.payout_holds',        'In status and reason of the payout.'),
  ('private.payouts_by_hand',     'Internal notes of staff; is_by_hand of the payout says it.'),
  ('private.payment_problems',    'The marketplace''s internal records of its work.'),
  ('private.retired_intents',     'The marketplace''s internal records of its work.'),
  ('private.reconciliations',     'The marketplace''s internal records of its work.'),
  ('private.stripe_events',       'Events from Stripe: no personal data.'),
  ('private.report_cases',        'Would reveal who reported whom.'),
  ('private.decisions',
    'Internal notes of staff; the notices to the person are moderation_notices.'),
  ('private.review_removals',     'Internal notes of staff; what was removed is with the review.');

create type public.personal_export as (
  profile_id  uuid,
  exported_at timestamptz,
  document    jsonb
);

create function private.export_my_data()
  returns public.personal_export language plpgsql stable security definer set search_path = ''
as $$
declare
  caller   uuid := private.signed_in();
  homes    uuid[] := array(select listings.listing_id from public.listings
    where listings.host_id = caller);
  booked   uuid[] := array(select bookings.booking_id from public.bookings
    where bookings.guest_id = caller);
  hosted   uuid[] := array(
    select bookings.booking_id from public.bookings
    where bookings.host_id = caller and bookings.placed_at is not null);
  document jsonb;
  rule     private.export_rules;
  found    jsonb;
begin
  if not exists (
    select from public.profiles where profiles.profile_id = caller and profiles.erased_at is null)
  then
    perform private.refuse('account_closed');
  end if;
  select jsonb_build_object(
    'format', 'staybase-export-1',
    'login', jsonb_build_object(
      'id', users.id, 'email', users.email, 'phone', users.phone, 'created_at', users.created_at,
      'last_sign_in_at', users.last_sign_in_at, 'user_metadata', users.raw_user_meta_data),
    'files', array(
      select objects.bucket_id || '/' || objects.name from storage.objects
      where (objects.bucket_id in ('evidence', 'avatar-uploads')
        and starts_with(objects.name, caller || '/'))
        or (objects.bucket_id = 'photo-uploads' and private.listing_of_photo(objects.name)
          = any (homes))
      order by 1))
  into document
  from auth.users where users.id = caller;

  for rule in
    select * from private.export_rules where export_rules.owned_by is not null
      order by export_rules.relation
  loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(owned) - %L::text[]), ''[]'') from (select * from %s '
      'where %s) as owned',
      rule.omits, rule.relation::regclass, rule.owned_by)
    into found using caller, homes, booked, hosted;
    document := document || jsonb_build_object(rule.relation, found);
  end loop;
  return row(caller, private.now(), document)::public.personal_export;
end $$;

comment on function private.export_my_data is
  'Rule: people get all data that is theirs, whole rows, table by table; even while they are '
  'suspended.';

-- Verbs

create function public.export_my_data()
  returns public.personal_export language sql stable security invoker set search_path = ''
  return private.export_my_data();

comment on function public.export_my_data is
  'Everything stored about the caller: one document with their login, their files and, for each '
  'table, their rows. Errors: sign_in_required, account_closed.';

grant execute on function private.export_my_data, public.export_my_data to authenticated;
