import { openKeyCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { environmentName } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { openMail } from '../_shared/mail.ts';
import { openStripe } from '../_shared/stripe.ts';
import { runCommands } from './handler.ts';

const ports = () => ({
  checkKey: openKeyCheck(),
  database: openDatabase(),
  stripe: openStripe(),
  mail: openMail(),
  environment: environmentName(),
});
export default serve({ name: 'run-commands', open: () => runCommands(ports()) });
