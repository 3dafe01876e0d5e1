import { findIntent, isMismatch, makeIntent } from '../_shared/intents.ts';
import { failureOf } from '../_shared/stripe.ts';
import { type CommandHandler, Impossible, keyIsForgotten, required } from './command.ts';

/** Resumes what a create-payment that died, or never heard Stripe's answer, has begun. */
export const createIntent: CommandHandler = async (command, ports) => {
  const paymentId = required(command.payment_id, 'payment_id');
  if (await keyIsForgotten(command, ports)) {
    const made = await findIntent(paymentId, ports.stripe);
    if (made !== undefined) {
      return await ports.database.call('record_intent', {
        payment_id: paymentId,
        stripe_intent_id: made.id,
      });
    }
  }
  try {
    await makeIntent({
      payment_id: paymentId,
      booking_id: required(command.booking_id, 'booking_id'),
      amount_minor: required(command.amount_minor, 'amount_minor'),
      currency: required(command.currency, 'currency'),
      capture_mode: required(command.capture_mode, 'capture_mode'),
      saves_card: required(command.saves_card, 'saves_card'),
      charge_at: command.charge_at,
      guest_id: required(command.guest_id, 'guest_id'),
      stripe_customer_id: command.stripe_customer_id,
      idempotency_key: command.idempotency_key,
    }, ports);
  } catch (error) {
    if (failureOf(error) === 'refused' || isMismatch(error)) {
      throw new Impossible('no intent was made', error);
    }
    throw error;
  }
};
