import type { Stripe } from 'stripe';
import { checkChargeAmount, checkCurrency } from '../currencies.ts';
import { invalid } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { searchPage } from '../http/search.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { confirm, unexpectedState } from './attempts.ts';
import { settleLater } from './charges.ts';
import { findCustomer } from './customers.ts';
import { changedTo, checkEmail, find, mergeMetadata } from './find.ts';
import { describedPaymentMethod, usePaymentMethod } from './payment-methods.ts';
import { releaseAuthorization } from './refunds.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/PaymentIntents';

const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

const settableParams = [
  'amount',
  'currency',
  'customer',
  'description',
  'excluded_payment_method_types',
  'allowed_payment_method_types',
  'metadata',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
  'capture_method',
  'expand',
];
const confirmParams = [
  'error_on_requires_action',
  'mandate_data',
  'off_session',
  'return_url',
  'use_stripe_sdk',
];

export function createIntent(
  { moment, params, publishable }: Pick<Call, 'moment' | 'params' | 'publishable'>,
): Stripe.PaymentIntent {
  const given = params as unknown as Stripe.PaymentIntentCreateParams;
  honoured(params, [
    ...settableParams,
    ...confirmParams,
    'automatic_payment_methods',
    'confirm',
    'confirmation_method',
  ]);
  const currency = checkCurrency(given.currency);
  checkChargeAmount(given.amount, currency);
  checkDescriptors(given);
  checkEmail(given.receipt_email, 'receipt_email');
  if (!given.confirm) {
    for (const param of ['error_on_requires_action', 'mandate_data', 'off_session', 'return_url']) {
      if (params[param] === undefined) continue;
      throw invalid(
        `The parameter \`${param}\` cannot be passed when creating a PaymentIntent unless ` +
          '`confirm` is set to true.',
        undefined,
        param,
      );
    }
  }
  if (given.customer) findCustomer(moment.state, given.customer, 'customer');
  const method = chosenMethod(moment, params, publishable);
  const id = newId('pi');
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount: given.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    // Without any choice Stripe takes the methods of the dashboard.
    automatic_payment_methods: {
      allow_redirects: given.automatic_payment_methods?.allow_redirects ?? 'always',
      enabled: given.automatic_payment_methods?.enabled ?? true,
    },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: given.capture_method ?? 'automatic_async',
    client_secret: `${id}_secret_${newId('', 25).slice(1)}`,
    confirmation_method: given.confirmation_method ?? 'automatic',
    created: moment.now,
    currency,
    customer: given.customer ?? null,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: given.excluded_payment_method_types ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, given.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: cardOptions(null, given.payment_method_options),
    payment_method_types: [],
    payment_record: null,
    processing: null,
    receipt_email: given.receipt_email ?? null,
    review: null,
    setup_future_usage: given.setup_future_usage ?? null,
    shipping: (given.shipping ?? null) as Stripe.PaymentIntent.Shipping | null,
    source: null,
    statement_descriptor: given.statement_descriptor ?? null,
    statement_descriptor_suffix: given.statement_descriptor_suffix ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: given.transfer_group ?? null,
  };
  intent.payment_method_types = offeredTypes(intent);
  if (given.confirm) checkConfirmation(intent, method, given, publishable);
  moment.state.tables.payment_intents.set(id, intent);
  moment.emit('payment_intent.created', intent);
  if (given.confirm && method) confirmWith(moment, intent, method, given);
  return intent;
}

function update({ moment, id, params }: Call): Stripe.PaymentIntent {
  const intent = find(moment.state, 'payment_intents', id);
  const given = params as Stripe.PaymentIntentUpdateParams;
  honoured(params, settableParams);
  const frozen = Object.keys(params).filter((name) =>
    !['metadata', 'description', 'receipt_email', 'shipping', 'transfer_group', 'expand']
      .includes(name)
  );
  if (frozen.length > 0 && !confirmable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `This PaymentIntent's ${frozen[0]} could not be updated because it has a status of ` +
        `${intent.status}. You may only update the ${frozen[0]} of a PaymentIntent with one of ` +
        `the following statuses: ${confirmable.join(', ')}.`,
    );
  }
  const currency = given.currency ? checkCurrency(given.currency) : intent.currency;
  if (given.amount !== undefined || given.currency) {
    checkChargeAmount(given.amount ?? intent.amount, currency);
  }
  checkDescriptors(given);
  checkEmail(given.receipt_email, 'receipt_email');
  if (given.customer) {
    findCustomer(moment.state, given.customer, 'customer');
    if (intent.customer && idOf(intent.customer) !== given.customer) {
      throw invalid(
        'You cannot modify `customer` on a PaymentIntent once it already has been set. To fulfill ' +
          'a payment with a different Customer, cancel this PaymentIntent and create a new one.',
        undefined,
        'customer',
      );
    }
  }
  const method = chosenMethod(moment, params, false);
  intent.amount = given.amount ?? intent.amount;
  intent.currency = currency;
  intent.customer = given.customer ?? intent.customer;
  intent.capture_method = given.capture_method ?? intent.capture_method;
  intent.transfer_group = given.transfer_group ?? intent.transfer_group;
  intent.metadata = mergeMetadata(intent.metadata, given.metadata);
  intent.description = changedTo(intent.description, given.description);
  applyCommon(intent, given);
  if (method) intent.payment_method = method.id;
  if (frozen.some((name) => name !== 'expand') && intent.status === 'requires_action') {
    intent.next_action = null;
    intent.status = 'requires_confirmation';
  }
  if (method && intent.status === 'requires_payment_method') {
    intent.status = 'requires_confirmation';
  }
  return intent;
}

function confirmIntent({ moment, id, params, publishable }: Call): Stripe.PaymentIntent {
  const intent = find(moment.state, 'payment_intents', id);
  const given = params as Stripe.PaymentIntentConfirmParams;
  honoured(params, [...settableParams, ...confirmParams, 'client_secret']);
  if (!confirmable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      intent.status === 'succeeded'
        ? 'You cannot confirm this PaymentIntent because it has already succeeded after being ' +
          'previously confirmed.'
        : `This PaymentIntent could not be confirmed because it has a status of ${intent.status}. ` +
          `Only a PaymentIntent with one of the following statuses may be confirmed: ${
            confirmable.join(', ')
          }.`,
    );
  }
  const method = chosenMethod(moment, params, publishable) ??
    moment.state.tables.payment_methods.get(idOf(intent.payment_method) ?? '');
  checkConfirmation(intent, method, given, publishable);
  if (given.capture_method) intent.capture_method = given.capture_method;
  applyCommon(intent, given);
  if (method) confirmWith(moment, intent, method, given);
  return intent;
}

function capture({ moment, id, params }: Call): Stripe.PaymentIntent {
  const intent = find(moment.state, 'payment_intents', id);
  const given = params as Stripe.PaymentIntentCaptureParams;
  honoured(params, [
    'amount_to_capture',
    'final_capture',
    'metadata',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'expand',
  ]);
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only ` +
        'a PaymentIntent with one of the following statuses may be captured: requires_capture.',
    );
  }
  const amount = given.amount_to_capture ?? intent.amount_capturable;
  if (amount < 1) {
    throw invalid(
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
      'amount_to_capture',
    );
  }
  if (amount > intent.amount_capturable) {
    throw invalid(
      'The amount_to_capture cannot be greater than the amount that is capturable ' +
        `(${intent.amount_capturable}).`,
      'amount_too_large',
      'amount_to_capture',
    );
  }
  if (given.final_capture === false) {
    throw invalid(
      'This PaymentIntent does not support multiple captures; final_capture must be true.',
      'payment_intent_invalid_parameter',
      'final_capture',
    );
  }
  const charge = find(moment.state, 'charges', idOf(intent.latest_charge) ?? '');
  charge.captured = true;
  charge.amount_captured = amount;
  intent.status = 'succeeded';
  intent.amount_received = amount;
  intent.amount_capturable = 0;
  intent.metadata = mergeMetadata(intent.metadata, given.metadata);
  if (amount < charge.amount) releaseAuthorization(moment, charge, charge.amount - amount, null);
  moment.emit('charge.captured', charge);
  moment.emit('payment_intent.succeeded', intent);
  settleLater(moment, charge);
  return intent;
}

function cancel({ moment, id, params }: Call): Stripe.PaymentIntent {
  const intent = find(moment.state, 'payment_intents', id);
  const given = params as Stripe.PaymentIntentCancelParams;
  if (!cancelable.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a ` +
        `PaymentIntent with one of the following statuses may be canceled: ${
          cancelable.join(', ')
        }.`,
    );
  }
  endIntent(moment, intent, given.cancellation_reason ?? null);
  return intent;
}

/** Cancels an intent and lets go of what it had authorised. */
export function endIntent(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
  refundReason: Stripe.Refund.Reason | null = null,
): void {
  const held = intent.status === 'requires_capture';
  intent.status = 'canceled';
  intent.canceled_at = moment.now;
  intent.cancellation_reason = reason;
  intent.next_action = null;
  intent.amount_capturable = 0;
  if (held) {
    const charge = find(moment.state, 'charges', idOf(intent.latest_charge) ?? '');
    releaseAuthorization(moment, charge, charge.amount, refundReason);
    moment.emit(refundReason ? 'charge.expired' : 'charge.refunded', charge);
  }
  moment.emit('payment_intent.canceled', intent);
}

/** Ends an authorisation whose time is over, as Stripe does by itself. */
export function expireAuthorization(moment: Moment, charge: Stripe.Charge): void {
  const intent = find(moment.state, 'payment_intents', idOf(charge.payment_intent) ?? '');
  if (intent.status !== 'requires_capture') return;
  endIntent(moment, intent, 'automatic', 'expired_uncaptured_charge');
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

function checkConfirmation(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod | undefined,
  given: Stripe.PaymentIntentConfirmParams,
  publishable: boolean,
): void {
  if (!method) {
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can " +
        'either update the PaymentIntent with a payment method and then confirm it again, or ' +
        'confirm it again directly with a payment method or ConfirmationToken.',
    );
  }
  if (given.off_session && given.error_on_requires_action === false) {
    throw invalid(
      '`off_session` and `error_on_requires_action` disagree.',
      undefined,
      'off_session',
    );
  }
  if (given.off_session && (given.setup_future_usage ?? intent.setup_future_usage)) {
    throw invalid(
      'The parameters `off_session` and `setup_future_usage` exclude each other: the one is for a ' +
        'customer who is away, the other for one who is there.',
      undefined,
      'off_session',
    );
  }
  const mayRedirect = intent.automatic_payment_methods?.enabled &&
    intent.automatic_payment_methods.allow_redirects !== 'never';
  if (mayRedirect && !given.return_url && !given.off_session && !publishable) {
    throw invalid(
      'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. ' +
        'Because some of these payment methods might redirect your customer off of your page, you ' +
        "must provide a `return_url`. If you don't want to accept redirect-based payment methods, " +
        'set `automatic_payment_methods[enabled]` to `true` and ' +
        '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and ' +
        'Payment Intents.',
      undefined,
      'return_url',
    );
  }
}

function confirmWith(
  moment: Moment,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  given: Stripe.PaymentIntentConfirmParams,
): void {
  confirm(moment, intent, {
    method,
    offSession: Boolean(given.off_session),
    errorOnAction: given.error_on_requires_action ?? false,
    returnUrl: given.return_url,
    useStripeSdk: given.use_stripe_sdk ?? false,
  });
}

function applyCommon(
  intent: Stripe.PaymentIntent,
  given: Stripe.PaymentIntentUpdateParams | Stripe.PaymentIntentConfirmParams,
): void {
  intent.receipt_email = changedTo(intent.receipt_email, given.receipt_email);
  intent.setup_future_usage = changedTo(intent.setup_future_usage, given.setup_future_usage);
  if (given.shipping !== undefined) {
    intent.shipping = (given.shipping || null) as Stripe.PaymentIntent.Shipping | null;
  }
  intent.payment_method_options = cardOptions(
    intent.payment_method_options,
    given.payment_method_options,
  );
  if (given.allowed_payment_method_types) {
    intent.allowed_payment_method_types = given.allowed_payment_method_types;
  }
  if (given.excluded_payment_method_types !== undefined) {
    intent.excluded_payment_method_types = given.excluded_payment_method_types || null;
  }
  intent.payment_method_types = offeredTypes(intent);
}

function cardOptions(
  held: Stripe.PaymentIntent.PaymentMethodOptions | null,
  given: object | undefined,
): Stripe.PaymentIntent.PaymentMethodOptions {
  const card = {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: 'automatic' as const,
    ...held?.card,
    ...(given as { card?: object } | undefined)?.card,
  };
  return { ...held, ...given, card } as Stripe.PaymentIntent.PaymentMethodOptions;
}

function offeredTypes(intent: Stripe.PaymentIntent): string[] {
  const allowed = intent.allowed_payment_method_types;
  const excluded = intent.excluded_payment_method_types ?? [];
  const types = ['card', 'link'].filter((type) =>
    (!allowed || allowed.includes(type)) && !excluded.includes(type)
  );
  if (types.length > 0) return types;
  throw invalid(
    'No valid payment method types for this Payment Intent. Please ensure that you have activated ' +
      'payment methods compatible with your chosen currency in your dashboard.',
    'payment_intent_invalid_parameter',
    'allowed_payment_method_types',
  );
}

function checkDescriptors(
  given: { statement_descriptor?: string; statement_descriptor_suffix?: string },
): void {
  if (given.statement_descriptor !== undefined) {
    throw invalid(
      'For card charges, use `statement_descriptor_suffix` instead.',
      'payment_intent_invalid_parameter',
      'statement_descriptor',
    );
  }
  const suffix = given.statement_descriptor_suffix;
  if (suffix !== undefined && (suffix.length > 22 || /[<>\\'"*]/.test(suffix))) {
    throw invalid(
      'The statement descriptor must be at most 22 characters and may not contain < > \\ \' " *',
      undefined,
      'statement_descriptor_suffix',
    );
  }
}

/** What a publishable key may see of an intent. */
function publicView(intent: Stripe.PaymentIntent): object {
  const { metadata: _metadata, customer: _customer, latest_charge: _charge, ...rest } = intent;
  return rest;
}

function retrieve({ moment, id, publishable }: Call): object {
  const intent = find(moment.state, 'payment_intents', id);
  return publishable ? publicView(intent) : intent;
}

export const paymentIntentRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/payment_intents',
    parameters: { file, name: 'PaymentIntentCreateParams' },
    handle: createIntent,
  },
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    parameters: { file, name: 'PaymentIntentRetrieveParams' },
    publishable: true,
    handle: retrieve,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id',
    parameters: { file, name: 'PaymentIntentUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    parameters: { file, name: 'PaymentIntentConfirmParams' },
    publishable: true,
    handle: (call) => {
      const intent = confirmIntent(call);
      return call.publishable ? publicView(intent) : intent;
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/capture',
    parameters: { file, name: 'PaymentIntentCaptureParams' },
    handle: capture,
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    parameters: { file, name: 'PaymentIntentCancelParams' },
    handle: cancel,
  },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    parameters: { file, name: 'PaymentIntentListParams' },
    handle: ({ moment, params, url }) => {
      const { customer } = params as Stripe.PaymentIntentListParams;
      const rows = [...moment.state.tables.payment_intents.values()];
      return page(
        url,
        customer ? rows.filter((row) => idOf(row.customer) === customer) : rows,
        params,
      );
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_intents/search',
    parameters: { file, name: 'PaymentIntentSearchParams' },
    handle: ({ moment, params, url }) => {
      const seen = moment.now - moment.settings.searchLagSeconds;
      const rows = [...moment.state.tables.payment_intents.values()]
        .filter((row) => row.created <= seen);
      return searchPage(
        url,
        rows,
        ['amount', 'created', 'currency', 'customer', 'status'],
        params as unknown as Stripe.PaymentIntentSearchParams,
      );
    },
  },
];
