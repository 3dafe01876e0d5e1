import { expect, test } from 'vitest';
import { pagePath, whatFollows } from '../../scripts/what-follows/page.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';

/** The text below each heading of the page. */
const sectionsOf = (page: string) =>
  new Map(
    [...page.matchAll(/^### (.*)\n\n([\s\S]*?)(?=^##|(?![\s\S]))/gm)].map((
      [, title = '', text = ''],
    ) => [title, text]),
  );

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

test('every e-mail stands on the page, except those whose name a row decides', async () => {
  const page = await whatFollows((await testDatabase()).pool);
  const kinds = await asPostgres<{ template: string }>(
    'select template from private.letter_kinds order by template',
  );
  expect(kinds.map(({ template }) => template).filter((name) => !page.includes(`\`${name}\``)))
    .toEqual(['calendar_conflict', 'cohost_accepted', 'cohost_declined', 'message_received']);
});

test('the e-mails of a change stand there, also those that are named for both sides at once', async () => {
  const sections = sectionsOf(await whatFollows((await testDatabase()).pool));
  expect(sections.get('public.bookings: becomes confirmed')).toContain(
    'writes the e-mails `booking_confirmed_guest`, `booking_confirmed_host`)',
  );
  expect(sections.get('public.alterations: becomes applied')).toContain(
    'writes the e-mails `booking_altered_guest`, `booking_altered_host`)',
  );
  // 'review_' || tg_argv[0] || '_' || the side, by the table.
  const lineOf = (trigger: string, title: string) =>
    sections.get(title)?.split('\n').find((line) => line.includes(`\`${trigger}\``));
  expect(lineOf('tell_the_guest_of_the_reply', 'public.reviews: a row is changed')).toContain(
    'Writes the e-mail `review_replied_guest`.',
  );
  expect(lineOf('tell_the_guest_of_the_review', 'public.guest_reviews: a row is changed'))
    .toContain('Writes the e-mail `review_received_guest`.');
});

test('what else the function writes that sets a status stands below it, with a link', async () => {
  const sections = sectionsOf(await whatFollows((await testDatabase()).pool));
  expect(sections.get('public.bookings: becomes confirmed')).toContain(
    '`private.confirm_booking` (changes [`private.claims`](#privateclaims); ',
  );
});

test('below a status stands who sets it, also through a variable and through another function', async () => {
  const sections = sectionsOf(await whatFollows((await testDatabase()).pool));
  const writers = (title: string) =>
    [
      ...(sections.get(title) ?? '').split('\n')[0]?.replaceAll(/\]\([^)]*\)/g, ']')
        .replaceAll(/ \((?:adds to|changes|deletes from|calls|writes) [^)]*\)/g, '')
        .matchAll(/`private\.(\w+)`/g) ?? [],
    ].map(([, name]) => name);
  // Through private.end_booking, which hands its parameter on to private.move_booking.
  expect(writers('public.bookings: becomes expired')).toContain('expire_if_overdue');
  expect(writers('public.bookings: becomes expired')).not.toContain('end_booking');
  // 'cancelled_by_' || actor
  expect(writers('public.bookings: becomes cancelled_by_host')).toEqual(['end_stay']);
  // A variable, a function that returns the status, what an insert would have written.
  expect(writers('public.payments: becomes captured')).toEqual(['apply_payment_intent']);
  expect(writers('private.disputes: becomes won')).toEqual(['apply_dispute']);
  const becomes = [...sections].filter(([title]) => title.includes(': becomes '));
  const unknown = becomes.filter(([, text]) => !/\bBy `/.test(text)).map(([title]) => title);
  // Rows are added so, and none comes back to it.
  expect(unknown).toEqual([
    'public.alterations: becomes proposed',
    'public.cohost_invitations: becomes open',
    'public.complaints: becomes open',
    'public.damage_claims: becomes open',
    'public.listings: becomes draft',
    'public.no_shows: becomes reported',
    'public.refunds: becomes pending',
    'public.reports: becomes open',
    'private.reversals: becomes pending',
  ]);
});

test('a trigger of a column that is set together with a status stands below the status, too', async () => {
  const sections = sectionsOf(await whatFollows((await testDatabase()).pool));
  expect(sections.get('public.payments: becomes captured'))
    .toMatch(/`book_the_capture` \(after of `captured_minor`/);
  // The intent is written down before, by a statement of its own.
  expect(sections.get('public.payments: something else is changed'))
    .toContain('`plan_the_reconciliation`');
  expect(sections.get('public.payments: becomes captured')).not
    .toContain('`plan_the_reconciliation`');
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
