import type { Stripe } from 'stripe';
import type { Route } from '../http/routes.ts';
import type { State } from '../state.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/BalanceSettings';

function settings(state: State): Stripe.BalanceSettings {
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: false,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: { ...state.hidden.floor },
        schedule: { interval: 'daily' },
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
    handle: ({ moment }) => settings(moment.state),
  },
  {
    method: 'POST',
    path: '/v1/balance_settings',
    parameters: { file, name: 'BalanceSettingsUpdateParams' },
    handle: ({ moment, params }) => {
      const { payments } = params as Stripe.BalanceSettingsUpdateParams;
      honoured((payments ?? {}) as Record<string, unknown>, ['payouts']);
      honoured((payments?.payouts ?? {}) as Record<string, unknown>, [
        'minimum_balance_by_currency',
      ]);
      const given = payments?.payouts?.minimum_balance_by_currency;
      if (given === '') moment.state.hidden.floor = {};
      for (const [currency, amount] of Object.entries(given || {})) {
        if (amount === '' || amount === null) delete moment.state.hidden.floor[currency];
        else moment.state.hidden.floor[currency] = Number(amount);
      }
      const after = settings(moment.state);
      moment.emit('balance_settings.updated', after);
      return after;
    },
  },
];
