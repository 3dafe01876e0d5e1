import pg from 'pg';

/**
 * What looks at days that are written, and need not at those of an import: steps of prices (asked of the rows before),
 * floors (of co-hosts; an import has no caller), and search (made anew with the batch).
 */
const known = [
  'check_the_new_price_steps',
  'check_the_price_steps',
  'check_the_new_floor',
  'check_the_floor',
  'follow_the_special_day_in_search',
  'price_the_day_in_search',
];

/**
 * Whether days can be written without their triggers and foreign key. Half the time of an import went into looking up the
 * home of each day, which is locked already. The database has to allow it, as hosted Supabase does, and there must be no
 * rule that is not known here: then each day is checked as usual.
 */
export async function mayBeSureOfDays(
  client: pg.Client,
  isInTransaction: boolean,
): Promise<boolean> {
  const { rows: [found] } = await client.query<{ are_known: boolean }>(
    `select not exists (
       select from pg_trigger
       where tgrelid = 'public.calendar_days'::regclass and not tgisinternal and tgname <> all ($1))
     and (select array_agg(confrelid) = array['public.listings'::regclass::oid] from pg_constraint
       where conrelid = 'public.calendar_days'::regclass and contype = 'f') as are_known`,
    [known],
  );
  if (!found?.are_known) return false;
  const [begin, end] = isInTransaction
    ? ['savepoint asked', 'rollback to asked; release asked']
    : ['begin', 'rollback'];
  await client.query(begin);
  try {
    await client.query('set local session_replication_role = origin');
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return false;
    throw error;
  } finally {
    await client.query(end);
  }
}

/** Statements that write days of homes that are locked. */
export const sureOfDays = (statements: string): string =>
  `set local session_replication_role = replica; ${statements}; set local session_replication_role = origin`;
