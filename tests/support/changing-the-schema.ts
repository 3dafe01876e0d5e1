import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';
import type { Migration } from '../../local/postgres/migrate.ts';

const guide = readFileSync(inProject('docs/changing-the-schema.md'), 'utf8');

/** The migrations of the worked example, in order. */
export const example: Migration[] = [
  ...guide.matchAll(/^`(\d+)_(\w+)\.sql`\n\n```sql\n([\s\S]*?)```/gm),
].map(([, version = '', name = '', sql = '']) => ({
  version,
  name,
  path: `supabase/migrations/${version}_${name}.sql`,
  sql,
}));

/** What fills the new column in batches, between the first and the second. */
export const backfill = /```sql backfill\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';

/** What the guide says not to do, as the statements of a migration. */
export const badMigration = `
alter table public.bookings add column reference uuid default gen_random_uuid();
create index bookings_reference_idx on public.bookings (reference);
alter table public.bookings add column rooms smallint not null;
`;
