import { customersOf } from '../_shared/customers.ts';
import { isMissing } from '../_shared/stripe.ts';
import { type CommandHandler, required } from './command.ts';

/**
 * Deletes who somebody was at Stripe, with all cards: the customer that is recorded, and any that was
 * made and not recorded. One that is gone already is what was wanted.
 */
export const deleteCustomer: CommandHandler = async (command, ports) => {
  const guestId = required(command.guest_id, 'guest_id');
  const known = command.stripe_customer_id;
  const made = (await customersOf(guestId, ports)).map(({ id }) => id);
  for (const id of new Set([...(known === null ? [] : [known]), ...made])) {
    try {
      await ports.stripe.customers.del(id);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  await ports.database.call('forget_customer', { guest_id: guestId });
};
