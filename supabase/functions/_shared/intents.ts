import Stripe from 'stripe';
import type { PaymentStart } from './answers.ts';
import type { Arguments } from './arguments.ts';
import type { Database } from './database.ts';
import { withCustomer } from './customers.ts';
import { uuidOrNull } from './ids.ts';
import { idOf, isOurs, metadataFor, type StripePorts } from './ours.ts';
import { Problem } from './problem.ts';
import { failureOf, makeOnce } from './stripe.ts';

/** What an intent is made from; the same for every attempt, or Stripe refuses the key. */
export type IntentOrder = Pick<
  PaymentStart,
  | 'payment_id'
  | 'booking_id'
  | 'amount_minor'
  | 'currency'
  | 'capture_mode'
  | 'saves_card'
  | 'charge_at'
  | 'guest_id'
  | 'stripe_customer_id'
  | 'idempotency_key'
>;

/** The money of these arrives days after the guest said yes: too late for a hold of minutes. */
const delayedMethods = [
  'acss_debit',
  'au_becs_debit',
  'bacs_debit',
  'boleto',
  'customer_balance',
  'konbini',
  'multibanco',
  'nz_bank_account',
  'oxxo',
  'payto',
  'sepa_debit',
  'sofort',
  'us_bank_account',
];

/** What can be captured or charged later. */
const reusableMethods = ['card', 'link'] satisfies Stripe.PaymentIntentCreateParams[
  'allowed_payment_method_types'
];

/**
 * The one intent of a payment: made under the payment's idempotency key, or found when it was made
 * before, and recorded.
 */
export async function makeIntent(
  order: IntentOrder,
  ports: StripePorts,
): Promise<Stripe.PaymentIntent> {
  const { stripe, database, environment } = ports;
  const { payment_id: paymentId, booking_id: bookingId } = order;
  const find = () => findIntent(paymentId, stripe);
  const make = (key: string, customer?: string) =>
    makeOnce(key, (options) =>
      stripe.paymentIntents.create({
        amount: order.amount_minor,
        currency: order.currency.toLowerCase(),
        transfer_group: `booking_${bookingId}`,
        metadata: metadataFor(environment, { booking_id: bookingId, payment_id: paymentId }),
        ...methodsOf(order),
        ...(customer === undefined ? {} : { customer }),
      }, options), find);
  let intent: Stripe.PaymentIntent;
  try {
    intent = needsCustomer(order)
      ? await withCustomer(order, ports, make)
      : await make(order.idempotency_key);
  } catch (error) {
    // The key was used with other words, by a version of this function before or after this one.
    if (!(error instanceof Stripe.errors.StripeIdempotencyError)) throw error;
    const made = await find();
    if (made === undefined) throw error;
    intent = made;
  }
  try {
    await database.call('record_intent', {
      payment_id: paymentId,
      stripe_intent_id: intent.id,
    });
  } catch (error) {
    // A payment has one intent for ever: nobody shall be able to pay a second one.
    if (isMismatch(error)) {
      await settleIntent(intent.id, () => stripe.paymentIntents.cancel(intent.id), {
        stripe,
        database,
      });
    }
    throw error;
  }
  return intent;
}

type Methods = Pick<IntentOrder, 'capture_mode' | 'saves_card' | 'charge_at'>;

const isLater = ({ charge_at: chargeAt }: Methods) => chargeAt !== null;
const needsCustomer = (order: Methods) => order.saves_card || isLater(order);

function methodsOf(order: Methods): Partial<Stripe.PaymentIntentCreateParams> {
  if (order.capture_mode === 'automatic' && !needsCustomer(order)) {
    return {
      automatic_payment_methods: { enabled: true },
      excluded_payment_method_types: delayedMethods,
    };
  }
  return {
    allowed_payment_method_types: reusableMethods,
    ...(order.capture_mode === 'manual' ? { capture_method: 'manual' } : {}),
    // Not for a later charge: Stripe refuses to take it from the saved card and save it as well.
    ...(order.saves_card && !isLater(order) ? { setup_future_usage: 'off_session' } : {}),
  };
}

/**
 * The one setup of a booking that is charged later: made under the payment's key, or found when it
 * was made before, and recorded.
 */
export async function makeSetup(
  order: Omit<IntentOrder, 'amount_minor' | 'currency' | 'capture_mode'>,
  ports: StripePorts,
): Promise<Stripe.SetupIntent> {
  const { stripe, database, environment } = ports;
  const { payment_id: paymentId, booking_id: bookingId } = order;
  const setup = await withCustomer(order, ports, (key, customer) =>
    makeOnce(
      key,
      (options) =>
        stripe.setupIntents.create({
          customer,
          usage: 'off_session',
          allowed_payment_method_types: reusableMethods,
          metadata: metadataFor(environment, { booking_id: bookingId, payment_id: paymentId }),
        }, options),
      () => findSetup(paymentId, customer, stripe),
    ));
  try {
    await database.call('record_setup', {
      payment_id: paymentId,
      stripe_setup_intent_id: setup.id,
    });
  } catch (error) {
    if (isMismatch(error)) await stripe.setupIntents.cancel(setup.id).catch(() => {});
    throw error;
  }
  return setup;
}

/** The setup that carries a payment's id. Lists, unlike Stripe's search, are never behind. */
export async function findSetup(
  paymentId: string,
  customer: string,
  stripe: Stripe,
): Promise<Stripe.SetupIntent | undefined> {
  for await (const setup of stripe.setupIntents.list({ customer, limit: 100 })) {
    if (setup.metadata?.payment_id === paymentId && setup.status !== 'canceled') return setup;
  }
  return undefined;
}

/** Fetches a setup and has it applied; undefined when another application made it. */
export async function refetchSetup(
  setupId: string,
  { stripe, database, environment }: StripePorts,
  eventId: string | null = null,
): Promise<Stripe.SetupIntent | undefined> {
  const setup = await stripe.setupIntents.retrieve(setupId, { expand: ['customer'] });
  const paymentId = uuidOrNull(setup.metadata?.payment_id);
  if (paymentId === null || !isOurs(setup.metadata, environment)) return undefined;
  await database.call('apply_setup', {
    event_id: eventId,
    payment_id: paymentId,
    stripe_setup_intent_id: setup.id,
    setup_status: setup.status,
    stripe_payment_method_id: idOf(setup.payment_method) ?? null,
    last_error: setup.last_setup_error?.code ?? null,
  });
  return setup;
}

/**
 * What somebody can still pay or set up, but for a customer who was deleted at Stripe since: then nobody
 * ever can.
 */
export const isOrphan = ({ status, customer }: Stripe.PaymentIntent | Stripe.SetupIntent) =>
  ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(status) &&
  typeof customer === 'object' && customer?.deleted === true;

/** Whether the database refused an intent because the payment has another one. */
export const isMismatch = (error: unknown) =>
  error instanceof Problem && error.code === 'intent_mismatch';

/**
 * The intent that carries a payment's id and is not cancelled. Stripe's search lags by about a minute,
 * so the newest are looked through too.
 */
export async function findIntent(
  paymentId: string,
  stripe: Stripe,
): Promise<Stripe.PaymentIntent | undefined> {
  const { data: known } = await stripe.paymentIntents.search({
    query: `metadata['payment_id']:'${paymentId}'`,
  });
  const { data: newest } = await stripe.paymentIntents.list({ limit: 100 });
  return [...known, ...newest].find(({ metadata, status }) =>
    metadata.payment_id === paymentId && status !== 'canceled'
  );
}

/** An intent with its charge and customer, as it is now. */
export const fetchIntent = (intentId: string, stripe: Stripe) =>
  stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge', 'customer'] });

/** Hands an intent, fetched by `fetchIntent`, to the database; resolves to what that did. */
export const applyIntent = (
  intent: Stripe.PaymentIntent,
  database: Database,
  eventId: string | null = null,
) => database.call('apply_payment_intent', { event_id: eventId, ...factsOf(intent) });

/** Fetches an intent and hands it to the database. */
export async function refetchAndApply(
  intentId: string,
  { stripe, database }: Pick<StripePorts, 'stripe' | 'database'>,
): Promise<Stripe.PaymentIntent> {
  const intent = await fetchIntent(intentId, stripe);
  await applyIntent(intent, database);
  return intent;
}

/**
 * Carries out a deed on an intent and applies what the intent is then, also when Stripe refuses:
 * then the intent says why (it was done before, or its time is over).
 */
export async function settleIntent(
  intentId: string,
  deed: () => Promise<unknown>,
  ports: Pick<StripePorts, 'stripe' | 'database'>,
): Promise<{ intent: Stripe.PaymentIntent; refusal: unknown }> {
  let refusal: unknown;
  try {
    await deed();
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
    refusal = error;
  }
  return { intent: await refetchAndApply(intentId, ports), refusal };
}

function factsOf(
  intent: Stripe.PaymentIntent,
): Omit<Arguments<'apply_payment_intent'>, 'event_id'> {
  const charge = intent.latest_charge;
  const details = typeof charge === 'object' ? charge?.payment_method_details : undefined;
  const captureBefore = details?.card?.capture_before;
  return {
    payment_id: uuidOrNull(intent.metadata.payment_id),
    stripe_intent_id: intent.id,
    intent_status: intent.status,
    amount_minor: intent.amount,
    received_minor: intent.amount_received,
    currency: intent.currency,
    stripe_charge_id: typeof charge === 'object' ? charge?.id ?? null : charge,
    capture_before: captureBefore ? new Date(captureBefore * 1000).toISOString() : null,
    // Never the decline code, which may say that a card is known as stolen: guests read this.
    last_error: intent.last_payment_error?.code ?? null,
    stripe_payment_method_id: intent.setup_future_usage === 'off_session'
      ? idOf(intent.payment_method) ?? null
      : null,
    stripe_customer_id: idOf(intent.customer) ?? null,
  };
}
