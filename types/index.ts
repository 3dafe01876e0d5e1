/** What a TypeScript frontend of Staybase needs in addition to supabase-js. */
import type { CompositeTypes, Database, Enums, Tables } from './database.ts';

export type { Database };
export type { PersonalDocument } from './documents.ts';
export { codeOf, type ErrorCode, errorCodes, errors, isErrorCode } from './errors.ts';
export { fieldOf, fieldsOf } from './field-of.ts';

export type Alteration = Tables<'alterations'>;
export type AlterationTerms = CompositeTypes<'alteration_terms'>;
export type Booking = Tables<'bookings'>;
export type BookingContact = CompositeTypes<'booking_contact'>;
export type BookingHold = CompositeTypes<'booking_hold'>;
export type BookingLine = Tables<'booking_lines'>;
export type BookingReceipt = CompositeTypes<'booking_receipt'>;
export type BookingRules = Tables<'booking_rules'>;
export type BookingStatus = Enums<'booking_status'>;
export type CalendarConflict = CompositeTypes<'calendar_conflict'>;
export type CalendarEntry = CompositeTypes<'calendar_entry'>;
export type CalendarFeed = Tables<'calendar_feeds'>;
export type CalendarLink = CompositeTypes<'calendar_link'>;
export type CancellationPreview = CompositeTypes<'cancellation_preview'>;
export type CohostInvitation = CompositeTypes<'cohost_invitation_card'>;
export type Complaint = Tables<'complaints'>;
export type Conversation = Tables<'conversations'>;
export type ConversationCard = CompositeTypes<'conversation_card'>;
export type DamageClaim = Tables<'damage_claims'>;
export type Earning = Tables<'earnings'>;
export type EarningTotal = CompositeTypes<'earning_total'>;
export type FoundListing = CompositeTypes<'found_listing'>;
export type GuestReview = Tables<'guest_reviews'>;
export type GuestTotal = Tables<'guest_totals'>;
export type HostAccount = Tables<'host_accounts'>;
export type HostTotal = Tables<'host_totals'>;
export type InboxEntry = Tables<'inbox_entries'>;
export type Inquiry = Tables<'inquiries'>;
export type LengthDiscount = Tables<'length_discounts'>;
export type Listing = Tables<'listings'>;
export type ListingAccess = Tables<'listing_access'>;
export type ListingAddress = Tables<'listing_addresses'>;
export type ListingBlock = CompositeTypes<'listing_block'>;
export type ListingPhoto = Tables<'listing_photos'>;
export type ListingPrices = Tables<'listing_prices'>;
export type ListingRating = Tables<'listing_ratings'>;
export type Message = Tables<'messages'>;
export type ModerationNotice = Tables<'moderation_notices'>;
export type NoShow = Tables<'no_shows'>;
export type Notification = Tables<'notifications'>;
export type NotificationSetting = Tables<'notification_settings'>;
export type Offer = Tables<'offers'>;
export type Payment = Tables<'payments'>;
export type Payout = Tables<'payouts'>;
export type PersonalExport = CompositeTypes<'personal_export'>;
export type PlannedCharge = CompositeTypes<'planned_charge'>;
export type PrivateProfile = Tables<'private_profiles'>;
export type Profile = Tables<'profiles'>;
export type Receipt = Tables<'receipts'>;
export type ReceiptLine = CompositeTypes<'receipt_line'>;
export type Refund = Tables<'refunds'>;
export type Report = Tables<'reports'>;
export type Review = Tables<'reviews'>;
export type ReviewReply = CompositeTypes<'review_reply'>;
export type RoomType = Enums<'room_type'>;
export type SavedListing = CompositeTypes<'saved_listing'>;
export type StaffReport = CompositeTypes<'staff_report'>;
export type StayLine = CompositeTypes<'stay_line'>;
export type StayQuote = CompositeTypes<'stay_quote'>;
export type SuperhostEvaluation = Tables<'superhost_evaluations'>;
export type Wishlist = Tables<'wishlists'>;
export type WishlistCard = CompositeTypes<'wishlist_card'>;
export type WishlistPerson = CompositeTypes<'wishlist_person'>;
export type WishlistSummary = CompositeTypes<'wishlist_summary'>;

/** What the function `create-payment` takes. */
export interface PaymentRequest {
  booking_id: string;
}

/** What the function `create-payment` answers; amounts in minor units. */
export interface PaymentToMake {
  payment_id: string;
  booking_id: string;
  /** Whether the secret is for `stripe.confirmPayment` or for `stripe.confirmSetup`. */
  mode: 'payment' | 'setup';
  /** For Stripe's Payment Element. */
  client_secret: string;
  amount_minor: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** When a card that is only saved now is charged. */
  charge_at: string | null;
  /** Until when it has to be done; of a booking, until when the nights are held. */
  expires_at: string | null;
}

/** What the function `host-account` takes. */
export interface OnboardingRequest {
  /** ISO 3166 alpha-2. */
  country_code: string;
  /** Where Stripe sends the host when done. */
  return_url: string;
  /** Where Stripe sends a host whose link is no longer good; default return_url. */
  refresh_url?: string | undefined;
}

/** What the function `host-account` answers. */
export interface HostOnboarding {
  status: HostAccount['status'];
  /** Leads to Stripe, once and for some minutes; null when there is nothing to do. */
  onboarding_url: string | null;
  expires_at: string | null;
}

/** What the function `run-commands` answers a server: how many commands ended how. */
export interface CommandsRun {
  done: number;
  retried: number;
  failed: number;
}

/** What the function `sync-calendars` answers a server: how many feeds were read with which result. */
export interface CalendarsRead {
  applied: number;
  unchanged: number;
  kept: number;
  failed: number;
  too_late: number;
}

/** What the function `check-files` answers a server: how many files were found or made how. */
export interface FilesChecked {
  clean: number;
  cleaned: number;
  published: number;
  withdrawn: number;
  refused: number;
  failed: number;
}

/**
 * The functions that are called with JSON, by name; the first two by a browser, the others by a
 * server that has the secret key:
 *
 *     const { data } = await supabase.functions.invoke<Functions['create-payment']['answer']>(
 *       'create-payment', { body: { booking_id } satisfies Functions['create-payment']['request'] });
 *
 * A refusal is an answer whose header `x-error-code` is an `ErrorCode`.
 */
export interface Functions {
  'create-payment': { request: PaymentRequest; answer: PaymentToMake };
  'host-account': { request: OnboardingRequest; answer: HostOnboarding };
  'run-commands': { request: undefined; answer: CommandsRun };
  'sync-calendars': { request: undefined; answer: CalendarsRead };
  'check-files': { request: undefined; answer: FilesChecked };
}
