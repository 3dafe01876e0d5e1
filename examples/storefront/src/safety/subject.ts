import type { Database } from '@staybase/client';

/** What can be reported. */
export type Subject = Database['public']['Enums']['report_subject'];
