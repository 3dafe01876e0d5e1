import { assertEquals, assertRejects } from './assert.ts';
import Stripe from 'stripe';
import { Problem } from '../../../supabase/functions/_shared/problem.ts';
import { eventTypes } from '../../../supabase/functions/stripe-webhook/handler.ts';
import { verifiedEvent } from '../../../supabase/functions/stripe-webhook/signature.ts';

const stripe = new Stripe('sk_test_of_nobody', { httpClient: Stripe.createFetchHttpClient() });
const event = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: false,
  data: { object: { id: 'pi_1' } },
};

const signedWith = (secret: string, payload: string, timestamp = Math.floor(Date.now() / 1000)) =>
  stripe.webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp,
    cryptoProvider: Stripe.createSubtleCryptoProvider(),
  });

async function verify(secrets: string[], header: string | null, payload = JSON.stringify(event)) {
  return (await verifiedEvent(payload, header, { stripe, secrets })).id;
}

Deno.test('while a secret is rotated, what is signed with either is accepted', async () => {
  const payload = JSON.stringify(event);
  for (const secret of ['whsec_old', 'whsec_new']) {
    assertEquals(
      await verify(['whsec_old', 'whsec_new'], await signedWith(secret, payload)),
      'evt_1',
    );
  }
  const header = await signedWith('whsec_third', payload);
  await assertRejects(() => verify(['whsec_old', 'whsec_new'], header), 'invalid_signature');
});

Deno.test('without a secret nothing is accepted, not even what is signed with a blank one', async () => {
  const header = await signedWith('', JSON.stringify(event)).catch(() => 't=1,v1=00');
  const problem = await assertRejects(() => verify([], header), 'invalid_signature');
  assertEquals((problem as Problem).detail, 'STRIPE_WEBHOOK_SECRET is not set.');
  await assertRejects(() => verify([' '], header), 'invalid_signature');
});

Deno.test('five minutes is the limit, into the past and into the future', async () => {
  const now = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify(event);
  for (const shift of [-290, 290]) {
    assertEquals(
      await verify(['whsec_1'], await signedWith('whsec_1', payload, now + shift)),
      'evt_1',
    );
  }
  for (const shift of [-310, 310, -1e6, 1e6]) {
    const header = await signedWith('whsec_1', payload, now + shift);
    await assertRejects(() => verify(['whsec_1'], header), 'invalid_signature');
  }
});

Deno.test('a signed thin event is told apart from other bodies that are no event', async () => {
  const thin = JSON.stringify({ id: 'evt_1', object: 'v2.core.event' });
  await assertRejects(
    async () => verify(['whsec_1'], await signedWith('whsec_1', thin), thin),
    'thin_event',
  );
  const text = 'not json';
  await assertRejects(
    async () => verify(['whsec_1'], await signedWith('whsec_1', text), text),
    'invalid_body',
  );
});

Deno.test('the events to choose in Stripe are those of docs/functions.md', async () => {
  const docs = await Deno.readTextFile(new URL('../../../docs/functions.md', import.meta.url));
  const documented = [
    ...docs.matchAll(/`((?:payment_intent|setup_intent|charge|refund|radar|transfer)\.[a-z_.]+)`/g),
  ]
    .map(([, type]) => type);
  assertEquals(documented.toSorted(), eventTypes.toSorted());
});
