import { openDatabase } from '../_shared/database.ts';
import { environmentName, optionalSetting } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { isLive, openStripe } from '../_shared/stripe.ts';
import { receiveNotification } from './handler.ts';

const ports = () => ({
  database: openDatabase(),
  stripe: openStripe(),
  environment: environmentName(),
  live: isLive(),
  secrets: (optionalSetting('STRIPE_HOST_WEBHOOK_SECRET') ?? '').split(/[\s,]+/).filter(Boolean),
});
export default serve({ name: 'stripe-host-webhook', open: () => receiveNotification(ports()) });
