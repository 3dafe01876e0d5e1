import { must, query } from '@staybase/client';
import { staybase } from '../../api.ts';

/** The data of a stay for its guest: address, money, alterations, review. */
export const tripDetails = (booking_id: string) =>
  query('trip_details', { booking_id }, (signal) =>
    must(
      staybase.from('bookings').select(`booking_id, listing_id, guest_id,
        listings(time_zone, listing_addresses(*), listing_access(*)),
        alterations(*), complaints(*), no_shows(*), damage_claims(*),
        payments(payment_id, amount_minor, captured_minor, refunded_minor, currency, status, charge_at, pay_by, purpose, captured_at),
        refunds(refund_id, amount_minor, currency, status, reason),
        reviews(review_id, stars, body, closes_at)`)
        .eq('booking_id', booking_id)
        .order('created_at', { referencedTable: 'alterations', ascending: false })
        .order('created_at', { referencedTable: 'complaints', ascending: false })
        .order('created_at', { referencedTable: 'damage_claims', ascending: false })
        .order('created_at', { referencedTable: 'payments' })
        .abortSignal(signal)
        .single(),
    ));

export const conversationAbout = (listing_id: string, guest_id: string) =>
  query('conversation_about', { listing_id, guest_id }, (signal) =>
    must(
      staybase.from('conversations').select('conversation_id')
        .eq('listing_id', listing_id).eq('guest_id', guest_id).limit(1).abortSignal(signal),
    ));
