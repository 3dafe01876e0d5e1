import { ahead } from '../../local/reference/days.ts';

/** A request that works in the demo town, and who sends it. */
export interface Example {
  as: 'anyone' | 'Ada' | 'Alan' | 'Grace' | 'Hedy' | 'Margaret' | 'server';
  /** What it asks for, in a few words. */
  says: string;
  method: 'POST' | 'PATCH';
  /** One of these. */
  verb?: string;
  table?: string;
  operation?: string;
  body: Record<string, unknown>;
  /** The filters of a change to a table. */
  filters?: Record<string, string>;
}

const listing = (number: number) => `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const booking = (number: number) => `20000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
/** Ids that the client chooses. */
const own = (number: number) => `30000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const [mill, loft, garden, houseboat, machiya] = [1, 2, 3, 4, 6].map(listing) as [
  string,
  string,
  string,
  string,
  string,
];
/** What the town has one of for each status, in the order of `booking_status`. */
const [unpaid, requested, confirmed, completed] = [1, 2, 3, 4].map(booking) as [
  string,
  string,
  string,
  string,
];
const stay = { check_in: ahead(40), check_out: ahead(43), guests: 2 };
const box = { west: 4.0, south: 46.7, east: 4.3, north: 47.0 };
const quarter = { starts_on: ahead(-60), ends_on: ahead(30) };

const as =
  (who: Example['as']) => (verb: string, says: string, body: Record<string, unknown> = {}) => ({
    as: who,
    says,
    method: 'POST' as const,
    verb,
    body,
  });
const [anyone, ada, alan, grace, hedy, staff, server] = [
  as('anyone'),
  as('Ada'),
  as('Alan'),
  as('Grace'),
  as('Hedy'),
  as('Margaret'),
  as('server'),
];

/** In the order in which they work, beginning with the town that `npm start` creates. */
export const examples: Example[] = [
  {
    as: 'anyone',
    says: 'Ada signs in',
    method: 'POST',
    operation: 'sign_in',
    body: { email: 'ada@example.com', password: 'stay-a-night' },
  },

  // Looking for a home
  anyone('search_places', 'Places by the beginning of their name', { name: 'Sain' }),
  anyone('search_listings', 'Homes with free nights on a map', { ...box, ...stay }),
  anyone('search_pins', 'The same homes as pins', { ...box, ...stay }),
  anyone('search_facets', 'Filter counts for these homes', { ...box, ...stay }),
  anyone('search_screen', 'All of them in one request', { ...box, ...stay, page_size: 2 }),
  anyone('search_flexible_days', 'Three nights, up to two days earlier or later', {
    ...box,
    ...stay,
    flex_days: 2,
  }),
  anyone('search_price_calendar', 'The lowest price of each day', {
    ...box,
    guests: 2,
    month: ahead(40).slice(0, 7),
    nights: 3,
  }),
  anyone('similar_homes', 'Homes like the mill', { listing_id: mill, ...stay }),
  anyone('listing_calendar', 'A month of the mill', {
    listing_id: mill,
    starts_on: ahead(0),
    ends_on: ahead(30),
  }),
  anyone('stay_prices', 'What a stay costs in two homes', { listing_ids: [mill, loft], ...stay }),
  anyone('show_amounts', 'Amounts converted to the currency of the reader', {
    amounts: [18_000, 24_000],
    currencies: ['EUR', 'EUR'],
    shown_in: 'EUR',
  }),
  anyone('offered_currencies', 'The currencies of homes and of shown amounts'),
  anyone('cancellation_tiers', 'The refunds of each cancellation policy'),

  // Booking
  anyone('quote_stay', 'Three nights in the loft', { listing_id: loft, ...stay }),
  anyone('quote_refunds', 'The refund by time of cancellation', { listing_id: loft, ...stay }),
  ada('request_booking', 'Ada books the loft', {
    booking_id: own(1),
    listing_id: loft,
    ...stay,
    expected_total_minor: 33_223,
    expected_cancellation_policy: 'flexible',
  }),
  {
    as: 'Ada',
    says: 'Ada pays for it',
    method: 'POST',
    operation: 'create-payment',
    body: { booking_id: own(1) },
  },
  ada('withdraw_booking', 'Ada changes her mind before she pays', { booking_id: own(1) }),
  ada('booking_contacts', 'The contact details of the host', { booking_id: confirmed }),
  ada('booking_receipt', 'What Ada has paid', { booking_id: confirmed }),
  grace('accept_booking', 'Grace accepts a request', { booking_id: requested }),
  ada('preview_cancellation', 'The refund of a cancellation', { booking_id: confirmed }),

  // Asking first
  ada('send_inquiry', 'Ada asks about the garden room', {
    inquiry_id: own(2),
    listing_id: garden,
    check_in: ahead(50),
    check_out: ahead(53),
    message: 'Is the garden quiet in the morning?',
  }),
  hedy('preapprove_inquiry', 'Hedy pre-approves her', { inquiry_id: own(2), offer_id: own(3) }),
  ada('quote_offer', 'The price of the offer', { offer_id: own(3) }),
  ada('decline_offer', 'Ada declines the offer', { offer_id: own(3) }),
  hedy('send_special_offer', 'Hedy sends a special offer', {
    inquiry_id: own(2),
    offer_id: own(4),
    subtotal_minor: 14_000,
  }),
  hedy('withdraw_offer', 'Hedy withdraws the offer', { offer_id: own(4) }),

  // Altering
  ada('preview_alteration', 'One guest less', { booking_id: confirmed, guests: 3 }),
  ada('propose_alteration', 'Ada proposes it', {
    alteration_id: own(5),
    booking_id: confirmed,
    guests: 3,
  }),
  grace('decline_alteration', 'Grace declines', { alteration_id: own(5) }),
  ada('propose_alteration', 'Ada proposes two guests', {
    alteration_id: own(14),
    booking_id: confirmed,
    guests: 2,
  }),
  ada('withdraw_alteration', 'Ada withdraws the proposal', { alteration_id: own(14) }),

  // After a stay
  alan('review_stay', 'Alan reviews the loft', {
    booking_id: completed,
    stars: 5,
    accuracy: 5,
    check_in: 5,
    cleanliness: 5,
    communication: 5,
    location: 4,
    value: 5,
    body: 'The bread was warm every morning.',
  }),
  grace('review_guest', 'Grace reviews Alan', {
    booking_id: completed,
    stars: 5,
    cleanliness: 5,
    communication: 5,
    house_rules: 5,
    body: 'Always welcome.',
  }),
  grace('claim_damage', 'Grace claims damage', {
    claim_id: own(6),
    booking_id: completed,
    amount_minor: 4_000,
    damage: 'The reading lamp is broken.',
  }),
  alan('dispute_damage_claim', 'Alan disagrees', {
    claim_id: own(6),
    objection: 'It was broken when I came.',
  }),
  grace('withdraw_damage_claim', 'Grace withdraws the claim', { claim_id: own(6) }),

  // Writing
  ada('start_conversation', 'Ada writes to a host', {
    message_id: own(7),
    listing_id: houseboat,
    body: 'Does she rock at night?',
  }),
  ada('my_conversations', 'The inbox'),
  grace('set_automatic_message', 'Instructions three days before check-in', {
    listing_id: mill,
    occasion: 'check_in_instructions',
    days: 3,
  }),
  grace('set_automatic_text', 'The text of the message', {
    listing_id: mill,
    occasion: 'check_in_instructions',
    locale: 'en',
    body: 'The key hangs in the wheel house.',
  }),
  ada('set_notification', 'No e-mails about reviews', {
    kind: 'review',
    channel: 'email',
    wanted: false,
  }),
  ada('mark_notifications_read', 'All of them', {}),

  // Wishlists
  ada('create_wishlist', 'A list for spring', { wishlist_id: own(8), name: 'Spring' }),
  ada('edit_wishlist', 'With days', { wishlist_id: own(8), name: 'Spring', ...stay }),
  ada('save_listing', 'The mill', { wishlist_id: own(8), listing_id: mill }),
  ada('save_listing', 'The machiya', { wishlist_id: own(8), listing_id: machiya }),
  ada('note_saved_listing', 'A note', {
    wishlist_id: own(8),
    listing_id: mill,
    note: 'Ask about the wheel.',
  }),
  ada('vote_on_saved_listing', 'A vote', { wishlist_id: own(8), listing_id: mill, vote: 'up' }),
  ada('move_saved_listing', 'To the end', { wishlist_id: own(8), listing_id: mill }),
  ada('saved_listings', 'Which of these are saved', { listing_ids: [mill, loft] }),
  ada('my_wishlists', 'All lists'),
  ada('wishlist_cards', 'The homes of one', { wishlist_id: own(8) }),
  ada('wishlist_people', 'Its members', { wishlist_id: own(8) }),
  ada('share_wishlist', 'A link to look at it', { wishlist_id: own(8), purpose: 'read' }),
  ada('unshare_wishlist', 'The link ends', { wishlist_id: own(8), purpose: 'read' }),
  ada('delete_wishlist', 'The list ends', { wishlist_id: own(8) }),

  // Hosting
  grace('create_listing', 'A new draft', {
    listing_id: own(9),
    title: 'The boathouse',
    time_zone: 'Europe/Paris',
    currency: 'EUR',
    room_type: 'entire_home',
    capacity: 2,
  }),
  {
    as: 'Grace',
    says: 'Other house rules',
    method: 'PATCH',
    table: 'listings',
    filters: { listing_id: `eq.${mill}` },
    body: { house_rules: 'No shoes upstairs. The wheel is not a toy.' },
  },
  hedy('hide_listing', 'Hedy takes the garden room down', { listing_id: garden }),
  hedy('publish_listing', 'And shows it again', { listing_id: garden }),
  grace('order_photos', 'The bridge last', {
    listing_id: mill,
    photo_ids: [102, 103, 101].map((number) => `12000000-0000-4000-8000-000000000${number}`),
  }),
  grace('set_price_floor', 'No night below 100 euros', { listing_id: mill, floor_minor: 10_000 }),
  grace('invite_cohost', 'A co-host for the calendar', {
    invitation_id: own(10),
    listing_id: mill,
    role: 'calendar',
    email: 'mary@example.com',
  }),
  grace('withdraw_cohost_invitation', 'The invitation is withdrawn', { invitation_id: own(10) }),
  alan('my_cohost_invitations', 'Who asked Alan'),
  {
    as: 'Grace',
    says: 'Grace opens her Stripe account',
    method: 'POST',
    operation: 'host-account',
    body: { country_code: 'FR', return_url: 'http://127.0.0.1:3000/hosting' },
  },

  // Calendars
  grace('block_nights', 'A week for oneself', {
    listing_id: mill,
    check_in: ahead(100),
    check_out: ahead(107),
    note: 'The wheel rests.',
  }),
  grace('listing_blocks', 'The blocked nights', { listing_id: mill }),
  grace('unblock_nights', 'Free again', {
    listing_id: mill,
    check_in: ahead(100),
    check_out: ahead(107),
  }),
  grace('set_calendar', 'A price of its own', {
    listing_id: mill,
    starts_on: ahead(110),
    ends_on: ahead(113),
    price_minor: 24_000,
  }),
  grace('host_calendars', 'All homes for two weeks', {
    starts_on: ahead(10),
    ends_on: ahead(24),
  }),
  grace('set_calendars', 'Several homes, weekends', {
    listing_ids: [mill, loft],
    ranges: [{ starts_on: ahead(120), ends_on: ahead(140) }],
    weekdays: [5, 6],
    minimum_nights: 2,
  }),
  grace('block_calendars', 'Two homes at once', {
    listing_ids: [mill, loft],
    ranges: [{ starts_on: ahead(150), ends_on: ahead(152) }],
  }),
  grace('unblock_calendars', 'And free again', {
    listing_ids: [mill, loft],
    ranges: [{ starts_on: ahead(150), ends_on: ahead(152) }],
  }),
  grace('set_booking_rules', 'A day of notice', { listing_ids: [loft], advance_notice_days: 1 }),
  grace('add_calendar_feed', 'The calendar of another marketplace', {
    feed_id: own(11),
    listing_id: mill,
    name: 'Elsewhere',
    url: 'https://calendar.example/mill.ics',
  }),
  grace('preview_feed_filters', 'Preview what a filter would ignore', {
    feed_id: own(11),
    patterns: ['Check-out:*'],
  }),
  grace('set_feed_filters', 'Ignore these events', { feed_id: own(11), patterns: ['Check-out:*'] }),
  grace('sync_calendar_feed', 'Read it now', { feed_id: own(11) }),
  grace('calendar_conflicts', 'Double bookings', {}),
  grace('remove_calendar_feed', 'Remove the calendar', { feed_id: own(11) }),
  grace('calendar_link', 'For other marketplaces', { listing_id: mill }),
  grace('rotate_calendar_link', 'A new address', { listing_id: mill }),

  // Money
  grace('my_earnings', 'Line by line', quarter),
  grace('earning_totals', 'By month', quarter),
  grace('earnings_csv', 'As a file', quarter),
  grace('superhost_figures', 'How Grace does'),

  // Staff
  ada('file_report', 'Ada reports a home', {
    report_id: own(12),
    subject: 'listing',
    subject_id: houseboat,
    category: 'inaccurate',
    body: 'There is no deck.',
  }),
  staff('staff_reports', 'Open reports', {}),
  staff('staff_evidence', 'The files of a case', { case_id: houseboat }),
  staff('staff_claim_report', 'Claim a report', { report_id: own(12) }),
  staff('staff_decide_report', 'Nothing is wrong', {
    report_id: own(12),
    measures: ['dismiss'],
    reason: 'The photo shows the deck.',
  }),
  staff('staff_decisions', 'The decisions about a home', { about_id: houseboat }),
  staff('staff_hide_listing', 'A home is taken down', {
    listing_id: machiya,
    reason: 'The address could not be verified.',
  }),
  staff('staff_show_listing', 'And shown again', {
    listing_id: machiya,
    reason: 'It could be verified.',
  }),
  staff('staff_audit_log', 'The audit log', { page_size: 10 }),
  staff('staff_masked_words', 'The original of masked messages', { page_size: 10 }),
  staff('staff_review_sources', 'Hosts whose reviews come from few guests', {}),
  staff('add_webhook_endpoint', 'A program that keeps the books', {
    endpoint_id: own(13),
    url: 'https://books.example/staybase',
    event_types: ['booking.confirmed', 'refund.succeeded'],
    description: 'The books.',
  }),
  staff('list_webhook_endpoints', 'The registered endpoints', {}),
  staff('list_webhook_attempts', 'The delivery attempts', { endpoint_id: own(13), most: 10 }),
  staff('rotate_webhook_secret', 'Rotate the secret', { endpoint_id: own(13) }),
  staff('enable_webhook_endpoint', 'Off', { endpoint_id: own(13), enabled: false }),

  // Privacy, and the end of a stay
  ada('export_my_data', 'All that is kept about Ada'),
  alan('withdraw_booking', 'Alan does not pay', { booking_id: unpaid }),
  ada('cancel_booking', 'Ada cancels her stay', {
    booking_id: confirmed,
    reason: 'A change of plans.',
  }),

  // Anything at once
  {
    as: 'anyone',
    says: 'Two homes with their hosts',
    method: 'POST',
    operation: 'graphql',
    body: { query: '{ listings(first: 2) { nodes { title host { displayName } } } }' },
  },

  // Servers
  server('health_report', 'How each part does'),
  server('load_exchange_rates', 'The rates of a day', {
    base_currency: 'EUR',
    rated_on: ahead(0),
    rates: { USD: 1.1 },
    source: 'A central bank',
  }),
];

/** The examples of an operation as OpenAPI has them, by who sends them. */
export function exampleBodies(chosen: Example[]) {
  if (chosen.length === 0) return {};
  return {
    examples: Object.fromEntries(chosen.map((example, at) => [
      `example${at + 1}`,
      {
        summary: `${example.says} (as ${example.as})`,
        value: example.body,
        'x-as': example.as,
        ...(example.filters === undefined ? {} : { 'x-filters': example.filters }),
      },
    ])),
  };
}
