import {
  agreed,
  begun,
  elsewhere,
  frozenBy,
  outcome,
  readersOf,
  refused,
  request,
  status,
  testGuards,
} from '../../support/guards.ts';

/** A stay at the loft that is charged in some months. */
const farRequest = (id: string, checkIn: string, checkOut: string) =>
  `select public.request_booking(tests.id('${id}'), tests.id('loft'), '${checkIn}', '${checkOut}',
    (public.quote_stay(tests.id('loft'), '${checkIn}', '${checkOut}')).total_minor)`;
/** Margaret holds such a stay in another home. */
const heldFar = `select tests.book('far', 'margaret', 'tower', '2031-12-01', '2031-12-04')`;

testGuards([
  // moves
  ...readersOf('booking_history'),
  {
    name: 'money on its way to a suspended host confirms nothing',
    without: {
      rule: 'private.place_booking',
      piece: 'private.is_barred(booking.host_id)',
      becomes: 'false',
    },
    after:
      `insert into private.suspensions (profile_id, reason) values (tests.person('ada'), 'Test.');
      select tests.money('hold', 'succeeded')`,
    holds: `${status('hold')} = 'expired'`,
  },
  {
    name: 'only legal moves',
    without: 'drop trigger check_the_move on public.bookings',
    holds: refused(
      `select private.move_booking(tests.id('hold'), 'declined', 'host', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'a move is for its actor',
    without: {
      rule: 'private.check_move',
      piece: 'and booking_moves.actor = mover',
      becomes: '',
    },
    holds: refused(
      `select private.move_booking(tests.id('question'), 'confirmed', 'guest', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'an accepted request waits for its money',
    without: {
      rule: 'private.check_move',
      piece: `old.status = 'requested' and old.accepted_at is not null and mover <> 'system'`,
      becomes: 'false',
    },
    after:
      `update public.bookings set accepted_at = now(), expires_at = null where booking_id = tests.id('question')`,
    holds: refused(
      `select private.move_booking(tests.id('question'), 'declined', 'host', null, null)`,
      'illegal_move',
    ),
  },
  {
    name: 'the terms of a booking are frozen',
    without: {
      rule: 'private.check_move',
      piece: 'new.check_in_time, new.check_out_time, new.created_at, new.offer_id)',
      becomes: 'new.check_in_time, new.check_out_time, new.created_at, new.offer_id) and false',
    },
    holds: refused(`update public.bookings set time_zone = 'UTC'`, 'frozen'),
  },
  {
    name: 'its days, guests and amounts are frozen',
    without: 'drop trigger freeze_the_stay on public.bookings',
    holds: refused('update public.bookings set subtotal_minor = 1', 'frozen'),
  },
  frozenBy('keep_the_history', 'booking_history', 'delete from public.booking_history'),
  frozenBy('keep_the_bookings', 'bookings', 'delete from public.bookings where false'),
  {
    name: 'every move is recorded',
    without: 'drop trigger record_the_move on public.bookings',
    after: `select private.move_booking(tests.id('question'), 'declined', 'host', null, null)`,
    holds:
      `exists (select from public.booking_history where booking_id = tests.id('question') and to_status = 'declined')`,
  },
  {
    name: 'an end frees the nights',
    without: {
      rule: 'private.end_booking',
      piece: `delete from private.claims
  where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id;`,
      becomes: '',
    },
    after:
      `select tests.become('ada'); select public.decline_booking(tests.id('question')); select tests.back()`,
    holds: `not exists (select from private.claims where booking_id = tests.id('question'))`,
  },
  {
    name: 'an end gives the money back',
    without: {
      rule: 'private.end_booking',
      piece:
        'perform private.return_money(booking.booking_id, to_status::text::public.refund_reason);',
      becomes: '',
    },
    after:
      `select tests.become('ada'); select public.decline_booking(tests.id('question')); select tests.back()`,
    holds:
      `exists (select from private.commands where booking_id = tests.id('question') and kind = 'cancel_intent')`,
  },
  {
    name: 'of a move that was made only the words go',
    without: 'drop trigger keep_the_moves on public.booking_history',
    holds: refused(`update public.booking_history set position = position + 50`, 'frozen'),
  },
  {
    name: 'a stay begins unpaid',
    without: {
      rule: 'private.check_move',
      piece: 'and not private.was_settled_elsewhere(new.booking_id)',
      becomes: 'and false',
    },
    holds: refused(begun, 'illegal_move'),
  },
  {
    name: 'a stay that was paid elsewhere may begin confirmed',
    without: {
      rule: 'private.check_move',
      piece: 'and not private.was_settled_elsewhere(new.booking_id)',
      becomes: '',
    },
    after: elsewhere.replace(`'visit'`, `'begun'`),
    holds: refused(begun, '1'),
  },
  // expiry
  {
    name: 'an expired hold is ended by who wants its nights',
    without: {
      rule: 'private.release_overdue_holds',
      piece: 'released := released + private.expire_if_overdue(overdue)::integer;',
      becomes: 'null;',
    },
    after: `select tests.at('2031-05-20 12:16+00')`,
    holds: outcome('katherine', request('new', 'mill'), '1'),
  },
  {
    name: 'an alteration that is not paid does not block',
    without: `delete from private.registrations where question = 'booking_overdue'`,
    after: `${agreed}; select tests.at('2031-05-20 13:00+00')`,
    holds: outcome(
      'katherine',
      request('new', 'mill').replace('06-10', '06-05').replace('06-12', '06-07'),
      '1',
    ),
  },
  // booking_limits
  {
    name: 'three unpaid holds and no more',
    without: {
      rule: 'private.check_limits',
      piece: '>= setting.unpaid_holds',
      becomes: '>= 1000',
    },
    after: 'update private.settings set unpaid_holds = 1',
    holds: outcome('margaret', request('new', 'loft'), 'too_many_holds'),
  },
  {
    name: 'so many stays of which nothing is paid and no more',
    without: {
      rule: 'private.check_limits',
      piece: 'if unpaid and stays >= setting.unpaid_stays then',
      becomes: 'if false then',
    },
    after: `update public.booking_rules set booking_window_months = 24;
      update private.settings set unpaid_stays = 1; ${heldFar}`,
    holds: outcome(
      'margaret',
      farRequest('second', '2031-12-10', '2031-12-12'),
      'too_many_unpaid_stays',
    ),
  },
  {
    name: 'no two stays of which nothing is paid on the same night',
    without: {
      rule: 'private.check_limits',
      piece: 'if unpaid and clash then',
      becomes: 'if false then',
    },
    after: `update public.booking_rules set booking_window_months = 24; ${heldFar}`,
    holds: outcome(
      'margaret',
      farRequest('second', '2031-12-02', '2031-12-05'),
      'unpaid_stays_overlap',
    ),
  },
  {
    name: 'so many requests that wait and no more',
    without: {
      rule: 'private.check_limits',
      piece: 'if not instant_book and requests >= setting.open_requests then',
      becomes: 'if false then',
    },
    after: `update private.settings set open_requests = 1;
      update public.listings set instant_book = false`,
    holds: outcome('dorothy', request('new', 'loft'), 'too_many_open_requests'),
  },
  {
    name: 'newcomers hold a night so often and no more',
    without: {
      rule: 'private.holds_for_newcomers',
      piece: ') as counted) < most',
      becomes: ') as counted) is not null',
    },
    after: `update private.settings set newcomer_holds = 0;
      select tests.book('free for all', 'katherine', 'loft', '2031-06-10', '2031-06-12')`,
    holds: `not exists (select from private.claims where booking_id = tests.id('free for all'))`,
  },
  {
    name: 'a booking that holds no nights is not confirmed with those of another',
    without: {
      rule: 'private.place_with_nights',
      piece: `if exists (
    select from private.claims
    where claims.booking_id = booking.booking_id and claims.listing_id = booking.listing_id)
  then`,
      becomes: 'if true then',
    },
    after: `update private.settings set newcomer_holds = 0;
      select tests.book('one', 'katherine', 'loft', '2031-06-10', '2031-06-12'),
        tests.book('other', 'dorothy', 'loft', '2031-06-10', '2031-06-12');
      select tests.money('one', 'succeeded'), tests.money('other', 'succeeded')`,
    holds:
      `(select status = 'payment_conflict' from public.bookings where booking_id = tests.id('other'))`,
  },
  {
    name: 'beyond enough nights newcomers ask the host',
    without: {
      rule: 'private.newcomers_have_enough',
      piece: '> (select settings.newcomer_nights from private.settings)',
      becomes: 'is null',
    },
    after: `update private.settings set newcomer_nights = 0;
      update public.booking_rules set booking_window_months = 24; ${heldFar}`,
    holds: `not (select instant_book from public.bookings where booking_id = tests.id('far'))`,
  },
  // requests
  {
    name: 'the price is the one expected',
    without: {
      rule: 'private.hold_nights',
      piece: 'priced.total_minor is distinct from expected_total_minor',
      becomes: 'false',
    },
    holds: outcome('katherine', request('new', 'loft', 1), 'price_changed'),
  },
  {
    name: 'an id is of one guest',
    without: {
      rule: 'private.hold_nights',
      piece: 'is distinct from row(caller, hold_nights.listing_id',
      becomes: 'is distinct from row(booking.guest_id, hold_nights.listing_id',
    },
    holds: outcome('katherine', request('hold', 'mill'), 'id_reused'),
  },
  {
    name: 'the same request is the same booking',
    without: {
      rule: 'private.hold_nights',
      piece: 'where bookings.booking_id = hold_nights.booking_id;\n  if found then',
      becomes: 'where bookings.booking_id = hold_nights.booking_id;\n  if false then',
    },
    holds: outcome('margaret', request('hold', 'mill'), '1'),
  },
  {
    name: 'the same request is the same booking when its stay has the nights',
    without: {
      rule: 'private.hold_nights',
      piece:
        'not exists (\n      select from public.bookings where bookings.booking_id = hold_nights.booking_id)',
      becomes: 'true',
    },
    after: `select tests.book('new', 'katherine', 'loft', '2031-06-10', '2031-06-12');
      select tests.money('new', 'succeeded')`,
    holds: outcome('katherine', request('new'), '1'),
  },
  {
    name: 'nights are claimed or nothing happened',
    without: {
      rule: 'private.hold_nights',
      piece: `if not private.claim_nights(booking, 'hold') then`,
      becomes: `perform private.claim_nights(booking, 'hold');\n  if false then`,
    },
    // As if the quick look came too early: only the constraint is left.
    after: `do $do$
      begin
        execute replace(pg_get_functiondef('private.nights_free'::regproc),
          'where claims.listing_id', 'where false and claims.listing_id');
      end $do$`,
    holds: outcome('katherine', request('new', 'mill'), 'nights_taken'),
  },
  {
    name: 'a yes is no confirmation',
    without: {
      rule: 'private.accept_booking',
      piece: 'if private.capture_money(booking.booking_id) then',
      becomes: 'if true then',
    },
    after:
      `select tests.become('ada'); select public.accept_booking(tests.id('question')); select tests.back()`,
    holds: `${status('question')} = 'requested'`,
  },
  {
    name: 'only a host of it answers',
    without: {
      rule: 'private.booking_to_answer',
      piece: `and private.may_manage(bookings.listing_id, 'bookings')`,
      becomes: '',
    },
    holds: outcome(
      'alan',
      `select public.accept_booking(tests.id('question'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'only the guest withdraws',
    without: {
      rule: 'private.withdraw_booking',
      piece: 'and bookings.guest_id = caller',
      becomes: '',
    },
    holds: outcome('alan', `select public.withdraw_booking(tests.id('hold'))`, 'booking_not_found'),
  },
  {
    name: 'a request is answered in time',
    without: {
      rule: 'private.check_acceptable',
      piece: 'booking.expires_at <= private.now()',
      becomes: 'false',
    },
    after: `select tests.at('2031-05-22 12:00+00')`,
    holds: outcome('ada', `select public.accept_booking(tests.id('question'))`, 'request_expired'),
  },
  // blocks
  {
    name: "a block takes no stay's night",
    without: {
      rule: 'private.write_blocks',
      piece: 'if refused is not null then',
      becomes: 'if false then',
    },
    holds: outcome(
      'ada',
      `select public.block_nights(tests.id('mill'), '2031-06-01', '2031-06-04')`,
      'nights_taken',
    ),
  },
]);
