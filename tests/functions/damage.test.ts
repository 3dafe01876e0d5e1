import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { type Client, clientOf, makeStaff, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, mailTo, moveClock, setClock } from '../support/stack.ts';
import {
  begin,
  begins,
  type Begun,
  call,
  control,
  createPayment,
  deeds,
  pay,
  work,
} from './paying.ts';

beforeEach(async () => {
  await begins();
  await asPostgres('update public.payouts set due_at = $1 where status in ($2, $3)', [
    '2099-01-01',
    'scheduled',
    'blocked',
  ]);
  // Stripe has forgotten them.
  await asPostgres('delete from private.customers');
});

let hosts = 0;

interface Stay extends Begun {
  host: Client;
  ada: Client;
  account: string;
}

/** The worker works until nothing follows from what it did. */
async function settle() {
  for (let round = 0; round < 4; round += 1) await work();
}

/** Ada's stay of two nights is over and paid out; her card was saved, for her host claims damage. */
async function pastStay(card = 'visa'): Promise<Stay> {
  const host: Person = await person(`Careful${String.fromCharCode(97 + hosts++)}`);
  const listing = await home({ host });
  await asPostgres('update public.listings set damage_claims = true where listing_id = $1', [
    listing,
  ]);
  const begun = await begin(listing, undefined, june(1, 3));
  await pay(begun.intent, card);
  await call('host-account', {
    headers: { authorization: `Bearer ${host.token}` },
    body: JSON.stringify({ country_code: 'US', return_url: 'https://stay.test/host' }),
  });
  const [opened] = await asPostgres<{ stripe_account_id: string }>(
    'select stripe_account_id from public.host_accounts where host_id = $1',
    [host.id],
  );
  const account = opened?.stripe_account_id ?? '';
  await (await control()).onboard(account, 'active');
  await work();
  await setClock('2031-06-03T12:00:00Z');
  await settle();
  const stay = {
    ...begun,
    account,
    host: await clientOf(host),
    ada: await clientOf(begun.guest),
  };
  expect(await payouts(stay.booking)).toEqual(['paid 19400']);
  (await control()).clearRequests();
  return stay;
}

/** The host claims 80.00. */
async function claim({ host, booking }: Stay): Promise<string> {
  const claim_id = randomUUID();
  await host.rpc('claim_damage', {
    claim_id,
    booking_id: booking,
    amount_minor: 8_000,
    damage: 'The wheel is split.',
  }).throwOnError();
  return claim_id;
}

const payouts = async (booking: string) =>
  (await asPostgres<{ line: string }>(
    `select concat_ws(' ', status, amount_minor, 'back ' || nullif(taken_back_minor, 0), reason) as line
     from public.payouts where booking_id = $1 order by instalment`,
    [booking],
  )).map(({ line }) => line);

const statusOf = async (claim_id: string) =>
  (await asPostgres<{ status: string }>(
    'select status from public.damage_claims where claim_id = $1',
    [claim_id],
  ))[0]?.status;

/** What Stripe holds, which our books must agree with to the cent. */
async function balances(booking: string) {
  const { available, pending } = (await control()).balance();
  const [ledger] = await asPostgres<{ minor: number }>(
    `select sum(amount_minor)::int as minor from private.ledger_entries
     where account = 'stripe_balance' and booking_id = $1`,
    [booking],
  );
  expect(ledger?.minor).toBe(
    [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0),
  );
  expect(
    await asPostgres(
      `select detail from private.reconciliation_report()
       where booking_id = $1 and difference = 'ledger_differs'`,
      [booking],
    ),
  ).toEqual([]);
}

test('accepted damage is charged to the saved card, once, and all of it is the host’s', async () => {
  const stay = await pastStay();
  const claim_id = await claim(stay);
  await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
  await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
  await settle();
  expect(await statusOf(claim_id)).toBe('paid');
  const stripe = await control();
  expect(stripe.list('payment_intents').at(-1)).toMatchObject({
    amount: 8_000,
    status: 'succeeded',
    transfer_group: `booking_${stay.booking}`,
    customer: expect.stringMatching(/^cus_/),
    metadata: { app: 'staybase', booking_id: stay.booking },
  });
  expect(await deeds()).toEqual([
    'POST /v1/payment_intents',
    'POST /v1/payment_intents/:id/confirm',
    'POST /v1/transfers',
  ]);
  expect(stripe.list('transfers').at(-1)).toMatchObject({
    amount: 8_000,
    destination: stay.account,
    source_transaction: stripe.list('charges').at(-1)?.id,
  });
  expect(await payouts(stay.booking)).toEqual(['paid 19400', 'paid 8000']);
  await balances(stay.booking);
});

for (const kind of ['error_after', 'error_before', 'reset_after', 'reset_before'] as const) {
  test(`a charge whose outcome is unknown (${kind}) is made once`, async () => {
    const stay = await pastStay();
    const stripe = await control();
    stripe.fail({ kind, method: 'POST', path: '/confirm', times: 2 });
    const claim_id = await claim(stay);
    await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
    for (let round = 0; round < 5; round += 1) {
      await settle();
      await moveClock('3 minutes');
    }
    expect(await statusOf(claim_id)).toBe('paid');
    const taken = stripe.list('charges').filter(({ paid, amount }) => paid && amount === 8_000);
    expect(taken).toHaveLength(1);
    await balances(stay.booking);
  });
}

test('a card that refuses leaves the guest a link, and the same intent', async () => {
  const stay = await pastStay();
  const claim_id = await claim(stay);
  await asPostgres(
    `update private.saved_cards set stripe_payment_method_id = 'pm_card_chargeDeclined' where booking_id = $1`,
    [stay.booking],
  );
  await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
  await settle();
  expect(await statusOf(claim_id)).toBe('owed');
  expect(mailTo('ada@example.com').findLast(({ text }) => text?.includes(stay.booking)))
    .toMatchObject({ subject: 'Please pay for the damage: A quiet home, June 1, 2031' });

  const { status, body } = await createPayment(stay.guest, stay.booking);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({ amount_minor: 8_000, mode: 'payment' });
  await pay(String(body.client_secret).split('_secret_')[0] ?? '');
  await moveClock('2 days');
  await settle();
  expect(await statusOf(claim_id)).toBe('paid');
  const taken = (await control()).list('charges')
    .filter(({ paid, amount }) => paid && amount === 8_000);
  expect(taken).toHaveLength(1);
  expect(await payouts(stay.booking)).toEqual(['paid 19400', 'paid 8000']);
  await balances(stay.booking);
  const late = await createPayment(stay.guest, stay.booking);
  expect(late.body.code).toBe('already_paid');
});

test('what nobody pays ends unpaid, and the intent is cancelled', async () => {
  const stay = await pastStay();
  const claim_id = await claim(stay);
  await asPostgres('delete from private.saved_cards where booking_id = $1', [stay.booking]);
  await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
  await settle();
  expect(await statusOf(claim_id)).toBe('owed');
  await moveClock('14 days');
  await settle();
  expect(await statusOf(claim_id)).toBe('unpaid');
  expect((await control()).list('payment_intents').at(-1)?.status).toBe('canceled');
  expect(await payouts(stay.booking)).toEqual(['paid 19400']);
  await balances(stay.booking);
});

test('a refund in the dashboard and a lost dispute are the host’s, and leave the stay alone', async () => {
  const stay = await pastStay();
  const claim_id = await claim(stay);
  await stay.ada.rpc('accept_damage_claim', { claim_id }).throwOnError();
  await settle();
  const stripe = await control();
  const damage = stripe.list('payment_intents').at(-1)?.id ?? '';
  await stripe.refund({ payment_intent: damage, amount: 3_000 });
  await settle();
  expect(await payouts(stay.booking)).toEqual(['paid 19400', 'paid 8000 back 3000']);
  await balances(stay.booking);

  const dispute = await stripe.openDispute({ payment_intent: damage, amount: 5_000 });
  await stripe.settled();
  await stripe.closeDispute(dispute.id, 'lost');
  await settle();
  expect(await payouts(stay.booking)).toEqual(['paid 19400', 'reversed 8000 back 8000']);
  await balances(stay.booking);
});

test('staff award less than was claimed', async () => {
  const stay = await pastStay();
  const claim_id = await claim(stay);
  await stay.ada.rpc('dispute_damage_claim', { claim_id, objection: 'It was.' }).throwOnError();
  const sam = await person('Sam');
  await makeStaff(sam);
  await (await clientOf(sam)).rpc('staff_decide_damage_claim', {
    claim_id,
    award_minor: 2_500,
    reason: 'Wheels wear.',
  }).throwOnError();
  await settle();
  expect(await statusOf(claim_id)).toBe('paid');
  expect(await payouts(stay.booking)).toEqual(['paid 19400', 'paid 2500']);
  expect(mailTo('ada@example.com').findLast(({ text }) => text?.includes(stay.booking))?.text)
    .toContain('You have paid $25.00 for the damage.');
  await balances(stay.booking);
});
