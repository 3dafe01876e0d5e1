import type Stripe from 'stripe';
import type { Command } from '../_shared/database.ts';
import { metadataFor } from '../_shared/intents.ts';
import { failureOf } from '../_shared/stripe.ts';
import {
  type CommandHandler,
  Impossible,
  keyIsForgotten,
  keyOfAttempt,
  required,
  type WorkerPorts,
} from './command.ts';

/** Takes back what a host got too much; what the host's balance does not cover is owed instead. */
export const reverseTransfer: CommandHandler = async (command, ports) => {
  const reversalId = required(command.reversal_id, 'reversal_id');
  const made = await reversalFor(command, reversalId, ports);
  await ports.database.applyReversal(reversalId, made?.id ?? null);
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
  try {
    return await ports.stripe.transfers.createReversal(
      required(command.stripe_transfer_id, 'stripe_transfer_id'),
      {
        amount: required(command.amount_minor, 'amount_minor'),
        metadata: metadataFor(ports.environment, {
          booking_id: required(command.booking_id, 'booking_id'),
          payout_id: required(command.payout_id, 'payout_id'),
          reversal_id: reversalId,
        }),
      },
      keyOfAttempt(command),
    );
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
    if ((error as Stripe.errors.StripeError).code === 'balance_insufficient') return undefined;
    throw new Impossible('Stripe refused the reversal', error);
  }
}

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
