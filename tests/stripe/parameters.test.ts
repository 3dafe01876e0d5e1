import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { routes } from '../../local/stripe/resources/routes.ts';
import { declaration, fieldsOf } from '../../local/stripe/http/declarations.ts';
import { intentFor, refused, world } from './support.ts';

// The SDK's types forbid what these tests send, as they should.
type Loose = Stripe.PaymentIntentCreateParams;

test('every endpoint has its parameters from the SDK', () => {
  for (const { parameters: { file, name }, path } of routes) {
    const shape = declaration(file, name);
    expect(shape.kind, path).toBe('object');
    const fields = shape.kind === 'object' ? [...fieldsOf(shape, file).keys()] : [];
    if (!path.startsWith('/v2/') && name !== 'CustomerDeleteParams') {
      expect(fields, name).toContain('expand');
    }
  }
});

describe('a parameter', () => {
  test.each<[string, object, Partial<Stripe.StripeRawError>]>([
    [
      'that the pinned API no longer has',
      { payment_method_types: ['card'] },
      { code: 'parameter_unknown', param: 'payment_method_types' },
    ],
    [
      'unknown further down',
      { automatic_payment_methods: { enabled: true, colour: 'red' } },
      { code: 'parameter_unknown', param: 'automatic_payment_methods[colour]' },
    ],
    [
      'missing further down',
      { automatic_payment_methods: { allow_redirects: 'never' } },
      { code: 'parameter_missing', param: 'automatic_payment_methods[enabled]' },
    ],
    ['that is no integer', { amount: 10.5 }, {
      code: 'parameter_invalid_integer',
      param: 'amount',
    }],
    ['that is negative', { amount: -100 }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['with a word outside its list', { capture_method: 'later' }, { param: 'capture_method' }],
    ['that is empty', { description: '' }, {
      code: 'parameter_invalid_empty',
      param: 'description',
    }],
    ['that only confirm has', { return_url: 'https://a.test' }, { param: 'return_url' }],
    ['metadata with a long value', { metadata: { a: 'x'.repeat(501) } }, { param: 'metadata[a]' }],
    ['metadata with a long key', { metadata: { ['k'.repeat(41)]: 'x' } }, {}],
    ['an expansion that does not exist', { expand: ['nothing'] }, { param: 'expand' }],
    ['an expansion of a plain field', { expand: ['latest_charge.amount'] }, { param: 'expand' }],
    ['that the fake would ignore', { application_fee_amount: 100 }, {
      code: 'fake_not_supported',
      param: 'application_fee_amount',
    }],
  ])('%s is refused and nothing is made', async (_, more, expected) => {
    const { stripe, control } = await world();
    const error = await refused(intentFor(stripe, more as Partial<Loose>));
    expect(error).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', ...expected });
    expect(control.list('payment_intents')).toEqual([]);
  });

  test('may be 50 keys of metadata, not 51', async () => {
    const { stripe } = await world();
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    expect(Object.keys((await intentFor(stripe, { metadata: keys(50) })).metadata)).toHaveLength(
      50,
    );
    expect(await refused(intentFor(stripe, { metadata: keys(51) }))).toMatchObject({
      param: 'metadata',
    });
  });

  test('keeps its text as it was: brackets, ampersands, emoji', async () => {
    const { stripe } = await world();
    const description = 'a[b]=c&d=é 🏡 100% +1 "x"';
    expect((await intentFor(stripe, { description })).description).toBe(description);
  });
});

describe('an amount', () => {
  test.each<[number, string, string]>([
    [49, 'usd', 'amount_too_small'],
    [100_000_000, 'usd', 'amount_too_large'],
    [49, 'jpy', 'amount_too_small'],
    [29, 'gbp', 'amount_too_small'],
    [1_005, 'kwd', 'parameter_invalid_integer'],
    [150, 'isk', 'parameter_invalid_integer'],
    [200, 'isk', 'amount_too_small'],
    [100, 'krw', 'amount_too_small'],
    [1_000, 'uah', 'amount_too_small'],
    [10_000, 'vnd', 'amount_too_small'],
    [1_001, 'ugx', 'parameter_invalid_integer'],
    [0, 'usd', 'parameter_invalid_integer'],
  ])('of %i %s is refused', async (amount, currency, code) => {
    const { stripe } = await world();
    expect(await refused(intentFor(stripe, { amount, currency }))).toMatchObject({ code });
  });

  test.each<[number, string]>([
    [50, 'usd'],
    [99_999_999, 'usd'],
    [50, 'jpy'],
    [1_010, 'kwd'],
    [10_000, 'isk'],
    [99_999_999_999, 'idr'],
    [500, 'USD'],
  ])('of %i %s is charged', async (amount, currency) => {
    const { stripe, control } = await world();
    const { id } = await intentFor(stripe, { amount, currency });
    expect(await control.pay(id)).toMatchObject({
      amount_received: amount,
      currency: currency.toLowerCase(),
    });
  });

  test('that settles into another currency is booked in that one', async () => {
    const { stripe, control } = await world();
    control.set({ settlesInto: { eur: { currency: 'usd', rate: 1.1 } } });
    const { id } = await intentFor(stripe, { currency: 'eur' });
    await control.pay(id);
    const { data: [booked] } = await stripe.balanceTransactions.list();
    expect(booked).toMatchObject({ currency: 'usd', amount: 11_000, exchange_rate: 1.1 });
  });
});
