import type Stripe from 'stripe';
import type { StripeCheck } from '../_shared/answers.ts';
import type { Arguments } from '../_shared/arguments.ts';
import { refetchHost } from '../_shared/hosts.ts';
import { idOf } from '../_shared/ours.ts';
import { required, type WorkerPorts } from './command.ts';

type Movement = Arguments<'record_movements'>['movements'][number];

/** Reads something at Stripe and has what it is now applied. Whatever it throws, it is tried again. */
type Checker = (check: StripeCheck, ports: WorkerPorts) => Promise<void>;

/** A host's account, whether or not anything was heard of it. */
const host: Checker = async ({ subject }, ports) => {
  await refetchHost(subject, ports);
};

/** What moved on the platform's balance since the last reading, and what is there now. */
const balance: Checker = async (check, { stripe, database }) => {
  const [from, until] = [
    required(check.read_from, 'read_from'),
    required(check.read_until, 'read_until'),
  ];
  const movements: Movement[] = [];
  for await (
    const movement of stripe.balanceTransactions.list({
      created: { gte: seconds(from) - 3600, lt: seconds(until) },
      limit: 100,
      expand: ['data.source'],
    })
  ) movements.push(factsOf(movement));
  await database.call('record_movements', { movements, read_until: until });
  const { available, pending } = await stripe.balance.retrieve();
  const held = new Map<string, number>();
  for (const { currency, amount } of [...available, ...pending]) {
    held.set(currency, (held.get(currency) ?? 0) + amount);
  }
  await database.call('record_balances', {
    balances: [...held].map(([currency, minor]) => ({ currency, balance_minor: minor })),
  });
};

/** Keeps what belongs to others on the balance when Stripe pays the platform's bank. */
const floor: Checker = async ({ floors }, { stripe, database }) => {
  const refusals: unknown[] = [];
  for (const [currency, minor] of Object.entries(floors ?? {})) {
    try {
      await stripe.balanceSettings.update({
        payments: {
          payouts: { minimum_balance_by_currency: { [currency]: minor === 0 ? '' : minor } },
        },
      });
      await database.call('record_floor', { currency, floor_minor: minor });
    } catch (error) {
      refusals.push(error);
    }
  }
  // A currency whose floor Stripe does not keep leaves the others theirs.
  if (refusals.length > 0) throw refusals[0];
};

export const checkers: Record<StripeCheck['kind'], Checker> = { host, balance, floor };

function factsOf(movement: Stripe.BalanceTransaction): Movement {
  const { id, source, type, currency, net, created } = movement;
  return {
    movement_id: id,
    object_id: idOf(source) ?? id,
    about_id: aboutOf(source) ?? null,
    type,
    currency,
    net_minor: net,
    moved_at: new Date(created * 1000).toISOString(),
  };
}

/** The charge or transfer that an object on the balance belongs to. */
function aboutOf(source: Stripe.BalanceTransaction['source']): string | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  switch (source.object) {
    case 'refund':
    case 'dispute':
      return idOf(source.charge);
    case 'transfer_reversal':
      return idOf(source.transfer);
    default:
      return undefined;
  }
}

const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);
