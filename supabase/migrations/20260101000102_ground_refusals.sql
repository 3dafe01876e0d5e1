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
comment on column private.refusals.status is 'Of the HTTP answer; 0 where there is none.';
comment on column private.refusals.raised_by is
  'The database, the edge functions, both, or codeOf in the client alone.';
comment on column private.refusals.detail is 'What it means, in one sentence.';
comment on table private.refusal_details is
  'What is said instead where more is known; each %s stands for a value.';

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
  'Ends the transaction with this code, its status and a sentence. Values are given as text.';

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Who asks', refusal.* from (values
  ('sign_in_required', 401, 'both', 'Nobody is signed in, or the token is no longer good.'),
  ('account_closed', 403, 'database', 'The token belongs to an account that was deleted.'),
  ('account_suspended', 403, 'database', 'The account is suspended; it may look, not act.'),
  ('not_allowed', 403, 'database',
   'No grant or policy lets your role do this; with status 401, because nobody is signed in.'),
  ('invalid_api_key', 401, 'client',
   'The key the client was made with is missing or not one of this project.'),
  ('not_your_listing', 403, 'database',
   'Only a host of the listing, with the right role, may do this.'),
  ('secret_key_required', 401, 'functions',
   'A function for servers was called without the secret key.'),
  ('invalid_credentials', 400, 'client', 'Auth: the password, or the code, is not the right one.'),
  ('email_not_confirmed', 400, 'client',
   'Auth: the address, or the number, has to be confirmed first.'),
  ('weak_password', 422, 'client',
   'Auth: the password is too easy to guess, or the one there was.'),
  ('link_expired', 403, 'client',
   'Auth: the link or code was used, is too old, or is of another browser.'),
  ('sign_up_disabled', 422, 'client', 'Auth: this way to sign up or in is turned off.'),
  ('captcha_failed', 400, 'client', 'Auth: the CAPTCHA was not solved.'),
  ('second_factor_required', 403, 'database',
   'Sign in again, with the second factor: Auth asks for it, or staff need it.'),
  ('too_many_requests', 429, 'client', 'Auth: too many requests or e-mails; try again later.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'What is asked about', refusal.* from (values
  ('booking_not_found', 404, 'database', 'There is no such booking, or it is not yours to see.'),
  ('conversation_not_found', 404, 'database',
   'There is no such conversation, or you have no part in it.'),
  ('listing_not_found', 404, 'database', 'There is no such listing, or it is not published.'),
  ('payment_not_found', 404, 'database', 'Server: no payment belongs to this intent (yet).'),
  ('profile_not_found', 404, 'database', 'There is no such person.'),
  ('inquiry_not_found', 404, 'database', 'There is no such inquiry, or it was not of your home.'),
  ('alteration_not_found', 404, 'database',
   'There is no such alteration, or it is not of your booking.'),
  ('offer_not_found', 404, 'database', 'There is no such offer, or it is not yours.'),
  ('wishlist_not_found', 404, 'database', 'There is no such wishlist, or it is not yours to see.'),
  ('link_not_found', 404, 'database',
   'The link leads nowhere, was taken back, or is for something else.'),
  ('hosted_here', 409, 'database',
   'Whoever hosts a home, or did in the last year, does not review it.'),
  ('review_not_found', 404, 'database', 'There is no such review, or it is not about you.'),
  ('calendar_not_found', 404, 'both', 'There is no calendar at this address (any more).'),
  ('feed_not_found', 404, 'database',
   'There is no such calendar feed, or it is not yours to keep.'),
  ('refund_not_found', 404, 'database', 'There is no such refund.'),
  ('not_found', 404, 'client', 'No row, where one was asked for with `.single()`.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'How it is asked', refusal.* from (values
  ('already_exists', 409, 'client', 'There is such a row already.'),
  ('invalid_body', 400, 'functions',
   'The body of a call to a function is not JSON of the right shape; the detail names the field.'),
  ('invalid_reference', 409, 'client',
   'The row refers to one that does not exist, or others still refer to it.'),
  ('invalid_request', 400, 'client',
   'The API does not understand the request: an unknown table, column, verb or argument, or a '
   'filter that does not parse.'),
  ('invalid_value', 400, 'database',
   'A value is of the wrong type, out of range or breaks a constraint of its table.'),
  ('message_too_long', 400, 'database', 'Messages and reasons have at most 2000 characters.'),
  ('body_too_large', 413, 'functions', 'The body of a call to a function is too large.'),
  ('method_not_allowed', 405, 'functions',
   'Functions are called with POST, calendar-export with GET.'),
  ('count_not_allowed', 400, 'database',
   'Planned and estimated counts would tell about rows you may not see; ask for `exact` or none.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Dates and guests of a stay', refusal.* from (values
  ('dates_required', 400, 'database', 'Give the first day and the day after the last.'),
  ('invalid_dates', 400, 'database',
   'A day is one of the calendar, written YYYY-MM-DD: no instant, no other order.'),
  ('dates_reversed', 400, 'database', 'The end must be after the start.'),
  ('too_many_days', 400, 'database', 'At most 800 days at once.'),
  ('invalid_guests', 400, 'database',
   'At least one guest; no negative pets, and 50 infants at most.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Why a stay is refused', refusal.* from (values
  ('host_unavailable', 409, 'database',
   'The host takes no bookings at the moment, or none of this guest; which, nobody is told.'),
  ('own_listing', 422, 'database', 'Hosts do not book their own homes.'),
  ('too_many_guests', 422, 'database', 'The home does not sleep so many.'),
  ('pets_not_allowed', 422, 'database', 'The host does not take so many pets.'),
  ('date_in_past', 422, 'database', 'Check-in has passed where the listing stands.'),
  ('too_short_notice', 422, 'database', 'The host asks for more time between booking and arrival.'),
  ('outside_booking_window', 422, 'database', 'The host has not opened these nights yet.'),
  ('below_minimum_nights', 422, 'database', 'The host asks for more nights.'),
  ('above_maximum_nights', 422, 'database', 'The host takes shorter stays only.'),
  ('arrival_not_allowed', 422, 'database', 'No arrivals on this day.'),
  ('departure_not_allowed', 422, 'database', 'No departures on this day.'),
  ('nights_taken', 409, 'database', 'One of the nights is taken, by a guest or by the host.'),
  ('below_minimum_charge', 422, 'database', 'So little money cannot be charged to a card.'),
  ('above_maximum_charge', 422, 'database', 'So much money cannot be charged to a card at once.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Booking', refusal.* from (values
  ('booking_id_required', 400, 'database', 'The client chooses the id of the booking: a uuid.'),
  ('feed_exists', 409, 'database', 'This calendar is read for this listing already.'),
  ('invalid_calendar_url', 400, 'database',
   'Give the https, http or webcal address of a calendar, without user, password or port.'),
  ('invalid_patterns', 400, 'database',
   'Up to 10 patterns of up to 100 characters leave events out, each with more in it than `*`.'),
  ('too_many_drafts', 409, 'database',
   'The owner has as many drafts as are allowed; one of them can be published.'),
  ('too_many_feeds', 409, 'database',
   'At most 20 calendars are read for a listing, and 200 for all homes of an owner.'),
  ('id_reused', 409, 'database', 'This id stands for something else already; choose a new one.'),
  ('price_changed', 409, 'database',
   'The stay costs something else than expected; show a new quote.'),
  ('terms_changed', 409, 'database',
   'The cancellation policy is not the expected one; show a new quote.'),
  ('too_many_holds', 409, 'database',
   'Pay or withdraw one of your unpaid bookings first; or this home was held too often today '
   'without paying.'),
  ('too_many_open_requests', 409, 'database',
   'The guest waits for enough hosts already; withdraw a request or wait for an answer.'),
  ('too_many_unpaid_stays', 409, 'database',
   'The guest has enough stays of which nothing is paid yet: free ones, and those charged later.'),
  ('unpaid_stays_overlap', 409, 'database',
   'Another stay of the guest, of which nothing is paid yet either, has some of these nights.'),
  ('already_accepted', 409, 'database',
   'The host has accepted this request; it can no longer be declined or withdrawn.'),
  ('not_awaiting_answer', 409, 'database', 'This booking is no request that waits for an answer.'),
  ('request_expired', 409, 'database', 'The time to answer this request is over.'),
  ('not_withdrawable', 409, 'database',
   'Only an unpaid booking or an unanswered request is withdrawn.'),
  ('not_confirmed', 409, 'database', 'This is for confirmed bookings: contact data, complaints.'),
  ('contacts_closed', 409, 'database',
   'Contact data is shown from the first payment, or the end of the grace period, to check-out.'),
  ('illegal_move', 409, 'database', 'A booking cannot go from its status to that one.'),
  ('not_cancellable', 409, 'database', 'Only a confirmed stay is cancelled.'),
  ('stay_over', 409, 'database', 'The stay is over; there is nothing left to cancel or to alter.'),
  ('refund_changed', 409, 'database', 'The refund is another than expected; show a new preview.'),
  ('staff_member', 403, 'database', 'Staff do not suspend staff; a server does (suspend_person).'),
  ('below_price_floor', 403, 'database',
   'Only the owner sells below the price; co-hosts go down to the floor the owner set.'),
  ('staff_only', 403, 'database', 'Only staff of the marketplace may do this.'),
  ('invalid_refund', 422, 'database',
   'A refund is from nothing to the total, in coins of the currency.'),
  ('reason_required', 400, 'database', 'Staff give a reason, of at most 2000 characters.'),
  ('stay_not_under_way', 409, 'database',
   'A no-show is reported between check-in and check-out of a confirmed stay.'),
  ('no_show_not_found', 404, 'database',
   'Nobody reported that the guest of this booking did not come.'),
  ('no_show_closed', 409, 'database',
   'The report was withdrawn, overtaken or decided otherwise; there is no second one.'),
  ('objection_too_late', 409, 'database', 'The time to object to being called a no-show is over.'),
  ('complaint_incomplete', 400, 'database',
   'A complaint has an id, a category and words; an answer has words.'),
  ('complaint_not_found', 404, 'database', 'There is no such complaint, or it is not yours.'),
  ('complaint_open', 409, 'database', 'Another complaint about this stay is not decided yet.'),
  ('complaint_closed', 409, 'database', 'The complaint was withdrawn or decided otherwise.'),
  ('complaint_too_late', 409, 'database', 'A guest complains within 72 hours of check-in.'),
  ('stay_not_begun', 409, 'database',
   'Nobody was there yet: a stay that has not begun is cancelled, not complained about.'),
  ('already_answered', 409, 'database', 'The host has answered this complaint with other words.'),
  ('claim_incomplete', 400, 'database', 'A claim for damage has an id and says what is broken.'),
  ('claim_not_found', 404, 'database', 'There is no such claim for damage, or it is not yours.'),
  ('claim_open', 409, 'database', 'Another claim for damage of this stay is not settled yet.'),
  ('claim_closed', 409, 'database', 'The claim for damage was withdrawn, decided or paid.'),
  ('claim_too_late', 409, 'database', 'Damage is claimed within 14 days of check-out.'),
  ('claim_waits_for_guest', 409, 'database',
   'Staff decide when the guest objected or was silent for 24 hours.'),
  ('invalid_damage', 422, 'database',
   'What is claimed or awarded can be charged to a card, is within what the currency allows for '
   'a stay, and no award exceeds its claim.'),
  ('decision_required', 400, 'database', 'Staff say yes or no.'),
  ('frozen', 409, 'database', 'What was agreed, and what happened, is never rewritten.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Messages', refusal.* from (values
  ('message_id_required', 400, 'database', 'The client chooses the id of the message: a uuid.'),
  ('message_empty', 400, 'database', 'A message says something.'),
  ('guest_unavailable', 409, 'database', 'This guest takes no messages at the moment.'),
  ('too_many_conversations', 429, 'database',
   'You asked about many homes today; try again tomorrow.'),
  ('too_many_messages', 429, 'database', 'You wrote very much within an hour; try again later.'),
  ('invalid_days', 400, 'database',
   'An automated message is sent from 0 to 30 days before or after.'),
  ('invalid_locale', 400, 'database', 'A language is two or three small letters, such as `en`.'),
  ('invalid_placeholder', 400, 'database',
   'Known are {guest_name}, {host_name}, {listing_title}, {city}, {check_in}, {check_out}, '
   '{check_in_time} and {check_out_time}; braces stand for nothing else.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Reviewing', refusal.* from (values
  ('not_reviewable', 409, 'database',
   'Only a stay that took place is reviewed, or one cancelled from the day of check-in on.'),
  ('review_not_open', 409, 'database', 'A stay is reviewed from its check-out on.'),
  ('review_closed', 409, 'database', 'The 14 days to review this stay are over.'),
  ('reply_closed', 409, 'database', 'The 30 days to reply to this review are over.'),
  ('reply_required', 400, 'database', 'A reply has words.'),
  ('review_too_long', 400, 'database', 'Reviews have at most 5000 characters.'),
  ('invalid_stars', 422, 'database', 'From 1 to 5 stars, for each that is asked.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Notifications', refusal.* from (values
  ('kind_not_found', 404, 'database',
   'There is no such kind of notification; `notification_kinds` lists them.'),
  ('kind_essential', 409, 'database',
   'Notifications about bookings and money cannot be turned off.'),
  ('invalid_token', 400, 'both', 'The link to turn letters off is not one of ours, or not whole.'),
  ('endpoint_not_found', 404, 'database', 'There is no such webhook endpoint.'),
  ('delivery_not_found', 404, 'database', 'There is no such delivery.'),
  ('invalid_url', 400, 'database',
   'A webhook goes to a public https address, without user and password.'),
  ('invalid_event_types', 400, 'database',
   'Up to 50 types such as booking.confirmed; null for all.'),
  ('enabled_required', 400, 'database', 'Say whether the endpoint is to be told: true or false.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Offers', refusal.* from (values
  ('inquiry_id_required', 400, 'database', 'The client chooses the id of the inquiry: a uuid.'),
  ('offer_id_required', 400, 'database', 'The client chooses the id of the offer: a uuid.'),
  ('invalid_price', 400, 'database', 'The price of an offer is from 0 up, in minor units.'),
  ('too_many_offers', 409, 'database', 'Withdraw one of your open offers to this guest first.'),
  ('offer_differs', 422, 'database', 'The offer is for another home, other days or other guests.'),
  ('offer_closed', 409, 'database', 'The offer was accepted, declined or withdrawn.'),
  ('offer_expired', 409, 'database', 'This offer is over.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Alterations', refusal.* from (values
  ('alteration_id_required', 400, 'database',
   'The client chooses the id of the alteration: a uuid.'),
  ('not_alterable', 409, 'database',
   'Only a confirmed stay whose payment is not disputed is altered.'),
  ('stay_begun', 409, 'database', 'The stay has begun; only its end moves.'),
  ('nights_spent', 409, 'database',
   'The night that is running, and those before it, are not given back.'),
  ('paid_in_parts', 409, 'database',
   'An instalment is being charged or was refused, or a paid stay would become one that is paid '
   'later.'),
  ('nothing_changed', 422, 'database', 'The stay is like that already.'),
  ('too_many_attempts', 429, 'database',
   'The stay has had enough complaints, claims or alterations; write to the other side, or to '
   'staff.'),
  ('alteration_open', 409, 'database',
   'Another alteration of this booking is to be answered or paid first.'),
  ('own_proposal', 409, 'database',
   'What one side proposes the other side answers; it can be withdrawn.'),
  ('alteration_closed', 409, 'database',
   'The alteration was answered, withdrawn or overtaken, or is not yours to end.'),
  ('alteration_expired', 409, 'database', 'The time to answer the alteration is over.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Paying', refusal.* from (values
  ('already_paid', 409, 'both', 'This booking is paid, or authorised and with the host.'),
  ('hold_expired', 409, 'both',
   'The nights are no longer held, or for less than a minute; book again.'),
  ('payments_unavailable', 503, 'functions',
   'Stripe did not answer; ask again, it will be the same payment.'),
  ('intent_mismatch', 409, 'database', 'This payment has another intent.'),
  ('invalid_signature', 400, 'functions',
   'Server: the webhook was not signed by Stripe with our secret, or not within five minutes.'),
  ('thin_event', 400, 'functions', 'Server: this webhook takes snapshot events only.'),
  ('dispute_open', 409, 'database',
   'The cardholder''s bank has taken the payment back; until that is decided nothing is '
   'refunded.'),
  ('payout_not_found', 404, 'database', 'There is no such payout.'),
  ('reversal_not_found', 404, 'database', 'There is no such reversal.'),
  ('host_account_not_found', 404, 'database', 'This host has begun no account.'),
  ('account_mismatch', 409, 'database', 'This host has another account.'),
  ('ledger_unbalanced', 500, 'database',
   'A fault of Staybase: the ledger refused a booking that does not sum to zero.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Safety', refusal.* from (values
  ('account_has_open_stays', 409, 'database',
   'Stays to come, money on its way, a debt or a question that is not decided keep the account; '
   'the detail says which.'),
  ('report_incomplete', 400, 'database',
   'A report has an id of its own, and says what it is about and of which category.'),
  ('report_too_long', 400, 'database', 'A report has at most 5000 characters.'),
  ('report_subject_not_found', 404, 'database',
   'There is nothing there that you can see and report.'),
  ('too_many_reports', 429, 'database',
   'So many reports in 24 hours are enough; staff see those you filed.'),
  ('report_not_found', 404, 'database', 'There is no such report.'),
  ('report_claimed', 409, 'database', 'Somebody else of the staff has this report.'),
  ('report_closed', 409, 'database', 'This report was decided.'),
  ('own_case', 403, 'database',
   'Staff decide nothing about themselves, their stays and homes, or what they reported.'),
  ('invalid_measures', 422, 'database',
   'Dismiss alone, or measures that fit what the report is about.'),
  ('hidden_by_staff', 403, 'database',
   'Staff took this listing out of sight; its hosts cannot publish it.'),
  ('invalid_verification', 400, 'database',
   'What is verified is identity or phone, and it is or is not.'),
  ('phone_mismatch', 409, 'database', 'This is not the number on the profile.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Hosting', refusal.* from (values
  ('listing_required', 409, 'database', 'Make a listing first; then you can be paid for it.'),
  ('invalid_country', 400, 'database', 'A country is two letters, such as FR.'),
  ('listing_incomplete', 422, 'database',
   'Something is missing before it can be published; the detail says what.'),
  ('currency_not_offered', 422, 'database', 'The marketplace does not settle in this currency.'),
  ('invalid_time_zone', 422, 'database', 'Use an IANA name such as Europe/Paris.'),
  ('price_not_in_steps', 422, 'database',
   'Amounts of this currency are multiples of its smallest coin.'),
  ('invalid_field', 400, 'database', '`clear_fields` may name price_minor and minimum_nights.'),
  ('cohost_not_found', 404, 'database', 'This person does not host the listing; invite them.'),
  ('invitation_not_found', 404, 'database',
   'There is no such invitation that is yours to answer or take back.'),
  ('invitation_over', 409, 'database', 'The invitation was answered or withdrawn, or has expired.'),
  ('invitee_required', 400, 'database',
   'Choose an invitation_id, and give either a profile_id or an e-mail address.'),
  ('proof_required', 403, 'database',
   'Prove that the invited address is yours: pass the code from the invitation e-mail.'),
  ('invalid_code', 403, 'database', 'This is not the code from the invitation e-mail.'),
  ('email_unconfirmed', 403, 'database',
   'Confirm your own e-mail address before you invite somebody by e-mail.'),
  ('published_home_required', 403, 'database',
   'Publish a home before you invite somebody by e-mail.'),
  ('already_cohost', 409, 'database',
   'This person already hosts the listing; use set_cohost_role to change their role.'),
  ('too_many_invitations', 429, 'database',
   'So many invitations in 24 hours are enough; try again tomorrow.'),
  ('one_owner_only', 422, 'database', 'A listing has one owner, whose role cannot change.'),
  ('photos_do_not_match', 422, 'database', 'Name every photo of the listing, each once.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Keeping homes for later', refusal.* from (values
  ('not_your_wishlist', 403, 'database', 'Only the owner of this wishlist may do this.'),
  ('owner_stays', 422, 'database', 'The owner of a wishlist does not leave it; delete it instead.'),
  ('not_in_wishlist', 404, 'database', 'This home is not in this wishlist.'),
  ('saved_required', 400, 'database', '`saved` is true or false.'),
  ('too_many_wishlists', 409, 'database', 'Delete or leave one of your wishlists first.'),
  ('wishlist_full', 409, 'database',
   'Take a home out of this wishlist first, or begin another list.'),
  ('wishlist_crowded', 409, 'database', 'As many people as can share this wishlist already.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Searching', refusal.* from (values
  ('invalid_box', 400, 'database',
   'A box is west, south, east and north in degrees, south not above north; west may lie east '
   'of east.'),
  ('invalid_point', 400, 'database',
   'A point is latitude and longitude in degrees; radius_metres is above 0 and at most 20037508.'),
  ('point_required', 400, 'database', 'Sorting by distance needs latitude and longitude.'),
  ('invalid_price_range', 400, 'database', 'Prices are from 0 up, the lower one first.'),
  ('currency_required', 400, 'database', 'Prices are compared in one currency: name it.'),
  ('unknown_amenity', 400, 'database', 'The table `amenities` lists them all.'),
  ('invalid_sort', 400, 'database', 'Sort by price, rating, distance or newest.'),
  ('invalid_cursor', 400, 'both', '`after` is the cursor of a row found by the same call.'),
  ('invalid_page_size', 400, 'both', 'A page has at least one row.'),
  ('too_many_results', 400, 'database',
   'A page has at most 100 rows, a question at most 100 listings.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Asking in GraphQL', refusal.* from (values
  ('invalid_document', 400, 'functions',
   'The document is not valid GraphQL or asks for something the schema does not have; the '
   'detail says where.'),
  ('invalid_variables', 400, 'functions',
   'A variable is missing or does not have the type that the document declares.'),
  ('query_too_costly', 400, 'functions',
   'The document asks for too much at once; the detail names the limit.'),
  ('unknown_document', 404, 'functions',
   'Only documents on the list are accepted, and this hash is not on it.'),
  ('answer_too_large', 413, 'functions',
   'The answer would be over 2 MB; ask for fewer rows or fields.')
) as refusal (code, status, raised_by, detail);

insert into private.refusals (topic, code, status, raised_by, detail)
select 'Not your fault', refusal.* from (values
  ('try_again', 503, 'both',
   'Too many at once, or a part does not answer; nothing happened, try again.'),
  ('network_error', 0, 'client',
   'There was no answer; whether the request arrived is unknown. Repeating it is safe.'),
  ('not_configured', 500, 'functions',
   'A setting of the function is missing; the detail names it.'),
  ('internal_error', 500, 'functions', 'Something went wrong on our side; nothing was decided.'),
  ('unknown_error', 0, 'client', 'What was given to `codeOf` is none of these.')
) as refusal (code, status, raised_by, detail);

insert into private.refusal_details (code, about, detail) values
  ('account_closed', 'owner', 'The owner of this listing has closed their account.'),
  ('payment_not_found', 'intent', 'There is no payment for this intent.'),
  ('payment_not_found', 'card', 'No card is saved for this payment.'),
  ('profile_not_found', 'payer', 'This guest has no scheduled payments.'),
  ('link_not_found', 'reading', 'This link is to read the wishlist, not to join it.'),
  ('invalid_value', 'instant',
   '%s: an instant is written with its offset, as in 2031-05-20T12:00:00Z.'),
  ('invalid_dates', 'written', '%s: a day of the calendar is written YYYY-MM-DD.'),
  ('invalid_dates', 'century', 'Ask for at most a century.'),
  ('nights_taken', 'guest', 'A guest has one of these nights.'),
  ('id_reused', 'id', 'Choose a new %s.'),
  ('price_changed', 'total', 'The stay costs %s %s in minor units now.'),
  ('too_many_holds', 'unpaid', 'Pay or withdraw one of your %s unpaid bookings first.'),
  ('too_many_holds', 'today',
   'You held this home too often today without paying; try again tomorrow.'),
  ('too_many_open_requests', 'limit',
   'Wait for an answer to one of your %s requests, or withdraw one.'),
  ('too_many_unpaid_stays', 'limit',
   'You have %s stays of which nothing is paid yet; that is the limit.'),
  ('not_awaiting_answer', 'status', 'This booking is %s.'),
  ('not_withdrawable', 'status', 'This booking is %s.'),
  ('not_confirmed', 'status', 'This booking is %s.'),
  ('not_confirmed', 'elsewhere', 'This stay was booked on another platform.'),
  ('contacts_closed', 'over', 'The stay is over.'),
  ('contacts_closed', 'later',
   'Contact data is shown once something was paid, at the latest from %s on.'),
  ('illegal_move', 'begin', 'A booking begins unpaid.'),
  ('illegal_move', 'move', 'From %s to %s is not a move for %s.'),
  ('not_cancellable', 'status', 'This booking is %s.'),
  ('refund_changed', 'amounts',
   'In minor units of %s the refund is %s now, and %s is still to be paid.'),
  ('no_show_closed', 'before', 'This was reported before and %s.'),
  ('no_show_closed', 'status', 'It was %s.'),
  ('objection_too_late', 'ended', 'The time to object ended at %s.'),
  ('complaint_closed', 'status', 'It was %s.'),
  ('claim_closed', 'status', 'It is %s.'),
  ('claim_waits_for_guest', 'until', 'The guest may answer until %s.'),
  ('invalid_damage', 'limits', 'From %s to %s %s in minor units for a stay, in coins.'),
  ('frozen', 'listing', 'What belongs to a listing stays with it.'),
  ('frozen', 'rows', 'Rows of %s are never changed.'),
  ('frozen', 'terms', 'The terms of a booking change only by an accepted alteration.'),
  ('frozen', 'review', 'A review is written before it is revealed.'),
  ('frozen', 'revealed', 'A revealed review stays as it is.'),
  ('frozen', 'read', 'Both sides have read it.'),
  ('frozen', 'replied', 'A review is replied to once.'),
  ('frozen', 'altered', 'Rows of %s change only by an accepted alteration.'),
  ('frozen', 'offer', 'An offer is never changed, and one that is closed stays so.'),
  ('not_reviewable', 'status', 'This booking is %s.'),
  ('offer_closed', 'status', 'This offer is %s.'),
  ('offer_closed', 'late', 'Money came too late for this offer.'),
  ('not_alterable', 'status', 'This booking is %s.'),
  ('not_alterable', 'elsewhere', 'It was paid on another platform.'),
  ('not_alterable', 'undecided', 'It is not decided whether the guest came.'),
  ('not_alterable', 'disputed', 'A bank has taken its payment back.'),
  ('not_alterable', 'currency', 'The home is priced in another currency now.'),
  ('paid_in_parts', 'charging',
   'An instalment is being charged, or was refused; once it is paid the stay can be altered.'),
  ('paid_in_parts', 'later',
   'So long or so far away a stay is paid in instalments or later; this one is paid already.'),
  ('alteration_closed', 'status', 'This alteration is %s.'),
  ('already_paid', 'status', 'This booking is %s; nothing is due.'),
  ('ledger_unbalanced', 'source', '%s %s does not sum to zero.'),
  ('account_has_open_stays', 'open', 'Still open: %s.'),
  ('listing_incomplete', 'missing', 'Still missing: %s.'),
  ('currency_not_offered', 'in', 'The marketplace does not settle in %s.'),
  ('price_not_in_steps', 'step', 'Amounts of this currency are multiples of %s minor units.'),
  ('invitation_over', 'expired', 'This invitation has expired.'),
  ('invitation_over', 'status', 'This invitation was %s.'),
  ('invitation_over', 'accepted',
   'This invitation was accepted; use remove_cohost to remove the co-host.'),
  ('too_many_invitations', 'emailed', 'At most %s invitations by e-mail in 24 hours.'),
  ('too_many_invitations', 'day', 'At most %s invitations in 24 hours.'),
  ('invalid_page_size', 'up_to', 'A page has from 1 to %s rows.'),
  ('try_again', 'booking', 'Too many at once; nothing was booked.'),
  ('try_again', 'capture', 'The payment is not known as captured yet.'),
  ('try_again', 'transfer', 'The transfer is not known as made yet.'),
  ('try_again', 'alteration', 'Too many at once; nothing was altered.'),
  ('try_again', 'reads',
   'Too many large reads at once. Ask for fewer rows, or try again in a moment.');
