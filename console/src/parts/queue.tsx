import { must } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Rows, supabase } from '../backend.ts';
import { after } from './after.ts';
import { usePages } from './load.ts';
import { Pick } from './pick.tsx';
import { Page } from './show.tsx';
import { Paged } from './table.tsx';

type Queued = 'complaints' | 'damage_claims' | 'no_shows';

/** The cases of one kind that a policy shows to staff, the oldest first. */
export function Queue<Name extends Queued, State extends string>(
  { title, note, table, statuses, since, show }: {
    title: string;
    note: string;
    table: Name;
    /** The first are those that wait for a decision. */
    statuses: readonly State[];
    /** The column that says when it came. */
    since: string;
    show: (row: Rows[Name], done: () => void) => ComponentChildren;
  },
) {
  const [status, setStatus] = useState<State | undefined>(statuses[0]);
  const pages = usePages<Rows[Name]>(
    async (last, size) => {
      let query = supabase.from(table as 'complaints').select('*');
      if (status !== undefined) query = query.eq('status', status as 'open');
      if (last !== undefined) {
        const { [since]: at = '', booking_id = '' } = last as unknown as Record<string, string>;
        query = query.or(after(since, { at, booking_id }));
      }
      const rows = await must(query.order(since).order('booking_id').limit(size));
      return rows as unknown as Rows[Name][];
    },
    [status],
    20,
  );
  return (
    <Page
      title={title}
      note={note}
      actions={<Pick label='Status' value={status} of={statuses} change={setStatus} />}
    >
      <Paged pages={pages}>
        {pages.rows.length === 0 && <p class='empty'>Nothing waits here.</p>}
        {pages.rows.map((row) => show(row, pages.reload))}
      </Paged>
    </Page>
  );
}
