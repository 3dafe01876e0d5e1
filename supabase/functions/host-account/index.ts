import { openAuth } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { environmentName } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { openStripe } from '../_shared/stripe.ts';
import { hostAccount } from './handler.ts';

const ports = () => ({
  auth: openAuth(),
  database: openDatabase(),
  stripe: openStripe(),
  environment: environmentName(),
});
export default serve({ name: 'host-account', browsers: true, open: () => hostAccount(ports()) });
