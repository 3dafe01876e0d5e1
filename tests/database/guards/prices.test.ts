import { editorOf, outcome, refused, testGuards } from '../../support/guards.ts';

const kurtaxe =
  `insert into private.taxes (name, country_code, basis, amount_minor, currency, minimum_age)
  values ('Kurtaxe', 'FR', 'per_guest_night', 200, 'EUR', 12); set constraints all immediate`;

testGuards([
  editorOf('listing_prices', 'hosts edit their own prices', 'base_price_minor = 1'),
  {
    name: 'amounts are paid in coins',
    without: 'drop trigger check_the_price_steps on public.listing_prices',
    after: `select tests.home('lava', 'ada', 50000, 'ISK')`,
    holds: refused(
      `update public.listing_prices set base_price_minor = 50050 where listing_id = tests.id('lava')`,
      'price_not_in_steps',
    ),
  },
  {
    name: 'so are the prices of days',
    without: 'drop trigger check_the_new_price_steps on public.calendar_days',
    after: `select tests.home('lava', 'ada', 50000, 'ISK')`,
    holds: refused(
      `insert into public.calendar_days (listing_id, day, price_minor)
       values (tests.id('lava'), '2031-06-10', 50000), (tests.id('lava'), '2031-06-11', 50050)`,
      'price_not_in_steps',
    ),
  },
  {
    name: 'also when a day is priced anew',
    without: 'drop trigger check_the_price_steps on public.calendar_days',
    after: `select tests.home('lava', 'ada', 50000, 'ISK');
      insert into public.calendar_days (listing_id, day, price_minor)
      values (tests.id('lava'), '2031-06-10', 50000)`,
    holds: refused(
      `update public.calendar_days set price_minor = 50050 where listing_id = tests.id('lava')`,
      'price_not_in_steps',
    ),
  },
  // quotes
  {
    name: 'a tax spares who is younger than it says',
    without: {
      rule: 'private.tax_on',
      piece: 'tax.minimum_age is not null',
      becomes: 'false',
    },
    after: kurtaxe,
    holds:
      `(public.quote_stay(tests.id('mill'), '2031-08-10', '2031-08-12', 2, child_ages => '{3}')).taxes_minor = 400`,
  },
  {
    name: 'who is a child says how old',
    without: {
      rule: 'private.are_children',
      piece: '2 <= all (child_ages) and 17 >= all (child_ages)',
      becomes: 'true',
    },
    holds: outcome(
      'grace',
      `select public.quote_stay(tests.id('loft'), '2031-06-10', '2031-06-12', 2, child_ages => '{18}')`,
      'invalid_guests',
    ),
  },
  {
    name: 'one guest at least is an adult',
    without: {
      rule: 'private.are_children',
      piece: 'cardinality(child_ages) < guests',
      becomes: 'true',
    },
    holds: outcome(
      'grace',
      `select public.quote_stay(tests.id('loft'), '2031-06-10', '2031-06-12', 2, child_ages => '{5,6}')`,
      'invalid_guests',
    ),
  },
  // price_floors
  {
    name: 'a co-host sells no lower than the owner lets them',
    without: {
      rule: 'private.sells_below_price',
      piece: 'auth.uid() is null',
      becomes: 'true',
    },
    holds: outcome(
      'hedy',
      `update public.listing_prices set base_price_minor = 1 where listing_id = tests.id('mill')`,
      'below_price_floor',
    ),
  },
  // shown_amounts
  {
    name: 'an old rate is shown no longer',
    without: {
      rule: 'private.rate_to_show',
      piece: 'case when since = oldest then',
      becomes: 'case when true then',
    },
    after: `select public.load_exchange_rates('EUR', '2031-05-12', '{"USD": 1.1}', 'A bank')`,
    holds: `(select problem from public.show_amounts('{100}', '{EUR}', 'USD')) = 'stale_rate'`,
  },
  {
    name: 'rates of two loads are not mixed',
    without: {
      rule: 'private.rate_to_show',
      piece: 'on sold.rated_on = bought.rated_on and sold.base_currency = bought.base_currency',
      becomes: 'on true',
    },
    after: `select public.load_exchange_rates('EUR', '2031-05-19', '{"USD": 1.1}', 'A bank');
      select public.load_exchange_rates('EUR', '2031-05-20', '{"JPY": 160}', 'A bank')`,
    holds: `(select shown_minor from public.show_amounts('{100}', '{JPY}', 'USD')) is null`,
  },
  {
    name: 'an amount is shown in the steps of its currency',
    without: {
      rule: 'private.show_amounts',
      piece: 'floor(given.amount * rates.times / coin.step_minor + 0.5) * coin.step_minor',
      becomes: 'floor(given.amount * rates.times + 0.5)',
    },
    after: `select public.load_exchange_rates('EUR', '2031-05-20', '{"ISK": 150.5}', 'A bank')`,
    holds: `(select shown_minor from public.show_amounts('{101}', '{EUR}', 'ISK')) % 100 = 0`,
  },
  {
    name: 'a co-host’s price of a day that had none is not too low',
    without: 'drop trigger check_the_new_floor on public.calendar_days',
    holds: outcome(
      'hedy',
      `select public.set_calendar(tests.id('mill'), '2031-07-05', '2031-07-06', 1)`,
      'below_price_floor',
    ),
  },
  {
    name: 'a co-host does not lower the price of a day too far',
    without: 'drop trigger check_the_floor on public.calendar_days',
    holds: outcome(
      'hedy',
      `select public.set_calendar(tests.id('mill'), '2031-07-01', '2031-07-02', 1)`,
      'below_price_floor',
    ),
  },
  // publishing
  {
    name: 'what a home lacks is told to those who host it',
    without: {
      rule: 'private.missing_for_publishing',
      piece: "not private.may_manage(missing_for_publishing.listing_id, 'see')",
      becomes: 'false',
    },
    holds: outcome(
      'margaret',
      `select public.missing_for_publishing(tests.id('mill'))`,
      'not_your_listing',
    ),
  },
  {
    name: 'a published home has the custom fields that are required',
    without: {
      rule: 'private.missing_in',
      piece: 'from public.listing_forms), true))[1]',
      becomes: 'from public.listing_forms), false))[1]',
    },
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('mill');
      select private.set_listing_schema('{"type": "object", "properties": {"view": {"type": "string"}},
        "required": ["view"], "additionalProperties": false}')`,
    holds: outcome('ada', `select public.publish_listing(tests.id('mill'))`, 'listing_incomplete'),
  },
  {
    name: 'a home that staff hid stays hidden',
    without: {
      rule: 'private.publish_listing',
      piece:
        'select from private.hidden_listings where hidden_listings.listing_id = listing.listing_id',
      becomes: 'select where false',
    },
    after: `insert into private.hidden_listings values (tests.id('loft'), private.now());
      update public.listings set status = 'hidden' where listing_id = tests.id('loft')`,
    holds: outcome('ada', `select public.publish_listing(tests.id('loft'))`, 'hidden_by_staff'),
  },
  {
    name: 'a published home is complete',
    without: { rule: 'private.publish_listing', piece: `missing <> '{}'`, becomes: 'false' },
    after:
      `update public.listings set status = 'draft', description = '' where listing_id = tests.id('mill')`,
    holds: outcome('ada', `select public.publish_listing(tests.id('mill'))`, 'listing_incomplete'),
  },
]);
