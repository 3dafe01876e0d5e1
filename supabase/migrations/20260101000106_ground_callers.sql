-- Callers: who asks, and what is checked before every request.

create function private.signed_in()
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if caller is null then perform private.refuse('sign_in_required'); end if;
  return caller;
end $$;

comment on function private.signed_in is
  'Rule: a verb acts for the person whose token came with the call.';

-- The gate

create function gate.check_request()
  returns void language plpgsql volatile security invoker set search_path = ''
as $$
declare
  headers json := nullif(pg_catalog.current_setting('request.headers', true), '')::json;
  request text := pg_catalog."substring"(headers ->> 'x-request-id', '^[A-Za-z0-9_.-]{1,50}$');
  written oid;
begin
  -- The server's log names the application, so that what was raised here is found by the request's
  -- id.
  if request is not null then
    perform pg_catalog.set_config('application_name', 'staybase ' || request, true),
      pg_catalog.set_config('response.headers',
        pg_catalog.json_build_array(pg_catalog.json_build_object('x-request-id', request))::text,
          true);
  end if;

  -- The planner's row estimate ignores row-level security: it would tell anyone how many bookings
  -- there are.
  if headers ->> 'prefer' ~* 'count\s*=\s*(planned|estimated)' then
    raise exception 'count_not_allowed' using errcode = 'PT400',
      detail = 'Use count=exact or no count.';
  end if;

  -- Postgres would refuse it too, with "permission denied" and no word on what to do instead.
  if headers ->> 'prefer' ~* 'resolution\s*=\s*merge-duplicates'
    and pg_catalog.current_setting('request.method', true) = 'POST'
  then
    written := pg_catalog.to_regclass(
      'public.' || pg_catalog.quote_ident(
        pg_catalog.substr(pg_catalog.current_setting('request.path', true), 2)));
    if written is not null and exists (
      select from pg_catalog.pg_attribute
      where attrelid = written and attnum > 0 and not attisdropped
      having not pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert'))
        or pg_catalog.bool_or(pg_catalog.has_column_privilege(written, attnum, 'insert')
          and not pg_catalog.has_column_privilege(written, attnum, 'update')))
    then
      raise exception 'not_allowed' using errcode = 'PT403',
        detail = 'Rows of this table cannot be written by upsert.',
        hint = case
          when pg_catalog.has_any_column_privilege(written, 'insert') then
            'Use insert(), or upsert() with ignoreDuplicates: true; use update() for existing rows, if allowed.'
          when pg_catalog.has_any_column_privilege(written, 'update') then
            'The row already exists: use update().'
          else 'Rows of this table are created and changed by database functions: use rpc().'
        end;
    end if;
  end if;
end $$;

grant execute on function gate.check_request to anon, authenticated, service_role;
comment on function gate.check_request is
  'Rule: no request may use the planner''s estimates; an upsert that no grant allows is refused '
  'with a hint. The id of a request names the session for as long as it lasts.';

alter role authenticator set pgrst.db_pre_request = 'gate.check_request';
notify pgrst, 'reload config';
