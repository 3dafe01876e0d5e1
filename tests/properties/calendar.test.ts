import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { dayAfter } from '../support/price-model.ts';
import { brokenPromises } from '../support/promises.ts';
import { runs } from '../support/seeds.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

const today = '2031-05-20';
const length = 24;
const triesPerDay = 12;

/** The calendar a second time: for each of 24 days who has it, in plain sets. */
interface Model {
  blocked: Set<number>;
  /** Kept free after stays: no stay, but blocks may lie there. */
  preparation: Set<number>;
  stays: { booking: string; guest: number; from: number; to: number }[];
}

type Deed =
  | { deed: 'block'; from: number; nights: number }
  | { deed: 'unblock'; from: number; nights: number }
  | { deed: 'book'; guest: number; from: number; nights: number }
  | { deed: 'cancel'; which: number }
  | { deed: 'say'; from: number; nights: number; says: Partial<Said> };

interface Said {
  price_minor: number;
  minimum_nights: number;
  closed_to_arrival: boolean;
  closed_to_departure: boolean;
}

const days = { from: fc.nat(length - 6), nights: fc.integer({ min: 1, max: 5 }) };
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ deed: fc.constantFrom<'block' | 'unblock'>('block', 'unblock'), ...days }),
  fc.record({ deed: fc.constant('book'), guest: fc.nat(2), ...days }),
  fc.record({ deed: fc.constant('cancel'), which: fc.nat(5) }),
  fc.record({
    deed: fc.constant('say'),
    ...days,
    says: fc.record({
      price_minor: fc.integer({ min: 5000, max: 20_000 }),
      minimum_nights: fc.integer({ min: 1, max: 4 }),
      closed_to_arrival: fc.boolean(),
      closed_to_departure: fc.boolean(),
    }, { requiredKeys: [] }),
  }),
);

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

class Calendar {
  #db: Session;
  #listing: string;
  #host: Person;
  #guests: Person[];
  #preparation: number;
  #model: Model = { blocked: new Set(), preparation: new Set(), stays: [] };
  /** How often each guest held nights here, all on one day and without paying. */
  #tries = [0, 0, 0];
  #said: Partial<Said>[] = Array.from({ length }, () => ({}));

  constructor(db: Session, listing: string, host: Person, guests: Person[], preparation: number) {
    this.#db = db;
    this.#listing = listing;
    this.#host = host;
    this.#guests = guests;
    this.#preparation = preparation;
  }

  async #as(someone: Person | undefined) {
    const claims = someone ? { sub: someone.id, role: 'authenticated' } : {};
    await this.#db.run(
      `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
      [someone ? 'authenticated' : 'none', JSON.stringify(claims)],
    );
  }

  /** Undefined when it was done, else what was said. */
  async #ask(someone: Person, sql: string, values: unknown[]): Promise<string | undefined> {
    await this.#as(undefined);
    await this.#db.run('savepoint deed');
    await this.#as(someone);
    try {
      await this.#db.run(sql, values);
      return undefined;
    } catch (error) {
      await this.#db.run('rollback to deed');
      if (!(error instanceof pg.DatabaseError)) throw error;
      return error.message;
    }
  }

  /** Is there room for a stay, its own preparation included? */
  #isFree(from: number, to: number): boolean {
    const { blocked, preparation, stays } = this.#model;
    const stayed = new Set(stays.flatMap((stay) => range(stay.from, stay.to)));
    return range(from, to).every((day) =>
      !blocked.has(day) && !preparation.has(day) && !stayed.has(day)
    ) && range(to, to + this.#preparation).every((day) => !stayed.has(day));
  }

  /** The first reason to refuse a stay, as a host would say it with the calendar on the wall. */
  #refusal(from: number, to: number): string | undefined {
    if (to - from < (this.#said[from]?.minimum_nights ?? 1)) return 'below_minimum_nights';
    if (this.#said[from]?.closed_to_arrival) return 'arrival_not_allowed';
    if (this.#said[to]?.closed_to_departure) return 'departure_not_allowed';
    if (!this.#isFree(from, to)) return 'nights_taken';
    return undefined;
  }

  async run(deed: Deed): Promise<void> {
    const { blocked, preparation, stays } = this.#model;
    if (deed.deed === 'cancel') {
      const stay = stays[deed.which];
      if (stay === undefined) return;
      const sql = 'select public.withdraw_booking($1)';
      expect(await this.#ask(this.#guests[stay.guest]!, sql, [stay.booking])).toBeUndefined();
      stays.splice(deed.which, 1);
      for (const day of range(stay.to, stay.to + this.#preparation)) preparation.delete(day);
      return;
    }

    const { from, nights } = deed;
    const to = from + nights;
    const dates = [this.#listing, dayAfter(today, from), dayAfter(today, to)];
    if (deed.deed === 'book') {
      const booking = randomUUID();
      const own = stays.findIndex((stay) => stay.guest === deed.guest);
      // A guest's own unpaid hold is no obstacle: it gives way, if the new one can be had.
      const [before] = own < 0 ? [] : stays.splice(own, 1);
      for (const day of range(before?.to ?? 0, (before?.to ?? -9) + this.#preparation)) {
        preparation.delete(day);
      }
      const tries = this.#tries[deed.guest]!;
      const expected = this.#refusal(from, to) ??
        (tries >= triesPerDay ? 'too_many_holds' : undefined);
      if (expected === undefined) this.#tries[deed.guest] = tries + 1;
      const sql = `select hold.* from public.quote_stay($2, $3, $4) as quote,
        public.request_booking($1, $2, $3, $4, quote.total_minor) as hold`;
      expect(await this.#ask(this.#guests[deed.guest]!, sql, [booking, ...dates])).toBe(expected);
      const now = expected === undefined ? { booking, guest: deed.guest, from, to } : before;
      if (now === undefined) return;
      stays.push(now);
      for (const day of range(now.to, now.to + this.#preparation)) preparation.add(day);
      return;
    }
    if (deed.deed === 'block') {
      const taken = stays.some((stay) => stay.from < to && from < stay.to);
      expect(await this.#ask(this.#host, 'select public.block_nights($1, $2, $3)', dates))
        .toBe(taken ? 'nights_taken' : undefined);
      if (!taken) range(from, to).forEach((day) => blocked.add(day));
      return;
    }
    if (deed.deed === 'unblock') {
      expect(await this.#ask(this.#host, 'select public.unblock_nights($1, $2, $3)', dates))
        .toBeUndefined();
      range(from, to).forEach((day) => blocked.delete(day));
      return;
    }
    const { price_minor, minimum_nights, closed_to_arrival, closed_to_departure } = deed.says;
    const said = await this.#ask(
      this.#host,
      'select public.set_calendar($1, $2, $3, $4, $5, $6, $7)',
      [...dates, price_minor, minimum_nights, closed_to_arrival, closed_to_departure],
    );
    expect(said).toBeUndefined();
    for (const day of range(from, to)) this.#said[day] = { ...this.#said[day], ...deed.says };
  }

  /** The calendar as everybody reads it is the model's, day by day. */
  async agrees() {
    await this.#as(undefined);
    const listed = await this.#db.run(
      `select day::text, available, price_minor::int, minimum_nights::int, arrival_allowed, departure_allowed
       from public.listing_calendar($1, $2, $3)`,
      [this.#listing, today, dayAfter(today, length)],
    );
    expect(listed).toEqual(
      range(0, length).map((day) => {
        const said = this.#said[day]!;
        const { blocked, preparation, stays } = this.#model;
        const available = !blocked.has(day) && !preparation.has(day) &&
          !stays.some((stay) => stay.from <= day && day < stay.to);
        return {
          day: dayAfter(today, day),
          available,
          price_minor: said.price_minor ?? 10_000,
          minimum_nights: said.minimum_nights ?? 1,
          arrival_allowed: available && !said.closed_to_arrival,
          departure_allowed: day > 0 && !said.closed_to_departure,
        };
      }),
    );

    const blocks = await this.#db.run<{ from: number; to: number }>(
      `select lower(nights) - $2::date as from, upper(nights) - $2::date as to
       from private.claims where listing_id = $1 and kind = 'block'`,
      [this.#listing, today],
    );
    expect(blocks.flatMap((block) => range(block.from, block.to)).sort((a, b) => a - b))
      .toEqual([...this.#model.blocked].sort((a, b) => a - b));
  }

  /** Every stay a newcomer may think of is quoted or refused as the model says, and as the calendar shows. */
  async quotesAgree(newcomer: Person) {
    for (const from of range(0, length - 4)) {
      for (const nights of [1, 2, 3]) {
        const to = from + nights;
        const dates = [this.#listing, dayAfter(today, from), dayAfter(today, to)];
        expect(
          `${from}-${to} ${await this.#ask(
            newcomer,
            'select public.quote_stay($1, $2, $3)',
            dates,
          )}`,
        ).toBe(`${from}-${to} ${this.#refusal(from, to)}`);
      }
    }
  }
}

test('blocks, stays and special days are what a host with a wall calendar would have', async () => {
  await setClock(`${today}T06:00:00Z`);
  const host = await person('Hedy');
  const guests = [await person('Ada'), await person('Grace'), await person('Joan')];
  const newcomer = await person('Edith');
  const listing = await home({ host });
  const db = await session();

  await fc.assert(
    fc.asyncProperty(
      fc.nat(2),
      fc.array(deeds, { minLength: 3, maxLength: 30, size: 'max' }),
      async (preparation, life) => {
        await asPostgres('update public.booking_rules set preparation_nights = $1', [preparation]);
        await db.begin();
        try {
          const calendar = new Calendar(db, listing, host, guests, preparation);
          for (const deed of life) {
            await calendar.run(deed);
            await calendar.agrees();
          }
          await calendar.quotesAgree(newcomer);
          await db.run('set local role none');
          await db.run('set constraints all immediate');
          expect(await brokenPromises((sql) => db.run(sql))).toEqual({});
        } finally {
          await db.rollback();
        }
      },
    ),
    runs(40),
  );
});
