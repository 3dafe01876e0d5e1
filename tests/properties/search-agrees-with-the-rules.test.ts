import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { runs } from '../support/seeds.ts';
import { session } from '../support/sessions.ts';

const zones = [
  'UTC',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

// Around midnights somewhere, the end of February, and a night that does not exist.
const instants = fc.constantFrom(
  '2031-05-20T12:00:00Z',
  '2031-05-20T10:30:00Z',
  '2031-05-20T23:59:30Z',
  '2031-03-09T06:59:00Z',
  '2032-02-29T11:00:00Z',
  '2031-12-31T13:30:00Z',
);

const places = fc.constantFrom<[number, number]>(
  [180, 10],
  [-180, 10],
  [-179.99, 10.01],
  [179.99, 9.99],
  [2.35, 48.85],
  [2.351, 48.851],
  [2.5, 48.9],
  [-73.75, 42.65],
  [0, 0],
  [0, 90],
);

/** What one unit of the amounts here is in minor units: steps of a coin, and never too little to be charged. */
const currencies = { USD: 100, EUR: 101, ISK: 10_000, KWD: 1010 };

const taxes = fc.array(
  fc.record({
    where: fc.constantFrom('US', 'FR', 'first home'),
    basis: fc.constantFrom(
      'percent_of_nights',
      'percent_of_nights_and_fees',
      'per_guest_night',
      'per_booking',
    ),
    amount: fc.integer({ min: 1, max: 12 }),
    maximumNights: fc.option(fc.integer({ min: 1, max: 4 })),
    exemptFrom: fc.option(fc.integer({ min: 2, max: 6 })),
    minimumAge: fc.option(fc.integer({ min: 3, max: 18 })),
  }),
  { maxLength: 3 },
);

const week = [1, 2, 3, 4, 5, 6, 7];

const homes = fc.array(
  fc.record({
    zone: fc.constantFrom(...zones),
    place: places,
    price: fc.constantFrom(50, 50, 80, 120, 121),
    weekend: fc.option(fc.constantFrom(40, 70, 200)),
    season: fc.option(
      fc.record({
        ahead: fc.integer({ min: -5, max: 60 }),
        nights: fc.integer({ min: 1, max: 45 }),
        price: fc.constantFrom(20, 49, 75, 500),
      }),
    ),
    currency: fc.constantFrom(
      'USD',
      'USD',
      ...Object.keys(currencies) as (keyof typeof currencies)[],
    ),
    includedGuests: fc.integer({ min: 1, max: 3 }),
    fees: fc.tuple(fc.constantFrom(0, 0, 15), fc.constantFrom(0, 40, 200), fc.constantFrom(0, 25)),
    newListing: fc.boolean(),
    earlyBird: fc.option(fc.tuple(fc.integer({ min: 28, max: 60 }), fc.constantFrom(777, 5000))),
    lastMinute: fc.option(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.constantFrom(333, 6000))),
    tiers: fc.uniqueArray(
      fc.tuple(fc.integer({ min: 2, max: 9 }), fc.constantFrom(1, 1000, 4321)),
      {
        selector: ([nights]) => nights,
        maxLength: 2,
      },
    ),
    ownScheme: fc.boolean(),
    status: fc.constantFrom('published', 'published', 'published', 'hidden'),
    host: fc.constantFrom('Ada', 'Ada', 'Grace', 'Alan', 'Hedy'),
    room: fc.constantFrom('entire_home', 'private_room'),
    kind: fc.constantFrom('house', 'house', 'boat'),
    language: fc.constantFrom('en', 'en', null),
    told: fc.subarray(['mill', 'lake', 'pool']),
    view: fc.constantFrom('sea', 'garden', undefined),
    floor: fc.constantFrom(1, 2, 2.5, undefined),
    rooms: fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, 1.5, 2),
    ),
    policy: fc.constantFrom('flexible', 'moderate', 'firm', 'non_refundable'),
    capacity: fc.integer({ min: 1, max: 6 }),
    pets: fc.integer({ min: 0, max: 1 }),
    instant: fc.boolean(),
    amenities: fc.subarray(['wifi', 'kitchen', 'pool']),
    minimumNights: fc.integer({ min: 1, max: 3 }),
    maximumNights: fc.integer({ min: 3, max: 9 }),
    notice: fc.constantFrom(0, 0, 1, 3),
    cutoff: fc.integer({ min: 0, max: 24 }),
    window: fc.constantFrom(1, 2, 3, 12, 12),
    preparation: fc.integer({ min: 0, max: 2 }),
    arrivals: fc.constantFrom(week, week, [5, 6], [1, 2, 3, 4]),
    departures: fc.constantFrom(week, week, [7, 1], [1, 2, 3, 4, 5]),
    stars: fc.option(fc.constantFrom(3.5, 4.8, 4.8, 5)),
    reviews: fc.constantFrom(1, 3, 400),
    published: fc.integer({ min: 1, max: 3 }),
    days: fc.uniqueArray(
      fc.record({
        ahead: fc.integer({ min: 0, max: 12 }),
        price: fc.option(fc.constantFrom(1, 45, 90)),
        minimum: fc.option(fc.integer({ min: 1, max: 4 })),
        noArrival: fc.boolean(),
        noDeparture: fc.boolean(),
      }).filter((day) =>
        day.price !== null || day.minimum !== null || day.noArrival || day.noDeparture
      ),
      { selector: (day) => day.ahead, maxLength: 3 },
    ),
    claims: fc.array(
      fc.record({
        ahead: fc.integer({ min: -3, max: 14 }),
        nights: fc.integer({ min: 1, max: 3 }),
        kind: fc.constantFrom('block', 'hold', 'stay', 'expired hold', 'request', 'preparation'),
        guest: fc.constantFrom('Grace', 'Margaret'),
      }),
      { maxLength: 3 },
    ),
  }),
  { minLength: 3, maxLength: 12 },
);

/** What can be asked, and whether a home that tells of these things, in English or in no language, has the words. */
const words: Record<string, (told: string[], english: boolean) => boolean> = {
  'mill': (told) => told.includes('mill'),
  'Mïlls': (told, english) => english && told.includes('mill'),
  'the lake': (told, english) => english && told.includes('lake'),
  'pool -mill': (told) => told.includes('pool') && !told.includes('mill'),
  'lakes or pool': (told, english) => english && told.includes('lake') || told.includes('pool'),
};

/** What can be asked of custom fields, and whether a home has it. */
const fields: [
  string,
  (home: { view: string | undefined; floor: number | undefined }) => boolean,
][] = [
  ['{"view": "sea"}', (home) => home.view === 'sea'],
  ['{"view": ["sea", "garden"]}', (home) => home.view !== undefined],
  ['{"floor": {"minimum": 2}}', (home) => (home.floor ?? 0) >= 2],
  [
    '{"view": "garden", "floor": {"minimum": 1, "maximum": 2}}',
    (home) => home.view === 'garden' && (home.floor ?? 9) <= 2,
  ],
];

/** Mostly nothing: a wish with everything in it finds nobody. */
const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 14, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const boxes = fc.constantFrom<[number, number, number, number] | null>(
  null,
  null,
  null,
  null,
  [-180, -90, 180, 90],
  [2, 48, 3, 49],
  [2.35, 48.85, 2.351, 48.851],
  [179, 9, -179, 11],
  [170, -60, -170, 60],
  [-180, 0, -179, 90],
  [-100, -60, 100, 60],
);

const wishes = fc.record({
  box: boxes,
  circle: rarely(
    fc.record({ place: places, radius: fc.constantFrom(null, 500, 20_000, 9_000_000) }),
  ),
  dates: fc.option(
    fc.record({
      ahead: fc.integer({ min: -1, max: 20 }),
      nights: fc.integer({ min: 1, max: 6 }),
      far: fc.boolean(),
    }),
    { freq: 6 },
  ),
  guests: fc.constantFrom(1, 1, 1, 2, 3),
  pets: fc.constantFrom(0, 0, 0, 1),
  childAges: fc.array(fc.integer({ min: 2, max: 17 }), { maxLength: 2 }),
  prices: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<(number | null)[]>([0, 60], [60, 100], [100, 10_000], [null, 75], [
        90,
        null,
      ]),
    },
  ),
  currency: rarely(fc.constantFrom('USD', 'ISK')),
  rooms: rarely(fc.constantFrom(['private_room'], ['private_room', 'hotel_room'])),
  amenities: rarely(fc.subarray(['wifi', 'pool'])),
  instant: rarely(fc.boolean()),
  kinds: rarely(fc.constantFrom(['boat'], ['boat', 'castle'])),
  counts: rarely(
    fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, 1.5),
    ),
  ),
  rating: rarely(fc.constantFrom(4, 4.8)),
  superhost: rarely(fc.boolean()),
  host: rarely(fc.constantFrom('Ada', 'Grace')),
  freeUntil: rarely(fc.constantFrom(1, 5, 6, 30)),
  caller: fc.constantFrom('anon', 'Grace', 'Grace', 'Ada'),
  fields: rarely(fc.constantFrom(...fields)),
  words: rarely(fc.constantFrom(...Object.keys(words))),
  sort: fc.constantFrom('price', 'rating', 'newest', 'distance'),
  pageSize: fc.integer({ min: 1, max: 4 }),
});

const homeId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

interface Found {
  listing_id: string;
  total_minor: string | null;
  nightly_minor: string;
  cursor: string;
  key: number;
}

test('search finds exactly what stay_problem lets the caller book, in order, each once', async () => {
  const names = ['Ada', 'Alan', 'Hedy', 'Grace', 'Margaret'];
  const ids = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await person(name)).id] as const)),
  );
  const work = await session();

  const arrange = async (
    instant: string,
    all: typeof homes extends fc.Arbitrary<infer T> ? T : never,
    levied: typeof taxes extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    await work.run('set local role none');
    await work.run('update private.clock set shift = $1::timestamptz - now()', [instant]);
    await work.run(
      `insert into private.suspensions (profile_id, reason) values ($1, 'Complaints.')`,
      [ids.Alan],
    );
    await work.run('insert into public.blocks (blocker_id, blocked_id) values ($1, $2)', [
      ids.Hedy,
      ids.Grace,
    ]);
    await work.run('update public.profiles set superhost = profile_id = $1', [ids.Grace]);
    await work.run(
      `select private.set_listing_schema('{"type": "object", "additionalProperties": false, "properties": {
      "view": {"type": "string", "filterable": true}, "floor": {"type": "number", "filterable": true}}}')`,
    );
    const today = instant.slice(0, 10);
    for (const [number, home] of all.entries()) {
      const id = homeId(number);
      const unit = currencies[home.currency];
      await work.run(
        `insert into public.listings
           (listing_id, host_id, status, title, capacity, maximum_pets, latitude, longitude, time_zone, currency,
            instant_book, room_type, published_at, property_type, bedrooms, beds, bathrooms, cancellation_policy,
            country_code, description, language, custom_fields)
         values ($1, $2, $3, 'Home', $4, $5, $6, $7, $8, $18, $9, $10, $11::timestamptz - $12 * interval '1 day',
           $13, $14, $15, $16, $17, 'US', $19, $20, $21)`,
        [
          id,
          ids[home.host],
          home.status,
          home.capacity,
          home.pets,
          home.place[1],
          home.place[0],
          home.zone,
          home.instant,
          home.room,
          instant,
          home.published,
          home.kind,
          ...home.rooms,
          home.policy,
          home.currency,
          home.told.join(', '),
          home.language,
          JSON.stringify({ view: home.view, floor: home.floor }),
        ],
      );
      await work.run(
        `insert into public.listing_hosts (listing_id, profile_id, role) values ($1, $2, 'owner')`,
        [id, ids[home.host]],
      );
      await work.run(
        `insert into public.listing_prices (
           listing_id, base_price_minor, weekend_price_minor, included_guests, extra_guest_price_minor, cleaning_fee_minor,
           pet_fee_minor, new_listing_discount, early_bird_days, early_bird_bp, last_minute_days, last_minute_bp)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          id,
          home.price * unit,
          home.weekend && home.weekend * unit,
          home.includedGuests,
          ...home.fees.map((fee) => fee * unit),
          home.newListing,
          ...(home.earlyBird ?? [null, null]),
          ...(home.lastMinute ?? [null, null]),
        ],
      );
      for (const [nights, bp] of home.tiers) {
        await work.run('insert into public.length_discounts values ($1, $2, $3)', [id, nights, bp]);
      }
      if (home.ownScheme) {
        await work.run(`insert into private.listing_fee_schemes values ($1, 'single')`, [id]);
      }
      await work.run(
        'insert into public.booking_rules values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
        [
          id,
          home.minimumNights,
          home.maximumNights,
          home.notice,
          home.cutoff,
          home.window,
          home.preparation,
          home.arrivals,
          home.departures,
        ],
      );
      await work.run(
        'insert into public.listing_amenities select $1, amenity from unnest($2::text[]) as amenity',
        [id, home.amenities],
      );
      if (home.stars !== null) {
        await work.run(
          `insert into private.listing_stars (listing_id, host_id, imported_reviews, imported_stars)
           select listing_id, host_id, $2, $3 from public.listings where listing_id = $1`,
          [id, home.reviews, home.stars],
        );
      }
      for (const day of home.days) {
        await work.run(
          'insert into public.calendar_days values ($1, $2::date + $3::integer, $4, $5, $6, $7)',
          [
            id,
            today,
            day.ahead,
            day.price && day.price * unit,
            day.minimum,
            day.noArrival,
            day.noDeparture,
          ],
        );
      }
      if (home.season !== null) {
        const { ahead, nights, price } = home.season;
        await work.run(
          `insert into public.calendar_days (listing_id, day, price_minor)
           select $1, $2::date + $3::integer + night, $4 from generate_series(0, $5::integer - 1) as night
           on conflict do nothing`,
          [id, today, ahead, price * unit, nights],
        );
      }
      for (const claim of home.claims) {
        const from = [today, claim.ahead, claim.nights];
        if (claim.kind === 'block') {
          await work.run(
            `insert into private.claims (listing_id, nights, lane, kind)
             values ($1, daterange($2::date + $3::integer, $2::date + $3 + $4::integer), private.own_lane(), 'block')
             on conflict do nothing`,
            [id, ...from],
          );
          continue;
        }
        const stays = claim.kind === 'stay' || claim.kind === 'preparation';
        await work.run(
          `with booking as (
             insert into public.bookings (
               booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, currency,
               subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights,
               time_zone, check_in_time, check_out_time, created_at, expires_at)
             select gen_random_uuid(), $1, $5::uuid, $6::uuid, $2::date + $3::integer, $2::date + $3 + $4::integer, 1, 0, 0, 'USD', 1, 0, 0,
               'flexible', true, 0, 'UTC', '15:00', '11:00', private.now(), private.now()
             where $5::uuid <> $6::uuid
             returning booking_id, check_in, check_out)
           insert into private.claims (listing_id, nights, lane, kind, booking_id, held_by, expires_at)
           select $1, daterange(check_in, check_out), $7::int4range, $8::private.claim_kind, booking_id, $9::uuid,
             private.now() + $10::interval
           from booking
           on conflict do nothing`,
          [
            id,
            ...from,
            ids[home.host],
            ids[claim.guest],
            claim.kind === 'preparation' ? '[0,1)' : '(,)',
            stays ? claim.kind : 'hold',
            claim.kind === 'hold' || claim.kind === 'expired hold' ? ids[claim.guest] : null,
            stays ? null : claim.kind === 'expired hold' ? '-1 minute' : '10 minutes',
          ],
        );
      }
    }
    for (const tax of levied) {
      await work.run(
        `insert into private.taxes (name, listing_id, country_code, basis, rate_bp, amount_minor, currency,
           maximum_nights, exempt_from_nights, minimum_age)
         values ('Tax', $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          tax.where === 'first home' ? '00000000-0000-4000-8000-000000000000' : null,
          tax.where === 'first home' ? null : tax.where,
          tax.basis,
          tax.basis.startsWith('percent') ? tax.amount * 100 : null,
          tax.basis.startsWith('percent') ? null : tax.amount * currencies.USD,
          tax.basis.startsWith('percent') ? null : 'USD',
          tax.maximumNights,
          tax.exemptFrom,
          tax.basis === 'per_guest_night' ? tax.minimumAge : null,
        ],
      );
    }
    await work.run('set constraints all immediate');
  };

  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      instants,
      homes,
      taxes,
      fc.array(wishes, { minLength: 16, maxLength: 16 }),
      async (instant, all, levied, asked) => {
        await work.begin();
        try {
          await arrange(instant, all, levied);
          for (const wish of asked) {
            const sort = wish.sort === 'distance' && wish.circle === null ? 'price' : wish.sort;
            const caller = wish.caller === 'anon' ? null : ids[wish.caller];
            const currency = wish.currency === 'ISK' ? 'ISK' : 'USD';
            const inCurrency = wish.prices === null ? wish.currency : currency;
            const day = (ahead: number) =>
              new Date(Date.parse(instant.slice(0, 10)) + ahead * 86_400_000).toISOString().slice(
                0,
                10,
              );
            const start = wish.dates === null ? 0 : wish.dates.ahead + (wish.dates.far ? 50 : 0);
            const checkIn = wish.dates && day(start);
            const checkOut = wish.dates && day(start + wish.dates.nights);
            const where = [
              ...(wish.box ?? [null, null, null, null]),
              wish.circle?.place[1] ?? null,
              wish.circle?.place[0] ?? null,
              wish.circle?.radius ?? null,
            ];
            const what = [
              checkIn,
              checkOut,
              wish.guests,
              wish.pets,
              ...[wish.prices?.[0] ?? null, wish.prices?.[1] ?? null].map((price) =>
                price && price * currencies[currency]
              ),
              wish.rooms,
              wish.amenities,
              wish.instant,
              wish.kinds,
              ...(wish.counts ?? [null, null, null]),
              wish.rating,
              wish.superhost,
              wish.host && ids[wish.host],
              wish.dates && wish.freeUntil && day(start - wish.freeUntil),
            ];
            // One guest at least is an adult.
            const childAges = wish.childAges.slice(0, wish.guests - 1);

            const asked = wish.words === null ? undefined : words[wish.words];
            const having = all.flatMap((home, number) =>
              (asked?.(home.told, home.language === 'en') ?? true) &&
                (wish.fields?.[1](home) ?? true)
                ? [homeId(number)]
                : []
            );

            // The truth, asked of the tables and of the rules themselves, home by home.
            const truth = await work.run<
              {
                listing_id: string;
                key: number;
                total_minor: string | null;
                nightly_minor: string;
              }
            >(
              `select listing_id, total_minor, nightly_minor,
               case $26::text
                 when 'price' then coalesce(total_minor, nightly_minor)
                 when 'distance' then private.metres_between($5::float8, $6::float8, point(longitude, latitude))
                 when 'newest' then -extract(epoch from published_at) * 1000000
                 else -round(1000 * (45 + coalesce(rating, 4.5) * coalesce(reviews, 0)) / (10 + coalesce(reviews, 0)))
               end::double precision as key
             from (select bookable.*, total_minor,
                 case when total_minor is null then middle_minor
                   else ceil(total_minor::numeric / ($9::date - $8::date)) end as nightly_minor
               from (
               select listings.*, rating, (
                   select percentile_disc(0.5) within group (order by coalesce(price_minor,
                     case when extract(isodow from night.day) in (5, 6) then weekend_price_minor end, base_price_minor))
                   from (select (private.now() at time zone 'UTC')::date + ahead as day
                     from generate_series(0, 55) as ahead) as night
                   left join public.calendar_days
                     on calendar_days.listing_id = listings.listing_id and calendar_days.day = night.day) as middle_minor,
                 case when rating is not null then imported_reviews end as reviews
               from public.listings
               join public.listing_prices using (listing_id)
               left join public.listing_ratings using (listing_id)
               where status = 'published'
                 and not exists (select from private.suspensions where profile_id = host_id)
                 and ($8::date is null
                   or private.stay_problem(listing_id, $8, $9, $10, 0, $11, $25) is null)
                 and capacity >= $10 and maximum_pets >= $11
                 and ($27::text is null or currency = $27)
                 and ($14::public.room_type[] is null or room_type = any ($14))
                 and ($15::text[] is null or $15 <@ array(
                   select amenity from public.listing_amenities
                   where listing_amenities.listing_id = listings.listing_id))
                 and ($16::boolean is null or instant_book = $16)
                 and ($17::text[] is null or property_type = any ($17))
                 and bedrooms >= coalesce($18::integer, 0) and beds >= coalesce($19::integer, 0)
                 and bathrooms >= coalesce($20::numeric, 0)
                 and ($21::numeric is null or rating >= $21)
                 and ($22::boolean is null
                   or $22 = (select superhost from public.profiles where profile_id = host_id))
                 and ($23::uuid is null or host_id = $23)
                 and listings.listing_id = any ($28::uuid[])
                 -- Cancelled when that day begins, where the home is.
                 and ($24::date is null or (private.refund_terms(cancellation_policy, $8, $9, check_in_time,
                   check_out_time, time_zone, null, $24::date::timestamp at time zone time_zone)).full_refund)
                 and ($1::float8 is null or latitude between $2 and $4 and exists (
                   select from unnest(case when abs(longitude) = 180 then '{-180,180}' else array[longitude] end) as degrees
                   where case when $1 <= $3 then degrees between $1 and $3 else degrees >= $1 or degrees <= $3 end))
                 and ($7::float8 is null
                   or private.metres_between($5::float8, $6::float8, point(longitude, latitude)) <= $7)
               offset 0) as bookable
               cross join lateral (select case when $8::date is not null then (private.price_stay(
                 listing_id, $8::date, $9::date, $10::integer, $11::integer, $29)).total_minor end as total_minor
                 offset 0) as total) as priced
             where coalesce(nightly_minor >= $12::bigint, true) and coalesce(nightly_minor <= $13::bigint, true)
             order by key, listing_id`,
              [...where, ...what, caller, sort, inCurrency, having, childAges],
            );
            // Distances of one place written as 180 and as -180 differ in their last digit.
            const same = (key: number) => Math.round(key * 1000);

            const found: Found[] = [];
            let refusal: string | undefined;
            await work.run(`select set_config('request.jwt.claims', $1, true)`, [
              JSON.stringify(
                caller === null ? { role: 'anon' } : { role: 'authenticated', sub: caller },
              ),
            ]);
            for (let after: string | null = null;;) {
              await work.run('savepoint page');
              let page: Found[];
              try {
                page = await work.run<Found>(
                  `select listing_id, total_minor, nightly_minor, cursor, split_part(substr(cursor, 2), '_', 1)::float8 as key
                 from public.search_listings(
                   $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11,
                   minimum_price_minor => $12, maximum_price_minor => $13, room_types => $14, amenities => $15,
                   instant_book => $16, property_types => $17, bedrooms => $18, beds => $19, bathrooms => $20,
                   minimum_rating => $21, superhost => $22, host_id => $23, free_cancellation_until => $24,
                   currency => $25, sort => $26, page_size => $27, after => $28, words => $29,
                   child_ages => $30, custom_fields => $31)`,
                  [
                    ...where,
                    ...what,
                    inCurrency,
                    sort,
                    wish.pageSize,
                    after,
                    wish.words,
                    childAges,
                    wish.fields?.[0] ?? null,
                  ],
                );
              } catch (error) {
                if (!(error instanceof pg.DatabaseError)) throw error;
                refusal = error.message;
                await work.run('rollback to savepoint page');
                break;
              }
              found.push(...page);
              if (page.length < wish.pageSize) break;
              after = page.at(-1)!.cursor;
              expect(found.length).toBeLessThanOrEqual(all.length);
            }

            if (refusal !== undefined) {
              // Refused outright is only what no home anywhere could take.
              expect(['date_in_past', 'outside_booking_window']).toContain(refusal);
              expect(truth).toEqual([]);
              continue;
            }
            const byId = (
              rows: { listing_id: string; total_minor: string | null; nightly_minor: string }[],
            ) =>
              rows.map((row) => `${row.listing_id} ${row.total_minor} ${row.nightly_minor}`).sort();
            expect(byId(found)).toEqual(byId(truth));
            if (checkIn !== null) {
              // The same homes, asked for one by one, and nothing of the others.
              const prices = await work.run<Found & { bookable: boolean; problem: string | null }>(
                `select * from public.stay_prices(
                   array(select listing_id from public.listings), $1, $2, $3, 0, $4, $5)`,
                [checkIn, checkOut, wish.guests, wish.pets, childAges],
              );
              const bookable = byId(prices.filter((one) => one.bookable));
              expect(bookable).toEqual(expect.arrayContaining(byId(found)));
              expect(prices.filter((one) => one.bookable !== (one.problem === null))).toEqual([]);
            }
            const sign = sort === 'rating' || sort === 'newest' ? -1 : 1;
            expect(found.map(({ key }) => same(sign * key))).toEqual(
              truth.map(({ key }) => same(key)),
            );
            compared += truth.length;
          }
        } finally {
          await work.rollback();
        }
      },
    ),
    runs(50),
  );
  // An agreement on nothing would say nothing.
  expect(compared).toBeGreaterThan(100);
});
