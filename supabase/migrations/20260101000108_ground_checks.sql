-- Checks: what many rules ask in the same words.

create function private.refuse_change()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.refuse('frozen', 'rows', tg_table_name::text);
end $$;

comment on function private.refuse_change is
  'Rule: agreed terms and past events are never changed, by any role.';

create function private.round_to(amount numeric, step_minor bigint)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return (floor(amount / step_minor + 0.5) * step_minor)::bigint;
end $$;

comment on function private.round_to is 'Rule: half up, to the currency''s smallest coin.';

create function private.check_page(page_size integer)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if page_size is null or page_size < 1 then
    perform private.refuse('invalid_page_size', 'up_to', '100');
  end if;
  if page_size > 100 then perform private.refuse('too_many_results'); end if;
end $$;

create function private.check_reason(reason text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if coalesce(btrim(reason), '') = '' or char_length(reason) > 2000 then
    perform private.refuse('reason_required');
  end if;
end $$;

create function private.check_text(words text)
  returns void language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if char_length(words) > 2000 then perform private.refuse('message_too_long'); end if;
end $$;
