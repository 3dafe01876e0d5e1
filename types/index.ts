/** What a frontend in TypeScript needs of Staybase beside supabase-js. */
import type { CompositeTypes, Database, Enums, Tables } from './database.ts';

export type { Database };
export { codeOf, type ErrorCode, errorCodes, errors, isErrorCode } from './errors.ts';

export type Booking = Tables<'bookings'>;
export type BookingStatus = Enums<'booking_status'>;
export type BookingLine = Tables<'booking_lines'>;
export type BookingHold = CompositeTypes<'booking_hold'>;
export type BookingReceipt = CompositeTypes<'booking_receipt'>;
export type BookingContact = CompositeTypes<'booking_contact'>;
export type CalendarEntry = CompositeTypes<'calendar_entry'>;
export type Conversation = Tables<'conversations'>;
export type ConversationCard = CompositeTypes<'conversation_card'>;
export type GuestReview = Tables<'guest_reviews'>;
export type Earning = Tables<'earnings'>;
export type EarningTotal = CompositeTypes<'earning_total'>;
export type InboxEntry = Tables<'inbox_entries'>;
export type Listing = Tables<'listings'>;
export type ListingPhoto = Tables<'listing_photos'>;
export type ListingPrices = Tables<'listing_prices'>;
export type Message = Tables<'messages'>;
export type Notification = Tables<'notifications'>;
export type BookingRules = Tables<'booking_rules'>;
export type Payment = Tables<'payments'>;
export type Profile = Tables<'profiles'>;
export type PrivateProfile = Tables<'private_profiles'>;
export type Receipt = Tables<'receipts'>;
export type ReceiptLine = CompositeTypes<'receipt_line'>;
export type Refund = Tables<'refunds'>;
export type Review = Tables<'reviews'>;
export type ReviewReply = CompositeTypes<'review_reply'>;
export type RoomType = Enums<'room_type'>;
export type SuperhostReckoning = Tables<'superhost_reckonings'>;
export type StayQuote = CompositeTypes<'stay_quote'>;
export type StayLine = CompositeTypes<'stay_line'>;

/** What the function `create-payment` answers; amounts in minor units. */
export interface PaymentToMake {
  payment_id: string;
  booking_id: string;
  /** For Stripe's Payment Element. */
  client_secret: string;
  amount_minor: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Until when the nights are held. */
  expires_at: string;
}
