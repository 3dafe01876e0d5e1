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
import type { AnswerOf, ArgumentsOf } from '../../packages/client/src/verbs.ts';
import { readAnswerTypes } from '../../local/answer-types.ts';
import type {
  BookingHold,
  Functions,
  PersonalDocument,
  PersonalExport,
  StayLine,
  StayQuote,
} from '../../types/index.ts';
import { faultsOf, refusalFaults } from '../support/answers.ts';

import { asPostgres, freshDatabase, setClock, testDatabase } from '../support/stack.ts';
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

/** What arguments hold, and the words that the rule compares each with: in the definition of a function. */
const decided = [
  ['search_listings', 'sort', 'private.search_page', /\bsort not in \(([^)]*)\)/],
  ['search_screen', 'sort', 'private.search_page', /\bsort not in \(([^)]*)\)/],
  ['search_flexible_days', 'stay', 'private.flexible_wishes', /\bstay in \(([^)]*)\)/],
  ['set_calendar', 'clear_fields', 'private.set_calendar', /<@ array\[([^\]]*)\]/],
  ['set_calendars', 'clear_fields', 'private.set_calendars', /<@ array\[([^\]]*)\]/],
] as const;

test('an argument says which words it holds, and these are the words that its rule knows', async () => {
  expectTypeOf<NonNullable<ArgumentsOf<'search_listings'>['sort']>>()
    .toEqualTypeOf<'price' | 'rating' | 'distance' | 'newest'>();
  expectTypeOf<ArgumentsOf<'search_screen'>['sort']>()
    .toEqualTypeOf<ArgumentsOf<'search_listings'>['sort']>();
  expectTypeOf<NonNullable<ArgumentsOf<'search_flexible_days'>['stay']>>()
    .toEqualTypeOf<'weekend' | 'week'>();
  type Cleared = NonNullable<ArgumentsOf<'set_calendar'>['clear_fields']>[number];
  expectTypeOf<Cleared>().toEqualTypeOf<'price_minor' | 'minimum_nights'>();
  expectTypeOf<ArgumentsOf<'set_calendars'>['clear_fields']>()
    .toEqualTypeOf<ArgumentsOf<'set_calendar'>['clear_fields']>();

  const client = await (await testDatabase()).pool.connect();
  try {
    const { arguments: said } = await readAnswerTypes(client);
    for (const { function: verb, argument, words } of said) {
      const rule = decided.find(([one, name]) => one === verb && name === argument);
      const { rows } = await client.query<{ body: string }>(
        'select prosrc as body from pg_proc where oid = $1::regproc',
        [rule?.[2]],
      );
      const [, list = ''] = rule?.[3].exec(rows[0]?.body ?? '') ?? [];
      expect({ verb, argument, words }).toEqual({
        ...{ verb, argument },
        words: [...list.matchAll(/'(\w+)'/g)].map(([, word]) => word),
      });
    }
    expect(said).toHaveLength(decided.length);
  } finally {
    client.release();
  }
});

test('actions, problems of a saved home and the export of a person have types of their own', async () => {
  type Action = AnswerOf<'booking_actions'>[number];
  expectTypeOf<Action['side']>().toEqualTypeOf<'guest' | 'host' | 'staff'>();
  expectTypeOf<'cancel_booking'>().toExtend<Action['action']>();
  expectTypeOf<'set_calendar'>().not.toExtend<Action['action']>();
  type Problem = AnswerOf<'wishlist_cards'>[number]['problem'];
  expectTypeOf<'nights_taken' | null>().toExtend<Problem>();
  expectTypeOf<'invalid_value'>().not.toExtend<Problem>();
  expectTypeOf<AnswerOf<'stay_prices'>[number]['problem']>()
    .toEqualTypeOf<
      Exclude<Problem, 'listing_not_found'> | 'below_minimum_charge' | 'above_maximum_charge'
    >();

  const { client, id } = await signUp('Edith');
  const { data } = await client.rpc('export_my_data').throwOnError();
  expectTypeOf(data).toEqualTypeOf<PersonalExport>();
  expectTypeOf<AnswerOf<'export_my_data'>['document']>().toEqualTypeOf<PersonalDocument>();
  const { format, login, files, ...tables } = data.document;
  expect({ format, id: login.id, files }).toEqual({ format: 'staybase-export-1', id, files: [] });
  expect(Object.keys(login).sort()).toEqual(
    ['created_at', 'email', 'id', 'last_sign_in_at', 'phone', 'user_metadata'],
  );
  for (const [table, rows] of Object.entries(tables)) {
    expect([table, Array.isArray(rows)]).toEqual([expect.stringMatching(/^\w+\.\w+$/), true]);
  }
  expect(data.document['public.profiles']).toHaveLength(1);
});
