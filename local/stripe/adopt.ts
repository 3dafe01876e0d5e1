import type { Stripe } from 'stripe';
import { newId } from './ids.ts';
import { Moment } from './moment.ts';
import { confirm } from './resources/attempts.ts';
import { settleCharge } from './resources/charges.ts';
import { endIntent } from './resources/payment-intent-endings.ts';
import { createIntent } from './resources/payment-intents.ts';
import { newPaymentMethod } from './resources/payment-methods.ts';
import { refund } from './resources/refunds.ts';
import type { Settings } from './settings.ts';
import type { State, Tables } from './state.ts';

/** A payment that is known elsewhere by ids of its own; amounts in minor units, instants in unix seconds. */
export interface KnownPayment {
  intent: string;
  charge: string;
  amount: number;
  currency: string;
  /** Whether its money was taken; otherwise it was authorised and let go. */
  captured: boolean;
  at: number;
  metadata: Record<string, string>;
  transferGroup: string;
  refunds: { refund: string; amount: number; at: number; metadata: Record<string, string> }[];
}

/**
 * Has a payment happen here as it happened elsewhere, by the same ids and at the same time, through the
 * same steps as any other. Its events were heard then, so none goes out. What is known already stays as it is.
 */
export function adopt(state: State, settings: Settings, known: KnownPayment): boolean {
  if (state.tables.payment_intents.has(known.intent)) return false;
  const moment = new Moment(state, settings, known.at);
  const intent = createIntent({
    moment,
    params: {
      amount: known.amount,
      currency: known.currency,
      metadata: known.metadata,
      transfer_group: known.transferGroup,
      ...(known.captured ? {} : { capture_method: 'manual' }),
    },
    publishable: false,
  });
  rename(state, 'payment_intents', intent, known.intent);
  intent.client_secret = `${known.intent}_secret_${newId('', 25).slice(1)}`;
  confirm(moment, intent, {
    method: newPaymentMethod(moment, 'visa'),
    offSession: false,
    errorOnAction: false,
    useStripeSdk: true,
  });
  const charge = state.tables.charges.get(String(intent.latest_charge))!;
  rename(state, 'charges', charge, known.charge);
  intent.latest_charge = charge.id;
  if (known.captured) settleCharge(moment, charge);
  else endIntent(moment, intent, null);
  forget(moment);

  for (const { refund: id, amount, at, metadata } of known.refunds) {
    const later = new Moment(state, settings, at);
    const made = refund(later, { charge, amount, metadata });
    const moved = state.tables.balance_transactions.get(String(made.balance_transaction));
    rename(state, 'refunds', made, id);
    if (moved) moved.source = id;
    forget(later);
  }
  state.changed();
  return true;
}

function rename<T extends 'payment_intents' | 'charges' | 'refunds'>(
  state: State,
  table: T,
  object: Tables[T],
  id: string,
): void {
  const rows = state.tables[table] as Map<string, Tables[T]>;
  rows.delete(object.id);
  delete state.hidden.due[object.id];
  object.id = id;
  rows.set(id, object);
}

/** Nobody hears of it. */
function forget(moment: Moment): void {
  for (const { id } of moment.raised as Stripe.Event[]) moment.state.tables.events.delete(id);
}
