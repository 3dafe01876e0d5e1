// The queues of the console, page by page.
import { expect, test } from 'vitest';
import { after } from '../../console/src/parts/after.ts';
import { book, publishHome, signUp } from '../support/journeys.ts';
import { serviceClient } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

test('cases that came at one instant are each on one page', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [host, guest, sam] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Sam')];
  await (await serviceClient()).rpc('add_staff', { profile_id: sam.id }).throwOnError();
  await book(guest, await publishHome(host), june(2, 4));
  await asPostgres(
    `insert into public.bookings
     select (jsonb_populate_record(bookings,
       jsonb_build_object('booking_id', gen_random_uuid()))).*
     from public.bookings, generate_series(1, 6)`,
  );
  // Of seven, the second to the sixth came at one instant.
  const cases = await asPostgres<{ booking_id: string }>(
    `insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
     select gen_random_uuid(), booking_id, 'not_clean', 'Dust.',
       '2031-05-20 12:00:00.123456+00'::timestamptz + interval '1 second'
         * case row_number() over (order by booking_id) when 1 then 0 when 7 then 2 else 1 end
     from public.bookings
     returning booking_id`,
  );
  expect(cases.length).toBe(7);

  const seen: string[] = [];
  let last: { created_at: string; booking_id: string } | undefined;
  do {
    let query = sam.client.from('complaints').select('created_at, booking_id');
    if (last !== undefined) {
      query = query.or(
        after('created_at', { at: last.created_at, booking_id: last.booking_id }),
      );
    }
    const { data: page } = await query.order('created_at').order('booking_id').limit(2)
      .throwOnError();
    seen.push(...page.map(({ booking_id }) => booking_id));
    last = page.at(-1);
  } while (last !== undefined);
  expect(seen).toEqual(cases.map(({ booking_id }) => booking_id).sort());
});
