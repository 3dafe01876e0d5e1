-- Zone data: the rules of time zones that edge functions are told, and whether other engines agree.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'grace']) as name;

-- What edge functions are told

select results_eq(
  $$ select time_zone, since, offsets from public.zone_rules(array['Europe/Paris', 'EUROPE/paris', 'CET', 'Foo/5', 'UTC'],
       '2031-01-01', '2031-12-31') $$,
  $$ values
    ('Europe/Paris', array[extract(epoch from '2031-03-30 01:00Z'::timestamptz)::bigint,
      extract(epoch from '2031-10-26 01:00Z'::timestamptz)::bigint], array[3600, 7200, 3600]),
    ('EUROPE/paris', array[extract(epoch from '2031-03-30 01:00Z'::timestamptz)::bigint,
      extract(epoch from '2031-10-26 01:00Z'::timestamptz)::bigint], array[3600, 7200, 3600]),
    ('UTC', array[]::bigint[], array[0]) $$,
  'rules of zones that are known, by the names that were asked');
select throws_ok($$ select public.zone_rules(array['UTC'], '1900-01-01', '2031-01-01') $$, 'PT400', 'invalid_dates',
  'the rules of zones are asked for a century at most');
select throws_ok($$ select public.zone_rules(array['UTC'], '-infinity', '2031-01-01') $$, 'PT400', 'invalid_dates',
  'the rules of zones are asked for days that exist');
select is_empty($$ select public.zone_rules(null, '2031-01-01', '2031-01-01') $$, 'no names, no rules');

-- Whether other engines agree

select tests.home('mill', 'ada'), tests.home('loft', 'ada');
create function pg_temp.health() returns text language sql as $$
  select case when healthy then '' else 'WARNING ' end || regexp_replace(detail, 'Postgres [^ ;]+', 'Postgres')
  from private.health() where part = 'zone_data' $$;
update public.listings set time_zone = case listing_id when tests.id('loft') then 'Asia/Calcutta' else 'Europe/Paris' end;
select is(pg_temp.health(), 'Postgres decides', 'nobody else has clocks yet');
select results_eq($$ select public.zones_to_compare('deno') $$, $$ values ('Asia/Calcutta'), ('Europe/Paris') $$,
  'an engine compares the zones that homes are in');
select ok(public.record_zone_data('deno', '2.9.6', '{}'), 'what it found is kept');
select is_empty($$ select public.zones_to_compare('deno') $$,
  'an engine compares the zones once a day');
select is((select count(*)::integer from public.zones_to_compare('node')), 2,
  'each engine compares the zones for itself');
select is(pg_temp.health(), 'Postgres decides; deno 2.9.6 agrees', 'an engine that agrees is no worry');
select tests.at('2031-10-27 01:16+00');
select is((select count(*)::integer from public.zones_to_compare('deno')), 2,
  'an engine compares the zones again a day later');
select ok(public.record_zone_data('deno', '2.9.6', '{Asia/Calcutta,America/Vancouver}'),
  'an engine may report zones that differ');
select ok(public.record_zone_data('node', '24.21.0', '{}'),
  'another engine may report that all zones agree');
select is(pg_temp.health(),
  'WARNING Postgres decides; deno 2.9.6 differs in Asia/Calcutta, America/Vancouver; node 24.21.0 agrees',
  'other clocks where a home stands are a warning');
update public.listings set time_zone = 'Europe/Paris';
select is(pg_temp.health(),
  'Postgres decides; deno 2.9.6 differs in Asia/Calcutta, America/Vancouver; node 24.21.0 agrees',
  'other clocks where no home stands are no warning');

select * from finish();
rollback;
