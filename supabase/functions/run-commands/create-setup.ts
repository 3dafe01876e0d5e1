import { isMismatch, makeSetup } from '../_shared/intents.ts';
import { failureOf } from '../_shared/stripe.ts';
import { type CommandHandler, Impossible, required } from './command.ts';

/** Resumes the saving of a card that a create-payment which died has begun. */
export const createSetup: CommandHandler = async (command, ports) => {
  try {
    await makeSetup({
      payment_id: required(command.payment_id, 'payment_id'),
      booking_id: required(command.booking_id, 'booking_id'),
      saves_card: true,
      charge_at: required(command.charge_at, 'charge_at'),
      guest_id: required(command.guest_id, 'guest_id'),
      stripe_customer_id: command.stripe_customer_id,
      idempotency_key: command.idempotency_key,
    }, ports);
  } catch (error) {
    if (failureOf(error) === 'refused' || isMismatch(error)) {
      throw new Impossible('no setup was made', error);
    }
    throw error;
  }
};
