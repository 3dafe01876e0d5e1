-- Cached answers: what caches may keep is what strangers read, and nothing that a decision or a secret hangs on.

begin;
select plan(20);

-- What the gate answers about keeping: the seconds, or null.
create function pg_temp.kept(
  person text, path text, method text default 'GET', headers text default '{}')
  returns text language plpgsql as $$
begin
  perform set_config('request.headers', headers, true),
    set_config('request.method', method, true), set_config('request.path', path, true),
    set_config('response.headers', '', true);
  case person
    when 'anon'    then perform tests.become_anon();
    when 'service' then perform tests.become_service();
    else perform tests.become(person);
  end case;
  perform gate.check_request();
  perform tests.back();
  return (
    select string_agg(header ->> 'cache-control', ' and ')
    from json_array_elements(nullif(current_setting('response.headers'), '')::json) as header);
end $$;

select is(pg_temp.kept('anon', '/rpc/search_listings'), null,
  'nothing is kept unless the marketplace wants it');
update private.settings set cache_seconds = 30;
select is(pg_temp.kept('anon', path, method), 'public, max-age=30',
  format('a stranger''s %s of %s is kept', method, path))
from (values ('/rpc/search_listings', 'GET'), ('/rpc/search_listings', 'HEAD'),
  ('/listings', 'GET'), ('/rpc/listing_calendar', 'GET')) as asked (path, method);
select is(pg_temp.kept(person, '/rpc/search_listings'), null,
  format('what %s is answered is not kept', person))
from unnest(array['ada', 'service']) as person;
select is(pg_temp.kept('anon', path, method, headers), null,
  format('%s of %s with %s is not kept', method, path, headers))
from (values
  ('/rpc/quote_stay',            'GET',  '{}'),
  ('/rpc/quote_refunds',         'GET',  '{}'),
  ('/rpc/shared_wishlist',       'GET',  '{}'),
  ('/rpc/shared_wishlist_cards', 'GET',  '{}'),
  ('/rpc/search_listings',       'POST', '{}'),
  ('/wishlists',                 'GET',  '{}'),
  ('/listings',                  'GET',  '{"range": "0-9"}'),
  ('',                           'GET',  '{}')
) as asked (path, method, headers);

select pg_temp.kept('anon', '/listings');
select matches(current_setting('response.headers'), '"vary" : "[a-z, -]*authorization',
  'a cache keeps apart who asked');
select is(tests.outcome('ada', 'select from private.cached_answers'), '42501',
  'nobody but the gate reads what is kept');

-- The list itself

select is_empty(
  $$ select path from private.cached_answers
     where path !~ '^/rpc/'
       and not coalesce(has_any_column_privilege('anon', to_regclass('public.' || substr(path, 2)), 'select'), false) $$,
  'each table that is kept is one that strangers read');
select is_empty(
  $$ select path from private.cached_answers
     where path ~ '^/rpc/' and not exists (
       select from pg_proc
       where pronamespace = 'public'::regnamespace and '/rpc/' || proname = path
         and provolatile <> 'v' and has_function_privilege('anon', pg_proc.oid, 'execute')) $$,
  'each verb that is kept is one that strangers ask, and it only reads');
select is_empty(
  $$ select path from private.cached_answers
     join pg_proc on pronamespace = 'public'::regnamespace and '/rpc/' || proname = path
     where 'token' = any (proargnames) $$,
  'no verb is kept that a secret opens');

select * from finish();
rollback;
