-- Price floors: what a co-host may ask for a night, and that only the owner sells below it.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'alan');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');
select tests.person('grace');
select tests.become('ada');
update public.listing_prices set weekend_price_minor = 12000 where listing_id = tests.id('mill');
select public.set_calendar(tests.id('mill'), '2031-08-01', '2031-08-03', 30000);
select tests.become('grace');
select public.send_inquiry(tests.id('question'), tests.id('mill'), '2031-06-02', '2031-06-05', 'May we?');
select tests.back();

create function pg_temp.prices(change text) returns text language sql as $$
  select format('update public.listing_prices set %s where listing_id = tests.id(''mill'')', change) $$;
create function pg_temp.offer(subtotal_minor bigint) returns text language sql as $$
  select format('select public.send_special_offer(gen_random_uuid(), tests.id(''question''), %s)', subtotal_minor) $$;

-- Without a floor: not below what the owner's own prices come to

select is(tests.outcome('hedy', pg_temp.prices(change)), outcome, 'Hedy: ' || change)
from (values
  ('base_price_minor = 9999', 'below_price_floor'), ('base_price_minor = 0', 'below_price_floor'),
  ('base_price_minor = 10000', '1'), ('base_price_minor = 15000', '1'),
  ('weekend_price_minor = 9999', 'below_price_floor'), ('weekend_price_minor = 10000', '1'), ('weekend_price_minor = null', '1'),
  ('early_bird_days = 30, early_bird_bp = 1', 'below_price_floor'), ('last_minute_days = 3, last_minute_bp = 9000', 'below_price_floor'),
  ('new_listing_discount = true', 'below_price_floor'),
  ('base_price_minor = 12000, early_bird_days = 30, early_bird_bp = 1000', '1'),
  ('cleaning_fee_minor = 1', '1')) as changes (change, outcome);
select is(tests.outcome('ada', pg_temp.prices('base_price_minor = 1')), '1', 'Ada, the owner, sells as low as she likes');
select is(tests.outcome('radia', pg_temp.prices('base_price_minor = 20000')), '0', 'who keeps the calendar sets no prices');
select is(tests.outcome('radia', format('select public.set_calendar(%L, ''2031-07-01'', ''2031-07-02'', 20000)', tests.id('mill'))),
  'not_your_listing', 'who keeps the calendar sets no price of a day either');
select is(tests.outcome('postgres', pg_temp.prices('base_price_minor = 1')), '1', 'an operator or an import is not asked');
select is(tests.outcome('hedy', format('insert into public.length_discounts values (%L, 7, 1)', tests.id('mill'))), 'below_price_floor',
  'Hedy gives no discount for a week');
select is(tests.outcome('hedy', format('select public.set_calendar(%L, ''2031-07-01'', ''2031-07-02'', %s)', tests.id('mill'), price)), outcome,
  'Hedy asks ' || price || ' for a day')
from (values (9999, 'below_price_floor'), (0, 'below_price_floor'), (10000, '1'), (50000, '1')) as days (price, outcome);
select is(tests.outcome('hedy', format('select public.set_calendar(%L, ''2031-08-01'', ''2031-08-02'', 9000)', tests.id('mill'))), 'below_price_floor',
  'Hedy does not lower a day that has a price');
select is(tests.outcome('hedy', format('insert into public.calendar_days (listing_id, day, price_minor) values (%L, ''2031-07-01'', 1)', tests.id('mill'))),
  '42501', 'Hedy does not write the table of day prices');
select is(tests.outcome('hedy', $$ insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('mill'), 1)
  on conflict (listing_id) do update set base_price_minor = excluded.base_price_minor $$), 'below_price_floor', 'an upsert is no way around it');
select is(tests.outcome('hedy', $$ insert into public.listing_prices (listing_id, base_price_minor, cleaning_fee_minor) values (tests.id('mill'), 10000, 500)
  on conflict (listing_id) do update set cleaning_fee_minor = excluded.cleaning_fee_minor $$), '1',
  'an upsert that lowers nothing is not refused');

-- Up and down again; the owner's own discounts are the owner's

select tests.become('ada');
insert into public.length_discounts (listing_id, minimum_nights, discount_bp) values (tests.id('mill'), 28, 5000);
select tests.become('hedy');
update public.listing_prices set base_price_minor = 20000 where listing_id = tests.id('mill');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');
select tests.back();
select is((select base_price_minor from public.listing_prices where listing_id = tests.id('mill')), 10000::bigint,
  'a co-host raises a price and takes it back, whatever discounts the owner gives');
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 9999')), 'below_price_floor',
  'a co-host takes no raised price below the first one');
select is(tests.outcome('hedy', $$ update public.length_discounts set minimum_nights = 2 where listing_id = tests.id('mill') $$), 'below_price_floor',
  'Hedy does not give the discount of a month to a weekend');
select is(tests.outcome('hedy', $$ with gone as (delete from public.length_discounts where listing_id = tests.id('mill') returning listing_id)
  update public.listing_prices set base_price_minor = 5000 from gone where listing_prices.listing_id = gone.listing_id $$), 'below_price_floor',
  'Hedy does not give the price of a month to all weekends');
select is(tests.outcome('hedy', $$ update public.length_discounts set discount_bp = 6000 where listing_id = tests.id('mill') $$), 'below_price_floor',
  'more of a discount is not given');
select tests.become('hedy');
update public.listing_prices set base_price_minor = 20000 where listing_id = tests.id('mill');
select tests.become('ada');
update public.listing_prices set base_price_minor = 8000 where listing_id = tests.id('mill');
select tests.back();
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 7999')), 'below_price_floor', 'a lower price of the owner is the new line');
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 9000')), '1', 'above it Hedy moves freely');
select tests.become('ada');
delete from public.length_discounts where listing_id = tests.id('mill');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');
select tests.back();

-- Offers: not below the listed price

select is(tests.outcome('hedy', pg_temp.offer(subtotal)), outcome, 'Hedy offers three nights for ' || subtotal)
from (values (0, 'below_price_floor'), (29999, 'below_price_floor'), (30000, '1'), (31000, '1')) as offers (subtotal, outcome);
select is(tests.outcome('ada', pg_temp.offer(0)), '1', 'Ada gives a stay away as she likes');

-- With a floor

select is(tests.outcome(name, format('select public.set_price_floor(%L, 5000)', tests.id('mill'))), outcome, initcap(name) || ' sets a floor')
from (values ('ada', '1'), ('hedy', 'not_your_listing'), ('radia', 'not_your_listing'), ('grace', 'not_your_listing'),
  ('alan', 'not_your_listing')) as people (name, outcome);
select is(tests.outcome('ada', format('select public.set_price_floor(%L, %s)', tests.id('mill'), floor)), 'invalid_price', 'not of ' || floor)
from unnest(array[-1, 10000000001]) as floor;
select tests.become('ada');
select is((public.set_price_floor(tests.id('mill'), 5000)).floor_minor, 5000::bigint, 'Ada says how low Hedy may go');
select is((public.set_price_floor(tests.id('mill'), 5000)).floor_minor, 5000::bigint,
  'setting the same floor twice changes nothing');
select tests.back();
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 5000')), '1',
  'Hedy may go down to the floor');
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 4999')), 'below_price_floor',
  'Hedy may not go below the floor');
select is(tests.outcome('hedy', format('insert into public.length_discounts values (%L, 7, 5000)', tests.id('mill'))), '1',
  'a discount may go down to the floor');
select is(tests.outcome('hedy', format('insert into public.length_discounts values (%L, 7, 5001)', tests.id('mill'))), 'below_price_floor',
  'a discount may not go below the floor');
select is(tests.outcome('hedy', pg_temp.offer(15000)), '1', 'an offer may go down to the floor');
select is(tests.outcome('hedy', pg_temp.offer(14999)), 'below_price_floor',
  'an offer may not go below the floor');
select is(tests.outcome('hedy', 'select from public.price_floors'), '1', 'Hedy reads the floor');
select is(tests.outcome('radia', 'select from public.price_floors'), '0',
  'who sets no prices does not read the floor');
select tests.become('ada');
select is(public.set_price_floor(tests.id('mill'), 20000) is not null, true,
  'Ada sets a floor above the price');
select tests.back();
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 9999')), 'below_price_floor',
  'a floor above the price keeps the price from falling');
select is(tests.outcome('hedy', pg_temp.prices('cleaning_fee_minor = 700')), '1',
  'a floor above the price changes nothing else');
select is(tests.outcome('hedy', pg_temp.offer(30000)), '1', 'the listed price may always be offered');
select tests.become('ada');
select is(public.set_price_floor(tests.id('mill'), null) is null, true, 'Ada removes the floor');
select tests.back();
select is(tests.outcome('hedy', pg_temp.prices('base_price_minor = 9999')), 'below_price_floor',
  'without a floor the owner''s price is the limit again');

-- A draft that has no price yet

select tests.become('ada');
select public.create_listing(tests.id('shed'), 'Shed', 'Europe/Paris', 'EUR');
select tests.back();
select tests.cohost('shed', 'hedy', 'full');
select is(tests.outcome('hedy', format('insert into public.listing_prices (listing_id, base_price_minor) values (%L, 100)', tests.id('shed'))), '1',
  'gets its first from whoever sets it up');

select * from finish();
rollback;
