// Generated from the migrations by npm run types; never edited.

import type { ErrorCode } from './codes.ts';

/**
 * Every way in which Staybase says no: the code, the HTTP status it comes with (0 when there was no
 * answer at all) and what it means. A code, once here, keeps its meaning.
 */
export const errors = {
  // Signing in and permissions
  sign_in_required: [401, 'Nobody is signed in, or the access token is invalid or expired.'],
  account_closed: [403, 'The account this token belongs to was deleted.'],
  account_suspended: [403, 'The account is suspended: it can read but not make changes.'],
  not_allowed: [
    403,
    'Your role has no grant or policy for this; with status 401, because nobody is signed in.',
  ],
  invalid_api_key: [401, 'The API key is missing or does not belong to this project.'],
  not_your_listing: [403, 'Only a host of this listing with the required role may do this.'],
  secret_key_required: [
    401,
    'This function is for servers and must be called with the secret key.',
  ],
  invalid_credentials: [400, 'Auth: the password or code is wrong.'],
  email_not_confirmed: [400, 'Auth: confirm the e-mail address or phone number first.'],
  weak_password: [422, 'Auth: the password is too weak or the same as the current one.'],
  link_expired: [
    403,
    'Auth: the link or code was already used, has expired or was opened in another browser.',
  ],
  sign_up_disabled: [422, 'Auth: this way to sign up or sign in is disabled.'],
  captcha_failed: [400, 'Auth: the CAPTCHA was not solved.'],
  second_factor_required: [
    403,
    'Sign in again with a second factor: Auth or a staff action requires it.',
  ],
  too_many_requests: [429, 'Auth: too many requests or e-mails. Try again later.'],

  // Records and links not found
  booking_not_found: [404, 'This booking does not exist, or you may not see it.'],
  conversation_not_found: [404, 'This conversation does not exist, or you are not part of it.'],
  listing_not_found: [404, 'This listing does not exist or is not published.'],
  payment_not_found: [404, 'Server: no payment belongs to this intent (yet).'],
  profile_not_found: [404, 'This person does not exist.'],
  inquiry_not_found: [404, 'This inquiry does not exist, or it is not about a home you host.'],
  alteration_not_found: [
    404,
    'This alteration does not exist, or it is not for one of your bookings.',
  ],
  offer_not_found: [404, 'This offer does not exist, or it is not yours.'],
  wishlist_not_found: [404, 'This wishlist does not exist, or you may not see it.'],
  link_not_found: [404, 'This link is invalid, was revoked or is for something else.'],
  review_not_found: [404, 'This review does not exist, or it is not about you.'],
  calendar_not_found: [404, 'There is no calendar at this address, or it was removed.'],
  feed_not_found: [404, 'This calendar feed does not exist, or you do not manage it.'],
  refund_not_found: [404, 'This refund does not exist.'],
  not_found: [404, 'No row matched a query with `.single()`.'],

  // Invalid requests
  already_exists: [409, 'This row already exists.'],
  invalid_body: [
    400,
    'The request body is not JSON of the expected shape; the detail names the field.',
  ],
  invalid_reference: [
    409,
    'The row refers to one that does not exist, or other rows still refer to it.',
  ],
  invalid_request: [
    400,
    'The API does not understand the request: an unknown table, column, verb or argument, or a filter that cannot be parsed.',
  ],
  invalid_value: [
    400,
    'A value has the wrong type, is out of range or violates a constraint of its table.',
  ],
  message_too_long: [400, 'Messages and reasons are limited to 2000 characters.'],
  body_too_large: [413, 'The request body is too large.'],
  method_not_allowed: [405, 'Call functions with POST, and calendar-export with GET.'],
  count_not_allowed: [
    400,
    'Planned and estimated counts would reveal rows you may not see; use `exact` or no count.',
  ],
  invalid_amounts: [
    400,
    'Give up to 1000 amounts in minor units, and one currency for all of them or one for each.',
  ],
  invalid_rates: [
    400,
    'Give a base currency, a day that is not in the future, a source of up to 200 characters, and up to 500 currencies, each with a positive number: how many of it one unit of the base buys.',
  ],

  // Dates and guests
  dates_required: [400, 'Give the first day and the day after the last one.'],
  invalid_dates: [400, 'A day must be a valid date written YYYY-MM-DD, without a time.'],
  dates_reversed: [400, 'The end must be after the start.'],
  too_many_days: [400, 'Use a range of at most 800 days.'],
  invalid_guests: [
    400,
    'There must be at least one guest, one of them an adult, at most 50 infants, and no negative number of pets. child_ages are the ages of the children among the guests, each from 2 to 17.',
  ],

  // Availability and booking rules
  host_unavailable: [
    409,
    'The host is unavailable, in general or to you; which of the two is not disclosed.',
  ],
  own_listing: [422, 'You host this home, so you cannot book it or ask about it.'],
  too_many_guests: [422, 'The home does not sleep this many guests.'],
  pets_not_allowed: [422, 'The host does not accept this many pets.'],
  date_in_past: [422, "The check-in date has passed in the listing's time zone."],
  too_short_notice: [422, 'The host needs more time between booking and arrival.'],
  outside_booking_window: [422, 'The host has not opened these nights for booking yet.'],
  below_minimum_nights: [422, 'The host requires a longer stay.'],
  above_maximum_nights: [422, 'The host only accepts shorter stays.'],
  arrival_not_allowed: [422, 'Check-in is not possible on this day.'],
  departure_not_allowed: [422, 'Check-out is not possible on this day.'],
  nights_taken: [409, 'At least one of these nights is booked or blocked by the host.'],
  below_minimum_charge: [422, 'The amount is too small to be charged to a card.'],
  above_maximum_charge: [422, 'The amount is too large to be charged to a card at once.'],

  // Bookings, cancellations and claims
  booking_id_required: [400, 'Give a booking_id: a UUID chosen by the client.'],
  feed_exists: [409, 'This calendar is already connected to this listing.'],
  invalid_calendar_url: [
    400,
    'Give the https, http or webcal address of a calendar, without user, password or port.',
  ],
  invalid_patterns: [
    400,
    'Give at most 10 patterns of at most 100 characters, each with more in it than `*`.',
  ],
  too_many_drafts: [409, 'The owner has reached the limit of drafts; publish one first.'],
  too_many_feeds: [
    409,
    'At most 20 calendars can be connected to a listing, and 200 to all homes of an owner.',
  ],
  id_reused: [409, 'This id is already used for something else; choose a new one.'],
  price_changed: [409, 'The price is not the expected one; show a new quote.'],
  terms_changed: [409, 'The cancellation policy is not the expected one; show a new quote.'],
  too_many_holds: [
    409,
    'Pay or withdraw one of your unpaid bookings first, or you held this home too often today without paying.',
  ],
  too_many_open_requests: [
    409,
    'You have too many open requests; withdraw one or wait for an answer.',
  ],
  too_many_unpaid_stays: [
    409,
    'You have too many stays for which nothing is paid yet: free ones, and those charged later.',
  ],
  unpaid_stays_overlap: [
    409,
    'Another of your stays for which nothing is paid yet includes some of these nights.',
  ],
  already_accepted: [
    409,
    'The host has accepted this request; it can no longer be declined or withdrawn.',
  ],
  not_awaiting_answer: [409, 'This booking is not a request waiting for an answer.'],
  request_expired: [409, 'The time to answer this request has passed.'],
  not_withdrawable: [409, 'Only an unpaid booking or an unanswered request can be withdrawn.'],
  not_confirmed: [
    409,
    'Contact details, complaints and damage claims are only available for confirmed bookings.',
  ],
  contacts_closed: [
    409,
    'Contact details are shown from the first payment, or the end of the grace period, until check-out.',
  ],
  illegal_move: [409, 'A booking cannot change from its current status to this one.'],
  not_cancellable: [409, 'Only a confirmed stay can be cancelled.'],
  stay_over: [409, 'The stay is over and can no longer be cancelled or altered.'],
  refund_changed: [409, 'The refund is not the expected one; show a new preview.'],
  staff_member: [403, 'Staff cannot suspend other staff; only a server can (suspend_person).'],
  below_price_floor: [
    403,
    'Only the owner can go below the price; co-hosts can go down to the floor the owner set.',
  ],
  staff_only: [403, 'Only staff of the marketplace may do this.'],
  invalid_refund: [
    422,
    "A refund must be between 0 and the total, in multiples of the currency's smallest coin.",
  ],
  reason_required: [400, 'Give a reason of at most 2000 characters.'],
  stay_not_under_way: [
    409,
    'A no-show can only be reported between check-in and check-out of a confirmed stay.',
  ],
  no_show_not_found: [404, 'No no-show was reported for this booking.'],
  no_show_closed: [
    409,
    'The no-show report was withdrawn, superseded or decided otherwise, and cannot be filed again.',
  ],
  objection_too_late: [409, 'The time to object to the no-show report has passed.'],
  complaint_incomplete: [
    400,
    'A complaint needs an id, a category and a text; an answer needs a text.',
  ],
  complaint_not_found: [404, 'This complaint does not exist, or it is not yours.'],
  complaint_open: [409, 'Another complaint about this stay is still undecided.'],
  complaint_closed: [409, 'The complaint was withdrawn or decided otherwise.'],
  complaint_too_late: [409, 'Complaints must be filed within 72 hours of check-in.'],
  stay_not_begun: [
    409,
    'The stay has not begun; it can be cancelled, but complaints and damage claims are not possible yet.',
  ],
  already_answered: [409, 'The host has already answered this complaint with a different text.'],
  claim_incomplete: [400, 'A damage claim needs an id and a description of the damage.'],
  claim_not_found: [404, 'This damage claim does not exist, or it is not yours.'],
  claim_open: [409, 'Another damage claim for this stay is not settled yet.'],
  claim_closed: [409, 'The damage claim was withdrawn, decided or paid.'],
  claim_too_late: [409, 'Damage must be claimed within 14 days of check-out.'],
  claim_waits_for_guest: [
    409,
    'Staff can decide once the guest has objected or has not answered for 24 hours.',
  ],
  invalid_damage: [
    422,
    'A claim or award must be an amount that can be charged to a card and is within the limit for a stay in this currency, and an award cannot exceed its claim.',
  ],
  decision_required: [400, 'Give a decision: true or false.'],
  frozen: [409, 'Agreed terms and past events cannot be changed.'],

  // Messages
  message_id_required: [400, 'Give a message_id: a UUID chosen by the client.'],
  message_empty: [400, 'A message needs a text.'],
  guest_unavailable: [409, 'This guest is not receiving messages at the moment.'],
  too_many_conversations: [
    429,
    'You have contacted hosts about too many homes today. Try again tomorrow.',
  ],
  too_many_messages: [429, 'You have sent too many messages this hour. Try again later.'],
  invalid_days: [400, 'Automated messages can be sent 0 to 30 days before or after.'],
  invalid_locale: [400, 'A language is two or three lower-case letters, such as `en`.'],
  invalid_placeholder: [
    400,
    'Use only {guest_name}, {host_name}, {listing_title}, {city}, {check_in}, {check_out}, {check_in_time} and {check_out_time}; other braces are not allowed.',
  ],

  // Reviews
  not_reviewable: [
    409,
    'Only a stay that took place, or was cancelled on or after the day of check-in, can be reviewed.',
  ],
  review_not_open: [409, 'A stay can be reviewed from check-out on.'],
  review_closed: [409, 'The 14 days to review this stay have passed.'],
  reply_closed: [409, 'The 30 days to reply to this review have passed.'],
  reply_required: [400, 'A reply needs a text.'],
  review_too_long: [400, 'Reviews are limited to 5000 characters.'],
  hosted_here: [409, 'You cannot review a home that you host or have hosted in the last year.'],
  invalid_stars: [422, 'Give 1 to 5 stars for each required rating.'],

  // Notifications and webhooks
  kind_not_found: [404, 'This kind of notification does not exist; see `notification_kinds`.'],
  kind_essential: [409, 'Notifications about bookings and payments cannot be turned off.'],
  invalid_token: [400, 'This unsubscribe link is invalid or incomplete.'],
  endpoint_not_found: [404, 'This webhook endpoint does not exist.'],
  delivery_not_found: [404, 'This delivery does not exist.'],
  invalid_url: [400, 'Give a public https address, without user and password.'],
  invalid_event_types: [
    400,
    'Give up to 50 event types, such as booking.confirmed, or null for all.',
  ],
  enabled_required: [400, '`enabled` must be true or false.'],

  // Inquiries and offers
  inquiry_id_required: [400, 'Give an inquiry_id: a UUID chosen by the client.'],
  offer_id_required: [400, 'Give an offer_id: a UUID chosen by the client.'],
  invalid_price: [400, 'The price must be 0 or more, in minor units.'],
  too_many_offers: [409, 'You have too many open offers to this guest; withdraw one first.'],
  offer_differs: [
    422,
    'The offer is for another home, other dates or a different number of guests.',
  ],
  offer_closed: [409, 'The offer was accepted, declined or withdrawn.'],
  offer_expired: [409, 'This offer has expired.'],

  // Booking alterations
  alteration_id_required: [400, 'Give an alteration_id: a UUID chosen by the client.'],
  not_alterable: [409, 'Only a confirmed stay whose payment is not disputed can be altered.'],
  stay_begun: [409, 'The stay has begun; only its check-out can be changed.'],
  nights_spent: [409, 'The current night and those before it cannot be removed from the stay.'],
  paid_in_parts: [
    409,
    'An instalment is being charged or was declined, or a stay that is already paid would have to be paid later.',
  ],
  nothing_changed: [422, 'This would not change anything about the stay.'],
  too_many_attempts: [
    429,
    'The limit of complaints, claims or alterations for this stay is reached; message each other or contact support.',
  ],
  alteration_open: [409, 'Another alteration of this booking must be answered or paid first.'],
  own_proposal: [409, 'The other side has to answer this proposal; you can withdraw it.'],
  alteration_closed: [
    409,
    'The alteration was answered, withdrawn or superseded, or you may not end it.',
  ],
  alteration_expired: [409, 'The time to answer this alteration has passed.'],

  // Payments and payouts
  already_paid: [409, 'This booking is already paid, or authorised and waiting for the host.'],
  hold_expired: [
    409,
    'The nights are no longer held, or for less than another minute; book again.',
  ],
  payments_unavailable: [503, 'Stripe did not respond. Try again: it will be the same payment.'],
  intent_mismatch: [409, 'This payment already has a different intent.'],
  invalid_signature: [
    400,
    'Server: the webhook was not signed by Stripe with our secret, or more than five minutes ago.',
  ],
  thin_event: [400, 'Server: this webhook only accepts snapshot events.'],
  dispute_open: [
    409,
    "The payment is disputed with the cardholder's bank; nothing can be refunded until that is decided.",
  ],
  payout_not_found: [404, 'This payout does not exist.'],
  payout_not_by_hand: [
    409,
    "Only a payout that is blocked for its currency, its transfer or the host's account can be recorded as paid by hand, and only while no case holds it.",
  ],
  invalid_payout_amount: [
    422,
    "The amount paid must be the payout's, less what was withheld for a debt of the host.",
  ],
  reversal_not_found: [404, 'This reversal does not exist.'],
  host_account_not_found: [404, 'This host has not started to set up a payout account.'],
  account_mismatch: [409, 'This host already has a different payout account.'],
  ledger_unbalanced: [
    500,
    'A bug in Staybase: the ledger rejected an entry that does not sum to zero.',
  ],

  // Accounts, reports and moderation
  account_has_open_stays: [
    409,
    'The account cannot be deleted while it has upcoming stays, payments under way, a debt or an undecided case; the detail names them.',
  ],
  report_incomplete: [400, 'A report needs a new id, a subject and a category.'],
  report_too_long: [400, 'Reports are limited to 5000 characters.'],
  report_subject_not_found: [404, 'What you want to report does not exist, or you cannot see it.'],
  too_many_reports: [
    429,
    'You have filed too many reports in the last 24 hours; staff will look at those.',
  ],
  report_not_found: [404, 'This report does not exist.'],
  report_claimed: [409, 'Another staff member is working on this report.'],
  report_closed: [409, 'This report was already decided.'],
  no_open_case: [403, 'Staff can read messages only while a case about the stay is open.'],
  command_not_found: [404, 'This command does not exist.'],
  not_repeatable: [
    409,
    'A command about a payment cannot be retried: its failure already had consequences.',
  ],
  own_case: [
    403,
    'Staff cannot decide about themselves, their own stays and homes, or what they reported.',
  ],
  invalid_measures: [422, 'Choose dismiss alone, or measures that fit the subject of the report.'],
  hidden_by_staff: [403, 'Staff have hidden this listing; its hosts cannot publish it.'],
  invalid_verification: [400, 'Choose identity or phone, and whether it is verified.'],
  phone_mismatch: [409, 'This is not the phone number on the profile.'],

  // Listings and co-hosts
  listing_required: [409, 'Create a listing before you set up payouts.'],
  invalid_country: [400, 'A country is a two-letter code, such as FR.'],
  listing_incomplete: [
    422,
    'The listing is not complete enough to be published; the detail names what is missing.',
  ],
  currency_not_offered: [422, 'The marketplace does not support this currency.'],
  invalid_time_zone: [422, 'Use an IANA name, such as Europe/Paris.'],
  price_not_in_steps: [422, 'Amounts in this currency must be multiples of its smallest coin.'],
  invalid_field: [400, '`clear_fields` can only contain price_minor and minimum_nights.'],
  cohost_not_found: [404, 'This person does not host the listing; invite them first.'],
  invitation_not_found: [
    404,
    'This invitation does not exist, or you may not answer or withdraw it.',
  ],
  invitation_over: [409, 'The invitation was answered or withdrawn, or has expired.'],
  invitee_required: [
    400,
    'Choose an invitation_id, and give either a profile_id or an e-mail address.',
  ],
  proof_required: [
    403,
    'Prove that the invited address is yours: give the code from the invitation e-mail.',
  ],
  invalid_code: [403, 'This is not the code from the invitation e-mail.'],
  email_unconfirmed: [403, 'Confirm your own e-mail address before you invite somebody by e-mail.'],
  published_home_required: [403, 'Publish a home before you invite somebody by e-mail.'],
  already_cohost: [
    409,
    'This person already hosts the listing; use set_cohost_role to change their role.',
  ],
  too_many_invitations: [
    429,
    'You have sent too many invitations in the last 24 hours. Try again tomorrow.',
  ],
  one_owner_only: [422, 'A listing has exactly one owner, whose role cannot be changed.'],
  photos_do_not_match: [422, 'List every photo of the listing exactly once.'],
  invalid_custom_fields: [
    422,
    'The custom fields do not fit the schema of this marketplace; the detail names the field.',
  ],
  invalid_schema: [
    400,
    'The schema of custom fields is not one that can be checked; the detail says where.',
  ],

  // Wishlists
  not_your_wishlist: [403, 'Only the owner of this wishlist may do this.'],
  owner_stays: [422, 'The owner of a wishlist cannot leave it; delete the wishlist instead.'],
  not_in_wishlist: [404, 'This home is not in this wishlist.'],
  saved_required: [400, '`saved` must be true or false.'],
  too_many_wishlists: [409, 'You have reached the limit of wishlists; delete or leave one first.'],
  wishlist_full: [409, 'This wishlist is full; remove a home first or start another wishlist.'],
  wishlist_crowded: [409, 'This wishlist already has the maximum number of members.'],

  // Search and pagination
  invalid_box: [
    400,
    'A box has west, south, east and north in degrees; south must not be above north, but west may be east of east.',
  ],
  invalid_point: [
    400,
    'A point has latitude and longitude in degrees; radius_metres is above 0 and at most 20037508.',
  ],
  point_required: [400, 'Sorting by distance needs latitude and longitude.'],
  invalid_price_range: [400, 'Prices must be 0 or more, and the lower one comes first.'],
  currency_required: [400, 'Give the currency of the price range.'],
  invalid_rooms: [400, 'Bedrooms, beds and bathrooms are 0 or more.'],
  invalid_rating: [400, 'A rating is a number of stars from 0 to 5.'],
  invalid_flexibility: [
    400,
    'Give check_in and check_out with flex_days from 1 to 3, or a month with either stay (weekend or week) or nights from 1 to 28.',
  ],
  unknown_amenity: [400, 'This amenity does not exist; see the table `amenities`.'],
  unknown_property_type: [
    400,
    'This property type does not exist; see the table `property_types`.',
  ],
  invalid_sort: [400, 'Sort by price, rating, distance or newest.'],
  invalid_cursor: [400, '`after` must be the cursor of a row from the same search or list.'],
  invalid_page_size: [400, 'A page must have at least one row.'],
  too_many_results: [
    400,
    'Ask for at most 100 rows per page, and for 100 listings or property types at once.',
  ],
  invalid_filter: [
    400,
    'The filter names a custom field that cannot be searched, or a value it cannot have; the detail names it.',
  ],
  invalid_words: [
    400,
    'Search words are at most 100 characters long and contain a letter or a digit.',
  ],
  invalid_place_name: [
    400,
    'Give at most 100 characters of a name, at least one of them a letter or a digit.',
  ],

  // GraphQL
  invalid_document: [
    400,
    'The document is not valid GraphQL or asks for something that is not in the schema; the detail says where.',
  ],
  invalid_variables: [
    400,
    'A variable is missing or does not have the type declared in the document.',
  ],
  query_too_costly: [400, 'The document asks for too much at once; the detail names the limit.'],
  unknown_document: [
    404,
    'Only documents on the allow-list are accepted, and this hash is not on it.',
  ],
  answer_too_large: [413, 'The response would be larger than 2 MB; ask for fewer rows or fields.'],

  // Temporary and internal errors
  try_again: [
    503,
    'The server is busy or a service does not respond. Nothing was changed; try again.',
  ],
  replica_behind: [
    503,
    'This read replica does not have your last change yet, or is too far behind. Ask the primary.',
  ],
  network_error: [
    0,
    'There was no response, so it is unknown whether the request arrived. It is safe to repeat it.',
  ],
  not_configured: [500, 'A setting of this function is missing; the detail names it.'],
  internal_error: [500, 'Something went wrong on our side; nothing was decided.'],
  unknown_error: [0, 'The value given to `codeOf` is none of these errors.'],
} as const satisfies Record<ErrorCode, readonly [status: number, meaning: string]>;
