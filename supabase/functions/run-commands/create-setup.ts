import { findSetup, isMismatch, makeSetup } from '../_shared/intents.ts';
import { failureOf } from '../_shared/stripe.ts';
import { type CommandHandler, Impossible, keyIsForgotten, required } from './command.ts';

/** Resumes the saving of a card that a create-payment which died has begun. */
export const createSetup: CommandHandler = async (command, ports) => {
  const paymentId = required(command.payment_id, 'payment_id');
  const { stripe_customer_id: customer } = command;
  if (customer !== null && await keyIsForgotten(command, ports)) {
    const made = await findSetup(paymentId, customer, ports.stripe);
    if (made !== undefined) {
      return await ports.database.call('record_setup', {
        payment_id: paymentId,
        stripe_setup_intent_id: made.id,
      });
    }
  }
  try {
    await makeSetup({
      payment_id: paymentId,
      booking_id: required(command.booking_id, 'booking_id'),
      saves_card: true,
      charge_at: required(command.charge_at, 'charge_at'),
      guest_id: required(command.guest_id, 'guest_id'),
      stripe_customer_id: customer,
      idempotency_key: command.idempotency_key,
    }, ports);
  } catch (error) {
    if (failureOf(error) === 'refused' || isMismatch(error)) {
      throw new Impossible('no setup was made', error);
    }
    throw error;
  }
};
