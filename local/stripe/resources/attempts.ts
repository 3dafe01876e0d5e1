import type { Stripe } from 'stripe';
import { type Decline, declined, testCard } from '../cards.ts';
import { invalid, type StripeFailure } from '../http/errors.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { newCharge, settleLater } from './charges.ts';
import { findCustomer } from './find.ts';
import { attach, checkNotSpent } from './payment-methods.ts';

/** How an intent is confirmed. */
export interface Confirmation {
  method: Stripe.PaymentMethod;
  offSession: boolean;
  /** Fail instead of asking the customer to do something. */
  errorOnAction: boolean;
  returnUrl?: string | undefined;
  useStripeSdk: boolean;
}

const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/**
 * Tries to charge: the intent ends in succeeded, requires_capture or requires_action.
 * @throws StripeFailure 402 when the card is declined; the intent then requires another method
 */
export function confirm(moment: Moment, intent: Stripe.PaymentIntent, by: Confirmation): void {
  const { method } = by;
  checkUsable(moment, intent, method);
  intent.payment_method = method.id;
  intent.next_action = null;
  const card = testCard(moment.state.hidden.card[method.id] ?? 'visa');
  if (mustAuthenticate(moment, intent, by)) {
    if (by.offSession || by.errorOnAction) {
      throw fail(moment, intent, method, authenticationRequired);
    }
    askForAuthentication(moment, intent, by);
    return;
  }
  if (moment.settings.processingSeconds > 0) {
    process(moment, intent);
    return;
  }
  if (card.decline) throw fail(moment, intent, method, card.decline);
  succeed(moment, intent, method, false);
}

function process(moment: Moment, intent: Stripe.PaymentIntent): void {
  intent.status = 'processing';
  intent.last_payment_error = null;
  const at = moment.now + moment.settings.processingSeconds;
  moment.state.schedule(intent.id, at, 'finish_processing');
  moment.emit('payment_intent.processing', intent);
}

/** What a payment that was processing comes to. */
export function finishProcessing(moment: Moment, intent: Stripe.PaymentIntent): void {
  if (intent.status !== 'processing') return;
  const method = methodOf(moment, intent);
  const { decline } = testCard(moment.state.hidden.card[method.id] ?? 'visa');
  if (decline) fail(moment, intent, method, decline);
  else succeed(moment, intent, method, false);
}

function methodOf(moment: Moment, intent: Stripe.PaymentIntent): Stripe.PaymentMethod {
  const method = moment.state.tables.payment_methods.get(idOf(intent.payment_method) ?? '');
  if (!method) throw new Error(`${intent.id} has no payment method`);
  return method;
}

/**
 * What follows when the customer has finished or failed the authentication that was asked for.
 * @throws StripeFailure 400 when none is asked for any more
 */
export function finishAuthentication(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  outcome: 'succeeded' | 'failed',
): void {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(
      intent,
      `This PaymentIntent's authentication cannot be finished because it has a status of ${intent.status}.`,
    );
  }
  const method = methodOf(moment, intent);
  intent.next_action = null;
  if (outcome === 'failed') {
    giveUp(moment, intent, {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
      message: 'The provided PaymentMethod has failed authentication. You can provide ' +
        'payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
      payment_method: structuredClone(method),
    });
    return;
  }
  const { decline } = testCard(moment.state.hidden.card[method.id] ?? 'visa');
  if (decline) fail(moment, intent, method, decline);
  else succeed(moment, intent, method, true);
}

/** The 400 for a deed that the intent's status forbids. */
export function unexpectedState(intent: Stripe.PaymentIntent, message: string): StripeFailure {
  const failure = invalid(message, 'payment_intent_unexpected_state');
  failure.body.payment_intent = structuredClone(intent);
  return failure;
}

function checkUsable(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): void {
  const customer = idOf(intent.customer);
  if (customer) findCustomer(moment.state, customer, 'customer');
  const owner = idOf(method.customer);
  if (owner && owner !== customer) {
    throw invalid(
      intent.customer
        ? `The customer does not have a payment method with the ID ${method.id}. The payment ` +
          'method must be attached to the customer.'
        : `The provided PaymentMethod ${method.id} belongs to a Customer. Please include the ` +
          'Customer in the `customer` parameter on the PaymentIntent.',
      owner && intent.customer ? 'resource_missing' : 'payment_method_invalid_parameter',
      'payment_method',
    );
  }
  checkNotSpent(moment, method);
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalid(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent.`,
      'payment_intent_incompatible_payment_method',
      'payment_method',
    );
  }
}

function mustAuthenticate(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  { method, offSession }: Confirmation,
): boolean {
  const { authentication } = testCard(moment.state.hidden.card[method.id] ?? 'visa');
  const asked = intent.payment_method_options?.card?.request_three_d_secure;
  if (asked === 'any' || asked === 'challenge') return true;
  switch (authentication) {
    case 'always':
      return true;
    case 'unless_set_up':
      return !moment.state.hidden.authenticated[method.id];
    case 'on_session':
      return !offSession;
    default:
      return false;
  }
}

function askForAuthentication(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  by: Confirmation,
): void {
  intent.status = 'requires_action';
  intent.last_payment_error = null;
  intent.next_action = by.returnUrl && !by.useStripeSdk
    ? {
      type: 'redirect_to_url',
      redirect_to_url: {
        return_url: by.returnUrl,
        url: `${moment.settings.publicUrl}/_fake/3ds/${intent.id}`,
      },
    }
    : {
      type: 'use_stripe_sdk',
      use_stripe_sdk: {
        type: 'three_d_secure_redirect',
        source: newId('src'),
        stripe_js: `${moment.settings.publicUrl}/_fake/3ds/${intent.id}`,
      },
    };
  moment.emit('payment_intent.requires_action', intent);
}

function succeed(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  authenticated: boolean,
): void {
  const cardOptions = intent.payment_method_options?.card;
  const capture = intent.capture_method !== 'manual' && cardOptions?.capture_method !== 'manual';
  const charge = newCharge(moment, { intent, method, capture, authenticated });
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  const future = intent.setup_future_usage ?? cardOptions?.setup_future_usage;
  if (future && future !== 'none' && intent.customer) {
    attach(moment, method, idOf(intent.customer) ?? '');
    if (authenticated) moment.state.hidden.authenticated[method.id] = true;
  } else if (!method.customer) moment.state.hidden.spent[method.id] = true;
  moment.emit('charge.succeeded', charge);
  if (capture) {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    moment.emit('payment_intent.succeeded', intent);
    settleLater(moment, charge);
  } else {
    intent.status = 'requires_capture';
    intent.amount_capturable = intent.amount;
    moment.emit('payment_intent.amount_capturable_updated', intent);
    const deadline = charge.payment_method_details?.card?.capture_before ?? Infinity;
    moment.state.schedule(charge.id, deadline, 'expire_authorization');
  }
}

function fail(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
): StripeFailure {
  const charge = newCharge(moment, {
    intent,
    method,
    capture: intent.capture_method !== 'manual',
    authenticated: false,
    decline,
  });
  intent.latest_charge = charge.id;
  const failure = declined(decline, { charge: charge.id, payment_method: structuredClone(method) });
  moment.emit('charge.failed', charge);
  giveUp(moment, intent, { ...failure.body } as Stripe.PaymentIntent.LastPaymentError);
  failure.body.payment_intent = structuredClone(intent);
  return failure;
}

function giveUp(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  error: Stripe.PaymentIntent.LastPaymentError,
): void {
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.last_payment_error = error;
  moment.emit('payment_intent.payment_failed', intent);
}
