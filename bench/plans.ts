import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { inProject } from '../local/paths.ts';

const directory = inProject('bench', 'plans');

/** Statements whose plans matter, and which of the statements inside them is meant. */
const important: {
  name: string;
  run: string;
  inside: RegExp;
  as?: string;
  /** Who asks; a guest unless told. */
  by?: string;
}[] = [
  {
    name: 'map-search-by-price',
    run: 'select bench.map_walk(7)',
    inside: /in_tile_11\(terms\.tiles/,
  },
  {
    name: 'world-search-by-price',
    run: 'select count(*) from public.search_listings()',
    inside: /\(price_minor, listing_id\) > \(terms/,
  },
  {
    name: 'world-search-by-rating',
    run: `select count(*) from public.search_listings(sort => 'rating')`,
    inside: /\(score, listing_id\) < \(terms/,
  },
  {
    name: 'world-search-by-newest',
    run: `select count(*) from public.search_listings(sort => 'newest')`,
    inside: /\(published_at, listing_id\) </,
  },
  {
    name: 'search-by-distance',
    run:
      `select count(*) from public.search_listings(latitude => 48, longitude => 2, radius_metres => 900000, sort => 'distance')`,
    inside: /order by distance\.metres/,
  },
  {
    name: 'totals-of-a-page',
    // In a small marketplace the first of these finds no home, and looks no further.
    run: 'select count(bench.map_search(i)) from generate_series(7, 27) as i',
    inside: /select total\.listing_id, total\.total_minor/,
  },
  {
    name: 'rows-of-a-page',
    run: 'select count(bench.map_search(i)) from generate_series(7, 27) as i',
    inside: /from unnest\(hits\) with ordinality/,
  },
  {
    name: 'nights-free',
    run:
      `select private.nights_free(bench.id('listing', 1), current_date + 9, current_date + 12, 1::smallint, null)`,
    inside: /private\.nights_free/,
  },
  {
    name: 'calendar',
    run: 'select bench.calendar(7)',
    inside: /generate_series\(0, ends_on - starts_on - 1\)/,
  },
  {
    name: 'own-bookings',
    run:
      'select * from public.bookings where guest_id = (select auth.uid()) order by created_at desc limit 20',
    inside: /from public\.bookings where guest_id/,
    as: 'authenticated',
  },
  {
    name: 'reviews-of-a-home',
    run:
      `select * from public.reviews where listing_id = bench.id('listing', 500) order by written_on desc, review_id limit 20`,
    inside: /from public\.reviews where listing_id = bench/,
    as: 'authenticated',
  },
  {
    name: 'listing-detail',
    run: `select * from public.listings where listing_id = bench.id('listing', 1)`,
    inside: /from public\.listings where listing_id = bench/,
    as: 'authenticated',
  },
  {
    name: 'notifications',
    run:
      'select * from public.notifications where profile_id = (select auth.uid()) order by created_at desc limit 20',
    inside: /from public\.notifications where profile_id/,
    as: 'authenticated',
  },
  {
    name: 'messages-of-a-conversation',
    run:
      `select * from public.messages where conversation_id = bench.id('talk', 9) order by position desc limit 50`,
    inside: /from public\.messages where conversation_id = bench/,
    as: 'authenticated',
    by: 'host1',
  },
  {
    name: 'inbox',
    run: 'select count(*) from public.my_conversations()',
    inside: /from public\.inbox_entries/,
    by: 'host1',
  },
  {
    name: 'a-guest-of-a-host',
    run: `select * from public.profiles where profile_id = bench.id('guest', 7)`,
    inside: /from public\.profiles where profile_id = bench/,
    as: 'authenticated',
    by: 'host1',
  },
  {
    name: 'rating-of-a-guest',
    run: `select * from public.guest_ratings where guest_id = bench.id('guest', 7)`,
    inside: /from public\.guest_ratings where guest_id = bench/,
    as: 'authenticated',
    by: 'host1',
  },
  {
    name: 'cards-of-a-wishlist',
    run:
      `select count(*) from public.wishlist_cards((select wishlist_id from public.wishlists where owner_id = bench.id('guest', 5)))`,
    inside: /listings\.status = 'published' as listed/,
  },
  {
    name: 'earnings',
    run: 'select count(*) from public.my_earnings((current_date - 60)::text, current_date::text)',
    inside: /order by earnings\.earned_on, earnings\.entered_at/,
    by: 'host1',
  },
  {
    name: 'calendar-conflicts',
    run: 'select count(*) from public.calendar_conflicts()',
    inside: /with wanted as materialized/,
    by: 'host1',
  },
  {
    name: 'reports-for-staff',
    run: 'select count(*) from public.staff_reports()',
    inside: /case_of\.\*/,
    by: 'guest1',
  },
  {
    name: 'evidence-of-a-report',
    run: 'select count(*) from public.staff_reports()',
    inside: /found\.bucket_id = 'evidence'/,
    by: 'guest1',
  },
  {
    name: 'audit-log-of-one',
    run: `select count(*) from public.staff_audit_log(object_id => bench.id('listing', 7))`,
    inside: /from private\.audit_log/,
    by: 'guest1',
  },
];

/**
 * Captures the plans as the server really used them, without costs and counts, and returns what differs
 * from those in bench/plans: nothing, when all is as it was.
 * @param write true puts the new ones there
 */
export async function comparePlans(
  client: pg.Client,
  { write }: { write: boolean },
): Promise<string[]> {
  mkdirSync(directory, { recursive: true });
  const logged: string[] = [];
  const listen = (notice: { message: string | undefined }) => logged.push(notice.message ?? '');
  client.on('notice', listen);
  await client.query(`
    load 'auto_explain';
    set auto_explain.log_nested_statements = on;
    set client_min_messages = log`);

  const differences: string[] = [];
  for (const { name, run, inside, as, by = 'guest5' } of important) {
    await client.query(
      `select set_config('request.jwt.claims', json_build_object('sub', bench.named($1), 'role', 'authenticated')::text, false)`,
      [by],
    );
    // Once to plan, once to be looked at: nested statements keep their plans.
    const asked = `set role ${as ?? 'none'}; ${run}; reset role`;
    await client.query(asked);
    logged.length = 0;
    await client.query('set auto_explain.log_min_duration = 0');
    await client.query(asked);
    await client.query('set auto_explain.log_min_duration = -1');
    const entry = logged.find((one) =>
      inside.test(one.split(/\n(?=[A-Z][a-z A-Z]+ +\(cost)/)[0] ?? '')
    );
    if (entry === undefined) throw new Error(`No plan was logged for ${name}.`);
    const plan = essence(entry);

    const file = join(directory, `${name}.txt`);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (write) writeFileSync(file, plan);
    if (before !== undefined && before !== plan) {
      const [old, now] = [before.split('\n'), plan.split('\n')];
      differences.push(
        `${name}:`,
        ...old.filter((line) => !now.includes(line)).map((line) => `  - ${line}`),
        ...now.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
      );
    }
  }
  client.off('notice', listen);
  return differences;
}

const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const day = /\b\d{4}-\d{2}-\d{2}\b/g;

/** The shape of a plan: its nodes and index conditions, without what the size of the data and the day decide. */
function essence(entry: string): string {
  const lines = entry.split('\n');
  const start = lines.findIndex((line) => /\(cost=/.test(line));
  return lines.slice(start)
    .filter((line) => !/^\s*(Filter|Sort Key|Buckets|Rows Removed):?/.test(line))
    .map((line) =>
      line.replace(/ +\(cost=.*$/, '').replaceAll(id, '<id>').replaceAll(day, '<day>').trimEnd()
    )
    .join('\n') + '\n';
}
