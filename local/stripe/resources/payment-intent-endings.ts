import type { Stripe } from 'stripe';
import { invalid } from '../http/errors.ts';
import type { Call } from '../http/routes.ts';
import { idOf, type Moment } from '../moment.ts';
import { unexpectedState } from './attempts.ts';
import { settleLater } from './charges.ts';
import { find, mergeMetadata } from './find.ts';
import { releaseAuthorization } from './refunds.ts';
import { honoured } from './unsupported.ts';

const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

export function capture({ moment, id, params }: Call): Stripe.PaymentIntent {
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

export function cancel({ moment, id, params }: Call): Stripe.PaymentIntent {
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
