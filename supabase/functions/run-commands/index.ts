import { openKeyCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { environmentName, siteUrl, unsubscribeUrls } from '../_shared/environment.ts';
import { openFiles } from '../_shared/files.ts';
import { serve } from '../_shared/http.ts';
import { openMail } from '../_shared/mail.ts';
import { openNetwork } from '../_shared/open-network.ts';
import { openStripe } from '../_shared/stripe.ts';
import { runCommands } from './handler.ts';

const ports = () => ({
  checkKey: openKeyCheck(),
  database: openDatabase(),
  stripe: openStripe(),
  mail: openMail(),
  files: openFiles(),
  network: openNetwork(),
  unsubscribe: unsubscribeUrls(),
  site: siteUrl(),
  environment: environmentName(),
});
export default serve({ name: 'run-commands', open: () => runCommands(ports()) });
