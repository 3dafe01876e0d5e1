import { openKeyCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { environmentName } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { openNetwork } from '../_shared/open-network.ts';
import { comparingClocks } from './compare-clocks.ts';
import { syncCalendars } from './handler.ts';

function open() {
  const database = openDatabase();
  const handler = syncCalendars({
    checkKey: openKeyCheck(),
    database,
    network: openNetwork(),
    environment: environmentName(),
  });
  return comparingClocks(handler, database, Deno.version.deno);
}

export default serve({ name: 'sync-calendars', open });
