import { beforeAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import type { HostOnboarding } from '../../types/index.ts';
import { control } from '../functions/paying.ts';
import { anonClient } from '../support/people.ts';
import { bookAndPay, type Member, publishHome, signUp, timePasses } from '../support/journeys.ts';
import { asPostgres, setClock, testApi } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let visit: string;
let weekend: string;
const summer = { starts_on: '2031-06-01', ends_on: '2031-07-01' };

/** A home whose title a spreadsheet would compute; one stay paid out, one cancelled half an hour later. */
beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada] = [await signUp('Hedy'), await signUp('Ada')];
  const listing = await publishHome(hedy, { title: '=HYPERLINK("#A1", "Mill")' });
  const { data } = await hedy.client.functions.invoke<HostOnboarding>('host-account', {
    body: { country_code: 'US', return_url: 'https://stay.test/host' },
  });
  expect(data).toEqual(
    {
      status: expect.stringMatching(/^(new|pending|restricted)$/),
      onboarding_url: expect.stringMatching(/^http/),
      expires_at: expect.any(String),
    } satisfies Record<keyof HostOnboarding, unknown>,
  );
  const account = (await hedy.client.from('host_accounts').select('stripe_account_id').single()
    .throwOnError()).data.stripe_account_id ?? '';
  const stripe = await control();
  await stripe.onboard(account, 'active');
  await stripe.settled();
  visit = await bookAndPay(ada, listing, june(1, 3));
  weekend = await bookAndPay(ada, listing, june(5, 7));
  await ada.client.rpc('cancel_booking', { booking_id: weekend }).throwOnError();
  await setClock('2031-06-02T20:00:00Z');
  await timePasses();
  await timePasses();
});

test('a guest reads what they paid', async () => {
  const { data: receipt } = await ada.client.rpc('booking_receipt', { booking_id: visit })
    .throwOnError();
  expect(receipt).toMatchObject({
    currency: 'USD',
    charged_minor: 22_820,
    paid_minor: 22_820,
    refunded_minor: 0,
    documents: [{ kind: 'receipt', number: '2031-000001', total_minor: 22_820, fee_minor: 2_820 }],
    movements: [{ kind: 'payment', status: 'captured', amount_minor: 22_820 }],
  });
  expect(receipt.documents?.[0]?.lines).toMatchObject([
    { kind: 'night', night: '2031-06-01', amount_minor: 10_000 },
    { kind: 'night', night: '2031-06-02', amount_minor: 10_000 },
    { kind: 'service_fee', amount_minor: 2_820 },
  ]);
});

test('a guest reads what they got back', async () => {
  const { data: receipt } = await ada.client.rpc('booking_receipt', { booking_id: weekend })
    .throwOnError();
  expect(receipt).toMatchObject({ charged_minor: 0, paid_minor: 22_820, refunded_minor: 22_820 });
  expect(receipt.documents?.map(({ kind, total_minor }) => [kind, total_minor])).toEqual([
    ['receipt', 22_820],
    ['credit_note', 22_820],
  ]);
  const { data: numbers } = await ada.client.from('receipts').select('number').order('number')
    .throwOnError();
  expect(numbers.map(({ number }) => number)).toEqual(
    ['2031-000001', '2031-000002', '2031-000003'],
  );
});

test('nobody else reads the statement of a guest', async () => {
  const { error } = await hedy.client.rpc('booking_receipt', { booking_id: visit });
  expect(error?.message).toBe('booking_not_found');
  expect((await hedy.client.from('receipts').select().throwOnError()).data).toEqual([]);
  expect((await ada.client.from('earnings').select().throwOnError()).data).toEqual([]);
  expect((await (await anonClient()).rpc('my_earnings', summer)).error?.code).toBe('42501');
});

test('a host reads what came, by event and by month, as Stripe has it', async () => {
  const { data: earnings } = await hedy.client.rpc('my_earnings', summer).throwOnError();
  expect(earnings).toMatchObject([{
    kind: 'payout',
    booking_id: visit,
    gross_minor: 20_000,
    host_fee_minor: 600,
    net_minor: 19_400,
    earned_on: '2031-06-02',
  }]);
  const { data: totals } = await hedy.client.rpc('earning_totals', summer).throwOnError();
  expect(totals).toMatchObject([{ month_on: '2031-06-01', currency: 'USD', net_minor: 19_400 }]);
  expect((await control()).list('transfers').map(({ amount }) => amount)).toEqual([19_400]);
});

test('a host has the statement as a file in which nothing is a formula', async () => {
  const { data: csv } = await hedy.client.rpc('earnings_csv', summer).csv().throwOnError();
  const [head, row, ...rest] = csv.split('\r\n');
  expect(head).toBe(
    'earned_on,kind,booking_id,payout_id,listing,check_in,check_out,currency,gross,host_fee,adjustment,penalty,debt,net',
  );
  expect(row).toContain(`"'=HYPERLINK(""#A1"", ""Mill"")",2031-06-01,2031-06-03,USD,`);
  expect(row).toMatch(/,200\.00,6\.00,0\.00,0\.00,0\.00,194\.00$/);
  expect(rest).toEqual(['']);
});

test('a host gets the file by GET, with its type', async () => {
  const { url } = await testApi();
  const { data: { session } } = await hedy.client.auth.getSession();
  const answer = await fetch(`${url}/rest/v1/rpc/earnings_csv?${new URLSearchParams(summer)}`, {
    headers: {
      apikey: keys.publishable,
      authorization: `Bearer ${session?.access_token}`,
      accept: 'text/csv',
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(await answer.text()).toMatch(/^earned_on,/);
});

test('the report of differences is empty', async () => {
  expect(await asPostgres('select * from private.reconciliation_report()')).toEqual([]);
});
