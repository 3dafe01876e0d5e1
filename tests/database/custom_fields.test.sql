-- Custom fields: which schemas there can be, what listings say by them, and what a search finds.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.home('tower', 'ada');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
select tests.back();

create function pg_temp.refusal(call text) returns text language plpgsql as $$
declare sentence text;
begin
  execute call;
  return 'none';
exception when others then
  get stacked diagnostics sentence = pg_exception_detail;
  return sqlerrm || ': ' || sentence;
end $$;
create function pg_temp.write(home text, fields text) returns text language sql as $$
  select pg_temp.refusal(format('update public.listings set custom_fields = %L where listing_id = tests.id(%L)', fields, home)) $$;
grant execute on function pg_temp.refusal, pg_temp.write to public;

-- The schema

select is(
  private.schema_problem(format('{"type": "object", "properties": {"one": %s}, "additionalProperties": false}', property)::jsonb),
  problem, property)
from (values
  ('{"type": "string"}', null::text[]), ('{"type": "string", "title": "A", "description": "B", "minLength": 1, "maxLength": 9, "filterable": true}', null),
  ('{"type": "string", "enum": ["a", "b"]}', null), ('{"type": "integer", "minimum": -1, "maximum": 5}', null), ('{"type": "number", "enum": [1.5, 2]}', null),
  ('{"type": "boolean"}', null), ('{"type": "array", "items": {"type": "string", "enum": ["a"]}, "maxItems": 3}', null),
  ('7', '{properties.one,must be an object}'), ('{}', '{properties.one,"type must be string, integer, number, boolean or array"}'),
  ('{"type": "null"}', '{properties.one,"type must be string, integer, number, boolean or array"}'),
  ('{"type": ["string", "null"]}', '{properties.one,"type must be string, integer, number, boolean or array"}'),
  ('{"type": "string", "pattern": "^(a+)+$"}', '{properties.one,"pattern is not a keyword for the type string here"}'),
  ('{"type": "boolean", "minimum": 1}', '{properties.one,"minimum is not a keyword for the type boolean here"}'),
  ('{"type": "string", "maxLength": -1}', '{properties.one,"maxLength cannot be -1"}'), ('{"type": "string", "maxLength": "9"}', '{properties.one,"maxLength cannot be \"9\""}'),
  ('{"type": "string", "maxLength": null}', '{properties.one,"maxLength cannot be null"}'),
  ('{"type": "string", "title": 1}', '{properties.one,"title cannot be 1"}'), ('{"type": "string", "filterable": "yes"}', '{properties.one,"filterable cannot be \"yes\""}'),
  ('{"type": "integer", "minimum": 2, "maximum": 1}', '{properties.one,"the least is more than the most"}'),
  ('{"type": "string", "enum": []}', '{properties.one,"enum must be an array of 1 to 200 values"}'), ('{"type": "string", "enum": "a"}', '{properties.one,"enum must be an array of 1 to 200 values"}'),
  ('{"type": "string", "enum": ["a", 1]}', '{properties.one,"a value of enum does not fit the other keywords"}'),
  ('{"type": "boolean", "enum": [true]}', '{properties.one,"enum is not a keyword for the type boolean here"}'),
  ('{"type": "array"}', '{properties.one,"items is required"}'), ('{"type": "array", "items": {"type": "integer"}}', '{properties.one,"items must be of type string"}'),
  ('{"type": "array", "items": {"type": "string", "filterable": true}}', '{properties.one,"filterable is not a keyword for the type string here"}'),
  ('{"$ref": "#"}', '{properties.one,"type must be string, integer, number, boolean or array"}')
) as properties (property, problem);
select is((private.schema_problem(schema::jsonb))[2], problem, schema)
from (values
  ('7', 'must be an object'), ('{}', 'type must be object'), ('{"type": "object"}', 'additionalProperties must be false'),
  ('{"type": "object", "additionalProperties": false}', 'properties must be an object'),
  ('{"type": "object", "additionalProperties": false, "properties": {}, "anyOf": []}', 'anyOf is not a keyword here'),
  ('{"type": "object", "additionalProperties": false, "properties": {}, "required": "a"}', 'required must be an array'),
  ('{"type": "object", "additionalProperties": false, "properties": {}, "required": ["a"]}', 'required names a property that is not there'),
  ('{"type": "object", "additionalProperties": false, "properties": {"A": {"type": "string"}}}',
   'a name is small letters, digits and underscores, at most 50, and begins with a letter'),
  ('{"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}, "required": ["a"], "$schema": "s", "title": "T"}', null)
) as schemas (schema, problem);
select is(
  (private.schema_problem(jsonb_build_object('type', 'object', 'additionalProperties', false, 'properties',
    (select jsonb_object_agg('f' || n, '{"type": "string"}'::jsonb) from generate_series(1, 51) as n))))[2],
  'at most 50 properties', 'there are not more than fifty');

create function pg_temp.schema(more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('type', 'object', 'additionalProperties', false, 'properties', '{
    "view": {"type": "string", "title": "View", "enum": ["sea", "garden", "\"court\""], "filterable": true},
    "floor": {"type": "integer", "minimum": -1, "maximum": 60, "filterable": true},
    "height": {"type": "number", "filterable": true},
    "sauna": {"type": "boolean", "filterable": true},
    "languages": {"type": "array", "items": {"type": "string", "enum": ["de", "fr", "en"]}, "maxItems": 2, "filterable": true},
    "story": {"type": "string", "maxLength": 60},
    "tips": {"type": "array", "items": {"type": "string", "maxLength": 100}}}'::jsonb) || more $$;
select is_empty($$ select * from private.set_listing_schema(pg_temp.schema()) $$, 'a schema is set, and no home misfits it');
select is(pg_temp.refusal($$ select private.set_listing_schema('{"type": "object", "additionalProperties": true}') $$),
  'invalid_schema: schema: additionalProperties must be false.', 'one that cannot be checked is not set');
select is(pg_temp.refusal($$ update public.listing_forms set schema = '[]' $$), 'invalid_schema: schema: must be an object.', 'however it is set');
select is(pg_temp.refusal($$ insert into public.listing_forms (singleton, schema, set_at) values (true, pg_temp.schema(), now()) $$),
  'duplicate key value violates unique constraint "listing_forms_pkey": Key (singleton)=(t) already exists.', 'there is one');

-- What a listing says

select tests.become('ada');
select is(pg_temp.write('mill', fields), coalesce('invalid_custom_fields: ' || problem || '.', 'none'), fields)
from (values
  ('{"view": "sea", "floor": 3, "height": 2.5, "sauna": true, "languages": ["de", "en"], "story": "Old.", "tips": []}', null),
  ('{"floor": 3.0}', null), ('{}', null), ('{"story": "' || repeat('é', 60) || '"}', null), ('{"height": -1e3}', null),
  ('{"story": "' || repeat('é', 61) || '"}', 'story: must have at most 60 characters'), ('{"color": "red"}', 'color: is not in the schema'),
  ('{"floor": 3.5}', 'floor: must be an integer'), ('{"floor": "3"}', 'floor: must be an integer'), ('{"floor": null}', 'floor: must be an integer'),
  ('{"floor": 61}', 'floor: must be at most 60'), ('{"floor": -2}', 'floor: must be at least -1'), ('{"sauna": 1}', 'sauna: must be a boolean'),
  ('{"height": true}', 'height: must be a number'), ('{"story": ["a"]}', 'story: must be a string'), ('{"view": "street"}', 'view: must be one of ["sea", "garden", "\"court\""]'),
  ('{"languages": "de"}', 'languages: must be an array'), ('{"languages": ["de", "en", "fr"]}', 'languages: must have at most 2 items'),
  ('{"languages": ["es"]}', 'languages: each item must be one of ["de", "fr", "en"]'), ('{"languages": [["de"]]}', 'languages: each item must be a string'),
  ('{"story": {"a": 1}}', 'story: must be a string')
) as writes (fields, problem);
select is(pg_temp.write('mill', '{"tips": ["' || repeat('x", "', 3000) || '"]}'), 'invalid_custom_fields: Custom fields take at most 8192 bytes.', 'they are small');
select is(pg_temp.write('mill', '[]'), 'invalid_custom_fields: custom_fields: must be an object.', 'they are an object');
select is(pg_temp.write('mill', '{"view": "sea", "floor": 3, "languages": ["de", "en"]}'), 'none', 'the owner writes them');
select tests.become_anon();
select is((select custom_fields ->> 'view' from public.listings where listing_id = tests.id('mill')), 'sea', 'everybody reads them');
select is((select schema -> 'properties' -> 'view' ->> 'title' from public.listing_forms), 'View', 'and the schema');
select tests.become('hedy');
select is(pg_temp.write('mill', '{"view": "garden", "floor": 3, "languages": ["de", "en"]}'), 'none', 'a co-host with full rights writes them');
select is(tests.outcome(who, $$ update public.listings set custom_fields = '{}' where listing_id = tests.id('mill') $$), outcome, who || ' writes none')
from (values ('radia', '0'), ('grace', '0'), ('anon', '42501')) as others (who, outcome);
select is(tests.outcome(who, format('update public.listing_forms set schema = %L', pg_temp.schema())), '42501', who || ' sets no schema')
from unnest(array['ada', 'anon', 'service']) as who;
select is(tests.outcome('service', 'select * from public.listing_forms'), '42501', 'servers have verbs, and no table');
select tests.back();
select is(pg_temp.write('mill', '{"floor": 99}'), 'invalid_custom_fields: floor: must be at most 60.', 'operators write what fits, too');

-- Contact data

select tests.become('ada');
select is(pg_temp.write('tower', '{"story": "Write to ada@example.com", "tips": ["Call +33 6 12 34 56 78", "Bread"], "view": "sea"}'), 'none', 'texts are taken');
select is((select custom_fields from public.listings where listing_id = tests.id('tower')),
  '{"story": "Write to •••", "tips": ["Call •••", "Bread"], "view": "sea"}'::jsonb, 'without contact data');
select tests.back();
select results_eq(
  $$ select field, original from private.masked_words where subject_id = tests.id('tower') order by field $$,
  $$ values ('custom_fields.story', 'Write to ada@example.com'), ('custom_fields.tips', '["Call +33 6 12 34 56 78", "Bread"]') $$,
  'which staff read');

-- Another schema

select results_eq(
  $$ select title, status::text, field, problem from private.misfit_listings(pg_temp.schema('{"required": ["sauna"]}')) $$,
  $$ select title, 'published', 'sauna', 'is required' from public.listings where listing_id in (tests.id('mill'), tests.id('tower')) order by listing_id $$,
  'a preview names the published homes that lack a field');
select is(tests.outcome('ada', $$ update public.listings set title = 'The mill' where listing_id = tests.id('mill') $$), '1', 'and changes nothing');
select is((select count(*) from private.set_listing_schema(pg_temp.schema('{"required": ["sauna"]}'))), 2::bigint, 'setting it says so again');
select is((select count(*) from public.listings where status = 'published' and listing_id in (tests.id('mill'), tests.id('tower'))), 2::bigint,
  'they stay published');
select tests.become('ada');
select lives_ok($$ update public.listings set title = 'The mill' where listing_id = tests.id('mill') $$, 'the rest of them can be edited');
select is(pg_temp.write('mill', '{"view": "garden"}'), 'invalid_custom_fields: sauna: is required.', 'fields that are edited must fit');
select is(pg_temp.write('attic', '{"view": "garden"}'), 'none', 'a draft is filled in step by step');
select is(pg_temp.write('attic', '{"view": "street"}'), 'invalid_custom_fields: view: must be one of ["sea", "garden", "\"court\""].', 'each of which must fit');
select is(pg_temp.refusal($$ select public.publish_listing(tests.id('attic')) $$),
  'listing_incomplete: Still missing: address, country_code, city, description, prices, custom_fields.sauna.', 'it is published complete');
select public.hide_listing(tests.id('tower'));
select is(pg_temp.refusal($$ select public.publish_listing(tests.id('tower')) $$), 'listing_incomplete: Still missing: custom_fields.sauna.', 'or again');
select is(pg_temp.write('tower', '{"view": "sea", "sauna": false}'), 'none', 'once it is said');
select is(tests.outcome('ada', $$ select public.publish_listing(tests.id('tower')) $$), '1', 'it is');
select tests.back();
select results_eq(
  $$ select title, field, problem from private.set_listing_schema('{"type": "object", "properties": {"sauna": {"type": "boolean"}}, "additionalProperties": false}') order by title $$,
  $$ values ('Attic', 'view', 'is not in the schema'), ('The mill', 'floor', 'is not in the schema'), ('Tower', 'view', 'is not in the schema') $$,
  'a field that is gone is named, and kept');
select is((select custom_fields ->> 'view' from public.listings where listing_id = tests.id('mill')), 'garden', 'until somebody edits it');

-- Searches

select * from private.set_listing_schema(pg_temp.schema());
select is(private.custom_filter(wanted::jsonb)::text, condition, coalesce(wanted, 'null'))
from (values
  (null, null), ('{}', null), ('{"view": "sea"}', '($."view" == "sea")'), ('{"view": ["sea", "\"court\""]}', '($."view" == "sea" || $."view" == "\"court\"")'),
  ('{"floor": {"minimum": -1, "maximum": 3}}', '($."floor" <= 3 && $."floor" >= -1)'), ('{"sauna": true, "floor": 2}', '($."floor" == 2 && $."sauna" == true)'),
  ('"{\"view\": \"sea\"}"', '($."view" == "sea")'), ('"{}"', null)
) as filters (wanted, condition);
select is(
  coalesce('{"view": "sea", "floor": 3, "height": 2.5, "languages": ["de", "en"]}'::jsonb @@ private.custom_filter(wanted::jsonb), wanted = '{}'),
  fits, wanted)
from (values
  ('{}', true), ('{"view": "sea"}', true), ('{"view": "garden"}', false), ('{"view": ["garden", "sea"]}', true), ('{"view": ["garden"], "floor": 3}', false),
  ('{"floor": 3}', true), ('{"floor": 3.0}', true), ('{"floor": {"minimum": 3}}', true), ('{"floor": {"minimum": 4}}', false), ('{"floor": {"maximum": 3, "minimum": -1}}', true),
  ('{"height": {"minimum": 2.4, "maximum": 2.6}}', true), ('{"sauna": true}', false), ('{"sauna": false}', false), ('{"languages": "de"}', true),
  ('{"languages": ["fr", "en"]}', true), ('{"languages": "fr"}', false), ('{"view": "sea", "languages": "de", "floor": [1, 2, 3]}', true)
) as asked (wanted, fits);
select is(pg_temp.refusal(format('select private.custom_filter(%L)', wanted)), 'invalid_filter: ' || problem, wanted)
from (values
  ('{"story": "Old."}', 'story: cannot be searched.'), ('{"color": "red"}', 'color: cannot be searched.'), ('{"view": "street"}', 'view: must be one of ["sea", "garden", "\"court\""].'),
  ('{"view": []}', 'view: must be a value, or a list of some.'), ('{"view": null}', 'view: must be a string.'), ('{"floor": "3"}', 'floor: must be an integer.'),
  ('{"floor": {"minimum": "3"}}', 'floor: only numbers have a minimum and a maximum, which are numbers.'),
  ('{"floor": {"least": 3}}', 'floor: only numbers have a minimum and a maximum, which are numbers.'), ('{"floor": {}}', 'floor: only numbers have a minimum and a maximum, which are numbers.'),
  ('{"view": {"minimum": 3}}', 'view: only numbers have a minimum and a maximum, which are numbers.'), ('{"languages": ["es"]}', 'languages: must be one of ["de", "fr", "en"].'),
  ('{"sauna) || (1": true}', 'sauna) || (1: cannot be searched.')
) as asked (wanted, problem);
select matches(pg_temp.refusal(format('select private.custom_filter(%L)', wanted)), '^invalid_filter', left(wanted, 20))
from unnest(array['[]', '7', '""', '"{"', '"7"', '"[]"', '"\"{}\""', '"{\"floor\": 1e999999}"', '"{\"view\": \"\\u0000\"}"',
  '{"floor": [' || repeat('1, ', 2000) || '1]}', '"' || repeat('[', 4000) || '"', '"' || repeat('[', 100000) || '"']) as wanted;

-- Each verb asks it
select tests.back();
select tests.home('hut', 'alan');
update public.listings set status = 'published' where listing_id = tests.id('tower');
update public.listings set custom_fields = '{"view": "sea", "floor": 5, "languages": ["de", "fr"]}' where listing_id = tests.id('hut');
update public.listings set custom_fields = '{"view": "garden", "floor": 1}' where listing_id = tests.id('mill');
set constraints all immediate;
create function pg_temp.found(wanted text, more text default '') returns text language plpgsql as $$
declare
  homes text;
begin
  perform tests.become_anon();
  execute format($q$ select coalesce(string_agg(title, ', ' order by title), 'nobody') from public.search_listings(%s custom_fields => %L) $q$,
    more, wanted) into homes;
  perform tests.back();
  return homes;
end $$;
select is(pg_temp.found(wanted, more), homes, format('%s %s: %s', wanted, more, homes))
from (values
  ('{}', 'Hut, The mill, Tower'), ('{"view": "sea"}', 'Hut, Tower'), ('{"view": ["garden", "sea"]}', 'Hut, The mill, Tower'),
  ('{"view": "sea", "floor": {"minimum": 2}}', 'Hut'), ('{"floor": {"minimum": 1}}', 'Hut, The mill'), ('{"floor": {"maximum": 0}}', 'nobody'),
  ('{"languages": "fr"}', 'Hut'), ('{"sauna": false}', 'Tower'), ('{"sauna": true}', 'nobody')) as asked (wanted, homes),
  unnest(array['', 'sort => ''rating'',', 'check_in => ''2031-07-10'', check_out => ''2031-07-12'',', 'west => 2, south => 48, east => 3, north => 49,']) as more;
select is(pg_temp.found('{"view": "sea"}', 'words => ''hut'','), 'Hut', 'words and fields are asked together');
select is(pg_temp.found('{"floor": {"minimum": 1}}', 'words => ''-hut'','), 'The mill', 'in either order');
select is((select count(*) from public.search_pins(custom_fields => wanted::jsonb)), homes::bigint, wanted || ' on a map')
from (values ('{"view": "sea"}', 2), ('{"floor": {"minimum": 2}}', 1)) as asked (wanted, homes);
select is((select (one).homes from public.search_facets(custom_fields => wanted::jsonb) as one), homes, wanted || ' counted')
from (values ('{"view": "sea"}', 2), ('{"floor": {"minimum": 2}}', 1)) as asked (wanted, homes);
select is((select count(*) from public.search_flexible_days(month => '2031-09', nights => 2, custom_fields => wanted::jsonb)), homes::bigint, wanted || ' some days')
from (values ('{"view": "sea"}', 2), ('{"floor": {"minimum": 2}}', 1)) as asked (wanted, homes);
select is(tests.outcome('anon', format('select * from public.%s(custom_fields => %L)', verb, wanted)), 'invalid_filter', verb || ' refuses ' || wanted)
from unnest(array['search_listings', 'search_pins', 'search_facets', 'search_screen', 'search_price_calendar']) as verb,
  unnest(array['{"story": "x"}', '{"color": 1}', '[]', 'null']) as wanted where verb <> 'search_price_calendar';
select is(tests.outcome('anon', 'select * from public.search_price_calendar(month => ''2031-09'', custom_fields => ''7'')'), 'invalid_filter', 'so does the calendar');

-- Of more than 3000 homes with a value there is no list: each is asked.
select is(cardinality(private.homes_with_fields('$."view" == "sea"')), 2, 'few homes are listed');
alter table public.listings disable trigger user;
insert into public.listings (listing_id, host_id, status, title, latitude, longitude, time_zone, currency, custom_fields)
select md5('many ' || number)::uuid, tests.person('alan'), 'published', 'Room', 10, 10, 'UTC', 'EUR', '{"view": "sea"}' from generate_series(1, 3000) as number;
alter table public.listings enable trigger user;
select is(private.homes_with_fields('$."view" == "sea"'), null, 'many are not');
select is(pg_temp.found('{"view": "sea"}'), 'Hut, Tower', 'and the same are found');

-- The index answers it
set local enable_seqscan = off;
create function pg_temp.plan() returns setof text language plpgsql as $$
begin
  return query execute format('explain select listing_id from public.listings where custom_fields <> ''{}'' and custom_fields @@ %L',
    private.custom_filter('{"view": "garden"}'));
end $$;
select matches((select string_agg(line, ' ') from pg_temp.plan() as line), 'listings_custom_fields_idx', 'a value is found by the index');

select * from finish();
rollback;
