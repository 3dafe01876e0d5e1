import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import type { ErrorCode } from '../../types/errors.ts';
import { badTokens, badValues, type Call, everything, noDays, send } from '../support/bad-input.ts';
import { type Client, clientOf, type Person, person, serviceClient } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

/** Who may call a verb: a guest, a host, anyone, or the server with its secret key. */
type Caller = 'Ada' | 'Hedy' | 'anyone' | 'server';

interface Case {
  by: Caller;
  /** Arguments with which the verb does something, all of them. For the server's: of nothing that is there. */
  good: () => Record<string, unknown>;
  /** Values that are odd and right, and would change something; they are not sent. */
  takes?: Record<string, string[]>;
  /** What is said to some bad values, by `argument: value`; of the others the code may be any. */
  says?: Record<string, ErrorCode>;
  /** The arguments that are its first day and the day after its last. */
  between?: [string, string];
  /** What is there and not the caller's, and what is said to it. */
  strange?: () => Record<string, [value: unknown, code: ErrorCode]>;
}

let ada: Person;
let hedy: Person;
const mill = {
  listing: '',
  hold: '',
  request: '',
  invitation: '',
  wishlist: '',
  link: '',
  conversation: '',
  inquiry: '',
  offer: '',
  feed: '',
  token: 'secret',
};
const elsewhere = {
  listing: '',
  draft: '',
  hold: '',
  request: '',
  wishlist: '',
  link: '',
  conversation: '',
  inquiry: '',
  offer: '',
  feed: '',
};

const nights = { check_in: '2031-06-10', check_out: '2031-06-12' };
const days = { starts_on: '2031-06-10', ends_on: '2031-06-12' };
const nothing = () => randomUUID();

const datesSay = (first: string, last: string): Record<string, ErrorCode> => ({
  ...Object.fromEntries(
    [first, last].flatMap((day) =>
      Object.keys(noDays).map((label) => [`${day}: ${label}`, 'invalid_dates'])
    ),
  ),
  [`${last}: NUL`]: 'invalid_value',
  [`${last}: past`]: 'dates_reversed',
});
const requiredDates = (first: string, last: string): Record<string, ErrorCode> => ({
  ...datesSay(first, last),
  [`${first}: null`]: 'dates_required',
  [`${last}: null`]: 'dates_required',
});
const staySays: Record<string, ErrorCode> = {
  ...requiredDates('check_in', 'check_out'),
  'listing_id: unknown': 'listing_not_found',
  'listing_id: null': 'listing_not_found',
  'check_in: past': 'date_in_past',
  'guests: negative': 'invalid_guests',
  'guests: null': 'invalid_guests',
  'pets: negative': 'invalid_guests',
  'infants: null': 'invalid_guests',
  'child_ages: a list of null': 'invalid_guests',
};
const listingSays: Record<string, ErrorCode> = {
  'listing_id: unknown': 'listing_not_found',
  'listing_id: null': 'listing_not_found',
  'listing_id: no uuid': 'invalid_value',
};

const feedFilterSays: Record<string, ErrorCode> = {
  'feed_id: unknown': 'feed_not_found',
  'feed_id: null': 'feed_not_found',
  'patterns: null': 'invalid_patterns',
  'patterns: a list of null': 'invalid_patterns',
};
const messageSays: Record<string, ErrorCode> = {
  'message_id: null': 'message_id_required',
  'body: null': 'message_empty',
  'body: huge': 'message_too_long',
};
const conversationSays: Record<string, ErrorCode> = {
  'conversation_id: unknown': 'conversation_not_found',
  'conversation_id: null': 'conversation_not_found',
  'conversation_id: no uuid': 'invalid_value',
};
const bookingSays: Record<string, ErrorCode> = {
  'booking_id: unknown': 'booking_not_found',
  'booking_id: null': 'booking_not_found',
  'booking_id: no uuid': 'invalid_value',
};
const wishlistSays: Record<string, ErrorCode> = {
  'wishlist_id: unknown': 'wishlist_not_found',
  'wishlist_id: null': 'wishlist_not_found',
  'wishlist_id: no uuid': 'invalid_value',
};
const pageSays: Record<string, ErrorCode> = {
  'page_size: negative': 'invalid_page_size',
  'page_size: null': 'invalid_page_size',
  'after: huge': 'invalid_cursor',
};
const notYourWishlist = (): ReturnType<NonNullable<Case['strange']>> => ({
  wishlist_id: [elsewhere.wishlist, 'wishlist_not_found'],
});
const offerSays: Record<string, ErrorCode> = {
  'offer_id: unknown': 'offer_not_found',
  'offer_id: null': 'offer_not_found',
  'offer_id: no uuid': 'invalid_value',
};
const alterationSays: Record<string, ErrorCode> = {
  'alteration_id: unknown': 'alteration_not_found',
  'alteration_id: null': 'alteration_not_found',
  'alteration_id: no uuid': 'invalid_value',
};
const notYourOffer = (): ReturnType<NonNullable<Case['strange']>> => ({
  offer_id: [elsewhere.offer, 'offer_not_found'],
});
const notYourListing = (): ReturnType<NonNullable<Case['strange']>> => ({
  listing_id: [elsewhere.listing, 'not_your_listing'],
});
const homesSay: Record<string, ErrorCode> = {
  'listing_ids: null': 'listing_not_found',
  'listing_ids: a list of null': 'listing_not_found',
  'ranges: null': 'dates_required',
  'ranges: a list of null': 'dates_required',
};
const noRanges = (): ReturnType<NonNullable<Case['strange']>> => ({
  listing_ids: [[mill.listing, elsewhere.listing], 'not_your_listing'],
  ranges: [[{ starts_on: 'tomorrow', ends_on: '2031-06-12' }], 'invalid_dates'],
  weekdays: [[0], 'invalid_value'],
});
const notYourBooking = (booking: () => string) => (): ReturnType<NonNullable<Case['strange']>> => ({
  booking_id: [booking(), 'booking_not_found'],
});

/** What search_listings is asked, but for its pages: search_pins and search_facets are asked the same. */
const wish = () => ({
  west: -74,
  south: 42,
  east: -73,
  north: 43,
  latitude: 42.6,
  longitude: -73.7,
  radius_metres: 10_000,
  ...nights,
  guests: 1,
  infants: 0,
  pets: 0,
  child_ages: [],
  minimum_price_minor: 0,
  maximum_price_minor: 100_000,
  currency: 'USD',
  room_types: ['entire_home'],
  property_types: ['house'],
  bedrooms: 0,
  beds: 0,
  bathrooms: 0,
  amenities: [],
  instant_book: false,
  minimum_rating: 0,
  superhost: false,
  host_id: nothing(),
  free_cancellation_until: nights.check_in,
  words: 'mill',
  custom_fields: {},
});
const wishSays: Record<string, ErrorCode> = {
  'west: NaN': 'invalid_box',
  'north: infinity': 'invalid_box',
  'south: null': 'invalid_box',
  'latitude: infinity': 'invalid_point',
  'radius_metres: NaN': 'invalid_point',
  ...datesSay('check_in', 'check_out'),
  'check_in: null': 'dates_required',
  'check_out: past': 'dates_reversed',
  'check_in: past': 'date_in_past',
  'guests: negative': 'invalid_guests',
  'child_ages: a list of null': 'invalid_guests',
  'minimum_price_minor: negative': 'invalid_price_range',
  'currency: null': 'currency_required',
  'currency: huge': 'currency_not_offered',
  'bedrooms: negative': 'invalid_rooms',
  'beds: negative': 'invalid_rooms',
  'bathrooms: NaN': 'invalid_rooms',
  'minimum_rating: negative': 'invalid_rating',
  'amenities: no list': 'invalid_value',
  'words: huge': 'invalid_words',
  'property_types: a list of null': 'unknown_property_type',
};

const cases: Record<string, Case> = {
  // People
  block_person: {
    by: 'Hedy',
    good: () => ({ profile_id: ada.id }),
    says: { 'profile_id: unknown': 'profile_not_found', 'profile_id: null': 'profile_not_found' },
    strange: () => ({ profile_id: [hedy.id, 'profile_not_found'] }),
  },
  unblock_person: { by: 'Hedy', good: () => ({ profile_id: ada.id }) },

  // Messages
  start_conversation: {
    by: 'Ada',
    good: () => ({ message_id: nothing(), listing_id: mill.listing, body: 'Is it quiet?' }),
    takes: { message_id: ['unknown'] },
    says: {
      ...listingSays,
      ...messageSays,
    },
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  send_message: {
    by: 'Hedy',
    good: () => ({ message_id: nothing(), conversation_id: mill.conversation, body: 'Very.' }),
    takes: { message_id: ['unknown'] },
    says: { ...conversationSays, ...messageSays },
    strange: () => ({ conversation_id: [elsewhere.conversation, 'conversation_not_found'] }),
  },
  mark_read: {
    by: 'Hedy',
    good: () => ({ conversation_id: mill.conversation, read_position: 1 }),
    says: conversationSays,
    strange: () => ({ conversation_id: [elsewhere.conversation, 'conversation_not_found'] }),
  },
  my_conversations: {
    by: 'Hedy',
    good: () => ({ before_at: '2031-05-20T12:00:00Z', before_id: nothing(), most: 20 }),
    says: {
      'before_at: without an offset': 'invalid_value',
      'before_at: a word that Postgres knows': 'invalid_value',
    },
  },
  set_automatic_message: {
    by: 'Hedy',
    good: () => ({
      listing_id: mill.listing,
      occasion: 'check_in_instructions',
      active: true,
      days: 3,
    }),
    takes: { active: ['null'], days: ['null'] },
    says: {
      ...listingSays,
      'occasion: null': 'invalid_value',
      'occasion: no such value': 'invalid_value',
      'days: negative': 'invalid_days',
    },
    strange: notYourListing,
  },
  set_automatic_text: {
    by: 'Hedy',
    good: () => ({
      listing_id: mill.listing,
      occasion: 'check_in_instructions',
      locale: 'en',
      body: 'Ring twice.',
    }),
    says: {
      ...listingSays,
      'locale: null': 'invalid_locale',
      'locale: huge': 'invalid_locale',
      'body: huge': 'message_too_long',
    },
    strange: notYourListing,
  },
  // Privacy
  export_my_data: { by: 'Ada', good: () => ({}) },
  delete_my_account: { by: 'Ada', good: () => ({}) },

  // Safety
  file_report: {
    by: 'Ada',
    good: () => ({
      report_id: nothing(),
      subject: 'listing',
      subject_id: mill.listing,
      category: 'fraud',
      body: 'A scam.',
    }),
    takes: { report_id: ['unknown'], body: ['null'] },
    says: {
      'report_id: null': 'report_incomplete',
      'subject: null': 'report_incomplete',
      'subject: no such value': 'invalid_value',
      'subject_id: unknown': 'report_subject_not_found',
      'subject_id: null': 'report_subject_not_found',
      'category: null': 'report_incomplete',
      'body: huge': 'report_too_long',
    },
    strange: () => ({ subject_id: [elsewhere.draft, 'report_subject_not_found'] }),
  },
  staff_reports: {
    by: 'Hedy',
    good: () => ({ status: 'open', after: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_evidence: { by: 'Hedy', good: () => ({ case_id: nothing() }) },
  staff_claim_report: { by: 'Hedy', good: () => ({ report_id: nothing() }) },
  staff_decide_report: {
    by: 'Hedy',
    good: () => ({ report_id: nothing(), measures: ['warn'], reason: 'Seen.', notice: '' }),
    says: { 'report_id: unknown': 'staff_only', 'reason: null': 'staff_only' },
  },
  staff_suspend: {
    by: 'Hedy',
    good: () => ({ profile_id: ada.id, reason: 'Fraud.', notice: '' }),
    says: { 'profile_id: unknown': 'staff_only', 'reason: null': 'staff_only' },
  },
  staff_lift_suspension: {
    by: 'Hedy',
    good: () => ({ profile_id: ada.id, reason: 'Mended.', notice: '' }),
    says: { 'profile_id: unknown': 'staff_only' },
  },
  staff_hide_listing: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, reason: 'Fraud.', notice: '' }),
    says: { 'listing_id: unknown': 'staff_only' },
  },
  staff_show_listing: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, reason: 'Mended.', notice: '' }),
    says: { 'listing_id: unknown': 'staff_only' },
  },
  staff_decisions: {
    by: 'Hedy',
    good: () => ({ about_id: ada.id }),
    says: { 'about_id: unknown': 'staff_only' },
  },
  staff_verify_person: {
    by: 'Hedy',
    good: () => ({ profile_id: ada.id, kind: 'identity', verified: true }),
    says: { 'profile_id: unknown': 'staff_only', 'kind: no such value': 'invalid_value' },
  },
  staff_masked_words: {
    by: 'Hedy',
    good: () => ({ author_id: nothing(), subject_id: nothing(), before_id: 1, page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_audit_log: {
    by: 'Hedy',
    good: () => ({ before: 1, object_id: nothing(), actor_id: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_health: {
    by: 'Hedy',
    good: () => ({ doctor: false }),
  },
  staff_jobs: {
    by: 'Hedy',
    good: () => ({}),
  },
  staff_commands: {
    by: 'Hedy',
    good: () => ({ failed: true, after: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only', 'after: no uuid': 'invalid_value' },
  },
  staff_retry_command: {
    by: 'Hedy',
    good: () => ({ command_id: nothing() }),
    says: { 'command_id: unknown': 'staff_only', 'command_id: null': 'staff_only' },
  },
  staff_feeds: {
    by: 'Hedy',
    good: () => ({ after: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_settings: {
    by: 'Hedy',
    good: () => ({}),
  },
  staff_bookings: {
    by: 'Hedy',
    good: () => ({ status: 'confirmed', profile_id: ada.id, before: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only', 'status: no such value': 'invalid_value' },
  },
  staff_booking: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.hold }),
    says: { 'booking_id: unknown': 'staff_only' },
  },
  staff_booking_story: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.hold, page_size: 10 }),
    says: { 'booking_id: unknown': 'staff_only', 'page_size: negative': 'staff_only' },
  },
  staff_messages: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.hold, before: nothing(), page_size: 10 }),
    says: { 'booking_id: unknown': 'staff_only', 'page_size: negative': 'staff_only' },
  },
  staff_differences: {
    by: 'Hedy',
    good: () => ({ page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_ledger: {
    by: 'Hedy',
    good: () => ({ account: 'guest', booking_id: mill.hold, before: 1, page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_figures: {
    by: 'Hedy',
    good: () => ({ ...days }),
    says: { 'starts_on: null': 'staff_only', 'starts_on: no date': 'invalid_dates' },
  },
  staff_payments: {
    by: 'Hedy',
    good: () => ({ status: 'captured', before: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only', 'status: no such value': 'invalid_value' },
  },
  staff_payouts: {
    by: 'Hedy',
    good: () => ({ status: 'blocked', before: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only', 'status: no such value': 'invalid_value' },
  },
  staff_disputes: {
    by: 'Hedy',
    good: () => ({ before: 'dp_1', page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_people: {
    by: 'Hedy',
    good: () => ({ words: 'Ada', after: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only' },
  },
  staff_person: {
    by: 'Hedy',
    good: () => ({ profile_id: ada.id }),
    says: { 'profile_id: unknown': 'staff_only' },
  },
  staff_host_accounts: {
    by: 'Hedy',
    good: () => ({ status: 'active', after: nothing(), page_size: 10 }),
    says: { 'page_size: negative': 'staff_only', 'status: no such value': 'invalid_value' },
  },
  staff_superhost: {
    by: 'Hedy',
    good: () => ({ host_id: hedy.id }),
    says: { 'host_id: unknown': 'staff_only' },
  },
  record_verification: {
    by: 'server',
    good: () => ({ profile_id: nothing(), kind: 'identity', verified: true, phone: null }),
    says: {
      'profile_id: unknown': 'profile_not_found',
      'kind: null': 'invalid_verification',
      'verified: null': 'invalid_verification',
    },
  },
  add_staff: {
    by: 'server',
    good: () => ({ profile_id: ada.id }),
    says: { 'profile_id: unknown': 'profile_not_found', 'profile_id: null': 'profile_not_found' },
  },
  remove_staff: { by: 'server', good: () => ({ profile_id: nothing() }) },
  suspend_person: {
    by: 'server',
    good: () => ({ profile_id: nothing(), reason: 'Fraud.' }),
    says: {
      'profile_id: unknown': 'profile_not_found',
      'profile_id: null': 'profile_not_found',
      'reason: null': 'reason_required',
      'reason: huge': 'reason_required',
    },
  },
  lift_suspension: { by: 'server', good: () => ({ profile_id: nothing() }) },
  staff_review_sources: {
    by: 'Hedy',
    good: () => ({ max_rows: 10 }),
    says: { 'max_rows: negative': 'staff_only' },
  },

  // Notifications
  set_notification: {
    by: 'Ada',
    good: () => ({ kind: 'message', channel: 'email', wanted: false }),
    says: {
      'kind: null': 'kind_not_found',
      'kind: huge': 'kind_not_found',
      'channel: null': 'invalid_value',
      'wanted: null': 'invalid_value',
    },
    strange: () => ({ kind: ['booking', 'kind_essential'] }),
  },
  mark_notifications_read: {
    by: 'Hedy',
    good: () => ({ notification_ids: [nothing()] }),
    takes: { notification_ids: ['null'] },
  },
  unsubscribe: {
    by: 'server',
    good: () => ({ token: 'none' }),
    says: { 'token: null': 'invalid_token', 'token: huge': 'invalid_token' },
  },
  add_webhook_endpoint: {
    by: 'server',
    good: () => ({
      endpoint_id: nothing(),
      url: 'https://example.com',
      event_types: ['booking.confirmed'],
      description: 'The books.',
    }),
    takes: { endpoint_id: ['unknown'], event_types: ['null'], description: ['null', 'huge'] },
    says: {
      'endpoint_id: null': 'invalid_value',
      'url: null': 'invalid_url',
      'url: huge': 'invalid_url',
      'event_types: a list of null': 'invalid_event_types',
    },
  },
  rotate_webhook_secret: {
    by: 'server',
    good: () => ({ endpoint_id: nothing() }),
    says: { 'endpoint_id: unknown': 'endpoint_not_found' },
  },
  enable_webhook_endpoint: {
    by: 'server',
    good: () => ({ endpoint_id: nothing(), enabled: true }),
    says: { 'endpoint_id: unknown': 'endpoint_not_found' },
  },
  list_webhook_endpoints: { by: 'server', good: () => ({}) },
  list_webhook_attempts: {
    by: 'server',
    good: () => ({ endpoint_id: nothing(), most: 10 }),
    says: { 'endpoint_id: unknown': 'endpoint_not_found' },
  },
  record_delivery: {
    by: 'server',
    good: () => ({ delivery_id: nothing(), status_code: 200, problem: 'none', took_ms: 10 }),
    says: { 'delivery_id: unknown': 'delivery_not_found' },
  },

  // Listings
  create_listing: {
    by: 'Hedy',
    good: () => ({
      listing_id: nothing(),
      title: 'A tent',
      time_zone: 'UTC',
      currency: 'USD',
      room_type: 'private_room',
      capacity: 2,
    }),
    takes: { listing_id: ['unknown'] },
    says: {
      'title: null': 'invalid_value',
      'title: huge': 'invalid_value',
      'title: NUL': 'invalid_value',
      'time_zone: huge': 'invalid_time_zone',
      'currency: huge': 'currency_not_offered',
      'capacity: negative': 'invalid_value',
      'capacity: too big': 'invalid_value',
      'room_type: no such value': 'invalid_value',
    },
    strange: () => ({ listing_id: [elsewhere.listing, 'id_reused'] }),
  },
  missing_for_publishing: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: listingSays,
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  publish_listing: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: listingSays,
    strange: notYourListing,
  },
  hide_listing: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: listingSays,
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  invite_cohost: {
    by: 'Hedy',
    good: () => ({
      invitation_id: nothing(),
      listing_id: mill.listing,
      role: 'calendar',
      profile_id: null,
      email: 'somebody@example.com',
    }),
    takes: { invitation_id: ['unknown'], profile_id: ['null'] },
    says: {
      ...listingSays,
      'invitation_id: null': 'invitee_required',
      'profile_id: unknown': 'invitee_required',
      'email: null': 'invitee_required',
      'email: huge': 'invitee_required',
      'role: null': 'one_owner_only',
      'role: no such value': 'invalid_value',
    },
    strange: () => ({ ...notYourListing(), role: ['owner', 'one_owner_only'] }),
  },
  my_cohost_invitations: { by: 'Ada', good: () => ({}) },
  accept_cohost_invitation: {
    by: 'Ada',
    // Hers by name, so that no code would be too wrong to accept it with.
    good: () => ({ invitation_id: nothing(), code: 'none' }),
    says: {
      'invitation_id: unknown': 'invitation_not_found',
      'invitation_id: null': 'invitation_not_found',
      'code: null': 'invitation_not_found',
      'code: huge': 'invitation_not_found',
    },
  },
  decline_cohost_invitation: {
    by: 'Ada',
    good: () => ({ invitation_id: nothing(), code: 'none' }),
    says: {
      'invitation_id: unknown': 'invitation_not_found',
      'invitation_id: null': 'invitation_not_found',
      'code: null': 'invitation_not_found',
      'code: huge': 'invitation_not_found',
    },
  },
  withdraw_cohost_invitation: {
    by: 'Hedy',
    good: () => ({ invitation_id: mill.invitation }),
    says: {
      'invitation_id: unknown': 'invitation_not_found',
      'invitation_id: null': 'invitation_not_found',
    },
  },
  set_cohost_role: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, profile_id: ada.id, role: 'calendar' }),
    says: {
      ...listingSays,
      'profile_id: unknown': 'cohost_not_found',
      'role: null': 'one_owner_only',
      'role: no such value': 'invalid_value',
    },
    strange: () => ({
      ...notYourListing(),
      profile_id: [hedy.id, 'one_owner_only'],
      role: ['owner', 'one_owner_only'],
    }),
  },
  remove_cohost: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, profile_id: ada.id }),
    says: listingSays,
    strange: () => ({ ...notYourListing(), profile_id: [hedy.id, 'one_owner_only'] }),
  },
  order_photos: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, photo_ids: [] }),
    says: {
      'listing_id: unknown': 'not_your_listing',
      'photo_ids: no list': 'invalid_value',
      'photo_ids: a list of null': 'photos_do_not_match',
    },
    strange: notYourListing,
  },

  // The calendar
  listing_blocks: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: { 'listing_id: unknown': 'not_your_listing' },
    strange: notYourListing,
  },
  block_nights: {
    by: 'Hedy',
    between: ['check_in', 'check_out'],
    good: () => ({ listing_id: mill.listing, ...nights, note: 'Painting' }),
    takes: { note: ['null'] },
    says: {
      ...listingSays,
      ...requiredDates('check_in', 'check_out'),
      'check_in: past': 'too_many_days',
      'note: huge': 'invalid_value',
    },
    strange: notYourListing,
  },
  unblock_nights: {
    by: 'Hedy',
    between: ['check_in', 'check_out'],
    good: () => ({ listing_id: mill.listing, ...nights }),
    says: { ...listingSays, ...requiredDates('check_in', 'check_out') },
    strange: notYourListing,
  },
  add_calendar_feed: {
    by: 'Hedy',
    good: () => ({
      feed_id: nothing(),
      listing_id: mill.listing,
      url: 'https://example.com/a.ics',
      name: 'Elsewhere',
    }),
    takes: { feed_id: ['unknown'] },
    says: {
      ...listingSays,
      'feed_id: null': 'invalid_value',
      'url: null': 'invalid_calendar_url',
      'url: huge': 'invalid_calendar_url',
      'url: NUL': 'invalid_value',
      'name: null': 'invalid_value',
      'name: huge': 'invalid_value',
    },
    strange: () => ({ ...notYourListing(), feed_id: [elsewhere.feed, 'id_reused'] }),
  },
  sync_calendar_feed: {
    by: 'Hedy',
    good: () => ({ feed_id: mill.feed }),
    says: { 'feed_id: unknown': 'feed_not_found', 'feed_id: null': 'feed_not_found' },
    strange: () => ({ feed_id: [elsewhere.feed, 'feed_not_found'] }),
  },
  preview_feed_filters: {
    by: 'Hedy',
    good: () => ({ feed_id: mill.feed, patterns: ['Check-out:*'] }),
    takes: { patterns: ['nested'] },
    says: feedFilterSays,
    strange: () => ({ feed_id: [elsewhere.feed, 'feed_not_found'] }),
  },
  set_feed_filters: {
    by: 'Hedy',
    good: () => ({ feed_id: mill.feed, patterns: ['Check-out:*'] }),
    takes: { patterns: ['nested'] },
    says: feedFilterSays,
    strange: () => ({ feed_id: [elsewhere.feed, 'feed_not_found'] }),
  },
  remove_calendar_feed: {
    by: 'Hedy',
    good: () => ({ feed_id: mill.feed }),
    strange: () => ({ feed_id: [elsewhere.feed, 'feed_not_found'] }),
  },
  calendar_conflicts: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: { 'listing_id: unknown': 'not_your_listing' },
    strange: notYourListing,
  },
  calendar_link: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, feed_id: nothing() }),
    takes: { feed_id: ['null'] },
    says: { ...listingSays, 'feed_id: unknown': 'feed_not_found' },
    strange: () => ({ ...notYourListing(), feed_id: [elsewhere.feed, 'feed_not_found'] }),
  },
  rotate_calendar_link: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing }),
    says: listingSays,
    strange: notYourListing,
  },
  set_price_floor: {
    by: 'Hedy',
    good: () => ({ listing_id: mill.listing, floor_minor: 1 }),
    takes: { floor_minor: ['null'] },
    says: {
      'listing_id: unknown': 'listing_not_found',
      'listing_id: null': 'listing_not_found',
      'floor_minor: negative': 'invalid_price',
    },
  },
  host_calendars: {
    by: 'Hedy',
    between: ['starts_on', 'ends_on'],
    good: () => ({ ...days, listing_ids: [mill.listing], page_size: 20, after: mill.listing }),
    takes: { listing_ids: ['null'], after: ['null'] },
    says: {
      ...datesSay('starts_on', 'ends_on'),
      'listing_ids: a list of null': 'listing_not_found',
      'page_size: null': 'invalid_page_size',
      'page_size: negative': 'invalid_page_size',
      'page_size: too big': 'invalid_value',
      'after: unknown': 'invalid_cursor',
    },
    strange: () => ({
      listing_ids: [[elsewhere.listing], 'not_your_listing'],
      after: [elsewhere.listing, 'invalid_cursor'],
    }),
  },
  set_calendars: {
    by: 'Hedy',
    good: () => ({
      listing_ids: [mill.listing],
      ranges: [days],
      weekdays: [2, 3],
      price_minor: 12_000,
      minimum_nights: 2,
      closed_to_arrival: true,
      closed_to_departure: true,
      clear_fields: [],
    }),
    takes: {
      weekdays: ['null'],
      price_minor: ['null'],
      minimum_nights: ['null'],
      closed_to_arrival: ['null'],
      closed_to_departure: ['null'],
      clear_fields: ['null'],
    },
    says: {
      ...homesSay,
      'price_minor: negative': 'invalid_value',
      'minimum_nights: too big': 'invalid_value',
      'clear_fields: a list of null': 'invalid_field',
    },
    strange: () => ({ ...noRanges(), clear_fields: ['{listing_id}', 'invalid_field'] }),
  },
  block_calendars: {
    by: 'Hedy',
    good: () => ({
      listing_ids: [mill.listing],
      ranges: [{ starts_on: nights.check_in, ends_on: nights.check_out }],
      weekdays: [2, 3],
      note: 'Painting',
    }),
    takes: { weekdays: ['null'], note: ['null'] },
    says: { ...homesSay, 'note: huge': 'invalid_value' },
    strange: noRanges,
  },
  unblock_calendars: {
    by: 'Hedy',
    good: () => ({ listing_ids: [mill.listing], ranges: [days], weekdays: [2, 3] }),
    takes: { weekdays: ['null'] },
    says: homesSay,
    strange: noRanges,
  },
  set_booking_rules: {
    by: 'Hedy',
    good: () => ({
      listing_ids: [mill.listing],
      minimum_nights: 1,
      maximum_nights: 365,
      advance_notice_days: 0,
      same_day_cutoff_hour: 18,
      booking_window_months: 12,
      preparation_nights: 0,
      arrival_weekdays: [1, 2, 3, 4, 5, 6, 7],
      departure_weekdays: [1, 2, 3, 4, 5, 6, 7],
    }),
    takes: {
      minimum_nights: ['null'],
      maximum_nights: ['null'],
      advance_notice_days: ['null'],
      same_day_cutoff_hour: ['null'],
      booking_window_months: ['null'],
      preparation_nights: ['null'],
      arrival_weekdays: ['null'],
      departure_weekdays: ['null'],
    },
    says: {
      'listing_ids: null': 'listing_not_found',
      'listing_ids: a list of null': 'listing_not_found',
    },
    strange: () => ({ listing_ids: [[mill.listing, elsewhere.listing], 'not_your_listing'] }),
  },
  set_calendar: {
    by: 'Hedy',
    between: ['starts_on', 'ends_on'],
    good: () => ({
      listing_id: mill.listing,
      ...days,
      price_minor: 12_000,
      minimum_nights: 2,
      closed_to_arrival: true,
      closed_to_departure: true,
      clear_fields: [],
    }),
    takes: {
      price_minor: ['null'],
      minimum_nights: ['null'],
      closed_to_arrival: ['null'],
      closed_to_departure: ['null'],
      clear_fields: ['null'],
    },
    says: {
      ...listingSays,
      ...requiredDates('starts_on', 'ends_on'),
      'price_minor: negative': 'invalid_value',
      'minimum_nights: too big': 'invalid_value',
      'clear_fields: a list of null': 'invalid_field',
    },
    strange: () => ({ ...notYourListing(), clear_fields: ['{listing_id}', 'invalid_field'] }),
  },
  listing_calendar: {
    by: 'anyone',
    between: ['starts_on', 'ends_on'],
    good: () => ({ listing_id: mill.listing, ...days }),
    says: {
      ...datesSay('starts_on', 'ends_on'),
      'listing_id: unknown': 'listing_not_found',
    },
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },

  // Asking for a stay
  search_listings: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({ ...wish(), sort: 'price', page_size: 10, after: null }),
    says: {
      ...wishSays,
      'sort: huge': 'invalid_sort',
      'page_size: negative': 'invalid_page_size',
      'after: huge': 'invalid_cursor',
    },
  },
  search_pins: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: wish,
    says: wishSays,
  },
  search_facets: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: wish,
    says: wishSays,
  },
  search_screen: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({ ...wish(), sort: 'price', page_size: 10, after: null }),
    says: {
      ...wishSays,
      'sort: huge': 'invalid_sort',
      'page_size: negative': 'invalid_page_size',
      'after: huge': 'invalid_cursor',
    },
  },
  search_flexible_days: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({ ...wish(), flex_days: 1, month: null, stay: null, nights: null, page_size: 10 }),
    says: {
      ...wishSays,
      'flex_days: negative': 'invalid_flexibility',
      'flex_days: null': 'invalid_flexibility',
      'stay: huge': 'invalid_flexibility',
      'page_size: negative': 'invalid_page_size',
    },
  },
  search_price_calendar: {
    by: 'anyone',
    good: () => {
      const { check_in: _, check_out: __, ...rest } = wish();
      return { ...rest, month: '2031-06', nights: 2 };
    },
    says: {
      ...Object.fromEntries(Object.entries(wishSays).filter(([bad]) => !bad.startsWith('check_'))),
      'month: null': 'invalid_flexibility',
      'month: huge': 'invalid_dates',
      'nights: negative': 'invalid_flexibility',
    },
  },
  search_places: {
    by: 'anyone',
    good: () => ({ name: 'Albany', page_size: 10 }),
    says: {
      'name: null': 'invalid_place_name',
      'name: huge': 'invalid_place_name',
      'page_size: negative': 'invalid_page_size',
    },
  },
  quote_stay: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({
      listing_id: mill.listing,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      child_ages: [],
    }),
    says: staySays,
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  similar_homes: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({
      listing_id: mill.listing,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      page_size: 10,
      child_ages: [],
    }),
    says: {
      ...requiredDates('check_in', 'check_out'),
      'check_in: past': 'date_in_past',
      'listing_id: unknown': 'listing_not_found',
      'guests: negative': 'invalid_guests',
      'child_ages: a list of null': 'invalid_guests',
      'page_size: negative': 'invalid_page_size',
    },
    strange: () => ({ listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  stay_prices: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({
      listing_ids: [mill.listing],
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      child_ages: [],
    }),
    says: {
      ...requiredDates('check_in', 'check_out'),
      'guests: negative': 'invalid_guests',
      'child_ages: a list of null': 'invalid_guests',
      'listing_ids: no list': 'invalid_value',
    },
  },
  quote_refunds: {
    by: 'anyone',
    between: ['check_in', 'check_out'],
    good: () => ({
      listing_id: mill.listing,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      offer_id: null,
      child_ages: [],
    }),
    takes: { offer_id: ['null'] },
    says: { ...staySays, 'offer_id: unknown': 'offer_not_found' },
    strange: () => ({
      listing_id: [elsewhere.draft, 'listing_not_found'],
      offer_id: [elsewhere.offer, 'offer_not_found'],
    }),
  },
  cancellation_tiers: { by: 'anyone', good: () => ({}) },
  offered_currencies: { by: 'anyone', good: () => ({}) },
  show_amounts: {
    by: 'anyone',
    good: () => ({ amounts: [10_000], currencies: ['USD'], shown_in: 'USD' }),
    // What is unknown is a word in the answer, not an error of the page.
    takes: {
      amounts: ['null', 'a list of null'],
      shown_in: ['null'],
      currencies: ['a list of null'],
    },
    says: { 'currencies: null': 'invalid_amounts' },
  },
  request_booking: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      booking_id: nothing(),
      listing_id: mill.listing,
      ...nights,
      expected_total_minor: 22_820,
      guests: 1,
      infants: 0,
      pets: 0,
      message: 'Hello',
      expected_cancellation_policy: 'moderate',
      offer_id: null,
      child_ages: [],
    }),
    takes: {
      offer_id: ['null'],
      child_ages: ['null'],
      booking_id: ['unknown'],
      message: ['null'],
      expected_cancellation_policy: ['null'],
    },
    says: {
      ...staySays,
      'booking_id: null': 'booking_id_required',
      'booking_id: no uuid': 'invalid_value',
      'expected_total_minor: null': 'price_changed',
      'expected_total_minor: negative': 'price_changed',
      'expected_total_minor: too big': 'invalid_value',
      'message: huge': 'message_too_long',
      'message: NUL': 'invalid_value',
      'expected_cancellation_policy: huge': 'terms_changed',
      'offer_id: unknown': 'offer_not_found',
    },
    strange: () => ({
      listing_id: [elsewhere.draft, 'listing_not_found'],
      booking_id: [elsewhere.hold, 'id_reused'],
      offer_id: [elsewhere.offer, 'offer_not_found'],
    }),
  },

  // A booking
  accept_booking: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.request }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.request),
  },
  decline_booking: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.request, reason: 'No' }),
    takes: { reason: ['null'] },
    says: { ...bookingSays, 'reason: huge': 'message_too_long', 'reason: NUL': 'invalid_value' },
    strange: notYourBooking(() => elsewhere.request),
  },
  withdraw_booking: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },
  booking_receipt: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },
  my_earnings: {
    by: 'Hedy',
    good: () => ({ ...days, after: null, page_size: 10 }),
    between: ['starts_on', 'ends_on'],
    says: {
      ...requiredDates('starts_on', 'ends_on'),
      'starts_on: past': 'too_many_days',
      'page_size: negative': 'invalid_page_size',
      'page_size: too big': 'invalid_value',
      'after: unknown': 'invalid_cursor',
      'after: no uuid': 'invalid_value',
    },
  },
  earning_totals: {
    by: 'Hedy',
    good: () => days,
    between: ['starts_on', 'ends_on'],
    says: requiredDates('starts_on', 'ends_on'),
  },
  earnings_csv: {
    by: 'Hedy',
    good: () => days,
    between: ['starts_on', 'ends_on'],
    says: requiredDates('starts_on', 'ends_on'),
  },
  booking_actions: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },
  booking_contacts: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },
  start_payment: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },

  preview_cancellation: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.hold),
  },
  cancel_booking: {
    by: 'Ada',
    good: () => ({
      booking_id: mill.hold,
      reason: 'Ill',
      expected_refund_minor: 0,
      expected_owed_minor: 0,
    }),
    takes: { reason: ['null'], expected_refund_minor: ['null'], expected_owed_minor: ['null'] },
    says: {
      ...bookingSays,
      'reason: huge': 'message_too_long',
      'expected_refund_minor: a word': 'invalid_value',
    },
    strange: notYourBooking(() => elsewhere.hold),
  },
  staff_cancel_booking: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold, refund_minor: 0, reason: 'Flood' }),
    says: { 'booking_id: unknown': 'staff_only', 'refund_minor: negative': 'staff_only' },
    strange: () => ({ booking_id: [elsewhere.hold, 'staff_only'] }),
  },
  staff_release_payout: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold, reason: 'Called' }),
    says: { 'booking_id: unknown': 'staff_only', 'reason: null': 'staff_only' },
    strange: () => ({ booking_id: [elsewhere.hold, 'staff_only'] }),
  },
  staff_record_payout: {
    by: 'Ada',
    good: () => ({ payout_id: nothing(), paid_minor: 1, reason: 'Wired' }),
    says: {
      'payout_id: unknown': 'staff_only',
      'paid_minor: negative': 'staff_only',
      'paid_minor: null': 'staff_only',
      'reason: null': 'staff_only',
    },
    strange: () => ({}),
  },
  file_complaint: {
    by: 'Ada',
    good: () => ({
      complaint_id: nothing(),
      booking_id: mill.hold,
      category: 'not_clean',
      complaint: 'Dust',
    }),
    takes: { complaint_id: ['unknown'] },
    says: {
      ...bookingSays,
      'complaint_id: null': 'complaint_incomplete',
      'category: null': 'complaint_incomplete',
      'category: no such value': 'invalid_value',
      'complaint: null': 'complaint_incomplete',
      'complaint: huge': 'message_too_long',
    },
    strange: notYourBooking(() => elsewhere.hold),
  },
  withdraw_complaint: {
    by: 'Ada',
    good: () => ({ complaint_id: nothing() }),
    says: {
      'complaint_id: unknown': 'complaint_not_found',
      'complaint_id: null': 'complaint_not_found',
    },
  },
  answer_complaint: {
    by: 'Hedy',
    good: () => ({ complaint_id: nothing(), answer: 'Sorry' }),
    says: {
      'complaint_id: unknown': 'complaint_not_found',
      'answer: null': 'complaint_incomplete',
      'answer: huge': 'message_too_long',
    },
  },
  staff_decide_complaint: {
    by: 'Ada',
    good: () => ({ complaint_id: nothing(), refund_minor: 0, reason: 'Looked' }),
    says: { 'complaint_id: unknown': 'staff_only', 'refund_minor: negative': 'staff_only' },
  },
  claim_damage: {
    by: 'Hedy',
    good: () => ({
      claim_id: nothing(),
      booking_id: mill.request,
      amount_minor: 10_000,
      damage: 'A wheel',
    }),
    takes: { claim_id: ['unknown'] },
    says: {
      ...bookingSays,
      'claim_id: null': 'claim_incomplete',
      'damage: null': 'claim_incomplete',
      'damage: huge': 'message_too_long',
    },
    strange: notYourBooking(() => elsewhere.request),
  },
  withdraw_damage_claim: {
    by: 'Hedy',
    good: () => ({ claim_id: nothing() }),
    says: { 'claim_id: unknown': 'claim_not_found', 'claim_id: null': 'claim_not_found' },
  },
  accept_damage_claim: {
    by: 'Ada',
    good: () => ({ claim_id: nothing() }),
    says: { 'claim_id: unknown': 'claim_not_found', 'claim_id: null': 'claim_not_found' },
  },
  dispute_damage_claim: {
    by: 'Ada',
    good: () => ({ claim_id: nothing(), objection: 'It was broken' }),
    says: { 'claim_id: unknown': 'claim_not_found', 'objection: huge': 'message_too_long' },
  },
  staff_decide_damage_claim: {
    by: 'Ada',
    good: () => ({ claim_id: nothing(), award_minor: 0, reason: 'Looked' }),
    says: { 'claim_id: unknown': 'staff_only', 'award_minor: negative': 'staff_only' },
  },
  report_no_show: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.request, report: 'Nobody came' }),
    takes: { report: ['null'] },
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.request),
  },
  withdraw_no_show: {
    by: 'Hedy',
    good: () => ({ booking_id: mill.request }),
    says: bookingSays,
    strange: notYourBooking(() => elsewhere.request),
  },
  object_to_no_show: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold, objection: 'I was there' }),
    takes: { objection: ['null'] },
    says: { ...bookingSays, 'objection: huge': 'message_too_long' },
    strange: notYourBooking(() => elsewhere.hold),
  },
  staff_decide_no_show: {
    by: 'Ada',
    good: () => ({ booking_id: mill.hold, upheld: true, reason: 'Called' }),
    says: { 'booking_id: unknown': 'staff_only', 'upheld: null': 'staff_only' },
    strange: () => ({ booking_id: [elsewhere.hold, 'staff_only'] }),
  },
  review_stay: {
    by: 'Ada',
    good: () => ({
      booking_id: mill.hold,
      stars: 5,
      cleanliness: 5,
      accuracy: 5,
      check_in: 5,
      communication: 5,
      location: 5,
      value: 5,
      body: 'Quiet',
    }),
    takes: { body: ['null'] },
    says: {
      ...bookingSays,
      'stars: null': 'invalid_stars',
      'value: negative': 'invalid_stars',
      'check_in: too big': 'invalid_value',
      'body: huge': 'review_too_long',
      'body: NUL': 'invalid_value',
    },
    strange: notYourBooking(() => elsewhere.hold),
  },
  review_guest: {
    by: 'Hedy',
    good: () => ({
      booking_id: mill.request,
      stars: 5,
      cleanliness: 5,
      communication: 5,
      house_rules: 5,
      body: 'Kind',
    }),
    takes: { body: ['null'] },
    says: { ...bookingSays, 'stars: null': 'invalid_stars', 'body: huge': 'review_too_long' },
    strange: notYourBooking(() => elsewhere.request),
  },
  reply_to_review: {
    by: 'Hedy',
    good: () => ({ review_id: nothing(), reply: 'Thank you' }),
    says: {
      'review_id: unknown': 'review_not_found',
      'review_id: null': 'review_not_found',
      'reply: null': 'reply_required',
      'reply: huge': 'message_too_long',
    },
  },
  staff_remove_review: {
    by: 'Ada',
    good: () => ({ review_id: nothing(), reason: 'Spam' }),
    says: { 'review_id: unknown': 'staff_only', 'reason: null': 'staff_only' },
  },
  superhost_figures: { by: 'Hedy', good: () => ({}) },
  start_host_account: {
    by: 'Hedy',
    good: () => ({ country_code: 'US' }),
    says: { 'country_code: null': 'invalid_country', 'country_code: huge': 'invalid_country' },
  },

  // Offers
  send_inquiry: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      inquiry_id: nothing(),
      listing_id: mill.listing,
      ...nights,
      message: 'Hello',
      guests: 1,
      infants: 0,
      pets: 0,
      child_ages: [],
    }),
    takes: { inquiry_id: ['unknown'], child_ages: ['null'] },
    says: {
      ...requiredDates('check_in', 'check_out'),
      'inquiry_id: null': 'inquiry_id_required',
      'listing_id: unknown': 'listing_not_found',
      'check_in: past': 'date_in_past',
      'guests: negative': 'invalid_guests',
      'child_ages: a list of null': 'invalid_guests',
      'message: null': 'message_empty',
      'message: huge': 'message_too_long',
    },
    strange: () => ({
      listing_id: [elsewhere.draft, 'listing_not_found'],
      inquiry_id: [elsewhere.inquiry, 'id_reused'],
    }),
  },
  preapprove_inquiry: {
    by: 'Hedy',
    good: () => ({ offer_id: nothing(), inquiry_id: mill.inquiry, message: 'Yes' }),
    takes: { offer_id: ['unknown'], message: ['null'] },
    says: {
      'offer_id: null': 'offer_id_required',
      'inquiry_id: unknown': 'inquiry_not_found',
      'inquiry_id: null': 'inquiry_not_found',
      'message: huge': 'message_too_long',
    },
    strange: () => ({
      inquiry_id: [elsewhere.inquiry, 'inquiry_not_found'],
      offer_id: [elsewhere.offer, 'id_reused'],
    }),
  },
  send_special_offer: {
    by: 'Hedy',
    between: ['check_in', 'check_out'],
    good: () => ({
      offer_id: nothing(),
      inquiry_id: mill.inquiry,
      subtotal_minor: 15_000,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      message: 'For you',
      child_ages: [],
    }),
    takes: {
      offer_id: ['unknown'],
      message: ['null'],
      guests: ['null'],
      infants: ['null'],
      pets: ['null'],
      child_ages: ['null'],
    },
    says: {
      ...requiredDates('check_in', 'check_out'),
      'offer_id: null': 'offer_id_required',
      'inquiry_id: null': 'inquiry_not_found',
      'subtotal_minor: null': 'invalid_price',
      'subtotal_minor: negative': 'invalid_price',
      'guests: negative': 'invalid_guests',
      'child_ages: a list of null': 'invalid_guests',
      'message: NUL': 'invalid_value',
    },
    strange: () => ({ inquiry_id: [elsewhere.inquiry, 'inquiry_not_found'] }),
  },
  withdraw_offer: {
    by: 'Hedy',
    good: () => ({ offer_id: mill.offer }),
    says: offerSays,
    strange: notYourOffer,
  },
  decline_offer: {
    by: 'Ada',
    good: () => ({ offer_id: mill.offer }),
    says: offerSays,
    strange: notYourOffer,
  },
  quote_offer: {
    by: 'Ada',
    good: () => ({ offer_id: mill.offer }),
    says: offerSays,
    strange: notYourOffer,
  },

  // Alterations
  preview_alteration: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      booking_id: mill.hold,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      child_ages: [],
    }),
    says: { ...bookingSays, ...datesSay('check_in', 'check_out') },
    strange: notYourBooking(() => elsewhere.hold),
  },
  propose_alteration: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      alteration_id: nothing(),
      booking_id: mill.hold,
      ...nights,
      guests: 1,
      infants: 0,
      pets: 0,
      expected_total_minor: 20_000,
      child_ages: [],
    }),
    says: {
      ...bookingSays,
      ...datesSay('check_in', 'check_out'),
      'alteration_id: null': 'alteration_id_required',
    },
    strange: notYourBooking(() => elsewhere.hold),
  },
  accept_alteration: {
    by: 'Hedy',
    good: () => ({ alteration_id: nothing() }),
    says: alterationSays,
  },
  decline_alteration: {
    by: 'Hedy',
    good: () => ({ alteration_id: nothing() }),
    says: alterationSays,
  },
  withdraw_alteration: {
    by: 'Ada',
    good: () => ({ alteration_id: nothing() }),
    says: alterationSays,
  },
  read_alteration: {
    by: 'Ada',
    good: () => ({ alteration_id: nothing() }),
    says: alterationSays,
  },

  // Homes kept for later
  create_wishlist: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      wishlist_id: nothing(),
      name: 'Summer',
      ...nights,
      guests: 2,
      infants: 0,
      pets: 0,
    }),
    takes: { wishlist_id: ['unknown'], guests: ['null'] },
    says: {
      ...requiredDates('check_in', 'check_out'),
      'wishlist_id: null': 'invalid_value',
      'wishlist_id: no uuid': 'invalid_value',
      'name: null': 'invalid_value',
      'name: huge': 'invalid_value',
      'guests: negative': 'invalid_value',
      'pets: null': 'invalid_value',
    },
    strange: () => ({ wishlist_id: [elsewhere.wishlist, 'id_reused'] }),
  },
  edit_wishlist: {
    by: 'Ada',
    between: ['check_in', 'check_out'],
    good: () => ({
      wishlist_id: mill.wishlist,
      name: 'Summer',
      ...nights,
      guests: 2,
      infants: 0,
      pets: 0,
    }),
    takes: { guests: ['null'] },
    says: {
      ...wishlistSays,
      ...requiredDates('check_in', 'check_out'),
      'name: huge': 'invalid_value',
      'infants: null': 'invalid_value',
    },
    strange: notYourWishlist,
  },
  delete_wishlist: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist }),
    says: { 'wishlist_id: no uuid': 'invalid_value' },
    strange: notYourWishlist,
  },
  save_listing: {
    by: 'Ada',
    good: () => ({ listing_id: mill.listing, wishlist_id: mill.wishlist, saved: true }),
    says: { ...wishlistSays, ...listingSays, 'saved: null': 'saved_required' },
    strange: () => ({ ...notYourWishlist(), listing_id: [elsewhere.draft, 'listing_not_found'] }),
  },
  saved_listings: {
    by: 'Ada',
    good: () => ({ listing_ids: [mill.listing] }),
    says: { 'listing_ids: no list': 'invalid_value' },
  },
  note_saved_listing: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, listing_id: mill.listing, note: 'Quiet' }),
    says: {
      ...wishlistSays,
      'listing_id: unknown': 'not_in_wishlist',
      'listing_id: null': 'not_in_wishlist',
      'note: huge': 'invalid_value',
      'note: NUL': 'invalid_value',
    },
    strange: notYourWishlist,
  },
  vote_on_saved_listing: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, listing_id: mill.listing, vote: 'up' }),
    says: {
      ...wishlistSays,
      'listing_id: unknown': 'not_in_wishlist',
      'vote: no such value': 'invalid_value',
    },
    takes: { vote: ['null'] },
    strange: notYourWishlist,
  },
  move_saved_listing: {
    by: 'Ada',
    good: () => ({
      wishlist_id: mill.wishlist,
      listing_id: mill.listing,
      before: mill.listing,
    }),
    takes: { before: ['null'] },
    says: {
      ...wishlistSays,
      'listing_id: null': 'not_in_wishlist',
      'before: unknown': 'not_in_wishlist',
    },
    strange: notYourWishlist,
  },
  my_wishlists: {
    by: 'Ada',
    good: () => ({ page_size: 20, after: null }),
    says: pageSays,
  },
  wishlist_cards: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, page_size: 20, after: null }),
    says: { ...wishlistSays, ...pageSays },
    strange: notYourWishlist,
  },
  wishlist_people: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist }),
    says: wishlistSays,
    strange: notYourWishlist,
  },
  share_wishlist: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, purpose: 'read', replacing: null }),
    takes: { replacing: ['huge'], purpose: ['null'] },
    says: { ...wishlistSays, 'purpose: no such value': 'invalid_value' },
    strange: notYourWishlist,
  },
  unshare_wishlist: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, purpose: 'join' }),
    says: { ...wishlistSays, 'purpose: no such value': 'invalid_value' },
    strange: notYourWishlist,
  },
  shared_wishlist: {
    by: 'anyone',
    good: () => ({ token: mill.link }),
    says: { 'token: huge': 'link_not_found', 'token: null': 'link_not_found' },
  },
  shared_wishlist_cards: {
    by: 'anyone',
    good: () => ({ token: mill.link, page_size: 20, after: null }),
    says: { ...pageSays, 'token: huge': 'link_not_found', 'token: null': 'link_not_found' },
  },
  join_wishlist: {
    by: 'Ada',
    good: () => ({ token: elsewhere.link }),
    says: { 'token: huge': 'link_not_found', 'token: null': 'link_not_found' },
    strange: () => ({ token: [mill.link, 'link_not_found'] }),
  },
  remove_from_wishlist: {
    by: 'Ada',
    good: () => ({ wishlist_id: mill.wishlist, profile_id: hedy.id }),
    says: wishlistSays,
    strange: () => ({ ...notYourWishlist(), profile_id: [ada.id, 'owner_stays'] }),
  },

  // The server's
  clock_now: { by: 'server', good: () => ({}) },
  metrics: { by: 'server', good: () => ({}) },
  health_report: { by: 'server', good: () => ({}) },
  claim_files: { by: 'server', good: () => ({ most: 0 }), takes: { most: ['null'] } },
  finish_file: { by: 'server', good: () => ({ file_id: nothing(), attempt: 1 }) },
  refuse_file: {
    by: 'server',
    good: () => ({ file_id: nothing(), attempt: 1, problem: 'not_an_image' }),
  },
  load_exchange_rates: {
    by: 'server',
    good: () => ({
      base_currency: 'EUR',
      rated_on: '2031-05-01',
      // Of a currency that is not shown, so that nothing is written down.
      rates: { XAU: 0.0003 },
      source: 'A bank',
    }),
    says: {
      'base_currency: null': 'invalid_rates',
      'rated_on: null': 'invalid_rates',
      'rates: null': 'invalid_rates',
      'source: null': 'invalid_rates',
      'source: huge': 'invalid_rates',
    },
  },
  zone_rules: {
    by: 'server',
    good: () => ({ names: ['Europe/Paris'], first: '2031-05-01', last: '2031-06-01' }),
  },
  zones_to_compare: { by: 'server', good: () => ({ engine: 'deno' }) },
  record_zone_data: {
    by: 'server',
    // No engine of ours, so that nothing is written down.
    good: () => ({ engine: 'none', version: '2026c', differing: [] }),
  },
  record_intent: {
    by: 'server',
    good: () => ({ payment_id: nothing(), stripe_intent_id: 'pi_1' }),
    says: { 'payment_id: null': 'payment_not_found', 'payment_id: unknown': 'payment_not_found' },
  },
  retire_intent: {
    by: 'server',
    good: () => ({ payment_id: nothing(), stripe_intent_id: 'pi_1' }),
    says: { 'payment_id: null': 'payment_not_found', 'payment_id: unknown': 'payment_not_found' },
  },
  record_customer: {
    by: 'server',
    good: () => ({ guest_id: nothing(), stripe_customer_id: 'cus_1', replaces: 'cus_0' }),
    says: { 'guest_id: null': 'profile_not_found', 'guest_id: unknown': 'profile_not_found' },
  },
  forget_customer: { by: 'server', good: () => ({ guest_id: nothing() }) },
  record_setup: {
    by: 'server',
    good: () => ({ payment_id: nothing(), stripe_setup_intent_id: 'seti_1' }),
    says: { 'payment_id: null': 'payment_not_found', 'payment_id: unknown': 'payment_not_found' },
  },
  apply_setup: {
    by: 'server',
    good: () => ({
      event_id: 'evt_1',
      payment_id: nothing(),
      stripe_setup_intent_id: 'seti_1',
      setup_status: 'succeeded',
      stripe_payment_method_id: 'pm_1',
      last_error: 'none',
    }),
    says: { 'payment_id: null': 'payment_not_found', 'payment_id: unknown': 'payment_not_found' },
  },
  refuse_charge: {
    by: 'server',
    good: () => ({ payment_id: nothing(), reason: 'card_declined' }),
    says: { 'payment_id: null': 'payment_not_found', 'payment_id: unknown': 'payment_not_found' },
  },
  store_stripe_event: {
    by: 'server',
    good: () => ({ event_id: 'evt_1', type: 'payment_intent.succeeded', object_id: 'pi_1' }),
    takes: { object_id: ['huge'] },
    says: {
      'event_id: null': 'invalid_value',
      'event_id: huge': 'invalid_value',
      'type: NUL': 'invalid_value',
    },
  },
  close_stripe_event: { by: 'server', good: () => ({ event_id: 'evt_0', outcome: 'ignored' }) },
  apply_payment_intent: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      payment_id: nothing(),
      stripe_intent_id: 'pi_0',
      intent_status: 'succeeded',
      amount_minor: 100,
      received_minor: 100,
      currency: 'usd',
      stripe_charge_id: 'ch_0',
      capture_before: '2031-06-01T00:00:00Z',
      last_error: 'none',
      stripe_payment_method_id: 'pm_0',
      stripe_customer_id: 'cus_0',
    }),
    says: {
      'payment_id: null': 'payment_not_found',
      'amount_minor: a word': 'invalid_value',
      'capture_before: no instant': 'invalid_value',
    },
  },
  apply_refund: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      refund_id: nothing(),
      stripe_refund_id: 're_0',
      refund_status: 'succeeded',
    }),
    says: { 'refund_id: null': 'refund_not_found' },
  },
  import_refund: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      stripe_refund_id: 're_0',
      stripe_intent_id: 'pi_0',
      amount_minor: 100,
      refund_status: 'succeeded',
    }),
    says: { 'stripe_intent_id: null': 'payment_not_found' },
  },
  record_stripe_fee: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      stripe_intent_id: 'pi_0',
      fee_minor: 100,
      currency: 'usd',
    }),
    says: { 'stripe_intent_id: null': 'payment_not_found' },
  },
  apply_dispute: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      stripe_dispute_id: 'dp_0',
      stripe_intent_id: 'pi_0',
      dispute_status: 'needs_response',
      amount_minor: 100,
      currency: 'usd',
      withdrawn_minor: 100,
      reinstated_minor: 0,
      fee_minor: 15,
      asked_at: '2031-06-01T12:00:00Z',
    }),
    says: { 'stripe_intent_id: null': 'payment_not_found' },
  },
  apply_fraud_warning: {
    by: 'server',
    good: () => ({ event_id: 'evt_0', stripe_warning_id: 'issfr_0', stripe_intent_id: 'pi_0' }),
    says: { 'stripe_intent_id: null': 'payment_not_found' },
  },
  record_host_account: {
    by: 'server',
    good: () => ({ host_id: nothing(), stripe_account_id: 'acct_0' }),
    says: { 'host_id: null': 'host_account_not_found' },
  },
  apply_host_account: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      host_id: nothing(),
      stripe_account_id: 'acct_0',
      transfers_status: 'active',
      closed: false,
      requirements: [],
      asked_at: '2031-05-20T12:00:00Z',
    }),
    says: { 'host_id: null': 'host_account_not_found' },
  },
  apply_transfer: {
    by: 'server',
    good: () => ({
      event_id: 'evt_0',
      payout_id: nothing(),
      stripe_transfer_id: 'tr_0',
      amount_minor: 100,
      currency: 'usd',
    }),
    says: { 'payout_id: null': 'payout_not_found' },
  },
  refuse_transfer: {
    by: 'server',
    good: () => ({ payout_id: nothing(), reason: 'balance_insufficient' }),
    says: { 'payout_id: null': 'payout_not_found' },
  },
  import_reversal: {
    by: 'server',
    good: () => ({ payout_id: nothing(), stripe_reversal_id: 'trr_0', amount_minor: 1 }),
    says: { 'payout_id: null': 'payout_not_found' },
  },
  refuse_refund: {
    by: 'server',
    good: () => ({ refund_id: nothing(), left_minor: 0, dispute_open: false }),
    says: { 'refund_id: null': 'refund_not_found' },
  },
  apply_reversal: {
    by: 'server',
    good: () => ({ reversal_id: nothing(), stripe_reversal_id: 'trr_0', amount_minor: 100 }),
    says: { 'reversal_id: null': 'reversal_not_found' },
  },
  claim_stripe_events: { by: 'server', good: () => ({ most: 0 }), takes: { most: ['null'] } },
  claim_calendar_feeds: { by: 'server', good: () => ({ most: 0 }), takes: { most: ['null'] } },
  apply_calendar_feed: {
    by: 'server',
    good: () => ({
      feed_id: nothing(),
      attempt: 1,
      events: [],
      events_seen: 0,
      broken_uids: [],
      event_problems: [],
      etag: '"1"',
      last_modified: 'yesterday',
    }),
  },
  keep_calendar_feed: { by: 'server', good: () => ({ feed_id: nothing(), attempt: 1 }) },
  fail_calendar_feed: {
    by: 'server',
    good: () => ({ feed_id: nothing(), attempt: 1, problem: 'too_slow', http_status: 500 }),
  },
  export_calendar: {
    by: 'server',
    good: () => ({ token: mill.token, feed_id: nothing() }),
    says: { 'token: null': 'calendar_not_found', 'token: huge': 'calendar_not_found' },
  },
  claim_stripe_checks: { by: 'server', good: () => ({ most: 0 }), takes: { most: ['null'] } },
  finish_stripe_check: { by: 'server', good: () => ({ kind: 'host', subject: 'acct_0' }) },
  fail_stripe_check: {
    by: 'server',
    good: () => ({ kind: 'host', subject: 'acct_0', problem: 'none' }),
  },
  record_movements: {
    by: 'server',
    good: () => ({ movements: [], read_until: '2031-05-20T12:00:00Z' }),
  },
  record_balances: { by: 'server', good: () => ({ balances: [] }) },
  record_floor: {
    by: 'server',
    good: () => ({ currency: 'usd', floor_minor: 1 }),
    takes: { currency: ['huge'], floor_minor: ['null', 'negative'] },
  },
  claim_commands: { by: 'server', good: () => ({ most: 0 }), takes: { most: ['null'] } },
  finish_command: { by: 'server', good: () => ({ command_id: nothing() }) },
  fail_command: {
    by: 'server',
    good: () => ({ command_id: nothing(), problem: 'none', retry: true }),
  },
};

interface Verb {
  verb: string;
  arguments: { name: string; type: string; optional: boolean }[];
  roles: string[];
  /** Whether it may change something; then it is not called by GET, which links and caches repeat. */
  writes: boolean;
}

/** Arguments as a query names them; lists as Postgres writes them. */
const texts = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        Array.isArray(value)
          ? `{${value}}`
          : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
      ]),
  );

/** Every function that the API shows, as the catalog has it now. */
const catalog = () =>
  asPostgres<Verb>(
    `select proname as verb, provolatile = 'v' as writes,
       array(
         select jsonb_build_object('name', arguments.name, 'type', case
             when type = 'text'::regtype and arguments.name ~ '^(check_in|check_out|.+_on)$' then 'date'
             when type = 'text'::regtype and arguments.name ~ '_at$' then 'timestamp with time zone'
             else format_type(arguments.type, null) end,
           'optional', arguments.place > pronargs - pronargdefaults)
         from unnest(proargnames, proargtypes::oid[]) with ordinality as arguments (name, type, place)
         where arguments.place <= pronargs order by arguments.place) as arguments,
       array(
         select role from unnest(array['anon', 'authenticated', 'service_role']) as role
         where has_function_privilege(role, pg_proc.oid, 'execute')) as roles
     from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype
     order by proname`,
  );

/** Two nights for one, at what they cost. */
async function ask(client: Client, listing_id: string): Promise<string> {
  const booking_id = randomUUID();
  await client.rpc('request_booking', {
    booking_id,
    listing_id,
    check_in: '2031-06-01',
    check_out: '2031-06-03',
    expected_total_minor: 22_820,
  }).throwOnError();
  return booking_id;
}

let verbs: Map<string, Verb>;
const badNotes: string[] = [];

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [ada, hedy] = [await person('Ada'), await person('Hedy')];
  const [grace, olga] = [await person('Grace'), await person('Olga')];
  const place = async (guest: Person, host: Person) => {
    const books = {
      listing: await home({ host }),
      hold: '',
      request: '',
      wishlist: nothing(),
      link: '',
      conversation: '',
      inquiry: nothing(),
      offer: nothing(),
    };
    const approval = await home({ host, instantBook: false });
    const client = await clientOf(guest);
    const server = await serviceClient();
    books.hold = await ask(client, books.listing);
    books.request = await ask(client, approval);
    const { data: payment } = await client.rpc('start_payment', { booking_id: books.request })
      .throwOnError();
    await server.rpc('apply_payment_intent', {
      event_id: `evt_${guest.name}`,
      payment_id: payment.payment_id ?? '',
      stripe_intent_id: `pi_${guest.name}`,
      intent_status: 'requires_capture',
      amount_minor: payment.amount_minor ?? -1,
      received_minor: 0,
      currency: 'usd',
      stripe_charge_id: `ch_${guest.name}`,
      capture_before: '2031-05-27T12:00:00Z',
      last_error: '',
    }).throwOnError();
    const { wishlist: wishlist_id, listing: listing_id } = books;
    await client.rpc('create_wishlist', { wishlist_id, name: 'Later' }).throwOnError();
    await client.rpc('save_listing', { wishlist_id, listing_id }).throwOnError();
    const link = await client.rpc('share_wishlist', { wishlist_id }).throwOnError();
    books.link = link.data.token ?? '';
    const { data: conversation } = await client.from('conversations').select('conversation_id')
      .eq('listing_id', approval).single().throwOnError();
    books.conversation = conversation.conversation_id;
    const { inquiry: inquiry_id, offer: offer_id } = books;
    await client.rpc('send_inquiry', {
      inquiry_id,
      listing_id,
      check_in: '2031-06-20',
      check_out: '2031-06-22',
      message: 'Hello',
    }).throwOnError();
    await (await clientOf(host)).rpc('preapprove_inquiry', { offer_id, inquiry_id }).throwOnError();
    return books;
  };
  Object.assign(mill, await place(ada, hedy));
  Object.assign(elsewhere, await place(grace, olga));
  elsewhere.draft = await home({ host: olga });
  await asPostgres(`update public.listings set status = 'draft' where listing_id = $1`, [
    elsewhere.draft,
  ]);
  for (const home of [mill, elsewhere]) {
    home.feed = randomUUID();
    await asPostgres(
      `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
       values ($1, $2, 'There', 'https://example.com/there.ics', private.now(), private.now() + interval '1 day')`,
      [home.feed, home.listing],
    );
  }
  await asPostgres('insert into private.calendar_links values ($1, $2, private.now())', [
    mill.listing,
    mill.token,
  ]);
  verbs = new Map((await catalog()).map((verb) => [verb.verb, verb]));
  mill.invitation = nothing();
  await (await clientOf(hedy)).rpc('invite_cohost', {
    invitation_id: mill.invitation,
    listing_id: mill.listing,
    role: 'full',
    profile_id: ada.id,
  }).throwOnError();
});

beforeEach(() => {
  badNotes.length = 0;
});

const callOf = (by: Caller): Call =>
  by === 'server'
    ? { key: keys.secret }
    : by === 'anyone'
    ? {}
    : { token: (by === 'Ada' ? ada : hedy).token };

/** Sends a call that is to be refused, or to do nothing; notes what is wrong with the answer. */
async function refuse(verb: string, what: string, call: Call, codes?: ErrorCode | ErrorCode[]) {
  const { status, code, text } = await send(`/rest/v1/rpc/${verb}`, call);
  const note = `${verb} with ${what} answered ${status} ${code} ${text.slice(0, 200)}`;
  if (status >= 500 || code === 'unknown_error' || code === 'internal_error') badNotes.push(note);
  else if (codes !== undefined && !(code && [codes].flat().includes(code))) {
    badNotes.push(`${note}, not ${[codes].flat().join(' or ')}`);
  }
}

test('every verb the API shows has a case, and every case a verb', () => {
  expect([...verbs.keys()].sort()).toEqual(Object.keys(cases).sort());
  for (const { verb, arguments: all, roles } of verbs.values()) {
    expect(Object.keys(cases[verb]!.good())).toEqual(all.map(({ name }) => name));
    // Servers count a century of zone rules; what people ask for is bounded.
    // Staff's verbs refuse all people of this test before they look at days (movements.test.sql does).
    if (!roles.includes('authenticated') || verb.startsWith('staff_')) continue;
    const dates = all.filter(({ type }) => type === 'date').map(({ name }) => name);
    expect(cases[verb]!.between ?? []).toEqual(dates);
  }
});

test('what is called good is good: the verbs that only read answer it', async () => {
  for (
    const verb of [
      'search_listings',
      'search_pins',
      'search_facets',
      'search_screen',
      'search_flexible_days',
      'search_price_calendar',
      'search_places',
      'similar_homes',
      'stay_prices',
      'quote_stay',
      'listing_calendar',
      'listing_blocks',
    ]
  ) {
    const { by, good } = cases[verb]!;
    const { status, text } = await send(`/rest/v1/rpc/${verb}`, { ...callOf(by), body: good() });
    expect(status, text).toBe(200);
  }
});

describe.each(Object.keys(cases))('%s', (verb) => {
  const { by, good, takes = {}, says = {}, strange, between = [] } = cases[verb]!;

  test('refuses bad values, and changes nothing', async () => {
    const before = await everything();
    const seen = new Set<string>();
    for (const argument of verbs.get(verb)?.arguments ?? []) {
      for (const [label, value] of Object.entries(badValues(argument.type))) {
        if (takes[argument.name]?.includes(label)) continue;
        const key = `${argument.name}: ${label}`;
        seen.add(key);
        const body = { ...good(), [argument.name]: value };
        await refuse(verb, key, { ...callOf(by), body }, says[key]);
      }
    }
    expect(badNotes).toEqual([]);
    expect(Object.keys(says).filter((key) => !seen.has(key))).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  if (strange) {
    test('refuses what is there and belongs to others, and changes nothing', async () => {
      const before = await everything();
      for (const [argument, [value, code]] of Object.entries(strange())) {
        const body = { ...good(), [argument]: value };
        await refuse(verb, `${argument} of others`, { ...callOf(by), body }, code);
      }
      expect(badNotes).toEqual([]);
      expect(await everything()).toEqual(before);
    });
  }

  const [first, last] = between;
  if (first && last) {
    test('refuses days in the wrong order, and 10,000 of them', async () => {
      const before = await everything();
      const ask = async (from: string, to: string, codes: ErrorCode[]) => {
        const body = { ...good(), [first]: from, [last]: to };
        await refuse(verb, `${from} to ${to}`, { ...callOf(by), body }, codes);
      };
      await ask('2031-06-12', '2031-06-10', ['dates_reversed']);
      await ask('2031-06-12', '2031-06-12', ['dates_reversed']);
      await ask('2031-06-12', '2058-10-28', [
        'too_many_days',
        'outside_booking_window',
      ]);
      await ask('infinity', 'infinity', ['invalid_dates']);
      await ask('-infinity', 'infinity', ['invalid_dates']);
      expect(badNotes).toEqual([]);
      expect(await everything()).toEqual(before);
    });
  }

  test('refuses callers without a good token, and those of another kind', async () => {
    const before = await everything();
    const body = good();
    for (const [label, token] of Object.entries(badTokens(hedy))) {
      await refuse(verb, `a token ${label}`, { token, body }, 'sign_in_required');
    }
    const { roles = [] } = verbs.get(verb) ?? {};
    const refusal: ErrorCode[] = ['not_allowed', 'sign_in_required'];
    if (!roles.includes('anon')) await refuse(verb, 'nobody signed in', { body }, refusal);
    if (!roles.includes('service_role')) {
      await refuse(verb, 'the secret key', { body, key: keys.secret }, refusal);
    }
    if (!roles.includes('authenticated')) {
      await refuse(verb, 'a person’s token', { body, token: hedy.token }, refusal);
    }
    const mallory = await person('Mallory');
    await asPostgres('delete from auth.users where id = $1', [mallory.id]);
    const gone = await everything();
    if (by === 'Ada' || by === 'Hedy') {
      const call = { body, token: mallory.token };
      await refuse(verb, 'a closed account', call);
    }
    expect(badNotes).toEqual([]);
    expect(await everything()).toEqual(gone);
    delete gone['public.profiles'];
    delete gone['public.private_profiles'];
    // That its pictures are to be removed.
    delete gone['private.commands'];
    expect(before).toMatchObject(gone);
  });

  test('refuses requests that are no call of it', async () => {
    const before = await everything();
    const call = callOf(by);
    const required = verbs.get(verb)?.arguments.some((argument) => !argument.optional);
    if (required) {
      await refuse(verb, 'no arguments', { ...call, body: {} }, 'invalid_request');
      await refuse(verb, 'an empty body', { ...call, body: '' }, 'invalid_request');
      await refuse(verb, 'no JSON', { ...call, body: '{"' }, 'invalid_request');
      await refuse(verb, 'a text', { ...call, body: '"text"' });
      await refuse(verb, 'a list', { ...call, body: [1, 2] });
    }
    await refuse(
      verb,
      'one argument more',
      { ...call, body: { ...good(), more: 1 } },
      'invalid_request',
    );
    const { code } = await send(`/rest/v1/rpc/${verb}?${new URLSearchParams(texts(good()))}`, {
      ...call,
      method: 'GET',
    });
    // Verbs for staff look at who asks first; a link, a person, a proposal or a reversal is looked at before
    // it does anything.
    const looked = verbs.get(verb)?.writes
      ? [
        'method_not_allowed',
        'invalid_token',
        'profile_not_found',
        'invitation_not_found',
        'reversal_not_found',
        'invalid_rates',
      ]
      : [undefined, 'endpoint_not_found', 'not_confirmed', 'not_cancellable', 'not_alterable'];
    // An address does not say a list of records as it says a list of words.
    if (JSON.stringify(good()).includes('[{')) looked.push('invalid_value');
    expect([...looked, 'staff_only', 'alteration_not_found']).toContain(code);
    const text = { 'content-type': 'text/plain' };
    if (required) await refuse(verb, 'text/plain', { ...call, body: 'hello', headers: text });
    await refuse(verb, 'a strange content type', {
      ...call,
      body: good(),
      headers: { 'content-type': 'application/x-nothing' },
    });
    for (const schema of ['private', 'auth', 'gate']) {
      const headers = { 'content-profile': schema, 'accept-profile': schema };
      await refuse(verb, `schema ${schema}`, { ...call, body: good(), headers }, 'invalid_request');
    }
    expect(badNotes).toEqual([]);
    expect(await everything()).toEqual(before);
  });
});

test('supabase-js brings the code to a frontend', async () => {
  const client = await clientOf(ada);
  const { status, error } = await client.rpc('quote_stay', {
    listing_id: mill.listing,
    check_in: '2031-06-12',
    check_out: '2031-06-10',
  });
  expect({ status, message: error?.message, code: error?.code }).toEqual({
    status: 400,
    message: 'dates_reversed',
    code: 'PT400',
  });
});
