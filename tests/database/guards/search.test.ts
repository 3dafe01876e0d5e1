import { type Guard, testGuards } from '../../support/guards.ts';

/** The loft is found, and after this it is not. */
const leaves = (name: string, trigger: string, table: string, then: string): Guard => ({
  name,
  without: `drop trigger ${trigger} on ${table}`,
  // Search follows at the end of a transaction.
  after: `${then}; set constraints all immediate`,
  holds: `not exists (
    select from public.search_listings(check_in => '2031-06-10', check_out => '2031-06-12') as found
    where found.listing_id = tests.id('loft'))`,
});

testGuards([
  // read_model
  leaves(
    'a home that is hidden is not found',
    'follow_the_listing_in_search',
    'public.listings',
    `update public.listings set status = 'hidden' where listing_id = tests.id('loft')`,
  ),
  leaves(
    'a home is not found for fewer nights than its minimum',
    'follow_the_rules_in_search',
    'public.booking_rules',
    `update public.booking_rules set minimum_nights = 3 where listing_id = tests.id('loft')`,
  ),
  leaves(
    'a home is not found for nights that are booked',
    'follow_the_claim_in_search',
    'private.claims',
    `select tests.book('new', 'katherine', 'loft', '2031-06-11', '2031-06-13')`,
  ),
]);
