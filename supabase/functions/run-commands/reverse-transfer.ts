import type Stripe from 'stripe';
import type { Command } from '../_shared/answers.ts';
import { metadataFor } from '../_shared/ours.ts';
import { failureOf } from '../_shared/stripe.ts';
import {
  type CommandHandler,
  Impossible,
  keyIsForgotten,
  keyOfAttempt,
  required,
  type WorkerPorts,
} from './command.ts';

/**
 * Takes back what a host got too much, as far as there is money in the host's account; the rest is owed.
 * What was made is known by our id and says how much it was.
 */
export const reverseTransfer: CommandHandler = async (command, ports) => {
  const reversalId = required(command.reversal_id, 'reversal_id');
  const made = await reversalFor(command, reversalId, ports);
  await ports.database.call('apply_reversal', {
    reversal_id: reversalId,
    stripe_reversal_id: made?.id ?? null,
    amount_minor: made?.amount ?? 0,
  });
};

async function reversalFor(
  command: Command,
  reversalId: string,
  ports: WorkerPorts,
): Promise<Stripe.TransferReversal | undefined> {
  // Found first, once it may have been made: an attempt has a key of its own.
  if (command.attempts > 1 || await keyIsForgotten(command, ports)) {
    const made = await findReversal(command, reversalId, ports);
    if (made !== undefined) return made;
  }
  const whole = required(command.amount_minor, 'amount_minor');
  const made = await reverse(whole, command, reversalId, ports);
  if (made !== undefined) return made;
  const held = await heldBy(command, ports);
  for (const amount of held) {
    const part = amount < whole ? await reverse(amount, command, reversalId, ports) : undefined;
    if (part !== undefined) return part;
  }
  // Spent, or come in, between two calls: seen at the next attempt.
  if (held.length > 0) throw new Error('the balance of the host changes');
  return undefined;
}

/** Undefined when the host's account does not hold so much. */
async function reverse(
  amount: number,
  command: Command,
  reversalId: string,
  { stripe, environment }: WorkerPorts,
): Promise<Stripe.TransferReversal | undefined> {
  try {
    return await stripe.transfers.createReversal(
      required(command.stripe_transfer_id, 'stripe_transfer_id'),
      {
        amount,
        metadata: metadataFor(environment, {
          booking_id: required(command.booking_id, 'booking_id'),
          payout_id: required(command.payout_id, 'payout_id'),
          reversal_id: reversalId,
        }),
      },
      // Another amount is another call, and has another key.
      { idempotencyKey: `${keyOfAttempt(command).idempotencyKey}/${amount}` },
    );
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
    if ((error as Stripe.errors.StripeError).code === 'balance_insufficient') return undefined;
    throw new Impossible('Stripe refused the reversal', error);
  }
}

/**
 * What a host's account holds of the transfer's currency: with what is not available yet, and without, for
 * Stripe takes back that too or not. Nothing of an account that is no longer ours to see.
 */
async function heldBy(command: Command, { stripe }: WorkerPorts): Promise<number[]> {
  const stripeAccount = required(command.stripe_account_id, 'stripe_account_id');
  const currency = required(command.currency, 'currency').toLowerCase();
  const of = (entries: Stripe.Balance.Available[] | Stripe.Balance.Pending[]) =>
    entries.find((entry) => entry.currency === currency)?.amount ?? 0;
  try {
    const { available, pending } = await stripe.balance.retrieve({}, { stripeAccount });
    const held = new Set([of(available) + of(pending), of(available)]);
    return [...held].filter((amount) => amount > 0).sort((one, other) => other - one);
  } catch (error) {
    if (failureOf(error) === 'refused' || isNoLongerConnected(error)) return [];
    throw error;
  }
}

const isNoLongerConnected = (error: unknown) =>
  (error as Partial<Stripe.errors.StripeError>).code === 'account_invalid';

/** The reversal that carries our id. Lists, unlike Stripe's search, are never behind. */
async function findReversal(
  command: Command,
  reversalId: string,
  { stripe }: WorkerPorts,
): Promise<Stripe.TransferReversal | undefined> {
  const transferId = required(command.stripe_transfer_id, 'stripe_transfer_id');
  for await (const made of stripe.transfers.listReversals(transferId, { limit: 100 })) {
    if (made.metadata?.reversal_id === reversalId) return made;
  }
  return undefined;
}
