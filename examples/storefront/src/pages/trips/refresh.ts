import { cache } from '../../api.ts';

/** After a change of a stay: refreshes every query that shows it. */
export function refreshTrip(): void {
  // A cancelled stay has no preview, and the dialog that shows it is about to close.
  cache.expire('preview_cancellation');
  cache.refresh(
    'booking',
    'booking_actions',
    'trip_details',
    'trips',
    'booking_receipt',
    'listing_calendar',
    'conversation_about',
  );
}
