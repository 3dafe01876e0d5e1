import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { dayAfter, dayIn, type PricedCase, priceOf, type TaxRule } from '../support/price-model.ts';
import { runs } from '../support/seeds.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { home } from '../support/stays.ts';

const currencies = { USD: 1n, JPY: 1n, KWD: 10n, ISK: 100n, EUR: 1n, KRW: 1n } as const;
type Currency = keyof typeof currencies;

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Paris',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Santiago',
];

/** Instants around which days are 23 or 25 hours long, missing or added, or turn in other zones first. */
const instants = fc.oneof(
  fc.constantFrom(
    '2031-03-09T06:59:00Z',
    '2031-03-29T23:30:00Z',
    '2031-11-02T05:30:00Z',
    '2032-02-28T23:50:00Z',
    '2032-02-29T12:00:00Z',
    '2031-12-31T23:59:30Z',
    '2031-09-07T04:10:00Z',
  ),
  fc.integer({ min: 0, max: 730 * 24 }).map((hours) =>
    new Date(Date.UTC(2031, 0, 1) + hours * 3_600_000).toISOString()
  ),
);

const bp = fc.integer({ min: 1, max: 9000 });
const coins = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 99 }) },
  { weight: 4, arbitrary: fc.integer({ min: 100, max: 50_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000, max: 90_000_000 }) },
);

const taxes = fc.uniqueArray(
  fc.oneof(
    fc.record({
      basis: fc.constantFrom<TaxRule['basis']>('percent_of_nights', 'percent_of_nights_and_fees'),
      rateBp: fc.integer({ min: 1, max: 10_000 }),
      coins: fc.constant(null),
    }),
    fc.record({
      basis: fc.constantFrom<TaxRule['basis']>('per_night', 'per_guest_night', 'per_booking'),
      rateBp: fc.constant(null),
      coins: fc.integer({ min: 1, max: 500 }),
    }),
  ).chain((tax) =>
    fc.record({
      basis: fc.constant(tax.basis),
      rateBp: fc.constant(tax.rateBp),
      coins: fc.constant(tax.coins),
      name: fc.integer({ min: 100, max: 999 }).map((number) => `Tax ${number}`),
      maximumNights: fc.option(fc.integer({ min: 1, max: 10 })),
      exemptFromNights: fc.option(fc.integer({ min: 2, max: 30 })),
      minimumAge: tax.basis === 'per_guest_night'
        ? fc.option(fc.integer({ min: 3, max: 18 }))
        : fc.constant(null),
      place: fc.constantFrom('listing', 'country', 'region', 'city', 'elsewhere', 'other currency'),
    })
  ),
  { selector: (tax) => tax.name, maxLength: 4 },
);

const cases = fc.record({
  currency: fc.constantFrom(...Object.keys(currencies) as Currency[]),
  zone: fc.constantFrom(...zones),
  instant: instants,
  ahead: fc.integer({ min: 0, max: 88 }),
  nights: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 27 })),
  guests: fc.integer({ min: 1, max: 8 }),
  pets: fc.integer({ min: 0, max: 2 }),
  childAges: fc.array(fc.integer({ min: 2, max: 17 }), { maxLength: 7 }),
  base: coins,
  weekend: fc.option(coins),
  days: fc.array(fc.tuple(fc.integer({ min: -1, max: 27 }), coins), { maxLength: 6 }),
  includedGuests: fc.integer({ min: 1, max: 8 }),
  extraGuest: coins.map((count) => count % 100_000),
  cleaning: coins,
  pet: coins,
  newListing: fc.boolean(),
  firstBookings: fc.constantFrom(0, 3),
  lengthTiers: fc.uniqueArray(fc.record({ minimumNights: fc.integer({ min: 2, max: 28 }), bp }), {
    selector: (tier) => tier.minimumNights,
    maxLength: 3,
  }),
  earlyBird: fc.option(fc.record({ days: fc.integer({ min: 28, max: 80 }), bp })),
  lastMinute: fc.option(fc.record({ days: fc.integer({ min: 1, max: 28 }), bp })),
  guestFeeBp: fc.integer({ min: 0, max: 5000 }),
  hostFeeBp: fc.integer({ min: 0, max: 5000 }),
  ownScheme: fc.boolean(),
  taxes,
});
type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;

/** What the model is told of a case; taxes of other places and currencies are not among it. */
function modelOf(wish: Case): PricedCase {
  const step = currencies[wish.currency];
  const money = (count: number) => BigInt(count) * step;
  const today = dayIn(wish.zone, new Date(wish.instant));
  const checkIn = dayAfter(today, wish.ahead);
  return {
    step,
    today,
    checkIn,
    nights: wish.nights,
    guests: wish.guests,
    pets: wish.pets,
    // One guest at least is an adult.
    childAges: wish.childAges.slice(0, wish.guests - 1).toSorted((one, other) => one - other),
    base: money(wish.base),
    weekend: wish.weekend === null ? null : money(wish.weekend),
    days: new Map(wish.days.map(([ahead, count]) => [dayAfter(checkIn, ahead), money(count)])),
    includedGuests: wish.includedGuests,
    extraGuest: money(wish.extraGuest),
    cleaning: money(wish.cleaning),
    pet: money(wish.pet),
    newListingBp: wish.newListing && wish.firstBookings > 0 ? 2000 : null,
    lengthTiers: wish.lengthTiers,
    earlyBird: wish.earlyBird,
    lastMinute: wish.lastMinute,
    guestFeeBp: wish.guestFeeBp,
    hostFeeBp: wish.hostFeeBp,
    taxes: wish.taxes
      .filter(({ place, coins }) =>
        place !== 'elsewhere' && (place !== 'other currency' || coins === null)
      )
      .map((tax) => ({ ...tax, amount: tax.coins === null ? null : money(tax.coins) })),
  };
}

/** Writes a case into the tables, inside the session's transaction. */
async function arrange(work: Session, listing: string, wish: Case, model: PricedCase) {
  await work.run('set local role none');
  // Nobody sets these prices: a guest, as whom the session goes on, would be refused.
  const [who] = await work.run<{ claims: string }>(
    `select current_setting('request.jwt.claims', true) as claims`,
  );
  await work.run(`select set_config('request.jwt.claims', '', true)`);
  await work.run('update private.clock set shift = $1::timestamptz - now()', [wish.instant]);
  await work.run(
    `update public.listings set currency = $2, time_zone = $3, region = 'New York' where listing_id = $1`,
    [listing, wish.currency, wish.zone],
  );
  await work.run(
    `update public.listing_prices
     set base_price_minor = $2, weekend_price_minor = $3, included_guests = $4, extra_guest_price_minor = $5,
       cleaning_fee_minor = $6, pet_fee_minor = $7, new_listing_discount = $8, early_bird_days = $9,
       early_bird_bp = $10, last_minute_days = $11, last_minute_bp = $12
     where listing_id = $1`,
    [
      listing,
      model.base,
      model.weekend,
      model.includedGuests,
      model.extraGuest,
      model.cleaning,
      model.pet,
      wish.newListing,
      wish.earlyBird?.days,
      wish.earlyBird?.bp,
      wish.lastMinute?.days,
      wish.lastMinute?.bp,
    ],
  );
  await work.run('update private.settings set new_listing_bookings = $1', [wish.firstBookings]);
  for (const [day, amount] of model.days) {
    await work.run(
      'insert into public.calendar_days (listing_id, day, price_minor) values ($1, $2, $3)',
      [listing, day, amount],
    );
  }
  for (const tier of wish.lengthTiers) {
    await work.run('insert into public.length_discounts values ($1, $2, $3)', [
      listing,
      tier.minimumNights,
      tier.bp,
    ]);
  }
  // The fees of this case are the listing's own scheme, or the marketplace's.
  const scheme = wish.ownScheme ? 'single' : 'split';
  await work.run(
    'update private.fee_schemes set guest_bp = $2, host_bp = $3 where fee_scheme = $1',
    [
      scheme,
      wish.guestFeeBp,
      wish.hostFeeBp,
    ],
  );
  if (wish.ownScheme) {
    await work.run('insert into private.listing_fee_schemes values ($1, $2)', [listing, scheme]);
  }
  for (const tax of wish.taxes) {
    const of = tax.place === 'listing';
    const otherCurrency = tax.place === 'other currency';
    await work.run(
      `insert into private.taxes
         (name, listing_id, country_code, region, city, basis, rate_bp, amount_minor, currency, maximum_nights, exempt_from_nights,
         minimum_age)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        tax.name,
        of ? listing : null,
        of ? null : tax.place === 'elsewhere' ? 'FR' : 'US',
        tax.place === 'region' ? 'new york' : null,
        tax.place === 'city' ? 'ALBANY' : null,
        tax.basis,
        tax.rateBp,
        tax.coins === null ? null : BigInt(tax.coins) * model.step,
        tax.coins === null ? null : otherCurrency ? 'SEK' : wish.currency,
        tax.maximumNights,
        tax.exemptFromNights,
        tax.minimumAge,
      ],
    );
  }
  await work.run(`select set_config('request.jwt.claims', $1, true)`, [who?.claims ?? '']);
}

type Quote = Record<string, unknown> & {
  lines: SqlLine[];
  charges: { nights: number; amount_minor: number }[];
};

interface SqlLine {
  kind: string;
  night: string | null;
  quantity: number;
  unit_minor: number;
  discount_minor: number;
  amount_minor: number;
}

const readLine = (line: SqlLine) => ({
  kind: line.kind,
  night: line.night,
  quantity: BigInt(line.quantity),
  unit: BigInt(line.unit_minor),
  discount: BigInt(line.discount_minor),
  amount: BigInt(line.amount_minor),
});

/** Runs a property in a transaction per case, as a guest, and takes everything back. */
async function inEachCase(
  count: number,
  check: (guest: Session, listing: string, wish: Case) => Promise<void>,
) {
  const guest = await session(await person('Ada'));
  const listing = await home();
  await asPostgres('update public.listings set capacity = 8');
  await asPostgres(
    'update public.booking_rules set same_day_cutoff_hour = 24, booking_window_months = 24',
  );
  await fc.assert(
    fc.asyncProperty(cases, async (wish) => {
      await guest.begin();
      try {
        await check(guest, listing, wish);
      } finally {
        await guest.rollback();
      }
    }),
    runs(count),
  );
}

const price = async (guest: Session, listing: string, model: PricedCase) => {
  const [row] = await guest.run<{ priced: Record<string, number> & { lines: SqlLine[] } }>(
    'select to_jsonb(private.price_stay($1, $2, $3, $4, $5, $6)) as priced',
    [
      listing,
      model.checkIn,
      dayAfter(model.checkIn, model.nights),
      model.guests,
      model.pets,
      model.childAges,
    ],
  );
  return row!.priced;
};

test('a stay costs what the model says, to the smallest coin, in every currency', async () => {
  await inEachCase(250, async (guest, listing, wish) => {
    const model = modelOf(wish);
    await arrange(guest, listing, wish, model);
    const priced = await price(guest, listing, model);
    const expected = priceOf(model);

    expect({
      discount: priced.discount,
      discountBp: priced.discount_bp,
      lines: priced.lines.map(readLine),
      subtotal: BigInt(priced.subtotal_minor!),
      guestFee: BigInt(priced.guest_fee_minor!),
      hostFee: BigInt(priced.host_fee_minor!),
      taxes: BigInt(priced.taxes_minor!),
      total: BigInt(priced.total_minor!),
      payout: BigInt(priced.payout_minor!),
    }).toEqual(expected);
  });
});

test('lines add up, nothing is negative, and every amount is paid in whole coins', async () => {
  await inEachCase(150, async (guest, listing, wish) => {
    const model = modelOf(wish);
    await arrange(guest, listing, wish, model);
    const priced = await price(guest, listing, model);
    const lines = priced.lines.map(readLine);

    for (const line of lines) expect(line.quantity * line.unit - line.discount).toBe(line.amount);
    const sumOf = (kinds: (kind: string) => boolean) =>
      lines.filter((line) => kinds(line.kind)).reduce((sum, line) => sum + line.amount, 0n);
    expect(sumOf((kind) => kind !== 'tax')).toBe(BigInt(priced.subtotal_minor!));
    expect(sumOf((kind) => kind === 'tax')).toBe(BigInt(priced.taxes_minor!));
    expect(sumOf(() => true) + BigInt(priced.guest_fee_minor!)).toBe(BigInt(priced.total_minor!));
    expect(BigInt(priced.payout_minor!) + BigInt(priced.host_fee_minor!)).toBe(
      BigInt(priced.subtotal_minor!),
    );
    const amounts = [
      ...lines.flatMap((line) => [line.unit, line.discount, line.amount]),
      ...['guest_fee_minor', 'host_fee_minor', 'total_minor', 'payout_minor'].map((name) =>
        BigInt(priced[name]!)
      ),
    ];
    for (const amount of amounts) {
      expect(amount).toBeGreaterThanOrEqual(0n);
      expect(amount % model.step).toBe(0n);
    }
    expect(lines.filter((line) => line.kind === 'night').map((line) => line.night)).toEqual(
      Array.from({ length: model.nights }, (_, ahead) => dayAfter(model.checkIn, ahead)),
    );
  });
});

test('one more tax costs its own amount and changes nothing else', async () => {
  await inEachCase(80, async (guest, listing, wish) => {
    const model = modelOf(wish);
    await arrange(guest, listing, wish, model);
    const before = await price(guest, listing, model);
    await guest.run(
      `insert into private.taxes (name, listing_id, basis, rate_bp) values ('Tax zzz', $1, 'percent_of_nights', 825)`,
      [listing],
    );
    const after = await price(guest, listing, model);

    const added = after.lines.slice(before.lines.length);
    expect(after.lines.slice(0, before.lines.length)).toEqual(before.lines);
    expect(after.subtotal_minor).toBe(before.subtotal_minor);
    expect(after.guest_fee_minor).toBe(before.guest_fee_minor);
    expect(after.total_minor).toBe(
      before.total_minor! + added.reduce((sum, line) => sum + line.amount_minor, 0),
    );
  });
});

test('a booking freezes exactly what was quoted', async () => {
  const [{ minimums }] = await asPostgres<{ minimums: Record<string, number> }>(
    'select jsonb_object_agg(currency, minimum_charge_minor) as minimums from private.currencies',
  ) as [{ minimums: Record<string, number> }];

  await inEachCase(150, async (guest, listing, wish) => {
    const model = modelOf(wish);
    await arrange(guest, listing, wish, model);
    await guest.run('set local role authenticated');
    const booking = randomUUID();
    const stay = [listing, model.checkIn, dayAfter(model.checkIn, model.nights)];
    const expected = priceOf(model);

    const asking = guest.run<{ quote: Quote }>(
      'select to_jsonb(public.quote_stay($1, $2, $3, $4, 1, $5, $6)) as quote',
      [...stay, model.guests, model.pets, model.childAges],
    );
    if (expected.total > 0n && expected.total < BigInt(minimums[wish.currency]!)) {
      await expect(asking).rejects.toThrow('below_minimum_charge');
      return;
    }
    if (expected.total > 99_999_999n) {
      await expect(asking).rejects.toThrow('above_maximum_charge');
      return;
    }
    const [{ quote }] = await asking as [{ quote: Quote }];
    expect(BigInt(quote.total_minor as number)).toBe(expected.total);

    await guest.run('savepoint wrong');
    await expect(
      guest.run(
        'select public.request_booking($1, $2, $3, $4, $5, $6, 1, $7, child_ages => $8)',
        [booking, ...stay, expected.total + 1n, model.guests, model.pets, model.childAges],
      ),
    ).rejects.toThrow('price_changed');
    await guest.run('rollback to wrong');
    await guest.run(
      'select public.request_booking($1, $2, $3, $4, $5, $6, 1, $7, child_ages => $8)',
      // In any order
      [booking, ...stay, quote.total_minor, model.guests, model.pets, model.childAges.toReversed()],
    );
    await guest.run('set local role none');
    const [{ frozen }] = await guest.run<{ frozen: Record<string, unknown> }>(
      `select jsonb_build_object(
         'listing_id', bookings.listing_id, 'check_in', check_in, 'check_out', check_out, 'nights', check_out - check_in,
         'guests', guests, 'infants', infants, 'pets', pets,
         'child_ages', child_ages, 'currency', bookings.currency, 'discount', discount,
         'discount_bp', discount_bp, 'subtotal_minor', subtotal_minor, 'guest_fee_minor', guest_fee_minor,
         'taxes_minor', taxes_minor, 'total_minor', total_minor, 'cancellation_policy', cancellation_policy,
         'instant_book', instant_book,
         'lines', (select jsonb_agg(to_jsonb(booking_lines) - 'booking_id' - 'position' order by position)
           from public.booking_lines where booking_lines.booking_id = bookings.booking_id),
         'charges', coalesce((select jsonb_agg(jsonb_build_object('instalment', instalment, 'charge_at', charge_at,
             'amount_minor', amount_minor) order by instalment)
           from public.payments where payments.booking_id = bookings.booking_id), '[]')) as frozen
       from public.bookings join public.guest_totals using (booking_id) where booking_id = $1`,
      [booking],
    ) as [{ frozen: Record<string, unknown> }];
    const planned = quote.charges.map(({ nights: _, ...charge }) => charge);
    expect(frozen).toEqual({
      ...quote,
      charges: planned.filter((charge) => charge.amount_minor > 0),
    });

    const [money] = await guest.run(
      `select host_fee_bp, host_fee_minor::text, payout_minor::text, guest_fee_bp, payments.amount_minor::text as asked, status
       from public.bookings
       join public.guest_totals using (booking_id) join public.host_totals using (booking_id)
       left join (select booking_id, amount_minor from public.payments) as payments using (booking_id)
       where booking_id = $1`,
      [booking],
    );
    expect(money).toEqual({
      host_fee_bp: wish.hostFeeBp,
      host_fee_minor: String(expected.hostFee),
      payout_minor: String(expected.payout),
      guest_fee_bp: wish.guestFeeBp,
      asked: expected.total === 0n ? null : String(expected.total),
      status: expected.total === 0n ? 'confirmed' : 'awaiting_payment',
    });
  });
});

test('a price or a tax that is not in whole coins is refused when it is set', async () => {
  const listing = await home();
  const refusal = async (sql: string, values: unknown[]) => {
    const error: unknown = await asPostgres(sql, values).catch((refused: unknown) => refused);
    return error instanceof pg.DatabaseError ? `${error.code} ${error.message}` : 'none';
  };
  for (const [currency, step] of Object.entries(currencies)) {
    if (step === 1n) continue;
    await asPostgres('update public.listing_prices set base_price_minor = 10000');
    await asPostgres('update public.listings set currency = $2 where listing_id = $1', [
      listing,
      currency,
    ]);
    const fee = 'update public.listing_prices set cleaning_fee_minor = $2 where listing_id = $1';
    expect(await refusal(fee, [listing, 3n * step])).toBe('none');
    expect(await refusal(fee, [listing, 3n * step + 1n])).toBe('PT422 price_not_in_steps');
    const tax = `insert into private.taxes (name, country_code, basis, amount_minor, currency)
      values ('City tax', 'IS', 'per_night', $1, $2)`;
    expect(await refusal(tax, [3n * step, currency])).toBe('none');
    expect(await refusal(tax, [3n * step + 1n, currency])).toBe('PT422 price_not_in_steps');
  }
});

test('a special offer shares its price over the nights, and freezes what it says', async () => {
  const hedy = await person('Hedy');
  const ada = await person('Ada');
  const become = (guest: Session, someone: { id: string }) =>
    guest.run(
      `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`,
      [JSON.stringify({ sub: someone.id, role: 'authenticated' })],
    );

  await inEachCase(150, async (guest, listing, wish) => {
    const model = modelOf(wish);
    await arrange(guest, listing, wish, model);
    // Any amount will do; the base price of the case is one.
    const agreed = model.base + model.cleaning;
    const expected = priceOf({ ...model, agreed });
    const stay = [listing, model.checkIn, dayAfter(model.checkIn, model.nights)];
    const [{ priced }] = await guest.run<{ priced: Record<string, number> & { lines: SqlLine[] } }>(
      'select to_jsonb(private.price_agreed($1, $2, $3, $4, $5, $6)) as priced',
      [...stay, model.guests, agreed, model.childAges],
    ) as [{ priced: Record<string, number> & { lines: SqlLine[] } }];
    expect(priced.lines.map(readLine)).toEqual(expected.lines);
    expect(BigInt(priced.total_minor!)).toBe(expected.total);

    const [inquiry, offer, booking] = [randomUUID(), randomUUID(), randomUUID()];
    await become(guest, ada);
    await guest.run('select public.send_inquiry($1, $2, $3, $4, $5, $6, 0, $7, $8)', [
      inquiry,
      ...stay,
      'How much?',
      model.guests,
      model.pets,
      model.childAges,
    ]);
    await become(guest, hedy);
    await guest.run('savepoint unsent');
    try {
      await guest.run('select public.send_special_offer($1, $2, $3)', [offer, inquiry, agreed]);
    } catch (error) {
      // What no card can be charged is not offered either.
      expect(['below_minimum_charge', 'above_maximum_charge']).toContain((error as Error).message);
      await guest.run('rollback to unsent');
      return;
    }

    // Whatever changes now, the offer does not.
    await guest.run('set local role none');
    await guest.run(`update private.fee_schemes set guest_bp = 4999, host_bp = 4998`);
    await guest.run('update public.listing_prices set base_price_minor = 0');
    await guest.run('delete from private.taxes');
    await become(guest, ada);
    await guest.run(
      'select public.request_booking($1, $2, $3, $4, $5, $6, 0, $7, offer_id => $8, child_ages => $9)',
      [booking, ...stay, expected.total, model.guests, model.pets, offer, model.childAges],
    );
    await guest.run('set local role none');
    const [frozen] = await guest.run(
      `select bookings.subtotal_minor::text as subtotal, taxes_minor::text as taxes, total_minor::text as total,
         payout_minor::text as payout, guest_fee_bp, host_fee_bp,
         (select sum(amount_minor)::text from public.booking_lines where booking_lines.booking_id = bookings.booking_id)
           as lines
       from public.bookings join public.guest_totals using (booking_id) join public.host_totals using (booking_id)
       where booking_id = $1`,
      [booking],
    );
    expect(frozen).toEqual({
      subtotal: String(agreed),
      taxes: String(expected.taxes),
      total: String(expected.total),
      payout: String(expected.payout),
      guest_fee_bp: wish.guestFeeBp,
      host_fee_bp: wish.hostFeeBp,
      lines: String(expected.total - expected.guestFee),
    });
  });
});
