import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { makeStaff, type Person, person } from '../support/people.ts';
import { stayed, wrongRatings } from '../support/reviews.ts';
import { runs } from '../support/seeds.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

const over = '2031-06-01T12:00:00Z';
const lastHour = 14 * 24;

type Deed =
  | { deed: 'guest writes' | 'host writes'; stay: number; stars: number[] }
  | { deed: 'hours pass'; hours: number }
  | { deed: 'the job runs'; most: number }
  | { deed: 'staff remove'; which: number }
  | { deed: 'somebody replies'; which: number }
  | { deed: 'a file comes in'; home: number; reviews: number; stars: number | null; texts: number };

const stay = fc.nat(6);
const stars = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 7, maxLength: 7 });
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      deed: fc.constantFrom<'guest writes' | 'host writes'>('guest writes', 'host writes'),
      stay,
      stars,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      deed: fc.constant('hours pass'),
      hours: fc.constantFrom(1, 1, 20, 20, 100, lastHour, 31 * 24),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ deed: fc.constant('the job runs'), most: fc.constantFrom(1, 100) }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('staff remove'), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('somebody replies'), which: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      deed: fc.constant('a file comes in'),
      home: fc.nat(1),
      reviews: fc.nat(4),
      stars: fc.option(fc.integer({ min: 10, max: 50 }).map((tenths) => tenths / 10)),
      texts: fc.nat(2),
    }),
  },
);

/** Who asks, and what reaches them. */
interface Reader {
  name: string;
  someone: Person | undefined;
  sees: string;
}

/** One query of all that a role may read in the API: every table, whole, and every order of a search. */
async function everythingFor(role: 'anon' | 'authenticated'): Promise<string> {
  const tables = await asPostgres<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege($1, oid, 'select')
     order by relname`,
    [role],
  );
  const rows = (from: string) =>
    `(select jsonb_agg(to_jsonb(one) order by to_jsonb(one)::text) from ${from} as one)`;
  const sorted = ['price', 'rating', 'newest'].map((sort) =>
    `(select jsonb_agg(to_jsonb(one)) from public.search_listings(sort => '${sort}') as one)`
  );
  const figures = role === 'anon' ? [] : [rows('public.superhost_figures()')];
  return `select jsonb_build_array(${
    [...tables.map(({ name }) => rows(`public.${name}`)), ...sorted, ...figures].join(', ')
  })::text as all`;
}

const says = (deed: 'guest writes' | 'host writes', stay: number, star: number): Deed => ({
  deed,
  stay,
  stars: Array.from({ length: 7 }, () => star),
});

/** A life in which everything happens: the others are drawn. */
const wholeLife: Deed[] = [
  ...[0, 1, 2].flatMap((
    stay,
  ) => [says('guest writes', stay, 2), says('host writes', stay, stay + 1)]),
  says('guest writes', 3, 5),
  says('guest writes', 3, 4),
  says('host writes', 4, 1),
  { deed: 'a file comes in', home: 1, reviews: 2, stars: 5, texts: 2 },
  { deed: 'hours pass', hours: lastHour },
  says('guest writes', 3, 1),
  ...Array.from({ length: 8 }, (_, which): Deed => ({ deed: 'somebody replies', which })),
  { deed: 'the job runs', most: 1 },
  ...[0, 1, 2, 3].map((which): Deed => ({ deed: 'staff remove', which })),
  { deed: 'the job runs', most: 100 },
];

interface Written {
  stay: number;
  stars: number[];
}

class Marketplace {
  #db: Session;
  #stays: { booking: string; guest: Person; home: number }[];
  #homes: string[];
  #host: Person;
  #staff: Person;
  #readers: Reader[];
  /** What each side said last of each stay, and when it was revealed, in hours after check-out. */
  #guests = new Map<number, Written>();
  #hosts = new Map<number, Written>();
  #both = new Map<number, number>();
  #hours = 0;

  constructor(
    db: Session,
    { stays, homes, host, staff, readers }: {
      stays: { booking: string; guest: Person; home: number }[];
      homes: string[];
      host: Person;
      staff: Person;
      readers: Reader[];
    },
  ) {
    this.#db = db;
    this.#stays = stays;
    this.#homes = homes;
    this.#host = host;
    this.#staff = staff;
    this.#readers = readers;
  }

  async #as(someone: Person | undefined, role: 'anon' | 'authenticated' | 'none' = 'none') {
    const claims = someone ? { sub: someone.id, role: 'authenticated' } : {};
    await this.#db.run(
      `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
      [someone ? 'authenticated' : role, JSON.stringify(claims)],
    );
  }

  async #ask(someone: Person | undefined, sql: string, values: unknown[]): Promise<string> {
    await this.#as(undefined);
    await this.#db.run('savepoint deed');
    await this.#as(someone);
    try {
      await this.#db.run(sql, values);
      return 'done';
    } catch (error) {
      await this.#db.run('rollback to deed');
      if (!(error instanceof pg.DatabaseError)) throw error;
      return error.message;
    } finally {
      await this.#as(undefined);
    }
  }

  /** All that everyone but this side of a stay can read, and what was ordered to be sent. */
  async #whatOthersSee(side: Person[]): Promise<Record<string, unknown>> {
    await this.#db.run('set constraints all immediate');
    const seen: Record<string, unknown> = {
      mails: await this.#db.run(
        'select template, recipient_id from private.commands order by 1, 2',
      ),
      scores: await this.#db.run('select listing_id, score from private.listing_search order by 1'),
    };
    for (const { name, someone, sees } of this.#readers) {
      if (someone && side.some(({ id }) => id === someone.id)) continue;
      await this.#as(someone, 'anon');
      seen[name] = await this.#db.run(sees);
    }
    await this.#as(undefined);
    return seen;
  }

  #isRevealed(number: number): boolean {
    // Some seconds more than these hours have passed since check-out.
    return this.#both.has(number) || this.#hours >= lastHour;
  }

  async run(deed: Deed): Promise<void> {
    switch (deed.deed) {
      case 'guest writes':
      case 'host writes': {
        const { booking, guest } = this.#stays[deed.stay]!;
        const byGuest = deed.deed === 'guest writes';
        const [mine, theirs] = byGuest ? [this.#guests, this.#hosts] : [this.#hosts, this.#guests];
        const stars = byGuest ? deed.stars : deed.stars.slice(0, 4);
        const side = byGuest ? [guest] : [this.#host];
        const before = await this.#whatOthersSee(side);
        const said = await this.#ask(
          side[0],
          byGuest
            ? 'select public.review_stay($1, $2, $3, $4, $5, $6, $7, $8)'
            : 'select public.review_guest($1, $2, $3, $4, $5)',
          [booking, ...stars],
        );

        const again = mine.get(deed.stay)?.stars.join() === stars.join();
        expect(said).toBe(
          again || !this.#isRevealed(deed.stay)
            ? 'done'
            : mine.has(deed.stay)
            ? 'frozen'
            : 'review_closed',
        );
        if (said === 'done' && !this.#isRevealed(deed.stay)) {
          mine.set(deed.stay, { stay: deed.stay, stars });
          if (theirs.has(deed.stay)) {
            this.#both.set(deed.stay, this.#hours);
            return;
          }
        }
        // Nobody else can tell that anything was written at all.
        expect(await this.#whatOthersSee(side)).toEqual(before);
        return;
      }
      case 'hours pass':
        this.#hours += deed.hours;
        await this.#db.run('update private.clock set shift = shift + make_interval(hours => $1)', [
          deed.hours,
        ]);
        return;
      case 'the job runs':
        await this.#db.run('select private.reveal_reviews($1)', [deed.most]);
        return;
      case 'staff remove': {
        const review = await this.#review(deed.which);
        if (review === undefined) return;
        expect(
          await this.#ask(this.#staff, `select public.staff_remove_review($1, 'Spam.')`, [review]),
        )
          .toBe('done');
        return;
      }
      case 'somebody replies': {
        const review = await this.#review(deed.which);
        if (review === undefined) return;
        const said = await this.#ask(this.#host, `select public.reply_to_review($1, 'Thanks.')`, [
          review,
        ]);
        expect(['done', 'review_not_found', 'reply_closed']).toContain(said);
        return;
      }
      case 'a file comes in': {
        const listing = this.#homes[deed.home];
        await this.#db.run(
          `insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
           select listing_id, host_id, $2, case when $2 > 0 then $3::numeric end from public.listings where listing_id = $1
           on conflict on constraint listing_stars_pkey do update
           set imported_reviews = excluded.imported_reviews, imported_stars = excluded.imported_stars`,
          [listing, deed.reviews, deed.stars],
        );
        await this.#db.run(
          `insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
           select $1::uuid, 'Lise', 'Quiet, version ' || $2::integer, '2030-01-01', 'test', $1::uuid || ' ' || number
           from generate_series(1, $3::integer) as number
           on conflict on constraint reviews_come_in_once do update set body = excluded.body`,
          [listing, deed.reviews, deed.texts],
        );
      }
    }
  }

  async #review(which: number): Promise<string | undefined> {
    const reviews = await this.#db.run<{ review_id: string }>(
      `select review_id from public.reviews union all select review_id from public.guest_reviews
       order by review_id`,
    );
    return reviews[which]?.review_id;
  }

  /** Who reads what is what the rule says, whether a job has run or not. */
  async agrees(): Promise<void> {
    expect(await wrongRatings((sql) => this.#db.run(sql))).toEqual([]);
    await this.#as(undefined, 'anon');
    const read = await this.#db.run<{ booking_id: string; stars: number }>(
      'select booking_id, stars from public.reviews where booking_id is not null order by booking_id',
    );
    await this.#as(undefined);
    const removed = new Set(
      (await this.#db.run<{ booking_id: string }>(
        'select booking_id from public.reviews where removed_at is not null',
      )).map(({ booking_id }) => booking_id),
    );
    expect(read).toEqual(
      this.#stays
        .map(({ booking }, number) => ({
          booking_id: booking,
          number,
          said: this.#guests.get(number),
        }))
        .filter(({ booking_id, number, said }) =>
          said && this.#isRevealed(number) && !removed.has(booking_id)
        )
        .map(({ booking_id, said }) => ({ booking_id, stars: said?.stars[0] }))
        .sort((a, b) => a.booking_id < b.booking_id ? -1 : 1),
    );
  }

  /** In the end everything that is revealed counts. */
  async settles(): Promise<void> {
    await this.#db.run('select private.reveal_reviews(100)');
    await this.agrees();
    const [left] = await this.#db.run<{ left: number }>(
      `select count(*)::integer as left from (
         select closes_at, revealed_at from public.reviews where booking_id is not null
         union all select closes_at, revealed_at from public.guest_reviews) as written
       where revealed_at is null and closes_at < private.now()`,
    );
    expect(left).toEqual({ left: 0 });
  }
}

test(
  'whatever is written, changed, revealed, removed and brought in: nobody reads early, and ratings are what reviews say',
  async () => {
    await setClock(over);
    const [host, staff, cohost] = [await person('Hedy'), await person('Sam'), await person('Olga')];
    const [ada, grace, joan] = [await person('Ada'), await person('Grace'), await person('Joan')];
    await makeStaff(staff);
    const homes = [await home({ host, title: 'Mill' }), await home({ host, title: 'Tower' })];
    await asPostgres(
      `insert into public.listing_hosts (listing_id, profile_id, role) select listing_id, $1, 'calendar' from public.listings`,
      [cohost.id],
    );
    const stays: { booking: string; guest: Person; home: number }[] = [];
    // Of two stays of a guest in one home the latest counts, and of a free one nothing.
    for (const [number, guest] of [ada, ada, grace, grace, joan, joan, joan].entries()) {
      const which = number === 5 ? 1 : 0;
      const total = number === 6 ? 0 : 10_000;
      stays.push({
        booking: await stayed(homes[which]!, guest, asPostgres, total),
        guest,
        home: which,
      });
    }
    const signedIn = await everythingFor('authenticated');
    const readers: Reader[] = [
      { name: 'a stranger', someone: undefined, sees: await everythingFor('anon') },
      ...[host, staff, cohost, ada, grace, await person('Katherine')]
        .map((someone) => ({ name: someone.name, someone, sees: signedIn })),
    ];
    const db = await session();
    const reached = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(
        fc.array(deeds, { minLength: 15, maxLength: 25, size: 'max' }),
        async (life) => {
          await db.begin();
          try {
            await db.run(`select set_config('role', 'none', true)`);
            const marketplace = new Marketplace(db, { stays, homes, host, staff, readers });
            for (const deed of life) {
              await marketplace.run(deed);
              await marketplace.agrees();
            }
            await marketplace.settles();
            const [end] = await db.run<Record<string, number>>(
              `select (count(*) filter (where revealed_at < closes_at))::integer as "by both",
             (count(*) filter (where revealed_at = closes_at))::integer as "by the clock",
             (count(*) filter (where removed_at is not null))::integer as removed,
             (count(*) filter (where reply is not null))::integer as answered,
             (select count(*)::integer from public.listing_ratings where review_count > 0) as rated
           from public.reviews where booking_id is not null`,
            );
            for (const [what, often] of Object.entries(end ?? {})) {
              reached.set(what, (reached.get(what) ?? 0) + often);
            }
          } finally {
            await db.rollback();
          }
        },
      ),
      { ...runs(8), examples: [[wholeLife]] },
    );
    // These lives met everything that this is about.
    expect([...reached].filter(([, often]) => often === 0)).toEqual([]);
    expect(reached.size).toBe(5);
  },
);
