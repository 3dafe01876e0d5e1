-- Who sees and writes what: table by table, verb by verb, person by person, in exact numbers of rows.
--
-- Ada owns the mill, Hedy hosts it with her, Radia keeps its calendar. Grace has a confirmed stay there, Margaret holds
-- nights she has not paid, Dorothy has asked and waits for an answer. Alan hosts elsewhere, Sam works for the
-- marketplace, Katherine is merely signed in. The attic is a draft of Ada's alone, the shed a draft of the three hosts,
-- the barn of Alan's is hidden.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name)
from unnest(array['ada', 'hedy', 'radia', 'grace', 'margaret', 'dorothy', 'alan', 'sam', 'katherine']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
-- Grace arrives in 13 days; when a door opens is in the chapter of contacts.
update private.settings set access_days = 14;

select tests.home('mill', 'ada');
select tests.home('tower', 'alan');
select tests.home('barn', 'alan');
select tests.become('alan');
select public.hide_listing(tests.id('barn'));
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
insert into public.listing_addresses (listing_id, street, latitude, longitude)
values (tests.id('attic'), '2 rue du Moulin', 48.85, 2.35);
insert into public.listing_access (listing_id, door_code) values (tests.id('attic'), '1843');
insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('attic'), 5000);
select public.create_listing(tests.id('shed'), 'Shed', 'Europe/Paris', 'EUR');
select tests.cohost(home, 'hedy', 'full') from unnest(array['mill', 'shed']) as home;
select tests.cohost(home, 'radia', 'calendar') from unnest(array['mill', 'shed']) as home;
select tests.become('ada');
select public.invite_cohost(tests.id('invitation'), tests.id('mill'), 'full', profile_id => tests.person('katherine'));
select public.block_nights(tests.id('mill'), '2031-08-01', '2031-08-04');
select tests.back();

-- One row of everything a listing has, for all but the shed.
insert into public.listing_amenities (listing_id, amenity)
select tests.id(home), 'wifi' from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.listing_photos (photo_id, listing_id, storage_path, position, published)
select tests.id('photo of ' || home), tests.id(home), tests.id(home) || '/door.jpg', 1, home in ('mill', 'tower')
from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.refused_files (bucket_id, name, listing_id, problem, refused_at)
select 'photo-uploads', tests.id(home) || '/page.jpg', tests.id(home), 'not_an_image', private.now()
from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.refused_files (bucket_id, name, profile_id, problem, refused_at)
values ('avatar-uploads', tests.id('grace') || '/me.jpg', tests.person('grace'), 'wrong_type', private.now());
insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
select tests.id(home), 7, 1000 from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.price_floors (listing_id, floor_minor, set_at)
select tests.id(home), 0, private.now() from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.calendar_days (listing_id, day, minimum_nights)
select tests.id(home), '2031-12-24', 3 from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
select tests.id(home), 'Lise', 'Quiet.', '2030-01-01', 'test', home
from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
select listing_id, host_id, 5, 4.5 from public.listings
where listing_id in (tests.id('mill'), tests.id('tower'), tests.id('barn'), tests.id('attic'));

insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
select tests.id('feed of ' || home), tests.id(home), 'Elsewhere', 'https://example.com/a.ics', private.now(), private.now()
from unnest(array['mill', 'tower']) as home;
insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out)
select tests.id('feed of ' || home), tests.id(home), 'one', '2031-06-03', '2031-06-07'
from unnest(array['mill', 'tower']) as home;

select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
select tests.money('visit', 'succeeded');
insert into public.blocks (blocker_id, blocked_id) values
  (tests.person('grace'), tests.person('margaret')), (tests.person('margaret'), tests.person('grace')),
  (tests.person('sam'), tests.person('grace'));
insert into public.reports (report_id, reporter_id, subject, subject_id, category, body, created_at)
values (tests.id('report'), tests.person('grace'), 'listing', tests.id('tower'), 'fraud', 'A scam.', private.now());
insert into private.report_cases (report_id, profile_id, excerpt) values (tests.id('report'), tests.person('alan'), '');
insert into public.moderation_notices (profile_id, measure, notice, sent_at)
values (tests.person('alan'), 'warn', 'Do not.', private.now());
insert into public.refunds (refund_id, payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
select tests.id('refund'), payment_id, booking_id, guest_id, currency, 100, 'complaint', private.now()
from public.payments where booking_id = tests.id('visit');
select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
update public.listings set instant_book = false where listing_id = tests.id('mill');
select tests.book('question', 'dorothy', 'mill', '2031-06-20', '2031-06-22');
select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');

insert into public.cancellations (booking_id, cancelled_by, rule, cancelled_at)
values (tests.id('question'), 'guest', 'flexible', private.now());
insert into public.guest_settlements (booking_id, guest_id, paid_minor, refund_minor, owed_minor, kept_fee_minor)
values (tests.id('question'), tests.person('dorothy'), 100, 100, 0, 0);
insert into public.host_settlements (booking_id, listing_id, kept_minor, host_fee_minor, payout_minor, penalty_minor)
values (tests.id('question'), tests.id('mill'), 0, 0, 0, 0);
-- Grace and Ada have each written, as if the visit were over, and not read the other. What Ada and Dorothy said of each
-- other is read.
insert into public.reviews (listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in, communication,
  location, value, written_on, closes_at)
select listing_id, booking_id, 'Grace', 4, 4, 4, 4, 4, 4, 4, check_out, private.now() + interval '14 days'
from public.bookings where booking_id = tests.id('visit');
insert into public.guest_reviews (review_id, booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness,
  communication, house_rules, written_on, closes_at)
select booking_id, booking_id, listing_id, guest_id, host_id, 'Ada', 4, 4, 4, 4, check_out, private.now() + interval '14 days'
from public.bookings where booking_id in (tests.id('visit'), tests.id('question'));
update public.guest_reviews set revealed_at = private.now() where booking_id = tests.id('question');
insert into public.reviews (review_id, listing_id, booking_id, author_name, stars, cleanliness, accuracy, check_in,
  communication, location, value, written_on, closes_at)
select tests.id('word of dorothy'), listing_id, booking_id, 'Dorothy', 4, 4, 4, 4, 4, 4, 4, check_out, private.now()
from public.bookings where booking_id = tests.id('question');
update public.reviews set revealed_at = private.now() where review_id = tests.id('word of dorothy');
-- Dorothy has hosted, long ago; who does not know her does not know how.
insert into public.host_ratings (host_id, review_count) values (tests.person('dorothy'), 3);
select private.evaluate_superhosts(100);
select private.issue_receipts(100);
select private.post('penalty', 'test', bookings, host_debt => 100, platform => -100)
from public.bookings where booking_id = tests.id('visit');
insert into public.host_accounts (host_id, country_code, created_at, looked_at)
values (tests.person('ada'), 'FR', private.now(), private.now());
insert into public.damage_claims (
  claim_id, booking_id, status, currency, amount_minor, damage, objection, created_at, answer_until)
values (
  tests.id('claim'), tests.id('visit'), 'disputed', 'EUR', 1000, 'A cup.', 'No.', private.now(), private.now());
insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
values (tests.id('complaint'), tests.id('visit'), 'not_clean', 'Dust.', private.now());
select private.keep_words('booking', tests.id('visit'), 'message', tests.person('grace'), 'Write to grace@example.com');
insert into public.no_shows (booking_id, report, reported_at, object_until)
values (tests.id('visit'), 'Nobody came.', private.now(), private.now() + interval '48 hours');
insert into public.notification_settings (profile_id, kind, channel, wanted)
values (tests.person('grace'), 'message', 'email', true);
insert into public.automatic_messages (listing_id, occasion, active, days)
select tests.id(home), 'review_reminder', true, 1 from unnest(array['mill', 'tower', 'barn', 'attic']) as home;
insert into public.automatic_texts (listing_id, occasion, locale, body)
select tests.id(home), 'review_reminder', 'en', 'Well?' from unnest(array['mill', 'tower', 'barn', 'attic']) as home;

-- Grace keeps the mill and the tower on a list that Margaret joined; whoever has the link may read it.
select tests.become('grace');
select public.create_wishlist(tests.id('summer'), 'Summer');
select public.save_listing(tests.id(home), tests.id('summer')) from unnest(array['mill', 'tower']) as home;
select public.share_wishlist(tests.id('summer'), purpose) from unnest(enum_range(null::public.wishlist_purpose)) as purpose;
select tests.back();
update public.wishlist_links set token = 'to ' || purpose;
select tests.become('margaret');
select public.join_wishlist('to join');
select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'), 'up');
select tests.back();

insert into private.webhook_endpoints (endpoint_id, url, description, secret, created_at)
values (tests.id('ear'), 'https://example.com', '', 'whsec_1', private.now());
insert into private.webhook_events (event_id, type, facts, created_at)
values (tests.id('event'), 'booking.confirmed', '{}', private.now());
insert into private.webhook_deliveries (delivery_id, endpoint_id, event_id, created_at)
values (tests.id('delivery'), tests.id('ear'), tests.id('event'), private.now());
insert into private.commands (
  command_id, kind, idempotency_key, delivery_id, status, problem, due_at, created_at, finished_at)
values (
  tests.id('given up'), 'deliver_webhook', 'access', tests.id('delivery'), 'failed', 'It is gone.', private.now(),
  private.now(), private.now());
insert into private.webhook_attempts (delivery_id, attempt, status_code, took_ms, attempted_at)
values (tests.id('delivery'), 1, 500, 10, private.now());

-- Grace asked about two more nights, and Ada lets her book them.
insert into public.inquiries (
  inquiry_id, conversation_id, listing_id, guest_id, check_in, check_out, guests, infants, pets, created_at)
select tests.id('more'), conversation_id, listing_id, guest_id, '2031-07-10', '2031-07-12', 1, 0, 0, private.now()
from public.conversations where listing_id = tests.id('mill') and guest_id = tests.person('grace');
insert into public.offers (
  offer_id, inquiry_id, listing_id, guest_id, sent_by, kind, check_in, check_out, guests, infants, pets, currency,
  created_at, expires_at)
values (
  tests.id('deal'), tests.id('more'), tests.id('mill'), tests.person('grace'), tests.person('ada'), 'pre_approval',
  '2031-07-10', '2031-07-12', 1, 0, 0, 'EUR', private.now(), private.now() + interval '1 day');
-- Grace would rather stay a night less. While it is open whether she came nothing is altered.
create function pg_temp.no_show(is_open boolean) returns void language sql as $$
  update public.no_shows
  set status = case when is_open then 'reported' else 'withdrawn' end::public.no_show_status,
      closed_at = case when not is_open then private.now() end
$$;
select pg_temp.no_show(false);
select tests.become('grace');
select public.propose_alteration(tests.id('swap'), tests.id('visit'), check_out => '2031-06-04');
select tests.back();
select pg_temp.no_show(true);

-- What waits for the commit, such as search, is done now: each outcome would do all of it again.
set constraints all immediate;

-- Who sees what. Null: the table is not theirs to ask for (42501).

create temp table sight (
  relation text primary key, anon integer, katherine integer, grace integer, margaret integer, dorothy integer,
  ada integer, hedy integer, radia integer, alan integer, sam integer, service integer);
insert into sight values
--                            anon kath grac marg doro  ada hedy radi alan  sam serv
  ('alterations',            null,   0,   1,   0,   0,   1,   1,   0,   0,   0, null),
  ('amenities',                60,  60,  60,  60,  60,  60,  60,  60,  60,  60, null),
  ('blocks',                 null,   0,   1,   1,   0,   0,   0,   0,   0,   1, null),
  ('automatic_messages',    null,    0,    0,    0,    0,    2,    1,    0,    2,    0, null),
  ('automatic_texts',       null,    0,    0,    0,    0,    2,    1,    0,    2,    0, null),
  ('booking_history',        null,   0,   2,   1,   2,   4,   4,   0,   0,   0, null),
  ('booking_lines',          null,   0,   3,   2,   2,   5,   5,   0,   0,   0, null),
  ('booking_rules',             2,   2,   2,   2,   2,   4,   3,   3,   3,   2, null),
  ('bookings',               null,   0,   1,   1,   1,   2,   2,   0,   0,   0, null),
  ('calendar_days',          null,   0,   0,   0,   0,   2,   1,   1,   2,   0, null),
  ('calendar_feeds',         null,   0,   0,   0,   0,   1,   1,   1,   1,   0, null),
  ('cancellations',          null,   0,   0,   0,   1,   1,   1,   0,   0,   0, null),
  ('property_types',           58,  58,  58,  58,  58,  58,  58,  58,  58,  58, null),
  ('cancellation_policies',     6,   6,   6,   6,   6,   6,   6,   6,   6,   6, null),
  -- The two that Hedy and Radia accepted at the mill and the shed each, and Katherine's.
  ('cohost_invitations',     null,   0,   0,   0,   0,   5,   0,   0,   0,   0, null),
  ('complaints',             null,   0,   1,   0,   0,   1,   1,   0,   0,   1, null),
  ('conversations',         null,    0,    1,    0,    1,    2,    2,    0,    0,    0, null),
  ('guest_ratings',          null,   0,   0,   0,   1,   1,   1,   0,   0,   0, null),
  ('guest_reviews',          null,   0,   0,   0,   1,   2,   2,   0,   0,   0, null),
  ('damage_claims',          null,   0,   1,   0,   0,   1,   1,   0,   0,   1, null),
  ('earnings',               null,   0,   0,   0,   0,   1,   0,   0,   0,   0, null),
  ('guest_settlements',      null,   0,   0,   0,   1,   0,   0,   0,   0,   0, null),
  ('guest_totals',           null,   0,   1,   1,   1,   0,   0,   0,   0,   0, null),
  ('host_accounts',          null,   0,   0,   0,   0,   1,   0,   0,   0,   0, null),
  ('host_ratings',              2,   2,   2,   2,   3,   3,   3,   2,   2,   2, null),
  ('host_settlements',       null,   0,   0,   0,   0,   1,   0,   0,   0,   0, null),
  ('host_totals',            null,   0,   0,   0,   0,   2,   0,   0,   0,   0, null),
  ('inbox_entries',         null,    0,    1,    0,    1,    2,    2,    0,    0,    0, null),
  ('inquiries',              null,   0,   1,   0,   0,   1,   1,   0,   0,   0, null),
  ('imported_events',        null,   0,   0,   0,   0,   1,   1,   1,   1,   0, null),
  ('length_discounts',          2,   2,   2,   2,   2,   3,   2,   2,   3,   2, null),
  ('listing_access',         null,   0,   1,   0,   0,   2,   1,   0,   2,   0, null),
  ('listing_addresses',      null,   0,   1,   0,   0,   2,   1,   0,   2,   0, null),
  ('listing_amenities',         2,   2,   2,   2,   2,   3,   2,   2,   3,   2, null),
  ('listing_forms',             1,   1,   1,   1,   1,   1,   1,   1,   1,   1, null),
  ('listing_hosts',          null,   0,   0,   0,   0,   7,   6,   6,   2,   0, null),
  ('refused_files',          null,   0,   1,   0,   0,   2,   1,   0,   2,   0, null),
  ('listing_photos',            2,   2,   2,   2,   2,   3,   2,   2,   3,   2, null),
  ('listing_prices',            2,   2,   2,   2,   2,   3,   2,   2,   3,   2, null),
  ('listing_ratings',           2,   2,   2,   2,   2,   3,   2,   2,   3,   2, null),
  ('listings',                  2,   2,   2,   2,   2,   4,   3,   3,   3,   2, null),
  ('no_shows',               null,   0,   1,   0,   0,   1,   1,   0,   0,   1, null),
  ('message_templates',     null,   12,   12,   12,   12,   12,   12,   12,   12,   12, null),
  ('messages',              null,    0,    1,    0,    1,    2,    2,    0,    0,    0, null),
  ('notification_kinds',    null,    7,    7,    7,    7,    7,    7,    7,    7,    7, null),
  ('notification_settings', null,    0,    1,    0,    0,    0,    0,    0,    0,    0, null),
  ('notifications',         null,    1,    3,    0,    1,    9,    3,    3,    1,    0, null),
  ('moderation_notices',     null,   0,   0,   0,   0,   0,   0,   0,   1,   0, null),
  ('offers',                 null,   0,   1,   0,   0,   1,   1,   0,   0,   0, null),
  ('payments',               null,   0,   1,   1,   1,   0,   0,   0,   0,   0, null),
  ('payouts',                null,   0,   0,   0,   0,   1,   0,   0,   0,   0, null),
  ('price_floors',           null,   0,   0,   0,   0,   2,   1,   0,   2,   0, null),
  ('private_profiles',       null,   1,   1,   1,   1,   1,   1,   1,   1,   1, null),
  -- The people who host (Ada, Alan), oneself, those one hosts with, one's host, and guests who placed a booking.
  ('profiles',                  2,   3,   3,   3,   3,   6,   6,   4,   2,   3, null),
  ('receipts',               null,   0,   1,   0,   0,   0,   0,   0,   0,   0, null),
  ('refunds',                null,   0,   1,   0,   0,   0,   0,   0,   0,   0, null),
  ('reports',                null,   0,   1,   0,   0,   0,   0,   0,   0,   0, null),
  ('reviews',                   3,   3,   4,   3,   3,   4,   3,   3,   4,   3, null),
  ('superhost_evaluations',  null,   0,   0,   0,   0,   1,   0,   0,   1,   0, null),
  ('wishlist_homes',         null,   0,   2,   2,   0,   0,   0,   0,   0,   0, null),
  ('wishlist_links',         null,   0,   2,   0,   0,   0,   0,   0,   0,   0, null),
  ('wishlist_members',       null,   0,   2,   2,   0,   0,   0,   0,   0,   0, null),
  ('wishlist_votes',         null,   0,   1,   1,   0,   0,   0,   0,   0,   0, null),
  ('wishlists',              null,   0,   1,   1,   0,   0,   0,   0,   0,   0, null);

select set_eq(
  $$ select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') $$,
  $$ select relation from sight $$,
  'somebody has thought about who reads each table');

select is(
  tests.outcome(person.name, format('select * from public.%I', relation)),
  coalesce(person.rows, '42501'),
  format('%s sees %s of %s', initcap(person.name), coalesce(person.rows, 'nothing'), relation))
from sight, jsonb_each_text(to_jsonb(sight) - 'relation') as person (name, rows)
order by relation, person.name;

-- Who writes what. A deed that stands nowhere here is refused to everyone; anon and servers write nothing at all.

create temp table deeds (
  relation text, deed text, statement text, katherine text, grace text, margaret text, dorothy text,
  ada text, hedy text, radia text, alan text, sam text);
insert into deeds values
--                                                                    kath     grac     marg     doro     ada      hedy     radi     alan     sam
  ('profiles', 'update', $$ update public.profiles set about = 'I' $$, '1',     '1',     '1',     '1',     '1',     '1',     '1',     '1',     '1'),
  ('profiles', 'update', $$ update public.profiles set hosting = true $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('private_profiles', 'update', $$ update public.private_profiles set legal_name = 'I' $$,
                                                                      '1',     '1',     '1',     '1',     '1',     '1',     '1',     '1',     '1'),
  ('private_profiles', 'update', $$ update public.private_profiles set email = 'i@example.com' $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('listings', 'update', $$ update public.listings set title = 'Mine' $$,
                                                                      '0',     '0',     '0',     '0',     '3',     '2',     '0',     '2',     '0'),
  ('listings', 'update', $$ update public.listings set status = 'published' $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('listings', 'update', $$ update public.listings set host_id = (select auth.uid()) $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('listings', 'update', $$ update public.listings set currency = 'JPY' $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('listings', 'update', $$ update public.listings set latitude = 0, longitude = 0 $$,
                                                                      '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ('listing_addresses', 'insert',
    $$ insert into public.listing_addresses (listing_id, street, latitude, longitude) values (tests.id('shed'), '3', 1, 1) $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('listing_addresses', 'update', $$ update public.listing_addresses set street = '4' $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_addresses', 'update',
    $$ update public.listing_addresses set listing_id = tests.id('shed') where listing_id = tests.id('tower') $$,
                                                                      '0',     '0',     '0',     '0',     '0',     '0',     '0',     '42501', '0'),
  ('listing_access', 'insert', $$ insert into public.listing_access (listing_id) values (tests.id('shed')) $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('listing_access', 'update', $$ update public.listing_access set door_code = '0' $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_access', 'update',
    $$ update public.listing_access set listing_id = tests.id('shed') where listing_id = tests.id('tower') $$,
                                                                      '0',     '0',     '0',     '0',     '0',     '0',     '0',     '42501', '0'),
  ('listing_amenities', 'insert',
    $$ insert into public.listing_amenities (listing_id, amenity) values (tests.id('shed'), 'pool') $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('listing_amenities', 'delete', $$ delete from public.listing_amenities $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_photos', 'insert',
    $$ insert into public.listing_photos (listing_id, storage_path, position)
       values (tests.id('shed'), tests.id('shed') || '/a.jpg', 1) $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('listing_photos', 'update', $$ update public.listing_photos set caption = 'Ours' $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_photos', 'delete', $$ delete from public.listing_photos $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_prices', 'insert',
    $$ insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('shed'), 1) $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('listing_prices', 'update', $$ update public.listing_prices set base_price_minor = 1 $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('listing_prices', 'update',
    $$ update public.listing_prices set listing_id = tests.id('shed') where listing_id = tests.id('tower') $$,
                                                                      '0',     '0',     '0',     '0',     '0',     '0',     '0',     '42501', '0'),
  ('length_discounts', 'insert',
    $$ insert into public.length_discounts (listing_id, minimum_nights, discount_bp) values (tests.id('shed'), 7, 1) $$,
                                                                      '42501', '42501', '42501', '42501', '1',     '1',     '42501', '42501', '42501'),
  ('length_discounts', 'update', $$ update public.length_discounts set discount_bp = 9000 $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('length_discounts', 'update',
    $$ update public.length_discounts set listing_id = tests.id('shed') where listing_id = tests.id('tower') $$,
                                                                      '0',     '0',     '0',     '0',     '0',     '0',     '0',     '42501', '0'),
  -- The mill is published: whose row it would be is in sight of Alan.
  ('length_discounts', 'update',
    $$ update public.length_discounts set listing_id = tests.id('mill'), minimum_nights = 14 where listing_id = tests.id('tower') $$,
                                                                      '0',     '0',     '0',     '0',     '0',     '0',     '0',     '42501', '0'),
  ('length_discounts', 'delete', $$ delete from public.length_discounts $$,
                                                                      '0',     '0',     '0',     '0',     '2',     '1',     '0',     '2',     '0'),
  ('booking_rules', 'update', $$ update public.booking_rules set minimum_nights = 2 $$,
                                                                      '0',     '0',     '0',     '0',     '3',     '2',     '2',     '2',     '0');

insert into deeds
select relation, every.deed,
  format(
    case every.deed
      when 'insert' then 'insert into public.%I default values'
      when 'update' then 'update public.%1$I set %2$I = %2$I'
      when 'delete' then 'delete from public.%I'
    end, relation, attname),
  '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501', '42501'
from sight
cross join unnest(array['insert', 'update', 'delete']) as every (deed)
join pg_attribute on attrelid = format('public.%I', relation)::regclass and attnum = 1
where not exists (select from deeds as known where known.relation = sight.relation and known.deed = every.deed);

select is(
  tests.outcome(person.name, statement),
  person.outcome,
  format('%s: %s', initcap(person.name), btrim(regexp_replace(statement, '\s+', ' ', 'g'))))
from deeds, jsonb_each_text(
  to_jsonb(deeds) - 'relation' - 'deed' - 'statement' || '{"anon": "42501", "service": "42501"}') as person (name, outcome)
order by relation, deed, statement, person.name;

-- Every policy is missed: open to all, somebody sees or does more than above. What an update leaves behind must
-- be in sight of its writer too, so of the checks of updates only that of discounts is ever the last.

create function pg_temp.missed(policy pg_policies) returns boolean language plpgsql as $$
begin
  execute format('alter policy %I on public.%I %s (true)', policy.policyname, policy.tablename,
    case policy.cmd when 'INSERT' then 'with check' else 'using' end);
  raise exception using errcode = 'UNDO1', message = exists (
    select from sight, jsonb_each_text(to_jsonb(sight) - 'relation') as person (name, rows)
    where relation = policy.tablename
      and tests.outcome(person.name, format('select * from public.%I', relation)) <> coalesce(person.rows, '42501')
    union all
    select from deeds, jsonb_each_text(to_jsonb(deeds) - 'relation' - 'deed' - 'statement') as person (name, outcome)
    where relation = policy.tablename and tests.outcome(person.name, statement) <> person.outcome)::text;
exception when sqlstate 'UNDO1' then
  return sqlerrm;
end $$;
select ok(pg_temp.missed(pg_policies), format('%s: "%s" is missed', tablename, policyname))
from pg_policies
where schemaname = 'public' and permissive = 'PERMISSIVE' and coalesce(qual, with_check) <> 'true'
order by tablename, policyname;

select private.count_places(1000);

-- Who may ask for what. A number is the rows that come back; the rest are codes.

create temp table asks (
  verb text, statement text, anon text, katherine text, grace text, margaret text, dorothy text,
  ada text, hedy text, radia text, alan text, sam text, service text);

create function pg_temp.ask(verb text, arguments text, variadic told text[]) returns void
  language sql
begin atomic
  insert into asks values (
    verb, format('select * from public.%I(%s)', verb, arguments), told[1], told[2], told[3], told[4], told[5], told[6],
    told[7], told[8], told[9], told[10], told[11]);
end;

do $$
declare
  x  constant text := '42501';
  nf constant text := 'booking_not_found';
  no constant text := 'not_your_listing';
  nl constant text := 'listing_not_found';
  ol constant text := 'own_listing';
  so constant text := 'staff_only';
  nc constant text := 'complaint_not_found';
  dn constant text := 'claim_not_found';
  lr constant text := 'listing_required';
  ni constant text := 'invitation_not_found';
  ns constant text := 'report_subject_not_found';
  ao constant text := 'account_has_open_stays';
  wl constant text := 'wishlist_not_found';
  nw constant text := 'not_your_wishlist';
  nk constant text := 'link_not_found';
  cn constant text := 'conversation_not_found';
  iq constant text := 'inquiry_not_found';
  fo constant text := 'offer_not_found';
  an constant text := 'alteration_not_found';
  aw constant text := 'alteration_open';
  ap constant text := 'own_proposal';
  ac constant text := 'alteration_closed';
  graces uuid := (
    select conversation_id from public.conversations
    where listing_id = tests.id('mill') and guest_id = tests.person('grace'));
  nr constant text := 'review_not_found';
  no_yet constant text := 'review_not_open';
  ff constant text := 'feed_not_found';
  -- All but the key of the one row.
  settings constant text := (
    select count(*) - 1 from information_schema.columns where table_schema = 'private' and table_name = 'settings');
begin
  --                                                    anon katherine grace margaret dorothy   ada  hedy radia alan  sam service
  perform pg_temp.ask('accept_booking', 'tests.id(''question'')',   x, nf, nf, nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('accept_booking', 'tests.id(''hold'')',       x, nf, nf, nf, nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('decline_booking', 'tests.id(''question'')',  x, nf, nf, nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('withdraw_booking', 'tests.id(''question'')', x, nf, nf, nf, '1', nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('withdraw_booking', 'tests.id(''hold'')',     x, nf, nf, '1', nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('booking_actions', 'tests.id(''visit'')',     x, nf, '6', nf, nf, '6', '6', nf, nf, '4', x);
  perform pg_temp.ask('booking_actions', 'tests.id(''hold'')',      x, nf, nf, '1', nf, nf, nf, nf, nf, '0', x);
  perform pg_temp.ask('booking_contacts', 'tests.id(''visit'')',    x, nf, '2', nf, nf, '2', '2', nf, nf, nf, x);
  perform pg_temp.ask('booking_contacts', 'tests.id(''hold'')',     x, nf, nf, 'not_confirmed', nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('booking_contacts', 'tests.id(''question'')',
    x, nf, nf, nf, 'not_confirmed', 'not_confirmed', 'not_confirmed', nf, nf, nf, x);
  perform pg_temp.ask('booking_receipt', 'tests.id(''visit'')',     x, nf, '1', nf, nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('booking_receipt', 'tests.id(''hold'')',      x, nf, nf, '1', nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('my_earnings', '''2031-05-01'', ''2031-06-01''', x, '0', '0', '0', '0', '1', '0', '0', '0', '0', x);
  perform pg_temp.ask('earning_totals', '''2031-05-01'', ''2031-06-01''',
    x, '0', '0', '0', '0', '1', '0', '0', '0', '0', x);
  perform pg_temp.ask('earnings_csv', '''2031-05-01'', ''2031-06-01''',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('start_payment', 'tests.id(''hold'')',        x, nf, nf, '1', nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('start_payment', 'tests.id(''visit'')',       x, nf, 'already_paid', nf, nf, nf, nf, nf, nf, nf, x);

  perform pg_temp.ask('preview_cancellation', 'tests.id(''visit'')', x, nf, '1', nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('cancel_booking', 'tests.id(''visit'')',      x, nf, '1', nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('staff_cancel_booking', 'tests.id(''visit''), 0, ''Flood''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('file_complaint', 'tests.id(''complaint''), tests.id(''visit''), ''not_clean'', ''Dust.''',
    x, nf, '1', nf, nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('withdraw_complaint', 'tests.id(''complaint'')', x, nc, '1', nc, nc, nc, nc, nc, nc, nc, x);
  perform pg_temp.ask('answer_complaint', 'tests.id(''complaint''), ''Sorry.''',
    x, nc, nc, nc, nc, '1', '1', nc, nc, nc, x);
  perform pg_temp.ask('staff_decide_complaint', 'tests.id(''complaint''), 0, ''No dust.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('claim_damage', 'tests.id(''claim''), tests.id(''visit''), 1000, ''A cup.''',
    x, nf, nf, nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('withdraw_damage_claim', 'tests.id(''claim'')', x, dn, dn, dn, dn, '1', '1', dn, dn, dn, x);
  perform pg_temp.ask('accept_damage_claim', 'tests.id(''claim'')', x, dn, '1', dn, dn, dn, dn, dn, dn, dn, x);
  perform pg_temp.ask('dispute_damage_claim', 'tests.id(''claim''), ''No.''', x, dn, '1', dn, dn, dn, dn, dn, dn, dn, x);
  perform pg_temp.ask('staff_decide_damage_claim', 'tests.id(''claim''), 0, ''No cup.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('report_no_show', 'tests.id(''visit'')',      x, nf, nf, nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('withdraw_no_show', 'tests.id(''visit'')',    x, nf, nf, nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('object_to_no_show', 'tests.id(''visit'')',   x, nf, '1', nf, nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('staff_decide_no_show', 'tests.id(''visit''), false, ''She has photos.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_release_payout', 'tests.id(''visit''), ''Called.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_record_payout', 'tests.id(''payout''), 1, ''Wired.''',
    x, so, so, so, so, so, so, so, so, 'payout_not_found', x);
  perform pg_temp.ask('review_stay', 'tests.id(''visit''), 5::smallint, 5::smallint, 5::smallint, 5::smallint, '
    '5::smallint, 5::smallint, 5::smallint', x, nf, no_yet, nf, nf, nf, nf, nf, nf, nf, x);
  perform pg_temp.ask('review_guest', 'tests.id(''visit''), 5::smallint, 5::smallint, 5::smallint, 5::smallint',
    x, nf, nf, nf, nf, no_yet, no_yet, nf, nf, nf, x);
  perform pg_temp.ask('reply_to_review', 'tests.id(''question''), ''Thank you.''',
    x, nr, nr, nr, '1', nr, nr, nr, nr, nr, x);
  perform pg_temp.ask('reply_to_review', 'tests.id(''word of dorothy''), ''Thank you.''',
    x, nr, nr, nr, nr, '1', '1', nr, nr, nr, x);
  perform pg_temp.ask('reply_to_review', 'tests.id(''visit''), ''Thank you.''',
    x, nr, nr, nr, nr, nr, nr, nr, nr, nr, x);
  perform pg_temp.ask('superhost_figures', '', x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('staff_remove_review', 'tests.id(''visit''), ''Rude.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('start_host_account', '''FR''',               x, lr, lr, lr, lr, '1', lr, lr, '1', lr, x);

  perform pg_temp.ask('quote_stay', 'tests.id(''mill''), ''2031-07-10'', ''2031-07-12''',
    '1', '1', '1', '1', '1', ol, ol, ol, '1', '1', x);
  perform pg_temp.ask('quote_stay', 'tests.id(''attic''), ''2031-07-10'', ''2031-07-12''',
    nl, nl, nl, nl, nl, nl, nl, nl, nl, nl, x);
  -- Beside the mill there is the tower; the others are drafts or hidden.
  perform pg_temp.ask('similar_homes', 'tests.id(''mill'')', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('similar_homes', 'tests.id(''attic'')', nl, nl, nl, nl, nl, nl, nl, nl, nl, nl, x);
  -- The mill and the tower, whether or not they can be booked; not the attic, a draft, nor the barn, which is hidden.
  perform pg_temp.ask('stay_prices',
    'array(select tests.id(home) from unnest(''{mill,tower,attic,barn,nowhere}''::text[]) as home), ''2031-07-10'', ''2031-07-12''',
    '2', '2', '2', '2', '2', '2', '2', '2', '2', '2', x);
  perform pg_temp.ask('quote_refunds', 'tests.id(''mill''), ''2031-07-10'', ''2031-07-12''',
    '1', '1', '1', '1', '1', ol, ol, ol, '1', '1', x);
  perform pg_temp.ask('quote_refunds', 'tests.id(''attic''), ''2031-07-10'', ''2031-07-12''',
    nl, nl, nl, nl, nl, nl, nl, nl, nl, nl, x);
  perform pg_temp.ask('show_amounts', '''{100,200}'', ''{EUR}'', ''USD''',
    '2', '2', '2', '2', '2', '2', '2', '2', '2', '2', x);
  perform pg_temp.ask('offered_currencies', '', '38', '38', '38', '38', '38', '38', '38', '38', '38', '38', x);
  perform pg_temp.ask('cancellation_tiers', '', '15', '15', '15', '15', '15', '15', '15', '15', '15', '15', x);
  perform pg_temp.ask('request_booking', 'tests.id(''new''), tests.id(''mill''), ''2031-07-10'', ''2031-07-12'', 22820',
    x, '1', '1', '1', '1', ol, ol, ol, '1', '1', x);
  perform pg_temp.ask('listing_calendar', 'tests.id(''mill''), ''2031-06-01'', ''2031-06-04''',
    '3', '3', '3', '3', '3', '3', '3', '3', '3', '3', x);
  perform pg_temp.ask('listing_calendar', 'tests.id(''shed''), ''2031-06-01'', ''2031-06-04''',
    nl, nl, nl, nl, nl, '3', '3', '3', nl, nl, x);

  perform pg_temp.ask('create_listing', 'tests.id(''loft''), ''Loft'', ''Europe/Paris'', ''EUR''',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('create_listing', 'tests.id(''mill''), ''Mill'', ''Europe/Paris'', ''EUR''',
    x, 'id_reused', 'id_reused', 'id_reused', 'id_reused', '1', 'id_reused', 'id_reused', 'id_reused', 'id_reused', x);
  perform pg_temp.ask('missing_for_publishing', 'tests.id(''mill'')', x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('missing_for_publishing', 'tests.id(''shed'')', x, nl, nl, nl, nl, '1', '1', '1', nl, nl, x);
  perform pg_temp.ask('publish_listing', 'tests.id(''mill'')',  x, no, no, no, no, '1', '1', no, no, no, x);
  perform pg_temp.ask('publish_listing', 'tests.id(''shed'')',
    x, nl, nl, nl, nl, 'listing_incomplete', 'listing_incomplete', no, nl, nl, x);
  perform pg_temp.ask('hide_listing', 'tests.id(''mill'')',     x, no, no, no, no, '1', '1', no, no, no, x);
  perform pg_temp.ask('order_photos', 'tests.id(''mill''), array[tests.id(''photo of mill'')]',
    x, no, no, no, no, '1', '1', no, no, no, x);
  perform pg_temp.ask('invite_cohost', 'tests.id(''another''), tests.id(''mill''), ''calendar'', tests.person(''katherine'')',
    x, no, no, no, no, '1', no, no, no, no, x);
  perform pg_temp.ask('invite_cohost', 'tests.id(''another''), tests.id(''attic''), ''calendar'', email => ''x@example.com''',
    x, nl, nl, nl, nl, '1', nl, nl, nl, nl, x);
  perform pg_temp.ask('my_cohost_invitations', '', x, '1', '0', '0', '0', '0', '0', '0', '0', '0', x);
  perform pg_temp.ask('accept_cohost_invitation', 'tests.id(''invitation'')',
    x, '1', ni, ni, ni, ni, ni, ni, ni, ni, x);
  perform pg_temp.ask('decline_cohost_invitation', 'tests.id(''invitation'')',
    x, '1', ni, ni, ni, ni, ni, ni, ni, ni, x);
  perform pg_temp.ask('withdraw_cohost_invitation', 'tests.id(''invitation'')',
    x, ni, ni, ni, ni, '1', ni, ni, ni, ni, x);
  perform pg_temp.ask('set_cohost_role', 'tests.id(''mill''), tests.person(''radia''), ''full''',
    x, no, no, no, no, '1', no, no, no, no, x);
  perform pg_temp.ask('remove_cohost', 'tests.id(''mill''), tests.person(''radia'')',
    x, no, no, no, no, '1', no, '1', no, no, x);
  perform pg_temp.ask('listing_blocks', 'tests.id(''mill'')',   x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('block_nights', 'tests.id(''mill''), ''2031-07-01'', ''2031-07-03''',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('block_nights', 'tests.id(''attic''), ''2031-07-01'', ''2031-07-03''',
    x, nl, nl, nl, nl, '1', nl, nl, nl, nl, x);
  perform pg_temp.ask('unblock_nights', 'tests.id(''mill''), ''2031-08-01'', ''2031-08-02''',
    x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('set_calendar', 'tests.id(''mill''), ''2031-07-01'', ''2031-07-03'', 20000',
    x, no, no, no, no, '2', '2', no, no, no, x);
  perform pg_temp.ask('set_calendar', 'tests.id(''mill''), ''2031-07-01'', ''2031-07-03'', minimum_nights => 2::smallint',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('host_calendars', '',                     x, '0', '0', '0', '0', '3', '2', '2', '2', '0', x);
  perform pg_temp.ask('host_calendars', 'listing_ids => array[tests.id(''mill'')]',
    x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('set_calendars', 'array[tests.id(''mill''), tests.id(''shed'')], array[row(''2031-07-01'', ''2031-07-03'')::public.day_range], null, 20000',
    x, no, no, no, no, '2', '2', no, no, no, x);
  perform pg_temp.ask('set_calendars', 'array[tests.id(''mill''), tests.id(''shed'')], array[row(''2031-07-01'', ''2031-07-03'')::public.day_range], minimum_nights => 2::smallint',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('block_calendars', 'array[tests.id(''mill''), tests.id(''shed'')], array[row(''2031-07-01'', ''2031-07-03'')::public.day_range]',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('unblock_calendars', 'array[tests.id(''mill''), tests.id(''attic'')], array[row(''2031-07-01'', ''2031-07-03'')::public.day_range]',
    x, no, no, no, no, '2', nl, nl, no, no, x);
  perform pg_temp.ask('unblock_calendars', 'array[tests.id(''mill''), tests.id(''shed'')], array[row(''2031-07-01'', ''2031-07-03'')::public.day_range]',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('set_booking_rules', 'array[tests.id(''mill''), tests.id(''shed'')], 2::smallint',
    x, no, no, no, no, '2', '2', '2', no, no, x);
  perform pg_temp.ask('add_calendar_feed',
    'tests.id(''feed''), tests.id(''mill''), ''https://example.com/b.ics'', ''Elsewhere''',
    x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('add_calendar_feed',
    'tests.id(''feed''), tests.id(''attic''), ''https://example.com/b.ics'', ''Elsewhere''',
    x, nl, nl, nl, nl, '1', nl, nl, nl, nl, x);
  perform pg_temp.ask('sync_calendar_feed', 'tests.id(''feed of mill'')', x, ff, ff, ff, ff, '1', '1', '1', ff, ff, x);
  perform pg_temp.ask('preview_feed_filters', 'tests.id(''feed of mill''), ''{}''',
    x, ff, ff, ff, ff, '1', '1', '1', ff, ff, x);
  perform pg_temp.ask('set_feed_filters', 'tests.id(''feed of mill''), ''{Check-out:*}''',
    x, ff, ff, ff, ff, '1', '1', '1', ff, ff, x);
  perform pg_temp.ask('remove_calendar_feed', 'tests.id(''feed of mill'')', x, ff, ff, ff, ff, '1', '1', '1', ff, ff, x);
  perform pg_temp.ask('calendar_conflicts', 'tests.id(''mill'')', x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('calendar_conflicts', '',                 x, '0', '0', '0', '0', '1', '1', '1', '0', '0', x);
  perform pg_temp.ask('calendar_link', 'tests.id(''mill'')',    x, no, no, no, no, '1', '1', '1', no, no, x);
  perform pg_temp.ask('calendar_link', 'tests.id(''mill''), tests.id(''feed of tower'')',
    x, no, no, no, no, ff, ff, ff, no, no, x);
  perform pg_temp.ask('rotate_calendar_link', 'tests.id(''mill'')', x, no, no, no, no, '1', '1', '1', no, no, x);
  -- The mill and the tower; what people host themselves they cannot book.
  perform pg_temp.ask('search_listings', '',
    '2', '2', '2', '2', '2', '2', '2', '2', '2', '2', x);
  perform pg_temp.ask('search_listings', 'check_in => ''2031-07-10'', check_out => ''2031-07-12''',
    '2', '2', '2', '2', '2', '1', '1', '1', '1', '2', x);
  perform pg_temp.ask('search_pins', 'check_in => ''2031-07-10'', check_out => ''2031-07-12''',
    '2', '2', '2', '2', '2', '1', '1', '1', '1', '2', x);
  perform pg_temp.ask('search_listings', 'words => ''millo''',
    '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('search_facets', '', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('search_screen', '', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('search_flexible_days',
    'check_in => ''2031-07-10'', check_out => ''2031-07-12'', flex_days => 1',
    '2', '2', '2', '2', '2', '1', '1', '1', '1', '2', x);
  perform pg_temp.ask('search_price_calendar', 'month => ''2031-07''',
    '31', '31', '31', '31', '31', '31', '31', '31', '31', '31', x);
  -- The region and the city
  perform pg_temp.ask('search_places', '''paris''', '2', '2', '2', '2', '2', '2', '2', '2', '2', '2', x);
  perform pg_temp.ask('block_person', 'tests.person(''dorothy'')',
    x, '1', '1', '1', 'profile_not_found', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('unblock_person', 'tests.person(''dorothy'')',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);

  -- Only who joined a list finds it; a link is for whoever has it.
  perform pg_temp.ask('create_wishlist', 'tests.id(''autumn''), ''Autumn''',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('create_wishlist', 'tests.id(''summer''), ''Summer''',
    x, 'id_reused', '1', 'id_reused', 'id_reused', 'id_reused', 'id_reused', 'id_reused', 'id_reused', 'id_reused', x);
  perform pg_temp.ask('edit_wishlist', 'tests.id(''summer''), ''Winter''',
    x, wl, '1', nw, wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('delete_wishlist', 'tests.id(''summer'')',
    x, wl, '1', nw, wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('save_listing', 'tests.id(''mill''), tests.id(''summer''), false',
    x, wl, '1', '1', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('saved_listings', 'array[tests.id(''mill'')]',
    x, '0', '1', '1', '0', '0', '0', '0', '0', '0', x);
  perform pg_temp.ask('note_saved_listing', 'tests.id(''summer''), tests.id(''mill''), ''Ours''',
    x, wl, '1', '1', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('vote_on_saved_listing', 'tests.id(''summer''), tests.id(''mill''), ''down''',
    x, wl, '1', '1', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('move_saved_listing', 'tests.id(''summer''), tests.id(''mill'')',
    x, wl, '1', '1', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('my_wishlists', '',
    x, '0', '1', '1', '0', '0', '0', '0', '0', '0', x);
  perform pg_temp.ask('wishlist_cards', 'tests.id(''summer'')',
    x, wl, '2', '2', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('wishlist_people', 'tests.id(''summer'')',
    x, wl, '2', '2', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('share_wishlist', 'tests.id(''summer'')',
    x, wl, '1', nw, wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('unshare_wishlist', 'tests.id(''summer''), ''read''',
    x, wl, '1', nw, wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('remove_from_wishlist', 'tests.id(''summer''), tests.person(''margaret'')',
    x, wl, '1', '1', wl, wl, wl, wl, wl, wl, x);
  perform pg_temp.ask('shared_wishlist', '''to read''',
    '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('shared_wishlist', '''to guess''',
    nk, nk, nk, nk, nk, nk, nk, nk, nk, nk, x);
  perform pg_temp.ask('shared_wishlist_cards', '''to read''',
    '2', '2', '2', '2', '2', '2', '2', '2', '2', '2', x);
  perform pg_temp.ask('shared_wishlist_cards', '''to guess''',
    nk, nk, nk, nk, nk, nk, nk, nk, nk, nk, x);
  perform pg_temp.ask('join_wishlist', '''to join''',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('join_wishlist', '''to read''',
    x, nk, nk, nk, nk, nk, nk, nk, nk, nk, x);
  perform pg_temp.ask('start_conversation', 'tests.id(''hello''), tests.id(''mill''), ''Hello''',
    x, '1', '1', '1', '1', ol, ol, ol, '1', '1', x);
  perform pg_temp.ask('start_conversation', 'tests.id(''hello''), tests.id(''attic''), ''Hello''',
    x, nl, nl, nl, nl, nl, nl, nl, nl, nl, x);
  perform pg_temp.ask('send_message', format('tests.id(''hello''), %L, ''Hello''', graces),
    x, cn, '1', cn, cn, '1', '1', cn, cn, cn, x);
  perform pg_temp.ask('mark_read', format('%L, 1', graces),         x, cn, '1', cn, cn, '1', '1', cn, cn, cn, x);
  perform pg_temp.ask('my_conversations', '',                       x, '0', '1', '0', '1', '2', '2', '0', '0', '0', x);
  perform pg_temp.ask('set_automatic_message', 'tests.id(''mill''), ''review_reminder'', false',
    x, no, no, no, no, '1', '1', no, no, no, x);
  perform pg_temp.ask('set_automatic_text', 'tests.id(''mill''), ''review_reminder'', ''en'', ''Well?''',
    x, no, no, no, no, '1', '1', no, no, no, x);

  perform pg_temp.ask('set_notification', '''message'', ''email'', false', x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('mark_notifications_read', '',                x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);

  -- What operators do: staff, and servers.
  perform pg_temp.ask('add_webhook_endpoint', 'tests.id(''hook''), ''https://example.com/hook''',
    x, so, so, so, so, so, so, so, so, '1', '1');
  perform pg_temp.ask('rotate_webhook_secret', 'tests.id(''ear'')', x, so, so, so, so, so, so, so, so, '1', '1');
  perform pg_temp.ask('enable_webhook_endpoint', 'tests.id(''ear''), false', x, so, so, so, so, so, so, so, so, '1', '1');
  perform pg_temp.ask('list_webhook_endpoints', '',                 x, so, so, so, so, so, so, so, so, '1', '1');
  perform pg_temp.ask('list_webhook_attempts', 'tests.id(''ear'')', x, so, so, so, so, so, so, so, so, '1', '1');

  perform pg_temp.ask('file_report', 'tests.id(''new report''), ''listing'', tests.id(''mill''), ''fraud''',
    x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('file_report', 'tests.id(''new report''), ''listing'', tests.id(''attic''), ''fraud''',
    x, ns, ns, ns, ns, '1', ns, ns, ns, ns, x);

  perform pg_temp.ask('export_my_data', '',                         x, '1', '1', '1', '1', '1', '1', '1', '1', '1', x);
  perform pg_temp.ask('delete_my_account', '',                      x, '1', ao, ao, ao, ao, '1', '1', '1', '1', x);

  -- What staff do.
  perform pg_temp.ask('staff_reports', '',                          x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_review_sources', '',                   x, so, so, so, so, so, so, so, so, '0', x);
  perform pg_temp.ask('staff_evidence', 'tests.id(''complaint'')', x, so, so, so, so, so, so, so, so, '0', x);
  perform pg_temp.ask('staff_claim_report', 'tests.id(''report'')', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_decide_report', 'tests.id(''report''), ''{warn,suspend,hide_listing}'', ''Fraud.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_suspend', 'tests.person(''katherine''), ''Fraud.''', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_lift_suspension', 'tests.person(''katherine''), ''Fraud.''',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_hide_listing', 'tests.id(''mill''), ''Fraud.''', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_show_listing', 'tests.id(''mill''), ''Fraud.''', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_decisions', 'tests.person(''katherine'')', x, so, so, so, so, so, so, so, so, '0', x);
  perform pg_temp.ask('staff_verify_person', 'tests.person(''katherine''), ''identity'', true',
    x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_masked_words', '',                     x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_audit_log', 'page_size => 1',          x, so, so, so, so, so, so, so, so, '1', x);
  -- What staff see of the machinery, the bookings, the money and the people.
  perform pg_temp.ask('staff_health', '', x, so, so, so, so, so, so, so, so, '8', x);
  perform pg_temp.ask('staff_jobs', '', x, so, so, so, so, so, so, so, so, (select count(*)::text from private.jobs), x);
  perform pg_temp.ask('staff_commands', 'failed => false, page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_retry_command', 'tests.id(''given up'')', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_feeds', '', x, so, so, so, so, so, so, so, so, '0', x);
  perform pg_temp.ask('staff_settings', '', x, so, so, so, so, so, so, so, so, settings, x);
  perform pg_temp.ask('staff_bookings', 'page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_booking', 'tests.id(''visit'')', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_booking_story', 'tests.id(''visit''), 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_messages', 'tests.id(''visit'')', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_differences', 'page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_ledger', 'page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_figures', '''2031-05-20'', ''2031-05-21''', x, so, so, so, so, so, so, so, so, '8', x);
  perform pg_temp.ask('staff_payments', 'page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_payouts', 'page_size => 1', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_disputes', '', x, so, so, so, so, so, so, so, so, '0', x);
  perform pg_temp.ask('staff_people', '''katherine''', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_person', 'tests.person(''katherine'')', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_host_accounts', '', x, so, so, so, so, so, so, so, so, '1', x);
  perform pg_temp.ask('staff_superhost', 'tests.person(''ada'')', x, so, so, so, so, so, so, so, so, '2', x);
  -- Hosts who manage bookings offer, and an offer is for the guest it was made to.
  perform pg_temp.ask('send_inquiry', 'tests.id(''new''), tests.id(''mill''), ''2031-07-10'', ''2031-07-12'', ''Hello''',
    x, '1', '1', '1', '1', ol, ol, ol, '1', '1', x);
  perform pg_temp.ask('send_inquiry', 'tests.id(''new''), tests.id(''attic''), ''2031-07-10'', ''2031-07-12'', ''Hello''',
    x, nl, nl, nl, nl, nl, nl, nl, nl, nl, x);
  perform pg_temp.ask('preapprove_inquiry', 'tests.id(''new''), tests.id(''more'')',
    x, iq, iq, iq, iq, '1', '1', iq, iq, iq, x);
  perform pg_temp.ask('set_price_floor', 'tests.id(''mill''), 5000',
    x, 'not_your_listing', 'not_your_listing', 'not_your_listing', 'not_your_listing', '1', 'not_your_listing',
    'not_your_listing', 'not_your_listing', 'not_your_listing', x);
  perform pg_temp.ask('send_special_offer', 'tests.id(''new''), tests.id(''more''), 15000',
    x, iq, iq, iq, iq, '1', '1', iq, iq, iq, x);
  perform pg_temp.ask('withdraw_offer', 'tests.id(''deal'')', x, fo, fo, fo, fo, '1', '1', fo, fo, fo, x);
  perform pg_temp.ask('decline_offer', 'tests.id(''deal'')',  x, fo, '1', fo, fo, fo, fo, fo, fo, fo, x);
  perform pg_temp.ask('quote_offer', 'tests.id(''deal'')',    x, fo, '1', fo, fo, fo, fo, fo, fo, fo, x);
  perform pg_temp.ask('quote_refunds',
    'tests.id(''mill''), ''2031-07-10'', ''2031-07-12'', offer_id => tests.id(''deal'')',
    fo, fo, '1', fo, fo, fo, fo, fo, fo, fo, x);
  perform pg_temp.ask('request_booking', 'tests.id(''new''), tests.id(''mill''), ''2031-07-10'', ''2031-07-12'', 22820,
    offer_id => tests.id(''deal'')',
    x, fo, '1', fo, fo, fo, fo, fo, fo, fo, x);
  -- Either side of a booking proposes, the other answers.
  perform pg_temp.ask('preview_alteration', 'tests.id(''visit''), check_out => ''2031-06-06''',
    x, nf, '1', nf, nf, '1', '1', nf, nf, nf, x);
  perform pg_temp.ask('propose_alteration', 'tests.id(''new''), tests.id(''visit''), check_out => ''2031-06-06''',
    x, nf, aw, nf, nf, aw, aw, nf, nf, nf, x);
  perform pg_temp.ask('accept_alteration', 'tests.id(''swap'')',   x, an, ap, an, an, '1', '1', an, an, an, x);
  perform pg_temp.ask('decline_alteration', 'tests.id(''swap'')',  x, an, ap, an, an, '1', '1', an, an, an, x);
  perform pg_temp.ask('withdraw_alteration', 'tests.id(''swap'')', x, an, '1', an, an, ac, ac, an, an, an, x);
  perform pg_temp.ask('read_alteration', 'tests.id(''swap'')',     x, an, '1', an, an, '1', '1', an, an, an, x);
  -- What servers do, and nobody else.
  perform pg_temp.ask('record_delivery', 'tests.id(''delivery''), 200, null, 10', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('unsubscribe', format('%L', private.unsubscribe_token(tests.person('grace'), 'message')),
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('suspend_person', 'tests.person(''katherine''), ''Fraud.''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('lift_suspension', 'tests.person(''katherine'')', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('add_staff', 'tests.person(''katherine'')',   x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('remove_staff', 'tests.person(''sam'')',      x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_verification', 'tests.person(''ada''), ''identity'', true', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('clock_now', '',                              x, x, x, x, x, x, x, x, x, x, '1');
  -- Of many rows the one that is always there.
  perform pg_temp.ask('metrics', ') where (metric = ''staybase_holds_open''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('health_report', ') where (part = ''commands''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('claim_stripe_checks', '10',                          x, x, x, x, x, x, x, x, x, x, '0');
  perform pg_temp.ask('claim_files', '10',                          x, x, x, x, x, x, x, x, x, x, '0');
  perform pg_temp.ask('finish_file', 'gen_random_uuid(), 1',        x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('refuse_file', 'gen_random_uuid(), 1, ''wrong_type''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('finish_stripe_check', '''host'', ''acct_none''',     x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('fail_stripe_check', '''host'', ''acct_none'', ''''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_movements', '''{}'', ''2031-05-20 12:00+00''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_balances', '''{}''',                  x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_floor', '''eur'', 1',                  x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_intent', format('%L, ''pi_hold''',
    (select payment_id from public.payments where booking_id = tests.id('hold'))), x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('retire_intent', format('%L, ''pi_other''',
    (select payment_id from public.payments where booking_id = tests.id('hold'))), x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_customer', 'tests.person(''grace''), ''cus_1''',
    x, x, x, x, x, x, x, x, x, x, 'profile_not_found');
  perform pg_temp.ask('forget_customer', 'tests.person(''grace'')', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_setup', 'tests.id(''payment''), ''seti_1''',
    x, x, x, x, x, x, x, x, x, x, 'payment_not_found');
  perform pg_temp.ask('apply_setup', '''evt_1'', tests.id(''payment''), ''seti_1'', ''succeeded'', ''pm_1'', null',
    x, x, x, x, x, x, x, x, x, x, 'payment_not_found');
  perform pg_temp.ask('refuse_charge', 'tests.id(''payment''), ''card_declined''',
    x, x, x, x, x, x, x, x, x, x, 'payment_not_found');
  perform pg_temp.ask('store_stripe_event', '''evt_1'', ''refund.updated'', ''re_1''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('close_stripe_event', '''evt_1'', ''ignored''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('apply_payment_intent',
    '''evt_1'', null, ''pi_visit'', ''succeeded'', 1, 1, ''eur'', null, null, null', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('apply_refund', '''evt_1'', tests.id(''refund''), ''re_1'', ''succeeded''',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_host_account', 'tests.person(''ada''), ''acct_ada''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('apply_host_account',
    '''evt_1'', tests.person(''ada''), ''acct_ada'', ''active'', false, ''{}'', ''2031-05-20 12:00+00''',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('apply_transfer', '''evt_1'', tests.id(''payout''), ''tr_1'', 1, ''eur''',
    x, x, x, x, x, x, x, x, x, x, 'payout_not_found');
  perform pg_temp.ask('import_reversal', 'tests.id(''payout''), ''trr_1'', 1',
    x, x, x, x, x, x, x, x, x, x, 'payout_not_found');
  perform pg_temp.ask('refuse_refund', 'tests.id(''refund''), 0, true', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('refuse_transfer', 'tests.id(''payout''), ''host_not_ready''',
    x, x, x, x, x, x, x, x, x, x, 'payout_not_found');
  perform pg_temp.ask('apply_reversal', 'tests.id(''reversal''), ''trr_1''',
    x, x, x, x, x, x, x, x, x, x, 'reversal_not_found');
  perform pg_temp.ask('apply_dispute', '''evt_1'', ''dp_1'', ''pi_visit'', ''needs_response'', 1, ''eur'', 1, 0, 0',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('apply_fraud_warning', '''evt_1'', ''issfr_1'', ''pi_visit''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('import_refund', '''evt_1'', ''re_2'', ''pi_visit'', 1, ''succeeded''',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_stripe_fee', '''evt_1'', ''pi_visit'', 1, ''eur''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('claim_stripe_events', '100', x, x, x, x, x, x, x, x, x, x, '0');
  -- Two confirmation mails, Ada's about the request and about what Dorothy wrote.
  perform pg_temp.ask('claim_commands', '100',                      x, x, x, x, x, x, x, x, x, x, '25');
  perform pg_temp.ask('claim_calendar_feeds', '10',                 x, x, x, x, x, x, x, x, x, x, '2');
  perform pg_temp.ask('apply_calendar_feed', 'tests.id(''feed of mill''), 1, ''{}'', 0, ''{}'', ''{}'', null, null',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('keep_calendar_feed', 'tests.id(''feed of mill''), 1', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('fail_calendar_feed', 'tests.id(''feed of mill''), 1, ''too_slow'', null',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('load_exchange_rates', '''EUR'', ''2031-05-20'', ''{"USD": 1.1}'', ''A bank''',
    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('zones_to_compare', '''deno''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('record_zone_data', '''deno'', ''2.0.0'', ''{}''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('zone_rules', '''{UTC}'', ''2031-01-01'', ''2032-01-01''', x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('export_calendar', '''nothing'', null',       x, x, x, x, x, x, x, x, x, x, 'calendar_not_found');
  perform pg_temp.ask('finish_command', 'tests.id(''command'')',    x, x, x, x, x, x, x, x, x, x, '1');
  perform pg_temp.ask('fail_command', 'tests.id(''command''), ''gone'', true', x, x, x, x, x, x, x, x, x, x, '1');
end $$;

select set_eq(
  $$ select proname::text from pg_proc where pronamespace = 'public'::regnamespace $$,
  $$ select verb from asks $$,
  'somebody has thought about who asks for each verb');

create function pg_temp.hear(altering boolean) returns setof text language sql as $$
  select is(
    tests.outcome(person.name, statement),
    person.outcome,
    format('%s: %s', initcap(person.name), substr(statement, 22)))
  from asks, jsonb_each_text(to_jsonb(asks) - 'verb' - 'statement') as person (name, outcome)
  where (verb like '%\_alteration') = altering
  order by verb, statement, person.name
$$;
select pg_temp.hear(altering => false);
select pg_temp.no_show(false);
select pg_temp.hear(altering => true);
select pg_temp.no_show(true);

-- What staff do is written down

create function pg_temp.writes_it_down(statement text) returns boolean language plpgsql as $$
declare
  written boolean;
begin
  begin
    perform tests.become('sam');
    execute statement;
    perform tests.back();
    written := exists (
      select from private.audit_log where actor_id = tests.person('sam') and happened_at = private.now());
    raise exception using errcode = 'UNDO1';
  exception when sqlstate 'UNDO1' then
    return written;
  end;
end $$;
insert into private.suspensions (profile_id, reason) values (tests.person('dorothy'), 'Test.');
insert into private.hidden_listings (listing_id, hidden_at) values (tests.id('barn'), private.now());
insert into private.payout_holds (kind, source_id, booking_id, placed_at)
values ('fraud_warning', 'issfr_0', tests.id('visit'), private.now());
select ok(
  pg_temp.writes_it_down(replace(statement, case verb when 'staff_lift_suspension' then 'katherine' else 'mill' end,
    case verb when 'staff_lift_suspension' then 'dorothy' when 'staff_show_listing' then 'barn' else 'mill' end)),
  'in the log: ' || substr(statement, 22))
from asks join pg_proc on proname = verb and pronamespace = 'public'::regnamespace and provolatile = 'v'
where katherine = 'staff_only' and sam !~ '[a-z]';
delete from private.suspensions;
delete from private.hidden_listings;
delete from private.payout_holds where source_id = 'issfr_0';

-- Private rooms

select is(
  tests.outcome(person, format('select from private.%I', relname)),
  '42501',
  format('%s does not get into private.%s', initcap(person), relname))
from unnest(array['anon', 'ada', 'sam', 'service']) as person, pg_class
where relnamespace = 'private'::regnamespace and relkind in ('r', 'p')
order by relname, person;
select is(
  tests.outcome(person, 'select private.may_manage(tests.id(''mill''), ''see'')'), '42501',
  format('%s calls no rule of private by name', initcap(person)))
from unnest(array['anon', 'ada', 'service']) as person;

-- A stay that is over opens no door any more

select is(tests.outcome('grace', 'select from public.listing_access'), '1', 'Grace has the door code for her stay');
savepoint before_the_end;
select private.move_booking(tests.id('visit'), 'completed', 'system', null, null);
select is(tests.outcome('grace', 'select from public.listing_access'), '0',
  'Grace does not have the door code when her stay is over');
select is(tests.outcome('grace', 'select from public.listing_addresses'), '0',
  'after the stay Grace sees no street');
select is(tests.outcome('grace', format('select public.booking_contacts(%L)', tests.id('visit'))), 'not_confirmed',
  'after the stay Grace does not see her host''s telephone');
select is(tests.outcome('ada', format('select public.booking_contacts(%L)', tests.id('visit'))), 'not_confirmed',
  'after the stay Ada does not see her guest''s telephone');
select is(tests.outcome('grace', 'select from public.bookings'), '1',
  'after the stay Grace keeps her booking');
rollback to before_the_end;
select private.move_booking(tests.id('visit'), 'cancelled_by_host', 'host', 'flooded', null);
select is(tests.outcome('grace', 'select from public.listing_access'), '0', 'a cancelled stay opens no door');
select is(tests.outcome('grace', 'select from public.listing_addresses'), '0',
  'a cancelled stay shows no street');
select is(tests.outcome('grace', format('select public.booking_contacts(%L)', tests.id('visit'))), 'not_confirmed',
  'a cancelled stay shows no telephone');
rollback to before_the_end;

-- A home that is taken out of search stays in sight of those who booked it

select tests.become('ada');
select public.hide_listing(tests.id('mill'));
select tests.back();
select is(tests.outcome('grace', format('select from public.listings where listing_id = %L', tests.id('mill'))), '1',
  'Grace still sees the hidden mill she booked');
select is(tests.outcome('grace', 'select from public.listing_photos'), '2',
  'Grace still sees the photo of the hidden mill');
select is(tests.outcome('margaret', format('select from public.listings where listing_id = %L', tests.id('mill'))), '1',
  'Margaret still sees the hidden home she is about to pay for');
select is(tests.outcome('katherine', format('select from public.listings where listing_id = %L', tests.id('mill'))), '0',
  'Katherine does not see a hidden home that she has not booked');
select is(tests.outcome('anon', 'select from public.listings'), '1',
  'somebody unknown sees the tower alone');
rollback to before_the_end;

-- A co-host who was removed loses all of it at once, however fresh the token

select tests.become('ada');
select public.remove_cohost(tests.id(home), tests.person('hedy')) from unnest(array['mill', 'shed']) as home;
select tests.back();
select is(tests.outcome('hedy', format('select from public.%I', relation)), rows,
  format('Hedy, removed, sees %s of %s', rows, relation))
from (values
  ('bookings', '0'), ('booking_lines', '0'), ('booking_history', '0'), ('listing_addresses', '0'),
  ('listing_access', '0'), ('listing_hosts', '0'), ('calendar_days', '0'), ('listings', '2'),
  ('profiles', '3')) as expected (relation, rows);
select is(tests.outcome('hedy', 'update public.listings set title = ''Mine'''), '0',
  'a removed co-host edits no listing');
select is(tests.outcome('hedy', format('select public.accept_booking(%L)', tests.id('question'))), 'booking_not_found',
  'a removed co-host answers no request');
select is(tests.outcome('hedy', format('select public.block_nights(%L, ''2031-07-01'', ''2031-07-03'')', tests.id('mill'))),
  'not_your_listing', 'a removed co-host blocks no nights');
rollback to before_the_end;

-- An unpaid booking comes into the host's sight with its money

select is(tests.outcome('ada', format('select from public.profiles where profile_id = %L', tests.person('margaret'))), '0',
  'Ada does not know Margaret while the hold is unpaid');
select tests.money('hold', 'succeeded');
select is(tests.outcome('ada', format('select from public.bookings where booking_id = %L', tests.id('hold'))), '1',
  'Ada sees a booking once it is paid');
select is(tests.outcome('ada', format('select from public.booking_lines where booking_id = %L', tests.id('hold'))), '2',
  'Ada sees the lines of a paid booking');
select is(tests.outcome('ada', format('select from public.host_totals where booking_id = %L', tests.id('hold'))), '1',
  'Ada sees her payout');
select is(tests.outcome('ada', format('select from public.guest_totals where booking_id = %L', tests.id('hold'))), '0',
  'Ada does not see what Margaret pays');
select is(tests.outcome('ada', format('select from public.profiles where profile_id = %L', tests.person('margaret'))), '1',
  'Ada sees the profile of the guest of a paid booking');
rollback to before_the_end;

-- A suspended account decides nothing, and hosts nothing, from one call to the next

insert into private.suspensions (profile_id, reason)
values (tests.person('ada'), 'Test.'), (tests.person('grace'), 'Test.');

-- Whoever writes past the verbs is asked by a policy, and every such policy asks a rule that knows suspensions.
select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies
     where schemaname in ('public', 'storage', 'realtime') and cmd in ('INSERT', 'UPDATE', 'DELETE', 'ALL')
       and coalesce(qual, '') || coalesce(with_check, '')
         !~ 'private\.(may_manage\(|listings_of_caller\(|caller_is_active\()' $$,
  'every policy to write asks may_manage, listings_of_caller or caller_is_active');
select is_empty(
  $$ select role, permission from private.host_rights where while_suspended and permission not in ('see', 'bookings', 'payouts') $$,
  'a suspended host keeps only rights to look');

create temp view decisions as
  select statement from asks
  where grace <> '42501'
    -- A receipt that is due is issued when it is asked for, to whoever paid.
    and verb <> 'booking_receipt'
    and exists (
      select from pg_proc
      where pronamespace = 'public'::regnamespace and proname = verb and provolatile = 'v');
select cmp_ok((select count(*) from decisions), '>', 20::bigint,
  'the verbs that decide something are listed');
select is(tests.outcome(person, statement), 'account_suspended',
  format('%s, suspended: %s', initcap(person), substr(statement, 22)))
from decisions, unnest(array['ada', 'grace']) as person
order by statement, person;
select ok(tests.outcome(person, statement) in ('0', '42501'),
  format('%s, suspended: %s', initcap(person), btrim(regexp_replace(statement, '\s+', ' ', 'g'))))
from deeds, unnest(array['ada', 'grace']) as person
order by statement, person;
select is(tests.outcome('ada', statement), outcome, format('Ada, suspended: %s', statement))
from (values
  ('select from public.bookings', '2'),
  ('select from public.host_totals', '2'),
  ('select from public.listing_addresses', '0'),
  ('select from public.cohost_invitations', '0'),
  ('select from public.calendar_feeds', '0'),
  ('select from public.imported_events', '0'),
  ('select from public.calendar_conflicts()', '0'),
  ('update public.listings set title = ''Mine''', '0'),
  ('update public.listing_prices set base_price_minor = 1', '0'),
  ('update public.booking_rules set minimum_nights = 1', '0'),
  ('delete from public.listing_photos', '0'),
  ('insert into public.listing_amenities (listing_id, amenity) values (tests.id(''shed''), ''pool'')', '42501')
) as expected (statement, outcome);
select is(tests.outcome('ada', format('select public.booking_contacts(%L)', tests.id('visit'))), 'booking_not_found',
  'Ada, suspended, sees who comes, not how to reach them');
select is(tests.outcome('grace', format('select public.booking_contacts(%L)', tests.id('visit'))), '2',
  'Grace sees how to reach her');
select is(tests.outcome('katherine', format('select public.quote_stay(%L, ''2031-07-10'', ''2031-07-12'')', tests.id('mill'))),
  'host_unavailable', 'a suspended host''s home takes no bookings');
select is(tests.outcome('grace', 'select from public.bookings'), '1', 'Grace, suspended, still reads her own booking');
delete from private.suspensions;
select is(tests.outcome('ada', 'select from public.bookings'), '2', 'lifted, Ada hosts again');
rollback to before_the_end;

-- A token outlives its account, and is worth nothing then

delete from auth.users where id = tests.person('katherine');
select set_config('role', 'authenticated', true),
  set_config('request.jwt.claims', jsonb_build_object('sub', md5('staybase katherine')::uuid, 'role', 'authenticated')::text, true);
select throws_ok(
  $$ select public.create_listing(gen_random_uuid(), 'Loft', 'Europe/Paris', 'EUR') $$,
  'PT403', 'account_closed', 'Katherine''s token made no listing after her account was gone');
select throws_ok(
  $$ select public.block_person(md5('staybase grace')::uuid) $$,
  'PT403', 'account_closed', 'a token of a deleted account blocks nobody');
select tests.back();

select * from finish();
rollback;
