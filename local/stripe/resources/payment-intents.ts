import type { Stripe } from 'stripe';
import { checkChargeAmount, checkCurrency } from '../currencies.ts';
import { invalid } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { searchPage } from '../http/search.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { confirm, unexpectedState } from './attempts.ts';
import { changedTo, checkEmail, find, findCustomer, mergeMetadata } from './find.ts';
import { cancel, capture } from './payment-intent-endings.ts';
import {
  applyCommon,
  cardOptions,
  checkDescriptors,
  chosenMethod,
  confirmParams,
  offeredTypes,
  settableParams,
} from './payment-intent-settings.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/PaymentIntents';

const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

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
