import { expect, test } from 'vitest';
import { intentFor, refused, world } from './support.ts';

async function forCustomer() {
  const made = await world();
  const { id: customer } = await made.stripe.customers.create({ name: 'Grace' });
  const intent = await made.stripe.setupIntents.create({
    customer,
    usage: 'off_session',
    automatic_payment_methods: { enabled: true },
    metadata: { booking_id: 'b1' },
  });
  return { ...made, customer, intent };
}

test('a card is saved for its customer and charged later', async () => {
  const { stripe, control, mailbox, customer, intent } = await forCustomer();
  expect(intent).toMatchObject({ status: 'requires_payment_method', usage: 'off_session' });
  const saved = await control.setUp(intent.id, 'visa');
  expect(saved.status).toBe('succeeded');
  const charged = await intentFor(stripe, {
    customer,
    payment_method: saved.payment_method as string,
    confirm: true,
    off_session: true,
  });
  expect(charged.status).toBe('succeeded');
  await control.settled();
  expect(mailbox.types().slice(0, 4)).toEqual([
    'customer.created',
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
  ]);
});

test('a card authenticated while it is saved is not asked again off session', async () => {
  const { stripe, control, customer, intent } = await forCustomer();
  const card = 'authenticationRequiredOnSetup';
  expect(await control.setUp(intent.id, card, { returnUrl: 'https://a.test' })).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'redirect_to_url' },
  });
  const saved = await control.authenticate(intent.id);
  expect(saved.status).toBe('succeeded');
  const charged = await intentFor(stripe, {
    customer,
    payment_method: saved.payment_method as string,
    confirm: true,
    off_session: true,
  });
  expect(charged.status).toBe('succeeded');
});

test('a card that fails is told, and another can be saved', async () => {
  const { stripe, control, mailbox, intent } = await forCustomer();
  expect(await control.setUp(intent.id, 'chargeDeclined')).toMatchObject({
    status: 'requires_payment_method',
    last_setup_error: { code: 'card_declined' },
  });
  expect(await control.setUp(intent.id, 'authenticationRequired', { authenticate: 'failed' }))
    .toMatchObject({ last_setup_error: { code: 'setup_intent_authentication_failure' } });
  expect(await control.setUp(intent.id)).toMatchObject({
    status: 'succeeded',
    last_setup_error: null,
  });
  expect(await refused(stripe.setupIntents.cancel(intent.id)))
    .toMatchObject({ code: 'setup_intent_unexpected_state' });
  await control.settled();
  expect(mailbox.types().filter((type) => type === 'setup_intent.setup_failed')).toHaveLength(2);
});

test('a card that is saved well and declines later', async () => {
  const { stripe, control, customer, intent } = await forCustomer();
  const saved = await control.setUp(intent.id, 'chargeCustomerFail');
  const error = await refused(intentFor(stripe, {
    customer,
    payment_method: saved.payment_method as string,
    confirm: true,
    off_session: true,
  }));
  expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' });
});
