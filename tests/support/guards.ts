import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { createDatabase } from '../../local/postgres/templates.ts';

/**
 * A guard, what takes it away, and what it protects: `holds` is a boolean expression of SQL that must be
 * true while the guard stands and false (or fail) without it. `after` runs before it, guard or no guard.
 */
export interface Guard {
  name: string;
  without: string | Weakened;
  after?: string;
  holds: string;
}

/** A function whose text lost a piece, which must stand in it exactly once. */
interface Weakened {
  rule: string;
  piece: string;
  becomes: string;
}

/** When each guard is tried. */
const noon = '2031-05-20 12:00+00';

/**
 * Ada owns the mill and the attic, Hedy hosts with her, Radia keeps the calendar, Alan has the tower. At the
 * mill Grace has a confirmed stay and Margaret an unpaid hold; Dorothy asked for the attic.
 */
const town = `
  select tests.at('${noon}');
  select tests.person(name)
  from unnest(array['ada', 'hedy', 'radia', 'alan', 'grace', 'margaret', 'dorothy', 'katherine']) as name;
  select tests.home('mill', 'ada'), tests.home('attic', 'ada'), tests.home('tower', 'alan'), tests.home('loft', 'ada');
  update public.listings set instant_book = false where listing_id = tests.id('attic');
  select tests.cohost(home, 'hedy', 'full') from unnest(array['mill', 'attic']) as home;
  select tests.cohost(home, 'radia', 'calendar') from unnest(array['mill', 'attic']) as home;
  select tests.become('ada');
  select public.set_calendar(tests.id('mill'), '2031-07-01', '2031-07-02', 20000);
  select tests.back();
  select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
  select tests.money('visit', 'succeeded');
  insert into public.refunds (payment_id, booking_id, guest_id, currency, amount_minor, reason, created_at)
  select payment_id, booking_id, guest_id, currency, 100, 'complaint', private.now() from public.payments;
  select tests.book('hold', 'margaret', 'mill', '2031-06-10', '2031-06-12');
  select tests.book('question', 'dorothy', 'attic', '2031-06-20', '2031-06-22');
  select tests.money('question', 'requires_capture', capture_before => '2031-05-27 12:00+00');
  select tests.become('grace');
  select public.create_wishlist(tests.id('summer'), 'Summer');
  select public.save_listing(tests.id('mill'), tests.id('summer'));
  select public.note_saved_listing(tests.id('summer'), tests.id('mill'), 'Ours.');
  select public.vote_on_saved_listing(tests.id('summer'), tests.id('mill'), 'up');
  select public.share_wishlist(tests.id('summer'), purpose) from unnest(enum_range(null::public.wishlist_purpose)) as purpose;
  select tests.back();
  update public.wishlist_links set token = 'to ' || purpose;
  select tests.become('margaret');
  select public.join_wishlist('to join');
  select tests.back();
`;

export const outcome = (who: string, statement: string, is: string) =>
  `tests.outcome('${who}', $s$ ${statement} $s$) = '${is}'`;
export const refused = (statement: string, code: string) => outcome('postgres', statement, code);
export const status = (booking: string) =>
  `(select status::text from public.bookings where booking_id = tests.id('${booking}'))`;
export const request = (id: string, home = 'loft', total = 22820) =>
  `select public.request_booking(tests.id('${id}'), tests.id('${home}'), '2031-06-10', '2031-06-12', ${total})`;
/** A photo of the mill that everyone sees. */
export const shownPhoto = `
  insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a.jpg');
  insert into public.listing_photos (listing_id, storage_path, position)
  values (tests.id('mill'), tests.id('mill') || '/a.jpg', 1);
  insert into storage.objects (bucket_id, name) values ('listing-photos', tests.id('mill') || '/a.jpg');
`;
/** A calendar elsewhere wants nights of the mill, and Ada leaves that event out. */
export const leftOut = (checkIn: string, checkOut: string) =>
  `insert into public.calendar_feeds (feed_id, listing_id, name, url, created_at, next_poll_at)
    values (tests.id('feed'), tests.id('mill'), 'x', 'https://example.com/a.ics', private.now(), private.now());
  insert into public.imported_events (feed_id, listing_id, uid, check_in, check_out, left_out)
    values (tests.id('feed'), tests.id('mill'), 'x', '${checkIn}', '${checkOut}', true)`;
export const quote = (home: string, checkIn: string, checkOut: string) =>
  `select public.quote_stay(tests.id('${home}'), '${checkIn}', '${checkOut}')`;
/** Lets everyone who is signed in read all of a table, as a policy gone wrong would. */
export const openToAll = (table: string) => `
  do $do$
  declare
    policy name;
  begin
    select policyname into strict policy from pg_policies
    where schemaname = 'public' and tablename = '${table}' and cmd = 'SELECT' and 'authenticated' = any (roles)
      and permissive = 'PERMISSIVE';
    execute format('alter policy %I on public.%I using (true)', policy, '${table}');
  end $do$`;
export const seesNothing = (table: string) =>
  outcome('katherine', `select from public.${table}`, '0');
/** Grace's visit is 2 to 5 June: she wants a night more, and Ada agrees; or leaves a night earlier. */
export const wants = (who: string, wish: string) =>
  `select tests.become('${who}');
   select public.propose_alteration(tests.id('wish'), tests.id('visit'), ${wish}); select tests.back()`;
export const longer = wants('grace', `check_out => '2031-06-06'`);
export const shorter = wants('grace', `check_out => '2031-06-04'`);
export const answers = (verb: string) => `select public.${verb}_alteration(tests.id('wish'))`;
export const agreed = `${longer}; select tests.become('ada'); ${
  answers('accept')
}; select tests.back()`;
export const wish =
  `(select status::text from public.alterations where alteration_id = tests.id('wish'))`;
export const proposes = (wish: string) =>
  `select public.propose_alteration(tests.id('other'), tests.id('visit'), ${wish})`;
export const arrived = `select tests.at('2031-06-02 20:00+00')`;
export const asked = (who: string, statement: string) =>
  `select tests.become('${who}'); ${statement}; select tests.back()`;
export const reported = `${arrived};
  ${asked('ada', `select public.report_no_show(tests.id('visit'))`)}`;
/** Grace's visit was paid on another platform. */
export const elsewhere =
  `insert into private.settled_elsewhere values (tests.id('visit'), 'EUR', 34230, 0, 29100)`;
/** A stay that begins as one that is confirmed. */
export const begun = `insert into public.bookings
  select (jsonb_populate_record(bookings, jsonb_build_object('booking_id', tests.id('begun')))).*
  from public.bookings where booking_id = tests.id('visit')`;

/** Of each table: its policy, and that it has row-level security at all. */
export const readersOf = (...tables: string[]): Guard[] =>
  tables.flatMap((table) => [
    {
      name: `the policy by which people read ${table}`,
      without: openToAll(table),
      holds: seesNothing(table),
    },
    {
      name: `row-level security of ${table}`,
      without: `alter table public.${table} disable row level security`,
      holds: seesNothing(table),
    },
  ]);

export const editorOf = (table: string, policy: string, change: string): Guard => ({
  name: `"${policy}"`,
  // Postgres shows an update only what may be read: the readers are let in as well.
  without: `${openToAll(table)};
    alter policy "${policy}" on public.${table} using (true) with check (true)`,
  holds: outcome(
    'alan',
    `update public.${table} set ${change} where listing_id = tests.id('mill')`,
    '0',
  ),
});

/** A policy by which somebody sees photos that are not public. */
export const filesOf = (policy: string, who: string, then = ''): Guard => ({
  name: `"${policy}"`,
  without:
    `alter policy "${policy}" on storage.objects using (bucket_id in ('photo-uploads', 'evidence'))`,
  after: `${shownPhoto} ${then}`,
  holds: outcome(who, `select from storage.objects where bucket_id = 'photo-uploads'`, '0'),
});

export const frozenBy = (trigger: string, table: string, statement: string): Guard => ({
  name: `"${trigger}"`,
  without: `drop trigger ${trigger} on public.${table}`,
  holds: refused(statement, 'frozen'),
});

/**
 * The database of the town, once for all files of guards that a worker runs: each guard is tried in a
 * transaction that is rolled back. A copy for each file doubled the CPU that guards take (measured). The
 * next run drops it.
 */
let townUrl: Promise<string> | undefined;
const townDatabase = () =>
  townUrl ??= (async () => {
    const { postgresPort, directory, template } = inject('run');
    const cluster = connectCluster(postgresPort, directory);
    const name = `file_town_${process.pid}`;
    await createDatabase(cluster, name, template);
    await cluster.using(name, 'postgres', async (client) => {
      await client.query(`begin; ${town} commit`);
      // What fails, as one code; null when nothing does. Effects of what does not fail stay.
      await client.query(`
      create function tests.failure(statement text) returns text language plpgsql as $$
      begin
        execute statement;
        return null;
      exception when others then
        return sqlerrm;
      end $$`);
    });
    return cluster.url(name);
  })();

/** Makes each guard a test: what it protects holds with it, and does not without it. */
export function testGuards(guards: Guard[]): void {
  let pool: pg.Pool;
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await townDatabase() });
  });
  afterAll(() => pool?.end());

  test('names each guard once', () => {
    const names = guards.map((guard) => guard.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(guards)('without it: $name', async (guard) => {
    expect(await probe(guard, pool, (client) => client.query('select'))).toBe(true);
    expect(await probe(guard, pool, (client) => remove(guard, client))).toBe(false);
  });
}

/** What becomes of a guard's promise after `prepare`; an error keeps no promise. Nothing of it stays. */
async function probe(
  { name, after = '', holds }: Guard,
  pool: pg.Pool,
  prepare: (client: pg.PoolClient) => Promise<unknown>,
): Promise<boolean> {
  const client = await pool.connect();
  try {
    // The town's clock goes on: on a busy machine its hold would have run out by the last guard.
    await client.query(`begin; select tests.at('${noon}')`);
    await prepare(client);
    try {
      if (after !== '') await client.query(after);
      const { rows: [row] } = await client.query<{ holds: boolean | null }>(
        `select ${holds} as holds`,
      );
      if (row === undefined) throw new Error(`${name} says nothing.`);
      return row.holds === true;
    } catch {
      return false;
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function remove({ without }: Guard, client: pg.PoolClient): Promise<void> {
  if (typeof without === 'string') {
    await client.query(without);
    return;
  }
  const { rule, piece, becomes } = without;
  const { rows: [found] } = await client.query<{ definition: string }>(
    `select pg_get_functiondef(coalesce(to_regproc($1), to_regprocedure($1))) as definition`,
    [rule],
  );
  if (found === undefined) throw new Error(`There is no ${rule}.`);
  // A piece is the same piece however its lines are broken.
  const words = piece.trim().split(/\s+/).map((word) =>
    word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  );
  const pieces = found.definition.split(new RegExp(words.join('\\s+')));
  if (pieces.length !== 2) {
    throw new Error(
      `"${piece}" stands ${pieces.length - 1} times in ${rule}:\n${found.definition}`,
    );
  }
  await client.query(pieces.join(becomes));
}
