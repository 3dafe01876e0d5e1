import { cache } from '../../api.ts';

/** After something happened to a stay: all that tells of it is asked for again. */
export const refreshTrip = (): void =>
  cache.refresh(
    'booking',
    'trip_details',
    'trips',
    'preview_cancellation',
    'booking_receipt',
    'listing_calendar',
    'conversation_about',
  );
