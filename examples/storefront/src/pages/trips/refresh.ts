import { cache } from '../../api.ts';

/** After a change of a stay: refreshes every query that shows it. */
export const refreshTrip = (): void =>
  cache.refresh(
    'booking',
    'booking_actions',
    'trip_details',
    'trips',
    'preview_cancellation',
    'booking_receipt',
    'listing_calendar',
    'conversation_about',
  );
