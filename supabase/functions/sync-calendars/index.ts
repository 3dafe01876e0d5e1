import { openKeyCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { environmentName } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { openNetwork } from '../_shared/open-network.ts';
import { syncCalendars } from './handler.ts';

const ports = () => ({
  checkKey: openKeyCheck(),
  database: openDatabase(),
  network: openNetwork(),
  environment: environmentName(),
});
export default serve({ name: 'sync-calendars', open: () => syncCalendars(ports()) });
