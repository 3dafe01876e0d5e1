-- Retention: what was only kept for a while goes by itself, after as many days as its row in
-- private.retention says.

create function private.forget_child_ages(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  last_out  constant date := (private.kept_until('child_ages') at time zone 'UTC')::date;
  counted   integer;
  forgotten integer;
begin
  update public.bookings set child_ages = '{}'
  where bookings.booking_id in (
    select old.booking_id from public.bookings as old
    where old.check_out < last_out and old.child_ages <> '{}'
      and old.status not in ('awaiting_payment', 'requested', 'confirmed') limit most
    for no key update skip locked);
  get diagnostics forgotten = row_count;

  update public.alterations set former_child_ages = '{}', child_ages = '{}'
  where alterations.alteration_id in (
    select old.alteration_id from public.alterations as old
    where greatest(old.former_check_out, old.check_out) < last_out
      and (old.former_child_ages <> '{}' or old.child_ages <> '{}') limit most
    for no key update skip locked);
  get diagnostics counted = row_count;
  forgotten := forgotten + counted;

  update public.inquiries set child_ages = '{}'
  where inquiries.inquiry_id in (
    select old.inquiry_id from public.inquiries as old
    where old.check_out < last_out and old.child_ages <> '{}' limit most
    for no key update skip locked);
  get diagnostics counted = row_count;
  forgotten := forgotten + counted;

  update public.offers set child_ages = '{}'
  where offers.offer_id in (
    select old.offer_id from public.offers as old
    where old.check_out < last_out and old.child_ages <> '{}' limit most
    for no key update skip locked);
  get diagnostics counted = row_count;
  return forgotten + counted;
end $$;

comment on function private.forget_child_ages is
  'Rule: the ages of children are kept only as long as private.retention says; the taxes that were '
  'paid stay in the lines.';

create index bookings_child_ages_idx on public.bookings (check_out) where child_ages <> '{}';
create index alterations_child_ages_idx
  on public.alterations (greatest(former_check_out, check_out))
  where former_child_ages <> '{}' or child_ages <> '{}';
create index inquiries_child_ages_idx on public.inquiries (check_out) where child_ages <> '{}';
create index offers_child_ages_idx on public.offers (check_out) where child_ages <> '{}';

create function private.forget_opening_words(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  forgotten integer;
begin
  with emptied as (
    update public.bookings set message = ''
    where bookings.booking_id in (
      select old.booking_id
      from public.bookings as old
      where old.created_at < private.kept_until('messages') and old.message <> ''
        and not exists (
          select from public.bookings as open
          where open.listing_id = old.listing_id and open.guest_id = old.guest_id
            and open.status in ('awaiting_payment', 'requested', 'confirmed'))
      limit most
      for no key update of old skip locked)
    returning bookings.booking_id
  ), unmasked as (
    delete from private.masked_words using emptied
    where masked_words.subject = 'booking' and masked_words.field = 'message'
      and masked_words.subject_id = emptied.booking_id
  )
  select count(*) into forgotten from emptied;
  return forgotten;
end $$;

comment on function private.forget_opening_words is
  'Rule: the message that came with a booking is kept as long as other messages of the two, and '
  'what was masked in it with it.';

create index bookings_created_at_idx on public.bookings (created_at) where message <> '';

create function private.forget_evidence(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  old       private.kept_evidence;
  forgotten integer := 0;
begin
  for old in
    select kept_evidence.* from private.kept_evidence
    where kept_evidence.closed_at < private.kept_until('evidence')
    order by kept_evidence.closed_at, kept_evidence.case_id limit most
    for update skip locked
  loop
    -- The row goes when the files are gone: one that came with the decision is found the next time.
    if private.evidence_to_remove(old.case_id) = '{}' then
      delete from private.kept_evidence where kept_evidence.case_id = old.case_id;
      forgotten := forgotten + 1;
    else
      forgotten := forgotten + private.queue_command(
        'remove_evidence', old.case_id::text, subject_id => old.case_id)::integer;
    end if;
  end loop;
  return forgotten;
end $$;

comment on function private.forget_evidence is
  'Rule: the files of a closed case of a stay are kept as long as private.retention says.';

create function private.forget_records(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  counted   integer;
  forgotten integer;
begin
  forgotten := private.forget_child_ages(most);
  forgotten := forgotten + private.forget_opening_words(most);
  -- The original of a masked text goes with it.
  with emptied as (
    update public.messages set body = ''
    where messages.message_id in (
      select old.message_id
      from public.messages as old
      join public.conversations on conversations.conversation_id = old.conversation_id
      where old.sent_at < private.kept_until('messages') and old.body <> ''
        and not exists (
          select from public.bookings
          where bookings.listing_id = conversations.listing_id
            and bookings.guest_id = conversations.guest_id
            and bookings.status in ('awaiting_payment', 'requested', 'confirmed'))
      limit most
      for no key update of old skip locked)
    returning messages.message_id
  ), unmasked as (
    delete from private.masked_words using emptied
    where masked_words.subject = 'message' and masked_words.subject_id = emptied.message_id
  )
  select count(*) into counted from emptied;
  forgotten := forgotten + counted;

  with deleted as (
    delete from private.removed_messages
    where removed_messages.message_id in (
      select old.message_id from private.removed_messages as old
      where old.removed_at < private.kept_until('removed_words') limit most
      for update skip locked)
    returning removed_messages.message_id
  ), unmasked as (
    delete from private.masked_words using deleted
    join public.messages on messages.message_id = deleted.message_id
    where (masked_words.subject = 'message' and masked_words.subject_id = deleted.message_id)
      or (masked_words.subject = 'booking' and masked_words.field = 'message'
        and messages.side = 'guest' and messages.kind = 'text'
        and masked_words.subject_id = messages.booking_id)
  )
  select count(*) into counted from deleted;
  forgotten := forgotten + counted;

  with closed as (
    update public.reports set body = ''
    where reports.report_id in (
      select old.report_id from public.reports as old
      join private.report_cases on report_cases.report_id = old.report_id
      where old.status = 'closed' and old.closed_at < private.kept_until('reports')
        and (old.body <> '' or report_cases.excerpt <> '') limit most
      for no key update skip locked)
    returning reports.report_id
  ), quoted as (
    update private.report_cases set excerpt = '' from closed
      where report_cases.report_id = closed.report_id
  )
  select count(*) into counted
  from closed
  cross join lateral private.queue_command(
    'remove_evidence', closed.report_id::text, subject_id => closed.report_id);
  forgotten := forgotten + counted;

  forgotten := forgotten + private.forget_evidence(most);

  delete from public.moderation_notices
  where moderation_notices.notice_id in (
    select old.notice_id from public.moderation_notices as old
    where old.sent_at < private.kept_until('notices') limit most
    for update skip locked);
  get diagnostics counted = row_count;
  forgotten := forgotten + counted;

  delete from private.past_hosts
  where (past_hosts.listing_id, past_hosts.profile_id) in (
    select old.listing_id, old.profile_id from private.past_hosts as old
    where old.until < private.kept_until('past_hosts') limit most
    for update skip locked);
  get diagnostics counted = row_count;
  forgotten := forgotten + counted;

  delete from private.stripe_events
  where stripe_events.event_id in (
    select old.event_id from private.stripe_events as old
    where old.applied_at < private.kept_until('stripe_events') limit most
    for update skip locked);
  get diagnostics counted = row_count;
  forgotten := forgotten + counted;

  -- That a payment was made is known by its command; that of a webhook goes with its event.
  delete from private.commands
  where commands.command_id in (
    select old.command_id
    from unnest('{send_mail,reconcile,delete_customer,remove_evidence,remove_photos,'
      'remove_pictures,remove_unused}'::public.command_kind[]) as moves_no_money (kind)
    join private.commands as old on old.kind = moves_no_money.kind and old.status = 'done'
      and old.finished_at < case moves_no_money.kind when 'reconcile'
        then private.kept_until('comparisons') else private.kept_until('commands') end
    limit most
    for update of old skip locked);
  get diagnostics counted = row_count;
  return forgotten + counted;
end $$;

comment on function private.forget_records is
  'Job: deletes records that have been kept as long as private.retention says.';

create index messages_sent_at_idx on public.messages (sent_at) where body <> '';
create index removed_messages_removed_at_idx on private.removed_messages (removed_at);
create index reports_closed_at_idx on public.reports (closed_at) where closed_at is not null;
create index moderation_notices_sent_at_idx on public.moderation_notices (sent_at);
create index stripe_events_applied_at_idx on private.stripe_events (applied_at)
  where applied_at is not null;

insert into private.export_rules (relation, why_not) values
  ('private.retention', 'The same for everyone.');
