-- Functions: how the database calls its edge functions.

create function private.call_function(name text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  called text[] := string_to_array(current_setting('staybase.called_functions', true), ' ');
  url    text;
  key    text;
begin
  -- Once a transaction: a host may bring a hundred photos in one request, and one call takes them
  -- all.
  if call_function.name = any (called) then
    return;
  end if;
  -- A local stack listens; a hosted one has pg_net, and vault knows where and with which key.
  perform pg_notify('staybase_functions', call_function.name);
  if to_regnamespace('net') is null or to_regclass('vault.decrypted_secrets') is null then
    return;
  end if;
  execute 'select decrypted_secret from vault.decrypted_secrets where name = $1' into url
    using 'staybase_url';
  execute 'select decrypted_secret from vault.decrypted_secrets where name = $1' into key
    using 'staybase_secret_key';
  if url is not null and key is not null then
    -- run-commands works for up to 20 seconds; pg_net by itself hangs up after 5.
    execute 'select net.http_post(
        url := $1, headers := $2, body := ''{}''::jsonb, timeout_milliseconds := 30000)'
      using url || '/functions/v1/' || call_function.name,
        jsonb_build_object('apikey', key, 'content-type', 'application/json');
    perform set_config('staybase.called_functions',
      array_to_string(called || call_function.name, ' '), true);
  end if;
exception when others then
  -- pg_net refuses while its worker is down. What was to be told stays in its table and is found by
  -- the next beat of the schedule.
  raise warning 'function % was not called: %', call_function.name, sqlerrm;
end $$;

comment on function private.call_function is
  'Calls an edge function once this transaction commits; does nothing where url and key are not in '
  'the vault.';
