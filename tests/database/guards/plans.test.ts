import { outcome, readersOf, refused, testGuards } from '../../support/guards.ts';

const dealt = `
  select tests.become('grace');
  select public.send_inquiry(tests.id('ask'), tests.id('attic'), '2031-07-10', '2031-07-12', 'Hello');
  select tests.become('ada');
  select public.send_special_offer(tests.id('deal'), tests.id('ask'), 10000);
  select tests.back();
`;
const accepts = (id: string) => `
  select public.request_booking(tests.id('${id}'), tests.id('attic'), '2031-07-10', '2031-07-12', 11410,
    offer_id => tests.id('deal'))`;

testGuards([
  // wishlists
  ...readersOf(
    'wishlists',
    'wishlist_members',
    'wishlist_homes',
    'wishlist_votes',
    'wishlist_links',
  ),
  {
    name: 'a wishlist is there only for those who joined it',
    without: {
      rule: 'private.open_wishlist',
      piece:
        'wishlist_members.wishlist_id = wishlist.wishlist_id and wishlist_members.profile_id = caller',
      becomes: 'true',
    },
    holds: outcome(
      'katherine',
      `select public.save_listing(tests.id('loft'), tests.id('summer'))`,
      'wishlist_not_found',
    ),
  },
  {
    name: 'only the owner of a wishlist shares it',
    without: {
      rule: 'private.open_wishlist',
      piece: 'by_owner and wishlist.owner_id <> caller',
      becomes: 'false',
    },
    holds: outcome(
      'margaret',
      `select public.share_wishlist(tests.id('summer'))`,
      'not_your_wishlist',
    ),
  },
  {
    name: 'a hidden home keeps its card',
    without: 'alter table public.listings disable trigger keep_the_last_card',
    after: `update public.listings set status = 'hidden' where listing_id = tests.id('mill')`,
    holds: `(select title = 'Mill' from public.shared_wishlist_cards('to read'))`,
  },
  {
    name: 'a deleted account takes its wishlists along',
    without: 'alter table public.profiles disable trigger forget_the_wishes',
    after: `delete from auth.users where id = tests.person('grace')`,
    holds: `not exists (select from public.wishlists)`,
  },
  // wishlist_homes
  {
    name: 'a link shows no notes',
    without: {
      rule: 'private.shared_wishlist_cards',
      piece: 'auth.uid(), false',
      becomes: 'auth.uid(), true',
    },
    holds: `(select note from public.shared_wishlist_cards('to read')) is null`,
  },
  // wishlist_sharing
  {
    name: 'a link to read lets nobody join',
    without: {
      rule: 'private.join_wishlist',
      piece: `link.purpose <> 'join'`,
      becomes: 'false',
    },
    holds: outcome('katherine', `select public.join_wishlist('to read')`, 'link_not_found'),
  },
  {
    name: 'who is removed from a wishlist does not come back by its link',
    without: {
      rule: 'private.remove_from_wishlist',
      piece: 'found and not leaving',
      becomes: 'false',
    },
    after: `select tests.become('grace');
      select public.remove_from_wishlist(tests.id('summer'), tests.person('margaret'));
      select tests.back()`,
    holds: outcome('margaret', `select public.join_wishlist('to join')`, 'link_not_found'),
  },
  // offers
  {
    name: 'only hosts who manage bookings make offers',
    without: {
      rule: 'private.inquiry_to_answer',
      piece: `private.may_manage(inquiries.listing_id, 'bookings')`,
      becomes: 'true',
    },
    after: dealt,
    holds: outcome(
      'radia',
      `select public.preapprove_inquiry(tests.id('hers'), tests.id('ask'))`,
      'inquiry_not_found',
    ),
  },
  {
    name: 'what an offer says never changes',
    without: 'alter table public.offers disable trigger check_the_offer',
    after: dealt,
    holds: refused(`update public.offers set expires_at = '2032-01-01'`, 'frozen'),
  },
  // offer_answers
  {
    name: 'an offer is for one guest',
    without: {
      rule: 'private.price_offer',
      piece: 'offers.offer_id = price_offer.offer_id and offers.guest_id = price_offer.guest_id',
      becomes: 'offers.offer_id = price_offer.offer_id',
    },
    after: dealt,
    holds: outcome('margaret', accepts('theirs'), 'offer_not_found'),
  },
  {
    name: 'an offer is for one stay',
    without: {
      rule: 'private.price_offer',
      piece: 'is distinct from row',
      becomes: 'is null and null is distinct from row',
    },
    after: dealt,
    holds: outcome(
      'grace',
      `select public.request_booking(tests.id('longer'), tests.id('attic'), '2031-07-10', '2031-07-20', 11410,
        offer_id => tests.id('deal'))`,
      'offer_differs',
    ),
  },
  {
    name: 'an offer is over after a day',
    without: {
      rule: 'private.price_offer',
      piece: 'if offer.expires_at <= private.now() then',
      becomes: 'if false then',
    },
    after: `${dealt}; select tests.at('2031-05-21 12:05+00')`,
    holds: outcome('grace', `select public.quote_offer(tests.id('deal'))`, 'offer_expired'),
  },
  {
    name: 'an offer is used once',
    without: {
      rule: 'private.price_offer',
      piece: `offer.status <> 'open' and`,
      becomes: 'false and',
    },
    after: `${dealt}; select tests.become('grace'); ${accepts('first')}; select tests.back();
      select tests.money('first', 'succeeded')`,
    holds: outcome('grace', `select public.quote_offer(tests.id('deal'))`, 'offer_closed'),
  },
  {
    name: 'the price of an offer is locked',
    without: {
      rule: 'private.price_offer',
      piece: `if offer.kind = 'special_offer' then`,
      becomes: 'if false then',
    },
    after: dealt,
    holds: outcome('grace', accepts('deal'), '1'),
  },
  // refund_steps
  {
    name: 'the steps of an offer are told by its own policy',
    without: {
      rule: 'private.quote_refunds',
      piece: 'where offers.offer_id = quote_refunds.offer_id)',
      becomes: 'where false)',
    },
    after: `${dealt};
      update public.listings set cancellation_policy = 'non_refundable'; select tests.become('grace')`,
    holds: `(public.quote_refunds(tests.id('attic'), '2031-07-10', '2031-07-12',
      offer_id => tests.id('deal'))).cancellation_policy <> 'non_refundable'`,
  },
  {
    name: "the last moment of a step is its own, or the next one's, as cancelling has it",
    without: {
      rule: 'private.refund_steps',
      piece:
        `case when moment.included then moment.at else moment.at - interval '1 microsecond' end`,
      becomes: 'moment.at',
    },
    holds: `(select array_agg(step.refund_bp) from unnest((public.quote_refunds(
      tests.id('mill'), '2031-07-10', '2031-07-12')).steps) as step) = '{10000,2500,0}'`,
  },
  {
    name: 'an offer that is accepted needs the nights free',
    without: {
      rule: 'private.price_offer',
      piece: 'if problem is not null then',
      becomes: 'if false then',
    },
    after: `${dealt};
      update public.listings set status = 'hidden' where listing_id = tests.id('attic')`,
    holds: outcome('grace', accepts('deal'), 'listing_not_found'),
  },
  {
    name: 'who accepts an offer gets its terms',
    without: `delete from private.registrations where question = 'terms_of_stay'`,
    after: dealt,
    holds: outcome('grace', accepts('first'), '1'),
  },
  {
    name: 'an offer is used by the booking that holds its nights',
    without: `delete from private.registrations where question = 'stay_held'`,
    after: `${dealt}; select tests.become('grace'); ${accepts('first')}; select tests.back()`,
    holds: `(select status = 'accepted' from public.offers)`,
  },
  {
    name: 'a booking that was not paid gives its offer back',
    without: 'alter table public.bookings disable trigger follow_the_offer',
    after: `${dealt}; select tests.become('grace'); ${accepts('first')};
      select public.withdraw_booking(tests.id('first')); select tests.back()`,
    holds: `(select status = 'open' from public.offers)`,
  },
  // actions
  {
    name: 'strangers are not told that a booking exists',
    without: { rule: 'private.booking_actions', piece: "sides = '{}'", becomes: 'false' },
    holds: outcome(
      'margaret',
      `select * from public.booking_actions(tests.id('visit'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'who keeps the calendar alone is not told what can be done about a booking',
    without: {
      rule: 'private.booking_actions',
      piece: "may_manage(booking.listing_id, 'bookings')",
      becomes: "may_manage(booking.listing_id, 'calendar')",
    },
    holds: outcome(
      'radia',
      `select * from public.booking_actions(tests.id('visit'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'hosts are not told of nights that nobody has paid',
    without: {
      rule: 'private.booking_actions',
      piece: 'booking.placed_at is not null and',
      becomes: '',
    },
    holds: outcome(
      'ada',
      `select * from public.booking_actions(tests.id('hold'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'staff have nothing to do about a booking that there is not',
    without: {
      rule: 'private.booking_actions',
      piece: 'booking.booking_id is not null and',
      becomes: '',
    },
    after: `insert into private.staff (profile_id) values (tests.person('katherine'))`,
    holds: outcome(
      'katherine',
      `select * from public.booking_actions(tests.id('none'))`,
      'booking_not_found',
    ),
  },
  {
    name: 'a guest who is suspended has nothing to do',
    without: {
      rule: 'private.booking_actions',
      piece: 'not private.caller_is_active()',
      becomes: 'false',
    },
    after: `insert into private.suspensions (profile_id, reason)
      values (tests.person('grace'), 'Complaints.')`,
    holds: outcome('grace', `select * from public.booking_actions(tests.id('visit'))`, '0'),
  },
  {
    name: 'staff have nothing to decide about their own stay',
    without: {
      rule: 'private.action_open_until',
      piece: "possible.side = 'staff'",
      becomes: 'false',
    },
    after: `insert into private.staff (profile_id) values (tests.person('grace'))`,
    holds: outcome(
      'grace',
      `select * from public.booking_actions(tests.id('visit')) where side = 'staff'`,
      '0',
    ),
  },
]);
