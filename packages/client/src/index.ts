/** What a frontend of Staybase needs beside supabase-js. */
export type { Database } from '../../../types/database.ts';
