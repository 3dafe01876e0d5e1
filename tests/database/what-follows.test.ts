import { expect, test } from 'vitest';
import { pagePath, whatFollows } from '../../scripts/what-follows/page.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';

test('docs/what-follows.md says what the triggers of the database do (npm run what-follows)', async () => {
  const page = await whatFollows((await testDatabase()).pool);
  await expect(page).toMatchFileSnapshot(`../../${pagePath}`);
});

test('every trigger of the chapters stands on the page, below its table', async () => {
  const { pool } = await testDatabase();
  const page = await whatFollows(pool);
  const rows = await asPostgres<{ table: string; name: string; only_truncate: boolean }>(
    `select concat_ws('.', nspname, relname) as "table", tgname as name,
       tgtype & (4 | 8 | 16) = 0 as only_truncate
     from pg_trigger join pg_class on pg_class.oid = tgrelid
     join pg_namespace on pg_namespace.oid = relnamespace
     where not tgisinternal and tgfoid in (
       select oid from pg_proc where pronamespace = 'private'::regnamespace)`,
  );
  expect(rows.length).toBeGreaterThan(150);
  const sections = new Map(
    page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text]),
  );
  const missing = rows.filter(({ table, name, only_truncate }) =>
    !only_truncate && !sections.get(table)?.includes(`\`${name}\``)
  );
  expect(missing).toEqual([]);
});

test('a trigger stands under the moves that its condition lets through, and under no other', async () => {
  const { pool } = await testDatabase();
  await asPostgres(`
    create function private.only_for_this_test() returns trigger language plpgsql set search_path = ''
      as $$ begin return null; end $$`);
  // The page names the chapter of each trigger, so this one takes the place of another.
  await asPostgres('drop trigger ask_the_two_for_reviews on public.bookings');
  await asPostgres(`
    create trigger ask_the_two_for_reviews after update of status on public.bookings
      for each row when (old.status = 'requested' and new.status in ('confirmed', 'declined')
        and new.guests > 3)
      execute function private.only_for_this_test()`);
  const page = await whatFollows(pool);
  const under = [...page.matchAll(/^### public\.bookings: (.*)\n([\s\S]*?)(?=^##)/gm)]
    .filter(([, , text = '']) => text.includes('ask_the_two_for_reviews')).map(([, title]) =>
      title
    );
  expect(under).toEqual(['becomes confirmed', 'becomes declined']);
  expect(page).toContain(
    "`ask_the_two_for_reviews` (after if `old.status = 'requested'` and `new.guests > 3`) runs",
  );
});
