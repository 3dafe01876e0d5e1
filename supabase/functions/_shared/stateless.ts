import { tracedFetch } from './trace.ts';

/** A client of Supabase's that keeps no session, and sends the id of the request along. */
export const stateless = {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  global: { fetch: tracedFetch },
};
