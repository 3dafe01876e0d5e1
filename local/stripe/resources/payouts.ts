import type { Stripe } from 'stripe';
import { invalid, missing } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import type { Moment } from '../moment.ts';
import { accountBalance, balanceOf, book } from './balance.ts';
import { checkPayout, wholePayout } from '../currencies.ts';
import { find } from './find.ts';

const file = 'resources/Payouts';
const day = 86_400;

export interface PayOut {
  currency: string;
  /** A connected account; the platform when absent. */
  account?: string;
  /** Minor units; when absent all that is available (of the platform's, above its floor). */
  amount?: number;
}

/**
 * Pays money out to a bank, as Stripe does by its schedule, and says at once that it arrived.
 * @throws StripeFailure 400 balance_insufficient
 */
export function payOut(moment: Moment, { currency, account, amount }: PayOut): Stripe.Payout {
  const balance = account ? accountBalance(moment, account) : balanceOf(moment.state);
  const available = balance.available.find((entry) => entry.currency === currency)?.amount ?? 0;
  const floor = account ? 0 : moment.state.hidden.floor[currency] ?? 0;
  if (amount !== undefined) checkPayout(amount, currency);
  const paid = amount ?? wholePayout(available - floor, currency);
  if (paid < 1 || paid > available) {
    throw invalid(
      `You have insufficient funds in your Stripe account for this transfer: ${available} of ` +
        `${currency} are available.`,
      'balance_insufficient',
    );
  }
  const payout: Stripe.Payout = {
    id: newId('po'),
    object: 'payout',
    amount: paid,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: moment.now + day,
    automatic: amount === undefined,
    balance_transaction: null,
    created: moment.now,
    currency,
    description: 'STRIPE PAYOUT',
    destination: newId('ba'),
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: amount === undefined ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'paid',
    trace_id: null,
    type: 'bank_account',
  };
  moment.state.tables.payouts.set(payout.id, payout);
  if (account) {
    moment.state.hidden.payoutOf[payout.id] = account;
    moment.state.hidden.movements.push({
      account,
      currency,
      amount: -paid,
      availableOn: moment.now,
    });
  } else {
    payout.balance_transaction = book(moment, {
      type: 'payout',
      amount: -paid,
      currency,
      source: payout.id,
      description: 'STRIPE PAYOUT',
    }).id;
  }
  moment.emit('payout.created', payout, undefined, account);
  moment.emit('payout.paid', payout, undefined, account);
  return payout;
}

/**
 * Pays out what is available, once a day: the platform's above its floor, and that of each account. Days
 * that passed unseen are one.
 */
export function payOutDaily(moment: Moment): void {
  const { hidden, tables } = moment.state;
  const today = Math.floor(moment.now / day);
  if (today <= hidden.paidOutOn) return;
  hidden.paidOutOn = today;
  const { platform, hosts } = moment.settings.payouts;
  if ((hidden.payoutInterval['platform'] ?? platform) === 'daily') {
    for (const { currency, amount } of balanceOf(moment.state).available) {
      const paid = wholePayout(amount - (hidden.floor[currency] ?? 0), currency);
      if (paid > 0) payOut(moment, { currency });
    }
  }
  for (const account of tables.accounts.keys()) {
    if ((hidden.payoutInterval[account] ?? hosts) !== 'daily') continue;
    for (const { currency, amount } of accountBalance(moment, account).available) {
      if (wholePayout(amount, currency) > 0) payOut(moment, { currency, account });
    }
  }
}

/** The bank sends the money back. */
export function failPayout(moment: Moment, payout: Stripe.Payout): void {
  if (payout.status !== 'paid') throw invalid(`${payout.id} is ${payout.status}.`);
  const account = moment.state.hidden.payoutOf[payout.id];
  payout.status = 'failed';
  payout.failure_code = 'account_closed';
  payout.failure_message = 'The bank account has been closed.';
  if (account) {
    moment.state.hidden.movements.push({
      account,
      currency: payout.currency,
      amount: payout.amount,
      availableOn: moment.now,
    });
  } else {
    payout.failure_balance_transaction = book(moment, {
      type: 'payout_failure',
      amount: payout.amount,
      currency: payout.currency,
      source: payout.id,
      description: 'PAYOUT FAILURE',
    }).id;
  }
  moment.emit('payout.failed', payout, undefined, account);
}

export const payoutRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/payouts/:id',
    parameters: { file, name: 'PayoutRetrieveParams' },
    connected: true,
    handle: ({ moment, id, account }) => {
      const payout = find(moment.state, 'payouts', id);
      if (moment.state.hidden.payoutOf[id] !== account) throw missing('payout', id, 'id');
      return payout;
    },
  },
  {
    method: 'GET',
    path: '/v1/payouts',
    parameters: { file, name: 'PayoutListParams' },
    connected: true,
    handle: ({ moment, params, url, account }) => {
      const { status } = params as Stripe.PayoutListParams;
      const rows = [...moment.state.tables.payouts.values()].filter((row) =>
        moment.state.hidden.payoutOf[row.id] === account &&
        (status === undefined || row.status === status)
      );
      return page(url, rows, params);
    },
  },
];
