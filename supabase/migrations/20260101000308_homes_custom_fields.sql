-- Custom fields: what a marketplace says of its homes that Staybase has no column for.
--
-- The operator writes a JSON Schema (a stated subset of draft 2020-12), the database checks it once
-- when it is set and every listing's fields against it whenever they are written. So a frontend
-- draws its form from the same schema, and any JSON Schema library agrees with what is stored here.
-- Fields are as public as the title. A schema that changes breaks no home: what is stored stays and
-- is shown, private.misfit_listings says where it no longer fits, and the next edit must fit.

create table public.listing_forms (
  singleton boolean     primary key default true,
  schema    jsonb       not null,
  set_at    timestamptz not null,

  constraint listing_forms_are_one     check (singleton),
  constraint listing_forms_are_short   check (octet_length(schema::text) <= 32768)
);

comment on table public.listing_forms is
  'One row: the JSON Schema of the custom fields of listings, set by the operator '
  '(private.set_listing_schema).';
comment on column public.listing_forms.singleton is 'Always true, so that there is one row.';
comment on column public.listing_forms.schema is
  'A subset of JSON Schema 2020-12: an object without additional properties; of each property its '
  'type (string, integer, number, boolean, or array of strings), title, description, enum, '
  'minimum, maximum, minLength, maxLength, maxItems; filterable: searches can ask for it.';

alter table public.listing_forms enable row level security;
create policy "anyone reads the form of listings" on public.listing_forms
  for select to anon, authenticated using (true);
grant select on public.listing_forms to anon, authenticated;
-- No writes: operators set it by private.set_listing_schema.

alter table public.listings
  add column custom_fields jsonb not null default '{}',
  add constraint listings_have_fields_by_name check (jsonb_typeof(custom_fields) = 'object'),
  add constraint listings_have_few_fields     check (octet_length(custom_fields::text) <= 8192);

comment on column public.listings.custom_fields is
  'What the marketplace asks of a home besides, as listing_forms says: an object, at most 8192 '
  'bytes as text. Public like the title.';
-- For searches: jsonpath with == finds by it. Homes without fields are in no search for one.
create index listings_custom_fields_idx on public.listings
  using gin (custom_fields jsonb_path_ops) where custom_fields <> '{}';
grant update (custom_fields) on public.listings to authenticated;

insert into private.refusals (topic, code, status, raised_by, detail) values
  ('Listings and co-hosts', 'invalid_custom_fields', 422, 'database',
   'The custom fields do not fit the schema of this marketplace; the detail names the field.'),
  ('Listings and co-hosts', 'invalid_schema', 400, 'database',
   'The schema of custom fields is not one that can be checked; the detail says where.'),
  ('Search and pagination', 'invalid_filter', 400, 'database',
   'The filter names a custom field that cannot be searched, or a value it cannot have; the detail '
   'names it.');
insert into private.refusal_details (code, about, detail) values
  ('invalid_custom_fields', 'field', '%s: %s.'),
  ('invalid_custom_fields', 'size', 'Custom fields take at most 8192 bytes.'),
  ('invalid_schema', 'place', '%s: %s.'),
  ('invalid_filter', 'field', '%s: %s.');

-- What a value must be

create function private.value_problem(value jsonb, rule jsonb)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
declare
  kind    text := rule ->> 'type';
  content text := value #>> '{}';
  problem text;
begin
  if (case
      when kind <> 'integer' then jsonb_typeof(value) <> kind
      when jsonb_typeof(value) <> 'number' then true
      else content::numeric % 1 <> 0
    end)
  then
    return case kind when 'integer' then 'must be an integer' when 'array' then 'must be an array'
      else 'must be a ' || kind end;
  end if;
  if not rule -> 'enum' @> jsonb_build_array(value) then
    return 'must be one of ' || (rule ->> 'enum');
  end if;
  case kind
    when 'string' then
      if char_length(content) > (rule ->> 'maxLength')::integer then
        return format('must have at most %s characters', rule ->> 'maxLength');
      elsif char_length(content) < (rule ->> 'minLength')::integer then
        return format('must have at least %s characters', rule ->> 'minLength');
      end if;
    when 'integer', 'number' then
      if content::numeric > (rule ->> 'maximum')::numeric then
        return format('must be at most %s', rule ->> 'maximum');
      elsif content::numeric < (rule ->> 'minimum')::numeric then
        return format('must be at least %s', rule ->> 'minimum');
      end if;
    when 'array' then
      if jsonb_array_length(value) > (rule ->> 'maxItems')::integer then
        return format('must have at most %s items', rule ->> 'maxItems');
      end if;
      select private.value_problem(item, rule -> 'items') into problem
      from jsonb_array_elements(value) as item
      where private.value_problem(item, rule -> 'items') is not null
      limit 1;
      return 'each item ' || problem;
    else null;
  end case;
  return null;
end $$;

comment on function private.value_problem is
  'Rule: why a value does not fit its property of the schema, or null. Characters are code points, '
  'as JSON Schema counts them.';

create function private.fields_problem(fields jsonb, schema jsonb, complete boolean)
  returns text[] language plpgsql immutable security invoker set search_path = ''
as $$
declare
  field   record;
  problem text;
begin
  for field in select key, value from jsonb_each(fields) order by key loop
    problem := case when schema -> 'properties' ? field.key
      then private.value_problem(field.value, schema -> 'properties' -> field.key)
      else 'is not in the schema' end;
    if problem is not null then return array[field.key, problem]; end if;
  end loop;
  if complete then
    select required.name into problem
    from jsonb_array_elements_text(coalesce(schema -> 'required', '[]')) as required (name)
    where not fields ? required.name
    limit 1;
    if found then return array[problem, 'is required']; end if;
  end if;
  return null;
end $$;

comment on function private.fields_problem is
  'Rule: the first field that does not fit the schema, and why; or null. Only complete fields need '
  'those that are required: a draft is filled in step by step.';

-- What a schema must be

create function private.property_problem(property jsonb, nested boolean)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
declare
  kind  text;
  known text[];
  word  record;
begin
  if jsonb_typeof(property) <> 'object' then return 'must be an object'; end if;
  kind := property ->> 'type';
  known := case kind
    when 'string' then '{type,enum,minLength,maxLength}'
    when 'integer' then '{type,enum,minimum,maximum}'
    when 'number' then '{type,enum,minimum,maximum}'
    when 'boolean' then '{type}'
    when 'array' then '{type,items,maxItems}'
  end;
  if known is null or (nested and kind <> 'string') then
    return case when nested then 'items must be of type string'
      else 'type must be string, integer, number, boolean or array' end;
  end if;
  if not nested then known := known || '{title,description,filterable}'::text[]; end if;

  for word in select key, value, jsonb_typeof(value) as kind from jsonb_each(property) loop
    if not word.key = any (known) then
      return format('%s is not a keyword for the type %s here', word.key, kind);
    elsif word.key in ('title', 'description') and word.kind <> 'string'
      or word.key = 'filterable' and word.kind <> 'boolean'
      or word.key in ('minimum', 'maximum') and word.kind <> 'number'
      or word.key in ('minLength', 'maxLength', 'maxItems')
        and not coalesce(word.kind = 'number' and word.value::text ~ '^[0-9]{1,5}$', false)
    then
      return format('%s cannot be %s', word.key, left(word.value::text, 100));
    end if;
  end loop;

  if (property ->> 'minimum')::numeric > (property ->> 'maximum')::numeric
    or (property ->> 'minLength')::integer > (property ->> 'maxLength')::integer
  then
    return 'the least is more than the most';
  end if;
  if property ? 'enum' then
    if jsonb_typeof(property -> 'enum') <> 'array'
      or jsonb_array_length(property -> 'enum') not between 1 and 200
    then
      return 'enum must be an array of 1 to 200 values';
    end if;
    if exists (
      select from jsonb_array_elements(property -> 'enum') as value
      where private.value_problem(value, property - 'enum') is not null)
    then
      return 'a value of enum does not fit the other keywords';
    end if;
  end if;
  if kind = 'array' then
    if not property ? 'items' then return 'items is required'; end if;
    return private.property_problem(property -> 'items', true);
  end if;
  return null;
end $$;

create function private.schema_problem(schema jsonb)
  returns text[] language plpgsql immutable security invoker set search_path = ''
as $$
declare
  property record;
  problem  text;
begin
  select format('%s is not a keyword here', key) into problem
  from jsonb_object_keys(case when jsonb_typeof(schema) = 'object' then schema else '{}' end) as key
  where key not in ('$schema', '$id', 'title', 'description', 'type', 'properties', 'required',
    'additionalProperties')
  limit 1;
  problem := case
    when jsonb_typeof(schema) is distinct from 'object' then 'must be an object'
    when schema -> 'type' is distinct from '"object"' then 'type must be object'
    when schema -> 'additionalProperties' is distinct from 'false'
      then 'additionalProperties must be false'
    when jsonb_typeof(schema -> 'properties') is distinct from 'object'
      then 'properties must be an object'
    when (select count(*) from jsonb_object_keys(schema -> 'properties')) > 50
      then 'at most 50 properties'
    when schema ? 'required' and jsonb_typeof(schema -> 'required') <> 'array'
      then 'required must be an array'
    when exists (
      select from jsonb_array_elements(coalesce(schema -> 'required', '[]')) as name
      where jsonb_typeof(name) <> 'string' or not schema -> 'properties' ? (name #>> '{}'))
      then 'required names a property that is not there'
    else problem end;
  if problem is not null then return array['schema', problem]; end if;
  for property in select key, value from jsonb_each(schema -> 'properties') order by key loop
    problem := case when property.key !~ '^[a-z][a-z0-9_]{0,49}$'
      then 'a name is small letters, digits and underscores, at most 50, and begins with a letter'
      else private.property_problem(property.value, false) end;
    if problem is not null then
      return array['properties.' || left(property.key, 60), problem];
    end if;
  end loop;
  return null;
end $$;

comment on function private.schema_problem is
  'Rule: where a schema goes beyond what private.fields_problem can check, and why; or null. A '
  'keyword that would be ignored is refused: the schema means the same everywhere.';

create function private.check_schema()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  problem text[] := private.schema_problem(new.schema);
begin
  if problem is not null then
    perform private.refuse('invalid_schema', 'place', problem[1], problem[2]);
  end if;
  return new;
end $$;

create trigger check_the_schema before insert or update on public.listing_forms
  for each row execute function private.check_schema();

insert into public.listing_forms (schema, set_at) values
  ('{"type": "object", "properties": {}, "additionalProperties": false}', now());

-- What a listing says

create function private.check_custom_fields()
  returns trigger language plpgsql stable security definer set search_path = ''
as $$
declare
  problem text[];
begin
  if octet_length(new.custom_fields::text) > 8192 then
    perform private.refuse('invalid_custom_fields', 'size');
  end if;
  problem := case when jsonb_typeof(new.custom_fields) <> 'object'
    then '{custom_fields,must be an object}'
    else private.fields_problem(
      new.custom_fields, (select listing_forms.schema from public.listing_forms),
      new.status = 'published') end;
  if problem is not null then
    perform private.refuse('invalid_custom_fields', 'field', problem[1], problem[2]);
  end if;
  return new;
end $$;

comment on function private.check_custom_fields is
  'Rule: custom fields fit the schema whenever they are written, by whomever; those of a published '
  'home are complete.';

create trigger check_the_new_custom_fields before insert on public.listings
  for each row when (new.custom_fields <> '{}') execute function private.check_custom_fields();
create trigger check_the_custom_fields before update of custom_fields on public.listings
  for each row when (old.custom_fields <> new.custom_fields)
  execute function private.check_custom_fields();

-- For operators

create type private.misfit_listing as (
  listing_id uuid,
  title      text,
  status     public.listing_status,
  field      text,
  problem    text
);

create function private.misfit_listings(schema jsonb default null)
  returns setof private.misfit_listing language plpgsql stable security definer set search_path = ''
as $$
declare
  asked   jsonb := coalesce(
    misfit_listings.schema, (select listing_forms.schema from public.listing_forms));
  problem text[] := private.schema_problem(asked);
begin
  if problem is not null then
    perform private.refuse('invalid_schema', 'place', problem[1], problem[2]);
  end if;
  return query
    select checked.listing_id, checked.title, checked.status, checked.problem[1],
      checked.problem[2]
    from (
      select listings.*, private.fields_problem(
        listings.custom_fields, asked, listings.status = 'published') as problem
      from public.listings
      where listings.custom_fields <> '{}' or listings.status = 'published'
      offset 0) as checked
    where checked.problem is not null
    order by checked.listing_id;
end $$;

comment on function private.misfit_listings is
  'For operators: the homes whose custom fields do not fit this schema, or the one that is set, '
  'each with the first field and why. Asked before a schema is set, it changes nothing.';

create function private.set_listing_schema(schema jsonb)
  returns setof private.misfit_listing language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  update public.listing_forms
  set schema = set_listing_schema.schema, set_at = private.now()
  where listing_forms.schema is distinct from set_listing_schema.schema;
  return query select * from private.misfit_listings();
end $$;

comment on function private.set_listing_schema is
  'For operators: sets the schema of custom fields and returns the homes that do not fit it '
  '(private.misfit_listings). They stay as they are, and published, until their fields are edited. '
  'Repeating it changes nothing.';

-- For searches

create function private.custom_filter(wanted jsonb)
  returns jsonpath language plpgsql stable security definer set search_path = ''
as $$
declare
  schema  jsonb;
  field   record;
  rule    jsonb;
  problem text;
  terms   text[] := '{}';
begin
  -- In a query string every argument arrives as text. Measured before it is read: deep nesting is
  -- an error of its own.
  if jsonb_typeof(wanted) = 'string' and octet_length(wanted #>> '{}') <= 4096 then
    begin
      wanted := (wanted #>> '{}')::jsonb;
    exception when data_exception then
      perform private.refuse('invalid_filter');
    end;
  end if;
  if wanted is null or wanted = '{}' then
    return null;
  end if;
  if jsonb_typeof(wanted) <> 'object' or octet_length(wanted::text) > 4096 then
    perform private.refuse('invalid_filter');
  end if;
  select listing_forms.schema into schema from public.listing_forms;
  for field in select key, value, jsonb_typeof(value) as kind from jsonb_each(wanted) loop
    rule := schema -> 'properties' -> field.key;
    if rule -> 'filterable' is distinct from 'true' then
      perform private.refuse('invalid_filter', 'field', left(field.key, 60), 'cannot be searched');
    end if;
    if rule ->> 'type' = 'array' then rule := rule -> 'items'; end if;
    if field.kind = 'object' then
      if field.value = '{}' or field.value - 'minimum' - 'maximum' <> '{}'
        or rule ->> 'type' not in ('integer', 'number')
        or exists (select from jsonb_each(field.value) as edge
          where jsonb_typeof(edge.value) <> 'number')
      then
        perform private.refuse('invalid_filter', 'field', field.key,
          'only numbers have a minimum and a maximum, which are numbers');
      end if;
      terms := terms || (
        select string_agg(format('$."%s" %s %s', field.key,
          case edge.key when 'minimum' then '>=' else '<=' end, edge.value), ' && ')
        from jsonb_each(field.value) as edge);
    else
      select private.value_problem(value, rule - '{minimum,maximum,minLength,maxLength}'::text[])
      into problem
      from jsonb_array_elements(case field.kind when 'array' then field.value
        else jsonb_build_array(field.value) end) as value
      order by 1 nulls last
      limit 1;
      if not found or problem is not null then
        perform private.refuse('invalid_filter', 'field', field.key,
          coalesce(problem, 'must be a value, or a list of some'));
      end if;
      -- Json writes strings and numbers as jsonpath reads them; an array is looked into.
      terms := terms || (
        select '(' || string_agg(format('$."%s" == %s', field.key, value), ' || ') || ')'
        from jsonb_array_elements(case field.kind when 'array' then field.value
          else jsonb_build_array(field.value) end) as value);
    end if;
  end loop;
  return array_to_string(terms, ' && ')::jsonpath;
end $$;

comment on function private.custom_filter is
  'Rule: what a search asks of custom fields, checked and made a condition for custom_fields @@: a '
  'value, a list of which one must be there, or for numbers {"minimum", "maximum"}; all fields '
  'must fit. The object may also be passed as text. Null: there is no filter.';

create function private.homes_with_fields(condition jsonpath)
  returns uuid[] language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan set jit = off
as $$
declare
  homes uuid[];
begin
  homes := array(
    select listings.listing_id from public.listings
    where listings.custom_fields <> '{}' and listings.custom_fields @@ condition
      and listings.status = 'published'
    limit 3001);
  return case when cardinality(homes) <= 3000 then homes end;
end $$;

comment on function private.homes_with_fields is
  'Rule: the published homes whose custom fields match a search, if there are at most 3000. Null '
  'if there are more: then a walk that checks each home fills a page quickly.';
