import type { Stripe } from 'stripe';
import { findCard } from './cards.ts';
import type { Faults } from './faults.ts';
import { invalid, StripeFailure } from './http/errors.ts';
import { idOf, Moment } from './moment.ts';
import type { RequestLog } from './request-log.ts';
import { confirm, finishAuthentication, unexpectedState } from './resources/attempts.ts';
import { endAccount, findAccount, setStanding, type Standing } from './resources/accounts.ts';
import { accountBalance } from './resources/balance.ts';
import { settleCharge } from './resources/charges.ts';
import {
  appealDispute,
  closeDispute,
  escalate,
  type OpenDispute,
  openDispute,
  preventDispute,
  warnOfFraud,
} from './resources/disputes.ts';
import { find } from './resources/find.ts';
import { expireAuthorization } from './resources/payment-intent-endings.ts';
import { newPaymentMethod } from './resources/payment-methods.ts';
import { failPayout, type PayOut, payOut } from './resources/payouts.ts';
import { failWaitingRefunds, refund, refundableCharge, settleRefund } from './resources/refunds.ts';
import { confirmSetup, finishSetupAuthentication } from './resources/setup-intents.ts';
import { reverseTransfer } from './resources/transfers.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';
import type { Webhooks } from './webhooks.ts';

export interface ControlParts {
  state: State;
  settings: Settings;
  faults: Faults;
  log: RequestLog;
  webhooks: Webhooks;
  clock: () => Promise<number>;
  catchUp: (now: number) => void;
}

export interface RefundFromDashboard {
  payment_intent?: string;
  charge?: string;
  /** Minor units; all that is left when absent. */
  amount?: number;
  reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
}

/**
 * What guests do in their browser, banks and people in the dashboard. Every deed that fails throws a
 * `StripeFailure`.
 */
export class Deeds {
  protected readonly parts: ControlParts;

  constructor(parts: ControlParts) {
    this.parts = parts;
  }

  /**
   * Pays an intent as the guest's browser does with the client secret.
   * @param card `visa`, `pm_card_visa` or a test number; a declining one leaves the intent in
   *   requires_payment_method with its last_payment_error and is no failure here
   * @param options `authenticate` finishes 3DS at once with this outcome when it is asked for
   */
  pay(
    intentId: string,
    card = 'visa',
    options: { authenticate?: 'succeeded' | 'failed'; returnUrl?: string } = {},
  ): Promise<Stripe.PaymentIntent> {
    return this.#act((moment) => {
      const intent = find(moment.state, 'payment_intents', intentId);
      if (
        !['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(
          intent.status,
        )
      ) {
        throw unexpectedState(intent, `${intent.id} cannot be paid: it is ${intent.status}.`);
      }
      const name = findCard(card);
      if (!name) throw invalid(`No such test card: ${card}`, undefined, 'card');
      try {
        confirm(moment, intent, {
          method: newPaymentMethod(moment, name),
          offSession: false,
          errorOnAction: false,
          returnUrl: options.returnUrl,
          useStripeSdk: options.returnUrl === undefined,
        });
      } catch (error) {
        if (!(error instanceof StripeFailure) || error.status !== 402) throw error;
      }
      if (options.authenticate && intent.status === 'requires_action') {
        finishAuthentication(moment, intent, options.authenticate);
      }
      return intent;
    });
  }

  /**
   * Saves a card with a SetupIntent as the guest's browser does; see `pay`.
   */
  setUp(
    intentId: string,
    card = 'visa',
    options: { authenticate?: 'succeeded' | 'failed'; returnUrl?: string } = {},
  ): Promise<Stripe.SetupIntent> {
    return this.#act((moment) => {
      const intent = find(moment.state, 'setup_intents', intentId);
      const name = findCard(card);
      if (!name) throw invalid(`No such test card: ${card}`, undefined, 'card');
      try {
        confirmSetup(moment, intent, newPaymentMethod(moment, name), options.returnUrl);
      } catch (error) {
        if (!(error instanceof StripeFailure) || error.status !== 402) throw error;
      }
      if (options.authenticate && intent.status === 'requires_action') {
        finishSetupAuthentication(moment, intent, options.authenticate);
      }
      return intent;
    });
  }

  /** Finishes the 3DS authentication that a payment or setup intent waits for. */
  authenticate(
    intentId: string,
    outcome: 'succeeded' | 'failed' = 'succeeded',
  ): Promise<Stripe.PaymentIntent | Stripe.SetupIntent> {
    return this.#act((moment) => {
      const setup = moment.state.tables.setup_intents.get(intentId);
      if (setup) {
        finishSetupAuthentication(moment, setup, outcome);
        return setup;
      }
      const intent = find(moment.state, 'payment_intents', intentId);
      finishAuthentication(moment, intent, outcome);
      return intent;
    });
  }

  /** Refunds as someone in Stripe's dashboard does: no metadata of ours. */
  refund(given: RefundFromDashboard): Promise<Stripe.Refund> {
    return this.#act((moment) =>
      refund(moment, {
        charge: refundableCharge(moment, given),
        amount: given.amount,
        reason: given.reason,
      })
    );
  }

  /** Reverses a transfer as someone in Stripe's dashboard does: no metadata of ours. */
  reverseTransfer(
    { transfer, amount }: { transfer: string; amount?: number },
  ): Promise<Stripe.TransferReversal> {
    return this.#act((moment) => reverseTransfer(moment, transfer, { amount }));
  }

  /** Ends a refund that is pending (or makes one fail that had succeeded). */
  settleRefund(refundId: string, outcome: 'succeeded' | 'failed'): Promise<Stripe.Refund> {
    return this.#act((moment) => {
      const made = find(moment.state, 'refunds', refundId);
      settleRefund(moment, made, outcome);
      return made;
    });
  }

  /** Books a captured charge now: needed while the setting `settlement` is `held`. */
  settleCharge(chargeId: string): Promise<Stripe.Charge> {
    return this.#act((moment) => {
      const charge = find(moment.state, 'charges', chargeId);
      settleCharge(moment, charge);
      return charge;
    });
  }

  /** Ends an authorisation now, as if its time were over. */
  expireAuthorization(intentId: string): Promise<Stripe.PaymentIntent> {
    return this.#act((moment) => {
      const intent = find(moment.state, 'payment_intents', intentId);
      if (intent.status !== 'requires_capture') {
        throw unexpectedState(
          intent,
          `${intent.id} holds no authorisation: it is ${intent.status}.`,
        );
      }
      const charge = find(moment.state, 'charges', idOf(intent.latest_charge) ?? '');
      const card = charge.payment_method_details?.card;
      if (card) card.capture_before = moment.now;
      expireAuthorization(moment, charge);
      return intent;
    });
  }

  /** Opens a dispute, as the cardholder's bank does. Name the charge or its intent. */
  openDispute(
    of: { charge?: string; payment_intent?: string } & OpenDispute,
  ): Promise<Stripe.Dispute> {
    return this.#act((moment) => {
      const charge = this.#charge(of);
      const dispute = openDispute(moment, charge, of);
      if (!of.inquiry) failWaitingRefunds(moment, charge.id);
      return dispute;
    });
  }

  /** Turns an inquiry into a dispute that takes the money. */
  escalateInquiry(disputeId: string): Promise<Stripe.Dispute> {
    return this.#act((moment) => {
      const dispute = find(moment.state, 'disputes', disputeId);
      escalate(moment, dispute);
      return dispute;
    });
  }

  /** The bank's verdict; an inquiry just closes. */
  closeDispute(disputeId: string, outcome: 'won' | 'lost'): Promise<Stripe.Dispute> {
    return this.#act((moment) => {
      const dispute = find(moment.state, 'disputes', disputeId);
      closeDispute(moment, dispute, outcome);
      return dispute;
    });
  }

  /** Appeals a decision that went against us: the dispute is open again, the money still away. */
  appealDispute(disputeId: string): Promise<Stripe.Dispute> {
    return this.#act((moment) => {
      const dispute = find(moment.state, 'disputes', disputeId);
      appealDispute(moment, dispute);
      return dispute;
    });
  }

  /** A dispute that a prevention program answers with a refund of what is left of the charge. */
  preventDispute(of: { charge?: string; payment_intent?: string }): Promise<Stripe.Dispute> {
    return this.#act((moment) => {
      const charge = this.#charge(of);
      refund(moment, { charge });
      return preventDispute(moment, charge);
    });
  }

  /** Warns of fraud, as the cardholder's bank does. */
  warnOfFraud(
    of: { charge?: string; payment_intent?: string },
  ): Promise<Stripe.Radar.EarlyFraudWarning> {
    return this.#act((moment) => warnOfFraud(moment, this.#charge(of)));
  }

  /** Moves a host's account on: what the host or Stripe's checks do after the onboarding link. */
  onboard(
    accountId: string,
    standing: Standing = 'active',
  ): Promise<Stripe.V2.Core.Account> {
    return this.#act((moment) => {
      const account = findAccount(moment.state, accountId);
      setStanding(moment, account, standing);
      return account;
    });
  }

  /** Closes a host's account, as its owner may. */
  closeAccount(accountId: string): Promise<Stripe.V2.Core.Account> {
    return this.#act((moment) => {
      const account = findAccount(moment.state, accountId);
      endAccount(moment, account);
      return account;
    });
  }

  /** The balance of a host's account. */
  accountBalance(accountId: string): Promise<Stripe.Balance> {
    return this.#act((moment) => accountBalance(moment, accountId));
  }

  /** Pays out to a bank, a host's or (above its floor) the platform's money. */
  payOut(what: PayOut): Promise<Stripe.Payout> {
    return this.#act((moment) => payOut(moment, what));
  }

  /** Has the bank send a payout back. */
  failPayout(payoutId: string): Promise<Stripe.Payout> {
    return this.#act((moment) => {
      const payout = find(moment.state, 'payouts', payoutId);
      failPayout(moment, payout);
      return payout;
    });
  }

  #charge({ charge, payment_intent: intent }: { charge?: string; payment_intent?: string }) {
    const { state } = this.parts;
    if (charge) return find(state, 'charges', charge, 'charge');
    const paid = find(state, 'payment_intents', intent ?? '', 'payment_intent');
    return find(state, 'charges', idOf(paid.latest_charge) ?? '', 'payment_intent');
  }

  async #act<T extends object>(deed: (moment: Moment) => T): Promise<T> {
    const now = await this.parts.clock();
    this.parts.catchUp(now);
    const moment = new Moment(this.parts.state, this.parts.settings, now);
    try {
      return structuredClone(deed(moment));
    } finally {
      this.parts.state.changed();
      this.parts.webhooks.release(moment.raised);
      this.parts.catchUp(now);
    }
  }
}
