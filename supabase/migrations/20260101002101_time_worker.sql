-- Worker: how commands are claimed, carried out, repeated and given up.

create type public.command_to_run as (
  command_id         uuid,
  kind               public.command_kind,
  idempotency_key    text,
  attempts           integer,
  created_at         timestamptz,
  booking_id         uuid,
  payment_id         uuid,
  refund_id          uuid,
  payout_id          uuid,
  reversal_id        uuid,
  amount_minor       bigint,
  currency           text,
  capture_mode       public.capture_mode,
  saves_card         boolean,
  charge_at          timestamptz,
  guest_id           uuid,
  stripe_customer_id text,
  stripe_intent_id   text,
  stripe_setup_intent_id   text,
  stripe_payment_method_id text,
  stripe_charge_id   text,
  stripe_account_id  text,
  stripe_transfer_id text,
  template           text,
  recipient          text,
  locale             text,
  facts              jsonb,
  problem            text
);

-- In PL/pgSQL, like all facts, so that a session plans them once. As an SQL function, planned on
-- each call, this one took 15 ms instead of 1.
create function private.mail_facts(booking_id uuid, recipient_id uuid)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'booking_id', bookings.booking_id,
      'listing_title', listings.title,
      'city', coalesce(listings.city, ''),
      'check_in', bookings.check_in,
      'check_out', bookings.check_out,
      'check_in_time', to_char(bookings.check_in_time, 'HH24:MI'),
      'check_out_time', to_char(bookings.check_out_time, 'HH24:MI'),
      'guests', bookings.guests,
      'guest_name', guest.display_name,
      'host_name', host.display_name,
      'currency', bookings.currency,
      'exponent', currencies.exponent,
      'answer_until', bookings.expires_at,
      'total_minor', case when mail_facts.recipient_id = bookings.guest_id
        then guest_totals.total_minor end,
      'paid_minor', money.paid_minor,
      'later_minor', money.later_minor,
      'unpaid_minor', money.unpaid_minor,
      'pay_by', money.pay_by,
      'payout_minor', case when mail_facts.recipient_id = bookings.host_id
        then host_totals.payout_minor end)
    from public.bookings
    join public.listings on listings.listing_id = bookings.listing_id
    join public.profiles as guest on guest.profile_id = bookings.guest_id
    join public.profiles as host on host.profile_id = bookings.host_id
    join private.currencies on currencies.currency = bookings.currency
    join public.guest_totals on guest_totals.booking_id = bookings.booking_id
    join public.host_totals on host_totals.booking_id = bookings.booking_id
    left join lateral (
      select
        sum(payments.captured_minor) as paid_minor,
        sum(payments.amount_minor)
          filter (where payments.status = 'pending' and payments.pay_by is null) as later_minor,
        sum(payments.amount_minor)
          filter (where payments.status = 'pending'
            and payments.pay_by is not null) as unpaid_minor,
        min(payments.pay_by) filter (where payments.status = 'pending') as pay_by
      from public.payments
      where payments.booking_id = bookings.booking_id
        and payments.guest_id = mail_facts.recipient_id) as money on true
    where bookings.booking_id = mail_facts.booking_id);
end $$;

comment on function private.mail_facts is
  'The facts for an e-mail about a booking: the total and the amount paid for the guest, the '
  'payout for the owner.';

create function private.letter_facts(command private.commands)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  letter private.letter_kinds;
  more   text;
  told   jsonb;
begin
  select * into letter from private.letter_kinds where letter_kinds.template = command.template;
  told := case
    when command.conversation_id is not null
      then private.message_facts(command.conversation_id, command.recipient_id)
    when command.booking_id is not null
      then private.mail_facts(command.booking_id, command.recipient_id)
    else private.news_facts(letter.about, command.template, command.subject_id,
      command.recipient_id)
  end;
  foreach more in array letter.facts loop
    told := told || case more
      when 'alteration' then private.alteration_facts(command.booking_id, command.recipient_id)
      when 'cancellation' then private.cancellation_facts(command.booking_id, command.recipient_id)
      when 'complaint' then private.complaint_facts(command.booking_id, command.recipient_id)
      when 'damage' then private.damage_facts(command.booking_id)
      when 'money' then private.money_facts(command.subject_id, command.template)
      when 'no_show' then private.no_show_facts(command.booking_id)
    end;
  end loop;
  if command.recipient_id is not null and exists (
    select from public.notification_kinds
    where notification_kinds.kind = letter.kind and not notification_kinds.essential)
  then
    told := told || jsonb_build_object(
      'unsubscribe_token', private.unsubscribe_token(command.recipient_id, letter.kind));
  end if;
  return told;
end $$;

comment on function private.letter_facts is
  'Where the facts of an e-mail are looked up: those of its stay (private.mail_facts), conversation '
  'or news, and those that its row of private.letter_kinds names. Null: there is nothing to say any '
  'more.';

create function private.facts_of(command private.commands)
  returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  return case
    when command.kind = 'send_mail' then private.letter_facts(command)
    when command.kind = 'deliver_webhook' then private.delivery_facts(command.delivery_id)
    when command.kind in ('remove_evidence', 'remove_photos', 'remove_pictures', 'remove_unused')
      then private.file_facts(command.kind, command.subject_id)
  end;
end $$;

comment on function private.facts_of is
  'The facts a worker gets for a command: those of its letter, delivery or files. Null: there is '
  'nothing to do any more.';

create function private.told_of(command private.commands)
  returns public.command_to_run language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  told public.command_to_run;
begin
  select
    command.command_id, command.kind, command.idempotency_key, command.attempts, command.created_at,
    command.booking_id, command.payment_id, command.refund_id, command.payout_id,
      command.reversal_id,
    coalesce(
      refunds.amount_minor, reversals.amount_minor, payouts.amount_minor - payouts.withheld_minor,
      payments.amount_minor),
    payments.currency, payments.capture_mode, payments.saves_card, payments.charge_at,
    coalesce(payments.guest_id, case when command.kind = 'delete_customer'
      then command.subject_id end),
    customers.stripe_customer_id, payments.stripe_intent_id, saved_cards.stripe_setup_intent_id,
    case when saved_cards.lost_at is null then saved_cards.stripe_payment_method_id end,
    -- What is paid again comes from the balance, where it has come back to.
    case when payouts.part > 1 then null else payments.stripe_charge_id end,
    host_accounts.stripe_account_id, payouts.stripe_transfer_id, command.template,
    case when command.recipient_id is null then invited.email else private_profiles.email end,
    coalesce(private_profiles.locale, invited.locale),
    private.facts_of(command),
    null
  into told
  from (select) as one
  left join public.payments on payments.payment_id = command.payment_id
  left join private.customers on customers.guest_id = coalesce(
    payments.guest_id, case when command.kind = 'delete_customer' then command.subject_id end)
  left join private.saved_cards on saved_cards.booking_id = payments.booking_id
  left join public.refunds on refunds.refund_id = command.refund_id
  left join public.payouts on payouts.payout_id = command.payout_id
  left join public.host_accounts on host_accounts.host_id = payouts.host_id
  left join private.reversals on reversals.reversal_id = command.reversal_id
  left join public.private_profiles on private_profiles.profile_id = command.recipient_id
  -- Only an invitation is written to somebody who may have no account.
  left join lateral private.invited(command.subject_id) as invited
    on command.kind = 'send_mail' and command.recipient_id is null;
  return told;
exception when others then
  -- The others of the batch are told of all the same; the worker has this one come again later.
  told.command_id := command.command_id;
  told.kind := command.kind;
  told.idempotency_key := command.idempotency_key;
  told.attempts := command.attempts;
  told.created_at := command.created_at;
  told.problem := format('untold: %s (%s)', sqlerrm, sqlstate);
  return told;
end $$;

comment on function private.told_of is
  'Rule: everything a worker needs for a command; or the problem, if the database cannot provide '
  'it.';

create function private.due_commands(
  wanted private.command_status, lapsed_by timestamptz, most integer)
  returns uuid[] language plpgsql volatile security definer set search_path = ''
as $$
begin
  return array(
    select commands.command_id
    from private.commands
    left join public.payments on payments.payment_id = commands.payment_id
    left join private.saved_cards on saved_cards.booking_id = commands.booking_id
    where commands.status in ('waiting', 'running')
      and commands.status = due_commands.wanted
      and commands.due_at <= private.now()
      and (commands.claimed_until is null or commands.claimed_until <= due_commands.lapsed_by)
      and (commands.attempts < 12 or not commands.alone)
      -- An intent whose making is still under way cannot be cancelled yet.
      and not (commands.kind = 'cancel_intent' and payments.stripe_intent_id is null)
      and not (commands.kind = 'cancel_setup' and saved_cards.stripe_setup_intent_id is null)
    order by commands.due_at, commands.position
    limit due_commands.most
    for update of commands skip locked);
end $$;

create function private.claim_commands(most integer)
  returns setof public.command_to_run language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  picked  uuid[];
  lapsed  boolean := true;
  command private.commands;
begin
  picked := private.due_commands('running', private.now() - interval '10 minutes', 1);
  if picked = '{}' then
    picked := private.due_commands('waiting', private.now(), least(claim_commands.most, 100));
    lapsed := false;
  end if;
  if picked = '{}' then
    picked := private.due_commands('running', private.now(), 1);
    lapsed := true;
  end if;
  -- An update returns its rows as it finds them.
  for command in
    with claimed as (
      update private.commands
      set status = 'running', claimed_until = private.now() + interval '2 minutes', alone = lapsed,
          attempts = commands.attempts + case when lapsed and not commands.alone then 0 else 1 end
      where commands.command_id = any (picked)
      returning commands.*)
    select claimed.* from claimed order by claimed.due_at, claimed.position
  loop
    return next private.told_of(command);
  end loop;
end $$;

comment on function private.claim_commands is
  'Rule: commands are claimed in the order in which they are due, those due at the same instant in '
  'the order in which they were written. A command is run by one worker at a time, and again if '
  'that worker was not heard of for two minutes: then alone, after new commands or after ten '
  'minutes, because it may have killed the worker. Only such a loss alone counts as an attempt, so '
  'that one command does not use up the attempts of others.';

create function private.finish_command(command_id uuid)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  update private.commands
  set status = 'done', finished_at = private.now(), claimed_until = null
  where commands.command_id = finish_command.command_id and commands.status = 'running';
end;

create function private.fail_command(command_id uuid, problem text, retry boolean)
  returns void language plpgsql volatile security definer set search_path = ''
as $$
declare
  command private.commands;
  booking public.bookings;
begin
  select * into command from private.commands where commands.command_id = fail_command.command_id;
  select * into booking from public.bookings
    where bookings.booking_id = command.booking_id for update;
  select * into command from private.commands
  where commands.command_id = fail_command.command_id and commands.status = 'running' for update;
  if not found then
    return;
  end if;

  -- 5 s, 10 s, 20 s ... an hour: twelve attempts take about two and a half hours.
  if fail_command.retry and command.attempts < 12 then
    update private.commands
    set status = 'waiting', claimed_until = null, problem = left(fail_command.problem, 500),
        due_at = private.now()
          + least(interval '5 seconds' * 2 ^ (command.attempts - 1), interval '1 hour')
    where commands.command_id = command.command_id;
    return;
  end if;

  update private.commands
  set status = 'failed', claimed_until = null, finished_at = private.now(),
      problem = left(fail_command.problem, 500)
  where commands.command_id = command.command_id;
  if command.payment_id is not null then
    perform private.note_problem(command.payment_id, command.kind || '_failed');
  end if;
  if command.kind in ('create_intent', 'create_setup') then
    -- Nothing was made, nothing is to be cancelled. Should it exist after all, recording it orders
    -- it again.
    delete from private.commands
    where commands.payment_id = command.payment_id and commands.status = 'waiting'
      and commands.kind = case command.kind
        when 'create_intent' then 'cancel_intent' else 'cancel_setup' end::public.command_kind;
    if found and command.kind = 'create_intent' then
      update public.payments set status = 'cancelled'
      where payments.payment_id = command.payment_id and payments.status = 'pending'
        and payments.stripe_intent_id is null;
    end if;
  end if;
  if command.kind in ('create_intent', 'charge') then
    perform private.refuse_charge(command.payment_id, 'not_charged');
  end if;
  if command.kind = 'capture' and booking.status = 'requested' then
    perform private.end_booking(booking, 'expired', 'system', 'capture_failed');
  end if;
end $$;

comment on function private.fail_command is
  'Rule: a failure that may be temporary is retried with growing delays; a permanent one ends as '
  'failed with its reason, and a stay whose capture failed is not confirmed. If the intent of a '
  'payment cannot be created, the payment ends together with what it was for.';

create function private.give_up_command(command_id uuid)
  returns boolean language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.fail_command(command_id, 'no worker came back from it', false);
  return true;
end $$;

create function private.give_up_commands(most integer)
  returns integer language plpgsql volatile security definer set search_path = ''
as $$
declare
  lost     uuid;
  given_up integer := 0;
begin
  for lost in
    select commands.command_id from private.commands
    where commands.status = 'running' and commands.claimed_until <= private.now()
      and commands.attempts >= 12 and commands.alone
      and commands.command_id not in (select private.rows_aside('give_up_commands'))
    order by commands.booking_id, commands.command_id
    limit give_up_commands.most
  loop
    given_up := given_up + private.attempt('give_up_commands', lost, 'give_up_command', lost);
  end loop;
  return given_up;
end $$;

comment on function private.give_up_commands is
  'Job: a command that kills every worker ends as failed after twelve attempts.';

-- The server's verbs: one line each, for service_role alone

create function public.claim_commands(most integer)
  returns setof public.command_to_run language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.claim_commands(claim_commands.most);
end;

create function public.finish_command(command_id uuid)
  returns void language sql volatile security invoker set search_path = ''
  return private.finish_command(command_id);

create function public.fail_command(command_id uuid, problem text, retry boolean)
  returns void language sql volatile security invoker set search_path = ''
  return private.fail_command(command_id, problem, retry);

grant execute on function
  private.claim_commands, private.finish_command, private.fail_command, public.claim_commands,
  public.finish_command, public.fail_command
  to service_role;

comment on function public.claim_commands is
  'Server: claims up to the given number of due commands for two minutes.';
comment on function public.finish_command is
  'Server: records that a command was carried out and its result applied.';
comment on function public.fail_command is
  'Server: records that a command failed; retry says whether it may succeed later.';
