// Generated from the migrations by npm run types; never edited.

/**
 * Every way in which Staybase says no: the code, the HTTP status it comes with (0 when there was no
 * answer at all) and what it means. A code, once here, keeps its meaning.
 */
export const errors = {
  // Who asks
  sign_in_required: [401, 'Nobody is signed in, or the token is no longer good.'],
  account_closed: [403, 'The token belongs to an account that was deleted.'],
  account_suspended: [403, 'The account is suspended; it may look, not act.'],
  not_allowed: [
    403,
    'No grant or policy lets your role do this; with status 401, because nobody is signed in.',
  ],
  invalid_api_key: [401, 'The key the client was made with is missing or not one of this project.'],
  not_your_listing: [403, 'Only a host of the listing, with the right role, may do this.'],
  secret_key_required: [401, 'A function for servers was called without the secret key.'],
  invalid_credentials: [400, 'Auth: the password, or the code, is not the right one.'],
  email_not_confirmed: [400, 'Auth: the address, or the number, has to be confirmed first.'],
  weak_password: [422, 'Auth: the password is too easy to guess, or the one there was.'],
  link_expired: [403, 'Auth: the link or code was used, is too old, or is of another browser.'],
  sign_up_disabled: [422, 'Auth: this way to sign up or in is turned off.'],
  captcha_failed: [400, 'Auth: the CAPTCHA was not solved.'],
  second_factor_required: [
    403,
    'Sign in again, with the second factor: Auth asks for it, or staff need it.',
  ],
  too_many_requests: [429, 'Auth: too many requests or e-mails; try again later.'],

  // What is asked about
  booking_not_found: [404, 'There is no such booking, or it is not yours to see.'],
  conversation_not_found: [404, 'There is no such conversation, or you have no part in it.'],
  listing_not_found: [404, 'There is no such listing, or it is not published.'],
  payment_not_found: [404, 'Server: no payment belongs to this intent (yet).'],
  profile_not_found: [404, 'There is no such person.'],
  inquiry_not_found: [404, 'There is no such inquiry, or it was not of your home.'],
  alteration_not_found: [404, 'There is no such alteration, or it is not of your booking.'],
  offer_not_found: [404, 'There is no such offer, or it is not yours.'],
  wishlist_not_found: [404, 'There is no such wishlist, or it is not yours to see.'],
  link_not_found: [404, 'The link leads nowhere, was taken back, or is for something else.'],
  hosted_here: [409, 'Whoever hosts a home, or did in the last year, does not review it.'],
  review_not_found: [404, 'There is no such review, or it is not about you.'],
  calendar_not_found: [404, 'There is no calendar at this address (any more).'],
  feed_not_found: [404, 'There is no such calendar feed, or it is not yours to keep.'],
  refund_not_found: [404, 'There is no such refund.'],
  not_found: [404, 'No row, where one was asked for with `.single()`.'],

  // How it is asked
  already_exists: [409, 'There is such a row already.'],
  invalid_body: [
    400,
    'The body of a call to a function is not JSON of the right shape; the detail names the field.',
  ],
  invalid_reference: [
    409,
    'The row refers to one that does not exist, or others still refer to it.',
  ],
  invalid_request: [
    400,
    'The API does not understand the request: an unknown table, column, verb or argument, or a filter that does not parse.',
  ],
  invalid_value: [
    400,
    'A value is of the wrong type, out of range or breaks a constraint of its table.',
  ],
  message_too_long: [400, 'Messages and reasons have at most 2000 characters.'],
  body_too_large: [413, 'The body of a call to a function is too large.'],
  method_not_allowed: [405, 'Functions are called with POST, calendar-export with GET.'],
  count_not_allowed: [
    400,
    'Planned and estimated counts would tell about rows you may not see; ask for `exact` or none.',
  ],

  // Dates and guests of a stay
  dates_required: [400, 'Give the first day and the day after the last.'],
  invalid_dates: [
    400,
    'A day is one of the calendar, written YYYY-MM-DD: no instant, no other order.',
  ],
  dates_reversed: [400, 'The end must be after the start.'],
  too_many_days: [400, 'At most 800 days at once.'],
  invalid_guests: [400, 'At least one guest; no negative pets, and 50 infants at most.'],

  // Why a stay is refused
  host_unavailable: [
    409,
    'The host takes no bookings at the moment, or none of this guest; which, nobody is told.',
  ],
  own_listing: [422, 'Hosts do not book their own homes.'],
  too_many_guests: [422, 'The home does not sleep so many.'],
  pets_not_allowed: [422, 'The host does not take so many pets.'],
  date_in_past: [422, 'Check-in has passed where the listing stands.'],
  too_short_notice: [422, 'The host asks for more time between booking and arrival.'],
  outside_booking_window: [422, 'The host has not opened these nights yet.'],
  below_minimum_nights: [422, 'The host asks for more nights.'],
  above_maximum_nights: [422, 'The host takes shorter stays only.'],
  arrival_not_allowed: [422, 'No arrivals on this day.'],
  departure_not_allowed: [422, 'No departures on this day.'],
  nights_taken: [409, 'One of the nights is taken, by a guest or by the host.'],
  below_minimum_charge: [422, 'So little money cannot be charged to a card.'],
  above_maximum_charge: [422, 'So much money cannot be charged to a card at once.'],

  // Booking
  booking_id_required: [400, 'The client chooses the id of the booking: a uuid.'],
  feed_exists: [409, 'This calendar is read for this listing already.'],
  invalid_calendar_url: [
    400,
    'Give the https, http or webcal address of a calendar, without user, password or port.',
  ],
  invalid_patterns: [
    400,
    'Up to 10 patterns of up to 100 characters leave events out, each with more in it than `*`.',
  ],
  too_many_drafts: [
    409,
    'The owner has as many drafts as are allowed; one of them can be published.',
  ],
  too_many_feeds: [
    409,
    'At most 20 calendars are read for a listing, and 200 for all homes of an owner.',
  ],
  id_reused: [409, 'This id stands for something else already; choose a new one.'],
  price_changed: [409, 'The stay costs something else than expected; show a new quote.'],
  terms_changed: [409, 'The cancellation policy is not the expected one; show a new quote.'],
  too_many_holds: [
    409,
    'Pay or withdraw one of your unpaid bookings first; or this home was held too often today without paying.',
  ],
  too_many_open_requests: [
    409,
    'The guest waits for enough hosts already; withdraw a request or wait for an answer.',
  ],
  too_many_unpaid_stays: [
    409,
    'The guest has enough stays of which nothing is paid yet: free ones, and those charged later.',
  ],
  unpaid_stays_overlap: [
    409,
    'Another stay of the guest, of which nothing is paid yet either, has some of these nights.',
  ],
  already_accepted: [
    409,
    'The host has accepted this request; it can no longer be declined or withdrawn.',
  ],
  not_awaiting_answer: [409, 'This booking is no request that waits for an answer.'],
  request_expired: [409, 'The time to answer this request is over.'],
  not_withdrawable: [409, 'Only an unpaid booking or an unanswered request is withdrawn.'],
  not_confirmed: [409, 'This is for confirmed bookings: contact data, complaints.'],
  contacts_closed: [
    409,
    'Contact data is shown from the first payment, or the end of the grace period, to check-out.',
  ],
  illegal_move: [409, 'A booking cannot go from its status to that one.'],
  not_cancellable: [409, 'Only a confirmed stay is cancelled.'],
  stay_over: [409, 'The stay is over; there is nothing left to cancel or to alter.'],
  refund_changed: [409, 'The refund is another than expected; show a new preview.'],
  staff_member: [403, 'Staff do not suspend staff; a server does (suspend_person).'],
  below_price_floor: [
    403,
    'Only the owner sells below the price; co-hosts go down to the floor the owner set.',
  ],
  staff_only: [403, 'Only staff of the marketplace may do this.'],
  invalid_refund: [422, 'A refund is from nothing to the total, in coins of the currency.'],
  reason_required: [400, 'Staff give a reason, of at most 2000 characters.'],
  stay_not_under_way: [
    409,
    'A no-show is reported between check-in and check-out of a confirmed stay.',
  ],
  no_show_not_found: [404, 'Nobody reported that the guest of this booking did not come.'],
  no_show_closed: [
    409,
    'The report was withdrawn, overtaken or decided otherwise; there is no second one.',
  ],
  objection_too_late: [409, 'The time to object to being called a no-show is over.'],
  complaint_incomplete: [400, 'A complaint has an id, a category and words; an answer has words.'],
  complaint_not_found: [404, 'There is no such complaint, or it is not yours.'],
  complaint_open: [409, 'Another complaint about this stay is not decided yet.'],
  complaint_closed: [409, 'The complaint was withdrawn or decided otherwise.'],
  complaint_too_late: [409, 'A guest complains within 72 hours of check-in.'],
  stay_not_begun: [
    409,
    'Nobody was there yet: a stay that has not begun is cancelled, not complained about.',
  ],
  already_answered: [409, 'The host has answered this complaint with other words.'],
  claim_incomplete: [400, 'A claim for damage has an id and says what is broken.'],
  claim_not_found: [404, 'There is no such claim for damage, or it is not yours.'],
  claim_open: [409, 'Another claim for damage of this stay is not settled yet.'],
  claim_closed: [409, 'The claim for damage was withdrawn, decided or paid.'],
  claim_too_late: [409, 'Damage is claimed within 14 days of check-out.'],
  claim_waits_for_guest: [409, 'Staff decide when the guest objected or was silent for 24 hours.'],
  invalid_damage: [
    422,
    'What is claimed or awarded can be charged to a card, is within what the currency allows for a stay, and no award exceeds its claim.',
  ],
  decision_required: [400, 'Staff say yes or no.'],
  frozen: [409, 'What was agreed, and what happened, is never rewritten.'],

  // Messages
  message_id_required: [400, 'The client chooses the id of the message: a uuid.'],
  message_empty: [400, 'A message says something.'],
  guest_unavailable: [409, 'This guest takes no messages at the moment.'],
  too_many_conversations: [429, 'You asked about many homes today; try again tomorrow.'],
  too_many_messages: [429, 'You wrote very much within an hour; try again later.'],
  invalid_days: [400, 'An automated message is sent from 0 to 30 days before or after.'],
  invalid_locale: [400, 'A language is two or three small letters, such as `en`.'],
  invalid_placeholder: [
    400,
    'Known are {guest_name}, {host_name}, {listing_title}, {city}, {check_in}, {check_out}, {check_in_time} and {check_out_time}; braces stand for nothing else.',
  ],

  // Reviewing
  not_reviewable: [
    409,
    'Only a stay that took place is reviewed, or one cancelled from the day of check-in on.',
  ],
  review_not_open: [409, 'A stay is reviewed from its check-out on.'],
  review_closed: [409, 'The 14 days to review this stay are over.'],
  reply_closed: [409, 'The 30 days to reply to this review are over.'],
  reply_required: [400, 'A reply has words.'],
  review_too_long: [400, 'Reviews have at most 5000 characters.'],
  invalid_stars: [422, 'From 1 to 5 stars, for each that is asked.'],

  // Notifications
  kind_not_found: [404, 'There is no such kind of notification; `notification_kinds` lists them.'],
  kind_essential: [409, 'Notifications about bookings and money cannot be turned off.'],
  invalid_token: [400, 'The link to turn letters off is not one of ours, or not whole.'],
  endpoint_not_found: [404, 'There is no such webhook endpoint.'],
  delivery_not_found: [404, 'There is no such delivery.'],
  invalid_url: [400, 'A webhook goes to a public https address, without user and password.'],
  invalid_event_types: [400, 'Up to 50 types such as booking.confirmed; null for all.'],
  enabled_required: [400, 'Say whether the endpoint is to be told: true or false.'],

  // Offers
  inquiry_id_required: [400, 'The client chooses the id of the inquiry: a uuid.'],
  offer_id_required: [400, 'The client chooses the id of the offer: a uuid.'],
  invalid_price: [400, 'The price of an offer is from 0 up, in minor units.'],
  too_many_offers: [409, 'Withdraw one of your open offers to this guest first.'],
  offer_differs: [422, 'The offer is for another home, other days or other guests.'],
  offer_closed: [409, 'The offer was accepted, declined or withdrawn.'],
  offer_expired: [409, 'This offer is over.'],

  // Alterations
  alteration_id_required: [400, 'The client chooses the id of the alteration: a uuid.'],
  not_alterable: [409, 'Only a confirmed stay whose payment is not disputed is altered.'],
  stay_begun: [409, 'The stay has begun; only its end moves.'],
  nights_spent: [409, 'The night that is running, and those before it, are not given back.'],
  paid_in_parts: [
    409,
    'An instalment is being charged or was refused, or a paid stay would become one that is paid later.',
  ],
  nothing_changed: [422, 'The stay is like that already.'],
  too_many_attempts: [
    429,
    'The stay has had enough complaints, claims or alterations; write to the other side, or to staff.',
  ],
  alteration_open: [409, 'Another alteration of this booking is to be answered or paid first.'],
  own_proposal: [409, 'What one side proposes the other side answers; it can be withdrawn.'],
  alteration_closed: [
    409,
    'The alteration was answered, withdrawn or overtaken, or is not yours to end.',
  ],
  alteration_expired: [409, 'The time to answer the alteration is over.'],

  // Paying
  already_paid: [409, 'This booking is paid, or authorised and with the host.'],
  hold_expired: [409, 'The nights are no longer held, or for less than a minute; book again.'],
  payments_unavailable: [503, 'Stripe did not answer; ask again, it will be the same payment.'],
  intent_mismatch: [409, 'This payment has another intent.'],
  invalid_signature: [
    400,
    'Server: the webhook was not signed by Stripe with our secret, or not within five minutes.',
  ],
  thin_event: [400, 'Server: this webhook takes snapshot events only.'],
  dispute_open: [
    409,
    "The cardholder's bank has taken the payment back; until that is decided nothing is refunded.",
  ],
  payout_not_found: [404, 'There is no such payout.'],
  reversal_not_found: [404, 'There is no such reversal.'],
  host_account_not_found: [404, 'This host has begun no account.'],
  account_mismatch: [409, 'This host has another account.'],
  ledger_unbalanced: [
    500,
    'A fault of Staybase: the ledger refused a booking that does not sum to zero.',
  ],

  // Safety
  account_has_open_stays: [
    409,
    'Stays to come, money on its way, a debt or a question that is not decided keep the account; the detail says which.',
  ],
  report_incomplete: [
    400,
    'A report has an id of its own, and says what it is about and of which category.',
  ],
  report_too_long: [400, 'A report has at most 5000 characters.'],
  report_subject_not_found: [404, 'There is nothing there that you can see and report.'],
  too_many_reports: [429, 'So many reports in 24 hours are enough; staff see those you filed.'],
  report_not_found: [404, 'There is no such report.'],
  report_claimed: [409, 'Somebody else of the staff has this report.'],
  report_closed: [409, 'This report was decided.'],
  own_case: [
    403,
    'Staff decide nothing about themselves, their stays and homes, or what they reported.',
  ],
  invalid_measures: [422, 'Dismiss alone, or measures that fit what the report is about.'],
  hidden_by_staff: [403, 'Staff took this listing out of sight; its hosts cannot publish it.'],
  invalid_verification: [400, 'What is verified is identity or phone, and it is or is not.'],
  phone_mismatch: [409, 'This is not the number on the profile.'],

  // Hosting
  listing_required: [409, 'Make a listing first; then you can be paid for it.'],
  invalid_country: [400, 'A country is two letters, such as FR.'],
  listing_incomplete: [
    422,
    'Something is missing before it can be published; the detail says what.',
  ],
  currency_not_offered: [422, 'The marketplace does not settle in this currency.'],
  invalid_time_zone: [422, 'Use an IANA name such as Europe/Paris.'],
  price_not_in_steps: [422, 'Amounts of this currency are multiples of its smallest coin.'],
  invalid_field: [400, '`clear_fields` may name price_minor and minimum_nights.'],
  cohost_not_found: [404, 'This person does not host the listing; invite them.'],
  invitation_not_found: [404, 'There is no such invitation that is yours to answer or take back.'],
  invitation_over: [409, 'The invitation was answered or withdrawn, or has expired.'],
  invitee_required: [
    400,
    'Choose an invitation_id, and give either a profile_id or an e-mail address.',
  ],
  proof_required: [
    403,
    'Prove that the invited address is yours: pass the code from the invitation e-mail.',
  ],
  invalid_code: [403, 'This is not the code from the invitation e-mail.'],
  email_unconfirmed: [403, 'Confirm your own e-mail address before you invite somebody by e-mail.'],
  published_home_required: [403, 'Publish a home before you invite somebody by e-mail.'],
  already_cohost: [
    409,
    'This person already hosts the listing; use set_cohost_role to change their role.',
  ],
  too_many_invitations: [429, 'So many invitations in 24 hours are enough; try again tomorrow.'],
  one_owner_only: [422, 'A listing has one owner, whose role cannot change.'],
  photos_do_not_match: [422, 'Name every photo of the listing, each once.'],

  // Keeping homes for later
  not_your_wishlist: [403, 'Only the owner of this wishlist may do this.'],
  owner_stays: [422, 'The owner of a wishlist does not leave it; delete it instead.'],
  not_in_wishlist: [404, 'This home is not in this wishlist.'],
  saved_required: [400, '`saved` is true or false.'],
  too_many_wishlists: [409, 'Delete or leave one of your wishlists first.'],
  wishlist_full: [409, 'Take a home out of this wishlist first, or begin another list.'],
  wishlist_crowded: [409, 'As many people as can share this wishlist already.'],

  // Searching
  invalid_box: [
    400,
    'A box is west, south, east and north in degrees, south not above north; west may lie east of east.',
  ],
  invalid_point: [
    400,
    'A point is latitude and longitude in degrees; radius_metres is above 0 and at most 20037508.',
  ],
  point_required: [400, 'Sorting by distance needs latitude and longitude.'],
  invalid_price_range: [400, 'Prices are from 0 up, the lower one first.'],
  currency_required: [400, 'Prices are compared in one currency: name it.'],
  unknown_amenity: [400, 'The table `amenities` lists them all.'],
  invalid_sort: [400, 'Sort by price, rating, distance or newest.'],
  invalid_cursor: [400, '`after` is the cursor of a row found by the same call.'],
  invalid_page_size: [400, 'A page has at least one row.'],
  too_many_results: [400, 'A page has at most 100 rows, a question at most 100 listings.'],

  // Asking in GraphQL
  invalid_document: [
    400,
    'The document is not valid GraphQL or asks for something the schema does not have; the detail says where.',
  ],
  invalid_variables: [
    400,
    'A variable is missing or does not have the type that the document declares.',
  ],
  query_too_costly: [400, 'The document asks for too much at once; the detail names the limit.'],
  unknown_document: [404, 'Only documents on the list are accepted, and this hash is not on it.'],
  answer_too_large: [413, 'The answer would be over 2 MB; ask for fewer rows or fields.'],

  // Not your fault
  try_again: [503, 'Too many at once, or a part does not answer; nothing happened, try again.'],
  network_error: [
    0,
    'There was no answer; whether the request arrived is unknown. Repeating it is safe.',
  ],
  not_configured: [500, 'A setting of the function is missing; the detail names it.'],
  internal_error: [500, 'Something went wrong on our side; nothing was decided.'],
  unknown_error: [0, 'What was given to `codeOf` is none of these.'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>;
