import type { Stripe } from 'stripe';
import { page } from '../http/list.ts';
import type { Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import type { State } from '../state.ts';
import { find } from './find.ts';

const file = 'resources/BalanceTransactions';

/** A movement on the platform's balance, before it is written down. */
export interface Movement {
  type:
    | 'charge'
    | 'refund'
    | 'refund_failure'
    | 'adjustment'
    | 'transfer'
    | 'transfer_refund'
    | 'payout'
    | 'payout_failure';
  /** Signed, in minor units of `currency`. */
  amount: number;
  currency: string;
  fee?: number;
  /** Id of the object that moved the money. */
  source: string;
  /** Unix seconds; at once when absent. */
  availableOn?: number;
  description?: string | null;
  reportingCategory?: string;
}

/** Books a movement on the platform's balance, converted when its currency settles into another. */
export function book(moment: Moment, movement: Movement): Stripe.BalanceTransaction {
  const settled = moment.settings.settlesInto[movement.currency];
  const rate = settled?.rate ?? 1;
  const amount = Math.round(movement.amount * rate);
  const fee = Math.round((movement.fee ?? 0) * rate);
  const currency = settled?.currency ?? movement.currency;
  const availableOn = movement.availableOn ?? moment.now;
  const transaction: Stripe.BalanceTransaction = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    created: moment.now,
    currency,
    description: movement.description ?? null,
    exchange_rate: settled ? rate : null,
    fee,
    fee_details: fee === 0 ? [] : [{
      amount: fee,
      application: null,
      currency,
      description: 'Stripe processing fees',
      type: 'stripe_fee',
    }],
    net: amount - fee,
    reporting_category: movement.reportingCategory ?? movement.type,
    source: movement.source,
    status: availableOn > moment.now ? 'pending' : 'available',
    type: movement.type,
  };
  moment.state.tables.balance_transactions.set(transaction.id, transaction);
  if (transaction.status === 'pending') {
    moment.state.schedule(transaction.id, availableOn, 'make_available');
  }
  return transaction;
}

/** The platform's balance: every currency that ever moved. */
export function balanceOf(state: State): Stripe.Balance {
  const available = new Map<string, number>();
  const pending = new Map<string, number>();
  for (const { currency, net, status } of state.tables.balance_transactions.values()) {
    const [grows, stays] = status === 'available' ? [available, pending] : [pending, available];
    grows.set(currency, (grows.get(currency) ?? 0) + net);
    stays.set(currency, stays.get(currency) ?? 0);
  }
  return {
    object: 'balance',
    available: listed(available),
    livemode: false,
    pending: listed(pending),
  };
}

/** The balance of a connected account. */
export function accountBalance(moment: Moment, account: string): Stripe.Balance {
  const available = new Map<string, number>();
  const pending = new Map<string, number>();
  for (const movement of moment.state.hidden.movements) {
    if (movement.account !== account) continue;
    const { currency, amount } = movement;
    const ripe = movement.availableOn <= moment.now;
    available.set(currency, (available.get(currency) ?? 0) + (ripe ? amount : 0));
    pending.set(currency, (pending.get(currency) ?? 0) + (ripe ? 0 : amount));
  }
  return {
    object: 'balance',
    available: listed(available),
    livemode: false,
    pending: listed(pending),
  };
}

function listed(amounts: Map<string, number>): Stripe.Balance.Available[] {
  return [...amounts].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
}

export const balanceRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/balance',
    parameters: { file: 'resources/Balance', name: 'BalanceRetrieveParams' },
    connected: true,
    handle: ({ moment, account }) =>
      account ? accountBalance(moment, account) : balanceOf(moment.state),
  },
  {
    method: 'GET',
    path: '/v1/balance_transactions/:id',
    parameters: { file, name: 'BalanceTransactionRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'balance_transactions', id),
  },
  {
    method: 'GET',
    path: '/v1/balance_transactions',
    parameters: { file, name: 'BalanceTransactionListParams' },
    handle: ({ moment, params, url }) => {
      const { currency, source, type } = params as Stripe.BalanceTransactionListParams;
      const rows = [...moment.state.tables.balance_transactions.values()].filter((row) =>
        (currency === undefined || row.currency === currency) &&
        (source === undefined || idOf(row.source) === source) &&
        (type === undefined || row.type === type)
      );
      return page(url, rows, params);
    },
  },
];
