-- Refusals: every way in which Staybase says no. The code is a promise and keeps its meaning; the
-- sentence is for people and may change. types/refusals.ts, docs/errors.md and the table of the
-- edge functions are generated from these rows.

create table private.refusals (
  code      text     primary key,
  topic     text     not null,
  status    smallint not null,
  raised_by text     not null,
  detail    text     not null,
  position  integer  generated always as identity,

  constraint refusals_have_codes     check (code ~ '^[a-z]+(_[a-z]+)*$'),
  constraint refusals_have_a_status  check (status = 0 or status between 400 and 599),
  constraint refusals_are_raised
    check (raised_by in ('database', 'functions', 'both', 'client')),
  constraint refusals_are_sentences  check (detail ~ '^[A-Z`].*\.$')
);

create table private.refusal_details (
  code   text not null references private.refusals,
  about  text not null,
  detail text not null,

  primary key (code, about)
);

alter table private.refusals enable row level security;
alter table private.refusal_details enable row level security;

comment on table private.refusals is 'The vocabulary of errors, in the order of docs/errors.md.';
comment on column private.refusals.status is 'The HTTP status of the response; 0 if there is none.';
comment on column private.refusals.raised_by is
  'The database, the edge functions, both, or codeOf in the client alone.';
comment on column private.refusals.detail is 'What it means, in one sentence.';
comment on table private.refusal_details is
  'More specific sentences for a refusal; each %s stands for a value.';

create function private.refuse(
  code text, about text default null, variadic given text[] default '{}')
  returns void language plpgsql stable security definer set search_path = ''
as $$
declare
  refusal  private.refusals;
  sentence text;
begin
  select * into strict refusal from private.refusals where refusals.code = refuse.code;
  sentence := refusal.detail;
  if about is not null then
    select refusal_details.detail into strict sentence from private.refusal_details
    where refusal_details.code = refuse.code and refusal_details.about = refuse.about;
    sentence := format(sentence, variadic given);
  end if;
  raise exception '%', refusal.code using errcode = 'PT' || refusal.status, detail = sentence;
end $$;

comment on function private.refuse is
  'Ends the transaction with this code, its status and a sentence. Values are passed as text.';

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Signing in and permissions', refusal.* from (values
  ('sign_in_required', 401, 'both',
   'Nobody is signed in, or the access token is invalid or expired.'),
  ('account_closed', 403, 'database', 'The account this token belongs to was deleted.'),
  ('account_suspended', 403, 'database',
   'The account is suspended: it can read but not make changes.'),
  ('not_allowed', 403, 'database',
   'Your role has no grant or policy for this; with status 401, because nobody is signed in.'),
  ('invalid_api_key', 401, 'client', 'The API key is missing or does not belong to this project.'),
  ('not_your_listing', 403, 'database',
   'Only a host of this listing with the required role may do this.'),
  ('secret_key_required', 401, 'functions',
   'This function is for servers and must be called with the secret key.'),
  ('invalid_credentials', 400, 'client', 'Auth: the password or code is wrong.'),
  ('email_not_confirmed', 400, 'client', 'Auth: confirm the e-mail address or phone number first.'),
  ('weak_password', 422, 'client',
   'Auth: the password is too weak or the same as the current one.'),
  ('link_expired', 403, 'client',
   'Auth: the link or code was already used, has expired or was opened in another browser.'),
  ('sign_up_disabled', 422, 'client', 'Auth: this way to sign up or sign in is disabled.'),
  ('captcha_failed', 400, 'client', 'Auth: the CAPTCHA was not solved.'),
  ('second_factor_required', 403, 'database',
   'Sign in again with a second factor: Auth or a staff action requires it.'),
  ('too_many_requests', 429, 'client', 'Auth: too many requests or e-mails. Try again later.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Records and links not found', refusal.* from (values
  ('booking_not_found', 404, 'database', 'This booking does not exist, or you may not see it.'),
  ('conversation_not_found', 404, 'database',
   'This conversation does not exist, or you are not part of it.'),
  ('listing_not_found', 404, 'database', 'This listing does not exist or is not published.'),
  ('payment_not_found', 404, 'database', 'Server: no payment belongs to this intent (yet).'),
  ('profile_not_found', 404, 'database', 'This person does not exist.'),
  ('inquiry_not_found', 404, 'database',
   'This inquiry does not exist, or it is not about a home you host.'),
  ('alteration_not_found', 404, 'database',
   'This alteration does not exist, or it is not for one of your bookings.'),
  ('offer_not_found', 404, 'database', 'This offer does not exist, or it is not yours.'),
  ('wishlist_not_found', 404, 'database', 'This wishlist does not exist, or you may not see it.'),
  ('link_not_found', 404, 'database',
   'This link is invalid, was revoked or is for something else.'),
  ('review_not_found', 404, 'database', 'This review does not exist, or it is not about you.'),
  ('calendar_not_found', 404, 'both', 'There is no calendar at this address, or it was removed.'),
  ('feed_not_found', 404, 'database',
   'This calendar feed does not exist, or you do not manage it.'),
  ('refund_not_found', 404, 'database', 'This refund does not exist.'),
  ('not_found', 404, 'client', 'No row matched a query with `.single()`.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Invalid requests', refusal.* from (values
  ('already_exists', 409, 'client', 'This row already exists.'),
  ('invalid_body', 400, 'functions',
   'The request body is not JSON of the expected shape; the detail names the field.'),
  ('invalid_reference', 409, 'client',
   'The row refers to one that does not exist, or other rows still refer to it.'),
  ('invalid_request', 400, 'client',
   'The API does not understand the request: an unknown table, column, verb or argument, or a '
   'filter that cannot be parsed.'),
  ('invalid_value', 400, 'database',
   'A value has the wrong type, is out of range or violates a constraint of its table.'),
  ('message_too_long', 400, 'database', 'Messages and reasons are limited to 2000 characters.'),
  ('body_too_large', 413, 'functions', 'The request body is too large.'),
  ('method_not_allowed', 405, 'functions',
   'Call functions with POST, and calendar-export with GET.'),
  ('count_not_allowed', 400, 'database',
   'Planned and estimated counts would reveal rows you may not see; use `exact` or no count.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Dates and guests', refusal.* from (values
  ('dates_required', 400, 'database', 'Give the first day and the day after the last one.'),
  ('invalid_dates', 400, 'database',
   'A day must be a valid date written YYYY-MM-DD, without a time.'),
  ('dates_reversed', 400, 'database', 'The end must be after the start.'),
  ('too_many_days', 400, 'database', 'Use a range of at most 800 days.'),
  ('invalid_guests', 400, 'database',
   'There must be at least one guest, one of them an adult, at most 50 infants, and no negative '
   'number of pets. child_ages are the ages of the children among the guests, each from 2 to 17.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Availability and booking rules', refusal.* from (values
  ('host_unavailable', 409, 'database',
   'The host is unavailable, in general or to you; which of the two is not disclosed.'),
  ('own_listing', 422, 'database', 'You host this home, so you cannot book it or ask about it.'),
  ('too_many_guests', 422, 'database', 'The home does not sleep this many guests.'),
  ('pets_not_allowed', 422, 'database', 'The host does not accept this many pets.'),
  ('date_in_past', 422, 'database', 'The check-in date has passed in the listing''s time zone.'),
  ('too_short_notice', 422, 'database', 'The host needs more time between booking and arrival.'),
  ('outside_booking_window', 422, 'database',
   'The host has not opened these nights for booking yet.'),
  ('below_minimum_nights', 422, 'database', 'The host requires a longer stay.'),
  ('above_maximum_nights', 422, 'database', 'The host only accepts shorter stays.'),
  ('arrival_not_allowed', 422, 'database', 'Check-in is not possible on this day.'),
  ('departure_not_allowed', 422, 'database', 'Check-out is not possible on this day.'),
  ('nights_taken', 409, 'database',
   'At least one of these nights is booked or blocked by the host.'),
  ('below_minimum_charge', 422, 'database', 'The amount is too small to be charged to a card.'),
  ('above_maximum_charge', 422, 'database',
   'The amount is too large to be charged to a card at once.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Bookings, cancellations and claims', refusal.* from (values
  ('booking_id_required', 400, 'database', 'Give a booking_id: a UUID chosen by the client.'),
  ('feed_exists', 409, 'database', 'This calendar is already connected to this listing.'),
  ('invalid_calendar_url', 400, 'database',
   'Give the https, http or webcal address of a calendar, without user, password or port.'),
  ('invalid_patterns', 400, 'database',
   'Give at most 10 patterns of at most 100 characters, each with more in it than `*`.'),
  ('too_many_drafts', 409, 'database',
   'The owner has reached the limit of drafts; publish one first.'),
  ('too_many_feeds', 409, 'database',
   'At most 20 calendars can be connected to a listing, and 200 to all homes of an owner.'),
  ('id_reused', 409, 'database', 'This id is already used for something else; choose a new one.'),
  ('price_changed', 409, 'database', 'The price is not the expected one; show a new quote.'),
  ('terms_changed', 409, 'database',
   'The cancellation policy is not the expected one; show a new quote.'),
  ('too_many_holds', 409, 'database',
   'Pay or withdraw one of your unpaid bookings first, or you held this home too often today '
   'without paying.'),
  ('too_many_open_requests', 409, 'database',
   'You have too many open requests; withdraw one or wait for an answer.'),
  ('too_many_unpaid_stays', 409, 'database',
   'You have too many stays for which nothing is paid yet: free ones, and those charged later.'),
  ('unpaid_stays_overlap', 409, 'database',
   'Another of your stays for which nothing is paid yet includes some of these nights.'),
  ('already_accepted', 409, 'database',
   'The host has accepted this request; it can no longer be declined or withdrawn.'),
  ('not_awaiting_answer', 409, 'database', 'This booking is not a request waiting for an answer.'),
  ('request_expired', 409, 'database', 'The time to answer this request has passed.'),
  ('not_withdrawable', 409, 'database',
   'Only an unpaid booking or an unanswered request can be withdrawn.'),
  ('not_confirmed', 409, 'database',
   'Contact details, complaints and damage claims are only available for confirmed bookings.'),
  ('contacts_closed', 409, 'database',
   'Contact details are shown from the first payment, or the end of the grace period, until '
   'check-out.'),
  ('illegal_move', 409, 'database', 'A booking cannot change from its current status to this one.'),
  ('not_cancellable', 409, 'database', 'Only a confirmed stay can be cancelled.'),
  ('stay_over', 409, 'database', 'The stay is over and can no longer be cancelled or altered.'),
  ('refund_changed', 409, 'database', 'The refund is not the expected one; show a new preview.'),
  ('staff_member', 403, 'database',
   'Staff cannot suspend other staff; only a server can (suspend_person).'),
  ('below_price_floor', 403, 'database',
   'Only the owner can go below the price; co-hosts can go down to the floor the owner set.'),
  ('staff_only', 403, 'database', 'Only staff of the marketplace may do this.'),
  ('invalid_refund', 422, 'database',
   'A refund must be between 0 and the total, in multiples of the currency''s smallest coin.'),
  ('reason_required', 400, 'database', 'Give a reason of at most 2000 characters.'),
  ('stay_not_under_way', 409, 'database',
   'A no-show can only be reported between check-in and check-out of a confirmed stay.'),
  ('no_show_not_found', 404, 'database', 'No no-show was reported for this booking.'),
  ('no_show_closed', 409, 'database',
   'The no-show report was withdrawn, superseded or decided otherwise, and cannot be filed again.'),
  ('objection_too_late', 409, 'database', 'The time to object to the no-show report has passed.'),
  ('complaint_incomplete', 400, 'database',
   'A complaint needs an id, a category and a text; an answer needs a text.'),
  ('complaint_not_found', 404, 'database', 'This complaint does not exist, or it is not yours.'),
  ('complaint_open', 409, 'database', 'Another complaint about this stay is still undecided.'),
  ('complaint_closed', 409, 'database', 'The complaint was withdrawn or decided otherwise.'),
  ('complaint_too_late', 409, 'database', 'Complaints must be filed within 72 hours of check-in.'),
  ('stay_not_begun', 409, 'database',
   'The stay has not begun; it can be cancelled, but complaints and damage claims are not possible '
   'yet.'),
  ('already_answered', 409, 'database',
   'The host has already answered this complaint with a different text.'),
  ('claim_incomplete', 400, 'database',
   'A damage claim needs an id and a description of the damage.'),
  ('claim_not_found', 404, 'database', 'This damage claim does not exist, or it is not yours.'),
  ('claim_open', 409, 'database', 'Another damage claim for this stay is not settled yet.'),
  ('claim_closed', 409, 'database', 'The damage claim was withdrawn, decided or paid.'),
  ('claim_too_late', 409, 'database', 'Damage must be claimed within 14 days of check-out.'),
  ('claim_waits_for_guest', 409, 'database',
   'Staff can decide once the guest has objected or has not answered for 24 hours.'),
  ('invalid_damage', 422, 'database',
   'A claim or award must be an amount that can be charged to a card and is within the limit for a '
   'stay in this currency, and an award cannot exceed its claim.'),
  ('decision_required', 400, 'database', 'Give a decision: true or false.'),
  ('frozen', 409, 'database', 'Agreed terms and past events cannot be changed.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Messages', refusal.* from (values
  ('message_id_required', 400, 'database', 'Give a message_id: a UUID chosen by the client.'),
  ('message_empty', 400, 'database', 'A message needs a text.'),
  ('guest_unavailable', 409, 'database', 'This guest is not receiving messages at the moment.'),
  ('too_many_conversations', 429, 'database',
   'You have contacted hosts about too many homes today. Try again tomorrow.'),
  ('too_many_messages', 429, 'database',
   'You have sent too many messages this hour. Try again later.'),
  ('invalid_days', 400, 'database', 'Automated messages can be sent 0 to 30 days before or after.'),
  ('invalid_locale', 400, 'database',
   'A language is two or three lower-case letters, such as `en`.'),
  ('invalid_placeholder', 400, 'database',
   'Use only {guest_name}, {host_name}, {listing_title}, {city}, {check_in}, {check_out}, '
   '{check_in_time} and {check_out_time}; other braces are not allowed.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Reviews', refusal.* from (values
  ('not_reviewable', 409, 'database',
   'Only a stay that took place, or was cancelled on or after the day of check-in, can be '
   'reviewed.'),
  ('review_not_open', 409, 'database', 'A stay can be reviewed from check-out on.'),
  ('review_closed', 409, 'database', 'The 14 days to review this stay have passed.'),
  ('reply_closed', 409, 'database', 'The 30 days to reply to this review have passed.'),
  ('reply_required', 400, 'database', 'A reply needs a text.'),
  ('review_too_long', 400, 'database', 'Reviews are limited to 5000 characters.'),
  ('hosted_here', 409, 'database',
   'You cannot review a home that you host or have hosted in the last year.'),
  ('invalid_stars', 422, 'database', 'Give 1 to 5 stars for each required rating.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Notifications and webhooks', refusal.* from (values
  ('kind_not_found', 404, 'database',
   'This kind of notification does not exist; see `notification_kinds`.'),
  ('kind_essential', 409, 'database',
   'Notifications about bookings and payments cannot be turned off.'),
  ('invalid_token', 400, 'both', 'This unsubscribe link is invalid or incomplete.'),
  ('endpoint_not_found', 404, 'database', 'This webhook endpoint does not exist.'),
  ('delivery_not_found', 404, 'database', 'This delivery does not exist.'),
  ('invalid_url', 400, 'database', 'Give a public https address, without user and password.'),
  ('invalid_event_types', 400, 'database',
   'Give up to 50 event types, such as booking.confirmed, or null for all.'),
  ('enabled_required', 400, 'database', '`enabled` must be true or false.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Inquiries and offers', refusal.* from (values
  ('inquiry_id_required', 400, 'database', 'Give an inquiry_id: a UUID chosen by the client.'),
  ('offer_id_required', 400, 'database', 'Give an offer_id: a UUID chosen by the client.'),
  ('invalid_price', 400, 'database', 'The price must be 0 or more, in minor units.'),
  ('too_many_offers', 409, 'database',
   'You have too many open offers to this guest; withdraw one first.'),
  ('offer_differs', 422, 'database',
   'The offer is for another home, other dates or a different number of guests.'),
  ('offer_closed', 409, 'database', 'The offer was accepted, declined or withdrawn.'),
  ('offer_expired', 409, 'database', 'This offer has expired.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Booking alterations', refusal.* from (values
  ('alteration_id_required', 400, 'database',
   'Give an alteration_id: a UUID chosen by the client.'),
  ('not_alterable', 409, 'database',
   'Only a confirmed stay whose payment is not disputed can be altered.'),
  ('stay_begun', 409, 'database', 'The stay has begun; only its check-out can be changed.'),
  ('nights_spent', 409, 'database',
   'The current night and those before it cannot be removed from the stay.'),
  ('paid_in_parts', 409, 'database',
   'An instalment is being charged or was declined, or a stay that is already paid would have to '
   'be paid later.'),
  ('nothing_changed', 422, 'database', 'This would not change anything about the stay.'),
  ('too_many_attempts', 429, 'database',
   'The limit of complaints, claims or alterations for this stay is reached; message each other or '
   'contact support.'),
  ('alteration_open', 409, 'database',
   'Another alteration of this booking must be answered or paid first.'),
  ('own_proposal', 409, 'database',
   'The other side has to answer this proposal; you can withdraw it.'),
  ('alteration_closed', 409, 'database',
   'The alteration was answered, withdrawn or superseded, or you may not end it.'),
  ('alteration_expired', 409, 'database', 'The time to answer this alteration has passed.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Payments and payouts', refusal.* from (values
  ('already_paid', 409, 'both',
   'This booking is already paid, or authorised and waiting for the host.'),
  ('hold_expired', 409, 'both',
   'The nights are no longer held, or for less than another minute; book again.'),
  ('payments_unavailable', 503, 'functions',
   'Stripe did not respond. Try again: it will be the same payment.'),
  ('intent_mismatch', 409, 'database', 'This payment already has a different intent.'),
  ('invalid_signature', 400, 'functions',
   'Server: the webhook was not signed by Stripe with our secret, or more than five minutes ago.'),
  ('thin_event', 400, 'functions', 'Server: this webhook only accepts snapshot events.'),
  ('dispute_open', 409, 'database',
   'The payment is disputed with the cardholder''s bank; nothing can be refunded until that is '
   'decided.'),
  ('payout_not_found', 404, 'database', 'This payout does not exist.'),
  ('payout_not_by_hand', 409, 'database',
   'Only a payout that is blocked for its currency, its transfer or the host''s account can be '
   'recorded as paid by hand, and only while no case holds it.'),
  ('invalid_payout_amount', 422, 'database',
   'The amount paid must be the payout''s, less what was withheld for a debt of the host.'),
  ('reversal_not_found', 404, 'database', 'This reversal does not exist.'),
  ('host_account_not_found', 404, 'database',
   'This host has not started to set up a payout account.'),
  ('account_mismatch', 409, 'database', 'This host already has a different payout account.'),
  ('ledger_unbalanced', 500, 'database',
   'A bug in Staybase: the ledger rejected an entry that does not sum to zero.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Accounts, reports and moderation', refusal.* from (values
  ('account_has_open_stays', 409, 'database',
   'The account cannot be deleted while it has upcoming stays, payments under way, a debt or an '
   'undecided case; the detail names them.'),
  ('report_incomplete', 400, 'database', 'A report needs a new id, a subject and a category.'),
  ('report_too_long', 400, 'database', 'Reports are limited to 5000 characters.'),
  ('report_subject_not_found', 404, 'database',
   'What you want to report does not exist, or you cannot see it.'),
  ('too_many_reports', 429, 'database',
   'You have filed too many reports in the last 24 hours; staff will look at those.'),
  ('report_not_found', 404, 'database', 'This report does not exist.'),
  ('report_claimed', 409, 'database', 'Another staff member is working on this report.'),
  ('report_closed', 409, 'database', 'This report was already decided.'),
  ('no_open_case', 403, 'database',
   'Staff can read messages only while a case about the stay is open.'),
  ('command_not_found', 404, 'database', 'This command does not exist.'),
  ('not_repeatable', 409, 'database',
   'A command about a payment cannot be retried: its failure already had consequences.'),
  ('own_case', 403, 'database',
   'Staff cannot decide about themselves, their own stays and homes, or what they reported.'),
  ('invalid_measures', 422, 'database',
   'Choose dismiss alone, or measures that fit the subject of the report.'),
  ('hidden_by_staff', 403, 'database',
   'Staff have hidden this listing; its hosts cannot publish it.'),
  ('invalid_verification', 400, 'database',
   'Choose identity or phone, and whether it is verified.'),
  ('phone_mismatch', 409, 'database', 'This is not the phone number on the profile.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Listings and co-hosts', refusal.* from (values
  ('listing_required', 409, 'database', 'Create a listing before you set up payouts.'),
  ('invalid_country', 400, 'database', 'A country is a two-letter code, such as FR.'),
  ('listing_incomplete', 422, 'database',
   'The listing is not complete enough to be published; the detail names what is missing.'),
  ('currency_not_offered', 422, 'database', 'The marketplace does not support this currency.'),
  ('invalid_time_zone', 422, 'database', 'Use an IANA name, such as Europe/Paris.'),
  ('price_not_in_steps', 422, 'database',
   'Amounts in this currency must be multiples of its smallest coin.'),
  ('invalid_field', 400, 'database',
   '`clear_fields` can only contain price_minor and minimum_nights.'),
  ('cohost_not_found', 404, 'database',
   'This person does not host the listing; invite them first.'),
  ('invitation_not_found', 404, 'database',
   'This invitation does not exist, or you may not answer or withdraw it.'),
  ('invitation_over', 409, 'database', 'The invitation was answered or withdrawn, or has expired.'),
  ('invitee_required', 400, 'database',
   'Choose an invitation_id, and give either a profile_id or an e-mail address.'),
  ('proof_required', 403, 'database',
   'Prove that the invited address is yours: give the code from the invitation e-mail.'),
  ('invalid_code', 403, 'database', 'This is not the code from the invitation e-mail.'),
  ('email_unconfirmed', 403, 'database',
   'Confirm your own e-mail address before you invite somebody by e-mail.'),
  ('published_home_required', 403, 'database',
   'Publish a home before you invite somebody by e-mail.'),
  ('already_cohost', 409, 'database',
   'This person already hosts the listing; use set_cohost_role to change their role.'),
  ('too_many_invitations', 429, 'database',
   'You have sent too many invitations in the last 24 hours. Try again tomorrow.'),
  ('one_owner_only', 422, 'database',
   'A listing has exactly one owner, whose role cannot be changed.'),
  ('photos_do_not_match', 422, 'database', 'List every photo of the listing exactly once.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Wishlists', refusal.* from (values
  ('not_your_wishlist', 403, 'database', 'Only the owner of this wishlist may do this.'),
  ('owner_stays', 422, 'database',
   'The owner of a wishlist cannot leave it; delete the wishlist instead.'),
  ('not_in_wishlist', 404, 'database', 'This home is not in this wishlist.'),
  ('saved_required', 400, 'database', '`saved` must be true or false.'),
  ('too_many_wishlists', 409, 'database',
   'You have reached the limit of wishlists; delete or leave one first.'),
  ('wishlist_full', 409, 'database',
   'This wishlist is full; remove a home first or start another wishlist.'),
  ('wishlist_crowded', 409, 'database', 'This wishlist already has the maximum number of members.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Search and pagination', refusal.* from (values
  ('invalid_box', 400, 'database',
   'A box has west, south, east and north in degrees; south must not be above north, but west may '
   'be east of east.'),
  ('invalid_point', 400, 'database',
   'A point has latitude and longitude in degrees; radius_metres is above 0 and at most 20037508.'),
  ('point_required', 400, 'database', 'Sorting by distance needs latitude and longitude.'),
  ('invalid_price_range', 400, 'database',
   'Prices must be 0 or more, and the lower one comes first.'),
  ('currency_required', 400, 'database', 'Give the currency of the price range.'),
  ('invalid_rooms', 400, 'database', 'Bedrooms, beds and bathrooms are 0 or more.'),
  ('invalid_rating', 400, 'database', 'A rating is a number of stars from 0 to 5.'),
  ('invalid_flexibility', 400, 'database',
   'Give check_in and check_out with flex_days from 1 to 3, or a month with either stay (weekend '
   'or week) or nights from 1 to 28.'),
  ('unknown_amenity', 400, 'database', 'This amenity does not exist; see the table `amenities`.'),
  ('unknown_property_type', 400, 'database',
   'This property type does not exist; see the table `property_types`.'),
  ('invalid_sort', 400, 'database', 'Sort by price, rating, distance or newest.'),
  ('invalid_cursor', 400, 'both',
   '`after` must be the cursor of a row from the same search or list.'),
  ('invalid_page_size', 400, 'both', 'A page must have at least one row.'),
  ('too_many_results', 400, 'both',
   'Ask for at most 100 rows per page, and for 100 listings or property types at once.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'GraphQL', refusal.* from (values
  ('invalid_document', 400, 'functions',
   'The document is not valid GraphQL or asks for something that is not in the schema; the detail '
   'says where.'),
  ('invalid_variables', 400, 'functions',
   'A variable is missing or does not have the type declared in the document.'),
  ('query_too_costly', 400, 'functions',
   'The document asks for too much at once; the detail names the limit.'),
  ('unknown_document', 404, 'functions',
   'Only documents on the allow-list are accepted, and this hash is not on it.'),
  ('answer_too_large', 413, 'functions',
   'The response would be larger than 2 MB; ask for fewer rows or fields.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Temporary and internal errors', refusal.* from (values
  ('try_again', 503, 'both',
   'The server is busy or a service does not respond. Nothing was changed; try again.'),
  ('replica_behind', 503, 'database',
   'This read replica does not have your last change yet, or is too far behind. Ask the primary.'),
  ('network_error', 0, 'client',
   'There was no response, so it is unknown whether the request arrived. It is safe to repeat it.'),
  ('not_configured', 500, 'functions',
   'A setting of this function is missing; the detail names it.'),
  ('internal_error', 500, 'functions', 'Something went wrong on our side; nothing was decided.'),
  ('unknown_error', 0, 'client', 'The value given to `codeOf` is none of these errors.')
) as refusal (code, status, raised_by, detail);

insert into private.refusal_details (code, about, detail) values
  ('account_closed', 'owner', 'The owner of this listing has closed their account.'),
  ('not_your_listing', 'home',
   'Only a host of listing %s with the required role may do this.'),
  ('listing_not_found', 'home', 'Listing %s does not exist or is not published.'),
  ('payment_not_found', 'intent', 'No payment belongs to this intent.'),
  ('payment_not_found', 'card', 'No card is saved for this payment.'),
  ('profile_not_found', 'payer', 'This guest has no scheduled payments.'),
  ('link_not_found', 'reading', 'This link lets you view the wishlist, not join it.'),
  ('invalid_value', 'instant', '%s: a time must include its offset, such as 2031-05-20T12:00:00Z.'),
  ('invalid_value', 'guests_figures',
   'What is refunded or owed is the guest''s to expect; hosts leave both out.'),
  ('invalid_value', 'weekdays',
   'Weekdays are numbers from 1 (Monday) to 7 (Sunday); give at least one, or null for all.'),
  ('invalid_value', 'lengths',
   'The longest stay in listing %s would be shorter than the shortest; nothing was changed.'),
  ('invalid_dates', 'written', '%s: a day must be a valid date written YYYY-MM-DD.'),
  ('invalid_dates', 'month', 'A month must be written YYYY-MM.'),
  ('invalid_dates', 'century', 'Use a range of at most 100 years.'),
  ('too_many_results', 'search',
   'Too many homes would have to be priced for this page. Search a smaller place, or by other days '
   'or prices.'),
  ('too_many_days', 'homes',
   'At most %s days of homes at a time: use fewer homes, a shorter range or smaller pages.'),
  ('nights_taken', 'home',
   'At least one of these nights is booked by a guest in listing %s; nothing was changed.'),
  ('id_reused', 'id', 'Choose a new %s.'),
  ('price_changed', 'total', 'The price is now %s %s, in minor units.'),
  ('too_many_holds', 'unpaid', 'Pay or withdraw one of your %s unpaid bookings first.'),
  ('too_many_holds', 'today',
   'You have held this home too often today without paying. Try again tomorrow.'),
  ('too_many_open_requests', 'limit',
   'Wait for an answer to one of your %s open requests, or withdraw one.'),
  ('too_many_unpaid_stays', 'limit',
   'You may have at most %s stays for which nothing is paid yet.'),
  ('not_awaiting_answer', 'status', 'The status of this booking is %s.'),
  ('not_withdrawable', 'status', 'The status of this booking is %s.'),
  ('not_confirmed', 'status', 'The status of this booking is %s.'),
  ('not_confirmed', 'elsewhere', 'This stay was booked on another platform.'),
  ('contacts_closed', 'over', 'The stay is over.'),
  ('contacts_closed', 'later',
   'Contact details are shown after the first payment, and at the latest from %s.'),
  ('illegal_move', 'begin', 'A new booking must be unpaid.'),
  ('illegal_move', 'move', 'A change from %s to %s is not allowed for the role %s.'),
  ('not_cancellable', 'status', 'The status of this booking is %s.'),
  ('refund_changed', 'amounts',
   'In minor units of %s, the refund is now %s and the amount still to be paid is %s.'),
  ('payout_not_by_hand', 'status', 'The status of this payout is %s.'),
  ('payout_not_by_hand', 'waits', 'It waits for something else: %s.'),
  ('invalid_payout_amount', 'amounts',
   'In minor units of %s, it is at least %s and at most %s.'),
  ('no_show_closed', 'before', 'A no-show was already reported for this stay; its status is %s.'),
  ('no_show_closed', 'status', 'This case is closed; its status is %s.'),
  ('objection_too_late', 'ended', 'The time to object ended at %s.'),
  ('complaint_closed', 'status', 'This case is closed; its status is %s.'),
  ('claim_closed', 'status', 'It is %s.'),
  ('claim_waits_for_guest', 'until', 'The guest can answer until %s.'),
  ('invalid_damage', 'limits',
   'The amount must be between %s and %s %s in minor units, in multiples of the smallest coin.'),
  ('frozen', 'listing', 'This cannot be moved to another listing.'),
  ('frozen', 'rows', 'Rows of %s cannot be changed.'),
  ('frozen', 'terms', 'The terms of a booking can only be changed by an accepted alteration.'),
  ('frozen', 'review', 'A review must be written before it is revealed.'),
  ('frozen', 'revealed', 'A revealed review cannot be changed.'),
  ('frozen', 'read', 'The review was already revealed to both sides.'),
  ('frozen', 'replied', 'You have already replied to this review.'),
  ('frozen', 'altered', 'Rows of %s can only be changed by an accepted alteration.'),
  ('frozen', 'offer', 'An offer cannot be changed, and a closed one cannot be reopened.'),
  ('not_reviewable', 'status', 'The status of this booking is %s.'),
  ('offer_closed', 'status', 'The status of this offer is %s.'),
  ('offer_closed', 'late', 'The payment came after this offer was closed.'),
  ('not_alterable', 'status', 'The status of this booking is %s.'),
  ('not_alterable', 'elsewhere', 'This stay was paid on another platform.'),
  ('not_alterable', 'undecided', 'A no-show report about this stay is not decided yet.'),
  ('not_alterable', 'disputed', 'The payment is disputed with the cardholder''s bank.'),
  ('not_alterable', 'currency', 'The home is now priced in another currency.'),
  ('paid_in_parts', 'charging',
   'An instalment is being charged or was declined; the stay can be altered once it is paid.'),
  ('paid_in_parts', 'later',
   'A stay this long or this far ahead is paid in instalments or later, but this one is already '
   'paid.'),
  ('alteration_closed', 'status', 'The status of this alteration is %s.'),
  ('already_paid', 'status', 'The status of this booking is %s; nothing is due.'),
  ('ledger_unbalanced', 'source', '%s %s does not sum to zero.'),
  ('account_has_open_stays', 'open', 'Still open: %s.'),
  ('listing_incomplete', 'missing', 'Still missing: %s.'),
  ('currency_not_offered', 'in', 'The marketplace does not support %s.'),
  ('price_not_in_steps', 'step', 'Amounts in this currency must be multiples of %s minor units.'),
  ('price_not_in_steps', 'home',
   'Amounts in this currency must be multiples of %s minor units; see listing %s.'),
  ('below_price_floor', 'home',
   'Only the owner can go below the price of listing %s; co-hosts can go down to the floor the '
   'owner set.'),
  ('invitation_over', 'expired', 'This invitation has expired.'),
  ('invitation_over', 'status', 'The status of this invitation is %s.'),
  ('invitation_over', 'accepted',
   'This invitation was accepted; use remove_cohost to remove the co-host.'),
  ('too_many_invitations', 'emailed', 'You can send at most %s invitations by e-mail in 24 hours.'),
  ('too_many_invitations', 'day', 'You can send at most %s invitations in 24 hours.'),
  ('invalid_page_size', 'up_to', 'A page must have 1 to %s rows.'),
  ('try_again', 'booking', 'The server is busy; nothing was booked. Try again.'),
  ('try_again', 'capture', 'The payment is not yet known to be captured. Try again later.'),
  ('try_again', 'transfer', 'The transfer is not yet known to be made. Try again later.'),
  ('try_again', 'alteration', 'The server is busy; nothing was altered. Try again.'),
  ('try_again', 'reads',
   'Too many large reads at once. Ask for fewer rows, or try again in a moment.');
