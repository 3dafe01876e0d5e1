-- Prices: what a stay costs, reckoned by hand first.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada');

-- discount | nights, fees | guest fee | taxes | total | host fee, payout | lines
create function pg_temp.reckon(
  check_in date, check_out date, guests integer default 1, pets integer default 0,
  home text default 'mill')
  returns text language plpgsql as $$
declare
  priced private.priced_stay := private.price_stay(tests.id(home), check_in, check_out, guests,
    pets);
begin
  return format('%s | %s + %s + %s = %s | %s - %s = %s | %s',
    coalesce(priced.discount || ' ' || priced.discount_bp, 'no discount'), priced.subtotal_minor,
    priced.guest_fee_minor,
    priced.taxes_minor, priced.total_minor, priced.subtotal_minor, priced.host_fee_minor,
    priced.payout_minor,
    (select string_agg(
       case when line.kind = 'night' then line.unit_minor
         || case when line.discount_minor > 0 then '-' || line.discount_minor else '' end
         else format('%s %s', coalesce(nullif(line.kind::text, 'tax'), line.description),
           line.amount_minor) end, ', ' order by line.place)
     from unnest(priced.lines) with ordinality
       as line (kind, night, description, quantity, unit_minor, discount_minor, amount_minor,
         place)));
end $$;

-- Nights. The 2nd of June 2031 is a Monday.
select is(pg_temp.reckon('2031-06-02', '2031-06-05'),
  'no discount | 30000 + 4230 + 0 = 34230 | 30000 - 900 = 29100 | 10000, 10000, 10000',
  'three nights at 100 euros, 14.1 % from the guest, 3 % from the host');
update public.listing_prices set weekend_price_minor = 15000;
select is(pg_temp.reckon('2031-06-05', '2031-06-09'),
  'no discount | 50000 + 7050 + 0 = 57050 | 50000 - 1500 = 48500 | 10000, 15000, 15000, 10000',
  'Friday and Saturday nights cost the weekend''s price, Thursday and Sunday do not');
insert into public.calendar_days (listing_id, day, price_minor)
values (tests.id('mill'), '2031-06-05', 12000), (tests.id('mill'), '2031-06-06', 9000),
  (tests.id('mill'), '2031-06-09', 1);
select is(pg_temp.reckon('2031-06-05', '2031-06-09'),
  'no discount | 46000 + 6486 + 0 = 52486 | 46000 - 1380 = 44620 | 12000, 9000, 15000, 10000',
  'a day''s own price beats the weekend; that of the day of departure is nobody''s');
update public.calendar_days set price_minor = 0 where day = '2031-06-06';
select is(pg_temp.reckon('2031-06-06', '2031-06-08'),
  'no discount | 15000 + 2115 + 0 = 17115 | 15000 - 450 = 14550 | 0, 15000',
  'a night may be free');
delete from public.calendar_days;
update public.listing_prices set weekend_price_minor = null;

-- Beside the nights
update public.listing_prices
set included_guests = 2, extra_guest_price_minor = 500, cleaning_fee_minor = 3000,
  pet_fee_minor = 2000;
select is(pg_temp.reckon('2031-06-02', '2031-06-05', 2),
  'no discount | 33000 + 4653 + 0 = 37653 | 33000 - 990 = 32010 | 10000, 10000, 10000, cleaning 3000',
  'two guests are included');
select is(pg_temp.reckon('2031-06-02', '2031-06-05', 4),
  'no discount | 36000 + 5076 + 0 = 41076 | 36000 - 1080 = 34920 | 10000, 10000, 10000, extra_guests 3000, cleaning 3000',
  'each guest beyond pays each night');
select is(pg_temp.reckon('2031-06-02', '2031-06-05', 1, 2),
  'no discount | 35000 + 4935 + 0 = 39935 | 35000 - 1050 = 33950 | 10000, 10000, 10000, cleaning 3000, pets 2000',
  'pets pay once, however many');
select results_eq(
  $$ select kind::text, night, quantity, unit_minor, discount_minor, amount_minor
     from unnest((public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-04', 4, 3,
       1)).lines) $$,
  $$ values ('night', '2031-06-02'::date, 1, 10000::bigint, 0::bigint, 10000::bigint),
    ('night', '2031-06-03', 1, 10000, 0, 10000),
       ('extra_guests', null, 4, 500, 0, 2000), ('cleaning', null, 1, 3000, 0, 3000),
         ('pets', null, 1, 2000, 0, 2000) $$,
  'line by line; three infants are no guests');
update public.listing_prices set included_guests = 64, extra_guest_price_minor = 0,
  cleaning_fee_minor = 0, pet_fee_minor = 0;

-- One discount, the first that applies
update public.listing_prices set last_minute_days = 3, last_minute_bp = 2500;
select is(pg_temp.reckon('2031-05-23', '2031-05-24'),
  'last_minute 2500 | 7500 + 1058 + 0 = 8558 | 7500 - 225 = 7275 | 10000-2500',
  'booked three days ahead: last minute; 1057.5 is 1058');
select is(pg_temp.reckon('2031-05-24', '2031-05-25'),
  'no discount | 10000 + 1410 + 0 = 11410 | 10000 - 300 = 9700 | 10000',
  'a stay four days ahead has no last-minute discount');
select tests.at('2031-05-20 22:00+00');
select is(pg_temp.reckon('2031-05-24', '2031-05-25'),
  'last_minute 2500 | 7500 + 1058 + 0 = 8558 | 7500 - 225 = 7275 | 10000-2500',
  'days are counted where the home stands: it is the 21st in Paris');
select tests.at('2031-05-20 12:00+00');
update public.listing_prices set early_bird_days = 60, early_bird_bp = 1500;
select is(pg_temp.reckon('2031-07-19', '2031-07-20'),
  'early_bird 1500 | 8500 + 1199 + 0 = 9699 | 8500 - 255 = 8245 | 10000-1500',
  '60 days ahead: early bird; 1198.5 is 1199');
select is(pg_temp.reckon('2031-07-18', '2031-07-19'),
  'no discount | 10000 + 1410 + 0 = 11410 | 10000 - 300 = 9700 | 10000',
  'a stay 59 days ahead has no early-bird discount');
update public.listing_prices set early_bird_days = 28, last_minute_days = 28;
select is(split_part(pg_temp.reckon('2031-06-17', '2031-06-18'), ' |', 1), 'early_bird 1500',
  'early bird comes before last minute');
select is(split_part(pg_temp.reckon('2031-06-16', '2031-06-17'), ' |', 1), 'last_minute 2500',
  'a stay a day later has the last-minute discount');

insert into public.length_discounts (listing_id, minimum_nights, discount_bp)
values (tests.id('mill'), 7, 1000), (tests.id('mill'), 14, 2000), (tests.id('mill'), 28, 4000);
select is(pg_temp.reckon('2031-06-17', '2031-06-24'),
  'length_of_stay 1000 | 63000 + 8883 + 0 = 71883 | 63000 - 1890 = 61110 | 10000-1000, 10000-1000, 10000-1000, 10000-1000, 10000-1000, 10000-1000, 10000-1000',
  'seven nights: a tenth less, before early bird');
select is(split_part(pg_temp.reckon('2031-06-17', '2031-06-23'), ' |', 1), 'early_bird 1500',
  'six nights reach no tier');
select is(split_part(pg_temp.reckon('2031-06-17', '2031-07-01'), ' |', 1), 'length_of_stay 2000',
  'a stay of fourteen nights has the second tier');
select is(split_part(pg_temp.reckon('2031-06-17', '2031-07-14'), ' |', 1), 'length_of_stay 2000',
  'a stay of 27 nights has the second tier');
select is(split_part(pg_temp.reckon('2031-06-17', '2031-07-15'), ' |', 1), 'length_of_stay 4000',
  'a stay of 28 nights has the third tier');

update public.listing_prices set new_listing_discount = true, cleaning_fee_minor = 3000;
select is(pg_temp.reckon('2031-06-17', '2031-06-24'),
  'new_listing 2000 | 59000 + 8319 + 0 = 67319 | 59000 - 1770 = 57230 | 10000-2000, 10000-2000, 10000-2000, 10000-2000, 10000-2000, 10000-2000, 10000-2000, cleaning 3000',
  'a new home: a fifth less, before all others, and of the nights alone');
select tests.book('first', 'dorothy', 'mill', '2031-07-01', '2031-07-02');
select tests.book('second', 'grace', 'mill', '2031-07-02', '2031-07-03');
select tests.money('second', 'succeeded');
select tests.book('third', 'margaret', 'mill', '2031-07-03', '2031-07-04');
select tests.money('third', 'succeeded');
select is(split_part(pg_temp.reckon('2031-06-17', '2031-06-24'), ' |', 1), 'new_listing 2000',
  'still new after two confirmed bookings; a hold is none');
select tests.book('fourth', 'margaret', 'mill', '2031-07-04', '2031-07-05');
select tests.money('fourth', 'succeeded');
select private.move_booking(tests.id('fourth'), 'cancelled_by_host', 'host', 'flooded', null);
select is(split_part(pg_temp.reckon('2031-06-17', '2031-06-24'), ' |', 1), 'length_of_stay 1000',
  'no longer after the third, even if it was cancelled later');
update private.settings set new_listing_bookings = 4, new_listing_bp = 3000;
select is(split_part(pg_temp.reckon('2031-06-17', '2031-06-24'), ' |', 1), 'new_listing 3000',
  'how many, and how much, the operator sets');
update private.settings set new_listing_bookings = 3, new_listing_bp = 2000;
delete from public.length_discounts;
update public.listing_prices
set new_listing_discount = false, cleaning_fee_minor = 0, early_bird_days = null,
  early_bird_bp = null, last_minute_days = null, last_minute_bp = null;

-- Rounding: half up, once per line, to the smallest coin
select is(private.share_of(amount, basis_points, step), share,
  format('%s bp of %s in steps of %s', basis_points, amount, step))
from (values
  (10::bigint, 500, 1::bigint, 1::bigint), (9, 500, 1, 0), (30, 500, 1, 2), (29, 500, 1, 1),
    (1, 5000, 1, 1), (0, 1410, 1, 0),
  (7500, 1410, 1, 1058), (50, 1000, 10, 10), (49, 1000, 10, 0), (5000, 1410, 10, 710),
    (50000, 1410, 100, 7100), (49999, 1410, 100, 7000),
  (9007199254740991, 1410, 1, 1270015094918480), (12345, 0, 1, 0),
    (12345, 10000, 1, 12345)) as shares (amount, basis_points, step, share);
update public.listing_prices set base_price_minor = 9999, last_minute_days = 28,
  last_minute_bp = 1000;
select is(pg_temp.reckon('2031-06-02', '2031-06-05'),
  'last_minute 1000 | 26997 + 3807 + 0 = 30804 | 26997 - 810 = 26187 | 9999-1000, 9999-1000, 9999-1000',
  'each night is rounded by itself: three times 8999, not 26997.3');
update public.listing_prices set base_price_minor = 10000, last_minute_days = null,
  last_minute_bp = null;

-- Fees
insert into private.listing_fee_schemes (listing_id, fee_scheme)
  values (tests.id('mill'), 'single');
select is(pg_temp.reckon('2031-06-02', '2031-06-05'),
  'no discount | 30000 + 0 + 0 = 30000 | 30000 - 4650 = 25350 | 10000, 10000, 10000',
  'the fee may be 15.5 % from the host and nothing from the guest');
delete from private.listing_fee_schemes;
update private.settings set fee_scheme = 'single';
select is(pg_temp.reckon('2031-06-02', '2031-06-05'),
  'no discount | 30000 + 0 + 0 = 30000 | 30000 - 4650 = 25350 | 10000, 10000, 10000',
  'the operator may set one fee for all homes');
insert into private.listing_fee_schemes (listing_id, fee_scheme) values (tests.id('mill'), 'split');
select is(pg_temp.reckon('2031-06-02', '2031-06-05'),
  'no discount | 30000 + 4230 + 0 = 34230 | 30000 - 900 = 29100 | 10000, 10000, 10000',
  'a home with a fee scheme of its own keeps it');
delete from private.listing_fee_schemes;
update private.settings set fee_scheme = 'split';

-- Taxes: three nights at 100, cleaning 30, two guests
update public.listing_prices set cleaning_fee_minor = 3000;
create function pg_temp.taxed(
  basis private.tax_basis, amount integer, maximum_nights integer default null,
  exempt_from_nights integer default null,
  place text[] default '{FR}', currency text default 'EUR', check_out date default '2031-06-05')
    returns text language plpgsql as $$
declare
  taxes text;
begin
  insert into private.taxes
    (name, listing_id, country_code, region, city, basis, rate_bp, amount_minor, currency,
    maximum_nights, exempt_from_nights)
  values ('Tax', case when place is null then tests.id('mill') end, place[1], place[2], place[3],
    taxed.basis,
    case when taxed.basis::text like 'percent%' then amount end,
      case when taxed.basis::text not like 'percent%' then amount end,
    case when taxed.basis::text not like 'percent%' then taxed.currency end, taxed.maximum_nights,
      taxed.exempt_from_nights);
  taxes := (private.price_stay(tests.id('mill'), '2031-06-02', check_out, 2, 0)).taxes_minor;
  delete from private.taxes;
  return taxes;
end $$;

select is(pg_temp.taxed('percent_of_nights', 500), '1500', 'a tax may be 5 % of the nights');
select is(pg_temp.taxed('percent_of_nights_and_fees', 500), '1650',
  'a tax may be 5 % of nights and fees');
select is(pg_temp.taxed('per_night', 150), '450', 'a tax may be 1.50 a night');
select is(pg_temp.taxed('per_guest_night', 150), '900', 'a tax may be 1.50 a guest and night');
select is(pg_temp.taxed('per_booking', 1000), '1000', 'a tax may be 10.00 a booking');
select is(pg_temp.taxed('percent_of_nights', 500, 2), '1000',
  'a tax may be 5 % of the first two nights');
select is(pg_temp.taxed('percent_of_nights_and_fees', 500, 2), '1150',
  'a tax may be 5 % of the first two nights and all fees');
select is(pg_temp.taxed('per_night', 150, 2), '300',
  'a tax may be 1.50 for each of the first two nights');
select is(pg_temp.taxed('per_guest_night', 150, 2), '600',
  'a tax may be 1.50 for each guest and each of the first two nights');
select is(pg_temp.taxed('per_guest_night', 150, 9), '900', 'a cap above the stay caps nothing');
select is(pg_temp.taxed('per_booking', 1000, 1), '1000', 'a booking is taxed whole');
select is(pg_temp.taxed(basis, 500, exempt_from_nights => 3), '0',
  format('%s: three nights are exempt', basis))
from unnest(enum_range(null::private.tax_basis)) as basis;
select isnt(pg_temp.taxed(basis, 500, exempt_from_nights => 3, check_out => '2031-06-04'), '0',
  format('%s: two are not', basis))
from unnest(enum_range(null::private.tax_basis)) as basis;
select is(pg_temp.taxed('per_booking', 1000, place => null), '1000', 'a tax may be for one home');
select is(pg_temp.taxed('per_booking', 1000, place => place), '1000', format('a tax of %s', place))
from unnest(array['{FR}', '{FR,paris}', '{FR,PARIS,paris}', '{FR,NULL,Paris}']) as named (text),
  cast(named.text as text[]) as place;
select is(pg_temp.taxed('per_booking', 1000, place => place), '0', format('not one of %s', place))
from unnest(array['{DE}', '{FR,Bretagne}', '{FR,Paris,Brest}', '{FR,NULL,Brest}']) as named (text),
  cast(named.text as text[]) as place;
select is(pg_temp.taxed('per_booking', 1000, currency => 'USD'), '0',
  'an amount in dollars is not levied on a stay in euros');
select is(pg_temp.taxed('percent_of_nights', 333), '999', 'a tax may be 3.33 % of 30000');

-- Children: two nights, five guests of 2, 11, 12, 17 and an adult
insert into private.taxes (name, listing_id, basis, amount_minor, currency, minimum_age)
values ('City tax', tests.id('mill'), 'per_guest_night', 100, 'EUR', null),
  ('Kurtaxe', tests.id('mill'), 'per_guest_night', 10, 'EUR', 12),
  ('VAT', tests.id('mill'), 'per_night', 1, 'EUR', null);
select is(
  (private.price_stay(tests.id('mill'), '2031-06-02', '2031-06-04', 5, 0, ages)).taxes_minor,
  taxes, format('of five guests the children are %s', ages))
from (values
  ('{}'::smallint[], 1102::bigint), ('{17}', 1102), ('{12}', 1102), ('{11}', 1082),
  ('{2,11,12,17}', 1062)) as told (ages, taxes);
update private.taxes set minimum_age = 18 where name = 'Kurtaxe';
select is(
  (select string_agg(description || ' ' || amount_minor, ', ')
   from unnest((private.price_stay(tests.id('mill'), '2031-06-02', '2031-06-04', 5, 0, '{2,11,12,17}')).lines)
   where kind = 'tax'),
  'City tax 1000, Kurtaxe 20, VAT 2', 'each tax has its own age, and without one all are taxed');
delete from private.taxes;
select is(private.are_children(ages, 3), are, format('children among three guests: %s', ages))
from (values
  ('{}'::smallint[], true), ('{2,17}', true), ('{1}', false), ('{18}', false), ('{-1}', false), ('{5,null}', false),
  ('{5,6,7}', false), (null, true)) as told (ages, are);
update public.listing_prices set base_price_minor = 10001;
select is(pg_temp.taxed('percent_of_nights', 500), '1500',
  'a tax of 1500.15 cents is rounded down');
update public.listing_prices set base_price_minor = 10010;
select is(pg_temp.taxed('percent_of_nights', 500), '1502', 'a tax of 1501.5 cents is rounded up');
update public.listing_prices set base_price_minor = 10000, last_minute_days = 28,
  last_minute_bp = 2000;
select is(pg_temp.taxed('percent_of_nights', 500), '1200', 'nights are taxed after their discount');
update public.listing_prices set last_minute_days = null, last_minute_bp = null;
insert into private.taxes (name, country_code, basis, rate_bp)
  values ('VAT', 'FR', 'percent_of_nights_and_fees', 1000);
insert into private.taxes (name, listing_id, basis, amount_minor, currency)
  values ('City tax', tests.id('mill'), 'per_guest_night', 100, 'EUR');
select is(pg_temp.reckon('2031-06-02', '2031-06-05', 2),
  'no discount | 33000 + 4653 + 3900 = 41553 | 33000 - 990 = 32010 | 10000, 10000, 10000, cleaning 3000, City tax 600, VAT 3300',
  'two taxes are two lines, neither taxes the other nor the fee of the marketplace');
delete from private.taxes;
select throws_ok(
  $$ insert into private.taxes (name, country_code, basis, rate_bp, amount_minor, currency)
    values ('T', 'FR', 'per_night', 5, 100, 'EUR') $$,
  '23514',
  'new row for relation "taxes" violates check constraint "taxes_are_a_share_or_an_amount"',
  'a tax is a share or an amount');
update public.listing_prices set cleaning_fee_minor = 0;

-- Other coins
select tests.home('dojo', 'ada', 3333, 'JPY', 'Asia/Tokyo');
select is(pg_temp.reckon('2031-06-02', '2031-06-05', home => 'dojo'),
  'no discount | 9999 + 1410 + 0 = 11409 | 9999 - 300 = 9699 | 3333, 3333, 3333',
  'yen have no cents: 1409.859 is 1410, 299.97 is 300');
select tests.home('dune', 'ada', 5000, 'KWD', 'Asia/Kuwait');
select is(pg_temp.reckon('2031-06-02', '2031-06-03', home => 'dune'),
  'no discount | 5000 + 710 + 0 = 5710 | 5000 - 150 = 4850 | 5000',
  'five dinars: 705 fils are 710, for the last digit is 0');
select tests.home('lava', 'ada', 50000, 'ISK', 'Atlantic/Reykjavik');
select is(pg_temp.reckon('2031-06-02', '2031-06-03', home => 'lava'),
  'no discount | 50000 + 7100 + 0 = 57100 | 50000 - 1500 = 48500 | 50000',
  '500 kronur: 70.5 are 71 whole ones');
select is(
  tests.outcome('postgres', format($$ insert into private.taxes (name, country_code, basis, amount_minor, currency)
    values ('Night', 'IS', 'per_night', %s, 'ISK') $$, amount)), outcome, format('a tax of %s aurar: %s', amount, outcome))
from (values (200, '1'), (250, 'price_not_in_steps')) as tried (amount, outcome);
select is((public.quote_stay(tests.id('dune'), '2031-06-02', '2031-06-03')).currency, 'KWD',
  'a quote names its currency');
select throws_ok(statement, 'PT422', 'price_not_in_steps', statement)
from unnest(array[
  $$ update public.listing_prices set base_price_minor = 5005 where listing_id = tests.id('dune') $$,
  $$ update public.listing_prices set base_price_minor = 50050 where listing_id = tests.id('lava') $$,
  $$ update public.listing_prices set weekend_price_minor = 50001 where listing_id = tests.id('lava') $$,
  $$ update public.listing_prices set cleaning_fee_minor = 10 where listing_id = tests.id('lava') $$,
  $$ update public.listing_prices set pet_fee_minor = 10 where listing_id = tests.id('lava') $$,
  $$ update public.listing_prices set extra_guest_price_minor = 10 where listing_id = tests.id('lava') $$,
  $$ insert into public.calendar_days (listing_id, day, price_minor) values (tests.id('lava'), '2031-06-02', 50050) $$]) as statement;
select tests.become('ada');
select throws_ok($$
  select public.set_calendar(tests.id('dune'), '2031-06-02', '2031-06-03', 5005) $$,
  'PT422', 'price_not_in_steps', 'the calendar refuses a price that no coin pays');
select lives_ok($$
  select public.set_calendar(tests.id('dojo'), '2031-06-02', '2031-06-03', 5005) $$,
    'yen come one by one');
select tests.back();

-- What cannot be charged
update public.listing_prices set base_price_minor = 43 where listing_id = tests.id('mill');
select throws_ok($$ select public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03') $$,
  'PT422', 'below_minimum_charge', '43 and a fee of 6 cents make less than half a euro');
update public.listing_prices set base_price_minor = 44 where listing_id = tests.id('mill');
select is((public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03')).total_minor, 50::bigint,
  'a total of half a euro can be charged');
update public.listing_prices set base_price_minor = 87642418 where listing_id = tests.id('mill');
select is((public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03')).total_minor,
  99999999::bigint, 'a total of eight digits can be charged');
update public.listing_prices set base_price_minor = 87642419 where listing_id = tests.id('mill');
select throws_ok($$ select public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03') $$,
  'PT422', 'above_maximum_charge', 'a total of nine digits cannot be charged');
update public.listing_prices set base_price_minor = 0 where listing_id = tests.id('mill');
select is((public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-03')).total_minor, 0::bigint,
  'a stay may cost nothing');
update public.listing_prices set base_price_minor = 10000 where listing_id = tests.id('mill');
select throws_ok(statement, '23514',
  format('new row for relation "listing_prices" violates check constraint "listing_prices_%s"',
    promise), promise)
from (values
  ('update public.listing_prices set base_price_minor = -1', 'are_not_absurd'),
  ('update public.listing_prices set base_price_minor = 10000000001', 'are_not_absurd'),
  ('update public.listing_prices set weekend_price_minor = -1', 'are_not_absurd'),
  ('update public.listing_prices set included_guests = 0', 'include_someone'),
  ('update public.listing_prices set early_bird_days = 27, early_bird_bp = 1000',
  'greet_early_birds'),
  ('update public.listing_prices set early_bird_days = 361, early_bird_bp = 1000',
  'greet_early_birds'),
  ('update public.listing_prices set early_bird_days = 28', 'greet_early_birds'),
  ('update public.listing_prices set last_minute_days = 29, last_minute_bp = 1000',
  'catch_last_minutes'),
  ('update public.listing_prices set last_minute_bp = 1000', 'catch_last_minutes'),
  ('update public.listing_prices set last_minute_days = 3, last_minute_bp = 9001',
  'catch_last_minutes')) as wrong (statement, promise);

select * from finish();
rollback;
