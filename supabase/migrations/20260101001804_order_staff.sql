-- Staff: who works here, who was looked at, reading the log.

create type public.verification_kind as enum ('identity', 'phone');

create function private.set_verification(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
declare
  profile public.profiles;
begin
  if set_verification.kind is null or set_verification.verified is null then
    perform private.refuse('invalid_verification');
  end if;
  update public.profiles
  set identity_verified = case set_verification.kind
        when 'identity' then set_verification.verified else profiles.identity_verified end,
      phone_verified = case set_verification.kind
        when 'phone' then set_verification.verified else profiles.phone_verified end
  where profiles.profile_id = set_verification.profile_id and profiles.erased_at is null
  returning * into profile;
  if not found then perform private.refuse('profile_not_found'); end if;
  return profile;
end $$;

create trigger audit_the_identity after update of identity_verified on public.profiles
  for each row when (old.identity_verified <> new.identity_verified)
  execute function private.audit_row('identity_verified', 'person', 'profile_id',
    'identity_verified');
create trigger audit_the_phone after update of phone_verified on public.profiles
  for each row when (old.phone_verified <> new.phone_verified)
  execute function private.audit_row('phone_verified', 'person', 'profile_id', 'phone_verified');

create function private.staff_verify_person(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.staff_caller() = staff_verify_person.profile_id then
    perform private.refuse('own_case');
  end if;
  return private.set_verification(
    staff_verify_person.profile_id, staff_verify_person.kind, staff_verify_person.verified);
end $$;

create function private.record_verification(
  profile_id uuid, kind public.verification_kind, verified boolean, phone text)
  returns public.profiles language plpgsql volatile security definer set search_path = ''
as $$
begin
  if record_verification.kind = 'phone' and record_verification.verified then
    -- Locked: the number that was called is the number that is marked.
    perform from public.private_profiles
    where private_profiles.profile_id = record_verification.profile_id
      and private_profiles.phone = record_verification.phone
    for no key update;
    if not found then perform private.refuse('phone_mismatch'); end if;
  end if;
  return private.set_verification(
    record_verification.profile_id, record_verification.kind, record_verification.verified);
end $$;

comment on function private.record_verification is
  'Rule: a verification provider records its result; for a phone only for the number it called.';

create function private.forget_verification()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.profiles
  set phone_verified = profiles.phone_verified and new.phone is not distinct from old.phone,
      identity_verified = profiles.identity_verified
        and new.legal_name = old.legal_name and new.birth_date is not distinct from old.birth_date
  where profiles.profile_id = new.profile_id
    and (profiles.phone_verified or profiles.identity_verified);
  return null;
end $$;

comment on function private.forget_verification is
  'Rule: a verification applies to the number and name at that time; changing them resets it.';

create trigger forget_the_verification after update of phone, legal_name, birth_date
  on public.private_profiles
  for each row when (
    old.phone is distinct from new.phone or old.legal_name <> new.legal_name
    or old.birth_date is distinct from new.birth_date)
  execute function private.forget_verification();

-- Who works here

create function private.add_staff(profile_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (select from auth.users where users.id = add_staff.profile_id) then
    perform private.refuse('profile_not_found');
  end if;
  insert into private.staff (profile_id, since) values (add_staff.profile_id, private.now())
  on conflict on constraint staff_pkey do nothing;
end $$;

create function private.suspend_person(profile_id uuid, reason text)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.check_reason(reason);
  if not exists (select from public.profiles
    where profiles.profile_id = suspend_person.profile_id)
  then
    perform private.refuse('profile_not_found');
  end if;
  insert into private.suspensions (profile_id, reason, suspended_at)
  values (suspend_person.profile_id, suspend_person.reason, private.now())
  on conflict on constraint suspensions_pkey do nothing;
  perform private.end_open_bookings(suspend_person.profile_id, null);
end $$;

create function private.lift_suspension(profile_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  delete from private.suspensions where suspensions.profile_id = lift_suspension.profile_id;
end;

create function private.remove_staff(profile_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  delete from private.staff where staff.profile_id = remove_staff.profile_id;
end;

-- Reading the log

create type public.audit_entry as (
  entry_id    bigint,
  happened_at timestamptz,
  actor       text,
  actor_id    uuid,
  action      text,
  object      text,
  object_id   uuid
);

-- Planned for the one who is asked about: who acts all day is found at the end of the log, who has
-- left long ago is not.
create function private.entries_of_actor(actor_id uuid, below bigint, page_size integer)
  returns setof public.audit_entry language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
begin
  return query
    select audit_log.* from private.audit_log
    where audit_log.actor_id = entries_of_actor.actor_id and audit_log.entry_id < below
    order by audit_log.entry_id desc
    limit page_size;
end $$;

create function private.staff_audit_log(
  before bigint, object_id uuid, actor_id uuid, page_size integer)
  returns setof public.audit_entry language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  -- No entry has the largest number.
  below bigint := coalesce(before, 9223372036854775807);
begin
  perform private.staff_reader();
  if page_size is null or page_size not between 1 and 200 then
    perform private.refuse('invalid_page_size', 'up_to', '200');
  end if;
  -- A statement for each question: one plan for all of them reads the log from its end (measured:
  -- 86 times what the entries of one home take), and planning for each call took half of it.
  if object_id is not null then
    return query
      select audit_log.* from private.audit_log
      where audit_log.object_id = staff_audit_log.object_id and audit_log.entry_id < below
        and (staff_audit_log.actor_id is null or audit_log.actor_id = staff_audit_log.actor_id)
      order by audit_log.entry_id desc
      limit page_size;
  elsif actor_id is not null then
    return query select * from private.entries_of_actor(actor_id, below, page_size);
  else
    return query
      select audit_log.* from private.audit_log
      where audit_log.entry_id < below
      order by audit_log.entry_id desc
      limit page_size;
  end if;
end $$;

-- Verbs

create function public.staff_verify_person(
  profile_id uuid, kind public.verification_kind, verified boolean)
  returns public.profiles language sql volatile security invoker set search_path = ''
  return private.staff_verify_person(profile_id, kind, verified);

create function public.staff_audit_log(
  before    bigint  default null,
  object_id uuid    default null,
  actor_id  uuid    default null,
  page_size integer default 50)
  returns setof public.audit_entry language sql stable security invoker
begin atomic
  select * from private.staff_audit_log(before, object_id, actor_id, page_size);
end;

grant execute on function
  private.staff_verify_person, private.staff_audit_log, public.staff_verify_person,
  public.staff_audit_log
  to authenticated;

create function public.record_verification(
  profile_id uuid, kind public.verification_kind, verified boolean, phone text default null)
  returns public.profiles language sql volatile security invoker set search_path = ''
  return private.record_verification(profile_id, kind, verified, phone);

create function public.suspend_person(profile_id uuid, reason text)
  returns void language sql volatile security invoker set search_path = ''
  return private.suspend_person(profile_id, reason);

create function public.lift_suspension(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.lift_suspension(profile_id);

create function public.add_staff(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.add_staff(profile_id);

create function public.remove_staff(profile_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.remove_staff(profile_id);

grant execute on function
  private.record_verification, private.suspend_person, private.lift_suspension, private.add_staff,
  private.remove_staff, public.record_verification, public.suspend_person, public.lift_suspension,
  public.add_staff, public.remove_staff
  to service_role;

comment on function public.staff_verify_person is
  'Staff mark a person''s identity or phone number as verified, or remove the mark. Errors: '
  'staff_only, profile_not_found, own_case, invalid_verification.';
comment on function public.staff_audit_log is
  'The actions of staff and the movements of money, newest first, one page at a time: before is '
  'the last entry_id seen. Optionally only those on one object, or by one person. Errors: '
  'staff_only, invalid_page_size.';
comment on function public.record_verification is
  'Records the result of a verification provider; for a phone, with the number it called. Errors: '
  'profile_not_found, phone_mismatch, invalid_verification.';
comment on function public.suspend_person is
  'For servers: suspends anyone, including staff, as staff_suspend does. Repeating it changes '
  'nothing. Errors: profile_not_found, reason_required.';
comment on function public.lift_suspension is
  'For servers: lifts a suspension, whoever imposed it. Repeating it changes nothing.';
comment on function public.add_staff is
  'Makes a person a member of staff. Repeating it changes nothing. Errors: profile_not_found.';
comment on function public.remove_staff is
  'Removes a person from staff, effective from the next call. Repeating it changes nothing.';
