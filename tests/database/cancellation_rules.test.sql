-- Cancellation rules: which terms hold when a stay is cancelled.

begin;
select no_plan();

-- Which terms hold. Check-in is on 2031-06-10 at 15:00 in Paris (13:00 UTC), for four nights unless said otherwise.

create temporary table golden (
  name text primary key, policy text, check_in date, nights integer, confirmed text, cancelled text,
  rule text, full_refund boolean, spent integer, kept integer, kept_bp integer);

insert into golden values
  ('flexible, exactly a day before',     'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-09 13:00+00',       'flexible', true,  0, 0, 0),
  ('flexible, a second late',            'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-09 13:00:01+00',    'flexible', false, 0, 1, 0),
  ('moderate, exactly five days before', 'moderate', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-05 13:00+00',       'moderate', true,  0, 0, 0),
  ('moderate, a second late',            'moderate', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-05 13:00:01+00',    'moderate', false, 0, 1, 5000),
  ('limited, exactly two weeks before',  'limited',  '2031-06-10', 4, '2031-05-01 00:00+00', '2031-05-27 13:00+00',       'limited',  true,  0, 0, 0),
  ('limited, a second late',             'limited',  '2031-06-10', 4, '2031-05-01 00:00+00', '2031-05-27 13:00:01+00',    'limited',  false, 0, 0, 5000),
  ('limited, exactly a week before',     'limited',  '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-03 13:00+00',       'limited',  false, 0, 0, 5000),
  ('limited, later than that',           'limited',  '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-03 13:00:01+00',    'limited',  false, 0, 0, 10000),
  ('firm, exactly thirty days before',   'firm',     '2031-06-10', 4, '2031-04-01 00:00+00', '2031-05-11 13:00+00',       'firm',     true,  0, 0, 0),
  ('firm, a second late',                'firm',     '2031-06-10', 4, '2031-04-01 00:00+00', '2031-05-11 13:00:01+00',    'firm',     false, 0, 0, 5000),
  ('firm, exactly a week before',        'firm',     '2031-06-10', 4, '2031-04-01 00:00+00', '2031-06-03 13:00+00',       'firm',     false, 0, 0, 5000),
  ('firm, later than that',              'firm',     '2031-06-10', 4, '2031-04-01 00:00+00', '2031-06-03 13:00:01+00',    'firm',     false, 0, 0, 10000),
  ('strict, months before',              'strict',   '2031-06-10', 4, '2031-01-01 00:00+00', '2031-02-01 00:00+00',       'strict',   false, 0, 0, 5000),
  ('strict, exactly a week before',      'strict',   '2031-06-10', 4, '2031-01-01 00:00+00', '2031-06-03 13:00+00',       'strict',   false, 0, 0, 5000),
  ('strict, later than that',            'strict',   '2031-06-10', 4, '2031-01-01 00:00+00', '2031-06-03 13:00:01+00',    'strict',   false, 0, 0, 10000),
  ('non-refundable, months before',      'non_refundable', '2031-06-10', 4, '2031-01-01 00:00+00', '2031-02-01 00:00+00', 'non_refundable', false, 0, 0, 10000),
  ('non-refundable knows no grace',      'non_refundable', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-05-01 01:00+00', 'non_refundable', false, 0, 0, 10000),
  ('grace, exactly a day after',         'strict',   '2031-06-10', 4, '2031-05-01 00:00+00', '2031-05-02 00:00+00',       'grace',    true,  0, 0, 0),
  ('grace is over',                      'strict',   '2031-06-10', 4, '2031-05-01 00:00+00', '2031-05-02 00:00:01+00',    'strict',   false, 0, 0, 5000),
  ('grace, confirmed exactly a week before',  'strict', '2031-06-10', 4, '2031-06-03 13:00+00', '2031-06-03 14:00+00',     'grace',    true,  0, 0, 0),
  ('no grace within the last week',      'strict',   '2031-06-10', 4, '2031-06-03 13:00:01+00', '2031-06-03 14:00+00',    'strict',   false, 0, 0, 10000),
  ('long stay, exactly thirty days before', 'flexible', '2031-06-10', 28, '2031-03-01 00:00+00', '2031-05-11 13:00+00',    'long_stay', true,  0, 0, 0),
  ('long stay, a second late',           'flexible', '2031-06-10', 28, '2031-03-01 00:00+00', '2031-05-11 13:00:01+00',   'long_stay', false, 0, 30, 0),
  ('27 nights are not long',             'flexible', '2031-06-10', 27, '2031-03-01 00:00+00', '2031-05-11 13:00:01+00',   'flexible', true,  0, 0, 0),
  ('a long stay that gives nothing back','non_refundable', '2031-06-10', 28, '2031-03-01 00:00+00', '2031-04-01 00:00+00', 'non_refundable', false, 0, 0, 10000),
  ('just before check-in',               'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-10 12:59:59+00',    'flexible', false, 0, 1, 0),
  ('at check-in the first night is spent',   'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-10 13:00+00',   'flexible', false, 1, 1, 0),
  ('in the small hours it is still the first', 'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-11 02:00+00', 'flexible', false, 1, 1, 0),
  ('at the hour of check-out the next begins', 'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-11 09:00+00', 'flexible', false, 2, 1, 0),
  -- No-shows are settled by the moment of the report, between check-in and check-out.
  ('no-show, moderate, at check-in',     'moderate', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-10 13:00+00',       'moderate', false, 1, 1, 5000),
  ('no-show, limited',                   'limited',  '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-10 20:00+00',       'limited',  false, 1, 0, 10000),
  ('no-show, firm',                      'firm',     '2031-06-10', 4, '2031-04-01 00:00+00', '2031-06-10 20:00+00',       'firm',     false, 1, 0, 10000),
  ('no-show, strict',                    'strict',   '2031-06-10', 4, '2031-01-01 00:00+00', '2031-06-10 20:00+00',       'strict',   false, 1, 0, 10000),
  ('no-show, non-refundable',            'non_refundable', '2031-06-10', 4, '2031-01-01 00:00+00', '2031-06-10 20:00+00', 'non_refundable', false, 1, 0, 10000),
  ('no-show of a long stay',             'flexible', '2031-06-10', 28, '2031-03-01 00:00+00', '2031-06-10 20:00+00',      'long_stay', false, 1, 30, 0),
  ('no-show an hour after booking knows no grace', 'flexible', '2031-06-10', 4, '2031-06-10 12:30+00', '2031-06-10 13:30+00', 'flexible', false, 1, 1, 0),
  ('no-show reported in the last minute','flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-14 08:59+00',       'flexible', false, 4, 1, 0),
  ('the last night',                     'flexible', '2031-06-10', 4, '2031-05-01 00:00+00', '2031-06-13 20:00+00',       'flexible', false, 4, 1, 0),
  -- Clocks in Paris go forward on 2031-03-30 at 02:00 and back on 2031-10-26 at 03:00.
  ('five days by the wall clock, across the spring change', 'moderate', '2031-04-01', 4, '2031-01-01 00:00+00', '2031-03-27 14:00+00',    'moderate', true,  0, 0, 0),
  ('a second late, across the spring change',               'moderate', '2031-04-01', 4, '2031-01-01 00:00+00', '2031-03-27 14:00:01+00', 'moderate', false, 0, 1, 5000),
  ('five days by the wall clock, across the autumn change', 'moderate', '2031-10-28', 4, '2031-01-01 00:00+00', '2031-10-23 13:00+00',    'moderate', true,  0, 0, 0),
  ('a second late, across the autumn change',               'moderate', '2031-10-28', 4, '2031-01-01 00:00+00', '2031-10-23 13:00:01+00', 'moderate', false, 0, 1, 5000),
  ('24 real hours, across the spring change',               'flexible', '2031-03-30', 4, '2031-01-01 00:00+00', '2031-03-29 13:00+00',    'flexible', true,  0, 0, 0),
  ('a second late of 24 real hours',                        'flexible', '2031-03-30', 4, '2031-01-01 00:00+00', '2031-03-29 13:00:01+00', 'flexible', false, 0, 1, 0);

select is(
  private.refund_terms(policy, check_in, check_in + nights, '15:00', '11:00', 'Europe/Paris',
    confirmed::timestamptz, cancelled::timestamptz)::text,
  row(rule, full_refund, spent, kept, kept_bp)::private.refund_terms::text, name)
from golden;

select set_eq(
  $$ select cancellation_policy from public.cancellation_policies union values ('long_stay') $$,
  $$ select rule::text from private.refund_tiers where days_before is null and hours_before is null $$,
  'every policy has a last tier');

select * from finish();
rollback;
