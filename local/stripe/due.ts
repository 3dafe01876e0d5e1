import type { Moment } from './moment.ts';
import { finishProcessing } from './resources/attempts.ts';
import { settleCharge } from './resources/charges.ts';
import { expireAuthorization } from './resources/payment-intent-endings.ts';
import { sendWaitingRefunds, settleRefund } from './resources/refunds.ts';
import { payOutDaily } from './resources/payouts.ts';

/** Does what Stripe does by itself once its time has come. */
export function doDue(moment: Moment): void {
  const { tables } = moment.state;
  for (const [id, deed] of moment.state.takeDue(moment.now)) {
    const intent = tables.payment_intents.get(id);
    const charge = tables.charges.get(id);
    const refund = tables.refunds.get(id);
    const transaction = tables.balance_transactions.get(id);
    if (deed === 'settle_charge' && charge) settleCharge(moment, charge);
    else if (deed === 'expire_authorization' && charge) expireAuthorization(moment, charge);
    else if (deed === 'finish_processing' && intent) finishProcessing(moment, intent);
    else if (deed === 'settle_refund' && refund) settleRefund(moment, refund);
    else if (deed === 'make_available' && transaction) transaction.status = 'available';
  }
  sendWaitingRefunds(moment);
  payOutDaily(moment);
}
