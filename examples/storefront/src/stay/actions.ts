import { ask } from '@staybase/client';
import { staybase } from '../api.ts';

/** What the reader may still do about a booking, and until when: the database's own answer. */
export const actionsOf = (booking_id: string) => ask(staybase, 'booking_actions', { booking_id });
