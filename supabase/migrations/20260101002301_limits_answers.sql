-- Answers: which fields of an answer can be empty, and which words a field can hold.
--
-- Postgres knows neither of a composite type: every field of it may be null. So it is written here,
-- once, and read from here by whoever describes the API: `npm run types` for TypeScript, and the
-- same for other descriptions.
--
-- Rule: no field of an answer is ever null, unless its comment says "Null: why". A comment that
-- says "One of: ..." lists every word that the field can hold. Both stand in comments, so that a
-- person who reads the type reads it, too.

create function private.answer_fields()
  returns table (
    answer   text,
    field    text,
    nullable boolean,
    words    text[])
  language sql stable security invoker set search_path = ''
begin atomic
  select pg_type.typname::text, pg_attribute.attname::text,
    coalesce(said.comment ~ '\mNull: ', false),
    string_to_array(substring(said.comment from '\mOne of: ([a-z_, ]+)\.'), ', ')
  from pg_catalog.pg_type
  join pg_catalog.pg_class on pg_class.oid = pg_type.typrelid and pg_class.relkind = 'c'
  join pg_catalog.pg_attribute
    on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped
  cross join lateral (
    select pg_catalog.col_description(pg_class.oid, pg_attribute.attnum) as comment) as said
  where pg_type.typnamespace = 'public'::regnamespace
  order by pg_type.typname, pg_attribute.attnum;
end;

comment on function private.answer_fields is
  'Rule: which fields of each answer can be null: only those whose comment says "Null: "; and '
  'which words a field can hold, if it says "One of: ".';

-- Bookings

comment on column public.alteration_terms.alteration_id is 'Null: in a preview.';
comment on column public.alteration_terms.status is 'Null: in a preview.';
comment on column public.alteration_terms.expires_at is 'Null: in a preview.';
comment on column public.alteration_terms.guest_fee_minor is 'Null: for hosts.';
comment on column public.alteration_terms.total_minor is 'Null: for hosts.';
comment on column public.alteration_terms.difference_minor is 'Null: for hosts.';
comment on column public.alteration_terms.payout_minor is
  'Null: for guests, and for hosts who cannot see payouts.';
comment on column public.booking_contact.email is 'Null: for hosts without a login.';
comment on column public.booking_contact.phone is 'Null: if none was given.';
comment on column public.booking_hold.expires_at is
  'Null: if the booking is not waiting for anything.';
comment on column public.cancellation_preview.rule is 'Null: if the stay was never confirmed.';
comment on column public.cancellation_preview.refund_minor is 'Null: for hosts.';
comment on column public.cancellation_preview.owed_minor is 'Null: for hosts.';
comment on column public.cancellation_preview.payout_minor is
  'Null: for guests, and for hosts who cannot see payouts.';
comment on column public.cancellation_preview.penalty_minor is
  'Null: for guests, and for hosts who cannot see payouts.';
comment on column public.stay_line.night is 'Null: for lines that are not about a single night.';
comment on column public.stay_quote.discount is
  'One of: new_listing, length_of_stay, early_bird, last_minute. Null: without a discount.';
comment on column public.planned_charge.instalment is
  'Which 30 nights it pays for, from 1. A number is left out where nights too cheap to be charged '
  'to a card are paid with those before.';
comment on column public.planned_charge.charge_at is 'Null: charged at once, when the guest books.';

-- Homes and calendars

comment on column public.calendar_conflict.booking_id is
  'Null: for a hold that is not placed, and for hosts who cannot see bookings.';
comment on column public.calendar_conflict.summary is 'Null: if the other calendar gives none.';
comment on column public.calendar_entry.price_minor is 'Null: for a draft without a price.';
comment on column public.calendar_link.feed_id is
  'Null: for the general link, which is not for one feed.';
comment on column public.cohost_invitation_card.city is 'Null: for a draft without a location.';
comment on column public.feed_event.summary is 'Null: if the event has none.';
comment on column public.found_listing.city is 'Null: for a listing without a location.';
comment on column public.found_listing.country_code is 'Null: for a listing without a location.';
comment on column public.found_listing.rating is 'Null: before the third review.';
comment on column public.found_listing.nights is 'Null: without dates in the search.';
comment on column public.found_listing.total_minor is 'Null: without dates in the search.';
comment on column public.found_listing.distance_metres is 'Null: without a point in the search.';
comment on column public.found_listing.photo_path is 'Null: without a photo.';
comment on column public.flexible_stay.city is 'Null: for a listing without a location.';
comment on column public.flexible_stay.country_code is 'Null: for a listing without a location.';
comment on column public.flexible_stay.rating is 'Null: before the third review.';
comment on column public.flexible_stay.distance_metres is 'Null: without a point in the search.';
comment on column public.flexible_stay.photo_path is 'Null: without a photo.';
comment on column public.listing_block.note is 'Null: without a note.';
comment on column public.calendar_run.price_minor is 'Null: for a draft without a price.';
comment on column public.calendar_run.price_is_own is
  'Whether these days have a price of their own (set_calendar), instead of that of the listing.';
comment on column public.calendar_run.minimum_is_own is
  'Whether these days have minimum nights of their own, instead of those of the booking rules.';
comment on column public.taken_nights.kind is
  'One of: hold, stay, preparation, block, import, host_cancelled.';
comment on column public.taken_nights.note is
  'The note of a block, or the summary of an event of another calendar. Null: without one, and for '
  'an event if the caller does not keep the calendar.';
comment on column public.taken_nights.feed_id is
  'Null: for all but imported events, and if the caller does not keep the calendar.';
comment on column public.taken_nights.booking_id is
  'Null: without a booking, for a hold that is not placed, and for hosts who cannot see bookings.';
comment on column public.taken_nights.booking_status is 'Null: without booking_id.';
comment on column public.taken_nights.guest_id is 'Null: without booking_id.';
comment on column public.taken_nights.guest_name is 'Null: without booking_id.';
comment on column public.taken_nights.guests is 'Null: without booking_id.';
comment on column public.taken_nights.expires_at is
  'When an unpaid hold or an unanswered request ends. Null: for nights that are taken for good.';

-- People, messages, wishlists

comment on column public.conversation_card.last_message is
  'Null: if the last entry is an event, or its author has left.';
comment on column public.conversation_card.last_event is 'Null: if the last entry is a message.';
comment on column public.review_reply.reply is 'Null: before the first reply.';
comment on column public.review_reply.replied_at is 'Null: before the first reply.';
comment on column public.linked_wishlist.check_in is 'Null: for a wishlist without dates.';
comment on column public.linked_wishlist.check_out is 'Null: for a wishlist without dates.';
comment on column public.linked_wishlist.guests is 'Null: for a wishlist without guests.';
comment on column public.wishlist_summary.check_in is 'Null: for a wishlist without dates.';
comment on column public.wishlist_summary.check_out is 'Null: for a wishlist without dates.';
comment on column public.wishlist_summary.guests is 'Null: for a wishlist without guests.';
comment on column public.wishlist_person.avatar_path is 'Null: without a profile picture.';
comment on column public.wishlist_card.title is 'Null: for a home that is no longer visible.';
comment on column public.wishlist_card.city is
  'Null: for a home that is no longer visible or has no location.';
comment on column public.wishlist_card.country_code is
  'Null: for a home that is no longer visible or has no location.';
comment on column public.wishlist_card.photo_path is 'Null: without a photo.';
comment on column public.wishlist_card.rating is 'Null: before the third review.';
comment on column public.wishlist_card.currency is 'Null: for a home that is no longer visible.';
comment on column public.wishlist_card.price_minor is 'Null: for a home that is no longer visible.';
comment on column public.wishlist_card.total_minor is
  'Null: without dates, or if the stay is not possible.';
comment on column public.wishlist_card.problem is
  'A code that says why the stay is not possible. One of: listing_not_found, host_unavailable, '
  'own_listing, too_many_guests, pets_not_allowed, date_in_past, too_short_notice, '
  'outside_booking_window, below_minimum_nights, above_maximum_nights, arrival_not_allowed, '
  'departure_not_allowed, nights_taken. Null: when it is, or without dates.';
comment on column public.wishlist_card.note is
  'Null: without a note, or for people who are not members.';
comment on column public.wishlist_card.added_by is 'Null: for people who are not members.';
comment on column public.wishlist_card.added_by_name is 'Null: for people who are not members.';
comment on column public.wishlist_card.up_votes is 'Null: for people who are not members.';
comment on column public.wishlist_card.down_votes is 'Null: for people who are not members.';
comment on column public.wishlist_card.own_vote is 'Null: if the caller has not voted.';

-- Receipts

comment on column public.receipt_line.night is 'Null: for lines that are not about a single night.';
comment on column public.receipt_line.jurisdiction is 'Null: for lines that are not a tax.';
comment on column public.receipt_line.kind is
  'One of: stay, night, extra_guests, cleaning, pets, service_fee, tax.';
comment on column public.receipt_movement.kind is 'One of: payment, refund.';
comment on column public.receipt_movement.reason is
  'The purpose of a payment, or the reason for a refund. One of: stay, shortfall, damage, '
  'alteration, declined, expired, payment_conflict, cancelled_by_guest, cancelled_by_host, '
  'cancelled_by_staff, no_show, paid_after_the_end, amount_mismatch, customer_mismatch, unpaid, '
  'altered, alteration_ended, complaint, dispute_won, dashboard.';
comment on column public.receipt_movement.status is
  'The status of the payment or refund. One of: pending, processing, authorized, captured, '
  'cancelled, succeeded, failed.';

-- Staff

comment on column public.audit_entry.actor is 'One of: person, server, database.';
comment on column public.audit_entry.actor_id is 'Null: if the actor was not a person.';
comment on column public.audit_entry.object_id is 'Null: if it is not about a single object.';
comment on column public.staff_decision.report_id is 'Null: without a report.';
comment on column public.staff_decision.staff_id is 'Null: if a server decided.';
comment on column public.staff_decision.profile_id is 'Null: if it is not about a person.';
comment on column public.staff_report.reporter_id is
  'Null: after the reporter deleted their account.';
comment on column public.staff_report.profile_id is 'Null: if it is not about a person.';
comment on column public.staff_report.excerpt is 'Null: if there was nothing to quote.';
comment on column public.staff_report.body is 'Null: after its text was erased.';
comment on column public.staff_report.claimed_by is 'Null: before a staff member claims it.';
comment on column public.staff_report.claimed_at is 'Null: before a staff member claims it.';
comment on column public.staff_report.closed_at is 'Null: while it is open.';

-- Servers

comment on column public.calendar_feed_to_read.etag is 'Null: if the feed has to be read in full.';
comment on column public.calendar_feed_to_read.last_modified is
  'Null: if the feed has to be read in full.';
comment on column public.command_to_run.booking_id is
  'Null: for commands that are not about a booking.';
comment on column public.command_to_run.payment_id is
  'Null: for commands that are not about a payment.';
comment on column public.command_to_run.refund_id is
  'Null: for commands that are not about a refund.';
comment on column public.command_to_run.payout_id is
  'Null: for commands that are not about a payout.';
comment on column public.command_to_run.reversal_id is
  'Null: for commands that are not about a reversal.';
comment on column public.command_to_run.amount_minor is 'Null: for commands that move no money.';
comment on column public.command_to_run.currency is 'Null: for commands that move no money.';
comment on column public.command_to_run.capture_mode is
  'Null: for commands that are not about a payment.';
comment on column public.command_to_run.saves_card is
  'Null: for commands that are not about a payment.';
comment on column public.command_to_run.charge_at is
  'Null: for commands that are not about a later charge.';
comment on column public.command_to_run.guest_id is
  'Null: for commands that are not about a guest.';
comment on column public.command_to_run.stripe_customer_id is 'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_intent_id is 'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_setup_intent_id is
  'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_payment_method_id is
  'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_charge_id is 'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_account_id is 'Null: until it exists at Stripe.';
comment on column public.command_to_run.stripe_transfer_id is 'Null: until it exists at Stripe.';
comment on column public.command_to_run.template is 'Null: for commands that do not send e-mail.';
comment on column public.command_to_run.recipient is 'Null: for commands that do not send e-mail.';
comment on column public.command_to_run.locale is 'Null: for commands that do not send e-mail.';
comment on column public.command_to_run.facts is 'Null: for commands that need none.';
comment on column public.command_to_run.problem is
  'Null: if the database has everything the command needs.';
comment on column public.host_account_start.contact_email is 'Null: without an e-mail address.';
comment on column public.host_account_start.stripe_account_id is 'Null: until it exists at Stripe.';
comment on column public.stripe_check_to_run.read_from is
  'Null: for polls that are not about the balance.';
comment on column public.stripe_check_to_run.read_until is
  'Null: for polls that are not about the balance.';
comment on column public.stripe_check_to_run.floors is
  'Null: for polls that are not about the balance floor.';
comment on column public.payment_start.mode is 'One of: payment, setup.';
comment on column public.payment_start.charge_at is 'Null: charged at once.';
comment on column public.payment_start.stripe_customer_id is 'Null: until it exists at Stripe.';
comment on column public.payment_start.stripe_intent_id is 'Null: until it exists at Stripe.';
comment on column public.payment_start.expires_at is
  'Null: for a payment that does not hold any nights.';
comment on column public.stripe_event_to_apply.object_id is
  'Null: for an event that is not about an object.';
comment on column public.stripe_movement.object_id is 'Null: for a movement without a source.';
comment on column public.stripe_movement.about_id is
  'Null: for a movement that is not about another object.';
comment on column public.webhook_attempt.status_code is 'Null: if there was no response.';
comment on column public.webhook_attempt.problem is 'Null: if it succeeded.';
comment on column public.webhook_attempt.took_ms is 'Null: if there was no response.';
comment on column public.webhook_endpoint.event_types is 'Null: for all events.';
comment on column public.webhook_endpoint.secret is 'Null: if it was already shown.';
comment on column public.webhook_endpoint.disabled_at is 'Null: while it is enabled.';
