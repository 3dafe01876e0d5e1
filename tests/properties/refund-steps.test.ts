import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../support/seeds.ts';
import { testDatabase } from '../support/stack.ts';

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Paris',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Australia/Lord_Howe',
];

/** Bookings made just before clocks go forward or back, and on any other day of two years. */
const instants = fc.oneof(
  fc.constantFrom(
    '2031-03-08T20:00:00Z',
    '2031-03-26T13:59:30Z',
    '2031-10-24T09:30:00Z',
    '2031-11-01T05:30:00Z',
    '2032-02-28T23:50:00Z',
  ),
  fc.integer({ min: 0, max: 700 * 24 * 60 }).map((minutes) =>
    new Date(Date.UTC(2031, 0, 1) + minutes * 60_000).toISOString()
  ),
);

const stays = fc.record({
  policy: fc.constantFrom(
    'flexible',
    'moderate',
    'limited',
    'firm',
    'strict',
    'non_refundable',
  ),
  zone: fc.constantFrom(...zones),
  instant: instants,
  // A stay of today, one in the last step of its policy, and one whose card is charged later.
  ahead: fc.oneof(
    fc.integer({ min: 0, max: 8 }),
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 80, max: 200 }),
  ),
  nights: fc.oneof(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 27 }),
    fc.integer({ min: 28, max: 100 }),
  ),
  guests: fc.integer({ min: 1, max: 4 }),
  pets: fc.integer({ min: 0, max: 1 }),
  money: fc.constantFrom('EUR', 'JPY', 'KWD', 'ISK'),
  base: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 9_999 }),
    fc.integer({ min: 1, max: 50 }),
  ),
  weekend: fc.integer({ min: 1, max: 9_999 }),
  fee: fc.integer({ min: 0, max: 500 }),
  lastMinuteBp: fc.option(fc.integer({ min: 1, max: 9000 })),
  hours: fc.constantFrom(['15:00', '11:00'], ['02:30', '00:00'], ['23:30', '02:30'], [
    '03:00',
    '02:30',
  ]),
  taxes: fc.array(
    fc.record({
      basis: fc.constantFrom(
        'percent_of_nights',
        'percent_of_nights_and_fees',
        'per_night',
        'per_guest_night',
        'per_booking',
      ),
      rate: fc.integer({ min: 1, max: 3000 }),
      maximumNights: fc.option(fc.integer({ min: 1, max: 10 })),
    }),
    { maxLength: 3 },
  ),
  offered: fc.boolean(),
  moments: fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 40, maxLength: 40 }),
});
type Stay = typeof stays extends fc.Arbitrary<infer Value> ? Value : never;

interface Step {
  ends_at: string;
  end_included: boolean;
  refund_bp: number;
  nights_minor: number;
  extra_guests_minor: number;
  cleaning_minor: number;
  pets_minor: number;
  taxes_minor: number;
  guest_fee_minor: number;
  refund_minor: number;
  kept_minor: number;
}

let db: pg.Client;
beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).url });
  await db.connect();
  await db.query(`select tests.at('2030-12-01 12:00+00');
    select tests.person('grace');
    select tests.home('mill', 'ada');
    update public.booking_rules
    set advance_notice_days = 0, same_day_cutoff_hour = 24, booking_window_months = 24;
    update private.settings set unpaid_stays = 100, newcomer_nights = 1000;
    -- What cancelling would give at a moment, when what was due by then has been paid.
    create function pg_temp.cancelling_at(instant timestamptz, microseconds bigint)
      returns jsonb language plpgsql volatile as $f$
    declare
      payment public.payments;
      said    public.cancellation_preview;
      answer  jsonb;
    begin
      perform tests.at(instant + make_interval(secs => microseconds / 1000000.0));
      for payment in
        select * from public.payments
        where status = 'pending' and coalesce(charge_at, private.now()) <= private.now()
        order by payments.instalment
      loop
        perform tests.money('stay', 'succeeded', instalment => payment.instalment, card => 'pm_1');
      end loop;
      select jsonb_build_object(
        'stay', bookings.subtotal_minor - settled.kept_minor,
        'taxes', bookings.taxes_minor - settled.kept_taxes_minor,
        'fee', guest_totals.guest_fee_minor - settled.kept_fee_minor,
        'paid', settled.paid_minor, 'total', guest_totals.total_minor)
      into strict answer
      from public.bookings
      join public.guest_totals on guest_totals.booking_id = bookings.booking_id
      cross join private.settle_cancellation(bookings, 'guest', private.now()) as settled;
      perform tests.become('grace');
      begin
        said := public.preview_cancellation(tests.id('stay'));
        answer := answer || jsonb_build_object(
          'refund', said.refund_minor, 'owed', said.owed_minor, 'problem', null);
      exception when others then
        answer := jsonb_build_object('problem', sqlerrm);
      end;
      perform tests.back();
      return answer;
    end $f$`);
});
afterAll(() => db.end());

const step = { EUR: 1, JPY: 1, KWD: 10, ISK: 100 } as Record<string, number>;

async function arrange(stay: Stay): Promise<void> {
  const coins = step[stay.money] ?? 1;
  await db.query(`select tests.at($1::timestamptz)`, [stay.instant]);
  await db.query(
    `update public.listings set currency = $1, time_zone = $2, cancellation_policy = $3,
       check_in_time = $4, check_out_time = $5`,
    [stay.money, stay.zone, stay.policy, ...stay.hours],
  );
  await db.query(
    `update public.listing_prices
     set base_price_minor = $1, weekend_price_minor = $2, included_guests = 2,
       extra_guest_price_minor = $3, cleaning_fee_minor = $4, pet_fee_minor = $5,
       last_minute_days = $6, last_minute_bp = $7`,
    [
      stay.base * coins,
      stay.base === 0 ? 0 : stay.weekend * coins,
      stay.fee * coins,
      stay.fee * 3 * coins,
      stay.fee * 2 * coins,
      stay.lastMinuteBp === null ? null : 28,
      stay.lastMinuteBp,
    ],
  );
  for (const [at, tax] of stay.taxes.entries()) {
    const share = tax.basis.startsWith('percent');
    await db.query(
      `insert into private.taxes
         (name, country_code, basis, rate_bp, amount_minor, currency, maximum_nights)
       values ($1, 'FR', $2, $3, $4, $5, $6)`,
      [
        `Tax ${at}`,
        tax.basis,
        share ? tax.rate : null,
        share ? null : tax.rate * coins,
        share ? null : stay.money,
        tax.maximumNights,
      ],
    );
  }
}

/** An offer of the host for the stay, which has its own price and keeps its policy. */
async function offerOf(stay: Stay, days: [string, string]): Promise<string | null> {
  if (!stay.offered || stay.base === 0) return null;
  await db.query(`select tests.become('grace')`);
  await db.query(
    `select public.send_inquiry(tests.id('words'), tests.id('mill'), $1, $2, 'Hello', $3, 0, $4)`,
    [...days, stay.guests, stay.pets],
  );
  await db.query(`select tests.become('ada')`);
  await db.query(
    `select public.send_special_offer(tests.id('deal'), tests.id('words'), $1)`,
    [stay.weekend * 100 * (step[stay.money] ?? 1)],
  );
  await db.query('select tests.back()');
  // What the home asks of others from now on does not touch the offer.
  await db.query(`update public.listings set cancellation_policy = 'non_refundable'`);
  const [{ offer_id }] = (await db.query('select offer_id from public.offers')).rows;
  return offer_id;
}

test('what a quote says of each moment is what cancelling then gives, to the coin', async () => {
  const seen = { booked: 0, steps: 0, offers: 0, later: 0, long: 0 };
  const check = async (stay: Stay) => {
    const refused = (error: Error) => {
      // A night of today after the last hour, nothing or too little or too much to pay for a card.
      expect(error.message).toMatch(
        /^(date_in_past|too_short_notice|below_minimum_charge|above_maximum_charge|outside_booking_window|offer_price_too_(low|high))$/,
      );
    };
    await arrange(stay);
    const [days] = (await db.query({
      text:
        `select (private.today($1) + $2::int)::text, (private.today($1) + $2::int + $3::int)::text`,
      values: [stay.zone, stay.ahead, stay.nights],
      rowMode: 'array',
    })).rows as [string, string][];
    const args = [...days!, stay.guests, stay.pets];

    await db.query('savepoint asked');
    let offer: string | null;
    let said: { total_minor: number; steps: Step[] };
    try {
      offer = await offerOf(stay, days!);
      await db.query(`select tests.become('grace')`);
      const [row] = (await db.query(
        `select to_jsonb(public.quote_refunds(tests.id('mill'), $1, $2, $3, 0, $4, $5)) as said`,
        [...args, offer],
      )).rows;
      said = row.said;
    } catch (error) {
      await db.query('rollback to asked');
      return refused(error as Error);
    }
    await db.query(
      `select public.request_booking(tests.id('stay'), tests.id('mill'), $1, $2, $3, $4, 0, $5,
         offer_id => $6)`,
      [days![0], days![1], said.total_minor, stay.guests, stay.pets, offer],
    );
    await db.query('select tests.back()');
    const payments = (await db.query('select charge_at from public.payments order by instalment'))
      .rows;
    if (payments[0]?.charge_at) {
      await db.query(`select private.save_card(tests.id('stay'), 'pm_1')`);
      await db.query(
        `select private.place_with_nights(bookings, private.now() + interval '1 day') from public.bookings`,
      );
    }
    seen.booked += 1;
    seen.steps += said.steps.length;
    seen.offers += offer === null ? 0 : 1;
    seen.later += payments[0]?.charge_at ? 1 : 0;
    seen.long += stay.nights >= 28 ? 1 : 0;

    const expectAt = async (at: string, microseconds: number, step: Step | undefined) => {
      const [{ answer }] = (await db.query(
        'select pg_temp.cancelling_at($1, $2) as answer',
        [at, microseconds],
      )).rows;
      const { refund, owed, paid, total, ...kept } = answer;
      if (step === undefined) return expect(kept).toEqual({ problem: 'stay_over' });
      expect({ at, microseconds, ...kept, difference: refund - owed }).toEqual({
        at,
        microseconds,
        stay: step.nights_minor + step.extra_guests_minor + step.cleaning_minor + step.pets_minor,
        taxes: step.taxes_minor,
        fee: step.guest_fee_minor,
        problem: null,
        difference: paid - step.kept_minor,
      });
      if (paid === total) expect(refund).toBe(step.refund_minor);
    };

    // Paid, and so confirmed, in the moment of the quote.
    await expectAt(stay.instant, 0, said.steps[0]);
    let from = stay.instant;
    for (const [at, each] of said.steps.entries()) {
      const next = said.steps[at + 1];
      const parts = each.nights_minor + each.extra_guests_minor + each.cleaning_minor +
        each.pets_minor + each.taxes_minor + each.guest_fee_minor;
      expect(parts).toBe(each.refund_minor);
      expect(each.refund_minor + each.kept_minor).toBe(said.total_minor);
      // Somewhere within, in its last moment, and in the first of the next.
      const within = Date.parse(each.ends_at) - Date.parse(from);
      await expectAt(
        from,
        Math.floor(within * (stay.moments[at] ?? 0)) + 1,
        each,
      );
      await expectAt(each.ends_at, each.end_included ? 0 : -1, each);
      const goesOn = next === undefined && stay.nights > 30;
      if (!goesOn) await expectAt(each.ends_at, each.end_included ? 1 : 0, next);
      from = each.ends_at;
    }
  };

  await fc.assert(
    fc.asyncProperty(stays, async (stay) => {
      await db.query('begin');
      try {
        await check(stay);
      } finally {
        await db.query('rollback');
      }
    }),
    // Each case is hundreds of previews: one that fails is told as it is.
    { ...runs(40), endOnFailure: true },
  );
  // The refusals leave enough to be asked about, of every kind.
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
});
