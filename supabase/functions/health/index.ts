import { openWatcherCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { serve } from '../_shared/http.ts';
import { tellHealth } from './handler.ts';

export default serve({
  name: 'health',
  methods: ['GET', 'HEAD'],
  open: () =>
    // Opened by the first look: live it is without any setting.
    // Whether the token of the metrics is good is asked for with each look: readiness does not hang on it.
    tellHealth(() => ({
      isWatcher: async (request) => await openWatcherCheck()(request),
      database: openDatabase(),
    })),
});
