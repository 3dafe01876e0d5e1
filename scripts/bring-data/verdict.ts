import pg from 'pg';
import type { Outcome } from './report.ts';

/** What became of a row, or why it cannot be taken. */
export interface Verdict {
  line: number;
  external_id: string;
  outcome: Outcome;
  code: string | null;
  words: string | null;
}

const ofConstraint: Record<string, string> = {
  claims_never_share_a_night: 'nights_taken',
  users_email_partial_key: 'email_taken',
  listing_photos_stand_in_order: 'position_taken',
  listing_photos_appear_once: 'photo_twice',
};

/** Whether others were faster, so that the same batch is taken again: a day that is there now is changed then. */
export const hasLost = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (['40P01', '40001'].includes(error.code ?? '') ||
    (error.code === '23505' && error.constraint === 'calendar_days_pkey'));

/** What Postgres says against one row; undefined when it is not about the row. */
export function problemOf(error: unknown): { code: string; words: string | null } | undefined {
  if (!(error instanceof pg.DatabaseError) || hasLost(error)) return undefined;
  const { code = '', constraint, message, detail } = error;
  if (/^PT[45]/.test(code) && /^[a-z_]+$/.test(message)) {
    return { code: message, words: detail ?? null };
  }
  if (constraint !== undefined && ofConstraint[constraint] !== undefined) {
    return { code: ofConstraint[constraint], words: null };
  }
  if (/^2[23]/.test(code)) {
    return {
      code: 'breaks_a_rule',
      words: constraint === undefined ? message : `It breaks the rule ${constraint}.`,
    };
  }
  return undefined;
}
