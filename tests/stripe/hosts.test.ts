import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import {
  chargeOf,
  client,
  intentFor,
  receive,
  refused,
  webhookSecret,
  type World,
  world,
} from './support.ts';

const day = 86_400;

const host = {
  contact_email: 'ada@example.com',
  display_name: 'Ada',
  dashboard: 'express',
  identity: { country: 'us' },
  configuration: {
    recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
  },
  defaults: {
    responsibilities: { fees_collector: 'application', losses_collector: 'application' },
  },
  include: ['configuration.recipient', 'requirements'],
} satisfies Stripe.V2.Core.AccountCreateParams;

async function paidWorld() {
  const made = await world();
  const account = await made.stripe.v2.core.accounts.create(host);
  await made.control.onboard(account.id);
  const { id } = await intentFor(made.stripe);
  await made.control.pay(id);
  const charge = await chargeOf(made.stripe, id);
  const transfer = (more: Partial<Stripe.TransferCreateParams> = {}) =>
    made.stripe.transfers.create({
      amount: 8_000,
      currency: 'usd',
      destination: account.id,
      source_transaction: charge.id,
      metadata: { payout_id: 'p1' },
      ...more,
    });
  return { ...made, account, charge, intent: id, transfer };
}

const availableOf = async ({ stripe }: Pick<World, 'stripe'>) =>
  (await stripe.balance.retrieve()).available[0]?.amount ?? 0;

describe("a host's account", () => {
  test('asks for transfers, is restricted, and becomes active by onboarding', async () => {
    const thin = await receive();
    const { stripe, control, mailbox } = await world({
      webhooks: [{ url: thin.url, secret: webhookSecret, payload: 'thin' }],
    });
    const created = await stripe.v2.core.accounts.create(host);
    const status = (account: Stripe.V2.Core.Account) =>
      account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers?.status;
    expect(status(created)).toBe('restricted');
    expect(created.requirements?.entries).not.toEqual([]);

    const link = await stripe.v2.core.accountLinks.create({
      account: created.id,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: {
          refresh_url: 'https://stay.test/again',
          return_url: 'https://stay.test/done',
        },
      },
    });
    const page = await (await fetch(link.url)).text();
    expect(page).toContain('https://stay.test/done');
    await control.onboard(created.id);
    const active = await stripe.v2.core.accounts.retrieve(created.id, {
      include: ['configuration.recipient', 'requirements'],
    });
    expect(status(active)).toBe('active');
    expect(active.requirements?.entries).toEqual([]);
    expect(await stripe.v2.core.accounts.retrieve(created.id)).not.toHaveProperty('configuration');

    await control.settled();
    expect(mailbox.types()).toEqual([]);
    expect(thin.types()).toEqual([
      'v2.core.account.created',
      'v2.core.account[requirements].updated',
      'v2.core.account[configuration.recipient].capability_status_updated',
      'v2.core.account[configuration.recipient].capability_status_updated',
    ]);
    const { body, signature } = thin.received[2]!;
    const note = await stripe.parseEventNotificationAsync(body, signature, webhookSecret);
    expect(note).toMatchObject({
      type: 'v2.core.account[configuration.recipient].capability_status_updated',
      related_object: { id: created.id, type: 'v2.core.account' },
    });
    expect(JSON.parse(body)).not.toHaveProperty('data');
    expect(await note.fetchEvent()).toMatchObject({
      data: { updated_capability: 'stripe_balance.stripe_transfers' },
    });
    await expect(stripe.webhooks.constructEventAsync(body, signature, webhookSecret)).rejects
      .toThrow();
    expect(await stripe.v2.core.events.list({ object_id: created.id })).toMatchObject({
      data: { length: 4 },
    });
  });

  test('with unknown fields, or without a country, is refused', async () => {
    const { stripe } = await world();
    const wrong = { ...host, charges_enabled: true } as Stripe.V2.Core.AccountCreateParams;
    expect(await refused(stripe.v2.core.accounts.create(wrong)))
      .toMatchObject({ statusCode: 400, code: 'parameter_unknown' });
    const { identity: _identity, ...nowhere } = host;
    expect(await refused(stripe.v2.core.accounts.create(nowhere)))
      .toMatchObject({ statusCode: 400, param: 'identity.country' });
    expect(await refused(stripe.v2.core.accounts.retrieve('acct_nothing')))
      .toMatchObject({ statusCode: 404 });
  });

  test('is made once under one idempotency key', async () => {
    const { stripe, control } = await world();
    const key = { idempotencyKey: 'host-1' };
    const first = await stripe.v2.core.accounts.create(host, key);
    expect((await stripe.v2.core.accounts.create(host, key)).id).toBe(first.id);
    expect(control.list('accounts')).toHaveLength(1);
  });

  test('is listed page by page', async () => {
    const { stripe } = await world();
    for (let i = 0; i < 5; i++) await stripe.v2.core.accounts.create(host);
    const ids: string[] = [];
    for await (const { id } of stripe.v2.core.accounts.list({ limit: 2 })) ids.push(id);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('a transfer', () => {
  test('out of a charge moves money before it is available, and only once', async () => {
    const { stripe, control, account, charge, transfer, clock, mailbox } = await paidWorld();
    const made = await transfer();
    expect(made).toMatchObject({
      amount: 8_000,
      destination: account.id,
      source_transaction: charge.id,
      transfer_group: 'booking_b1',
      reversed: false,
    });
    expect(await refused(transfer({ amount: 2_001 }))).toMatchObject({ param: 'amount' });
    expect((await transfer({ amount: 2_000 })).amount).toBe(2_000);
    const seenByHost = () => stripe.balance.retrieve({}, { stripeAccount: account.id });
    expect(await seenByHost()).toMatchObject({
      available: [{ amount: 0 }],
      pending: [{ amount: 10_000 }],
    });
    clock.advance(2 * day);
    expect(await seenByHost()).toMatchObject({ available: [{ amount: 10_000 }] });
    expect(await availableOf({ stripe })).toBe(9_680 - 10_000);
    await control.settled();
    expect(mailbox.types().filter((type) => type === 'transfer.created')).toHaveLength(2);
    expect((await stripe.transfers.list({ transfer_group: 'booking_b1' })).data).toHaveLength(2);
  });

  test('without a source needs available money', async () => {
    const { stripe, account, clock } = await paidWorld();
    const send = () =>
      stripe.transfers.create({ amount: 5_000, currency: 'usd', destination: account.id });
    expect(await refused(send())).toMatchObject({ statusCode: 400, code: 'balance_insufficient' });
    clock.advance(2 * day);
    expect((await send()).amount).toBe(5_000);
  });

  test('needs a host who may receive it', async () => {
    const { control, account, transfer } = await paidWorld();
    await control.onboard(account.id, 'restricted');
    expect(await refused(transfer()))
      .toMatchObject({ code: 'insufficient_capabilities_for_transfer', param: 'destination' });
    await control.onboard(account.id, 'active');
    await control.closeAccount(account.id);
    expect(await refused(transfer())).toMatchObject({ code: 'resource_missing' });
    expect(await refused(transfer({ destination: 'acct_nobody' })))
      .toMatchObject({ code: 'resource_missing', param: 'destination' });
  });

  test('must fit its source: captured, of one currency, of one group', async () => {
    const { stripe, control, transfer } = await paidWorld();
    expect(await refused(transfer({ currency: 'eur' }))).toMatchObject({ param: 'currency' });
    expect(await refused(transfer({ transfer_group: 'booking_other' })))
      .toMatchObject({ param: 'transfer_group' });
    const held = await intentFor(stripe, { capture_method: 'manual' });
    await control.pay(held.id);
    const { id } = await chargeOf(stripe, held.id);
    expect(await refused(transfer({ source_transaction: id })))
      .toMatchObject({ param: 'source_transaction' });
  });

  test('is reversed in parts, never beyond what was sent', async () => {
    const { stripe, control, transfer, mailbox } = await paidWorld();
    const { id } = await transfer();
    const reversal = await stripe.transfers.createReversal(id, {
      amount: 3_000,
      metadata: { refund_id: 'r1' },
    });
    expect(reversal).toMatchObject({ object: 'transfer_reversal', amount: 3_000, transfer: id });
    expect(await refused(stripe.transfers.createReversal(id, { amount: 5_001 })))
      .toMatchObject({ param: 'amount' });
    await stripe.transfers.createReversal(id);
    const after = await stripe.transfers.retrieve(id);
    expect(after).toMatchObject({ reversed: true, amount_reversed: 8_000 });
    expect(after.reversals.data).toHaveLength(2);
    expect(await refused(stripe.transfers.createReversal(id))).toMatchObject({ statusCode: 400 });
    expect(await stripe.transfers.retrieveReversal(id, reversal.id))
      .toMatchObject({ metadata: { refund_id: 'r1' } });
    await control.settled();
    expect(mailbox.types().filter((type) => type === 'transfer.reversed')).toHaveLength(2);
  });

  test('that the host has paid out already cannot be reversed', async () => {
    const { stripe, control, account, transfer, clock, fake } = await paidWorld();
    const { id } = await transfer();
    clock.advance(2 * day);
    const payout = await control.payOut({ account: account.id, currency: 'usd' });
    expect(payout).toMatchObject({ amount: 8_000, status: 'paid' });
    expect(await refused(stripe.transfers.createReversal(id)))
      .toMatchObject({ code: 'balance_insufficient' });
    const own = { stripeAccount: account.id };
    expect((await client(fake).payouts.list({}, own)).data).toHaveLength(1);
    expect((await stripe.payouts.list()).data).toHaveLength(0);
    await control.failPayout(payout.id);
    expect((await stripe.transfers.createReversal(id)).amount).toBe(8_000);
  });
});

describe('payouts', () => {
  test('of hosts are told to the endpoint for connected accounts only', async () => {
    const connected = await receive();
    const { stripe, control, mailbox, clock } = await world({
      webhooks: [{ url: connected.url, secret: 'whsec_connect', connect: true }],
    });
    const account = await stripe.v2.core.accounts.create(host);
    await control.onboard(account.id);
    const { id } = await intentFor(stripe);
    await control.pay(id);
    await stripe.transfers.create({
      amount: 9_000,
      currency: 'usd',
      destination: account.id,
      source_transaction: (await chargeOf(stripe, id)).id,
    });
    clock.advance(2 * day);
    await control.payOut({ account: account.id, currency: 'usd' });
    await control.settled();
    expect(connected.types()).toEqual(['payout.created', 'payout.paid']);
    expect(connected.received[0]?.event.account).toBe(account.id);
    expect(mailbox.types()).not.toContain('payout.paid');
  });

  test('of the platform leave its floor, and without one take what transfers need', async () => {
    const { stripe, control, clock, account } = await paidWorld();
    await stripe.balanceSettings.update({
      payments: { payouts: { minimum_balance_by_currency: { usd: 9_000 } } },
    });
    clock.advance(2 * day);
    expect((await control.payOut({ currency: 'usd' })).amount).toBe(680);
    const send = () =>
      stripe.transfers.create({ amount: 4_500, currency: 'usd', destination: account.id });
    await send();
    expect(await availableOf({ stripe })).toBe(4_500);
    await stripe.balanceSettings.update({
      payments: { payouts: { minimum_balance_by_currency: '' } },
    });
    await control.payOut({ currency: 'usd' });
    expect(await refused(send())).toMatchObject({ code: 'balance_insufficient' });
  });
});

test('the books of the fake add up: its balance is what all transactions sum to', async () => {
  const { stripe, transfer, intent } = await paidWorld();
  const { id } = await transfer();
  await stripe.refunds.create({ payment_intent: intent, amount: 1_000 });
  await stripe.transfers.createReversal(id, { amount: 800 });
  const { data } = await stripe.balanceTransactions.list({ limit: 100 });
  const { available, pending } = await stripe.balance.retrieve();
  const sum = data.reduce((total, { net }) => total + net, 0);
  expect(available[0]!.amount + pending[0]!.amount).toBe(sum);
  expect(sum).toBe(9_680 - 8_000 - 1_000 + 800);
});
