-- Feed verbs: where a calendar elsewhere can be read at all, outside of a local stack.

begin;
select no_plan();

select tests.person('ada');
select tests.home('mill', 'ada');
update private.clock set shift = '0';
update private.settings set environment = 'production';

create function pg_temp.added(url text) returns text language sql as $$
  select tests.outcome('ada', format('select public.add_calendar_feed(gen_random_uuid(), tests.id(''mill''), %L, ''There'')', url)) $$;

select is(pg_temp.added(url), '1', url || ' can be read')
from unnest(array['https://a.example/', 'https://a.example:443/a.ics', 'http://a.example:80', 'webcal://a.example:443/b.ics',
  'HTTP://A.EXAMPLE:0080/c', 'https://[2600::1]:443/', 'https://a.example/d:8443/?at=host:22']) as url;
select is(pg_temp.added(url), 'invalid_calendar_url', url || ' is never read')
from unnest(array['https://a.example:8443/', 'https://a.example:80/', 'http://a.example:443/', 'http://a.example:8080',
  'webcal://a.example:80/', 'https://a.example:0/', 'https://a.example:65535/', 'https://a.example:22/', 'http://a.example:25/x.ics',
  'https://[2600::1]:6667/', 'https://a.example:/', 'https://a.example:99999/']) as url;

update private.settings set environment = 'local';
select is(pg_temp.added('http://127.0.0.1:54321/functions/v1/calendar-export/x.ics'), '1', 'a local stack reads itself at any port');
select is(pg_temp.added('http://127.0.0.1:65536/'), 'invalid_calendar_url',
  'a local stack does not read from a port that does not exist');

select * from finish();
rollback;
