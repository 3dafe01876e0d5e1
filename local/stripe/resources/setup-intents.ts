import type { Stripe } from 'stripe';
import { type Decline, declined, testCard } from '../cards.ts';
import { invalid, type StripeFailure } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { changedTo, find, findCustomer, mergeMetadata } from './find.ts';
import { attach, describedPaymentMethod, usePaymentMethod } from './payment-methods.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/SetupIntents';

const confirmParams = [
  'client_secret',
  'expand',
  'mandate_data',
  'payment_method',
  'payment_method_data',
  'return_url',
  'use_stripe_sdk',
];
const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/**
 * Saves a card for later: the intent ends in succeeded or requires_action.
 * @throws StripeFailure 402 when the card is declined
 */
export function confirmSetup(
  moment: Moment,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  returnUrl?: string,
): void {
  checkConfirmable(intent);
  const customer = idOf(intent.customer);
  if (customer) findCustomer(moment.state, customer, 'customer');
  const owner = idOf(method.customer);
  if (owner && owner !== customer) {
    throw invalid(
      `The payment method ${method.id} belongs to another customer.`,
      'payment_method_invalid_parameter',
      'payment_method',
    );
  }
  intent.payment_method = method.id;
  intent.next_action = null;
  intent.last_setup_error = null;
  const name = moment.state.hidden.card[method.id] ?? 'visa';
  const { authentication, decline } = testCard(name);
  if (authentication === 'always' || authentication === 'unless_set_up') {
    intent.status = 'requires_action';
    const page = `${moment.settings.publicUrl}/_fake/3ds/${intent.id}`;
    intent.next_action = returnUrl
      ? { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url: page } }
      : {
        type: 'use_stripe_sdk',
        use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page },
      };
    moment.emit('setup_intent.requires_action', intent);
  } else if (decline && name !== 'chargeCustomerFail') throw fail(moment, intent, method, decline);
  else succeed(moment, intent, method);
}

/** What follows when the customer has finished or failed the authentication asked for. */
export function finishSetupAuthentication(
  moment: Moment,
  intent: Stripe.SetupIntent,
  outcome: 'succeeded' | 'failed',
): void {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(
      intent,
      `${intent.id} waits for no authentication: it is ${intent.status}.`,
    );
  }
  const method = find(moment.state, 'payment_methods', idOf(intent.payment_method) ?? '');
  intent.next_action = null;
  if (outcome === 'succeeded') {
    moment.state.hidden.authenticated[method.id] = true;
    succeed(moment, intent, method);
    return;
  }
  giveUp(moment, intent, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message: 'The latest attempt to set up the payment method has failed because authentication ' +
      'failed.',
    payment_method: structuredClone(method),
  });
}

function succeed(moment: Moment, intent: Stripe.SetupIntent, method: Stripe.PaymentMethod): void {
  const customer = idOf(intent.customer);
  if (customer) attach(moment, method, customer);
  intent.status = 'succeeded';
  intent.latest_attempt = newId('setatt');
  moment.emit('setup_intent.succeeded', intent);
}

function fail(
  moment: Moment,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
): StripeFailure {
  const failure = declined(decline, { payment_method: structuredClone(method) });
  giveUp(moment, intent, { ...failure.body } as Stripe.SetupIntent.LastSetupError);
  failure.body.setup_intent = structuredClone(intent);
  return failure;
}

function giveUp(
  moment: Moment,
  intent: Stripe.SetupIntent,
  error: Stripe.SetupIntent.LastSetupError,
): void {
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.last_setup_error = error;
  intent.latest_attempt = newId('setatt');
  moment.emit('setup_intent.setup_failed', intent);
}

function checkConfirmable(intent: Stripe.SetupIntent): void {
  if (confirmable.includes(intent.status)) return;
  throw unexpectedState(
    intent,
    `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`,
  );
}

function unexpectedState(intent: Stripe.SetupIntent, message: string): StripeFailure {
  const failure = invalid(message, 'setup_intent_unexpected_state');
  failure.body.setup_intent = structuredClone(intent);
  return failure;
}

function chosenMethod(
  moment: Moment,
  params: Record<string, unknown>,
  publishable: boolean,
): Stripe.PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = params;
  if (typeof id === 'string') return usePaymentMethod(moment, id);
  if (data) return describedPaymentMethod(moment, data as Record<string, unknown>, publishable);
  return undefined;
}

function create({ moment, params, publishable }: Call): Stripe.SetupIntent {
  const given = params as Stripe.SetupIntentCreateParams;
  honoured(params, [
    'automatic_payment_methods',
    'allowed_payment_method_types',
    'excluded_payment_method_types',
    'confirm',
    'customer',
    'description',
    'metadata',
    'payment_method',
    'payment_method_data',
    'return_url',
    'usage',
    'use_stripe_sdk',
    'mandate_data',
    'expand',
  ]);
  if (given.customer) findCustomer(moment.state, given.customer, 'customer');
  if (given.return_url && !given.confirm) {
    throw invalid(
      'The parameter `return_url` cannot be passed when creating a SetupIntent unless `confirm` ' +
        'is set to true.',
      undefined,
      'return_url',
    );
  }
  const method = chosenMethod(moment, params, publishable);
  const id = newId('seti');
  const intent: Stripe.SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    application: null,
    automatic_payment_methods: {
      allow_redirects: given.automatic_payment_methods?.allow_redirects ?? 'always',
      enabled: given.automatic_payment_methods?.enabled ?? true,
    },
    cancellation_reason: null,
    client_secret: `${id}_secret_${newId('', 25).slice(1)}`,
    created: moment.now,
    customer: given.customer ?? null,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: given.excluded_payment_method_types ?? null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: mergeMetadata({}, given.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card', 'link'],
    single_use_mandate: null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    usage: given.usage ?? 'off_session',
  };
  moment.state.tables.setup_intents.set(id, intent);
  moment.emit('setup_intent.created', intent);
  if (given.confirm) confirmSetup(moment, intent, needed(intent, method), given.return_url);
  return intent;
}

function update({ moment, id, params }: Call): Stripe.SetupIntent {
  const intent = find(moment.state, 'setup_intents', id);
  const given = params as Stripe.SetupIntentUpdateParams;
  honoured(params, ['customer', 'description', 'metadata', 'payment_method', 'expand']);
  if (given.customer || given.payment_method) checkConfirmable(intent);
  if (given.customer) intent.customer = findCustomer(moment.state, given.customer, 'customer').id;
  const method = chosenMethod(moment, params, false);
  if (method) {
    intent.payment_method = method.id;
    intent.status = 'requires_confirmation';
  }
  intent.description = changedTo(intent.description, given.description);
  intent.metadata = mergeMetadata(intent.metadata ?? {}, given.metadata);
  return intent;
}

function confirm({ moment, id, params, publishable }: Call): Stripe.SetupIntent {
  const intent = find(moment.state, 'setup_intents', id);
  const given = params as Stripe.SetupIntentConfirmParams;
  honoured(params, confirmParams);
  checkConfirmable(intent);
  const method = chosenMethod(moment, params, publishable) ??
    moment.state.tables.payment_methods.get(idOf(intent.payment_method) ?? '');
  confirmSetup(
    moment,
    intent,
    needed(intent, method),
    given.use_stripe_sdk ? undefined : given.return_url,
  );
  return intent;
}

function needed(
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod | undefined,
): Stripe.PaymentMethod {
  if (method) return method;
  throw unexpectedState(
    intent,
    "You cannot confirm this SetupIntent because it's missing a payment method.",
  );
}

function cancel({ moment, id, params }: Call): Stripe.SetupIntent {
  const intent = find(moment.state, 'setup_intents', id);
  if (!confirmable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${intent.status}.`,
    );
  }
  const { cancellation_reason: reason } = params as Stripe.SetupIntentCancelParams;
  intent.status = 'canceled';
  intent.cancellation_reason = reason ?? null;
  intent.next_action = null;
  moment.emit('setup_intent.canceled', intent);
  return intent;
}

function publicView(intent: Stripe.SetupIntent): object {
  const { metadata: _metadata, customer: _customer, ...rest } = intent;
  return rest;
}

export const setupIntentRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/setup_intents',
    parameters: { file, name: 'SetupIntentCreateParams' },
    handle: create,
  },
  {
    method: 'GET',
    path: '/v1/setup_intents/:id',
    parameters: { file, name: 'SetupIntentRetrieveParams' },
    publishable: true,
    handle: ({ moment, id, publishable }) => {
      const intent = find(moment.state, 'setup_intents', id);
      return publishable ? publicView(intent) : intent;
    },
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id',
    parameters: { file, name: 'SetupIntentUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/confirm',
    parameters: { file, name: 'SetupIntentConfirmParams' },
    publishable: true,
    handle: (call) => {
      const intent = confirm(call);
      return call.publishable ? publicView(intent) : intent;
    },
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/cancel',
    parameters: { file, name: 'SetupIntentCancelParams' },
    handle: cancel,
  },
  {
    method: 'GET',
    path: '/v1/setup_intents',
    parameters: { file, name: 'SetupIntentListParams' },
    handle: ({ moment, params, url }) => {
      const { customer, payment_method: method } = params as Stripe.SetupIntentListParams;
      const rows = [...moment.state.tables.setup_intents.values()].filter((row) =>
        (customer === undefined || idOf(row.customer) === customer) &&
        (method === undefined || idOf(row.payment_method) === method)
      );
      return page(url, rows, params);
    },
  },
];
