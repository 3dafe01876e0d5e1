import type Stripe from 'stripe';
import { uuidOrNull } from './ids.ts';
import { isOurs, type StripePorts } from './ours.ts';

const include: Stripe.V2.Core.AccountRetrieveParams['include'] = [
  'configuration.recipient',
  'requirements',
];

/**
 * Fetches a host's account and has it applied; resolves to the host's status, or to undefined when
 * another application made the account.
 */
export async function refetchHost(
  accountId: string,
  { stripe, database, environment }: StripePorts,
  eventId: string | null = null,
): Promise<string | undefined> {
  const askedAt = await database.now();
  const account = await stripe.v2.core.accounts.retrieve(accountId, { include: include ?? [] });
  const hostId = uuidOrNull(account.metadata?.host_id);
  if (hostId === null || !isOurs(account.metadata ?? null, environment)) return undefined;
  const transfers = account.configuration?.recipient?.capabilities?.stripe_balance
    ?.stripe_transfers;
  const codes = (account.requirements?.entries ?? [])
    .filter(({ awaiting_action_from: from }) => from === 'user')
    .map(({ description }) => description);
  const status = await database.call('apply_host_account', {
    event_id: eventId,
    host_id: hostId,
    stripe_account_id: account.id,
    transfers_status: transfers?.status ?? null,
    closed: account.closed ?? false,
    requirements: [...new Set(codes)].sort(),
    asked_at: askedAt.toISOString(),
  });
  // Made by a call whose answer was lost, and made again: money shall never go there.
  if (status === 'second_account' && !account.closed) {
    await stripe.v2.core.accounts.close(account.id);
  }
  return status;
}
