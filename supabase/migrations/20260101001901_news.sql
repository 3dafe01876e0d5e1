-- News: what people are told beyond the moves of their bookings. Each trigger here is one event
-- that somebody waits for, and orders one letter: to whom, about what. What the letter says is
-- looked up when it is sent, so that nobody reads what is not true any more.

-- Queueing e-mails that are not about a booking: the caller names the reader

create function private.mail_about(
  template text, recipient_id uuid, subject_id uuid, occasion text default null)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  select private.queue_command('send_mail',
    concat_ws('/', template, recipient_id, subject_id, occasion),
    recipient_id => recipient_id, subject_id => subject_id, template => template);
end;

comment on function private.mail_about is
  'Rule: people waiting for something are notified of it once.';

-- Reviews

create function private.ask_for_reviews()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.now() < (private.review_window(new)).closes_at then
    perform private.write_mail('review_asked_guest', new.booking_id);
    perform private.write_mail('review_asked_host', new.booking_id);
  end if;
  return null;
end $$;

comment on function private.ask_for_reviews is
  'Rule: after a completed stay guest and host are asked for a review, unless the time for '
  'writing one is over.';

create trigger ask_the_two_for_reviews after update of status on public.bookings
  for each row when (old.status <> new.status and new.status = 'completed')
  execute function private.ask_for_reviews();

-- Who wrote it is not told that it can be read: they know what it says.
create function private.tell_of_review()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  booking  public.bookings;
  to_guest boolean := (tg_argv[0] = 'replied') = (tg_table_name = 'reviews');
begin
  select * into booking from public.bookings where bookings.booking_id = new.booking_id;
  perform private.write_mail(
    concat_ws('_', 'review', tg_argv[0], case when to_guest then 'guest' else 'host' end),
    booking.booking_id, subject_id => new.review_id);
  perform private.tell_programs('review.' || case tg_argv[0] when 'replied' then 'replied'
    else 'revealed' end,
    jsonb_build_object('review_id', new.review_id, 'booking_id', booking.booking_id,
      'listing_id', booking.listing_id, 'of', case tg_table_name when 'reviews' then 'stay'
        else 'guest' end));
  return null;
end $$;

comment on function private.tell_of_review is
  'Rule: the reviewed side is notified when a review is revealed, the side that wrote it when '
  'there is a reply; nobody is notified before.';

-- What an import brings was read elsewhere already.
create trigger tell_the_host_of_the_review after update of revealed_at on public.reviews
  for each row when (
    old.revealed_at is null and new.revealed_at is not null and new.removed_at is null
    and new.booking_id is not null
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.tell_of_review('received');
create trigger tell_the_guest_of_the_review after update of revealed_at on public.guest_reviews
  for each row when (
    old.revealed_at is null and new.revealed_at is not null and new.removed_at is null
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.tell_of_review('received');
create trigger tell_the_guest_of_the_reply after update of reply on public.reviews
  for each row when (old.reply is null and new.reply is not null and new.booking_id is not null)
  execute function private.tell_of_review('replied');
create trigger tell_the_host_of_the_reply after update of reply on public.guest_reviews
  for each row when (old.reply is null and new.reply is not null)
  execute function private.tell_of_review('replied');

-- Offers

create function private.tell_of_offer()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'open' and tg_op = 'INSERT' then
    perform private.mail_about(
      case new.kind when 'pre_approval' then 'inquiry_preapproved' else 'offer_received' end,
      new.guest_id, new.offer_id);
  elsif new.status = 'withdrawn' then
    perform private.mail_about('offer_withdrawn', new.guest_id, new.offer_id);
  elsif new.status = 'declined' then
    perform private.mail_about('offer_declined', new.sent_by, new.offer_id);
  end if;
  perform private.tell_programs('offer.' || new.status, jsonb_build_object(
    'offer_id', new.offer_id, 'listing_id', new.listing_id, 'guest_id', new.guest_id, 'kind',
      new.kind,
    'status', new.status));
  return null;
end $$;

comment on function private.tell_of_offer is
  'Rule: a guest is notified of an offer with or without a message from the host; the message is '
  'in that e-mail, which is then the only one about it.';

create trigger tell_the_news_of_first_offer after insert on public.offers
  for each row execute function private.tell_of_offer();
create trigger tell_the_news_of_offer after update of status on public.offers
  for each row when (old.status <> new.status) execute function private.tell_of_offer();

create function private.offer_facts(offer_id uuid, template text)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'listing_title', listings.title,
      'city', coalesce(listings.city, ''),
      'other_name', case template when 'offer_declined' then guest.display_name
        else host.display_name end,
      'check_in', offers.check_in, 'check_out', offers.check_out, 'guests', offers.guests,
      'currency', offers.currency, 'exponent', currencies.exponent,
      'total_minor', case when template <> 'offer_declined'
        then (offer_prices.priced).total_minor end,
      'until', offers.expires_at,
      'words', case when template <> 'offer_declined' then messages.body end)
    from public.offers
    join public.listings on listings.listing_id = offers.listing_id
    join public.profiles as guest on guest.profile_id = offers.guest_id
    join public.profiles as host on host.profile_id = offers.sent_by
    join private.currencies on currencies.currency = offers.currency
    left join private.offer_prices on offer_prices.offer_id = offers.offer_id
    left join public.messages on messages.message_id = offers.offer_id
    where offers.offer_id = offer_facts.offer_id
      and offers.status = case template
        when 'offer_withdrawn' then 'withdrawn' when 'offer_declined' then 'declined' else 'open'
      end::public.offer_status
      and (offers.status <> 'open' or offers.expires_at > private.now()));
end $$;

comment on function private.offer_facts is
  'The facts for an e-mail about an offer; nothing if they no longer apply.';

-- Calendars

create function private.tell_of_feed()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mail_about('calendar_failing', listing_hosts.profile_id, new.feed_id,
    occasion => to_char(coalesce(new.last_success_at, new.created_at) at time zone 'UTC',
      'YYYYMMDDHH24MISS'))
  from public.listing_hosts
  where listing_hosts.listing_id = new.listing_id;
  return null;
end $$;

comment on function private.tell_of_feed is
  'Rule: hosts are notified once that a calendar cannot be read, after three attempts, and again '
  'only after it could be read in between.';

create trigger tell_the_news_of_feed after update of failures on public.calendar_feeds
  for each row when (old.failures < 3 and new.failures >= 3)
    execute function private.tell_of_feed();

create function private.calendar_facts(subject_id uuid, template text)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  if template = 'calendar_conflict' then
    return (
      select jsonb_build_object(
        'listing_title', listings.title, 'city', coalesce(listings.city, ''),
        'check_in', imported_events.check_in, 'check_out', imported_events.check_out)
      from public.imported_events
      join public.listings on listings.listing_id = imported_events.listing_id
      where imported_events.event_id = calendar_facts.subject_id and not imported_events.left_out);
  end if;
  return (
    select jsonb_build_object(
      'listing_title', listings.title, 'city', coalesce(listings.city, ''), 'words',
        calendar_feeds.name)
    from public.calendar_feeds
    join public.listings on listings.listing_id = calendar_feeds.listing_id
    where calendar_feeds.feed_id = calendar_facts.subject_id and calendar_feeds.failures > 0);
end $$;

-- Hosting together

create function private.invited(invitation_id uuid)
  returns table (profile_id uuid, email text, locale text) language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return query
    select users.id,
      coalesce(cohost_invitations.email, private_profiles.email),
      coalesce(private_profiles.locale, owner.locale)
    from public.cohost_invitations
    join public.private_profiles as owner on owner.profile_id = cohost_invitations.invited_by
    left join auth.users on users.id = cohost_invitations.profile_id
      or (lower(users.email) = cohost_invitations.email
        and private.has_proven(users.id, cohost_invitations.email))
    left join public.private_profiles on private_profiles.profile_id = users.id
    where cohost_invitations.invitation_id = invited.invitation_id;
end $$;

comment on function private.invited is
  'Rule: an invitation is sent to the login it is for, otherwise to the e-mail address given; the '
  'owner cannot tell which.';

create function private.tell_of_invitation()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  reader uuid := (select invited.profile_id from private.invited(new.invitation_id) as invited);
begin
  if new.status = 'open' and (reader is not null or new.email is not null)
    and not private.is_blocked(reader, new.invited_by)
  then
    perform private.mail_about('cohost_invited', reader, new.invitation_id);
  elsif new.status in ('accepted', 'declined') then
    perform private.mail_about('cohost_' || new.status, new.invited_by, new.invitation_id);
  end if;
  return null;
end $$;

create trigger tell_the_news_of_invitation after insert on public.cohost_invitations
  for each row execute function private.tell_of_invitation();
create trigger tell_the_news_of_answer after update of status on public.cohost_invitations
  for each row when (old.status <> new.status) execute function private.tell_of_invitation();

create function private.invitation_facts(invitation_id uuid, template text)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'listing_title', listings.title, 'city', coalesce(listings.city, ''),
      'other_name', case template
        when 'cohost_invited' then owner.display_name
        when 'cohost_accepted' then (
          select profiles.display_name
          from public.profiles where profiles.profile_id = cohost_invitations.accepted_by)
        end,
      'invitation_id', cohost_invitations.invitation_id,
      'code', case when template = 'cohost_invited'
        then private.invitation_code(cohost_invitations) end,
      'until', cohost_invitations.expires_at)
    from public.cohost_invitations
    join public.listings on listings.listing_id = cohost_invitations.listing_id
    join public.profiles as owner on owner.profile_id = cohost_invitations.invited_by
    where cohost_invitations.invitation_id = invitation_facts.invitation_id
      and cohost_invitations.status = case template
        when 'cohost_invited' then 'open' else substr(template, 8) end::public.invitation_status
      and (cohost_invitations.status <> 'open' or cohost_invitations.expires_at > private.now()));
end $$;

create function private.tell_former_cohost()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if auth.uid() is distinct from old.profile_id then
    perform private.mail_about('cohost_removed', old.profile_id, old.listing_id,
      occasion => to_char(old.since at time zone 'UTC', 'YYYYMMDDHH24MISS'));
  end if;
  return null;
end $$;

comment on function private.tell_former_cohost is
  'Rule: a co-host who is removed is notified; one who leaves is not.';

create trigger tell_the_former_cohost after delete on public.listing_hosts
  for each row when (old.role <> 'owner') execute function private.tell_former_cohost();

create function private.home_facts(listing_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('listing_title', listings.title, 'city', coalesce(listings.city, ''))
    from public.listings where listings.listing_id = home_facts.listing_id);
end $$;

-- When a stay went wrong

create function private.tell_of_answer()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.write_mail('complaint_answered', new.booking_id,
    subject_id => new.complaint_id);
  return null;
end $$;

create function private.tell_of_acceptance()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.write_mail('damage_accepted', new.booking_id, subject_id => new.claim_id);
  return null;
end $$;

create function private.tell_of_case()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  facts jsonb := to_jsonb(new);
begin
  perform private.tell_programs(tg_argv[0] || '.' || new.status, jsonb_build_object(
    tg_argv[1], facts -> tg_argv[1], 'booking_id', new.booking_id, 'status', new.status));
  return null;
end $$;

create trigger tell_the_news_of_answer after update of answered_at on public.complaints
  for each row when (old.answered_at is null and new.answered_at is not null)
  execute function private.tell_of_answer();
create trigger tell_the_news_of_acceptance after update of status on public.damage_claims
  for each row when (old.status <> new.status and new.status = 'owed' and new.decision is null)
  execute function private.tell_of_acceptance();
create trigger announce_the_first_complaint after insert on public.complaints
  for each row execute function private.tell_of_case('complaint', 'complaint_id');
create trigger announce_the_complaint after update of status on public.complaints
  for each row when (old.status <> new.status)
    execute function private.tell_of_case('complaint', 'complaint_id');
create trigger announce_the_first_claim after insert on public.damage_claims
  for each row execute function private.tell_of_case('damage_claim', 'claim_id');
create trigger announce_the_claim after update of status on public.damage_claims
  for each row when (old.status <> new.status)
    execute function private.tell_of_case('damage_claim', 'claim_id');
create trigger announce_the_first_no_show after insert on public.no_shows
  for each row execute function private.tell_of_case('no_show', 'booking_id');
create trigger announce_the_no_show after update of status on public.no_shows
  for each row when (old.status <> new.status)
    execute function private.tell_of_case('no_show', 'booking_id');
create trigger announce_the_first_alteration after insert on public.alterations
  for each row execute function private.tell_of_case('alteration', 'alteration_id');
create trigger announce_the_alteration after update of status on public.alterations
  for each row when (old.status <> new.status)
    execute function private.tell_of_case('alteration', 'alteration_id');

-- Money

create function private.tell_of_payout()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.write_mail('payout_sent', new.booking_id, subject_id => new.payout_id)
  from public.payments
  where payments.payment_id = new.payment_id and payments.purpose <> 'damage';
  return null;
end $$;

create function private.tell_of_charge()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.write_mail('charge_made', new.booking_id, subject_id => new.payment_id);
  return null;
end $$;

create function private.tell_of_refund()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.write_mail('refund_made', new.booking_id, subject_id => new.refund_id);
  return null;
end $$;

create function private.tell_of_dispute()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status in ('inquiry', 'inquiry_closed') and not exists (
    select from public.payouts
    where payouts.booking_id = new.booking_id
      and payouts.status in ('scheduled', 'blocked', 'sent'))
  then
    return null;
  end if;
  perform private.write_mail(
    case
      when new.closed_at is null then 'payment_disputed'
      when new.status = 'lost' then 'dispute_lost'
      else 'dispute_won'
    end, new.booking_id, private.round_of(new), new.payment_id);
  return null;
end $$;

comment on function private.tell_of_payout is
  'Rule: a host is notified of every payout that has left; money for damage has an e-mail of its '
  'own.';
comment on function private.tell_of_charge is
  'Rule: a guest is notified of every later charge once it was made.';
comment on function private.tell_of_refund is
  'Rule: a guest is also notified of a refund that nothing here caused; all others are in the '
  'e-mail about their cause.';
comment on function private.tell_of_dispute is
  'Rule: a host is notified when a bank disputes a payment and how it ends; of an inquiry only '
  'while it can freeze a payout.';

create trigger tell_the_news_of_payout after update of status on public.payouts
  for each row when (old.status <> new.status and new.status = 'paid'
    and new.withheld_minor < new.amount_minor)
  execute function private.tell_of_payout();
create trigger tell_the_news_of_charge after update of status on public.payments
  for each row when (
    old.status <> new.status and new.status = 'captured' and new.charge_at is not null
    and new.purpose in ('stay', 'shortfall'))
  execute function private.tell_of_charge();
create trigger tell_the_news_of_refund after insert on public.refunds
  for each row when (new.reason = 'dashboard' and new.status <> 'failed')
  execute function private.tell_of_refund();
-- What was won before we heard of it has kept nobody waiting.
create trigger tell_the_news_of_first_dispute after insert on private.disputes
  for each row when (new.status in ('inquiry', 'open', 'lost'))
    execute function private.tell_of_dispute();
create trigger tell_the_news_of_dispute after update of status on private.disputes
  for each row when (old.status <> new.status) execute function private.tell_of_dispute();

create function private.money_facts(subject_id uuid, template text)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  if template = 'payment_disputed' and not exists (
    select from private.disputes
    where disputes.payment_id = money_facts.subject_id and disputes.closed_at is null)
  then
    return null;
  end if;
  return jsonb_build_object('moved_minor', case template
    when 'payout_sent' then (
      select payouts.amount_minor - payouts.withheld_minor from public.payouts
      where payouts.payout_id = money_facts.subject_id)
    when 'charge_made' then (
      select payments.captured_minor from public.payments
      where payments.payment_id = money_facts.subject_id)
    when 'refund_made' then (
      select refunds.amount_minor from public.refunds
        where refunds.refund_id = money_facts.subject_id)
  end);
end $$;

create function private.tell_of_account()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mail_about(
    case when new.status = 'active' then 'payouts_ready'
      else 'payouts_halted' end, new.host_id, new.host_id,
    occasion => to_char(private.now() at time zone 'UTC', 'YYYYMMDDHH24MISS'));
  return null;
end $$;

comment on function private.tell_of_account is
  'Rule: a host is notified when they can be paid, and when they no longer can.';

create trigger tell_the_news_of_account after update of status on public.host_accounts
  for each row when (
    old.status <> new.status
    and (new.status = 'active'
      or (old.status = 'active' and new.status in ('restricted', 'closed'))))
  execute function private.tell_of_account();

-- What was found about people

create function private.tell_of_superhost()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mail_about(
    case when new.superhost then 'superhost_gained'
      else 'superhost_lost' end, new.profile_id, new.profile_id,
    occasion => to_char(private.now() at time zone 'UTC', 'YYYYMMDD'));
  return null;
end $$;

create trigger tell_the_news_of_superhost after update of superhost on public.profiles
  for each row when (old.superhost <> new.superhost and new.erased_at is null)
  execute function private.tell_of_superhost();

create function private.tell_of_notice()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mail_about('decision_made', new.profile_id, new.notice_id);
  return null;
end $$;

create function private.tell_of_report()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mail_about(
    case new.status when 'open' then 'report_received' else 'report_decided' end, new.reporter_id,
    new.report_id);
  perform private.tell_programs('report.' || new.status, jsonb_build_object(
    'report_id', new.report_id, 'subject', new.subject, 'status', new.status));
  return null;
end $$;

comment on function private.tell_of_notice is
  'Rule: people who are warned, suspended or lose content are also notified by e-mail, with the '
  'text from staff.';
comment on function private.tell_of_report is
  'Rule: people who report something are told that it arrived, and whether action was taken; never '
  'which, or against whom.';

create trigger tell_the_news_of_notice after insert on public.moderation_notices
  for each row execute function private.tell_of_notice();
create trigger tell_the_news_of_first_report after insert on public.reports
  for each row execute function private.tell_of_report();
create trigger tell_the_news_of_report after update of status on public.reports
  for each row when (old.status <> new.status) execute function private.tell_of_report();

create function private.case_facts(subject_id uuid, template text)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  if template = 'decision_made' then
    return (
      select jsonb_build_object(
        'measure', moderation_notices.measure, 'words', moderation_notices.notice,
        'listing_title', listings.title, 'city', listings.city)
      from public.moderation_notices
      left join public.listings on listings.listing_id = moderation_notices.object_id
      where moderation_notices.notice_id = case_facts.subject_id);
  end if;
  return jsonb_build_object('acted', exists (
    select from private.decisions
    where decisions.report_id = case_facts.subject_id and decisions.measure <> 'dismiss'));
end $$;

-- What a letter about none of a booking, a conversation or a program says

create function private.news_facts(about text, template text, subject_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return case about
    when 'offer' then private.offer_facts(subject_id, template)
    when 'event' then private.calendar_facts(subject_id, template)
    when 'feed' then private.calendar_facts(subject_id, template)
    when 'invitation' then private.invitation_facts(subject_id, template)
    when 'home' then private.home_facts(subject_id)
    when 'notice' then private.case_facts(subject_id, template)
    when 'report' then private.case_facts(subject_id, template)
    else '{}'
  end || jsonb_build_object('recipient_name', coalesce((
    select profiles.display_name from public.profiles
      where profiles.profile_id = news_facts.recipient_id), ''));
end $$;
