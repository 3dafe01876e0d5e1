// What frontends write, compiled: this file is checked by tsc before it is run.
import { beforeAll, expect, expectTypeOf, test } from 'vitest';
import type {
  OnboardingAnswer,
  OnboardingRequest,
} from '../../supabase/functions/host-account/contract.ts';
import type {
  PaymentAnswer,
  PaymentRequest,
} from '../../supabase/functions/create-payment/contract.ts';
import type { CommandsAnswer } from '../../supabase/functions/run-commands/contract.ts';
import type { FilesAnswer } from '../../supabase/functions/check-files/contract.ts';
import type { CalendarsAnswer } from '../../supabase/functions/sync-calendars/contract.ts';
import type { BookingHold, Functions, StayLine, StayQuote } from '../../types/index.ts';
import { faultsOf, refusalFaults } from '../support/answers.ts';

import { asPostgres, freshDatabase, setClock } from '../support/stack.ts';
import { publishHome, signUp } from '../support/journeys.ts';

beforeAll(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
});

test('an answer says which of its fields are never empty, and which words they hold', async () => {
  const listing_id = await publishHome(await signUp('Ada'), { instantBook: false });
  const guest = (await signUp('Grace')).client;
  const stay = { listing_id, check_in: '2031-06-10', check_out: '2031-06-13' };
  const { data: quote } = await guest.rpc('quote_stay', stay);
  if (quote === null) throw new Error('There is no quote.');
  expectTypeOf(quote).toEqualTypeOf<StayQuote>();
  expectTypeOf(quote.total_minor).toEqualTypeOf<number>();
  expectTypeOf(quote.lines).toEqualTypeOf<StayLine[]>();
  expectTypeOf(quote.lines[0]!.night).toEqualTypeOf<string | null>();
  expectTypeOf(quote.discount).toEqualTypeOf<
    'new_listing' | 'length_of_stay' | 'early_bird' | 'last_minute' | null
  >();

  const { data: hold } = await guest.rpc('request_booking', {
    ...stay,
    booking_id: crypto.randomUUID(),
    expected_total_minor: quote.total_minor,
  });
  if (hold === null) throw new Error('There is no hold.');
  expectTypeOf(hold).toEqualTypeOf<BookingHold>();
  expectTypeOf(hold.booking_id).toEqualTypeOf<string>();
  expectTypeOf(hold.expires_at).toEqualTypeOf<string | null>();

  const { data: receipt } = await guest.rpc('booking_receipt', { booking_id: hold.booking_id });
  type Movement = NonNullable<typeof receipt>['movements'][number];
  expectTypeOf<Movement['kind']>().toEqualTypeOf<'payment' | 'refund'>();
  const { data: booking } = await guest.from('bookings').select('discount').single();
  expectTypeOf(booking!.discount).toEqualTypeOf<StayQuote['discount']>();

  const { data: csv } = await guest.rpc('earnings_csv', {
    starts_on: '2031-01-01',
    ends_on: '2031-02-01',
  });
  expectTypeOf(csv).toEqualTypeOf<string | null>();
  expect(csv).toMatch(/^day,|^earned_on,|,/);
});

test('the functions take and answer what frontends are told', () => {
  expectTypeOf<PaymentRequest>().toEqualTypeOf<Functions['create-payment']['request']>();
  expectTypeOf<PaymentAnswer>().toEqualTypeOf<Functions['create-payment']['answer']>();
  expectTypeOf<OnboardingRequest>().toEqualTypeOf<Functions['host-account']['request']>();
  expectTypeOf<OnboardingAnswer>().toEqualTypeOf<Functions['host-account']['answer']>();
  expectTypeOf<CommandsAnswer>().toEqualTypeOf<Functions['run-commands']['answer']>();
  expectTypeOf<CalendarsAnswer>().toEqualTypeOf<Functions['sync-calendars']['answer']>();
  expectTypeOf<FilesAnswer>().toEqualTypeOf<Functions['check-files']['answer']>();
});

test('a field that is empty against its type is found, wherever it stands', () => {
  const types = new Map([
    [
      'quote',
      new Map([
        ['total', { nullable: false, words: null, type: null }],
        ['discount', { nullable: true, words: ['early_bird'], type: null }],
        ['lines', { nullable: false, words: null, type: 'line' }],
      ]),
    ],
    ['line', new Map([['amount', { nullable: false, words: null, type: null }]])],
  ]);
  const faults = (value: unknown) => faultsOf(value, 'quote', types, 'verb');
  expect(faults({ total: 1, discount: null, lines: [{ amount: 1 }] })).toEqual([]);
  expect(faults([{ total: null, discount: 'friday', lines: [{ amount: null }] }])).toEqual([
    'verb: quote.total is null',
    'verb: quote.discount is "friday"',
    'verb: quote.lines: line.amount is null',
  ]);
});

test('a refusal that the reference does not list is found, but not one that any verb may give', () => {
  const refused = (message: string, code = 'PT409') =>
    refusalFaults('unblock_calendars', { code, message });
  expect(refused('nights_taken')).toEqual([
    'unblock_calendars refuses with nights_taken, which its comment does not name',
  ]);
  expect(refused('not_your_listing', 'PT403')).toEqual([]);
  expect(refused('account_suspended', 'PT403')).toEqual([]);
  // What Postgres and PostgREST say by themselves is not a code of a verb.
  expect(refused('duplicate key value', '23505')).toEqual([]);
});

test('the words of a discount in answers are those of the check constraint of bookings', async () => {
  const [row] = await asPostgres<{ answers: string[]; bookings: string }>(`
    select (select words from private.answer_fields() where answer = 'stay_quote' and field = 'discount') as answers,
      (select pg_get_constraintdef(oid) from pg_constraint where conname = 'bookings_know_their_discount') as bookings`);
  expect([...row!.bookings.matchAll(/'(\w+)'/g)].map(([, word]) => word)).toEqual(row!.answers);
});
