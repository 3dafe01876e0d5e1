import type { Stripe } from 'stripe';
import { checkCurrency, checkUnits } from '../currencies.ts';
import { invalid, missing } from '../http/errors.ts';
import { page } from '../http/list.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import { mayReceiveTransfers } from './accounts.ts';
import { accountBalance, balanceOf, book } from './balance.ts';
import { changedTo, find, mergeMetadata } from './find.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/Transfers';

function create({ moment, params }: Call): Stripe.Transfer {
  const given = params as unknown as Stripe.TransferCreateParams;
  honoured(params, [
    'amount',
    'currency',
    'description',
    'destination',
    'expand',
    'metadata',
    'source_transaction',
    'transfer_group',
  ]);
  const currency = checkCurrency(given.currency);
  if (given.amount === undefined) {
    throw invalid('Missing required param: amount.', 'parameter_missing', 'amount');
  }
  checkUnits(given.amount, currency);
  checkDestination(moment, given.destination);
  const charge = given.source_transaction
    ? find(moment.state, 'charges', given.source_transaction, 'source_transaction')
    : undefined;
  if (charge) checkSource(moment, charge, given.amount, currency, given.transfer_group);
  else checkBalance(moment, given.amount, currency);
  const availableOn = charge ? whenAvailable(moment, charge) : moment.now;
  const id = newId('tr');
  const transfer: Stripe.Transfer = {
    id,
    object: 'transfer',
    amount: given.amount,
    amount_reversed: 0,
    balance_transaction: book(moment, {
      type: 'transfer',
      amount: -given.amount,
      currency,
      source: id,
      availableOn,
      description: given.description ?? null,
    }).id,
    created: moment.now,
    currency,
    description: given.description ?? null,
    destination: given.destination,
    destination_payment: newId('py'),
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    reversals: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/transfers/${id}/reversals`,
    },
    reversed: false,
    source_transaction: charge?.id ?? null,
    source_type: 'card',
    transfer_group: given.transfer_group ?? charge?.transfer_group ??
      (charge ? `group_${idOf(charge.payment_intent) ?? charge.id}` : null),
  };
  moment.state.tables.transfers.set(id, transfer);
  moment.state.hidden.movements.push({
    account: given.destination,
    currency,
    amount: given.amount,
    availableOn,
  });
  moment.emit('transfer.created', transfer);
  return transfer;
}

function checkDestination(moment: Moment, destination: string): void {
  const account = moment.state.tables.accounts.get(destination);
  if (!account || account.closed) throw missing('destination', destination, 'destination', 400);
  if (mayReceiveTransfers(account)) return;
  throw invalid(
    'Your destination account needs to have at least one of the following capabilities enabled: ' +
      'transfers, crypto_transfers, legacy_payments',
    'insufficient_capabilities_for_transfer',
    'destination',
  );
}

// All transfers out of one charge together stay within it.
function checkSource(
  moment: Moment,
  charge: Stripe.Charge,
  amount: number,
  currency: string,
  group: string | undefined,
): void {
  if (!charge.captured || charge.status !== 'succeeded') {
    throw invalid(
      `The charge ${charge.id} has not succeeded and cannot be the source of a transfer.`,
      undefined,
      'source_transaction',
    );
  }
  const settled = moment.settings.settlesInto[charge.currency]?.currency ?? charge.currency;
  if (currency !== settled) {
    throw invalid(
      `The currency of source_transaction's balance transaction (${settled}) must be the same as ` +
        `the transfer currency (${currency})`,
      'transfer_source_balance_parameters_mismatch',
      'currency',
    );
  }
  if (group !== undefined && charge.transfer_group && group !== charge.transfer_group) {
    throw invalid(
      `The transfer_group '${group}' does not match that of the source_transaction ` +
        `('${charge.transfer_group}').`,
      undefined,
      'transfer_group',
    );
  }
  const booked = moment.state.tables.balance_transactions.get(
    idOf(charge.balance_transaction) ?? '',
  );
  const whole = booked?.amount ?? charge.amount_captured;
  let taken = 0;
  for (const transfer of moment.state.tables.transfers.values()) {
    if (idOf(transfer.source_transaction) === charge.id) {
      taken += transfer.amount - transfer.amount_reversed;
    }
  }
  if (amount > whole - taken) {
    throw invalid(
      `Cannot use ${charge.id} as the source_transaction for this transfer: the amount ` +
        `(${amount}) is more than what is left of it (${whole - taken}).`,
      undefined,
      'amount',
    );
  }
}

function checkBalance(moment: Moment, amount: number, currency: string): void {
  const held = balanceOf(moment.state).available.find((entry) => entry.currency === currency);
  if ((held?.amount ?? 0) >= amount) return;
  throw invalid(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to ' +
      'your available balance by creating Charges using the 4000000000000077 test card. See: ' +
      'https://stripe.com/docs/testing#available-balance',
    'balance_insufficient',
  );
}

function whenAvailable(moment: Moment, charge: Stripe.Charge): number {
  const booked = moment.state.tables.balance_transactions.get(
    idOf(charge.balance_transaction) ?? '',
  );
  return Math.max(
    moment.now,
    booked?.available_on ?? charge.created + moment.settings.availableDays * 86_400,
  );
}

function reverse({ moment, id, params }: Call): Stripe.TransferReversal {
  honoured(params, ['amount', 'description', 'expand', 'metadata']);
  return reverseTransfer(moment, id, params as Stripe.TransferCreateReversalParams);
}

/**
 * Takes back a transfer, or a part of it, from the account that got it.
 * @throws StripeFailure 400 when less is left of it, or in the account
 */
export function reverseTransfer(
  moment: Moment,
  id: string,
  given: { amount?: number | undefined; metadata?: unknown },
): Stripe.TransferReversal {
  const transfer = find(moment.state, 'transfers', id);
  const left = transfer.amount - transfer.amount_reversed;
  if (left === 0) {
    throw invalid(`Transfer ${id} is already fully reversed.`, undefined, 'amount');
  }
  const amount = given.amount ?? left;
  checkUnits(amount, transfer.currency);
  if (amount > left) {
    throw invalid(
      `Reversal amount (${amount}) is greater than unreversed amount on transfer (${left}).`,
      undefined,
      'amount',
    );
  }
  const account = idOf(transfer.destination) ?? '';
  const held = accountBalance(moment, account);
  const inCurrency = [...held.available, ...held.pending]
    .filter(({ currency }) => currency === transfer.currency)
    .reduce((sum, entry) => sum + entry.amount, 0);
  if (inCurrency < amount) {
    throw invalid(
      `The connected account ${account} has insufficient funds to reverse this transfer.`,
      'balance_insufficient',
    );
  }
  const reversal: Stripe.TransferReversal = {
    id: newId('trr'),
    object: 'transfer_reversal',
    amount,
    balance_transaction: null,
    created: moment.now,
    currency: transfer.currency,
    destination_payment_refund: newId('pyr'),
    metadata: mergeMetadata({}, given.metadata),
    source_refund: null,
    transfer: id,
  };
  reversal.balance_transaction = book(moment, {
    type: 'transfer_refund',
    amount,
    currency: transfer.currency,
    source: reversal.id,
    description: `REFUND FOR TRANSFER (${id})`,
    reportingCategory: 'transfer_reversal',
  }).id;
  moment.state.tables.transfer_reversals.set(reversal.id, reversal);
  moment.state.hidden.movements.push({
    account,
    currency: transfer.currency,
    amount: -amount,
    availableOn: moment.now,
  });
  transfer.amount_reversed += amount;
  transfer.reversed = transfer.amount_reversed === transfer.amount;
  transfer.reversals.data.unshift(structuredClone(reversal));
  moment.emit('transfer.reversed', transfer);
  return reversal;
}

function reversalsOf(moment: Moment, transfer: string): Stripe.TransferReversal[] {
  return [...moment.state.tables.transfer_reversals.values()]
    .filter((row) => idOf(row.transfer) === transfer);
}

function oneReversal({ moment, id, second }: Call): Stripe.TransferReversal {
  const reversal = find(moment.state, 'transfer_reversals', second);
  if (idOf(reversal.transfer) !== id) throw missing('transfer reversal', second, 'reversal');
  return reversal;
}

export const transferRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/transfers',
    parameters: { file, name: 'TransferCreateParams' },
    handle: create,
  },
  {
    method: 'GET',
    path: '/v1/transfers/:id',
    parameters: { file, name: 'TransferRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'transfers', id),
  },
  {
    method: 'POST',
    path: '/v1/transfers/:id',
    parameters: { file, name: 'TransferUpdateParams' },
    handle: ({ moment, id, params }) => {
      const transfer = find(moment.state, 'transfers', id);
      const given = params as Stripe.TransferUpdateParams;
      const before = structuredClone(transfer);
      transfer.description = changedTo(transfer.description, given.description);
      transfer.metadata = mergeMetadata(transfer.metadata, given.metadata);
      moment.emit('transfer.updated', transfer, before);
      return transfer;
    },
  },
  {
    method: 'GET',
    path: '/v1/transfers',
    parameters: { file, name: 'TransferListParams' },
    handle: ({ moment, params, url }) => {
      const { destination, transfer_group: group } = params as Stripe.TransferListParams;
      const rows = [...moment.state.tables.transfers.values()].filter((row) =>
        (destination === undefined || idOf(row.destination) === destination) &&
        (group === undefined || row.transfer_group === group)
      );
      return page(url, rows, params);
    },
  },
  {
    method: 'POST',
    path: '/v1/transfers/:id/reversals',
    parameters: { file, name: 'TransferCreateReversalParams' },
    handle: reverse,
  },
  {
    method: 'GET',
    path: '/v1/transfers/:id/reversals',
    parameters: { file, name: 'TransferListReversalsParams' },
    handle: ({ moment, id, params, url }) => {
      find(moment.state, 'transfers', id);
      return page(url, reversalsOf(moment, id), params);
    },
  },
  {
    method: 'GET',
    path: '/v1/transfers/:id/reversals/:reversal',
    parameters: { file, name: 'TransferRetrieveReversalParams' },
    handle: oneReversal,
  },
  {
    method: 'POST',
    path: '/v1/transfers/:id/reversals/:reversal',
    parameters: { file, name: 'TransferUpdateReversalParams' },
    handle: (call) => {
      const reversal = oneReversal(call);
      reversal.metadata = mergeMetadata(reversal.metadata ?? {}, call.params['metadata']);
      return reversal;
    },
  },
];
