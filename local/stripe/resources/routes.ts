import type { Route } from '../http/routes.ts';
import { accountRoutes } from './accounts.ts';
import { balanceSettingsRoutes } from './balance-settings.ts';
import { balanceRoutes } from './balance.ts';
import { chargeRoutes } from './charges.ts';
import { customerRoutes } from './customers.ts';
import { eventRoutes, thinEventRoutes } from './events.ts';
import { paymentIntentRoutes } from './payment-intents.ts';
import { paymentMethodRoutes } from './payment-methods.ts';
import { disputeRoutes } from './disputes.ts';
import { payoutRoutes } from './payouts.ts';
import { setupIntentRoutes } from './setup-intents.ts';
import { transferRoutes } from './transfers.ts';
import { refundRoutes } from './refunds.ts';

/** Every endpoint of the fake. */
export const routes: Route[] = [
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...balanceRoutes,
  ...eventRoutes,
  ...thinEventRoutes,
  ...setupIntentRoutes,
  ...transferRoutes,
  ...disputeRoutes,
  ...accountRoutes,
  ...payoutRoutes,
  ...balanceSettingsRoutes,
];
