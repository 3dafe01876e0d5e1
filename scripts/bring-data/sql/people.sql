--: check
update pg_temp.staged
set code = case
  when staged.outcome = 'updated' and exists (
    select from public.profiles
    where profiles.profile_id = staged.our_id and profiles.erased_at is not null) then 'account_closed'
  -- An address is proved by its owner, who may have changed it since.
  when staged.outcome = 'updated' and exists (
    select from public.private_profiles
    where private_profiles.profile_id = staged.our_id
      and lower(private_profiles.email) is distinct from staged.given ->> 'email') then 'email_stays'
  when staged.outcome = 'created' and (
    exists (select from auth.users where lower(users.email) = staged.given ->> 'email')
    or staged.line in (
      select again.line
      from (
        select same.line,
          row_number() over (partition by same.given ->> 'email' order by same.line) as nth
        from pg_temp.staged as same
        where same.outcome = 'created' and same.given ->> 'email' is not null) as again
      where again.nth > 1)) then 'email_taken'
end
where staged.outcome <> 'unchanged';

--: write
insert into public.profiles (profile_id, display_name, about, location, languages, joined_on)
select staged.our_id, said.display_name, said.about, said.location, said.languages,
  coalesce(said.joined_on, current_date)
from pg_temp.staged, jsonb_populate_record(null::public.profiles, staged.fields) as said
where staged.outcome in ('created', 'updated')
on conflict (profile_id) do update
set display_name = excluded.display_name, about = excluded.about, location = excluded.location,
    languages = excluded.languages;

insert into public.private_profiles (profile_id, legal_name, email, phone, birth_date, locale)
select staged.our_id, said.legal_name, said.email, said.phone, said.birth_date, said.locale
from pg_temp.staged, jsonb_populate_record(null::public.private_profiles, staged.fields) as said
where staged.outcome in ('created', 'updated')
on conflict (profile_id) do update
set legal_name = excluded.legal_name, phone = excluded.phone, birth_date = excluded.birth_date,
    locale = excluded.locale;
