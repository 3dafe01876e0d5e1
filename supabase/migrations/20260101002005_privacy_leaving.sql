-- Leaving: what goes with a person, and what is kept.
--
-- The books stay when a person goes; the person does not.

create function private.erase_profile()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.lock_bookings_of(old.id);
  update public.profiles
  set display_name = 'Former member', about = '', location = '', languages = '{}',
    avatar_path = null, identity_verified = false, phone_verified = false, erased_at = private.now()
  where profiles.profile_id = old.id;

  update public.private_profiles
  set legal_name = '', email = null, phone = null, birth_date = null
  where private_profiles.profile_id = old.id;

  update public.listings set status = 'hidden'
  where listings.host_id = old.id and listings.status = 'published';

  update public.bookings set message = ''
  where bookings.guest_id = old.id and bookings.message <> '';
  update public.bookings set child_ages = '{}'
  where bookings.guest_id = old.id and bookings.child_ages <> '{}';
  update public.alterations set former_child_ages = '{}', child_ages = '{}'
  where alterations.guest_id = old.id
    and (alterations.former_child_ages <> '{}' or alterations.child_ages <> '{}');
  update public.inquiries set child_ages = '{}'
  where inquiries.guest_id = old.id and inquiries.child_ages <> '{}';
  update public.offers set child_ages = '{}'
  where offers.guest_id = old.id and offers.child_ages <> '{}';
  return null;
end $$;

comment on function private.erase_profile is
  'Rule: when a login is deleted, the personal data is removed and the records stay.';

create trigger erase_the_profile after delete on auth.users
  for each row execute function private.erase_profile();

create function private.open_business(person uuid)
  returns text[] language plpgsql stable security definer set search_path = ''
as $$
begin
  return array_remove(array[
    case when exists (
      select from public.bookings
      where (bookings.guest_id = person or bookings.host_id = person)
        and bookings.status in ('awaiting_payment', 'requested', 'confirmed'))
      then 'stays' end,
    case when exists (
      select from public.payouts
      where payouts.host_id = person and payouts.status in ('scheduled', 'blocked', 'sent'))
      then 'payouts' end,
    case when exists (
      select from public.refunds where refunds.guest_id = person and refunds.status = 'pending')
      then 'refunds' end,
    case when exists (
      select from private.disputes
      join public.bookings on bookings.booking_id = disputes.booking_id
      where (bookings.guest_id = person or bookings.host_id = person)
        and disputes.status in ('inquiry', 'open'))
      then 'disputes' end,
    case when exists (
      select from public.complaints
      join public.bookings on bookings.booking_id = complaints.booking_id
      where (bookings.guest_id = person or bookings.host_id = person)
        and complaints.status = 'open')
      or exists (
      select from public.no_shows
      join public.bookings on bookings.booking_id = no_shows.booking_id
      where (bookings.guest_id = person or bookings.host_id = person)
        and no_shows.status in ('reported', 'objected'))
      then 'complaints' end,
    case when exists (
      select from public.damage_claims
      join public.bookings on bookings.booking_id = damage_claims.booking_id
      where (bookings.guest_id = person or bookings.host_id = person)
        and damage_claims.closed_at is null)
      then 'damage claims' end,
    case when exists (
      select from private.currencies where private.host_debt(person, currencies.currency) > 0)
      then 'debts' end], null);
end $$;

comment on function private.open_business is
  'Rule: what keeps an account from being deleted: upcoming stays, payments under way, a debt, an '
  'undecided case.';

create function private.delete_my_account()
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.active_caller();
  open   text[];
begin
  perform private.lock_bookings_of(caller);
  -- Whoever books with them meanwhile waits here, and is refused when they pay.
  perform from public.profiles where profiles.profile_id = caller for update;
  open := private.open_business(caller);
  if open <> '{}' then
    perform private.refuse('account_has_open_stays', 'open', array_to_string(open, ', '));
  end if;
  delete from auth.users where users.id = caller;
end $$;

comment on function private.delete_my_account is
  'Rule: an account without open business is deleted at once; the records that must be kept stay.';

-- Files. Storage lets no SQL delete them: the worker asks its API.

create function private.file_facts(kind public.command_kind, subject_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  bucket text := case kind
    when 'remove_evidence' then 'evidence' when 'remove_pictures' then 'avatar-uploads'
      else 'photo-uploads' end;
  folder text := file_facts.subject_id || '/';
begin
  if kind = 'remove_unused' then
    return (
      select jsonb_build_object('bucket', loose_files.bucket_id, 'names',
        jsonb_build_array(loose_files.name))
      from private.loose_files
      where loose_files.file_id = file_facts.subject_id
        and not private.is_used(loose_files.bucket_id, loose_files.name));
  end if;
  if kind = 'remove_evidence' then
    return (
      select jsonb_build_object('bucket', bucket, 'names', found.names)
      from (select private.evidence_to_remove(file_facts.subject_id) as names) as found
      where found.names <> '{}');
  end if;
  return (
    select jsonb_build_object('bucket', bucket, 'names',
      jsonb_agg(objects.name order by objects.name))
    from storage.objects
    where objects.bucket_id = bucket and starts_with(objects.name collate "C", folder)
    having count(*) > 0);
end $$;

comment on function private.file_facts is
  'The files of a closed report, of a home that is deleted or of a deleted person, or one that '
  'nothing refers to, as they are in Storage now; nothing if there are none.';

-- Reports

create function private.forget_report(report public.reports)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_erased(report.reporter_id) then
    update public.reports set body = '' where reports.report_id = report.report_id
      and reports.body <> '';
    perform private.queue_command(
      'remove_evidence', report.report_id::text, subject_id => report.report_id);
  end if;
  update private.report_cases set excerpt = ''
  where report_cases.report_id = report.report_id and report_cases.excerpt <> ''
    and private.is_erased(report_cases.profile_id);
end $$;

comment on function private.forget_report is
  'Rule: what a deleted person wrote or uploaded in a report, and what was quoted from them, is '
  'erased once the report is decided.';

create function private.forget_closed_report()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.forget_report(new);
  return null;
end $$;

create trigger forget_the_closed_report after update of status on public.reports
  for each row when (new.status = 'closed') execute function private.forget_closed_report();

-- What goes with a person

create function private.forget_home(listing_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.listing_addresses where listing_addresses.listing_id = forget_home.listing_id;
  delete from public.listing_access where listing_access.listing_id = forget_home.listing_id;
  delete from public.automatic_texts where automatic_texts.listing_id = forget_home.listing_id;
  update private.claims set note = null
  where claims.listing_id = forget_home.listing_id and claims.note is not null;
  update public.listings set registration_number = null
  where listings.listing_id = forget_home.listing_id and listings.registration_number is not null;
  delete from public.listing_photos where listing_photos.listing_id = forget_home.listing_id;
  perform private.queue_command(
    'remove_photos', forget_home.listing_id::text, subject_id => forget_home.listing_id);
  return true;
end $$;

create function private.forget_homes(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  home      uuid;
  forgotten integer := 0;
begin
  for home in
    select listings.listing_id
    from public.profiles
    join public.listings on listings.host_id = profiles.profile_id
    where profiles.erased_at is not null
      and (
        exists (
          select from public.listing_addresses
            where listing_addresses.listing_id = listings.listing_id)
        or exists (
          select from public.listing_access where listing_access.listing_id = listings.listing_id))
      and not exists (
        select from public.bookings
        where bookings.listing_id = listings.listing_id
          and bookings.status in ('awaiting_payment', 'requested', 'confirmed'))
      and listings.listing_id not in (select private.rows_aside('forget_homes'))
    order by listings.listing_id
    limit forget_homes.most
  loop
    forgotten := forgotten + private.attempt('forget_homes', home, 'forget_home', home);
  end loop;
  return forgotten;
end $$;

comment on function private.forget_homes is
  'Job: deletes the address and access instructions of a deleted host''s home once no guest needs '
  'them.';

create index profiles_erased_at_idx on public.profiles (erased_at) where erased_at is not null;

create function private.erase_traces()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from public.cohost_invitations
  where cohost_invitations.invited_by = new.profile_id
    or cohost_invitations.profile_id = new.profile_id
    or cohost_invitations.accepted_by = new.profile_id
    or cohost_invitations.email = (
      select lower(private_profiles.email) from public.private_profiles
      where private_profiles.profile_id = new.profile_id);
  delete from public.listing_hosts
  where listing_hosts.profile_id = new.profile_id and listing_hosts.role <> 'owner';
  delete from public.blocks
  where blocks.blocker_id = new.profile_id or blocks.blocked_id = new.profile_id;
  delete from public.moderation_notices where moderation_notices.profile_id = new.profile_id;
  perform private.queue_command(
    'remove_pictures', new.profile_id::text, subject_id => new.profile_id);
  perform private.queue_command(
    'remove_evidence', new.profile_id::text, subject_id => new.profile_id)
  where private.evidence_to_remove(new.profile_id) <> '{}';
  update private.customers set leaves = true where customers.guest_id = new.profile_id;
  perform private.forget_report(reports)
  from public.reports
  where reports.status = 'closed'
    and (reports.reporter_id = new.profile_id or reports.report_id in (
    select report_cases.report_id from private.report_cases
    where report_cases.profile_id = new.profile_id));
  delete from private.masked_words where masked_words.author_id = new.profile_id;
  delete from private.removed_messages
  where removed_messages.message_id in (
    select messages.message_id from public.messages where messages.sender_id = new.profile_id);
  -- Why they declined or cancelled.
  update public.booking_history set reason = null
  from public.bookings
  where bookings.booking_id = booking_history.booking_id and booking_history.reason is not null
    and ((bookings.guest_id = new.profile_id and booking_history.actor = 'guest')
      or (bookings.host_id = new.profile_id and booking_history.actor = 'host'));
  update public.bookings set reason = null
  where bookings.reason is not null
    and ((bookings.guest_id = new.profile_id and bookings.status = 'cancelled_by_guest')
      or (bookings.host_id = new.profile_id
        and bookings.status in ('declined', 'cancelled_by_host')));
  perform private.forget_home(listings.listing_id)
  from public.listings
  where listings.host_id = new.profile_id
    and not exists (
      select from public.bookings
      where bookings.listing_id = listings.listing_id
        and bookings.status in ('awaiting_payment', 'requested', 'confirmed'));
  return null;
end $$;

comment on function private.erase_traces is
  'Rule: deleted with the person are their invitations, roles, blocks, notices, evidence and '
  'reasons, their customer at Stripe, their picture, and the photos and access instructions of '
  'their homes, unless somebody still needs them.';

create trigger erase_the_traces after update of erased_at on public.profiles
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function private.erase_traces();

-- Who they are at Stripe

create function private.needs_customer(guest_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
    select from public.bookings
    where bookings.guest_id = needs_customer.guest_id
      and bookings.status in ('awaiting_payment', 'requested', 'confirmed'))
    or exists (
      select from public.payments
      where payments.guest_id = needs_customer.guest_id
        and payments.status in ('pending', 'processing', 'authorized'))
    or exists (
      select from public.damage_claims
      join public.bookings on bookings.booking_id = damage_claims.booking_id
      where bookings.guest_id = needs_customer.guest_id and damage_claims.closed_at is null)
    or exists (
      select from private.saved_cards
      join public.bookings on bookings.booking_id = saved_cards.booking_id
      where bookings.guest_id = needs_customer.guest_id and saved_cards.saved_at is not null
        and bookings.confirmed_at is not null
        and bookings.check_out + (select settings.damage_days from private.settings)
          >= private.today(bookings.time_zone));
end $$;

comment on function private.needs_customer is
  'Rule: a guest''s customer and cards stay at Stripe while a stay or a payment is open, and as '
  'long as damage may be claimed for a stay whose card was saved.';

create function private.order_customer_deletion(guest_id uuid)
  returns boolean language sql volatile security definer set search_path = ''
  return private.queue_command('delete_customer', guest_id::text, subject_id => guest_id);

create function private.forget_customers(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  leaving uuid;
  ordered integer := 0;
begin
  for leaving in
    select customers.guest_id from private.customers
    where customers.leaves and not private.needs_customer(customers.guest_id)
      and customers.guest_id not in (select private.rows_aside('forget_customers'))
    limit forget_customers.most
  loop
    ordered := ordered + private.attempt(
      'forget_customers', leaving, 'order_customer_deletion', leaving);
  end loop;
  return ordered;
end $$;

comment on function private.forget_customers is
  'Job: deletes at Stripe the customers of deleted accounts.';

create function private.forget_customer(guest_id uuid)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.customers where customers.guest_id = forget_customer.guest_id
    and customers.leaves;
  if found then
    update private.saved_cards set stripe_payment_method_id = null, saved_at = null, lost_at = null
    from public.bookings
    where bookings.booking_id = saved_cards.booking_id
      and bookings.guest_id = forget_customer.guest_id and saved_cards.saved_at is not null;
  end if;
end $$;

-- Verbs

create function public.forget_customer(guest_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.forget_customer(guest_id);

create function public.delete_my_account()
  returns void language sql volatile security invoker set search_path = ''
  return private.delete_my_account();

grant execute on function private.delete_my_account, public.delete_my_account to authenticated;

grant execute on function private.forget_customer, public.forget_customer to service_role;

comment on function public.forget_customer is
  'Server: records that the customer at Stripe of a person who left was deleted, with all cards. '
  'Changes nothing for a guest who stays.';
comment on function public.delete_my_account is
  'Deletes the caller''s login and removes their personal data, permanently. Errors: '
  'account_has_open_stays (the detail names what is open), account_suspended, account_closed.';
