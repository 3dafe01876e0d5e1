import { addDays, ask, hosting, must, query } from '@staybase/client';
import { staybase, useQuery } from '../api.ts';
import { today } from '../format.ts';
import { useMe } from './parts.tsx';

/** Rows beside a row: PostgREST tells one as an object, several as a list. */
export const rowsOf = <Row>(rows: Row | Row[] | null | undefined): Row[] =>
  rows === null || rows === undefined ? [] : Array.isArray(rows) ? rows : [rows];

export const useHosting = () => useQuery(hosting(staybase, useMe().id));

const shown = `*,
  listings(title, city, time_zone),
  guest:profiles!bookings_guest_id_fkey(profile_id, display_name, avatar_path),
  host_totals(payout_minor)`;

/** Stays that are not over, by check-in; without unpaid holds. */
export const coming = (profile_id: string) =>
  query('host_bookings', { profile_id, which: 'coming' }, (signal) =>
    must(
      staybase.from('bookings').select(shown)
        .neq('guest_id', profile_id)
        .in('status', ['requested', 'confirmed'])
        .gte('check_out', addDays(today(), -1))
        .order('check_in').order('booking_id').limit(200)
        .abortSignal(signal),
    ));

/** Past, cancelled and declined stays, latest first. */
export const past = (profile_id: string, which: 'completed' | 'ended') =>
  query('host_bookings', { profile_id, which }, (signal) =>
    must(
      staybase.from('bookings').select(shown)
        .neq('guest_id', profile_id)
        .in(
          'status',
          which === 'completed' ? ['completed', 'no_show'] : [
            'declined',
            'cancelled_by_guest',
            'cancelled_by_host',
            'cancelled_by_staff',
            'expired',
            'payment_conflict',
          ],
        )
        .order('check_in', { ascending: false }).order('booking_id').limit(100)
        .abortSignal(signal),
    ));

export type HostBooking = Awaited<ReturnType<ReturnType<typeof coming>['run']>>[number];

/** A booking with everything its host can read. */
export const stay = (booking_id: string) =>
  query('host_booking', { booking_id }, (signal) =>
    must(
      staybase.from('bookings').select(`*,
        listings(listing_id, title, city, time_zone, damage_claims),
        guest:profiles!bookings_guest_id_fkey(profile_id, display_name, avatar_path, about, joined_on,
          identity_verified),
        booking_lines(*), host_totals(*), host_settlements(*), no_shows(*), damage_claims(*),
        guest_reviews(*), reviews(*), payouts(*), complaints(*), alterations(*)`)
        .eq('booking_id', booking_id)
        .order('position', { referencedTable: 'booking_lines' })
        .abortSignal(signal)
        .single(),
    ));

export const guestRating = (guest_id: string) =>
  query('guest_rating', { guest_id }, (signal) =>
    must(
      staybase.from('guest_ratings').select('*').eq('guest_id', guest_id).abortSignal(signal)
        .maybeSingle(),
    ));

export const account = (host_id: string) =>
  query('host_account', { host_id }, (signal) =>
    must(
      staybase.from('host_accounts').select('*').eq('host_id', host_id).abortSignal(signal)
        .maybeSingle(),
    ));

/** Stays whose guests the reader can still review, and has not. */
export const toReview = (profile_id: string) =>
  query('host_bookings', { profile_id, which: 'to_review' }, async (signal) => {
    const stays = await must(
      staybase.from('bookings').select(`${shown}, guest_reviews(review_id)`)
        .neq('guest_id', profile_id)
        .eq('status', 'completed')
        .gte('check_out', addDays(today(), -14))
        .order('check_out').limit(50)
        .abortSignal(signal),
    );
    return stays.filter(({ guest_reviews }) => rowsOf(guest_reviews).length === 0);
  });

export const unreadAsHost = () => ask(staybase, 'my_conversations', { most: 50 });

/** A stay as its page shows it. */
export type StayShown = Awaited<ReturnType<ReturnType<typeof stay>['run']>>;
