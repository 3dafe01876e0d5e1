-- Staff: who works here, and when they may act.

-- Rows, never token claims: a token lives an hour, a decision counts at once.
create table private.staff (
  profile_id uuid        primary key references public.profiles on delete restrict,
  since      timestamptz not null default now()
);

alter table private.staff enable row level security;
comment on table private.staff is 'The staff of the marketplace.';

create function private.has_second_factor()
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(auth.jwt() ->> 'aal', '') = 'aal2'
    or not (select settings.staff_need_second_factor from private.settings);
end $$;

comment on function private.has_second_factor is
  'Rule: if the setting requires it, staff can act only in a session that Auth opened with a '
  'second factor.';

create function private.staff_caller()
  returns uuid language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
begin
  if not exists (select from private.staff where staff.profile_id = caller) then
    perform private.refuse('staff_only');
  end if;
  if not private.has_second_factor() then perform private.refuse('second_factor_required'); end if;
  return caller;
end $$;

comment on function private.staff_caller is
  'Rule: staff are rows of private.staff, looked up at every call; if the setting requires it, '
  'they must have signed in with a second factor.';

create function private.staff_reader()
  returns uuid language plpgsql stable security definer set search_path = ''
as $$
declare
  caller uuid := private.signed_in();
begin
  if not private.has_second_factor() and exists (
    select from private.staff where staff.profile_id = caller)
  then
    perform private.refuse('second_factor_required');
  end if;
  if not private.caller_is_staff() then perform private.refuse('staff_only'); end if;
  return caller;
end $$;

comment on function private.staff_reader is 'Rule: like staff_caller, for verbs that only read.';

create function private.caller_is_staff()
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.caller_is_active() and private.has_second_factor()
    and exists (select from private.staff where staff.profile_id = (select auth.uid()));
end $$;

comment on function private.caller_is_staff is
  'Rule: staff can read what they have to decide; not while they are suspended themselves.';

grant execute on function private.caller_is_staff to authenticated;
