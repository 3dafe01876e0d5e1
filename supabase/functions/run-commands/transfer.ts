import Stripe from 'stripe';
import type { Command } from '../_shared/answers.ts';
import { refetchHost } from '../_shared/hosts.ts';
import { metadataFor } from '../_shared/ours.ts';
import { applyTransfer } from '../_shared/apply-stripe-objects.ts';
import { failureOf, makeOnce } from '../_shared/stripe.ts';
import { type CommandHandler, Impossible, required, type WorkerPorts } from './command.ts';

/**
 * Pays a host out of the charge that brought the money, or out of the balance what is paid again, once: a transfer is known by our id in its
 * metadata. It is looked for first, for an order that was given up may have been carried out. A refusal
 * that may pass is given to the database, which orders again under a new key.
 */
export const transfer: CommandHandler = async (command, ports) => {
  const payoutId = required(command.payout_id, 'payout_id');
  const find = () => findTransfer(command, payoutId, ports);
  try {
    const made = await find() ?? await makeOnce(
      command.idempotency_key,
      (options) => make(command, payoutId, options, ports),
      find,
    );
    await applyTransfer(made, ports);
  } catch (error) {
    if (failureOf(error) !== 'refused') throw error;
    await refuse(error as Stripe.errors.StripeError, command, payoutId, ports);
  }
};

async function refuse(
  error: Stripe.errors.StripeError,
  { stripe_account_id: accountId }: Command,
  payoutId: string,
  ports: WorkerPorts,
): Promise<void> {
  if (error.code === 'balance_insufficient') {
    return await ports.database.call('refuse_transfer', {
      payout_id: payoutId,
      reason: 'balance_insufficient',
    });
  }
  const isAboutHost = error.code === 'insufficient_capabilities_for_transfer' ||
    error.param === 'destination';
  if (!isAboutHost) throw new Impossible('Stripe refused the transfer', error);
  // The host was ready when this was ordered. First what is true now, or it would be ordered again.
  const status = await refetchHost(required(accountId, 'stripe_account_id'), ports);
  if (status === 'active') throw new Impossible('Stripe refuses a host who is ready', error);
  await ports.database.call('refuse_transfer', {
    payout_id: payoutId,
    reason: 'host_not_ready',
  });
}

function make(
  command: Command,
  payoutId: string,
  options: Stripe.RequestOptions,
  ports: WorkerPorts,
) {
  return ports.stripe.transfers.create({
    amount: required(command.amount_minor, 'amount_minor'),
    currency: required(command.currency, 'currency').toLowerCase(),
    destination: required(command.stripe_account_id, 'stripe_account_id'),
    ...(command.stripe_charge_id === null ? {} : { source_transaction: command.stripe_charge_id }),
    transfer_group: groupOf(command),
    metadata: metadataFor(ports.environment, {
      booking_id: required(command.booking_id, 'booking_id'),
      payment_id: required(command.payment_id, 'payment_id'),
      payout_id: payoutId,
    }),
  }, options);
}

async function findTransfer(
  command: Command,
  payoutId: string,
  { stripe }: WorkerPorts,
): Promise<Stripe.Transfer | undefined> {
  for await (
    const made of stripe.transfers.list({ transfer_group: groupOf(command), limit: 100 })
  ) {
    if (made.metadata?.payout_id === payoutId) return made;
  }
  return undefined;
}

const groupOf = ({ booking_id: bookingId }: Command) =>
  `booking_${required(bookingId, 'booking_id')}`;
