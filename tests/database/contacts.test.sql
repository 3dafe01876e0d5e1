-- Contacts: when a stay opens the address, the contacts and the door, and when it closes them.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.home(home, 'ada') from unnest(array['mill', 'loft', 'tower', 'barn']) as home;
select tests.person(name) from unnest(array['grace', 'margaret', 'mallory']) as name;
update public.booking_rules set booking_window_months = 24;
update public.listings set cancellation_policy = 'non_refundable' where listing_id = tests.id('tower');

-- What a guest has of a home: address, door, contacts, and whether words pass.
create function pg_temp.sees(guest text, booking text, home text) returns text language sql as $$
  select concat_ws(' ',
    tests.outcome(guest, format('select from public.listing_addresses where listing_id = %L', tests.id(home))),
    tests.outcome(guest, format('select from public.listing_access where listing_id = %L', tests.id(home))),
    tests.outcome(guest, format('select public.booking_contacts(%L)', tests.id(booking))),
    case when private.words_between(tests.id(home), tests.person(guest), 'ada@example.com') = 'ada@example.com'
      then 'heard' else 'masked' end)
$$;
create function pg_temp.save_card(booking text) returns text language sql as $$
  select private.apply_setup('evt_' || booking, payments.payment_id, 'seti_' || booking, 'succeeded', 'pm_' || booking, null)
  from public.payments where payments.booking_id = tests.id(booking) and payments.instalment = 1
$$;
create function pg_temp.start(guest text, booking text) returns void language plpgsql as $$
begin
  perform tests.become(guest);
  perform public.start_payment(tests.id(booking));
  perform tests.back();
end $$;

-- A stay seven months ahead, with a card that will refuse every charge

select tests.book('far', 'mallory', 'mill', '2031-12-20', '2031-12-27');
select pg_temp.start('mallory', 'far');
select is(pg_temp.save_card('far'), 'saved', 'Mallory saves a card');
select is((select status::text from public.bookings where booking_id = tests.id('far')), 'confirmed',
  'a stay with a saved card is confirmed');
select is(pg_temp.sees('mallory', 'far', 'mill'), '0 0 contacts_closed masked',
  'a stay without any payment opens nothing to the guest');
select is(tests.outcome('ada', format('select public.booking_contacts(%L)', tests.id('far'))), 'contacts_closed',
  'a stay without any payment opens nothing to the host');
select is(
  (select count(*) from private.due_messages where booking_id = tests.id('far') and occasion = 'booking_confirmed'), 1::bigint,
  'a message of the host is due');
insert into public.automatic_texts (listing_id, occasion, locale, body)
values (tests.id('mill'), 'booking_confirmed', 'en', 'Welcome. Write to ada@example.com');
select ok(private.send_automatic_messages(10) > 0, 'the due message of the host is sent');
select is((select body || ' ' || masked from public.messages where booking_id = tests.id('far') and kind = 'automated'),
  'Welcome. Write to ••• true', 'the e-mail address in a due message is masked');
savepoint far;
select tests.become('mallory');
select public.cancel_booking(tests.id('far'), 'Write to mallory@example.com');
select tests.back();
select is_empty(
  $$ select reason from public.bookings where reason like '%@example.com'
     union all select reason from public.booking_history where reason like '%@example.com' $$,
  'an e-mail address is not passed on by cancelling');
rollback to far;

select tests.at('2031-05-21 11:59+00');
select is(pg_temp.sees('mallory', 'far', 'mill'), '0 0 contacts_closed masked',
  'a stay in its grace period opens nothing');
select tests.at('2031-05-21 12:00+00');
select is(pg_temp.sees('mallory', 'far', 'mill'), '1 0 2 heard',
  'a stay after its grace period opens the address and the contacts');
select tests.at('2031-12-18 12:00+00');
select is(pg_temp.sees('mallory', 'far', 'mill'), '1 0 2 heard', 'the door never while nothing is paid, however near');
rollback to far;

-- The first money opens address and contacts, the days before check-in the door, check-out closes all

select tests.book('near', 'grace', 'loft', '2031-06-02', '2031-06-05');
select is(pg_temp.sees('grace', 'near', 'loft'), '0 0 not_confirmed masked', 'an unpaid hold opens nothing');
select tests.money('near', 'succeeded');
select is(pg_temp.sees('grace', 'near', 'loft'), '1 0 2 heard', 'a paid stay the address and the contacts, at once');
select tests.at('2031-05-29 21:59+00');
select is(pg_temp.sees('grace', 'near', 'loft'), '1 0 2 heard', 'four days before check-in no door');
select tests.at('2031-05-29 22:00+00');
select is(pg_temp.sees('grace', 'near', 'loft'), '1 1 2 heard',
  'a paid stay opens the door three days before check-in, in Paris');
savepoint three;
update private.settings set access_days = 2;
select is(pg_temp.sees('grace', 'near', 'loft'), '1 0 2 heard',
  'the door opens as many days before check-in as are set');
rollback to three;
select tests.at('2031-06-05 08:59+00');
select is(pg_temp.sees('grace', 'near', 'loft'), '1 1 2 heard',
  'the door is open to the last minute of the stay');
select tests.at('2031-06-05 09:00+00');
select is(pg_temp.sees('grace', 'near', 'loft'), '0 0 contacts_closed heard',
  'everything closes at check-out, without a job');
select is(tests.outcome('ada', format('select public.booking_contacts(%L)', tests.id('near'))), 'contacts_closed',
  'the contacts close for the host as well');
select private.complete_stays(10);
select is(pg_temp.sees('grace', 'near', 'loft'), '0 0 not_confirmed heard',
  'guest and host still write to each other after check-out');
select is(tests.outcome('grace', format('select from public.bookings where booking_id = %L', tests.id('near'))), '1',
  'after check-out the guest still sees the booking');
select is(tests.outcome('grace', format('select from public.booking_lines where booking_id = %L', tests.id('near'))), '3',
  'after check-out the guest still sees the lines of the booking');
select is(tests.outcome('grace', format('select public.booking_receipt(%L)', tests.id('near'))), '1',
  'after check-out the guest still has the receipt');
rollback to far;

-- Without a grace period nothing is to be waited for

select tests.book('bound', 'grace', 'tower', '2031-12-20', '2031-12-27');
select pg_temp.start('grace', 'bound');
select pg_temp.save_card('bound');
select is(pg_temp.sees('grace', 'bound', 'tower'), '1 0 2 heard', 'a stay that cannot be cancelled for nothing opens at once');

-- Free stays: nothing is captured, ever

update public.listing_prices set base_price_minor = 0 where listing_id = tests.id('barn');
select tests.book('gift', 'margaret', 'barn', '2031-06-02', '2031-06-05');
select is(pg_temp.sees('margaret', 'gift', 'barn'), '0 0 contacts_closed masked', 'a free stay opens with the end of the grace period');
select tests.at('2031-05-30 12:00+00');
select is(pg_temp.sees('margaret', 'gift', 'barn'), '1 1 2 heard',
  'a free stay opens the door three days before check-in');
rollback to far;
update public.listing_prices set base_price_minor = 0 where listing_id = tests.id('barn');
select tests.book('tonight', 'margaret', 'barn', '2031-05-21', '2031-05-23');
select is(pg_temp.sees('margaret', 'tonight', 'barn'), '1 1 2 heard',
  'a free stay that begins tomorrow opens at once');

-- What went back does not close a stay that was paid: who was given a discount still has to get in

select tests.book('paid', 'grace', 'loft', '2031-05-22', '2031-05-24');
select tests.money('paid', 'succeeded');
select is(pg_temp.sees('grace', 'paid', 'loft'), '1 1 2 heard', 'booked for the day after tomorrow all is open');
update public.payments set refunded_minor = captured_minor where booking_id = tests.id('paid');
select is(pg_temp.sees('grace', 'paid', 'loft'), '1 1 2 heard',
  'a stay stays open when the money went back');
select private.move_booking(tests.id('paid'), 'cancelled_by_host', 'host', 'flooded', null);
select is(pg_temp.sees('grace', 'paid', 'loft'), '0 0 not_confirmed masked', 'a cancelled stay opens nothing');

select * from finish();
rollback;
