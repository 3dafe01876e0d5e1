import type { Stripe } from 'stripe';
import type { Route } from '../http/routes.ts';
import type { Moment } from '../moment.ts';
import { invalid } from '../http/errors.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/BalanceSettings';

function settings(
  { state, settings }: Moment,
  account: string | undefined,
): Stripe.BalanceSettings {
  const byDefault = account ? settings.payouts.hosts : settings.payouts.platform;
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: false,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: account ? {} : { ...state.hidden.floor },
        schedule: { interval: state.hidden.payoutInterval[account ?? 'platform'] ?? byDefault },
        statement_descriptor: null,
        status: 'enabled',
      },
      settlement_timing: { delay_days: 2, start_of_day: null },
    },
  };
}

export const balanceSettingsRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/balance_settings',
    parameters: { file, name: 'BalanceSettingsRetrieveParams' },
    connected: true,
    handle: ({ moment, account }) => settings(moment, account),
  },
  {
    method: 'POST',
    path: '/v1/balance_settings',
    parameters: { file, name: 'BalanceSettingsUpdateParams' },
    connected: true,
    handle: ({ moment, params, account }) => {
      const { payments } = params as Stripe.BalanceSettingsUpdateParams;
      honoured((payments ?? {}) as Record<string, unknown>, ['payouts']);
      honoured((payments?.payouts ?? {}) as Record<string, unknown>, [
        'minimum_balance_by_currency',
        'schedule',
      ]);
      honoured((payments?.payouts?.schedule ?? {}) as Record<string, unknown>, ['interval']);
      const interval = payments?.payouts?.schedule?.interval;
      if (interval === 'daily' || interval === 'manual') {
        moment.state.hidden.payoutInterval[account ?? 'platform'] = interval as 'daily' | 'manual';
      } else if (interval !== undefined) {
        throw invalid('The fake pays out daily or by hand.', 'fake_not_supported', 'interval');
      }
      const given = payments?.payouts?.minimum_balance_by_currency;
      if (given === '') moment.state.hidden.floor = {};
      for (const [currency, amount] of Object.entries(given || {})) {
        if (amount === '' || amount === null) delete moment.state.hidden.floor[currency];
        else moment.state.hidden.floor[currency] = Number(amount);
      }
      const after = settings(moment, account);
      moment.emit('balance_settings.updated', after);
      return after;
    },
  },
];
