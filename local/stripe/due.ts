import { ripen } from './resources/balance.ts';
import { settleCharge } from './resources/charges.ts';
import { expireAuthorizations } from './resources/payment-intents.ts';
import { settleRefund } from './resources/refunds.ts';
import type { Moment } from './moment.ts';

/** Does what Stripe does by itself once its time has come. */
export function doDue(moment: Moment): void {
  const { state } = moment;
  for (const [id, due] of Object.entries(state.hidden.due)) {
    if (due.at > moment.now) continue;
    const charge = state.tables.charges.get(id);
    const refund = state.tables.refunds.get(id);
    if (due.deed === 'settle_charge' && charge) settleCharge(moment, charge);
    else if (due.deed === 'settle_refund' && refund) settleRefund(moment, refund);
    delete state.hidden.due[id];
  }
  expireAuthorizations(moment);
  ripen(moment);
}
