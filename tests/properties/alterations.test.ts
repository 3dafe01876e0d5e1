import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import {
  type AgreedStay,
  alteredPriceOf,
  dayAfter,
  type PricedCase,
  priceOf,
  type TaxRule,
} from '../support/price-model.ts';
import { runs } from '../support/seeds.ts';
import { type Session, session } from '../support/sessions.ts';
import { setClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';

type Side = 'guest' | 'host';

/** What may happen next; `which` is one of the latest three bookings, 0 the newest. */
type Deed =
  | (Nights & { deed: 'book'; guest: number; guests: number; pets: number })
  | (Nights & { deed: 'block' | 'unblock' })
  | { deed: 'reprice'; home: number; asked: Asked }
  | (Wish & { deed: 'propose' | 'agree'; which: number; by: Side })
  | { deed: 'answer'; which: number; by: Side; says: 'accept' | 'decline' | 'withdraw' }
  | { deed: 'pay'; which: number; ends: 'succeeded' | 'canceled' | 'requires_payment_method' }
  | { deed: 'begin to pay' | 'pay late'; which: number }
  | { deed: 'cancel'; which: number; by: Side }
  | { deed: 'wait'; minutes: number }
  | { deed: 'jobs' | 'work' };

interface Nights {
  home: number;
  from: number;
  nights: number;
}

/** By how many days arrival and departure move; guests and pets null: as they are. */
interface Wish {
  arrival: number;
  departure: number;
  guests: number | null;
  pets: number | null;
}

/** What a host asks, and the state; counted in the smallest coins. */
interface Asked {
  base: number;
  weekend: number | null;
  includedGuests: number;
  extraGuest: number;
  cleaning: number;
  pet: number;
  preparation: number;
  lengthTiers: { minimumNights: number; bp: number }[];
  lastMinute: { days: number; bp: number } | null;
  guestFeeBp: number;
  hostFeeBp: number;
  taxes: TaxRule[];
}

/** Who of so many guests is a child. */
const childAges = (guests: number) => [4, 9, 16].slice(0, guests - 1);

const coins = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40_000 }));
const bp = fc.integer({ min: 1, max: 5000 });
const guests = fc.integer({ min: 1, max: 4 });
const pets = fc.nat(2);
const side = fc.constantFrom<Side>('guest', 'host');
const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(2));
const nights = {
  home: fc.nat(1),
  from: fc.nat(9),
  nights: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(33) },
  ),
};
const taxes: fc.Arbitrary<TaxRule[]> = fc.array(
  fc.record({
    basis: fc.constantFrom<TaxRule['basis']>(
      'percent_of_nights',
      'percent_of_nights_and_fees',
      'per_night',
      'per_guest_night',
      'per_booking',
    ),
    rate: fc.integer({ min: 1, max: 3000 }),
    maximumNights: fc.option(fc.integer({ min: 1, max: 5 })),
    exemptFromNights: fc.option(fc.integer({ min: 4, max: 7 })),
    minimumAge: fc.option(fc.integer({ min: 3, max: 18 })),
  }),
  { maxLength: 2 },
).map((rules) =>
  rules.map(({ basis, rate, minimumAge, ...limits }, index) => ({
    name: `Tax ${index}`,
    basis,
    rateBp: basis.startsWith('percent') ? rate : null,
    amount: basis.startsWith('percent') ? null : BigInt(rate),
    minimumAge: basis === 'per_guest_night' ? minimumAge : null,
    ...limits,
  }))
);
const asked: fc.Arbitrary<Asked> = fc.record({
  base: fc.integer({ min: 400, max: 40_000 }),
  weekend: fc.option(coins),
  includedGuests: guests,
  extraGuest: coins,
  cleaning: coins,
  pet: coins,
  preparation: fc.nat(2),
  lengthTiers: fc.array(fc.record({ minimumNights: fc.integer({ min: 3, max: 6 }), bp }), {
    maxLength: 1,
  }),
  lastMinute: fc.option(fc.record({ days: fc.integer({ min: 1, max: 10 }), bp })),
  guestFeeBp: bp,
  hostFeeBp: bp,
  taxes,
});
const wish = {
  arrival: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 4 })),
  departure: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -3, max: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(-10, 28) },
  ),
  guests: fc.option(guests),
  pets: fc.option(pets),
};
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ deed: fc.constant('book'), guest: fc.nat(1), guests, pets, ...nights }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ deed: fc.constantFrom('block', 'unblock'), ...nights }),
  },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('reprice'), home: fc.nat(1), asked }) },
  {
    weight: 8,
    arbitrary: fc.record({
      deed: fc.constantFrom('propose', 'agree', 'agree'),
      which,
      by: side,
      ...wish,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      deed: fc.constant('answer'),
      which,
      by: side,
      says: fc.constantFrom('accept', 'accept', 'decline', 'withdraw'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      deed: fc.constant('pay'),
      which,
      ends: fc.constantFrom(
        'succeeded',
        'succeeded',
        'succeeded',
        'canceled',
        'requires_payment_method',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constantFrom('begin to pay', 'begin to pay', 'pay late'),
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('cancel'), which, by: side }) },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('wait'),
      minutes: fc.constantFrom(1, 14, 16, 18, 180, 1441, 4000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ deed: fc.constantFrom('jobs', 'work', 'work') }),
  },
) as fc.Arbitrary<Deed>;

/** Every refusal these deeds may meet. */
const refusals = [
  'alteration_closed',
  'alteration_expired',
  'alteration_open',
  'already_paid',
  'below_minimum_charge',
  'date_in_past',
  'dates_reversed',
  'hold_expired',
  'nights_taken',
  'not_alterable',
  'nights_spent',
  'not_cancellable',
  'nothing_changed',
  'own_proposal',
  'paid_in_parts',
  'stay_begun',
  'stay_over',
  'too_many_holds',
  'too_many_unpaid_stays',
  'too_short_notice',
  'unpaid_stays_overlap',
];

/** A stay as both sides agreed it; what it costs says the model. */
interface Agreed extends AgreedStay {
  checkIn: string;
  checkOut: string;
}

interface Proposal {
  id: string;
  by: Side;
  stay: Agreed;
  status: string;
}

interface Booking {
  id: string;
  home: number;
  guest: Person;
  agreed: Agreed;
  proposals: Proposal[];
  /** What a row of it said after the deed before; its claims among it while no alteration is accepted. */
  was: string;
  status: string;
  /** What the guest had paid and not got back when it was last confirmed. */
  net: string;
}

interface Books {
  /** By the clock of the homes. */
  now: string;
  bookings: {
    id: string;
    home: string;
    status: string;
    checkIn: string;
    checkOut: string;
    preparation: number;
    holds: boolean;
    sums: string;
    row: string;
    lines: string;
    claims: string[];
    net: string;
    /** What is still to be charged to the saved card. */
    later: string;
    settled: string | null;
    payouts: string;
    moving: boolean;
  }[];
  alterations: {
    id: string;
    booking: string;
    status: string;
    checkIn: string;
    checkOut: string;
    counts: boolean;
    paid: string;
  }[];
  blocks: { home: string; checkIn: string; checkOut: string }[];
  differences: string[];
}

const books = `select
  to_char(private.now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as now,
  (select coalesce(json_agg(json_build_object(
     'id', booking_id, 'home', bookings.listing_id, 'status', status, 'checkIn', check_in, 'checkOut', check_out,
     'preparation', preparation_nights,
     'holds', status in ('confirmed', 'completed') or (status = 'awaiting_payment' and expires_at > private.now()),
     'sums', concat_ws(' ', guests, child_ages, pets, subtotal_minor, guest_fee_minor, host_fee_minor, taxes_minor, total_minor,
       payout_minor),
     'row', md5(concat(bookings, guest_totals, host_totals, (
       select string_agg(booking_taxes::text, ',' order by position) from private.booking_taxes
       where booking_taxes.booking_id = bookings.booking_id))),
     'lines', (
       select string_agg(concat_ws(' ', kind, night, quantity, unit_minor, discount_minor, amount_minor), ', '
         order by position)
       from public.booking_lines where booking_lines.booking_id = bookings.booking_id),
     'claims', array(
       select concat_ws(' ', kind, lane, lower(nights) + night)
       from private.claims, generate_series(0, upper(nights) - lower(nights) - 1) as night
       where claims.booking_id = bookings.booking_id and claims.listing_id = bookings.listing_id
         and kind <> 'host_cancelled'
       order by 1),
     'net', (
       select coalesce(sum(captured_minor), 0) - (
         select coalesce(sum(amount_minor), 0) from public.refunds where refunds.booking_id = bookings.booking_id)
       from public.payments where payments.booking_id = bookings.booking_id and purpose <> 'shortfall')::text,
     'later', (
       select coalesce(sum(amount_minor), 0) from public.payments
       where payments.booking_id = bookings.booking_id and purpose = 'stay' and payments.status = 'pending')::text,
     'settled', (
       select concat_ws(' ', paid_minor, paid_minor - refund_minor) from public.guest_settlements
       where guest_settlements.booking_id = bookings.booking_id),
     'payouts', (
       select coalesce(sum(amount_minor - taken_back_minor), 0) from public.payouts
       where payouts.booking_id = bookings.booking_id and payouts.status <> 'cancelled')::text,
     'moving', exists (
       select from public.payouts where payouts.booking_id = bookings.booking_id and payouts.status = 'sent')
     )), '[]')
   from public.bookings join public.guest_totals using (booking_id) join public.host_totals using (booking_id)
  ) as bookings,
  (select coalesce(json_agg(json_build_object(
     'id', alteration_id, 'booking', booking_id, 'status', status, 'checkIn', check_in, 'checkOut', check_out,
     'counts', status = 'awaiting_payment' and expires_at > private.now(),
     'paid', (
       select captured_minor - refunded_minor from public.payments
       where payments.payment_id = alteration_prices.payment_id))), '[]')
   from public.alterations join private.alteration_prices using (alteration_id)) as alterations,
  (select coalesce(json_agg(json_build_object(
     'home', listing_id, 'checkIn', lower(nights), 'checkOut', upper(nights))), '[]')
   from private.claims where kind in ('block', 'host_cancelled')) as blocks,
  array(
    select concat_ws(' ', difference, booking_id, detail) from private.reconciliation_report()
    where difference in ('ledger_differs', 'payment_problem')) as differences`;

const nightsOf = ({ checkIn, checkOut }: { checkIn: string; checkOut: string }): string[] => {
  const found: string[] = [];
  for (let night = checkIn; night < checkOut; night = dayAfter(night, 1)) found.push(night);
  return found;
};
const after = (stay: { checkOut: string }, preparation: number): string[] =>
  nightsOf({ checkIn: stay.checkOut, checkOut: dayAfter(stay.checkOut, preparation) });

class World {
  made: Booking[] = [];
  reached = new Set<string>();
  #db: Session;
  #homes: string[];
  #asked: Asked[];
  #host: Person;
  #guests: Person[];
  /** Intents by payment, as Stripe knows them. */
  #intents = new Map<string, string>();

  constructor(db: Session, homes: string[], host: Person, guests: Person[]) {
    this.#db = db;
    this.#homes = homes;
    this.#asked = [];
    this.#host = host;
    this.#guests = guests;
  }

  async as(someone: Person | 'server' | 'postgres') {
    const claims = typeof someone === 'string' ? {} : { sub: someone.id, role: 'authenticated' };
    const role = typeof someone !== 'string'
      ? 'authenticated'
      : someone === 'server'
      ? 'service_role'
      : 'none';
    await this.#db.run(
      `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
      [role, JSON.stringify(claims)],
    );
  }

  async #sql<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    await this.as('postgres');
    return await this.#db.run<Row>(sql, values);
  }

  /** Does it and gives what came of it, or is refused with nothing done: then the code. */
  async #attempt<Row extends pg.QueryResultRow>(
    someone: Person,
    sql: string,
    values: unknown[],
  ): Promise<Row | string> {
    await this.#sql('savepoint deed');
    await this.as(someone);
    try {
      const [row] = await this.#db.run<Row>(sql, values);
      await this.#sql('release deed');
      return row!;
    } catch (error) {
      await this.#db.run('rollback to deed');
      if (!(error instanceof pg.DatabaseError)) throw error;
      expect(refusals, `${error.message} ${error.where}`).toContain(error.message);
      return error.message;
    }
  }

  async price(home: number, asked: Asked) {
    this.#asked[home] = asked;
    const listing = this.#homes[home];
    await this.#sql(
      `update public.listing_prices
       set base_price_minor = $2, weekend_price_minor = $3, included_guests = $4, extra_guest_price_minor = $5,
         cleaning_fee_minor = $6, pet_fee_minor = $7, last_minute_days = $8, last_minute_bp = $9
       where listing_id = $1`,
      [
        listing,
        asked.base,
        asked.weekend,
        asked.includedGuests,
        asked.extraGuest,
        asked.cleaning,
        asked.pet,
        asked.lastMinute?.days,
        asked.lastMinute?.bp,
      ],
    );
    await this.#sql(
      'update public.booking_rules set preparation_nights = $2 where listing_id = $1',
      [
        listing,
        asked.preparation,
      ],
    );
    await this.#sql('delete from public.length_discounts where listing_id = $1', [listing]);
    for (const { minimumNights, bp } of asked.lengthTiers) {
      await this.#sql('insert into public.length_discounts values ($1, $2, $3)', [
        listing,
        minimumNights,
        bp,
      ]);
    }
    const scheme = ['split', 'single'][home];
    await this.#sql(
      'update private.fee_schemes set guest_bp = $2, host_bp = $3 where fee_scheme = $1',
      [scheme, asked.guestFeeBp, asked.hostFeeBp],
    );
    await this.#sql(
      `insert into private.listing_fee_schemes values ($1, $2) on conflict do nothing`,
      [listing, scheme],
    );
    await this.#sql('delete from private.taxes where listing_id = $1', [listing]);
    for (const tax of asked.taxes) {
      await this.#sql(
        `insert into private.taxes
           (name, listing_id, basis, rate_bp, amount_minor, currency, maximum_nights, exempt_from_nights,
            minimum_age)
         values ($1, $2, $3, $4, $5::bigint, case when $5 is not null then 'USD' end, $6, $7, $8)`,
        [
          tax.name,
          listing,
          tax.basis,
          tax.rateBp,
          tax.amount,
          tax.maximumNights,
          tax.exemptFromNights,
          tax.minimumAge,
        ],
      );
    }
  }

  async #case(
    home: number,
    stay: { checkIn: string; checkOut: string; guests: number; pets: number },
  ): Promise<PricedCase> {
    const asked = this.#asked[home]!;
    const [{ today } = { today: '' }] = await this.#sql<{ today: string }>(
      `select private.today('UTC')::text as today`,
    );
    return {
      step: 1n,
      today,
      checkIn: stay.checkIn,
      nights: nightsOf(stay).length,
      guests: stay.guests,
      pets: stay.pets,
      childAges: childAges(stay.guests),
      base: BigInt(asked.base),
      weekend: asked.weekend === null ? null : BigInt(asked.weekend),
      days: new Map(),
      includedGuests: asked.includedGuests,
      extraGuest: BigInt(asked.extraGuest),
      cleaning: BigInt(asked.cleaning),
      pet: BigInt(asked.pet),
      newListingBp: null,
      lengthTiers: asked.lengthTiers,
      earlyBird: null,
      lastMinute: asked.lastMinute,
      guestFeeBp: asked.guestFeeBp,
      hostFeeBp: asked.hostFeeBp,
      taxes: asked.taxes,
    };
  }

  async run(deed: Deed): Promise<void> {
    switch (deed.deed) {
      case 'book':
        return await this.#book(deed);
      case 'block':
      case 'unblock': {
        const checkIn = dayAfter('2031-05-22', deed.from);
        await this.#attempt(this.#host, `select public.${deed.deed}_nights($1, $2, $3)`, [
          this.#homes[deed.home],
          checkIn,
          dayAfter(checkIn, deed.nights),
        ]);
        return;
      }
      case 'reprice':
        return await this.price(deed.home, deed.asked);
      case 'wait':
        await this.#sql('update private.clock set shift = shift + make_interval(mins => $1)', [
          deed.minutes,
        ]);
        return;
      case 'jobs':
        await this.#sql('select tests.run_due_jobs()');
        return;
      case 'work':
        return await this.work();
    }
    const booking = this.made.at(-1 - deed.which) ?? this.made[0];
    if (booking === undefined) return;
    switch (deed.deed) {
      case 'propose':
        await this.#propose(booking, deed);
        return;
      case 'agree':
        // The usual way: proposed, and accepted by the other side.
        if (await this.#propose(booking, deed)) {
          await this.#answer(booking, deed.by === 'guest' ? 'host' : 'guest', 'accept');
        }
        return;
      case 'answer':
        await this.#answer(booking, deed.by, deed.says);
        return;
      case 'begin to pay':
        await this.#beginToPay(booking);
        return;
      case 'pay': {
        const payment = await this.#beginToPay(booking);
        // What is charged from the saved card nobody cancels.
        const altering = booking.proposals.at(-1)?.status === 'awaiting_payment';
        const ends = deed.ends === 'canceled' && !altering ? 'requires_payment_method' : deed.ends;
        if (payment !== undefined) await this.#hear(payment, ends);
        return;
      }
      case 'pay late':
        for (const [payment, status] of this.#intents) {
          if (status === 'requires_payment_method') await this.#hear(payment, 'succeeded');
        }
        return;
      case 'cancel':
        await this.#attempt(this.#of(booking, deed.by), 'select public.cancel_booking($1)', [
          booking.id,
        ]);
    }
  }

  #of(booking: Booking, side: Side): Person {
    return side === 'guest' ? booking.guest : this.#host;
  }

  async #book({ home, from, nights, guest, guests, pets }: Deed & { deed: 'book' }) {
    const checkIn = dayAfter('2031-05-22', from);
    const stay = { checkIn, checkOut: dayAfter(checkIn, nights), guests, pets };
    const price = priceOf(await this.#case(home, stay));
    const booking: Booking = {
      id: randomUUID(),
      home,
      guest: this.#guests[guest]!,
      agreed: {
        ...stay,
        nights,
        price,
        guestFeeBp: this.#asked[home]!.guestFeeBp,
        hostFeeBp: this.#asked[home]!.hostFeeBp,
      },
      proposals: [],
      was: '',
      status: 'awaiting_payment',
      net: '0',
    };
    const done = await this.#attempt(
      booking.guest,
      `select public.request_booking($1, $2, $3, $4, $5, $6, 0, $7, child_ages => $8)`,
      [
        booking.id,
        this.#homes[home],
        stay.checkIn,
        stay.checkOut,
        price.total,
        guests,
        pets,
        childAges(guests),
      ],
    );
    if (done === 'unpaid_stays_overlap') {
      const { bookings } = await this.books();
      const others = bookings.filter((other) =>
        other.holds && this.made.find(({ id }) => id === other.id)!.guest === booking.guest
      );
      expect(
        others.some((other) => nightsOf(other).some((night) => nightsOf(stay).includes(night))),
        'the only stay of these nights was refused',
      ).toBe(true);
    }
    if (typeof done === 'string') return;
    this.made.push(booking);
    const payment = await this.#beginToPay(booking);
    if (payment !== undefined) await this.#hear(payment, 'succeeded');
  }

  /** Whether these nights, with the preparation of the booking, are taken by anyone else, as the rows of stays say. */
  async #taken(booking: Booking, stay: { checkIn: string; checkOut: string }): Promise<boolean> {
    const found = await this.books();
    const { preparation } = found.bookings.find(({ id }) => id === booking.id)!;
    const own = nightsOf(stay);
    const prepared = after(stay, preparation);
    const home = this.#homes[booking.home];
    const others = found.bookings
      .filter((other) => other.home === home && other.id !== booking.id && other.holds)
      .flatMap((other) => [
        other,
        ...found.alterations.filter((each) => each.booking === other.id && each.counts)
          .map((each) => ({ ...each, preparation: other.preparation })),
      ]);
    return found.blocks.some((block) =>
      block.home === home && nightsOf(block).some((night) => own.includes(night))
    ) || others.some((other) =>
      nightsOf(other).some((night) =>
        own.includes(night) || prepared.includes(night)
      ) ||
      after(other, other.preparation).some((night) => own.includes(night))
    );
  }

  async #propose(booking: Booking, deed: Wish & { by: Side }): Promise<boolean> {
    const { agreed } = booking;
    const stay = {
      checkIn: dayAfter(agreed.checkIn, deed.arrival),
      checkOut: dayAfter(agreed.checkOut, deed.departure),
      guests: deed.guests ?? agreed.guests,
      pets: deed.pets ?? agreed.pets,
    };
    const id = randomUUID();
    const taken = stay.checkOut > stay.checkIn && await this.#taken(booking, stay);
    const done = await this.#attempt<Record<string, string>>(
      this.#of(booking, deed.by),
      `select subtotal_minor, taxes_minor, total_minor, difference_minor
       from public.propose_alteration($1, $2, $3, $4, $5, null, $6, child_ages => $7)`,
      [
        id,
        booking.id,
        stay.checkIn,
        stay.checkOut,
        stay.guests,
        stay.pets,
        childAges(stay.guests),
      ],
    );
    if (typeof done === 'string') {
      if (done === 'nights_taken') expect(taken, 'free nights were refused').toBe(true);
      return false;
    }
    expect(taken, 'taken nights were offered').toBe(false);
    const price = alteredPriceOf(agreed, await this.#case(booking.home, stay));
    const shown = deed.by === 'guest';
    expect(done).toEqual({
      subtotal_minor: String(price.subtotal),
      taxes_minor: String(price.taxes),
      total_minor: shown ? String(price.total) : null,
      difference_minor: shown ? String(price.total - agreed.price.total) : null,
    });
    booking.proposals.push({
      id,
      by: deed.by,
      status: 'proposed',
      stay: { ...agreed, ...stay, nights: nightsOf(stay).length, price },
    });
    return true;
  }

  async #answer(booking: Booking, by: Side, says: 'accept' | 'decline' | 'withdraw') {
    const proposal = booking.proposals.at(-1);
    if (proposal === undefined) return;
    const taken = await this.#taken(booking, proposal.stay);
    const { bookings } = await this.books();
    const later = bookings.find(({ id }) => id === booking.id)!.later !== '0';
    const done = await this.#attempt<{ status: string }>(
      this.#of(booking, by),
      `select status from public.${says}_alteration($1)`,
      [proposal.id],
    );
    if (says !== 'accept' || proposal.status !== 'proposed') return;
    if (done === 'nights_taken') expect(taken, 'free nights were refused').toBe(true);
    if (typeof done !== 'string') {
      expect(taken, 'taken nights were agreed to').toBe(false);
      expect(done.status).toBe(
        proposal.stay.price.total > booking.agreed.price.total && !later
          ? 'awaiting_payment'
          : 'applied',
      );
    }
  }

  /** What create-payment does; the payment that is due, if one is. */
  async #beginToPay(booking: Booking): Promise<string | undefined> {
    const due = await this.#attempt<{ payment_id: string; mode: string }>(
      booking.guest,
      'select payment_id, mode from public.start_payment($1)',
      [booking.id],
    );
    if (typeof due === 'string') return undefined;
    if (due.mode === 'setup') {
      await this.as('server');
      await this.#db.run(
        `select public.apply_setup(null, $1, $2, 'succeeded', 'pm_1', null)`,
        [due.payment_id, `seti_${due.payment_id}`],
      );
      return undefined;
    }
    if (!this.#intents.has(due.payment_id)) {
      this.#intents.set(due.payment_id, 'requires_payment_method');
      await this.as('server');
      await this.#db.run('select public.record_intent($1, $2)', [
        due.payment_id,
        `pi_${due.payment_id}`,
      ]);
    }
    return due.payment_id;
  }

  async #hear(payment: string, status: string) {
    const known = this.#intents.get(payment);
    if (known === 'succeeded' || known === 'canceled') return;
    this.#intents.set(payment, status);
    const [{ amount } = { amount: '' }] = await this.#sql<{ amount: string }>(
      'select amount_minor as amount from public.payments where payment_id = $1',
      [payment],
    );
    await this.as('server');
    await this.#db.run(
      `select public.apply_payment_intent($1, $2, $3, $4, $5, $6, 'usd', $7, null, null)`,
      [
        `evt_${randomUUID()}`,
        payment,
        `pi_${payment}`,
        status,
        amount,
        status === 'succeeded' ? amount : 0,
        `ch_${payment}`,
      ],
    );
  }

  /** The worker: carries out at Stripe what is ordered. */
  async work() {
    await this.as('server');
    const commands = await this.#db.run<{
      command_id: string;
      kind: string;
      payment_id: string;
      refund_id: string;
      payout_id: string;
      reversal_id: string;
      amount_minor: string;
    }>('select * from public.claim_commands(100)');
    for (const command of commands) {
      if (command.kind === 'cancel_intent') await this.#hear(command.payment_id, 'canceled');
      if (command.kind === 'charge') await this.#hear(command.payment_id, 'succeeded');
      await this.as('server');
      if (command.kind === 'create_intent') {
        this.#intents.set(command.payment_id, 'requires_payment_method');
        await this.#db.run('select public.record_intent($1, $2)', [
          command.payment_id,
          `pi_${command.payment_id}`,
        ]);
      }
      if (command.kind === 'refund') {
        await this.#db.run(`select public.apply_refund(null, $1, $2, 'succeeded')`, [
          command.refund_id,
          `re_${command.refund_id}`,
        ]);
      } else if (command.kind === 'transfer') {
        await this.#db.run(`select public.apply_transfer(null, $1, $2, $3, 'usd')`, [
          command.payout_id,
          `tr_${command.payout_id}`,
          command.amount_minor,
        ]);
      } else if (command.kind === 'reverse_transfer') {
        await this.#db.run('select public.apply_reversal($1, $2)', [
          command.reversal_id,
          `trr_${command.reversal_id}`,
        ]);
      }
      await this.#db.run('select public.finish_command($1)', [command.command_id]);
    }
  }

  async books(): Promise<Books> {
    const [found] = await this.#sql<Books>(books);
    return found!;
  }

  /** All that must hold now. */
  async look() {
    await this.#sql('set constraints all immediate');
    await this.#sql('set constraints all deferred');
    const found = await this.books();
    expect(found.differences).toEqual([]);
    for (const row of found.bookings) this.#lookAt(row, found);
    this.#shareNoNight(found);
  }

  /** Nothing is left undone. A limit of three days is reckoned in days, and looked at to the second. */
  async rest() {
    for (let round = 0; round < 3; round += 1) await this.work();
    const found = await this.#sql(
      `select difference, booking_id, detail from private.reconciliation_report()
       where difference not in ('fee_unknown', 'receipt_missing', 'held_too_long')`,
    );
    expect(found).toEqual([]);
  }

  #lookAt(row: Books['bookings'][number], found: Books) {
    const booking = this.made.find(({ id }) => id === row.id)!;
    const agreedTotal = String(booking.agreed.price.total);
    for (const proposal of booking.proposals) {
      const { status, paid } = found.alterations.find(({ id }) => id === proposal.id)!;
      if (status === 'applied' && proposal.status !== 'applied') {
        // What is charged, or goes back, is what the stay costs more or less.
        // Of a stay that is charged later the charges that are left follow.
        const difference = proposal.stay.price.total - booking.agreed.price.total;
        if (paid === null) expect(difference <= 0n || booking.net !== agreedTotal).toBe(true);
        else expect(paid).toBe(Number(difference));
        // Nights that were spent, and the running one, are as they were.
        const begun = ({ checkIn, checkOut }: Agreed) =>
          nightsOf({ checkIn, checkOut }).filter((night) => `${night}T15:00` <= found.now);
        if (begun(booking.agreed).length > 0) {
          expect(begun(proposal.stay)).toEqual(begun(booking.agreed));
        }
        booking.agreed = proposal.stay;
        booking.was = '';
      } else if (status !== 'applied') expect([0, null]).toContain(paid);
      this.reached.add(status);
      proposal.status = status;
    }

    const { agreed } = booking;
    const accepted = found.alterations.find(({ booking: of, status }) =>
      of === row.id && status === 'awaiting_payment'
    );
    const { price } = agreed;
    expect(row).toMatchObject({
      checkIn: agreed.checkIn,
      checkOut: agreed.checkOut,
      lines: price.lines.map(({ kind, night, quantity, unit, discount, amount }) =>
        [kind, night, quantity, unit, discount, amount].filter((part) => part !== null).join(' ')
      ).join(', '),
      sums: [
        agreed.guests,
        `{${childAges(agreed.guests).join()}}`,
        agreed.pets,
        price.subtotal,
        price.guestFee,
        price.hostFee,
        price.taxes,
        price.total,
        price.payout,
      ].join(' '),
    });
    if (row.status === 'confirmed' || row.status === 'completed') {
      expect(BigInt(row.net) + BigInt(row.later)).toBe(price.total);
      if (!row.moving && row.later === '0') expect(row.payouts).toBe(String(price.payout));
      booking.net = row.net;
      this.reached.add(row.later === '0' ? 'paid' : 'charged later');
      expect(row.claims).toEqual(claimsOf(row, accepted));
    } else if (row.settled !== null) {
      expect(row.settled).toBe(`${booking.net} ${row.net}`);
      expect(row.claims).toEqual([]);
    }

    // Nothing but an applied alteration or a move of the booking changes any of it.
    const now = [row.row, row.lines, ...accepted === undefined ? row.claims : []].join();
    if (booking.was !== '' && booking.status === row.status && accepted === undefined) {
      expect(now).toBe(booking.was);
    }
    if (accepted === undefined) booking.was = now;
    booking.status = row.status;
  }

  #shareNoNight(found: Books) {
    const seen = new Map<string, string>();
    const note = (home: string, night: string, by: string) => {
      const who = seen.get(`${home} ${night}`);
      expect(who === undefined || who === by, `${who} and ${by} share ${night}`).toBe(true);
      seen.set(`${home} ${night}`, by);
    };
    for (const { home, id, ...stay } of found.bookings) {
      if (!stay.holds) continue;
      const accepted = found.alterations.filter((each) => each.booking === id && each.counts);
      for (const each of [stay, ...accepted]) {
        for (const night of nightsOf(each)) note(home, night, id);
      }
    }
    for (const block of found.blocks) {
      for (const night of nightsOf(block)) {
        expect(seen.get(`${block.home} ${night}`), `a block shares ${night}`).toBeUndefined();
      }
    }
    for (const { home, id, ...stay } of found.bookings) {
      if (!stay.holds) continue;
      for (const night of after(stay, stay.preparation)) {
        expect([undefined, id]).toContain(seen.get(`${home} ${night}`));
      }
    }
  }
}

/** The claims a booking has to have by its own words, night by night. */
function claimsOf(
  booking: { checkIn: string; checkOut: string; preparation: number },
  accepted: { checkIn: string; checkOut: string } | undefined,
): string[] {
  const stay = nightsOf(booking);
  const added = accepted === undefined
    ? []
    : nightsOf(accepted).filter((night) => !stay.includes(night));
  const prepared = new Set(
    [booking, accepted ?? booking].flatMap((each) => after(each, booking.preparation))
      .filter((night) => !stay.includes(night) && !added.includes(night)),
  );
  return [
    ...stay.map((night) => `stay (,) ${night}`),
    ...added.map((night) => `hold (,) ${night}`),
    ...[...prepared].map((night) => `preparation [0,1) ${night}`),
  ].sort();
}

const asItIs: Wish = { arrival: 0, departure: 0, guests: null, pets: null };

/** An end of an accepted alteration that chance seldom meets. */
function endsSo(...end: Deed[]): [[Asked, Asked], number, Deed[]] {
  const asked: Asked = {
    base: 10_000,
    weekend: null,
    includedGuests: 2,
    extraGuest: 1_500,
    cleaning: 4_000,
    pet: 0,
    preparation: 1,
    lengthTiers: [],
    lastMinute: null,
    guestFeeBp: 1410,
    hostFeeBp: 300,
    taxes: [],
  };
  const wish = { ...asItIs, which: 0, departure: 1 };
  return [[asked, asked], 90, [
    { deed: 'book', guest: 0, guests: 3, pets: 0, home: 0, from: 3, nights: 2 },
    { deed: 'agree', by: 'guest', ...wish },
    { deed: 'begin to pay', which: 0 },
    ...end,
    { deed: 'pay late', which: 0 },
    { deed: 'propose', by: 'host', ...wish },
    { deed: 'answer', which: 0, by: 'guest', says: 'decline' },
    { deed: 'cancel', which: 0, by: 'guest' },
  ]];
}

test('whatever is altered in whatever order, nights and money are as agreed', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const host = await person('Hedy');
  const guests = [await person('Ada'), await person('Grace')];
  const homes = [
    await home({ host }),
    await home({ host }),
  ];
  const db = await session();
  const reached = new Set<string>();

  await fc.assert(
    fc.asyncProperty(
      fc.tuple(asked, asked),
      fc.constantFrom(90, 90, 3),
      fc.array(deeds, { minLength: 5, maxLength: 50, size: 'max' }),
      async (asking, holdLimit, life) => {
        await db.begin();
        try {
          const world = new World(db, homes, host, guests);
          await world.as('postgres');
          await db.run(
            `insert into public.host_accounts
               (host_id, status, country_code, stripe_account_id, created_at, looked_at)
             values ($1, 'active', 'US', 'acct_hedy', private.now(), private.now())`,
            [host.id],
          );
          // Where money is held for three days only, most stays are charged later.
          await db.run('update private.settings set hold_limit_days = $1', [holdLimit]);
          for (const [at, asked] of asking.entries()) await world.price(at, asked);
          for (const deed of life) {
            await world.run(deed);
            await world.look();
          }
          // Everything that was begun comes to its end.
          for (let round = 0; round < 3; round += 1) {
            await world.run({ deed: 'work' });
            await world.run({ deed: 'wait', minutes: 1441 });
            await world.run({ deed: 'jobs' });
            await world.look();
          }
          await world.rest();
          world.reached.forEach((status) => reached.add(status));
        } finally {
          await db.rollback();
        }
      },
    ),
    {
      ...runs(40),

      examples: [
        endsSo({ deed: 'answer', which: 0, by: 'guest', says: 'withdraw' }),
        endsSo({ deed: 'cancel', which: 0, by: 'host' }),
        endsSo({ deed: 'wait', minutes: 18 }, { deed: 'jobs' }),
        endsSo({ deed: 'pay', which: 0, ends: 'succeeded' }),
        // Two nights were spent, and the third is running.
        endsSo(
          { deed: 'pay', which: 0, ends: 'succeeded' },
          { deed: 'wait', minutes: 7 * 1440 + 300 },
          { deed: 'agree', which: 0, by: 'guest', ...asItIs, departure: -2 },
        ),
      ],
    },
  );
  expect([...reached].sort()).toEqual([
    'applied',
    'awaiting_payment',
    'charged later',
    'declined',
    'expired',
    'overtaken',
    'paid',
    'proposed',
    'withdrawn',
  ]);
});
