import type { Stripe } from 'stripe';
import { invalid } from '../http/errors.ts';
import type { Moment } from '../moment.ts';
import { changedTo } from './find.ts';
import { describedPaymentMethod, usePaymentMethod } from './payment-methods.ts';

// What is chosen when an intent is made, changed or confirmed.

export const settableParams = [
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
export const confirmParams = [
  'error_on_requires_action',
  'mandate_data',
  'off_session',
  'return_url',
  'use_stripe_sdk',
];

export function chosenMethod(
  moment: Moment,
  params: Record<string, unknown>,
  publishable: boolean,
): Stripe.PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = params;
  if (typeof id === 'string') return usePaymentMethod(moment, id);
  if (data) return describedPaymentMethod(moment, data as Record<string, unknown>, publishable);
  return undefined;
}

export function applyCommon(
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

export function cardOptions(
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

export function offeredTypes(intent: Stripe.PaymentIntent): string[] {
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

export function checkDescriptors(
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
