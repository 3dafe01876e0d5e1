-- Settings: what an operator may set for the whole marketplace.

-- What is read for every booking is read by the key (`where settings.singleton`) and by its columns
-- (measured: 2.3 us; 4.6 without the key, 8.9 for all columns).
create table private.settings (
  singleton            boolean  primary key default true,
  environment          text     not null default 'production',
  hold_minutes         smallint not null default 15,
  answer_hours         smallint not null default 24,
  expiry_grace_seconds smallint not null default 120,
  unpaid_holds         smallint not null default 3,
  unpaid_tries         smallint not null default 12,
  attempts_per_stay    smallint not null default 20,
  hold_limit_days      smallint not null default 90,
  charge_ahead_days    smallint not null default 7,
  pay_hours            smallint not null default 72,
  fee_scheme           text     not null default 'split',
  new_listing_bookings smallint not null default 3,
  new_listing_bp       integer  not null default 2000,
  invitation_days      smallint not null default 14,
  invitations_a_day    smallint not null default 20,
  emailed_invitations_a_day smallint not null default 5,
  addresses_are_confirmed boolean not null default true,
  calendar_poll_minutes smallint not null default 30,
  feeds_per_owner      smallint not null default 200,
  drafts_per_owner     smallint not null default 100,
  staff_need_second_factor boolean not null default false,
  rate_days            smallint not null default 7,

  constraint settings_are_one_row            check (singleton),
  constraint settings_environment_is_unique  unique (environment),
  constraint settings_know_the_environment
    check (environment in ('production', 'staging', 'local')),
  constraint settings_holds_last_a_while     check (hold_minutes between 5 and 60),
  constraint settings_hosts_have_time        check (answer_hours between 1 and 72),
  constraint settings_grace_is_short         check (expiry_grace_seconds between 0 and 600),
  constraint settings_allow_some_holds       check (unpaid_holds between 1 and 20),
  constraint settings_allow_some_tries       check (unpaid_tries >= 1),
  constraint settings_allow_some_attempts    check (attempts_per_stay between 1 and 1000),
  constraint settings_money_is_not_kept_long check (hold_limit_days between 1 and 730),
  constraint settings_charge_before_they_pay check (charge_ahead_days between 0 and 60),
  constraint settings_guests_may_pay_late    check (pay_hours between 12 and 168),
  constraint settings_new_listings_are_few   check (new_listing_bookings between 0 and 100),
  constraint settings_new_listings_cost      check (new_listing_bp between 0 and 9000),
  constraint settings_invitations_end        check (invitation_days between 1 and 90),
  constraint settings_invitations_are_few    check (invitations_a_day between 1 and 1000),
  constraint settings_emails_to_strangers_are_few
    check (emailed_invitations_a_day between 0 and 1000),
  constraint settings_poll_now_and_then      check (calendar_poll_minutes between 5 and 360),
  constraint settings_owners_read_some_feeds check (feeds_per_owner between 1 and 20000),
  constraint settings_owners_begin_some_homes check (drafts_per_owner between 1 and 20000),
  constraint settings_rates_grow_old         check (rate_days between 1 and 60)
);

alter table private.settings enable row level security;
insert into private.settings default values;

comment on table private.settings is
  'One row: the settings an operator can change for the whole marketplace.';
comment on column private.settings.singleton is
  'Always true, so that there is one row.';
comment on column private.settings.environment is
  'production, staging or local. Only in local can the clock be moved, and may calendars and '
  'webhooks have any port.';
comment on column private.settings.hold_minutes is
  'How long nights are held for a guest who has not paid yet.';
comment on column private.settings.answer_hours is
  'How long a host has to answer a request to book, and either side to answer an alteration.';
comment on column private.settings.expiry_grace_seconds is
  'How long after its end an unpaid hold still stands, because a payment may be under way.';
comment on column private.settings.unpaid_holds is
  'How many unpaid holds a guest may have at a time.';
comment on column private.settings.unpaid_tries is
  'How often in 24 hours a guest may hold nights of one listing without paying for any of them.';
comment on column private.settings.attempts_per_stay is
  'How many complaints, claims for damage and alterations a stay may have, of each kind.';
comment on column private.settings.hold_limit_days is
  'How long a guest''s money may be held before the payout it funds: 90, in the US 730, in '
  'Thailand 10.';
comment on column private.settings.charge_ahead_days is
  'How many days before its nights begin a later instalment of a long stay is charged.';
comment on column private.settings.pay_hours is
  'How long a guest has to pay a later charge that was declined on their saved card.';
comment on column private.settings.fee_scheme is
  'The shares of guest and host in the fees (private.fee_schemes), unless a listing has others '
  '(private.listing_fee_schemes).';
comment on column private.settings.new_listing_bookings is
  'How many confirmed bookings end the discount for a new listing.';
comment on column private.settings.new_listing_bp is
  'That discount in basis points: 2000 is 20 %.';
comment on column private.settings.invitation_days is
  'How long an invitation to host can be accepted.';
comment on column private.settings.invitations_a_day is
  'How many people a person may invite in 24 hours to host with them.';
comment on column private.settings.emailed_invitations_a_day is
  'How many of these may be sent to an e-mail address in 24 hours.';
comment on column private.settings.addresses_are_confirmed is
  'Whether Auth confirms addresses (enable_confirmations), so that email_confirmed_at proves one.';
comment on column private.settings.calendar_poll_minutes is
  'How often an external calendar is read.';
comment on column private.settings.feeds_per_owner is
  'How many external calendars may be imported for all homes of one owner.';
comment on column private.settings.drafts_per_owner is
  'How many homes of one owner may be drafts at a time.';
comment on column private.settings.staff_need_second_factor is
  'Whether staff actions require a session with two factors (the claim aal of the token is aal2).';
comment on column private.settings.rate_days is
  'How many days old an exchange rate may be by which amounts are shown in another currency.';
