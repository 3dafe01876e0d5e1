/** What stands in a jsonb of an answer: the database has no types for it. */

/** The document of `export_my_data`. */
export interface PersonalDocument {
  format: 'staybase-export-1';
  login: {
    id: string;
    email: string | null;
    phone: string | null;
    created_at: string;
    last_sign_in_at: string | null;
    user_metadata: Record<string, unknown>;
  };
  /** Paths of the person's files, each behind its bucket. */
  files: string[];
  /** The rows of each table, by its name with its schema: `public.bookings`. */
  [table: `${string}.${string}`]: Record<string, unknown>[];
}
