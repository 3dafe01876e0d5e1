import { expect, test } from 'vitest';
import { intentFor, refused, world } from './support.ts';

test('a deleted customer can still be read, and nothing else', async () => {
  const { stripe, control, mailbox } = await world();
  const { id } = await stripe.customers.create({ metadata: { guest_id: 'g1' } });
  const setup = await stripe.setupIntents.create({ customer: id, usage: 'off_session' });
  const { payment_method: card } = await control.setUp(setup.id, 'visa');
  const open = await intentFor(stripe, { customer: id });
  const waiting = await stripe.setupIntents.create({ customer: id, usage: 'off_session' });

  expect(await stripe.customers.del(id)).toMatchObject({ id, object: 'customer', deleted: true });
  const { lastResponse: _, ...left } = await stripe.customers.retrieve(id);
  expect(left).toEqual({ id, object: 'customer', deleted: true });
  expect((await stripe.customers.list()).data).toEqual([]);
  const gone = { statusCode: 404, code: 'resource_missing', param: 'id' };
  expect(await refused(stripe.customers.del(id))).toMatchObject(gone);
  expect(await refused(stripe.customers.update(id, { name: 'Ada' }))).toMatchObject(gone);

  const noSuch = { statusCode: 400, code: 'resource_missing', param: 'customer' };
  expect(await refused(intentFor(stripe, { customer: id }))).toMatchObject(noSuch);
  expect(await refused(stripe.setupIntents.create({ customer: id }))).toMatchObject(noSuch);
  const { customer } = await stripe.paymentIntents.retrieve(open.id, { expand: ['customer'] });
  expect(customer).toMatchObject({ id, deleted: true });
  for (const attempt of [control.pay(open.id, 'visa'), control.setUp(waiting.id, 'visa')]) {
    await expect(attempt).rejects.toThrow(/No such customer/);
  }

  // Cards go with their customer, for good; an intent keeps the one it has.
  const { id: next } = await stripe.customers.create();
  expect(await refused(stripe.paymentIntents.update(open.id, { customer: next })))
    .toMatchObject({ statusCode: 400, param: 'customer' });
  const other = await intentFor(stripe, { customer: next });
  expect(
    await refused(stripe.paymentIntents.confirm(other.id, {
      payment_method: String(card),
      off_session: true,
    })),
  ).toMatchObject({ code: 'payment_method_unexpected_state' });
  await control.settled();
  expect(mailbox.types()).toContain('customer.deleted');
});

test('customers are searched by what was written on them, a minute later', async () => {
  const { stripe, control, clock } = await world();
  control.set({ searchLagSeconds: 60 });
  const { id } = await stripe.customers.create({ metadata: { guest_id: 'g1' } });
  await stripe.customers.create({ metadata: { guest_id: 'g2' } });
  const found = async () =>
    (await stripe.customers.search({ query: "metadata['guest_id']:'g1'" })).data
      .map((customer) => customer.id);
  expect(await found()).toEqual([]);
  clock.now += 60_000;
  expect(await found()).toEqual([id]);
  await stripe.customers.del(id);
  expect(await found()).toEqual([]);
});
